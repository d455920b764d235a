//! Real numbers, as awk and printf have them: IEEE doubles, kept as their bits, so that they can be
//! compared and digested. Only operations that IEEE 754 defines exactly are used, so every machine
//! computes the same: what is not among them, such as a sine, `libm` makes of them. (A C library
//! may differ in the last bit.) This file and `conversion` are the only ones that name the type.

use std::cmp::Ordering;

use super::exact;
use serde::{Deserialize, Serialize};

/// A double, by its bits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub struct Real(u64);

impl Real {
    /// From a double.
    pub fn new(value: f64) -> Real {
        Real(value.to_bits())
    }

    /// The double.
    pub fn get(self) -> f64 {
        f64::from_bits(self.0)
    }

    /// A whole number, rounded to what a double holds.
    pub fn whole(value: i64) -> Real {
        Real::new(value as f64)
    }

    /// Towards zero, held within 64 bits.
    pub fn to_whole(self) -> i64 {
        self.get() as i64
    }

    /// Whether it is neither zero.
    pub fn is_true(self) -> bool {
        self.get() != 0.0
    }

    /// Sum, difference, product, quotient, remainder, power, by the operator's letter.
    pub fn apply(self, operator: u8, other: Real) -> Real {
        let (a, b) = (self.get(), other.get());
        // Which bits a result that is no number has, is the processor's choice: here it is that
        // of x86-64, everywhere.
        if a.is_nan() || b.is_nan() {
            return if a.is_nan() { self } else { other };
        }
        let result = match operator {
            b'+' => a + b,
            b'-' => a - b,
            b'*' => a * b,
            b'/' => a / b,
            b'%' => a % b,
            _ => exact::pow(a, b),
        };
        if result.is_nan() { Real::NAN } else { Real::new(result) }
    }

    /// What an operation gives that has no result; its sign is set.
    pub const NAN: Real = Real(0xfff8 << 48);

    /// The other sign.
    pub fn negated(self) -> Real {
        Real(self.0 ^ 1 << 63)
    }

    /// What a text says, if it is a number from end to end as Rust reads one.
    pub fn parse(text: &str) -> Option<Real> {
        text.parse().ok().map(Real::new)
    }

    /// Rounded to what 32 bits hold; an infinity if that is too little.
    pub fn single(self) -> Real {
        Real::new(f64::from(self.get() as f32))
    }

    /// The 32 bits of the single it is rounded to.
    pub fn single_bits(self) -> u32 {
        (self.get() as f32).to_bits()
    }

    /// From 32 bits.
    pub fn from_single_bits(bits: u32) -> Real {
        Real::new(f64::from(f32::from_bits(bits)))
    }

    /// Its 64 bits.
    pub fn bits(self) -> u64 {
        self.0
    }

    /// From 64 bits.
    pub fn from_bits(bits: u64) -> Real {
        Real(bits)
    }

    /// Whether it is neither an infinity nor no number.
    pub fn is_finite(self) -> bool {
        self.get().is_finite()
    }

    /// Whether it is below zero.
    pub fn is_negative(self) -> bool {
        self.get() < 0.0
    }

    /// The whole number at or below it.
    pub fn floor(self) -> Real {
        Real::new(self.get().floor())
    }

    /// The whole number at or above it.
    pub fn ceil(self) -> Real {
        Real::new(self.get().ceil())
    }

    /// Significant digits without a point, and the power of ten of the first: the shortest that
    /// are read back as this number, or `count` of them, correctly rounded. Of a finite number.
    pub fn digits(self, count: Option<usize>) -> (String, i32) {
        let value = self.get().abs();
        let text = match count {
            Some(count) => format!("{value:.*e}", count.saturating_sub(1)),
            None => format!("{value:e}"),
        };
        let (digits, exponent) = text.split_once('e').expect("that is how it is written");
        (digits.replace('.', ""), exponent.parse().expect("an exponent is a number"))
    }

    /// With so many digits after the point, correctly rounded.
    pub fn fixed(self, places: u8) -> String {
        format!("{:.*}", usize::from(places), self.get())
    }

    /// Without its fraction.
    pub fn truncated(self) -> Real {
        Real::new(self.get().trunc())
    }

    /// The nearest whole number, of two the even one; -0 stays -0 (rint(3)).
    pub fn to_even(self) -> Real {
        Real::new(self.get().round_ties_even())
    }

    /// The nearest whole number.
    pub fn rounded(self) -> i64 {
        self.get().round_ties_even() as i64
    }

    /// The square root.
    pub fn root(self) -> Real {
        Real::new(self.get().sqrt())
    }

    /// Of an angle, a power or a logarithm; `None` for a function it does not know.
    pub fn function(self, name: &str) -> Option<Real> {
        let of: fn(f64) -> f64 = match name {
            "SIN" => libm::sin,
            "COS" => libm::cos,
            "TAN" => libm::tan,
            "ASIN" => libm::asin,
            "ACOS" => libm::acos,
            "ATAN" => libm::atan,
            "EXP" => exact::exp,
            "LN" => exact::log,
            "LOG2" => |value| exact::log(value) / std::f64::consts::LN_2,
            "LOG10" => libm::log10,
            _ => return None,
        };
        let result = if self.get().is_nan() { self } else { Real::new(of(self.get())) };
        Some(if result.get().is_nan() && !self.get().is_nan() { Real::NAN } else { result })
    }

    /// The angle of a point, of which this is the ordinate.
    pub fn angle(self, abscissa: Real) -> Real {
        Real::new(libm::atan2(self.get(), abscissa.get()))
    }

    /// A fraction of one from 32 bits of chance.
    pub fn fraction(bits: u32) -> Real {
        Real::new(f64::from(bits) / 4_294_967_296.0)
    }

    /// How two numbers compare; one that is none compares as greater.
    pub fn compare(self, other: Real) -> Ordering {
        self.get().partial_cmp(&other.get()).unwrap_or(Ordering::Greater)
    }

    /// The integer it is, if it is one that a C `int` holds.
    pub fn as_int(self) -> Option<i64> {
        let value = self.get();
        (value == value.trunc() && value.abs() <= 2_147_483_647.0).then_some(value as i64)
    }
}

/// As [`leading_number`], also infinities, `nan` and hexadecimal digits: C's strtod(3).
pub fn strtod(text: &[u8]) -> (Real, usize) {
    let blank = text.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let signed = usize::from(matches!(text.get(blank), Some(b'+' | b'-')));
    let start = blank + signed;
    let negative = signed == 1 && text[blank] == b'-';
    let with_sign = |size: f64| Real::new(if negative { -size } else { size });
    let begins = |word: &[u8]| {
        text.get(start..start + word.len()).is_some_and(|part| part.eq_ignore_ascii_case(word))
    };
    for (word, size) in
        [(&b"infinity"[..], f64::INFINITY), (b"inf", f64::INFINITY), (b"nan", f64::NAN)]
    {
        if begins(word) {
            return (with_sign(size), start + word.len());
        }
    }
    match begins(b"0x").then(|| hexadecimal(&text[start + 2..])).flatten() {
        Some((size, used)) => (with_sign(size), start + 2 + used),
        None => leading_number(text),
    }
}

/// `1A.8p3` after `0x`.
fn hexadecimal(text: &[u8]) -> Option<(f64, usize)> {
    let (mut size, mut shift, mut at, mut any) = (0.0f64, 0i32, 0, false);
    let mut in_fraction = false;
    while let Some(byte) = text.get(at) {
        match char::from(*byte).to_digit(16) {
            Some(digit) => {
                size = size * 16.0 + f64::from(digit);
                shift -= if in_fraction { 4 } else { 0 };
                any = true;
            }
            None if *byte == b'.' && !in_fraction => in_fraction = true,
            None => break,
        }
        at += 1;
    }
    if !any {
        return None;
    }
    if matches!(text.get(at), Some(b'p' | b'P')) {
        let sign = usize::from(matches!(text.get(at + 1), Some(b'+' | b'-')));
        let digits = text.get(at + 1 + sign..).unwrap_or_default();
        let count = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let read = std::str::from_utf8(&digits[..count]).ok().and_then(|text| text.parse().ok());
        if count > 0 {
            let power: i32 = read.unwrap_or(9_999);
            shift += if text[at + 1] == b'-' { -power } else { power };
            at += 1 + sign + count;
        }
    }
    let factor = if shift < 0 { 0.5 } else { 2.0 };
    Some(((0..shift.unsigned_abs().min(9_999)).fold(size, |size, _| size * factor), at))
}

/// The number a text begins with (after blanks), and how many bytes it takes.
pub fn leading_number(text: &[u8]) -> (Real, usize) {
    let blank = text.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let mut end = blank + usize::from(matches!(text.get(blank), Some(b'+' | b'-')));
    let digits = |from: usize| text[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let whole = digits(end);
    end += whole;
    let mut fraction = 0;
    if text.get(end) == Some(&b'.') {
        fraction = digits(end + 1);
        if whole + fraction > 0 {
            end += 1 + fraction;
        }
    }
    if whole + fraction == 0 {
        return (Real::default(), 0);
    }
    if matches!(text.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(text.get(end + 1), Some(b'+' | b'-')));
        let count = text.get(end + 1 + sign..).map_or(0, |_| digits(end + 1 + sign));
        if count > 0 {
            end += 1 + sign + count;
        }
    }
    let value: Option<f64> =
        std::str::from_utf8(&text[blank..end]).ok().and_then(|text| text.parse().ok());
    (Real::new(value.unwrap_or(0.0)), end)
}
