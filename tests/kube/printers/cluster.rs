//! Nodes, volumes, classes and namespaces from what `kubectl describe` printed of them.

use std::sync::Arc;

use ordinal::base::SimTime;
use ordinal::kube::{Store, defaults, key};
use ordinal::manifest::object::{Object, Pod};
use serde_json::{Value, json};

use super::NOW;
use super::described::{field, read_events, read_labels, rfc1123};
use super::parse::{ago, rows};

/// An object of a kind that has no namespace, and what else is in the store.
pub fn object(
    plural: &str,
    lines: &[String],
    mut store: Store,
) -> Option<(Store, Object, SimTime)> {
    let body = match plural {
        "namespaces" => json!({"apiVersion": "v1", "kind": "Namespace",
            "status": {"phase": field(lines, "Status")?}}),
        "storageclasses" => class(lines)?,
        "persistentvolumes" => volume(lines)?,
        "nodes" => node(lines)?,
        _ => return None,
    };
    let mut object = Object::from_value(&body).ok()?;
    let meta = object.metadata_mut();
    meta.name = field(lines, "Name")?;
    meta.uid = "uid".to_string();
    if let Some(names) = field(lines, "Finalizers") {
        let names = names.trim_matches(['[', ']']).to_string();
        meta.finalizers = names.split_whitespace().map(str::to_string).collect();
    }
    meta.creation_timestamp = field(lines, "CreationTimestamp").and_then(|at| rfc1123(&at));
    read_labels(meta, lines);
    if plural == "storageclasses" {
        let pairs = field(lines, "Annotations")?;
        meta.annotations = pairs_of(&pairs).into_iter().collect();
    }
    if let Some(lasts) = field(lines, "Status")
        .and_then(|text| text.strip_prefix("Terminating (lasts ").map(str::to_string))
    {
        meta.deletion_timestamp = ago(lasts.trim_end_matches(')'));
    }
    read_events(&mut store, object.metadata(), lines)?;
    if plural == "nodes" {
        read_pods(&mut store, &object.metadata().name, lines)?;
    }
    Some((store, object, NOW))
}

/// `a=b,c=d`.
fn pairs_of(text: &str) -> Vec<(String, String)> {
    let pairs = text.split(',').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (name.to_string(), value.to_string())).collect()
}

/// The lines below a title, as deep as `indent` says.
fn below<'a>(lines: &'a [String], title: &str, indent: &str) -> &'a [String] {
    let Some(at) = lines.iter().position(|line| line.starts_with(title)) else { return &[] };
    let rest = &lines[at + 1..];
    let end = rest.iter().position(|line| !line.starts_with(indent)).unwrap_or(rest.len());
    &rest[..end]
}

/// The names and values below a title.
fn pairs(lines: &[String], title: &str) -> Vec<(String, String)> {
    let split = |line: &String| {
        let (name, value) = line.trim().split_once(':')?;
        Some((name.to_string(), value.trim().to_string()))
    };
    below(lines, title, "  ").iter().filter_map(split).collect()
}

fn class(lines: &[String]) -> Option<Value> {
    let flag = match field(lines, "AllowVolumeExpansion")?.as_str() {
        "True" => json!(true),
        "False" => json!(false),
        _ => Value::Null,
    };
    let parameters: serde_json::Map<String, Value> = pairs_of(&field(lines, "Parameters")?)
        .into_iter()
        .map(|(name, value)| (name, value.into()))
        .collect();
    let options: Vec<&str> =
        below(lines, "MountOptions:", "  ").iter().map(|line| line.trim()).collect();
    Some(json!({"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass",
        "provisioner": field(lines, "Provisioner")?, "parameters": parameters,
        "mountOptions": options, "allowVolumeExpansion": flag,
        "reclaimPolicy": field(lines, "ReclaimPolicy"),
        "volumeBindingMode": field(lines, "VolumeBindingMode")}))
}

fn volume(lines: &[String]) -> Option<Value> {
    let long = |mode: &str| match mode {
        "RWO" => "ReadWriteOnce",
        "ROX" => "ReadOnlyMany",
        "RWX" => "ReadWriteMany",
        _ => "ReadWriteOncePod",
    };
    let modes = field(lines, "Access Modes")?;
    let modes: Vec<&str> = modes.split(',').filter(|one| !one.is_empty()).map(long).collect();
    let mut spec = json!({"capacity": {"storage": field(lines, "Capacity")?},
        "accessModes": modes, "storageClassName": field(lines, "StorageClass")?,
        "persistentVolumeReclaimPolicy": field(lines, "Reclaim Policy")?,
        "volumeMode": field(lines, "VolumeMode")});
    if let Some((namespace, name)) = field(lines, "Claim")?.split_once('/') {
        spec["claimRef"] = json!({"namespace": namespace, "name": name});
    }
    let source = below(lines, "Source:", "    ").to_vec();
    let text = |name: &str| field(&source, name).unwrap_or_default();
    match text("Type").split(' ').next()? {
        "CSI" => {
            spec["csi"] = json!({"driver": text("Driver"), "fsType": text("FSType"),
                "volumeHandle": text("VolumeHandle"), "readOnly": text("ReadOnly") == "true"});
        }
        "HostPath" => {
            let kind = Some(text("HostPathType")).filter(|kind| kind != "<none>");
            spec["hostPath"] = json!({"path": text("Path"), "type": kind});
        }
        "LocalVolume" => spec["local"] = json!({"path": text("Path")}),
        "NFS" => {
            spec["nfs"] = json!({"server": text("Server"), "path": text("Path"),
                "readOnly": text("ReadOnly") == "true"});
        }
        _ => return None,
    }
    if let Some(term) = field(lines, "Term 0") {
        let (key, values) = term.split_once(" in ")?;
        let values: Vec<&str> = values.trim_matches(['[', ']']).split(", ").collect();
        spec["nodeAffinity"] = json!({"required": {"nodeSelectorTerms": [{"matchExpressions":
            [{"key": key, "operator": "In", "values": values}]}]}});
    }
    Some(json!({"apiVersion": "v1", "kind": "PersistentVolume", "spec": spec,
        "status": {"phase": field(lines, "Status")?, "message": field(lines, "Message")}}))
}

fn node(lines: &[String]) -> Option<Value> {
    let conditions: Vec<Value> = rows(below(lines, "Conditions:", "  "))
        .iter()
        .skip(1)
        .map(|row| {
            let cell = |name: &str| row.get(name).map_or("", |cell| cell.trim());
            let time = |name: &str| rfc1123(cell(name)).map(|time| time.to_string());
            json!({"type": cell("Type"), "status": cell("Status"), "reason": cell("Reason"),
                "message": cell("Message"), "lastHeartbeatTime": time("LastHeartbeatTime"),
                "lastTransitionTime": time("LastTransitionTime")})
        })
        .collect();
    let addresses: Vec<Value> = pairs(lines, "Addresses:")
        .into_iter()
        .map(|(kind, address)| json!({"type": kind, "address": address}))
        .collect();
    let amounts = |title: &str| -> serde_json::Map<String, Value> {
        pairs(lines, title).into_iter().map(|(name, value)| (name, value.into())).collect()
    };
    let info = below(lines, "System Info:", "  ").to_vec();
    let text = |name: &str| field(&info, name).unwrap_or_default();
    let taints: Vec<Value> = std::iter::once(field(lines, "Taints")?)
        .chain(below(lines, "Taints:", "  ").iter().map(|line| line.trim().to_string()))
        .filter_map(|taint| {
            let (left, effect) = taint.rsplit_once(':')?;
            let (key, value) = left.split_once('=').unwrap_or((left, ""));
            Some(json!({"key": key, "value": value, "effect": effect}))
        })
        .collect();
    Some(json!({"apiVersion": "v1", "kind": "Node",
        "spec": {"podCIDR": field(lines, "PodCIDR"), "podCIDRs": [field(lines, "PodCIDRs")?],
            "taints": taints, "unschedulable": field(lines, "Unschedulable")? == "true"},
        "status": {"conditions": conditions, "addresses": addresses,
            "capacity": amounts("Capacity:"), "allocatable": amounts("Allocatable:"),
            "nodeInfo": {"machineID": text("Machine ID"), "systemUUID": text("System UUID"),
                "bootID": text("Boot ID"), "kernelVersion": text("Kernel Version"),
                "osImage": text("OS Image"), "operatingSystem": text("Operating System"),
                "architecture": text("Architecture"), "kubeletVersion": text("Kubelet Version"),
                "containerRuntimeVersion": text("Container Runtime Version"),
                "kubeProxyVersion": text("Kube-Proxy Version")}}}))
}

/// The pods of a node's table, each with one container that wants what its row says.
fn read_pods(store: &mut Store, node: &str, lines: &[String]) -> Option<()> {
    for row in rows(below(lines, "Non-terminated Pods:", "  ")).iter().skip(1) {
        let amount = |name: &str| -> Option<String> {
            let text = row.get(name)?.split(' ').next()?.to_string();
            (text != "0").then_some(text)
        };
        let mut pod: Pod = serde_json::from_value(json!({"apiVersion": "v1", "kind": "Pod",
            "spec": {"nodeName": node, "containers": [{"name": "c", "image": "i", "resources": {
                "requests": wanted(amount("CPU Requests"), amount("Memory Requests")),
                "limits": wanted(amount("CPU Limits"), amount("Memory Limits"))}}]}}))
        .ok()?;
        pod.metadata = defaults::meta(row.get("Namespace")?, row.get("Name")?);
        pod.metadata.creation_timestamp = row.get("Age").and_then(|age| ago(age));
        let at = key(&pod.metadata.namespace, &pod.metadata.name);
        store.pods.insert(at, Arc::new(pod));
    }
    Some(())
}

fn wanted(cpu: Option<String>, memory: Option<String>) -> Value {
    let pairs = [("cpu", cpu), ("memory", memory)];
    let pairs = pairs.into_iter().filter_map(|(name, one)| Some((name.to_string(), one?.into())));
    Value::Object(pairs.collect())
}
