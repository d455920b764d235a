//! What a FROM reads: tables and queries, joined.

use super::eval::MERGED;
use super::select::rows_of;
use super::shape::Shape;
use super::{Env, Head, ROW_ID, Scope, evaluate, system, view};
use crate::base::limit;
use crate::mysql::data::{Column, Row, Type, Value};
use crate::mysql::sql::SqlError;
use crate::mysql::sql::ast::{Expr, From, Join, Source, TableName};

/// A table's rows, with the columns it brings.
pub(super) struct Input {
    pub columns: Vec<(String, String)>,
    pub shapes: Vec<Shape>,
    /// The columns `*` stands for, in its order.
    pub star: Vec<usize>,
    pub rows: Vec<Vec<Value>>,
    /// Of each row, which row of each table it is of, from 0; beyond: of none.
    pub origins: Vec<Vec<u32>>,
}

impl Input {
    /// The column that a name means.
    pub fn place(&self, expr: &Expr) -> Option<usize> {
        let Expr::Column { table, name } = expr else { return None };
        let fits = |(alias, column): &(String, String)| {
            let of = table.as_ref().is_none_or(|table| alias.trim_start_matches(MERGED) == table);
            of && column.eq_ignore_ascii_case(name)
        };
        self.columns.iter().position(fits)
    }
}

/// Columns (alias and name) of joined tables, and their rows.
pub(super) type Joined = (Vec<(String, String)>, Vec<Vec<Value>>);

/// Columns and rows of a FROM; each table has one column more, [`ROW_ID`].
pub(super) fn read_with_ids(from: &[From], env: &mut Env) -> Result<Joined, SqlError> {
    let input = read_rows(from, None, true, env)?;
    Ok((input.columns, input.rows))
}

/// All rows of a FROM, joined.
pub(super) fn read(from: &[From], outer: Option<&Scope>, env: &mut Env) -> Result<Input, SqlError> {
    read_rows(from, outer, false, env)
}

fn read_rows(
    from: &[From],
    outer: Option<&Scope>,
    ids: bool,
    env: &mut Env,
) -> Result<Input, SqlError> {
    let (columns, shapes, star) = (Vec::new(), Vec::new(), Vec::new());
    let mut joined =
        Input { columns, shapes, star, rows: vec![Vec::new()], origins: vec![Vec::new()] };
    for (index, table) in from.iter().enumerate() {
        if from[..index].iter().any(|other| other.alias == table.alias) {
            let text = format!("Not unique table/alias: '{}'", table.alias);
            return Err(SqlError::new(1066, text));
        }
        let next = input(table, ids, env)?;
        joined = join(joined, next, table, outer, env)?;
    }
    Ok(joined)
}

fn input(from: &From, ids: bool, env: &mut Env) -> Result<Input, SqlError> {
    let named = |names: Vec<(String, Shape)>, rows: Vec<Vec<Value>>| Input {
        columns: names.iter().map(|(name, _)| (from.alias.clone(), name.clone())).collect(),
        shapes: names.iter().map(|(_, shape)| *shape).collect(),
        star: (0..names.len()).collect(),
        origins: (0..rows.len() as u32).map(|at| vec![at]).collect(),
        rows,
    };
    match &from.source {
        Source::Derived(query) => {
            let (heads, rows) = rows_of(query, None, env)?;
            let shape = |h: Head| (h.name, Shape::new(h.number, h.nullable));
            Ok(named(heads.into_iter().map(shape).collect(), rows))
        }
        Source::Table(name) => {
            let db = database(name, env)?;
            if let Some((heads, rows)) = system::read(&db, &name.table, env)? {
                let shape = |(name, number)| (name, Shape::new(number, true));
                return Ok(named(heads.into_iter().map(shape).collect(), rows));
            }
            if let Some(view) = env.catalog.view(&db, &name.table).cloned() {
                let (heads, rows) = view::rows(&view, (&db, &name.table), env)?;
                let shape = |h: Head| (h.name, Shape::new(h.number, h.nullable));
                return Ok(named(heads.into_iter().map(shape).collect(), rows));
            }
            env.open(&db, &name.table, &from.alias, std::ptr::from_ref(from).addr())?;
            env.note_table(&from.alias, &db, &name.table);
            let Some(table) = env.catalog.table(&db, &name.table) else {
                return Err(no_such_table(&db, &name.table));
            };
            let known =
                |hint: &&String| !table.keys.iter().any(|k| k.name.eq_ignore_ascii_case(hint));
            if let Some(hint) = from.hints.iter().find(known) {
                let text = format!("Key '{hint}' doesn't exist in table '{}'", from.alias);
                return Err(SqlError::new(1176, text));
            }
            let shape = |c: &Column| (c.name.clone(), Shape::of(c));
            let mut names: Vec<(String, Shape)> = table.columns.iter().map(shape).collect();
            if ids {
                names.push((ROW_ID.into(), Shape::new(true, true)));
            }
            let wide = |row: &Row| {
                let mut cells = row.values.iter().zip(&table.columns);
                cells.any(|(value, column)| column.charset.is_utf8() && beyond_ascii(value))
            };
            env.wide |= table.rows.iter().any(wide);
            let shown = |(value, kind): (&Value, &Type)| shown_as(value, kind);
            let rows = table
                .rows
                .iter()
                .map(|row| {
                    row.values
                        .iter()
                        .zip(table.columns.iter().map(|c| &c.kind))
                        .map(shown)
                        .chain(ids.then(|| Value::Int(row.id.into())))
                        .collect()
                })
                .collect();
            Ok(named(names, rows))
        }
    }
}

pub(super) fn beyond_ascii(value: &Value) -> bool {
    matches!(value, Value::Text(text) if !text.is_ascii())
}

/// A stored value as it is read: CHAR loses its trailing blanks, ZEROFILL shows zeros.
pub(super) fn shown_as(value: &Value, kind: &Type) -> Value {
    match (value, kind) {
        (Value::Int(n), Type::Int { zerofill: true, width, .. }) => {
            Value::Padded(*n, (*width).min(255) as u8)
        }
        (Value::Int(0), Type::Year) => Value::Padded(0, 4),
        (Value::Text(text), Type::Char(_)) => Value::Text(text.trim_end_matches(' ').into()),
        _ => value.clone(),
    }
}

/// The database a table name means.
pub(super) fn database(name: &TableName, env: &Env) -> Result<String, SqlError> {
    name.db
        .clone()
        .or_else(|| env.session.db.clone())
        .ok_or_else(|| SqlError::new(1046, "No database selected"))
}

/// `Table 'a.b' doesn't exist`.
pub fn no_such_table(db: &str, table: &str) -> SqlError {
    SqlError::new(1146, format!("Table '{db}.{table}' doesn't exist"))
}

/// The columns USING and NATURAL join by.
fn joined_by(left: &Input, right: &Input, how: &From) -> Vec<String> {
    if !how.natural {
        return how.using.clone();
    }
    let has = |name: &&String| right.columns.iter().any(|(_, r)| r.eq_ignore_ascii_case(name));
    left.columns.iter().map(|(_, name)| name).filter(has).cloned().collect()
}

fn join(
    left: Input,
    right: Input,
    how: &From,
    outer: Option<&Scope>,
    env: &mut Env,
) -> Result<Input, SqlError> {
    let using = &joined_by(&left, &right, how);
    let merged = |columns: &[(String, String)], hide: bool| -> Vec<(String, String)> {
        let hidden = |(alias, name): &(String, String)| {
            if hide && using.iter().any(|u| u.eq_ignore_ascii_case(name)) {
                (format!("{MERGED}{alias}"), name.clone())
            } else {
                (alias.clone(), name.clone())
            }
        };
        columns.iter().map(hidden).collect()
    };
    let right_wins = how.join == Join::Right;
    let mut columns = merged(&left.columns, right_wins);
    columns.extend(merged(&right.columns, !right_wins));
    let maybe = |shapes: &[Shape], maybe: bool| -> Vec<Shape> {
        shapes.iter().map(|s| Shape { nullable: s.nullable || maybe, ..*s }).collect()
    };
    let mut shapes = maybe(&left.shapes, how.join == Join::Right);
    shapes.extend(maybe(&right.shapes, how.join == Join::Left));
    env.clause = "on clause";
    let (mut rows, mut origins) = (Vec::new(), Vec::new());
    let mut right_used = vec![false; right.rows.len()];
    let before = left.origins.first().map_or(0, Vec::len);
    let both = |a: &[u32], b: u32| -> Vec<u32> { a.iter().copied().chain([b]).collect() };
    for (l, of_left) in left.rows.iter().zip(&left.origins) {
        let mut used = false;
        for (index, r) in right.rows.iter().enumerate() {
            let row: Vec<Value> = l.iter().chain(r).cloned().collect();
            let scope = Scope { columns: &columns, values: &row, group: None, outer };
            if fits((how, using), (&left, &right), l, r, &scope, env)? {
                used = true;
                right_used[index] = true;
                rows.push(row);
                origins.push(both(of_left, index as u32));
            }
            if rows.len() > limit::JOINED_ROWS_MAX {
                return Err(SqlError::not_modelled("a join of more than 100000 rows"));
            }
        }
        if !used && how.join == Join::Left {
            let nulls = std::iter::repeat_n(Value::Null, right.columns.len());
            rows.push(l.iter().cloned().chain(nulls).collect());
            origins.push(both(of_left, u32::MAX));
        }
    }
    if how.join == Join::Right {
        for (index, (r, used)) in right.rows.iter().zip(&right_used).enumerate() {
            if !used {
                let nulls = std::iter::repeat_n(Value::Null, left.columns.len());
                rows.push(nulls.chain(r.iter().cloned()).collect());
                origins.push(both(&vec![u32::MAX; before], index as u32));
            }
        }
    }
    let star = star((&left.star, &right.star), left.columns.len(), &columns, using, right_wins);
    Ok(Input { columns, shapes, star, rows, origins })
}

/// What `*` stands for: columns that USING names first, then the others. Models
/// `store_natural_using_join_columns` of sql_base.cc. The second table of a RIGHT JOIN counts as
/// the first.
fn star(
    (left, right): (&[usize], &[usize]),
    shift: usize,
    columns: &[(String, String)],
    using: &[String],
    right_wins: bool,
) -> Vec<usize> {
    let right: Vec<usize> = right.iter().map(|at| at + shift).collect();
    if using.is_empty() {
        return left.iter().copied().chain(right).collect();
    }
    let (first, second) = if right_wins { (&*right, left) } else { (left, &*right) };
    let used = |at: &&usize| using.iter().any(|u| u.eq_ignore_ascii_case(&columns[**at].1));
    let common = first.iter().filter(used);
    let rest = first.iter().chain(second).filter(|at| !used(at));
    common.chain(rest).copied().collect()
}

fn fits(
    (how, using): (&From, &[String]),
    (left, right): (&Input, &Input),
    l: &[Value],
    r: &[Value],
    scope: &Scope,
    env: &mut Env,
) -> Result<bool, SqlError> {
    for name in using {
        let at = |input: &Input| {
            input.columns.iter().position(|(_, column)| column.eq_ignore_ascii_case(name))
        };
        let (Some(a), Some(b)) = (at(left), at(right)) else {
            let text = format!("Unknown column '{name}' in 'from clause'");
            return Err(SqlError::new(1054, text));
        };
        if !l[a].compare(&r[b]).is_some_and(|o| o.is_eq()) {
            return Ok(false);
        }
    }
    match &how.on {
        Some(on) => Ok(evaluate(on, scope, env)?.is_true()),
        None => Ok(true),
    }
}
