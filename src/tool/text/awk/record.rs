//! Records, and what separates records and fields.

use crate::ere::{Dialect, Flags, Regex};
use crate::os::{Errno, Fd, Wait};
use crate::tool::Context;
use crate::tool::input::{CHUNK_BYTES, Event, Input, bytes_of};

/// What separates fields.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Separator {
    /// `" "`: runs of blanks, none at the ends.
    Blanks,
    /// One character.
    Byte(u8),
    /// `""`: every character is a field.
    Each,
    /// A pattern.
    Regex(Regex),
}

impl Separator {
    /// What an FS means. `None`: no pattern.
    pub fn read(text: &[u8]) -> Option<Separator> {
        Some(match text {
            b" " => Separator::Blanks,
            b"" => Separator::Each,
            b"\\" => Separator::Byte(b'\\'),
            [byte] => Separator::Byte(*byte),
            text => {
                let flags = Flags { dialect: Dialect::Awk, ..Flags::EXTENDED };
                Separator::Regex(Regex::new(text, flags).ok()?)
            }
        })
    }

    /// The fields of a text.
    pub fn split(&self, text: &[u8]) -> Vec<Vec<u8>> {
        if text.is_empty() {
            return Vec::new();
        }
        match self {
            Separator::Blanks => text
                .split(|byte| matches!(byte, b' ' | b'\t' | b'\n'))
                .filter(|field| !field.is_empty())
                .map(Vec::from)
                .collect(),
            Separator::Byte(byte) => text.split(|other| other == byte).map(Vec::from).collect(),
            Separator::Each => text.iter().map(|byte| vec![*byte]).collect(),
            Separator::Regex(regex) => {
                let mut fields = Vec::new();
                let (mut start, mut at) = (0, 0);
                while let Some((from, to)) = regex.find(text, at, at > 0).and_then(|g| g[0]) {
                    if to == from {
                        // An empty separator separates nothing.
                        at = from + 1;
                        if at > text.len() {
                            break;
                        }
                        continue;
                    }
                    fields.push(text[start..from].to_vec());
                    (start, at) = (to, to);
                }
                fields.push(text[start..].to_vec());
                fields
            }
        }
    }
}

/// What reading a record brings.
pub enum Next {
    /// A record.
    Record(Vec<u8>),
    /// The operand is read to its end.
    End,
    /// Nothing yet.
    Wait(Vec<Wait>),
    /// It cannot be opened or read.
    Failed(Errno),
}

/// The records of one operand.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Records {
    input: Input,
    bytes: Vec<u8>,
    used: u64,
    ended: bool,
}

impl Records {
    /// Of this operand.
    pub fn new(name: &[u8]) -> Records {
        Records { input: Input::new(&[name.to_vec()]), bytes: Vec::new(), used: 0, ended: false }
    }

    /// Of a descriptor.
    pub fn of(fd: Fd) -> Records {
        Records { input: Input::of(fd), bytes: Vec::new(), used: 0, ended: false }
    }

    /// Leaves it.
    pub fn stop(&mut self, cx: &mut Context) {
        self.input.skip(cx);
    }

    /// The next record by this RS.
    pub fn next(&mut self, cx: &mut Context, separator: &[u8]) -> Next {
        loop {
            if let Some(record) = self.cut(separator) {
                return Next::Record(record);
            }
            if self.ended {
                return Next::End;
            }
            match self.input.poll(cx, CHUNK_BYTES) {
                Event::Wait(waits) => return Next::Wait(waits),
                Event::Opened => {}
                Event::Chunk(chunk) => {
                    self.bytes.drain(..self.used as usize);
                    self.used = 0;
                    self.bytes.extend(bytes_of(&chunk, self.bytes.len()));
                }
                Event::Closed | Event::End => self.ended = true,
                Event::Failed(errno, _) => {
                    self.ended = true;
                    return Next::Failed(errno);
                }
            }
        }
    }

    fn cut(&mut self, separator: &[u8]) -> Option<Vec<u8>> {
        if separator.is_empty() {
            return self.cut_paragraph();
        }
        let rest = &self.bytes[self.used as usize..];
        let found = match separator {
            [byte] => rest.iter().position(|other| other == byte).map(|at| (at, at + 1)),
            pattern => {
                let flags = Flags { dialect: Dialect::Awk, ..Flags::EXTENDED };
                let regex = Regex::new(pattern, flags).ok()?;
                regex.find(rest, 0, false).and_then(|groups| groups[0]).filter(|(a, b)| a < b)
            }
        };
        let (end, next) = match found {
            Some(found) => found,
            None if self.ended && !rest.is_empty() => {
                // A last line end is no part of a record by another separator's measure.
                (rest.len(), rest.len())
            }
            None => return None,
        };
        let record = rest[..end].to_vec();
        self.used += next as u64;
        Some(record)
    }

    /// RS = "": records are separated by empty lines.
    fn cut_paragraph(&mut self) -> Option<Vec<u8>> {
        let skip = self.bytes[self.used as usize..].iter().take_while(|b| **b == b'\n').count();
        self.used += skip as u64;
        let rest = &self.bytes[self.used as usize..];
        let end = rest.windows(2).position(|pair| pair == b"\n\n");
        let end = match end {
            Some(end) => end,
            None if self.ended && !rest.is_empty() => rest.len(),
            None => return None,
        };
        let record = rest[..end].strip_suffix(b"\n").unwrap_or(&rest[..end]).to_vec();
        self.used += end as u64;
        Some(record)
    }
}
