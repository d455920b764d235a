//! What the SQL thread does with events that change data.

use std::sync::Arc;

use super::sql::{Found, Told};
use crate::mysql::binlog::{Event, QueryEvent, RowsEvent, RowsKind, TableMap, decode_row};
use crate::mysql::data::{Catalog, Row, SECOND, Table, Value};
use crate::mysql::run::{Change, RowChange, Session, cascade, change, is_system_database};
use crate::mysql::server::statement::shown;
use crate::mysql::server::{Mysqld, pod};
use crate::mysql::sql::ast::{Statement, TableName};
use crate::mysql::sql::{SqlError, parse};
use crate::os::Sys;
use crate::trace::fact::{Applied, MysqlFact};

impl Mysqld {
    /// Applies one event, or two that belong together (a number or a table's map, and what
    /// follows).
    pub(super) fn apply_group(&mut self, first: Found, sys: &mut dyn Sys) {
        let mut found = first;
        loop {
            let end = found.end;
            let source_end = u64::from(found.header.end);
            self.replica.applier.stamp = found.header.timestamp.into();
            self.replica.applier.origin = found.header.server_id;
            match found.event {
                Event::AnonymousGtid { .. } => self.replica.applier.gtid = None,
                Event::Gtid { gtid, .. } => self.replica.applier.gtid = Some(gtid),
                Event::TableMap(map) => {
                    self.relay_map(&map);
                    self.replica.applier.maps.push(map);
                }
                Event::Intvar { last, value } => {
                    self.replica.applier.told.numbers.push((last, value));
                }
                Event::UserVar { name, value } => {
                    self.replica.applier.told.vars.push((name, value));
                }
                Event::Query(query) => return self.apply_query(&query, end, source_end, sys),
                Event::Rows(rows) => return self.apply_rows(&rows, end, source_end, sys),
                Event::Xid(xid) => return self.apply_commit(Some(xid), end, source_end, sys),
                _ => return,
            }
            self.replica.applier.event.1 = end;
            match self.next_relay_event(sys) {
                Some(next) => found = next,
                None => return,
            }
        }
    }

    /// A transaction is whole: its position is what SHOW SLAVE STATUS prints from now on.
    pub(super) fn group_done(&mut self, end: u64, source_end: u64, sys: &mut dyn Sys) {
        let applier = &mut self.replica.applier;
        applier.event.1 = end;
        applier.group = applier.event.clone();
        applier.exec_position = source_end;
        applier.in_group = false;
        applier.maps.clear();
        applier.changes.clear();
        applier.logged.clear();
        self.save_applier(sys);
        self.gtids.next = None;
        if let Some(gtid) = self.replica.applier.gtid.take()
            && !self.gtids.executed.contains(&gtid)
        {
            self.gtids.next = Some(gtid);
            self.gtid_unlogged();
            let _ = self.store(sys);
        }
    }

    fn tell_applied(&self, what: Applied, end: u64, sys: &mut dyn Sys) {
        let file = self.replica.applier.exec_file.clone();
        tell!(sys, MysqlFact::Applied { pod: pod(sys), what, file, end });
    }

    fn apply_query(&mut self, query: &QueryEvent, end: u64, source_end: u64, sys: &mut dyn Sys) {
        if query.sql == "BEGIN" {
            self.replica.applier.event.1 = end;
            self.replica.applier.in_group = true;
            self.tell_applied(Applied::Begin, source_end, sys);
            return;
        }
        if query.sql == "COMMIT" {
            return self.apply_commit(None, end, source_end, sys);
        }
        if self.replica.applier.in_group && query.sql.starts_with("SAVEPOINT ") {
            self.replica.applier.event.1 = end;
            if self.relays() {
                self.replica.applier.logged.push(Event::Query(query.clone()));
            }
            return;
        }
        let is_wanted = self.is_wanted(query);
        let told = self.replica.applier.told.clone();
        let applied = if is_wanted { self.apply_statement(query, sys) } else { Ok(()) };
        self.replica.applier.told = Told::default();
        // What failed on the source in the same way is done.
        let failed = applied.err().filter(|error| error.code != query.error);
        let failed = match failed {
            None if is_wanted && self.replica.applier.in_group && is_change(&query.sql) => {
                self.relay_change(&told, query);
                None
            }
            None if is_wanted => self.relay_statement(query, sys).err(),
            failed => failed,
        };
        if let Some(error) = failed {
            let text = format!(
                "Error '{}' on query. Default database: '{}'. Query: '{}'",
                error.message, query.db, query.sql
            );
            if !self.skips_error(error.code, &text, sys) {
                self.sql_fatal(error.code, text, Some(&error.message), sys);
                return;
            }
        }
        if self.replica.applier.in_group {
            // CREATE TABLE … SELECT: the rows follow.
            self.replica.applier.event.1 = end;
            return;
        }
        self.group_done(end, source_end, sys);
        self.tell_applied(Applied::Statement(shown(&query.sql)), source_end, sys);
    }

    /// Whether the filters let a statement through: by its default database, then by its
    /// tables.
    fn is_wanted(&self, query: &QueryEvent) -> bool {
        let filters = &self.options.filters;
        if filters.0.is_empty() {
            return true;
        }
        let names = match parse(&query.sql) {
            Ok(Some(Statement::CreateTable(create))) => vec![create.name],
            Ok(Some(Statement::AlterTable { name, .. } | Statement::Truncate(name))) => vec![name],
            Ok(Some(Statement::DropTable { names, .. })) => names,
            _ => Vec::new(),
        };
        if !filters.applies_db(&query.db) || names.is_empty() {
            return filters.applies_db(&query.db);
        }
        let full =
            |name: &'_ TableName| (name.db.clone().unwrap_or(query.db.clone()), name.table.clone());
        filters.applies_tables(&names.iter().map(full).collect::<Vec<_>>())
    }

    fn apply_statement(&mut self, query: &QueryEvent, sys: &mut dyn Sys) -> Result<(), SqlError> {
        let Some(statement) = parse(&query.sql)? else { return Ok(()) };
        let mut session = Session::new(self.replica.applier.thread, "system user", "");
        session.db = (!query.db.is_empty()).then(|| query.db.clone());
        session.home = self.home();
        // Its clock stands where the source's stood.
        let stamp = self.replica.applier.stamp as i64 * SECOND;
        let now = stamp + i64::from(query.micros.unwrap_or(0));
        session.vars.insert("timestamp".into(), now.to_string());
        if query.time_zone {
            session.vars.insert("time_zone".into(), query.setting.zone.text());
        }
        match &statement {
            accounts if accounts.changes_accounts() => {
                self.change_accounts(&statement, &mut session)?;
                self.store(sys)
            }
            Statement::Flush { .. } | Statement::Maintain { .. } => Ok(()),
            Statement::Insert(_)
            | Statement::Update(_)
            | Statement::Delete(_)
            | Statement::MultiUpdate(_)
            | Statement::MultiDelete(_) => self.apply_change(&statement, &mut session, now, sys),
            // The time zone tables are kept by their size only.
            Statement::Truncate(name)
                if is_system_database(name.db.as_deref().unwrap_or(&query.db)) =>
            {
                Ok(())
            }
            ddl => {
                self.sync_directories(sys);
                self.run_replicated_ddl(ddl, &mut session, sys)
            }
        }
    }

    /// A statement that changes rows, on top of what its transaction has already changed.
    fn apply_change(
        &mut self,
        statement: &Statement,
        session: &mut Session,
        now: i64,
        sys: &mut dyn Sys,
    ) -> Result<(), SqlError> {
        let Told { numbers, vars } = std::mem::take(&mut self.replica.applier.told);
        let mut view: Catalog = (*self.catalog).clone();
        self.replica.applier.changes.iter().for_each(|change| {
            let _ = change.replay(&mut view);
        });
        for (last, value) in numbers {
            match statement {
                _ if last => session.insert_id = value,
                Statement::Insert(insert) => {
                    let db = insert.table.db.clone().or(session.db.clone()).unwrap_or_default();
                    if let Some(table) = view.table_mut(&db, &insert.table.table) {
                        table.auto_increment = value;
                    }
                }
                _ => {}
            }
        }
        let vars = vars.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value));
        session.user_vars.extend(vars);
        let (result, ..) = self.on_view(&view, session, now, sys, |env| change(statement, env));
        let (_, changes) = result?;
        self.replica.applier.changes.extend(changes);
        Ok(())
    }

    /// The end of a transaction: with its number, or by a COMMIT.
    fn apply_commit(&mut self, xid: Option<u64>, end: u64, source_end: u64, sys: &mut dyn Sys) {
        self.relay_transaction(xid, sys);
        let changes = std::mem::take(&mut self.replica.applier.changes);
        let catalog = Arc::make_mut(&mut self.catalog);
        changes.iter().for_each(|change| {
            let _ = change.replay(catalog);
        });
        catalog.lsn += 200 + 150 * changes.len() as u64;
        let _ = self.store(sys);
        self.group_done(end, source_end, sys);
        self.tell_applied(Applied::Commit { rows: changes.len() as u64 }, source_end, sys);
    }

    fn apply_rows(&mut self, rows: &RowsEvent, end: u64, source_end: u64, sys: &mut dyn Sys) {
        let (changes, table, failure) = self.row_changes(rows);
        if let Some(failure) = failure {
            let file = self.replica.applier.exec_file.clone();
            let text = failure.text(rows.kind, &file, source_end);
            // The rows before it stay, those after it are left out with it.
            if !self.skips_error(failure.errno, &text, sys) {
                return self.sql_fatal(failure.errno, text, failure.condition(), sys);
            }
        }
        let count = changes.len() as u64;
        let values = changes.first().map(first_row).unwrap_or_default();
        self.replica.applier.changes.extend(changes);
        self.replica.applier.event.1 = end;
        self.relay_rows(rows);
        let what = Applied::Rows { kind: rows.kind.name(), table, rows: count, first: values };
        self.tell_applied(what, source_end, sys);
    }

    /// The changes a rows event makes here, on top of what its transaction has already changed.
    /// The table's name; and why not all rows could be changed.
    fn row_changes(&self, rows: &RowsEvent) -> (Vec<Change>, String, Option<Failure>) {
        let maps = &self.replica.applier.maps;
        let Some(map) = maps.iter().rfind(|map| map.table_id == rows.table_id) else {
            return (Vec::new(), String::new(), None);
        };
        let full = format!("{}.{}", map.db, map.table);
        let filters = &self.options.filters;
        let is_wanted = filters.applies_db(&map.db)
            && filters.applies_tables(&[(map.db.clone(), map.table.clone())]);
        if is_system_database(&map.db) || !is_wanted {
            return (Vec::new(), full, None);
        }
        let mut view: Catalog = (*self.catalog).clone();
        self.replica.applier.changes.iter().for_each(|change| {
            let _ = change.replay(&mut view);
        });
        let Some(table) = view.table(&map.db, &map.table) else {
            let failure = Failure::missing_table(&full);
            return (Vec::new(), full, Some(failure));
        };
        let mut table = table.clone();
        let forgives = self.global("slave_exec_mode") == "IDEMPOTENT";
        let (changes, failure) = table_changes(&mut table, map, rows, &full, forgives);
        (cascade(changes, &view), full, failure)
    }
}

/// Row by row, up to the first that does not fit; with `slave_exec_mode=IDEMPOTENT` such a row
/// takes the place of the one that is there, or is left out.
pub(in crate::mysql::server) fn table_changes(
    table: &mut Table,
    map: &TableMap,
    rows: &RowsEvent,
    full: &str,
    forgives: bool,
) -> (Vec<Change>, Option<Failure>) {
    let mut bytes = rows.rows.as_slice();
    let mut changes = Vec::new();
    while !bytes.is_empty() {
        let values = decode_row(&table.columns, &mut bytes);
        let is_update = rows.kind == RowsKind::Update;
        let after =
            if is_update { decode_row(&table.columns, &mut bytes) } else { Some(Vec::new()) };
        let (Some(values), Some(after)) = (values, after) else {
            return (changes, Some(Failure::mismatch(full)));
        };
        let change = |what| {
            let (db, table) = (map.db.clone(), map.table.clone());
            Change { db, table, what, cascaded: false }
        };
        while forgives
            && rows.kind == RowsKind::Write
            && let Some((_, id)) = table.collision(&values, None)
            && let Some(row) = table.remove(id)
        {
            changes.push(change(RowChange::Delete(row)));
        }
        match row_change(rows.kind, table, values, after, full) {
            Ok(what) => changes.push(change(what)),
            Err(failure) if forgives && matches!(failure.errno, 1032 | 1062) => {}
            Err(failure) => return (changes, Some(failure)),
        }
    }
    (changes, None)
}

/// Whether a statement changes rows.
fn is_change(sql: &str) -> bool {
    let word = sql.split_whitespace().next().unwrap_or("").to_ascii_uppercase();
    matches!(word.as_str(), "INSERT" | "REPLACE" | "UPDATE" | "DELETE")
}

fn first_row(change: &Change) -> Vec<String> {
    let row = match &change.what {
        RowChange::Insert(row) | RowChange::Update(_, row) | RowChange::Delete(row) => row,
    };
    row.values.iter().map(|value| value.shown().unwrap_or_else(|| "NULL".into())).collect()
}

fn row_change(
    kind: RowsKind,
    table: &mut Table,
    values: Vec<Value>,
    after: Vec<Value>,
    full: &str,
) -> Result<RowChange, Failure> {
    if kind == RowsKind::Write {
        if let Some((key, _)) = table.collision(&values, None) {
            let entry = Table::entry(key, &values);
            return Err(Failure::duplicate(full, &entry, &key.name));
        }
        let row = Row { id: table.row_id_next, values };
        table.insert(row.clone());
        return Ok(RowChange::Insert(row));
    }
    let Some(before) = table.find(&values).and_then(|id| table.remove(id)) else {
        return Err(Failure::not_found(full, table.primary().is_some()));
    };
    if kind == RowsKind::Delete {
        return Ok(RowChange::Delete(before));
    }
    if let Some((key, _)) = table.collision(&after, None) {
        let failure = Failure::duplicate(full, &Table::entry(key, &after), &key.name);
        table.insert(before);
        return Err(failure);
    }
    let after = Row { id: before.id, values: after };
    table.insert(after.clone());
    Ok(RowChange::Update(before, after))
}

/// Why a rows event could not be applied.
pub(in crate::mysql::server) struct Failure {
    pub errno: u16,
    table: String,
    pub why: String,
    handler: &'static str,
}

impl Failure {
    fn duplicate(table: &str, entry: &str, key: &str) -> Failure {
        Failure {
            errno: 1062,
            table: table.into(),
            why: format!("Duplicate entry '{entry}' for key '{key}'"),
            handler: "HA_ERR_FOUND_DUPP_KEY",
        }
    }

    fn not_found(table: &str, keyed: bool) -> Failure {
        let name = table.split('.').next_back().unwrap_or(table);
        Failure {
            errno: 1032,
            table: table.into(),
            why: format!("Can't find record in '{name}'"),
            handler: if keyed { "HA_ERR_KEY_NOT_FOUND" } else { "HA_ERR_END_OF_FILE" },
        }
    }

    pub fn missing_table(table: &str) -> Failure {
        Failure {
            errno: 1146,
            table: table.into(),
            why: format!("Error executing row event: 'Table '{table}' doesn't exist'"),
            handler: "",
        }
    }

    fn mismatch(table: &str) -> Failure {
        Failure {
            errno: 1677,
            table: table.into(),
            why: format!(
                "Column 0 of table '{table}' cannot be converted from the type the source sent"
            ),
            handler: "",
        }
    }

    /// What the storage engine failed with.
    fn condition(&self) -> Option<&str> {
        (!self.handler.is_empty()).then_some(self.why.as_str())
    }

    /// `Last_SQL_Error`.
    fn text(&self, kind: RowsKind, file: &str, end: u64) -> String {
        if self.handler.is_empty() {
            return self.why.clone();
        }
        format!(
            "Could not execute {} event on table {}; {}, Error_code: {}; handler error {}; the \
             event's master log {file}, end_log_pos {end}",
            kind.name(),
            self.table,
            self.why,
            self.errno,
            self.handler
        )
    }
}
