//! Pods in a named state: `init1-error`, `terminating-mysql-exited` …

use ordinal::manifest::object::Object;
use serde_json::{Value, json};

use super::NOW;
use super::parse::{Row, ago};
use ordinal::manifest::object::Time;

const INITS: [&str; 2] = ["init-mysql", "clone-mysql"];
const MAINS: [&str; 2] = ["mysql", "xtrabackup"];

fn running() -> Value {
    json!({"running": {"startedAt": "2026-01-05T08:00:00Z"}})
}

fn waiting(reason: &str) -> Value {
    json!({"waiting": {"reason": reason}})
}

fn ended(code: i32, reason: &str) -> Value {
    json!({"terminated": {"exitCode": code, "reason": reason}})
}

fn reason_of(code: i32) -> &'static str {
    if code == 0 { "Completed" } else { "Error" }
}

/// A state in words, as they stand in a case's name.
fn state(word: &str) -> Option<(Value, bool)> {
    let known = [
        ("imagepullbackoff", waiting("ImagePullBackOff")),
        ("errimagepull", waiting("ErrImagePull")),
        ("createcontainerconfigerror", waiting("CreateContainerConfigError")),
        ("configerror", waiting("CreateContainerConfigError")),
        ("crashloop", waiting("CrashLoopBackOff")),
        ("backoff", waiting("CrashLoopBackOff")),
        ("oom", ended(137, "OOMKilled")),
        ("error", ended(1, "Error")),
        ("completed", ended(0, "Completed")),
        ("exited", ended(0, "Completed")),
        ("waiting", waiting("PodInitializing")),
        ("creating", waiting("PodInitializing")),
        ("notready", running()),
    ];
    if let Some((_, value)) = known.iter().find(|(mark, _)| word.contains(mark)) {
        return Some((value.clone(), false));
    }
    let up = ["running", "restarted", "ready", "up"].iter().any(|mark| word.contains(mark));
    up.then(|| (running(), true))
}

/// A pod with the tutorial's containers.
fn manifest(name: &str, status: Value) -> Value {
    let list = |names: &[&str]| -> Vec<Value> {
        names.iter().map(|name| json!({"name": name, "image": "i"})).collect()
    };
    json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name},
        "spec": {"initContainers": list(&INITS), "containers": list(&MAINS)},
        "status": status})
}

/// Every state a pod of two init containers and two containers can be in, in the words below.
const KNOWN: [&str; 26] = [
    "unscheduled",
    "init0-running",
    "init0-errimagepull",
    "init0-imagepullbackoff",
    "init0-createcontainerconfigerror",
    "init0-error",
    "init0-crashloop",
    "init1-running",
    "init1-errimagepull",
    "init1-imagepullbackoff",
    "init1-error",
    "init1-oom",
    "init1-crashloop",
    "inits-done",
    "main-notready",
    "all-ready",
    "mysql-error",
    "mysql-oom",
    "mysql-crashloop",
    "mysql-completed-xtrabackup-running",
    "xtrabackup-completed-mysql-running",
    "xtrabackup-error-mysql-running",
    "terminating-running",
    "terminating-mysql-exited",
    "terminal-phase-failed(137,0)",
    "terminal-phase-succeeded(0,0)",
];

/// Pods whose row this may be: by its name, and in every other known state.
pub fn pods(row: &Row) -> Vec<Object> {
    let Some(name) = row.get("NAME") else { return Vec::new() };
    let cases = std::iter::once(name.as_str()).chain(KNOWN);
    cases.filter_map(|case| pod(row, &case.to_lowercase())).collect()
}

/// The pod whose row this is: its state from the case, its counts and ages from the row.
fn pod(row: &Row, case: &str) -> Option<Object> {
    let name = row.get("NAME")?;
    let restarts = row.get("RESTARTS")?;
    let count: i32 = restarts.split(' ').next()?.parse().ok()?;
    let last = restarts.split_once('(').map(|(_, rest)| rest.trim_end_matches(" ago)"));
    let last = last.and_then(ago).map(|time| time.to_string());
    let scheduled_only = case.contains("scheduled");
    let deleting = case.contains("terminating") || case.contains("deleting");
    let at_init = INITS.iter().enumerate().find(|(n, _)| case.contains(&format!("init{n}")));
    let mut inits = Vec::new();
    let mut mains: Vec<(Value, bool)> = MAINS.iter().map(|_| (running(), true)).collect();
    let mut phase = "Running";
    if let Some((at, _)) = at_init {
        phase = "Pending";
        mains = MAINS.iter().map(|_| (waiting("PodInitializing"), false)).collect();
        let current = state(case).map(|(state, _)| state).unwrap_or_else(|| waiting(""));
        for n in 0..INITS.len() {
            inits.push(match n.cmp(&at) {
                std::cmp::Ordering::Less => (ended(0, "Completed"), true),
                std::cmp::Ordering::Equal => (current.clone(), false),
                std::cmp::Ordering::Greater => (waiting("PodInitializing"), false),
            });
        }
    } else {
        inits = INITS.iter().map(|_| (ended(0, "Completed"), true)).collect();
        phase = main_states(case, &mut mains).unwrap_or(phase);
    }
    let status = |names: &[&str], states: &[(Value, bool)], whose: &dyn Fn(&str) -> bool| {
        let list: Vec<Value> = names
            .iter()
            .zip(states)
            .map(|(name, (state, ready))| {
                let mine = whose(name);
                let mut status = json!({"name": name, "state": state, "ready": ready,
                    "restartCount": if mine { count } else { 0 }});
                if let Some(at) = last.as_ref().filter(|_| mine) {
                    status["lastState"] = json!({"terminated":
                        {"exitCode": 1, "reason": "Error", "finishedAt": at}});
                }
                status
            })
            .collect();
        list
    };
    let all_ready = mains.iter().all(|(_, ready)| *ready);
    let initialized = at_init.is_none();
    let flag = |on: bool| if on { "True" } else { "False" };
    let restarted_init = at_init.map(|(_, name)| *name);
    let restarted_main = MAINS.iter().find(|name| case.starts_with(**name)).unwrap_or(&"mysql");
    let owner_is_init = |one: &str| Some(one) == restarted_init;
    let owner_is_main = |one: &str| restarted_init.is_none() && one == *restarted_main;
    let statuses = if scheduled_only {
        json!({"phase": "Pending"})
    } else {
        json!({"phase": phase,
            "conditions": [{"type": "Initialized", "status": flag(initialized)},
                           {"type": "Ready", "status": flag(all_ready)}],
            "initContainerStatuses": status(&INITS, &inits, &owner_is_init),
            "containerStatuses": status(&MAINS, &mains, &owner_is_main)})
    };
    let value = manifest(name, statuses);
    let mut object = Object::from_value(&value).ok()?;
    let meta = object.metadata_mut();
    meta.creation_timestamp = row.get("AGE").and_then(|age| ago(age));
    if deleting {
        meta.deletion_timestamp = Some(Time(NOW));
    }
    Some(object)
}

/// The states of the containers; the phase, if it is another than Running.
fn main_states(case: &str, mains: &mut [(Value, bool)]) -> Option<&'static str> {
    if let Some((_, codes)) = case.split_once("terminal") {
        let numbers: Vec<i32> = codes
            .split(|c: char| !c.is_ascii_digit())
            .filter_map(|digits| digits.parse().ok())
            .collect();
        let failed = codes.contains("failed");
        for (index, main) in mains.iter_mut().enumerate() {
            let code = numbers.get(index).copied().unwrap_or(i32::from(failed));
            *main = (ended(code, reason_of(code)), false);
        }
        return Some(if failed { "Failed" } else { "Succeeded" });
    }
    let initializing =
        ["podinitializing", "inits-done", "init-done", "containers-waiting", "both-init"];
    if initializing.iter().any(|mark| case.contains(mark)) {
        for main in mains.iter_mut() {
            *main = (waiting("PodInitializing"), false);
        }
        return Some("Pending");
    }
    let words = case.trim_start_matches("terminating-").trim_start_matches("deleting-");
    // `xtrabackup-completed-mysql-running`: each container's words follow its name.
    let mut marks: Vec<(usize, usize)> = MAINS
        .iter()
        .enumerate()
        .filter_map(|(index, name)| words.find(name).map(|at| (at, index)))
        .collect();
    marks.sort_unstable();
    for (nth, (at, index)) in marks.iter().enumerate() {
        let end = marks.get(nth + 1).map_or(words.len(), |(next, _)| *next);
        let own = &words[at + MAINS[*index].len()..end];
        if let Some(state) = state(own) {
            mains[*index] = state;
        }
    }
    if marks.is_empty() && (words.contains("notready") || words.contains("not-ready")) {
        mains[0] = (running(), false);
    }
    None
}
