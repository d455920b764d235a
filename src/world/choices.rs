//! The faults that can be injected now: what a palette offers.

use std::collections::BTreeSet;

use super::state::World;
use crate::base::limit::PAIRED_PODS_MAX;
use crate::base::{ClaimName, Millis, NodeName, PodName, PodUid};
use crate::kube::{declared_probe, images, split_image};
use crate::manifest::object::Pod;
use crate::sim::ProbeKind;
use crate::trace::fact::Fault;

/// A slow link as it is offered; real ones across continents take about as long. Chosen.
const SLOW: Millis = Millis(200);

/// A clock that is ahead, as it is offered: daylight saving time gone wrong. Chosen.
const AHEAD: Millis = Millis::secs(3_600);

impl World {
    /// Every fault that would hit something now, in an order that stays: by kind, then by what it
    /// is about. Pairs only of the first dozen pods.
    pub fn fault_choices(&self) -> Vec<Fault> {
        let pods: Vec<&Pod> = self.kube.store().pods.values().map(|pod| &**pod).collect();
        let mut all = Vec::new();
        pods.iter().for_each(|pod| self.crashes(pod, &mut all));
        pods.iter().for_each(|pod| self.kills(pod, &mut all));
        pods.iter().for_each(|pod| probes(pod, &mut all));
        let nodes = self.kube.options().nodes.iter().map(|node| node.name.clone());
        all.extend(
            nodes.filter(|node: &NodeName| !self.kube.node_is_lost(node)).map(Fault::NodeLoss),
        );
        let names: Vec<PodName> = pods.iter().map(|pod| name(pod)).collect();
        pairs(&names, &mut all);
        let claims = self.kube.store().claims.values().map(|one| one.metadata.name.as_str());
        let claims: BTreeSet<ClaimName> = claims.map(ClaimName::from).collect();
        let bound = claims.iter().filter(|claim| {
            let volume = self.kube.volume_of_claim(claim);
            volume.is_some_and(|volume| self.nodes.volume(&volume).is_some())
        });
        all.extend(bound.clone().cloned().map(Fault::DiskFull));
        all.extend(bound.cloned().map(Fault::VolumeLoss));
        let used: BTreeSet<&str> =
            pods.iter().flat_map(|pod| images(pod)).map(|image| split_image(image).0).collect();
        all.extend(used.into_iter().map(|one| Fault::RegistryDown(one.to_string())));
        let clones = pods.iter().filter(|pod| {
            pod.spec.volumes.iter().any(|volume| volume.persistent_volume_claim.is_some())
        });
        all.extend(clones.map(|pod| Fault::CorruptClone(name(pod))));
        all.extend(names.into_iter().map(|pod| Fault::ClockSkew(pod, AHEAD)));
        all.retain(|fault| !self.nodes.suffers(fault));
        all
    }

    fn crashes(&self, pod: &Pod, all: &mut Vec<Fault>) {
        for container in pod.spec.init_containers.iter().chain(&pod.spec.containers) {
            let (pod, container) = (name(pod), container.name.as_str());
            if self.running(&pod, container).is_some() {
                all.push(Fault::Crash(pod, container.into()));
            }
        }
    }

    fn kills(&self, pod: &Pod, all: &mut Vec<Fault>) {
        let uid = PodUid::from(pod.metadata.uid.as_str());
        let own = self.nodes.processes().map(|(_, process)| process);
        let own = own.filter(|process| process.container.pod == uid && !process.has_ended());
        let programs: BTreeSet<(&str, String)> =
            own.map(|process| (process.container.name.as_str(), process.name())).collect();
        let kill = |(container, program): (&str, String)| {
            Fault::Kill(name(pod), container.into(), program)
        };
        all.extend(programs.into_iter().map(kill));
    }
}

fn name(pod: &Pod) -> PodName {
    pod.metadata.name.as_str().into()
}

fn probes(pod: &Pod, all: &mut Vec<Fault>) {
    for container in pod.spec.init_containers.iter().chain(&pod.spec.containers) {
        for kind in [ProbeKind::Startup, ProbeKind::Readiness, ProbeKind::Liveness] {
            if declared_probe(pod, &container.name, kind).is_some() {
                all.push(Fault::ProbeFails(name(pod), container.name.as_str().into(), kind));
            }
        }
    }
}

fn pairs(names: &[PodName], all: &mut Vec<Fault>) {
    let names = &names[..names.len().min(PAIRED_PODS_MAX)];
    let after = |at: usize| names[at + 1..].iter().map(move |other| (&names[at], other));
    let once: Vec<(&PodName, &PodName)> = (0..names.len()).flat_map(after).collect();
    all.extend(once.iter().map(|(a, b)| Fault::Partition((*a).clone(), (*b).clone())));
    all.extend(once.iter().map(|(a, b)| Fault::Slow((*a).clone(), (*b).clone(), SLOW)));
    let both = once.iter().flat_map(|(a, b)| [(*a, *b), (*b, *a)]);
    all.extend(both.map(|(a, b)| Fault::Reset(a.clone(), b.clone())));
}
