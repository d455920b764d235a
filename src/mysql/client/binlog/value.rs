//! Values of row images, as `-v` shows them. Models `log_event_print_value` of sql/log_event.cc.

use crate::base::conversion::Spec;
use crate::base::real::Real;
use crate::mysql::binlog::{TableMap, big, decode_decimal, decode_moment, little, take};
use crate::mysql::data::{Type, fraction_text};

/// One column's type: its code and metadata, as `table_def` reads them from a Table_map.
#[derive(Clone, Copy)]
pub(super) struct Kind {
    code: u8,
    pub meta: u16,
}

const DECIMAL: u8 = 246;
const ENUM: u8 = 247;
const SET: u8 = 248;
const STRING: u8 = 254;

/// The columns' types.
pub(super) fn kinds(map: &TableMap) -> Option<Vec<Kind>> {
    let mut meta = map.meta.as_slice();
    let kind = |code: &u8| {
        let meta = match *code {
            // Bits over, then bytes; a length.
            15 | 16 => little(take(&mut meta, 2)?),
            DECIMAL | STRING => big(take(&mut meta, 2)?),
            4 | 5 | 17..=19 | 252 => little(take(&mut meta, 1)?),
            _ => 0,
        };
        Some(Kind { code: real_type(*code, meta as u16), meta: meta as u16 })
    };
    map.types.iter().map(kind).collect()
}

/// ENUM and SET travel as strings.
fn real_type(code: u8, meta: u16) -> u8 {
    match (meta >> 8) as u8 {
        real @ (ENUM | SET) if code == STRING => real,
        _ => code,
    }
}

impl Kind {
    /// The bytes a CHAR may have (bug 37426: two bits of it lie in the type).
    fn char_length(self) -> u16 {
        let [high, low] = self.meta.to_be_bytes();
        u16::from(low) | u16::from((high & 0x30) ^ 0x30) << 4
    }

    /// As `-vv` names it.
    pub fn name(self) -> String {
        let meta = self.meta;
        let [high, low] = meta.to_be_bytes();
        let plain = match self.code {
            1 => "TINYINT",
            2 => "SHORTINT",
            3 => "INT",
            4 => "FLOAT",
            5 => "DOUBLE",
            8 => "LONGINT",
            9 => "MEDIUMINT",
            10 => "DATE",
            13 => "YEAR",
            15 => return format!("VARSTRING({meta})"),
            16 => return format!("BIT({})", self.bits()),
            17 => return format!("TIMESTAMP({meta})"),
            18 => return format!("DATETIME({meta})"),
            19 => return format!("TIME({meta})"),
            DECIMAL => return format!("DECIMAL({high},{low})"),
            ENUM if low == 1 => "ENUM(1 byte)",
            ENUM => "ENUM(2 bytes)",
            SET => return format!("SET({low} bytes)"),
            252 => match meta {
                1 => "TINYBLOB/TINYTEXT",
                2 => "BLOB/TEXT",
                3 => "MEDIUMBLOB/MEDIUMTEXT",
                _ => "LONGBLOB/LONGTEXT",
            },
            _ => return format!("STRING({})", self.char_length()),
        };
        plain.into()
    }

    fn bits(self) -> u16 {
        (self.meta >> 8) * 8 + (self.meta & 0xff)
    }

    /// A value; `None` if there are too few bytes.
    pub fn show(self, bytes: &mut &[u8]) -> Option<Vec<u8>> {
        let low = usize::from(self.meta & 0xff);
        let text = match self.code {
            1 => whole(take(bytes, 1)?),
            2 => whole(take(bytes, 2)?),
            3 => whole(take(bytes, 4)?),
            8 => whole(take(bytes, 8)?),
            9 => whole(take(bytes, 3)?),
            4 => {
                let value = Real::from_single_bits(little(take(bytes, 4)?) as u32);
                return Some(general(value, 6, 20));
            }
            5 => return Some(general(Real::from_bits(little(take(bytes, 8)?)), 20, 0)),
            10 => {
                let packed = little(take(bytes, 3)?);
                format!("'{:04}:{:02}:{:02}'", packed >> 9, packed >> 5 & 15, packed & 31)
            }
            13 => format!("{:04}", u16::from(take(bytes, 1)?[0]) + 1_900),
            17 => {
                let seconds = big(take(bytes, 4)?) as i32;
                let count = low.div_ceil(2);
                let unit = 10_i64.pow(6 - 2 * count as u32);
                let micros = big(take(bytes, count)?) as i64 * unit;
                format!("{seconds}{}", fraction_text(micros, low as u8))
            }
            18 | 19 => {
                let kind = if self.code == 18 { Type::DateTime } else { Type::Time };
                format!("'{}'", decode_moment(&kind(low as u8), bytes)?.text())
            }
            DECIMAL => decode_decimal((self.meta >> 8) as u8, low as u8, bytes)?.text(),
            ENUM => little(take(bytes, low)?).to_string(),
            16 => bits(take(bytes, usize::from(self.bits().div_ceil(8)))?, self.bits().into()),
            SET => bits(take(bytes, low)?, low * 8),
            252 => return quoted_of(bytes, low),
            15 => return quoted_of(bytes, if self.meta < 256 { 1 } else { 2 }),
            STRING => return quoted_of(bytes, if self.char_length() < 256 { 1 } else { 2 }),
            _ => return None,
        };
        Some(text.into_bytes())
    }
}

/// A whole number; a negative one also as if it had no sign.
fn whole(bytes: &[u8]) -> String {
    let raw = i128::from(little(bytes));
    let bits = bytes.len() * 8;
    if raw >> (bits - 1) & 1 == 0 {
        return raw.to_string();
    }
    format!("{} ({raw})", raw - (1 << bits))
}

/// `%-20g`, `%-.20g`.
fn general(value: Real, precision: u32, width: u32) -> Vec<u8> {
    let spec = Spec { left: true, width, precision: Some(precision), ..Spec::default() };
    spec.real(value, b'g')
}

fn bits(bytes: &[u8], count: usize) -> String {
    let over = bytes.len() * 8 - count;
    let bit = |at: usize| if bytes[at / 8] >> (7 - at % 8) & 1 == 1 { '1' } else { '0' };
    format!("b'{}'", (over..bytes.len() * 8).map(bit).collect::<String>())
}

/// A string after its length of so many bytes.
fn quoted_of(bytes: &mut &[u8], length: usize) -> Option<Vec<u8>> {
    let length = little(take(bytes, length)?) as usize;
    Some(quoted(take(bytes, length)?))
}

/// Models `my_b_write_quoted`.
fn quoted(text: &[u8]) -> Vec<u8> {
    let mut out = vec![b'\''];
    for byte in text {
        if *byte > 0x1f && !matches!(byte, b'\'' | b'\\') {
            out.push(*byte);
        } else {
            out.extend(format!("\\x{byte:02x}").into_bytes());
        }
    }
    out.push(b'\'');
    out
}
