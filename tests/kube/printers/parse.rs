//! Objects from what was printed of them.

use std::collections::BTreeMap;

use ordinal::base::{Millis, SimTime};
use ordinal::kube::defaults;
use ordinal::manifest::object::{KINDS, Object, ObjectMeta, Time};
use serde_json::{Value, json};

use super::NOW;

/// A row of a table: cells by column.
pub type Row = BTreeMap<String, String>;

/// `pod`, `po`, `pods` → `pods`.
pub fn plural(word: &str) -> Option<&'static str> {
    let word = word.to_lowercase();
    KINDS
        .iter()
        .find(|kind| kind.plural == word || kind.short == word || kind.kind.to_lowercase() == word)
        .map(|kind| kind.plural)
}

/// The rows of a table, cut where its header's columns begin.
pub fn rows(lines: &[String]) -> Vec<Row> {
    let Some(header) = lines.first() else { return Vec::new() };
    let mut starts = Vec::new();
    let mut gap = 2;
    for (at, letter) in header.char_indices() {
        if letter == ' ' {
            gap += 1;
        } else {
            if gap >= 2 {
                starts.push(at);
            }
            gap = 0;
        }
    }
    let cut = |line: &str, index: usize| -> String {
        let from = starts[index];
        let to = starts.get(index + 1).copied().unwrap_or(usize::MAX);
        let cell: String = line.chars().skip(from).take(to.saturating_sub(from)).collect();
        cell.trim_end().to_string()
    };
    let names: Vec<String> = (0..starts.len()).map(|index| cut(header, index)).collect();
    let row = |line: &String| {
        names.iter().enumerate().map(|(at, name)| (name.clone(), cut(line, at))).collect()
    };
    lines[1..].iter().filter(|line| !line.trim().is_empty()).map(row).collect()
}

/// `2m10s` → milliseconds.
pub fn duration(text: &str) -> Option<Millis> {
    let mut secs = 0;
    let mut number = String::new();
    for letter in text.chars() {
        if letter.is_ascii_digit() {
            number.push(letter);
            continue;
        }
        let unit = match letter {
            's' => 1,
            'm' => 60,
            'h' => 3_600,
            'd' => 86_400,
            'y' => 365 * 86_400,
            _ => return None,
        };
        secs += number.parse::<u64>().ok()? * unit;
        number.clear();
    }
    Some(Millis::secs(secs))
}

/// So long before now.
pub fn ago(text: &str) -> Option<Time> {
    let span = duration(text)?;
    Some(Time(SimTime(NOW.0.checked_sub(span.0)?)))
}

fn meta(row: &Row) -> ObjectMeta {
    let name = row.get("NAME").map_or("", |name| name.trim_end_matches(" (default)"));
    let name = name.rsplit('/').next().unwrap_or(name);
    let namespace = row.get("NAMESPACE").map_or("default", String::as_str);
    let mut meta = defaults::meta(namespace, name);
    meta.creation_timestamp = row.get("AGE").and_then(|age| ago(age));
    let labels = row.get("LABELS").map_or("", |cell| none(cell));
    for (name, value) in labels.split(',').filter_map(|pair| pair.split_once('=')) {
        meta.labels.insert(name.to_string(), value.to_string());
    }
    meta
}

/// An object whose row this is.
pub fn object(plural: &str, row: &Row) -> Option<Object> {
    let kind = KINDS.iter().find(|kind| kind.plural == plural)?;
    let body = match plural {
        "pods" => pod_body(row)?,
        "statefulsets" => set_body(row)?,
        "persistentvolumeclaims" => claim_body(row)?,
        "services" => service_body(row)?,
        "endpoints" => endpoints_body(row)?,
        "endpointslices" => slice_body(row)?,
        "nodes" => node_body(row)?,
        "namespaces" => json!({"status": {"phase": row.get("STATUS")?}}),
        "storageclasses" => json!({
            "provisioner": row.get("PROVISIONER")?,
            "reclaimPolicy": row.get("RECLAIMPOLICY")?,
            "volumeBindingMode": row.get("VOLUMEBINDINGMODE")?,
            "allowVolumeExpansion": row.get("ALLOWVOLUMEEXPANSION")? == "true",
        }),
        "controllerrevisions" => {
            let (kind, name) = row.get("CONTROLLER")?.split_once('/')?;
            let (kind, group) = kind.split_once('.').unwrap_or((kind, ""));
            let kind = if kind == "statefulset" { "StatefulSet" } else { kind };
            json!({"revision": row.get("REVISION")?.parse::<i64>().ok()?,
                   "metadata": {"ownerReferences": [{"apiVersion": format!("{group}/v1"),
                        "kind": kind, "name": name, "uid": "u", "controller": true}]}})
        }
        "persistentvolumes" => volume_body(row)?,
        "events" => event_body(row)?,
        "configmaps" => {
            let count: usize = row.get("DATA")?.parse().ok()?;
            let data: BTreeMap<String, String> =
                (0..count).map(|n| (format!("key{n}"), String::new())).collect();
            json!({"data": data})
        }
        "secrets" => {
            let count: usize = row.get("DATA")?.parse().ok()?;
            let data: BTreeMap<String, String> =
                (0..count).map(|n| (format!("key{n}"), String::new())).collect();
            json!({"data": data, "type": row.get("TYPE")?})
        }
        _ => return None,
    };
    let mut value = body;
    value["apiVersion"] = json!(kind.api_version);
    value["kind"] = json!(kind.kind);
    let mut object = Object::from_value(&value).ok()?;
    let mut given = meta(row);
    given.owner_references.clone_from(&object.metadata().owner_references);
    given.labels.extend(object.metadata().labels.clone());
    if plural == "storageclasses" && row.get("NAME")?.ends_with(" (default)") {
        let name = "storageclass.kubernetes.io/is-default-class";
        given.annotations.insert(name.to_string(), "true".to_string());
    }
    if plural == "events" {
        given.creation_timestamp = None;
    }
    if row.get("STATUS").is_some_and(|status| status == "Terminating") {
        given.deletion_timestamp = Some(Time(NOW));
    }
    *object.metadata_mut() = given;
    Some(object)
}

fn set_body(row: &Row) -> Option<Value> {
    let (ready, all) = row.get("READY")?.split_once('/')?;
    let ready: i32 = ready.parse().ok()?;
    let all: i32 = all.parse().ok()?;
    let list = |column: &str| -> Vec<String> {
        let cell = row.get(column).cloned().unwrap_or_default();
        cell.split(',').map(str::to_string).collect()
    };
    let containers: Vec<Value> = list("CONTAINERS")
        .into_iter()
        .zip(list("IMAGES"))
        .map(|(name, image)| json!({"name": name, "image": image}))
        .collect();
    Some(json!({"spec": {"replicas": all, "template": {"spec": {"containers": containers}}},
           "status": {"readyReplicas": ready}}))
}

fn attributes_class(row: &Row) -> Option<&str> {
    row.get("VOLUMEATTRIBUTESCLASS").map(|cell| unset(cell))
}

fn unset(cell: &str) -> &str {
    if cell == "<unset>" { "" } else { cell }
}

fn none(cell: &str) -> &str {
    if cell == "<none>" { "" } else { cell }
}

/// A pod of which only the table is known: one with as many containers as READY says.
fn pod_body(row: &Row) -> Option<Value> {
    let (ready, all) = row.get("READY")?.split_once('/')?;
    let (ready, all): (usize, usize) = (ready.parse().ok()?, all.parse().ok()?);
    let status = row.get("STATUS")?;
    let names: Vec<String> = (0..all).map(|n| format!("c{n}")).collect();
    let containers: Vec<Value> =
        names.iter().map(|name| json!({"name": name, "image": "i"})).collect();
    let running = status == "Running" || status == "Terminating";
    let statuses: Vec<Value> = names
        .iter()
        .enumerate()
        .map(|(n, name)| {
            json!({"name": name, "ready": n < ready,
                   "state": {"running": {"startedAt": "2026-01-05T08:00:00Z"}}})
        })
        .collect();
    let phase = if status == "Terminating" { "Running" } else { status };
    Some(json!({
        "spec": {"containers": containers,
                 "nodeName": none(row.get("NODE").map_or("", String::as_str))},
        "status": {"phase": phase,
                   "podIP": none(row.get("IP").map_or("", String::as_str)),
                   "conditions": [{"type": "Ready", "status": "True"}],
                   "containerStatuses": if running { statuses } else { Vec::new() }},
    }))
}

fn modes(cell: &str) -> Vec<&'static str> {
    let long = |short: &str| match short {
        "RWO" => "ReadWriteOnce",
        "ROX" => "ReadOnlyMany",
        "RWX" => "ReadWriteMany",
        _ => "ReadWriteOncePod",
    };
    cell.split(',').filter(|one| !one.is_empty()).map(long).collect()
}

fn claim_body(row: &Row) -> Option<Value> {
    let modes = modes(row.get("ACCESS MODES")?);
    let phase = row.get("STATUS").map(|one| if one == "Terminating" { "Bound" } else { one })?;
    let mut status = json!({"phase": phase, "accessModes": modes});
    let capacity = row.get("CAPACITY")?;
    if !capacity.is_empty() {
        status["capacity"] = json!({"storage": capacity});
    }
    Some(json!({
        "spec": {"volumeName": row.get("VOLUME")?, "accessModes": modes,
                 "storageClassName": row.get("STORAGECLASS")?,
                 "volumeAttributesClassName": attributes_class(row),
                 "volumeMode": row.get("VOLUMEMODE").map_or("Filesystem", String::as_str)},
        "status": status,
    }))
}

fn volume_body(row: &Row) -> Option<Value> {
    let mut spec = json!({
        "capacity": {"storage": row.get("CAPACITY")?},
        "accessModes": modes(row.get("ACCESS MODES")?),
        "persistentVolumeReclaimPolicy": row.get("RECLAIM POLICY")?,
        "storageClassName": row.get("STORAGECLASS")?,
        "volumeAttributesClassName": attributes_class(row),
        "volumeMode": row.get("VOLUMEMODE").map_or("Filesystem", String::as_str),
    });
    if let Some((namespace, name)) = row.get("CLAIM")?.split_once('/') {
        spec["claimRef"] = json!({"namespace": namespace, "name": name});
    }
    Some(json!({"spec": spec,
                "status": {"phase": row.get("STATUS")?, "reason": row.get("REASON")?}}))
}

fn service_body(row: &Row) -> Option<Value> {
    let ports: Vec<Value> = none(row.get("PORT(S)")?)
        .split(',')
        .filter_map(|port| {
            let (numbers, protocol) = port.split_once('/')?;
            let (port, node) = numbers.split_once(':').unwrap_or((numbers, "0"));
            Some(json!({"port": port.parse::<i32>().ok()?, "protocol": protocol,
                        "nodePort": node.parse::<i32>().ok()?}))
        })
        .collect();
    let selector: BTreeMap<&str, &str> = row
        .get("SELECTOR")
        .map_or("", |cell| none(cell))
        .split(',')
        .filter_map(|pair| pair.split_once('='))
        .collect();
    let external = none(row.get("EXTERNAL-IP")?);
    let kind = row.get("TYPE")?;
    let mut body = json!({"spec": {
        "type": kind, "clusterIP": none(row.get("CLUSTER-IP")?),
        "ports": ports, "selector": selector,
    }});
    if kind == "ExternalName" {
        body["spec"]["externalName"] = json!(external);
    } else if kind == "LoadBalancer" && external != "<pending>" {
        body["status"] = json!({"loadBalancer": {"ingress": [{"ip": external}]}});
    } else if kind != "LoadBalancer" && !external.is_empty() {
        body["spec"]["externalIPs"] = json!([external]);
    }
    Some(body)
}

/// `a, b, c + 2 more...` → five things.
fn few(cell: &str) -> Vec<String> {
    let (shown, more) = match cell.split_once(" + ") {
        Some((shown, more)) => {
            (shown, more.split(' ').next().and_then(|n| n.parse().ok()).unwrap_or(0))
        }
        None => (cell, 0),
    };
    let mut all: Vec<String> =
        shown.split(',').filter(|one| !one.is_empty()).map(str::to_string).collect();
    let last = all.last().cloned().unwrap_or_default();
    all.extend(std::iter::repeat_n(last, more));
    all
}

fn endpoints_body(row: &Row) -> Option<Value> {
    let all = few(none(row.get("ENDPOINTS")?));
    let port = all.first().and_then(|one| one.split_once(':')).map(|(_, port)| port.to_string());
    let addresses: Vec<Value> =
        all.iter().map(|one| json!({"ip": one.split(':').next().unwrap_or_default()})).collect();
    let ports: Vec<Value> = port
        .and_then(|port| port.parse::<i32>().ok())
        .map(|port| json!({"port": port}))
        .into_iter()
        .collect();
    Some(match addresses.is_empty() {
        true if row.get("ENDPOINTS")?.is_empty() => {
            json!({"subsets": [{"notReadyAddresses": [{"ip": "10.244.1.5"}]}]})
        }
        true => json!({}),
        false => json!({"subsets": [{"addresses": addresses, "ports": ports}]}),
    })
}

fn slice_body(row: &Row) -> Option<Value> {
    let unset = |cell: &str| if cell == "<unset>" { String::new() } else { cell.to_string() };
    let ports: Vec<Value> = few(&unset(row.get("PORTS")?))
        .iter()
        .filter_map(|port| port.parse::<i32>().ok())
        .map(|port| json!({"port": port}))
        .collect();
    let endpoints: Vec<Value> =
        few(&unset(row.get("ENDPOINTS")?)).iter().map(|ip| json!({"addresses": [ip]})).collect();
    Some(json!({"addressType": row.get("ADDRESSTYPE")?, "ports": ports, "endpoints": endpoints}))
}

fn node_body(row: &Row) -> Option<Value> {
    let status = row.get("STATUS")?;
    let ready = if status.starts_with("Ready") { "True" } else { "Unknown" };
    let roles = row.get("ROLES").map_or("", |cell| none(cell));
    let roles: BTreeMap<String, &str> = roles
        .split(',')
        .filter(|role| !role.is_empty())
        .map(|role| (format!("node-role.kubernetes.io/{role}"), ""))
        .collect();
    let cell = |name: &str| {
        let text = row.get(name).map_or("", String::as_str);
        if text == "<unknown>" { "" } else { none(text) }.to_string()
    };
    let addresses: Vec<Value> = [("InternalIP", "INTERNAL-IP"), ("ExternalIP", "EXTERNAL-IP")]
        .iter()
        .filter(|(_, column)| !cell(column).is_empty())
        .map(|(kind, column)| json!({"type": kind, "address": cell(column)}))
        .collect();
    Some(json!({
        "metadata": {"labels": roles},
        "spec": {"unschedulable": status.contains("SchedulingDisabled")},
        "status": {"conditions": [{"type": "Ready", "status": ready}], "addresses": addresses,
            "nodeInfo": {"kubeletVersion": cell("VERSION"), "osImage": cell("OS-IMAGE"),
                "kernelVersion": cell("KERNEL-VERSION"),
                "containerRuntimeVersion": cell("CONTAINER-RUNTIME")}},
    }))
}

fn event_body(row: &Row) -> Option<Value> {
    // `kubectl events` writes `5s (x8 over 100s)`.
    let seen = row.get("LAST SEEN")?;
    let (last, rest) = seen.split_once(" (x").unwrap_or((seen, ""));
    let counted = rest.trim_end_matches(')').split_once(" over ");
    let at = ago(last)?.to_string();
    let first = row.get("FIRST SEEN").map(String::as_str).or(counted.map(|(_, first)| first));
    let first = first.and_then(ago).map_or(at.clone(), |time| time.to_string());
    let count = row.get("COUNT").map(String::as_str).or(counted.map(|(count, _)| count));
    let (kind, name) = row.get("OBJECT")?.split_once('/')?;
    let source = row.get("SOURCE").map_or("", String::as_str);
    let (component, host) = source.split_once(", ").unwrap_or((source, ""));
    Some(json!({
        "type": row.get("TYPE")?, "reason": row.get("REASON")?, "message": row.get("MESSAGE")?,
        "involvedObject": {"kind": kind, "name": name, "fieldPath": row.get("SUBOBJECT")},
        "source": {"component": component, "host": host},
        "firstTimestamp": first, "lastTimestamp": at,
        "count": count.and_then(|count| count.parse::<i32>().ok()).unwrap_or(1),
    }))
}
