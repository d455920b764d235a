//! `logs`. Models kubectl/pkg/polymorphichelpers/logsforobject.go and the kubelet's answers.

use super::{Answer, DONE, Desk, Failure, Kubectl, Progress, State};
use crate::base::{ContainerId, PodUid, SimTime};
use crate::kube::apply::Refusal;
use crate::manifest::object::{ContainerStatus, Object, Pod, Time};

/// So many logs `-f` opens at the most, unless told otherwise. kubectl/pkg/cmd/logs/logs.go,
/// `MaxFollowConcurrency`.
const MAX_LOG_REQUESTS: usize = 5;

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
        let mut asked = Vec::new();
        for pod in pods {
            let names = self.containers_asked(desk, pod)?;
            asked.extend(names.into_iter().map(|name| (pod, name)));
        }
        if self.args.has("follow") {
            self.within_concurrency(asked.len())?;
        }
        let mut followed = Vec::new();
        // kubectl takes them in the order of a Go map, which is chance; this is the pod's own.
        for (pod, name) in asked {
            match self.log_of(desk, pod, &name) {
                Ok(id) => {
                    let lines = desk.log(&id);
                    let printed = u32::try_from(lines.len()).unwrap_or(u32::MAX);
                    let chosen = self.chosen(desk, lines);
                    self.print_lines(desk, pod, &id.name, &chosen);
                    followed.push((id, printed));
                }
                Err(refusal) if self.args.has("ignore-errors") => {
                    desk.out(&format!("error: {}\n", refusal.message));
                }
                Err(refusal) => return Err(Failure::new(refusal.kubectl())),
            }
        }
        if !self.args.has("follow") {
            return DONE;
        }
        self.follow(desk, followed)
    }

    /// The containers of a pod whose logs are asked for.
    fn containers_asked(&self, desk: &mut dyn Desk, pod: &Pod) -> Result<Vec<String>, Failure> {
        let spec = &pod.spec;
        let given = self.args.value("container");
        if self.args.has("all-containers") {
            if let Some(name) = given {
                return Err(Failure::new(format!(
                    "error: --all-containers=true should not be specified with container name \
                     {name}"
                )));
            }
            let all = spec.init_containers.iter().chain(&spec.containers);
            return Ok(all.map(|one| one.name.clone()).collect());
        }
        let inline = self.args.names.get(1).map(String::as_str);
        if given.is_some() && inline.is_some() {
            return Err(Failure::new(
                "error: only one of -c or an inline [CONTAINER] arg is allowed",
            ));
        }
        Ok(vec![self.container_name(desk, pod, given.or(inline))?])
    }

    /// `-f` opens all logs at once, and no more than `--max-log-requests`.
    fn within_concurrency(&self, streams: usize) -> Result<(), Failure> {
        let most = self.args.value("max-log-requests").and_then(|text| text.parse().ok());
        let most: usize = most.unwrap_or(MAX_LOG_REQUESTS);
        if streams <= most.max(1) {
            return Ok(());
        }
        Err(Failure::new(format!(
            "error: you are attempting to follow {streams} log streams, but maximum allowed \
             concurrency is {most}, use --max-log-requests to increase the limit"
        )))
    }

    /// The run whose log it is, or why there is none to be had.
    fn log_of(&self, desk: &dyn Desk, pod: &Pod, name: &str) -> Result<ContainerId, Refusal> {
        if let Some(refusal) = self.unreachable(desk, pod, name) {
            return Err(refusal);
        }
        let previous = self.args.has("previous");
        run_of(pod, name, previous).ok_or_else(|| no_log(pod, name, previous))
    }

    /// What the API server says that cannot ask the pod's kubelet for its log.
    fn unreachable(&self, desk: &dyn Desk, pod: &Pod, container: &str) -> Option<Refusal> {
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
        let message = format!(
            "Get \"https://{kubelet}/containerLogs/{namespace}/{name}/{container}{mark}{asked}\": \
             {failed}"
        );
        Some(Refusal::new("", message))
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

    /// What `--prefix` puts before each line.
    fn prefix(&self, pod: &Pod, container: &str) -> String {
        if self.args.has("prefix") {
            return format!("[pod/{}/{container}] ", pod.metadata.name);
        }
        String::new()
    }

    fn print_lines(
        &self,
        desk: &mut dyn Desk,
        pod: &Pod,
        container: &str,
        lines: &[(SimTime, String)],
    ) {
        for (at, line) in lines {
            let mut text = self.prefix(pod, container);
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
fn no_log(pod: &Pod, name: &str, previous: bool) -> Refusal {
    let pod_name = &pod.metadata.name;
    let waiting = status_of(pod, name).and_then(|one| one.state.waiting.as_ref());
    let reason = waiting.map_or("", |one| one.reason.as_str());
    let container = format!("container {name:?} in pod {pod_name:?}");
    let message = match reason {
        _ if previous => format!("previous terminated {container} not found"),
        "ErrImagePull" => format!("{container} is waiting to start: image can't be pulled"),
        "ImagePullBackOff" => {
            format!("{container} is waiting to start: trying and failing to pull image")
        }
        "" if pod.spec.node_name.is_empty() => {
            format!("pod {pod_name} does not have a host assigned")
        }
        "" => format!("{container} is not available"),
        reason => format!("{container} is waiting to start: {reason}"),
    };
    Refusal::new("BadRequest", message)
}
