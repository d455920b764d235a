//! Faults in force, and what they do to the machines.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::socket::SockState;
use super::{Asks, Nodes};
use crate::base::{ContainerId, Millis, Pid, PodName, PodUid, SimTime, SockId, VolumeId};
use crate::os::{Errno, NetError, Signal};
use crate::trace::Fact;
use crate::trace::fact::{Fault, MachineFact};

/// The faults in force, and the volumes that one has struck.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Faults {
    /// What lasts until it is mended.
    lasting: BTreeSet<Fault>,
    /// By device number: why writes there may fail.
    struck: BTreeMap<u64, Fault>,
}

impl Nodes {
    /// The faults in force, in order.
    pub fn faults(&self) -> impl Iterator<Item = &Fault> {
        self.faults.lasting.iter()
    }

    /// Whether this fault is in force.
    pub fn suffers(&self, fault: &Fault) -> bool {
        self.faults.lasting.contains(fault)
    }

    /// A fault that lasts begins (true) or ends (false).
    pub fn set_fault(&mut self, fault: &Fault, on: bool) {
        let lasting = &mut Arc::make_mut(&mut self.faults).lasting;
        if on {
            lasting.insert(fault.clone());
        } else {
            lasting.remove(fault);
        }
    }

    /// SIGKILL to all processes of a container that run this program. False: there are none.
    pub fn kill_program(
        &mut self,
        id: &ContainerId,
        program: &str,
        now: SimTime,
        asks: &mut Asks,
    ) -> bool {
        let is_it = |process: &super::Process| {
            process.container == *id && !process.has_ended() && process.name() == program
        };
        let found: Vec<Pid> =
            self.processes().filter(|(_, process)| is_it(process)).map(|(pid, _)| pid).collect();
        for pid in &found {
            self.signal(*pid, Signal::Kill, now, asks);
        }
        self.settle(asks);
        !found.is_empty()
    }

    /// A volume takes no more bytes than it has now, or (false) as many as before. False: there is
    /// no such volume.
    pub fn fill_volume(&mut self, id: &VolumeId, fault: &Fault, on: bool) -> bool {
        let Some(device) = self.devices.get(id).copied() else { return false };
        self.volume_mut(device).set_full(on);
        let struck = &mut Arc::make_mut(&mut self.faults).struck;
        if on {
            struck.insert(device, fault.clone());
        } else {
            struck.remove(&device);
        }
        true
    }

    /// A volume is empty from now on. A directory of it that is mounted somewhere is still mounted
    /// there, but stands in no directory any more: nothing can be made in it. False: there is no
    /// such volume.
    pub fn wipe_volume(&mut self, id: &VolumeId, fault: &Fault) -> bool {
        let Some(device) = self.devices.get(id).copied() else { return false };
        let mounts = self.containers.values().flat_map(|container| &container.mounts);
        let mounted: BTreeSet<u64> =
            mounts.filter(|mount| mount.device == device).map(|mount| mount.inode).collect();
        self.volume_mut(device).wipe(&mounted);
        Arc::make_mut(&mut self.faults).struck.insert(device, fault.clone());
        true
    }

    /// Why a write to this volume failed, if a fault has struck it.
    pub(super) fn struck_by(&self, device: u64) -> Option<&Fault> {
        self.faults.struck.get(&device)
    }

    /// How far ahead a pod's clock is.
    pub(super) fn clock_ahead(&self, pod: &PodUid) -> Millis {
        if self.faults.lasting.is_empty() {
            return Millis::ZERO;
        }
        let name = self.name_of(pod);
        let ahead = self.faults.lasting.iter().filter_map(|fault| match fault {
            Fault::ClockSkew(skewed, by) if *skewed == name => Some(*by),
            _ => None,
        });
        ahead.max().unwrap_or_default()
    }
}

/// What stands between two pods.
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

    /// How much longer packets take from one pod to the other.
    pub(super) fn slowness(&self, from: &PodUid, to: &PodUid) -> Millis {
        let slow = self.between(
            from,
            to,
            |fault, from, to| matches!(fault, Fault::Slow(a, b, _) if joins(a, b, from, to)),
        );
        match slow {
            Some(Fault::Slow(_, _, by)) => *by,
            _ => Millis::ZERO,
        }
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
        let owners: BTreeSet<Pid> = self
            .connections()
            .filter(|(sock, peer)| {
                let (from, to) = (self.name_of(&sock.pod), self.name_of(&peer.pod));
                joins(a, b, &from, &to)
            })
            .map(|(sock, _)| sock.owner)
            .collect();
        self.wake_all(&owners, asks);
    }

    pub(super) fn wake_all(&mut self, owners: &BTreeSet<Pid>, asks: &mut Asks) {
        for pid in owners {
            if self.processes.contains_key(pid) {
                self.wake(*pid, asks);
            }
        }
    }

    /// Ends that have another end in some pod, with that.
    fn connections(&self) -> impl Iterator<Item = (&super::Sock, &super::Sock)> {
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
}

/// Whether two names are these two, in either order.
fn joins(a: &PodName, b: &PodName, one: &PodName, other: &PodName) -> bool {
    (a == one && b == other) || (a == other && b == one)
}
