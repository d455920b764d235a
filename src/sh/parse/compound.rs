//! Compound commands and functions.

use super::super::quote;
use super::super::script::{Arm, ArmEnd, AstId, Kind, SyntaxError, Word};
use super::scan::Around;
use super::word::Place;
use super::{Parse, Parser, is_identifier};

impl Parser {
    /// A compound command or a `function` definition, with its redirections, if one stands here.
    pub(super) fn compound(&mut self) -> Parse<Option<AstId>> {
        let start = self.src.pos;
        self.compounds += 1;
        let kind = self.compound_kind(start);
        self.compounds -= 1;
        let Some(kind) = kind? else { return Ok(None) };
        let is_function = matches!(kind, Kind::Function { .. });
        let id = self.add(start, kind);
        self.nodes[id.0 as usize].line = self.line_of_compound(id);
        if !is_function {
            self.redirects_of(id)?;
            self.replace_redirects(id);
        }
        Ok(Some(id))
    }

    /// dash and ash take a group of one subshell for that subshell, and the redirections of the
    /// group in place of its own (`command` in parser.c).
    fn replace_redirects(&mut self, id: AstId) {
        if self.bash() || self.nodes[id.0 as usize].redirects.is_empty() {
            return;
        }
        let mut inner = id;
        loop {
            let node = &self.nodes[inner.0 as usize];
            inner = match &node.kind {
                Kind::Group(body) if inner == id || node.redirects.is_empty() => *body,
                Kind::List(items) => match items.as_slice() {
                    [(item, false)] => *item,
                    _ => return,
                },
                Kind::Subshell(_) if inner != id => break,
                _ => return,
            };
        }
        let redirects = std::mem::take(&mut self.nodes[id.0 as usize].redirects);
        self.nodes[inner.0 as usize].redirects = redirects;
    }

    /// Bash numbers `((` and `[[` when it has read them, others when they begin.
    fn line_of_compound(&self, id: AstId) -> u32 {
        let node = &self.nodes[id.0 as usize];
        match &node.kind {
            Kind::Arith(_) if self.bash() => self.line_here(),
            // A word of several lines has been read when the line is noted.
            Kind::Case { word, .. } if self.bash() => self.line_of(word.span.end),
            Kind::Cond(..) if self.bash() => {
                let text = &self.src.text[..self.src.pos.saturating_sub(2)];
                let last = text.iter().rposition(|byte| !byte.is_ascii_whitespace());
                self.line_of(self.place(last.unwrap_or(0)))
            }
            Kind::Function { .. } if self.bash() => self.brace_line,
            Kind::ArithFor { .. } if self.bash() => self.arith_for_line,
            Kind::Subshell(_) if self.bash() => self.line_here(),
            _ => node.line,
        }
    }

    fn redirects_of(&mut self, id: AstId) -> Parse<()> {
        loop {
            self.blanks();
            let Some(redirect) = self.redirect()? else { return Ok(()) };
            let end = redirect.span.end;
            let node = &mut self.nodes[id.0 as usize];
            node.redirects.push(redirect);
            node.span.end = end;
        }
    }

    fn compound_kind(&mut self, start: usize) -> Parse<Option<Kind>> {
        let kind = match self.byte() {
            Some(b'(') => self.parenthesis()?,
            Some(b'{') if self.eat_word(b"{") => {
                let body = self.list_then(&[b"}"])?;
                self.eat_word(b"}");
                Kind::Group(body)
            }
            Some(b'i') if self.eat_word(b"if") => self.if_clause()?,
            Some(b'w') if self.eat_word(b"while") => self.while_loop(false)?,
            Some(b'u') if self.eat_word(b"until") => self.while_loop(true)?,
            Some(b'f') if self.eat_word(b"for") => self.for_loop(false)?,
            Some(b'c') if self.eat_word(b"case") => self.case()?,
            Some(b'[') if self.bash() && self.eat_word(b"[[") => self.conditional()?,
            Some(b'f') if (self.bash() || self.ash()) && self.eat_word(b"function") => {
                self.function_keyword()?
            }
            Some(b's') if self.bash() && self.at_word(b"select") => {
                self.eat_word(b"select");
                self.for_loop(true)?
            }
            Some(b'c') if self.bash() && self.at_word(b"coproc") => {
                self.eat_word(b"coproc");
                self.blanks();
                if self.compound()?.is_none() {
                    self.word()?;
                    self.blanks();
                    if self.compound()?.is_none() {
                        while !self.byte().is_none_or(super::is_meta) {
                            self.word()?;
                            self.blanks();
                        }
                    }
                }
                self.unsupported(start, "coproc");
                Kind::Unsupported("coproc")
            }
            _ => return Ok(None),
        };
        Ok(Some(kind))
    }

    fn parenthesis(&mut self) -> Parse<Kind> {
        if self.bash() && self.byte_at(1) == Some(b'(') {
            let start = self.src.pos;
            let word = self.between_parentheses(|p| p.word_in(Place::Arith))?;
            if let Some(word) = word {
                return Ok(Kind::Arith(word));
            }
            let end = self.read_again_end;
            let after = self.src.text[..self.src.end].get(end);
            if self.is_string && matches!(after, None | Some(b'\n')) {
                // A string ends there: bash finds no more of it.
                let lost = self.near_text(end);
                self.read_again = start + 1;
                return match self.within_range(start + 1, end, |p| p.list_then(&[b")"])) {
                    Err(error) if !error.incomplete => Err(error),
                    _ => Err(lost),
                };
            }
            if after == Some(&b'\n') && self.substituting == 0 {
                self.void_at = end + 1;
            }
            self.read_again = start + 1;
        }
        self.src.pos += 1;
        let body = self.list_then(&[b")"])?;
        self.src.pos += 1;
        Ok(Kind::Subshell(body))
    }

    /// Reads the expression of the `((` that stands here with `read`; `None`, and nothing is read,
    /// if no `))` closes it.
    pub(super) fn between_parentheses<T>(
        &mut self,
        read: impl FnOnce(&mut Parser) -> Parse<T>,
    ) -> Parse<Option<T>> {
        let (start, edits) = (self.src.pos, self.src.edits.len());
        self.src.pos = start + 2;
        self.matched(b'(', b')', Around { arith: true, ..Around::default() })?;
        let end = self.src.pos;
        if self.byte() != Some(b')') {
            self.read_again_end = end;
            self.src.edits.truncate(edits);
            self.src.pos = start;
            return Ok(None);
        }
        self.src.pos = end - 1;
        let answer = self.read_pair(start + 2, edits, read)?;
        self.src.pos = end + 1;
        Ok(Some(answer))
    }

    fn if_clause(&mut self) -> Parse<Kind> {
        let mut clauses = Vec::new();
        loop {
            let condition = self.list_then(&[b"then"])?;
            self.eat_word(b"then");
            let body = self.list_then(&[b"elif", b"else", b"fi"])?;
            clauses.push((condition, body));
            if self.eat_word(b"elif") {
                continue;
            }
            let mut otherwise = None;
            if self.eat_word(b"else") {
                otherwise = Some(self.list_then(&[b"fi"])?);
            }
            self.eat_word(b"fi");
            return Ok(Kind::If { clauses, otherwise });
        }
    }

    fn while_loop(&mut self, until: bool) -> Parse<Kind> {
        let condition = self.list_then(&[b"do"])?;
        let body = self.do_group()?;
        Ok(Kind::While { until, condition, body })
    }

    /// `do … done`, or bash's `{ … }`.
    fn do_group(&mut self) -> Parse<AstId> {
        self.lines();
        if self.bash() && self.eat_word(b"{") {
            let body = self.list_then(&[b"}"])?;
            self.eat_word(b"}");
            return Ok(body);
        }
        if !self.eat_word(b"do") {
            return Err(self.unexpected(Some("do")));
        }
        let body = self.list_then(&[b"done"])?;
        self.eat_word(b"done");
        Ok(body)
    }

    fn for_loop(&mut self, select: bool) -> Parse<Kind> {
        self.blanks();
        if self.bash() && !select && self.looking_at(b"((") {
            return self.arith_for();
        }
        let start = self.src.pos;
        if self.byte().is_none_or(super::is_meta) {
            if self.ash() {
                let text = b"Syntax error: Bad for loop variable".into();
                return Err(self.error(self.line_here(), text));
            }
            return Err(self.missing_word(None));
        }
        if self.bash() && self.at_number() {
            return Err(self.unexpected(None));
        }
        let word = self.word()?;
        let name = self.src.text[start..self.src.pos].to_vec();
        let name = if self.bash() { quote::without_ansi(&name) } else { name };
        if !self.bash() && !is_identifier(&name) {
            return Err(self.error(self.line_here(), b"Syntax error: Bad for loop variable".into()));
        }
        drop(word);
        self.blanks();
        if self.eat(";") {
            let body = self.do_group()?;
            let head = self.span_from(start);
            return Ok(Kind::For { select, name, words: None, body, head });
        }
        let same_line = self.byte() != Some(b'\n');
        self.lines();
        if !self.eat_word(b"in") {
            if same_line && self.bash() && self.at_word(b"{") {
                return Err(self.unexpected(None));
            }
            let head = self.span_from(start);
            let body = self.do_group()?;
            return Ok(Kind::For { select, name, words: None, body, head });
        }
        let mut words = Vec::new();
        loop {
            self.blanks();
            if self.byte().is_none_or(super::is_meta) || self.at_number() {
                break;
            }
            words.push(self.word()?);
        }
        let head = self.span_from(start);
        if !self.eat(";") && self.byte() != Some(b'\n') {
            return Err(self.unexpected(None));
        }
        let body = self.do_group()?;
        Ok(Kind::For { select, name, words: Some(words), body, head })
    }

    fn arith_for(&mut self) -> Parse<Kind> {
        let start = self.src.pos;
        self.arith_for_line = self.line_here();
        let line = self.line_here();
        let Some(parts) = self.between_parentheses(Parser::arith_for_parts)? else {
            // Bash says nothing at all.
            let error = self.error(line, Vec::new());
            return Err(SyntaxError { messages: Vec::new(), status: None, ..error });
        };
        let shown = self.src.text[start..self.src.pos].to_vec();
        self.blanks();
        self.eat(";");
        let body = self.do_group()?;
        let count = parts.len();
        let Ok(parts) = parts.try_into() else {
            let why: &[u8] = if count < 3 {
                b"syntax error: arithmetic expression required"
            } else {
                b"syntax error: `;' unexpected"
            };
            let mut error = self.error(line, why.to_vec());
            error.messages.push((line, [b"syntax error: `", shown.as_slice(), b"'"].concat()));
            return Err(error);
        };
        Ok(Kind::ArithFor { parts, body })
    }

    /// The expressions between the semicolons of the present text.
    fn arith_for_parts(&mut self) -> Parse<Vec<Option<Word>>> {
        let mut parts = Vec::new();
        loop {
            let start = self.src.pos;
            let cut = self.delimiter_at(start, b';', false).unwrap_or(self.src.end);
            let blank = self.src.text[start..cut].iter().all(u8::is_ascii_whitespace);
            let read = |p: &mut Parser| p.word_in(Place::Arith);
            parts.push(if blank { None } else { Some(self.within_range(start, cut, read)?) });
            if cut >= self.src.end {
                return Ok(parts);
            }
            self.src.pos = cut + 1;
        }
    }

    fn case(&mut self) -> Parse<Kind> {
        self.blanks();
        if self.byte().is_none_or(super::is_meta) {
            return Err(self.missing_word(None));
        }
        let word = self.word()?;
        self.lines();
        if !self.eat_word(b"in") {
            return Err(self.unexpected(Some("in")));
        }
        let mut arms = Vec::new();
        loop {
            self.lines();
            if self.eat_word(b"esac") {
                return Ok(Kind::Case { word, arms });
            }
            if self.at_end() {
                return Err(self.unexpected(Some(")")));
            }
            let (arm, last) = self.arm()?;
            arms.push(arm);
            if last {
                self.lines();
                if !self.eat_word(b"esac") {
                    return Err(self.unexpected(Some(";;")));
                }
                return Ok(Kind::Case { word, arms });
            }
        }
    }

    /// An arm, and whether it must be the last one because nothing ended it.
    fn arm(&mut self) -> Parse<(Arm, bool)> {
        self.eat("(");
        let mut patterns = Vec::new();
        loop {
            self.blanks();
            if self.byte().is_none_or(super::is_meta) {
                return Err(self.missing_word(None));
            }
            patterns.push(self.word()?);
            self.blanks();
            if !self.eat("|") {
                break;
            }
        }
        if !self.eat(")") {
            return Err(self.missing_word(Some(")")));
        }
        let stops: &[&[u8]] = &[b";;", b";&", b"esac"];
        let body = self.list_until(stops)?;
        let empty =
            matches!(&self.nodes[body.0 as usize].kind, Kind::List(items) if items.is_empty());
        let ended = [(";;&", ArmEnd::GoOn), (";;", ArmEnd::Break), (";&", ArmEnd::FallThrough)]
            .into_iter()
            .find(|(sign, _)| self.eat(sign));
        let body = if empty { None } else { Some(body) };
        match ended {
            Some((_, end)) => Ok((Arm { patterns, body, end }, false)),
            None => Ok((Arm { patterns, body, end: ArmEnd::Break }, true)),
        }
    }

    fn function_keyword(&mut self) -> Parse<Kind> {
        self.blanks();
        if self.byte().is_none_or(super::is_meta) {
            return Err(self.missing_word(None));
        }
        let start = self.src.pos;
        self.word()?;
        let name = self.src.text[start..self.src.pos].to_vec();
        self.blanks();
        if self.looking_at(b"(") {
            self.src.pos += 1;
            self.blanks();
            if !self.eat(")") {
                return Err(self.unexpected(None));
            }
        }
        let body = self.function_body()?;
        Ok(Kind::Function { name, body })
    }

    fn function_body(&mut self) -> Parse<AstId> {
        self.lines();
        if self.looking_at(b"{") {
            self.brace_line = self.line_here();
        }
        match self.compound()? {
            Some(id) => Ok(id),
            None => Err(self.unexpected(None)),
        }
    }

    /// `name ( )` was read up to the parenthesis.
    pub(super) fn function_here(&mut self, start: usize) -> Parse<Option<AstId>> {
        self.src.pos += 1;
        self.blanks();
        if !self.eat(")") {
            return Err(self.missing_word(Some(")")));
        }
        let name = self.text_at(start);
        if !self.bash() && !is_identifier(&name) {
            return Err(self.error(self.line_here(), b"Syntax error: Bad function name".into()));
        }
        let body = if self.bash() {
            self.function_body()?
        } else {
            self.lines();
            self.command_of_function()?
        };
        let id = self.add(start, Kind::Function { name, body });
        if self.bash() {
            self.nodes[id.0 as usize].line = self.brace_line;
        }
        Ok(Some(id))
    }

    /// dash takes any command as a function's body.
    fn command_of_function(&mut self) -> Parse<AstId> {
        match self.compound()? {
            Some(id) => Ok(id),
            None => self.simple(),
        }
    }

    fn text_at(&self, start: usize) -> Vec<u8> {
        let rest = &self.src.text[start..];
        let length = rest.iter().take_while(|b| !super::is_meta(**b)).count();
        rest[..length].to_vec()
    }
}
