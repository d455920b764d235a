//! Claims get volumes, volumes get attached. Models
//! pkg/controller/volume/{persistentvolume,attachdetach} and an external CSI provisioner.

mod attach;
mod resize;

use super::apply::CLAIM_FINALIZER;
use super::cluster::{Cluster, declared, later, tell};
use super::defaults;
use super::event::{Source, about_claim, normal, warning};
use super::scheduler::SELECTED_NODE;
use super::store::cluster_key;
use super::timing;
use crate::base::{NodeName, SimTime, SortedMap, VolumeId};
use crate::manifest::object::{
    CsiVolume, Node, ObjectReference, PersistentVolume, PersistentVolumeClaim,
    PersistentVolumeSpec, StorageClass, Time,
};
use crate::sim::{Effect, KubeAction, KubeTimer, ObjectKey, Out, VolumeSpec};
use crate::trace::Via;
use crate::trace::fact::KubeFact;

pub use attach::Attachments;

const COMPONENT: &str = "persistentvolume-controller";
const BOUND_BY_CONTROLLER: &str = "pv.kubernetes.io/bound-by-controller";

impl Cluster {
    /// The class of a claim; `None` where it names none or one that is not there.
    pub(super) fn class_of(&self, claim: &PersistentVolumeClaim) -> Option<&StorageClass> {
        let name = class_name(claim)?;
        self.store.classes.get(&cluster_key(name)).map(|class| &**class)
    }

    /// One look of the PersistentVolume controller at one claim.
    pub(super) fn reconcile_claim(&mut self, at: &ObjectKey, now: SimTime, out: &mut Out) {
        let Some(claim) = self.store.claims.get(at).cloned() else { return };
        if claim.metadata.is_deleting() {
            self.finish_claim(at, &claim, now, out);
            return;
        }
        if claim.status.phase == "Bound" {
            self.grow(at, &claim, now, out);
            return;
        }
        let selected = claim.metadata.annotations.get(SELECTED_NODE).cloned();
        let delayed = self.waits_for_consumer(&claim) && claim.spec.volume_name.is_empty();
        if delayed && selected.is_none() {
            let message = "waiting for first consumer to be created before binding";
            self.claim_event(&claim, normal("WaitForFirstConsumer", message), now);
            tell(out, KubeFact::ClaimWaits { claim: at.name.as_str().into() });
            if let Some(class) = class_name(&claim) {
                declared(out, "StorageClass", class, "volumeBindingMode");
            }
            return;
        }
        if let Some(volume) = self.matching_volume(&claim, selected.as_deref()) {
            self.bind_claim(at, &volume, now, out);
            return;
        }
        self.provision(at, &claim, selected.is_some(), now, out);
    }

    /// Whether a claim that waits could get a volume on a node.
    pub(super) fn can_have_volume(&self, claim: &PersistentVolumeClaim, node: &Node) -> bool {
        let provisions = self
            .class_of(claim)
            .is_some_and(|class| class.provisioner != "kubernetes.io/no-provisioner");
        provisions || self.matching_volume(claim, Some(&node.metadata.name)).is_some()
    }

    /// The smallest volume that would do.
    fn matching_volume(
        &self,
        claim: &PersistentVolumeClaim,
        node: Option<&str>,
    ) -> Option<PersistentVolume> {
        let wanted = claim.storage();
        let class = class_name(claim).unwrap_or_default();
        let is_ours = |volume: &PersistentVolume| {
            volume.spec.claim_ref.as_ref().is_some_and(|one| {
                one.name == claim.metadata.name
                    && one.namespace == claim.metadata.namespace
                    && (one.uid.is_empty() || one.uid == claim.metadata.uid)
            })
        };
        self.store
            .volumes
            .values()
            .filter(|volume| !volume.metadata.is_deleting())
            .filter(|volume| {
                if !claim.spec.volume_name.is_empty() {
                    return volume.metadata.name == claim.spec.volume_name
                        && (volume.spec.claim_ref.is_none() || is_ours(volume));
                }
                let free = volume.status.phase == "Available" && volume.spec.claim_ref.is_none();
                (free || is_ours(volume))
                    && volume.spec.storage_class_name == class
                    && volume.spec.volume_mode == claim.spec.volume_mode
                    && claim
                        .spec
                        .access_modes
                        .iter()
                        .all(|mode| volume.spec.access_modes.contains(mode))
                    && capacity(volume).cmp(&wanted).is_ge()
                    && claim
                        .spec
                        .selector
                        .as_ref()
                        .is_none_or(|selector| selector.matches(&volume.metadata.labels))
            })
            .filter(|volume| node.is_none_or(|node| self.volume_fits_node(volume, node)))
            .min_by_key(|volume| (!is_ours(volume), capacity(volume)))
            .map(|volume| (**volume).clone())
    }

    fn provision(
        &mut self,
        at: &ObjectKey,
        claim: &PersistentVolumeClaim,
        selected: bool,
        now: SimTime,
        out: &mut Out,
    ) {
        let Some(name) = class_name(claim).map(str::to_string) else {
            let message =
                "no persistent volumes available for this claim and no storage class is set";
            self.claim_event(claim, normal("FailedBinding", message), now);
            tell(out, KubeFact::ClaimStuck { claim: at.name.as_str().into(), class: None });
            return;
        };
        let Some(class) = self.class_of(claim) else {
            let message = format!("storageclass.storage.k8s.io \"{name}\" not found");
            self.claim_event(claim, warning("ProvisioningFailed", message), now);
            let claim = at.name.as_str().into();
            tell(out, KubeFact::ClaimStuck { claim, class: Some(name) });
            return;
        };
        let provisioner = class.provisioner.clone();
        if provisioner == "kubernetes.io/no-provisioner" {
            return;
        }
        let message = format!(
            "Waiting for a volume to be created either by the external provisioner \
             '{provisioner}' or manually by the system administrator. If volume creation is \
             delayed, please verify that the provisioner is running and correctly registered."
        );
        self.claim_event(claim, normal("ExternalProvisioning", message), now);
        let mut next = claim.clone();
        for annotation in [
            "volume.beta.kubernetes.io/storage-provisioner",
            "volume.kubernetes.io/storage-provisioner",
        ] {
            next.metadata.annotations.insert(annotation.to_string(), provisioner.clone());
        }
        let store = self.store_mut();
        next.metadata.resource_version = store.next_version();
        store.claims.insert(at.clone(), std::sync::Arc::new(next));
        if provisioner != self.options.provisioner {
            tell(out, KubeFact::ClaimStuck { claim: at.name.as_str().into(), class: Some(name) });
            return;
        }
        let message = format!(
            "External provisioner is provisioning volume for claim \"{}/{}\"",
            at.namespace, at.name
        );
        self.provisioner_event(claim, normal("Provisioning", message), now);
        tell(out, KubeFact::Provisioning { claim: at.name.as_str().into(), provisioner, selected });
        declared(out, "PersistentVolumeClaim", &at.name, "spec.resources.requests.storage");
        let timer = KubeTimer::Provisioned(at.namespace.clone(), at.name.as_str().into());
        later(out, KubeAction::Timer(timer), timing::PROVISION, Via::Timer);
    }

    /// The driver has made a disk.
    pub(super) fn provisioned(&mut self, at: &ObjectKey, now: SimTime, out: &mut Out) {
        let Some(claim) = self.store.claims.get(at).cloned() else { return };
        if claim.status.phase == "Bound" || claim.metadata.is_deleting() {
            return;
        }
        let Some(class) = self.class_of(&claim).cloned() else { return };
        let name = format!("pvc-{}", claim.metadata.uid);
        let mut metadata = defaults::meta("", &name);
        metadata
            .annotations
            .insert("pv.kubernetes.io/provisioned-by".to_string(), class.provisioner.clone());
        metadata.finalizers = vec![
            "external-provisioner.volume.kubernetes.io/finalizer".to_string(),
            "kubernetes.io/pv-protection".to_string(),
        ];
        let store = self.store_mut();
        store.stamp_new(&mut metadata, now);
        let handle = store.new_uid();
        let volume = PersistentVolume {
            api_version: "v1".to_string(),
            kind: "PersistentVolume".to_string(),
            metadata,
            spec: PersistentVolumeSpec {
                capacity: SortedMap::from([("storage".to_string(), claim.storage())]),
                access_modes: claim.spec.access_modes.clone(),
                claim_ref: Some(claim_reference(&claim)),
                persistent_volume_reclaim_policy: class
                    .reclaim_policy
                    .clone()
                    .unwrap_or_else(|| "Delete".to_string()),
                storage_class_name: class.metadata.name.clone(),
                volume_mode: claim.spec.volume_mode.clone(),
                csi: Some(CsiVolume {
                    driver: class.provisioner.clone(),
                    volume_handle: handle,
                    fs_type: "ext4".to_string(),
                    ..Default::default()
                }),
                ..Default::default()
            },
            ..Default::default()
        };
        let message = format!("Successfully provisioned volume {name}");
        self.provisioner_event(&claim, normal("ProvisioningSucceeded", message), now);
        self.put_volume(volume.clone(), out);
        // A fresh ext4 file system has one directory.
        out.ask(Effect::CreateVolume(VolumeSpec {
            id: VolumeId::from(name),
            files: vec![("lost+found/".to_string(), crate::base::Blob::new())],
            capacity: u64::try_from(claim.storage().value()).ok(),
            mode: 0o755,
        }));
        self.bind_claim(at, &volume, now, out);
    }

    /// Writes both halves of a binding.
    fn bind_claim(
        &mut self,
        at: &ObjectKey,
        volume: &PersistentVolume,
        now: SimTime,
        out: &mut Out,
    ) {
        let Some(claim) = self.store.claims.get(at).cloned() else { return };
        let dynamic = volume.spec.csi.is_some() && volume.metadata.name.starts_with("pvc-");
        let mut bound = volume.clone();
        bound.spec.claim_ref = Some(claim_reference(&claim));
        bound.status.phase = "Bound".to_string();
        bound.status.last_phase_transition_time = Some(Time(now));
        if !dynamic {
            let annotations = &mut bound.metadata.annotations;
            annotations.insert(BOUND_BY_CONTROLLER.to_string(), "yes".to_string());
            out.ask(Effect::CreateVolume(VolumeSpec {
                id: VolumeId::from(volume.metadata.name.as_str()),
                files: Vec::new(),
                capacity: u64::try_from(capacity(volume).value()).ok(),
                mode: 0o755,
            }));
        }
        self.put_volume(bound, out);
        let mut next = (*claim).clone();
        next.spec.volume_name.clone_from(&volume.metadata.name);
        next.status.phase = "Bound".to_string();
        next.status.access_modes.clone_from(&volume.spec.access_modes);
        next.status.capacity.clone_from(&volume.spec.capacity);
        let annotations = &mut next.metadata.annotations;
        annotations.insert("pv.kubernetes.io/bind-completed".to_string(), "yes".to_string());
        annotations.insert(BOUND_BY_CONTROLLER.to_string(), "yes".to_string());
        self.put_claim(next, out);
        self.consumers_go_on(at, out);
        tell(
            out,
            KubeFact::Bound {
                claim: at.name.as_str().into(),
                volume: volume.metadata.name.as_str().into(),
                size: capacity(volume).to_string(),
            },
        );
    }

    /// Removes a claim nobody uses, and does with its volume what the policy says.
    fn finish_claim(
        &mut self,
        at: &ObjectKey,
        claim: &PersistentVolumeClaim,
        now: SimTime,
        out: &mut Out,
    ) {
        let used = self.store.pods.values().any(|pod| {
            pod.metadata.namespace == *at.namespace
                && !super::write::is_terminal(pod)
                && pod.spec.volumes.iter().any(|volume| {
                    volume
                        .persistent_volume_claim
                        .as_ref()
                        .is_some_and(|one| one.claim_name == at.name)
                })
        });
        if used && claim.metadata.finalizers.iter().any(|one| one == CLAIM_FINALIZER) {
            tell(out, KubeFact::ClaimProtected { claim: at.name.as_str().into() });
            return;
        }
        if claim.metadata.finalizers.iter().any(|one| one != CLAIM_FINALIZER) {
            return;
        }
        self.store_mut().claims.remove(at);
        let volume_key = cluster_key(&claim.spec.volume_name);
        let volume = self.store.volumes.get(&volume_key).cloned();
        let deleted = volume
            .as_ref()
            .is_some_and(|one| one.spec.persistent_volume_reclaim_policy == "Delete");
        if let Some(volume) = volume {
            if deleted {
                self.store_mut().volumes.remove(&volume_key);
                self.forget_volume(&volume_key.name.as_str().into());
                out.ask(Effect::RemoveVolume(volume_key.name.as_str().into()));
            } else {
                let mut next = (*volume).clone();
                next.status.phase = "Released".to_string();
                next.status.last_phase_transition_time = Some(Time(now));
                self.put_volume(next, out);
            }
        }
        tell(out, KubeFact::ClaimGone { claim: at.name.as_str().into(), deleted });
        let sets: Vec<ObjectKey> = self.store.sets.keys().cloned().collect();
        for set in sets.into_iter().filter(|set| set.namespace == at.namespace) {
            super::cluster::enqueue(out, crate::sim::Controller::StatefulSet, set);
        }
    }

    fn claim_event(
        &mut self,
        claim: &PersistentVolumeClaim,
        words: super::event::Words<'_>,
        now: SimTime,
    ) {
        self.event(&about_claim(claim), &Source::component(COMPONENT), words, now);
    }

    fn provisioner_event(
        &mut self,
        claim: &PersistentVolumeClaim,
        words: super::event::Words<'_>,
        now: SimTime,
    ) {
        let name = self.options.provisioner.clone();
        let component =
            format!("{name}_csi-controllerplugin-0_5f4c2a1e-7d38-4b0c-9a51-0c2f6e8d1b7a");
        self.event(&about_claim(claim), &Source::component(&component), words, now);
    }

    /// The volume a claim is bound to, if it is there.
    pub(super) fn volume_of(&self, at: &ObjectKey) -> Option<&PersistentVolume> {
        let claim = self.store.claims.get(at).filter(|claim| claim.status.phase == "Bound")?;
        self.store.volumes.get(&cluster_key(&claim.spec.volume_name)).map(|one| &**one)
    }

    /// Whether a pod's node has a volume, or needs nothing done for it.
    pub(super) fn is_attached(&self, volume: &PersistentVolume, node: &NodeName) -> bool {
        volume.spec.csi.is_none()
            || self.attachments.is_attached(&volume.metadata.name.as_str().into(), node)
    }
}

/// A claim's class: the field, or the annotation of old.
pub(super) fn class_name(claim: &PersistentVolumeClaim) -> Option<&str> {
    let legacy = claim.metadata.annotations.get("volume.beta.kubernetes.io/storage-class");
    legacy
        .or(claim.spec.storage_class_name.as_ref())
        .map(String::as_str)
        .filter(|name| !name.is_empty())
}

fn capacity(volume: &PersistentVolume) -> crate::manifest::object::Quantity {
    volume.spec.capacity.get("storage").copied().unwrap_or_default()
}

fn claim_reference(claim: &PersistentVolumeClaim) -> ObjectReference {
    ObjectReference {
        kind: "PersistentVolumeClaim".to_string(),
        api_version: "v1".to_string(),
        namespace: claim.metadata.namespace.clone(),
        name: claim.metadata.name.clone(),
        uid: claim.metadata.uid.clone(),
        resource_version: claim.metadata.resource_version.clone(),
        ..Default::default()
    }
}
