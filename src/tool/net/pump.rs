//! One direction of a relay: from one descriptor to another, a chunk a turn, holes unharmed.

use crate::base::Blob;
use crate::os::{Errno, Fd, Poll, Sys, Wait};

/// How much one turn moves at most, bytes. A pipe holds less; a stream of holes may hold more.
const CHUNK_BYTES: u64 = 16 * 1024 * 1024;

/// From one descriptor to another.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Pump {
    from: Fd,
    to: Fd,
    pending: Blob,
    ended: bool,
    /// Bytes moved so far.
    pub moved: u64,
}

/// What came of one go.
pub enum Pumped {
    /// Some bytes moved.
    Moved,
    /// Nothing can move before this.
    Wait(Wait),
    /// The source has ended and all is delivered.
    Ended,
    /// The source failed.
    Failed(Errno),
    /// The destination takes nothing any more.
    Broken(Errno),
}

impl Pump {
    /// Begins.
    pub fn new(from: Fd, to: Fd) -> Pump {
        Pump { from, to, pending: Blob::new(), ended: false, moved: 0 }
    }

    /// From where, to where, and how many bytes wait to be written.
    pub fn what(&self) -> (Fd, Fd, u64) {
        (self.from, self.to, self.pending.len())
    }

    /// Moves one chunk.
    pub fn step(&mut self, sys: &mut dyn Sys) -> Pumped {
        if self.pending.is_empty() && !self.ended {
            match sys.read(self.from, CHUNK_BYTES) {
                Ok(Poll::Wait) => return Pumped::Wait(Wait::Readable(self.from)),
                Ok(Poll::Ready(chunk)) if chunk.is_empty() => self.ended = true,
                Ok(Poll::Ready(chunk)) => self.pending = chunk,
                Err(errno) => return Pumped::Failed(errno),
            }
        }
        if self.pending.is_empty() {
            return Pumped::Ended;
        }
        match sys.write(self.to, &self.pending) {
            Ok(Poll::Wait) => Pumped::Wait(Wait::Writable(self.to)),
            Ok(Poll::Ready(taken)) => {
                self.pending.take_front(taken);
                self.moved += taken;
                Pumped::Moved
            }
            Err(errno) => Pumped::Broken(errno),
        }
    }
}
