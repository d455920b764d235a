//! A shell at whose prompt somebody types, of which a process is there only while a line runs: what
//! one line leaves for the next.

use std::sync::Arc;

use super::super::builtin::wait::WaitFor;
use super::super::frame::{Frame, State};
use super::super::host::Host;
use super::super::machine::{Machine, Origin};
use super::super::script::{AstId, Script};
use super::Next;
use super::history::{Refused, expand_history, quote_after};
use super::typed::{Lines, Typed};
use crate::base::Pid;
use crate::os::{Fd, Signal};

/// What `!` stands for an earlier line in, of what was typed.
fn event(typed: &[u8]) -> Option<Refused> {
    let mut at = 0;
    typed.split_inclusive(|byte| *byte == b'\n').find_map(|line| {
        let quote = quote_after(&typed[..at], None);
        at += line.len();
        match expand_history(line, quote, &[], 0) {
            Ok(same) if same == line => None,
            Ok(_) => Some(Refused::NotModelled),
            Err(refused) => Some(refused),
        }
    })
}

impl Machine {
    /// It runs the text it was started with as a line that somebody typed at its prompt, after one
    /// that ended so and left this.
    pub fn at_prompt(&mut self, status: u8, before: Option<&Machine>) {
        let text = self.main.text.clone();
        match before {
            Some(before) => *self = before.clone(),
            None => {
                self.frames.clear();
                self.main = Arc::new(Script::parse(b"", self.dialect).0);
                self.origin = Origin::Input;
                self.options.monitor = true;
                self.shopts.turn("expand_aliases", true);
                self.pipe_status = vec![status];
            }
        }
        self.typed = Some(Box::new(Typed { lines: Lines::OneEach, ..Typed::default() }));
        self.at_prompt = true;
        self.status = status;
        let mut buffer = [text.as_slice(), b"\n"].concat();
        match event(&buffer) {
            None => {}
            // So many lines nobody has typed.
            Some(Refused::NotFound(event)) if event.get(1).is_some_and(u8::is_ascii_digit) => {
                self.complain(&[event.as_slice(), b": event not found"].concat());
                buffer.clear();
            }
            Some(_) => {
                self.not_modelled("!");
                buffer.clear();
            }
        }
        let from = Fd::STDIN;
        let state = State::Input { from, buffer, line: 1, ended: true, asked: true };
        let script = self.main.clone();
        self.push(&script, AstId(0), state);
    }

    /// What such a shell keeps for the next line; `None`: it was left.
    pub fn kept(&self) -> Option<Machine> {
        self.line_status()?;
        let mut kept = Machine::blank(self.dialect);
        kept.name.clone_from(&self.name);
        kept.args.clone_from(&self.args);
        (kept.origin, kept.options, kept.shopts) = (self.origin, self.options, self.shopts);
        kept.vars = self.vars.clone();
        kept.functions = self.functions.clone();
        kept.aliases = self.aliases.clone();
        kept.hashed = self.hashed.clone();
        kept.traps = self.traps.clone();
        kept.ignored = self.ignored.clone();
        kept.last_background = self.last_background;
        kept.waited = self.waited.clone();
        kept.pipe_status.clone_from(&self.pipe_status);
        kept.dirs.clone_from(&self.dirs);
        kept.limits = self.limits.clone();
        kept.getopts_place = self.getopts_place;
        kept.random = self.random;
        (kept.pid_shown, kept.own_pid_shown) = (self.pid_shown, self.own_pid_shown);
        kept.parent_shown = self.parent_shown;
        (kept.started, kept.seconds_base) = (self.started, self.seconds_base);
        Some(kept)
    }

    /// Ctrl-C, where only the background holds the line up: does what `kill` would do at the prompt
    /// that a real shell would show by now.
    pub(super) fn stop_jobs(&mut self, host: &mut dyn Host) {
        if self.line_status().is_some() {
            for pid in self.running_jobs() {
                // One that has ended is told of next; one that is stopped meets it going on.
                let _ = host.kill(pid, Signal::Term);
                let _ = host.kill(pid, Signal::Cont);
            }
        }
    }

    /// What the line has ended with, if only the background holds it up.
    fn line_status(&self) -> Option<u8> {
        match self.typed.as_deref()?.lines {
            Lines::Done { status } => Some(status),
            _ => None,
        }
    }

    fn running_jobs(&self) -> Vec<Pid> {
        let own = self.jobs.iter().filter(|job| job.number > 0 && !job.outer);
        own.map(|job| job.pid).collect()
    }

    /// The line is done. Its process stays as long as what it has begun in the background: nobody
    /// else would show what that prints.
    pub(super) fn line_done(&mut self, frame: Frame, host: &mut dyn Host) -> Next {
        self.tell_jobs(host);
        let running = self.running_jobs();
        let status = self.line_status().unwrap_or(self.status);
        if let Some(typed) = self.typed.as_deref_mut() {
            typed.lines = Lines::Done { status };
        }
        if running.is_empty() {
            self.status = status;
            self.exit_trap_ran = true;
            return Next::Go;
        }
        let (script, at) = (frame.script.clone(), frame.at);
        self.frames.push(frame);
        let wait = WaitFor { pids: running, any: false, all: true, told: false, pid_name: None };
        self.push(&script, at, State::WaitFor(wait));
        Next::Go
    }
}
