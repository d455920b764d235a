//! YAML with a place for every node.
//!
//! The parser is saphyr-parser; this module turns its events into a tree, its character counts into
//! bytes, and plain scalars into values as kubectl's own reader does (YAML 1.1: `yes` is true,
//! `0777` is octal).

mod map;
mod node;
mod path;
mod read;
mod resolve;

#[cfg(test)]
mod tests;

pub use map::TextMap;
pub use node::{Entry, Node, Scalar, Style, Value};
pub use path::{Found, Path, Segment};
pub use read::{Document, Stream, Trouble, TroubleKind, read};
