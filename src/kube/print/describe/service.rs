//! Services and their addresses.

use super::labels;
use crate::kube::print::kinds::{or_none, selector};
use crate::kube::print::tabs::Tabs;
use crate::kube::store::Store;
use crate::manifest::object::{EndpointSlice, Endpoints, Service};

/// Addresses shown of a port.
const ADDRESSES_MAX: usize = 3;

/// Models `describeService`.
pub(super) fn service(tabs: &mut Tabs, store: &Store, service: &Service) {
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
    let ingress = service.status.as_ref().and_then(|one| one.pointer("/loadBalancer/ingress"));
    let ingress: Vec<&str> = ingress
        .and_then(|one| one.as_array())
        .into_iter()
        .flatten()
        .filter_map(|one| one.get("ip").or_else(|| one.get("hostname"))?.as_str())
        .collect();
    let rows = [
        ("External IPs", spec.external_ips.join(",")),
        ("Desired LoadBalancer IP", spec.load_balancer_ip.clone()),
        ("External Name", spec.external_name.clone()),
        ("LoadBalancer Ingress", ingress.join(", ")),
    ];
    for (name, text) in rows.iter().filter(|(_, text)| !text.is_empty()) {
        tabs.pair(0, name, text);
    }
    ports(tabs, store, service);
    tabs.pair(0, "Session Affinity", &spec.session_affinity);
    if !spec.external_traffic_policy.is_empty() {
        tabs.pair(0, "External Traffic Policy", &spec.external_traffic_policy);
    }
    if let Some(policy) = &spec.internal_traffic_policy {
        tabs.pair(0, "Internal Traffic Policy", policy);
    }
    if let Some(distribution) = &spec.traffic_distribution {
        tabs.pair(0, "Traffic Distribution", distribution);
    }
    if spec.health_check_node_port != 0 {
        tabs.pair(0, "HealthCheck NodePort", &spec.health_check_node_port.to_string());
    }
    if !spec.load_balancer_source_ranges.is_empty() {
        let ranges = spec.load_balancer_source_ranges.join(",");
        tabs.pair(0, "LoadBalancer Source Ranges", &ranges);
    }
}

fn ports(tabs: &mut Tabs, store: &Store, service: &Service) {
    let meta = &service.metadata;
    let slices: Vec<&EndpointSlice> = store
        .slices
        .values()
        .map(|slice| &**slice)
        .filter(|slice| slice.metadata.namespace == meta.namespace)
        .filter(|slice| slice.metadata.labels.get("kubernetes.io/service-name") == Some(&meta.name))
        .collect();
    for port in &service.spec.ports {
        let name = if port.name.is_empty() { "<unset>" } else { &port.name };
        tabs.pair(0, "Port", &format!("{name}\t{}/{}", port.port, port.protocol));
        let target = port.target_port.as_ref().map(ToString::to_string).unwrap_or_default();
        tabs.pair(0, "TargetPort", &format!("{target}/{}", port.protocol));
        if port.node_port != 0 {
            tabs.pair(0, "NodePort", &format!("{name}\t{}/{}", port.node_port, port.protocol));
        }
        tabs.pair(0, "Endpoints", &addresses(&slices, &port.name));
    }
}

/// Models `formatEndpointSlices`: an address that is not ready still makes it say `more`.
fn addresses(slices: &[&EndpointSlice], port: &str) -> String {
    if slices.is_empty() {
        return "<none>".to_string();
    }
    let (mut shown, mut count, mut more) = (Vec::new(), 0, false);
    for slice in slices {
        let numbers: Vec<Option<i32>> = match slice.ports.as_slice() {
            [] => vec![None],
            ports => {
                ports.iter().filter(|one| one.name == port).map(|one| Some(one.port)).collect()
            }
        };
        for number in numbers {
            for endpoint in &slice.endpoints {
                more |= shown.len() == ADDRESSES_MAX;
                if endpoint.conditions.ready == Some(false) {
                    continue;
                }
                count += 1;
                let ip = endpoint.addresses.first().map_or("", String::as_str);
                if !more {
                    shown.push(number.map_or(ip.to_string(), |number| format!("{ip}:{number}")));
                }
            }
        }
    }
    let text = shown.join(",");
    if more { format!("{text} + {} more...", count - ADDRESSES_MAX) } else { text }
}

/// Models `describeEndpoints`.
pub(super) fn endpoints(tabs: &mut Tabs, endpoints: &Endpoints) {
    let meta = &endpoints.metadata;
    tabs.pair(0, "Name", &meta.name);
    tabs.pair(0, "Namespace", &meta.namespace);
    labels(tabs, "Labels", &meta.labels);
    labels(tabs, "Annotations", &meta.annotations);
    tabs.line(0, "Subsets:");
    for subset in &endpoints.subsets {
        for (title, list) in
            [("Addresses", &subset.addresses), ("NotReadyAddresses", &subset.not_ready_addresses)]
        {
            let all: Vec<&str> = list.iter().map(|one| one.ip.as_str()).collect();
            tabs.pair(1, title, &or_none(&all.join(",")));
        }
        if !subset.ports.is_empty() {
            tabs.line(1, "Ports:");
            tabs.line(2, "Name\tPort\tProtocol");
            tabs.line(2, "----\t----\t--------");
        }
        for port in &subset.ports {
            let name = if port.name.is_empty() { "<unset>" } else { &port.name };
            tabs.line(2, &format!("{name}\t{}\t{}", port.port, port.protocol));
        }
        tabs.line(0, "");
    }
}

/// Models `describeEndpointSliceV1`.
pub(super) fn slice(tabs: &mut Tabs, slice: &EndpointSlice) {
    let meta = &slice.metadata;
    tabs.pair(0, "Name", &meta.name);
    tabs.pair(0, "Namespace", &meta.namespace);
    labels(tabs, "Labels", &meta.labels);
    labels(tabs, "Annotations", &meta.annotations);
    tabs.pair(0, "AddressType", &slice.address_type);
    if slice.ports.is_empty() {
        tabs.line(0, "Ports: <unset>");
    } else {
        tabs.line(0, "Ports:");
        tabs.line(1, "Name\tPort\tProtocol");
        tabs.line(1, "----\t----\t--------");
    }
    for port in &slice.ports {
        let name = if port.name.is_empty() { "<unset>" } else { &port.name };
        tabs.line(1, &format!("{name}\t{}\t{}", port.port, port.protocol));
    }
    if slice.endpoints.is_empty() {
        tabs.line(0, "Endpoints: <none>");
        return;
    }
    tabs.line(0, "Endpoints:");
    let or_unset = |text: Option<&String>| text.map_or("<unset>".to_string(), Clone::clone);
    for endpoint in &slice.endpoints {
        tabs.line(1, &format!("- Addresses:\t{}", or_none(&endpoint.addresses.join(", "))));
        tabs.line(2, "Conditions:");
        let ready = endpoint.conditions.ready.map(|ready| ready.to_string());
        tabs.pair(3, "Ready", &or_unset(ready.as_ref()));
        tabs.pair(2, "Hostname", &or_unset(endpoint.hostname.as_ref()));
        if let Some(target) = &endpoint.target_ref {
            tabs.pair(2, "TargetRef", &format!("{}/{}", target.kind, target.name));
        }
        tabs.pair(2, "NodeName", &or_unset(endpoint.node_name.as_ref()));
        tabs.pair(2, "Zone", &or_unset(endpoint.zone.as_ref()));
    }
}
