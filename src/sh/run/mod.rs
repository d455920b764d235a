//! The machine that runs a script: one visible act a turn, on an explicit stack of frames.

mod assign;
mod child;
mod compound;
mod cond;
mod dial;
mod exec;
mod finish;
mod history;
mod invocation;
mod kept;
mod killed;
mod redirect;
mod select;
mod simple;
mod start;
mod strsignal;
mod substitute;
mod time;
mod trace;
mod trap;
mod typed;
mod unread;

use crate::base::limit::SHELL_QUIET_STEPS_MAX;
use std::sync::Arc;

pub(super) use redirect::Target;
pub(super) use select::Select;
pub(super) use strsignal::signal_text;
pub(super) use trap::TRACING;
pub(super) use typed::{Typed, UNMOVED};

use super::Dialect;
use super::expand::{Expand, Expanded, Stop};
use super::frame::{ArithPhase, Frame, Phase, Simple, State, Substitution};
use super::host::Host;
use super::machine::{Leaving, Machine, Unwind};
use super::script::{AstId, Kind, Script};
use crate::base::limit::SHELL_FRAMES_MAX;
use crate::os::{Errno, Fd, Poll, Turn, Wait, WaitStatus};

/// What a step came to.
pub(super) enum Next {
    Go,
    Blocked(Vec<Wait>),
    Exited(WaitStatus),
    Replaced,
}

impl Machine {
    /// One visible act: a command, an assignment, a test, a wait.
    pub fn turn(&mut self, host: &mut dyn Host) -> Turn {
        self.now = host.now();
        self.acted = false;
        let turn = self.turn_inner(host);
        for fact in std::mem::take(&mut self.facts) {
            host.tell(fact);
        }
        turn
    }

    fn turn_inner(&mut self, host: &mut dyn Host) -> Turn {
        for _ in 0..SHELL_QUIET_STEPS_MAX {
            if let Some(turn) = self.flush(host) {
                return turn;
            }
            if self.acted {
                return Turn::Ran;
            }
            match self.step(host) {
                Next::Go => {}
                Next::Blocked(waits) => return Turn::Blocked(waits),
                Next::Exited(status) => return Turn::Exited(status),
                Next::Replaced => return Turn::Replaced,
            }
        }
        Turn::Ran
    }

    /// Writes what is queued; a turn, if it cannot all be written now.
    pub(in crate::sh) fn flush(&mut self, host: &mut dyn Host) -> Option<Turn> {
        while let Some((fd, bytes, who)) = self.out.pop_front() {
            let blob = super::blob(&bytes);
            match host.write(fd, &blob) {
                Ok(Poll::Ready(taken)) if taken as usize >= bytes.len() => {}
                Ok(Poll::Ready(taken)) => {
                    let rest = bytes[taken as usize..].to_vec();
                    self.out.push_front((fd, rest, who));
                }
                Ok(Poll::Wait) => {
                    self.out.push_front((fd, bytes, who));
                    return Some(Turn::Blocked(vec![Wait::Writable(fd), Wait::Signal]));
                }
                Err(errno) => {
                    if let Some(who) = who {
                        self.write_failed(&who, errno);
                    }
                    if errno == Errno::Pipe {
                        return Some(Turn::Ran);
                    }
                }
            }
        }
        None
    }

    /// A builtin could not write.
    fn write_failed(&mut self, who: &str, errno: Errno) {
        self.out.retain(|(_, _, other)| other.as_deref() != Some(who));
        let message = match self.dialect {
            Dialect::Sh => format!("{who}: {who}: I/O error"),
            _ => format!("{who}: write error: {}", errno.text()),
        };
        // ash's other builtins fail without a word.
        if !self.ash() || who == "echo" {
            self.complain(message.as_bytes());
        }
        self.status = 1;
    }

    fn step(&mut self, host: &mut dyn Host) -> Next {
        if let Some((signal, false)) = self.dies_of {
            self.dies_of = Some((signal, true));
            self.unwind = Some(Unwind::ExitHere(Leaving::Reported));
        }
        if self.meets_interrupt() {
            self.stop_jobs(host);
            return Next::Go;
        }
        if let Some(unwind) = self.unwind.take() {
            return self.unwind_step(host, unwind);
        }
        if self.run_pending_trap() {
            return Next::Go;
        }
        let Some(frame) = self.frames.pop() else { return self.end(host) };
        if self.options.xtrace && self.prompts(&frame) {
            return Next::Go;
        }
        match frame.state {
            State::Program { .. } => self.program(frame),
            State::List { .. } => self.list_step(frame, host),
            State::AndOr { .. } => self.and_or(frame),
            State::Pipeline { .. } => self.pipeline(frame, host),
            State::Simple(_) => self.simple(frame, host),
            State::Redirecting { .. } => self.redirecting(frame, host),
            State::Subshell { .. } => self.subshell_step(frame, host),
            State::If { .. } => self.if_step(frame),
            State::While { .. } => self.while_step(frame),
            State::For { .. } => self.for_step(frame, host),
            State::ArithFor { .. } => self.arith_for(frame, host),
            State::Select(_) => self.select_step(frame, host),
            State::Debug => self.debug_step(&frame),
            State::Case { .. } => self.case(frame, host),
            State::Cond { .. } => self.cond(frame, host),
            State::Arith => self.arith(frame, host),
            State::Children(_) => self.children(frame, host),
            State::Substitution(_) => self.substitution(frame, host),
            State::Cleanup(_) => self.cleanup_step(frame, host),
            State::Read(_) => self.read_step(frame, host),
            State::Prompt { .. } => self.prompt_step(frame, host),
            State::Keeping(_) => self.keep_step(frame),
            State::Source { .. } => self.source_step(frame, host),
            State::WaitFor(_) => self.wait_step(frame, host),
            State::Exec { .. } => self.exec_step(frame, host),
            State::Child { .. } => self.child_step(frame, host),
            State::Input { .. } => self.input_step(frame, host),
            State::Leave { status, how } => {
                self.status = status;
                self.unwind = Some(how.map_or(Unwind::Exit, Unwind::ExitHere));
                Next::Go
            }
        }
    }

    /// Begins a command.
    pub(super) fn enter(&mut self, script: &Arc<Script>, at: AstId) {
        self.enter_in(script, at, false);
    }

    /// Begins a command; `here`: this process is its own already.
    pub(super) fn enter_in(&mut self, script: &Arc<Script>, at: AstId, here: bool) {
        if self.frames.len() >= SHELL_FRAMES_MAX {
            self.overflow();
            return;
        }
        if self.options.noexec && self.typed.is_none() {
            return;
        }
        let node = script.node(at);
        let redirected = !node.redirects.is_empty() && !matches!(node.kind, Kind::Simple { .. });
        let waits = matches!(node.kind, Kind::Subshell(_)) && !here;
        let state = if redirected && !waits {
            State::Redirecting { next: 0, saved: Vec::new(), here }
        } else {
            state_of(&node.kind, here)
        };
        self.push(script, at, state);
    }

    pub(super) fn push(&mut self, script: &Arc<Script>, at: AstId, state: State) {
        let (log, opened) = (Vec::new(), Vec::new());
        let (script, dial, debugged, slipped) = (script.clone(), None, false, None);
        self.frames.push(Frame { script, at, log, opened, dial, debugged, slipped, state });
    }

    /// Bash has no such bound; its stack has one, and it dies of it.
    fn overflow(&mut self) {
        self.frames.clear();
        self.exit_trap_ran = true;
        self.complain(b"Segmentation fault");
        self.status = 139;
        self.unwind = Some(Unwind::Exit);
    }

    /// Expands with the frame's log. On [`Stop`], hand it and the frame to [`Machine::stopped`].
    pub(super) fn expanding<T>(
        &mut self,
        frame: &mut Frame,
        host: &mut dyn Host,
        work: impl FnOnce(&mut Expand<'_>) -> Expanded<T>,
    ) -> Expanded<T> {
        let mut log = std::mem::take(&mut frame.log);
        if let Some(answer) = self.answer.take() {
            log.push(super::expand::Logged::Bytes(answer));
        }
        let script = frame.script.clone();
        let mut expand = Expand { log, ..Expand::new(self, host, script) };
        let answer = work(&mut expand);
        if matches!(answer, Err(Stop::Substitute { .. } | Stop::Read(_))) {
            frame.log = expand.log;
        }
        frame.opened.append(&mut self.opened);
        answer
    }

    /// An expansion stopped: begins the substitution it needs, or leaves the command.
    pub(super) fn stopped(&mut self, frame: Frame, stop: Stop, host: &mut dyn Host) -> Next {
        match stop {
            Stop::Substitute { body, text, span } => {
                let script = frame.script.clone();
                let at = frame.at;
                self.frames.push(frame);
                self.substitute(&script, at, body, &text, span, host)
            }
            Stop::Read(from) => {
                let (script, at) = (frame.script.clone(), frame.at);
                self.frames.push(frame);
                let (pid, bytes, ended) = (None, Vec::new(), false);
                let substitution = Substitution { pid, from, bytes, ended };
                self.push(&script, at, State::Substitution(substitution));
                Next::Go
            }
            Stop::Discard => {
                self.drop_later(frame, host);
                self.status = 1;
                self.unwind.get_or_insert(Unwind::Discard);
                Next::Go
            }
            Stop::Exit(code) | Stop::ExitHere(code) => {
                self.takes_exit_trap(&frame);
                self.drop_later(frame, host);
                self.leave_unset(code, matches!(stop, Stop::ExitHere(_)));
                Next::Go
            }
        }
    }

    /// The same once what it has said is written: that goes where its redirections lead.
    pub(super) fn drop_later(&mut self, mut frame: Frame, host: &mut dyn Host) {
        if let State::Simple(simple) = &mut frame.state
            && !simple.saved.is_empty()
        {
            let saved = std::mem::take(&mut simple.saved);
            self.restore_later(&frame.script, frame.at, saved);
        }
        self.drop_frame(frame, host);
    }

    /// A command ended with this shell's status.
    pub(super) fn drop_frame(&mut self, frame: Frame, host: &mut dyn Host) {
        self.close_all(&frame.opened, host);
        match frame.state {
            State::Simple(simple) => self.restore(simple.saved, host),
            State::Redirecting { saved, .. } => self.restore(saved, host),
            State::Cleanup(cleanup) => self.clean(*cleanup, host),
            State::Substitution(substitution) if !substitution.ended => {
                let _ = host.close(substitution.from);
            }
            _ => {}
        }
    }

    /// Closes what process substitutions opened.
    pub(super) fn close_all(&mut self, opened: &[Fd], host: &mut dyn Host) {
        for fd in opened {
            let _ = host.close(*fd);
        }
    }

    /// Says on the step, and on standard error, that the model lacks something.
    pub(super) fn not_modelled(&mut self, what: &str) {
        let program = if self.bash() { "bash" } else { "sh" }.to_string();
        let fact = crate::trace::fact::MachineFact::NotModelled { program, what: what.to_string() };
        self.facts.push(crate::trace::Fact::Machine(fact));
        self.complain(format!("{what}: not modelled").as_bytes());
    }

    /// Writes a line of the shell's own.
    pub(super) fn error_line(&mut self, line: &[u8]) {
        self.write(Fd::STDERR, [line, b"\n"].concat(), None);
    }
}

/// How a command begins.
pub(super) fn state_of(kind: &Kind, here: bool) -> State {
    match kind {
        Kind::Simple { .. } => {
            State::Simple(Box::new(Simple { in_child: here, ..Simple::default() }))
        }
        Kind::Pipeline { .. } => State::Pipeline { since: None },
        Kind::AndOr { .. } => State::AndOr { next: 0 },
        Kind::List(_) | Kind::Group(_) | Kind::Function { .. } | Kind::Unsupported(_) => {
            State::List { next: 0 }
        }
        Kind::Subshell(_) => State::Subshell { here },
        Kind::If { .. } => State::If { clause: 0, phase: Phase::Start },
        Kind::While { .. } => State::While { phase: Phase::Start, status: 0 },
        Kind::For { select: true, .. } => State::Select(Box::default()),
        Kind::For { .. } => State::For { values: None, fields: Vec::new(), next: 0, status: 0 },
        Kind::ArithFor { .. } => State::ArithFor { phase: ArithPhase::Start, status: 0 },
        Kind::Case { .. } => State::Case { word: None, arm: 0, pattern: 0, fall: false },
        Kind::Arith(_) => State::Arith,
        Kind::Cond(..) => State::Cond { stack: Vec::new(), value: false, begun: false },
    }
}
