//! What the page may ask of the player.

use super::Cursor;
use crate::base::Millis;

/// What the page may ask.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PlayerCommand {
    /// One step on.
    StepForward,
    /// One step back.
    StepBack,
    /// To the end of this script or reconcile.
    StepOver,
    /// To the previous step outside this script.
    StepOut,
    /// To any place.
    Seek(Cursor),
    /// To the first step of the next chapter.
    NextChapter,
    /// To the first step of this chapter, or of the one before.
    PreviousChapter,
    /// Go on by itself.
    Play,
    /// Stop.
    Pause,
    /// Play or pause.
    TogglePlay,
    /// How fast to play.
    SetSpeed(Speed),
    /// To the start.
    ToStart,
    /// To the newest step.
    ToEnd,
}

/// Whether the player moves.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum PlayState {
    /// It stands.
    #[default]
    Paused,
    /// It goes on by itself.
    Playing,
}

/// How fast: how many steps a second.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Speed {
    /// 1 step a second: time to read.
    Read,
    /// 4 steps a second.
    #[default]
    Walk,
    /// 15 steps a second.
    Run,
    /// 60 steps a second.
    Fly,
}

impl Speed {
    /// All, slowest first.
    pub const ALL: [Speed; 4] = [Speed::Read, Speed::Walk, Speed::Run, Speed::Fly];

    /// Real time from one step to the next.
    pub fn interval(self) -> Millis {
        match self {
            Speed::Read => Millis(1_000),
            Speed::Walk => Millis(250),
            Speed::Run => Millis(66),
            Speed::Fly => Millis(16),
        }
    }
}

/// When the player wants to be called again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tick {
    /// After so much real time.
    In(Millis),
    /// Not before the next command.
    Never,
}
