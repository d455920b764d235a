//! Services. Models `ValidateService` and `ValidateServiceUpdate`.

use serde_json::{Value, json};

use super::container::{port, port_number};
use super::error::{At, Errors};
use super::tree::{has, items, list, number, text, text_or};
use super::{meta, name};
use crate::base::SortedSet;

const TYPES: [&str; 4] = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];
const IMMUTABLE_ADDRESS: &str = "may not change once set";

/// The ports nodes give to Services, where the cluster's operator chose no others.
const NODE_PORTS: std::ops::RangeInclusive<i64> = 30_000..=32_767;

/// A new Service.
pub fn create(object: &Value, errors: &mut Errors) {
    meta::object(object, true, name::label, errors);
    spec(&object["spec"], &super::spec(), errors);
    if errors.len() == 0 {
        allocation(&object["spec"], &super::spec(), errors);
    }
}

/// A changed Service.
pub fn update(new: &Value, old: &Value, errors: &mut Errors) {
    let (new, old) = (&new["spec"], &old["spec"]);
    let external = |spec| text(spec, "type") == "ExternalName";
    let (now, before) = (addresses(new), addresses(old));
    let fixed = !external(new) && !external(old) && !now.is_empty() && !before.is_empty();
    for index in 0..now.len().min(before.len()) {
        if fixed && now[index] != before[index] {
            let at = super::spec().child("clusterIPs").index(index);
            errors.invalid(&at, json!(now), IMMUTABLE_ADDRESS);
        }
    }
    spec(new, &super::spec(), errors);
}

/// `clusterIPs`, which the server fills from `clusterIP`.
fn addresses(spec: &Value) -> Vec<String> {
    let single = text(spec, "clusterIP");
    let mut all: Vec<String> =
        items(spec, "clusterIPs").filter_map(|(_, ip)| ip.as_str().map(str::to_owned)).collect();
    if all.is_empty() && !single.is_empty() {
        all.push(single.to_owned());
    }
    all
}

fn spec(spec: &Value, at: &At, errors: &mut Errors) {
    let kind = text_or(spec, "type", "ClusterIP");
    let addresses = addresses(spec);
    let headless = addresses.first().is_some_and(|ip| ip == "None");
    if list(spec, "ports").is_empty() && !headless && kind != "ExternalName" {
        errors.required(&at.child("ports"), "");
    }
    by_type(spec, kind, headless, &addresses, at, errors);
    ports(spec, &at.child("ports"), errors);
    meta::labels(&spec["selector"], &at.child("selector"), errors);
    affinity(spec, at, errors);
    cluster_addresses(spec, &addresses, kind, at, errors);
    for (index, ip) in items(spec, "externalIPs") {
        let ip = ip.as_str().unwrap_or_default();
        errors.invalid_each(&at.child("externalIPs").index(index), ip, name::address(ip));
    }
    if !TYPES.contains(&kind) {
        errors.not_supported(&at.child("type"), kind, &TYPES);
    }
    if kind == "ClusterIP" {
        for (index, port) in items(spec, "ports") {
            if number(port, "nodePort", 0) != 0 {
                let at = at.child("ports").index(index).child("nodePort");
                errors.forbidden(&at, "may not be used when `type` is 'ClusterIP'");
            }
        }
    }
    duplicates(spec, &at.child("ports"), errors);
    policies(spec, kind, at, errors);
}

fn by_type(
    spec: &Value,
    kind: &str,
    headless: bool,
    addresses: &[String],
    at: &At,
    errors: &mut Errors,
) {
    match kind {
        "LoadBalancer" | "NodePort" => {
            for (index, port) in items(spec, "ports") {
                if kind == "LoadBalancer" && number(port, "port", 0) == 10_250 {
                    let said = "may not expose port 10250 externally since it is used by kubelet";
                    errors.invalid(&at.child("ports").index(index), 10_250, said);
                }
            }
            if headless {
                let said = format!("may not be set to 'None' for {kind} services");
                errors.invalid(&at.child("clusterIPs").index(0), "None", &said);
            }
        }
        "ExternalName" => {
            for (field, set) in [
                ("clusterIPs", !addresses.is_empty()),
                ("ipFamilies", !list(spec, "ipFamilies").is_empty()),
                ("ipFamilyPolicy", has(spec, "ipFamilyPolicy")),
            ] {
                if set {
                    let said = "may not be set for ExternalName services";
                    errors.forbidden(&at.child(field), said);
                }
            }
            let name = text(spec, "externalName");
            let name = name.strip_suffix('.').unwrap_or(name);
            if name.is_empty() {
                errors.required(&at.child("externalName"), "");
            } else {
                errors.invalid_each(&at.child("externalName"), name, name::subdomain(name));
            }
        }
        _ => {}
    }
}

fn ports(spec: &Value, at: &At, errors: &mut Errors) {
    let several = list(spec, "ports").len() > 1;
    let mut names = SortedSet::new();
    for (index, one) in items(spec, "ports") {
        let at = at.index(index);
        let name = text(one, "name");
        if name.is_empty() {
            if several {
                errors.required(&at.child("name"), "");
            }
        } else {
            errors.invalid_each(&at.child("name"), name, name::label(name));
            if !names.insert(name) {
                errors.duplicate(&at.child("name"), name);
            }
        }
        port_number(number(one, "port", 0), &at.child("port"), errors);
        let protocol = text_or(one, "protocol", "TCP");
        if !["SCTP", "TCP", "UDP"].contains(&protocol) {
            errors.not_supported(&at.child("protocol"), protocol, &["SCTP", "TCP", "UDP"]);
        }
        // Where it is absent or 0 the server takes `port`.
        let target = match &one["targetPort"] {
            Value::Null => &one["port"],
            target if target.as_i64() == Some(0) || target.as_str() == Some("") => &one["port"],
            target => target,
        };
        port(target, &at.child("targetPort"), errors);
        let protocol = text(one, "appProtocol");
        if !protocol.is_empty() {
            errors.invalid_each(&at.child("appProtocol"), protocol, name::qualified(protocol));
        }
    }
}

fn affinity(spec: &Value, at: &At, errors: &mut Errors) {
    let kind = text_or(spec, "sessionAffinity", "None");
    if !["ClientIP", "None"].contains(&kind) {
        errors.not_supported(&at.child("sessionAffinity"), kind, &["ClientIP", "None"]);
    }
    let at = at.child("sessionAffinityConfig");
    if kind == "None" && has(spec, "sessionAffinityConfig") {
        errors.forbidden(&at, "must not be set when session affinity is None");
    }
    let timeout = &spec["sessionAffinityConfig"]["clientIP"]["timeoutSeconds"];
    let seconds = timeout.as_i64().unwrap_or(1);
    if kind == "ClientIP" && !(1..=86_400).contains(&seconds) {
        let at = at.child("clientIP").child("timeoutSeconds");
        errors.invalid(&at, seconds, "must be greater than 0 and less than 86400");
    }
}

/// Models `ValidateServiceClusterIPsRelatedFields`.
fn cluster_addresses(spec: &Value, addresses: &[String], kind: &str, at: &At, errors: &mut Errors) {
    let single = text(spec, "clusterIP");
    if kind == "ExternalName" {
        return;
    }
    if single.is_empty() && !list(spec, "clusterIPs").is_empty() {
        let at = at.child("clusterIPs");
        errors.invalid(&at, json!(addresses), "must be empty when `clusterIP` is not specified");
    } else if addresses.first().is_some_and(|first| first != single) {
        let said = "first value must match `clusterIP`";
        errors.invalid(&at.child("clusterIPs"), json!(addresses), said);
    }
    for (index, ip) in addresses.iter().enumerate() {
        let at = at.child("clusterIPs").index(index);
        if ip == "None" {
            if index > 0 || addresses.len() > 1 {
                let said = "'None' must be the first and only value";
                errors.invalid(&at, ip.as_str(), said);
            }
        } else {
            errors.invalid_each(&at, ip, name::address(ip));
        }
    }
    for (index, family) in items(spec, "ipFamilies") {
        let family = family.as_str().unwrap_or_default();
        if !["IPv4", "IPv6"].contains(&family) {
            let at = at.child("ipFamilies").index(index);
            errors.not_supported(&at, family, &["IPv4", "IPv6"]);
        }
    }
    const POLICIES: [&str; 3] = ["PreferDualStack", "RequireDualStack", "SingleStack"];
    let policy = text(spec, "ipFamilyPolicy");
    if !policy.is_empty() && !POLICIES.contains(&policy) {
        errors.not_supported(&at.child("ipFamilyPolicy"), policy, &POLICIES);
    }
}

fn duplicates(spec: &Value, at: &At, errors: &mut Errors) {
    let mut seen = SortedSet::new();
    for (index, one) in items(spec, "ports") {
        let node = number(one, "nodePort", 0);
        if node != 0 && !seen.insert((text_or(one, "protocol", "TCP"), node)) {
            errors.duplicate(&at.index(index).child("nodePort"), node);
        }
    }
    let mut seen = SortedSet::new();
    for (index, one) in items(spec, "ports") {
        let (protocol, port) = (text_or(one, "protocol", "TCP"), number(one, "port", 0));
        if !seen.insert((protocol, port)) {
            // The server prints its own struct here, fields in its order.
            let shown = format!(
                "{{\"Name\":\"\",\"Protocol\":{protocol:?},\"AppProtocol\":null,\"Port\":{port},\
                 \"TargetPort\":0,\"NodePort\":0}}"
            );
            errors.duplicate_shown(&at.index(index), shown);
        }
    }
}

fn policies(spec: &Value, kind: &str, at: &At, errors: &mut Errors) {
    if !list(spec, "loadBalancerSourceRanges").is_empty() && kind != "LoadBalancer" {
        let at = at.child("LoadBalancerSourceRanges");
        errors.forbidden(&at, "may only be used when `type` is 'LoadBalancer'");
    }
    for field in ["allocateLoadBalancerNodePorts", "loadBalancerClass"] {
        if has(spec, field) && kind != "LoadBalancer" {
            let said = "may only be used when `type` is 'LoadBalancer'";
            errors.forbidden(&at.child(field), said);
        }
    }
    let reachable = ["LoadBalancer", "NodePort"].contains(&kind)
        || (kind == "ClusterIP" && !list(spec, "externalIPs").is_empty());
    let policy = text(spec, "externalTrafficPolicy");
    let at_policy = at.child("externalTrafficPolicy");
    if !policy.is_empty() && !reachable {
        let said = "may only be set for externally-accessible services";
        errors.invalid(&at_policy, policy, said);
    } else if !policy.is_empty() && !["Cluster", "Local"].contains(&policy) {
        errors.not_supported(&at_policy, policy, &["Cluster", "Local"]);
    }
    let policy = text(spec, "internalTrafficPolicy");
    if !policy.is_empty() && !["Cluster", "Local"].contains(&policy) {
        let at = at.child("internalTrafficPolicy");
        errors.not_supported(&at, policy, &["Cluster", "Local"]);
    }
    let distribution = text(spec, "trafficDistribution");
    let known = ["PreferClose", "PreferSameNode", "PreferSameZone"];
    if !distribution.is_empty() && !known.contains(&distribution) {
        errors.not_supported(&at.child("trafficDistribution"), distribution, &known);
    }
}

/// What the allocators refuse after validation. Models pkg/registry/core/service/storage/alloc.go.
fn allocation(spec: &Value, at: &At, errors: &mut Errors) {
    for (index, one) in items(spec, "ports") {
        let node = number(one, "nodePort", 0);
        if node != 0 && !NODE_PORTS.contains(&node) {
            let at = at.child("ports").index(index).child("nodePort");
            let said = "provided port is not in the valid range. The range of valid ports is \
                30000-32767";
            errors.invalid(&at, node, said);
        }
    }
}
