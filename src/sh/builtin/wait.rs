//! `wait`, `jobs`, `disown`, `fg`, `bg`.

use std::sync::Arc;

use super::super::Dialect;
use super::super::frame::{Children, Frame, State};
use super::super::host::Host;
use super::super::machine::{Job, Machine, Origin, TrapKey, parse_number};
use super::super::run::{Next, signal_text};
use super::super::script::{AstId, Script};
use crate::base::Pid;
use crate::os::{Fd, Poll, Signal, Wait, WaitStatus};
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
    /// `-p`: the variable that is told which one it was.
    pub pid_name: Option<Vec<u8>>,
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
        let (mut names_pid, mut pid_name) = (false, None);
        let mut operands = Vec::new();
        for arg in args {
            match arg.as_slice() {
                b"-p" if self.bash() => names_pid = true,
                _ if std::mem::take(&mut names_pid) => pid_name = Some(arg.clone()),
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
        self.status = 0;
        let mut pids: Vec<Pid> =
            operands.iter().filter_map(|operand| self.waited_for(operand, any)).collect();
        if operands.is_empty() {
            let last = self.last_background.map(|(pid, _)| pid);
            let own = self.jobs.iter().filter(|job| {
                job.status.is_none() && !job.outer && (job.number > 0 || Some(job.pid) == last)
            });
            pids = own.map(|job| job.pid).collect();
            if any && pids.is_empty() {
                self.status = 127;
            }
        }
        let _ = host;
        if self.keeps_waited() && operands.is_empty() {
            let ended = self.jobs.iter_mut().filter(|job| job.status.is_some());
            ended.for_each(|job| job.waited = true);
        }
        if pids.is_empty() {
            return;
        }
        let all = operands.is_empty() && !any;
        self.push_state(
            script,
            at,
            State::WaitFor(WaitFor { pids, any, all, told: false, pid_name }),
        );
    }

    /// The job that an operand of `wait` names; it says if there is none.
    fn waited_for(&mut self, operand: &[u8], any: bool) -> Option<Pid> {
        let number = match operand.first() {
            Some(b'%') => {
                let Some(at) = self.job_named(operand) else {
                    self.no_such_job("wait", operand);
                    self.status = if self.bash() { 127 } else { 2 };
                    return None;
                };
                Some(i64::from(self.jobs[at].shown))
            }
            _ => parse_number(operand),
        };
        let Some(number) = number else {
            if any {
                self.no_such_job("wait", operand);
                self.status = 127;
                return None;
            }
            if !self.bash() {
                let shown = String::from_utf8_lossy(operand).into_owned();
                self.builtin_error("wait", &format!("Illegal number: {shown}"));
                self.status = 2;
                return None;
            }
            let shown = [b"`", operand, b"'"].concat();
            self.argument_error("wait", &shown, "not a pid or valid job spec");
            self.status = 1;
            return None;
        };
        let job = self.jobs.iter().find(|job| !job.outer && i64::from(job.shown) == number);
        let job = job.map(|job| job.pid);
        if job.is_none() {
            let shown = u32::try_from(number).unwrap_or(0);
            if let Some(status) = self.waited.get(&shown) {
                self.status = *status;
                return None;
            }
            if any {
                self.no_such_job("wait", operand);
            } else if self.bash() {
                let text = format!("pid {number} is not a child of this shell");
                self.builtin_error("wait", &text);
            }
            self.status = 127;
        }
        job
    }

    pub(in crate::sh) fn wait_step(&mut self, mut frame: Frame, host: &mut dyn Host) -> Next {
        let State::WaitFor(wait) = &mut frame.state else {
            unreachable!("step() looked at the state")
        };
        if let Some(signal) = self.pending.iter().find(|signal| **signal != Signal::Chld) {
            self.status = 128 + signal.number();
            return Next::Go;
        }
        while let Some(pid) = wait.pids.first().copied() {
            let running = |job: &Job| job.pid == pid && job.status.is_none();
            let ended_now = self.jobs.iter().any(running);
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
            let job = self.jobs.iter().find(|job| job.pid == pid).cloned();
            let shown = job.as_ref().map_or(0, |job| job.shown);
            if let Some((signal, text)) = job.and_then(|job| Some((job.signal?, job.text)))
                && !self.bash()
                && !wait.all
                && ended_now
            {
                self.say_signal(shown, WaitStatus::Signal(signal), &text);
            }
            if self.bash() {
                self.waited.insert(shown, status);
            }
            self.tell_job(pid);
            if self.keeps_waited() {
                let job = self.jobs.iter_mut().filter(|job| job.pid == pid);
                job.for_each(|job| job.waited = true);
            } else {
                self.jobs.retain(|job| job.pid != pid);
            }
            self.status = if wait.all { 0 } else { status };
            if let Some(name) = &wait.pid_name {
                self.assign(name, shown.to_string().into_bytes());
            }
            if wait.any {
                break;
            }
        }
        Next::Go
    }

    /// Forgets the process substitutions that have ended, but the one that `$!` names.
    pub(in crate::sh) fn forget_streams(&mut self, host: &mut dyn Host) {
        let streams = self.jobs.iter().filter(|job| job.number == 0).map(|job| job.pid);
        for pid in streams.collect::<Vec<_>>() {
            let ended = self.collect(host, pid).is_some();
            if ended && self.last_background.is_none_or(|(last, _)| last != pid) {
                self.jobs.retain(|job| job.pid != pid);
            }
        }
    }

    /// Whether jobs that were waited for stay until `jobs` has shown them: dash's without job
    /// control.
    pub(in crate::sh) fn keeps_waited(&self) -> bool {
        self.dialect == Dialect::Sh && self.typed.is_none() && !self.options.monitor
    }

    /// The number of the job that dash begins now: the first that is free, or whose job was waited
    /// for, which is forgotten (makejob).
    pub(in crate::sh) fn take_slot(&mut self) -> u32 {
        let mut number = 1;
        while let Some(at) = self.jobs.iter().position(|job| job.number == number && !job.outer) {
            if self.jobs[at].waited {
                self.jobs.remove(at);
                break;
            }
            number += 1;
        }
        number
    }

    /// Looks which jobs have ended.
    pub(in crate::sh) fn collect_all(&mut self, host: &mut dyn Host) {
        for pid in self.jobs.iter().map(|job| job.pid).collect::<Vec<_>>() {
            self.collect(host, pid);
        }
    }

    /// A script's foreground command has ended: jobs that a signal has ended are told, and then
    /// forgotten (`notify_and_cleanup`).
    pub(in crate::sh) fn tell_killed(&mut self, host: &mut dyn Host) {
        self.collect_all(host);
        let is_killed = |job: &Job| job.number > 0 && job.signal.is_some() && !job.outer;
        for job in self.jobs.iter().filter(|job| is_killed(job)) {
            self.waited.insert(job.shown, job.status.unwrap_or(127));
        }
        self.jobs.retain(|job| !is_killed(job));
        if self.options.monitor && self.origin == Origin::Command && self.subshell == 0 {
            self.tell_jobs(host);
        }
    }

    /// The status of a job, if it has ended.
    fn collect(&mut self, host: &mut dyn Host, pid: Pid) -> Option<u8> {
        let job = self.jobs.iter_mut().find(|job| job.pid == pid && !job.outer)?;
        let mut killed = None;
        let waits = job.status.is_none();
        if waits {
            job.status = match host.wait(pid) {
                Ok(Poll::Ready(status)) => {
                    if let WaitStatus::Signal(signal) = status {
                        job.signal = Some(signal);
                        killed = Some((job.shown, signal, job.text.clone()));
                    }
                    Some(status.code())
                }
                Ok(Poll::Wait) => None,
                Err(_) => Some(127),
            };
        }
        let status = job.status;
        if waits && status.is_some() {
            self.note_ended();
        }
        if let Some((shown, signal, text)) = killed
            && self.bash()
            && !self.level.substitution
            && self.typed.is_none()
            && !self.traps.contains_key(&TrapKey::Signal(signal))
            && !matches!(signal, Signal::Int | Signal::Pipe | Signal::Term)
        {
            self.say_killed(shown, signal_text(signal), &text);
        }
        status
    }

    /// The job that `%N`, `%%`, `%-`, `%text` or `%?text` names.
    pub(super) fn job_named(&self, spec: &[u8]) -> Option<usize> {
        let name = spec.strip_prefix(b"%").unwrap_or(spec);
        let (current, previous) = self.current_jobs();
        let number_is = |wanted: u32| {
            self.jobs.iter().position(|job| job.number == wanted).filter(|_| wanted > 0)
        };
        match name {
            b"" | b"%" | b"+" => current.and_then(number_is),
            b"-" => previous.or(current).and_then(number_is),
            [b'0'..=b'9', ..] => {
                parse_number(name).and_then(|number| u32::try_from(number).ok()).and_then(number_is)
            }
            [b'?', part @ ..] => self.jobs.iter().position(|job| {
                part.is_empty() || job.text.windows(part.len()).any(|window| window == part)
            }),
            start => self.jobs.iter().position(|job| job.text.starts_with(start)),
        }
    }

    /// The numbers of the jobs that `%+` and `%-` name: the last ones that run.
    fn current_jobs(&self) -> (Option<u32>, Option<u32>) {
        let jobs = || self.jobs.iter().rev().filter(|job| job.number > 0);
        let first = |job: &&&Job| job.status.is_none() || self.dialect == Dialect::Sh;
        let running = jobs().filter(|job| first(&job));
        let ended = jobs().filter(|job| !first(&job));
        let mut numbers = running.chain(ended).map(|job| job.number);
        (numbers.next(), numbers.next())
    }

    pub(super) fn jobs_command(&mut self, args: &[Vec<u8>], host: &mut dyn Host) -> u8 {
        let (mut pids_only, mut long, mut running, mut stopped) = (false, false, false, false);
        let mut rest = args;
        while let Some(letters) = super::next_letters(&mut rest) {
            for letter in letters {
                match letter {
                    b'p' => pids_only = true,
                    b'l' => long = true,
                    b'r' if self.bash() => running = true,
                    b's' if self.bash() => stopped = true,
                    b'n' | b'x' if self.bash() => {
                        self.not_modelled(&format!("jobs -{}", char::from(*letter)));
                        return 2;
                    }
                    _ => {
                        let usage = "jobs [-lnprs] [jobspec ...] or jobs -x command [args]";
                        return self.usage("jobs", &[b'-', *letter], usage);
                    }
                }
            }
        }
        self.collect_all(host);
        let bash = self.bash();
        if self.dialect == Dialect::Sh && self.typed.is_none() && !self.options.monitor {
            // dash keeps a command's text only under job control.
            self.jobs.iter_mut().for_each(|job| job.text.clear());
        }
        let (marks, mut status, mut all) = (self.current_jobs(), 0, String::new());
        for spec in rest {
            match self.job_named(spec) {
                Some(at) => all += &job_line(&self.jobs[at], marks, bash, (pids_only, long)),
                None => {
                    self.no_such_job("jobs", spec);
                    status = 1;
                }
            }
        }
        if rest.is_empty() && self.dialect == Dialect::Sh {
            self.list_in_dash((pids_only, long));
            return 0;
        }
        let jobs = self.jobs.iter().filter(|job| rest.is_empty() && job.number > 0 && !stopped);
        let jobs = jobs.filter(|job| !running || job.status.is_none());
        jobs.for_each(|job| all += &job_line(job, marks, bash, (pids_only, long)));
        if !pids_only {
            self.jobs.retain(|job: &Job| job.status.is_none());
        }
        self.print("jobs", all.into_bytes());
        status
    }

    /// dash's list: the last job first; those that have ended are forgotten one by one.
    fn list_in_dash(&mut self, how: (bool, bool)) {
        let mut all = String::new();
        for pid in self.jobs.iter().rev().map(|job| job.pid).collect::<Vec<_>>() {
            let marks = self.current_jobs();
            let Some(at) = self.jobs.iter().position(|job| job.pid == pid) else { continue };
            all += &job_line(&self.jobs[at], marks, false, how);
            if self.jobs[at].status.is_some() && !how.0 {
                self.jobs.remove(at);
            }
        }
        self.print("jobs", all.into_bytes());
    }

    /// Where somebody types, says what became of the jobs that have ended.
    pub(in crate::sh) fn tell_jobs(&mut self, host: &mut dyn Host) {
        self.collect_all(host);
        for pid in self.jobs.iter().map(|job| job.pid).collect::<Vec<_>>() {
            self.tell_job(pid);
        }
        let bash = self.bash();
        for job in self.jobs.iter() {
            if let Some(status) = job.status.filter(|_| bash) {
                self.waited.insert(job.shown, status);
            }
        }
        self.jobs.retain(|job| job.status.is_none());
    }

    fn tell_job(&mut self, pid: Pid) {
        let marks = self.current_jobs();
        let bash = self.bash();
        let ended = |job: &&Job| job.pid == pid && job.number > 0 && job.status.is_some();
        let line =
            self.jobs.iter().find(ended).map(|job| job_line(job, marks, bash, (false, false)));
        // `-c` counts as such a shell (`startup_state`) where it has job control.
        let asked = self.origin == Origin::Command && self.options.monitor && self.subshell == 0;
        if let Some(line) = line.filter(|_| self.typed.is_some() || asked) {
            self.write(Fd::STDERR, line.into_bytes(), None);
        }
    }

    pub(super) fn no_such_job(&mut self, who: &str, spec: &[u8]) {
        let shown = String::from_utf8_lossy(spec).into_owned();
        if self.bash() || self.ash() {
            self.builtin_error(who, &format!("{shown}: no such job"));
        } else {
            self.builtin_error(who, &format!("No such job: {shown}"));
        }
    }

    /// `fg` and `bg`. Models `fg_bg`: without job control they do nothing, and no job is ever
    /// stopped.
    pub(super) fn foreground(
        &mut self,
        script: &Arc<Script>,
        at: AstId,
        who: &[u8],
        args: &[Vec<u8>],
        host: &mut dyn Host,
    ) -> u8 {
        let who = String::from_utf8_lossy(who).into_owned();
        if !self.bash() {
            return self.foreground_in_dash(&who, args);
        }
        if !self.options.monitor || self.subshell > 0 {
            self.builtin_error(&who, "no job control");
            return 1;
        }
        self.collect_all(host);
        let current: &[u8] = b"%%";
        let spec = args.first().map_or(current, Vec::as_slice);
        let Some(found) = self.job_named(spec) else {
            let shown = if args.is_empty() { b"current".as_slice() } else { spec };
            self.no_such_job(&who, shown);
            return 1;
        };
        let job = self.jobs[found].clone();
        if job.status.is_some() {
            self.builtin_error(&who, "job has terminated");
            return 1;
        }
        if who == "bg" {
            let why = format!("job {} already in background", job.number);
            self.builtin_error("bg", &why);
            return 0;
        }
        self.print("fg", [job.text.as_slice(), b"\n"].concat());
        self.jobs.remove(found);
        let children = Children {
            pids: vec![job.pid],
            shown: job.shown,
            text: job.text,
            ..Children::default()
        };
        self.push_state(script, at, State::Children(children));
        0
    }

    fn foreground_in_dash(&mut self, who: &str, args: &[Vec<u8>]) -> u8 {
        if self.options.monitor {
            self.not_modelled(who);
            return 2;
        }
        let spec = args.first();
        let found = match spec {
            Some(spec) if spec.starts_with(b"%") => self.job_named(spec).is_some(),
            Some(_) => false,
            None => !self.jobs.is_empty(),
        };
        // It prints a word that is not there as C does.
        let shown = spec.map_or("(null)".into(), |spec| String::from_utf8_lossy(spec));
        match (found, spec) {
            (true, _) => {
                let why = format!("job {shown} not created under job control");
                self.builtin_error(who, &why);
            }
            (false, None) => self.builtin_error(who, "No current job"),
            (false, Some(spec)) => self.no_such_job(who, spec),
        }
        2
    }

    /// `disown`: the jobs it names are no longer this shell's.
    pub(super) fn disown(&mut self, args: &[Vec<u8>]) -> u8 {
        let mut specs: Vec<&[u8]> = Vec::new();
        for arg in args {
            match arg.as_slice() {
                b"-a" | b"-r" => self.jobs.clear(),
                b"-h" => return 0,
                [b'-', letter, ..] => {
                    let usage = "disown [-h] [-ar] [jobspec ... | pid ...]";
                    return self.usage("disown", &[b'-', *letter], usage);
                }
                spec => specs.push(spec),
            }
        }
        if args.is_empty() {
            specs.push(b"%%");
        }
        let mut status = 0;
        for spec in specs {
            let by_pid = parse_number(spec);
            let found = match by_pid {
                Some(pid) => self.jobs.iter().position(|job| i64::from(job.shown) == pid),
                None => self.job_named(spec),
            };
            match found {
                Some(at) => drop(self.jobs.remove(at)),
                None => {
                    let shown = if args.is_empty() { b"current".as_slice() } else { spec };
                    self.no_such_job("disown", shown);
                    status = 1;
                }
            }
        }
        status
    }
}

/// A job as `jobs` lists it, alone by its number (`-p`) or with it (`-l`).
fn job_line(
    job: &Job,
    marks: (Option<u32>, Option<u32>),
    bash: bool,
    (pid_only, long): (bool, bool),
) -> String {
    if pid_only {
        return format!("{}\n", job.shown);
    }
    let mark = match Some(job.number) {
        number if number == marks.0 => '+',
        number if number == marks.1 => '-',
        _ => ' ',
    };
    let (word, tail) = match (job.status, job.signal) {
        (None, _) => ("Running".to_string(), " &"),
        (_, Some(signal)) => (signal_text(signal).to_string(), ""),
        (Some(0), _) => ("Done".to_string(), ""),
        (Some(code), _) if bash => (format!("Exit {code}"), ""),
        (Some(code), _) => (format!("Done({code})"), ""),
    };
    let text = String::from_utf8_lossy(&job.text).into_owned();
    if !bash {
        // Models showjob: the command stands in column 33.
        let pid = if long { format!("{} ", job.shown) } else { String::new() };
        let place = format!("[{}] {mark} {pid}", job.number);
        let width = 33usize.saturating_sub(place.len());
        return format!("{place}{word:<width$}{text}\n");
    }
    let pid = if long { format!("{:5} ", job.shown) } else { " ".to_string() };
    format!("[{}]{mark} {pid}{word:<22}  {text}{tail}\n", job.number)
}
