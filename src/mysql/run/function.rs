//! Functions.

use super::{Env, Scope, evaluate};
use crate::base::limit;
use crate::mysql::data::{Decimal, Value, days_from_civil, days_of_month, fields, moment_text};
use crate::mysql::sql::SqlError;
use crate::mysql::sql::ast::Expr;

type Computed = Result<Value, SqlError>;

/// Calls a function by its name in upper case.
pub fn call(name: &str, arguments: &[Expr], scope: &Scope, env: &mut Env) -> Computed {
    if let Some(value) = lazy(name, arguments, scope, env)? {
        return Ok(value);
    }
    if matches!(name, "DATE_ADD" | "DATE_SUB" | "ADDDATE" | "SUBDATE")
        && let [base, Expr::Interval(_, amount, unit)] = arguments
    {
        let (base, amount) = (evaluate(base, scope, env)?, evaluate(amount, scope, env)?);
        return Ok(add_interval(&base, &amount, unit, name.contains("SUB")));
    }
    let values: Vec<Value> =
        arguments.iter().map(|e| evaluate(e, scope, env)).collect::<Result<_, _>>()?;
    let wrong = || {
        SqlError::new(
            1582,
            format!("Incorrect parameter count in the call to native function '{name}'"),
        )
    };
    if let Some(value) = about_session(name, &values, env) {
        return Ok(value);
    }
    let Some((low, high)) = parameters(name) else {
        let shown = name.to_ascii_lowercase();
        let db = env.session.db.as_ref().map_or(String::new(), |db| format!("{db}."));
        return Err(SqlError::new(1305, format!("FUNCTION {db}{shown} does not exist")));
    };
    if !(low..=high).contains(&values.len()) {
        return Err(wrong());
    }
    let null_in_null_out = !matches!(name, "CONCAT_WS" | "ISNULL" | "FIELD");
    if null_in_null_out && values.iter().any(Value::is_null) {
        return Ok(Value::Null);
    }
    Ok(about_time(name, &values, env)
        .or_else(|| about_numbers(name, &values))
        .unwrap_or_else(|| about_text(name, &values)))
}

/// Fewest and most parameters of a function this file computes.
fn parameters(name: &str) -> Option<(usize, usize)> {
    Some(match name {
        "ABS" | "FLOOR" | "CEIL" | "CEILING" | "SIGN" | "LENGTH" | "OCTET_LENGTH"
        | "CHAR_LENGTH" | "CHARACTER_LENGTH" | "UPPER" | "UCASE" | "LOWER" | "LCASE"
        | "REVERSE" | "TRIM" | "LTRIM" | "RTRIM" | "HEX" | "ASCII" | "DATE" | "YEAR" | "MONTH"
        | "DAY" | "DAYOFMONTH" | "HOUR" | "MINUTE" | "SECOND" | "DAYNAME" | "MONTHNAME"
        | "DAYOFWEEK" | "WEEKDAY" | "SPACE" | "FROM_UNIXTIME" | "QUOTE" | "ISNULL"
        | "TIMESTAMP" => (1, 1),
        "ROUND" | "UNIX_TIMESTAMP" | "TRUNCATE" => (usize::from(name != "UNIX_TIMESTAMP"), 2),
        "MOD" | "POW" | "POWER" | "LEFT" | "RIGHT" | "REPEAT" | "INSTR" | "DATEDIFF"
        | "DATE_FORMAT" | "STRCMP" => (2, 2),
        "SUBSTRING" | "SUBSTR" | "MID" | "LOCATE" => (2, 3),
        "REPLACE" | "LPAD" | "RPAD" | "SUBSTRING_INDEX" => (3, 3),
        "CONCAT" | "GREATEST" | "LEAST" => (1, 1_000),
        "CONCAT_WS" | "FIELD" => (2, 1_000),
        _ => return None,
    })
}

/// Functions that do not compute all their parameters.
fn lazy(
    name: &str,
    arguments: &[Expr],
    scope: &Scope,
    env: &mut Env,
) -> Result<Option<Value>, SqlError> {
    Ok(Some(match (name, arguments) {
        ("IF", [condition, yes, no]) => {
            let holds = evaluate(condition, scope, env)?.is_true();
            evaluate(if holds { yes } else { no }, scope, env)?
        }
        ("IFNULL", [_, _]) | ("COALESCE", [_, ..]) => {
            for argument in arguments {
                let value = evaluate(argument, scope, env)?;
                if !value.is_null() {
                    return Ok(Some(value));
                }
            }
            Value::Null
        }
        ("NULLIF", [a, b]) => {
            let (a, b) = (evaluate(a, scope, env)?, evaluate(b, scope, env)?);
            if a.compare(&b).is_some_and(|o| o.is_eq()) { Value::Null } else { a }
        }
        ("IS_TRUE", [a]) => Value::from_bool(evaluate(a, scope, env)?.is_true()),
        ("IS_FALSE", [a]) => {
            let value = evaluate(a, scope, env)?;
            Value::from_bool(!value.is_null() && !value.is_true())
        }
        ("VALUES", [Expr::Column { name, .. }]) => {
            let column = Expr::Column { table: Some("\0new".into()), name: name.clone() };
            evaluate(&column, scope, env)?
        }
        ("SLEEP", [seconds]) => {
            let seconds = evaluate(seconds, scope, env)?.number();
            let ms = seconds.rescale(3).map_or(0, |d| d.unscaled.max(0));
            env.sleep_ms = env.sleep_ms.saturating_add(u64::try_from(ms).unwrap_or(u64::MAX));
            Value::Int(0)
        }
        _ => return Ok(None),
    }))
}

fn about_session(name: &str, values: &[Value], env: &mut Env) -> Option<Value> {
    let text = |text: String| Value::Text(text);
    Some(match (name, values) {
        (
            "NOW" | "CURRENT_TIMESTAMP" | "SYSDATE" | "LOCALTIME" | "LOCALTIMESTAMP"
            | "UTC_TIMESTAMP",
            _,
        ) => {
            env.time_zone |= name != "UTC_TIMESTAMP";
            Value::Moment(env.now)
        }
        ("CURDATE" | "CURRENT_DATE", []) => {
            env.time_zone = true;
            Value::Date(env.now.div_euclid(86_400))
        }
        ("CURTIME" | "CURRENT_TIME", []) => {
            env.time_zone = true;
            text(moment_text(env.now)[11..].to_string())
        }
        ("VERSION", []) => text(env.globals.get("version").cloned().unwrap_or_default()),
        ("DATABASE" | "SCHEMA", []) => env.session.db.clone().map_or(Value::Null, Value::Text),
        ("USER" | "SESSION_USER" | "SYSTEM_USER", []) => {
            text(format!("{}@{}", env.session.user, env.session.host))
        }
        ("CURRENT_USER", []) => text(env.session.account.clone()),
        ("CONNECTION_ID", []) => Value::Int(i128::from(env.session.id)),
        ("LAST_INSERT_ID", []) => Value::Int(i128::from(env.session.insert_id)),
        ("ROW_COUNT", []) => Value::Int(i128::from(env.session.row_count)),
        ("FOUND_ROWS", []) => Value::Int(i128::from(env.session.found_rows)),
        ("RAND", _) => {
            let digits = (env.random)() % 10_000_000_000_000_000;
            Value::Decimal(Decimal { unscaled: i128::from(digits), scale: 16 })
        }
        ("UUID", []) => {
            let (a, b) = ((env.random)(), (env.random)());
            text(crate::mysql::server::uuid_text(a, b))
        }
        ("PI", []) => Value::Decimal(Decimal { unscaled: 3_141_593, scale: 6 }),
        _ => return None,
    })
}

fn about_time(name: &str, values: &[Value], env: &mut Env) -> Option<Value> {
    env.time_zone |= matches!(name, "UNIX_TIMESTAMP" | "FROM_UNIXTIME") && !values.is_empty();
    if name == "UNIX_TIMESTAMP" {
        let moment = match values.first() {
            Some(value) => value.moment().unwrap_or(0),
            None => env.now,
        };
        return Some(Value::Int(i128::from(moment)));
    }
    if name == "FROM_UNIXTIME" {
        let seconds = i64::try_from(values[0].number().round()).ok().filter(|s| *s >= 0);
        return Some(seconds.map_or(Value::Null, Value::Moment));
    }
    if !matches!(
        name,
        "DATE"
            | "TIMESTAMP"
            | "YEAR"
            | "MONTH"
            | "DAY"
            | "DAYOFMONTH"
            | "HOUR"
            | "MINUTE"
            | "SECOND"
            | "DAYNAME"
            | "MONTHNAME"
            | "DAYOFWEEK"
            | "WEEKDAY"
            | "DATEDIFF"
            | "DATE_FORMAT"
    ) {
        return None;
    }
    if let ("HOUR" | "MINUTE" | "SECOND", Some(clock)) = (name, clock(&values[0].text())) {
        let at = ["HOUR", "MINUTE", "SECOND"].iter().position(|part| *part == name)?;
        return Some(Value::Int(clock[at].into()));
    }
    let Some(moment) = values[0].moment() else { return Some(Value::Null) };
    let [year, month, day, hour, minute, second] = fields(moment);
    let weekday = weekday(moment);
    Some(match name {
        "DATE" => Value::Date(moment.div_euclid(86_400)),
        "TIMESTAMP" => Value::Moment(moment),
        "YEAR" => Value::Int(year.into()),
        "MONTH" => Value::Int(month.into()),
        "DAY" | "DAYOFMONTH" => Value::Int(day.into()),
        "HOUR" => Value::Int(hour.into()),
        "MINUTE" => Value::Int(minute.into()),
        "SECOND" => Value::Int(second.into()),
        "WEEKDAY" => Value::Int(weekday as i128),
        "DAYOFWEEK" => Value::Int((weekday as i128 + 1) % 7 + 1),
        "DAYNAME" => Value::Text(DAYS[weekday].into()),
        "MONTHNAME" => Value::Text(MONTHS[(month as usize + 11) % 12].into()),
        "DATEDIFF" => match values[1].moment() {
            Some(other) => {
                Value::Int((moment.div_euclid(86_400) - other.div_euclid(86_400)).into())
            }
            None => Value::Null,
        },
        _ => Value::Text(date_format(moment, &values[1].text())),
    })
}

/// `10:11:12`, a time without a date.
fn clock(text: &str) -> Option<[u32; 3]> {
    let parts: Option<Vec<u32>> = text.trim().split(':').map(|p| p.parse().ok()).collect();
    let parts = parts.filter(|parts| matches!(parts.len(), 2 | 3))?;
    let clock = [parts[0], parts[1], parts.get(2).copied().unwrap_or(0)];
    (clock[1] < 60 && clock[2] < 60).then_some(clock)
}

/// Days since Monday.
fn weekday(moment: i64) -> usize {
    (moment.div_euclid(86_400) + 3).rem_euclid(7) as usize
}

const DAYS: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

fn date_format(moment: i64, format: &str) -> String {
    let [year, month, day, hour, minute, second] = fields(moment);
    let mut out = String::new();
    let mut chars = format.chars();
    while let Some(next) = chars.next() {
        if next != '%' {
            out.push(next);
            continue;
        }
        match chars.next() {
            Some('Y') => out.push_str(&format!("{year:04}")),
            Some('y') => out.push_str(&format!("{:02}", year % 100)),
            Some('m') => out.push_str(&format!("{month:02}")),
            Some('c') => out.push_str(&month.to_string()),
            Some('d') => out.push_str(&format!("{day:02}")),
            Some('e') => out.push_str(&day.to_string()),
            Some('H') => out.push_str(&format!("{hour:02}")),
            Some('i') => out.push_str(&format!("{minute:02}")),
            Some('s' | 'S') => out.push_str(&format!("{second:02}")),
            Some('M') => out.push_str(MONTHS[(month as usize + 11) % 12]),
            Some('b') => out.push_str(&MONTHS[(month as usize + 11) % 12][..3]),
            Some('W') => out.push_str(DAYS[weekday(moment)]),
            Some('T') => out.push_str(&moment_text(moment)[11..]),
            Some(other) => out.push(other),
            None => {}
        }
    }
    out
}

/// `base + INTERVAL amount unit`, or minus.
pub fn add_interval(base: &Value, amount: &Value, unit: &str, minus: bool) -> Value {
    let (Some(moment), false) = (base.moment(), amount.is_null()) else { return Value::Null };
    let amount = i64::try_from(amount.number().round()).unwrap_or(0);
    let amount = if minus { amount.saturating_neg() } else { amount };
    let seconds = match unit {
        "SECOND" => 1,
        "MINUTE" => 60,
        "HOUR" => 3_600,
        "DAY" => 86_400,
        "WEEK" => 604_800,
        _ => 0,
    };
    let shifted = if seconds > 0 {
        amount.checked_mul(seconds).and_then(|by| moment.checked_add(by))
    } else {
        add_months(moment, amount.saturating_mul(if unit == "YEAR" { 12 } else { 1 }))
    };
    let years = -62_135_596_800..253_402_300_800;
    let Some(shifted) = shifted.filter(|s| years.contains(s)) else {
        return Value::Null;
    };
    if matches!(base, Value::Date(_)) && seconds % 86_400 == 0 {
        return Value::Date(shifted.div_euclid(86_400));
    }
    if let Value::Text(text) = base
        && text.trim().len() <= 10
        && seconds % 86_400 == 0
    {
        return Value::Date(shifted.div_euclid(86_400));
    }
    Value::Moment(shifted)
}

fn add_months(moment: i64, months: i64) -> Option<i64> {
    let [year, month, day, ..] = fields(moment);
    let index = (i64::from(year) * 12 + i64::from(month) - 1).checked_add(months)?;
    let (year, month) =
        (u64::try_from(index.div_euclid(12)).ok()?, index.rem_euclid(12) as u64 + 1);
    let day = u64::from(day).min(days_of_month(year, month));
    Some(days_from_civil(year, month, day).checked_mul(86_400)? + moment.rem_euclid(86_400))
}

fn about_numbers(name: &str, values: &[Value]) -> Option<Value> {
    let decimal = |d: Option<Decimal>| d.map_or(Value::Null, Value::Decimal);
    Some(match name {
        "ABS" => match &values[0] {
            Value::Int(n) => Value::Int(n.saturating_abs()),
            other => {
                let d = other.number();
                Value::Decimal(Decimal { unscaled: d.unscaled.saturating_abs(), ..d })
            }
        },
        "SIGN" => Value::Int(values[0].number().unscaled.signum()),
        "FLOOR" | "CEIL" | "CEILING" => {
            let d = values[0].number();
            let unit = 10_i128.checked_pow(d.scale.into())?;
            let floor = d.unscaled.div_euclid(unit);
            let up = name != "FLOOR" && d.unscaled.rem_euclid(unit) != 0;
            Value::Int(floor + i128::from(up))
        }
        "ROUND" | "TRUNCATE" => {
            let places = values.get(1).map_or(0, |v| v.number().round()).clamp(0, 30) as u8;
            match &values[0] {
                Value::Int(n) => Value::Int(*n),
                other if name == "ROUND" => {
                    let d = other.number();
                    decimal(d.rescale(places.min(d.scale)))
                }
                other => {
                    let d = other.number();
                    let cut = 10_i128.checked_pow(u32::from(d.scale.saturating_sub(places)))?;
                    Value::Decimal(Decimal {
                        unscaled: d.unscaled / cut,
                        scale: places.min(d.scale),
                    })
                }
            }
        }
        "MOD" => match (values[0].number().round(), values[1].number().round()) {
            (_, 0) => Value::Null,
            (a, b) => Value::Int(a % b),
        },
        "POW" | "POWER" => {
            let exponent = u32::try_from(values[1].number().round()).ok();
            let power = exponent.and_then(|e| values[0].number().round().checked_pow(e));
            power.map_or(Value::Null, Value::Int)
        }
        "GREATEST" | "LEAST" => {
            let pick = |a: &Value, b: &Value| {
                let less = a.order(b).is_lt();
                if (name == "LEAST") == less { a.clone() } else { b.clone() }
            };
            values.iter().cloned().reduce(|a, b| pick(&a, &b))?
        }
        "ISNULL" => Value::from_bool(values[0].is_null()),
        "STRCMP" => Value::Int(values[0].compare(&values[1])? as i128),
        "LENGTH" | "OCTET_LENGTH" | "CHAR_LENGTH" | "CHARACTER_LENGTH" => {
            Value::Int(values[0].text().len() as i128)
        }
        "ASCII" => Value::Int(values[0].text().bytes().next().unwrap_or(0).into()),
        "INSTR" => position(&values[0].text(), &values[1].text()),
        "LOCATE" => position(&values[1].text(), &values[0].text()),
        "FIELD" => {
            let at =
                values[1..].iter().position(|v| v.compare(&values[0]).is_some_and(|o| o.is_eq()));
            Value::Int(at.map_or(0, |at| at as i128 + 1))
        }
        _ => return None,
    })
}

fn position(text: &str, part: &str) -> Value {
    let text = text.to_lowercase();
    Value::Int(text.find(&part.to_lowercase()).map_or(0, |at| at as i128 + 1))
}

fn about_text(name: &str, values: &[Value]) -> Value {
    let text = values[0].text();
    let count = |index: usize| {
        let n = values.get(index).map_or(0, |v| v.number().round());
        usize::try_from(n.max(0)).unwrap_or(usize::MAX)
    };
    let chars: Vec<char> = text.chars().collect();
    let made = match name {
        "UPPER" | "UCASE" => text.to_uppercase(),
        "LOWER" | "LCASE" => text.to_lowercase(),
        "REVERSE" => chars.iter().rev().collect(),
        "TRIM" => text.trim_matches(' ').to_string(),
        "LTRIM" => text.trim_start_matches(' ').to_string(),
        "RTRIM" => text.trim_end_matches(' ').to_string(),
        "QUOTE" => format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'")),
        "HEX" => match &values[0] {
            Value::Int(n) => format!("{n:X}"),
            _ => text.bytes().map(|b| format!("{b:02X}")).collect(),
        },
        "SPACE" => " ".repeat(count(0).min(limit::SQL_TEXT_BYTES_MAX)),
        "CONCAT" => values.iter().map(Value::text).collect(),
        "CONCAT_WS" => {
            if values[0].is_null() {
                return Value::Null;
            }
            let parts: Vec<String> = values[1..].iter().filter_map(Value::shown).collect();
            parts.join(&text)
        }
        "LEFT" => chars.iter().take(count(1)).collect(),
        "RIGHT" => chars.iter().skip(chars.len().saturating_sub(count(1))).collect(),
        "REPEAT" => {
            if text.len().saturating_mul(count(1)) > limit::SQL_TEXT_BYTES_MAX {
                return Value::Null;
            }
            text.repeat(count(1))
        }
        "REPLACE" => {
            let (from, to) = (values[1].text(), values[2].text());
            if from.is_empty() { text } else { text.replace(&from, &to) }
        }
        "SUBSTRING" | "SUBSTR" | "MID" => {
            let from = values[1].number().round();
            let start = match from {
                0 => chars.len(),
                n if n > 0 => usize::try_from(n - 1).unwrap_or(usize::MAX),
                n => chars.len().saturating_sub(usize::try_from(-n).unwrap_or(usize::MAX)),
            };
            let length = if values.len() > 2 { count(2) } else { usize::MAX };
            chars.iter().skip(start).take(length).collect()
        }
        "SUBSTRING_INDEX" => substring_index(&text, &values[1].text(), values[2].number().round()),
        "LPAD" | "RPAD" => {
            let (length, pad) = (count(1).min(limit::SQL_TEXT_BYTES_MAX), values[2].text());
            let missing = length.saturating_sub(chars.len());
            let filled: String =
                pad.chars().cycle().take(if pad.is_empty() { 0 } else { missing }).collect();
            let cut: String = chars.iter().take(length).collect();
            if name == "LPAD" { filled + &cut } else { cut + &filled }
        }
        _ => return Value::Null,
    };
    if made.len() > limit::SQL_TEXT_BYTES_MAX { Value::Null } else { Value::Text(made) }
}

fn substring_index(text: &str, delimiter: &str, count: i128) -> String {
    if delimiter.is_empty() || count == 0 {
        return String::new();
    }
    let parts: Vec<&str> = text.split(delimiter).collect();
    let n = usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX).min(parts.len());
    let picked = if count > 0 { &parts[..n] } else { &parts[parts.len() - n..] };
    picked.join(delimiter)
}

/// COUNT, SUM, AVG, MIN, MAX, GROUP_CONCAT over the rows of a group.
pub fn aggregate(
    name: &str,
    distinct: bool,
    argument: Option<&Expr>,
    scope: &Scope,
    env: &mut Env,
) -> Computed {
    let Some(rows) = scope.group else {
        return Err(SqlError::new(1111, "Invalid use of group function"));
    };
    let Some(argument) = argument else { return Ok(Value::Int(rows.len() as i128)) };
    let mut values: Vec<Value> = Vec::new();
    for row in rows {
        let inner = Scope { values: row, group: None, ..*scope };
        let value = evaluate(argument, &inner, env)?;
        let seen = || values.iter().any(|v| v.compare(&value).is_some_and(|o| o.is_eq()));
        if !(value.is_null() || distinct && seen()) {
            values.push(value);
        }
    }
    if name == "COUNT" {
        return Ok(Value::Int(values.len() as i128));
    }
    if values.is_empty() {
        return Ok(Value::Null);
    }
    let sum =
        || values.iter().try_fold(Decimal { unscaled: 0, scale: 0 }, |s, v| s.plus(v.number()));
    let count = Decimal { unscaled: values.len() as i128, scale: 0 };
    Ok(match name {
        "SUM" => sum().map_or(Value::Null, Value::Decimal),
        "AVG" => sum().and_then(|s| s.over(count)).map_or(Value::Null, Value::Decimal),
        "MIN" => values.iter().min_by(|a, b| a.order(b)).cloned().unwrap_or(Value::Null),
        "MAX" => values.iter().max_by(|a, b| a.order(b)).cloned().unwrap_or(Value::Null),
        _ => {
            let parts: Vec<String> = values.iter().map(Value::text).collect();
            let mut text = parts.join(",");
            // group_concat_max_len is 1024 in 5.7.
            while text.len() > 1_024 {
                text.pop();
            }
            Value::Text(text)
        }
    })
}
