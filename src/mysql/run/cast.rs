//! CAST, and what it has to say of a value.

use super::complaint::{self, warn_as, warn_not_whole};
use super::{Env, function};
use crate::mysql::data::{DAY, Decimal, Value, date_of, rounded};
use crate::mysql::sql::ast::Expr;

/// A value as another kind.
pub(super) fn casted((value, expr): (&Value, &Expr), kind: &str, env: &mut Env) -> Value {
    warn_cast((value, expr), kind, env);
    let made = match value {
        // A time is one of today.
        Value::Time(clock, _) if kind.starts_with("DATETIME") => {
            let moment = Value::Moment(env.now - env.now.rem_euclid(DAY) + clock, 6);
            cast(&moment, kind)
        }
        value => cast(value, kind),
    };
    warn_beyond(value, &made, kind, env);
    made
}

/// What CAST has to say of a value.
fn warn_cast((value, expr): (&Value, &Expr), kind: &str, env: &mut Env) {
    match kind.split(' ').next() {
        Some("SIGNED" | "UNSIGNED") => warn_not_whole(value, env),
        Some("DECIMAL") => complaint::warn_cast((value, expr), env),
        Some(name @ ("CHAR" | "BINARY")) => {
            let length = kind.split(' ').nth(1).and_then(|length| length.parse::<usize>().ok());
            let (text, length) = (value.text(), length.unwrap_or(usize::MAX));
            if text.len() > length {
                let what = format!("{name}({length})");
                env.complain(1292, format!("Truncated incorrect {what} value: '{text}'"));
            }
        }
        Some("DOUBLE") => warn_as("DOUBLE", value, env),
        Some("DATE" | "DATETIME") => function::warn_moment(value, env),
        Some("TIME") if value.is_cut_as_clock() && !value.is_null() => {
            env.complain(1292, format!("Truncated incorrect time value: '{}'", value.text()));
        }
        _ => {}
    }
}

/// What CAST AS DECIMAL says of a number with too many digits; of an expression that has a name,
/// that.
fn warn_beyond(value: &Value, made: &Value, kind: &str, env: &mut Env) {
    let Value::Decimal(kept) = made else { return };
    if !kind.starts_with("DECIMAL") || value.number().rescale(kept.scale) == Some(*kept) {
        return;
    }
    let name = env.heading.clone().unwrap_or("(null)".into());
    env.complain(1264, format!("Out of range value for column '{name}' at row 1"));
}

fn cast(value: &Value, kind: &str) -> Value {
    if value.is_null() {
        return Value::Null;
    }
    let (kind, length) = kind.split_once(' ').unwrap_or((kind, ""));
    match kind {
        "SIGNED" | "UNSIGNED" => {
            let wrapped = value.integer() as u64;
            Value::Int(if kind == "SIGNED" { i128::from(wrapped as i64) } else { wrapped.into() })
        }
        "DECIMAL" => {
            let (scale, precision) = length.split_once(' ').unwrap_or(("0", "10"));
            let scale = scale.parse().unwrap_or(0).min(30);
            let digits: u32 = precision.parse().unwrap_or(10);
            let limit = 10_i128.checked_pow(digits.clamp(1, 38)).unwrap_or(i128::MAX) - 1;
            let kept = value.number().rescale(scale);
            kept.map_or(Value::Null, |d| {
                Value::Decimal(Decimal::new(d.unscaled.clamp(-limit, limit), scale))
            })
        }
        "TIME" => {
            let digits = length.parse().unwrap_or(0);
            value.clock().map_or(Value::Null, |clock| Value::Time(rounded(clock, digits), digits))
        }
        "BINARY" => {
            let mut bytes = value.bytes();
            if let Ok(length) = length.parse::<usize>() {
                bytes.resize(length.min(crate::base::limit::SQL_TEXT_BYTES_MAX), 0);
            }
            Value::Bytes(bytes)
        }
        "DATETIME" => {
            let digits = length.parse().unwrap_or(0);
            let kept = |moment| Value::Moment(rounded(moment, digits), digits);
            value.moment().map_or(Value::Null, kept)
        }
        "DATE" => value.moment().map_or(Value::Null, date_of),
        // What IF and its like make of an exact number beside a DOUBLE.
        "DOUBLE" => Value::double(value.real()),
        _ => {
            let text = value.text();
            let length = length.parse().unwrap_or(usize::MAX);
            Value::Text(text.chars().take(length).collect())
        }
    }
}
