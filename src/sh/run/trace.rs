//! `set -x`, and what the page shows of a command.

use std::sync::Arc;

use super::super::expand::{Expand, Tilde};
use super::super::frame::{Frame, ProgramKind, State};
use super::super::host::Host;
use super::super::machine::Machine;
use super::super::parse;
use super::super::quote;
use super::super::script::{AstId, Script};
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
        let (script, word) = parse::document(&text, self.dialect);
        let script = Arc::new(script);
        let (status, out) = (self.status, std::mem::take(&mut self.out));
        let mut expand = Expand {
            machine: self,
            host,
            script,
            log: Vec::new(),
            cursor: 0,
            depth: 0,
            document: false,
            quiet: false,
        };
        let made = expand.one(&word, Tilde::Never).unwrap_or(text);
        self.status = status;
        self.out = out;
        let Some(first) = made.first().copied().filter(|_| self.bash()) else { return made };
        let mut all = vec![first; self.trace_depth as usize];
        all.extend_from_slice(&made);
        all
    }

    /// A line of the trace.
    pub(super) fn trace(&mut self, host: &mut dyn Host, line: &[u8]) {
        self.trace_to(Fd::STDERR, host, line);
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

    /// Words as the trace shows them.
    pub(super) fn words_shown(&self, words: &[Vec<u8>]) -> Vec<u8> {
        let shown: Vec<Vec<u8>> = words.iter().map(|word| self.word_shown(word)).collect();
        shown.join(&b' ')
    }

    pub(super) fn word_shown(&self, word: &[u8]) -> Vec<u8> {
        if self.bash() { quote::trace(word) } else { word.to_vec() }
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
        let assigns =
            simple.env.iter().map(|(name, value)| [name, b"=".as_slice(), value].concat());
        let all: Vec<Vec<u8>> = assigns.chain(simple.fields.iter().cloned()).collect();
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
