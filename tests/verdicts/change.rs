//! A row's few words → changes of an object.
//!
//! Words that name fields lead down the object, each to the nearest field of that name below the
//! last; the other words say what becomes of the field they led to.

use serde_json::{Value, json};

use ordinal::manifest::schema::{Schema, Type};

/// One step down a tree.
#[derive(Clone, PartialEq, Debug)]
enum Step {
    Key(String),
    Index(usize),
}

/// Words that stand for a field, and words that lead nowhere.
const SHORT: [(&str, &str); 19] = [
    ("container", "containers"),
    ("initContainer", "initContainers"),
    ("init", "initContainers"),
    ("probe", "livenessProbe"),
    ("liveness", "livenessProbe"),
    ("readiness", "readinessProbe"),
    ("startup", "startupProbe"),
    ("period", "periodSeconds"),
    ("vct", "volumeClaimTemplates"),
    ("retention", "persistentVolumeClaimRetentionPolicy"),
    ("port", "ports"),
    ("volume", "volumes"),
    ("mount", "volumeMounts"),
    ("volumeMount", "volumeMounts"),
    ("label", "labels"),
    ("strategy", "updateStrategy"),
    ("accessMode", "accessModes"),
    ("storageClass", "storageClassName"),
    ("handler", "exec"),
];

/// All readings of a change, as changed objects.
pub fn readings(change: &str, kind: &str, base: &Value) -> Vec<Value> {
    let words: Vec<&str> = change.split_whitespace().collect();
    let mut found: Vec<Value> = special(change, &words, kind, base);
    if found.is_empty() {
        let named = Named::of(&words, kind, base);
        found = named.apply(base);
    }
    if found.is_empty() { vec![base.clone()] } else { found }
}

/// Changes that take more than one field.
fn special(change: &str, words: &[&str], kind: &str, base: &Value) -> Vec<Value> {
    let has = |word: &str| words.contains(&word);
    let mut new = base.clone();
    if let Some((from, to)) = change.split_once("->") {
        let from = from.split_whitespace().last().unwrap_or(from);
        let to = to.split_whitespace().next().unwrap_or(to);
        return replaced(base, from, to);
    }
    let template = "/spec/template/spec/containers/0";
    if has(">") && (has("request") || has("requests")) {
        let container = new.pointer_mut(template).expect("the first container");
        if has("cpu") {
            container["resources"]["limits"] = json!({"cpu": "100m"});
        } else {
            container["resources"]["limits"] = json!({"memory": "512Mi"});
        }
        return vec![new];
    }
    if has("key") && (kind == "ConfigMap" || kind == "Secret") {
        let key = words.last().copied().unwrap_or_default();
        let key = if key == "empty" || key == "key" { "" } else { key };
        new["data"][key] = if kind == "Secret" { "eA==".into() } else { "x".into() };
        return vec![new];
    }
    if kind == "ConfigMap" && ["big", "large", "1MiB", ">1MiB"].iter().any(|w| has(w)) {
        new["data"]["big"] = "x".repeat(1024 * 1024 + 1).into();
        return vec![new];
    }
    let selector = change.contains("selector");
    if selector && ["mismatch", "match", "matching", "mismatched"].iter().any(|w| has(w)) {
        new["spec"]["template"]["metadata"]["labels"] = json!({"app": "other"});
        let mut other = base.clone();
        other["spec"]["selector"]["matchLabels"]["app"] = "other".into();
        return vec![new, other];
    }
    Vec::new()
}

/// Every scalar that reads `from` becomes `to`, one at a time.
fn replaced(base: &Value, from: &str, to: &str) -> Vec<Value> {
    let mut paths = Vec::new();
    scalars(base, &mut Vec::new(), &mut |path, value| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let status = path.first() == Some(&Step::Key("status".into()));
        if text == from && !status {
            paths.push(path.to_vec());
        }
    });
    paths.iter().map(|path| with(base, path, |old| like(old, to))).collect()
}

fn scalars(value: &Value, path: &mut Vec<Step>, found: &mut impl FnMut(&[Step], &Value)) {
    for (step, inner) in children(value) {
        path.push(step);
        scalars(inner, path, found);
        path.pop();
    }
    if !value.is_object() && !value.is_array() {
        found(path, value);
    }
}

fn children(value: &Value) -> Vec<(Step, &Value)> {
    match value {
        Value::Object(map) => map.iter().map(|(k, v)| (Step::Key(k.clone()), v)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(n, v)| (Step::Index(n), v)).collect(),
        _ => Vec::new(),
    }
}

/// A value of the kind that stands there.
fn like(old: &Value, text: &str) -> Value {
    match old {
        Value::Number(_) => text.parse::<i64>().map_or_else(|_| text.into(), Value::from),
        Value::Bool(_) => text.parse::<bool>().map_or_else(|_| text.into(), Value::from),
        _ => text.into(),
    }
}

/// The tree with one place changed; what lies on the way is made.
fn with(base: &Value, path: &[Step], change: impl FnOnce(&Value) -> Value) -> Value {
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

fn without(base: &Value, path: &[Step]) -> Value {
    let Some((last, parents)) = path.split_last() else { return base.clone() };
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

/// What a row's words name, and what they say of it.
struct Named {
    path: Vec<Step>,
    /// The type of the field, where the API knows it.
    of: Option<Type>,
    rest: Vec<String>,
}

impl Named {
    fn of(words: &[&str], kind: &str, base: &Value) -> Named {
        let mut named = Named { path: Vec::new(), of: None, rest: Vec::new() };
        let root = Schema::get().fields(kind).map(|_| kind.to_owned());
        let mut within: Option<String> = root;
        for word in words {
            let (name, value) = word.split_once('=').map_or((*word, None), |(n, v)| (n, Some(v)));
            for part in name.split('.').filter(|part| !part.is_empty()) {
                named.step(part, &mut within, base);
            }
            if let Some(value) = value {
                named.rest.push(format!("={value}"));
            }
        }
        named
    }

    /// Goes down to the field a word names, or keeps the word.
    fn step(&mut self, word: &str, within: &mut Option<String>, base: &Value) {
        let name = SHORT.iter().find(|(short, _)| *short == word).map_or(word, |(_, full)| full);
        if name == "storage" {
            self.path.extend(["spec", "resources", "requests", "storage"].map(key));
            self.path.dedup();
            *within = None;
            return;
        }
        let here = self.value(base);
        let down = within.as_ref().and_then(|of| below(of, name, here));
        let Some((steps, of)) = down else {
            self.rest.push(word.to_owned());
            return;
        };
        self.path.extend(steps);
        *within = match inner(&of) {
            Type::Struct(name) => Some((*name).to_owned()),
            _ => None,
        };
        self.of = Some(of);
    }

    fn value<'a>(&self, base: &'a Value) -> &'a Value {
        let mut at = base;
        for step in self.entered() {
            at = match step {
                Step::Key(key) => &at[key.as_str()],
                Step::Index(index) => &at[*index],
            };
        }
        at
    }

    /// The path without a list's first item at its end, where the list itself is meant.
    fn entered(&self) -> &[Step] {
        &self.path
    }

    fn apply(&self, base: &Value) -> Vec<Value> {
        let says = |words: &[&str]| self.rest.iter().any(|word| words.contains(&word.as_str()));
        let list_path: &[Step] = match self.path.split_last() {
            Some((Step::Index(_), list)) => list,
            _ => &self.path,
        };
        if self.path.is_empty() {
            return Vec::new();
        }
        if says(&["no", "without", "missing", "absent", "nil", "null", "unset", "removed", "none"])
        {
            return vec![without(base, list_path)];
        }
        if says(&["dup", "duplicate", "duplicated", "twice", "same"]) {
            return self.duplicates(base);
        }
        if says(&["empty"]) {
            return vec![with(base, list_path, |old| self.emptied(old))];
        }
        let old = self.value(base);
        let text = old.as_str().unwrap_or("mysql");
        let assigned = self.rest.iter().find_map(|word| word.strip_prefix('='));
        let last = self.rest.last().map(String::as_str);
        let value = if let Some(value) = assigned {
            self.typed(old, value)
        } else if says(&["upper", "uppercase", "capital"]) {
            if text == "mysql" { "MySQL".into() } else { text.to_uppercase().into() }
        } else if says(&["absolute"]) {
            format!("/{text}").into()
        } else if says(&["..", "backstep", "backsteps", "dotdot", "parent", "escape", "escapes"]) {
            return vec!["..", "../mysql", "mysql/../x", "a/../b", "../x", "../etc"]
                .into_iter()
                .map(|value| with(base, &self.path, |_| value.into()))
                .collect();
        } else if says(&["long"]) {
            return [16, 64, 254]
                .map(|length| with(base, &self.path, |_| "a".repeat(length).into()))
                .to_vec();
        } else if says(&["garbage"]) {
            "abc".into()
        } else if says(&["negative"]) {
            json!(-1)
        } else if says(&["zero"]) {
            json!(0)
        } else if says(&["space", "whitespace"]) {
            format!("{text} ").into()
        } else if says(&["unknown", "nosuch", "undeclared"]) {
            let path = self.with_name();
            return vec![with(base, &path, |_| "nosuch".into())];
        } else if let Some(word) = last {
            self.typed(old, word)
        } else {
            changed(old)
        };
        let path = self.with_type(&value);
        vec![with(base, &path, |_| value)]
    }

    /// A struct given a word takes it as its type or name; a list item its name.
    fn with_type(&self, value: &Value) -> Vec<Step> {
        let mut path = self.path.clone();
        if let (Some(Type::Struct(of)), false) = (&self.of, value.is_object()) {
            let field =
                ["type", "name", "start"].iter().find(|f| Schema::get().field(of, f).is_some());
            path.extend(field.map(|field| key(field)));
        }
        path
    }

    fn with_name(&self) -> Vec<Step> {
        let mut path = self.path.clone();
        if matches!(path.last(), Some(Step::Index(_))) {
            path.push(key("name"));
        }
        path
    }

    fn typed(&self, old: &Value, text: &str) -> Value {
        if old.is_string() {
            return text.into();
        }
        match self.of.as_ref().map(inner) {
            Some(Type::Int(_) | Type::IntOrString) => {
                text.parse::<i64>().map_or_else(|_| text.into(), Value::from)
            }
            Some(Type::Bool) => text.parse::<bool>().map_or_else(|_| text.into(), Value::from),
            _ if old.is_number() => like(old, text),
            _ => text.into(),
        }
    }

    fn emptied(&self, old: &Value) -> Value {
        match (old, &self.of) {
            (Value::String(_), _) | (_, Some(Type::Text(_))) => "".into(),
            (Value::Array(_), _) => json!([]),
            _ => json!({}),
        }
    }

    /// A second of the same: another item like this one, or the second item given the first one's
    /// value.
    fn duplicates(&self, base: &Value) -> Vec<Value> {
        let cut = self.path.iter().rposition(|step| matches!(step, Step::Index(_)));
        let Some(cut) = cut else { return Vec::new() };
        let (list, field) = (&self.path[..cut], &self.path[cut + 1..]);
        let first = with_items(base, list);
        let Some(item) = first.first().cloned() else { return Vec::new() };
        let mut more = item.clone();
        for number in ["containerPort", "port", "nodePort"] {
            let same = field.first() == Some(&key(number));
            if let Some(value) = more[number].as_i64().filter(|_| !same) {
                more[number] = json!(value + 1);
            }
        }
        let field_is_name = field.first() == Some(&key("name"));
        if !field.is_empty() && !field_is_name && more["name"].is_string() {
            let mut names = first.iter().filter_map(|one| one["name"].as_str());
            more["name"] = names.next_back().unwrap_or("other").into();
            if more["port"].is_number() {
                more["name"] = "other".into();
            }
        }
        let pushed = with(base, list, |old| {
            let mut items = old.as_array().cloned().unwrap_or_default();
            items.push(more);
            items.into()
        });
        let mut readings = vec![pushed];
        if first.len() > 1 {
            let mut second = list.to_vec();
            second.push(Step::Index(1));
            second.extend_from_slice(field);
            let value = field.iter().fold(&item, |at, step| match step {
                Step::Key(key) => &at[key.as_str()],
                Step::Index(index) => &at[*index],
            });
            if !field.is_empty() {
                readings.push(with(base, &second, |_| value.clone()));
            }
        }
        readings
    }
}

fn with_items(base: &Value, list: &[Step]) -> Vec<Value> {
    let mut at = base;
    for step in list {
        at = match step {
            Step::Key(key) => &at[key.as_str()],
            Step::Index(index) => &at[*index],
        };
    }
    at.as_array().cloned().unwrap_or_default()
}

/// Another value of the same kind.
fn changed(old: &Value) -> Value {
    match old {
        Value::Number(n) => json!(n.as_i64().unwrap_or(0) + 1),
        Value::Bool(b) => json!(!b),
        Value::String(text) => format!("{text}-x").into(),
        Value::Array(items) if items.iter().all(Value::is_string) => json!(["ReadWriteMany"]),
        Value::Array(items) => {
            let mut items = items.clone();
            items.pop();
            items.into()
        }
        Value::Object(map) => {
            let mut map = map.clone();
            map.insert("changed".into(), "yes".into());
            map.into()
        }
        Value::Null => json!(1),
    }
}

fn key(name: &str) -> Step {
    Step::Key(name.to_owned())
}

fn inner(of: &Type) -> &Type {
    match of {
        Type::List(item) => inner(item),
        other => other,
    }
}

/// The nearest field of this name below a struct: one that the object has, or else one that the API
/// has. Lists are entered at their first item.
fn below(of: &str, name: &str, here: &Value) -> Option<(Vec<Step>, Type)> {
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
                    return Some((path, inner(&field.of).clone()));
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
