//! Facts of clients.

use crate::base::{PodName, SimTime};

/// What a client did or saw.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ClientFact {
    /// Somebody typed a command at their own terminal.
    Typed {
        /// The command line.
        command: String,
    },
    /// Somebody typed a line for the command that runs at their terminal.
    Answered {
        /// The line.
        line: String,
    },
    /// The command at somebody's terminal is done.
    Done {
        /// Its exit code.
        code: u8,
    },
    /// The command at somebody's terminal waits for their next line.
    Asks,
    /// Somebody pressed Ctrl-C.
    Interrupted,
    /// Somebody pressed Ctrl-D: there is no more input.
    InputEnded,
    /// Somebody lets time pass.
    Waits {
        /// Until when.
        until: SimTime,
    },
    /// The moment that was waited for has come.
    Waited,
    /// Somebody saved a file of theirs.
    Saved {
        /// Its name.
        file: String,
    },
    /// Somebody edited a field of an object.
    Edited {
        /// `statefulset/mysql`.
        object: String,
        /// The field.
        path: String,
        /// Its new value.
        value: String,
    },
    /// A client pod is run for one command.
    Runs {
        /// The pod.
        pod: PodName,
        /// Its command line.
        command: String,
        /// Whether it only reads.
        reads: bool,
    },
    /// A client pod has done its work and is removed.
    Removed {
        /// The pod.
        pod: PodName,
    },
}
