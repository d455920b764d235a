//! ConfigMaps, Secrets, namespaces.

use super::{events, labels};
use crate::base::SimTime;
use crate::base::base64::unbase64;
use crate::kube::print::tabs::Tabs;
use crate::kube::store::Store;
use crate::manifest::object::{ConfigMap, Namespace, Object, Secret};

fn bytes(value: &str) -> usize {
    unbase64(value).map_or(0, |bytes| bytes.len())
}

/// Models `describeConfigMap`. Its values are printed as they are, outside of all columns.
pub(super) fn config(config: &ConfigMap, store: &Store, now: SimTime) -> String {
    let mut head = Tabs::default();
    head.pair(0, "Name", &config.metadata.name);
    head.pair(0, "Namespace", &config.metadata.namespace);
    labels(&mut head, "Labels", &config.metadata.labels);
    labels(&mut head, "Annotations", &config.metadata.annotations);
    let mut text = head.aligned();
    text.push_str("\nData\n====\n");
    for (name, value) in &config.data {
        text.push_str(&format!("{name}:\n----\n{value}\n\n"));
    }
    text.push_str("\nBinaryData\n====\n");
    for (name, value) in &config.binary_data {
        text.push_str(&format!("{name}: {} bytes\n", bytes(value)));
    }
    text.push('\n');
    let mut tail = Tabs::default();
    events(&mut tail, store, &Object::ConfigMap(Box::new(config.clone())), now);
    text.push_str(&tail.aligned());
    text
}

/// Models `describeSecret`.
pub(super) fn secret(tabs: &mut Tabs, secret: &Secret) {
    tabs.pair(0, "Name", &secret.metadata.name);
    tabs.pair(0, "Namespace", &secret.metadata.namespace);
    labels(tabs, "Labels", &secret.metadata.labels);
    labels(tabs, "Annotations", &secret.metadata.annotations);
    tabs.line(0, "");
    tabs.pair(0, "Type", &secret.secret_type);
    tabs.line(0, "");
    tabs.line(0, "Data");
    tabs.line(0, "====");
    for (name, value) in &secret.data {
        tabs.pair(0, name, &format!("{} bytes", bytes(value)));
    }
}

/// Models `describeNamespace`.
pub(super) fn namespace(tabs: &mut Tabs, namespace: &Namespace) {
    tabs.pair(0, "Name", &namespace.metadata.name);
    labels(tabs, "Labels", &namespace.metadata.labels);
    labels(tabs, "Annotations", &namespace.metadata.annotations);
    tabs.pair(0, "Status", &namespace.status.phase);
    for text in ["", "No resource quota.", "", "No LimitRange resource."] {
        tabs.line(0, text);
    }
}
