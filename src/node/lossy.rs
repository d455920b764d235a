//! What becomes of connections and messages where a fault stands between two pods.

use super::socket::{Message, MessageKind, SockState};
use super::sys_net::LATENCY;
use super::{Asks, Nodes, Sock};
use crate::base::{Blob, Millis, MsgId, Pid, PodName, PodUid, SockId, SortedSet};
use crate::os::{Errno, NetError};
use crate::trace::Fact;
use crate::trace::fact::{Fault, MachineFact};

/// How long Linux sends again to a machine that does not answer (tcp(7), tcp_retries2).
const GIVEN_UP_AFTER: Millis = Millis(924_600);

/// Where the tutorial's pods give out their data: ncat's port in the manifests.
const BACKUP_PORT: u16 = 3307;

/// A bit is flipped in parts of a stream that are at least so long. Errors come by the byte: short
/// messages are spared. Chosen.
const CORRUPTED_BYTES_MIN: u64 = 1_024;

impl Nodes {
    /// The first fault in force that `picks`, given the two pods' names.
    fn between(
        &self,
        from: &PodUid,
        to: &PodUid,
        picks: impl Fn(&Fault, &PodName, &PodName) -> bool,
    ) -> Option<&Fault> {
        if self.faults.lasting.is_empty() {
            return None;
        }
        let (from, to) = (self.name_of(from), self.name_of(to));
        self.faults.lasting.iter().find(|fault| picks(fault, &from, &to))
    }

    /// The partition that keeps packets of one pod from reaching the other.
    pub(super) fn partition(&self, from: &PodUid, to: &PodUid) -> Option<&Fault> {
        self.between(
            from,
            to,
            |fault, from, to| matches!(fault, Fault::Partition(a, b) if joins(a, b, from, to)),
        )
    }

    /// The firewall that refuses connections from one pod to the other.
    pub(super) fn refusal(&self, from: &PodUid, to: &PodUid) -> Option<&Fault> {
        self.between(
            from,
            to,
            |fault, from, to| matches!(fault, Fault::Reset(a, b) if a == from && b == to),
        )
    }

    /// How much longer packets take from one pod to the other: what all slow links between them
    /// add.
    pub(super) fn slowness(&self, from: &PodUid, to: &PodUid) -> Millis {
        if self.faults.lasting.is_empty() {
            return Millis::ZERO;
        }
        let (from, to) = (self.name_of(from), self.name_of(to));
        let added = self.faults.lasting.iter().map(|fault| match fault {
            Fault::Slow(a, b, by) if joins(a, b, &from, &to) => *by,
            _ => Millis::ZERO,
        });
        added.fold(Millis::ZERO, |all, one| all + one)
    }

    /// The fault that flips bits of what this pod receives of a backup.
    pub(super) fn corruption(&self, to: &PodUid) -> Option<&Fault> {
        self.between(to, to, |fault, to, _| matches!(fault, Fault::CorruptClone(pod) if pod == to))
    }

    /// Whether the other end's keepalives would get through to a connection. The model's programs
    /// send none: who would miss them asks.
    pub(super) fn hears(&self, id: SockId) -> bool {
        let sock = self.sock(id);
        let Some(peer) = sock.peer else { return true };
        let Some(other) = self.socks.get(&peer) else {
            // Its last word is on its way, or it went without one.
            return self.wire.values().any(|m| m.from == peer && m.tries == 0);
        };
        self.partition(&other.pod, &sock.pod).is_none()
    }

    /// Wakes whoever has a connection between two pods: what it hears has changed.
    pub fn wake_between(&mut self, a: &PodName, b: &PodName, asks: &mut Asks) {
        let owners: SortedSet<Pid> = self
            .connections()
            .filter(|(sock, peer)| {
                let (from, to) = (self.name_of(&sock.pod), self.name_of(&peer.pod));
                joins(a, b, &from, &to)
            })
            .map(|(sock, _)| sock.owner)
            .collect();
        self.wake_all(&owners, asks);
    }

    pub(super) fn wake_all(&mut self, owners: &SortedSet<Pid>, asks: &mut Asks) {
        for pid in owners {
            if self.processes.contains_key(pid) {
                self.wake(*pid, asks);
            }
        }
    }

    /// Ends that have another end in some pod, with that.
    fn connections(&self) -> impl Iterator<Item = (&Sock, &Sock)> {
        self.socks.values().filter_map(|sock| Some((&**sock, &**self.socks.get(&sock.peer?)?)))
    }

    /// Resets all connections from one pod to the other, at both ends.
    pub fn reset_between(&mut self, from: &PodName, to: &PodName, asks: &mut Asks) {
        let hit: Vec<(SockId, SockId)> = self
            .socks
            .iter()
            .filter_map(|(id, sock)| Some((*id, sock.peer?, sock)))
            .filter(|(_, peer, sock)| {
                let there = self.socks.get(peer).map(|peer| self.name_of(&peer.pod));
                sock.active && self.name_of(&sock.pod) == *from && there.as_ref() == Some(to)
            })
            .map(|(id, peer, _)| (id, peer))
            .collect();
        for (id, peer) in hit {
            let port = self.sock(id).remote.1;
            for end in [id, peer] {
                self.end_of(end, true);
                asks.touched.insert(self.sock(end).pod.clone());
            }
            let (from, to) = (from.clone(), to.clone());
            asks.facts.push(Fact::Machine(MachineFact::ConnectionReset { from, to, port }));
        }
        self.settle(asks);
    }

    /// One end gives a connection up after the last retransmission.
    pub(super) fn time_out(&mut self, id: SockId, asks: &mut Asks) {
        if !self.socks.contains_key(&id) {
            return;
        }
        let error = NetError::Os(Errno::Timedout);
        asks.facts.push(Fact::Machine(self.failure(id, error)));
        let sock = self.sock_mut(id);
        sock.state = SockState::Failed(error);
        sock.peer = None;
        asks.touched.insert(sock.pod.clone());
    }

    /// A firewall answers in the other pod's place.
    pub(super) fn reject(&mut self, to: SockId, by: &PodUid, asks: &mut Asks) {
        let sock = self.sock_mut(to);
        sock.state = SockState::Failed(NetError::Os(Errno::Connrefused));
        let (own, port) = (sock.pod.clone(), sock.remote.1);
        asks.blamed = self.refusal(&own, by).cloned();
        let (from, to) = (self.name_of(&own), self.name_of(by));
        asks.facts.push(Fact::Machine(MachineFact::Rejected { from, to, port }));
    }

    /// A write to an end that is gone and did not say so. Its machine answers with a reset; if that
    /// is gone too, nobody answers.
    pub(super) fn write_to_nobody(&mut self, id: SockId, asks: &mut Asks) {
        let tells = |m: &Message| match m.kind {
            MessageKind::End(to) | MessageKind::Reset(to) | MessageKind::Fail(to, _) => to == id,
            _ => false,
        };
        if self.wire.values().any(tells) {
            return;
        }
        let sock = self.sock(id);
        let own = sock.pod.clone();
        match self.pod_at(&sock.remote.0) {
            Some(_) => {
                self.send_after(id, &own, own.clone(), MessageKind::Reset(id), LATENCY * 2, asks);
            }
            None => {
                let fail = MessageKind::Fail(id, NetError::Os(Errno::Timedout));
                self.send_after(id, &own, own.clone(), fail, GIVEN_UP_AFTER, asks);
            }
        }
    }

    /// A message is lost on its way. TCP sends it again, and gives up at last.
    pub(super) fn lose(&mut self, id: MsgId, mut message: Message, fault: Fault, asks: &mut Asks) {
        asks.blamed = Some(fault);
        if message.tries == 0 {
            let from = self.name_of(&message.from_pod);
            let to = message.to_pod.as_ref().map_or_else(|| "".into(), |to| self.name_of(to));
            asks.facts.push(Fact::Machine(MachineFact::HeldBack { from, to }));
        }
        if let Some(after) = message.retransmitted_after() {
            message.tries += 1;
            self.wire.insert(id, message);
            asks.send.push((id, after));
            return;
        }
        self.wire.retain(|_, later| later.from != message.from);
        match message.kind {
            MessageKind::Accept(to) => {
                self.time_out(to, asks);
                if self.socks.contains_key(&message.from) {
                    self.end_of(message.from, true);
                    asks.touched.insert(message.from_pod);
                }
            }
            _ => self.time_out(message.from, asks),
        }
    }

    /// Flips a bit in the middle of a part of a backup, if that is what happens to this pod.
    pub(super) fn corrupt(&self, to: SockId, data: &mut Blob, asks: &mut Asks) {
        let sock = self.sock(to);
        if !sock.active || sock.remote.1 != BACKUP_PORT || data.len() < CORRUPTED_BYTES_MIN {
            return;
        }
        let Some(fault) = self.corruption(&sock.pod) else { return };
        let at = data.len() / 2;
        let flipped = data.slice(at, at + 1).to_bytes(1)[0] ^ 1;
        data.write_at(at, &Blob::from(&[flipped][..]));
        asks.blamed = Some(fault.clone());
        let from = self.pod_at(&sock.remote.0).map_or_else(|| "".into(), |pod| self.name_of(pod));
        let to = self.name_of(&sock.pod);
        asks.facts.push(Fact::Machine(MachineFact::Corrupted { from, to, bytes: data.len() }));
    }
}

/// Whether two names are these two, in either order.
fn joins(a: &PodName, b: &PodName, one: &PodName, other: &PodName) -> bool {
    (a == one && b == other) || (a == other && b == one)
}
