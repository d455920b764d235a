//! Processes and what they have open.

use super::Program;
use crate::base::{Blob, ContainerId, Pid, SimTime, SockId, SortedMap, SortedSet};
use crate::os::{Credentials, Signal, TimerId, Wait, WaitStatus};
use crate::sim::ExecToken;

/// What was printed, in order: whether to standard error, and what.
pub type Printed = Vec<(bool, Blob)>;

/// A process.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Process {
    /// Its number within its container.
    pub shown: u32,
    /// Who started it; itself for a container's first process and for an exec's.
    pub parent: Pid,
    /// Where it runs.
    pub container: ContainerId,
    /// What it runs. `None` only while it has its turn.
    pub(super) program: Option<Box<Program>>,
    /// Its command line.
    pub argv: Vec<Vec<u8>>,
    /// When it was started.
    pub began: SimTime,
    /// What it does.
    pub state: ProcessState,
    /// Whose result its end is, if it came by `Effect::Exec`.
    pub exec: Option<ExecToken>,
    pub(super) fds: SortedMap<u32, FdEntry>,
    pub(super) cwd: Vec<u8>,
    pub(super) umask: u32,
    pub(super) who: Credentials,
    pub(super) armed: SortedSet<TimerId>,
    pub(super) last_timer: u32,
    /// What an exec printed and nobody has taken yet.
    pub(super) output: Printed,
    /// The pipe somebody types into, of an exec.
    pub(super) input: Option<u64>,
    /// Whether an exec has a terminal.
    pub(super) tty: bool,
    /// A SIGPIPE is due after this turn.
    pub(super) pipe_broken: bool,
    /// Signals that came during its own turn, or while it was stopped.
    pub(super) pending: Vec<Signal>,
    /// Signals that were ignored when its program began, and are unless it handles them.
    pub(super) ignored: SortedSet<Signal>,
    /// SIGSTOP came, and no SIGCONT since: it has no turn.
    pub(super) stopped: bool,
    /// Files it has locked: device and inode.
    pub(super) locks: Vec<(u64, u64)>,
    /// Turns since it last waited for anything.
    pub(super) busy_turns: u32,
}

/// What a process does.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum ProcessState {
    /// It can go on, and its turn is on the agenda.
    Ready,
    /// It waits for any of these.
    Blocked(Vec<Wait>),
    /// It has ended and its parent has not asked yet.
    Ended(WaitStatus),
}

/// A process's descriptor.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct FdEntry {
    /// Which open file.
    pub file: u64,
    /// Whether `exec` closes it.
    pub close_on_exec: bool,
}

/// An open file description: what duplicated descriptors share.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct OpenFile {
    /// Descriptors that name it.
    pub refs: u32,
    /// What it is.
    pub kind: OpenKind,
    /// flock(2)'s lock on it: exclusive (true) or shared.
    pub lock: Option<bool>,
}

/// What an open file is.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum OpenKind {
    /// A file or directory of a volume.
    File {
        /// Which volume.
        device: u64,
        /// Which file.
        inode: u64,
        /// Where the next read or write goes.
        offset: u64,
        /// May be read.
        read: bool,
        /// May be written.
        write: bool,
        /// Writes go to the end.
        append: bool,
    },
    /// The end to read from.
    PipeRead(u64),
    /// The end to write to.
    PipeWrite(u64),
    /// A connection.
    Sock(SockId),
    /// A listening socket.
    Listener(u16),
    /// A container's log.
    Log {
        /// Standard error, not output.
        stderr: bool,
    },
    /// What an exec prints, caught for whoever asked for it.
    Exec {
        /// The exec's process.
        pid: Pid,
        /// Standard error, not output.
        stderr: bool,
    },
    /// A device.
    Device(Device),
}

/// A device of `/dev` that is no descriptor's other name.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Device {
    /// `/dev/null`.
    Null,
    /// `/dev/zero`.
    Zero,
    /// `/dev/full`: as `zero`, but it has no room.
    Full,
    /// `/dev/urandom`.
    Random,
}

impl Process {
    /// Its command line as `ps` shows it.
    pub fn command(&self) -> String {
        self.argv.iter().map(|arg| String::from_utf8_lossy(arg)).collect::<Vec<_>>().join(" ")
    }

    /// Its program's name without the directory.
    pub fn name(&self) -> String {
        let first = self.argv.first().map(Vec::as_slice).unwrap_or_default();
        let start = first.iter().rposition(|byte| *byte == b'/').map_or(0, |slash| slash + 1);
        String::from_utf8_lossy(&first[start..]).into_owned()
    }

    /// What it runs; `None` only during its own turn.
    pub fn program(&self) -> Option<&Program> {
        self.program.as_deref()
    }

    /// Whether it has ended.
    pub fn has_ended(&self) -> bool {
        matches!(self.state, ProcessState::Ended(_))
    }
}
