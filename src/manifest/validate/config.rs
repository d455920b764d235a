//! ConfigMaps and Secrets.

use serde_json::Value;

use super::error::{At, Errors};
use super::tree::{entries, has, text};
use super::{meta, name};

/// Bytes of all values together.
const DATA_BYTES_MAX: usize = 1024 * 1024;

/// A new ConfigMap.
pub fn config_map(object: &Value, errors: &mut Errors) {
    meta::object(object, true, name::subdomain, errors);
    data(object, errors);
}

fn data(object: &Value, errors: &mut Errors) {
    let mut bytes = 0;
    for (key, value) in entries(object, "data") {
        let at = At::new("data").key(key);
        errors.invalid_each(&at, key, name::config_key(key));
        if has(&object["binaryData"], key) {
            errors.invalid(&at, key, "duplicate of key present in binaryData");
        }
        bytes += value.as_str().map_or(0, str::len);
    }
    for (key, value) in entries(object, "binaryData") {
        let at = At::new("binaryData").key(key);
        errors.invalid_each(&at, key, name::config_key(key));
        bytes += value.as_str().map_or(0, |text| text.len() / 4 * 3);
    }
    if bytes > DATA_BYTES_MAX {
        // The whole object is meant: a path of one empty name, which the server prints so.
        errors.too_long(&At::new("[]"), DATA_BYTES_MAX);
    }
}

/// A changed ConfigMap.
pub fn config_map_update(new: &Value, old: &Value, errors: &mut Errors) {
    immutable(new, old, &["data", "binaryData"], errors);
    data(new, errors);
}

fn immutable(new: &Value, old: &Value, fields: &[&str], errors: &mut Errors) {
    if old["immutable"].as_bool() != Some(true) {
        return;
    }
    let said = "field is immutable when `immutable` is set";
    if new["immutable"].as_bool() != Some(true) {
        errors.forbidden(&At::new("immutable"), said);
    }
    for field in fields {
        if new[*field] != old[*field] {
            errors.forbidden(&At::new(field), said);
        }
    }
}

/// A new Secret.
pub fn secret(object: &Value, errors: &mut Errors) {
    meta::object(object, true, name::subdomain, errors);
    secret_data(object, errors);
}

fn secret_data(object: &Value, errors: &mut Errors) {
    let mut bytes = 0;
    // The server folds `stringData` into `data` before it looks.
    for field in ["data", "stringData"] {
        for (key, value) in entries(object, field) {
            errors.invalid_each(&At::new("data").key(key), key, name::config_key(key));
            let length = value.as_str().map_or(0, str::len);
            bytes += if field == "data" { length / 4 * 3 } else { length };
        }
    }
    if bytes > DATA_BYTES_MAX {
        errors.too_long(&At::new("data"), DATA_BYTES_MAX);
    }
    let needed: &[&str] = match text(object, "type") {
        "kubernetes.io/dockerconfigjson" => &[".dockerconfigjson"],
        "kubernetes.io/dockercfg" => &[".dockercfg"],
        "kubernetes.io/tls" => &["tls.crt", "tls.key"],
        "kubernetes.io/ssh-auth" => &["ssh-privatekey"],
        _ => &[],
    };
    for key in needed {
        if !has(&object["data"], key) && !has(&object["stringData"], key) {
            errors.required(&At::new("data").key(key), "");
        }
    }
}

/// A changed Secret.
pub fn secret_update(new: &Value, old: &Value, errors: &mut Errors) {
    let kind = |of| super::tree::text_or(of, "type", "Opaque").to_owned();
    if kind(new) != kind(old) {
        errors.invalid(&At::new("type"), kind(new), "field is immutable");
    }
    immutable(new, old, &["data", "stringData"], errors);
    secret_data(new, errors);
}
