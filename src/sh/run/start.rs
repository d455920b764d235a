//! How a shell begins: its command line, its environment, its script.

use std::collections::VecDeque;
use std::sync::Arc;

use super::super::Dialect;
use super::super::builtin::set;
use super::super::builtin::shopt::{self, Shopts};
use super::super::frame::{Frame, ProgramKind, State};
use super::super::host::Host;
use super::super::line::Shifts;
use super::super::machine::{Function, Leaving, Level, Machine, Options, Origin, Unwind};
use super::super::parse;
use super::super::script::{AstId, Kind, Reading, Script};
use super::super::vars::{Value, Variables};
use super::Next;
use super::invocation::{CommandLine, USAGE, command_line};
use crate::base::limit::{SCRIPT_BYTES_MAX, SCRIPT_READINGS_MAX};
use crate::base::{SimTime, SortedMap, SortedSet};
use crate::os::{Errno, Fd, FileKind, Open, Poll, Sys, Wait};

impl Script {
    /// Reads a text as its shell would. The problems are what the model does not run.
    pub fn parse(text: &[u8], dialect: Dialect) -> (Script, Vec<super::super::Problem>) {
        parse::parse(text, dialect, 1)
    }
}

/// Where programs are looked for where the environment does not say, in bash and dash as Debian
/// builds them.
const PATH: &[u8] = b"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

impl Machine {
    /// Reads a text whose first line has this number in messages.
    pub(super) fn read_text(&self, text: &[u8], line: u32) -> Script {
        let reading = Reading { is_string: true, ..self.reading() };
        parse::parse_as(text, self.dialect, line, reading).0
    }

    /// Bash reads a script a command at a time: what was read before an option or an alias changed
    /// is read again from there on. A command of this number, and its script if it was.
    pub(super) fn read_again(&mut self, script: &Script, next: u32) -> Option<Script> {
        let (from, extglob) = script.group_starts.get(next as usize).copied()?;
        let now = self.reading();
        let same = extglob == now.extglob && script.reading.aliases == now.aliases;
        let is_end = next as usize == script.groups.len() && script.error.is_none();
        if same || is_end || self.readings >= SCRIPT_READINGS_MAX {
            return None;
        }
        self.readings += 1;
        let reading = Reading { from, is_string: script.reading.is_string, ..now };
        Some(parse::parse_as(&script.text, self.dialect, script.first_line, reading).0)
    }
}

/// What bash says if it is to be interactive where no terminal is (`initialize_job_control`).
const NO_TERMINAL: &[u8] =
    b"cannot set terminal process group (-1): Inappropriate ioctl for device";

/// The order in which dash's `$-` has its letters.
const DASH_LETTERS: &[u8] = b"ubaCEVvxsnmiIfe";

impl Machine {
    /// A shell as a program, started with this command line and environment. bash that is called
    /// `sh`, as Red Hat's is, keeps to POSIX.
    pub fn new(
        dialect: Dialect,
        argv: &[Vec<u8>],
        env: &[(Vec<u8>, Vec<u8>)],
        sys: &mut dyn Sys,
    ) -> Machine {
        let called = argv.first().cloned().unwrap_or_else(|| b"bash".to_vec());
        let mut machine = Machine::blank(dialect);
        machine.name = called;
        machine.inherit(env, sys);
        machine.ignored = sys.ignored();
        match command_line(argv.get(1..).unwrap_or_default(), dialect) {
            Ok(mut line) => {
                let base = machine.name.rsplit(|b| *b == b'/').next();
                line.options.posix |= machine.bash() && base == Some(b"sh");
                machine.begin(line, sys);
            }
            Err(option) => {
                let name = machine.name.clone();
                let shown = String::from_utf8_lossy(&option).into_owned();
                let named = shown.strip_prefix("-o ").filter(|_| machine.bash());
                let text = match named {
                    Some(wrong) => {
                        let shell = String::from_utf8_lossy(&name).into_owned();
                        format!("line 0: {shell}: {wrong}: invalid option name")
                    }
                    None if machine.bash() => format!("{shown}: invalid option"),
                    None => format!("0: Illegal option {shown}"),
                };
                machine.error_line(&[name.as_slice(), b": ", text.as_bytes()].concat());
                if machine.bash() && named.is_none() {
                    for line in USAGE.lines() {
                        machine.error_line(line.as_bytes());
                    }
                }
                machine.status = 2;
            }
        }
        machine
    }

    /// A shell with nothing to do.
    pub(super) fn blank(dialect: Dialect) -> Machine {
        Machine {
            dialect,
            name: b"bash".to_vec(),
            args: Vec::new(),
            main: Arc::new(Script::parse(b"", dialect).0),
            origin: Origin::File,
            options: Options::default(),
            shopts: Shopts::default(),
            vars: Variables::default(),
            functions: SortedMap::new(),
            aliases: SortedMap::new(),
            hashed: SortedMap::new(),
            readings: 0,
            traps: SortedMap::new(),
            ignored: SortedSet::new(),
            inherited_traps: SortedMap::new(),
            stdin_redirected: false,
            substituted: false,
            pending: VecDeque::new(),
            frames: Vec::new(),
            unwind: None,
            status: 0,
            pipe_status: vec![0],
            substitution_status: 0,
            answer: None,
            last_background: None,
            opened: Vec::new(),
            jobs: Vec::new(),
            waited: SortedMap::new(),
            trace_to: (Vec::new(), None),
            prompt: (None, false),
            is_part: false,
            at_prompt: false,
            typed: None,
            out: VecDeque::new(),
            trace_depth: 0,
            subshell: 0,
            level: Level::default(),
            this_command: Vec::new(),
            within_call: false,
            ignores_errors: false,
            returned_over: None,
            exit_trap_ran: false,
            dies_of: None,
            line: 0,
            line_base: 0,
            line_shifts: Shifts::default(),
            line_outer: 0,
            calls: Vec::new(),
            contexts: Vec::new(),
            dirs: Vec::new(),
            limits: SortedMap::new(),
            outer_call: Vec::new(),
            getopts_place: (1, 0),
            args_were_set: false,
            random: (0, 0),
            pid_shown: 0,
            own_pid_shown: 0,
            parent_shown: 0,
            now: SimTime::START,
            started: SimTime::START,
            seconds_base: 0,
            command: None,
            acted: false,
            site: None,
            shown: None,
            facts: Vec::new(),
        }
    }

    /// Takes over an environment, and adds what every shell sets.
    pub(super) fn inherit(&mut self, env: &[(Vec<u8>, Vec<u8>)], sys: &mut (impl Sys + ?Sized)) {
        self.pid_shown = sys.pid_shown(sys.pid());
        self.own_pid_shown = self.pid_shown;
        self.parent_shown = sys.pid_shown(sys.parent());
        self.now = sys.now();
        self.started = self.now;
        self.random.0 = sys.random() as u32;
        for (name, value) in env {
            let function = name.strip_prefix(b"BASH_FUNC_").and_then(|n| n.strip_suffix(b"%%"));
            if let Some(function) = function.filter(|_| self.bash()) {
                self.import_function(function, value);
            } else if parse::is_identifier(name) {
                self.vars.set(name, value);
                self.vars.entry(name).exported = true;
            }
        }
        self.vars.set(b"IFS", b" \t\n");
        self.vars.entry(b"IFS").exported = false;
        self.vars.set(b"OPTIND", b"1");
        self.vars.set(b"PS4", b"+ ");
        if !self.bash() {
            let prompt: &[u8] = match sys.uid() {
                _ if self.ash() => br"\w \$ ",
                0 => b"# ",
                _ => b"$ ",
            };
            for (name, text) in [(b"PS1", prompt), (b"PS2", b"> ")] {
                if self.vars.text(name).is_none() {
                    self.vars.set(name, text);
                }
            }
            if self.vars.text(b"PATH").is_none() {
                self.vars.set(b"PATH", PATH);
            }
        }
        if self.bash() && self.vars.text(b"_").is_none() {
            let name = self.name.clone();
            self.vars.set(b"_", &name);
        }
        self.vars.entry(b"_").exported = false;
        let parent = self.parent_shown.to_string();
        self.vars.set(b"PPID", parent.as_bytes());
        let dir = sys.current_dir();
        let known = self.vars.text(b"PWD").cloned();
        let same = known.is_some_and(|pwd| {
            pwd.starts_with(b"/")
                && sys.stat(&pwd, true).ok().zip(sys.stat(b".", true).ok()).is_some_and(
                    |(one, other)| (one.device, one.inode) == (other.device, other.inode),
                )
        });
        if !same {
            self.vars.set(b"PWD", &dir);
        }
        self.vars.entry(b"PWD").exported = self.bash() || self.vars.entry(b"PWD").exported;
        if self.bash() {
            self.inherit_bash(sys);
        }
    }

    /// A function that the environment carries.
    fn import_function(&mut self, name: &[u8], value: &[u8]) {
        if !value.starts_with(b"() {") {
            return;
        }
        let (script, _) = Script::parse(&[name, b" ", value].concat(), self.dialect);
        let script = Arc::new(script);
        let found = (0u32..).zip(&script.nodes).find_map(|(at, node)| match &node.kind {
            Kind::Function { name: found, body } if found == name => Some((AstId(at), *body)),
            _ => None,
        });
        let Some((whole, body)) = found else { return };
        let file = b"environment".to_vec();
        let script = script.clone();
        let (traced, readonly) = (false, false);
        let function = Function { traced, script, body, whole, file, exported: true, readonly };
        self.functions.insert(name.to_vec(), function);
    }

    fn inherit_bash(&mut self, sys: &mut (impl Sys + ?Sized)) {
        if self.vars.text(b"PATH").is_none() {
            self.vars.set(b"PATH", PATH);
        }
        let level = self.vars.text(b"SHLVL").and_then(|t| super::super::machine::parse_number(t));
        let level = (level.unwrap_or(0) + 1).to_string();
        self.vars.set(b"SHLVL", level.as_bytes());
        self.vars.entry(b"SHLVL").exported = true;
        if self.vars.text(b"OLDPWD").is_none() {
            self.vars.entry(b"OLDPWD").exported = true;
        }
        if self.vars.text(b"HOSTNAME").is_none() {
            self.vars.set(b"HOSTNAME", sys.hostname().as_bytes());
        }
        if self.vars.text(b"TERM").is_none() {
            self.vars.set(b"TERM", b"dumb");
        }
        let uid = sys.uid().to_string();
        for (name, value) in [
            (b"BASH".as_slice(), b"/usr/bin/bash".as_slice()),
            (b"BASH_VERSION", b"5.2.15(1)-release"),
            (b"HOSTTYPE", b"x86_64"),
            (b"MACHTYPE", b"x86_64-pc-linux-gnu"),
            (b"OSTYPE", b"linux-gnu"),
            (b"OPTERR", b"1"),
            (b"UID", uid.as_bytes()),
            (b"EUID", uid.as_bytes()),
        ] {
            self.vars.set(name, value);
        }
        self.vars.entry(b"OPTIND").integer = true;
        for name in [b"UID".as_slice(), b"EUID", b"PPID"] {
            self.vars.entry(name).readonly = true;
            self.vars.entry(name).integer = true;
        }
        let version = ["5", "2", "15", "1", "release", "x86_64-pc-linux-gnu"];
        let list = (0u64..).zip(version.iter().map(|v| v.as_bytes().to_vec())).collect();
        self.make_own(sys.uid());
        let info = self.vars.entry(b"BASH_VERSINFO");
        info.value = Value::List(list);
        info.readonly = true;
    }

    fn begin(&mut self, line: CommandLine, sys: &mut dyn Sys) {
        self.options = line.options;
        if let Some(what) = &line.absent {
            self.not_modelled(what);
            self.status = 2;
            return;
        }
        if !self.invoked_with(&line.shopts) {
            return;
        }
        let at_terminal = sys.is_tty(Fd::STDERR);
        if line.typed && self.bash() {
            self.at_prompt = true;
            self.shopts.turn("expand_aliases", true);
        }
        if self.at_prompt && !at_terminal {
            self.complain_plainly(NO_TERMINAL);
            self.complain_plainly(b"no job control in this shell");
        }
        let mut operands = line.operands.into_iter();
        if line.command {
            let Some(text) = operands.next() else {
                let name = self.name.clone();
                let why: &[u8] = match self.bash() {
                    true => b": -c: option requires an argument",
                    false => b": 0: -c requires an argument",
                };
                self.error_line(&[name.as_slice(), why].concat());
                self.status = 2;
                return;
            };
            self.origin = Origin::Command;
            if let Some(name) = operands.next() {
                self.name = name;
            }
            self.args = operands.collect();
            self.load(&text);
            return;
        }
        let file = if line.input { None } else { operands.next() };
        let Some(file) = file else {
            self.origin = Origin::Input;
            self.args = operands.collect();
            if line.typed || at_terminal && sys.is_tty(Fd::STDIN) {
                self.begin_typed(!line.norc, sys);
                self.options.monitor = at_terminal;
            }
            self.read_commands(Fd::STDIN);
            return;
        };
        self.args = operands.collect();
        self.load_file(&file, sys);
    }

    /// Turns on and off what `-O` and `+O` name; `false`: there is no such option.
    fn invoked_with(&mut self, shopts: &[(Vec<u8>, bool)]) -> bool {
        for (name, on) in shopts {
            let text = String::from_utf8_lossy(name).into_owned();
            if *on && shopt::ABSENT.contains(&text.as_str()) {
                self.not_modelled(&format!("bash -O {text}"));
                self.status = 2;
                return false;
            }
            if !self.shopts.turn(&text, *on) {
                let shell = self.name.clone();
                let why = b": invalid shell option name";
                self.error_line(&[&shell, b": line 0: ".as_slice(), name, why].concat());
                self.status = 2;
                return false;
            }
        }
        true
    }

    fn load_file(&mut self, file: &[u8], sys: &mut dyn Sys) {
        let shell = std::mem::replace(&mut self.name, file.to_vec());
        let mut found = sys.read_file(file);
        if found.is_err() && !file.contains(&b'/') && self.bash() {
            let path = self.vars.text(b"PATH").cloned().unwrap_or_default();
            for dir in path.split(|b| *b == b':') {
                let path = [dir, b"/", file].concat();
                if sys.stat(&path, true).is_ok() {
                    found = sys.read_file(&path);
                    break;
                }
            }
        }
        let is_stream = sys
            .stat(file, true)
            .is_ok_and(|stat| !matches!(stat.kind, FileKind::File | FileKind::Directory));
        if is_stream && let Ok(from) = sys.open(file, Open::READ) {
            self.read_commands(from);
            return;
        }
        match found {
            Ok(blob) => self.load(&blob.bytes()),
            Err(errno) => {
                let text = if self.bash() {
                    let name = if errno == Errno::Isdir { file } else { &shell };
                    [name, b": ", file, b": ", errno.text().as_bytes()].concat()
                } else {
                    let why = if errno == Errno::Noent { "No such file" } else { errno.text() };
                    let why = match self.ash() {
                        true => ["can't open '", "': ", errno.text()],
                        false => ["0: cannot open ", ": ", why],
                    };
                    let [says, then, why] = why.map(str::as_bytes);
                    [&shell, b": ".as_slice(), says, file, then, why].concat()
                };
                self.error_line(&text);
                let missing = errno == Errno::Noent;
                self.status = match (self.bash(), missing) {
                    (true, true) => 127,
                    (true, false) => 126,
                    _ => 2,
                };
            }
        }
    }

    /// Reads commands from a descriptor, and runs each when it is complete.
    fn read_commands(&mut self, from: Fd) {
        let state = State::Input { from, buffer: Vec::new(), line: 1, ended: false, asked: false };
        let script = self.main.clone();
        self.push(&script, AstId(0), state);
    }

    /// Takes a script to run.
    pub(super) fn load(&mut self, text: &[u8]) {
        let is_string = self.origin == Origin::Command;
        let reading = Reading { is_string, ..Reading::default() };
        self.main = Arc::new(parse::parse_as(text, self.dialect, 1, reading).0);
        let script = self.main.clone();
        let state = State::Program { next: 0, kind: ProgramKind::Main };
        self.push(&script, AstId(0), state);
    }

    /// A script on standard input: reads a byte at a time, as bash does, until a command is
    /// complete.
    pub(super) fn input_step(&mut self, mut frame: Frame, host: &mut dyn Host) -> Next {
        let State::Input { from, buffer, line, ended, asked } = &mut frame.state else {
            unreachable!("step() looked at the state")
        };
        let is_typed = self.typed.is_some();
        loop {
            let complete = *ended || buffer.last() == Some(&b'\n');
            if complete && !buffer.is_empty() {
                let script = parse::parse_as(buffer, self.dialect, *line, self.reading()).0;
                let incomplete = script.error.as_ref().is_some_and(|e| e.incomplete)
                    || !script.warnings.is_empty()
                    || self.goes_on(buffer);
                if *ended || !incomplete {
                    *line += buffer.iter().filter(|b| **b == b'\n').count() as u32;
                    self.remember(buffer);
                    buffer.clear();
                    let script = Arc::new(script);
                    if self.main.text.is_empty() {
                        self.main = script.clone();
                    }
                    self.frames.push(frame);
                    let state = State::Program { next: 0, kind: ProgramKind::Input };
                    self.push(&script, AstId(0), state);
                    return Next::Go;
                }
            }
            if *ended && is_typed && !self.reads_lines() {
                return self.line_done(frame, host);
            }
            if *ended {
                self.end_typed();
                return Next::Go;
            }
            if is_typed && !*asked {
                *asked = true;
                let continued = !buffer.is_empty();
                self.ask_for_line(&mut frame, continued, host);
                self.frames.push(frame);
                return Next::Go;
            }
            let from = *from;
            match host.read(from, 1) {
                Ok(Poll::Wait) => {
                    self.frames.push(frame);
                    return Next::Blocked(vec![Wait::Readable(from), Wait::Signal]);
                }
                Ok(Poll::Ready(blob)) if !blob.is_empty() && buffer.len() <= SCRIPT_BYTES_MAX => {
                    buffer.extend(blob.to_bytes(1));
                }
                _ => *ended = true,
            }
            if is_typed && buffer.last() == Some(&b'\n') {
                *asked = false;
                self.take_line(buffer);
            }
        }
    }

    /// Whether a text ends in a line that a backslash continues, and not in a comment.
    fn goes_on(&self, text: &[u8]) -> bool {
        let Some(line) = text.strip_suffix(b"\n") else { return false };
        let slashes = line.iter().rev().take_while(|byte| **byte == b'\\').count();
        if slashes % 2 == 0 {
            return false;
        }
        // What a quote there would begin does not end; in a comment it begins nothing.
        let quoted = [&line[..line.len() - 1], b"'"].concat();
        self.read_text(&quoted, 1).error.is_some()
    }

    /// `$-`.
    pub(in crate::sh) fn flags(&self) -> Vec<u8> {
        let mut all: Vec<u8> = set::LETTERS
            .iter()
            .filter(|(_, name)| self.option(name) == Some(true))
            .filter(|(letter, _)| self.bash() || !matches!(letter, b'h' | b'B'))
            .map(|(letter, _)| *letter)
            .collect();
        if self.typed.is_some() {
            let at = all.iter().position(|letter| *letter > b'i' || letter.is_ascii_uppercase());
            all.insert(at.unwrap_or(all.len()), b'i');
        }
        if !self.bash() {
            all.extend((self.origin == Origin::Input).then_some(b's'));
            all.sort_by_key(|letter| DASH_LETTERS.iter().position(|other| other == letter));
        }
        match self.origin {
            Origin::Command if self.bash() => all.push(b'c'),
            Origin::Input if self.bash() => all.push(b's'),
            _ => {}
        }
        all
    }

    /// Leaves the shell because an expansion says it must.
    pub(in crate::sh) fn leave_unset(&mut self, status: u8, arith: bool) {
        self.leave(status);
        if self.bash() && self.unwind == Some(Unwind::Exit) {
            self.unwind = Some(Unwind::ExitHere(Leaving::Unset { arith }));
        }
    }

    /// Leaves the shell, after a message that says why.
    pub(in crate::sh) fn leave(&mut self, status: u8) {
        self.status = status;
        if self.typed.is_some() {
            self.unwind = Some(Unwind::Discard);
            return;
        }
        let reported = self.bash() && self.options.errexit;
        let here = Unwind::ExitHere(Leaving::Reported);
        self.unwind = Some(if reported { here } else { Unwind::Exit });
    }
}
