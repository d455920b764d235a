//! Probes and hooks. Models `validateProbe`, `validateHandler`, `validateLifecycle`.

use serde_json::Value;

use super::container::{command, http, port, port_number};
use super::error::{At, Errors};
use super::tree::{has, number};

/// A probe, if the container has it.
pub fn probe(container: &Value, field: &str, at: &At, errors: &mut Errors) {
    let probe = &container[field];
    if probe.is_null() {
        return;
    }
    let at = at.child(field);
    handler(probe, &["exec", "httpGet", "tcpSocket", "grpc"], 0, &at, errors);
    for field in ["initialDelaySeconds", "timeoutSeconds", "periodSeconds"] {
        errors.not_negative(&at.child(field), number(probe, field, 0));
    }
    for field in ["successThreshold", "failureThreshold"] {
        errors.not_negative(&at.child(field), number(probe, field, 1));
    }
    let grace = at.child("terminationGracePeriodSeconds");
    if let Some(seconds) = probe["terminationGracePeriodSeconds"].as_i64() {
        if seconds <= 0 {
            errors.invalid(&grace, seconds, "must be greater than 0");
        }
        if field == "readinessProbe" {
            errors.invalid(&grace, seconds, "must not be set for readinessProbes");
        }
    }
    // 0 stands for the default, 1.
    let successes = number(probe, "successThreshold", 1);
    if field != "readinessProbe" && ![0, 1].contains(&successes) {
        errors.invalid(&at.child("successThreshold"), successes, "must be 1");
    }
}

/// `lifecycle.postStart` or `lifecycle.preStop`.
pub fn hook(of: &Value, grace_seconds: i64, at: &At, errors: &mut Errors) {
    handler(of, &["exec", "httpGet", "tcpSocket", "sleep"], grace_seconds, at, errors);
}

fn handler(of: &Value, kinds: &[&str], grace_seconds: i64, at: &At, errors: &mut Errors) {
    let mut handlers = 0;
    for kind in kinds.iter().filter(|kind| has(of, kind)) {
        let at = at.child(kind);
        handlers += 1;
        if handlers > 1 {
            errors.forbidden(&at, "may not specify more than 1 handler type");
            continue;
        }
        match *kind {
            "exec" => command(&of["exec"], &at, errors),
            "httpGet" => http(&of["httpGet"], &at, errors),
            "tcpSocket" => port(&of["tcpSocket"]["port"], &at.child("port"), errors),
            "grpc" => port_number(number(&of["grpc"], "port", 0), &at.child("port"), errors),
            _ => sleep(number(&of["sleep"], "seconds", 0), grace_seconds, &at, errors),
        }
    }
    if handlers == 0 {
        errors.required(at, "must specify a handler type");
    }
}

fn sleep(seconds: i64, grace_seconds: i64, at: &At, errors: &mut Errors) {
    if seconds < 0 || seconds > grace_seconds {
        let said = format!(
            "must be non-negative and less than terminationGracePeriodSeconds ({grace_seconds})"
        );
        errors.invalid(at, seconds, &said);
    }
}
