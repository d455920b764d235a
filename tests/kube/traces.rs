//! The real StatefulSet controller, one reconcile a line.
//!
//! A line says which pods there were before, and what the controller did. What somebody changed in
//! the set between two lines stands only in the words of the step, so the judge looks for it: of
//! all small changes (another number of replicas, another image, a partition …) the first that
//! makes our controller do exactly the same. Everything else carries over from line to line.

mod setup;

use std::path::PathBuf;

use ordinal::kube::{Pass, Write};
use ordinal::manifest::object::{Labels, PersistentVolumeClaim, Pod, StatefulSetStatus};
use ordinal::sim::Out;
use serde_json::Value;

use setup::{Change, Stage};

/// One line.
#[derive(Clone, Debug)]
pub struct Line {
    scenario: String,
    step: String,
    before: Vec<String>,
    actions: Vec<String>,
    events: Vec<String>,
    error: String,
    status: Vec<(String, String)>,
}

fn texts(value: &Value) -> Vec<String> {
    let list = value.as_array().map_or(&[][..], Vec::as_slice);
    list.iter().map(|one| one.as_str().unwrap_or_default().to_string()).collect()
}

fn read(text: &str) -> Line {
    let value: Value = serde_json::from_str(text).expect("a line is JSON");
    let status = value["status"].as_object().cloned().unwrap_or_default();
    let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_string);
    Line {
        scenario: value["scenario"].as_str().unwrap_or_default().to_string(),
        step: value["step"].as_str().unwrap_or_default().to_string(),
        before: texts(&value["before"]),
        actions: texts(&value["actions"]),
        events: texts(&value["events"]),
        error: value["error"].as_str().unwrap_or_default().to_string(),
        status: status.iter().map(|(name, value)| (name.clone(), plain(value))).collect(),
    }
}

/// What our controller did, in the words of the line.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Deed {
    actions: Vec<String>,
    events: Vec<String>,
    error: String,
    status: Vec<(String, String)>,
}

fn labels(labels: &Labels) -> String {
    let mut rows: Vec<String> =
        labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
    rows.sort();
    rows.join(",")
}

fn claim_owners(claim: &PersistentVolumeClaim) -> String {
    let owners: Vec<String> = claim
        .metadata
        .owner_references
        .iter()
        .map(|owner| format!("{}/{}", owner.kind, owner.name))
        .collect();
    owners.join(" ")
}

fn created(pod: &Pod) -> String {
    let claims: Vec<String> = pod
        .spec
        .volumes
        .iter()
        .filter_map(|volume| {
            let claim = volume.persistent_volume_claim.as_ref()?;
            Some(format!("{}->{}", volume.name, claim.claim_name))
        })
        .collect();
    format!(
        "CREATE pod {} hostname={} subdomain={} image={} pvc={} labels={}",
        pod.metadata.name,
        pod.spec.hostname,
        pod.spec.subdomain,
        pod.spec.containers[0].image,
        claims.join(","),
        labels(&pod.metadata.labels)
    )
}

fn action(write: &Write) -> String {
    match write {
        Write::CreateClaim(claim) => {
            format!("CREATE pvc {} labels={}", claim.metadata.name, labels(&claim.metadata.labels))
        }
        Write::UpdateClaim(claim) => {
            format!("UPDATE pvc {} ownerRefs=[{}]", claim.metadata.name, claim_owners(claim))
        }
        Write::CreatePod(pod) => created(pod),
        Write::UpdatePod(pod) => format!("UPDATE pod {}", pod.metadata.name),
        Write::DeletePod(name) => format!("DELETE pod {name}"),
        Write::AdoptPod(name) => format!("ADOPT pod {name}"),
        Write::ReleasePod(name) => format!("RELEASE pod {name}"),
    }
}

fn status_rows(status: &StatefulSetStatus) -> Vec<(String, String)> {
    [
        ("available", status.available_replicas.to_string()),
        ("current", status.current_replicas.to_string()),
        ("currentRevision", status.current_revision.clone()),
        ("ready", status.ready_replicas.to_string()),
        ("replicas", status.replicas.to_string()),
        ("updateRevision", status.update_revision.clone()),
        ("updated", status.updated_replicas.to_string()),
    ]
    .map(|(name, value)| (name.to_string(), value))
    .to_vec()
}

/// Runs one pass on a stage that is set, and tells what it did; the stage is left as it is after.
fn run(stage: &mut Stage) -> Deed {
    let mut cluster = stage.cluster();
    let mut out = Out::default();
    let pass: Pass = cluster.reconcile_set(&setup::set_key(), stage.now(), &mut out);
    let mut actions: Vec<String> = pass.writes.iter().map(action).collect();
    let mut events: Vec<(String, String)> = cluster
        .store()
        .events
        .iter()
        .map(|(at, event)| {
            let text = format!("{} {}: {}", event.event_type, event.reason, event.message);
            (at.name.clone(), text)
        })
        .collect();
    events.sort();
    let mut events: Vec<String> = events.into_iter().map(|(_, text)| text).collect();
    if stage.parallel() {
        actions.sort();
        events.sort();
    }
    let set = &cluster.store().sets[&setup::set_key()];
    let status = status_rows(&set.status);
    stage.keep(cluster.store());
    Deed { actions, events, error: pass.error.unwrap_or_default(), status }
}

/// The line in our revisions' names.
fn wanted(line: &Line, stage: &Stage) -> Deed {
    let ours = |text: &String| stage.in_our_names(text);
    Deed {
        actions: line.actions.iter().map(ours).collect(),
        events: line.events.iter().map(ours).collect(),
        error: line.error.clone(),
        status: line.status.iter().map(|(name, value)| (name.clone(), ours(value))).collect(),
    }
}

/// Tries changes until one fits; the error tells what happened without any.
fn judge(stage: &mut Stage, line: &Line) -> Result<(), String> {
    let mut first = None;
    // Mostly nothing was changed; all else is thought of only where that does not fit.
    let rest = std::iter::once_with(|| Change::all(stage, line)).flatten();
    let mut found = None;
    for change in std::iter::once(Change::default()).chain(rest) {
        let mut tried = stage.clone();
        tried.set_up(&change, line);
        let did = run(&mut tried);
        tried.learn_names(line, &did.status);
        let want = wanted(line, &tried);
        if did == want {
            found = Some(tried);
            break;
        }
        first.get_or_insert((did, want));
    }
    if let Some(found) = found {
        *stage = found;
        return Ok(());
    }
    let (did, want) = first.expect("there is always the change that changes nothing");
    Err(format!("{} | {}\n    want: {want:?}\n    did:  {did:?}", line.scenario, line.step))
}

fn folder() -> PathBuf {
    std::env::var_os("ORDINAL_ORACLE").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/oracle"),
        PathBuf::from,
    )
}

/// Judges all lines of a text; what went wrong, and how many lines there are.
fn judge_all(text: &str) -> (Vec<String>, usize) {
    let lines: Vec<Line> = text.lines().filter(|line| !line.trim().is_empty()).map(read).collect();
    let mut wrong = Vec::new();
    for scenario in lines.chunk_by(|a, b| a.scenario == b.scenario) {
        let mut stage = Stage::new(&scenario[0].scenario);
        stage.look_ahead(scenario);
        wrong.extend(scenario.iter().filter_map(|line| judge(&mut stage, line).err()));
    }
    (wrong, lines.len())
}

#[test]
fn every_reconcile_does_what_the_real_controller_did() {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder())
        .expect("the oracle's folder is there")
        .map(|entry| entry.expect("its entries can be read").path())
        .filter(|path| path.extension().is_some_and(|one| one == "jsonl"))
        .collect();
    files.sort();
    let (mut wrong, mut all) = (Vec::new(), 0);
    for file in files {
        let text = std::fs::read_to_string(&file).expect("an oracle file is text");
        let (complaints, lines) = judge_all(&text);
        wrong.extend(complaints);
        all += lines;
    }
    println!("statefulset {} of {all}", all - wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Situations that the oracle does not show, in its form. They were not printed by the real
/// controller: each line follows from the decision order of `updateStatefulSet`.
#[test]
fn situations_beyond_the_oracle_go_as_the_decision_order_says() {
    let (wrong, all) = judge_all(include_str!("traces/expected.jsonl"));
    println!("statefulset, expected {} of {all}", all - wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
