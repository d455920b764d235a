//! What the learner does through the player: commands, faults, edits; and runs that part.

use std::sync::Arc;

use super::{Cursor, Note, Player, Track};
use crate::base::{BranchId, SimTime};
use crate::sim::Intervention;
use crate::view::scene::Scene;
use crate::world::terminal::{Chunk, Left, Observed};

/// What came of a line that was typed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Entered {
    /// It only looked: this is what it has shown. Nothing has changed.
    Looked(Observed),
    /// It is the next step of the run, on this branch.
    Does(BranchId),
    /// It is not complete: a shell would ask for more.
    Incomplete,
}

impl Player {
    /// The learner types a line into a terminal, where the cursor stands. What only looks is
    /// answered for this very moment; anything else goes on from here, on a new branch where this
    /// is not the end of one.
    pub fn enter(&mut self, terminal: u32, line: &str) -> Entered {
        if !self.here.terminals().is_busy(terminal) {
            if crate::world::terminal::is_incomplete(line) {
                return Entered::Incomplete;
            }
            if let Some(observed) = self.here.observe(terminal, line, self.left(terminal)) {
                let (line, shown) = (line.to_string(), observed.clone());
                self.history.note(self.cursor, Note { terminal, line, observed: shown });
                return Entered::Looked(observed);
            }
        }
        let act = Intervention::Type { terminal, line: line.to_string() };
        Entered::Does(self.intervene(act))
    }

    /// What the last line at a terminal has left, where the cursor stands.
    pub fn left(&self, terminal: u32) -> Left {
        let looked = self.history.looked_last(self.cursor, &self.here, terminal);
        let done = || self.here.terminals().screen(terminal).map(|screen| screen.left.clone());
        looked.or_else(done).unwrap_or_default()
    }

    /// The learner does something where the cursor stands. The cursor goes along to the branch it
    /// happens on; the step itself is the next one.
    pub fn intervene(&mut self, intervention: Intervention) -> BranchId {
        self.cursor = self.history.intervene(self.cursor, intervention);
        let branch = self.cursor.branch;
        if branch.0 as usize == self.tracks.len() {
            let mut track = Track::default();
            self.history.walk(self.cursor, |step, world| track.note(step, world));
            self.tracks.push(track);
        }
        // From here on the run is another one.
        self.stretch.clear();
        self.here = self.world_of(self.cursor);
        if self.extend(1) == super::Progress::Growing || self.cursor.index < self.len() {
            self.go(self.cursor.index + 1);
        }
        branch
    }

    /// What a terminal shows where the cursor stands, oldest first: what was done, and what was
    /// looked at on the way.
    pub fn screen(&self, terminal: u32) -> Vec<Chunk> {
        let done = self.here.terminals().screen(terminal);
        let mut chunks = done.map(|screen| screen.chunks.clone()).unwrap_or_default();
        for (index, note) in self.history.notes(self.cursor) {
            if note.terminal == terminal {
                let place = chunks.partition_point(|chunk| chunk.step <= index);
                chunks.splice(place..place, note.observed.chunks.iter().cloned());
            }
        }
        chunks
    }

    /// What a viewer sees at any place.
    pub fn scene_of(&mut self, at: Cursor) -> Arc<Scene> {
        if let Some(scene) = self.scenes.get(at) {
            return scene;
        }
        let world = self.history.world_at(at);
        self.scenes.at(at, &world)
    }

    /// The place on a branch that a moment of virtual time has reached.
    pub fn cursor_at(&self, branch: BranchId, at: SimTime) -> Cursor {
        self.history.cursor_at(branch, at)
    }

    /// Back to before what the learner did last on the way to the cursor: on this branch, or to
    /// where it left the one before. `false`: nothing was done.
    pub fn undo(&mut self) -> bool {
        let back = self.undone();
        if let Some(back) = back {
            self.go_to(back);
        }
        back.is_some()
    }

    /// Where [`undo`](Player::undo) goes to.
    pub fn undone(&self) -> Option<Cursor> {
        let Cursor { branch, index } = self.cursor;
        let here = &self.history.branches()[branch.0 as usize];
        let own = here.interventions.iter().rev().map(|(at, _)| *at).find(|at| *at < index);
        match own.filter(|at| here.parent.is_none() || *at > here.start()) {
            Some(index) => Some(Cursor { branch, index }),
            None => here.parent,
        }
    }

    /// Gives a branch a name.
    pub fn rename(&mut self, branch: BranchId, name: &str) {
        self.history.rename(branch, name);
    }

    /// Removes a branch and what left it; the cursor goes back to where it left its parent.
    pub fn remove(&mut self, branch: BranchId) {
        let parent = self.history.branches()[branch.0 as usize].parent;
        if !self.history.remove(branch) {
            return;
        }
        let here = &self.history.branches()[self.cursor.branch.0 as usize];
        if let (true, Some(parent)) = (here.is_removed, parent) {
            self.go_to(parent);
        }
    }
}
