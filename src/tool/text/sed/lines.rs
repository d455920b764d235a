//! Input line by line, across files, with a look ahead only where sed looks.

use crate::base::Blob;
use crate::os::{Errno, Wait};
use crate::tool::Context;
use crate::tool::input::{CHUNK_BYTES, Event, Input, bytes_of};

/// What reading brings.
pub enum Next {
    /// A line without its end; whether it had one.
    Line(Vec<u8>, bool),
    /// No more.
    End,
    /// Nothing yet.
    Wait(Vec<Wait>),
    /// The operand before the next line changes: finish with the old one first.
    NewFile,
}

/// The lines of all operands.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct LineReader {
    input: Input,
    delimiter: u8,
    /// Bytes read and not yet given out, from `used` on.
    bytes: Vec<u8>,
    used: u64,
    /// The operand that `bytes` came from has ended.
    file_ended: bool,
    ended: bool,
    /// Files are told apart (`-i`, `-s`): each ends on its own.
    separate: bool,
    /// A new file was announced and not yet begun.
    announced: bool,
    name: Vec<u8>,
    /// Complaints about operands, with their errors.
    pub trouble: Vec<(Vec<u8>, Errno, bool)>,
}

impl LineReader {
    /// Begins.
    pub fn new(input: Input, delimiter: u8, separate: bool) -> LineReader {
        LineReader {
            input,
            delimiter,
            bytes: Vec::new(),
            used: 0,
            file_ended: true,
            ended: false,
            separate,
            announced: false,
            name: b"-".to_vec(),
            trouble: Vec::new(),
        }
    }

    /// The operand the last line came from.
    pub fn name(&self) -> &[u8] {
        &self.name
    }

    fn rest(&self) -> &[u8] {
        &self.bytes[self.used as usize..]
    }

    /// Reads until a whole line (or the file's last) is there. `Some`: that did not succeed.
    fn fill(&mut self, cx: &mut Context) -> Option<Next> {
        loop {
            let has_line = self.rest().contains(&self.delimiter);
            if has_line || (self.file_ended && !self.rest().is_empty()) {
                return None;
            }
            if self.ended {
                return Some(Next::End);
            }
            if self.announced {
                return Some(Next::NewFile);
            }
            match self.input.poll(cx, CHUNK_BYTES) {
                Event::Wait(waits) => return Some(Next::Wait(waits)),
                Event::Opened => {
                    self.file_ended = false;
                    self.announced = true;
                    if !self.separate {
                        self.begin_file();
                    }
                }
                Event::Chunk(chunk) => self.take(&chunk),
                Event::Closed => self.file_ended = true,
                Event::Failed(errno, opened) => {
                    self.file_ended = true;
                    self.announced = false;
                    let name = self.input.name().to_vec();
                    self.trouble.push((name, errno, opened));
                }
                Event::End => self.ended = true,
            }
        }
    }

    fn take(&mut self, chunk: &Blob) {
        self.bytes.drain(..self.used as usize);
        self.used = 0;
        self.bytes.extend(bytes_of(chunk, self.bytes.len()));
    }

    /// The announced file begins.
    pub fn begin_file(&mut self) {
        self.announced = false;
        self.name = self.input.name().to_vec();
    }

    /// The next line.
    pub fn next(&mut self, cx: &mut Context) -> Next {
        if let Some(other) = self.fill(cx) {
            return other;
        }
        let rest = self.rest();
        let (length, whole) = match rest.iter().position(|byte| *byte == self.delimiter) {
            Some(at) => (at, true),
            None => (rest.len(), false),
        };
        let line = rest[..length].to_vec();
        self.used += length as u64 + u64::from(whole);
        Next::Line(line, whole)
    }

    /// Whether the last line given out was the last of all (or, with files apart, of its file).
    pub fn at_end(&mut self, cx: &mut Context) -> Result<bool, Vec<Wait>> {
        match self.fill(cx) {
            None => Ok(false),
            Some(Next::Wait(waits)) => Err(waits),
            Some(Next::NewFile) => Ok(self.separate),
            Some(_) => Ok(true),
        }
    }
}
