//! What InnoDB says while it starts, and where it ends the start.

use super::super::log::{Level, innodb};
use super::super::{Mysqld, Phase, pod};
use crate::base::Millis;
use crate::mysql::data::Catalog;
use crate::mysql::timing::{CHECKPOINT_BYTES, LOCK_RETRIES};
use crate::os::{Sys, Turn, WaitStatus};
use crate::trace::fact::MysqlFact;

impl Mysqld {
    /// InnoDB's recovery, as published logs of 5.7.19 and 5.7.30 have it: the checkpoint is that of
    /// an idle server.
    pub(super) fn recovery_lines(&mut self, catalog: &Catalog, sys: &dyn Sys) {
        let (lsn, checkpoint) = (catalog.lsn, catalog.lsn.saturating_sub(CHECKPOINT_BYTES));
        for text in [
            &format!("InnoDB: Log scan progressed past the checkpoint lsn {checkpoint}"),
            &format!("InnoDB: Doing recovery: scanned up to log sequence number {lsn}"),
            "InnoDB: Database was not shutdown normally!",
            "InnoDB: Starting crash recovery.",
        ] {
            self.note(sys, text);
        }
        if let Some((file, position)) = &catalog.binlog {
            let text = format!("Last MySQL binlog file position 0 {position}, file name {file}");
            self.note(sys, &format!("InnoDB: {text}"));
        }
    }

    pub(super) fn unreadable(&mut self, sys: &mut dyn Sys) -> Turn {
        self.log(
            sys,
            0,
            Level::Error,
            "InnoDB: The innodb_system data file 'ibdata1' must be writable",
        );
        self.abort_plugins(sys)
    }

    pub(super) fn abort_plugins(&mut self, sys: &mut dyn Sys) -> Turn {
        for text in [
            "InnoDB: Plugin initialization aborted with error Generic error",
            "Plugin 'InnoDB' init function returned error.",
            "Plugin 'InnoDB' registration as a STORAGE ENGINE failed.",
            "Failed to initialize builtin plugins.",
        ] {
            self.log(sys, 0, Level::Error, text);
        }
        let fact = MysqlFact::Aborted { pod: pod(sys), message: "ibdata1".into() };
        self.log(sys, 0, Level::Error, "Aborting");
        self.blank();
        self.note(sys, "Binlog end");
        self.note(sys, "Shutting down plugin 'CSV'");
        self.note(sys, "mysqld: Shutdown complete");
        self.blank();
        tell!(sys, fact);
        self.phase = Phase::Ending(WaitStatus::Code(1));
        Turn::Ran
    }

    /// Somebody else has ibdata1: once a second, a hundred times, and then no more.
    pub(super) fn locked_out(&mut self, sys: &mut dyn Sys) -> Turn {
        self.lock_tries += 1;
        self.log(sys, 0, Level::Error, "InnoDB: Unable to lock ./ibdata1 error: 11");
        self.note(
            sys,
            "InnoDB: Check that you do not already have another mysqld process using the same \
             InnoDB data or log files.",
        );
        if self.lock_tries == 1 {
            tell!(sys, MysqlFact::DataLocked { pod: pod(sys) });
        }
        if self.lock_tries <= LOCK_RETRIES {
            return self.after(Millis(1_000), Phase::Boot(1), sys);
        }
        self.note(sys, "InnoDB: Unable to open the first data file");
        for text in [
            "InnoDB: Operating system error number 11 in a file operation.",
            "InnoDB: Error number 11 means 'Resource temporarily unavailable'",
            "InnoDB: Cannot open datafile './ibdata1'",
        ] {
            self.log(sys, 0, Level::Error, text);
        }
        self.abort_plugins(sys)
    }

    pub(super) fn innodb_lines(&mut self, sys: &mut dyn Sys) {
        for text in [
            "InnoDB: PUNCH HOLE support available",
            "InnoDB: Mutexes and rw_locks use GCC atomic builtins",
            "InnoDB: Uses event mutexes",
            "InnoDB: GCC builtin __atomic_thread_fence() is used for memory barrier",
            "InnoDB: Compressed tables use zlib 1.2.13",
            "InnoDB: Using Linux native AIO",
            "InnoDB: Number of pools: 1",
            "InnoDB: Using CPU crc32 instructions",
            &buffer_pool(self.global("innodb_buffer_pool_size")),
            "InnoDB: Completed initialization of buffer pool",
            "InnoDB: If the mysqld execution user is authorized, page cleaner thread priority can \
             be changed. See the man page of setpriority().",
            "InnoDB: Highest supported file format is Barracuda.",
        ] {
            self.note(sys, text);
        }
    }

    pub(super) fn storage_ready_lines(&mut self, sys: &mut dyn Sys) {
        let (release, lsn) = (self.release.clone(), self.catalog.lsn);
        for text in [
            "InnoDB: Creating shared tablespace for temporary tables",
            "InnoDB: Setting file './ibtmp1' size to 12 MB. Physically writing the file full; \
             Please wait ...",
            "InnoDB: File './ibtmp1' size is now 12 MB.",
            "InnoDB: 96 redo rollback segment(s) found. 96 redo rollback segment(s) are active.",
            "InnoDB: 32 non-redo rollback segment(s) are active.",
            "InnoDB: Waiting for purge to start",
        ] {
            self.note(sys, text);
        }
        self.note(sys, &format!("InnoDB: {release} started; log sequence number {lsn}"));
        let pool = format!("{}/ib_buffer_pool", self.datadir);
        self.note(sys, &format!("InnoDB: Loading buffer pool(s) from {pool}"));
        self.note(sys, "Plugin 'FEDERATED' is disabled.");
        if sys.stat(pool.as_bytes(), true).is_ok() {
            let stamp = innodb(sys.now(), self.home());
            self.note(sys, &format!("InnoDB: Buffer pool(s) load completed at {stamp}"));
        }
    }
}

/// `srv_start`: the pool is a whole number of chunks, of which it has 8 groups from 1 GiB on.
fn buffer_pool(size: &str) -> String {
    const CHUNK: u64 = 128 << 20;
    let asked: u64 = size.parse().unwrap_or(CHUNK).max(5 << 20);
    let instances = if asked >= 1 << 30 { 8 } else { 1 };
    let chunk = CHUNK.min(asked / instances);
    let size = asked.next_multiple_of(chunk * instances);
    let shown = |bytes: u64| match bytes {
        0x4000_0000.. => format!("{}G", bytes >> 30),
        _ => format!("{}M", bytes >> 20),
    };
    let (size, chunk) = (shown(size), shown(chunk));
    format!(
        "InnoDB: Initializing buffer pool, total size = {size}, instances = {instances}, chunk \
         size = {chunk}"
    )
}
