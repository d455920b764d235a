//! The tree of runs against itself: seeking meets what was recorded, and forking leaves the parent
//! alone.

use std::sync::Arc;

use super::{Cursor, History};
use crate::base::BranchId;
use crate::base::seed::Seed;
use crate::manifest::Manifests;
use crate::sim::Intervention;
use crate::world::Scenario;

const ROOT: BranchId = BranchId(0);

fn history(steps: u32) -> History {
    let file = |name: &str, text: &str| (name.to_string(), text.to_string());
    let (manifests, problems) = Manifests::read(vec![
        file("configmap.yaml", include_str!("../../manifests/configmap.yaml")),
        file("services.yaml", include_str!("../../manifests/services.yaml")),
        file("statefulset.yaml", include_str!("../../manifests/statefulset.yaml")),
    ]);
    assert!(problems.is_empty(), "the default manifests are in order: {problems:?}");
    let mut history = History::new(Arc::new(Scenario::new(&manifests, 1)));
    while history.len(ROOT) < steps && history.extend(ROOT) {}
    assert_eq!(history.len(ROOT), steps, "the default run is longer than this");
    history
}

#[test]
fn any_walk_of_seeks_meets_the_recorded_worlds() {
    let history = history(300);
    let mut seed = Seed(7);
    for _ in 0..40 {
        let index = seed.below(301) as u32;
        let world = history.world_at(Cursor { branch: ROOT, index });
        let recorded = history.step(ROOT, index).map(|step| step.after);
        assert_eq!(world.steps(), index);
        assert_eq!(recorded.unwrap_or_default(), world.rolling(), "at step {index}");
    }
}

#[test]
fn the_same_place_has_the_same_world_however_it_is_reached() {
    let history = history(200);
    let whole = history.world_at(Cursor { branch: ROOT, index: 200 });
    assert_eq!(whole.fingerprint(), history.head(ROOT).fingerprint());
    assert_eq!(&whole, history.head(ROOT));
}

#[test]
fn a_fork_leaves_its_parent_alone_and_shares_its_past() {
    let mut history = history(250);
    let before: Vec<_> = (1..=250).map(|i| history.step(ROOT, i).cloned()).collect();
    let at = Cursor { branch: ROOT, index: 120 };
    let scale = "kubectl scale statefulset mysql --replicas=1".to_string();
    let fork = history.intervene(at, Intervention::Type { terminal: 1, line: scale });
    assert_eq!(fork, Cursor { branch: BranchId(1), index: 120 });
    for _ in 0..80 {
        assert!(history.extend(fork.branch));
    }
    for index in 1..=120 {
        assert_eq!(history.step(fork.branch, index), history.step(ROOT, index));
    }
    let after: Vec<_> = (1..=250).map(|i| history.step(ROOT, i).cloned()).collect();
    assert_eq!(before, after);
    let world = history.world_at(Cursor { branch: fork.branch, index: 200 });
    assert_eq!(world.rolling(), history.step(fork.branch, 200).expect("80 steps were made").after);
}
