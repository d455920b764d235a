//! What Tab offers.

use super::args::{Args, flags_of, verbs};
use super::select::kind_of;
use crate::kube::Cluster;
use crate::kube::store::{Store, key};
use crate::manifest::object::{KINDS, KindInfo};

/// Words that a flag takes.
const VALUES: [(&str, &[&str]); 6] = [
    ("output", &["custom-columns=", "json", "jsonpath=", "name", "wide", "yaml"]),
    ("cascade", &["background", "foreground", "orphan"]),
    ("restart", &["Always", "Never", "OnFailure"]),
    ("type", &["json", "merge", "strategic"]),
    ("dry-run", &["client", "none", "server"]),
    ("for", &["condition=", "create", "delete", "jsonpath="]),
];

/// What the last of a command's words (without `kubectl` itself) may become; sorted. An empty last
/// word asks for whatever may come next.
pub fn complete(words: &[String], cluster: &Cluster) -> Vec<String> {
    let Some((last, before)) = words.split_last() else { return Vec::new() };
    let mut offers = offers(last, before, cluster.store());
    offers.retain(|offer| offer.starts_with(last.as_str()));
    offers.sort();
    offers.dedup();
    offers
}

fn offers(last: &str, before: &[String], store: &Store) -> Vec<String> {
    if before.iter().any(|word| word == "--") {
        return Vec::new();
    }
    let args = Args::parse(before);
    if args.verb.is_empty() {
        return verbs().map(|verb| verb.name.to_string()).collect();
    }
    if let Some(name) = open_flag(&args, before) {
        return values(&name, &args, store);
    }
    if let Some((flag, _)) = last.split_once('=').filter(|_| last.starts_with("--")) {
        let name = flag.trim_start_matches('-');
        return values(name, &args, store).iter().map(|one| format!("{flag}={one}")).collect();
    }
    if last.starts_with('-') {
        return flags_of(&args.verb).iter().map(|flag| format!("--{}", flag.name)).collect();
    }
    positional(last, &args, store)
}

/// The flag whose value comes next.
fn open_flag(args: &Args, before: &[String]) -> Option<String> {
    let word = before.last().filter(|word| word.starts_with('-') && !word.contains('='))?;
    // A flag that lacks its value is what is wrong with the words so far.
    let lacks = args.trouble.as_ref().is_some_and(|text| text.contains("flag needs an argument"));
    let known = flags_of(&args.verb);
    let found = known.iter().find(|flag| {
        word.strip_prefix("--") == Some(flag.name)
            || (!word.starts_with("--")
                && flag.short.is_some()
                && word.chars().last() == flag.short)
    })?;
    lacks.then(|| found.name.to_string())
}

fn values(flag: &str, args: &Args, store: &Store) -> Vec<String> {
    if let Some((_, known)) = VALUES.iter().find(|(name, _)| *name == flag) {
        return known.iter().map(|one| (*one).to_string()).collect();
    }
    match flag {
        "namespace" => store.namespaces.keys().map(|at| at.name.clone()).collect(),
        "container" => {
            let name =
                args.names.first().map_or("", |word| word.rsplit('/').next().unwrap_or(word));
            let pod = store.pods.get(&key(args.namespace(), name));
            let spec = pod.map(|pod| &pod.spec);
            let all = spec
                .into_iter()
                .flat_map(|spec| spec.init_containers.iter().chain(&spec.containers));
            all.map(|one| one.name.clone()).collect()
        }
        _ => Vec::new(),
    }
}

fn names(kind: &KindInfo, args: &Args, store: &Store) -> Vec<String> {
    store
        .keys(kind.plural)
        .into_iter()
        .filter(|at| !kind.namespaced || at.namespace.as_str() == args.namespace())
        .map(|at| at.name)
        .collect()
}

fn kinds() -> Vec<String> {
    KINDS.iter().map(|kind| kind.plural.to_string()).collect()
}

/// Names after `kind/`, or else a kind's plural names.
fn kind_or_name(last: &str, args: &Args, store: &Store) -> Vec<String> {
    match last.split_once('/') {
        Some((word, _)) => match kind_of(word) {
            Some(kind) => {
                names(kind, args, store).iter().map(|one| format!("{word}/{one}")).collect()
            }
            None => Vec::new(),
        },
        None => kinds(),
    }
}

fn positional(last: &str, args: &Args, store: &Store) -> Vec<String> {
    let of = |plural: &str| kind_of(plural).map_or(Vec::new(), |kind| names(kind, args, store));
    let words = match args.verb.as_str() {
        "rollout" if args.names.is_empty() => {
            let known = ["history", "pause", "restart", "resume", "status", "undo"];
            return known.map(str::to_string).to_vec();
        }
        "set" if args.names.is_empty() => return vec!["image".to_string()],
        "rollout" | "set" => &args.names[1..],
        _ => &args.names[..],
    };
    match args.verb.as_str() {
        "logs" | "exec" if words.is_empty() => {
            let mut all = of("pods");
            all.extend(of("statefulsets").iter().map(|one| format!("statefulset/{one}")));
            all
        }
        "cordon" | "uncordon" | "drain" => of("nodes"),
        "explain" | "api-resources" => kinds(),
        "create" if words.is_empty() => {
            ["configmap", "namespace", "secret", "service"].map(str::to_string).to_vec()
        }
        "help" => verbs().map(|verb| verb.name.to_string()).collect(),
        "top" if words.is_empty() => ["node", "pod"].map(str::to_string).to_vec(),
        "apply" | "replace" | "run" | "version" | "cluster-info" | "events" => Vec::new(),
        _ => match words.first() {
            None => kind_or_name(last, args, store),
            Some(first) if first.contains('/') => kind_or_name(last, args, store),
            Some(first) => of(first),
        },
    }
}
