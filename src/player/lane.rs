//! The timeline's lanes: who did what when.

use crate::base::{PodName, SimTime};
use crate::trace::fact::ClientFact;
use crate::trace::{Actor, Fact, Step};
use crate::view::SegmentKind;
use crate::view::project;
use crate::world::World;

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
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
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

/// The lanes so far.
#[derive(Clone, Default)]
pub struct Lanes {
    controller: Vec<Segment>,
    client: Vec<Segment>,
    /// For each pod: its segments, the last of which still grows.
    pods: Vec<(PodName, Vec<Segment>)>,
}

impl Lanes {
    /// Takes a step and the world after it into account.
    pub fn note(&mut self, step: &Step, world: &World) {
        let number = step.id.index;
        let moment = |kind| Segment { kind, start: step.at, end: step.at, steps: (number, number) };
        if step.actor == Actor::StatefulSetController {
            self.controller.push(moment(SegmentKind::Reconcile));
        }
        for fact in &step.facts {
            if let Fact::Client(ClientFact::Runs { reads, .. }) = fact {
                let kind = if *reads { SegmentKind::Read } else { SegmentKind::Write };
                self.client.push(moment(kind));
            }
        }
        let now = project::pod_kinds(world);
        for (pod, kind) in &now {
            self.grow(pod, *kind, step);
        }
        for (pod, segments) in &mut self.pods {
            let is_there = now.iter().any(|(name, _)| name == pod);
            if let (true, Some(last)) = (is_there, segments.last_mut()) {
                (last.end, last.steps.1) = (step.at, number);
            }
        }
    }

    fn grow(&mut self, pod: &PodName, kind: SegmentKind, step: &Step) {
        let index = match self.pods.iter().position(|(name, _)| name == pod) {
            Some(index) => index,
            None => {
                self.pods.push((pod.clone(), Vec::new()));
                self.pods.len() - 1
            }
        };
        let segments = &mut self.pods[index].1;
        if segments.last().is_some_and(|last| last.kind == kind) {
            return;
        }
        let number = step.id.index;
        segments.push(Segment { kind, start: step.at, end: step.at, steps: (number, number) });
    }

    /// All of them: controllers, pods by name, clients.
    pub fn list(&self) -> Vec<Lane> {
        let mut pods = self.pods.clone();
        pods.sort();
        let lane = |name, segments: &Vec<Segment>| Lane { name, segments: segments.clone() };
        let mut lanes = vec![lane(LaneName::Controller, &self.controller)];
        lanes.extend(pods.iter().map(|(pod, segments)| lane(LaneName::Pod(pod.clone()), segments)));
        lanes.push(lane(LaneName::Client, &self.client));
        lanes
    }
}
