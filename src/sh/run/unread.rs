//! What a shell says of a text that it cannot read.

use super::super::frame::ProgramKind;
use super::super::machine::{Machine, Origin, TrapKey};
use super::super::script::{Script, SyntaxError};

impl Machine {
    /// With `set -e`, bash ends at the first thing it says about a text it cannot read.
    pub(super) fn leave_unreadable(&mut self) {
        if self.bash() && self.options.errexit && !self.errors_ignored() {
            self.leave(2);
        }
    }

    /// Where a `$(…)` cannot be read, bash ends, whatever the text is read by (`parse_comsub`):
    /// whether it does.
    pub(super) fn leave_substitution(&mut self, kind: &ProgramKind) -> bool {
        let status = match kind {
            ProgramKind::Eval | ProgramKind::Source(_) => 1,
            ProgramKind::Input if self.typed.is_none() => 2,
            ProgramKind::Trap { key, .. } if *key != TrapKey::Exit => 2,
            ProgramKind::Main if self.origin == Origin::Command => {
                self.status = 127;
                return false;
            }
            _ => return false,
        };
        self.leave(status);
        true
    }

    /// A `$(…)` that an expansion meets cannot be read: its lines count from the command's.
    pub(in crate::sh) fn say_unread(&mut self, first: u32, error: &SyntaxError) {
        for (line, message) in &error.messages {
            let prefix = [self.name.as_slice(), b": command substitution: line "].concat();
            let line = (self.line + 1 + line).saturating_sub(first).to_string();
            self.error_line(&[prefix.as_slice(), line.as_bytes(), b": ", message].concat());
        }
    }

    pub(super) fn say_syntax(&mut self, script: &Script, error: &SyntaxError, kind: &ProgramKind) {
        let before = self.line;
        // At a prompt the line stands above: it is not said again. That of a file does not.
        let ends = self.options.errexit && !self.errors_ignored();
        let file = self.calls.last().filter(|call| self.at_prompt && call.is_file);
        let file = file.map(|call| call.file.clone());
        let first_only = self.bash() && (ends || self.at_prompt && file.is_none());
        let count = if first_only { 1 } else { error.messages.len() };
        for (line, message) in error.messages.iter().take(count) {
            let line = self.shifted_next(script, *line);
            self.line = line;
            if self.ash() {
                self.complain(message);
                continue;
            }
            let mut prefix = self.prefix();
            if let Some(file) = &file {
                prefix.extend([file, format!(": line {line}: ").as_bytes()].concat());
            }
            if let Some(context) = self.contexts.last() {
                prefix.extend_from_slice(&[context.as_slice(), b": "].concat());
            }
            if self.bash() && !error.is_warning {
                let word = match kind {
                    ProgramKind::Main | ProgramKind::Eval if self.at_prompt => String::new(),
                    ProgramKind::Main if self.origin == Origin::Command => "-c: ".to_string(),
                    ProgramKind::Eval => "eval: ".to_string(),
                    ProgramKind::Substitution => "command substitution: ".to_string(),
                    ProgramKind::Trap { key, .. } => match key {
                        TrapKey::Exit => "exit trap: ".to_string(),
                        TrapKey::Err => "error trap: ".to_string(),
                        TrapKey::Debug => "debug trap: ".to_string(),
                        TrapKey::Return => "return trap: ".to_string(),
                        TrapKey::Signal(_) => "trap: ".to_string(),
                    },
                    _ => String::new(),
                };
                let place = format!("line {line}: ");
                let named = prefix.ends_with(place.as_bytes());
                let split = prefix.len() - if named { place.len() } else { 0 };
                prefix.splice(split..split, word.bytes());
            }
            self.error_line(&[prefix.as_slice(), message].concat());
        }
        self.line = before;
    }
}
