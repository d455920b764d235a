//! `$(…)`, `<(…)` and `>(…)`.

use std::sync::Arc;

use super::super::frame::{Frame, ProgramKind, State, Substitution};
use super::super::host::Host;
use super::super::machine::{Job, Machine};
use super::super::script::{AstId, Script, Span};
use super::Next;
use crate::base::limit::WORD_BYTES_MAX;
use crate::os::{Fd, Poll, Wait, WaitStatus};
use crate::trace::fact::ShellFact;

impl Machine {
    /// Begins `$(…)`.
    #[allow(clippy::too_many_arguments)]
    pub(super) fn substitute(
        &mut self,
        script: &Arc<Script>,
        at: AstId,
        body: Option<AstId>,
        text: &[u8],
        span: Span,
        host: &mut dyn Host,
    ) -> Next {
        let Ok((read, write)) = host.pipe() else {
            self.complain(b"cannot make pipe for command substitution: Too many open files");
            self.answer = Some(Vec::new());
            return Next::Go;
        };
        let mut child = self.copy();
        if self.bash() {
            child.trace_depth += 1;
            (child.level.substitution, child.level.text) = (true, true);
            child.level.loops = self.loops();
            (child.line_base, child.line_outer) = (self.line, self.line);
            child.stdin_redirected = true;
            if !self.shopts.has("inherit_errexit") && !self.options.posix {
                child.options.errexit = false;
            }
        }
        match body {
            Some(body) => child.enter_in(script, body, true),
            None => child.run_text(text, ProgramKind::Substitution),
        }
        let moves = vec![(write, Fd::STDOUT)];
        child.push(script, at, State::Child { moves, close: vec![read, write] });
        let started = self.start(host, child);
        let _ = host.close(write);
        let Ok(pid) = started else {
            let _ = host.close(read);
            self.answer = Some(Vec::new());
            return Next::Go;
        };
        let shown = script.slice(span).to_vec();
        self.show(&shown);
        self.tell(ShellFact::Substitution {
            command: String::from_utf8_lossy(&shown).into_owned(),
        });
        self.act(script, span);
        let substitution =
            Substitution { pid: Some(pid), from: read, bytes: Vec::new(), ended: false };
        self.push(script, at, State::Substitution(substitution));
        Next::Go
    }

    /// `<(…)`, or (`input`) `>(…)`: starts the command at one end of a pipe; the path that names
    /// the other.
    pub(in crate::sh) fn process_substitution(
        &mut self,
        script: &Arc<Script>,
        body: AstId,
        input: bool,
        host: &mut dyn Host,
    ) -> Vec<u8> {
        let Ok((read, write)) = host.pipe() else {
            self.complain(b"cannot make pipe for process substitution: Too many open files");
            return Vec::new();
        };
        let mut child = self.copy();
        child.trace_depth += 1;
        (child.level.substitution, child.level.text) = (true, true);
        child.level.loops = self.loops();
        child.jobs.clear();
        (child.line_base, child.line_outer) = (self.line, self.line);
        child.stdin_redirected = true;
        child.enter_in(script, body, true);
        let (theirs, mine, to) =
            if input { (read, write, Fd::STDIN) } else { (write, read, Fd::STDOUT) };
        let state = State::Child { moves: vec![(theirs, to)], close: vec![read, write] };
        child.push(script, body, state);
        let started = self.start(host, child);
        let _ = host.close(theirs);
        self.forget_streams(host);
        if let Ok(pid) = started {
            self.last_background = Some((pid, host.pid_shown(pid)));
            let (shown, text) = (host.pid_shown(pid), Vec::new());
            let (number, status, signal, outer) = (0, None, None, false);
            let waited = false;
            self.jobs.push(Job { number, pid, shown, status, text, signal, outer, waited });
        }
        // Bash takes the highest one that is free.
        let free = (10..=63).rev().map(Fd).find(|fd| host.fd_stat(*fd).is_err()).unwrap_or(mine);
        if free != mine {
            let _ = host.dup_to(mine, free);
            let _ = host.close(mine);
        }
        self.opened.push(free);
        format!("/dev/fd/{}", free.0).into_bytes()
    }

    /// Reads what the child writes, then waits for it.
    pub(super) fn substitution(&mut self, mut frame: Frame, host: &mut dyn Host) -> Next {
        let State::Substitution(substitution) = &mut frame.state else {
            unreachable!("step() looked at the state")
        };
        while !substitution.ended {
            match host.read(substitution.from, 65_536) {
                Ok(Poll::Wait) => {
                    let from = substitution.from;
                    self.frames.push(frame);
                    return Next::Blocked(vec![Wait::Readable(from), Wait::Signal]);
                }
                Ok(Poll::Ready(blob)) if !blob.is_empty() => {
                    let room = WORD_BYTES_MAX.saturating_sub(substitution.bytes.len());
                    let bytes = blob.to_bytes(room as u64);
                    let room = room.min(bytes.len());
                    substitution.bytes.extend_from_slice(&bytes[..room]);
                }
                _ => {
                    substitution.ended = true;
                    let _ = host.close(substitution.from);
                }
            }
        }
        let waited = substitution.pid.map(|pid| (pid, host.wait(pid)));
        match waited.unwrap_or((host.pid(), Ok(Poll::Ready(WaitStatus::OK)))) {
            (pid, Ok(Poll::Wait)) => {
                self.frames.push(frame);
                Next::Blocked(vec![Wait::Child(pid), Wait::Signal])
            }
            (_, answer) => {
                let code = match answer {
                    Ok(Poll::Ready(status)) => status.code(),
                    _ => 127,
                };
                if substitution.pid.is_some() {
                    self.note_ended();
                }
                self.substitution_status = code;
                if self.bash() {
                    self.status = code;
                }
                let bytes = std::mem::take(&mut substitution.bytes);
                if bytes.contains(&0) && self.bash() {
                    self.complain(b"warning: command substitution: ignored null byte in input");
                }
                self.answer = Some(super::super::expand::trimmed(bytes));
                self.substituted = true;
                Next::Go
            }
        }
    }
}
