//! The runs there are, one line each: what a list or the timeline shows of them.

use super::Player;
use crate::base::{BranchId, SimTime};
use crate::sim::Intervention;

/// One run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RunLine {
    /// Which.
    pub id: BranchId,
    /// Where it left another run; `None` for the first one.
    pub fork: Option<Fork>,
    /// When its newest step happened.
    pub end: SimTime,
    /// What the learner calls it; may be empty.
    pub name: String,
    /// What it began with; `None` for the first one.
    pub began: Option<Intervention>,
    /// When the learner did something on it, after its fork.
    pub acts: Vec<SimTime>,
    /// How many runs left it, or left one that did.
    pub leavers: usize,
}

/// Where a run left another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fork {
    /// Which run it left.
    pub parent: BranchId,
    /// After how many steps.
    pub index: u32,
    /// When.
    pub at: SimTime,
}

impl Player {
    /// The runs that are not removed: each one followed by those that left it, the oldest first.
    pub fn runs(&self) -> Vec<RunLine> {
        let mut order: Vec<BranchId> = Vec::new();
        let branches = self.history.branches();
        let shown = |id: usize| !branches[id].is_removed;
        for id in (0..branches.len()).filter(|id| shown(*id)) {
            let own = BranchId(id as u32);
            let place = match branches[id].parent {
                Some(parent) => {
                    let family = |other: &BranchId| self.descends(*other, parent.branch);
                    order.iter().rposition(family).map_or(order.len(), |at| at + 1)
                }
                None => order.len(),
            };
            order.insert(place, own);
        }
        order.iter().map(|id| self.run_line(*id, &order)).collect()
    }

    fn run_line(&self, id: BranchId, shown: &[BranchId]) -> RunLine {
        let branch = &self.history.branches()[id.0 as usize];
        let time = |index| self.history.step(id, index).map_or(SimTime::START, |step| step.at);
        let acts = branch.interventions.iter().map(|(index, _)| time(index + 1));
        RunLine {
            id,
            fork: branch.parent.map(|parent| Fork {
                parent: parent.branch,
                index: parent.index,
                at: time(parent.index),
            }),
            end: time(branch.end()),
            name: branch.name.clone(),
            began: branch.parent.and(branch.interventions.first()).map(|(_, act)| act.clone()),
            acts: acts.collect(),
            leavers: shown
                .iter()
                .filter(|other| **other != id && self.descends(**other, id))
                .count(),
        }
    }

    /// Whether a run is another one, or left it, at once or through others.
    fn descends(&self, id: BranchId, from: BranchId) -> bool {
        let mut at = Some(id);
        while let Some(here) = at.filter(|here| *here != from) {
            at = self.history.branches()[here.0 as usize].parent.map(|parent| parent.branch);
        }
        at.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::export::default_files;
    use crate::player::{Cursor, PlayerCommand, Session};
    use crate::trace::fact::Fault;

    fn player() -> Player {
        let session = Session { files: default_files(), seed: 1, lesson: true };
        let mut player = Player::new(session);
        player.extend(300);
        player
    }

    fn inject(player: &mut Player, branch: u32, index: u32, fault: &str) -> BranchId {
        player.command(PlayerCommand::Seek(Cursor { branch: BranchId(branch), index }));
        let fault = Fault::parse(fault).expect("a fault is written so");
        player.intervene(Intervention::Inject(fault))
    }

    #[test]
    fn a_run_stands_under_the_one_it_left_and_goes_with_it() {
        let mut player = player();
        let a = inject(&mut player, 0, 100, "registry-down mysql");
        player.extend(40);
        let b = inject(&mut player, 0, 150, "node-loss node-1");
        let c = inject(&mut player, a.0, 120, "node-loss node-2");
        let ids = |player: &Player| player.runs().iter().map(|run| run.id.0).collect::<Vec<_>>();
        assert_eq!(ids(&player), [0, a.0, c.0, b.0]);
        let runs = player.runs();
        assert_eq!(runs.iter().map(|run| run.leavers).collect::<Vec<_>>(), [3, 1, 0, 0]);
        let fork = runs[2].fork.expect("it left another");
        assert_eq!((fork.parent, fork.index), (a, 120));
        assert_eq!(runs[2].acts.len(), 1);
        player.remove(a);
        assert_eq!(ids(&player), [0, b.0]);
        // The cursor stood on what left it.
        assert_eq!(player.cursor(), Cursor { branch: BranchId(0), index: 100 });
    }

    #[test]
    fn undo_goes_back_to_before_what_was_done_last() {
        let mut player = player();
        assert!(!player.undo(), "nothing was done");
        let a = inject(&mut player, 0, 100, "registry-down mysql");
        player.command(PlayerCommand::ToEnd);
        let end = player.cursor();
        player.intervene(Intervention::Inject(Fault::NodeLoss("node-2".into())));
        assert_eq!(player.cursor(), Cursor { branch: a, index: end.index + 1 });
        assert!(player.undo());
        assert_eq!(player.cursor(), end);
        assert!(player.undo());
        assert_eq!(player.cursor(), Cursor { branch: BranchId(0), index: 100 });
        assert!(!player.undo());
    }
}
