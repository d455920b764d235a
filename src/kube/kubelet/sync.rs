//! One look of a kubelet at one pod: at most one visible act, then the report, then when to look
//! again.

use std::sync::Arc;

use super::{BackOff, PodRun, Sandbox, State};
use crate::base::{ContainerId, ContainerName, Millis, NodeName, PodUid, SimTime, SortedMap};
use crate::kube::cluster::{Cluster, later, tell};
use crate::kube::event::{Source, Words, about_pod};
use crate::kube::store::key_of;
use crate::kube::timing;
use crate::kube::write::is_terminal;
use crate::manifest::object::{Container, Pod};
use crate::os::WaitStatus;
use crate::sim::{Effect, KubeAction, Out, SandboxSpec};
use crate::trace::Via;
use crate::trace::fact::KubeFact;

/// What a pod needs next.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Need {
    /// Start this container.
    Start(ContainerName),
    /// Nothing before this moment.
    Wait(SimTime, ContainerName),
    /// Nothing until something happens.
    Nothing,
    /// It has ended for good.
    Finished,
}

impl Cluster {
    /// One look at one pod.
    pub(in crate::kube) fn sync(
        &mut self,
        node: &NodeName,
        uid: &PodUid,
        now: SimTime,
        out: &mut Out,
    ) {
        if self.node_is_lost(node) {
            return;
        }
        let stored = self.store.pod(uid).cloned();
        if !self.kubelets.pods.contains_key(uid) {
            let Some(pod) = stored.clone() else { return };
            if is_terminal(&pod) || pod.spec.node_name != **node {
                return;
            }
            self.take_on(node, uid, pod, now, out);
            if !self.kubelets.pods[uid].pod.metadata.is_deleting() {
                return;
            }
        } else if let (Some(pod), Some(run)) = (&stored, self.run_mut(uid)) {
            run.pod = pod.clone();
        }
        let noticed = self.notice_exits(uid, now, out);
        let run = &self.kubelets.pods[uid];
        if stored.is_none() || run.pod.metadata.is_deleting() {
            self.stop(uid, stored.is_some(), now, out);
            return;
        }
        // A look begins with the report of what the one before came to; of an image that could not
        // be pulled nothing else is told, so that ErrImagePull is seen before ImagePullBackOff.
        let lags = run.containers.values().any(|one| {
            one.trouble.as_ref().is_some_and(|(reason, _)| reason.contains("ImagePull"))
        });
        if lags {
            self.report(uid, now, out);
        }
        let run = &self.kubelets.pods[uid];
        if !noticed && now >= run.busy_until && run.pulling.is_none() && !run.finished {
            self.advance(uid, now, out);
        }
        if !lags {
            self.report(uid, now, out);
        }
        self.hurry_readiness(uid, now, out);
        self.arm_sync(uid, noticed, now, out);
    }

    pub(super) fn run_mut(&mut self, uid: &PodUid) -> Option<&mut PodRun> {
        Arc::make_mut(&mut self.kubelets).pod_mut(uid)
    }

    fn take_on(
        &mut self,
        node: &NodeName,
        uid: &PodUid,
        pod: Arc<Pod>,
        now: SimTime,
        out: &mut Out,
    ) {
        let containers: SortedMap<ContainerName, super::ContainerRun> = pod
            .spec
            .init_containers
            .iter()
            .chain(&pod.spec.containers)
            .map(|one| (one.name.as_str().into(), super::ContainerRun::default()))
            .collect();
        let run = PodRun {
            key: key_of(&pod.metadata),
            node: node.clone(),
            pod,
            since: now,
            volumes: None,
            mount_retry: None,
            sandbox: None,
            containers,
            probes: SortedMap::new(),
            pulling: None,
            pull_trouble: SortedMap::new(),
            busy_until: now,
            stopping: None,
            finished: false,
        };
        let name = run.name();
        Arc::make_mut(&mut self.kubelets).pods.insert(uid.clone(), Arc::new(run));
        tell(out, KubeFact::KubeletTakesPod { pod: name, node: node.clone() });
        self.report(uid, now, out);
        later(out, KubeAction::Sync(node.clone(), uid.clone()), timing::WATCH, Via::Next);
    }

    /// Tells of containers that have ended since the last look.
    fn notice_exits(&mut self, uid: &PodUid, now: SimTime, out: &mut Out) -> bool {
        let Some(run) = self.kubelets.pods.get(uid) else { return false };
        let reported = |name: &str| {
            let status = &run.pod.status;
            let mut all = status.init_container_statuses.iter().chain(&status.container_statuses);
            all.find(|one| one.name == name).cloned()
        };
        let mut news = Vec::new();
        for (container, init) in run.all() {
            let Some(exit) = run.container(&container.name).and_then(|one| one.known_exit(now))
            else {
                continue;
            };
            let known = reported(&container.name).is_some_and(|status| {
                let id = super::status::container_id(uid, &container.name, exit.attempt);
                let of = |state: &crate::manifest::object::ContainerState| {
                    state.terminated.as_ref().is_some_and(|one| one.container_id == id)
                };
                of(&status.state) || of(&status.last_state)
            });
            if !known {
                news.push(KubeFact::ContainerEnded {
                    pod: run.name(),
                    container: container.name.as_str().into(),
                    init,
                    code: exit.code,
                });
            }
        }
        let any = !news.is_empty();
        news.into_iter().for_each(|fact| tell(out, fact));
        any
    }

    fn advance(&mut self, uid: &PodUid, now: SimTime, out: &mut Out) {
        let run = &self.kubelets.pods[uid];
        if run.volumes.is_none() {
            self.mount_volumes(uid, now, out);
            return;
        }
        if run.sandbox.is_none() {
            self.make_sandbox(uid, now, out);
            return;
        }
        match need(run, now) {
            Need::Start(name) => self.start(uid, &name, now, out),
            Need::Wait(_, name) => self.in_back_off(uid, &name, now, out),
            Need::Nothing => {}
            Need::Finished => self.finish(uid, out),
        }
    }

    fn make_sandbox(&mut self, uid: &PodUid, now: SimTime, out: &mut Out) {
        let kubelets = Arc::make_mut(&mut self.kubelets);
        let Some(run) = kubelets.pods.get(uid) else { return };
        let used: Vec<String> =
            kubelets.pods.values().filter_map(|run| run.ip().map(str::to_string)).collect();
        let Some(node) = kubelets.nodes.get_mut(&run.node).map(Arc::make_mut) else { return };
        let ip = if run.pod.spec.host_network { node.ip.clone() } else { node.next_ip(&used) };
        let pod = &run.pod;
        let spec = SandboxSpec {
            pod: uid.clone(),
            name: run.name(),
            namespace: run.key.namespace.clone(),
            node: run.node.clone(),
            ip: ip.clone(),
            hostname: if pod.spec.hostname.is_empty() {
                pod.metadata.name.clone()
            } else {
                pod.spec.hostname.clone()
            },
            subdomain: (!pod.spec.subdomain.is_empty()).then(|| pod.spec.subdomain.clone()),
        };
        let fact = KubeFact::SandboxMade { pod: run.name(), ip: ip.clone() };
        if run.containers.values().any(|one| one.next_attempt > 0) {
            let text = "Pod sandbox changed, it will be killed and re-created.";
            self.pod_run_event(uid, crate::kube::event::normal("SandboxChanged", text), now);
        }
        tell(out, fact);
        out.ask(Effect::CreateSandbox(spec));
        if let Some(run) = self.run_mut(uid) {
            let ready_at = now + timing::SANDBOX;
            run.sandbox = Some(Sandbox { ip, ready_at });
            run.busy_until = ready_at;
        }
    }

    /// A container waits before it is started again.
    fn in_back_off(&mut self, uid: &PodUid, name: &ContainerName, now: SimTime, out: &mut Out) {
        let Some(run) = self.run_mut(uid) else { return };
        let id = format!("{}_{}({uid})", run.key.name, run.key.namespace);
        let Some(container) = run.containers.get_mut(name) else { return };
        let wait = container.back_off.map_or(timing::BACK_OFF, |one| one.wait);
        let known = container.trouble.is_some();
        let message =
            format!("back-off {} restarting failed container={name} pod={id}", go_duration(wait));
        container.trouble = Some(("CrashLoopBackOff".to_string(), message));
        let (pod, restarts) = (run.name(), run.containers[name].restarts());
        let text = format!("Back-off restarting failed container {name} in pod {id}");
        self.container_event(uid, name, crate::kube::event::warning("BackOff", text), now);
        if !known {
            let container = name.clone();
            tell(out, KubeFact::BackOff { pod, container, wait, restarts });
        }
    }

    fn finish(&mut self, uid: &PodUid, out: &mut Out) {
        let Some(run) = self.run_mut(uid) else { return };
        run.finished = true;
        let failed = run
            .containers
            .values()
            .any(|one| matches!(&one.state, State::Exited(exit) if exit.code != 0));
        let pod = run.name();
        // Its containers stay, with what they have logged, until the pod is deleted.
        tell(out, KubeFact::PodFinished { pod, failed });
    }

    /// Asks for the next look.
    fn arm_sync(&self, uid: &PodUid, noticed: bool, now: SimTime, out: &mut Out) {
        let Some(run) = self.kubelets.pods.get(uid) else { return };
        let sync = KubeAction::Sync(run.node.clone(), uid.clone());
        if run.finished {
            return;
        }
        let mut at: Option<SimTime> = None;
        let mut by = |moment: SimTime| at = Some(at.map_or(moment, |at| at.min(moment)));
        for container in run.containers.values() {
            if let State::Exited(exit) = &container.state
                && exit.noticed_at > now
            {
                by(exit.noticed_at);
            }
        }
        if run.busy_until > now {
            by(run.busy_until);
        } else if noticed {
            by(now + Millis(20));
        } else if let Some((_, retry)) = run.mount_retry.filter(|_| run.volumes.is_none()) {
            by(retry.max(now + Millis(1)));
        } else if run.volumes.is_some() && run.pulling.is_none() {
            match need(run, now) {
                Need::Wait(until, name) => {
                    let left = until.since(now).min(timing::RESYNC);
                    let container = &run.containers[&name];
                    let jitter =
                        self.jitter(&(uid, &name, container.next_attempt, now), Millis(left.0 / 2));
                    by(now + left + jitter);
                }
                Need::Start(name) => by(now + self.retry_wait(run, &name, now)),
                Need::Finished => by(now + Millis(1)),
                Need::Nothing => {}
            }
        }
        if let Some(at) = at {
            later(out, sync, at.since(now), Via::Next);
        }
    }

    /// How long until a start is tried again: at once, or after an error as long as the pod
    /// workers' queue waits.
    fn retry_wait(&self, run: &PodRun, name: &ContainerName, now: SimTime) -> Millis {
        let troubled = run.container(name).is_some_and(|one| one.trouble.is_some())
            && !matches!(run.container(name).map(|one| &one.state), Some(State::Exited(_)));
        if !troubled {
            return Millis(20);
        }
        let period = timing::BACK_OFF;
        period + self.jitter(&(&run.key, name, now), Millis(period.0 / 2))
    }

    /// The runtime has started a container's first process.
    pub fn container_started(&mut self, id: &ContainerId, now: SimTime, out: &mut Out) {
        let Some(run) = self.run_mut(&id.pod) else { return };
        let Some(container) = run.running(id) else { return };
        container.state = State::Running { since: now };
        container.trouble = None;
        let (pod, node) = (run.name(), run.node.clone());
        let Some(spec) = run.pod.spec.container(&id.name).cloned() else { return };
        let init = run.pod.spec.init_containers.iter().any(|one| one.name == spec.name);
        if let Some(container) = run.containers.get_mut(&id.name) {
            container.started = spec.startup_probe.is_none();
            container.ready = container.started && spec.readiness_probe.is_none();
        }
        run.busy_until = now + timing::CONTAINER_START;
        self.container_event(
            &id.pod,
            &id.name,
            crate::kube::event::normal("Started", "Container started"),
            now,
        );
        tell(
            out,
            KubeFact::ContainerStarted {
                pod,
                container: id.name.clone(),
                init,
                attempt: id.attempt,
            },
        );
        self.start_probes(id, &spec, now, out);
        self.post_start(id, &spec, now, out);
        later(out, KubeAction::Sync(node, id.pod.clone()), timing::CONTAINER_START, Via::Next);
    }

    /// The runtime could not start a container (no such executable …).
    pub fn container_start_failed(
        &mut self,
        id: &ContainerId,
        message: &str,
        now: SimTime,
        out: &mut Out,
    ) {
        let text = format!("Error: {message}");
        let Some(run) = self.run_mut(&id.pod) else { return };
        let node = run.node.clone();
        let pod = run.name();
        let Some(container) = run.running(id) else { return };
        container.exit(WaitStatus::Code(128), "StartError", SimTime::START, now, now);
        if let State::Exited(exit) = &mut container.state {
            exit.message = message.to_string();
        }
        let words = crate::kube::event::warning("Failed", text.clone());
        self.container_event(&id.pod, &id.name, words, now);
        let container = id.name.clone();
        tell(out, KubeFact::StartFailed { pod, container, message: text });
        later(out, KubeAction::Sync(node, id.pod.clone()), timing::CONTAINER_START, Via::Next);
    }

    /// A container's first process has ended. The kubelet notices at its next look.
    pub fn container_exited(
        &mut self,
        id: &ContainerId,
        status: WaitStatus,
        now: SimTime,
        out: &mut Out,
    ) {
        let reason = if status.code() == 0 { "Completed" } else { "Error" };
        self.container_ended(id, status, reason, now, out);
    }

    /// A container used more memory than its limit.
    pub fn container_out_of_memory(&mut self, id: &ContainerId, now: SimTime, out: &mut Out) {
        let killed = WaitStatus::Signal(crate::os::Signal::Kill);
        self.container_ended(id, killed, "OOMKilled", now, out);
    }

    fn container_ended(
        &mut self,
        id: &ContainerId,
        status: WaitStatus,
        reason: &str,
        now: SimTime,
        out: &mut Out,
    ) {
        let Some(run) = self.run_mut(&id.pod) else { return };
        let node = run.node.clone();
        let Some(container) = run.running(id) else { return };
        let since = match container.state {
            State::Running { since } => since,
            _ => now,
        };
        let wait = Millis(timing::RELIST.0 - now.0 % timing::RELIST.0);
        container.exit(status, reason, since, now, now + wait);
        for (_, probe) in run.probes.iter_mut().filter(|((name, _), _)| *name == id.name) {
            probe.in_flight = None;
        }
        out.ask(Effect::Never(KubeAction::Timer(crate::sim::KubeTimer::GraceOver(id.clone()))));
        for kind in super::probe::KINDS {
            let timer = crate::sim::KubeTimer::Probe(id.pod.clone(), id.name.clone(), kind);
            out.ask(Effect::Never(KubeAction::Timer(timer)));
        }
        later(out, KubeAction::Sync(node, id.pod.clone()), wait, Via::Wait);
    }

    /// An Event about a container.
    pub(super) fn container_event(
        &mut self,
        uid: &PodUid,
        container: &str,
        words: Words<'_>,
        now: SimTime,
    ) {
        let Some(run) = self.kubelets.pods.get(uid) else { return };
        let spec = &run.pod.spec;
        let init = spec.init_containers.iter().any(|one| one.name == container);
        let list = if init { "initContainers" } else { "containers" };
        let about = about_pod(&run.pod, &format!("spec.{list}{{{container}}}"));
        let node = run.node.clone();
        self.event(&about, &Source { component: "kubelet", host: &node }, words, now);
    }

    /// An Event about a pod.
    pub(super) fn pod_run_event(&mut self, uid: &PodUid, words: Words<'_>, now: SimTime) {
        let Some(run) = self.kubelets.pods.get(uid) else { return };
        let about = about_pod(&run.pod, "");
        let node = run.node.clone();
        self.event(&about, &Source { component: "kubelet", host: &node }, words, now);
    }
}

/// What a pod whose volumes and sandbox are there needs. Models `computePodActions`.
fn need(run: &PodRun, now: SimTime) -> Need {
    let spec = &run.pod.spec;
    let policy = spec.restart_policy.as_str();
    let mains_begun = spec
        .containers
        .iter()
        .any(|one| run.container(&one.name).is_some_and(|run| run.next_attempt > 0));
    for container in &spec.init_containers {
        let sidecar = container.is_restartable_init();
        let Some(state) = run.container(&container.name) else { continue };
        match &state.state {
            State::Running { .. } if sidecar && (state.started || mains_begun) => {}
            State::Starting | State::Running { .. } => return Need::Nothing,
            State::Exited(exit) if exit.noticed_at > now => return Need::Nothing,
            State::Exited(exit) if exit.code == 0 && !sidecar => {}
            State::Exited(_) if mains_begun && !sidecar => {}
            State::Exited(_) if policy == "Never" && !sidecar => return Need::Finished,
            State::Exited(_) => match back_off_need(run, container, now) {
                Need::Wait(..) if mains_begun => {}
                other => return other,
            },
            State::None => return Need::Start(container.name.as_str().into()),
        }
    }
    let mut wait: Option<Need> = None;
    let mut alive = false;
    for container in &spec.containers {
        let Some(state) = run.container(&container.name) else { continue };
        let again = |code: u8| policy == "Always" || (policy == "OnFailure" && code != 0);
        match &state.state {
            State::None => return Need::Start(container.name.as_str().into()),
            State::Starting | State::Running { .. } => alive = true,
            State::Exited(exit) if exit.noticed_at > now => alive = true,
            State::Exited(exit) if again(exit.code) => {
                alive = true;
                match back_off_need(run, container, now) {
                    Need::Wait(at, name) => {
                        let earlier = match &wait {
                            Some(Need::Wait(before, _)) => at < *before,
                            _ => true,
                        };
                        if earlier {
                            wait = Some(Need::Wait(at, name));
                        }
                    }
                    start => return start,
                }
            }
            State::Exited(_) => {}
        }
    }
    match wait {
        Some(wait) => wait,
        None if alive => Need::Nothing,
        None => Need::Finished,
    }
}

/// Models `doBackOff`: a container that has ended is started again, now or later.
fn back_off_need(run: &PodRun, container: &Container, now: SimTime) -> Need {
    let name = ContainerName::from(container.name.as_str());
    let Some(state) = run.container(&name) else { return Need::Nothing };
    let State::Exited(exit) = &state.state else { return Need::Nothing };
    match BackOff::until(state.back_off, exit.at, now) {
        Some(until) => Need::Wait(until, name),
        None => Need::Start(name),
    }
}

/// A duration as Go prints it, whole seconds: `10s`, `2m40s`, `5m0s`.
pub(super) fn go_duration(duration: Millis) -> String {
    let secs = duration.0 / 1_000;
    if secs < 60 { format!("{secs}s") } else { format!("{}m{}s", secs / 60, secs % 60) }
}

impl super::NodeRun {
    /// The next free address, as host-local gives them: ever upwards, then from the start.
    fn next_ip(&mut self, used: &[String]) -> String {
        loop {
            self.last_ip = if self.last_ip >= 254 { 2 } else { self.last_ip + 1 };
            let ip = format!("{}.{}", self.pod_net, self.last_ip);
            // A node takes at most 110 pods, so one of the 253 addresses is free.
            if !used.contains(&ip) {
                return ip;
            }
        }
    }
}
