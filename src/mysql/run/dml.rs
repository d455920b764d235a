//! INSERT, REPLACE, UPDATE, DELETE, TRUNCATE: which rows change, and how.

use super::complaint::fits;
use super::eval::resolve;
use super::foreign::is_parent;
use super::from::{database, no_such_table};
use super::given::{Given, read_rows};
use super::mixed::settled_condition;
use super::moments::warn_constants;
use super::multi::{multi_delete, multi_update};
use super::numbering::Numbering;
use super::select::rows_of;
use super::shape::{Columns, Shape};
use super::store::{default_of, duplicate, known_default, store, without_nulls};
use super::{Answer, Change, Env, RowChange, Scope, evaluate, system};
use crate::base::limit;
use crate::mysql::data::{Default, Row, Table, Type, Value};
use crate::mysql::sql::SqlError;
use crate::mysql::sql::ast::{
    Delete, Expr, From, Insert, InsertSource, Source, Statement, TableName, Update,
};

type Changed = Result<(Answer, Vec<Change>), SqlError>;

/// Runs a statement that changes rows.
pub fn change(statement: &Statement, env: &mut Env) -> Changed {
    match statement {
        Statement::Insert(one) => insert(one, env),
        Statement::Update(one) => update(one, env),
        Statement::Delete(one) => delete(one, env),
        Statement::MultiUpdate(one) => multi_update(one, env),
        Statement::MultiDelete(one) => multi_delete(one, env),
        _ => Ok((Answer::affected(0), Vec::new())),
    }
}

/// A copy of the table to work on.
pub(super) struct Work {
    pub db: String,
    pub name: String,
    pub table: Table,
    pub changes: Vec<Change>,
}

impl Work {
    pub fn open(name: &TableName, env: &mut Env) -> Result<Work, SqlError> {
        let db = database(name, env)?;
        if system::is_system_database(&db) {
            let what = format!("writing to {db}.{}", name.table);
            return Err(SqlError::not_modelled(what));
        }
        if !env.several {
            env.open(&db, &name.table, &name.table, 0)?;
        }
        if env.catalog.view(&db, &name.table).is_some() {
            return Err(SqlError::not_modelled("writing through a view"));
        }
        let Some(table) = env.catalog.table(&db, &name.table) else {
            return Err(no_such_table(&db, &name.table));
        };
        let table = table.clone();
        env.note_table(&name.table, &db, &name.table);
        Ok(Work { db, name: name.table.clone(), table, changes: Vec::new() })
    }

    fn record(&mut self, what: RowChange) {
        let (db, table) = (self.db.clone(), self.name.clone());
        let change = Change { db, table, what, cascaded: false };
        self.changes.push(change);
    }

    fn insert(&mut self, values: Vec<Value>) -> Result<(), SqlError> {
        if self.table.rows.len() >= limit::TABLE_ROWS_MAX {
            return Err(SqlError::new(1114, format!("The table '{}' is full", self.name)));
        }
        let row = Row { id: self.table.row_id_next, values };
        self.table.insert(row.clone());
        self.record(RowChange::Insert(row));
        Ok(())
    }

    pub fn delete(&mut self, id: u64) {
        if let Some(row) = self.table.remove(id) {
            self.record(RowChange::Delete(row));
        }
    }

    pub fn update(&mut self, before: Row, values: Vec<Value>) {
        let after = Row { id: before.id, values };
        self.table.remove(before.id);
        self.table.insert(after.clone());
        self.record(RowChange::Update(before, after));
    }

    fn columns(&self) -> Vec<(String, String)> {
        self.table.columns.iter().map(|c| (self.name.clone(), c.name.clone())).collect()
    }

    /// Whether an expression reads a TIMESTAMP, which goes by way of the time zone.
    fn reads_timestamp(&self, expr: &Expr) -> bool {
        if let Expr::Column { name, .. } = expr {
            let at = self.table.column(name);
            return at.is_some_and(|at| matches!(self.table.columns[at].kind, Type::Timestamp(_)));
        }
        expr.children().into_iter().any(|part| self.reads_timestamp(part))
    }

    pub fn column(&self, name: &str) -> Result<usize, SqlError> {
        self.table
            .column(name)
            .ok_or_else(|| SqlError::new(1054, format!("Unknown column '{name}' in 'field list'")))
    }
}

/// INSERT and REPLACE.
fn insert(statement: &Insert, env: &mut Env) -> Changed {
    env.ignore = statement.ignore;
    warn_delayed(statement, env);
    let mut work = Work::open(&statement.table, env)?;
    let targets = targets(statement, &work)?;
    let given = given(statement, &work, &targets, env)?;
    let records = given.len() as u64;
    let unnamed = statement.columns.is_empty();
    let is_read = matches!(statement.source, InsertSource::Select(_));
    let fatal = records == 1 && !is_read && !statement.ignore;
    // The first number given, and the first that stayed.
    let (mut first_id, mut kept_id) = (0, 0);
    let mut numbering = Numbering::new(&work.table, if is_read { 0 } else { records }, env);
    let (mut affected, mut duplicates) = (0, 0);
    for (index, row) in given.into_iter().enumerate() {
        let values = full_row(&mut work, &targets, row, (index + 1, fatal, unnamed), env)?;
        let (values, made) = work.numbered(values, index + 1, &mut numbering, env)?;
        checked(&statement.check, (&work, &values), env)?;
        if first_id == 0 {
            first_id = made;
        }
        let collision = work.table.collision(&values, None).map(|(_, id)| id);
        if kept_id == 0 && (collision.is_none() || statement.replace) {
            kept_id = made;
        }
        match collision {
            None => {
                let number = work.number(&values);
                work.insert(values)?;
                numbering.wrote(number, &mut work.table);
                affected += 1;
            }
            Some(_) if statement.replace => {
                numbering.refused(work.number(&values), true, &mut work.table);
                let is_parent = is_parent(env.catalog, &work.db, &work.name);
                let gone = replace(&mut work, values, is_parent)?;
                affected += 1 + gone;
                duplicates += gone;
            }
            Some(id) if !statement.on_duplicate.is_empty() => {
                work.left_out(&values, is_read, &mut numbering, env);
                let changed = on_duplicate(&mut work, statement, id, &values, index + 1, env)?;
                duplicates += u64::from(changed > 0);
                affected += changed;
                work.updated(id, changed > 0, &mut numbering);
            }
            Some(id) => {
                work.left_out(&values, is_read, &mut numbering, env);
                let error = duplicate(&work.table, &values, None).expect("it was just found");
                // Which row is in the way is read to be sure, and stays locked.
                env.session.lock_row(&work.db, &work.name, id);
                if !statement.ignore {
                    return Err(error);
                }
                duplicates += 1;
                env.session.warn("Warning", error.code, error.message);
            }
        }
        work.note_counter(&numbering, env);
    }
    if kept_id > 0 {
        env.session.insert_id = kept_id;
    }
    let many = records > 1 || is_read;
    let info = if many { counts(records, duplicates, env) } else { String::new() };
    Ok((Answer::Done { affected, insert_id: first_id, info }, work.changes))
}

fn warn_delayed(statement: &Insert, env: &mut Env) {
    if statement.delayed {
        let verb = if statement.replace { "REPLACE" } else { "INSERT" };
        let text = format!(
            "{verb} DELAYED is no longer supported. The statement was converted to {verb}."
        );
        env.session.warn("Warning", 3005, text);
    }
}

/// Whether the view that a row goes through would show it (error 1369).
fn checked(
    check: &Option<Box<(Expr, String)>>,
    (work, values): (&Work, &[Value]),
    env: &mut Env,
) -> Result<(), SqlError> {
    let Some((check, view)) = check.as_deref() else { return Ok(()) };
    let columns = work.columns();
    let scope = Scope { columns: &columns, values, group: None, outer: None };
    if evaluate(check, &scope, env)?.is_true() {
        return Ok(());
    }
    if env.ignore {
        return Err(SqlError::not_modelled("IGNORE through a view WITH CHECK OPTION"));
    }
    Err(SqlError::new(1369, format!("CHECK OPTION failed '{view}'")))
}

/// What is said below the answer to an INSERT of several rows.
fn counts(records: u64, duplicates: u64, env: &Env) -> String {
    let warnings = env.session.warnings.len();
    format!("Records: {records}  Duplicates: {duplicates}  Warnings: {warnings}")
}

/// REPLACE of a row that is in the way of others: they are deleted, but one that collides in the
/// table's last unique key becomes the new row, if no foreign key refers to the table
/// (`write_record` of sql_insert.cc). How many went.
fn replace(work: &mut Work, values: Vec<Value>, is_parent: bool) -> Result<u64, SqlError> {
    let mut gone = 0;
    while let Some((key, id)) = work.table.collision(&values, None) {
        let last = work.table.keys.iter().rfind(|key| key.unique) == Some(key);
        gone += 1;
        if last && !is_parent {
            let before = work.table.row(id).cloned().expect("the row that collides is there");
            work.update(before, values);
            return Ok(gone);
        }
        work.delete(id);
    }
    work.insert(values)?;
    Ok(gone)
}

fn targets(statement: &Insert, work: &Work) -> Result<Vec<usize>, SqlError> {
    if statement.columns.is_empty() {
        return Ok((0..work.table.columns.len()).collect());
    }
    let mut targets = Vec::new();
    for name in &statement.columns {
        let index = work.column(name)?;
        if targets.contains(&index) {
            return Err(SqlError::new(1110, format!("Column '{name}' specified twice")));
        }
        targets.push(index);
    }
    Ok(targets)
}

fn given<'g>(
    statement: &'g Insert,
    work: &Work,
    targets: &[usize],
    env: &mut Env,
) -> Result<Vec<Given<'g>>, SqlError> {
    let count_error = |row: usize| {
        let text = format!("Column count doesn't match value count at row {row}");
        SqlError::new(1136, text)
    };
    let rows = match &statement.source {
        InsertSource::Values(rows) => rows,
        InsertSource::Select(query) => {
            let before = env.session.warnings.len();
            env.written = query.union.is_none();
            let (heads, rows) = rows_of(query, None, env)?;
            if heads.len() != targets.len() {
                return Err(count_error(1));
            }
            env.check()?;
            let same = |from: &From| match &from.source {
                Source::Table(name) => name.table == work.name,
                Source::Derived(_) => false,
            };
            return Ok(read_rows(rows, query.from.iter().any(same), before, env));
        }
    };
    env.clause = "field list";
    let columns = work.columns();
    let nulls = vec![Value::Null; columns.len()];
    let scope = Scope { columns: &columns, values: &nulls, group: None, outer: None };
    let count = rows.first().map_or(0, Vec::len);
    for (index, row) in rows.iter().enumerate() {
        // `()` stands for defaults only where no columns are named, and then in all rows.
        let blank = row.is_empty() && statement.columns.is_empty();
        let fits =
            if index == 0 { blank || row.len() == targets.len() } else { row.len() == count };
        if !fits {
            return Err(count_error(index + 1));
        }
        row.iter().flatten().try_for_each(|expr| resolve(expr, &scope, env))?;
    }
    // Before the first row nothing is written yet.
    let writes = std::mem::take(&mut env.writes);
    let exprs = rows.iter().flatten().flatten();
    exprs.for_each(|expr| warn_constants(expr, false, Columns::NONE, env));
    env.writes = writes;
    Ok(rows.iter().map(|row| Given::Written(row)).collect())
}

/// What the columns hold that no row gives; with the first row, what is to be said of them.
fn defaults(work: &Work, targets: &[usize], number: usize, env: &mut Env) -> Computed {
    let mut row = Vec::with_capacity(work.table.columns.len());
    let told = env.session.warnings.len();
    for (index, column) in work.table.columns.iter().enumerate() {
        row.push(match targets.contains(&index) {
            true if column.default == Some(Default::Now) => Value::Null,
            true => known_default(column, env),
            false => default_of(column, env)?,
        });
    }
    if number > 1 {
        env.session.warnings.truncate(told);
    }
    env.check()?;
    Ok(row)
}

type Computed = Result<Vec<Value>, SqlError>;

/// All columns of one row but the number it may be given. `fatal`: NULL in a column that takes none
/// is an error even outside strict mode.
fn full_row(
    work: &mut Work,
    targets: &[usize],
    given: Given,
    (number, fatal, unnamed): (usize, bool, bool),
    env: &mut Env,
) -> Computed {
    let left_out: &[usize] = if matches!(given, Given::Written([])) { &[] } else { targets };
    let mut row = defaults(work, left_out, number, env)?;
    let columns = work.columns();
    let number = match &given {
        Given::Read(_, read) => read.number,
        Given::Written(_) => number,
    };
    for (place, at) in left_out.iter().enumerate() {
        let column = &work.table.columns[*at];
        // A column further left has the value it was given.
        let scope = Scope { columns: &columns, values: &row, group: None, outer: None };
        let value = match &given {
            Given::Read(values, read) => {
                if let Some((warnings, failed)) = read.parts.get(place) {
                    env.session.warnings.extend(warnings.iter().cloned());
                    env.failed = env.failed.take().or(failed.clone());
                }
                values[place].clone()
            }
            Given::Written(exprs) => match &exprs[place] {
                Some(expr) => evaluate(expr, &scope, env)?,
                None => {
                    row[*at] = default_of(column, env)?;
                    continue;
                }
            },
        };
        row[*at] = store(column, value, number, env)?;
        // Where no columns are named, the first error ends the row (`fill_record`).
        if unnamed {
            env.check()?;
        }
    }
    env.check()?;
    without_nulls(&work.table.columns, left_out.iter().copied(), &mut row, fatal, env)?;
    Ok(row)
}

fn on_duplicate(
    work: &mut Work,
    statement: &Insert,
    id: u64,
    new: &[Value],
    number: usize,
    env: &mut Env,
) -> Result<u64, SqlError> {
    let before = work.table.row(id).cloned().expect("the row that collides is there");
    // The new row's values are found under a name no table can have: VALUES(column).
    let mut columns = work.columns();
    columns.extend(work.table.columns.iter().map(|c| ("\0new".to_string(), c.name.clone())));
    let mut both = before.values.clone();
    both.extend(new.iter().cloned());
    let named: Vec<(String, Expr)> = statement
        .on_duplicate
        .iter()
        .map(|(name, expr)| (name.clone(), qualify(expr, &work.name)))
        .collect();
    let scope = Scope { columns: &columns, values: &both, group: None, outer: None };
    let after = assigned(work, &before, &named, &scope, number, env)?;
    if after == before.values {
        return Ok(0);
    }
    if let Some(error) = duplicate(&work.table, &after, Some(id)) {
        return Err(error);
    }
    work.update(before, after);
    Ok(2)
}

/// Bare columns of ON DUPLICATE KEY UPDATE mean the old row.
fn qualify(expr: &Expr, table: &str) -> Expr {
    match expr {
        Expr::Column { table: None, name } => {
            Expr::Column { table: Some(table.into()), name: name.clone() }
        }
        Expr::Binary(op, a, b) => {
            Expr::Binary(*op, Box::new(qualify(a, table)), Box::new(qualify(b, table)))
        }
        Expr::Call(name, list) if name != "VALUES" => {
            Expr::Call(name.clone(), list.iter().map(|e| qualify(e, table)).collect())
        }
        other => other.clone(),
    }
}

/// The row after `column = value, …`, assigned from left to right.
pub(super) fn assigned(
    work: &Work,
    before: &Row,
    set: &[(String, Expr)],
    scope: &Scope,
    number: usize,
    env: &mut Env,
) -> Result<Vec<Value>, SqlError> {
    env.clause = "field list";
    let mut seen = scope.values.to_vec();
    let mut values = before.values.clone();
    let mut touched = vec![false; values.len()];
    for (name, expr) in set {
        let index = work.column(name)?;
        let scope = Scope { values: &seen, ..*scope };
        let column = &work.table.columns[index];
        let value = match expr {
            Expr::Call(name, _) if name == "DEFAULT" => default_of(column, env)?,
            expr => store(column, evaluate(expr, &scope, env)?, number, env)?,
        };
        values[index] = value.clone();
        // What is assigned further right sees it; not where several tables are joined.
        if seen.len() == values.len() || scope.columns[0].0 == work.name {
            seen[index] = value;
        }
        touched[index] = true;
    }
    env.check()?;
    let set = (0..values.len()).filter(|at| touched[*at]);
    without_nulls(&work.table.columns, set, &mut values, false, env)?;
    if values != before.values {
        for (index, column) in work.table.columns.iter().enumerate() {
            if column.on_update_now && !touched[index] {
                values[index] = env.now_for(&column.kind);
            }
        }
    }
    Ok(values)
}

/// The rows WHERE, ORDER BY and LIMIT pick.
fn picked(
    work: &Work,
    filter: Option<&Expr>,
    order: &[(Expr, bool)],
    limit: Option<u64>,
    env: &mut Env,
) -> Result<Vec<Row>, SqlError> {
    let columns = work.columns();
    let nulls = vec![Value::Null; columns.len()];
    let scope = Scope { columns: &columns, values: &nulls, group: None, outer: None };
    env.clause = "where clause";
    filter.iter().try_for_each(|expr| resolve(expr, &scope, env))?;
    let shapes: Vec<Shape> = work.table.columns.iter().map(Shape::of).collect();
    let known = Columns { names: &columns, shapes: &shapes };
    let settled = filter.map(|expr| settled_condition(expr, &work.table, known, env));
    let once = env.once.len();
    let filter = settled.as_ref();
    env.time_zone |= filter.is_some_and(|expr| work.reads_timestamp(expr));
    env.clause = "order clause";
    order.iter().try_for_each(|(expr, _)| resolve(expr, &scope, env))?;
    let mut rows: Vec<(Vec<Value>, Row)> = Vec::new();
    for row in &work.table.rows {
        let scope = Scope { columns: &columns, values: &row.values, group: None, outer: None };
        env.clause = "where clause";
        let keep = match filter {
            Some(filter) => {
                let value = evaluate(filter, &scope, env)?;
                fits(filter, &value, env)
            }
            None => true,
        };
        if keep {
            env.clause = "order clause";
            let keys = order
                .iter()
                .map(|(expr, _)| evaluate(expr, &scope, env))
                .collect::<Result<_, _>>()?;
            rows.push((keys, row.clone()));
        }
        env.check()?;
    }
    env.once.truncate(once);
    rows.sort_by(|(a, _), (b, _)| {
        for ((_, descending), (x, y)) in order.iter().zip(a.iter().zip(b)) {
            let order = x.order(y);
            if order.is_ne() {
                return if *descending { order.reverse() } else { order };
            }
        }
        std::cmp::Ordering::Equal
    });
    let limit = limit.map_or(usize::MAX, |n| usize::try_from(n).unwrap_or(usize::MAX));
    Ok(rows.into_iter().take(limit).map(|(_, row)| row).collect())
}

/// UPDATE.
pub fn update(statement: &Update, env: &mut Env) -> Changed {
    env.ignore = statement.ignore;
    let mut work = Work::open(&statement.table, env)?;
    let columns = work.columns();
    let nulls = vec![Value::Null; columns.len()];
    let scope = Scope { columns: &columns, values: &nulls, group: None, outer: None };
    env.clause = "field list";
    for (name, expr) in &statement.set {
        work.column(name)?;
        resolve(expr, &scope, env)?;
        env.time_zone |= work.reads_timestamp(expr);
    }
    let filter = statement.filter.as_ref();
    let rows = picked(&work, filter, &statement.order, statement.limit, env)?;
    let (matched, mut changed) = (rows.len(), 0);
    for (index, before) in rows.into_iter().enumerate() {
        let values = before.values.clone();
        let scope = Scope { columns: &columns, values: &values, group: None, outer: None };
        let after = assigned(&work, &before, &statement.set, &scope, index + 1, env)?;
        if after == before.values {
            continue;
        }
        checked(&statement.check, (&work, &after), env)?;
        if let Some(error) = duplicate(&work.table, &after, Some(before.id)) {
            if !statement.ignore {
                return Err(error);
            }
            env.session.warn("Warning", error.code, error.message);
            continue;
        }
        work.update(before, after);
        changed += 1;
    }
    let warnings = env.session.warnings.len();
    let info = format!("Rows matched: {matched}  Changed: {changed}  Warnings: {warnings}");
    Ok((Answer::Done { affected: changed, insert_id: 0, info }, work.changes))
}

/// DELETE.
pub fn delete(statement: &Delete, env: &mut Env) -> Changed {
    let mut work = Work::open(&statement.table, env)?;
    let filter = statement.filter.as_ref();
    let rows = picked(&work, filter, &statement.order, statement.limit, env)?;
    for row in &rows {
        work.delete(row.id);
    }
    Ok((Answer::affected(rows.len() as u64), work.changes))
}

/// TRUNCATE: the emptied table (it is DDL to the binlog).
pub fn truncate(name: &TableName, env: &mut Env) -> Result<(String, Table), SqlError> {
    let db = database(name, env)?;
    if env.catalog.view(&db, &name.table).is_some() {
        return Err(no_such_table(&db, &name.table));
    }
    let mut work = Work::open(name, env)?;
    work.table.rows.clear();
    (work.table.auto_increment, work.table.auto_steps) = (1, (1, 0));
    Ok((work.db, work.table))
}
