//! One container without a cluster: for `ordinal sh`, and for tests of programs.

use super::process::OpenKind;
use super::start::add_file;
use super::{Asks, Names, Nodes, Route};
use crate::base::{Blob, ContainerId, MsgId, Namespace, Pid, SimTime, SortedMap, SortedSet};
use crate::os::{NetError, TimerId, WaitStatus};
use crate::sim::{ContainerSpec, Mount, RunAs, SandboxSpec, VolumeSpec};
use crate::trace::fact::NoName;

/// How a standalone run ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finished {
    /// The exit status; `None`: it did not end within the turns given, or nothing could go on any
    /// more.
    pub status: Option<WaitStatus>,
    /// Standard output.
    pub stdout: Vec<u8>,
    /// Standard error.
    pub stderr: Vec<u8>,
    /// Virtual time it took.
    pub at: SimTime,
}

/// One container without a cluster.
#[derive(Clone, Debug)]
pub struct Standalone {
    nodes: Nodes,
    now: SimTime,
    agenda: SortedSet<(SimTime, u64, Next)>,
    last: u64,
    id: ContainerId,
    image: String,
    mounts: Vec<Mount>,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Next {
    Run(Pid),
    Fire(Pid, TimerId),
    Deliver(MsgId),
}

/// No DNS, no Services.
struct NoNames;

impl Names for NoNames {
    fn resolve(&self, _: &Namespace, _: &str) -> Result<Vec<String>, NetError> {
        Err(NetError::NameUnknown)
    }
    fn why_unknown(&self, _: &Namespace, _: &str) -> NoName {
        NoName::Outside
    }
    fn resolve_back(&self, _: &str) -> Option<String> {
        None
    }
    fn route(&self, _: &str, _: &str, _: u16, _: u64) -> Route {
        Route::Refused
    }
}

impl Standalone {
    /// A container of `image` with host name `hostname`, whose `/work` holds these files (path,
    /// content, mode) and is the current directory; directories are those paths that end in `/`.
    pub fn new(image: &str, hostname: &str, files: &[(String, Blob, u32)]) -> Standalone {
        Standalone::in_dir(image, hostname, "/work", files)
    }

    /// The same with another current directory, an absolute path.
    pub fn in_dir(
        image: &str,
        hostname: &str,
        dir: &str,
        files: &[(String, Blob, u32)],
    ) -> Standalone {
        let mut nodes = Nodes::new(0);
        let id = ContainerId { pod: "pod".into(), name: "main".into(), attempt: 0 };
        nodes.create_sandbox(SandboxSpec {
            pod: id.pod.clone(),
            name: hostname.into(),
            namespace: "default".into(),
            node: "node".into(),
            ip: "10.244.0.2".into(),
            hostname: hostname.into(),
            subdomain: None,
        });
        let (now, agenda) = (SimTime::START, SortedSet::new());
        let image = image.into();
        let mut machine = Standalone { nodes, now, agenda, last: 0, id, image, mounts: Vec::new() };
        machine.add_volume("work", dir, files, None);
        machine
    }

    /// One more file, at an absolute path; no directory lists it.
    pub fn add_file(&mut self, path: &str, content: Blob, mode: u32) {
        let volume = format!("file-{}", self.mounts.len());
        self.add_volume(&volume, path, &[("file".into(), content, mode)], Some("file"));
    }

    /// A symbolic link in the current directory, before the start.
    pub fn add_link(&mut self, path: &str, target: &str) {
        let device = self.nodes.devices[&crate::base::VolumeId::from("work")];
        let content = super::Content::Symlink(target.as_bytes().to_vec());
        let volume = self.nodes.volume_mut(device);
        add_file(volume, path.as_bytes(), content, 0o777, SimTime::START);
    }

    fn add_volume(
        &mut self,
        name: &str,
        path: &str,
        files: &[(String, Blob, u32)],
        sub_path: Option<&str>,
    ) {
        let spec = VolumeSpec { id: name.into(), files: Vec::new(), capacity: None, mode: 0o755 };
        self.nodes.create_volume(&spec, SimTime::START);
        let device = self.nodes.devices[&spec.id];
        let volume = self.nodes.volume_mut(device);
        for (path, content, mode) in files {
            if path.ends_with('/') {
                super::path::make_dirs(volume, path.as_bytes(), SimTime::START);
            } else {
                let content = super::Content::File(content.clone());
                add_file(volume, path.as_bytes(), content, *mode, SimTime::START);
            }
        }
        self.mounts.push(Mount {
            path: path.into(),
            volume: name.into(),
            sub_path: sub_path.map(Into::into),
            read_only: false,
        });
    }

    /// Starts the first process, which is not PID 1: a signal ends it. `stdin`: all of its
    /// standard input; `None` leaves it open. `env` comes after the container's PATH, HOSTNAME
    /// and HOME.
    ///
    /// # Errors
    /// The runtime's text where the command is not there.
    pub fn start(
        &mut self,
        argv: &[&str],
        env: &[(&str, &str)],
        stdin: Option<&[u8]>,
    ) -> Result<(), String> {
        let owned = |text: &&str| text.to_string();
        let spec = ContainerSpec {
            id: self.id.clone(),
            pod: "pod".into(),
            image: self.image.as_str().into(),
            command: Some(argv.iter().map(owned).collect()),
            args: None,
            env: env.iter().map(|(name, value)| (owned(name), owned(value))).collect(),
            mounts: self.mounts.clone(),
            working_dir: Some(self.mounts[0].path.clone()),
            stdin: true,
            tty: false,
            run_as: RunAs::default(),
        };
        let mut asks = Asks::default();
        self.nodes.run_after(spec, 1, self.now, &NoNames, &mut asks)?;
        self.nodes.keep_streams(&self.id);
        self.take(asks);
        if let Some(input) = stdin {
            self.type_in(input);
            self.end_input();
        }
        Ok(())
    }

    /// Right after the start: the first process's standard input is a file that no directory lists.
    pub fn read_from_file(&mut self, input: &[u8]) {
        let mut content = Blob::new();
        content.push_bytes(input);
        let spec =
            VolumeSpec { id: "stdin".into(), files: Vec::new(), capacity: None, mode: 0o755 };
        self.nodes.create_volume(&spec, SimTime::START);
        let device = self.nodes.devices[&spec.id];
        let content = super::Content::File(content);
        let inode = self.nodes.volume_mut(device).add(content, 0o600, SimTime::START);
        let first = self.nodes.containers[&self.id].first;
        let stdin = self.nodes.processes[&first].fds[&0].file;
        let (offset, read, write, append) = (0, true, false, false);
        let kind = OpenKind::File { device, inode, offset, read, write, append };
        let before = std::mem::replace(&mut self.nodes.file_mut(stdin).kind, kind);
        self.end_input();
        if let OpenKind::PipeRead(pipe) = before {
            self.nodes.close_pipe(pipe, 1, 0);
        }
    }

    /// More for the first process's standard input, which is open if it was started with none.
    pub fn type_in(&mut self, bytes: &[u8]) {
        let mut asks = Asks::default();
        self.nodes.type_into(&self.id, &bytes.into(), &mut asks);
        self.take(asks);
    }

    /// The end of its standard input.
    pub fn end_input(&mut self) {
        let mut asks = Asks::default();
        self.nodes.close_input(&self.id, &mut asks);
        self.take(asks);
    }

    /// Whether nothing can go on by itself.
    pub fn is_idle(&self) -> bool {
        self.agenda.is_empty()
    }

    /// Runs until the first process has ended, nothing can go on, or `turns_max` turns were made.
    pub fn run(&mut self, turns_max: u64) -> Finished {
        for _ in 0..turns_max {
            let ended = self.nodes.container(&self.id).is_none_or(|c| c.ended.is_some());
            let Some((due, _, next)) = self.agenda.pop_first().filter(|_| !ended) else { break };
            self.now = self.now.max(due);
            let mut asks = Asks::default();
            match next {
                Next::Run(pid) => self.nodes.run(pid, self.now, &NoNames, &mut asks),
                Next::Fire(pid, timer) => self.nodes.fire(pid, timer, &mut asks),
                Next::Deliver(message) => self.nodes.deliver(message, &mut asks),
            }
            self.take(asks);
        }
        let container = self.nodes.container(&self.id);
        let streams = container.and_then(|c| c.log.streams.clone()).unwrap_or_default();
        let [stdout, stderr] = streams;
        Finished { status: container.and_then(|c| c.ended), stdout, stderr, at: self.now }
    }

    /// The machine, to look at.
    pub fn nodes(&self) -> &Nodes {
        &self.nodes
    }

    /// The files below `/work` as they are now: path, content, mode.
    pub fn files(&self) -> SortedMap<String, (Blob, u32)> {
        let volume = self.nodes.volume(&"work".into()).expect("it was made in new()");
        let mut files = SortedMap::new();
        for (path, inode) in volume.walk() {
            if let super::Content::File(blob) = &inode.content {
                files.insert(path, (blob.clone(), inode.mode));
            }
        }
        files
    }

    fn take(&mut self, asks: Asks) {
        for (pid, after) in asks.wake {
            self.note(after, Next::Run(pid));
        }
        for (pid, timer, after) in asks.arm {
            self.note(after, Next::Fire(pid, timer));
        }
        for (message, after) in asks.send {
            self.note(after, Next::Deliver(message));
        }
        for (pid, timer) in asks.disarm {
            self.agenda.retain(|(_, _, next)| *next != Next::Fire(pid, timer));
        }
    }

    fn note(&mut self, after: crate::base::Millis, next: Next) {
        self.last += 1;
        self.agenda.insert((self.now + after, self.last, next));
    }
}
