//! Constants that are compared with dates and times, and are none: a warning each, before the first
//! row. Models `convert_constant_item` and `get_date_from_str` of sql/item_cmpfunc.cc; an `=` that
//! a WHERE depends on is looked at twice.

use super::Env;
use super::complaint::warn_as;
use super::constant::{is_array, is_constant};
use super::kind::{Kind, kind};
use super::shape::{Columns, shape};
use crate::mysql::data::{Value, ZERO_DATE};
use crate::mysql::sql::ast::{Expr, Op};

/// Says so of all constants in an expression; `decides`: it is a condition on rows.
pub(super) fn warn_constants(expr: &Expr, decides: bool, columns: Columns, env: &mut Env) {
    match expr {
        Expr::Binary(Op::And, a, b) => {
            warn_constants(a, decides, columns, env);
            warn_constants(b, decides, columns, env);
            return;
        }
        Expr::Binary(op, a, b) if is_comparison(*op) => {
            let twice = decides && *op == Op::Eq;
            let (a, b) = (&**a, &**b);
            let (known, other) =
                if matches!(a, Expr::Text(_) | Expr::Number(_)) { (b, a) } else { (a, b) };
            warn(known, other, twice, columns, env);
        }
        Expr::Between(a, low, high, _) => {
            warn(a, low, false, columns, env);
            warn(a, high, false, columns, env);
        }
        Expr::In(a, list, _) if shape(a, columns, env).number && is_array(list, env) => {
            for one in list {
                if let Expr::Text(text) = one {
                    warn_as("DOUBLE", &Value::Text(text.clone()), env);
                }
            }
        }
        Expr::In(a, list, _) => list.iter().for_each(|one| warn(a, one, false, columns, env)),
        Expr::Like(a, pattern, _) if !matches!(kind(a, columns, env), Kind::Time(_)) => {
            warn(a, pattern, false, columns, env);
        }
        _ => {}
    }
    expr.children().into_iter().for_each(|part| warn_constants(part, false, columns, env));
}

fn is_comparison(op: Op) -> bool {
    matches!(op, Op::Eq | Op::NullEq | Op::Ne | Op::Lt | Op::Le | Op::Gt | Op::Ge)
}

fn warn(known: &Expr, constant: &Expr, twice: bool, columns: Columns, env: &mut Env) {
    let name = match kind(known, columns, env) {
        Kind::Date => "date",
        Kind::DateTime(_) | Kind::Timestamp(_) => "datetime",
        Kind::Time(_) => "time",
        _ => return,
    };
    let (text, is_text) = match (constant, known) {
        (Expr::Text(text), _) => (text, true),
        (Expr::Number(digits), Expr::Column { .. }) => (digits, false),
        _ => return,
    };
    let is_bad = match name {
        "time" => is_text && !text.contains(|c: char| c.is_ascii_digit()),
        _ if is_text => !is_moment(text),
        _ => text.parse::<i128>().is_ok_and(|n| n != 0 && Value::Int(n).moment().is_none()),
    };
    if !is_bad {
        return;
    }
    let text = match known {
        Expr::Column { name: column, .. } => {
            format!("Incorrect {name} value: '{text}' for column '{column}' at row 1")
        }
        _ if name == "time" => return,
        _ => format!("Truncated incorrect {name} value: '{text}'"),
    };
    if twice && is_text && name != "time" && matches!(known, Expr::Column { .. }) {
        env.complain(1292, text.clone());
    }
    env.complain(1292, text);
}

/// Whether a text is a moment, or would be if its month were longer.
fn is_moment(text: &str) -> bool {
    let is = |text: String| Value::Text(text).moment().is_some();
    let in_a_long_month = || {
        let (year, rest) = text.split_once('-')?;
        let (month, rest) = rest.split_once('-')?;
        let day: String = rest.chars().take_while(char::is_ascii_digit).collect();
        let after = &rest[day.len()..];
        let fits = day.parse().is_ok_and(|day: u8| (1..=31).contains(&day));
        Some(fits && is(format!("{year}-{month}-01{after}")))
    };
    text.starts_with("0000-00-00") || is(text.into()) || in_a_long_month().unwrap_or(false)
}

/// A day that its month does not have, as dates are shown: it is compared as text.
fn written_out(text: &str) -> String {
    let mut parts = text.splitn(3, '-');
    let (year, month) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
    let rest = parts.next().unwrap_or("");
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    format!("{year:0>4}-{month:0>2}-{:0>2}{}", &rest[..end], &rest[end..])
}

/// A bound of BETWEEN beside dates: a text that is none is the zero date.
pub(super) fn as_bound(bound: Value, value: &Value) -> Value {
    let (Value::Date(_) | Value::Moment(..), Value::Text(text)) = (value, &bound) else {
        return bound;
    };
    match (is_moment(text), bound.moment()) {
        (false, _) => begun(text),
        (true, None) => Value::Text(written_out(text)),
        (true, Some(_)) => bound,
    }
}

/// What a value is compared as with a date: a text that no row before has, and is no date, is the
/// zero date, with a warning. What is the same for all rows was told of before the first.
pub(super) fn compared_with(
    value: Value,
    expr: &Expr,
    (other, named): (&Value, &Expr),
    env: &mut Env,
) -> Value {
    let name = match other {
        Value::Date(_) => "date",
        Value::Moment(..) => "datetime",
        _ => return value,
    };
    let Value::Text(text) = &value else { return value };
    if is_moment(text) && value.moment().is_none() {
        return Value::Text(written_out(text));
    }
    if is_moment(text) {
        return value;
    }
    if is_constant(expr) {
        return if begins_as_moment(text) { begun(text) } else { value };
    }
    let written = text;
    let text = match named {
        Expr::Column { name: column, .. } => {
            let row = env.row + 1;
            format!("Incorrect {name} value: '{text}' for column '{column}' at row {row}")
        }
        _ => format!("Truncated incorrect {name} value: '{text}'"),
    };
    let kept = begun(written);
    env.complain(1292, text);
    kept
}

/// What a text is compared as that is no moment from end to end: the one it begins with, if the
/// rest has nothing to do with it, or the zero date (`str_to_datetime` of sql-common/my_time.c).
fn begun(text: &str) -> Value {
    let is_end = |at: &usize| {
        let (front, rest) = text.split_at(*at);
        let after = rest.trim_start_matches(|c: char| c.is_ascii_punctuation() || c == ' ');
        front.ends_with(|c: char| c.is_ascii_digit())
            && !rest.starts_with(|c: char| c.is_ascii_digit())
            && !after.starts_with(|c: char| c.is_ascii_digit())
    };
    let ends = (1..text.len()).rev().filter(|at| text.is_char_boundary(*at)).find(is_end);
    let moment = ends.and_then(|at| Value::Text(text[..at].into()).moment());
    Value::Moment(moment.unwrap_or(ZERO_DATE), 0)
}

fn begins_as_moment(text: &str) -> bool {
    begun(text) != Value::Moment(ZERO_DATE, 0)
}
