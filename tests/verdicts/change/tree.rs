//! Places in a tree: finding, changing, taking out.

use serde_json::{Value, json};

use ordinal::manifest::schema::{Schema, Type};

/// One step down a tree.
#[derive(Clone, PartialEq, Debug)]
pub enum Step {
    Key(String),
    Index(usize),
}

pub fn key(name: &str) -> Step {
    Step::Key(name.to_owned())
}

/// The steps of `/a/0/b`.
pub fn steps(pointer: &str) -> Vec<Step> {
    let parts = pointer.split('/').filter(|part| !part.is_empty());
    parts.map(|part| part.parse().map_or_else(|_| key(part), Step::Index)).collect()
}

pub fn get<'a>(base: &'a Value, path: &[Step]) -> &'a Value {
    path.iter().fold(base, |at, step| match step {
        Step::Key(key) => &at[key.as_str()],
        Step::Index(index) => &at[*index],
    })
}

/// The tree with one place changed; what lies on the way is made.
pub fn with(base: &Value, path: &[Step], change: impl FnOnce(&Value) -> Value) -> Value {
    let mut new = base.clone();
    let mut at = &mut new;
    for step in path {
        at = match step {
            Step::Key(key) => {
                if !at.is_object() {
                    *at = json!({});
                }
                &mut at[key.as_str()]
            }
            Step::Index(index) => {
                if !at.is_array() {
                    *at = json!([]);
                }
                let list = at.as_array_mut().expect("it was made one");
                while list.len() <= *index {
                    list.push(Value::Null);
                }
                &mut list[*index]
            }
        };
    }
    *at = change(at);
    new
}

/// The tree with one place set.
pub fn put(base: &Value, path: &[Step], value: impl Into<Value>) -> Value {
    let value = value.into();
    with(base, path, |_| value)
}

/// The tree without one place.
pub fn without(base: &Value, path: &[Step]) -> Value {
    let Some((last, parents)) = path.split_last() else { return base.clone() };
    if get(base, parents).is_null() {
        return base.clone();
    }
    with(base, parents, |parent| {
        let mut parent = parent.clone();
        match last {
            Step::Key(key) => {
                parent.as_object_mut().map(|map| map.remove(key));
            }
            Step::Index(index) => {
                parent.as_array_mut().map(|list| list.remove(*index));
            }
        }
        parent
    })
}

/// Every scalar below a place, outside `status`.
pub fn leaves(base: &Value, path: &[Step]) -> Vec<Vec<Step>> {
    let mut found = Vec::new();
    let mut open = vec![path.to_vec()];
    while let Some(path) = open.pop() {
        let below: Vec<Step> = match get(base, &path) {
            Value::Object(map) => map.keys().map(|name| key(name)).collect(),
            Value::Array(items) => (0..items.len()).map(Step::Index).collect(),
            _ if path.first() != Some(&key("status")) => {
                found.push(path);
                continue;
            }
            _ => continue,
        };
        open.extend(below.into_iter().rev().map(|step| {
            let mut path = path.clone();
            path.push(step);
            path
        }));
    }
    found
}

/// Another scalar of the same kind.
pub fn other(old: &Value) -> Value {
    match old {
        Value::Number(n) => json!(n.as_i64().unwrap_or(0) + 1),
        Value::Bool(b) => json!(!b),
        Value::String(text) if text == "ReadWriteOnce" => "ReadWriteMany".into(),
        Value::String(text) if text.ends_with("Gi") => "3Gi".into(),
        Value::String(text) => format!("{text}-x").into(),
        _ => json!(1),
    }
}

/// The type of a list's items, of a list of lists' items …
pub fn inner(of: &Type) -> &Type {
    match of {
        Type::List(item) => inner(item),
        other => other,
    }
}

/// The nearest field of this name below a struct: one that the object has, or else one that the
/// API has. Lists of structs are entered at their first item.
pub fn below(of: &str, name: &str, here: &Value) -> Option<(Vec<Step>, Type)> {
    search(of, name, here, true).or_else(|| search(of, name, here, false))
}

fn search(of: &str, name: &str, here: &Value, written: bool) -> Option<(Vec<Step>, Type)> {
    let mut front: Vec<(String, Vec<Step>, &Value)> = vec![(of.to_owned(), Vec::new(), here)];
    for _depth in 0..8 {
        let mut next = Vec::new();
        for (of, path, value) in &front {
            for field in Schema::get().fields(of)? {
                let value = &value[field.name];
                if field.name == "status" || (written && value.is_null()) {
                    continue;
                }
                let mut path = path.clone();
                path.push(key(field.name));
                let list = matches!(field.of, Type::List(_));
                let item = matches!(inner(&field.of), Type::Struct(_));
                if list && item {
                    path.push(Step::Index(0));
                }
                if field.name == name {
                    let of =
                        if list && !item { field.of.clone() } else { inner(&field.of).clone() };
                    return Some((path, of));
                }
                if let Type::Struct(of) = inner(&field.of) {
                    let value = if list { &value[0] } else { value };
                    next.push(((*of).to_owned(), path, value));
                }
            }
        }
        front = next;
    }
    None
}
