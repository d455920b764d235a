//! Pattern text → tree. Models glibc's posix/regcomp.c (`peek_token`, `parse_expression`,
//! `parse_dup_op`, `parse_bracket_exp`), whose decisions on undefined patterns people meet.

use super::node::{Assert, Node, Parsed};
use super::set::{Class, INVALID, Set, unit_at};
use super::{Dialect, Error, Flags};
use crate::base::limit::{REGEX_DEPTH_MAX, REGEX_REPEAT_MAX};

/// Reads a whole pattern.
pub fn parse(pattern: &[u8], flags: Flags) -> Result<Parsed, Error> {
    let mut parser = Parser {
        text: pattern,
        at: 0,
        flags,
        groups: 0,
        closed: 0,
        depth: 0,
        stacked: 0,
        has_backref: false,
    };
    let node = parser.alternatives()?;
    debug_assert!(parser.at == pattern.len(), "alternatives end at the end of the pattern");
    Ok(Parsed { node, groups: parser.groups, has_backref: parser.has_backref })
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Token {
    End,
    Unit(u32),
    Any,
    Bracket,
    Open,
    Close,
    Alt,
    Star,
    Plus,
    Question,
    OpenBrace,
    Anchor(Assert),
    Back(u32),
    Word(bool),
    Space(bool),
    TrailingBackslash,
}

struct Parser<'a> {
    text: &'a [u8],
    at: usize,
    flags: Flags,
    groups: u32,
    /// Bit n: group n is complete, so that `\n` may refer to it.
    closed: u16,
    /// Groups that are open.
    depth: u32,
    /// Repetitions of repetitions so far.
    stacked: u32,
    has_backref: bool,
}

impl Parser<'_> {
    fn ere(&self) -> bool {
        self.flags.extended
    }

    /// The token at the cursor and its length. `caret`: a `^` here is an anchor even in a BRE.
    fn peek(&self, caret: bool) -> (Token, usize) {
        let Some((unit, length)) = unit_at(self.text, self.at, self.flags.utf8) else {
            return (Token::End, 0);
        };
        let token = match u8::try_from(unit).unwrap_or(0) {
            b'\\' => return self.peek_escape(),
            b'.' => Token::Any,
            b'[' => Token::Bracket,
            b'*' => Token::Star,
            b'\n' if self.flags.dialect == Dialect::Grep => Token::Alt,
            b'|' if self.ere() => Token::Alt,
            b'+' if self.ere() => Token::Plus,
            b'?' if self.ere() => Token::Question,
            b'(' if self.ere() => Token::Open,
            b')' if self.ere() => Token::Close,
            b'{' if self.ere() && self.flags.dialect != Dialect::Awk => Token::OpenBrace,
            b'^' if self.ere() || caret => Token::Anchor(Assert::LineStart),
            b'$' if self.ere() || self.dollar_ends() => Token::Anchor(Assert::LineEnd),
            _ => Token::Unit(unit),
        };
        (token, length)
    }

    /// In a BRE `$` is an anchor only before the end, `\)` and `\|`.
    fn dollar_ends(&self) -> bool {
        let rest = &self.text[self.at + 1..];
        rest.is_empty() || rest.starts_with(b"\\)") || rest.starts_with(b"\\|")
    }

    fn peek_escape(&self) -> (Token, usize) {
        let Some((unit, length)) = unit_at(self.text, self.at + 1, self.flags.utf8) else {
            return (Token::TrailingBackslash, 1);
        };
        let bre = !self.ere();
        let token = match u8::try_from(unit).unwrap_or(0) {
            b'|' if bre => Token::Alt,
            b'+' if bre => Token::Plus,
            b'?' if bre => Token::Question,
            b'(' if bre => Token::Open,
            b')' if bre => Token::Close,
            b'{' if bre => Token::OpenBrace,
            byte if self.flags.dialect == Dialect::Awk => Token::Unit(awk_escape(byte, unit)),
            digit @ b'1'..=b'9' => Token::Back(u32::from(digit - b'0')),
            b'w' => Token::Word(false),
            b'W' => Token::Word(true),
            b's' => Token::Space(false),
            b'S' => Token::Space(true),
            b'<' => Token::Anchor(Assert::WordStart),
            b'>' => Token::Anchor(Assert::WordEnd),
            b'b' => Token::Anchor(Assert::WordEdge),
            b'B' => Token::Anchor(Assert::NotWordEdge),
            b'`' => Token::Anchor(Assert::TextStart),
            b'\'' => Token::Anchor(Assert::TextEnd),
            _ => Token::Unit(unit),
        };
        (token, 1 + length)
    }

    fn alternatives(&mut self) -> Result<Node, Error> {
        let mut branches = vec![self.branch()?];
        while let (Token::Alt, length) = self.peek(false) {
            self.at += length;
            branches.push(self.branch()?);
        }
        let whole = branches.len() == 1 && self.depth == 0;
        if self.flags.dialect == Dialect::Awk && !whole && branches.contains(&Node::Empty) {
            let lone = branches.len() == 1 && self.at == self.text.len();
            return Err(if lone { Error::Paren } else { Error::BadRepeat });
        }
        if branches.len() == 1 {
            return Ok(branches.swap_remove(0));
        }
        Ok(Node::Alt(branches))
    }

    fn branch(&mut self) -> Result<Node, Error> {
        let mut nodes = Vec::new();
        // At a branch's start, and after an anchor, `^` is an anchor and `*` has nothing to repeat.
        let mut fresh = true;
        loop {
            let (token, _) = self.peek(fresh);
            match token {
                Token::End | Token::Alt => break,
                Token::Close if self.depth > 0 => break,
                Token::Anchor(assert) => {
                    self.at += self.peek(fresh).1;
                    nodes.push(Node::Assert(assert));
                    fresh = true;
                    continue;
                }
                _ => {}
            }
            if let Some(node) = self.expression(token)? {
                nodes.push(node);
                fresh = false;
            }
        }
        Ok(match nodes.len() {
            0 => Node::Empty,
            1 => nodes.swap_remove(0),
            _ => Node::Cat(nodes),
        })
    }

    /// One atom with its repetitions; `None` for an operator that stands alone and is ignored.
    fn expression(&mut self, token: Token) -> Result<Option<Node>, Error> {
        let (_, length) = self.peek(false);
        self.at += length;
        let atom = match token {
            Token::Unit(unit) => Node::Unit(unit),
            Token::Any => Node::Any,
            Token::Word(negated) => Node::Set(Set::word(negated)),
            Token::Space(negated) => Node::Set(Set::space(negated)),
            Token::Bracket => Node::Set(self.bracket()?),
            Token::Open => self.group()?,
            Token::Back(number) => {
                if self.closed & (1 << number) == 0 {
                    return Err(Error::Subreg);
                }
                self.has_backref = true;
                Node::Back(number)
            }
            Token::TrailingBackslash => return Err(Error::Escape),
            Token::Close => {
                if self.flags.dialect == Dialect::Sed || !self.ere() {
                    return Err(Error::RightParen);
                }
                Node::Unit(u32::from(b')'))
            }
            Token::Star | Token::Plus | Token::Question | Token::OpenBrace => {
                match self.stray_operator(token)? {
                    Some(node) => node,
                    None => return Ok(None),
                }
            }
            Token::End | Token::Alt | Token::Anchor(_) => {
                unreachable!("a branch handles its ends and its anchors")
            }
        };
        self.repetitions(atom).map(Some)
    }

    /// A repetition with nothing before it.
    fn stray_operator(&mut self, token: Token) -> Result<Option<Node>, Error> {
        let lenient = self.flags.dialect == Dialect::Grep;
        let literal = Node::Unit(u32::from(self.text[self.at - 1]));
        if self.ere() {
            return match (lenient, token) {
                (false, _) => Err(Error::BadRepeat),
                (true, Token::OpenBrace) => {
                    // An interval of nothing matches the empty text (dfa.c's atom).
                    let before = self.at;
                    if self.interval()?.is_some() {
                        return Ok(None);
                    }
                    self.at = before;
                    Ok(Some(literal))
                }
                (true, _) => Ok(None),
            };
        }
        if token == Token::OpenBrace && !lenient {
            return Err(Error::BadRepeat);
        }
        Ok(Some(literal))
    }

    fn group(&mut self) -> Result<Node, Error> {
        self.groups += 1;
        let number = self.groups;
        self.deeper()?;
        let inner = self.alternatives()?;
        let (token, length) = self.peek(false);
        if token != Token::Close {
            return Err(Error::Paren);
        }
        self.at += length;
        self.depth -= 1;
        if number <= 9 {
            self.closed |= 1 << number;
        }
        Ok(Node::Group(Box::new(inner), number))
    }

    fn deeper(&mut self) -> Result<(), Error> {
        self.depth += 1;
        if self.depth > REGEX_DEPTH_MAX { Err(Error::Space) } else { Ok(()) }
    }

    fn repetitions(&mut self, mut node: Node) -> Result<Node, Error> {
        loop {
            let (token, length) = self.peek(false);
            let before = self.at;
            let (min, max) = match token {
                Token::Star => (0, None),
                Token::Plus => (1, None),
                Token::Question => (0, Some(1)),
                Token::OpenBrace => {
                    self.at += length;
                    match self.interval()? {
                        Some(bounds) => bounds,
                        None => {
                            self.at = before;
                            return Ok(self.literal_brace(node));
                        }
                    }
                }
                _ => return Ok(node),
            };
            if token != Token::OpenBrace {
                self.at += length;
            }
            self.stacked += u32::from(matches!(node, Node::Repeat { .. }));
            if self.stacked > REGEX_DEPTH_MAX {
                return Err(Error::Space);
            }
            node = repeat(node, min, max);
            let strict = !self.ere() && self.flags.dialect != Dialect::Grep;
            if strict && matches!(self.peek(false).0, Token::Star | Token::OpenBrace) {
                return Err(Error::BadRepeat);
            }
        }
    }

    /// grep reads `a{x` as four characters: the brace follows the atom.
    fn literal_brace(&mut self, node: Node) -> Node {
        let (_, length) = self.peek(false);
        self.at += length;
        Node::Cat(vec![node, Node::Unit(u32::from(b'{'))])
    }

    /// After `{`. `None`: no interval, and the dialect takes the brace literally.
    fn interval(&mut self) -> Result<Option<(u32, Option<u32>)>, Error> {
        let lenient = self.ere() && self.flags.dialect == Dialect::Grep;
        match self.interval_strict() {
            Err(Error::Brace | Error::BadBrace) if lenient && !self.looks_like_interval() => {
                Ok(None)
            }
            other => other.map(Some),
        }
    }

    /// Whether what stands before the cursor was `{m,n}` with bad numbers rather than text.
    fn looks_like_interval(&self) -> bool {
        self.text[..self.at].ends_with(b"}")
            && self.text[..self.at - 1]
                .iter()
                .rev()
                .find(|byte| !byte.is_ascii_digit() && **byte != b',')
                == Some(&b'{')
    }

    fn interval_strict(&mut self) -> Result<(u32, Option<u32>), Error> {
        let min = self.number();
        let (min, max) = match (min, self.text.get(self.at)) {
            (_, None) => return Err(Error::Brace),
            (Ok(None), Some(b',')) | (Ok(Some(_)), Some(b',')) => {
                self.at += 1;
                let max = self.number();
                if self.text.get(self.at).is_none() {
                    return Err(Error::Brace);
                }
                (min.ok().flatten().unwrap_or(0), max.map_err(|()| Error::BadBrace)?)
            }
            (Ok(Some(n)), _) => (n, Some(n)),
            _ => return Err(Error::BadBrace),
        };
        if !self.close_brace() || max.is_some_and(|max| min > max) {
            return Err(Error::BadBrace);
        }
        if max.unwrap_or(min) > REGEX_REPEAT_MAX {
            return Err(Error::Size);
        }
        Ok((min, max))
    }

    /// Digits up to the next `,` or brace; an error if there is anything else.
    fn number(&mut self) -> Result<Option<u32>, ()> {
        let mut number = None;
        while let Some(digit) = self.text.get(self.at).filter(|byte| byte.is_ascii_digit()) {
            let value = number.unwrap_or(0u32) * 10 + u32::from(digit - b'0');
            number = Some(value.min(REGEX_REPEAT_MAX + 1));
            self.at += 1;
        }
        let rest = &self.text[self.at..];
        let close: &[u8] = if self.ere() { b"}" } else { b"\\}" };
        if rest.is_empty() || rest.starts_with(b",") || rest.starts_with(close) {
            return Ok(number);
        }
        while self.at < self.text.len() && !self.text[self.at..].starts_with(close) {
            self.at += 1;
        }
        Err(())
    }

    fn close_brace(&mut self) -> bool {
        let close: &[u8] = if self.ere() { b"}" } else { b"\\}" };
        let found = self.text[self.at..].starts_with(close);
        if found {
            self.at += close.len();
        }
        found
    }

    /// After `[`.
    fn bracket(&mut self) -> Result<Set, Error> {
        let mut set = Set::default();
        if self.text.get(self.at) == Some(&b'^') {
            set.negated = true;
            self.at += 1;
        }
        if self.at == self.text.len() {
            return Err(Error::Pattern);
        }
        let mut first = true;
        loop {
            if self.text.get(self.at) == Some(&b']') && !first {
                self.at += 1;
                return Ok(set);
            }
            self.bracket_member(&mut set, first)?;
            first = false;
        }
    }

    fn bracket_member(&mut self, set: &mut Set, first: bool) -> Result<(), Error> {
        let rest = &self.text[self.at..];
        let hyphen_ends = rest.starts_with(b"-]");
        if rest.starts_with(b"-") && !first && !hyphen_ends && rest.len() > 1 {
            return Err(Error::Range);
        }
        let from = self.element()?;
        let rest = &self.text[self.at..];
        let is_range = rest.starts_with(b"-") && rest.get(1).is_some_and(|next| *next != b']');
        if !is_range {
            match from {
                Element::Unit(unit) => set.ranges.push((unit, unit)),
                Element::Class(class) => set.classes.push(class),
            }
            return Ok(());
        }
        self.at += 1;
        let (Element::Unit(first), Element::Unit(last)) = (from, self.element()?) else {
            return Err(Error::Range);
        };
        if first > last || last >= INVALID {
            return Err(Error::Range);
        }
        set.ranges.push((first, last));
        Ok(())
    }

    fn element(&mut self) -> Result<Element, Error> {
        let rest = &self.text[self.at..];
        if rest.len() > 1 && rest[0] == b'[' && matches!(rest[1], b':' | b'=' | b'.') {
            return self.named_element(rest[1]);
        }
        if self.flags.dialect == Dialect::Awk && rest.len() > 1 && rest[0] == b'\\' {
            self.at += 2;
            return Ok(Element::Unit(awk_escape(rest[1], u32::from(rest[1]))));
        }
        let (unit, length) = unit_at(self.text, self.at, self.flags.utf8).ok_or(Error::Bracket)?;
        self.at += length;
        Ok(Element::Unit(unit))
    }

    /// `[:name:]`, `[=c=]`, `[.c.]`.
    fn named_element(&mut self, kind: u8) -> Result<Element, Error> {
        let body = &self.text[self.at + 2..];
        let end = body.windows(2).position(|pair| pair == [kind, b']']).ok_or(Error::Bracket)?;
        let name = &body[..end];
        self.at += 2 + end + 2;
        if kind == b':' {
            let class = Class::parse(name).ok_or(Error::Ctype)?;
            let cased = matches!(class, Class::Lower | Class::Upper) && self.flags.icase;
            return Ok(Element::Class(if cased { Class::Alpha } else { class }));
        }
        match unit_at(name, 0, self.flags.utf8) {
            Some((unit, length)) if length == name.len() => Ok(Element::Unit(unit)),
            _ => Err(Error::Collate),
        }
    }
}

enum Element {
    Unit(u32),
    Class(Class),
}

/// What awk reads after a backslash.
fn awk_escape(byte: u8, unit: u32) -> u32 {
    u32::from(match byte {
        b'n' => b'\n',
        b't' => b'\t',
        b'r' => b'\r',
        b'f' => 0x0c,
        b'v' => 0x0b,
        b'a' => 0x07,
        b'b' => 0x08,
        _ => return unit,
    })
}

/// Folds `x**` and the like, so that stacked stars do not nest.
fn repeat(node: Node, min: u32, max: Option<u32>) -> Node {
    match (&node, min, max) {
        (Node::Repeat { min: 0, max: None, .. }, 0 | 1, None | Some(1)) => node,
        (Node::Repeat { min: 1, max: None, .. }, 1, None) => node,
        _ => Node::Repeat { node: Box::new(node), min, max },
    }
}
