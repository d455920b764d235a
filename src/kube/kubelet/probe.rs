//! Probes. Models pkg/kubelet/prober: workers that tick, thresholds, and what follows from a
//! result.

use super::env::expand_probe;
use super::{PodRun, ProbeRun, State};
use crate::base::{ContainerId, ContainerName, Millis, PodUid, SimTime};
use crate::kube::cluster::{Cluster, tell};
use crate::kube::event::{normal, warning};
use crate::manifest::object::{Container, IntOrString, Probe};
use crate::os::WaitStatus;
use crate::sim::{
    DialSpec, Effect, ExecOutcome, ExecSpec, ExecToken, KubeAction, KubeTimer, Out, ProbeKind,
};
use crate::trace::fact::KubeFact;
use crate::trace::{Site, SiteRole, Via};

/// All kinds, in the order in which they matter.
pub(super) const KINDS: [ProbeKind; 3] =
    [ProbeKind::Startup, ProbeKind::Readiness, ProbeKind::Liveness];

/// Bytes of a probe's output in an Event. Models `maxRespBodyLength`.
const OUTPUT_MAX: usize = 10 * 1_024;

fn kind_name(kind: ProbeKind) -> &'static str {
    match kind {
        ProbeKind::Startup => "Startup",
        ProbeKind::Readiness => "Readiness",
        ProbeKind::Liveness => "Liveness",
    }
}

fn field(kind: ProbeKind) -> &'static str {
    match kind {
        ProbeKind::Startup => "startupProbe",
        ProbeKind::Readiness => "readinessProbe",
        ProbeKind::Liveness => "livenessProbe",
    }
}

fn secs(n: i32) -> Millis {
    Millis::secs(u64::try_from(n).unwrap_or(0))
}

/// The first tick at which a probe may run: not before the delay, counted in whole seconds.
fn first_tick(
    base: SimTime,
    period: Millis,
    since: SimTime,
    delay: Millis,
    now: SimTime,
) -> SimTime {
    let earliest = (since + delay).max(now);
    let ticks = earliest.since(base).0.div_ceil(period.0.max(1)).max(1);
    base + period * ticks
}

/// A container's port by its number or name.
pub(super) fn port_of(container: &Container, port: &IntOrString) -> Option<u16> {
    match port {
        IntOrString::Int(number) => u16::try_from(*number).ok(),
        IntOrString::String(name) => container
            .ports
            .iter()
            .find(|one| one.name == *name)
            .and_then(|one| u16::try_from(one.container_port).ok()),
    }
}

impl Cluster {
    /// A container runs: its workers begin to look at it.
    pub(super) fn start_probes(
        &mut self,
        id: &ContainerId,
        container: &Container,
        now: SimTime,
        out: &mut Out,
    ) {
        let kinds: Vec<ProbeKind> = match container.startup_probe {
            Some(_) => vec![ProbeKind::Startup],
            None => vec![ProbeKind::Readiness, ProbeKind::Liveness],
        };
        let Some(run) = self.run_mut(&id.pod) else { return };
        let base = run.since;
        for kind in KINDS {
            run.probes.remove(&(id.name.clone(), kind));
        }
        for kind in kinds {
            if run.probe(&id.name, kind).is_some() {
                run.probes.insert((id.name.clone(), kind), ProbeRun { base, ..Default::default() });
            }
        }
        for kind in KINDS {
            self.arm_probe(&id.pod, &id.name, kind, now, out);
        }
    }

    /// Asks for a worker's next tick.
    fn arm_probe(
        &self,
        uid: &PodUid,
        name: &ContainerName,
        kind: ProbeKind,
        now: SimTime,
        out: &mut Out,
    ) {
        let Some(run) = self.kubelets.pods.get(uid) else { return };
        let (Some(probe), Some(state)) =
            (run.probe(name, kind), run.probes.get(&(name.clone(), kind)))
        else {
            return;
        };
        let Some(State::Running { since }) = run.container(name).map(|one| &one.state) else {
            return;
        };
        let (period, delay) = (secs(probe.period_seconds), secs(probe.initial_delay_seconds));
        let at = first_tick(state.base, period, *since, delay, now + Millis(1));
        self.ask_tick(run, uid, name, kind, at.since(now), out);
    }

    fn ask_tick(
        &self,
        run: &PodRun,
        uid: &PodUid,
        name: &ContainerName,
        kind: ProbeKind,
        after: Millis,
        out: &mut Out,
    ) {
        let timer = KubeTimer::Probe(uid.clone(), name.clone(), kind);
        out.ask(Effect::Later {
            action: KubeAction::Timer(timer),
            after,
            via: Via::Timer,
            idle: is_stable(run, name, kind),
        });
    }

    /// While a started container is not ready, every look at its pod probes it at once and restarts
    /// the ticker. Models `UpdatePodStatus`' manual trigger.
    pub(super) fn hurry_readiness(&mut self, uid: &PodUid, now: SimTime, out: &mut Out) {
        let Some(run) = self.kubelets.pods.get(uid).cloned() else { return };
        for (name, kind) in run.probes.keys().filter(|(_, kind)| *kind == ProbeKind::Readiness) {
            let Some(container) = run.container(name) else { continue };
            let State::Running { since } = container.state else { continue };
            if container.ready || !container.started {
                continue;
            }
            let Some(probe) = run.probe(name, *kind) else { continue };
            let delay = secs(probe.initial_delay_seconds);
            let Some(state) =
                self.run_mut(uid).and_then(|run| run.probes.get_mut(&(name.clone(), *kind)))
            else {
                continue;
            };
            state.base = now;
            let busy = state.in_flight.is_some();
            let timer = KubeTimer::Probe(uid.clone(), name.clone(), *kind);
            out.ask(Effect::Never(KubeAction::Timer(timer)));
            if now >= since + delay && !busy {
                self.ask_tick(&run, uid, name, *kind, Millis::ZERO, out);
            } else {
                self.arm_probe(uid, name, *kind, now, out);
            }
        }
    }

    /// A worker's tick: the probe runs.
    pub(in crate::kube) fn probe_tick(
        &mut self,
        uid: &PodUid,
        name: &ContainerName,
        kind: ProbeKind,
        now: SimTime,
        out: &mut Out,
    ) {
        let Some(run) = self.kubelets.pods.get(uid).cloned() else { return };
        let (Some(probe), Some(container)) = (run.probe(name, kind), run.container(name)) else {
            return;
        };
        let waits = run.probes.get(&(name.clone(), kind)).is_none_or(|one| one.in_flight.is_some());
        let up = matches!(container.state, State::Running { .. }) && container.killed_at.is_none();
        let over = run.stopping.is_some() && kind != ProbeKind::Readiness;
        if waits || !up || over {
            return;
        }
        let attempt = container.next_attempt.saturating_sub(1);
        let id = ContainerId { pod: uid.clone(), name: name.clone(), attempt };
        let token = ExecToken::Probe(uid.clone(), name.clone(), kind);
        let timeout = secs(probe.timeout_seconds);
        if let Some(exec) = &probe.exec {
            out.ask(Effect::Exec(ExecSpec {
                token,
                container: id,
                argv: expand_probe(&exec.command, &run, name),
                timeout: Some(timeout),
            }));
        } else if let Some(dial) = self.dial(&run, name, probe, token, timeout) {
            out.ask(Effect::Dial(dial));
        } else {
            return;
        }
        if let Some(state) =
            self.run_mut(uid).and_then(|run| run.probes.get_mut(&(name.clone(), kind)))
        {
            state.in_flight = Some(now);
            // A probe that has succeeded before is news only once it fails.
            if matches!(state.streak, Some((true, _))) {
                return;
            }
        }
        tell(out, KubeFact::ProbeRuns { pod: run.name(), container: name.clone(), kind });
        self.mark_probe(&run, name, kind, SiteRole::Declared, out);
    }

    fn mark_probe(&self, run: &PodRun, name: &str, kind: ProbeKind, role: SiteRole, out: &mut Out) {
        if let Some(path) = run.pod.spec.path_of(name) {
            let place = self.pod_place(&run.pod, &format!("spec.{path}.{}", field(kind)));
            out.mark(Site { place, role });
        }
    }

    fn dial(
        &self,
        run: &PodRun,
        name: &str,
        probe: &Probe,
        token: ExecToken,
        timeout: Millis,
    ) -> Option<DialSpec> {
        let container = run.pod.spec.container(name)?;
        let (host, port, http_path) = if let Some(get) = &probe.http_get {
            (&get.host, port_of(container, &get.port)?, Some(get.path.clone()))
        } else if let Some(tcp) = &probe.tcp_socket {
            (&tcp.host, port_of(container, &tcp.port)?, None)
        } else {
            let grpc = probe.grpc.as_ref()?;
            return Some(DialSpec {
                token,
                node: run.node.clone(),
                ip: run.ip()?.to_string(),
                port: u16::try_from(grpc.port).ok()?,
                http_path: None,
                timeout,
            });
        };
        let ip = if host.is_empty() { run.ip()?.to_string() } else { host.clone() };
        Some(DialSpec { token, node: run.node.clone(), ip, port, http_path, timeout })
    }

    /// A command that was asked for has ended: a probe, or a lifecycle hook. Others are not ours.
    pub fn exec_done(
        &mut self,
        token: &ExecToken,
        outcome: ExecOutcome,
        now: SimTime,
        out: &mut Out,
    ) {
        match token {
            ExecToken::Probe(uid, name, kind) => {
                self.probe_done(uid, name, *kind, &outcome, now, out);
            }
            ExecToken::Hook(id) => self.hook_done(id, &outcome, now, out),
            ExecToken::Terminal(_) => {}
        }
    }

    fn probe_done(
        &mut self,
        uid: &PodUid,
        name: &ContainerName,
        kind: ProbeKind,
        outcome: &ExecOutcome,
        now: SimTime,
        out: &mut Out,
    ) {
        let Some(run) = self.kubelets.pods.get(uid).cloned() else { return };
        let at = (name.clone(), kind);
        let Some(probe) = run.probe(name, kind).cloned() else { return };
        let Some(state) = self.run_mut(uid).and_then(|run| run.probes.get_mut(&at)) else { return };
        // A result of an earlier run of the container counts for nothing.
        let Some(began) = state.in_flight.take() else { return };
        state.base = state.base.max(began);
        if let Err(error) = &outcome.status
            && !outcome.timed_out
        {
            let text =
                format!("{} probe errored and resulted in unknown state: {error}", kind_name(kind));
            self.container_event(uid, name, warning("Unhealthy", text), now);
            self.rearm(uid, name, kind, began, now, out);
            return;
        }
        let good = outcome.status == Ok(WaitStatus::OK) && !outcome.timed_out;
        let count = match state.streak {
            Some((was, count)) if was == good => count.saturating_add(1),
            _ => 1,
        };
        state.streak = Some((good, count));
        if !good {
            let text =
                format!("{} probe failed: {}", kind_name(kind), words(&run, name, &probe, outcome));
            self.container_event(uid, name, warning("Unhealthy", text), now);
        }
        let threshold = if good { probe.success_threshold } else { probe.failure_threshold };
        let needed = u32::try_from(threshold).unwrap_or(1);
        let pod = run.name();
        let container = name.clone();
        if !good || count <= needed {
            tell(out, KubeFact::ProbeResult { pod, container, kind, good, count, needed });
        }
        if count >= needed {
            self.probe_result(uid, name, kind, good, now, out);
        }
        self.rearm(uid, name, kind, began, now, out);
    }

    /// The next tick after a probe that began at `began`.
    fn rearm(
        &mut self,
        uid: &PodUid,
        name: &ContainerName,
        kind: ProbeKind,
        began: SimTime,
        now: SimTime,
        out: &mut Out,
    ) {
        let Some(run) = self.kubelets.pods.get(uid) else { return };
        let Some(state) = run.probes.get(&(name.clone(), kind)) else { return };
        if state.in_flight.is_some() {
            return;
        }
        let Some(probe) = run.probe(name, kind) else { return };
        let period = secs(probe.period_seconds).max(Millis(1));
        let next = (began + period).max(now);
        self.ask_tick(run, uid, name, kind, next.since(now), out);
    }

    /// A result that has reached its threshold.
    fn probe_result(
        &mut self,
        uid: &PodUid,
        name: &ContainerName,
        kind: ProbeKind,
        good: bool,
        now: SimTime,
        out: &mut Out,
    ) {
        let Some(run) = self.run_mut(uid) else { return };
        let Some(state) = run.probes.get_mut(&(name.clone(), kind)) else { return };
        let changed = state.result != Some(good);
        state.result = Some(good);
        let pod = run.name();
        let Some(container) = run.containers.get_mut(name) else { return };
        match kind {
            ProbeKind::Readiness if container.ready != good => {
                container.ready = good;
                let run = self.kubelets.pods[uid].clone();
                tell(out, KubeFact::ContainerReady { pod, container: name.clone(), ready: good });
                self.mark_probe(&run, name, kind, SiteRole::Decided, out);
                self.report(uid, now, out);
            }
            ProbeKind::Startup if good && !container.started => {
                container.started = true;
                let readiness = run.probe(name, ProbeKind::Readiness).is_some();
                let base = run.since;
                if let Some(container) = run.containers.get_mut(name) {
                    container.ready = !readiness;
                }
                run.probes.remove(&(name.clone(), ProbeKind::Startup));
                for kind in [ProbeKind::Readiness, ProbeKind::Liveness] {
                    if run.probe(name, kind).is_some() {
                        run.probes
                            .insert((name.clone(), kind), ProbeRun { base, ..Default::default() });
                    }
                }
                for kind in [ProbeKind::Readiness, ProbeKind::Liveness] {
                    self.arm_probe(uid, name, kind, now, out);
                }
                let node = self.kubelets.pods[uid].node.clone();
                self.report(uid, now, out);
                let sync = KubeAction::Sync(node, uid.clone());
                crate::kube::cluster::later(out, sync, Millis(20), Via::Next);
            }
            ProbeKind::Liveness | ProbeKind::Startup if !good && changed => {
                self.kill_unhealthy(uid, name, kind, now, out);
            }
            _ => {}
        }
    }

    fn kill_unhealthy(
        &mut self,
        uid: &PodUid,
        name: &ContainerName,
        kind: ProbeKind,
        now: SimTime,
        out: &mut Out,
    ) {
        let Some(run) = self.kubelets.pods.get(uid).cloned() else { return };
        if run.stopping.is_some() {
            return;
        }
        let text = format!(
            "Container {name} failed {} probe, will be restarted",
            kind_name(kind).to_lowercase()
        );
        self.container_event(uid, name, normal("Killing", text), now);
        tell(out, KubeFact::Unhealthy { pod: run.name(), container: name.clone(), kind });
        self.mark_probe(&run, name, kind, SiteRole::Decided, out);
        let own = run.probe(name, kind).and_then(|probe| probe.termination_grace_period_seconds);
        let grace = own.or(run.pod.spec.termination_grace_period_seconds).unwrap_or(30);
        self.kill_container(uid, name, grace, now, out);
    }
}

/// What an Event says of a failure.
fn words(run: &PodRun, container: &str, probe: &Probe, outcome: &ExecOutcome) -> String {
    if outcome.timed_out
        && let Some(exec) = &probe.exec
    {
        return format!(
            "command timed out: \"{}\" timed out after {}s",
            expand_probe(&exec.command, run, container).join(" "),
            probe.timeout_seconds
        );
    }
    let bytes = &outcome.output[..outcome.output.len().min(OUTPUT_MAX)];
    String::from_utf8_lossy(bytes).into_owned()
}

/// Whether another tick can only say what is known already.
fn is_stable(run: &PodRun, name: &str, kind: ProbeKind) -> bool {
    let Some(state) = run.probes.get(&(ContainerName::from(name), kind)) else { return false };
    // A liveness probe counts as passed until it has failed.
    let Some((good, count)) = state.streak else { return kind == ProbeKind::Liveness };
    let Some(probe) = run.probe(name, kind) else { return false };
    let threshold = if good { probe.success_threshold } else { probe.failure_threshold };
    let reached = count >= u32::try_from(threshold).unwrap_or(1);
    match kind {
        ProbeKind::Startup => false,
        ProbeKind::Liveness => good,
        ProbeKind::Readiness => reached,
    }
}
