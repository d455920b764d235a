//! What revisions are called.

use std::path::PathBuf;

use ordinal::base::Millis;
use ordinal::kube::{Cascade, DeleteOptions, key};
use ordinal::manifest::object::Object;

use super::driver::{Driver, read, tutorial};

/// The oracle's set is the tutorial's with other comments in its scripts; `describe` shows them.
fn script(container: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/oracle/kubectl-output.txt");
    let text = std::fs::read_to_string(path).expect("the oracle shows a pod");
    let (_, rest) = text.split_once(&format!("\n  {container}:\n")).expect("the pod has it");
    let (_, rest) = rest.split_once("      -c\n").expect("it runs a script");
    let lines: Vec<&str> =
        rest.lines().take_while(|line| line.starts_with("      ")).map(|line| &line[6..]).collect();
    lines.join("\n")
}

/// The names that the real controller gave the oracle's set, with three images: FNV over the
/// template's JSON, defaults and all.
#[test]
fn a_revision_is_called_as_the_real_controller_calls_it() {
    let mut all = read(&tutorial());
    let Some(Object::StatefulSet(set)) =
        all.iter_mut().find(|one| matches!(one, Object::StatefulSet(_)))
    else {
        panic!("the tutorial has a set");
    };
    let spec = &mut set.spec.template.spec;
    for container in spec.init_containers.iter_mut().chain(&mut spec.containers) {
        if let Some(last) = container.command.last_mut() {
            *last = script(&container.name);
        }
    }
    let set = set.clone();
    for (image, name) in [
        ("mysql:5.7-debian", "mysql-8b95948f5"),
        ("mysql:5.7.44", "mysql-86b947b5cf"),
        ("mysql:nosuchtag", "mysql-5d655c7897"),
    ] {
        let mut set = set.clone();
        set.spec.template.spec.containers[0].image = image.to_string();
        let mut driver = Driver::new();
        driver.apply(&Object::StatefulSet(set));
        let at = key("default", name);
        let is_made = |driver: &Driver| driver.cluster.store().revisions.contains_key(&at);
        assert!(driver.run_until(Millis::secs(1), is_made), "{image}");
    }
}

/// A set made anew takes on the pods and the revisions that one of its name has left behind.
#[test]
fn a_set_made_anew_takes_on_the_revisions_left_behind() {
    let mut driver = Driver::new();
    driver.apply_text(&tutorial());
    assert!(driver.settle());
    let names = |driver: &Driver| -> Vec<String> {
        driver.cluster.store().revisions.keys().map(|at| at.name.to_string()).collect()
    };
    let (before, at) = (names(&driver), driver.set_key());
    let options = DeleteOptions { cascade: Cascade::Orphan, ..Default::default() };
    driver
        .does(|cluster, now, out| cluster.delete("statefulsets", &at, options, now, out))
        .expect("the set is there");
    assert!(driver.settle());
    driver.apply_text(&tutorial());
    assert!(driver.settle());
    assert_eq!(names(&driver), before);
    let set = &driver.cluster.store().sets[&at];
    let revision = driver.cluster.store().revisions.values().next().expect("there is one");
    let owner = revision.metadata.controller().expect("it has an owner");
    assert_eq!(owner.uid, set.metadata.uid);
    assert_eq!((set.status.collision_count, set.status.updated_replicas), (Some(0), 3));
}
