//! Files that cannot be written: a disk that is full, and a disk that is gone.

use super::log::Level;
use super::{Mysqld, Phase, pod};
use crate::base::time::calendar;
use crate::mysql::run::FileChange;
use crate::mysql::sql::SqlError;
use crate::mysql::timing::{SPACE_MESSAGE_EACH, SPACE_RETRY};
use crate::os::{Errno, Sys, TimerId, Turn, WaitStatus};
use crate::trace::fact::MysqlFact;

/// ER_DISK_FULL. Here it never reaches a client: the statement waits and is run again.
pub(super) const NO_SPACE: u16 = 1021;

/// How mysqld ends after a fatal signal that it has caught (MYSQLD_FAILURE_EXIT).
const FAILURE_EXIT: u8 = 2;

impl Mysqld {
    /// A file of the binlog could not be written.
    pub(super) fn log_write_failed(
        &mut self,
        file: &str,
        errno: Errno,
        sys: &mut dyn Sys,
    ) -> SqlError {
        if errno == Errno::Nospc {
            return SqlError::new(NO_SPACE, file);
        }
        self.notice_lost_storage(sys);
        write_error(file, errno)
    }

    /// Waits for somebody to free space. Models `wait_for_free_space` of mysys/errors.c; `tries`
    /// counts the waits before. (Some builds of 5.7 print an address instead of the number 28.)
    pub(super) fn wait_for_space(
        &mut self,
        file: &str,
        tries: u32,
        thread: u64,
        sys: &mut dyn Sys,
    ) -> TimerId {
        if tries.is_multiple_of(SPACE_MESSAGE_EACH) {
            let (errno, wait) = (Errno::Nospc, SPACE_RETRY.0 / 1_000);
            let text = format!(
                "Disk is full writing '{file}' (Errcode: {} - {}). Waiting for someone to free \
                 space...",
                errno.number(),
                errno.text()
            );
            self.log(sys, thread, Level::Error, &text);
            let again = wait * u64::from(SPACE_MESSAGE_EACH);
            let text = format!("Retry in {wait} secs. Message reprinted in {again} secs");
            self.log(sys, thread, Level::Error, &text);
            tell!(sys, MysqlFact::DiskFull { pod: pod(sys), file: file.into() });
        }
        sys.arm(SPACE_RETRY)
    }

    /// Whether it is on its way out.
    pub(super) fn is_ending(&self) -> bool {
        matches!(self.phase, Phase::Ending(_))
    }

    /// A write has failed. If the system tablespace is gone, InnoDB ends the server. Texts of 5.7.
    pub(super) fn notice_lost_storage(&mut self, sys: &mut dyn Sys) {
        if self.is_ending() || sys.stat(&self.path("ibdata1"), true).is_ok() {
            return;
        }
        self.warning(sys, "InnoDB: Retry attempts for writing partial data failed.");
        let errno = Errno::Io;
        let text = format!(
            "InnoDB: Write to file ./ibdata1failed at offset 0, 16384 bytes should have been \
             written, only 0 were written. Operating system error number {}. Check that your OS \
             and file system support files of this size. Check also that the disk is not full or a \
             disk quota exceeded.",
            errno.number()
        );
        self.log(sys, 0, Level::Error, &text);
        let text = format!("InnoDB: Error number {} means '{}'", errno.number(), errno.text());
        self.log(sys, 0, Level::Error, &text);
        self.assertion_fails("[FATAL] InnoDB: IO error while writing ./ibdata1", sys);
    }

    /// InnoDB ends the server: signal 6, which mysqld catches to print its last words.
    pub(super) fn assertion_fails(&mut self, why: &str, sys: &mut dyn Sys) -> Turn {
        self.log(sys, 0, Level::Error, why);
        let now = calendar(sys.now().unix_secs() as i64);
        let time = format!("{:02}:{:02}:{:02}", now.hour, now.minute, now.second);
        let date = format!("{:04}-{:02}-{:02}", now.year, now.month, now.day);
        self.err.print(&format!(
            "{date} {time} 0x7f2e1f463740  InnoDB: Assertion failure in thread 139836069918528 in \
             file ut0ut.cc line 942\n\
             InnoDB: We intentionally generate a memory trap.\n\
             InnoDB: Submit a detailed bug report to http://bugs.mysql.com.\n\
             InnoDB: If you get repeated assertion failures or crashes, even\n\
             InnoDB: immediately after the mysqld startup, there may be\n\
             InnoDB: corruption in the InnoDB tablespace. Please refer to\n\
             InnoDB: http://dev.mysql.com/doc/refman/5.7/en/forcing-innodb-recovery.html\n\
             InnoDB: about forcing recovery.\n\
             {time} UTC - mysqld got signal 6 ;\n"
        ));
        tell!(sys, MysqlFact::Crashed { pod: pod(sys), file: "./ibdata1".into() });
        self.phase = Phase::Ending(WaitStatus::Code(FAILURE_EXIT));
        Turn::Ran
    }
}

/// Error 1026 and the like: a file could not be written.
pub(super) fn write_error(path: &str, errno: Errno) -> SqlError {
    let text =
        format!("Error writing file '{path}' (errno: {} - {})", errno.number(), errno.text());
    SqlError::new(1026, text)
}

/// A file of a DDL statement could not be made, moved or removed.
pub(super) fn file_error(change: &FileChange, errno: Errno) -> SqlError {
    let why = format!("errno: {} - {}", errno.number(), errno.text());
    match change {
        FileChange::MakeDatabase(db, _) => {
            SqlError::new(1006, format!("Can't create database '{db}' ({why})"))
        }
        FileChange::RemoveDatabase(db) => {
            SqlError::new(1010, format!("Error dropping database (can't rmdir './{db}/', {why})"))
        }
        FileChange::MakeTable { table, .. } if errno == Errno::Nospc => {
            SqlError::new(1114, format!("The table '{table}' is full"))
        }
        FileChange::MakeTable { table, .. } | FileChange::MakeView { view: table, .. } => {
            SqlError::new(1005, format!("Can't create table '{table}' ({why})"))
        }
        FileChange::RemoveTable { table, .. } => {
            SqlError::new(1051, format!("Unknown table '{table}'"))
        }
        FileChange::RenameTable { from, to } => SqlError::new(
            1025,
            format!(
                "Error on rename of './{}/{}' to './{}/{}' ({why})",
                from.0, from.1, to.0, to.1
            ),
        ),
    }
}
