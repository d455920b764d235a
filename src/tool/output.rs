//! What a program still has to write.
//!
//! Like stdio: standard output is gathered and written at the end (or when it is large, or at once
//! to a terminal), standard error at once. So a program's messages stand before its output where
//! both go to one file, as they really do.

use std::collections::VecDeque;

use crate::base::Blob;
use crate::os::{Errno, Fd, Poll, Sys};

/// Standard output gathered before it is written, bytes: stdio's buffer for pipes and files.
const BUFFER_BYTES: u64 = 4_096;

/// Bytes and where they go, in order.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Output {
    gathered: Vec<u8>,
    queue: VecDeque<(Fd, Blob)>,
    /// The reader was gone: SIGPIPE is on its way.
    broken: bool,
    /// Standard output is a terminal, once that is known: nothing is held back.
    eager: Option<bool>,
    /// Nothing more can be written to standard output.
    failed: bool,
}

/// How far writing came.
pub enum Drained {
    /// Nothing is left.
    All,
    /// This one has no room.
    Wait(Fd),
    /// The reader is gone; SIGPIPE has been sent.
    Broken,
    /// Standard output failed.
    Failed(Errno),
}

impl Output {
    /// To standard output, when there is enough.
    pub fn print(&mut self, bytes: &[u8]) {
        self.gathered.extend_from_slice(bytes);
        if self.gathered.len() as u64 >= BUFFER_BYTES {
            self.flush();
        }
    }

    /// To standard output at once (write(2) without stdio), holes kept.
    pub fn pass(&mut self, blob: Blob) {
        self.flush();
        self.push(Fd::STDOUT, blob);
    }

    /// To another descriptor at once.
    pub fn pass_to(&mut self, fd: Fd, blob: Blob) {
        self.push(fd, blob);
    }

    /// To standard error at once.
    pub fn error(&mut self, bytes: &[u8]) {
        if self.eager == Some(true) {
            self.flush();
        }
        self.push(Fd::STDERR, bytes.into());
    }

    /// What was gathered is to be written now.
    pub fn flush(&mut self) {
        let gathered = std::mem::take(&mut self.gathered);
        self.push(Fd::STDOUT, gathered.into());
    }

    /// Standard output is lost: only this message is left to write.
    pub fn fail(&mut self, message: &[u8]) {
        self.gathered.clear();
        self.queue.retain(|(fd, _)| *fd == Fd::STDERR);
        self.failed = true;
        self.push(Fd::STDERR, message.into());
    }

    /// Whether all that does not wait for more is written.
    pub fn is_drained(&self) -> bool {
        self.queue.is_empty()
    }

    fn push(&mut self, fd: Fd, blob: Blob) {
        if blob.is_empty() || (self.failed && fd == Fd::STDOUT) {
            return;
        }
        match self.queue.back_mut() {
            Some((last, queued)) if *last == fd => queued.append(&blob),
            _ => self.queue.push_back((fd, blob)),
        }
    }

    /// Writes until all is written or something is in the way.
    pub fn drain(&mut self, sys: &mut dyn Sys) -> Drained {
        let eager = *self.eager.get_or_insert_with(|| sys.is_tty(Fd::STDOUT));
        if eager {
            self.flush();
        }
        while let Some((fd, blob)) = self.queue.front_mut() {
            let fd = *fd;
            match sys.write(fd, blob) {
                Ok(Poll::Wait) => return Drained::Wait(fd),
                Ok(Poll::Ready(taken)) => {
                    blob.take_front(taken);
                    if blob.is_empty() {
                        self.queue.pop_front();
                    }
                }
                Err(Errno::Pipe) if !self.broken => {
                    self.broken = true;
                    return Drained::Broken;
                }
                Err(errno) => {
                    self.queue.pop_front();
                    if fd != Fd::STDERR {
                        return Drained::Failed(errno);
                    }
                }
            }
        }
        Drained::All
    }
}
