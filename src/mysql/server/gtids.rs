//! Global transaction identifiers: what is executed and purged, and which number the next
//! transaction gets. Models `rpl_gtid_state.cc`, `rpl_gtid_persist.cc` and
//! `Gtid_table_access_context` of 5.7: a server that logs keeps the numbers of its open file there
//! alone, until it opens the next one; one that does not writes each to `mysql.gtid_executed`.

use std::sync::Arc;

use super::Mysqld;
use super::log::Level;
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
    /// The running transaction is to have none.
    pub anonymous: bool,
}

/// `gtid_mode`: what a server's own transactions get, and which of others it takes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) enum GtidMode {
    Off,
    OffPermissive,
    OnPermissive,
    On,
}

impl GtidMode {
    const ALL: [GtidMode; 4] =
        [GtidMode::Off, GtidMode::OffPermissive, GtidMode::OnPermissive, GtidMode::On];

    pub fn name(self) -> &'static str {
        match self {
            GtidMode::Off => "OFF",
            GtidMode::OffPermissive => "OFF_PERMISSIVE",
            GtidMode::OnPermissive => "ON_PERMISSIVE",
            GtidMode::On => "ON",
        }
    }

    pub fn named(name: &str) -> GtidMode {
        let found = GtidMode::ALL.into_iter().find(|mode| mode.name().eq_ignore_ascii_case(name));
        found.unwrap_or(GtidMode::Off)
    }
}

/// Whether `enforce_gtid_consistency` is to be WARN, which is more than a switch.
pub(super) fn is_warn(name: &str, value: &str) -> bool {
    name == "enforce_gtid_consistency" && (value == "2" || value.eq_ignore_ascii_case("WARN"))
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
    pub(super) fn gtid_mode(&self) -> GtidMode {
        GtidMode::named(self.global("gtid_mode"))
    }

    /// Whether a transaction of its own gets a number.
    pub(super) fn numbers_transactions(&self) -> bool {
        self.gtid_mode() >= GtidMode::OnPermissive
    }

    /// Why `gtid_mode` cannot become this. Models `Sys_var_gtid_mode::global_update`.
    pub(super) fn check_gtid_mode(&self, new: GtidMode) -> Result<(), SqlError> {
        let old = self.gtid_mode();
        if (new as u8).abs_diff(old as u8) > 1 {
            return Err(SqlError::new(
                1788,
                "The value of @@GLOBAL.GTID_MODE can only be changed one step at a time: OFF <-> \
                 OFF_PERMISSIVE <-> ON_PERMISSIVE <-> ON. Also note that this value must be \
                 stepped up or down simultaneously on all servers. See the Manual for \
                 instructions.",
            ));
        }
        let auto = self.replica.source.as_ref().is_some_and(|source| source.auto_position);
        let why = match new {
            _ if new == old => return Ok(()),
            GtidMode::On if self.replica.applier.skip > 0 => {
                "@@GLOBAL.SQL_SLAVE_SKIP_COUNTER is greater than zero"
            }
            GtidMode::Off if auto => {
                "replication channel '' is configured in AUTO_POSITION mode. Execute CHANGE MASTER \
                 TO MASTER_AUTO_POSITION = 0 FOR CHANNEL '' before you set @@GLOBAL.GTID_MODE = \
                 OFF."
            }
            GtidMode::On if self.anonymous_transactions() > 0 => {
                "there are ongoing, anonymous transactions. Before setting @@GLOBAL.GTID_MODE = \
                 ON, wait until SHOW STATUS LIKE 'ANONYMOUS_TRANSACTION_COUNT' shows zero on all \
                 servers. Then wait for all existing, anonymous transactions to replicate to all \
                 slaves, and then execute SET @@GLOBAL.GTID_MODE = ON on all servers. See the \
                 Manual for details"
            }
            GtidMode::On if self.global("enforce_gtid_consistency") != "ON" => {
                "ENFORCE_GTID_CONSISTENCY is not ON"
            }
            _ => return Ok(()),
        };
        let text = format!("SET @@GLOBAL.GTID_MODE = {} is not allowed because {why}.", new.name());
        Err(SqlError::new(3111, text))
    }

    /// The global settings of numbers; `None`: the variable is none of them, or is only to be set.
    pub(super) fn set_gtid_global(
        &mut self,
        name: &str,
        text: &str,
        thread: u64,
        sys: &mut dyn Sys,
    ) -> Option<Result<(), SqlError>> {
        match name {
            "gtid_purged" => Some(self.set_gtid_purged(text, sys)),
            "gtid_mode" => Some(self.set_gtid_mode(GtidMode::named(text), thread, sys)),
            "enforce_gtid_consistency" if text != self.global(name) => {
                let old = self.global(name);
                let text = format!("Changed ENFORCE_GTID_CONSISTENCY from {old} to {text}.");
                self.log(sys, thread, Level::Note, &text);
                None
            }
            _ => None,
        }
    }

    /// `gtid_mode` changes, and with it the binlog's file.
    fn set_gtid_mode(
        &mut self,
        new: GtidMode,
        thread: u64,
        sys: &mut dyn Sys,
    ) -> Result<(), SqlError> {
        let old = self.gtid_mode();
        if new == old {
            return Ok(());
        }
        self.set_global("gtid_mode", new.name());
        let text = format!("Changed GTID_MODE from {} to {}.", old.name(), new.name());
        self.log(sys, thread, Level::Note, &text);
        self.rotate(thread, sys)
    }

    /// `Ongoing_anonymous_transaction_count`: open transactions that will have no number.
    pub(super) fn anonymous_transactions(&self) -> usize {
        let numbers = self.numbers_transactions();
        let is_anonymous = |session: &&Session| {
            let next = session.vars.get("gtid_next").map_or("AUTOMATIC", String::as_str);
            next.eq_ignore_ascii_case("ANONYMOUS")
                || !numbers && next.eq_ignore_ascii_case("AUTOMATIC")
        };
        let open = |session: &&Session| {
            session.transaction.as_ref().is_some_and(|transaction| !transaction.is_empty())
        };
        let sessions = self.conns.iter().filter_map(|conn| conn.session.as_ref());
        sessions.filter(open).filter(is_anonymous).count()
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
        let numbers = self.numbers_transactions() && !self.gtids.anonymous;
        self.gtids.next.clone().or_else(|| numbers.then(own))
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
    fn set_gtid_purged(&mut self, text: &str, sys: &mut dyn Sys) -> Result<(), SqlError> {
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
        session: &mut Session,
        sys: &mut dyn Sys,
    ) -> Result<bool, SqlError> {
        let next = session.vars.get("gtid_next").cloned();
        let next = next.as_ref();
        let gtid = next.and_then(|text| Gtid::parse(text)).filter(|_| !session.gtid_spent);
        self.gtids.next = gtid;
        self.gtids.anonymous = next.is_some_and(|text| text.eq_ignore_ascii_case("ANONYMOUS"));
        if !is_change(statement) {
            return Ok(false);
        }
        if session.gtid_spent {
            return Err(undefined(next.map_or("", String::as_str)));
        }
        let selects =
            matches!(statement, Statement::CreateTable(create) if create.select.is_some());
        if selects && session.is_on("sql_log_bin") {
            let text = "Statement violates GTID consistency: CREATE TABLE ... SELECT.";
            match self.global("enforce_gtid_consistency") {
                "ON" => return Err(SqlError::new(1786, text)),
                "WARN" => {
                    session.warn("Warning", 1786, text);
                    self.log(sys, session.id, Level::Warning, text);
                }
                _ => {}
            }
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
        || statement.changes_accounts()
        || matches!(statement, Statement::Begin { .. })
}
