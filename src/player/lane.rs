//! The timeline's lanes: who did what when.

use crate::base::{PodName, SimTime};

/// One row of the timeline.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lane {
    /// Whose.
    pub name: LaneName,
    /// What happened there, in order of time.
    pub segments: Vec<Segment>,
}

/// Whose lane.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum LaneName {
    /// The control plane.
    Controller,
    /// A pod.
    Pod(PodName),
    /// The clients.
    Client,
}

/// A stretch of one lane.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Segment {
    /// What it is.
    pub kind: SegmentKind,
    /// From.
    pub start: SimTime,
    /// To; equal to `start` for a moment.
    pub end: SimTime,
    /// The steps it covers, counted from 1.
    pub steps: (u32, u32),
}

/// What a stretch is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum SegmentKind {
    /// A reconcile that changed something.
    Reconcile,
    /// The pod waits for its node, its volume or its image.
    Waiting,
    /// init-mysql, and other init containers that do not clone.
    Init,
    /// A clone streams.
    Clone,
    /// `--prepare`.
    Prepare,
    /// Containers have started, the pod is not Ready.
    Starting,
    /// The pod is Ready.
    Ready,
    /// The pod is being deleted, or failed.
    Trouble,
    /// A client writes.
    Write,
    /// A client reads.
    Read,
}
