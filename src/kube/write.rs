//! Writes to the API server, and who hears of them.

use std::sync::Arc;

use super::cluster::{Cluster, enqueue, later};
use super::store::{cluster_key, key, key_of};
use super::timing;
use crate::base::{NodeName, PodUid};
use crate::manifest::object::{
    ControllerRevision, Labels, Node, PersistentVolume, PersistentVolumeClaim, Pod, Service,
    StatefulSet,
};
use crate::sim::{Controller, KubeAction, ObjectKey, Out};
use crate::trace::Via;

impl Cluster {
    /// Creates or replaces a pod.
    pub(super) fn put_pod(&mut self, mut pod: Pod, out: &mut Out) {
        let key = key_of(&pod.metadata);
        let old = self.store.pods.get(&key).cloned();
        let store = self.store_mut();
        pod.metadata.resource_version = store.next_version();
        let new = Arc::new(pod);
        store.pods.insert(key, new.clone());
        self.pod_changed(old.as_deref(), Some(&new), out);
    }

    /// Removes a pod for good.
    pub(super) fn remove_pod(&mut self, key: &ObjectKey, out: &mut Out) {
        let Some(old) = self.store_mut().pods.remove(key) else { return };
        self.pod_changed(Some(&old), None, out);
        self.owner_gone(&key.namespace, &old.metadata.uid, out);
        for volume in &old.spec.volumes {
            let Some(claim) = &volume.persistent_volume_claim else { continue };
            let claim = super::store::key(&key.namespace, &claim.claim_name);
            if self.store.claims.get(&claim).is_some_and(|one| one.metadata.is_deleting()) {
                enqueue(out, Controller::Volumes, claim);
            }
        }
    }

    /// Tells everybody who watches pods, if it is something they act upon.
    fn pod_changed(&self, old: Option<&Pod>, new: Option<&Pod>, out: &mut Out) {
        let Some(any) = new.or(old) else { return };
        let namespace = &any.metadata.namespace;
        if set_view(old) != set_view(new) {
            for set in self.sets_of(old).into_iter().chain(self.sets_of(new)) {
                enqueue(out, Controller::StatefulSet, set);
            }
        }
        if endpoint_view(old) != endpoint_view(new) {
            for service in self.store.services.values() {
                if service.metadata.namespace == *namespace && selects(service, old, new) {
                    enqueue(out, Controller::Endpoints, key_of(&service.metadata));
                }
            }
        }
        let node = any.spec.node_name.as_str();
        if node.is_empty() {
            if new.is_some_and(|pod| !pod.metadata.is_deleting()) && old.is_none() {
                enqueue(out, Controller::Scheduler, key_of(&any.metadata));
            }
            return;
        }
        if kubelet_view(old) != kubelet_view(new) {
            let sync =
                KubeAction::Sync(NodeName::from(node), PodUid::from(any.metadata.uid.as_str()));
            later(out, sync, timing::KUBELET_WATCH, Via::Watch);
        }
        if attach_view(old) != attach_view(new) && uses_claims(any) {
            enqueue(out, Controller::AttachDetach, cluster_key("volumes"));
        }
        if new.is_none() || new.is_some_and(is_terminal) && !old.is_some_and(is_terminal) {
            self.retry_unscheduled(out);
        }
    }

    /// Lets the scheduler look once more at all pods that found no node.
    pub(super) fn retry_unscheduled(&self, out: &mut Out) {
        for pod in self.store.pods.values() {
            if pod.spec.node_name.is_empty() && !pod.metadata.is_deleting() {
                enqueue(out, Controller::Scheduler, key_of(&pod.metadata));
            }
        }
    }

    /// The sets that own a pod, or would adopt it.
    fn sets_of(&self, pod: Option<&Pod>) -> Vec<ObjectKey> {
        let Some(pod) = pod else { return Vec::new() };
        let namespace = &pod.metadata.namespace;
        if let Some(owner) = pod.metadata.controller() {
            return match owner.kind.as_str() {
                "StatefulSet" => vec![key(namespace, &owner.name)],
                _ => Vec::new(),
            };
        }
        self.store
            .sets
            .values()
            .filter(|set| set.metadata.namespace == *namespace && adopts(set, &pod.metadata.labels))
            .map(|set| key_of(&set.metadata))
            .collect()
    }

    /// Creates or replaces a set. `generation` counts changes of its spec.
    pub(super) fn put_set(&mut self, mut set: StatefulSet, out: &mut Out) {
        let key = key_of(&set.metadata);
        let old = self.store.sets.get(&key).cloned();
        let spec_changed = old.as_ref().is_none_or(|old| old.spec != set.spec);
        if spec_changed || set.metadata.is_deleting() {
            set.metadata.generation =
                old.as_ref().map_or(0, |old| old.metadata.generation) + i64::from(spec_changed);
        }
        let changed = old.as_deref().is_none_or(|old| {
            spec_changed
                || old.metadata.labels != set.metadata.labels
                || old.metadata.is_deleting() != set.metadata.is_deleting()
        });
        let store = self.store_mut();
        set.metadata.resource_version = store.next_version();
        store.sets.insert(key.clone(), Arc::new(set));
        if changed {
            enqueue(out, Controller::StatefulSet, key);
        }
    }

    /// Creates or replaces a revision.
    pub(super) fn put_revision(&mut self, mut revision: ControllerRevision) {
        let store = self.store_mut();
        revision.metadata.resource_version = store.next_version();
        store.revisions.insert(key_of(&revision.metadata), Arc::new(revision));
    }

    /// Creates or replaces a claim.
    pub(super) fn put_claim(&mut self, mut claim: PersistentVolumeClaim, out: &mut Out) {
        let key = key_of(&claim.metadata);
        let old = self.store.claims.get(&key).cloned();
        let store = self.store_mut();
        claim.metadata.resource_version = store.next_version();
        let bound = claim.status.phase == "Bound";
        let relevant = old.as_deref().is_none_or(|old| {
            old.spec != claim.spec
                || old.metadata.annotations != claim.metadata.annotations
                || old.metadata.is_deleting() != claim.metadata.is_deleting()
        });
        let newly_bound = bound && old.as_deref().is_none_or(|old| old.status.phase != "Bound");
        store.claims.insert(key.clone(), Arc::new(claim));
        let grows = old.as_deref().is_some_and(|old| {
            bound && old.storage().cmp(&self.store.claims[&key].storage()).is_lt()
        });
        if relevant && !bound || grows || self.store.claims[&key].metadata.is_deleting() {
            enqueue(out, Controller::Volumes, key.clone());
        }
        if newly_bound || old.is_none() {
            for pod in self.pods_using(&key) {
                enqueue(out, Controller::Scheduler, pod);
            }
        }
    }

    /// Pods without a node that name this claim.
    fn pods_using(&self, claim: &ObjectKey) -> Vec<ObjectKey> {
        self.store
            .pods
            .values()
            .filter(|pod| pod.metadata.namespace == *claim.namespace)
            .filter(|pod| pod.spec.node_name.is_empty() && !pod.metadata.is_deleting())
            .filter(|pod| {
                pod.spec.volumes.iter().any(|volume| {
                    volume
                        .persistent_volume_claim
                        .as_ref()
                        .is_some_and(|one| one.claim_name == claim.name)
                })
            })
            .map(|pod| key_of(&pod.metadata))
            .collect()
    }

    /// Creates or replaces a volume; claims that wait for one are looked at again.
    pub(super) fn put_volume(&mut self, mut volume: PersistentVolume, out: &mut Out) {
        let key = key_of(&volume.metadata);
        let is_new = !self.store.volumes.contains_key(&key);
        let store = self.store_mut();
        volume.metadata.resource_version = store.next_version();
        store.volumes.insert(key, Arc::new(volume));
        if is_new {
            for claim in self.store.claims.values().filter(|one| one.status.phase != "Bound") {
                enqueue(out, Controller::Volumes, key_of(&claim.metadata));
            }
            self.retry_unscheduled(out);
        }
    }

    /// Creates or replaces a Service.
    pub(super) fn put_service(&mut self, mut service: Service, out: &mut Out) {
        let key = key_of(&service.metadata);
        let store = self.store_mut();
        service.metadata.resource_version = store.next_version();
        store.services.insert(key.clone(), Arc::new(service));
        enqueue(out, Controller::Endpoints, key);
    }

    /// Replaces a node.
    pub(super) fn put_node(&mut self, mut node: Node, out: &mut Out) {
        let key = key_of(&node.metadata);
        let store = self.store_mut();
        node.metadata.resource_version = store.next_version();
        store.nodes.insert(key, Arc::new(node));
        self.retry_unscheduled(out);
    }
}

/// Whether a set's selector takes these labels.
pub(super) fn adopts(set: &StatefulSet, labels: &Labels) -> bool {
    set.spec.selector.as_ref().is_some_and(|one| !one.is_empty() && one.matches(labels))
}

/// Whether a pod has ended for good.
pub(super) fn is_terminal(pod: &Pod) -> bool {
    matches!(pod.status.phase.as_str(), "Succeeded" | "Failed")
}

/// What the StatefulSet controller acts upon.
fn set_view(pod: Option<&Pod>) -> impl PartialEq + use<'_> {
    pod.map(|pod| {
        let ready = pod.status.condition("Ready");
        (
            &pod.metadata.uid,
            &pod.status.phase,
            ready.map(|one| (&one.status, one.last_transition_time)),
            pod.metadata.deletion_timestamp,
            &pod.metadata.labels,
            &pod.metadata.owner_references,
        )
    })
}

/// What the EndpointSlice controller acts upon.
fn endpoint_view(pod: Option<&Pod>) -> impl PartialEq + use<'_> {
    pod.map(|pod| {
        (
            &pod.metadata.uid,
            &pod.status.pod_ip,
            pod.status.is_true("Ready"),
            pod.metadata.is_deleting(),
            &pod.metadata.labels,
            is_terminal(pod),
        )
    })
}

/// What a kubelet acts upon: not its own reports.
fn kubelet_view(pod: Option<&Pod>) -> impl PartialEq + use<'_> {
    pod.map(|pod| (&pod.metadata.uid, &pod.spec, pod.metadata.deletion_timestamp, is_terminal(pod)))
}

/// What the attach/detach controller acts upon.
fn attach_view(pod: Option<&Pod>) -> impl PartialEq + use<'_> {
    pod.map(|pod| (&pod.metadata.uid, &pod.spec.node_name, is_terminal(pod)))
}

fn uses_claims(pod: &Pod) -> bool {
    pod.spec.volumes.iter().any(|volume| volume.persistent_volume_claim.is_some())
}

fn selects(service: &Service, old: Option<&Pod>, new: Option<&Pod>) -> bool {
    [old, new].into_iter().flatten().any(|pod| selects_labels(service, &pod.metadata.labels))
}

/// Whether a Service's selector takes these labels; one without a selector takes none.
pub(super) fn selects_labels(service: &Service, labels: &Labels) -> bool {
    let selector = &service.spec.selector;
    !selector.is_empty() && selector.iter().all(|(name, value)| labels.get(name) == Some(value))
}
