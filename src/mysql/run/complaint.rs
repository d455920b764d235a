//! What there is to say of a text that is used as a number. Only a literal and a column say
//! anything: what a function makes of text is read without a word (`Item_str_func::val_real` of
//! sql/item_strfunc.cc, against `Item_string` and `Field_str`). Seen on 5.6.24.

use super::Env;
use crate::base::real::leading_number;
use crate::mysql::data::{Type, Value};
use crate::mysql::sql::ast::Expr;

/// Whether a text that comes of this expression is complained of where a number is wanted.
pub(super) fn is_heard(expr: &Expr, env: &Env) -> bool {
    let of = |expr: &Expr| is_heard(expr, env);
    match expr {
        Expr::Text(_) => true,
        Expr::Column { .. } => !env.is_hushed,
        // `Item_func_if` and `Item_func_case` hand the question on to what they chose.
        Expr::Call(name, list) if name == "IF" => list.iter().skip(1).any(of),
        Expr::Case { when, otherwise, .. } => {
            when.iter().any(|(_, result)| of(result)) || otherwise.as_deref().is_some_and(of)
        }
        Expr::Call(name, list) if name == "NULLIF" => list.first().is_some_and(of),
        // A subquery of no table is what it gives.
        Expr::Subquery(query) if query.from.is_empty() => {
            query.items.first().and_then(|item| item.what.as_ref().ok()).is_some_and(of)
        }
        // Groups wait in a temporary table, whose columns are read.
        Expr::Aggregate { .. } => env.in_table,
        _ => false,
    }
}

/// A text that is no number is one nevertheless, with a warning.
pub(super) fn warn_truncated((value, expr): (&Value, &Expr), env: &mut Env) {
    if !is_heard(expr, env) {
        return;
    }
    match (value, char_bytes(expr, env)) {
        (Value::Text(text), Some(bytes)) => {
            warn_as("DOUBLE", &Value::Text(format!("{text:bytes$}")), env);
        }
        _ => warn_as("DOUBLE", value, env),
    }
}

/// How many bytes a column of type CHAR keeps, all of which are shown (`Field_string::val_real`).
fn char_bytes(expr: &Expr, env: &Env) -> Option<usize> {
    let Expr::Column { table, name } = expr else { return None };
    let fits = |(alias, ..): &&(String, String, String)| table.as_ref().is_none_or(|t| t == alias);
    let column = env.tables.iter().rev().filter(fits).find_map(|(_, db, own)| {
        let table = env.catalog.table(db, own)?;
        Some(&table.columns[table.column(name)?])
    })?;
    match column.kind {
        Type::Char(n) => usize::try_from(n * column.charset.bytes_max()).ok(),
        _ => None,
    }
}

/// What DIV says: it reads decimals, and minds only what has no digits in front
/// (`Item_func_int_div::val_int`).
pub(super) fn warn_decimal((value, expr): (&Value, &Expr), env: &mut Env) {
    if matches!(value, Value::Text(text) if !begins_as_number(text)) && is_heard(expr, env) {
        warn_as("DECIMAL", value, env);
    }
}

/// What CAST … AS DECIMAL says of a text: of a column or of what a function made, that it is no
/// number at all; of a literal or a column, that something of it is none. Models `val_decimal` of
/// `Item_string`, `Field_str` and `Item_str_func`, and `my_decimal::check_result` of 5.7.
pub(super) fn warn_cast((value, expr): (&Value, &Expr), env: &mut Env) {
    let Value::Text(text) = value else { return };
    let is_literal = matches!(expr, Expr::Text(_));
    if !is_literal && !begins_as_number(text) {
        env.complain(1366, "Incorrect DECIMAL value: '0' for column '' at row -1");
    }
    if is_heard(expr, env) && !is_numeric(text) {
        env.complain(1292, format!("Truncated incorrect DECIMAL value: '{text}'"));
    }
}

fn begins_as_number(text: &str) -> bool {
    leading_number(text.trim_start().as_bytes()).1 > 0
}

/// The same of any text.
pub(super) fn warn_as(kind: &str, value: &Value, env: &mut Env) {
    let Value::Text(text) = value else { return };
    if !text.trim().is_empty() && !is_numeric(text) {
        let text = format!("Truncated incorrect {kind} value: '{text}'");
        env.complain(1292, text);
    }
}

/// The same, where only a whole number will do, which an empty text is not either.
pub(super) fn warn_not_whole(value: &Value, env: &mut Env) {
    let (Value::Text(_) | Value::Bytes(_)) = value else { return };
    let text = value.text();
    let digits = text.trim().trim_start_matches(['-', '+']);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        env.complain(1292, format!("Truncated incorrect INTEGER value: '{text}'"));
    }
}

/// The same of operands.
pub(super) fn warn_heard(operands: [(&Value, &Expr); 2], env: &mut Env) {
    for (value, expr) in operands {
        if is_heard(expr, env) {
            warn_not_whole(value, env);
        }
    }
}

/// Whether a condition holds, with what there is to say of a text.
pub(super) fn truth((value, expr): (&Value, &Expr), env: &mut Env) -> bool {
    warn_truncated((value, expr), env);
    value.is_true()
}

/// Whether a row fits a whole condition, which is a whole number where it is a text
/// (`Item::val_int` of `evaluate_join_record`).
pub(super) fn fits(condition: &Expr, value: &Value, env: &mut Env) -> bool {
    match value {
        Value::Text(_) => {
            if is_heard(condition, env) {
                warn_not_whole(value, env);
            }
            value.integer() != 0
        }
        value => value.is_true(),
    }
}

/// A text that is compared with a number is one.
pub(super) fn warn_compared(a: (&Value, &Expr), b: (&Value, &Expr), env: &mut Env) {
    if a.0.is_number() {
        warn_truncated(b, env);
    }
    if b.0.is_number() {
        warn_truncated(a, env);
    }
}

/// Whether a text is a number from end to end.
pub(super) fn is_numeric(text: &str) -> bool {
    let trimmed = text.trim();
    if let Some((base, exponent)) = trimmed.split_once(['e', 'E']) {
        let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        let digits = !exponent.is_empty() && exponent.bytes().all(|b| b.is_ascii_digit());
        return digits && !base.contains(['e', 'E']) && is_numeric(base);
    }
    let body = trimmed.strip_prefix(['-', '+']).unwrap_or(trimmed);
    let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    let (whole, fraction) = body.split_once('.').unwrap_or((body, ""));
    !(whole.is_empty() && fraction.is_empty()) && digits(whole) && digits(fraction)
}
