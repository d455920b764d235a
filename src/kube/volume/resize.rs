//! A claim that asks for more than it has. Models the admission plugin
//! PersistentVolumeClaimResize, csi/external-resizer and the kubelet's NodeExpandVolume.

use serde_json::json;

use super::{about_claim, capacity};
use crate::base::SimTime;
use crate::kube::apply::Refusal;
use crate::kube::cluster::{Cluster, later, tell};
use crate::kube::event::{Source, about_pod, normal};
use crate::kube::timing;
use crate::manifest::object::{Object, PersistentVolume, PersistentVolumeClaim, Pod, Time};
use crate::sim::{Effect, KubeAction, KubeTimer, ObjectKey, Out};
use crate::trace::Via;
use crate::trace::fact::KubeFact;

/// Who says that somebody else has to do it.
const EXPANDER: &str = "volume_expand";

const RESIZING: &str = "Resizing";
const PENDING: &str = "FileSystemResizePending";

impl Cluster {
    /// What speaks against another size, before the object itself is looked at.
    pub(in crate::kube) fn refuse_resize(&self, new: &Object, old: &Object) -> Option<Refusal> {
        let (Object::PersistentVolumeClaim(new), Object::PersistentVolumeClaim(old)) = (new, old)
        else {
            return None;
        };
        if new.storage().cmp(&old.storage()).is_le() {
            return None;
        }
        let class = self.class_of(old);
        let may_grow = class.is_some_and(|class| class.allow_volume_expansion == Some(true));
        let why = if old.status.phase != "Bound" {
            "Only bound persistent volume claims can be expanded"
        } else if !may_grow {
            "only dynamically provisioned pvc can be resized and the storageclass that provisions \
             the pvc must support resize"
        } else {
            return None;
        };
        let name = &old.metadata.name;
        let message = format!("persistentvolumeclaims \"{name}\" is forbidden: {why}");
        Some(Refusal::new("Forbidden", message))
    }

    /// A bound claim that asks for more: the driver is told to make its disk larger.
    pub(super) fn grow(
        &mut self,
        at: &ObjectKey,
        claim: &PersistentVolumeClaim,
        now: SimTime,
        out: &mut Out,
    ) {
        let Some(volume) = self.volume_of(at).cloned() else { return };
        let driver = volume.spec.csi.as_ref().map(|csi| csi.driver.clone());
        if capacity(&volume).cmp(&claim.storage()).is_ge() || condition_of(claim).is_some() {
            return;
        }
        let message = "waiting for an external controller to expand this PVC";
        let source = Source::component(EXPANDER);
        self.event(&about_claim(claim), &source, normal("ExternalExpanding", message), now);
        if driver.as_deref() != Some(self.options.provisioner.as_str()) {
            return;
        }
        let name = volume.metadata.name.clone();
        let message = format!("External resizer is resizing volume {name}");
        self.resizer_event(claim, normal("Resizing", message), now);
        let mut next = claim.clone();
        set_condition(&mut next, RESIZING, "ControllerResizeInProgress", now);
        let size = claim.storage();
        next.status.allocated_resources.insert("storage".to_string(), size);
        self.put_claim(next, out);
        let (claim, volume) = (at.name.as_str().into(), name.as_str().into());
        tell(out, KubeFact::VolumeGrows { claim, volume, size: size.to_string() });
        grow_later(at, out);
    }

    /// The disk is larger, or its file system is.
    pub(in crate::kube) fn grown(&mut self, at: &ObjectKey, now: SimTime, out: &mut Out) {
        let Some(claim) = self.store.claims.get(at).cloned() else { return };
        let Some(volume) = self.volume_of(at).cloned() else { return };
        match condition_of(&claim) {
            Some(RESIZING) => {
                let mut larger = volume;
                larger.spec.capacity.insert("storage".to_string(), claim.storage());
                self.put_volume(larger, out);
                let message = "Require file system resize of volume on node";
                self.resizer_event(&claim, normal("FileSystemResizeRequired", message), now);
                let mut next = (*claim).clone();
                set_condition(&mut next, PENDING, "NodeResizePending", now);
                self.put_claim(next, out);
                grow_later(at, out);
            }
            Some(PENDING) => self.grow_file_system(at, &claim, &volume, now, out),
            _ => {}
        }
    }

    /// The kubelet's part, where a pod has the volume mounted.
    fn grow_file_system(
        &mut self,
        at: &ObjectKey,
        claim: &PersistentVolumeClaim,
        volume: &PersistentVolume,
        now: SimTime,
        out: &mut Out,
    ) {
        let is_mounted = |pod: &Pod| {
            let run = self.kubelets.pods.get(pod.metadata.uid.as_str());
            run.is_some_and(|run| run.volumes.is_some())
        };
        let mounts = |pod: &&Pod| uses(pod, at) && is_mounted(pod);
        let Some(pod) = self.store.pods.values().map(|pod| &**pod).find(mounts).cloned() else {
            return;
        };
        let (name, node) = (volume.metadata.name.clone(), pod.spec.node_name.clone());
        let message =
            format!("MountVolume.NodeExpandVolume succeeded for volume \"{name}\" {node}");
        let source = Source { component: "kubelet", host: &node };
        for about in [about_pod(&pod, ""), about_claim(claim)] {
            let words = normal("FileSystemResizeSuccessful", message.clone());
            self.event(&about, &source, words, now);
        }
        let mut next = claim.clone();
        next.status.conditions = None;
        next.status.allocated_resource_statuses.clear();
        next.status.capacity.clone_from(&volume.spec.capacity);
        self.put_claim(next, out);
        let size = capacity(volume);
        let bytes = u64::try_from(size.value()).unwrap_or(u64::MAX);
        out.ask(Effect::GrowVolume(name.as_str().into(), bytes));
        let claim = at.name.as_str().into();
        tell(out, KubeFact::VolumeGrown { claim, node: node.into(), size: size.to_string() });
    }

    /// A pod has its volumes: those that were waiting for one grow.
    pub(in crate::kube) fn grow_mounted(&self, pod: &Pod, out: &mut Out) {
        for (at, claim) in &self.store.claims {
            if condition_of(claim) == Some(PENDING) && uses(pod, at) {
                grow_later(at, out);
            }
        }
    }

    fn resizer_event(
        &mut self,
        claim: &PersistentVolumeClaim,
        words: crate::kube::event::Words<'_>,
        now: SimTime,
    ) {
        let component = format!("external-resizer {}", self.options.provisioner);
        self.event(&about_claim(claim), &Source::component(&component), words, now);
    }
}

fn grow_later(at: &ObjectKey, out: &mut Out) {
    let timer = KubeTimer::Grown(at.namespace.clone(), at.name.as_str().into());
    later(out, KubeAction::Timer(timer), timing::PROVISION, Via::Timer);
}

fn uses(pod: &Pod, claim: &ObjectKey) -> bool {
    *pod.metadata.namespace == *claim.namespace
        && pod.spec.volumes.iter().any(|volume| {
            let source = volume.persistent_volume_claim.as_ref();
            source.is_some_and(|one| one.claim_name == claim.name)
        })
}

/// How far the growth of a claim is.
fn condition_of(claim: &PersistentVolumeClaim) -> Option<&str> {
    claim.status.conditions.as_ref()?.pointer("/0/type")?.as_str()
}

fn set_condition(claim: &mut PersistentVolumeClaim, kind: &str, status: &str, now: SimTime) {
    let mut condition = json!({"type": kind, "status": "True", "lastProbeTime": null,
        "lastTransitionTime": Time(now).to_string()});
    if kind == PENDING {
        condition["message"] = "Waiting for user to (re-)start a pod to finish file system resize \
            of volume on node."
            .into();
    }
    claim.status.conditions = Some(json!([condition]));
    claim.status.allocated_resource_statuses.insert("storage".to_string(), status.to_string());
}
