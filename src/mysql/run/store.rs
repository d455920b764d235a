//! Values into columns, with strict mode's errors, or the warnings that stand for them.

use super::Env;
use super::alter::empty_value;
use super::complaint::is_numeric;
use crate::base::real::{Real, leading_number};
use crate::mysql::data::{
    CLOCK_MAX, Column, DAY, Decimal, Default, SECOND, SHORTEST, SINGLE, Table, Type, Value,
    ZERO_DATE, cut_off, latin, rounded,
};
use crate::mysql::sql::SqlError;

/// A value as a column keeps it; or why not, and what it keeps outside strict mode.
type Kept = Result<Value, (SqlError, Value)>;

/// The value a column keeps of `value`, given in row number `row` (from 1).
pub(super) fn store(
    column: &Column,
    value: Value,
    row: usize,
    env: &mut Env,
) -> Result<Value, SqlError> {
    if value.is_null() {
        if matches!(column.kind, Type::Timestamp(_)) && column.not_null {
            return Ok(env.now_for(&column.kind));
        }
        return Ok(Value::Null);
    }
    let at = format!("for column '{}' at row {row}", column.name);
    match kept(column, &value, &at, env) {
        Ok(value) => Ok(value),
        Err((error, instead)) => lenient(error, instead, env),
    }
}

/// The same, of one value that is complete by itself.
pub(super) fn store_alone(
    column: &Column,
    value: Value,
    row: usize,
    env: &mut Env,
) -> Result<Value, SqlError> {
    let writes = std::mem::replace(&mut env.writes, true);
    let kept = store(column, value, row, env);
    let failed = env.check();
    let mut values = [kept?];
    failed?;
    without_nulls(std::slice::from_ref(column), 0..1, &mut values, false, env)?;
    env.writes = writes;
    let [value] = values;
    Ok(value)
}

/// NULLs in columns that take none, which are looked for when all values are there
/// (`check_record` of sql_base.cc). `fatal`: even outside strict mode.
pub(super) fn without_nulls(
    columns: &[Column],
    at: impl Iterator<Item = usize>,
    values: &mut [Value],
    fatal: bool,
    env: &mut Env,
) -> Result<(), SqlError> {
    for at in at {
        let column = &columns[at];
        if !values[at].is_null() || !column.not_null || column.auto_increment {
            continue;
        }
        let text = format!("Column '{}' cannot be null", column.name);
        if fatal {
            return Err(SqlError::new(1048, text));
        }
        env.complain(1048, text);
        env.check()?;
        values[at] = empty_value(&column.kind);
    }
    Ok(())
}

/// What is an error in strict mode is a warning with IGNORE, or without strict mode.
fn lenient(error: SqlError, instead: Value, env: &mut Env) -> Result<Value, SqlError> {
    if error.is_ours() {
        return Err(error);
    }
    match error.code {
        // What is cut off is truncated.
        1406 if env.is_lenient() => {
            env.complain(1265, error.message.replace("Data too long", "Data truncated"));
        }
        code => env.complain(code, error.message),
    }
    Ok(instead)
}

fn kept(column: &Column, value: &Value, at: &str, env: &mut Env) -> Kept {
    match &column.kind {
        Type::Int { .. } => whole(column, value, at),
        Type::Decimal(precision, scale, unsigned) => {
            decimal(value, (*precision, *scale, *unsigned), at, env)
        }
        Type::Real { single, digits, unsigned } => real(value, *single, *digits, *unsigned, at),
        Type::Char(n) | Type::VarChar(n) => {
            let mut text = value.clone().kept().text();
            if matches!(column.kind, Type::Char(_)) {
                text.truncate(text.trim_end_matches(' ').len());
            } else if length(&text, column) > u64::from(*n)
                && length(text.trim_end_matches(' '), column) <= u64::from(*n)
            {
                env.session.warn("Note", 1265, format!("Data truncated {at}"));
            }
            fitting(text, u64::from(*n), column, at)
        }
        Type::Text(bytes) => {
            let limit = (1_u64 << (8 * u64::from(*bytes))) - 1;
            fitting(value.clone().kept().text(), limit, column, at)
        }
        Type::Binary(n) | Type::VarBinary(n) => {
            let mut bytes = value.bytes();
            let limit = usize::try_from(*n).unwrap_or(usize::MAX);
            let is_long = bytes.len() > limit;
            if is_long || matches!(column.kind, Type::Binary(_)) {
                bytes.resize(limit, 0);
            }
            let bytes = Value::Bytes(bytes);
            if is_long { Err((too_long(at), bytes)) } else { Ok(bytes) }
        }
        Type::Blob(size) => {
            let mut bytes = value.bytes();
            let limit = (1_u64 << (8 * u64::from(*size))) - 1;
            let is_long = bytes.len() as u64 > limit;
            bytes.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
            let bytes = Value::Bytes(bytes);
            if is_long { Err((too_long(at), bytes)) } else { Ok(bytes) }
        }
        Type::Bit(n) => bits(&column.kind, *n, value, at),
        Type::Enum(list) => member_of_enum(&column.kind, list, value, at),
        Type::Set(list) => members_of_set(&column.kind, list, value, at),
        Type::DateTime(_) | Type::Timestamp(_) | Type::Date => moment(column, value, at, env),
        Type::Time(digits) => clock(value, *digits, at, env.is_lenient()),
        Type::Year => year(value, at),
    }
}

fn decimal(value: &Value, kind: (u8, u8, bool), at: &str, env: &mut Env) -> Kept {
    let (precision, scale, unsigned) = kind;
    let limit = 10_i128.checked_pow(u32::from(precision)).unwrap_or(i128::MAX);
    let clipped = |number: Decimal| {
        let edge = if number.unscaled < 0 { 1 - limit } else { limit - 1 };
        Value::Decimal(Decimal::new(if unsigned { edge.max(0) } else { edge }, scale))
    };
    let number = match checked_number(value, "decimal", at) {
        Ok(number) => number,
        Err((error, number)) => {
            let instead = number.rescale(scale).filter(|n| n.unscaled.abs() < limit);
            let instead = instead.map_or(clipped(number), Value::Decimal);
            if error.code == 1265 && env.is_lenient() {
                env.session.warn("Note", error.code, error.message);
                return Ok(instead);
            }
            return Err((incorrect("decimal", 1366, value, at), instead));
        }
    };
    let kept = number.rescale(scale);
    if kept.is_some_and(|k| k.compare(number).is_ne()) {
        env.session.warn("Note", 1265, format!("Data truncated {at}"));
    }
    let fits = |k: &Decimal| k.unscaled.abs() < limit && !(unsigned && k.unscaled < 0);
    kept.filter(fits).map(Value::Decimal).ok_or_else(|| (out_of_range(at), clipped(number)))
}

/// FLOAT and DOUBLE.
fn real(value: &Value, single: bool, digits: Option<(u8, u8)>, unsigned: bool, at: &str) -> Kept {
    let shown = digits.map_or(if single { SINGLE } else { SHORTEST }, |(_, scale)| scale);
    let mut number = value.real();
    if let Some((_, scale)) = digits {
        // `my_double_round`: to the nearest, of two the even one.
        let unit = Decimal::new(10_i128.checked_pow(scale.into()).unwrap_or(1), 0).real();
        let scaled = number.apply(b'*', unit);
        if scaled.compare(Real::whole(1 << 53)).is_lt() {
            number = Real::whole(scaled.rounded()).apply(b'/', unit);
        }
    }
    if single {
        number = number.single();
    }
    let limit = digits.and_then(|(all, scale)| {
        let edge = 10_i128.checked_pow(u32::from(all))?;
        Some(Decimal::new(edge - 1, scale).real())
    });
    let beyond = limit.is_some_and(|limit| {
        number.compare(limit).is_gt() || number.compare(limit.negated()).is_lt()
    });
    if beyond || !number.is_finite() || (unsigned && number.is_negative()) {
        let edge = limit.unwrap_or_default();
        let edge = match (number.is_negative(), unsigned) {
            (true, true) => Real::default(),
            (true, false) => edge.negated(),
            _ => edge,
        };
        return Err((out_of_range(at), Value::Double(edge, shown)));
    }
    let kept = Value::Double(number, shown);
    match value {
        Value::Text(text) if !is_numeric(text) => Err((truncated(at), kept)),
        _ => Ok(kept),
    }
}

fn bits(kind: &Type, n: u8, value: &Value, at: &str) -> Kept {
    let number = match value {
        Value::Text(_) | Value::Bytes(_) => Value::Bits(value.bytes()).number(),
        other => other.number(),
    };
    let number = number.round();
    let highest = (1_i128 << n) - 1;
    let size = kind.bytes_of_bits();
    let bytes = |number: i128| Value::Bits((number as u64).to_be_bytes()[8 - size..].to_vec());
    if number < 0 || number > highest {
        return Err((too_long(at), bytes(highest)));
    }
    Ok(bytes(number))
}

fn member_of_enum(kind: &Type, list: &[String], value: &Value, at: &str) -> Kept {
    let unknown = || (truncated(at), kind.member(0));
    let by_number = |number: i128| u64::try_from(number).ok().filter(|n| *n <= list.len() as u64);
    let found = if value.is_number() {
        by_number(value.number().round()).filter(|n| *n > 0)
    } else {
        let wanted = Value::Text(value.text());
        let same = |m: &String| Value::Text(m.clone()).compare(&wanted).is_some_and(|o| o.is_eq());
        let digits = || value.text().parse::<i128>().ok().and_then(by_number);
        list.iter().position(same).map(|at| at as u64 + 1).or_else(digits)
    };
    found.map(|number| kind.member(number)).ok_or_else(unknown)
}

fn members_of_set(kind: &Type, list: &[String], value: &Value, at: &str) -> Kept {
    let mut bits = 0;
    let mut unknown = false;
    if value.is_number() {
        let number = u64::try_from(value.number().round()).unwrap_or(u64::MAX);
        let all = u64::MAX >> (64 - list.len().clamp(1, 64));
        (bits, unknown) = (number & all, number & !all != 0);
    } else {
        let text = value.text();
        for part in text.split(',').filter(|_| !text.is_empty()) {
            let wanted = Value::Text(part.into());
            let same =
                |m: &String| Value::Text(m.clone()).compare(&wanted).is_some_and(|o| o.is_eq());
            match list.iter().position(same) {
                Some(at) => bits |= 1 << at,
                None => unknown = true,
            }
        }
    }
    let kept = kind.member(bits);
    if unknown {
        return Err((truncated(at), kept));
    }
    Ok(kept)
}

/// Whether a number is the zero date, or a day that its month does not have; another that is no
/// date is cut off (`number_to_datetime` of sql-common/my_time.c).
fn is_far_day(value: &Value) -> bool {
    if !value.is_number() {
        return false;
    }
    let digits = value.number().unscaled.to_string();
    let day =
        digits.get(..8).filter(|_| value.number().scale == 0 && matches!(digits.len(), 8 | 14));
    let part = |range: std::ops::Range<usize>| day.and_then(|day| day[range].parse::<u8>().ok());
    let fits = |part: Option<u8>, most: u8| part.is_some_and(|part| part <= most);
    digits == "0" || fits(part(4..6), 12) && fits(part(6..8), 31)
}

/// A date or a moment. A TIMESTAMP goes from 1970 to 2038, and by way of the time zone.
fn moment(column: &Column, value: &Value, at: &str, env: &mut Env) -> Kept {
    let kind = if column.kind == Type::Date { "date" } else { "datetime" };
    let zero = empty_value(&column.kind);
    let is_lenient = env.is_lenient();
    let wrong = || {
        // Outside strict mode only a day that its month does not have is out of range.
        let is_date = || value.text().get(..10).is_some_and(|text| is_dated(text, value));
        let error = match is_lenient {
            true if is_far_day(value) || is_date() => out_of_range(at),
            true => truncated(at),
            false => incorrect(kind, 1292, value, at),
        };
        (error, zero.clone())
    };
    if is_zero(value) && !env.has_mode("NO_ZERO_DATE") {
        return Ok(zero);
    }
    let moment = value.moment().filter(|s| *s != ZERO_DATE).ok_or_else(wrong)?;
    let digits = column.kind.second_digits().unwrap_or(0);
    match column.kind {
        Type::Date => {
            let days = moment.div_euclid(DAY);
            if days * DAY != moment && !is_now(value, env) {
                let said = match is_lenient {
                    true => truncated(at),
                    false => incorrect("date", 1292, value, at),
                };
                env.session.warn("Note", said.code, said.message);
            }
            Ok(Value::Date(days))
        }
        Type::Timestamp(_) => {
            env.time_zone = true;
            let kept = rounded(moment, digits);
            let fits = (1..=i64::from(i32::MAX)).contains(&env.utc(kept).div_euclid(SECOND));
            fits.then_some(Value::Moment(kept, digits)).ok_or_else(wrong)
        }
        _ => Ok(Value::Moment(rounded(moment, digits), digits)),
    }
}

/// A number 0, or the zero date.
fn is_zero(value: &Value) -> bool {
    match value {
        Value::Text(text) => text.starts_with("0000-00-00"),
        Value::Moment(moment, _) => *moment == ZERO_DATE,
        Value::Date(days) => *days == ZERO_DATE,
        value => value.is_number() && value.number().unscaled == 0,
    }
}

/// Whether a text begins with a date of a month that there is, or the zero date.
fn is_dated(front: &str, value: &Value) -> bool {
    let first_of_month = format!("{}01", &front[..8]);
    let is_text = matches!(value, Value::Text(_));
    is_text
        && (front == "0000-00-00" || Value::Text(first_of_month).moment().is_some())
        && value.text()[10..].trim().is_empty()
}

/// NOW() loses its time without a word.
fn is_now(value: &Value, env: &Env) -> bool {
    matches!(value, Value::Moment(moment, digits) if *moment == cut_off(env.now, *digits))
}

fn clock(value: &Value, digits: u8, at: &str, is_lenient: bool) -> Kept {
    let has_digits = value.text().contains(|c: char| c.is_ascii_digit());
    let error = || match is_lenient {
        true if has_digits => out_of_range(at),
        true => truncated(at),
        false => incorrect("time", 1292, value, at),
    };
    match value.clock() {
        Some(clock) if value.is_cut_as_clock() => Err((error(), Value::Time(clock, digits))),
        Some(clock) if clock.abs() <= CLOCK_MAX => Ok(Value::Time(rounded(clock, digits), digits)),
        Some(clock) => Err((error(), Value::Time(CLOCK_MAX * clock.signum(), digits))),
        None if value.text().is_empty() => Ok(Value::Time(0, digits)),
        None => Err((error(), Value::Time(0, digits))),
    }
}

/// 1901 to 2155, 0, or two digits.
fn year(value: &Value, at: &str) -> Kept {
    if let Value::Text(text) = value
        && !is_numeric(text)
    {
        return Err((incorrect("integer", 1366, value, at), Value::Int(0)));
    }
    let is_text = !value.is_number();
    Ok(Value::Int(match value.number().round() {
        0 if !is_text => 0,
        n @ 0..70 => 2_000 + n,
        n @ 70..100 => 1_900 + n,
        n @ 1_901..=2_155 => n,
        _ => return Err((out_of_range(at), Value::Int(0))),
    }))
}

fn whole(column: &Column, value: &Value, at: &str) -> Kept {
    let (number, error) = match checked_number(value, "integer", at) {
        Ok(_) => (value.whole(), None),
        Err((error, number)) => (number.round(), Some(error)),
    };
    let (low, high) = column.kind.range().unwrap_or((i128::MIN, i128::MAX));
    let kept = Value::Int(number.clamp(low, high));
    match error {
        _ if number < low || number > high => Err((out_of_range(at), kept)),
        Some(error) => Err((error, kept)),
        None => Ok(kept),
    }
}

fn checked_number(value: &Value, kind: &str, at: &str) -> Result<Decimal, (SqlError, Decimal)> {
    let number = value.number();
    if let Value::Text(text) = value
        && !is_numeric(text)
    {
        let error = match leading_number(text.trim_start().as_bytes()).1 {
            0 => incorrect(kind, 1366, value, at),
            _ => truncated(at),
        };
        return Err((error, number));
    }
    Ok(number)
}

fn truncated(at: &str) -> SqlError {
    SqlError::new(1265, format!("Data truncated {at}"))
}

fn incorrect(kind: &str, code: u16, value: &Value, at: &str) -> SqlError {
    SqlError::new(code, format!("Incorrect {kind} value: '{}' {at}", value.text()))
}

fn out_of_range(at: &str) -> SqlError {
    SqlError::new(1264, format!("Out of range value {at}"))
}

fn too_long(at: &str) -> SqlError {
    SqlError::new(1406, format!("Data too long {at}"))
}

/// How long a text is in a column: a latin1 client's bytes are its characters; a TEXT counts its
/// own bytes.
fn length(text: &str, column: &Column) -> u64 {
    match column.kind {
        Type::Text(_) if column.charset.is_utf8() => latin::to_unicode(text).len() as u64,
        _ => text.len() as u64,
    }
}

/// The first so many characters (or bytes) of a text.
fn cut(text: &str, limit: u64, column: &Column) -> String {
    let mut kept = String::new();
    for c in text.chars() {
        kept.push(c);
        if length(&kept, column) > limit {
            kept.pop();
            break;
        }
    }
    kept
}

fn fitting(text: String, limit: u64, column: &Column, at: &str) -> Kept {
    let set = column.charset.name();
    let known = column.charset.is_utf8() || ["latin1", "binary"].contains(&set);
    if !known && (!text.is_ascii() || set.starts_with('u')) {
        let error = SqlError::not_modelled(format!("such text in a column of {set}"));
        return Err((error, Value::Null));
    }
    if length(&text, column) <= limit {
        return Ok(Value::Text(text));
    }
    let kept = Value::Text(cut(&text, limit, column));
    if length(text.trim_end_matches(' '), column) <= limit {
        return Ok(kept);
    }
    Err((too_long(at), kept))
}

/// What a column holds if a statement says nothing about it.
pub(super) fn default_of(column: &Column, env: &mut Env) -> Result<Value, SqlError> {
    let is_enum = matches!(column.kind, Type::Enum(_));
    if column.default.is_none() && column.not_null && !column.auto_increment && !is_enum {
        let text = format!("Field '{}' doesn't have a default value", column.name);
        return lenient(SqlError::new(1364, text), empty_value(&column.kind), env);
    }
    if column.default == Some(Default::Missing) {
        let text = format!("Field '{}' doesn't have a default value", column.name);
        return lenient(SqlError::new(1364, text), Value::Null, env);
    }
    Ok(known_default(column, env))
}

/// The same, of a column that a statement gives a value.
pub(super) fn known_default(column: &Column, env: &mut Env) -> Value {
    match &column.default {
        Some(Default::Value(value)) => value.clone(),
        Some(Default::Now) => env.now_for(&column.kind),
        Some(Default::Missing) => Value::Null,
        None if column.auto_increment || !column.not_null => Value::Null,
        // An ENUM begins with its first member.
        None => empty_value(&column.kind),
    }
}

/// Error 1062.
pub(super) fn duplicate(table: &Table, values: &[Value], except: Option<u64>) -> Option<SqlError> {
    let (key, _) = table.collision(values, except)?;
    let entry = Table::entry(key, values);
    Some(SqlError::new(1062, format!("Duplicate entry '{entry}' for key '{}'", key.name)))
}
