//! `printf`.

use super::super::Dialect;
use super::super::arrays::is_target;
use super::super::machine::Machine;
use super::super::quote::{self, Escapes, escape};
use super::decimal::{endless, fixed};
use super::echo::expand_escapes;
use crate::base::FileTime;
use crate::base::SimTime;
use crate::base::conversion::Spec;
use crate::base::date::{strftime_in, zone_of};
use crate::base::limit::WORD_BYTES_MAX;
use crate::base::real::{Real, leading_number};

/// The widest a conversion gets.
const WIDTH: i64 = WORD_BYTES_MAX as i64;

/// A conversion: `%-10.3d`.
#[derive(Clone, Copy, Default)]
struct Format {
    left: bool,
    zero: bool,
    plus: bool,
    space: bool,
    alternate: bool,
    width: usize,
    precision: Option<usize>,
}

/// A run through the format.
struct Printf<'a> {
    format: &'a [u8],
    args: &'a [Vec<u8>],
    used: usize,
    out: Vec<u8>,
    stopped: bool,
    /// What is wrong, each with how much had been written.
    errors: Vec<(usize, Vec<u8>, &'static str)>,
    /// The status is not 0.
    failed: bool,
    /// The variables of `%n`, and how much was written when it came.
    counted: Vec<(Vec<u8>, usize)>,
    /// The conversion there is none of, within the format.
    unknown: Option<(usize, usize)>,
    bash: bool,
    now: SimTime,
    started: SimTime,
    /// How the zone calls itself, and how many minutes it is ahead of UTC, if it is known here.
    zone: Option<(String, i16)>,
    /// A moment would have been shown in one that is not.
    missed_zone: bool,
}

/// The variable of `-v`, and what comes after the options.
type Operands<'a> = (Option<Vec<u8>>, &'a [Vec<u8>]);

impl Machine {
    /// Reads the options; `Err`: the status, where they are wrong.
    fn printf_options<'a>(&mut self, args: &'a [Vec<u8>]) -> Result<Operands<'a>, u8> {
        let mut args = args;
        let mut variable = None;
        if self.bash() && args.first().is_some_and(|arg| arg == b"-v") {
            let usage = "printf: usage: printf [-v var] format [arguments]";
            let Some(name) = args.get(1) else {
                self.builtin_error("printf", "-v: option requires an argument");
                self.error_line(usage.as_bytes());
                return Err(2);
            };
            variable = Some(name.clone());
            args = args.get(2..).unwrap_or_default();
        }
        match args.first().map(Vec::as_slice) {
            Some(b"--") => args = &args[1..],
            Some([b'-', letter, ..]) => {
                let option = [b'-', *letter];
                let usage = "printf [-v var] format [arguments]";
                return Err(self.usage("printf", &option, usage));
            }
            _ => {}
        }
        if let Some(name) = &variable
            && !is_target(name)
        {
            let shown = [b"`", name.as_slice(), b"'"].concat();
            self.argument_error("printf", &shown, "not a valid identifier");
            return Err(2);
        }
        Ok((variable, args))
    }

    /// The zone whose clock the process goes by: what is exported.
    fn zone_name(&self) -> String {
        let zone = self.vars.get(b"TZ").filter(|variable| variable.exported);
        let zone = zone.and_then(|variable| variable.text()).map_or(&b""[..], Vec::as_slice);
        String::from_utf8_lossy(zone).into_owned()
    }

    pub(super) fn printf(&mut self, args: &[Vec<u8>]) -> u8 {
        let (variable, args) = match self.printf_options(args) {
            Ok(parts) => parts,
            Err(status) => return status,
        };
        let Some((format, rest)) = args.split_first() else {
            if self.bash() {
                self.error_line(b"printf: usage: printf [-v var] format [arguments]");
            } else {
                self.builtin_error("printf", "usage: printf format [arg ...]");
            }
            return 2;
        };
        let zone = self.zone_name();
        let mut printf = Printf {
            format,
            args: rest,
            used: 0,
            out: Vec::new(),
            stopped: false,
            errors: Vec::new(),
            failed: false,
            counted: Vec::new(),
            unknown: None,
            bash: self.bash(),
            now: self.now,
            started: self.started,
            zone: zone_of(&zone).map(|(_, name, ahead)| (name, ahead)),
            missed_zone: false,
        };
        loop {
            let before = printf.used;
            printf.once();
            let more = printf.used < rest.len() && printf.used > before;
            if printf.stopped || !more || printf.out.len() > WORD_BYTES_MAX {
                break;
            }
        }
        let Printf { mut out, errors, failed, counted, unknown, missed_zone, .. } = printf;
        let missed = missed_zone.then(|| format!("TZ={zone}"));
        missed.iter().for_each(|what| self.not_modelled(what));
        for (name, count) in &counted {
            self.assign_to(name, count.to_string().as_bytes());
        }
        // Bash's output is buffered by lines: those that are whole stand before a complaint.
        let mut done = 0;
        for (at, argument, message) in &errors {
            let end = out[..*at].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
            if self.bash() && variable.is_none() && end > done {
                self.print("printf", out[done..end].to_vec());
                done = end;
            }
            self.argument_error("printf", argument, message);
        }
        out.drain(..done);
        let partly = unknown.is_some() && self.bash() && variable.is_none();
        let lines = out.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let rest = out.split_off(if partly { lines } else { out.len() });
        match variable.map(|name| self.printf_into(&name, &out)) {
            None => self.print("printf", out),
            Some(0) => {}
            Some(status) => return status,
        }
        if let Some((start, end)) = unknown {
            let status = self.unknown_conversion(&format[start..end], end == format.len());
            self.print("printf", rest);
            return status;
        }
        u8::from(failed)
    }
}

impl Printf<'_> {
    fn argument(&mut self) -> Option<Vec<u8>> {
        let argument = self.args.get(self.used).cloned();
        self.used += usize::from(argument.is_some());
        argument
    }

    /// The format, once.
    fn once(&mut self) {
        let format = self.format;
        let mut at = 0;
        while at < format.len() && !self.stopped {
            match format[at] {
                b'\\' => {
                    let mode =
                        Escapes { octal_zero: false, stop: false, quotes: true, control: false };
                    // dash knows neither `\x` nor `\u`.
                    let known =
                        self.bash || !matches!(format.get(at + 1), Some(b'x' | b'u' | b'U'));
                    let (bytes, used, stop) = match known {
                        true => escape(&format[at..], mode),
                        false => (format[at..at + 2].to_vec(), 2, false),
                    };
                    self.out.extend_from_slice(&bytes);
                    self.stopped = stop;
                    at += used;
                }
                b'%' if format.get(at + 1) == Some(&b'%') => {
                    self.out.push(b'%');
                    at += 2;
                }
                b'%' => at = self.conversion(at + 1),
                byte => {
                    self.out.push(byte);
                    at += 1;
                }
            }
        }
    }

    fn count(&mut self, at: &mut usize) -> Option<i64> {
        if self.format.get(*at) == Some(&b'*') {
            *at += 1;
            let argument = self.argument().unwrap_or_default();
            let count = self.number(&argument);
            // It is an `int`: bash looks whether it fits only where more arguments follow (getint).
            let fits = self.bash && self.used < self.args.len();
            let count = if fits { count } else { i64::from(count as i32) };
            return Some(count.clamp(-WIDTH, WIDTH));
        }
        let digits = self.format[*at..].iter().take_while(|b| b.is_ascii_digit()).count();
        let text = std::str::from_utf8(&self.format[*at..*at + digits]).unwrap_or_default();
        *at += digits;
        if digits == 0 { None } else { Some(text.parse::<i64>().unwrap_or(WIDTH).min(WIDTH)) }
    }

    /// A conversion at `at`, behind its `%`; where the format goes on.
    fn conversion(&mut self, mut at: usize) -> usize {
        let start = at - 1;
        let mut how = Format::default();
        while let Some(flag) = self.format.get(at) {
            match flag {
                b'-' => how.left = true,
                b'0' => how.zero = true,
                b'+' => how.plus = true,
                b' ' => how.space = true,
                b'#' => how.alternate = true,
                // Groups of digits: the C locale has none.
                b'\'' if self.bash => {}
                _ => break,
            }
            at += 1;
        }
        if let Some(width) = self.count(&mut at) {
            how.left |= width < 0;
            how.width = width.unsigned_abs() as usize;
        }
        if self.format.get(at) == Some(&b'.') {
            at += 1;
            let precision = self.count(&mut at).unwrap_or(0);
            how.precision = usize::try_from(precision).ok();
        }
        while self.bash
            && matches!(self.format.get(at), Some(b'l' | b'h' | b'j' | b'z' | b't' | b'L'))
        {
            at += 1;
        }
        let Some(letter) = self.format.get(at).copied() else {
            self.stopped = true;
            self.unknown = Some((start, at));
            return at;
        };
        if letter == b'(' && self.bash {
            return self.time(at + 1, &how).unwrap_or_else(|| {
                self.stopped = true;
                self.unknown = Some((start, at + 1));
                at + 1
            });
        }
        if !self.convert(letter, &how) {
            self.stopped = true;
            self.unknown = Some((start, at + 1));
        }
        at + 1
    }

    /// `%(format)T` from behind its parenthesis; where the format goes on.
    fn time(&mut self, at: usize, how: &Format) -> Option<usize> {
        let mut depth = 1;
        let inner = self.format[at..].iter().position(|byte| {
            depth += i32::from(*byte == b'(') - i32::from(*byte == b')');
            depth == 0
        })?;
        let end = at + inner;
        if self.format.get(end + 1) != Some(&b'T') {
            return None;
        }
        let format = match &self.format[at..end] {
            b"" => b"%X",
            format => format,
        };
        let given = self.argument().map(|argument| self.number(&argument));
        let seconds = match given {
            None | Some(-1) => self.now.unix_secs() as i64,
            Some(-2) => self.started.unix_secs() as i64,
            Some(seconds) => seconds,
        };
        self.missed_zone |= self.zone.is_none();
        let (name, ahead) = self.zone.as_ref().map_or(("UTC", 0), |(name, ahead)| (name, *ahead));
        let text = strftime_in((name, ahead), format, FileTime::from_unix(seconds, 0));
        self.pad(text, how);
        Some(end + 2)
    }

    /// `%s`, `%b`, `%q`, `%c`.
    fn text(&mut self, letter: u8, how: &Format) {
        let mut text = self.argument().unwrap_or_default();
        match letter {
            b'b' => {
                (text, self.stopped) = {
                    let dialect = if self.bash { Dialect::Bash } else { Dialect::Sh };
                    expand_escapes(&text, dialect, false)
                }
            }
            b'q' => text = quote::backslash(&text),
            b'Q' => {
                text.truncate(how.precision.unwrap_or(usize::MAX));
                text = quote::backslash(&text);
            }
            b'c' if text.is_empty() => text.push(0),
            b'c' => text.truncate(1),
            _ => {}
        }
        if !matches!(letter, b'c' | b'Q') {
            text.truncate(how.precision.unwrap_or(usize::MAX));
        }
        self.pad(text, how);
    }

    /// `false`: there is no such conversion.
    fn convert(&mut self, letter: u8, how: &Format) -> bool {
        match letter {
            b's' | b'b' | b'c' => self.text(letter, how),
            b'q' | b'Q' if self.bash => self.text(letter, how),
            b'n' if self.bash => {
                if let Some(name) = self.argument() {
                    self.counted.push((name, self.out.len()));
                }
            }
            b'd' | b'i' => {
                let argument = self.argument().unwrap_or_default();
                let value = self.number(&argument);
                let sign = match (value < 0, how.plus, how.space) {
                    (true, ..) => "-",
                    (_, true, _) => "+",
                    (_, _, true) => " ",
                    _ => "",
                };
                self.integer(value.unsigned_abs().to_string(), sign, how);
            }
            b'u' | b'o' | b'x' | b'X' => {
                let argument = self.argument().unwrap_or_default();
                let value = self.unsigned(&argument);
                let marked = how.alternate && value != 0;
                let (digits, prefix) = match letter {
                    b'u' => (value.to_string(), ""),
                    b'o' => (format!("{value:o}"), if marked { "0" } else { "" }),
                    b'x' => (format!("{value:x}"), if marked { "0x" } else { "" }),
                    _ => (format!("{value:X}"), if marked { "0X" } else { "" }),
                };
                self.integer(digits, prefix, how);
            }
            b'f' | b'F' | b'e' | b'E' | b'g' | b'G' => {
                let argument = self.argument().unwrap_or_default();
                self.real(letter, &argument, how);
            }
            _ => return false,
        }
        true
    }

    fn real(&mut self, letter: u8, argument: &[u8], how: &Format) {
        let text = String::from_utf8_lossy(argument).into_owned();
        let blank = !argument.is_empty() && text.trim().is_empty();
        let exact = if matches!(letter, b'f' | b'F') && !blank {
            fixed(text.trim_start(), how.precision.unwrap_or(6))
        } else {
            None
        };
        if let Some((negative, digits)) = exact {
            let sign = match (negative, how.plus, how.space) {
                (true, ..) => "-",
                (_, true, _) => "+",
                (_, _, true) => " ",
                _ => "",
            };
            let whole = Format { precision: None, ..*how };
            self.integer(digits, sign, &whole);
            return;
        }
        let (value, used) = match argument {
            [b'\'' | b'"', byte, ..] => (Real::whole(i64::from(*byte)), argument.len()),
            [b'\'' | b'"'] if !self.bash => (Real::whole(0), 1),
            [b'0', b'x' | b'X', digits @ ..] if digits.iter().all(u8::is_ascii_hexdigit) => {
                let whole = self.whole(argument) as i64;
                (Real::whole(whole), argument.len())
            }
            _ if argument.trim_ascii().is_empty() => (Real::whole(0), 0),
            _ => endless(argument).unwrap_or_else(|| leading_number(argument)),
        };
        if used < argument.len() {
            let message = match (self.bash, used) {
                (true, _) => "invalid number",
                (false, 0) => "expected numeric value",
                (false, _) => "not completely converted",
            };
            self.fail(argument, message);
        }
        let spec = Spec {
            left: how.left,
            zero: how.zero,
            plus: how.plus,
            space: how.space,
            alternate: how.alternate,
            width: u32::try_from(how.width).unwrap_or(u32::MAX),
            precision: how.precision.and_then(|precision| u32::try_from(precision).ok()),
        };
        let bytes = spec.real(value, letter);
        self.out.extend_from_slice(&bytes);
    }

    fn integer(&mut self, digits: String, prefix: &str, how: &Format) {
        let mut digits = digits;
        if let Some(precision) = how.precision {
            if digits.len() < precision {
                digits.insert_str(0, &"0".repeat(precision - digits.len()));
            }
        } else if how.zero && !how.left {
            let room = how.width.saturating_sub(prefix.len());
            if digits.len() < room {
                digits.insert_str(0, &"0".repeat(room - digits.len()));
            }
        }
        self.pad([prefix.as_bytes(), digits.as_bytes()].concat(), how);
    }

    fn pad(&mut self, text: Vec<u8>, how: &Format) {
        let gap = how.width.saturating_sub(text.len());
        if !how.left {
            self.out.extend(std::iter::repeat_n(b' ', gap));
        }
        self.out.extend_from_slice(&text);
        if how.left {
            self.out.extend(std::iter::repeat_n(b' ', gap));
        }
    }

    /// A number as C reads it; complains of what is none.
    fn number(&mut self, argument: &[u8]) -> i64 {
        let value = self.whole(argument);
        let kept = value.clamp(i128::from(i64::MIN), i128::from(i64::MAX)) as i64;
        self.note_range(argument, value != i128::from(kept));
        kept
    }

    /// A number without a sign; one with a sign wraps.
    fn unsigned(&mut self, argument: &[u8]) -> u64 {
        let value = self.whole(argument);
        let out = value > i128::from(u64::MAX) || value < -i128::from(u64::MAX);
        self.note_range(argument, out);
        if out { u64::MAX } else { value as u64 }
    }

    fn whole(&mut self, argument: &[u8]) -> i128 {
        if let Some((b'\'' | b'"', rest)) = argument.split_first() {
            return rest.first().map_or(0, |byte| i128::from(*byte));
        }
        let text = String::from_utf8_lossy(argument).into_owned();
        let text = text.trim_start();
        if text.is_empty() {
            if !argument.is_empty() {
                let message = if self.bash { "invalid number" } else { "expected numeric value" };
                self.fail(argument, message);
            }
            return 0;
        }
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (base, body) =
            if let Some(hex) = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
                (16, hex)
            } else if digits.len() > 1 && digits.starts_with('0') {
                (8, &digits[1..])
            } else {
                (10, digits)
            };
        let length = body.find(|c: char| !c.is_digit(base)).unwrap_or(body.len());
        if length < body.len() || (length == 0 && base != 8) {
            let message = match (self.bash, argument) {
                (true, [b'0', b'0'..=b'9', ..]) => "invalid octal number",
                (true, [b'0', b'x', ..]) => "invalid hex number",
                (true, _) => "invalid number",
                (false, _) if length == 0 && base == 10 => "expected numeric value",
                (false, _) => "not completely converted",
            };
            self.fail(argument, message);
        }
        let mut value = 0i128;
        for digit in body[..length].chars().filter_map(|c| c.to_digit(base)) {
            value = (value * i128::from(base) + i128::from(digit)).min(1 << 65);
        }
        if negative { -value } else { value }
    }

    /// A number that does not fit: bash warns, dash fails.
    fn note_range(&mut self, argument: &[u8], out: bool) {
        let message = "Numerical result out of range";
        match self.bash {
            _ if !out => {}
            true => {
                let argument = [b"warning: ", argument].concat();
                self.errors.push((self.out.len(), argument, message));
            }
            false => self.fail(argument, message),
        }
    }

    fn fail(&mut self, argument: &[u8], message: &'static str) {
        self.failed = true;
        self.errors.push((self.out.len(), argument.to_vec(), message));
    }
}
