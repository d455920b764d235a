//! Claims, volumes and storage classes.

use serde_json::Value;

use super::error::{At, Errors};
use super::pod::one_of;
use super::tree::{entries, has, items, list, normal, quantity, text};
use super::{meta, name, schedule, volume as pod_volume};
use crate::manifest::object::Quantity;

const MODES: [&str; 4] = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"];
const CLAIM_IMMUTABLE: &str = "spec is immutable after creation except resources.requests and \
    volumeAttributesClassName for bound claims";

/// A new claim.
pub fn claim(object: &Value, errors: &mut Errors) {
    meta::object(object, true, name::subdomain, errors);
    claim_spec(&object["spec"], &super::spec(), errors);
}

/// `spec` of a claim or of a claim template.
pub fn claim_spec(spec: &Value, at: &At, errors: &mut Errors) {
    if list(spec, "accessModes").is_empty() {
        errors.required(&at.child("accessModes"), "at least 1 access mode is required");
    }
    meta::selector(&spec["selector"], &at.child("selector"), errors);
    access_modes(spec, at, errors);
    let at_storage = at.child("resources").key("storage");
    match spec["resources"]["requests"].get("storage") {
        None | Some(Value::Null) => errors.required(&at_storage, ""),
        Some(value) => positive(value, &at_storage, errors),
    }
    for field in ["storageClassName", "volumeAttributesClassName"] {
        let class = text(spec, field);
        if !class.is_empty() {
            errors.invalid_each(&at.child(field), class, name::subdomain(class));
        }
    }
    one_of(spec, at, "volumeMode", "Filesystem", &["Block", "Filesystem"], errors);
    for field in ["dataSource", "dataSourceRef"] {
        if has(spec, field) {
            data_source(&spec[field], &at.child(field), errors);
        }
    }
}

fn access_modes(spec: &Value, at: &At, errors: &mut Errors) {
    let (mut alone, mut shared) = (false, false);
    for (_, mode) in items(spec, "accessModes") {
        let mode = mode.as_str().unwrap_or_default();
        if !MODES.contains(&mode) {
            errors.not_supported(&at.child("accessModes"), mode, &MODES);
        }
        alone |= mode == "ReadWriteOncePod";
        shared |= mode != "ReadWriteOncePod" && MODES.contains(&mode);
    }
    if alone && shared {
        let said = "may not use ReadWriteOncePod with other access modes";
        errors.forbidden(&at.child("accessModes"), said);
    }
}

fn positive(value: &Value, at: &At, errors: &mut Errors) {
    let Some(amount) = quantity(value) else { return };
    if amount.is_zero() || amount.is_negative() {
        errors.invalid(at, amount.to_string(), "must be greater than zero");
    } else if amount.millis() % 1_000 != 0 {
        errors.invalid(at, amount.to_string(), "must be an integer");
    }
}

fn data_source(source: &Value, at: &At, errors: &mut Errors) {
    for field in ["name", "kind"] {
        if text(source, field).is_empty() {
            errors.required(&at.child(field), "");
        }
    }
    let (group, kind) = (text(source, "apiGroup"), text(source, "kind"));
    if group.is_empty() && kind != "PersistentVolumeClaim" {
        let said = "must be 'PersistentVolumeClaim' when referencing the default apiGroup";
        errors.invalid(at, kind, said);
    }
}

/// A changed claim.
pub fn claim_update(new: &Value, old: &Value, errors: &mut Errors) {
    claim_spec(&new["spec"], &super::spec(), errors);
    let bound =
        text(&new["status"], "phase") == "Bound" || text(&old["status"], "phase") == "Bound";
    let kept = |object: &Value, of: &Value| {
        let mut spec = object["spec"].clone();
        let Some(map) = spec.as_object_mut() else { return Value::Null };
        map.remove("volumeAttributesClassName");
        map.entry("volumeMode").or_insert_with(|| "Filesystem".into());
        // The controller may name the volume, and a class may be named, once.
        for field in ["volumeName", "storageClassName"] {
            if text(&old["spec"], field).is_empty() && !has(&old["spec"], field) {
                map.remove(field);
            }
        }
        let requests = map.get_mut("resources").and_then(|r| r.get_mut("requests"));
        if let Some(requests) = requests.filter(|_| bound) {
            requests["storage"] = of["spec"]["resources"]["requests"]["storage"].clone();
        }
        normal(&spec)
    };
    if kept(new, old) != kept(old, old) {
        errors.forbidden(&super::spec(), CLAIM_IMMUTABLE);
    }
    let asked = |object: &Value| {
        quantity(&object["spec"]["resources"]["requests"]["storage"]).unwrap_or_default()
    };
    let has_now = quantity(&old["status"]["capacity"]["storage"]).unwrap_or_default();
    let (now, before): (Quantity, Quantity) = (asked(new), asked(old));
    if now.cmp(&before).is_lt() && now.cmp(&has_now).is_le() {
        let at = super::spec().child("resources").child("requests").child("storage");
        errors.forbidden(&at, "field can not be less than status.capacity");
    }
}

/// The kinds of PersistentVolumes the model knows by name, and all others.
const SOURCES: [&str; 21] = [
    "hostPath",
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "glusterfs",
    "flocker",
    "nfs",
    "rbd",
    "quobyte",
    "cephfs",
    "iscsi",
    "cinder",
    "fc",
    "flexVolume",
    "azureFile",
    "vsphereVolume",
    "photonPersistentDisk",
    "portworxVolume",
    "azureDisk",
    "scaleIO",
    "local",
    "csi",
];

/// A new PersistentVolume.
pub fn volume(object: &Value, errors: &mut Errors) {
    meta::object(object, false, name::subdomain, errors);
    let (spec, at) = (&object["spec"], super::spec());
    if list(spec, "accessModes").is_empty() {
        errors.required(&at.child("accessModes"), "");
    }
    access_modes(spec, &at, errors);
    capacity(spec, &at.child("capacity"), errors);
    let policies = ["Delete", "Recycle", "Retain"];
    one_of(spec, &at, "persistentVolumeReclaimPolicy", "Retain", &policies, errors);
    let affinity = &spec["nodeAffinity"]["required"];
    if !affinity.is_null() {
        schedule::node_selector(affinity, &at.child("nodeAffinity").child("required"), errors);
    }
    let mut sources = 0;
    for source in SOURCES.iter().filter(|source| has(spec, source)) {
        let at_source = at.child(source);
        sources += 1;
        match *source {
            _ if sources > 1 => {
                errors.forbidden(&at_source, "may not specify more than 1 volume type");
            }
            "hostPath" => pod_volume::host_path(&spec["hostPath"], &at_source, errors),
            "nfs" => pod_volume::network(&spec["nfs"], &at_source, errors),
            "local" => {
                if text(&spec["local"], "path").is_empty() {
                    errors.required(&at_source.child("path"), "");
                }
                if affinity.is_null() {
                    let at = super::metadata().child("annotations");
                    errors.required(&at, "Local volume requires node affinity");
                }
            }
            _ => {}
        }
    }
    if sources == 0 {
        errors.required(&at, "must specify a volume type");
    }
    let class = text(spec, "storageClassName");
    if !class.is_empty() {
        errors.invalid_each(&at.child("storageClassName"), class, name::subdomain(class));
    }
    one_of(spec, &at, "volumeMode", "Filesystem", &["Block", "Filesystem"], errors);
}

fn capacity(spec: &Value, at: &At, errors: &mut Errors) {
    let amounts = entries(spec, "capacity").count();
    if amounts == 0 {
        errors.required(at, "");
    }
    if !has(&spec["capacity"], "storage") || amounts > 1 {
        let shown = match &spec["capacity"] {
            Value::Null => "null".to_owned(),
            capacity => capacity.to_string(),
        };
        errors.not_supported_shown(at, shown, &["storage"]);
    }
    for (name, value) in entries(spec, "capacity") {
        positive(value, &at.key(name), errors);
    }
}

/// A changed PersistentVolume.
pub fn volume_update(new: &Value, old: &Value, errors: &mut Errors) {
    let changed =
        SOURCES.iter().any(|source| normal(&new["spec"][*source]) != normal(&old["spec"][*source]));
    if changed {
        let at = super::spec().child("persistentvolumesource");
        errors.forbidden(&at, "spec.persistentvolumesource is immutable after creation");
    }
}

/// A new StorageClass.
pub fn class(object: &Value, errors: &mut Errors) {
    meta::object(object, false, name::subdomain, errors);
    let provisioner = text(object, "provisioner");
    let at = At::new("provisioner");
    if provisioner.is_empty() {
        errors.required(&at, "");
    } else {
        let said = name::qualified(&provisioner.to_ascii_lowercase());
        errors.invalid_each(&at, provisioner, said);
    }
    let supported = |field: &str, default: &str, supported: &[&str], errors: &mut Errors| {
        let value = super::tree::text_or(object, field, default);
        if !supported.contains(&value) {
            errors.not_supported(&At::new(field), value, supported);
        }
    };
    supported("reclaimPolicy", "Delete", &["Delete", "Retain"], errors);
    let modes = ["Immediate", "WaitForFirstConsumer"];
    supported("volumeBindingMode", "Immediate", &modes, errors);
}

/// A changed StorageClass.
pub fn class_update(new: &Value, old: &Value, errors: &mut Errors) {
    if normal(&new["parameters"]) != normal(&old["parameters"]) {
        errors.forbidden(&At::new("parameters"), "updates to parameters are forbidden.");
    }
    for (field, default) in [("provisioner", ""), ("reclaimPolicy", "Delete")] {
        let value = |of| super::tree::text_or(of, field, default).to_owned();
        if value(new) != value(old) {
            let said = format!("updates to {field} are forbidden.");
            errors.forbidden(&At::new(field), &said);
        }
    }
    let mode = |of| super::tree::text_or(of, "volumeBindingMode", "Immediate").to_owned();
    if mode(new) != mode(old) {
        errors.invalid(&At::new("volumeBindingMode"), mode(new), "field is immutable");
    }
}
