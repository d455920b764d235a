//! Functions about numbers.

use crate::base::real::Real;
use crate::mysql::data::{Decimal, Value};

/// Computes one of them; `None` if it is none of them. No value is NULL.
pub(super) fn about_numbers(name: &str, values: &[Value]) -> Option<Value> {
    let first = values.first()?;
    Some(match name {
        "ABS" => match first {
            Value::Int(n) => Value::Int(n.saturating_abs()),
            Value::Decimal(d) if d.unscaled < 0 => Value::Decimal(d.negated()),
            value if value.is_real() && value.real().is_negative() => {
                Value::double(value.real().negated())
            }
            value if value.is_real() => Value::double(value.real()),
            value => value.clone(),
        },
        "SIGN" => match first.real() {
            value if value.is_negative() => Value::Int(-1),
            value => Value::Int(value.is_true().into()),
        },
        "FLOOR" | "CEIL" | "CEILING" => whole(first, name == "FLOOR"),
        "ROUND" | "TRUNCATE" => {
            let places = values.get(1).map_or(0, |v| v.number().round());
            round(first, places.clamp(-38, 30) as i8, name == "TRUNCATE")
        }
        "MOD" => remainder(first, &values[1]),
        "POW" | "POWER" => {
            let power = first.real().apply(b'^', values[1].real());
            Value::double(power)
        }
        "SQRT" => match first.real() {
            value if value.is_negative() => Value::Null,
            value => Value::double(value.root()),
        },
        "ATAN" | "ATAN2" if values.len() == 2 => {
            Value::double(first.real().angle(values[1].real()))
        }
        "ATAN2" => Value::double(first.real().function("ATAN")?),
        "COT" => Value::double(one().apply(b'/', first.real().function("TAN")?)),
        "LOG" if values.len() == 2 => {
            let [base, value] = [first, &values[1]].map(|v| v.real().function("LN"));
            Value::double(value?.apply(b'/', base?))
        }
        "LOG" => Value::double(first.real().function("LN")?),
        "SIN" | "COS" | "TAN" | "ASIN" | "ACOS" | "ATAN" | "EXP" | "LN" | "LOG2" | "LOG10" => {
            Value::double(first.real().function(name)?)
        }
        "RADIANS" => Value::double(first.real().apply(b'*', ratio(PI, "180"))),
        "DEGREES" => Value::double(first.real().apply(b'*', ratio("180", PI))),
        "GREATEST" | "LEAST" => extreme(values, name == "LEAST")?,
        "ISNULL" => Value::from_bool(first.is_null()),
        "STRCMP" => Value::Int(first.compare(&values[1])? as i128),
        "BIT_COUNT" => Value::Int(word(first).count_ones().into()),
        "INTERVAL" => {
            let below = |v: &&Value| v.compare(first).is_some_and(|order| order.is_le());
            Value::Int(values[1..].iter().take_while(below).count() as i128)
        }
        // They are CONV from ten, and read the digits of what they are given.
        "BIN" => convert(&first.text(), &Value::Int(10), &Value::Int(2)),
        "OCT" => convert(&first.text(), &Value::Int(10), &Value::Int(8)),
        "CONV" => convert(&first.text(), &values[1], &values[2]),
        "FORMAT" => Value::Text(grouped(first, values[1].number().round().clamp(0, 30) as u8)),
        "CRC32" => Value::Int(crate::base::checksum::crc32(&first.bytes()).into()),
        "INET_ATON" => inet_aton(&first.text()),
        "INET_NTOA" => match u32::try_from(first.number().round()) {
            Ok(n) => Value::Text(n.to_be_bytes().map(|byte| byte.to_string()).join(".")),
            Err(_) => Value::Null,
        },
        _ => return None,
    })
}

fn one() -> Real {
    Real::whole(1)
}

/// Whether a function has no logarithm to take (error 3020 of 5.7, as a warning).
pub(super) fn has_no_logarithm(name: &str, values: &[Value]) -> bool {
    let bad = |value: &Value| !value.is_null() && value.real().compare(Real::default()).is_le();
    let is_base = |value: &Value| value.real() == one();
    match name {
        "LN" | "LOG2" | "LOG10" => values.first().is_some_and(bad),
        "LOG" => values.iter().any(bad) || (values.len() == 2 && is_base(&values[0])),
        _ => false,
    }
}

const PI: &str = "3.141592653589793";

fn ratio(a: &str, b: &str) -> Real {
    let read = |text: &str| Real::parse(text).unwrap_or_default();
    read(a).apply(b'/', read(b))
}

/// The 64 bits a number is.
pub(super) fn word(value: &Value) -> u64 {
    let number = value.number().round();
    number.clamp(i64::MIN.into(), u64::MAX.into()) as u64
}

fn whole(value: &Value, down: bool) -> Value {
    if value.is_real() {
        let value = value.real();
        return Value::double(if down { value.floor() } else { value.ceil() });
    }
    let d = value.number();
    let Some(unit) = 10_i128.checked_pow(d.scale.into()) else { return Value::Null };
    let up = !down && d.unscaled.rem_euclid(unit) != 0;
    Value::Int(d.unscaled.div_euclid(unit) + i128::from(up))
}

/// ROUND and TRUNCATE of a DOUBLE, which then shows as many digits (`my_double_round`): to the
/// nearest, of two to the even one.
fn round_real(value: Real, places: i8, cut: bool) -> Value {
    let unit = 10_i128.checked_pow(places.unsigned_abs().into()).unwrap_or(i128::MAX);
    let unit = Decimal::new(unit, 0).real();
    let (there, back) = if places < 0 { (b'/', b'*') } else { (b'*', b'/') };
    let scaled = value.apply(there, unit);
    let limit = Real::whole(1 << 53);
    let is_whole = !scaled.compare(limit).is_lt() || !scaled.compare(limit.negated()).is_gt();
    let kept = match (is_whole, cut) {
        (true, _) => value,
        (_, true) => scaled.truncated().apply(back, unit),
        (_, false) => scaled.to_even().apply(back, unit),
    };
    match kept.is_finite() {
        true => Value::Double(kept, u8::try_from(places).unwrap_or(0)),
        false => Value::Null,
    }
}

fn round(value: &Value, places: i8, cut: bool) -> Value {
    if value.is_real() {
        return round_real(value.real(), places, cut);
    }
    let number = value.number();
    let rounded = match u8::try_from(places) {
        Ok(places) if places >= number.scale => Some(number),
        Ok(places) if cut => Some(number.cut(places)),
        Ok(places) => number.rescale(places),
        Err(_) => {
            // Places before the point: of a smaller number, without them.
            let Some(unit) = 10_i128.checked_pow(places.unsigned_abs().into()) else {
                return Value::Int(0);
            };
            let whole = number.cut(0).unscaled;
            let half = if cut { 0 } else { unit / 2 * number.unscaled.signum() };
            Some(Decimal::new((whole + half) / unit * unit, 0))
        }
    };
    let Some(rounded) = rounded else { return Value::Null };
    match value {
        Value::Int(_) | Value::Padded(..) => Value::Int(rounded.unscaled),
        _ if rounded.scale == 0 => Value::Int(rounded.unscaled),
        _ => Value::Decimal(rounded),
    }
}

fn remainder(a: &Value, b: &Value) -> Value {
    if !b.is_true() {
        return Value::Null;
    }
    if a.is_real() || b.is_real() {
        return Value::double(a.real().apply(b'%', b.real()));
    }
    let (x, y) = (a.number(), b.number());
    let scale = x.scale.max(y.scale);
    match (x.rescale(scale), y.rescale(scale)) {
        (Some(x), Some(y)) if scale == 0 => Value::Int(x.unscaled % y.unscaled),
        (Some(x), Some(y)) => Value::Decimal(Decimal::new(x.unscaled % y.unscaled, scale)),
        _ => Value::Null,
    }
}

/// GREATEST and LEAST: of numbers, the result has as many digits as any of them.
fn extreme(values: &[Value], least: bool) -> Option<Value> {
    let pick = |a: &Value, b: &Value| {
        let less = a.order(b).is_lt();
        if least == less { a.clone() } else { b.clone() }
    };
    let picked = values.iter().cloned().reduce(|a, b| pick(&a, &b))?;
    let exact = |v: &Value| matches!(v, Value::Int(_) | Value::Decimal(_));
    if !values.iter().all(exact) {
        return Some(picked);
    }
    let scale = values.iter().map(|v| v.number().shown()).max().unwrap_or(0);
    match picked.number().rescale(scale) {
        Some(d) if scale > 0 => Some(Value::Decimal(d)),
        _ => Some(picked),
    }
}

/// A number from one base to another.
fn convert(text: &str, from: &Value, to: &Value) -> Value {
    let base = |value: &Value| u32::try_from(value.number().round().unsigned_abs()).unwrap_or(0);
    let (from, to) = (base(from), base(to));
    if text.is_empty() || !(2..=36).contains(&from) || !(2..=36).contains(&to) {
        return Value::Null;
    }
    let negative = text.starts_with('-');
    let digits = text.trim_start_matches(['-', '+']).chars().map_while(|c| c.to_digit(from));
    let add = |n: u64, digit: u32| n.saturating_mul(from.into()).saturating_add(digit.into());
    let mut number = digits.fold(0_u64, add);
    if negative {
        number = number.wrapping_neg();
    }
    let mut out = Vec::new();
    while out.is_empty() || number > 0 {
        let digit = char::from_digit((number % u64::from(to)) as u32, to).unwrap_or('0');
        out.push(digit.to_ascii_uppercase());
        number /= u64::from(to);
    }
    Value::Text(out.iter().rev().collect())
}

/// `1,234.50`.
fn grouped(value: &Value, places: u8) -> String {
    let number = value.number();
    let text = number.rescale(places).unwrap_or(number).to_string();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.as_str()),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut out = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{out}{point}{fraction}")
}

fn inet_aton(text: &str) -> Value {
    let parts: Option<Vec<u64>> =
        text.split('.').map(|part| part.parse().ok().filter(|n| *n < 256)).collect();
    match parts.as_deref() {
        Some([a, b, c, d]) => Value::Int((a << 24 | b << 16 | c << 8 | d).into()),
        _ => Value::Null,
    }
}
