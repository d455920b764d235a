//! What an onlooker may see of a server: plain data for the page.

use std::sync::Arc;

use super::{Mysqld, Phase as Own};
use crate::mysql::binlog::EventInfo;
use crate::mysql::data::Copied;
use crate::mysql::run::is_system_database;

/// How far a server is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
#[allow(missing_docs)]
pub enum Phase {
    #[default]
    Initializing,
    Starting,
    Ready,
    ShuttingDown,
}

/// A table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TableInspect {
    /// Its name.
    pub name: String,
    /// Its columns.
    pub columns: Vec<String>,
    /// Its newest rows, at most 50, as the client prints them.
    pub rows: Vec<Vec<String>>,
    /// How many rows it has.
    pub count: u64,
}

/// A database.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DatabaseInspect {
    /// Its name.
    pub name: String,
    /// Its tables; empty for the system's own.
    pub tables: Vec<TableInspect>,
}

/// A replica's side of replication.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReplicaInspect {
    /// `Slave_IO_Running`.
    pub io_running: &'static str,
    /// `Slave_SQL_Running`.
    pub sql_running: &'static str,
    /// `Slave_IO_State`.
    pub io_state: &'static str,
    /// `Slave_SQL_Running_State`.
    pub sql_state: &'static str,
    /// `Master_Host`.
    pub source_host: String,
    /// `Master_Log_File` and `Read_Master_Log_Pos`.
    pub read: (String, u64),
    /// `Relay_Master_Log_File` and `Exec_Master_Log_Pos`.
    pub executed: (String, u64),
    /// The coordinates of its CHANGE MASTER TO (after a restart: where it went on).
    pub began: (String, u64),
    /// `Relay_Log_File` and `Relay_Log_Pos`.
    pub relay: (String, u64),
    /// Relay log files and their sizes, oldest first.
    pub relay_files: Vec<(String, u64)>,
    /// What `SHOW SLAVE STATUS` says went wrong: the IO thread's first.
    pub errors: Vec<ThreadError>,
    lag_stamp: Option<u64>,
}

impl ReplicaInspect {
    /// `Seconds_Behind_Master` at a moment (seconds since 1970); `None`: NULL.
    pub fn lag_secs(&self, unix_secs: u64) -> Option<u64> {
        self.lag_stamp.map(|stamp| unix_secs.saturating_sub(stamp.min(unix_secs)))
    }
}

/// What a replication thread last failed of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ThreadError {
    /// The column that has the number: `Last_IO_Errno` or `Last_SQL_Errno`.
    pub column: &'static str,
    /// Its number; not 0.
    pub errno: u16,
    /// `Last_IO_Error` or `Last_SQL_Error`.
    pub text: String,
}

/// What an onlooker may see of a server.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Inspect {
    /// How far it is.
    pub phase: Phase,
    /// `5.7.42-log`.
    pub version: String,
    /// `@@server_id`.
    pub server_id: u32,
    /// `@@super_read_only`.
    pub super_read_only: bool,
    /// `@@log_slave_updates`.
    pub log_slave_updates: bool,
    /// Binlog files and their sizes; empty where `log_bin` is off.
    pub binlogs: Vec<(String, u64)>,
    /// Events of the newest binlog file.
    pub events: Arc<Vec<EventInfo>>,
    /// Events of the closed files, oldest first.
    pub closed: Vec<(String, Arc<Vec<EventInfo>>)>,
    /// Of a clone: whose copy its data is, and which coordinates came with it.
    pub copied: Option<Copied>,
    /// Databases, system ones by name only.
    pub databases: Vec<DatabaseInspect>,
    /// Replication, where it is configured.
    pub replica: Option<ReplicaInspect>,
    /// Connected replicas: server id, file, and the position sent up to.
    pub replicas: Vec<(u32, String, u64)>,
    /// Client connections: number and client.
    pub clients: Vec<(u64, String)>,
}

impl Mysqld {
    /// What an onlooker may see.
    pub fn inspect(&self) -> Inspect {
        let journal = self.journal.as_ref();
        let phase = match self.phase {
            Own::Boot(_) if self.mode != super::Mode::Serve => Phase::Initializing,
            Own::Boot(_) => Phase::Starting,
            Own::Serving => Phase::Ready,
            Own::Stopping(_) | Own::Ending(_) => Phase::ShuttingDown,
        };
        Inspect {
            phase,
            version: self.global("version").to_string(),
            server_id: self.server_id(),
            super_read_only: self.is_on("super_read_only"),
            log_slave_updates: self.is_on("log_slave_updates"),
            binlogs: journal.map(|j| j.files.clone()).unwrap_or_default(),
            events: journal.map(|j| j.events.clone()).unwrap_or_default(),
            closed: journal.map(|j| j.closed.clone()).unwrap_or_default(),
            copied: self.catalog.copied.clone(),
            databases: self.inspect_databases(),
            replica: self.inspect_replica(),
            replicas: self
                .conns
                .iter()
                .filter_map(|conn| match &conn.work {
                    super::conn::Work::Dump(dump) => {
                        Some((dump.server_id, dump.file.clone(), dump.position))
                    }
                    _ => None,
                })
                .collect(),
            clients: self
                .conns
                .iter()
                .filter(|conn| !conn.is_dump())
                .map(|conn| (conn.id, conn.client()))
                .collect(),
        }
    }

    fn inspect_databases(&self) -> Vec<DatabaseInspect> {
        let system = ["mysql", "performance_schema", "sys"];
        let empty = |name: &str| DatabaseInspect { name: name.into(), tables: Vec::new() };
        let mut all: Vec<DatabaseInspect> = system.into_iter().map(empty).collect();
        for (name, database) in &self.catalog.databases {
            if is_system_database(name) {
                continue;
            }
            let tables = database
                .tables
                .iter()
                .map(|(name, table)| {
                    let skip = table.rows.len().saturating_sub(50);
                    let shown = |row: &crate::mysql::data::Row| {
                        row.values.iter().map(|v| v.shown().unwrap_or("NULL".into())).collect()
                    };
                    TableInspect {
                        name: name.clone(),
                        columns: table.columns.iter().map(|c| c.name.clone()).collect(),
                        rows: table.rows[skip..].iter().map(shown).collect(),
                        count: table.rows.len() as u64,
                    }
                })
                .collect();
            all.push(DatabaseInspect { name: name.clone(), tables });
        }
        all.sort_by(|a, b| a.name.cmp(&b.name));
        all
    }

    fn inspect_replica(&self) -> Option<ReplicaInspect> {
        let source = self.replica.source.as_ref()?;
        let (io, applier) = (&self.replica.io, &self.replica.applier);
        let errors = [
            ("Last_IO_Errno", io.errno, &io.error),
            ("Last_SQL_Errno", applier.errno, &applier.error),
        ];
        let errors = errors.into_iter().filter(|(_, errno, _)| *errno != 0);
        let lag_stamp = self.lag_stamp();
        Some(ReplicaInspect {
            io_running: io.running(),
            sql_running: if applier.running { "Yes" } else { "No" },
            io_state: io.state,
            sql_state: applier.state,
            source_host: source.host.clone(),
            read: (io.file.clone(), io.position),
            executed: (applier.exec_file.clone(), applier.exec_position),
            began: source.began.clone(),
            relay: applier.group.clone(),
            relay_files: self.replica.relay.files.clone(),
            errors: errors
                .map(|(column, errno, text)| ThreadError { column, errno, text: text.clone() })
                .collect(),
            lag_stamp,
        })
    }
}
