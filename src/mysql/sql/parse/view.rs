//! CREATE, ALTER and DROP VIEW.

use super::{Parsed, Parser};
use crate::mysql::sql::ast::{CreateView, Statement};
use crate::mysql::sql::error::SqlError;
use crate::mysql::sql::lex::Kind;

impl Parser<'_> {
    /// What follows CREATE, CREATE OR REPLACE and ALTER, if it is a view; `None`: it is not.
    pub(super) fn view(&mut self, verb: &str) -> Parsed<Option<Statement>> {
        let start = self.at;
        let (mut definer, mut algorithm, mut security) = (None, None, None);
        if self.word("ALGORITHM") {
            self.need_op("=")?;
            let known = ["UNDEFINED", "MERGE", "TEMPTABLE"];
            algorithm = known.into_iter().find(|word| self.word(word));
            algorithm.ok_or_else(|| self.fail())?;
        }
        if self.word("DEFINER") {
            self.need_op("=")?;
            definer = Some(self.account()?);
        }
        if self.words(&["SQL", "SECURITY"]) {
            let known = ["DEFINER", "INVOKER"];
            security = known.into_iter().find(|word| self.word(word));
            security.ok_or_else(|| self.fail())?;
        }
        if !self.word("VIEW") {
            self.at = start;
            return Ok(None);
        }
        let name = self.table_name()?;
        if name.db.is_none() && !self.context.has_db {
            return Err(SqlError::new(1046, "No database selected"));
        }
        let columns = if self.peek_op("(") { self.bracketed(Self::name)? } else { Vec::new() };
        self.need("AS")?;
        let from = self.tokens[self.at].start;
        let in_brackets = self.peek_op("(");
        let select = Box::new(self.select()?);
        let text = self.text[from..self.tokens[self.at].start].trim_end().to_string();
        let mut check = "";
        if self.word("WITH") {
            let local = self.word("LOCAL");
            let _ = local || self.word("CASCADED");
            self.need("CHECK")?;
            self.need("OPTION")?;
            check = if local { "LOCAL" } else { "CASCADED" };
        }
        if !matches!(self.kind(), Kind::End | Kind::Op(";")) {
            return Err(self.fail());
        }
        if in_brackets {
            return Err(SqlError::not_modelled("a view of SELECTs in brackets"));
        }
        let verb = verb.to_string();
        let view =
            CreateView { verb, name, columns, select, text, definer, algorithm, security, check };
        Ok(Some(Statement::CreateView(view)))
    }

    /// DROP VIEW, after its words.
    pub(super) fn drop_view(&mut self) -> Parsed<Statement> {
        let if_exists = self.if_exists()?;
        let names = self.list(Self::table_name)?;
        let _ = self.word("RESTRICT") || self.word("CASCADE");
        Ok(Statement::DropView { names, if_exists })
    }
}
