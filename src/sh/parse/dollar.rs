//! `$name`, `$(…)`, `$((…))`.

use super::super::script::{
    AstId, Broken, Kind, Param, ParamOp, PartKind, RedirectKind, SyntaxError, Word,
};
use super::extract::OLD_ARITH;
use super::word::Place;
use super::{Parse, Parser, is_name, is_name_start};

impl Parser {
    /// What follows a `$` here; `None` if it is only a dollar sign.
    pub(super) fn dollar_part(&mut self, quoted: bool) -> Parse<Option<PartKind>> {
        let plain = |name: &[u8]| {
            let param =
                Param { name: name.to_vec(), index: None, indirect: false, op: ParamOp::Plain };
            PartKind::Param(Box::new(param))
        };
        let Some(byte) = self.byte_at(1) else { return Ok(None) };
        match byte {
            b'{' => self.braces(quoted).map(Some),
            b'(' if self.bash() => self.parentheses().map(Some),
            b'(' => self.dash_parentheses().map(Some),
            b'[' if self.bash() => self.old_arith().map(Some),
            b'@' | b'*' | b'#' | b'?' | b'-' | b'$' | b'!' | b'0'..=b'9' => {
                self.src.pos += 2;
                Ok(Some(plain(&[byte])))
            }
            _ if is_name_start(byte) => {
                self.src.pos += 1;
                let name = self.name();
                Ok(Some(plain(&name)))
            }
            _ => Ok(None),
        }
    }

    /// The name that starts here.
    pub(super) fn name(&mut self) -> Vec<u8> {
        let mut name = Vec::new();
        loop {
            let length = self.rest().iter().take_while(|b| is_name(**b)).count();
            name.extend_from_slice(&self.rest()[..length]);
            self.src.pos += length;
            // An escaped newline is nothing at all, even here.
            match self.rest() {
                [b'\\', b'\n', next, ..] if is_name(*next) => self.src.pos += 2,
                _ => return name,
            }
        }
    }

    /// `$(…)` or `$((…))`.
    fn parentheses(&mut self) -> Parse<PartKind> {
        let start = self.src.pos;
        let end = match self.command_end(start) {
            Ok(end) => end,
            Err(broken) => return Ok(self.broken(broken)),
        };
        self.src.pos = end + 1;
        if let Some((_, body)) = self.src.commands.get(&start).copied() {
            if self.read_anew.contains(&self.place(start)) {
                let text = self.src.text[start + 2..end].to_vec();
                let map = (start + 2..=end).map(|at| self.place(at)).collect();
                return Ok(self.unread_command(text, map));
            }
            return Ok(self.command_part(body));
        }
        self.arith_or_command(start + 2, end)
    }

    fn dash_parentheses(&mut self) -> Parse<PartKind> {
        if self.byte_at(2) != Some(b'(') {
            let body = self.substituted()?;
            return Ok(self.command_part(body));
        }
        self.src.pos += 3;
        let word = self.word_in(Place::DashArith)?;
        if self.at_end() {
            return Err(self.end_error(self.line_of_end(), String::new(), "Missing '))'"));
        }
        self.src.pos += 2;
        Ok(PartKind::Arith(Box::new(word)))
    }

    /// What nothing closes takes the rest of the text with it.
    pub(super) fn broken(&mut self, broken: Broken) -> PartKind {
        self.src.pos = self.src.end;
        PartKind::Broken(broken)
    }

    fn command_part(&self, body: AstId) -> PartKind {
        let file = self.file_read(body).map(Box::new);
        PartKind::Command { body, file }
    }

    /// `<(…)` or `>(…)`.
    pub(super) fn process(&mut self) -> Parse<PartKind> {
        let input = self.byte() == Some(b'>');
        let body = match self.src.commands.get(&self.src.pos).copied() {
            Some((end, body)) => {
                self.src.pos = end;
                body
            }
            None => self.deeper(Parser::substituted)?,
        };
        Ok(PartKind::Process { body, input })
    }

    /// The command within `$(…)` and its kind.
    pub(super) fn substituted(&mut self) -> Parse<AstId> {
        let scanned = std::mem::replace(&mut self.scanned, false);
        let in_array = std::mem::replace(&mut self.in_array, false);
        let unquoting = std::mem::replace(&mut self.unquoting, false);
        let start = self.place(self.src.pos);
        self.substituting += 1;
        let read = self.read_substituted(scanned);
        self.substituting -= 1;
        if std::mem::replace(&mut self.unquoting, unquoting) && read.is_ok() {
            self.read_anew.push(start);
        }
        (self.scanned, self.in_array) = (scanned, in_array);
        read
    }

    fn list_of_substitution(&mut self) -> Parse<AstId> {
        self.with_own_documents(|p| {
            let body = p.list_until(&[b")"])?;
            p.lines();
            Ok(body)
        })
    }

    /// `raw`: nothing has read it before, as in a here-document; bash runs it as it stands there.
    fn read_substituted(&mut self, raw: bool) -> Parse<AstId> {
        let start = self.src.pos;
        self.src.pos = start + 2;
        let from = self.nodes.len();
        let body = match self.list_of_substitution() {
            Err(error) if self.bash() && error.is_end() => {
                let error = self.unclosed(self.line_of_end(), ')');
                return Err(SyntaxError { keeps: false, ..error });
            }
            Err(mut error) if error.status.is_none() => {
                self.skim(&mut error);
                let status = error.status.or(Some(1));
                return Err(SyntaxError { status, keeps: true, is_substitution: true, ..error });
            }
            Err(error) => {
                let is_substitution = !error.incomplete;
                return Err(SyntaxError { is_substitution, ..error });
            }
            Ok(body) => body,
        };
        if self.byte() != Some(b')') {
            if self.at_end() {
                let error = self.unclosed(self.line_of_end(), ')');
                return Err(SyntaxError { keeps: false, ..error });
            }
            let error = self.unexpected(Some(")"));
            return Err(SyntaxError { is_substitution: true, ..error });
        }
        self.src.pos += 1;
        let span = self.span_from(start);
        if self.bash() && raw {
            self.count_lines_as_read(self.line_of(span.start), from);
        } else if self.bash() {
            let lines = self.count_lines_from(body, from);
            self.printed.insert(span.start, (span.end, lines));
        }
        self.substitutions.push((span, body));
        self.src.commands.insert(start, (self.src.pos, body));
        Ok(body)
    }

    /// The word of `<word`, if that is all the command is.
    fn file_read(&self, body: AstId) -> Option<Word> {
        if !self.bash() {
            return None;
        }
        let mut id = body;
        loop {
            let node = &self.nodes[id.0 as usize];
            match &node.kind {
                Kind::List(items) if items.len() == 1 && !items[0].1 => id = items[0].0,
                Kind::Simple { assigns, words } if assigns.is_empty() && words.is_empty() => {
                    let [redirect] = node.redirects.as_slice() else { return None };
                    return match &redirect.kind {
                        RedirectKind::Read(word) if redirect.fd.unwrap_or(0) == 0 => {
                            Some(word.clone())
                        }
                        _ => None,
                    };
                }
                _ => return None,
            }
        }
    }

    /// `$[…]`.
    fn old_arith(&mut self) -> Parse<PartKind> {
        let start = self.src.pos + 2;
        let end = match self.brackets_end(start, OLD_ARITH) {
            Ok(end) => end,
            Err(broken) => return Ok(self.broken(broken)),
        };
        let word = self.within_range(start, end, |p| p.word_in(Place::Arith))?;
        self.src.pos = end + 1;
        Ok(PartKind::Arith(Box::new(word)))
    }
}
