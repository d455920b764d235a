//! `exit`, `return`, `break`, `continue`, `eval`, `source`, `exec`, `command`, `shift`, `let`,
//! `getopts`, `umask`.

use std::sync::Arc;

use super::super::expand::{Stop, evaluate};
use super::super::frame::{Cleanup, Frame, ProgramKind, State};
use super::super::host::Host;
use super::super::machine::{Call, Machine, TrapKey, Unwind, parse_number};
use super::super::parse::is_identifier;
use super::super::run::Next;
use super::super::script::{AstId, Script};
use crate::base::limit::SCRIPT_BYTES_MAX;
use crate::os::{Errno, Fd, FileKind, Open, Poll, Wait};

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
                self.leave(status);
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
                self.unwind = Some(if self.may_return() { Unwind::Return } else { Unwind::Exit });
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
                    self.leave(if self.bash() { 128 } else { 2 });
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
        let args = if args.first().is_some_and(|arg| arg == b"--") { &args[1..] } else { args };
        let text = args.join(&b' ');
        self.status = 0;
        if text.is_empty() {
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
        let args = if args.first().is_some_and(|arg| arg == b"--") { &args[1..] } else { args };
        let who = String::from_utf8_lossy(name).into_owned();
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
        let path = self.source_path(file, host);
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
                    bytes.extend(blob.bytes());
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
            let shown = [b"cannot open ", file, b": No such file"].concat();
            self.complain(&[who.as_bytes(), b": ", &shown].concat());
            self.leave(2);
            return;
        }
        if host.stat(path, true).is_ok_and(|stat| stat.kind == FileKind::Directory) {
            self.argument_error(who, file, "is a directory");
        } else {
            self.complain_of(file, errno.text());
        }
        self.status = 1;
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
        let mut cleanup =
            Cleanup { catches_return: true, function: true, traced: true, ..Cleanup::default() };
        if !args.is_empty() {
            cleanup.args = Some(std::mem::replace(&mut self.args, args.to_vec()));
        }
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
        self.status = 0;
        self.run_text(text, ProgramKind::Source(path));
    }

    fn source_path(&self, file: &[u8], host: &dyn Host) -> Vec<u8> {
        if file.contains(&b'/') {
            return file.to_vec();
        }
        let path = self.vars.text(b"PATH").cloned().unwrap_or_default();
        for dir in path.split(|b| *b == b':') {
            let whole = if dir.is_empty() { file.to_vec() } else { [dir, b"/", file].concat() };
            if host.stat(&whole, true).is_ok_and(|stat| stat.kind == FileKind::File) {
                return whole;
            }
        }
        file.to_vec()
    }

    pub(super) fn exec_command(
        &mut self,
        script: &Arc<Script>,
        at: AstId,
        args: &[Vec<u8>],
        host: &mut dyn Host,
    ) {
        let (mut clean, mut argv0, mut rest) = (false, None, args);
        while let Some((first, tail)) = rest.split_first() {
            match first.as_slice() {
                b"--" => {
                    rest = tail;
                    break;
                }
                b"-c" if self.bash() => clean = true,
                b"-l" if self.bash() => {}
                b"-a" if self.bash() => {
                    argv0 = tail.first().cloned();
                    rest = tail.get(1..).unwrap_or_default();
                    continue;
                }
                [b'-', letter, ..] if self.bash() => {
                    let usage = "exec [-cl] [-a name] [command [argument ...]] [redirection ...]";
                    self.status = self.usage("exec", &[b'-', *letter], usage);
                    return;
                }
                _ => break,
            }
            rest = tail;
        }
        self.status = 0;
        if rest.is_empty() {
            // The redirections stay.
            self.keep_redirections(host);
            return;
        }
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
            if !self.bash() {
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
        0
    }

    pub(super) fn let_command(&mut self, args: &[Vec<u8>]) -> u8 {
        if args.is_empty() {
            self.builtin_error("let", "expression expected");
            return 1;
        }
        let mut value = 0;
        for arg in args {
            match evaluate(self, arg, b"let: ") {
                Ok(number) => value = number,
                Err(Stop::Exit(code)) => {
                    self.leave(code);
                    return code;
                }
                Err(_) => return 1,
            }
        }
        u8::from(value == 0)
    }

    pub(super) fn umask(&mut self, args: &[Vec<u8>], host: &mut dyn Host) -> u8 {
        match args.first() {
            None => {
                let text = format!("{:04o}\n", host.umask());
                self.print("umask", text.into_bytes());
                0
            }
            Some(arg) => {
                let text = String::from_utf8_lossy(arg).into_owned();
                match u32::from_str_radix(&text, 8) {
                    Ok(mask) if mask <= 0o777 => {
                        host.set_umask(mask);
                        0
                    }
                    _ if text == "-S" => {
                        let mask = host.umask();
                        let part = |shift: u32| {
                            let bits = !(mask >> shift) & 7;
                            let letters = [(4, 'r'), (2, 'w'), (1, 'x')];
                            letters.iter().filter(|(b, _)| bits & b != 0).map(|(_, l)| *l).collect()
                        };
                        let (u, g, o): (String, String, String) = (part(6), part(3), part(0));
                        self.print("umask", format!("u={u},g={g},o={o}\n").into_bytes());
                        0
                    }
                    _ if text.starts_with(|c: char| c.is_ascii_digit()) => {
                        self.argument_error("umask", arg, "octal number out of range");
                        1
                    }
                    _ => match symbolic_mask(host.umask(), arg) {
                        Ok(mask) => {
                            host.set_umask(mask);
                            0
                        }
                        Err(byte) => {
                            let shown = [b"`", [byte].as_slice(), b"'"].concat();
                            let why = "invalid symbolic mode operator";
                            self.argument_error("umask", &shown, why);
                            1
                        }
                    },
                }
            }
        }
    }

    pub(super) fn caller(&mut self, args: &[Vec<u8>]) -> u8 {
        let Some(call) = self.calls.last().cloned() else {
            if args.is_empty() {
                self.print("caller", b"0 NULL\n".to_vec());
            }
            return u8::from(!args.is_empty());
        };
        let file = self.list(b"BASH_SOURCE").and_then(|list| list.get(&1).cloned());
        let file = file.unwrap_or_else(|| b"NULL".to_vec());
        let line = call.line.to_string();
        let text = if args.is_empty() {
            [line.as_bytes(), b" ", &file, b"\n"].concat()
        } else {
            let names = self.list(b"FUNCNAME").unwrap_or_default();
            let name = names.get(&1).cloned().unwrap_or_else(|| b"main".to_vec());
            [line.as_bytes(), b" ", &name, b" ", &file, b"\n"].concat()
        };
        self.write(Fd::STDOUT, text, Some("caller"));
        0
    }

    /// `getopts optstring name [arg …]`. Models getopt.c.
    pub(super) fn getopts(&mut self, args: &[Vec<u8>]) -> u8 {
        let args = if args.first().is_some_and(|arg| arg == b"--") { &args[1..] } else { args };
        let [options, name, rest @ ..] = args else {
            if self.bash() {
                self.error_line(b"getopts: usage: getopts optstring name [arg ...]");
            } else {
                self.builtin_error("getopts", "Usage: getopts optstring var [arg...]");
            }
            return 2;
        };
        let words = if rest.is_empty() { self.args.clone() } else { rest.to_vec() };
        let silent = options.first() == Some(&b':');
        let quiet = silent || self.vars.text(b"OPTERR").is_some_and(|text| text == b"0");
        let index = self.vars.text(b"OPTIND").and_then(|text| parse_number(text)).unwrap_or(1);
        let mut index = usize::try_from(index).unwrap_or(1).max(1);
        let at = self.getopts_at as usize;
        if !self.bash() && at > 0 {
            index = (index - 1).max(1);
        }
        let word = words.get(index - 1).cloned();
        let ended = match &word {
            None => true,
            Some(word) => at == 0 && (word.first() != Some(&b'-') || word.len() < 2),
        };
        let stops = at == 0 && word.as_deref() == Some(b"--".as_slice());
        if ended || stops {
            index += usize::from(stops);
            let valid = self.finish_getopts(index, name, b"?", None, 0);
            return if valid == Ok(()) || self.bash() { 1 } else { 2 };
        }
        let word = word.unwrap_or_default();
        let at = at.max(1);
        let letter = word.get(at).copied().unwrap_or(b'?');
        let place = options.iter().position(|b| *b == letter).filter(|_| letter != b':');
        let wants = place.is_some_and(|place| options.get(place + 1) == Some(&b':'));
        let (argument, missing, next) = option_argument(&word, &words, &mut index, at, wants);
        let shown = [letter];
        let (answer, argument): (&[u8], Option<Vec<u8>>) = match (place, missing) {
            (Some(_), false) => (&shown, argument),
            (Some(_), true) if silent => (b":", Some(shown.to_vec())),
            (None, _) if silent => (b"?", Some(shown.to_vec())),
            _ => {
                self.vars.remove(b"OPTARG");
                (b"?", None)
            }
        };
        let argument = match argument {
            None if !self.bash() && place.is_some() && !missing => Some(Vec::new()),
            argument => argument,
        };
        if !quiet && (place.is_none() || missing) {
            self.complain_of_option(letter, missing);
        }
        let answer = answer.to_vec();
        if !self.bash() && next > 0 {
            index += 1; // dash counts the word it is in
        }
        match self.finish_getopts(index, name, &answer, argument, next as u32) {
            Ok(()) => 0,
            Err(status) => status,
        }
    }

    /// getopts met an option it does not know, or one without its argument.
    fn complain_of_option(&mut self, letter: u8, missing: bool) {
        let shown = [letter];
        let line = match (self.bash(), missing) {
            (true, true) => [&self.name, b": option requires an argument -- ".as_slice(), &shown],
            (true, false) => [&self.name, b": illegal option -- ".as_slice(), &shown],
            (false, true) => [b"No arg for -".as_slice(), &shown, b" option"],
            (false, false) => [b"Illegal option -".as_slice(), &shown, b""],
        };
        self.error_line(&line.concat());
    }

    /// Sets the variables; `Err`: the name is none, or read-only; the status.
    fn finish_getopts(
        &mut self,
        index: usize,
        name: &[u8],
        answer: &[u8],
        argument: Option<Vec<u8>>,
        at: u32,
    ) -> Result<(), u8> {
        self.assign(b"OPTIND", index.to_string().into_bytes());
        self.getopts_at = at;
        match argument {
            Some(text) => {
                self.assign(b"OPTARG", text);
            }
            None if self.bash() => self.vars.remove(b"OPTARG"),
            None => {}
        }
        if is_identifier(name) {
            if self.assign(name, answer.to_vec()) {
                return Ok(());
            }
            let why = if self.bash() { "readonly variable" } else { "is read only" };
            self.complain_of(name, why);
            return Err(2);
        }
        if self.bash() {
            let shown = [b"`", name, b"'"].concat();
            self.argument_error("getopts", &shown, "not a valid identifier");
            return Err(1);
        }
        self.argument_error("getopts", name, "bad variable name");
        Err(2)
    }
}

/// The argument of the option at `at` in its word, whether it is missing, and where the word goes
/// on (0: it has ended).
fn option_argument(
    word: &[u8],
    words: &[Vec<u8>],
    index: &mut usize,
    at: usize,
    wants: bool,
) -> (Option<Vec<u8>>, bool, usize) {
    let mut next = at + 1;
    let mut argument = None;
    let mut missing = false;
    if wants {
        if next < word.len() {
            argument = Some(word[next..].to_vec());
        } else if let Some(following) = words.get(*index) {
            argument = Some(following.clone());
            *index += 1;
        } else {
            missing = true;
        }
        next = word.len();
    }
    if next >= word.len() {
        *index += 1;
        next = 0;
    }
    (argument, missing, next)
}

/// `u=rwx,g-w`: the mask it leaves; `Err`: the byte that is no operator.
fn symbolic_mask(mask: u32, text: &[u8]) -> Result<u32, u8> {
    let mut allowed = !mask & 0o777;
    for clause in text.split(|b| *b == b',') {
        let who = clause.iter().take_while(|b| b"ugoa".contains(b)).count();
        let places = clause[..who].iter().fold(0, |all, who| match who {
            b'u' => all | 0o700,
            b'g' => all | 0o070,
            b'o' => all | 0o007,
            _ => 0o777,
        });
        let places = if who == 0 { 0o777 } else { places };
        let (operator, letters) = clause[who..].split_first().ok_or(0)?;
        let bits = letters.iter().fold(0, |all, letter| match letter {
            b'r' => all | 0o444,
            b'w' => all | 0o222,
            b'x' => all | 0o111,
            _ => all,
        });
        match operator {
            b'=' => allowed = allowed & !places | bits & places,
            b'+' => allowed |= bits & places,
            b'-' => allowed &= !(bits & places),
            other => return Err(*other),
        }
    }
    Ok(!allowed & 0o777)
}
