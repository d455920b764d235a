//! Lines that are typed, and what comes of them.

use std::sync::Arc;

use super::super::apply::Doing;
use super::super::inline::ExecEnd;
use super::super::names::ClusterNames;
use super::super::state::World;
use super::{Answer, Chunk, ChunkKind, Screen, Terminals};
use crate::base::limit::SCREEN_BYTES_MAX;
use crate::base::{Blob, Millis, Pid};
use crate::node::{Asks, Attached, Attended, ExecDone, Left, Printed, workstation};
use crate::os::Signal;
use crate::sh::{Dialect, Script};
use crate::sim::{Action, ExecSpec, ExecToken};
use crate::trace::fact::ClientFact;
use crate::trace::{Fact, Via};

/// How soon somebody goes on once a command is done: typing the next one, and its program's own
/// start, take at least that. Chosen.
const SEEN_AFTER: Millis = Millis(100);

/// Whether a shell would ask for another line of this command.
pub fn is_incomplete(line: &str) -> bool {
    Script::parse(line.as_bytes(), Dialect::Bash).0.is_incomplete()
}

impl World {
    /// The learner's terminals.
    pub fn terminals(&self) -> &Terminals {
        &self.terminals
    }

    pub(in crate::world) fn terminals_mut(&mut self) -> &mut Terminals {
        Arc::make_mut(&mut self.terminals)
    }

    /// A line is typed.
    pub(in crate::world) fn type_line(&mut self, terminal: u32, line: &str, doing: &mut Doing) {
        if let Some(pid) = self.typed(terminal) {
            self.say(terminal, ChunkKind::Input, line);
            doing.facts.push(Fact::Client(ClientFact::Answered { line: line.to_string() }));
            self.terminals_mut().screen_mut(terminal).answer = Answer::Owed;
            let mut asks = Asks::default();
            self.nodes.type_into_exec(pid, &format!("{line}\n").into(), &mut asks);
            self.take_asks(asks, ExecEnd::Normal, doing);
            return;
        }
        self.say(terminal, ChunkKind::Command, line);
        doing.facts.push(Fact::Client(ClientFact::Typed { command: line.to_string() }));
        self.open_workstation();
        let now = self.ghost.now;
        let token = self.terminals_mut().next_token();
        let spec = ExecSpec {
            token: ExecToken::Terminal(token),
            container: workstation(),
            argv: ["bash", "-c", line].map(str::to_string).to_vec(),
            timeout: None,
        };
        let screen = self.terminals_mut().screen_mut(terminal);
        (screen.line, screen.answer) = (Some(token), Answer::Owed);
        let mut asks = Asks::default();
        let left = self.terminals.screen(terminal).map(|screen| screen.left.clone());
        let prompt = Some(left.unwrap_or_default());
        let attached = Attached { stdin: true, tty: false, prompt };
        let names = ClusterNames(&self.kube, now);
        let started = self.nodes.exec_attached(&spec, attached, now, &names, &mut asks);
        assert!(started.is_ok(), "the workstation has bash: {started:?}");
        self.take_asks(asks, ExecEnd::Normal, doing);
    }

    /// What lines that only looked have left in a terminal: the world knows nothing of them.
    pub fn recall(&mut self, terminal: u32, left: Left) {
        self.terminals_mut().screen_mut(terminal).left = left;
    }

    /// The names of the files beside the terminals, where the line that left this has left its
    /// shell; sorted.
    pub fn desk_files(&self, left: &Left) -> Vec<String> {
        let given = || self.scenario.files.iter().map(|(name, _)| name.clone()).collect();
        self.nodes.workstation_names(left).unwrap_or_else(given)
    }

    /// The text of a file beside the terminals.
    pub fn desk_file(&self, name: &str) -> Option<String> {
        if self.nodes.workstation_volume().is_some() {
            return self.nodes.workstation_file(Pid(0), name).map(|blob| blob.text());
        }
        let given = self.scenario.files.iter().find(|(it, _)| it == name);
        given.map(|(_, text)| text.clone())
    }

    fn open_workstation(&mut self) {
        let files = self.scenario.files.iter();
        let files: Vec<(String, Blob)> =
            files.map(|(name, text)| (name.clone(), Blob::from(text.as_str()))).collect();
        self.nodes.open_workstation(&files, self.ghost.now);
    }

    /// A file beside the terminals is saved.
    pub(in crate::world) fn save(&mut self, file: &str, text: &str) {
        self.open_workstation();
        self.nodes.save_file(file, &Blob::from(text), self.ghost.now);
    }

    /// The process of the line that runs in a terminal.
    pub(in crate::world) fn typed(&self, terminal: u32) -> Option<Pid> {
        let token = self.terminals.screen(terminal)?.line?;
        self.nodes.exec_of(&ExecToken::Terminal(token))
    }

    /// Whether the command that runs in a terminal waits for somebody to type.
    pub fn waits_for_input(&self, terminal: u32) -> bool {
        let Some(line) = self.typed(terminal) else { return false };
        if self.nodes.has_unread(line) {
            return false;
        }
        if self.nodes.waits_for_input(Some(line), None) {
            return true;
        }
        self.jobs_of(terminal).into_iter().any(|job| {
            let is_idle = |it: &Attended| it.input.is_empty() && it.needs_attention();
            if !self.nodes.attended(job).is_some_and(is_idle) {
                return false;
            }
            let (exec, container) = self.forwarded(job);
            self.nodes.waits_for_input(exec, container.as_ref())
        })
    }

    /// Looks which terminals have what somebody waits for there. A step shows it; without one, a
    /// step is due soon: whoever goes on there is to find the world at this moment, and not where
    /// something moves next.
    pub(in crate::world) fn look_for_answers(&mut self, doing: &mut Doing) {
        let is_step = !doing.facts.is_empty();
        for terminal in self.terminals.numbers().collect::<Vec<_>>() {
            let answer = self.terminals.screens[&terminal].answer;
            let next = match (answer, is_step) {
                (Answer::Owed, _) if !self.has_answered(terminal) => continue,
                (Answer::Owed, false) => {
                    doing.next.push((SEEN_AFTER, Action::Answered(terminal), Via::Next, false));
                    Answer::Given
                }
                (Answer::Given, true) => {
                    self.ghost.agenda.remove(&Action::Answered(terminal));
                    Answer::Seen
                }
                (Answer::Owed, true) => Answer::Seen,
                (Answer::Given, false) | (Answer::Seen, _) => continue,
            };
            self.terminals_mut().screen_mut(terminal).answer = next;
        }
    }

    fn has_answered(&self, terminal: u32) -> bool {
        !self.terminals.is_busy(terminal) || self.waits_for_input(terminal)
    }

    /// The step that shows it.
    pub(in crate::world) fn show_answer(&mut self, terminal: u32, doing: &mut Doing) {
        let is_done = !self.terminals.is_busy(terminal);
        let screen = self.terminals_mut().screen_mut(terminal);
        screen.answer = Answer::Seen;
        let code = screen.left.code;
        let fact = if is_done { ClientFact::Done { code } } else { ClientFact::Asks };
        doing.facts.push(Fact::Client(fact));
    }

    /// Ctrl-C.
    pub(in crate::world) fn interrupt(&mut self, terminal: u32, doing: &mut Doing) {
        let Some(line) = self.typed(terminal) else { return };
        self.say(terminal, ChunkKind::Input, "^C");
        let now = self.ghost.now;
        let mut asks = Asks::default();
        let mut is_passed_on = false;
        for job in self.jobs_of(terminal) {
            if !self.terminals.jobs[&job].tty {
                continue;
            }
            let (exec, container) = self.forwarded(job);
            self.nodes.drop_typed(exec, container.as_ref());
            if let Some(exec) = exec {
                self.nodes.signal_exec(exec, Signal::Int, now, &mut asks);
            }
            if let Some(container) = &container {
                self.nodes.interrupt(container, now, &mut asks);
            }
            is_passed_on |= exec.is_some() || container.is_some();
        }
        if !is_passed_on {
            self.nodes.signal_exec(line, Signal::Int, now, &mut asks);
        }
        self.take_asks(asks, ExecEnd::Normal, doing);
    }

    /// Ctrl-D.
    pub(in crate::world) fn end_input(&mut self, terminal: u32, doing: &mut Doing) {
        let Some(line) = self.typed(terminal) else { return };
        let mut asks = Asks::default();
        let is_tty = |job: &Pid| self.terminals.jobs[job].tty;
        let ttys = self.jobs_of(terminal).into_iter().filter(is_tty);
        let ends = ttys.map(|job| self.forwarded(job)).find(|to| *to != (None, None));
        match ends {
            Some((exec, container)) => {
                self.nodes.end_typed(exec, container.as_ref(), &mut asks);
            }
            None => self.nodes.close_exec_input(line, &mut asks),
        }
        self.take_asks(asks, ExecEnd::Normal, doing);
    }

    /// Adds to what a terminal shows.
    pub(in crate::world) fn say(&mut self, terminal: u32, kind: ChunkKind, text: &str) {
        if text.is_empty() && matches!(kind, ChunkKind::Output | ChunkKind::Errors) {
            return;
        }
        // It belongs to the step that is being made.
        let (at, step) = (self.ghost.now, self.ghost.steps + 1);
        let screen = self.terminals_mut().screen_mut(terminal);
        match screen.chunks.last_mut() {
            Some(last)
                if last.kind == kind
                    && last.step == step
                    && matches!(kind, ChunkKind::Output | ChunkKind::Errors) =>
            {
                last.text.push_str(text);
            }
            _ => screen.chunks.push(Chunk { at, step, kind, text: text.to_string() }),
        }
        let mut bytes: usize = screen.chunks.iter().map(|chunk| chunk.text.len()).sum();
        while bytes > SCREEN_BYTES_MAX && screen.chunks.len() > 1 {
            bytes -= screen.chunks.remove(0).text.len();
        }
    }

    /// Nothing goes on: what was shown for the step that was being made belongs to the last one.
    pub(in crate::world) fn end_chunks(&mut self) {
        let steps = self.ghost.steps;
        let late = |screen: &Screen| screen.chunks.last().is_some_and(|it| it.step > steps);
        for terminal in self.terminals.numbers().collect::<Vec<_>>() {
            if self.terminals.screen(terminal).is_some_and(late) {
                let chunks = &mut self.terminals_mut().screen_mut(terminal).chunks;
                chunks.iter_mut().for_each(|chunk| chunk.step = chunk.step.min(steps));
            }
        }
    }

    /// Shows what a line has printed.
    pub(super) fn show(&mut self, terminal: u32, printed: &Printed) {
        for (stderr, blob) in printed {
            let kind = if *stderr { ChunkKind::Errors } else { ChunkKind::Output };
            self.say(terminal, kind, &blob.text());
        }
    }

    /// An exec of a terminal has ended.
    pub(in crate::world) fn terminal_done(&mut self, done: ExecDone, doing: &mut Doing) {
        let ExecToken::Terminal(token) = done.token else { return };
        if let Some(terminal) = self.terminals.terminal_of(token) {
            self.show(terminal, &done.output);
            let screen = self.terminals_mut().screen_mut(terminal);
            screen.line = None;
            screen.left = Left { code: done.status.code(), shell: done.shell };
            return;
        }
        let Some(started) = self.terminals_mut().execs.get_mut(&token) else { return };
        started.end = Some(Ok(done.status));
        let job = started.job;
        self.print_for(job, &done.output, doing);
        // It goes on even if nothing was printed.
        let mut asks = Asks::default();
        self.nodes.attend(job, &mut asks, |_| {});
        self.take_asks(asks, ExecEnd::Normal, doing);
    }
}
