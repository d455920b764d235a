//! A set's claims: who owns them, and when they go. Models the retention policy of
//! stateful_set_utils.go and stateful_pod_control.go.

use super::identity::{claim_name, claims_of, in_range, ordinal_of};
use super::{Pass, Write};
use crate::base::{ClaimName, SimTime};
use crate::kube::cluster::{Cluster, declared, tell};
use crate::kube::revision::set_reference;
use crate::kube::store::key;
use crate::manifest::object::{
    OwnerReference, PersistentVolumeClaim, Pod, RetentionPolicy, StatefulSet,
};
use crate::sim::{ObjectKey, Out};
use crate::trace::fact::KubeFact;

impl Cluster {
    /// Creates the claims a pod lacks. Models `createPersistentVolumeClaims`.
    pub(super) fn create_claims(
        &mut self,
        set: &StatefulSet,
        pod: &Pod,
        pass: &mut Pass,
        now: SimTime,
        out: &mut Out,
    ) -> Result<(), String> {
        let Some(ordinal) = ordinal_of(&pod.metadata.name) else { return Ok(()) };
        let mut errors = Vec::new();
        for (index, claim) in claims_of(set, ordinal).into_iter().enumerate() {
            let name = claim.metadata.name.clone();
            match self.store.claims.get(&key(&set.metadata.namespace, &name)) {
                Some(there) if there.metadata.is_deleting() => {
                    errors.push(format!("pvc {name} is being deleted"));
                }
                Some(_) => {}
                None => {
                    self.create_claim(claim.clone(), now, out);
                    pass.writes.push(Write::CreateClaim(claim));
                    let message = format!(
                        "Create Claim {name} Pod {} in StatefulSet {} success",
                        pod.metadata.name, set.metadata.name
                    );
                    self.set_event(set, "SuccessfulCreate", message, false, now);
                    tell(
                        out,
                        KubeFact::SetMadeClaim {
                            set: set.metadata.name.clone(),
                            claim: ClaimName::from(name),
                            pod: pod.metadata.name.as_str().into(),
                        },
                    );
                    let path = format!("spec.volumeClaimTemplates[{index}]");
                    declared(out, "StatefulSet", &set.metadata.name, &path);
                }
            }
        }
        if errors.is_empty() { Ok(()) } else { Err(aggregate(&errors)) }
    }

    /// Models `PodClaimIsStale`: the claim still belongs to an earlier pod of this name and will go
    /// with it.
    pub(super) fn claim_is_stale(&self, set: &StatefulSet, pod: &Pod) -> bool {
        if policy(set).when_scaled == "Retain" {
            return false;
        }
        self.claims_there(set, pod)
            .iter()
            .any(|claim| has_stale_reference(claim, "Pod", &pod.metadata.name, &pod.metadata.uid))
    }

    /// The claims of a pod that exist.
    fn claims_there(&self, set: &StatefulSet, pod: &Pod) -> Vec<PersistentVolumeClaim> {
        let Some(ordinal) = ordinal_of(&pod.metadata.name) else { return Vec::new() };
        set.spec
            .volume_claim_templates
            .iter()
            .map(|template| key(&set.metadata.namespace, &claim_name(set, template, ordinal)))
            .filter_map(|key: ObjectKey| self.store.claims.get(&key))
            .map(|claim| (**claim).clone())
            .collect()
    }

    /// Models `ClaimsMatchRetentionPolicy`.
    pub(super) fn claims_match(&self, set: &StatefulSet, pod: &Pod) -> bool {
        self.claims_there(set, pod).iter().all(|claim| is_up_to_date(claim, set, pod))
    }

    /// Models `UpdatePodClaimForRetentionPolicy`.
    pub(super) fn update_claim_owners(
        &mut self,
        set: &StatefulSet,
        pod: &Pod,
        pass: &mut Pass,
        now: SimTime,
        out: &mut Out,
    ) {
        for mut claim in self.claims_there(set, pod) {
            if has_unexpected_controller(&claim, set, pod) {
                let message = format!(
                    "PersistentVolumeClaim {} has a conflicting OwnerReference that acts as a \
                     manging controller, the retention policy is ignored for this claim",
                    claim.metadata.name
                );
                self.set_event(set, "ConflictingController", message, true, now);
            }
            if is_up_to_date(&claim, set, pod) {
                continue;
            }
            update_owners(&mut claim, set, pod);
            self.put_claim(claim.clone(), out);
            let owner = claim.metadata.owner_references.last().map(|one| one.kind.clone());
            tell(
                out,
                KubeFact::ClaimOwned {
                    claim: ClaimName::from(claim.metadata.name.as_str()),
                    owner,
                },
            );
            declared(
                out,
                "StatefulSet",
                &set.metadata.name,
                "spec.persistentVolumeClaimRetentionPolicy",
            );
            pass.writes.push(Write::UpdateClaim(claim));
        }
    }
}

/// Models apimachinery's `NewAggregate(...).Error()`.
pub(super) fn aggregate(errors: &[String]) -> String {
    match errors {
        [one] => one.clone(),
        many => format!("[{}]", many.join(", ")),
    }
}

fn policy(set: &StatefulSet) -> RetentionPolicy {
    let mut policy = set.spec.persistent_volume_claim_retention_policy.clone().unwrap_or_default();
    for field in [&mut policy.when_deleted, &mut policy.when_scaled] {
        if field.is_empty() {
            *field = "Retain".to_string();
        }
    }
    policy
}

fn pod_reference(pod: &Pod) -> OwnerReference {
    OwnerReference {
        api_version: "v1".to_string(),
        kind: "Pod".to_string(),
        name: pod.metadata.name.clone(),
        uid: pod.metadata.uid.clone(),
        controller: Some(true),
        block_owner_deletion: Some(true),
    }
}

fn refers_to(reference: &OwnerReference, kind: &str, name: &str) -> bool {
    let api_version = if kind == "Pod" { "v1" } else { "apps/v1" };
    reference.api_version == api_version && reference.kind == kind && reference.name == name
}

fn has_stale_reference(claim: &PersistentVolumeClaim, kind: &str, name: &str, uid: &str) -> bool {
    let owners = &claim.metadata.owner_references;
    owners.iter().find(|one| refers_to(one, kind, name)).is_some_and(|one| one.uid != uid)
}

fn has_owner(claim: &PersistentVolumeClaim, uid: &str) -> bool {
    claim.metadata.owner_references.iter().any(|one| one.uid == uid)
}

/// Models `hasUnexpectedController`.
fn has_unexpected_controller(claim: &PersistentVolumeClaim, set: &StatefulSet, pod: &Pod) -> bool {
    let policy = policy(set);
    if policy.when_scaled == "Retain" && policy.when_deleted == "Retain" {
        return false;
    }
    let (set, pod) = (&set.metadata, &pod.metadata);
    claim.metadata.owner_references.iter().any(|owner| {
        if refers_to(owner, "StatefulSet", &set.name) {
            owner.uid != set.uid
        } else if refers_to(owner, "Pod", &pod.name) {
            owner.uid != pod.uid
        } else {
            owner.controller == Some(true)
        }
    })
}

/// Whether the set, and the pod, should own the claim.
fn wanted_owners(set: &StatefulSet, pod: &Pod) -> (bool, bool) {
    let policy = policy(set);
    let (scaled, deleted) = (policy.when_scaled == "Delete", policy.when_deleted == "Delete");
    let condemned = !ordinal_of(&pod.metadata.name).is_some_and(|n| in_range(set, n));
    (deleted && !(scaled && condemned), scaled && condemned)
}

/// Models `isClaimOwnerUpToDate`.
fn is_up_to_date(claim: &PersistentVolumeClaim, set: &StatefulSet, pod: &Pod) -> bool {
    let (set_uid, pod_uid) = (&set.metadata.uid, &pod.metadata.uid);
    if has_stale_reference(claim, "StatefulSet", &set.metadata.name, set_uid)
        || has_stale_reference(claim, "Pod", &pod.metadata.name, pod_uid)
    {
        return true;
    }
    if has_unexpected_controller(claim, set, pod) {
        return !has_owner(claim, set_uid) && !has_owner(claim, pod_uid);
    }
    let mut ours = claim.metadata.owner_references.iter();
    if ours.any(|one| (one.uid == *set_uid || one.uid == *pod_uid) && one.controller != Some(true))
    {
        return false;
    }
    (has_owner(claim, set_uid), has_owner(claim, pod_uid)) == wanted_owners(set, pod)
}

/// Models `updateClaimOwnerRefForSetAndPod`.
fn update_owners(claim: &mut PersistentVolumeClaim, set: &StatefulSet, pod: &Pod) {
    let unexpected = has_unexpected_controller(claim, set, pod);
    let owners = &mut claim.metadata.owner_references;
    owners.retain(|one| {
        !refers_to(one, "StatefulSet", &set.metadata.name)
            && !refers_to(one, "Pod", &pod.metadata.name)
    });
    if unexpected {
        return;
    }
    match wanted_owners(set, pod) {
        (true, _) => owners.push(set_reference(set)),
        (_, true) => owners.push(pod_reference(pod)),
        (false, false) => {}
    }
}
