//! DDL: the catalog, the files underneath, and what the binary log says of it.

use std::sync::Arc;

use super::Mysqld;
use super::disk::file_error;
use super::log::Level;
use super::logged::{logged_names, logged_text};
use super::statement::{Done, Outcome};
use super::temporary::{overlaid, uncovered};
use crate::mysql::binlog::{self, Event, QueryEvent, RowsKind};
use crate::mysql::data::Catalog;
use crate::mysql::run::{DdlDone, Session, create_select_sql};
use crate::mysql::sql::SqlError;
use crate::mysql::sql::ast::Statement;
use crate::mysql::timing;
use crate::os::Sys;
use crate::trace::fact::StatementClass;

impl Mysqld {
    /// DDL.
    pub(super) fn ddl(
        &mut self,
        conn: u64,
        session: &mut Session,
        statement: &Statement,
        sql: &str,
        sys: &mut dyn Sys,
    ) -> Outcome {
        if let Some(done) = self.temporary_ddl(conn, session, statement, sys)? {
            return Ok(done);
        }
        if let Some(wait) = self.may_write(conn, session)? {
            return Ok(Done::waiting(wait));
        }
        if session.transaction.is_some() {
            self.commit_statement(conn, session, sys)?;
        }
        let others = match statement {
            Statement::DropTable { names, if_exists, temporary } => Statement::DropTable {
                names: self.drop_covering(names, session, sys)?,
                if_exists: *if_exists,
                temporary: *temporary,
            },
            other => other.clone(),
        };
        let statement = &others;
        // Only what makes a table looks at temporary ones.
        let seen = match statement {
            Statement::CreateTable(_) | Statement::CreateView(_) => {
                overlaid(&self.catalog, session)
            }
            _ => self.catalog.clone(),
        };
        let mut done = self.defining(&seen, statement, session, sys)?;
        done.catalog = uncovered(done.catalog, &done.files, &self.catalog, session);
        self.tell_truncate(statement, &done, conn, sys);
        for change in &done.files {
            self.change_file(change, sys).map_err(|errno| file_error(change, errno))?;
        }
        self.log_ddl(statement, sql, &done, session, sys)?;
        let logged = self.catalog.binlog.clone();
        self.catalog = Arc::new(Catalog { binlog: logged, ..done.catalog });
        Arc::make_mut(&mut self.catalog).lsn += 5_000;
        // Tables that changed are opened anew, under another id.
        if !matches!(statement, Statement::CreateDatabase { .. } | Statement::CreateTable(_)) {
            let databases = &done.databases;
            self.table_ids.retain(|(db, _), _| !databases.contains(db));
        }
        self.store(sys)?;
        if let Some(error) = done.failed {
            return Err(error);
        }
        let delay = match statement {
            Statement::CreateDatabase { .. } => timing::CREATE_DATABASE,
            _ => timing::CREATE_TABLE,
        };
        Ok(Done::new(done.answer, StatementClass::Write).after(delay))
    }

    fn log_ddl(
        &mut self,
        statement: &Statement,
        sql: &str,
        done: &DdlDone,
        session: &mut Session,
        sys: &mut dyn Sys,
    ) -> Result<(), SqlError> {
        let Some(db) = done.databases.first() else { return Ok(()) };
        if let Statement::CreateTable(create) = statement
            && create.select.is_some()
            && self.catalog.table(db, &create.name.table).is_none()
        {
            let name = &create.name.table;
            return self.log_create_select(name, db, done, session, sys);
        }
        let text = match &done.logged {
            Some(text) => text.clone(),
            None => logged_text(statement, sql, session),
        };
        // DROP DATABASE names its database if there are tables in it to be dropped.
        let had =
            self.catalog.databases.get(db).is_some_and(|database| !database.tables.is_empty());
        let as_rows = self.logs_rows(session);
        let (named, own_db) = logged_names(statement, (as_rows, had), &done.databases);
        // DROP VIEW of none that there is names no database.
        let in_vain = matches!(statement, Statement::DropView { .. }) && done.files.is_empty();
        let named = if in_vain { &[] } else { named };
        let failed = done.failed.as_ref().map_or(0, |error| error.code);
        // A view without a DEFINER has whoever makes it.
        let names = match statement {
            Statement::CreateView(view) => view.definer.is_none() && view.verb != "ALTER",
            _ => false,
        };
        let how = (own_db, failed, done.time_zone, names);
        self.log_failed_statement(session, &text, named, how, sys)
    }

    /// CREATE TABLE … SELECT: a transaction of the table's definition and its rows. Without rows it
    /// ends in COMMIT (seen on 5.6.24).
    fn log_create_select(
        &mut self,
        name: &str,
        db: &str,
        done: &DdlDone,
        session: &Session,
        sys: &mut dyn Sys,
    ) -> Result<(), SqlError> {
        if !self.logs(session) {
            return Ok(());
        }
        let table = done.catalog.table(db, name).expect("it was just made");
        let setting = self.setting(session);
        let query = |sql: String, no_use: bool| {
            let db = session.db.clone().unwrap_or_default();
            let (thread, time_zone) = (session.thread(), done.time_zone);
            let query = QueryEvent { thread, setting, db, sql, ..QueryEvent::default() };
            Event::Query(QueryEvent { time_zone, no_use, ..query })
        };
        let created = create_select_sql((db, name), session.db.as_deref(), table);
        let mut events = vec![query("BEGIN".into(), true), query(created, false)];
        if table.rows.is_empty() {
            events.push(query("COMMIT".into(), true));
        } else {
            let images = table.rows.iter().map(|row| row.values.clone()).collect();
            let (table_id, kind) = (self.table_id(db, name), RowsKind::Write);
            let rows = binlog::Rows { table_id, db, name, table, kind, images };
            events.extend(binlog::rows_events(&[rows]));
            events.push(Event::Xid(self.last_query));
        }
        self.log_events(&events, session, sys)
    }

    /// What InnoDB logs of a table that it truncates, from 5.7.40 on (seen in logs of 5.7.41 to
    /// 5.7.44, not in 5.7.35's; a post of Percona's names the release).
    pub(super) fn purge_lines(&mut self, thread: u64, sys: &dyn Sys) {
        let patch = self.release.strip_prefix("5.7.").and_then(|patch| patch.parse::<u32>().ok());
        if patch.is_some_and(|patch| patch >= 40) {
            for text in ["InnoDB: Stopping purge", "InnoDB: Resuming purge"] {
                self.log(sys, thread, Level::Note, text);
            }
        }
    }

    fn tell_truncate(&mut self, statement: &Statement, done: &DdlDone, by: u64, sys: &dyn Sys) {
        let (Statement::Truncate(name), Some(db)) = (statement, done.databases.first()) else {
            return;
        };
        let table = self.catalog.table(db, &name.table);
        if table.is_some_and(|table| table.engine == "InnoDB") {
            self.purge_lines(by, sys);
        }
    }

    /// DDL that comes from the source: it is not logged here, and no option stands against it.
    pub(super) fn run_replicated_ddl(
        &mut self,
        statement: &Statement,
        session: &mut Session,
        sys: &mut dyn Sys,
    ) -> Result<(), SqlError> {
        let seen = overlaid(&self.consistent(session), session);
        let done = self.defining(&seen, statement, session, sys)?;
        self.tell_truncate(statement, &done, self.replica.applier.thread, sys);
        for change in &done.files {
            self.change_file(change, sys).map_err(|errno| file_error(change, errno))?;
        }
        self.catalog = Arc::new(done.catalog);
        Arc::make_mut(&mut self.catalog).lsn += 5_000;
        let databases = &done.databases;
        self.table_ids.retain(|(db, _), _| !databases.contains(db));
        self.store(sys)?;
        done.failed.map_or(Ok(()), Err)
    }
}
