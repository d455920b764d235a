//! `wait`, `kill`, `jobs`.

use std::sync::Arc;

use super::super::frame::{Frame, State};
use super::super::host::Host;
use super::super::machine::{Job, Machine, parse_number};
use super::super::run::{Next, signal_text};
use super::super::script::{AstId, Script};
use crate::base::Pid;
use crate::os::{Errno, Poll, Signal, Wait, WaitStatus};
use crate::trace::fact::ShellFact;

/// A `wait` under way.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(in crate::sh) struct WaitFor {
    /// Those left to wait for, in order.
    pub pids: Vec<Pid>,
    /// Any one of them will do (`-n`).
    pub any: bool,
    /// No operands: the status is 0.
    pub all: bool,
    pub told: bool,
}

impl Machine {
    pub(super) fn begin_wait(
        &mut self,
        script: &Arc<Script>,
        at: AstId,
        args: &[Vec<u8>],
        host: &mut dyn Host,
    ) {
        let mut any = false;
        let mut operands = Vec::new();
        for arg in args {
            match arg.as_slice() {
                b"-n" if self.bash() => any = true,
                b"-f" | b"--" => {}
                [b'-', letter, ..] => {
                    let usage = "wait [-fn] [-p var] [id ...]";
                    self.status = self.usage("wait", &[b'-', *letter], usage);
                    return;
                }
                operand => operands.push(operand.to_vec()),
            }
        }
        let mut pids = Vec::new();
        self.status = 0;
        for operand in &operands {
            let number = match operand.strip_prefix(b"%") {
                Some(job) => parse_number(job)
                    .and_then(|n| usize::try_from(n - 1).ok())
                    .and_then(|n| self.jobs.get(n))
                    .map(|job| i64::from(job.shown)),
                None => parse_number(operand),
            };
            let Some(number) = number else {
                let shown = [b"`", operand.as_slice(), b"'"].concat();
                self.argument_error("wait", &shown, "not a pid or valid job spec");
                self.status = 1;
                continue;
            };
            let job = self.jobs.iter().find(|job| i64::from(job.shown) == number);
            match job {
                Some(job) => pids.push(job.pid),
                None => {
                    if self.bash() {
                        let text = format!("pid {number} is not a child of this shell");
                        self.builtin_error("wait", &text);
                    }
                    self.status = 127;
                }
            }
        }
        if operands.is_empty() {
            pids = self.jobs.iter().filter(|job| job.status.is_none()).map(|job| job.pid).collect();
            if any && pids.is_empty() {
                self.status = 127;
            }
        }
        let _ = host;
        if pids.is_empty() {
            return;
        }
        let all = operands.is_empty() && !any;
        self.push_state(script, at, State::WaitFor(WaitFor { pids, any, all, told: false }));
    }

    pub(in crate::sh) fn wait_step(&mut self, mut frame: Frame, host: &mut dyn Host) -> Next {
        let State::WaitFor(wait) = &mut frame.state else {
            unreachable!("step() looked at the state")
        };
        if let Some(signal) = self.pending.front() {
            self.status = 128 + signal.number();
            return Next::Go;
        }
        while let Some(pid) = wait.pids.first().copied() {
            let ready = wait.pids.iter().position(|pid| self.collect(host, *pid).is_some());
            let done = if wait.any { ready } else { ready.filter(|at| *at == 0) };
            let Some(at) = done else {
                if !wait.told {
                    wait.told = true;
                    self.tell(ShellFact::WaitsForJobs { count: wait.pids.len() as u32 });
                }
                let waits: Vec<Wait> = if wait.any {
                    wait.pids.iter().map(|pid| Wait::Child(*pid)).collect()
                } else {
                    vec![Wait::Child(pid)]
                };
                self.frames.push(frame);
                return Next::Blocked(waits.into_iter().chain([Wait::Signal]).collect());
            };
            let pid = wait.pids.remove(at);
            let status = self.collect(host, pid).unwrap_or(127);
            self.jobs.retain(|job| job.pid != pid);
            self.status = if wait.all { 0 } else { status };
            if wait.any {
                break;
            }
        }
        Next::Go
    }

    /// The status of a job, if it has ended.
    fn collect(&mut self, host: &mut dyn Host, pid: Pid) -> Option<u8> {
        let job = self.jobs.iter_mut().find(|job| job.pid == pid)?;
        let mut killed = None;
        if job.status.is_none() {
            job.status = match host.wait(pid) {
                Ok(Poll::Ready(status)) => {
                    if let WaitStatus::Signal(signal) = status {
                        killed = Some((job.shown, signal, job.text.clone()));
                    }
                    Some(status.code())
                }
                Ok(Poll::Wait) => None,
                Err(_) => Some(127),
            };
        }
        let status = job.status;
        if let Some((shown, signal, text)) = killed
            && self.bash()
            && !matches!(signal, Signal::Int | Signal::Pipe | Signal::Term)
        {
            self.say_killed(shown, signal_text(signal), &text);
        }
        status
    }

    pub(super) fn jobs_command(&mut self, host: &mut dyn Host) -> u8 {
        let pids: Vec<Pid> = self.jobs.iter().map(|job| job.pid).collect();
        let mut all = String::new();
        for (number, pid) in pids.iter().enumerate() {
            let status = self.collect(host, *pid);
            let Some(job) = self.jobs.iter().find(|job| job.pid == *pid) else { continue };
            let mark = match pids.len() - number {
                1 => '+',
                2 => '-',
                _ => ' ',
            };
            let text = String::from_utf8_lossy(&job.text).into_owned();
            let (word, tail) = match status {
                None => ("Running".to_string(), " &"),
                Some(0) => ("Done".to_string(), ""),
                Some(code) => (format!("Exit {code}"), ""),
            };
            all.push_str(&format!("[{}]{mark}  {word:<22}  {text}{tail}\n", number + 1));
        }
        self.jobs.retain(|job: &Job| job.status.is_none());
        self.print("jobs", all.into_bytes());
        0
    }

    pub(super) fn kill(&mut self, args: &[Vec<u8>], host: &mut dyn Host) -> u8 {
        let mut signal = Some(Signal::Term);
        let mut rest = args;
        if let Some((first, tail)) = args.split_first() {
            match first.as_slice() {
                b"-l" => return self.kill_list(tail),
                b"-s" | b"-n" => {
                    let name = tail.first().cloned().unwrap_or_default();
                    let (found, none) = signal_named(&name);
                    signal = found;
                    rest = tail.get(1..).unwrap_or_default();
                    if signal.is_none() && !none {
                        self.argument_error("kill", &name, "invalid signal specification");
                        return 1;
                    }
                }
                b"--" => rest = tail,
                [b'-', name @ ..] if !name.is_empty() => {
                    let (found, none) = signal_named(name);
                    signal = found;
                    rest = tail;
                    if signal.is_none() && !none && !self.bash() {
                        return self.usage("kill", &[b'-', name[0]], "");
                    }
                    if signal.is_none() && !none {
                        self.argument_error("kill", name, "invalid signal specification");
                        return 1;
                    }
                }
                _ => {}
            }
        }
        if rest.first().is_some_and(|arg| arg == b"--") {
            rest = &rest[1..];
        }
        if rest.is_empty() && !self.bash() {
            let usage = "Usage: kill [-s sigspec | -signum | -sigspec] [pid | job]... or";
            self.builtin_error("kill", usage);
            self.error_line(b"kill -l [exitstatus]");
            return 2;
        }
        if rest.is_empty() {
            let usage =
                "kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]";
            self.error_line(format!("kill: usage: {usage}").as_bytes());
            return 2;
        }
        let mut status = 0;
        for operand in rest {
            let answer = self.kill_one(operand, signal, host);
            status = if answer != 0 { answer } else { status };
        }
        status
    }

    fn kill_one(&mut self, operand: &[u8], signal: Option<Signal>, host: &mut dyn Host) -> u8 {
        let pid = match operand.strip_prefix(b"%") {
            Some(job) => {
                let at = parse_number(job).and_then(|n| usize::try_from(n - 1).ok());
                let found = at.and_then(|at| self.jobs.get(at)).map(|job| job.pid);
                if found.is_none() {
                    self.argument_error("kill", operand, "no such job");
                    return 1;
                }
                found
            }
            None => {
                let Some(number) = parse_number(operand) else {
                    let text = if self.bash() {
                        "arguments must be process or job IDs"
                    } else {
                        "Illegal number"
                    };
                    self.argument_error("kill", operand, text);
                    return 1;
                };
                u32::try_from(number).ok().and_then(|n| host.pid_by_shown(n))
            }
        };
        let sent = match (pid, signal) {
            (None, _) => Err(Errno::Srch),
            (Some(pid), Some(signal)) => host.kill(pid, signal),
            (Some(_), None) => Ok(()),
        };
        let Err(errno) = sent else { return 0 };
        let shown = String::from_utf8_lossy(operand).into_owned();
        if self.bash() {
            self.builtin_error("kill", &format!("({shown}) - {}", errno.text()));
        } else {
            self.builtin_error("kill", errno.text());
        }
        1
    }

    fn kill_list(&mut self, names: &[Vec<u8>]) -> u8 {
        if names.is_empty() {
            self.not_modelled("kill -l");
            return 2;
        }
        let mut all = String::new();
        for name in names {
            let text = String::from_utf8_lossy(name).into_owned();
            let number = parse_number(name).map(|n| if n > 128 { n - 128 } else { n });
            let found = match number {
                Some(number) => Signal::parse(&number.to_string()),
                None => Signal::parse(&text),
            };
            match (found, number) {
                (Some(signal), Some(_)) => all.push_str(&format!("{}\n", signal.name())),
                (Some(signal), None) => all.push_str(&format!("{}\n", signal.number())),
                (None, None) if !self.bash() => {
                    self.builtin_error("kill", &format!("Illegal number: {text}"));
                    return 2;
                }
                (None, _) if !self.bash() => {
                    let why = format!("invalid signal number or exit status: {text}");
                    self.builtin_error("kill", &why);
                    return 2;
                }
                (None, _) => {
                    self.argument_error("kill", name, "invalid signal specification");
                    return 1;
                }
            }
        }
        self.print("kill", all.into_bytes());
        0
    }
}

/// A signal by name or number; whether it is 0, which only asks.
fn signal_named(name: &[u8]) -> (Option<Signal>, bool) {
    let text = String::from_utf8_lossy(name).into_owned();
    (Signal::parse(&text), text == "0" || text == "EXIT")
}
