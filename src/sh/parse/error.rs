//! What is wrong with a text, in the shell's own words.

use super::super::quote;
use super::super::script::SyntaxError;
use super::word::Place;
use super::{Parse, Parser, is_reserved};

impl Parser {
    pub(super) fn error(&self, line: u32, message: Vec<u8>) -> SyntaxError {
        SyntaxError {
            line,
            messages: vec![(line, message)],
            status: Some(2),
            keeps: false,
            incomplete: false,
            is_warning: false,
            is_skipped: false,
            is_substitution: false,
            at: self.place(self.src.pos),
        }
    }

    pub(super) fn end_error(&self, line: u32, bash: String, sh: &str) -> SyntaxError {
        let message = if self.bash() { bash } else { format!("Syntax error: {sh}") };
        SyntaxError { incomplete: true, ..self.error(line, message.into_bytes()) }
    }

    /// The text ended within quotes or brackets that were opened on `line`.
    pub(super) fn unclosed(&self, line: u32, close: char) -> SyntaxError {
        let sh = match close {
            '}' => "Missing '}'",
            '`' => "EOF in backquote substitution",
            ')' => "end of file unexpected (expecting \")\")",
            _ => "Unterminated quoted string",
        };
        let line = if self.bash() { line } else { self.line_of_end() };
        let message = format!("unexpected EOF while looking for matching `{close}'");
        SyntaxError { keeps: self.bash(), ..self.end_error(line, message, sh) }
    }

    /// The token that stands here is not what the grammar wants.
    pub(super) fn unexpected(&mut self, expecting: Option<&str>) -> SyntaxError {
        self.blanks();
        let last = self.gathered_line();
        if self.at_end() {
            let sh = match expecting {
                Some(what) => format!("end of file unexpected (expecting \"{what}\")"),
                None => "end of file unexpected".to_string(),
            };
            let bash = "syntax error: unexpected end of file".to_string();
            return self.end_error(self.line_of_end(), bash, &sh);
        }
        let start = self.src.pos;
        let digits = self.rest().iter().take_while(|b| b.is_ascii_digit()).count();
        if !self.bash() && digits > 0 && matches!(self.byte_at(digits), Some(b'<' | b'>')) {
            self.src.pos += digits;
        }
        let token = match self.token_text() {
            Ok(token) => token,
            Err(error) => return error,
        };
        let line = self.line_of(self.place(start));
        if self.bash() {
            // A token of several lines is met at its end.
            let long = token.0.contains(&b'\n');
            let at = if long { self.src.pos - 1 } else { start };
            let line = last.unwrap_or_else(|| self.line_of(self.place(at)));
            let mut near = b"syntax error near unexpected token `".to_vec();
            near.extend_from_slice(&quote::printable(&token.0));
            near.push(b'\'');
            let shown = self.line_text(at);
            let mut error = self.error(line, near);
            error.messages.push((line, [b"`", shown.as_slice(), b"'"].concat()));
            error
        } else {
            let name = String::from_utf8_lossy(&token.0).into_owned();
            let what = match token.1 {
                TokenKind::Word => "word unexpected".to_string(),
                TokenKind::Newline => "newline unexpected".to_string(),
                TokenKind::Sign if name.starts_with(['<', '>']) => {
                    "redirection unexpected".to_string()
                }
                TokenKind::Sign => format!("\"{name}\" unexpected"),
            };
            let line = line + u32::from(token.1 == TokenKind::Newline);
            let wanted = expecting.map(|e| format!(" (expecting \"{e}\")")).unwrap_or_default();
            self.error(line, format!("Syntax error: {what}{wanted}").into_bytes())
        }
    }

    /// The here-documents of this line are read before an error is told of, but within a compound
    /// command: the line up to which.
    fn gathered_line(&mut self) -> Option<u32> {
        let nested = self.substituting > 0 || self.compounds > 0;
        if !self.bash() || self.pending.is_empty() || nested {
            return None;
        }
        let length = self.rest().iter().position(|byte| *byte == b'\n');
        let newline = length.map_or(self.src.end, |length| self.src.pos + length);
        self.gather(newline);
        let resume = self.src.jumps.get(&newline).copied().unwrap_or(newline + 1);
        Some(self.line_of(self.place(resume.saturating_sub(1))))
    }

    /// The line of the present text that a position stands on.
    pub(super) fn line_text(&self, at: usize) -> Vec<u8> {
        let read_aliases = !self.src.map.is_empty() && !self.src.is_derived;
        if read_aliases && self.src.expanding.iter().all(|(_, end)| *end <= at) {
            // The text of an alias has been left: the line stands as it was written.
            let at = self.place(at) as usize;
            let start = self.script[..at].iter().rposition(|b| *b == b'\n').map_or(0, |n| n + 1);
            let rest = self.script[start..].split(|byte| *byte == b'\n').next();
            return rest.unwrap_or_default().to_vec();
        }
        let text = &self.src.text;
        let start = text[..at].iter().rposition(|b| *b == b'\n').map_or(0, |n| n + 1);
        let end = text[at..].iter().position(|b| *b == b'\n').map_or(text.len(), |n| at + n);
        // What is read again is a line of its own, with the byte behind it.
        match (self.read_again..self.read_again_end).contains(&at) && self.read_again > 0 {
            true => text[start.max(self.read_again)..end.min(self.read_again_end + 1)].to_vec(),
            false => text[start..end].to_vec(),
        }
    }

    /// Where bash knows no token, it names the last word of the line that ends here.
    pub(super) fn near_text(&self, end: usize) -> SyntaxError {
        let line = self.line_of(self.place(end));
        let shown = self.line_text(end.saturating_sub(1));
        let separator = |byte: &u8| matches!(byte, b' ' | b'\t' | b';' | b'|' | b'&');
        let word = shown.trim_ascii_end();
        let from = word.iter().rposition(separator).map_or(0, |at| at + 1);
        let near = [b"syntax error near `", &word[from..], b"'"].concat();
        let mut error = self.error(line, near);
        error.messages.push((line, [b"`", shown.as_slice(), b"'"].concat()));
        error
    }

    /// Whether the word before this one ends a command (`reserved_word_acceptable`).
    fn after_reserved(&self) -> bool {
        let before = self.src.text[..self.src.pos].trim_ascii_end();
        let from = before.iter().rposition(|byte| super::is_meta(*byte)).map_or(0, |at| at + 1);
        let blank = |byte: &u8| matches!(byte, b' ' | b'\t');
        let outside = before[..from].iter().rev().find(|byte| !blank(byte));
        let begins = matches!(outside, None | Some(b';' | b'&' | b'\n'));
        begins && matches!(&before[from..], b"done" | b"fi" | b"esac" | b"}")
    }

    /// The token that stands here, as messages show it.
    pub(super) fn token_text(&mut self) -> Parse<(Vec<u8>, TokenKind)> {
        if self.byte() == Some(b'\n') {
            return Ok((b"newline".to_vec(), TokenKind::Newline));
        }
        let start = self.src.pos;
        if self.looking_at(b"((") && self.bash() && self.after_reserved() {
            // Behind a reserved word it is read as an expression all the same.
            if let Some(word) = self.between_parentheses(|p| p.word_in(Place::Arith))? {
                let text = self.script.get(word.span.start as usize..word.span.end as usize);
                return Ok((text.unwrap_or_default().to_vec(), TokenKind::Word));
            }
            self.src.pos = start;
        }
        if let Some(op) = self.operator() {
            return Ok((op.as_bytes().to_vec(), TokenKind::Sign));
        }
        let word = self.word()?;
        let text = self.src.text[start..self.src.pos].to_vec();
        let text = if self.bash() { quote::without_ansi(&text) } else { text };
        let reserved = word.plain().is_some_and(is_reserved);
        Ok((text, if reserved { TokenKind::Sign } else { TokenKind::Word }))
    }

    /// After an error in `[[` bash reads on to the end of the line, and says what does not close
    /// there.
    pub(super) fn skim(&mut self, error: &mut SyntaxError) {
        while self.bash() && !error.incomplete {
            self.blanks();
            match (self.byte(), self.operator()) {
                (None | Some(b'\n'), _) => return,
                (_, Some(operator)) => self.src.pos += operator.len(),
                _ => {
                    let Err(next) = self.word() else { continue };
                    error.messages.extend(next.messages);
                    if next.incomplete || next.status.is_some() {
                        (error.status, error.keeps) = (Some(2), true);
                    }
                    return;
                }
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    Word,
    Newline,
    Sign,
}
