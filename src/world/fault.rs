//! Faults reach the world.

use std::sync::Arc;

use super::apply::Doing;
use super::inline::ExecEnd;
use super::state::World;
use crate::base::{ContainerId, PodName, PodUid};
use crate::kube::{Cluster, declared_probe};
use crate::manifest::object::Pod;
use crate::node::Asks;
use crate::os::Signal;
use crate::sim::{ExecToken, Out};
use crate::trace::fact::{Fault, FaultChange, FaultFact};
use crate::trace::{Actor, Fact, Via};

impl World {
    /// The faults in force, in order.
    pub fn faults(&self) -> impl Iterator<Item = &Fault> {
        self.nodes.faults()
    }

    /// Injects or mends a fault.
    pub(super) fn strike(&mut self, fault: &Fault, change: FaultChange, doing: &mut Doing) {
        doing.actor = Some(Actor::Fault);
        let (mut asks, mut out) = (Asks::default(), Out::default());
        let hit = match change {
            FaultChange::Injected => {
                !self.nodes.suffers(fault) && self.inject(fault, &mut asks, &mut out)
            }
            FaultChange::Mended => {
                self.nodes.suffers(fault) && self.mend(fault, &mut asks, &mut out)
            }
            FaultChange::Missed => false,
        };
        let change = if hit { change } else { FaultChange::Missed };
        doing.facts.push(Fact::Fault(FaultFact { fault: fault.clone(), change }));
        match change {
            FaultChange::Injected => {
                self.nodes.set_fault(fault, fault.lasts());
                self.ghost.struck.insert(fault.clone(), self.ghost.steps + 1);
            }
            FaultChange::Mended => self.nodes.set_fault(fault, false),
            FaultChange::Missed => return,
        }
        self.carry_out(out, doing);
        self.take_asks(asks, ExecEnd::Normal, doing);
    }

    /// What a fault does at once. False: what it is about is not there.
    fn inject(&mut self, fault: &Fault, asks: &mut Asks, out: &mut Out) -> bool {
        let now = self.ghost.now;
        match fault {
            Fault::Crash(pod, container) => {
                let Some(id) = self.running(pod, container) else { return false };
                self.nodes.signal_container(&id, Signal::Kill, now, asks);
                true
            }
            Fault::Kill(pod, container, program) => match self.running(pod, container) {
                Some(id) => self.nodes.kill_program(&id, program, now, asks),
                None => false,
            },
            Fault::ProbeFails(pod, container, kind) => {
                let pod = self.pod_named(pod);
                pod.is_some_and(|pod| declared_probe(pod, container, *kind).is_some())
            }
            Fault::NodeLoss(node) => {
                let known = self.kube.options().nodes.iter().any(|one| one.name == *node);
                let hit = known && !self.kube.node_is_lost(node);
                self.kube_mut().lose_node(node, now, out);
                hit
            }
            Fault::Partition(a, b) | Fault::Slow(a, b, _) => {
                let hit = a != b && self.pod_named(a).is_some() && self.pod_named(b).is_some();
                self.nodes.wake_between(a, b, asks);
                hit
            }
            Fault::Reset(a, b) => {
                let hit = a != b && self.pod_named(a).is_some() && self.pod_named(b).is_some();
                if hit {
                    self.nodes.reset_between(a, b, asks);
                }
                hit
            }
            Fault::DiskFull(claim) => {
                let volume = self.kube.volume_of_claim(claim);
                volume.is_some_and(|volume| self.nodes.fill_volume(&volume, fault, true))
            }
            Fault::VolumeLoss(claim) => {
                let volume = self.kube.volume_of_claim(claim);
                volume.is_some_and(|volume| self.nodes.wipe_volume(&volume, fault))
            }
            Fault::RegistryDown(repository) => {
                let hit = self.kube.knows_repository(repository);
                if hit {
                    self.kube_mut().set_registry_down(repository, true);
                }
                hit
            }
            Fault::CorruptClone(pod) | Fault::ClockSkew(pod, _) => self.pod_named(pod).is_some(),
        }
    }

    /// What becomes of a fault's traces when it is mended. It is in force. True: always.
    fn mend(&mut self, fault: &Fault, asks: &mut Asks, out: &mut Out) -> bool {
        let now = self.ghost.now;
        match fault {
            Fault::NodeLoss(node) => self.kube_mut().restore_node(node, now, out),
            Fault::Partition(a, b) | Fault::Slow(a, b, _) => self.nodes.wake_between(a, b, asks),
            Fault::DiskFull(claim) => {
                if let Some(volume) = self.kube.volume_of_claim(claim) {
                    self.nodes.fill_volume(&volume, fault, false);
                }
            }
            Fault::RegistryDown(repository) => {
                self.kube_mut().set_registry_down(repository, false);
            }
            Fault::Crash(..)
            | Fault::Kill(..)
            | Fault::ProbeFails(..)
            | Fault::Reset(..)
            | Fault::VolumeLoss(_)
            | Fault::CorruptClone(_)
            | Fault::ClockSkew(..) => {}
        }
        true
    }

    /// A step is what comes of a fault: that is its cause.
    pub(super) fn blame(&self, fault: &Fault, doing: &mut Doing) {
        if let Some(step) = self.ghost.struck.get(fault) {
            doing.causes = vec![(*step, Via::Fault)];
        }
    }

    /// The fault that makes a probe fail.
    pub(super) fn probe_fault(&self, token: &ExecToken) -> Option<Fault> {
        let ExecToken::Probe(uid, container, kind) = token else { return None };
        let pod = &self.kube.store().pod(uid)?.metadata.name;
        let fault = Fault::ProbeFails(pod.as_str().into(), container.clone(), *kind);
        self.nodes.suffers(&fault).then_some(fault)
    }

    /// The fault that keeps an image's registry from answering.
    pub(super) fn registry_fault(&self, image: &str) -> Option<Fault> {
        self.nodes
            .faults()
            .find(|fault| {
                matches!(fault, Fault::RegistryDown(repository)
                if Cluster::is_of_repository(image, repository))
            })
            .cloned()
    }

    /// The pod of this name; the lesson's if several namespaces have one.
    pub(super) fn pod_named(&self, name: &PodName) -> Option<&Arc<Pod>> {
        let pods = &self.kube.store().pods;
        pods.get(&crate::kube::key(&self.scenario.namespace, name))
            .or_else(|| pods.values().find(|pod| *pod.metadata.name == **name))
    }

    /// The run of a container that goes on now.
    pub(super) fn running(&self, pod: &PodName, container: &str) -> Option<ContainerId> {
        let uid = PodUid::from(self.pod_named(pod)?.metadata.uid.as_str());
        let newest = self.nodes.newest(&uid, container)?;
        self.nodes.process(newest.first).map(|_| newest.spec.id.clone())
    }
}
