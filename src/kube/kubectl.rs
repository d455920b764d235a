//! The learner's `kubectl`: parse, act, print. Texts are kubectl's own (v1.36).
//!
//! [`Kubectl`] is data: commands that wait (`-w`, `delete`, `rollout status`, `exec` …) are given
//! a turn whenever something has happened, until they are done.

mod about;
mod args;
mod attach;
mod change;
mod columns;
mod complete;
mod cp;
mod create;
mod diff;
mod drain;
mod edit;
mod explain;
mod files;
mod foreign;
mod get;
mod help;
mod jsonpath;
mod logs;
mod prune;
mod remove;
mod rollout;
mod run;
mod select;
mod set;
mod taint;
mod wait;
mod yaml;

use super::Cluster;
use super::apply::Refusal;
use crate::base::{ContainerId, Millis, PodName, SimTime, SortedMap};
use crate::manifest::object::Object;
use crate::os::WaitStatus;
use crate::sim::{ObjectKey, Out};

pub use args::Args;
pub use complete::complete;

/// What kubectl needs from where it runs.
pub trait Desk {
    /// The cluster as it is now.
    fn cluster(&self) -> &Cluster;
    /// The moment.
    fn now(&self) -> SimTime;
    /// Makes a change to the cluster.
    fn change(&mut self, change: &mut dyn FnMut(&mut Cluster, SimTime, &mut Out));
    /// A file of the learner's; `-` is what was typed or piped in.
    fn file(&self, name: &str) -> Option<String>;
    /// The complete lines a container has logged so far, with when.
    fn log(&self, container: &ContainerId) -> Vec<(SimTime, String)>;
    /// Starts a command in a container, its output on this terminal; the answer names it.
    fn exec(&mut self, container: &ContainerId, argv: &[String], stdin: bool, tty: bool) -> u32;
    /// How that command ended, once it has; `Err`: it could not be started.
    fn exec_end(&self, token: u32) -> Option<Result<WaitStatus, String>>;
    /// Forwards what a container prints to this terminal from now on, and what is typed here to
    /// the container. False: its input is not open, so that its log has to do.
    fn attach(&mut self, _container: &ContainerId, _tty: bool) -> bool {
        false
    }
    /// What `KUBECTL_EXTERNAL_DIFF` says.
    fn differ(&self) -> String {
        String::new()
    }
    /// Runs a bash script where the learner sits, with these words after its name, its output on
    /// this terminal; the answer names it.
    fn local(&mut self, _script: &str, _words: &[String]) -> u32 {
        0
    }
    /// Prints.
    fn out(&mut self, text: &str);
    /// Prints to standard error.
    fn err(&mut self, text: &str);
    /// Opens the learner's editor on a text.
    ///
    /// # Errors
    /// The editor that is not there.
    fn edit(&mut self, _text: &str) -> Result<(), String> {
        Err("vi".to_string())
    }
    /// Asks for another turn after a while, whatever happens.
    fn wake(&mut self, _after: Millis) {}
    /// What the editor was left with, once it is closed; or the editor that failed.
    fn edited(&mut self) -> Option<Result<String, String>> {
        None
    }
}

/// How a command stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Progress {
    /// It is done, with this exit code.
    Done(u8),
    /// It goes on when something has happened.
    Waiting,
}

/// One command, running.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Kubectl {
    args: Args,
    state: State,
    /// When it was typed.
    began: SimTime,
}

/// What a command does at the moment.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum State {
    /// Nothing yet.
    Begin,
    /// `get -w`: rows as they were last printed, and how wide columns are.
    Watch { rows: SortedMap<ObjectKey, get::Row>, widths: Vec<u32> },
    /// `delete`: objects that must be gone, by uid.
    Gone(Vec<(&'static str, ObjectKey, String)>),
    /// `rollout status`: the set, and its version that was told of last.
    Rollout { set: ObjectKey, version: String },
    /// `logs -f`: containers, and how many of their lines are printed.
    Follow(Vec<(ContainerId, u32)>),
    /// `edit`: the object's kind and key, and the text the editor began with.
    Edit { plural: &'static str, at: ObjectKey, text: String },
    /// `wait`.
    Wait,
    /// `exec`.
    Exec(u32),
    /// A script that does it: `cp`, `diff`.
    Local(u32),
    /// `run -i`.
    Run { pod: PodName, printed: u32, attached: bool },
    /// `run --rm`: the pod must be gone.
    Removed { pod: PodName, end: run::RunEnd },
    /// `drain`.
    Drain(drain::Drain),
}

/// A command that failed: what it prints on standard error, and its exit code.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Failure {
    text: String,
    code: u8,
}

impl Failure {
    fn new(text: impl Into<String>) -> Failure {
        Failure { text: text.into(), code: 1 }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Failure {
        Failure::new(refusal.kubectl())
    }
}

type Answer = Result<Progress, Failure>;

const DONE: Answer = Ok(Progress::Done(0));

impl Kubectl {
    /// A command from its words, without `kubectl` itself.
    pub fn new(words: &[String]) -> Kubectl {
        Kubectl { args: Args::parse(words), state: State::Begin, began: SimTime::START }
    }

    /// Whether it passes its input on to a container.
    pub fn is_interactive(&self) -> bool {
        let attaches = matches!(self.args.verb.as_str(), "exec" | "run" | "attach");
        attaches && self.args.has("stdin") || self.args.verb == "edit"
    }

    /// Whether it has not had a turn yet.
    pub fn has_not_begun(&self) -> bool {
        self.state == State::Begin
    }

    /// Goes on as far as it can.
    pub fn turn(&mut self, desk: &mut dyn Desk) -> Progress {
        let answer = match std::mem::replace(&mut self.state, State::Begin) {
            State::Begin => self.begin(desk),
            State::Watch { rows, widths } => self.watch(desk, rows, widths),
            State::Gone(left) => self.wait_gone(desk, left),
            State::Rollout { set, version } => self.rollout_status(desk, set, version),
            State::Follow(all) => self.follow(desk, all),
            State::Edit { plural, at, text } => self.edit_on(desk, plural, at, text),
            State::Wait => self.wait_on(desk),
            State::Exec(token) => self.exec_on(desk, token),
            State::Local(token) => self.local_on(desk, token),
            State::Run { pod, printed, attached } => self.run_on(desk, pod, printed, attached),
            State::Removed { pod, end } => self.run_removed(desk, pod, end),
            State::Drain(drain) => self.drain_on(desk, drain),
        };
        match answer {
            Ok(progress) => progress,
            Err(failure) => {
                desk.err(&format!("{}\n", failure.text));
                Progress::Done(failure.code)
            }
        }
    }

    /// Ctrl-C: the command ends, what it has asked for goes on.
    pub fn interrupt(&mut self) -> Progress {
        Progress::Done(130)
    }

    fn begin(&mut self, desk: &mut dyn Desk) -> Answer {
        self.began = desk.now();
        let verb = self.args.verb.clone();
        let foreign = args::FOREIGN_VERBS.contains(&verb.as_str()).then_some(verb);
        if let Some(command) = foreign.or_else(|| self.args.foreign_command()) {
            return Err(about::not_here(&command));
        }
        if let Some(trouble) = &self.args.trouble {
            return Err(Failure::new(trouble.clone()));
        }
        if self.args.has("help") {
            return self.help(desk);
        }
        match self.args.verb.as_str() {
            "" | "help" => self.help(desk),
            "get" => self.get(desk),
            "events" => self.events(desk),
            "describe" => self.describe(desk),
            "apply" | "create" | "replace" => self.send(desk),
            "delete" => self.delete(desk),
            "scale" => self.scale(desk),
            "set" => self.set(desk),
            "patch" => self.patch(desk),
            "edit" => self.edit(desk),
            "label" | "annotate" => self.label(desk),
            "taint" => self.taint(desk),
            "rollout" => self.rollout(desk),
            "logs" => self.logs(desk),
            "exec" => self.exec(desk),
            "cp" => self.cp(desk),
            "diff" => self.diff(desk),
            "run" => self.run(desk),
            "wait" => self.wait_on(desk),
            "attach" => self.attach(desk),
            "auth" => self.auth(desk),
            "config" => self.config(desk),
            "api-versions" => self.api_versions(desk),
            "cordon" | "uncordon" => self.cordon(desk),
            "drain" => self.drain(desk),
            "explain" => self.explain(desk),
            "api-resources" => self.api_resources(desk),
            "cluster-info" => self.cluster_info(desk),
            "top" => Err(Failure::new("error: Metrics API not available")),
            "version" => self.version(desk),
            verb => Err(Failure::new(unknown_command(verb))),
        }
    }

    fn version(&self, desk: &mut dyn Desk) -> Answer {
        desk.out("Client Version: v1.36.2\nKustomize Version: v5.8.1\n");
        if !self.args.has("client") {
            desk.out("Server Version: v1.36.2\n");
        }
        DONE
    }

    fn cluster_info(&self, desk: &mut dyn Desk) -> Answer {
        let server = "https://192.168.0.10:6443";
        desk.out(&format!(
            "Kubernetes control plane is running at {server}\nCoreDNS is running at \
             {server}/api/v1/namespaces/kube-system/services/kube-dns:dns/proxy\n\nTo further \
             debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n"
        ));
        DONE
    }

    /// Whether the time it was given is over; asks for a turn at its end. 0 is for ever.
    fn is_late(&self, desk: &mut dyn Desk, default: Millis) -> Result<bool, Failure> {
        let timeout = match self.args.value("timeout") {
            None => default,
            Some(text) => wait::duration(text).ok_or_else(|| {
                Failure::new(format!(
                    "error: invalid argument {text:?} for \"--timeout\" flag: time: invalid \
                     duration {text:?}"
                ))
            })?,
        };
        let end = self.began + timeout;
        if timeout > Millis::ZERO && desk.now() < end {
            desk.wake(end.since(desk.now()));
        }
        Ok(timeout > Millis::ZERO && desk.now() >= end)
    }

    /// Whether nothing is to be changed, and how kubectl says so after the verb.
    fn dry_run(&self) -> Option<&'static str> {
        match self.args.value("dry-run")? {
            "none" => None,
            "server" => Some(" (server dry run)"),
            _ => Some(" (dry run)"),
        }
    }

    /// Says what became of an object, in the form that `-o` asks for.
    fn report(&self, desk: &mut dyn Desk, object: &Object, verb: &str) -> Result<(), Failure> {
        match self.args.value("output").unwrap_or_default() {
            "" => {
                let dry = self.dry_run().unwrap_or_default();
                desk.out(&get::said(object, &format!("{verb}{dry}")));
                Ok(())
            }
            "name" => {
                desk.out(&format!("{}\n", select::full_name(object)));
                Ok(())
            }
            _ => self.print_value(desk, &object.to_value()),
        }
    }
}

/// Models cobra's suggestions: what begins alike or differs in at most two letters.
fn unknown_command(verb: &str) -> String {
    let mut text = format!("error: unknown command {verb:?} for \"kubectl\"");
    let near: Vec<&str> = args::verbs()
        .map(|known| known.name)
        .filter(|known| known.starts_with(verb) || distance(known, verb) <= 2)
        .collect();
    if !near.is_empty() {
        text.push_str("\n\nDid you mean this?");
        near.iter().for_each(|known| text.push_str(&format!("\n\t{known}")));
    }
    text
}

/// Levenshtein's.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut before = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let cost = before + usize::from(x != *y);
            before = row[j + 1];
            row[j + 1] = cost.min(row[j] + 1).min(before + 1);
        }
    }
    row[b.len()]
}
