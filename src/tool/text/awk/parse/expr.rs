//! Expressions, by precedence.

use super::super::lex::Token;
use super::super::tree::{Expr, Place};
use super::kinds::{Given, Kind};
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
        if close == ")" && self.take(close) {
            return Ok(list);
        }
        loop {
            list.push(self.free(Parser::expr)?);
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
            let value = self.expr()?;
            let operator = (mark != "=").then(|| mark.as_bytes()[0]);
            return Ok(Expr::Assign(place, operator, Box::new(value)));
        }
        if !self.take("?") {
            return Ok(condition);
        }
        let yes = self.expr()?;
        self.expect(":")?;
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
            let array = self.array_name()?;
            self.kinds.check(&array, Kind::Array, self.line())?;
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
        let mut left = self.join()?;
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
            left = Expr::Compare(mark, Box::new(left), Box::new(self.join()?));
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
        let Token::Mark(mark @ ("!" | "-" | "+")) = *self.peek() else { return self.piped() };
        self.at += 1;
        let operand = self.deeper(Parser::sign)?;
        Ok(Expr::Sign(mark.as_bytes()[0], Box::new(operand)))
    }

    /// `command | getline`, which binds tighter than a sign.
    fn piped(&mut self) -> Parsed<Expr> {
        let mut left = self.power()?;
        while self.is("|") && !self.no_gt && self.follows_pipe() {
            self.link()?;
            self.at += 2;
            let Expr::Getline(place, _) = self.getline()? else { return self.wrong() };
            left = Expr::Getline(place, Some((Box::new(left), true)));
        }
        Ok(left)
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
            Token::Name(name) | Token::Call(name) if !self.is_function(&name) => {
                if name == "NF" || !self.take("[") {
                    self.kinds.check(&name, Kind::Variable, self.line())?;
                    return Ok(Expr::Place(Place::Name(name)));
                }
                let subscripts = self.list("]")?;
                self.kinds.check(&name, Kind::Array, self.line())?;
                Ok(Expr::Place(Place::Element(name, subscripts)))
            }
            Token::Name(name) | Token::Call(name) => self.call(name),
            Token::Word("getline") => self.getline(),
            Token::Word("length") if !self.is("(") => Ok(Expr::Builtin("length", Vec::new())),
            Token::Word(word) if is_builtin(word) => self.builtin(word),
            Token::End => self.wrong(),
            _ => {
                self.at -= 1;
                self.wrong()
            }
        }
    }

    /// Whether a name is a function's; a new one is if a parenthesis stands right behind it.
    fn is_function(&self, name: &str) -> bool {
        match self.kinds.kind(name) {
            None => matches!(&self.tokens[self.at as usize - 1].0, Token::Call(_)),
            Some(kind) => matches!(kind, Kind::Function(_)),
        }
    }

    /// A name where only an array's can stand.
    pub(super) fn array_name(&mut self) -> Parsed<String> {
        match self.peek().clone() {
            Token::Name(name) if name != "NF" => {
                self.at += 1;
                Ok(name)
            }
            _ => self.wrong(),
        }
    }

    /// A name that is a whole argument.
    fn lone_name(&self) -> Option<String> {
        let next = self.tokens.get(self.at as usize + 1).map(|row| &row.0);
        match (self.peek(), next) {
            (Token::Name(name), Some(Token::Mark("," | ")"))) if name != "NF" => {
                let is_function = matches!(self.kinds.kind(name), Some(Kind::Function(_)));
                (!is_function).then(|| name.clone())
            }
            _ => None,
        }
    }

    /// A call of a function of the program, behind its name.
    fn call(&mut self, name: String) -> Parsed<Expr> {
        let callee = self.kinds.function(&name);
        self.expect("(")?;
        let (mut args, mut given) = (Vec::new(), Vec::new());
        while !(args.is_empty() && self.take(")")) {
            let kind = if let Some(name) = self.lone_name() {
                self.at += 1;
                args.push(Expr::Place(Place::Name(name.clone())));
                self.kinds.given(&name)
            } else {
                args.push(self.free(Parser::expr)?);
                Given::Value
            };
            given.push((kind, self.line()));
            if self.take(")") {
                break;
            }
            self.expect(",")?;
            self.newlines();
        }
        self.kinds.call(callee, given)?;
        Ok(Expr::Call(name, args))
    }

    /// A call of a built-in function, behind its name.
    fn builtin(&mut self, word: &'static str) -> Parsed<Expr> {
        self.expect("(")?;
        let args = match word {
            "split" | "match" | "sub" | "gsub" => self.special_args(word)?,
            _ => {
                let closes = self.tokens.get(self.at as usize + 1).map(|row| &row.0);
                let is_length = word == "length" && closes == Some(&Token::Mark(")"));
                let lone = self.lone_name().filter(|_| is_length);
                let is_array = |name: &String| self.kinds.kind(name) == Some(Kind::Array);
                if let Some(name) = lone.filter(is_array) {
                    self.at += 1;
                    self.expect(")")?;
                    vec![Expr::Place(Place::Name(name))]
                } else {
                    self.list(")")?
                }
            }
        };
        if !argument_counts(word).contains(&args.len()) {
            let line = self.line();
            let text = format!("line {line}: wrong number of arguments in call to {word}");
            self.kinds.note(text)?;
        }
        Ok(Expr::Builtin(word, args))
    }

    /// Arguments of functions that the grammar knows.
    fn special_args(&mut self, word: &str) -> Parsed<Vec<Expr>> {
        let mut args = vec![self.free(Parser::expr)?];
        self.expect(",")?;
        self.newlines();
        if word == "split" {
            let array = self.array_name()?;
            self.kinds.check(&array, Kind::Array, self.line())?;
            args.push(Expr::Place(Place::Name(array)));
        } else {
            args.push(self.free(Parser::expr)?);
        }
        if word != "match" && self.take(",") {
            self.newlines();
            let third = match self.peek() {
                _ if word == "split" => self.free(Parser::expr)?,
                Token::Name(_) | Token::Mark("$") => self.free(Parser::primary)?,
                _ => return self.wrong(),
            };
            args.push(third);
        }
        self.expect(")")?;
        Ok(args)
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

/// How many arguments a built-in function takes.
fn argument_counts(word: &str) -> std::ops::RangeInclusive<usize> {
    match word {
        "sub" | "gsub" | "split" | "substr" => 2..=3,
        "index" | "match" | "atan2" => 2..=2,
        "strftime" => 0..=3,
        "sprintf" => 1..=1_000,
        "length" | "srand" | "fflush" => 0..=1,
        "rand" | "systime" => 0..=0,
        _ => 1..=1,
    }
}

fn is_builtin(word: &str) -> bool {
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
