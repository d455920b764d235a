//! Tables of `kubectl get`. Models pkg/printers/internalversion/printers.go.

use super::duration::{human_duration, since};
use super::kinds::{access_modes, first_few, or_none, selector, service_ports};
use super::tabs::align;
use crate::base::SimTime;
use crate::kube::column::pod_columns;
use crate::manifest::object::{
    EndpointSlice, Endpoints, Event, Node, Object, PersistentVolume, PersistentVolumeClaim, Pod,
    Service, StatefulSet, StorageClass,
};

/// How a table is shown.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Listing {
    /// `-o wide`.
    pub wide: bool,
    /// `--all-namespaces`: the namespace comes first.
    pub all_namespaces: bool,
    /// `--no-headers`.
    pub no_headers: bool,
    /// `kind/name` instead of the name: several kinds are listed.
    pub with_kind: bool,
    /// `--show-labels`.
    pub show_labels: bool,
    /// `--label-columns`: labels with a column of their own.
    pub label_columns: Vec<String>,
}

/// Names of columns, `+` before those that only `-o wide` shows.
fn columns(plural: &str) -> &'static str {
    match plural {
        "pods" => "NAME|READY|STATUS|RESTARTS|AGE|+IP|+NODE|+NOMINATED NODE|+READINESS GATES",
        "statefulsets" => "NAME|READY|AGE|+CONTAINERS|+IMAGES",
        "services" => "NAME|TYPE|CLUSTER-IP|EXTERNAL-IP|PORT(S)|AGE|+SELECTOR",
        "endpoints" => "NAME|ENDPOINTS|AGE",
        "endpointslices" => "NAME|ADDRESSTYPE|PORTS|ENDPOINTS|AGE",
        "persistentvolumeclaims" => {
            "NAME|STATUS|VOLUME|CAPACITY|ACCESS MODES|STORAGECLASS|VOLUMEATTRIBUTESCLASS|AGE|\
             +VOLUMEMODE"
        }
        "persistentvolumes" => {
            "NAME|CAPACITY|ACCESS MODES|RECLAIM POLICY|STATUS|CLAIM|STORAGECLASS|\
             VOLUMEATTRIBUTESCLASS|REASON|AGE|+VOLUMEMODE"
        }
        "storageclasses" => {
            "NAME|PROVISIONER|RECLAIMPOLICY|VOLUMEBINDINGMODE|ALLOWVOLUMEEXPANSION|AGE"
        }
        "nodes" => {
            "NAME|STATUS|ROLES|AGE|VERSION|+INTERNAL-IP|+EXTERNAL-IP|+OS-IMAGE|+KERNEL-VERSION|\
             +CONTAINER-RUNTIME"
        }
        "namespaces" => "NAME|STATUS|AGE",
        "configmaps" => "NAME|DATA|AGE",
        "secrets" => "NAME|TYPE|DATA|AGE",
        "controllerrevisions" => "NAME|CONTROLLER|REVISION|AGE",
        "events" => {
            "LAST SEEN|TYPE|REASON|OBJECT|+SUBOBJECT|+SOURCE|MESSAGE|+FIRST SEEN|+COUNT|+NAME"
        }
        _ => "NAME|AGE",
    }
}

/// A table of objects of one kind.
pub fn table(plural: &str, objects: &[Object], listing: &Listing, now: SimTime) -> String {
    let mut lines = Vec::new();
    if !listing.no_headers {
        lines.push(headers(plural, listing).join("\t"));
    }
    lines.extend(objects.iter().map(|object| cells(plural, object, listing, now).join("\t")));
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    align(&text, 6, 3)
}

/// The names of a table's columns.
pub fn headers(plural: &str, listing: &Listing) -> Vec<String> {
    let all = columns(plural).split('|').map(|name| name.trim_start_matches('+').to_string());
    let mut names = shown(plural, all.collect(), listing);
    if listing.all_namespaces {
        names.insert(0, "NAMESPACE".to_string());
    }
    let short = |label: &String| label.rsplit('/').next().unwrap_or(label).to_uppercase();
    names.extend(listing.label_columns.iter().map(short));
    if listing.show_labels {
        names.push("LABELS".to_string());
    }
    names
}

/// An object's row of a table.
pub fn cells(plural: &str, object: &Object, listing: &Listing, now: SimTime) -> Vec<String> {
    let mut cells = shown(plural, row(object, now), listing);
    let meta = object.metadata();
    if listing.with_kind
        && let Some(name) = cells.first_mut()
    {
        *name = format!("{}/{name}", kind_prefix(object));
    }
    if listing.all_namespaces {
        cells.insert(0, meta.namespace.clone());
    }
    let value = |label: &String| meta.labels.get(label).cloned().unwrap_or_default();
    cells.extend(listing.label_columns.iter().map(value));
    if listing.show_labels {
        cells.push(selector(&meta.labels));
    }
    cells.iter().map(|cell| one_line(cell)).collect()
}

/// What is shown of all columns.
fn shown(plural: &str, cells: Vec<String>, listing: &Listing) -> Vec<String> {
    let keep = columns(plural).split('|').map(|name| listing.wide || !name.starts_with('+'));
    cells.into_iter().zip(keep).filter(|(_, keep)| *keep).map(|(cell, _)| cell).collect()
}

/// Cells are cut at the first line break.
fn one_line(cell: &str) -> String {
    match cell.split_once(['\n', '\r', '\u{c}']) {
        Some((first, _)) => format!("{first}..."),
        None => cell.replace('\t', " "),
    }
}

/// `pod`, `statefulset.apps`.
fn kind_prefix(object: &Object) -> String {
    let kind = object.kind().to_lowercase();
    match object.api_version().split_once('/') {
        Some((group, _)) => format!("{kind}.{group}"),
        None => kind,
    }
}

/// All cells of an object, wide ones included.
fn row(object: &Object, now: SimTime) -> Vec<String> {
    let meta = object.metadata();
    let (name, age) = (meta.name.clone(), since(meta.creation_timestamp, now));
    match object {
        Object::Pod(pod) => pod_row(pod, now),
        Object::StatefulSet(set) => set_row(set, now),
        Object::Service(service) => service_row(service, now),
        Object::Endpoints(endpoints) => vec![name, addresses(endpoints), age],
        Object::EndpointSlice(slice) => slice_row(slice, now),
        Object::PersistentVolumeClaim(claim) => claim_row(claim, now),
        Object::PersistentVolume(volume) => volume_row(volume, now),
        Object::StorageClass(class) => class_row(class, now),
        Object::Node(node) => node_row(node, now),
        Object::Event(event) => event_row(event, now),
        Object::Namespace(namespace) => vec![name, namespace.status.phase.clone(), age],
        Object::ConfigMap(config) => {
            vec![name, (config.data.len() + config.binary_data.len()).to_string(), age]
        }
        Object::Secret(secret) => {
            vec![name, secret.secret_type.clone(), secret.data.len().to_string(), age]
        }
        Object::ControllerRevision(revision) => {
            let owner = revision.metadata.controller().map(|owner| {
                let group = owner.api_version.split_once('/').map_or("", |(group, _)| group);
                let kind = owner.kind.to_lowercase();
                let kind = if group.is_empty() { kind } else { format!("{kind}.{group}") };
                format!("{kind}/{}", owner.name)
            });
            vec![name, or_none(&owner.unwrap_or_default()), revision.revision.to_string(), age]
        }
        Object::Other(_) => vec![name, age],
    }
}

fn pod_row(pod: &Pod, now: SimTime) -> Vec<String> {
    let columns = pod_columns(pod);
    let restarts = match columns.last_restart {
        Some(at) if columns.restarts > 0 => {
            format!("{} ({} ago)", columns.restarts, human_duration(now.since(at)))
        }
        _ => columns.restarts.to_string(),
    };
    let gates = &pod.spec.readiness_gates;
    let passed = gates.iter().filter(|gate| pod.status.is_true(&gate.condition_type)).count();
    let gates = if gates.is_empty() { String::new() } else { format!("{passed}/{}", gates.len()) };
    vec![
        pod.metadata.name.clone(),
        format!("{}/{}", columns.ready.0, columns.ready.1),
        columns.status,
        restarts,
        since(pod.metadata.creation_timestamp, now),
        or_none(&pod.status.pod_ip),
        or_none(&pod.spec.node_name),
        or_none(&pod.status.nominated_node_name),
        or_none(&gates),
    ]
}

fn set_row(set: &StatefulSet, now: SimTime) -> Vec<String> {
    let containers = &set.spec.template.spec.containers;
    let names: Vec<&str> = containers.iter().map(|one| one.name.as_str()).collect();
    let images: Vec<&str> = containers.iter().map(|one| one.image.as_str()).collect();
    vec![
        set.metadata.name.clone(),
        format!("{}/{}", set.status.ready_replicas, set.replicas()),
        since(set.metadata.creation_timestamp, now),
        names.join(","),
        images.join(","),
    ]
}

/// Models `getServiceExternalIP`.
fn external_ip(service: &Service) -> String {
    let given = &service.spec.external_ips;
    match service.spec.kind.as_str() {
        "LoadBalancer" => {
            let mut all = load_balancers(service);
            all.extend(given.iter().cloned());
            if all.is_empty() { "<pending>".to_string() } else { all.join(",") }
        }
        "ExternalName" => service.spec.external_name.clone(),
        _ => or_none(&given.join(",")),
    }
}

/// The addresses a load balancer answers at, sorted, as short as a column is. Models
/// `loadBalancerStatusStringer`.
fn load_balancers(service: &Service) -> Vec<String> {
    const WIDTH: usize = 16;
    let ingress = service.status.as_ref().and_then(|one| one.pointer("/loadBalancer/ingress"));
    let all = ingress.and_then(|all| all.as_array()).into_iter().flatten();
    let address = |one: &serde_json::Value| {
        let found = one.get("ip").or_else(|| one.get("hostname"));
        found.and_then(|found| found.as_str()).map(str::to_string)
    };
    let sorted: std::collections::BTreeSet<String> = all.filter_map(address).collect();
    let text = sorted.into_iter().collect::<Vec<_>>().join(",");
    let text = if text.len() > WIDTH { format!("{}...", &text[..WIDTH - 3]) } else { text };
    if text.is_empty() { Vec::new() } else { vec![text] }
}

fn service_row(service: &Service, now: SimTime) -> Vec<String> {
    vec![
        service.metadata.name.clone(),
        service.spec.kind.clone(),
        or_none(&service.spec.cluster_ip),
        external_ip(service),
        service_ports(&service.spec.ports),
        since(service.metadata.creation_timestamp, now),
        selector(&service.spec.selector),
    ]
}

/// Models `formatEndpoints`.
pub(super) fn addresses(endpoints: &Endpoints) -> String {
    if endpoints.subsets.is_empty() {
        return "<none>".to_string();
    }
    let mut all = Vec::new();
    for subset in &endpoints.subsets {
        if subset.ports.is_empty() {
            all.extend(subset.addresses.iter().map(|one| one.ip.clone()));
        }
        for port in &subset.ports {
            all.extend(subset.addresses.iter().map(|one| format!("{}:{}", one.ip, port.port)));
        }
    }
    first_few(&all, 3)
}

fn slice_row(slice: &EndpointSlice, now: SimTime) -> Vec<String> {
    let ports: Vec<String> = slice.ports.iter().map(|port| port.port.to_string()).collect();
    let all: Vec<String> =
        slice.endpoints.iter().flat_map(|endpoint| endpoint.addresses.clone()).collect();
    let or_unset = |text: String| if text.is_empty() { "<unset>".to_string() } else { text };
    vec![
        slice.metadata.name.clone(),
        slice.address_type.clone(),
        or_unset(first_few(&ports, 3)),
        or_unset(first_few(&all, 3)),
        since(slice.metadata.creation_timestamp, now),
    ]
}

fn attributes_class(name: Option<&String>) -> String {
    name.filter(|name| !name.is_empty()).cloned().unwrap_or_else(|| "<unset>".to_string())
}

fn claim_row(claim: &PersistentVolumeClaim, now: SimTime) -> Vec<String> {
    let bound = !claim.spec.volume_name.is_empty();
    let phase = if claim.metadata.is_deleting() { "Terminating" } else { &claim.status.phase };
    let capacity = claim.status.capacity.get("storage").copied().unwrap_or_default().to_string();
    vec![
        claim.metadata.name.clone(),
        phase.to_string(),
        claim.spec.volume_name.clone(),
        if bound { capacity } else { String::new() },
        if bound { access_modes(&claim.status.access_modes) } else { String::new() },
        crate::kube::volume::class_name(claim).unwrap_or_default().to_string(),
        attributes_class(claim.spec.volume_attributes_class_name.as_ref()),
        since(claim.metadata.creation_timestamp, now),
        claim.spec.volume_mode.clone().unwrap_or_else(|| "<unset>".to_string()),
    ]
}

fn volume_row(volume: &PersistentVolume, now: SimTime) -> Vec<String> {
    let claim = volume.spec.claim_ref.as_ref();
    let phase = if volume.metadata.is_deleting() { "Terminating" } else { &volume.status.phase };
    vec![
        volume.metadata.name.clone(),
        volume.spec.capacity.get("storage").copied().unwrap_or_default().to_string(),
        access_modes(&volume.spec.access_modes),
        volume.spec.persistent_volume_reclaim_policy.clone(),
        phase.to_string(),
        claim.map(|one| format!("{}/{}", one.namespace, one.name)).unwrap_or_default(),
        volume.spec.storage_class_name.clone(),
        attributes_class(volume.spec.volume_attributes_class_name.as_ref()),
        volume.status.reason.clone(),
        since(volume.metadata.creation_timestamp, now),
        volume.spec.volume_mode.clone().unwrap_or_else(|| "<unset>".to_string()),
    ]
}

fn class_row(class: &StorageClass, now: SimTime) -> Vec<String> {
    let is_default = class
        .metadata
        .annotations
        .get("storageclass.kubernetes.io/is-default-class")
        .is_some_and(|value| value == "true");
    let name = &class.metadata.name;
    vec![
        if is_default { format!("{name} (default)") } else { name.clone() },
        class.provisioner.clone(),
        class.reclaim_policy.clone().unwrap_or_else(|| "Delete".to_string()),
        class.volume_binding_mode.clone().unwrap_or_else(|| "Immediate".to_string()),
        class.allow_volume_expansion.unwrap_or(false).to_string(),
        since(class.metadata.creation_timestamp, now),
    ]
}

fn node_row(node: &Node, now: SimTime) -> Vec<String> {
    let ready = node.status.conditions.iter().find(|one| one.kind == "Ready");
    let mut status = match ready.map(|one| one.status.as_str()) {
        Some("True") => "Ready",
        Some(_) => "NotReady",
        None => "Unknown",
    }
    .to_string();
    if node.spec.unschedulable {
        status.push_str(",SchedulingDisabled");
    }
    let roles: Vec<&str> = node
        .metadata
        .labels
        .keys()
        .filter_map(|label| label.strip_prefix("node-role.kubernetes.io/"))
        .collect();
    let address = |kind: &str| {
        let found = node.status.addresses.iter().find(|one| one.kind == kind);
        or_none(found.map_or("", |one| one.address.as_str()))
    };
    let or_unknown = |text: &str| {
        if text.is_empty() { "<unknown>".to_string() } else { text.to_string() }
    };
    let info = &node.status.node_info;
    vec![
        node.metadata.name.clone(),
        status,
        or_none(&roles.join(",")),
        since(node.metadata.creation_timestamp, now),
        info.kubelet_version.clone(),
        address("InternalIP"),
        address("ExternalIP"),
        or_unknown(&info.os_image),
        or_unknown(&info.kernel_version),
        or_unknown(&info.container_runtime_version),
    ]
}

fn event_row(event: &Event, now: SimTime) -> Vec<String> {
    let first = since(event.first_timestamp.or(event.event_time), now);
    let last = match event.last_timestamp {
        Some(_) => since(event.last_timestamp, now),
        None => first.clone(),
    };
    let about = &event.involved_object;
    let either = |one: &String, other: &String| if one.is_empty() { other } else { one }.clone();
    let component = either(&event.source.component, &event.reporting_component);
    let source = match either(&event.source.host, &event.reporting_instance) {
        instance if instance.is_empty() => component,
        instance => format!("{component}, {instance}"),
    };
    vec![
        last,
        event.event_type.clone(),
        event.reason.clone(),
        format!("{}/{}", about.kind.to_lowercase(), about.name),
        about.field_path.clone(),
        source,
        event.message.trim().to_string(),
        first,
        event.count.max(1).to_string(),
        event.metadata.name.clone(),
    ]
}

/// The table of `kubectl events`. Models kubectl/pkg/cmd/events.
pub fn events_table(events: &[&Event], now: SimTime, no_headers: bool) -> String {
    let mut text = String::new();
    if !no_headers {
        text.push_str("LAST SEEN\tTYPE\tREASON\tOBJECT\tMESSAGE\n");
    }
    for event in events {
        let first = event.first_timestamp.or(event.event_time);
        let last = since(event.last_timestamp.or(event.event_time), now);
        let seen = match event.count {
            n if n > 1 => format!("{last} (x{n} over {})", since(first, now)),
            _ => last,
        };
        let object = &event.involved_object;
        text.push_str(&format!(
            "{seen}\t{}\t{}\t{}/{}\t{}\n",
            event.event_type,
            event.reason,
            object.kind,
            object.name,
            event.message.trim()
        ));
    }
    align(&text, 6, 3)
}
