//! `run`.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::logs::{run_of, status_of};
use super::{Answer, DONE, Desk, Failure, Kubectl, Progress, State};
use crate::base::{Millis, PodName};
use crate::kube::apply::{DeleteOptions, Refusal};
use crate::kube::store::key;
use crate::manifest::object::Object;

/// How long an attached `run` waits for its pod. Models `--pod-running-timeout`.
const POD_RUNNING_TIMEOUT: Millis = Millis::secs(60);

/// How the pod's container ended, or why nobody waits for it any more.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct RunEnd {
    code: u8,
    /// What is said of it: why, and the runtime's message if it has one.
    why: String,
}

impl Kubectl {
    pub(super) fn run(&mut self, desk: &mut dyn Desk) -> Answer {
        let Some(name) = self.args.names.first().cloned() else {
            return Err(Failure::new("error: NAME is required for run"));
        };
        let Some(image) = self.args.value("image").map(str::to_string) else {
            return Err(Failure::new("error: required flag(s) \"image\" not set"));
        };
        let interactive = self.args.has("stdin");
        if self.args.has("tty") && !interactive {
            return Err(Failure::new(
                "error: -i/--stdin is required for containers with -t/--tty=true",
            ));
        }
        if self.args.has("rm") && !interactive && !self.args.has("attach") {
            return Err(Failure::new("error: --rm should only be used for attached containers"));
        }
        let object = self.run_object(&name, &image)?;
        if self.dry_run().is_some() {
            self.report(desk, &object, "created")?;
            return DONE;
        }
        let mut result = Err(Refusal::new("InternalError", String::new()));
        desk.change(&mut |cluster, now, out| result = cluster.create(&object, now, out));
        result?;
        if !interactive && !self.args.has("attach") {
            self.report(desk, &object, "created")?;
            return DONE;
        }
        self.run_on(desk, name.as_str().into(), 0, false)
    }

    fn run_object(&self, name: &str, image: &str) -> Result<Object, Failure> {
        let restart = self.args.value("restart").unwrap_or("Always");
        if !matches!(restart, "Always" | "OnFailure" | "Never") {
            return Err(Failure::new(format!("error: invalid restart policy: {restart}")));
        }
        let mut words = self.args.rest.clone();
        words.splice(0..0, self.args.names.get(1..).unwrap_or_default().iter().cloned());
        let interactive = self.args.has("stdin");
        let mut container = json!({"name": name, "image": image});
        if interactive {
            container["stdin"] = json!(true);
            container["stdinOnce"] = json!(true);
        }
        if self.args.has("tty") {
            container["tty"] = json!(true);
        }
        if !words.is_empty() {
            let field = if self.args.has("command") { "command" } else { "args" };
            container[field] = json!(words);
        }
        let pairs = |name: &str| -> Vec<(String, String)> {
            let all = self.args.flags.get(name).cloned().unwrap_or_default();
            let split = |text: &str| {
                let (name, value) = text.split_once('=').unwrap_or((text, ""));
                (name.to_string(), value.to_string())
            };
            all.iter().flat_map(|text| text.split(',')).map(split).collect()
        };
        if let Some(port) = self.args.value("port").and_then(|text| text.parse::<i64>().ok()) {
            container["ports"] = json!([{"containerPort": port}]);
        }
        if let Some(policy) = self.args.value("image-pull-policy") {
            container["imagePullPolicy"] = json!(policy);
        }
        let env: Vec<Value> = pairs("env")
            .into_iter()
            .map(|(name, value)| json!({"name": name, "value": value}))
            .collect();
        if !env.is_empty() {
            container["env"] = json!(env);
        }
        let mut labels = serde_json::Map::new();
        labels.insert("run".to_string(), json!(name));
        let given = pairs("labels");
        if !given.is_empty() {
            labels = given.into_iter().map(|(name, value)| (name, json!(value))).collect();
        }
        let value = json!({
            "apiVersion": "v1", "kind": "Pod",
            "metadata": {"name": name, "namespace": self.args.namespace(), "labels": labels,
                "annotations": pairs("annotations").into_iter().collect::<BTreeMap<_, _>>()},
            "spec": {"containers": [container], "restartPolicy": restart},
        });
        Object::from_value(&value).map_err(|error| Failure::new(format!("error: {error}")))
    }

    /// `run -i`: what the pod prints, until it has ended.
    pub(super) fn run_on(
        &mut self,
        desk: &mut dyn Desk,
        pod: PodName,
        printed: u32,
        attached: bool,
    ) -> Answer {
        let at = key(self.args.namespace(), &pod);
        let Some(object) = desk.cluster().store().pods.get(&at).cloned() else {
            return Err(Failure::new(format!(
                "Error from server (NotFound): pods {:?} not found",
                pod.as_str()
            )));
        };
        let container = object.spec.containers.first().map_or("", |one| one.name.as_str());
        let status = status_of(&object, container);
        let again = object.spec.restart_policy == "Always";
        let terminated = status.and_then(|one| one.state.terminated.as_ref());
        let end = terminated.filter(|_| attached || printed > 0 || !again).map(|one| RunEnd {
            // Of a container that starts again, nobody asks how it ended.
            code: if again { 0 } else { u8::try_from(one.exit_code).unwrap_or(1) },
            why: format!("pod {}/{pod} terminated ({})\n{}", at.namespace, one.reason, one.message),
        });
        let up = status.is_some_and(|one| one.state.running.is_some());
        if !up && end.is_none() {
            if self.is_late(desk, POD_RUNNING_TIMEOUT)? {
                let late = "error: timed out waiting for the condition".to_string();
                return self.leave(desk, pod, RunEnd { code: 1, why: late });
            }
            self.state = State::Run { pod, printed, attached };
            return Ok(Progress::Waiting);
        }
        let id = run_of(&object, container, false);
        let is_tty = self.args.has("tty");
        let is_first = !attached && printed == 0;
        let attached = attached || id.as_ref().is_some_and(|id| desk.attach(id, is_tty));
        if is_first && up {
            self.say_attached(desk);
        }
        let mut printed = printed;
        if let Some(id) = id.filter(|_| !attached) {
            let lines = desk.log(&id);
            for (_, line) in lines.iter().skip(printed as usize) {
                desk.out(&format!("{line}\n"));
            }
            printed = u32::try_from(lines.len()).unwrap_or(u32::MAX);
        }
        let Some(end) = end else {
            self.state = State::Run { pod, printed: printed.max(1), attached };
            return Ok(Progress::Waiting);
        };
        if again && is_tty && !self.args.has("quiet") {
            desk.out(&format!(
                "Session ended, resume using 'kubectl attach {pod} -c {container} -i -t' command \
                 when the pod is running\n"
            ));
        }
        self.leave(desk, pod, end)
    }

    /// Deletes the pod if it was asked to, and ends.
    fn leave(&mut self, desk: &mut dyn Desk, pod: PodName, end: RunEnd) -> Answer {
        if !self.args.has("rm") {
            return self.run_end(desk, &end);
        }
        let at = key(self.args.namespace(), &pod);
        let mut result = Ok(());
        desk.change(&mut |cluster, now, out| {
            result = cluster.delete("pods", &at, DeleteOptions::default(), now, out);
        });
        result?;
        desk.out(&format!("pod {:?} deleted from {} namespace\n", pod.as_str(), at.namespace));
        self.run_removed(desk, pod, end)
    }

    pub(super) fn run_removed(&mut self, desk: &mut dyn Desk, pod: PodName, end: RunEnd) -> Answer {
        let at = key(self.args.namespace(), &pod);
        if desk.cluster().store().pods.contains_key(&at) {
            self.state = State::Removed { pod, end };
            return Ok(Progress::Waiting);
        }
        self.run_end(desk, &end)
    }

    fn run_end(&self, desk: &mut dyn Desk, end: &RunEnd) -> Answer {
        if end.code != 0 {
            desk.err(&format!("{}\n", end.why.trim_end()));
        }
        Ok(Progress::Done(end.code))
    }
}
