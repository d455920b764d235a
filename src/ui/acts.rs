//! What the learner does on the page: lines typed, faults, edits, and going from run to run.

use leptos::prelude::*;
use ordinal::base::BranchId;
use ordinal::player::{Entered, Player, PlayerCommand, Rehearsal, ScriptEntry, Turn, parse, saved};
use ordinal::sim::Intervention;

use super::console::Forked;
use super::growth::SLICE_MS;
use super::page::{Goal, Page};
use super::session::{self, Options, Trouble};
use super::{browser, place};

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

/// A session that is being played on the page.
#[derive(Clone, Default)]
pub struct Playing {
    rehearsal: Rehearsal,
    /// Where to go once all is played.
    then: Option<u32>,
}

impl Page {
    /// Does it.
    pub(super) fn act(self, act: Act) {
        if self.rehearses() {
            return;
        }
        self.stop_following();
        self.goal.set_value(None);
        let before = self.player.with_value(Player::cursor);
        let runs_in = match &act {
            Act::Enter { terminal, .. }
            | Act::Do(Intervention::Interrupt { terminal })
            | Act::Do(Intervention::EndInput { terminal }) => Some(*terminal),
            _ => None,
        };
        let may_fork = matches!(act, Act::Enter { .. } | Act::Do(_));
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
        self.acted(before.branch);
        let branch = self.player.with_value(|player| player.cursor().branch);
        let forked = Forked { branch, step: before.index };
        self.console.forked.set((may_fork && branch != before.branch).then_some(forked));
        if let Some(terminal) = runs_in.filter(|terminal| self.is_busy(*terminal).0) {
            self.follow_command(terminal);
        }
    }

    /// Something was done: the run is another one, or is longer, or shows more.
    fn acted(self, before: BranchId) {
        self.changed(before);
        self.go_on_growing();
    }

    fn changed(self, before: BranchId) {
        let branch = self.player.with_value(|player| player.cursor().branch);
        if branch != before {
            self.run.set(Default::default());
        }
        self.acts.update(|count| *count += 1);
        self.refresh();
        if !self.rehearses() {
            self.keep_script();
            self.keep_now();
        }
    }

    /// Whether a session is being played, so that its entries come first.
    pub fn rehearses(self) -> bool {
        self.playing.with_value(|playing| !playing.rehearsal.is_over())
    }

    /// Keeps on the device what was done.
    pub(super) fn keep_script(self) {
        self.keep_as_script(&self.session_text());
    }

    fn keep_as_script(self, text: &str) {
        let script = Some(text.to_owned()).filter(|text| place::does_anything(text));
        browser::store(place::SCRIPT, script.as_deref().unwrap_or_default());
        self.script.set_value(script);
    }

    /// Another session begins in place of this one.
    pub(super) fn set_aside(self) {
        self.script.with_value(|script| place::set_aside(script.as_deref().unwrap_or_default()));
    }

    /// All runs as a session file; also what is kept for a reload.
    pub fn session_text(self) -> String {
        let options = self.options.get_untracked().as_script();
        self.player.with_value(|player| saved(player, &options))
    }

    /// Plays a session file from the start, in place of what runs now.
    ///
    /// # Errors
    /// Every line that cannot be read, and what is wrong with its manifests; nothing has changed
    /// then.
    pub fn open_session(self, text: &str, then: Option<u32>) -> Result<(), Vec<Trouble>> {
        let lines = parse(text)
            .map_err(|problems| problems.iter().map(Trouble::in_session).collect::<Vec<_>>())?;
        let mut options = Options::default();
        let mut lesson = false;
        for line in &lines {
            match &line.entry {
                ScriptEntry::Set(name, value) => options.set(name, value),
                ScriptEntry::Manifest(file, text) => {
                    options.own.push((file.clone(), text.clone()));
                }
                ScriptEntry::Lesson => lesson = true,
                _ => {}
            }
        }
        let (mut session, trouble) = session::session(&options);
        session.lesson = lesson;
        if !trouble.is_empty() {
            return Err(trouble);
        }
        self.set_aside();
        let files = session.files.clone();
        self.player.set_value(Player::new(session));
        self.options.set(options);
        self.pinned.set(None);
        self.playing.set_value(Playing { rehearsal: Rehearsal::new(lines), then });
        self.begin(files, trouble, 0);
        self.keep_as_script(text);
        self.acts.update(|count| *count += 1);
        Ok(())
    }

    /// Goes on with the session that is being played, for a slice of real time from `begun` on.
    pub(super) fn rehearse(self, begun: f64) {
        let Playing { mut rehearsal, then } = self.playing.get_value();
        let before = self.player.with_value(|player| player.cursor().branch);
        self.player.update_value(|player| {
            while browser::now_ms() - begun < SLICE_MS {
                if let Turn::Over | Turn::Failed(..) = rehearsal.turn(player) {
                    rehearsal = Rehearsal::default();
                    return;
                }
            }
        });
        if let Some(step) = then.filter(|_| rehearsal.is_over()) {
            self.goal.set_value(Some(Goal::Step(step)));
        }
        self.playing.set_value(Playing { rehearsal, then });
        self.changed(before);
    }
}
