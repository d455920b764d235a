//! `[[ … ]]`.

use super::super::script::{Cond, CondId, Kind, SyntaxError, Word};
use super::word::Place;
use super::{Parse, Parser, is_meta};

const BINARY: [&[u8]; 14] = [
    b"==", b"=", b"!=", b"=~", b"-eq", b"-ne", b"-lt", b"-le", b"-gt", b"-ge", b"-nt", b"-ot",
    b"-ef", b"<",
];

/// Whether `-x` is a test of one word.
pub(in crate::sh) fn is_unary(op: &[u8]) -> bool {
    matches!(op, [b'-', letter] if b"abcdefghknoprstuvwxzGLNORS".contains(letter))
}

impl Parser {
    /// After `[[`.
    pub(super) fn conditional(&mut self) -> Parse<Kind> {
        let line = self.line_here();
        let mut nodes = Vec::new();
        let root = self.cond_or(&mut nodes)?;
        self.lines();
        if !self.eat_word(b"]]") {
            return Err(self.cond_end_error(line));
        }
        Ok(Kind::Cond(root, nodes))
    }

    /// Something else stands where `]]` should. Only signs are named.
    fn cond_end_error(&mut self, line: u32) -> SyntaxError {
        if self.at_end() {
            let message = "unexpected EOF while looking for `]]'".to_string();
            return self.end_error(line, message, "");
        }
        let mut message = "syntax error in conditional expression".to_string();
        if let Some(op) = self.operator() {
            message.push_str(&format!(": unexpected token `{op}'"));
        }
        let error = self.error(line, message.into_bytes());
        SyntaxError { status: None, ..error }
    }

    /// Bash 5.2 drops the line after these and ends with the status it had.
    fn cond_error(&mut self, message: String) -> SyntaxError {
        let line = self.line_here();
        SyntaxError { status: None, ..self.error(line, message.into_bytes()) }
    }

    fn cond_token(&mut self) -> String {
        if self.at_end() {
            return "EOF".to_string();
        }
        match self.token_text() {
            Ok((token, _)) => String::from_utf8_lossy(&token).into_owned(),
            Err(_) => "newline".to_string(),
        }
    }

    fn cond_or(&mut self, nodes: &mut Vec<Cond>) -> Parse<CondId> {
        self.deeper(|p| {
            let left = p.cond_and(nodes)?;
            p.lines();
            if !p.eat("||") {
                return Ok(left);
            }
            let right = p.cond_or(nodes)?;
            Ok(push(nodes, Cond::Or(left, right)))
        })
    }

    fn cond_and(&mut self, nodes: &mut Vec<Cond>) -> Parse<CondId> {
        self.deeper(|p| {
            let left = p.cond_term(nodes)?;
            p.lines();
            if !p.eat("&&") {
                return Ok(left);
            }
            let right = p.cond_and(nodes)?;
            Ok(push(nodes, Cond::And(left, right)))
        })
    }

    fn cond_term(&mut self, nodes: &mut Vec<Cond>) -> Parse<CondId> {
        self.lines();
        if self.at_end() {
            let message = "unexpected token `EOF' in conditional command".to_string();
            let error = self.end_error(self.line_of_end(), message, "");
            return Err(SyntaxError { keeps: true, ..error });
        }
        if self.eat_word(b"!") {
            let inner = self.deeper(|p| p.cond_term(nodes))?;
            // Two take each other back.
            if let Cond::Not(twice) = nodes[inner.0 as usize] {
                return Ok(twice);
            }
            return Ok(push(nodes, Cond::Not(inner)));
        }
        if self.looking_at(b"(") {
            self.src.pos += 1;
            let inner = match self.cond_or(nodes) {
                Err(mut error) if error.status.is_none() || error.keeps => {
                    error.messages.push((self.line_here(), b"expected `)'".to_vec()));
                    return Err(error);
                }
                inner => inner?,
            };
            self.lines();
            if !self.looking_at(b")") {
                // Words are not named.
                let token = match self.operator() {
                    None if !self.at_end() && !self.at_word(b"]]") => String::new(),
                    _ => format!("unexpected token `{}', ", self.cond_token()),
                };
                return Err(self.cond_error(token + "expected `)'"));
            }
            self.src.pos += 1;
            return Ok(push(nodes, Cond::Nest(inner)));
        }
        if self.at_number() {
            // Such a token has no text: its own number is shown.
            return Err(self.cond_error("unexpected token 284 in conditional command".into()));
        }
        if self.at_word(b"]]") || self.byte().is_none_or(is_meta) && !self.at_process() {
            let ends = self.at_word(b"]]");
            let token = if ends { String::new() } else { self.cond_token() };
            let mut error =
                self.cond_error(format!("unexpected token `{token}' in conditional command"));
            if ends {
                error.messages.clear(); // bash says nothing at all
            }
            return Err(error);
        }
        let start = self.src.pos;
        let word = self.word();
        // Bash shows a token it could not read as the byte -1.
        let word = self.cond_word(word, b"unexpected token `\xff' in conditional command")?;
        let text = self.src.text[start..self.src.pos].to_vec();
        if is_unary(&text) && word.plain().is_some() {
            return self.cond_unary(nodes, text);
        }
        self.cond_binary(nodes, word)
    }

    /// A word; where its quotes do not close, bash says this, too.
    fn cond_word(&mut self, word: Parse<Word>, message: &[u8]) -> Parse<Word> {
        word.map_err(|mut error| {
            if error.incomplete {
                error.messages.push((self.line_of_end(), message.to_vec()));
            }
            error
        })
    }

    fn cond_unary(&mut self, nodes: &mut Vec<Cond>, op: Vec<u8>) -> Parse<CondId> {
        self.blanks();
        if self.at_number() {
            let message = "unexpected argument to conditional unary operator";
            return Err(self.cond_error(message.into()));
        }
        if self.at_word(b"]]") || self.byte().is_none_or(is_meta) && !self.at_process() {
            let ended = self.rest().trim_ascii().is_empty();
            let token = if self.at_end() { "newline".to_string() } else { self.cond_token() };
            let message = format!("unexpected argument `{token}' to conditional unary operator");
            let mut error = self.cond_error(message);
            if ended {
                (error.status, error.keeps) = (Some(2), true);
            }
            return Err(error);
        }
        let word = self.word();
        let word = self.cond_word(word, b"unexpected argument to conditional unary operator")?;
        Ok(push(nodes, Cond::Unary { op, word }))
    }

    fn cond_binary(&mut self, nodes: &mut Vec<Cond>, left: Word) -> Parse<CondId> {
        self.blanks();
        let ends = self.at_word(b"]]")
            || self.looking_at(b"&&")
            || self.looking_at(b"||")
            || self.looking_at(b")");
        if ends {
            return Ok(push(nodes, Cond::Unary { op: b"-n".to_vec(), word: left }));
        }
        let op = match self.byte() {
            Some(b'<') if !self.looking_at(b"<<") => Some(b"<".to_vec()),
            Some(b'>') if !self.looking_at(b">>") => Some(b">".to_vec()),
            _ => BINARY.iter().find(|op| self.at_word(op)).map(|op| op.to_vec()),
        };
        let Some(op) = op else {
            if self.at_end() || self.byte().is_some_and(is_meta) {
                let token = if self.at_end() { "newline".into() } else { self.cond_token() };
                let message =
                    format!("unexpected token `{token}', conditional binary operator expected");
                let mut error = self.cond_error(message);
                error.incomplete = self.at_end();
                if self.rest().trim_ascii().is_empty() {
                    (error.status, error.keeps) = (Some(2), true);
                }
                return Err(error);
            }
            return Err(self.cond_error("conditional binary operator expected".to_string()));
        };
        self.src.pos += op.len();
        self.blanks();
        if self.at_end() || self.byte() == Some(b'\n') {
            let mut error = self
                .cond_error("unexpected argument `newline' to conditional binary operator".into());
            error.incomplete = self.at_end();
            (error.status, error.keeps) = (Some(2), true);
            return Err(error);
        }
        if self.at_number() {
            let message = "unexpected argument to conditional binary operator";
            return Err(self.cond_error(message.into()));
        }
        let place = match op.as_slice() {
            b"=~" => Place::Regex,
            b"==" | b"=" | b"!=" => Place::Glob,
            _ => Place::Word,
        };
        let start = self.src.pos;
        let right = self.word_in(place);
        let right = self.cond_word(right, b"unexpected argument to conditional binary operator")?;
        // A sign that ends an expression's word before it has begun leaves it empty.
        let missing = self.src.pos == start && place != Place::Regex;
        if missing || right.plain() == Some(b"]]") {
            self.src.pos = start;
            let token = self.cond_token();
            let message = format!("unexpected argument `{token}' to conditional binary operator");
            return Err(self.cond_error(message));
        }
        Ok(push(nodes, Cond::Binary { op, left, right }))
    }
}

fn push(nodes: &mut Vec<Cond>, node: Cond) -> CondId {
    nodes.push(node);
    CondId(nodes.len() as u32 - 1)
}
