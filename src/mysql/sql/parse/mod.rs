//! Text to statement. Every mistake is MySQL's own `ERROR 1064`.

mod admin;
mod call;
mod column;
mod ddl;
mod dml;
mod expr;
mod replication;
mod reserved;
mod select;
mod show;
mod view;

pub use select::MARK;

use super::ast::{Statement, TableName};
use super::dialect::Dialect;
use super::error::SqlError;
use super::lex::{Kind, Token, tokens_for};
use super::newer::perhaps_newer;
use crate::base::limit;

type Parsed<T> = Result<T, SqlError>;

/// The one statement in `text`, or `None` if there is nothing but blanks and comments.
pub fn parse(text: &str) -> Result<Option<Statement>, SqlError> {
    parse_for(text, Context { has_db: true, dialect: Dialect::V57 })
}

/// What reading a statement depends on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Context {
    /// Whether there is a default database: without one some statements are refused while they
    /// are read.
    pub has_db: bool,
    /// Which words the server knows.
    pub dialect: Dialect,
}

/// The same, for a session of some server.
pub fn parse_for(text: &str, context: Context) -> Result<Option<Statement>, SqlError> {
    match parse_first(text, context)? {
        Some((_, _, Some(rest))) => Err(SqlError::syntax(text, text.len() - rest.len())),
        first => Ok(first.map(|(statement, ..)| statement)),
    }
}

/// A statement, its text, and what follows after its `;`.
pub type First<'t> = (Statement, &'t str, Option<&'t str>);

/// The first of several statements with `;` between them.
pub fn parse_first(text: &str, context: Context) -> Result<Option<First<'_>>, SqlError> {
    let tokens = tokens_for(text, context.dialect.version);
    let mut parser = Parser { text, tokens, at: 0, far: 0, depth: 0, operators: 0, context };
    let first = first_of(&mut parser);
    first.map_err(|error| match context.dialect.is_8() {
        true => perhaps_newer(error, &parser.tokens),
        false => error,
    })
}

fn first_of<'t>(parser: &mut Parser<'t>) -> Result<Option<First<'t>>, SqlError> {
    let text = parser.text;
    if parser.kind() == &Kind::End {
        return Ok(None);
    }
    let statement = parser.statement()?;
    let end = parser.tokens[parser.at].start;
    if parser.kind() == &Kind::End {
        return Ok(Some((statement, text, None)));
    }
    if !parser.op(";") {
        return Err(parser.fail());
    }
    let more = parser.kind() != &Kind::End;
    let rest = more.then(|| &text[parser.tokens[parser.at].start..]);
    Ok(Some((statement, &text[..end], rest)))
}

struct Parser<'t> {
    text: &'t str,
    tokens: Vec<Token>,
    at: usize,
    /// The furthest token that was looked for in vain: a mistake is named from there.
    far: usize,
    depth: u32,
    operators: u32,
    context: Context,
}

impl Parser<'_> {
    fn kind(&self) -> &Kind {
        &self.tokens[self.at].kind
    }

    fn ahead(&self, by: usize) -> &Kind {
        &self.tokens[(self.at + by).min(self.tokens.len() - 1)].kind
    }

    fn advance(&mut self) {
        self.at = (self.at + 1).min(self.tokens.len() - 1);
    }

    /// The error at the token that does not fit.
    fn fail(&self) -> SqlError {
        let token = &self.tokens[self.at.max(self.far)];
        // After a comma the lexer has already begun anew (`restart_token` of sql_lex.cc).
        let start = if token.kind == Kind::Op(",") { token.end } else { token.start };
        SqlError::syntax(self.text, start)
    }

    fn is_reserved(&self, word: &str) -> bool {
        reserved::is_reserved(word)
            || self.context.dialect.is_8() && reserved::is_reserved_in_8(word)
    }

    fn is_word_ahead(&self, by: usize, word: &str) -> bool {
        matches!(self.ahead(by), Kind::Word(w) if w.eq_ignore_ascii_case(word))
    }

    fn peek(&self, word: &str) -> bool {
        self.is_word_ahead(0, word)
    }

    /// Takes a keyword, if it is here.
    fn word(&mut self, word: &str) -> bool {
        let here = self.peek(word);
        if here {
            self.advance();
        }
        here
    }

    /// Takes several keywords, or none of them.
    fn words(&mut self, words: &[&str]) -> bool {
        let fits = words.iter().enumerate().take_while(|(by, word)| self.is_word_ahead(*by, word));
        let count = fits.count();
        let here = count == words.len();
        if !here && count > 0 {
            self.far = self.far.max((self.at + count).min(self.tokens.len() - 1));
        }
        if here {
            words.iter().for_each(|_| self.advance());
        }
        here
    }

    /// SLAVE, or REPLICA.
    fn replica(&mut self) -> Parsed<()> {
        let Dialect { old, new, .. } = self.context.dialect;
        let here = old && self.word("SLAVE") || new && self.word("REPLICA");
        if here { Ok(()) } else { Err(self.fail()) }
    }

    fn need(&mut self, word: &str) -> Parsed<()> {
        if self.word(word) { Ok(()) } else { Err(self.fail()) }
    }

    fn peek_op(&self, op: &str) -> bool {
        matches!(self.kind(), Kind::Op(o) if *o == op)
    }

    fn op(&mut self, op: &str) -> bool {
        let here = self.peek_op(op);
        if here {
            self.advance();
        }
        here
    }

    fn need_op(&mut self, op: &str) -> Parsed<()> {
        if self.op(op) { Ok(()) } else { Err(self.fail()) }
    }

    /// A name: quoted, or a word that is not reserved.
    fn name(&mut self) -> Parsed<String> {
        let name = match self.kind() {
            Kind::Quoted(name) if !name.is_empty() => name.clone(),
            Kind::Word(word) if !self.is_reserved(word) => word.clone(),
            _ => return Err(self.fail()),
        };
        self.advance();
        Ok(name)
    }

    /// A name after a point may be any word.
    fn name_after_point(&mut self) -> Parsed<String> {
        let name = match self.kind() {
            Kind::Quoted(name) | Kind::Word(name) => name.clone(),
            _ => return Err(self.fail()),
        };
        self.advance();
        Ok(name)
    }

    fn table_name(&mut self) -> Parsed<TableName> {
        let first = self.name()?;
        if self.op(".") {
            let table = self.name_after_point()?;
            return Ok(TableName { db: Some(first), table });
        }
        Ok(TableName { db: None, table: first })
    }

    fn text_literal(&mut self) -> Parsed<String> {
        let Kind::Text(text) = self.kind() else { return Err(self.fail()) };
        let text = text.clone();
        self.advance();
        Ok(text)
    }

    fn number_literal(&mut self) -> Parsed<u64> {
        let Kind::Number(digits) = self.kind() else { return Err(self.fail()) };
        let Ok(number) = digits.parse() else { return Err(self.fail()) };
        self.advance();
        Ok(number)
    }

    /// `a, b, c`.
    fn list<T>(&mut self, mut one: impl FnMut(&mut Self) -> Parsed<T>) -> Parsed<Vec<T>> {
        let mut items = vec![one(self)?];
        while self.op(",") {
            items.push(one(self)?);
        }
        Ok(items)
    }

    /// `(a, b, c)`.
    fn bracketed<T>(&mut self, one: impl FnMut(&mut Self) -> Parsed<T>) -> Parsed<Vec<T>> {
        self.need_op("(")?;
        let items = self.list(one)?;
        self.need_op(")")?;
        Ok(items)
    }

    fn if_not_exists(&mut self) -> Parsed<bool> {
        if !self.word("IF") {
            return Ok(false);
        }
        self.need("NOT")?;
        self.need("EXISTS")?;
        Ok(true)
    }

    fn if_exists(&mut self) -> Parsed<bool> {
        if !self.word("IF") {
            return Ok(false);
        }
        self.need("EXISTS")?;
        Ok(true)
    }

    fn deeper<T>(&mut self, inner: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= limit::SQL_DEPTH_MAX {
            return Err(SqlError::not_modelled("an expression nested deeper than 60 levels"));
        }
        self.depth += 1;
        let result = inner(self);
        self.depth -= 1;
        result
    }

    fn statement(&mut self) -> Parsed<Statement> {
        let Kind::Word(word) = self.kind().clone() else {
            if self.peek_op("(") {
                return Ok(Statement::Select(Box::new(self.select()?)));
            }
            return Err(self.fail());
        };
        match word.to_ascii_uppercase().as_str() {
            "SELECT" => Ok(Statement::Select(Box::new(self.select()?))),
            "INSERT" | "REPLACE" => self.insert(),
            "UPDATE" => self.update(),
            "DELETE" => self.delete(),
            "TRUNCATE" => self.truncate(),
            "CREATE" => self.create(),
            "DROP" => self.drop(),
            "ALTER" => self.alter(),
            "RENAME" => self.rename(),
            "SHOW" => self.show(),
            "DESCRIBE" | "DESC" | "EXPLAIN" => self.describe(),
            "GRANT" => self.grant(),
            "REVOKE" => self.revoke(),
            "CHANGE" => self.change_master(),
            _ => self.control(&word),
        }
    }
}

/// Words a valid statement of 5.7 may begin with, and that this model does not execute.
const NOT_MODELLED: [&str; 13] = [
    "CACHE",
    "CALL",
    "CHECKSUM",
    "GET",
    "HANDLER",
    "HELP",
    "INSTALL",
    "RESIGNAL",
    "SIGNAL",
    "UNINSTALL",
    "XA",
    "IMPORT",
    "CLONE",
];

#[cfg(test)]
mod tests;
