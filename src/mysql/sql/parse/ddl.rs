//! CREATE, DROP, ALTER, RENAME, DESCRIBE.

use super::column::Constraint;
use super::{Parsed, Parser};
use crate::mysql::sql::ast::{Alter, CreateTable, KeySpec, Pick, Position, Statement, TableName};
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
        if self.peek("FULLTEXT") || self.peek("SPATIAL") {
            self.advance();
            self.need("INDEX")?;
            return Err(SqlError::not_modelled("FULLTEXT and SPATIAL keys"));
        }
        let mut verb = "CREATE";
        if self.word("OR") {
            self.need("REPLACE")?;
            verb = "CREATE OR REPLACE";
        }
        match self.view(verb)? {
            Some(view) => Ok(view),
            None => Err(self.other_object("CREATE")),
        }
    }

    fn database_options(&mut self) -> Parsed<Option<String>> {
        let mut charset = None;
        loop {
            let _ = self.word("DEFAULT");
            if !self.peek("COLLATE") && !self.peek("CHARSET") && !self.peek("CHARACTER") {
                return Ok(charset);
            }
            if !self.words(&["CHARACTER", "SET"]) {
                self.advance();
            }
            self.op("=");
            let name = self.charset_name()?;
            charset = Some(name);
        }
    }

    pub(super) fn charset_name(&mut self) -> Parsed<String> {
        if self.word("BINARY") {
            return Ok("binary".into());
        }
        match self.kind() {
            Kind::Text(_) => self.text_literal(),
            _ => self.name(),
        }
    }

    fn create_index(&mut self) -> Parsed<Statement> {
        let unique = self.word("UNIQUE");
        self.need("INDEX")?;
        let name = Some(self.name()?);
        let mut key = KeySpec { name, unique, ..KeySpec::default() };
        self.using(&mut key)?;
        self.need("ON")?;
        let table = self.table_name()?;
        let key = self.key_columns(key)?;
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
            foreign: Vec::new(),
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
        if self.peek("IGNORE") || self.peek("REPLACE") {
            return Err(SqlError::not_modelled("CREATE TABLE … IGNORE SELECT, REPLACE SELECT"));
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
        match self.key_spec()? {
            Some(Constraint::Key(key)) => create.keys.push(key),
            Some(Constraint::Foreign(key)) => create.foreign.push(key),
            Some(Constraint::Nothing) => {}
            None => {
                let column = self.column_spec()?;
                create.columns.push(column);
            }
        }
        Ok(())
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
                return self.other_option().map(|()| None);
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

    /// Options that would change what is stored, or where.
    fn other_option(&mut self) -> Parsed<()> {
        const OTHERS: [&[&str]; 18] = [
            &["AVG_ROW_LENGTH"],
            &["COMPRESSION"],
            &["CONNECTION"],
            &["DATA", "DIRECTORY"],
            &["DELAY_KEY_WRITE"],
            &["ENCRYPTION"],
            &["INDEX", "DIRECTORY"],
            &["INSERT_METHOD"],
            &["KEY_BLOCK_SIZE"],
            &["MAX_ROWS"],
            &["MIN_ROWS"],
            &["PACK_KEYS"],
            &["PASSWORD"],
            &["STATS_AUTO_RECALC"],
            &["STATS_SAMPLE_PAGES"],
            &["TABLE_CHECKSUM"],
            &["TABLESPACE"],
            &["UNION"],
        ];
        match OTHERS.into_iter().find(|words| self.words(words)) {
            Some(words) => Err(SqlError::not_modelled(words.join(" "))),
            None => Ok(()),
        }
    }

    /// ALTER TABLE … of partitions and tablespaces.
    fn alters_partitions(&mut self) -> Parsed<()> {
        const VERBS: [&str; 11] = [
            "ADD", "ANALYZE", "CHECK", "COALESCE", "DISCARD", "DROP", "EXCHANGE", "IMPORT",
            "OPTIMIZE", "REBUILD", "REPAIR",
        ];
        const MORE: [&str; 4] = ["REORGANIZE", "TRUNCATE", "PARTITION", "REMOVE"];
        let known = VERBS.iter().chain(&MORE).any(|verb| self.peek(verb));
        let what = ["PARTITION", "PARTITIONING", "TABLESPACE", "BY"];
        match what.into_iter().find(|word| known && self.is_word_ahead(1, word)) {
            Some(_) => Err(SqlError::not_modelled("ALTER TABLE of partitions and tablespaces")),
            None => Ok(()),
        }
    }

    pub(super) fn drop(&mut self) -> Parsed<Statement> {
        self.need("DROP")?;
        if self.word("DATABASE") || self.word("SCHEMA") {
            let if_exists = self.if_exists()?;
            return Ok(Statement::DropDatabase { name: self.name()?, if_exists });
        }
        let temporary = self.word("TEMPORARY");
        if self.word("TABLE") || self.word("TABLES") {
            let if_exists = self.if_exists()?;
            let names = self.list(Self::table_name)?;
            let _ = self.word("RESTRICT") || self.word("CASCADE");
            return Ok(Statement::DropTable { names, if_exists, temporary });
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
        if self.word("VIEW") {
            return self.drop_view();
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
        if let Some(view) = self.view("ALTER")? {
            return Ok(view);
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
        self.alters_partitions()?;
        if self.word("ADD") {
            return self.alter_add();
        }
        if self.word("DROP") {
            if self.words(&["PRIMARY", "KEY"]) {
                return Ok(vec![Alter::DropKey("PRIMARY".into())]);
            }
            if self.words(&["FOREIGN", "KEY"]) {
                return Ok(vec![Alter::DropForeign(self.name()?)]);
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
            let position = self.position()?;
            return Ok(vec![Alter::Modify(column.name.clone(), column, position)]);
        }
        if self.word("CHANGE") {
            let _ = self.word("COLUMN");
            let old = self.name()?;
            let column = self.column_spec()?;
            let position = self.position()?;
            return Ok(vec![Alter::Modify(old, column, position)]);
        }
        if self.word("ALTER") {
            let _ = self.word("COLUMN");
            let column = self.name()?;
            if self.word("SET") {
                self.need("DEFAULT")?;
                return Ok(vec![Alter::Default(column, Some(self.default_value()?))]);
            }
            self.need("DROP")?;
            self.need("DEFAULT")?;
            return Ok(vec![Alter::Default(column, None)]);
        }
        if self.word("RENAME") {
            if self.word("INDEX") || self.word("KEY") {
                let from = self.name()?;
                self.need("TO")?;
                return Ok(vec![Alter::RenameKey(from, self.name()?)]);
            }
            let _ = self.word("TO") || self.word("AS");
            return Ok(vec![Alter::Rename(self.table_name()?)]);
        }
        if let Some(nothing) = self.alters_nothing()? {
            return Ok(vec![nothing]);
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

    /// What nothing is to be seen of in InnoDB.
    fn alters_nothing(&mut self) -> Parsed<Option<Alter>> {
        if self.words(&["DISABLE", "KEYS"]) || self.words(&["ENABLE", "KEYS"]) {
            return Ok(Some(Alter::SwitchKeys));
        }
        if self.words(&["ORDER", "BY"]) {
            return Err(SqlError::not_modelled("ALTER TABLE … ORDER BY"));
        }
        if self.word("FORCE") {
            return Ok(Some(Alter::Nothing));
        }
        for option in ["ALGORITHM", "LOCK"] {
            if self.word(option) {
                self.op("=");
                return self.name_after_point().map(|_| Some(Alter::Nothing));
            }
        }
        Ok(None)
    }

    fn alter_add(&mut self) -> Parsed<Vec<Alter>> {
        match self.key_spec()? {
            Some(Constraint::Key(key)) => return Ok(vec![Alter::AddKey(key)]),
            Some(Constraint::Foreign(key)) => return Ok(vec![Alter::AddForeign(key)]),
            Some(Constraint::Nothing) => return Ok(vec![Alter::Nothing]),
            None => {}
        }
        let _ = self.word("COLUMN");
        if self.peek_op("(") {
            let columns = self.bracketed(Self::column_spec)?;
            return Ok(columns.into_iter().map(|c| Alter::Add(c, Position::Last)).collect());
        }
        let column = self.column_spec()?;
        Ok(vec![Alter::Add(column, self.position()?)])
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

    /// Whether a statement is explained, and not a table (`describe:` of sql_yacc.yy).
    fn explains(&mut self) -> Parsed<bool> {
        const STATEMENTS: [&str; 5] = ["SELECT", "INSERT", "REPLACE", "UPDATE", "DELETE"];
        const MORE: [&str; 3] = ["ANALYZE", "WITH", "TABLE"];
        if self.word("FORMAT") {
            self.need_op("=")?;
            let (Kind::Word(format) | Kind::Text(format)) = self.kind().clone() else {
                return Err(self.fail());
            };
            let upper = format.to_ascii_uppercase();
            let tree = self.context.dialect.new && upper == "TREE";
            if !tree && upper != "JSON" && upper != "TRADITIONAL" {
                let text = format!("Unknown EXPLAIN format name: '{format}'");
                return Err(SqlError::new(1791, text));
            }
            return Ok(true);
        }
        let older = self.peek("PARTITIONS") || self.peek("EXTENDED");
        let explained = |by: usize| STATEMENTS.iter().any(|word| self.is_word_ahead(by, word));
        let newer = self.context.dialect.new && MORE.iter().any(|word| self.peek(word));
        Ok(explained(0) || older && explained(1) || newer || self.peek("FOR") || self.peek_op("("))
    }

    pub(super) fn describe(&mut self) -> Parsed<Statement> {
        self.advance();
        if self.explains()? {
            return Err(SqlError::not_modelled("EXPLAIN"));
        }
        let table = self.table_name()?;
        let pick = match self.kind().clone() {
            Kind::Text(pattern) => {
                self.advance();
                Pick::Like(pattern)
            }
            Kind::Word(_) | Kind::Quoted(_) => Pick::Like(self.name()?),
            _ => Pick::All,
        };
        Ok(Statement::Describe(table, pick))
    }
}
