//! `kubectl apply`'s three-way merge: what the manifest says, what it no longer says, what others
//! have set. Models kubectl/pkg/util/apply and strategicpatch, with the merge keys of the built-in
//! kinds.

use serde_json::{Map, Value};

use super::LAST_APPLIED;
use crate::manifest::object::Object;

/// The annotation's text for a manifest.
pub(super) fn last_applied(object: &Object) -> String {
    let mut value = object.to_value();
    if let Some(root) = value.as_object_mut() {
        root.remove("status");
        let meta = root.entry("metadata").or_insert_with(|| Value::Object(Map::new()));
        if let Some(meta) = meta.as_object_mut() {
            let annotations =
                meta.entry("annotations").or_insert_with(|| Value::Object(Map::new()));
            if let Some(annotations) = annotations.as_object_mut() {
                annotations.remove(LAST_APPLIED);
            }
            if object.kind_info().is_none_or(|info| info.namespaced) {
                meta.entry("namespace").or_insert_with(|| Value::from("default"));
            }
        }
    }
    format!("{value}\n")
}

/// The live object after the manifest was applied; `None` if the result is no object of its kind.
pub(super) fn three_way(live: &Object, wanted: &Object, written: String) -> Option<Object> {
    let before = live
        .metadata()
        .annotations
        .get(LAST_APPLIED)
        .and_then(|text| serde_json::from_str::<Value>(text).ok())
        .unwrap_or(Value::Null);
    let mut wanted = wanted.to_value();
    if let Some(root) = wanted.as_object_mut() {
        root.remove("status");
    }
    let mut merged = live.to_value();
    merge(&mut merged, &wanted, &before, "");
    let mut next = Object::from_value(&merged).ok()?;
    let meta = next.metadata_mut();
    meta.annotations.insert(LAST_APPLIED.to_string(), written);
    // Written, times lose what the model knows beyond the second.
    meta.creation_timestamp = live.metadata().creation_timestamp;
    meta.deletion_timestamp = live.metadata().deletion_timestamp;
    super::defaults::fill(&mut next, "default");
    Some(next)
}

/// Merges a patch into an object: RFC 7386, or with lists merged by their keys (strategic).
pub fn merge_patch(live: &mut Value, patch: &Value, strategic: bool) {
    let (Some(live_map), Some(patch_map)) = (live.as_object_mut(), patch.as_object()) else {
        *live = patch.clone();
        return;
    };
    for (name, value) in patch_map {
        if value.is_null() {
            live_map.remove(name);
            continue;
        }
        let there = live_map.entry(name.clone()).or_insert(Value::Null);
        match (&mut *there, value, merge_key(&format!(".{name}"))) {
            (Value::Array(items), Value::Array(wanted), Some(by)) if strategic => {
                for want in wanted {
                    let known = items
                        .iter_mut()
                        .find(|item| item.get(by).is_some() && item.get(by) == want.get(by));
                    match known {
                        Some(item) => merge_patch(item, want, strategic),
                        None => items.push(want.clone()),
                    }
                }
            }
            (Value::Object(_), Value::Object(_), _) => merge_patch(there, value, strategic),
            _ => *there = value.clone(),
        }
    }
}

/// Lists of objects that are merged item by item, with the field that names an item.
/// Models the `patchMergeKey` tags of k8s.io/api.
fn merge_key(path: &str) -> Option<&'static str> {
    let field = path.rsplit('.').next()?;
    match field {
        "containers" | "initContainers" | "env" | "volumes" | "imagePullSecrets" => Some("name"),
        "volumeMounts" => Some("mountPath"),
        "ports" if path.ends_with("containers.ports") || path.ends_with("Containers.ports") => {
            Some("containerPort")
        }
        "ports" => Some("port"),
        "ownerReferences" => Some("uid"),
        "hostAliases" => Some("ip"),
        _ => None,
    }
}

/// Depth is bounded by the decoder, which refuses trees deeper than 128.
fn merge(live: &mut Value, wanted: &Value, before: &Value, path: &str) {
    let (Some(live_map), Some(wanted_map)) = (live.as_object_mut(), wanted.as_object()) else {
        *live = wanted.clone();
        return;
    };
    if let Some(before_map) = before.as_object() {
        for gone in before_map.keys().filter(|name| !wanted_map.contains_key(*name)) {
            if !path.is_empty() || (gone != "apiVersion" && gone != "kind") {
                live_map.remove(gone);
            }
        }
    }
    for (name, value) in wanted_map {
        let inner = format!("{path}.{name}");
        let was = before.get(name).unwrap_or(&Value::Null);
        match (live_map.get_mut(name), value) {
            (Some(there @ Value::Object(_)), Value::Object(_)) => merge(there, value, was, &inner),
            (Some(Value::Array(there)), Value::Array(items)) => match merge_key(&inner) {
                Some(merge_key) => {
                    let was = was.as_array().map_or(&[][..], Vec::as_slice);
                    merge_list(there, items, was, merge_key, &inner);
                }
                None => *there = items.clone(),
            },
            _ => drop(live_map.insert(name.clone(), value.clone())),
        }
    }
}

fn merge_list(live: &mut Vec<Value>, wanted: &[Value], before: &[Value], by: &str, path: &str) {
    let same = |a: &Value, b: &Value| a.get(by).is_some() && a.get(by) == b.get(by);
    live.retain(|item| {
        !before.iter().any(|was| same(was, item)) || wanted.iter().any(|want| same(want, item))
    });
    for want in wanted {
        let was = before.iter().find(|was| same(was, want)).unwrap_or(&Value::Null);
        match live.iter_mut().find(|item| same(item, want)) {
            Some(item) => merge(item, want, was, path),
            None => live.push(want.clone()),
        }
    }
    // The order is the manifest's; what others added comes after.
    live.sort_by_key(|item| wanted.iter().position(|want| same(want, item)).unwrap_or(usize::MAX));
}
