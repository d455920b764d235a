//! A backup's end: the lock, the coordinates, the redo log, the files about itself.

use super::{Backup, DATADIR, Sink, Stage};
use crate::base::{Blob, SimTime};
use crate::mysql::backup::lines::{Info, backup_my_cnf, checkpoint, checkpoints, info};
use crate::mysql::backup::options::{has, value};
use crate::mysql::data::{Catalog, Copied, SECOND, moment_text};
use crate::mysql::server::{pod, tell, uuid_text};
use crate::os::{Sys, Turn};
use crate::trace::fact::MysqlFact;

/// Bytes of a redo log copy from an idle server (facts C2).
const REDO_COPY_BYTES: u64 = 2_560;

impl Backup {
    /// Asks for the global read lock. With a time to wait for it, tables are not flushed before.
    pub(super) fn lock(&mut self, sys: &mut dyn Sys) {
        match value(&self.given, "ftwrl-wait-timeout").filter(|seconds| *seconds != "0") {
            None => {
                self.stamped("Executing FLUSH NO_WRITE_TO_BINLOG TABLES...", sys);
                self.say("FLUSH NO_WRITE_TO_BINLOG TABLES", sys);
            }
            // No statement of the model's takes so long.
            Some(seconds) => {
                let text = format!(
                    "Waiting {seconds} seconds for queries running longer than 60 seconds to finish"
                );
                self.stamped(&text, sys);
            }
        }
        self.stamped("Executing FLUSH TABLES WITH READ LOCK...", sys);
        self.say("FLUSH TABLES WITH READ LOCK", sys);
    }

    /// When all is answered, nobody writes any more.
    pub(super) fn locked(&mut self, sys: &mut dyn Sys) -> Turn {
        if let Err(turn) = self.rows(sys) {
            return turn;
        }
        if !self.asked.is_empty() {
            return self.locked(sys);
        }
        tell!(sys, MysqlFact::BackupLocked { pod: pod(sys) });
        self.stamped("Starting to backup non-InnoDB tables and files", sys);
        self.stage = Stage::CopyRest { index: 0, offset: 0 };
        Turn::Ran
    }

    /// SHOW SLAVE STATUS, then SHOW MASTER STATUS.
    pub(super) fn position(&mut self, number: u32, sys: &mut dyn Sys) -> Turn {
        let rows = match self.rows(sys) {
            Ok(rows) => rows,
            Err(turn) => return turn,
        };
        let field = |name: &str| {
            let at = rows.heads.iter().position(|head| head.name == name)?;
            rows.rows.first()?.get(at)?.clone()
        };
        if number == 0 {
            let file = field("Relay_Master_Log_File");
            let position = field("Exec_Master_Log_Pos").and_then(|p| p.parse().ok());
            let host = field("Master_Host").unwrap_or_default();
            self.source = file.zip(position).map(|(file, position)| (host, file, position));
            self.gtids = field("Executed_Gtid_Set").unwrap_or_default();
            self.slave_info(sys);
            self.say("SHOW MASTER STATUS", sys);
            self.stage = Stage::Position(1);
            return Turn::Ran;
        }
        let position = field("Position").and_then(|p| p.parse().ok());
        self.binlog = field("File").zip(position);
        if let Some((file, position)) = self.binlog.clone() {
            self.gtids = field("Executed_Gtid_Set").unwrap_or_default();
            // The real one asks for gtid_mode; this one sees a set that is not empty.
            let third =
                if self.gtids.is_empty() { String::new() } else { format!("\t{}", self.gtids) };
            let content = format!("{file}\t{position}{third}\n");
            self.stream_file("xtrabackup_binlog_info", &content.into(), sys);
            let name = "xtrabackup_binlog_info".to_string();
            let fact = MysqlFact::BackupPosition { pod: pod(sys), name, file, position };
            tell!(sys, fact);
        }
        self.stamped("Executing FLUSH NO_WRITE_TO_BINLOG ENGINE LOGS...", sys);
        self.say("FLUSH NO_WRITE_TO_BINLOG ENGINE LOGS", sys);
        self.say("UNLOCK TABLES", sys);
        self.redo(sys);
        self.stage = Stage::Unlock(2);
        Turn::Ran
    }

    fn slave_info(&mut self, sys: &mut dyn Sys) {
        if !has(&self.given, "slave-info") {
            return;
        }
        let Some((_, file, position)) = self.source.clone() else {
            self.err.print(
                "Failed to get master binlog coordinates from SHOW SLAVE STATUS\nThis means that \
                 the server is not a replication slave. Ignoring the --slave-info option\n",
            );
            return;
        };
        let purged = self.gtids.replace('\n', " ");
        let content = match purged.as_str() {
            "" => format!("CHANGE MASTER TO MASTER_LOG_FILE='{file}', MASTER_LOG_POS={position}\n"),
            purged => format!(
                "SET GLOBAL gtid_purged='{purged}';\nCHANGE MASTER TO MASTER_AUTO_POSITION=1\n"
            ),
        };
        self.stream_file("xtrabackup_slave_info", &content.into(), sys);
        let name = "xtrabackup_slave_info".to_string();
        let fact = MysqlFact::BackupPosition { pod: pod(sys), name, file, position };
        tell!(sys, fact);
    }

    /// A small file, whole.
    fn stream_file(&mut self, name: &str, content: &Blob, sys: &mut dyn Sys) {
        self.stamped(&format!("[00] {}", self.sink.writing(name)), sys);
        self.put_file(name, content, sys);
        self.stamped("[00]        ...done", sys);
    }

    fn put_file(&mut self, name: &str, content: &Blob, sys: &mut dyn Sys) {
        if let Err(text) = self.sink.put((name, 0, content), true, &mut self.out, sys) {
            self.err.print(&format!("xtrabackup: {text}\n"));
        }
    }

    /// The redo log: what was committed while the tablespaces were copied.
    fn redo(&mut self, sys: &mut dyn Sys) {
        let system = sys.read_file(format!("{DATADIR}/ibdata1").as_bytes());
        let catalog = system.ok().and_then(|blob| Catalog::from_blob(&blob));
        let Some(mut catalog) = catalog else { return };
        // A replica hands on the coordinates of its source, a primary its own.
        let source = self.source.clone().filter(|_| has(&self.given, "slave-info"));
        let source = source.map(|(_, file, position)| (file, position));
        let told = source.map(|at| ("xtrabackup_slave_info", at));
        let told = told.or(self.binlog.clone().map(|at| ("xtrabackup_binlog_info", at)));
        catalog.copied =
            told.map(|(file, at)| Copied { from: sys.hostname(), file: file.into(), at });
        self.lsn = catalog.lsn;
        let redo = catalog.to_blob(REDO_COPY_BYTES);
        self.put_file("xtrabackup_logfile", &redo, sys);
    }

    /// ENGINE LOGS are flushed, then the tables unlocked.
    pub(super) fn unlocked(&mut self, answers: u32, sys: &mut dyn Sys) -> Turn {
        if let Err(turn) = self.rows(sys) {
            return turn;
        }
        if answers > 1 {
            self.stage = Stage::Unlock(answers - 1);
            return self.unlocked(answers - 1, sys);
        }
        let lsn = self.lsn;
        let latest = checkpoint(lsn);
        self.err
            .print(&format!("xtrabackup: The latest check point (for incremental): '{latest}'\n"));
        self.err.print("xtrabackup: Stopping log copying thread.\n.");
        self.stamped(&format!(">> log scanned up to ({lsn})"), sys);
        self.err.print("\n");
        self.stamped("Executing UNLOCK TABLES", sys);
        self.stamped("All tables unlocked", sys);
        tell!(sys, MysqlFact::BackupUnlocked { pod: pod(sys) });
        self.stage = Stage::Finish;
        Turn::Ran
    }

    pub(super) fn finish(&mut self, sys: &mut dyn Sys) -> Turn {
        if let Ok(pool) = sys.read_file(format!("{DATADIR}/ib_buffer_pool").as_bytes()) {
            let action = self.sink.copying("ib_buffer_pool", false);
            self.stamped(&format!("[00] {action}"), sys);
            self.put_file("ib_buffer_pool", &pool, sys);
            self.stamped("[00]        ...done", sys);
        }
        let text = format!("Backup created in directory '{}'", self.target);
        self.stamped(&text, sys);
        let mut position = String::new();
        if let Some((file, at)) = &self.binlog {
            position = format!("filename '{file}', position '{at}'");
            if !self.gtids.is_empty() {
                position += &format!(", GTID of the last change '{}'", self.gtids);
            }
            self.err.print(&format!("MySQL binlog position: {position}\n"));
        }
        // As read by `write_slave_info`, which only --slave-info asks for.
        let source = self.source.as_ref().filter(|_| has(&self.given, "slave-info"));
        if let Some((host, file, at)) = source {
            let place = match self.gtids.replace('\n', " ") {
                none if none.is_empty() => format!("filename '{file}', position '{at}'"),
                set => format!("purge list '{set}'"),
            };
            let text = format!("MySQL slave binlog position: master host '{host}', {place}\n");
            self.err.print(&text);
        }
        self.stream_file("backup-my.cnf", &backup_my_cnf(), sys);
        let lsn = self.lsn;
        self.put_file("xtrabackup_checkpoints", &checkpoints("full-backuped", lsn), sys);
        let zone = self.zone;
        let moment = |at: SimTime| moment_text(zone.local(at.unix_secs() as i64) * SECOND, 0);
        let content = info(&Info {
            uuid: &uuid_text(sys.random(), sys.random()),
            version: self.line.number(),
            command: &self.arguments.join(" "),
            server: &self.version,
            start: &moment(self.began),
            end: &moment(sys.now()),
            position: &position,
            to: checkpoint(lsn),
            format: if self.sink == Sink::Stream { "xbstream" } else { "file" },
        });
        self.stream_file("xtrabackup_info", &content, sys);
        let from = self.began_at;
        let text = format!("xtrabackup: Transaction log of lsn ({from}) to ({lsn}) was copied.\n");
        self.err.print(&text);
        self.stamped("completed OK!", sys);
        tell!(sys, MysqlFact::BackupDone { pod: pod(sys), bytes: self.done });
        self.stage = Stage::Ending(0);
        Turn::Ran
    }
}
