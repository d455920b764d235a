//! `$name`, `${…}`, `$(…)`, `$((…))`.

use super::super::script::{
    AstId, Index, Kind, Param, ParamOp, PartKind, RedirectKind, ReplaceHow, SyntaxError, Word,
};
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
            b'{' => {
                let param = self.braces(quoted)?;
                Ok(Some(PartKind::Param(Box::new(param))))
            }
            b'(' => self.parentheses().map(Some),
            b'[' if self.bash() => self.old_arith(),
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

    fn parentheses(&mut self) -> Parse<PartKind> {
        let start = self.src.pos;
        if self.byte_at(2) == Some(b'(') && !self.bash() {
            self.src.pos = start + 3;
            let word = self.word_in(Place::DashArith)?;
            if self.at_end() {
                return Err(self.end_error(self.line_of_end(), String::new(), "Missing '))'"));
            }
            self.src.pos += 2;
            return Ok(PartKind::Arith(Box::new(word)));
        }
        if self.byte_at(2) == Some(b'(')
            && let Some(end) = self.arith_end(start + 3, false)?
        {
            let word = self.within_range(start + 3, end, |p| p.word_in(Place::Arith))?;
            self.src.pos = end + 2;
            return Ok(PartKind::Arith(Box::new(word)));
        }
        let body = self.substituted()?;
        let file = self.file_read(body).map(Box::new);
        Ok(PartKind::Command { body, file })
    }

    /// `<(…)` or `>(…)`.
    pub(super) fn process(&mut self) -> Parse<PartKind> {
        let input = self.byte() == Some(b'>');
        let body = self.deeper(Parser::substituted)?;
        Ok(PartKind::Process { body, input })
    }

    /// The command within `$(…)` and its kind.
    fn substituted(&mut self) -> Parse<AstId> {
        let start = self.src.pos;
        self.src.pos = start + 2;
        let from = self.nodes.len();
        let body = match self.list_until(&[b")"]) {
            Err(error) if self.bash() && error.is_end() => {
                return Err(self.unclosed(self.line_of_end(), ')'));
            }
            Err(error) if error.status.is_none() => {
                let status = Some(1);
                return Err(SyntaxError { status, keeps: true, is_substitution: true, ..error });
            }
            Err(error) => {
                let is_substitution = !error.incomplete;
                return Err(SyntaxError { is_substitution, ..error });
            }
            Ok(body) => body,
        };
        self.lines();
        if self.byte() != Some(b')') {
            if self.at_end() {
                return Err(self.unclosed(self.line_of_end(), ')'));
            }
            let error = self.unexpected(Some(")"));
            return Err(SyntaxError { is_substitution: true, ..error });
        }
        self.src.pos += 1;
        if self.bash() {
            self.count_lines_from(body, from);
        }
        let span = self.span_from(start);
        self.substitutions.push((span, body));
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

    fn old_arith(&mut self) -> Parse<Option<PartKind>> {
        let start = self.src.pos;
        let mut at = start + 2;
        let mut depth = 1;
        while at < self.src.end {
            match self.src.text[at] {
                b'[' => depth += 1,
                b']' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                break;
            }
            at += 1;
        }
        if depth > 0 {
            return Err(self.unclosed(self.line_here(), ']'));
        }
        let word = self.within_range(start + 2, at, |p| p.word_in(Place::Arith))?;
        self.src.pos = at + 1;
        Ok(Some(PartKind::Arith(Box::new(word))))
    }

    /// Where the `))` stands that closes an arithmetic expression; `None` if the parentheses do not
    /// close together. Bash asks of `((` only that the inner one closes (`command`).
    pub(super) fn arith_end(&mut self, start: usize, command: bool) -> Parse<Option<usize>> {
        let mut at = start;
        let mut depth = 2;
        // Where the inner one closes, if the outer one closes right behind it.
        let mut together = None;
        while at < self.src.end {
            match self.src.text[at] {
                b'(' => depth += 1,
                b')' => {
                    depth -= 1;
                    if depth == 1 && together.is_none() {
                        let next = self.src.text.get(at + 1) == Some(&b')');
                        together = Some(next.then_some(at));
                        if command {
                            self.read_again_end = at + 2;
                            return Ok(together.flatten());
                        }
                    } else if depth == 1 {
                        together = Some(None);
                    }
                    if depth == 0 {
                        return Ok(together.flatten());
                    }
                }
                b'\\' => at += 1,
                quote @ (b'\'' | b'"' | b'`') => {
                    let rest = &self.src.text[at + 1..self.src.end];
                    match rest.iter().position(|b| *b == quote) {
                        Some(length) => at += length + 1,
                        None => break,
                    }
                }
                _ => {}
            }
            at += 1;
        }
        Err(self.unclosed(self.line_here(), ')'))
    }

    /// `${…}`.
    fn braces(&mut self, quoted: bool) -> Parse<Param> {
        let start = self.src.pos;
        let line = self.line_here();
        self.src.pos += 2;
        let param = self.brace_inside(quoted)?;
        let param = match param {
            Some(param) if self.byte() == Some(b'}') => param,
            _ => {
                self.src.pos = start + 2;
                self.word_in(Place::Brace { quoted, stop: 0 })?;
                Param { name: Vec::new(), index: None, indirect: false, op: ParamOp::Bad }
            }
        };
        if self.byte() != Some(b'}') {
            return Err(self.unclosed(line, '}'));
        }
        self.src.pos += 1;
        Ok(param)
    }

    fn brace_inside(&mut self, quoted: bool) -> Parse<Option<Param>> {
        if self.byte() == Some(b'#') && self.length_follows() {
            self.src.pos += 1;
            let Some((name, index)) = self.brace_name()? else { return Ok(None) };
            return Ok(Some(Param { name, index, indirect: false, op: ParamOp::Length }));
        }
        let mut indirect = false;
        if self.bash()
            && self.byte() == Some(b'!')
            && self.byte_at(1).is_some_and(|b| is_name(b) || matches!(b, b'@' | b'*' | b'#'))
        {
            self.src.pos += 1;
            indirect = true;
        }
        let Some((name, index)) = self.brace_name()? else { return Ok(None) };
        if indirect && let Some(op) = self.names_or_keys(&index) {
            return Ok(Some(Param { name, index: None, indirect: false, op }));
        }
        let Some(op) = self.operation(quoted)? else { return Ok(None) };
        Ok(Some(Param { name, index, indirect, op }))
    }

    fn names_or_keys(&mut self, index: &Option<Index>) -> Option<ParamOp> {
        match (self.byte(), index) {
            (Some(byte @ (b'*' | b'@')), None) if self.byte_at(1) == Some(b'}') => {
                self.src.pos += 1;
                Some(ParamOp::Names { at: byte == b'@' })
            }
            (Some(b'}'), Some(Index::At)) => Some(ParamOp::Keys { at: true }),
            (Some(b'}'), Some(Index::Star)) => Some(ParamOp::Keys { at: false }),
            _ => None,
        }
    }

    /// Whether `#` here asks for a length.
    fn length_follows(&self) -> bool {
        match self.byte_at(1) {
            Some(byte) if is_name(byte) => true,
            Some(b'@' | b'*' | b'#' | b'?' | b'-' | b'$' | b'!') => self.byte_at(2) == Some(b'}'),
            _ => false,
        }
    }

    /// A parameter's name, with its subscript.
    fn brace_name(&mut self) -> Parse<Option<(Vec<u8>, Option<Index>)>> {
        let Some(byte) = self.byte() else { return Ok(None) };
        if is_name_start(byte) {
            let name = self.name();
            let index = if self.bash() && self.byte() == Some(b'[') {
                match self.subscript()? {
                    Some(index) => Some(index),
                    None => return Ok(None),
                }
            } else {
                None
            };
            return Ok(Some((name, index)));
        }
        if byte.is_ascii_digit() {
            let length = self.rest().iter().take_while(|b| b.is_ascii_digit()).count();
            let name = self.rest()[..length].to_vec();
            self.src.pos += length;
            return Ok(Some((name, None)));
        }
        if matches!(byte, b'@' | b'*' | b'#' | b'?' | b'-' | b'$' | b'!') {
            self.src.pos += 1;
            return Ok(Some((vec![byte], None)));
        }
        Ok(None)
    }

    /// `[…]` here; `None` if it does not close.
    pub(super) fn subscript(&mut self) -> Parse<Option<Index>> {
        let start = self.src.pos + 1;
        let mut at = start;
        let mut depth = 1;
        while at < self.src.end {
            match self.src.text[at] {
                b'[' => depth += 1,
                b']' => depth -= 1,
                b'\\' => at += 1,
                _ => {}
            }
            if depth == 0 {
                break;
            }
            at += 1;
        }
        if depth > 0 || at >= self.src.end {
            return Ok(None);
        }
        let index = match &self.src.text[start..at] {
            b"@" => Index::At,
            b"*" => Index::Star,
            _ => {
                let word = self.within_range(start, at, |p| p.word_in(Place::Arith))?;
                Index::Word(Box::new(word))
            }
        };
        self.src.pos = at + 1;
        Ok(Some(index))
    }

    /// What comes after the name, up to the closing brace.
    fn operation(&mut self, quoted: bool) -> Parse<Option<ParamOp>> {
        let Some(byte) = self.byte() else { return Ok(None) };
        let next = self.byte_at(1);
        match byte {
            b'}' => Ok(Some(ParamOp::Plain)),
            b':' => match next {
                Some(op @ (b'-' | b'=' | b'?' | b'+')) => {
                    self.src.pos += 2;
                    let word = self.test_word(quoted, op)?;
                    Ok(Some(ParamOp::Test { op, colon: true, word }))
                }
                _ if self.bash() => self.slice().map(Some),
                _ => Ok(None),
            },
            b'-' | b'=' | b'?' | b'+' => {
                self.src.pos += 1;
                let word = self.test_word(quoted, byte)?;
                Ok(Some(ParamOp::Test { op: byte, colon: false, word }))
            }
            b'#' | b'%' => {
                let longest = next == Some(byte);
                self.src.pos += 1 + usize::from(longest);
                let pattern = self.word_in(Place::Brace { quoted: false, stop: 0 })?;
                Ok(Some(ParamOp::Strip { suffix: byte == b'%', longest, pattern }))
            }
            b'/' if self.bash() => self.replace().map(Some),
            b'^' | b',' | b'~' if self.bash() => {
                let all = next == Some(byte);
                self.src.pos += 1 + usize::from(all);
                let pattern = self.word_in(Place::Brace { quoted: false, stop: 0 })?;
                Ok(Some(ParamOp::Case { op: byte, all, pattern }))
            }
            b'@' if self.bash() && self.byte_at(2) == Some(b'}') => {
                let Some(letter) = next else { return Ok(None) };
                self.src.pos += 2;
                Ok(Some(ParamOp::Transform(letter)))
            }
            _ => Ok(None),
        }
    }

    /// The word behind `-`, `=`, `?` or `+`. Bash reads a message as if no quotes stood around.
    fn test_word(&mut self, quoted: bool, op: u8) -> Parse<Word> {
        let quoted = quoted && !(self.bash() && op == b'?');
        self.word_in(Place::Brace { quoted, stop: 0 })
    }

    fn replace(&mut self) -> Parse<ParamOp> {
        let how = match self.byte_at(1) {
            Some(b'/') => ReplaceHow::All,
            Some(b'#') => ReplaceHow::Prefix,
            Some(b'%') => ReplaceHow::Suffix,
            _ => ReplaceHow::First,
        };
        self.src.pos += if how == ReplaceHow::First { 1 } else { 2 };
        // A slash right behind `/` begins the pattern.
        let pattern = self.word_in(Place::Brace { quoted: false, stop: b'/' })?;
        let mut by = Word::default();
        if self.byte() == Some(b'/') {
            self.src.pos += 1;
            by = self.word_in(Place::Brace { quoted: false, stop: 0 })?;
        }
        Ok(ParamOp::Replace { how, pattern, by })
    }

    /// `:offset` or `:offset:length`.
    fn slice(&mut self) -> Parse<ParamOp> {
        let start = self.src.pos + 1;
        let mut at = start;
        let (mut depth, mut questions) = (0u32, 0u32);
        let mut colon = None;
        while at < self.src.end {
            match self.src.text[at] {
                b'(' | b'{' | b'[' => depth += 1,
                b'}' if depth == 0 => break,
                b')' | b'}' | b']' => depth = depth.saturating_sub(1),
                b'?' => questions += 1,
                b':' if depth == 0 && questions > 0 => questions -= 1,
                b':' if depth == 0 && colon.is_none() => colon = Some(at),
                b'\\' => at += 1,
                _ => {}
            }
            at += 1;
        }
        let end = at.min(self.src.end);
        let middle = colon.unwrap_or(end);
        let offset = self.within_range(start, middle, |p| p.word_in(Place::Arith))?;
        let length = match colon {
            Some(colon) => Some(self.within_range(colon + 1, end, |p| p.word_in(Place::Arith))?),
            None => None,
        };
        self.src.pos = end;
        Ok(ParamOp::Slice { offset, length })
    }
}
