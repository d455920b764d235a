//! A server's end.

use std::sync::Arc;

use super::conn::{Conn, Work};
use super::log::Level;
use super::{Mysqld, Phase, pod};
use crate::base::Blob;
use crate::mysql::binlog::Event;
use crate::mysql::run::Rows;
use crate::mysql::sql::SqlError;
use crate::mysql::timing::{CLIENTS_LEAVE, SHUTDOWN, SHUTDOWN_LOG_BYTES};
use crate::mysql::wire::Message;
use crate::os::{Sys, Turn, WaitStatus};
use crate::trace::fact::MysqlFact;

/// Plugins, in the order 5.7 shuts them down, up to InnoDB (a published log of 5.7.42).
const PLUGINS: &str = "ngram partition BLACKHOLE ARCHIVE PERFORMANCE_SCHEMA MRG_MYISAM MyISAM \
    INNODB_SYS_VIRTUAL INNODB_SYS_DATAFILES INNODB_SYS_TABLESPACES INNODB_SYS_FOREIGN_COLS \
    INNODB_SYS_FOREIGN INNODB_SYS_FIELDS INNODB_SYS_COLUMNS INNODB_SYS_INDEXES \
    INNODB_SYS_TABLESTATS INNODB_SYS_TABLES INNODB_FT_INDEX_TABLE INNODB_FT_INDEX_CACHE \
    INNODB_FT_CONFIG INNODB_FT_BEING_DELETED INNODB_FT_DELETED INNODB_FT_DEFAULT_STOPWORD \
    INNODB_METRICS INNODB_TEMP_TABLE_INFO INNODB_BUFFER_POOL_STATS INNODB_BUFFER_PAGE_LRU \
    INNODB_BUFFER_PAGE INNODB_CMP_PER_INDEX_RESET INNODB_CMP_PER_INDEX INNODB_CMPMEM_RESET \
    INNODB_CMPMEM INNODB_CMP_RESET INNODB_CMP INNODB_LOCK_WAITS INNODB_LOCKS INNODB_TRX InnoDB";

/// Plugins that end after InnoDB.
const LAST_PLUGINS: &str = "MEMORY CSV sha256_password mysql_native_password binlog";

/// What a buffer pool of system pages is dumped as.
pub(super) const BUFFER_POOL: &str = "0,7\n0,3\n0,2\n0,4\n0,11\n0,5\n0,6\n";

impl Mysqld {
    /// It has been asked to stop.
    pub(super) fn begin_stop(&mut self, sys: &mut dyn Sys) {
        self.stop_asked = false;
        self.timer = None;
        tell!(sys, MysqlFact::ShuttingDown { pod: pod(sys) });
        let clients = self.conns.iter().filter(|conn| conn.session.is_some()).count();
        let io = usize::from(self.replica.io.is_running());
        let threads = clients + io + usize::from(self.replica.applier.running);
        self.note(sys, &format!("Giving {threads} client threads a chance to die gracefully"));
        self.note(sys, "Shutting down slave threads");
        self.save_replica(sys);
        self.stop_threads(true, true, sys);
        for fd in std::mem::take(&mut self.listeners) {
            let _ = sys.close(fd);
        }
        // What a session does ends; one that does nothing does not hear of it (`Set_kill_conn`).
        for conn in std::mem::take(&mut self.conns) {
            if conn.session.is_some() && conn.work == Work::Idle {
                self.conns.push(conn);
            } else {
                self.disconnect(conn, sys);
            }
        }
        self.phase = Phase::Stopping(0);
        if self.conns.is_empty() {
            self.disconnect_rest(sys);
            self.phase = Phase::Stopping(1);
        }
    }

    fn disconnect(&mut self, mut conn: Conn, sys: &mut dyn Sys) {
        if conn.is_dump() {
            conn.channel.say(&Message::EndOfEvents);
        }
        if let Some(session) = &mut conn.session {
            self.close_temporary(session, sys);
        }
        conn.channel.fill(sys);
        conn.channel.flush(sys);
        let _ = sys.close(conn.channel.fd);
    }

    /// Who is there still after that time is disconnected, the newest first, as in published logs
    /// of 5.5 and 5.7.
    fn disconnect_rest(&mut self, sys: &mut dyn Sys) {
        let mut rest = std::mem::take(&mut self.conns);
        rest.iter_mut().for_each(|conn| conn.channel.fill(sys));
        let left = rest.iter().filter(|conn| !conn.channel.ended).count();
        self.note(sys, &format!("Forcefully disconnecting {left} remaining clients"));
        for conn in rest.into_iter().rev() {
            if !conn.channel.ended {
                let user = conn.session.as_ref().map_or("", |session| &session.user);
                let line = format!("mysqld: Forcing close of thread {}  user: '{user}'", conn.id);
                self.log(sys, 0, Level::Warning, &line);
                self.blank();
            }
            self.disconnect(conn, sys);
        }
    }

    pub(super) fn stop(&mut self, stage: u32, sys: &mut dyn Sys) -> Turn {
        match stage {
            0 => self.after(CLIENTS_LEAVE, Phase::Stopping(1), sys),
            1 => {
                if !self.conns.is_empty() {
                    self.disconnect_rest(sys);
                }
                self.note(sys, "Event Scheduler: Purging the queue. 0 events");
                self.after(SHUTDOWN[0], Phase::Stopping(2), sys)
            }
            2 => {
                self.note(sys, "Binlog end");
                let server_id = self.server_id();
                if let Some(journal) = &mut self.journal {
                    let _ = journal.close(&Event::Stop, server_id, sys);
                }
                self.keep_gtids(sys);
                self.plugin_lines(PLUGINS, sys);
                self.note(sys, "InnoDB: FTS optimize thread exiting.");
                self.note(sys, "InnoDB: Starting shutdown...");
                self.after(SHUTDOWN[1], Phase::Stopping(3), sys)
            }
            _ => self.stop_end(sys),
        }
    }

    fn plugin_lines(&mut self, names: &str, sys: &dyn Sys) {
        for plugin in names.split(' ') {
            self.note(sys, &format!("Shutting down plugin '{plugin}'"));
        }
    }

    /// SHOW PLUGINS: in the order they begin, which is the other way round.
    pub(super) fn plugins(&self) -> Result<Rows, SqlError> {
        if !self.release.starts_with("5.7.") {
            return Err(SqlError::not_modelled(format!("SHOW PLUGINS of {}", self.release)));
        }
        let mut rows = Rows::with_heads(&["Name", "Status", "Type", "Library", "License"]);
        let names = LAST_PLUGINS.rsplit(' ').chain(PLUGINS.rsplit(' '));
        for name in names.flat_map(|name| match name {
            "partition" => vec!["FEDERATED", name],
            _ => vec![name],
        }) {
            let kind = match name {
                "ngram" => "FTPARSER",
                "mysql_native_password" | "sha256_password" => "AUTHENTICATION",
                name if name.starts_with("INNODB_") => "INFORMATION SCHEMA",
                _ => "STORAGE ENGINE",
            };
            let status = if name == "FEDERATED" { "DISABLED" } else { "ACTIVE" };
            let cells = [Some(name), Some(status), Some(kind), None, Some("GPL")];
            rows.rows.push(cells.map(|cell| cell.map(String::from)).to_vec());
        }
        Ok(rows)
    }

    /// A start that fails once InnoDB runs: all of it is shut down again.
    pub(super) fn stop_started(&mut self, sys: &mut dyn Sys) {
        self.plugin_lines(PLUGINS, sys);
        self.note(sys, "InnoDB: FTS optimize thread exiting.");
        self.note(sys, "InnoDB: Starting shutdown...");
        self.stop_storage(sys);
    }

    /// InnoDB and the plugins behind it.
    fn stop_storage(&mut self, sys: &mut dyn Sys) {
        let pool = self.path("ib_buffer_pool");
        let shown = format!("{}/ib_buffer_pool", self.datadir);
        self.note(sys, &format!("InnoDB: Dumping buffer pool(s) to {shown}"));
        let _ = sys.write_file(&pool, &Blob::from(BUFFER_POOL));
        let stamp = super::log::innodb(sys.now(), self.home());
        self.note(sys, &format!("InnoDB: Buffer pool(s) dump completed at {stamp}"));
        let catalog = Arc::make_mut(&mut self.catalog);
        catalog.clean = true;
        catalog.lsn += SHUTDOWN_LOG_BYTES;
        let lsn = catalog.lsn;
        let catalog = self.catalog.clone();
        let _ = self.write_catalog(&catalog, sys);
        let _ = sys.unlink(&self.path("ibtmp1"));
        self.note(sys, &format!("InnoDB: Shutdown completed; log sequence number {lsn}"));
        self.note(sys, "InnoDB: Removed temporary tablespace data file: \"ibtmp1\"");
        self.plugin_lines(LAST_PLUGINS, sys);
    }

    fn stop_end(&mut self, sys: &mut dyn Sys) -> Turn {
        self.stop_storage(sys);
        self.note(sys, "mysqld: Shutdown complete");
        self.blank();
        for name in ["socket", "pid_file"] {
            let path = self.global(name).to_string();
            let _ = sys.unlink(path.as_bytes());
        }
        tell!(sys, MysqlFact::Stopped { pod: pod(sys) });
        self.phase = Phase::Ending(WaitStatus::OK);
        Turn::Ran
    }
}
