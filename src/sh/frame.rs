//! What a shell is in the middle of: one frame for each command that has begun and not ended.

use std::sync::Arc;

use super::arrays::Key;
use super::expand::Logged;
use super::machine::{Leaving, Options, TrapKey};
use super::script::{AstId, Script};
use crate::base::{Pid, SimTime};
use crate::os::Fd;

/// A command that has begun.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Frame {
    pub script: Arc<Script>,
    pub at: AstId,
    /// What the expansion that is under way has already found out; see [`super::expand`].
    pub log: Vec<Logged>,
    /// Descriptors that its process substitutions opened, closed when it ends.
    pub opened: Vec<Fd>,
    /// The connection that a redirection to `/dev/tcp` waits for.
    pub dial: Option<Box<Dial>>,
    /// The trap for DEBUG has run before what it does next.
    pub debugged: bool,
    /// The line that a pipeline left behind within it: see [`Machine::slip_line`].
    pub slipped: Option<u32>,
    pub state: State,
}

/// A connection that a redirection makes.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Dial {
    /// The socket.
    pub socket: Fd,
    /// Where else the name leads, if this address refuses.
    pub others: Vec<String>,
    /// The port.
    pub port: u16,
    /// The redirection.
    pub target: super::run::Target,
}

/// How far it is.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) enum State {
    /// A script: the group to run next.
    Program {
        next: u32,
        kind: ProgramKind,
    },
    /// The item to run next.
    List {
        next: u32,
    },
    /// The part that runs or ran last.
    AndOr {
        next: u32,
    },
    /// The one element of `! command`, or all of them in children: when they began.
    Pipeline {
        since: Option<SimTime>,
    },
    Simple(Box<Simple>),
    /// A compound command's redirections, as far as they are made.
    Redirecting {
        next: u32,
        saved: Vec<(Fd, Option<Fd>)>,
        here: bool,
    },
    /// `( … )`; `here`: in its own process already.
    Subshell {
        here: bool,
    },
    If {
        clause: u32,
        phase: Phase,
    },
    While {
        phase: Phase,
        status: u8,
    },
    For {
        values: Option<Vec<Vec<u8>>>,
        fields: Vec<Vec<u8>>,
        next: u32,
        status: u8,
    },
    ArithFor {
        phase: ArithPhase,
        status: u8,
    },
    Select(Box<super::run::Select>),
    /// Runs the trap for DEBUG before a part of a pipeline begins.
    Debug,
    Case {
        word: Option<Vec<u8>>,
        arm: u32,
        pattern: u32,
        fall: bool,
    },
    Cond {
        stack: Vec<CondStep>,
        value: bool,
        begun: bool,
    },
    Arith,
    /// Waits for children; the status of the last is the command's.
    Children(Children),
    /// `$(…)`: reads what the child writes.
    Substitution(Substitution),
    /// Puts back what a command changed for itself.
    Cleanup(Box<Cleanup>),
    Read(Box<super::builtin::read::Read>),
    /// PS4's commands run before a command is shown; the status that stays.
    Prompt {
        status: u8,
    },
    Keeping(Box<super::builtin::mapfile::Keeping>),
    WaitFor(super::builtin::wait::WaitFor),
    /// `source` of a pipe or a terminal: as far as it is read.
    Source {
        from: Fd,
        bytes: Vec<u8>,
        name: Vec<u8>,
        path: Vec<u8>,
        args: Vec<Vec<u8>>,
    },
    /// `exec` or a child's command: replaces this shell.
    Exec {
        words: Vec<Vec<u8>>,
        env: Vec<(Vec<u8>, Vec<u8>)>,
        clean: bool,
        argv0: Option<Vec<u8>>,
        by_exec: bool,
    },
    /// The shell ends here; without `how`, its trap for EXIT has run.
    Leave {
        status: u8,
        how: Option<Leaving>,
    },
    /// In a new child: descriptors to put in place.
    Child {
        moves: Vec<(Fd, Fd)>,
        close: Vec<Fd>,
    },
    /// A script on standard input or a pipe, as far as it is read.
    Input {
        from: Fd,
        buffer: Vec<u8>,
        line: u32,
        ended: bool,
        /// The prompt for the line that comes was shown.
        asked: bool,
    },
}

/// What a text is run as.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) enum ProgramKind {
    /// The shell's own script.
    Main,
    /// One command read from standard input.
    Input,
    Eval,
    /// Backquotes that could not be read.
    Substitution,
    /// With the name it was found under.
    Source(Vec<u8>),
    /// Keeps the statuses the shell had.
    Trap {
        key: TrapKey,
        status: u8,
        pipe_status: Vec<u8>,
    },
}

/// Children to wait for.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Children {
    pub pids: Vec<Pid>,
    pub statuses: Vec<u8>,
    pub pipeline: bool,
    /// `shopt -s lastpipe`: the last part runs in this shell; its status, once it has ended.
    pub last_here: bool,
    pub own: Option<u8>,
    /// The last one's number in its container, and the command: for the message where a signal ends
    /// it.
    pub shown: u32,
    pub text: Vec<u8>,
    /// SIGINT has ended the last one.
    pub interrupted: bool,
}

/// A command substitution.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Substitution {
    /// `None`: nobody writes for it alone (`$(</dev/stdin)`).
    pub pid: Option<Pid>,
    pub from: Fd,
    pub bytes: Vec<u8>,
    pub ended: bool,
}

/// The condition or the body of `if` and `while`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Phase {
    Start,
    Condition,
    Body,
}

/// Where an arithmetic `for` is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum ArithPhase {
    Start,
    Test,
    Body,
    Step,
}

/// What `[[` has to do next.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum CondStep {
    Eval(u32, bool),
    /// After the left side: the right one, if the value so far is this.
    IfTrue(u32, bool),
    IfFalse(u32, bool),
    Negate,
}

/// A simple command.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Simple {
    pub phase: SimplePhase,
    pub fields: Vec<Vec<u8>>,
    /// The word, assignment or redirection to do next.
    pub next: u32,
    /// Assignments before the command's words.
    pub env: Vec<(Vec<u8>, Vec<u8>)>,
    pub saved: Vec<(Fd, Option<Fd>)>,
    /// It runs in its own process already: redirections stay, and it may be replaced.
    pub in_child: bool,
    /// The last word: what `$_` will be.
    pub last: Vec<u8>,
    /// Arguments that are array assignments, for `declare`: the word's number, and what it assigns.
    pub arrays: Vec<(u32, Assigned)>,
    /// A trap for ERR was set when it began: one that it sets itself does not see it end.
    pub err_trap: bool,
}

/// An assignment whose words are expanded.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) enum Assigned {
    Text(Vec<u8>),
    Element(Key, Vec<u8>),
    List(Vec<Element>),
}

/// An element of a list whose words are expanded. Of an argument of `declare` the key is still
/// text.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Element {
    pub key: Option<Key>,
    pub append: bool,
    pub text: Vec<u8>,
}

/// What a simple command does next.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(super) enum SimplePhase {
    #[default]
    Words,
    Assigns,
    Launch,
    Redirects,
    Run,
    Done,
}

/// What to put back.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Cleanup {
    pub fds: Vec<(Fd, Option<Fd>)>,
    pub scope: bool,
    pub args: Option<Vec<Vec<u8>>>,
    /// Where getopts was, with the arguments.
    pub getopts_place: (u32, u32),
    /// A function's or a sourced file's end: `return` stops here.
    pub catches_return: bool,
    pub function: bool,
    /// A sourced file's.
    pub file: bool,
    pub traced: bool,
    /// Traps that a function or a file does not inherit.
    pub traps: Vec<(TrapKey, Vec<u8>)>,
    /// `local -`: the options as they were.
    pub options: Option<Options>,
    /// The trap for RETURN has run.
    pub returned: bool,
    /// `eval`'s or a file's: dash no longer names it.
    pub context: bool,
}
