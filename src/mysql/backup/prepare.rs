//! `xtrabackup --prepare`.

use super::Line;
use super::lines::{INNODB_BEGINS, INNODB_SPACES, recovery, recovery_settings};
use super::options::value;
use super::sink::errcode;
use crate::base::Blob;
use crate::mysql::data::{Catalog, Zone};
use crate::mysql::server::log::short;
use crate::mysql::server::options::Given;
use crate::mysql::server::{pod, tell};
use crate::mysql::timing::{
    CHECKPOINT_BYTES, IBTMP_BYTES, PREPARE, REDO_BYTES, SHUTDOWN_LOG_BYTES,
};
use crate::mysql::wire::Printer;
use crate::os::{Errno, Fd, Sys, TimerId, Turn, Wait, WaitStatus};
use crate::trace::fact::MysqlFact;

/// The redo copy's size once `--prepare` has made a log file of it.
const LOGFILE_BYTES: u64 = 8_388_608;

/// The program.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Prepare {
    given: Given,
    line: Line,
    /// The zone in which its clock goes.
    zone: Zone,
    stage: u32,
    /// Whether the backup is prepared already.
    again: bool,
    ending: Option<u8>,
    out: Printer,
    err: Printer,
    timer: Option<TimerId>,
    lsn: u64,
}

impl Prepare {
    /// About to start.
    pub(super) fn start(given: Given, line: Line, zone: Zone) -> Prepare {
        Prepare {
            given,
            line,
            zone,
            stage: 0,
            again: false,
            ending: None,
            out: Printer::new(Fd::STDOUT),
            err: Printer::new(Fd::STDERR),
            timer: None,
            lsn: 0,
        }
    }

    fn dir(&self) -> String {
        let given = value(&self.given, "target-dir");
        given.unwrap_or("./xtrabackup_backupfiles").trim_end_matches('/').to_string()
    }

    /// One visible act.
    pub fn turn(&mut self, sys: &mut dyn Sys) -> Turn {
        for printer in [&mut self.err, &mut self.out] {
            if !printer.flush(sys) {
                return Turn::Blocked(vec![printer.wait()]);
            }
        }
        if let Some(timer) = self.timer {
            if !sys.has_fired(timer) {
                return Turn::Blocked(vec![Wait::Timer(timer)]);
            }
            self.timer = None;
        }
        if self.ending.is_none() {
            self.act(sys);
        }
        let flushed = self.err.flush(sys) & self.out.flush(sys);
        match (self.ending, self.timer) {
            (Some(code), _) if flushed => Turn::Exited(WaitStatus::Code(code)),
            (None, Some(timer)) => Turn::Blocked(vec![Wait::Timer(timer)]),
            _ => Turn::Ran,
        }
    }

    fn act(&mut self, sys: &mut dyn Sys) {
        match self.stage {
            0 => self.begin(sys),
            1 => self.recover(sys),
            _ => self.finish(sys),
        }
        if self.ending.is_none() {
            self.timer = PREPARE.get(self.stage as usize).map(|time| sys.arm(*time));
            self.stage += 1;
        }
    }

    fn begin(&mut self, sys: &mut dyn Sys) {
        self.err.print(self.line.version());
        self.err.print(self.line.mark());
        let dir = self.dir();
        if let Err(errno) = sys.set_current_dir(dir.as_bytes()) {
            let text = format!(
                "xtrabackup: Can't change dir to '{dir}/' {}\nxtrabackup: cannot my_setwd {dir}/\n",
                errcode(errno)
            );
            self.err.print(&text);
            self.fail(errno.text(), sys);
            return;
        }
        self.err.print(&format!("xtrabackup: cd to {dir}\n"));
        let known = sys.read_file(b"xtrabackup_checkpoints").map(|blob| blob.text());
        let known = known.unwrap_or_else(|_| {
            self.err.print(
                "xtrabackup: Error: cannot open ./xtrabackup_checkpoints\nxtrabackup: error: \
                 xtrabackup_read_metadata()\n",
            );
            String::new()
        });
        let number = known.lines().find_map(|line| line.strip_prefix("to_lsn = "));
        self.lsn = number.and_then(|lsn| lsn.parse().ok()).unwrap_or(0);
        let kind = known.lines().find_map(|line| line.strip_prefix("backup_type = "));
        self.err.print(match kind {
            Some("full-backuped") => "xtrabackup: This target seems to be not prepared yet.\n",
            Some("full-prepared") => "xtrabackup: This target seems to be already prepared.\n",
            // 2.4.4 goes on; later ones end here.
            _ => "xtrabackup: This target seems not to have correct metadata...\n",
        });
        self.err.print("InnoDB: Number of pools: 1\n");
        self.again = kind == Some("full-prepared");
        if let Err(message) = self.redo_log(sys) {
            self.err.print("xtrabackup: Error: xtrabackup_init_temp_log() failed.\n");
            self.fail(message, sys);
            return;
        }
        // One log file made of the copied redo log, or the two that an earlier prepare has made.
        let logs = if self.again { (2, REDO_BYTES) } else { (1, LOGFILE_BYTES) };
        for _ in 0..2 {
            self.err.print(&recovery_settings(logs));
        }
        self.err.print("xtrabackup: Starting InnoDB instance for recovery.\n");
        self.err.print(
            "xtrabackup: Using 104857600 bytes for buffer pool (set by --use-memory parameter)\n",
        );
        tell!(sys, MysqlFact::PrepareBegan { pod: pod(sys) });
    }

    /// The copied redo log. Models `xtrabackup_init_temp_log`; without a backup, the real program's
    /// lines word for word (facts C5).
    fn redo_log(&mut self, sys: &dyn Sys) -> Result<(), &'static str> {
        const MISSING: &str = "InnoDB: Operating system error number 2 in a file operation.\n\
                               InnoDB: The error means the system cannot find the path \
                               specified.\n";
        let Ok(redo) = sys.read_file(b"xtrabackup_logfile") else {
            self.err.print(MISSING);
            self.err.print(
                "xtrabackup: Warning: cannot open ./xtrabackup_logfile. will try to find.\n",
            );
            if sys.stat(b"ib_logfile0", true).is_err() {
                self.err.print(MISSING);
            }
            self.err.print("  xtrabackup: Fatal error: cannot find ./xtrabackup_logfile.\n");
            return Err("cannot find ./xtrabackup_logfile");
        };
        if self.again {
            let used = "xtrabackup: notice: xtrabackup_logfile was already used to '--prepare'.\n";
            self.err.print(used);
            return Ok(());
        }
        // 5.7's format of the log is not 8.0's, nor MariaDB's.
        let readable = Catalog::from_blob(&redo)
            .is_some_and(|copy| self.line.refusal(&copy.version).is_none());
        if !readable {
            self.err.print("xtrabackup: No valid checkpoint found.\n");
            return Err("no valid checkpoint found");
        }
        let lsn = self.lsn;
        let text = format!(
            "xtrabackup: xtrabackup_logfile detected: size={LOGFILE_BYTES}, start_lsn=({lsn})\n"
        );
        self.err.print(&text);
        Ok(())
    }

    fn fail(&mut self, message: &str, sys: &mut dyn Sys) {
        tell!(sys, MysqlFact::PrepareFailed { pod: pod(sys), message: message.into() });
        self.ending = Some(1);
    }

    /// The redo log is applied: ibdata1 is as it was when the backup ended.
    fn recover(&mut self, sys: &mut dyn Sys) {
        let redo = sys.read_file(b"xtrabackup_logfile").unwrap_or_default();
        let Ok(system) = sys.read_file(b"ibdata1") else {
            self.err.print(
                "InnoDB: The first innodb_system data file 'ibdata1' did not exist. A new \
                 tablespace will be created!\nInnoDB: redo log file './ib_logfile0' exists. \
                 Creating system tablespace with existing redo log files is not recommended. \
                 Please delete all redo log files before creating new system tablespace.\n\
                 InnoDB: Plugin initialization aborted with error Generic error\nxtrabackup: \
                 innodb_init(): Error occured.\n",
            );
            self.fail("ibdata1 is missing", sys);
            return;
        };
        let newest = if self.again { &system } else { &redo };
        let Some(mut catalog) = Catalog::from_blob(newest) else {
            self.err.print(
                "InnoDB: Database page corruption on disk or a failed file read of tablespace \
                 innodb_system page [page id: space=0, page number=0]. You may have to recover \
                 from a backup.\nxtrabackup: innodb_init(): Error occured.\n",
            );
            self.fail("ibdata1 is damaged", sys);
            return;
        };
        let lsn = catalog.lsn;
        self.err.print(INNODB_BEGINS);
        self.err.print("InnoDB: Highest supported file format is Barracuda.\n");
        if !self.again {
            self.err.print(&recovery(lsn));
            if let Some((file, position)) = &catalog.binlog {
                self.err.print(&format!(
                    "InnoDB: xtrabackup: Last MySQL binlog file position {position}, file name \
                     {file}\n"
                ));
            }
        }
        self.err.print(INNODB_SPACES);
        self.err.print(&format!("InnoDB: 5.7.13 started; log sequence number {lsn}\n\n"));
        self.lsn = lsn + SHUTDOWN_LOG_BYTES;
        catalog.clean = true;
        catalog.lsn = self.second_lsn(sys) + SHUTDOWN_LOG_BYTES;
        if let Err(errno) = self.write_recovered(&catalog, system.len(), &redo, sys) {
            let text = format!("InnoDB: Write to file ./ibdata1 failed: {}\n", errno.text());
            self.err.print(&text);
            self.fail(errno.text(), sys);
        }
    }

    /// What is there when InnoDB has recovered. Its temporary tablespace stays.
    fn write_recovered(
        &self,
        catalog: &Catalog,
        size: u64,
        redo: &Blob,
        sys: &mut dyn Sys,
    ) -> Result<(), Errno> {
        sys.write_file(b"ibdata1", &catalog.to_blob(size))?;
        sys.write_file(b"xtrabackup_logfile", &redo_grown(redo))?;
        if let Some((file, position)) = &catalog.binlog {
            let content = format!("{file}\t{position}\n");
            sys.write_file(b"xtrabackup_binlog_pos_innodb", &content.into())?;
        }
        sys.write_file(b"ibtmp1", &Blob::hole(IBTMP_BYTES))
    }

    /// The log files that it makes, in the directory that is the current one.
    fn missing_logs(&self, sys: &dyn Sys) -> Vec<&'static str> {
        let is_missing = |name: &&str| !self.again || sys.stat(name.as_bytes(), true).is_err();
        ["ib_logfile0", "ib_logfile1"].into_iter().filter(is_missing).collect()
    }

    /// Up to where InnoDB's log goes when it starts for the second time: new files begin with the
    /// next block of 512 bytes, behind its header of 12, and a checkpoint.
    fn second_lsn(&self, sys: &dyn Sys) -> u64 {
        match self.missing_logs(sys).is_empty() {
            true => self.lsn,
            false => self.lsn.next_multiple_of(512) + 12 + CHECKPOINT_BYTES,
        }
    }

    fn finish(&mut self, sys: &mut dyn Sys) {
        let (lsn, second) = (self.lsn, self.second_lsn(sys));
        let missing = self.missing_logs(sys);
        for name in &missing {
            if let Err(errno) = sys.write_file(name.as_bytes(), &Blob::hole(REDO_BYTES)) {
                self.err.print(&format!("InnoDB: Cannot create ./{name}: {}\n", errno.text()));
                self.fail(errno.text(), sys);
                return;
            }
        }
        if let Ok(known) = sys.read_file(b"xtrabackup_checkpoints") {
            let prepared = known.text().replace("full-backuped", "full-prepared");
            let _ = sys.write_file(b"xtrabackup_checkpoints", &prepared.into());
        }
        self.shutdown_lines(lsn);
        self.err.print("InnoDB: Number of pools: 1\n");
        self.err.print(&recovery_settings((2, REDO_BYTES)));
        self.err.print(INNODB_BEGINS);
        if !missing.is_empty() {
            self.err.print("InnoDB: Setting log file ./ib_logfile101 size to 48 MB\n");
            self.err.print("InnoDB: Setting log file ./ib_logfile1 size to 48 MB\n");
            self.err.print("InnoDB: Renaming log file ./ib_logfile101 to ./ib_logfile0\n");
            self.err.print(&format!("InnoDB: New log files created, LSN={lsn}\n"));
        }
        self.err.print("InnoDB: Highest supported file format is Barracuda.\n");
        if !missing.is_empty() {
            self.err.print(&recovery(second));
        }
        self.err.print("InnoDB: Removed temporary tablespace data file: \"ibtmp1\"\n");
        self.err.print(INNODB_SPACES);
        self.err.print("InnoDB: Waiting for purge to start\n");
        self.err.print(&format!("InnoDB: 5.7.13 started; log sequence number {second}\n"));
        self.shutdown_lines(second + SHUTDOWN_LOG_BYTES);
        self.err.print(&format!("{} completed OK!\n", short(sys.now(), self.zone)));
        tell!(sys, MysqlFact::PrepareDone { pod: pod(sys), lsn: second + SHUTDOWN_LOG_BYTES });
        self.ending = Some(0);
    }

    fn shutdown_lines(&mut self, lsn: u64) {
        self.err.print(&format!(
            "xtrabackup: starting shutdown with innodb_fast_shutdown = 1\nInnoDB: FTS optimize \
             thread exiting.\nInnoDB: Starting shutdown...\nInnoDB: Shutdown completed; log \
             sequence number {lsn}\n"
        ));
    }
}

fn redo_grown(redo: &Blob) -> Blob {
    let mut grown = redo.clone();
    grown.truncate(LOGFILE_BYTES);
    grown
}
