//! INSERT, REPLACE, UPDATE, DELETE, TRUNCATE.

use super::{Parsed, Parser};
use crate::mysql::sql::ast::{Delete, Expr, Insert, InsertSource, Statement, Update};
use crate::mysql::sql::error::SqlError;

impl Parser<'_> {
    pub(super) fn insert(&mut self) -> Parsed<Statement> {
        let replace = self.word("REPLACE");
        if !replace {
            self.need("INSERT")?;
        }
        let _ = self.word("LOW_PRIORITY") || self.word("HIGH_PRIORITY") || self.word("DELAYED");
        let ignore = !replace && self.word("IGNORE");
        let _ = self.word("INTO");
        let table = self.table_name()?;
        let mut columns = Vec::new();
        if self.peek_op("(") && !self.is_word_ahead(1, "SELECT") {
            self.advance();
            if !self.op(")") {
                columns = self.list(Self::insert_column)?;
                self.need_op(")")?;
            }
        }
        let source = if self.word("VALUES") || self.word("VALUE") {
            InsertSource::Values(self.list(Self::values_row)?)
        } else if columns.is_empty() && self.word("SET") {
            let (names, values) = self.list(Self::assignment)?.into_iter().unzip();
            columns = names;
            let values: Vec<Expr> = values;
            InsertSource::Values(vec![values.into_iter().map(Some).collect()])
        } else if self.peek("SELECT") || self.peek_op("(") {
            InsertSource::Select(Box::new(self.select()?))
        } else {
            return Err(self.fail());
        };
        let mut on_duplicate = Vec::new();
        if !replace && self.word("ON") {
            for word in ["DUPLICATE", "KEY", "UPDATE"] {
                self.need(word)?;
            }
            on_duplicate = self.list(Self::assignment)?;
        }
        Ok(Statement::Insert(Insert { replace, ignore, table, columns, source, on_duplicate }))
    }

    /// `column` or `table.column`.
    fn insert_column(&mut self) -> Parsed<String> {
        let mut name = self.name()?;
        while self.op(".") {
            name = self.name_after_point()?;
        }
        Ok(name)
    }

    fn values_row(&mut self) -> Parsed<Vec<Option<Expr>>> {
        self.need_op("(")?;
        if self.op(")") {
            return Ok(Vec::new());
        }
        let row = self.list(|p| {
            if p.peek("DEFAULT") {
                p.advance();
                return Ok(None);
            }
            p.expr().map(Some)
        })?;
        self.need_op(")")?;
        Ok(row)
    }

    fn assignment(&mut self) -> Parsed<(String, Expr)> {
        let name = self.insert_column()?;
        if !self.op("=") {
            self.need_op(":=")?;
        }
        Ok((name, self.expr()?))
    }

    pub(super) fn update(&mut self) -> Parsed<Statement> {
        self.need("UPDATE")?;
        let _ = self.word("LOW_PRIORITY");
        let _ = self.word("IGNORE");
        let table = self.table_name()?;
        if self.peek_op(",") || self.peek("JOIN") || self.peek("INNER") || self.peek("LEFT") {
            return Err(SqlError::not_modelled("UPDATE of several tables"));
        }
        self.need("SET")?;
        let set = self.list(Self::assignment)?;
        let filter = if self.word("WHERE") { Some(self.expr()?) } else { None };
        let order = self.order_by()?;
        let limit = if self.word("LIMIT") { Some(self.number_literal()?) } else { None };
        Ok(Statement::Update(Update { table, set, filter, order, limit }))
    }

    pub(super) fn delete(&mut self) -> Parsed<Statement> {
        self.need("DELETE")?;
        let _ = self.word("LOW_PRIORITY") || self.word("QUICK") || self.word("IGNORE");
        if !self.peek("FROM") && matches!(self.kind(), super::Kind::Word(_)) {
            self.list(Self::table_name)?;
            self.need("FROM")?;
            return Err(SqlError::not_modelled("DELETE from several tables"));
        }
        self.need("FROM")?;
        let table = self.table_name()?;
        if self.peek("USING") || self.peek_op(",") {
            return Err(SqlError::not_modelled("DELETE from several tables"));
        }
        let filter = if self.word("WHERE") { Some(self.expr()?) } else { None };
        let order = self.order_by()?;
        let limit = if self.word("LIMIT") { Some(self.number_literal()?) } else { None };
        Ok(Statement::Delete(Delete { table, filter, order, limit }))
    }

    pub(super) fn truncate(&mut self) -> Parsed<Statement> {
        self.need("TRUNCATE")?;
        let _ = self.word("TABLE");
        Ok(Statement::Truncate(self.table_name()?))
    }
}
