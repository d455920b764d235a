//! `logs`. Models kubectl/pkg/polymorphichelpers/logsforobject.go and the kubelet's answers.

use super::{Answer, DONE, Desk, Failure, Kubectl, Progress, State};
use crate::base::{ContainerId, PodUid, SimTime};
use crate::manifest::object::{ContainerStatus, Object, Pod, Time};

/// `mysql, xtrabackup, init-mysql (init), clone-mysql (init)`.
pub(super) fn all_names(pod: &Pod) -> String {
    let mains = pod.spec.containers.iter().map(|one| one.name.clone());
    let inits = pod.spec.init_containers.iter().map(|one| format!("{} (init)", one.name));
    mains.chain(inits).collect::<Vec<_>>().join(", ")
}

pub(super) fn status_of<'a>(pod: &'a Pod, name: &str) -> Option<&'a ContainerStatus> {
    let status = &pod.status;
    let mut all = status.container_statuses.iter().chain(&status.init_container_statuses);
    all.find(|one| one.name == name)
}

/// The id of a container's run that is current, or the one before.
pub(super) fn run_of(pod: &Pod, name: &str, previous: bool) -> Option<ContainerId> {
    let status = status_of(pod, name)?;
    let started = !status.container_id.is_empty();
    let newest = u32::try_from(status.restart_count).ok().filter(|_| started)?;
    let attempt = if previous { newest.checked_sub(1)? } else { newest };
    let pod = PodUid::from(pod.metadata.uid.as_str());
    Some(ContainerId { pod, name: name.into(), attempt })
}

impl Kubectl {
    /// The pod that is named, or the first pod of a set.
    pub(super) fn pod_named(&self, desk: &dyn Desk, word: &str) -> Result<Pod, Failure> {
        let words = if word.contains('/') {
            vec![word.to_string()]
        } else {
            vec!["pods".to_string(), word.to_string()]
        };
        match self.one(desk, &words)? {
            Object::Pod(pod) => Ok(*pod),
            Object::StatefulSet(set) => desk
                .cluster()
                .store()
                .pods
                .values()
                .find(|pod| {
                    pod.metadata.controller().is_some_and(|one| one.uid == set.metadata.uid)
                })
                .map(|pod| (**pod).clone())
                .ok_or_else(|| Failure::new("error: timed out waiting for the condition")),
            other => {
                let kind = other.kind();
                Err(Failure::new(format!("error: cannot get the logs from *v1.{kind}")))
            }
        }
    }

    /// The container a command is about; says so if it chose by itself.
    pub(super) fn container_name(
        &self,
        desk: &mut dyn Desk,
        pod: &Pod,
        given: Option<&str>,
    ) -> Result<String, Failure> {
        if let Some(name) = given {
            if pod.spec.container(name).is_some() {
                return Ok(name.to_string());
            }
            return Err(Failure::new(format!(
                "error: container {name} is not valid for pod {} out of: {}",
                pod.metadata.name,
                all_names(pod)
            )));
        }
        let first = pod.spec.containers.first().map_or("", |one| one.name.as_str()).to_string();
        if pod.spec.containers.len() + pod.spec.init_containers.len() > 1 && !self.args.has("quiet")
        {
            desk.err(&format!("Defaulted container {first:?} out of: {}\n", all_names(pod)));
        }
        Ok(first)
    }

    pub(super) fn logs(&mut self, desk: &mut dyn Desk) -> Answer {
        let Some(word) = self.args.names.first().cloned() else {
            return Err(Failure::new(
                "error: expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or \
                 TYPE/NAME is a required argument for the logs command\nSee 'kubectl logs -h' for \
                 help and examples",
            ));
        };
        let pod = self.pod_named(desk, &word)?;
        if self.args.has("all-containers") {
            let spec = &pod.spec;
            for container in spec.init_containers.iter().chain(&spec.containers) {
                if let Some(id) = run_of(&pod, &container.name, self.args.has("previous")) {
                    let lines = desk.log(&id);
                    self.print_lines(desk, &pod, &container.name, &lines);
                }
            }
            return DONE;
        }
        let given = self.args.value("container").map(str::to_string);
        let given = given.or_else(|| self.args.names.get(1).cloned());
        let name = self.container_name(desk, &pod, given.as_deref())?;
        let previous = self.args.has("previous");
        let Some(id) = run_of(&pod, &name, previous) else {
            return Err(Failure::new(no_log(&pod, &name, previous)));
        };
        let lines = desk.log(&id);
        let printed = u32::try_from(lines.len()).unwrap_or(u32::MAX);
        self.print_lines(desk, &pod, &name, &lines);
        if !self.args.has("follow") {
            return DONE;
        }
        self.follow(desk, id, printed)
    }

    fn print_lines(
        &self,
        desk: &mut dyn Desk,
        pod: &Pod,
        container: &str,
        lines: &[(SimTime, String)],
    ) {
        let tail = self.args.value("tail").and_then(|text| text.parse::<i64>().ok());
        let skip = match tail.and_then(|tail| usize::try_from(tail).ok()) {
            Some(tail) => lines.len().saturating_sub(tail),
            None => 0,
        };
        for (at, line) in &lines[skip..] {
            let mut text = String::new();
            if self.args.has("prefix") {
                text.push_str(&format!("[pod/{}/{container}] ", pod.metadata.name));
            }
            if self.args.has("timestamps") {
                text.push_str(&format!("{} ", Time(*at)));
            }
            desk.out(&format!("{text}{line}\n"));
        }
    }

    /// `logs -f`: until the container has ended.
    pub(super) fn follow(
        &mut self,
        desk: &mut dyn Desk,
        container: ContainerId,
        printed: u32,
    ) -> Answer {
        let lines = desk.log(&container);
        for (_, line) in lines.iter().skip(printed as usize) {
            desk.out(&format!("{line}\n"));
        }
        let printed = u32::try_from(lines.len()).unwrap_or(u32::MAX);
        let pod = desk.cluster().store().pod(&container.pod).cloned();
        let runs = pod.is_some_and(|pod| {
            run_of(&pod, &container.name, false).as_ref() == Some(&container)
                && status_of(&pod, &container.name).is_some_and(|one| one.state.running.is_some())
        });
        if !runs {
            return DONE;
        }
        self.state = State::Follow { container, printed };
        Ok(Progress::Waiting)
    }
}

/// Why there is no log. Models the kubelet's `validateContainerLogStatus`.
fn no_log(pod: &Pod, name: &str, previous: bool) -> String {
    let pod_name = &pod.metadata.name;
    if previous {
        return format!(
            "Error from server (BadRequest): previous terminated container {name:?} in pod \
             {pod_name:?} not found"
        );
    }
    let waiting = status_of(pod, name).and_then(|one| one.state.waiting.as_ref());
    let why = match waiting.map_or("", |one| one.reason.as_str()) {
        "ErrImagePull" => "trying and failing to pull image",
        "ImagePullBackOff" => "image can't be pulled",
        "" if pod.spec.node_name.is_empty() => {
            return format!(
                "Error from server (BadRequest): pod {pod_name} does not have a host assigned"
            );
        }
        "" => "ContainerCreating",
        reason => reason,
    };
    format!(
        "Error from server (BadRequest): container {name:?} in pod {pod_name:?} is waiting to \
         start: {why}"
    )
}
