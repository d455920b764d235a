//! Running other programs: the search along PATH, env; kill.

use super::super::args::{self, Options};
use super::super::say::{number, say};
use super::super::{Context, Step, quote};
use crate::os::{Errno, FileKind, Signal};

/// The file a command's name leads to along PATH. ENOENT: none; EACCES: none that may be executed.
pub fn find_program(cx: &Context, name: &[u8]) -> Result<Vec<u8>, Errno> {
    if name.contains(&b'/') {
        return cx.sys.stat(name, true).map(|_| name.to_vec());
    }
    let path = cx.variable(b"PATH").unwrap_or(b"/bin:/usr/bin");
    let mut failure = Errno::Noent;
    for dir in path.split(|byte| *byte == b':') {
        let dir = if dir.is_empty() { b"." } else { dir };
        let file = super::super::say::join(dir, name);
        match cx.sys.stat(&file, true) {
            Ok(stat) if stat.kind == FileKind::Directory => {}
            Ok(_) if cx.sys.access(&file, 1).is_ok() => return Ok(file),
            Ok(_) => failure = Errno::Acces,
            Err(_) => {}
        }
    }
    Err(failure)
}

/// env: prints the environment, or runs a program in another one.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Env;

impl Env {
    /// All in one step.
    pub fn step(cx: &mut Context) -> Step {
        let options = Options {
            short: "iu:0C:S:",
            long: &[
                ("ignore-environment", 'i'),
                ("unset", 'u'),
                ("null", '0'),
                ("chdir", 'C'),
                ("split-string", 'S'),
            ],
            lacking: "v debug",
            fail: 125,
            stop_early: true,
        };
        let args = match args::parse(cx, &options) {
            Ok(args) => args,
            Err(code) => return Step::Done(code),
        };
        let split = args.value('S').unwrap_or_default();
        let words = split.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
        let all: Vec<Vec<u8>> =
            words.map(<[u8]>::to_vec).chain(args.operands.iter().cloned()).collect();
        let mut operands = all.as_slice();
        let bare = operands.first().is_some_and(|word| word == b"-");
        if bare {
            operands = &operands[1..];
        }
        let mut env = if args.has('i') || bare { Vec::new() } else { cx.env.to_vec() };
        for (_, name) in args.options.iter().filter(|(letter, _)| *letter == 'u') {
            if name.is_empty() || name.contains(&b'=') {
                let name = quote::always(name);
                cx.complain(say!("cannot unset ", name, ": ", Errno::Inval.text()));
                return Step::Done(125);
            }
            env.retain(|(known, _)| known != name);
        }
        while let Some((word, rest)) = operands.split_first() {
            let Some(at) = word.iter().position(|byte| *byte == b'=') else { break };
            let (name, value) = (word[..at].to_vec(), word[at + 1..].to_vec());
            match env.iter_mut().find(|(known, _)| *known == name) {
                Some(row) => row.1 = value,
                None => env.push((name, value)),
            }
            operands = rest;
        }
        if let Some(dir) = args.value('C')
            && let Err(errno) = cx.sys.set_current_dir(dir)
        {
            let name = quote::always(dir);
            cx.complain(say!("cannot change directory to ", name, ": ", errno.text()));
            return Step::Done(125);
        }
        let Some(command) = operands.first() else {
            let end = if args.has('0') { "\0" } else { "\n" };
            for (name, value) in &env {
                cx.print(say!(name, "=", value, end));
            }
            return Step::Done(0);
        };
        let mut inner = cx.with_env(&env);
        let found = find_program(&inner, command);
        match found.and_then(|path| inner.sys.exec(&path, operands, &env)) {
            Ok(()) => Step::Replaced,
            Err(errno) => {
                inner.complain(say!(quote::always(command), ": ", errno.text()));
                Step::Done(if errno == Errno::Noent { 127 } else { 126 })
            }
        }
    }
}

/// printenv.
pub fn printenv(cx: &mut Context) -> u8 {
    let options = Options { lacking: "0 null", fail: 2, ..Options::NONE };
    let args = match args::parse(cx, &options) {
        Ok(args) => args,
        Err(code) => return code,
    };
    let mut code = 0;
    for (name, value) in cx.env.iter().filter(|_| args.operands.is_empty()) {
        cx.out.print(&say!(name, "=", value, "\n"));
    }
    for name in &args.operands {
        match cx.variable(name).map(<[u8]>::to_vec) {
            Some(value) => cx.print(say!(value, "\n")),
            None => code = 1,
        }
    }
    code
}

/// kill (procps'): shells have their own.
pub fn kill(cx: &mut Context) -> u8 {
    let mut signal = Signal::Term;
    let mut words = cx.argv.get(1..).unwrap_or_default();
    match words {
        [list, which] if list == b"-l" => {
            let text = String::from_utf8_lossy(which).into_owned();
            let Some(signal) = Signal::parse(&text) else { return unknown_signal(cx, which) };
            let shown = match number(which) {
                Some(_) => signal.name().to_string(),
                None => signal.number().to_string(),
            };
            cx.print(say!(shown, "\n"));
            return 0;
        }
        [list, ..] if list == b"-l" || list == b"-L" => {
            let names: Vec<&str> = Signal::ALL.iter().map(|signal| signal.name()).collect();
            cx.print(say!(names.join(" "), "\n"));
            return 0;
        }
        [flag, name, rest @ ..] if flag == b"-s" || flag == b"-n" => {
            match Signal::parse(&String::from_utf8_lossy(name)) {
                Some(parsed) => signal = parsed,
                None => return unknown_signal(cx, name),
            }
            words = rest;
        }
        [name, rest @ ..] if name.len() > 1 && name[0] == b'-' && name != b"--" => {
            match Signal::parse(&String::from_utf8_lossy(&name[1..])) {
                Some(parsed) => signal = parsed,
                None => return unknown_signal(cx, &name[1..]),
            }
            words = rest;
        }
        _ => {}
    }
    if words.is_empty() {
        cx.out.error(b"\nUsage:\n kill [options] <pid> [...]\n\n");
        return 1;
    }
    let mut code = 0;
    for word in words.iter().filter(|word| *word != b"--") {
        let shown = number(word).and_then(|n| u32::try_from(n).ok());
        let Some(shown) = shown else {
            cx.complain(say!("failed to parse argument: '", word, "'"));
            code = 1;
            continue;
        };
        let done = match cx.sys.pid_by_shown(shown) {
            Some(pid) => cx.sys.kill(pid, signal),
            None => Err(Errno::Srch),
        };
        if let Err(errno) = done {
            cx.complain(format!("({shown}): {}", errno.text()));
            code = 1;
        }
    }
    code
}

fn unknown_signal(cx: &mut Context, name: &[u8]) -> u8 {
    cx.complain(say!("unknown signal name ", name));
    1
}
