//! SHOW.

use super::{Parsed, Parser};
use crate::mysql::sql::ast::{Pick, Show, Statement};
use crate::mysql::sql::dialect::Dialect;
use crate::mysql::sql::error::SqlError;

impl Parser<'_> {
    pub(super) fn show(&mut self) -> Parsed<Statement> {
        self.need("SHOW")?;
        if let Some(show) = self.show_server()? {
            return Ok(Statement::Show(show));
        }
        let global = self.word("GLOBAL");
        let _ = !global && (self.word("SESSION") || self.word("LOCAL"));
        if self.word("VARIABLES") {
            return Ok(Statement::Show(Show::Variables { global, pick: self.pick()? }));
        }
        if self.word("STATUS") {
            return Ok(Statement::Show(Show::Status { global, pick: self.pick()? }));
        }
        if global {
            return Err(self.fail());
        }
        self.show_schema().map(Statement::Show)
    }

    fn show_server(&mut self) -> Parsed<Option<Show>> {
        let dialect = self.context.dialect;
        let Dialect { old, new, .. } = dialect;
        Ok(Some(
            if old && self.words(&["MASTER", "STATUS"])
                || dialect.binary_log_status() && self.words(&["BINARY", "LOG", "STATUS"])
            {
                Show::MasterStatus
            } else if self.words(&["BINARY", "LOGS"]) || old && self.words(&["MASTER", "LOGS"]) {
                Show::BinaryLogs
            } else if self.words(&["BINLOG", "EVENTS"]) {
                self.binlog_events(false)?
            } else if self.words(&["RELAYLOG", "EVENTS"]) {
                self.binlog_events(true)?
            } else if old && self.words(&["SLAVE", "STATUS"])
                || new && self.words(&["REPLICA", "STATUS"])
            {
                if self.words(&["FOR", "CHANNEL"]) {
                    self.text_literal()?;
                }
                Show::SlaveStatus
            } else if old && self.words(&["SLAVE", "HOSTS"]) || new && self.word("REPLICAS") {
                Show::SlaveHosts
            } else if self.word("WARNINGS") {
                self.limit()?;
                Show::Warnings
            } else if self.word("ERRORS") {
                self.limit()?;
                Show::Errors
            } else if self.word("COUNT") {
                self.count()?
            } else if self.word("GRANTS") {
                if !self.word("FOR") {
                    return Ok(Some(Show::Grants(None)));
                }
                if self.word("CURRENT_USER") {
                    if self.op("(") {
                        self.need_op(")")?;
                    }
                    return Ok(Some(Show::Grants(None)));
                }
                Show::Grants(Some(self.account()?))
            } else if self.words(&["ENGINE", "INNODB", "STATUS"]) {
                Show::EngineInnodbStatus
            } else if self.word("ENGINE") {
                self.name_after_point()?;
                if !["STATUS", "MUTEX", "LOGS"].iter().any(|word| self.peek(word)) {
                    return Err(self.fail());
                }
                return Err(SqlError::not_modelled("SHOW ENGINE but INNODB STATUS"));
            } else if self.words(&["STORAGE", "ENGINES"]) || self.word("ENGINES") {
                Show::Engines
            } else if self.word("PLUGINS") {
                Show::Plugins
            } else if self.word("PRIVILEGES") {
                Show::Privileges
            } else if self.words(&["FULL", "PROCESSLIST"]) {
                Show::Processlist { full: true }
            } else if self.word("PROCESSLIST") {
                Show::Processlist { full: false }
            } else {
                return Ok(None);
            },
        ))
    }

    /// (*) WARNINGS, (*) ERRORS.
    fn count(&mut self) -> Parsed<Show> {
        self.need_op("(")?;
        self.need_op("*")?;
        self.need_op(")")?;
        if self.word("ERRORS") {
            return Ok(Show::CountErrors);
        }
        self.need("WARNINGS")?;
        Ok(Show::CountWarnings)
    }

    fn binlog_events(&mut self, relay: bool) -> Parsed<Show> {
        let log = if self.word("IN") { Some(self.text_literal()?) } else { None };
        let from = if self.word("FROM") { Some(self.number_literal()?) } else { None };
        let limit = self.limit()?;
        Ok(Show::BinlogEvents { relay, log, from, limit })
    }

    fn show_schema(&mut self) -> Parsed<Show> {
        if self.word("DATABASES") || self.word("SCHEMAS") {
            return Ok(Show::Databases(self.pick()?));
        }
        if self.words(&["CHARACTER", "SET"]) || self.word("CHARSET") {
            return Ok(Show::CharacterSet(self.pick()?));
        }
        if self.word("COLLATION") {
            return Ok(Show::Collation(self.pick()?));
        }
        if self.word("CREATE") {
            if self.word("DATABASE") || self.word("SCHEMA") {
                return Ok(Show::CreateDatabase(self.name()?));
            }
            if self.word("TABLE") {
                return Ok(Show::CreateTable(self.table_name()?));
            }
            if self.word("VIEW") {
                return Ok(Show::CreateView(self.table_name()?));
            }
            for word in ["PROCEDURE", "FUNCTION", "TRIGGER", "EVENT", "USER"] {
                if self.peek(word) {
                    return Err(SqlError::not_modelled(format!("SHOW CREATE {word}")));
                }
            }
            return Err(self.fail());
        }
        if self.words(&["TABLE", "STATUS"]) {
            let db = self.of_db()?;
            return Ok(Show::TableStatus { db, pick: self.pick()? });
        }
        if self.word("INDEX") || self.word("INDEXES") || self.word("KEYS") {
            let table = self.of_table()?;
            let pick = if self.peek("WHERE") { self.pick()? } else { Pick::All };
            return Ok(Show::Index(table, pick));
        }
        let full = self.word("FULL");
        if self.word("TABLES") {
            let db = self.of_db()?;
            return Ok(Show::Tables { db, full, pick: self.pick()? });
        }
        if self.word("COLUMNS") || self.word("FIELDS") {
            let table = self.of_table()?;
            return Ok(Show::Columns { table, full, pick: self.pick()? });
        }
        let triggers = self.word("TRIGGERS");
        if triggers || self.word("EVENTS") {
            if self.of_db()?.is_none() && !self.context.has_db {
                return Err(SqlError::new(1046, "No database selected"));
            }
            self.pick()?;
            return Ok(if triggers { Show::Triggers } else { Show::Events });
        }
        if self.words(&["PROCEDURE", "STATUS"]) || self.words(&["FUNCTION", "STATUS"]) {
            self.pick()?;
            return Ok(Show::Routines);
        }
        for word in ["OPEN", "PROCEDURE", "FUNCTION", "PROFILES", "PROFILE"] {
            if self.peek(word) {
                return Err(SqlError::not_modelled(format!("SHOW {word}")));
            }
        }
        Err(self.fail())
    }

    fn of_db(&mut self) -> Parsed<Option<String>> {
        if self.word("FROM") || self.word("IN") { self.name().map(Some) } else { Ok(None) }
    }

    fn of_table(&mut self) -> Parsed<crate::mysql::sql::ast::TableName> {
        if !self.word("FROM") {
            self.need("IN")?;
        }
        let mut table = self.table_name()?;
        if let Some(db) = self.of_db()? {
            table.db = Some(db);
        }
        Ok(table)
    }

    fn pick(&mut self) -> Parsed<Pick> {
        if self.word("LIKE") {
            return self.text_literal().map(Pick::Like);
        }
        if self.word("WHERE") {
            return self.expr().map(Pick::Where);
        }
        Ok(Pick::All)
    }
}
