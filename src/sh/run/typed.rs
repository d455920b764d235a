//! A shell that somebody types at: prompts, what is said about jobs, lines that were typed, Ctrl-C.
//!
//! Compared with bash 5.2, dash 0.5.12 and busybox 1.35 at a pseudo-terminal
//! (`tests/play/shells`). No startup file is read; what Debian's sets, its prompt, is there all the
//! same.

use super::super::frame::{Frame, State};
use super::super::host::Host;
use super::super::machine::{Machine, Unwind, parse_number};
use super::history::{Refused, expand_history, has_document, in_one_line, quote_after};
use crate::base::limit::HISTORY_LINES_MAX;
use crate::os::{Fd, Signal, Sys};

/// What Debian's /etc/bash.bashrc makes of it.
const DEBIAN_PROMPT: &[u8] = br"${debian_chroot:+($debian_chroot)}\u@\h:\w\$ ";

/// Signals that such a shell ignores.
pub(in crate::sh) const UNMOVED: [Signal; 5] =
    [Signal::Term, Signal::Quit, Signal::Tstp, Signal::Ttin, Signal::Ttou];

/// How its lines come.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(in crate::sh) enum Lines {
    /// It reads them, one after the other.
    #[default]
    Read,
    /// One only, which somebody else has read: it asks for none and knows of no earlier ones.
    OneEach,
    /// That one is done, and ended so.
    Done {
        /// `$?`
        status: u8,
    },
}

/// What such a shell keeps.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(in crate::sh) struct Typed {
    /// The commands that were typed, oldest first, each in one line where bash makes it one.
    pub history: Vec<Vec<u8>>,
    /// How many commands were typed before those.
    pub forgotten: u32,
    /// Ctrl-C came, and the shell has not looked yet.
    pub interrupted: bool,
    /// How its lines come.
    pub lines: Lines,
}

impl Machine {
    /// It reads its commands from a terminal, or was told to do as if (`-i`). `rc`: it would read
    /// its startup files.
    pub(super) fn begin_typed(&mut self, rc: bool, sys: &mut dyn Sys) {
        self.typed = Some(Box::default());
        if !self.bash() {
            return;
        }
        self.at_prompt = true;
        self.options.histexpand = true;
        self.shopts.turn("expand_aliases", true);
        if self.vars.text(b"PS1").is_none() {
            let debian = rc && is_debian(sys);
            self.vars.set(b"PS1", if debian { DEBIAN_PROMPT } else { br"\s-\v\$ " });
        }
        self.vars.set(b"PS2", b"> ");
    }

    /// SIGINT came, between two turns.
    pub(in crate::sh) fn note_interrupt(&mut self) {
        if let Some(typed) = self.typed.as_deref_mut() {
            typed.interrupted = true;
        }
    }

    /// Whether a command in the foreground has the terminal: Ctrl-C meets that one, and the shell
    /// looks what becomes of it.
    pub(in crate::sh) fn has_foreground(&self) -> bool {
        let waits = |frame: &Frame| matches!(frame.state, State::Children(_));
        self.typed.is_some() && self.frames.last().is_some_and(waits)
    }

    /// Ctrl-C: what is typed, or runs in the shell itself, is dropped.
    pub(super) fn meets_interrupt(&mut self) -> bool {
        let is_met =
            self.typed.as_deref_mut().is_some_and(|it| std::mem::take(&mut it.interrupted));
        if !is_met {
            return false;
        }
        if let Some(State::Input { buffer, asked, line, .. }) =
            self.frames.last_mut().map(|frame| &mut frame.state)
        {
            *line += buffer.iter().filter(|byte| **byte == b'\n').count() as u32;
            *asked = false;
            let begun = std::mem::take(buffer);
            self.remember(&begun);
        }
        self.drop_line();
        true
    }

    /// The rest of the line that was typed is not run.
    pub(super) fn drop_line(&mut self) {
        self.status = 128 + Signal::Int.number();
        self.unwind = Some(Unwind::Discard);
    }

    /// Asks for a line: first says which jobs have ended.
    pub(super) fn ask_for_line(&mut self, frame: &mut Frame, continued: bool, host: &mut dyn Host) {
        if !continued {
            self.tell_jobs(host);
        }
        let name: &[u8] = if continued { b"PS2" } else { b"PS1" };
        let text = self.vars.text(name).cloned().unwrap_or_default();
        let prompt = if self.bash() || self.ash() {
            self.expanding(frame, host, |expand| Ok(expand.prompted(&text))).unwrap_or_default()
        } else {
            text
        };
        self.write(Fd::STDERR, prompt, None);
    }

    /// dash does not count the line of a syntax error.
    pub(super) fn uncount_line(&mut self) {
        let is_typed = self.typed.is_some();
        for frame in self.frames.iter_mut().filter(|_| is_typed) {
            if let State::Input { line, .. } = &mut frame.state {
                *line -= 1;
            }
        }
    }

    /// The last line of what is typed is there: says and puts in place what its `!` stand for. A
    /// line that names no event is dropped.
    pub(super) fn take_line(&mut self, typed: &mut Vec<u8>) {
        let before = typed.len() - 1;
        let start = typed[..before].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        if !self.options.histexpand || !typed[start..].contains(&b'!') {
            return;
        }
        let Some(own) = self.typed.as_deref() else { return };
        let line = typed.split_off(start);
        let quote = quote_after(typed, None);
        match expand_history(&line, quote, &own.history, own.forgotten) {
            Ok(expanded) => {
                if expanded != line {
                    self.write(Fd::STDERR, expanded.clone(), None);
                }
                typed.extend(expanded);
            }
            Err(Refused::NotFound(event)) => {
                self.complain(&[event.as_slice(), b": event not found"].concat());
            }
            Err(Refused::NotModelled) => self.not_modelled("!…:…"),
        }
    }

    /// Somebody types at it, and it reads that itself.
    pub(super) fn reads_lines(&self) -> bool {
        self.typed.as_deref().is_some_and(|typed| typed.lines == Lines::Read)
    }

    /// Nothing more is typed: a shell says so where the next command would stand.
    pub(super) fn end_typed(&mut self) {
        let farewell: &[u8] = if self.bash() { b"exit\n" } else { b"\n" };
        if self.reads_lines() {
            self.write(Fd::STDERR, farewell.to_vec(), None);
        }
    }

    /// `exit` where somebody types.
    pub(in crate::sh) fn say_exit(&mut self) {
        if self.bash() {
            self.end_typed();
        }
    }

    /// `history`: what was typed, numbered.
    pub(in crate::sh) fn history(&mut self, args: &[Vec<u8>]) -> u8 {
        let Some(typed) = self.typed.as_deref_mut().filter(|it| it.lines == Lines::Read) else {
            self.not_modelled("history");
            return 2;
        };
        let count = match args {
            [] => typed.history.len(),
            [clear] if clear == b"-c" => {
                *typed = Typed::default();
                return 0;
            }
            [count] if count.iter().all(u8::is_ascii_digit) => {
                parse_number(count).and_then(|it| usize::try_from(it).ok()).unwrap_or(usize::MAX)
            }
            _ => {
                self.not_modelled("history …");
                return 2;
            }
        };
        let skip = typed.history.len().saturating_sub(count);
        let mut all = Vec::new();
        for (at, line) in typed.history.iter().enumerate().skip(skip) {
            let number = u64::from(typed.forgotten) + at as u64 + 1;
            all.extend_from_slice(format!("{number:5}  ").as_bytes());
            all.extend_from_slice(line);
            all.push(b'\n');
        }
        self.print("history", all);
        0
    }

    /// A command is complete: bash remembers it.
    pub(super) fn remember(&mut self, command: &[u8]) {
        let is_bash = self.bash();
        let Some(typed) = self.typed.as_deref_mut().filter(|_| is_bash) else { return };
        let text = command.strip_suffix(b"\n").unwrap_or(command);
        if text.is_empty() {
            return;
        }
        let mut line = in_one_line(text);
        if text.contains(&b'\n') && has_document(text) {
            // Its last line keeps its end.
            line.push(b'\n');
        }
        typed.history.push(line);
        if typed.history.len() > HISTORY_LINES_MAX {
            typed.history.remove(0);
            typed.forgotten += 1;
        }
    }
}

fn is_debian(sys: &mut dyn Sys) -> bool {
    let release = sys.read_file(b"/etc/os-release").map(|blob| blob.text()).unwrap_or_default();
    release.lines().any(|line| line == "ID=debian")
}
