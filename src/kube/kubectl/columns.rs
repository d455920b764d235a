//! `-o custom-columns=NAME:.metadata.name,…`. Models kubectl/pkg/cmd/get/customcolumn.go.

use serde_json::Value;

use super::jsonpath;
use crate::kube::print::align;

/// The table of an object, or of a list's items.
pub(super) fn table(spec: &str, value: &Value, no_headers: bool) -> Result<String, String> {
    if spec.is_empty() {
        return Err("error: custom-columns format specified but no custom columns given".into());
    }
    let mut columns = Vec::new();
    for part in spec.split(',') {
        let Some((header, path)) = part.split_once(':') else {
            return Err(format!(
                "error: unexpected custom-columns spec: {part}, expected <header>:<json-path-expr>"
            ));
        };
        columns.push((header, path.trim_start_matches('{').trim_end_matches('}')));
    }
    let items = match value.get("items").and_then(Value::as_array) {
        Some(items) => items.clone(),
        None => vec![value.clone()],
    };
    let mut text = String::new();
    if !no_headers {
        let headers: Vec<&str> = columns.iter().map(|(header, _)| *header).collect();
        text.push_str(&headers.join("\t"));
        text.push('\n');
    }
    for item in &items {
        let cells: Vec<String> = columns.iter().map(|(_, path)| cell(path, item)).collect();
        text.push_str(&cells.join("\t"));
        text.push('\n');
    }
    Ok(align(&text, 6, 3))
}

fn cell(path: &str, item: &Value) -> String {
    let found: Vec<String> = jsonpath::find(path, item).iter().map(go).collect();
    if found.is_empty() { "<none>".to_string() } else { found.join(",") }
}

/// A value as Go's `%v` prints it.
fn go(value: &Value) -> String {
    match value {
        Value::Null => "<nil>".to_string(),
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            format!("[{}]", items.iter().map(go).collect::<Vec<_>>().join(" "))
        }
        Value::Object(map) => {
            let rows: Vec<String> =
                map.iter().map(|(name, value)| format!("{name}:{}", go(value))).collect();
            format!("map[{}]", rows.join(" "))
        }
        other => other.to_string(),
    }
}
