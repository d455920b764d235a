//! `metadata`, labels and selectors. Models apimachinery/pkg/api/validation/objectmeta.go.

use serde_json::Value;

use super::error::{At, Errors};
use super::name::{self, Messages};
use super::tree::{entries, has, items, list, number, text};

/// Finalizers of Kubernetes' own, which need no domain.
const FINALIZERS: [&str; 3] = ["foregroundDeletion", "kubernetes", "orphan"];

/// All annotations of an object together, bytes.
const ANNOTATIONS_BYTES_MAX: usize = 256 * 1024;

/// `metadata` of a new object.
pub fn object(
    object: &Value,
    namespaced: bool,
    name_check: fn(&str) -> Messages,
    errors: &mut Errors,
) {
    let (meta, at) = (&object["metadata"], super::metadata());
    let generate = text(meta, "generateName");
    if !generate.is_empty() {
        // A prefix may end with a dash, for a suffix will follow.
        let as_name = format!("{}a", generate.trim_end_matches('-'));
        errors.invalid_each(&at.child("generateName"), generate, name_check(&as_name));
    }
    let name = text(meta, "name");
    if name.is_empty() && generate.is_empty() {
        errors.required(&at.child("name"), "name or generateName is required");
    } else if !name.is_empty() {
        errors.invalid_each(&at.child("name"), name, name_check(name));
    }
    let namespace = text(meta, "namespace");
    // What is in no namespace loses the one it names before it is checked
    // (registry/rest/meta.go `EnsureObjectNamespaceMatchesRequestNamespace`).
    if namespaced && !namespace.is_empty() {
        errors.invalid_each(&at.child("namespace"), namespace, name::label(namespace));
    }
    errors.not_negative(&at.child("generation"), number(meta, "generation", 0));
    labels(&meta["labels"], &at.child("labels"), errors);
    annotations(&meta["annotations"], &at.child("annotations"), errors);
    for (index, finalizer) in items(meta, "finalizers") {
        let finalizer = finalizer.as_str().unwrap_or_default();
        let at = at.child("finalizers").index(index);
        errors.invalid_each(&at, finalizer, name::qualified(finalizer));
        if !finalizer.contains('/') && !FINALIZERS.contains(&finalizer) {
            let said = "name is neither a standard finalizer name nor is it fully qualified";
            errors.invalid(&at, finalizer, said);
        }
    }
    owners(meta, &at.child("ownerReferences"), errors);
}

/// Models `ValidateOwnerReferences`.
fn owners(meta: &Value, at: &At, errors: &mut Errors) {
    let mut first: Option<String> = None;
    for (index, owner) in items(meta, "ownerReferences") {
        let here = at.index(index);
        for field in ["apiVersion", "kind", "name", "uid"] {
            if text(owner, field).is_empty() {
                let said = if field == "apiVersion" { "version must" } else { "must" };
                errors.invalid(&here.child(field), "", &format!("{said} not be empty"));
            }
        }
        if owner["controller"].as_bool() != Some(true) {
            continue;
        }
        let shown = format!("{}/{}", text(owner, "kind"), text(owner, "name"));
        match &first {
            Some(first) => {
                let said = format!(
                    "Only one reference can have Controller set to true. Found \"true\" in \
                     references for {first} and {shown}"
                );
                errors.invalid(at, meta["ownerReferences"].clone(), &said);
            }
            None => first = Some(shown),
        }
    }
}

/// What may not change in `metadata`.
pub fn update(new: &Value, old: &Value, errors: &mut Errors) {
    let at = super::metadata();
    let (new, old) = (&new["metadata"], &old["metadata"]);
    for field in ["name", "namespace", "uid"] {
        if has(new, field) && has(old, field) && new[field] != old[field] {
            errors.invalid(&at.child(field), new[field].clone(), "field is immutable");
        }
    }
    labels(&new["labels"], &at.child("labels"), errors);
    annotations(&new["annotations"], &at.child("annotations"), errors);
}

/// Labels.
pub fn labels(map: &Value, at: &At, errors: &mut Errors) {
    let Some(map) = map.as_object() else { return };
    for (key, value) in map {
        errors.invalid_each(at, key, name::qualified(key));
        let value = value.as_str().unwrap_or_default();
        errors.invalid_each(at, value, name::label_value(value));
    }
}

/// Annotations.
pub fn annotations(map: &Value, at: &At, errors: &mut Errors) {
    let Some(map) = map.as_object() else { return };
    let mut bytes = 0;
    for (key, value) in map {
        // Keys may be written in capitals, and are checked as if they were not.
        errors.invalid_each(at, key, name::qualified(&key.to_ascii_lowercase()));
        bytes += key.len() + value.as_str().map_or(0, str::len);
    }
    if bytes > ANNOTATIONS_BYTES_MAX {
        errors.too_long(at, ANNOTATIONS_BYTES_MAX);
    }
}

/// A label selector.
pub fn selector(selector: &Value, at: &At, errors: &mut Errors) {
    labels(&selector["matchLabels"], &at.child("matchLabels"), errors);
    for (index, one) in items(selector, "matchExpressions") {
        let at = at.child("matchExpressions").index(index);
        expression(one, &at, false, errors);
        for (n, value) in items(one, "values") {
            let value = value.as_str().unwrap_or_default();
            let at = at.child("values").index(n);
            errors.invalid_each(&at, value, name::label_value(value));
        }
    }
}

/// One of `matchExpressions`: its operator, how many values that wants, its key. Only expressions
/// about nodes may `compare` by `Gt` and `Lt`.
pub fn expression(one: &Value, at: &At, compare: bool, errors: &mut Errors) {
    let values = list(one, "values").len();
    match text(one, "operator") {
        "In" | "NotIn" if values == 0 => errors
            .required(&at.child("values"), "must be specified when `operator` is 'In' or 'NotIn'"),
        "Exists" | "DoesNotExist" if values > 0 => errors.forbidden(
            &at.child("values"),
            "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
        ),
        "Gt" | "Lt" if compare && values != 1 => errors.required(
            &at.child("values"),
            "must be specified single value when `operator` is 'Lt' or 'Gt'",
        ),
        "In" | "NotIn" | "Exists" | "DoesNotExist" => {}
        "Gt" | "Lt" if compare => {}
        other => errors.invalid(&at.child("operator"), other, "not a valid selector operator"),
    }
    let key = text(one, "key");
    errors.invalid_each(&at.child("key"), key, name::qualified(key));
}

/// Whether a selector without errors is met by labels.
pub fn selects(selector: &Value, labels: &Value) -> bool {
    let label = |key: &str| labels[key].as_str();
    let one = |one: &Value| {
        let value = label(text(one, "key"));
        let among = || list(one, "values").iter().any(|v| v.as_str() == value && value.is_some());
        match text(one, "operator") {
            "In" => among(),
            "NotIn" => !among(),
            "Exists" => value.is_some(),
            _ => value.is_none(),
        }
    };
    entries(selector, "matchLabels").all(|(key, value)| label(key) == value.as_str())
        && list(selector, "matchExpressions").iter().all(one)
}
