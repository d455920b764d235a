//! The stage for one line: a set, its pods, its claims.

use std::collections::BTreeMap;
use std::sync::Arc;

use ordinal::base::SimTime;
use ordinal::kube::{Cluster, Options, Store, defaults, key, key_of};
use ordinal::manifest::object::{
    IntOrString, Object, Ordinals, OwnerReference, PersistentVolumeClaim, Pod, PodCondition,
    RetentionPolicy, RollingUpdate, StatefulSet, Time,
};
use ordinal::sim::ObjectKey;

use super::Line;
use crate::kube::driver;

/// The set of all lines.
pub fn set_key() -> ObjectKey {
    key("default", "mysql")
}

/// What somebody may have changed before a line.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Change {
    replicas: Option<i32>,
    image: Option<String>,
    partition: Option<i32>,
    on_delete: Option<bool>,
    min_ready: Option<i32>,
    start: Option<u32>,
    deleting: bool,
    /// A claim somebody has deleted, or has asked to be deleted.
    claim_gone: Option<String>,
    claim_leaving: Option<String>,
    /// Claims whose pod has gone are still there.
    claims_stay: bool,
    /// How many of the ready pods have been ready long enough, from the lowest.
    available: Option<usize>,
}

impl Change {
    /// All changes worth trying, the smallest first.
    pub fn all(stage: &Stage, line: &Line) -> Vec<Change> {
        let plain = Change::default();
        let mut ones = vec![plain.clone()];
        let spec = &stage.set.spec;
        let replicas = (0..=9).filter(|n| Some(*n) != spec.replicas);
        ones.extend(replicas.map(|n| Change { replicas: Some(n), ..plain.clone() }));
        for image in stage.images(line) {
            ones.push(Change { image: Some(image), ..plain.clone() });
        }
        ones.extend((0..=5).map(|n| Change { partition: Some(n), ..plain.clone() }));
        ones.extend([0, 2, 4].map(|n| Change { start: Some(n), ..plain.clone() }));
        ones.push(Change { deleting: true, ..plain.clone() });
        ones.push(Change { on_delete: Some(true), ..plain.clone() });
        ones.push(Change { on_delete: Some(false), ..plain.clone() });
        ones.extend([0, 30].map(|n| Change { min_ready: Some(n), ..plain.clone() }));
        for at in stage.store.claims.keys() {
            ones.push(Change { claim_gone: Some(at.name.clone()), ..plain.clone() });
            ones.push(Change { claim_leaving: Some(at.name.clone()), ..plain.clone() });
        }
        let mut all = ones.clone();
        for (index, a) in ones.iter().enumerate() {
            for b in &ones[index + 1..] {
                if let Some(both) = a.with(b) {
                    all.push(both);
                }
            }
        }
        let staying: Vec<Change> =
            all.iter().map(|one| Change { claims_stay: true, ..one.clone() }).collect();
        all.extend(staying);
        let mut timed = Vec::new();
        for one in &all {
            if one.min_ready.unwrap_or(spec.min_ready_seconds) > 0 {
                timed.extend((0..6).map(|n| Change { available: Some(n), ..one.clone() }));
            }
        }
        all.extend(timed);
        all
    }

    fn with(&self, other: &Change) -> Option<Change> {
        fn one<T: Clone>(a: &Option<T>, b: &Option<T>) -> Option<Option<T>> {
            match (a, b) {
                (Some(_), Some(_)) => None,
                (a, b) => Some(a.clone().or_else(|| b.clone())),
            }
        }
        Some(Change {
            replicas: one(&self.replicas, &other.replicas)?,
            image: one(&self.image, &other.image)?,
            partition: one(&self.partition, &other.partition)?,
            on_delete: one(&self.on_delete, &other.on_delete)?,
            min_ready: one(&self.min_ready, &other.min_ready)?,
            start: one(&self.start, &other.start)?,
            deleting: self.deleting || other.deleting,
            claim_gone: one(&self.claim_gone, &other.claim_gone)?,
            claim_leaving: one(&self.claim_leaving, &other.claim_leaving)?,
            claims_stay: false,
            available: None,
        })
    }
}

/// The state that is carried from line to line.
#[derive(Clone)]
pub struct Stage {
    set: StatefulSet,
    store: Store,
    /// The line's name of each of our revisions.
    names: BTreeMap<String, String>,
    /// The image of each of the line's revisions.
    images: BTreeMap<String, String>,
}

/// When lines are judged: long after everything began.
const NOW: SimTime = SimTime(10_000_000);

impl Stage {
    /// The set of a scenario, whose name says what is special about it.
    pub fn new(scenario: &str) -> Stage {
        let objects = driver::read(&driver::tutorial());
        let found = objects.into_iter().find_map(|object| match object {
            Object::StatefulSet(set) => Some(*set),
            _ => None,
        });
        let mut object = Object::StatefulSet(Box::new(found.expect("the tutorial has a set")));
        defaults::fill(&mut object, "default");
        let Object::StatefulSet(mut set) = object else { panic!("it stays a set") };
        let mut store = Cluster::new(Options::default()).store().clone();
        store.stamp_new(&mut set.metadata, SimTime::START);
        set.metadata.generation = 1;
        let words = scenario.to_lowercase();
        let has = |word: &str| words.contains(word);
        let spec = &mut set.spec;
        if has("parallel") || has("burst") {
            spec.pod_management_policy = "Parallel".to_string();
        }
        if has("ondelete") || has("on-delete") {
            spec.update_strategy.kind = "OnDelete".to_string();
            spec.update_strategy.rolling_update = None;
        }
        if has("minready") || has("min-ready") {
            spec.min_ready_seconds = 30;
        }
        let number_after = |mark: &str| {
            let (_, rest) = words.split_once(mark)?;
            let digits: String = rest
                .chars()
                .skip_while(|one| !one.is_ascii_digit())
                .take_while(char::is_ascii_digit)
                .collect();
            digits.parse::<i32>().ok()
        };
        if let Some(start) = number_after("ordinals-start") {
            spec.ordinals = Some(Ordinals { start });
        }
        let policy = |on: bool| if on { "Delete" } else { "Retain" }.to_string();
        let both = has("retention-both") || has("both-delete") || has("retention-delete");
        spec.persistent_volume_claim_retention_policy = Some(RetentionPolicy {
            when_scaled: policy(has("whenscaled") || both),
            when_deleted: policy(has("whendeleted") || both),
        });
        if let Some(number) = number_after("maxunavailable") {
            let rolling = spec.update_strategy.rolling_update.get_or_insert_default();
            rolling.max_unavailable = Some(IntOrString::Int(number));
        }
        Stage { set: *set, store, names: BTreeMap::new(), images: BTreeMap::new() }
    }

    pub fn now(&self) -> SimTime {
        NOW
    }

    pub fn parallel(&self) -> bool {
        self.set.spec.pod_management_policy == "Parallel"
    }

    /// Learns from a scenario's lines which image each of its revisions has, where a pod is made.
    pub fn look_ahead(&mut self, lines: &[Line]) {
        for action in lines.iter().flat_map(|line| &line.actions) {
            let word = |mark: &str| {
                let (_, rest) = action.split_once(mark)?;
                rest.split([' ', ',']).next().map(str::to_string)
            };
            if let (Some(revision), Some(image)) =
                (word("controller-revision-hash="), word(" image="))
            {
                self.images.insert(revision, image);
            }
        }
    }

    /// Images a line may be about: that of its revision, those in it, and those of other revisions.
    fn images(&self, line: &Line) -> Vec<String> {
        let now = &self.set.spec.template.spec.containers[0].image;
        let updated = line.status.iter().find(|(name, _)| name == "updateRevision");
        let mut images: Vec<String> = updated
            .and_then(|(_, revision)| self.images.get(revision))
            .cloned()
            .into_iter()
            .collect();
        let in_actions = line.actions.iter().filter_map(|action| {
            let (_, rest) = action.split_once(" image=")?;
            rest.split(' ').next().map(str::to_string)
        });
        images.extend(in_actions);
        images.extend(self.images.values().cloned());
        images.extend(["mysql:5.7.44", "mysql:nosuchtag", "mysql:other"].map(str::to_string));
        images.dedup();
        images.retain(|image| image != now);
        images
    }

    /// Makes the change, and puts the pods and claims of the line in place.
    pub fn set_up(&mut self, change: &Change, line: &Line) {
        let spec = &mut self.set.spec;
        let old = spec.clone();
        if let Some(replicas) = change.replicas {
            spec.replicas = Some(replicas);
        }
        if let Some(image) = &change.image {
            spec.template.spec.containers[0].image.clone_from(image);
        }
        if let Some(partition) = change.partition {
            let rolling = spec.update_strategy.rolling_update.get_or_insert_default();
            rolling.partition = Some(partition);
        }
        if let Some(on) = change.on_delete {
            spec.update_strategy.kind = if on { "OnDelete" } else { "RollingUpdate" }.to_string();
            spec.update_strategy.rolling_update =
                (!on).then_some(RollingUpdate { partition: Some(0), max_unavailable: None });
        }
        if let Some(min_ready) = change.min_ready {
            spec.min_ready_seconds = min_ready;
        }
        if let Some(start) = change.start {
            let start = i32::try_from(start).expect("a small number");
            spec.ordinals = (start > 0).then_some(Ordinals { start });
        }
        if *spec != old {
            self.set.metadata.generation += 1;
        }
        if change.deleting {
            self.set.metadata.deletion_timestamp = Some(Time(NOW));
        }
        self.store.sets.insert(set_key(), Arc::new(self.set.clone()));
        self.store.events.clear();
        self.place_pods(change, line);
        self.place_claims(change, line);
    }

    fn place_pods(&mut self, change: &Change, line: &Line) {
        let old = std::mem::take(&mut self.store.pods);
        let mut ready_left = change.available;
        for text in line.before.iter().filter(|text| is_pod(text)) {
            let parts: Vec<&str> = text.split(':').collect();
            let at = key("default", parts[0]);
            let revision = self.in_our_names(parts.get(3).unwrap_or(&""));
            let mut pod = match old.get(&at) {
                Some(pod) => (**pod).clone(),
                None => self.new_pod(parts[0]),
            };
            pod.metadata.labels.insert("controller-revision-hash".to_string(), revision);
            pod.status.phase = parts.get(1).unwrap_or(&"Pending").to_string();
            let ready = parts.get(2) == Some(&"Ready");
            let long = match &mut ready_left {
                Some(0) => false,
                Some(left) if ready => {
                    *left -= 1;
                    true
                }
                _ => true,
            };
            pod.status.conditions = vec![PodCondition {
                kind: "Ready".to_string(),
                status: if ready { "True" } else { "False" }.to_string(),
                last_transition_time: Some(Time(if long { SimTime::START } else { NOW })),
                ..Default::default()
            }];
            let terminating = parts.iter().any(|part| part.eq_ignore_ascii_case("terminating"));
            pod.metadata.deletion_timestamp = terminating.then_some(Time(NOW));
            self.store.pods.insert(at, Arc::new(pod));
        }
    }

    /// A pod as the set would have made it.
    fn new_pod(&mut self, name: &str) -> Pod {
        let ordinal = name.rsplit('-').next().unwrap_or_default().to_string();
        let mut pod = Pod {
            api_version: "v1".to_string(),
            kind: "Pod".to_string(),
            metadata: defaults::meta("default", name),
            spec: self.set.spec.template.spec.clone(),
            ..Default::default()
        };
        self.store.stamp_new(&mut pod.metadata, SimTime::START);
        pod.metadata.labels = self.set.spec.template.metadata.labels.clone();
        let labels = [
            ("statefulset.kubernetes.io/pod-name", name.to_string()),
            ("apps.kubernetes.io/pod-index", ordinal.clone()),
        ];
        pod.metadata.labels.extend(labels.map(|(name, value)| (name.to_string(), value)));
        pod.metadata.owner_references = vec![self.owner("StatefulSet", "apps/v1", "mysql")];
        pod.spec.volumes.insert(
            0,
            serde_json::from_value(serde_json::json!({
                "name": "data", "persistentVolumeClaim": {"claimName": format!("data-{name}")}
            }))
            .expect("a volume"),
        );
        pod
    }

    fn owner(&self, kind: &str, api_version: &str, name: &str) -> OwnerReference {
        let uid = match kind {
            "StatefulSet" => self.set.metadata.uid.clone(),
            _ => self
                .store
                .pods
                .get(&key("default", name))
                .map_or_else(|| "gone".to_string(), |pod| pod.metadata.uid.clone()),
        };
        OwnerReference {
            api_version: api_version.to_string(),
            kind: kind.to_string(),
            name: name.to_string(),
            uid,
            controller: Some(true),
            block_owner_deletion: Some(true),
        }
    }

    /// Claims that the line names are as it says; others go with their owners, and a pod that is
    /// there has its claim.
    fn place_claims(&mut self, change: &Change, line: &Line) {
        let pods: Vec<String> =
            self.store.pods.values().map(|pod| pod.metadata.uid.clone()).collect();
        let set = self.set.metadata.uid.clone();
        if !change.claims_stay {
            self.store.claims.retain(|_, claim| {
                let owners = &claim.metadata.owner_references;
                owners.is_empty()
                    || owners.iter().any(|owner| owner.uid == set || pods.contains(&owner.uid))
            });
        }
        if let Some(name) = &change.claim_gone {
            self.store.claims.remove(&key("default", name));
        }
        if let Some(name) = &change.claim_leaving
            && let Some(claim) = self.store.claims.get_mut(&key("default", name))
        {
            Arc::make_mut(claim).metadata.deletion_timestamp = Some(Time(NOW));
        }
        for text in line.before.iter().filter(|text| !is_pod(text)) {
            let words = text.split(|c: char| " :/".contains(c));
            let Some(name) = words.into_iter().find(|word| word.starts_with("data-")) else {
                continue;
            };
            let at = key("default", name);
            let mut claim = match self.store.claims.get(&at) {
                Some(claim) => (**claim).clone(),
                None => PersistentVolumeClaim {
                    api_version: "v1".to_string(),
                    kind: "PersistentVolumeClaim".to_string(),
                    metadata: defaults::meta("default", name),
                    ..Default::default()
                },
            };
            let lower = text.to_lowercase();
            let leaving = lower.contains("terminating") || lower.contains("deleting");
            claim.metadata.deletion_timestamp = leaving.then_some(Time(NOW));
            self.store.claims.insert(key_of(&claim.metadata), Arc::new(claim));
        }
    }

    pub fn cluster(&self) -> Cluster {
        // A set that names more than one pod is judged with the gate that makes it count.
        let rolling = self.set.spec.update_strategy.rolling_update.as_ref();
        let max_unavailable = rolling.is_some_and(|one| one.max_unavailable.is_some());
        let options = Options { max_unavailable, ..Options::default() };
        Cluster::from_store(options, self.store.clone())
    }

    /// Keeps what a pass has written.
    pub fn keep(&mut self, store: &Store) {
        self.store = store.clone();
        self.set = (*store.sets[&set_key()]).clone();
    }

    /// Learns which of our revisions the line's names mean.
    pub fn learn_names(&mut self, line: &Line, status: &[(String, String)]) {
        let of = |rows: &[(String, String)], name: &str| {
            rows.iter().find(|(one, _)| one == name).map(|(_, value)| value.clone())
        };
        for name in ["updateRevision", "currentRevision"] {
            let (Some(theirs), Some(ours)) = (of(&line.status, name), of(status, name)) else {
                continue;
            };
            if self.names.contains_key(&theirs) || self.names.values().any(|one| *one == ours) {
                continue;
            }
            self.names.insert(theirs.clone(), ours);
            if name == "updateRevision" {
                let image = self.set.spec.template.spec.containers[0].image.clone();
                self.images.insert(theirs, image);
            }
        }
    }

    /// A text of the line with our revisions' names in it.
    pub fn in_our_names(&self, text: &str) -> String {
        let mut text = text.to_string();
        for (theirs, ours) in &self.names {
            text = text.replace(theirs.as_str(), ours);
        }
        text
    }
}

fn is_pod(text: &str) -> bool {
    text.split(':').count() >= 4 && !text.starts_with("data-") && !text.starts_with("pvc")
}
