//! The time zone tables, which a first start loads into the binlog.

use super::journal::Origin;
use std::sync::Arc;

use super::conn::Reply;
use super::disk::write_error;
use super::{Mysqld, pod};
use crate::base::Blob;
use crate::mysql::binlog::{self, Event, QueryEvent, RowsEvent, RowsKind, TableMap};
use crate::mysql::data::{Zone, is_other_zone};
use crate::mysql::run::Answer;
use crate::mysql::sql::SqlError;
use crate::mysql::timing;
use crate::mysql::wire::Message;
use crate::os::Sys;
use crate::trace::fact::MysqlFact;

impl Mysqld {
    /// The zone of this name. Error 1298 if there is none.
    pub(super) fn zone_of(&self, name: &str, sys: &mut dyn Sys) -> Result<Zone, SqlError> {
        let unknown = || {
            let shown: String = name.chars().take(64).collect();
            SqlError::new(1298, format!("Unknown or incorrect time zone: '{shown}'"))
        };
        let known = Zone::parse(name);
        if known.is_some_and(|zone| !matches!(zone, Zone::Named(_))) {
            return known.ok_or_else(unknown);
        }
        // Names are those of the tables.
        let rows = sys.stat(&self.path("mysql/time_zone_transition.ibd"), true);
        if !rows.is_ok_and(|stat| stat.size >= timing::TIME_ZONE_IBD_BYTES) {
            return Err(unknown());
        }
        match known {
            Some(zone) => Ok(zone),
            None if is_other_zone(name) => {
                Err(SqlError::not_modelled(format!("the time zone {name}")))
            }
            None => Err(unknown()),
        }
    }

    /// default-time-zone. `Err`: there is none of this name.
    pub(super) fn take_zone(&mut self, sys: &mut dyn Sys) -> Result<(), String> {
        let Some(name) = self.options.others.get("default_time_zone").cloned() else {
            return Ok(());
        };
        match self.zone_of(&name, sys) {
            Ok(zone) => self.set_global("time_zone", zone.text()),
            Err(error) if error.is_ours() => {
                self.leave_out(&format!("default-time-zone={name}"), sys);
            }
            Err(_) => {
                return Err(format!("Fatal error: Illegal or unknown default time zone '{name}'"));
            }
        }
        Ok(())
    }

    /// `mysql_tzinfo_to_sql /usr/share/zoneinfo | mysql mysql`: some 3 MB of row events.
    ///
    /// The many rows events of the real load stand here as one, whose rows are a hole.
    pub(super) fn load_time_zones(&mut self, thread: u64, sys: &mut dyn Sys) -> Reply {
        if let Err(error) = self.time_zone_events(sys) {
            return Reply::error(error);
        }
        // It truncates four tables first.
        (0..4).for_each(|_| self.purge_lines(thread, sys));
        if let Some(journal) = &self.journal {
            Arc::make_mut(&mut self.catalog).binlog = Some(journal.position());
        }
        Arc::make_mut(&mut self.catalog).lsn = timing::LSN_AFTER_INIT;
        if let Err(errno) = self.grow_for_time_zones(sys) {
            return Reply::error(write_error("./ibdata1", errno));
        }
        let binlog = self.journal.as_ref().map(|journal| journal.position());
        tell!(sys, MysqlFact::TimeZonesLoaded { pod: pod(sys), binlog });
        let db = Some("mysql".to_string());
        let answer = Message::Answer { answer: Answer::affected(0), warnings: 0, db, more: false };
        Reply::Say(answer, timing::TIME_ZONES)
    }

    /// Writes a transaction of which nothing is told one by one.
    fn write_untold(
        &mut self,
        origin: Origin,
        events: &[Event],
        sys: &mut dyn Sys,
    ) -> Result<(), SqlError> {
        let gtid = self.next_gtid();
        let Some(journal) = &mut self.journal else { return Ok(()) };
        let written = journal.write(events, origin, gtid.as_ref(), sys);
        written.map_err(|errno| write_error("./binlog", errno))?;
        self.gtid_logged(gtid);
        Ok(())
    }

    fn time_zone_events(&mut self, sys: &mut dyn Sys) -> Result<(), SqlError> {
        let server_id = self.server_id();
        let origin = Origin { server_id, stamp: sys.now().unix_secs() as u32 };
        let id = self.table_id("mysql", "time_zone_transition");
        if self.journal.is_none() {
            return Ok(());
        }
        let failed = |errno| write_error("./binlog", errno);
        let query = |sql: &str, databases: &[&str]| {
            Event::Query(QueryEvent {
                thread: 2,
                db: "mysql".into(),
                sql: sql.into(),
                databases: databases.iter().map(|d| (*d).to_string()).collect(),
                no_use: sql == "BEGIN",
                ..QueryEvent::default()
            })
        };
        for table in
            ["time_zone", "time_zone_name", "time_zone_transition", "time_zone_transition_type"]
        {
            let text = format!("TRUNCATE TABLE {table}");
            self.write_untold(origin, &[query(&text, &["mysql"])], sys)?;
        }
        let map = Event::TableMap(TableMap {
            table_id: id,
            db: "mysql".into(),
            table: "time_zone_transition".into(),
            types: vec![3, 8, 3],
            meta: Vec::new(),
            nullable: vec![false; 3],
        });
        self.write_untold(origin, &[query("BEGIN", &[]), map], sys)?;
        let Some(journal) = &mut self.journal else { return Ok(()) };
        let stop = 23 + 31;
        let room = timing::TIME_ZONE_BINLOG_BYTES.saturating_sub(journal.position().1 + stop);
        let rows = big_rows(id, journal.position().1, room, server_id, sys);
        journal.append_bytes(&rows, sys).map_err(failed)?;
        journal.append(&Event::Xid(31), server_id, 0, sys).map_err(failed)
    }
}

/// A Write_rows event of `size` bytes of which only the front is kept.
fn big_rows(id: u64, start: u64, size: u64, server_id: u32, sys: &dyn Sys) -> Blob {
    let rows =
        RowsEvent { kind: RowsKind::Write, table_id: id, columns: 3, last: true, rows: Vec::new() };
    let now = sys.now().unix_secs() as u32;
    let mut bytes = binlog::encode(&Event::Rows(rows), now, server_id, start, 0);
    bytes.truncate(bytes.len() - 4);
    bytes[9..13].copy_from_slice(&(size as u32).to_le_bytes());
    bytes[13..17].copy_from_slice(&((start + size) as u32).to_le_bytes());
    let mut blob = Blob::from(bytes);
    blob.push_hole(size.saturating_sub(blob.len()));
    blob
}
