//! Facts of processes, files, pipes and connections.

use crate::base::PodName;

/// What a machine did.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum MachineFact {
    /// A program was asked for something the model does not have.
    NotModelled {
        /// The program.
        program: String,
        /// Its option or argument.
        what: String,
    },
    /// A name was looked up and found.
    NameResolved {
        /// Who asked.
        pod: PodName,
        /// The name.
        name: String,
        /// The first address.
        address: String,
    },
    /// A name was looked up and is not there.
    NameUnknown {
        /// Who asked.
        pod: PodName,
        /// The name.
        name: String,
    },
    /// A connection between two pods was made.
    Connected {
        /// Who connected.
        from: PodName,
        /// To whom.
        to: PodName,
        /// The port.
        port: u16,
        /// The address that was asked for, where a Service chose.
        through: Option<String>,
    },
    /// Nobody listens there.
    Refused {
        /// Who tried.
        from: PodName,
        /// The address.
        address: String,
        /// The port.
        port: u16,
    },
    /// Nobody answered.
    TimedOut {
        /// Who tried.
        from: PodName,
        /// The address.
        address: String,
        /// The port.
        port: u16,
    },
    /// A part of a stream of data arrived.
    Streamed {
        /// Who sent it.
        from: PodName,
        /// Who received it.
        to: PodName,
        /// Bytes of this part.
        bytes: u64,
        /// Bytes of the whole connection so far.
        total: u64,
    },
    /// A process used up its turns without waiting for anything.
    BusyLoop {
        /// Where.
        pod: PodName,
        /// Its command line.
        command: String,
    },
    /// A packet does not arrive and will be sent again.
    HeldBack {
        /// Who sent it.
        from: PodName,
        /// For whom.
        to: PodName,
    },
    /// A connection was broken off from without.
    ConnectionReset {
        /// Who had connected.
        from: PodName,
        /// To whom.
        to: PodName,
        /// The port.
        port: u16,
    },
    /// A connection was refused by somebody between the two pods.
    Rejected {
        /// Who tried.
        from: PodName,
        /// To whom.
        to: PodName,
        /// The port.
        port: u16,
    },
    /// A part of a stream arrived with a flipped bit.
    Corrupted {
        /// Who sent it.
        from: PodName,
        /// Who received it.
        to: PodName,
        /// Bytes of this part.
        bytes: u64,
    },
}
