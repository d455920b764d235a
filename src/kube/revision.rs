//! Revisions of a set's template. Models pkg/controller/history and stateful_set_utils.go.

use serde_json::{Value, json};

use super::cluster::{Cluster, tell};
use super::defaults;
use super::store::NAME_LETTERS;
use super::write::adopts;
use crate::base::SimTime;
use crate::manifest::object::{
    ControllerRevision, Field as _, OwnerReference, PodTemplateSpec, StatefulSet,
};
use crate::sim::Out;
use crate::trace::fact::KubeFact;

/// The two revisions a pass works with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Revisions {
    pub current: String,
    pub update: String,
    pub current_template: PodTemplateSpec,
    pub update_template: PodTemplateSpec,
    pub collisions: i32,
}

/// The patch a revision holds: the whole template, to be put in place of another.
fn data_of(set: &StatefulSet) -> Value {
    let mut template = set.spec.template.write();
    if let Some(template) = template.as_object_mut() {
        template.insert("$patch".to_string(), json!("replace"));
    }
    json!({"spec": {"template": template}})
}

/// JSON as Go writes it: `<`, `>` and `&` escaped.
fn go_json(value: &Value) -> String {
    value
        .to_string()
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
}

/// The hash in a revision's name: FNV-32 over data and collision count, each digit as a safe
/// letter.
fn hash_of(data: &Value, collisions: i32) -> String {
    let mut hash: u32 = 0x811c_9dc5;
    for byte in go_json(data).bytes().chain(collisions.to_string().bytes()) {
        hash = hash.wrapping_mul(0x0100_0193) ^ u32::from(byte);
    }
    safe_encode(&hash.to_string())
}

fn safe_encode(digits: &str) -> String {
    digits
        .bytes()
        .map(|digit| char::from(NAME_LETTERS[usize::from(digit) % NAME_LETTERS.len()]))
        .collect()
}

/// The template a revision holds.
pub(super) fn template_of(revision: &ControllerRevision) -> PodTemplateSpec {
    let data = revision.data.as_ref();
    let written = data.and_then(|data| data.pointer("/spec/template"));
    let mut template = PodTemplateSpec::default();
    match written.map(|written| template.read(written)) {
        Some(Ok(())) => template,
        _ => PodTemplateSpec::default(),
    }
}

impl Cluster {
    /// All revisions of a set, oldest first.
    pub(super) fn revisions_of(&self, set: &StatefulSet) -> Vec<ControllerRevision> {
        let mut revisions: Vec<ControllerRevision> = self
            .store
            .revisions
            .values()
            .filter(|one| one.metadata.namespace == set.metadata.namespace)
            .filter(|one| {
                one.metadata.controller().is_some_and(|owner| owner.uid == set.metadata.uid)
            })
            .map(|one| (**one).clone())
            .collect();
        revisions.sort_by(|a, b| {
            (a.revision, a.metadata.creation_timestamp, &a.metadata.name).cmp(&(
                b.revision,
                b.metadata.creation_timestamp,
                &b.metadata.name,
            ))
        });
        revisions
    }

    /// Takes on revisions that a set of this name has left behind (`--cascade=orphan`). Models
    /// `adoptOrphanRevisions`.
    pub(super) fn adopt_revisions(&mut self, set: &StatefulSet) {
        let is_orphan = |one: &ControllerRevision| {
            one.metadata.namespace == set.metadata.namespace
                && one.metadata.controller().is_none()
                && adopts(set, &one.metadata.labels)
        };
        let orphans: Vec<ControllerRevision> = self
            .store
            .revisions
            .values()
            .filter(|one| is_orphan(one))
            .map(|it| (**it).clone())
            .collect();
        for mut revision in orphans {
            revision.metadata.owner_references.push(set_reference(set));
            self.put_revision(revision);
        }
    }

    /// Finds or makes the revision of a set's template. Models `getStatefulSetRevisions`.
    pub(super) fn set_revisions(
        &mut self,
        set: &StatefulSet,
        now: SimTime,
        out: &mut Out,
    ) -> Revisions {
        let revisions = self.revisions_of(set);
        let data = data_of(set);
        let mut collisions = set.status.collision_count.unwrap_or(0);
        let next = revisions.last().map_or(1, |newest| newest.revision + 1);
        let equal = revisions.iter().rev().find(|one| one.data.as_ref() == Some(&data));
        let update = match equal {
            Some(equal) if Some(equal) == revisions.last() => equal.clone(),
            Some(equal) => {
                let mut again = equal.clone();
                again.revision = next;
                self.put_revision(again.clone());
                tell(
                    out,
                    KubeFact::RevisionReused {
                        set: set.metadata.name.clone(),
                        revision: again.metadata.name.clone(),
                    },
                );
                again
            }
            None => self.new_revision(set, data, next, &mut collisions, now, out),
        };
        let current = revisions
            .iter()
            .find(|one| one.metadata.name == set.status.current_revision)
            .unwrap_or(&update);
        Revisions {
            current: current.metadata.name.clone(),
            update: update.metadata.name.clone(),
            current_template: template_of(current),
            update_template: template_of(&update),
            collisions,
        }
    }

    fn new_revision(
        &mut self,
        set: &StatefulSet,
        data: Value,
        number: i64,
        collisions: &mut i32,
        now: SimTime,
        out: &mut Out,
    ) -> ControllerRevision {
        let namespace = &set.metadata.namespace;
        let (name, hash) = loop {
            let hash = hash_of(&data, *collisions);
            let name = format!("{}-{hash}", set.metadata.name);
            if !self.store.revisions.contains_key(&super::key(namespace, &name)) {
                break (name, hash);
            }
            *collisions += 1;
        };
        let mut metadata = defaults::meta(namespace, &name);
        metadata.labels = set.spec.template.metadata.labels.clone();
        metadata.labels.insert("controller.kubernetes.io/hash".to_string(), hash);
        metadata.owner_references = vec![set_reference(set)];
        let store = self.store_mut();
        store.stamp_new(&mut metadata, now);
        let revision = ControllerRevision {
            api_version: "apps/v1".to_string(),
            kind: "ControllerRevision".to_string(),
            metadata,
            data: Some(data),
            revision: number,
        };
        self.put_revision(revision.clone());
        tell(
            out,
            KubeFact::RevisionMade {
                set: set.metadata.name.clone(),
                revision: name,
                number: number.unsigned_abs(),
            },
        );
        revision
    }

    /// Deletes the oldest revisions that nothing uses, down to the limit. Models `truncateHistory`.
    pub(super) fn truncate_history(
        &mut self,
        set: &StatefulSet,
        revisions: &Revisions,
        live: &[String],
    ) {
        let limit = set.spec.revision_history_limit.unwrap_or(10);
        let Ok(limit) = usize::try_from(limit) else { return };
        let unused: Vec<ControllerRevision> = self
            .revisions_of(set)
            .into_iter()
            .filter(|one| {
                let name = &one.metadata.name;
                *name != revisions.current && *name != revisions.update && !live.contains(name)
            })
            .collect();
        for revision in unused.iter().take(unused.len().saturating_sub(limit)) {
            self.store_mut().revisions.remove(&super::key_of(&revision.metadata));
        }
    }
}

/// What a set's pods and revisions say of their owner.
pub(super) fn set_reference(set: &StatefulSet) -> OwnerReference {
    OwnerReference {
        api_version: "apps/v1".to_string(),
        kind: "StatefulSet".to_string(),
        name: set.metadata.name.clone(),
        uid: set.metadata.uid.clone(),
        controller: Some(true),
        block_owner_deletion: Some(true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_encoded_as_names_are() {
        // Facts A5: 465150491 is written 8b95948f5 … as `mysql-8b95948f5`.
        assert_eq!(safe_encode("465150491"), "8b95948f5");
    }
}
