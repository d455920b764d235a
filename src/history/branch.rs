//! One run.

use std::collections::BTreeMap;

use super::Cursor;
use crate::sim::Intervention;
use crate::trace::Step;
use crate::world::World;
use crate::world::terminal::Observed;

/// What a command has shown that only looked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Note {
    /// In which terminal.
    pub terminal: u32,
    /// The command line.
    pub line: String,
    /// What it has shown.
    pub observed: Observed,
}

/// One run, from where it left its parent.
#[derive(Clone, Debug)]
pub struct Branch {
    /// Where it left its parent; `None` only for the root.
    pub parent: Option<Cursor>,
    /// What the learner did on it, and after how many steps: the first one is why it exists.
    pub interventions: Vec<(u32, Intervention)>,
    /// What the learner calls it; empty: by what it began with.
    pub name: String,
    /// Removed by the learner: not shown any more.
    pub is_removed: bool,
    pub(super) notes: Vec<(u32, Note)>,
    pub(super) steps: Vec<Step>,
    /// Worlds kept, by how many steps had happened. Always one at the branch's start.
    pub(super) keyframes: BTreeMap<u32, World>,
    /// The world at its end.
    pub(super) head: World,
}

impl Branch {
    pub(super) fn root(world: World) -> Branch {
        Branch::begun(None, world)
    }

    pub(super) fn fork(at: Cursor, world: World) -> Branch {
        Branch::begun(Some(at), world)
    }

    fn begun(parent: Option<Cursor>, world: World) -> Branch {
        let first = parent.map_or(0, |at| at.index);
        let keyframes = BTreeMap::from([(first, world.clone())]);
        Branch {
            parent,
            interventions: Vec::new(),
            name: String::new(),
            is_removed: false,
            notes: Vec::new(),
            steps: Vec::new(),
            keyframes,
            head: world,
        }
    }

    /// How many steps had happened when it left its parent.
    pub fn start(&self) -> u32 {
        self.parent.map_or(0, |parent| parent.index)
    }

    /// What was looked at on it, with after how many steps, oldest first.
    pub fn notes(&self) -> &[(u32, Note)] {
        &self.notes
    }

    /// How many steps have happened at its end, counted from the root.
    pub fn end(&self) -> u32 {
        self.start() + self.steps.len() as u32
    }
}
