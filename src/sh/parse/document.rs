//! Here-documents: their lines are read at the newline that ends the line they stand on, however
//! far the quotes and the `$(…)` on it go (parse.y: `gather_here_documents`).

use super::super::script::{Part, PartKind, RedirectKind, Span, SyntaxError, Word};
use super::word::Place;
use super::{Parse, Parser};

/// A here-document whose lines are still to come.
pub(super) struct Pending {
    tag: Vec<u8>,
    /// Its leading tabs go.
    strip: bool,
    quoted: bool,
    /// Which of the text's it is.
    number: u32,
}

/// Its lines as they are expanded, and as they stand there.
pub(super) type Document = (Word, Vec<u8>);

/// Lines as they were read.
struct Lines {
    text: Vec<u8>,
    map: Vec<u32>,
    /// Where the script goes on.
    resume: usize,
}

impl Parser {
    /// The delimiter here.
    pub(super) fn here_document(&mut self, strip: bool) -> Parse<RedirectKind> {
        let from = self.src.pos;
        let word = self.target()?;
        let raw = &self.src.text[from..self.src.pos];
        let quoted = raw.iter().any(|b| matches!(b, b'\'' | b'"' | b'\\'));
        let tag =
            if quoted { word.literal().unwrap_or_else(|| raw.to_vec()) } else { raw.to_vec() };
        let number = self.documents.len() as u32;
        self.documents.push(Document::default());
        self.document_places.insert(self.place(from), number);
        self.pending.push(Pending { tag: tag.clone(), strip, quoted, number });
        let (body, lines) = Document::default();
        Ok(RedirectKind::HereDoc { number, body, expand: !quoted, tag, lines })
    }

    /// Reads a text that has here-documents of its own.
    pub(super) fn with_own_documents<T>(
        &mut self,
        read: impl FnOnce(&mut Parser) -> Parse<T>,
    ) -> Parse<T> {
        let outer = std::mem::take(&mut self.pending);
        let answer = read(self);
        let own = std::mem::replace(&mut self.pending, outer);
        if answer.is_ok() && !own.is_empty() {
            let outer = std::mem::replace(&mut self.pending, own);
            self.gather_late();
            self.pending = outer;
        }
        answer
    }

    /// The text or the `$(…)` ends on the line of a here-document.
    fn gather_late(&mut self) {
        let at_end = self.at_end();
        if !at_end && self.bash() {
            let count = self.pending.len();
            let plural = if count == 1 { "" } else { "s" };
            let message = format!(
                "warning: command substitution: {count} unterminated here-document{plural}"
            );
            let error = self.error(self.line_here(), message.into_bytes());
            self.warnings.push(SyntaxError { is_warning: true, ..error });
        }
        let newline = self.rest().iter().position(|byte| *byte == b'\n');
        self.gather(newline.map_or(self.src.end, |n| self.src.pos + n));
    }

    /// Reads the lines of those that wait for this newline.
    pub(super) fn gather(&mut self, newline: usize) {
        for pending in std::mem::take(&mut self.pending) {
            let start = self.src.jumps.get(&newline).copied().unwrap_or(newline + 1);
            let Lines { text, map, resume } = self.document_lines(start, &pending);
            self.src.jumps.insert(newline, resume);
            let lines = text.clone();
            let body = if pending.quoted {
                let span = Span {
                    start: map.first().copied().unwrap_or_default(),
                    end: map.last().copied().unwrap_or_default(),
                };
                let part = Part { span, quoted: true, kind: PartKind::Text(text) };
                Word { span, parts: vec![part], ..Word::default() }
            } else {
                self.within_text(text, map, |p| p.word_in(Place::Document)).unwrap_or_default()
            };
            self.documents[pending.number as usize] = (body, lines);
        }
    }

    /// Gives the redirections their here-documents.
    pub(super) fn fill_documents(&mut self) {
        let redirects = self.nodes.iter_mut().flat_map(|node| &mut node.redirects);
        for redirect in redirects {
            if let RedirectKind::HereDoc { number, body, lines, .. } = &mut redirect.kind {
                (*body, *lines) = self.documents[*number as usize].clone();
            }
        }
    }

    /// The line from here on that is compared with the delimiter: in one that is expanded, escaped
    /// newlines are nothing. Its bytes with their places, and where the next begins.
    fn document_line(&self, from: usize, quoted: bool) -> (Vec<(u8, usize)>, usize) {
        let (mut line, mut at) = (Vec::new(), from);
        while let Some(byte) = self.src.text[..self.src.end].get(at).copied() {
            let next = self.src.text[..self.src.end].get(at + 1).copied();
            match (byte, next) {
                (b'\\', Some(b'\n')) if !quoted && self.bash() => {
                    at += 2;
                    continue;
                }
                (b'\\', Some(next)) if !quoted && next != b'\n' => {
                    line.push((byte, at));
                    at += 1;
                    line.push((next, at));
                }
                _ => line.push((byte, at)),
            }
            at += 1;
            if byte == b'\n' {
                break;
            }
        }
        (line, at)
    }

    fn document_lines(&mut self, start: usize, pending: &Pending) -> Lines {
        let (mut text, mut map) = (Vec::new(), Vec::new());
        let mut at = start.min(self.src.end);
        // Bash names the line it has read when it begins with the lines.
        let begun = self.line_of(self.place(at.saturating_sub(1)));
        loop {
            if at >= self.src.end {
                if text.last().is_some_and(|byte| *byte != b'\n') {
                    text.push(b'\n');
                    map.push(self.place(self.src.end));
                }
                let last = match self.src.map.last() {
                    Some(place) => self.line_of(*place),
                    None => self.line_of(self.script_len().saturating_sub(1)),
                };
                self.warn_document(pending, begun, last);
                map.push(self.place(self.src.end));
                return Lines { text, map, resume: self.src.end };
            }
            let (mut line, next) = self.document_line(at, pending.quoted);
            if pending.strip {
                let tabs = line.iter().take_while(|(byte, _)| *byte == b'\t').count();
                line.drain(..tabs);
            }
            let bytes: Vec<u8> = line.iter().map(|(byte, _)| *byte).collect();
            let rest = bytes.strip_prefix(pending.tag.as_slice());
            if matches!(rest, Some(b"" | b"\n")) {
                map.push(self.place(at));
                return Lines { text, map, resume: next };
            }
            if let Some(rest) = rest
                && self.bash()
                && self.substituting > 0
                && rest.contains(&b')')
            {
                // The parenthesis of `$(` may stand on the delimiter's line.
                let resume = line[pending.tag.len()].1;
                self.warn_document(pending, begun, self.line_of(self.place(resume)));
                map.push(self.place(at));
                return Lines { text, map, resume };
            }
            for (byte, place) in line {
                text.push(byte);
                map.push(self.place(place));
            }
            at = next;
        }
    }

    fn warn_document(&mut self, pending: &Pending, begun: u32, line: u32) {
        if !self.bash() {
            return;
        }
        let wanted = String::from_utf8_lossy(&pending.tag);
        let message = format!(
            "warning: here-document at line {begun} delimited by end-of-file (wanted `{wanted}')"
        );
        let error = self.error(line, message.into_bytes());
        self.warnings.push(SyntaxError { is_warning: true, ..error });
    }
}
