//! Names, labels and volumes that make a pod a member of its set. Models stateful_set_utils.go.

use crate::kube::revision::{Revisions, set_reference};
use crate::manifest::object::{
    ClaimVolume, ObjectMeta, PersistentVolumeClaim, Pod, PodTemplateSpec, StatefulSet, Volume,
};

/// The name before the last `-` and the number after it. Models `statefulPodRegex`.
fn split_name(name: &str) -> Option<(&str, u32)> {
    let (parent, digits) = name.rsplit_once('-')?;
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let ordinal = digits.parse::<i32>().ok()?;
    Some((parent, ordinal.unsigned_abs()))
}

/// The ordinal in a pod's name.
pub fn ordinal_of(name: &str) -> Option<u32> {
    split_name(name).map(|(_, ordinal)| ordinal)
}

/// Whether a pod's name makes it a member of a set.
pub(super) fn is_member(set: &str, pod: &str) -> bool {
    pod.rsplit_once('-').is_some_and(|(parent, digits)| {
        parent == set && !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// The name of a pod's claim.
pub(super) fn claim_name(set: &StatefulSet, template: &PersistentVolumeClaim, n: u32) -> String {
    format!("{}-{}-{n}", template.metadata.name, set.metadata.name)
}

/// Whether an ordinal is one the set wants.
pub(super) fn in_range(set: &StatefulSet, ordinal: u32) -> bool {
    let start = set.first_ordinal();
    (start..start.saturating_add(set.replicas())).contains(&ordinal)
}

/// The claims a pod needs, as they would be created, in the order of their templates.
pub(super) fn claims_of(set: &StatefulSet, ordinal: u32) -> Vec<PersistentVolumeClaim> {
    set.spec
        .volume_claim_templates
        .iter()
        .map(|template| {
            let mut claim = template.clone();
            claim.metadata.name = claim_name(set, template, ordinal);
            claim.metadata.namespace = set.metadata.namespace.clone();
            let selected = set.spec.selector.as_ref().map(|one| one.match_labels.clone());
            claim.metadata.labels.extend(selected.unwrap_or_default());
            claim.status = Default::default();
            claim.status.phase = "Pending".to_string();
            claim
        })
        .collect()
}

/// A pod at the revision its ordinal should have. Models `newVersionedStatefulSetPod`.
pub(super) fn versioned_pod(set: &StatefulSet, revisions: &Revisions, ordinal: u32) -> Pod {
    let start = set.first_ordinal();
    let strategy = &set.spec.update_strategy;
    let current = strategy.kind == "RollingUpdate"
        && match &strategy.rolling_update {
            None => {
                let kept = u32::try_from(set.status.current_replicas).unwrap_or(0);
                ordinal < start.saturating_add(kept)
            }
            Some(rolling) => {
                let partition = u32::try_from(rolling.partition.unwrap_or(0)).unwrap_or(0);
                ordinal < start.saturating_add(partition)
            }
        };
    if current {
        new_pod(set, &revisions.current_template, &revisions.current, ordinal)
    } else {
        new_pod(set, &revisions.update_template, &revisions.update, ordinal)
    }
}

fn new_pod(set: &StatefulSet, template: &PodTemplateSpec, revision: &str, ordinal: u32) -> Pod {
    let name = format!("{}-{ordinal}", set.metadata.name);
    let mut pod = Pod {
        api_version: "v1".to_string(),
        kind: "Pod".to_string(),
        metadata: ObjectMeta {
            generate_name: format!("{}-", set.metadata.name),
            labels: template.metadata.labels.clone(),
            annotations: template.metadata.annotations.clone(),
            finalizers: template.metadata.finalizers.clone(),
            owner_references: vec![set_reference(set)],
            ..Default::default()
        },
        spec: template.spec.clone(),
        ..Default::default()
    };
    pod.spec.hostname.clone_from(&name);
    pod.spec.subdomain.clone_from(&set.spec.service_name);
    pod.metadata.name = name;
    update_identity(set, &mut pod, ordinal);
    update_storage(set, &mut pod, ordinal);
    pod.metadata.labels.insert("controller-revision-hash".to_string(), revision.to_string());
    pod
}

/// Sets what a member is called.
pub(super) fn update_identity(set: &StatefulSet, pod: &mut Pod, ordinal: u32) {
    pod.metadata.namespace.clone_from(&set.metadata.namespace);
    let labels = &mut pod.metadata.labels;
    labels.insert("statefulset.kubernetes.io/pod-name".to_string(), pod.metadata.name.clone());
    labels.insert("apps.kubernetes.io/pod-index".to_string(), ordinal.to_string());
}

/// Puts the claims before all other volumes.
pub(super) fn update_storage(set: &StatefulSet, pod: &mut Pod, ordinal: u32) {
    let templates = &set.spec.volume_claim_templates;
    let mut volumes: Vec<Volume> = templates
        .iter()
        .map(|template| Volume {
            name: template.metadata.name.clone(),
            persistent_volume_claim: Some(ClaimVolume {
                claim_name: claim_name(set, template, ordinal),
                read_only: false,
            }),
            ..Default::default()
        })
        .collect();
    let is_claim = |name: &str| templates.iter().any(|one| one.metadata.name == name);
    volumes.extend(pod.spec.volumes.iter().filter(|one| !is_claim(&one.name)).cloned());
    pod.spec.volumes = volumes;
}

/// Whether a pod is called what a member is called.
pub(super) fn identity_matches(set: &StatefulSet, pod: &Pod) -> bool {
    split_name(&pod.metadata.name).is_some_and(|(parent, _)| parent == set.metadata.name)
        && pod.metadata.namespace == set.metadata.namespace
        && pod.metadata.labels.get("statefulset.kubernetes.io/pod-name") == Some(&pod.metadata.name)
}

/// Whether a pod mounts the set's claims.
pub(super) fn storage_matches(set: &StatefulSet, pod: &Pod) -> bool {
    let Some(ordinal) = ordinal_of(&pod.metadata.name) else { return false };
    set.spec.volume_claim_templates.iter().all(|template| {
        let volume = pod.spec.volumes.iter().find(|one| one.name == template.metadata.name);
        volume
            .and_then(|volume| volume.persistent_volume_claim.as_ref())
            .is_some_and(|one| one.claim_name == claim_name(set, template, ordinal))
    })
}
