//! `set -x`, and what the page shows of a command.

use super::super::Dialect;
use std::sync::Arc;

use super::super::expand::{Expand, Stop, Tilde};
use super::super::frame::{ArithPhase, Frame, ProgramKind, SimplePhase, State};
use super::super::host::Host;
use super::super::machine::{Machine, parse_number};
use super::super::parse;
use super::super::quote;
use super::super::script::{AstId, Script};
use super::Next;
use super::simple::parts;
use crate::os::Fd;

impl Machine {
    /// PS4, its first byte once for each level.
    fn trace_prefix(&mut self, host: &mut dyn Host) -> Vec<u8> {
        let Some(text) = self.vars.text(b"PS4").cloned() else { return Vec::new() };
        if text == b"+ " {
            let depth = if self.bash() { self.trace_depth as usize } else { 0 };
            let mut all = vec![b'+'; depth + 1];
            all.push(b' ');
            return all;
        }
        if let (true, Some(made)) = (runs_commands(&text), &self.prompt.0) {
            let mut all = vec![made.first().copied().unwrap_or(b'+'); self.trace_depth as usize];
            all.extend_from_slice(made);
            return all;
        }
        let (script, word) = parse::document(&text, self.dialect);
        let script = Arc::new(script);
        let (status, out) = (self.status, std::mem::take(&mut self.out));
        let mut expand = Expand::new(self, host, script);
        let made = expand.one(&word, Tilde::Never).unwrap_or(text);
        self.status = status;
        self.out = out;
        let Some(first) = made.first().copied().filter(|_| self.bash()) else { return made };
        let mut all = vec![first; self.trace_depth as usize];
        all.extend_from_slice(&made);
        all
    }

    /// A line of the trace.
    pub(in crate::sh) fn trace(&mut self, host: &mut dyn Host, line: &[u8]) {
        let to = self.trace_to.1.unwrap_or(Fd::STDERR);
        self.trace_to(to, host, line);
    }

    /// Looks at BASH_XTRACEFD, if it has changed. Models `sv_xtracefd`, but that nothing is closed.
    pub(super) fn look_up_trace_fd(&mut self, host: &dyn Host) {
        let text = self.vars.text(b"BASH_XTRACEFD");
        if text.map_or(&b""[..], Vec::as_slice) == self.trace_to.0 {
            return;
        }
        let text = text.cloned().unwrap_or_default();
        let fd = parse_number(&text).and_then(|number| u32::try_from(number).ok()).map(Fd);
        let open = fd.filter(|fd| host.fd_stat(*fd).is_ok());
        if open.is_none() && !text.is_empty() {
            let shown = [b"BASH_XTRACEFD: ", text.as_slice()].concat();
            self.complain_of(&shown, "invalid value for trace file descriptor");
        } else {
            self.trace_to.1 = open;
        }
        self.trace_to.0 = text;
    }

    /// A line of the trace, to this descriptor.
    pub(super) fn trace_to(&mut self, to: Fd, host: &mut dyn Host, line: &[u8]) {
        if !self.options.xtrace {
            return;
        }
        let mut all = self.trace_prefix(host);
        all.extend_from_slice(line);
        all.push(b'\n');
        self.write(to, all, None);
    }

    /// Whether PS4's commands run before this frame does; it waits on the stack then.
    pub(super) fn prompts(&mut self, frame: &Frame) -> bool {
        let begins = match &frame.state {
            State::Simple(simple) => simple.phase == SimplePhase::Words && simple.next == 0,
            State::For { values: None, .. } | State::Case { word: None, .. } | State::Arith => true,
            State::Cond { begun, .. } => !begun,
            State::ArithFor { phase, .. } => *phase == ArithPhase::Start,
            _ => false,
        };
        if !begins || !frame.log.is_empty() || self.answer.is_some() || !self.bash() {
            return false;
        }
        let text = self.vars.text(b"PS4").filter(|text| runs_commands(text)).cloned();
        let Some(text) = text else { return false };
        if std::mem::take(&mut self.prompt.1) {
            return false;
        }
        self.frames.push(frame.clone());
        self.line = self.line_of(&frame.script, frame.script.node(frame.at));
        let (script, _) = parse::document(&text, self.dialect);
        self.push(&Arc::new(script), AstId(0), State::Prompt { status: self.status });
        self.options.xtrace = false;
        true
    }

    /// Expands PS4, with its commands.
    pub(super) fn prompt_step(&mut self, mut frame: Frame, host: &mut dyn Host) -> Next {
        let State::Prompt { status } = frame.state else {
            unreachable!("step() looked at the state")
        };
        let text = frame.script.text.clone();
        let (_, word) = parse::document(&text, self.dialect);
        match self.expanding(&mut frame, host, |ex| ex.one(&word, Tilde::Never)) {
            Err(stop @ (Stop::Substitute { .. } | Stop::Read(_))) => {
                self.stopped(frame, stop, host)
            }
            made => {
                self.prompt = (made.ok(), true);
                self.status = status;
                self.options.xtrace = true;
                Next::Go
            }
        }
    }

    /// Words as the trace shows them.
    pub(super) fn words_shown(&self, words: &[Vec<u8>]) -> Vec<u8> {
        let shown: Vec<Vec<u8>> = words.iter().map(|word| self.word_shown(word)).collect();
        shown.join(&b' ')
    }

    pub(super) fn word_shown(&self, word: &[u8]) -> Vec<u8> {
        match self.dialect {
            Dialect::Bash => quote::trace(word),
            Dialect::Sh => word.to_vec(),
            Dialect::Ash => super::super::ash::trace(word),
        }
    }

    /// BASH_COMMAND: what begins now, but in a trap.
    pub(super) fn note_command(&mut self, script: &Arc<Script>, at: AstId) {
        self.note_part(script, at, 0);
    }

    /// The same for one of the expressions of `for ((…))`.
    pub(super) fn note_part(&mut self, script: &Arc<Script>, at: AstId, part: u32) {
        let in_trap = |frame: &Frame| {
            matches!(&frame.state, State::Program { kind: ProgramKind::Trap { .. }, .. })
        };
        if self.bash() && !self.frames.iter().any(in_trap) {
            self.command = Some((script.clone(), at, part));
        }
    }

    /// What the page shows of the running command.
    pub(super) fn show(&mut self, text: &[u8]) {
        self.shown = Some(String::from_utf8_lossy(text).into_owned());
    }

    /// dash shows a command when its redirections are made: assignments and words on one line.
    pub(super) fn trace_dash(&mut self, frame: &mut Frame, host: &mut dyn Host) {
        let simple = parts(frame);
        let assigns = simple
            .env
            .iter()
            .map(|(name, value)| [name, b"=".as_slice(), &self.word_shown(value)].concat());
        let fields = simple.fields.iter().map(|word| self.word_shown(word));
        let all: Vec<Vec<u8>> = assigns.chain(fields).collect();
        // It goes to where standard error led before.
        let hidden = simple.saved.iter().find(|(fd, _)| *fd == Fd::STDERR);
        let to = hidden.and_then(|(_, copy)| *copy).unwrap_or(Fd::STDERR);
        if simple.in_child {
            simple.saved.clear(); // the copy closes when the program begins
        }
        if !all.is_empty() {
            self.trace_to(to, host, &all.join(&b' '));
        }
    }
}

/// Whether a prompt has commands in it.
fn runs_commands(prompt: &[u8]) -> bool {
    prompt.contains(&b'`') || prompt.windows(2).any(|two| two == b"$(")
}
