//! Places in text: bytes for machines, lines and columns for people.

use std::fmt;

/// A file, by its place in [`super::Files`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct FileId(pub u32);

/// Bytes `start..end` of a file. The end is exclusive; an empty span is a place between two
/// characters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Span {
    /// Which file.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The bytes `start..end` of `file`.
    pub fn new(file: FileId, start: usize, end: usize) -> Span {
        assert!(start <= end, "a span does not end before it starts");
        let small = |n: usize| u32::try_from(n).expect("a file stays below 4 GiB");
        Span { file, start: small(start), end: small(end) }
    }

    /// The same as a range of bytes.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    /// From the start of this one to the end of `last`, a later one in the same file.
    pub fn to(self, last: Span) -> Span {
        assert_eq!(self.file, last.file, "a span lies in one file");
        Span { file: self.file, start: self.start, end: last.end.max(self.start) }
    }

    /// Whether it covers no byte.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }
}

/// A place for people: both count from 1, the column in characters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct LineColumn {
    /// The line, from 1.
    pub line: u32,
    /// The column, in characters, from 1.
    pub column: u32,
}

impl fmt::Display for LineColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}
