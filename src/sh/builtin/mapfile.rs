//! `mapfile`.

use std::sync::Arc;

use super::super::arrays::Key;
use super::super::frame::{Cleanup, Frame, ProgramKind, State};
use super::super::host::Host;
use super::super::machine::{Machine, parse_number};
use super::super::parse::is_identifier;
use super::super::quote;
use super::super::run::Next;
use super::super::script::{AstId, Script};
use super::next_letters;
use super::read::Read;
use crate::os::Fd;

/// What `mapfile` keeps.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(in crate::sh) struct Lines {
    trim: bool,
    pub max: u32,
    pub skip: u32,
    /// Where the first goes; what is there already stays then.
    origin: Option<u32>,
    /// Lines that have ended.
    pub ended: u32,
    /// `-C`: what runs with a line before it is kept, and every how many lines (`-c`).
    callback: Option<Vec<u8>>,
    quantum: u32,
}

/// Lines that were read, on their way to the array, with a command that some are shown to.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(in crate::sh) struct Keeping {
    array: Vec<u8>,
    items: Vec<Vec<u8>>,
    /// How many are kept, and where the first went.
    next: u32,
    origin: u32,
    callback: Vec<u8>,
    quantum: u32,
    /// The next one was shown.
    shown: bool,
}

/// `DEFAULT_QUANTUM` of mapfile.def.
const QUANTUM: u32 = 5_000;

const USAGE: &str = "mapfile [-d delim] [-n count] [-O origin] [-s count] [-t] [-u fd] \
    [-C callback] [-c quantum] [array]";

impl Machine {
    pub(super) fn begin_mapfile(
        &mut self,
        script: &Arc<Script>,
        at: AstId,
        who: &[u8],
        args: &[Vec<u8>],
        host: &dyn Host,
    ) {
        let who = String::from_utf8_lossy(who).into_owned();
        let mut read = Read::new();
        let mut lines = Lines { quantum: QUANTUM, ..Lines::default() };
        let rest = match self.mapfile_options(&who, args, &mut read, &mut lines, host) {
            Ok(rest) => rest,
            Err(status) => {
                self.status = status;
                return;
            }
        };
        let array = rest.first().cloned().unwrap_or_else(|| b"MAPFILE".to_vec());
        if let Some(status) = self.no_array(&who, &array) {
            self.status = status;
            return;
        }
        read.array = Some(array);
        read.lines = Some(lines);
        read.raw = true;
        self.push_state(script, at, State::Read(Box::new(read)));
    }

    /// Reads the options; `Err`: the status, where they are wrong.
    fn mapfile_options<'a>(
        &mut self,
        who: &str,
        args: &'a [Vec<u8>],
        read: &mut Read,
        lines: &mut Lines,
        host: &dyn Host,
    ) -> Result<&'a [Vec<u8>], u8> {
        let mut rest = args;
        while let Some(letters) = next_letters(&mut rest) {
            for (at, letter) in letters.iter().enumerate() {
                if *letter == b't' {
                    lines.trim = true;
                    continue;
                }
                if !b"dunOCcs".contains(letter) {
                    return Err(self.usage(who, &[b'-', *letter], USAGE));
                }
                let mut value = letters[at + 1..].to_vec();
                if value.is_empty() {
                    let Some((next, tail)) = rest.split_first() else {
                        let option = [b'-', *letter];
                        self.argument_error(who, &option, "option requires an argument");
                        self.error_line(format!("{who}: usage: {USAGE}").as_bytes());
                        return Err(2);
                    };
                    (value, rest) = (next.clone(), tail);
                }
                self.mapfile_option(who, *letter, value, read, lines, host)?;
                break;
            }
        }
        Ok(rest)
    }

    fn mapfile_option(
        &mut self,
        who: &str,
        letter: u8,
        value: Vec<u8>,
        read: &mut Read,
        lines: &mut Lines,
        host: &dyn Host,
    ) -> Result<(), u8> {
        let number = parse_number(&value).and_then(|number| u32::try_from(number).ok());
        let number = number.filter(|number| letter != b'c' || *number > 0);
        match (letter, number) {
            (b'd', _) => read.delimiter = Some(value.first().copied().unwrap_or(0)),
            (b'C', _) => lines.callback = Some(value),
            (b'n', Some(number)) => lines.max = number,
            (b's', Some(number)) => lines.skip = number,
            (b'O', Some(number)) => lines.origin = Some(number),
            (b'c', Some(number)) => lines.quantum = number,
            (b'u', Some(number)) => {
                read.fd = Fd(number);
                if let Err(errno) = host.fd_stat(read.fd) {
                    let why = format!("invalid file descriptor: {}", errno.text());
                    self.argument_error(who, &value, &why);
                    return Err(1);
                }
            }
            (letter, _) => {
                let why = match letter {
                    b'O' => "invalid array origin",
                    b'c' => "invalid callback quantum",
                    b'u' => "invalid file descriptor specification",
                    _ => "invalid line count",
                };
                self.argument_error(who, &value, why);
                return Err(1);
            }
        }
        Ok(())
    }

    /// Says why a name cannot take the lines; the status.
    fn no_array(&mut self, who: &str, name: &[u8]) -> Option<u8> {
        if name.is_empty() {
            self.builtin_error(who, "empty array variable name");
            return Some(2);
        }
        if !is_identifier(name) {
            let shown = [b"`", name, b"'"].concat();
            self.argument_error(who, &shown, "not a valid identifier");
            return Some(1);
        }
        if self.is_readonly(name) {
            self.complain_of(name, "readonly variable");
            return Some(1);
        }
        if self.is_map(name) {
            self.argument_error(who, name, "not an indexed array");
            return Some(1);
        }
        None
    }

    /// All lines are read.
    pub(super) fn set_lines(&mut self, frame: (&Arc<Script>, AstId), read: &Read, lines: Lines) {
        let delimiter = read.delimiter.unwrap_or(b'\n');
        let mut items: Vec<Vec<u8>> = Vec::new();
        for piece in read.bytes.split_inclusive(|b| *b == delimiter) {
            let piece = match piece.strip_suffix(&[delimiter]) {
                Some(rest) if lines.trim => rest,
                _ => piece,
            };
            // A value ends at a NUL, also where that is the delimiter.
            let end = piece.iter().position(|byte| *byte == 0).unwrap_or(piece.len());
            items.push(piece[..end].to_vec());
        }
        items.drain(..(lines.skip as usize).min(items.len()));
        if lines.max > 0 {
            items.truncate(lines.max as usize);
        }
        let array = read.array.clone().unwrap_or_default();
        if lines.origin.is_none() {
            self.set_list(&array, Vec::new());
        }
        let origin = lines.origin.unwrap_or(0);
        if let Some(callback) = lines.callback {
            let (next, quantum, shown) = (0, lines.quantum, false);
            let keeping = Keeping { array, items, next, origin, callback, quantum, shown };
            self.push_state(frame.0, frame.1, State::Keeping(Box::new(keeping)));
            return;
        }
        for (index, item) in (i64::from(origin)..).zip(items) {
            self.assign_element(&array, &Key::Number(index), item);
        }
    }

    /// Shows a line to the callback, or keeps one.
    pub(in crate::sh) fn keep_step(&mut self, mut frame: Frame) -> Next {
        let State::Keeping(keeping) = &mut frame.state else {
            unreachable!("step() looked at the state")
        };
        let Some(item) = keeping.items.get(keeping.next as usize).cloned() else {
            self.status = 0;
            return Next::Go;
        };
        let index = u64::from(keeping.origin) + u64::from(keeping.next);
        let due = (keeping.next + 1).is_multiple_of(keeping.quantum);
        if due && !std::mem::replace(&mut keeping.shown, true) {
            let argument = quote::single(&item);
            let number = format!(" {index} ");
            let text = [keeping.callback.as_slice(), number.as_bytes(), &argument].concat();
            let (script, at) = (frame.script.clone(), frame.at);
            self.frames.push(frame);
            let cleanup = Cleanup { traced: true, ..Cleanup::default() };
            self.push_state(&script, at, State::Cleanup(Box::new(cleanup)));
            self.trace_depth += 1;
            self.run_text(&text, ProgramKind::Eval);
            return Next::Go;
        }
        let array = keeping.array.clone();
        keeping.next += 1;
        keeping.shown = false;
        self.assign_element(&array, &Key::Number(index as i64), item);
        self.frames.push(frame);
        Next::Go
    }
}
