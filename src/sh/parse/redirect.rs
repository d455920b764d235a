//! Redirections.

use super::super::script::{Redirect, RedirectKind, SyntaxError, Word};
use super::{Parse, Parser};

impl Parser {
    /// A redirection, if one stands here.
    pub(super) fn redirect(&mut self) -> Parse<Option<Redirect>> {
        let start = self.src.pos;
        let digits = self.rest().iter().take_while(|b| b.is_ascii_digit()).count();
        let name = self.named_descriptor();
        let digits = name.as_ref().map_or(digits, |name| name.len() + 2);
        let signs = matches!(self.byte_at(digits), Some(b'<' | b'>'))
            || (digits == 0 && (self.bash() || self.ash()) && self.looking_at(b"&>"));
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

    /// A number stands here, and a redirection's sign right behind it.
    pub(super) fn at_number(&self) -> bool {
        let digits = self.rest().iter().take_while(|byte| byte.is_ascii_digit()).count();
        digits > 0 && matches!(self.byte_at(digits), Some(b'<' | b'>'))
    }

    /// The name in `{name}>file`.
    fn named_descriptor(&self) -> Option<Vec<u8>> {
        let inside = self.rest().strip_prefix(b"{").filter(|_| self.bash())?;
        let length = inside.iter().take_while(|byte| super::is_name(**byte)).count();
        let (name, after) = inside.split_at(length);
        let redirects = matches!(after, [b'}', b'<' | b'>', ..]);
        (redirects && super::is_identifier(name)).then(|| name.to_vec())
    }

    pub(super) fn target(&mut self) -> Parse<Word> {
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
}
