//! Values of SQL.

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{date_text, moment_text, parse_moment};

/// A decimal number: `unscaled / 10^scale`. MySQL's DOUBLE is computed as such too, for there are
/// no floats here.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Decimal {
    /// All digits.
    pub unscaled: i128,
    /// Digits after the point, at most 30.
    pub scale: u8,
}

/// A value.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Value {
    /// NULL.
    Null,
    /// A whole number.
    Int(i128),
    /// A number with digits after the point.
    Decimal(Decimal),
    /// Text. Its length is counted in bytes, as a latin1 server counts a client's bytes.
    Text(String),
    /// DATETIME and TIMESTAMP: seconds since 1970.
    Moment(i64),
    /// DATE: days since 1970.
    Date(i64),
}

impl Decimal {
    /// Reads `-12.50`.
    pub fn parse(text: &str) -> Option<Decimal> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let fraction = &fraction[..fraction.len().min(30)];
        let digits = format!("{whole}{fraction}");
        let digits = if digits.is_empty() || digits == "-" { "0".to_string() } else { digits };
        Some(Decimal { unscaled: digits.parse().ok()?, scale: fraction.len() as u8 })
    }

    /// The same number with `scale` digits after the point, rounded half away from zero.
    pub fn rescale(self, scale: u8) -> Option<Decimal> {
        if scale >= self.scale {
            let factor = 10_i128.checked_pow(u32::from(scale - self.scale))?;
            return Some(Decimal { unscaled: self.unscaled.checked_mul(factor)?, scale });
        }
        let factor = 10_i128.checked_pow(u32::from(self.scale - scale))?;
        let half = factor / 2 * self.unscaled.signum();
        Some(Decimal { unscaled: self.unscaled.checked_add(half)? / factor, scale })
    }

    /// Rounded to a whole number, half away from zero.
    pub fn round(self) -> i128 {
        self.rescale(0).map_or(0, |d| d.unscaled)
    }

    fn aligned(self, other: Decimal) -> Option<(i128, i128, u8)> {
        let scale = self.scale.max(other.scale);
        Some((self.rescale(scale)?.unscaled, other.rescale(scale)?.unscaled, scale))
    }

    /// Compares; numbers too large to align compare by sign and whole part.
    pub fn compare(self, other: Decimal) -> Ordering {
        match self.aligned(other) {
            Some((a, b, _)) => a.cmp(&b),
            None => self.round().cmp(&other.round()),
        }
    }

    /// Sum.
    pub fn plus(self, other: Decimal) -> Option<Decimal> {
        let (a, b, scale) = self.aligned(other)?;
        Some(Decimal { unscaled: a.checked_add(b)?, scale })
    }

    /// Product.
    pub fn times(self, other: Decimal) -> Option<Decimal> {
        let unscaled = self.unscaled.checked_mul(other.unscaled)?;
        Decimal { unscaled, scale: self.scale + other.scale }
            .rescale((self.scale + other.scale).min(30))
    }

    /// Quotient with MySQL's `div_precision_increment` of 4 more digits; `None` for a division by
    /// zero.
    pub fn over(self, other: Decimal) -> Option<Decimal> {
        let scale = self.scale + 4;
        let power = u32::from(scale) + u32::from(other.scale) - u32::from(self.scale);
        let top = self.unscaled.checked_mul(10_i128.checked_pow(power + 1)?)?;
        let tenfold = top.checked_div(other.unscaled)?;
        Decimal { unscaled: tenfold, scale: scale + 1 }.rescale(scale)
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.scale == 0 {
            return write!(f, "{}", self.unscaled);
        }
        let scale = usize::from(self.scale);
        let digits = format!("{:0>width$}", self.unscaled.unsigned_abs(), width = scale + 1);
        let (whole, fraction) = digits.split_at(digits.len() - scale);
        let sign = if self.unscaled < 0 { "-" } else { "" };
        write!(f, "{sign}{whole}.{fraction}")
    }
}

impl Value {
    /// A truth value.
    pub fn from_bool(value: bool) -> Value {
        Value::Int(i128::from(value))
    }

    /// Text, or `None` for NULL.
    pub fn shown(&self) -> Option<String> {
        Some(match self {
            Value::Null => return None,
            Value::Int(n) => n.to_string(),
            Value::Decimal(d) => d.to_string(),
            Value::Text(text) => text.clone(),
            Value::Moment(seconds) => moment_text(*seconds),
            Value::Date(days) => date_text(*days),
        })
    }

    /// Text, empty for NULL.
    pub fn text(&self) -> String {
        self.shown().unwrap_or_default()
    }

    /// Whether it is NULL.
    pub fn is_null(&self) -> bool {
        *self == Value::Null
    }

    /// As a number: the leading digits of a text, 0 if there are none.
    pub fn number(&self) -> Decimal {
        match self {
            Value::Null => Decimal { unscaled: 0, scale: 0 },
            Value::Int(n) => Decimal { unscaled: *n, scale: 0 },
            Value::Decimal(d) => *d,
            Value::Text(text) => leading_number(text),
            Value::Moment(_) | Value::Date(_) => {
                let digits: String = self.text().chars().filter(char::is_ascii_digit).collect();
                Decimal { unscaled: digits.parse().unwrap_or(0), scale: 0 }
            }
        }
    }

    /// Whether a condition with this value holds; NULL does not.
    pub fn is_true(&self) -> bool {
        self.number().unscaled != 0
    }

    /// Whether it prints as a number (right-aligned by the client).
    pub fn is_number(&self) -> bool {
        matches!(self, Value::Int(_) | Value::Decimal(_))
    }

    /// As a moment, if it is one.
    pub fn moment(&self) -> Option<i64> {
        match self {
            Value::Moment(seconds) => Some(*seconds),
            Value::Date(super::ZERO_DATE) => Some(super::ZERO_DATE),
            Value::Date(days) => Some(days * 86_400),
            Value::Text(text) => parse_moment(text),
            Value::Int(n) => parse_moment(&n.to_string()),
            Value::Null | Value::Decimal(_) => None,
        }
    }

    /// Compares by MySQL's rules; `None` if one is NULL. Text compares without regard to case
    /// (latin1_swedish_ci).
    pub fn compare(&self, other: &Value) -> Option<Ordering> {
        if self.is_null() || other.is_null() {
            return None;
        }
        let temporal = |v: &Value| matches!(v, Value::Moment(_) | Value::Date(_));
        if (temporal(self) || temporal(other))
            && let (Some(a), Some(b)) = (self.moment(), other.moment())
        {
            return Some(a.cmp(&b));
        }
        if let (Value::Text(a), Value::Text(b)) = (self, other) {
            return Some(collate(a).cmp(&collate(b)));
        }
        Some(self.number().compare(other.number()))
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

/// What a `_ci` collation compares: upper case, trailing blanks dropped.
fn collate(text: &str) -> String {
    text.trim_end_matches(' ').to_uppercase()
}

fn leading_number(text: &str) -> Decimal {
    let text = text.trim_start();
    let mut length = 0;
    let mut point = false;
    for (index, byte) in text.bytes().enumerate() {
        let ok = byte.is_ascii_digit()
            || (index == 0 && (byte == b'-' || byte == b'+'))
            || (byte == b'.' && !point);
        if !ok {
            break;
        }
        point |= byte == b'.';
        length = index + 1;
    }
    let cut = text[..length].trim_start_matches('+');
    Decimal::parse(cut).unwrap_or(Decimal { unscaled: 0, scale: 0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn d(text: &str) -> Decimal {
        Decimal::parse(text).expect("a number")
    }

    #[test]
    fn decimals_print_and_divide_as_mysql_does() {
        assert_eq!(d("1").over(d("3")).expect("no zero").to_string(), "0.3333");
        assert_eq!(d("2").over(d("3")).expect("no zero").to_string(), "0.6667");
        assert_eq!(d("-0.5").to_string(), "-0.5");
        assert_eq!(d("1.25").rescale(1).expect("fits").to_string(), "1.3");
        assert_eq!(d("1.5").plus(d("2.25")).expect("fits").to_string(), "3.75");
        assert_eq!(d("1").over(d("0")), None);
    }

    #[test]
    fn texts_compare_as_numbers_only_with_numbers() {
        assert_eq!(Value::Text("10x".into()).compare(&Value::Int(10)), Some(Ordering::Equal));
        let (a, b) = (Value::Text("Hello".into()), Value::Text("hello ".into()));
        assert_eq!(a.compare(&b), Some(Ordering::Equal));
    }
}
