//! Where the learner sits: a machine outside the cluster with a shell, the small programs and
//! `kubectl`. Every line typed at a prompt is one `bash` there, which goes on where the one before
//! left its shell.

use std::sync::Arc;

use super::container::{Container, LogBook};
use super::fs::{Content, ROOT, Volume};
use super::path::MountPoint;
use super::process::{OpenKind, Printed, Process, ProcessState};
use super::start::add_file;
use super::{Asks, Nodes, Program};
use crate::base::{Blob, ContainerId, Pid, SimTime};
use crate::os::{Signal, Wait, WaitStatus};
use crate::sh::Machine;
use crate::sim::{ContainerSpec, ExecToken, RunAs, SandboxSpec};

/// The image of the workstation; no registry has it.
pub const IMAGE: &str = "workstation";

/// The current directory of the first line that is typed.
const HOME: &str = "/home/learner";

/// How an exec is attached.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Attached {
    /// Somebody can type into it.
    pub stdin: bool,
    /// It has a terminal.
    pub tty: bool,
    /// It is a shell's line, typed at a prompt after one that left this.
    pub prompt: Option<Left>,
}

/// What a line that was typed at a prompt has left.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Left {
    /// Its exit code.
    pub code: u8,
    /// Its shell; `None`: there is none yet, or it was left.
    pub shell: Option<Arc<Shell>>,
}

/// A shell between two lines.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Shell {
    machine: Machine,
    cwd: Vec<u8>,
    umask: u32,
}

/// The workstation's container.
pub fn workstation() -> ContainerId {
    ContainerId { pod: IMAGE.into(), name: IMAGE.into(), attempt: 0 }
}

impl Nodes {
    /// Sets the workstation up, with these files in the current directory of its terminals.
    pub fn open_workstation(&mut self, files: &[(String, Blob)], now: SimTime) {
        let id = workstation();
        if self.containers.contains_key(&id) {
            return;
        }
        self.create_sandbox(SandboxSpec {
            pod: id.pod.clone(),
            name: IMAGE.into(),
            namespace: "default".into(),
            node: IMAGE.into(),
            ip: "192.168.0.2".to_string(),
            hostname: IMAGE.to_string(),
            subdomain: None,
        });
        let spec = ContainerSpec {
            id: id.clone(),
            pod: IMAGE.into(),
            image: IMAGE.into(),
            command: None,
            args: None,
            env: [("HOME", HOME), ("TERM", "xterm-256color")]
                .map(|(name, value)| (name.to_string(), value.to_string()))
                .to_vec(),
            mounts: Vec::new(),
            working_dir: Some(HOME.to_string()),
            stdin: false,
            tty: false,
            run_as: RunAs::default(),
        };
        let image = super::image(IMAGE);
        let device = self.root_of(&spec, &image, now);
        super::path::make_dirs(self.volume_mut(device), HOME.as_bytes(), now);
        let container = Container {
            env: self.env_of(&spec, &image),
            who: image.credentials(&spec.run_as),
            spec,
            // Nobody: what is typed are execs, and none of them is PID 1.
            first: Pid(0),
            ended: None,
            log: LogBook::default(),
            mounts: vec![MountPoint { at: Vec::new(), device, inode: ROOT, read_only: false }],
            stdin: None,
            last_shown: 1,
        };
        self.containers.insert(id, Arc::new(container));
        for (name, content) in files {
            self.save_file(name, content, now);
        }
    }

    /// A shell's line goes on where the one before it has left off.
    pub(super) fn at_prompt(&mut self, pid: Pid, left: &Left) {
        let process = self.process_mut(pid);
        let shell = left.shell.as_deref();
        if let Some(Program::Shell(machine)) = process.program.as_deref_mut() {
            machine.at_prompt(left.code, shell.map(|shell| &shell.machine));
        }
        if let Some(shell) = shell {
            (process.cwd, process.umask) = (shell.cwd.clone(), shell.umask);
        }
    }

    /// What a shell that ends leaves for the next line at its prompt.
    pub(super) fn shell_of(process: &Process) -> Option<Arc<Shell>> {
        let Some(Program::Shell(machine)) = process.program.as_deref() else { return None };
        let machine = machine.kept()?;
        Some(Arc::new(Shell { machine, cwd: process.cwd.clone(), umask: process.umask }))
    }

    /// Saves a file: in the current directory of the terminals, or where its whole path says.
    pub fn save_file(&mut self, name: &str, content: &Blob, now: SimTime) {
        let Some(device) = self.workstation_device() else { return };
        let path = match name.rsplit_once('/') {
            Some((folder, _)) if name.starts_with('/') => {
                super::path::make_dirs(self.volume_mut(device), folder.as_bytes(), now);
                name.to_string().into_bytes()
            }
            _ => format!("{HOME}/{name}").into_bytes(),
        };
        let volume = self.volume_mut(device);
        match super::start::lookup(volume, &path) {
            Some(inode) => {
                // A directory of that name stays as it is.
                let _ = volume.set_blob(inode, content.clone(), now);
            }
            None => add_file(volume, &path, Content::File(content.clone()), 0o644, now),
        }
    }

    /// The current directory of a process.
    pub fn cwd_of(&self, pid: Pid) -> String {
        let cwd = self.process(pid).map_or(HOME.as_bytes(), |it| &it.cwd);
        String::from_utf8_lossy(cwd).into_owned()
    }

    /// The content of the file at a path, as a process of the workstation names it; a directory's
    /// is that of its YAML and JSON files, one document after the other.
    pub fn workstation_file(&self, pid: Pid, path: &str) -> Option<Blob> {
        let cwd = self.process(pid).map_or(HOME.as_bytes().to_vec(), |it| it.cwd.clone());
        let absolute = match path.starts_with('/') {
            true => path.as_bytes().to_vec(),
            false => [&cwd, &b"/"[..], path.as_bytes()].concat(),
        };
        let mut names: Vec<Vec<u8>> = Vec::new();
        for name in super::path::split(&absolute) {
            match name.as_slice() {
                b"." => {}
                b".." => {
                    names.pop();
                }
                _ => names.push(name),
            }
        }
        let volume = self.volume_at(self.workstation_device()?);
        let inode = super::start::lookup(volume, &super::path::join(&names))?;
        let Ok(entries) = volume.entries(inode) else { return volume.blob(inode).ok() };
        let mut all = Blob::new();
        let wanted =
            |name: &[u8]| [&b".yaml"[..], b".yml", b".json"].iter().any(|end| name.ends_with(end));
        for (_, inode) in entries.iter().filter(|(name, _)| wanted(name)) {
            all.push_bytes(b"---\n");
            all.append(&volume.blob(*inode).ok()?);
        }
        Some(all)
    }

    /// The names of the files where the line that left this has left its shell, sorted; `None`
    /// before the workstation is set up.
    pub fn workstation_names(&self, left: &Left) -> Option<Vec<String>> {
        let volume = self.volume_at(self.workstation_device()?);
        let cwd = left.shell.as_deref().map_or(HOME.as_bytes(), |shell| &shell.cwd);
        let dir = super::start::lookup(volume, cwd)?;
        let entries = volume.entries(dir).ok()?;
        let text = |name: &Vec<u8>| String::from_utf8_lossy(name).into_owned();
        Some(entries.iter().map(|(name, _)| text(name)).collect())
    }

    /// The workstation's files.
    pub fn workstation_volume(&self) -> Option<&Arc<Volume>> {
        self.volumes.get(&self.workstation_device()?)
    }

    fn workstation_device(&self) -> Option<u64> {
        self.containers.get(&workstation()).map(|container| container.mounts[0].device)
    }

    /// Whether a process runs on the workstation.
    pub fn is_typed(&self, pid: Pid) -> bool {
        self.process(pid).is_some_and(|process| &*process.container.pod == IMAGE)
    }

    /// The process of an exec that still runs.
    pub fn exec_of(&self, token: &ExecToken) -> Option<Pid> {
        self.processes().find(|(_, it)| it.exec.as_ref() == Some(token)).map(|(pid, _)| pid)
    }

    /// The exec that a process belongs to, by its parents.
    pub fn exec_above(&self, mut pid: Pid) -> Option<&ExecToken> {
        loop {
            let process = self.process(pid)?;
            if process.exec.is_some() || process.parent == pid {
                return process.exec.as_ref();
            }
            pid = process.parent;
        }
    }

    /// Takes what an exec has printed since this was called last.
    pub fn take_output(&mut self, pid: Pid) -> Printed {
        if self.process(pid).is_none_or(|process| process.output.is_empty()) {
            return Printed::new();
        }
        std::mem::take(&mut self.process_mut(pid).output)
    }

    /// Whether something was typed into an exec that nobody has read.
    pub fn has_unread(&self, pid: Pid) -> bool {
        let pipe = self.process(pid).and_then(|process| process.input);
        pipe.and_then(|pipe| self.pipes.get(&pipe)).is_some_and(|pipe| !pipe.buffer.is_empty())
    }

    /// Types into an exec that has its input open.
    pub fn type_into_exec(&mut self, pid: Pid, typed: &Blob, asks: &mut Asks) {
        let Some(pipe) = self.process(pid).and_then(|process| process.input) else { return };
        if let Some(pipe) = self.pipes.get_mut(&pipe) {
            pipe.buffer.append(typed);
        }
        self.input_changed(Some(pid), None, asks);
    }

    /// Closes an exec's input.
    pub fn close_exec_input(&mut self, pid: Pid, asks: &mut Asks) {
        if self.process(pid).is_none_or(|process| process.input.is_none()) {
            return;
        }
        if let Some(pipe) = self.process_mut(pid).input.take() {
            self.close_pipe(pipe, 0, 1);
        }
        self.input_changed(Some(pid), None, asks);
    }

    /// Ctrl-D in the terminal of an exec, or of a container's first process: who reads there finds
    /// the end of what was typed. The terminal stays.
    pub fn end_typed(&mut self, exec: Option<Pid>, id: Option<&ContainerId>, asks: &mut Asks) {
        if let Some(pipe) = self.terminal_of(exec, id).and_then(|it| self.pipes.get_mut(&it)) {
            pipe.ends_once = true;
        }
        self.input_changed(exec, id, asks);
    }

    /// Ctrl-C there: what is typed and not yet read is dropped (ISIG of termios(3)).
    pub fn drop_typed(&mut self, exec: Option<Pid>, id: Option<&ContainerId>) {
        if let Some(pipe) = self.terminal_of(exec, id).and_then(|it| self.pipes.get_mut(&it)) {
            pipe.buffer = Blob::new();
        }
    }

    fn terminal_of(&self, exec: Option<Pid>, id: Option<&ContainerId>) -> Option<u64> {
        let typed = exec.and_then(|pid| self.process(pid)?.input);
        typed.or_else(|| id.and_then(|id| self.container(id)?.stdin))
    }

    fn input_changed(&mut self, exec: Option<Pid>, id: Option<&ContainerId>, asks: &mut Asks) {
        let of_exec = exec.and_then(|pid| Some(self.process(pid)?.container.pod.clone()));
        asks.touched.extend(of_exec);
        asks.touched.extend(id.map(|id| id.pod.clone()));
        self.settle(asks);
    }

    pub(super) fn is_terminal(&self, pipe: u64) -> bool {
        self.processes().any(|(_, process)| process.tty && process.input == Some(pipe))
    }

    /// Sends a signal to an exec's process and all that came from it.
    pub fn signal_exec(&mut self, root: Pid, signal: Signal, now: SimTime, asks: &mut Asks) {
        let Some(token) = self.process(root).and_then(|process| process.exec.clone()) else {
            return;
        };
        let all: Vec<Pid> = self
            .processes()
            .map(|(pid, _)| pid)
            .filter(|pid| self.exec_above(*pid) == Some(&token))
            .collect();
        for pid in all {
            self.signal(pid, signal, now, asks);
        }
        self.settle(asks);
    }

    /// Ctrl-C in the terminal of a container's first process: SIGINT to all of them. An interactive
    /// shell drops what it runs and ends with 130, whatever it would do as PID 1 otherwise.
    pub fn interrupt(&mut self, id: &ContainerId, now: SimTime, asks: &mut Asks) {
        let mut all: Vec<Pid> =
            self.processes().filter(|(_, it)| it.container == *id).map(|(pid, _)| pid).collect();
        let first = self.container(id).map(|container| container.first);
        if let Some(shell) = first.filter(|pid| self.is_interactive_shell(*pid)) {
            all.retain(|pid| *pid != shell);
            self.end(shell, WaitStatus::Code(130), now, asks);
        }
        for pid in all {
            self.signal(pid, Signal::Int, now, asks);
        }
        self.settle(asks);
    }

    /// Models bash(1): `-i` among the options, and the text of a script. One that somebody types at
    /// knows by itself what Ctrl-C is.
    fn is_interactive_shell(&self, pid: Pid) -> bool {
        let Some(process) = self.process(pid) else { return false };
        let is_shell = matches!(process.program(), Some(Program::Shell(it)) if it.is_command());
        let mut options = process.argv.iter().skip(1).take_while(|word| word.starts_with(b"-"));
        is_shell && options.any(|word| !word.starts_with(b"--") && word.contains(&b'i'))
    }

    /// Whether some process waits for bytes of what is typed into this exec or container.
    pub fn waits_for_input(&self, exec: Option<Pid>, container: Option<&ContainerId>) -> bool {
        let typed = self.terminal_of(exec, container);
        let is_it = |pipe: u64| {
            Some(pipe) == typed && self.pipes.get(&pipe).is_some_and(|pipe| pipe.buffer.is_empty())
        };
        self.processes().filter(|(pid, _)| self.attended(*pid).is_none()).any(|(_, process)| {
            let ProcessState::Blocked(waits) = &process.state else { return false };
            waits.iter().any(|wait| {
                let Wait::Readable(fd) = wait else { return false };
                let entry = process.fds.get(&fd.0);
                entry.is_some_and(|entry| match self.file(entry.file).kind {
                    OpenKind::PipeRead(pipe) => is_it(pipe),
                    _ => false,
                })
            })
        })
    }

    /// What a container with open input has printed, from these many bytes on: standard output,
    /// standard error.
    pub fn streams_from(&self, id: &ContainerId, from: [u64; 2]) -> [Vec<u8>; 2] {
        let streams = self.container(id).and_then(|container| container.log.streams.as_ref());
        let Some([out, err]) = streams else { return Default::default() };
        let rest = |all: &Vec<u8>, from: u64| all.get(from as usize..).unwrap_or_default().to_vec();
        [rest(out, from[0]), rest(err, from[1])]
    }
}
