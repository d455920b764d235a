//! Nodes that fall silent. Models pkg/controller/nodelifecycle and tainteviction.

use std::sync::Arc;

use super::apply::DeleteOptions;
use super::cluster::{Cluster, later, tell};
use super::event::{Source, about_node, about_pod, normal, warning};
use super::kubelet::status::set_condition;
use super::store::{cluster_key, key_of};
use super::timing;
use crate::base::{Millis, NodeName, PodUid, SimTime};
use crate::manifest::object::{Node, Pod, PodCondition, Taint, Time};
use crate::sim::{Effect, KubeAction, KubeTimer, Out};
use crate::trace::Via;
use crate::trace::fact::KubeFact;

const UNREACHABLE: &str = "node.kubernetes.io/unreachable";

impl Cluster {
    /// A fault: a node stops, with everything on it. The cluster notices later.
    pub fn lose_node(&mut self, name: &NodeName, now: SimTime, out: &mut Out) {
        let kubelets = Arc::make_mut(&mut self.kubelets);
        let Some(node) = kubelets.nodes.get_mut(name) else { return };
        if node.lost {
            return;
        }
        Arc::make_mut(node).lost = true;
        kubelets.stop_all(name, now);
        out.ask(Effect::LoseNode(name.clone()));
        tell(out, KubeFact::NodeLost { node: name.clone() });
        let timer = KubeAction::Timer(KubeTimer::NodeSilent(name.clone()));
        later(out, timer, timing::NODE_GRACE, Via::Timer);
    }

    /// The end of that fault: the node starts again, empty.
    pub fn restore_node(&mut self, name: &NodeName, now: SimTime, out: &mut Out) {
        let kubelets = Arc::make_mut(&mut self.kubelets);
        let Some(node) = kubelets.nodes.get_mut(name).filter(|node| node.lost) else { return };
        Arc::make_mut(node).lost = false;
        let pods = kubelets.restart_all(name);
        tell(out, KubeFact::NodeBack { node: name.clone() });
        let Some(stored) = self.store.nodes.get(&cluster_key(name)) else { return };
        let mut next = (**stored).clone();
        next.spec.taints.retain(|taint| taint.key != UNREACHABLE);
        for well in super::cluster::node_conditions(now) {
            let there = next.status.conditions.iter_mut().find(|one| one.kind == well.kind);
            if let Some(condition) = there.filter(|one| one.status == "Unknown") {
                *condition = well;
            }
        }
        let about = about_node(&next);
        self.put_node(next, out);
        let message = format!("Node {name} status is now: NodeReady");
        let source = Source { component: "kubelet", host: name };
        self.event(&about, &source, normal("NodeReady", message), now);
        for pod in pods {
            let sync = KubeAction::Sync(name.clone(), pod);
            later(out, sync, Millis(2_000), Via::Watch);
        }
        let bound: Vec<PodUid> =
            self.pods_on(name).map(|pod| pod.metadata.uid.as_str().into()).collect();
        for pod in bound {
            later(out, KubeAction::Sync(name.clone(), pod), Millis(2_000), Via::Watch);
        }
    }

    /// The node controller has waited long enough.
    pub(super) fn node_silent(&mut self, name: &NodeName, now: SimTime, out: &mut Out) {
        if !self.node_is_lost(name) {
            return;
        }
        let Some(stored) = self.store.nodes.get(&cluster_key(name)) else { return };
        let mut next = (**stored).clone();
        for condition in &mut next.status.conditions {
            if condition.status != "Unknown" {
                condition.status = "Unknown".to_string();
                condition.reason = "NodeStatusUnknown".to_string();
                condition.message = "Kubelet stopped posting node status.".to_string();
                condition.last_transition_time = Some(Time(now));
            }
        }
        for effect in ["NoSchedule", "NoExecute"] {
            next.spec.taints.push(Taint {
                key: UNREACHABLE.to_string(),
                effect: effect.to_string(),
                time_added: Some(Time(now)),
                ..Default::default()
            });
        }
        let about = about_node(&next);
        self.put_node(next, out);
        let message = format!("Node {name} status is now: NodeNotReady");
        let source = Source::component("node-controller");
        self.event(&about, &source, normal("NodeNotReady", message), now);
        tell(out, KubeFact::NodeNotReady { node: name.clone() });
        let pods: Vec<Arc<Pod>> = self.pods_on(name).cloned().collect();
        for pod in pods {
            self.pod_unreachable(&pod, now, out);
        }
    }

    /// Marks a pod of a silent node not ready, and lets it bear the taint as long as it tolerates
    /// it.
    fn pod_unreachable(&mut self, pod: &Pod, now: SimTime, out: &mut Out) {
        let mut next = pod.clone();
        if let Some(ready) = pod.status.condition("Ready").filter(|one| one.status == "True") {
            let gone = PodCondition { status: "False".to_string(), ..ready.clone() };
            set_condition(&mut next.status.conditions, gone, now);
        }
        if next.status != pod.status {
            self.put_pod(next, out);
            let source = Source::component("node-controller");
            let words = warning("NodeNotReady", "Node is not ready");
            self.event(&about_pod(pod, ""), &source, words, now);
        }
        let taint = Taint {
            key: UNREACHABLE.to_string(),
            effect: "NoExecute".to_string(),
            ..Default::default()
        };
        self.bear_taint(pod, &taint, out);
    }

    /// A node's taints have changed: pods that do not tolerate a new `NoExecute` one must go.
    pub(super) fn taints_changed(&self, old: &Node, new: &Node, out: &mut Out) {
        let is_new = |taint: &&Taint| {
            taint.effect == "NoExecute" && !old.spec.taints.iter().any(|one| same(one, taint))
        };
        for taint in new.spec.taints.iter().filter(is_new) {
            for pod in self.pods_on(&new.metadata.name) {
                self.bear_taint(pod, taint, out);
            }
        }
    }

    /// Marks when a pod has borne a taint long enough.
    fn bear_taint(&self, pod: &Pod, taint: &Taint, out: &mut Out) {
        let Some(after) = bears_for(pod, taint) else { return };
        let timer = KubeTimer::TolerationOver(pod.metadata.uid.as_str().into());
        later(out, KubeAction::Timer(timer), after, Via::Timer);
    }

    /// A pod has borne its node's taint long enough.
    pub(super) fn toleration_over(&mut self, uid: &PodUid, now: SimTime, out: &mut Out) {
        let Some(pod) = self.store.pod(uid).cloned() else { return };
        let node = self.store.nodes.get(&cluster_key(&pod.spec.node_name));
        let over = |taint: &Taint| {
            let since = taint.time_added.map_or(SimTime::START, |time| time.0);
            taint.effect == "NoExecute"
                && bears_for(&pod, taint).is_some_and(|after| now >= since + after)
        };
        if pod.metadata.is_deleting() || !node.is_some_and(|node| node.spec.taints.iter().any(over))
        {
            return;
        }
        let (namespace, name) = (&pod.metadata.namespace, &pod.metadata.name);
        let message = format!("Marking for deletion Pod {namespace}/{name}");
        let source = Source::component("taint-eviction-controller");
        self.event(&about_pod(&pod, ""), &source, normal("TaintManagerEviction", message), now);
        tell(
            out,
            KubeFact::Evicted {
                pod: name.as_str().into(),
                node: pod.spec.node_name.as_str().into(),
            },
        );
        let at = key_of(&pod.metadata);
        // It was found above.
        let _ = self.delete("pods", &at, DeleteOptions::default(), now, out);
    }
}

fn same(a: &Taint, b: &Taint) -> bool {
    (&a.key, &a.value, &a.effect) == (&b.key, &b.value, &b.effect)
}

/// How long a pod bears a taint; `None`: for ever.
fn bears_for(pod: &Pod, taint: &Taint) -> Option<Millis> {
    let mut tolerated =
        pod.spec.tolerations.iter().filter(|one| super::scheduler::tolerates(one, taint));
    match tolerated.clone().filter_map(|one| one.toleration_seconds).min() {
        Some(secs) => Some(Millis::secs(u64::try_from(secs).unwrap_or(0))),
        None if tolerated.next().is_some() => None,
        None => Some(Millis::ZERO),
    }
}
