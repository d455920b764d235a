//! The lines of the manifests to light up for a step.

use crate::base::{ContainerName, PodUid};

/// A place in a text the learner can see, and what it did.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Site {
    /// Where.
    pub place: Place,
    /// What that place did in this step.
    pub role: SiteRole,
}

/// Where. The model names places by what they are; `manifest` turns them into spans of files.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Place {
    /// A field of an object, by its path (`spec.replicas`,
    /// `spec.template.spec.containers[0].image`).
    Field {
        /// `StatefulSet`, `Service`, `ConfigMap` …
        kind: String,
        /// The object's name.
        object: String,
        /// The path, as the API server's messages write it; empty: the whole object.
        path: String,
    },
    /// Bytes `start..end` of the script that is argument `argument` of a container's `command`
    /// followed by its `args`.
    Script {
        /// Whose container (its manifest is found through its pod).
        pod: PodUid,
        /// Which container.
        container: ContainerName,
        /// Index into `command` ++ `args`.
        argument: u32,
        /// First byte.
        start: u32,
        /// One past the last byte.
        end: u32,
    },
}

/// What a place did.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum SiteRole {
    /// It is the command that ran.
    Ran,
    /// Its value decided what happened.
    Decided,
    /// It declares the thing this step is about.
    Declared,
}

impl SiteRole {
    /// Its name in listings.
    pub fn name(self) -> &'static str {
        match self {
            SiteRole::Ran => "ran",
            SiteRole::Decided => "decided",
            SiteRole::Declared => "declared",
        }
    }
}
