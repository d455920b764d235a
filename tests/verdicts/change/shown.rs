//! A refusal shows what was refused: `PATH: Invalid value: VALUE: …` is said of an object that
//! has VALUE at PATH. Where a row's words leave open which field or which value they mean, this is
//! one more reading of them; whether the server would say just that of the object is what is
//! judged.

use serde_json::{Value, json};

use super::tree::{Step, get, key, put, steps, with, without};

/// Objects of which a refusal may be said.
pub fn readings(want: &str, base: &Value) -> Vec<Value> {
    let Some((head, said)) = want.split_once(" is invalid: ") else {
        return undecodable(want, base);
    };
    let mut bases = vec![base.clone()];
    let name = head.split('"').nth(1).unwrap_or_default();
    if get(base, &steps("/metadata/name")).as_str() != Some(name) {
        bases = vec![put(base, &steps("/metadata/name"), name)];
    }
    let said = said.strip_prefix('[').filter(|rest| rest.ends_with(']')).unwrap_or(said);
    let Some((path, said)) = said.split_once(": ") else { return bases };
    let places = places(path, base);
    let value = shown(said);
    let mut found = Vec::new();
    for place in &places {
        let Some(value) = &value else {
            found.push(without(&bases[0], place));
            found.push(with(&bases[0], place, emptied));
            continue;
        };
        found.push(put(&bases[0], place, value.clone()));
        if let Some(text) = value.as_str() {
            // Labels and data are named as a whole; the text is a key or a value of them.
            if get(base, place).is_object() || get(base, place).is_null() {
                found.push(with(&bases[0], place, |old| entry(old, "app", text)));
                found.push(with(&bases[0], place, |old| entry(old, text, "x")));
            }
            // A number written as a text stays one.
            if get(base, place).is_number() {
                found.extend(text.parse::<i64>().map(|number| put(&bases[0], place, number)));
            }
        }
    }
    found.extend(bases);
    found
}

/// Objects that the server's decoder refuses so.
fn undecodable(want: &str, base: &Value) -> Vec<Value> {
    let quoted = |mark: &str| {
        let (_, rest) = want.split_once(mark)?;
        rest.split('"').next()
    };
    if let Some(path) = quoted("unknown field \"") {
        return places(path, base).iter().map(|place| put(base, place, "x")).collect();
    }
    let (Some(what), Some((_, field))) =
        (want.split("cannot unmarshal ").nth(1), want.split_once("Go struct field "))
    else {
        return Vec::new();
    };
    let wrong = match what.split(' ').next() {
        Some("string") => json!("x"),
        Some("number") => {
            let number = what.split(' ').nth(1).and_then(|text| serde_json::from_str(text).ok());
            number.unwrap_or(json!(1))
        }
        Some("bool") => json!(true),
        Some("array") => json!([]),
        _ => json!({}),
    };
    let path = field.split(' ').next().and_then(|path| path.split_once('.')).map_or("", |it| it.1);
    let places = places(path, base);
    let whole = places.iter().map(|place| put(base, place, wrong.clone()));
    let within =
        places.iter().map(|place| put(base, &[&place[..], &[key("x")]].concat(), wrong.clone()));
    whole.chain(within).collect()
}

fn emptied(old: &Value) -> Value {
    match old {
        Value::Array(_) => json!([]),
        Value::String(_) => "".into(),
        _ => json!({}),
    }
}

fn entry(old: &Value, name: &str, value: &str) -> Value {
    let mut map = old.as_object().cloned().unwrap_or_default();
    map.insert(name.to_owned(), value.into());
    map.into()
}

/// The value in `Invalid value: "x": …`; none where a value is missing.
fn shown(said: &str) -> Option<Value> {
    let marks = ["Invalid value: ", "Unsupported value: ", "Duplicate value: ", "Not found: "];
    let rest = marks.iter().find_map(|mark| said.strip_prefix(mark))?;
    let mut values = serde_json::Deserializer::from_str(rest).into_iter::<Value>();
    values.next()?.ok()
}

/// `spec.ports[0].name` → the places it may mean: the server leaves out some indices, and names
/// maps' keys and lists' indices alike.
fn places(path: &str, base: &Value) -> Vec<Vec<Step>> {
    let mut open: Vec<Vec<Step>> = vec![Vec::new()];
    for part in path.replace('[', ".[").split('.').filter(|part| !part.is_empty()) {
        let inner = part.strip_prefix('[').map(|inner| inner.trim_end_matches(']'));
        let mut next = Vec::new();
        for path in open {
            let mut add = |more: &[Step]| {
                let mut path = path.clone();
                path.extend_from_slice(more);
                next.push(path);
            };
            match (inner, inner.and_then(|inner| inner.parse::<usize>().ok())) {
                (_, Some(index)) => add(&[Step::Index(index)]),
                (Some("storage"), _) => add(&[key("requests"), key("storage")]),
                (Some(inner), _) => add(&[key(inner)]),
                (None, _) => {
                    let items = get(base, &path).as_array().map_or(0, Vec::len);
                    for index in 0..items {
                        add(&[Step::Index(index), key(part)]);
                    }
                    if items == 0 {
                        add(&[key(part)]);
                    }
                }
            }
        }
        open = next;
    }
    open
}
