//! Decimal numbers.

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::base::real::Real;

/// A decimal number: `unscaled / 10^scale`, of which the last `hidden` digits are not shown. A
/// quotient has such (`do_div_mod` of strings/decimal.c works in groups of nine digits), so that
/// `10/3*3` is 10.0000.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Decimal {
    /// All digits.
    pub unscaled: i128,
    /// Digits after the point, at most 30.
    pub scale: u8,
    /// How many of them are not shown.
    pub hidden: u8,
}

impl Decimal {
    /// `unscaled / 10^scale`, all of it shown.
    pub const fn new(unscaled: i128, scale: u8) -> Decimal {
        Decimal { unscaled, scale, hidden: 0 }
    }

    /// Reads `-12.50`.
    pub fn parse(text: &str) -> Option<Decimal> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let fraction = &fraction[..fraction.len().min(30)];
        let digits = format!("{whole}{fraction}");
        let digits = if digits.is_empty() || digits == "-" { "0".to_string() } else { digits };
        Some(Decimal::new(digits.parse().ok()?, fraction.len() as u8))
    }

    /// The decimal with a double's shortest digits; `None` if it has too many of them.
    pub fn from_real(value: Real) -> Option<Decimal> {
        if !value.is_finite() {
            return None;
        }
        let (digits, exponent) = value.digits(None);
        let number: i128 = digits.parse().ok()?;
        let number = if value.is_negative() { -number } else { number };
        let scale = digits.len() as i32 - 1 - exponent;
        if scale <= 0 {
            let factor = 10_i128.checked_pow(scale.unsigned_abs())?;
            return Some(Decimal::new(number.checked_mul(factor)?, 0));
        }
        let kept = u8::try_from(scale).unwrap_or(u8::MAX);
        if kept > 38 {
            Some(Decimal::new(0, 0))
        } else {
            Decimal::new(number, kept).rescale(kept.min(30))
        }
    }

    /// As a double.
    pub fn real(self) -> Real {
        let full = Decimal { hidden: 0, ..self };
        Real::parse(&full.to_string()).unwrap_or_default()
    }

    /// Digits after the point that are shown.
    pub fn shown(self) -> u8 {
        self.scale - self.hidden
    }

    /// The same number with `scale` digits after the point, rounded half away from zero.
    pub fn rescale(self, scale: u8) -> Option<Decimal> {
        if scale >= self.scale {
            let factor = 10_i128.checked_pow(u32::from(scale - self.scale))?;
            return Some(Decimal::new(self.unscaled.checked_mul(factor)?, scale));
        }
        let factor = 10_i128.checked_pow(u32::from(self.scale - scale))?;
        let half = factor / 2 * self.unscaled.signum();
        Some(Decimal::new(self.unscaled.checked_add(half)? / factor, scale))
    }

    /// Cut off after `scale` digits.
    pub fn cut(self, scale: u8) -> Decimal {
        let gone = self.scale.saturating_sub(scale);
        let factor = 10_i128.checked_pow(gone.into()).unwrap_or(i128::MAX);
        Decimal::new(self.unscaled / factor, self.scale - gone)
    }

    /// Rounded to a whole number, half away from zero.
    pub fn round(self) -> i128 {
        self.rescale(0).map_or(0, |d| d.unscaled)
    }

    /// With all its digits shown.
    pub fn whole(self) -> Decimal {
        Decimal { hidden: 0, ..self }
    }

    /// Below zero.
    pub fn negated(self) -> Decimal {
        Decimal { unscaled: self.unscaled.saturating_neg(), ..self }
    }

    fn aligned(self, other: Decimal) -> Option<(i128, i128, u8)> {
        let scale = self.scale.max(other.scale);
        Some((self.rescale(scale)?.unscaled, other.rescale(scale)?.unscaled, scale))
    }

    /// Shows only so many digits.
    pub fn showing(self, shown: u8) -> Decimal {
        Decimal { hidden: self.scale.saturating_sub(shown), ..self }
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
        let sum = Decimal::new(a.checked_add(b)?, scale);
        Some(sum.showing(self.shown().max(other.shown())))
    }

    /// Product.
    pub fn times(self, other: Decimal) -> Option<Decimal> {
        let shown = (self.shown() + other.shown()).min(30);
        let exact = self.unscaled.checked_mul(other.unscaled);
        let Some(unscaled) = exact else {
            // Where all digits do not fit, those that are not shown go first.
            let (a, b) = (self.rescale(self.shown())?, other.rescale(other.shown())?);
            let unscaled = a.unscaled.checked_mul(b.unscaled)?;
            return Decimal::new(unscaled, a.scale + b.scale).rescale(shown);
        };
        let product = Decimal::new(unscaled, self.scale + other.scale);
        Some(product.rescale(product.scale.min(30))?.showing(shown))
    }

    /// Quotient, which shows MySQL's `div_precision_increment` of 4 more digits; `None` for a
    /// division by zero.
    pub fn over(self, other: Decimal) -> Option<Decimal> {
        let shown = (self.shown() + 4).min(30);
        // Of each operand, whole groups of nine digits.
        let groups = |scale: u8| scale.div_ceil(9) * 9;
        let spare = groups(self.scale) - self.scale + groups(other.scale) - other.scale;
        let more = 4_u8.saturating_sub(spare);
        let scale = groups(groups(self.scale) + groups(other.scale) + more).min(27).max(shown);
        let quotient = |scale: u8| {
            let power = i32::from(scale) + i32::from(other.scale) - i32::from(self.scale);
            let top = self.unscaled.checked_mul(10_i128.checked_pow(power.try_into().ok()?)?)?;
            Some(Decimal::new(top.checked_div(other.unscaled)?, scale))
        };
        if other.unscaled == 0 {
            return None;
        }
        match quotient(scale) {
            Some(exact) => Some(exact.showing(shown)),
            None => quotient(shown + 1)?.rescale(shown),
        }
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kept = self.rescale(self.shown()).unwrap_or(*self);
        if kept.scale == 0 {
            return write!(f, "{}", kept.unscaled);
        }
        let scale = usize::from(kept.scale);
        let digits = format!("{:0>width$}", kept.unscaled.unsigned_abs(), width = scale + 1);
        let (whole, fraction) = digits.split_at(digits.len() - scale);
        let sign = if kept.unscaled < 0 { "-" } else { "" };
        write!(f, "{sign}{whole}.{fraction}")
    }
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
        let third = d("10").over(d("3")).expect("no zero");
        assert_eq!(third.times(d("3")).expect("fits").to_string(), "10.0000");
        assert_eq!(d("-0.5").to_string(), "-0.5");
        assert_eq!(d("1.25").rescale(1).expect("fits").to_string(), "1.3");
        assert_eq!(d("1.5").plus(d("2.25")).expect("fits").to_string(), "3.75");
        assert_eq!(d("1").over(d("0")), None);
    }
}
