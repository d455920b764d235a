//! `mysqld --initialize-insecure`: makes a data directory and ends.

use std::sync::Arc;

use crate::base::Blob;
use crate::mysql::binlog::Event;
use crate::mysql::data::Catalog;
use crate::mysql::server::log::Level;
use crate::mysql::server::stop::BUFFER_POOL;
use crate::mysql::server::{Mysqld, Phase, pod};
use crate::mysql::timing::{INITIALIZE, LSN_FRESH};
use crate::os::{Sys, Turn, WaitStatus};
use crate::trace::fact::MysqlFact;

impl Mysqld {
    /// Why there can be no data directory here. Models `initialize_create_data_directory`, which
    /// runs while the error log is still held back.
    pub(super) fn cannot_initialize(&mut self, sys: &mut dyn Sys) -> Option<&'static str> {
        let names = sys.read_dir(self.datadir.as_bytes()).unwrap_or_default();
        let ignored = self.options.others.get("ignore_db_dir").map(String::as_bytes);
        if names.iter().any(|name| !name.starts_with(b".") && ignored != Some(name)) {
            return Some(
                "--initialize specified but the data directory has files in it. Aborting.",
            );
        }
        let probe = self.path("is_writable");
        if let Err(errno) = sys.write_file(&probe, &Blob::new()) {
            let (probe, number, why) = (self.datadir.clone(), errno.number(), errno.text());
            self.err.print(&format!(
                "mysqld: Can't create/write to file '{probe}/is_writable' (Errcode: {number} - \
                 {why})\n"
            ));
            return Some(
                "--initialize specified but the data directory exists and is not writable. \
                 Aborting.",
            );
        }
        let _ = sys.unlink(&probe);
        None
    }

    pub(super) fn initialize_begin(&mut self, sys: &mut dyn Sys) -> Turn {
        tell!(sys, MysqlFact::Initializing { pod: pod(sys) });
        self.after(INITIALIZE[0], Phase::Boot(1), sys)
    }

    pub(super) fn initialize_files(&mut self, sys: &mut dyn Sys) -> Turn {
        self.catalog = Arc::new(Catalog::initial(&self.release, self.default_plugin(), LSN_FRESH));
        let made = self
            .write_catalog(&self.catalog.clone(), sys)
            .and_then(|()| self.make_system_files(sys));
        if let Err(errno) = made {
            return self.failed_write(errno, sys);
        }
        self.warning(sys, "InnoDB: New log files created, LSN=45790");
        self.warning(sys, "InnoDB: Creating foreign key constraint system tables.");
        self.after(INITIALIZE[1], Phase::Boot(2), sys)
    }

    pub(super) fn initialize_accounts(&mut self, sys: &mut dyn Sys) -> Turn {
        let made = self.make_uuid(sys).and_then(|()| self.make_certificates(sys));
        if let Err(errno) = made {
            return self.failed_write(errno, sys);
        }
        self.warning(
            sys,
            "Gtid table is not ready to be used. Table 'mysql.gtid_executed' cannot be opened.",
        );
        self.tls_warnings(sys);
        let text = "root@localhost is created with an empty password ! Please consider switching \
                    off the --initialize-insecure option.";
        self.log(sys, 1, Level::Warning, text);
        // 8.0 logs nothing of it.
        if self.is_8() {
            return self.after(INITIALIZE[2], Phase::Boot(3), sys);
        }
        if let Err(errno) = self.open_journal(sys) {
            return self.failed_write(errno, sys);
        }
        self.after(INITIALIZE[2], Phase::Boot(3), sys)
    }

    pub(super) fn initialize_end(&mut self, sys: &mut dyn Sys) -> Turn {
        let server_id = self.server_id();
        if let Some(journal) = &mut self.journal
            && let Err(errno) = journal.close(&Event::Stop, server_id, sys)
        {
            return self.failed_write(errno, sys);
        }
        // It ends in order, as any server does, and says nothing of it.
        if let Err(errno) = sys.write_file(&self.path("ib_buffer_pool"), &BUFFER_POOL.into()) {
            return self.failed_write(errno, sys);
        }
        let binlog = self.journal.as_ref().map(|journal| journal.position());
        tell!(sys, MysqlFact::Initialized { pod: pod(sys), binlog });
        self.phase = Phase::Ending(WaitStatus::OK);
        Turn::Ran
    }
}
