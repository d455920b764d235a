//! log-slave-updates: the SQL thread writes what it applies to a binary log of its own. Sizes as
//! seen on 5.6.24 (`tests/mysql/real/relayed.txt`).

use std::sync::Arc;

use super::sql::Told;
use crate::mysql::binlog::{Event, QueryEvent, RowsEvent, TableMap};
use crate::mysql::server::Mysqld;
use crate::mysql::server::journal::Origin;
use crate::mysql::sql::SqlError;
use crate::os::Sys;

/// A statement that begins or ends a transaction: of no database, with no catalog.
fn bare(sql: &str) -> Event {
    let sql = sql.to_string();
    Event::Query(QueryEvent { sql, no_use: true, by_replica: true, ..QueryEvent::default() })
}

impl Mysqld {
    /// Whether it does.
    pub(super) fn relays(&self) -> bool {
        self.journal.is_some() && self.is_on("log_slave_updates")
    }

    fn wants(&self, map: &TableMap) -> bool {
        let filters = &self.options.filters;
        let table = [(map.db.clone(), map.table.clone())];
        let is_wanted = filters.applies_db(&map.db) && filters.applies_tables(&table);
        // The time zone tables are kept by their size only: nothing of them goes further.
        is_wanted && filters.logs(&map.db) && map.db != "mysql"
    }

    /// A table's map, under the number the table has here.
    pub(super) fn relay_map(&mut self, map: &TableMap) {
        if self.relays() && self.wants(map) {
            let table_id = self.table_id(&map.db, &map.table);
            let map = TableMap { table_id, ..map.clone() };
            self.replica.applier.logged.push(Event::TableMap(map));
        }
    }

    pub(super) fn relay_rows(&mut self, rows: &RowsEvent) {
        let maps = &self.replica.applier.maps;
        let Some(map) = maps.iter().rfind(|map| map.table_id == rows.table_id).cloned() else {
            return;
        };
        if self.relays() && self.wants(&map) {
            let table_id = self.table_id(&map.db, &map.table);
            let rows = RowsEvent { table_id, ..rows.clone() };
            self.replica.applier.logged.push(Event::Rows(rows));
        }
    }

    /// A statement by itself. CREATE TABLE … SELECT comes apart: its table is one, its rows are a
    /// transaction.
    pub(super) fn relay_statement(
        &mut self,
        query: &QueryEvent,
        sys: &mut dyn Sys,
    ) -> Result<(), SqlError> {
        let of_zones = query.db == "mysql" && query.sql.starts_with("TRUNCATE ");
        if !self.relays() || !self.options.filters.logs(&query.db) || of_zones {
            return Ok(());
        }
        let mut query = query.clone();
        if self.replica.applier.in_group && query.databases.is_empty() {
            query.databases.push(query.db.clone());
        }
        self.relay(&[Event::Query(query)], sys)
    }

    /// A statement of a transaction, with what it is told.
    pub(super) fn relay_change(&mut self, told: &Told, query: &QueryEvent) {
        if !self.relays() || !self.options.filters.logs(&query.db) {
            return;
        }
        let numbers = told.numbers.iter().map(|(last, value)| (*last, *value));
        let numbers = numbers.map(|(last, value)| Event::Intvar { last, value });
        let vars = told.vars.iter().cloned().map(|(name, value)| Event::UserVar { name, value });
        let logged = &mut self.replica.applier.logged;
        logged.extend(numbers.chain(vars));
        logged.push(Event::Query(query.clone()));
    }

    /// What was gathered of a transaction, between a BEGIN and a COMMIT of this server's own.
    pub(super) fn relay_transaction(&mut self, xid: Option<u64>, sys: &mut dyn Sys) {
        let mut events = std::mem::take(&mut self.replica.applier.logged);
        let changes = |event: &Event| match event {
            Event::Rows(_) => true,
            Event::Query(query) => !query.sql.starts_with("SAVEPOINT "),
            _ => false,
        };
        // One with a number is logged even if it is empty.
        let is_numbered = self.relays() && self.replica.applier.gtid.is_some();
        if !events.iter().any(changes) && !is_numbered {
            return;
        }
        events.insert(0, bare("BEGIN"));
        events.push(xid.map_or_else(|| bare("COMMIT"), |_| Event::Xid(self.last_query)));
        let _ = self.relay(&events, sys);
    }

    fn relay(&mut self, events: &[Event], sys: &mut dyn Sys) -> Result<(), SqlError> {
        let applier = &self.replica.applier;
        let origin = Origin { server_id: applier.origin, stamp: applier.stamp as u32 };
        self.gtids.next = applier.gtid.clone();
        self.gtids.anonymous = applier.gtid.is_none();
        let written = self.write_events_of(origin, self.replica.applier.thread, events, sys)?;
        Arc::make_mut(&mut self.catalog).binlog = Some((written.file, written.end));
        Ok(())
    }
}
