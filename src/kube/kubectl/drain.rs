//! `drain`. Models kubectl/pkg/drain.

use super::{Answer, DONE, Desk, Failure, Kubectl, Progress, State};
use crate::kube::apply::DeleteOptions;
use crate::kube::key_of;
use crate::manifest::object::Pod;
use crate::sim::ObjectKey;

/// How a `drain` stands.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Drain {
    /// Nodes whose turn has not come, the next one last.
    to_come: Vec<String>,
    /// The node whose pods must be gone.
    node: String,
    /// These pods, by uid.
    left: Vec<(ObjectKey, String)>,
    /// Nodes that could not be drained, and why.
    pending: Vec<String>,
    errors: Vec<String>,
}

impl Kubectl {
    pub(super) fn drain(&mut self, desk: &mut dyn Desk) -> Answer {
        let mut nodes = self.node_names(desk)?;
        for node in &nodes {
            self.cordon_one(desk, node, true)?;
        }
        nodes.reverse();
        self.drain_next(desk, Drain { to_come: nodes, ..Drain::default() })
    }

    /// Evicts the pods of the next node.
    fn drain_next(&mut self, desk: &mut dyn Desk, mut drain: Drain) -> Answer {
        let Some(node) = drain.to_come.pop() else { return drain_end(desk, &drain) };
        drain.node = node;
        let pods = self.pods_on(desk, &drain.node);
        let refused = self.refusals(&pods);
        if !refused.is_empty() {
            let all = match refused.as_slice() {
                [one] => one.clone(),
                many => format!("[{}]", many.join(", ")),
            };
            desk.err(&format!(
                "error: unable to drain node {:?} due to error: {all}, continuing command...\n",
                drain.node
            ));
            drain.pending.push(drain.node.clone());
            drain.errors.extend(refused);
            return self.drain_next(desk, drain);
        }
        let grace_secs = self.args.value("grace-period").and_then(|text| text.parse().ok());
        let options = DeleteOptions {
            grace_secs: grace_secs.filter(|n: &i64| *n >= 0),
            ..Default::default()
        };
        let dry = self.dry_run();
        for pod in &pods {
            let at = key_of(&pod.metadata);
            let said = dry.unwrap_or_default();
            desk.out(&format!("evicting pod {}/{}{said}\n", at.namespace, at.name));
            if dry.is_none() {
                desk.change(&mut |cluster, now, out| {
                    // It was there a moment ago.
                    let _ = cluster.delete("pods", &at, options, now, out);
                });
                drain.left.push((at, pod.metadata.uid.clone()));
            }
        }
        self.drain_on(desk, drain)
    }

    fn pods_on(&self, desk: &dyn Desk, node: &str) -> Vec<Pod> {
        let selector = self.args.value("pod-selector").map(super::select::selector);
        let is_wanted = |pod: &Pod| {
            let labels = &pod.metadata.labels;
            pod.spec.node_name == node
                && selector.as_ref().is_none_or(|all| all.iter().all(|one| one.matches(labels)))
        };
        let pods = desk.cluster().store().pods.values();
        pods.filter(|pod| is_wanted(pod)).map(|pod| (**pod).clone()).collect()
    }

    /// Pods that cannot be deleted without more flags.
    fn refusals(&self, pods: &[Pod]) -> Vec<String> {
        let named = |those: Vec<&Pod>| {
            let names: Vec<String> = those
                .iter()
                .map(|pod| format!("{}/{}", pod.metadata.namespace, pod.metadata.name))
                .collect();
            names.join(", ")
        };
        let mut refused = Vec::new();
        let unmanaged: Vec<&Pod> =
            pods.iter().filter(|pod| pod.metadata.controller().is_none()).collect();
        let ended = |pod: &&&Pod| !matches!(pod.status.phase.as_str(), "Succeeded" | "Failed");
        let unmanaged: Vec<&Pod> = unmanaged.iter().filter(ended).copied().collect();
        if !unmanaged.is_empty() && !self.args.has("force") {
            refused.push(format!(
                "cannot delete Pods that declare no controller (use --force to \
                 override): {}",
                named(unmanaged)
            ));
        }
        let local: Vec<&Pod> = pods
            .iter()
            .filter(|pod| pod.spec.volumes.iter().any(|volume| volume.empty_dir.is_some()))
            .collect();
        if !local.is_empty() && !self.args.has("delete-emptydir-data") {
            refused.push(format!(
                "cannot delete Pods with local storage (use --delete-emptydir-data to override): \
                 {}",
                named(local)
            ));
        }
        refused
    }

    /// Waits until the node's pods are gone.
    pub(super) fn drain_on(&mut self, desk: &mut dyn Desk, mut drain: Drain) -> Answer {
        for (at, uid) in std::mem::take(&mut drain.left) {
            let there = desk.cluster().store().pods.get(&at);
            if there.is_some_and(|pod| pod.metadata.uid == uid) {
                drain.left.push((at, uid));
            } else {
                desk.out(&format!("pod/{} evicted\n", at.name));
            }
        }
        if drain.left.is_empty() {
            let dry = self.dry_run().unwrap_or_default();
            desk.out(&format!("node/{} drained{dry}\n", drain.node));
            return self.drain_next(desk, drain);
        }
        self.state = State::Drain(drain);
        Ok(Progress::Waiting)
    }
}

fn drain_end(desk: &mut dyn Desk, drain: &Drain) -> Answer {
    if drain.pending.is_empty() {
        return DONE;
    }
    desk.err("There are pending nodes to be drained:\n");
    drain.pending.iter().for_each(|node| desk.err(&format!(" {node}\n")));
    Err(Failure::new(drain.errors.join("\n")))
}
