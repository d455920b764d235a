//! What the page knows: signals that come out of [`dispatch`](super::dispatch), and what is derived
//! from them.

use std::collections::BTreeMap;
use std::sync::Arc;

use leptos::prelude::*;
use ordinal::base::digest::Fingerprint;
use ordinal::base::{BranchId, ClaimName, ContainerName, PodName, SimTime};
use ordinal::player::{Chapter, Cursor, Lane, Lit, PlayState, Player, Progress, Speed};
use ordinal::text::ui::{Words, words};
use ordinal::text::{Entity, Lang, Part};
use ordinal::trace::{Actor, Step};
use ordinal::view::scene::Scene;

use super::acts::Playing;
use super::browser;
use super::console::Console;
use super::pick::Victim;
use super::place::{Place, Theme};
use super::session::{Options, Trouble};

/// One place in the run, as shown.
#[derive(Clone, Default)]
pub struct Moment {
    /// Where.
    pub cursor: Cursor,
    /// The step that led here.
    pub step: Option<Arc<Step>>,
    /// What a viewer sees.
    pub scene: Arc<Scene>,
    /// What a viewer saw one step before.
    pub before: Arc<Scene>,
    /// The lines this step lights up.
    pub lit: Vec<Lit>,
    /// Whom the step is about.
    pub subject: Subject,
    /// Whether it plays.
    pub play_state: PlayState,
    /// How fast.
    pub speed: Speed,
}

/// Whom a step is about.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Subject {
    /// The pod.
    pub pod: Option<PodName>,
    /// The container of that pod.
    pub container: Option<ContainerName>,
}

impl Subject {
    /// Whom a step is about: the process that acted, or the first one its facts name.
    pub fn of(step: &Step) -> Subject {
        if let Actor::Process { pod, container, .. } = &step.actor {
            return Subject { pod: Some(pod.clone()), container: Some(container.clone()) };
        }
        for fact in &step.facts {
            for part in ordinal::text::fact(Lang::En, fact).0 {
                let Part::Entity(entity) = part else { continue };
                match entity {
                    Entity::Pod(pod) | Entity::File(pod, _) => {
                        return Subject { pod: Some(pod), container: None };
                    }
                    Entity::Container(pod, name) => {
                        return Subject { pod: Some(pod), container: Some(name) };
                    }
                    _ => {}
                }
            }
        }
        Subject::default()
    }
}

/// The run as far as it is computed.
#[derive(Clone)]
pub struct Run {
    /// Steps.
    pub len: u32,
    /// Whether more will come.
    pub progress: Progress,
    /// Its chapters.
    pub chapters: Vec<Chapter>,
    /// The timeline's lanes.
    pub lanes: Vec<Lane>,
    /// When each step happened, in milliseconds: the first is the start.
    pub times: Arc<Vec<u64>>,
    /// After the newest step.
    pub fingerprint: Fingerprint,
}

impl Default for Run {
    fn default() -> Run {
        Run {
            len: 0,
            progress: Progress::Growing,
            chapters: Vec::new(),
            lanes: Vec::new(),
            times: Arc::new(vec![0]),
            fingerprint: Fingerprint::default(),
        }
    }
}

impl Run {
    /// When step `number` happened.
    pub fn time(&self, number: u32) -> SimTime {
        let at = self.times.get(number as usize).or(self.times.last());
        SimTime(at.copied().unwrap_or_default())
    }
}

/// What the right side is about.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Focus {
    /// The pod.
    pub pod: Option<PodName>,
    /// The container of that pod.
    pub container: Option<ContainerName>,
    /// The claim; by default the pod's.
    pub claim: Option<ClaimName>,
    /// The file on the claim's volume.
    pub file: Option<String>,
    /// What Details describes; by default the pod.
    pub thing: Option<Entity>,
}

/// What the right side shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Tab {
    /// The manifests.
    #[default]
    Manifest,
    /// A container's log.
    Logs,
    /// A volume's files.
    Files,
    /// A mysqld's data.
    Mysql,
    /// What a thing is.
    Details,
    /// What can be broken.
    Faults,
    /// Where the learner types.
    Terminal,
}

impl Tab {
    /// All, in order.
    pub const ALL: [Tab; 7] = [
        Tab::Manifest,
        Tab::Logs,
        Tab::Files,
        Tab::Mysql,
        Tab::Details,
        Tab::Faults,
        Tab::Terminal,
    ];

    /// For tests and for `aria-controls`.
    pub fn name(self) -> &'static str {
        match self {
            Tab::Manifest => "manifest",
            Tab::Logs => "logs",
            Tab::Files => "files",
            Tab::Mysql => "mysql",
            Tab::Details => "details",
            Tab::Faults => "faults",
            Tab::Terminal => "terminal",
        }
    }
}

/// What lies over the page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dialog {
    /// The list of keys.
    Keys,
    /// The download.
    Download,
    /// Two runs beside each other.
    Compare(BranchId, BranchId),
    /// The session: save it, open another.
    Session,
}

/// Where to go once the run is long enough.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Goal {
    /// A step.
    Step(u32),
    /// Where nothing more will change.
    End,
}

/// Everything the page knows. Only [`dispatch`](super::dispatch) changes it.
#[derive(Clone, Copy)]
pub struct Page {
    pub(super) player: StoredValue<Player, LocalStorage>,
    pub(super) timer: StoredValue<Option<gloo_timers::callback::Timeout>, LocalStorage>,
    pub(super) ticked: StoredValue<f64>,
    pub(super) run_number: StoredValue<u32>,
    pub(super) goal: StoredValue<Option<Goal>>,
    pub(super) playing: StoredValue<Playing>,
    /// The run as a session file, if anything was done.
    pub(super) script: StoredValue<Option<String>>,
    /// Why the session that the address names was not opened.
    pub refused: RwSignal<Arc<Vec<Trouble>>>,
    /// The terminals.
    pub console: Console,
    /// Manifests being edited: file name and text.
    pub drafts: RwSignal<BTreeMap<String, String>>,
    /// Whether the Manifest tab is for editing.
    pub edits: RwSignal<bool>,
    /// How often the learner did or looked at something: what a terminal shows, and which runs
    /// there are, may be another after each.
    pub acts: RwSignal<u32>,
    /// Whether the place will be kept soon.
    pub(super) keeps: StoredValue<bool>,
    /// Where the player stands.
    pub moment: RwSignal<Arc<Moment>>,
    /// The run so far.
    pub run: RwSignal<Arc<Run>>,
    /// The manifests that run: name and text.
    pub files: RwSignal<Arc<Vec<(String, String)>>>,
    /// What is wrong with them; nothing ran then.
    pub trouble: RwSignal<Arc<Vec<Trouble>>>,
    /// The run's options.
    pub options: RwSignal<Options>,
    /// The language.
    pub lang: RwSignal<Lang>,
    /// Light or dark.
    pub theme: RwSignal<Theme>,
    /// Whether the page is shown to a class: larger, and without terminals.
    pub projector: RwSignal<bool>,
    /// What the right side shows.
    pub tab: RwSignal<Tab>,
    /// What the person picked for the right side; `None`: it follows the step.
    pub pinned: RwSignal<Option<Focus>>,
    /// Which manifest file is open by choice, and which line of it (from 0) was asked for;
    /// `None`: the step's.
    pub file: RwSignal<Option<(u32, Option<u32>)>>,
    /// What the palette of faults is about; `None`: all there is.
    pub victim: RwSignal<Option<Victim>>,
    /// What lies over the page.
    pub dialog: RwSignal<Option<Dialog>>,
    /// Whether the chain of causes is open.
    pub why: RwSignal<bool>,
    /// Whether the right side is open on a narrow screen.
    pub drawer: RwSignal<bool>,
    /// A short word from the page, such as "copied".
    pub notice: RwSignal<Option<&'static str>>,
    /// The window's size.
    pub viewport: RwSignal<(i32, i32)>,
}

impl Page {
    /// A page at a place whose run has not begun.
    pub fn new(place: &Place, player: Player) -> Page {
        Page {
            player: StoredValue::new_local(player),
            timer: StoredValue::new_local(None),
            ticked: StoredValue::new(0.0),
            run_number: StoredValue::new(0),
            goal: StoredValue::new(None),
            playing: StoredValue::new(Playing::default()),
            script: StoredValue::new(None),
            refused: RwSignal::default(),
            console: Console::new(),
            drafts: RwSignal::new(super::code::edit::drafts()),
            edits: RwSignal::new(false),
            acts: RwSignal::default(),
            keeps: StoredValue::new(false),
            moment: RwSignal::default(),
            run: RwSignal::default(),
            files: RwSignal::default(),
            trouble: RwSignal::default(),
            options: RwSignal::new(place.options.clone()),
            lang: RwSignal::new(super::place::lang()),
            theme: RwSignal::new(Theme::first()),
            projector: RwSignal::new(super::place::projector()),
            tab: RwSignal::default(),
            pinned: RwSignal::default(),
            file: RwSignal::default(),
            victim: RwSignal::default(),
            dialog: RwSignal::new(None),
            why: RwSignal::new(false),
            drawer: RwSignal::new(false),
            notice: RwSignal::new(None),
            viewport: RwSignal::new(browser::viewport()),
        }
    }

    /// The page that this part belongs to.
    pub fn here() -> Page {
        expect_context()
    }

    /// The page's words.
    pub fn words(self) -> &'static Words {
        words(self.lang.get())
    }

    /// What the right side is about: what was picked, or whom the step is about.
    pub fn focus(self) -> Memo<Focus> {
        Memo::new(move |last: Option<&Focus>| {
            if let Some(pinned) = self.pinned.get() {
                return pinned;
            }
            let moment = self.moment.get();
            let Subject { pod, container } = moment.subject.clone();
            match (pod, last) {
                (Some(pod), _) => Focus { pod: Some(pod), container, ..Focus::default() },
                (None, Some(last)) => last.clone(),
                (None, None) => Focus::default(),
            }
        })
    }

    /// Whether the window is so narrow that the stage shows one pod.
    pub fn is_small(self) -> bool {
        self.viewport.get().0 < 700
    }
}
