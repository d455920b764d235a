//! Tokens → tree.

mod expr;

use super::lex::{Token, tokens};
use super::tree::{Expr, Function, Pattern, Place, Program, Stmt, Target, Uses};
use crate::base::limit::{AWK_DEPTH_MAX, AWK_OPERATORS_MAX};

type Parsed<T> = Result<T, String>;

/// Reads a program; an error is mawk's text after its name.
pub fn parse(text: &[u8]) -> Parsed<Program> {
    let mut parser = Parser {
        tokens: tokens(text)?,
        at: 0,
        depth: 0,
        links: 0,
        no_in: false,
        no_gt: false,
        uses: Uses::default(),
    };
    parser.program()
}

struct Parser {
    tokens: Vec<(Token, u32)>,
    at: u32,
    depth: u32,
    /// Operators read so far that lean to the left: each may hold the one before.
    links: u32,
    /// Within `for (`: `in` is not an operator.
    no_in: bool,
    /// Within `print`: `>` is a redirection.
    no_gt: bool,
    /// How names are used in what is being read.
    uses: Uses,
}

impl Parser {
    fn peek(&self) -> &Token {
        &self.tokens[self.at as usize].0
    }

    fn next(&mut self) -> Token {
        let token = self.peek().clone();
        if token != Token::End {
            self.at += 1;
        }
        token
    }

    fn wrong<T>(&self) -> Parsed<T> {
        let (token, line) = &self.tokens[self.at as usize];
        let near = match token {
            Token::Newline => "end of line".to_string(),
            Token::End => {
                return Err(format!("line {}: syntax error at or near end of file", line + 1));
            }
            Token::Mark(mark) => mark.to_string(),
            Token::Word(word) => word.to_string(),
            Token::Name(name) | Token::Call(name) => name.clone(),
            Token::Number(number) => super::value::number_text(*number, b"%.6g"),
            Token::Text(text) => format!("\"{}\"", String::from_utf8_lossy(text)),
            Token::Regex(text) => format!("/{}/", String::from_utf8_lossy(text)),
        };
        Err(format!("line {line}: syntax error at or near {near}"))
    }

    fn is(&self, mark: &str) -> bool {
        matches!(self.peek(), Token::Mark(found) if *found == mark)
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(self.peek(), Token::Word(found) if *found == word)
    }

    fn take(&mut self, mark: &str) -> bool {
        let found = self.is(mark);
        self.at += u32::from(found);
        found
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        self.at += u32::from(found);
        found
    }

    fn expect(&mut self, mark: &str) -> Parsed<()> {
        if self.take(mark) {
            return Ok(());
        }
        if mark == "}" && *self.peek() == Token::End {
            let line = self.tokens[self.at as usize].1 + 1;
            return Err(format!("line {line}: missing }} near end of file"));
        }
        self.wrong()
    }

    fn newlines(&mut self) {
        while *self.peek() == Token::Newline {
            self.at += 1;
        }
    }

    fn ends(&mut self) {
        while *self.peek() == Token::Newline || self.is(";") {
            self.at += 1;
        }
    }

    fn program(&mut self) -> Parsed<Program> {
        let mut program = Program::default();
        loop {
            self.ends();
            if *self.peek() == Token::End {
                program.uses = std::mem::take(&mut self.uses);
                return Ok(program);
            }
            if self.take_word("function") || self.take_word("func") {
                program.functions.push(self.function()?);
                continue;
            }
            let pattern = self.pattern()?;
            let action = if self.is("{") { Some(self.block()?) } else { None };
            let bare = matches!(pattern, Pattern::Begin | Pattern::End) && action.is_none();
            if bare {
                return self.wrong();
            }
            program.rules.push((pattern, action));
        }
    }

    fn pattern(&mut self) -> Parsed<Pattern> {
        if self.is("{") {
            return Ok(Pattern::Always);
        }
        if self.take_word("BEGIN") {
            return Ok(Pattern::Begin);
        }
        if self.take_word("END") {
            return Ok(Pattern::End);
        }
        let first = self.expr()?;
        if self.take(",") {
            self.newlines();
            return Ok(Pattern::Range(first, self.expr()?));
        }
        Ok(Pattern::Holds(first))
    }

    fn function(&mut self) -> Parsed<Function> {
        let name = match self.next() {
            Token::Name(name) | Token::Call(name) => name,
            _ => {
                self.at -= 1;
                return self.wrong();
            }
        };
        self.expect("(")?;
        let mut params = Vec::new();
        while let Token::Name(param) = self.peek().clone() {
            params.push(param);
            self.at += 1;
            if !self.take(",") {
                break;
            }
            self.newlines();
        }
        self.expect(")")?;
        self.newlines();
        let outside = std::mem::take(&mut self.uses);
        let body = self.block()?;
        let uses = std::mem::replace(&mut self.uses, outside);
        Ok(Function { name, params, body, uses })
    }

    fn block(&mut self) -> Parsed<Stmt> {
        self.expect("{")?;
        let mut list = Vec::new();
        loop {
            self.ends();
            if self.is("}") || *self.peek() == Token::End {
                break;
            }
            list.push(self.stmt()?);
        }
        self.expect("}")?;
        Ok(Stmt::Block(list))
    }

    fn deeper<T>(&mut self, read: impl FnOnce(&mut Parser) -> Parsed<T>) -> Parsed<T> {
        self.depth += 1;
        if self.depth > AWK_DEPTH_MAX {
            return Err("program too deeply nested".to_string());
        }
        let found = read(self);
        self.depth -= 1;
        found
    }

    fn link(&mut self) -> Parsed<()> {
        self.links += 1;
        if self.links > AWK_OPERATORS_MAX {
            return Err("program too large".to_string());
        }
        Ok(())
    }

    fn stmt(&mut self) -> Parsed<Stmt> {
        self.deeper(Parser::stmt_within)
    }

    fn stmt_within(&mut self) -> Parsed<Stmt> {
        if self.is("{") {
            return self.block();
        }
        if self.take(";") {
            return Ok(Stmt::Block(Vec::new()));
        }
        let Token::Word(word) = *self.peek() else { return self.simple_end() };
        match word {
            "if" => {
                self.at += 1;
                let condition = self.condition()?;
                let then = self.body()?;
                let mark = self.at;
                self.ends();
                if self.take_word("else") {
                    let other = self.body()?;
                    return Ok(Stmt::If(condition, Box::new(then), Some(Box::new(other))));
                }
                self.at = mark;
                Ok(Stmt::If(condition, Box::new(then), None))
            }
            "while" => {
                self.at += 1;
                let condition = self.condition()?;
                if self.take(";") {
                    return Ok(Stmt::While(condition, Box::new(Stmt::Block(Vec::new()))));
                }
                Ok(Stmt::While(condition, Box::new(self.body()?)))
            }
            "do" => {
                self.at += 1;
                let body = self.body()?;
                self.ends();
                if !self.take_word("while") {
                    return self.wrong();
                }
                let condition = self.condition()?;
                self.end_of_stmt()?;
                Ok(Stmt::Do(Box::new(body), condition))
            }
            "for" => self.for_stmt(),
            _ => self.simple_end(),
        }
    }

    fn body(&mut self) -> Parsed<Stmt> {
        self.newlines();
        self.stmt()
    }

    fn condition(&mut self) -> Parsed<Expr> {
        self.expect("(")?;
        let condition = self.free(Parser::expr)?;
        self.expect(")")?;
        Ok(condition)
    }

    fn for_stmt(&mut self) -> Parsed<Stmt> {
        self.at += 1;
        self.expect("(")?;
        let ahead = |ahead: u32| self.tokens.get((self.at + ahead) as usize).map(|row| &row.0);
        if let (
            Some(Token::Name(name)),
            Some(Token::Word("in")),
            Some(Token::Name(array)),
            Some(Token::Mark(")")),
        ) = (ahead(0), ahead(1), ahead(2), ahead(3))
        {
            let (place, array) = (Place::Name(name.clone()), array.clone());
            self.at += 4;
            self.uses.arrays.push(array.clone());
            return Ok(Stmt::ForIn(place, array, Box::new(self.body()?)));
        }
        let start = if self.is(";") { None } else { Some(Box::new(self.simple()?)) };
        self.expect(";")?;
        self.newlines();
        let condition = if self.is(";") { None } else { Some(self.expr()?) };
        self.expect(";")?;
        self.newlines();
        let step = if self.is(")") { None } else { Some(Box::new(self.simple()?)) };
        self.expect(")")?;
        if self.take(";") {
            return Ok(Stmt::For(start, condition, step, Box::new(Stmt::Block(Vec::new()))));
        }
        Ok(Stmt::For(start, condition, step, Box::new(self.body()?)))
    }

    fn end_of_stmt(&mut self) -> Parsed<()> {
        match self.peek() {
            Token::Newline | Token::Mark(";") => {
                self.at += 1;
                Ok(())
            }
            Token::Mark("}") | Token::End => Ok(()),
            _ => self.wrong(),
        }
    }

    fn simple_end(&mut self) -> Parsed<Stmt> {
        let stmt = self.simple()?;
        self.end_of_stmt()?;
        Ok(stmt)
    }

    fn stmt_is_over(&self) -> bool {
        matches!(self.peek(), Token::Newline | Token::End | Token::Mark(";" | "}"))
    }

    fn simple(&mut self) -> Parsed<Stmt> {
        let Token::Word(word) = *self.peek() else { return Ok(Stmt::Expr(self.expr()?)) };
        let stmt = match word {
            "next" => Stmt::Next,
            "nextfile" => Stmt::NextFile,
            "break" => Stmt::Break,
            "continue" => Stmt::Continue,
            "exit" | "return" => {
                self.at += 1;
                let value = if self.stmt_is_over() { None } else { Some(self.expr()?) };
                return Ok(if word == "exit" { Stmt::Exit(value) } else { Stmt::Return(value) });
            }
            "delete" => {
                self.at += 1;
                let Token::Name(name) = self.next() else {
                    self.at -= 1;
                    return self.wrong();
                };
                self.uses.arrays.push(name.clone());
                let subscripts = if self.take("[") { Some(self.list("]")?) } else { None };
                return Ok(Stmt::Delete(name, subscripts));
            }
            "print" | "printf" => return self.print(word == "printf"),
            _ => return Ok(Stmt::Expr(self.expr()?)),
        };
        self.at += 1;
        Ok(stmt)
    }

    fn print(&mut self, formatted: bool) -> Parsed<Stmt> {
        self.at += 1;
        let before = std::mem::replace(&mut self.no_gt, true);
        let mut args = Vec::new();
        if !self.stmt_is_over() && !self.is(">") && !self.is(">>") && !self.is("|") {
            args.push(self.expr()?);
            while self.take(",") {
                self.newlines();
                args.push(self.expr()?);
            }
        }
        // `print (a, b)`: the list in parentheses, read as a group of several.
        if let [Expr::Builtin("(", list)] = &args[..] {
            args = list.clone();
        }
        let target = match self.peek() {
            Token::Mark(">") => {
                self.at += 1;
                Target::File(self.expr()?)
            }
            Token::Mark(">>") => {
                self.at += 1;
                Target::Append(self.expr()?)
            }
            Token::Mark("|") => {
                self.at += 1;
                Target::Pipe(self.expr()?)
            }
            _ => Target::Output,
        };
        self.no_gt = before;
        if formatted && args.is_empty() {
            let line = self.tokens[self.at as usize].1;
            return Err(format!("line {line}: no arguments in call to printf"));
        }
        Ok(Stmt::Print(formatted, args, target))
    }
}
