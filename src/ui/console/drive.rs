//! What the console does: lines go to the run, and the page follows the command they begin.

use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use ordinal::player::{PlayState, Player, PlayerCommand, Progress};
use ordinal::sim::Intervention;
use ordinal::world::terminal::is_incomplete;

use super::complete::complete;
use super::state::{ConsoleCommand, Following, RECALL, TERMINALS_MAX};
use crate::ui::acts::Act;
use crate::ui::browser;
use crate::ui::page::{Page, Tab};

/// Real time between two steps of a command that is followed, in milliseconds.
const FOLLOW_MS: u32 = 40;

/// So many steps are followed one by one; then twice as many at a time, and so on.
const FOLLOW_TICKS: u32 = 30;

/// The input line, as CSS finds it.
pub const INPUT: &str = ".console-line input";

impl Page {
    /// Does it.
    pub(in crate::ui) fn operate(self, command: ConsoleCommand) {
        let console = self.console;
        if command != ConsoleCommand::Complete {
            console.offers.set(Vec::new());
        }
        match command {
            ConsoleCommand::Line(line) => console.line.set(line),
            ConsoleCommand::Enter => self.enter_line(),
            ConsoleCommand::Paste(text) => self.paste(&text),
            ConsoleCommand::Insert(line) => {
                self.show_terminal();
                console.line.set(line);
            }
            ConsoleCommand::Up => {
                let now = console.line.get_untracked();
                self.recalled(console.recall.try_update_value(|recall| recall.up(&now)));
            }
            ConsoleCommand::Down => {
                self.recalled(console.recall.try_update_value(|recall| recall.down()));
            }
            ConsoleCommand::Complete => self.complete_line(),
            ConsoleCommand::Interrupt => self.interrupt(),
            ConsoleCommand::EndInput => self.end_input(),
            ConsoleCommand::Clear => {
                let terminal = console.terminal.get_untracked();
                let shown = self.player.with_value(|player| player.screen(terminal).len());
                console.cleared.update(|cleared| {
                    cleared.insert(terminal, shown);
                });
            }
            ConsoleCommand::Show(terminal) => {
                console.earlier.set(String::new());
                console.terminal.set(terminal);
                browser::focus(INPUT);
            }
            ConsoleCommand::Open => {
                let next = (self.terminals().len() as u32 + 1).min(TERMINALS_MAX);
                console.opened.set(next);
                self.operate(ConsoleCommand::Show(next));
            }
            ConsoleCommand::Focus => self.show_terminal(),
        }
    }

    fn recalled(self, line: Option<Option<String>>) {
        if let Some(Some(line)) = line {
            self.console.line.set(line);
        }
    }

    fn show_terminal(self) {
        self.tab.set(Tab::Terminal);
        self.drawer.set(true);
        self.dialog.set(None);
        request_animation_frame(|| browser::focus(INPUT));
    }

    /// The terminals there are: those opened on the page, and those the run has typed into.
    pub fn terminals(self) -> Vec<u32> {
        let used = self
            .player
            .with_value(|player| player.world().terminals().numbers().max().unwrap_or(0));
        (1..=used.max(self.console.opened.get_untracked())).collect()
    }

    /// Whether a command runs in a terminal at this step, and whether it asks for input.
    pub fn is_busy(self, terminal: u32) -> (bool, bool) {
        self.player.with_value(|player| {
            let world = player.world();
            let busy = world.terminals().is_busy(terminal);
            (busy, busy && world.waits_for_input(terminal))
        })
    }

    fn enter_line(self) {
        let console = self.console;
        let line = console.line.get_untracked();
        console.line.set(String::new());
        self.type_into(console.terminal.get_untracked(), &line);
    }

    fn paste(self, text: &str) {
        let terminal = self.console.terminal.get_untracked();
        let text = self.console.line.get_untracked() + text;
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        // What follows the last line end is not entered yet.
        let (whole, rest) = text.rsplit_once('\n').unwrap_or(("", &text));
        self.console.line.set(rest.to_owned());
        self.console.queue.update_value(|queue| {
            queue.extend(whole.lines().map(|line| (terminal, line.to_owned())));
        });
        self.enter_queued();
    }

    /// Enters the lines that wait, as long as nothing runs in their terminal.
    fn enter_queued(self) {
        while self.console.following.get_value().is_none() {
            let next = self.console.queue.try_update_value(|queue| queue.pop_front());
            let Some(Some((terminal, line))) = next else { return };
            self.type_into(terminal, &line);
        }
    }

    /// A line is entered: at the prompt, as more of a command, or for what runs.
    fn type_into(self, terminal: u32, line: &str) {
        let console = self.console;
        let (is_busy, _) = self.is_busy(terminal);
        if is_busy {
            return self.dispatch(Act::Enter { terminal, line: line.to_owned() });
        }
        let earlier = console.earlier.get_untracked();
        let command = match earlier.is_empty() {
            true => line.trim().to_owned(),
            false => earlier + line,
        };
        if command.is_empty() {
            return;
        }
        if is_incomplete(&command) {
            return console.earlier.set(command + "\n");
        }
        console.earlier.set(String::new());
        console.recall.update_value(|recall| recall.entered(&command));
        browser::store(RECALL, &console.recall.with_value(|recall| recall.text()));
        self.dispatch(Act::Enter { terminal, line: command });
    }

    fn complete_line(self) {
        let line = self.console.line.get_untracked();
        let found = self.player.with_value(|player| {
            let left = player.left(self.console.terminal.get_untracked());
            complete(&line, &player.world().desk_files(&left), player.world().kube())
        });
        self.console.line.set(found.line);
        self.console.offers.set(found.offers);
    }

    fn interrupt(self) {
        let console = self.console;
        let terminal = console.terminal.get_untracked();
        console.queue.update_value(|queue| queue.clear());
        console.earlier.set(String::new());
        console.line.set(String::new());
        if self.is_busy(terminal).0 {
            self.dispatch(Act::Do(Intervention::Interrupt { terminal }));
        }
    }

    fn end_input(self) {
        let terminal = self.console.terminal.get_untracked();
        self.console.earlier.set(String::new());
        if self.is_busy(terminal).0 {
            self.dispatch(Act::Do(Intervention::EndInput { terminal }));
        }
    }

    /// Lets the page go along with what runs in a terminal, until that is done or asks for input.
    pub(in crate::ui) fn follow_command(self, terminal: u32) {
        self.console.following.set_value(Some(Following { terminal, ticks: 0 }));
        self.player.update_value(|player| player.command(PlayerCommand::Play));
        self.refresh();
        self.go_along();
    }

    /// Stays here; what runs goes on without being followed.
    /// Answers whether anything was followed.
    pub(in crate::ui) fn stop_following(self) -> bool {
        let follows = self.console.following.get_value().is_some();
        if follows {
            self.console.following.set_value(None);
            self.timer.set_value(None);
            self.player.update_value(|player| player.command(PlayerCommand::Pause));
        }
        follows
    }

    fn go_along(self) {
        let Some(following) = self.console.following.get_value() else { return };
        let grows = self.grows();
        let pace = 1 << (following.ticks / FOLLOW_TICKS).min(6);
        let found = self.player.try_update_value(|player| {
            let before = player.cursor();
            let stays = along(player, following.terminal, pace, grows);
            (stays, player.cursor() != before)
        });
        let Some((is_over, has_moved)) = found else { return };
        if is_over {
            self.stop_following();
        } else {
            let ticks = following.ticks + 1;
            self.console.following.set_value(Some(Following { ticks, ..following }));
        }
        if is_over || has_moved {
            self.refresh();
        }
        if is_over {
            self.keep();
            return self.enter_queued();
        }
        let timer = Timeout::new(FOLLOW_MS, move || self.go_along());
        self.timer.set_value(Some(timer));
    }
}

/// Goes on by so many steps; true: there is nothing more to follow.
fn along(player: &mut Player, terminal: u32, pace: u32, grows: bool) -> bool {
    let is_idle = |player: &Player| {
        let world = player.world();
        !world.terminals().is_busy(terminal) || world.waits_for_input(terminal)
    };
    for _ in 0..pace {
        if is_idle(player) {
            return true;
        }
        if player.cursor().index >= player.len() {
            return !grows && player.extend(1) != Progress::Growing;
        }
        player.command(PlayerCommand::StepForward);
    }
    is_idle(player) || player.play_state() == PlayState::Paused
}
