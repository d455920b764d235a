//! The tree of runs: branches of steps, keyframes, and seeking by replay.
//!
//! Nothing is ever taken back: an intervention at the end of a branch goes on there, anywhere else
//! it makes a new branch. Only some worlds are kept; any other is replayed from the nearest one
//! before it and must meet the digest that was recorded.

mod branch;
#[cfg(test)]
mod tests;

use std::sync::Arc;

pub use branch::{Branch, Note};

use crate::base::limit::{
    KEYFRAME_FAR_INTERVAL_STEPS, KEYFRAME_INTERVAL_STEPS, KEYFRAMES_CLOSE_STEPS,
};
use crate::base::{BranchId, SimTime, StepId};
use crate::sim::Intervention;
use crate::trace::Step;
use crate::world::terminal::Left;
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
        let interval = if branch.end() <= KEYFRAMES_CLOSE_STEPS {
            KEYFRAME_INTERVAL_STEPS
        } else {
            KEYFRAME_FAR_INTERVAL_STEPS
        };
        if branch.end().is_multiple_of(interval) {
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

    /// Every step up to a place with the world after it, from the start.
    pub fn walk(&self, at: Cursor, mut seen: impl FnMut(&Step, &World)) {
        let mut world = self.branches[0].keyframes[&0].clone();
        for index in 1..=at.index {
            // What the learner did is in the keyframe of where it was done.
            let home = self.branch(self.home(at.branch, index));
            if let Some(keyframe) = home.keyframes.get(&(index - 1)) {
                world = keyframe.clone();
            }
            world.step().expect("a recorded step can be replayed");
            seen(self.step(at.branch, index).expect("the place is within the branch"), &world);
        }
    }

    /// How many steps two branches have in common.
    pub fn common(&self, one: BranchId, other: BranchId) -> u32 {
        let upto = self.len(one).min(self.len(other));
        let same = |index| self.home(one, index) == self.home(other, index);
        // Branches only part, they never meet again: the first difference can be searched for.
        let (mut low, mut high) = (0, upto);
        while low < high {
            let middle = low + (high - low).div_ceil(2);
            if same(middle) { low = middle } else { high = middle - 1 }
        }
        low
    }

    /// The place on a branch where a moment of virtual time begins to be over: after its last step
    /// that is not later.
    pub fn cursor_at(&self, branch: BranchId, at: SimTime) -> Cursor {
        let (mut low, mut high) = (0, self.len(branch));
        while low < high {
            let middle = low + (high - low).div_ceil(2);
            let is_over = self.step(branch, middle).is_some_and(|step| step.at <= at);
            if is_over { low = middle } else { high = middle - 1 }
        }
        Cursor { branch, index: low }
    }

    /// Keeps what a command has shown that only looked.
    pub fn note(&mut self, at: Cursor, note: Note) {
        let home = self.home(at.branch, at.index);
        self.branches[home.0 as usize].notes.push((at.index, note));
    }

    /// What was looked at on the way to a place, with after how many steps.
    pub fn notes(&self, at: Cursor) -> Vec<(u32, &Note)> {
        let mut all = Vec::new();
        let (mut id, mut upto) = (at.branch, at.index);
        loop {
            let branch = self.branch(id);
            let own = branch.notes.iter().filter(|(index, _)| *index <= upto);
            let own: Vec<(u32, &Note)> = own.map(|(index, note)| (*index, note)).collect();
            all.splice(0..0, own);
            let Some(parent) = branch.parent else { return all };
            (id, upto) = (parent.branch, upto.min(parent.index));
        }
    }

    /// Gives a branch a name of the learner's; an empty one takes it away again.
    pub fn rename(&mut self, id: BranchId, name: &str) {
        self.branches[id.0 as usize].name = name.trim().to_string();
    }

    /// Removes a branch and all that left it. The root stays. False: it is not there any more.
    pub fn remove(&mut self, id: BranchId) -> bool {
        if id.0 == 0 || self.branch(id).is_removed {
            return false;
        }
        for at in id.0..self.branches.len() as u32 {
            let mut above = Some(BranchId(at));
            while let Some(here) = above.filter(|here| *here != id) {
                above = self.branch(here).parent.map(|parent| parent.branch);
            }
            if above == Some(id) {
                let branch = &mut self.branches[at as usize];
                branch.is_removed = true;
                branch.keyframes.retain(|index, _| Some(*index) == branch.parent.map(|p| p.index));
            }
        }
        true
    }

    /// What the last line at a terminal has left, if that only looked; `here` is the world at that
    /// place.
    pub fn looked_last(&self, at: Cursor, here: &World, terminal: u32) -> Option<Left> {
        let notes = self.notes(at);
        let (index, note) = notes.into_iter().rfind(|(_, note)| note.terminal == terminal)?;
        let screen = here.terminals().screen(terminal);
        let did = screen.and_then(|screen| screen.chunks.iter().map(|one| one.step).max());
        did.is_none_or(|step| step <= index).then(|| note.observed.left.clone())
    }

    /// The learner does something at a place. At a branch's end it goes on there, elsewhere it
    /// makes a new branch, which leaves the one on which the last step before was recorded.
    pub fn intervene(&mut self, at: Cursor, intervention: Intervention) -> Cursor {
        let id = if at.index == self.len(at.branch) {
            at.branch
        } else {
            let at = Cursor { branch: self.home(at.branch, at.index), ..at };
            let mut world = self.world_at(at);
            world.forget_asked();
            self.branches.push(Branch::fork(at, world));
            BranchId(self.branches.len() as u32 - 1)
        };
        if let Intervention::Type { terminal, .. } = intervention {
            let left = self.looked_last(at, &self.branch(id).head, terminal);
            let head = &mut self.branches[id.0 as usize].head;
            left.into_iter().for_each(|left| head.recall(terminal, left));
        }
        let branch = &mut self.branches[id.0 as usize];
        branch.head.intervene(intervention.clone());
        branch.interventions.push((at.index, intervention));
        branch.keyframes.insert(at.index, branch.head.clone());
        Cursor { branch: id, index: at.index }
    }
}
