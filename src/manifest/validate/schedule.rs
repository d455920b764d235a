//! Affinity, tolerations, spreading. Models `validateAffinity`, `ValidateTolerations` and their
//! kin.

use serde_json::Value;

use super::error::{At, Errors};
use super::pod::one_of;
use super::tree::{has, items, list, number, text};
use super::{meta, name};

/// `affinity`.
pub fn affinity(affinity: &Value, at: &At, errors: &mut Errors) {
    node_affinity(&affinity["nodeAffinity"], &at.child("nodeAffinity"), errors);
    for field in ["podAffinity", "podAntiAffinity"] {
        let (of, at) = (&affinity[field], at.child(field));
        let required = "requiredDuringSchedulingIgnoredDuringExecution";
        for (index, term) in items(of, required) {
            pod_term(term, &at.child(required).index(index), errors);
        }
        let preferred = "preferredDuringSchedulingIgnoredDuringExecution";
        for (index, one) in items(of, preferred) {
            let at = at.child(preferred).index(index);
            weight(one, &at, errors);
            pod_term(&one["podAffinityTerm"], &at.child("podAffinityTerm"), errors);
        }
    }
}

fn weight(one: &Value, at: &At, errors: &mut Errors) {
    let weight = number(one, "weight", 0);
    if !(1..=100).contains(&weight) {
        errors.invalid(&at.child("weight"), weight, "must be in the range 1-100");
    }
}

fn pod_term(term: &Value, at: &At, errors: &mut Errors) {
    meta::selector(&term["labelSelector"], &at.child("labelSelector"), errors);
    for (index, namespace) in items(term, "namespaces") {
        let namespace = namespace.as_str().unwrap_or_default();
        let at = at.child("namespaces").index(index);
        errors.invalid_each(&at, namespace, name::label(namespace));
    }
    let key = text(term, "topologyKey");
    if key.is_empty() {
        errors.required(&at.child("topologyKey"), "can not be empty");
    }
    errors.invalid_each(&at.child("topologyKey"), key, name::qualified(key));
}

fn node_affinity(of: &Value, at: &At, errors: &mut Errors) {
    let required = "requiredDuringSchedulingIgnoredDuringExecution";
    if has(of, required) {
        node_selector(&of[required], &at.child(required), errors);
    }
    let preferred = "preferredDuringSchedulingIgnoredDuringExecution";
    for (index, one) in items(of, preferred) {
        let at = at.child(preferred).index(index);
        weight(one, &at, errors);
        node_term(&one["preference"], &at.child("preference"), errors);
    }
}

/// A node selector: at least one term.
pub fn node_selector(selector: &Value, at: &At, errors: &mut Errors) {
    let at = at.child("nodeSelectorTerms");
    if list(selector, "nodeSelectorTerms").is_empty() {
        return errors.required(&at, "must have at least one node selector term");
    }
    for (index, term) in items(selector, "nodeSelectorTerms") {
        node_term(term, &at.index(index), errors);
    }
}

fn node_term(term: &Value, at: &At, errors: &mut Errors) {
    for (index, one) in items(term, "matchExpressions") {
        meta::expression(one, &at.child("matchExpressions").index(index), true, errors);
    }
}

/// `tolerations`.
pub fn tolerations(pod: &Value, at: &At, errors: &mut Errors) {
    for (index, one) in items(pod, "tolerations") {
        let at = at.index(index);
        let (key, operator) = (text(one, "key"), text(one, "operator"));
        let (value, effect) = (text(one, "value"), text(one, "effect"));
        if !key.is_empty() {
            errors.invalid_each(&at.child("key"), key, name::qualified(key));
        } else if operator != "Exists" {
            let said = "operator must be Exists when `key` is empty, which means \"match all \
                values and all keys\"";
            errors.invalid(&at.child("operator"), operator, said);
        }
        if has(one, "tolerationSeconds") && effect != "NoExecute" {
            let said = "effect must be 'NoExecute' when `tolerationSeconds` is set";
            errors.invalid(&at.child("effect"), effect, said);
        }
        match operator {
            "" | "Equal" => {
                let said = name::label_value(value);
                if !said.is_empty() {
                    errors.invalid(&at.child("operator"), value, &said.join(";"));
                }
            }
            "Exists" if !value.is_empty() => errors.invalid(
                &at.child("operator"),
                one.clone(),
                "value must be empty when `operator` is 'Exists'",
            ),
            "Exists" => {}
            other => errors.not_supported(&at.child("operator"), other, &["Equal", "Exists"]),
        }
        if !effect.is_empty() {
            let effects = ["NoSchedule", "PreferNoSchedule", "NoExecute"];
            one_of(one, &at, "effect", "NoExecute", &effects, errors);
        }
    }
}

/// `topologySpreadConstraints`.
pub fn spread(pod: &Value, at: &At, errors: &mut Errors) {
    for (index, one) in items(pod, "topologySpreadConstraints") {
        let at = at.index(index);
        let skew = number(one, "maxSkew", 0);
        if skew <= 0 {
            errors.invalid(&at.child("maxSkew"), skew, "must be greater than zero");
        }
        let key = text(one, "topologyKey");
        if key.is_empty() {
            errors.required(&at.child("topologyKey"), "can not be empty");
        } else {
            errors.invalid_each(&at.child("topologyKey"), key, name::qualified(key));
        }
        let kinds = ["DoNotSchedule", "ScheduleAnyway"];
        one_of(one, &at, "whenUnsatisfiable", "", &kinds, errors);
        meta::selector(&one["labelSelector"], &at.child("labelSelector"), errors);
    }
}
