//! What a shell says of children that a signal ended.

use super::super::machine::{Machine, Origin, TrapKey};
use super::strsignal::signal_text;
use crate::os::{Signal, WaitStatus};

impl Machine {
    /// Says something with the line that holds between commands.
    pub(super) fn around(&mut self, say: impl FnOnce(&mut Machine)) {
        let line = if self.bash() { self.line_around() } else { self.line };
        let own = std::mem::replace(&mut self.line, line);
        say(self);
        self.line = own;
    }

    /// Bash names a child that a signal ended, unless it was SIGINT or SIGPIPE.
    pub(in crate::sh) fn say_signal(&mut self, shown: u32, status: WaitStatus, text: &[u8]) {
        let WaitStatus::Signal(signal) = status else { return };
        if matches!(signal, Signal::Int | Signal::Pipe) || self.level.substitution {
            return;
        }
        let name = signal_text(signal);
        let trapped = self.traps.contains_key(&TrapKey::Signal(signal));
        if !self.bash() || signal == Signal::Term || trapped || self.typed.is_some() {
            self.error_line(name.as_bytes());
            return;
        }
        self.say_killed(shown, name, text);
    }

    /// The line about a child that a signal ended.
    pub(in crate::sh) fn say_killed(&mut self, shown: u32, name: &str, text: &[u8]) {
        let mut line = if self.origin == Origin::Command && self.calls.is_empty() {
            [self.name.as_slice(), b": "].concat()
        } else {
            self.prefix()
        };
        line.extend_from_slice(format!("{shown:5} {name:<23} ").as_bytes());
        line.extend_from_slice(text);
        self.error_line(&line);
    }
}
