//! Chapters: stretches of a run that a reader would name.

use crate::base::PodName;
use crate::trace::fact::{ClientFact, KubeFact, MachineFact};
use crate::trace::{Fact, Step};

/// The port on which a sidecar serves backups (`statefulset.yaml`, container xtrabackup).
pub(super) const BACKUP_PORT: u16 = 3307;

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
    /// What the learner did, and what came of it.
    Learner,
}

/// The chapters so far: what each is about and where it begins.
#[derive(Clone, Default)]
pub struct Chapters(Vec<(ChapterKind, u32)>);

impl Chapters {
    /// Takes a step into account.
    pub fn note(&mut self, step: &Step) {
        let number = step.id.index;
        if self.0.is_empty() {
            self.0.push((ChapterKind::Configuration, number));
        }
        for fact in &step.facts {
            match fact {
                Fact::Kube(KubeFact::SetMadePod { pod, .. }) => self.begin_pod(pod, number),
                Fact::Machine(MachineFact::Connected { from, to, port: BACKUP_PORT, .. }) => {
                    self.is_clone(from, to);
                }
                Fact::Client(ClientFact::Runs { .. }) => self.begin_traffic(number),
                Fact::Client(ClientFact::Removed { .. }) => {}
                Fact::Client(_) | Fact::Fault(_) => self.begin_learner(number),
                _ => {}
            }
        }
    }

    fn begin_pod(&mut self, pod: &PodName, number: u32) {
        let is_new = !self.0.iter().any(|(kind, _)| match kind {
            ChapterKind::Starts(known) | ChapterKind::Clones { pod: known, .. } => known == pod,
            _ => false,
        });
        if is_new {
            self.0.push((ChapterKind::Starts(pod.clone()), number));
        }
    }

    fn is_clone(&mut self, pod: &PodName, from: &PodName) {
        for (kind, _) in &mut self.0 {
            if *kind == ChapterKind::Starts(pod.clone()) {
                *kind = ChapterKind::Clones { pod: pod.clone(), from: from.clone() };
            }
        }
    }

    fn begin_traffic(&mut self, number: u32) {
        if !self.0.iter().any(|(kind, _)| *kind == ChapterKind::Traffic) {
            self.0.push((ChapterKind::Traffic, number));
        }
    }

    fn begin_learner(&mut self, number: u32) {
        let is_first = self.0.len() == 1 && self.0[0].1 == number;
        if !is_first && self.0.last().is_none_or(|(kind, _)| *kind != ChapterKind::Learner) {
            self.0.push((ChapterKind::Learner, number));
        }
    }

    /// All of them; the last one ends at `steps`.
    pub fn list(&self, steps: u32) -> Vec<Chapter> {
        let ends = self.0.iter().skip(1).map(|(_, next)| next - 1).chain([steps]);
        let chapters = self.0.iter().zip(ends);
        chapters
            .map(|((kind, first), last)| Chapter { kind: kind.clone(), first: *first, last })
            .collect()
    }
}
