//! Facts of processes, files, pipes and connections.

use crate::base::{PodName, ServiceName};

/// Why the DNS has no address for a name. What each rests on: `kube::dns`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum NoName {
    /// The name is that of this Service or below it, and there is none.
    NoService(ServiceName),
    /// The pod is not Ready.
    NotReady(PodName),
    /// The Service selects no pod of this host name.
    NoHost {
        /// The host name.
        host: String,
        /// The Service.
        service: ServiceName,
    },
    /// The pod's `subdomain` is not this Service's name, so it has no name below it.
    OtherSubdomain {
        /// The pod.
        pod: PodName,
        /// Its `subdomain`, which its StatefulSet calls `serviceName`.
        subdomain: String,
        /// The Service it was looked for below.
        service: ServiceName,
    },
    /// None of the headless Service's pods is Ready.
    NoneReady(ServiceName),
    /// The DNS server still keeps an answer from when there was no such name.
    Kept,
    /// No name of this cluster; the model knows no others.
    Outside,
}

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
        /// Why.
        why: NoName,
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
