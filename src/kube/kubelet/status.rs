//! What a kubelet reports of a pod. Models kubelet_pods.go `generateAPIPodStatus` and
//! pkg/kubelet/status/generate.go.

use super::{ContainerRun, Exit, PodRun, State};
use crate::base::digest::Digest;
use crate::base::{PodUid, SimTime};
use crate::kube::cluster::{Cluster, tell};
use crate::kube::options::full_reference;
use crate::manifest::object::{
    Container, ContainerState, ContainerStatus, IpEntry, PodCondition, PodStatus, StateRunning,
    StateTerminated, StateWaiting, Time,
};
use crate::sim::Out;
use crate::trace::fact::KubeFact;

/// The runtime's id of a container's run.
pub(super) fn container_id(uid: &PodUid, name: &str, attempt: u32) -> String {
    let word = |salt: u64| Digest::of(&(uid, name, attempt, salt)).0;
    format!("containerd://{:016x}{:016x}{:016x}{:016x}", word(1), word(2), word(3), word(4))
}

/// An image's digest, as a runtime that has it reports it.
fn image_id(image: &str) -> String {
    let full = full_reference(image);
    let repository = full.rsplit_once(':').map_or(full.as_str(), |(before, _)| before);
    let word = |salt: u64| Digest::of(&(&full, salt)).0;
    format!("{repository}@sha256:{:016x}{:016x}{:016x}{:016x}", word(1), word(2), word(3), word(4))
}

/// Sets a condition; its time of transition is kept while its status stays.
pub(in crate::kube) fn set_condition(
    conditions: &mut Vec<PodCondition>,
    mut next: PodCondition,
    now: SimTime,
) {
    match conditions.iter_mut().find(|one| one.kind == next.kind) {
        Some(old) => {
            let same = old.status == next.status;
            next.last_transition_time =
                if same { old.last_transition_time } else { Some(Time(now)) };
            *old = next;
        }
        None => {
            next.last_transition_time = Some(Time(now));
            conditions.push(next);
        }
    }
}

impl Cluster {
    /// Writes a pod's status if it changed.
    pub(super) fn report(&mut self, uid: &PodUid, now: SimTime, out: &mut Out) {
        let Some(run) = self.kubelets.pods.get(uid) else { return };
        let Some(stored) = self.store.pod(uid).cloned() else { return };
        let host_ip = self.kubelets.nodes.get(&run.node).map(|node| node.ip.clone());
        let status = status_of(run, uid, &stored.status, host_ip.unwrap_or_default(), now);
        if status == stored.status {
            return;
        }
        let name = run.name();
        let (was, is) = (stored.status.is_true("Ready"), status.is_true("Ready"));
        let phase = (stored.status.phase != status.phase).then(|| status.phase.clone());
        let mut next = (*stored).clone();
        next.status = status;
        if let Some(run) = self.run_mut(uid) {
            run.pod = std::sync::Arc::new(next.clone());
        }
        self.put_pod(next, out);
        if was != is {
            tell(out, KubeFact::PodReady { pod: name.clone(), ready: is });
        }
        if let Some(phase) = phase {
            tell(out, KubeFact::PhaseChanged { pod: name, phase });
        }
    }
}

fn status_of(
    run: &PodRun,
    uid: &PodUid,
    old: &PodStatus,
    host_ip: String,
    now: SimTime,
) -> PodStatus {
    let spec = &run.pod.spec;
    let one = |container: &Container, init: bool| container_status(run, uid, container, init, now);
    let inits: Vec<ContainerStatus> =
        spec.init_containers.iter().map(|container| one(container, true)).collect();
    let mains: Vec<ContainerStatus> =
        spec.containers.iter().map(|container| one(container, false)).collect();
    let phase = phase_of(run, &inits, &mains, now);
    let sandbox = run.sandbox.as_ref().filter(|one| one.ready_at <= now && !run.finished);
    let ip = match sandbox {
        Some(sandbox) => sandbox.ip.clone(),
        None => old.pod_ip.clone(),
    };
    let entry = |ip: &String| IpEntry { ip: ip.clone() };
    let mut status = PodStatus {
        observed_generation: run.pod.metadata.generation,
        phase: phase.clone(),
        conditions: old.conditions.clone(),
        host_ips: vec![entry(&host_ip)],
        host_ip,
        pod_ips: if ip.is_empty() { Vec::new() } else { vec![entry(&ip)] },
        pod_ip: ip,
        start_time: Some(old.start_time.unwrap_or(Time(run.since))),
        qos_class: old.qos_class.clone(),
        message: old.message.clone(),
        reason: old.reason.clone(),
        ..Default::default()
    };
    let up = sandbox.is_some() && run.stopping.as_ref().is_none_or(|one| !one.reported);
    let scheduled = old.condition("PodScheduled").cloned();
    for condition in conditions(run, &inits, &mains, &phase, up) {
        set_condition(&mut status.conditions, condition, now);
    }
    // The kubelet writes its own conditions first.
    status.conditions.sort_by_key(|one| ORDER.iter().position(|kind| *kind == one.kind));
    if let Some(scheduled) = scheduled {
        status.conditions.retain(|one| one.kind != "PodScheduled");
        status.conditions.push(scheduled);
    }
    status.init_container_statuses = inits;
    status.container_statuses = mains;
    status
}

const ORDER: [&str; 5] =
    ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"];

fn terminated(exit: &Exit, uid: &PodUid, name: &str) -> StateTerminated {
    StateTerminated {
        exit_code: i32::from(exit.code),
        reason: exit.reason.clone(),
        message: exit.message.clone(),
        started_at: Some(Time(exit.since)),
        finished_at: Some(Time(exit.at)),
        container_id: container_id(uid, name, exit.attempt),
        signal: 0,
    }
}

fn container_status(
    run: &PodRun,
    uid: &PodUid,
    container: &Container,
    init: bool,
    now: SimTime,
) -> ContainerStatus {
    let name = &container.name;
    let unknown = ContainerRun::default();
    let state = run.container(name).unwrap_or(&unknown);
    let ended = |exit: &Exit| ContainerState {
        terminated: Some(terminated(exit, uid, name)),
        ..Default::default()
    };
    let running = state.seems_running(now);
    let waiting = |reason: &str, message: &str| ContainerState {
        waiting: Some(StateWaiting { reason: reason.to_string(), message: message.to_string() }),
        ..Default::default()
    };
    let default_reason = if run.pod.spec.init_containers.is_empty() {
        "ContainerCreating"
    } else {
        "PodInitializing"
    };
    let mut last_state = state.last.as_ref().map(ended).unwrap_or_default();
    let current = match (&state.state, running, &state.trouble) {
        (_, Some(since), _) => ContainerState {
            running: Some(StateRunning { started_at: Some(Time(since)) }),
            ..Default::default()
        },
        (State::Exited(exit), _, Some((reason, message))) => {
            last_state = ended(exit);
            waiting(reason, message)
        }
        (State::Exited(exit), _, None) => ended(exit),
        (_, _, Some((reason, message))) => waiting(reason, message),
        (State::Starting, _, None) if state.last.is_some() => {
            // Until the new run is seen, the old one's end is what is known.
            state.last.as_ref().map(ended).unwrap_or_default()
        }
        _ => waiting(default_reason, ""),
    };
    let succeeded = current.terminated.as_ref().is_some_and(|one| one.exit_code == 0);
    let sidecar = init && container.is_restartable_init();
    let begun = state.next_attempt > 0;
    let id = match (&state.state, running) {
        (State::Exited(exit), _) => container_id(uid, name, exit.attempt),
        _ if begun => container_id(uid, name, state.next_attempt - 1),
        _ => String::new(),
    };
    ContainerStatus {
        name: name.clone(),
        ready: if init && !sidecar { succeeded } else { running.is_some() && state.ready },
        restart_count: i32::try_from(state.restarts()).unwrap_or(i32::MAX),
        image: if begun { full_reference(&container.image) } else { container.image.clone() },
        image_id: if begun { image_id(&container.image) } else { String::new() },
        container_id: id,
        started: Some(running.is_some() && state.started),
        state: current,
        last_state,
    }
}

/// Models `getPhase`.
fn phase_of(
    run: &PodRun,
    inits: &[ContainerStatus],
    mains: &[ContainerStatus],
    now: SimTime,
) -> String {
    let spec = &run.pod.spec;
    let mut pending_init = false;
    let mut failed_init = false;
    for (container, status) in spec.init_containers.iter().zip(inits) {
        let state = run.container(&container.name);
        if container.is_restartable_init() {
            pending_init |= status.started != Some(true)
                && status.state.terminated.is_none()
                && state.is_none_or(|one| one.next_attempt == 0);
            continue;
        }
        match state.and_then(|one| one.known_exit(now)) {
            Some(exit) if exit.code == 0 => {}
            Some(_) if spec.restart_policy == "Never" => failed_init = true,
            _ => pending_init = true,
        }
    }
    let (mut running, mut waiting, mut stopped, mut succeeded) = (0, 0, 0, 0);
    for status in mains {
        let old_end = status.last_state.terminated.is_some();
        match &status.state {
            state if state.running.is_some() => running += 1,
            ContainerState { terminated: Some(end), .. } => {
                stopped += 1;
                succeeded += u32::from(end.exit_code == 0);
            }
            ContainerState { waiting: Some(_), .. } if old_end => stopped += 1,
            _ => waiting += 1,
        }
    }
    let ending = run.stopping.as_ref().is_some_and(|one| one.reported);
    if failed_init && spec.restart_policy == "Never" {
        return "Failed".to_string();
    }
    if ending {
        let all_good = stopped == succeeded && waiting == 0 && !pending_init;
        return if all_good { "Succeeded" } else { "Failed" }.to_string();
    }
    let phase = if pending_init || waiting > 0 {
        "Pending"
    } else if running > 0 {
        "Running"
    } else if stopped > 0 {
        match spec.restart_policy.as_str() {
            "Always" => "Running",
            _ if stopped == succeeded => "Succeeded",
            "Never" => "Failed",
            _ => "Running",
        }
    } else {
        "Pending"
    };
    phase.to_string()
}

/// The kubelet's conditions. Models pkg/kubelet/status/generate.go.
fn conditions(
    run: &PodRun,
    inits: &[ContainerStatus],
    mains: &[ContainerStatus],
    phase: &str,
    sandbox_up: bool,
) -> Vec<PodCondition> {
    let condition = |kind: &str, good: bool, reason: &str, message: String| PodCondition {
        kind: kind.to_string(),
        observed_generation: run.pod.metadata.generation,
        status: if good { "True" } else { "False" }.to_string(),
        reason: if good { String::new() } else { reason.to_string() },
        message: if good { String::new() } else { message },
        ..Default::default()
    };
    let spec = &run.pod.spec;
    let incomplete: Vec<&str> = spec
        .init_containers
        .iter()
        .zip(inits)
        .filter(|(container, status)| {
            if container.is_restartable_init() {
                status.started != Some(true)
            } else {
                !status.ready
            }
        })
        .map(|(container, _)| container.name.as_str())
        .collect();
    let begun = mains.iter().any(|one| one.restart_count > 0 || !one.container_id.is_empty());
    let initialized = incomplete.is_empty() || begun || phase == "Succeeded";
    let message = format!("containers with incomplete status: [{}]", incomplete.join(" "));
    let sidecars = spec
        .init_containers
        .iter()
        .zip(inits)
        .filter(|(container, _)| container.is_restartable_init())
        .map(|(_, status)| status);
    let unready: Vec<&str> = sidecars
        .chain(mains)
        .filter(|status| !status.ready)
        .map(|status| status.name.as_str())
        .collect();
    let (ready, reason, text) = match phase {
        "Succeeded" => (false, "PodCompleted", String::new()),
        "Failed" => (false, "PodFailed", String::new()),
        _ => (
            unready.is_empty(),
            "ContainersNotReady",
            format!("containers with unready status: [{}]", unready.join(" ")),
        ),
    };
    let init_reason =
        if phase == "Succeeded" { "PodCompleted" } else { "ContainersNotInitialized" };
    vec![
        condition("PodReadyToStartContainers", sandbox_up, "", String::new()),
        condition("Initialized", initialized, init_reason, message),
        condition("Ready", ready, reason, text.clone()),
        condition("ContainersReady", ready, reason, text),
    ]
}
