//! `exec`, `attach`.

use super::logs::{run_of, status_of};
use super::{Answer, Desk, Failure, Kubectl, Progress, State};
use crate::manifest::object::Pod;

impl Kubectl {
    pub(super) fn exec(&mut self, desk: &mut dyn Desk) -> Answer {
        let Some(word) = self.args.names.first().cloned() else {
            return Err(Failure::new("error: pod, type/name or --filename must be specified"));
        };
        let argv = if self.args.rest.is_empty() {
            self.args.names[1..].to_vec()
        } else {
            self.args.rest.clone()
        };
        if argv.is_empty() {
            return Err(Failure::new(
                "error: you must specify at least one command for the container",
            ));
        }
        if self.args.rest.is_empty() {
            return Err(Failure::new(
                "error: exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- \
                 [COMMAND] instead\nSee 'kubectl exec -h' for help and examples",
            ));
        }
        let pod = self.pod_named(desk, &word)?;
        check_runs(&pod, "exec into")?;
        let given = self.args.value("container").map(str::to_string);
        if let Some(name) = given.as_ref().filter(|name| pod.spec.container(name).is_none()) {
            // The server says so, and knows less than `logs` does.
            return Err(Failure::new(format!(
                "Error from server (BadRequest): container {name} is not valid for pod {}",
                pod.metadata.name
            )));
        }
        let name = self.container_name(desk, &pod, given.as_deref())?;
        if let Some((_, failed)) = unreachable(desk, &pod) {
            let text = format!("Error from server: error dialing backend: {failed}");
            return Err(Failure::new(text));
        }
        let up = status_of(&pod, &name).is_some_and(|one| one.state.running.is_some());
        let Some(id) = run_of(&pod, &name, false).filter(|_| up) else {
            return Err(Failure::new(format!(
                "error: unable to upgrade connection: container not found ({name:?})"
            )));
        };
        let token = desk.exec(&id, &argv, self.args.has("stdin"), self.args.has("tty"));
        self.exec_on(desk, token)
    }

    /// `attach`: what the container prints from now on. What is typed goes nowhere, as in a
    /// container that has no `stdin: true`.
    pub(super) fn attach(&mut self, desk: &mut dyn Desk) -> Answer {
        let Some(word) = self.args.names.first().cloned() else {
            return Err(Failure::new(
                "error: at least 1 argument is required for attach\nSee 'kubectl attach -h' for \
                 help and examples",
            ));
        };
        let pod = self.pod_named(desk, &word)?;
        check_runs(&pod, "attach")?;
        let given = self.args.value("container").map(str::to_string);
        let name = self.container_name(desk, &pod, given.as_deref())?;
        let up = status_of(&pod, &name).is_some_and(|one| one.state.running.is_some());
        let Some(id) = run_of(&pod, &name, false).filter(|_| up) else {
            return Err(Failure::new(format!(
                "error: unable to upgrade connection: container {name} not found in pod {}_{}",
                pod.metadata.name, pod.metadata.namespace
            )));
        };
        if self.args.has("tty") && !pod.spec.container(&name).is_some_and(|one| one.tty) {
            desk.err(&format!(
                "error: Unable to use a TTY - container {name} did not allocate one\n"
            ));
        }
        self.say_attached(desk);
        let printed = u32::try_from(desk.log(&id).len()).unwrap_or(u32::MAX);
        self.follow(desk, vec![(id, printed)])
    }

    /// What kubectl says as it attaches.
    pub(super) fn say_attached(&self, desk: &mut dyn Desk) {
        if self.args.has("quiet") {
            return;
        }
        desk.err(
            "All commands and output from this session will be recorded in container logs, \
             including credentials and sensitive information passed through the command prompt.\n\
             If you don't see a command prompt, try pressing enter.\n",
        );
    }

    pub(super) fn exec_on(&mut self, desk: &mut dyn Desk, token: u32) -> Answer {
        match desk.exec_end(token) {
            None => {
                self.state = State::Exec(token);
                Ok(Progress::Waiting)
            }
            Some(Ok(status)) if status.code() == 0 => Ok(Progress::Done(0)),
            Some(Ok(status)) => {
                let code = status.code();
                Err(Failure { text: format!("command terminated with exit code {code}"), code })
            }
            // The kubelet looks among what runs before it asks the runtime.
            Some(Err(error)) if error.starts_with("container not found") => {
                Err(Failure::new(format!("error: unable to upgrade connection: {error}")))
            }
            Some(Err(error)) => Err(Failure::new(format!(
                "error: Internal error occurred: Internal error occurred: error executing command \
                 in container: {error}"
            ))),
        }
    }
}

/// Refuses what is to be done to a container of a pod that has ended.
fn check_runs(pod: &Pod, what: &str) -> Result<(), Failure> {
    match pod.status.phase.as_str() {
        phase @ ("Succeeded" | "Failed") => Err(Failure::new(format!(
            "error: cannot {what} a container in a completed pod; current phase is {phase}"
        ))),
        _ => Ok(()),
    }
}

/// The kubelet that the API server cannot reach because the pod's node is off (`ADDRESS:PORT`), and
/// what dialling it says. The nodes are neighbours on one network, where nobody answers for an
/// address that is off: chosen, a routed network would say `i/o timeout`.
pub(super) fn unreachable(desk: &dyn Desk, pod: &Pod) -> Option<(String, String)> {
    let cluster = desk.cluster();
    let mut nodes = cluster.options().nodes.iter();
    let node = nodes.find(|node| *node.name == *pod.spec.node_name)?;
    let kubelet = format!("{}:10250", node.ip);
    let failed = format!("dial tcp {kubelet}: connect: no route to host");
    cluster.node_is_lost(&node.name).then_some((kubelet, failed))
}
