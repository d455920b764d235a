//! `pods`, `pod/mysql-0`, `sts mysql`, `-l app=mysql` → objects.

use super::{Desk, Failure, Kubectl};
use crate::kube::Store;
use crate::kube::store::{cluster_key, key};
use crate::manifest::object::{KINDS, KindInfo, LabelRequirement, Object};
use crate::sim::ObjectKey;

/// What `all` stands for, as far as it is here.
const ALL: [&str; 3] = ["pods", "services", "statefulsets"];

/// The fields by which objects may be selected, beside their name and namespace. Models
/// pkg/apis/core/v1/conversion.go.
const FIELDS: [(&str, &str); 6] = [
    (
        "events",
        "involvedObject.kind involvedObject.namespace involvedObject.name involvedObject.uid \
         involvedObject.apiVersion involvedObject.resourceVersion involvedObject.fieldPath reason \
         reportingComponent source type",
    ),
    ("namespaces", "status.phase"),
    ("nodes", "spec.unschedulable"),
    (
        "pods",
        "spec.nodeName spec.restartPolicy spec.schedulerName spec.serviceAccountName \
         spec.hostNetwork status.phase status.podIP status.podIPs status.nominatedNodeName",
    ),
    ("secrets", "type"),
    ("services", "spec.clusterIP spec.type"),
];

/// A kind, and the names asked for; none: all of them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Wanted {
    pub kind: &'static KindInfo,
    pub names: Vec<String>,
}

/// `po`, `pod`, `pods`, `pods.v1.`, `statefulsets.apps` → the kind.
pub(super) fn kind_of(word: &str) -> Option<&'static KindInfo> {
    let lower = word.to_lowercase();
    let (name, group) = lower.split_once('.').unwrap_or((&lower, ""));
    KINDS.iter().find(|kind| {
        let named = kind.plural == name
            || kind.kind.to_lowercase() == name
            || (!kind.short.is_empty() && kind.short == name);
        let own = kind.api_version.split_once('/').map_or("", |(group, _)| group);
        named && (group.is_empty() || group == own || group.starts_with(&format!("{own}.")))
    })
}

/// The name kubectl gives an object: `statefulset.apps/mysql`.
pub(super) fn full_name(object: &Object) -> String {
    format!("{}/{}", kind_name(object), object.metadata().name)
}

/// `statefulset.apps`, `pod`.
pub(super) fn kind_name(object: &Object) -> String {
    let kind = object.kind().to_lowercase();
    match object.api_version().split_once('/') {
        Some((group, _)) => format!("{kind}.{group}"),
        None => kind,
    }
}

/// `statefulsets.apps`, `pods`: how errors name a kind.
pub(super) fn plural_name(kind: &KindInfo) -> String {
    match kind.api_version.split_once('/') {
        Some((group, _)) => format!("{}.{group}", kind.plural),
        None => kind.plural.to_string(),
    }
}

/// Takes the words after a verb apart.
pub(super) fn wanted(words: &[String], verb: &str) -> Result<Vec<Wanted>, Failure> {
    let no_kind = |word: &str| {
        Failure::new(format!("error: the server doesn't have a resource type {word:?}"))
    };
    let Some(first) = words.first() else {
        return Err(Failure::new(format!(
            "error: You must specify the type of resource to {verb}. Use \"kubectl \
                 api-resources\" for a complete list of supported resources."
        )));
    };
    if first.contains('/') {
        let mut all: Vec<Wanted> = Vec::new();
        for word in words {
            let Some((kind, name)) = word.split_once('/') else {
                return Err(Failure::new(
                    "error: there is no need to specify a resource type as a separate argument \
                     when passing arguments in resource/name form (e.g. 'kubectl get \
                     resource/<resource_name>' instead of 'kubectl get resource \
                     resource/<resource_name>'",
                ));
            };
            let info = kind_of(kind).ok_or_else(|| no_kind(kind))?;
            match all.iter_mut().find(|one| one.kind == info) {
                Some(one) => one.names.push(name.to_string()),
                None => all.push(Wanted { kind: info, names: vec![name.to_string()] }),
            }
        }
        return Ok(all);
    }
    let kinds: Vec<&str> = if first == "all" { ALL.to_vec() } else { first.split(',').collect() };
    let names = words[1..].to_vec();
    kinds
        .into_iter()
        .map(|kind| {
            let info = kind_of(kind).ok_or_else(|| no_kind(kind))?;
            Ok(Wanted { kind: info, names: names.clone() })
        })
        .collect()
}

/// `a=b,c!=d,e in (f,g),h,!i` → conditions.
pub(super) fn selector(text: &str) -> Vec<LabelRequirement> {
    let mut parts: Vec<String> = Vec::new();
    let mut depth = 0;
    for piece in text.split(',') {
        match parts.last_mut().filter(|_| depth > 0) {
            Some(last) => *last = format!("{last},{piece}"),
            None => parts.push(piece.to_string()),
        }
        depth += piece.matches('(').count();
        depth = depth.saturating_sub(piece.matches(')').count());
    }
    let requirement = |part: &String| {
        let part = part.trim();
        let make = |key: &str, operator: &str, values: Vec<String>| LabelRequirement {
            key: key.trim().to_string(),
            operator: operator.to_string(),
            values,
        };
        let listed = |text: &str| -> Vec<String> {
            let inner = text.trim().trim_start_matches('(').trim_end_matches(')');
            inner.split(',').map(|one| one.trim().to_string()).collect()
        };
        if let Some((key, values)) = part.split_once(" notin ") {
            make(key, "NotIn", listed(values))
        } else if let Some((key, values)) = part.split_once(" in ") {
            make(key, "In", listed(values))
        } else if let Some((key, value)) = part.split_once("!=") {
            make(key, "NotIn", vec![value.trim().to_string()])
        } else if let Some((key, value)) = part.split_once("==").or_else(|| part.split_once('=')) {
            make(key, "In", vec![value.trim().to_string()])
        } else if let Some(key) = part.strip_prefix('!') {
            make(key, "DoesNotExist", Vec::new())
        } else {
            make(part, "Exists", Vec::new())
        }
    };
    parts.iter().filter(|part| !part.trim().is_empty()).map(requirement).collect()
}

impl Kubectl {
    /// What the words after the verb, or the files, ask for.
    pub(super) fn wanted(&self, desk: &dyn Desk, verb: &str) -> Result<Vec<Wanted>, Failure> {
        self.wanted_of(desk, &self.args.names, verb)
    }

    /// The same for some of the words.
    pub(super) fn wanted_of(
        &self,
        desk: &dyn Desk,
        words: &[String],
        verb: &str,
    ) -> Result<Vec<Wanted>, Failure> {
        if !self.args.flags.contains_key("filename") {
            return wanted(words, verb);
        }
        let (objects, said) = self.files(desk)?;
        if let Some(text) = said.into_iter().next() {
            return Err(Failure::new(text));
        }
        let mut all: Vec<Wanted> = Vec::new();
        for object in objects {
            let Some(kind) = object.kind_info() else { continue };
            let name = object.metadata().name.clone();
            match all.iter_mut().find(|one| one.kind == kind) {
                Some(one) => one.names.push(name),
                None => all.push(Wanted { kind, names: vec![name] }),
            }
        }
        Ok(all)
    }

    /// All objects that some words name; with `--all` or a selector no names are needed.
    pub(super) fn every(&self, desk: &dyn Desk, words: &[String]) -> Result<Vec<Object>, Failure> {
        let mut all = Vec::new();
        let selects = self.args.has("all") || self.args.flags.contains_key("selector");
        for one in self.wanted_of(desk, words, &self.args.verb)? {
            if one.names.is_empty() && !selects {
                return Err(Failure::new(
                    "error: resource(s) were provided, but no name was specified",
                ));
            }
            let (found, missing) = self.objects(desk.cluster().store(), &one);
            if let Some(failure) = missing.into_iter().next() {
                return Err(failure);
            }
            all.extend(found);
        }
        if all.is_empty() {
            return Err(Failure::new("error: no objects passed to the command"));
        }
        Ok(all)
    }

    /// Objects whose names begin with the one asked for.
    pub(super) fn with_prefix(&self, store: &Store, wanted: &Wanted) -> Vec<Object> {
        let Some(prefix) = wanted.names.first() else { return Vec::new() };
        let kind = Wanted { kind: wanted.kind, names: Vec::new() };
        let (mut found, _) = self.objects(store, &kind);
        found.retain(|object| object.metadata().name.starts_with(prefix.as_str()));
        found
    }

    /// The key of a name of a kind, in the namespace this command is about.
    pub(super) fn key(&self, kind: &KindInfo, name: &str) -> ObjectKey {
        if kind.namespaced { key(self.args.namespace(), name) } else { cluster_key(name) }
    }

    /// The objects asked for, and names that are not there.
    pub(super) fn objects(&self, store: &Store, wanted: &Wanted) -> (Vec<Object>, Vec<Failure>) {
        let kind = wanted.kind;
        if let Some(failure) = self.bad_field(kind) {
            return (Vec::new(), vec![failure]);
        }
        if !wanted.names.is_empty() {
            let mut missing = Vec::new();
            let mut found = Vec::new();
            for name in &wanted.names {
                match store.get(kind.plural, &self.key(kind, name)) {
                    Some(object) => found.push(object),
                    None => missing.push(Failure::new(format!(
                        "Error from server (NotFound): {} {name:?} not found",
                        plural_name(kind)
                    ))),
                }
            }
            return (found, missing);
        }
        let everywhere = self.args.has("all-namespaces");
        let conditions = self.args.value("selector").map(selector).unwrap_or_default();
        let fields = self.args.value("field-selector").map(selector).unwrap_or_default();
        let found = store
            .keys(kind.plural)
            .into_iter()
            .filter(|at| {
                !kind.namespaced || everywhere || at.namespace.as_str() == self.args.namespace()
            })
            .filter_map(|at| store.get(kind.plural, &at))
            .filter(|object| conditions.iter().all(|one| one.matches(&object.metadata().labels)))
            .filter(|object| fields.iter().all(|one| has_field(object, one)))
            .collect();
        (found, Vec::new())
    }

    /// What the server says of a field that its kind cannot be selected by.
    fn bad_field(&self, kind: &KindInfo) -> Option<Failure> {
        let text = self.args.value("field-selector")?;
        let known = FIELDS.iter().find(|(plural, _)| *plural == kind.plural).map_or("", |it| it.1);
        let is_known = |name: &str| {
            matches!(name, "metadata.name" | "metadata.namespace")
                || known.split(' ').any(|one| one == name)
        };
        let wrong = selector(text).into_iter().find(|one| !is_known(&one.key))?;
        let labels = self.args.value("selector").unwrap_or_default();
        let resource = plural_name(kind);
        let name = &wrong.key;
        // The server takes a label name for a field where a kind has none of its own.
        Some(Failure::new(format!(
            "Error from server (BadRequest): Unable to find {resource:?} that match label selector \
             {labels:?}, field selector {text:?}: field label not supported: {name}"
        )))
    }

    /// The first object that the words after the verb name.
    pub(super) fn one(&self, desk: &dyn Desk, words: &[String]) -> Result<Object, Failure> {
        let all = self.wanted_of(desk, words, &self.args.verb)?;
        let first = all.first().filter(|one| !one.names.is_empty());
        let Some(wanted) = first else {
            return Err(Failure::new(
                "error: resource(s) were provided, but no name was specified",
            ));
        };
        let (found, missing) = self.objects(desk.cluster().store(), wanted);
        match (found.into_iter().next(), missing.into_iter().next()) {
            (Some(object), _) => Ok(object),
            (None, Some(failure)) => Err(failure),
            (None, None) => Err(Failure::new("error: no objects passed to the command")),
        }
    }
}

/// `status.phase=Running`: any field of the object, as text.
fn has_field(object: &Object, requirement: &LabelRequirement) -> bool {
    let pointer = format!("/{}", requirement.key.replace('.', "/"));
    let value = object.to_value();
    let text = match value.pointer(&pointer) {
        Some(serde_json::Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    };
    match requirement.operator.as_str() {
        "In" => requirement.values.contains(&text),
        "NotIn" => !requirement.values.contains(&text),
        _ => false,
    }
}
