//! Children: pipelines, subshells, background jobs.

use std::sync::Arc;

use super::super::frame::{Children, Cleanup, Frame, State};
use super::super::host::Host;
use super::super::machine::{Job, Level, Machine, TrapKey};
use super::super::print;
use super::super::script::{AstId, Kind, Script};
use super::Next;
use crate::base::Pid;
use crate::base::limit::SUBSHELL_CALLS_MAX;
use crate::os::{Errno, Fd, Poll, Signal, Wait, WaitStatus};
use crate::trace::fact::ShellFact;

impl Machine {
    /// What a child of this shell begins as: a copy, with nothing to do yet.
    pub(super) fn copy(&mut self) -> Machine {
        let ignores_errors = self.errors_ignored();
        let within_call = self.within_call || self.may_return();
        let mut child = self.clone();
        child.within_call = within_call;
        child.frames.clear();
        child.facts.clear();
        child.out.clear();
        child.jobs.iter_mut().for_each(|job| job.outer = true);
        child.pending.clear();
        // Bash's subshells still tell of them; dash's do not.
        if !child.traps.is_empty() && self.bash() {
            child.inherited_traps = child.traps.clone();
        }
        let errtrace = self.options.errtrace;
        let functrace = self.options.functrace;
        child.traps.retain(|key, action| match key {
            TrapKey::Err if errtrace => true,
            TrapKey::Debug | TrapKey::Return if functrace => true,
            _ => action.is_empty(),
        });
        child.stdin_redirected = self.has_own_stdin();
        child.exit_trap_ran = false;
        child.subshell += 1;
        let text = self.bash() && self.within_text();
        // Bash's `( … )` begins without any, its `$(…)` does not.
        let loops = if self.bash() { 0 } else { self.loops() };
        child.level = Level { shown: child.level.shown + 1, text, loops, ..Level::default() };
        if let Some(fds) = self.redirected_call().and_then(|at| self.call_fds(at)) {
            child.outer_call = fds;
        }
        child.line_shifts.slipped = None;
        child.line_outer = self.line_around();
        child.ignores_errors = ignores_errors;
        child.acted = false;
        child.is_part = false;
        child.typed = None;
        child.waited.clear();
        child
    }

    /// Forks; `Err` has been said.
    pub(super) fn start(&mut self, host: &mut dyn Host, child: Machine) -> Result<Pid, ()> {
        if self.keeps_waited() && !child.is_part {
            self.take_slot();
        }
        let calls = child.calls.len() as u64 * u64::from(child.subshell);
        let forked = match calls > SUBSHELL_CALLS_MAX {
            true => Err(Errno::Again),
            false => host.fork(child),
        };
        forked.map_err(|errno: Errno| {
            self.complain_of(b"fork", &format!("retry: {}", errno.text()));
            self.status = 254;
        })
    }

    /// Sets what a child does first: put descriptors in place, then this command.
    fn child_of(
        &mut self,
        script: &Arc<Script>,
        at: AstId,
        moves: Vec<(Fd, Fd)>,
        close: Vec<Fd>,
    ) -> Machine {
        let mut child = self.copy();
        child.enter_in(script, at, true);
        if let Some(frame) = child.frames.last_mut() {
            // The trap for DEBUG has run in this shell.
            frame.debugged = matches!(frame.state, State::Simple(_));
        }
        child.push(script, at, State::Child { moves, close });
        child
    }

    /// Whether a command is one word's, and no function: it still sees the shell's jobs.
    fn is_plain(&self, script: &Script, at: AstId) -> bool {
        let Kind::Simple { words, .. } = &script.node(at).kind else { return false };
        let name = words.first().and_then(|word| word.plain()).unwrap_or_default();
        !self.functions.contains_key(name)
    }

    /// In a new child: puts descriptors in place.
    pub(super) fn child_step(&mut self, frame: Frame, host: &mut dyn Host) -> Next {
        let State::Child { moves, close, .. } = frame.state else {
            unreachable!("step() looked at the state")
        };
        self.own_pid_shown = host.pid_shown(host.pid());
        // Bash sows RANDOM anew in each child, from its number and the clock.
        self.random.0 = self.random.0.wrapping_mul(69_069).wrapping_add(self.own_pid_shown);
        for (from, to) in moves {
            self.stdin_redirected |= to == Fd::STDIN;
            let _ = host.dup_to(from, to);
            let _ = host.set_close_on_exec(to, false);
        }
        for fd in close {
            let _ = host.close(fd);
        }
        Next::Go
    }

    /// `command &`.
    pub(super) fn background(&mut self, script: &Arc<Script>, at: AstId, host: &mut dyn Host) {
        let node = script.node(at);
        let mut child = self.child_of(script, at, Vec::new(), Vec::new());
        child.is_part = true;
        child.level.simple = self.subshell == 0 && matches!(node.kind, Kind::Simple { .. });
        child.ignores_errors = false;
        child.jobs.clear();
        // Where somebody types, a job has a process group of its own, which Ctrl-C does not meet.
        if !self.options.monitor || self.typed.is_some() {
            child.ignored.extend([Signal::Int, Signal::Quit]);
        }
        let job_control = self.options.monitor && self.typed.is_none();
        let null = if self.has_own_stdin() || job_control {
            None
        } else {
            host.open(b"/dev/null", crate::os::Open::READ).ok()
        };
        if let (Some(null), Some(Frame { state: State::Child { moves, close, .. }, .. })) =
            (null, child.frames.last_mut())
        {
            moves.push((null, Fd::STDIN));
            close.push(null);
        }
        if let Ok(pid) = self.start(host, child) {
            let shown = host.pid_shown(pid);
            let text = script.slice(node.span).to_vec();
            self.show(&[text.as_slice(), b" &"].concat());
            let command = String::from_utf8_lossy(&text).into_owned();
            self.tell(ShellFact::Background { command });
            let number = match self.keeps_waited() {
                true => self.take_slot(),
                false => self.jobs.iter().map(|job| job.number).max().unwrap_or(0) + 1,
            };
            let (status, signal, outer) = (None, None, false);
            self.jobs.retain(|job| !job.outer);
            let named = match &node.kind {
                Kind::Pipeline { negated: true, timed: None, elements } if elements.len() == 1 => {
                    let only = elements[0];
                    let simple = matches!(script.node(only).kind, Kind::Simple { .. });
                    if simple { only } else { at }
                }
                _ => at,
            };
            let text = self.command_text(script, named);
            let waited = false;
            self.jobs.push(Job { number, pid, shown, status, text, signal, outer, waited });
            if self.bash() && self.typed.is_some() {
                self.error_line(format!("[{number}] {shown}").as_bytes());
            }
            self.last_background = Some((pid, shown));
            self.status = 0;
        }
        if let Some(null) = null {
            let _ = host.close(null);
        }
        self.act(script, node.span);
    }

    /// Whether something gave standard input to the commands that run now.
    fn has_own_stdin(&self) -> bool {
        self.stdin_redirected
            || self.frames.iter().any(|frame| {
                matches!(&frame.state, State::Cleanup(cleanup)
                    if cleanup.fds.iter().any(|(fd, _)| *fd == Fd::STDIN))
            })
    }

    /// `! command`, `a | b`.
    pub(super) fn pipeline(&mut self, mut frame: Frame, host: &mut dyn Host) -> Next {
        let script = frame.script.clone();
        let node = script.node(frame.at);
        let Kind::Pipeline { negated, timed, elements } = &node.kind else {
            unreachable!("the state is of a pipeline")
        };
        if let State::Pipeline { since: Some(since) } = frame.state {
            if let Some(timed) = timed {
                self.tell_time(*timed, since);
            }
            // Bash forgets the `!` of what it runs in the background.
            let background = self.bash() && self.is_part && self.frames.is_empty();
            if *negated && !background {
                self.status = u8::from(self.status == 0);
            } else if elements.len() > 1 {
                self.after_command();
            }
            return Next::Go;
        }
        if elements.len() > 1 {
            let Some(ready) = self.debugged_parts(frame, elements) else { return Next::Go };
            frame = ready;
        }
        frame.state = State::Pipeline { since: Some(self.now) };
        match elements.as_slice() {
            [] => self.status = 0,
            [only] => {
                self.frames.push(frame);
                self.enter(&script, *only);
                return Next::Go;
            }
            _ => {
                self.line = self.line_of(&script, node);
                let last_here = self.shopts.has("lastpipe") && !self.options.monitor;
                if self.keeps_waited() {
                    self.take_slot();
                }
                let (pids, input) = self.start_pipeline(&script, elements, last_here, host);
                let text = script.slice(node.span).to_vec();
                self.show(&text);
                self.tell(ShellFact::Pipeline {
                    command: String::from_utf8_lossy(&text).into_owned(),
                    parts: elements.len() as u32,
                });
                self.act(&script, node.span);
                let at = frame.at;
                self.frames.push(frame);
                let shown = pids.last().map_or(0, |pid| host.pid_shown(*pid));
                let pipeline = true;
                let children =
                    Children { pids, pipeline, last_here, shown, text, ..Children::default() };
                self.push(&script, at, State::Children(children));
                if let (true, Some(last)) = (last_here, elements.last()) {
                    self.enter_last(&script, *last, input, host);
                }
                return Next::Go;
            }
        }
        self.frames.push(frame);
        Next::Go
    }

    fn start_pipeline(
        &mut self,
        script: &Arc<Script>,
        elements: &[AstId],
        last_here: bool,
        host: &mut dyn Host,
    ) -> (Vec<Pid>, Option<Fd>) {
        let mut pids = Vec::new();
        let mut input: Option<Fd> = None;
        for (number, element) in elements.iter().enumerate() {
            let last = number + 1 == elements.len();
            if last && last_here {
                break;
            }
            let pipe = if last { None } else { host.pipe().ok() };
            let mut moves: Vec<(Fd, Fd)> = input.map(|fd| (fd, Fd::STDIN)).into_iter().collect();
            let mut close: Vec<Fd> = input.into_iter().collect();
            if let Some((read, write)) = pipe {
                moves.push((write, Fd::STDOUT));
                close.extend([read, write]);
            }
            let mut child = self.child_of(script, *element, moves, close);
            if matches!(script.node(*element).kind, Kind::Simple { .. }) {
                self.note_command(script, *element);
                child.level.shown -= 1;
                child.level.later = true;
                child.level.loops = self.loops();
                child.level.simple = self.subshell == 0 || self.level.simple;
            }
            if !last && self.bash() && matches!(script.node(*element).kind, Kind::Subshell(_)) {
                self.slip_line(self.line_of(script, script.node(*element)));
            }
            child.is_part = true;
            if !self.is_plain(script, *element) {
                child.jobs.clear();
            }
            let started = self.start(host, child);
            if let Some(fd) = input {
                let _ = host.close(fd);
            }
            if let Some((_, write)) = pipe {
                let _ = host.close(write);
            }
            input = pipe.map(|(read, _)| read);
            match started {
                Ok(pid) => pids.push(pid),
                Err(()) => break,
            }
        }
        (pids, input)
    }

    /// The last part of a pipeline, in this shell.
    fn enter_last(
        &mut self,
        script: &Arc<Script>,
        at: AstId,
        input: Option<Fd>,
        host: &mut dyn Host,
    ) {
        let mut saved = Some(Vec::new());
        if let Some(input) = input {
            self.put(host, input, Fd::STDIN, &mut saved);
        }
        let cleanup = Cleanup { fds: saved.unwrap_or_default(), ..Cleanup::default() };
        self.push(script, at, State::Cleanup(Box::new(cleanup)));
        self.enter(script, at);
    }

    /// `( … )`.
    pub(super) fn subshell_step(&mut self, frame: Frame, host: &mut dyn Host) -> Next {
        let script = frame.script.clone();
        let node = script.node(frame.at);
        let Kind::Subshell(body) = node.kind else { unreachable!("the state is of a subshell") };
        if frame.state == (State::Subshell { here: true }) {
            if self.bash() && !self.level.whole {
                self.line_outer = self.line_of(&script, node);
            }
            self.enter(&script, body);
            return Next::Go;
        }
        // One that is all of the subshell around runs in its place: nothing notes a line.
        let whole = self.bash() && self.is_whole_subshell();
        self.line = if whole { self.line_outer } else { self.line_of(&script, node) };
        self.note_command(&script, frame.at);
        let mut child = self.child_of(&script, frame.at, Vec::new(), Vec::new());
        child.jobs.clear();
        child.level.whole = whole;
        if self.bash() {
            child.line_outer = self.line;
        }
        let text = script.slice(node.span).to_vec();
        if let Ok(pid) = self.start(host, child) {
            self.show(&text);
            self.tell(ShellFact::Subshell);
            self.act(&script, node.span);
            let children = Children {
                pids: vec![pid],
                shown: host.pid_shown(pid),
                text: self.command_text(&script, frame.at),
                ..Children::default()
            };
            self.push(&script, frame.at, State::Children(children));
        }
        Next::Go
    }

    /// Waits for children, in order.
    pub(super) fn children(&mut self, mut frame: Frame, host: &mut dyn Host) -> Next {
        let State::Children(children) = &mut frame.state else {
            unreachable!("step() looked at the state")
        };
        if children.last_here && children.own.is_none() {
            children.own = Some(self.status);
        }
        while let Some(pid) = children.pids.first().copied() {
            match host.wait(pid) {
                Ok(Poll::Wait) => {
                    self.frames.push(frame);
                    return Next::Blocked(vec![Wait::Child(pid), Wait::Signal]);
                }
                Ok(Poll::Ready(status)) => {
                    children.pids.remove(0);
                    children.statuses.push(status.code());
                    children.interrupted = status == WaitStatus::Signal(Signal::Int);
                    self.note_ended();
                    // dash tells of each part of a pipeline.
                    if children.pids.is_empty() || !self.bash() {
                        let (shown, text) = (children.shown, children.text.clone());
                        self.around(|shell| shell.say_signal(shown, status, &text));
                    }
                }
                Err(_) => {
                    children.pids.remove(0);
                    children.statuses.push(127);
                }
            }
        }
        if !self.bash() || self.traps.contains_key(&TrapKey::Signal(Signal::Chld)) {
            self.collect_all(host);
        }
        if self.bash() && self.typed.is_none() && !self.level.substitution {
            self.around(|shell| shell.tell_killed(host));
        }
        if std::mem::take(&mut children.interrupted) && self.typed.is_some() {
            self.drop_line();
            return Next::Go;
        }
        let mut statuses = std::mem::take(&mut children.statuses);
        statuses.extend(children.own);
        let pipeline = children.pipeline;
        let last = statuses.last().copied().unwrap_or(self.status);
        self.status = last;
        if pipeline && self.options.pipefail {
            self.status = statuses.iter().rev().find(|s| **s != 0).copied().unwrap_or(0);
        }
        self.pipe_status = statuses;
        self.make_pipe_status();
        match &frame.script.node(frame.at).kind {
            Kind::Subshell(_) if !pipeline => self.after_command(),
            Kind::Pipeline { elements, .. } if pipeline && self.bash() => {
                let last = elements.last().map(|last| &frame.script.node(*last).kind);
                self.after_last_part(last);
            }
            _ => {}
        }
        Next::Go
    }

    /// The text of a simple command, for messages.
    pub(super) fn command_text(&self, script: &Script, at: AstId) -> Vec<u8> {
        print::command(script, at)
    }
}

impl Machine {
    /// Runs a frame in a child, and waits for it; in a child already, here.
    pub(in crate::sh) fn fork_frame(
        &mut self,
        script: &Arc<Script>,
        at: AstId,
        state: State,
        host: &mut dyn Host,
    ) {
        let in_child = self
            .frames
            .iter()
            .rev()
            .any(|frame| matches!(&frame.state, State::Simple(simple) if simple.in_child));
        if in_child {
            self.push(script, at, state);
            return;
        }
        let text = self.command_text(script, at);
        let mut child = self.copy();
        child.push(script, at, state);
        let moves = State::Child { moves: Vec::new(), close: Vec::new() };
        child.push(script, at, moves);
        if let Ok(pid) = self.start(host, child) {
            let children = Children {
                pids: vec![pid],
                shown: host.pid_shown(pid),
                text,
                ..Children::default()
            };
            self.push(script, at, State::Children(children));
        }
    }
}
