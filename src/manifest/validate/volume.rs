//! Volumes of a pod. Models `ValidateVolumes`.

use serde_json::Value;

use super::error::{At, Errors};
use super::name;
use super::tree::{has, items, list, quantity, text};
use crate::base::SortedSet;

/// The kinds of volumes, in the order in which the server looks at them.
const SOURCES: [&str; 30] = [
    "emptyDir",
    "hostPath",
    "gitRepo",
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "secret",
    "nfs",
    "iscsi",
    "glusterfs",
    "persistentVolumeClaim",
    "rbd",
    "cinder",
    "cephfs",
    "flocker",
    "downwardAPI",
    "fc",
    "flexVolume",
    "configMap",
    "azureFile",
    "vsphereVolume",
    "photonPersistentDisk",
    "portworxVolume",
    "azureDisk",
    "storageos",
    "projected",
    "scaleIO",
    "quobyte",
    "csi",
    "ephemeral",
    "image",
];

/// Checks all volumes; gives the names of the good ones, which mounts may use.
pub fn volumes(pod: &Value, at: &At, errors: &mut Errors) -> SortedSet<String> {
    let mut names = SortedSet::new();
    for (index, volume) in items(pod, "volumes") {
        let at = at.index(index);
        let mut found = Errors::default();
        source(volume, &at, &mut found);
        let name = text(volume, "name");
        if name.is_empty() {
            found.required(&at.child("name"), "");
        } else {
            found.invalid_each(&at.child("name"), name, name::label(name));
        }
        if names.contains(name) {
            found.duplicate(&at.child("name"), name);
        }
        if found.len() == 0 {
            names.insert(name.to_owned());
        }
        errors.append(found);
    }
    names
}

fn source(volume: &Value, at: &At, errors: &mut Errors) {
    let mut sources = 0;
    for source in SOURCES.iter().filter(|source| has(volume, source)) {
        let (of, at) = (&volume[*source], at.child(source));
        sources += 1;
        if sources > 1 {
            errors.forbidden(&at, "may not specify more than 1 volume type");
            continue;
        }
        match *source {
            "emptyDir" if quantity(&of["sizeLimit"]).is_some_and(|limit| limit.is_negative()) => {
                let said = "SizeLimit field must be a valid resource quantity";
                errors.forbidden(&at.child("sizeLimit"), said);
            }
            "hostPath" => host_path(of, &at, errors),
            "secret" => keys(of, "secretName", &at, errors),
            "configMap" => keys(of, "name", &at, errors),
            "persistentVolumeClaim" if text(of, "claimName").is_empty() => {
                errors.required(&at.child("claimName"), "");
            }
            "projected" => projected(of, &at, errors),
            "nfs" => network(of, &at, errors),
            _ => {}
        }
    }
}

/// `hostPath`, of a pod or of a PersistentVolume.
pub fn host_path(of: &Value, at: &At, errors: &mut Errors) {
    let path = text(of, "path");
    if path.is_empty() {
        return errors.required(&at.child("path"), "");
    }
    errors.invalid_each(&at.child("path"), path, name::no_backsteps(path));
    const KINDS: [&str; 8] = [
        "",
        "BlockDevice",
        "CharDevice",
        "Directory",
        "DirectoryOrCreate",
        "File",
        "FileOrCreate",
        "Socket",
    ];
    let kind = text(of, "type");
    if !KINDS.contains(&kind) {
        errors.not_supported(&at.child("type"), kind, &KINDS);
    }
}

/// `nfs`, of a pod or of a PersistentVolume.
pub fn network(of: &Value, at: &At, errors: &mut Errors) {
    for field in ["server", "path"] {
        if text(of, field).is_empty() {
            errors.required(&at.child(field), "");
        }
    }
    let path = text(of, "path");
    if !path.is_empty() && !path.starts_with('/') {
        errors.invalid(&at.child("path"), path, "must be an absolute path");
    }
}

fn keys(of: &Value, name: &str, at: &At, errors: &mut Errors) {
    if text(of, name).is_empty() {
        errors.required(&at.child(name), "");
    }
    mode(of, "defaultMode", at, errors);
    key_items(of, at, errors);
}

fn mode(of: &Value, field: &str, at: &At, errors: &mut Errors) {
    if let Some(mode) = of[field].as_i64().filter(|mode| !(0..=0o777).contains(mode)) {
        let said = "must be a number between 0 and 0777 (octal), both inclusive";
        errors.invalid(&at.child(field), mode, said);
    }
}

fn key_items(of: &Value, at: &At, errors: &mut Errors) {
    for (index, item) in items(of, "items") {
        let at = at.child("items").index(index);
        if text(item, "key").is_empty() {
            errors.required(&at.child("key"), "");
        }
        let path = text(item, "path");
        if path.is_empty() {
            errors.required(&at.child("path"), "");
        } else {
            errors.invalid_each(&at.child("path"), path, name::descending_path(path));
            if path.starts_with("..") && !path.starts_with("../") && path != ".." {
                errors.invalid(&at.child("path"), path, "must not start with '..'");
            }
        }
        mode(item, "mode", &at, errors);
    }
}

fn projected(of: &Value, at: &At, errors: &mut Errors) {
    mode(of, "defaultMode", at, errors);
    for (index, source) in items(of, "sources") {
        let at = at.child("sources").index(index);
        let kinds =
            source.as_object().map_or(0, |map| map.values().filter(|v| !v.is_null()).count());
        if kinds > 1 {
            errors.forbidden(&at, "may not specify more than 1 volume type");
        }
        for kind in ["secret", "configMap"] {
            if has(source, kind) {
                let at = at.child(kind);
                if text(&source[kind], "name").is_empty() {
                    errors.required(&at.child("name"), "");
                }
                key_items(&source[kind], &at, errors);
            }
        }
    }
    if list(of, "sources").is_empty() {
        errors.required(&at.child("sources"), "");
    }
}
