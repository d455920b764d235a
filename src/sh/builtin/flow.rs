//! `exit`, `return`, `break`, `continue`, `eval`, `source`, `exec`, `shift`, `let`.

use super::super::Dialect;
use super::next_letters;
use std::sync::Arc;

use super::super::expand::{Stop, evaluate};
use super::super::frame::{Cleanup, Frame, ProgramKind, State};
use super::super::host::Host;
use super::super::machine::{Call, Leaving, Machine, TrapKey, Unwind, parse_number};
use super::super::run::Next;
use super::super::script::{AstId, Script};
use crate::base::limit::SCRIPT_BYTES_MAX;
use crate::os::{Errno, FileKind, Open, Poll, Wait};

impl Machine {
    /// A numeric argument, or the last status; says if it is no number.
    fn status_argument(&mut self, who: &str, args: &[Vec<u8>]) -> Result<u8, u8> {
        let Some(first) = args.first() else { return Ok(self.status) };
        match parse_number(first) {
            Some(number) => Ok(number as u8),
            None if self.bash() => {
                self.argument_error(who, first, "numeric argument required");
                Err(2)
            }
            None => {
                let shown = String::from_utf8_lossy(first).into_owned();
                self.builtin_error(who, &format!("Illegal number: {shown}"));
                Err(2)
            }
        }
    }

    pub(super) fn flow(&mut self, name: &[u8], args: &[Vec<u8>]) {
        let args = if args.first().is_some_and(|arg| arg == b"--") { &args[1..] } else { args };
        let who = String::from_utf8_lossy(name).into_owned();
        if name == b"exit" {
            self.say_exit();
        }
        if args.len() > 1 && self.bash() {
            let wrong = args[..1].iter().all(|arg| parse_number(arg).is_some());
            if wrong {
                self.builtin_error(&who, "too many arguments");
                self.status = 1;
                self.unwind = Some(Unwind::Discard);
                return;
            }
        }
        match name {
            b"exit" => {
                let status = self.status_argument("exit", args).unwrap_or_else(|status| status);
                self.status = status;
                let here = Unwind::ExitHere(Leaving::Asked);
                self.unwind = Some(if self.bash() { here } else { Unwind::Exit });
            }
            b"return" => {
                if self.bash() && !self.may_return() && !self.within_call {
                    let text = "can only `return' from a function or sourced script";
                    self.builtin_error("return", text);
                    self.status = 2;
                    return;
                }
                let traps = self.traps.contains_key(&TrapKey::Return);
                self.returned_over = traps.then_some(self.status);
                self.status = self.status_argument("return", args).unwrap_or_else(|status| status);
                let ends_trap = !self.bash() && self.runs_trap(TrapKey::Exit);
                let returns = self.may_return() || ends_trap;
                self.unwind = Some(if returns { Unwind::Return } else { Unwind::Exit });
            }
            _ => self.leave_loops(&who, args),
        }
    }

    fn leave_loops(&mut self, who: &str, args: &[Vec<u8>]) {
        let loops = self.loops();
        if loops == 0 {
            if self.bash() {
                let text = "only meaningful in a `for', `while', or `until' loop";
                self.builtin_error(who, text);
            }
            self.status = 0;
            return;
        }
        let count = match args.first() {
            None => 1,
            Some(arg) => match parse_number(arg) {
                Some(count) if count > 0 => count,
                Some(_) | None if !self.bash() => {
                    let shown = String::from_utf8_lossy(arg).into_owned();
                    self.builtin_error(who, &format!("Illegal number: {shown}"));
                    self.leave(2);
                    return;
                }
                Some(_) => {
                    let shown = arg.clone();
                    self.argument_error(who, &shown, "loop count out of range");
                    self.status = 1;
                    self.unwind = Some(Unwind::Break(loops));
                    return;
                }
                None => {
                    let shown = arg.clone();
                    self.argument_error(who, &shown, "numeric argument required");
                    self.leave(128);
                    return;
                }
            },
        };
        let count = u32::try_from(count).unwrap_or(u32::MAX).min(loops);
        self.status = 0;
        self.unwind =
            Some(if who == "break" { Unwind::Break(count) } else { Unwind::Continue(count) });
    }

    pub(super) fn eval(&mut self, script: &Arc<Script>, at: AstId, args: &[Vec<u8>]) {
        let args = match args.first().map(Vec::as_slice) {
            Some(b"--") => &args[1..],
            Some([b'-', letter, ..]) if self.bash() => {
                self.status = self.usage("eval", &[b'-', *letter], "eval [arg ...]");
                return;
            }
            _ => args,
        };
        let text = args.join(&b' ');
        if text.is_empty() {
            self.status = 0;
            return;
        }
        self.trace_depth += 1;
        let context = !self.bash();
        if context {
            self.contexts.push(b"eval".to_vec());
        }
        let cleanup = Cleanup { traced: true, context, ..Cleanup::default() };
        self.push_state(script, at, State::Cleanup(Box::new(cleanup)));
        self.run_text(&text, ProgramKind::Eval);
    }

    pub(super) fn source(
        &mut self,
        script: &Arc<Script>,
        at: AstId,
        name: &[u8],
        args: &[Vec<u8>],
        host: &mut dyn Host,
    ) {
        let who = String::from_utf8_lossy(name).into_owned();
        let args = match args.first().map(Vec::as_slice) {
            Some(b"--") => &args[1..],
            Some([b'-', letter, ..]) if self.bash() => {
                let usage = format!("{who} filename [arguments]");
                self.status = self.usage(&who, &[b'-', *letter], &usage);
                return;
            }
            _ => args,
        };
        let Some((file, rest)) = args.split_first() else {
            if !self.bash() {
                self.status = 0;
                return;
            }
            self.builtin_error(&who, "filename argument required");
            self.error_line(format!("{who}: usage: {who} filename [arguments]").as_bytes());
            self.status = 2;
            return;
        };
        let Some(path) = self.source_path(file, host) else {
            self.complain(&[who.as_bytes(), b": ", file, b": not found"].concat());
            self.leave(2);
            return;
        };
        let is_stream = host
            .stat(&path, true)
            .is_ok_and(|stat| !matches!(stat.kind, FileKind::File | FileKind::Directory));
        if is_stream && let Ok(from) = host.open(&path, Open::READ) {
            let state = State::Source {
                from,
                bytes: Vec::new(),
                name: who.into(),
                path,
                args: rest.to_vec(),
            };
            self.push_state(script, at, state);
            return;
        }
        match host.read_file(&path) {
            Ok(blob) => self.run_source(script, at, who.into(), path, rest, &blob.bytes()),
            Err(errno) => self.no_source(&who, file, &path, errno, host),
        }
    }

    /// Reads a stream to its end, then runs it.
    pub(in crate::sh) fn source_step(&mut self, mut frame: Frame, host: &mut dyn Host) -> Next {
        let State::Source { from, bytes, .. } = &mut frame.state else {
            unreachable!("step() looked at the state")
        };
        let from = *from;
        loop {
            match host.read(from, 65_536) {
                Ok(Poll::Wait) => {
                    self.frames.push(frame);
                    return Next::Blocked(vec![Wait::Readable(from), Wait::Signal]);
                }
                Ok(Poll::Ready(blob)) if !blob.is_empty() && bytes.len() <= SCRIPT_BYTES_MAX => {
                    bytes.extend(blob.to_bytes(65_536));
                }
                _ => break,
            }
        }
        let _ = host.close(from);
        let State::Source { bytes, name, path, args, .. } = frame.state else {
            unreachable!("step() looked at the state")
        };
        self.run_source(&frame.script, frame.at, name, path, &args, &bytes);
        Next::Go
    }

    fn no_source(&mut self, who: &str, file: &[u8], path: &[u8], errno: Errno, host: &dyn Host) {
        if !self.bash() {
            let shown = match (self.ash(), file.contains(&b'/')) {
                (false, _) => [b"cannot open ", file, b": No such file"].concat(),
                (true, false) => [file, &b": not found"[..]].concat(),
                (true, true) => [b"can't open '", file, b"': No such file or directory"].concat(),
            };
            self.complain(&[who.as_bytes(), b": ", &shown].concat());
            self.leave(2);
            return;
        }
        if host.stat(path, true).is_ok_and(|stat| stat.kind == FileKind::Directory) {
            self.argument_error(who, file, "is a directory");
        } else {
            self.complain_of(file, errno.text());
            let leaves = self.options.errexit && !self.errors_ignored();
            if leaves || self.options.posix {
                self.leave(1);
            }
        }
        // The trap runs all the same, with the status before (source_file).
        let traps = self.unwind.is_none() && !self.runs_trap(TrapKey::Return);
        if !(traps && self.run_trap_for(TrapKey::Return, 1)) {
            self.status = 1;
        }
    }

    fn run_source(
        &mut self,
        script: &Arc<Script>,
        at: AstId,
        name: Vec<u8>,
        path: Vec<u8>,
        args: &[Vec<u8>],
        text: &[u8],
    ) {
        let mut cleanup = Cleanup { catches_return: true, function: true, ..Cleanup::default() };
        (cleanup.file, cleanup.traced) = (true, true);
        if !args.is_empty() {
            cleanup.args = Some(std::mem::replace(&mut self.args, args.to_vec()));
            cleanup.getopts_place = self.getopts_place;
        }
        self.args_were_set = false;
        if !self.bash() {
            self.contexts.push(path.clone());
            cleanup.context = true;
        }
        if !self.options.functrace {
            cleanup.traps = self.hide_traps(&[TrapKey::Debug]);
        }
        self.trace_depth += 1;
        let call = Call { name, file: path.clone(), is_file: true, line: self.line };
        self.calls.push(call);
        self.push_state(script, at, State::Cleanup(Box::new(cleanup)));
        self.run_text(text, ProgramKind::Source(path));
    }

    /// Where a name stands for a file: as a path, in PATH, and in bash last in the current
    /// directory.
    fn source_path(&self, file: &[u8], host: &dyn Host) -> Option<Vec<u8>> {
        if file.contains(&b'/') {
            return Some(file.to_vec());
        }
        let path = self.vars.text(b"PATH").cloned().unwrap_or_default();
        for dir in path.split(|b| *b == b':') {
            let whole = if dir.is_empty() { file.to_vec() } else { [dir, b"/", file].concat() };
            if host.stat(&whole, true).is_ok_and(|stat| stat.kind == FileKind::File) {
                return Some(whole);
            }
        }
        self.bash().then(|| file.to_vec())
    }

    pub(super) fn exec_command(
        &mut self,
        script: &Arc<Script>,
        at: AstId,
        args: &[Vec<u8>],
        host: &mut dyn Host,
    ) {
        let (mut clean, mut login, mut argv0, mut rest) = (false, false, None, args);
        while self.bash()
            && let Some(mut letters) = next_letters(&mut rest)
        {
            while let Some((letter, after)) = letters.split_first() {
                letters = after;
                match letter {
                    b'c' => clean = true,
                    b'l' => login = true,
                    b'a' if !letters.is_empty() => argv0 = Some(std::mem::take(&mut letters)),
                    b'a' if !rest.is_empty() => {
                        argv0 = Some(rest[0].as_slice());
                        rest = &rest[1..];
                    }
                    _ => {
                        match letter {
                            b'a' => self.needs_argument("exec", *letter),
                            _ => self.argument_error("exec", &[b'-', *letter], "invalid option"),
                        }
                        let usage = "[-cl] [-a name] [command [argument ...]] [redirection ...]";
                        self.error_line(format!("exec: usage: exec {usage}").as_bytes());
                        self.status = 2;
                        return;
                    }
                }
            }
        }
        self.status = 0;
        if rest.is_empty() {
            // The redirections stay.
            self.keep_redirections(host);
            return;
        }
        let argv0 = match login {
            true => Some([b"-", argv0.unwrap_or(&rest[0])].concat()),
            false => argv0.map(Vec::from),
        };
        let state =
            State::Exec { words: rest.to_vec(), env: Vec::new(), clean, argv0, by_exec: true };
        self.push_state(script, at, state);
    }

    fn keep_redirections(&mut self, host: &mut dyn Host) {
        if let Some(State::Cleanup(cleanup)) = self.frames.last_mut().map(|f| &mut f.state) {
            let saved = std::mem::take(&mut cleanup.fds);
            for (_, copy) in saved {
                if let Some(copy) = copy {
                    let _ = host.close(copy);
                }
            }
        }
    }

    pub(super) fn shift(&mut self, args: &[Vec<u8>]) -> u8 {
        if self.bash() && args.len() > 1 && parse_number(&args[0]).is_some() {
            self.builtin_error("shift", "too many arguments");
            self.unwind = Some(Unwind::Discard);
            return 1;
        }
        let count = match args.first() {
            None => 1,
            Some(arg) => match parse_number(arg) {
                Some(count) => count,
                None => {
                    let shown = arg.clone();
                    if self.bash() {
                        self.argument_error("shift", &shown, "numeric argument required");
                    } else {
                        let shown = String::from_utf8_lossy(&shown).into_owned();
                        self.builtin_error("shift", &format!("Illegal number: {shown}"));
                        self.leave(2);
                        return 2;
                    }
                    return 1;
                }
            },
        };
        if count < 0 {
            let shown = args[0].clone();
            self.argument_error("shift", &shown, "shift count out of range");
            return 1;
        }
        let count = count as usize;
        if count > self.args.len() {
            if self.dialect == Dialect::Sh {
                self.builtin_error("shift", "can't shift that many");
                self.leave(2);
                return 2;
            }
            if self.shopts.has("shift_verbose") {
                let shown = args.first().cloned().unwrap_or_default();
                self.argument_error("shift", &shown, "shift count out of range");
            }
            return 1;
        }
        self.args.drain(..count);
        if !self.bash() {
            self.getopts_place = (1, 0);
        }
        0
    }

    pub(super) fn let_command(&mut self, args: &[Vec<u8>]) -> u8 {
        let args = if args.first().is_some_and(|arg| arg == b"--") { &args[1..] } else { args };
        if args.is_empty() {
            self.builtin_error("let", "expression expected");
            return 1;
        }
        let mut value = 0;
        for arg in args {
            match evaluate(self, arg, b"let: ") {
                Ok(number) => value = number,
                Err(Stop::Exit(code) | Stop::ExitHere(code)) => {
                    self.leave_unset(code, true);
                    return code;
                }
                Err(_) => return 1,
            }
        }
        u8::from(value == 0)
    }
}
