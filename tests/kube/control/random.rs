//! Thousands of random histories of one set, controller alone: whatever happens to pods, claims and
//! spec, each pass keeps upstream's rules. `ORDINAL_SEED` makes one again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ordinal::base::seed::Seed;
use ordinal::base::{Millis, SimTime};
use ordinal::kube::{Write, key};
use ordinal::manifest::object::{Pod, Time};
use serde_json::json;

use super::{Control, NEW, OLD, claims, merged, ordinal, ready};
use crate::kube::random::every_seed;

fn available(pod: &Pod) -> bool {
    ready(pod) && !pod.metadata.is_deleting()
}

fn in_range(control: &Control, n: i32) -> bool {
    let set = control.set();
    let first = i32::try_from(set.first_ordinal()).expect("small");
    (first..first + i32::try_from(set.replicas()).expect("few")).contains(&n)
}

/// Something happens between two passes.
fn happens(control: &mut Control, seed: &mut Seed) -> String {
    let pods = control.pods();
    let some = |seed: &mut Seed| {
        let index = usize::try_from(seed.below(pods.len() as u64)).expect("few");
        pods.get(index).map(|pod| pod.metadata.name.clone())
    };
    match seed.below(12) {
        0 => {
            let replicas = seed.below(6);
            control.patch(&json!({ "replicas": replicas }));
            format!("scale {replicas}")
        }
        1 => {
            let image = [OLD, NEW, "mysql:5.7.36"][seed.below(3) as usize];
            control.set_image(image);
            format!("image {image}")
        }
        2 => {
            let partition = seed.below(4);
            control.patch(&json!({"updateStrategy": {"rollingUpdate": {"partition": partition}}}));
            format!("partition {partition}")
        }
        3 => {
            let start = seed.below(3);
            control.patch(&json!({"ordinals": {"start": start}}));
            format!("start {start}")
        }
        4 | 5 => match some(seed) {
            Some(name) => {
                let phases = ["Pending", "Running", "Running", "Failed", "Succeeded"];
                let at = seed.below(5) as usize;
                control.status(&name, phases[at], at == 2, SimTime::START);
                format!("{name} {}", phases[at])
            }
            None => "nothing".to_string(),
        },
        6 => match some(seed) {
            Some(name) => {
                let (at, now) = (key("default", &name), control.now);
                control.edit(|store| {
                    let pod = Arc::make_mut(store.pods.get_mut(&at).expect("the pod is there"));
                    pod.metadata.deletion_timestamp.get_or_insert(Time(now));
                });
                format!("{name} terminates")
            }
            None => "nothing".to_string(),
        },
        7 => {
            control.edit(|store| store.pods.retain(|_, pod| !pod.metadata.is_deleting()));
            "terminated pods are gone".to_string()
        }
        _ => {
            control.progress();
            "progress".to_string()
        }
    }
}

/// What a pass may do, given the pods before it.
fn check(control: &Control, before: &[Pod], writes: &[Write], old: &str) -> Result<(), String> {
    let set = control.set();
    let by_name: BTreeMap<&str, &Pod> =
        before.iter().map(|pod| (pod.metadata.name.as_str(), pod)).collect();
    let first = i32::try_from(set.first_ordinal()).expect("small");
    let deleted: Vec<&str> = writes
        .iter()
        .filter_map(|one| if let Write::DeletePod(name) = one { Some(name.as_str()) } else { None })
        .collect();
    if deleted.len() > 1 {
        return Err(format!("it deletes {deleted:?} at once"));
    }
    for write in writes {
        let Write::CreatePod(pod) = write else { continue };
        let (name, n) = (&pod.metadata.name, ordinal(pod));
        if by_name.contains_key(name.as_str()) {
            return Err(format!("it creates {name} again"));
        }
        for earlier in first..n {
            let there = by_name.get(format!("ss-{earlier}").as_str()).copied();
            if !there.is_some_and(available) {
                return Err(format!("it creates {name} while ss-{earlier} is not available"));
            }
        }
    }
    let Some(name) = deleted.first() else { return Ok(()) };
    let pod = by_name[name];
    let n = ordinal(pod);
    let ended = matches!(pod.status.phase.as_str(), "Failed" | "Succeeded");
    if in_range(control, n) && !ended {
        let revision = &pod.metadata.labels["controller-revision-hash"];
        let rolling = set.spec.update_strategy.rolling_update.as_ref();
        let partition = rolling.and_then(|one| one.partition).unwrap_or(0);
        if *revision == set.status.update_revision || n - first < partition {
            return Err(format!("it deletes {name}, which needs no update"));
        }
        let last = first + i32::try_from(set.replicas()).expect("few");
        for later in n + 1..last {
            let there = by_name.get(format!("ss-{later}").as_str()).copied();
            if !there.is_some_and(available) {
                return Err(format!("it updates {name} while ss-{later} is not available"));
            }
        }
    }
    if !in_range(control, n) {
        let higher = before.iter().map(ordinal).filter(|one| !in_range(control, *one)).max();
        if higher != Some(n) && !ended {
            return Err(format!("it deletes {name} before {higher:?} (was {old})"));
        }
    }
    Ok(())
}

fn run(number: u64) -> Result<(), String> {
    let mut seed = Seed(number);
    let spec = merged(
        claims(),
        &json!({"persistentVolumeClaimRetentionPolicy":
        {"whenDeleted": "Retain", "whenScaled": "Retain"}}),
    );
    let mut control = Control::new(i32::try_from(seed.below(4)).expect("few"), &spec);
    let mut story = Vec::new();
    let mut claims_seen = BTreeSet::new();
    let shown = std::env::var_os("ORDINAL_SEED").is_some();
    let failed = |error: String, story: &[String]| {
        Err(format!("seed {number}: {error}\n  after: {}", story.join("; ")))
    };
    for _ in 0..20 {
        let what = happens(&mut control, &mut seed);
        if shown {
            println!("{what}");
        }
        story.push(what);
        control.now = control.now + Millis::secs(1);
        let before = control.pods();
        let old = control.set().status.current_revision;
        let pass = control.pass();
        if let Err(error) = check(&control, &before, &pass.writes, &old) {
            return failed(error, &story);
        }
        claims_seen.extend(control.cluster.store().claims.keys().cloned());
        if claims_seen.len() != control.cluster.store().claims.len() {
            return failed("a claim is lost".to_string(), &story);
        }
    }
    // Left alone, with pods that come up, it gets where it should. Condemned pods that have ended
    // somebody deletes by hand: the controller waits for them for ever.
    for _ in 0..80 {
        let set = control.set();
        let first = i32::try_from(set.first_ordinal()).expect("small");
        let last = first + i32::try_from(set.replicas()).expect("few");
        control.edit(|store| {
            store.pods.retain(|_, pod| {
                let ended = matches!(pod.status.phase.as_str(), "Failed" | "Succeeded");
                !pod.metadata.is_deleting() && (!ended || (first..last).contains(&ordinal(pod)))
            });
        });
        let pods = control.pods();
        let there = pods.iter().map(ordinal).eq(first..last);
        if there && pods.iter().all(ready) && set.status.ready_replicas == last - first {
            return Ok(());
        }
        control.pass();
        control.progress();
    }
    let ordinals: Vec<i32> = control.pods().iter().map(ordinal).collect();
    failed(format!("it does not settle: {ordinals:?}"), &story)
}

#[test]
fn every_pass_keeps_the_rules_whatever_happened_before() {
    every_seed("random histories", 300, run);
}
