//! What goes when its owner or its namespace has gone. Models pkg/controller/garbagecollector and
//! namespace.

use super::apply::{Cascade, DeleteOptions};
use super::cluster::{Cluster, later};
use super::store::{cluster_key, key, key_of};
use super::timing;
use crate::base::SimTime;
use crate::manifest::object::ObjectMeta;
use crate::sim::{Controller, KubeAction, ObjectKey, Out};
use crate::trace::Via;

/// Kinds that can have owners here.
const DEPENDENTS: [&str; 6] = [
    "pods",
    "controllerrevisions",
    "persistentvolumeclaims",
    "endpointslices",
    "endpoints",
    "statefulsets",
];

impl Cluster {
    /// An object with this uid is gone (or waits for its dependents to go).
    pub(super) fn owner_gone(&self, namespace: &str, uid: &str, out: &mut Out) {
        if self.dependents(uid).next().is_some() {
            let action = KubeAction::Reconcile(Controller::GarbageCollector, key(namespace, uid));
            later(out, action, timing::COLLECT, Via::Watch);
        }
    }

    fn meta_of(&self, plural: &str, at: &ObjectKey) -> Option<&ObjectMeta> {
        match plural {
            "pods" => self.store.pods.get(at).map(|one| &one.metadata),
            "controllerrevisions" => self.store.revisions.get(at).map(|one| &one.metadata),
            "persistentvolumeclaims" => self.store.claims.get(at).map(|one| &one.metadata),
            "endpointslices" => self.store.slices.get(at).map(|one| &one.metadata),
            "endpoints" => self.store.endpoints.get(at).map(|one| &one.metadata),
            "statefulsets" => self.store.sets.get(at).map(|one| &one.metadata),
            _ => None,
        }
    }

    fn dependents(&self, uid: &str) -> impl Iterator<Item = (&'static str, ObjectKey)> {
        let owned = |meta: &ObjectMeta| meta.owner_references.iter().any(|one| one.uid == uid);
        let mut found = Vec::new();
        for plural in DEPENDENTS {
            for at in self.store.keys(plural) {
                if self.meta_of(plural, &at).is_some_and(owned) {
                    found.push((plural, at));
                }
            }
        }
        found.into_iter()
    }

    fn exists(&self, uid: &str) -> bool {
        DEPENDENTS.iter().any(|plural| {
            self.store
                .keys(plural)
                .iter()
                .any(|at| self.meta_of(plural, at).is_some_and(|meta| meta.uid == uid))
        })
    }

    /// Deletes what has no owner left. The key's name is the uid of an owner that has gone, or
    /// `namespace`.
    pub(super) fn collect(&mut self, at: &ObjectKey, now: SimTime, out: &mut Out) {
        if at.name == "namespace" {
            self.empty_namespace(&at.namespace, now, out);
            return;
        }
        let dependents: Vec<_> = self.dependents(&at.name).collect();
        let waiting = self
            .store
            .sets
            .values()
            .find(|set| set.metadata.uid == at.name && set.metadata.is_deleting())
            .cloned();
        if waiting.is_none() && self.exists(&at.name) {
            return;
        }
        for (plural, dependent) in &dependents {
            let Some(meta) = self.meta_of(plural, dependent) else { continue };
            let other_owner = meta
                .owner_references
                .iter()
                .any(|owner| owner.uid != at.name && self.exists(&owner.uid));
            if meta.is_deleting() || other_owner {
                continue;
            }
            let options = DeleteOptions { grace_secs: None, cascade: Cascade::Background };
            // It was found above and nothing has run since.
            let _ = self.delete(plural, dependent, options, now, out);
        }
        if let Some(set) = waiting {
            if dependents.is_empty() {
                let key = key_of(&set.metadata);
                self.store_mut().sets.remove(&key);
            } else {
                let action = KubeAction::Reconcile(Controller::GarbageCollector, at.clone());
                later(out, action, crate::base::Millis(500), Via::Next);
            }
        }
    }

    /// Takes an owner off its dependents: `--cascade=orphan`.
    pub(super) fn orphan_dependents(&mut self, uid: &str, out: &mut Out) {
        let dependents: Vec<_> = self.dependents(uid).collect();
        for (plural, at) in dependents {
            match plural {
                "pods" => {
                    let mut pod = (*self.store.pods[&at]).clone();
                    pod.metadata.owner_references.retain(|owner| owner.uid != uid);
                    self.put_pod(pod, out);
                }
                "controllerrevisions" => {
                    let mut revision = (*self.store.revisions[&at]).clone();
                    revision.metadata.owner_references.retain(|owner| owner.uid != uid);
                    self.put_revision(revision);
                }
                "persistentvolumeclaims" => {
                    let mut claim = (*self.store.claims[&at]).clone();
                    claim.metadata.owner_references.retain(|owner| owner.uid != uid);
                    self.put_claim(claim, out);
                }
                _ => {}
            }
        }
    }

    /// Deletes everything in a namespace, then the namespace.
    fn empty_namespace(&mut self, namespace: &str, now: SimTime, out: &mut Out) {
        let mut left = false;
        let kinds = DEPENDENTS.iter().chain(&["services", "configmaps", "secrets", "events"]);
        for plural in kinds {
            for at in self.store.keys(plural) {
                if *at.namespace != *namespace {
                    continue;
                }
                let _ = self.delete(plural, &at, DeleteOptions::default(), now, out);
                left |= matches!(*plural, "pods" | "persistentvolumeclaims");
            }
        }
        if left {
            let action =
                KubeAction::Reconcile(Controller::GarbageCollector, key(namespace, "namespace"));
            later(out, action, crate::base::Millis(1_000), Via::Next);
        } else {
            self.store_mut().namespaces.remove(&cluster_key(namespace));
        }
    }
}
