//! What a plain scalar means, as kubectl reads it (go.yaml.in/yaml/v2 `resolve.go`, then JSON).

use serde_json::{Map, Number, Value as Json};

use super::{Node, Scalar, Style, Value};

impl Node {
    /// The JSON that kubectl would send for it. Of a key written twice, the last counts.
    pub fn to_json(&self) -> Json {
        match &self.value {
            Value::Scalar(scalar) => scalar.to_json(),
            Value::List(items) => Json::Array(items.iter().map(Node::to_json).collect()),
            Value::Map(entries) => {
                let mut map = Map::new();
                for entry in entries {
                    map.insert(entry.key.as_key(), entry.value.to_json());
                }
                Json::Object(map)
            }
        }
    }

    /// Its text as a JSON key: `true`, `1` and the like become text.
    pub fn as_key(&self) -> String {
        match self.to_json() {
            Json::String(text) => text,
            other => other.to_string(),
        }
    }
}

impl Scalar {
    /// The JSON value it stands for.
    pub fn to_json(&self) -> Json {
        match (self.tag.as_deref(), self.style) {
            (Some("str"), _) => Json::String(self.text.clone()),
            (Some(_), _) | (None, Style::Plain) => {
                plain(&self.text).unwrap_or_else(|| Json::String(self.text.clone()))
            }
            (None, _) => Json::String(self.text.clone()),
        }
    }
}

/// What a plain scalar means, unless it is text.
fn plain(text: &str) -> Option<Json> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Some(Json::Null),
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            return Some(Json::Bool(true));
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            return Some(Json::Bool(false));
        }
        _ => {}
    }
    let first = text.bytes().next()?;
    if !(first.is_ascii_digit() || matches!(first, b'+' | b'-' | b'.')) {
        return None;
    }
    let digits = text.replace('_', "");
    integer(&digits).or_else(|| float(&digits))
}

/// `strconv.ParseInt(text, 0, 64)`: a prefix names the base, and a leading 0 means octal.
fn integer(text: &str) -> Option<Json> {
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let lower = rest.to_ascii_lowercase();
    let (base, digits) = if let Some(hex) = lower.strip_prefix("0x") {
        (16, hex)
    } else if let Some(binary) = lower.strip_prefix("0b") {
        (2, binary)
    } else if let Some(octal) = lower.strip_prefix("0o") {
        (8, octal)
    } else if lower.len() > 1 && lower.starts_with('0') {
        (8, &lower[1..])
    } else {
        (10, lower.as_str())
    };
    if digits.is_empty() || digits.starts_with(['+', '-']) {
        return None;
    }
    if negative {
        let value = i64::from_str_radix(&format!("-{digits}"), base).ok()?;
        return Some(Json::Number(value.into()));
    }
    u64::from_str_radix(digits, base).ok().map(|value| Json::Number(value.into()))
}

/// A number with a point or an exponent. One that is whole is written without the point, as Go's
/// JSON does.
fn float(text: &str) -> Option<Json> {
    let shape = |c: char| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '+' | '-');
    if !text.chars().all(shape) || !text.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let value: f64 = text.parse().ok()?;
    if value.fract() == 0.0 && value.abs() < 1e15 {
        return Some(Json::Number(Number::from(value as i64)));
    }
    Number::from_f64(value).map(Json::Number)
}

#[cfg(test)]
mod tests {
    use super::plain;
    use serde_json::{Value, json};

    #[test]
    fn plain_scalars_mean_what_kubectl_sends() {
        let rows = [
            ("yes", json!(true)),
            ("off", json!(false)),
            ("~", Value::Null),
            ("3", json!(3)),
            ("-1", json!(-1)),
            ("0777", json!(511)),
            ("0x10", json!(16)),
            ("1_000", json!(1000)),
            ("1.5", json!(1.5)),
            ("3.0", json!(3)),
            ("1e3", json!(1000)),
        ];
        for (text, want) in rows {
            assert_eq!(plain(text), Some(want), "{text}");
        }
        for text in
            ["2Gi", "500m", "mysql", "5.7.44", "-", ".", "+", "127.0.0.1", "2026-01-05", "e5"]
        {
            assert_eq!(plain(text), None, "{text}");
        }
    }
}
