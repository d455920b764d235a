//! Quantities (`500m`, `2Gi`, `1e3`) and values that are a number or a text.
//! Models apimachinery/pkg/api/resource/quantity.go.

use std::cmp::Ordering;
use std::fmt;

use serde_json::Value;

use super::support::{Field, Wrong, by_tree, wrong};

/// An amount. Two quantities are `==` if they were written in the same family of suffixes and mean
/// the same; `cmp` compares what they mean first.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Quantity {
    /// Thousand-millionths; the API keeps nothing smaller, and rounds up.
    nano: i128,
    format: Format,
}

/// Which suffixes it is written with.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
enum Format {
    /// `m`, none, `k`, `M` …
    #[default]
    Decimal,
    /// `Ki`, `Mi` …
    Binary,
    /// `e3`, `E6` …
    Exponent,
}

const NANO: i128 = 1_000_000_000;
/// The API caps quantities at 2^63 - 1.
const NANO_MAX: i128 = (i64::MAX as i128) * NANO;
const BINARY: [(&str, u32); 6] =
    [("Ki", 10), ("Mi", 20), ("Gi", 30), ("Ti", 40), ("Pi", 50), ("Ei", 60)];
const DECIMAL: [(&str, i32); 10] = [
    ("n", -9),
    ("u", -6),
    ("m", -3),
    ("", 0),
    ("k", 3),
    ("M", 6),
    ("G", 9),
    ("T", 12),
    ("P", 15),
    ("E", 18),
];

/// What the API server says of a text that is not a quantity.
pub const BAD_QUANTITY: &str = "quantities must match the regular expression \
    '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

impl Quantity {
    /// A whole number, written without a suffix.
    pub fn whole(n: i64) -> Quantity {
        Quantity { nano: i128::from(n) * NANO, format: Format::Decimal }
    }

    /// A whole number, written with binary suffixes where it can be.
    pub fn bytes_binary(n: i64) -> Quantity {
        Quantity { nano: i128::from(n) * NANO, format: Format::Binary }
    }

    /// Thousandths.
    pub fn from_millis(n: i64) -> Quantity {
        Quantity { nano: i128::from(n) * (NANO / 1_000), format: Format::Decimal }
    }

    /// Text → quantity.
    pub fn parse(text: &str) -> Option<Quantity> {
        let end = text.find(|c: char| !c.is_ascii_digit() && !"+-.".contains(c));
        let (number, suffix) = text.split_at(end.unwrap_or(text.len()));
        let (negative, digits) = match number.as_bytes().first()? {
            b'-' => (true, &number[1..]),
            b'+' => (false, &number[1..]),
            _ => (false, number),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if (whole.is_empty() && fraction.is_empty()) || !all_digits(whole) || !all_digits(fraction)
        {
            return None;
        }
        let (format, base, power) = suffix_of(suffix)?;
        let nano = scaled(whole, fraction, base, power).min(NANO_MAX);
        Some(Quantity { nano: if negative { -nano } else { nano }, format })
    }

    /// The amount as a whole number, rounded up.
    pub fn value(self) -> i64 {
        let up = if self.nano % NANO > 0 { 1 } else { 0 };
        i64::try_from(self.nano / NANO + up).unwrap_or(i64::MAX)
    }

    /// The amount in thousandths, rounded up.
    pub fn millis(self) -> i64 {
        let unit = NANO / 1_000;
        let up = if self.nano % unit > 0 { 1 } else { 0 };
        i64::try_from(self.nano / unit + up).unwrap_or(i64::MAX)
    }

    /// Whether it is 0.
    pub fn is_zero(self) -> bool {
        self.nano == 0
    }

    /// Whether it is below 0.
    pub fn is_negative(self) -> bool {
        self.nano < 0
    }

    /// The sum, in the first one's suffixes, or the other's if the first is nothing.
    #[must_use]
    pub fn plus(self, other: Quantity) -> Quantity {
        let nano = self.nano.saturating_add(other.nano).clamp(-NANO_MAX, NANO_MAX);
        Quantity { nano, format: if self.nano == 0 { other.format } else { self.format } }
    }
}

/// The family, base and power that a suffix stands for.
fn suffix_of(suffix: &str) -> Option<(Format, u32, i32)> {
    if let Some((_, power)) = BINARY.iter().find(|(name, _)| *name == suffix) {
        return Some((Format::Binary, 2, *power as i32));
    }
    if let Some((_, power)) = DECIMAL.iter().find(|(name, _)| *name == suffix) {
        return Some((Format::Decimal, 10, *power));
    }
    let exponent = suffix.strip_prefix(['e', 'E'])?;
    let power: i32 = exponent.parse().ok()?;
    Some((Format::Exponent, 10, power.clamp(-100, 100)))
}

/// `whole.fraction × base^power` in thousand-millionths, rounded up, never above the cap.
fn scaled(whole: &str, fraction: &str, base: u32, power: i32) -> i128 {
    let mut digits = 0_i128;
    let mut tens = 9 + if base == 10 { power } else { 0 };
    for digit in whole.bytes().chain(fraction.bytes()) {
        if digits > NANO_MAX {
            // More digits than the cap has: only their number matters now.
            tens += 1;
            continue;
        }
        digits = digits * 10 + i128::from(digit - b'0');
    }
    tens -= i32::try_from(fraction.len().min(10_000)).expect("at most 10,000");
    let mut exact = true;
    while tens < 0 && digits != 0 {
        exact &= digits % 10 == 0;
        digits /= 10;
        tens += 1;
    }
    while tens > 0 && digits != 0 && digits <= NANO_MAX {
        digits *= 10;
        tens -= 1;
    }
    if base == 2 {
        digits = digits.min(NANO_MAX).saturating_mul(1_i128 << power);
    }
    digits.min(NANO_MAX) + i128::from(!exact)
}

impl fmt::Display for Quantity {
    /// Canonical: no fraction, the largest suffix that loses nothing.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let below_1024 = self.nano.abs() < 1_024 * NANO;
        if self.nano == 0 {
            return f.write_str("0");
        }
        if self.format == Format::Binary && !below_1024 && self.nano % NANO == 0 {
            let (mut n, mut suffix) = (self.nano / NANO, "");
            for (name, _) in BINARY {
                if n % 1_024 != 0 {
                    break;
                }
                n /= 1_024;
                suffix = name;
            }
            return write!(f, "{n}{suffix}");
        }
        let (mut n, mut power) = (self.nano, -9);
        while n % 1_000 == 0 && power < 18 {
            n /= 1_000;
            power += 3;
        }
        if self.format == Format::Exponent {
            return if power == 0 { write!(f, "{n}") } else { write!(f, "{n}e{power}") };
        }
        let suffix = DECIMAL.iter().find(|(_, one)| *one == power).map_or("", |(name, _)| name);
        write!(f, "{n}{suffix}")
    }
}

impl PartialOrd for Quantity {
    fn partial_cmp(&self, other: &Quantity) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Quantity {
    fn cmp(&self, other: &Quantity) -> Ordering {
        self.nano.cmp(&other.nano).then(self.format.cmp(&other.format))
    }
}

impl Field for Quantity {
    fn read(&mut self, value: &Value) -> Result<(), Wrong> {
        let parsed = match value {
            Value::Number(number) => match (number.as_i64(), number.as_u64()) {
                (Some(n), _) => Some(Quantity::whole(n)),
                (None, Some(_)) => Some(Quantity::whole(i64::MAX)),
                (None, None) => number.as_f64().and_then(|n| Quantity::parse(&n.to_string())),
            },
            Value::String(text) => Quantity::parse(text.trim()),
            other => return Err(wrong(other, "a quantity")),
        };
        *self = parsed.ok_or_else(|| Wrong(BAD_QUANTITY.to_owned()))?;
        Ok(())
    }
    fn write(&self) -> Value {
        Value::String(self.to_string())
    }
    fn says_nothing(&self) -> bool {
        *self == Quantity::default()
    }
}

by_tree!(Quantity);

/// A number or a text: ports and percentages.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum IntOrString {
    /// A number.
    Int(i32),
    /// A name or a percentage.
    String(String),
}

impl Field for IntOrString {
    fn read(&mut self, value: &Value) -> Result<(), Wrong> {
        let number = value.as_i64().and_then(|it| i32::try_from(it).ok());
        *self = match (number, value) {
            (Some(number), _) => IntOrString::Int(number),
            (None, Value::String(text)) => IntOrString::String(text.clone()),
            _ => {
                let said = "data did not match any variant of untagged enum IntOrString";
                return Err(Wrong(said.to_owned()));
            }
        };
        Ok(())
    }
    fn write(&self) -> Value {
        match self {
            IntOrString::Int(number) => Value::from(*number),
            IntOrString::String(text) => Value::String(text.clone()),
        }
    }
    fn says_nothing(&self) -> bool {
        *self == IntOrString::default()
    }
}

by_tree!(IntOrString);

impl Default for IntOrString {
    fn default() -> IntOrString {
        IntOrString::Int(0)
    }
}

impl fmt::Display for IntOrString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            IntOrString::Int(n) => n.fmt(f),
            IntOrString::String(text) => text.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_written_canonically() {
        let rows = [
            ("2Gi", "2Gi", 2_147_483_648),
            ("2048Mi", "2Gi", 2_147_483_648),
            ("1536Mi", "1536Mi", 1_610_612_736),
            ("1000", "1k", 1_000),
            ("1024", "1024", 1_024),
            ("512Ki", "512Ki", 524_288),
            ("0.5", "500m", 1),
            ("500m", "500m", 1),
            ("1000m", "1", 1),
            ("1.5Gi", "1536Mi", 1_610_612_736),
            ("1e3", "1e3", 1_000),
            ("10G", "10G", 10_000_000_000),
            ("0", "0", 0),
            ("-1", "-1", -1),
            ("+1", "1", 1),
            ("100Mi", "100Mi", 104_857_600),
            ("1023Mi", "1023Mi", 1_072_693_248),
            ("0.0000000001", "1n", 1),
            (".5", "500m", 1),
            ("99999999999999999999", "9223372036854775807", i64::MAX),
            ("1Ki", "1Ki", 1_024),
        ];
        for (text, written, value) in rows {
            let quantity = Quantity::parse(text).expect(text);
            assert_eq!(quantity.to_string(), written, "{text}");
            assert_eq!(quantity.value(), value, "{text}");
        }
        for bad in ["", "Gi", "2GB", "1.2.3", "1 Gi", "0x10", "--1", "1ee3", "."] {
            assert_eq!(Quantity::parse(bad), None, "{bad}");
        }
    }
}
