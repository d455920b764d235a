//! Which node a pod runs on. Models pkg/scheduler: the filters people meet, and spreading as a
//! score.

mod filter;

pub(super) use filter::tolerates;

use std::sync::Arc;

use filter::{Reject, reject_reason};

use super::cluster::{Cluster, decided, enqueue, tell};
use super::event::{Source, about_pod, normal, warning};
use super::kubelet::status::set_condition;
use super::store::{key, key_of};
use crate::base::{SimTime, SortedMap};
use crate::manifest::object::{
    Node, PersistentVolumeClaim, Pod, PodCondition, PodSpec, Quantity, Time,
};
use crate::sim::{Controller, ObjectKey, Out};
use crate::trace::fact::KubeFact;
use crate::trace::{Place, Site, SiteRole};

/// Tells the provisioner where a claim's first consumer will run.
pub(super) const SELECTED_NODE: &str = "volume.kubernetes.io/selected-node";

/// What stands between a pod and its node.
enum Claims {
    /// All are bound, or there are none.
    Bound,
    /// These must be provisioned for the chosen node first.
    ToProvision(Vec<ObjectKey>),
    /// Nothing can be done about it here.
    Stuck(String),
}

impl Cluster {
    /// One attempt to find a node for a pod.
    pub(super) fn schedule(&mut self, at: &ObjectKey, now: SimTime, out: &mut Out) {
        let Some(pod) = self.store.pods.get(at).cloned() else { return };
        if !pod.spec.node_name.is_empty() || pod.metadata.is_deleting() {
            return;
        }
        if pod.spec.scheduler_name != "default-scheduler" {
            return;
        }
        if !pod.spec.scheduling_gates.is_empty() {
            let gate = condition(
                "False",
                "SchedulingGated",
                "Scheduling is blocked due to non-empty scheduling gates",
            );
            self.write_scheduled(&pod, gate, now, out);
            return;
        }
        let claims = self.claims_state(&pod);
        if let Claims::Stuck(message) = claims {
            let all = self.store.nodes.len();
            let text = format!(
                "0/{all} nodes are available: {message}. preemption: 0/{all} nodes are available: \
                 {all} Preemption is not helpful for scheduling."
            );
            self.unschedulable(&pod, text, now, out);
            return;
        }
        let node = match self.choose_node(&pod) {
            Ok(node) => node,
            Err(text) => {
                self.unschedulable(&pod, text, now, out);
                return;
            }
        };
        match claims {
            Claims::ToProvision(wanted) => self.select_node(&pod, &wanted, &node, now, out),
            _ => self.bind(&pod, &node, now, out),
        }
    }

    fn claims_state(&self, pod: &Pod) -> Claims {
        let mut wanted = Vec::new();
        for volume in &pod.spec.volumes {
            let Some(source) = &volume.persistent_volume_claim else { continue };
            let name = &source.claim_name;
            let at = key(&pod.metadata.namespace, name);
            let Some(claim) = self.store.claims.get(&at) else {
                return Claims::Stuck(format!("persistentvolumeclaim \"{name}\" not found"));
            };
            if claim.metadata.is_deleting() {
                return Claims::Stuck(format!("persistentvolumeclaim \"{name}\" is being deleted"));
            }
            if claim.status.phase == "Bound" {
                continue;
            }
            if !self.waits_for_consumer(claim) {
                let text = "pod has unbound immediate PersistentVolumeClaims";
                return Claims::Stuck(text.to_string());
            }
            wanted.push(at);
        }
        if wanted.is_empty() { Claims::Bound } else { Claims::ToProvision(wanted) }
    }

    /// Whether a claim's class binds only when somebody uses it.
    pub(super) fn waits_for_consumer(&self, claim: &PersistentVolumeClaim) -> bool {
        self.class_of(claim).is_some_and(|class| {
            class.volume_binding_mode.as_deref() == Some("WaitForFirstConsumer")
        })
    }

    /// The node for a pod, or the text of `FailedScheduling`.
    fn choose_node(&self, pod: &Pod) -> Result<String, String> {
        let mut rejected: Vec<Reject> = Vec::new();
        let mut fits: Vec<&Arc<Node>> = Vec::new();
        for node in self.store.nodes.values() {
            match reject_reason(self, pod, node) {
                Some(reject) => rejected.push(reject),
                None => fits.push(node),
            }
        }
        if let Some(assumed) = self.attachments.assumed.get(&pod.metadata.uid)
            && fits.iter().any(|node| node.metadata.name == **assumed)
        {
            return Ok(assumed.to_string());
        }
        fits.iter()
            .min_by_key(|node| self.score(pod, node))
            .map(|node| node.metadata.name.clone())
            .ok_or_else(|| fit_error(&rejected))
    }

    /// Lower is better: preferences first, then fewer pods of the same owner, then less requested
    /// processor time.
    fn score(&self, pod: &Pod, node: &Node) -> (i64, usize, i64) {
        let name = &node.metadata.name;
        let owner = pod.metadata.controller().map(|one| &one.uid);
        let siblings = self.pods_on(name).filter(|other| {
            owner.is_some() && other.metadata.controller().map(|one| &one.uid) == owner
        });
        let preferred = filter::preference(self, pod, node);
        (-preferred, siblings.count(), self.requested(name, "cpu"))
    }

    pub(super) fn pods_on<'a>(&'a self, node: &'a str) -> impl Iterator<Item = &'a Arc<Pod>> {
        self.store
            .pods
            .values()
            .filter(move |pod| pod.spec.node_name == node && !super::write::is_terminal(pod))
    }

    /// Thousandths of a resource that the pods of a node request.
    pub(super) fn requested(&self, node: &str, resource: &str) -> i64 {
        self.pods_on(node)
            .map(|pod| request(&pod.spec, resource).millis())
            .fold(0, i64::saturating_add)
    }

    /// PreBind for claims that wait: names the node to the provisioner, and comes back when they
    /// are bound.
    fn select_node(
        &mut self,
        pod: &Pod,
        claims: &[ObjectKey],
        node: &str,
        now: SimTime,
        out: &mut Out,
    ) {
        let attachments = Arc::make_mut(&mut self.attachments);
        let known = attachments.assumed.insert(pod.metadata.uid.clone(), node.into());
        for at in claims {
            let Some(claim) = self.store.claims.get(at) else { continue };
            let selected = claim.metadata.annotations.get(SELECTED_NODE);
            if selected.is_some_and(|one| one == node) {
                continue;
            }
            let mut next = (**claim).clone();
            next.metadata.annotations.insert(SELECTED_NODE.to_string(), node.to_string());
            self.put_claim(next, out);
        }
        if known.is_none() {
            tell(
                out,
                KubeFact::NodeSelected {
                    pod: pod.metadata.name.as_str().into(),
                    node: node.into(),
                    claim: claims.first().map(|at| at.name.as_str().into()),
                },
            );
        }
        let _ = now;
    }

    fn bind(&mut self, pod: &Pod, node: &str, now: SimTime, out: &mut Out) {
        Arc::make_mut(&mut self.attachments).assumed.remove(&pod.metadata.uid);
        let mut next = pod.clone();
        next.spec.node_name = node.to_string();
        let generation = next.metadata.generation;
        let mut scheduled = condition("True", "", "");
        scheduled.observed_generation = generation;
        set_condition(&mut next.status.conditions, scheduled, now);
        self.put_pod(next, out);
        let (namespace, name) = (&pod.metadata.namespace, &pod.metadata.name);
        let message = format!("Successfully assigned {namespace}/{name} to {node}");
        self.event(
            &about_pod(pod, ""),
            &Source::component("default-scheduler"),
            normal("Scheduled", message),
            now,
        );
        tell(out, KubeFact::Scheduled { pod: name.as_str().into(), node: node.into() });
        if pod.spec.containers.iter().any(|one| !one.resources.requests.is_empty()) {
            let place = self.pod_place(pod, "spec.containers[0].resources");
            out.mark(Site { place, role: SiteRole::Decided });
        }
        if pod.spec.affinity.is_some() {
            let place = self.pod_place(pod, "spec.affinity");
            out.mark(Site { place, role: SiteRole::Decided });
        }
    }

    fn unschedulable(&mut self, pod: &Pod, text: String, now: SimTime, out: &mut Out) {
        let told = pod.status.condition("PodScheduled").is_some_and(|one| one.message == text);
        self.event(
            &about_pod(pod, ""),
            &Source::component("default-scheduler"),
            warning("FailedScheduling", text.clone()),
            now,
        );
        if !told {
            let name = pod.metadata.name.as_str().into();
            tell(out, KubeFact::Unschedulable { pod: name, message: text.clone() });
            if let Place::Field { kind, object, .. } = self.pod_place(pod, "") {
                decided(out, &kind, &object, "spec.template.spec");
            }
        }
        self.write_scheduled(pod, condition("False", "Unschedulable", &text), now, out);
    }

    fn write_scheduled(&mut self, pod: &Pod, state: PodCondition, now: SimTime, out: &mut Out) {
        let mut next = pod.clone();
        set_condition(&mut next.status.conditions, state, now);
        if next.status != pod.status {
            self.put_pod(next, out);
        }
    }

    /// A claim was bound: the pods that wait for it may go on.
    pub(super) fn consumers_go_on(&self, claim: &ObjectKey, out: &mut Out) {
        for pod in self.store.pods.values() {
            let uses = pod.spec.volumes.iter().any(|volume| {
                volume
                    .persistent_volume_claim
                    .as_ref()
                    .is_some_and(|one| one.claim_name == claim.name)
            });
            if pod.spec.node_name.is_empty() && pod.metadata.namespace == *claim.namespace && uses {
                enqueue(out, Controller::Scheduler, key_of(&pod.metadata));
            }
        }
    }
}

fn condition(status: &str, reason: &str, message: &str) -> PodCondition {
    PodCondition {
        kind: "PodScheduled".to_string(),
        status: status.to_string(),
        reason: reason.to_string(),
        message: message.to_string(),
        last_transition_time: Some(Time(SimTime::START)),
        ..Default::default()
    }
}

/// What a pod requests of a resource: all containers together, or its hungriest init container.
/// Models resourcehelper.PodRequests.
pub(super) fn request(spec: &PodSpec, resource: &str) -> Quantity {
    let of = |requests: &SortedMap<String, Quantity>| {
        requests.get(resource).copied().unwrap_or_default()
    };
    let main = spec
        .containers
        .iter()
        .chain(spec.init_containers.iter().filter(|one| one.is_restartable_init()));
    let sum = main.fold(Quantity::default(), |sum, one| sum.plus(of(&one.resources.requests)));
    let init = spec
        .init_containers
        .iter()
        .filter(|one| !one.is_restartable_init())
        .map(|one| of(&one.resources.requests))
        .max()
        .unwrap_or_default();
    sum.max(init).plus(of(&spec.overhead))
}

/// Models framework.FitError and the preemption plugin's verdict.
fn fit_error(rejected: &[Reject]) -> String {
    let all = rejected.len();
    let histogram = |reasons: Vec<&str>| {
        let mut counts: SortedMap<&str, usize> = SortedMap::new();
        for reason in reasons {
            *counts.entry(reason).or_default() += 1;
        }
        let mut rows: Vec<String> =
            counts.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
        rows.sort();
        rows.join(", ")
    };
    let reasons = rejected.iter().flat_map(|one| one.reasons.iter().map(String::as_str)).collect();
    let verdicts = rejected
        .iter()
        .map(|one| {
            if one.unresolvable {
                "Preemption is not helpful for scheduling"
            } else {
                "No preemption victims found for incoming pod"
            }
        })
        .collect();
    if all == 0 {
        return "no nodes available to schedule pods".to_string();
    }
    format!(
        "0/{all} nodes are available: {}. preemption: 0/{all} nodes are available: {}.",
        histogram(reasons),
        histogram(verdicts)
    )
}
