//! `kubectl`s that run: what they forward, and when they go on.

use super::super::apply::Doing;
use super::super::inline::ExecEnd;
use super::super::state::World;
use super::desk::At;
use super::{Forward, Job};
use crate::base::{ContainerId, Pid};
use crate::kube::kubectl::{Kubectl, Progress};
use crate::node::{Asks, Printed};
use crate::os::Fd;
use crate::sim::{Action, ExecToken};
use crate::trace::Actor;

impl World {
    /// A process that the world runs has had its turn: lets it go on.
    pub(in crate::world) fn attend(&mut self, pid: Pid, doing: &mut Doing) {
        let Some(program) = self.nodes.attended(pid) else { return };
        if !program.needs_attention() {
            return;
        }
        let argv = program.argv.clone();
        if !self.terminals.jobs.contains_key(&pid) {
            self.begin_job(pid, &argv, doing);
        }
        self.forward_input(pid, doing);
        let waits = self.terminals.jobs[&pid].reads_all(&argv)
            && self.nodes.attended(pid).is_some_and(|program| !program.input_ended);
        if waits {
            return;
        }
        let job = self.terminals_mut().jobs.get_mut(&pid).expect("it was just begun");
        let mut kubectl = job.kubectl.take().expect("a job has one but during its turn");
        doing.actor = Some(Actor::ApiServer);
        let mut desk = At::new(self, pid, doing);
        let progress = kubectl.turn(&mut desk);
        let printed = desk.printed();
        self.print_for(pid, &printed, doing);
        match progress {
            Progress::Waiting => {
                if let Some(job) = self.terminals_mut().jobs.get_mut(&pid) {
                    job.kubectl = Some(kubectl);
                }
                self.forward_input(pid, doing);
            }
            Progress::Done(code) => {
                self.forward_streams(pid, doing);
                // It may have asked to be woken later.
                self.ghost.agenda.remove(&Action::Run(pid));
                self.terminals_mut().jobs.remove(&pid);
                self.terminals_mut().execs.retain(|_, started| started.job != pid);
                let mut asks = Asks::default();
                self.nodes.attend(pid, &mut asks, |program| program.end(code));
                self.take_asks(asks, ExecEnd::Normal, doing);
            }
        }
    }

    fn begin_job(&mut self, pid: Pid, argv: &[Vec<u8>], doing: &mut Doing) {
        let words: Vec<String> =
            argv[1..].iter().map(|word| String::from_utf8_lossy(word).into_owned()).collect();
        let job = Job {
            kubectl: Some(Kubectl::new(&words)),
            attached: None,
            forwards: Forward::None,
            input_closed: false,
            tty: false,
            editor: None,
        };
        let reads =
            job.reads_all(argv) || job.kubectl.as_ref().is_some_and(Kubectl::is_interactive);
        self.terminals_mut().jobs.insert(pid, job);
        if reads {
            let mut asks = Asks::default();
            self.nodes.attend(pid, &mut asks, |program| program.reads = true);
            self.take_asks(asks, ExecEnd::Normal, doing);
        }
    }

    /// Lets every `kubectl` look again: something has happened.
    pub(in crate::world) fn wake_jobs(&mut self, doing: &mut Doing) {
        let jobs: Vec<Pid> = self.terminals.jobs.keys().copied().collect();
        for pid in jobs {
            if self.nodes.attended(pid).is_none() {
                self.terminals_mut().jobs.remove(&pid);
                continue;
            }
            let mut asks = Asks::default();
            self.nodes.attend(pid, &mut asks, |_| {});
            self.take_asks(asks, ExecEnd::Normal, doing);
        }
    }

    /// Carries on what was printed since the last action: from execs and containers to their
    /// `kubectl`, from lines to their terminal.
    pub(in crate::world) fn relay(&mut self, doing: &mut Doing) {
        if self.terminals.are_unused() {
            return;
        }
        let execs: Vec<(u32, Pid)> =
            self.terminals.execs.iter().map(|(token, it)| (*token, it.job)).collect();
        for (token, job) in execs {
            if let Some(pid) = self.nodes.exec_of(&ExecToken::Terminal(token)) {
                let output = self.nodes.take_output(pid);
                self.print_for(job, &output, doing);
            }
        }
        let jobs: Vec<Pid> = self.terminals.jobs.keys().copied().collect();
        for job in jobs {
            self.forward_streams(job, doing);
        }
        for (terminal, token) in self.terminals.lines() {
            if let Some(pid) = self.nodes.exec_of(&ExecToken::Terminal(token)) {
                let output = self.nodes.take_output(pid);
                self.show(terminal, &output);
            }
        }
    }

    /// Forwards what an attached container has printed.
    fn forward_streams(&mut self, pid: Pid, doing: &mut Doing) {
        let attached = self.terminals.jobs.get(&pid).and_then(|job| job.attached.clone());
        let Some((id, from)) = attached else { return };
        let [out, err] = self.nodes.streams_from(&id, from);
        if out.is_empty() && err.is_empty() {
            return;
        }
        let upto = [from[0] + out.len() as u64, from[1] + err.len() as u64];
        if let Some(job) = self.terminals_mut().jobs.get_mut(&pid) {
            job.attached = Some((id, upto));
        }
        self.print_for(pid, &vec![(false, out.into()), (true, err.into())], doing);
    }

    pub(super) fn print_for(&mut self, pid: Pid, printed: &Printed, doing: &mut Doing) {
        if printed.iter().all(|(_, blob)| blob.is_empty()) {
            return;
        }
        let mut asks = Asks::default();
        self.nodes.attend(pid, &mut asks, |program| {
            for (stderr, blob) in printed.iter().filter(|(_, blob)| !blob.is_empty()) {
                program.print(if *stderr { Fd::STDERR } else { Fd::STDOUT }, blob.clone());
            }
        });
        self.take_asks(asks, ExecEnd::Normal, doing);
    }

    /// Carries what a `kubectl` has read to where it forwards it.
    fn forward_input(&mut self, pid: Pid, doing: &mut Doing) {
        let Some(job) = self.terminals.jobs.get(&pid) else { return };
        if job.forwards == Forward::None || job.input_closed {
            return;
        }
        let (exec, container) = self.forwarded(pid);
        let mut asks = Asks::default();
        let (input, is_over) = self.nodes.take_input(pid);
        if let Some(exec) = exec {
            self.nodes.type_into_exec(exec, &input, &mut asks);
            if is_over {
                self.nodes.close_exec_input(exec, &mut asks);
            }
        }
        if let Some(container) = &container {
            self.nodes.type_into(container, &input, &mut asks);
            if is_over {
                self.nodes.close_input(container, &mut asks);
            }
        }
        if let Some(job) = self.terminals_mut().jobs.get_mut(&pid) {
            job.input_closed = is_over;
        }
        self.take_asks(asks, ExecEnd::Normal, doing);
    }

    /// Where a `kubectl`'s input goes, as long as that is there.
    pub(super) fn forwarded(&self, job: Pid) -> (Option<Pid>, Option<ContainerId>) {
        match self.terminals.jobs.get(&job).map(|job| &job.forwards) {
            Some(Forward::Exec(token)) => (self.nodes.exec_of(&ExecToken::Terminal(*token)), None),
            Some(Forward::Container(id)) => (None, Some(id.clone())),
            _ => (None, None),
        }
    }

    /// The `kubectl`s of the line that runs in a terminal.
    pub(super) fn jobs_of(&self, terminal: u32) -> Vec<Pid> {
        let Some(token) = self.terminals.screen(terminal).and_then(|screen| screen.line) else {
            return Vec::new();
        };
        let token = ExecToken::Terminal(token);
        let jobs = self.terminals.jobs.keys().copied();
        jobs.filter(|pid| self.nodes.exec_above(*pid) == Some(&token)).collect()
    }
}

impl Job {
    /// Whether it needs all of its input before it begins: `-f -`.
    fn reads_all(&self, argv: &[Vec<u8>]) -> bool {
        let begins = self.kubectl.as_ref().is_some_and(Kubectl::has_not_begun);
        let is_dash = |pair: &[Vec<u8>]| {
            matches!(pair[0].as_slice(), b"-f" | b"--filename") && pair[1] == b"-"
        };
        let joined = |word: &Vec<u8>| matches!(word.as_slice(), b"-f-" | b"--filename=-" | b"-f=-");
        begins && (argv.windows(2).any(is_dash) || argv.iter().any(joined))
    }
}
