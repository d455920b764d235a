//! Kinds for which kubectl has no words of its own. Models `genericDescriber`.

use serde_json::{Map, Value};

use super::labels;
use crate::kube::print::tabs::Tabs;
use crate::manifest::object::Object;

/// What is printed before all else, and therefore left out below.
const SHOWN: [&str; 5] = [
    ".metadata.managedFields",
    ".metadata.name",
    ".metadata.namespace",
    ".metadata.labels",
    ".metadata.annotations",
];

pub(super) fn generic(tabs: &mut Tabs, object: &Object) {
    let meta = object.metadata();
    tabs.pair(0, "Name", &meta.name);
    tabs.pair(0, "Namespace", &meta.namespace);
    labels(tabs, "Labels", &meta.labels);
    labels(tabs, "Annotations", &meta.annotations);
    if let Value::Object(map) = object.to_value() {
        content(tabs, 0, &map, "");
    }
}

/// Models `printUnstructuredContent`. Depth is bounded by the decoder.
fn content(tabs: &mut Tabs, level: usize, map: &Map<String, Value>, path: &str) {
    for (field, value) in map {
        let path = format!("{path}.{field}");
        if SHOWN.contains(&path.as_str()) {
            continue;
        }
        match value {
            Value::Object(map) => {
                tabs.line(level, &format!("{}:", title(field)));
                content(tabs, level + 1, map, &path);
            }
            Value::Array(items) => {
                tabs.line(level, &format!("{}:", title(field)));
                for item in items {
                    match item {
                        Value::Object(map) => content(tabs, level + 1, map, &path),
                        other => tabs.line(level + 1, &plain(other)),
                    }
                }
            }
            other => tabs.pair(level, &title(field), &plain(other)),
        }
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "<nil>".to_string(),
        other => other.to_string(),
    }
}

/// `creationTimestamp` → `Creation Timestamp`. Models `smartLabelFor`.
fn title(field: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut before = ' ';
    let letters: Vec<char> = field.chars().collect();
    for (at, letter) in letters.iter().enumerate() {
        let next_is_small = letters.get(at + 1).is_some_and(char::is_ascii_lowercase);
        let begins = at == 0
            || (letter.is_ascii_uppercase() && (!before.is_ascii_uppercase() || next_is_small))
            || (letter.is_ascii_alphanumeric() != before.is_ascii_alphanumeric())
            || (letter.is_ascii_digit() != before.is_ascii_digit());
        match words.last_mut().filter(|_| !begins) {
            Some(word) => word.push(*letter),
            None => words.push(letter.to_string()),
        }
        before = *letter;
    }
    let word = |word: &String| {
        let upper = word.to_uppercase();
        if ["API", "URL", "UID", "OSB", "GUID"].contains(&upper.as_str()) {
            return upper;
        }
        let mut letters = word.chars();
        letters.next().map_or(String::new(), |first| {
            first.to_uppercase().collect::<String>() + letters.as_str()
        })
    };
    words.iter().filter(|one| *one != "_").map(word).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::title;

    #[test]
    fn fields_become_titles_as_kubectl_writes_them() {
        let rows = [
            ("apiVersion", "API Version"),
            ("creationTimestamp", "Creation Timestamp"),
            ("uid", "UID"),
            ("ownerReferences", "Owner References"),
            ("serviceAccountName", "Service Account Name"),
            ("podIPs", "Pod I Ps"),
            ("kind", "Kind"),
        ];
        for (field, want) in rows {
            assert_eq!(title(field), want, "{field}");
        }
    }
}
