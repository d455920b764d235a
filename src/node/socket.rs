//! Connections, and messages on their way between pods.

use crate::base::{Blob, PodUid, SockId};
use crate::os::NetError;

/// One end of a connection.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Sock {
    /// The pod it belongs to.
    pub pod: PodUid,
    /// The process that opened or accepted it.
    pub owner: crate::base::Pid,
    /// Whether this end connected (the other accepted).
    pub active: bool,
    /// This end's address and port.
    pub local: (String, u16),
    /// The other end's address and port, as this end knows it.
    pub remote: (String, u16),
    /// The address that was asked for, before a Service chose.
    pub asked: (String, u16),
    /// The other end.
    pub peer: Option<SockId>,
    /// How it stands.
    pub state: SockState,
    /// What arrived and was not read.
    pub inbox: Blob,
    /// The other end will send no more.
    pub ended: bool,
    /// Open descriptions that name it.
    pub refs: u32,
    /// Bytes received over its life.
    pub received: u64,
    /// Bytes sent over its life.
    pub sent: u64,
    /// Bytes sent that the other end has not read yet.
    pub in_flight: u64,
}

/// How a connection stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum SockState {
    /// It was asked for.
    Connecting,
    /// It is made.
    Open,
    /// It failed.
    Failed(NetError),
}

/// A listening socket.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Listener {
    /// Who listens.
    pub owner: crate::base::Pid,
    /// Only for connections from the pod itself.
    pub loopback_only: bool,
    /// Connections made and not yet accepted.
    pub backlog: Vec<SockId>,
    /// Open descriptions that name it.
    pub refs: u32,
}

/// Something on its way between two pods.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Message {
    /// The end that sent it.
    pub from: SockId,
    /// The pod it goes to.
    pub to_pod: Option<PodUid>,
    /// What it is.
    pub kind: MessageKind,
}

/// What a message is.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum MessageKind {
    /// A connection is asked for, at this port.
    Connect(u16),
    /// It is made; the sender is the accepting end.
    Accept(SockId),
    /// It failed.
    Fail(SockId, NetError),
    /// Bytes.
    Data(SockId, Blob),
    /// No more bytes.
    End(SockId),
    /// The other end is gone.
    Reset(SockId),
}
