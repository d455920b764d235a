//! kubectl's READY, STATUS and RESTARTS. Models pkg/printers/internalversion/printers.go
//! `printPod`.

use crate::base::SimTime;
use crate::manifest::object::{ContainerState, ContainerStatus, Pod};

/// The columns of a pod.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PodColumns {
    /// Ready containers, and all of them (sidecars count).
    pub ready: (u32, u32),
    /// STATUS.
    pub status: String,
    /// RESTARTS.
    pub restarts: u32,
    /// When a container last ended before it was started again.
    pub last_restart: Option<SimTime>,
}

/// Computes the columns of a pod.
pub fn pod_columns(pod: &Pod) -> PodColumns {
    let status = &pod.status;
    let mut reason =
        if status.reason.is_empty() { status.phase.clone() } else { status.reason.clone() };
    let gated = status.condition("PodScheduled").is_some_and(|one| one.reason == "SchedulingGated");
    if gated {
        reason = "SchedulingGated".to_string();
    }
    let is_sidecar = |name: &str| {
        pod.spec.init_containers.iter().any(|one| one.name == name && one.is_restartable_init())
    };
    let sidecars = pod.spec.init_containers.iter().filter(|one| one.is_restartable_init()).count();
    let mut columns = PodColumns {
        ready: (0, small(pod.spec.containers.len() + sidecars)),
        status: String::new(),
        restarts: 0,
        last_restart: None,
    };
    let mut sidecar_restarts = 0;
    let mut sidecar_last = None;
    let mut initializing = false;
    for (index, container) in status.init_container_statuses.iter().enumerate() {
        let restarts = container.restart_count.unsigned_abs();
        columns.restarts += restarts;
        let ended = last_end(container);
        columns.last_restart = columns.last_restart.max(ended);
        let sidecar = is_sidecar(&container.name);
        if sidecar {
            sidecar_restarts += restarts;
            sidecar_last = sidecar_last.max(ended);
        }
        let exit = container.state.terminated.as_ref();
        if exit.is_some_and(|one| one.exit_code == 0) {
            continue;
        }
        if sidecar && container.started == Some(true) {
            columns.ready.0 += u32::from(container.ready);
            continue;
        }
        reason = init_reason(&container.state, index, pod.spec.init_containers.len());
        initializing = true;
        break;
    }
    if !initializing || status.is_true("Initialized") {
        columns.restarts = sidecar_restarts;
        columns.last_restart = sidecar_last;
        reason = main_reason(pod, reason, &mut columns);
    }
    if pod.metadata.is_deleting() {
        if status.reason == "NodeLost" {
            reason = "Unknown".to_string();
        } else if !matches!(status.phase.as_str(), "Succeeded" | "Failed") {
            reason = "Terminating".to_string();
        }
    }
    columns.status = reason;
    columns
}

fn small(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn last_end(container: &ContainerStatus) -> Option<SimTime> {
    container.last_state.terminated.as_ref()?.finished_at.map(|time| time.0)
}

fn exit_reason(state: &ContainerState, prefix: &str) -> Option<String> {
    let exit = state.terminated.as_ref()?;
    Some(if !exit.reason.is_empty() {
        format!("{prefix}{}", exit.reason)
    } else if exit.signal != 0 {
        format!("{prefix}Signal:{}", exit.signal)
    } else {
        format!("{prefix}ExitCode:{}", exit.exit_code)
    })
}

fn init_reason(state: &ContainerState, index: usize, all: usize) -> String {
    if let Some(reason) = exit_reason(state, "Init:") {
        return reason;
    }
    match &state.waiting {
        Some(waiting) if !waiting.reason.is_empty() && waiting.reason != "PodInitializing" => {
            format!("Init:{}", waiting.reason)
        }
        _ => format!("Init:{index}/{all}"),
    }
}

/// The containers from last to first: what the first one says is what stays.
fn main_reason(pod: &Pod, phase: String, columns: &mut PodColumns) -> String {
    let mut reason = phase;
    let mut error = None;
    let mut has_running = false;
    for container in pod.status.container_statuses.iter().rev() {
        columns.restarts += container.restart_count.unsigned_abs();
        columns.last_restart = columns.last_restart.max(last_end(container));
        let waiting = container.state.waiting.as_ref().filter(|one| !one.reason.is_empty());
        if let Some(waiting) = waiting {
            reason.clone_from(&waiting.reason);
        } else if let Some(ended) = exit_reason(&container.state, "") {
            let code = container.state.terminated.as_ref().map_or(0, |one| one.exit_code);
            if code != 0 {
                error = Some(ended.clone());
            }
            reason = ended;
        } else if container.ready && container.state.running.is_some() {
            has_running = true;
            columns.ready.0 += 1;
        }
    }
    if reason == "Completed" {
        if has_running && pod.status.is_true("Ready") {
            reason = "Running".to_string();
        } else if let Some(error) = error {
            reason = error;
        } else if has_running {
            reason = "NotReady".to_string();
        }
    }
    reason
}
