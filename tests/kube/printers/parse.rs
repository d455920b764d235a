//! Objects from what was printed of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use ordinal::base::{Millis, SimTime};
use ordinal::kube::{Store, defaults, key};
use ordinal::manifest::object::{Event, KINDS, Object, ObjectMeta, Pod, Time};
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
    let mut meta = defaults::meta("default", name);
    meta.creation_timestamp = row.get("AGE").and_then(|age| ago(age));
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
    let owners = object.metadata().owner_references.clone();
    let mut given = meta(row);
    given.owner_references = owners;
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
    let mut status = json!({"phase": row.get("STATUS")?, "accessModes": modes});
    let capacity = row.get("CAPACITY")?;
    if !capacity.is_empty() {
        status["capacity"] = json!({"storage": capacity});
    }
    Some(json!({
        "spec": {"volumeName": row.get("VOLUME")?, "accessModes": modes,
                 "storageClassName": row.get("STORAGECLASS")?,
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
        "spec": {"unschedulable": status.contains("SchedulingDisabled")},
        "status": {"conditions": [{"type": "Ready", "status": ready}], "addresses": addresses,
            "nodeInfo": {"kubeletVersion": cell("VERSION"), "osImage": cell("OS-IMAGE"),
                "kernelVersion": cell("KERNEL-VERSION"),
                "containerRuntimeVersion": cell("CONTAINER-RUNTIME")}},
    }))
}

fn event_body(row: &Row) -> Option<Value> {
    let at = ago(row.get("LAST SEEN")?)?.to_string();
    let (kind, name) = row.get("OBJECT")?.split_once('/')?;
    Some(json!({
        "type": row.get("TYPE")?, "reason": row.get("REASON")?, "message": row.get("MESSAGE")?,
        "involvedObject": {"kind": kind, "name": name},
        "firstTimestamp": at, "lastTimestamp": at, "count": 1,
    }))
}

/// A mysql pod as described: what its manifest gives is the tutorial's, the rest is read.
pub fn described_pod(lines: &[String], mut store: Store) -> Option<(Store, Object, SimTime)> {
    let field = |name: &str| {
        let prefix = format!("{name}:");
        lines.iter().find_map(|line| line.strip_prefix(&prefix)).map(|text| text.trim().to_string())
    };
    let mut pod = template_pod(lines)?;
    pod.metadata.name = field("Name")?;
    pod.metadata.namespace = field("Namespace")?;
    pod.metadata.uid = "pod-uid".to_string();
    pod.metadata.owner_references =
        serde_json::from_value(json!([{"apiVersion": "apps/v1", "kind": "StatefulSet",
            "name": "mysql", "uid": "u", "controller": true}]))
        .ok()?;
    let (node, host) =
        field("Node")?.split_once('/').map(|(a, b)| (a.to_string(), b.to_string()))?;
    pod.spec.node_name = node;
    pod.status.host_ip = host;
    pod.status.phase = field("Status")?;
    pod.status.pod_ip = field("IP")?;
    pod.status.pod_ips = serde_json::from_value(json!([{"ip": pod.status.pod_ip}])).ok()?;
    pod.status.qos_class = field("QoS Class")?;
    pod.status.start_time = rfc1123(&field("Start Time")?);
    read_labels(&mut pod, lines);
    read_states(&mut pod, lines);
    read_conditions(&mut pod, lines);
    read_events(&mut store, &pod, lines)?;
    let object = Object::Pod(Box::new(pod));
    store.pods.insert(
        key("default", &object.metadata().name),
        Arc::new(match &object {
            Object::Pod(pod) => (**pod).clone(),
            _ => return None,
        }),
    );
    Some((store, object, NOW))
}

/// The pod that the tutorial's set would make, with the scripts as they are described.
fn template_pod(lines: &[String]) -> Option<Pod> {
    let set = crate::kube::driver::read(&crate::kube::driver::tutorial()).into_iter().find_map(
        |object| match object {
            Object::StatefulSet(set) => Some(set),
            _ => None,
        },
    )?;
    let mut pod = Pod { spec: set.spec.template.spec.clone(), ..Default::default() };
    let name = lines.first()?.split_whitespace().nth(1)?;
    pod.spec.volumes.insert(
        0,
        serde_json::from_value(
            json!({"name": "data", "persistentVolumeClaim": {"claimName": format!("data-{name}")}}),
        )
        .ok()?,
    );
    for container in pod.spec.init_containers.iter_mut().chain(&mut pod.spec.containers) {
        if let Some(script) = script_of(lines, &container.name)
            && let Some(last) = container.command.last_mut()
        {
            *last = script;
        }
    }
    let suffix: String = lines
        .iter()
        .find_map(|line| line.trim().strip_prefix("kube-api-access-"))
        .map(|rest| rest.trim_end_matches(':').to_string())?;
    let status = std::mem::take(&mut pod.status);
    defaults::fill_pod(&mut pod);
    defaults::admit_pod(&mut pod, &suffix);
    pod.status = status;
    Some(pod)
}

/// The lines of a container: from its name to the next thing at the same level.
fn block<'a>(lines: &'a [String], name: &str) -> &'a [String] {
    let head = format!("  {name}:");
    let Some(at) = lines.iter().position(|line| *line == head) else { return &[] };
    let rest = &lines[at + 1..];
    let end = rest.iter().position(|line| !line.starts_with("    ")).unwrap_or(rest.len());
    &rest[..end]
}

fn script_of(lines: &[String], name: &str) -> Option<String> {
    let block = block(lines, name);
    let from = block.iter().position(|line| line == "      -c")? + 1;
    let to = block.iter().position(|line| line.starts_with("    State:"))?;
    let script: Vec<&str> =
        block[from..to].iter().map(|line| line.get(6..).unwrap_or_default()).collect();
    Some(script.join("\n"))
}

fn rfc1123(text: &str) -> Option<Time> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let months =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let month = months.iter().position(|one| Some(one) == words.get(2))? + 1;
    let (day, year, clock) = (words.get(1)?, words.get(3)?, words.get(4)?);
    Time::parse(&format!("{year}-{month:02}-{day}T{clock}Z"))
}

fn read_labels(pod: &mut Pod, lines: &[String]) {
    let Some(at) = lines.iter().position(|line| line.starts_with("Labels:")) else { return };
    for (index, line) in lines[at..].iter().enumerate() {
        if index > 0 && !line.starts_with(' ') {
            break;
        }
        let text = line.strip_prefix("Labels:").unwrap_or(line).trim();
        if let Some((name, value)) = text.split_once('=') {
            pod.metadata.labels.insert(name.to_string(), value.to_string());
        }
    }
}

fn read_states(pod: &mut Pod, lines: &[String]) {
    let state = |name: &str| -> Value {
        let block = block(lines, name);
        let field = |field: &str| {
            let prefix = format!("{field}:");
            block.iter().find_map(|line| line.trim_start().strip_prefix(prefix.as_str()))
        };
        let at =
            |field_name: &str| field(field_name).and_then(rfc1123).map(|time| time.to_string());
        let word = |field_name: &str| field(field_name).unwrap_or_default().trim().to_string();
        let state = match word("State").as_str() {
            "Running" => json!({"running": {"startedAt": at("Started")}}),
            "Terminated" => json!({"terminated": {"reason": word("Reason"),
                "exitCode": word("Exit Code").parse::<i32>().unwrap_or(0),
                "startedAt": at("Started"), "finishedAt": at("Finished")}}),
            _ => json!({"waiting": {"reason": word("Reason")}}),
        };
        json!({"name": name, "state": state, "ready": word("Ready") == "True",
               "restartCount": word("Restart Count").parse::<i32>().unwrap_or(0),
               "containerID": word("Container ID"), "imageID": word("Image ID")})
    };
    let all = |names: Vec<String>| {
        let list: Vec<Value> = names.iter().map(|name| state(name)).collect();
        serde_json::from_value(json!(list)).expect("statuses are read from their own words")
    };
    let names = |list: &[ordinal::manifest::object::Container]| {
        list.iter().map(|one| one.name.clone()).collect()
    };
    pod.status.init_container_statuses = all(names(&pod.spec.init_containers));
    pod.status.container_statuses = all(names(&pod.spec.containers));
}

fn read_conditions(pod: &mut Pod, lines: &[String]) {
    let Some(at) = lines.iter().position(|line| line == "Conditions:") else { return };
    let rows = lines[at + 2..].iter().take_while(|line| line.starts_with("  "));
    let list: Vec<Value> = rows
        .map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            json!({"type": words[0], "status": words.get(1).copied().unwrap_or_default()})
        })
        .collect();
    pod.status.conditions = serde_json::from_value(json!(list)).expect("conditions");
}

fn read_events(store: &mut Store, pod: &Pod, lines: &[String]) -> Option<()> {
    let at = lines.iter().position(|line| line == "Events:")?;
    let table: Vec<String> = lines[at + 1..].to_vec();
    for (number, row) in rows(&table).into_iter().skip(1).enumerate() {
        let mut event = Event::default();
        event.metadata.name = format!("event.{number:04}");
        event.metadata.namespace = "default".to_string();
        event.involved_object.uid.clone_from(&pod.metadata.uid);
        event.involved_object.name.clone_from(&pod.metadata.name);
        event.event_type = row.get("Type")?.clone();
        event.reason = row.get("Reason")?.clone();
        let from = row.get("From")?;
        let message = row.get("Message")?;
        let (path, message) = match message.split_once(": ") {
            Some((path, rest)) if path.starts_with("spec.") => (path, rest),
            _ => ("", message.as_str()),
        };
        event.involved_object.field_path = path.to_string();
        event.message = message.to_string();
        let age = row.get("Age")?;
        if from == "default-scheduler" {
            event.reporting_component.clone_from(from);
            event.event_time = ago(age);
        } else if let Some((last, rest)) = age.split_once(" (x") {
            let (count, first) = rest.trim_end_matches(')').split_once(" over ")?;
            event.source.component.clone_from(from);
            event.count = count.parse().ok()?;
            event.last_timestamp = ago(last);
            event.first_timestamp = ago(first);
        } else {
            event.source.component.clone_from(from);
            event.count = 1;
            event.last_timestamp = ago(age);
            event.first_timestamp = event.last_timestamp;
        }
        store.events.insert(key("default", &event.metadata.name), Arc::new(event));
    }
    Some(())
}
