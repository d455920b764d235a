//! What the API server's strict decoder says of an object, before any validation.
//! Models sigs.k8s.io/json and apimachinery/pkg/runtime/serializer/json.

use serde_json::Value;

use super::object::{BAD_QUANTITY, Quantity, Time};
use super::schema::{Field, Schema, Type};

/// What the decoder found.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Decoded {
    /// The first field of the wrong type: the object cannot be read at all.
    pub mistyped: Option<Mistyped>,
    /// Fields the API does not know, in the decoder's order.
    pub unknown: Vec<Unknown>,
}

/// A field the API does not know.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unknown {
    /// Its path.
    pub path: String,
    /// A field of the same struct whose name is nearly the same.
    pub near: Option<&'static str>,
}

/// A field of the wrong type.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mistyped {
    /// Its path.
    pub path: String,
    /// What the decoder says.
    pub text: String,
}

impl Decoded {
    /// What the API server answers, after `error when creating "…": `. None if the object decodes.
    /// `version` is the part of `apiVersion` after the slash.
    pub fn refusal(&self, kind: &str, api_version: &str) -> Option<String> {
        let version = api_version.rsplit('/').next().unwrap_or(api_version);
        let said = match (&self.mistyped, self.unknown.is_empty()) {
            (Some(mistyped), _) => mistyped.text.clone(),
            (None, false) => {
                let fields: Vec<String> = self.unknown.iter().map(Unknown::text).collect();
                format!("strict decoding error: {}", fields.join(", "))
            }
            (None, true) => return None,
        };
        Some(format!("{kind} in version \"{version}\" cannot be handled as a {kind}: {said}"))
    }
}

impl Unknown {
    /// What the decoder says of it.
    pub fn text(&self) -> String {
        format!("unknown field {:?}", self.path)
    }
}

/// Reads an object of a modelled kind as the API server would. Fields are visited in the order of
/// their names, as kubectl sends them.
pub fn decode(kind: &'static str, value: &Value) -> Decoded {
    let mut walk = Walk { schema: Schema::get(), found: Decoded::default() };
    let at = At { path: String::new(), stack: String::new(), holder: kind };
    walk.fields(kind, value, &at);
    walk.found
}

/// Where the decoder is.
#[derive(Clone)]
struct At {
    /// The path, with indices.
    path: String,
    /// The same without indices, as Go's errors give it.
    stack: String,
    /// The struct whose field is read.
    holder: &'static str,
}

struct Walk {
    schema: &'static Schema,
    found: Decoded,
}

impl Walk {
    fn fields(&mut self, name: &'static str, value: &Value, at: &At) {
        let Value::Object(map) = value else {
            return self.mistyped(at, value, &Type::Struct(name));
        };
        for (key, value) in map {
            let path = join(&at.path, key);
            // Go matches names without regard to case only where decoding is not strict; strict
            // decoding is exact.
            let Some(Field { name: field, of }) = self.schema.field(name, key) else {
                let near = nearest(self.schema.fields(name).unwrap_or_default(), key);
                self.found.unknown.push(Unknown { path, near });
                continue;
            };
            let next = At { path, stack: join(&at.stack, field), holder: name };
            self.value(of, value, &next);
        }
    }

    fn value(&mut self, of: &'static Type, value: &Value, at: &At) {
        if value.is_null() {
            return;
        }
        match (of, value) {
            (Type::Struct(name), Value::Object(_)) => self.fields(name, value, at),
            (Type::List(item), Value::Array(items)) => {
                for (index, value) in items.iter().enumerate() {
                    let path = format!("{}[{index}]", at.path);
                    self.value(item, value, &At { path, ..at.clone() });
                }
            }
            (Type::Map(item), Value::Object(map)) => {
                for (key, value) in map {
                    let path = join(&at.path, key);
                    self.value(item, value, &At { path, ..at.clone() });
                }
            }
            (Type::Any, _)
            | (Type::Text(_), Value::String(_))
            | (Type::Bool, Value::Bool(_))
            | (Type::IntOrString, Value::String(_))
            | (Type::Float, Value::Number(_)) => {}
            (Type::Int(32), Value::Number(n)) if in_int32(n) => {}
            (Type::Int(64), Value::Number(n)) if n.is_i64() => {}
            (Type::IntOrString, Value::Number(n)) if in_int32(n) => {}
            (Type::Quantity, _) => self.quantity(value, at),
            (Type::Time, Value::String(text)) => self.time(text, at),
            (Type::Bytes, Value::String(text)) => self.bytes(text, at),
            (of, value) => self.mistyped(at, value, of),
        }
    }

    fn quantity(&mut self, value: &Value, at: &At) {
        let text = match value {
            Value::String(text) => text.trim().to_owned(),
            Value::Number(number) => number.to_string(),
            other => other.to_string(),
        };
        if Quantity::parse(&text).is_none() {
            self.say(at, quantity_error(&text).to_owned());
        }
    }

    fn time(&mut self, text: &str, at: &At) {
        if Time::parse(text).is_none() {
            let said = format!(
                "parsing time {text:?} as \"2006-01-02T15:04:05Z07:00\": cannot parse {text:?} as \
                 \"2006\""
            );
            self.say(at, said);
        }
    }

    fn bytes(&mut self, text: &str, at: &At) {
        if let Some(byte) = bad_base64(text) {
            self.say(at, format!("illegal base64 data at input byte {byte}"));
        }
    }

    fn mistyped(&mut self, at: &At, value: &Value, of: &Type) {
        let what = match value {
            Value::Null => "null".to_owned(),
            Value::Bool(_) => "bool".to_owned(),
            // Go names the number only where a number was wanted, and this one does not fit.
            Value::Number(n) if matches!(of, Type::Int(_)) => format!("number {n}"),
            Value::Number(_) => "number".to_owned(),
            Value::String(_) => "string".to_owned(),
            Value::Array(_) => "array".to_owned(),
            Value::Object(_) => "object".to_owned(),
        };
        let text = match of {
            Type::IntOrString => {
                format!("json: cannot unmarshal {what} into Go value of type int32")
            }
            Type::Time => format!("json: cannot unmarshal {what} into Go value of type string"),
            of if at.stack.is_empty() => {
                format!("json: cannot unmarshal {what} into Go value of type {}", of.go_name())
            }
            of => {
                let holder = at.holder.strip_prefix("Discovery").unwrap_or(at.holder);
                format!(
                    "json: cannot unmarshal {what} into Go struct field {holder}.{} of type {}",
                    at.stack,
                    of.go_name()
                )
            }
        };
        self.say(at, text);
    }

    fn say(&mut self, at: &At, text: String) {
        if self.found.mistyped.is_none() {
            self.found.mistyped = Some(Mistyped { path: at.path.clone(), text });
        }
    }
}

/// The field whose name differs least, if it differs by no more than two letters in five.
fn nearest(fields: &'static [Field], key: &str) -> Option<&'static str> {
    let lower = key.to_ascii_lowercase();
    fields
        .iter()
        .map(|field| (distance(&field.name.to_ascii_lowercase(), &lower), field.name))
        .min()
        .filter(|(distance, _)| distance * 5 <= key.len() * 2)
        .map(|(_, name)| name)
}

/// How many letters must be put in, taken out or replaced (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(64).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().take(64).enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = corner + usize::from(x != *y);
            corner = row[j + 1];
            row[j + 1] = replaced.min(corner + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

fn in_int32(number: &serde_json::Number) -> bool {
    number.as_i64().is_some_and(|n| i32::try_from(n).is_ok())
}

/// What `resource.ParseQuantity` says of a text that is not a quantity: one shaped like a number
/// with a suffix has a wrong suffix, anything else is no quantity at all.
fn quantity_error(text: &str) -> &'static str {
    let number = |c: char| c.is_ascii_digit() || c == '.';
    let rest = text.strip_prefix(['+', '-']).unwrap_or(text);
    let suffix = rest.trim_start_matches(number);
    let exponent = suffix.trim_start_matches(|c| "eEinumkKMGTP".contains(c));
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let shaped = suffix.len() < rest.len() && exponent.chars().all(|c| c.is_ascii_digit());
    if shaped { "unable to parse quantity's suffix" } else { BAD_QUANTITY }
}

/// The first byte at which a text stops being base64 (Go's encoding/base64, which skips line
/// breaks).
fn bad_base64(text: &str) -> Option<usize> {
    let is_digit = |c: u8| c.is_ascii_alphanumeric() || c == b'+' || c == b'/';
    let mut digits = 0;
    let mut padding = 0;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'\n' | b'\r' => {}
            b'=' if padding < 2 && (digits + padding) % 4 >= 2 => padding += 1,
            c if is_digit(c) && padding == 0 => digits += 1,
            _ => return Some(at),
        }
    }
    if (digits + padding) % 4 == 0 { None } else { Some(text.len()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_decoder_speaks_as_the_api_server_does() {
        let spec =
            |spec: Value| json!({"apiVersion": "apps/v1", "kind": "StatefulSet", "spec": spec});
        let containers = |one: Value| spec(json!({"template": {"spec": {"containers": [one]}}}));
        let rows = [
            (
                spec(json!({"replicas": "three"})),
                "json: cannot unmarshal string into Go struct field StatefulSetSpec.spec.replicas \
                 of type int32",
            ),
            (
                spec(json!({"replicas": 1.5})),
                "json: cannot unmarshal number 1.5 into Go struct field \
                 StatefulSetSpec.spec.replicas of type int32",
            ),
            (
                containers(json!({"env": [{"name": "A", "value": 1}]})),
                "json: cannot unmarshal number into Go struct field \
                 EnvVar.spec.template.spec.containers.env.value of type string",
            ),
            (
                containers(json!({"ports": {"containerPort": 1}})),
                "json: cannot unmarshal object into Go struct field \
                 Container.spec.template.spec.containers.ports of type []v1.ContainerPort",
            ),
            (
                containers(json!({"command": "bash"})),
                "json: cannot unmarshal string into Go struct field \
                 Container.spec.template.spec.containers.command of type []string",
            ),
            (containers(json!({"resources": {"requests": {"memory": "1Gb"}}})), BAD_QUANTITY),
            (
                containers(json!({"readinesProbe": {}})),
                "strict decoding error: unknown field \
                 \"spec.template.spec.containers[0].readinesProbe\"",
            ),
            (
                spec(json!({"b": 1, "a": 2})),
                "strict decoding error: unknown field \"spec.a\", unknown field \"spec.b\"",
            ),
        ];
        for (object, want) in rows {
            let refusal = decode("StatefulSet", &object).refusal("StatefulSet", "apps/v1");
            let want =
                format!("StatefulSet in version \"v1\" cannot be handled as a StatefulSet: {want}");
            assert_eq!(refusal, Some(want), "{object}");
        }
        assert_eq!(decode("StatefulSet", &spec(json!({"replicas": null}))), Decoded::default());
    }
}
