//! flock. Models util-linux 2.38.

use super::super::args::{self, Options};
use super::super::say::say;
use super::super::{Context, Step};
use super::{duration, find_program};
use crate::base::{Millis, Pid};
use crate::os::{Errno, Fd, Open, Poll, TimerId, Wait};

const FLOCK: Options = Options {
    short: "sexnoFuw:E:",
    long: &[
        ("shared", 's'),
        ("exclusive", 'x'),
        ("unlock", 'u'),
        ("nonblocking", 'n'),
        ("nb", 'n'),
        ("timeout", 'w'),
        ("wait", 'w'),
        ("conflict-exit-code", 'E'),
        ("close", 'o'),
        ("no-fork", 'F'),
    ],
    lacking: "hV help version verbose",
    fail: 64,
    stop_early: true,
};

/// flock: takes a lock, and drops it or runs a command with it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Flock {
    fd: Fd,
    /// Exclusive or shared; `None`: dropped.
    lock: Option<bool>,
    /// When it gives up. `Some(None)`: at once.
    limit: Option<Option<TimerId>>,
    conflict: u8,
    command: Vec<Vec<u8>>,
    child: Option<Pid>,
}

impl Flock {
    /// Reads the arguments and opens the file.
    pub fn begin(cx: &mut Context) -> Result<Flock, u8> {
        if cx.argv.len() < 2 {
            cx.complain("not enough arguments");
            return Err(args::usage(cx, 64));
        }
        let args = args::parse(cx, &FLOCK)?;
        let mut limit = args.has('n').then_some(None);
        if let Some(text) = args.value('w') {
            let Some(time) = duration(text) else {
                cx.complain(say!("invalid timeout value: '", text, "'"));
                return Err(64);
            };
            limit = Some(limit.unwrap_or_else(|| (time > Millis::ZERO).then(|| cx.sys.arm(time))));
        }
        let conflict = match args.value('E').map(|text| String::from_utf8_lossy(text).parse()) {
            None => 1,
            Some(Ok(code)) => code,
            Some(Err(_)) => {
                cx.complain("invalid exit code");
                return Err(64);
            }
        };
        let lock = match args.last_of("sexu") {
            Some('u') => None,
            kind => Some(kind != Some('s')),
        };
        let (fd, command) = target(cx, &args.operands)?;
        Ok(Flock { fd, lock, limit, conflict, command, child: None })
    }

    /// Takes the lock, runs the command, waits for it.
    pub fn step(&mut self, cx: &mut Context) -> Step {
        if let Some(child) = self.child {
            return match cx.sys.wait(child) {
                Ok(Poll::Ready(status)) => Step::Done(status.code()),
                Ok(Poll::Wait) => Step::Wait(vec![Wait::Child(child)]),
                Err(_) => Step::Done(71),
            };
        }
        match cx.sys.flock(self.fd, self.lock) {
            Ok(true) => {}
            Ok(false) => {
                let timer = match self.limit {
                    Some(None) => return Step::Done(self.conflict),
                    Some(timer) => timer,
                    None => None,
                };
                if timer.is_some_and(|timer| cx.sys.has_fired(timer)) {
                    return Step::Done(self.conflict);
                }
                let mut waits = vec![Wait::Lockable(self.fd, self.lock == Some(true))];
                waits.extend(timer.map(Wait::Timer));
                return Step::Wait(waits);
            }
            Err(errno) => {
                cx.complain(say!(self.fd.0.to_string(), ": ", errno.text()));
                return Step::Done(65);
            }
        }
        let Some(name) = self.command.first() else { return Step::Done(0) };
        let stdio = [Fd::STDIN, Fd::STDOUT, Fd::STDERR];
        let found = find_program(cx, name);
        match found.and_then(|path| cx.sys.spawn(&path, &self.command, cx.env, stdio)) {
            Ok(child) => {
                self.child = Some(child);
                Step::Wait(vec![Wait::Child(child)])
            }
            Err(errno) => {
                cx.complain(say!("failed to execute ", name, ": ", errno.text()));
                Step::Done(69)
            }
        }
    }
}

/// The descriptor to be locked and the command.
fn target(cx: &mut Context, operands: &[Vec<u8>]) -> Result<(Fd, Vec<Vec<u8>>), u8> {
    match operands {
        [] => {
            cx.complain("requires file descriptor, file or directory");
            Err(64)
        }
        [number] => match String::from_utf8_lossy(number).parse() {
            Ok(number) => Ok((Fd(number), Vec::new())),
            Err(_) => {
                cx.complain(say!("bad file descriptor: '", number, "'"));
                Err(64)
            }
        },
        [file, command @ ..] => {
            let command = match command {
                [flag, line @ ..] if flag == b"-c" || flag == b"--command" => {
                    let [line] = line else {
                        let text = " requires exactly one command argument";
                        cx.complain(say!(flag, text));
                        return Err(64);
                    };
                    let shell = cx.variable(b"SHELL").filter(|shell| !shell.is_empty());
                    let shell = shell.unwrap_or(b"/bin/sh").to_vec();
                    vec![shell, b"-c".to_vec(), line.clone()]
                }
                command => command.to_vec(),
            };
            let how = Open { create: true, ..Open::READ };
            let opened = match cx.sys.open(file, how) {
                Err(Errno::Isdir) => cx.sys.open(file, Open::READ),
                opened => opened,
            };
            let fd = opened.map_err(|errno| {
                cx.complain(say!("cannot open lock file ", file, ": ", errno.text()));
                if errno == Errno::Rofs { 73 } else { 66 }
            })?;
            Ok((fd, command))
        }
    }
}
