//! What is refused although the object itself is in order. Models the admission plugins.

use super::Refusal;
use crate::kube::cluster::Cluster;
use crate::kube::store::key;
use crate::manifest::object::Pod;
use crate::sim::ObjectKey;

impl Cluster {
    /// What speaks against a pod beside its own fields: it names what is not there. Models the
    /// admission plugins ServiceAccount and Priority.
    pub(in crate::kube) fn refuse_pod(&self, pod: &Pod) -> Option<Refusal> {
        let (name, namespace) = (&pod.metadata.name, &pod.metadata.namespace);
        let is_there =
            |kind: &str, at: ObjectKey| self.store.others.contains_key(&(kind.to_string(), at));
        let forbidden =
            |why: String| Refusal::new("Forbidden", format!("pods \"{name}\" is forbidden: {why}"));
        let account = &pod.spec.service_account_name;
        let own = key(namespace, account);
        if !matches!(account.as_str(), "" | "default") && !is_there("ServiceAccount", own) {
            return Some(forbidden(format!(
                "error looking up service account {namespace}/{account}: serviceaccount \
                 \"{account}\" not found"
            )));
        }
        let class = &pod.spec.priority_class_name;
        let known =
            matches!(class.as_str(), "" | "system-cluster-critical" | "system-node-critical");
        // Where a class was applied it may have been put into a namespace: nobody knew better.
        let applied = ["", "default"].iter().any(|at| is_there("PriorityClass", key(at, class)));
        if !known && !applied {
            return Some(forbidden(format!("no PriorityClass with name {class} was found")));
        }
        None
    }
}
