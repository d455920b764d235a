//! Commands that only look: answered for any moment of a run, without making a step.

use std::sync::Arc;

use super::super::state::World;
use super::Chunk;
use crate::base::Millis;
use crate::base::limit::OBSERVE_ACTIONS_MAX;
use crate::node::Left;
use crate::sim::{Action, Intervention};

/// What a command that only looked has shown.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Observed {
    /// The command and what it printed.
    pub chunks: Vec<Chunk>,
    /// What it has left.
    pub left: Left,
}

/// What is asked for later than that is a command that waits.
const AT_ONCE: Millis = Millis(1_000);

impl World {
    /// Runs a line to its end at this very moment, if it neither changes anything nor has to wait;
    /// `None`: it is something the learner does, see [`World::intervene`]. `left` is by the
    /// line before: if that only looked too, the world does not know of it.
    pub fn observe(&self, terminal: u32, line: &str, left: Left) -> Option<Observed> {
        if self.terminals.is_busy(terminal) {
            return None;
        }
        let shown = self.terminals.screen(terminal).map_or(0, |screen| screen.chunks.len());
        let mut world = self.clone();
        world.forget_asked();
        world.recall(terminal, left);
        world.intervene(Intervention::Type { terminal, line: line.to_string() });
        world.step()?;
        let files = world.nodes.workstation_volume().cloned();
        for _ in 0..OBSERVE_ACTIONS_MAX {
            if !world.terminals.is_busy(terminal) {
                break;
            }
            let nodes = &world.nodes;
            let is_typed = |action: &Action| match action {
                Action::Run(pid) => nodes.is_typed(*pid),
                _ => false,
            };
            let notice = world.ghost.agenda.take_first(self.ghost.now + AT_ONCE, is_typed)?;
            world.act_silently(&notice);
        }
        let has_changed = !Arc::ptr_eq(&world.kube, &self.kube)
            || !same(files.as_ref(), world.nodes.workstation_volume())
            || !world.terminals.execs.is_empty();
        if world.terminals.is_busy(terminal) || has_changed {
            return None;
        }
        let screen = world.terminals.screen(terminal)?;
        let mut chunks = screen.chunks[shown.min(screen.chunks.len())..].to_vec();
        for chunk in &mut chunks {
            (chunk.at, chunk.step) = (self.ghost.now, self.ghost.steps);
        }
        Some(Observed { chunks, left: screen.left.clone() })
    }
}

fn same<T>(one: Option<&Arc<T>>, other: Option<&Arc<T>>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => Arc::ptr_eq(one, other),
        (one, other) => one.is_none() == other.is_none(),
    }
}
