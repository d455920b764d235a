//! Tokens → tree.

mod expr;
mod kinds;
mod stmt;

use super::lex::{Token, tokens};
use super::tree::{Function, Pattern, Program, Stmt};
use crate::base::limit::{AWK_DEPTH_MAX, AWK_OPERATORS_MAX};
use kinds::{Kind, Kinds};

type Parsed<T> = Result<T, String>;

/// Reads a program, a text that ends with a line end, in which some names are variables already;
/// the errors are mawk's texts after its name.
pub fn parse(text: &[u8], variables: impl Iterator<Item = String>) -> Result<Program, Vec<String>> {
    let mut errors = Vec::new();
    let tokens = tokens(text, &mut errors).map_err(|error| vec![error])?;
    let mut parser = Parser {
        tokens,
        at: 0,
        depth: 0,
        links: 0,
        no_in: false,
        no_gt: false,
        braces: 0,
        parens: 0,
        loops: 0,
        scope: Scope::Main,
        kinds: Kinds::new(variables, errors),
    };
    let program = parser.program();
    let errors = parser.kinds.into_errors();
    match program {
        Ok(program) if errors.is_empty() => Ok(program),
        Err(error) if errors.is_empty() => Err(vec![error]),
        _ => Err(errors),
    }
}

/// What a statement belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scope {
    Main,
    /// BEGIN or END.
    Outside,
    Function,
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
    /// How many `{` are open.
    braces: u32,
    /// From which token on an open `(` counts as missing its `)`.
    parens: u32,
    /// How many loops are around.
    loops: u32,
    scope: Scope,
    kinds: Kinds,
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

    /// The line of the token that comes next.
    fn line(&self) -> u32 {
        self.tokens[self.at as usize].1
    }

    /// How many parentheses are open.
    fn open_parens(&self) -> i64 {
        let read = &self.tokens[self.parens as usize..self.at as usize];
        read.iter().fold(0, |open, (token, _)| match token {
            Token::Mark("(") => open + 1,
            Token::Mark(")") => open - 1,
            _ => open,
        })
    }

    fn wrong<T>(&self) -> Parsed<T> {
        let (token, line) = &self.tokens[self.at as usize];
        let near = match token {
            Token::Newline => "end of line".to_string(),
            Token::End => "end of file".to_string(),
            Token::Mark(mark) => mark.to_string(),
            Token::Word(word) => word.to_string(),
            Token::Name(name) if name == "NF" => "$".to_string(),
            Token::Name(name) | Token::Call(name) => name.clone(),
            Token::Number(number) => super::value::number_text(*number, b"%.6g"),
            Token::Text(text) => String::from_utf8_lossy(text).into_owned(),
            Token::Regex(text) => format!("/{}/", String::from_utf8_lossy(text)),
        };
        let ends = matches!(token, Token::Newline | Token::End | Token::Mark(";" | "}"));
        if ends && self.open_parens() > 0 {
            return Err(format!("line {line}: missing ) near {near}"));
        }
        let begins = matches!(token, Token::End | Token::Word("BEGIN" | "END"));
        if begins && self.braces > 0 {
            return Err(format!("line {line}: missing }} near {near}"));
        }
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
        if self.take(mark) { Ok(()) } else { self.wrong() }
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
        self.newlines();
        while *self.peek() != Token::End {
            if let Err(error) = self.item(&mut program) {
                self.kinds.note(error)?;
                // mawk goes on with the next block.
                self.forget();
                self.leave_item();
                while !matches!(self.peek(), Token::Mark("{") | Token::End) {
                    self.at += 1;
                }
            }
        }
        self.kinds.resolve(self.line())?;
        program.arrays = self.kinds.arrays();
        for function in &mut program.functions {
            function.arrays = self.kinds.array_params(&function.name);
        }
        Ok(program)
    }

    fn leave_item(&mut self) {
        self.kinds.leave();
        self.scope = Scope::Main;
        self.loops = 0;
    }

    /// A rule or a function.
    fn item(&mut self, program: &mut Program) -> Parsed<()> {
        if self.is("}") && self.braces == 0 {
            self.kinds.note(format!("line {}: extra '}}'", self.line()))?;
            self.at += 1;
            return if *self.peek() == Token::Newline { self.wrong() } else { Ok(()) };
        }
        if self.take_word("function") || self.take_word("func") {
            program.functions.push(self.function()?);
        } else {
            let pattern = self.pattern()?;
            let bare = matches!(pattern, Pattern::Begin | Pattern::End);
            if self.is("{") || bare {
                let action = Some(self.block()?);
                program.rules.push((pattern, action));
            } else {
                if *self.peek() != Token::Newline && !self.is(";") {
                    return self.wrong();
                }
                self.at += 1;
                self.newlines();
                program.rules.push((pattern, None));
                return Ok(());
            }
        }
        self.leave_item();
        self.take(";");
        self.newlines();
        Ok(())
    }

    fn pattern(&mut self) -> Parsed<Pattern> {
        if self.is("{") {
            return Ok(Pattern::Always);
        }
        let word = if self.take_word("BEGIN") {
            Pattern::Begin
        } else if self.take_word("END") {
            Pattern::End
        } else {
            let first = self.expr()?;
            if self.take(",") {
                self.newlines();
                return Ok(Pattern::Range(first, self.expr()?));
            }
            return Ok(Pattern::Holds(first));
        };
        self.scope = Scope::Outside;
        Ok(word)
    }

    fn function(&mut self) -> Parsed<Function> {
        let (Token::Name(name) | Token::Call(name)) = self.peek().clone() else {
            return self.wrong();
        };
        self.at += 1;
        let number = self.kinds.define(&name, self.line())?;
        self.expect("(")?;
        let mut params: Vec<String> = Vec::new();
        while !self.is(")") {
            let Token::Name(param) = self.peek().clone() else { return self.wrong() };
            if matches!(self.kinds.kind(&param), Some(Kind::Function(_))) {
                return self.wrong();
            }
            self.at += 1;
            if params.contains(&param) {
                let line = self.line();
                self.kinds.note(format!("line {line}: {param} is duplicated in argument list"))?;
            } else {
                params.push(param);
            }
            if !self.take(",") {
                break;
            }
            self.newlines();
            if self.is(")") {
                return self.wrong();
            }
        }
        self.expect(")")?;
        self.newlines();
        self.scope = Scope::Function;
        self.kinds.enter(number, &params);
        let body = self.block()?;
        Ok(Function { name, params, arrays: Vec::new(), body })
    }

    fn block(&mut self) -> Parsed<Stmt> {
        self.expect("{")?;
        self.braces += 1;
        let mut list = Vec::new();
        loop {
            self.ends();
            if self.is("}") || *self.peek() == Token::End {
                break;
            }
            let depth = self.depth;
            match self.stmt() {
                Ok(stmt) => list.push(stmt),
                Err(error) => {
                    self.kinds.note(error)?;
                    self.depth = depth;
                    self.forget();
                    // mawk goes on behind the statement.
                    while !self.stmt_is_over() {
                        self.braces += u32::from(self.is("{"));
                        self.at += 1;
                    }
                }
            }
        }
        self.expect("}")?;
        self.braces -= 1;
        Ok(Stmt::Block(list))
    }

    /// What an error leaves of what was being read.
    fn forget(&mut self) {
        (self.no_in, self.no_gt) = (false, false);
        self.parens = self.at;
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
}
