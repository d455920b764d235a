//! Short ways into a tree. What is absent or null is empty.

use serde_json::{Map, Value};

use crate::manifest::object::Quantity;

/// A text field, or "".
pub fn text<'a>(of: &'a Value, key: &str) -> &'a str {
    of[key].as_str().unwrap_or_default()
}

/// A text field, or what the server's defaulting would put there.
pub fn text_or<'a>(of: &'a Value, key: &str, default: &'a str) -> &'a str {
    match text(of, key) {
        "" => default,
        text => text,
    }
}

/// A list's items with their indices.
pub fn items<'a>(of: &'a Value, key: &str) -> impl Iterator<Item = (usize, &'a Value)> {
    list(of, key).iter().enumerate()
}

/// A list.
pub fn list<'a>(of: &'a Value, key: &str) -> &'a [Value] {
    of[key].as_array().map_or(&[], Vec::as_slice)
}

/// A map's entries, sorted by key.
pub fn entries<'a>(of: &'a Value, key: &str) -> impl Iterator<Item = (&'a str, &'a Value)> {
    of[key].as_object().into_iter().flat_map(Map::iter).map(|(key, value)| (key.as_str(), value))
}

/// A whole number, or the default where it is absent.
pub fn number(of: &Value, key: &str, default: i64) -> i64 {
    of[key].as_i64().unwrap_or(default)
}

/// Whether a field is there and not null.
pub fn has(of: &Value, key: &str) -> bool {
    !of[key].is_null()
}

/// A quantity.
pub fn quantity(value: &Value) -> Option<Quantity> {
    match value {
        Value::String(text) => Quantity::parse(text.trim()),
        Value::Number(number) => Quantity::parse(&number.to_string()),
        _ => None,
    }
}

/// A tree without nulls, empty lists and empty maps, quantities in their normal form: what the
/// server compares.
pub fn normal(value: &Value) -> Value {
    normal_in(value, false)
}

fn normal_in(value: &Value, amounts: bool) -> Value {
    match value {
        Value::Object(map) => {
            let mut kept = Map::new();
            for (key, value) in map {
                let inner = normal_in(value, matches!(key.as_str(), "requests" | "limits"));
                let empty = inner.as_object().is_some_and(Map::is_empty)
                    || inner.as_array().is_some_and(Vec::is_empty);
                if !inner.is_null() && (!empty || key == "emptyDir") {
                    kept.insert(key.clone(), inner);
                }
            }
            Value::Object(kept)
        }
        Value::Array(items) => {
            Value::Array(items.iter().map(|item| normal_in(item, false)).collect())
        }
        other if amounts => {
            quantity(other).map_or_else(|| other.clone(), |amount| amount.to_string().into())
        }
        other => other.clone(),
    }
}
