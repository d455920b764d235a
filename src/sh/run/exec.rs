//! Becoming a program: where it is, what it gets, and what is said if it cannot run.

use super::super::builtin;
use super::super::dash;
use super::super::frame::{Frame, State};
use super::super::host::Host;
use super::super::machine::{Leaving, Machine, Origin, TrapKey};
use super::super::print;
use super::super::quote;
use super::super::vars::{Value, hash};
use super::{Next, Unwind};
use crate::os::{Errno, FileKind};
use crate::trace::fact::ShellFact;

impl Machine {
    /// Replaces this process by a command.
    pub(super) fn exec_step(&mut self, frame: Frame, host: &mut dyn Host) -> Next {
        let State::Exec { words, env, clean, argv0, by_exec } = frame.state else {
            unreachable!("step() looked at the state")
        };
        let script = frame.script;
        let span = script.node(frame.at).span;
        self.act(&script, span);
        let path = match self.find_along(host, &words[0], path_of(&env)) {
            Ok(path) => path,
            Err((message, code)) => {
                self.say_missing(&words[0], &message, by_exec);
                let command = String::from_utf8_lossy(&words[0]).into_owned();
                self.tell(ShellFact::NotFound { command, status: code });
                return self.exec_failed(code, by_exec);
            }
        };
        let mut environment = if clean { Vec::new() } else { self.environment() };
        let mut own: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
        for (name, value) in env {
            environment.retain(|(other, _)| *other != name);
            own.retain(|(other, _)| *other != name);
            own.insert(0, (name, value));
        }
        if self.bash() {
            own.sort_by_key(|(name, _)| hash(name) % COMMAND_BUCKETS);
            environment.splice(0..0, own);
        } else {
            environment.extend(own.into_iter().rev());
            environment.sort_by_key(|(name, _)| dash::hash(name) % DASH_BUCKETS);
        }
        if !clean && self.bash() {
            environment.retain(|(name, _)| name != b"_");
            environment.push((b"_".to_vec(), path.clone()));
        }
        let mut argv = words.clone();
        if let Some(name) = argv0 {
            argv[0] = name;
        }
        let silenced = self.traps.iter().filter_map(|(key, action)| match key {
            TrapKey::Signal(signal) if action.is_empty() => Some(*signal),
            _ => None,
        });
        host.set_ignored(silenced.chain(self.ignored.iter().copied()).collect());
        match host.exec(&path, &argv, &environment) {
            Ok(()) => {
                // A child that becomes the command its parent started is no news.
                if by_exec {
                    self.tell(ShellFact::Executed { words: builtin::texts(&words) });
                }
                Next::Replaced
            }
            Err(Errno::Noexec) => self.run_as_script(host, &path, &words),
            Err(errno) => {
                let code = if errno == Errno::Noent { 127 } else { 126 };
                let missing_interpreter = errno == Errno::Noent && host.stat(&path, true).is_ok();
                let text = if missing_interpreter {
                    "cannot execute: required file not found"
                } else {
                    errno.text()
                };
                self.complain_of(&words[0], text);
                self.exec_failed(code, by_exec)
            }
        }
    }

    /// There is no such command, or it may not run; `exec` has words of its own for that.
    fn say_missing(&mut self, name: &[u8], message: &[u8], by_exec: bool) {
        let why = &message[name.len().min(message.len())..];
        let plain = !name.contains(&b'/');
        if !by_exec {
            self.complain(message);
        } else if !self.bash() {
            self.complain_plainly(&[b"exec: ", message].concat());
        } else if plain {
            self.complain(&[b"exec: ", name, b": not found"].concat());
        } else {
            // Bash looks for it by its full path once more.
            let here = self.vars.text(b"PWD").cloned().unwrap_or_default();
            let whole = match name.strip_prefix(b"./") {
                _ if name.starts_with(b"/") => name.to_vec(),
                rest => [here.as_slice(), b"/", rest.unwrap_or(name)].concat(),
            };
            if why.ends_with(b"No such file or directory") {
                self.complain(message);
            } else {
                self.complain(&[whole.as_slice(), why].concat());
                self.complain(&[b"exec: ", whole.as_slice(), b": cannot execute", why].concat());
            }
        }
    }

    /// `exec` of a missing command ends a script; a child ends anyhow.
    fn exec_failed(&mut self, code: u8, by_exec: bool) -> Next {
        self.status = code;
        let stays = self.shopts.has("execfail") || self.bash() && self.typed.is_some();
        if by_exec && self.subshell == 0 && stays {
            return Next::Go;
        }
        self.exit_trap_ran |= self.subshell > 0;
        let here = Unwind::ExitHere(Leaving::Reported);
        self.unwind = Some(if self.bash() { here } else { Unwind::Exit });
        Next::Go
    }

    /// A file without `#!` is a script of this shell.
    fn run_as_script(&mut self, host: &mut dyn Host, path: &[u8], words: &[Vec<u8>]) -> Next {
        let text = host.read_file(path).map(|blob| blob.bytes()).unwrap_or_default();
        if text.iter().take(80).take_while(|b| **b != b'\n').any(|b| *b == 0) {
            self.complain_of(&words[0], "cannot execute binary file: Exec format error");
            return self.exec_failed(126, false);
        }
        let exported: Vec<_> = self.environment();
        let mut fresh = Machine::blank(self.dialect);
        fresh.inherit(&exported, host);
        fresh.name = words[0].clone();
        fresh.args = words[1..].to_vec();
        fresh.origin = Origin::File;
        fresh.load(&text);
        *self = fresh;
        Next::Go
    }

    /// Where a command's file is, or what to say and end with.
    pub(in crate::sh) fn find_command(
        &self,
        host: &dyn Host,
        name: &[u8],
    ) -> Result<Vec<u8>, (Vec<u8>, u8)> {
        self.find_along(host, name, None)
    }

    /// Every file that a plain name is found as, in the order of PATH.
    pub(in crate::sh) fn find_all(&self, host: &dyn Host, name: &[u8]) -> Vec<Vec<u8>> {
        if name.is_empty() || name.contains(&b'/') {
            return Vec::new();
        }
        let path = self.vars.text(b"PATH").cloned().unwrap_or_default();
        let files = path.split(|b| *b == b':').map(|dir| {
            let dir: &[u8] = if dir.is_empty() { b"." } else { dir };
            [dir, b"/", name].concat()
        });
        let runs = |file: &Vec<u8>| {
            let is_dir = |stat: crate::os::Stat| stat.kind == FileKind::Directory;
            !host.stat(file, true).is_ok_and(is_dir) && host.access(file, 1).is_ok()
        };
        files.filter(runs).collect()
    }

    /// As [`Machine::find_command`], along the PATH that stands before the command.
    fn find_along(
        &self,
        host: &dyn Host,
        name: &[u8],
        path: Option<&Vec<u8>>,
    ) -> Result<Vec<u8>, (Vec<u8>, u8)> {
        let says = |text: &str| [name, b": ", text.as_bytes()].concat();
        let missing = || {
            let shown = quote::printable(name);
            [shown.as_slice(), b": command not found"].concat()
        };
        if name.contains(&b'/') {
            return match host.stat(name, true) {
                Err(errno) => {
                    let code =
                        if errno == Errno::Noent || errno == Errno::Notdir { 127 } else { 126 };
                    let text = if self.bash() { errno.text() } else { "not found" };
                    Err((says(text), code))
                }
                Ok(stat) if stat.kind == FileKind::Directory => {
                    let text = if self.bash() { "Is a directory" } else { "Permission denied" };
                    Err((says(text), 126))
                }
                Ok(_) if host.access(name, 1).is_err() => Err((says("Permission denied"), 126)),
                Ok(_) => Ok(name.to_vec()),
            };
        }
        if name.is_empty() && !self.bash() {
            return Err((says("Permission denied"), 126));
        }
        if let (Some((known, _)), None) = (self.hashed.get(name), path) {
            return Ok(known.clone());
        }
        let path = path.or(self.vars.text(b"PATH")).cloned().unwrap_or_default();
        let mut blocked = None;
        for dir in path.split(|b| *b == b':') {
            let dir: &[u8] = if dir.is_empty() { b"." } else { dir };
            let file = [dir, b"/", name].concat();
            let Ok(stat) = host.stat(&file, true) else { continue };
            if name.is_empty() || stat.kind == FileKind::Directory {
                continue;
            }
            if host.access(&file, 1).is_ok() {
                return Ok(file);
            }
            blocked.get_or_insert(file);
        }
        match blocked {
            Some(file) if self.bash() => {
                Err(([&file, b": Permission denied".as_slice()].concat(), 126))
            }
            Some(_) => Err((says("Permission denied"), 126)),
            None if self.bash() && path.is_empty() => Err((says("No such file or directory"), 127)),
            None if self.bash() => Err((missing(), 127)),
            None => Err((says("not found"), 127)),
        }
    }

    /// What a command gets as its environment.
    pub(in crate::sh) fn environment(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        let exported = self.vars.iter().filter(|(_, variable)| variable.exported);
        let mut all: Vec<(Vec<u8>, Vec<u8>)> = exported
            .filter_map(|(name, variable)| {
                let text = variable.text()?;
                let list =
                    matches!(variable.value, Value::List(_) | Value::Map(_)) || variable.reference;
                (!list).then(|| (name.clone(), text.clone()))
            })
            .collect();
        match self.bash() {
            true => all.sort_by_key(|(name, _)| hash(name) % GLOBAL_BUCKETS),
            false => all.sort_by_key(|(name, _)| dash::hash(name) % DASH_BUCKETS),
        }
        let functions = self.functions.iter().filter(|(_, function)| function.exported);
        all.extend(functions.map(|(name, function)| {
            let text = print::exported(function);
            ([b"BASH_FUNC_", name.as_slice(), b"%%"].concat(), text)
        }));
        all
    }
}

/// Buckets of bash's table of variables, and of the one for those before a command: the order of an
/// environment is theirs.
const GLOBAL_BUCKETS: u32 = 1024;
const COMMAND_BUCKETS: u32 = 4;

/// Buckets of dash's table of variables.
const DASH_BUCKETS: u32 = 39;

/// The PATH among assignments.
fn path_of(env: &[(Vec<u8>, Vec<u8>)]) -> Option<&Vec<u8>> {
    env.iter().rev().find(|(name, _)| name == b"PATH").map(|(_, value)| value)
}
