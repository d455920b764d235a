//! What the learner does on the page: lines typed, faults, edits, and going from run to run.

use std::collections::VecDeque;

use leptos::prelude::*;
use ordinal::base::{BranchId, SimTime};
use ordinal::player::{
    Cursor, Entered, Player, PlayerCommand, Progress, ScriptEntry, ScriptProblem, Wait, parse,
    saved,
};
use ordinal::sim::Intervention;

use super::page::Page;
use super::session::{self, Options};

/// What the learner does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Act {
    /// Types a line into a terminal.
    Enter {
        /// Which terminal.
        terminal: u32,
        /// The line.
        line: String,
    },
    /// Does something else.
    Do(Intervention),
    /// Goes to another run, to the same moment of virtual time there if it has come so far.
    Switch(BranchId),
    /// Back to where this run left the one before.
    Undo,
    /// Calls a run by this name.
    Rename(BranchId, String),
    /// Removes a run and what left it.
    Remove(BranchId),
}

/// A session that is being played on the page, entry by entry as the run reaches them.
#[derive(Clone, Default)]
pub struct Rehearsal {
    left: VecDeque<ScriptEntry>,
    /// The end of what a `wait 30s` waits for, once it has begun.
    until: Option<SimTime>,
    /// Where to go once all is played.
    then: Option<u32>,
}

impl Page {
    /// Does it.
    pub(super) fn act(self, act: Act) {
        self.goal.set_value(None);
        let before = self.player.with_value(|player| player.cursor().branch);
        self.player.update_value(|player| match act {
            Act::Enter { terminal, line } => {
                if player.enter(terminal, &line) == Entered::Incomplete {
                    player.intervene(Intervention::Type { terminal, line });
                }
            }
            Act::Do(intervention) => {
                player.intervene(intervention);
            }
            Act::Switch(branch) => {
                let at = player.world().now();
                let cursor = player.cursor_at(branch, at);
                player.command(PlayerCommand::Seek(cursor));
            }
            Act::Undo => {
                player.undo();
            }
            Act::Rename(branch, name) => player.rename(branch, &name),
            Act::Remove(branch) => player.remove(branch),
        });
        self.acted(before);
    }

    /// Something was done: the run is another one, or is longer, or shows more.
    fn acted(self, before: BranchId) {
        let branch = self.player.with_value(|player| player.cursor().branch);
        if branch != before {
            self.run.set(Default::default());
        }
        self.acts.update(|count| *count += 1);
        self.refresh();
        self.keep();
        self.go_on_growing();
    }

    /// The run of the cursor's branch as a session file; also what is kept for a reload.
    pub fn session_text(self) -> String {
        let options = self.options.get_untracked().as_script();
        self.player.with_value(|player| saved(player, &options))
    }

    /// Plays a session file from the start, in place of what runs now.
    ///
    /// # Errors
    /// Every line that cannot be read; nothing has changed then.
    pub fn open_session(self, text: &str, then: Option<u32>) -> Result<(), Vec<ScriptProblem>> {
        let lines = parse(text)?;
        let mut options = Options::default();
        let mut lesson = false;
        let mut left = VecDeque::new();
        for line in lines {
            match line.entry {
                ScriptEntry::Set(name, value) => options.set(&name, &value),
                ScriptEntry::Lesson => lesson = true,
                entry => left.push_back(entry),
            }
        }
        let (mut session, trouble) = session::session(&options);
        session.lesson = lesson;
        let files = session.files.clone();
        if trouble.is_empty() {
            self.player.set_value(Player::new(session));
        }
        self.options.set(options);
        self.pinned.set(None);
        self.rehearsal.set_value(Rehearsal { left, until: None, then });
        self.begin(files, trouble, 0);
        self.acts.update(|count| *count += 1);
        Ok(())
    }

    /// Does what is due of the session that is being played. True: it did something.
    pub(super) fn rehearse(self, progress: Progress) -> bool {
        let mut rehearsal = self.rehearsal.get_value();
        let Some(entry) = rehearsal.left.front().cloned() else {
            if let Some(step) = rehearsal.then.take() {
                self.goal.set_value(Some(super::page::Goal::Step(step)));
                self.rehearsal.set_value(rehearsal);
            }
            return false;
        };
        let before = self.player.with_value(|player| player.cursor().branch);
        let is_over = progress != Progress::Growing;
        let until = &mut rehearsal.until;
        let done = self
            .player
            .try_update_value(|player| play(player, &entry, is_over, until))
            .unwrap_or(true);
        if done {
            rehearsal.left.pop_front();
            rehearsal.until = None;
        }
        self.rehearsal.set_value(rehearsal);
        if done {
            self.acted(before);
        }
        done
    }
}

/// Does an entry where it is due; false: the run has not come so far.
fn play(
    player: &mut Player,
    entry: &ScriptEntry,
    is_over: bool,
    until: &mut Option<SimTime>,
) -> bool {
    match entry {
        ScriptEntry::Wait(wait) => return has_come(player, wait, is_over, until),
        ScriptEntry::Apply(file) => {
            let files = match file {
                Some(file) => vec![file.clone()],
                None => player.session().files.iter().map(|(name, _)| name.clone()).collect(),
            };
            let line =
                files.iter().fold("kubectl apply".to_owned(), |line, file| line + " -f " + file);
            player.intervene(Intervention::Type { terminal: 1, line });
        }
        ScriptEntry::Do(Intervention::Type { terminal, line }) => {
            // A line at a prompt: what runs there is to end first.
            if player.world().terminals().is_busy(*terminal) && !is_over {
                player.command(PlayerCommand::ToEnd);
                return false;
            }
            if player.enter(*terminal, line) == Entered::Incomplete {
                player.intervene(Intervention::Type { terminal: *terminal, line: line.clone() });
            }
        }
        ScriptEntry::Input(terminal, line) => {
            if !player.world().waits_for_input(*terminal) && !is_over {
                player.command(PlayerCommand::ToEnd);
                return false;
            }
            player.intervene(Intervention::Type { terminal: *terminal, line: line.clone() });
        }
        ScriptEntry::Do(act) => {
            player.intervene(act.clone());
        }
        ScriptEntry::Set(..) | ScriptEntry::Lesson => {}
    }
    true
}

/// Whether what is waited for has come; the player stands there then.
fn has_come(player: &mut Player, wait: &Wait, is_over: bool, until: &mut Option<SimTime>) -> bool {
    match wait {
        Wait::Step(step) if player.len() >= *step => {
            let branch = player.cursor().branch;
            player.command(PlayerCommand::Seek(Cursor { branch, index: *step }));
            true
        }
        Wait::Settled | Wait::Step(_) => {
            if is_over {
                player.command(PlayerCommand::ToEnd);
            }
            is_over
        }
        Wait::Ready(pod) => {
            player.command(PlayerCommand::ToEnd);
            let world = player.world();
            let at = ordinal::kube::key(&world.scenario().namespace, pod);
            let pods = &world.kube().store().pods;
            is_over || pods.get(&at).is_some_and(|pod| pod.status.is_true("Ready"))
        }
        Wait::For(_) | Wait::Until(_) if until.is_none() => {
            let now = player.world().now();
            let at = match wait {
                Wait::For(span) => now + *span,
                Wait::Until(at) => *at,
                _ => now,
            };
            *until = Some(at);
            if at > now {
                player.intervene(Intervention::Wait { until: at });
            }
            false
        }
        Wait::For(_) | Wait::Until(_) => {
            let at = until.unwrap_or_default();
            let is_there = is_over || player.end() > at;
            if is_there {
                let to = player.cursor_at(player.cursor().branch, at);
                player.command(PlayerCommand::Seek(to));
            }
            is_there
        }
    }
}
