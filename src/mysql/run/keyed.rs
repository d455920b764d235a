//! A text that is no number beside a column of numbers that a key leads to: the optimizer looks for
//! it before there is a row, and how often it is complained of depends on the key. Models
//! `get_mm_leaf` of sql/opt_range.cc and `make_cond_for_table`. Seen on 5.6.24.

use super::Env;
use super::complaint::{is_numeric, warn_as};
use super::constant::once_as_double;
use super::from::database;
use crate::base::real::leading_number;
use crate::mysql::data::{Key, Table, Value};
use crate::mysql::sql::ast::{Expr, From, Op, Source};

/// A condition on the rows of one table, with what of it a key answers.
pub(super) fn by_key(condition: Expr, from: &[From], env: &mut Env) -> Expr {
    let [From { source: Source::Table(name), .. }] = from else { return condition };
    let table = database(name, env).ok().and_then(|db| env.catalog.table(&db, &name.table));
    match table {
        Some(table) => answered(condition, table, env),
        None => condition,
    }
}

/// The same, of the table of an UPDATE or a DELETE.
pub(super) fn answered(condition: Expr, table: &Table, env: &mut Env) -> Expr {
    match condition {
        Expr::Binary(Op::And, a, b) => {
            let (a, b) = (answered(*a, table, env), answered(*b, table, env));
            Expr::Binary(Op::And, Box::new(a), Box::new(b))
        }
        Expr::Binary(op, a, b) => match (&*a, &*b) {
            (Expr::Column { name, .. }, Expr::Text(text)) if !is_numeric(text) => {
                match leading(table, name) {
                    Some(key) => looked_for((op, *a.clone(), text.clone()), key, env),
                    None => Expr::Binary(op, a, b),
                }
            }
            _ => Expr::Binary(op, a, b),
        },
        other => other,
    }
}

/// The key that begins with a column of numbers: one that makes it unique, if there is such.
fn leading<'t>(table: &'t Table, name: &str) -> Option<&'t Key> {
    let at = table.column(name).filter(|at| table.columns[*at].kind.is_number())?;
    let leads = |key: &&Key| key.columns.first().is_some_and(|first| *first as usize == at);
    let alone = |key: &&Key| key.unique && key.columns.len() == 1;
    let keys = || table.keys.iter().filter(leads);
    keys().find(alone).or_else(|| keys().next())
}

fn looked_for((op, column, text): (Op, Expr, String), key: &Key, env: &mut Env) -> Expr {
    let with = |value: Expr| Expr::Binary(op, Box::new(column.clone()), Box::new(value));
    let silent = || with(Expr::Text(digits_of(&text).into()));
    match op {
        // Rows found by a key that is not unique are not looked at again.
        Op::Eq if !(key.unique && key.columns.len() == 1) => silent(),
        // The only row there is, is.
        Op::Eq => {
            let again = with(once_as_double(Expr::Text(text.clone()), env));
            Expr::Binary(Op::And, Box::new(silent()), Box::new(again))
        }
        Op::Lt | Op::Le | Op::Gt | Op::Ge => {
            warn_as("DOUBLE", &Value::Text(text.clone()), env);
            with(Expr::Text(text))
        }
        _ => with(Expr::Text(text)),
    }
}

/// The number a text begins with, as it stands there.
fn digits_of(text: &str) -> &str {
    let text = text.trim_start();
    match leading_number(text.as_bytes()).1 {
        0 => "0",
        length => &text[..length],
    }
}
