//! Words: quotes, escapes, and what they hold.

use super::super::script::{AstId, Part, PartKind, Span, Word};
use super::{Parse, Parser, is_meta};

/// Where a run of parts stands, which says what ends it and what quotes mean in it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// A word of a command: ends at a metacharacter.
    Word,
    /// Right of `=~`: parentheses and `|` belong to it.
    Regex,
    /// Right of `==` in `[[`: `@(a|b)` belongs to it.
    Glob,
    /// Between double quotes.
    Quotes,
    /// A here-document's body: to the end.
    Document,
    /// An arithmetic expression: to the end.
    Arith,
    /// dash's: to the `))` that nothing within opens.
    DashArith,
    /// Within `${…}`: ends at `}` or one of these bytes.
    Brace { quoted: bool, stop: u8 },
}

impl Place {
    /// Whether double-quote rules hold: single quotes are ordinary.
    fn quoted(self) -> bool {
        match self {
            Place::Quotes | Place::Document | Place::Arith | Place::DashArith => true,
            Place::Brace { quoted, .. } => quoted,
            _ => false,
        }
    }
}

/// Parts as they are collected.
#[derive(Default)]
struct Collect {
    parts: Vec<Part>,
}

impl Collect {
    fn text(&mut self, span: Span, quoted: bool, bytes: &[u8]) {
        if let Some(Part { span: last, quoted: same, kind: PartKind::Text(text) }) =
            self.parts.last_mut()
            && *same == quoted
        {
            text.extend_from_slice(bytes);
            last.end = span.end;
            return;
        }
        self.parts.push(Part { span, quoted, kind: PartKind::Text(bytes.to_vec()) });
    }
}

impl Parser {
    /// A word of a command.
    pub(super) fn word(&mut self) -> Parse<Word> {
        self.word_in(Place::Word)
    }

    pub(super) fn word_in(&mut self, place: Place) -> Parse<Word> {
        let start = self.src.pos;
        let place = if place == Place::Word && self.extglob { Place::Glob } else { place };
        let parts = self.deeper(|p| p.parts(place))?;
        Ok(Word { span: self.span_from(start), parts, assign: None })
    }

    fn ends(&self, place: Place, byte: u8, nested: u32) -> bool {
        match place {
            Place::Word => is_meta(byte),
            Place::Regex => nested == 0 && is_meta(byte) && !matches!(byte, b'(' | b'|'),
            Place::Glob => nested == 0 && is_meta(byte),
            Place::Quotes => byte == b'"',
            Place::Brace { stop, .. } => byte == b'}' || (stop != 0 && byte == stop),
            Place::DashArith => nested == 0 && byte == b')' && self.byte_at(1) == Some(b')'),
            Place::Document | Place::Arith => false,
        }
    }

    fn parts(&mut self, place: Place) -> Parse<Vec<Part>> {
        let mut all = Collect::default();
        let mut nested = 0u32;
        while let Some(byte) = self.byte() {
            let start = self.src.pos;
            if place == Place::Glob && byte == b'(' && self.after_glob_sign(start) {
                nested += 1;
                self.src.pos += 1;
                all.text(self.span_from(start), false, b"(");
                continue;
            }
            if matches!(place, Place::Word | Place::Glob) && self.at_process() {
                let kind = self.process()?;
                all.parts.push(Part { span: self.span_from(start), quoted: true, kind });
                continue;
            }
            if self.ends(place, byte, nested) {
                break;
            }
            match byte {
                b'\\' => self.backslash(place, &mut all),
                b'\'' if !place.quoted() => self.single_quotes(&mut all)?,
                b'"' if place == Place::Document => {
                    self.src.pos += 1;
                    all.text(self.span_from(start), true, b"\"");
                }
                b'"' => self.double_quotes(place, &mut all)?,
                b'$' => self.dollar(place, &mut all)?,
                b'`' => self.backquotes(place, &mut all)?,
                _ => {
                    if matches!(place, Place::Regex | Place::Glob | Place::DashArith) {
                        match byte {
                            b'(' => nested += 1,
                            b')' if nested > 0 => nested -= 1,
                            _ => {}
                        }
                    }
                    self.src.pos += 1;
                    all.text(self.span_from(start), place.quoted(), &[byte]);
                }
            }
        }
        Ok(all.parts)
    }

    /// Whether `(` at this position opens an extended pattern.
    fn after_glob_sign(&self, at: usize) -> bool {
        at > 0 && matches!(self.src.text[at - 1], b'?' | b'*' | b'+' | b'@' | b'!')
    }

    fn backslash(&mut self, place: Place, all: &mut Collect) {
        let start = self.src.pos;
        let Some(next) = self.byte_at(1) else {
            self.src.pos += 1;
            all.text(self.span_from(start), place.quoted(), b"\\");
            return;
        };
        self.src.pos += 2;
        if next == b'\n' {
            return;
        }
        let escapes = match place {
            Place::Quotes => matches!(next, b'$' | b'`' | b'"' | b'\\'),
            Place::Document | Place::Arith | Place::DashArith => {
                matches!(next, b'$' | b'`' | b'\\')
            }
            Place::Brace { quoted: true, .. } => {
                matches!(next, b'$' | b'`' | b'"' | b'\\' | b'}')
            }
            _ => true,
        };
        let span = self.span_from(start);
        if escapes {
            all.text(span, true, &[next]);
        } else {
            all.text(span, true, &[b'\\', next]);
        }
    }

    fn single_quotes(&mut self, all: &mut Collect) -> Parse<()> {
        let start = self.src.pos;
        let line = self.line_here();
        let rest = &self.rest()[1..];
        let Some(length) = rest.iter().position(|b| *b == b'\'') else {
            return Err(self.unclosed(line, '\''));
        };
        let text = rest[..length].to_vec();
        self.src.pos += length + 2;
        all.text(self.span_from(start), true, &text);
        Ok(())
    }

    fn double_quotes(&mut self, place: Place, all: &mut Collect) -> Parse<()> {
        let start = self.src.pos;
        let line = self.line_here();
        self.src.pos += 1;
        if matches!(place, Place::Arith | Place::DashArith) {
            // Bash drops them; dash takes them for a sign it does not know.
            if !self.bash() {
                all.text(self.span_from(start), true, b"\"");
            }
            return Ok(());
        }
        let inner = self.deeper(|p| p.parts(Place::Quotes))?;
        if self.byte() != Some(b'"') {
            return Err(self.unclosed(line, '"'));
        }
        self.src.pos += 1;
        if inner.is_empty() {
            all.text(self.span_from(start), true, b"");
        }
        for part in inner {
            match part.kind {
                PartKind::Text(text) => all.text(part.span, true, &text),
                _ => all.parts.push(part),
            }
        }
        Ok(())
    }

    fn dollar(&mut self, place: Place, all: &mut Collect) -> Parse<()> {
        let start = self.src.pos;
        let quoted = place.quoted();
        if self.bash() && !quoted {
            match self.byte_at(1) {
                Some(b'\'') => {
                    let text = self.ansi_quotes()?;
                    all.text(self.span_from(start), true, &text);
                    return Ok(());
                }
                Some(b'"') => {
                    self.src.pos += 1;
                    return self.double_quotes(place, all);
                }
                _ => {}
            }
        }
        match self.deeper(|p| p.dollar_part(quoted))? {
            Some(kind) => {
                let span = self.span_from(start);
                all.parts.push(Part { span, quoted, kind });
            }
            None => {
                self.src.pos = start + 1;
                all.text(self.span_from(start), quoted, b"$");
            }
        }
        Ok(())
    }

    /// `$'…'`, decoded.
    fn ansi_quotes(&mut self) -> Parse<Vec<u8>> {
        let line = self.line_here();
        let rest = &self.rest()[2..];
        let mut length = 0;
        while length < rest.len() && rest[length] != b'\'' {
            length += if rest[length] == b'\\' { 2 } else { 1 };
        }
        if length >= rest.len() {
            return Err(self.unclosed(line, '\''));
        }
        let text = super::super::quote::ansi_decode(&rest[..length]);
        self.src.pos += length + 3;
        Ok(text)
    }

    fn backquotes(&mut self, place: Place, all: &mut Collect) -> Parse<()> {
        let start = self.src.pos;
        let quoted = place.quoted();
        let line = self.line_here();
        let rest = &self.rest()[1..];
        let mut text = Vec::new();
        let mut map = Vec::new();
        let mut at = 0;
        loop {
            let Some(byte) = rest.get(at).copied() else {
                return Err(self.unclosed(line, '`'));
            };
            if byte == b'`' {
                break;
            }
            let mut from = at;
            if byte == b'\\' {
                let next = rest.get(at + 1).copied();
                if matches!(next, Some(b'$' | b'`' | b'\\')) || (quoted && next == Some(b'"')) {
                    from = at + 1;
                }
            }
            text.push(rest[from]);
            map.push(self.place(start + 1 + at));
            at = from + 1;
        }
        map.push(self.place(start + 1 + at));
        self.src.pos = start + at + 2;
        let problems = self.problems.len();
        let body = self.within_text(text.clone(), map, |p| p.deeper(Parser::whole));
        if body.is_err() {
            self.problems.truncate(problems);
        }
        let kind = PartKind::Backquote { body: body.ok(), text };
        all.parts.push(Part { span: self.span_from(start), quoted, kind });
        Ok(())
    }

    /// A list that fills the present text.
    fn whole(&mut self) -> Parse<AstId> {
        let id = self.list_until(&[])?;
        self.lines();
        if self.at_end() { Ok(id) } else { Err(self.unexpected(None)) }
    }
}
