//! Temporary tables: each lives in its session and hides the table of its name. In the binlog of
//! a session that logs rows there is nothing to be seen of them but their end, which is written as
//! a statement that a server without them can run (`mysql_rm_table_no_locks` and
//! `close_temporary_tables` of 5.7).

use std::sync::Arc;

use super::Mysqld;
use super::statement::{Done, Outcome};
use crate::mysql::binlog::{Event, QueryEvent};
use crate::mysql::data::Catalog;
use crate::mysql::run::{Answer, Change, FileChange, Part, Said, Session, Temporary};
use crate::mysql::sql::SqlError;
use crate::mysql::sql::ast::{CreateTable, Statement, TableName};
use crate::mysql::timing;
use crate::os::Sys;
use crate::trace::fact::StatementClass;

/// A catalog with a session's temporary tables in front of its own.
pub(super) fn overlaid(catalog: &Arc<Catalog>, session: &Session) -> Arc<Catalog> {
    let mut seen = catalog.clone();
    for Temporary { db, name, table } in &session.temporaries {
        if let Some(database) = Arc::make_mut(&mut seen).databases.get_mut(db) {
            database.tables.insert(name.clone(), table.clone());
        }
    }
    seen
}

/// The catalog again, without them.
pub(super) fn uncovered(
    mut seen: Catalog,
    files: &[FileChange],
    catalog: &Catalog,
    session: &Session,
) -> Catalog {
    for Temporary { db, name, .. } in &session.temporaries {
        let made = |file: &FileChange| match file {
            FileChange::MakeTable { db: d, table, .. } => (d, table) == (db, name),
            _ => false,
        };
        if files.iter().any(made) {
            continue;
        }
        let own = catalog.databases.get(db).and_then(|d| d.tables.get(name)).cloned();
        let Some(database) = seen.databases.get_mut(db) else { continue };
        match own {
            Some(own) => drop(database.tables.insert(name.clone(), own)),
            None => drop(database.tables.remove(name)),
        }
    }
    seen
}

/// Makes those changes that are about temporary tables; gives the others.
pub(super) fn keep_temporary(session: &mut Session, changes: Vec<Change>) -> Vec<Change> {
    let mut others = Vec::new();
    for change in changes {
        match session.temporary_mut(&change.db, &change.table) {
            Some(table) => drop(change.apply(table)),
            None => others.push(change),
        }
    }
    others
}

/// The database and the table a name means.
fn full(name: &TableName, session: &Session) -> Result<(String, String), SqlError> {
    let db = name.db.clone().or_else(|| session.db.clone());
    let db = db.ok_or_else(|| SqlError::new(1046, "No database selected"))?;
    Ok((db, name.table.clone()))
}

/// The temporary table a name means.
pub(super) fn found(name: &TableName, session: &Session) -> Option<(String, String)> {
    let (db, table) = full(name, session).ok()?;
    session.temporary(&db, &table).is_some().then_some((db, table))
}

/// Whether a statement changes the definition of a temporary table.
fn altered(statement: &Statement, session: &Session) -> Option<()> {
    let (Statement::AlterTable { name, .. } | Statement::Truncate(name)) = statement else {
        return None;
    };
    found(name, session).map(drop)
}

/// Takes tables out of the session; those that went, and what error 1051 calls the others.
#[allow(clippy::type_complexity, reason = "two lists of names")]
fn take(
    names: &[TableName],
    session: &mut Session,
) -> Result<(Vec<(String, String)>, Vec<String>), SqlError> {
    let (mut gone, mut missing) = (Vec::new(), Vec::new());
    for name in names {
        let (db, table) = full(name, session)?;
        let before = session.temporaries.len();
        session.temporaries.retain(|own| (&own.db, &own.name) != (&db, &table));
        if session.temporaries.len() < before {
            gone.push((db, table));
        } else {
            missing.push(format!("{db}.{table}"));
        }
    }
    Ok((gone, missing))
}

/// What a ROLLBACK says of temporary tables that were made or dropped before it.
pub(super) fn warn_of_temporaries(made: bool, dropped: bool, session: &mut Session) {
    if made {
        let text = "The creation of some temporary tables could not be rolled back.";
        session.warn("Warning", 1751, text);
    }
    if dropped {
        let text = "Some temporary tables were dropped, but these operations could not be rolled \
                    back.";
        session.warn("Warning", 1752, text);
    }
}

impl Mysqld {
    /// DDL about temporary tables; `None`: it is about others.
    pub(super) fn temporary_ddl(
        &mut self,
        conn: u64,
        session: &mut Session,
        statement: &Statement,
        sys: &mut dyn Sys,
    ) -> Result<Option<Done>, SqlError> {
        match statement {
            Statement::CreateTable(create) if create.temporary => {
                self.create_temporary(create, session, sys).map(Some)
            }
            Statement::DropTable { names, if_exists, temporary } => {
                let all = |session: &Session| {
                    let mut names = names.iter();
                    names.all(|name| found(name, session).is_some())
                };
                if !temporary && !all(session) {
                    return Ok(None);
                }
                if !temporary && session.transaction.is_some() {
                    self.commit_statement(conn, session, sys)?;
                }
                self.drop_temporary(names, *if_exists, session, sys).map(Some)
            }
            other => match altered(other, session) {
                Some(()) => {
                    if session.transaction.is_some() {
                        self.commit_statement(conn, session, sys)?;
                    }
                    self.alter_temporary(other, session, sys).map(Some)
                }
                None => Ok(None),
            },
        }
    }

    fn create_temporary(
        &mut self,
        create: &CreateTable,
        session: &mut Session,
        sys: &mut dyn Sys,
    ) -> Outcome {
        if self.logs(session) && !self.logs_rows(session) && session.temporaries.is_empty() {
            return Err(SqlError::not_modelled("temporary tables whose statements are logged"));
        }
        if !create.foreign.is_empty() {
            return Err(SqlError::new(1215, "Cannot add foreign key constraint"));
        }
        let db = create.name.db.clone().or_else(|| session.db.clone()).unwrap_or_default();
        if !db.is_empty() && !self.catalog.databases.contains_key(&db) {
            let what = "temporary tables in a database that clients did not make";
            return Err(SqlError::not_modelled(what));
        }
        let name = create.name.table.clone();
        let statement = Statement::CreateTable(create.clone());
        let seen = overlaid(&self.catalog, session);
        let done = self.defining(&seen, &statement, session, sys)?;
        if done.files.iter().any(|file| matches!(file, FileChange::MakeTable { .. })) {
            let tables = done.catalog.databases.get(&db).map(|database| &database.tables);
            let table = tables.and_then(|tables| tables.get(&name)).cloned();
            let table = table.expect("it was just made");
            session.temporaries.push(Temporary { db, name, table });
            if let Some(transaction) = &mut session.transaction {
                transaction.made_temporary = true;
            }
        }
        Ok(Done::new(done.answer, StatementClass::Write).after(timing::WRITE))
    }

    fn alter_temporary(
        &mut self,
        statement: &Statement,
        session: &mut Session,
        sys: &mut dyn Sys,
    ) -> Outcome {
        let seen = overlaid(&self.catalog, session);
        let mut done = self.defining(&seen, statement, session, sys)?;
        let renamed = done.files.iter().find_map(|file| match file {
            FileChange::RenameTable { from, to } => Some((from.clone(), to.clone())),
            _ => None,
        });
        if let Some((from, to)) = &renamed
            && let Some(own) =
                session.temporaries.iter_mut().find(|t| (&t.db, &t.name) == (&from.0, &from.1))
        {
            (own.db, own.name) = to.clone();
            let affected = own.table.rows.len() as u64;
            let info = format!("Records: {affected}  Duplicates: 0  Warnings: 0");
            done.answer = Answer::Done { affected, insert_id: 0, info };
        }
        for own in &mut session.temporaries {
            if let Some(table) =
                done.catalog.databases.get(&own.db).and_then(|d| d.tables.get(&own.name))
            {
                own.table = table.clone();
            }
        }
        Ok(Done::new(done.answer, StatementClass::Write).after(timing::WRITE))
    }

    /// DROP TABLE of temporary tables; those that are none are missing.
    fn drop_temporary(
        &mut self,
        names: &[TableName],
        if_exists: bool,
        session: &mut Session,
        sys: &mut dyn Sys,
    ) -> Outcome {
        let (gone, missing) = take(names, session)?;
        if !gone.is_empty() || if_exists {
            let all = names.iter().filter_map(|name| full(name, session).ok());
            let logged = if if_exists { all.collect() } else { gone };
            self.log_dropped(&logged, session, sys)?;
        }
        if !missing.is_empty() {
            let text = format!("Unknown table '{}'", missing.join(","));
            if !if_exists {
                return Err(SqlError::new(1051, text));
            }
            session.warn("Note", 1051, text);
        }
        Ok(Done::affected(0, StatementClass::Write).after(timing::WRITE))
    }

    /// Drops those of several tables that are temporary; gives the others.
    pub(super) fn drop_covering(
        &mut self,
        names: &[TableName],
        session: &mut Session,
        sys: &mut dyn Sys,
    ) -> Result<Vec<TableName>, SqlError> {
        let (own, others): (Vec<_>, Vec<_>) =
            names.iter().cloned().partition(|name| found(name, session).is_some());
        if !own.is_empty() {
            let (gone, _) = take(&own, session)?;
            self.log_dropped(&gone, session, sys)?;
        }
        Ok(others)
    }

    fn log_dropped(
        &mut self,
        tables: &[(String, String)],
        session: &mut Session,
        sys: &mut dyn Sys,
    ) -> Result<(), SqlError> {
        if !self.logs(session) {
            return Ok(());
        }
        let names: Vec<String> =
            tables.iter().map(|(db, name)| format!("`{db}`.`{name}`")).collect();
        let sql =
            format!("DROP TEMPORARY TABLE IF EXISTS {} /* generated by server */", names.join(","));
        let mut databases: Vec<String> = tables.iter().map(|(db, _)| db.clone()).collect();
        databases.dedup();
        let db = session.db.clone().unwrap_or_default();
        if let Some(transaction) = &mut session.transaction {
            if transaction.is_empty() {
                transaction.began.databases.clone_from(&databases);
                transaction.began.db.clone_from(&db);
            }
            transaction.dropped_temporary = true;
            let said = Said { sql, db, databases, no_use: true, ..Said::default() };
            transaction.parts.push(Part::Said(Box::new(said), 0));
            return Ok(());
        }
        self.log_query(session, (sql, db, databases, true), sys)
    }

    fn log_query(
        &mut self,
        session: &Session,
        (sql, db, databases, no_use): (String, String, Vec<String>, bool),
        sys: &mut dyn Sys,
    ) -> Result<(), SqlError> {
        let thread = session.thread();
        let setting = self.setting(session);
        let query =
            QueryEvent { thread, setting, db, sql, databases, no_use, ..QueryEvent::default() };
        self.log_events(&[Event::Query(query)], session, sys)
    }

    /// ROLLBACK. What was done to temporary tables themselves stays, and is logged.
    pub(super) fn rollback(&mut self, session: &mut Session, sys: &mut dyn Sys) -> Outcome {
        let done = Done::affected(0, StatementClass::Write);
        let Some(transaction) = session.transaction.take() else { return Ok(done) };
        let (made, dropped) = (transaction.made_temporary, transaction.dropped_temporary);
        session.restore_temporaries(&transaction.temporaries);
        if dropped && self.logs(session) {
            let events = self.row_events(session, &transaction, "ROLLBACK");
            self.log_events(&events, session, sys)?;
        }
        warn_of_temporaries(made, dropped, session);
        Ok(done)
    }

    /// A session is over, and its temporary tables with it: the last one first, a statement for
    /// each database.
    pub(super) fn close_temporary(&mut self, session: &mut Session, sys: &mut dyn Sys) {
        let mut left = std::mem::take(&mut session.temporaries);
        left.reverse();
        let logs = self.logs(session);
        while let (Some(first), true) = (left.first(), logs) {
            let db = first.db.clone();
            let (own, others): (Vec<_>, Vec<_>) = left.into_iter().partition(|t| t.db == db);
            left = others;
            let names: Vec<String> = own.iter().map(|t| format!("`{}`", t.name)).collect();
            let sql = format!("DROP /*!40005 TEMPORARY */ TABLE IF EXISTS {}", names.join(","));
            let _ = self.log_query(session, (sql, db, Vec::new(), false), sys);
        }
    }
}
