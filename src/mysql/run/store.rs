//! Values into columns, with strict mode's errors.

use super::Env;
use super::eval::is_numeric;
use crate::mysql::data::{Column, Default, Table, Type, Value, ZERO_DATE};
use crate::mysql::sql::SqlError;

/// The value a column keeps of `value`, given in row number `row` (from 1).
pub(super) fn store(
    column: &Column,
    value: Value,
    row: usize,
    env: &mut Env,
) -> Result<Value, SqlError> {
    if value.is_null() {
        if column.kind == Type::Timestamp && column.not_null {
            return Ok(Value::Moment(env.now));
        }
        if column.not_null && !column.auto_increment {
            let text = format!("Column '{}' cannot be null", column.name);
            return Err(SqlError::new(1048, text));
        }
        return Ok(Value::Null);
    }
    let at = format!("for column '{}' at row {row}", column.name);
    match &column.kind {
        Type::Int { .. } => whole(column, &value, &at),
        Type::Decimal(precision, scale) => {
            let number = checked_number(&value, "decimal", &at)?;
            let kept = number.rescale(*scale);
            if kept.is_some_and(|k| k.compare(number).is_ne()) {
                let text = format!("Data truncated {at}");
                env.session.warn("Note", 1265, text);
            }
            let limit = 10_i128.checked_pow(u32::from(*precision)).unwrap_or(i128::MAX);
            kept.filter(|k| k.unscaled.abs() < limit)
                .map(Value::Decimal)
                .ok_or_else(|| out_of_range(&at))
        }
        Type::Char(n) | Type::VarChar(n) => {
            let mut text = value.text();
            if matches!(column.kind, Type::Char(_)) {
                text.truncate(text.trim_end_matches(' ').len());
            } else if text.len() as u64 > u64::from(*n) {
                let text = format!("Data truncated {at}");
                env.session.warn("Note", 1265, text);
            }
            fitting(text, u64::from(*n), &at)
        }
        Type::Text(bytes) => {
            let limit = (1_u64 << (8 * u64::from(*bytes))) - 1;
            fitting(value.text(), limit, &at)
        }
        Type::DateTime | Type::Timestamp | Type::Date => moment(column, &value, &at, env),
    }
}

/// A date or a moment. A TIMESTAMP goes from 1970 to 2038, and by way of the time zone.
fn moment(column: &Column, value: &Value, at: &str, env: &mut Env) -> Result<Value, SqlError> {
    let kind = if column.kind == Type::Date { "date" } else { "datetime" };
    let wrong = || incorrect(kind, 1292, value, at);
    let seconds = value.moment().filter(|s| *s != ZERO_DATE).ok_or_else(wrong)?;
    match column.kind {
        Type::Date => {
            let days = seconds.div_euclid(86_400);
            if days * 86_400 != seconds && !is_now(value, env) {
                let text = format!("Incorrect date value: '{}' {at}", value.text());
                env.session.warn("Note", 1292, text);
            }
            Ok(Value::Date(days))
        }
        Type::Timestamp => {
            env.time_zone = true;
            let fits = (1..=i64::from(i32::MAX)).contains(&seconds);
            fits.then_some(Value::Moment(seconds)).ok_or_else(wrong)
        }
        _ => Ok(Value::Moment(seconds)),
    }
}

/// NOW() loses its time without a word.
fn is_now(value: &Value, env: &Env) -> bool {
    *value == Value::Moment(env.now)
}

fn whole(column: &Column, value: &Value, at: &str) -> Result<Value, SqlError> {
    let number = checked_number(value, "integer", at)?.round();
    let (low, high) = column.kind.range().unwrap_or((i128::MIN, i128::MAX));
    if number < low || number > high {
        return Err(out_of_range(at));
    }
    Ok(Value::Int(number))
}

fn checked_number(
    value: &Value,
    kind: &str,
    at: &str,
) -> Result<crate::mysql::data::Decimal, SqlError> {
    if let Value::Text(text) = value
        && !is_numeric(text)
    {
        if value.number().unscaled != 0 {
            return Err(SqlError::new(1265, format!("Data truncated {at}")));
        }
        return Err(incorrect(kind, 1366, value, at));
    }
    Ok(value.number())
}

fn incorrect(kind: &str, code: u16, value: &Value, at: &str) -> SqlError {
    SqlError::new(code, format!("Incorrect {kind} value: '{}' {at}", value.text()))
}

fn out_of_range(at: &str) -> SqlError {
    SqlError::new(1264, format!("Out of range value {at}"))
}

fn fitting(text: String, limit: u64, at: &str) -> Result<Value, SqlError> {
    let length = text.len() as u64;
    let padded = text.trim_end_matches(' ').len() as u64;
    if length > limit && padded <= limit {
        let end = usize::try_from(limit).unwrap_or(usize::MAX);
        return Ok(Value::Text(text[..end].to_string()));
    }
    if length > limit {
        return Err(SqlError::new(1406, format!("Data too long {at}")));
    }
    Ok(Value::Text(text))
}

/// What a column holds if a statement says nothing about it.
pub(super) fn default_of(column: &Column, env: &mut Env) -> Result<Value, SqlError> {
    match &column.default {
        Some(Default::Value(value)) => Ok(value.clone()),
        Some(Default::Now) => {
            // A TIMESTAMP is kept as it is; a DATETIME is what the clock on the wall shows.
            env.time_zone |= column.kind == Type::DateTime;
            Ok(Value::Moment(env.now))
        }
        None if column.auto_increment || !column.not_null => Ok(Value::Null),
        None => {
            let text = format!("Field '{}' doesn't have a default value", column.name);
            Err(SqlError::new(1364, text))
        }
    }
}

/// Error 1062.
pub(super) fn duplicate(table: &Table, values: &[Value], except: Option<u64>) -> Option<SqlError> {
    let (key, _) = table.collision(values, except)?;
    let entry = Table::entry(key, values);
    Some(SqlError::new(1062, format!("Duplicate entry '{entry}' for key '{}'", key.name)))
}
