//! StatefulSets. Models pkg/apis/apps/validation/validation.go.

use serde_json::{Value, json};

use super::error::{At, Errors};
use super::tree::{has, items, list, normal, number, text, text_or};
use super::{meta, name, pod, storage};

const IMMUTABLE: &str = "updates to statefulset spec for fields other than 'replicas', 'ordinals', \
    'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' \
    and 'minReadySeconds' are forbidden";

/// The fields of `spec` that may change.
const MUTABLE: [&str; 7] = [
    "replicas",
    "ordinals",
    "template",
    "updateStrategy",
    "revisionHistoryLimit",
    "persistentVolumeClaimRetentionPolicy",
    "minReadySeconds",
];

/// A new StatefulSet.
pub fn create(object: &Value, errors: &mut Errors) {
    meta::object(object, true, name::label, errors);
    spec(&object["spec"], &super::spec(), errors);
}

/// A changed StatefulSet.
pub fn update(new: &Value, old: &Value, errors: &mut Errors) {
    spec(&new["spec"], &super::spec(), errors);
    let kept = |object: &Value| {
        let mut spec = object["spec"].clone();
        if let Some(map) = spec.as_object_mut() {
            map.retain(|key, _| !MUTABLE.contains(&key.as_str()));
            map.entry("podManagementPolicy").or_insert_with(|| "OrderedReady".into());
        }
        templates_as_stored(&mut spec);
        normal(&spec)
    };
    if kept(new) != kept(old) {
        errors.forbidden(&super::spec(), IMMUTABLE);
    }
}

/// Claim templates with what the server adds to them.
fn templates_as_stored(spec: &mut Value) {
    let templates = spec.get_mut("volumeClaimTemplates").and_then(Value::as_array_mut);
    for template in templates.into_iter().flatten() {
        if let Some(map) = template.as_object_mut() {
            for field in ["apiVersion", "kind", "status"] {
                map.remove(field);
            }
        }
        if let Some(meta) = template.get_mut("metadata").and_then(Value::as_object_mut) {
            meta.remove("creationTimestamp");
        }
        if let Some(claim) = template.get_mut("spec").and_then(Value::as_object_mut) {
            claim.entry("volumeMode").or_insert_with(|| "Filesystem".into());
        }
    }
}

fn spec(spec: &Value, at: &At, errors: &mut Errors) {
    let policy = text_or(spec, "podManagementPolicy", "OrderedReady");
    if !["OrderedReady", "Parallel"].contains(&policy) {
        let at = at.child("podManagementPolicy");
        errors.invalid(&at, policy, "must be 'OrderedReady' or 'Parallel'");
    }
    strategy(&spec["updateStrategy"], &at.child("updateStrategy"), errors);
    if has(spec, "persistentVolumeClaimRetentionPolicy") {
        let at = at.child("persistentVolumeClaimRetentionPolicy");
        for field in ["whenDeleted", "whenScaled"] {
            let policy = text_or(&spec["persistentVolumeClaimRetentionPolicy"], field, "Retain");
            if !["Retain", "Delete"].contains(&policy) {
                errors.not_supported(&at.child(field), policy, &["Retain", "Delete"]);
            }
        }
    }
    errors.not_negative(&at.child("replicas"), number(spec, "replicas", 1));
    errors.not_negative(&at.child("minReadySeconds"), number(spec, "minReadySeconds", 0));
    if has(spec, "ordinals") {
        errors.not_negative(&at.child("ordinals.start"), number(&spec["ordinals"], "start", 0));
    }
    selector_and_template(spec, at, errors);
    let template = &spec["template"]["spec"];
    let at_template = at.child("template").child("spec");
    let policy = text_or(template, "restartPolicy", "Always");
    if policy != "Always" {
        errors.not_supported(&at_template.child("restartPolicy"), policy, &["Always"]);
    }
    if has(template, "activeDeadlineSeconds") {
        errors.forbidden(
            &at_template.child("activeDeadlineSeconds"),
            "activeDeadlineSeconds in StatefulSet is not Supported",
        );
    }
    for (index, claim) in items(spec, "volumeClaimTemplates") {
        let at = at.child("volumeClaimTemplates").index(index);
        storage::claim_spec(&claim["spec"], &at.child("spec"), errors);
    }
    let service = text(spec, "serviceName");
    if !service.is_empty() {
        errors.invalid_each(&at.child("serviceName"), service, name::label(service));
    }
}

fn strategy(strategy: &Value, at: &At, errors: &mut Errors) {
    let rolling = &strategy["rollingUpdate"];
    match text_or(strategy, "type", "RollingUpdate") {
        "RollingUpdate" => {
            let at = at.child("rollingUpdate");
            errors.not_negative(&at.child("partition"), number(rolling, "partition", 0));
            if has(rolling, "maxUnavailable") {
                max_unavailable(&rolling["maxUnavailable"], &at.child("maxUnavailable"), errors);
            }
        }
        "OnDelete" if !rolling.is_null() => {
            let said = "only allowed for updateStrategy 'RollingUpdate'";
            errors.invalid_shown(&at.child("rollingUpdate"), rolling_shown(rolling), said);
        }
        "OnDelete" => {}
        other => {
            let rolling = rolling_shown(rolling);
            let text = format!("{{\"Type\":{other:?},\"RollingUpdate\":{rolling}}}");
            errors.invalid_shown(at, text, "must be 'RollingUpdate' or 'OnDelete'");
        }
    }
}

/// `rollingUpdate` as Go prints the server's own struct, fields in its order.
fn rolling_shown(rolling: &Value) -> String {
    if rolling.is_null() {
        return "null".to_owned();
    }
    let (partition, unavailable) = (number(rolling, "partition", 0), &rolling["maxUnavailable"]);
    format!("{{\"Partition\":{partition},\"MaxUnavailable\":{unavailable}}}")
}

fn max_unavailable(value: &Value, at: &At, errors: &mut Errors) {
    let percent = value.as_str().map(|text| (text, text.strip_suffix('%').map(str::parse::<i64>)));
    match (percent, value.as_i64()) {
        (Some((text, Some(Ok(percent)))), _) => {
            if percent == 0 {
                errors.invalid(at, text, "cannot be 0");
            }
            if percent > 100 {
                errors.invalid(at, text, "must not be greater than 100%");
            }
        }
        (Some((text, _)), _) => errors.invalid(
            at,
            text,
            "a valid percent string must be a numeric string followed by an ending '%' (e.g. \
             '1%',  or '93%', regex used for validation is '[0-9]+%')",
        ),
        (None, Some(0)) => errors.invalid(at, 0, "cannot be 0"),
        (None, Some(number)) => errors.not_negative(at, number),
        (None, None) => {}
    }
}

fn selector_and_template(spec: &Value, at: &At, errors: &mut Errors) {
    let selector = &spec["selector"];
    let at_selector = at.child("selector");
    let before = errors.len();
    let empty = normal(selector).as_object().is_none_or(serde_json::Map::is_empty);
    if selector.is_null() {
        errors.required(&at_selector, "");
    } else {
        meta::selector(selector, &at_selector, errors);
        if empty {
            errors.invalid(&at_selector, json!({}), "empty selector is invalid for statefulset");
        }
    }
    let usable = empty || errors.len() == before;
    if !usable {
        errors.invalid(&at_selector, normal(selector), "");
        return;
    }
    let template = &spec["template"];
    let at_template = at.child("template");
    let labels = &template["metadata"]["labels"];
    let matched = !selector.is_null() && meta::selects(selector, labels);
    if !matched {
        let at = at_template.child("metadata").child("labels");
        errors.invalid(&at, labels.clone(), "`selector` does not match template `labels`");
    }
    pod_template(spec, template, &at_template, errors);
}

/// The template, with the claim templates standing before its volumes, as the server checks it: a
/// claim takes the place of a volume of the same name.
fn pod_template(spec: &Value, template: &Value, at: &At, errors: &mut Errors) {
    let mut whole = template.clone();
    let claims: Vec<Value> = items(spec, "volumeClaimTemplates")
        .map(|(_, claim)| {
            let name = text(&claim["metadata"], "name");
            json!({"name": name, "persistentVolumeClaim": {"claimName": name}})
        })
        .collect();
    let named = |volume: &Value| claims.iter().any(|claim| claim["name"] == volume["name"]);
    // Where each checked volume stands in what was written.
    let mut places: Vec<String> =
        (0..claims.len()).map(|n| format!("spec.volumeClaimTemplates[{n}].metadata")).collect();
    let mut volumes = claims.clone();
    for (index, volume) in items(&template["spec"], "volumes") {
        if !named(volume) {
            volumes.push(volume.clone());
            places.push(format!("spec.template.spec.volumes[{index}]"));
        }
    }
    if list(&template["spec"], "volumes").len() + claims.len() > 0 && whole["spec"].is_object() {
        whole["spec"]["volumes"] = Value::Array(volumes);
    }
    let first = errors.len();
    pod::template(&whole, at, errors);
    let prefix = "spec.template.spec.volumes[";
    errors.each_from(first, |error| {
        let Some((index, rest)) = error.path.strip_prefix(prefix).and_then(|r| r.split_once(']'))
        else {
            return;
        };
        let place = index.parse().ok().and_then(|index: usize| places.get(index));
        error.place = place.map(|place| format!("{place}{rest}"));
    });
}
