//! Everything, as a value.

use std::collections::{BTreeMap, VecDeque};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::agenda::{Agenda, Causes, Notice};
use super::repetition::Repetition;
use super::scenario::Scenario;
use super::terminal::Terminals;
use crate::base::digest::{Digest, Fingerprint};
use crate::base::{PodName, SimTime};
use crate::kube::Cluster;
use crate::node::Nodes;
use crate::sim::{Action, Intervention};
use crate::trace::fact::Fault;

/// Everything, as a value. One mutator: [`World::step`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct World {
    /// The constant input.
    pub(super) scenario: Arc<Scenario>,
    /// The control plane and the kubelets.
    pub(super) kube: Arc<Cluster>,
    /// All that runs in containers.
    pub(super) nodes: Nodes,
    /// The learner's terminals.
    pub(super) terminals: Arc<Terminals>,
    /// What the learner has asked for and what has not happened yet.
    pub(super) asked: Arc<VecDeque<Intervention>>,
    /// How many entries of the scenario's lesson have been done.
    pub(super) lesson: u32,
    /// Time, what is to come and why.
    pub(super) ghost: Ghost,
}

/// What never enters the fingerprint of a world by itself: when and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Ghost {
    /// The only clock there is.
    pub now: SimTime,
    /// When somebody asked for something last.
    pub asked_at: SimTime,
    pub agenda: Agenda,
    pub repetition: Repetition,
    /// Steps recorded so far.
    pub steps: u32,
    /// Which step injected a fault last.
    pub struck: BTreeMap<Fault, u32>,
    /// The digest of all that happened so far.
    pub rolling: Fingerprint,
}

impl Hash for World {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.kube.hash(state);
        self.nodes.hash(state);
        self.terminals.hash(state);
        self.asked.hash(state);
        self.lesson.hash(state);
        for action in self.ghost.agenda.actions() {
            action.hash(state);
        }
    }
}

/// How a run stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Standing {
    /// There is more to come.
    Going,
    /// Nothing more will change.
    Settled,
    /// What happens has happened before, and will again.
    Repeating,
    /// It would go on, but a bound was reached.
    Bounded,
}

impl World {
    /// The world in which nobody has applied anything yet.
    pub fn start(scenario: Arc<Scenario>) -> World {
        let kube = Cluster::new(scenario.kube.clone());
        let ghost = Ghost {
            now: SimTime::START,
            asked_at: SimTime::START,
            agenda: Agenda::default(),
            repetition: Repetition::default(),
            steps: 0,
            struck: BTreeMap::new(),
            rolling: Fingerprint::default(),
        };
        let nodes = Nodes::new(scenario.seed);
        let kube = Arc::new(kube);
        let (terminals, asked) = Default::default();
        let mut world = World { scenario, kube, nodes, terminals, asked, lesson: 0, ghost };
        if !world.scenario.lesson.is_empty() {
            world.later(SimTime::START, Action::Lesson(0), Causes::new(), false);
        }
        world
    }

    /// The constant input.
    pub fn scenario(&self) -> &Arc<Scenario> {
        &self.scenario
    }

    /// Now.
    pub fn now(&self) -> SimTime {
        self.ghost.now
    }

    /// The control plane.
    pub fn kube(&self) -> &Cluster {
        &self.kube
    }

    /// Whether a pod of the lesson's namespace is there and ready.
    pub fn is_ready(&self, pod: &PodName) -> bool {
        let at = crate::kube::key(&self.scenario.namespace, pod);
        let pod = self.kube.store().pods.get(&at);
        pod.is_some_and(|pod| pod.status.is_true("Ready"))
    }

    /// All that runs in containers.
    pub fn nodes(&self) -> &Nodes {
        &self.nodes
    }

    /// Steps recorded so far.
    pub fn steps(&self) -> u32 {
        self.ghost.steps
    }

    /// The digest of all that happened so far.
    pub fn rolling(&self) -> Fingerprint {
        self.ghost.rolling
    }

    /// The digest of all state.
    pub fn fingerprint(&self) -> Fingerprint {
        Digest::of(self)
    }

    pub(super) fn later(&mut self, due: SimTime, action: Action, causes: Causes, idle: bool) {
        self.ghost.agenda.add(due, Notice { action, causes, idle });
    }
}
