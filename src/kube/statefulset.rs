//! The StatefulSet controller. Models pkg/controller/statefulset of Kubernetes 1.36:
//! `stateful_set_control.go` decides, `stateful_pod_control.go` writes.

mod claim;
mod identity;
mod pass;

use std::sync::Arc;

use super::cluster::{Cluster, decided, tell};
use super::event::{Source, about_set, normal, warning};
use super::revision::set_reference;
use super::store::{key, key_of};
use super::write::adopts;
use crate::base::{Millis, SimTime};
use crate::manifest::object::{PersistentVolumeClaim, Pod, StatefulSet, StatefulSetStatus};
use crate::sim::{Controller, Effect, KubeAction, ObjectKey, Out};
use crate::trace::Via;
use crate::trace::fact::KubeFact;
use crate::trace::fact::kube::DeleteWhy;

/// A write the controller made in one pass, in order.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs)] // The variants are verb and kind.
pub enum Write {
    CreateClaim(PersistentVolumeClaim),
    UpdateClaim(PersistentVolumeClaim),
    CreatePod(Pod),
    UpdatePod(Pod),
    DeletePod(String),
    AdoptPod(String),
    ReleasePod(String),
}

/// What came of one pass.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Pass {
    /// What it wrote.
    pub writes: Vec<Write>,
    /// Why it must be repeated.
    pub error: Option<String>,
}

/// The component in a set's Events.
pub(super) const COMPONENT: &str = "statefulset-controller";

/// The first wait before a failed pass is repeated; doubles. Models client-go's default rate
/// limiter.
const RETRY: Millis = Millis(5);

impl Cluster {
    /// One pass of the controller over one set.
    pub fn reconcile_set(&mut self, key: &ObjectKey, now: SimTime, out: &mut Out) -> Pass {
        let mut pass = Pass::default();
        let Some(set) = self.store.sets.get(key).cloned() else { return pass };
        if !set.metadata.is_deleting() {
            self.adopt_revisions(&set);
        }
        let pods = self.claim_pods(&set, &mut pass, out);
        let revisions = self.set_revisions(&set, now, out);
        let mut status = StatefulSetStatus {
            observed_generation: set.metadata.generation,
            current_revision: revisions.current.clone(),
            update_revision: revisions.update.clone(),
            collision_count: Some(revisions.collisions),
            ..Default::default()
        };
        let mut live: Vec<String> = pods.iter().map(|pod| revision_of(pod).to_string()).collect();
        live.sort();
        self.update_set(&set, &revisions, pods, &mut status, &mut pass, now, out);
        self.write_set_status(key, &set, status, now, out);
        self.truncate_history(&set, &revisions, &live);
        self.retry_set(key, pass.error.is_some(), out);
        pass
    }

    /// Repeats a failed pass later and later.
    fn retry_set(&mut self, key: &ObjectKey, failed: bool, out: &mut Out) {
        if !failed {
            if self.retries.contains_key(key) {
                Arc::make_mut(&mut self.retries).remove(key);
            }
            return;
        }
        let count = Arc::make_mut(&mut self.retries).entry(key.clone()).or_insert(0);
        let after = Millis(RETRY.0 << (*count).min(17)).min(Millis(1_000_000));
        *count += 1;
        // What failed twice fails until something else changes.
        let idle = *count > 2;
        out.ask(Effect::Later {
            action: KubeAction::Reconcile(Controller::StatefulSet, key.clone()),
            after,
            via: Via::Next,
            idle,
        });
    }

    /// The set's pods: owned ones whose labels still match, and orphans it may adopt.
    fn claim_pods(&mut self, set: &StatefulSet, pass: &mut Pass, out: &mut Out) -> Vec<Arc<Pod>> {
        let namespace = &set.metadata.namespace;
        let all: Vec<Arc<Pod>> = self
            .store
            .pods
            .values()
            .filter(|pod| pod.metadata.namespace == *namespace)
            .cloned()
            .collect();
        let mut mine = Vec::new();
        for pod in all {
            let matches = adopts(set, &pod.metadata.labels);
            let named = identity::is_member(&set.metadata.name, &pod.metadata.name);
            let deleting = set.metadata.is_deleting();
            match pod.metadata.controller() {
                Some(owner) if owner.uid == set.metadata.uid => {
                    if matches && named {
                        mine.push(pod);
                    } else if !deleting {
                        let mut free = (*pod).clone();
                        free.metadata.owner_references.retain(|one| one.uid != set.metadata.uid);
                        self.put_pod(free, out);
                        pass.writes.push(Write::ReleasePod(pod.metadata.name.clone()));
                    }
                }
                Some(_) => {}
                None if matches && named && !deleting && !pod.metadata.is_deleting() => {
                    let mut own = (*pod).clone();
                    own.metadata.owner_references.push(set_reference(set));
                    self.put_pod(own.clone(), out);
                    pass.writes.push(Write::AdoptPod(pod.metadata.name.clone()));
                    tell(
                        out,
                        KubeFact::PodAdopted {
                            set: set.metadata.name.clone(),
                            pod: pod.metadata.name.as_str().into(),
                        },
                    );
                    mine.push(Arc::new(own));
                }
                None => {}
            }
        }
        mine
    }

    fn write_set_status(
        &mut self,
        key: &ObjectKey,
        set: &StatefulSet,
        mut status: StatefulSetStatus,
        now: SimTime,
        out: &mut Out,
    ) {
        // Models completeRollingUpdate.
        let replicas = i32::try_from(set.replicas()).unwrap_or(i32::MAX);
        if set.spec.update_strategy.kind == "RollingUpdate"
            && status.current_revision != status.update_revision
            && status.updated_replicas == replicas
            && status.updated_replicas == status.replicas
            && status.ready_replicas == status.replicas
        {
            status.current_replicas = status.updated_replicas;
            status.current_revision = status.update_revision.clone();
            tell(
                out,
                KubeFact::UpdateComplete {
                    set: set.metadata.name.clone(),
                    revision: status.update_revision.clone(),
                },
            );
        }
        let waits = set.spec.min_ready_seconds > 0 && status.available_replicas != replicas;
        if waits {
            out.ask(Effect::Later {
                action: KubeAction::Reconcile(Controller::StatefulSet, key.clone()),
                after: Millis::secs(u64::from(set.spec.min_ready_seconds.unsigned_abs())),
                via: Via::Timer,
                idle: status.ready_replicas != replicas,
            });
        }
        let Some(stored) = self.store.sets.get(key) else { return };
        if stored.status != status {
            let mut next = (**stored).clone();
            next.status = status;
            self.put_set(next, out);
        }
        let _ = now;
    }

    /// Deletes a pod of the set, and says so in an Event.
    fn delete_set_pod(
        &mut self,
        set: &StatefulSet,
        pod: &Pod,
        why: DeleteWhy,
        pass: &mut Pass,
        now: SimTime,
        out: &mut Out,
    ) {
        self.delete_pod(&key_of(&pod.metadata), None, now, out);
        let name = &pod.metadata.name;
        pass.writes.push(Write::DeletePod(name.clone()));
        self.pod_event(set, "Delete", name, None, now);
        tell(
            out,
            KubeFact::SetDeletedPod {
                set: set.metadata.name.clone(),
                pod: name.as_str().into(),
                why,
            },
        );
        let field = match why {
            DeleteWhy::ScaleDown => "spec.replicas",
            DeleteWhy::Update => "spec.template",
            DeleteWhy::Ended => "spec.template.spec.restartPolicy",
        };
        decided(out, "StatefulSet", &set.metadata.name, field);
    }

    /// Models `recordPodEvent`; `verb` is in title case, as 1.35 and later write it.
    fn pod_event(
        &mut self,
        set: &StatefulSet,
        verb: &str,
        pod: &str,
        error: Option<&str>,
        now: SimTime,
    ) {
        let name = &set.metadata.name;
        let (reason, message) = match error {
            None => (
                format!("Successful{verb}"),
                format!("{verb} Pod {pod} in StatefulSet {name} successful"),
            ),
            Some(error) => (
                format!("Failed{verb}"),
                format!("{verb} Pod {pod} in StatefulSet {name} failed error: {error}"),
            ),
        };
        self.set_event(set, &reason, message, error.is_some(), now);
    }

    fn set_event(
        &mut self,
        set: &StatefulSet,
        reason: &str,
        message: String,
        warns: bool,
        now: SimTime,
    ) {
        let words = if warns { warning(reason, message) } else { normal(reason, message) };
        self.event(&about_set(set), &Source::component(COMPONENT), words, now);
    }

    /// The set that owns a pod, if it is there.
    pub(super) fn set_of(&self, pod: &Pod) -> Option<&Arc<StatefulSet>> {
        let owner = pod.metadata.controller().filter(|owner| owner.kind == "StatefulSet")?;
        self.store.sets.get(&key(&pod.metadata.namespace, &owner.name))
    }
}

/// The revision a pod was made from.
pub(super) fn revision_of(pod: &Pod) -> &str {
    pod.metadata.labels.get("controller-revision-hash").map_or("", String::as_str)
}
