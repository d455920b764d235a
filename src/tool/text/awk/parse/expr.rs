//! Expressions, by precedence.

use super::super::lex::Token;
use super::super::tree::{Expr, Place};
use super::{Parsed, Parser};

impl Parser {
    /// Reads within brackets, where `in` and `>` are operators again.
    pub(super) fn free<T>(&mut self, read: impl FnOnce(&mut Parser) -> Parsed<T>) -> Parsed<T> {
        let before = (self.no_in, self.no_gt);
        (self.no_in, self.no_gt) = (false, false);
        let found = read(self);
        (self.no_in, self.no_gt) = before;
        found
    }

    pub(super) fn list(&mut self, close: &str) -> Parsed<Vec<Expr>> {
        let mut list = Vec::new();
        self.newlines();
        if self.take(close) {
            return Ok(list);
        }
        loop {
            list.push(self.free(Parser::expr)?);
            self.newlines();
            if self.take(close) {
                return Ok(list);
            }
            self.expect(",")?;
            self.newlines();
        }
    }

    pub(super) fn expr(&mut self) -> Parsed<Expr> {
        self.deeper(Parser::choice)
    }

    pub(super) fn choice(&mut self) -> Parsed<Expr> {
        let condition = self.or()?;
        if let Expr::Place(place) = &condition
            && let Token::Mark(mark @ ("=" | "+=" | "-=" | "*=" | "/=" | "%=" | "^=")) =
                *self.peek()
        {
            let place = place.clone();
            self.at += 1;
            self.newlines();
            let value = self.expr()?;
            let operator = (mark != "=").then(|| mark.as_bytes()[0]);
            return Ok(Expr::Assign(place, operator, Box::new(value)));
        }
        if !self.take("?") {
            return Ok(condition);
        }
        self.newlines();
        let yes = self.expr()?;
        self.newlines();
        self.expect(":")?;
        self.newlines();
        let no = self.expr()?;
        Ok(Expr::Choice(Box::new(condition), Box::new(yes), Box::new(no)))
    }

    pub(super) fn or(&mut self) -> Parsed<Expr> {
        let mut left = self.and()?;
        while self.take("||") {
            self.link()?;
            self.newlines();
            left = Expr::Or(Box::new(left), Box::new(self.and()?));
        }
        Ok(left)
    }

    pub(super) fn and(&mut self) -> Parsed<Expr> {
        let mut left = self.membership()?;
        while self.take("&&") {
            self.link()?;
            self.newlines();
            left = Expr::And(Box::new(left), Box::new(self.membership()?));
        }
        Ok(left)
    }

    pub(super) fn membership(&mut self) -> Parsed<Expr> {
        let mut left = self.matching()?;
        while !self.no_in && self.take_word("in") {
            self.link()?;
            let Token::Name(array) = self.next() else {
                self.at -= 1;
                return self.wrong();
            };
            self.uses.arrays.push(array.clone());
            let subscripts = match left {
                Expr::Builtin("(", list) => list,
                other => vec![other],
            };
            left = Expr::In(subscripts, array);
        }
        Ok(left)
    }

    pub(super) fn matching(&mut self) -> Parsed<Expr> {
        let mut left = self.compare()?;
        loop {
            let negated = match self.peek() {
                Token::Mark("~") => false,
                Token::Mark("!~") => true,
                _ => return Ok(left),
            };
            self.at += 1;
            self.link()?;
            left = Expr::Match(negated, Box::new(left), Box::new(self.compare()?));
        }
    }

    pub(super) fn compare(&mut self) -> Parsed<Expr> {
        let mut left = self.piped()?;
        while let Token::Mark(mark @ ("<" | "<=" | "==" | "!=" | ">" | ">=")) = *self.peek() {
            if mark == ">" && self.no_gt {
                break;
            }
            if mark == ">=" && self.no_gt {
                // The lexer sees a redirection there.
                let line = self.tokens[self.at as usize].1;
                return Err(format!("line {line}: syntax error at or near ="));
            }
            self.link()?;
            self.at += 1;
            left = Expr::Compare(mark, Box::new(left), Box::new(self.piped()?));
        }
        Ok(left)
    }

    /// `command | getline`.
    fn piped(&mut self) -> Parsed<Expr> {
        let mut left = self.join()?;
        while self.is("|") && self.follows_pipe() {
            self.at += 2;
            let Expr::Getline(place, _) = self.getline()? else { return self.wrong() };
            left = Expr::Getline(place, Some((Box::new(left), true)));
        }
        Ok(left)
    }

    fn follows_pipe(&self) -> bool {
        self.tokens
            .get(self.at as usize + 1)
            .is_some_and(|(token, _)| matches!(token, Token::Word("getline")))
    }

    pub(super) fn join(&mut self) -> Parsed<Expr> {
        let mut left = self.sum()?;
        while self.operand_begins() {
            self.link()?;
            left = Expr::Join(Box::new(left), Box::new(self.sum()?));
        }
        Ok(left)
    }

    /// Whether what comes next begins an operand, so that two stand side by side.
    pub(super) fn operand_begins(&self) -> bool {
        match self.peek() {
            Token::Number(_)
            | Token::Text(_)
            | Token::Regex(_)
            | Token::Name(_)
            | Token::Call(_) => true,
            Token::Mark(mark) => matches!(*mark, "$" | "!" | "(" | "-" | "+" | "++" | "--"),
            Token::Word(word) => !matches!(
                *word,
                "in" | "if"
                    | "else"
                    | "while"
                    | "for"
                    | "do"
                    | "break"
                    | "continue"
                    | "next"
                    | "exit"
                    | "return"
                    | "delete"
                    | "getline"
                    | "print"
                    | "printf"
                    | "BEGIN"
                    | "END"
                    | "function"
                    | "func"
                    | "nextfile"
            ),
            _ => false,
        }
    }

    pub(super) fn sum(&mut self) -> Parsed<Expr> {
        let mut left = self.product()?;
        while let Token::Mark(mark @ ("+" | "-")) = *self.peek() {
            self.link()?;
            self.at += 1;
            left = Expr::Math(mark.as_bytes()[0], Box::new(left), Box::new(self.product()?));
        }
        Ok(left)
    }

    pub(super) fn product(&mut self) -> Parsed<Expr> {
        let mut left = self.sign()?;
        while let Token::Mark(mark @ ("*" | "/" | "%")) = *self.peek() {
            self.link()?;
            self.at += 1;
            left = Expr::Math(mark.as_bytes()[0], Box::new(left), Box::new(self.sign()?));
        }
        Ok(left)
    }

    pub(super) fn sign(&mut self) -> Parsed<Expr> {
        let Token::Mark(mark @ ("!" | "-" | "+")) = *self.peek() else { return self.power() };
        self.at += 1;
        let operand = self.deeper(Parser::sign)?;
        Ok(Expr::Sign(mark.as_bytes()[0], Box::new(operand)))
    }

    pub(super) fn power(&mut self) -> Parsed<Expr> {
        let base = self.postfix()?;
        if !self.take("^") {
            return Ok(base);
        }
        // To the right, and tighter than a sign on its left.
        let exponent = self.deeper(|parser| match parser.peek() {
            Token::Mark("-" | "+" | "!") => parser.sign(),
            _ => parser.power(),
        })?;
        Ok(Expr::Math(b'^', Box::new(base), Box::new(exponent)))
    }

    pub(super) fn postfix(&mut self) -> Parsed<Expr> {
        let operand = self.primary()?;
        if let Expr::Place(place) = &operand {
            let by = match self.peek() {
                Token::Mark("++") => 1,
                Token::Mark("--") => -1,
                _ => return Ok(operand),
            };
            let place = place.clone();
            self.at += 1;
            return Ok(Expr::Step(place, by, true));
        }
        Ok(operand)
    }

    pub(super) fn primary(&mut self) -> Parsed<Expr> {
        self.deeper(Parser::primary_within)
    }

    pub(super) fn primary_within(&mut self) -> Parsed<Expr> {
        match self.next() {
            Token::Number(number) => Ok(Expr::Number(number)),
            Token::Text(text) => Ok(Expr::Text(text)),
            Token::Regex(text) => Ok(Expr::Regex(text)),
            Token::Mark("$") => {
                let index = match *self.peek() {
                    Token::Mark(mark @ ("++" | "--")) => {
                        self.at += 1;
                        self.stepped(mark)?
                    }
                    Token::Mark("-" | "+") => self.sign()?,
                    _ => self.primary()?,
                };
                Ok(Expr::Place(Place::Field(Box::new(index))))
            }
            Token::Mark(mark @ ("++" | "--")) => self.stepped(mark),
            Token::Mark("(") => {
                let mut list = self.list(")")?;
                match list.len() {
                    0 => self.wrong(),
                    1 => Ok(Expr::Group(Box::new(list.swap_remove(0)))),
                    _ => Ok(Expr::Builtin("(", list)),
                }
            }
            Token::Name(name) if self.take("[") => {
                self.uses.arrays.push(name.clone());
                Ok(Expr::Place(Place::Element(name, self.list("]")?)))
            }
            Token::Name(name) => Ok(Expr::Place(Place::Name(name))),
            Token::Call(name) => {
                self.expect("(")?;
                let args = self.list(")")?;
                for (at, arg) in (0..).zip(&args) {
                    if let Expr::Place(Place::Name(passed)) = arg {
                        self.uses.passes.push((passed.clone(), name.clone(), at));
                    }
                }
                Ok(Expr::Call(name, args))
            }
            Token::Word("getline") => self.getline(),
            Token::Word("length") if !self.is("(") => Ok(Expr::Builtin("length", Vec::new())),
            Token::Word(word) if is_function(word) && self.is("(") => {
                self.at += 1;
                let args = self.list(")")?;
                if let ("split", Some(Expr::Place(Place::Name(array)))) = (word, args.get(1)) {
                    self.uses.arrays.push(array.clone());
                }
                Ok(Expr::Builtin(word, args))
            }
            Token::End => self.wrong(),
            _ => {
                self.at -= 1;
                self.wrong()
            }
        }
    }

    pub(super) fn stepped(&mut self, mark: &str) -> Parsed<Expr> {
        let by = if mark == "++" { 1 } else { -1 };
        match self.primary()? {
            Expr::Place(place) => Ok(Expr::Step(place, by, false)),
            _ => self.wrong(),
        }
    }

    pub(super) fn getline(&mut self) -> Parsed<Expr> {
        let place = match self.peek() {
            Token::Name(_) | Token::Mark("$") => match self.primary()? {
                Expr::Place(place) => Some(place),
                _ => return self.wrong(),
            },
            _ => None,
        };
        let file = match self.take("<") {
            true => Some((Box::new(self.postfix()?), false)),
            false => None,
        };
        Ok(Expr::Getline(place, file))
    }
}

fn is_function(word: &str) -> bool {
    matches!(
        word,
        "length"
            | "substr"
            | "index"
            | "split"
            | "sub"
            | "gsub"
            | "match"
            | "sprintf"
            | "sin"
            | "cos"
            | "atan2"
            | "exp"
            | "log"
            | "sqrt"
            | "int"
            | "rand"
            | "srand"
            | "tolower"
            | "toupper"
            | "system"
            | "close"
            | "fflush"
            | "systime"
            | "mktime"
            | "strftime"
    )
}
