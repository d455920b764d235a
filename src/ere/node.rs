//! A pattern as a tree.

use super::set::Set;

/// A condition on a place between two characters.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Assert {
    /// `^`.
    LineStart,
    /// `$`.
    LineEnd,
    /// `` \` ``.
    TextStart,
    /// `\'`.
    TextEnd,
    /// `\b`.
    WordEdge,
    /// `\B`.
    NotWordEdge,
    /// `\<`.
    WordStart,
    /// `\>`.
    WordEnd,
}

/// A part of a pattern. How deep it nests is bounded by the parser.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Node {
    /// Matches without taking anything.
    Empty,
    /// One character (a code point, a byte, or [`super::set::INVALID`] + an invalid byte).
    Unit(u32),
    /// Any character.
    Any,
    /// One character of a set.
    Set(Set),
    /// `( … )` with its number from 1.
    Group(Box<Node>, u32),
    /// One after the other.
    Cat(Vec<Node>),
    /// One of them, the first preferred.
    Alt(Vec<Node>),
    /// Between `min` and `max` times.
    Repeat {
        /// What.
        node: Box<Node>,
        /// At least.
        min: u32,
        /// At most; `None`: any number.
        max: Option<u32>,
    },
    /// A condition.
    Assert(Assert),
    /// What the group matched, again.
    Back(u32),
}

/// A parsed pattern.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Parsed {
    /// The tree.
    pub node: Node,
    /// How many groups.
    pub groups: u32,
    /// Whether a back-reference occurs.
    pub has_backref: bool,
}
