//! A world of pretence: containers run as long as their plan says, probes succeed when their plan
//! says. Enough to let controllers and kubelets run against each other.

use std::collections::BTreeMap;

use ordinal::base::{ContainerId, Millis, PodUid, SimTime};
use ordinal::kube::{ApplyResult, Cluster, Options, key};
use ordinal::manifest::object::{Object, Pod};
use ordinal::os::{Signal, WaitStatus};
use ordinal::sim::{Effect, ExecOutcome, ExecToken, KubeAction, ObjectKey, Out};
use ordinal::text::Lang;

/// What a container does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Plan {
    /// Runs until it is asked to stop; `deaf` ones only stop when they are killed.
    Serve { deaf: bool },
    /// Ends by itself.
    End { after: Millis, code: u8 },
}

/// What may happen next.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Todo {
    Act(KubeAction),
    Exit(ContainerId, u8),
    Answer(ExecToken),
}

/// A cluster and what it waits for.
#[derive(Clone)]
pub struct Driver {
    pub cluster: Cluster,
    pub now: SimTime,
    agenda: Vec<(SimTime, u64, Todo, bool)>,
    seq: u64,
    /// What containers do, by container name; `Serve` where nothing is said.
    pub plans: BTreeMap<String, Plan>,
    /// Pods whose probes fail.
    pub unready: Vec<String>,
    /// Whether lifecycle hooks fail.
    pub failing_hooks: bool,
    running: Vec<ContainerId>,
    pub lines: Vec<String>,
    pub steps: u64,
}

impl Driver {
    pub fn new() -> Driver {
        Driver::with(Options::default())
    }

    pub fn with(options: Options) -> Driver {
        let plans = [
            ("init-mysql", Plan::End { after: Millis(80), code: 0 }),
            ("clone-mysql", Plan::End { after: Millis(3_000), code: 0 }),
            ("xtrabackup", Plan::Serve { deaf: true }),
        ];
        Driver {
            cluster: Cluster::new(options),
            now: SimTime::START,
            agenda: Vec::new(),
            seq: 0,
            plans: plans.iter().map(|(name, plan)| ((*name).to_string(), *plan)).collect(),
            unready: Vec::new(),
            failing_hooks: false,
            running: Vec::new(),
            lines: Vec::new(),
            steps: 0,
        }
    }

    /// Applies all objects of a text of several documents.
    pub fn apply_text(&mut self, text: &str) {
        for object in read(text) {
            let result = self.apply(&object);
            assert!(!matches!(result, ApplyResult::Refused(_)), "{result:?}");
        }
    }

    pub fn apply(&mut self, object: &Object) -> ApplyResult {
        let mut out = Out::default();
        let result = self.cluster.apply(object, self.now, &mut out);
        self.take(out);
        result
    }

    /// Changes the cluster as somebody outside would.
    pub fn does<T>(&mut self, act: impl FnOnce(&mut Cluster, SimTime, &mut Out) -> T) -> T {
        let mut out = Out::default();
        let result = act(&mut self.cluster, self.now, &mut out);
        self.take(out);
        result
    }

    pub fn scale(&mut self, set: &str, replicas: u32) {
        let at = key("default", set);
        self.does(|cluster, _, out| cluster.scale(&at, replicas, out)).expect("the set is there");
    }

    pub fn delete_pod(&mut self, name: &str) {
        let at = key("default", name);
        self.does(|cluster, now, out| cluster.delete("pods", &at, Default::default(), now, out))
            .expect("the pod is there");
    }

    pub fn pod(&self, name: &str) -> Option<&Pod> {
        self.cluster.store().pods.get(&key("default", name)).map(|pod| &**pod)
    }

    pub fn pods(&self) -> Vec<&Pod> {
        self.cluster.store().pods.values().map(|pod| &**pod).collect()
    }

    /// Whether a container runs.
    pub fn runs(&self, pod: &str, container: &str) -> bool {
        self.running_of(pod, container).is_some()
    }

    /// The run of a container that runs.
    pub fn running_of(&self, pod: &str, container: &str) -> Option<ContainerId> {
        let uid = PodUid::from(self.pod(pod)?.metadata.uid.as_str());
        self.running.iter().find(|id| id.pod == uid && &*id.name == container).cloned()
    }

    /// Ends a running container.
    pub fn crash(&mut self, pod: &str, container: &str, code: u8) {
        let id = self.running_of(pod, container).expect("the container runs");
        self.push(Millis::ZERO, Todo::Exit(id, code), false);
    }

    fn push(&mut self, after: Millis, todo: Todo, idle: bool) {
        let due = self.now + after;
        if let Some(known) = self.agenda.iter_mut().find(|(_, _, one, _)| *one == todo) {
            if due < known.0 {
                known.0 = due;
            }
            known.3 &= idle;
            return;
        }
        self.seq += 1;
        self.agenda.push((due, self.seq, todo, idle));
    }

    fn take(&mut self, out: Out) {
        for fact in &out.facts {
            let words = ordinal::text::fact(Lang::En, fact).plain();
            self.lines.push(format!("{} {words}", self.now));
            assert!(!ordinal::text::fact(Lang::Zh, fact).plain().is_empty());
        }
        for effect in out.effects {
            self.perform(effect);
        }
    }

    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::Later { action, after, idle, .. } => {
                self.push(after, Todo::Act(action), idle);
            }
            Effect::Never(action) => {
                let todo = Todo::Act(action);
                self.agenda.retain(|(_, _, one, _)| *one != todo);
            }
            Effect::RunContainer(spec) => {
                let id = spec.id.clone();
                self.running.push(id.clone());
                let now = self.now;
                let mut out = Out::default();
                self.cluster.container_started(&id, now, &mut out);
                self.take(out);
                if let Some(Plan::End { after, code }) = self.plans.get(&*id.name).copied() {
                    self.push(after, Todo::Exit(id, code), false);
                }
            }
            Effect::SignalContainer(id, signal) => {
                let plan = self.plans.get(&*id.name).copied();
                let deaf = plan == Some(Plan::Serve { deaf: true });
                if signal == Signal::Kill {
                    self.push(Millis(10), Todo::Exit(id, 137), false);
                } else if !deaf {
                    self.push(Millis(1_500), Todo::Exit(id, 0), false);
                }
            }
            Effect::Exec(exec) => {
                self.push(Millis(40), Todo::Answer(exec.token), false);
            }
            Effect::Dial(dial) => self.push(Millis(5), Todo::Answer(dial.token), false),
            Effect::LoseNode(node) => {
                let cluster = &self.cluster;
                let here = |id: &ContainerId| {
                    cluster.store().pod(&id.pod).is_some_and(|pod| pod.spec.node_name == *node)
                };
                self.running.retain(|id| !here(id));
            }
            _ => {}
        }
    }

    fn probe_is_good(&self, token: &ExecToken) -> bool {
        let ExecToken::Probe(uid, ..) = token else { return !self.failing_hooks };
        let pod = self.cluster.store().pod(uid);
        pod.is_none_or(|pod| !self.unready.contains(&pod.metadata.name))
    }

    /// One step; false if nothing is left but idle ones, or nothing before `until`.
    pub fn step(&mut self, until: Option<SimTime>) -> bool {
        let busy = self.agenda.iter().any(|(_, _, _, idle)| !idle);
        let Some(first) =
            (0..self.agenda.len()).min_by_key(|at| (self.agenda[*at].0, self.agenda[*at].1))
        else {
            return false;
        };
        match until {
            Some(until) if self.agenda[first].0 > until => return false,
            None if !busy => return false,
            _ => {}
        }
        let (due, _, todo, _) = self.agenda.remove(first);
        self.now = due;
        self.steps += 1;
        let mut out = Out::default();
        match todo {
            Todo::Act(action) => {
                self.cluster.act(&action, self.now, &mut out);
            }
            Todo::Exit(id, code) => {
                if let Some(at) = self.running.iter().position(|one| *one == id) {
                    self.running.remove(at);
                    let status = WaitStatus::Code(code);
                    self.cluster.container_exited(&id, status, self.now, &mut out);
                }
            }
            Todo::Answer(token) => {
                let good = self.probe_is_good(&token);
                let outcome = ExecOutcome {
                    status: Ok(WaitStatus::Code(u8::from(!good))),
                    output: if good { Vec::new() } else { b"not yet".to_vec() },
                    timed_out: false,
                };
                self.cluster.exec_done(&token, outcome, self.now, &mut out);
            }
        }
        self.take(out);
        true
    }

    /// Runs until only idle things are left; false if that takes more than `steps_max` steps.
    pub fn settle(&mut self) -> bool {
        for _ in 0..200_000 {
            if !self.step(None) {
                return true;
            }
        }
        false
    }

    /// Runs until a condition holds; false if it does not within the time.
    pub fn run_until(&mut self, within: Millis, holds: impl Fn(&Driver) -> bool) -> bool {
        let until = self.now + within;
        while !holds(self) {
            if !self.step(Some(until)) {
                self.now = until;
                return holds(self);
            }
        }
        true
    }

    pub fn is_ready(&self, pod: &str) -> bool {
        self.pod(pod).is_some_and(|pod| pod.status.is_true("Ready"))
    }

    pub fn events(&self) -> Vec<String> {
        let mut events: Vec<_> = self.cluster.store().events.values().collect();
        events.sort_by_key(|event| event.metadata.creation_timestamp);
        events
            .iter()
            .map(|event| {
                format!(
                    "{} {} {}/{}: {}",
                    event.event_type,
                    event.reason,
                    event.involved_object.kind,
                    event.involved_object.name,
                    event.message
                )
            })
            .collect()
    }

    pub fn set_key(&self) -> ObjectKey {
        key("default", "mysql")
    }
}

/// Objects of a text of several documents.
pub fn read(text: &str) -> Vec<Object> {
    use serde::Deserialize;
    serde_yaml::Deserializer::from_str(text)
        .map(|document| serde_json::Value::deserialize(document).expect("the manifest is YAML"))
        .filter(|value| !value.is_null())
        .map(|value| Object::from_value(&value).expect("the manifest has the right types"))
        .collect()
}

/// The tutorial's manifests.
pub fn tutorial() -> String {
    ["configmap", "services", "statefulset"]
        .map(|name| {
            let path = format!("{}/manifests/{name}.yaml", env!("CARGO_MANIFEST_DIR"));
            std::fs::read_to_string(path).expect("the manifests are in the repository")
        })
        .join("\n---\n")
}
