//! The behaviours of upstream's end-to-end suite (test/e2e/apps/statefulset.go), under its names.
//! `e2e/README.md` says which test stands for which, and which cannot be had here.

pub mod stage;

use ordinal::kube::{ApplyResult, DeleteOptions, key};
use ordinal::manifest::object::{Object, OwnerReference, Pod};
use serde_json::json;

use super::driver::Plan;
use stage::{NEW, OLD, Stage, claims, merged};

fn none() -> serde_json::Value {
    json!({})
}

fn names(ordinals: impl IntoIterator<Item = u32>) -> Vec<String> {
    ordinals.into_iter().map(|n| format!("ss-{n}")).collect()
}

fn claim_names(ordinals: impl IntoIterator<Item = u32>) -> Vec<String> {
    ordinals.into_iter().map(|n| format!("datadir-ss-{n}")).collect()
}

#[test]
fn should_provide_basic_identity() {
    let mut stage = Stage::ready(3, &claims());
    stage.run(5);
    for n in 0..3 {
        let pod = stage.pod(n);
        assert_eq!(pod.spec.hostname, format!("ss-{n}"));
        assert_eq!(pod.spec.subdomain, "test");
        assert_eq!(pod.metadata.labels["apps.kubernetes.io/pod-index"], n.to_string());
        let from = ordinal::base::Namespace::from("default");
        let found = stage.driver.cluster.resolve(&from, &format!("ss-{n}.test"), stage.driver.now);
        assert_eq!(found, Ok(vec![pod.status.pod_ip]));
    }
    let volumes: Vec<String> = (0..3).map(|n| stage.claim(n).spec.volume_name).collect();
    stage.scale(0);
    stage.until_ready(0);
    assert_eq!(stage.claim_names(), claim_names(0..3));
    stage.scale(3);
    stage.until_ready(3);
    let again: Vec<String> = (0..3).map(|n| stage.claim(n).spec.volume_name).collect();
    assert_eq!(again, volumes, "what was written is still there");
}

fn is_controlled(pod: &Pod) -> bool {
    pod.metadata.controller().is_some_and(|owner| owner.name == "ss")
}

#[test]
fn should_adopt_matching_orphans_and_release_non_matching_pods() {
    let mut stage = Stage::ready(1, &none());
    let uid = stage.pod(0).metadata.uid;
    assert!(is_controlled(&stage.pod(0)));
    stage.change_pod(0, |pod| pod.metadata.owner_references.clear());
    stage.until("it is adopted", |driver| is_controlled(driver.pod("ss-0").expect("it stays")));
    let labels = stage.pod(0).metadata.labels;
    stage.change_pod(0, |pod| pod.metadata.labels.clear());
    stage.until("it is released", |driver| !is_controlled(driver.pod("ss-0").expect("it stays")));
    stage.run(20);
    assert_eq!(stage.pod(0).metadata.uid, uid, "no other pod takes its name");
    stage.change_pod(0, |pod| pod.metadata.labels = labels);
    stage.until("it is adopted again", |driver| is_controlled(driver.pod("ss-0").expect("it")));
    assert_eq!(stage.pod(0).metadata.uid, uid);
}

#[test]
fn should_not_deadlock_when_a_pods_predecessor_fails() {
    let mut stage = Stage::new(2, &none());
    stage.driver.unready = vec!["ss-1".to_string()];
    stage.until("ss-1 runs, not ready", |driver| {
        driver.pod("ss-1").is_some_and(|pod| pod.status.phase == "Running")
    });
    let uid = stage.pod(0).metadata.uid;
    stage.delete_pod(0);
    stage.until("ss-0 comes again though ss-1 is not ready", |driver| {
        driver.pod("ss-0").is_some_and(|pod| pod.metadata.uid != uid) && driver.is_ready("ss-0")
    });
    assert!(!stage.driver.is_ready("ss-1"));
    stage.driver.unready.clear();
    stage.until_ready(2);
}

/// Upstream's `rollbackTest`.
fn rolls_forth_and_back(spec: &serde_json::Value) {
    let mut stage = Stage::ready(3, spec);
    let first = stage.set().status;
    assert_eq!(first.current_revision, first.update_revision);
    stage.driver.unready = vec!["ss-1".to_string()];
    stage.until("ss-1 loses readiness", |driver| !driver.is_ready("ss-1"));
    stage.set_image(NEW);
    stage.until("a new revision", |driver| {
        let set = &driver.cluster.store().sets[&key("default", "ss")];
        set.status.update_revision != set.status.current_revision
    });
    stage.run(60);
    assert_eq!(stage.images().values().filter(|image| *image == NEW).count(), 0, "it waits");
    stage.driver.unready.clear();
    let order = stage.watch("the update ends", |stage| {
        let status = stage.set().status;
        status.current_revision == status.update_revision
    });
    let gone: Vec<String> = order
        .windows(2)
        .filter_map(|pair| pair[0].iter().find(|name| !pair[1].contains(name)).cloned())
        .collect();
    assert_eq!(gone, ["ss-2", "ss-1", "ss-0"], "in reverse order");
    let second = stage.set().status.update_revision;
    assert_ne!(second, first.update_revision);
    for n in 0..3 {
        assert_eq!((stage.image(n), stage.revision(n)), (NEW.to_string(), second.clone()));
    }
    stage.set_image(OLD);
    stage.until("the rollback ends", |driver| {
        let set = &driver.cluster.store().sets[&key("default", "ss")];
        set.status.update_revision != second
            && set.status.current_revision == set.status.update_revision
    });
    assert_eq!(stage.set().status.update_revision, first.update_revision, "the prior revision");
    for n in 0..3 {
        let want = (OLD.to_string(), first.update_revision.clone());
        assert_eq!((stage.image(n), stage.revision(n)), want);
    }
}

#[test]
fn should_perform_rolling_updates_and_roll_backs_of_template_modifications() {
    rolls_forth_and_back(&none());
}

#[test]
fn should_perform_rolling_updates_and_roll_backs_of_template_modifications_with_pvcs() {
    rolls_forth_and_back(&claims());
}

#[test]
fn should_perform_canary_updates_and_phased_rolling_updates_of_template_modifications() {
    let partition = |n: i32| json!({"updateStrategy": {"rollingUpdate": {"partition": n}}});
    let mut stage = Stage::ready(3, &partition(3));
    let old = stage.set().status.current_revision;
    stage.set_image(NEW);
    stage.run(120);
    assert!(stage.images().values().all(|image| image == OLD), "nothing below the partition");
    stage.partition(2);
    stage.until("ss-2 is updated", |driver| {
        driver.is_ready("ss-2")
            && driver.pod("ss-2").is_some_and(|pod| pod.spec.containers[0].image == NEW)
    });
    stage.run(120);
    assert_eq!((stage.image(0), stage.image(1)), (OLD.to_string(), OLD.to_string()));
    let new = stage.set().status.update_revision;
    for n in [0, 2] {
        stage.delete_pod(n);
    }
    stage.run(5);
    stage.until_ready(3);
    assert_eq!((stage.image(0), stage.revision(0)), (OLD.to_string(), old.clone()));
    assert_eq!((stage.image(2), stage.revision(2)), (NEW.to_string(), new.clone()));
    for n in [1, 0] {
        stage.partition(n);
        let name = format!("ss-{n}");
        stage.until("the next one is updated", |driver| {
            driver.is_ready(&name)
                && driver.pod(&name).is_some_and(|pod| pod.spec.containers[0].image == NEW)
        });
        stage.run(60);
        let updated = stage.images().values().filter(|image| *image == NEW).count();
        assert_eq!(updated, 3 - n as usize);
    }
    let status = stage.set().status;
    assert_eq!((&status.current_revision, &status.update_revision), (&new, &new));
}

/// Upstream's `testWithSpecifiedDeleted`: pod 0 is kept by a finalizer while the others are
/// updated.
fn deletes_pod_0_behind_the_partition(spec: &serde_json::Value) {
    let partition = json!({"updateStrategy": {"rollingUpdate": {"partition": 1}}});
    let mut stage = Stage::ready(3, &merged(partition, spec));
    let old = stage.set().status.current_revision;
    stage.set_image(NEW);
    stage.until("ss-1 and ss-2 are updated", |driver| {
        [1, 2].iter().all(|n| {
            let name = format!("ss-{n}");
            driver.is_ready(&name)
                && driver.pod(&name).is_some_and(|pod| pod.spec.containers[0].image == NEW)
        })
    });
    let uid = stage.pod(0).metadata.uid;
    stage.change_pod(0, |pod| pod.metadata.finalizers.push("example.com/keep".to_string()));
    stage.delete_pod(0);
    stage.run(120);
    let kept = stage.pod(0);
    assert!(kept.metadata.is_deleting() && kept.metadata.uid == uid, "it stays");
    stage.change_pod(0, |pod| pod.metadata.finalizers.clear());
    stage.until("it comes again", |driver| {
        driver.pod("ss-0").is_some_and(|pod| pod.metadata.uid != uid) && driver.is_ready("ss-0")
    });
    assert_eq!((stage.image(0), stage.revision(0)), (OLD.to_string(), old));
}

#[test]
fn should_perform_canary_updates_for_partition1_and_delete_pod0_without_failing_container() {
    deletes_pod_0_behind_the_partition(&none());
}

#[test]
fn should_perform_canary_updates_for_partition1_and_delete_pod0_with_failing_container() {
    let mut template = serde_json::to_value(match stage::manifest(3, &none()) {
        Object::StatefulSet(set) => set.spec.template,
        _ => panic!("it is a set"),
    })
    .expect("a template");
    let failing = json!({"name": "failing", "image": "mysql:5.7"});
    template["spec"]["containers"].as_array_mut().expect("a list").push(failing);
    deletes_pod_0_behind_the_partition(&json!({ "template": template }));
}

/// With the gate MaxUnavailableStatefulSet, which 1.36 has off by default.
#[test]
fn should_perform_rolling_updates_with_max_unavailable() {
    for (gate, most) in [(true, 2), (false, 1)] {
        let rolling = json!({"updateStrategy": {"rollingUpdate": {"maxUnavailable": 2}},
            "podManagementPolicy": "Parallel"});
        let mut stage = Stage::with(5, &rolling, gate);
        stage.until_ready(5);
        stage.set_image(NEW);
        let mut worst = 0;
        let until = stage.driver.now + ordinal::base::Millis::secs(3_600);
        while stage.images().values().any(|image| image != NEW) || stage.names().len() < 5 {
            assert!(stage.driver.step(Some(until)));
            let ready = (0..5).filter(|n| {
                let name = format!("ss-{n}");
                let pod = stage.driver.pod(&name);
                stage.driver.is_ready(&name) && pod.is_some_and(|pod| !pod.metadata.is_deleting())
            });
            worst = worst.max(5 - ready.count());
        }
        assert_eq!(worst, most, "gate {gate}");
        stage.until_ready(5);
    }
}

#[test]
fn should_implement_legacy_replacement_when_the_update_strategy_is_on_delete() {
    let mut stage = Stage::ready(3, &json!({"updateStrategy": {"type": "OnDelete"}}));
    let replace = |stage: &mut Stage| {
        for n in 0..3 {
            stage.delete_pod(n);
        }
        stage.run(5);
        stage.until_ready(3);
    };
    let old = stage.set().status.current_revision;
    replace(&mut stage);
    assert!((0..3).all(|n| stage.revision(n) == old));
    stage.set_image(NEW);
    stage.run(300);
    assert!(stage.images().values().all(|image| image == OLD), "no pod is touched");
    let new = stage.set().status.update_revision;
    assert_ne!(new, old);
    replace(&mut stage);
    assert!((0..3).all(|n| stage.revision(n) == new && stage.image(n) == NEW));
}

#[test]
fn scaling_should_happen_in_predictable_order_and_halt_if_any_stateful_pod_is_unhealthy() {
    let mut stage = Stage::new(3, &none());
    let seen = stage.watch("all come", |stage| stage.set().status.ready_replicas == 3);
    assert_eq!(seen, [names([]), names([0]), names(0..2), names(0..3)]);
    stage.scale(1);
    stage.until_ready(1);
    stage.driver.unready = names([0]);
    stage.until("ss-0 loses readiness", |driver| !driver.is_ready("ss-0"));
    stage.scale(3);
    stage.run(10);
    assert_eq!(stage.names(), names([0]), "nothing is created");
    stage.driver.unready.clear();
    stage.until_ready(3);
    stage.driver.unready = names(0..3);
    stage.until("all lose readiness", |driver| {
        driver.pods().iter().all(|pod| !pod.status.is_true("Ready"))
    });
    stage.scale(0);
    stage.run(10);
    assert_eq!(stage.names(), names(0..3), "nothing is deleted");
    assert!(stage.driver.pods().iter().all(|pod| !pod.metadata.is_deleting()));
    stage.driver.unready.clear();
    let seen = stage.watch("all go", |stage| stage.names().is_empty());
    assert_eq!(seen, [names(0..3), names(0..2), names([0]), names([])]);
}

#[test]
fn burst_scaling_should_run_to_completion_even_with_unhealthy_pods() {
    let mut stage = Stage::new(1, &json!({"podManagementPolicy": "Parallel"}));
    stage.driver.unready = names(0..3);
    stage.until("ss-0 runs", |driver| {
        driver.pod("ss-0").is_some_and(|pod| pod.status.phase == "Running")
    });
    stage.scale(3);
    stage.until("all run", |driver| {
        driver.pods().len() == 3 && driver.pods().iter().all(|pod| pod.status.phase == "Running")
    });
    assert!(stage.driver.pods().iter().all(|pod| !pod.status.is_true("Ready")));
    stage.scale(0);
    stage.until("all go", |driver| driver.pods().is_empty());
}

/// Upstream's pod is refused by its node because a port is taken; ours fails by itself. What is
/// judged is what the controller makes of a pod that has failed.
#[test]
fn should_recreate_evicted_statefulset() {
    let mut stage = Stage::new(0, &none());
    let pod = json!({"apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": "ss-0", "namespace": "default", "labels": {"foo": "bar"}},
        "spec": {"restartPolicy": "Never", "containers": [{"name": "fails", "image": OLD}]}});
    let plan = Plan::End { after: ordinal::base::Millis(100), code: 1 };
    stage.driver.plans.insert("fails".to_string(), plan);
    let pod = Object::from_value(&pod).expect("a pod");
    assert_eq!(stage.driver.apply(&pod), ApplyResult::Created);
    let uid = stage.pod(0).metadata.uid;
    stage.scale(1);
    stage.until("the pod fails", |driver| {
        driver.pod("ss-0").is_some_and(|pod| pod.status.phase == "Failed")
            || driver.pod("ss-0").is_none()
    });
    stage.until_ready(1);
    assert_ne!(stage.pod(0).metadata.uid, uid, "it is another one");
}

#[test]
fn should_have_a_working_scale_subresource() {
    let mut stage = Stage::ready(1, &none());
    assert_eq!((stage.set().spec.replicas, stage.set().status.replicas), (Some(1), 1));
    stage.scale(2);
    assert_eq!(stage.set().spec.replicas, Some(2));
    stage.patch(&json!({"replicas": 4}));
    assert_eq!(stage.set().spec.replicas, Some(4));
    stage.until_ready(4);
}

#[test]
fn should_list_patch_and_delete_a_collection_of_statefulsets() {
    let mut stage = Stage::ready(1, &none());
    stage.patch(&json!({"replicas": 2}));
    stage.set_image(NEW);
    stage.until("it is patched", |driver| {
        let set = &driver.cluster.store().sets[&key("default", "ss")];
        set.status.ready_replicas == 2 && set.status.current_revision == set.status.update_revision
    });
    assert!(stage.images().values().all(|image| image == NEW));
    let labelled = |stage: &Stage| {
        let sets = stage.driver.cluster.store().sets.values();
        sets.filter(|set| set.metadata.labels.get("e2e") == Some(&"ss".to_string())).count()
    };
    assert_eq!(labelled(&stage), 1);
    stage.delete_set(DeleteOptions::default());
    stage.until("none is left", |driver| driver.cluster.store().sets.is_empty());
    assert_eq!(labelled(&stage), 0);
    stage.until("nor are its pods", |driver| driver.pods().is_empty());
}

#[test]
fn min_ready_seconds_should_be_honored_when_enabled() {
    let mut stage = Stage::new(1, &json!({"minReadySeconds": 10}));
    stage.until("ss-0 is available", |driver| {
        driver.cluster.store().sets[&key("default", "ss")].status.available_replicas == 1
    });
    let ready = stage.pod(0).status.condition("Ready").and_then(|one| one.last_transition_time);
    assert!(stage.driver.now.since(ready.expect("it is ready").0) >= ordinal::base::Millis(10_000));
}

#[test]
fn available_replicas_should_get_updated_accordingly_when_min_ready_seconds_is_enabled() {
    let spec = json!({"minReadySeconds": 30, "podManagementPolicy": "Parallel"});
    let mut stage = Stage::new(2, &spec);
    let available = |stage: &Stage| stage.set().status.available_replicas;
    stage.until("both are ready", |driver| driver.is_ready("ss-0") && driver.is_ready("ss-1"));
    stage.run(1);
    assert_eq!(available(&stage), 0);
    stage.run(60);
    assert_eq!(available(&stage), 2);
    stage.patch(&json!({"minReadySeconds": 3600}));
    stage.run(10);
    assert_eq!(available(&stage), 0);
    stage.patch(&json!({"minReadySeconds": 0}));
    stage.run(10);
    assert_eq!(available(&stage), 2);
}

fn retention(when_deleted: &str, when_scaled: &str) -> serde_json::Value {
    let policy = json!({"whenDeleted": when_deleted, "whenScaled": when_scaled});
    merged(claims(), &json!({"persistentVolumeClaimRetentionPolicy": policy}))
}

#[test]
fn should_delete_pvcs_with_a_when_deleted_policy() {
    let mut stage = Stage::ready(3, &retention("Delete", "Retain"));
    for n in 0..3 {
        let owners = stage.claim(n).metadata.owner_references;
        assert_eq!(owners.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["ss"]);
    }
    stage.delete_set(DeleteOptions::default());
    stage.until("all claims go", |driver| driver.cluster.store().claims.is_empty());
}

#[test]
fn should_delete_pvcs_with_a_on_scaledown_policy() {
    let mut stage = Stage::ready(3, &retention("Retain", "Delete"));
    stage.scale(1);
    stage.until_ready(1);
    stage.run(60);
    assert_eq!(stage.claim_names(), claim_names([0]));
}

fn foreign(controller: bool) -> OwnerReference {
    OwnerReference {
        api_version: "v1".to_string(),
        kind: "Pod".to_string(),
        name: "someone-else".to_string(),
        uid: "of-someone-else".to_string(),
        controller: controller.then_some(true),
        block_owner_deletion: None,
    }
}

#[test]
fn should_not_delete_pvc_with_on_scaledown_policy_if_another_controller_owns_the_pvc() {
    let mut stage = Stage::ready(3, &retention("Retain", "Delete"));
    // Somebody who is there, or else the garbage collector would take the claim for left over.
    let keeper = json!({"apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": "someone-else", "namespace": "default"},
        "spec": {"containers": [{"name": "webserver", "image": OLD}]}});
    stage.driver.apply(&Object::from_value(&keeper).expect("a pod"));
    let uid = stage.driver.pod("someone-else").expect("it is there").metadata.uid.clone();
    let owner = OwnerReference { uid, ..foreign(true) };
    stage.change_claim(1, |claim| claim.metadata.owner_references = vec![owner]);
    stage.scale(0);
    stage.until("the pods go", |driver| driver.pods().len() == 1);
    stage.run(120);
    assert_eq!(stage.claim_names(), claim_names([1]));
    stage.change_claim(1, |claim| claim.metadata.owner_references.clear());
    stage.scale(2);
    stage.until("two pods", |driver| driver.is_ready("ss-0") && driver.is_ready("ss-1"));
    stage.scale(1);
    stage.until("one pod", |driver| driver.pod("ss-1").is_none());
    stage.run(60);
    assert_eq!(stage.claim_names(), claim_names([0]));
}

fn orphans_pod_2(stage: &mut Stage) {
    stage.change_pod(2, |pod| pod.metadata.owner_references.clear());
    stage.until("it is adopted", |driver| is_controlled(driver.pod("ss-2").expect("it stays")));
}

#[test]
fn should_delete_pvcs_after_adopting_pod_when_deleted() {
    let mut stage = Stage::ready(3, &retention("Delete", "Retain"));
    orphans_pod_2(&mut stage);
    stage.delete_set(DeleteOptions::default());
    stage.until("all claims go", |driver| driver.cluster.store().claims.is_empty());
}

#[test]
fn should_delete_pvcs_after_adopting_pod_when_scaled() {
    let mut stage = Stage::ready(3, &retention("Retain", "Delete"));
    orphans_pod_2(&mut stage);
    stage.scale(1);
    stage.until_ready(1);
    stage.run(60);
    assert_eq!(stage.claim_names(), claim_names([0]));
}

#[test]
fn should_not_delete_pvcs_when_there_is_another_controller() {
    let mut stage = Stage::ready(3, &retention("Delete", "Retain"));
    let keeper = json!({"apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": "someone-else", "namespace": "default"},
        "spec": {"containers": [{"name": "webserver", "image": OLD}]}});
    stage.driver.apply(&Object::from_value(&keeper).expect("a pod"));
    let uid = stage.driver.pod("someone-else").expect("it is there").metadata.uid.clone();
    let owner = OwnerReference { uid: uid.clone(), ..foreign(true) };
    stage.change_claim(1, |claim| claim.metadata.owner_references = vec![owner]);
    // An owner of ours that does not say it is the controller is put right.
    stage.change_claim(2, |claim| {
        claim.metadata.owner_references.iter_mut().for_each(|one| one.controller = None);
    });
    stage.patch(&json!({"template": {"metadata": {"annotations": {"look": "again"}}}}));
    stage.until("the controller looks", |driver| {
        driver.cluster.store().claims[&key("default", "datadir-ss-2")]
            .metadata
            .owner_references
            .iter()
            .all(|one| one.controller == Some(true))
    });
    assert!(stage.claim(1).metadata.owner_references.iter().any(|one| one.uid == uid));
    stage.until_ready(3);
    stage.delete_set(DeleteOptions::default());
    stage.until("the set's own claims go", |driver| driver.cluster.store().claims.len() == 1);
    assert_eq!(stage.claim_names(), claim_names([1]));
}

#[test]
fn pvc_should_be_recreated_when_pod_is_pending_due_to_missing_pvc() {
    let mut stage = Stage::ready(1, &claims());
    let nodes = ["node-1", "node-2", "node-3"];
    for node in nodes {
        stage.driver.does(|cluster, now, out| cluster.cordon(node, true, now, out));
    }
    let (uid, claim) = (stage.pod(0).metadata.uid, stage.claim(0).metadata.uid);
    stage.delete_pod(0);
    stage.until("it waits for a node", |driver| {
        driver.pod("ss-0").is_some_and(|pod| pod.metadata.uid != uid)
    });
    let at = key("default", "datadir-ss-0");
    stage
        .driver
        .does(|cluster, now, out| {
            cluster.delete("persistentvolumeclaims", &at, DeleteOptions::default(), now, out)
        })
        .expect("the claim is there");
    stage.change_claim(0, |claim| claim.metadata.finalizers.clear());
    stage.until("there is another claim", |driver| {
        let found = driver.cluster.store().claims.get(&at);
        found.is_some_and(|one| one.metadata.uid != claim)
    });
    for node in nodes {
        stage.driver.does(|cluster, now, out| cluster.cordon(node, false, now, out));
    }
    stage.until_ready(1);
}

/// From one first ordinal to another, all pods ready in the end.
fn moves(from: i32, to: Option<i32>, replicas: i32, before: &[u32], after: &[u32]) {
    let mut stage = Stage::ready(replicas, &json!({"ordinals": {"start": from}}));
    assert_eq!(stage.names(), names(before.iter().copied()));
    match to {
        Some(to) => stage.patch(&json!({"ordinals": {"start": to}})),
        None => stage.patch(&json!({"ordinals": null})),
    }
    let want = names(after.iter().copied());
    let wanted = want.clone();
    stage.until("the pods move", move |driver| {
        let names: Vec<String> =
            driver.pods().iter().map(|pod| pod.metadata.name.clone()).collect();
        names == wanted && wanted.iter().all(|name| driver.is_ready(name))
    });
    stage.run(60);
    assert_eq!(stage.names(), want);
}

#[test]
fn setting_start_ordinal() {
    let mut stage = Stage::ready(2, &none());
    stage.patch(&json!({"ordinals": {"start": 2}, "replicas": 3}));
    stage.until("the pods move", |driver| {
        let names: Vec<String> =
            driver.pods().iter().map(|pod| pod.metadata.name.clone()).collect();
        names == self::names(2..5) && driver.is_ready("ss-4")
    });
}

#[test]
fn increasing_start_ordinal() {
    moves(2, Some(4), 2, &[2, 3], &[4, 5]);
}

#[test]
fn decreasing_start_ordinal() {
    moves(3, Some(2), 2, &[3, 4], &[2, 3]);
}

#[test]
fn removing_start_ordinal() {
    moves(3, None, 2, &[3, 4], &[0, 1]);
}
