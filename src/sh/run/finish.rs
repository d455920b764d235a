//! How commands end: `set -e`, traps, `break`, `return`, `exit`.

use super::super::frame::{ArithPhase, Cleanup, Frame, Phase, ProgramKind, State};
use super::super::host::Host;
use super::super::machine::{Leaving, Machine, Origin, TrapKey, Unwind};
use super::super::script::{AstId, Kind};
use super::Next;
use crate::os::WaitStatus;
use crate::trace::fact::ShellFact;

impl Machine {
    /// A command that counts for `set -e` ended.
    pub(in crate::sh) fn after_command(&mut self) {
        self.after(Leaving::Failed { undo: false }, true, 0);
    }

    /// The same; `how` the shell ends if `set -e` says so. `err_trap`: a trap for ERR may run.
    /// `skip`: so many of the innermost frames do not say whether the status is tested.
    pub(super) fn after(&mut self, how: Leaving, err_trap: bool, skip: usize) {
        if self.status == 0 || self.unwind.is_some() {
            return;
        }
        let errexit = self.options.errexit;
        let err_trap = err_trap && self.traps.contains_key(&TrapKey::Err);
        if !(errexit || err_trap) || self.errors_ignored_above(skip) {
            return;
        }
        if errexit {
            let (status, command) = (self.status, self.shown.clone().unwrap_or_default());
            self.tell(ShellFact::LeftByErrexit { command, status });
            self.unwind = Some(if self.bash() { Unwind::ExitHere(how) } else { Unwind::Exit });
        }
        let traps_err = err_trap && !self.runs_trap(TrapKey::Err);
        if traps_err || !self.pending.is_empty() {
            // The traps run first; then the shell ends.
            let main = self.main.clone();
            let how = self.bash().then_some(how);
            let state = State::Leave { status: self.status, how };
            if self.unwind.take().is_some() {
                self.push(&main, AstId(0), state);
            }
        }
        if traps_err {
            self.run_trap(TrapKey::Err);
        }
    }

    /// A pipeline's last part has ended. Bash looks at a subshell's status itself, and then at the
    /// pipeline's.
    pub(super) fn after_last_part(&mut self, part: Option<&Kind>) {
        if matches!(part, Some(Kind::Subshell(_))) {
            self.after(Leaving::Failed { undo: false }, true, 1);
        }
    }

    /// Whether what surrounds the running command tests its status.
    pub(in crate::sh) fn errors_ignored(&self) -> bool {
        self.errors_ignored_above(0)
    }

    fn errors_ignored_above(&self, skip: usize) -> bool {
        let in_exit_trap = |frame: &&Frame| matches!(frame.state, State::Leave { how: None, .. });
        let frames = self.frames.iter().rev().skip(skip);
        let mut frames = frames.take_while(|frame| !in_exit_trap(frame));
        self.ignores_errors
            || frames.any(|frame| match &frame.state {
                State::If { phase, .. } | State::While { phase, .. } => *phase == Phase::Condition,
                State::AndOr { next } => match &frame.script.node(frame.at).kind {
                    Kind::AndOr { rest, .. } => (*next as usize) <= rest.len(),
                    _ => false,
                },
                State::Pipeline { .. } => {
                    matches!(frame.script.node(frame.at).kind, Kind::Pipeline { negated: true, .. })
                }
                _ => false,
            })
    }

    /// Puts back what a command changed for itself.
    pub(in crate::sh) fn clean(&mut self, cleanup: Cleanup, host: &mut dyn Host) {
        self.restore(cleanup.fds, host);
        if cleanup.scope {
            let ignored = self.vars.get(b"GLOBIGNORE").is_some();
            self.vars.pop_scope();
            if ignored && self.vars.get(b"GLOBIGNORE").is_none() {
                self.shopts.turn("dotglob", false);
            }
        }
        if let Some(options) = cleanup.options {
            self.options = options;
        }
        if let Some(args) = cleanup.args {
            // A file that sets them itself, in no function, leaves them (`maybe_pop_dollar_vars`).
            let in_function = self.calls.iter().any(|call| !call.is_file);
            let was_set = std::mem::take(&mut self.args_were_set);
            if !(cleanup.file && was_set && !in_function && self.bash()) {
                self.args = args;
            }
            if !self.bash() {
                self.getopts_place = cleanup.getopts_place;
            }
        }
        if cleanup.function
            && let Some(call) = self.calls.pop()
        {
            self.line = call.line;
        }
        for (key, action) in cleanup.traps {
            // One that the function has set stays.
            self.traps.entry(key).or_insert(action);
        }
        if cleanup.context {
            self.contexts.pop();
        }
        if cleanup.traced {
            self.trace_depth = self.trace_depth.saturating_sub(1);
        }
    }

    /// Leaves the innermost command on the way to where `unwind` goes.
    pub(super) fn unwind_step(&mut self, host: &mut dyn Host, unwind: Unwind) -> Next {
        if let Unwind::ExitHere(how) = unwind {
            self.exit_here(how, host);
            return Next::Go;
        }
        let Some(mut frame) = self.frames.pop() else {
            // What leaves a loop around a `$(…)` ends it without its trap.
            let left = matches!(unwind, Unwind::Break(_) | Unwind::Continue(_));
            self.exit_trap_ran |= left && self.bash();
            return self.end(host);
        };
        if unwind == Unwind::Continue(1)
            && let Some(status) = self.ends_until(&frame)
        {
            self.drop_frame(frame, host);
            self.status = status;
            return Next::Go;
        }
        if stays(&mut frame, &unwind, self.subshell) {
            if matches!(unwind, Unwind::Discard | Unwind::DiscardAll) {
                self.this_command.clear();
                self.pipe_status = vec![self.status];
                if let State::Program { next, kind: ProgramKind::Main } = &frame.state {
                    self.note_dropped(&frame.script, *next);
                }
            }
            self.frames.push(frame);
            return Next::Go;
        }
        if let State::Leave { status, how: None } = frame.state {
            // The trap for EXIT was left: so is the shell.
            let asked = unwind == Unwind::Exit || unwind == Unwind::Return && self.bash();
            if !asked {
                self.status = status;
            }
            self.unwind = Some(Unwind::Exit);
            return Next::Go;
        }
        let caught = match &frame.state {
            State::Cleanup(cleanup) => cleanup.catches_return && unwind == Unwind::Return,
            _ => false,
        };
        let is_loop = is_loop(&frame.state);
        let leaves_loop = matches!(unwind, Unwind::Break(_) | Unwind::Continue(_));
        if leaves_loop && negates(&frame) {
            self.status = u8::from(self.status == 0);
        }
        if caught && self.returns_to_trap(&frame) {
            self.frames.push(frame);
            return Next::Go;
        }
        if caught {
            self.returned_over = None;
        }
        self.drop_frame(frame, host);
        self.unwind = match unwind {
            _ if caught => None,
            Unwind::Break(1) if is_loop => None,
            Unwind::Break(n) if is_loop => Some(Unwind::Break(n - 1)),
            Unwind::Continue(n) if is_loop => Some(Unwind::Continue(n - 1)),
            other => Some(other),
        };
        Next::Go
    }

    /// `continue` in the condition of `until` succeeds, and so ends it in bash: with what status.
    fn ends_until(&self, frame: &Frame) -> Option<u8> {
        match (&frame.state, &frame.script.node(frame.at).kind) {
            (State::While { phase: Phase::Condition, status }, Kind::While { until: true, .. })
                if self.bash() && self.status == 0 =>
            {
                Some(*status)
            }
            _ => None,
        }
    }

    /// Loops around the running command, within its function; those around a sourced file count.
    pub(in crate::sh) fn loops(&self) -> u32 {
        let function = |frame: &&Frame| {
            matches!(&frame.state, State::Cleanup(c)
                if c.function && !c.file)
        };
        let loops = self
            .frames
            .iter()
            .rev()
            .take_while(|frame| !function(frame))
            .filter(|frame| is_loop(&frame.state));
        let around =
            if self.frames.iter().any(|frame| function(&frame)) { 0 } else { self.level.loops };
        loops.count() as u32 + around
    }

    /// Whether `return` has somewhere to return from.
    pub(in crate::sh) fn may_return(&self) -> bool {
        self.frames.iter().any(|f| matches!(&f.state, State::Cleanup(c) if c.catches_return))
    }

    /// Whether a text that was given whole runs, here or around.
    pub(super) fn within_text(&self) -> bool {
        let given = |frame: &Frame| match &frame.state {
            State::Program { kind, .. } => !matches!(kind, ProgramKind::Main | ProgramKind::Input),
            _ => false,
        };
        self.level.text || self.origin == Origin::Command || self.frames.iter().any(given)
    }

    /// Whether the list that runs is a subshell's, and has but one command.
    pub(super) fn is_whole_subshell(&self) -> bool {
        let [around @ .., list] = self.frames.as_slice() else { return false };
        let alone =
            matches!(&list.script.node(list.at).kind, Kind::List(items) if items.len() == 1);
        self.subshell > 0
            && !self.level.substitution
            && !self.is_part
            && alone
            && around.iter().all(|frame| matches!(frame.state, State::Cleanup(_)))
    }

    /// Whether nothing is left to do after the running command but to end with its status.
    pub(in crate::sh) fn is_last(&self) -> bool {
        if !self.traps.is_empty() || !self.bash() || self.options.verbose {
            return false;
        }
        if self.subshell == 0 && self.origin != Origin::Command {
            return false;
        }
        self.frames.iter().all(|frame| match &frame.state {
            State::Program { next, kind: ProgramKind::Main } => {
                *next as usize == frame.script.groups.len() && frame.script.error.is_none()
            }
            State::List { next } => match &frame.script.node(frame.at).kind {
                Kind::List(items) => *next as usize == items.len(),
                _ => true,
            },
            State::AndOr { next } => match &frame.script.node(frame.at).kind {
                Kind::AndOr { rest, .. } => *next as usize > rest.len(),
                _ => false,
            },
            State::Subshell { here } => *here,
            _ => false,
        })
    }

    /// Nothing is left to do.
    pub(super) fn end(&mut self, host: &mut dyn Host) -> Next {
        self.unwind = None;
        if !self.exit_trap_ran {
            self.exit_trap_ran = true;
            if self.traps.get(&TrapKey::Exit).is_some_and(|action| !action.is_empty()) {
                if !self.bash() {
                    let main = self.main.clone();
                    self.push(&main, AstId(0), State::Leave { status: self.status, how: None });
                }
                self.run_trap(TrapKey::Exit);
                return Next::Go;
            }
        }
        let status = self.status;
        if self.subshell == 0 {
            self.tell(ShellFact::Ended { status });
        }
        Next::Exited(match self.dies_of {
            // A signal does not end process 1: bash ends itself then.
            Some((signal, _)) if host.pid_shown(host.pid()) != 1 => WaitStatus::Signal(signal),
            Some((signal, _)) => WaitStatus::Code(WaitStatus::Signal(signal).code()),
            None => WaitStatus::Code(status),
        })
    }
}

/// Whether a frame is where `unwind` ends, and goes on.
fn stays(frame: &mut Frame, unwind: &Unwind, subshell: u32) -> bool {
    match (&mut frame.state, unwind) {
        (State::Program { .. }, Unwind::Discard)
        | (State::Program { kind: ProgramKind::Main, .. }, Unwind::DiscardAll) => subshell == 0,
        (State::Input { .. }, Unwind::Discard | Unwind::DiscardAll) => true,
        (State::While { phase, .. }, Unwind::Continue(1)) => {
            *phase = Phase::Start;
            true
        }
        (State::For { .. }, Unwind::Continue(1)) => true,
        (State::Select(select), Unwind::Continue(1)) => {
            select.ask_again();
            true
        }
        (State::ArithFor { phase, .. }, Unwind::Continue(1)) => {
            *phase = ArithPhase::Step;
            true
        }
        _ => false,
    }
}

/// Whether a frame is a pipeline's behind a `!`.
fn negates(frame: &Frame) -> bool {
    let kind = || &frame.script.node(frame.at).kind;
    matches!(frame.state, State::Pipeline { .. })
        && matches!(kind(), Kind::Pipeline { negated: true, .. })
}

fn is_loop(state: &State) -> bool {
    matches!(
        state,
        State::While { .. } | State::For { .. } | State::ArithFor { .. } | State::Select(_)
    )
}
