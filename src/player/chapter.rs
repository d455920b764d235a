//! Chapters: stretches of a run that a reader would name.

use crate::base::PodName;

/// A stretch of steps.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Chapter {
    /// What it is about.
    pub kind: ChapterKind,
    /// Number of its first step, counted from 1.
    pub first: u32,
    /// Number of its last step.
    pub last: u32,
}

/// What a chapter is about.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ChapterKind {
    /// The manifests are applied.
    Configuration,
    /// A pod starts without cloning.
    Starts(PodName),
    /// A pod starts and clones from another.
    Clones {
        /// The pod that starts.
        pod: PodName,
        /// The pod whose data it takes.
        from: PodName,
    },
    /// Clients write and read.
    Traffic,
}
