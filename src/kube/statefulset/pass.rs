//! One pass over a set's pods, in the decision order of `updateStatefulSet`.

use std::sync::Arc;

use super::identity::{
    identity_matches, in_range, ordinal_of, storage_matches, update_identity, update_storage,
    versioned_pod,
};
use super::{Pass, Write, revision_of};
use crate::base::SimTime;
use crate::kube::cluster::{Cluster, decided, declared, tell};
use crate::kube::revision::Revisions;
use crate::manifest::object::{IntOrString, Pod, StatefulSet, StatefulSetStatus};
use crate::sim::Out;
use crate::trace::fact::KubeFact;
use crate::trace::fact::kube::{DeleteWhy, WaitWhy};

/// What one pass works on.
struct Work<'a> {
    set: &'a StatefulSet,
    revisions: &'a Revisions,
    ordered: bool,
    /// One for each ordinal that is wanted; a pod without a phase is not created yet.
    replicas: Vec<Arc<Pod>>,
    /// The others, highest ordinal first.
    condemned: Vec<Arc<Pod>>,
}

/// Whether the pass goes on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    On,
    Exit,
}

impl Cluster {
    /// Models `updateStatefulSet`.
    #[allow(clippy::too_many_arguments)] // One call; each is another part of the pass.
    pub(super) fn update_set(
        &mut self,
        set: &StatefulSet,
        revisions: &Revisions,
        pods: Vec<Arc<Pod>>,
        status: &mut StatefulSetStatus,
        pass: &mut Pass,
        now: SimTime,
        out: &mut Out,
    ) {
        count(status, set, revisions, pods.iter(), now);
        let work = partition(set, revisions, pods);
        let first_unavailable = work
            .replicas
            .iter()
            .chain(work.condemned.iter().rev())
            .find(|pod| is_unavailable(pod, set, now))
            .map(|pod| pod.metadata.name.clone());
        if set.metadata.is_deleting() {
            return;
        }
        let mut exit = Next::On;
        for index in 0..work.replicas.len() {
            if exit == Next::Exit && (work.ordered || begins_batch(index)) {
                break;
            }
            match self.process_replica(&work, index, pass, now, out) {
                Ok(Next::Exit) if work.ordered => exit = Next::Exit,
                Ok(_) => {}
                Err(error) => {
                    pass.error.get_or_insert(error);
                    exit = Next::Exit;
                }
            }
        }
        if exit == Next::On {
            for pod in &work.condemned {
                if !self.claims_match(set, pod) {
                    self.update_claim_owners(set, pod, pass, now, out);
                }
            }
            for pod in &work.condemned {
                let next = self.process_condemned(
                    &work,
                    pod,
                    first_unavailable.as_deref(),
                    pass,
                    now,
                    out,
                );
                if work.ordered && next == Next::Exit {
                    exit = Next::Exit;
                    break;
                }
            }
        }
        count(status, set, revisions, work.replicas.iter().chain(&work.condemned), now);
        if exit == Next::Exit || set.spec.update_strategy.kind == "OnDelete" {
            return;
        }
        self.roll(&work, status, pass, now, out);
    }

    /// Models `processReplica`.
    fn process_replica(
        &mut self,
        work: &Work<'_>,
        index: usize,
        pass: &mut Pass,
        now: SimTime,
        out: &mut Out,
    ) -> Result<Next, String> {
        let (set, pod) = (work.set, &work.replicas[index]);
        if matches!(pod.status.phase.as_str(), "Failed" | "Succeeded") {
            if !pod.metadata.is_deleting() {
                self.delete_set_pod(set, pod, DeleteWhy::Ended, pass, now, out);
            }
            return Ok(Next::Exit);
        }
        if pod.status.phase.is_empty() {
            if self.claim_is_stale(set, pod) {
                return Ok(Next::Exit);
            }
            self.create_set_pod(work, index, pass, now, out)?;
            if work.ordered {
                return Ok(Next::Exit);
            }
            // In a burst the checks below are for pods that exist.
            return Ok(Next::On);
        }
        if pod.status.phase == "Pending" {
            self.create_claims(set, pod, pass, now, out)?;
            self.update_claim_owners(set, pod, pass, now, out);
        }
        if work.ordered
            && let Some(why) = wait_reason(pod, set, now)
        {
            self.tell_wait(work, index, why, out);
            return Ok(Next::Exit);
        }
        let matches = self.claims_match(set, pod);
        if !(identity_matches(set, pod) && storage_matches(set, pod) && matches) {
            self.update_set_pod(set, pod, pass, now, out)?;
        }
        Ok(Next::On)
    }

    /// Models `CreateStatefulPod`.
    fn create_set_pod(
        &mut self,
        work: &Work<'_>,
        index: usize,
        pass: &mut Pass,
        now: SimTime,
        out: &mut Out,
    ) -> Result<(), String> {
        let (set, pod) = (work.set, &work.replicas[index]);
        let name = pod.metadata.name.clone();
        if let Err(error) = self.create_claims(set, pod, pass, now, out) {
            self.pod_event(set, "Create", &name, Some(&error), now);
            return Err(error);
        }
        if self.store.pods.contains_key(&crate::kube::key_of(&pod.metadata)) {
            // Somebody else's pod has the name: the controller tries again, and says nothing.
            return Err(format!("pods \"{name}\" already exists"));
        }
        if let Some(refusal) = self.refuse_pod(pod) {
            let error = refusal.message;
            self.pod_event(set, "Create", &name, Some(&error), now);
            return Err(error);
        }
        let made = self.create_pod((**pod).clone(), now, out);
        pass.writes.push(Write::CreatePod((**pod).clone()));
        self.update_claim_owners(set, &made, pass, now, out);
        self.pod_event(set, "Create", &name, None, now);
        let after = (work.ordered && index > 0)
            .then(|| work.replicas[index - 1].metadata.name.as_str().into());
        tell(out, KubeFact::SetMadePod { set: set.metadata.name.clone(), pod: name.into(), after });
        declared(out, "StatefulSet", &set.metadata.name, "spec.template");
        decided(out, "StatefulSet", &set.metadata.name, "spec.replicas");
        Ok(())
    }

    /// Models `UpdateStatefulPod`.
    fn update_set_pod(
        &mut self,
        set: &StatefulSet,
        pod: &Pod,
        pass: &mut Pass,
        now: SimTime,
        out: &mut Out,
    ) -> Result<(), String> {
        let Some(ordinal) = ordinal_of(&pod.metadata.name) else { return Ok(()) };
        let name = pod.metadata.name.clone();
        let mut next = pod.clone();
        if !identity_matches(set, pod) {
            update_identity(set, &mut next, ordinal);
        }
        if !storage_matches(set, pod) {
            update_storage(set, &mut next, ordinal);
            if let Err(error) = self.create_claims(set, pod, pass, now, out) {
                self.pod_event(set, "Update", &name, Some(&error), now);
                return Err(error);
            }
        }
        if !self.claims_match(set, pod) {
            self.update_claim_owners(set, pod, pass, now, out);
        }
        pass.writes.push(Write::UpdatePod(next.clone()));
        self.put_pod(next, out);
        self.pod_event(set, "Update", &name, None, now);
        Ok(())
    }

    /// Models `processCondemned`.
    fn process_condemned(
        &mut self,
        work: &Work<'_>,
        pod: &Pod,
        first_unavailable: Option<&str>,
        pass: &mut Pass,
        now: SimTime,
        out: &mut Out,
    ) -> Next {
        let name = &pod.metadata.name;
        if pod.metadata.is_deleting() {
            if work.ordered {
                self.tell_condemned(work, pod, name, WaitWhy::Terminating, out);
                return Next::Exit;
            }
            return Next::On;
        }
        let first = first_unavailable == Some(name.as_str());
        let blocked = wait_reason(pod, work.set, now).filter(|_| work.ordered && !first);
        if let (Some(why), Some(unavailable)) = (blocked, first_unavailable) {
            self.tell_condemned(work, pod, unavailable, why, out);
            return Next::Exit;
        }
        self.delete_set_pod(work.set, pod, DeleteWhy::ScaleDown, pass, now, out);
        Next::Exit
    }

    /// The end of `updateStatefulSet`: one pod at a time, highest ordinal first.
    fn roll(
        &mut self,
        work: &Work<'_>,
        status: &mut StatefulSetStatus,
        pass: &mut Pass,
        now: SimTime,
        out: &mut Out,
    ) {
        let set = work.set;
        let partition = set
            .spec
            .update_strategy
            .rolling_update
            .as_ref()
            .and_then(|rolling| rolling.partition)
            .map_or(0, |n| usize::try_from(n).unwrap_or(0));
        if self.options.max_unavailable {
            self.roll_several(work, partition, status, pass, now, out);
            return;
        }
        let mut left = false;
        for (target, pod) in work.replicas.iter().enumerate().skip(partition).rev() {
            if revision_of(pod) != work.revisions.update && !pod.metadata.is_deleting() {
                if !pod.status.phase.is_empty() {
                    self.delete_set_pod(set, pod, DeleteWhy::Update, pass, now, out);
                }
                status.current_replicas -= 1;
                left = true;
            } else if is_unavailable(pod, set, now) {
                let why = wait_reason(pod, set, now).unwrap_or(WaitWhy::NotReady);
                if work.revisions.update != work.revisions.current {
                    self.tell_wait(work, target, why, out);
                }
                left = true;
            }
            if left {
                break;
            }
        }
        if partition > 0 {
            let path = "spec.updateStrategy.rollingUpdate.partition";
            decided(out, "StatefulSet", &set.metadata.name, path);
        }
        if !left && work.condemned.is_empty() && pass.writes.is_empty() {
            let ready = u32::try_from(status.ready_replicas).unwrap_or(0);
            if ready == set.replicas() {
                tell(out, KubeFact::SetComplete { set: set.metadata.name.clone(), ready });
                decided(out, "StatefulSet", &set.metadata.name, "spec.replicas");
            }
        }
    }

    /// The same with the feature gate MaxUnavailableStatefulSet on.
    fn roll_several(
        &mut self,
        work: &Work<'_>,
        partition: usize,
        status: &mut StatefulSetStatus,
        pass: &mut Pass,
        now: SimTime,
        out: &mut Out,
    ) {
        let set = work.set;
        let gone = work.replicas.iter().filter(|pod| is_unavailable(pod, set, now)).count();
        let mut more = max_unavailable(set).saturating_sub(gone);
        for pod in work.replicas.iter().skip(partition).rev() {
            let old = revision_of(pod) != work.revisions.update && !pod.metadata.is_deleting();
            if old && more > 0 {
                self.delete_set_pod(set, pod, DeleteWhy::Update, pass, now, out);
                status.current_replicas -= 1;
                more -= 1;
            }
        }
    }

    fn tell_wait(&self, work: &Work<'_>, index: usize, why: WaitWhy, out: &mut Out) {
        let next = work
            .replicas
            .iter()
            .skip(index + 1)
            .find(|pod| pod.status.phase.is_empty())
            .map(|pod| pod.metadata.name.as_str().into());
        let pod = &work.replicas[index];
        tell(
            out,
            KubeFact::SetWaits {
                set: work.set.metadata.name.clone(),
                pod: pod.metadata.name.as_str().into(),
                next,
                why,
            },
        );
        let field = match why {
            WaitWhy::NotAvailable => "spec.minReadySeconds",
            WaitWhy::NotReady | WaitWhy::Terminating => "spec.podManagementPolicy",
        };
        decided(out, "StatefulSet", &work.set.metadata.name, field);
    }

    fn tell_condemned(
        &self,
        work: &Work<'_>,
        pod: &Pod,
        waits_for: &str,
        why: WaitWhy,
        out: &mut Out,
    ) {
        tell(
            out,
            KubeFact::ScaleDownWaits {
                set: work.set.metadata.name.clone(),
                pod: pod.metadata.name.as_str().into(),
                waits_for: waits_for.into(),
                why,
            },
        );
        decided(out, "StatefulSet", &work.set.metadata.name, "spec.replicas");
    }
}

/// How many pods may be unavailable during an update: a number, or a share of all, at least one.
fn max_unavailable(set: &StatefulSet) -> usize {
    let rolling = set.spec.update_strategy.rolling_update.as_ref();
    let most = match rolling.and_then(|one| one.max_unavailable.as_ref()) {
        None => 1,
        Some(IntOrString::Int(number)) => usize::try_from(*number).unwrap_or(1),
        Some(IntOrString::String(text)) => {
            let percent: usize = text.trim_end_matches('%').parse().unwrap_or(0);
            set.replicas() as usize * percent.min(100) / 100
        }
    };
    most.max(1)
}

/// Wanted pods by ordinal, missing ones as they would be made; and the others.
fn partition<'a>(set: &'a StatefulSet, revisions: &'a Revisions, pods: Vec<Arc<Pod>>) -> Work<'a> {
    let start = set.first_ordinal();
    let mut places: Vec<Option<Arc<Pod>>> = vec![None; set.replicas() as usize];
    let mut condemned = Vec::new();
    for pod in pods {
        match ordinal_of(&pod.metadata.name) {
            Some(n) if in_range(set, n) => places[(n - start) as usize] = Some(pod),
            Some(_) => condemned.push(pod),
            None => {}
        }
    }
    condemned.sort_by_key(|pod| std::cmp::Reverse(ordinal_of(&pod.metadata.name)));
    let replicas = (start..)
        .zip(places)
        .map(|(n, pod)| pod.unwrap_or_else(|| Arc::new(versioned_pod(set, revisions, n))))
        .collect();
    Work { set, revisions, ordered: set.is_ordered(), replicas, condemned }
}

/// Whether a batch of a burst begins at this index: they hold 1, 2, 4, 8 … pods, and none begins
/// after an error. Models `slowStartBatch`.
fn begins_batch(index: usize) -> bool {
    (index + 1).is_power_of_two()
}

fn is_running_and_ready(pod: &Pod) -> bool {
    pod.status.phase == "Running" && pod.status.is_true("Ready")
}

/// Models podutil.IsPodAvailable.
fn is_available(pod: &Pod, set: &StatefulSet, now: SimTime) -> bool {
    let Some(ready) = pod.status.condition("Ready").filter(|one| one.status == "True") else {
        return false;
    };
    let min = u64::from(set.spec.min_ready_seconds.max(0).unsigned_abs()) * 1_000;
    min == 0 || ready.last_transition_time.is_some_and(|since| now.since(since.0).0 >= min)
}

fn is_unavailable(pod: &Pod, set: &StatefulSet, now: SimTime) -> bool {
    !is_available(pod, set, now) || pod.metadata.is_deleting()
}

/// Why an ordered set does not go past this pod.
fn wait_reason(pod: &Pod, set: &StatefulSet, now: SimTime) -> Option<WaitWhy> {
    if pod.metadata.is_deleting() {
        Some(WaitWhy::Terminating)
    } else if !is_running_and_ready(pod) {
        Some(WaitWhy::NotReady)
    } else if !is_available(pod, set, now) {
        Some(WaitWhy::NotAvailable)
    } else {
        None
    }
}

/// Models `computeReplicaStatus`.
fn count<'a>(
    status: &mut StatefulSetStatus,
    set: &StatefulSet,
    revisions: &Revisions,
    pods: impl Iterator<Item = &'a Arc<Pod>>,
    now: SimTime,
) {
    status.replicas = 0;
    status.ready_replicas = 0;
    status.available_replicas = 0;
    status.current_replicas = 0;
    status.updated_replicas = 0;
    for pod in pods {
        let created = !pod.status.phase.is_empty();
        status.replicas += i32::from(created);
        if is_running_and_ready(pod) {
            status.ready_replicas += 1;
            status.available_replicas += i32::from(is_available(pod, set, now));
        }
        if created && !pod.metadata.is_deleting() {
            let revision = revision_of(pod);
            status.current_replicas += i32::from(revision == revisions.current);
            status.updated_replicas += i32::from(revision == revisions.update);
        }
    }
}
