//! GROUP BY: rows in groups, and the groups WITH ROLLUP adds.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::from::Input;
use super::select::{by_name_or_scope, is_grouped};
use super::{Env, Head, Scope, evaluate};
use crate::mysql::data::Value;
use crate::mysql::sql::SqlError;
use crate::mysql::sql::ast::{Expr, Op, Select};

/// The rows of a group, and how many GROUP BY columns make it: WITH ROLLUP adds groups that are
/// made by fewer.
pub(super) type Group = (Vec<Vec<Value>>, usize);

/// The rows in groups: one group for each row, if nothing is grouped.
pub(super) fn group(
    query: &Select,
    items: &[(Expr, String)],
    input: &Input,
    rows: Vec<Vec<Value>>,
    outer: Option<&Scope>,
    env: &mut Env,
) -> Result<Vec<Group>, SqlError> {
    if !is_grouped(query) {
        return Ok(rows.into_iter().map(|row| (vec![row], 0)).collect());
    }
    if query.group.is_empty() {
        return Ok(vec![(rows, 0)]);
    }
    env.clause = "group statement";
    let mut groups: Vec<(Vec<Value>, Vec<Vec<Value>>)> = Vec::new();
    for row in rows {
        let scope = Scope { columns: &input.columns, values: &row, group: None, outer };
        let mut keys = Vec::new();
        for expr in &query.group {
            keys.push(group_key(expr, items, &scope, env)?);
        }
        let same = |(other, _): &&mut (Vec<Value>, _)| {
            other.iter().zip(&keys).all(|(a, b): (&Value, &Value)| a.order(b).is_eq())
        };
        match groups.iter_mut().find(same) {
            Some((_, members)) => members.push(row),
            None => groups.push((keys, vec![row])),
        }
    }
    // 5.7 sorts by the GROUP BY columns.
    let by = |at: usize, x: &Value, y: &Value| match query.group_descending.get(at) {
        Some(true) => y.order(x),
        _ => x.order(y),
    };
    groups.sort_by(|(a, _), (b, _)| {
        let orders = a.iter().zip(b).enumerate().map(|(at, (x, y))| by(at, x, y));
        orders.fold(Ordering::Equal, Ordering::then)
    });
    if query.rollup {
        return Ok(with_rollup(groups, query.group.len()));
    }
    Ok(groups.into_iter().map(|(_, members)| (members, query.group.len())).collect())
}

/// After each run of groups that agree in their first columns, one of all their rows.
fn with_rollup(groups: Vec<(Vec<Value>, Vec<Vec<Value>>)>, columns: usize) -> Vec<Group> {
    let mut out = Vec::new();
    let mut open: Vec<Vec<Vec<Value>>> = vec![Vec::new(); columns];
    for (at, (keys, members)) in groups.iter().enumerate() {
        out.push((members.clone(), columns));
        open.iter_mut().for_each(|rows| rows.extend(members.iter().cloned()));
        let first_ended = groups.get(at + 1).map_or(0, |(next, _)| {
            1 + keys.iter().zip(next).take_while(|(a, b)| a.order(b).is_eq()).count()
        });
        for level in (first_ended..columns).rev() {
            out.push((std::mem::take(&mut open[level]), level));
        }
    }
    out
}

/// The items of a group that WITH ROLLUP adds: the columns it is not made by are NULL.
pub(super) fn rolled_up(
    items: &[(Expr, String)],
    without: &[Expr],
    input: &Input,
) -> Vec<(Expr, String)> {
    items.iter().map(|(expr, name)| (nulled(expr, name, without, input), name.clone())).collect()
}

/// An expression where the groups have no value for some columns; `name`: the result's.
pub(super) fn nulled(expr: &Expr, name: &str, without: &[Expr], input: &Input) -> Expr {
    // A column's name is the column's, if a result has it as well.
    let is_alias = |e: &Expr| match e {
        Expr::Column { table: None, name: own } => {
            own.eq_ignore_ascii_case(name) && input.place(e).is_none()
        }
        _ => false,
    };
    let is_same = |e: &Expr| match (e, expr) {
        (Expr::Column { name: a, .. }, Expr::Column { name: b, .. }) => a.eq_ignore_ascii_case(b),
        (a, b) => a == b,
    };
    if without.iter().any(|e| is_same(e) || is_alias(e)) {
        return Expr::Null;
    }
    match expr {
        // What is never NULL has been found so before (`Item_func_isnull::update_used_tables`).
        Expr::IsNull(of, false) if input.place(of).is_some_and(|at| !input.shapes[at].nullable) => {
            Expr::Bool(false)
        }
        // Models `change_group_ref` of sql_resolver.cc, which does not look there.
        Expr::Aggregate { .. } | Expr::Binary(Op::And | Op::Or | Op::Xor, ..) => expr.clone(),
        other => {
            let mut other = other.clone();
            for part in other.children_mut() {
                *part = nulled(part, "", without, input);
            }
            other
        }
    }
}

/// What HAVING says of a group of so many of the columns.
pub(super) fn having_of<'q>(
    query: &'q Select,
    level: usize,
    input: &Input,
) -> Option<Cow<'q, Expr>> {
    let having = query.having.as_ref()?;
    Some(match query.group.get(level..) {
        Some(without @ [_, ..]) => Cow::Owned(nulled(having, "", without, input)),
        _ => Cow::Borrowed(having),
    })
}

/// Whether HAVING lets a row pass; results are computed of those that it does. `told`: how many
/// warnings there were before they were.
pub(super) fn passes(
    having: &Expr,
    heads: &[Head],
    (values, told): (&[Value], usize),
    scope: &Scope,
    env: &mut Env,
) -> Result<bool, SqlError> {
    env.clause = "having clause";
    let of_values = env.session.warnings.split_off(told);
    let passes = by_name_or_scope(having, heads, values, scope, env)?.is_true();
    if passes {
        env.session.warnings.extend(of_values);
    }
    Ok(passes)
}

/// GROUP BY means a table's column where a result has the same name (`find_order_in_list`).
pub(super) fn warn_ambiguous(expr: &Expr, items: &[(Expr, String)], input: &Input, env: &mut Env) {
    let Expr::Column { table: None, name } = expr else { return };
    let Some(place) = input.place(expr) else { return };
    let other = |(item, alias): &(Expr, String)| {
        alias.eq_ignore_ascii_case(name) && input.place(item) != Some(place)
    };
    if items.iter().any(other) {
        let text = format!("Column '{name}' in group statement is ambiguous");
        env.session.warn("Warning", 1052, text);
    }
}

fn group_key(
    expr: &Expr,
    items: &[(Expr, String)],
    scope: &Scope,
    env: &mut Env,
) -> Result<Value, SqlError> {
    if let Expr::Number(digits) = expr {
        let index = digits.parse::<usize>().unwrap_or(0).wrapping_sub(1);
        if let Some((item, _)) = items.get(index) {
            return evaluate(item, scope, env);
        }
    }
    match evaluate(expr, scope, env) {
        Err(error) if error.code == 1054 => {
            let Expr::Column { table: None, name } = expr else { return Err(error) };
            match items.iter().find(|(_, alias)| alias.eq_ignore_ascii_case(name)) {
                Some((item, _)) => evaluate(item, scope, env),
                None => Err(error),
            }
        }
        other => other,
    }
}
