//! What is written to a view goes to the table below it. Models `mysql_prepare_insert` and
//! `check_view_insertability` of sql/sql_insert.cc, and `mysql_derived_merge` for the rest.

use super::Env;
use super::from::database;
use super::view::{is_updatable, query_of};
use crate::mysql::data::{Default, Table};
use crate::mysql::sql::SqlError;
use crate::mysql::sql::ast::{
    Delete, Expr, Insert, InsertSource, Op, Select, Source, Statement, TableName, Update,
};

/// A view as the table below it.
struct Through {
    table: TableName,
    /// Each column's name, and what it is there.
    columns: Vec<(String, Expr)>,
    /// Which rows it shows.
    filter: Option<Expr>,
    /// What WITH CHECK OPTION demands of rows.
    check: Option<Expr>,
}

/// A statement that writes to a view, as one that writes to its table; `None`: it does not.
pub fn through_view(statement: &Statement, env: &Env) -> Result<Option<Statement>, SqlError> {
    let (name, verb) = match statement {
        Statement::Insert(one) => (&one.table, "INSERT"),
        Statement::Update(one) => (&one.table, "UPDATE"),
        Statement::Delete(one) => (&one.table, "DELETE"),
        _ => return Ok(None),
    };
    let Ok(db) = database(name, env) else { return Ok(None) };
    if env.session.temporary(&db, &name.table).is_some() {
        return Ok(None);
    }
    let Some(view) = below(&db, name, verb, env)? else { return Ok(None) };
    let own = format!("{db}.{}", name.table);
    Ok(Some(match statement {
        Statement::Insert(one) => Statement::Insert(view.insert(one, (&db, own), env)?),
        Statement::Update(one) => Statement::Update(view.update(one, own)?),
        Statement::Delete(one) => Statement::Delete(view.delete(one)?),
        other => other.clone(),
    }))
}

fn below(db: &str, name: &TableName, verb: &str, env: &Env) -> Result<Option<Through>, SqlError> {
    let Some(view) = env.catalog.view(db, &name.table) else { return Ok(None) };
    let query = query_of(view)?;
    if query.from.len() > 1 {
        return Err(SqlError::not_modelled("writing through a view of several tables"));
    }
    if !is_updatable(view, env) {
        return Err(not_updatable(&name.table, verb));
    }
    let Some((table, alias)) = only_table(&query) else {
        return Err(SqlError::not_modelled("writing through such a view"));
    };
    let inner = below(&database(&table, env)?, &table, verb, env)?;
    let plain = |expr: &Expr| -> Result<Expr, SqlError> {
        let mut expr = expr.clone();
        if has_query(&expr) {
            return Err(SqlError::not_modelled("writing through a view with subqueries"));
        }
        match &inner {
            Some(inner) => inner.translate(&mut expr, &alias, "field list")?,
            None => bare(&mut expr),
        }
        Ok(expr)
    };
    let mut columns = Vec::new();
    for (item, name) in query.items.iter().zip(&view.columns) {
        let expr = item.what.as_ref().map_err(|_| SqlError::not_modelled("such a view"))?;
        columns.push((name.clone(), plain(expr)?));
    }
    let own = query.filter.as_ref().map(plain).transpose()?;
    let (table, lower, lower_check) = match inner {
        Some(inner) => (inner.table, inner.filter, inner.check),
        None => (table, None, None),
    };
    let filter = both(lower.clone(), own.clone());
    let check = match view.check.as_str() {
        "CASCADED" => filter.clone(),
        "LOCAL" => both(lower_check, own),
        _ => lower_check,
    };
    Ok(Some(Through { table, columns, filter, check }))
}

fn not_updatable(view: &str, verb: &str) -> SqlError {
    let what = if verb == "INSERT" { "insertable-into" } else { "updatable" };
    let code = if verb == "INSERT" { 1471 } else { 1288 };
    SqlError::new(code, format!("The target table {view} of the {verb} is not {what}"))
}

fn only_table(query: &Select) -> Option<(TableName, String)> {
    let [from] = query.from.as_slice() else { return None };
    match &from.source {
        Source::Table(name) => Some((name.clone(), from.alias.clone())),
        Source::Derived(_) => None,
    }
}

fn has_query(expr: &Expr) -> bool {
    let own = matches!(
        expr,
        Expr::Subquery(_) | Expr::Exists(_) | Expr::InSelect(..) | Expr::Quantified(..)
    );
    own || expr.children().into_iter().any(has_query)
}

/// Columns by their names only.
fn bare(expr: &mut Expr) {
    if let Expr::Column { table, .. } = expr {
        *table = None;
    }
    expr.children_mut().into_iter().for_each(bare);
}

fn both(a: Option<Expr>, b: Option<Expr>) -> Option<Expr> {
    match (a, b) {
        (Some(a), Some(b)) => Some(Expr::Binary(Op::And, Box::new(a), Box::new(b))),
        (a, b) => a.or(b),
    }
}

impl Through {
    fn find(&self, name: &str) -> Option<&Expr> {
        let same = |(own, _): &&(String, Expr)| own.eq_ignore_ascii_case(name);
        self.columns.iter().find(same).map(|(_, expr)| expr)
    }

    /// An expression of the view's columns as one of the table's; `clause`: where it stands.
    fn translate(&self, expr: &mut Expr, alias: &str, clause: &str) -> Result<(), SqlError> {
        if let Expr::Column { table, name } = expr {
            let known = self.find(name).filter(|_| table.as_ref().is_none_or(|t| t == alias));
            let Some(known) = known else {
                let place = table.as_ref().map_or(String::new(), |table| format!("{table}."));
                let text = format!("Unknown column '{place}{name}' in '{clause}'");
                return Err(SqlError::new(1054, text));
            };
            *expr = known.clone();
            return Ok(());
        }
        let mut parts = expr.children_mut().into_iter();
        parts.try_for_each(|part| self.translate(part, alias, clause))
    }

    /// The table's column that one of the view's is.
    fn column(&self, name: &str) -> Result<String, SqlError> {
        match self.find(name) {
            Some(Expr::Column { name, .. }) => Ok(name.clone()),
            Some(_) => Err(SqlError::new(1348, format!("Column '{name}' is not updatable"))),
            None => Err(SqlError::new(1054, format!("Unknown column '{name}' in 'field list'"))),
        }
    }

    fn set(&self, set: &[(String, Expr)], alias: &str) -> Result<Vec<(String, Expr)>, SqlError> {
        let one = |(name, expr): &(String, Expr)| {
            let mut expr = expr.clone();
            self.translate(&mut expr, alias, "field list")?;
            Ok((self.column(name)?, expr))
        };
        set.iter().map(one).collect()
    }

    fn check(&self, own: String) -> Option<Box<(Expr, String)>> {
        self.check.clone().map(|check| Box::new((check, own)))
    }

    fn insert(
        &self,
        one: &Insert,
        (db, own): (&str, String),
        env: &Env,
    ) -> Result<Insert, SqlError> {
        // All of its columns must be different columns of the table.
        let named: Vec<Option<&str>> = self.columns.iter().map(|(_, expr)| name_of(expr)).collect();
        let twice = |at: usize| named[..at].contains(&named[at]);
        if (0..named.len()).any(|at| named[at].is_none() || twice(at)) {
            return Err(not_updatable(&one.table.table, "INSERT"));
        }
        if matches!(one.source, InsertSource::Select(_)) && !one.on_duplicate.is_empty() {
            let what = "INSERT … SELECT … ON DUPLICATE KEY UPDATE through a view";
            return Err(SqlError::not_modelled(what));
        }
        let columns = match one.columns.as_slice() {
            [] => named.into_iter().flatten().map(String::from).collect(),
            names => names.iter().map(|name| self.column(name)).collect::<Result<Vec<_>, _>>()?,
        };
        let home = self.table.db.as_deref().unwrap_or(db);
        let table = env.catalog.table(home, &self.table.table);
        if !env.is_lenient() && table.is_some_and(|table| lacks_default(table, &columns)) {
            let text =
                format!("Field of view '{own}' underlying table doesn't have a default value");
            return Err(SqlError::new(1423, text));
        }
        Ok(Insert {
            table: self.table.clone(),
            columns,
            on_duplicate: self.set(&one.on_duplicate, &one.table.table)?,
            check: self.check(own),
            ..one.clone()
        })
    }

    /// Of the rows that the view shows, those that the condition fits.
    fn filter(&self, filter: &Option<Expr>, alias: &str) -> Result<Option<Expr>, SqlError> {
        let mut filter = filter.clone();
        let mut own = filter.iter_mut();
        own.try_for_each(|filter| self.translate(filter, alias, "where clause"))?;
        Ok(both(filter, self.filter.clone()))
    }

    fn order(&self, order: &[(Expr, bool)], alias: &str) -> Result<Vec<(Expr, bool)>, SqlError> {
        let mut order = order.to_vec();
        let mut keys = order.iter_mut();
        keys.try_for_each(|(expr, _)| self.translate(expr, alias, "order clause"))?;
        Ok(order)
    }

    fn update(&self, one: &Update, own: String) -> Result<Update, SqlError> {
        let alias = &one.table.table;
        Ok(Update {
            table: self.table.clone(),
            set: self.set(&one.set, alias)?,
            filter: self.filter(&one.filter, alias)?,
            order: self.order(&one.order, alias)?,
            check: self.check(own),
            ..one.clone()
        })
    }

    fn delete(&self, one: &Delete) -> Result<Delete, SqlError> {
        let alias = &one.table.table;
        Ok(Delete {
            table: self.table.clone(),
            filter: self.filter(&one.filter, alias)?,
            order: self.order(&one.order, alias)?,
            ..one.clone()
        })
    }
}

fn name_of(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Column { name, .. } => Some(name),
        _ => None,
    }
}

/// Whether a column that is not given has nothing to be.
fn lacks_default(table: &Table, given: &[String]) -> bool {
    table.columns.iter().any(|column| {
        let is_given = given.iter().any(|name| name.eq_ignore_ascii_case(&column.name));
        let has = column.default.as_ref().is_some_and(|d| *d != Default::Missing);
        !is_given && column.not_null && !has && !column.auto_increment
    })
}
