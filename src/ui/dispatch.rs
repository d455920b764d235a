//! The one way in: every click, key and timer becomes a command here, and only here signals are
//! set.

use std::sync::Arc;
use std::time::Duration;

use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use ordinal::base::{Millis, PodName};
use ordinal::player::{Cursor, PlayState, Player, PlayerCommand, Progress, Tick};
use ordinal::text::{Entity, Lang};

use super::acts::Act;
use super::console::ConsoleCommand;
use super::page::{Dialog, Focus, Goal, Moment, Page, Run, Subject, Tab};
use super::pick::{Pick, Victim};
use super::place::{self, Place, Script};
use super::session::{self, Options, Trouble};
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

/// How long after a step the place is kept, in milliseconds. Safari allows 100 changes of the
/// address in 30 s.
const KEPT_AFTER_MS: u32 = 300;

/// How much larger a class sees everything, in percent.
pub(super) const PROJECTOR_PERCENT: i32 = 140;

/// What the page itself can be asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum UiCommand {
    /// Speak the other language.
    ToggleLang,
    /// Turn light into dark, and back.
    ToggleTheme,
    /// Make everything larger for a class, or small again.
    ToggleProjector,
    /// Show this on the right.
    Open(Tab),
    /// Open a name's truth.
    Pick(Pick),
    /// Let the right side follow the step again.
    Follow,
    /// Show one of the manifest files; `None`: the step's.
    File(Option<u32>),
    /// Show where an object is declared: its kind and name.
    Declared(&'static str, String),
    /// Show this pod on the right, and what of it.
    Focus(Focus),
    /// Show what can be broken: of this, or all there is.
    Break(Option<Victim>),
    /// Open or close the chain of causes.
    Why(bool),
    /// Put something over the page, or take it away.
    Show(Option<Dialog>),
    /// Open or close the right side on a narrow screen.
    Drawer(bool),
    /// Run with other options.
    Run(Options),
    /// Copy a link to this step.
    Share,
    /// Copy text.
    Copy(String),
    /// What is wrong with the address was shown.
    SeenRefusal,
    /// Edit the manifests, or look at them again.
    EditFiles(bool),
    /// A manifest is now to say this; `None`: what it says anyway.
    Draft(String, Option<String>),
    /// Save a manifest beside the terminals and apply it.
    ApplyDraft(String, String),
    /// Close the topmost thing that is open.
    Escape,
    /// The window has another size.
    Resized,
}

/// Anything the page can be asked.
pub enum Command {
    /// Of the player.
    Player(PlayerCommand),
    /// Of the page.
    Ui(UiCommand),
    /// What the learner does.
    Act(Act),
    /// Of the console.
    Console(ConsoleCommand),
}

impl From<ConsoleCommand> for Command {
    fn from(command: ConsoleCommand) -> Command {
        Command::Console(command)
    }
}

impl From<Act> for Command {
    fn from(act: Act) -> Command {
        Command::Act(act)
    }
}

impl From<PlayerCommand> for Command {
    fn from(command: PlayerCommand) -> Command {
        Command::Player(command)
    }
}

impl From<UiCommand> for Command {
    fn from(command: UiCommand) -> Command {
        Command::Ui(command)
    }
}

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
        if place::projector() {
            browser::set_scale(PROJECTOR_PERCENT);
        }
        let (session, trouble) = session::session(&place.options);
        let files = session.files.clone();
        let page = Page::new(&place, Player::new(session));
        let refused = match &place.script {
            Some(Script::Text(text)) => page.open_session(text, Some(place.step)).err(),
            Some(Script::Kept) => Some(vec![Trouble::link_too_long()]),
            None => return page.begun(files, trouble, place.step),
        };
        match refused {
            None => page,
            Some(refused) => {
                page.refused.set(Arc::new(refused));
                page.dialog.set(Some(Dialog::Session));
                page.begun(files, trouble, 0)
            }
        }
    }

    fn begun(
        self,
        files: Vec<(String, String)>,
        trouble: Vec<session::Trouble>,
        step: u32,
    ) -> Page {
        self.begin(files, trouble, step);
        self
    }

    pub(super) fn begin(
        self,
        files: Vec<(String, String)>,
        trouble: Vec<session::Trouble>,
        step: u32,
    ) {
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

    fn drive(self, command: PlayerCommand) {
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

    pub(super) fn grows(self) -> bool {
        self.run.with_untracked(|run| run.progress == Progress::Growing)
            && self.trouble.with_untracked(|trouble| trouble.is_empty())
    }

    /// Lets the run be one step longer than where the player stands.
    fn one_more(self) {
        let grows = self.grows();
        self.player.update_value(|player| {
            if grows && player.cursor().index >= player.len() {
                player.extend(1);
            }
        });
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
        let step = self.moment.with_untracked(|moment| moment.cursor.index);
        let script = self.script.get_value().map(Script::Text);
        Place { options: self.options.get_untracked(), step, script }.keep();
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
        if !ended {
            let shown_ms = if shows { begun } else { shown_ms };
            Timeout::new(0, move || {
                if self.run_number.try_get_value() == Some(run_number) {
                    self.grow(run_number, shown_ms);
                }
            })
            .forget();
        }
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
        if options == self.options.get_untracked() {
            return;
        }
        let (session, trouble) = session::session(&options);
        let files = session.files.clone();
        if trouble.is_empty() {
            self.player.set_value(Player::new(session));
        }
        self.options.set(options);
        self.pinned.set(None);
        self.playing.set_value(Default::default());
        self.begin(files, trouble, 0);
        self.keep_script();
        self.keep();
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
