//! What the last word of a kubectl command may become.

use ordinal::kube::Cluster;
use ordinal::manifest::object::{KINDS, KindInfo};

/// The verbs a learner types.
const VERBS: [&str; 20] = [
    "annotate", "apply", "cordon", "delete", "describe", "drain", "edit", "events", "exec", "get",
    "label", "logs", "patch", "rollout", "run", "scale", "set", "top", "uncordon", "version",
];

/// Words that begin the arguments of a verb and are no kind.
const FIRST: [(&str, &[&str]); 3] = [
    ("rollout", &["history", "restart", "status", "undo"]),
    ("set", &["image"]),
    ("top", &["nodes", "pods"]),
];

/// Flags and what they take.
const FLAGS: [(&[&str], &[&str]); 3] = [
    (&["-o", "--output"], &["json", "jsonpath=", "name", "wide", "yaml"]),
    (&["--cascade"], &["background", "foreground", "orphan"]),
    (&["--restart"], &["Always", "Never", "OnFailure"]),
];

/// All it may become, whatever it begins with; `words` are those after `kubectl`.
pub fn offers(words: &[String], cluster: &Cluster) -> Vec<String> {
    let store = cluster.store();
    let Some((last, before)) = words.split_last() else { return Vec::new() };
    let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let Some((verb, rest)) = before.split_first() else { return owned(&VERBS) };
    if rest.iter().any(|word| word == "--") {
        return Vec::new();
    }
    if let Some(flag) = rest.last().filter(|word| word.starts_with('-')) {
        if matches!(flag.as_str(), "-n" | "--namespace") {
            return store.namespaces.keys().map(|at| at.name.clone()).collect();
        }
        if matches!(flag.as_str(), "-c" | "--container") {
            return containers(cluster, rest);
        }
        if let Some((_, values)) = FLAGS.iter().find(|(names, _)| names.contains(&flag.as_str())) {
            return owned(values);
        }
    }
    let plain: Vec<&String> = rest.iter().filter(|word| !word.starts_with('-')).collect();
    let first = FIRST.iter().find(|(name, _)| name == verb).map(|(_, words)| *words);
    let plain = match (first, plain.as_slice()) {
        (Some(words), []) => return owned(words),
        (Some(_), [_, plain @ ..]) => plain,
        (None, plain) => plain,
    };
    match verb.as_str() {
        "logs" | "exec" | "attach" => names(cluster, "pods"),
        "cordon" | "uncordon" | "drain" => names(cluster, "nodes"),
        _ => match (plain.first(), last.split_once('/')) {
            (Some(kind), _) => find(kind).map_or(Vec::new(), |kind| names(cluster, kind.plural)),
            (None, Some((word, _))) => find(word).map_or(Vec::new(), |kind| {
                let names = names(cluster, kind.plural);
                names.iter().map(|name| format!("{word}/{name}")).collect()
            }),
            (None, None) => KINDS.iter().map(|kind| kind.plural.to_owned()).collect(),
        },
    }
}

/// The kind that a word names, as kubectl takes it.
fn find(word: &str) -> Option<&'static KindInfo> {
    let word = word.to_lowercase();
    KINDS.iter().find(|kind| {
        [kind.plural, kind.short].contains(&word.as_str()) || kind.kind.to_lowercase() == word
    })
}

fn names(cluster: &Cluster, plural: &str) -> Vec<String> {
    cluster.store().keys(plural).into_iter().map(|at| at.name).collect()
}

/// The containers of the pods that are named.
fn containers(cluster: &Cluster, words: &[String]) -> Vec<String> {
    let named = cluster.store().pods.iter().filter(|(at, _)| words.contains(&at.name));
    let specs =
        named.flat_map(|(_, pod)| pod.spec.init_containers.iter().chain(&pod.spec.containers));
    specs.map(|container| container.name.clone()).collect()
}
