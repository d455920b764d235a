//! Pods, containers and processes.

use std::sync::Arc;

use crate::base::{ContainerName, Ordinal, Pid, PodName, PodUid, SortedMap};
use crate::kube::pod_columns;
use crate::manifest::object::{self, ContainerStatus, Pod};
use crate::node::{Container, Process, Program};
use crate::view::SegmentKind;
use crate::view::scene::{
    ContainerScene, ContainerState, PodScene, ProcessScene, ShellScene, VariableScene,
};
use crate::world::World;

/// Pods of the lesson's namespace, by name.
pub fn pods(world: &World) -> SortedMap<PodName, Arc<PodScene>> {
    let namespace = &world.scenario().namespace;
    let pods = world.kube().store().pods.iter().filter(|(key, _)| key.namespace == *namespace);
    pods.map(|(key, pod)| (key.name.as_str().into(), Arc::new(pod_scene(world, pod)))).collect()
}

/// A pod's place in its set.
pub fn ordinal(pod: &Pod) -> Option<Ordinal> {
    let owner = pod.metadata.controller().filter(|owner| owner.kind == "StatefulSet")?;
    let number = pod.metadata.name.strip_prefix(&owner.name)?.strip_prefix('-')?;
    number.parse().ok().map(Ordinal)
}

fn pod_scene(world: &World, pod: &Pod) -> PodScene {
    let column = pod_columns(pod);
    let ready = pod.status.condition("Ready");
    let time = |time: Option<object::Time>| time.map(|time| time.0);
    let created = time(pod.metadata.creation_timestamp).unwrap_or_default();
    let some = |text: &String| (!text.is_empty()).then(|| text.clone());
    let ready_since = ready.and_then(|ready| time(ready.last_transition_time)).unwrap_or(created);
    let mysql = super::mysql::mysql(world, pod);
    let inits = pod.spec.init_containers.iter().map(|container| (container, true));
    let mains = pod.spec.containers.iter().map(|container| (container, false));
    let containers = inits
        .chain(mains)
        .map(|(container, init)| Arc::new(container_scene(world, pod, container, init)))
        .collect();
    PodScene {
        name: pod.metadata.name.as_str().into(),
        ordinal: ordinal(pod),
        node: some(&pod.spec.node_name).map(Into::into),
        ip: some(&pod.status.pod_ip),
        status: column.status,
        ready: column.ready,
        restarts: column.restarts,
        is_ready: pod.status.is_true("Ready"),
        ready_since,
        created,
        deleting_since: time(pod.metadata.deletion_timestamp).map(|until| {
            let grace = pod.metadata.deletion_grace_period_seconds.unwrap_or(0).max(0) as u64;
            crate::base::SimTime(until.0.saturating_sub(grace * 1_000))
        }),
        containers,
        mysql,
    }
}

fn status_of<'a>(pod: &'a Pod, name: &str) -> Option<&'a ContainerStatus> {
    let all = pod.status.init_container_statuses.iter().chain(&pod.status.container_statuses);
    all.into_iter().find(|status| status.name == name)
}

fn container_scene(
    world: &World,
    pod: &Pod,
    container: &object::Container,
    init: bool,
) -> ContainerScene {
    let name: ContainerName = container.name.as_str().into();
    let uid: PodUid = pod.metadata.uid.as_str().into();
    let status = status_of(pod, &container.name);
    let run = world.nodes().newest(&uid, &name);
    let processes = run.map(|run| processes(world, run)).unwrap_or_default();
    let (note, troubled) = note(world, pod, &name, &processes).unzip();
    ContainerScene {
        init,
        image: container.image.clone(),
        state: state(status),
        ready: status.is_some_and(|status| status.ready),
        restarts: status.map_or(0, |status| u32::try_from(status.restart_count).unwrap_or(0)),
        note,
        troubled: troubled == Some(true),
        log: run.map(|run| run.log.lines.clone()).unwrap_or_default(),
        processes,
        name,
    }
}

fn state(status: Option<&ContainerStatus>) -> ContainerState {
    let Some(status) = status else { return ContainerState::Waiting { reason: String::new() } };
    if let Some(running) = &status.state.running {
        let since = running.started_at.map(|time| time.0).unwrap_or_default();
        return ContainerState::Running { since };
    }
    if let Some(ended) = &status.state.terminated {
        return ContainerState::Terminated {
            code: u8::try_from(ended.exit_code).unwrap_or(u8::MAX),
            reason: ended.reason.clone(),
            at: ended.finished_at.map(|time| time.0).unwrap_or_default(),
        };
    }
    let reason = status.state.waiting.as_ref().map(|waiting| waiting.reason.clone());
    ContainerState::Waiting { reason: reason.unwrap_or_default() }
}

fn processes(world: &World, run: &Container) -> Vec<ProcessScene> {
    let all = world.nodes().processes();
    all.filter(|(_, process)| process.container == run.spec.id && process.exec.is_none())
        .filter(|(_, process)| !process.has_ended())
        .map(|(pid, process)| process_scene(pid, process, run))
        .collect()
}

fn process_scene(pid: Pid, process: &Process, run: &Container) -> ProcessScene {
    let shell =
        match process.program() {
            Some(Program::Shell(machine)) => {
                let mut words = run.spec.command.iter().chain(&run.spec.args).flatten().zip(0..);
                let variable = |(name, value, set_at): (String, String, Option<u32>)| {
                    VariableScene { name, value, set_at }
                };
                Some(ShellScene {
                    argument: words.find(|(word, _)| *word == machine.text()).map(|(_, at)| at),
                    position: machine.position(),
                    expanded: machine.expanded(),
                    variables: machine.variables().into_iter().map(variable).collect(),
                })
            }
            _ => None,
        };
    ProcessScene { pid, shown: process.shown, command: process.command(), shell }
}

/// What a container is about, in a machine's words; and whether that is trouble.
fn note(
    world: &World,
    pod: &Pod,
    name: &ContainerName,
    processes: &[ProcessScene],
) -> Option<(String, bool)> {
    let uid: PodUid = pod.metadata.uid.as_str().into();
    let of_mysql = super::mysql::note(world, &uid, name);
    of_mysql.or_else(|| Some((about(world, pod, name, processes)?, false)))
}

/// What a container without mysqld is about.
fn about(
    world: &World,
    pod: &Pod,
    name: &ContainerName,
    processes: &[ProcessScene],
) -> Option<String> {
    let uid: PodUid = pod.metadata.uid.as_str().into();
    if let Some(port) = world.nodes().listening_port(&uid, name) {
        return Some(format!(":{port}"));
    }
    if let Some(leaf) = processes.iter().rfind(|process| process.shell.is_none()) {
        return Some(shorten(&leaf.command));
    }
    if let Some(shell) = processes.iter().rev().find_map(|process| process.shell.as_ref()) {
        return shell.expanded.as_deref().map(shorten);
    }
    let is_first_init = pod.spec.init_containers.first().is_some_and(|c| *c.name == **name);
    is_first_init.then(|| server_id(world, &uid)).flatten()
}

/// The server-id that an init script wrote into one of the pod's own volumes.
fn server_id(world: &World, pod: &PodUid) -> Option<String> {
    let pod_volumes = world.kube().store().pod(pod)?.spec.volumes.clone();
    let found = pod_volumes.iter().find_map(|volume| {
        let id = format!("{pod}/{}", volume.name).into();
        let files = world.nodes().volume(&id)?.walk();
        let file = files.into_iter().find(|(path, _)| path == "server-id.cnf")?;
        match &file.1.content {
            crate::node::Content::File(blob) => Some(blob.text()),
            _ => None,
        }
    })?;
    found.lines().find(|line| line.starts_with("server-id=")).map(str::to_string)
}

/// The first words of a command line, so that it fits behind a container's name.
fn shorten(command: &str) -> String {
    let mut words = command.split_whitespace();
    let first = words.next().unwrap_or_default();
    let first = first.rsplit('/').next().unwrap_or(first);
    let mut short = first.to_string();
    for word in words {
        if short.chars().count() + word.chars().count() > 20 {
            break;
        }
        short.push(' ');
        short.push_str(word);
    }
    short
}

/// What each pod of a set does.
pub fn kinds(world: &World) -> Vec<(PodName, SegmentKind)> {
    let namespace = &world.scenario().namespace;
    let pods = world.kube().store().pods.iter().filter(|(key, _)| key.namespace == *namespace);
    pods.filter(|(_, pod)| ordinal(pod).is_some())
        .map(|(key, pod)| (key.name.as_str().into(), kind(world, pod)))
        .collect()
}

fn kind(world: &World, pod: &Pod) -> SegmentKind {
    let uid: PodUid = pod.metadata.uid.as_str().into();
    let waits_in_back_off = pod.status.init_container_statuses.iter().any(|status| {
        let waiting = status.state.waiting.as_ref();
        waiting.is_some_and(|waiting| waiting.reason.contains("BackOff"))
            || status.state.terminated.as_ref().is_some_and(|ended| ended.exit_code != 0)
    });
    if pod.metadata.is_deleting() || pod.status.phase == "Failed" || waits_in_back_off {
        return SegmentKind::Trouble;
    }
    if pod.status.is_true("Ready") {
        return SegmentKind::Ready;
    }
    let running_init =
        pod.status.init_container_statuses.iter().find(|s| s.state.running.is_some());
    if let Some(init) = running_init {
        return init_kind(world, &uid, &init.name);
    }
    if pod.status.container_statuses.iter().any(|status| status.state.running.is_some()) {
        return SegmentKind::Starting;
    }
    SegmentKind::Waiting
}

fn init_kind(world: &World, pod: &PodUid, container: &str) -> SegmentKind {
    let names: Vec<String> = world
        .nodes()
        .processes()
        .filter(|(_, process)| {
            process.container.pod == *pod && &*process.container.name == container
        })
        .map(|(_, process)| process.name())
        .collect();
    let runs = |programs: &[&str]| names.iter().any(|name| programs.contains(&name.as_str()));
    if runs(&["xbstream", "ncat", "nc", "socat", "mbstream"]) {
        SegmentKind::Clone
    } else if runs(&["xtrabackup", "mariabackup"]) {
        SegmentKind::Prepare
    } else {
        SegmentKind::Init
    }
}
