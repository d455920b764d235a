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
        if self.args.flags.contains_key("selector") {
            return self.logs_selected(desk);
        }
        let Some(word) = self.args.names.first().cloned() else {
            return Err(Failure::new(
                "error: expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or \
                 TYPE/NAME is a required argument for the logs command\nSee 'kubectl logs -h' for \
                 help and examples",
            ));
        };
        let pods = vec![self.pod_named(desk, &word)?];
        self.logs_of(desk, &pods)
    }

    /// `logs -l`: of every pod with these labels.
    fn logs_selected(&mut self, desk: &mut dyn Desk) -> Answer {
        let pods: Vec<Pod> = super::select::wanted(&["pods".to_string()], "logs")?
            .iter()
            .flat_map(|one| self.objects(desk.cluster().store(), one).0)
            .filter_map(|object| if let Object::Pod(pod) = object { Some(*pod) } else { None })
            .collect();
        if pods.is_empty() {
            let place = self.args.namespace();
            desk.err(&format!("No resources found in {place} namespace.\n"));
            return DONE;
        }
        self.logs_of(desk, &pods)
    }

    fn logs_of(&mut self, desk: &mut dyn Desk, pods: &[Pod]) -> Answer {
        let previous = self.args.has("previous");
        let mut sources = Vec::new();
        for pod in pods {
            let spec = &pod.spec;
            let names: Vec<String> = if self.args.has("all-containers") {
                let all = spec.init_containers.iter().chain(&spec.containers);
                all.map(|one| one.name.clone()).collect()
            } else {
                let given = self.args.value("container").map(str::to_string);
                let given = given.or_else(|| self.args.names.get(1).cloned());
                vec![self.container_name(desk, pod, given.as_deref())?]
            };
            for name in names {
                if let Some(failure) = self.unreachable(desk, pod, &name) {
                    if !self.args.has("ignore-errors") {
                        return Err(Failure::new(failure));
                    }
                    desk.err(&format!("{failure}\n"));
                    continue;
                }
                match run_of(pod, &name, previous) {
                    Some(id) => sources.push((pod.clone(), id)),
                    None if self.args.has("ignore-errors") => {
                        desk.err(&format!("{}\n", no_log(pod, &name, previous)));
                    }
                    None => return Err(Failure::new(no_log(pod, &name, previous))),
                }
            }
        }
        let mut followed = Vec::new();
        for (pod, id) in sources {
            let lines = desk.log(&id);
            let printed = u32::try_from(lines.len()).unwrap_or(u32::MAX);
            let chosen = self.chosen(desk, lines);
            self.print_lines(desk, &pod, &id.name, &chosen);
            followed.push((id, printed));
        }
        if !self.args.has("follow") {
            return DONE;
        }
        self.follow(desk, followed)
    }

    /// What the API server says that cannot ask the pod's kubelet for its log.
    fn unreachable(&self, desk: &dyn Desk, pod: &Pod, container: &str) -> Option<String> {
        let (kubelet, failed) = super::attach::unreachable(desk, pod)?;
        let metadata = &pod.metadata;
        let (namespace, name) = (&metadata.namespace, &metadata.name);
        // The order in which Go writes what a URL asks.
        let asked = ["follow", "previous", "timestamps"].into_iter();
        let asked = asked.filter(|flag| self.args.has(flag)).map(|flag| format!("{flag}=true"));
        let mut asked: Vec<String> = asked.collect();
        if let Some(tail) = self.args.value("tail").filter(|tail| *tail != "-1") {
            let place = asked.iter().position(|one| one.starts_with("timestamps"));
            asked.insert(place.unwrap_or(asked.len()), format!("tailLines={tail}"));
        }
        let mark = if asked.is_empty() { "" } else { "?" };
        let asked = asked.join("&");
        Some(format!(
            "Error from server: Get \"https://{kubelet}/containerLogs/{namespace}/{name}/\
             {container}{mark}{asked}\": {failed}"
        ))
    }

    /// The lines that `--since`, `--tail` and `--limit-bytes` leave.
    fn chosen(&self, desk: &dyn Desk, mut lines: Vec<(SimTime, String)>) -> Vec<(SimTime, String)> {
        if let Some(span) = self.args.value("since").and_then(super::wait::duration) {
            lines.retain(|(at, _)| *at + span >= desk.now());
        }
        if let Some(since) = self.args.value("since-time").and_then(Time::parse) {
            lines.retain(|(at, _)| *at >= since.0);
        }
        // Where several pods are asked for, kubectl prints ten lines of each.
        let usual = if self.args.flags.contains_key("selector") { 10 } else { -1 };
        let tail = self.args.value("tail").and_then(|text| text.parse::<i64>().ok());
        if let Ok(tail) = usize::try_from(tail.unwrap_or(usual)) {
            lines.drain(..lines.len().saturating_sub(tail));
        }
        if let Some(bytes) = self.args.value("limit-bytes").and_then(|text| text.parse().ok()) {
            let mut left: usize = bytes;
            for (_, line) in &mut lines {
                let keep = line.char_indices().map(|(at, _)| at).take_while(|at| *at < left);
                let end = keep.last().map_or(0, |at| at + 1).min(line.len());
                left = left.saturating_sub(line.len() + 1);
                if end < line.len() {
                    line.truncate(line.floor_char_boundary(end));
                }
            }
            lines.retain(|(_, line)| !line.is_empty());
        }
        lines
    }

    fn print_lines(
        &self,
        desk: &mut dyn Desk,
        pod: &Pod,
        container: &str,
        lines: &[(SimTime, String)],
    ) {
        for (at, line) in lines {
            let mut text = String::new();
            if self.args.has("prefix") {
                text.push_str(&format!("[pod/{}/{container}] ", pod.metadata.name));
            }
            if self.args.has("timestamps") {
                let secs = Time(*at).to_string();
                let secs = secs.trim_end_matches('Z');
                text.push_str(&format!("{secs}.{:03}000000Z ", at.0 % 1_000));
            }
            desk.out(&format!("{text}{line}\n"));
        }
    }

    /// `logs -f`: until all containers have ended.
    pub(super) fn follow(
        &mut self,
        desk: &mut dyn Desk,
        mut all: Vec<(ContainerId, u32)>,
    ) -> Answer {
        let mut runs = false;
        for (container, printed) in &mut all {
            let pod = desk.cluster().store().pod(&container.pod).map(|pod| (**pod).clone());
            let lines = desk.log(container);
            let unknown = Pod::default();
            let new = lines.get(*printed as usize..).unwrap_or_default();
            self.print_lines(desk, pod.as_ref().unwrap_or(&unknown), &container.name, new);
            *printed = u32::try_from(lines.len()).unwrap_or(u32::MAX);
            runs |= pod.is_some_and(|pod| {
                run_of(&pod, &container.name, false).as_ref() == Some(&*container)
                    && status_of(&pod, &container.name)
                        .is_some_and(|one| one.state.running.is_some())
            });
        }
        if !runs {
            return DONE;
        }
        self.state = State::Follow(all);
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
        "ErrImagePull" => "image can't be pulled",
        "ImagePullBackOff" => "trying and failing to pull image",
        "" if pod.spec.node_name.is_empty() => {
            return format!(
                "Error from server (BadRequest): pod {pod_name} does not have a host assigned"
            );
        }
        "" => {
            return format!(
                "Error from server (BadRequest): container {name:?} in pod {pod_name:?} is not \
                 available"
            );
        }
        reason => reason,
    };
    format!(
        "Error from server (BadRequest): container {name:?} in pod {pod_name:?} is waiting to \
         start: {why}"
    )
}
