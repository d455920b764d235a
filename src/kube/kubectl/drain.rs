//! `drain`. Models kubectl/pkg/drain.

use super::{Answer, DONE, Desk, Failure, Kubectl, Progress, State};
use crate::kube::apply::DeleteOptions;
use crate::kube::key_of;
use crate::manifest::object::Pod;
use crate::sim::ObjectKey;

impl Kubectl {
    pub(super) fn drain(&mut self, desk: &mut dyn Desk) -> Answer {
        let nodes = self.node_names(desk)?;
        let [node] = nodes.as_slice() else {
            return Err(Failure::new("error: draining several nodes at once is not modelled here"));
        };
        let node = node.clone();
        self.cordon_one(desk, &node, true)?;
        let pods: Vec<Pod> = desk
            .cluster()
            .store()
            .pods
            .values()
            .filter(|pod| pod.spec.node_name == node)
            .filter(|pod| {
                let labels = &pod.metadata.labels;
                let selector = self.args.value("pod-selector").map(super::select::selector);
                selector.is_none_or(|all| all.iter().all(|one| one.matches(labels)))
            })
            .map(|pod| (**pod).clone())
            .collect();
        let refused = self.refusals(&pods);
        if !refused.is_empty() {
            let all = match refused.as_slice() {
                [one] => one.clone(),
                many => format!("[{}]", many.join(", ")),
            };
            desk.err(&format!(
                "error: unable to drain node {node:?} due to error: {all}, continuing command...\n"
            ));
            desk.err(&format!("There are pending nodes to be drained:\n {node}\n"));
            return Err(Failure::new(refused.join("\n")));
        }
        let grace_secs = self.args.value("grace-period").and_then(|text| text.parse().ok());
        let options = DeleteOptions {
            grace_secs: grace_secs.filter(|n: &i64| *n >= 0),
            ..Default::default()
        };
        if let Some(dry) = self.dry_run() {
            for pod in &pods {
                let at = key_of(&pod.metadata);
                desk.out(&format!("evicting pod {}/{}{dry}\n", at.namespace, at.name));
            }
            desk.out(&format!("node/{node} drained{dry}\n"));
            return DONE;
        }
        let mut left = Vec::new();
        for pod in &pods {
            let at = key_of(&pod.metadata);
            desk.out(&format!("evicting pod {}/{}\n", at.namespace, at.name));
            desk.change(&mut |cluster, now, out| {
                // It was there a moment ago.
                let _ = cluster.delete("pods", &at, options, now, out);
            });
            left.push((at, pod.metadata.uid.clone()));
        }
        self.drain_on(desk, node, left)
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

    pub(super) fn drain_on(
        &mut self,
        desk: &mut dyn Desk,
        node: String,
        left: Vec<(ObjectKey, String)>,
    ) -> Answer {
        let mut waits = Vec::new();
        for (at, uid) in left {
            let there = desk.cluster().store().pods.get(&at);
            if there.is_some_and(|pod| pod.metadata.uid == uid) {
                waits.push((at, uid));
            } else {
                desk.out(&format!("pod/{} evicted\n", at.name));
            }
        }
        if waits.is_empty() {
            desk.out(&format!("node/{node} drained\n"));
            return DONE;
        }
        self.state = State::Drain { node, left: waits };
        Ok(Progress::Waiting)
    }
}
