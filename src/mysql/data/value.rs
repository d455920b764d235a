//! Values of SQL.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::{
    DAY, Decimal, SHORTEST, ZERO_DATE, clock_text, date_text, double_text, latin, moment_text,
    parse_clock, parse_moment,
};
use crate::base::real::{Real, leading_number};

/// A value.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Value {
    /// NULL.
    Null,
    /// A whole number.
    Int(i128),
    /// A number with digits after the point.
    Decimal(Decimal),
    /// FLOAT and DOUBLE, and how it is shown ([`double_text`]).
    Double(Real, u8),
    /// Text. Its length is counted in bytes, as a latin1 server counts a client's bytes.
    Text(String),
    /// Bytes, which compare byte for byte: BINARY, BLOB.
    Bytes(Vec<u8>),
    /// Bytes that are a number where a number is wanted: BIT, `0x41`, `b'1'`.
    Bits(Vec<u8>),
    /// Of ENUM and SET: the number of the member (a bit for each), and its name.
    Member(u64, String),
    /// A whole number shown with zeros in front, up to this width: ZEROFILL, YEAR.
    Padded(i128, u8),
    /// DATETIME and TIMESTAMP: microseconds since 1970, and how many digits of a second's fraction
    /// are shown.
    Moment(i64, u8),
    /// DATE: days since 1970.
    Date(i64),
    /// TIME: microseconds, at most 838:59:59 either way, and how many digits of a second's fraction
    /// are shown.
    Time(i64, u8),
}

impl Value {
    /// A truth value.
    pub fn from_bool(value: bool) -> Value {
        Value::Int(i128::from(value))
    }

    /// A DOUBLE; NULL if it is out of range.
    pub fn double(value: Real) -> Value {
        if value.is_finite() { Value::Double(value, SHORTEST) } else { Value::Null }
    }

    /// Text, or `None` for NULL.
    pub fn shown(&self) -> Option<String> {
        Some(match self {
            Value::Null => return None,
            Value::Int(n) => n.to_string(),
            Value::Decimal(d) => d.to_string(),
            Value::Double(value, shown) => double_text(*value, *shown),
            Value::Text(text) | Value::Member(_, text) => text.clone(),
            Value::Bytes(bytes) | Value::Bits(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            Value::Padded(n, width) => format!("{n:0>width$}", width = usize::from(*width)),
            Value::Moment(moment, digits) => moment_text(*moment, *digits),
            Value::Date(days) => date_text(*days),
            Value::Time(clock, digits) => clock_text(*clock, *digits),
        })
    }

    /// Text, empty for NULL.
    pub fn text(&self) -> String {
        self.shown().unwrap_or_default()
    }

    /// Its bytes.
    pub fn bytes(&self) -> Vec<u8> {
        match self {
            Value::Bytes(bytes) | Value::Bits(bytes) => bytes.clone(),
            other => other.text().into_bytes(),
        }
    }

    /// Whether it is NULL.
    pub fn is_null(&self) -> bool {
        *self == Value::Null
    }

    /// As an exact number: the leading digits of a text, 0 if there are none.
    pub fn number(&self) -> Decimal {
        match self {
            Value::Null => Decimal::new(0, 0),
            Value::Int(n) | Value::Padded(n, _) => Decimal::new(*n, 0),
            Value::Decimal(d) => *d,
            Value::Double(value, _) => Decimal::from_real(*value).unwrap_or(Decimal::new(
                if value.is_negative() { i128::MIN / 2 } else { i128::MAX / 2 },
                0,
            )),
            Value::Text(text) => leading_decimal(text),
            Value::Bytes(bytes) => leading_decimal(&String::from_utf8_lossy(bytes)),
            Value::Bits(bytes) => {
                let number = bytes.iter().fold(0_u64, |n, byte| n << 8 | u64::from(*byte));
                Decimal::new(number.into(), 0)
            }
            Value::Member(index, _) => Decimal::new((*index).into(), 0),
            Value::Moment(..) | Value::Date(_) | Value::Time(..) => {
                let text = self.text();
                let scale = text.split_once('.').map_or(0, |(_, fraction)| fraction.len() as u8);
                let digits: String = text.chars().filter(char::is_ascii_digit).collect();
                let number = Decimal::new(digits.parse().unwrap_or(0), scale);
                if text.starts_with('-') { number.negated() } else { number }
            }
        }
    }

    /// An exact number with at least so many digits after its point.
    pub fn scaled(self, scale: Option<u8>) -> Value {
        let number = match (&self, scale) {
            (Value::Int(n), Some(1..)) => Decimal::new(*n, 0),
            (Value::Decimal(d), Some(digits)) if d.scale < digits => *d,
            (Value::Decimal(d), Some(digits)) if d.shown() < digits => {
                return Value::Decimal(d.showing(digits));
            }
            _ => return self,
        };
        scale.and_then(|digits| number.rescale(digits)).map_or(self, Value::Decimal)
    }

    /// As a user variable keeps it: with the digits of a quotient that are not shown.
    pub fn kept(self) -> Value {
        match self {
            Value::Decimal(number) => Value::Decimal(number.whole()),
            value => value,
        }
    }

    /// As a whole number: half of one goes away from 0, of a DOUBLE to the even neighbour (`rint`).
    pub fn whole(&self) -> i128 {
        match self {
            Value::Double(value, _) if value.rounded().unsigned_abs() < 1 << 53 => {
                value.rounded().into()
            }
            value => value.number().round(),
        }
    }

    /// The same, where a whole number is wanted of anything (`Item::val_int`): of a text, the
    /// digits it begins with.
    pub fn integer(&self) -> i128 {
        match self {
            Value::Text(_) | Value::Bytes(_) => {
                let text = self.text();
                let text = text.trim_start();
                let signs = usize::from(text.starts_with(['-', '+']));
                let digits = text[signs..].bytes().take_while(u8::is_ascii_digit).count();
                let number = text[..signs + digits].trim_start_matches('+').parse();
                number.unwrap_or(if digits == 0 { 0 } else { i64::MAX.into() })
            }
            value => value.whole(),
        }
    }

    /// As a double.
    pub fn real(&self) -> Real {
        match self {
            Value::Double(value, _) => *value,
            Value::Text(text) => leading_number(text.as_bytes()).0,
            Value::Bytes(bytes) => leading_number(bytes).0,
            other => other.number().real(),
        }
    }

    /// Whether arithmetic with it is done in doubles.
    pub fn is_real(&self) -> bool {
        matches!(self, Value::Double(..) | Value::Text(_) | Value::Bytes(_))
    }

    /// Whether a condition with this value holds; NULL does not.
    pub fn is_true(&self) -> bool {
        if self.is_real() { self.real().is_true() } else { self.number().unscaled != 0 }
    }

    /// Whether it prints as a number (right-aligned by the client).
    pub fn is_number(&self) -> bool {
        matches!(self, Value::Int(_) | Value::Decimal(_) | Value::Double(..) | Value::Padded(..))
    }

    /// As a moment in microseconds, if it is one.
    pub fn moment(&self) -> Option<i64> {
        match self {
            Value::Moment(moment, _) => Some(*moment),
            Value::Date(ZERO_DATE) => Some(ZERO_DATE),
            Value::Date(days) => Some(days * DAY),
            Value::Text(_) | Value::Int(_) | Value::Decimal(_) => {
                parse_moment(&self.text()).map(|(moment, _)| moment)
            }
            _ => None,
        }
    }

    /// How many digits of a second's fraction it has (`Item::datetime_precision`).
    pub fn second_digits(&self) -> u8 {
        let text_digits = |text: &str| {
            let fraction = text.rsplit_once('.').map_or("", |(_, fraction)| fraction);
            fraction.bytes().take_while(u8::is_ascii_digit).count().min(6) as u8
        };
        match self {
            Value::Moment(_, digits) | Value::Time(_, digits) => *digits,
            Value::Text(text) if text.contains(':') => text_digits(text),
            Value::Decimal(d) => d.scale.min(6),
            Value::Double(..) => 6,
            _ => 0,
        }
    }

    /// As a time of day or a span of time, in microseconds, if it is one.
    pub fn clock(&self) -> Option<i64> {
        match self {
            Value::Time(clock, _) => Some(*clock),
            Value::Moment(moment, _) => Some(moment.rem_euclid(DAY)),
            Value::Date(_) => Some(0),
            Value::Null => None,
            other => {
                let text = other.text();
                if let Some((moment, _)) = moment_with_clock(&text) {
                    return Some(moment.rem_euclid(DAY));
                }
                leading_clock(&text).0
            }
        }
    }

    /// Whether something of it is no time, where a time is wanted.
    pub fn is_cut_as_clock(&self) -> bool {
        match self {
            Value::Text(text) if moment_with_clock(text).is_none() => {
                let (clock, is_cut) = leading_clock(text);
                clock.is_none() || is_cut
            }
            _ => self.clock().is_none(),
        }
    }

    /// Whether it is read as a time, and not as a moment, where either will do.
    pub fn is_clock(&self) -> bool {
        match self {
            Value::Time(..) => true,
            Value::Text(text) => moment_with_clock(text).is_none(),
            Value::Int(n) => *n < 10_000_101_000_000,
            _ => false,
        }
    }

    /// Compares by MySQL's rules; `None` if one is NULL. Text compares without regard to case
    /// (latin1_swedish_ci).
    pub fn compare(&self, other: &Value) -> Option<Ordering> {
        if self.is_null() || other.is_null() {
            return None;
        }
        let temporal = |v: &Value| matches!(v, Value::Moment(..) | Value::Date(_));
        if (temporal(self) || temporal(other))
            && let (Some(a), Some(b)) = (self.moment(), other.moment())
        {
            return Some(a.cmp(&b));
        }
        let time = |v: &Value| matches!(v, Value::Time(..));
        let no_time =
            |v: &Value| matches!(v, Value::Text(t) if !t.contains(|c: char| c.is_ascii_digit()));
        if (time(self) || time(other))
            && !no_time(self)
            && !no_time(other)
            && let (Some(a), Some(b)) = (self.clock(), other.clock())
        {
            return Some(a.cmp(&b));
        }
        // A text that is no moment is compared as text.
        let either = |v: &Value| temporal(v) || time(v);
        if (either(self) && matches!(other, Value::Text(_)))
            || (either(other) && matches!(self, Value::Text(_)))
        {
            return Some(latin::collated(&self.text()).cmp(&latin::collated(&other.text())));
        }
        if let (Value::Member(a, _), Value::Member(b, _)) = (self, other) {
            return Some(a.cmp(b));
        }
        match (self.as_string(), other.as_string()) {
            (Some(true), Some(_)) | (Some(_), Some(true)) => Some(self.bytes().cmp(&other.bytes())),
            (Some(false), Some(false)) => {
                Some(latin::collated(&self.text()).cmp(&latin::collated(&other.text())))
            }
            _ if self.is_real() || other.is_real() => Some(self.real().compare(other.real())),
            _ => Some(self.number().compare(other.number())),
        }
    }

    /// Whether it is a string, and whether one of bytes.
    fn as_string(&self) -> Option<bool> {
        match self {
            Value::Text(_) | Value::Member(..) => Some(false),
            Value::Bytes(_) | Value::Bits(_) => Some(true),
            _ => None,
        }
    }

    /// Total order for ORDER BY and keys: NULL first.
    pub fn order(&self, other: &Value) -> Ordering {
        match (self.is_null(), other.is_null()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => self.compare(other).unwrap_or(Ordering::Equal),
        }
    }
}

/// A text long enough to be more than a time of day, if it is a moment (`str_to_time`).
fn moment_with_clock(text: &str) -> Option<(i64, u8)> {
    let text = text.trim();
    let has_clock = text.contains([' ', 'T']) || text.bytes().all(|b| b.is_ascii_digit());
    (text.len() >= 12 && has_clock).then(|| parse_moment(text)).flatten()
}

/// The time a text begins with, and whether something follows it.
fn leading_clock(text: &str) -> (Option<i64>, bool) {
    let text = text.trim();
    let bytes = text.as_bytes();
    let is_part = |(at, byte): (usize, &u8)| match byte {
        b'-' => at == 0,
        b' ' => bytes.get(at + 1).is_some_and(u8::is_ascii_digit),
        byte => byte.is_ascii_digit() || matches!(byte, b':' | b'.'),
    };
    let end = bytes.iter().enumerate().position(|part| !is_part(part)).unwrap_or(text.len());
    let front = text[..end].trim_end_matches([':', '-']);
    let clock = match front {
        "" if text.is_empty() => None,
        "" => Some(0),
        front => parse_clock(front).map(|(clock, _)| clock),
    };
    (clock, front.len() < text.len())
}

/// The number a text begins with, exactly where it has no exponent.
fn leading_decimal(text: &str) -> Decimal {
    let bytes = text.trim_start().as_bytes();
    let (value, length) = leading_number(bytes);
    let digits = String::from_utf8_lossy(&bytes[..length]);
    if digits.contains(['e', 'E']) {
        return Decimal::from_real(value).unwrap_or(Decimal::new(i128::MAX / 2, 0));
    }
    let digits = digits.trim_start_matches('+');
    Decimal::parse(digits).unwrap_or(Decimal::new(0, 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_compare_as_numbers_only_with_numbers() {
        assert_eq!(Value::Text("10x".into()).compare(&Value::Int(10)), Some(Ordering::Equal));
        assert_eq!(Value::Text("1e1".into()).compare(&Value::Int(10)), Some(Ordering::Equal));
        let (a, b) = (Value::Text("Hello".into()), Value::Text("hello ".into()));
        assert_eq!(a.compare(&b), Some(Ordering::Equal));
        let (a, b) = (Value::Bytes(b"Hello".into()), Value::Text("hello".into()));
        assert_eq!(a.compare(&b), Some(Ordering::Less));
    }
}
