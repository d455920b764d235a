//! One printf conversion: flags, width, precision, and the number or text they shape.

use super::limit::CONVERSION_WIDTH_MAX;
use super::real::Real;

/// `%-08.3d` without its value.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Spec {
    /// `-`.
    pub left: bool,
    /// `0`.
    pub zero: bool,
    /// `+`.
    pub plus: bool,
    /// A blank.
    pub space: bool,
    /// `#`.
    pub alternate: bool,
    /// At least this wide.
    pub width: u32,
    /// After the point.
    pub precision: Option<u32>,
}

impl Spec {
    /// Fills a text up to the width; a precision cuts it.
    pub fn text(&self, text: &[u8]) -> Vec<u8> {
        let cut = self.precision.map_or(text.len(), |n| text.len().min(n as usize));
        self.fill(b"", &text[..cut], false)
    }

    /// A whole number in a conversion (`d`, `u`, `o`, `x`, `X`).
    pub fn integer(&self, value: i128, conversion: u8) -> Vec<u8> {
        let signed = matches!(conversion, b'd' | b'i');
        let bits = value as u64;
        let mut digits = match conversion {
            b'd' | b'i' => value.unsigned_abs().to_string(),
            b'o' => format!("{bits:o}"),
            b'x' => format!("{bits:x}"),
            b'X' => format!("{bits:X}"),
            _ => {
                if value >= 0 {
                    value.to_string()
                } else {
                    bits.to_string()
                }
            }
        };
        if let Some(precision) = self.precision {
            let missing =
                (precision.min(CONVERSION_WIDTH_MAX) as usize).saturating_sub(digits.len());
            digits.insert_str(0, &"0".repeat(missing));
        }
        let prefix: &[u8] = match conversion {
            _ if signed => self.sign(value < 0),
            b'x' if self.alternate && bits != 0 => b"0x",
            b'X' if self.alternate && bits != 0 => b"0X",
            b'o' if self.alternate && !digits.starts_with('0') => b"0",
            _ => b"",
        };
        self.fill(prefix, digits.as_bytes(), self.zero && self.precision.is_none())
    }

    fn sign(&self, negative: bool) -> &'static [u8] {
        match (negative, self.plus, self.space) {
            (true, _, _) => b"-",
            (_, true, _) => b"+",
            (_, _, true) => b" ",
            _ => b"",
        }
    }

    /// A real number in a conversion (`e`, `f`, `g` and their capitals).
    pub fn real(&self, value: Real, conversion: u8) -> Vec<u8> {
        let value = value.get();
        let sign = self.sign(value.is_sign_negative());
        let size = value.abs();
        if !size.is_finite() {
            let text = if size.is_nan() { "nan" } else { "inf" };
            let text =
                if conversion.is_ascii_uppercase() { text.to_uppercase() } else { text.into() };
            return self.fill(sign, text.as_bytes(), false);
        }
        let precision = self.precision.unwrap_or(6).min(200) as usize;
        let text = match conversion.to_ascii_lowercase() {
            b'f' => format!("{size:.precision$}"),
            b'e' => exponential(size, precision),
            _ => general(size, precision.max(1), self.alternate),
        };
        let text = if conversion.is_ascii_uppercase() { text.to_uppercase() } else { text };
        self.fill(sign, text.as_bytes(), self.zero)
    }

    fn fill(&self, prefix: &[u8], body: &[u8], zeros: bool) -> Vec<u8> {
        let width = self.width.min(CONVERSION_WIDTH_MAX) as usize;
        let missing = width.saturating_sub(prefix.len() + body.len());
        match (self.left, zeros) {
            (true, _) => [prefix, body, &vec![b' '; missing]].concat(),
            (_, true) => [prefix, &vec![b'0'; missing], body].concat(),
            _ => [&vec![b' '; missing], prefix, body].concat(),
        }
    }
}

/// C's `%e`: two digits of exponent at least.
fn exponential(value: f64, precision: usize) -> String {
    let text = format!("{value:.precision$e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, exponent) = match exponent.strip_prefix('-') {
        Some(size) => ('-', size),
        None => ('+', exponent),
    };
    format!("{digits}e{sign}{exponent:0>2}")
}

/// C's `%g`.
fn general(value: f64, precision: usize, keep_zeros: bool) -> String {
    let scientific = format!("{value:.*e}", precision - 1);
    let exponent: i64 =
        scientific.split_once('e').and_then(|(_, exponent)| exponent.parse().ok()).unwrap_or(0);
    let fixed = exponent >= -4 && exponent < precision as i64;
    let text = match fixed {
        true => format!("{value:.*}", (precision as i64 - 1 - exponent).max(0) as usize),
        false => exponential(value, precision - 1),
    };
    if keep_zeros || !text.contains('.') {
        return text;
    }
    let (digits, exponent) = match text.split_once('e') {
        Some((digits, exponent)) => (digits, Some(exponent)),
        None => (text.as_str(), None),
    };
    let digits = digits.trim_end_matches('0').trim_end_matches('.');
    exponent.map_or(digits.to_string(), |exponent| format!("{digits}e{exponent}"))
}

/// Reads a conversion after `%`: its shape, its letter and its length. A width or precision of `*`
/// is asked for through `star`.
pub fn read(text: &[u8], mut star: impl FnMut() -> i64) -> Option<(Spec, u8, usize)> {
    let mut spec = Spec::default();
    let mut at = 0;
    while let Some(flag) = text.get(at).filter(|byte| b"-0+ #'".contains(byte)) {
        match flag {
            b'-' => spec.left = true,
            b'0' => spec.zero = true,
            b'+' => spec.plus = true,
            b' ' => spec.space = true,
            b'#' => spec.alternate = true,
            _ => {}
        }
        at += 1;
    }
    let mut number = |at: &mut usize| -> i64 {
        if text.get(*at) == Some(&b'*') {
            *at += 1;
            return star();
        }
        let mut value = 0;
        while let Some(digit) = text.get(*at).filter(|byte| byte.is_ascii_digit()) {
            value = (value * 10 + i64::from(digit - b'0')).min(i64::from(CONVERSION_WIDTH_MAX));
            *at += 1;
        }
        value
    };
    let width = number(&mut at);
    spec.left |= width < 0;
    spec.width = u32::try_from(width.unsigned_abs())
        .unwrap_or(CONVERSION_WIDTH_MAX)
        .min(CONVERSION_WIDTH_MAX);
    if text.get(at) == Some(&b'.') {
        at += 1;
        spec.precision = u32::try_from(number(&mut at)).ok();
    }
    while text.get(at).is_some_and(|byte| b"hlLqjzt".contains(byte)) {
        at += 1;
    }
    Some((spec, *text.get(at)?, at + 1))
}
