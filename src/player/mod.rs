//! What the page drives: a run that grows, a cursor in it, and whether it plays. Pure; time comes
//! in as `tick(dt)`.

mod acts;
mod chapter;
mod command;
mod lane;
mod lit;
mod rehearsal;
mod runs;
mod saved;
mod scenes;
mod script;
mod trail;

use std::sync::Arc;

use crate::base::digest::Fingerprint;
use crate::base::{BranchId, Millis, PodName, SimTime};
use crate::history::History;
use crate::manifest::Manifests;
use crate::trace::Step;
use crate::view::project;
use crate::view::scene::Scene;
use crate::world::{Scenario, Standing, World};

pub use crate::history::{Branch, Cursor, Note};
pub use crate::view::SegmentKind;
pub use acts::Entered;
pub use chapter::{Chapter, ChapterKind};
pub use command::{PlayState, PlayerCommand, Speed, Tick};
pub use lane::{Lane, LaneName, Segment};
pub use lit::Lit;
pub use rehearsal::{Rehearsal, Turn};
pub use runs::{Fork, RunLine};
pub use saved::saved;
use scenes::Scenes;
pub use script::{
    OPTIONS, RunPlace, ScriptEntry, ScriptLine, ScriptProblem, ScriptProblemKind, Wait, parse,
    written,
};

/// The first run.
const ROOT: BranchId = BranchId(0);

/// Everything that decides a run: the same session gives the same steps, byte for byte.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Session {
    /// The manifests: file name and text, in the order they are applied.
    pub files: Vec<(String, String)>,
    /// The seed of everything that is chance.
    pub seed: u64,
    /// Whether the manifests are applied and clients write and read by themselves. If not, nobody
    /// does anything but the learner.
    pub lesson: bool,
}

/// How a run stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Progress {
    /// More steps can be computed.
    Growing,
    /// Nothing more will change.
    Settled,
    /// What happens has happened before, and will again.
    Repeating,
    /// A bound was reached (steps or virtual time).
    Bounded,
}

/// What is known of a branch as it grows.
#[derive(Clone, Default)]
struct Track {
    chapters: chapter::Chapters,
    lanes: lane::Lanes,
}

impl Track {
    fn note(&mut self, step: &Step, world: &World) {
        self.chapters.note(step);
        self.lanes.note(step, world);
    }
}

/// The player.
#[derive(Clone)]
pub struct Player {
    session: Session,
    manifests: Arc<Manifests>,
    history: History,
    cursor: Cursor,
    /// The world at the cursor.
    here: World,
    scenes: Scenes,
    /// Worlds from a keyframe on, as replayed last: going back within them costs nothing.
    stretch: Vec<(Cursor, World)>,
    /// For each branch.
    tracks: Vec<Track>,
    play_state: PlayState,
    speed: Speed,
    /// Real time that has passed since the last step while playing.
    waited: Millis,
}

impl Player {
    /// A player at the start of a session's run. The manifests must have been judged free of
    /// errors.
    pub fn new(session: Session) -> Player {
        let (manifests, _) = Manifests::read(session.files.clone());
        let scenario = Scenario::new(&manifests, session.seed);
        let scenario = if session.lesson { scenario } else { scenario.without_lesson() };
        let history = History::new(Arc::new(scenario));
        let here = history.head(ROOT).clone();
        Player {
            session,
            manifests: Arc::new(manifests),
            history,
            cursor: Cursor::default(),
            here,
            scenes: Scenes::default(),
            stretch: Vec::new(),
            tracks: vec![Track::default()],
            play_state: PlayState::Paused,
            speed: Speed::default(),
            waited: Millis::ZERO,
        }
    }

    /// The session.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// The manifests as read.
    pub fn manifests(&self) -> &Manifests {
        &self.manifests
    }

    /// The tree of runs.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// Computes at most `steps_max` further steps of the cursor's branch.
    pub fn extend(&mut self, steps_max: u32) -> Progress {
        let branch = self.cursor.branch;
        self.extend_branch(branch, steps_max);
        self.catch_up();
        match self.history.standing(branch) {
            Standing::Going => Progress::Growing,
            Standing::Settled => Progress::Settled,
            Standing::Repeating => Progress::Repeating,
            Standing::Bounded => Progress::Bounded,
        }
    }

    /// Computes at most `steps_max` further steps of the oldest run that is not known to its end.
    /// False: there is none.
    pub fn extend_others(&mut self, steps_max: u32) -> bool {
        let known = |id: &u32| self.history.standing(BranchId(*id)) != Standing::Going;
        let branches = self.history.branches();
        let mut shown = (0..branches.len() as u32).filter(|id| !branches[*id as usize].is_removed);
        let Some(id) = shown.find(|id| !known(id)) else { return false };
        self.extend_branch(BranchId(id), steps_max);
        self.catch_up();
        true
    }

    fn extend_branch(&mut self, branch: BranchId, steps_max: u32) {
        for _ in 0..steps_max {
            if !self.history.extend(branch) {
                break;
            }
            let index = self.history.len(branch);
            let step = self.history.step(branch, index).expect("it was just recorded");
            self.tracks[branch.0 as usize].note(step, self.history.head(branch));
        }
    }

    /// How many steps the cursor's branch has so far.
    pub fn len(&self) -> u32 {
        self.history.len(self.cursor.branch)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Where the player stands.
    pub fn cursor(&self) -> Cursor {
        self.cursor
    }

    /// The step that led to the cursor; `None` at the start.
    pub fn step(&self) -> Option<&Step> {
        self.step_at(self.cursor.index)
    }

    /// Step number `number` of the cursor's branch, counted from 1.
    pub fn step_at(&self, number: u32) -> Option<&Step> {
        self.history.step(self.cursor.branch, number)
    }

    /// The world at the cursor.
    pub fn world(&self) -> &World {
        &self.here
    }

    /// What a viewer sees at the cursor.
    pub fn scene(&mut self) -> Arc<Scene> {
        self.scenes.at(self.cursor, &self.here)
    }

    /// What a viewer saw one step before.
    pub fn scene_before(&mut self) -> Arc<Scene> {
        let Some(index) = self.cursor.index.checked_sub(1) else { return self.scene() };
        let before = Cursor { index, ..self.cursor };
        match self.scenes.get(before) {
            Some(scene) => scene,
            None => {
                let world = self.world_of(before);
                self.scenes.at(before, &world)
            }
        }
    }

    /// What `SHOW SLAVE STATUS\G` prints in a pod at the cursor; `None`: replication is not
    /// configured there, or no server runs.
    pub fn slave_status(&self, pod: &PodName) -> Option<String> {
        project::slave_status(&self.here, pod)
    }

    /// The lines this step lights up.
    pub fn lit(&self) -> Vec<Lit> {
        let sites = self.step().map(|step| step.sites.as_slice()).unwrap_or_default();
        lit::lit(sites, &self.manifests, &self.here)
    }

    /// The first line the newest step lights up, as `ran statefulset.yaml:41`; empty where it
    /// lights none.
    pub fn newest_place(&self) -> String {
        let branch = self.cursor.branch;
        let Some(step) = self.step_at(self.len()) else { return String::new() };
        let lit = lit::lit(&step.sites, &self.manifests, self.history.head(branch));
        let Some(first) = lit.first() else { return String::new() };
        let file = self.manifests.files().get(crate::span::FileId(first.file));
        let line = file.line_column(first.start).line;
        format!("{} {}:{line}", first.role.name(), file.name())
    }

    /// Where a part of a container's script stands in the files: bytes `start..end` of argument
    /// `argument` of the container's `command` ++ `args`, in the object (`StatefulSet`, its name)
    /// that describes the pod.
    pub fn script_lines(
        &self,
        object: (&str, &str),
        container: &str,
        argument: u32,
        part: (u32, u32),
    ) -> Vec<Lit> {
        lit::script(object, container, argument, part, &self.manifests)
    }

    /// The chapters of the cursor's branch, in order; the last one may still grow.
    pub fn chapters(&self) -> Vec<Chapter> {
        self.track().chapters.list(self.len())
    }

    /// The timeline's lanes.
    pub fn lanes(&self) -> Vec<Lane> {
        self.track().lanes.list()
    }

    fn track(&self) -> &Track {
        &self.tracks[self.cursor.branch.0 as usize]
    }

    /// The fingerprint after the newest step of the cursor's branch.
    pub fn fingerprint(&self) -> Fingerprint {
        self.step_at(self.len()).map(|step| step.after).unwrap_or_default()
    }

    /// When the newest step happened.
    pub fn end(&self) -> SimTime {
        self.step_at(self.len()).map(|step| step.at).unwrap_or_default()
    }

    /// Whether it plays.
    pub fn play_state(&self) -> PlayState {
        self.play_state
    }

    /// How fast.
    pub fn speed(&self) -> Speed {
        self.speed
    }

    /// Goes to a place on any branch that is still there.
    fn go_to(&mut self, at: Cursor) {
        let branches = self.history.branches();
        let is_there = branches.get(at.branch.0 as usize).is_some_and(|it| !it.is_removed);
        if !is_there {
            return;
        }
        if at.branch != self.cursor.branch {
            let index = at.index.min(self.history.len(at.branch));
            self.cursor = Cursor { branch: at.branch, index };
            self.here = self.world_of(self.cursor);
            return;
        }
        self.go(at.index);
    }

    /// At the end of a branch, what has happened since its last step without being one counts too:
    /// the end of a command that only printed.
    fn catch_up(&mut self) {
        let head = self.history.head(self.cursor.branch);
        if self.cursor.index == self.len() && !head.terminals().are_unused() {
            self.here = head.clone();
        }
    }

    fn go(&mut self, index: u32) {
        let index = index.min(self.len());
        if index == self.cursor.index {
            return;
        }
        let is_next = index == self.cursor.index + 1;
        self.cursor.index = index;
        let recorded = self.step_at(index).map(|step| step.after);
        if is_next && self.here.step().map(|step| step.after) == recorded {
            return;
        }
        self.here = self.world_of(self.cursor);
    }

    /// A world of the stretch that was replayed last, or of the stretch that is replayed now.
    fn world_of(&mut self, at: Cursor) -> World {
        if let Some((_, world)) = self.stretch.iter().find(|(known, _)| *known == at) {
            return world.clone();
        }
        self.stretch.clear();
        let stretch = &mut self.stretch;
        self.history.replay(at, |index, world| {
            stretch.push((Cursor { index, ..at }, world.clone()));
        })
    }

    /// Does what the page asks.
    pub fn command(&mut self, command: PlayerCommand) {
        let here = self.cursor.index;
        match command {
            PlayerCommand::StepForward => self.go(here + 1),
            PlayerCommand::StepBack => self.go(here.saturating_sub(1)),
            PlayerCommand::StepOver => self.go(self.over()),
            PlayerCommand::StepOut => self.go(self.out()),
            PlayerCommand::Seek(cursor) => self.go_to(cursor),
            PlayerCommand::NextChapter => {
                let chapters = self.chapters();
                let next = chapters.iter().map(|chapter| chapter.first).find(|first| *first > here);
                self.go(next.unwrap_or(self.len()));
            }
            PlayerCommand::PreviousChapter => {
                let chapters = self.chapters();
                let before =
                    chapters.iter().map(|chapter| chapter.first).rfind(|first| *first < here);
                self.go(before.unwrap_or(0));
            }
            PlayerCommand::Play => self.play_state = PlayState::Playing,
            PlayerCommand::Pause => self.play_state = PlayState::Paused,
            PlayerCommand::TogglePlay => {
                self.play_state = match self.play_state {
                    PlayState::Paused => PlayState::Playing,
                    PlayState::Playing => PlayState::Paused,
                };
                if self.play_state == PlayState::Playing && here == self.len() {
                    self.go(0);
                }
            }
            PlayerCommand::SetSpeed(speed) => self.speed = speed,
            PlayerCommand::ToStart => self.go(0),
            PlayerCommand::ToEnd => self.go(self.len()),
        }
        self.catch_up();
        self.waited = Millis::ZERO;
    }

    /// The first later step that is not within this step's script or deeper.
    fn over(&self) -> u32 {
        let Some(step) = self.step() else { return self.cursor.index + 1 };
        let here = &step.scope;
        let inside = |later: &Step| match (here.script, later.scope.script) {
            (Some(script), Some(other)) if script == other => later.scope.depth >= here.depth,
            (Some(_), _) => true,
            (None, _) => later.actor == step.actor && later.at == step.at,
        };
        let mut index = self.cursor.index + 1;
        let ends = |index: u32| self.script_ends(here.script, index);
        while index < self.len() && self.step_at(index).is_some_and(inside) && !ends(index) {
            index += 1;
        }
        index
    }

    /// Whether no later step belongs to that script.
    fn script_ends(&self, script: Option<crate::base::Pid>, index: u32) -> bool {
        script.is_some()
            && !(index..=self.len())
                .any(|later| self.step_at(later).is_some_and(|step| step.scope.script == script))
    }

    /// The last earlier step outside this step's script.
    fn out(&self) -> u32 {
        let here = self.step().map(|step| step.scope.script);
        let mut index = self.cursor.index.saturating_sub(1);
        while index > 0 && self.step_at(index).map(|step| step.scope.script) == here {
            index -= 1;
        }
        index
    }

    /// Lets `dt` of real time pass; says when to come back.
    pub fn tick(&mut self, dt: Millis) -> Tick {
        if self.play_state == PlayState::Paused {
            return Tick::Never;
        }
        self.waited = self.waited + dt;
        let interval = self.speed.interval();
        while self.waited >= interval && self.cursor.index < self.len() {
            self.waited = self.waited - interval;
            self.go(self.cursor.index + 1);
        }
        if self.cursor.index == self.len()
            && self.history.standing(self.cursor.branch) != Standing::Going
        {
            self.play_state = PlayState::Paused;
            self.waited = Millis::ZERO;
            return Tick::Never;
        }
        self.waited = Millis(self.waited.0.min(interval.0));
        Tick::In(interval - self.waited)
    }
}
