//! From the text of a scalar back to the bytes of the file.

use super::{Node, Style, Value};
use crate::span::Span;

/// Where each piece of a scalar's text stands in its file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TextMap {
    whole: Span,
    pieces: Vec<Piece>,
}

/// Bytes that stand in the file as they stand in the text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Piece {
    text: u32,
    file: u32,
    len: u32,
}

impl TextMap {
    /// The map of a scalar; none for a list or a mapping. `source` is the text of its file.
    pub fn of(node: &Node, source: &str) -> Option<TextMap> {
        let Value::Scalar(scalar) = &node.value else { return None };
        let whole = node.span;
        if node.aliased {
            return Some(TextMap { whole, pieces: Vec::new() });
        }
        let literal = if scalar.style == Style::Literal {
            literal(&scalar.text, source, whole.start as usize)
        } else {
            None
        };
        let pieces = literal.unwrap_or_else(|| walk(&scalar.text, scalar.style, source, whole));
        Some(TextMap { whole, pieces })
    }

    /// The spans of the text's bytes `start..end`, at most one for each line. What cannot be told
    /// is the whole scalar.
    pub fn spans(&self, start: u32, end: u32) -> Vec<Span> {
        let mut spans: Vec<Span> = Vec::new();
        for piece in &self.pieces {
            let from = start.max(piece.text);
            let to = end.min(piece.text + piece.len);
            if from < to {
                let first = piece.file + (from - piece.text);
                let last = first + (to - from);
                match spans.last_mut() {
                    Some(span) if span.end == first => span.end = last,
                    _ => spans.push(Span { file: self.whole.file, start: first, end: last }),
                }
            }
        }
        if spans.is_empty() {
            spans.push(self.at(start).unwrap_or(self.whole));
        }
        spans
    }

    /// The empty span at one byte of the text.
    pub fn at(&self, byte: u32) -> Option<Span> {
        let piece = self.pieces.iter().rev().find(|piece| piece.text <= byte)?;
        let at = piece.file + (byte - piece.text).min(piece.len);
        Some(Span { file: self.whole.file, start: at, end: at })
    }

    /// The text's byte that stands at a byte of the file.
    pub fn to_text(&self, file_byte: u32) -> Option<u32> {
        let inside = |piece: &&Piece| (piece.file..piece.file + piece.len).contains(&file_byte);
        self.pieces.iter().find(inside).map(|piece| piece.text + (file_byte - piece.file))
    }
}

/// A literal block: every line of the text is a line of the file less the indentation. None if that
/// does not hold. `content` is where the block's first line that holds something begins.
fn literal(text: &str, source: &str, content: usize) -> Option<Vec<Piece>> {
    let holds = |line: &str| !line.trim().is_empty();
    let spaces = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let lead: usize = text.split_inclusive('\n').take_while(|l| !holds(l)).map(str::len).sum();
    let mut line_start = source[..content].rfind('\n').map_or(0, |newline| newline + 1);
    line_start += source[line_start..]
        .split_inclusive('\n')
        .take_while(|line| !holds(line))
        .map(str::len)
        .sum::<usize>();
    let indent = spaces(&source[line_start..]).checked_sub(spaces(&text[lead..]))?;
    let mut pieces = Vec::new();
    let mut at = lead;
    for line in text[lead..].split_inclusive('\n') {
        let body = line.trim_end_matches('\n');
        let line_end = source[line_start..].find('\n').map_or(source.len(), |n| line_start + n);
        let raw = source[line_start..line_end].trim_end_matches('\r');
        if !body.is_empty() {
            if raw.get(indent..)? != body {
                return None;
            }
            push(&mut pieces, at, line_start + indent, body.len());
        }
        at += line.len();
        line_start = (line_end + 1).min(source.len());
    }
    Some(pieces)
}

/// Any other scalar: walks text and file side by side, past quotes, escapes and folded line breaks.
fn walk(text: &str, style: Style, source: &str, whole: Span) -> Vec<Piece> {
    let raw = &source[whole.range()];
    let quoted = matches!(style, Style::SingleQuoted | Style::DoubleQuoted);
    let mut raw_at = usize::from(quoted);
    let mut text_at = 0;
    let mut pieces: Vec<Piece> = Vec::new();
    let (text_bytes, raw_bytes) = (text.as_bytes(), raw.as_bytes());
    while text_at < text.len() && raw_at < raw.len() {
        let (wanted, here) = (text_bytes[text_at], raw_bytes[raw_at]);
        let escaped = (style == Style::DoubleQuoted && here == b'\\')
            || (style == Style::SingleQuoted && here == b'\'');
        if escaped {
            let (in_raw, in_text) = escape(&raw[raw_at..], &text[text_at..], style);
            push(&mut pieces, text_at, whole.start as usize + raw_at, in_text.min(1));
            raw_at += in_raw;
            text_at += in_text;
        } else if here == wanted {
            push(&mut pieces, text_at, whole.start as usize + raw_at, 1);
            text_at += 1;
            raw_at += 1;
        } else if here.is_ascii_whitespace() {
            // A fold: the line break and the indentation stand for one space or line break.
            if wanted == b'\n' || wanted == b' ' {
                text_at += 1;
                while raw_at < raw.len() && raw_bytes[raw_at].is_ascii_whitespace() {
                    raw_at += 1;
                    if raw_bytes[raw_at - 1] == b'\n' && text_bytes.get(text_at) == Some(&b'\n') {
                        text_at += 1;
                    }
                }
            } else {
                raw_at += 1;
            }
        } else {
            break;
        }
    }
    pieces
}

fn push(pieces: &mut Vec<Piece>, text: usize, file: usize, len: usize) {
    let (text, file, len) = (text as u32, file as u32, len as u32);
    match pieces.last_mut() {
        Some(last) if last.text + last.len == text && last.file + last.len == file => {
            last.len += len;
        }
        _ => pieces.push(Piece { text, file, len }),
    }
}

/// How many bytes an escape takes in the file, and how many it stands for.
fn escape(raw: &str, text: &str, style: Style) -> (usize, usize) {
    if style == Style::SingleQuoted {
        return (2.min(raw.len()), 1);
    }
    let width = text.chars().next().map_or(0, char::len_utf8);
    match raw.as_bytes().get(1) {
        Some(b'x') => (4.min(raw.len()), width),
        Some(b'u') => (6.min(raw.len()), width),
        Some(b'U') => (10.min(raw.len()), width),
        Some(b'\n' | b'\r') => {
            let rest = raw[1..].trim_start();
            (raw.len() - rest.len(), 0)
        }
        Some(_) => (2, width),
        None => (1, 0),
    }
}
