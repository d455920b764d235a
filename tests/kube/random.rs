//! Random changes and faults: whatever happens, the promises of a StatefulSet hold.
//!
//! A run is decided by its seed; a failure names it. `ORDINAL_RUNS` sets how many are made,
//! `ORDINAL_SEED` makes just the one of that seed again and tells its story.

use std::collections::BTreeSet;

use ordinal::base::Millis;
use ordinal::base::seed::Seed;
use ordinal::kube::key;
use ordinal::manifest::object::{Object, StatefulSet};

use super::driver::{Driver, Plan, tutorial};

/// What a run remembers, to see that nothing is lost.
#[derive(Default)]
struct Watch {
    claims: BTreeSet<String>,
}

fn check(driver: &Driver, watch: &mut Watch) -> Result<(), String> {
    let store = driver.cluster.store();
    let mut running = BTreeSet::new();
    for pod in store.pods.values() {
        if !running.insert(pod.metadata.name.clone()) {
            return Err(format!("{} exists twice", pod.metadata.name));
        }
        if !pod.spec.node_name.is_empty() && pod.status.phase == "Running" {
            let claim = format!("data-{}", pod.metadata.name);
            let bound = store.claims.get(&key("default", &claim));
            if bound.is_none_or(|one| one.status.phase != "Bound") {
                return Err(format!("{} runs without its claim", pod.metadata.name));
            }
        }
    }
    for at in store.claims.keys() {
        watch.claims.insert(at.name.clone());
    }
    let lost = watch.claims.iter().find(|name| !store.claims.contains_key(&key("default", name)));
    match lost {
        Some(name) => Err(format!("claim {name} is lost")),
        None => Ok(()),
    }
}

/// A pod is created only if all before it were Running and Ready at that moment.
fn check_order(driver: &Driver, seen: &mut BTreeSet<String>) -> Result<(), String> {
    let store = driver.cluster.store();
    for pod in store.pods.values() {
        if !seen.insert(pod.metadata.uid.clone()) {
            continue;
        }
        let ordinal: u32 = pod.metadata.name.rsplit('-').next().unwrap_or("").parse().unwrap_or(0);
        for before in 0..ordinal {
            let name = format!("mysql-{before}");
            let ready = driver
                .pod(&name)
                .is_some_and(|one| one.status.phase == "Running" && one.status.is_true("Ready"));
            if !ready {
                return Err(format!("{} was made while {name} is not Ready", pod.metadata.name));
            }
        }
    }
    Ok(())
}

fn change_set(driver: &mut Driver, change: impl FnOnce(&mut StatefulSet)) {
    let at = driver.set_key();
    let mut set = (*driver.cluster.store().sets[&at]).clone();
    change(&mut set);
    let object = Object::StatefulSet(Box::new(set));
    let done = driver.does(|cluster, now, out| cluster.update(object, now, out));
    assert!(done.is_ok(), "{done:?}");
}

fn change(driver: &mut Driver, seed: &mut Seed) -> String {
    let names: Vec<String> = driver.pods().iter().map(|pod| pod.metadata.name.clone()).collect();
    let some = |seed: &mut Seed| {
        let at = seed.below(names.len() as u64) as usize;
        names.get(at).cloned()
    };
    match seed.below(11) {
        0 | 1 => {
            let replicas = u32::try_from(seed.below(6)).expect("below 6");
            driver.scale("mysql", replicas);
            format!("scale {replicas}")
        }
        2 => match some(seed) {
            Some(name) => {
                driver.delete_pod(&name);
                format!("delete {name}")
            }
            None => "nothing".to_string(),
        },
        3 => match some(seed) {
            Some(name) if driver.runs(&name, "mysql") => {
                driver.crash(&name, "mysql", 1);
                format!("crash {name}")
            }
            _ => "nothing".to_string(),
        },
        4 => {
            let tags = ["5.7.44", "5.7-debian", "5.7.36"];
            let tag = tags[seed.below(3) as usize];
            change_set(driver, |set| {
                for container in &mut set.spec.template.spec.containers {
                    if container.name == "mysql" {
                        container.image = format!("mysql:{tag}");
                    }
                }
            });
            format!("image {tag}")
        }
        5 => match some(seed) {
            Some(name) => {
                driver.unready = vec![name.clone()];
                format!("unready {name}")
            }
            None => "nothing".to_string(),
        },
        6 => {
            driver.unready.clear();
            "all ready".to_string()
        }
        other => of_nodes(driver, seed, other),
    }
}

/// What happens to nodes, and where an update stops.
fn of_nodes(driver: &mut Driver, seed: &mut Seed, which: u64) -> String {
    match which {
        7 => {
            let node = format!("node-{}", 1 + seed.below(3)).as_str().into();
            driver.does(|cluster, now, out| cluster.lose_node(&node, now, out));
            format!("lose {node}")
        }
        8 => {
            restore(driver);
            "all nodes back".to_string()
        }
        9 => {
            let partition = i32::try_from(seed.below(4)).expect("below 4");
            change_set(driver, |set| {
                set.spec.update_strategy.rolling_update.get_or_insert_default().partition =
                    Some(partition);
            });
            format!("partition {partition}")
        }
        _ => {
            let node = format!("node-{}", 1 + seed.below(3));
            let on = seed.below(2) == 0;
            driver.does(|cluster, now, out| cluster.cordon(&node, on, now, out));
            format!("cordon {node} {on}")
        }
    }
}

fn restore(driver: &mut Driver) {
    for node in ["node-1", "node-2", "node-3"] {
        driver.does(|cluster, now, out| cluster.restore_node(&node.into(), now, out));
    }
}

fn run(number: u64) -> Result<(), String> {
    let mut seed = Seed(number);
    let mut driver = Driver::new();
    driver.plans.insert("clone-mysql".to_string(), Plan::End { after: Millis(200), code: 0 });
    driver.apply_text(&tutorial());
    let mut watch = Watch::default();
    let mut seen = BTreeSet::new();
    let mut story = Vec::new();
    let failed = |error: String, story: &[String]| {
        Err(format!("seed {number}: {error}\n  after: {}", story.join("; ")))
    };
    for _ in 0..12 {
        let changed = change(&mut driver, &mut seed);
        story.push(format!("{} {changed}", driver.now));
        if std::env::var_os("ORDINAL_SEED").is_some() {
            println!("{} {changed}", driver.now);
        }
        let until = driver.now + Millis(200 + seed.below(60_000));
        loop {
            let went = driver.step(Some(until));
            if let Err(error) =
                check(&driver, &mut watch).and_then(|()| check_order(&driver, &mut seen))
            {
                return failed(error, &story);
            }
            if !went {
                driver.now = until;
                break;
            }
        }
    }
    // In the end everything heals.
    driver.unready.clear();
    restore(&mut driver);
    change_set(&mut driver, |set| {
        set.spec.update_strategy.rolling_update.get_or_insert_default().partition = Some(0);
    });
    for node in ["node-1", "node-2", "node-3"] {
        driver.does(|cluster, now, out| cluster.cordon(node, false, now, out));
    }
    driver.scale("mysql", 3);
    let healed = driver.run_until(Millis::secs(3_600), |driver| {
        let set = &driver.cluster.store().sets[&driver.set_key()];
        driver.pods().len() == 3
            && (0..3).all(|n| driver.is_ready(&format!("mysql-{n}")))
            && set.status.current_revision == set.status.update_revision
    });
    if healed {
        return Ok(());
    }
    let columns: Vec<String> = driver
        .pods()
        .iter()
        .map(|pod| {
            let columns = ordinal::kube::pod_columns(pod);
            format!("{} {:?} {}", pod.metadata.name, columns.ready, columns.status)
        })
        .collect();
    let tail = driver.lines.iter().rev().take(30).rev().cloned().collect::<Vec<_>>().join("\n    ");
    failed(format!("it does not heal: {}\n    {tail}", columns.join(", ")), &story)
}

#[test]
fn the_promises_of_a_set_hold_whatever_happens() {
    every_seed("random runs", 25, run);
}

/// Makes runs, and fails with what is wrong with each.
pub fn every_seed(title: &str, usual: u64, run: fn(u64) -> Result<(), String>) {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seeds = match number("ORDINAL_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("ORDINAL_RUNS").unwrap_or(usual),
    };
    let all = seeds.end - seeds.start;
    let wrong: Vec<String> = seeds.filter_map(|number| run(number).err()).collect();
    println!("{title} {} of {all}", all - wrong.len() as u64);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_same_seed_gives_the_same_run() {
    let story = || {
        let mut driver = Driver::new();
        driver.apply_text(&tutorial());
        assert!(driver.settle());
        driver.lines
    };
    assert_eq!(story(), story());
}
