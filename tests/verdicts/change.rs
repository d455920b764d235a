//! A row's few words → changes of an object.
//!
//! Words that name fields lead down the object, each to the nearest field of that name below the
//! last; the other words say what becomes of the field they led to.

pub mod shown;
mod tree;

use serde_json::{Value, json};

use ordinal::manifest::schema::{Schema, Type};

use tree::{Step, below, get, inner, key, leaves, other, put, steps, with, without};

/// Words that stand for a field.
const SHORT: [(&str, &str); 24] = [
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
    ("timeout", "timeoutSeconds"),
    ("size", "storage"),
    ("initialDelay", "initialDelaySeconds"),
    ("volume", "volumes"),
    ("mount", "volumeMounts"),
    ("mounts", "volumeMounts"),
    ("volumeMount", "volumeMounts"),
    ("label", "labels"),
    ("strategy", "updateStrategy"),
    ("accessMode", "accessModes"),
    ("storageClass", "storageClassName"),
    ("handler", "exec"),
    ("request", "requests"),
];

/// Words that say nothing by themselves.
const EMPTY: [&str; 14] =
    ["a", "an", "the", "with", "of", "to", "on", "in", "is", "as", "and", "set", "value", "than"];

/// Words of a row that changes nothing.
const NOTHING: [&str; 10] = [
    "seed",
    "unchanged",
    "ok",
    "valid",
    "default",
    "same",
    "mysql-read",
    "nothing",
    "no",
    "change",
];

/// The main container of the default manifests.
const MAIN: &str = "/spec/template/spec/containers/0";

/// Readings of an update that say what was there before: `clusterIP 10.96.0.9->10.96.0.10`,
/// `unbound 2Gi->3Gi`, `immutable data`. The old object and the new one.
pub fn transitions(change: &str, kind: &str, base: &Value) -> Vec<(Value, Value)> {
    if change.contains("immutable") && ["ConfigMap", "Secret"].contains(&kind) {
        let old = put(base, &steps("/immutable"), true);
        let news = readings(change, kind, &old);
        return news.into_iter().map(|new| (old.clone(), new)).collect();
    }
    let mut old = base.clone();
    if ["unbound", "pending", "Pending"].iter().any(|word| change.contains(word)) {
        old = put(&old, &steps("/status"), json!({"phase": "Pending"}));
        old = without(&old, &steps("/spec/volumeName"));
        return readings(change, kind, &old).into_iter().map(|new| (old.clone(), new)).collect();
    }
    let Some((left, right)) = change.split_once("->") else { return Vec::new() };
    let (words, from) = left.trim().rsplit_once([' ', '=']).unwrap_or(("", left.trim()));
    let to = right.split_whitespace().next().unwrap_or_default();
    let apply = |of: &Value, value: &str| {
        let value =
            ACCESS.iter().find(|(short, _)| *short == value).map_or(value, |(_, long)| long);
        let sentence = format!("{words} {value}");
        let words: Vec<&str> = sentence.split_whitespace().collect();
        Named::of(&words, kind, of).apply(of)
    };
    let olds = apply(&old, from);
    olds.into_iter()
        .flat_map(|old| apply(&old, to).into_iter().map(move |new| (old.clone(), new)))
        .collect()
}

/// Short names of access modes.
const ACCESS: [(&str, &str); 4] = [
    ("RWO", "ReadWriteOnce"),
    ("ROX", "ReadOnlyMany"),
    ("RWX", "ReadWriteMany"),
    ("RWOP", "ReadWriteOncePod"),
];

/// All readings of a change, as changed objects; none if its words say nothing that is known.
pub fn readings(change: &str, kind: &str, base: &Value) -> Vec<Value> {
    let words: Vec<&str> = change.split_whitespace().filter(|word| !EMPTY.contains(word)).collect();
    let mut found = special(change, &words, kind, base);
    let probe = steps(&format!("{MAIN}/startupProbe"));
    if found.is_empty() && change.contains("startup") && get(base, &probe).is_null() {
        let with_probe =
            put(base, &probe, get(base, &steps(&format!("{MAIN}/livenessProbe"))).clone());
        if kind == "StatefulSet" {
            found = Named::of(&words, kind, &with_probe).apply(&with_probe);
        }
    }
    if found.is_empty() {
        found = Named::of(&words, kind, base).apply(base);
    }
    if found.is_empty() && words.iter().all(|word| NOTHING.contains(word)) {
        found.push(base.clone());
    }
    // The server fills in a Service's `targetPort`; a row may start before or after that.
    if kind == "Service" {
        let target = steps("/spec/ports/0/targetPort");
        let filled = |one: &Value| {
            let empty = get(one, &steps("/spec/ports")).as_array().is_none_or(Vec::is_empty);
            (!empty && get(one, &target).is_null()).then(|| put(one, &target, 3306))
        };
        let more: Vec<Value> = found.iter().filter_map(filled).collect();
        found.extend(more);
    }
    // Most rows about ports mean a Service that has an address.
    if kind == "Service" && change.contains("port") && !words.contains(&"headless") {
        let plain = steps("/spec/clusterIP");
        let more: Vec<Value> = found.iter().map(|one| without(one, &plain)).collect();
        found.extend(more);
    }
    found
}

/// Changes that take more than one field, or whose words name none.
fn special(change: &str, words: &[&str], kind: &str, base: &Value) -> Vec<Value> {
    let has = |word: &str| words.contains(&word);
    let any = |list: &[&str]| list.iter().any(|word| has(word));
    if let Some((from, to)) = change.split_once("->") {
        let from = from.split_whitespace().last().unwrap_or(from);
        let to = to.split_whitespace().next().unwrap_or(to);
        return replaced(base, from, to);
    }
    if any(&["request", "requests"]) && any(&[">", "exceeds", "above", "over"]) {
        let limits = if has("cpu") { json!({"cpu": "100m"}) } else { json!({"memory": "512Mi"}) };
        return vec![put(base, &steps(&format!("{MAIN}/resources/limits")), limits)];
    }
    if has("key") && ["ConfigMap", "Secret"].contains(&kind) {
        let name = words.last().copied().unwrap_or_default();
        let name = if ["empty", "key"].contains(&name) { "" } else { name };
        let value = if kind == "Secret" { "eA==" } else { "x" };
        return vec![put(base, &[key("data"), key(name)], value)];
    }
    let immutable = change.contains("immutable");
    if immutable && ["ConfigMap", "Secret"].contains(&kind) {
        return vec![put(base, &steps("/data/more"), "eA=="), without(base, &steps("/immutable"))];
    }
    let sized = |word: &&&str| word.ends_with("MiB") || word.ends_with("MB");
    if kind == "ConfigMap"
        && (any(&["big", "large", "size"]) || words.iter().any(|word| sized(&word)))
    {
        return vec![put(base, &steps("/data/big"), "x".repeat(1024 * 1024 + 1))];
    }
    if change.contains("selector") && any(&["mismatch", "match", "matching", "mismatched"]) {
        let labels = steps("/spec/template/metadata/labels");
        return vec![
            put(base, &labels, json!({"app": "other"})),
            put(base, &steps("/spec/selector/matchLabels/app"), "other"),
            without(base, &labels),
        ];
    }
    if has("source") && any(&["no", "without", "missing"]) {
        if kind == "PersistentVolume" {
            return vec![without(base, &steps("/spec/hostPath"))];
        }
        let volume = steps("/spec/template/spec/volumes/0");
        return vec![with(base, &volume, |old| json!({"name": old["name"]}))];
    }
    if change.starts_with("selector") && any(&["!=", "differs", "other"]) && kind == "StatefulSet" {
        return vec![put(base, &steps("/spec/template/metadata/labels"), json!({"app": "other"}))];
    }
    let found = services(change, words, kind, base);
    if found.is_empty() { pods(words, base) } else { found }
}

fn services(change: &str, words: &[&str], kind: &str, base: &Value) -> Vec<Value> {
    let has = |word: &str| words.contains(&word);
    let any = |list: &[&str]| list.iter().any(|word| has(word));
    if kind == "Service" && any(&["no", "without"]) && any(&["ports"]) && !any(&["names"]) {
        let bare = put(base, &steps("/spec/ports"), json!([]));
        let plain = without(&bare, &steps("/spec/clusterIP"));
        return if has("headless") && !has("not") { vec![bare] } else { vec![bare, plain] };
    }
    if kind == "Service" && change.contains("ExternalName") {
        let plain = without(base, &steps("/spec/clusterIP"));
        return vec![put(&plain, &steps("/spec/type"), "ExternalName")];
    }
    if kind == "Service" && change.contains("nodePort") {
        let number = words.iter().find_map(|word| word.parse::<i64>().ok());
        let plain = without(base, &steps("/spec/clusterIP"));
        let node = |of: &Value, n: i64| put(of, &steps("/spec/ports/0/nodePort"), n);
        let typed = put(&plain, &steps("/spec/type"), "NodePort");
        let numbers = number.map_or_else(|| vec![30_000, 80, 29_999, 32_768], |n| vec![n]);
        return numbers.iter().flat_map(|n| [node(&plain, *n), node(&typed, *n)]).collect();
    }
    if kind == "Service"
        && any(&["two", "2", "several", "multi", "multiple", "ports"])
        && (any(&["names", "unnamed"]) || any(&["without", "no"]) && has("name"))
    {
        return vec![put(base, &steps("/spec/ports"), json!([{"port": 3306}, {"port": 3307}]))];
    }
    Vec::new()
}

fn pods(words: &[&str], base: &Value) -> Vec<Value> {
    let has = |word: &str| words.contains(&word);
    let init = has("init") || has("initContainer") || has("initContainers");
    let pod = "/spec/template/spec";
    let probes = ["livenessProbe", "readinessProbe", "startupProbe", "lifecycle"];
    let named = probes.into_iter().find(|one| {
        has(one) || has(one.trim_end_matches("Probe")) || (*one == "livenessProbe" && has("probe"))
    });
    if let (true, Some(probe)) = (init, named) {
        let source = if probe == "startupProbe" { "livenessProbe" } else { probe };
        let value = match get(base, &steps(&format!("{MAIN}/{source}"))) {
            Value::Null => json!({"preStop": {"exec": {"command": ["true"]}}}),
            value => value.clone(),
        };
        return vec![put(base, &steps(&format!("{pod}/initContainers/0/{probe}")), value)];
    }
    if init && (has("same") || has("main") || has("duplicates") || has("like")) {
        let path = steps(&format!("{pod}/initContainers/0/name"));
        return vec![put(base, &path, "mysql"), put(base, &path, "xtrabackup")];
    }
    if (has("two") || has("2") || has("both")) && (has("handlers") || has("handler")) {
        let path = steps(&format!("{MAIN}/livenessProbe/tcpSocket"));
        return vec![put(base, &path, json!({"port": 3306}))];
    }
    if has("OnDelete") && (has("partition") || has("rollingUpdate")) {
        let strategy = json!({"type": "OnDelete", "rollingUpdate": {"partition": 1}});
        return vec![put(base, &steps("/spec/updateStrategy"), strategy)];
    }
    let amount = ["memory", "cpu"].into_iter().find(|one| has(one));
    if let (Some(resource), Some(last)) = (amount, words.last()) {
        let list = if has("limit") || has("limits") { "limits" } else { "requests" };
        let value = match *last {
            "negative" => "-1",
            "quantity" | "bad" | "garbage" | "invalid" => "abc",
            other => other,
        };
        return vec![put(base, &steps(&format!("{MAIN}/resources/{list}/{resource}")), value)];
    }
    Vec::new()
}

/// Every scalar that reads `from` becomes `to`, one at a time.
fn replaced(base: &Value, from: &str, to: &str) -> Vec<Value> {
    let reads = |path: &Vec<Step>| match get(base, path) {
        Value::String(text) => text == from,
        Value::Number(number) => from.parse().is_ok_and(|from: i64| number.as_i64() == Some(from)),
        Value::Bool(truth) => from.parse() == Ok(*truth),
        _ => false,
    };
    let found = leaves(base, &[]).into_iter().filter(reads);
    found.map(|path| with(base, &path, |old| like(old, to))).collect()
}

/// A value of the kind that stands there.
fn like(old: &Value, text: &str) -> Value {
    match old {
        Value::Number(_) => text.parse::<i64>().map_or_else(|_| text.into(), Value::from),
        Value::Bool(_) => text.parse::<bool>().map_or_else(|_| text.into(), Value::from),
        _ => text.into(),
    }
}

/// What a row's words name, and what they say of it.
struct Named {
    path: Vec<Step>,
    /// The type of the field, where the API knows it.
    of: Option<Type>,
    /// The struct to go on from.
    within: Option<String>,
    rest: Vec<String>,
}

impl Named {
    fn of(words: &[&str], kind: &str, base: &Value) -> Named {
        let within = Schema::get().fields(kind).map(|_| kind.to_owned());
        let mut named = Named { path: Vec::new(), of: None, within, rest: Vec::new() };
        for word in words {
            let (name, value) = word.split_once('=').map_or((*word, None), |(n, v)| (n, Some(v)));
            let is_map = matches!(named.of, Some(Type::Map(_)));
            if let (true, Some(value)) = (is_map, value) {
                named.path.push(key(name));
                named.of = Some(Type::Text("string"));
                named.rest.push(format!("={value}"));
                continue;
            }
            if !named.step(name, base) {
                // `ordinals.start` names two fields; `my.sql` and `..` are words.
                let before = (named.path.clone(), named.of.clone(), named.within.clone());
                let parts: Vec<&str> = name.split('.').collect();
                let all = parts.len() > 1 && parts.iter().all(|part| named.step(part, base));
                if !all {
                    (named.path, named.of, named.within) = before;
                    named.rest.push((*word).to_owned());
                    continue;
                }
            }
            named.rest.extend(value.map(|value| format!("={value}")));
        }
        named
    }

    /// Goes down to the field a word names, if it names one.
    fn step(&mut self, word: &str, base: &Value) -> bool {
        let name = SHORT.iter().find(|(short, _)| *short == word).map_or(word, |(_, full)| full);
        if name == "storage" {
            if !get(base, &steps("/spec/capacity")).is_null() {
                self.path = steps("/spec/capacity/storage");
                (self.of, self.within) = (Some(Type::Quantity), None);
                return true;
            }
            let claim = if get(base, &self.path)["spec"].is_null() {
                steps("/spec")
            } else {
                let mut path = self.path.clone();
                path.push(key("spec"));
                path
            };
            self.path = claim;
            self.path.extend(steps("/resources/requests/storage"));
            (self.of, self.within) = (Some(Type::Quantity), None);
            return true;
        }
        let here = get(base, &self.path);
        let Some((down, of)) = self.within.as_ref().and_then(|of| below(of, name, here)) else {
            return false;
        };
        self.path.extend(down);
        self.within = match inner(&of) {
            Type::Struct(name) => Some((*name).to_owned()),
            _ => None,
        };
        self.of = Some(of);
        true
    }

    fn says(&self, words: &[&str]) -> bool {
        self.rest.iter().any(|word| words.contains(&word.as_str()))
    }

    fn apply(&self, base: &Value) -> Vec<Value> {
        if self.path.is_empty() {
            return Vec::new();
        }
        let list = match self.path.split_last() {
            Some((Step::Index(_), list)) => list,
            _ => &self.path,
        };
        if self.says(&["no", "without", "missing", "absent", "nil", "null", "unset", "removed"]) {
            return vec![without(base, list)];
        }
        if self.says(&["dup", "duplicate", "duplicated", "twice", "same"]) {
            return self.duplicates(base);
        }
        if self.says(&["empty"]) {
            return vec![with(base, list, |old| self.emptied(old))];
        }
        if let Some(values) = self.shaped(base) {
            return values.into_iter().map(|value| put(base, &self.path, value)).collect();
        }
        if self.says(&["unknown", "nosuch", "undeclared", "unmatched"]) {
            return vec![put(base, &self.named(), "nosuch")];
        }
        if self.rest.is_empty()
            && let Some(values) = self.grown(base, list)
        {
            return values;
        }
        let assigned = self.rest.iter().find_map(|word| word.strip_prefix('='));
        let Some(word) = assigned.or(self.rest.first().map(String::as_str)) else {
            // The field alone: any other value of it.
            if matches!(self.of, Some(Type::Bool)) && get(base, list).is_null() {
                return vec![put(base, list, true)];
            }
            let paths = leaves(base, list);
            return paths.iter().map(|path| with(base, path, other)).collect();
        };
        let value = self.typed(get(base, &self.path), word);
        vec![put(base, &self.for_value(&value), value)]
    }

    /// What a change of a field without more words may be, where another scalar is not all.
    fn grown(&self, base: &Value, list: &[Step]) -> Option<Vec<Value>> {
        let more = |path: &[Step]| put(base, &[path, &[key("example")]].concat(), "x");
        match list.last()? {
            step if *step == key("labels") || *step == key("annotations") => {
                let meta = vec![key("metadata"), step.clone()];
                Some(vec![more(&meta), more(list)])
            }
            step if *step == key("selector") => {
                let labels = [list, &[key("matchLabels")]].concat();
                if get(base, &labels).is_null() {
                    return Some(vec![more(list)]);
                }
                let fewer = steps("/spec/selector/matchLabels/app.kubernetes.io~1name");
                let fewer: Vec<Step> =
                    fewer[..3].iter().cloned().chain([key("app.kubernetes.io/name")]).collect();
                let both =
                    put(&more(&labels), &steps("/spec/template/metadata/labels/example"), "x");
                Some(vec![without(base, &fewer), both, more(&labels)])
            }
            step if *step == key("podManagementPolicy") => Some(vec![put(base, list, "Parallel")]),
            step if *step == key("ordinals") => {
                Some(vec![put(base, &[list, &[key("start")]].concat(), 1)])
            }
            _ => None,
        }
    }

    /// Values that words describe.
    fn shaped(&self, base: &Value) -> Option<Vec<Value>> {
        let text = get(base, &self.path).as_str().unwrap_or("mysql");
        let length = self.rest.iter().find_map(|word| {
            word.trim_start_matches('>').trim_end_matches("chars").parse::<usize>().ok()
        });
        let counted = self.says(&["chars", "characters", "bytes", "long", "letters"]);
        let texts = |texts: &[String]| Some(texts.iter().map(|t| t.as_str().into()).collect());
        if let (Some(length), true) = (length, counted) {
            return texts(&["a".repeat(length), "a".repeat(length + 1), "x".repeat(length)]);
        }
        if self.says(&["long"]) {
            return texts(&[16, 64, 254].map(|length| "a".repeat(length)));
        }
        if self.says(&["upper", "uppercase", "capital", "capitals"]) {
            return texts(&["MySQL".to_owned(), text.to_uppercase(), "Mysql".to_owned()]);
        }
        if self.says(&["absolute"]) {
            return texts(&[format!("/{text}")]);
        }
        let up = ["..", "backstep", "backsteps", "dotdot", "parent", "escape", "escapes"];
        if self.says(&up) {
            return texts(
                &["..", "../mysql", "mysql/..", "a/../b", "../x", "../etc"].map(Into::into),
            );
        }
        if self.says(&["garbage"]) {
            return Some(vec!["abc".into()]);
        }
        if self.says(&["negative"]) {
            return Some(vec![json!(-1)]);
        }
        if self.says(&["zero"]) {
            return Some(vec![json!(0)]);
        }
        if self.says(&["space", "whitespace", "trailing"]) {
            return texts(&[format!("{text} "), format!(" {text}")]);
        }
        None
    }

    /// A struct given a word takes it as its type or name; a port as its number.
    fn for_value(&self, value: &Value) -> Vec<Step> {
        let mut path = self.path.clone();
        if let (Some(Type::Struct(of)), false) = (&self.of, value.is_object()) {
            let number =
                value.is_number() || value.as_str().is_some_and(|t| t.parse::<i64>().is_ok());
            let fields: &[&str] =
                if number { &["containerPort", "port", "start"] } else { &["type", "name"] };
            let field = fields.iter().find(|name| Schema::get().field(of, name).is_some());
            path.extend(field.map(|name| key(name)));
        }
        path
    }

    fn named(&self) -> Vec<Step> {
        let mut path = self.path.clone();
        if matches!(path.last(), Some(Step::Index(_))) {
            path.push(key("name"));
        }
        path
    }

    fn typed(&self, old: &Value, text: &str) -> Value {
        let number = || text.parse::<i64>().map_or_else(|_| text.into(), Value::from);
        match &self.of {
            Some(Type::List(_)) => json!([text]),
            Some(Type::Int(_) | Type::IntOrString | Type::Struct(_)) => number(),
            Some(Type::Bool) => text.parse::<bool>().map_or_else(|_| text.into(), Value::from),
            _ if old.is_string() => text.into(),
            _ => like(old, text),
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
        let items = get(base, list).as_array().cloned().unwrap_or_default();
        let Some(first) = items.first() else { return Vec::new() };
        let mut readings = Vec::new();
        for more in likenesses(first, field) {
            readings.push(with(base, list, |old| {
                let mut items = old.as_array().cloned().unwrap_or_default();
                items.push(more);
                items.into()
            }));
        }
        if items.len() > 1 && !field.is_empty() {
            let mut second = list.to_vec();
            second.push(Step::Index(1));
            second.extend_from_slice(field);
            readings.push(put(base, &second, get(first, field).clone()));
        }
        readings
    }
}

/// Items that are like one in a field, or as a whole: the same, with another number, under another
/// name.
fn likenesses(one: &Value, field: &[Step]) -> Vec<Value> {
    let mut numbered = one.clone();
    for number in ["containerPort", "port"] {
        if let Some(value) = numbered[number].as_i64() {
            numbered[number] = json!(value + 1);
        }
    }
    let mut named = one.clone();
    if named["name"].is_string() {
        named["name"] = "other".into();
    }
    match field.first() {
        Some(first) if *first == key("name") => vec![numbered, one.clone()],
        Some(_) => vec![named, one.clone()],
        None => vec![one.clone(), named, numbered],
    }
}
