//! What upstream's tests assert after every pass.

use ordinal::kube::key;
use ordinal::manifest::object::Pod;

use super::{Control, ordinal, ready};

/// Upstream's `assertMonotonicInvariants`.
pub fn monotonic(control: &Control) -> Result<(), String> {
    let pods = control.pods();
    for pair in pods.windows(2) {
        if ready(&pair[1]) && !ready(&pair[0]) {
            return Err(format!("{} is ready before its predecessor", pair[1].metadata.name));
        }
    }
    burst(control)?;
    let start = control.set().first_ordinal();
    for (index, pod) in pods.iter().enumerate() {
        let wanted = i32::try_from(start as usize + index).expect("few pods");
        if ordinal(pod) != wanted {
            return Err(format!("{} stands where {wanted} should", pod.metadata.name));
        }
    }
    Ok(())
}

/// Upstream's `assertBurstInvariants`: identity, storage and claims' owners.
pub fn burst(control: &Control) -> Result<(), String> {
    let set = control.set();
    for pod in control.pods() {
        let name = &pod.metadata.name;
        if pod.metadata.labels.get("statefulset.kubernetes.io/pod-name") != Some(name)
            || pod.metadata.labels.get("apps.kubernetes.io/pod-index")
                != Some(&ordinal(&pod).to_string())
        {
            return Err(format!("{name} has another identity"));
        }
        for template in &set.spec.volume_claim_templates {
            let claim = format!("{}-{name}", template.metadata.name);
            let mounted = pod.spec.volumes.iter().any(|volume| {
                let source = volume.persistent_volume_claim.as_ref();
                source.is_some_and(|one| one.claim_name == claim)
            });
            let there = control.cluster.store().claims.get(&key("default", &claim));
            let Some(there) = there.filter(|_| mounted) else {
                return Err(format!("{name} lacks its claim"));
            };
            let policy = set.spec.persistent_volume_claim_retention_policy.clone();
            let policy = policy.unwrap_or_default();
            let owners = there.metadata.owner_references.iter();
            let kinds: Vec<&str> = owners.map(|one| one.kind.as_str()).collect();
            let first = i32::try_from(set.first_ordinal()).expect("small");
            let last = first + i32::try_from(set.replicas()).expect("few");
            let condemned = !(first..last).contains(&ordinal(&pod));
            // A claim gets its pod as owner at the latest in the pass that deletes the pod.
            let want: &[&[&str]] =
                match (policy.when_scaled == "Delete", policy.when_deleted == "Delete") {
                    (true, true) if condemned => &[&["Pod"], &["StatefulSet"]],
                    (true, false) if condemned => &[&["Pod"], &[]],
                    (_, true) => &[&["StatefulSet"]],
                    _ => &[&[]],
                };
            if !want.contains(&kinds.as_slice()) {
                return Err(format!("claim {claim} belongs to {kinds:?}"));
            }
        }
    }
    Ok(())
}

/// Upstream's `assertUpdateInvariants`.
pub fn updating(control: &Control) -> Result<(), String> {
    burst(control)?;
    let set = control.set();
    let rolling = set.spec.update_strategy.rolling_update.as_ref();
    if set.spec.update_strategy.kind == "OnDelete" || rolling.is_none() {
        return Ok(());
    }
    let pods = control.pods();
    let revision = |pod: &Pod| pod.metadata.labels["controller-revision-hash"].clone();
    let updated = usize::try_from(set.status.updated_replicas).unwrap_or(0);
    let last = pods.iter().rev().take(updated);
    let old = last.filter(|pod| revision(pod) != set.status.update_revision).count();
    if old > 0 && set.status.current_revision != set.status.update_revision {
        let partition = rolling.and_then(|one| one.partition).unwrap_or(0);
        if partition == 0 && pods.len() == set.replicas() as usize {
            return Err(format!("{old} of the last {updated} pods are old"));
        }
    }
    Ok(())
}
