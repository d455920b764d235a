//! Functions about dates and times.

use super::super::Env;
use super::calendar::{date_format, day_of_year, str_to_date, week, weekday};
use crate::base::date::{DAYS, MONTHS};
use crate::mysql::data::{
    CLOCK_MAX, DAY, Decimal, SECOND, Value, ZERO_DATE, Zone, clock_text, date_of, date_text,
    days_from_civil, days_of_month, fields, is_other_zone, micros, moment_text,
};

/// Days from year 0 to 1970, as TO_DAYS() counts them.
const DAYS_TO_1970: i64 = 719_528;

/// What a moment may be: years 1 to 9999.
const YEARS: std::ops::Range<i64> = -62_135_596_800 * SECOND..253_402_300_800 * SECOND;

/// Computes one of them; `None` if it is none of them. No value is NULL.
pub(super) fn about_time(name: &str, values: &[Value], env: &mut Env) -> Option<Value> {
    env.time_zone |= matches!(name, "UNIX_TIMESTAMP" | "FROM_UNIXTIME") && !values.is_empty();
    let first = match (name, values.first()) {
        ("UNIX_TIMESTAMP", None) => return Some(Value::Int((env.utc(env.now) / SECOND).into())),
        (_, first) => first?,
    };
    if let Some(value) = of_clock(name, first, values).or_else(|| made(name, first, values, env)) {
        return Some(value);
    }
    if !TEMPORAL.contains(&name) {
        return None;
    }
    if name == "STR_TO_DATE" {
        let found = str_to_date(&first.text(), &values[1].text());
        if found.is_none() {
            let text =
                format!("Incorrect datetime value: '{}' for function str_to_date", first.text());
            env.complain(1411, text);
        }
        return Some(found.unwrap_or(Value::Null));
    }
    let Some(moment) = first.moment() else { return Some(Value::Null) };
    match name {
        "UNIX_TIMESTAMP" if moment == ZERO_DATE => return Some(Value::Int(0)),
        "UNIX_TIMESTAMP" => {
            return Some(seconds(env.utc(moment).max(0), first.second_digits()));
        }
        "CONVERT_TZ" => return Some(converted(moment, first.second_digits(), values, env)),
        _ => {}
    }
    Some(of_moment(name, (moment, first.second_digits()), values))
}

/// What is to be said of parameters that are no dates, or no times.
pub(super) fn warn(name: &str, values: &[Value], env: &mut Env) {
    const MOMENTS: &str = " DATE TIMESTAMP YEAR MONTH DAY DAYOFMONTH DAYNAME MONTHNAME DAYOFWEEK \
        WEEKDAY DATE_FORMAT LAST_DAY DAYOFYEAR WEEK WEEKOFYEAR YEARWEEK QUARTER TO_DAYS \
        TO_SECONDS UNIX_TIMESTAMP CONVERT_TZ ";
    const CLOCKS: &str = " HOUR MINUTE SECOND MICROSECOND TIME TIME_TO_SEC TIME_FORMAT ";
    let is_in = |list: &str| list.contains(&format!(" {name} "));
    let (places, of_clock) = match name {
        "DATEDIFF" => (0..2, false),
        "TIMESTAMPDIFF" => (1..3, false),
        "TIMESTAMPADD" => (2..3, false),
        "TIMEDIFF" | "ADDTIME" | "SUBTIME" => (0..2, true),
        _ if is_in(MOMENTS) => (0..1, false),
        _ if is_in(CLOCKS) => (0..1, true),
        _ => return,
    };
    for value in values.get(places).unwrap_or_default() {
        if of_clock && value.is_clock() {
            if value.is_cut_as_clock() {
                let text = format!("Truncated incorrect time value: '{}'", value.text());
                env.complain(1292, text);
            }
        } else {
            warn_moment(value, env);
        }
        // The first that is no date decides (`Item_func_timestamp_diff::val_int`).
        if name == "TIMESTAMPDIFF" && value.moment().is_none() {
            break;
        }
    }
}

/// The same, of one that should be a date.
pub(in super::super) fn warn_moment(value: &Value, env: &mut Env) {
    if value.moment().is_none() && !matches!(value, Value::Null | Value::Time(..)) {
        env.complain(1292, format!("Incorrect datetime value: '{}'", value.text()));
    }
}

/// An exact number of seconds, with so many digits after the point.
fn seconds(micros: i64, digits: u8) -> Value {
    match Decimal::new(micros.into(), 6).rescale(digits) {
        Some(whole) if digits == 0 => Value::Int(whole.unscaled),
        number => number.map_or(Value::Null, Value::Decimal),
    }
}

/// Functions of a date or a moment.
const TEMPORAL: [&str; 28] = [
    "DATE",
    "TIMESTAMP",
    "YEAR",
    "MONTH",
    "DAY",
    "DAYOFMONTH",
    "HOUR",
    "MINUTE",
    "SECOND",
    "DAYNAME",
    "MONTHNAME",
    "DAYOFWEEK",
    "WEEKDAY",
    "DATEDIFF",
    "DATE_FORMAT",
    "LAST_DAY",
    "DAYOFYEAR",
    "WEEK",
    "WEEKOFYEAR",
    "YEARWEEK",
    "QUARTER",
    "TO_DAYS",
    "TO_SECONDS",
    "MICROSECOND",
    "STR_TO_DATE",
    "UNIX_TIMESTAMP",
    "CONVERT_TZ",
    "TIME",
];

fn of_moment(name: &str, (moment, digits): (i64, u8), values: &[Value]) -> Value {
    let [year, month, day, hour, minute, second] = fields(moment);
    let weekday = weekday(moment);
    match name {
        "DATE" => date_of(moment),
        "TIMESTAMP" => match values.get(1).map(|v| (v.clock(), v.second_digits())) {
            Some((Some(clock), more)) => Value::Moment(moment + clock, digits.max(more)),
            Some((None, _)) => Value::Null,
            None => Value::Moment(moment, digits),
        },
        "YEAR" => Value::Int(year.into()),
        "MONTH" => Value::Int(month.into()),
        "DAY" | "DAYOFMONTH" => Value::Int(day.into()),
        "HOUR" => Value::Int(hour.into()),
        "MINUTE" => Value::Int(minute.into()),
        "SECOND" => Value::Int(second.into()),
        "MICROSECOND" => Value::Int(micros(moment).into()),
        "TIME" => Value::Time(moment.rem_euclid(DAY), digits),
        "WEEKDAY" => Value::Int(weekday as i128),
        "DAYOFWEEK" => Value::Int((weekday as i128 + 1) % 7 + 1),
        "DAYOFYEAR" => Value::Int(day_of_year(moment).into()),
        "QUARTER" => Value::Int(month.div_ceil(3).into()),
        "WEEK" | "YEARWEEK" | "WEEKOFYEAR" => {
            let mode = match values.get(1) {
                Some(mode) => mode.number().round() as u8 & 7,
                None => {
                    if name == "WEEKOFYEAR" {
                        3
                    } else {
                        0
                    }
                }
            };
            let mode = if name == "YEARWEEK" { mode | 2 } else { mode };
            let (year, week) = week(moment, mode);
            Value::Int(if name == "YEARWEEK" { year * 100 + week } else { week }.into())
        }
        "DAYNAME" => Value::Text(DAYS[weekday].into()),
        "MONTHNAME" => match month {
            0 => Value::Null,
            month => Value::Text(MONTHS[month as usize - 1].into()),
        },
        "LAST_DAY" => {
            let (year, month) = (u64::from(year), u64::from(month));
            Value::Date(days_from_civil(year, month, days_of_month(year, month)))
        }
        "TO_DAYS" => Value::Int((moment.div_euclid(DAY) + DAYS_TO_1970).into()),
        "TO_SECONDS" => Value::Int((moment.div_euclid(SECOND) + DAYS_TO_1970 * 86_400).into()),
        "DATEDIFF" => match values[1].moment() {
            Some(other) => Value::Int((moment.div_euclid(DAY) - other.div_euclid(DAY)).into()),
            None => Value::Null,
        },
        _ => Value::Text(date_format(moment, &values[1].text())),
    }
}

/// CONVERT_TZ(): what one zone shows so, as another shows it.
fn converted(moment: i64, digits: u8, values: &[Value], env: &mut Env) -> Value {
    let zone = |value: &Value, env: &mut Env| {
        let text = value.text();
        env.other_zone |= Zone::parse(&text).is_none() && is_other_zone(&text);
        Zone::parse(&text).map(|zone| if zone == Zone::System { env.session.home } else { zone })
    };
    match (zone(&values[1], env), zone(&values[2], env)) {
        (Some(from), Some(to)) => {
            // What is no TIMESTAMP stays as it is (`Item_func_convert_tz::get_date`).
            let utc = moment.saturating_sub(from.ahead());
            if !(1..=i64::from(i32::MAX)).contains(&utc.div_euclid(SECOND)) {
                return if moment == ZERO_DATE {
                    Value::Null
                } else {
                    Value::Moment(moment, digits)
                };
            }
            env.old_zone |= from.was_other(utc) || to.was_other(utc);
            Value::Moment(utc + to.ahead(), digits)
        }
        _ => Value::Null,
    }
}

/// Functions of a time of day, or a span.
fn of_clock(name: &str, first: &Value, values: &[Value]) -> Option<Value> {
    let is_clock = Value::is_clock;
    let span = |clock: i64, digits| Value::Time(clock.clamp(-CLOCK_MAX, CLOCK_MAX), digits);
    let digits = || values.iter().map(Value::second_digits).max().unwrap_or(0);
    Some(match name {
        "HOUR" | "MINUTE" | "SECOND" if is_clock(first) => match first.clock() {
            Some(clock) => {
                let n = clock.unsigned_abs() / SECOND as u64;
                let parts = [n / 3_600, n / 60 % 60, n % 60];
                let at = ["HOUR", "MINUTE", "SECOND"].iter().position(|part| *part == name)?;
                Value::Int(parts[at].into())
            }
            None => Value::Null,
        },
        "TIME" | "MICROSECOND" if is_clock(first) => match (name, first.clock()) {
            (_, None) => Value::Null,
            ("TIME", Some(clock)) => span(clock, digits()),
            (_, Some(clock)) => Value::Int((clock.abs() % SECOND).into()),
        },
        "TIME_TO_SEC" => {
            first.clock().map_or(Value::Null, |clock| Value::Int((clock / SECOND).into()))
        }
        "SEC_TO_TIME" => span(of_seconds(first), text_digits(first)),
        "MAKETIME" => {
            let part = |at: usize| i64::try_from(values[at].number().round()).unwrap_or(i64::MAX);
            let (hour, minute, second) =
                (part(0).clamp(-839, 839), part(1), of_seconds(&values[2]));
            if !(0..60).contains(&minute) || !(0..60 * SECOND).contains(&second) {
                return Some(Value::Null);
            }
            let rest = minute * 60 * SECOND + second;
            let digits = text_digits(&values[2]);
            span(hour * 3_600 * SECOND + if hour < 0 { -rest } else { rest }, digits)
        }
        "TIMEDIFF" => match (is_clock(first), is_clock(&values[1])) {
            (true, true) => match (first.clock(), values[1].clock()) {
                (Some(a), Some(b)) => span(a - b, digits()),
                _ => Value::Null,
            },
            (false, false) => match (first.moment(), values[1].moment()) {
                (Some(a), Some(b)) => span(a - b, digits()),
                _ => Value::Null,
            },
            _ => Value::Null,
        },
        "ADDTIME" | "SUBTIME" => add_time(name == "ADDTIME", first, &values[1], is_clock(first)),
        "TIME_FORMAT" => match first.clock() {
            Some(clock) => Value::Text(date_format(clock, &values[1].text())),
            None => Value::Null,
        },
        _ => return None,
    })
}

/// ADDTIME and SUBTIME. A text stays a text, with all six digits or none.
fn add_time(plus: bool, first: &Value, by: &Value, is_clock: bool) -> Value {
    let digits = first.second_digits().max(by.second_digits());
    let Some(by) = by.clock() else { return Value::Null };
    let by = if plus { by } else { -by };
    let sum = match (is_clock, first.clock(), first.moment()) {
        (true, Some(clock), _) => Value::Time((clock + by).clamp(-CLOCK_MAX, CLOCK_MAX), digits),
        (false, _, Some(moment)) => Value::Moment(moment + by, digits),
        _ => return Value::Null,
    };
    match (first, sum) {
        (Value::Text(_), Value::Time(clock, _)) => {
            Value::Text(clock_text(clock, all_or_none(clock)))
        }
        (Value::Text(_), Value::Moment(moment, _)) => {
            Value::Text(moment_text(moment, all_or_none(moment)))
        }
        (_, sum) => sum,
    }
}

/// The digits of a text that shows a fraction whole, or not at all.
fn all_or_none(micros: i64) -> u8 {
    if micros % SECOND == 0 { 0 } else { 6 }
}

/// Microseconds of a number of seconds.
fn of_seconds(value: &Value) -> i64 {
    let scaled = value.number().rescale(6).map_or(i128::MAX, |d| d.unscaled);
    i64::try_from(scaled).unwrap_or(if scaled < 0 { -CLOCK_MAX } else { CLOCK_MAX })
}

/// Functions that make a date of other things, or take it apart by a unit.
fn made(name: &str, first: &Value, values: &[Value], env: &mut Env) -> Option<Value> {
    let whole = |at: usize| i64::try_from(values[at].number().round()).unwrap_or(i64::MAX);
    Some(match name {
        "FROM_UNIXTIME" => match first.number().rescale(6).map(|d| i64::try_from(d.unscaled)) {
            Some(Ok(moment)) if moment >= 0 => match values.get(1) {
                Some(format) => Value::Text(date_format(env.local(moment), &format.text())),
                None => Value::Moment(env.local(moment), text_digits(first)),
            },
            _ => Value::Null,
        },
        "FROM_DAYS" => Value::Date(whole(0).saturating_sub(DAYS_TO_1970)),
        "MAKEDATE" => match (u64::try_from(whole(0)), whole(1)) {
            (Ok(year), day) if day > 0 && year < 10_000 => {
                let year = if year < 70 {
                    2_000 + year
                } else if year < 100 {
                    1_900 + year
                } else {
                    year
                };
                Value::Date(days_from_civil(year, 1, 1) + day - 1)
            }
            _ => Value::Null,
        },
        "PERIOD_ADD" => {
            let months = months_of(whole(0)) + whole(1);
            Value::Int((months.div_euclid(12) * 100 + months.rem_euclid(12) + 1).into())
        }
        "PERIOD_DIFF" => Value::Int((months_of(whole(0)) - months_of(whole(1))).into()),
        "TIMESTAMPADD" => add_interval(&values[2], &values[1], &first.text(), false),
        "TIMESTAMPDIFF" => match (values[1].moment(), values[2].moment()) {
            (Some(from), Some(to)) => Value::Int(difference(&first.text(), from, to).into()),
            _ => Value::Null,
        },
        "EXTRACT" => {
            let clock = match &values[1] {
                Value::Text(text) if text.contains(':') && !text.contains('-') => values[1].clock(),
                Value::Time(clock, _) => Some(*clock),
                _ => None,
            };
            match clock.or_else(|| values[1].moment()) {
                Some(moment) => extract(&first.text(), moment),
                None => Value::Null,
            }
        }
        "GET_FORMAT" => {
            let format = match (first.text().as_str(), values[1].text().to_uppercase().as_str()) {
                ("DATE", "USA") => "%m.%d.%Y",
                ("DATE", "JIS" | "ISO") => "%Y-%m-%d",
                ("DATE", "EUR") => "%d.%m.%Y",
                ("DATE", "INTERNAL") => "%Y%m%d",
                ("TIME", "USA") => "%h:%i:%s %p",
                ("TIME", "JIS" | "ISO") => "%H:%i:%s",
                ("TIME", "EUR") => "%H.%i.%s",
                ("TIME", "INTERNAL") => "%H%i%s",
                (_, "USA" | "EUR") => "%Y-%m-%d %H.%i.%s",
                (_, "JIS" | "ISO") => "%Y-%m-%d %H:%i:%s",
                (_, "INTERNAL") => "%Y%m%d%H%i%s",
                _ => return Some(Value::Null),
            };
            Value::Text(format.into())
        }
        _ => return None,
    })
}

/// Digits after the point of a number of seconds; six of a text, which may have any.
fn text_digits(value: &Value) -> u8 {
    if matches!(value, Value::Text(_)) { 6 } else { value.second_digits() }
}

/// Months since year 0 of a period such as 202401 (or 2401).
fn months_of(period: i64) -> i64 {
    let (year, month) = (period / 100, period % 100);
    let year = if year < 70 {
        2_000 + year
    } else if year < 100 {
        1_900 + year
    } else {
        year
    };
    year * 12 + month - 1
}

/// TIMESTAMPDIFF: whole units between two moments.
fn difference(unit: &str, from: i64, to: i64) -> i64 {
    let micros = to - from;
    let seconds = micros / SECOND;
    let months = || {
        let months = |moment: i64| {
            let [year, month, ..] = fields(moment);
            i64::from(year) * 12 + i64::from(month)
        };
        let rest = |moment: i64| {
            let [_, _, day, ..] = fields(moment);
            i64::from(day) * DAY + moment.rem_euclid(DAY)
        };
        let between = months(to) - months(from);
        match between {
            n if n > 0 && rest(to) < rest(from) => n - 1,
            n if n < 0 && rest(to) > rest(from) => n + 1,
            n => n,
        }
    };
    match unit {
        "MICROSECOND" => micros,
        "SECOND" => seconds,
        "MINUTE" => seconds / 60,
        "HOUR" => seconds / 3_600,
        "DAY" => seconds / 86_400,
        "WEEK" => seconds / 604_800,
        "MONTH" => months(),
        "QUARTER" => months() / 3,
        _ => months() / 12,
    }
}

/// EXTRACT: the digits of all parts from one unit to another.
fn extract(unit: &str, moment: i64) -> Value {
    let [year, month, day, hour, minute, second] = fields(moment).map(i128::from);
    let clock = hour * 10_000 + minute * 100 + second;
    let million = i128::from(SECOND);
    let micros = i128::from(micros(moment));
    Value::Int(match unit {
        "YEAR" => year,
        "QUARTER" => (month + 2) / 3,
        "MONTH" => month,
        "WEEK" => week(moment, 0).1.into(),
        "DAY" => day,
        "HOUR" => hour,
        "MINUTE" => minute,
        "SECOND" => second,
        "MICROSECOND" => micros,
        "YEAR_MONTH" => year * 100 + month,
        "DAY_HOUR" => day * 100 + hour,
        "DAY_MINUTE" => day * 10_000 + hour * 100 + minute,
        "DAY_SECOND" => day * 1_000_000 + clock,
        "HOUR_MINUTE" => hour * 100 + minute,
        "HOUR_SECOND" => clock,
        "MINUTE_SECOND" => minute * 100 + second,
        "DAY_MICROSECOND" => (day * million + clock) * million + micros,
        "HOUR_MICROSECOND" => clock * million + micros,
        "MINUTE_MICROSECOND" => (minute * 100 + second) * million + micros,
        _ => second * million + micros,
    })
}

/// Microseconds and months that an INTERVAL is. Of several parts, those missing are the first ones.
fn interval(amount: &Value, unit: &str) -> (i64, i64) {
    const S: i64 = SECOND;
    let scales: &[i64] = match unit {
        "MICROSECOND" => &[1],
        "SECOND" => &[S],
        "MINUTE" => &[60 * S],
        "HOUR" => &[3_600 * S],
        "DAY" => &[DAY],
        "WEEK" => &[7 * DAY],
        "DAY_HOUR" => &[DAY, 3_600 * S],
        "DAY_MINUTE" => &[DAY, 3_600 * S, 60 * S],
        "DAY_SECOND" => &[DAY, 3_600 * S, 60 * S, S],
        "DAY_MICROSECOND" => &[DAY, 3_600 * S, 60 * S, S, 1],
        "HOUR_MINUTE" => &[3_600 * S, 60 * S],
        "HOUR_SECOND" => &[3_600 * S, 60 * S, S],
        "HOUR_MICROSECOND" => &[3_600 * S, 60 * S, S, 1],
        "MINUTE_SECOND" => &[60 * S, S],
        "MINUTE_MICROSECOND" => &[60 * S, S, 1],
        "SECOND_MICROSECOND" => &[S, 1],
        "YEAR_MONTH" => &[12, 1],
        "YEAR" => &[12],
        "QUARTER" => &[3],
        "MONTH" => &[1],
        _ => &[],
    };
    let of_months = matches!(unit, "YEAR_MONTH" | "YEAR" | "QUARTER" | "MONTH");
    let total = if unit == "SECOND" {
        let micros = amount.number().rescale(6).map(|d| i64::try_from(d.unscaled));
        micros.and_then(Result::ok).unwrap_or(i64::MAX)
    } else if scales.len() == 1 {
        let n = i64::try_from(amount.number().round()).unwrap_or(i64::MAX);
        n.saturating_mul(scales[0])
    } else {
        let text = amount.text();
        let mut parts: Vec<i64> = Vec::new();
        let numbers = text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty());
        for part in numbers {
            // The last part of a fraction is one: `1.5` is one second and five tenths.
            let is_fraction = unit.ends_with("MICROSECOND") && text.ends_with(part);
            let filled = if is_fraction { format!("{part:0<6}") } else { part.into() };
            parts.extend(filled.parse::<i64>());
        }
        let from = scales.len().saturating_sub(parts.len());
        let sum = scales[from..]
            .iter()
            .zip(&parts)
            .fold(0_i64, |sum, (scale, n)| sum.saturating_add(n.saturating_mul(*scale)));
        if text.trim_start().starts_with('-') { -sum } else { sum }
    };
    if of_months { (0, total) } else { (total, 0) }
}

/// `base + INTERVAL amount unit`, or minus.
pub(super) fn add_interval(base: &Value, amount: &Value, unit: &str, minus: bool) -> Value {
    if amount.is_null() {
        return Value::Null;
    }
    let (micros, months) = interval(amount, unit);
    let sign = |n: i64| if minus { n.saturating_neg() } else { n };
    let (micros, months) = (sign(micros), sign(months));
    let own = match unit {
        "SECOND" => text_digits(amount),
        unit if unit.ends_with("MICROSECOND") => 6,
        _ => 0,
    };
    let digits = base.second_digits().max(own);
    if let Value::Time(clock, _) = base {
        let sum = clock.saturating_add(micros);
        let fits = months == 0 && sum.abs() <= CLOCK_MAX;
        return if fits { Value::Time(sum, digits) } else { Value::Null };
    }
    let Some(moment) = base.moment() else { return Value::Null };
    let shifted = match months {
        0 => moment.checked_add(micros),
        months => add_months(moment, months),
    };
    let Some(shifted) = shifted.filter(|s| YEARS.contains(s)) else { return Value::Null };
    let whole_days =
        months != 0 || matches!(unit, "DAY" | "WEEK" | "MONTH" | "QUARTER" | "YEAR" | "YEAR_MONTH");
    let is_date = match base {
        Value::Date(_) => true,
        Value::Text(text) => text.trim().len() <= 10,
        _ => false,
    };
    match (is_date && whole_days, base) {
        (true, Value::Text(_)) => Value::Text(date_text(shifted.div_euclid(DAY))),
        (true, _) => Value::Date(shifted.div_euclid(DAY)),
        (false, Value::Text(_)) => Value::Text(moment_text(shifted, all_or_none(shifted))),
        _ => Value::Moment(shifted, digits),
    }
}

fn add_months(moment: i64, months: i64) -> Option<i64> {
    let [year, month, day, ..] = fields(moment);
    let index = (i64::from(year) * 12 + i64::from(month) - 1).checked_add(months)?;
    let (year, month) =
        (u64::try_from(index.div_euclid(12)).ok()?, index.rem_euclid(12) as u64 + 1);
    let day = u64::from(day).min(days_of_month(year, month));
    Some(days_from_civil(year, month, day).checked_mul(DAY)? + moment.rem_euclid(DAY))
}
