//! BINLOG: events in base64, as `mysqlbinlog` prints them. Models sql/sql_binlog.cc.

use super::Mysqld;
use super::replica::table_changes;
use super::statement::{Done, Outcome};
use crate::base::base64::unbase64;
use crate::mysql::binlog::{Event, RowsEvent, TableMap, decode_whole};
use crate::mysql::data::Catalog;
use crate::mysql::run::{Answer, Change, Session, cascade};
use crate::mysql::sql::SqlError;
use crate::mysql::sql::ast::Statement;
use crate::os::Sys;
use crate::trace::fact::StatementClass;

impl Mysqld {
    /// Runs the events in this session, and in its transaction.
    pub(super) fn replay(
        &mut self,
        conn: u64,
        session: &mut Session,
        (statement, text): (&Statement, &str),
        sys: &mut dyn Sys,
    ) -> Outcome {
        self.need_super(session)?;
        let events = events(text)?;
        let mut maps: Vec<TableMap> = Vec::new();
        let mut rows: Vec<(TableMap, RowsEvent)> = Vec::new();
        for event in events {
            if !session.described && !matches!(event, Event::FormatDescription { .. }) {
                let text = format!(
                    "The BINLOG statement of type `{}` was not preceded by a format description \
                     BINLOG statement.",
                    event.name()
                );
                return Err(SqlError::new(1609, text));
            }
            match event {
                Event::FormatDescription { .. } => session.described = true,
                Event::TableMap(map) => maps.push(map),
                Event::Rows(event) => {
                    let map = maps.iter().rfind(|map| map.table_id == event.table_id);
                    rows.extend(map.map(|map| (map.clone(), event)));
                }
                other => return Err(not_allowed(other.name())),
            }
        }
        if rows.is_empty() {
            return Ok(Done::affected(0, StatementClass::Admin));
        }
        if let Some(wait) = self.may_write(conn, session)? {
            return Ok(Done::waiting(wait));
        }
        // Rows are as they are stored.
        let own = session.vars.insert("time_zone".into(), "+00:00".into());
        let done = self.rows(conn, session, (statement, None), sys, |env| {
            let mut view = env.catalog.clone();
            let mut all = Vec::new();
            for (map, rows) in &rows {
                let changes = changes(&view, map, rows)?;
                for change in &changes {
                    let _ = change.replay(&mut view);
                }
                all.extend(changes);
            }
            Ok((Answer::affected(0), all))
        });
        match own {
            Some(own) => session.vars.insert("time_zone".into(), own),
            None => session.vars.remove("time_zone"),
        };
        done
    }
}

/// The events of a text, which come one behind the other.
fn events(text: &str) -> Result<Vec<Event>, SqlError> {
    let failed = || SqlError::new(1575, "Decoding of base64 string failed");
    let mut events = Vec::new();
    for part in parts(text) {
        let bytes = unbase64(&part).ok_or_else(failed)?;
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            let size = rest.get(9..13).and_then(|size| size.try_into().ok());
            let size = size.map_or(0, u32::from_le_bytes) as usize;
            let (event, behind) = rest.split_at_checked(size).ok_or_else(failed)?;
            let (_, event) = decode_whole(event).ok_or_else(failed)?;
            events.push(event);
            rest = behind;
        }
    }
    Ok(events)
}

/// Base64 that ends in padding, and what begins anew behind it.
fn parts(text: &str) -> Vec<String> {
    let plain: String = text.split_whitespace().collect();
    let mut parts = vec![String::new()];
    let mut padded = false;
    for letter in plain.chars() {
        if padded && letter != '=' {
            parts.push(String::new());
        }
        padded = letter == '=';
        if let (Some(part), false) = (parts.last_mut(), padded) {
            part.push(letter);
        }
    }
    parts
}

fn not_allowed(name: &str) -> SqlError {
    let text = format!(
        "Only Format_description_log_event and row events are allowed in BINLOG statements (but \
         {name} was provided)"
    );
    SqlError::new(1730, text)
}

/// What a rows event changes.
fn changes(view: &Catalog, map: &TableMap, rows: &RowsEvent) -> Result<Vec<Change>, SqlError> {
    let full = format!("{}.{}", map.db, map.table);
    let Some(table) = view.table(&map.db, &map.table) else {
        return Err(SqlError::new(1146, format!("Table '{full}' doesn't exist")));
    };
    let (changes, failure) = table_changes(&mut table.clone(), map, rows, &full, false);
    match failure {
        Some(failure) => Err(SqlError::new(failure.errno, failure.why)),
        None => Ok(cascade(changes, view)),
    }
}
