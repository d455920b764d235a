//! CREATE, DROP, ALTER, RENAME, DESCRIBE.

use super::{Parsed, Parser};
use crate::mysql::data::Type;
use crate::mysql::sql::ast::{
    Alter, ColumnSpec, CreateTable, Expr, KeySpec, Position, Statement, TableName,
};
use crate::mysql::sql::error::SqlError;
use crate::mysql::sql::lex::Kind;

/// Kinds of objects MySQL creates and this model does not.
const OTHER_OBJECTS: [&str; 12] = [
    "VIEW",
    "PROCEDURE",
    "FUNCTION",
    "TRIGGER",
    "EVENT",
    "SERVER",
    "TABLESPACE",
    "LOGFILE",
    "DEFINER",
    "ALGORITHM",
    "AGGREGATE",
    "SQL",
];

/// The character set a collation belongs to.
fn of_collation(name: &str) -> String {
    name.split('_').next().unwrap_or(name).to_string()
}

impl Parser<'_> {
    fn other_object(&self, verb: &str) -> SqlError {
        let known = OTHER_OBJECTS.iter().find(|w| self.peek(w));
        known.map_or_else(|| self.fail(), |w| SqlError::not_modelled(format!("{verb} {w}")))
    }

    pub(super) fn create(&mut self) -> Parsed<Statement> {
        self.need("CREATE")?;
        if self.word("DATABASE") || self.word("SCHEMA") {
            let if_not_exists = self.if_not_exists()?;
            let name = self.name()?;
            let charset = self.database_options()?;
            return Ok(Statement::CreateDatabase { name, if_not_exists, charset });
        }
        let temporary = self.word("TEMPORARY");
        if self.word("TABLE") {
            return self.create_table(temporary);
        }
        if self.word("USER") {
            let if_not_exists = self.if_not_exists()?;
            let users = self.list(Self::user_spec)?;
            self.user_options();
            return Ok(Statement::CreateUser { users, if_not_exists });
        }
        if self.peek("INDEX") || self.peek("UNIQUE") {
            return self.create_index();
        }
        if self.word("OR") {
            self.need("REPLACE")?;
        }
        Err(self.other_object("CREATE"))
    }

    fn database_options(&mut self) -> Parsed<Option<String>> {
        let mut charset = None;
        loop {
            let _ = self.word("DEFAULT");
            let collate = self.peek("COLLATE");
            if !collate && !self.peek("CHARSET") && !self.peek("CHARACTER") {
                return Ok(charset);
            }
            if !self.words(&["CHARACTER", "SET"]) {
                self.advance();
            }
            self.op("=");
            let name = self.charset_name()?;
            charset = Some(if collate { of_collation(&name) } else { name });
        }
    }

    fn charset_name(&mut self) -> Parsed<String> {
        match self.kind() {
            Kind::Text(_) => self.text_literal(),
            _ => self.name(),
        }
    }

    fn create_index(&mut self) -> Parsed<Statement> {
        let unique = self.word("UNIQUE");
        self.need("INDEX")?;
        let name = Some(self.name()?);
        self.need("ON")?;
        let table = self.table_name()?;
        let columns = self.key_columns()?;
        let key = KeySpec { name, primary: false, unique, columns };
        Ok(Statement::AlterTable { name: table, changes: vec![Alter::AddKey(key)] })
    }

    fn create_table(&mut self, temporary: bool) -> Parsed<Statement> {
        let if_not_exists = self.if_not_exists()?;
        let mut create = CreateTable {
            name: self.table_name()?,
            if_not_exists,
            temporary,
            columns: Vec::new(),
            keys: Vec::new(),
            like: None,
            select: None,
            options: Vec::new(),
        };
        if create.name.db.is_none() && !self.context.has_db {
            return Err(SqlError::new(1046, "No database selected"));
        }
        if self.word("LIKE") {
            create.like = Some(self.table_name()?);
            return Ok(Statement::CreateTable(create));
        }
        if self.peek_op("(") && !self.is_word_ahead(1, "SELECT") {
            self.advance();
            self.list(|p| p.table_element(&mut create))?;
            self.need_op(")")?;
        }
        while let Some(option) = self.table_option()? {
            create.options.push(option);
            self.op(",");
        }
        if self.peek("PARTITION") {
            return Err(SqlError::not_modelled("PARTITION BY"));
        }
        let _ = self.word("AS");
        if self.peek("SELECT") || self.peek_op("(") {
            create.select = Some(Box::new(self.select()?));
        }
        if create.columns.is_empty() && create.select.is_none() {
            if self.kind() != &Kind::End {
                return Err(self.fail());
            }
            return Err(SqlError::new(1113, "A table must have at least 1 column"));
        }
        Ok(Statement::CreateTable(create))
    }

    fn table_element(&mut self, create: &mut CreateTable) -> Parsed<()> {
        if let Some(key) = self.key_spec()? {
            create.keys.push(key);
            return Ok(());
        }
        let column = self.column_spec()?;
        create.columns.push(column);
        Ok(())
    }

    /// PRIMARY KEY (…), UNIQUE KEY name (…), KEY name (…).
    fn key_spec(&mut self) -> Parsed<Option<KeySpec>> {
        const KINDS: [&str; 4] = ["PRIMARY", "UNIQUE", "FOREIGN", "CHECK"];
        if self.word("CONSTRAINT") && !KINDS.iter().any(|kind| self.peek(kind)) {
            self.name()?;
        }
        if self.peek("FOREIGN") || self.peek("CHECK") || self.peek("FULLTEXT") {
            return Err(SqlError::not_modelled("FOREIGN KEY, CHECK and FULLTEXT"));
        }
        if self.word("PRIMARY") {
            self.need("KEY")?;
            let columns = self.key_columns()?;
            let name = Some("PRIMARY".to_string());
            return Ok(Some(KeySpec { name, primary: true, unique: true, columns }));
        }
        let unique = self.word("UNIQUE");
        let key = self.word("KEY") || self.word("INDEX");
        if !unique && !key {
            return Ok(None);
        }
        let name = if self.peek_op("(") { None } else { Some(self.name()?) };
        let columns = self.key_columns()?;
        Ok(Some(KeySpec { name, primary: false, unique, columns }))
    }

    fn key_columns(&mut self) -> Parsed<Vec<String>> {
        let columns = self.bracketed(|p| {
            let name = p.name()?;
            if p.op("(") {
                p.number_literal()?;
                p.need_op(")")?;
            }
            let _ = p.word("ASC") || p.word("DESC");
            Ok(name)
        })?;
        if self.word("USING") {
            self.name()?;
        }
        Ok(columns)
    }

    fn column_spec(&mut self) -> Parsed<ColumnSpec> {
        let name = self.name()?;
        self.column_spec_of(name)
    }

    fn column_spec_of(&mut self, name: String) -> Parsed<ColumnSpec> {
        let kind = self.column_type(&name)?;
        let mut spec = ColumnSpec {
            name,
            kind,
            not_null: false,
            null: false,
            charset: None,
            default: None,
            on_update_now: false,
            auto_increment: false,
            primary: false,
            unique: false,
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
            self.default_value()?;
            spec.on_update_now = true;
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
        } else if self.words(&["CHARACTER", "SET"]) || self.word("CHARSET") {
            spec.charset = Some(self.charset_name()?);
        } else if self.word("COLLATE") {
            let name = self.charset_name()?;
            spec.charset = Some(of_collation(&name));
        } else if self.peek("REFERENCES") || self.peek("GENERATED") || self.peek("AS") {
            return Err(SqlError::not_modelled("REFERENCES and generated columns"));
        } else {
            return Ok(false);
        }
        Ok(true)
    }

    fn default_value(&mut self) -> Parsed<Expr> {
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
            Kind::Word(word) => {
                let upper = word.to_ascii_uppercase();
                self.advance();
                match upper.as_str() {
                    "NULL" => Expr::Null,
                    "TRUE" => Expr::Bool(true),
                    "FALSE" => Expr::Bool(false),
                    "CURRENT_TIMESTAMP" | "NOW" | "LOCALTIME" | "LOCALTIMESTAMP" => {
                        if self.op("(") {
                            self.need_op(")")?;
                        }
                        Expr::Call("NOW".into(), Vec::new())
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
            "BOOL" | "BOOLEAN" => Type::Int { bytes: 1, unsigned: false, width: 1 },
            "SMALLINT" | "INT2" => self.int_type(2, 6)?,
            "MEDIUMINT" | "INT3" => self.int_type(3, 9)?,
            "INT" | "INTEGER" | "INT4" => self.int_type(4, 11)?,
            "BIGINT" | "INT8" => self.int_type(8, 20)?,
            "DECIMAL" | "NUMERIC" | "DEC" => self.decimal_type(name)?,
            "CHAR" | "CHARACTER" => {
                if self.word("VARYING") {
                    Type::VarChar(self.need_length()?)
                } else {
                    Type::Char(small(self.length()?.unwrap_or(1)))
                }
            }
            "VARCHAR" => Type::VarChar(self.need_length()?),
            "TINYTEXT" => Type::Text(1),
            "TEXT" => {
                self.length()?;
                Type::Text(2)
            }
            "MEDIUMTEXT" => Type::Text(3),
            "LONGTEXT" => Type::Text(4),
            "DATETIME" | "TIMESTAMP" => {
                if self.length()?.unwrap_or(0) > 0 {
                    return Err(SqlError::not_modelled("fractional seconds"));
                }
                if upper == "DATETIME" { Type::DateTime } else { Type::Timestamp }
            }
            "DATE" => Type::Date,
            "FLOAT" | "DOUBLE" | "REAL" | "TIME" | "YEAR" | "BIT" | "BINARY" | "VARBINARY"
            | "BLOB" | "TINYBLOB" | "MEDIUMBLOB" | "LONGBLOB" | "ENUM" | "SET" | "JSON"
            | "GEOMETRY" | "POINT" => {
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
        let unsigned = self.word("UNSIGNED");
        let _ = self.word("ZEROFILL");
        let usual = if unsigned && bytes < 8 { width - 1 } else { width };
        let width = given.map_or(usual, |n| u32::try_from(n).unwrap_or(255));
        Ok(Type::Int { bytes, unsigned, width })
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
        let _ = self.word("UNSIGNED");
        if precision > 65 {
            let text =
                format!("Too-big precision {precision} specified for '{name}'. Maximum is 65.");
            return Err(SqlError::new(1426, text));
        }
        if scale > precision {
            let text = format!(
                "For float(M,D), double(M,D) or decimal(M,D), M must be >= D (column '{name}')."
            );
            return Err(SqlError::new(1427, text));
        }
        if precision > 38 {
            return Err(SqlError::not_modelled("DECIMAL with more than 38 digits"));
        }
        Ok(Type::Decimal(precision as u8, scale as u8))
    }

    /// `ENGINE=InnoDB`, `DEFAULT CHARSET=utf8`, …
    fn table_option(&mut self) -> Parsed<Option<(String, String)>> {
        let _ = self.word("DEFAULT");
        let name = if self.words(&["CHARACTER", "SET"]) {
            "CHARSET".to_string()
        } else {
            const NAMES: [&str; 8] = [
                "ENGINE",
                "CHARSET",
                "COLLATE",
                "AUTO_INCREMENT",
                "COMMENT",
                "ROW_FORMAT",
                "CHECKSUM",
                "STATS_PERSISTENT",
            ];
            let Some(name) = NAMES.into_iter().find(|name| self.word(name)) else {
                return Ok(None);
            };
            name.to_string()
        };
        self.op("=");
        let value = match self.kind().clone() {
            Kind::Word(v) | Kind::Text(v) | Kind::Number(v) | Kind::Quoted(v) => v,
            _ => return Err(self.fail()),
        };
        self.advance();
        Ok(Some((name, value)))
    }

    pub(super) fn drop(&mut self) -> Parsed<Statement> {
        self.need("DROP")?;
        if self.word("DATABASE") || self.word("SCHEMA") {
            let if_exists = self.if_exists()?;
            return Ok(Statement::DropDatabase { name: self.name()?, if_exists });
        }
        let _ = self.word("TEMPORARY");
        if self.word("TABLE") || self.word("TABLES") {
            let if_exists = self.if_exists()?;
            let names = self.list(Self::table_name)?;
            let _ = self.word("RESTRICT") || self.word("CASCADE");
            return Ok(Statement::DropTable { names, if_exists });
        }
        if self.word("USER") {
            let if_exists = self.if_exists()?;
            return Ok(Statement::DropUser { users: self.list(Self::account)?, if_exists });
        }
        if self.word("INDEX") {
            let key = self.name()?;
            self.need("ON")?;
            let name = self.table_name()?;
            return Ok(Statement::AlterTable { name, changes: vec![Alter::DropKey(key)] });
        }
        Err(self.other_object("DROP"))
    }

    pub(super) fn alter(&mut self) -> Parsed<Statement> {
        self.need("ALTER")?;
        if self.word("USER") {
            let if_exists = self.if_exists()?;
            let users = self.list(Self::user_spec)?;
            self.user_options();
            return Ok(Statement::AlterUser { users, if_exists });
        }
        if self.peek("DATABASE") || self.peek("SCHEMA") || self.peek("INSTANCE") {
            return Err(SqlError::not_modelled("ALTER DATABASE"));
        }
        if !self.word("TABLE") {
            return Err(self.other_object("ALTER"));
        }
        let name = self.table_name()?;
        if matches!(self.kind(), Kind::End | Kind::Op(";")) {
            return Ok(Statement::AlterTable { name, changes: Vec::new() });
        }
        let changes: Vec<Vec<Alter>> = self.list(Self::alter_change)?;
        Ok(Statement::AlterTable { name, changes: changes.concat() })
    }

    fn alter_change(&mut self) -> Parsed<Vec<Alter>> {
        if self.word("ADD") {
            if let Some(key) = self.key_spec()? {
                return Ok(vec![Alter::AddKey(key)]);
            }
            let _ = self.word("COLUMN");
            if self.peek_op("(") {
                let columns = self.bracketed(Self::column_spec)?;
                return Ok(columns.into_iter().map(|c| Alter::Add(c, Position::Last)).collect());
            }
            let column = self.column_spec()?;
            return Ok(vec![Alter::Add(column, self.position()?)]);
        }
        if self.word("DROP") {
            if self.words(&["PRIMARY", "KEY"]) {
                return Ok(vec![Alter::DropKey("PRIMARY".into())]);
            }
            if self.word("KEY") || self.word("INDEX") {
                return Ok(vec![Alter::DropKey(self.name()?)]);
            }
            let _ = self.word("COLUMN");
            return Ok(vec![Alter::Drop(self.name()?)]);
        }
        if self.word("MODIFY") {
            let _ = self.word("COLUMN");
            let column = self.column_spec()?;
            self.position()?;
            return Ok(vec![Alter::Modify(column.name.clone(), column)]);
        }
        if self.word("CHANGE") {
            let _ = self.word("COLUMN");
            let old = self.name()?;
            let column = self.column_spec()?;
            self.position()?;
            return Ok(vec![Alter::Modify(old, column)]);
        }
        if self.word("RENAME") {
            let _ = self.word("TO") || self.word("AS");
            return Ok(vec![Alter::Rename(self.table_name()?)]);
        }
        if self.words(&["CONVERT", "TO"]) {
            if !self.words(&["CHARACTER", "SET"]) {
                self.need("CHARSET")?;
            }
            return Ok(vec![Alter::Convert(self.charset_name()?)]);
        }
        match self.table_option()? {
            Some((name, value)) => Ok(vec![Alter::Option(name, value)]),
            None => Err(self.fail()),
        }
    }

    fn position(&mut self) -> Parsed<Position> {
        if self.word("FIRST") {
            return Ok(Position::First);
        }
        if self.word("AFTER") {
            return Ok(Position::After(self.name()?));
        }
        Ok(Position::Last)
    }

    pub(super) fn rename(&mut self) -> Parsed<Statement> {
        self.need("RENAME")?;
        if self.peek("USER") {
            return Err(SqlError::not_modelled("RENAME USER"));
        }
        self.need("TABLE")?;
        let pairs: Vec<(TableName, TableName)> = self.list(|p| {
            let from = p.table_name()?;
            p.need("TO")?;
            Ok((from, p.table_name()?))
        })?;
        Ok(Statement::RenameTable(pairs))
    }

    pub(super) fn describe(&mut self) -> Parsed<Statement> {
        self.advance();
        if matches!(self.kind(), Kind::Word(w) if super::reserved::is_reserved(w)) {
            return Err(SqlError::not_modelled("EXPLAIN"));
        }
        let table = self.table_name()?;
        if matches!(self.kind(), Kind::Word(_) | Kind::Text(_)) {
            self.advance();
        }
        Ok(Statement::Describe(table))
    }
}
