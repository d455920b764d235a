//! Strings, numbers, and strings that look like numbers.

use std::cmp::Ordering;

use crate::base::conversion::Spec;
use crate::base::real::{Real, leading_number, strtod};

/// A value.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub enum Value {
    /// Never assigned: 0 and "".
    #[default]
    None,
    /// A number.
    Number(Real),
    /// A string.
    Text(Vec<u8>),
    /// A string from outside, which counts as a number if it looks like one.
    Field(Vec<u8>),
    /// An array, only as a function's argument.
    Array(u32),
}

/// The number a string from outside is, if it is one with nothing but blanks around.
fn looks_numeric(text: &[u8]) -> Option<Real> {
    let (number, used) = leading_number(text);
    (used > 0 && text[used..].iter().all(u8::is_ascii_whitespace)).then_some(number)
}

impl Value {
    /// As a number.
    pub fn number(&self) -> Real {
        match self {
            Value::None | Value::Array(_) => Real::default(),
            Value::Number(number) => *number,
            Value::Text(text) | Value::Field(text) => strtod(text).0,
        }
    }

    /// As a string; `format` is CONVFMT or OFMT.
    pub fn text(&self, format: &[u8]) -> Vec<u8> {
        match self {
            Value::None | Value::Array(_) => Vec::new(),
            Value::Number(number) => number_text(*number, format).into_bytes(),
            Value::Text(text) | Value::Field(text) => text.clone(),
        }
    }

    /// As a condition.
    pub fn is_true(&self) -> bool {
        match self {
            Value::None | Value::Array(_) => false,
            Value::Number(number) => number.is_true(),
            Value::Text(text) => !text.is_empty(),
            Value::Field(text) => {
                looks_numeric(text).map_or(!text.is_empty(), |number| number.is_true())
            }
        }
    }

    /// A number, where it counts as one.
    pub fn checked(self) -> Value {
        match &self {
            Value::Field(text) => looks_numeric(text).map_or(self, Value::Number),
            _ => self,
        }
    }

    fn numeric(&self) -> Option<Real> {
        match self {
            Value::None => Some(Real::default()),
            Value::Number(number) => Some(*number),
            Value::Field(text) => looks_numeric(text),
            Value::Text(_) | Value::Array(_) => None,
        }
    }

    /// As numbers if both are, else as strings.
    pub fn compare(&self, other: &Value, format: &[u8]) -> Ordering {
        match (self.numeric(), other.numeric()) {
            (Some(a), Some(b)) => a.compare(b),
            _ => self.text(format).cmp(&other.text(format)),
        }
    }
}

/// A number as awk prints it: whole ones in full, others by a format.
pub fn number_text(number: Real, format: &[u8]) -> String {
    if let Some(whole) = number.as_int() {
        return whole.to_string();
    }
    let plain = (Vec::new(), Spec { precision: Some(6), ..Spec::default() }, b'g', &b""[..]);
    let at = format.iter().position(|byte| *byte == b'%');
    let read = at.and_then(|at| {
        let (spec, letter, length) = crate::base::conversion::read(&format[at + 1..], || 0)?;
        Some((format[..at].to_vec(), spec, letter, &format[at + 1 + length..]))
    });
    let (before, spec, letter, after) =
        read.filter(|row| b"defgiEFG".contains(&row.2)).unwrap_or(plain);
    let text = match letter {
        b'd' | b'i' => spec.integer(i128::from(number.to_whole()), letter),
        letter => spec.real(number, letter),
    };
    String::from_utf8_lossy(&[&before, &text, after].concat()).into_owned()
}
