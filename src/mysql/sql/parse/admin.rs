//! Transactions, SET, accounts, replication, and the rest of administration.

use super::{NOT_MODELLED, Parsed, Parser};
use crate::mysql::sql::ast::{
    Account, Assignment, Expr, Flush, Grant, Revoke, Statement, UserSpec,
};
use crate::mysql::sql::dialect::PRIVILEGES;
use crate::mysql::sql::error::SqlError;
use crate::mysql::sql::lex::Kind;

impl Parser<'_> {
    pub(super) fn control(&mut self, word: &str) -> Parsed<Statement> {
        let upper = word.to_ascii_uppercase();
        let first = self.at;
        self.advance();
        if let Some(statement) = self.step_of_session(&upper)? {
            return Ok(statement);
        }
        Ok(match upper.as_str() {
            "USE" => Statement::Use(self.name()?),
            "ANALYZE" => self.maintain("analyze")?,
            "CHECK" => self.maintain("check")?,
            "OPTIMIZE" => self.maintain("optimize")?,
            "REPAIR" => self.maintain("repair")?,
            "SET" => self.set()?,
            "DO" => Statement::Do(self.list(Self::expr)?),
            "START" => self.start()?,
            "STOP" => self.stop()?,
            "FLUSH" => self.flush()?,
            "RESET" => self.reset()?,
            "PURGE" => self.purge()?,
            "LOCK" => self.lock_tables()?,
            "UNLOCK" => {
                if !self.word("TABLES") {
                    self.need("TABLE")?;
                }
                Statement::UnlockTables
            }
            "KILL" => {
                let query = self.word("QUERY");
                if !query {
                    let _ = self.word("CONNECTION");
                }
                Statement::Kill { connection: !query, id: self.expr()? }
            }
            "LOAD" => self.load()?,
            "SHUTDOWN" => Statement::Shutdown,
            "BINLOG" => Statement::Binlog(self.text_literal()?),
            // The word behind WITH is read along with it, for WITH ROLLUP.
            "WITH" => return Err(self.fail()),
            _ if NOT_MODELLED.contains(&upper.as_str()) => {
                return Err(SqlError::not_modelled(upper));
            }
            _ => {
                self.at = first;
                return Err(self.fail());
            }
        })
    }

    /// Transactions and prepared statements.
    fn step_of_session(&mut self, word: &str) -> Parsed<Option<Statement>> {
        Ok(Some(match word {
            "BEGIN" => {
                let _ = self.word("WORK");
                Statement::Begin { snapshot: false, read_only: false }
            }
            "COMMIT" => {
                let _ = self.word("WORK");
                Statement::Commit(self.completion()?)
            }
            "ROLLBACK" => {
                let _ = self.word("WORK");
                if self.word("TO") {
                    let _ = self.word("SAVEPOINT");
                    return Ok(Some(Statement::RollbackTo(self.name()?)));
                }
                Statement::Rollback(self.completion()?)
            }
            "SAVEPOINT" => Statement::Savepoint(self.name()?),
            "RELEASE" => {
                self.need("SAVEPOINT")?;
                Statement::Release(self.name()?)
            }
            "PREPARE" => {
                let name = self.name()?;
                self.need("FROM")?;
                Statement::Prepare { name, from: self.expr()? }
            }
            "EXECUTE" => {
                let name = self.name()?;
                let using = if self.word("USING") {
                    self.list(|p| {
                        let Kind::UserVar(name) = p.kind().clone() else { return Err(p.fail()) };
                        p.advance();
                        Ok(name)
                    })?
                } else {
                    Vec::new()
                };
                Statement::Execute { name, using }
            }
            "DEALLOCATE" => {
                self.need("PREPARE")?;
                Statement::Deallocate(self.name()?)
            }
            _ => return Ok(None),
        }))
    }

    /// AND [NO] CHAIN, [NO] RELEASE: whether the next transaction begins at once.
    fn completion(&mut self) -> Parsed<bool> {
        let mut chain = false;
        if self.word("AND") {
            chain = !self.word("NO");
            self.need("CHAIN")?;
        }
        if self.word("NO") {
            self.need("RELEASE")?;
        } else if !chain && self.word("RELEASE") {
            return Err(SqlError::not_modelled("RELEASE"));
        }
        Ok(chain)
    }

    /// LOAD DATA INFILE. What follows the table is not read.
    fn load(&mut self) -> Parsed<Statement> {
        if self.peek("XML") || self.peek("INDEX") {
            return Err(SqlError::not_modelled("LOAD XML, LOAD INDEX"));
        }
        self.need("DATA")?;
        let _ = self.word("LOW_PRIORITY") || self.word("CONCURRENT");
        if self.peek("LOCAL") {
            return Err(SqlError::not_modelled("LOAD DATA LOCAL"));
        }
        self.need("INFILE")?;
        let file = self.text_literal()?;
        let _ = self.word("REPLACE") || self.word("IGNORE");
        self.need("INTO")?;
        self.need("TABLE")?;
        let table = self.table_name()?;
        while !matches!(self.kind(), Kind::End | Kind::Op(";")) {
            self.advance();
        }
        Ok(Statement::Load(file, table))
    }

    fn flush(&mut self) -> Parsed<Statement> {
        let no_binlog = self.word("NO_WRITE_TO_BINLOG") || self.word("LOCAL");
        let what = if self.word("TABLES") || self.word("TABLE") {
            if self.words(&["WITH", "READ", "LOCK"]) {
                Flush::TablesWithReadLock
            } else {
                if matches!(self.kind(), Kind::Word(_) | Kind::Quoted(_)) {
                    self.list(Self::table_name)?;
                    if self.peek("WITH") || self.peek("FOR") {
                        return Err(SqlError::not_modelled(
                            "FLUSH TABLES of one table with a lock",
                        ));
                    }
                }
                Flush::Tables
            }
        } else if self.words(&["BINARY", "LOGS"]) {
            Flush::BinaryLogs
        } else if self.words(&["ENGINE", "LOGS"]) {
            Flush::EngineLogs
        } else if self.words(&["RELAY", "LOGS"]) {
            self.channel()?;
            Flush::RelayLogs
        } else if self.word("LOGS") {
            Flush::Logs
        } else if self.word("PRIVILEGES") {
            Flush::Privileges
        } else if self.word("HOSTS") {
            Flush::Hosts
        } else if self.word("STATUS") {
            Flush::Status
        } else if self.words(&["ERROR", "LOGS"]) || self.words(&["SLOW", "LOGS"]) {
            Flush::Other("LOGS".into())
        } else if self.words(&["GENERAL", "LOGS"]) || self.query_cache() {
            Flush::Other("CACHE".into())
        } else if self.word("USER_RESOURCES") {
            Flush::Other("USER_RESOURCES".into())
        } else if self.peek("DES_KEY_FILE") || self.peek("OPTIMIZER_COSTS") {
            return Err(SqlError::not_modelled("FLUSH DES_KEY_FILE, OPTIMIZER_COSTS"));
        } else {
            return Err(self.fail());
        };
        if self.peek_op(",") && !matches!(what, Flush::Tables | Flush::TablesWithReadLock) {
            return Err(SqlError::not_modelled("FLUSH of several things"));
        }
        Ok(Statement::Flush { what, no_binlog })
    }

    fn reset(&mut self) -> Parsed<Statement> {
        let dialect = self.context.dialect;
        if dialect.old && self.word("MASTER")
            || dialect.binary_log_status() && self.words(&["BINARY", "LOGS", "AND", "GTIDS"])
        {
            return Ok(Statement::ResetMaster);
        }
        if dialect.is_8() && self.word("PERSIST") {
            return Err(SqlError::not_modelled("RESET PERSIST"));
        }
        if self.query_cache() {
            return Ok(Statement::Flush { what: Flush::Other("CACHE".into()), no_binlog: true });
        }
        self.replica()?;
        let all = self.word("ALL");
        self.channel()?;
        Ok(Statement::ResetSlave { all })
    }

    fn query_cache(&mut self) -> bool {
        !self.context.dialect.is_8() && self.words(&["QUERY", "CACHE"])
    }

    fn purge(&mut self) -> Parsed<Statement> {
        if !self.context.dialect.old || !self.word("MASTER") {
            self.need("BINARY")?;
        }
        self.need("LOGS")?;
        if self.word("TO") {
            return Ok(Statement::PurgeTo(self.text_literal()?));
        }
        self.need("BEFORE")?;
        Ok(Statement::PurgeBefore(self.expr()?))
    }

    fn lock_tables(&mut self) -> Parsed<Statement> {
        if !self.word("TABLES") {
            self.need("TABLE")?;
        }
        let locks = self.list(|p| {
            let table = p.table_name()?;
            let alias = p.table_alias()?.unwrap_or_else(|| table.table.clone());
            let _ = p.word("LOW_PRIORITY");
            if p.word("READ") {
                let _ = p.word("LOCAL");
                return Ok((table, alias, false));
            }
            p.need("WRITE")?;
            Ok((table, alias, true))
        })?;
        Ok(Statement::LockTables(locks))
    }

    /// ANALYZE TABLE and its like.
    fn maintain(&mut self, verb: &'static str) -> Parsed<Statement> {
        let no_binlog = self.word("NO_WRITE_TO_BINLOG") || self.word("LOCAL");
        if !self.word("TABLES") {
            self.need("TABLE")?;
        }
        let names = self.list(Self::table_name)?;
        const WORDS: [&str; 7] =
            ["QUICK", "FAST", "MEDIUM", "EXTENDED", "CHANGED", "USE_FRM", "FOR"];
        while WORDS.iter().any(|word| self.word(word)) {
            let _ = self.word("UPGRADE");
        }
        Ok(Statement::Maintain { verb, names, no_binlog })
    }

    fn set(&mut self) -> Parsed<Statement> {
        if self.word("PASSWORD") {
            let account = if self.word("FOR") { Some(self.account()?) } else { None };
            if !self.op("=") {
                self.need_op(":=")?;
            }
            if !self.context.dialect.is_8() && self.word("PASSWORD") {
                self.need_op("(")?;
                let password = self.text_literal()?;
                self.need_op(")")?;
                return Ok(Statement::SetPassword { account, password });
            }
            return Ok(Statement::SetPassword { account, password: self.text_literal()? });
        }
        Ok(Statement::Set(self.list(Self::set_one)?))
    }

    fn set_one(&mut self) -> Parsed<Assignment> {
        if let Kind::UserVar(name) = self.kind().clone() {
            self.advance();
            self.need_assign()?;
            return Ok(Assignment::User(name, self.expr()?));
        }
        if self.word("NAMES") {
            if let Kind::Text(_) = self.kind() {
                return Ok(Assignment::Names(self.text_literal()?));
            }
            let names = self.name()?;
            if self.word("COLLATE") {
                self.name()?;
            }
            return Ok(Assignment::Names(names));
        }
        let at = matches!(self.kind(), Kind::At2);
        if at {
            self.advance();
        }
        let (mut global, mut session) = (false, false);
        if self.word("GLOBAL") {
            global = true;
            self.op(".");
        } else if self.word("SESSION") || self.word("LOCAL") {
            session = true;
            self.op(".");
        } else if self.context.dialect.is_8() && (self.peek("PERSIST") || self.peek("PERSIST_ONLY"))
        {
            return Err(SqlError::not_modelled("SET PERSIST"));
        }
        if self.words(&["TRANSACTION", "ISOLATION", "LEVEL"]) {
            return self.isolation(global, session);
        }
        if self.words(&["TRANSACTION", "READ"]) {
            if !self.word("WRITE") {
                self.need("ONLY")?;
            }
            return Err(SqlError::not_modelled("SET TRANSACTION READ ONLY, READ WRITE"));
        }
        if self.words(&["CHARACTER", "SET"]) {
            return Ok(Assignment::Names(self.name()?));
        }
        let name = self.name()?.to_ascii_lowercase();
        self.need_assign()?;
        if self.word("DEFAULT") {
            return Ok(Assignment::System { global, name, value: None });
        }
        let value = match self.kind().clone() {
            Kind::Word(word)
                if ["ON", "ALL", "BINARY"].contains(&word.to_ascii_uppercase().as_str()) =>
            {
                self.advance();
                Expr::Text(word)
            }
            _ => self.expr()?,
        };
        Ok(Assignment::System { global, name, value: Some(value) })
    }

    fn need_assign(&mut self) -> Parsed<()> {
        if self.op("=") { Ok(()) } else { self.need_op(":=") }
    }

    fn isolation(&mut self, global: bool, session: bool) -> Parsed<Assignment> {
        for words in [
            &["READ", "UNCOMMITTED"][..],
            &["READ", "COMMITTED"],
            &["REPEATABLE", "READ"],
            &["SERIALIZABLE"],
        ] {
            if self.words(words) {
                if self.peek_op(",") && self.is_word_ahead(1, "READ") {
                    return Err(SqlError::not_modelled("SET TRANSACTION READ ONLY, READ WRITE"));
                }
                return Ok(Assignment::Isolation { global, session, level: words.join("-") });
            }
        }
        Err(self.fail())
    }

    pub(super) fn account(&mut self) -> Parsed<Account> {
        if self.peek("CURRENT_USER") {
            return Err(SqlError::not_modelled("CURRENT_USER as an account"));
        }
        let user = match self.kind().clone() {
            Kind::Text(text) => {
                self.advance();
                text
            }
            _ => self.name()?,
        };
        let Kind::UserVar(host) = self.kind().clone() else {
            return Ok(Account { user, host: "%".into() });
        };
        self.advance();
        Ok(Account { user, host })
    }

    pub(super) fn user_spec(&mut self) -> Parsed<UserSpec> {
        let account = self.account()?;
        let (mut password, mut hash, mut plugin) = (None, None, None);
        if self.word("IDENTIFIED") {
            if self.word("WITH") {
                plugin = Some(match self.kind() {
                    Kind::Text(_) => self.text_literal()?,
                    _ => self.name()?,
                });
                if self.word("BY") {
                    password = Some(self.text_literal()?);
                } else if self.word("AS") {
                    hash = Some(self.text_literal()?);
                }
            } else {
                self.need("BY")?;
                password = Some(self.text_literal()?);
            }
        }
        Ok(UserSpec { account, password, hash, plugin })
    }

    /// REQUIRE, PASSWORD EXPIRE, ACCOUNT LOCK: accepted, without effect here.
    pub(super) fn user_options(&mut self) {
        while matches!(self.kind(), Kind::Word(_)) {
            self.advance();
        }
    }

    pub(super) fn grant(&mut self) -> Parsed<Statement> {
        self.need("GRANT")?;
        if self.word("PROXY") {
            self.need("ON")?;
            return Err(SqlError::not_modelled("GRANT PROXY"));
        }
        let privileges = self.privileges()?;
        self.need("ON")?;
        let db = self.privilege_level()?;
        self.need("TO")?;
        let to = match self.context.dialect.is_8() {
            true => self.list(|p| p.account().map(UserSpec::of))?,
            false => self.list(Self::user_spec)?,
        };
        let grant_option = self.words(&["WITH", "GRANT", "OPTION"]);
        Ok(Statement::Grant(Grant { privileges, db, to, grant_option }))
    }

    pub(super) fn revoke(&mut self) -> Parsed<Statement> {
        self.need("REVOKE")?;
        if self.word("PROXY") {
            self.need("ON")?;
            return Err(SqlError::not_modelled("REVOKE PROXY"));
        }
        let privileges = self.privileges()?;
        let both = ["ALL PRIVILEGES", "GRANT OPTION"];
        let what = if self.peek("FROM") && privileges == both {
            None
        } else {
            self.need("ON")?;
            Some((privileges, self.privilege_level()?))
        };
        self.need("FROM")?;
        let from = self.list(Self::account)?;
        let end = self.tokens[self.at].start;
        let text = self.text[..end].trim_end().to_string();
        Ok(Statement::Revoke(Revoke { what, from, text }))
    }

    fn privileges(&mut self) -> Parsed<Vec<String>> {
        self.list(|p| {
            if p.word("ALL") {
                let _ = p.word("PRIVILEGES");
                return Ok("ALL PRIVILEGES".to_string());
            }
            let first = p.at;
            let mut words = Vec::new();
            while let Kind::Word(word) = p.kind().clone() {
                let upper = word.to_ascii_uppercase();
                if upper == "ON" || upper == "FROM" {
                    break;
                }
                words.push(upper);
                p.advance();
            }
            let name = words.join(" ");
            let known = ["USAGE", "GRANT OPTION"].contains(&name.as_str())
                || PRIVILEGES.iter().any(|(known, _)| *known == name);
            // 8.0 has roles, and privileges that plugins bring.
            if !known && (words.is_empty() || !p.context.dialect.new) {
                p.at = first;
                return Err(p.fail());
            }
            if p.peek_op("(") {
                return Err(SqlError::not_modelled("privileges of single columns"));
            }
            Ok(name)
        })
    }

    fn privilege_level(&mut self) -> Parsed<Option<String>> {
        let _ = self.word("TABLE");
        if self.op("*") {
            if !self.op(".") {
                return Err(SqlError::not_modelled("GRANT ON *"));
            }
            self.need_op("*")?;
            return Ok(None);
        }
        let db = self.name()?;
        if !self.op(".") || !self.op("*") {
            return Err(SqlError::not_modelled("privileges of single tables"));
        }
        Ok(Some(db))
    }
}
