//! Functions.

mod aggregate;
mod calendar;
mod number;
mod replication;
mod text;
mod time;

use super::complaint::{truth, warn_compared, warn_truncated};
use super::constant::ONCE;
use super::eval::divided_by_zero;
use super::{Env, Scope, evaluate};
use crate::base::real::Real;
use crate::mysql::data::{Value, cut_off, date_of};
use crate::mysql::server::is_8;
use crate::mysql::sql::SqlError;
use crate::mysql::sql::ast::Expr;
use crate::mysql::sql::newer::FUNCTIONS;

pub(super) use aggregate::aggregate;
pub use replication::AWAITS;
pub(super) use time::warn_moment;

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
        return Ok(shifted(&base, &amount, unit, name.contains("SUB"), env));
    }
    if matches!(name, "ADDDATE" | "SUBDATE")
        && let [base, days] = arguments
    {
        let (base, days) = (evaluate(base, scope, env)?, evaluate(days, scope, env)?);
        return Ok(shifted(&base, &days, "DAY", name == "SUBDATE", env));
    }
    let values: Vec<Value> =
        arguments.iter().map(|e| evaluate(e, scope, env)).collect::<Result<_, _>>()?;
    let wrong = || {
        SqlError::new(
            1582,
            format!("Incorrect parameter count in the call to native function '{name}'"),
        )
    };
    if matches!((name, values.len()), ("RAND" | "LAST_INSERT_ID", 2..) | ("IFNULL" | "NULLIF", _)) {
        return Err(wrong());
    }
    if let Some(value) = about_session(name, &values, env) {
        return Ok(value);
    }
    if let Some(value) = replication::replication(name, &values, env) {
        return value;
    }
    let Some((low, high)) = parameters(name) else {
        if is_8(super::variable::release(env)) && FUNCTIONS.contains(&name) {
            return Err(SqlError::not_modelled(format!("the function {name}()")));
        }
        let shown = name.to_ascii_lowercase();
        let db = env.session.db.as_ref().map_or(String::new(), |db| format!("{db}."));
        return Err(SqlError::new(1305, format!("FUNCTION {db}{shown} does not exist")));
    };
    if !(low..=high).contains(&values.len()) {
        return Err(wrong());
    }
    const TAKES_NULL: [&str; 8] =
        ["CONCAT_WS", "ISNULL", "FIELD", "CHAR", "ELT", "MAKE_SET", "INTERVAL", "QUOTE"];
    if name == "INTERVAL" && values[0].is_null() {
        return Ok(Value::Int(-1));
    }
    if name == "QUOTE" && values[0].is_null() {
        return Ok(Value::Text("NULL".into()));
    }
    of_bytes(name, &values, env)?;
    time::warn(name, &values, env);
    let null_in_null_out = !TAKES_NULL.contains(&name);
    if null_in_null_out && values.iter().any(Value::is_null) {
        return Ok(Value::Null);
    }
    numeric(name, arguments, &values, env)
}

/// `base + INTERVAL amount unit`, or minus.
pub(super) fn shifted(
    base: &Value,
    amount: &Value,
    unit: &str,
    minus: bool,
    env: &mut Env,
) -> Value {
    time::warn_moment(base, env);
    time::add_interval(base, amount, unit, minus)
}

/// Functions that would show how a column of utf8 keeps its text.
fn of_bytes(name: &str, values: &[Value], env: &Env) -> Result<(), SqlError> {
    const LIST: &str = " LENGTH OCTET_LENGTH BIT_LENGTH HEX MD5 SHA1 SHA SHA2 CRC32 ORD ASCII \
        CHARSET COLLATION UPPER LOWER UCASE LCASE ";
    let wide = |value: &Value| matches!(value, Value::Text(text) if !text.is_ascii());
    if env.wide && LIST.contains(&format!(" {name} ")) && values.iter().any(wide) {
        return Err(SqlError::not_modelled(format!("{name} of text beyond ASCII in utf8 columns")));
    }
    Ok(())
}

/// Computes it, with what there is to say of its numbers.
fn numeric(name: &str, arguments: &[Expr], values: &[Value], env: &mut Env) -> Computed {
    const LIST: &str = " ABS SIGN FLOOR CEIL CEILING ROUND TRUNCATE MOD POW POWER SQRT SIN COS TAN \
        ASIN ACOS ATAN ATAN2 COT EXP LN LOG LOG2 LOG10 RADIANS DEGREES ";
    if LIST.contains(&format!(" {name} ")) {
        values.iter().zip(arguments).for_each(|part| warn_truncated(part, env));
    }
    if matches!(name, "GREATEST" | "LEAST") && values.iter().any(Value::is_number) {
        values.iter().zip(arguments).for_each(|part| warn_truncated(part, env));
    }
    if name == "MOD" && !values[1].is_true() {
        return divided_by_zero(env);
    }
    if number::has_no_logarithm(name, values) {
        env.session.warn("Warning", 3020, "Invalid argument for logarithm");
        return Ok(Value::Null);
    }
    let value = match (name, arguments, values) {
        // A column of BIT is a number; a literal of bytes has the digits of its text.
        ("BIN" | "OCT" | "CONV", [Expr::Column { .. }, ..], [bits @ Value::Bits(_), rest @ ..]) => {
            let first = Value::Int(bits.number().unscaled);
            computed(name, &[&[first], rest].concat(), env)
        }
        _ => computed(name, values, env),
    };
    let overflows = matches!(name, "EXP" | "POW" | "POWER" | "COT") && value.is_null();
    if overflows && values.iter().all(|v| v.real().is_finite()) {
        let shown: Vec<String> =
            arguments.iter().zip(values).map(|(e, value)| printed(e, value)).collect();
        let name = if name == "POWER" { "pow".into() } else { name.to_ascii_lowercase() };
        let text = format!("DOUBLE value is out of range in '{name}({})'", shown.join(","));
        return Err(SqlError::new(1690, text));
    }
    Ok(value)
}

/// RAND(seed) of a row, from 0. Models `randominit` and `my_rnd` of 5.7.
fn seeded(seed: &Value, row: u64) -> Real {
    const MODULUS: u64 = 0x3fff_ffff;
    let seed = u64::from(number::word(seed) as u32);
    let first = |factor: u64, more: u64| u64::from((seed * factor + more) as u32) % MODULUS;
    let (mut a, mut b) = (first(0x1_0001, 55_555_555), first(0x1000_0001, 0));
    for _ in 0..=row {
        a = (a * 3 + b) % MODULUS;
        b = (a + b + 33) % MODULUS;
    }
    Real::whole(a as i64).apply(b'/', Real::whole(MODULUS as i64))
}

/// An argument as an error shows it: a number with a sign is the sign of a number.
fn printed(expr: &Expr, value: &Value) -> String {
    match expr {
        Expr::Negate(_) => format!("-({})", value.text().trim_start_matches('-')),
        _ => value.text(),
    }
}

fn computed(name: &str, values: &[Value], env: &mut Env) -> Value {
    time::about_time(name, values, env)
        .or_else(|| number::about_numbers(name, values))
        .or_else(|| text::measure(name, values))
        .unwrap_or_else(|| text::about_text(name, values))
}

/// Fewest and most parameters of a function computed here.
fn parameters(name: &str) -> Option<(usize, usize)> {
    const ONE: &str = " ABS FLOOR CEIL CEILING SIGN LENGTH OCTET_LENGTH CHAR_LENGTH \
        CHARACTER_LENGTH BIT_LENGTH UPPER UCASE LOWER LCASE REVERSE LTRIM RTRIM HEX UNHEX ASCII \
        ORD DATE YEAR MONTH DAY DAYOFMONTH HOUR MINUTE SECOND MICROSECOND DAYNAME MONTHNAME \
        DAYOFWEEK DAYOFYEAR WEEKDAY WEEKOFYEAR QUARTER LAST_DAY TO_DAYS TO_SECONDS FROM_DAYS \
        TIME TIME_TO_SEC SEC_TO_TIME SPACE QUOTE ISNULL SQRT RADIANS DEGREES BIT_COUNT BIN OCT \
        SIN COS TAN ASIN ACOS COT EXP LN LOG2 LOG10 CRC32 INET_ATON INET_NTOA MD5 SHA1 SHA \
        PASSWORD CHARSET COLLATION SOUNDEX BINARY ";
    const TWO: &str = " MOD POW POWER LEFT RIGHT REPEAT INSTR DATEDIFF DATE_FORMAT TIME_FORMAT \
        STR_TO_DATE STRCMP FIND_IN_SET FORMAT SHA2 TIMEDIFF ADDTIME SUBTIME MAKEDATE PERIOD_ADD \
        PERIOD_DIFF EXTRACT COLLATE GET_FORMAT ";
    const THREE: &str = " REPLACE LPAD RPAD SUBSTRING_INDEX CONV MAKETIME CONVERT_TZ \
        TIMESTAMPADD TIMESTAMPDIFF ";
    let of = |list: &str| list.contains(&format!(" {name} "));
    Some(match name {
        _ if of(ONE) => (1, 1),
        _ if of(TWO) => (2, 2),
        _ if of(THREE) => (3, 3),
        "LOG" | "ATAN" | "ATAN2" | "TIMESTAMP" | "WEEK" | "YEARWEEK" | "FROM_UNIXTIME"
        | "ROUND" => (1, 2),
        "TRUNCATE" => (2, 2),
        "UNIX_TIMESTAMP" => (0, 1),
        "TRIM" => (1, 3),
        "SUBSTRING" | "SUBSTR" | "MID" | "LOCATE" => (2, 3),
        "INSERT" => (4, 4),
        "EXPORT_SET" => (3, 5),
        "CONCAT" | "CHAR" => (1, 1_000),
        "GREATEST" | "LEAST" | "CONCAT_WS" | "FIELD" | "INTERVAL" | "ELT" | "MAKE_SET" => {
            (2, 1_000)
        }
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
        (ONCE, [only, Expr::Number(number)]) => once(only, number, scope, env)?,
        ("IF", [condition, yes, no]) => {
            let value = evaluate(condition, scope, env)?;
            let holds = truth((&value, condition), env);
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
        ("NULLIF", [first, second]) => {
            let (a, b) = (evaluate(first, scope, env)?, evaluate(second, scope, env)?);
            warn_compared((&a, first), (&b, second), env);
            if a.compare(&b).is_some_and(|o| o.is_eq()) { Value::Null } else { a }
        }
        ("ANY_VALUE" | "CONVERT", [value]) | ("NAME_CONST", [_, value]) => {
            evaluate(value, scope, env)?
        }
        ("CONVERT", [value, charset]) => {
            let (value, charset) = (evaluate(value, scope, env)?, evaluate(charset, scope, env)?);
            if !value.text().is_ascii() {
                let what = format!("text beyond ASCII in {}", charset.text());
                return Err(SqlError::not_modelled(what));
            }
            value
        }
        ("BENCHMARK", [_, _]) => Value::Int(0),
        ("IS_TRUE", [a]) => {
            let value = evaluate(a, scope, env)?;
            Value::from_bool(truth((&value, a), env))
        }
        ("IS_FALSE", [a]) => {
            let value = evaluate(a, scope, env)?;
            Value::from_bool(!truth((&value, a), env) && !value.is_null())
        }
        ("VALUES", [Expr::Column { name, .. }]) => {
            let column = Expr::Column { table: Some("\0new".into()), name: name.clone() };
            // Outside ON DUPLICATE KEY UPDATE there is no such row.
            match evaluate(&column, scope, env) {
                Err(error) if error.code == 1054 => Value::Null,
                value => value?,
            }
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

/// What is the same for the whole statement, computed when it is first wanted.
fn once(only: &Expr, number: &str, scope: &Scope, env: &mut Env) -> Computed {
    if let Some((_, value)) = env.once.iter().find(|(known, _)| known == number) {
        return Ok(value.clone());
    }
    let value = evaluate(only, scope, env)?;
    env.once.push((number.into(), value.clone()));
    Ok(value)
}

fn in_utc(now: &Value, env: &mut Env) -> Value {
    match now {
        Value::Moment(moment, digits) => Value::Moment(env.utc(*moment), *digits),
        other => other.clone(),
    }
}

fn about_session(name: &str, values: &[Value], env: &mut Env) -> Option<Value> {
    let text = |text: String| Value::Text(text);
    // What NOW(3) and its like show.
    let digits = values.first().map_or(0, |n| n.number().round().clamp(0, 6) as u8);
    Some(match (name, values) {
        ("SYSDATE", _) => {
            env.time_zone = true;
            Value::Moment(cut_off(env.clock, digits), digits)
        }
        ("NOW" | "CURRENT_TIMESTAMP" | "LOCALTIME" | "LOCALTIMESTAMP" | "UTC_TIMESTAMP", _) => {
            env.time_zone |= name != "UTC_TIMESTAMP";
            let now = env.now_with(digits);
            if name == "UTC_TIMESTAMP" { in_utc(&now, env) } else { now }
        }
        ("CURDATE" | "CURRENT_DATE", []) => {
            env.time_zone = true;
            date_of(env.now)
        }
        ("CURTIME" | "CURRENT_TIME" | "UTC_TIME", _) => {
            env.time_zone |= name != "UTC_TIME";
            let now = env.now_with(digits);
            let now = if name == "UTC_TIME" { in_utc(&now, env) } else { now };
            Value::Time(now.clock()?, digits)
        }
        ("UTC_DATE", []) => date_of(env.utc(env.now)),
        ("VERSION", []) => text(env.globals.get("version").cloned().unwrap_or_default()),
        ("DATABASE" | "SCHEMA", []) => env.session.db.clone().map_or(Value::Null, Value::Text),
        ("USER" | "SESSION_USER" | "SYSTEM_USER", []) => {
            text(format!("{}@{}", env.session.user, env.session.host))
        }
        ("CURRENT_USER", []) => text(env.session.account.clone()),
        ("CONNECTION_ID", []) => Value::Int(i128::from(env.session.id)),
        ("LAST_INSERT_ID", [value]) => {
            env.session.insert_id = u64::try_from(value.number().round()).unwrap_or(0);
            Value::Int(env.session.insert_id.into())
        }
        ("LAST_INSERT_ID", []) => Value::Int(i128::from(env.session.insert_id)),
        ("ROW_COUNT", []) => Value::Int(i128::from(env.session.row_count)),
        ("FOUND_ROWS", []) => Value::Int(i128::from(env.session.found_rows)),
        ("RAND", [seed]) => Value::double(seeded(seed, env.row)),
        ("RAND", _) => {
            let part = Real::fraction(((env.random)() >> 32) as u32);
            Value::double(part)
        }
        ("UUID", []) => {
            let (a, b) = ((env.random)(), (env.random)());
            text(crate::mysql::server::uuid_text(a, b))
        }
        ("PI", []) => Value::Double(Real::parse("3.141592653589793")?, 6),
        _ => return None,
    })
}
