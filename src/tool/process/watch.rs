//! watch (procps').

use super::super::args::{self, Options};
use super::super::say::say;
use super::super::{Context, Step};
use super::duration;
use crate::base::limit::XARGS_COMMAND_BYTES_MAX;
use crate::base::{Millis, Pid};
use crate::os::{Fd, Poll, TimerId, Wait};

/// How wide the title is. A terminal's usual columns.
const COLUMNS: usize = 80;

/// procps does not look more often.
const INTERVAL_MIN: Millis = Millis(100);

/// As much as is read at once, bytes.
const READ_MAX: u64 = 65_536;

const WATCH: Options = Options {
    short: "n:tdgex|",
    long: &[
        ("interval", 'n'),
        ("no-title", 't'),
        ("differences", 'd'),
        ("chgexit", 'g'),
        ("errexit", 'e'),
        ("exec", 'x'),
    ],
    lacking: "bcfpqrsw beep color follow precise equexit no-rerun shotsdir no-wrap",
    fail: 1,
    stop_early: true,
};

/// watch: runs a command again and again, and shows what it prints. A real one clears the screen
/// each time; this terminal keeps everything, so a screen that is as the one before is not shown
/// once more.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Watch {
    command: Vec<Vec<u8>>,
    interval: Millis,
    with_title: bool,
    until_change: bool,
    until_error: bool,
    /// What it printed the last time.
    last: Option<Vec<u8>>,
    run: Option<Run>,
    timer: Option<TimerId>,
}

/// A run of the command.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Run {
    child: Pid,
    from: Fd,
    printed: Vec<u8>,
    ended: bool,
}

impl Watch {
    /// Reads the arguments.
    pub fn begin(cx: &mut Context) -> Result<Watch, u8> {
        let args = args::parse(cx, &WATCH)?;
        if args.operands.is_empty() {
            return Err(args::usage(cx, 1));
        }
        let interval = match args.value('n') {
            None => Millis::secs(2),
            Some(text) => duration(text).ok_or_else(|| {
                let text = String::from_utf8_lossy(text).into_owned();
                cx.complain(format!("failed to parse argument: '{text}': Invalid argument"));
                1
            })?,
        };
        let command = if args.has('x') {
            args.operands.clone()
        } else {
            vec![b"sh".to_vec(), b"-c".to_vec(), args.operands.join(&b' ')]
        };
        Ok(Watch {
            command,
            interval: interval.max(INTERVAL_MIN),
            with_title: !args.has('t'),
            until_change: args.has('g'),
            until_error: args.has('e'),
            last: None,
            run: None,
            timer: None,
        })
    }

    /// Runs the command, shows what is new, waits.
    pub fn step(&mut self, cx: &mut Context) -> Step {
        if let Some(timer) = self.timer {
            if !cx.sys.has_fired(timer) {
                return Step::Wait(vec![Wait::Timer(timer)]);
            }
            self.timer = None;
        }
        let mut run = match self.run.take() {
            Some(run) => run,
            None => match self.start(cx) {
                Some(run) => run,
                None => return Step::Done(1),
            },
        };
        while !run.ended {
            match cx.sys.read(run.from, READ_MAX) {
                Ok(Poll::Ready(blob)) if !blob.is_empty() => {
                    run.printed.extend(blob.bytes());
                    run.printed.truncate(XARGS_COMMAND_BYTES_MAX);
                }
                Ok(Poll::Wait) => {
                    let from = run.from;
                    self.run = Some(run);
                    return Step::Wait(vec![Wait::Readable(from)]);
                }
                Ok(Poll::Ready(_)) | Err(_) => run.ended = true,
            }
        }
        let status = match cx.sys.wait(run.child) {
            Ok(Poll::Wait) => {
                let child = run.child;
                self.run = Some(run);
                return Step::Wait(vec![Wait::Child(child)]);
            }
            Ok(Poll::Ready(status)) => status.code(),
            Err(_) => 1,
        };
        let _ = cx.sys.close(run.from);
        let is_new = self.last.as_ref() != Some(&run.printed);
        let was_there = self.last.is_some();
        if is_new {
            self.show(cx, &run.printed);
            self.last = Some(run.printed);
        }
        if self.until_error && status != 0 {
            return Step::Done(8);
        }
        if self.until_change && is_new && was_there {
            return Step::Done(0);
        }
        self.timer = Some(cx.sys.arm(self.interval));
        Step::More
    }

    fn start(&self, cx: &mut Context) -> Option<Run> {
        let (from, to) = cx.sys.pipe().ok()?;
        let path = super::find_program(cx, &self.command[0]);
        let stdio = [Fd::STDIN, to, to];
        let child = path.and_then(|path| cx.sys.spawn(&path, &self.command, cx.env, stdio));
        let _ = cx.sys.close(to);
        match child {
            Ok(child) => Some(Run { child, from, printed: Vec::new(), ended: false }),
            Err(errno) => {
                let name = String::from_utf8_lossy(&self.command[0]).into_owned();
                cx.complain(format!("unable to execute '{name}': {}", errno.text()));
                None
            }
        }
    }

    fn show(&self, cx: &mut Context, printed: &[u8]) {
        if self.with_title {
            let shown = match self.command.as_slice() {
                [_, _, line] if self.command[1] == b"-c" => line.clone(),
                words => words.join(&b' '),
            };
            let millis = self.interval.0;
            let tenths = millis / 100;
            let left = say!("Every ", format!("{}.{}", tenths / 10, tenths % 10), "s: ", shown);
            let now = cx.sys.now();
            let clock = cx.strftime(b"%a %b %e %H:%M:%S %Y", now);
            let right = say!(cx.sys.hostname(), ": ", clock);
            let used = String::from_utf8_lossy(&left).chars().count() + right.len();
            let gap = COLUMNS.saturating_sub(used).max(1);
            cx.print(say!(left, " ".repeat(gap), right, "\n\n"));
        }
        cx.print(printed);
    }
}
