//! The run grows while the page stays alive: slice by slice, and the page shows how far it is.

use std::sync::Arc;

use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use ordinal::player::{Cursor, PlayerCommand, Progress};

use super::page::{Goal, Page, Run};
use super::session::Trouble;
use super::{browser, crash};

/// How long one slice of computing may take before the page gets its turn, in milliseconds.
pub(super) const SLICE_MS: f64 = 6.0;

/// Steps between two looks at the clock.
const STEPS_PER_LOOK: u32 = 8;

/// How much of a run is computed before the program's second half is asked for, in steps: the API
/// server stores the tutorial's four objects. Controllers, and all that they start, are in the
/// second half.
const OPENING_STEPS: u32 = 4;

/// How often the growing run is drawn anew, in milliseconds.
const GROWTH_SHOWN_MS: f64 = 150.0;

impl Page {
    /// Begins another run of these files, or says what is wrong with them; goes to a step.
    pub(super) fn begin(self, files: Vec<(String, String)>, trouble: Vec<Trouble>, step: u32) {
        let runs = trouble.is_empty();
        self.run_number.update_value(|number| *number += 1);
        self.timer.set_value(None);
        self.console.forget();
        self.files.set(Arc::new(files));
        self.trouble.set(Arc::new(trouble));
        self.file.set(None);
        self.run.set(Arc::default());
        self.goal.set_value((step > 0).then_some(Goal::Step(step)));
        if runs && !self.rehearses() {
            let progress = self.player.try_update_value(|player| player.extend(OPENING_STEPS));
            progress.into_iter().for_each(|progress| self.show_growth(progress));
            self.reach(false);
        }
        self.refresh();
        let number = self.run_number.get_value();
        browser::second_half(move || {
            if runs && self.run_number.try_get_value() == Some(number) {
                self.grow(number, 0.0);
            }
        });
    }

    /// Whether the run is not yet known to its end.
    pub(super) fn grows(self) -> bool {
        self.run.with_untracked(|run| run.progress == Progress::Growing)
            && self.trouble.with_untracked(|trouble| trouble.is_empty())
    }

    /// Lets the run be one step longer than where the player stands.
    pub(super) fn one_more(self) {
        let grows = self.grows();
        self.player.update_value(|player| {
            if grows && player.cursor().index >= player.len() {
                player.extend(1);
            }
        });
    }

    /// Computes a slice of the run and comes back for the next.
    fn grow(self, run_number: u32, shown_ms: f64) {
        let begun = browser::now_ms();
        let rehearses = self.rehearses();
        if rehearses {
            self.rehearse(begun);
        }
        let progress = self.player.try_update_value(|player| {
            loop {
                // What is played lets the run grow itself.
                let progress = player.extend(if rehearses { 0 } else { STEPS_PER_LOOK });
                let is_late = browser::now_ms() - begun > SLICE_MS;
                if progress != Progress::Growing || is_late {
                    return progress;
                }
            }
        });
        let Some(progress) = progress else { return };
        let ended = progress != Progress::Growing && !rehearses;
        crash::note_growth(!ended);
        let shows = ended || begun - shown_ms > GROWTH_SHOWN_MS;
        if shows {
            self.show_growth(progress);
        }
        self.reach(ended);
        let shown_ms = if shows { begun } else { shown_ms };
        self.soon(run_number, move || match ended {
            true => self.grow_others(run_number),
            false => self.grow(run_number, shown_ms),
        });
    }

    /// The runs beside it, after a session was opened.
    fn grow_others(self, run_number: u32) {
        let begun = browser::now_ms();
        let growing = self.player.try_update_value(|player| {
            let mut growing = player.extend_others(STEPS_PER_LOOK);
            let before = growing;
            while growing && browser::now_ms() - begun <= SLICE_MS {
                growing = player.extend_others(STEPS_PER_LOOK);
            }
            (before, growing)
        });
        match growing {
            Some((_, true)) => self.soon(run_number, move || self.grow_others(run_number)),
            // Their ends are where they are now.
            Some((true, false)) => self.acts.update(|count| *count += 1),
            _ => {}
        }
    }

    /// Goes on once the page had its turn, unless another run is shown by then.
    fn soon(self, run_number: u32, then: impl FnOnce() + 'static) {
        let goes_on = move || self.run_number.try_get_value() == Some(run_number);
        Timeout::new(0, move || goes_on().then(then).unwrap_or_default()).forget();
    }

    /// Lets the cursor's branch grow, if it can.
    pub(super) fn go_on_growing(self) {
        self.run_number.update_value(|number| *number += 1);
        self.grow(self.run_number.get_value(), 0.0);
    }

    fn show_growth(self, progress: Progress) {
        let last = self.run.get_untracked();
        let run = self.player.with_value(|player| {
            let mut times = (*last.times).clone();
            for number in times.len() as u32..=player.len() {
                times.push(player.step_at(number).map_or(0, |step| step.at.0));
            }
            Run {
                len: player.len(),
                progress,
                chapters: player.chapters(),
                lanes: player.lanes(),
                times: Arc::new(times),
                fingerprint: player.fingerprint(),
            }
        });
        self.run.set(Arc::new(run));
    }

    /// Goes to the goal if the run has come so far.
    fn reach(self, ended: bool) {
        let (len, branch) = self.player.with_value(|player| (player.len(), player.cursor().branch));
        let index = match self.goal.get_value() {
            Some(Goal::Step(step)) if step <= len || ended => step.min(len),
            Some(Goal::End) if ended => len,
            _ => return,
        };
        self.drive(PlayerCommand::Seek(Cursor { branch, index }));
    }
}
