//! Commands the shell runs itself.

mod caller;
mod compgen;
mod conversion;
mod decimal;
mod declare;
mod dirs;
mod echo;
mod flow;
mod getopts;
mod hash;
mod kill;
mod limit;
mod listing;
mod lookup;
pub(super) mod mapfile;
mod printf;
pub(super) mod read;
pub(super) mod set;
pub(super) mod shopt;
pub(super) mod test;
pub(super) mod trap;
mod umask;
pub(super) mod wait;

use std::sync::Arc;

use super::Dialect;
use super::frame::State;
use super::host::Host;
use super::machine::{Machine, Unwind};
use super::run::Next;
use super::script::{AstId, Script};
use crate::os::Fd;
use crate::trace::fact::ShellFact;

/// Builtins of bash that are here.
const BASH: [&str; 52] = [
    ":",
    ".",
    "[",
    "alias",
    "bg",
    "break",
    "builtin",
    "caller",
    "cd",
    "command",
    "compgen",
    "continue",
    "declare",
    "dirs",
    "disown",
    "echo",
    "eval",
    "exec",
    "exit",
    "export",
    "false",
    "fg",
    "getopts",
    "hash",
    "jobs",
    "kill",
    "let",
    "local",
    "mapfile",
    "popd",
    "printf",
    "pushd",
    "pwd",
    "read",
    "readarray",
    "readonly",
    "return",
    "set",
    "shift",
    "shopt",
    "source",
    "test",
    "times",
    "trap",
    "true",
    "type",
    "typeset",
    "ulimit",
    "umask",
    "unalias",
    "unset",
    "wait",
];

/// Builtins of bash that are not here.
pub(super) const ABSENT: [&str; 10] = [
    "bind", "complete", "compopt", "enable", "fc", "help", "history", "logout", "suspend", "coproc",
];

/// Builtins of dash.
const DASH: [&str; 38] = [
    ":", ".", "[", "alias", "bg", "break", "cd", "command", "continue", "echo", "eval", "exec",
    "exit", "export", "false", "fg", "getopts", "hash", "jobs", "kill", "local", "printf", "pwd",
    "read", "readonly", "return", "set", "shift", "test", "times", "trap", "true", "type",
    "ulimit", "umask", "unalias", "unset", "wait",
];

/// POSIX's special builtins.
const SPECIAL: [&str; 15] = [
    ":", ".", "break", "continue", "eval", "exec", "exit", "export", "readonly", "return", "set",
    "shift", "times", "trap", "unset",
];

fn listed(table: &[&str], name: &[u8]) -> bool {
    table.iter().any(|entry| entry.as_bytes() == name)
}

/// Whether the shell runs this command itself.
pub(super) fn exists(name: &[u8], dialect: Dialect) -> bool {
    match dialect {
        // `%1` is `fg %1`.
        Dialect::Bash => listed(&BASH, name) || listed(&ABSENT, name) || name.starts_with(b"%"),
        Dialect::Sh => listed(&DASH, name),
        Dialect::Ash => listed(&DASH, name) || listed(&super::ash::BUILTINS, name),
    }
}

/// Whether POSIX calls it special.
pub(super) fn is_special(name: &[u8]) -> bool {
    listed(&SPECIAL, name)
}

/// Words for people.
pub(super) fn texts(words: &[Vec<u8>]) -> Vec<String> {
    words.iter().map(|word| String::from_utf8_lossy(word).into_owned()).collect()
}

/// The letters of the next word of options. `None` at the first operand, which a lone `-` is too,
/// and after `--`. Models `internal_getopt`.
fn next_letters<'a>(rest: &mut &'a [Vec<u8>]) -> Option<&'a [u8]> {
    let (first, tail) = rest.split_first()?;
    let letters = first.strip_prefix(b"-").filter(|letters| !letters.is_empty())?;
    *rest = tail;
    (letters != b"-").then_some(letters)
}

impl Machine {
    /// Runs a builtin. Its status is the shell's when the frames it pushes have ended.
    pub(super) fn run_builtin(
        &mut self,
        script: &Arc<Script>,
        at: AstId,
        fields: Vec<Vec<u8>>,
        host: &mut dyn Host,
    ) -> Next {
        let before = self.frames.len();
        let words = texts(&fields);
        self.builtin(script, at, &fields, host);
        let quiet = matches!(fields[0].as_slice(), b"eval" | b"." | b"source" | b"exec");
        if !quiet && self.frames.len() == before {
            self.tell(ShellFact::Builtin { words, status: self.status });
        }
        Next::Go
    }

    pub(super) fn builtin(
        &mut self,
        script: &Arc<Script>,
        at: AstId,
        fields: &[Vec<u8>],
        host: &mut dyn Host,
    ) {
        let args = &fields[1..];
        self.this_command = fields[0].clone();
        let status = match fields[0].as_slice() {
            b":" | b"true" => 0,
            b"false" => 1,
            b"echo" => self.echo(args),
            b"printf" => self.printf(args),
            b"[" | b"[[" | b"test" => self.test(fields, host),
            b"cd" => self.cd(args, host),
            b"pwd" => self.pwd(args, host),
            b"pushd" => self.pushd(args, host),
            b"popd" => self.popd(args, host),
            b"dirs" => self.dirs_command(args),
            b"set" => self.set_command(args),
            b"shopt" => self.shopt(args),
            b"export" => self.export(args, host),
            b"readonly" => self.readonly(args, host),
            b"declare" | b"typeset" => self.declare(&fields[0], args),
            b"local" => self.local(args),
            b"unset" => self.unset(args),
            b"shift" => self.shift(args),
            b"let" => self.let_command(args),
            b"getopts" => self.getopts(args),
            b"type" => self.type_command(args, host),
            b"hash" => self.hash_command(args, host),
            b"umask" => self.umask(args, host),
            b"trap" => self.trap_command(args, host),
            b"kill" => self.kill(args, host),
            b"jobs" => self.jobs_command(args, host),
            b"history" => self.history(args),
            name @ (b"bg" | b"fg") => self.foreground(script, at, name, args, host),
            b"disown" => self.disown(args),
            b"alias" => self.alias(args),
            b"unalias" => self.unalias(args),
            b"times" => self.times(),
            b"ulimit" => self.ulimit(args),
            b"caller" => self.caller(args),
            b"compgen" => self.compgen(args, host),
            b"read" => return self.begin_read(script, at, args, host),
            b"mapfile" | b"readarray" => {
                return self.begin_mapfile(script, at, &fields[0], args, host);
            }
            b"wait" => return self.begin_wait(script, at, args, host),
            b"eval" => return self.eval(script, at, args),
            b"." | b"source" => return self.source(script, at, &fields[0], args, host),
            b"exec" => return self.exec_command(script, at, args, host),
            b"command" | b"builtin" => return self.command(script, at, fields, host),
            b"exit" | b"return" | b"break" | b"continue" => {
                self.flow(&fields[0], args);
                return;
            }
            [b'%', ..] => self.foreground(script, at, b"fg", fields, host),
            other => {
                let name = String::from_utf8_lossy(other).into_owned();
                self.not_modelled(&name);
                2
            }
        };
        self.settle(status);
    }

    /// `times`: the processor takes no time here.
    fn times(&mut self) -> u8 {
        self.print("times", b"0m0.000s 0m0.000s\n0m0.000s 0m0.000s\n".to_vec());
        0
    }

    /// A builtin ended with a status; one that ended the shell has said with which.
    fn settle(&mut self, status: u8) {
        let discards = matches!(self.unwind, Some(Unwind::Discard | Unwind::DiscardAll));
        let failed = status == 0 && discards;
        if !failed && !matches!(self.unwind, Some(Unwind::Exit | Unwind::ExitHere(_))) {
            self.status = status;
        }
    }

    /// An option that needs a word, and has none.
    pub(super) fn needs_argument(&mut self, name: &str, letter: u8) {
        self.argument_error(name, &[b'-', letter], "option requires an argument");
    }

    /// `name: message`, where the message is about a builtin's argument.
    pub(super) fn builtin_error(&mut self, name: &str, message: &str) {
        self.complain_plainly(format!("{name}: {message}").as_bytes());
    }

    /// `name: argument: message`.
    pub(super) fn argument_error(&mut self, name: &str, argument: &[u8], message: &str) {
        let all = [name.as_bytes(), b": ", argument, b": ", message.as_bytes()].concat();
        self.complain_plainly(&all);
    }

    /// An option the builtin does not know; its usage; 2.
    pub(super) fn usage(&mut self, name: &str, option: &[u8], usage: &str) -> u8 {
        if !self.bash() {
            let shown = String::from_utf8_lossy(option).into_owned();
            self.builtin_error(name, &format!("Illegal option {shown}"));
            return 2;
        }
        self.argument_error(name, option, "invalid option");
        self.error_line(format!("{name}: usage: {usage}").as_bytes());
        2
    }

    /// A descriptor's worth of output of a builtin.
    pub(super) fn print(&mut self, who: &str, bytes: Vec<u8>) {
        self.write(Fd::STDOUT, bytes, Some(who));
    }

    pub(super) fn push_state(&mut self, script: &Arc<Script>, at: AstId, state: State) {
        self.push(script, at, state);
    }
}
