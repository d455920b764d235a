//! Events to tree.

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span as Marked, Tag};

use super::{Entry, Node, Scalar, Style, Value};
use crate::base::SortedMap;
use crate::span::{FileId, Span};

/// Deeper nesting than any manifest has; beyond it a reader that recurses would overflow.
const DEPTH_MAX: usize = 64;

/// Nodes in one file, aliases counted each time they are used. Keeps a "billion laughs" file small.
const NODES_MAX: usize = 100_000;

/// One document of a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Document {
    /// Its root; a null scalar if the document is empty.
    pub root: Node,
}

/// All that one file holds.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Stream {
    /// Its documents, in order, up to the first place that could not be read.
    pub documents: Vec<Document>,
    /// What is wrong with it.
    pub troubles: Vec<Trouble>,
}

/// Something wrong in a file's YAML.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Trouble {
    /// Where.
    pub span: Span,
    /// What.
    pub kind: TroubleKind,
}

/// What is wrong.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TroubleKind {
    /// It is not YAML; in the parser's words.
    Syntax(String),
    /// A tab where only spaces may indent.
    Tab {
        /// Whether the line before ends with a value, which this line would go on with.
        continues: bool,
    },
    /// A key that stands in this mapping before. The later one counts.
    DuplicateKey(String),
    /// Nested deeper, or more nodes, than we read.
    TooLarge,
}

/// Reads a file. What could be read before an error is given, too.
pub fn read(file: FileId, text: &str) -> Stream {
    Reader::new(file, text).run()
}

struct Reader<'t> {
    file: FileId,
    text: &'t str,
    /// The byte of each character, and of the end.
    bytes: Vec<u32>,
    stream: Stream,
    open: Vec<Open>,
    anchors: SortedMap<usize, Node>,
    nodes: usize,
}

/// A list or mapping not yet complete.
struct Open {
    start: usize,
    anchor: usize,
    flow: bool,
    items: Vec<Node>,
    map: bool,
}

impl<'t> Reader<'t> {
    fn new(file: FileId, text: &'t str) -> Reader<'t> {
        let mut bytes: Vec<u32> = text.char_indices().map(|(at, _)| at as u32).collect();
        bytes.push(text.len() as u32);
        let stream = Stream::default();
        Reader { file, text, bytes, stream, open: Vec::new(), anchors: SortedMap::new(), nodes: 0 }
    }

    fn byte(&self, character: usize) -> usize {
        self.bytes[character.min(self.bytes.len() - 1)] as usize
    }

    fn run(mut self) -> Stream {
        let text = self.text;
        for event in Parser::new_from_str(text) {
            let done = match event {
                Ok((event, marked)) => self.event(event, marked),
                Err(error) => Err(self.trouble(&error)),
            };
            if let Err(trouble) = done {
                self.stream.troubles.push(trouble);
                break;
            }
        }
        self.stream
    }

    fn trouble(&self, error: &ScanError) -> Trouble {
        let at = self.byte(error.marker().index());
        let start = self.text[..at].rfind('\n').map_or(0, |newline| newline + 1);
        // The parser may stop at the end of the value before a line that a tab indents.
        if let Some(trouble) = self.tab(start) {
            return trouble;
        }
        let end = self.text[at..].find('\n').map_or(self.text.len(), |n| at + n);
        let span = Span::new(self.file, at, end.max(at));
        Trouble { span, kind: TroubleKind::Syntax(error.info().to_owned()) }
    }

    /// The tab that indents the line that starts here, or the one after it.
    fn tab(&self, start: usize) -> Option<Trouble> {
        let mut at = start;
        for line in self.text[start..].split_inclusive('\n').take(2) {
            let indent = &line[..line.len() - line.trim_start_matches([' ', '\t']).len()];
            if let Some(tab) = indent.find('\t').filter(|_| !line.trim().is_empty()) {
                let before = self.text[..at].trim_end();
                let continues = !before.is_empty() && !before.ends_with([':', '-', '|', '>']);
                let span = Span::new(self.file, at + tab, at + tab + 1);
                return Some(Trouble { span, kind: TroubleKind::Tab { continues } });
            }
            at += line.len();
        }
        None
    }

    fn too_large(&self, at: usize) -> Trouble {
        Trouble { span: Span::new(self.file, at, at), kind: TroubleKind::TooLarge }
    }

    fn event(&mut self, event: Event<'_>, marked: Marked) -> Result<(), Trouble> {
        let (start, end) = (self.byte(marked.start.index()), self.byte(marked.end.index()));
        match event {
            Event::DocumentStart(_) => {
                self.open.clear();
                self.anchors.clear();
                Ok(())
            }
            Event::Scalar(text, style, anchor, tag) => {
                let node = self.scalar(&text, style, tag.as_deref(), start, end);
                self.add(node, anchor)
            }
            Event::Alias(anchor) => {
                let Some(mut node) = self.anchors.get(&anchor).cloned() else { return Ok(()) };
                self.nodes += count(&node);
                node.span = Span::new(self.file, start, end.max(start));
                node.aliased = true;
                self.add(node, 0)
            }
            Event::SequenceStart(anchor, _) => self.start(start, end, anchor, false),
            Event::MappingStart(anchor, _) => self.start(start, end, anchor, true),
            Event::SequenceEnd | Event::MappingEnd => self.end(end),
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Ok(()),
        }
    }

    fn start(&mut self, at: usize, end: usize, anchor: usize, map: bool) -> Result<(), Trouble> {
        if self.open.len() >= DEPTH_MAX {
            return Err(self.too_large(at));
        }
        let flow = end > at && matches!(self.text.as_bytes()[at], b'{' | b'[');
        self.open.push(Open { start: at, anchor, flow, items: Vec::new(), map });
        Ok(())
    }

    fn end(&mut self, end: usize) -> Result<(), Trouble> {
        let Some(open) = self.open.pop() else { return Ok(()) };
        // A block ends where its last child ends; a flow collection where its bracket stands.
        let last = open.items.iter().map(|item| item.span.end as usize).max();
        let end = if open.flow { end } else { last.unwrap_or(open.start) };
        let span = Span::new(self.file, open.start, end.max(open.start));
        let value = if open.map { self.mapping(open.items) } else { Value::List(open.items) };
        self.add(Node { span, value, aliased: false }, open.anchor)
    }

    fn mapping(&mut self, items: Vec<Node>) -> Value {
        let mut own: Vec<Entry> = Vec::with_capacity(items.len() / 2);
        let mut merged = Vec::new();
        let mut items = items.into_iter();
        while let (Some(key), Some(value)) = (items.next(), items.next()) {
            // `<<: *anchor` takes over what the mapping does not say itself (YAML 1.1 merge).
            if key.text() == Some("<<") && matches!(value.value, Value::Map(_)) {
                merged.extend_from_slice(value.entries());
                continue;
            }
            let name = key.as_key();
            if own.iter().any(|entry| entry.key.as_key() == name) {
                let kind = TroubleKind::DuplicateKey(name);
                self.stream.troubles.push(Trouble { span: key.span, kind });
            }
            own.push(Entry { key, value });
        }
        // The last entry of a key counts, so what was merged in comes first.
        merged.append(&mut own);
        Value::Map(merged)
    }

    fn add(&mut self, node: Node, anchor: usize) -> Result<(), Trouble> {
        self.nodes += 1;
        if self.nodes > NODES_MAX {
            return Err(self.too_large(node.span.start as usize));
        }
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        match self.open.last_mut() {
            Some(open) => open.items.push(node),
            None => self.stream.documents.push(Document { root: node }),
        }
        Ok(())
    }

    fn scalar(
        &self,
        text: &str,
        style: ScalarStyle,
        tag: Option<&Tag>,
        start: usize,
        end: usize,
    ) -> Node {
        let style = match style {
            ScalarStyle::Plain => Style::Plain,
            ScalarStyle::SingleQuoted => Style::SingleQuoted,
            ScalarStyle::DoubleQuoted => Style::DoubleQuoted,
            ScalarStyle::Literal => Style::Literal,
            ScalarStyle::Folded => Style::Folded,
        };
        let written = &self.text[start..end.max(start)];
        let end = match style {
            // The parser's end lies after the line breaks that follow.
            Style::Literal | Style::Folded | Style::Plain => start + written.trim_end().len(),
            Style::SingleQuoted | Style::DoubleQuoted => end,
        };
        let tag = tag.filter(|tag| tag.is_yaml_core_schema()).map(|tag| tag.suffix.clone());
        Node {
            span: Span::new(self.file, start, end.max(start)),
            value: Value::Scalar(Scalar { text: text.to_owned(), style, tag }),
            aliased: false,
        }
    }
}

/// How many nodes a tree holds.
fn count(node: &Node) -> usize {
    match &node.value {
        Value::Scalar(_) => 1,
        Value::List(items) => 1 + items.iter().map(count).sum::<usize>(),
        Value::Map(entries) => {
            1 + entries.iter().map(|e| count(&e.key) + count(&e.value)).sum::<usize>()
        }
    }
}
