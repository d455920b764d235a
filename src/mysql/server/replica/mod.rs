//! The replica's side of replication: settings, threads, relay log.

mod apply;
mod change;
mod info;
mod io;
mod log;
mod receive;
mod relay;
mod sql;

use crate::base::{SimTime, SortedMap};
use crate::mysql::binlog::GtidSet;
use crate::mysql::run::Session;
use crate::mysql::sql::SqlError;
use crate::mysql::sql::ast::Until;
use crate::mysql::sql::dialect::reworded;
use crate::os::{Sys, Wait};
use crate::trace::fact::MysqlFact;

use super::conn::Conn;
use super::{Mysqld, pod};
use crate::mysql::server::log::Level;

pub(super) use apply::table_changes;
pub(super) use change::PUBLIC_KEY;
pub(super) use io::Io;
pub(super) use relay::Relay;
pub(super) use sql::{Applier, CAUGHT_UP};

/// What CHANGE MASTER TO has set.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Source {
    pub host: String,
    pub user: String,
    pub password: String,
    pub port: u16,
    pub connect_retry: u64,
    pub retry_count: u64,
    pub bind: String,
    pub ssl: bool,
    /// `MASTER_SSL_VERIFY_SERVER_CERT`.
    pub verify: bool,
    /// `MASTER_SSL_…` and `MASTER_TLS_VERSION`, by their names.
    pub texts: SortedMap<String, String>,
    /// How often the source is to give a sign of life, in milliseconds; 0: never.
    pub heartbeat: u64,
    /// `IGNORE_SERVER_IDS`, in order.
    pub ignored: Vec<u64>,
    /// Seconds.
    pub delay: u64,
    /// `MASTER_AUTO_POSITION`: the source finds out what is missing.
    pub auto_position: bool,
    /// The coordinates CHANGE MASTER TO named: where this replica began.
    pub began: (String, u64),
}

impl Source {
    /// As SHOW SLAVE STATUS lists the servers that are ignored.
    pub fn ignored_text(&self) -> String {
        let ignored: Vec<String> = self.ignored.iter().map(u64::to_string).collect();
        ignored.join(", ")
    }
}

impl Default for Source {
    fn default() -> Source {
        Source {
            host: String::new(),
            user: String::new(),
            password: String::new(),
            port: 3306,
            connect_retry: 60,
            retry_count: 86_400,
            bind: String::new(),
            ssl: false,
            verify: false,
            texts: SortedMap::new(),
            heartbeat: 30_000,
            ignored: Vec::new(),
            delay: 0,
            auto_position: false,
            began: (String::new(), 4),
        }
    }
}

/// The replica's side of replication.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Replica {
    /// `None`: not configured.
    pub source: Option<Source>,
    pub io: Io,
    pub applier: Applier,
    pub relay: Relay,
    /// It was said that the relay log has no name of its own.
    pub named: bool,
}

impl Replica {
    pub fn waits(&self) -> Vec<Wait> {
        let mut waits = self.io.waits();
        waits.extend(self.applier.timer.map(Wait::Timer));
        waits
    }

    /// Rows of SHOW PROCESSLIST: number, state, since when.
    pub fn threads(&self) -> Vec<(u64, String, SimTime)> {
        let mut threads = Vec::new();
        if self.io.is_running() {
            threads.push((self.io.thread, self.io.state.into(), self.io.since));
        }
        if self.applier.running {
            threads.push((self.applier.thread, self.applier.state.into(), self.applier.since));
        }
        threads
    }
}

/// The relay log is not where relay-log.info says; only RESET SLAVE or CHANGE MASTER TO helps.
const RELAY_UNKNOWN: (u16, &str) =
    (1872, "Slave failed to initialize relay log info structure from the repository");

/// Error 3085.
pub(super) fn sql_thread_runs() -> SqlError {
    let text = "This operation cannot be performed with a running slave sql thread; run STOP \
                SLAVE SQL_THREAD FOR CHANNEL '' first.";
    SqlError::new(3085, text)
}

impl Mysqld {
    /// At a server's start: what master.info says, and both threads, unless it was told otherwise.
    pub(super) fn boot_replication(&mut self, sys: &mut dyn Sys) {
        if !self.load_replica(sys) {
            self.note(sys, "Failed to start slave threads for channel ''");
            return;
        }
        self.warn_of_relay_name(0, sys);
        if self.is_on("relay_log_recovery") {
            self.recover_relay(sys);
            if !self.options.others.contains_key("skip_slave_start") {
                self.start_threads(true, true, sys);
            }
            return;
        }
        let (relay, at) = self.replica.applier.group.clone();
        if sys.stat(&self.path(&relay), true).is_err() {
            self.relay_lost(&relay, at, sys);
            return;
        }
        self.open_relay(sys);
        if self.options.others.contains_key("skip_slave_start") {
            return;
        }
        self.start_threads(true, true, sys);
    }

    /// relay_log_recovery: what the relay log still holds is thrown away, and asked for again from
    /// where the SQL thread was (`recover_relay_log` of rpl_slave.cc).
    fn recover_relay(&mut self, sys: &mut dyn Sys) {
        let applier = &self.replica.applier;
        let (relay, at) = applier.group.clone();
        let (file, position) = (applier.exec_file.clone(), applier.exec_position);
        let text = format!(
            "Recovery from master pos {position} and file {file} for channel ''. Previous relay \
             log pos and relay log file had been set to {at}, ./{relay} respectively."
        );
        self.log(sys, 0, Level::Warning, &text);
        (self.replica.io.file, self.replica.io.position) = (file, position);
        self.open_relay(sys);
        let (newest, _) = self.replica.relay.files.last().cloned().unwrap_or_default();
        self.purge_relay(&newest, sys);
        let applier = &mut self.replica.applier;
        applier.group = (newest, 4);
        applier.event = applier.group.clone();
        self.save_replica(sys);
    }

    /// The relay log that relay-log.info names is not there: replication cannot begin.
    fn relay_lost(&mut self, relay: &str, at: u64, sys: &mut dyn Sys) {
        for text in [
            format!("Failed to open log (file './{relay}', errno 2)"),
            format!("Failed to open the relay log './{relay}' (relay_log_pos {at})."),
            "Could not open log file".into(),
            "Slave: Failed to initialize the master info structure for channel ''; its record may \
             still be present in 'mysql.slave_master_info' table, consider deleting it."
                .into(),
            "Failed to create or recover replication info repositories.".into(),
        ] {
            self.log(sys, 0, Level::Error, &text);
        }
        let applier = &mut self.replica.applier;
        applier.errno = RELAY_UNKNOWN.0;
        applier.error = RELAY_UNKNOWN.1.into();
        let (errno, message) = (applier.errno, applier.error.clone());
        tell!(sys, MysqlFact::ThreadFailed { pod: pod(sys), io: false, errno, message });
    }

    pub(super) fn start_slave(
        &mut self,
        io: bool,
        sql: bool,
        until: Option<Until>,
        (user, password): &(Option<String>, Option<String>),
        session: &mut Session,
        sys: &mut dyn Sys,
    ) -> Result<(), SqlError> {
        if self.replica.source.as_ref().is_none_or(|source| source.host.is_empty()) {
            let text = "The server is not configured as slave; fix in config file or with CHANGE \
                        MASTER TO";
            let newer = reworded(text, &self.release);
            let newer = match newer == text {
                true => newer,
                false => newer.replace("MASTER", "REPLICATION SOURCE"),
            };
            return Err(SqlError::new(1200, newer));
        }
        if self.replica.applier.errno == RELAY_UNKNOWN.0 {
            return Err(SqlError::new(RELAY_UNKNOWN.0, RELAY_UNKNOWN.1));
        }
        if user.is_some() || password.is_some() {
            session.warn("Note", change::PLAIN_TEXT.0, change::PLAIN_TEXT.1);
        }
        let io = io && !self.replica.io.is_running();
        let sql = sql && !self.replica.applier.running;
        if !io && !sql {
            let text = "Replication thread(s) for channel '' are already runnning.";
            session.warn("Note", 3083, text);
            return Ok(());
        }
        self.check_until(until.as_ref(), sql, session)?;
        if sql {
            let skip = self.global("sql_slave_skip_counter").parse().unwrap_or(0);
            self.set_global("sql_slave_skip_counter", "0");
            self.replica.applier.skip = skip;
            self.replica.applier.until = until;
        }
        if io {
            self.replica.io.login = (user.clone(), password.clone());
        }
        self.start_threads(io, sql, sys);
        Ok(())
    }

    fn check_until(
        &self,
        until: Option<&Until>,
        sql: bool,
        session: &mut Session,
    ) -> Result<(), SqlError> {
        let Some(until) = until else { return Ok(()) };
        if !sql {
            let text = "SQL thread is not to be started so UNTIL options are ignored";
            session.warn("Note", 1279, text);
            return Ok(());
        }
        let number = until.file.rsplit_once('.').map(|(_, number)| number.parse::<u64>());
        let is_set = until.gtids.as_ref().map(|(_, set)| GtidSet::parse(set).is_some());
        if !is_set.unwrap_or(matches!(number, Some(Ok(_)))) {
            let text = "Incorrect parameter or combination of parameters for START SLAVE UNTIL";
            return Err(SqlError::new(1277, text));
        }
        if !self.options.others.contains_key("skip_slave_start") {
            let text = "It is recommended to use --skip-slave-start when doing step-by-step \
                        replication with START SLAVE UNTIL; otherwise, you will get problems if \
                        you get an unexpected slave's mysqld restart";
            session.warn("Note", 1278, text);
        }
        Ok(())
    }

    pub(super) fn start_threads(&mut self, io: bool, sql: bool, sys: &mut dyn Sys) {
        let host = self.replica.source.as_ref().map(|s| s.host.clone()).unwrap_or_default();
        let fact = MysqlFact::ThreadsStarted { pod: pod(sys), host, io, sql };
        tell!(sys, fact);
        if io {
            self.last_conn += 1;
            let thread = self.last_conn;
            self.replica.io.start(thread, sys.now());
            if self.replica.io.login == (None, None) {
                self.log(sys, thread, Level::Warning, change::STORED.1);
            }
        }
        if sql {
            self.last_conn += 1;
            let thread = self.last_conn;
            self.start_applier(thread, sys);
        }
    }

    pub(super) fn stop_slave(
        &mut self,
        io: bool,
        sql: bool,
        session: &mut Session,
        sys: &mut dyn Sys,
    ) {
        let io = io && self.replica.io.is_running();
        let sql = sql && self.replica.applier.running;
        if !io && !sql {
            let text = "Replication thread(s) for channel '' are already stopped.";
            session.warn("Note", 3084, text);
            return;
        }
        self.stop_threads(io, sql, sys);
        tell!(sys, MysqlFact::ThreadsStopped { pod: pod(sys), io, sql });
        self.save_replica(sys);
    }

    pub(super) fn stop_threads(&mut self, io: bool, sql: bool, sys: &mut dyn Sys) {
        if sql && self.replica.applier.running {
            self.replica.applier.stop(sys);
            self.sql_exits(sys);
        }
        if io && self.replica.io.is_running() {
            let (killed, thread) = (self.replica.io.killed(), self.replica.io.thread);
            self.log(sys, thread, Level::Note, killed);
            self.replica.io.stop(sys);
            self.io_exits(sys);
        }
    }

    /// Whether an account may ask for the binlog.
    pub(super) fn may_replicate(&self, conn: &Conn) -> Result<(), SqlError> {
        conn.session.as_ref().map_or(Ok(()), |session| self.need(session, &["REPLICATION SLAVE"]))
    }
}
