//! Connections, and messages on their way between pods.

use crate::base::{Blob, Millis, PodUid, SockId};
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

impl Sock {
    /// The accepting end of a connection that is made, before it is accepted.
    pub fn new(
        pod: &PodUid,
        owner: crate::base::Pid,
        local: (String, u16),
        remote: (String, u16),
    ) -> Sock {
        Sock {
            pod: pod.clone(),
            owner,
            active: false,
            asked: remote.clone(),
            local,
            remote,
            peer: None,
            state: SockState::Open,
            inbox: Blob::new(),
            ended: false,
            refs: 0,
            received: 0,
            sent: 0,
            in_flight: 0,
        }
    }
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
    /// The pod it comes from.
    pub from_pod: PodUid,
    /// The pod it goes to.
    pub to_pod: Option<PodUid>,
    /// What it is.
    pub kind: MessageKind,
    /// How often it was sent and lost.
    pub tries: u32,
    /// Whether it has arrived, and waits for an earlier one of its connection (TCP keeps the
    /// order).
    pub waits: bool,
}

impl Message {
    /// How long until it is sent again; `None`: it is given up.
    ///
    /// Linux: a SYN (or the answer to one) 1 s doubling, 6 times, 127 s in all (tcp_syn_retries);
    /// anything else 0.2 s doubling up to 120 s, 15 times, 924.6 s in all (tcp_retries2).
    pub fn retransmitted_after(&self) -> Option<Millis> {
        let is_syn = matches!(self.kind, MessageKind::Connect(_) | MessageKind::Accept(_));
        let (first, last) = if is_syn { (1_000, 6) } else { (200, 15) };
        (self.tries <= last).then(|| Millis((first << self.tries.min(10)).min(RTO_MAX.0)))
    }
}

/// Linux's TCP_RTO_MAX.
const RTO_MAX: Millis = Millis(120_000);

/// What a message is.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum MessageKind {
    /// A connection is asked for, at this port.
    Connect(u16),
    /// It is made; the sender is the accepting end.
    Accept(SockId),
    /// It failed.
    Fail(SockId, NetError),
    /// A firewall refuses it.
    Reject(SockId),
    /// Bytes.
    Data(SockId, Blob),
    /// No more bytes.
    End(SockId),
    /// The other end is gone.
    Reset(SockId),
    /// No more bytes, but the sender still reads.
    Finish(SockId),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retransmissions_add_up_to_the_times_of_linux() {
        let rows = [
            (MessageKind::Connect(3306), 127_000),
            (MessageKind::Accept(SockId(1)), 127_000),
            (MessageKind::End(SockId(1)), 924_600),
        ];
        for (kind, want) in rows {
            let (from, from_pod) = (SockId(1), PodUid::from("a"));
            let mut message =
                Message { from, from_pod, to_pod: None, kind, tries: 0, waits: false };
            let mut all = Millis::ZERO;
            while let Some(after) = message.retransmitted_after() {
                all = all + after;
                message.tries += 1;
            }
            assert_eq!(all, Millis(want), "{:?}", message.kind);
        }
    }
}
