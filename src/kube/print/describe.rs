//! `kubectl describe`. Models kubectl/pkg/describe.

use super::duration::since;
use super::kinds::{access_modes, amount, or_none, selector};
use super::pod::{pod, taint_text, template};
use super::tabs::Tabs;
use crate::base::SimTime;
use crate::kube::apply::LAST_APPLIED;
use crate::kube::column::pod_columns;
use crate::kube::store::Store;
use crate::manifest::object::{
    ConfigMap, Event, LabelSelector, Labels, Node, Object, PersistentVolume, PersistentVolumeClaim,
    Pod, Secret, Service, StatefulSet,
};

/// The text for an object.
pub fn describe(store: &Store, object: &Object, now: SimTime) -> String {
    let mut tabs = Tabs::default();
    match object {
        Object::Pod(one) => pod(&mut tabs, one, now),
        Object::StatefulSet(one) => set(&mut tabs, store, one),
        Object::Service(one) => service(&mut tabs, store, one),
        Object::PersistentVolumeClaim(one) => claim(&mut tabs, store, one),
        Object::PersistentVolume(one) => volume(&mut tabs, one),
        Object::Node(one) => node(&mut tabs, store, one),
        Object::ConfigMap(one) => return config(one, store, now),
        Object::Secret(one) => secret(&mut tabs, one),
        other => generic(&mut tabs, other),
    }
    if !matches!(object, Object::Secret(_)) {
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
    let rows: Vec<String> = labels
        .iter()
        .filter(|(name, _)| *name != LAST_APPLIED)
        .map(|(name, value)| format!("{name}{mark}{value}"))
        .collect();
    if rows.is_empty() {
        tabs.pair(level, title, "<none>");
    }
    for (index, row) in rows.iter().enumerate() {
        let head = if index == 0 { format!("{title}:") } else { String::new() };
        tabs.line(level, &format!("{head}\t{row}"));
    }
}

fn selector_text(selector: Option<&LabelSelector>) -> String {
    let Some(selector) = selector else { return "<none>".to_string() };
    let mut rows: Vec<String> =
        selector.match_labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
    for one in &selector.match_expressions {
        rows.push(match one.operator.as_str() {
            "In" => format!("{} in ({})", one.key, one.values.join(",")),
            "NotIn" => format!("{} notin ({})", one.key, one.values.join(",")),
            "Exists" => one.key.clone(),
            _ => format!("!{}", one.key),
        });
    }
    rows.sort();
    or_none(&rows.join(","))
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
        tabs.pair(1, "Capacity", &amount(claim.spec.resources.requests.get("storage")));
        tabs.pair(1, "Access Modes", &format!("[{}]", claim.spec.access_modes.join(" ")));
    }
}

fn service(tabs: &mut Tabs, store: &Store, service: &Service) {
    let (meta, spec) = (&service.metadata, &service.spec);
    tabs.pair(0, "Name", &meta.name);
    tabs.pair(0, "Namespace", &meta.namespace);
    labels(tabs, "Labels", &meta.labels);
    labels(tabs, "Annotations", &meta.annotations);
    tabs.pair(0, "Selector", &selector(&spec.selector));
    tabs.pair(0, "Type", &spec.kind);
    if let Some(policy) = &spec.ip_family_policy {
        tabs.pair(0, "IP Family Policy", policy);
    }
    tabs.pair(0, "IP Families", &or_none(&spec.ip_families.join(",")));
    tabs.pair(0, "IP", &spec.cluster_ip);
    tabs.pair(0, "IPs", &or_none(&spec.cluster_ips.join(",")));
    for port in &spec.ports {
        let name = if port.name.is_empty() { "<unset>" } else { &port.name };
        tabs.pair(0, "Port", &format!("{name}\t{}/{}", port.port, port.protocol));
        let target = port.target_port.as_ref().map(ToString::to_string).unwrap_or_default();
        tabs.pair(0, "TargetPort", &format!("{target}/{}", port.protocol));
        if port.node_port != 0 {
            tabs.pair(0, "NodePort", &format!("{name}\t{}/{}", port.node_port, port.protocol));
        }
        let slices = store.slices.values().filter(|slice| {
            slice.metadata.namespace == meta.namespace
                && slice.metadata.labels.get("kubernetes.io/service-name") == Some(&meta.name)
        });
        let mut all = Vec::new();
        for slice in slices {
            let number = slice.ports.iter().find(|one| one.name == port.name).map(|one| one.port);
            for endpoint in &slice.endpoints {
                if endpoint.conditions.ready != Some(false) {
                    let number = number.unwrap_or(port.port);
                    all.extend(endpoint.addresses.iter().map(|ip| format!("{ip}:{number}")));
                }
            }
        }
        tabs.pair(0, "Endpoints", &super::kinds::first_few(&all, 3));
    }
    tabs.pair(0, "Session Affinity", &spec.session_affinity);
    if !spec.external_traffic_policy.is_empty() {
        tabs.pair(0, "External Traffic Policy", &spec.external_traffic_policy);
    }
    if let Some(policy) = &spec.internal_traffic_policy {
        tabs.pair(0, "Internal Traffic Policy", policy);
    }
}

fn claim(tabs: &mut Tabs, store: &Store, claim: &PersistentVolumeClaim) {
    let (meta, spec) = (&claim.metadata, &claim.spec);
    tabs.pair(0, "Name", &meta.name);
    tabs.pair(0, "Namespace", &meta.namespace);
    tabs.pair(0, "StorageClass", crate::kube::volume::class_name(claim).unwrap_or_default());
    match meta.deletion_timestamp {
        Some(_) => tabs.pair(0, "Status", "Terminating (lasts 0s)"),
        None => tabs.pair(0, "Status", &claim.status.phase),
    }
    tabs.pair(0, "Volume", &spec.volume_name);
    labels(tabs, "Labels", &meta.labels);
    labels(tabs, "Annotations", &meta.annotations);
    tabs.pair(0, "Finalizers", &format!("[{}]", meta.finalizers.join(" ")));
    let bound = !spec.volume_name.is_empty();
    let capacity = claim.status.capacity.get("storage").filter(|_| bound);
    tabs.pair(0, "Capacity", &amount(capacity));
    let modes = if bound { access_modes(&claim.status.access_modes) } else { String::new() };
    tabs.pair(0, "Access Modes", &modes);
    tabs.pair(0, "VolumeMode", spec.volume_mode.as_deref().unwrap_or("Filesystem"));
    let users: Vec<&str> = store
        .pods
        .values()
        .filter(|pod| pod.metadata.namespace == meta.namespace)
        .filter(|pod| {
            pod.spec.volumes.iter().any(|volume| {
                let source = volume.persistent_volume_claim.as_ref();
                source.is_some_and(|one| one.claim_name == meta.name)
            })
        })
        .map(|pod| pod.metadata.name.as_str())
        .collect();
    tabs.pair(0, "Used By", &or_none(&users.join("\n\t")));
}

fn volume(tabs: &mut Tabs, volume: &PersistentVolume) {
    let (meta, spec) = (&volume.metadata, &volume.spec);
    tabs.pair(0, "Name", &meta.name);
    labels(tabs, "Labels", &meta.labels);
    labels(tabs, "Annotations", &meta.annotations);
    tabs.pair(0, "Finalizers", &format!("[{}]", meta.finalizers.join(" ")));
    tabs.pair(0, "StorageClass", &spec.storage_class_name);
    tabs.pair(0, "Status", &volume.status.phase);
    let claim = spec.claim_ref.as_ref();
    let claim = claim.map(|one| format!("{}/{}", one.namespace, one.name)).unwrap_or_default();
    tabs.pair(0, "Claim", &claim);
    tabs.pair(0, "Reclaim Policy", &spec.persistent_volume_reclaim_policy);
    tabs.pair(0, "Access Modes", &access_modes(&spec.access_modes));
    tabs.pair(0, "VolumeMode", spec.volume_mode.as_deref().unwrap_or("Filesystem"));
    tabs.pair(0, "Capacity", &amount(spec.capacity.get("storage")));
    tabs.pair(0, "Node Affinity", "<none>");
    tabs.pair(0, "Message", &volume.status.message);
    tabs.line(0, "Source:");
    if let Some(csi) = &spec.csi {
        let text = "CSI (a Container Storage Interface (CSI) volume source)";
        tabs.pair(1, "Type", text);
        tabs.pair(1, "Driver", &csi.driver);
        tabs.pair(1, "FSType", &csi.fs_type);
        tabs.pair(1, "VolumeHandle", &csi.volume_handle);
        tabs.pair(1, "ReadOnly", &csi.read_only.to_string());
        tabs.pair(1, "VolumeAttributes", "<none>");
    } else if let Some(path) = &spec.host_path {
        tabs.pair(1, "Type", "HostPath (bare host directory volume)");
        tabs.pair(1, "Path", &path.path);
        tabs.pair(1, "HostPathType", path.kind.as_deref().unwrap_or_default());
    } else if let Some(local) = &spec.local {
        tabs.pair(1, "Type", "LocalVolume (a persistent volume backed by local storage on a node)");
        tabs.pair(1, "Path", &local.path);
    }
}

fn node(tabs: &mut Tabs, store: &Store, node: &Node) {
    let meta = &node.metadata;
    tabs.pair(0, "Name", &meta.name);
    tabs.pair(0, "Roles", "<none>");
    labels(tabs, "Labels", &meta.labels);
    labels(tabs, "Annotations", &meta.annotations);
    let created = meta.creation_timestamp.map(|time| time.rfc1123z()).unwrap_or_default();
    tabs.pair(0, "CreationTimestamp", &created);
    let taints: Vec<String> = node.spec.taints.iter().map(taint_text).collect();
    tabs.pair(0, "Taints", &or_none(&taints.join("\n\t")));
    tabs.pair(0, "Unschedulable", &node.spec.unschedulable.to_string());
    tabs.line(0, "Conditions:");
    tabs.line(1, "Type\tStatus\tLastTransitionTime\tReason\tMessage");
    tabs.line(1, "----\t------\t------------------\t------\t-------");
    for one in &node.status.conditions {
        let at = one.last_transition_time.map(|time| time.rfc1123z()).unwrap_or_default();
        tabs.line(
            1,
            &format!("{} \t{} \t{at} \t{} \t{}", one.kind, one.status, one.reason, one.message),
        );
    }
    tabs.line(0, "Addresses:");
    for address in &node.status.addresses {
        tabs.pair(1, &address.kind, &address.address);
    }
    for (title, amounts) in
        [("Capacity", &node.status.capacity), ("Allocatable", &node.status.allocatable)]
    {
        tabs.line(0, &format!("{title}:"));
        for (name, amount) in amounts {
            tabs.pair(1, name, &amount.to_string());
        }
    }
    let pods: Vec<&Pod> = store
        .pods
        .values()
        .map(|pod| &**pod)
        .filter(|pod| pod.spec.node_name == meta.name)
        .collect();
    tabs.line(0, &format!("Non-terminated Pods:\t({} in total)", pods.len()));
    tabs.line(1, "Namespace\tName\tStatus");
    tabs.line(1, "---------\t----\t------");
    for pod in pods {
        let status = pod_columns(pod).status;
        tabs.line(1, &format!("{}\t{}\t{status}", pod.metadata.namespace, pod.metadata.name));
    }
}

/// Its values are printed as they are, outside of all columns.
fn config(config: &ConfigMap, store: &Store, now: SimTime) -> String {
    let mut head = Tabs::default();
    head.pair(0, "Name", &config.metadata.name);
    head.pair(0, "Namespace", &config.metadata.namespace);
    labels(&mut head, "Labels", &config.metadata.labels);
    labels(&mut head, "Annotations", &config.metadata.annotations);
    let mut text = head.aligned();
    text.push_str("\nData\n====\n");
    for (name, value) in &config.data {
        text.push_str(&format!("{name}:\n----\n{value}\n\n"));
    }
    text.push_str("\nBinaryData\n====\n");
    for (name, value) in &config.binary_data {
        let bytes = crate::kube::defaults::unbase64(value).map_or(0, |bytes| bytes.len());
        text.push_str(&format!("{name}: {bytes} bytes\n"));
    }
    text.push('\n');
    let mut tail = Tabs::default();
    events(&mut tail, store, &Object::ConfigMap(Box::new(config.clone())), now);
    text.push_str(&tail.aligned());
    text
}

fn secret(tabs: &mut Tabs, secret: &Secret) {
    tabs.pair(0, "Name", &secret.metadata.name);
    tabs.pair(0, "Namespace", &secret.metadata.namespace);
    labels(tabs, "Labels", &secret.metadata.labels);
    labels(tabs, "Annotations", &secret.metadata.annotations);
    tabs.line(0, "");
    tabs.pair(0, "Type", &secret.secret_type);
    tabs.line(0, "");
    tabs.line(0, "Data");
    tabs.line(0, "====");
    for (name, value) in &secret.data {
        let bytes = crate::kube::defaults::unbase64(value).map_or(0, |bytes| bytes.len());
        tabs.pair(0, name, &format!("{bytes} bytes"));
    }
}

fn generic(tabs: &mut Tabs, object: &Object) {
    let meta = object.metadata();
    tabs.pair(0, "Name", &meta.name);
    if !meta.namespace.is_empty() {
        tabs.pair(0, "Namespace", &meta.namespace);
    }
    labels(tabs, "Labels", &meta.labels);
    labels(tabs, "Annotations", &meta.annotations);
    tabs.pair(0, "API Version", object.api_version());
    tabs.pair(0, "Kind", object.kind());
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
