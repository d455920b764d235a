//! `read`.

use std::sync::Arc;

use super::super::Dialect;
use super::super::arrays::is_target;
use super::super::frame::{Frame, State};
use super::super::host::Host;
use super::super::machine::{Machine, parse_number};
use super::super::run::Next;
use super::super::script::{AstId, Script};
use super::mapfile::Lines;
use crate::base::Millis;
use crate::base::limit::{READ_TURN_BYTES_MAX, WORD_BYTES_MAX};
use crate::os::{Errno, Fd, FileKind, Poll, TimerId, Wait};

/// A `read` under way.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(in crate::sh) struct Read {
    pub fd: Fd,
    names: Vec<Vec<u8>>,
    pub array: Option<Vec<u8>>,
    pub raw: bool,
    pub delimiter: Option<u8>,
    /// Bytes after which it stops; with `exact`, the delimiter does not.
    count: Option<u32>,
    exact: bool,
    timer: Option<TimerId>,
    pub bytes: Vec<u8>,
    /// Which bytes a backslash quoted.
    quoted: Vec<bool>,
    escaped: bool,
    /// `mapfile`: all lines, with their ends kept unless `-t`.
    pub lines: Option<Lines>,
}

const USAGE: &str = "read [-ers] [-a array] [-d delim] [-i text] [-n nchars] [-N nchars] \
    [-p prompt] [-t timeout] [-u fd] [name ...]";

impl Read {
    pub fn new() -> Read {
        Read {
            fd: Fd::STDIN,
            names: Vec::new(),
            array: None,
            raw: false,
            delimiter: Some(b'\n'),
            count: None,
            exact: false,
            timer: None,
            bytes: Vec::new(),
            quoted: Vec::new(),
            escaped: false,
            lines: None,
        }
    }
}

/// Its options.
fn options(dialect: Dialect) -> &'static [u8] {
    match dialect {
        Dialect::Bash => b"ersadinNptu",
        Dialect::Sh => b"rp",
        Dialect::Ash => b"rpntsdu",
    }
}

impl Machine {
    pub(in crate::sh) fn begin_read(
        &mut self,
        script: &Arc<Script>,
        at: AstId,
        args: &[Vec<u8>],
        host: &mut dyn Host,
    ) {
        let mut read = Read::new();
        let mut timeout = None;
        let mut args = args.iter();
        while let Some(arg) = args.as_slice().first() {
            if arg.first() != Some(&b'-') || arg.len() < 2 {
                break;
            }
            args.next();
            if arg == b"--" {
                break;
            }
            let mut letters = arg[1..].iter();
            while let Some(letter) = letters.next() {
                let takes = b"adinNptu".contains(letter);
                if !options(self.dialect).contains(letter) {
                    self.status = self.usage("read", &[b'-', *letter], USAGE);
                    return;
                }
                let mut value = Vec::new();
                if takes {
                    value = letters.as_slice().to_vec();
                    letters = [].iter();
                    if value.is_empty() {
                        let Some(next) = args.next() else {
                            let option =
                                format!("-{}: option requires an argument", char::from(*letter));
                            self.builtin_error("read", &option);
                            self.error_line(format!("read: usage: {USAGE}").as_bytes());
                            self.status = 2;
                            return;
                        };
                        value.clone_from(next);
                    }
                }
                match letter {
                    b'r' => read.raw = true,
                    b'a' => read.array = Some(value),
                    b'd' => read.delimiter = Some(value.first().copied().unwrap_or(0)),
                    b'n' | b'N' => {
                        read.count = parse_number(&value).and_then(|n| u32::try_from(n).ok());
                        read.exact = *letter == b'N';
                        if read.count.is_none() {
                            self.argument_error("read", &value, "invalid number");
                            self.status = 1;
                            return;
                        }
                    }
                    b'u' => {
                        read.fd = descriptor(&value);
                        if let Err(errno) = host.fd_stat(read.fd) {
                            self.no_descriptor(&value, errno);
                            return;
                        }
                    }
                    b't' if !self.is_timeout(&value) => return,
                    b't' => timeout = Some(millis(&value)),
                    _ => {} // a prompt is shown only on a terminal
                }
            }
        }
        read.names = args.cloned().collect();
        if let Some(status) = self.ready_read(&mut read, timeout, host) {
            self.status = status;
            return;
        }
        self.push_state(script, at, State::Read(Box::new(read)));
    }

    fn no_descriptor(&mut self, value: &[u8], errno: Errno) {
        let shown = String::from_utf8_lossy(value).into_owned();
        let text = format!("{shown}: invalid file descriptor: {}", errno.text());
        self.builtin_error("read", &text);
        self.status = 1;
    }

    /// Whether it is a number of seconds; it says if not.
    fn is_timeout(&mut self, value: &[u8]) -> bool {
        let is_number = value.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.');
        if !is_number {
            self.argument_error("read", value, "invalid timeout specification");
            self.status = 1;
        }
        is_number
    }

    /// Judges the names and sets the timer; a status, where it ends here.
    fn ready_read(
        &mut self,
        read: &mut Read,
        timeout: Option<Millis>,
        host: &mut dyn Host,
    ) -> Option<u8> {
        if read.names.is_empty() && self.dialect == Dialect::Sh {
            self.builtin_error("read", "arg count");
            return Some(2);
        }
        let is_file = host
            .fd_stat(read.fd)
            .is_ok_and(|stat| matches!(stat.kind, FileKind::File | FileKind::Device));
        if timeout == Some(Millis::ZERO) {
            return Some(u8::from(!host.is_readable(read.fd)));
        }
        if let Some(name) = read.names.iter().chain(&read.array).find(|name| !is_target(name)) {
            let (shown, why) = match self.bash() {
                true => ([b"`", name.as_slice(), b"'"].concat(), "not a valid identifier"),
                false => (name.clone(), "bad variable name"),
            };
            self.argument_error("read", &shown, why);
            return Some(if self.bash() { 1 } else { 2 });
        }
        // A file is always ready: no time runs out.
        let timeout = timeout.filter(|_| !is_file);
        if let Some(timeout) = timeout {
            read.timer = Some(host.arm(timeout));
        }
        None
    }

    /// Reads a byte at a time, so that what follows stays for the next reader.
    pub(in crate::sh) fn read_step(&mut self, mut frame: Frame, host: &mut dyn Host) -> Next {
        let State::Read(read) = &mut frame.state else {
            unreachable!("step() looked at the state")
        };
        for _ in 0..READ_TURN_BYTES_MAX {
            if read.count.is_some_and(|count| read.bytes.len() >= count as usize) {
                return self.read_done(frame, 0, host);
            }
            match host.read(read.fd, 1) {
                Ok(Poll::Wait) if read.timer.is_some_and(|timer| host.has_fired(timer)) => {
                    return self.read_done(frame, 142, host);
                }
                Ok(Poll::Wait) => {
                    let mut waits = vec![Wait::Readable(read.fd), Wait::Signal];
                    waits.extend(read.timer.map(Wait::Timer));
                    self.frames.push(frame);
                    return Next::Blocked(waits);
                }
                Ok(Poll::Ready(blob)) if !blob.is_empty() => {
                    let byte = blob.to_bytes(1)[0];
                    if read.take(byte) || read.bytes.len() > WORD_BYTES_MAX {
                        return self.read_done(frame, 0, host);
                    }
                }
                Ok(Poll::Ready(_)) => return self.read_done(frame, 1, host),
                Err(_) if !self.bash() => {
                    // What it could not read is empty (`readcmd`).
                    return self.read_done(frame, 1, host);
                }
                Err(errno) => {
                    let text = format!("{}: invalid file descriptor: {}", read.fd.0, errno.text());
                    let error = format!("read error: {}: {}", read.fd.0, errno.text());
                    let closed = errno == crate::os::Errno::Badf && read.fd != Fd::STDIN;
                    self.builtin_error("read", if closed { &text } else { &error });
                    self.status = 1;
                    return Next::Go;
                }
            }
        }
        // A long line, or an endless one of NULs, is one turn after the other.
        self.frames.push(frame);
        self.acted = true;
        Next::Go
    }

    fn read_done(&mut self, frame: Frame, status: u8, host: &mut dyn Host) -> Next {
        let State::Read(read) = frame.state else { unreachable!("step() looked at the state") };
        let mut read = *read;
        if let Some(timer) = read.timer {
            host.disarm(timer);
        }
        self.status = status;
        if let Some(lines) = read.lines.take() {
            self.status = 0;
            self.set_lines((&frame.script, frame.at), &read, lines);
            return Next::Go;
        }
        let shown = String::from_utf8_lossy(&read.bytes).into_owned();
        self.tell(crate::trace::fact::ShellFact::LineRead { line: shown, ended: status == 1 });
        if !self.set_fields(&read) {
            self.status = 1;
        }
        Next::Go
    }

    /// Splits the line over the names; `false` if one cannot be set.
    fn set_fields(&mut self, read: &Read) -> bool {
        let ifs = self.vars.text(b"IFS").cloned().unwrap_or_else(|| b" \t\n".to_vec());
        if read.exact {
            let Some((name, rest)) = read.names.split_first() else {
                return self.set_read(b"REPLY", read.bytes.clone());
            };
            let done = self.set_read(name, read.bytes.clone());
            return rest.iter().fold(done, |done, name| self.set_read(name, Vec::new()) && done);
        }
        if let Some(name) = &read.array {
            let items = split(&read.bytes, &read.quoted, &ifs, usize::MAX);
            self.set_list(name, items);
            return true;
        }
        if read.names.is_empty() {
            return self.set_read(b"REPLY", read.bytes.clone());
        }
        let mut fields = split(&read.bytes, &read.quoted, &ifs, read.names.len()).into_iter();
        let mut done = true;
        for name in &read.names {
            done &= self.set_read(name, fields.next().unwrap_or_default());
        }
        done
    }

    fn set_read(&mut self, name: &[u8], text: Vec<u8>) -> bool {
        if name.contains(&b'[') {
            return self.assign_to(name, &text);
        }
        self.warn_of_circle(name, 1);
        let done = self.assign(name, text);
        if !done {
            self.complain_of(name, "readonly variable");
        }
        done
    }
}

impl Read {
    /// Takes a byte; whether that ends the line.
    fn take(&mut self, byte: u8) -> bool {
        if let Some(lines) = &mut self.lines {
            self.bytes.push(byte);
            lines.ended += u32::from(byte == self.delimiter.unwrap_or(b'\n'));
            return lines.max > 0 && lines.ended >= lines.max.saturating_add(lines.skip);
        }
        if self.escaped {
            self.escaped = false;
            if byte != b'\n' {
                self.bytes.push(byte);
                self.quoted.push(true);
            }
            return false;
        }
        if !self.exact && Some(byte) == self.delimiter {
            return true;
        }
        if byte == b'\\' && !self.raw {
            self.escaped = true;
            return false;
        }
        if byte != 0 {
            self.bytes.push(byte);
            self.quoted.push(false);
        }
        false
    }
}

/// Seconds with a fraction.
fn millis(text: &[u8]) -> Millis {
    let text = String::from_utf8_lossy(text).into_owned();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let fraction: String = fraction.chars().chain("000".chars()).take(3).collect();
    let whole: u64 = whole.parse().unwrap_or(0);
    Millis(whole.min(1_000_000).saturating_mul(1_000) + fraction.parse::<u64>().unwrap_or(0))
}

/// Fields of a line, at most `max`; the last takes the rest. Models `read_builtin` and
/// `get_word_from_string`.
fn split(bytes: &[u8], quoted: &[bool], ifs: &[u8], max: usize) -> Vec<Vec<u8>> {
    let is_ifs = |at: usize| !quoted[at] && ifs.contains(&bytes[at]);
    let is_space = |at: usize| is_ifs(at) && matches!(bytes[at], b' ' | b'\t' | b'\n');
    let skip = |from: usize| (from..bytes.len()).find(|at| !is_space(*at)).unwrap_or(bytes.len());
    let mut fields = Vec::new();
    let mut at = skip(0);
    while at < bytes.len() {
        let end = (at..bytes.len()).find(|at| is_ifs(*at)).unwrap_or(bytes.len());
        let mut next = skip(end);
        if next < bytes.len() && is_ifs(next) {
            next = skip(next + 1);
        }
        // The last one takes the rest as it is, unless that is one field.
        if fields.len() + 1 == max && next < bytes.len() {
            let blank = (at..bytes.len()).rev().take_while(|at| is_space(*at)).count();
            fields.push(bytes[at..bytes.len() - blank].to_vec());
            return fields;
        }
        fields.push(bytes[at..end].to_vec());
        at = next;
    }
    fields
}

/// What `-u` names; 0 if it is no number.
fn descriptor(value: &[u8]) -> Fd {
    Fd(parse_number(value).and_then(|number| u32::try_from(number).ok()).unwrap_or(0))
}
