//! `xtrabackup --prepare`.

use super::Line;
use super::lines::{checkpoints, innodb_settings};
use crate::base::Blob;
use crate::mysql::data::Catalog;
use crate::mysql::server::log::short;
use crate::mysql::server::{pod, tell};
use crate::mysql::timing::{PREPARE, REDO_BYTES};
use crate::mysql::wire::Printer;
use crate::os::{Fd, Sys, TimerId, Turn, Wait, WaitStatus};
use crate::trace::fact::MysqlFact;

/// The redo copy's size once `--prepare` has made a log file of it.
const LOGFILE_BYTES: u64 = 8_388_608;

/// The program.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Prepare {
    arguments: Vec<String>,
    line: Line,
    stage: u32,
    ending: Option<u8>,
    out: Printer,
    err: Printer,
    timer: Option<TimerId>,
    lsn: u64,
}

impl Prepare {
    /// About to start.
    pub(super) fn start(arguments: Vec<String>, line: Line) -> Prepare {
        Prepare {
            arguments,
            line,
            stage: 0,
            ending: None,
            out: Printer::new(Fd::STDOUT),
            err: Printer::new(Fd::STDERR),
            timer: None,
            lsn: 0,
        }
    }

    fn dir(&self) -> String {
        let given = self.arguments.iter().rev().find_map(|a| a.strip_prefix("--target-dir="));
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
        let dir = self.dir();
        if sys.set_current_dir(dir.as_bytes()).is_err() {
            let text = format!(
                "xtrabackup: cd to {dir}\nxtrabackup: Can't change dir to '{dir}' (Errcode: 2 - No \
                     such file or directory)\n"
            );
            self.err.print(&text);
            self.fail("no such directory", sys);
            return;
        }
        self.err.print(&format!("xtrabackup: cd to {dir}\n"));
        let known = sys.read_file(b"xtrabackup_checkpoints").map(|blob| blob.text());
        let Ok(known) = known else {
            self.no_metadata(sys);
            return;
        };
        let number = known.lines().find_map(|line| line.strip_prefix("to_lsn = "));
        self.lsn = number.and_then(|lsn| lsn.parse().ok()).unwrap_or(0);
        if known.contains("full-prepared") {
            self.err.print(
                "xtrabackup: This target seems to be already prepared with --apply-log-only.\n",
            );
        } else {
            self.err.print("xtrabackup: This target seems to be not prepared yet.\n");
        }
        self.err.print("InnoDB: Number of pools: 1\n");
        let lsn = self.lsn;
        let text = format!(
            "xtrabackup: xtrabackup_logfile detected: size={LOGFILE_BYTES}, start_lsn=({lsn})\n"
        );
        self.err.print(&text);
        for _ in 0..2 {
            self.err.print(&innodb_settings(LOGFILE_BYTES, true));
        }
        self.err.print("xtrabackup: Starting InnoDB instance for recovery.\n");
        self.err.print(
            "xtrabackup: Using 104857600 bytes for buffer pool (set by --use-memory parameter)\n",
        );
        tell!(sys, MysqlFact::PrepareBegan { pod: pod(sys) });
    }

    /// There is no backup here: the real program's lines, word for word (facts C5).
    fn no_metadata(&mut self, sys: &mut dyn Sys) {
        self.err.print(
            "xtrabackup: Error: cannot open ./xtrabackup_checkpoints\n\
             xtrabackup: error: xtrabackup_read_metadata()\n\
             xtrabackup: This target seems not to have correct metadata...\n\
             InnoDB: Number of pools: 1\n\
             InnoDB: Operating system error number 2 in a file operation.\n\
             InnoDB: The error means the system cannot find the path specified.\n\
             xtrabackup: Warning: cannot open ./xtrabackup_logfile. will try to find.\n\
             InnoDB: Operating system error number 2 in a file operation.\n\
             InnoDB: The error means the system cannot find the path specified.\n\
             \x20 xtrabackup: Fatal error: cannot find ./xtrabackup_logfile.\n\
             xtrabackup: Error: xtrabackup_init_temp_log() failed.\n",
        );
        self.fail("cannot open ./xtrabackup_checkpoints", sys);
    }

    fn fail(&mut self, message: &str, sys: &mut dyn Sys) {
        tell!(sys, MysqlFact::PrepareFailed { pod: pod(sys), message: message.into() });
        self.ending = Some(1);
    }

    /// The redo log is applied: ibdata1 is as it was when the backup ended.
    fn recover(&mut self, sys: &mut dyn Sys) {
        let system = sys.read_file(b"ibdata1");
        let redo = sys.read_file(b"xtrabackup_logfile").ok();
        let (Ok(system), Some(redo)) = (system, redo) else {
            self.err.print("xtrabackup: error: cannot find ./ibdata1\n");
            self.fail("cannot find ./ibdata1", sys);
            return;
        };
        let catalog = Catalog::from_blob(&redo).or_else(|| Catalog::from_blob(&system));
        let Some(mut catalog) = catalog else {
            self.err.print("InnoDB: Header page consists of zero bytes in datafile: ./ibdata1\n");
            self.fail("ibdata1 is damaged", sys);
            return;
        };
        catalog.clean = true;
        let lsn = catalog.lsn;
        self.lsn = lsn;
        self.err.print("InnoDB: Highest supported file format is Barracuda.\n");
        self.err.print(&format!("InnoDB: Log scan progressed past the checkpoint lsn {lsn}\n"));
        self.err.print(&format!(
            "InnoDB: Doing recovery: scanned up to log sequence number {lsn} (0%)\n"
        ));
        self.err.print("InnoDB: Database was not shutdown normally!\n");
        self.err.print("InnoDB: Starting crash recovery.\n");
        if let Some((file, position)) = &catalog.binlog {
            let text = format!(
                "InnoDB: xtrabackup: Last MySQL binlog file position {position}, file name {file}\n"
            );
            self.err.print(&text);
        }
        self.err.print("InnoDB: Creating shared tablespace for temporary tables\n");
        self.err.print(&format!("InnoDB: 5.7.13 started; log sequence number {lsn}\n\n"));
        let content = catalog.to_blob(system.len());
        let logfile = redo_grown(&redo);
        let written = sys
            .write_file(b"ibdata1", &content)
            .and_then(|()| sys.write_file(b"xtrabackup_logfile", &logfile));
        if let Err(errno) = written {
            let text = format!("InnoDB: Write to file ./ibdata1 failed: {}\n", errno.text());
            self.err.print(&text);
            self.fail(errno.text(), sys);
        }
    }

    fn finish(&mut self, sys: &mut dyn Sys) {
        let lsn = self.lsn;
        let mut failed = None;
        for name in ["ib_logfile0", "ib_logfile1"] {
            if let Err(errno) = sys.write_file(name.as_bytes(), &Blob::hole(REDO_BYTES)) {
                failed = Some(errno);
            }
        }
        if let Some(errno) = failed {
            self.err.print(&format!("InnoDB: Cannot create ./ib_logfile0: {}\n", errno.text()));
            self.fail(errno.text(), sys);
            return;
        }
        let _ = sys.write_file(b"xtrabackup_checkpoints", &checkpoints("full-prepared", lsn));
        self.err.print("xtrabackup: starting shutdown with innodb_fast_shutdown = 1\n");
        self.err.print("InnoDB: FTS optimize thread exiting.\n");
        self.err.print("InnoDB: Starting shutdown...\n");
        self.err.print(&format!("InnoDB: Shutdown completed; log sequence number {lsn}\n"));
        self.err.print("InnoDB: Number of pools: 1\n");
        self.err.print(&innodb_settings(REDO_BYTES, false));
        self.err.print("InnoDB: Setting log file ./ib_logfile101 size to 48 MB\n");
        self.err.print("InnoDB: Setting log file ./ib_logfile1 size to 48 MB\n");
        self.err.print("InnoDB: Renaming log file ./ib_logfile101 to ./ib_logfile0\n");
        self.err.print(&format!("InnoDB: New log files created, LSN={lsn}\n"));
        self.err.print(&format!("InnoDB: 5.7.13 started; log sequence number {lsn}\n"));
        self.err.print("xtrabackup: starting shutdown with innodb_fast_shutdown = 1\n");
        self.err.print(&format!("InnoDB: Shutdown completed; log sequence number {lsn}\n"));
        self.err.print(&format!("{} completed OK!\n", short(sys.now())));
        tell!(sys, MysqlFact::PrepareDone { pod: pod(sys), lsn });
        self.ending = Some(0);
    }
}

fn redo_grown(redo: &Blob) -> Blob {
    let mut grown = redo.clone();
    grown.truncate(LOGFILE_BYTES);
    grown
}
