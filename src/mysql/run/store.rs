//! Values into columns, with strict mode's errors.

use super::Env;
use crate::mysql::data::{Column, Default, Table, Type, Value};
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
            }
            fitting(text, u64::from(*n), &at)
        }
        Type::Text(bytes) => {
            let limit = (1_u64 << (8 * u64::from(*bytes))) - 1;
            fitting(value.text(), limit, &at)
        }
        Type::DateTime | Type::Timestamp => value
            .moment()
            .map(Value::Moment)
            .ok_or_else(|| incorrect("datetime", 1292, &value, &at)),
        Type::Date => value
            .moment()
            .map(|seconds| Value::Date(seconds.div_euclid(86_400)))
            .ok_or_else(|| incorrect("date", 1292, &value, &at)),
    }
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
    if let Value::Text(text) = value {
        let trimmed = text.trim();
        let body = trimmed.strip_prefix(['-', '+']).unwrap_or(trimmed);
        let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
        let (whole, fraction) = body.split_once('.').unwrap_or((body, ""));
        let good = !(whole.is_empty() && fraction.is_empty()) && digits(whole) && digits(fraction);
        if !good {
            return Err(incorrect(kind, 1366, value, at));
        }
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
pub(super) fn default_of(column: &Column, env: &Env) -> Result<Value, SqlError> {
    match &column.default {
        Some(Default::Value(value)) => Ok(value.clone()),
        Some(Default::Now) => Ok(Value::Moment(env.now)),
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
