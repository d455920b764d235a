//! The tree.

use crate::span::Span;

/// A node of a YAML document and its place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Node {
    /// Where it stands. A block's span ends with its last line that holds something.
    pub span: Span,
    /// What it is.
    pub value: Value,
    /// Whether it stands here through an alias: its span is the alias, its children lie elsewhere.
    pub aliased: bool,
}

/// What a node is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Value {
    /// Text, number, truth or nothing.
    Scalar(Scalar),
    /// A list.
    List(Vec<Node>),
    /// A mapping, in the order written. A key written twice stands twice.
    Map(Vec<Entry>),
}

/// One entry of a mapping.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Its key.
    pub key: Node,
    /// Its value.
    pub value: Node,
}

/// A scalar as written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Scalar {
    /// Its text after quotes, escapes and folding.
    pub text: String,
    /// How it is written.
    pub style: Style,
    /// The short name of a core tag such as `!!str`, if it has one.
    pub tag: Option<String>,
}

/// How a scalar is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Style {
    /// Without quotes.
    Plain,
    /// In `'…'`.
    SingleQuoted,
    /// In `"…"`.
    DoubleQuoted,
    /// After `|`.
    Literal,
    /// After `>`.
    Folded,
}

impl Node {
    /// Its text, if it is a scalar.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar(scalar) => Some(&scalar.text),
            _ => None,
        }
    }

    /// Its items, if it is a list.
    pub fn items(&self) -> &[Node] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// Its entries, if it is a mapping.
    pub fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The entry of a key; of a key written twice the last, which is the one that counts.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().rev().find(|entry| entry.key.text() == Some(key))
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// Whether it says nothing: an empty value, `~` or `null`.
    pub fn is_null(&self) -> bool {
        self.to_json().is_null()
    }
}

impl Entry {
    /// From the key's first byte to the value's last.
    pub fn span(&self) -> Span {
        if self.value.span.file == self.key.span.file && self.value.span.end >= self.key.span.end {
            self.key.span.to(self.value.span)
        } else {
            self.key.span
        }
    }
}
