//! The rows of upstream's unit tests for the StatefulSet controller
//! (pkg/controller/statefulset/stateful_set_control_test.go), under its names. Only the controller
//! and the API server run: pods become ready because the test says so. `e2e/README.md` lists the
//! rows that cannot be had here.

mod random;
mod rules;

use std::sync::Arc;

use ordinal::base::{Millis, SimTime};
use ordinal::kube::{Cluster, Options, Pass, Store, Write, key};
use ordinal::manifest::object::{Object, Pod, PodCondition, StatefulSet, Time};
use ordinal::sim::Out;
use serde_json::{Value, json};

use super::e2e::stage::{NEW, OLD, claims, manifest, merged};
use rules::{burst, monotonic, updating};

/// Retain, ScaleDownOnly, SetDeleteOnly, Delete, nullPolicy.
const POLICIES: [Option<(&str, &str)>; 5] = [
    Some(("Retain", "Retain")),
    Some(("Retain", "Delete")),
    Some(("Delete", "Retain")),
    Some(("Delete", "Delete")),
    None,
];

struct Control {
    cluster: Cluster,
    now: SimTime,
    /// Pods deleted and created in all passes.
    deletes: usize,
    creates: usize,
}

impl Control {
    fn new(replicas: i32, spec: &Value) -> Control {
        let mut cluster = Cluster::new(Options::default());
        let set = manifest(replicas, spec);
        let mut out = Out::default();
        cluster.create(&set, SimTime::START, &mut out).expect("the set is good");
        Control { cluster, now: SimTime(10_000_000), deletes: 0, creates: 0 }
    }

    /// A set that has come to rest.
    fn settled(replicas: i32, spec: &Value, parallel: bool) -> Control {
        let mut control = Control::new(replicas, spec);
        control.settle(invariant(parallel));
        control
    }

    fn set(&self) -> StatefulSet {
        (*self.cluster.store().sets[&key("default", "ss")]).clone()
    }

    fn pods(&self) -> Vec<Pod> {
        let mut pods: Vec<Pod> =
            self.cluster.store().pods.values().map(|pod| (**pod).clone()).collect();
        pods.sort_by_key(ordinal);
        pods
    }

    /// Changes what the API server holds.
    fn edit(&mut self, change: impl FnOnce(&mut Store)) {
        let mut store = self.cluster.store().clone();
        change(&mut store);
        self.cluster = Cluster::from_store(self.cluster.options().clone(), store);
    }

    fn patch(&mut self, spec: &Value) {
        let mut value = Object::StatefulSet(Box::new(self.set())).to_value();
        ordinal::kube::merge_patch(&mut value["spec"], spec, false);
        let next = Object::from_value(&value).expect("the patch has the right types");
        let mut out = Out::default();
        self.cluster.update(next, self.now, &mut out).expect("the patch is good");
    }

    fn set_image(&mut self, image: &str) {
        let mut template = json!(self.set().spec.template);
        template["spec"]["containers"][0]["image"] = json!(image);
        self.patch(&json!({ "template": template }));
    }

    fn pass(&mut self) -> Pass {
        let mut out = Out::default();
        let pass = self.cluster.reconcile_set(&key("default", "ss"), self.now, &mut out);
        for write in &pass.writes {
            self.deletes += usize::from(matches!(write, Write::DeletePod(_)));
            self.creates += usize::from(matches!(write, Write::CreatePod(_)));
        }
        self.collect();
        pass
    }

    /// What the garbage collector does: claims go with their owners.
    fn collect(&mut self) {
        self.edit(|store| {
            let pods: Vec<String> =
                store.pods.values().map(|pod| pod.metadata.uid.clone()).collect();
            let sets: Vec<String> =
                store.sets.values().map(|set| set.metadata.uid.clone()).collect();
            store.claims.retain(|_, claim| {
                let owners = &claim.metadata.owner_references;
                owners.is_empty()
                    || owners.iter().any(|one| pods.contains(&one.uid) || sets.contains(&one.uid))
            });
        });
    }

    fn status(&mut self, pod: &str, phase: &str, ready: bool, since: SimTime) {
        let at = key("default", pod);
        self.edit(|store| {
            let pod = Arc::make_mut(store.pods.get_mut(&at).expect("the pod is there"));
            pod.status.phase = phase.to_string();
            pod.status.conditions = vec![PodCondition {
                kind: "Ready".to_string(),
                status: if ready { "True" } else { "False" }.to_string(),
                last_transition_time: Some(Time(since)),
                ..Default::default()
            }];
        });
    }

    /// One step further for each pod: pending, running, ready.
    fn progress(&mut self) {
        for pod in self.pods() {
            let name = &pod.metadata.name;
            match (pod.status.phase.as_str(), pod.status.is_true("Ready")) {
                ("Running", false) => self.status(name, "Running", true, SimTime::START),
                ("Pending", _) => self.status(name, "Running", false, SimTime::START),
                _ => {}
            }
        }
    }

    /// Passes, and pods that come up, until nothing changes any more.
    fn settle(&mut self, invariant: fn(&Control) -> Result<(), String>) {
        for _ in 0..400 {
            let before = (self.pods(), self.set().status);
            let pass = self.pass();
            assert_eq!(pass.error, None);
            if let Err(error) = invariant(self) {
                panic!("{error}: {:?}", self.pods().iter().map(shown).collect::<Vec<_>>());
            }
            self.progress();
            if before == (self.pods(), self.set().status) && pass.writes.is_empty() {
                return;
            }
        }
        panic!("it does not settle");
    }

    fn counts(&self) -> (i32, i32, i32) {
        let status = self.set().status;
        (status.replicas, status.ready_replicas, status.updated_replicas)
    }
}

fn shown(pod: &Pod) -> String {
    format!("{} {} {}", pod.metadata.name, pod.status.phase, pod.status.is_true("Ready"))
}

fn ordinal(pod: &Pod) -> i32 {
    pod.metadata.name.rsplit('-').next().and_then(|digits| digits.parse().ok()).unwrap_or(-1)
}

fn ready(pod: &Pod) -> bool {
    pod.status.phase == "Running" && pod.status.is_true("Ready")
}

/// Runs a row in both modes and with all policies.
fn each(row: impl Fn(Value, bool)) {
    for parallel in [false, true] {
        for policy in POLICIES {
            let mode = if parallel { "Parallel" } else { "OrderedReady" };
            let mut spec = merged(claims(), &json!({ "podManagementPolicy": mode }));
            if let Some((deleted, scaled)) = policy {
                spec["persistentVolumeClaimRetentionPolicy"] =
                    json!({"whenDeleted": deleted, "whenScaled": scaled});
            }
            row(spec, parallel);
        }
    }
}

fn invariant(parallel: bool) -> fn(&Control) -> Result<(), String> {
    if parallel { burst } else { monotonic }
}

#[test]
fn stateful_set_control_creates_pods() {
    each(|spec, parallel| {
        let control = Control::settled(3, &spec, parallel);
        assert_eq!(control.counts(), (3, 3, 3));
    });
}

#[test]
fn stateful_set_control_scales_up() {
    each(|spec, parallel| {
        let mut control = Control::settled(3, &spec, parallel);
        control.patch(&json!({"replicas": 4}));
        control.settle(invariant(parallel));
        assert_eq!(control.counts(), (4, 4, 4));
    });
}

#[test]
fn stateful_set_control_scales_down() {
    each(|spec, parallel| {
        let mut control = Control::settled(3, &spec, parallel);
        control.patch(&json!({"replicas": 0}));
        control.settle(invariant(parallel));
        assert_eq!(control.counts(), (0, 0, 0));
    });
}

#[test]
fn stateful_set_control_replaces_pods() {
    each(|spec, parallel| {
        let mut control = Control::settled(5, &spec, parallel);
        control.edit(|store| {
            for n in [0, 2, 4] {
                store.pods.remove(&key("default", &format!("ss-{n}")));
            }
        });
        let before = control.creates;
        control.pass();
        assert_eq!(control.creates - before, if parallel { 3 } else { 1 });
        control.settle(burst);
        assert_eq!(control.counts(), (5, 5, 5));
    });
}

fn recreates(phase: &str) {
    each(|spec, parallel| {
        let mut control = Control::new(3, &spec);
        control.pass();
        control.status("ss-0", phase, false, SimTime::START);
        let pass = control.pass();
        assert!(pass.writes.contains(&Write::DeletePod("ss-0".to_string())));
        control.pass();
        assert_eq!(control.deletes, 1);
        assert_eq!(control.creates, if parallel { 3 + 1 } else { 2 });
        let phase = control.pods()[0].status.phase.clone();
        assert_eq!(phase, "Pending");
    });
}

#[test]
fn stateful_set_control_recreates_failed_pod() {
    recreates("Failed");
}

#[test]
fn stateful_set_control_recreates_succeeded_pod() {
    recreates("Succeeded");
}

#[test]
fn stateful_set_control_recreates_pvc_for_pending_pod() {
    each(|spec, _| {
        let mut control = Control::new(1, &spec);
        control.pass();
        let at = key("default", "datadir-ss-0");
        control.edit(|store| drop(store.claims.remove(&at)));
        control.pass();
        assert!(control.cluster.store().claims.contains_key(&at));
    });
}

#[test]
fn stateful_set_control_with_start_ordinal() {
    let mut control = Control::new(3, &json!({"ordinals": {"start": 2}}));
    control.settle(monotonic);
    let ordinals: Vec<i32> = control.pods().iter().map(ordinal).collect();
    assert_eq!(ordinals, [2, 3, 4]);
}

#[test]
fn stateful_set_control_get_set_revisions() {
    let mut control = Control::new(3, &json!({}));
    control.pass();
    let revisions = |control: &Control| -> Vec<(String, i64)> {
        let all = control.cluster.store().revisions.values();
        let mut all: Vec<_> = all.map(|one| (one.metadata.name.clone(), one.revision)).collect();
        all.sort_by_key(|one| one.1);
        all
    };
    let first = revisions(&control);
    assert_eq!(first.len(), 1);
    control.pass();
    assert_eq!(revisions(&control), first, "the same set makes no other");
    control.set_image(NEW);
    control.pass();
    assert_eq!(revisions(&control).len(), 2);
    control.set_image(OLD);
    control.pass();
    let last = revisions(&control);
    assert_eq!((last.len(), &last[1]), (2, &(first[0].0.clone(), 3)), "it is used again");
}

fn images(control: &Control) -> Vec<String> {
    control.pods().iter().map(|pod| pod.spec.containers[0].image.clone()).collect()
}

/// Monotonic and burst: the update alone, with scaling up, with scaling down.
const CASES: [(bool, i32, i32); 6] =
    [(false, 3, 3), (true, 3, 3), (false, 3, 5), (true, 3, 5), (false, 5, 3), (true, 5, 3)];

fn mode(parallel: bool) -> Value {
    merged(
        claims(),
        &json!({"podManagementPolicy": if parallel { "Parallel" } else { "OrderedReady" }}),
    )
}

#[test]
fn stateful_set_control_rolling_update() {
    for (parallel, before, after) in CASES {
        let mut control = Control::settled(before, &mode(parallel), parallel);
        control.patch(&json!({ "replicas": after }));
        control.set_image(NEW);
        control.settle(updating);
        assert_eq!(images(&control), vec![NEW; after as usize], "{parallel} {before} {after}");
    }
}

#[test]
fn stateful_set_control_rollback() {
    for (parallel, before, after) in CASES {
        let mut control = Control::settled(before, &mode(parallel), parallel);
        control.patch(&json!({ "replicas": after }));
        control.set_image(NEW);
        control.settle(updating);
        control.set_image(OLD);
        control.settle(updating);
        assert_eq!(images(&control), vec![OLD; after as usize], "{parallel} {before} {after}");
    }
}

#[test]
fn stateful_set_control_on_delete_update() {
    for (parallel, before, after) in CASES {
        let spec = merged(mode(parallel), &json!({"updateStrategy": {"type": "OnDelete"}}));
        let mut control = Control::settled(before, &spec, parallel);
        control.patch(&json!({ "replicas": after }));
        control.set_image(NEW);
        control.settle(burst);
        let want: Vec<&str> = (0..after).map(|n| if n < before { OLD } else { NEW }).collect();
        assert_eq!(images(&control), want);
        control.patch(&json!({"replicas": 0}));
        control.settle(burst);
        control.patch(&json!({ "replicas": after }));
        control.settle(burst);
        assert_eq!(images(&control), vec![NEW; after as usize]);
    }
}

#[test]
fn stateful_set_control_rolling_update_with_partition() {
    for (parallel, before, after) in [(false, 3, 3), (true, 3, 3), (false, 3, 5), (true, 3, 5)] {
        let strategy = json!({"updateStrategy": {"rollingUpdate": {"partition": 2}}});
        let mut control = Control::settled(before, &merged(mode(parallel), &strategy), parallel);
        control.patch(&json!({ "replicas": after }));
        control.set_image(NEW);
        control.settle(burst);
        let want: Vec<&str> = (0..after).map(|n| if n < 2 { OLD } else { NEW }).collect();
        assert_eq!(images(&control), want);
    }
}

#[test]
fn stateful_set_control_rolling_update_with_max_unavailable() {
    for parallel in [false, true] {
        let rolling = json!({"partition": 3, "maxUnavailable": 2});
        let spec = merged(mode(parallel), &json!({"updateStrategy": {"rollingUpdate": rolling}}));
        let mut control = Control::new(6, &spec);
        let options = Options { max_unavailable: true, ..Options::default() };
        control.cluster = Cluster::from_store(options, control.cluster.store().clone());
        control.settle(invariant(parallel));
        control.set_image(NEW);
        let deleted = |pass: &Pass| -> Vec<String> {
            let names = pass.writes.iter().filter_map(|write| match write {
                Write::DeletePod(name) => Some(name.clone()),
                _ => None,
            });
            names.collect()
        };
        assert_eq!(deleted(&control.pass()), ["ss-5", "ss-4"]);
        let made = control.creates;
        control.pass();
        assert_eq!(control.creates - made, if parallel { 2 } else { 1 });
        control.settle(burst);
        assert_eq!(images(&control), [OLD, OLD, OLD, NEW, NEW, NEW]);
    }
}

#[test]
fn stateful_set_control_limits_history() {
    for parallel in [false, true] {
        for limit in [0, -2, 5] {
            let spec = merged(mode(parallel), &json!({ "revisionHistoryLimit": limit }));
            let mut control = Control::settled(3, &spec, parallel);
            for n in 0..9 {
                control.set_image(&format!("mysql:{n}"));
                control.settle(burst);
                let count = control.cluster.store().revisions.len();
                let most = usize::try_from(limit).map_or(usize::MAX, |limit| limit + 2);
                assert!(count <= most, "{count} revisions, limit {limit}");
            }
            if limit < 0 {
                assert_eq!(control.cluster.store().revisions.len(), 10, "all are kept");
            }
        }
    }
}

#[test]
fn stateful_set_availability() {
    for (ready_for, want) in [(7_200, 1), (1_800, 0)] {
        let mut control = Control::new(1, &json!({"minReadySeconds": 3_600}));
        control.pass();
        let since = SimTime(control.now.0 - Millis::secs(ready_for).0);
        control.status("ss-0", "Running", true, since);
        control.pass();
        assert_eq!(control.set().status.available_replicas, want);
    }
}

#[test]
fn stateful_set_zero_min_ready_seconds() {
    let mut control = Control::new(2, &json!({"minReadySeconds": 0}));
    control.settle(monotonic);
    assert_eq!(control.set().status.available_replicas, 2);
}

/// Two pods that have been ready for ten seconds, where thirty are asked for.
fn briefly_ready(spec: &Value) -> Control {
    let mut control = Control::new(2, &merged(spec.clone(), &json!({"minReadySeconds": 0})));
    control.settle(burst);
    control.patch(&json!({"minReadySeconds": 30}));
    let since = SimTime(control.now.0 - Millis::secs(10).0);
    for name in ["ss-0", "ss-1"] {
        control.status(name, "Running", true, since);
    }
    control
}

#[test]
fn stateful_set_rolling_update_respects_min_ready_seconds() {
    let mut control = briefly_ready(&json!({}));
    control.set_image(NEW);
    control.pass();
    assert_eq!((control.set().status.available_replicas, control.deletes), (0, 0));
    control.now = control.now + Millis::secs(50);
    control.pass();
    assert_eq!((control.set().status.available_replicas, control.deletes), (2, 1));
}

#[test]
fn stateful_set_scale_down_respects_min_ready_seconds() {
    let mut control = briefly_ready(&json!({}));
    control.patch(&json!({"replicas": 1}));
    control.pass();
    assert_eq!(control.deletes, 0);
    control.now = control.now + Millis::secs(50);
    control.pass();
    assert_eq!(control.deletes, 1);
}

#[test]
fn stateful_set_on_delete_strategy_ignores_min_ready_seconds() {
    let mut control = briefly_ready(&json!({"updateStrategy": {"type": "OnDelete"}}));
    control.set_image(NEW);
    control.pass();
    let status = control.set().status;
    assert_ne!(status.update_revision, status.current_revision);
}

#[test]
fn stateful_set_partition_rolling_update_with_min_ready_seconds() {
    let strategy = json!({"updateStrategy": {"rollingUpdate": {"partition": 1}}});
    let mut control = briefly_ready(&strategy);
    control.set_image(NEW);
    control.pass();
    assert_eq!((control.pods().len(), control.deletes), (2, 0));
}

#[test]
fn parallel_scale() {
    for (before, after) in [(3, 30), (10, 1), (60, 0), (0, 100)] {
        let mut control = Control::new(before, &json!({"podManagementPolicy": "Parallel"}));
        control.pass();
        control.pass();
        control.patch(&json!({ "replicas": after }));
        control.pass();
        control.pass();
        assert_eq!(control.pods().len(), after as usize, "{before} → {after}");
    }
}

/// From stateful_set_test.go: a pod that is being deleted.
fn terminating(replicas: i32, name: &str) -> Control {
    let mut control = Control::new(replicas, &json!({}));
    control.settle(monotonic);
    let at = key("default", name);
    let now = control.now;
    control.edit(|store| {
        let pod = Arc::make_mut(store.pods.get_mut(&at).expect("the pod is there"));
        pod.metadata.deletion_timestamp = Some(Time(now));
    });
    control
}

#[test]
fn stateful_set_controller_respects_termination() {
    let mut control = terminating(5, "ss-4");
    control.patch(&json!({"replicas": 3}));
    control.pass();
    assert_eq!(control.deletes, 0, "it waits for the one that goes");
    control.edit(|store| drop(store.pods.remove(&key("default", "ss-4"))));
    control.pass();
    assert_eq!(control.deletes, 1);
}

#[test]
fn stateful_set_controller_blocks_scaling() {
    let mut control = terminating(3, "ss-0");
    control.patch(&json!({"replicas": 4}));
    let made = control.creates;
    control.pass();
    assert_eq!(control.creates, made);
    control.edit(|store| drop(store.pods.remove(&key("default", "ss-0"))));
    control.settle(burst);
    assert_eq!(control.counts(), (4, 4, 4));
}

#[test]
fn stateful_set_controller_deletion_timestamp() {
    let mut control = Control::new(3, &json!({}));
    let now = control.now;
    control.edit(|store| {
        let set = Arc::make_mut(store.sets.get_mut(&key("default", "ss")).expect("the set"));
        set.metadata.deletion_timestamp = Some(Time(now));
    });
    control.pass();
    assert_eq!(control.creates, 0);
}

#[test]
fn stale_owner_ref_on_scaleup() {
    let policy = json!({"whenDeleted": "Retain", "whenScaled": "Delete"});
    let spec = merged(claims(), &json!({ "persistentVolumeClaimRetentionPolicy": policy }));
    let mut control = Control::new(3, &spec);
    control.settle(monotonic);
    // The pod has gone, and its claim is about to.
    let owner = json!([{"apiVersion": "v1", "kind": "Pod", "name": "ss-2", "uid": "of-before",
        "controller": true}]);
    let stale = |store: &mut Store| {
        store.pods.remove(&key("default", "ss-2"));
        let claim = store.claims.get_mut(&key("default", "datadir-ss-2")).expect("the claim");
        Arc::make_mut(claim).metadata.owner_references =
            serde_json::from_value(owner.clone()).expect("an owner");
    };
    control.edit(stale);
    let made = control.creates;
    let mut out = Out::default();
    control.cluster.reconcile_set(&key("default", "ss"), control.now, &mut out);
    assert_eq!(control.pods().len(), 2, "it waits until the claim has gone");
    control.edit(|store| drop(store.claims.remove(&key("default", "datadir-ss-2"))));
    control.settle(burst);
    assert_eq!((control.creates - made, control.counts()), (1, (3, 3, 3)));
}
