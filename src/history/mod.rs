//! The tree of runs: branches of steps, keyframes, and seeking by replay.
//!
//! Nothing is ever taken back: an intervention at the end of a branch goes on there, anywhere else
//! it makes a new branch. Only some worlds are kept; any other is replayed from the nearest one
//! before it and must meet the digest that was recorded.

mod branch;
#[cfg(test)]
mod tests;

use std::sync::Arc;

pub use branch::Branch;

use crate::base::limit::KEYFRAME_INTERVAL_STEPS;
use crate::base::{BranchId, StepId};
use crate::sim::Intervention;
use crate::trace::Step;
use crate::world::{Scenario, Standing, World};

/// A place in the tree of runs: `index` steps of that branch (counted from the root) have happened.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Cursor {
    /// Which branch.
    pub branch: BranchId,
    /// How many steps have happened: 0 is the start.
    pub index: u32,
}

/// The tree of runs. A [`BranchId`] is an index into `branches`.
#[derive(Clone, Debug)]
pub struct History {
    branches: Vec<Branch>,
}

impl History {
    /// A single branch without steps.
    pub fn new(scenario: Arc<Scenario>) -> History {
        History { branches: vec![Branch::root(World::start(scenario))] }
    }

    /// All branches; each one's parent stands before it.
    pub fn branches(&self) -> &[Branch] {
        &self.branches
    }

    fn branch(&self, id: BranchId) -> &Branch {
        &self.branches[id.0 as usize]
    }

    /// How many steps a branch has, counted from the root.
    pub fn len(&self, id: BranchId) -> u32 {
        self.branch(id).end()
    }

    /// Whether a branch has no steps at all.
    pub fn is_empty(&self, id: BranchId) -> bool {
        self.len(id) == 0
    }

    /// The branch on which step `index` (counted from 1) of this branch was recorded.
    fn home(&self, mut id: BranchId, index: u32) -> BranchId {
        while let Some(parent) = self.branch(id).parent {
            if index > parent.index {
                break;
            }
            id = parent.branch;
        }
        id
    }

    /// Step `index`, counted from 1.
    pub fn step(&self, id: BranchId, index: u32) -> Option<&Step> {
        let home = self.branch(self.home(id, index));
        let offset = index.checked_sub(home.start() + 1)?;
        home.steps.get(offset as usize)
    }

    /// How a branch's end stands.
    pub fn standing(&self, id: BranchId) -> Standing {
        self.branch(id).head.standing()
    }

    /// The world at a branch's end.
    pub fn head(&self, id: BranchId) -> &World {
        &self.branch(id).head
    }

    /// Computes one more step of a branch. False: its run is over.
    pub fn extend(&mut self, id: BranchId) -> bool {
        let Some(mut step) = self.branches[id.0 as usize].head.step() else { return false };
        step.id = StepId { branch: id, index: step.id.index };
        for cause in &mut step.causes {
            cause.step.branch = self.home(id, cause.step.index);
        }
        let branch = &mut self.branches[id.0 as usize];
        assert_eq!(step.id.index, branch.end() + 1, "a branch's steps are numbered without a gap");
        branch.steps.push(step);
        if branch.end().is_multiple_of(KEYFRAME_INTERVAL_STEPS) {
            branch.keyframes.insert(branch.end(), branch.head.clone());
        }
        true
    }

    /// The world at a place: the nearest keyframe before it, and the steps from there.
    pub fn world_at(&self, at: Cursor) -> World {
        self.replay(at, |_, _| {})
    }

    /// The same; shows every world on the way, and after how many steps it stands.
    pub fn replay(&self, at: Cursor, mut seen: impl FnMut(u32, &World)) -> World {
        let (mut world, from) = self.keyframe_before(at);
        seen(from, &world);
        for index in from + 1..=at.index {
            let step = world.step().expect("a recorded step can be replayed");
            let recorded = self.step(at.branch, index).expect("the place is within the branch");
            assert_eq!(step.after, recorded.after, "replay met another world at step {index}");
            seen(index, &world);
        }
        world
    }

    fn keyframe_before(&self, at: Cursor) -> (World, u32) {
        let mut id = at.branch;
        let mut upto = at.index;
        loop {
            let branch = self.branch(id);
            if let Some((index, world)) = branch.keyframes.range(..=upto).next_back() {
                return (world.clone(), *index);
            }
            let parent = branch.parent.expect("the root has a keyframe at 0");
            id = parent.branch;
            upto = upto.min(parent.index);
        }
    }

    /// The learner does something at a place. At a branch's end it goes on there, elsewhere it
    /// makes a new branch.
    pub fn intervene(&mut self, at: Cursor, intervention: Intervention) -> Cursor {
        let id = if at.index == self.len(at.branch) {
            at.branch
        } else {
            let world = self.world_at(at);
            self.branches.push(Branch::fork(at, world));
            BranchId(self.branches.len() as u32 - 1)
        };
        let branch = &mut self.branches[id.0 as usize];
        branch.head.intervene(intervention.clone());
        branch.interventions.push((at.index, intervention));
        branch.keyframes.insert(at.index, branch.head.clone());
        Cursor { branch: id, index: at.index }
    }
}
