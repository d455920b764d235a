//! Kubernetes Events. Models client-go/tools/record/events_cache.go: repeated ones are counted,
//! floods are dropped.

use std::sync::Arc;

use super::cluster::Cluster;
use super::store::key;
use crate::base::{Millis, SimTime, SortedMap};
use crate::manifest::object::{
    Event, EventSource, Node, ObjectMeta, ObjectReference, PersistentVolumeClaim, Pod, StatefulSet,
    Time,
};
use crate::sim::ObjectKey;

/// What the recorders of all components remember.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Recorder {
    /// Which Event repeats of the same words are counted in.
    repeats: SortedMap<Vec<String>, ObjectKey>,
    /// How many more Events a source may write about an object, in thousandths, and when that was
    /// so.
    budgets: SortedMap<(String, String), (u64, SimTime)>,
    /// How many different messages there were of one kind, and since when.
    similar: SortedMap<Vec<String>, (Vec<String>, SimTime)>,
    /// How many there were, for names.
    count: u64,
}

/// Events one source may write about one object at once. Models `maxBurst`.
const BURST: u64 = 25;
/// Until one more may be written. Models `maxQPS` 1/300.
const REFILL: Millis = Millis(300_000);
/// Different messages of one kind before they are thrown together. Models
/// `defaultAggregateMaxEvents`.
const SIMILAR_MAX: usize = 10;
/// Within this time. Models `defaultAggregateIntervalInSeconds`.
const SIMILAR_WITHIN: Millis = Millis(600_000);

/// Who writes an Event.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Source<'a> {
    pub component: &'a str,
    pub host: &'a str,
}

impl<'a> Source<'a> {
    pub fn component(component: &'a str) -> Source<'a> {
        Source { component, host: "" }
    }
}

/// What an Event says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Words<'a> {
    pub warning: bool,
    pub reason: &'a str,
    pub message: String,
}

pub(super) fn normal(reason: &str, message: impl Into<String>) -> Words<'_> {
    Words { warning: false, reason, message: message.into() }
}

pub(super) fn warning(reason: &str, message: impl Into<String>) -> Words<'_> {
    Words { warning: true, reason, message: message.into() }
}

impl Cluster {
    /// Writes an Event, or counts it in one that is there.
    pub(super) fn event(
        &mut self,
        about: &ObjectReference,
        source: &Source<'_>,
        words: Words<'_>,
        now: SimTime,
    ) {
        let scheduler = source.component == "default-scheduler";
        let recorder = Arc::make_mut(&mut self.recorder);
        if !scheduler && !recorder.may_write(source, about, now) {
            return;
        }
        let message = recorder.merged(source, about, &words, now);
        let identity = identity(source, about, &words, &message);
        if let Some(known) = recorder.repeats.get(&identity).cloned()
            && self.repeat(&known, now)
        {
            return;
        }
        let recorder = Arc::make_mut(&mut self.recorder);
        recorder.count += 1;
        let nanos = now.unix_secs() * 1_000_000_000 + now.0 % 1_000 * 1_000_000 + recorder.count;
        let name = format!("{}.{nanos:016x}", about.name);
        let namespace = if about.namespace.is_empty() { "default" } else { &about.namespace };
        let event_key = key(namespace, &name);
        recorder.repeats.insert(identity, event_key.clone());
        let store = self.store_mut();
        let mut metadata =
            ObjectMeta { name, namespace: namespace.to_string(), ..Default::default() };
        store.stamp_new(&mut metadata, now);
        let at = (!scheduler).then_some(Time(now));
        let event = Event {
            api_version: "v1".to_string(),
            kind: "Event".to_string(),
            metadata,
            involved_object: about.clone(),
            reason: words.reason.to_string(),
            message,
            source: EventSource {
                component: if scheduler { String::new() } else { source.component.to_string() },
                host: source.host.to_string(),
            },
            first_timestamp: at,
            last_timestamp: at,
            count: i32::from(!scheduler),
            event_type: if words.warning { "Warning" } else { "Normal" }.to_string(),
            event_time: scheduler.then_some(Time(now)),
            reporting_component: source.component.to_string(),
            reporting_instance: source.host.to_string(),
            action: if scheduler { "Binding" } else { "" }.to_string(),
            ..Default::default()
        };
        store.events.insert(event_key, Arc::new(event));
    }

    fn repeat(&mut self, known: &ObjectKey, now: SimTime) -> bool {
        let store = self.store_mut();
        let Some(event) = store.events.get_mut(known) else { return false };
        let event = Arc::make_mut(event);
        event.count += 1;
        event.last_timestamp = Some(Time(now));
        store.version += 1;
        true
    }
}

fn identity(
    source: &Source<'_>,
    about: &ObjectReference,
    words: &Words<'_>,
    message: &str,
) -> Vec<String> {
    let parts = [
        source.component,
        source.host,
        &about.kind,
        &about.namespace,
        &about.name,
        &about.uid,
        &about.field_path,
        words.reason,
        message,
    ];
    parts.iter().map(|part| (*part).to_string()).collect()
}

impl Recorder {
    /// Takes one from the source's budget for this object.
    fn may_write(&mut self, source: &Source<'_>, about: &ObjectReference, now: SimTime) -> bool {
        let whose = (format!("{}/{}", source.component, source.host), about.uid.clone());
        let (left, at) = self.budgets.get(&whose).copied().unwrap_or((BURST * 1_000, now));
        let refilled = now.since(at).0 * 1_000 / REFILL.0;
        let left = (left + refilled).min(BURST * 1_000);
        let at = if refilled > 0 { now } else { at };
        let allowed = left >= 1_000;
        self.budgets.insert(whose, (if allowed { left - 1_000 } else { left }, at));
        allowed
    }

    /// The message, or what stands for it after too many different ones.
    fn merged(
        &mut self,
        source: &Source<'_>,
        about: &ObjectReference,
        words: &Words<'_>,
        now: SimTime,
    ) -> String {
        let group = identity(source, about, words, "");
        let (seen, since) = self.similar.entry(group).or_insert_with(|| (Vec::new(), now));
        if now.since(*since) > SIMILAR_WITHIN {
            seen.clear();
        }
        *since = now;
        if !seen.contains(&words.message) {
            seen.push(words.message.clone());
        }
        if seen.len() >= SIMILAR_MAX {
            seen.truncate(SIMILAR_MAX);
            return format!("(combined from similar events): {}", words.message);
        }
        words.message.clone()
    }
}

fn reference(kind: &str, api_version: &str, meta: &ObjectMeta) -> ObjectReference {
    ObjectReference {
        kind: kind.to_string(),
        namespace: meta.namespace.clone(),
        name: meta.name.clone(),
        uid: meta.uid.clone(),
        api_version: api_version.to_string(),
        resource_version: meta.resource_version.clone(),
        field_path: String::new(),
    }
}

/// A pod, or with `field_path` a container of it.
pub(super) fn about_pod(pod: &Pod, field_path: &str) -> ObjectReference {
    ObjectReference { field_path: field_path.to_string(), ..reference("Pod", "v1", &pod.metadata) }
}

/// A claim.
pub(super) fn about_claim(claim: &PersistentVolumeClaim) -> ObjectReference {
    reference("PersistentVolumeClaim", "v1", &claim.metadata)
}

/// A set.
pub(super) fn about_set(set: &StatefulSet) -> ObjectReference {
    reference("StatefulSet", "apps/v1", &set.metadata)
}

/// A node.
pub(super) fn about_node(node: &Node) -> ObjectReference {
    reference("Node", "v1", &node.metadata)
}
