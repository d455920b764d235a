//! The one way in: every click, key and timer becomes a command here, and only here signals are
//! set.

use std::sync::Arc;
use std::time::Duration;

use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use ordinal::base::{Millis, PodName};
use ordinal::player::{Cursor, PlayState, Player, PlayerCommand, Tick};
use ordinal::text::{Entity, Lang};

use super::browser;
use super::command::{Command, UiCommand};
use super::page::{Dialog, Focus, Goal, Moment, Page, Subject, Tab};
use super::pick::{Pick, Victim};
use super::place::{self, Place, Script};
use super::session::{self, Options, Trouble};

/// How long after a step the place is kept, in milliseconds. Safari allows 100 changes of the
/// address in 30 s.
const KEPT_AFTER_MS: u32 = 300;

/// How much larger a class sees everything, in percent.
pub(super) const PROJECTOR_PERCENT: i32 = 140;

impl Page {
    /// Does what is asked.
    pub fn dispatch(self, command: impl Into<Command>) {
        match command.into() {
            Command::Player(command) => self.drive(command),
            Command::Ui(command) => self.arrange(command),
            Command::Act(act) => self.act(act),
            Command::Console(command) => self.operate(command),
        }
    }

    /// Opens the page where the person was.
    pub fn open() -> Page {
        let place = Place::first();
        place.set_others_aside();
        if place::projector() {
            browser::set_scale(PROJECTOR_PERCENT);
        }
        let (session, trouble) = session::session(&place.options);
        let files = session.files.clone();
        let page = Page::new(&place, Player::new(session));
        match &place.script {
            None => page.begin(files, trouble, place.step),
            Some(script) => {
                if let Err(refused) = page.open_script(script, place.step) {
                    page.refuse(refused);
                    page.begin(files, trouble, 0);
                }
            }
        }
        page
    }

    /// Goes where the address leads that somebody has entered.
    fn follow_link(self) {
        // A link within the page leads to no step.
        if !browser::hash().contains('=') {
            return;
        }
        let place = Place::first();
        match &place.script {
            None => self.restart(place.options, place.step),
            Some(script) => {
                if let Err(refused) = self.open_script(script, place.step) {
                    self.refuse(refused);
                    self.keep_now();
                }
            }
        }
    }

    fn open_script(self, script: &Script, step: u32) -> Result<(), Vec<Trouble>> {
        match script {
            Script::Text(text) => self.open_session(text, Some(step)),
            Script::Kept => Err(vec![Trouble::link_too_long()]),
        }
    }

    fn refuse(self, refused: Vec<Trouble>) {
        self.refused.set(Arc::new(refused));
        self.dialog.set(Some(Dialog::Session));
    }
    /// Does what the player is asked.
    pub(super) fn drive(self, command: PlayerCommand) {
        if self.rehearses() {
            return;
        }
        if self.stop_following() && command == PlayerCommand::TogglePlay {
            self.refresh();
            return self.keep();
        }
        match command {
            PlayerCommand::ToEnd if self.grows() => {
                self.goal.set_value(Some(Goal::End));
                return;
            }
            PlayerCommand::StepForward | PlayerCommand::StepOver => self.one_more(),
            _ => {}
        }
        if command != PlayerCommand::Play {
            self.goal.set_value(None);
        }
        self.player.update_value(|player| player.command(command));
        self.refresh();
        self.keep();
        self.ticked.set_value(browser::now_ms());
        self.arm();
    }

    /// Shows where the player stands now.
    pub(super) fn refresh(self) {
        let moment = self.player.try_update_value(|player| {
            let step = player.step().cloned().map(Arc::new);
            Moment {
                cursor: player.cursor(),
                subject: step.as_deref().map(Subject::of).unwrap_or_default(),
                step,
                scene: player.scene(),
                before: player.scene_before(),
                lit: player.lit(),
                play_state: player.play_state(),
                speed: player.speed(),
            }
        });
        if let Some(moment) = moment {
            self.moment.set(Arc::new(moment));
        }
    }

    /// Keeps where the person is, for a reload and for a crash: soon, and once for many steps.
    /// Browsers take a page that changes its address all the time for a broken one.
    pub(super) fn keep(self) {
        if !self.keeps.get_value() {
            self.keeps.set_value(true);
            Timeout::new(KEPT_AFTER_MS, move || self.keep_now()).forget();
        }
    }

    /// Keeps where the person is.
    pub fn keep_now(self) {
        if self.keeps.try_set_value(false).is_some() || self.rehearses() {
            return;
        }
        // Where the run has not come so far yet: the person was there before, or wants to be.
        let step = match self.goal.get_value() {
            Some(Goal::Step(step)) => step,
            _ => self.moment.with_untracked(|moment| moment.cursor.index),
        };
        let script = self.script.get_value().map(Script::Text);
        Place { options: self.options.get_untracked(), step, script }.keep();
    }

    /// Asks the player when it wants to go on, and comes back then.
    fn arm(self) {
        let now = browser::now_ms();
        let passed = Millis((now - self.ticked.get_value()).max(0.0) as u64);
        let before = self.player.with_value(|player| player.cursor());
        let tick = self.player.try_update_value(|player| player.tick(passed));
        self.ticked.set_value(now);
        let (after, state) =
            self.player.with_value(|player| (player.cursor(), player.play_state()));
        if after != before || self.moment.with_untracked(|moment| moment.play_state != state) {
            self.refresh();
            self.keep();
        }
        let timer = match tick {
            Some(Tick::In(Millis(ms))) => {
                Some(Timeout::new(u32::try_from(ms).unwrap_or(u32::MAX), move || self.arm()))
            }
            _ => None,
        };
        self.timer.set_value(timer);
    }

    fn arrange(self, command: UiCommand) {
        match command {
            UiCommand::ToggleLang => {
                let other = if self.lang.get_untracked() == Lang::En { Lang::Zh } else { Lang::En };
                place::keep_lang(other);
                self.lang.set(other);
            }
            UiCommand::ToggleTheme => {
                let other = self.theme.get_untracked().other();
                other.keep();
                self.theme.set(other);
            }
            UiCommand::ToggleProjector => self.project(!self.projector.get_untracked()),
            UiCommand::Open(tab) => self.tab.set(tab),
            UiCommand::Break(victim) => self.show_faults(victim),
            UiCommand::Pick(pick) => self.picked(pick),
            UiCommand::Follow => self.pinned.set(None),
            UiCommand::File(file) => self.file.set(file.map(|file| (file, None))),
            UiCommand::Declared(kind, name) => self.show_declared(kind, &name),
            UiCommand::Focus(focus) => self.pinned.set(Some(focus)),
            UiCommand::Why(open) => self.why.set(open),
            UiCommand::Show(dialog) => self.show(dialog),
            UiCommand::Drawer(open) => self.drawer.set(open),
            UiCommand::Run(options) => self.run_with(options),
            UiCommand::FollowLink => self.follow_link(),
            UiCommand::Share => {
                self.keep_now();
                self.copy(&browser::address());
            }
            UiCommand::Copy(text) => self.copy(&text),
            UiCommand::SeenRefusal => self.refused.set(Arc::default()),
            UiCommand::EditFiles(edits) => self.edits.set(edits),
            UiCommand::Draft(file, text) => self.draft(file, text),
            UiCommand::ApplyDraft(file, text) => self.apply_draft(&file, text),
            UiCommand::Escape => self.escape(),
            UiCommand::Resized => self.viewport.set(browser::viewport()),
        }
    }

    /// Shows the page to a class, or to one person again.
    fn project(self, on: bool) {
        place::keep_projector(on);
        browser::set_scale(if on { PROJECTOR_PERCENT } else { 100 });
        self.projector.set(on);
        self.viewport.set(browser::viewport());
        if on && self.tab.get_untracked() == Tab::Terminal {
            self.tab.set(Tab::Manifest);
        }
    }

    fn picked(self, pick: Pick) {
        let (tab, focus) = match pick {
            Pick::Step(number) => {
                let branch = self.moment.with_untracked(|moment| moment.cursor.branch);
                return self.drive(PlayerCommand::Seek(Cursor { branch, index: number }));
            }
            Pick::Break(victim) => return self.show_faults(Some(victim)),
            Pick::Mysql(pod) => (Tab::Mysql, Focus { pod: Some(pod), ..Focus::default() }),
            Pick::Log(pod, name) | Pick::Thing(Entity::Container(pod, name)) => {
                let focus = Focus { pod: Some(pod), container: Some(name), ..Focus::default() };
                (Tab::Logs, focus)
            }
            Pick::Thing(Entity::Claim(claim)) => {
                let pod = self.owner_of(&claim);
                (Tab::Files, Focus { pod, claim: Some(claim), ..Focus::default() })
            }
            Pick::Thing(Entity::File(pod, path)) => {
                (Tab::Files, Focus { pod: Some(pod), file: Some(path), ..Focus::default() })
            }
            Pick::Thing(thing) => {
                let pod = match &thing {
                    Entity::Pod(pod) => Some(pod.clone()),
                    _ => None,
                };
                (Tab::Details, Focus { pod, thing: Some(thing), ..Focus::default() })
            }
        };
        self.pinned.set(Some(focus));
        self.tab.set(tab);
        self.drawer.set(true);
    }

    fn show_faults(self, victim: Option<Victim>) {
        self.victim.set(victim);
        self.tab.set(Tab::Faults);
        self.drawer.set(true);
    }

    fn show_declared(self, kind: &str, name: &str) {
        let found = self.files.with_untracked(|files| session::declared(files, kind, name));
        if let Some((file, line)) = found {
            self.file.set(Some((file, Some(line))));
            self.tab.set(Tab::Manifest);
        }
    }

    fn owner_of(self, claim: &str) -> Option<PodName> {
        self.moment.with_untracked(|moment| {
            let slots = moment.scene.sets.iter().flat_map(|set| &set.slots);
            slots
                .filter(|slot| slot.claim.as_ref().is_some_and(|name| name.as_str() == claim))
                .map(|slot| slot.pod.clone())
                .next()
        })
    }

    fn show(self, dialog: Option<Dialog>) {
        let playing = self.moment.with_untracked(|moment| moment.play_state == PlayState::Playing);
        if dialog.is_some() && playing {
            self.drive(PlayerCommand::Pause);
        }
        self.dialog.set(dialog);
    }

    fn run_with(self, options: Options) {
        if options != self.options.get_untracked() {
            self.restart(options, 0);
        }
    }

    /// Begins another run, in which nothing was done.
    fn restart(self, options: Options, step: u32) {
        self.set_aside();
        let (session, trouble) = session::session(&options);
        let files = session.files.clone();
        if trouble.is_empty() {
            self.player.set_value(Player::new(session));
        }
        self.options.set(options);
        self.pinned.set(None);
        self.playing.set_value(Default::default());
        self.begin(files, trouble, step);
        self.keep_script();
        self.keep_now();
    }

    fn copy(self, text: &str) {
        browser::copy(text, move |worked| {
            let words = ordinal::text::ui::words(self.lang.get_untracked());
            self.notice.set(Some(if worked { words.copied } else { words.not_copied }));
            let forget = move || {
                let _ = self.notice.try_set(None);
            };
            set_timeout(forget, Duration::from_secs(3));
        });
    }

    fn escape(self) {
        if self.dialog.get_untracked().is_some() {
            self.dialog.set(None);
        } else if self.why.get_untracked() {
            self.why.set(false);
        } else if self.drawer.get_untracked() {
            self.drawer.set(false);
        } else {
            self.pinned.set(None);
        }
    }
}
