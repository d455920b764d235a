//! Why a node does not take a pod. Models the filter plugins of pkg/scheduler/framework/plugins.

use super::request;
use crate::kube::apply::UNSCHEDULABLE_TAINT;
use crate::kube::cluster::Cluster;
use crate::kube::store::{cluster_key, key};
use crate::manifest::object::{
    Labels, Node, NodeSelector, NodeSelectorTerm, Pod, PodAffinityTerm, Taint, Toleration,
};

/// A node's refusal.
pub(super) struct Reject {
    /// In the plugins' words.
    pub reasons: Vec<String>,
    /// Whether removing other pods would not help.
    pub unresolvable: bool,
}

fn unresolvable(reason: &str) -> Option<Reject> {
    Some(Reject { reasons: vec![reason.to_string()], unresolvable: true })
}

fn resolvable(reasons: Vec<String>) -> Option<Reject> {
    (!reasons.is_empty()).then_some(Reject { reasons, unresolvable: false })
}

/// The first filter that refuses, in the order of the default plugins.
pub(super) fn reject_reason(cluster: &Cluster, pod: &Pod, node: &Node) -> Option<Reject> {
    let bears = |taint: &Taint| pod.spec.tolerations.iter().any(|one| tolerates(one, taint));
    if node.spec.unschedulable {
        let taint = Taint {
            key: UNSCHEDULABLE_TAINT.to_string(),
            effect: "NoSchedule".to_string(),
            ..Default::default()
        };
        if !bears(&taint) {
            return unresolvable("node(s) were unschedulable");
        }
    }
    let repels = |taint: &&Taint| taint.effect != "PreferNoSchedule" && !bears(taint);
    if node.spec.taints.iter().any(|taint| repels(&taint)) {
        return unresolvable("node(s) had untolerated taint(s)");
    }
    if !matches_node(pod, node) {
        return unresolvable("node(s) didn't match Pod's node affinity/selector");
    }
    let short = short_resources(cluster, pod, node);
    if !short.is_empty() {
        return resolvable(short);
    }
    volume_reject(cluster, pod, node).or_else(|| affinity_reject(cluster, pod, node))
}

/// Models component-helpers `ToleratesTaint`.
pub fn tolerates(toleration: &Toleration, taint: &Taint) -> bool {
    let effect = toleration.effect.is_empty() || toleration.effect == taint.effect;
    let key = toleration.key.is_empty() || toleration.key == taint.key;
    let value = match toleration.operator.as_str() {
        "Exists" => true,
        _ => !toleration.key.is_empty() && toleration.value == taint.value,
    };
    effect && key && value
}

fn matches_node(pod: &Pod, node: &Node) -> bool {
    let labels = &node.metadata.labels;
    let selected =
        pod.spec.node_selector.iter().all(|(name, value)| labels.get(name) == Some(value));
    let required = pod
        .spec
        .affinity
        .as_ref()
        .and_then(|affinity| affinity.node_affinity.as_ref())
        .and_then(|node| node.required_during_scheduling_ignored_during_execution.as_ref());
    selected && required.is_none_or(|selector| selector_matches(selector, node))
}

/// Whether one of the terms holds. Models component-helpers/scheduling/corev1/nodeaffinity.
fn selector_matches(selector: &NodeSelector, node: &Node) -> bool {
    selector.node_selector_terms.iter().any(|term| term_matches(term, node))
}

fn term_matches(term: &NodeSelectorTerm, node: &Node) -> bool {
    let fields = Labels::from([("metadata.name".to_string(), node.metadata.name.clone())]);
    let empty = term.match_expressions.is_empty() && term.match_fields.is_empty();
    !empty
        && term.match_expressions.iter().all(|one| one.matches(&node.metadata.labels))
        && term.match_fields.iter().all(|one| one.matches(&fields))
}

/// Models noderesources `Fits`.
fn short_resources(cluster: &Cluster, pod: &Pod, node: &Node) -> Vec<String> {
    let name = &node.metadata.name;
    let mut short = Vec::new();
    let allocatable =
        |resource: &str| node.status.allocatable.get(resource).map_or(0, |amount| amount.millis());
    let pods = i64::try_from(cluster.pods_on(name).count()).unwrap_or(i64::MAX);
    if pods.saturating_add(1) > allocatable("pods") / 1_000 {
        short.push("Too many pods".to_string());
    }
    for resource in ["cpu", "memory", "ephemeral-storage"] {
        let wanted = request(&pod.spec, resource).millis();
        let used = cluster.requested(name, resource);
        if wanted > 0 && used.saturating_add(wanted) > allocatable(resource) {
            short.push(format!("Insufficient {resource}"));
        }
    }
    short
}

fn volume_reject(cluster: &Cluster, pod: &Pod, node: &Node) -> Option<Reject> {
    for volume in &pod.spec.volumes {
        let Some(source) = &volume.persistent_volume_claim else { continue };
        let at = key(&pod.metadata.namespace, &source.claim_name);
        let Some(claim) = cluster.store.claims.get(&at) else { continue };
        if claim.status.phase == "Bound" {
            let bound = cluster.store.volumes.get(&cluster_key(&claim.spec.volume_name));
            let wanted = bound
                .and_then(|volume| volume.spec.node_affinity.as_ref())
                .and_then(|affinity| affinity.required.as_ref());
            if wanted.is_some_and(|selector| !selector_matches(selector, node)) {
                return unresolvable("node(s) didn't match PersistentVolume's node affinity");
            }
        } else if !cluster.can_have_volume(claim, node) {
            return unresolvable("node(s) didn't find available persistent volumes to bind");
        }
    }
    None
}

impl Cluster {
    /// Whether a volume has no affinity against a node.
    pub(in crate::kube) fn volume_fits_node(
        &self,
        volume: &crate::manifest::object::PersistentVolume,
        node: &str,
    ) -> bool {
        let Some(node) = self.store.nodes.get(&cluster_key(node)) else { return true };
        let wanted = volume.spec.node_affinity.as_ref().and_then(|one| one.required.as_ref());
        wanted.is_none_or(|selector| selector_matches(selector, node))
    }
}

/// Whether two nodes (or a node with itself) are in one domain of this topology.
fn same_domain(topology: &str, a: &Node, b: &Node) -> bool {
    let label = |node: &Node| node.metadata.labels.get(topology).cloned();
    label(a).is_some() && label(a) == label(b)
}

/// Whether a pod is one a term speaks of. `asking` is the pod whose affinity it is.
fn term_selects(term: &PodAffinityTerm, asking: &Pod, other: &Pod) -> bool {
    let namespace = if term.namespaces.is_empty() && term.namespace_selector.is_none() {
        other.metadata.namespace == asking.metadata.namespace
    } else {
        term.namespace_selector.is_some() || term.namespaces.contains(&other.metadata.namespace)
    };
    namespace && term.label_selector.as_ref().is_some_and(|one| one.matches(&other.metadata.labels))
}

fn meets(cluster: &Cluster, term: &PodAffinityTerm, asking: &Pod, node: &Node) -> bool {
    cluster.store.pods.values().any(|other| {
        let there = cluster.store.nodes.get(&cluster_key(&other.spec.node_name));
        !crate::kube::write::is_terminal(other)
            && there.is_some_and(|there| same_domain(&term.topology_key, there, node))
            && term_selects(term, asking, other)
    })
}

/// Models the plugin InterPodAffinity.
fn affinity_reject(cluster: &Cluster, pod: &Pod, node: &Node) -> Option<Reject> {
    for other in cluster.store.pods.values() {
        let Some(there) = cluster.store.nodes.get(&cluster_key(&other.spec.node_name)) else {
            continue;
        };
        let anti = other.spec.affinity.as_ref().and_then(|one| one.pod_anti_affinity.as_ref());
        let terms =
            anti.map_or(&[][..], |one| &one.required_during_scheduling_ignored_during_execution);
        let refuses = |term: &PodAffinityTerm| {
            same_domain(&term.topology_key, there, node) && term_selects(term, other, pod)
        };
        if !crate::kube::write::is_terminal(other) && terms.iter().any(refuses) {
            let text = "node(s) didn't satisfy existing pods anti-affinity rules";
            return resolvable(vec![text.to_string()]);
        }
    }
    let affinity = pod.spec.affinity.as_ref()?;
    let wanted = affinity
        .pod_affinity
        .as_ref()
        .map_or(&[][..], |one| one.required_during_scheduling_ignored_during_execution.as_slice());
    for term in wanted {
        // The first pod of a group that wants to be together may go anywhere.
        let first =
            term_selects(term, pod, pod)
                && !cluster.store.pods.values().any(|other| {
                    !other.spec.node_name.is_empty() && term_selects(term, pod, other)
                });
        if !first && !meets(cluster, term, pod, node) {
            return unresolvable("node(s) didn't match pod affinity rules");
        }
    }
    let unwanted = affinity
        .pod_anti_affinity
        .as_ref()
        .map_or(&[][..], |one| one.required_during_scheduling_ignored_during_execution.as_slice());
    if unwanted.iter().any(|term| meets(cluster, term, pod, node)) {
        let text = "node(s) didn't match pod anti-affinity rules";
        return resolvable(vec![text.to_string()]);
    }
    None
}

/// The sum of the weights of a pod's preferences that a node meets.
pub(super) fn preference(cluster: &Cluster, pod: &Pod, node: &Node) -> i64 {
    let Some(affinity) = pod.spec.affinity.as_ref() else { return 0 };
    let mut sum = 0;
    if let Some(nodes) = &affinity.node_affinity {
        for one in &nodes.preferred_during_scheduling_ignored_during_execution {
            sum += i64::from(one.weight) * i64::from(term_matches(&one.preference, node));
        }
    }
    for (pods, sign) in [(&affinity.pod_affinity, 1), (&affinity.pod_anti_affinity, -1)] {
        let Some(pods) = pods else { continue };
        for one in &pods.preferred_during_scheduling_ignored_during_execution {
            let met = meets(cluster, &one.pod_affinity_term, pod, node);
            sum += sign * i64::from(one.weight) * i64::from(met);
        }
    }
    sum
}
