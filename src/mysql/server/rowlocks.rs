//! InnoDB's locks of rows: who waits for whom, and who is the victim of a deadlock.

use super::Mysqld;
use super::conn::Work;
use super::isolation::Isolation;
use super::locks::Lock;
use super::statement::{Done, Outcome};
use super::temporary::overlaid;
use crate::base::Millis;
use crate::mysql::data::{Catalog, Row, Table};
use crate::mysql::run::{
    Change, Env, Locked, Plan, RowChange, RowLock, Session, Span, Transaction, entry, in_zone,
    is_between, lock_plan, select,
};
use crate::mysql::sql::SqlError;
use crate::mysql::sql::ast::{InsertSource, Select, Statement};
use crate::mysql::wire::Message;
use crate::os::Sys;
use crate::trace::fact::StatementClass;

impl Mysqld {
    /// What a statement will lock, by what is committed and what the session did.
    pub(super) fn locks_of(
        &self,
        statement: &Statement,
        session: &Session,
        current: &Catalog,
        now: i64,
    ) -> Plan {
        let others = self.conns.iter().filter_map(|c| c.session.as_ref());
        let is_open = |s: &Session| s.transaction.is_some() || !s.is_on("autocommit");
        if !is_open(session) && !others.into_iter().any(is_open) {
            return Plan::default();
        }
        // What its conditions do beside saying which rows they are about is done later, once; and
        // so is what is wrong with them said.
        let mut scratch = session.clone();
        let gaps = self.isolation(session) >= Isolation::RepeatableRead;
        let (globals, mut chance) = (self.globals.clone(), || 0);
        let Ok(current) = in_zone(current, session.zone(&globals)) else {
            return Plan::default();
        };
        let mut env = Env::new((&current, &current), &mut scratch, &globals, now, &mut chance);
        lock_plan(statement, gaps, &mut env).unwrap_or_default()
    }

    /// SELECT … FOR UPDATE and its like: what is committed, once nobody else has it.
    pub(super) fn read_and_lock(
        &mut self,
        conn: u64,
        query: &Select,
        session: &mut Session,
        sys: &mut dyn Sys,
    ) -> Outcome {
        let query = Select { lock: query.lock.or(Some(false)), ..query.clone() };
        let statement = Statement::Select(Box::new(query.clone()));
        let seen = overlaid(&self.current(session), session);
        let plan = self.locks_of(&statement, session, &seen, sys.now().unix_micros());
        let others = self.blockers(conn, &plan, &[]);
        if !others.is_empty() {
            return self.wait_for(conn, (&statement, others), session, sys);
        }
        let (answer, slept) = self.reading_of(&seen, session, sys, |env| select(&query, env))?;
        if let Some(own) = &mut session.transaction {
            own.locks.extend(plan.locks);
        }
        Ok(Done::new(answer, StatementClass::Read).after(Millis(slept)))
    }

    /// The connections whose transactions are in the way.
    pub(super) fn blockers(&self, conn: u64, plan: &Plan, changes: &[Change]) -> Vec<u64> {
        let others = self.conns.iter().filter(|c| c.id != conn);
        let open = others.filter_map(|c| Some((c.id, c.session.as_ref()?.transaction.as_ref()?)));
        open.filter(|(_, their)| self.is_in_the_way(their, plan, changes))
            .map(|(id, _)| id)
            .collect()
    }

    fn is_in_the_way(&self, their: &Transaction, plan: &Plan, changes: &[Change]) -> bool {
        let same = |a: (&str, &str), b: &Change| a == (b.db.as_str(), b.table.as_str());
        let table = |db: &str, name: &str| self.catalog.table(db, name);
        let row_is_theirs = |lock: &RowLock| {
            let Locked::Row(id) = lock.what else { return false };
            let place = (lock.db.as_str(), lock.table.as_str());
            their.changes.iter().any(|c| same(place, c) && c.row_id() == id)
                || their.locks.iter().any(|held| {
                    held.what == lock.what
                        && (held.db.as_str(), held.table.as_str()) == place
                        && (held.exclusive || lock.exclusive)
                })
        };
        let came_in = |span: &Span| {
            let Some(table) = table(&span.db, &span.table) else { return false };
            let place = (span.db.as_str(), span.table.as_str());
            let inside = |row: &Row| span.has(&entry(table, &span.key, row));
            let own = their.changes.iter().filter(|c| same(place, c));
            own.filter_map(after).any(inside)
        };
        let changed = |change: &Change| {
            let Some(table) = table(&change.db, &change.table) else { return false };
            let place = (change.db.as_str(), change.table.as_str());
            let held = their.locks.iter().filter(|l| (l.db.as_str(), l.table.as_str()) == place);
            let mut held = held.map(|lock| &lock.what);
            held.any(|what| match what {
                Locked::Row(id) => change.row_id() == *id,
                Locked::Gap(key, low, high) => {
                    let new = new_entry(table, key, change);
                    new.is_some_and(|entry| is_between(&entry, low.as_ref(), high.as_ref()))
                }
            })
        };
        plan.locks.iter().any(row_is_theirs)
            || plan.spans.iter().any(came_in)
            || changes.iter().any(changed)
            || changes.iter().any(|own| {
                let table = table(&own.db, &own.table);
                their.changes.iter().any(|their| clash(own, their, table))
            })
    }

    /// A statement waits for others; if they wait for it, one of them is rolled back.
    pub(super) fn wait_for(
        &mut self,
        conn: u64,
        (statement, blockers): (&Statement, Vec<u64>),
        session: &mut Session,
        sys: &mut dyn Sys,
    ) -> Outcome {
        session.waits.clone_from(&blockers);
        let Some(circle) = self.circle(conn, &blockers) else {
            return Ok(Done::waiting(Lock::Row(state_of(statement))));
        };
        let weight = |session: &Session| session.transaction.as_ref().map_or(0, weight);
        let own = weight(session);
        let others = self.conns.iter().filter(|c| circle.contains(&c.id));
        let lighter = others.filter_map(|c| Some((weight(c.session.as_ref()?), c.id))).min();
        let text = "Deadlock found when trying to get lock; try restarting transaction";
        let error = SqlError::new(1213, text);
        let Some((_, other)) = lighter.filter(|(other, _)| *other < own) else {
            session.waits.clear();
            self.rollback(session, sys)?;
            return Err(error);
        };
        let at = self.conns.iter().position(|c| c.id == other).expect("it was just seen");
        let mut victim = self.conns.remove(at);
        if let Some(session) = &mut victim.session {
            session.waits.clear();
            session.row_count = -1;
            session.warn("Error", error.code, error.message.clone());
            self.rollback(session, sys)?;
        }
        if let Work::Locked { timer, .. } = std::mem::replace(&mut victim.work, Work::Idle) {
            sys.disarm(timer);
        }
        victim.rest = None;
        victim.channel.say(&Message::Error(error));
        self.conns.insert(at, victim);
        Ok(Done::waiting(Lock::Row(state_of(statement))))
    }

    /// The connections on the way back to this one, if those it waits for wait for it.
    fn circle(&self, conn: u64, blockers: &[u64]) -> Option<Vec<u64>> {
        let mut ways: Vec<Vec<u64>> = blockers.iter().map(|id| vec![*id]).collect();
        while let Some(way) = ways.pop() {
            let last = way.last().copied();
            let waits = self.conns.iter().find(|c| Some(c.id) == last);
            for next in waits.and_then(|c| c.session.as_ref()).map_or(&[][..], |s| &s.waits) {
                if *next == conn {
                    return Some(way);
                }
                if !way.contains(next) {
                    ways.push(way.iter().copied().chain([*next]).collect());
                }
            }
        }
        None
    }

    /// The rows that new ones refer to, which may not go while these come.
    pub(super) fn parents_of(&self, changes: &[Change]) -> Vec<RowLock> {
        let mut locks = Vec::new();
        for change in changes {
            let (Some(table), Some(row)) =
                (self.catalog.table(&change.db, &change.table), after(change))
            else {
                continue;
            };
            for foreign in &table.foreign {
                let (db, name) = &foreign.table;
                let Some(parent) = self.catalog.table(db, name) else { continue };
                let pairs = || foreign.columns.iter().zip(&foreign.to);
                let fits = |other: &&Row| {
                    pairs().all(|(own, to)| {
                        let (own, to) = (table.column(own), parent.column(to));
                        let both = own.zip(to).map(|(a, b)| (&row.values[a], &other.values[b]));
                        both.is_some_and(|(a, b)| a.compare(b).is_some_and(|o| o.is_eq()))
                    })
                };
                let found = parent.rows.iter().find(fits).map(|row| Locked::Row(row.id));
                let (db, table) = (db.clone(), name.clone());
                let lock = |what| RowLock { db, table, what, exclusive: false };
                locks.extend(found.map(lock));
            }
        }
        locks
    }
}

/// State of SHOW PROCESSLIST while a statement waits for a row.
fn state_of(statement: &Statement) -> &'static str {
    match statement {
        Statement::Insert(insert) if matches!(insert.source, InsertSource::Values(_)) => "update",
        Statement::Update(_) | Statement::Delete(_) | Statement::MultiDelete(_) => "updating",
        Statement::MultiUpdate(_) => "Sending data",
        _ => "statistics",
    }
}

/// What a transaction has done, as InnoDB weighs it (TRX_WEIGHT: undo records and locks; of the
/// locks, which it keeps by pages, one for each table).
fn weight(transaction: &Transaction) -> usize {
    let held = transaction.locks.iter().map(|lock| (&lock.db, &lock.table));
    let mut tables: Vec<_> =
        held.chain(transaction.changes.iter().map(|c| (&c.db, &c.table))).collect();
    tables.sort();
    tables.dedup();
    transaction.changes.len() + tables.len()
}

/// The row as a change leaves it.
fn after(change: &Change) -> Option<&Row> {
    match &change.what {
        RowChange::Insert(row) | RowChange::Update(_, row) => Some(row),
        RowChange::Delete(_) => None,
    }
}

/// The entry that a change puts into a key, if there was none like it.
fn new_entry(table: &Table, key: &str, change: &Change) -> Option<Vec<crate::mysql::data::Value>> {
    match &change.what {
        RowChange::Insert(row) => Some(entry(table, key, row)),
        RowChange::Update(before, after) => {
            let new = entry(table, key, after);
            (new != entry(table, key, before)).then_some(new)
        }
        RowChange::Delete(_) => None,
    }
}

fn clash(own: &Change, their: &Change, table: Option<&Table>) -> bool {
    if own.db != their.db || own.table != their.table {
        return false;
    }
    if own.row_id() == their.row_id() {
        return true;
    }
    let (Some(own), Some(their), Some(table)) = (after(own), after(their), table) else {
        return false;
    };
    table.keys.iter().filter(|key| key.unique).any(|key| {
        key.columns.iter().all(|c| {
            let (own, their) = (&own.values[*c as usize], &their.values[*c as usize]);
            own.compare(their).is_some_and(|order| order.is_eq())
        })
    })
}
