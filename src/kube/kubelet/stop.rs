//! Containers are stopped, pods end. Models kuberuntime_container.go `killContainer` and kubelet.go
//! `SyncTerminatingPod`.

use super::probe::port_of;
use super::{PodRun, State, Stopping};
use crate::base::{ContainerId, ContainerName, Millis, PodUid, SimTime};
use crate::kube::cluster::{Cluster, enqueue, later, tell};
use crate::kube::event::{normal, warning};
use crate::kube::store::cluster_key;
use crate::kube::timing;
use crate::manifest::object::{Container, LifecycleHandler};
use crate::os::{Signal, WaitStatus};
use crate::sim::{
    Controller, DialSpec, Effect, ExecOutcome, ExecSpec, ExecToken, KubeAction, KubeTimer, Out,
};
use crate::trace::Via;
use crate::trace::fact::KubeFact;

/// How long a hook waits for an answer: Go's HTTP client, which would wait for ever, gives up
/// where the pod's time is over.
const HTTP_HOOK_MAX: Millis = Millis::secs(30);

impl Cluster {
    /// One look at a pod that has to go. `stored`: whether the API server still has it.
    pub(super) fn stop(&mut self, uid: &PodUid, stored: bool, now: SimTime, out: &mut Out) {
        let Some(run) = self.kubelets.pods.get(uid).cloned() else { return };
        let own = run.pod.spec.termination_grace_period_seconds.unwrap_or(30);
        let grace = run.pod.metadata.deletion_grace_period_seconds.unwrap_or(own);
        let grace = grace.max(timing::GRACE_MIN_SECS);
        let deadline = now + Millis::secs(grace.unsigned_abs());
        match &run.stopping {
            None => self.begin_stop(uid, deadline, grace, now, out),
            // A shorter grace period than the one before.
            Some(stopping) if deadline < stopping.deadline => {
                self.hasten(uid, deadline, now, out);
            }
            Some(_) => {}
        }
        self.stop_sidecars(uid, now, out);
        let Some(run) = self.kubelets.pods.get(uid).cloned() else { return };
        let alive = run.containers.values().any(|one| one.seems_running(now).is_some())
            || run.containers.values().any(|one| matches!(one.state, State::Starting));
        if alive {
            self.report(uid, now, out);
            self.arm_stop(&run, uid, now, out);
            return;
        }
        if !run.stopping.as_ref().is_some_and(|one| one.reported) && stored {
            if let Some(stopping) = self.run_mut(uid).and_then(|run| run.stopping.as_mut()) {
                stopping.reported = true;
            }
            self.report(uid, now, out);
            let sync = KubeAction::Sync(run.node.clone(), uid.clone());
            later(out, sync, Millis(50), Via::Next);
            return;
        }
        self.clean_up(uid, out);
    }

    fn begin_stop(
        &mut self,
        uid: &PodUid,
        deadline: SimTime,
        grace: i64,
        now: SimTime,
        out: &mut Out,
    ) {
        let Some(run) = self.run_mut(uid) else { return };
        run.stopping = Some(Stopping { deadline, reported: false });
        run.pulling = None;
        let (pod, node) = (run.name(), run.node.clone());
        let running: Vec<ContainerName> = run
            .all()
            .filter(|(one, init)| !(*init && one.is_restartable_init()))
            .map(|(one, _)| ContainerName::from(one.name.as_str()))
            .filter(|name| {
                run.containers
                    .get(name)
                    .is_some_and(|one| matches!(one.state, State::Running { .. } | State::Starting))
            })
            .collect();
        let kubelets = std::sync::Arc::make_mut(&mut self.kubelets);
        if let Some(node) = kubelets.nodes.get_mut(&node).map(std::sync::Arc::make_mut) {
            node.pulls.retain(|pull| pull.pod != *uid || pull.started.is_some());
        }
        if !running.is_empty() {
            let grace = Millis::secs(grace.unsigned_abs());
            tell(out, KubeFact::PodStopping { pod, containers: running.clone(), grace });
        }
        for name in running {
            let text = format!("Stopping container {name}");
            self.container_event(uid, &name, normal("Killing", text), now);
            self.kill_container(uid, &name, grace, now, out);
        }
    }

    fn hasten(&mut self, uid: &PodUid, deadline: SimTime, now: SimTime, out: &mut Out) {
        let Some(run) = self.run_mut(uid) else { return };
        if let Some(stopping) = run.stopping.as_mut() {
            stopping.deadline = deadline;
        }
        for (name, container) in &run.containers {
            if container.killed_at.is_some() {
                let attempt = container.next_attempt.saturating_sub(1);
                let id = ContainerId { pod: uid.clone(), name: name.clone(), attempt };
                let timer = KubeAction::Timer(KubeTimer::GraceOver(id));
                later(out, timer, deadline.since(now), Via::Timer);
            }
        }
    }

    /// Sidecars go after the other containers, last one first.
    fn stop_sidecars(&mut self, uid: &PodUid, now: SimTime, out: &mut Out) {
        let Some(run) = self.kubelets.pods.get(uid).cloned() else { return };
        let Some(stopping) = &run.stopping else { return };
        let alive =
            |name: &str| run.container(name).is_some_and(|one| one.seems_running(now).is_some());
        if run.pod.spec.containers.iter().any(|one| alive(&one.name)) {
            return;
        }
        let mut sidecars = run.pod.spec.init_containers.iter().rev().filter(|one| alive(&one.name));
        let Some(next) = sidecars.next() else { return };
        let name = ContainerName::from(next.name.as_str());
        if run.container(&name).is_some_and(|one| one.killed_at.is_some()) {
            return;
        }
        let left = i64::try_from(stopping.deadline.since(now).0 / 1_000).unwrap_or(0);
        let text = format!("Stopping container {name}");
        self.container_event(uid, &name, normal("Killing", text), now);
        self.kill_container(uid, &name, left.max(timing::GRACE_MIN_SECS), now, out);
    }

    fn arm_stop(&self, run: &PodRun, uid: &PodUid, now: SimTime, out: &mut Out) {
        let unnoticed = run.containers.values().filter_map(|one| match &one.state {
            State::Exited(exit) if exit.noticed_at > now => Some(exit.noticed_at),
            _ => None,
        });
        if let Some(at) = unnoticed.min() {
            let sync = KubeAction::Sync(run.node.clone(), uid.clone());
            later(out, sync, at.since(now), Via::Next);
        }
    }

    /// The pod has stopped: its node forgets it, and the API server may.
    fn clean_up(&mut self, uid: &PodUid, out: &mut Out) {
        let kubelets = std::sync::Arc::make_mut(&mut self.kubelets);
        let Some(run) = kubelets.pods.remove(uid) else { return };
        out.ask(Effect::RemoveSandbox(uid.clone()));
        for volume in &run.pod.spec.volumes {
            let stays = volume.persistent_volume_claim.is_some() || volume.host_path.is_some();
            let id = run.volumes.as_ref().and_then(|all| all.get(&volume.name));
            if let Some(id) = id.filter(|_| !stays) {
                out.ask(Effect::RemoveVolume(id.clone()));
            }
        }
        tell(out, KubeFact::PodGone { pod: run.name(), node: run.node.clone() });
        enqueue(out, Controller::AttachDetach, cluster_key("volumes"));
        let stored = self.store.pods.get(&run.key).cloned();
        let Some(pod) = stored.filter(|pod| pod.metadata.uid == uid.as_str()) else { return };
        if pod.metadata.finalizers.is_empty() {
            self.remove_pod(&run.key, out);
            return;
        }
        // Nothing runs any more; it stays until its finalizers are gone.
        let mut next = (*pod).clone();
        next.metadata.deletion_grace_period_seconds = Some(0);
        self.put_pod(next, out);
    }

    /// Asks a container to stop: its hook first, then the signal, then no choice.
    pub(super) fn kill_container(
        &mut self,
        uid: &PodUid,
        name: &ContainerName,
        grace_secs: i64,
        now: SimTime,
        out: &mut Out,
    ) {
        let Some(run) = self.run_mut(uid) else { return };
        let Some(spec) = run.pod.spec.container(name).cloned() else { return };
        let Some(container) = run.containers.get_mut(name) else { return };
        if container.killed_at.is_some() {
            return;
        }
        let grace = Millis::secs(grace_secs.max(1).unsigned_abs());
        container.killed_at = Some(now + grace);
        let attempt = container.next_attempt.saturating_sub(1);
        let id = ContainerId { pod: uid.clone(), name: name.clone(), attempt };
        let timer = KubeAction::Timer(KubeTimer::GraceOver(id.clone()));
        later(out, timer, grace, Via::Timer);
        let hook = spec.lifecycle.as_ref().and_then(|one| one.pre_stop.clone());
        let began = hook.is_some_and(|hook| self.run_hook(&id, &spec, &hook, now, out));
        if !began {
            self.signal(&id, &spec, out);
        }
    }

    fn signal(&self, id: &ContainerId, spec: &Container, out: &mut Out) {
        let wanted = spec.lifecycle.as_ref().and_then(|one| one.stop_signal.as_deref());
        let signal = wanted.and_then(Signal::parse).unwrap_or(Signal::Term);
        out.ask(Effect::SignalContainer(id.clone(), signal));
    }

    /// Starts a lifecycle hook; false if there is nothing to run. Models pkg/kubelet/lifecycle.
    fn run_hook(
        &mut self,
        id: &ContainerId,
        spec: &Container,
        hook: &LifecycleHandler,
        now: SimTime,
        out: &mut Out,
    ) -> bool {
        if let Some(exec) = &hook.exec {
            out.ask(Effect::Exec(ExecSpec {
                token: ExecToken::Hook(id.clone()),
                container: id.clone(),
                argv: exec.command.clone(),
                timeout: None,
            }));
            return true;
        }
        if let Some(sleep) = &hook.sleep {
            let timer = KubeAction::Timer(KubeTimer::HookOver(id.clone()));
            later(out, timer, Millis::secs(sleep.seconds.max(0).unsigned_abs()), Via::Timer);
            return true;
        }
        if let Some(dial) = self.hook_dial(id, spec, hook) {
            out.ask(Effect::Dial(dial));
            return true;
        }
        if hook.http_get.is_some() || hook.tcp_socket.is_some() {
            // The API knows `tcpSocket`, no kubelet can run it.
            let failed = ExecOutcome {
                status: Ok(WaitStatus::Code(1)),
                output: Vec::new(),
                timed_out: false,
            };
            self.hook_done(id, &failed, now, out);
            return true;
        }
        false
    }

    /// The request that a hook with `httpGet` sends; how it is answered does not matter.
    fn hook_dial(
        &self,
        id: &ContainerId,
        spec: &Container,
        hook: &LifecycleHandler,
    ) -> Option<DialSpec> {
        let get = hook.http_get.as_ref()?;
        let run = self.kubelets.pods.get(&id.pod)?;
        let ip = if get.host.is_empty() { run.ip()?.to_string() } else { get.host.clone() };
        Some(DialSpec {
            token: ExecToken::Hook(id.clone()),
            node: run.node.clone(),
            ip,
            port: port_of(spec, &get.port)?,
            http_path: Some(get.path.clone()),
            timeout: HTTP_HOOK_MAX,
        })
    }

    /// A container's `postStart`.
    pub(super) fn post_start(
        &mut self,
        id: &ContainerId,
        spec: &Container,
        now: SimTime,
        out: &mut Out,
    ) {
        if let Some(hook) = spec.lifecycle.as_ref().and_then(|one| one.post_start.as_ref()) {
            self.run_hook(id, spec, hook, now, out);
        }
    }

    /// A `sleep` hook is over.
    pub(in crate::kube) fn hook_over(&mut self, id: &ContainerId, now: SimTime, out: &mut Out) {
        let done = ExecOutcome { status: Ok(WaitStatus::OK), output: Vec::new(), timed_out: false };
        self.hook_done(id, &done, now, out);
    }

    pub(super) fn hook_done(
        &mut self,
        id: &ContainerId,
        outcome: &ExecOutcome,
        now: SimTime,
        out: &mut Out,
    ) {
        let Some(run) = self.run_mut(&id.pod) else { return };
        let Some(spec) = run.pod.spec.container(&id.name).cloned() else { return };
        let Some(container) = run.running(id) else { return };
        let stopping = container.killed_at.is_some();
        let good = outcome.status == Ok(WaitStatus::OK);
        if !good {
            let (reason, hook) = if stopping {
                ("FailedPreStopHook", "PreStopHook")
            } else {
                ("FailedPostStartHook", "PostStartHook")
            };
            self.container_event(&id.pod, &id.name, warning(reason, format!("{hook} failed")), now);
        }
        if stopping {
            self.signal(id, &spec, out);
        } else if !good {
            let text = "FailedPostStartHook".to_string();
            self.container_event(&id.pod, &id.name, normal("Killing", text), now);
            self.kill_container(&id.pod, &id.name, 30, now, out);
        }
    }

    /// A container was given its time.
    pub(in crate::kube) fn grace_over(&mut self, id: &ContainerId, _now: SimTime, out: &mut Out) {
        let Some(run) = self.run_mut(&id.pod) else { return };
        let pod = run.name();
        if run.running(id).is_some_and(|one| one.killed_at.is_some()) {
            tell(out, KubeFact::GraceOver { pod, container: id.name.clone() });
            out.ask(Effect::SignalContainer(id.clone(), Signal::Kill));
        }
    }
}
