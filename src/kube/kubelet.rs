//! The kubelet of each node. Models pkg/kubelet: volumes, sandbox, init containers in order,
//! containers, probes, restarts with back-off, termination.

mod env;
mod image;
mod mount;
mod probe;
mod start;
pub(super) mod status;
mod stop;
mod sync;

use std::sync::Arc;

use super::options::Options;
use super::timing;
use crate::base::{
    ContainerId, ContainerName, ImageName, Millis, NodeName, PodName, PodUid, SimTime, SortedMap,
    SortedSet, VolumeId,
};
use crate::manifest::object::{Container, Pod, Probe};
use crate::os::WaitStatus;
use crate::sim::{ObjectKey, ProbeKind};

/// What all kubelets remember.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Kubelets {
    /// Pods that a kubelet has taken on.
    pub pods: SortedMap<PodUid, Arc<PodRun>>,
    /// Nodes.
    pub nodes: SortedMap<NodeName, Arc<NodeRun>>,
}

/// What a kubelet remembers of its node.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct NodeRun {
    /// Whether the machine is gone.
    pub lost: bool,
    /// Its address.
    pub ip: String,
    /// The first three numbers of its pods' addresses.
    pub pod_net: String,
    /// The last number given.
    pub last_ip: u32,
    /// Images it has, by full reference.
    pub images: SortedSet<String>,
    /// Images being pulled, first come first served.
    pub pulls: Vec<image::Pull>,
}

/// What a kubelet remembers of a pod.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct PodRun {
    /// The pod's key.
    pub key: ObjectKey,
    /// Its node.
    pub node: NodeName,
    /// The pod as last heard of.
    pub pod: Arc<Pod>,
    /// When the kubelet took it on.
    pub since: SimTime,
    /// The volumes, once they are mounted: name in the pod, id.
    pub volumes: Option<SortedMap<String, VolumeId>>,
    /// How often mounting failed, and when to try again.
    pub mount_retry: Option<(u32, SimTime)>,
    /// Its network, once it is made.
    pub sandbox: Option<Sandbox>,
    /// Its init containers and containers.
    pub containers: SortedMap<ContainerName, ContainerRun>,
    /// Its probes.
    pub probes: SortedMap<(ContainerName, ProbeKind), ProbeRun>,
    /// The image its next container waits for.
    pub pulling: Option<ImageName>,
    /// Images that could not be pulled.
    pub pull_trouble: SortedMap<ImageName, image::Trouble>,
    /// When the runtime is done with what it was told last.
    pub busy_until: SimTime,
    /// Its termination, once that has begun.
    pub stopping: Option<Stopping>,
    /// Whether it has ended for good by itself.
    pub finished: bool,
}

/// A pod's network namespace.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Sandbox {
    /// Its address.
    pub ip: String,
    /// From when on it can be used.
    pub ready_at: SimTime,
}

/// A pod that is being stopped.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Stopping {
    /// When everything that is left is killed.
    pub deadline: SimTime,
    /// Whether the last status was reported.
    pub reported: bool,
}

/// What a kubelet remembers of a container.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct ContainerRun {
    /// The next start's number.
    pub next_attempt: u32,
    /// What it does.
    pub state: State,
    /// Why it is not started, if there is a reason of its own.
    pub trouble: Option<(String, String)>,
    /// How its previous run ended.
    pub last: Option<Exit>,
    /// The readiness probe's result; true without one while it runs.
    pub ready: bool,
    /// The startup probe's result; true without one while it runs.
    pub started: bool,
    /// Its wait before the next start.
    pub back_off: Option<BackOff>,
    /// Whether it was told to stop, and by when it must have.
    pub killed_at: Option<SimTime>,
}

/// What a container does.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub enum State {
    /// Not started yet.
    #[default]
    None,
    /// The runtime was asked to start it.
    Starting,
    /// Runs.
    Running {
        /// Since when.
        since: SimTime,
    },
    /// Ended.
    Exited(Exit),
}

/// How a container's run ended.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Exit {
    /// Which run.
    pub attempt: u32,
    /// Its exit code; 128 + n for signal n.
    pub code: u8,
    /// `Completed`, `Error`, `OOMKilled`, `StartError`.
    pub reason: String,
    /// The runtime's message, if it could not be started.
    pub message: String,
    /// When it began.
    pub since: SimTime,
    /// When it ended.
    pub at: SimTime,
    /// When the kubelet looks; before that it does not know.
    pub noticed_at: SimTime,
}

/// A wait that doubles. Models client-go/util/flowcontrol/backoff.go.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct BackOff {
    /// How long, from the end of the run.
    pub wait: Millis,
    /// When it was last lengthened.
    pub updated: SimTime,
}

/// What a kubelet remembers of a probe.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct ProbeRun {
    /// From when its ticks are counted.
    pub base: SimTime,
    /// The last outcome, and how often it came in a row.
    pub streak: Option<(bool, u32)>,
    /// The result after thresholds.
    pub result: Option<bool>,
    /// Since when a probe is under way.
    pub in_flight: Option<SimTime>,
}

impl Kubelets {
    pub(super) fn new(options: &Options) -> Kubelets {
        let nodes = (1..).zip(&options.nodes).map(|(number, option)| {
            let run = NodeRun {
                lost: false,
                ip: option.ip.clone(),
                pod_net: format!("10.244.{number}"),
                last_ip: 1,
                images: SortedSet::new(),
                pulls: Vec::new(),
            };
            (option.name.clone(), Arc::new(run))
        });
        Kubelets { pods: SortedMap::new(), nodes: nodes.collect() }
    }

    /// To change a pod's memory.
    pub(super) fn pod_mut(&mut self, uid: &PodUid) -> Option<&mut PodRun> {
        self.pods.get_mut(uid).map(Arc::make_mut)
    }

    /// Whether a pod on this node has a volume mounted.
    pub(super) fn mounts(&self, node: &NodeName, volume: &VolumeId) -> bool {
        self.pods.values().any(|run| {
            run.node == *node
                && run.volumes.as_ref().is_some_and(|all| all.values().any(|one| one == volume))
        })
    }

    /// The machine is gone, and everything that ran on it.
    pub(super) fn stop_all(&mut self, node: &NodeName, now: SimTime) {
        for run in self.pods.values_mut().filter(|run| run.node == *node) {
            let run = Arc::make_mut(run);
            for container in run.containers.values_mut() {
                if let State::Running { since } = container.state {
                    container.exit(WaitStatus::Code(255), "Unknown", since, now, now);
                }
            }
            for probe in run.probes.values_mut() {
                probe.in_flight = None;
            }
        }
        if let Some(node) = self.nodes.get_mut(node) {
            Arc::make_mut(node).pulls.clear();
        }
    }

    /// The machine is back: every pod gets a new sandbox, and its init containers run again.
    pub(super) fn restart_all(&mut self, node: &NodeName) -> Vec<PodUid> {
        let mut found = Vec::new();
        for (uid, run) in self.pods.iter_mut().filter(|(_, run)| run.node == *node) {
            found.push(uid.clone());
            // What has run and is never to be restarted stays ended.
            let has_run = run.containers.values().any(|container| container.next_attempt > 0);
            if run.pod.spec.restart_policy == "Never" && has_run {
                continue;
            }
            let run = Arc::make_mut(run);
            run.sandbox = None;
            run.volumes = None;
            run.pulling = None;
            for container in run.containers.values_mut() {
                container.forget_run();
            }
        }
        found
    }
}

impl PodRun {
    /// Its address, once it can be used or is about to be.
    pub fn ip(&self) -> Option<&str> {
        self.sandbox.as_ref().map(|sandbox| sandbox.ip.as_str())
    }

    /// Its name.
    pub fn name(&self) -> PodName {
        self.key.name.as_str().into()
    }

    /// Init containers, then containers, with whether they are init containers.
    pub(super) fn all(&self) -> impl Iterator<Item = (&Container, bool)> {
        let spec = &self.pod.spec;
        let init = spec.init_containers.iter().map(|one| (one, true));
        init.chain(spec.containers.iter().map(|one| (one, false)))
    }

    pub(super) fn container(&self, name: &str) -> Option<&ContainerRun> {
        self.containers.get(name)
    }

    /// The run of a container that this id names, if it is the one that runs now.
    pub(super) fn running(&mut self, id: &ContainerId) -> Option<&mut ContainerRun> {
        let container = self.containers.get_mut(&id.name)?;
        let current = container.next_attempt == id.attempt + 1;
        let up = matches!(container.state, State::Running { .. } | State::Starting);
        (current && up).then_some(container)
    }

    /// A probe as the manifest gives it.
    pub(super) fn probe(&self, container: &str, kind: ProbeKind) -> Option<&Probe> {
        super::fault::declared_probe(&self.pod, container, kind)
    }
}

impl ContainerRun {
    /// Notes the end of a run.
    fn exit(
        &mut self,
        status: WaitStatus,
        reason: &str,
        since: SimTime,
        at: SimTime,
        noticed_at: SimTime,
    ) {
        self.state = State::Exited(Exit {
            attempt: self.next_attempt.saturating_sub(1),
            code: status.code(),
            reason: reason.to_string(),
            message: String::new(),
            since,
            at,
            noticed_at,
        });
        self.ready = false;
        self.started = false;
        self.killed_at = None;
    }

    /// Its sandbox is new: it has to run again.
    fn forget_run(&mut self) {
        if let State::Exited(exit) = std::mem::take(&mut self.state) {
            self.last = Some(exit);
        }
        self.ready = false;
        self.started = false;
        self.killed_at = None;
        self.trouble = None;
    }

    /// The end of its run, if the kubelet knows of it.
    pub(super) fn known_exit(&self, now: SimTime) -> Option<&Exit> {
        match &self.state {
            State::Exited(exit) if exit.noticed_at <= now => Some(exit),
            _ => None,
        }
    }

    /// Whether it has a process, as far as the kubelet knows.
    pub(super) fn seems_running(&self, now: SimTime) -> Option<SimTime> {
        match &self.state {
            State::Running { since } => Some(*since),
            State::Exited(exit) if exit.noticed_at > now => Some(exit.since),
            _ => None,
        }
    }

    /// How often it was started again.
    pub(super) fn restarts(&self) -> u32 {
        self.next_attempt.saturating_sub(1)
    }
}

impl BackOff {
    /// The wait before the next start of something that has just failed for the first time, or once
    /// more.
    pub(super) fn next(old: Option<BackOff>, failed_at: SimTime, now: SimTime) -> BackOff {
        let expired = Millis(timing::BACK_OFF_MAX.0 * 2);
        let wait = match old {
            Some(old) if failed_at.since(old.updated) <= expired => {
                Millis(old.wait.0 * 2).min(timing::BACK_OFF_MAX)
            }
            _ => timing::BACK_OFF,
        };
        BackOff { wait, updated: now }
    }

    /// Until when a start has to wait after a failure; `None`: not at all.
    pub(super) fn until(old: Option<BackOff>, failed_at: SimTime, now: SimTime) -> Option<SimTime> {
        let old = old?;
        if failed_at.since(old.updated) > Millis(timing::BACK_OFF_MAX.0 * 2) {
            return None;
        }
        let end = failed_at + old.wait;
        (now < end).then_some(end)
    }
}

/// A duration as Go prints it, with milliseconds: `820ms`, `5.1s`, `1m2.5s`.
pub(super) fn go_seconds(duration: Millis) -> String {
    if duration.0 == 0 {
        return "0s".to_string();
    }
    if duration.0 < 1_000 {
        return format!("{}ms", duration.0);
    }
    let (minutes, rest) = (duration.0 / 60_000, duration.0 % 60_000);
    let mut secs = (rest / 1_000).to_string();
    if rest % 1_000 > 0 {
        let fraction = format!("{:03}", rest % 1_000);
        secs = format!("{secs}.{}", fraction.trim_end_matches('0'));
    }
    if minutes > 0 { format!("{minutes}m{secs}s") } else { format!("{secs}s") }
}
