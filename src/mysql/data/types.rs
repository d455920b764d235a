//! Column types.

use serde::{Deserialize, Serialize};

use super::Value;

/// A column type.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Type {
    /// TINYINT (1 byte) to BIGINT (8).
    Int {
        /// 1, 2, 3, 4 or 8.
        bytes: u8,
        /// UNSIGNED.
        unsigned: bool,
        /// Display width.
        width: u32,
        /// ZEROFILL.
        zerofill: bool,
    },
    /// DECIMAL(precision, scale), and whether UNSIGNED.
    Decimal(u8, u8, bool),
    /// FLOAT and DOUBLE.
    Real {
        /// FLOAT.
        single: bool,
        /// All digits, and those after the point, where they are given.
        digits: Option<(u8, u8)>,
        /// UNSIGNED.
        unsigned: bool,
    },
    /// CHAR(n).
    Char(u32),
    /// VARCHAR(n).
    VarChar(u32),
    /// TINYTEXT, TEXT, MEDIUMTEXT, LONGTEXT: bytes of the length, 1 to 4.
    Text(u8),
    /// BINARY(n).
    Binary(u32),
    /// VARBINARY(n).
    VarBinary(u32),
    /// TINYBLOB, BLOB, MEDIUMBLOB, LONGBLOB: bytes of the length, 1 to 4.
    Blob(u8),
    /// BIT(n).
    Bit(u8),
    /// ENUM: its members.
    Enum(Vec<String>),
    /// SET: its members.
    Set(Vec<String>),
    /// DATETIME, with so many digits of a second's fraction.
    DateTime(u8),
    /// TIMESTAMP, with so many digits of a second's fraction.
    Timestamp(u8),
    /// DATE.
    Date,
    /// TIME, with so many digits of a second's fraction.
    Time(u8),
    /// YEAR.
    Year,
}

impl Type {
    /// As SHOW CREATE TABLE writes it.
    pub fn sql(&self) -> String {
        let members = |list: &[String]| {
            let quoted: Vec<String> =
                list.iter().map(|m| format!("'{}'", m.replace('\'', "''"))).collect();
            quoted.join(",")
        };
        match self {
            Type::Int { bytes, unsigned, width, zerofill } => {
                let name = match bytes {
                    1 => "tinyint",
                    2 => "smallint",
                    3 => "mediumint",
                    4 => "int",
                    _ => "bigint",
                };
                let unsigned = if *unsigned { " unsigned" } else { "" };
                format!("{name}({width}){unsigned}{}", if *zerofill { " zerofill" } else { "" })
            }
            Type::Decimal(precision, scale, unsigned) => {
                format!("decimal({precision},{scale}){}", if *unsigned { " unsigned" } else { "" })
            }
            Type::Real { single, digits, unsigned } => {
                let name = if *single { "float" } else { "double" };
                let digits = digits.map_or(String::new(), |(m, d)| format!("({m},{d})"));
                format!("{name}{digits}{}", if *unsigned { " unsigned" } else { "" })
            }
            Type::Char(n) => format!("char({n})"),
            Type::VarChar(n) => format!("varchar({n})"),
            Type::Text(length) => format!("{}text", size_name(*length)),
            Type::Binary(n) => format!("binary({n})"),
            Type::VarBinary(n) => format!("varbinary({n})"),
            Type::Blob(length) => format!("{}blob", size_name(*length)),
            Type::Bit(n) => format!("bit({n})"),
            Type::Enum(list) => format!("enum({})", members(list)),
            Type::Set(list) => format!("set({})", members(list)),
            Type::DateTime(digits) => format!("datetime{}", in_brackets(*digits)),
            Type::Timestamp(digits) => format!("timestamp{}", in_brackets(*digits)),
            Type::Date => "date".into(),
            Type::Time(digits) => format!("time{}", in_brackets(*digits)),
            Type::Year => "year(4)".into(),
        }
    }

    /// The digits of a second's fraction, of types that have a clock.
    pub fn second_digits(&self) -> Option<u8> {
        match self {
            Type::DateTime(digits) | Type::Timestamp(digits) | Type::Time(digits) => Some(*digits),
            _ => None,
        }
    }

    /// Bytes a value takes in a row and in a key, of types whose values all take as many
    /// (`pack_length` of sql/field.h). DECIMAL is not among them: its callers count differently.
    pub fn fixed_bytes(&self) -> Option<u64> {
        let fraction = |digits: &u8| u64::from(digits.div_ceil(2));
        Some(match self {
            Type::Int { bytes, .. } => u64::from(*bytes),
            Type::Real { single: true, .. } => 4,
            Type::Real { single: false, .. } => 8,
            Type::Bit(_) | Type::Set(_) => self.bytes_of_bits() as u64,
            Type::Enum(list) if list.len() < 256 => 1,
            Type::Enum(_) => 2,
            Type::DateTime(digits) => 5 + fraction(digits),
            Type::Timestamp(digits) => 4 + fraction(digits),
            Type::Time(digits) => 3 + fraction(digits),
            Type::Date => 3,
            Type::Year => 1,
            _ => return None,
        })
    }

    /// Whether the client prints it right-aligned.
    pub fn is_number(&self) -> bool {
        let number = matches!(self, Type::Int { .. } | Type::Decimal(..) | Type::Real { .. });
        number || *self == Type::Year
    }

    /// Whether it holds text, which has a character set.
    pub fn is_text(&self) -> bool {
        matches!(
            self,
            Type::Char(_) | Type::VarChar(_) | Type::Text(_) | Type::Enum(_) | Type::Set(_)
        )
    }

    /// Whether it lies outside the row: it has no default, and its keys need a length.
    pub fn is_blob(&self) -> bool {
        matches!(self, Type::Text(_) | Type::Blob(_))
    }

    /// Bytes a SET or a BIT takes.
    pub fn bytes_of_bits(&self) -> usize {
        match self {
            Type::Set(list) => match list.len().div_ceil(8) {
                bytes @ 0..=4 => bytes.max(1),
                _ => 8,
            },
            Type::Bit(n) => usize::from(*n).div_ceil(8),
            _ => 0,
        }
    }

    /// A member of an ENUM by its number, or of a SET by its bits.
    pub fn member(&self, number: u64) -> Value {
        let text = match self {
            Type::Enum(list) => {
                let at = usize::try_from(number).unwrap_or(0).wrapping_sub(1);
                list.get(at).cloned().unwrap_or_default()
            }
            Type::Set(list) => {
                let has = |at: usize| at < 64 && number >> at & 1 == 1;
                let names: Vec<&str> =
                    (0..list.len()).filter(|at| has(*at)).map(|at| list[at].as_str()).collect();
                names.join(",")
            }
            _ => String::new(),
        };
        Value::Member(number, text)
    }

    /// The smallest and largest value of a whole-number type.
    pub fn range(&self) -> Option<(i128, i128)> {
        let Type::Int { bytes, unsigned, .. } = self else { return None };
        let bits = u32::from(*bytes) * 8;
        Some(if *unsigned {
            (0, (1_i128 << bits) - 1)
        } else {
            (-(1_i128 << (bits - 1)), (1_i128 << (bits - 1)) - 1)
        })
    }
}

/// `(3)`; nothing for 0.
pub fn in_brackets(digits: u8) -> String {
    if digits == 0 { String::new() } else { format!("({digits})") }
}

/// What stands before `text` and `blob`.
fn size_name(length: u8) -> &'static str {
    match length {
        1 => "tiny",
        2 => "",
        3 => "medium",
        _ => "long",
    }
}
