//! `kill`.

use super::super::Dialect;
use super::super::host::Host;
use super::super::machine::{Machine, parse_number};
use crate::os::{Errno, Signal};

impl Machine {
    pub(super) fn kill(&mut self, args: &[Vec<u8>], host: &mut dyn Host) -> u8 {
        let mut signal = Some(Signal::Term);
        let mut rest = args;
        if let Some((first, tail)) = args.split_first() {
            match first.as_slice() {
                b"-l" => return self.kill_list(tail),
                option @ (b"-s" | b"-n") if self.bash() && tail.is_empty() => {
                    self.argument_error("kill", option, "option requires an argument");
                    return 1;
                }
                option @ (b"-s" | b"-n") if self.bash() || option == b"-s" => {
                    let Some(name) = tail.first().cloned() else {
                        let option = String::from_utf8_lossy(first).into_owned();
                        self.builtin_error("kill", &format!("No arg for {option} option"));
                        return 2;
                    };
                    let (found, none) = signal_named(&name);
                    signal = found;
                    rest = tail.get(1..).unwrap_or_default();
                    if signal.is_none() && !none {
                        return self.no_such_signal(&name);
                    }
                }
                b"--" => rest = tail,
                [b'-', name @ ..] if !name.is_empty() => {
                    let (found, none) = signal_named(name);
                    signal = found;
                    rest = tail;
                    if signal.is_none() && !none && self.dialect == Dialect::Sh {
                        return self.usage("kill", &[b'-', name[0]], "");
                    }
                    if signal.is_none() && !none {
                        return self.no_such_signal(name);
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

    /// `kill` does not know the signal; its status.
    fn no_such_signal(&mut self, name: &[u8]) -> u8 {
        let shown = String::from_utf8_lossy(name).into_owned();
        match self.dialect {
            Dialect::Bash => {
                self.argument_error("kill", name, "invalid signal specification");
                1
            }
            Dialect::Sh => {
                let why = format!("invalid signal number or name: {shown}");
                self.builtin_error("kill", &why);
                2
            }
            Dialect::Ash => {
                self.builtin_error("kill", &format!("bad signal name '{shown}'"));
                1
            }
        }
    }

    fn kill_one(&mut self, operand: &[u8], signal: Option<Signal>, host: &mut dyn Host) -> u8 {
        let pid = match operand.strip_prefix(b"%") {
            Some(_) => match self.job_named(operand) {
                // Without job control its job is no process group, which dash would signal.
                Some(_) if self.dialect == Dialect::Sh && !self.options.monitor => None,
                Some(at) => Some(self.jobs[at].pid),
                None => {
                    self.no_such_job("kill", operand);
                    return if self.bash() { 1 } else { 2 };
                }
            },
            None => {
                let Some(number) = parse_number(operand) else {
                    if !self.bash() {
                        let shown = String::from_utf8_lossy(operand).into_owned();
                        if self.ash() {
                            self.builtin_error("kill", &format!("invalid number '{shown}'"));
                            return 1;
                        }
                        self.builtin_error("kill", &format!("Illegal number: {shown}"));
                        return 2;
                    }
                    let text = "arguments must be process or job IDs";
                    self.argument_error("kill", operand, text);
                    return 1;
                };
                u32::try_from(number).ok().and_then(|n| host.pid_by_shown(n))
            }
        };
        // What it has said so far is out before the signal, which may end this very shell.
        let _ = self.flush(host);
        let sent = match (pid, signal) {
            (None, _) => Err(Errno::Srch),
            (Some(pid), Some(signal)) => host.kill(pid, signal),
            (Some(_), None) => Ok(()),
        };
        let Err(errno) = sent else { return 0 };
        let shown = String::from_utf8_lossy(operand).into_owned();
        if self.bash() {
            self.builtin_error("kill", &format!("({shown}) - {}", errno.text()));
        } else if self.ash() {
            self.builtin_error("kill", &format!("can't kill pid {shown}: {}", errno.text()));
        } else {
            // Its own text has a line end too many.
            self.builtin_error("kill", &format!("{}\n", errno.text()));
        }
        1
    }

    fn kill_list(&mut self, names: &[Vec<u8>]) -> u8 {
        if names.is_empty() {
            let all = match self.bash() {
                true => super::trap::signal_table(),
                false => (0..=64).map(dash_signal).collect::<String>().into_bytes(),
            };
            self.print("kill", all);
            return 0;
        }
        let mut status = 0;
        for name in names {
            let text = String::from_utf8_lossy(name).into_owned();
            let number = parse_number(name).map(|n| if n > 128 { n - 128 } else { n });
            let found = match number {
                Some(number) => Signal::parse(&number.to_string()),
                None => Signal::parse(&text),
            };
            match (found, number) {
                (Some(signal), Some(_)) => {
                    self.print("kill", format!("{}\n", signal.name()).into_bytes());
                }
                (_, None) if !self.bash() => {
                    self.builtin_error("kill", &format!("Illegal number: {text}"));
                    return 2;
                }
                (Some(signal), None) => {
                    self.print("kill", format!("{}\n", signal.number()).into_bytes());
                }
                (None, _) if !self.bash() => {
                    let why = format!("invalid signal number or exit status: {text}");
                    self.builtin_error("kill", &why);
                    return 2;
                }
                (None, _) => {
                    self.argument_error("kill", name, "invalid signal specification");
                    status = 1;
                }
            }
        }
        status
    }
}

/// A signal by name or number; whether it is 0, which only asks.
fn signal_named(name: &[u8]) -> (Option<Signal>, bool) {
    let text = String::from_utf8_lossy(name).into_owned();
    (Signal::parse(&text), text == "0" || text == "EXIT")
}

/// A signal as dash's `kill -l` lists it.
fn dash_signal(number: u32) -> String {
    let known = Signal::ALL.iter().find(|signal| u32::from(signal.number()) == number);
    match (known, number) {
        (Some(signal), _) => format!("{}\n", signal.name()),
        (None, 0) => "0\n".to_string(),
        (None, 34) => "RTMIN\n".to_string(),
        (None, 64) => "RTMAX\n".to_string(),
        (None, 35..=49) => format!("RTMIN+{}\n", number - 34),
        (None, 50..=63) => format!("RTMAX-{}\n", 64 - number),
        _ => format!("{number}\n"),
    }
}
