//! What a transaction sees of others.

use std::sync::Arc;

use super::Mysqld;
use super::locks::{Lock, uses};
use super::statement::Done;
use crate::mysql::data::{Catalog, Table};
use crate::mysql::run::{Session, Transaction, is_system_database};
use crate::mysql::sql::SqlError;
use crate::mysql::sql::ast::Statement;

/// Isolation levels, from the loosest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) enum Isolation {
    ReadUncommitted,
    ReadCommitted,
    RepeatableRead,
    Serializable,
}

impl Isolation {
    fn of(name: &str) -> Isolation {
        match name {
            "READ-UNCOMMITTED" => Isolation::ReadUncommitted,
            "READ-COMMITTED" => Isolation::ReadCommitted,
            "SERIALIZABLE" => Isolation::Serializable,
            _ => Isolation::RepeatableRead,
        }
    }
}

impl Mysqld {
    /// The level that holds: the open transaction's, or the one the next would have.
    pub(super) fn isolation(&self, session: &Session) -> Isolation {
        let own = session.transaction.as_ref().map(|t| t.isolation.clone());
        let next = || session.next_isolation.clone();
        let known = own.or_else(next);
        Isolation::of(&known.unwrap_or_else(|| self.set_to("transaction_isolation", session)))
    }

    /// A fresh transaction.
    pub(super) fn transaction(&self, session: &mut Session) -> Transaction {
        let next = session.next_isolation.take();
        let isolation = next.unwrap_or_else(|| self.set_to("transaction_isolation", session));
        Transaction {
            isolation,
            temporaries: session.temporaries.clone(),
            ..Transaction::default()
        }
    }

    /// What is committed, and what the session did.
    pub(super) fn current(&self, session: &Session) -> Arc<Catalog> {
        let own = session.transaction.as_ref();
        own.map_or_else(|| self.catalog.clone(), |own| own.over(&self.catalog))
    }

    /// What a read without locks sees.
    pub(super) fn consistent(&self, session: &Session) -> Arc<Catalog> {
        let seen = match (self.isolation(session), &session.transaction) {
            (Isolation::ReadUncommitted, _) => {
                let others = self.conns.iter().filter_map(|c| c.session.as_ref());
                let open = others.filter_map(|s| s.transaction.as_ref());
                open.fold(self.catalog.clone(), |seen, their| their.over(&seen))
            }
            (Isolation::ReadCommitted, _) | (_, None) => self.catalog.clone(),
            (_, Some(own)) => match &own.snapshot {
                Some(snapshot) => as_it_was(&self.catalog, snapshot),
                None => self.catalog.clone(),
            },
        };
        let own = session.transaction.as_ref();
        own.map_or_else(|| seen.clone(), |own| own.over(&seen))
    }

    /// Before a statement reads tables: a transaction begins where it must, and so does what it
    /// sees. Error 1412 if a table is no longer what it was then.
    pub(super) fn begin_reading(
        &self,
        statement: &Statement,
        locks: bool,
        session: &mut Session,
    ) -> Result<(), SqlError> {
        let used: Vec<(String, String)> = self.tables_of(statement, session);
        if used.is_empty() {
            return Ok(());
        }
        if session.transaction.is_none() && !session.is_on("autocommit") {
            session.transaction = Some(self.transaction(session));
        }
        let Some(own) = &mut session.transaction else { return Ok(()) };
        if locks || Isolation::of(&own.isolation) < Isolation::RepeatableRead {
            return Ok(());
        }
        let snapshot = own.snapshot.get_or_insert_with(|| self.catalog.clone());
        let changed = |(db, table): &(String, String)| {
            let now = self.catalog.table(db, table);
            now.is_some_and(|now| !snapshot.table(db, table).is_some_and(|was| is_alike(now, was)))
        };
        if used.iter().any(changed) {
            let text = "Table definition has changed, please retry transaction";
            return Err(SqlError::new(1412, text));
        }
        Ok(())
    }

    /// The tables a statement uses, but the system's and the session's temporary ones.
    pub(super) fn tables_of(
        &self,
        statement: &Statement,
        session: &Session,
    ) -> Vec<(String, String)> {
        let all = uses(statement).into_iter().filter_map(|(name, ..)| {
            let db = name.db.clone().or_else(|| session.db.clone())?;
            Some((db, name.table.clone()))
        });
        all.filter(|(db, table)| !is_system_database(db) && session.temporary(db, table).is_none())
            .collect()
    }

    /// Metadata locks: what changes a table's definition waits for the transactions that use it,
    /// and what comes after waits for that.
    pub(super) fn check_definitions(
        &self,
        conn: u64,
        statement: &Statement,
        session: &mut Session,
    ) -> Option<Done> {
        let used = self.tables_of(statement, session);
        let others =
            || self.conns.iter().filter(|c| c.id != conn).filter_map(|c| c.session.as_ref());
        let changes = matches!(
            statement,
            Statement::AlterTable { .. }
                | Statement::DropTable { .. }
                | Statement::RenameTable(_)
                | Statement::Truncate(_)
                | Statement::LockTables(_)
        );
        let own = |table: &(String, String)| {
            session.transaction.as_ref().is_some_and(|own| own.tables.contains(table))
        };
        let busy = |table: &&(String, String)| {
            let in_use = |other: &Session| {
                changes && other.transaction.as_ref().is_some_and(|t| t.tables.contains(table))
            };
            let awaited = |other: &Session| other.awaited.contains(table) && !own(table);
            others().any(|other| in_use(other) || awaited(other))
        };
        let any = used.iter().any(|table| busy(&table));
        session.awaited = if any && changes { used } else { Vec::new() };
        any.then(|| Done::waiting(Lock::Table))
    }

    /// A transaction holds on to the tables it has used.
    pub(super) fn note_tables(&self, statement: &Statement, session: &mut Session) {
        let used = self.tables_of(statement, session);
        if let Some(own) = &mut session.transaction {
            for table in used {
                if !own.tables.contains(&table) {
                    own.tables.push(table);
                }
            }
        }
    }
}

/// Whether two are the same table, but for their rows.
fn is_alike(a: &Table, b: &Table) -> bool {
    let same = |a: &Table, b: &Table| a.columns == b.columns && a.created == b.created;
    std::ptr::eq(a, b) || same(a, b)
}

/// The tables there are now, with the rows they had then.
fn as_it_was(now: &Arc<Catalog>, then: &Arc<Catalog>) -> Arc<Catalog> {
    let mut seen = now.clone();
    for (db, database) in &now.databases {
        for (name, table) in &database.tables {
            let was = then.databases.get(db).and_then(|d| d.tables.get(name));
            if let Some(was) = was
                && !Arc::ptr_eq(was, table)
                && is_alike(table, was)
                && let Some(own) = Arc::make_mut(&mut seen).databases.get_mut(db)
            {
                own.tables.insert(name.clone(), was.clone());
            }
        }
    }
    seen
}
