//! Words: quotes, escapes, and what they hold.

use super::super::script::{AstId, Broken, Part, PartKind, Span, SyntaxError, Word};
use super::scan::Around;
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
    /// Between double quotes within the word of a `"${…}"`, which bash takes for the end of the
    /// outer ones.
    InnerQuotes,
    /// A here-document's body: to the end.
    Document,
    /// An arithmetic expression: to the end.
    Arith,
    /// dash's: to the `))` that nothing within opens.
    DashArith,
    /// Behind the operator of `${…}`: to the end.
    Operand { quoted: bool },
    /// dash's: ends at `}`.
    DashBrace { quoted: bool },
}

impl Place {
    /// Whether double-quote rules hold: single quotes are ordinary.
    fn quoted(self) -> bool {
        match self {
            Place::Quotes | Place::InnerQuotes => true,
            Place::Document | Place::Arith | Place::DashArith => true,
            Place::Operand { quoted } | Place::DashBrace { quoted } => quoted,
            _ => false,
        }
    }

    /// A word as the grammar has it: where its pairs end is found before they are read.
    fn is_read(self) -> bool {
        matches!(self, Place::Word | Place::Regex | Place::Glob)
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
        let scanned = self.scanned;
        self.scanned |= self.bash() && !place.is_read();
        let outer = self.arith_from;
        if place == Place::Arith {
            self.arith_from = start;
        }
        let parts = self.deeper(|p| p.parts(place));
        (self.scanned, self.arith_from) = (scanned, outer);
        let mut parts = parts?;
        name_text(&mut parts, &self.src.text[start..self.src.pos], false);
        let reads = self.bash() && !self.scanned && matches!(place, Place::Word | Place::Glob);
        let braced = if reads { self.braced(start, &parts, place) } else { Vec::new() };
        Ok(Word { span: self.span_from(start), parts, braced, ..Word::default() })
    }

    fn ends(&self, place: Place, byte: u8, nested: u32) -> bool {
        match place {
            Place::Word | Place::Glob => is_meta(byte),
            Place::Regex => is_meta(byte) && byte != b'|',
            Place::Quotes | Place::InnerQuotes => byte == b'"',
            Place::DashBrace { .. } => byte == b'}',
            Place::DashArith => nested == 0 && byte == b')' && self.byte_at(1) == Some(b')'),
            Place::Document | Place::Arith | Place::Operand { .. } => false,
        }
    }

    fn parts(&mut self, place: Place) -> Parse<Vec<Part>> {
        let mut all = Collect::default();
        let mut nested = 0u32;
        // Up to where a pattern's parentheses go.
        let mut grouped = 0;
        let reads = self.bash() && !self.scanned && place.is_read();
        while let Some(byte) = self.byte() {
            let start = self.src.pos;
            if byte == b'(' && reads && start >= grouped && self.opens_pattern(place) {
                grouped = self.pattern_end()?;
            }
            if start >= grouped && !self.at_process_in(place) && self.ends(place, byte, nested) {
                break;
            }
            if place == Place::DashArith {
                nested += u32::from(byte == b'(');
                nested = nested.saturating_sub(u32::from(byte == b')'));
            }
            if reads && self.at_pair() {
                let edits = self.src.edits.len();
                self.pair()?;
                self.read_pair(start, edits, |p| p.piece(place, byte, &mut all))?;
            } else {
                self.piece(place, byte, &mut all)?;
            }
        }
        Ok(all.parts)
    }

    /// What begins with this byte.
    fn piece(&mut self, place: Place, byte: u8, all: &mut Collect) -> Parse<()> {
        let start = self.src.pos;
        match byte {
            b'\\' => self.backslash(place, all),
            b'\'' if !place.quoted() => self.single_quotes(all)?,
            b'"' if place == Place::Document => {
                self.src.pos += 1;
                all.text(self.span_from(start), true, b"\"");
            }
            b'"' => self.double_quotes(place, all)?,
            b'$' => self.dollar(place, all)?,
            b'`' => self.backquotes(place, all)?,
            _ if self.at_process_in(place) => {
                let kind = self.process()?;
                all.parts.push(Part { span: self.span_from(start), quoted: true, kind });
            }
            _ => {
                self.src.pos += 1;
                all.text(self.span_from(start), place.quoted(), &[byte]);
            }
        }
        Ok(())
    }

    fn at_process_in(&self, place: Place) -> bool {
        matches!(place, Place::Word | Place::Glob) && self.at_process()
    }

    /// Whether the parenthesis here belongs to a pattern.
    fn opens_pattern(&self, place: Place) -> bool {
        place == Place::Regex || place == Place::Glob && self.after_glob_sign(self.src.pos)
    }

    /// Behind the parenthesis that closes the one here.
    fn pattern_end(&mut self) -> Parse<usize> {
        let (start, edits) = (self.src.pos, self.src.edits.len());
        let outer = std::mem::replace(&mut self.delimiter, b'(');
        self.src.pos += 1;
        let read = self.matched(b'(', b')', Around { quoted: outer == b'"', ..Around::default() });
        self.delimiter = outer;
        read?;
        self.src.edits.truncate(edits);
        Ok(std::mem::replace(&mut self.src.pos, start))
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
        if place.is_read() && !self.scanned && self.keeps_backslash(next) {
            self.unquoting = true;
            self.src.pos -= 1;
            all.text(self.span_from(start), true, b"\\");
            return;
        }
        let escapes = match place {
            Place::Quotes => matches!(next, b'$' | b'`' | b'"' | b'\\'),
            Place::Arith | Place::DashArith => matches!(next, b'$' | b'`' | b'\\' | b'"'),
            Place::Document => matches!(next, b'$' | b'`' | b'\\'),
            Place::Operand { quoted: true } | Place::DashBrace { quoted: true } => {
                matches!(next, b'$' | b'`' | b'"' | b'\\' | b'}')
            }
            _ => true,
        };
        let span = self.span_from(start);
        if place == Place::Arith && next == b'"' && self.loses_quote(start) {
            return;
        }
        if escapes {
            all.text(span, true, &[next]);
        } else {
            all.text(span, true, &[b'\\', next]);
        }
    }

    /// Whether an escaped quote at this position of an expression is within quotes, which are taken
    /// away twice where something is expanded (expand_arith_string).
    fn loses_quote(&self, at: usize) -> bool {
        let text = &self.src.text[self.arith_from..self.src.end];
        let mut before = text[..at - self.arith_from].iter();
        let mut open = false;
        while let Some(byte) = before.next() {
            match byte {
                b'\\' => drop(before.next()),
                b'"' => open = !open,
                _ => {}
            }
        }
        open && self.bash() && text.iter().any(|byte| matches!(byte, b'$' | b'`'))
    }

    /// Models `read_token_word` where an assignment's list is read within a delimiter: a backslash
    /// stays what it is. Before other bytes that makes no difference.
    fn keeps_backslash(&self, next: u8) -> bool {
        let quotes = self.delimiter == b'"' && matches!(next, b'`' | b'"');
        let is_sign = is_meta(next) && !matches!(next, b' ' | b'\t');
        let differs = is_sign || matches!(next, b'\'' | b'"' | b'`');
        self.bash() && self.in_array && self.delimiter != 0 && differs && !quotes
    }

    fn single_quotes(&mut self, all: &mut Collect) -> Parse<()> {
        let start = self.src.pos;
        let line = self.line_here();
        let rest = &self.rest()[1..];
        let length = match rest.iter().position(|b| *b == b'\'') {
            None if self.scanned => rest.len(),
            None => return Err(self.unclosed(line, '\'')),
            Some(length) => length,
        };
        let text = rest[..length].to_vec();
        self.src.pos = (self.src.pos + length + 2).min(self.src.end);
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
        let quotes = match place {
            Place::Operand { quoted: true } => Place::InnerQuotes,
            _ => Place::Quotes,
        };
        let mut inner = self.deeper(|p| p.parts(quotes))?;
        name_text(&mut inner, &self.src.text[start + 1..self.src.pos], true);
        // Where they end is found before anything within is expanded.
        let ends_here = |part: &Part| match &part.kind {
            PartKind::Broken(broken) => !matches!(broken, Broken::Bad(_)),
            _ => false,
        };
        if let Some(at) = inner.iter().position(ends_here) {
            inner = vec![inner.swap_remove(at)];
        }
        if self.byte() == Some(b'"') {
            self.src.pos += 1;
        } else if !self.scanned {
            return Err(self.unclosed(line, '"'));
        }
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
        if (self.bash() || self.ash()) && !quoted {
            match self.byte_at(1) {
                Some(b'\'') => {
                    let text = self.ansi_quotes()?;
                    all.text(self.span_from(start), true, &text);
                    return Ok(());
                }
                Some(b'"') if self.bash() => {
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
                if !self.scanned {
                    return Err(self.unclosed(line, '`'));
                }
                let text = self.rest().to_vec();
                self.src.pos = self.src.end;
                let span = self.span_from(start);
                if text.len() == 1 {
                    all.text(span, quoted, b"`");
                } else {
                    let kind = PartKind::Broken(Broken::Unclosed { closer: "\"`\"", text });
                    all.parts.push(Part { span, quoted, kind });
                }
                return Ok(());
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
        let kind = self.unread_command(text, map);
        if let PartKind::Backquote { body: None, text } = &kind
            && !self.bash()
            && let Some(error) = self.error_in_backquotes(text)
        {
            return Err(error);
        }
        all.parts.push(Part { span: self.span_from(start), quoted, kind });
        Ok(())
    }

    /// dash reads what is between backquotes at once, and counts its lines anew.
    fn error_in_backquotes(&self, text: &[u8]) -> Option<SyntaxError> {
        let error = super::parse(text, self.dialect, 1).0.error?;
        let stray =
            error.messages.iter().any(|(_, message)| message.ends_with(b"\")\" unexpected"));
        // It ends at such a parenthesis.
        (!stray).then(|| SyntaxError { at: self.place(self.src.pos), incomplete: false, ..error })
    }

    /// A command that is read only when it runs; what can be said of it is known before.
    pub(super) fn unread_command(&mut self, text: Vec<u8>, map: Vec<u32>) -> PartKind {
        let (problems, from) = (self.problems.len(), self.nodes.len());
        let first = self.line_of(map[0]);
        let (from_place, to_place) = (map[0], map[map.len() - 1]);
        let scanned = std::mem::replace(&mut self.scanned, false);
        let delimiter = std::mem::replace(&mut self.delimiter, 0);
        let is_string = std::mem::replace(&mut self.is_string, true);
        let substituting = std::mem::take(&mut self.substituting);
        let whole = |p: &mut Parser| p.deeper(|p| p.with_own_documents(Parser::whole));
        let body = self.within_text(text.clone(), map, whole);
        (self.scanned, self.delimiter, self.is_string) = (scanned, delimiter, is_string);
        self.substituting = substituting;
        // Its text is printed as it stands there.
        let inside: Vec<u32> =
            self.printed.range(from_place..to_place).map(|(at, _)| *at).collect();
        for at in inside {
            self.printed.remove(&at);
        }
        if body.is_err() {
            self.problems.truncate(problems);
        } else if self.bash() {
            self.count_lines_as_read(first, from);
        }
        PartKind::Backquote { body: body.ok(), text }
    }

    /// A list that fills the present text.
    fn whole(&mut self) -> Parse<AstId> {
        let id = self.list_until(&[])?;
        self.lines();
        if self.at_end() { Ok(id) } else { Err(self.unexpected(None)) }
    }
}

/// Gives broken parts the text that messages about them show; only what is `bad`, or all.
fn name_text(parts: &mut [Part], whole: &[u8], bad: bool) {
    for part in parts {
        match &mut part.kind {
            PartKind::Broken(Broken::Bad(text)) if text.is_empty() => *text = whole.to_vec(),
            PartKind::Broken(Broken::Unclosed { text, .. }) if !bad && text.is_empty() => {
                *text = whole.to_vec();
            }
            _ => {}
        }
    }
}
