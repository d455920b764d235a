//! Objects from what `kubectl describe` printed of them: what the tutorial's manifests give is
//! taken from there, the rest is read.

use std::sync::Arc;

use ordinal::base::SimTime;
use ordinal::kube::{Store, defaults, key};
use ordinal::manifest::object::{Event, Object, ObjectMeta, Pod, StatefulSet, Time};
use serde_json::{Value, json};

use super::parse::{ago, rows};

/// The object that a text describes, and what else is in the store.
pub fn object(plural: &str, lines: &[String], store: Store) -> Option<(Store, Object, SimTime)> {
    match plural {
        "pods" => described_pod(lines, store),
        "statefulsets" => described_set(lines, store),
        "services" => described_service(lines, store),
        "persistentvolumeclaims" => described_claim(lines, store),
        "configmaps" => described_config(lines, store),
        _ => super::cluster::object(plural, lines, store),
    }
}

pub fn field(lines: &[String], name: &str) -> Option<String> {
    let prefix = format!("{name}:");
    let found = lines.iter().find_map(|line| line.trim_start().strip_prefix(&prefix))?;
    Some(found.trim().to_string())
}

fn manifest(kind: &str, name: &str) -> Option<Object> {
    let objects = crate::kube::driver::read(&crate::kube::driver::tutorial());
    let mut found =
        objects.into_iter().find(|one| one.kind() == kind && one.metadata().name == name)?;
    defaults::fill(&mut found, "default");
    found.metadata_mut().uid = "uid".to_string();
    Some(found)
}

fn described_set(lines: &[String], mut store: Store) -> Option<(Store, Object, SimTime)> {
    let Object::StatefulSet(mut set) = manifest("StatefulSet", &field(lines, "Name")?)? else {
        return None;
    };
    set.metadata.labels.clear();
    read_labels(&mut set.metadata, lines);
    set.metadata.creation_timestamp = rfc1123(&field(lines, "CreationTimestamp")?);
    let replicas = field(lines, "Replicas")?;
    let numbers: Vec<i32> =
        replicas.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    set.spec.replicas = Some(*numbers.first()?);
    set.status.replicas = *numbers.get(1)?;
    set.spec.update_strategy.kind = field(lines, "Update Strategy")?;
    match field(lines, "Partition").and_then(|text| text.parse().ok()) {
        Some(partition) => {
            set.spec.update_strategy.rolling_update.get_or_insert_default().partition =
                Some(partition);
        }
        None => set.spec.update_strategy.rolling_update = None,
    }
    let spec = &mut set.spec.template.spec;
    for container in spec.init_containers.iter_mut().chain(&mut spec.containers) {
        if let Some(script) = script_of(lines, &format!("   {}:", container.name))
            && let Some(last) = container.command.last_mut()
        {
            *last = script;
        }
        if let Some(image) = field(block(lines, &format!("   {}:", container.name)), "Image") {
            container.image = image;
        }
    }
    for claim in &mut set.spec.volume_claim_templates {
        claim.spec.storage_class_name =
            field(lines, "StorageClass").filter(|name| !name.is_empty());
        let capacity = json!({"storage": field(lines, "Capacity")?});
        claim.spec.resources.requests = serde_json::from_value(capacity).ok()?;
    }
    let status = field(lines, "Pods Status")?;
    let phases = ["Running", "Waiting", "Succeeded", "Failed"];
    for (part, phase) in status.split(" / ").zip(phases) {
        let count: u32 = part.split_whitespace().next()?.parse().ok()?;
        for number in 0..count {
            let pod = counted_pod(&set, &format!("{phase}-{number}"), phase);
            store.pods.insert(key("default", &pod.metadata.name), Arc::new(pod));
        }
    }
    read_events(&mut store, &set.metadata, lines)?;
    Some((store, Object::StatefulSet(set), super::NOW))
}

fn counted_pod(set: &StatefulSet, name: &str, phase: &str) -> Pod {
    let mut pod = Pod { metadata: defaults::meta("default", name), ..Default::default() };
    pod.metadata.owner_references = serde_json::from_value(json!([{"apiVersion": "apps/v1",
        "kind": "StatefulSet", "name": "mysql", "uid": set.metadata.uid, "controller": true}]))
    .expect("an owner");
    pod.status.phase = if phase == "Waiting" { "Pending" } else { phase }.to_string();
    pod
}

fn described_service(lines: &[String], mut store: Store) -> Option<(Store, Object, SimTime)> {
    let Object::Service(mut service) = manifest("Service", &field(lines, "Name")?)? else {
        return None;
    };
    service.metadata.labels.clear();
    read_labels(&mut service.metadata, lines);
    service.spec.kind = field(lines, "Type")?;
    service.spec.cluster_ip = field(lines, "IP")?;
    service.spec.cluster_ips = vec![field(lines, "IPs")?];
    service.spec.ip_family_policy = field(lines, "IP Family Policy");
    service.spec.internal_traffic_policy = field(lines, "Internal Traffic Policy");
    service.spec.external_traffic_policy =
        field(lines, "External Traffic Policy").unwrap_or_default();
    if let Some(number) = field(lines, "NodePort") {
        let digits: String =
            number.split_whitespace().nth(1)?.chars().take_while(char::is_ascii_digit).collect();
        service.spec.ports.first_mut()?.node_port = digits.parse().ok()?;
    }
    let shown = field(lines, "Endpoints")?;
    if shown != "<none>" {
        let port = service.spec.ports.first()?;
        let (few, more) = shown.split_once(" + ").unwrap_or((&shown, "0"));
        let more: usize = more.split(' ').next()?.parse().ok()?;
        let ips: Vec<&str> = few.split(',').filter_map(|one| one.split(':').next()).collect();
        let mut list: Vec<Value> =
            ips.iter().filter(|ip| !ip.is_empty()).map(|ip| json!({"addresses": [ip]})).collect();
        list.extend(vec![json!({"addresses": ["10.244.9.9"]}); more]);
        let slice =
            serde_json::from_value(json!({"metadata": {"name": "s", "namespace": "default",
            "labels": {"kubernetes.io/service-name": service.metadata.name}},
            "ports": [{"name": port.name, "port": 3306}], "endpoints": list}))
            .ok()?;
        store.slices.insert(key("default", "s"), Arc::new(slice));
    }
    read_events(&mut store, &service.metadata, lines)?;
    Some((store, Object::Service(service), super::NOW))
}

fn described_claim(lines: &[String], mut store: Store) -> Option<(Store, Object, SimTime)> {
    let bracketed = |text: &str| -> Vec<String> {
        text.trim_matches(['[', ']']).split_whitespace().map(str::to_string).collect()
    };
    let modes = match field(lines, "Access Modes")?.as_str() {
        "" => Vec::new(),
        "RWX" => vec!["ReadWriteMany"],
        _ => vec!["ReadWriteOnce"],
    };
    let mut capacity = json!({});
    if let Some(amount) = field(lines, "Capacity").filter(|text| !text.is_empty()) {
        capacity = json!({"storage": amount});
    }
    let mut object = Object::from_value(&json!({
        "apiVersion": "v1", "kind": "PersistentVolumeClaim",
        "metadata": {"name": field(lines, "Name")?, "namespace": field(lines, "Namespace")?,
            "uid": "uid", "finalizers": bracketed(&field(lines, "Finalizers")?)},
        "spec": {"storageClassName": field(lines, "StorageClass")?,
            "volumeName": field(lines, "Volume")?, "volumeMode": field(lines, "VolumeMode"),
            "accessModes": modes},
        "status": {"phase": field(lines, "Status")?, "accessModes": modes, "capacity": capacity},
    }))
    .ok()?;
    read_labels(object.metadata_mut(), lines);
    for name in field(lines, "Used By")?.split_whitespace().filter(|name| *name != "<none>") {
        let mut pod = Pod { metadata: defaults::meta("default", name), ..Default::default() };
        pod.spec.volumes = serde_json::from_value(json!([{"name": "data",
            "persistentVolumeClaim": {"claimName": object.metadata().name}}]))
        .ok()?;
        store.pods.insert(key("default", name), Arc::new(pod));
    }
    read_events(&mut store, object.metadata(), lines)?;
    Some((store, object, super::NOW))
}

fn described_config(lines: &[String], store: Store) -> Option<(Store, Object, SimTime)> {
    let Object::ConfigMap(mut config) = manifest("ConfigMap", &field(lines, "Name")?)? else {
        return None;
    };
    config.metadata.labels.clear();
    read_labels(&mut config.metadata, lines);
    let from = lines.iter().position(|line| line == "Data")? + 2;
    let to = lines.iter().position(|line| line == "BinaryData")? - 1;
    config.data.clear();
    let body = &lines[from..to];
    let heads: Vec<usize> = (1..body.len()).filter(|at| body[*at] == "----").collect();
    for (nth, at) in heads.iter().enumerate() {
        let end = heads.get(nth + 1).map_or(body.len(), |next| next - 1);
        let text = body[at + 1..end].join("\n");
        let text = text.strip_suffix('\n').unwrap_or(&text).to_string();
        config.data.insert(body[at - 1].trim_end_matches(':').to_string(), text);
    }
    Some((store, Object::ConfigMap(config), super::NOW))
}

/// A mysql pod as described: what its manifest gives is the tutorial's, the rest is read.
fn described_pod(lines: &[String], mut store: Store) -> Option<(Store, Object, SimTime)> {
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
    if let Some((node, host)) = field("Node")?.split_once('/') {
        pod.spec.node_name = node.to_string();
        pod.status.host_ip = host.to_string();
    }
    pod.status.phase = field("Status")?;
    if let Some(lasts) = pod.status.phase.clone().strip_prefix("Terminating (lasts ") {
        let soon = Time(SimTime(super::NOW.0 + 30_000));
        pod.metadata.deletion_timestamp = Some(ago(lasts.trim_end_matches(')')).unwrap_or(soon));
        let grace = field("Termination Grace Period");
        pod.metadata.deletion_grace_period_seconds =
            grace.and_then(|text| text.trim_end_matches('s').parse().ok());
        pod.status.phase = "Running".to_string();
    }
    pod.status.reason = field("Reason").unwrap_or_default();
    pod.status.message = field("Message").unwrap_or_default();
    pod.status.pod_ip = field("IP")?;
    if !pod.status.pod_ip.is_empty() {
        pod.status.pod_ips = serde_json::from_value(json!([{"ip": pod.status.pod_ip}])).ok()?;
    }
    pod.status.qos_class = field("QoS Class")?;
    pod.status.start_time = field("Start Time").and_then(|text| rfc1123(&text));
    read_labels(&mut pod.metadata, lines);
    read_states(&mut pod, lines);
    read_conditions(&mut pod, lines);
    read_events(&mut store, &pod.metadata, lines)?;
    let object = Object::Pod(Box::new(pod));
    store.pods.insert(
        key("default", &object.metadata().name),
        Arc::new(match &object {
            Object::Pod(pod) => (**pod).clone(),
            _ => return None,
        }),
    );
    Some((store, object, super::NOW))
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
        if let Some(script) = script_of(lines, &format!("  {}:", container.name))
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
fn block<'a>(lines: &'a [String], head: &str) -> &'a [String] {
    let Some(at) = lines.iter().position(|line| line == head) else { return &[] };
    let rest = &lines[at + 1..];
    let end = rest.iter().position(|line| !line.starts_with("    ")).unwrap_or(rest.len());
    &rest[..end]
}

fn script_of(lines: &[String], head: &str) -> Option<String> {
    let block = block(lines, head);
    let from = block.iter().position(|line| line == "      -c")? + 1;
    let script: Vec<&str> = block[from..]
        .iter()
        .take_while(|line| line.starts_with("      "))
        .map(|line| line.get(6..).unwrap_or_default())
        .collect();
    Some(script.join("\n"))
}

pub fn rfc1123(text: &str) -> Option<Time> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let months =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let month = months.iter().position(|one| Some(one) == words.get(2))? + 1;
    let (day, year, clock) = (words.get(1)?, words.get(3)?, words.get(4)?);
    Time::parse(&format!("{year}-{month:02}-{day}T{clock}Z"))
}

/// Labels and annotations, each on a line of its own.
pub fn read_labels(meta: &mut ObjectMeta, lines: &[String]) {
    for (title, mark) in [("Labels:", "="), ("Annotations:", ": ")] {
        let Some(at) = lines.iter().position(|line| line.starts_with(title)) else { continue };
        for (index, line) in lines[at..].iter().enumerate() {
            if index > 0 && !line.starts_with(' ') {
                break;
            }
            let text = line.strip_prefix(title).unwrap_or(line).trim();
            if let Some((name, value)) = text.split_once(mark) {
                let map = if mark == "=" { &mut meta.labels } else { &mut meta.annotations };
                map.insert(name.to_string(), value.to_string());
            }
        }
    }
}

fn read_states(pod: &mut Pod, lines: &[String]) {
    let state = |name: &str| -> Value {
        let block = block(lines, &format!("  {name}:"));
        let field = |field: &str| {
            let prefix = format!("{field}:");
            block.iter().find_map(|line| line.trim_start().strip_prefix(prefix.as_str()))
        };
        let word = |field_name: &str| field(field_name).unwrap_or_default().trim().to_string();
        let (state, last) = (state_of(block, "State"), state_of(block, "Last State"));
        if state.is_null() {
            return Value::Null;
        }
        json!({"name": name, "state": state, "lastState": last, "ready": word("Ready") == "True",
               "restartCount": word("Restart Count").parse::<i32>().unwrap_or(0),
               "containerID": word("Container ID"), "imageID": word("Image ID")})
    };
    let all = |names: Vec<String>| {
        let list: Vec<Value> =
            names.iter().map(|name| state(name)).filter(|one| !one.is_null()).collect();
        serde_json::from_value(json!(list)).expect("statuses are read from their own words")
    };
    let names = |list: &[ordinal::manifest::object::Container]| {
        list.iter().map(|one| one.name.clone()).collect()
    };
    pod.status.init_container_statuses = all(names(&pod.spec.init_containers));
    pod.status.container_statuses = all(names(&pod.spec.containers));
}

/// `State:` or `Last State:` and what stands below it.
fn state_of(block: &[String], title: &str) -> Value {
    let head = format!("    {title}:");
    let Some(at) = block.iter().position(|line| line.starts_with(&head)) else {
        return Value::Null;
    };
    let below: Vec<&String> =
        block[at + 1..].iter().take_while(|line| line.starts_with("      ")).collect();
    let field = |name: &str| {
        let prefix = format!("{name}:");
        below.iter().find_map(|line| line.trim_start().strip_prefix(prefix.as_str()))
    };
    let time = |name: &str| field(name).and_then(rfc1123).map(|time| time.to_string());
    let word = |name: &str| field(name).unwrap_or_default().trim().to_string();
    match block[at][head.len()..].trim() {
        "Running" => json!({"running": {"startedAt": time("Started")}}),
        "Terminated" => json!({"terminated": {"reason": word("Reason"),
            "message": word("Message"),
            "exitCode": word("Exit Code").parse::<i32>().unwrap_or(0),
            "startedAt": time("Started"), "finishedAt": time("Finished")}}),
        _ => json!({"waiting": {"reason": word("Reason")}}),
    }
}

fn read_conditions(pod: &mut Pod, lines: &[String]) {
    let Some(at) = lines.iter().position(|line| line == "Conditions:") else {
        pod.status.conditions.clear();
        return;
    };
    let rows = lines[at + 2..].iter().take_while(|line| line.starts_with("  "));
    let list: Vec<Value> = rows
        .map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            json!({"type": words[0], "status": words.get(1).copied().unwrap_or_default()})
        })
        .collect();
    pod.status.conditions = serde_json::from_value(json!(list)).expect("conditions");
}

pub fn read_events(store: &mut Store, meta: &ObjectMeta, lines: &[String]) -> Option<()> {
    let Some(at) = lines.iter().position(|line| line == "Events:") else { return Some(()) };
    let table: Vec<String> = lines[at + 1..].to_vec();
    for (number, row) in rows(&table).into_iter().skip(1).enumerate() {
        let mut event = Event::default();
        event.metadata.name = format!("event.{number:04}");
        event.metadata.namespace = "default".to_string();
        event.involved_object.uid.clone_from(&meta.uid);
        event.involved_object.name.clone_from(&meta.name);
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
