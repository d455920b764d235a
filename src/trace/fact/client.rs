//! Facts of clients.

use crate::base::PodName;

/// What a client did or saw.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ClientFact {
    /// Somebody typed a command at their own terminal.
    Typed {
        /// The command line.
        command: String,
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
