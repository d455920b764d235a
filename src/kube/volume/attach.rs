//! Disks on nodes. Models pkg/controller/volume/attachdetach.

use std::sync::Arc;

use crate::base::{Millis, NodeName, PodUid, SimTime, SortedMap, SortedSet, VolumeId};
use crate::kube::cluster::{Cluster, enqueue, later, tell};
use crate::kube::event::{Source, about_pod, normal, warning};
use crate::kube::store::{cluster_key, key};
use crate::kube::timing;
use crate::kube::write::is_terminal;
use crate::manifest::object::Pod;
use crate::sim::{Controller, KubeAction, KubeTimer, Out};
use crate::trace::Via;
use crate::trace::fact::KubeFact;

/// Where disks are.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Attachments {
    /// By volume and node.
    places: SortedMap<(VolumeId, NodeName), State>,
    /// Pods that were told that their volume is used elsewhere.
    warned: SortedSet<PodUid>,
    /// Nodes the scheduler has chosen for pods whose claims are not bound yet, by pod uid.
    pub(in crate::kube) assumed: SortedMap<String, NodeName>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum State {
    Attaching,
    Attached,
    Detaching,
}

impl Attachments {
    /// Whether a node has a disk.
    pub fn is_attached(&self, volume: &VolumeId, node: &NodeName) -> bool {
        self.places.get(&(volume.clone(), node.clone())) == Some(&State::Attached)
    }

    /// The node that has a disk, or is about to.
    pub fn node_of(&self, volume: &VolumeId) -> Option<&NodeName> {
        self.places.keys().find(|(one, _)| one == volume).map(|(_, node)| node)
    }
}

const COMPONENT: &str = "attachdetach-controller";

impl Cluster {
    /// Disks and nodes that pods want together, with the pod.
    fn wanted_attachments(&self) -> Vec<(VolumeId, NodeName, Arc<Pod>)> {
        let mut wanted = Vec::new();
        for pod in self.store.pods.values() {
            if pod.spec.node_name.is_empty() || is_terminal(pod) {
                continue;
            }
            for volume in &pod.spec.volumes {
                let Some(source) = &volume.persistent_volume_claim else { continue };
                let at = key(&pod.metadata.namespace, &source.claim_name);
                let Some(disk) = self.volume_of(&at).filter(|disk| disk.spec.csi.is_some()) else {
                    continue;
                };
                let node = NodeName::from(pod.spec.node_name.as_str());
                wanted.push((disk.metadata.name.as_str().into(), node, pod.clone()));
            }
        }
        wanted
    }

    /// Whether a disk may be on several nodes at once.
    fn is_shared(&self, volume: &VolumeId) -> bool {
        self.store
            .volumes
            .get(&cluster_key(volume))
            .is_some_and(|disk| disk.spec.access_modes.iter().any(|mode| mode.ends_with("Many")))
    }

    /// Attaches what is wanted, detaches what is not.
    pub(in crate::kube) fn reconcile_attachments(&mut self, now: SimTime, out: &mut Out) {
        let wanted = self.wanted_attachments();
        let places: Vec<_> = self.attachments.places.keys().cloned().collect();
        for (volume, node) in places {
            let needed = wanted.iter().any(|(disk, at, _)| *disk == volume && *at == node)
                || (self.kubelets.mounts(&node, &volume) && !self.node_is_lost(&node));
            let state = self.attachments.places.get(&(volume.clone(), node.clone()));
            if needed || state != Some(&State::Attached) {
                continue;
            }
            let attachments = Arc::make_mut(&mut self.attachments);
            attachments.places.insert((volume.clone(), node.clone()), State::Detaching);
            let after =
                if self.node_is_lost(&node) { timing::FORCED_DETACH } else { timing::DETACH };
            later(out, KubeAction::Timer(KubeTimer::Detached(volume, node)), after, Via::Timer);
        }
        for (volume, node, pod) in wanted {
            self.attach(volume, node, &pod, now, out);
        }
    }

    fn attach(&mut self, volume: VolumeId, node: NodeName, pod: &Pod, now: SimTime, out: &mut Out) {
        let place = (volume.clone(), node.clone());
        if self.attachments.places.contains_key(&place) || pod.metadata.is_deleting() {
            return;
        }
        let elsewhere = self.attachments.node_of(&volume).cloned();
        if let Some(other) = elsewhere.filter(|_| !self.is_shared(&volume)) {
            self.multi_attach(&volume, &other, pod, now, out);
            return;
        }
        Arc::make_mut(&mut self.attachments).places.insert(place, State::Attaching);
        tell(
            out,
            KubeFact::Attaching {
                volume: volume.clone(),
                node: node.clone(),
                pod: pod.metadata.name.as_str().into(),
            },
        );
        let timer = KubeAction::Timer(KubeTimer::Attached(volume, node));
        later(out, timer, timing::ATTACH, Via::Timer);
    }

    fn multi_attach(
        &mut self,
        volume: &VolumeId,
        other: &NodeName,
        pod: &Pod,
        now: SimTime,
        out: &mut Out,
    ) {
        let uid = PodUid::from(pod.metadata.uid.as_str());
        if !Arc::make_mut(&mut self.attachments).warned.insert(uid) {
            return;
        }
        let users: Vec<String> = self
            .wanted_attachments()
            .into_iter()
            .filter(|(disk, node, _)| disk == volume && node == other)
            .map(|(_, _, pod)| pod.metadata.name.clone())
            .collect();
        let why = if users.is_empty() {
            "Volume is already exclusively attached to one node and can't be attached to another"
                .to_string()
        } else {
            format!("Volume is already used by pod(s) {}", users.join(", "))
        };
        let message = format!("Multi-Attach error for volume \"{volume}\" {why}");
        self.event(
            &about_pod(pod, ""),
            &Source::component(COMPONENT),
            warning("FailedAttachVolume", message),
            now,
        );
        tell(
            out,
            KubeFact::AttachedElsewhere {
                volume: volume.clone(),
                node: other.clone(),
                pod: pod.metadata.name.as_str().into(),
            },
        );
    }

    /// A disk has arrived at a node.
    pub(in crate::kube) fn attached(
        &mut self,
        volume: &VolumeId,
        node: &NodeName,
        now: SimTime,
        out: &mut Out,
    ) {
        let place = (volume.clone(), node.clone());
        if self.attachments.places.get(&place) != Some(&State::Attaching) {
            return;
        }
        Arc::make_mut(&mut self.attachments).places.insert(place, State::Attached);
        for (disk, at, pod) in self.wanted_attachments() {
            if disk != *volume || at != *node {
                continue;
            }
            // The space at the end is upstream's.
            let message = format!("AttachVolume.Attach succeeded for volume \"{volume}\" ");
            self.event(
                &about_pod(&pod, ""),
                &Source::component(COMPONENT),
                normal("SuccessfulAttachVolume", message),
                now,
            );
            let sync = KubeAction::Sync(node.clone(), pod.metadata.uid.as_str().into());
            later(out, sync, timing::WATCH, Via::Watch);
        }
        tell(out, KubeFact::Attached { volume: volume.clone(), node: node.clone() });
        enqueue(out, Controller::AttachDetach, cluster_key("volumes"));
    }

    /// A disk has left a node.
    pub(in crate::kube) fn detached(
        &mut self,
        volume: &VolumeId,
        node: &NodeName,
        _now: SimTime,
        out: &mut Out,
    ) {
        let place = (volume.clone(), node.clone());
        if self.attachments.places.get(&place) != Some(&State::Detaching) {
            return;
        }
        Arc::make_mut(&mut self.attachments).places.remove(&place);
        tell(out, KubeFact::Detached { volume: volume.clone(), node: node.clone() });
        enqueue(out, Controller::AttachDetach, cluster_key("volumes"));
    }

    /// A disk does not exist any more.
    pub(in crate::kube) fn forget_volume(&mut self, volume: &VolumeId) {
        Arc::make_mut(&mut self.attachments).places.retain(|(one, _), _| one != volume);
    }

    /// Where a disk is.
    pub fn volume_node(&self, volume: &VolumeId) -> Option<&NodeName> {
        self.attachments.node_of(volume)
    }

    /// Pods whose kubelet waits for something outside of them look again.
    pub(in crate::kube) fn retry_mounts(&self, out: &mut Out) {
        for pod in self.store.pods.values() {
            if pod.status.phase == "Pending" && !pod.spec.node_name.is_empty() {
                let uid = pod.metadata.uid.as_str().into();
                let sync = KubeAction::Sync(pod.spec.node_name.as_str().into(), uid);
                later(out, sync, Millis(1_000), Via::Watch);
            }
        }
    }
}
