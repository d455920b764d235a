//! A data directory that is only half there, as a clone that was cut leaves it.

use super::super::Mysqld;
use crate::os::{Errno, Sys, Turn};

impl Mysqld {
    /// Whether a file of the data directory is missing.
    pub(super) fn lacks(&self, name: &str, sys: &dyn Sys) -> bool {
        sys.stat(&self.path(name), true).is_err()
    }

    /// A data directory whose redo log was not copied: InnoDB begins a new one and recovers nothing
    /// (`create_log_files`, srv0start.cc).
    pub(super) fn make_redo_log(&mut self, lsn: u64, sys: &mut dyn Sys) -> Result<(), Errno> {
        self.make_redo_files(sys)?;
        self.note(sys, "InnoDB: Setting log file ./ib_logfile101 size to 48 MB");
        self.note(sys, "InnoDB: Setting log file ./ib_logfile1 size to 48 MB");
        self.note(sys, "InnoDB: Renaming log file ./ib_logfile101 to ./ib_logfile0");
        self.warning(sys, &format!("InnoDB: New log files created, LSN={lsn}"));
        Ok(())
    }

    /// Half a clone has InnoDB's files, but not the definitions, which come last: 5.7 ends (a real
    /// log of 5.7.23: ZoneMinder/zmdockerfiles#16).
    pub(super) fn without_accounts(&mut self, sys: &mut dyn Sys) -> Turn {
        self.warning(sys, "Failed to open optimizer cost constant tables");
        self.blank();
        let text = "Fatal error: Can't open and lock privilege tables: Table 'mysql.user' doesn't \
                    exist\nFatal error: Failed to initialize ACL/grant/time zones structures or \
                    failed to remove temporary table files.";
        self.abort(sys, text)
    }
}
