//! Statements.

use super::super::lex::Token;
use super::super::tree::{Expr, Place, Stmt, Target};
use super::kinds::Kind;
use super::{Parsed, Parser, Scope};

impl Parser {
    pub(super) fn stmt(&mut self) -> Parsed<Stmt> {
        self.deeper(Parser::stmt_within)
    }

    fn stmt_within(&mut self) -> Parsed<Stmt> {
        self.skip_extra()?;
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
                self.newlines();
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
                Ok(Stmt::While(condition, Box::new(self.loop_body()?)))
            }
            "do" => {
                self.at += 1;
                let body = self.loop_body()?;
                self.newlines();
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

    /// What an `if` or a loop does; nothing at all before a brace.
    fn body(&mut self) -> Parsed<Stmt> {
        self.newlines();
        if self.is("}") { Ok(Stmt::Block(Vec::new())) } else { self.stmt() }
    }

    fn loop_body(&mut self) -> Parsed<Stmt> {
        self.loops += 1;
        let body = self.body();
        self.loops -= 1;
        body
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
            let (name, array, line) = (&name.clone(), array.clone(), self.line());
            let place = Place::Name(name.clone());
            self.at += 4;
            self.kinds.check(name, Kind::Variable, line)?;
            self.kinds.check(&array, Kind::Array, line)?;
            return Ok(Stmt::ForIn(place, array, Box::new(self.loop_body()?)));
        }
        let start = if self.is(";") { None } else { Some(Box::new(self.simple()?)) };
        self.expect(";")?;
        self.newlines();
        let condition = if self.is(";") { None } else { Some(self.expr()?) };
        self.expect(";")?;
        self.newlines();
        let step = if self.is(")") { None } else { Some(Box::new(self.simple()?)) };
        self.expect(")")?;
        Ok(Stmt::For(start, condition, step, Box::new(self.loop_body()?)))
    }

    /// What mawk complains of and leaves out.
    fn skip_extra(&mut self) -> Parsed<()> {
        while self.is(")") && self.open_parens() <= 0 {
            let line = self.line();
            self.kinds.note(format!("line {line}: extra ')'"))?;
            self.at += 1;
            self.parens = self.at;
        }
        Ok(())
    }

    fn end_of_stmt(&mut self) -> Parsed<()> {
        self.skip_extra()?;
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

    pub(super) fn stmt_is_over(&self) -> bool {
        matches!(self.peek(), Token::Newline | Token::End | Token::Mark(";" | "}"))
    }

    fn simple(&mut self) -> Parsed<Stmt> {
        let Token::Word(word) = *self.peek() else { return Ok(Stmt::Expr(self.expr()?)) };
        let out_of_place = match word {
            "next" | "nextfile" if self.scope != Scope::Main => format!("improper use of {word}"),
            "break" | "continue" if self.loops == 0 => format!("{word} statement outside of loop"),
            "return" if self.scope != Scope::Function => "return outside function body".to_string(),
            _ => String::new(),
        };
        if !out_of_place.is_empty() {
            let line = self.line();
            self.kinds.note(format!("line {line}: {out_of_place}"))?;
        }
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
                let name = self.array_name()?;
                let subscripts = if self.take("[") { Some(self.list("]")?) } else { None };
                self.kinds.check(&name, Kind::Array, self.line())?;
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
            let line = self.line();
            self.kinds.note(format!("line {line}: no arguments in call to printf"))?;
        }
        Ok(Stmt::Print(formatted, args, target))
    }
}
