//! Sandboxes, volumes and containers come and go.

use std::sync::Arc;

use super::container::{Container, LogBook, Sandbox};
use super::fs::{Content, ROOT, SETGID, Volume};
use super::image::image;
use super::path::{MountPoint, make_dirs, split};
use super::process::{Device, FdEntry, OpenFile, OpenKind, Process, ProcessState};
use super::program;
use super::sys::SysView;
use super::workstation::Attached;
use super::{Asks, Names, Nodes, pipe};
use crate::base::{Blob, ContainerId, Millis, Pid, PodUid, SimTime, SortedMap, VolumeId};
use crate::mysql::MYSQL_UID;
use crate::os::{Errno, Signal, WaitStatus};
use crate::sim::{ContainerSpec, ExecSpec, ExecToken, SandboxSpec, VolumeShare, VolumeSpec};

/// Where the images keep their programs, in the order of Docker's default PATH.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// What containerd says before runc's own words, where a container or an exec cannot be started.
const CREATE_FAILED: &str = "failed to create containerd task: failed to create shim task: OCI \
                             runtime create failed: runc create failed";
const EXEC_FAILED: &str = "OCI runtime exec failed: exec failed";

impl Nodes {
    /// A pod's network namespace and host name.
    pub fn create_sandbox(&mut self, spec: SandboxSpec) {
        let pod = spec.pod.clone();
        self.sandboxes.insert(pod, Arc::new(Sandbox { spec, last_port: 0 }));
    }

    /// The pod is gone: whatever still runs is killed without a word, and its files are forgotten.
    pub fn remove_sandbox(&mut self, pod: &PodUid, now: SimTime, asks: &mut Asks) {
        let ids: Vec<ContainerId> =
            self.containers.keys().filter(|id| id.pod == *pod).cloned().collect();
        for id in ids {
            let first = self.containers[&id].first;
            if self.processes.contains_key(&first) {
                self.end(first, WaitStatus::Signal(Signal::Kill), now, asks);
            }
            asks.exited.retain(|(exited, _)| exited.pod != *pod);
            let root = self.containers[&id].mounts[0].device;
            self.volumes.remove(&root);
            self.containers.remove(&id);
        }
        self.sandboxes.remove(pod);
        self.settle(asks);
    }

    /// A volume with its first files.
    pub fn create_volume(&mut self, spec: &VolumeSpec, now: SimTime) {
        if self.devices.contains_key(&spec.id) {
            return;
        }
        let mut volume = Volume::new(spec.capacity);
        volume.inode_mut(ROOT).mode = spec.mode;
        for (name, content) in &spec.files {
            if name.ends_with('/') {
                make_dirs(&mut volume, name.as_bytes(), now);
                continue;
            }
            add_file(&mut volume, name.as_bytes(), Content::File(content.clone()), 0o644, now);
        }
        let device = self.next_id();
        self.volumes.insert(device, Arc::new(volume));
        self.devices.insert(spec.id.clone(), device);
    }

    /// A volume's files belong to a group from now on.
    pub fn share_volume(&mut self, share: &VolumeShare) {
        if let Some(device) = self.devices.get(&share.id).copied() {
            self.volume_mut(device).share(share.group, share.fixed, share.lazily);
        }
    }

    /// A volume and the file system on it are larger.
    pub fn grow_volume(&mut self, id: &VolumeId, bytes: u64) {
        if let Some(volume) = self.devices.get(id).and_then(|device| self.volumes.get_mut(device)) {
            Arc::make_mut(volume).grow(bytes);
        }
    }

    /// A volume's files are gone. Containers that still have it mounted keep seeing it.
    pub fn remove_volume(&mut self, id: &VolumeId) {
        if let Some(device) = self.devices.remove(id) {
            let mounted =
                self.containers.values().any(|c| c.mounts.iter().any(|m| m.device == device));
            if !mounted {
                self.volumes.remove(&device);
            }
        }
    }

    /// Starts a container's first process.
    ///
    /// # Errors
    /// The runtime's text, where the command is not there or a mount cannot be made.
    pub fn run_container(
        &mut self,
        spec: ContainerSpec,
        now: SimTime,
        names: &dyn Names,
        asks: &mut Asks,
    ) -> Result<(), String> {
        self.run_after(spec, 0, now, names, asks)
    }

    /// As [`Nodes::run_container`], where this many processes have been before: only PID 1 is
    /// immune to signals it has no handler for.
    pub(super) fn run_after(
        &mut self,
        spec: ContainerSpec,
        last_shown: u32,
        now: SimTime,
        names: &dyn Names,
        asks: &mut Asks,
    ) -> Result<(), String> {
        let image = image(&spec.image);
        let root = self.root_of(&spec, &image, now);
        let mut mounts =
            vec![MountPoint { at: Vec::new(), device: root, inode: ROOT, read_only: false }];
        for mount in &spec.mounts {
            mounts.push(self.mount(root, mount, now)?);
        }
        let mut argv = spec.command.clone().unwrap_or_else(|| image.entrypoint.clone());
        match (&spec.args, &spec.command) {
            (Some(args), _) => argv.extend(args.iter().cloned()),
            (None, None) => argv.extend(image.command.iter().cloned()),
            (None, Some(_)) => {}
        }
        let env = self.env_of(&spec, &image);
        let id = spec.id.clone();
        let pid = Pid(self.next_id() as u32);
        let stdin = spec.stdin.then(|| self.next_id());
        let (tty, cwd) = (spec.tty, spec.working_dir.clone());
        let container = Container {
            who: image.credentials(&spec.run_as),
            spec,
            first: pid,
            ended: None,
            log: LogBook::default(),
            mounts,
            env: env.clone(),
            stdin,
            last_shown,
        };
        self.containers.insert(id.clone(), Arc::new(container));
        if stdin.is_some() {
            self.keep_streams(&id);
        }
        let input = match stdin {
            Some(pipe) => self.open_input(pipe),
            None => OpenKind::Device(Device::Null),
        };
        let kinds = [input, OpenKind::Log { stderr: false }, OpenKind::Log { stderr: !tty }];
        let cwd = cwd.unwrap_or_else(|| "/".into()).into_bytes();
        self.insert_process(pid, &id, None, kinds, cwd);
        let started = self.launch(pid, &argv, &env, now, names, asks);
        if let Err(text) = started {
            self.processes.remove(&pid);
            let container = self.containers.get_mut(&id).expect("it was just made");
            Arc::make_mut(container).ended = Some(WaitStatus::Code(128));
            return Err(text);
        }
        Ok(())
    }

    /// One more process in a running container. Its end comes back as `Asks::done`.
    ///
    /// # Errors
    /// The runtime's text, where the container does not run or the command is not there.
    pub fn exec(
        &mut self,
        spec: &ExecSpec,
        now: SimTime,
        names: &dyn Names,
        asks: &mut Asks,
    ) -> Result<Pid, String> {
        self.exec_attached(spec, Attached::default(), now, names, asks)
    }

    /// The same, with somebody at the other end.
    ///
    /// # Errors
    /// As [`Nodes::exec`].
    pub fn exec_attached(
        &mut self,
        spec: &ExecSpec,
        attached: Attached,
        now: SimTime,
        names: &dyn Names,
        asks: &mut Asks,
    ) -> Result<Pid, String> {
        let Some(container) = self.containers.get(&spec.container).filter(|c| c.ended.is_none())
        else {
            return Err(format!("container not found (\"{}\")", spec.container.name));
        };
        let mut env = container.env.clone();
        if attached.tty {
            // containerd's oci.WithTTY.
            env.push((b"TERM".to_vec(), b"xterm".to_vec()));
        }
        let cwd = container.spec.working_dir.clone().unwrap_or_else(|| "/".into()).into_bytes();
        let pid = Pid(self.next_id() as u32);
        let input = attached.stdin.then(|| self.next_id());
        let stdin = match input {
            Some(pipe) => self.open_input(pipe),
            None => OpenKind::Device(Device::Null),
        };
        let kinds =
            [stdin, OpenKind::Exec { pid, stderr: false }, OpenKind::Exec { pid, stderr: true }];
        self.insert_process(pid, &spec.container, Some(spec.token.clone()), kinds, cwd);
        let process = self.process_mut(pid);
        (process.input, process.tty) = (input, attached.tty);
        self.launch(pid, &spec.argv, &env, now, names, asks).map_err(|text| {
            self.processes.remove(&pid);
            text.replacen(CREATE_FAILED, EXEC_FAILED, 1)
        })?;
        if let Some(left) = &attached.prompt {
            self.at_prompt(pid, left);
        }
        Ok(pid)
    }

    /// A pipe that somebody types into.
    fn open_input(&mut self, pipe: u64) -> OpenKind {
        let open = pipe::Pipe { readers: 1, writers: 1, ..Default::default() };
        self.pipes.insert(pipe, open);
        OpenKind::PipeRead(pipe)
    }

    /// Kills an exec whose time is over; what it printed comes back.
    pub fn stop_exec(&mut self, token: &ExecToken, now: SimTime, asks: &mut Asks) {
        let found = self.processes.iter().find(|(_, p)| p.exec.as_ref() == Some(token));
        if let Some(pid) = found.map(|(pid, _)| *pid) {
            self.end(pid, WaitStatus::Signal(Signal::Kill), now, asks);
            self.settle(asks);
        }
    }

    /// From now on keeps all that a container prints, byte by byte.
    pub(super) fn keep_streams(&mut self, id: &ContainerId) {
        let container = self.containers.get_mut(id).expect("it was just started");
        Arc::make_mut(container).log.streams = Some(Default::default());
    }

    /// Sends a signal to a container's first process.
    pub fn signal_container(
        &mut self,
        id: &ContainerId,
        signal: Signal,
        now: SimTime,
        asks: &mut Asks,
    ) {
        let Some(first) = self.containers.get(id).map(|container| container.first) else { return };
        self.signal(first, signal, now, asks);
        self.settle(asks);
    }

    /// Types into a container that has its input open.
    pub fn type_into(&mut self, id: &ContainerId, typed: &Blob, asks: &mut Asks) {
        let Some(pipe) = self.containers.get(id).and_then(|container| container.stdin) else {
            return;
        };
        if let Some(pipe) = self.pipes.get_mut(&pipe) {
            pipe.buffer.append(typed);
        }
        asks.touched.insert(id.pod.clone());
        self.settle(asks);
    }

    /// Closes a container's input.
    pub fn close_input(&mut self, id: &ContainerId, asks: &mut Asks) {
        let Some(container) = self.containers.get_mut(id) else { return };
        if let Some(pipe) = Arc::make_mut(container).stdin.take() {
            self.close_pipe(pipe, 0, 1);
        }
        asks.touched.insert(id.pod.clone());
        self.settle(asks);
    }

    fn insert_process(
        &mut self,
        pid: Pid,
        id: &ContainerId,
        exec: Option<ExecToken>,
        kinds: [OpenKind; 3],
        cwd: Vec<u8>,
    ) {
        let mut fds = SortedMap::new();
        for (number, kind) in (0..).zip(kinds) {
            let file = self.next_id();
            self.files.insert(file, OpenFile { refs: 1, kind, lock: None });
            fds.insert(number, FdEntry { file, close_on_exec: false });
        }
        let who = self.containers.get(id).map(|container| container.who.clone());
        let process = Process {
            shown: self.next_shown(id),
            parent: pid,
            container: id.clone(),
            program: None,
            argv: Vec::new(),
            began: SimTime::START,
            state: ProcessState::Ready,
            exec,
            output: Default::default(),
            input: None,
            tty: false,
            fds,
            cwd,
            umask: 0o022,
            who: who.unwrap_or_default(),
            armed: Default::default(),
            last_timer: 0,
            pipe_broken: false,
            pending: Vec::new(),
            locks: Vec::new(),
            ignored: Default::default(),
            stopped: false,
            busy_turns: 0,
        };
        self.processes.insert(pid, Arc::new(process));
    }

    /// Gives a new process its program, as runc does: the command is looked up along PATH.
    fn launch(
        &mut self,
        pid: Pid,
        argv: &[String],
        env: &[(Vec<u8>, Vec<u8>)],
        now: SimTime,
        names: &dyn Names,
        asks: &mut Asks,
    ) -> Result<(), String> {
        self.process_mut(pid).began = now;
        let command = argv.first().cloned().unwrap_or_default();
        let path = env.iter().rfind(|(name, _)| name == b"PATH").map(|(_, value)| value.clone());
        let argv: Vec<Vec<u8>> = argv.iter().map(|arg| arg.clone().into_bytes()).collect();
        let mut view = SysView { nodes: self, pid, now, names, asks };
        let candidates: Vec<Vec<u8>> = if command.contains('/') {
            vec![command.clone().into_bytes()]
        } else {
            let path = path.unwrap_or_default();
            let dirs = path.split(|byte| *byte == b':');
            dirs.map(|dir| [dir, b"/", command.as_bytes()].concat()).collect()
        };
        let mut found = Err(Errno::Noent);
        for candidate in &candidates {
            found = view.executable(candidate, &argv);
            if found.is_ok() {
                break;
            }
        }
        let (name, argv) = found.map_err(|errno| start_error(&command, errno))?;
        view.begin(pid, &name, &argv, env).map_err(|errno| start_error(&command, errno))?;
        asks.wake.push((pid, Millis::ZERO));
        Ok(())
    }

    pub(super) fn env_of(
        &self,
        spec: &ContainerSpec,
        image: &super::Image,
    ) -> Vec<(Vec<u8>, Vec<u8>)> {
        let hostname = &self.sandboxes[&spec.id.pod].spec.hostname;
        let mut all: Vec<(String, String)> = vec![
            ("PATH".into(), PATH.into()),
            ("HOSTNAME".into(), hostname.clone()),
            ("HOME".into(), image.home_of(image.credentials(&spec.run_as).uid)),
        ];
        all.extend(image.env.iter().map(|(name, value)| (name.to_string(), value.clone())));
        all.extend(spec.env.iter().cloned());
        let mut seen: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
        for (name, value) in all {
            let (name, value) = (name.into_bytes(), value.into_bytes());
            match seen.iter_mut().find(|(before, _)| *before == name) {
                Some(entry) => entry.1 = value,
                None => seen.push((name, value)),
            }
        }
        seen
    }

    /// A container's own file system: the image's files, and what the runtime adds.
    pub(super) fn root_of(
        &mut self,
        spec: &ContainerSpec,
        image: &super::Image,
        now: SimTime,
    ) -> u64 {
        let mut volume = Volume::new(None);
        for program in &image.programs {
            assert!(program::exists(program), "an image's program is one of the model's");
            let content = Content::Program((*program).into());
            let file = program.split(' ').next().unwrap_or(program);
            add_file(&mut volume, format!("usr/bin/{file}").as_bytes(), content, 0o755, now);
        }
        for (path, target) in &image.links {
            let link = Content::Symlink(target.as_bytes().to_vec());
            add_file(&mut volume, path.as_bytes(), link, 0o777, now);
        }
        for dir in ["tmp", "root", "proc", "sys", "var/lib", "usr/local/bin", "usr/sbin", "mnt"] {
            make_dirs(&mut volume, dir.as_bytes(), now);
        }
        for (dir, mode) in [(b"tmp".as_slice(), 0o1777), (b"root", 0o700)] {
            if let Ok(Some(dir)) = volume.lookup(ROOT, dir) {
                volume.inode_mut(dir).mode = mode;
            }
        }
        if image.entrypoint.first().is_some_and(|first| first == "docker-entrypoint.sh") {
            // docker-library/mysql, Dockerfile: writable whoever mysqld runs as.
            for dir in [b"var/lib/mysql".as_slice(), b"var/run/mysqld"] {
                let dir = make_dirs(&mut volume, dir, now);
                let inode = volume.inode_mut(dir);
                (inode.uid, inode.gid, inode.mode) = (MYSQL_UID, MYSQL_UID, 0o1777);
            }
        }
        let devices =
            ["null", "zero", "full", "random", "urandom", "stdin", "stdout", "stderr", "tty"];
        for device in devices {
            let content = Content::Device(device.into());
            add_file(&mut volume, format!("dev/{device}").as_bytes(), content, 0o666, now);
        }
        for (path, text) in &image.files {
            let content = Content::File(Blob::from(*text));
            add_file(&mut volume, path.as_bytes(), content, 0o644, now);
        }
        let sandbox = &self.sandboxes[&spec.id.pod].spec;
        for (path, text) in runtime_files(sandbox) {
            add_file(&mut volume, path.as_bytes(), Content::File(Blob::from(text)), 0o644, now);
        }
        let device = self.next_id();
        self.volumes.insert(device, Arc::new(volume));
        device
    }

    fn mount(
        &mut self,
        root: u64,
        mount: &crate::sim::Mount,
        now: SimTime,
    ) -> Result<MountPoint, String> {
        let device = *self
            .devices
            .get(&mount.volume)
            .expect("the kubelet mounts only volumes it has asked for");
        let inode = match &mount.sub_path {
            None => ROOT,
            Some(path) => {
                let volume = self.volume_mut(device);
                match lookup(volume, path.as_bytes()) {
                    Some(inode) => inode,
                    None => make_sub_path(volume, path.as_bytes(), now),
                }
            }
        };
        let is_dir = self.volume_at(device).entries(inode).is_ok();
        let at = split(mount.path.as_bytes());
        let root = self.volume_mut(root);
        if is_dir {
            make_dirs(root, mount.path.as_bytes(), now);
        } else if lookup(root, mount.path.as_bytes()).is_none() {
            let empty = Content::File(Blob::new());
            add_file(root, mount.path.as_bytes(), empty, 0o644, now);
        }
        Ok(MountPoint { at, device, inode, read_only: mount.read_only })
    }
}

/// A directory of a volume that a mount names and nobody has made: it is like the volume's own.
/// Models `SafeMakeDir` of pkg/volume/util/subpath/subpath_linux.go.
fn make_sub_path(volume: &mut Volume, path: &[u8], now: SimTime) -> u64 {
    let (mode, gid) = (volume.inode(ROOT).mode, volume.inode(ROOT).gid);
    let mut made = Vec::new();
    for part in split(path) {
        made.push(part);
        let whole = super::path::join(&made);
        if lookup(volume, &whole).is_some() {
            continue;
        }
        let dir = make_dirs(volume, &whole, now);
        let inode = volume.inode_mut(dir);
        inode.mode = mode;
        inode.gid = if mode & SETGID != 0 { gid } else { inode.gid };
    }
    make_dirs(volume, path, now)
}

/// What the kubelet and the runtime put into every container.
fn runtime_files(sandbox: &SandboxSpec) -> [(&'static str, String); 3] {
    let namespace = &sandbox.namespace;
    let SandboxSpec { ip, hostname, .. } = sandbox;
    let own = match &sandbox.subdomain {
        Some(subdomain) => {
            format!("{ip}\t{hostname}.{subdomain}.{namespace}.svc.cluster.local\t{hostname}\n")
        }
        None => format!("{ip}\t{hostname}\n"),
    };
    let hosts = format!(
        "# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost \
         ip6-loopback\nfe00::0\tip6-localnet\nfe00::0\tip6-mcastprefix\nfe00::1\tip6-allnodes\n\
         fe00::2\tip6-allrouters\n{own}"
    );
    let resolv = format!(
        "search {namespace}.svc.cluster.local svc.cluster.local cluster.local\n\
         nameserver 10.96.0.10\noptions ndots:5\n"
    );
    [
        ("/etc/hosts", hosts),
        ("/etc/resolv.conf", resolv),
        ("/etc/hostname", format!("{hostname}\n")),
    ]
}

/// runc's text, as containerd passes it on.
fn start_error(command: &str, errno: Errno) -> String {
    let why = match errno {
        Errno::Noent if command.contains('/') => {
            format!("stat {command}: no such file or directory")
        }
        Errno::Noent => format!("\"{command}\": executable file not found in $PATH"),
        Errno::Acces => format!("\"{command}\": permission denied"),
        other => format!("\"{command}\": {}", other.text().to_lowercase()),
    };
    format!("{CREATE_FAILED}: unable to start container process: exec: {why}: unknown")
}

pub(super) fn lookup(volume: &Volume, path: &[u8]) -> Option<u64> {
    let mut here = ROOT;
    for name in split(path) {
        here = volume.lookup(here, &name).ok().flatten()?;
    }
    Some(here)
}

/// Puts a file at a path, with all directories on the way.
pub(super) fn add_file(
    volume: &mut Volume,
    path: &[u8],
    content: Content,
    mode: u32,
    now: SimTime,
) {
    let mut parts = split(path);
    let name = parts.pop().expect("a file's path has a name");
    let directory = make_dirs(volume, &super::path::join(&parts), now);
    let inode = volume.add(content, mode, now);
    volume.enter(directory, &name, inode, now).expect("make_dirs gives a directory");
}
