//! Faults in force, and what they do to the machines.

use std::sync::Arc;

use super::{Asks, Nodes};
use crate::base::{ContainerId, Millis, Pid, PodUid, SimTime, SortedMap, SortedSet, VolumeId};
use crate::os::Signal;
use crate::trace::fact::Fault;

/// The faults in force, and the volumes that one has struck.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Faults {
    /// What lasts until it is mended.
    pub(super) lasting: SortedSet<Fault>,
    /// By device number: why writes there may fail.
    struck: SortedMap<u64, Fault>,
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
        let mounted: SortedSet<u64> =
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
