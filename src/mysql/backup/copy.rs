//! `xtrabackup --backup --stream=xbstream`.

mod connect;
mod finish;

use std::collections::VecDeque;

use super::Line;
use super::lines::{checkpoint, innodb_settings};
use super::sink::{Sink, errcode};
use crate::base::{Millis, SimTime};
use crate::mysql::client::Link;
use crate::mysql::data::{Catalog, Zone};
use crate::mysql::server::log::short;
use crate::mysql::server::options::Given;
use crate::mysql::server::{pod, tell};
use crate::mysql::timing::{BACKUP_BYTES_PER_SECOND, BACKUP_CHUNK_BYTES};
use crate::mysql::wire::Printer;
use crate::os::{Errno, Fd, FileKind, Sys, TimerId, Turn, Wait, WaitStatus};
use crate::trace::fact::MysqlFact;

/// Where the server keeps its data.
const DATADIR: &str = "/var/lib/mysql";

/// What it is at.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Stage {
    Begin,
    Connect,
    /// Asks the server.
    Ask,
    /// Copies tablespaces, then the rest: this file of the list, from this byte.
    Copy {
        index: u32,
        offset: u64,
    },
    Lock,
    CopyRest {
        index: u32,
        offset: u64,
    },
    Position(u32),
    /// Waits for so many more answers.
    Unlock(u32),
    Finish,
    Ending(u8),
}

/// A backup.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Backup {
    arguments: Vec<String>,
    given: Given,
    line: Line,
    /// The zone in which its clock goes.
    zone: Zone,
    sink: Sink,
    /// The directory it is made in, with its path.
    target: String,
    /// What the server was asked, and has not answered.
    asked: VecDeque<String>,
    stage: Stage,
    out: Printer,
    err: Printer,
    link: Option<Link>,
    timer: Option<TimerId>,
    began: SimTime,
    version: String,
    lsn: u64,
    /// The checkpoint whose redo log it copies on from.
    began_at: u64,
    /// Files with tablespaces, and the others: path from the data directory, and size.
    spaces: Vec<(String, u64)>,
    others: Vec<(String, u64)>,
    done: u64,
    total: u64,
    /// SHOW MASTER STATUS: file and position.
    binlog: Option<(String, u64)>,
    /// SHOW SLAVE STATUS: the source's host, Relay_Master_Log_File and Exec_Master_Log_Pos.
    source: Option<(String, String, u64)>,
    /// `Executed_Gtid_Set` of both.
    gtids: String,
}

impl Backup {
    /// About to start.
    pub(super) fn start(arguments: Vec<String>, given: Given, line: Line, zone: Zone) -> Backup {
        Backup {
            arguments,
            given,
            line,
            zone,
            sink: Sink::Stream,
            target: String::new(),
            asked: VecDeque::new(),
            stage: Stage::Begin,
            out: Printer::new(Fd::STDOUT),
            err: Printer::new(Fd::STDERR),
            link: None,
            timer: None,
            began: SimTime::START,
            version: String::new(),
            lsn: 0,
            began_at: 0,
            spaces: Vec::new(),
            others: Vec::new(),
            done: 0,
            total: 0,
            binlog: None,
            source: None,
            gtids: String::new(),
        }
    }

    /// One visible act.
    pub fn turn(&mut self, sys: &mut dyn Sys) -> Turn {
        for printer in [&mut self.err, &mut self.out] {
            if !printer.flush(sys) {
                return Turn::Blocked(vec![printer.wait()]);
            }
        }
        if self.out.broken && !matches!(self.stage, Stage::Ending(_)) {
            return self.cut_off(sys);
        }
        if let Some(timer) = self.timer {
            if !sys.has_fired(timer) {
                return Turn::Blocked(vec![Wait::Timer(timer)]);
            }
            self.timer = None;
        }
        let turn = self.act(sys);
        let flushed = self.err.flush(sys) & self.out.flush(sys);
        match self.stage {
            Stage::Ending(code) if flushed => {
                // One that fails just exits.
                if code == 0
                    && let Some(link) = &mut self.link
                {
                    link.close(sys);
                }
                Turn::Exited(WaitStatus::Code(code))
            }
            Stage::Ending(_) => Turn::Ran,
            _ => turn,
        }
    }

    /// The other end of the stream has gone away: SIGPIPE is ignored, EPIPE is not.
    fn cut_off(&mut self, sys: &mut dyn Sys) -> Turn {
        let text = format!("xtrabackup: Error writing file 'UNOPENED' {}\n", errcode(Errno::Pipe));
        self.err.print(&text);
        self.err.print("xb_stream_write_data() failed.\n");
        if matches!(self.stage, Stage::Copy { .. }) {
            self.not_copied();
        }
        self.fail("the reader of the stream is gone", sys)
    }

    /// A tablespace could not be copied.
    fn not_copied(&mut self) {
        self.err.print(
            "[01] xtrabackup: Error: xtrabackup_copy_datafile() failed.\n[01] xtrabackup: Error: \
             failed to copy datafile.\n",
        );
    }

    fn fail(&mut self, message: &str, sys: &mut dyn Sys) -> Turn {
        tell!(sys, MysqlFact::BackupFailed { pod: pod(sys), message: message.into() });
        self.stage = Stage::Ending(1);
        Turn::Ran
    }

    fn act(&mut self, sys: &mut dyn Sys) -> Turn {
        match self.stage.clone() {
            Stage::Begin => self.begin(sys),
            Stage::Connect => self.connected(sys),
            Stage::Ask => self.asked(sys),
            Stage::Copy { index, offset } => self.copy(index, offset, false, sys),
            Stage::Lock => self.locked(sys),
            Stage::CopyRest { index, offset } => self.copy(index, offset, true, sys),
            Stage::Position(number) => self.position(number, sys),
            Stage::Unlock(answers) => self.unlocked(answers, sys),
            Stage::Finish => self.finish(sys),
            Stage::Ending(_) => Turn::Ran,
        }
    }

    /// A line with the time in front.
    fn stamped(&mut self, text: &str, sys: &dyn Sys) {
        let line = format!("{} {text}\n", short(sys.now(), self.zone));
        self.err.print(&line);
    }

    /// The server has said what it is: on to the files.
    fn asked(&mut self, sys: &mut dyn Sys) -> Turn {
        if let Err(turn) = self.rows(sys) {
            return turn;
        }
        if let Line::Of24 = self.line {
            self.err.print(self.line.version());
        }
        self.err.print("xtrabackup: uses posix_fadvise().\n");
        let made = sys.stat(DATADIR.as_bytes(), true);
        if let Err(errno) = made.and_then(|_| sys.access(DATADIR.as_bytes(), 1)) {
            let text = format!(
                "xtrabackup: Can't change dir to '{DATADIR}/' {}\nxtrabackup: cannot my_setwd \
                 {DATADIR}/\n",
                errcode(errno)
            );
            self.err.print(&text);
            return self.fail(errno.text(), sys);
        }
        self.err.print(&format!("xtrabackup: cd to {DATADIR}\n"));
        self.err.print("xtrabackup: open files limit requested 0, set to 1048576\n");
        self.err.print(&innodb_settings());
        self.err.print("InnoDB: Number of pools: 1\n");
        if let Some(text) = self.line.strange_log(&self.version) {
            self.err.print(&text);
            return self.fail("unsupported redo log format", sys);
        }
        if let Err(turn) = self.make_target(sys) {
            return turn;
        }
        let system = sys.read_file(format!("{DATADIR}/ibdata1").as_bytes());
        let Some(catalog) = system.ok().and_then(|blob| Catalog::from_blob(&blob)) else {
            self.err.print("InnoDB: Error in opening ./ib_logfile0\n");
            return self.fail("cannot open ./ib_logfile0", sys);
        };
        self.lsn = catalog.lsn;
        self.began_at = checkpoint(self.lsn);
        let lsn = self.lsn;
        self.stamped(&format!(">> log scanned up to ({lsn})"), sys);
        self.err.print("xtrabackup: Generating a list of tablespaces\n");
        self.list(sys);
        self.err
            .print("InnoDB: Allocated tablespace ID 21 for sys/sys_config, old maximum was 0\n");
        self.stage = Stage::Copy { index: 0, offset: 0 };
        Turn::Ran
    }

    /// The directory a backup is made in, even if it is streamed; and the log of it, which is the
    /// first file there.
    fn make_target(&mut self, sys: &mut dyn Sys) -> Result<(), Turn> {
        let dir = self.target.clone();
        if let Err(errno) = sys.make_dir(dir.as_bytes(), 0o750)
            && errno != Errno::Exist
        {
            let text = format!("xtrabackup: Error: cannot mkdir {}: {dir}\n", errno.number());
            self.err.print(&text);
            return Err(self.fail(errno.text(), sys));
        }
        let log = format!("{dir}/xtrabackup_logfile");
        if self.sink != Sink::Stream && sys.stat(log.as_bytes(), false).is_ok() {
            let text = format!(
                "xtrabackup: Can't create/write to file '{log}' {}\nxtrabackup: error: failed to \
                 open the target stream for 'xtrabackup_logfile'.\n",
                errcode(Errno::Exist)
            );
            self.err.print(&text);
            return Err(self.fail("xtrabackup_logfile exists", sys));
        }
        Ok(())
    }

    /// Which files there are to copy. Not auto.cnf, keys, binlogs, relay logs, nor what replication
    /// remembers.
    fn list(&mut self, sys: &dyn Sys) {
        const ENDS: [&str; 11] = [
            ".frm", ".MYD", ".MYI", ".MAD", ".MAI", ".MRG", ".TRG", ".TRN", ".ARM", ".CSV", ".opt",
        ];
        let size = |path: &str| {
            sys.stat(format!("{DATADIR}/{path}").as_bytes(), true).map_or(0, |stat| stat.size)
        };
        self.spaces = vec![("ibdata1".into(), size("ibdata1"))];
        for dir in sys.read_dir(DATADIR.as_bytes()).unwrap_or_default() {
            let dir = String::from_utf8_lossy(&dir).into_owned();
            let path = format!("{DATADIR}/{dir}");
            let stat = sys.stat(path.as_bytes(), true);
            if !stat.is_ok_and(|stat| stat.kind == FileKind::Directory) {
                continue;
            }
            let names = sys.read_dir(path.as_bytes()).unwrap_or_default();
            if names.is_empty() {
                self.others.push((format!("{dir}/db.opt"), 0));
            }
            for name in names {
                let file = format!("{dir}/{}", String::from_utf8_lossy(&name));
                if file.ends_with(".ibd") {
                    self.spaces.push((file.clone(), size(&file)));
                } else if ENDS.iter().any(|end| file.ends_with(end)) {
                    self.others.push((file.clone(), size(&file)));
                }
            }
        }
        self.total = self.spaces.iter().chain(&self.others).map(|(_, size)| size).sum();
    }

    /// Copies the next stretch: part of a large file, or many small ones.
    fn copy(&mut self, index: u32, offset: u64, rest: bool, sys: &mut dyn Sys) -> Turn {
        let list = if rest { self.others.clone() } else { self.spaces.clone() };
        let (mut index, mut offset) = (index as usize, offset);
        let mut bytes = 0;
        let mut last = String::new();
        while let Some((path, size)) = list.get(index) {
            if bytes >= BACKUP_CHUNK_BYTES {
                break;
            }
            let length = (size - offset).min(BACKUP_CHUNK_BYTES - bytes);
            let content = sys.read_file(format!("{DATADIR}/{path}").as_bytes()).unwrap_or_default();
            let part = content.slice(offset, offset + length);
            let is_last = offset + length >= *size;
            if offset == 0 {
                let action = self.sink.copying(&format!("./{path}"), !rest);
                self.stamped(&format!("[01] {action}"), sys);
            }
            let put = self.sink.put((path, offset, &part), is_last, &mut self.out, sys);
            if let Err(text) = put {
                self.err.print(&format!("xtrabackup: {text}\n"));
                self.not_copied();
                return self.fail(&text, sys);
            }
            bytes += length;
            offset += length;
            last = path.clone();
            if is_last {
                self.stamped("[01]        ...done", sys);
                index += 1;
                offset = 0;
            }
        }
        self.done += bytes;
        let over = index >= list.len();
        if !last.is_empty() {
            let (done, total) = (self.done, self.total);
            let fact = MysqlFact::BackupCopied { pod: pod(sys), path: last, bytes, done, total };
            tell!(sys, fact);
        }
        let at = (index as u32, offset);
        self.stage = match (over, rest) {
            (false, false) => Stage::Copy { index: at.0, offset: at.1 },
            (false, true) => Stage::CopyRest { index: at.0, offset: at.1 },
            (true, false) => {
                self.lock(sys);
                Stage::Lock
            }
            (true, true) => {
                self.stamped("Finished backing up non-InnoDB tables and files", sys);
                self.say("SHOW SLAVE STATUS", sys);
                Stage::Position(0)
            }
        };
        self.timer = Some(sys.arm(Millis(bytes * 1_000 / BACKUP_BYTES_PER_SECOND)));
        Turn::Ran
    }
}
