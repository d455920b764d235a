//! ncat. Models nmap's ncat 7.93: ncat_main.c, ncat_connect.c, ncat_listen.c, and ncat_posix.c's
//! `netexec`.
//!
//! | file | what |
//! |---|---|
//! | `options` | the command line and what is said against it |
//! | `connect` | finding the other end, and standard input and output joined to it |
//! | `listen` | who comes, and what is read from and written to all of them |
//! | `relay` | one connection joined to a program (`-c`, `-e`) |

mod connect;
mod listen;
mod options;
mod relay;

use crate::base::{Millis, SimTime};
use crate::os::{Disposition, Signal};
use crate::tool::{Context, Step};

use connect::{Connected, Connecting};
use listen::Listening;
use relay::Relay;

/// ncat.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Ncat {
    how: How,
    state: State,
}

/// What the command line asks for.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct How {
    send_only: bool,
    recv_only: bool,
    keep_open: bool,
    no_shutdown: bool,
    zero: bool,
    verbose: bool,
    /// How many are served at a time; none at all if it is not above zero.
    max: i64,
    command: Option<Command>,
    connect_timeout: Millis,
    idle_timeout: Option<Millis>,
    port: u16,
    began: SimTime,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Command {
    /// `-c`: by /bin/sh.
    Shell(Vec<u8>),
    /// `-e`: words at blanks, no search along PATH.
    Program(Vec<Vec<u8>>),
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum State {
    Connecting(Connecting),
    Connected(Connected),
    /// One connection, once it has a program: nothing else counts any more.
    Serving(Relay),
    Listening(Listening),
}

impl Ncat {
    /// Reads the arguments; resolves or listens.
    pub fn begin(cx: &mut Context) -> Result<Ncat, u8> {
        let (how, place) = options::read(cx)?;
        let state = if place.listen {
            State::Listening(Listening::begin(cx, &how, &place)?)
        } else {
            State::Connecting(Connecting::begin(cx, &how, &place)?)
        };
        Ok(Ncat { how, state })
    }

    /// Goes on.
    pub fn step(&mut self, cx: &mut Context) -> Step {
        let went = match &mut self.state {
            State::Connecting(connecting) => connecting.step(cx, &self.how),
            State::Connected(connected) => connected.step(cx, &self.how),
            State::Serving(relay) => relay.step(cx),
            State::Listening(listening) => listening.step(cx, &self.how),
        };
        match went {
            Ok(step) => step,
            Err(next) => {
                self.state = *next;
                Step::More
            }
        }
    }

    /// It does not die of a broken pipe, and listening it collects its children; SIGTERM has no
    /// handler, so that it ends any but PID 1.
    pub fn signal(&self, signal: Signal) -> Disposition {
        match (&self.state, signal) {
            (_, Signal::Pipe) | (State::Listening(_), Signal::Chld) => Disposition::Handled,
            _ => Disposition::Default,
        }
    }
}

/// What a step answers: how it went, or the state that follows.
type Went = Result<Step, Box<State>>;

/// A line as ncat's `loguser` writes it.
fn say(cx: &mut Context, text: impl AsRef<str>) {
    cx.out.error(format!("Ncat: {}\n", text.as_ref()).as_bytes());
}

/// ncat's `bye`: the text, and the exit code of an error that is not the network's.
fn bye(cx: &mut Context, text: impl AsRef<str>) -> u8 {
    say(cx, format!("{} QUITTING.", text.as_ref()));
    2
}
