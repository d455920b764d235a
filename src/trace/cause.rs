//! Which earlier step led here, and how.

use crate::base::StepId;

/// One reason for a step.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Cause {
    /// The earlier step.
    pub step: StepId,
    /// How it led here.
    pub via: Via,
}

/// The way a step leads to a later one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Via {
    /// A message or bytes it sent arrived.
    Message,
    /// A timer it set went off.
    Timer,
    /// A watch told of an object it changed.
    Watch,
    /// It started this process.
    Spawn,
    /// It did what this process waited for: wrote to its pipe, ended as its child.
    Wait,
    /// It asked for this directly.
    Request,
    /// It is a fault that was injected, and this is what comes of it.
    Fault,
    /// It is the same process's (or controller's) previous act.
    Next,
}
