//! Finding a node by its path, as the API server's messages write paths.

use super::{Entry, Node, Value};
use crate::span::Span;

/// A path such as `spec.template.spec.containers[0].image` or `data[my.cnf]`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Path(pub Vec<Segment>);

/// One step of a path.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Segment {
    /// A key of a mapping.
    Key(String),
    /// An item of a list, from 0; in a mapping, the key of that text.
    Index(u32),
}

/// What a path leads to.
#[derive(Clone, Copy, Debug)]
pub struct Found<'a> {
    /// The entry that holds it, if it is a mapping's.
    pub entry: Option<&'a Entry>,
    /// It.
    pub node: &'a Node,
    /// How many segments of the path led here; fewer than all: the rest is not there.
    pub depth: usize,
}

impl Found<'_> {
    /// Key and value together, or the item.
    pub fn span(&self) -> Span {
        self.entry.map_or(self.node.span, Entry::span)
    }

    /// The short place to point at: the key, or the scalar itself, or a block's first character.
    pub fn point(&self) -> Span {
        match (&self.node.value, self.entry) {
            (Value::Scalar(scalar), _)
                if !scalar.text.contains('\n') && !self.node.span.is_empty() =>
            {
                self.node.span
            }
            (_, Some(entry)) => entry.key.span,
            _ => self.node.span,
        }
    }
}

impl Path {
    /// Reads a path. Never fails: what is not a bracket or a dot is a key.
    pub fn parse(text: &str) -> Path {
        let mut segments = Vec::new();
        let mut key = String::new();
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            rest = &rest[c.len_utf8()..];
            match c {
                '.' => flush(&mut key, &mut segments),
                '[' => {
                    flush(&mut key, &mut segments);
                    let (inside, after) = rest.split_once(']').unwrap_or((rest, ""));
                    rest = after;
                    segments.push(match inside.parse() {
                        Ok(index) => Segment::Index(index),
                        Err(_) => Segment::Key(inside.to_owned()),
                    });
                }
                c => key.push(c),
            }
        }
        flush(&mut key, &mut segments);
        Path(segments)
    }
}

fn flush(key: &mut String, segments: &mut Vec<Segment>) {
    if !key.is_empty() {
        segments.push(Segment::Key(std::mem::take(key)));
    }
}

impl std::fmt::Display for Path {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (at, segment) in self.0.iter().enumerate() {
            match segment {
                Segment::Index(index) => write!(f, "[{index}]")?,
                Segment::Key(key) if key.contains(['.', '/', '[']) => write!(f, "[{key}]")?,
                Segment::Key(key) if at == 0 => write!(f, "{key}")?,
                Segment::Key(key) => write!(f, ".{key}")?,
            }
        }
        Ok(())
    }
}

impl Node {
    /// Follows a path as far as it leads.
    pub fn nearest(&self, path: &Path) -> Found<'_> {
        let mut found = Found { entry: None, node: self, depth: 0 };
        for segment in &path.0 {
            let next = match segment {
                Segment::Key(key) => found.node.entry(key).map(|entry| (Some(entry), &entry.value)),
                Segment::Index(index) => step(found.node, *index),
            };
            let Some((entry, node)) = next else { break };
            found = Found { entry, node, depth: found.depth + 1 };
        }
        found
    }

    /// What a path leads to, if all of it is there.
    pub fn find(&self, path: &Path) -> Option<Found<'_>> {
        Some(self.nearest(path)).filter(|found| found.depth == path.0.len())
    }
}

fn step(node: &Node, index: u32) -> Option<(Option<&Entry>, &Node)> {
    match &node.value {
        Value::List(items) => items.get(index as usize).map(|item| (None, item)),
        _ => node.entry(&index.to_string()).map(|entry| (Some(entry), &entry.value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read_as_the_server_writes_them() {
        let key = |text: &str| Segment::Key(text.into());
        let path = Path::parse("spec.containers[1].ports[0]");
        assert_eq!(
            path.0,
            [key("spec"), key("containers"), Segment::Index(1), key("ports"), Segment::Index(0)]
        );
        assert_eq!(Path::parse("data[a/b.c]").0, [key("data"), key("a/b.c")]);
        assert_eq!(Path::parse("").0, []);
        for text in ["spec.containers[1].ports[0]", "data[a/b.c].x"] {
            assert_eq!(Path::parse(text).to_string(), text);
        }
    }
}
