//! What was done, as a session file: every run there is, so that playing the file makes them anew.

use super::script::{RunPlace, ScriptEntry, Wait, written};
use super::{Cursor, Player, ROOT};
use crate::base::BranchId;
use crate::sim::Intervention;
use crate::world::Standing;

/// The runs as a session file has them: what they begin with (options, manifests), and what was
/// done and looked at on each, after as many steps as then. The last entry leads to the cursor's
/// run. Playing it makes the same steps.
pub fn saved(player: &Player, head: &[ScriptEntry]) -> String {
    let mut entries = head.to_vec();
    if player.session.lesson {
        entries.push(ScriptEntry::Lesson);
    }
    let branches = player.history.branches();
    let ids = (0..branches.len()).filter(|id| !branches[*id].is_removed);
    let runs: Vec<BranchId> = ids.map(|id| BranchId(id as u32)).collect();
    // One run that left the first one needs no number: whatever is done where the first goes on
    // begins it.
    let is_plain = match runs[..] {
        [_] => true,
        [root, run] => player.cursor.branch == run && only_looks_before(player, root, run),
        _ => false,
    };
    let number = |id: BranchId| runs.iter().position(|run| *run == id).unwrap_or(0) as u32;
    let mut at = None;
    for id in &runs {
        let branch = &branches[id.0 as usize];
        if let (Some(parent), false) = (branch.parent, is_plain) {
            let from = Some(number(parent.branch));
            at = Some(parent.index);
            let place = RunPlace { run: number(*id), from, step: parent.index };
            entries.push(ScriptEntry::Run(place));
        }
        write_run(player, *id, &mut at, &mut entries);
        if !branch.name.is_empty() {
            entries.push(ScriptEntry::Name(branch.name.clone()));
        }
    }
    let Cursor { branch, index } = player.cursor;
    if runs.last() != Some(&branch) {
        entries.push(ScriptEntry::Run(RunPlace { run: number(branch), from: None, step: index }));
    }
    entries.iter().map(written).collect()
}

/// Whether nothing was done on the first run, nor looked at after the other one left it.
fn only_looks_before(player: &Player, root: BranchId, run: BranchId) -> bool {
    let start = player.history.branches()[run.0 as usize].start();
    doings(player, root).iter().all(|(index, is_done, _)| !is_done && *index <= start)
}

/// What was looked at (false) and done (true) on a branch itself, with after how many steps.
fn doings(player: &Player, id: BranchId) -> Vec<(u32, bool, Intervention)> {
    let branch = &player.history.branches()[id.0 as usize];
    let looks = branch.notes().iter().map(|(index, note)| {
        let act = Intervention::Type { terminal: note.terminal, line: note.line.clone() };
        (*index, false, act)
    });
    let acts = branch.interventions.iter().map(|(index, act)| (*index, true, act.clone()));
    let mut all: Vec<_> = looks.chain(acts).collect();
    // What was looked at after a step came before what was done there.
    all.sort_by_key(|(index, is_done, _)| (*index, *is_done));
    all
}

/// What was done on one run, where the file stands at `at` steps.
fn write_run(player: &Player, id: BranchId, at: &mut Option<u32>, entries: &mut Vec<ScriptEntry>) {
    let mut last = 0;
    let doings = doings(player, id);
    let is_done_at = |index| doings.iter().any(|(at, is_done, _)| *at == index && *is_done);
    for (index, is_done, act) in &doings {
        let (index, is_new) = (*index, *at != Some(*index));
        // The first run itself goes on here, although there was more to come.
        if is_new && id == ROOT && is_done_at(index) && is_going(player, index) {
            entries.push(ScriptEntry::Run(RunPlace { run: 0, from: None, step: index }));
            *at = Some(index);
        } else if is_new && (id, index) != (ROOT, 0) {
            entries.push(ScriptEntry::Wait(Wait::Step(index)));
            *at = Some(index);
        }
        let entry = match act.clone() {
            // Where a command ran, nothing could only look.
            Intervention::Type { terminal, line }
                if *is_done && is_busy(player, id, index, terminal) =>
            {
                ScriptEntry::Input(terminal, line)
            }
            act => ScriptEntry::Do(act),
        };
        // Input and keys go to the terminal that was typed into last.
        if let Some(terminal) = terminal_of(&entry) {
            if terminal != last && !matches!(entry, ScriptEntry::Do(Intervention::Type { .. })) {
                let line = String::new();
                entries.push(ScriptEntry::Do(Intervention::Type { terminal, line }));
            }
            last = terminal;
        }
        entries.push(entry);
    }
}

/// The terminal an entry is typed into.
fn terminal_of(entry: &ScriptEntry) -> Option<u32> {
    match entry {
        ScriptEntry::Input(terminal, _)
        | ScriptEntry::Do(
            Intervention::Type { terminal, .. }
            | Intervention::Interrupt { terminal }
            | Intervention::EndInput { terminal },
        ) => Some(*terminal),
        _ => None,
    }
}

/// Whether a command ran in a terminal after so many steps.
fn is_busy(player: &Player, branch: BranchId, index: u32, terminal: u32) -> bool {
    player.history.world_at(Cursor { branch, index }).terminals().is_busy(terminal)
}

/// Whether the first run had more to come after so many steps, had nothing been done.
fn is_going(player: &Player, index: u32) -> bool {
    let mut world = player.history.world_at(Cursor { branch: ROOT, index });
    world.forget_asked();
    world.standing() == Standing::Going
}
