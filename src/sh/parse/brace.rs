//! `${…}`.

use super::super::script::{Broken, Index, Param, ParamOp, PartKind, ReplaceHow, Word};
use super::scan::Inside;
use super::word::Place;
use super::{Parse, Parser, is_name, is_name_start};

impl Parser {
    /// `${…}`.
    pub(super) fn braces(&mut self, quoted: bool) -> Parse<PartKind> {
        if !self.bash() {
            return self.dash_braces(quoted);
        }
        let start = self.src.pos + 2;
        // Between double quotes its end is found before it is looked into.
        let end = self.brace_end(start, Inside::Name);
        if quoted && let Err(broken) = end {
            return Ok(self.broken(broken));
        }
        self.src.pos = start;
        match self.brace_inside(quoted)? {
            Some(Ok(param)) if self.byte() == Some(b'}') => {
                self.src.pos += 1;
                Ok(PartKind::Param(Box::new(param)))
            }
            Some(Err(broken)) => Ok(self.broken(broken)),
            _ => {
                self.src.pos = end.map_or(self.src.end, |end| end + 1);
                Ok(PartKind::Broken(Broken::Bad(Vec::new())))
            }
        }
    }

    fn dash_braces(&mut self, quoted: bool) -> Parse<PartKind> {
        let (start, line) = (self.src.pos + 2, self.line_here());
        self.src.pos = start;
        let kind = match self.brace_inside(quoted)? {
            Some(Ok(param)) if self.byte() == Some(b'}') => PartKind::Param(Box::new(param)),
            _ => {
                self.src.pos = start;
                self.word_in(Place::DashBrace { quoted })?;
                PartKind::Broken(Broken::Bad(Vec::new()))
            }
        };
        if self.byte() != Some(b'}') {
            return Err(self.unclosed(line, '}'));
        }
        self.src.pos += 1;
        Ok(kind)
    }

    fn brace_inside(&mut self, quoted: bool) -> Parse<Option<Result<Param, Broken>>> {
        if self.byte() == Some(b'#') && self.length_follows() {
            self.src.pos += 1;
            let Some((name, index)) = self.brace_name()? else { return Ok(None) };
            return Ok(Some(Ok(Param { name, index, indirect: false, op: ParamOp::Length })));
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
            return Ok(Some(Ok(Param { name, index: None, indirect: false, op })));
        }
        let Some(op) = self.operation(quoted)? else { return Ok(None) };
        Ok(Some(op.map(|op| Param { name, index, indirect, op })))
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
        let end = self.subscript_end(self.src.pos);
        if end >= self.src.end {
            return Ok(None);
        }
        let index = match &self.src.text[start..end] {
            b"@" => Index::At,
            b"*" => Index::Star,
            _ => {
                let mut word = self.within_range(start, end, |p| p.word_in(Place::Arith))?;
                let quotes = |byte: &u8| matches!(byte, b'\'' | b'"' | b'\\');
                if self.src.text[start..end].iter().any(quotes) {
                    let place = Place::Operand { quoted: false };
                    let key = self.within_range(start, end, |p| p.word_in(place))?;
                    word.key = Some(Box::new(key));
                }
                Index::Word(Box::new(word))
            }
        };
        self.src.pos = end + 1;
        Ok(Some(index))
    }

    /// What comes after the name, up to the closing brace.
    fn operation(&mut self, quoted: bool) -> Parse<Option<Result<ParamOp, Broken>>> {
        let Some(byte) = self.byte() else { return Ok(None) };
        let next = self.byte_at(1);
        match byte {
            b'}' => Ok(Some(Ok(ParamOp::Plain))),
            b':' => match next {
                Some(op @ (b'-' | b'=' | b'?' | b'+')) => {
                    self.src.pos += 2;
                    let word = self.test_word(quoted, op)?;
                    Ok(Some(word.map(|word| ParamOp::Test { op, colon: true, word })))
                }
                Some(b'}') if self.bash() => Ok(None),
                _ if self.bash() || self.ash() => self.slice().map(Some),
                _ => Ok(None),
            },
            b'-' | b'=' | b'?' | b'+' => {
                self.src.pos += 1;
                let word = self.test_word(quoted, byte)?;
                Ok(Some(word.map(|word| ParamOp::Test { op: byte, colon: false, word })))
            }
            b'#' | b'%' => {
                let longest = next == Some(byte);
                self.src.pos += 1 + usize::from(longest);
                let suffix = byte == b'%';
                let pattern = self.operand(false, Inside::Pattern)?;
                Ok(Some(pattern.map(|pattern| ParamOp::Strip { suffix, longest, pattern })))
            }
            b'/' if self.bash() || self.ash() => self.replace().map(Some),
            b'^' | b',' | b'~' if self.bash() => {
                let all = next == Some(byte);
                self.src.pos += 1 + usize::from(all);
                let pattern = self.operand(false, Inside::Pattern)?;
                Ok(Some(pattern.map(|pattern| ParamOp::Case { op: byte, all, pattern })))
            }
            b'@' if self.bash() && self.byte_at(2) == Some(b'}') => {
                let Some(letter) = next else { return Ok(None) };
                self.src.pos += 2;
                Ok(Some(Ok(ParamOp::Transform(letter))))
            }
            _ => Ok(None),
        }
    }

    /// The word behind `-`, `=`, `?` or `+`. Bash reads a message as if no quotes stood around.
    fn test_word(&mut self, quoted: bool, op: u8) -> Parse<Result<Word, Broken>> {
        let quoted = quoted && !(self.bash() && op == b'?');
        self.operand(quoted, Inside::Word)
    }

    /// The word from here to the closing brace.
    fn operand(&mut self, quoted: bool, inside: Inside) -> Parse<Result<Word, Broken>> {
        if !self.bash() {
            return self.word_in(Place::DashBrace { quoted }).map(Ok);
        }
        let start = self.src.pos;
        let end = match self.brace_end(start, inside) {
            Ok(end) => end,
            Err(broken) => return Ok(Err(broken)),
        };
        self.src.pos = end;
        self.within_range(start, end, |p| p.word_in(Place::Operand { quoted })).map(Ok)
    }

    /// Where the two halves of what is behind this operator end, the first of which begins at
    /// `start`; goes to the closing brace.
    fn halves(
        &mut self,
        start: usize,
        delimiter: u8,
        arith: bool,
    ) -> Result<(usize, usize), Broken> {
        let end = self.brace_end(self.src.pos + 1, Inside::Pattern)?;
        let cut = self.within_range(start, end, |p| p.delimiter_at(start, delimiter, arith))?;
        self.src.pos = end;
        Ok((cut, end))
    }

    fn replace(&mut self) -> Parse<Result<ParamOp, Broken>> {
        let how = match self.byte_at(1) {
            Some(b'/') => ReplaceHow::All,
            Some(b'#') if self.bash() => ReplaceHow::Prefix,
            Some(b'%') if self.bash() => ReplaceHow::Suffix,
            _ => ReplaceHow::First,
        };
        let start = self.src.pos + if how == ReplaceHow::First { 1 } else { 2 };
        let place = Place::Operand { quoted: false };
        let (cut, end) = match self.halves(start, b'/', false) {
            Ok(found) => found,
            Err(broken) => return Ok(Err(broken)),
        };
        let pattern = self.within_range(start, cut, |p| p.word_in(place))?;
        let mut by = Word::default();
        if cut < end {
            by = self.within_range(cut + 1, end, |p| p.word_in(place))?;
        }
        Ok(Ok(ParamOp::Replace { how, pattern, by }))
    }

    /// `:offset` or `:offset:length`.
    fn slice(&mut self) -> Parse<Result<ParamOp, Broken>> {
        let start = self.src.pos + 1;
        let (cut, end) = match self.halves(start, b':', true) {
            Ok(found) => found,
            Err(broken) => return Ok(Err(broken)),
        };
        let offset = self.within_range(start, cut, |p| p.word_in(Place::Arith))?;
        let mut length = None;
        if cut < end {
            length = Some(self.within_range(cut + 1, end, |p| p.word_in(Place::Arith))?);
        }
        Ok(Ok(ParamOp::Slice { offset, length }))
    }
}
