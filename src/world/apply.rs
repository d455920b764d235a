//! The one place where an action changes the world, and where what one component asks for reaches
//! another.

use std::sync::Arc;

use super::agenda::Causes;
use super::inline::ExecEnd;
use super::lesson::Entry;
use super::names::ClusterNames;
use super::state::{Standing, World};
use crate::base::digest::Digest;
use crate::base::limit::{RUN_ON_MS_MAX, SILENT_ACTIONS_MAX, STEPS_MAX};
use crate::base::{Millis, Pid, SimTime, StepId};
use crate::kube::{ApplyResult, Cluster, DeleteOptions, key};
use crate::node::Asks;
use crate::os::TimerId;
use crate::sim::{Action, Effect, ExecOutcome, ExecToken, KubeAction, KubeTimer, Out};
use crate::trace::fact::ClientFact;
use crate::trace::{Actor, Cause, Fact, Scope, Site, Step, Via};

/// How long somebody takes between two things they do, once nothing moves any more. Chosen.
const THINKING: Millis = Millis(2_000);

/// From one object of a `kubectl apply` to the next. A request takes 10 to 50 ms; chosen.
const APPLY_EACH: Millis = Millis(40);

/// What one action has led to so far.
pub(super) struct Doing {
    pub actor: Option<Actor>,
    pub scope: Scope,
    pub facts: Vec<Fact>,
    pub sites: Vec<Site>,
    /// To go on the agenda once it is known whether this action makes a step of its own.
    pub next: Vec<(Millis, Action, Via, bool)>,
    /// Why this action happened.
    pub causes: Causes,
}

impl Doing {
    pub fn new(causes: Causes) -> Doing {
        Doing {
            actor: None,
            scope: Scope::default(),
            facts: Vec::new(),
            sites: Vec::new(),
            next: Vec::new(),
            causes,
        }
    }
}

impl World {
    /// Goes on to the next step: actions that mean nothing to a viewer are done on the way. `None`:
    /// see [`World::standing`].
    pub fn step(&mut self) -> Option<Step> {
        for _ in 0..SILENT_ACTIONS_MAX {
            self.go_on_with_the_lesson();
            if self.standing() != Standing::Going {
                self.end_chunks();
                return None;
            }
            if let Some(intervention) = Arc::make_mut(&mut self.asked).pop_front() {
                return Some(self.intervene_now(&intervention));
            }
            let (due, notice) = self.ghost.agenda.pop()?;
            assert!(due >= self.ghost.now, "the agenda is in order of time");
            self.ghost.now = due;
            let mut doing = Doing::new(notice.causes);
            self.act(&notice.action, &mut doing);
            self.relay(&mut doing);
            if !doing.facts.is_empty() {
                self.wake_jobs(&mut doing);
            }
            self.look_for_answers(&mut doing);
            self.ghost.rolling =
                Digest::of(&(self.ghost.rolling, due, &notice.action, &doing.facts));
            if !notice.idle || !doing.facts.is_empty() {
                self.ghost.agenda.note_change();
            }
            if doing.facts.is_empty() {
                let causes = doing.causes.clone();
                self.schedule_all(doing, &causes);
                continue;
            }
            return Some(self.record(doing));
        }
        None
    }

    /// How the run stands.
    pub fn standing(&self) -> Standing {
        if !self.asked.is_empty() && self.ghost.steps < STEPS_MAX {
            return Standing::Going;
        }
        let lesson_is_over = self.lesson as usize >= self.scenario.lesson.len();
        let agenda = &self.ghost.agenda;
        if lesson_is_over && (agenda.next_due().is_none() || agenda.is_settled()) {
            return Standing::Settled;
        }
        let ran_on = self.ghost.now.since(self.ghost.asked_at);
        if self.ghost.steps >= STEPS_MAX || ran_on.0 >= RUN_ON_MS_MAX {
            return Standing::Bounded;
        }
        if self.ghost.repetition.is_sure(self.ghost.now, agenda) {
            return Standing::Repeating;
        }
        Standing::Going
    }

    pub(super) fn record(&mut self, mut doing: Doing) -> Step {
        self.ghost.steps += 1;
        let number = self.ghost.agenda.last_number();
        self.ghost.repetition.note(&doing.facts, self.ghost.now, number);
        let index = self.ghost.steps;
        let id = |index| StepId { index, ..StepId::default() };
        let step = Step {
            id: id(index),
            at: self.ghost.now,
            actor: doing.actor.take().unwrap_or(Actor::Learner),
            causes: doing
                .causes
                .iter()
                .map(|(step, via)| Cause { step: id(*step), via: *via })
                .collect(),
            scope: std::mem::take(&mut doing.scope),
            facts: std::mem::take(&mut doing.facts),
            sites: std::mem::take(&mut doing.sites),
            after: self.ghost.rolling,
        };
        self.schedule_all(doing, &[(index, Via::Next)]);
        step
    }

    /// Puts on the agenda what an action has led to. A silent action passes its own cause on.
    pub(super) fn schedule_all(&mut self, doing: Doing, causes: &[(u32, Via)]) {
        let silent = doing.causes == causes;
        for (after, action, via, idle) in doing.next {
            let how = |(step, before): &(u32, Via)| (*step, if silent { *before } else { via });
            let causes = causes.iter().map(how).collect();
            self.later(self.ghost.now + after, action, causes, idle);
        }
    }

    /// Once nothing moves any more, the next entry of the lesson is due.
    fn go_on_with_the_lesson(&mut self) {
        let has_more = (self.lesson as usize) < self.scenario.lesson.len();
        if has_more && self.ghost.agenda.is_settled() {
            let last = (self.ghost.steps > 0).then_some((self.ghost.steps, Via::Next));
            let causes = last.into_iter().collect();
            self.later(self.ghost.now + THINKING, Action::Lesson(self.lesson), causes, false);
        }
    }

    fn act(&mut self, action: &Action, doing: &mut Doing) {
        let now = self.ghost.now;
        let mut asks = Asks::default();
        match action {
            Action::Kube(action) => {
                let mut out = Out::default();
                doing.actor = Some(self.kube_mut().act(action, now, &mut out));
                if let KubeAction::Timer(KubeTimer::Pulled(_, image)) = action
                    && let Some(fault) = self.registry_fault(image)
                {
                    self.blame(&fault, doing);
                }
                self.carry_out(out, doing);
                return;
            }
            Action::Run(pid) => {
                self.identify(*pid, doing);
                let is_typed = self.nodes.is_typed(*pid);
                self.nodes.run(*pid, now, &ClusterNames(&self.kube, now), &mut asks);
                self.light_script(*pid, doing);
                if is_typed {
                    // The lesson is in the cluster, not in the learner's own shell.
                    asks.facts.clear();
                    self.take_asks(asks, ExecEnd::Normal, doing);
                    self.attend(*pid, doing);
                    return;
                }
            }
            Action::Fire(pid, timer) => self.nodes.fire(*pid, *timer, &mut asks),
            Action::Deliver(message) => {
                doing.actor = Some(Actor::Network);
                self.nodes.deliver(*message, &mut asks);
            }
            Action::ExecOver(token) => {
                self.nodes.stop_exec(token, now, &mut asks);
                asks.facts.clear();
                self.take_asks(asks, ExecEnd::TimedOut, doing);
                return;
            }
            // A step of its own: whoever waited for this moment is to find the world at it.
            Action::Waited => {
                doing.facts.push(Fact::Client(ClientFact::Waited));
                return;
            }
            Action::Answered(terminal) => {
                self.show_answer(*terminal, doing);
                return;
            }
            Action::Lesson(entry) => {
                self.do_lesson(*entry, doing);
                return;
            }
        }
        self.take_asks(asks, ExecEnd::Normal, doing);
    }

    /// One action that is no step, at this very moment.
    pub(super) fn act_silently(&mut self, notice: &super::agenda::Notice) {
        let mut doing = Doing::new(notice.causes.clone());
        self.act(&notice.action, &mut doing);
        self.relay(&mut doing);
        self.schedule_all(doing, &notice.causes);
    }

    fn do_lesson(&mut self, index: u32, doing: &mut Doing) {
        if index != self.lesson {
            return;
        }
        self.lesson += 1;
        let scenario = self.scenario.clone();
        let mut out = Out::default();
        let now = self.ghost.now;
        doing.actor = Some(Actor::Learner);
        match &scenario.lesson[index as usize] {
            Entry::Apply(object) => {
                doing.actor = Some(Actor::ApiServer);
                self.kube_mut().apply(&scenario.objects[*object as usize], now, &mut out);
                let next = scenario.lesson.get(index as usize + 1);
                if matches!(next, Some(Entry::Apply(_))) {
                    doing.next.push((APPLY_EACH, Action::Lesson(index + 1), Via::Next, false));
                }
            }
            Entry::Run(client) => {
                let fact = ClientFact::Runs {
                    pod: client.pod.clone(),
                    command: client.command(),
                    reads: client.reads,
                };
                doing.facts.push(Fact::Client(fact));
                let object = client.object(&scenario.namespace);
                if let ApplyResult::Refused(_) = self.kube_mut().apply(&object, now, &mut out) {
                    // Whoever cannot even run a client looks for the reason first.
                    self.lesson = scenario.lesson.len() as u32;
                } else {
                    out.facts.clear();
                }
            }
            Entry::Remove(pod) => {
                doing.facts.push(Fact::Client(ClientFact::Removed { pod: pod.clone() }));
                self.delete_pod(pod, &mut out);
                out.facts.clear();
            }
        }
        self.carry_out(out, doing);
    }

    fn delete_pod(&mut self, pod: &str, out: &mut Out) {
        let (at, now) = (key(&self.scenario.namespace, pod), self.ghost.now);
        let options = DeleteOptions::default();
        // A pod that is already gone need not be deleted.
        let _ = self.kube_mut().delete("pods", &at, options, now, out);
    }

    pub(super) fn kube_mut(&mut self) -> &mut Cluster {
        Arc::make_mut(&mut self.kube)
    }

    /// Does what Kubernetes asks for, and what comes of that.
    pub(super) fn carry_out(&mut self, out: Out, doing: &mut Doing) {
        doing.facts.extend(out.facts);
        doing.sites.extend(out.sites);
        for effect in out.effects {
            self.carry_out_one(effect, doing);
        }
    }

    fn carry_out_one(&mut self, effect: Effect, doing: &mut Doing) {
        let now = self.ghost.now;
        let mut asks = Asks::default();
        let mut out = Out::default();
        match effect {
            Effect::Later { action, after, via, idle } => {
                doing.next.push((after, Action::Kube(action), via, idle));
            }
            Effect::Never(action) => self.forget(&action, doing),
            Effect::CreateSandbox(spec) => self.nodes.create_sandbox(spec),
            Effect::RemoveSandbox(pod) => self.nodes.remove_sandbox(&pod, now, &mut asks),
            Effect::CreateVolume(spec) => self.nodes.create_volume(&spec, now),
            Effect::ShareVolume(share) => self.nodes.share_volume(&share),
            Effect::GrowVolume(id, bytes) => self.nodes.grow_volume(&id, bytes),
            Effect::RemoveVolume(id) => self.nodes.remove_volume(&id),
            Effect::RunContainer(spec) => {
                let id = spec.id.clone();
                let names = ClusterNames(&self.kube, now);
                match self.nodes.run_container(*spec, now, &names, &mut asks) {
                    Ok(()) => self.kube_mut().container_started(&id, now, &mut out),
                    Err(text) => {
                        self.kube_mut().container_start_failed(&id, &text, now, &mut out);
                    }
                }
            }
            Effect::SignalContainer(id, signal) => {
                self.nodes.signal_container(&id, signal, now, &mut asks);
            }
            Effect::Exec(spec) => self.exec(&spec, doing),
            Effect::Dial(spec) => {
                let outcome = self.dial(&spec, doing);
                self.kube_mut().exec_done(&spec.token, outcome, now, &mut out);
            }
            Effect::LoseNode(node) => self.nodes.lose_node(&node, &mut asks),
        }
        self.carry_out(out, doing);
        self.take_asks(asks, ExecEnd::Normal, doing);
    }

    fn forget(&mut self, action: &KubeAction, doing: &mut Doing) {
        let action = Action::Kube(action.clone());
        doing.next.retain(|(_, planned, _, _)| *planned != action);
        self.ghost.agenda.remove(&action);
    }

    /// Does what the machines ask for, and what comes of that.
    pub(super) fn take_asks(&mut self, asks: Asks, end: ExecEnd, doing: &mut Doing) {
        let Asks { wake, arm, disarm, send, exited, done, facts, sites, blamed, lookups, .. } =
            asks;
        if let Some(fault) = blamed.filter(|_| !facts.is_empty()) {
            self.blame(&fault, doing);
        }
        doing.facts.extend(facts);
        doing.sites.extend(sites);
        let wait = |pid: Pid| Action::Run(pid);
        doing
            .next
            .extend(wake.into_iter().map(|(pid, after)| (after, wait(pid), Via::Wait, false)));
        for (pid, timer) in disarm {
            self.forget_timer(pid, timer, doing);
        }
        doing.next.extend(
            arm.into_iter()
                .map(|(pid, timer, after)| (after, Action::Fire(pid, timer), Via::Timer, false)),
        );
        doing.next.extend(
            send.into_iter()
                .map(|(message, after)| (after, Action::Deliver(message), Via::Message, false)),
        );
        let now = self.ghost.now;
        for (from, name) in lookups {
            if self.kube.would_remember(&from, &name, now) {
                self.kube_mut().remember(&from, &name, now);
            }
        }
        for done in done {
            if matches!(done.token, ExecToken::Terminal(_)) {
                self.terminal_done(done, doing);
                continue;
            }
            let mut out = Out::default();
            let outcome = ExecOutcome {
                status: Ok(done.status),
                output: done.output.iter().flat_map(|(_, blob)| blob.bytes()).collect(),
                timed_out: end == ExecEnd::TimedOut,
            };
            self.ghost.agenda.remove(&Action::ExecOver(done.token.clone()));
            self.kube_mut().exec_done(&done.token, outcome, now, &mut out);
            self.carry_out(out, doing);
        }
        for (id, status) in exited {
            let mut out = Out::default();
            self.kube_mut().container_exited(&id, status, now, &mut out);
            self.carry_out(out, doing);
        }
    }

    fn forget_timer(&mut self, pid: Pid, timer: TimerId, doing: &mut Doing) {
        let action = Action::Fire(pid, timer);
        doing.next.retain(|(_, planned, _, _)| *planned != action);
        self.ghost.agenda.remove(&action);
    }

    /// When the next action is due, if there is one.
    pub fn next_due(&self) -> Option<SimTime> {
        self.ghost.agenda.next_due()
    }
}
