//! A shell as data.

use std::collections::VecDeque;
use std::sync::Arc;

use super::Dialect;
use super::builtin::shopt::Shopts;
use super::frame::Frame;
use super::script::{Aliases, AstId, Reading, Script, Span};
use super::vars::{Value, Variables};
use crate::base::limit::WORD_BYTES_MAX;
use crate::base::{Pid, SimTime, SortedMap, SortedSet};
use crate::os::{Disposition, Fd, Signal};
use crate::trace::Fact;

/// A shell as data: everything it knows between two turns.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Machine {
    pub(super) dialect: Dialect,
    /// `$0`.
    pub(super) name: Vec<u8>,
    /// `$1` …
    pub(super) args: Vec<Vec<u8>>,
    pub(super) main: Arc<Script>,
    pub(super) origin: Origin,
    pub(super) options: Options,
    pub(super) shopts: Shopts,
    pub(super) vars: Variables,
    pub(super) functions: SortedMap<Vec<u8>, Function>,
    pub(super) aliases: Aliases,
    /// Where programs were found, and how often.
    pub(super) hashed: SortedMap<Vec<u8>, (Vec<u8>, u32)>,
    /// How often a text's rest was read again, because an option or an alias has changed.
    pub(super) readings: u32,
    pub(super) traps: SortedMap<TrapKey, Vec<u8>>,
    /// Ignored without a trap: when the shell began, or as a background command.
    pub(super) ignored: SortedSet<Signal>,
    /// Those of the shell around this one, which `trap` alone still shows.
    pub(super) inherited_traps: SortedMap<TrapKey, Vec<u8>>,
    /// Standard input is a pipe's or a redirection's: a background command keeps it.
    pub(super) stdin_redirected: bool,
    /// A substitution ran for the simple command under way: an assignment alone takes its status.
    pub(super) substituted: bool,
    pub(super) pending: VecDeque<Signal>,
    pub(super) frames: Vec<Frame>,
    pub(super) unwind: Option<Unwind>,
    pub(super) status: u8,
    pub(super) pipe_status: Vec<u8>,
    /// The status of the last command substitution.
    pub(super) substitution_status: u8,
    /// What the last substitution said, on its way to the word that asked.
    pub(super) answer: Option<Vec<u8>>,
    /// What was started last in the background: the process, and its number as it sees it.
    pub(super) last_background: Option<(Pid, u32)>,
    /// What the expansion under way has opened: see [`Frame::opened`].
    pub(super) opened: Vec<Fd>,
    pub(super) jobs: Vec<Job>,
    /// What the jobs that were waited for ended with, by the number of their process.
    pub(super) waited: SortedMap<u32, u8>,
    /// This process is a part of a pipeline, or a background command.
    pub(super) is_part: bool,
    /// Somebody typed the line at a prompt: messages name no line.
    pub(super) at_prompt: bool,
    /// Somebody types at this shell itself, not at one around it.
    pub(super) typed: Option<Box<super::run::Typed>>,
    /// Bytes on their way to a descriptor.
    pub(super) out: VecDeque<(Fd, Vec<u8>, Option<String>)>,
    /// What BASH_XTRACEFD said when it was looked at, and where the trace goes for it.
    pub(super) trace_to: (Vec<u8>, Option<Fd>),
    /// PS4 expanded, where commands stand in it, and whether that is for what begins now.
    pub(super) prompt: (Option<Vec<u8>>, bool),
    /// How many `+` stand before a traced command.
    pub(super) trace_depth: u32,
    /// Subshells around this one.
    pub(super) subshell: u32,
    /// What kind it is of.
    pub(super) level: Level,
    /// The builtin that runs, which complaints about arithmetic name.
    pub(super) this_command: Vec<u8>,
    /// A function or sourced file runs in the shell around this one: `return` ends this one.
    pub(super) within_call: bool,
    /// `set -e` does not hold here: the surroundings test what this ends with.
    pub(super) ignores_errors: bool,
    /// The status that `return` put another in place of, for the trap for RETURN.
    pub(super) returned_over: Option<u8>,
    pub(super) exit_trap_ran: bool,
    /// The signal that came and ends this shell after its trap for EXIT, and whether that runs.
    pub(super) dies_of: Option<(Signal, bool)>,
    /// The number of the line that runs.
    pub(super) line: u32,
    /// The line of the command whose `$(…)` this shell is.
    pub(super) line_base: u32,
    /// From places of the main script on, how far its lines are off.
    pub(super) line_shifts: super::line::Shifts,
    /// The line that held in the shell around this one when it began.
    pub(super) line_outer: u32,
    /// The functions and files that run, innermost last: name, and the file if it is one.
    pub(super) calls: Vec<Call>,
    /// dash: `eval` or the file that runs, innermost last.
    pub(super) contexts: Vec<Vec<u8>>,
    pub(super) dirs: Vec<Vec<u8>>,
    /// What `ulimit` has set: by letter, and whether it is the hard limit.
    pub(super) limits: SortedMap<(u8, bool), Option<u64>>,
    /// What the innermost call around this subshell that was redirected would put back.
    pub(super) outer_call: Vec<(Fd, Option<Fd>)>,
    /// Which word getopts is at, and where within it.
    pub(super) getopts_place: (u32, u32),
    /// Whether `set` has set the arguments, in no function, since a file began or ended.
    pub(super) args_were_set: bool,
    /// What RANDOM comes from, and what it said last.
    pub(super) random: (u32, u16),
    pub(super) pid_shown: u32,
    pub(super) own_pid_shown: u32,
    pub(super) parent_shown: u32,
    pub(super) now: SimTime,
    pub(super) started: SimTime,
    /// What SECONDS was at `started`.
    pub(super) seconds_base: i64,
    /// The command that runs, which BASH_COMMAND names, and which of its expressions; within a
    /// trap, the one before it.
    pub(super) command: Option<(Arc<Script>, AstId, u32)>,
    /// A visible act was made in this turn.
    pub(super) acted: bool,
    /// Where the last act stands in the main script.
    pub(super) site: Option<(u32, u32)>,
    pub(super) shown: Option<String>,
    pub(super) facts: Vec<Fact>,
}

/// A function or a sourced file that runs.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Call {
    pub name: Vec<u8>,
    /// Its file, or the one the function was defined in, for messages.
    pub file: Vec<u8>,
    /// A sourced file, not a function.
    pub is_file: bool,
    /// The line it was called from.
    pub line: u32,
}

/// Where the script comes from.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Origin {
    /// `-c`.
    Command,
    File,
    Input,
}

/// A function.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Function {
    /// `declare -ft`: it inherits the traps for DEBUG and RETURN.
    pub traced: bool,
    pub script: Arc<Script>,
    pub body: AstId,
    pub whole: AstId,
    /// Where it was defined, for messages.
    pub file: Vec<u8>,
    /// `export -f`.
    pub exported: bool,
    /// `readonly -f`.
    pub readonly: bool,
}

/// A background job.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Job {
    /// As `%1` names it; 0 for a process substitution, which is no job.
    pub number: u32,
    pub pid: Pid,
    pub shown: u32,
    pub status: Option<u8>,
    pub text: Vec<u8>,
    /// The signal that ended it.
    pub signal: Option<Signal>,
    /// A job of the shell around this one: seen, but not waited for.
    pub outer: bool,
    /// dash has waited for it: the next command that it forks for may take its place.
    pub waited: bool,
}

/// What a trap is set for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) enum TrapKey {
    Exit,
    Signal(Signal),
    Debug,
    Err,
    Return,
}

/// What commands are being left for.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) enum Unwind {
    Break(u32),
    Continue(u32),
    Return,
    /// The rest of this line (bash's DISCARD).
    Discard,
    /// The same, whatever `eval` or sourced file it stands in.
    DiscardAll,
    Exit,
    /// The same, but the trap for EXIT runs first, where the shell stands.
    ExitHere(Leaving),
}

/// A subshell's place.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Level {
    /// BASH_SUBSHELL.
    pub shown: u32,
    /// A simple part of a pipeline, which counts only once its words are expanded.
    pub later: bool,
    /// A simple command of a pipeline or in the background, of a shell that is no subshell: what
    /// ends `bash -c` ends it in the same way.
    pub simple: bool,
    /// It is within a text that was given whole: `-c`, `$(…)`, `eval`.
    pub text: bool,
    /// A subshell that is all of the one around.
    pub whole: bool,
    /// It runs a `$(…)` or `<(…)`: it says nothing of children that a signal ended.
    pub substitution: bool,
    /// Loops around this shell, which `break` within it leaves: it ends then.
    pub loops: u32,
}

/// Why a shell ends where it stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Leaving {
    /// `exit`: functions keep what they have of their own.
    Asked,
    /// It said what is wrong, and `set -e` holds (report_error); or a signal ends it.
    Reported,
    /// An expansion cannot go on: texts that were given whole end first, and without any,
    /// everything, but where an expression has met it (exp_jump_to_top_level, expr_unbound).
    Unset { arith: bool },
    /// `set -e`: functions lose their variables; those whose call was redirected end, if a simple
    /// command failed (`undo`).
    Failed { undo: bool },
}

/// `set`'s options.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Options {
    pub allexport: bool,
    pub errexit: bool,
    pub noglob: bool,
    pub noexec: bool,
    pub nounset: bool,
    pub verbose: bool,
    pub xtrace: bool,
    pub noclobber: bool,
    pub pipefail: bool,
    pub errtrace: bool,
    pub functrace: bool,
    pub posix: bool,
    pub hashall_off: bool,
    pub braceexpand_off: bool,
    pub physical: bool,
    pub notify: bool,
    pub monitor: bool,
    pub keyword: bool,
    pub onecmd: bool,
    pub privileged: bool,
    pub histexpand: bool,
}

/// A variable of the script, for the page: name, value, and where in the script it was set last.
pub type Shown = (String, String, Option<u32>);

impl Machine {
    /// A signal arrives.
    pub fn signal(&mut self, signal: Signal) -> Disposition {
        if signal == Signal::Int && self.has_foreground() {
            return Disposition::Ignored;
        }
        match self.traps.get(&TrapKey::Signal(signal)) {
            Some(action) if action.is_empty() => Disposition::Ignored,
            Some(_) => {
                self.pending.push_back(signal);
                Disposition::Handled
            }
            None if self.ignored.contains(&signal) => Disposition::Ignored,
            None if self.typed.is_some() && signal == Signal::Int => {
                self.note_interrupt();
                Disposition::Handled
            }
            None if self.typed.is_some() && super::run::UNMOVED.contains(&signal) => {
                Disposition::Ignored
            }
            None if self.ends_by_trap(signal) => {
                self.dies_of.get_or_insert((signal, false));
                Disposition::Handled
            }
            None => Disposition::Default,
        }
    }

    /// The bytes of the script that ran last, or are running: start and end, end exclusive.
    pub fn position(&self) -> Option<(u32, u32)> {
        self.site
    }

    /// The script.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.main.text).unwrap_or_default()
    }

    /// The command that ran last, expanded, as `set -x` would show it.
    pub fn expanded(&self) -> Option<String> {
        self.shown.clone()
    }

    /// Whether the script is an argument of the command line (`-c TEXT`), not a file.
    pub fn is_command(&self) -> bool {
        self.origin == Origin::Command
    }

    /// The variables the script has set itself, by name.
    pub fn variables(&self) -> Vec<Shown> {
        let mut all = Vec::new();
        for (name, variable) in self.vars.iter() {
            if variable.set_at.is_none() {
                continue;
            }
            let name = String::from_utf8_lossy(name);
            let text = |bytes: &Vec<u8>| String::from_utf8_lossy(bytes).into_owned();
            match &variable.value {
                Value::Unset => {}
                Value::Text(value) => all.push((name.into_owned(), text(value), variable.set_at)),
                Value::List(list) => {
                    for (index, value) in list {
                        all.push((format!("{name}[{index}]"), text(value), variable.set_at));
                    }
                }
                Value::Map(map) => {
                    for (key, value) in map.iter() {
                        let shown = format!("{name}[{}]", text(key));
                        all.push((shown, text(value), variable.set_at));
                    }
                }
            }
        }
        all
    }

    /// How deep it is: subshells around it and functions within.
    pub fn depth(&self) -> u32 {
        self.subshell + self.vars.scopes()
    }

    pub(super) fn bash(&self) -> bool {
        self.dialect == Dialect::Bash
    }

    pub(super) fn ash(&self) -> bool {
        self.dialect == Dialect::Ash
    }

    /// Adds a fact to the turn.
    pub(super) fn tell(&mut self, fact: crate::trace::fact::ShellFact) {
        self.facts.push(Fact::Shell(fact));
    }

    /// Queues bytes for a descriptor. `who`: the builtin that says if it cannot be written.
    pub(super) fn write(&mut self, fd: Fd, bytes: Vec<u8>, who: Option<&str>) {
        if !bytes.is_empty() {
            self.out.push_back((fd, bytes, who.map(str::to_string)));
        }
    }

    /// What this shell knows when it reads a text.
    pub(super) fn reading(&self) -> Reading {
        let expands = !self.bash() || self.options.posix || self.shopts.has("expand_aliases");
        let aliases = if expands { self.aliases.clone() } else { Aliases::new() };
        let extglob = self.bash() && self.shopts.has("extglob");
        Reading { extglob, aliases, ..Reading::default() }
    }

    /// What a message begins with: the shell's or the sourced file's name, and the line.
    pub(super) fn prefix(&self) -> Vec<u8> {
        let line = if self.at_prompt {
            ": ".to_string()
        } else if self.bash() {
            format!(": line {}: ", self.line)
        } else {
            format!(": {}: ", self.line)
        };
        [self.shown_name(), line.as_bytes()].concat()
    }

    /// The shell's or the sourced file's name.
    pub(super) fn shown_name(&self) -> &[u8] {
        let file = self.calls.last().map(|call| &call.file);
        file.filter(|_| self.bash() && !self.at_prompt).unwrap_or(&self.name)
    }

    /// The file a function defined now belongs to.
    pub(super) fn source_file(&self) -> Vec<u8> {
        match (self.calls.last(), self.origin) {
            (Some(call), _) => call.file.clone(),
            (None, Origin::Command) => b"environment".to_vec(),
            (None, Origin::File) => self.name.clone(),
            (None, Origin::Input) => b"main".to_vec(),
        }
    }

    /// Says something on standard error, with the prefix; dash names the `eval` or the file around.
    pub(super) fn complain(&mut self, message: &[u8]) {
        if self.ash() {
            let context = self.contexts.last().cloned();
            return self.ash_complain(message, context.as_deref());
        }
        let context = match self.contexts.last() {
            Some(context) => [context.as_slice(), b": ", message].concat(),
            None => message.to_vec(),
        };
        self.complain_plainly(&context);
    }

    /// Says something that names its builtin itself.
    pub(super) fn complain_plainly(&mut self, message: &[u8]) {
        if self.ash() {
            return self.ash_complain(message, None);
        }
        let mut all = self.prefix();
        all.extend_from_slice(message);
        all.push(b'\n');
        self.write(Fd::STDERR, all, None);
    }

    /// `name: message`.
    pub(super) fn complain_of(&mut self, name: &[u8], message: &str) {
        self.complain(&[name, b": ", message.as_bytes()].concat());
    }

    /// Marks the act of this turn.
    pub(super) fn act(&mut self, script: &Arc<Script>, span: Span) {
        self.acted = true;
        self.mark(script, span);
    }

    /// Notes what runs, if the page can show it.
    pub(super) fn mark(&mut self, script: &Arc<Script>, span: Span) {
        if script.same_text(&self.main) {
            self.site = Some((span.start, span.end));
        }
    }

    /// A variable's text, computed ones included.
    pub(super) fn variable(&mut self, name: &[u8]) -> Option<Vec<u8>> {
        if let Some(text) = self.computed(name) {
            return Some(text);
        }
        let target = self.target_of(name);
        match target.iter().position(|byte| *byte == b'[') {
            Some(open) if target.ends_with(b"]") => {
                let (base, index) = (&target[..open], &target[open + 1..target.len() - 1]);
                let key = self.key_of(base, index);
                self.element(base, &key)
            }
            _ => self.vars.text(&target).cloned(),
        }
    }

    /// Sets a variable; `false` if it is read-only (and says so nowhere).
    pub(super) fn assign(&mut self, name: &[u8], text: Vec<u8>) -> bool {
        let (allexport, site) = (self.options.allexport, self.site);
        let name = &self.target_of(name)[..];
        if let Some(open) = name.iter().position(|byte| *byte == b'[')
            && let Some(index) = name[open + 1..].strip_suffix(b"]")
        {
            let key = self.key_of(&name[..open], index);
            return self.assign_element(&name[..open], &key, text);
        }
        if self.vars.get(name).is_some_and(|variable| variable.readonly) {
            return false;
        }
        if !self.assign_own(name, &text) {
            return true;
        }
        let text = self.shaped(name, text);
        let variable = self.vars.entry(name);
        variable.set_at = Some(site.map_or(0, |site| site.0));
        variable.exported |= allexport;
        match &mut variable.value {
            Value::List(list) => {
                list.insert(0, text);
            }
            Value::Map(map) => map.insert(b"0", text),
            value => *value = Value::Text(text),
        }
        true
    }

    /// A subscript is no expression: bash goes on with the script's next line, or ends.
    pub(super) fn give_up(&mut self) {
        if self.origin == Origin::Command && self.subshell == 0 {
            self.leave(1);
        } else {
            (self.status, self.unwind) = (1, Some(Unwind::DiscardAll));
        }
    }

    /// Text as the variable's attributes change it.
    pub(super) fn shaped(&mut self, name: &[u8], mut text: Vec<u8>) -> Vec<u8> {
        text.truncate(WORD_BYTES_MAX);
        let Some(variable) = self.vars.get(name) else { return text };
        match variable.case {
            Some(b'l') => text.make_ascii_lowercase(),
            Some(b'u') => text.make_ascii_uppercase(),
            Some(b'c') => {
                text.make_ascii_lowercase();
                text.iter_mut().take(1).for_each(|byte| byte.make_ascii_uppercase());
            }
            _ => {}
        }
        if variable.integer {
            match super::arith::evaluate(self, &text) {
                Ok(value) => return value.to_string().into_bytes(),
                Err(super::arith::ArithError::Subscript(message)) => {
                    self.complain(&message);
                    self.give_up();
                    return self.vars.text(name).cloned().unwrap_or_default();
                }
                Err(super::arith::ArithError::Message(mut message)) => {
                    if !self.this_command.is_empty() {
                        message.splice(0..0, [&self.this_command[..], b": "].concat());
                    }
                    self.complain(&message);
                    self.give_up();
                    return self.vars.text(name).cloned().unwrap_or_default();
                }
                Err(super::arith::ArithError::Unbound(name)) => {
                    self.unbound(&name);
                    self.leave_unset(self.fatal_status(), true);
                }
                Err(_) => {}
            }
        }
        text
    }
}

/// A decimal number, as `atoi` with everything consumed.
pub(super) fn parse_number(text: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(text).ok()?.trim();
    let digits = text.strip_prefix('+').unwrap_or(text);
    if digits.starts_with('+') {
        return None;
    }
    digits.parse().ok()
}
