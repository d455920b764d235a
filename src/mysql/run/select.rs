//! SELECT.

use std::cmp::Ordering;

use super::eval::{MERGED, resolve};
use super::rollup::{group, rolled_up};
use super::shape::{Columns, Shape, shape};
use super::{Answer, Env, Head, ROW_ID, Rows, Scope, evaluate, system};
use crate::base::limit;
use crate::mysql::data::{Column, Default, Type, Value};
use crate::mysql::sql::SqlError;
use crate::mysql::sql::ast::{Expr, From, Item, Join, Select, Source, TableName};

/// Answers a SELECT.
pub fn select(query: &Select, env: &mut Env) -> Result<Answer, SqlError> {
    if query.calc && query.limit.is_some() {
        let all = Select { limit: None, calc: false, ..query.clone() };
        let found = rows_of(&all, None, env)?.1.len();
        let (heads, rows) = rows_of(query, None, env)?;
        return answer(query, heads, rows, found, env);
    }
    let (heads, rows) = rows_of(query, None, env)?;
    let found = rows.len();
    answer(query, heads, rows, found, env)
}

fn answer(
    query: &Select,
    heads: Vec<Head>,
    rows: Vec<Vec<Value>>,
    found: usize,
    env: &mut Env,
) -> Result<Answer, SqlError> {
    env.session.found_rows = found as u64;
    if !query.into.is_empty() {
        return into_variables(query, &heads, rows, env);
    }
    let rows = rows.iter().map(|row| row.iter().map(Value::shown).collect()).collect();
    Ok(Answer::Rows(Rows { heads, rows }))
}

/// SELECT … INTO @a, @b.
fn into_variables(
    query: &Select,
    heads: &[Head],
    mut rows: Vec<Vec<Value>>,
    env: &mut Env,
) -> Result<Answer, SqlError> {
    if heads.len() != query.into.len() {
        let text = "The used SELECT statements have a different number of columns";
        return Err(SqlError::new(1222, text));
    }
    match rows.len() {
        0 => {
            let text = "No data - zero rows fetched, selected, or processed";
            env.session.warn("Warning", 1329, text);
            return Ok(Answer::affected(0));
        }
        1 => {}
        _ => return Err(SqlError::new(1172, "Result consisted of more than one row")),
    }
    for (name, value) in query.into.iter().zip(rows.swap_remove(0)) {
        env.session.user_vars.insert(name.to_ascii_lowercase(), value);
    }
    Ok(Answer::affected(1))
}

/// A table's rows, with the columns it brings.
pub(super) struct Input {
    pub columns: Vec<(String, String)>,
    pub shapes: Vec<Shape>,
    pub rows: Vec<Vec<Value>>,
}

/// Headings and rows of a query.
pub(super) fn rows_of(
    query: &Select,
    outer: Option<&Scope>,
    env: &mut Env,
) -> Result<(Vec<Head>, Vec<Vec<Value>>), SqlError> {
    let (mut heads, mut rows) = one(query, outer, env)?;
    if let Some((all, next)) = &query.union {
        let (more_heads, more) = rows_of(next, outer, env)?;
        if more_heads.len() != heads.len() {
            return Err(SqlError::new(
                1222,
                "The used SELECT statements have a different number of columns",
            ));
        }
        for (head, other) in heads.iter_mut().zip(&more_heads) {
            head.number &= other.number;
            head.nullable |= other.nullable;
        }
        rows.extend(more);
        if !all {
            distinct(&mut rows);
        }
        let (by, limit) = &query.whole;
        env.clause = "order clause";
        let mut keyed = Vec::new();
        for row in rows {
            let key = |(expr, _): &(Expr, bool)| {
                by_name_or_scope(expr, &heads, &row, &Scope::EMPTY, &mut *env)
            };
            let keys: Vec<Value> = by.iter().map(key).collect::<Result<_, _>>()?;
            keyed.push((keys, row));
        }
        keyed.sort_by(|(a, _), (b, _)| order(by, a, b));
        rows = limited(keyed.into_iter().map(|(_, row)| row).collect(), *limit);
    }
    Ok((heads, rows))
}

fn one(
    query: &Select,
    outer: Option<&Scope>,
    env: &mut Env,
) -> Result<(Vec<Head>, Vec<Vec<Value>>), SqlError> {
    let input = read(&query.from, outer, env)?;
    let items = expand(&query.items, &input, query.from.is_empty())?;
    prepare(query, &items, &input, outer, env)?;
    let mut kept = Vec::new();
    env.clause = "where clause";
    for row in &input.rows {
        let scope = Scope { columns: &input.columns, values: row, group: None, outer };
        let keep = match &query.filter {
            Some(filter) => evaluate(filter, &scope, env)?.is_true(),
            None => true,
        };
        if keep {
            kept.push(row.clone());
        }
    }
    let heads = heads(&items, &input, env);
    let groups = group(query, &items, &input, kept, outer, env)?;
    let mut results: Vec<(Vec<Value>, Vec<Value>)> = Vec::new();
    let nulls = vec![Value::Null; input.columns.len()];
    for (rows, level) in &groups {
        let nulled: Vec<(Expr, String)>;
        let items = if *level < query.group.len() {
            nulled = rolled_up(&items, &query.group[*level..]);
            &nulled
        } else {
            &items
        };
        let scope = Scope {
            columns: &input.columns,
            values: rows.first().unwrap_or(&nulls),
            group: is_grouped(query).then_some(rows.as_slice()),
            outer,
        };
        env.clause = "field list";
        let values: Vec<Value> =
            items.iter().map(|(expr, _)| evaluate(expr, &scope, env)).collect::<Result<_, _>>()?;
        if let Some(having) = &query.having {
            env.clause = "having clause";
            if !by_name_or_scope(having, &heads, &values, &scope, env)?.is_true() {
                continue;
            }
        }
        env.clause = "order clause";
        let mut keys = Vec::new();
        for (expr, _) in &query.order {
            keys.push(by_name_or_scope(expr, &heads, &values, &scope, env)?);
        }
        results.push((keys, values));
    }
    if query.distinct {
        let mut seen: Vec<Vec<Value>> = Vec::new();
        results.retain(|(_, values)| is_new(values, &mut seen));
    }
    results.sort_by(|(a, _), (b, _)| order(&query.order, a, b));
    let rows: Vec<Vec<Value>> = results.into_iter().map(|(_, values)| values).collect();
    Ok((heads, limited(rows, query.limit)))
}

/// Names are looked up before the first row is: there may be none.
fn prepare(
    query: &Select,
    items: &[(Expr, String)],
    input: &Input,
    outer: Option<&Scope>,
    env: &mut Env,
) -> Result<(), SqlError> {
    let nulls = vec![Value::Null; input.columns.len()];
    let scope = Scope { columns: &input.columns, values: &nulls, group: None, outer };
    env.clause = "field list";
    items.iter().try_for_each(|(expr, _)| resolve(expr, &scope, env))?;
    env.clause = "where clause";
    if let Some(filter) = &query.filter {
        if filter.has_aggregate() {
            return Err(SqlError::new(1111, "Invalid use of group function"));
        }
        resolve(filter, &scope, env)?;
    }
    // What follows may name results too.
    let names: Vec<(String, String)> =
        items.iter().map(|(_, name)| (String::new(), name.clone())).collect();
    let blank = vec![Value::Null; names.len()];
    let named = Scope { columns: &names, values: &blank, group: None, outer: None };
    let either = |expr: &Expr, clause, env: &mut Env| {
        env.clause = clause;
        resolve(expr, &scope, env).or_else(|error| match expr {
            Expr::Number(_) => Ok(()),
            expr => resolve(expr, &named, env).map_err(|_| error),
        })
    };
    query.group.iter().try_for_each(|expr| either(expr, "group statement", env))?;
    query.having.iter().try_for_each(|expr| either(expr, "having clause", env))?;
    query.order.iter().try_for_each(|(expr, _)| either(expr, "order clause", env))?;
    if is_grouped(query) {
        super::group::check(query, items, &input.columns, env)?;
    }
    Ok(())
}

fn limited(mut rows: Vec<Vec<Value>>, limit: Option<(u64, u64)>) -> Vec<Vec<Value>> {
    if let Some((offset, count)) = limit {
        let offset = usize::try_from(offset).unwrap_or(usize::MAX).min(rows.len());
        rows.drain(..offset);
        rows.truncate(usize::try_from(count).unwrap_or(usize::MAX));
    }
    rows
}

fn order(by: &[(Expr, bool)], a: &[Value], b: &[Value]) -> Ordering {
    for ((_, descending), (x, y)) in by.iter().zip(a.iter().zip(b)) {
        let order = x.order(y);
        if order != Ordering::Equal {
            return if *descending { order.reverse() } else { order };
        }
    }
    Ordering::Equal
}

fn distinct(rows: &mut Vec<Vec<Value>>) {
    let mut seen: Vec<Vec<Value>> = Vec::new();
    rows.retain(|row| is_new(row, &mut seen));
}

/// Whether no row before is equal, by the rules of comparison.
fn is_new(row: &[Value], seen: &mut Vec<Vec<Value>>) -> bool {
    let same = |other: &Vec<Value>| other.iter().zip(row).all(|(a, b)| is_same(a, b));
    let new = !seen.iter().any(same);
    if new {
        seen.push(row.to_vec());
    }
    new
}

/// Texts are the same without regard to case; numbers and texts are not.
fn is_same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Text(_), Value::Text(_)) => a.order(b).is_eq(),
        _ => a == b || (a.is_number() && b.is_number() && a.order(b).is_eq()),
    }
}

/// ORDER BY and HAVING may name a result column, by name or (ORDER BY) by number.
fn by_name_or_scope(
    expr: &Expr,
    heads: &[Head],
    values: &[Value],
    scope: &Scope,
    env: &mut Env,
) -> Result<Value, SqlError> {
    if let Expr::Number(digits) = expr
        && env.clause == "order clause"
    {
        let index = digits.parse::<usize>().unwrap_or(0);
        return values.get(index.wrapping_sub(1)).cloned().ok_or_else(|| {
            SqlError::new(1054, format!("Unknown column '{digits}' in 'order clause'"))
        });
    }
    let names: Vec<(String, String)> =
        heads.iter().map(|head| (String::new(), head.name.clone())).collect();
    let named = Scope { columns: &names, values, group: scope.group, outer: Some(scope) };
    if let Expr::Column { table: None, name } = expr
        && let Some(index) = heads.iter().position(|h| h.name.eq_ignore_ascii_case(name))
    {
        return Ok(values[index].clone());
    }
    if matches!(expr, Expr::Aggregate { .. }) || scope.group.is_none() {
        return evaluate(expr, scope, env).or_else(|error| {
            if error.code == 1054 { evaluate(expr, &named, env) } else { Err(error) }
        });
    }
    evaluate(expr, &grouped_names(&named, scope), env)
}

/// A scope in which names of the result win, and aggregates still see the group's own columns.
fn grouped_names<'s>(named: &'s Scope<'s>, scope: &'s Scope<'s>) -> Scope<'s> {
    Scope { columns: scope.columns, values: scope.values, group: scope.group, outer: Some(named) }
}

pub(super) fn is_grouped(query: &Select) -> bool {
    let has = |item: &Item| item.what.as_ref().is_ok_and(Expr::has_aggregate);
    !query.group.is_empty()
        || query.items.iter().any(has)
        || query.having.as_ref().is_some_and(Expr::has_aggregate)
}

/// `*` and `t.*` written out.
fn expand(items: &[Item], input: &Input, no_tables: bool) -> Result<Vec<(Expr, String)>, SqlError> {
    let mut out = Vec::new();
    for item in items {
        match &item.what {
            Ok(expr) => out.push((expr.clone(), item.name.clone())),
            Err(table) => {
                if no_tables {
                    return Err(SqlError::new(1096, "No tables used"));
                }
                let before = out.len();
                for (alias, name) in &input.columns {
                    let fits = match table {
                        Some(table) => alias.trim_start_matches(MERGED) == table,
                        None => !alias.starts_with(MERGED),
                    };
                    if fits {
                        let alias = alias.trim_start_matches(MERGED).to_string();
                        let column = Expr::Column { table: Some(alias), name: name.clone() };
                        out.push((column, name.clone()));
                    }
                }
                if let (Some(table), true) = (table, out.len() == before) {
                    return Err(SqlError::new(1051, format!("Unknown table '{table}'")));
                }
            }
        }
    }
    Ok(out)
}

fn heads(items: &[(Expr, String)], input: &Input, env: &Env) -> Vec<Head> {
    let columns = Columns { names: &input.columns, shapes: &input.shapes };
    let head = |(expr, name): &(Expr, String)| {
        let Shape { number, nullable } = shape(expr, columns, env);
        Head { name: name.clone(), number, nullable }
    };
    items.iter().map(head).collect()
}

/// Columns (alias and name) of joined tables, and their rows.
pub(super) type Joined = (Vec<(String, String)>, Vec<Vec<Value>>);

/// Columns and rows of a FROM; each table has one column more, [`ROW_ID`].
pub(super) fn read_with_ids(from: &[From], env: &mut Env) -> Result<Joined, SqlError> {
    let input = read_rows(from, None, true, env)?;
    Ok((input.columns, input.rows))
}

/// The columns a table has that is made of a query's columns and nothing else.
pub(super) fn plain_columns(query: &Select, env: &mut Env) -> Result<Vec<Column>, SqlError> {
    let input = read(&query.from, None, env)?;
    let mut columns = Vec::new();
    for (expr, name) in expand(&query.items, &input, query.from.is_empty())? {
        let computed = || SqlError::not_modelled("CREATE TABLE … SELECT of what is computed");
        let Expr::Column { table, name: own } = &expr else { return Err(computed()) };
        let fits = |(alias, column): &&(String, String)| {
            column.eq_ignore_ascii_case(own) && table.as_ref().is_none_or(|t| t == alias)
        };
        let (alias, _) = input.columns.iter().find(fits).ok_or_else(computed)?;
        let from = query.from.iter().position(|from| from.alias == *alias).ok_or_else(computed)?;
        let Source::Table(source) = &query.from[from].source else { return Err(computed()) };
        let db = database(source, env)?;
        let table = env.catalog.table(&db, &source.table).ok_or_else(computed)?;
        let at = table.column(own).ok_or_else(computed)?;
        let mut column = Column { name, ..table.columns[at].clone() };
        // What counts up in its own table begins with 0 here.
        if std::mem::take(&mut column.auto_increment) {
            column.default = Some(Default::Value(Value::Int(0)));
        }
        let beside = query.from[from + 1..].iter().any(|next| next.join == Join::Right);
        column.not_null &= query.from[from].join != Join::Left && !beside;
        columns.push(column);
    }
    Ok(columns)
}

/// All rows of a FROM, joined.
fn read(from: &[From], outer: Option<&Scope>, env: &mut Env) -> Result<Input, SqlError> {
    read_rows(from, outer, false, env)
}

fn read_rows(
    from: &[From],
    outer: Option<&Scope>,
    ids: bool,
    env: &mut Env,
) -> Result<Input, SqlError> {
    let mut joined = Input { columns: Vec::new(), shapes: Vec::new(), rows: vec![Vec::new()] };
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
        rows,
    };
    match &from.source {
        Source::Derived(query) => {
            let (heads, rows) = rows_of(query, None, env)?;
            let shape = |h: Head| (h.name, Shape { number: h.number, nullable: h.nullable });
            Ok(named(heads.into_iter().map(shape).collect(), rows))
        }
        Source::Table(name) => {
            let db = database(name, env)?;
            if let Some((heads, rows)) = system::read(&db, &name.table, env)? {
                let shape = |(name, number)| (name, Shape { number, nullable: true });
                return Ok(named(heads.into_iter().map(shape).collect(), rows));
            }
            let Some(table) = env.catalog.table(&db, &name.table) else {
                return Err(no_such_table(&db, &name.table));
            };
            let shape = |c: &Column| {
                let shape = Shape { number: c.kind.is_number(), nullable: !c.not_null };
                (c.name.clone(), shape)
            };
            let mut names: Vec<(String, Shape)> = table.columns.iter().map(shape).collect();
            if ids {
                names.push((ROW_ID.into(), Shape { number: true, nullable: true }));
            }
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
pub(super) fn no_such_table(db: &str, table: &str) -> SqlError {
    SqlError::new(1146, format!("Table '{db}.{table}' doesn't exist"))
}

fn join(
    left: Input,
    right: Input,
    how: &From,
    outer: Option<&Scope>,
    env: &mut Env,
) -> Result<Input, SqlError> {
    let natural: Vec<String>;
    let using = if how.natural {
        let has = |name: &&String| right.columns.iter().any(|(_, r)| r.eq_ignore_ascii_case(name));
        let names = left.columns.iter().map(|(_, name)| name);
        natural = names.filter(has).cloned().collect();
        &natural
    } else {
        &how.using
    };
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
    let mut rows = Vec::new();
    let mut right_used = vec![false; right.rows.len()];
    for l in &left.rows {
        let mut used = false;
        for (index, r) in right.rows.iter().enumerate() {
            let row: Vec<Value> = l.iter().chain(r).cloned().collect();
            let scope = Scope { columns: &columns, values: &row, group: None, outer };
            if fits((how, using), (&left, &right), l, r, &scope, env)? {
                used = true;
                right_used[index] = true;
                rows.push(row);
            }
            if rows.len() > limit::JOINED_ROWS_MAX {
                return Err(SqlError::not_modelled("a join of more than 100000 rows"));
            }
        }
        if !used && how.join == Join::Left {
            let nulls = std::iter::repeat_n(Value::Null, right.columns.len());
            rows.push(l.iter().cloned().chain(nulls).collect());
        }
    }
    if how.join == Join::Right {
        for (r, used) in right.rows.iter().zip(&right_used) {
            if !used {
                let nulls = std::iter::repeat_n(Value::Null, left.columns.len());
                rows.push(nulls.chain(r.iter().cloned()).collect());
            }
        }
    }
    Ok(Input { columns, shapes, rows })
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
