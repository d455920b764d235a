//! `apply --prune`: what was applied once and is in the manifests no longer goes. Models
//! kubectl/pkg/cmd/apply/prune.go.

use super::select::kind_of;
use super::{Desk, Failure, Kubectl};
use crate::base::SortedSet;
use crate::kube::apply::{DeleteOptions, LAST_APPLIED};
use crate::kube::key_of;
use crate::manifest::object::Object;

/// The kinds that are looked at, those in namespaces first. Models `GetRESTMappings`; kinds that
/// nobody can have here are left out.
const KINDS: [&str; 7] = [
    "configmaps",
    "persistentvolumeclaims",
    "pods",
    "secrets",
    "services",
    "statefulsets",
    "persistentvolumes",
];

impl Kubectl {
    /// kubectl asks twice before it takes away everything.
    pub(super) fn check_prune(&self) -> Result<(), Failure> {
        if self.args.has("prune") && !self.args.has("all") && self.args.value("selector").is_none()
        {
            return Err(Failure::new(
                "error: all resources selected for prune without explicitly passing --all. To \
                 prune all resources, pass the --all flag. If you did not mean to prune all \
                 resources, specify a label selector",
            ));
        }
        Ok(())
    }

    /// Whether `-l` picks an object.
    pub(super) fn is_selected(&self, object: &Object) -> bool {
        let Some(text) = self.args.value("selector") else { return true };
        super::select::selector(text).iter().all(|one| one.matches(&object.metadata().labels))
    }

    /// Deletes what was applied to these namespaces and is not among these objects.
    pub(super) fn prune(&self, desk: &mut dyn Desk, applied: &[Object]) -> Result<(), Failure> {
        let place = |object: &Object| object.metadata().namespace.clone();
        let namespaces: SortedSet<String> = applied.iter().map(place).collect();
        for plural in KINDS {
            let Some(kind) = kind_of(plural) else { continue };
            for at in desk.cluster().store().keys(plural) {
                let Some(object) = desk.cluster().store().get(plural, &at) else { continue };
                let meta = object.metadata();
                let is_there =
                    |one: &Object| one.kind() == object.kind() && key_of(one.metadata()) == at;
                let foreign = kind.namespaced && !namespaces.contains(&meta.namespace);
                if foreign
                    || !meta.annotations.contains_key(LAST_APPLIED)
                    || meta.is_deleting()
                    || applied.iter().any(is_there)
                    || !self.is_selected(&object)
                {
                    continue;
                }
                if self.dry_run().is_none() {
                    let mut result = Ok(());
                    desk.change(&mut |cluster, now, out| {
                        result = cluster.delete(plural, &at, DeleteOptions::default(), now, out);
                    });
                    result.map_err(Failure::from)?;
                }
                self.report(desk, &object, "pruned")?;
            }
        }
        Ok(())
    }
}
