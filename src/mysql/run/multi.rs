//! UPDATE and DELETE of several tables: rows are joined first, then changed, each at most once.

use super::dml::{Work, assigned};
use super::eval::resolve;
use super::from::{Joined, read_with_ids};
use super::store::duplicate;
use super::{Answer, Change, Env, ROW_ID, Scope, evaluate};
use crate::mysql::data::Value;
use crate::mysql::sql::SqlError;
use crate::mysql::sql::ast::{Expr, From, MultiDelete, MultiUpdate, Source, TableName};

type Changed = Result<(Answer, Vec<Change>), SqlError>;

/// The joined tables, and the rows WHERE keeps.
fn joined(from: &[From], filter: Option<&Expr>, env: &mut Env) -> Result<Joined, SqlError> {
    let (columns, rows) = read_with_ids(from, env)?;
    let nulls = vec![Value::Null; columns.len()];
    env.clause = "where clause";
    let scope = Scope { columns: &columns, values: &nulls, group: None, outer: None };
    filter.iter().try_for_each(|expr| resolve(expr, &scope, env))?;
    let mut kept = Vec::new();
    for row in rows {
        let scope = Scope { columns: &columns, values: &row, group: None, outer: None };
        let keep = match filter {
            Some(filter) => evaluate(filter, &scope, env)?.is_true(),
            None => true,
        };
        if keep {
            kept.push(row);
        }
        env.check()?;
    }
    Ok((columns, kept))
}

/// The row of a table that a joined row has.
fn row_id(columns: &[(String, String)], row: &[Value], alias: &str) -> Option<u64> {
    let at = columns.iter().position(|(table, name)| table == alias && name == ROW_ID)?;
    match row.get(at)? {
        Value::Int(id) => u64::try_from(*id).ok(),
        _ => None,
    }
}

fn table_of<'f>(from: &'f [From], alias: &str) -> Option<&'f TableName> {
    from.iter().find(|f| f.alias == alias).and_then(|f| match &f.source {
        Source::Table(name) => Some(name),
        Source::Derived(_) => None,
    })
}

/// UPDATE.
pub fn multi_update(statement: &MultiUpdate, env: &mut Env) -> Changed {
    env.ignore = statement.ignore;
    env.several = true;
    let (columns, rows) = joined(&statement.from, statement.filter.as_ref(), env)?;
    env.clause = "field list";
    // Which table each assignment is about, in the order of FROM.
    let mut sets: Vec<(String, Vec<(String, Expr)>)> =
        statement.from.iter().map(|f| (f.alias.clone(), Vec::new())).collect();
    for (table, name, value) in &statement.set {
        let column = Expr::Column { table: table.clone(), name: name.clone() };
        let nulls = vec![Value::Null; columns.len()];
        let scope = Scope { columns: &columns, values: &nulls, group: None, outer: None };
        resolve(&column, &scope, env)?;
        resolve(value, &scope, env)?;
        let has = |(alias, column): &&(String, String)| {
            column.eq_ignore_ascii_case(name) && table.as_ref().is_none_or(|t| t == alias)
        };
        let owner = columns.iter().find(has).map(|(alias, _)| alias.clone());
        let set = sets.iter_mut().find(|(alias, _)| Some(alias) == owner.as_ref());
        set.expect("the column was found").1.push((name.clone(), value.clone()));
    }
    let (mut matched, mut changed, mut changes) = (0, 0, Vec::new());
    for (alias, set) in sets.iter().filter(|(_, set)| !set.is_empty()) {
        let Some(name) = table_of(&statement.from, alias) else {
            let text = format!("The target table {alias} of the UPDATE is not updatable");
            return Err(SqlError::new(1288, text));
        };
        let mut work = Work::open(name, env)?;
        let mut seen = Vec::new();
        for row in &rows {
            let Some(id) = row_id(&columns, row, alias).filter(|id| !seen.contains(id)) else {
                continue;
            };
            seen.push(id);
            matched += 1;
            let before = work.table.row(id).cloned().expect("a joined row is there");
            let scope = Scope { columns: &columns, values: row, group: None, outer: None };
            let after = assigned(&work, &before, set, &scope, seen.len(), env)?;
            if after == before.values {
                continue;
            }
            if let Some(error) = duplicate(&work.table, &after, Some(id)) {
                if !statement.ignore {
                    return Err(error);
                }
                env.session.warn("Warning", error.code, error.message);
                continue;
            }
            work.update(before, after);
            changed += 1;
        }
        changes.extend(work.changes);
    }
    // What is said of the statement's safety comes after it is counted.
    let warnings = env.session.warnings.iter().filter(|w| w.code != 1592).count();
    let info = format!("Rows matched: {matched}  Changed: {changed}  Warnings: {warnings}");
    Ok((Answer::Done { affected: changed, insert_id: 0, info }, changes))
}

/// DELETE.
pub fn multi_delete(statement: &MultiDelete, env: &mut Env) -> Changed {
    let (columns, rows) = joined(&statement.from, statement.filter.as_ref(), env)?;
    let mut changes = Vec::new();
    for target in &statement.targets {
        let fits = |f: &&From| {
            f.alias == target.table
                || matches!(&f.source, Source::Table(name) if name == target && target.db.is_some())
        };
        let Some(from) = statement.from.iter().find(fits) else {
            let text = format!("Unknown table '{}' in MULTI DELETE", target.table);
            return Err(SqlError::new(1109, text));
        };
        let Some(name) = table_of(&statement.from, &from.alias) else {
            let text = format!("The target table {} of the DELETE is not updatable", from.alias);
            return Err(SqlError::new(1288, text));
        };
        env.opened.clear();
        let mut work = Work::open(name, env)?;
        for row in &rows {
            if let Some(id) = row_id(&columns, row, &from.alias) {
                work.delete(id);
            }
        }
        changes.extend(work.changes);
    }
    Ok((Answer::affected(changes.len() as u64), changes))
}
