//! The replica's side of replication: settings, threads, relay log.

mod apply;
mod info;
mod io;
mod log;
mod relay;
mod sql;

use crate::base::SimTime;
use crate::mysql::run::Session;
use crate::mysql::sql::SqlError;
use crate::mysql::sql::ast::MasterValue;
use crate::os::{Sys, Wait};
use crate::trace::fact::MysqlFact;

use super::conn::Conn;
use super::{Mysqld, pod};
use crate::mysql::server::log::Level;

pub(super) use io::Io;
pub(super) use relay::Relay;
pub(super) use sql::Applier;

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
    /// Seconds.
    pub delay: u64,
    /// The coordinates CHANGE MASTER TO named: where this replica began.
    pub began: (String, u64),
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
            delay: 0,
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

const SECURITY: [(u16, &str); 2] = [
    (1759, "Sending passwords in plain text without SSL/TLS is extremely insecure."),
    (
        1760,
        "Storing MySQL user name or password information in the master info repository is not \
         secure and is therefore not recommended. Please consider using the USER and PASSWORD \
         connection options for START SLAVE; see the 'START SLAVE Syntax' in the MySQL Manual for \
         more information.",
    ),
];

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

    pub(super) fn change_master(
        &mut self,
        settings: &[(String, MasterValue)],
        session: &mut Session,
        sys: &mut dyn Sys,
    ) -> Result<(), SqlError> {
        if self.server_id() == 0 {
            return Err(SqlError::new(
                1794,
                "Slave is not configured or failed to initialize properly. You must at least set \
                 --server-id to enable either a master or a slave. Additional error messages can \
                 be found in the MySQL error log.",
            ));
        }
        // MASTER_DELAY is the SQL thread's business, all else the I/O thread's.
        let for_io = settings.iter().any(|(name, _)| name != "MASTER_DELAY");
        if for_io && self.replica.io.is_running() {
            let text = "This operation cannot be performed with a running slave io thread; run \
                        STOP SLAVE IO_THREAD FOR CHANNEL '' first.";
            return Err(SqlError::new(3021, text));
        }
        if !for_io && self.replica.applier.running {
            return Err(sql_thread_runs());
        }
        let fresh = self.replica.source.is_none();
        let old = self.replica.source.clone().unwrap_or_default();
        let was = (self.replica.io.file.clone(), self.replica.io.position.max(4));
        let mut source = old.clone();
        let mut position = None;
        let mut file = None;
        for (name, value) in settings {
            if let ("MASTER_HEARTBEAT_PERIOD", MasterValue::Number(seconds)) = (&**name, value)
                && *seconds > self.global("slave_net_timeout").parse().unwrap_or(60)
            {
                let text = "The requested value for the heartbeat period exceeds the value of \
                            `slave_net_timeout' seconds. A sensible value for the period should \
                            be less than the timeout.";
                session.warn("Warning", 1704, text);
            }
            set_one(&mut source, name, value, &mut file, &mut position)?;
        }
        let moved = source.host != old.host || source.port != old.port;
        if settings.iter().any(|(name, _)| name == "MASTER_USER" || name == "MASTER_PASSWORD") {
            for (code, text) in SECURITY {
                session.warn("Note", code, text);
            }
        }
        if file.is_some() || position.is_some() || moved || fresh {
            let keep = if moved { (String::new(), 4) } else { was.clone() };
            let at = (file.unwrap_or(keep.0), position.unwrap_or(keep.1));
            source.began = at.clone();
            if self.replica.applier.running {
                return Err(sql_thread_runs());
            }
            self.replica.io = Io { file: at.0, position: at.1, ..Io::default() };
            self.replica.applier = Applier::default();
            self.fresh_relay(sys);
        }
        self.change_master_lines(fresh, &old, &was, &source, session.id, sys);
        let (file, position) = (self.replica.io.file.clone(), self.replica.io.position);
        let fact =
            MysqlFact::SourceSet { pod: pod(sys), host: source.host.clone(), file, position };
        tell!(sys, fact);
        self.replica.source = Some(source);
        self.save_replica(sys);
        Ok(())
    }

    fn change_master_lines(
        &mut self,
        fresh: bool,
        old: &Source,
        was: &(String, u64),
        new: &Source,
        thread: u64,
        sys: &mut dyn Sys,
    ) {
        if fresh && self.global("relay_log").is_empty() {
            let base = self.relay_base();
            let text = format!(
                "Neither --relay-log nor --relay-log-index were used; so replication may break \
                 when this MySQL server acts as a slave and has his hostname changed!! Please use \
                 '--relay-log={base}' to avoid this problem."
            );
            self.log(sys, thread, Level::Warning, &text);
        }
        let text = format!(
            "'CHANGE MASTER TO FOR CHANNEL '' executed'. Previous state master_host='{}', \
             master_port= {}, master_log_file='{}', master_log_pos= {}, master_bind='{}'. New \
             state master_host='{}', master_port= {}, master_log_file='{}', master_log_pos= {}, \
             master_bind='{}'.",
            old.host,
            old.port,
            was.0,
            was.1,
            old.bind,
            new.host,
            new.port,
            self.replica.io.file,
            self.replica.io.position,
            new.bind
        );
        self.log(sys, thread, Level::Note, &text);
    }

    pub(super) fn start_slave(
        &mut self,
        io: bool,
        sql: bool,
        until: Option<(String, u64)>,
        session: &mut Session,
        sys: &mut dyn Sys,
    ) -> Result<(), SqlError> {
        if self.replica.source.as_ref().is_none_or(|source| source.host.is_empty()) {
            let text = "The server is not configured as slave; fix in config file or with CHANGE \
                        MASTER TO";
            return Err(SqlError::new(1200, text));
        }
        if self.replica.applier.errno == RELAY_UNKNOWN.0 {
            return Err(SqlError::new(RELAY_UNKNOWN.0, RELAY_UNKNOWN.1));
        }
        let io = io && !self.replica.io.is_running();
        let sql = sql && !self.replica.applier.running;
        if !io && !sql {
            let text = "Replication thread(s) for channel '' are already runnning.";
            session.warn("Note", 3083, text);
            return Ok(());
        }
        if until.is_some() && !sql {
            let text = "SQL thread is not to be started so UNTIL options are ignored";
            session.warn("Note", 1279, text);
        } else if until.is_some() && !self.options.others.contains_key("skip_slave_start") {
            let text = "It is recommended to use --skip-slave-start when doing step-by-step \
                        replication with START SLAVE UNTIL; otherwise, you will get problems if \
                        you get an unexpected slave's mysqld restart";
            session.warn("Note", 1278, text);
        }
        if sql {
            self.replica.applier.until = until;
        }
        self.start_threads(io, sql, sys);
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
            self.log(sys, thread, Level::Warning, SECURITY[1].1);
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
            let at = (self.replica.applier.exec_file.clone(), self.replica.applier.exec_position);
            let thread = self.replica.applier.thread;
            self.replica.applier.stop(sys);
            let text = format!(
                "Slave SQL thread for channel '' exiting, replication stopped in log '{}' at \
                 position {}",
                at.0, at.1
            );
            self.log(sys, thread, Level::Note, &text);
        }
        if io && self.replica.io.is_running() {
            let at = (self.replica.io.file.clone(), self.replica.io.position);
            let thread = self.replica.io.thread;
            self.replica.io.stop(sys);
            let text = format!(
                "Slave I/O thread exiting for channel '', read up to log '{}', position {}",
                at.0, at.1
            );
            self.log(sys, thread, Level::Note, &text);
        }
    }

    pub(super) fn reset_slave(&mut self, all: bool, sys: &mut dyn Sys) -> Result<(), SqlError> {
        if self.replica.io.is_running() || self.replica.applier.running {
            let text = "This operation cannot be performed with running replication threads; run \
                        STOP SLAVE FOR CHANNEL '' first";
            return Err(SqlError::new(3081, text));
        }
        self.remove_relay(sys);
        for name in ["master.info", "relay-log.info"] {
            let _ = sys.unlink(&self.path(name));
        }
        let source = self.replica.source.take();
        self.replica = Replica::default();
        if !all && let Some(source) = source {
            self.replica.source = Some(Source { began: (String::new(), 4), ..source });
            self.replica.io.position = 4;
            self.fresh_relay(sys);
        }
        Ok(())
    }

    /// Whether an account may ask for the binlog.
    pub(super) fn may_replicate(&self, conn: &Conn) -> Result<(), SqlError> {
        conn.session.as_ref().map_or(Ok(()), |session| self.need(session, &["REPLICATION SLAVE"]))
    }
}

fn set_one(
    source: &mut Source,
    name: &str,
    value: &MasterValue,
    file: &mut Option<String>,
    position: &mut Option<u64>,
) -> Result<(), SqlError> {
    let text = || match value {
        MasterValue::Text(text) => text.clone(),
        MasterValue::Number(number) => number.to_string(),
    };
    let number = || match value {
        MasterValue::Text(_) => 0,
        MasterValue::Number(number) => *number,
    };
    match name {
        "MASTER_HOST" => source.host = text(),
        "MASTER_USER" => source.user = text(),
        "MASTER_PASSWORD" => source.password = text(),
        "MASTER_BIND" => source.bind = text(),
        "MASTER_PORT" => source.port = u16::try_from(number()).unwrap_or(u16::MAX),
        "MASTER_CONNECT_RETRY" => source.connect_retry = number(),
        "MASTER_RETRY_COUNT" => source.retry_count = number(),
        "MASTER_LOG_FILE" => *file = Some(text()),
        "MASTER_LOG_POS" => *position = Some(number().max(4)),
        "MASTER_DELAY" => source.delay = number(),
        "MASTER_SSL" => source.ssl = number() != 0,
        "MASTER_AUTO_POSITION" if number() == 0 => {}
        "MASTER_AUTO_POSITION" => {
            let text = "CHANGE MASTER TO MASTER_AUTO_POSITION = 1 cannot be executed because \
                        @@GLOBAL.GTID_MODE = OFF.";
            return Err(SqlError::new(1777, text));
        }
        "RELAY_LOG_FILE" | "RELAY_LOG_POS" => {
            return Err(SqlError::not_modelled("RELAY_LOG_FILE and RELAY_LOG_POS"));
        }
        _ => {}
    }
    Ok(())
}
