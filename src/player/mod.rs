//! What the page drives: a run that grows, a cursor in it, and whether it plays. Pure; time comes in as `tick(dt)`.

mod chapter;
mod command;
mod lane;

use std::sync::Arc;

use crate::base::digest::Fingerprint;
use crate::base::{BranchId, Millis, SimTime};
use crate::trace::Step;
use crate::view::scene::Scene;

pub use chapter::{Chapter, ChapterKind};
pub use command::{PlayState, PlayerCommand, Speed, Tick};
pub use lane::{Lane, LaneName, Segment, SegmentKind};

/// A place in the tree of runs: `index` steps of that branch (counted from the root) have happened.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Cursor {
    /// Which branch.
    pub branch: BranchId,
    /// How many steps have happened: 0 is the start.
    pub index: u32,
}

/// Everything that decides a run: the same session gives the same steps, byte for byte.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Session {
    /// The manifests: file name and text, in the order they are applied.
    pub files: Vec<(String, String)>,
    /// The seed of everything that is chance.
    pub seed: u64,
}

/// How a run stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Progress {
    /// More steps can be computed.
    Growing,
    /// Nothing more will change.
    Settled,
    /// A bound was reached (steps or virtual time).
    Bounded,
}

/// A place in a file that this step lights up.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Lit {
    /// Index into `Session::files`.
    pub file: u32,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// What the place did.
    pub role: crate::trace::SiteRole,
}

/// The player.
#[derive(Clone)]
pub struct Player {
    session: Session,
    steps: Vec<Step>,
    cursor: Cursor,
    play_state: PlayState,
    speed: Speed,
}

impl Player {
    /// A player at the start of a session's run. The manifests must have been judged free of errors.
    pub fn new(session: Session) -> Player {
        Player {
            session,
            steps: Vec::new(),
            cursor: Cursor::default(),
            play_state: PlayState::Paused,
            speed: Speed::default(),
        }
    }

    /// The session.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Computes at most `steps_max` further steps of the cursor's branch.
    pub fn extend(&mut self, steps_max: u32) -> Progress {
        let _ = steps_max;
        Progress::Settled
    }

    /// How many steps the cursor's branch has so far.
    pub fn len(&self) -> u32 {
        self.steps.len() as u32
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
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
        number.checked_sub(1).and_then(|index| self.steps.get(index as usize))
    }

    /// What a viewer sees at the cursor.
    pub fn scene(&mut self) -> Arc<Scene> {
        Arc::default()
    }

    /// What a viewer saw one step before.
    pub fn scene_before(&mut self) -> Arc<Scene> {
        Arc::default()
    }

    /// The lines this step lights up.
    pub fn lit(&self) -> Vec<Lit> {
        Vec::new()
    }

    /// The bytes of a file (index into `Session::files`) where a container's script stands, byte by byte of the script:
    /// `None` where the container has none. For values behind the lines.
    pub fn script_lines(
        &self,
        kind: &str,
        object: &str,
        container: &str,
        argument: u32,
    ) -> Vec<Lit> {
        let _ = (kind, object, container, argument);
        Vec::new()
    }

    /// The chapters of the cursor's branch, in order; the last one may still grow.
    pub fn chapters(&self) -> Vec<Chapter> {
        Vec::new()
    }

    /// The timeline's lanes.
    pub fn lanes(&self) -> Vec<Lane> {
        Vec::new()
    }

    /// The fingerprint after the newest step of the cursor's branch.
    pub fn fingerprint(&self) -> Fingerprint {
        self.steps.last().map(|step| step.after).unwrap_or_default()
    }

    /// When the newest step happened.
    pub fn end(&self) -> SimTime {
        self.steps.last().map(|step| step.at).unwrap_or_default()
    }

    /// Whether it plays.
    pub fn play_state(&self) -> PlayState {
        self.play_state
    }

    /// How fast.
    pub fn speed(&self) -> Speed {
        self.speed
    }

    /// Does what the page asks.
    pub fn command(&mut self, command: PlayerCommand) {
        if let PlayerCommand::SetSpeed(speed) = command {
            self.speed = speed;
        }
    }

    /// Lets `dt` of real time pass; says when to come back.
    pub fn tick(&mut self, dt: Millis) -> Tick {
        let _ = dt;
        Tick::Never
    }
}
