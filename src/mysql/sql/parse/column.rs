//! Columns, keys and constraints of CREATE TABLE and ALTER TABLE.

use super::{Parsed, Parser};
use crate::mysql::data::{Referential, Type};
use crate::mysql::sql::ast::{ColumnSpec, Expr, ForeignSpec, KeySpec, TableName};
use crate::mysql::sql::error::SqlError;
use crate::mysql::sql::lex::Kind;

/// What stands beside the columns of a table.
pub(super) enum Constraint {
    /// A key.
    Key(KeySpec),
    /// A foreign key.
    Foreign(ForeignSpec),
    /// Something 5.7 reads and forgets.
    Nothing,
}

/// Bytes of the length of the smallest TEXT or BLOB that holds so many bytes; 2, if it is not said.
fn length_bytes(length: Option<u64>) -> u8 {
    match length {
        Some(0) | None => 2,
        Some(1..=0xff) => 1,
        Some(0x100..=0xffff) => 2,
        Some(0x1_0000..=0xff_ffff) => 3,
        Some(_) => 4,
    }
}

/// Error 1426 for more than six digits after a second's point.
pub(super) fn second_digits(digits: u64, name: &str) -> Parsed<u8> {
    if digits > 6 {
        let text = format!("Too-big precision {digits} specified for '{name}'. Maximum is 6.");
        return Err(SqlError::new(1426, text));
    }
    Ok(digits as u8)
}

fn more_after_the_point(name: &str) -> SqlError {
    let text =
        format!("For float(M,D), double(M,D) or decimal(M,D), M must be >= D (column '{name}').");
    SqlError::new(1427, text)
}

impl Parser<'_> {
    /// PRIMARY KEY (…), UNIQUE KEY name (…), KEY name (…), FOREIGN KEY …, CHECK (…).
    pub(super) fn key_spec(&mut self) -> Parsed<Option<Constraint>> {
        const KINDS: [&str; 4] = ["PRIMARY", "UNIQUE", "FOREIGN", "CHECK"];
        let mut symbol = None;
        if self.word("CONSTRAINT") {
            if !KINDS.iter().any(|kind| self.peek(kind)) {
                symbol = Some(self.name()?);
            }
            if !KINDS.iter().any(|kind| self.peek(kind)) {
                return Err(self.fail());
            }
        }
        if self.word("CHECK") {
            // 5.7 reads it and forgets it.
            self.need_op("(")?;
            self.expr()?;
            self.need_op(")")?;
            return Ok(Some(Constraint::Nothing));
        }
        if self.word("FOREIGN") {
            self.need("KEY")?;
            let index = if self.peek_op("(") { None } else { Some(self.name()?) };
            let columns = self.bracketed(Self::name)?;
            self.need("REFERENCES")?;
            let (table, to, on_delete, on_update) = self.references()?;
            let name = symbol.or(index);
            let key = ForeignSpec { name, columns, table, to, on_delete, on_update };
            return Ok(Some(Constraint::Foreign(key)));
        }
        if self.peek("FULLTEXT") || self.peek("SPATIAL") {
            return Err(SqlError::not_modelled("FULLTEXT and SPATIAL keys"));
        }
        if self.word("PRIMARY") {
            self.need("KEY")?;
            let name = Some("PRIMARY".to_string());
            let key = KeySpec { name, primary: true, unique: true, ..KeySpec::default() };
            return Ok(Some(Constraint::Key(self.key_of(key)?)));
        }
        let unique = self.word("UNIQUE");
        let key = self.word("KEY") || self.word("INDEX");
        if !unique && !key {
            return Ok(None);
        }
        let named = !self.peek_op("(") && !self.peek("USING");
        let name = if named { Some(self.name()?) } else { symbol };
        let key = KeySpec { name, unique, ..KeySpec::default() };
        Ok(Some(Constraint::Key(self.key_of(key)?)))
    }

    /// `table (columns) ON DELETE … ON UPDATE …`.
    fn references(&mut self) -> Parsed<(TableName, Vec<String>, Referential, Referential)> {
        let table = self.table_name()?;
        let to = if self.peek_op("(") { self.bracketed(Self::name)? } else { Vec::new() };
        if self.word("MATCH") {
            self.name_after_point()?;
        }
        let (mut on_delete, mut on_update) = (Referential::Restrict, Referential::Restrict);
        while self.word("ON") {
            let target = if self.word("DELETE") {
                &mut on_delete
            } else {
                self.need("UPDATE")?;
                &mut on_update
            };
            *target = if self.words(&["NO", "ACTION"]) {
                Referential::NoAction
            } else if self.words(&["SET", "NULL"]) {
                Referential::SetNull
            } else if self.word("CASCADE") {
                Referential::Cascade
            } else {
                self.need("RESTRICT")?;
                Referential::Written
            };
        }
        Ok((table, to, on_delete, on_update))
    }

    /// USING … (columns) and what follows.
    fn key_of(&mut self, mut key: KeySpec) -> Parsed<KeySpec> {
        self.using(&mut key)?;
        self.key_columns(key)
    }

    pub(super) fn using(&mut self, key: &mut KeySpec) -> Parsed<bool> {
        let here = self.word("USING") || self.word("TYPE");
        if here {
            let kind = ["BTREE", "HASH"].into_iter().find(|kind| self.word(kind));
            key.using = kind.ok_or_else(|| self.fail())?.into();
        }
        Ok(here)
    }

    pub(super) fn key_columns(&mut self, mut key: KeySpec) -> Parsed<KeySpec> {
        key.columns = self.bracketed(|p| {
            let name = p.name()?;
            let mut length = 0;
            if p.op("(") {
                length = p.number_literal()?.min(u32::MAX.into()) as u32;
                p.need_op(")")?;
            }
            let _ = p.word("ASC") || p.word("DESC");
            Ok((name, length))
        })?;
        loop {
            if self.using(&mut key)? {
            } else if self.word("COMMENT") {
                key.comment = self.text_literal()?;
            } else if self.peek("KEY_BLOCK_SIZE") {
                return Err(SqlError::not_modelled("KEY_BLOCK_SIZE"));
            } else {
                return Ok(key);
            }
        }
    }

    pub(super) fn column_spec(&mut self) -> Parsed<ColumnSpec> {
        let name = self.name()?;
        self.column_spec_of(name)
    }

    fn column_spec_of(&mut self, name: String) -> Parsed<ColumnSpec> {
        let serial = self.word("SERIAL");
        let national = ["NCHAR", "NVARCHAR", "NATIONAL"].iter().any(|word| self.peek(word));
        let kind = match serial {
            true => Type::Int { bytes: 8, unsigned: true, width: 20, zerofill: false },
            false => self.column_type(&name)?,
        };
        let mut spec = ColumnSpec {
            name,
            kind,
            not_null: serial,
            null: false,
            charset: national.then(|| "utf8".into()),
            binary: false,
            default: None,
            on_update_now: None,
            auto_increment: serial,
            primary: false,
            unique: serial,
            comment: String::new(),
        };
        while self.column_attribute(&mut spec)? {}
        Ok(spec)
    }

    fn column_attribute(&mut self, spec: &mut ColumnSpec) -> Parsed<bool> {
        if self.word("NOT") {
            self.need("NULL")?;
            spec.not_null = true;
        } else if self.word("NULL") {
            spec.not_null = false;
            spec.null = true;
        } else if self.word("DEFAULT") {
            spec.default = Some(self.default_value()?);
        } else if self.word("ON") {
            self.need("UPDATE")?;
            let Expr::Call(_, list) = self.default_value()? else { return Err(self.fail()) };
            let digits = match list.first() {
                Some(Expr::Number(digits)) => digits.parse().unwrap_or(0),
                _ => 0,
            };
            spec.on_update_now = Some(digits);
        } else if self.word("AUTO_INCREMENT") {
            spec.auto_increment = true;
        } else if self.word("PRIMARY") {
            self.need("KEY")?;
            spec.primary = true;
        } else if self.word("UNIQUE") {
            let _ = self.word("KEY");
            spec.unique = true;
        } else if self.word("KEY") {
            spec.primary = true;
        } else if self.word("COMMENT") {
            spec.comment = self.text_literal()?;
        } else if self.words(&["CHARACTER", "SET"]) || self.word("CHARSET") || self.word("COLLATE")
        {
            spec.charset = Some(self.charset_name()?);
        } else if self.word("BINARY") {
            spec.binary = true;
        } else if self.word("ASCII") {
            spec.charset = Some("latin1".into());
        } else if self.word("REFERENCES") {
            // Read, and forgotten: InnoDB wants the table's own FOREIGN KEY.
            self.references()?;
        } else if self.word("CHECK") {
            self.need_op("(")?;
            self.expr()?;
            self.need_op(")")?;
        } else if self.peek("GENERATED") || self.peek("AS") {
            return Err(SqlError::not_modelled("generated columns"));
        } else {
            return Ok(false);
        }
        Ok(true)
    }

    pub(super) fn default_value(&mut self) -> Parsed<Expr> {
        let sign = self.op("-");
        let expr = match self.kind().clone() {
            Kind::Text(text) => {
                self.advance();
                Expr::Text(text)
            }
            Kind::Number(digits) => {
                self.advance();
                Expr::Number(if sign { format!("-{digits}") } else { digits })
            }
            Kind::Bits(bytes) => {
                self.advance();
                Expr::Bits(bytes)
            }
            Kind::Word(word) => {
                let upper = word.to_ascii_uppercase();
                self.advance();
                match upper.as_str() {
                    "NULL" => Expr::Null,
                    "TRUE" => Expr::Bool(true),
                    "FALSE" => Expr::Bool(false),
                    "CURRENT_TIMESTAMP" | "NOW" | "LOCALTIME" | "LOCALTIMESTAMP" => {
                        Expr::Call("NOW".into(), self.digits_of_now(&word)?)
                    }
                    _ => {
                        self.at -= 1;
                        return Err(self.fail());
                    }
                }
            }
            _ => return Err(self.fail()),
        };
        Ok(expr)
    }

    /// `(3)` after NOW or CURRENT_TIMESTAMP, `()`, or nothing.
    pub(super) fn digits_of_now(&mut self, name: &str) -> Parsed<Vec<Expr>> {
        if !self.op("(") || self.op(")") {
            return Ok(Vec::new());
        }
        let digits = self.number_literal()?;
        self.need_op(")")?;
        let name = name.to_ascii_lowercase();
        let name = if name.starts_with("current_") || name.starts_with("local") {
            if name == "current_time" { "curtime" } else { "now" }
        } else {
            &name
        };
        let digits = second_digits(digits, name)?;
        Ok(vec![Expr::Number(digits.to_string())])
    }

    fn length(&mut self) -> Parsed<Option<u64>> {
        if !self.op("(") {
            return Ok(None);
        }
        let number = self.number_literal()?;
        self.need_op(")")?;
        Ok(Some(number))
    }

    fn column_type(&mut self, name: &str) -> Parsed<Type> {
        let Kind::Word(word) = self.kind().clone() else { return Err(self.fail()) };
        let upper = word.to_ascii_uppercase();
        let start = self.at;
        self.advance();
        let small = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
        Ok(match upper.as_str() {
            "TINYINT" | "INT1" => self.int_type(1, 4)?,
            "BOOL" | "BOOLEAN" => {
                Type::Int { bytes: 1, unsigned: false, width: 1, zerofill: false }
            }
            "SMALLINT" | "INT2" => self.int_type(2, 6)?,
            "MEDIUMINT" | "INT3" => self.int_type(3, 9)?,
            "INT" | "INTEGER" | "INT4" => self.int_type(4, 11)?,
            "BIGINT" | "INT8" => self.int_type(8, 20)?,
            "DECIMAL" | "NUMERIC" | "DEC" | "FIXED" => self.decimal_type(name)?,
            "FLOAT" | "DOUBLE" | "REAL" | "FLOAT4" | "FLOAT8" => self.real_type(&upper, name)?,
            "CHAR" | "CHARACTER" | "NCHAR" => {
                if self.word("VARYING") {
                    Type::VarChar(self.need_length()?)
                } else {
                    Type::Char(small(self.length()?.unwrap_or(1)))
                }
            }
            "NATIONAL" => {
                if !(self.word("VARCHAR") || self.words(&["CHAR", "VARYING"])) {
                    self.need("CHAR")?;
                    return Ok(Type::Char(small(self.length()?.unwrap_or(1))));
                }
                Type::VarChar(self.need_length()?)
            }
            "VARCHAR" | "NVARCHAR" | "VARCHARACTER" => Type::VarChar(self.need_length()?),
            "BINARY" => Type::Binary(small(self.length()?.unwrap_or(1))),
            "VARBINARY" => Type::VarBinary(self.need_length()?),
            "TINYTEXT" => Type::Text(1),
            "TEXT" => Type::Text(length_bytes(self.length()?)),
            "MEDIUMTEXT" | "LONG" => Type::Text(3),
            "LONGTEXT" => Type::Text(4),
            "TINYBLOB" => Type::Blob(1),
            "BLOB" => Type::Blob(length_bytes(self.length()?)),
            "MEDIUMBLOB" => Type::Blob(3),
            "LONGBLOB" => Type::Blob(4),
            "BIT" => self.bit_type(name)?,
            "ENUM" => Type::Enum(self.bracketed(Self::member)?),
            "SET" => Type::Set(self.bracketed(Self::member)?),
            "YEAR" => {
                self.length()?;
                let _ = self.word("UNSIGNED") || self.word("ZEROFILL");
                Type::Year
            }
            "DATETIME" | "TIMESTAMP" | "TIME" => {
                let digits = self.length()?.unwrap_or(0);
                let digits = second_digits(digits, name)?;
                match upper.as_str() {
                    "DATETIME" => Type::DateTime(digits),
                    "TIME" => Type::Time(digits),
                    _ => Type::Timestamp(digits),
                }
            }
            "DATE" => Type::Date,
            "JSON" | "GEOMETRY" | "POINT" => {
                return Err(SqlError::not_modelled(format!("columns of type {upper}")));
            }
            _ => {
                self.at = start;
                return Err(self.fail());
            }
        })
    }

    fn need_length(&mut self) -> Parsed<u32> {
        match self.length()? {
            Some(n) => Ok(u32::try_from(n).unwrap_or(u32::MAX)),
            None => Err(self.fail()),
        }
    }

    fn int_type(&mut self, bytes: u8, width: u32) -> Parsed<Type> {
        let given = self.length()?;
        let _ = self.word("SIGNED");
        let (unsigned, zerofill) = self.number_attributes();
        let usual = if unsigned && bytes < 8 { width - 1 } else { width };
        let width = given.map_or(usual, |n| u32::try_from(n).unwrap_or(255));
        Ok(Type::Int { bytes, unsigned, width, zerofill })
    }

    fn decimal_type(&mut self, name: &str) -> Parsed<Type> {
        let (mut precision, mut scale) = (10, 0);
        if self.op("(") {
            precision = self.number_literal()?;
            if self.op(",") {
                scale = self.number_literal()?;
            }
            self.need_op(")")?;
        }
        let (unsigned, zerofill) = self.number_attributes();
        if zerofill {
            return Err(SqlError::not_modelled("ZEROFILL of numbers with a fraction"));
        }
        if precision > 65 {
            let text =
                format!("Too-big precision {precision} specified for '{name}'. Maximum is 65.");
            return Err(SqlError::new(1426, text));
        }
        if scale > precision {
            return Err(more_after_the_point(name));
        }
        if precision > 38 {
            return Err(SqlError::not_modelled("DECIMAL with more than 38 digits"));
        }
        Ok(Type::Decimal(precision as u8, scale as u8, unsigned))
    }

    /// UNSIGNED and ZEROFILL; what is filled with zeros has no sign.
    fn number_attributes(&mut self) -> (bool, bool) {
        let _ = self.word("SIGNED");
        let unsigned = self.word("UNSIGNED");
        let zerofill = self.word("ZEROFILL");
        (unsigned || self.word("UNSIGNED") || zerofill, zerofill)
    }

    /// FLOAT(p) is a DOUBLE from 25 bits on.
    fn real_type(&mut self, word: &str, name: &str) -> Parsed<Type> {
        let _ = self.word("PRECISION");
        let mut single = word.starts_with("FLOAT") && word != "FLOAT8";
        let mut digits = None;
        if self.op("(") {
            let first = self.number_literal()?;
            if self.op(",") {
                let scale = self.number_literal()?;
                if scale > first {
                    return Err(more_after_the_point(name));
                }
                digits = Some((first.min(255) as u8, scale.min(30) as u8));
            } else if word == "FLOAT" {
                single = first <= 24;
            } else {
                return Err(self.fail());
            }
            self.need_op(")")?;
        }
        let (unsigned, zerofill) = self.number_attributes();
        if zerofill {
            return Err(SqlError::not_modelled("ZEROFILL of numbers with a fraction"));
        }
        Ok(Type::Real { single, digits, unsigned })
    }

    fn bit_type(&mut self, name: &str) -> Parsed<Type> {
        let bits = self.length()?.unwrap_or(1);
        if bits > 64 {
            let text = format!("Display width out of range for column '{name}' (max = 64)");
            return Err(SqlError::new(1439, text));
        }
        Ok(Type::Bit(bits.max(1) as u8))
    }

    /// A member of an ENUM or a SET loses its trailing blanks.
    fn member(&mut self) -> Parsed<String> {
        Ok(self.text_literal()?.trim_end_matches(' ').to_string())
    }
}
