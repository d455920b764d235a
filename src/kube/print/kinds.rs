//! Small values that several printers need.

use crate::manifest::object::{Labels, Quantity, ServicePort};

/// `RWO`, `ROX`, `RWX`, `RWOP`, joined by commas.
pub fn access_modes(modes: &[String]) -> String {
    let short = |mode: &String| match mode.as_str() {
        "ReadWriteOnce" => "RWO".to_string(),
        "ReadOnlyMany" => "ROX".to_string(),
        "ReadWriteMany" => "RWX".to_string(),
        "ReadWriteOncePod" => "RWOP".to_string(),
        other => other.to_string(),
    };
    let mut known: Vec<String> = Vec::new();
    for mode in ["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"] {
        if modes.iter().any(|one| one == mode) {
            known.push(short(&mode.to_string()));
        }
    }
    known.join(",")
}

/// A Service's ports as PORT(S) shows them.
pub(super) fn service_ports(ports: &[ServicePort]) -> String {
    let rows: Vec<String> = ports
        .iter()
        .map(|port| match port.node_port {
            0 => format!("{}/{}", port.port, port.protocol),
            node => format!("{}:{node}/{}", port.port, port.protocol),
        })
        .collect();
    or_none(&rows.join(","))
}

/// `a=b,c=d`, or `<none>`.
pub(super) fn selector(labels: &Labels) -> String {
    let rows: Vec<String> = labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
    or_none(&rows.join(","))
}

/// A text, or `<none>` for an empty one.
pub(super) fn or_none(text: &str) -> String {
    if text.is_empty() { "<none>".to_string() } else { text.to_string() }
}

/// An amount, or nothing.
pub(super) fn amount(quantity: Option<&Quantity>) -> String {
    quantity.map(Quantity::to_string).unwrap_or_default()
}

/// At most so many, and how many more there are.
pub(super) fn first_few(all: &[String], most: usize) -> String {
    let shown = all.iter().take(most).cloned().collect::<Vec<_>>().join(",");
    match all.len().checked_sub(most) {
        Some(more) if more > 0 => format!("{shown} + {more} more..."),
        _ => shown,
    }
}
