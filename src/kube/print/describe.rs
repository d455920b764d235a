//! `kubectl describe`. Models kubectl/pkg/describe.

mod config;
mod generic;
mod node;
mod service;
mod storage;

use super::duration::since;
use super::kinds::{amount, or_none};
use super::pod::{pod, template};
use super::tabs::Tabs;
use crate::base::SimTime;
use crate::kube::apply::LAST_APPLIED;
use crate::kube::store::Store;
use crate::manifest::object::{
    Event, LabelSelector, Labels, Object, PersistentVolumeClaim, StatefulSet,
};

/// Letters of an annotation that fit on a line. Models `maxAnnotationLen`.
const ANNOTATION_MAX: usize = 140;

/// The text for an object.
pub fn describe(store: &Store, object: &Object, now: SimTime) -> String {
    let mut tabs = Tabs::default();
    match object {
        Object::Pod(one) => pod(&mut tabs, one, now),
        Object::StatefulSet(one) => set(&mut tabs, store, one),
        Object::Service(one) => service::service(&mut tabs, store, one),
        Object::Endpoints(one) => service::endpoints(&mut tabs, one),
        Object::EndpointSlice(one) => service::slice(&mut tabs, one),
        Object::PersistentVolumeClaim(one) => storage::claim(&mut tabs, store, one, now),
        Object::PersistentVolume(one) => storage::volume(&mut tabs, one, now),
        Object::StorageClass(one) => storage::class(&mut tabs, one),
        Object::Node(one) => node::node(&mut tabs, store, one, now),
        Object::ConfigMap(one) => return config::config(one, store, now),
        Object::Secret(one) => config::secret(&mut tabs, one),
        Object::Namespace(one) => config::namespace(&mut tabs, one),
        other => generic::generic(&mut tabs, other),
    }
    if !matches!(object, Object::Secret(_) | Object::Namespace(_)) {
        events(&mut tabs, store, object, now);
    }
    tabs.aligned()
}

/// A map over several lines. Annotations that only tools read are left out.
pub(super) fn labels(tabs: &mut Tabs, title: &str, labels: &Labels) {
    labels_at(tabs, 0, title, labels);
}

pub(super) fn labels_at(tabs: &mut Tabs, level: usize, title: &str, labels: &Labels) {
    let annotations = title == "Annotations";
    let mark = if annotations { ": " } else { "=" };
    let mut rows: Vec<String> = Vec::new();
    for (name, value) in labels.iter().filter(|(name, _)| *name != LAST_APPLIED) {
        let value = value.strip_suffix('\n').unwrap_or(value);
        let long = name.len() + value.len() + 2 > ANNOTATION_MAX || value.contains('\n');
        if annotations && long {
            rows.push(format!("{name}:"));
            rows.extend(value.split('\n').map(|line| format!("  {}", shortened(line))));
        } else {
            rows.push(format!("{name}{mark}{value}"));
        }
    }
    if rows.is_empty() {
        tabs.pair(level, title, "<none>");
    }
    for (index, row) in rows.iter().enumerate() {
        let head = if index == 0 { format!("{title}:") } else { String::new() };
        tabs.line(level, &format!("{head}\t{row}"));
    }
}

fn shortened(line: &str) -> String {
    let most = ANNOTATION_MAX - 2;
    match line.char_indices().nth(most) {
        Some((at, _)) => format!("{}...", &line[..at]),
        None => line.to_string(),
    }
}

fn selector_text(selector: Option<&LabelSelector>) -> String {
    let Some(selector) = selector else { return "<none>".to_string() };
    let mut rows: Vec<(&String, String)> = selector
        .match_labels
        .iter()
        .map(|(name, value)| (name, format!("{name}={value}")))
        .collect();
    for one in &selector.match_expressions {
        let text = match one.operator.as_str() {
            "In" => format!("{} in ({})", one.key, one.values.join(",")),
            "NotIn" => format!("{} notin ({})", one.key, one.values.join(",")),
            "Exists" => one.key.clone(),
            _ => format!("!{}", one.key),
        };
        rows.push((&one.key, text));
    }
    rows.sort_by_key(|(key, _)| *key);
    let texts: Vec<String> = rows.into_iter().map(|(_, text)| text).collect();
    or_none(&texts.join(","))
}

fn set(tabs: &mut Tabs, store: &Store, set: &StatefulSet) {
    let meta = &set.metadata;
    tabs.pair(0, "Name", &meta.name);
    tabs.pair(0, "Namespace", &meta.namespace);
    let created = meta.creation_timestamp.map(|time| time.rfc1123z()).unwrap_or_default();
    tabs.pair(0, "CreationTimestamp", &created);
    tabs.pair(0, "Selector", &selector_text(set.spec.selector.as_ref()));
    labels(tabs, "Labels", &meta.labels);
    labels(tabs, "Annotations", &meta.annotations);
    let replicas = format!("{} desired | {} total", set.replicas(), set.status.replicas);
    tabs.pair(0, "Replicas", &replicas);
    tabs.pair(0, "Update Strategy", &set.spec.update_strategy.kind);
    if let Some(rolling) = &set.spec.update_strategy.rolling_update
        && let Some(partition) = rolling.partition
    {
        tabs.pair(1, "Partition", &partition.to_string());
        if let Some(most) = &rolling.max_unavailable {
            tabs.pair(1, "MaxUnavailable", &most.to_string());
        }
    }
    let phases = |phase: &str| {
        store
            .pods
            .values()
            .filter(|pod| {
                pod.metadata.namespace == meta.namespace
                    && pod.metadata.controller().is_some_and(|owner| owner.uid == meta.uid)
                    && pod.status.phase == phase
            })
            .count()
    };
    let status = format!(
        "{} Running / {} Waiting / {} Succeeded / {} Failed",
        phases("Running"),
        phases("Pending"),
        phases("Succeeded"),
        phases("Failed")
    );
    tabs.pair(0, "Pods Status", &status);
    template(tabs, &set.spec.template);
    claim_templates(tabs, &set.spec.volume_claim_templates);
}

fn claim_templates(tabs: &mut Tabs, templates: &[PersistentVolumeClaim]) {
    if templates.is_empty() {
        tabs.pair(0, "Volume Claims", "<none>");
        return;
    }
    tabs.line(0, "Volume Claims:");
    for claim in templates {
        tabs.pair(1, "Name", &claim.metadata.name);
        let class = crate::kube::volume::class_name(claim).unwrap_or_default();
        tabs.pair(1, "StorageClass", class);
        labels_at(tabs, 1, "Labels", &claim.metadata.labels);
        labels_at(tabs, 1, "Annotations", &claim.metadata.annotations);
        let capacity = amount(claim.spec.resources.requests.get("storage"));
        let capacity = if capacity.is_empty() { "<default>".to_string() } else { capacity };
        tabs.pair(1, "Capacity", &capacity);
        tabs.pair(1, "Access Modes", &format!("[{}]", claim.spec.access_modes.join(" ")));
    }
}

/// Models `DescribeEvents`.
fn events(tabs: &mut Tabs, store: &Store, object: &Object, now: SimTime) {
    let meta = object.metadata();
    let mut found: Vec<&Event> = store
        .events
        .values()
        .map(|event| &**event)
        .filter(|event| {
            event.involved_object.uid == meta.uid && event.involved_object.name == meta.name
        })
        .collect();
    if found.is_empty() {
        tabs.pair(0, "Events", "<none>");
        return;
    }
    found.sort_by_key(|event| event.last_timestamp);
    tabs.line(0, "Events:");
    tabs.line(1, "Type\tReason\tAge\tFrom\tMessage");
    tabs.line(1, "----\t------\t----\t----\t-------");
    for event in found {
        let first = event.first_timestamp.or(event.event_time);
        let age = if event.count > 1 {
            let last = since(event.last_timestamp, now);
            format!("{last} (x{} over {})", event.count, since(first, now))
        } else {
            since(first, now)
        };
        let from = if event.source.component.is_empty() {
            &event.reporting_component
        } else {
            &event.source.component
        };
        let path = &event.involved_object.field_path;
        let prefix = if path.is_empty() { String::new() } else { format!("{path}: ") };
        let message = event.message.trim();
        tabs.line(
            1,
            &format!("{}\t{}\t{age}\t{from}\t{prefix}{message}", event.event_type, event.reason),
        );
    }
}
