//! Redirections and here-documents.

use super::super::script::{Redirect, RedirectKind, SyntaxError, Word};
use super::word::Place;
use super::{Parse, Parser};

impl Parser {
    /// A redirection, if one stands here.
    pub(super) fn redirect(&mut self) -> Parse<Option<Redirect>> {
        let start = self.src.pos;
        let digits = self.rest().iter().take_while(|b| b.is_ascii_digit()).count();
        let name = self.named_descriptor();
        let digits = name.as_ref().map_or(digits, |name| name.len() + 2);
        let signs = matches!(self.byte_at(digits), Some(b'<' | b'>'))
            || (digits == 0 && self.bash() && self.looking_at(b"&>"));
        if !signs {
            return Ok(None);
        }
        self.src.pos += digits;
        if self.at_process() {
            self.src.pos = start;
            return Ok(None);
        }
        let fd = std::str::from_utf8(&self.src.text[start..start + digits])
            .ok()
            .and_then(|text| text.parse().ok());
        let Some(op) = self.operator() else {
            self.src.pos = start;
            return Ok(None);
        };
        self.src.pos += op.len();
        self.blanks();
        let kind = match op {
            "<<" | "<<-" => self.here_document(op == "<<-")?,
            _ => {
                let word = self.target()?;
                match op {
                    "<" => RedirectKind::Read(word),
                    ">" => RedirectKind::Write { word, clobber: false },
                    ">|" => RedirectKind::Write { word, clobber: true },
                    ">>" => RedirectKind::Append(word),
                    "<>" => RedirectKind::ReadWrite(word),
                    "<&" => RedirectKind::Dup { word, output: false },
                    ">&" => RedirectKind::Dup { word, output: true },
                    "&>" => RedirectKind::Both { word, append: false },
                    "&>>" => RedirectKind::Both { word, append: true },
                    "<<<" => RedirectKind::HereString(word),
                    _ => {
                        self.src.pos = start;
                        return Err(self.unexpected(None));
                    }
                }
            }
        };
        Ok(Some(Redirect { span: self.span_from(start), fd, name, kind }))
    }

    /// The name in `{name}>file`.
    fn named_descriptor(&self) -> Option<Vec<u8>> {
        let inside = self.rest().strip_prefix(b"{").filter(|_| self.bash())?;
        let length = inside.iter().take_while(|byte| super::is_name(**byte)).count();
        let (name, after) = inside.split_at(length);
        let redirects = matches!(after, [b'}', b'<' | b'>', ..]);
        (redirects && super::is_identifier(name)).then(|| name.to_vec())
    }

    fn target(&mut self) -> Parse<Word> {
        if self.byte().is_none_or(super::is_meta) && !self.at_process() {
            return Err(self.missing_word(None));
        }
        self.word()
    }

    /// A word should stand here; where the text ends, bash misses it at the line's end.
    pub(super) fn missing_word(&mut self, expecting: Option<&str>) -> SyntaxError {
        self.blanks();
        if !self.at_end() || !self.bash() {
            return self.unexpected(expecting);
        }
        let line = self.line_here();
        let shown = self.line_text(self.src.pos);
        let mut error = self.error(line, b"syntax error near unexpected token `newline'".to_vec());
        error.messages.push((line, [b"`", shown.as_slice(), b"'"].concat()));
        error.incomplete = true;
        error
    }

    /// The delimiter here, and the body after this line.
    fn here_document(&mut self, strip: bool) -> Parse<RedirectKind> {
        let line = self.line_here();
        let from = self.src.pos;
        let word = self.target()?;
        let raw = &self.src.text[from..self.src.pos];
        let quoted = raw.iter().any(|b| matches!(b, b'\'' | b'"' | b'\\'));
        let tag =
            if quoted { word.literal().unwrap_or_else(|| raw.to_vec()) } else { raw.to_vec() };
        let newline = self.rest().iter().position(|b| *b == b'\n');
        let newline = newline.map_or(self.src.end, |n| self.src.pos + n);
        let start = self.src.jumps.get(&newline).copied().unwrap_or(newline + 1);
        let (text, map, resume) = self.document_lines(start, &tag, strip, line);
        self.src.jumps.insert(newline, resume);
        let lines = text.clone();
        if quoted {
            let span = super::Span {
                start: map.first().copied().unwrap_or_default(),
                end: map.last().copied().unwrap_or_default(),
            };
            let kind = super::super::script::PartKind::Text(text);
            let part = super::super::script::Part { span, quoted: true, kind };
            let body = Word { span, parts: vec![part], assign: None };
            return Ok(RedirectKind::HereDoc { body, expand: false, tag, lines });
        }
        let body = self.within_text(text, map, |p| p.word_in(Place::Document))?;
        Ok(RedirectKind::HereDoc { body, expand: true, tag, lines })
    }

    /// The body's text, its places, and where the script goes on.
    fn document_lines(
        &mut self,
        start: usize,
        tag: &[u8],
        strip: bool,
        line: u32,
    ) -> (Vec<u8>, Vec<u32>, usize) {
        let (mut text, mut map) = (Vec::new(), Vec::new());
        let mut at = start.min(self.src.end);
        loop {
            if at >= self.src.end {
                if text.last().is_some_and(|byte| *byte != b'\n') {
                    text.push(b'\n');
                    map.push(self.place(self.src.end));
                }
                self.warn_document(line, tag);
                map.push(self.place(self.src.end));
                return (text, map, self.src.end);
            }
            let length = self.src.text[at..self.src.end].iter().position(|b| *b == b'\n');
            let end = length.map_or(self.src.end, |n| at + n);
            let mut from = at;
            if strip {
                while from < end && self.src.text[from] == b'\t' {
                    from += 1;
                }
            }
            let next = (end + 1).min(self.src.end);
            if &self.src.text[from..end] == tag {
                map.push(self.place(at));
                return (text, map, next);
            }
            for place in from..next {
                text.push(self.src.text[place]);
                map.push(self.place(place));
            }
            at = next;
        }
    }

    fn warn_document(&mut self, line: u32, tag: &[u8]) {
        if !self.bash() {
            return;
        }
        let wanted = String::from_utf8_lossy(tag).into_owned();
        let message = format!(
            "warning: here-document at line {line} delimited by end-of-file (wanted `{wanted}')"
        );
        let last = self.line_of(self.script_len.saturating_sub(1));
        let error = self.error(last, message.into_bytes());
        self.warnings.push(SyntaxError { is_warning: true, ..error });
    }
}
