//! The API server's verdicts on create and update, in its words. Models pkg/apis/core/validation,
//! pkg/apis/apps/validation and apimachinery's `field.Error` of 1.36.
//!
//! What the server's defaulting would fill in counts as filled in. Objects are trees that have
//! passed `decode`.

mod config;
mod container;
mod error;
mod meta;
mod name;
mod pod;
mod probe;
mod schedule;
mod service;
mod storage;
mod tree;
mod volume;
mod workload;

#[cfg(test)]
mod tests;

use serde_json::Value;

pub use error::{ErrorKind, FieldError};

use error::{At, Errors};
use tree::text;

/// What the API server says of a new object; nothing if it takes it.
pub fn create(object: &Value) -> Vec<FieldError> {
    let mut errors = Errors::default();
    match text(object, "kind") {
        "StatefulSet" => workload::create(object, &mut errors),
        "Pod" => pod::create(object, &mut errors),
        "Service" => service::create(object, &mut errors),
        "ConfigMap" => config::config_map(object, &mut errors),
        "Secret" => config::secret(object, &mut errors),
        "Namespace" => meta::object(object, false, name::label, &mut errors),
        "PersistentVolumeClaim" => storage::claim(object, &mut errors),
        "PersistentVolume" => storage::volume(object, &mut errors),
        "StorageClass" => storage::class(object, &mut errors),
        "Node" => meta::object(object, false, name::subdomain, &mut errors),
        _ => meta::object(object, true, name::subdomain, &mut errors),
    }
    errors.done()
}

/// What the API server says of `new` in the place of `old`; nothing if it takes it.
pub fn update(new: &Value, old: &Value) -> Vec<FieldError> {
    let mut errors = Errors::default();
    meta::update(new, old, &mut errors);
    match text(new, "kind") {
        "StatefulSet" => workload::update(new, old, &mut errors),
        "Pod" => pod::update(new, old, &mut errors),
        "Service" => service::update(new, old, &mut errors),
        "ConfigMap" => config::config_map_update(new, old, &mut errors),
        "Secret" => config::secret_update(new, old, &mut errors),
        "PersistentVolumeClaim" => storage::claim_update(new, old, &mut errors),
        "PersistentVolume" => storage::volume_update(new, old, &mut errors),
        "StorageClass" => storage::class_update(new, old, &mut errors),
        _ => {}
    }
    errors.done()
}

/// How the server names a kind in its messages: `StatefulSet.apps`, `Service`.
pub fn qualified_kind(api_version: &str, kind: &str) -> String {
    match api_version.split_once('/') {
        Some((group, _)) => format!("{kind}.{group}"),
        None => kind.to_owned(),
    }
}

/// The message of the server's answer 422: `StatefulSet.apps "mysql" is invalid: …`.
/// Models apimachinery/pkg/api/errors `NewInvalid`.
pub fn status_message(object: &Value, errors: &[FieldError]) -> String {
    let kind = qualified_kind(text(object, "apiVersion"), text(object, "kind"));
    let mut said: Vec<String> = Vec::new();
    for error in errors {
        let text = error.to_string();
        if !said.contains(&text) {
            said.push(text);
        }
    }
    let said = if said.len() == 1 { said.concat() } else { format!("[{}]", said.join(", ")) };
    format!("{kind} \"{}\" is invalid: {said}", text(&object["metadata"], "name"))
}

/// What kubectl prints of that answer: `The StatefulSet "mysql" is invalid: …`, one cause a line if
/// there are several. Models kubectl's cmd/util/helpers.go.
pub fn kubectl_message(kind: &str, name: &str, errors: &[FieldError]) -> String {
    let causes: Vec<String> = errors.iter().map(FieldError::to_string).collect();
    match causes.as_slice() {
        [one] => format!("The {kind} \"{name}\" is invalid: {one}"),
        many => {
            let lines: String = many.iter().map(|cause| format!("\n* {cause}")).collect();
            format!("The {kind} \"{name}\" is invalid: {lines}")
        }
    }
}

/// Whether a text may name a Service, a container, a namespace.
pub fn is_label(text: &str) -> bool {
    name::label(text).is_empty()
}

/// Whether a text may name a ConfigMap, a claim, a storage class.
pub fn is_subdomain(text: &str) -> bool {
    name::subdomain(text).is_empty()
}

/// The path `metadata`.
fn metadata() -> At {
    At::new("metadata")
}

/// The path `spec`.
fn spec() -> At {
    At::new("spec")
}
