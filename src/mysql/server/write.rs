//! Writes: transactions, DDL, the binary log, and the files underneath.

use std::sync::Arc;

use super::disk::{NO_SPACE, write_error};
use super::journal::{Origin, Written};
use super::locks::Lock;
use super::said::{events_of as said_events, part_of, target};
use super::statement::{Done, Outcome};
use super::temporary::{keep_temporary, overlaid};
use super::{Mysqld, pod};
use crate::mysql::binlog::{self, Event, QueryEvent, RowsKind};
use crate::mysql::data::{Catalog, SECOND, Value};
use crate::mysql::run::{
    Answer, Began, Change, Counted, Env, Part, RowChange, Said, Session, Transaction,
    changes_out_of_zone, enforce, in_zone, is_parent,
};
use crate::mysql::sql::SqlError;
use crate::mysql::sql::ast::Statement;
use crate::mysql::timing;
use crate::os::Sys;
use crate::trace::fact::{MysqlFact, StatementClass};

/// The changes of one statement, as a rows event wants them: one table, one kind.
struct Group<'c> {
    db: &'c str,
    name: &'c str,
    kind: RowsKind,
    changes: Vec<&'c Change>,
}

impl Group<'_> {
    fn images(&self) -> Vec<Vec<Value>> {
        let images = self.changes.iter().flat_map(|change| match &change.what {
            RowChange::Insert(row) | RowChange::Delete(row) => vec![row.values.clone()],
            RowChange::Update(before, after) => vec![before.values.clone(), after.values.clone()],
        });
        images.collect()
    }
}

fn groups(changes: &[Change]) -> Vec<Group<'_>> {
    let mut groups: Vec<Group> = Vec::new();
    for change in changes.iter().filter(|change| !change.cascaded) {
        let kind = match &change.what {
            RowChange::Insert(_) => RowsKind::Write,
            RowChange::Update(..) => RowsKind::Update,
            RowChange::Delete(_) => RowsKind::Delete,
        };
        match groups.last_mut() {
            Some(last)
                if last.db == change.db && last.name == change.table && last.kind == kind =>
            {
                last.changes.push(change);
            }
            _ => groups.push(Group {
                db: &change.db,
                name: &change.table,
                kind,
                changes: vec![change],
            }),
        }
    }
    groups
}

impl Mysqld {
    /// Whether a session may write now: or which lock is in the way.
    pub(super) fn may_write(&self, conn: u64, session: &Session) -> Result<Option<Lock>, SqlError> {
        let refused = |option: &str| {
            let text = format!(
                "The MySQL server is running with the --{option} option so it cannot execute this \
                 statement"
            );
            Err(SqlError::new(1290, text))
        };
        if self.is_on("super_read_only") {
            return refused("super-read-only");
        }
        if self.is_on("read_only") && !session.is_super {
            return refused("read-only");
        }
        match self.read_lock {
            Some(holder) if holder == conn => Err(SqlError::new(
                1223,
                "Can't execute the query because you have a conflicting read lock",
            )),
            Some(_) => Ok(Some(Lock::Global)),
            None => Ok(None),
        }
    }

    /// INSERT, UPDATE, DELETE.
    pub(super) fn rows(
        &mut self,
        conn: u64,
        session: &mut Session,
        (statement, said): (&Statement, Option<Said>),
        sys: &mut dyn Sys,
        run: impl FnOnce(&mut Env) -> Result<(Answer, Vec<Change>), SqlError>,
    ) -> Outcome {
        let now = session.moment(sys.now().unix_micros());
        let mut seen = overlaid(&self.current(session), session);
        let forced = session.vars.get("insert_id").and_then(|id| id.parse::<u64>().ok());
        if let (Some(id), Some(name)) = (forced, target(statement))
            && let Some(db) = name.db.as_ref().or(session.db.as_ref())
            && let Some(table) = Arc::make_mut(&mut seen).table_mut(db, &name.table)
        {
            table.auto_increment = id;
        }
        let mut plan = self.locks_of(statement, session, &seen, now);
        let before = self.blockers(conn, &plan, &[]);
        if !before.is_empty() {
            return self.wait_for(conn, (statement, before), session, sys);
        }
        let (result, counted, mut began) = self.on_view(&seen, session, now, sys, run);
        let counts = counted.is_some();
        let counter = self.keep_counter(counted, session);
        let (answer, changes) = result?;
        let changes = keep_temporary(session, changes);
        let own = changes.iter().filter(|change| !change.cascaded);
        began.parent = own.into_iter().any(|c| is_parent(&self.catalog, &c.db, &c.table));
        plan.locks.extend(self.parents_of(&changes));
        let others = self.blockers(conn, &plan, &changes);
        if !others.is_empty() {
            self.put_back_counter(counter);
            return self.wait_for(conn, (statement, others), session, sys);
        }
        self.keep_row_ids(&changes);
        if matches!(answer, Answer::Done { insert_id: 1.., .. }) {
            session.vars.remove("insert_id");
        }
        let part = part_of(said, &answer, counts, changes.len() as u32, &mut began);
        if session.transaction.is_none() && !session.is_on("autocommit") {
            session.transaction = Some(self.transaction(session));
        }
        if let Some(transaction) = &mut session.transaction {
            if transaction.is_empty() {
                transaction.began = began;
            }
            transaction.parts.push(part);
            transaction.changes.extend(changes);
            transaction.locks.extend(plan.locks);
            return Ok(Done::new(answer, StatementClass::Write));
        }
        let mut transaction = self.transaction(session);
        transaction.parts = vec![part];
        (transaction.changes, transaction.began) = (changes, Began { alone: true, ..began });
        let committed = self.commit(session, &transaction, sys);
        if committed.as_ref().is_err_and(|error| error.code == NO_SPACE) {
            self.put_back_counter(counter);
        }
        committed?;
        let changes = transaction.changes;
        let delay = if changes.is_empty() { crate::base::Millis::ZERO } else { timing::WRITE };
        Ok(Done::new(answer, StatementClass::Write).after(delay))
    }

    #[allow(clippy::type_complexity)]
    pub(super) fn on_view(
        &self,
        view: &Catalog,
        session: &mut Session,
        now: i64,
        sys: &mut dyn Sys,
        run: impl FnOnce(&mut Env) -> Result<(Answer, Vec<Change>), SqlError>,
    ) -> (Result<(Answer, Vec<Change>), SqlError>, Option<Counted>, Began) {
        let clock = sys.now().unix_micros();
        let mut draw = || sys.random();
        let zone = session.zone(&self.globals);
        let seen = match (in_zone(view, zone), in_zone(&self.catalog, zone)) {
            (Ok(view), Ok(all)) => (view, all),
            (Err(error), _) | (_, Err(error)) => return (Err(error), None, Began::default()),
        };
        let mut env = Env::new((&seen.0, &seen.1), session, &self.globals, now, &mut draw);
        env.clock = clock + zone.ahead();
        env.writes = true;
        let result = run(&mut env).and_then(|(answer, changes)| enforce(answer, changes, &mut env));
        let result = result.and_then(|(answer, mut changes)| {
            env.check_zones()?;
            changes_out_of_zone(&mut changes, view, zone);
            Ok((answer, changes))
        });
        let (time_zone, several) = (env.time_zone, env.several);
        let micros = env.micros.then(|| now.rem_euclid(SECOND) as u32);
        let db = env.session.db.clone().unwrap_or_default();
        (result, env.counted, Began { db, time_zone, micros, several, ..Began::default() })
    }

    /// AUTO_INCREMENT counters move even if the statement fails. Gives the table as it was counted.
    fn keep_counter(
        &mut self,
        counted: Option<Counted>,
        session: &mut Session,
    ) -> Option<(Counted, u64)> {
        let counted = counted?;
        if let Some(table) = session.temporary_mut(&counted.db, &counted.name) {
            counted.keep(table);
            return None;
        }
        let catalog = Arc::make_mut(&mut self.catalog);
        let table = catalog.table_mut(&counted.db, &counted.name)?;
        let before = table.auto_increment;
        counted.keep(table);
        Some((counted, before))
    }

    /// A statement that waits for space is run again: its counter moves only once.
    fn put_back_counter(&mut self, before: Option<(Counted, u64)>) {
        if let Some((counted, before)) = before
            && let Some(table) =
                Arc::make_mut(&mut self.catalog).table_mut(&counted.db, &counted.name)
        {
            table.auto_increment = before;
        }
    }

    /// Row ids given within a transaction are given to nobody else.
    fn keep_row_ids(&mut self, changes: &[Change]) {
        for change in changes {
            if let RowChange::Insert(row) = &change.what
                && let Some(table) =
                    Arc::make_mut(&mut self.catalog).table_mut(&change.db, &change.table)
            {
                table.row_id_next = table.row_id_next.max(row.id + 1);
            }
        }
    }

    /// BEGIN: whatever was open is committed.
    pub(super) fn begin(
        &mut self,
        conn: u64,
        (snapshot, read_only): (bool, bool),
        session: &mut Session,
        sys: &mut dyn Sys,
    ) -> Outcome {
        let done = self.commit_statement(conn, session, sys)?;
        if done.wait.is_none() {
            let snapshot = snapshot.then(|| self.catalog.clone());
            session.transaction =
                Some(Transaction { snapshot, read_only, ..self.transaction(session) });
        }
        Ok(done)
    }

    /// COMMIT and ROLLBACK; AND CHAIN begins a transaction like the last one.
    pub(super) fn end(
        &mut self,
        conn: u64,
        statement: &Statement,
        session: &mut Session,
        sys: &mut dyn Sys,
    ) -> Outcome {
        let last = session.transaction.as_ref().map(|own| (own.read_only, own.isolation.clone()));
        let done = match statement {
            Statement::Commit(_) => self.commit_statement(conn, session, sys)?,
            _ => self.rollback(session, sys)?,
        };
        let chain = matches!(statement, Statement::Commit(true) | Statement::Rollback(true));
        if chain && done.wait.is_none() {
            let new = self.transaction(session);
            session.transaction = Some(match last {
                Some((read_only, isolation)) => Transaction { read_only, isolation, ..new },
                None => new,
            });
        }
        Ok(done)
    }

    /// COMMIT.
    pub(super) fn commit_statement(
        &mut self,
        conn: u64,
        session: &mut Session,
        sys: &mut dyn Sys,
    ) -> Outcome {
        let empty = session.transaction.as_ref().is_none_or(Transaction::is_empty);
        if empty {
            if session.transaction.take().is_some() {
                self.commit_number(session, sys)?;
            }
            return Ok(Done::affected(0, StatementClass::Write));
        }
        if let Some(wait) = self.may_write(conn, session)? {
            return Ok(Done::waiting(wait));
        }
        let Some(transaction) = session.transaction.take() else {
            return Ok(Done::affected(0, StatementClass::Write));
        };
        let committed = self.commit(session, &transaction, sys);
        if committed.as_ref().is_err_and(|error| error.code == NO_SPACE) {
            session.transaction = Some(transaction);
        }
        committed?;
        Ok(Done::affected(0, StatementClass::Write).after(timing::WRITE))
    }

    /// Makes changes durable: binlog first, then the storage.
    fn commit(
        &mut self,
        session: &Session,
        transaction: &Transaction,
        sys: &mut dyn Sys,
    ) -> Result<(), SqlError> {
        let changes = &transaction.changes;
        if transaction.is_empty() {
            return Ok(());
        }
        let filters = &self.options.filters;
        let is_logged = changes.is_empty() || changes.iter().any(|change| filters.logs(&change.db));
        let logged = if self.logs(session) && is_logged {
            let events = self.row_events(session, transaction, "COMMIT");
            Some(self.write_events(&events, session, sys)?)
        } else {
            None
        };
        let catalog = Arc::make_mut(&mut self.catalog);
        changes.iter().for_each(|change| {
            let _ = change.replay(catalog);
        });
        catalog.lsn += 200 + 150 * changes.len() as u64;
        if let Some(written) = logged {
            catalog.binlog = Some((written.file, written.end));
        }
        self.store(sys)
    }

    /// The events of a transaction, which ends with COMMIT or with ROLLBACK.
    pub(super) fn row_events(
        &mut self,
        session: &Session,
        transaction: &Transaction,
        how: &str,
    ) -> Vec<Event> {
        let Began { db, time_zone, micros, several, parent, databases, alone } =
            transaction.began.clone();
        // A statement of its own names in its end what it names in its beginning.
        let end = if alone { databases.clone() } else { Vec::new() };
        let mut events = vec![Event::Query(QueryEvent {
            thread: session.thread(),
            setting: self.setting(session),
            db,
            sql: "BEGIN".into(),
            time_zone,
            micros,
            several,
            databases: if parent { vec![String::new()] } else { databases },
            no_use: true,
            ..QueryEvent::default()
        })];
        let mut rest = transaction.changes.as_slice();
        let Event::Query(begin) = events[0].clone() else { unreachable!("it was just made") };
        let (time_zone, several, databases) = (false, false, Vec::new());
        let plain = QueryEvent { time_zone, several, databases, micros: None, ..begin };
        for part in &transaction.parts {
            let count = match part {
                Part::Changes(count) => *count as usize,
                Part::Savepoint(name) => {
                    let sql = format!("SAVEPOINT `{name}`");
                    let query = QueryEvent { sql, ..plain.clone() };
                    events.push(Event::Query(query));
                    continue;
                }
                Part::Said(said, count) => {
                    events.extend(said_events(said, &plain));
                    rest = &rest[(*count as usize).min(rest.len())..];
                    continue;
                }
            };
            let (own, later) = rest.split_at(count.min(rest.len()));
            rest = later;
            let mut groups = groups(own);
            groups.retain(|group| self.options.filters.logs(group.db));
            let ids: Vec<u64> = groups.iter().map(|g| self.table_id(g.db, g.name)).collect();
            let rows = groups.iter().zip(ids).filter_map(|(group, table_id)| {
                let table = self.catalog.table(group.db, group.name)?;
                let (db, name, kind) = (group.db, group.name, group.kind);
                Some(binlog::Rows { table_id, db, name, table, kind, images: group.images() })
            });
            events.extend(binlog::rows_events(&rows.collect::<Vec<_>>()));
        }
        let safe = |change: &Change| {
            let table = self.catalog.table(&change.db, &change.table);
            table.is_none_or(|table| table.engine == "InnoDB")
        };
        let tries = |part: &Part| matches!(part, Part::Said(said, _) if said.tries);
        let written = transaction.changes.iter().any(safe) || transaction.parts.iter().any(tries);
        events.push(if written && how == "COMMIT" {
            Event::Xid(self.last_query)
        } else {
            Event::Query(QueryEvent { sql: how.into(), databases: end, ..plain })
        });
        events
    }

    /// The id a table has while it is open. The first user table of a server is 108 (facts B2).
    pub(super) fn table_id(&mut self, db: &str, table: &str) -> u64 {
        let key = (db.to_string(), table.to_string());
        if let Some(id) = self.table_ids.get(&key) {
            return *id;
        }
        self.last_table_id += 1;
        self.table_ids.insert(key, self.last_table_id);
        self.last_table_id
    }

    /// Writes a group of events, tells of it, and goes on to the next file if this one is full.
    pub(super) fn write_events(
        &mut self,
        events: &[Event],
        session: &Session,
        sys: &mut dyn Sys,
    ) -> Result<Written, SqlError> {
        let stamp = session.moment(sys.now().unix_micros()).div_euclid(SECOND) as u32;
        let origin = Origin { server_id: self.server_id(), stamp };
        self.write_events_of(origin, session.id, events, sys)
    }

    /// The same, of another server's events: they keep its number and its moments.
    pub(super) fn write_events_of(
        &mut self,
        origin: Origin,
        thread: u64,
        events: &[Event],
        sys: &mut dyn Sys,
    ) -> Result<Written, SqlError> {
        let server_id = self.server_id();
        let limit: u64 = self.global("max_binlog_size").parse().unwrap_or(1 << 30);
        let version = self.global("version").to_string();
        let gtid = self.next_gtid();
        let journal = self.journal.as_mut().expect("the caller has seen that the binlog is on");
        let file = format!("./{}", journal.position().0);
        let written = match journal.write(events, origin, gtid.as_ref(), sys) {
            Ok(written) => written,
            Err(errno) => return Err(self.log_write_failed(&file, errno, sys)),
        };
        self.gtid_logged(gtid);
        tell!(
            sys,
            MysqlFact::Logged {
                pod: pod(sys),
                file: written.file.clone(),
                start: written.start,
                end: written.end,
                events: written.kinds.clone(),
            },
        );
        if written.end > limit {
            let journal = self.journal.as_mut().expect("it was just written");
            let rotated = journal.rotate(&version, server_id, sys);
            rotated.map_err(|errno| write_error(&journal.stem, errno))?;
            self.keep_gtids(sys);
            self.purge_expired(thread, sys);
        }
        Ok(written)
    }

    /// Logs a statement as text, if the session logs. `own_db`: it is logged as if the database
    /// it is about were the default one.
    pub(super) fn log_statement(
        &mut self,
        session: &Session,
        sql: &str,
        databases: &[String],
        own_db: Option<&str>,
        sys: &mut dyn Sys,
    ) -> Result<(), SqlError> {
        self.log_failed_statement(session, sql, databases, (own_db, 0, false, false), sys)
    }

    /// The same of a statement that has ended with an error, after it had changed something.
    pub(super) fn log_failed_statement(
        &mut self,
        session: &Session,
        sql: &str,
        databases: &[String],
        (own_db, error, time_zone, names): (Option<&str>, u16, bool, bool),
        sys: &mut dyn Sys,
    ) -> Result<(), SqlError> {
        let db = own_db.map_or_else(|| session.db.clone().unwrap_or_default(), String::from);
        let is_logged = session.is_on("sql_log_bin") && self.options.filters.logs(&db);
        if self.journal.is_none() || !is_logged {
            return Ok(());
        }
        let upper = sql.trim_start().to_ascii_uppercase();
        let names = names || upper.starts_with("GRANT");
        let invoker = names.then(|| (session.user.clone(), session.host.clone()));
        let event = Event::Query(QueryEvent {
            thread: session.thread(),
            setting: self.setting(session),
            db,
            sql: sql.to_string(),
            databases: databases.to_vec(),
            error,
            time_zone: time_zone
                || upper.starts_with("ALTER USER")
                || upper.starts_with("CREATE USER"),
            invoker,
            no_use: own_db.is_some(),
            ..QueryEvent::default()
        });
        self.log_events(&[event], session, sys)?;
        Ok(())
    }

    /// Whether what a session changes is logged.
    pub(super) fn logs(&self, session: &Session) -> bool {
        self.journal.is_some() && session.is_on("sql_log_bin")
    }

    /// Writes events of what is not undone; the catalog knows how far the log goes with it.
    pub(super) fn log_events(
        &mut self,
        events: &[Event],
        session: &Session,
        sys: &mut dyn Sys,
    ) -> Result<(), SqlError> {
        let written = self.write_events(events, session, sys)?;
        Arc::make_mut(&mut self.catalog).binlog = Some((written.file, written.end));
        Ok(())
    }

    /// Writes what is committed to ibdata1.
    pub(super) fn store(&mut self, sys: &mut dyn Sys) -> Result<(), SqlError> {
        let catalog = self.catalog.clone();
        self.write_catalog(&catalog, sys).map_err(|errno| {
            self.notice_lost_storage(sys);
            write_error("./ibdata1", errno)
        })
    }
}
