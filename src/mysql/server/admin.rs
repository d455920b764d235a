//! FLUSH, RESET, PURGE, KILL, CHANGE MASTER TO, START and STOP SLAVE, and the SHOWs about the
//! server.

use super::conn::Work;
use super::disk::write_error;
use super::locks::uses;
use super::log::Level;
use super::statement::{Done, Outcome};
use super::{Mysqld, pod};
use crate::mysql::binlog::events_of;
use crate::mysql::data::{SECOND, Value};
use crate::mysql::run::{Answer, Env, Rows, Scope, Session, evaluate};
use crate::mysql::sql::SqlError;
use crate::mysql::sql::ast::{Flush, Pick, Show, Statement, TableName};
use crate::mysql::sql::dialect::reworded;
use crate::mysql::timing;
use crate::mysql::wire::Message;
use crate::os::Sys;
use crate::trace::fact::{MysqlFact, StatementClass};

impl Mysqld {
    pub(super) fn administer(
        &mut self,
        conn: u64,
        session: &mut Session,
        statement: &Statement,
        sys: &mut dyn Sys,
    ) -> Outcome {
        let done = Done::affected(0, StatementClass::Admin);
        match statement {
            Statement::Flush { what, no_binlog } => {
                self.flush(conn, session, what, *no_binlog, sys)?;
                let told = *what == Flush::TablesWithReadLock;
                Ok(if told { done.told() } else { done })
            }
            Statement::UnlockTables => {
                session.locks.clear();
                if self.read_lock == Some(conn) {
                    self.read_lock = None;
                    tell!(sys, MysqlFact::Unlocked { pod: pod(sys) });
                    return Ok(done.told());
                }
                Ok(done)
            }
            Statement::LockTables(locks) => self.lock_tables(conn, locks, session, sys),
            Statement::ResetMaster => self.reset_master(session, sys).map(|()| done),
            Statement::PurgeTo(file) => self.purge_to(session, file, sys).map(|()| done),
            Statement::PurgeBefore(expr) => {
                let (value, _) =
                    self.reading(session, sys, |env| evaluate(expr, &Scope::EMPTY, env))?;
                self.purge_before(session, &value, sys).map(|()| done)
            }
            Statement::ChangeMaster(settings) => {
                self.need_super(session)?;
                self.change_master(settings, session, sys)?;
                Ok(done.told().after(timing::CHANGE_MASTER))
            }
            Statement::StartSlave { io, sql, until, login } => {
                self.need_super(session)?;
                self.start_slave(*io, *sql, until.clone(), login, session, sys)?;
                let told = session.warnings.is_empty();
                Ok(if told { done.told() } else { done })
            }
            Statement::StopSlave { io, sql } => {
                self.need_super(session)?;
                self.stop_slave(*io, *sql, session, sys);
                Ok(done)
            }
            Statement::ResetSlave { all } => {
                self.need_super(session)?;
                self.reset_slave(*all, sys)?;
                Ok(done)
            }
            Statement::Kill { connection, id } => {
                let evaluated = |env: &mut Env| evaluate(id, &Scope::EMPTY, env);
                let (value, _) = self.reading(session, sys, evaluated)?;
                let id = u64::try_from(value.number().round()).unwrap_or(0);
                self.kill_either(*connection, id, conn, sys).map(|()| done)
            }
            Statement::Shutdown => {
                self.need(session, &["SHUTDOWN"])?;
                self.stop_asked = true;
                Ok(done)
            }
            other => Err(SqlError::not_modelled(format!("{other:?}"))),
        }
    }

    fn flush(
        &mut self,
        conn: u64,
        session: &Session,
        what: &Flush,
        no_binlog: bool,
        sys: &mut dyn Sys,
    ) -> Result<(), SqlError> {
        self.need(session, &["RELOAD"])?;
        match what {
            Flush::TablesWithReadLock => {
                if self.read_lock.is_none() {
                    self.read_lock = Some(conn);
                }
                self.table_ids.clear();
                tell!(sys, MysqlFact::ReadLocked { pod: pod(sys) });
                return Ok(());
            }
            Flush::Tables => self.table_ids.clear(),
            Flush::Logs => {
                self.rotate(conn, sys)?;
                self.flush_relay(sys);
            }
            Flush::BinaryLogs => self.rotate(conn, sys)?,
            Flush::RelayLogs => self.flush_relay(sys),
            Flush::Hosts => self.known_hosts.clear(),
            Flush::EngineLogs => return Ok(()),
            Flush::Privileges => self.sha2_known.clear(),
            Flush::Status | Flush::Other(_) => {}
        }
        let text = match what {
            Flush::Tables => "FLUSH TABLES",
            Flush::Privileges => "FLUSH PRIVILEGES",
            Flush::Status => "FLUSH STATUS",
            _ => return Ok(()),
        };
        if no_binlog || self.is_on("super_read_only") {
            return Ok(());
        }
        self.log_statement(session, text, &[], None, sys)
    }

    /// The next binlog file.
    pub(super) fn rotate(&mut self, thread: u64, sys: &mut dyn Sys) -> Result<(), SqlError> {
        let (version, server_id) = (self.global("version").to_string(), self.server_id());
        let Some(journal) = &mut self.journal else { return Ok(()) };
        let stem = journal.stem.clone();
        journal.rotate(&version, server_id, sys).map_err(|errno| write_error(&stem, errno))?;
        let (file, position) = journal.position();
        self.keep_gtids(sys);
        tell!(sys, MysqlFact::BinlogOpened { pod: pod(sys), file, position });
        self.purge_expired(thread, sys);
        Ok(())
    }

    fn reset_master(&mut self, session: &Session, sys: &mut dyn Sys) -> Result<(), SqlError> {
        self.need(session, &["RELOAD"])?;
        let (version, server_id) = (self.global("version").to_string(), self.server_id());
        self.hold_removed(sys);
        // 5.7 has more to forget than files; 5.6 says 1186.
        let Some(journal) = &mut self.journal else {
            self.forget_gtids(sys);
            return Ok(());
        };
        let stem = journal.stem.clone();
        for (name, _) in std::mem::take(&mut journal.files) {
            let _ = sys.unlink(&journal.path(&name));
        }
        journal.closed.clear();
        journal.events = Default::default();
        journal.logged = Default::default();
        journal.open(&version, server_id, true, sys).map_err(|errno| write_error(&stem, errno))?;
        let (file, position) = journal.position();
        self.forget_gtids(sys);
        tell!(sys, MysqlFact::BinlogOpened { pod: pod(sys), file, position });
        Ok(())
    }

    /// PURGE BINARY LOGS: up to a file, or to the first that a dump thread reads.
    fn purge_to(
        &mut self,
        session: &mut Session,
        file: &str,
        sys: &mut dyn Sys,
    ) -> Result<(), SqlError> {
        self.need_super(session)?;
        let Some(journal) = &self.journal else { return Ok(()) };
        let Some(wanted) = journal.files.iter().position(|(name, _)| name == file) else {
            return Err(SqlError::new(1373, "Target log not found in binlog index"));
        };
        let readers = |name: &str| self.conns.iter().filter(|conn| conn.reads(name)).count();
        let files = &journal.files[..wanted];
        let used = files.iter().position(|(name, _)| readers(name) > 0);
        if let Some(at) = used {
            let (name, count) = (files[at].0.clone(), readers(&files[at].0));
            let text = format!(
                "file ./{name} was not purged because it was being read by {count} thread(s), \
                 purged only {at} out of {wanted} files."
            );
            session.warn("Warning", 1867, text);
            self.log_readers(&name, session.id, sys);
        }
        self.purge(used.unwrap_or(wanted), sys)
    }

    /// Who keeps a file from going (`log_in_use`; there is no space in 5.7's text either).
    fn log_readers(&mut self, name: &str, thread: u64, sys: &dyn Sys) {
        let ids = self.conns.iter().filter(|conn| conn.reads(name)).map(|conn| conn.id);
        for id in ids.collect::<Vec<_>>() {
            let text = format!(
                "file ./{name} was not purged because it was being readby thread number {id}"
            );
            self.log(sys, thread, Level::Warning, &text);
        }
    }

    /// Deletes the oldest files, so many.
    fn purge(&mut self, keep: usize, sys: &mut dyn Sys) -> Result<(), SqlError> {
        let Some(journal) = &mut self.journal else { return Ok(()) };
        let gone: Vec<(String, u64)> = journal.files.drain(..keep).collect();
        for (name, _) in &gone {
            let _ = sys.unlink(&journal.path(name));
        }
        journal.forget(&gone);
        let stem = journal.stem.clone();
        journal.write_index(sys).map_err(|errno| write_error(&stem, errno))?;
        if let Some((last, _)) = gone.last() {
            let fact = MysqlFact::Purged { pod: pod(sys), last: last.clone() };
            tell!(sys, fact);
        }
        self.show_gtids();
        Ok(())
    }

    /// expire_logs_days: what is older goes when a file is opened, but not from under a reader.
    /// `thread`: the connection whose statement opened it; 0: the server's start.
    pub(super) fn purge_expired(&mut self, thread: u64, sys: &mut dyn Sys) {
        let days: u64 = self.global("expire_logs_days").parse().unwrap_or(0);
        let Some(journal) = self.journal.as_ref().filter(|_| days > 0) else { return };
        let is_young = |(name, _): &(String, u64)| {
            let stat = sys.stat(&journal.path(name), true);
            let age = stat.map_or(0, |stat| stat.modified.before(sys.now()).0 / 1_000);
            age <= days * 86_400
        };
        let last = journal.files.len().saturating_sub(1);
        let old = journal.files.iter().position(is_young).unwrap_or(last).min(last);
        let mut files = journal.files[..old].iter();
        let read = files.position(|(name, _)| self.conns.iter().any(|conn| conn.reads(name)));
        if let Some(at) = read {
            let name = journal.files[at].0.clone();
            self.log_readers(&name, thread, sys);
        }
        let _ = self.purge(read.unwrap_or(old), sys);
    }

    fn purge_before(
        &mut self,
        session: &mut Session,
        value: &Value,
        sys: &mut dyn Sys,
    ) -> Result<(), SqlError> {
        let Some(before) = value.moment() else {
            return Err(SqlError::new(1210, "Incorrect arguments to PURGE LOGS BEFORE"));
        };
        let Some(journal) = &self.journal else { return Ok(()) };
        let newer = |(name, _): &&(String, u64)| {
            let stat = sys.stat(&journal.path(name), true);
            stat.is_ok_and(|stat| stat.modified.unix_secs() * SECOND >= before)
        };
        let keep = journal.files.iter().find(newer).or(journal.files.last());
        let Some((keep, _)) = keep.cloned() else { return Ok(()) };
        self.purge_to(session, &keep, sys)
    }

    fn kill_either(
        &mut self,
        connection: bool,
        id: u64,
        own: u64,
        sys: &mut dyn Sys,
    ) -> Result<(), SqlError> {
        if id == own {
            return Err(SqlError::new(1317, "Query execution was interrupted"));
        }
        if connection { self.kill(id, sys) } else { self.kill_query(id, sys) }
    }

    /// KILL QUERY: what the connection does ends; one that does nothing goes on doing so.
    fn kill_query(&mut self, id: u64, sys: &mut dyn Sys) -> Result<(), SqlError> {
        let Some(conn) = self.conns.iter_mut().find(|conn| conn.id == id) else {
            return Err(SqlError::new(1094, format!("Unknown thread id: {id}")));
        };
        let killed = Message::Error(SqlError::new(1317, "Query execution was interrupted"));
        let (timer, answer) = match std::mem::replace(&mut conn.work, Work::Idle) {
            Work::Answering { timer, answer, sql } => (timer, interrupted(answer, &sql, killed)),
            Work::Locked { timer, .. } | Work::NoSpace { timer, .. } => (timer, killed),
            other => {
                conn.work = other;
                return Ok(());
            }
        };
        sys.disarm(timer);
        if let Some(session) = &mut conn.session {
            session.awaits = None;
        }
        conn.since = sys.now();
        conn.channel.say(&answer);
        conn.channel.flush(sys);
        Ok(())
    }

    fn kill(&mut self, id: u64, sys: &mut dyn Sys) -> Result<(), SqlError> {
        let Some(index) = self.conns.iter().position(|conn| conn.id == id) else {
            return Err(SqlError::new(1094, format!("Unknown thread id: {id}")));
        };
        let conn = self.conns.remove(index);
        self.drop_conn(conn, sys);
        Ok(())
    }

    /// SHOW of what only the server knows; with what is still to be picked from it.
    pub(super) fn server_rows(
        &mut self,
        show: &Show,
        session: &Session,
        sys: &mut dyn Sys,
    ) -> Result<(Rows, Option<Pick>), SqlError> {
        match show {
            Show::MasterStatus | Show::SlaveStatus | Show::BinaryLogs => {
                self.need(session, &["SUPER", "REPLICATION CLIENT"])?;
            }
            Show::BinlogEvents { .. } | Show::SlaveHosts => {
                self.need(session, &["REPLICATION SLAVE"])?;
            }
            Show::EngineInnodbStatus => self.need(session, &["PROCESS"])?,
            _ => {}
        }
        Ok(match show {
            Show::Status { global, pick } => {
                (self.status_rows((!*global).then_some(session), sys), Some(pick.clone()))
            }
            Show::MasterStatus => (self.master_status(), None),
            Show::Plugins => (self.plugins()?, None),
            Show::BinaryLogs => (self.binary_logs()?, None),
            Show::BinlogEvents { relay, log, from, limit } => {
                (self.binlog_events(*relay, log.as_deref(), *from, *limit, sys)?, None)
            }
            Show::SlaveStatus => (self.slave_status(sys.now().unix_secs()), None),
            Show::SlaveHosts => (self.slave_hosts(), None),
            Show::Grants(account) => (self.show_grants(account.as_ref(), session)?, None),
            _ => {
                let mut rows = Rows::with_heads(&["Type", "Name", "Status"]);
                rows.push(&["InnoDB", "", &self.innodb_status()]);
                (rows, None)
            }
        })
    }

    fn innodb_status(&self) -> String {
        let lsn = self.catalog.lsn;
        format!(
            "\n=====================================\nINNODB MONITOR OUTPUT\n\
             =====================================\n---\nLOG\n---\nLog sequence number {lsn}\n\
             Log flushed up to   {lsn}\nPages flushed up to {lsn}\nLast checkpoint at  {}\n\
             [Ordinal] its other sections are not modelled\n",
            lsn.saturating_sub(timing::CHECKPOINT_BYTES)
        )
    }

    fn master_status(&self) -> Rows {
        let mut rows = Rows::with_heads(&[
            "File",
            "#Position",
            "Binlog_Do_DB",
            "Binlog_Ignore_DB",
            "Executed_Gtid_Set",
        ]);
        if let Some(journal) = &self.journal {
            let (file, position) = journal.position();
            let list = |name: &str| self.options.filters.list(name);
            let (only, not) = (list("binlog_do_db"), list("binlog_ignore_db"));
            let executed = self.gtids.executed.to_string();
            rows.push(&[&file, &position.to_string(), &only, &not, &executed]);
        }
        rows
    }

    fn binary_logs(&self) -> Result<Rows, SqlError> {
        let Some(journal) = &self.journal else {
            return Err(SqlError::new(1381, "You are not using binary logging"));
        };
        let mut rows = Rows::with_heads(&["Log_name", "#File_size"]);
        for (name, size) in &journal.files {
            rows.push(&[name, &size.to_string()]);
        }
        Ok(rows)
    }

    fn binlog_events(
        &self,
        relay: bool,
        log: Option<&str>,
        from: Option<u64>,
        limit: Option<(u64, u64)>,
        sys: &dyn Sys,
    ) -> Result<Rows, SqlError> {
        let heads = ["Log_name", "#Pos", "Event_type", "#Server_id", "#End_log_pos", "Info"];
        let mut rows = Rows::with_heads(&heads);
        let failed = |why: &str| {
            let verb = if relay { "SHOW RELAYLOG EVENTS" } else { "SHOW BINLOG EVENTS" };
            Err(SqlError::new(1220, format!("Error when executing command {verb}: {why}")))
        };
        let files = if relay {
            self.relay_files()
        } else {
            self.journal.as_ref().map(|j| j.files.clone()).unwrap_or_default()
        };
        let chosen = match log {
            Some(name) => files.iter().find(|(known, _)| known == name),
            None => files.first(),
        };
        let Some((name, _)) = chosen else {
            return if files.is_empty() { Ok(rows) } else { failed("Could not find target log") };
        };
        let Ok(file) = sys.read_file(&self.path(name)) else {
            return failed("Could not find target log");
        };
        let events = events_of(&file);
        let start = from.unwrap_or(4);
        if !events.iter().any(|event| event.start == start) && start != file.len() && start > 4 {
            return failed("Wrong offset or I/O error");
        }
        let (skip, count) = limit.unwrap_or((0, u64::MAX));
        let picked = events.iter().filter(|event| event.start >= start);
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        for event in picked.skip(usize::try_from(skip).unwrap_or(usize::MAX)).take(count) {
            rows.push(&[
                name,
                &event.start.to_string(),
                &event.kind,
                &event.server_id.to_string(),
                &event.end.to_string(),
                &event.info,
            ]);
        }
        Ok(rows)
    }

    fn slave_hosts(&self) -> Rows {
        let mut rows =
            Rows::with_heads(&["#Server_id", "Host", "#Port", "#Master_id", "Slave_UUID"]);
        for conn in self.conns.iter().filter(|conn| conn.is_dump()) {
            if let Some((id, uuid, (host, port))) = &conn.registered {
                let own = self.server_id().to_string();
                rows.push(&[&id.to_string(), host, &port.to_string(), &own, uuid]);
            }
        }
        rows
    }

    /// The rows of the replication threads.
    fn system_threads(&self, rows: &mut Rows, sys: &dyn Sys) {
        let threads = self.replica.threads().into_iter();
        let threads = threads.map(|thread| ("system user", "", "Connect", thread));
        // 8.0 has its event scheduler on (published lists of 8.0).
        let idle = (5, "Waiting on empty queue".to_string(), self.started);
        let events = self.is_8().then_some(("event_scheduler", "localhost", "Daemon", idle));
        for (user, host, command, (id, state, since)) in threads.chain(events) {
            let seconds = (sys.now().since(since).0 / 1_000).to_string();
            let state = reworded(&state, &self.release);
            let cell = |text: &str| Some(text.to_string());
            let (id, user, host) = (Some(id.to_string()), cell(user), cell(host));
            let (command, seconds) = (cell(command), Some(seconds));
            rows.rows.push(vec![id, user, host, None, command, seconds, Some(state), None]);
        }
    }

    /// The rows of information_schema.processlist, for a statement that reads it.
    pub(super) fn processes(
        &self,
        statement: &Statement,
        asking: (&Session, &str),
        sys: &dyn Sys,
    ) -> Rows {
        let reads = |name: &TableName| name.table.eq_ignore_ascii_case("processlist");
        if !uses(statement).iter().any(|(name, ..)| reads(name)) {
            return Rows::default();
        }
        let mut rows = self.processlist(true, asking, sys);
        let asks = asking.0.id.to_string();
        for head in &mut rows.heads {
            head.name = head.name.to_ascii_uppercase();
        }
        for row in rows.rows.iter_mut().filter(|row| row[0].as_ref() == Some(&asks)) {
            row[6] = Some("executing".into());
        }
        rows
    }

    /// How many connections are in the middle of a request, a replica's included: counted in
    /// `dispatch_command`; and 8.0's event scheduler.
    pub(super) fn running_threads(&self) -> u64 {
        let runs = |work: &Work| !matches!(work, Work::Idle | Work::Closing);
        let clients = self.conns.iter().filter(|conn| runs(&conn.work)).count();
        clients as u64 + u64::from(self.is_8())
    }

    /// SHOW PROCESSLIST, for the connection that asks with this statement.
    pub(super) fn processlist(
        &self,
        full: bool,
        (asking, said): (&Session, &str),
        sys: &dyn Sys,
    ) -> Rows {
        // Without FULL as much as PROCESS_LIST_WIDTH; that counts bytes, this characters.
        let width = if full { usize::MAX } else { 100 };
        let cut = |sql: &str| sql.chars().take(width).collect::<String>();
        let heads = ["#Id", "User", "Host", "db", "Command", "#Time", "State", "Info"];
        let mut rows = Rows::with_heads(&heads);
        let sees_all = self.need(asking, &["PROCESS"]).is_ok();
        if sees_all {
            self.system_threads(&mut rows, sys);
        }
        for conn in &self.conns {
            let Some(session) = &conn.session else { continue };
            if !sees_all && session.user != asking.user {
                continue;
            }
            let (command, state, info) = doing(&conn.work);
            let info = info.map(cut);
            let seconds = sys.now().since(conn.since).0 / 1_000;
            rows.rows.push(vec![
                Some(conn.id.to_string()),
                Some(session.user.clone()),
                Some(client(session)),
                session.db.clone(),
                Some(command.into()),
                Some(seconds.to_string()),
                Some(reworded(state, &self.release)),
                info,
            ]);
        }
        // The connection that asks is out of the list while it is served.
        let cell = |text: &str| Some(text.to_string());
        rows.rows.push(vec![
            Some(asking.id.to_string()),
            cell(&asking.user),
            Some(client(asking)),
            asking.db.clone(),
            cell("Query"),
            cell("0"),
            cell(if self.is_8() { "init" } else { "starting" }),
            Some(cut(said)),
        ]);
        let number = |row: &Vec<Option<String>>| row[0].as_ref().and_then(|id| id.parse().ok());
        rows.rows.sort_by_key(|row| number(row).unwrap_or(0_u64));
        rows
    }
}

/// From where a client comes, as SHOW PROCESSLIST writes it.
fn client(session: &Session) -> String {
    let port = session.port.map_or_else(String::new, |port| format!(":{port}"));
    format!("{}{port}", session.host)
}

/// What a connection does: Command, State and Info of SHOW PROCESSLIST.
fn doing(work: &Work) -> (&'static str, &'static str, Option<&str>) {
    match work {
        Work::Dump(_) => {
            ("Binlog Dump", "Master has sent all binlog to slave; waiting for more updates", None)
        }
        Work::Answering { sql, .. } if sql.to_ascii_uppercase().contains("SLEEP") => {
            ("Query", "User sleep", Some(sql.as_str()))
        }
        Work::Answering { sql, .. } => ("Query", "query end", Some(sql.as_str())),
        Work::Locked { sql, lock, .. } => ("Query", lock.state(), Some(sql.as_str())),
        Work::NoSpace { sql, .. } => ("Query", "query end", Some(sql.as_str())),
        Work::Silent { .. } | Work::Idle | Work::Closing => ("Sleep", "", None),
    }
}

/// What a statement that is killed answers: SLEEP() by itself gives 1, others fail.
fn interrupted(answer: Message, sql: &str, killed: Message) -> Message {
    let Message::Answer { answer: Answer::Rows(mut rows), warnings, db, more } = answer else {
        return killed;
    };
    let alone = rows.rows.len() == 1 && rows.heads.len() == 1;
    if !alone || !sql.to_ascii_uppercase().contains("SLEEP") {
        return killed;
    }
    rows.rows[0][0] = Some("1".into());
    Message::Answer { answer: Answer::Rows(rows), warnings, db, more }
}
