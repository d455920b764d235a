//! SELECT.

use std::cmp::Ordering;

use super::complaint::fits;
use super::constant::folded;
use super::covering::reads_from_its_end;
use super::env::Sent;
use super::eval::{MERGED, resolve};
use super::examined::Examined;
use super::from::{Input, beyond_ascii, read};
use super::kind::{Kind, kind};
use super::mixed::{settled_items, settled_query};
use super::plan::in_order_read;
use super::rollup::{group, having_of, passes, rolled_up, warn_ambiguous};
use super::sent::{is_plain, sent};
use super::shape::{Columns, Shape, shape, shown_scale};
use super::union::of_one_kind;
use super::{Answer, Env, Head, Rows, Scope, evaluate, late};
use crate::base::limit;
use crate::mysql::data::Value;
use crate::mysql::sql::SqlError;
use crate::mysql::sql::ast::{Expr, Item, Select};

/// Answers a SELECT.
pub fn select(query: &Select, env: &mut Env) -> Result<Answer, SqlError> {
    if query.calc && query.limit.is_some() {
        let all = Select { limit: None, calc: false, ..query.clone() };
        let found = rows_of(&all, None, env)?.1.len();
        env.opened.clear();
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
    if let Some(file) = &query.outfile {
        let folder = super::variable::variable_text(true, "secure_file_priv", env);
        return Err(beyond_secure_files(file, &folder.unwrap_or_default(), "INTO OUTFILE"));
    }
    env.session.found_rows = found as u64;
    if !query.into.is_empty() {
        return into_variables(query, &heads, rows, env);
    }
    let rows = rows.iter().map(|row| row.iter().map(Value::shown).collect()).collect();
    Ok(Answer::Rows(Rows { heads, rows }))
}

/// Why a statement may not touch a file: it is not where `secure_file_priv` says. In that folder
/// nothing is modelled.
pub fn beyond_secure_files(file: &str, folder: &str, what: &str) -> SqlError {
    if file.starts_with(folder) {
        return SqlError::not_modelled(format!("{what} in {folder}"));
    }
    let text = "The MySQL server is running with the --secure-file-priv option so it cannot \
                execute this statement";
    SqlError::new(1290, text)
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
        env.session.user_vars.insert(name.to_ascii_lowercase(), value.kept());
    }
    Ok(Answer::affected(1))
}

/// Headings and rows of a query.
pub(super) fn rows_of(
    query: &Select,
    outer: Option<&Scope>,
    env: &mut Env,
) -> Result<(Vec<Head>, Vec<Vec<Value>>), SqlError> {
    let Part { mut heads, mut kinds, mut rows } = one(query, outer, env)?;
    let mut parts = Vec::new();
    let mut last = query;
    while let Some((all, next)) = &last.union {
        last = next;
        let more = one(next, outer, env)?;
        if more.heads.len() != heads.len() {
            return Err(SqlError::new(
                1222,
                "The used SELECT statements have a different number of columns",
            ));
        }
        for (at, (head, other)) in heads.iter_mut().zip(&more.heads).enumerate() {
            // NULL is of whatever type the others are.
            head.number = match (is_null(query, at), is_null(next, at)) {
                (true, false) => other.number,
                (false, true) => head.number,
                _ => head.number && other.number,
            };
            head.nullable |= other.nullable;
        }
        kinds.iter_mut().zip(more.kinds).for_each(|(kind, other)| *kind = kind.with(other));
        parts.push((*all, more.rows));
    }
    for (all, more) in parts {
        rows.extend(more);
        kinds.iter().enumerate().for_each(|(at, kind)| of_one_kind(&mut rows, at, *kind));
        // It holds for all that stands before it, whatever was ALL there.
        if !all {
            distinct(&mut rows);
        }
    }
    if query.union.is_some() {
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

/// Whether a result's column is the word NULL.
fn is_null(query: &Select, at: usize) -> bool {
    query.items.get(at).is_some_and(|item| item.what == Ok(Expr::Null))
}

/// One of the queries of a UNION.
struct Part {
    heads: Vec<Head>,
    kinds: Vec<Kind>,
    rows: Vec<Vec<Value>>,
}

fn one(query: &Select, outer: Option<&Scope>, env: &mut Env) -> Result<Part, SqlError> {
    let known = env.once.len();
    let done = one_settled(query, outer, env);
    env.once.truncate(known);
    done
}

fn one_settled(query: &Select, outer: Option<&Scope>, env: &mut Env) -> Result<Part, SqlError> {
    let written = std::mem::take(&mut env.written);
    let mut input = read(&query.from, outer, env)?;
    let items = expand(&query.items, &input, query.from.is_empty())?;
    let grouped = by_meaning(query, &items, &input);
    let query = grouped.as_ref().unwrap_or(query);
    prepare(query, &items, &input, outer, env)?;
    let sorting = in_order_read(query, &items, &mut input, env);
    let columns = Columns { names: &input.columns, shapes: &input.shapes };
    let items = settled_items(&items, columns, env);
    let query = &settled_query(query, columns, env);
    let heads = heads(&items, &input, query.rollup, env);
    let kinds = items.iter().map(|(e, _)| kind(e, columns, env)).collect();
    if matches!(query.limit, Some((_, 0))) && !query.calc {
        return Ok(Part { heads, kinds, rows: Vec::new() });
    }
    let (kept, places) = kept(query, &items, &input, outer, env)?;
    let columns = Columns { names: &input.columns, shapes: &input.shapes };
    let scales: Vec<Option<u8>> = items.iter().map(|(e, _)| shown_scale(e, columns, env)).collect();
    let examined = written.then(|| Examined::new(query, &input, env));
    if is_plain(query, &items) && query.from.len() <= 1 {
        let input = (&input, sorting);
        let rows = sent(query, (&items, &scales), input, (kept, outer), (written, env))?;
        if let Some(examined) = examined {
            examined.number(&places, &mut env.sent);
        }
        return Ok(Part { heads, kinds, rows });
    }
    let rows = by_groups(query, (&items, &scales), (&input, &heads), (kept, outer), env)?;
    if let Some(examined) = examined.filter(|_| query.from.len() == 1) {
        let told = env.session.warnings.len();
        let failed = if rows.is_empty() { None } else { env.failed.take() };
        env.sent = vec![Sent { number: 0, parts: vec![(told, failed)] }; rows.len()];
        examined.after_all(&mut env.sent);
    }
    Ok(Part { heads, kinds, rows })
}

/// The rows of groups, or of several tables.
fn by_groups(
    query: &Select,
    (all, scales): (&[(Expr, String)], &[Option<u8>]),
    (input, heads): (&Input, &[Head]),
    (kept, outer): (Vec<Vec<Value>>, Option<&Scope>),
    env: &mut Env,
) -> Result<Vec<Vec<Value>>, SqlError> {
    let before = counts_as_it_sends(query, all).then(|| env.session.user_vars.clone());
    env.in_table = late::waits_in_table(query, all);
    let early = late::early(query, all);
    let items = early.as_deref().unwrap_or(all);
    let groups = group(query, all, input, kept, outer, env)?;
    let mut results: Vec<(Vec<Value>, Vec<Value>)> = Vec::new();
    let mut sources: Vec<usize> = Vec::new();
    let nulls = vec![Value::Null; input.columns.len()];
    for (at, (rows, level)) in groups.iter().enumerate() {
        let rolled: Vec<(Expr, String)>;
        let items = if *level < query.group.len() {
            rolled = rolled_up(items, &query.group[*level..], input);
            &rolled
        } else {
            items
        };
        let scope = Scope {
            columns: &input.columns,
            values: rows.first().unwrap_or(&nulls),
            group: is_grouped(query).then_some(rows.as_slice()),
            outer,
        };
        env.clause = "field list";
        env.row = at as u64;
        let told = env.session.warnings.len();
        let values = computed(items, scales, &scope, env)?;
        let having = having_of(query, *level, input);
        if let Some(having) = having
            && !passes(&having, heads, (&values, told), &scope, env)?
        {
            continue;
        }
        env.clause = "order clause";
        let mut keys = Vec::new();
        for (expr, _) in &query.order {
            keys.push(by_name_or_scope(expr, heads, &values, &scope, env)?);
        }
        if env.wide && keys.iter().any(beyond_ascii) {
            return Err(SqlError::not_modelled("the order of text beyond ASCII in utf8 columns"));
        }
        results.push((keys, values));
        sources.push(at);
    }
    if let Some(before) = before {
        env.session.user_vars = before;
        sources.sort_by(|a, b| order(&query.order, &results[*a].0, &results[*b].0));
        let sent = limited(sources, query.limit).into_iter();
        let sent = sent.map(|at| groups[at].0.first().unwrap_or(&nulls).as_slice());
        let rows = counted(all, input, sent, outer, env)?;
        return Ok(rows);
    }
    if query.distinct {
        let mut seen: Vec<Vec<Value>> = Vec::new();
        results.retain(|(_, values)| is_new(values, &mut seen));
    }
    results.sort_by(|(a, _), (b, _)| order(&query.order, a, b));
    let rows: Vec<Vec<Value>> = results.into_iter().map(|(_, values)| values).collect();
    let mut rows = limited(rows, query.limit);
    if early.is_some() {
        rows.iter_mut().try_for_each(|row| late::complete(row, (all, scales), outer, env))?;
    }
    Ok(rows)
}

/// A row of the result.
pub(super) fn computed(
    items: &[(Expr, String)],
    scales: &[Option<u8>],
    scope: &Scope,
    env: &mut Env,
) -> Result<Vec<Value>, SqlError> {
    let one = |((expr, name), scale): (&(Expr, String), &Option<u8>)| {
        env.heading = matches!(expr, Expr::Cast(..)).then(|| name.clone());
        let value = evaluate(expr, scope, env);
        env.heading = None;
        value.map(|value| value.scaled(*scale))
    };
    items.iter().zip(scales).map(one).collect()
}

/// The rows WHERE leaves, and which of the tables' rows they are.
fn kept(
    query: &Select,
    items: &[(Expr, String)],
    input: &Input,
    outer: Option<&Scope>,
    env: &mut Env,
) -> Result<(Vec<Vec<Value>>, Vec<usize>), SqlError> {
    let all = || (input.rows.clone(), (0..input.rows.len()).collect());
    let Some(filter) = &query.filter else { return Ok(all()) };
    let (mut kept, mut places) = (Vec::new(), Vec::new());
    env.clause = "where clause";
    let mut holds = |part: &Expr| {
        let scope = Scope { columns: &input.columns, values: &[], group: None, outer };
        evaluate(part, &scope, env).map(|value| fits(part, &value, env))
    };
    let filter = &match folded(filter, &mut holds)? {
        Ok(filter) => filter,
        Err(true) => return Ok(all()),
        Err(false) => return Ok((kept, places)),
    };
    // Without an order it is over when there are enough.
    let most = match query.limit {
        Some((offset, count)) if query.order.is_empty() && is_plain(query, items) => {
            usize::try_from(offset.saturating_add(count)).unwrap_or(usize::MAX)
        }
        _ => usize::MAX,
    };
    let all: Vec<(usize, &Vec<Value>)> = input.rows.iter().enumerate().collect();
    let from_its_end = reads_from_its_end(query, env);
    let all = if from_its_end { all.into_iter().rev().collect() } else { all };
    for (at, row) in all {
        env.row = at as u64;
        let scope = Scope { columns: &input.columns, values: row, group: None, outer };
        let value = evaluate(filter, &scope, env)?;
        if fits(filter, &value, env) {
            kept.push(row.clone());
            places.push(at);
        }
        if kept.len() >= most {
            break;
        }
    }
    Ok((kept, places))
}

/// Results of rows in the order in which they are sent.
fn counted<'r>(
    items: &[(Expr, String)],
    input: &Input,
    rows: impl Iterator<Item = &'r [Value]>,
    outer: Option<&Scope>,
    env: &mut Env,
) -> Result<Vec<Vec<Value>>, SqlError> {
    env.clause = "field list";
    let mut results = Vec::new();
    for values in rows {
        let scope = Scope { columns: &input.columns, values, group: None, outer };
        let row = items.iter().map(|(expr, _)| evaluate(expr, &scope, env));
        results.push(row.collect::<Result<_, _>>()?);
    }
    Ok(results)
}

/// A query whose GROUP BY names results (by name or number), with what they are in their place.
fn by_meaning(query: &Select, items: &[(Expr, String)], input: &Input) -> Option<Select> {
    let meant = |expr: &Expr| match expr {
        Expr::Number(n) => {
            let at = n.parse::<usize>().ok()?.checked_sub(1)?;
            items.get(at).map(|(expr, _)| expr.clone())
        }
        Expr::Column { table: None, name } => {
            let same = |other: &String| other.eq_ignore_ascii_case(name);
            let hidden = input.columns.iter().any(|(_, column)| same(column));
            let item = items.iter().find(|(_, alias)| same(alias));
            item.filter(|_| !hidden).map(|(expr, _)| expr.clone())
        }
        _ => None,
    };
    let all: Vec<Option<Expr>> = query.group.iter().map(meant).collect();
    let usable = |e: &Option<Expr>| e.as_ref().is_some_and(|e| !e.has_aggregate());
    if !all.iter().any(usable) {
        return None;
    }
    let group = query.group.iter().zip(all);
    let group = group.map(|(own, e)| e.filter(|e| !e.has_aggregate()).unwrap_or(own.clone()));
    Some(Select { group: group.collect(), ..query.clone() })
}

/// Whether user variables are set while rows are sent, in their order, rather than when they are
/// read: a sort of the rows themselves comes first.
fn counts_as_it_sends(query: &Select, items: &[(Expr, String)]) -> bool {
    fn assigns(expr: &Expr) -> bool {
        matches!(expr, Expr::Assign(..)) || expr.children().into_iter().any(assigns)
    }
    let plain = !query.order.is_empty() && !query.distinct && query.having.is_none();
    plain && !is_grouped(query) && items.iter().any(|(expr, _)| assigns(expr))
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
        if let Expr::Number(digits) = expr
            && (clause == "order clause" || clause == "group statement")
            && is_place(digits)
            && !digits.parse().is_ok_and(|at: usize| (1..=items.len()).contains(&at))
        {
            return Err(SqlError::new(1054, format!("Unknown column '{digits}' in '{clause}'")));
        }
        resolve(expr, &scope, env).or_else(|error| match expr {
            Expr::Number(_) => Ok(()),
            expr => resolve(expr, &named, env).map_err(|_| error),
        })
    };
    query.group.iter().try_for_each(|expr| either(expr, "group statement", env))?;
    query.group.iter().for_each(|expr| warn_ambiguous(expr, items, input, env));
    query.having.iter().try_for_each(|expr| either(expr, "having clause", env))?;
    query.order.iter().try_for_each(|(expr, _)| either(expr, "order clause", env))?;
    if is_grouped(query) {
        super::group::check(query, items, &input.columns, env)?;
    }
    Ok(())
}

pub(super) fn limited<T>(mut rows: Vec<T>, limit: Option<(u64, u64)>) -> Vec<T> {
    if let Some((offset, count)) = limit {
        let offset = usize::try_from(offset).unwrap_or(usize::MAX).min(rows.len());
        rows.drain(..offset);
        rows.truncate(usize::try_from(count).unwrap_or(usize::MAX));
    }
    rows
}

pub(super) fn order(by: &[(Expr, bool)], a: &[Value], b: &[Value]) -> Ordering {
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

/// Whether a number of ORDER BY is the number of a result, and not just a constant.
pub(super) fn is_place(digits: &str) -> bool {
    digits.bytes().all(|b| b.is_ascii_digit())
}

/// ORDER BY and HAVING may name a result column, by name or (ORDER BY) by number.
pub(super) fn by_name_or_scope(
    expr: &Expr,
    heads: &[Head],
    values: &[Value],
    scope: &Scope,
    env: &mut Env,
) -> Result<Value, SqlError> {
    if let Expr::Number(digits) = expr
        && env.clause == "order clause"
        && is_place(digits)
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
pub(super) fn expand(
    items: &[Item],
    input: &Input,
    no_tables: bool,
) -> Result<Vec<(Expr, String)>, SqlError> {
    let mut out = Vec::new();
    for item in items {
        match &item.what {
            Ok(expr) => out.push((expr.clone(), item.name.clone())),
            Err(table) => {
                if no_tables {
                    return Err(SqlError::new(1096, "No tables used"));
                }
                let before = out.len();
                let all: Vec<usize> = (0..input.columns.len()).collect();
                for at in if table.is_some() { &all } else { &input.star } {
                    let (alias, name) = &input.columns[*at];
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

fn heads(items: &[(Expr, String)], input: &Input, rollup: bool, env: &Env) -> Vec<Head> {
    let columns = Columns { names: &input.columns, shapes: &input.shapes };
    let head = |(expr, name): &(Expr, String)| {
        let Shape { number, nullable, .. } = shape(expr, columns, env);
        // WITH ROLLUP adds rows of NULLs.
        let is_column = matches!(expr, Expr::Column { .. });
        let nullable = nullable || (rollup && !is_column && !expr.has_aggregate());
        let name: String = name.chars().take(limit::HEADING_CHARS_MAX).collect();
        Head { name, number, nullable }
    };
    items.iter().map(head).collect()
}
