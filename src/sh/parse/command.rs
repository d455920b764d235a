//! Lists, pipelines and simple commands.

use super::super::expand::brace;
use super::super::script::{
    Assign, AssignValue, AstId, Index, Item, Kind, Part, PartKind, Redirect, RedirectKind,
    SyntaxError, Timed, Word,
};
use super::{Parse, Parser, is_meta, is_name_start};

/// Words that mean something to the grammar, in bash's order.
pub(in crate::sh) const RESERVED: [&str; 22] = [
    "if", "then", "else", "elif", "fi", "case", "esac", "for", "select", "while", "until", "do",
    "done", "in", "function", "time", "{", "}", "!", "[[", "]]", "coproc",
];

/// Whether a word means something to the grammar where a command may begin.
pub(in crate::sh) fn is_reserved(word: &[u8]) -> bool {
    RESERVED.iter().any(|reserved| reserved.as_bytes() == word)
}

/// Builtins whose arguments may be assignments.
const DECLARING: [&[u8]; 5] = [b"declare", b"typeset", b"local", b"export", b"readonly"];

impl Parser {
    /// Whether this word stands here, with nothing glued to it.
    pub(super) fn at_word(&self, word: &[u8]) -> bool {
        self.looking_at(word) && self.byte_at(word.len()).is_none_or(is_meta)
    }

    /// Steps over a reserved word.
    pub(super) fn eat_word(&mut self, word: &[u8]) -> bool {
        let here = self.at_word(word);
        if here {
            self.src.pos += word.len();
        }
        here
    }

    /// The list on one line: what bash reads before it runs anything.
    pub(super) fn list_of_line(&mut self) -> Parse<AstId> {
        let start = self.src.pos;
        let mut items = Vec::new();
        loop {
            let item = self.and_or()?;
            self.blanks();
            let background = self.eat("&");
            items.push((item, background));
            if !background && !self.eat(";") {
                break;
            }
            self.blanks();
            if matches!(self.byte(), None | Some(b'\n')) {
                break;
            }
        }
        Ok(self.add(start, Kind::List(items)))
    }

    /// A list up to one of these reserved words or signs (which stays), or to the end of the text.
    /// May be empty only where nothing is in `stops` or the stop is `)` of a substitution.
    pub(super) fn list_until(&mut self, stops: &[&[u8]]) -> Parse<AstId> {
        self.deeper(|p| p.list_until_inner(stops))
    }

    fn at_stop(&self, stops: &[&[u8]]) -> bool {
        stops.iter().any(|stop| match stop {
            [b')'] | [b';', ..] => self.looking_at(stop),
            _ => self.at_word(stop),
        })
    }

    fn list_until_inner(&mut self, stops: &[&[u8]]) -> Parse<AstId> {
        self.lines();
        let start = self.src.pos;
        let mut items = Vec::new();
        while !self.at_end() && !self.at_stop(stops) && !self.ends_list(items.len()) {
            let item = self.and_or()?;
            self.blanks();
            let background = self.eat("&");
            items.push((item, background));
            let more = background || self.eat(";") || self.byte() == Some(b'\n');
            self.lines();
            if !more {
                break;
            }
        }
        Ok(self.add(start, Kind::List(items)))
    }

    /// A list that must not be empty, and the reserved word after it.
    pub(super) fn list_then(&mut self, stops: &[&[u8]]) -> Parse<AstId> {
        let list = self.list_until(stops)?;
        let empty =
            matches!(&self.nodes[list.0 as usize].kind, Kind::List(items) if items.is_empty());
        if empty || self.at_end() || !self.at_stop(stops) {
            let expecting = std::str::from_utf8(stops[stops.len() - 1]).ok();
            return Err(self.unexpected(if empty && !self.at_end() { None } else { expecting }));
        }
        Ok(list)
    }

    fn and_or(&mut self) -> Parse<AstId> {
        self.blanks();
        let start = self.src.pos;
        let first = self.pipeline()?;
        let mut rest = Vec::new();
        loop {
            self.blanks();
            let and = self.eat("&&");
            if !and && !self.eat("||") {
                break;
            }
            self.lines();
            rest.push((and, self.pipeline()?));
        }
        if rest.is_empty() {
            return Ok(first);
        }
        Ok(self.add(start, Kind::AndOr { first, rest }))
    }

    fn pipeline(&mut self) -> Parse<AstId> {
        self.blanks();
        let start = self.src.pos;
        let (mut negated, mut timed, mut bangs) = (false, None, 0);
        loop {
            if bangs > 0 && !self.bash() && self.at_word(b"!") {
                return Err(self.unexpected(None));
            }
            if self.eat_word(b"!") {
                negated = !negated;
                bangs += 1;
            } else if self.bash() && timed.is_none() && self.eat_word(b"time") {
                self.blanks();
                let posix = self.eat_word(b"-p");
                self.blanks();
                self.eat_word(b"--");
                timed = Some(if posix { Timed::Posix } else { Timed::Plain });
            } else {
                break;
            }
            self.blanks();
        }
        let bare = (bangs > 0 || timed.is_some())
            && matches!(self.byte(), None | Some(b'\n' | b';' | b')'))
            && self.bash();
        if bare {
            let elements = Vec::new();
            return Ok(self.add(start, Kind::Pipeline { negated, timed, elements }));
        }
        let mut elements = vec![self.command()?];
        loop {
            self.blanks();
            if self.eat("|&") {
                let span = self.span_from(self.src.pos);
                let last = elements[elements.len() - 1].0 as usize;
                let word = Word { span, parts: vec![number_part(b"1", span)], ..Word::default() };
                let kind = RedirectKind::Dup { word, output: true };
                self.nodes[last].redirects.push(Redirect { span, fd: Some(2), name: None, kind });
            } else if !self.eat("|") {
                break;
            }
            self.lines();
            self.blanks();
            if self.at_word(b"!") {
                return Err(self.unexpected(None));
            }
            elements.push(self.command()?);
        }
        if elements.len() == 1 && bangs == 0 && timed.is_none() {
            return Ok(elements[0]);
        }
        Ok(self.add(start, Kind::Pipeline { negated, timed, elements }))
    }

    fn command(&mut self) -> Parse<AstId> {
        self.blanks();
        self.expand_aliases();
        if let Some(id) = self.deeper(Parser::compound)? {
            return Ok(id);
        }
        self.simple()
    }

    pub(super) fn simple(&mut self) -> Parse<AstId> {
        let start = self.src.pos;
        let mut assigns = Vec::new();
        let mut words: Vec<Word> = Vec::new();
        let mut redirects = Vec::new();
        let mut end = start;
        // Where its first and second elements end.
        let mut ends = Vec::new();
        loop {
            if end > start && ends.len() < 2 && ends.last() != Some(&end) {
                ends.push(end);
            }
            self.blanks();
            if let Some(redirect) = self.redirect()? {
                redirects.push(redirect);
                end = self.src.pos;
                continue;
            }
            let Some(byte) = self.byte() else { break };
            if byte == b'('
                && words.len() == 1
                && assigns.is_empty()
                && redirects.is_empty()
                && let Some(id) = self.function_here(start)?
            {
                return Ok(id);
            }
            if is_meta(byte) && !self.goes_on(&words) {
                break;
            }
            if words.is_empty() {
                let bare = assigns.is_empty() && redirects.is_empty();
                if bare && self.stops_here() {
                    break;
                }
                if let Some(assign) = self.assignment()? {
                    assigns.push(assign);
                    end = self.src.pos;
                    continue;
                }
                if !bare {
                    self.expand_aliases();
                }
            } else {
                self.expand_alias_after_blank();
            }
            if self.byte().is_none_or(is_meta) && !self.goes_on(&words) {
                continue;
            }
            let word = self.argument(&words)?;
            words.push(word);
            end = self.src.pos;
        }
        if assigns.is_empty() && words.is_empty() && redirects.is_empty() {
            return Err(self.unexpected(None));
        }
        if self.byte() == Some(b'(') && self.bash() {
            return Err(self.unexpected(None));
        }
        self.note_unmodelled(&words);
        let back = self.src.pos;
        self.src.pos = end;
        let id = self.add(start, Kind::Simple { assigns, words });
        self.src.pos = back;
        let word_first = self.bash() && self.nodes[id.0 as usize].starts_with_word(&redirects);
        let node = &mut self.nodes[id.0 as usize];
        node.redirects = redirects;
        self.number(id, &ends, word_first);
        Ok(id)
    }

    fn number(&mut self, id: AstId, ends: &[usize], word_first: bool) {
        let at = self.numbering_place(ends, word_first);
        let at = self.place(at);
        self.nodes[id.0 as usize].line = self.line_of(at);
        self.numbered_at.insert(id, at);
    }

    /// Bash numbers a simple command when it has read its first element; to know that a word is
    /// one, it reads one token more.
    fn numbering_place(&mut self, ends: &[usize], word_first: bool) -> usize {
        let first = ends.first().copied().unwrap_or(self.src.pos);
        match ends.get(1) {
            Some(second) if word_first => *second,
            None if word_first && self.byte() == Some(b'\n') => {
                // The newline brings the here-documents of this line.
                self.gather(self.src.pos);
                match self.src.jumps.get(&self.src.pos) {
                    Some(after) => after.saturating_sub(1).max(first),
                    None => first,
                }
            }
            _ => first,
        }
    }

    /// A reserved word that cannot begin a command stands here.
    fn stops_here(&self) -> bool {
        let stops: &[&[u8]] =
            &[b"then", b"else", b"elif", b"fi", b"do", b"done", b"esac", b"}", b"in"];
        let ends_test = self.bash() && self.at_word(b"]]");
        ends_test || stops.iter().any(|stop| self.at_word(stop))
    }

    /// A list ends here, whatever it is within. dash says so of signs only after a command, and
    /// takes `in` for none.
    fn ends_list(&self, items: usize) -> bool {
        if self.bash() {
            return self.stops_here();
        }
        let sign = self.byte() == Some(b')') || self.looking_at(b";;");
        items > 0 && (sign || self.stops_here() && !self.at_word(b"in"))
    }

    /// A sign stands here that begins a word.
    fn goes_on(&self, words: &[Word]) -> bool {
        self.at_process() || self.joint_of_test(words).is_some()
    }

    /// In ash `&&` and `||` between `[[` and `]]` are words for `-a` and `-o`.
    fn joint_of_test(&self, words: &[Word]) -> Option<&'static [u8]> {
        let is = |word: &Word, text: &[u8]| {
            matches!(word.parts.as_slice(),
                [Part { kind: PartKind::Text(own), quoted: false, .. }] if own == text)
        };
        let begins = self.ash() && words.first().is_some_and(|word| is(word, b"[["));
        if !begins || words.iter().any(|word| is(word, b"]]")) {
            return None;
        }
        let joints: [(&[u8], &[u8]); 2] = [(b"&&", b"-a"), (b"||", b"-o")];
        joints.into_iter().find(|(sign, _)| self.looking_at(sign)).map(|(_, word)| word)
    }

    /// `<(` or `>(` stands here.
    pub(super) fn at_process(&self) -> bool {
        (self.bash() || self.ash()) && (self.looking_at(b"<(") || self.looking_at(b">("))
    }

    /// A word after the command's name (or the name itself).
    pub(super) fn argument(&mut self, before: &[Word]) -> Parse<Word> {
        let start = self.src.pos;
        if let Some(joint) = self.joint_of_test(before) {
            self.src.pos += 2;
            let span = self.span_from(start);
            let part = Part { span, quoted: false, kind: PartKind::Text(joint.to_vec()) };
            return Ok(Word { span, parts: vec![part], ..Word::default() });
        }
        let declaring = self.declares(before);
        if !declaring {
            return self.word();
        }
        let Some(assign) = self.assignment()? else { return self.word() };
        let end = self.src.pos;
        let array = matches!(assign.value, AssignValue::Array(..));
        let mut word = if array {
            Word { span: self.span_from(start), parts: Vec::new(), ..Word::default() }
        } else {
            self.within_range(start, end, Parser::word)?
        };
        // Braces make plain words of it.
        if array || brace::expand(&word).len() == 1 {
            word.assign = Some(Box::new(assign));
        }
        Ok(word)
    }

    /// Whether the words before make this one an argument of `declare` or one of its kind.
    fn declares(&self, before: &[Word]) -> bool {
        let mut names = before.iter().filter_map(Word::plain);
        let first = names.find(|name| *name != b"command" && *name != b"builtin");
        before.first().is_some_and(|word| word.plain().is_some())
            && first.is_some_and(|name| {
                DECLARING.contains(&name)
                    && (self.bash() || matches!(name, b"export" | b"readonly" | b"local"))
            })
    }

    /// `name=…`, if it stands here.
    fn assignment(&mut self) -> Parse<Option<Assign>> {
        let start = self.src.pos;
        if !self.byte().is_some_and(is_name_start) {
            return Ok(None);
        }
        let name = self.name();
        let mut index = None;
        if self.bash() && self.byte() == Some(b'[') {
            match self.subscript()? {
                Some(Index::Word(word)) => index = Some(*word),
                Some(_) if matches!(self.byte(), Some(b'=' | b'+')) => {
                    // `a[@]=x` is refused when it runs.
                    let at = self.place(self.src.pos - 2);
                    let span = super::Span { start: at, end: at + 1 };
                    let part = Part { span, quoted: false, kind: PartKind::Text(b"@".to_vec()) };
                    index = Some(Word { span, parts: vec![part], ..Word::default() });
                }
                None if !self.scanned => return Err(self.unclosed(self.line_here(), ']')),
                _ => {
                    self.src.pos = start;
                    return Ok(None);
                }
            }
        }
        let append = self.bash() && self.looking_at(b"+=");
        if !append && self.byte() != Some(b'=') {
            self.src.pos = start;
            return Ok(None);
        }
        self.src.pos += if append { 2 } else { 1 };
        let value = if self.bash() && self.byte() == Some(b'(') && index.is_none() {
            self.array()?
        } else {
            AssignValue::Scalar(self.word()?)
        };
        Ok(Some(Assign { span: self.span_from(start), name, index, append, value }))
    }

    /// `(word [i]=word …)`.
    fn array(&mut self) -> Parse<AssignValue> {
        let line = self.line_here();
        self.src.pos += 1;
        let from = self.src.pos;
        let mut items = Vec::new();
        loop {
            self.lines();
            match self.byte() {
                None => {
                    let mut error = self.unclosed(line, ')');
                    error.status = Some(1);
                    return Err(error);
                }
                Some(b')') => break,
                Some(byte) if is_meta(byte) && !self.at_process() => {
                    let error = self.unexpected(None);
                    return Err(SyntaxError { is_skipped: true, status: Some(1), ..error });
                }
                _ => {}
            }
            let start = self.src.pos;
            let digits = self.rest().iter().take_while(|byte| byte.is_ascii_digit()).count();
            if digits > 0 && matches!(self.byte_at(digits), Some(b'<' | b'>')) {
                let error = self.unexpected(None);
                return Err(SyntaxError { is_skipped: true, status: Some(1), ..error });
            }
            let (mut index, mut append) = (None, false);
            if self.byte() == Some(b'[') {
                let subscript = self.subscript()?;
                append = self.looking_at(b"+=");
                match subscript {
                    Some(Index::Word(word)) if append || self.byte() == Some(b'=') => {
                        self.src.pos += if append { 2 } else { 1 };
                        index = Some(*word);
                    }
                    _ => self.src.pos = start,
                }
            }
            let outer = std::mem::replace(&mut self.in_array, true);
            let word = self.word();
            self.in_array = outer;
            let word = match word {
                Err(mut error) if error.incomplete => {
                    let message: &[u8] = match self.substituting {
                        0 => b"syntax error: unexpected end of file",
                        _ => b"unexpected EOF while looking for matching `)'",
                    };
                    error.messages.push((self.line_of_end(), message.to_vec()));
                    (error.status, error.keeps) = (Some(1), false);
                    return Err(error);
                }
                word => word?,
            };
            items.push(Item { index, append, word });
        }
        let span = self.span_from(from);
        self.src.pos += 1;
        Ok(AssignValue::Array(items, span))
    }
}

fn number_part(digits: &[u8], span: super::Span) -> Part {
    Part { span, quoted: false, kind: PartKind::Text(digits.to_vec()) }
}
