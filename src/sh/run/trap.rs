//! Traps: those of signals, and those of the shell's own (EXIT, ERR, DEBUG, RETURN).

use std::sync::Arc;

use super::super::frame::{Cleanup, Frame, ProgramKind, SimplePhase, State};
use super::super::host::Host;
use super::super::machine::{Leaving, Machine, Origin, TrapKey, Unwind};
use super::super::script::{AstId, Kind};
use super::Next;
use crate::os::{Fd, Signal};
use crate::trace::fact::ShellFact;

/// Models `terminating_signals`.
const TERMINATING: [Signal; 18] = [
    Signal::Hup,
    Signal::Int,
    Signal::Ill,
    Signal::Trap,
    Signal::Abrt,
    Signal::Fpe,
    Signal::Bus,
    Signal::Segv,
    Signal::Sys,
    Signal::Pipe,
    Signal::Alrm,
    Signal::Term,
    Signal::Xcpu,
    Signal::Xfsz,
    Signal::Vtalrm,
    Signal::Prof,
    Signal::Usr1,
    Signal::Usr2,
];

/// What a function or a sourced file has of its own, unless it is traced (`set -T`).
pub(in crate::sh) const TRACING: [TrapKey; 2] = [TrapKey::Debug, TrapKey::Return];

impl Machine {
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
        // SEVAL_RESETLINE, but for the shell's own; ash has only the script's lines.
        let counted = matches!(key, TrapKey::Exit | TrapKey::Signal(_)) && !self.ash();
        let line = if counted { 1 } else { self.line };
        let script = Arc::new(self.read_text(&action, line));
        let (status, pipe_status) = (self.status, self.pipe_status.clone());
        let kind = ProgramKind::Trap { key, status, pipe_status };
        self.trace_depth += 1;
        if key == TrapKey::Exit {
            // The last trap of a script stands on the script's own level.
            let traced = |frame: &&Frame| match &frame.state {
                State::Cleanup(cleanup) => cleanup.traced,
                State::Program { kind: ProgramKind::Trap { .. }, .. } => true,
                _ => false,
            };
            let inner = self.frames.iter().filter(traced).count() as u32;
            self.trace_depth = self.trace_depth.saturating_sub(inner + 1);
            self.trace_depth += u32::from(self.subshell > 0 && self.trace_depth == 0);
        }
        self.push(&script, AstId(0), State::Program { next: 0, kind });
        true
    }

    /// A child has ended: the trap for CHLD runs once for each, in dash once for all.
    pub(in crate::sh) fn note_ended(&mut self) {
        let key = TrapKey::Signal(Signal::Chld);
        let set = self.traps.get(&key).is_some_and(|action| !action.is_empty());
        if set && (self.bash() || !self.pending.contains(&Signal::Chld)) {
            self.pending.push_back(Signal::Chld);
        }
    }

    /// Whether a trap for EXIT is still to run.
    pub(super) fn has_exit_trap(&self) -> bool {
        let action = self.traps.get(&TrapKey::Exit);
        !self.exit_trap_ran && action.is_some_and(|action| !action.is_empty())
    }

    /// A simple command of a pipeline, or in the background, drops the shell's traps only once its
    /// words are expanded: where that ends it, the trap for EXIT runs.
    pub(super) fn takes_exit_trap(&mut self, frame: &Frame) {
        let expands = matches!(&frame.state, State::Simple(simple)
            if matches!(simple.phase, SimplePhase::Words | SimplePhase::Assigns));
        let is_part = self.is_part && self.level.simple && self.frames.is_empty();
        if let Some(action) = self.inherited_traps.get(&TrapKey::Exit)
            && expands
            && is_part
            && self.bash()
        {
            self.traps.insert(TrapKey::Exit, action.clone());
        }
    }

    /// Bash handles what would end it once a trap for EXIT is set, so that it runs
    /// (initialize_terminating_signals).
    pub(in crate::sh) fn ends_by_trap(&self, signal: Signal) -> bool {
        let action = self.traps.get(&TrapKey::Exit);
        self.bash()
            && action.is_some_and(|action| !action.is_empty())
            && TERMINATING.contains(&signal)
    }

    /// The shell ends: first its trap for EXIT runs, where it stands.
    pub(super) fn exit_here(&mut self, how: Leaving, host: &mut dyn Host) {
        if !self.has_exit_trap() {
            self.unwind = Some(Unwind::Exit);
            return;
        }
        let failed = matches!(how, Leaving::Failed { .. });
        if failed && self.subshell == 0 && self.origin == Origin::Command {
            // The text of `-c` ends (parse_and_execute).
            self.undo_from(0, host);
        }
        let around = match how {
            Leaving::Asked if !self.in_function() => self.text_around(),
            Leaving::Unset { arith } => {
                let stays = arith || self.subshell > 0 && self.level.text;
                self.text_around().or((!stays).then_some(0))
            }
            _ => None,
        };
        if let Some(at) = around {
            self.undo_from(at, host);
        }
        if how == (Leaving::Failed { undo: true }) {
            self.undo_call(host);
        }
        if matches!(how, Leaving::Failed { .. }) && self.subshell == 0 {
            self.vars.pop_scopes();
        }
        self.exit_trap_ran = true;
        let (main, depth) = (self.main.clone(), self.trace_depth);
        self.push(&main, AstId(0), State::Leave { status: self.status, how: None });
        self.run_trap(TrapKey::Exit);
        if how == Leaving::Reported {
            self.trace_depth = depth + 1;
        }
    }

    /// Where the outermost text begins that was given whole (`-c`, `eval`, `$(…)`): what ends the
    /// shell within it ends it first (parse_and_execute).
    fn text_around(&self) -> Option<usize> {
        let is_text = self.level.substitution
            || self.level.simple && self.level.text
            || self.subshell == 0 && self.origin == Origin::Command;
        let given = |frame: &Frame| match &frame.state {
            State::Program { kind, .. } => !matches!(kind, ProgramKind::Main | ProgramKind::Input),
            _ => false,
        };
        if is_text { Some(0) } else { self.frames.iter().position(given).map(|at| at + 1) }
    }

    /// Whether a function runs; a sourced file is none.
    fn in_function(&self) -> bool {
        self.frames
            .iter()
            .any(|frame| matches!(&frame.state, State::Cleanup(c) if c.function && !c.file))
    }

    /// Leaves the innermost function or builtin whose call was redirected, with all within it.
    fn undo_call(&mut self, host: &mut dyn Host) {
        match self.redirected_call() {
            Some(at) => self.undo_from(at, host),
            // It may be around this subshell.
            None => {
                let fds = std::mem::take(&mut self.outer_call);
                self.restore(fds, host);
            }
        }
    }

    /// Which frame is that call's.
    pub(super) fn redirected_call(&self) -> Option<usize> {
        let is_call = |frame: &Frame| {
            let redirected =
                matches!(&frame.state, State::Cleanup(cleanup) if !cleanup.fds.is_empty());
            let node = frame.script.nodes.get(frame.at.0 as usize);
            let called = node.is_some_and(|node| {
                matches!(node.kind, Kind::Simple { .. } | Kind::Function { .. })
            });
            redirected && called
        };
        self.frames.iter().rposition(is_call)
    }

    /// What it has to put back.
    pub(super) fn call_fds(&self, at: usize) -> Option<Vec<(Fd, Option<Fd>)>> {
        match &self.frames.get(at)?.state {
            State::Cleanup(cleanup) => Some(cleanup.fds.clone()),
            _ => None,
        }
    }

    fn undo_from(&mut self, at: usize, host: &mut dyn Host) {
        while self.frames.len() > at {
            if let Some(frame) = self.frames.pop() {
                self.drop_frame(frame, host);
            }
        }
    }

    /// Whether the action of this trap runs.
    pub(in crate::sh) fn runs_trap(&self, trap: TrapKey) -> bool {
        self.frames.iter().any(|frame| {
            matches!(&frame.state, State::Program { kind: ProgramKind::Trap { key, .. }, .. }
                if *key == trap)
        })
    }

    fn traces_commands(&self) -> bool {
        self.traps.get(&TrapKey::Debug).is_some_and(|action| !action.is_empty())
            && !self.runs_trap(TrapKey::Debug)
    }

    /// Runs the trap for DEBUG, if there is one, before what the frame does next. `None`: the frame
    /// waits for it on the stack.
    pub(super) fn debugged(&mut self, mut frame: Frame) -> Option<Frame> {
        if std::mem::take(&mut frame.debugged) || !self.traces_commands() {
            return Some(frame);
        }
        frame.debugged = true;
        self.frames.push(frame);
        self.run_trap(TrapKey::Debug);
        None
    }

    /// The same before the parts of a pipeline, or a background command, that the frame starts.
    pub(super) fn debugged_parts(&mut self, mut frame: Frame, parts: &[AstId]) -> Option<Frame> {
        if std::mem::take(&mut frame.debugged) || !self.traces_commands() {
            return Some(frame);
        }
        frame.debugged = true;
        let script = frame.script.clone();
        self.frames.push(frame);
        for at in parts.iter().rev() {
            if matches!(script.node(*at).kind, Kind::Simple { .. }) {
                self.push(&script, *at, State::Debug);
            }
        }
        None
    }

    /// A part of a pipeline is about to begin.
    pub(super) fn debug_step(&mut self, frame: &Frame) -> Next {
        self.line = self.line_of(&frame.script, frame.script.node(frame.at));
        // As a function begins, its call is still the command.
        if !matches!(frame.script.node(frame.at).kind, Kind::Function { .. }) {
            self.note_command(&frame.script, frame.at);
        }
        self.run_trap(TrapKey::Debug);
        Next::Go
    }

    /// Traps that a function or a file does without, until it ends.
    pub(in crate::sh) fn hide_traps(&mut self, keys: &[TrapKey]) -> Vec<(TrapKey, Vec<u8>)> {
        keys.iter().filter_map(|key| Some((*key, self.traps.remove(key)?))).collect()
    }

    /// A function or a sourced file ends, or leaves a part of itself: its own things go.
    pub(super) fn cleanup_step(&mut self, frame: Frame, host: &mut dyn Host) -> Next {
        if self.returns_to_trap(&frame) {
            self.before_return(frame, host);
            return Next::Go;
        }
        if let State::Cleanup(cleanup) = frame.state {
            self.clean(*cleanup, host);
        }
        Next::Go
    }

    /// Whether the trap for RETURN runs before this frame is done with.
    pub(super) fn returns_to_trap(&self, frame: &Frame) -> bool {
        let State::Cleanup(cleanup) = &frame.state else { return false };
        let set = self.traps.get(&TrapKey::Return).is_some_and(|action| !action.is_empty());
        set && cleanup.catches_return && !cleanup.returned && !self.runs_trap(TrapKey::Return)
    }

    /// Runs it: within a function, but behind a file.
    fn before_return(&mut self, mut frame: Frame, host: &mut dyn Host) {
        let State::Cleanup(cleanup) = &mut frame.state else { return };
        cleanup.returned = true;
        let is_file = self.calls.last().is_some_and(|call| call.is_file);
        if is_file {
            // Its arguments stay until the trap has run.
            let rest = Cleanup { args: cleanup.args.take(), ..Cleanup::default() };
            let done = std::mem::replace(&mut **cleanup, rest);
            self.clean(done, host);
        }
        self.frames.push(frame);
        let before = self.returned_over.take().unwrap_or(self.status);
        let status = std::mem::replace(&mut self.status, before);
        self.run_trap_for(TrapKey::Return, status);
    }

    /// Runs a trap, if there is one; the status is this one afterwards.
    pub(in crate::sh) fn run_trap_for(&mut self, key: TrapKey, status: u8) -> bool {
        let runs = self.run_trap(key);
        if runs
            && let Some(State::Program { kind: ProgramKind::Trap { status: kept, .. }, .. }) =
                self.frames.last_mut().map(|frame| &mut frame.state)
        {
            *kept = status;
        }
        runs
    }
}
