//! Containers. Models `validateContainerCommon` and what it calls.

use serde_json::Value;

use super::error::{At, Errors};
use super::pod::{one_of, security};
use super::tree::{entries, has, items, list, quantity, text, text_or};
use super::{name, probe};
use crate::base::SortedSet;

/// What holds for containers of all kinds.
pub fn common(one: &Value, volumes: &SortedSet<String>, at: &At, errors: &mut Errors) {
    let name = text(one, "name");
    if name.is_empty() {
        errors.required(&at.child("name"), "");
    } else {
        errors.invalid_each(&at.child("name"), name, name::label(name));
    }
    if text(one, "image").is_empty() {
        errors.required(&at.child("image"), "");
    }
    let policies = ["File", "FallbackToLogsOnError"];
    one_of(one, at, "terminationMessagePolicy", "File", &policies, errors);
    ports(one, &at.child("ports"), errors);
    variables(one, &at.child("env"), errors);
    variables_from(one, &at.child("envFrom"), errors);
    mounts(one, volumes, &at.child("volumeMounts"), errors);
    let policies = ["Always", "IfNotPresent", "Never"];
    one_of(one, at, "imagePullPolicy", "Always", &policies, errors);
    resources(&one["resources"], &at.child("resources"), errors);
    security(&one["securityContext"], &at.child("securityContext"), errors);
}

/// What holds for containers that keep running: hooks and probes.
pub fn running(one: &Value, pod: &Value, at: &At, errors: &mut Errors) {
    let grace = pod["terminationGracePeriodSeconds"].as_i64().unwrap_or(30);
    for hook in ["postStart", "preStop"] {
        let of = &one["lifecycle"][hook];
        if !of.is_null() {
            probe::hook(of, grace, &at.child("lifecycle").child(hook), errors);
        }
    }
    probe::probe(one, "livenessProbe", at, errors);
    probe::probe(one, "readinessProbe", at, errors);
    probe::probe(one, "startupProbe", at, errors);
}

fn ports(one: &Value, at: &At, errors: &mut Errors) {
    let mut names = SortedSet::new();
    for (index, port) in items(one, "ports") {
        let at = at.index(index);
        let name = text(port, "name");
        if !name.is_empty() {
            let said = name::port_name(name);
            if !said.is_empty() {
                errors.invalid_each(&at.child("name"), name, said);
            } else if !names.insert(name) {
                errors.duplicate(&at.child("name"), name);
            }
        }
        match port["containerPort"].as_i64().unwrap_or(0) {
            0 => errors.required(&at.child("containerPort"), ""),
            number => port_number(number, &at.child("containerPort"), errors),
        }
        let host = port["hostPort"].as_i64().unwrap_or(0);
        if host != 0 {
            port_number(host, &at.child("hostPort"), errors);
        }
        one_of(port, &at, "protocol", "TCP", &["SCTP", "TCP", "UDP"], errors);
    }
}

/// A port's number.
pub fn port_number(number: i64, at: &At, errors: &mut Errors) {
    if let Some(said) = name::port_number(number) {
        errors.invalid(at, number, said);
    }
}

/// A port's number or name.
pub fn port(port: &Value, at: &At, errors: &mut Errors) {
    match port {
        Value::String(name) => errors.invalid_each(at, name, name::port_name(name)),
        other => port_number(other.as_i64().unwrap_or(0), at, errors),
    }
}

fn variables(one: &Value, at: &At, errors: &mut Errors) {
    for (index, variable) in items(one, "env") {
        let at = at.index(index);
        let name = text(variable, "name");
        if name.is_empty() {
            errors.required(&at.child("name"), "");
        } else {
            errors.invalid_each(&at.child("name"), name, name::variable(name));
        }
        if has(variable, "valueFrom") {
            value_from(variable, &at.child("valueFrom"), errors);
        }
    }
}

/// The fields of a pod that a variable can hold.
const FIELDS: [&str; 9] = [
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
];

/// The resources of a container that a variable can hold.
const RESOURCES: [&str; 6] = [
    "limits.cpu",
    "limits.ephemeral-storage",
    "limits.memory",
    "requests.cpu",
    "requests.ephemeral-storage",
    "requests.memory",
];

fn value_from(variable: &Value, at: &At, errors: &mut Errors) {
    let from = &variable["valueFrom"];
    let mut sources = 0;
    if has(from, "fieldRef") {
        sources += 1;
        field(text(&from["fieldRef"], "fieldPath"), &at.child("fieldRef"), errors);
    }
    if has(from, "resourceFieldRef") {
        sources += 1;
        let at = at.child("resourceFieldRef").child("resource");
        let resource = text(&from["resourceFieldRef"], "resource");
        if resource.is_empty() {
            errors.required(&at, "");
        } else if !RESOURCES.contains(&resource) && !resource.contains(".hugepages-") {
            errors.not_supported(&at, resource, &RESOURCES);
        }
    }
    for source in ["configMapKeyRef", "secretKeyRef"] {
        if has(from, source) {
            sources += 1;
            key_of(&from[source], &at.child(source), errors);
        }
    }
    sources += i32::from(has(from, "fileKeyRef"));
    if sources == 0 {
        let said = "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, \
            `secretKeyRef` or `fileKeyRef`";
        errors.invalid(at, "", said);
    } else if !text(variable, "value").is_empty() {
        errors.invalid(at, "", "may not be specified when `value` is not empty");
    } else if sources > 1 {
        errors.invalid(at, "", "may not have more than one field specified at a time");
    }
}

fn field(path: &str, at: &At, errors: &mut Errors) {
    let at_path = at.child("fieldPath");
    if path.is_empty() {
        return errors.required(&at_path, "");
    }
    if let Some((of, key)) = path.strip_suffix("']").and_then(|path| path.split_once("['")) {
        return match of {
            "metadata.annotations" => {
                errors.invalid_each(at, key, name::qualified(&key.to_ascii_lowercase()));
            }
            "metadata.labels" => errors.invalid_each(at, key, name::qualified(key)),
            _ => errors.invalid(at, of, "does not support subscript"),
        };
    }
    const KNOWN_ELSEWHERE: [&str; 6] = [
        "metadata.annotations",
        "metadata.labels",
        "spec.restartPolicy",
        "spec.schedulerName",
        "spec.hostNetwork",
        "status.phase",
    ];
    if KNOWN_ELSEWHERE.contains(&path) {
        errors.not_supported(&at_path, path, &FIELDS);
    } else if !FIELDS.contains(&path) {
        let said = format!("error converting fieldPath: field label not supported: {path}");
        errors.invalid(&at_path, path, &said);
    }
}

fn key_of(source: &Value, at: &At, errors: &mut Errors) {
    let (name, key) = (text(source, "name"), text(source, "key"));
    errors.invalid_each(&at.child("name"), name, name::subdomain(name));
    if key.is_empty() {
        errors.required(&at.child("key"), "");
    } else {
        errors.invalid_each(&at.child("key"), key, name::config_key(key));
    }
}

fn variables_from(one: &Value, at: &At, errors: &mut Errors) {
    for (index, from) in items(one, "envFrom") {
        let at_one = at.index(index);
        let prefix = text(from, "prefix");
        if !prefix.is_empty() {
            errors.invalid_each(&at_one.child("prefix"), prefix, name::variable(prefix));
        }
        let mut sources = 0;
        for source in ["configMapRef", "secretRef"] {
            if !has(from, source) {
                continue;
            }
            sources += 1;
            let (at, name) = (at_one.child(source).child("name"), text(&from[source], "name"));
            if name.is_empty() {
                errors.required(&at, "");
            } else {
                errors.invalid_each(&at, name, name::subdomain(name));
            }
        }
        // The server names the whole list here, not the item.
        if sources == 0 {
            errors.invalid(at, "", "must specify one of: `configMapRef` or `secretRef`");
        } else if sources > 1 {
            errors.invalid(at, "", "may not have more than one field specified at a time");
        }
    }
}

fn mounts(one: &Value, volumes: &SortedSet<String>, at: &At, errors: &mut Errors) {
    let mut paths = SortedSet::new();
    for (index, mount) in items(one, "volumeMounts") {
        let at_one = at.index(index);
        let (name, path) = (text(mount, "name"), text(mount, "mountPath"));
        if name.is_empty() {
            errors.required(&at_one.child("name"), "");
        }
        if !volumes.contains(name) {
            errors.not_found(&at_one.child("name"), name);
        }
        if path.is_empty() {
            errors.required(&at_one.child("mountPath"), "");
        }
        if !paths.insert(path) {
            errors.invalid(&at_one.child("mountPath"), path, "must be unique");
        }
        // For these the server names the list, not the item.
        let (sub, expression) = (text(mount, "subPath"), text(mount, "subPathExpr"));
        if !sub.is_empty() {
            errors.invalid_each(&at.child("subPath"), sub, name::descending_path(sub));
        }
        if !expression.is_empty() {
            if !sub.is_empty() {
                let said = "subPathExpr and subPath are mutually exclusive";
                errors.invalid(&at_one.child("subPathExpr"), expression, said);
            }
            let said = name::descending_path(expression);
            errors.invalid_each(&at.child("subPathExpr"), expression, said);
        }
        if has(mount, "mountPropagation") {
            let kinds = ["Bidirectional", "HostToContainer", "None"];
            one_of(mount, at, "mountPropagation", "None", &kinds, errors);
        }
    }
}

/// Requests and limits of a container.
pub fn resources(resources: &Value, at: &At, errors: &mut Errors) {
    let limits = &resources["limits"];
    for (name, value) in entries(resources, "limits") {
        amount(name, value, &at.child("limits").key(name), errors);
    }
    for (name, value) in entries(resources, "requests") {
        amount(name, value, &at.child("requests").key(name), errors);
        let fixed = name.contains('/') || name.starts_with("hugepages-");
        if fixed && limits[name].is_null() {
            let said = "Limit must be set for non overcommitable resources";
            errors.required(&at.child("limits"), said);
        }
        let (Some(asked), Some(limit)) = (quantity(value), quantity(&limits[name])) else {
            continue;
        };
        let at = at.child("requests");
        let order = asked.cmp(&limit);
        if fixed && order.is_ne() {
            let said = format!("must be equal to {name} limit of {limit}");
            errors.invalid(&at, asked.to_string(), &said);
        } else if order.is_gt() {
            let said = format!("must be less than or equal to {name} limit of {limit}");
            errors.invalid(&at, asked.to_string(), &said);
        }
    }
    let names = || entries(resources, "limits").chain(entries(resources, "requests"));
    let huge = names().any(|(name, _)| name.starts_with("hugepages-"));
    if huge && !names().any(|(name, _)| ["cpu", "memory"].contains(&name)) {
        errors.forbidden(at, "HugePages require cpu or memory");
    }
}

fn amount(name: &str, value: &Value, at: &At, errors: &mut Errors) {
    errors.invalid_each(at, name, name::qualified(name));
    let standard = ["cpu", "memory", "ephemeral-storage"].contains(&name);
    if !name.contains('/') && !standard && !name.starts_with("hugepages-") {
        errors.invalid(at, name, "must be a standard resource for containers");
    }
    let Some(amount) = quantity(value) else { return };
    if amount.is_negative() {
        errors.invalid(at, amount.to_string(), "must be greater than or equal to 0");
    }
    if name.contains('/') && amount.millis() % 1_000 != 0 {
        errors.invalid(at, amount.to_string(), "must be an integer");
    }
}

/// Whether a container says anything at all about its command.
pub fn command(of: &Value, at: &At, errors: &mut Errors) {
    if list(of, "command").is_empty() {
        errors.required(&at.child("command"), "");
    }
}

/// `httpGet`.
pub fn http(of: &Value, at: &At, errors: &mut Errors) {
    port(&of["port"], &at.child("port"), errors);
    let scheme = text_or(of, "scheme", "HTTP");
    if !["HTTP", "HTTPS"].contains(&scheme) {
        errors.not_supported(&at.child("scheme"), scheme, &["HTTP", "HTTPS"]);
    }
    for (_, header) in items(of, "httpHeaders") {
        let name = text(header, "name");
        let good = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        if name.is_empty() || !name.bytes().all(good) {
            let said = "a valid HTTP header must consist of alphanumeric characters or '-' \
                (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')";
            errors.invalid(&at.child("httpHeaders"), name, said);
        }
    }
}
