//! Replication: CHANGE MASTER TO, START SLAVE and STOP SLAVE.

use super::{Parsed, Parser};
use crate::mysql::sql::ast::{MasterValue, Statement, Until};
use crate::mysql::sql::dialect::Dialect;
use crate::mysql::sql::error::SqlError;
use crate::mysql::sql::lex::Kind;

impl Parser<'_> {
    pub(super) fn start(&mut self) -> Parsed<Statement> {
        if self.word("TRANSACTION") {
            return self.transaction();
        }
        if self.peek("GROUP_REPLICATION") {
            return Err(SqlError::not_modelled("group replication"));
        }
        self.replica()?;
        let (io, sql) = self.threads();
        let until = self.until()?;
        let user = self.login_part("USER")?;
        let password = self.login_part("PASSWORD")?;
        for word in ["DEFAULT_AUTH", "PLUGIN_DIR"] {
            if self.login_part(word)?.is_some() {
                return Err(SqlError::not_modelled(format!("START SLAVE {word}")));
            }
        }
        self.channel()?;
        Ok(Statement::StartSlave { io, sql, until, login: (user, password) })
    }

    /// READ WRITE, WITH CONSISTENT SNAPSHOT, with commas between them.
    fn transaction(&mut self) -> Parsed<Statement> {
        if matches!(self.kind(), Kind::End | Kind::Op(";")) {
            return Ok(Statement::Begin { snapshot: false, read_only: false });
        }
        let (mut snapshot, mut read_only) = (false, false);
        self.list(|p| {
            if p.word("READ") {
                if p.word("ONLY") {
                    read_only = true;
                    return Ok(());
                }
                return p.need("WRITE");
            }
            p.need("WITH")?;
            p.need("CONSISTENT")?;
            snapshot = true;
            p.need("SNAPSHOT")
        })?;
        Ok(Statement::Begin { snapshot, read_only })
    }

    pub(super) fn stop(&mut self) -> Parsed<Statement> {
        if self.peek("GROUP_REPLICATION") {
            return Err(SqlError::not_modelled("group replication"));
        }
        self.replica()?;
        let (io, sql) = self.threads();
        self.channel()?;
        Ok(Statement::StopSlave { io, sql })
    }

    fn login_part(&mut self, word: &str) -> Parsed<Option<String>> {
        if !self.word(word) {
            return Ok(None);
        }
        self.need_op("=")?;
        self.text_literal().map(Some)
    }

    fn threads(&mut self) -> (bool, bool) {
        let (mut io, mut sql) = (false, false);
        loop {
            if self.word("IO_THREAD") || self.word("RELAY_THREAD") {
                io = true;
            } else if self.word("SQL_THREAD") {
                sql = true;
            } else {
                return if io || sql { (io, sql) } else { (true, true) };
            }
            self.op(",");
        }
    }

    fn until(&mut self) -> Parsed<Option<Until>> {
        if !self.word("UNTIL") {
            return Ok(None);
        }
        if self.peek("SQL_AFTER_MTS_GAPS") {
            return Err(SqlError::not_modelled("UNTIL SQL_AFTER_MTS_GAPS"));
        }
        let before = self.word("SQL_BEFORE_GTIDS");
        if before || self.word("SQL_AFTER_GTIDS") {
            self.need_op("=")?;
            return Ok(Some(Until::of_gtids(before, self.text_literal()?)));
        }
        let relay = self.word("RELAY_LOG_FILE");
        if !relay && !self.source_word("LOG_FILE") {
            return Err(self.fail());
        }
        self.need_op("=")?;
        let file = self.text_literal()?;
        self.need_op(",")?;
        let named = if relay { self.word("RELAY_LOG_POS") } else { self.source_word("LOG_POS") };
        if !named {
            return Err(self.fail());
        }
        self.need_op("=")?;
        Ok(Some(Until { relay, file, position: self.number_literal()?, gtids: None }))
    }

    /// `MASTER_…`, and from 8.0.23 on `SOURCE_…`.
    fn source_word(&mut self, rest: &str) -> bool {
        let Dialect { old, new, .. } = self.context.dialect;
        old && self.word(&format!("MASTER_{rest}")) || new && self.word(&format!("SOURCE_{rest}"))
    }

    pub(super) fn channel(&mut self) -> Parsed<()> {
        if !self.words(&["FOR", "CHANNEL"]) {
            return Ok(());
        }
        if self.text_literal()?.is_empty() {
            return Ok(());
        }
        Err(SqlError::not_modelled("named replication channels"))
    }

    pub(super) fn change_master(&mut self) -> Parsed<Statement> {
        self.need("CHANGE")?;
        let Dialect { old, new, .. } = self.context.dialect;
        if self.word("REPLICATION") {
            if self.peek("FILTER") {
                return Err(SqlError::not_modelled("CHANGE REPLICATION FILTER"));
            }
            if !new {
                return Err(self.fail());
            }
            self.need("SOURCE")?;
        } else if !old || !self.word("MASTER") {
            return Err(self.fail());
        }
        self.need("TO")?;
        let settings = self.list(Self::master_setting)?;
        self.channel()?;
        Ok(Statement::ChangeMaster(settings))
    }

    fn master_setting(&mut self) -> Parsed<(String, MasterValue)> {
        const TEXTS: [&str; 14] = [
            "MASTER_HOST",
            "MASTER_USER",
            "MASTER_PASSWORD",
            "MASTER_LOG_FILE",
            "RELAY_LOG_FILE",
            "MASTER_BIND",
            "MASTER_SSL_CA",
            "MASTER_SSL_CAPATH",
            "MASTER_SSL_CERT",
            "MASTER_SSL_CRL",
            "MASTER_SSL_CRLPATH",
            "MASTER_SSL_KEY",
            "MASTER_SSL_CIPHER",
            "MASTER_TLS_VERSION",
        ];
        const NUMBERS: [&str; 10] = [
            "GET_MASTER_PUBLIC_KEY",
            "MASTER_PORT",
            "MASTER_CONNECT_RETRY",
            "MASTER_RETRY_COUNT",
            "MASTER_LOG_POS",
            "RELAY_LOG_POS",
            "MASTER_AUTO_POSITION",
            "MASTER_DELAY",
            "MASTER_SSL",
            "MASTER_SSL_VERIFY_SERVER_CERT",
        ];
        let Kind::Word(word) = self.kind().clone() else { return Err(self.fail()) };
        let mut name = word.to_ascii_uppercase();
        if self.context.dialect.new && name.starts_with("SOURCE_") {
            name = name.replacen("SOURCE_", "MASTER_", 1);
        }
        if name == "GET_MASTER_PUBLIC_KEY" || name == "GET_SOURCE_PUBLIC_KEY" {
            name = "GET_MASTER_PUBLIC_KEY".into();
        }
        let (is_text, is_number) =
            (TEXTS.contains(&name.as_str()), NUMBERS.contains(&name.as_str()));
        let is_other = ["MASTER_HEARTBEAT_PERIOD", "IGNORE_SERVER_IDS"].contains(&name.as_str());
        if !is_text && !is_number && !is_other {
            return Err(self.fail());
        }
        self.advance();
        self.need_op("=")?;
        if name == "MASTER_HEARTBEAT_PERIOD" {
            return Ok((name, MasterValue::Thousandths(self.thousandths()?)));
        }
        if name == "IGNORE_SERVER_IDS" {
            return Ok((name, MasterValue::Numbers(self.server_ids()?)));
        }
        if is_text {
            return Ok((name, MasterValue::Text(self.text_literal()?)));
        }
        Ok((name, MasterValue::Number(self.number_literal()?)))
    }

    /// A number with at most one point, in thousandths.
    fn thousandths(&mut self) -> Parsed<u64> {
        let Kind::Number(digits) = self.kind().clone() else { return Err(self.fail()) };
        let (whole, rest) = digits.split_once('.').unwrap_or((&digits, ""));
        let rest = format!("{:0<3}", rest.get(..3).unwrap_or(rest));
        let number = format!("{whole}{rest}").parse();
        let Ok(number) = number else { return Err(self.fail()) };
        self.advance();
        Ok(number)
    }

    fn server_ids(&mut self) -> Parsed<Vec<u64>> {
        self.need_op("(")?;
        if self.op(")") {
            return Ok(Vec::new());
        }
        let ids = self.list(Self::number_literal)?;
        self.need_op(")")?;
        Ok(ids)
    }
}
