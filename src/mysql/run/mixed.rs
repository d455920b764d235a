//! IF, CASE and their like give values of one kind, whichever of their parts they come from: a DATE
//! beside a DATETIME is one too, and an exact number beside a DOUBLE.

use std::borrow::Cow;

use super::Env;
use super::constant::once;
use super::keyed::{answered, by_key};
use super::kind::{Kind, kind};
use super::moments::warn_constants;
use super::shape::Columns;
use crate::mysql::data::{Table, Value};
use crate::mysql::sql::ast::{Expr, Op, Select};

/// A query's results with their choices settled, and their odd constants told of.
pub(super) fn settled_items(
    items: &[(Expr, String)],
    columns: Columns,
    env: &mut Env,
) -> Vec<(Expr, String)> {
    items.iter().for_each(|(expr, _)| warn_constants(expr, false, columns, env));
    let one = |(expr, name): &(Expr, String)| {
        (once(settled(expr, columns, env), false, columns, env), name.clone())
    };
    items.iter().map(one).collect()
}

/// The query with its choices settled, and its odd constants told of.
pub(super) fn settled_query<'q>(
    query: &'q Select,
    columns: Columns,
    env: &mut Env,
) -> Cow<'q, Select> {
    let conditions = || query.filter.iter().chain(query.from.iter().filter_map(|f| f.on.as_ref()));
    conditions().for_each(|expr| warn_constants(expr, true, columns, env));
    query.having.iter().for_each(|expr| warn_constants(expr, false, columns, env));
    let filter = query.filter.clone().map(|filter| by_key(filter, &query.from, env));
    let one = |expr: &Expr| once(settled(expr, columns, env), true, columns, env);
    let plain = |expr: &Expr| once(settled(expr, columns, env), false, columns, env);
    let lists = query.group.iter().chain(query.order.iter().map(|(expr, _)| expr));
    if query.filter.is_none()
        && query.having.is_none()
        && !lists.into_iter().any(|expr| chooses(expr, env))
    {
        return Cow::Borrowed(query);
    }
    Cow::Owned(Select {
        filter: filter.as_ref().map(one),
        having: query.having.as_ref().map(one),
        group: query.group.iter().map(plain).collect(),
        order: query.order.iter().map(|(expr, down)| (plain(expr), *down)).collect(),
        ..query.clone()
    })
}

/// A condition with its choices settled, and its odd constants told of.
pub(super) fn settled_condition(
    condition: &Expr,
    table: &Table,
    columns: Columns,
    env: &mut Env,
) -> Expr {
    warn_constants(condition, true, columns, env);
    let condition = &answered(condition.clone(), table, env);
    once(settled(condition, columns, env), true, columns, env)
}

/// The expression with each part as it must come out.
fn settled(expr: &Expr, columns: Columns, env: &Env) -> Expr {
    let mut settled = expr.clone();
    if chooses(&settled, env) {
        settle(&mut settled, columns, env);
    }
    settled
}

/// Whether there is a choice between parts in it, or a number of no known kind.
fn chooses(expr: &Expr, env: &Env) -> bool {
    let own = match expr {
        Expr::Case { .. } => true,
        expr if counts(expr) => expr.children().into_iter().any(|part| is_unset(part, env)),
        Expr::Call(name, _) => {
            ["IF", "IFNULL", "COALESCE", "GREATEST", "LEAST"].contains(&name.as_str())
        }
        _ => false,
    };
    own || expr.children().into_iter().any(|part| chooses(part, env))
}

/// Whether it is arithmetic.
fn counts(expr: &Expr) -> bool {
    matches!(expr, Expr::Binary(Op::Add | Op::Sub | Op::Mul | Op::Div | Op::Mod, ..))
}

/// Whether it is a user variable that had no value before the statement, or a DOUBLE: to it that
/// is a text, which makes a DOUBLE, or one, whatever it becomes.
fn is_unset(expr: &Expr, env: &Env) -> bool {
    match expr {
        Expr::UserVar(name) => {
            let value = env.vars.get(&name.to_ascii_lowercase());
            value.is_none_or(|value| matches!(value, Value::Null | Value::Double(..)))
        }
        _ => false,
    }
}

fn settle(expr: &mut Expr, columns: Columns, env: &Env) {
    expr.children_mut().into_iter().for_each(|part| settle(part, columns, env));
    if counts(expr) {
        expr.children_mut().into_iter().filter(|part| is_unset(part, env)).for_each(|part| {
            *part = Expr::Cast(Box::new(std::mem::replace(part, Expr::Null)), "DOUBLE".into());
        });
    }
    let whole = kind(expr, columns, env);
    let to = match whole {
        Kind::DateTime(digits) => format!("DATETIME {digits}"),
        Kind::Real(_) => "DOUBLE".into(),
        _ => return,
    };
    for part in parts(expr) {
        let own = kind(part, columns, env);
        if own != Kind::Null && own != whole {
            let inner = Box::new(std::mem::replace(part, Expr::Null));
            *part = Expr::Cast(inner, to.clone());
        }
    }
}

/// What a choice is made between.
fn parts(expr: &mut Expr) -> Vec<&mut Expr> {
    match expr {
        Expr::Case { when, otherwise, .. } => {
            let results = when.iter_mut().map(|(_, result)| result);
            results.chain(otherwise.as_deref_mut()).collect()
        }
        Expr::Call(name, list) => match name.as_str() {
            "IF" => list.iter_mut().skip(1).collect(),
            "IFNULL" | "COALESCE" | "GREATEST" | "LEAST" => list.iter_mut().collect(),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}
