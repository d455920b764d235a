//! Column types.

use serde::{Deserialize, Serialize};

/// A character set, as far as sizes depend on it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Charset {
    Latin1,
    Utf8,
    Utf8mb4,
}

impl Charset {
    /// By its name.
    pub fn parse(name: &str) -> Option<Charset> {
        Some(match name.to_ascii_lowercase().as_str() {
            "latin1" => Charset::Latin1,
            "utf8" | "utf8mb3" => Charset::Utf8,
            "utf8mb4" => Charset::Utf8mb4,
            _ => return None,
        })
    }

    /// Its name in 5.7.
    pub fn name(self) -> &'static str {
        match self {
            Charset::Latin1 => "latin1",
            Charset::Utf8 => "utf8",
            Charset::Utf8mb4 => "utf8mb4",
        }
    }

    /// Its default collation.
    pub fn collation(self) -> &'static str {
        match self {
            Charset::Latin1 => "latin1_swedish_ci",
            Charset::Utf8 => "utf8_general_ci",
            Charset::Utf8mb4 => "utf8mb4_general_ci",
        }
    }

    /// Bytes of its longest character.
    pub fn bytes_max(self) -> u32 {
        match self {
            Charset::Latin1 => 1,
            Charset::Utf8 => 3,
            Charset::Utf8mb4 => 4,
        }
    }
}

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
    },
    /// DECIMAL(precision, scale).
    Decimal(u8, u8),
    /// CHAR(n).
    Char(u32),
    /// VARCHAR(n).
    VarChar(u32),
    /// TINYTEXT, TEXT, MEDIUMTEXT, LONGTEXT: bytes of the length, 1 to 4.
    Text(u8),
    /// DATETIME.
    DateTime,
    /// TIMESTAMP.
    Timestamp,
    /// DATE.
    Date,
}

impl Type {
    /// As SHOW CREATE TABLE writes it.
    pub fn sql(&self) -> String {
        match self {
            Type::Int { bytes, unsigned, width } => {
                let name = match bytes {
                    1 => "tinyint",
                    2 => "smallint",
                    3 => "mediumint",
                    4 => "int",
                    _ => "bigint",
                };
                format!("{name}({width}){}", if *unsigned { " unsigned" } else { "" })
            }
            Type::Decimal(precision, scale) => format!("decimal({precision},{scale})"),
            Type::Char(n) => format!("char({n})"),
            Type::VarChar(n) => format!("varchar({n})"),
            Type::Text(1) => "tinytext".into(),
            Type::Text(2) => "text".into(),
            Type::Text(3) => "mediumtext".into(),
            Type::Text(_) => "longtext".into(),
            Type::DateTime => "datetime".into(),
            Type::Timestamp => "timestamp".into(),
            Type::Date => "date".into(),
        }
    }

    /// Whether the client prints it right-aligned.
    pub fn is_number(&self) -> bool {
        matches!(self, Type::Int { .. } | Type::Decimal(..))
    }

    /// Whether it holds text.
    pub fn is_text(&self) -> bool {
        matches!(self, Type::Char(_) | Type::VarChar(_) | Type::Text(_))
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
