//! One statement: parsed, judged, run, answered.

use std::sync::Arc;

use super::charset::{heard, sent};
use super::conn::{Conn, Reply, Work};
use super::disk::NO_SPACE;
use super::isolation::Isolation;
use super::locks::Lock;
use super::prepared::{deallocate, prepare, prepared, unmarked};
use super::rights::check_read_only;
use super::said::target;
use super::savepoint::savepoint;
use super::temporary::{found, overlaid};
use super::{Mysqld, pod};
use crate::base::{Millis, limit};
use crate::mysql::data::Catalog;
use crate::mysql::run::{
    AWAITS, Answer, DdlDone, Env, Rows, Scope, Session, beyond_secure_files, change, evaluate,
    in_zone, no_such_table, out_of_zone, picked, run_ddl, schema, select, through_view,
};
use crate::mysql::sql::ast::{Show, Statement, TableName};
use crate::mysql::sql::lex::tokens;
use crate::mysql::sql::{Context, Dialect, MARK, SqlError, deprecation, parse_first, parse_for};
use crate::mysql::timing;
use crate::mysql::wire::Message;
use crate::os::Sys;
use crate::trace::fact::{MysqlFact, StatementClass};

/// What a statement came to, before it is told.
pub(super) type Outcome = Result<Done, SqlError>;

/// A statement that went well.
pub(super) struct Done {
    pub answer: Answer,
    /// How long it takes until the client hears of it.
    pub delay: Millis,
    pub class: StatementClass,
    /// It waits for a lock instead.
    pub wait: Option<Lock>,
    /// What it did has been told already.
    pub told: bool,
    /// It shows the warnings there are, and has none of its own.
    pub about_warnings: bool,
}

impl Done {
    pub fn new(answer: Answer, class: StatementClass) -> Done {
        let delay = Millis::ZERO;
        Done { answer, delay, class, wait: None, told: false, about_warnings: false }
    }

    pub fn affected(count: u64, class: StatementClass) -> Done {
        Done::new(Answer::affected(count), class)
    }

    pub fn after(mut self, delay: Millis) -> Done {
        self.delay = delay;
        self
    }

    pub fn told(mut self) -> Done {
        self.told = true;
        self
    }

    pub fn waiting(lock: Lock) -> Done {
        let mut done = Done::affected(0, StatementClass::Write);
        done.wait = Some(lock);
        done
    }
}

/// The first line or so of a statement.
pub(in crate::mysql) fn shown(sql: &str) -> String {
    let mut text: String = sql.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.len() > limit::SQL_SHOWN_BYTES_MAX {
        let cut = (0..=limit::SQL_SHOWN_BYTES_MAX)
            .rev()
            .find(|at| text.is_char_boundary(*at))
            .unwrap_or(0);
        text.truncate(cut);
        text.push('…');
    }
    text
}

impl Mysqld {
    /// Runs a statement for a connection.
    pub(super) fn query(&mut self, conn: &mut Conn, sql: &str, sys: &mut dyn Sys) -> Reply {
        let Some(mut session) = conn.session.take() else { return Reply::Nothing };
        self.last_query += 1;
        let outcome = self.run(conn, &mut session, sql, sys);
        if !matches!(&outcome, Ok(Done { wait: Some(_), .. })) {
            session.awaits = None;
        }
        let from = format!("{}@{}", session.user, session.host);
        let reply = match outcome {
            Ok(Done { wait: Some(lock @ Lock::Applied(most, _)), .. }) => {
                Reply::Wait(lock, Millis(most))
            }
            Ok(Done { wait: Some(lock), .. }) => {
                let seconds = session.vars.get(lock.timeout());
                let seconds = seconds.map_or(self.global(lock.timeout()), String::as_str);
                Reply::Wait(lock, Millis::secs(seconds.parse().unwrap_or(50)))
            }
            Err(error) if error.code == NO_SPACE => Reply::NoSpace(error.message),
            Err(_) if self.is_ending() => Reply::Nothing,
            Ok(done) => {
                let rows = match &done.answer {
                    Answer::Done { affected, .. } => *affected,
                    Answer::Rows(rows) => rows.rows.len() as u64,
                };
                session.row_count = match &done.answer {
                    Answer::Done { affected, .. } => i64::try_from(*affected).unwrap_or(i64::MAX),
                    Answer::Rows(_) => -1,
                };
                if !done.told {
                    let (pod, sql, class) = (pod(sys), shown(sql), done.class);
                    tell!(sys, MysqlFact::Executed { pod, from, sql, class, rows });
                }
                let count = if done.about_warnings { 0 } else { session.warnings.len() };
                let warnings = u16::try_from(count).unwrap_or(u16::MAX);
                let (db, more, answer) = (session.db.clone(), conn.rest.is_some(), done.answer);
                Reply::Say(Message::Answer { answer, warnings, db, more }, done.delay)
            }
            Err(error) => {
                conn.rest = None;
                session.row_count = -1;
                let is_known = session.warnings.iter().any(|w| w.message == error.message);
                if !is_known {
                    session.warn("Error", error.code, error.message.clone());
                }
                let (pod, sql, error_line) = (pod(sys), shown(sql), error.line());
                tell!(sys, MysqlFact::Refused { pod, from, sql, error: error_line });
                Reply::error(error)
            }
        };
        conn.session = Some(session);
        reply
    }

    /// Runs several statements; the first error ends it.
    pub(super) fn script(&mut self, conn: &mut Conn, list: &[String], sys: &mut dyn Sys) -> Reply {
        let Some(mut session) = conn.session.take() else { return Reply::Nothing };
        let mut result = Ok(());
        for sql in list {
            self.last_query += 1;
            result = self.run(conn, &mut session, sql, sys).map(drop);
            if result.is_err() {
                break;
            }
        }
        let db = session.db.clone();
        conn.session = Some(session);
        match result {
            Ok(()) => {
                let answer = Answer::affected(0);
                Reply::Say(Message::Answer { answer, warnings: 0, db, more: false }, timing::WRITE)
            }
            Err(error) => Reply::error(error),
        }
    }

    fn run(
        &mut self,
        conn: &mut Conn,
        session: &mut Session,
        sql: &str,
        sys: &mut dyn Sys,
    ) -> Outcome {
        let context = self.context(session);
        let forget = |session: &mut Session| session.warnings.clear();
        let said = heard(sql, session, &self.globals).inspect_err(|_| forget(session))?;
        let sql = said.as_str();
        let parsed = parse_first(sql, context).inspect_err(|_| forget(session))?;
        let Some((statement, one, rest)) = parsed else {
            forget(session);
            // A comment is no statement, and no error.
            let is_empty = sql.trim_matches([' ', '\t', '\n', ';']).is_empty();
            let done = Done::affected(0, StatementClass::Admin);
            return if is_empty { Err(empty()) } else { Ok(done) };
        };
        conn.rest = rest.map(String::from);
        self.run_one(conn, session, (statement, one, context), sys)
    }

    fn context(&self, session: &Session) -> Context {
        Context { has_db: session.db.is_some(), dialect: Dialect::of(&self.release) }
    }

    fn run_one(
        &mut self,
        conn: &mut Conn,
        session: &mut Session,
        (statement, sql, context): (Statement, &str, Context),
        sys: &mut dyn Sys,
    ) -> Outcome {
        let lower = sql.to_ascii_lowercase();
        let counts = ["@@warning_count", "@@error_count"].iter().any(|name| lower.contains(name));
        let about_warnings = match statement {
            Statement::Show(
                Show::Warnings | Show::Errors | Show::CountWarnings | Show::CountErrors,
            ) => true,
            Statement::Select(_) => counts,
            _ => false,
        };
        if !about_warnings {
            session.warnings.clear();
        }
        if context.dialect.new
            && let Some(text) = deprecation(sql)
        {
            session.warn("Warning", 1287, text);
        }
        if names_databases(&statement) {
            self.sync_directories(sys);
        }
        if let Some(wait) = self.check_locks(conn.id, &statement, session)? {
            return Ok(Done::waiting(wait));
        }
        session.waits.clear();
        if let Some(done) = self.check_definitions(conn.id, &statement, session) {
            return Ok(done);
        }
        self.count(&statement, sql, session);
        if statement.commits_first() && session.transaction.is_some() {
            let done = self.commit_statement(conn.id, session, sys)?;
            if done.wait.is_some() {
                return Ok(done);
            }
        }
        check_read_only(&statement, session)?;
        self.check_rights(&statement, sql, session)?;
        if self.begin_gtid(&statement, session, sys)? {
            return Ok(Done::affected(0, StatementClass::Write));
        }
        let is_numbered = self.gtids.next.is_some();
        let done = self.dispatch(conn, session, (&statement, sql, context), sys);
        if let (Err(error), Some(awaits)) = (&done, &session.awaits)
            && error.code == AWAITS
        {
            return Ok(Done::waiting(Lock::Applied(awaits.at_most_ms, awaits.state)));
        }
        if matches!(&done, Ok(Done { wait: None, .. })) {
            self.note_tables(&statement, session);
        }
        if let (Err(error), Statement::Kill { connection: true, .. }) = (&done, &statement)
            && error.code == 1317
        {
            conn.work = Work::Closing;
        }
        let ends = self.gtids.next.is_none() || matches!(statement, Statement::Rollback(_));
        session.gtid_spent |= is_numbered && ends;
        let mut done = done.map_err(|error| spelled(error, sql))?;
        sent(&mut done.answer, session, &self.globals)?;
        Ok(Done { about_warnings, ..done })
    }

    fn dispatch(
        &mut self,
        conn: &mut Conn,
        session: &mut Session,
        (statement, sql, context): (&Statement, &str, Context),
        sys: &mut dyn Sys,
    ) -> Outcome {
        match statement {
            Statement::Savepoint(_) | Statement::RollbackTo(_) | Statement::Release(_) => {
                savepoint(statement, session)
            }
            Statement::Prepare { name, from } => {
                let evaluated = |env: &mut Env| evaluate(from, &Scope::EMPTY, env);
                let text = self.reading(session, sys, evaluated)?.0.text();
                prepare(name, text, context, session)
            }
            Statement::Execute { name, using } => {
                self.execute(conn, session, (name, using, context), sys)
            }
            Statement::Deallocate(name) => deallocate(name, session),
            Statement::CreateDatabase { .. }
            | Statement::DropDatabase { .. }
            | Statement::CreateTable(_)
            | Statement::CreateView(_)
            | Statement::DropView { .. }
            | Statement::DropTable { .. }
            | Statement::AlterTable { .. }
            | Statement::RenameTable(_)
            | Statement::Truncate(_) => self.ddl(conn.id, session, statement, sql, sys),
            Statement::CreateUser { .. }
            | Statement::AlterUser { .. }
            | Statement::DropUser { .. }
            | Statement::SetPassword { .. }
            | Statement::Grant(_)
            | Statement::Revoke(_) => self.account_statement(conn.id, session, statement, sys),
            Statement::Use(db) => self.check_database(db, session).map(|()| {
                session.db = Some(db.clone());
                Done::affected(0, StatementClass::Admin)
            }),
            Statement::Begin { snapshot, read_only } => {
                self.begin(conn.id, (*snapshot, *read_only), session, sys)
            }
            Statement::Load(file, table) => self.load(file, table, session),
            Statement::Commit(_) | Statement::Rollback(_) => {
                self.end(conn.id, statement, session, sys)
            }
            Statement::Set(assignments) => self.set(assignments, session, sys),
            Statement::Show(show) => self.show_as_asked(show, session, sql, sys),
            Statement::Describe(table, pick) => {
                let show = Show::Columns { table: table.clone(), full: false, pick: pick.clone() };
                self.show(&show, session, sys)
            }
            Statement::Maintain { verb, names, no_binlog } => {
                self.maintain(verb, names, (*no_binlog, sql), session, sys)
            }
            Statement::Select(_) | Statement::Do(_) => {
                self.read_only(conn.id, (statement, sql), session, sys)
            }
            Statement::Insert(_)
            | Statement::Update(_)
            | Statement::Delete(_)
            | Statement::MultiUpdate(_)
            | Statement::MultiDelete(_) => match self.through_view(statement, session, sys)? {
                Some(below) => self.change_rows(conn.id, session, (&below, sql), sys),
                None => self.change_rows(conn.id, session, (statement, sql), sys),
            },
            Statement::Binlog(events) => self.replay(conn.id, session, (statement, events), sys),
            admin => self.administer(conn.id, session, admin, sys),
        }
    }

    fn execute(
        &mut self,
        conn: &mut Conn,
        session: &mut Session,
        (name, using, context): (&str, &[String], Context),
        sys: &mut dyn Sys,
    ) -> Outcome {
        let marked = prepared(name, using, session)?;
        let statement = parse_for(&marked, context)?.ok_or_else(empty)?;
        let sql = marked.replace(MARK, "");
        let mut done = self.run_one(conn, session, (statement, &sql, context), sys)?;
        if let Answer::Rows(rows) = &mut done.answer {
            rows.heads.iter_mut().for_each(|head| head.name = unmarked(&head.name));
        }
        Ok(done)
    }

    /// What is written to a view, as it is written to its table.
    fn through_view(
        &self,
        statement: &Statement,
        session: &mut Session,
        sys: &mut dyn Sys,
    ) -> Result<Option<Statement>, SqlError> {
        let now = session.moment(sys.now().unix_micros());
        let mut draw = || 0;
        let seen = (&*self.catalog, &*self.catalog);
        through_view(statement, &Env::new(seen, session, &self.globals, now, &mut draw))
    }

    /// INSERT, UPDATE, DELETE.
    fn change_rows(
        &mut self,
        conn: u64,
        session: &mut Session,
        (statement, sql): (&Statement, &str),
        sys: &mut dyn Sys,
    ) -> Outcome {
        let temporary = target(statement).is_some_and(|name| found(name, session).is_some());
        if !temporary && let Some(wait) = self.may_write(conn, session)? {
            return Ok(Done::waiting(wait));
        }
        let said = self.said(statement, sql, session)?;
        self.rows(conn, session, (statement, said), sys, |env| change(statement, env))
    }

    /// SELECT and DO.
    fn read_only(
        &mut self,
        conn: u64,
        (statement, sql): (&Statement, &str),
        session: &mut Session,
        sys: &mut dyn Sys,
    ) -> Outcome {
        let (answer, slept) = match statement {
            Statement::Select(query) => {
                let serial = self.isolation(session) == Isolation::Serializable;
                let open = session.transaction.is_some() || !session.is_on("autocommit");
                let locks = query.lock.is_some() || serial && open;
                self.begin_reading(statement, locks, session)?;
                if locks {
                    return self.read_and_lock(conn, query, session, sys);
                }
                let processlist = self.processes(statement, (session, sql), sys);
                self.reading(session, sys, |env| {
                    env.processlist = processlist;
                    select(query, env)
                })?
            }
            Statement::Do(list) => self.reading(session, sys, |env| {
                list.iter().try_for_each(|e| evaluate(e, &Scope::EMPTY, env).map(drop))?;
                Ok(Answer::affected(0))
            })?,
            _ => (Answer::affected(0), 0),
        };
        Ok(Done::new(answer, StatementClass::Read).after(Millis(slept)))
    }

    /// LOAD DATA: there is no file it could read.
    fn load(&self, file: &str, name: &TableName, session: &Session) -> Outcome {
        let db = name.db.clone().or_else(|| session.db.clone());
        let db = db.ok_or_else(|| SqlError::new(1046, "No database selected"))?;
        if self.catalog.table(&db, &name.table).is_none() {
            return Err(no_such_table(&db, &name.table));
        }
        Err(beyond_secure_files(file, self.global("secure_file_priv"), "LOAD DATA"))
    }

    /// Runs something that reads; also the milliseconds SLEEP() asked for.
    pub(super) fn reading<T>(
        &mut self,
        session: &mut Session,
        sys: &mut dyn Sys,
        run: impl FnOnce(&mut Env) -> Result<T, SqlError>,
    ) -> Result<(T, u64), SqlError> {
        let seen = overlaid(&self.consistent(session), session);
        self.reading_of(&seen, session, sys, run)
    }

    /// The same, of this catalog.
    pub(super) fn reading_of<T>(
        &mut self,
        seen: &Catalog,
        session: &mut Session,
        sys: &mut dyn Sys,
        run: impl FnOnce(&mut Env) -> Result<T, SqlError>,
    ) -> Result<(T, u64), SqlError> {
        let clock = sys.now().unix_micros();
        let now = session.moment(clock);
        let (globals, mut shown) = (self.globals.clone(), self.catalog.clone());
        let hidden = self.hidden_databases(session);
        let applier = &self.replica.applier;
        let applied = || (applier.exec_file.clone(), applier.exec_position);
        let applied = applier.running.then(applied);
        if !hidden.is_empty() {
            Arc::make_mut(&mut shown).databases.retain(|name, _| !hidden.contains(name));
        }
        let zone = session.zone(&globals);
        let (seen, shown) = (in_zone(seen, zone)?, in_zone(&shown, zone)?);
        let mut draw = || sys.random();
        let mut env = Env::new((&seen, &shown), session, &globals, now, &mut draw);
        env.clock = clock + zone.ahead();
        env.hidden = hidden;
        env.applied = applied;
        let answer = run(&mut env)?;
        env.check_zones()?;
        Ok((answer, env.sleep_ms))
    }

    /// DDL, on this catalog.
    pub(super) fn defining(
        &mut self,
        seen: &Catalog,
        statement: &Statement,
        session: &mut Session,
        sys: &mut dyn Sys,
    ) -> Result<DdlDone, SqlError> {
        let (mut done, _) = self.reading_of(seen, session, sys, |env| {
            let mut done = run_ddl(statement, env)?;
            done.time_zone |= env.time_zone;
            Ok(done)
        })?;
        out_of_zone(&mut done.catalog, session.zone(&self.globals));
        Ok(done)
    }

    /// SHOW, where the statement's own words matter.
    fn show_as_asked(
        &mut self,
        show: &Show,
        session: &mut Session,
        sql: &str,
        sys: &mut dyn Sys,
    ) -> Outcome {
        if let Show::Processlist { full } = show {
            let rows = self.processlist(*full, (session, sql), sys);
            return Ok(Done::new(Answer::Rows(rows), StatementClass::Read));
        }
        let mut done = self.show(show, session, sys)?;
        if matches!(show, Show::SlaveStatus | Show::SlaveHosts)
            && sql.to_ascii_uppercase().contains("REPLICA")
        {
            done.answer = renamed(done.answer);
        }
        Ok(done)
    }

    fn show(&mut self, show: &Show, session: &mut Session, sys: &mut dyn Sys) -> Outcome {
        let (known, _) = self.reading(session, sys, |env| schema(show, env))?;
        let rows: Rows = match known {
            Some(rows) => rows,
            None => match self.server_rows(show, session, sys)? {
                (rows, None) => rows,
                (rows, Some(pick)) => self.reading(session, sys, |env| picked(rows, &pick, env))?.0,
            },
        };
        let class = match show {
            Show::SlaveStatus
            | Show::MasterStatus
            | Show::BinaryLogs
            | Show::BinlogEvents { .. }
            | Show::SlaveHosts => StatementClass::Admin,
            _ => StatementClass::Read,
        };
        Ok(Done::new(Answer::Rows(rows), class))
    }

    fn account_statement(
        &mut self,
        conn: u64,
        session: &mut Session,
        statement: &Statement,
        sys: &mut dyn Sys,
    ) -> Outcome {
        if let Some(wait) = self.may_write(conn, session)? {
            return Ok(Done::waiting(wait));
        }
        let before = self.catalog.clone();
        let logged = self.change_accounts(statement, session)?;
        let mut named = vec!["mysql".to_string()];
        if let Statement::Grant(grant) = statement {
            named.extend(grant.db.clone().filter(|db| db != "mysql"));
        }
        if let Err(error) = self.log_statement(session, &logged, &named, None, sys) {
            self.catalog = before;
            return Err(error);
        }
        self.store(sys)?;
        Ok(Done::affected(0, StatementClass::Write).after(timing::WRITE))
    }
}

/// SHOW REPLICA STATUS is SHOW SLAVE STATUS under newer names, SHOW REPLICAS SHOW SLAVE HOSTS.
fn renamed(mut answer: Answer) -> Answer {
    if let Answer::Rows(rows) = &mut answer {
        for head in &mut rows.heads {
            head.name = head
                .name
                .replace("Slave_", "Replica_")
                .replace("Master_", "Source_")
                .replace("_master_", "_Source_")
                .replace("Behind_Master", "Behind_Source")
                .replace("Server_id", "Server_Id")
                .replace("Source_id", "Source_Id");
        }
    }
    answer
}

/// A function that does not exist is named as it was written.
fn spelled(mut error: SqlError, sql: &str) -> SqlError {
    if error.code == 1305
        && let Some(name) = error.message.strip_prefix("FUNCTION ")
    {
        let name = name.trim_end_matches(" does not exist").rsplit('.').next().unwrap_or("");
        let words = tokens(sql).into_iter().map(|token| &sql[token.start..token.end]);
        let written = words.into_iter().find(|word| word.eq_ignore_ascii_case(name));
        error.message = error.message.replace(name, written.unwrap_or(name));
    }
    error
}

fn empty() -> SqlError {
    SqlError::new(1065, "Query was empty")
}

/// Whether a statement depends on which databases there are.
fn names_databases(statement: &Statement) -> bool {
    !matches!(
        statement,
        Statement::Begin { .. }
            | Statement::Commit(_)
            | Statement::Rollback(_)
            | Statement::Set(_)
            | Statement::Do(_)
            | Statement::ChangeMaster(_)
            | Statement::StartSlave { .. }
            | Statement::StopSlave { .. }
    ) && !matches!(statement, Statement::Select(query) if query.from.is_empty())
}
