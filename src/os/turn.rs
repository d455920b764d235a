//! How a program answers when it is given a turn.

use super::Signal;
use crate::base::{Millis, Pid};

/// A file descriptor of one process.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Fd(pub u32);

impl Fd {
    /// Standard input.
    pub const STDIN: Fd = Fd(0);
    /// Standard output.
    pub const STDOUT: Fd = Fd(1);
    /// Standard error.
    pub const STDERR: Fd = Fd(2);
}

/// A timer of one process.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct TimerId(pub u32);

/// What came of one turn.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Turn {
    /// It made one visible act and has more to do.
    Ran,
    /// It did nothing more and waits. It is given a turn again when *any* of these has happened.
    Blocked(Vec<Wait>),
    /// It ended.
    Exited(WaitStatus),
    /// `Sys::exec` succeeded: this program is no more.
    Replaced,
}

/// What a program waits for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Wait {
    /// Bytes, end of file, a connection to accept, or an error on this descriptor.
    Readable(Fd),
    /// Room in the pipe or socket, a connection made, or an error.
    Writable(Fd),
    /// No other open file's lock is in the way of an exclusive (true) or shared one on its file.
    Lockable(Fd, bool),
    /// This child ended.
    Child(Pid),
    /// Some child ended.
    AnyChild,
    /// This timer went off.
    Timer(TimerId),
    /// A signal that has a handler.
    Signal,
    /// Processor time: go on after so long without having waited for anybody. Used by programs that
    /// compute (`xtrabackup --prepare`, mysqld's start), so that their work takes virtual time.
    Busy(Millis),
}

/// How a process ended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum WaitStatus {
    /// By `exit`, with this code.
    Code(u8),
    /// By this signal.
    Signal(Signal),
}

impl WaitStatus {
    /// Success.
    pub const OK: WaitStatus = WaitStatus::Code(0);

    /// What a shell's `$?` and a container's exit code show: the code, or 128 + the signal's
    /// number.
    pub fn code(self) -> u8 {
        match self {
            WaitStatus::Code(code) => code,
            WaitStatus::Signal(signal) => 128 + signal.number(),
        }
    }
}

/// What a program does about a signal.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Disposition {
    /// The kernel's default: most signals end the process, but never one that is PID 1 of its
    /// container.
    Default,
    /// It is dropped.
    Ignored,
    /// The program has taken note and will act on it in its next turn.
    Handled,
}
