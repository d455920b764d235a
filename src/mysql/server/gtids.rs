//! Global transaction identifiers: what is executed and purged, and which number the next
//! transaction gets. Models `rpl_gtid_state.cc`, `rpl_gtid_persist.cc` and
//! `Gtid_table_access_context` of 5.7: a server that logs keeps the numbers of its open file there
//! alone, until it opens the next one; one that does not writes each to `mysql.gtid_executed`.

use std::sync::Arc;

use super::Mysqld;
use crate::mysql::binlog::{Gtid, GtidSet};
use crate::mysql::run::Session;
use crate::mysql::sql::SqlError;
use crate::mysql::sql::ast::Statement;
use crate::os::Sys;

/// A server's numbers.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Gtids {
    /// `gtid_executed`.
    pub executed: GtidSet,
    /// Without a binlog: what `gtid_purged` was set to in this server's life.
    pub given: GtidSet,
    /// The number that the running transaction was given; none: an automatic one.
    pub next: Option<Gtid>,
}

/// Error 1837.
fn undefined(next: &str) -> SqlError {
    let text = format!(
        "When @@SESSION.GTID_NEXT is set to a GTID, you must explicitly set it to a different \
         value after a COMMIT or ROLLBACK. Please check GTID_NEXT variable manual page for \
         detailed explanation. Current @@SESSION.GTID_NEXT is '{next}'."
    );
    SqlError::new(1837, text)
}

impl Mysqld {
    /// `gtid_mode=ON`.
    pub(super) fn numbers_transactions(&self) -> bool {
        self.global("gtid_mode") == "ON"
    }

    /// At a server's start, with its files open: what the table and the binlog have.
    pub(super) fn find_gtids(&mut self, sys: &mut dyn Sys) {
        let mut executed = self.catalog.gtids.clone();
        if let Some(journal) = &self.journal {
            executed.add_all(&journal.logged);
        }
        self.gtids.executed = executed;
        self.keep_gtids(sys);
    }

    /// `gtid_purged`: what is executed, and in no file of the binlog. (A server without one counts
    /// nothing there but what it was told: `lost_gtids` of rpl_gtid_state.cc, from memory.)
    pub(super) fn purged_gtids(&self) -> GtidSet {
        let Some(journal) = &self.journal else { return self.gtids.given.clone() };
        let first = journal.files.first().map_or("", |(name, _)| name.as_str());
        let here = journal.logged.without(&journal.previous_of(first));
        self.gtids.executed.without(&here)
    }

    /// The variables show it.
    pub(super) fn show_gtids(&mut self) {
        let (executed, purged) = (self.gtids.executed.to_string(), self.purged_gtids().to_string());
        self.set_global("gtid_executed", executed);
        self.set_global("gtid_purged", purged);
    }

    /// The table gets what is executed: a server's start and end, and a new binlog file.
    pub(super) fn keep_gtids(&mut self, sys: &mut dyn Sys) {
        self.show_gtids();
        if self.catalog.gtids != self.gtids.executed {
            Arc::make_mut(&mut self.catalog).gtids = self.gtids.executed.clone();
            let _ = self.store(sys);
        }
    }

    /// The number of the transaction that is about to be logged.
    pub(super) fn next_gtid(&self) -> Option<Gtid> {
        let uuid = self.global("server_uuid").to_string();
        let own = || Gtid { number: self.gtids.executed.next(&uuid), uuid: uuid.clone() };
        self.gtids.next.clone().or_else(|| self.numbers_transactions().then(own))
    }

    /// A transaction has been logged under this number.
    pub(super) fn gtid_logged(&mut self, gtid: Option<Gtid>) {
        if let Some(gtid) = gtid {
            self.gtids.executed.add(&gtid);
            self.gtids.next = None;
            self.show_gtids();
        }
    }

    /// A transaction with a given number is done that was not logged: the table has it.
    pub(super) fn gtid_unlogged(&mut self) {
        if let Some(gtid) = self.gtids.next.take() {
            self.gtids.executed.add(&gtid);
            Arc::make_mut(&mut self.catalog).gtids.add(&gtid);
            self.show_gtids();
        }
    }

    /// RESET MASTER.
    pub(super) fn forget_gtids(&mut self, sys: &mut dyn Sys) {
        self.gtids = Gtids::default();
        self.keep_gtids(sys);
    }

    /// `SET GLOBAL gtid_purged`: what a copy of another server has executed.
    pub(super) fn set_gtid_purged(
        &mut self,
        text: &str,
        sys: &mut dyn Sys,
    ) -> Result<(), SqlError> {
        let Some(set) = GtidSet::parse(text) else {
            let text = format!("Malformed GTID set specification '{text}'.");
            return Err(SqlError::new(1772, text));
        };
        if !self.gtids.executed.is_empty() {
            let text = "@@GLOBAL.GTID_PURGED can only be set when @@GLOBAL.GTID_EXECUTED is empty.";
            return Err(SqlError::new(1840, text));
        }
        (self.gtids.executed, self.gtids.given) = (set.clone(), set);
        self.keep_gtids(sys);
        Ok(())
    }

    /// What GTID_NEXT says of the statement that is about to run. True: the transaction it is of
    /// is done already, and it is left out. Models `gtid_pre_statement_checks`.
    pub(super) fn begin_gtid(
        &mut self,
        statement: &Statement,
        session: &Session,
    ) -> Result<bool, SqlError> {
        let next = session.vars.get("gtid_next");
        let gtid = next.and_then(|text| Gtid::parse(text)).filter(|_| !session.gtid_spent);
        self.gtids.next = gtid;
        if !is_change(statement) {
            return Ok(false);
        }
        if session.gtid_spent {
            return Err(undefined(next.map_or("", String::as_str)));
        }
        let selects =
            matches!(statement, Statement::CreateTable(create) if create.select.is_some());
        let is_strict = self.global("enforce_gtid_consistency") == "ON";
        if selects && is_strict && session.is_on("sql_log_bin") {
            let text = "Statement violates GTID consistency: CREATE TABLE ... SELECT.";
            return Err(SqlError::new(1786, text));
        }
        let next = self.gtids.next.as_ref();
        Ok(next.is_some_and(|gtid| self.gtids.executed.contains(gtid)))
    }

    /// COMMIT of a transaction that changed nothing, but has a number: the way to leave out what
    /// another server made. Logged as BEGIN and COMMIT.
    pub(super) fn commit_number(
        &mut self,
        session: &mut Session,
        sys: &mut dyn Sys,
    ) -> Result<(), SqlError> {
        let Some(gtid) = self.gtids.next.clone() else { return Ok(()) };
        session.gtid_spent = true;
        if self.gtids.executed.contains(&gtid) {
            return Ok(());
        }
        if self.logs(session) {
            let events = self.row_events(session, &Default::default(), "COMMIT");
            return self.log_events(&events, session, sys);
        }
        self.gtid_unlogged();
        self.store(sys)
    }
}

/// Whether a statement is a transaction, or begins one.
fn is_change(statement: &Statement) -> bool {
    statement.changes_tables()
        || matches!(
            statement,
            Statement::Begin { .. }
                | Statement::CreateUser { .. }
                | Statement::AlterUser { .. }
                | Statement::DropUser { .. }
                | Statement::SetPassword { .. }
                | Statement::Grant(_)
                | Statement::Revoke(_)
        )
}
