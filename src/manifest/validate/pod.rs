//! Pods and pod templates. Models `ValidatePodSpec` and `ValidatePodTemplateSpec`.

use serde_json::Value;

use super::error::{At, Errors};
use super::tree::{has, items, list, normal, text, text_or};
use super::{container, meta, name, schedule, volume};
use crate::base::SortedSet;

const UPDATABLE: &str = "pod updates may not change fields other than `spec.containers[*].image`,\
    `spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` \
    (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` \
    (allow it to be set to 1 if it was previously negative)";

/// A new pod.
pub fn create(object: &Value, errors: &mut Errors) {
    meta::object(object, true, name::subdomain, errors);
    let at = super::spec();
    spec(&object["spec"], &at, errors);
    for list in ["containers", "initContainers"] {
        for (index, one) in items(&object["spec"], list) {
            let image = text(one, "image");
            if image.trim() != image {
                let at = at.child(list).index(index).child("image");
                errors.invalid(&at, image, "must not have leading or trailing whitespace");
            }
        }
    }
}

/// A changed pod.
pub fn update(new: &Value, old: &Value, errors: &mut Errors) {
    let kept = |object: &Value| {
        let mut spec = object["spec"].clone();
        for list in ["containers", "initContainers"] {
            let containers = spec.get_mut(list).and_then(Value::as_array_mut);
            for one in containers.into_iter().flatten().filter_map(Value::as_object_mut) {
                one.remove("image");
            }
        }
        if let Some(map) = spec.as_object_mut() {
            for field in ["activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds"] {
                map.remove(field);
            }
        }
        normal(&spec)
    };
    spec(&new["spec"], &super::spec(), errors);
    if kept(new) != kept(old) {
        errors.forbidden(&super::spec(), UPDATABLE);
    }
}

/// A pod template at `at`.
pub fn template(template: &Value, at: &At, errors: &mut Errors) {
    let metadata = &template["metadata"];
    meta::labels(&metadata["labels"], &at.child("labels"), errors);
    meta::annotations(&metadata["annotations"], &at.child("annotations"), errors);
    spec(&template["spec"], &at.child("spec"), errors);
    if !list(&template["spec"], "ephemeralContainers").is_empty() {
        let at = at.child("spec").child("ephemeralContainers");
        errors.forbidden(&at, "ephemeral containers not allowed in pod template");
    }
}

fn spec(spec: &Value, at: &At, errors: &mut Errors) {
    let volumes = volume::volumes(spec, &at.child("volumes"), errors);
    containers(spec, &volumes, &at.child("containers"), errors);
    init_containers(spec, &volumes, &at.child("initContainers"), errors);
    host_network(spec, &at.child("containers"), errors);
    one_of(spec, at, "restartPolicy", "Always", &["Always", "OnFailure", "Never"], errors);
    let dns = ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"];
    one_of(spec, at, "dnsPolicy", "ClusterFirst", &dns, errors);
    meta::labels(&spec["nodeSelector"], &at.child("nodeSelector"), errors);
    security(&spec["securityContext"], &at.child("securityContext"), errors);
    let on = |field: &str| spec[field].as_bool() == Some(true);
    if on("hostPID") && on("shareProcessNamespace") {
        let at = at.child("securityContext").child("shareProcessNamespace");
        errors.invalid(&at, true, "ShareProcessNamespace and HostPID cannot both be enabled");
    }
    schedule::affinity(&spec["affinity"], &at.child("affinity"), errors);
    schedule::spread(spec, &at.child("topologySpreadConstraints"), errors);
    dns_config(spec, &at.child("dnsConfig"), errors);
    for (field, check) in [
        ("serviceAccountName", name::subdomain as fn(&str) -> name::Messages),
        ("nodeName", name::subdomain),
    ] {
        let value = text(spec, field);
        if !value.is_empty() {
            errors.invalid_each(&at.child(field), value, check(value));
        }
    }
    let seconds = spec["activeDeadlineSeconds"].as_i64().unwrap_or(1);
    if !(1..=i64::from(i32::MAX)).contains(&seconds) {
        let at = at.child("activeDeadlineSeconds");
        errors.invalid(&at, seconds, "must be between 1 and 2147483647, inclusive");
    }
    for field in ["hostname", "subdomain"] {
        let value = text(spec, field);
        if !value.is_empty() {
            errors.invalid_each(&at.child(field), value, name::label(value));
        }
    }
    schedule::tolerations(spec, &at.child("tolerations"), errors);
    for (index, alias) in items(spec, "hostAliases") {
        let (at, ip) = (at.child("hostAliases").index(index), text(alias, "ip"));
        errors.invalid_each(&at.child("ip"), ip, name::address(ip));
        for (n, host) in items(alias, "hostnames") {
            let host = host.as_str().unwrap_or_default();
            errors.invalid_each(&at.child("hostnames").index(n), host, name::subdomain(host));
        }
    }
    let class = text(spec, "priorityClassName");
    if !class.is_empty() {
        errors.invalid_each(&at.child("priorityClassName"), class, name::subdomain(class));
    }
}

/// A field that takes one of a few words.
pub fn one_of(
    of: &Value,
    at: &At,
    field: &str,
    default: &str,
    supported: &[&str],
    errors: &mut Errors,
) {
    let value = text_or(of, field, default);
    if !supported.contains(&value) {
        errors.not_supported(&at.child(field), value, supported);
    }
}

fn containers(spec: &Value, volumes: &SortedSet<String>, at: &At, errors: &mut Errors) {
    if list(spec, "containers").is_empty() {
        return errors.required(at, "");
    }
    let mut names = SortedSet::new();
    for (index, one) in items(spec, "containers") {
        let at = at.index(index);
        container::common(one, volumes, &at, errors);
        if !names.insert(text(one, "name")) {
            errors.duplicate(&at.child("name"), text(one, "name"));
        }
        container::running(one, spec, &at, errors);
        if has(one, "restartPolicy") && list(one, "restartPolicyRules").is_empty() {
            one_of(one, &at, "restartPolicy", "Always", &["Always", "Never", "OnFailure"], errors);
        }
    }
    host_ports(list(spec, "containers"), at, errors);
}

fn init_containers(spec: &Value, volumes: &SortedSet<String>, at: &At, errors: &mut Errors) {
    let mut names: SortedSet<&str> =
        items(spec, "containers").map(|(_, one)| text(one, "name")).collect();
    for (index, one) in items(spec, "initContainers") {
        let at = at.index(index);
        container::common(one, volumes, &at, errors);
        let name = text(one, "name");
        if names.contains(name) {
            errors.duplicate(&at.child("name"), name);
        } else if !name.is_empty() {
            names.insert(name);
        }
        if text(one, "restartPolicy") == "Always" {
            container::running(one, spec, &at, errors);
            continue;
        }
        if has(one, "restartPolicy") {
            one_of(one, &at, "restartPolicy", "Always", &["Always", "Never", "OnFailure"], errors);
        }
        for field in ["lifecycle", "livenessProbe", "readinessProbe", "startupProbe"] {
            if has(one, field) {
                let said = "may not be set for init containers without restartPolicy=Always";
                errors.forbidden(&at.child(field), said);
            }
        }
    }
}

fn host_ports(containers: &[Value], at: &At, errors: &mut Errors) {
    let mut seen = SortedSet::new();
    for (index, one) in containers.iter().enumerate() {
        for (n, port) in items(one, "ports") {
            let host = port["hostPort"].as_i64().unwrap_or(0);
            let protocol = text_or(port, "protocol", "TCP");
            let shown = format!("{protocol}/{}/{host}", text(port, "hostIP"));
            if host != 0 && !seen.insert(shown.clone()) {
                let at = at.index(index).child("ports").index(n).child("hostPort");
                errors.duplicate(&at, shown);
            }
        }
    }
}

fn host_network(spec: &Value, at: &At, errors: &mut Errors) {
    if spec["hostNetwork"].as_bool() != Some(true) {
        return;
    }
    for (index, one) in items(spec, "containers") {
        for (n, port) in items(one, "ports") {
            let host = port["hostPort"].as_i64().unwrap_or(0);
            if host != 0 && port["containerPort"].as_i64() != Some(host) {
                let at = at.index(index).child("ports").index(n).child("hostPort");
                errors.invalid(&at, host, "must match `containerPort` when `hostNetwork` is true");
            }
        }
    }
}

/// User and group ids must be possible.
pub fn security(context: &Value, at: &At, errors: &mut Errors) {
    let id = |value: i64| !(0..=i64::from(i32::MAX)).contains(&value);
    for field in ["fsGroup", "runAsUser", "runAsGroup"] {
        if let Some(value) = context[field].as_i64().filter(|value| id(*value)) {
            errors.invalid(&at.child(field), value, "must be between 0 and 2147483647, inclusive");
        }
    }
    for (index, group) in items(context, "supplementalGroups") {
        if let Some(value) = group.as_i64().filter(|value| id(*value)) {
            let at = at.child("supplementalGroups").index(index);
            errors.invalid(&at, value, "must be between 0 and 2147483647, inclusive");
        }
    }
    if has(context, "fsGroupChangePolicy") {
        let policies = ["Always", "OnRootMismatch"];
        one_of(context, at, "fsGroupChangePolicy", "Always", &policies, errors);
    }
}

fn dns_config(spec: &Value, at: &At, errors: &mut Errors) {
    let config = &spec["dnsConfig"];
    let servers = list(config, "nameservers");
    if text(spec, "dnsPolicy") == "None" {
        if config.is_null() {
            return errors.required(at, "must provide `dnsConfig` when `dnsPolicy` is None");
        }
        if servers.is_empty() {
            let said = "must provide at least one DNS nameserver when `dnsPolicy` is None";
            return errors.required(&at.child("nameservers"), said);
        }
    }
    if servers.len() > 3 {
        let said = "must not have more than 3 nameservers";
        errors.invalid(&at.child("nameservers"), config["nameservers"].clone(), said);
    }
    for (index, server) in items(config, "nameservers") {
        let server = server.as_str().unwrap_or_default();
        errors.invalid_each(&at.child("nameservers").index(index), server, name::address(server));
    }
    for (index, search) in items(config, "searches") {
        let search = search.as_str().unwrap_or_default().trim_end_matches('.');
        errors.invalid_each(&at.child("searches").index(index), search, name::subdomain(search));
    }
}
