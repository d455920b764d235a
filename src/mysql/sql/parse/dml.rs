//! INSERT, REPLACE, UPDATE, DELETE, TRUNCATE.

use super::{Parsed, Parser};
use crate::mysql::sql::ast::{
    Delete, Expr, From, Insert, InsertSource, MultiDelete, MultiUpdate, Source, Statement,
    TableName, Update,
};
use crate::mysql::sql::error::SqlError;

impl Parser<'_> {
    pub(super) fn insert(&mut self) -> Parsed<Statement> {
        let replace = self.word("REPLACE");
        if !replace {
            self.need("INSERT")?;
        }
        let delayed = self.word("DELAYED");
        let _ = !delayed && (self.word("LOW_PRIORITY") || self.word("HIGH_PRIORITY"));
        let ignore = !replace && self.word("IGNORE");
        let _ = self.word("INTO");
        let table = self.whole_table()?;
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
        Ok(Statement::Insert(Insert {
            replace,
            ignore,
            delayed,
            table,
            columns,
            source,
            on_duplicate,
            check: None,
        }))
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
            if p.peek("DEFAULT") && !matches!(p.ahead(1), super::Kind::Op("(")) {
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
        let ignore = self.word("IGNORE");
        let mut from = self.from()?;
        self.need("SET")?;
        let set = self.list(Self::table_assignment)?;
        let filter = if self.word("WHERE") { Some(self.expr()?) } else { None };
        let own = matches!(&from[..], [From { source: Source::Table(name), alias, .. }]
            if *alias == name.table);
        if !own {
            if self.peek("ORDER") || self.peek("LIMIT") {
                let word = if self.peek("ORDER") { "ORDER BY" } else { "LIMIT" };
                return Err(SqlError::new(1221, format!("Incorrect usage of UPDATE and {word}")));
            }
            return Ok(Statement::MultiUpdate(MultiUpdate { ignore, from, set, filter }));
        }
        let order = self.order_by()?;
        let limit = if self.word("LIMIT") { Some(self.number_literal()?) } else { None };
        let From { source: Source::Table(table), .. } = from.swap_remove(0) else {
            return Err(self.fail());
        };
        let set = set.into_iter().map(|(_, name, value)| (name, value)).collect();
        Ok(Statement::Update(Update { ignore, table, set, filter, order, limit, check: None }))
    }

    pub(super) fn delete(&mut self) -> Parsed<Statement> {
        self.need("DELETE")?;
        let _ = self.word("LOW_PRIORITY");
        let _ = self.word("QUICK");
        let ignore = self.word("IGNORE");
        if !self.peek("FROM") {
            let targets = self.list(Self::delete_target)?;
            self.need("FROM")?;
            return self.multi_delete(ignore, targets);
        }
        self.need("FROM")?;
        let table = self.delete_target()?;
        if self.peek("USING") || self.peek_op(",") {
            let mut targets = vec![table];
            while self.op(",") {
                targets.push(self.delete_target()?);
            }
            self.need("USING")?;
            return self.multi_delete(ignore, targets);
        }
        let filter = if self.word("WHERE") { Some(self.expr()?) } else { None };
        let order = self.order_by()?;
        let limit = if self.word("LIMIT") { Some(self.number_literal()?) } else { None };
        Ok(Statement::Delete(Delete { ignore, table, filter, order, limit }))
    }

    /// `table` or `table.*`.
    fn delete_target(&mut self) -> Parsed<TableName> {
        let first = self.name()?;
        if !self.op(".") || self.op("*") {
            return Ok(TableName { db: None, table: first });
        }
        let table = self.name_after_point()?;
        if self.op(".") {
            self.need_op("*")?;
        }
        Ok(TableName { db: Some(first), table })
    }

    fn multi_delete(&mut self, ignore: bool, targets: Vec<TableName>) -> Parsed<Statement> {
        let from = self.from()?;
        let filter = if self.word("WHERE") { Some(self.expr()?) } else { None };
        Ok(Statement::MultiDelete(MultiDelete { ignore, targets, from, filter }))
    }

    /// `table.column = value`.
    fn table_assignment(&mut self) -> Parsed<(Option<String>, String, Expr)> {
        let (mut table, mut name) = (None, self.name()?);
        while self.op(".") {
            table = Some(std::mem::replace(&mut name, self.name_after_point()?));
        }
        if !self.op("=") {
            self.need_op(":=")?;
        }
        if self.peek("DEFAULT") && !matches!(self.ahead(1), super::Kind::Op("(")) {
            self.advance();
            let column = Expr::Column { table: None, name: name.clone() };
            return Ok((table, name, Expr::Call("DEFAULT".into(), vec![column])));
        }
        Ok((table, name, self.expr()?))
    }

    pub(super) fn truncate(&mut self) -> Parsed<Statement> {
        self.need("TRUNCATE")?;
        let _ = self.word("TABLE");
        Ok(Statement::Truncate(self.table_name()?))
    }
}
