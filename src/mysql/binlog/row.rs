//! Row images: a null bitmap and the values, in the storage format of each type.

use super::event::{bits, bytes_max};
use super::temporal;
use crate::base::real::Real;
use crate::mysql::data::{Column, Decimal, SHORTEST, SINGLE, Type, Value, latin};

/// One row image.
pub fn encode_row(columns: &[Column], values: &[Value]) -> Vec<u8> {
    let nulls: Vec<bool> = values.iter().map(Value::is_null).collect();
    let mut out = bits(&nulls);
    for (column, value) in columns.iter().zip(values) {
        if !value.is_null() {
            encode_value(column, value, &mut out);
        }
    }
    out
}

fn encode_value(column: &Column, value: &Value, out: &mut Vec<u8>) {
    match &column.kind {
        Type::Int { bytes, .. } => {
            let number = value.number().round();
            out.extend(&number.to_le_bytes()[..usize::from(*bytes)]);
        }
        Type::Decimal(precision, scale, _) => {
            let number = value.number().rescale(*scale);
            decimal(number.map_or(0, |d| d.unscaled), *precision, *scale, out);
        }
        Type::Real { single: true, .. } => out.extend(value.real().single_bits().to_le_bytes()),
        Type::Real { .. } => out.extend(value.real().bits().to_le_bytes()),
        Type::Char(_) | Type::VarChar(_) | Type::Binary(_) | Type::VarBinary(_) => {
            let mut bytes = stored(column, value);
            if matches!(column.kind, Type::Binary(_)) {
                // `Field_string::pack` leaves the padding out.
                let kept = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |at| at + 1);
                bytes.truncate(kept);
            }
            if bytes_max(column) > 255 {
                out.extend((bytes.len() as u16).to_le_bytes());
            } else {
                out.push(bytes.len() as u8);
            }
            out.extend(bytes);
        }
        Type::Text(length) | Type::Blob(length) => {
            let bytes = stored(column, value);
            out.extend(&(bytes.len() as u64).to_le_bytes()[..usize::from(*length)]);
            out.extend(bytes);
        }
        Type::Bit(_) => {
            let number = value.number().round() as u64;
            out.extend(&number.to_be_bytes()[8 - column.kind.bytes_of_bits()..]);
        }
        Type::Enum(list) => {
            let index = value.number().round() as u16;
            out.extend(&index.to_le_bytes()[..if list.len() < 256 { 1 } else { 2 }]);
        }
        Type::Set(_) => {
            let members = value.number().round() as u64;
            out.extend(&members.to_le_bytes()[..column.kind.bytes_of_bits()]);
        }
        Type::Year => out.push((value.number().round() - 1_900).max(0) as u8),
        _ => temporal::encode(&column.kind, value, out),
    }
}

/// A string's bytes in its column's character set.
fn stored(column: &Column, value: &Value) -> Vec<u8> {
    match value {
        Value::Text(text) if column.charset.is_utf8() => latin::to_unicode(text).into_bytes(),
        other => other.bytes(),
    }
}

/// Bytes for so many decimal digits (`dig2bytes`).
const DIGIT_BYTES: [usize; 10] = [0, 1, 1, 2, 2, 3, 3, 4, 4, 4];

/// MySQL's packed decimal: groups of nine digits, the odd ones first (whole part) and last
/// (fraction).
fn decimal(unscaled: i128, precision: u8, scale: u8, out: &mut Vec<u8>) {
    let (whole_len, scale) = (usize::from(precision - scale), usize::from(scale));
    let digits = format!("{:0>width$}", unscaled.unsigned_abs(), width = whole_len + scale);
    let digits = &digits[digits.len() - (whole_len + scale)..];
    let (whole, fraction) = digits.split_at(whole_len);
    let start = out.len();
    let mut group = |text: &str| {
        let number: u64 = text.parse().unwrap_or(0);
        let bytes = DIGIT_BYTES[text.len().min(9)];
        out.extend(&number.to_be_bytes()[8 - bytes..]);
    };
    let odd = whole.len() % 9;
    group(&whole[..odd]);
    whole.as_bytes()[odd..].chunks(9).for_each(|c| group(&String::from_utf8_lossy(c)));
    fraction.as_bytes().chunks(9).for_each(|c| group(&String::from_utf8_lossy(c)));
    if unscaled < 0 {
        out[start..].iter_mut().for_each(|byte| *byte = !*byte);
    }
    if let Some(first) = out.get_mut(start) {
        *first ^= 0x80;
    }
}

/// Reads one row image; `None` if the bytes do not fit the columns.
pub fn decode_row(columns: &[Column], bytes: &mut &[u8]) -> Option<Vec<Value>> {
    let nulls = take(bytes, columns.len().div_ceil(8))?.to_vec();
    let mut values = Vec::with_capacity(columns.len());
    for (index, column) in columns.iter().enumerate() {
        if nulls[index / 8] >> (index % 8) & 1 == 1 {
            values.push(Value::Null);
        } else {
            values.push(decode_value(column, bytes)?);
        }
    }
    Some(values)
}

/// Bytes from the front; `None` if there are too few.
pub fn take<'b>(bytes: &mut &'b [u8], count: usize) -> Option<&'b [u8]> {
    let (front, rest) = bytes.split_at_checked(count)?;
    *bytes = rest;
    Some(front)
}

/// A number, its lowest byte first.
pub fn little(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |n, byte| (n << 8) | u64::from(*byte))
}

/// A number, its highest byte first.
pub fn big(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |n, byte| (n << 8) | u64::from(*byte))
}

fn decode_value(column: &Column, bytes: &mut &[u8]) -> Option<Value> {
    Some(match &column.kind {
        Type::Int { bytes: length, unsigned, .. } => {
            let raw = i128::from(little(take(bytes, (*length).into())?));
            let bits = u32::from(*length) * 8;
            let negative = !*unsigned && raw >> (bits - 1) & 1 == 1;
            Value::Int(if negative { raw - (1 << bits) } else { raw })
        }
        Type::Decimal(precision, scale, _) => decode_decimal(*precision, *scale, bytes)?,
        Type::Real { single, digits, .. } => {
            let value = if *single {
                Real::from_single_bits(little(take(bytes, 4)?) as u32)
            } else {
                Real::from_bits(little(take(bytes, 8)?))
            };
            let shortest = if *single { SINGLE } else { SHORTEST };
            Value::Double(value, digits.map_or(shortest, |(_, scale)| scale))
        }
        Type::Enum(list) => {
            let index = little(take(bytes, if list.len() < 256 { 1 } else { 2 })?);
            column.kind.member(index)
        }
        Type::Set(_) => column.kind.member(little(take(bytes, column.kind.bytes_of_bits())?)),
        Type::Year => match take(bytes, 1)?[0] {
            0 => Value::Int(0),
            years => Value::Int(1_900 + i128::from(years)),
        },
        Type::Time(_) | Type::DateTime(_) | Type::Timestamp(_) | Type::Date => {
            temporal::decode(&column.kind, bytes)?
        }
        _ => decode_string(column, bytes)?,
    })
}

/// Texts, bytes and bits.
fn decode_string(column: &Column, bytes: &mut &[u8]) -> Option<Value> {
    Some(match &column.kind {
        Type::Binary(n) => {
            let length = little(take(bytes, if bytes_max(column) > 255 { 2 } else { 1 })?);
            let mut padded = take(bytes, length as usize)?.to_vec();
            padded.resize(*n as usize, 0);
            Value::Bytes(padded)
        }
        Type::VarBinary(_) => {
            let length = little(take(bytes, if bytes_max(column) > 255 { 2 } else { 1 })?);
            Value::Bytes(take(bytes, length as usize)?.to_vec())
        }
        Type::Blob(size) => {
            let length = little(take(bytes, (*size).into())?);
            Value::Bytes(take(bytes, length as usize)?.to_vec())
        }
        Type::Bit(_) => Value::Bits(take(bytes, column.kind.bytes_of_bits())?.to_vec()),
        Type::Char(_) | Type::VarChar(_) => {
            let length = little(take(bytes, if bytes_max(column) > 255 { 2 } else { 1 })?);
            text(column, take(bytes, length as usize)?)
        }
        Type::Text(size) => {
            let length = little(take(bytes, (*size).into())?);
            text(column, take(bytes, length as usize)?)
        }
        _ => return None,
    })
}

fn text(column: &Column, bytes: &[u8]) -> Value {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let known = column.charset.is_utf8().then(|| latin::from_unicode(&text)).flatten();
    Value::Text(known.unwrap_or(text))
}

/// A packed decimal from the front of the bytes.
pub fn decode_decimal(precision: u8, scale: u8, bytes: &mut &[u8]) -> Option<Value> {
    let (whole_len, fraction_len) = (usize::from(precision - scale), usize::from(scale));
    let groups = |len: usize| len / 9 * 4 + DIGIT_BYTES[len % 9];
    let mut raw = take(bytes, groups(whole_len) + groups(fraction_len))?.to_vec();
    if let Some(first) = raw.first_mut() {
        *first ^= 0x80;
    }
    let negative = raw.first().is_some_and(|byte| byte & 0x80 != 0);
    if negative {
        raw.iter_mut().for_each(|byte| *byte = !*byte);
    }
    let mut rest = raw.as_slice();
    let mut digits = String::new();
    let mut lengths = vec![whole_len % 9];
    lengths.extend(std::iter::repeat_n(9, whole_len / 9 + fraction_len / 9));
    lengths.push(fraction_len % 9);
    for length in lengths {
        let number = big(take(&mut rest, DIGIT_BYTES[length])?);
        if length > 0 {
            digits.push_str(&format!("{number:0>length$}"));
        }
    }
    let unscaled: i128 = digits.parse().unwrap_or(0);
    let unscaled = if negative { -unscaled } else { unscaled };
    Some(Value::Decimal(Decimal::new(unscaled, scale)))
}
