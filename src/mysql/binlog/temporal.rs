//! Dates and times in row images (`my_datetime_packed_to_binary` and its like of
//! sql-common/my_time.c).

use super::row::{big, little, take};
use crate::mysql::data::{DAY, SECOND, Type, Value, ZERO_DATE, days_from_civil, fields, micros};

pub(super) fn encode(kind: &Type, value: &Value, out: &mut Vec<u8>) {
    match kind {
        Type::Time(digits) => {
            let clock = value.clock().unwrap_or(0);
            let (n, micros) = (clock.abs() / SECOND, clock.abs() % SECOND);
            let packed = (n / 3_600) << 12 | (n / 60 % 60) << 6 | (n % 60);
            // The fraction in the unit of its bytes; a negative time is negative as a whole.
            let bytes = fraction_bytes(*digits);
            let packed = (packed << (8 * bytes)) | (micros / FRACTION_UNITS[bytes]);
            let packed = if clock < 0 { -packed } else { packed };
            out.extend(&(packed + (0x80_0000 << (8 * bytes))).to_be_bytes()[5 - bytes..]);
        }
        Type::DateTime(digits) => {
            let moment = value.moment().unwrap_or(ZERO_DATE);
            let [y, m, d, hour, minute, second] = fields(moment).map(u64::from);
            let packed = ((y * 13 + m) << 5 | d) << 17 | hour << 12 | minute << 6 | second;
            out.extend(&(packed + 0x80_0000_0000).to_be_bytes()[3..]);
            fraction(moment, *digits, out);
        }
        Type::Timestamp(digits) => {
            let moment = value.moment().unwrap_or(0).max(0);
            out.extend(((moment / SECOND) as u32).to_be_bytes());
            fraction(moment, *digits, out);
        }
        Type::Date => {
            let [year, month, day, ..] = fields(value.moment().unwrap_or(ZERO_DATE));
            let packed = day | (month << 5) | (year << 9);
            out.extend(&packed.to_le_bytes()[..3]);
        }
        _ => {}
    }
}

/// A value of a type that is a date, a time or both, from the front of the bytes.
pub fn decode(kind: &Type, bytes: &mut &[u8]) -> Option<Value> {
    Some(match kind {
        Type::Time(digits) => {
            let count = fraction_bytes(*digits);
            let packed = big(take(bytes, 3 + count)?) as i64 - (0x80_0000 << (8 * count));
            let (n, units) = (packed.abs() >> (8 * count), packed.abs() & ((1 << (8 * count)) - 1));
            let seconds = (n >> 12) * 3_600 + (n >> 6 & 63) * 60 + (n & 63);
            let clock = seconds * SECOND + units * FRACTION_UNITS[count];
            Value::Time(if packed < 0 { -clock } else { clock }, *digits)
        }
        Type::DateTime(digits) => {
            let packed = big(take(bytes, 5)?).wrapping_sub(0x80_0000_0000);
            let micros = decode_fraction(*digits, bytes)?;
            if packed == 0 {
                return Some(Value::Moment(ZERO_DATE, *digits));
            }
            let (date, clock) = (packed >> 17, packed & 0x1_ffff);
            let (months, day) = (date >> 5, date & 31);
            let days = days_from_civil(months / 13, months % 13, day);
            let seconds = (clock >> 12) * 3_600 + (clock >> 6 & 63) * 60 + (clock & 63);
            Value::Moment(days * DAY + seconds as i64 * SECOND + micros, *digits)
        }
        Type::Timestamp(digits) => {
            let seconds = big(take(bytes, 4)?) as i64;
            let micros = decode_fraction(*digits, bytes)?;
            let moment = if seconds == 0 { ZERO_DATE } else { seconds * SECOND + micros };
            Value::Moment(moment, *digits)
        }
        Type::Date => {
            let packed = little(take(bytes, 3)?);
            if packed == 0 {
                return Some(Value::Date(ZERO_DATE));
            }
            Value::Date(days_from_civil(packed >> 9, packed >> 5 & 15, packed & 31))
        }
        _ => return None,
    })
}

/// Bytes of a second's fraction with so many digits.
fn fraction_bytes(digits: u8) -> usize {
    usize::from(digits.div_ceil(2)).min(3)
}

/// Microseconds of one unit of a fraction of 0 to 3 bytes (`my_datetime_packed_to_binary`).
const FRACTION_UNITS: [i64; 4] = [SECOND, 10_000, 100, 1];

fn fraction(moment: i64, digits: u8, out: &mut Vec<u8>) {
    let bytes = fraction_bytes(digits);
    let units = micros(moment) / FRACTION_UNITS[bytes];
    out.extend(&units.to_be_bytes()[8 - bytes..]);
}

fn decode_fraction(digits: u8, bytes: &mut &[u8]) -> Option<i64> {
    let count = fraction_bytes(digits);
    Some(big(take(bytes, count)?) as i64 * FRACTION_UNITS[count])
}
