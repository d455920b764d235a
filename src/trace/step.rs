//! The record of one transition.

use super::{Actor, Cause, Fact, Site};
use crate::base::digest::Fingerprint;
use crate::base::{Pid, SimTime, StepId};

/// One transition of the world, as recorded.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Step {
    /// Which one.
    pub id: StepId,
    /// When, in virtual time.
    pub at: SimTime,
    /// Who acted.
    pub actor: Actor,
    /// Why: earlier steps. Empty: the start, or the learner.
    pub causes: Vec<Cause>,
    /// What it belongs to, for stepping over and out.
    pub scope: Scope,
    /// What it meant, in the order it happened.
    pub facts: Vec<Fact>,
    /// The lines to light up.
    pub sites: Vec<Site>,
    /// A rolling digest of all that happened up to and including this step. Replay must meet it
    /// again.
    pub after: Fingerprint,
}

/// What a step belongs to.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Scope {
    /// The process of a script this step belongs to (the outermost shell of its container), if any.
    pub script: Option<Pid>,
    /// How deep within it: nested shells and functions count one each.
    pub depth: u32,
}
