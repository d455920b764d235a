//! Bytes that may have holes: what a file holds or a pipe carries.
//!
//! A data directory weighs hundreds of megabytes of which a lesson reads a few kilobytes. A
//! [`Blob`] keeps the bytes somebody may look at and, between them, the *length* of those nobody
//! will. Reading a hole gives zero bytes.

use std::fmt;
use std::sync::Arc;

/// Bytes with holes. Two blobs are equal if their runs are; build them through the methods, which
/// keep runs in normal form (no two neighbours of the same kind, none empty).
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct Blob {
    runs: Vec<Run>,
}

/// A stretch of a [`Blob`].
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Run {
    /// Bytes that are kept.
    Bytes(Arc<[u8]>),
    /// A length of which only the length is kept.
    Hole(u64),
}

impl Run {
    /// How many bytes it stands for.
    pub fn len(&self) -> u64 {
        match self {
            Run::Bytes(bytes) => bytes.len() as u64,
            Run::Hole(length) => *length,
        }
    }

    /// Whether it stands for none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Blob {
    /// Nothing.
    pub const fn new() -> Blob {
        Blob { runs: Vec::new() }
    }

    /// A hole of so many bytes.
    pub fn hole(length: u64) -> Blob {
        let mut blob = Blob::new();
        blob.push_hole(length);
        blob
    }

    /// Length in bytes, holes included.
    pub fn len(&self) -> u64 {
        self.runs.iter().map(Run::len).sum()
    }

    /// Whether its length is 0.
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// The stretches, in order.
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// How many bytes are really kept.
    pub fn kept(&self) -> usize {
        self.runs.iter().map(|run| if let Run::Bytes(b) = run { b.len() } else { 0 }).sum()
    }

    /// Appends bytes.
    pub fn push_bytes(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        if let Some(Run::Bytes(last)) = self.runs.last_mut() {
            *last = last.iter().chain(bytes).copied().collect();
        } else {
            self.runs.push(Run::Bytes(bytes.into()));
        }
    }

    /// Appends a hole.
    pub fn push_hole(&mut self, length: u64) {
        if length == 0 {
            return;
        }
        if let Some(Run::Hole(last)) = self.runs.last_mut() {
            *last = last.checked_add(length).expect("a blob stays below 2^64 bytes");
        } else {
            self.runs.push(Run::Hole(length));
        }
    }

    /// Appends all of another blob.
    pub fn append(&mut self, other: &Blob) {
        for run in &other.runs {
            match run {
                Run::Bytes(bytes) if self.runs.last().is_none_or(|l| matches!(l, Run::Hole(_))) => {
                    self.runs.push(Run::Bytes(bytes.clone()));
                }
                Run::Bytes(bytes) => self.push_bytes(bytes),
                Run::Hole(length) => self.push_hole(*length),
            }
        }
    }

    /// The bytes from `start` (inclusive) to `end` (exclusive); both are clamped to the length.
    pub fn slice(&self, start: u64, end: u64) -> Blob {
        let mut cut = Blob::new();
        let mut at = 0;
        for run in &self.runs {
            let (from, to) = (start.max(at), end.min(at + run.len()));
            if from < to {
                match run {
                    Run::Bytes(_) if from == at && to == at + run.len() => {
                        cut.runs.push(run.clone())
                    }
                    Run::Bytes(bytes) => {
                        cut.push_bytes(&bytes[(from - at) as usize..(to - at) as usize]);
                    }
                    Run::Hole(_) => cut.push_hole(to - from),
                }
            }
            at += run.len();
        }
        cut
    }

    /// Cuts off and returns the first `length` bytes (all, if it has fewer).
    pub fn take_front(&mut self, length: u64) -> Blob {
        let front = self.slice(0, length);
        *self = self.slice(length, u64::MAX);
        front
    }

    /// Overwrites from `offset` on, growing (with a hole up to `offset`) where needed.
    pub fn write_at(&mut self, offset: u64, data: &Blob) {
        let mut next = self.slice(0, offset);
        let length = next.len();
        if length < offset {
            next.push_hole(offset - length);
        }
        next.append(data);
        next.append(&self.slice(offset + data.len(), u64::MAX));
        *self = next;
    }

    /// Cuts to `length`, or grows to it with a hole.
    pub fn truncate(&mut self, length: u64) {
        *self = self.slice(0, length);
        let kept = self.len();
        self.push_hole(length - kept);
    }

    /// All its bytes, a hole as zero bytes of which at most `holes_max` are given for each hole.
    pub fn to_bytes(&self, holes_max: u64) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.kept());
        for run in &self.runs {
            match run {
                Run::Bytes(kept) => bytes.extend_from_slice(kept),
                Run::Hole(length) => {
                    bytes.resize(bytes.len() + (*length).min(holes_max) as usize, 0);
                }
            }
        }
        bytes
    }

    /// Its kept bytes alone, holes left out.
    pub fn bytes(&self) -> Vec<u8> {
        self.to_bytes(0)
    }

    /// Its kept bytes as text, invalid UTF-8 replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes()).into_owned()
    }
}

impl From<&[u8]> for Blob {
    fn from(bytes: &[u8]) -> Blob {
        let mut blob = Blob::new();
        blob.push_bytes(bytes);
        blob
    }
}

impl From<&str> for Blob {
    fn from(text: &str) -> Blob {
        text.as_bytes().into()
    }
}

impl From<Vec<u8>> for Blob {
    fn from(bytes: Vec<u8>) -> Blob {
        bytes.as_slice().into()
    }
}

impl From<String> for Blob {
    fn from(text: String) -> Blob {
        text.as_bytes().into()
    }
}

impl fmt::Debug for Blob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for run in &self.runs {
            match run {
                Run::Bytes(bytes) => write!(f, "{:?}", String::from_utf8_lossy(bytes))?,
                Run::Hole(length) => write!(f, "<{length} bytes>")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cutting_and_joining_keeps_length_and_content() {
        let mut blob = Blob::from("head");
        blob.push_hole(1_000);
        blob.push_bytes(b"tail");
        assert_eq!(blob.len(), 1_008);
        for cut in [0, 2, 4, 5, 500, 1_003, 1_004, 1_006, 1_008] {
            let mut rest = blob.clone();
            let mut joined = rest.take_front(cut);
            assert_eq!(joined.len(), cut);
            joined.append(&rest);
            assert_eq!(joined, blob, "cut at {cut}");
        }
    }

    #[test]
    fn writing_past_the_end_leaves_a_hole() {
        let mut blob = Blob::from("ab");
        blob.write_at(4, &Blob::from("ef"));
        assert_eq!(blob.to_bytes(u64::MAX), b"ab\0\0ef");
        blob.write_at(1, &Blob::from("XYZ"));
        assert_eq!(blob.to_bytes(u64::MAX), b"aXYZef");
        blob.truncate(3);
        assert_eq!(blob.to_bytes(u64::MAX), b"aXY");
    }
}
