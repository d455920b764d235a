//! How commands end: `set -e`, traps, `break`, `return`, `exit`.

use std::sync::Arc;

use super::super::frame::{ArithPhase, Cleanup, Frame, Phase, ProgramKind, SimplePhase, State};
use super::super::host::Host;
use super::super::machine::{Machine, Origin, TrapKey, Unwind};
use super::super::script::{AstId, Kind};
use super::Next;
use crate::trace::fact::ShellFact;

impl Machine {
    /// A command that counts for `set -e` ended.
    pub(in crate::sh) fn after_command(&mut self) {
        if self.status == 0 || self.unwind.is_some() {
            return;
        }
        let errexit = self.options.errexit;
        let err_trap = self.traps.contains_key(&TrapKey::Err);
        if !(errexit || err_trap) || self.errors_ignored() {
            return;
        }
        if errexit {
            let (status, command) = (self.status, self.shown.clone().unwrap_or_default());
            self.tell(ShellFact::LeftByErrexit { command, status });
            self.unwind = Some(Unwind::Exit);
        }
        let in_err_trap = self.frames.iter().any(|frame| {
            matches!(&frame.state, State::Program { kind: ProgramKind::Trap { name, .. }, .. }
                if *name == "error trap")
        });
        let traps_err = err_trap && !self.in_trap && !in_err_trap;
        if traps_err || !self.pending.is_empty() {
            // The traps run first; then the shell ends.
            let main = self.main.clone();
            let state = State::Leave { status: self.status };
            if self.unwind.take().is_some() {
                self.push(&main, AstId(0), state);
            }
        }
        if traps_err {
            self.run_trap(TrapKey::Err);
        }
    }

    /// Whether what surrounds the running command tests its status.
    pub(in crate::sh) fn errors_ignored(&self) -> bool {
        self.ignores_errors
            || self.frames.iter().any(|frame| match &frame.state {
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
            self.vars.pop_scope();
        }
        if let Some(args) = cleanup.args {
            self.args = args;
        }
        if cleanup.function
            && let Some(call) = self.calls.pop()
        {
            self.line = call.line;
        }
        if let Some(action) = cleanup.err_trap {
            // One that the function has set stays.
            self.traps.entry(TrapKey::Err).or_insert(action);
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
        let Some(mut frame) = self.frames.pop() else { return self.end(host) };
        if stays(&mut frame, &unwind, self.subshell) {
            if unwind == Unwind::Discard {
                self.pipe_status = vec![self.status];
                if let State::Program { next, kind: ProgramKind::Main } = &frame.state {
                    self.note_dropped(&frame.script, *next);
                }
            }
            self.frames.push(frame);
            return Next::Go;
        }
        let caught = match &frame.state {
            State::Cleanup(cleanup) => cleanup.catches_return && unwind == Unwind::Return,
            _ => false,
        };
        let is_loop =
            matches!(frame.state, State::While { .. } | State::For { .. } | State::ArithFor { .. });
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

    /// Loops around the running command, within its function.
    pub(in crate::sh) fn loops(&self) -> u32 {
        let function = |frame: &&Frame| matches!(&frame.state, State::Cleanup(c) if c.function);
        let loops = self.frames.iter().rev().take_while(|frame| !function(frame)).filter(|frame| {
            matches!(frame.state, State::While { .. } | State::For { .. } | State::ArithFor { .. })
        });
        loops.count() as u32
    }

    /// Whether `return` has somewhere to return from.
    pub(in crate::sh) fn may_return(&self) -> bool {
        self.frames.iter().any(|f| matches!(&f.state, State::Cleanup(c) if c.catches_return))
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
    pub(super) fn end(&mut self, _host: &mut dyn Host) -> Next {
        self.unwind = None;
        if !self.exit_trap_ran {
            self.exit_trap_ran = true;
            if self.traps.get(&TrapKey::Exit).is_some_and(|action| !action.is_empty()) {
                self.in_trap = true;
                self.run_trap(TrapKey::Exit);
                return Next::Go;
            }
        }
        let status = self.status;
        if self.subshell == 0 {
            self.tell(ShellFact::Ended { status });
        }
        Next::Exited(status)
    }

    /// Runs the trap of a signal that came, between commands.
    pub(super) fn run_pending_trap(&mut self) -> bool {
        let between = match self.frames.last().map(|frame| &frame.state) {
            Some(State::Simple(simple)) => simple.phase == SimplePhase::Words && simple.next == 0,
            Some(
                State::Children(_)
                | State::Substitution(_)
                | State::WaitFor(_)
                | State::Source { .. }
                | State::Read(_)
                | State::Child { .. }
                | State::Exec { .. }
                | State::Cleanup(_)
                | State::Redirecting { .. }
                | State::Cond { .. },
            ) => false,
            _ => true,
        };
        if !between || self.pending.is_empty() {
            return false;
        }
        let Some(signal) = self.pending.pop_front() else { return false };
        self.run_trap(TrapKey::Signal(signal))
    }

    /// Begins a trap's action; whether there is one.
    pub(in crate::sh) fn run_trap(&mut self, key: TrapKey) -> bool {
        let Some(action) = self.traps.get(&key).filter(|action| !action.is_empty()).cloned() else {
            return false;
        };
        let signal = super::super::builtin::trap::name_of(key).to_string();
        let shown = String::from_utf8_lossy(&action).into_owned();
        self.tell(ShellFact::Trapped { signal, action: shown });
        let name = match key {
            TrapKey::Exit => "exit trap",
            TrapKey::Err => "error trap",
            _ => "trap",
        };
        let line = if key == TrapKey::Exit { 1 } else { self.line };
        let script = Arc::new(self.read_text(&action, line));
        let state =
            State::Program { next: 0, kind: ProgramKind::Trap { status: self.status, name } };
        // The last trap of a script stands on the script's own level.
        let deeper = key != TrapKey::Exit || self.subshell > 0 && self.trace_depth == 0;
        self.trace_depth += u32::from(deeper);
        self.push(&script, AstId(0), state);
        true
    }
}

/// Whether a frame is where `unwind` ends, and goes on.
fn stays(frame: &mut Frame, unwind: &Unwind, subshell: u32) -> bool {
    match (&mut frame.state, unwind) {
        (State::Program { .. }, Unwind::Discard) => subshell == 0,
        (State::Input { .. }, Unwind::Discard) => true,
        (State::While { phase, .. }, Unwind::Continue(1)) => {
            *phase = Phase::Start;
            true
        }
        (State::For { .. }, Unwind::Continue(1)) => true,
        (State::ArithFor { phase, .. }, Unwind::Continue(1)) => {
            *phase = ArithPhase::Step;
            true
        }
        _ => false,
    }
}
