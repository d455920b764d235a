//! A program's operands (or standard input) as one stream of chunks.

use super::{Context, Step};
use crate::base::Blob;
use crate::base::limit::{HELD_BYTES_MAX, WORD_BYTES_MAX};
use crate::os::{Errno, Fd, FileKind, Open, Poll, Wait};

/// How much one turn reads, bytes: what a pipe holds. Files are read as fast, holes and all.
pub const CHUNK_BYTES: u64 = 65_536;

/// Operands still to be read.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Input {
    names: Vec<Vec<u8>>,
    next: u32,
    fd: Option<Fd>,
}

/// What the stream brings.
pub enum Event {
    /// The next operand was opened.
    Opened,
    /// Some of it.
    Chunk(Blob),
    /// Its end.
    Closed,
    /// The operand cannot be opened or read; `true`: it could be opened.
    Failed(Errno, bool),
    /// There are no more operands.
    End,
    /// Nothing yet.
    Wait(Vec<Wait>),
}

impl Input {
    /// These operands; none: standard input, as `-` is.
    pub fn new(operands: &[Vec<u8>]) -> Input {
        let names = if operands.is_empty() { vec![b"-".to_vec()] } else { operands.to_vec() };
        Input { names, next: 0, fd: None }
    }

    /// What a descriptor brings, that is open already.
    pub fn of(fd: Fd) -> Input {
        Input { names: vec![b"-".to_vec()], next: 1, fd: Some(fd) }
    }

    /// The operand being read, or read last.
    pub fn name(&self) -> &[u8] {
        match self.next.checked_sub(1) {
            Some(index) => &self.names[index as usize],
            None => b"-",
        }
    }

    /// The descriptor being read.
    pub fn fd(&self) -> Option<Fd> {
        self.fd
    }

    /// Whether the file that is being read is the one standard output goes to.
    pub fn is_output(&self, cx: &Context) -> bool {
        let stat = |fd: Fd| cx.sys.fd_stat(fd).ok();
        let both = self.fd.and_then(stat).zip(stat(Fd::STDOUT));
        both.is_some_and(|(one, other)| {
            one.kind == FileKind::File && (one.inode, one.device) == (other.inode, other.device)
        })
    }

    /// How many operands there are.
    pub fn count(&self) -> usize {
        self.names.len()
    }

    /// Whether the operand being read is the last.
    pub fn is_last(&self) -> bool {
        self.next as usize >= self.names.len()
    }

    /// Leaves the operand open and reads it no further.
    pub fn release(&mut self) {
        self.fd = None;
    }

    /// Leaves the operand that is being read.
    pub fn skip(&mut self, cx: &mut Context) {
        if let Some(fd) = self.fd.take()
            && fd != Fd::STDIN
        {
            let _ = cx.sys.close(fd);
        }
    }

    /// What comes next; at most `max` bytes of it.
    pub fn poll(&mut self, cx: &mut Context, max: u64) -> Event {
        let Some(fd) = self.fd else { return self.open(cx) };
        match cx.sys.read(fd, max) {
            Ok(Poll::Wait) => Event::Wait(vec![Wait::Readable(fd)]),
            Ok(Poll::Ready(chunk)) if chunk.is_empty() => {
                self.skip(cx);
                Event::Closed
            }
            Ok(Poll::Ready(chunk)) => Event::Chunk(chunk),
            Err(errno) => {
                self.skip(cx);
                Event::Failed(errno, true)
            }
        }
    }

    fn open(&mut self, cx: &mut Context) -> Event {
        let Some(name) = self.names.get(self.next as usize) else { return Event::End };
        self.next += 1;
        if name == b"-" {
            self.fd = Some(Fd::STDIN);
            return Event::Opened;
        }
        match cx.sys.open(name, Open::READ) {
            Ok(fd) => {
                self.fd = Some(fd);
                Event::Opened
            }
            Err(errno) => Event::Failed(errno, false),
        }
    }
}

/// A program that reads its operands one after the other.
pub trait Filter {
    /// An operand was opened.
    fn opened(&mut self, _: &Input, _: &mut Context) {}
    /// Whether the operand that was opened is to be read at all.
    fn before(&mut self, _: &Input) -> bool {
        true
    }
    /// A chunk of it. A code: it has seen enough.
    fn chunk(&mut self, chunk: &Blob, input: &mut Input, cx: &mut Context) -> Option<u8>;
    /// An operand ended. A code: it has seen enough.
    fn closed(&mut self, _: &mut Input, _: &mut Context) -> Option<u8> {
        None
    }
    /// An operand could not be opened (or, with `opened`, read).
    fn failed(&mut self, input: &Input, errno: Errno, opened: bool, cx: &mut Context);
    /// How much it keeps of what it has read, bytes.
    fn held(&self) -> usize {
        0
    }
    /// All operands have been read. Its exit code.
    fn end(&mut self, cx: &mut Context) -> u8;
}

/// One step of a filter: goes on until something was read.
pub fn pump(filter: &mut impl Filter, input: &mut Input, cx: &mut Context) -> Step {
    loop {
        let stop = match input.poll(cx, CHUNK_BYTES) {
            Event::Wait(waits) => return Step::Wait(waits),
            Event::Opened => {
                filter.opened(input, cx);
                if !filter.before(input) {
                    input.skip(cx);
                }
                None
            }
            Event::Chunk(chunk) => match filter.chunk(&chunk, input, cx) {
                Some(code) => Some(code),
                None if filter.held() > HELD_BYTES_MAX => {
                    cx.not_modelled("so much in memory");
                    cx.complain("memory exhausted");
                    Some(2)
                }
                None => return Step::More,
            },
            Event::Closed => filter.closed(input, cx),
            Event::Failed(errno, opened) => {
                filter.failed(input, errno, opened, cx);
                None
            }
            Event::End => Some(filter.end(cx)),
        };
        if let Some(code) = stop {
            input.skip(cx);
            return Step::Done(code);
        }
    }
}

/// Lines cut out of chunks.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Lines {
    rest: Vec<u8>,
}

/// How much of a hole is shown to a program that has gathered as much as fits, bytes.
const HOLE_SHOWN_BYTES: u64 = 1_024;

/// A chunk's bytes, holes and all, for a program that has gathered that many without using them
/// up: a hole may be longer than what the program may keep.
pub fn bytes_of(chunk: &Blob, gathered: usize) -> Vec<u8> {
    chunk.to_bytes(if gathered < WORD_BYTES_MAX { CHUNK_BYTES } else { HOLE_SHOWN_BYTES })
}

impl Lines {
    /// The lines that this chunk completes, without their ends.
    pub fn feed(&mut self, chunk: &Blob, delimiter: u8) -> Vec<Vec<u8>> {
        let bytes = bytes_of(chunk, self.rest.len());
        let mut lines: Vec<Vec<u8>> =
            bytes.split(|byte| *byte == delimiter).map(Vec::from).collect();
        let tail = lines.pop().unwrap_or_default();
        match lines.first_mut() {
            Some(first) => {
                first.splice(0..0, std::mem::replace(&mut self.rest, tail));
            }
            None => self.rest.extend(tail),
        }
        lines
    }

    /// How much of a line has come, bytes.
    pub fn held(&self) -> usize {
        self.rest.len()
    }

    /// The last line, if it lacks its end.
    pub fn rest(&mut self) -> Option<Vec<u8>> {
        Some(std::mem::take(&mut self.rest)).filter(|rest| !rest.is_empty())
    }
}
