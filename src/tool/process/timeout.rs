//! timeout.

use super::super::args::{self, Options};
use super::super::say::say;
use super::super::{Context, Step, quote};
use super::{duration, find_program};
use crate::base::{Millis, Pid};
use crate::os::{Disposition, Errno, Fd, Poll, Signal, TimerId, Wait, WaitStatus};

/// timeout: runs a program and ends it when its time is over.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Timeout {
    child: Pid,
    timer: Option<TimerId>,
    signal: Signal,
    kill_after: Option<Millis>,
    timed_out: bool,
    preserve: bool,
    /// `-v`: what the program is called.
    told: Option<Vec<u8>>,
    foreground: bool,
    /// It has sent itself the signal that ended the program; the code, if it lives on.
    ended: Option<u8>,
    /// A signal sent to timeout itself, to be handed on.
    forward: Option<Signal>,
}

const TIMEOUT: Options = Options {
    short: "s:k:v|fp",
    long: &[
        ("signal", 's'),
        ("kill-after", 'k'),
        ("verbose", 'v'),
        ("foreground", 'f'),
        ("preserve-status", 'p'),
    ],
    lacking: "",
    fail: 125,
    stop_early: true,
};

impl Timeout {
    /// Reads the arguments and starts the program.
    pub fn begin(cx: &mut Context) -> Result<Timeout, u8> {
        let args = args::parse(cx, &TIMEOUT)?;
        let [limit, command @ ..] = args.operands.as_slice() else {
            return Err(args::usage(cx, 125));
        };
        let Some(name) = command.first() else { return Err(args::usage(cx, 125)) };
        let mut signal = Signal::Term;
        if let Some(text) = args.value('s') {
            match Signal::parse(&String::from_utf8_lossy(text)) {
                Some(parsed) => signal = parsed,
                None => {
                    cx.complain(say!(quote::always(text), ": invalid signal"));
                    return Err(args::usage(cx, 125));
                }
            }
        }
        let interval = |cx: &mut Context, text: &[u8]| {
            duration(text).ok_or_else(|| {
                cx.complain(say!("invalid time interval ", quote::always(text)));
                args::usage(cx, 125)
            })
        };
        let limit = interval(cx, limit)?;
        let kill_after = match args.value('k') {
            Some(text) => Some(interval(cx, text)?),
            None => None,
        };
        let found = find_program(cx, name);
        let stdio = [Fd::STDIN, Fd::STDOUT, Fd::STDERR];
        let started = found.and_then(|path| cx.sys.spawn(&path, command, cx.env, stdio));
        let child = started.map_err(|errno| {
            let name = quote::always(name);
            cx.complain(say!("failed to run command ", name, ": ", errno.text()));
            if errno == Errno::Noent { 127 } else { 126 }
        })?;
        let timer = (limit > Millis::ZERO).then(|| cx.sys.arm(limit));
        let told = args.has('v').then(|| name.clone());
        Ok(Timeout {
            child,
            timer,
            signal,
            kill_after,
            timed_out: false,
            preserve: args.has('p'),
            told,
            foreground: args.has('f'),
            ended: None,
            forward: None,
        })
    }

    /// Waits for the program's end or the time's.
    pub fn step(&mut self, cx: &mut Context) -> Step {
        if let Some(code) = self.ended {
            return Step::Done(code);
        }
        if let Some(signal) = self.forward.take() {
            let _ = cx.sys.kill(self.child, signal);
        }
        match cx.sys.wait(self.child) {
            Ok(Poll::Ready(status)) => {
                // What ends the program ends timeout, too: it sends the signal to its own group.
                let own = match status {
                    WaitStatus::Signal(signal) if !self.timed_out || cx.busybox => Some(signal),
                    WaitStatus::Signal(Signal::Kill) if !self.foreground => Some(Signal::Kill),
                    _ => None,
                };
                if let Some(signal) = own {
                    self.ended = Some(status.code());
                    let _ = cx.sys.kill(cx.sys.pid(), signal);
                    return Step::More;
                }
                let timed_out =
                    self.timed_out && !self.preserve && !cx.busybox && status.code() != 137;
                return Step::Done(if timed_out { 124 } else { status.code() });
            }
            Ok(Poll::Wait) => {}
            Err(_) => return Step::Done(125),
        }
        if let Some(timer) = self.timer
            && cx.sys.has_fired(timer)
        {
            self.timed_out = true;
            if let Some(name) = &self.told {
                let name = quote::always(name);
                let signal = self.signal.name();
                cx.complain(say!("sending signal ", signal, " to command ", name));
            }
            let _ = cx.sys.kill(self.child, self.signal);
            self.signal = Signal::Kill;
            self.timer = self.kill_after.take().map(|after| cx.sys.arm(after));
        }
        let mut waits = vec![Wait::Child(self.child), Wait::Signal];
        waits.extend(self.timer.map(Wait::Timer));
        Step::Wait(waits)
    }

    /// Hands a signal on to the program, while it runs.
    pub fn signal(&mut self, signal: Signal) -> Disposition {
        if self.ended.is_some() {
            return Disposition::Default;
        }
        self.forward = Some(signal);
        Disposition::Handled
    }
}
