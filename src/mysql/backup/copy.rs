//! `xtrabackup --backup --stream=xbstream`.

use super::Line;
use super::archive::{Chunk, put};
use super::lines::{Info, backup_my_cnf, checkpoints, info, innodb_settings};
use crate::base::{Blob, Millis, SimTime};
use crate::mysql::client::{Link, LinkStep, Settings};
use crate::mysql::data::{Catalog, Copied, moment_text};
use crate::mysql::run::{Answer, Rows};
use crate::mysql::server::log::short;
use crate::mysql::server::{pod, tell, uuid_text};
use crate::mysql::timing::{BACKUP_BYTES_PER_SECOND, BACKUP_CHUNK_BYTES};
use crate::mysql::wire::{Message, Printer};
use crate::os::{Fd, FileKind, Sys, TimerId, Turn, Wait, WaitStatus};
use crate::trace::fact::MysqlFact;

/// Bytes of a redo log copy from an idle server (facts C2).
const REDO_COPY_BYTES: u64 = 2_560;

/// Where the server keeps its data.
const DATADIR: &str = "/var/lib/mysql";

/// What it is at.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Stage {
    Begin,
    Connect,
    /// Asks the server; the answers are kept by number.
    Ask(u32),
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
    line: Line,
    stage: Stage,
    out: Printer,
    err: Printer,
    link: Option<Link>,
    timer: Option<TimerId>,
    host: String,
    began: SimTime,
    version: String,
    lsn: u64,
    /// Files with tablespaces, and the others: path from the data directory, and size.
    spaces: Vec<(String, u64)>,
    others: Vec<(String, u64)>,
    done: u64,
    total: u64,
    /// SHOW MASTER STATUS: file and position.
    binlog: Option<(String, u64)>,
    /// SHOW SLAVE STATUS: the source's host, Relay_Master_Log_File and Exec_Master_Log_Pos.
    source: Option<(String, String, u64)>,
}

impl Backup {
    /// About to start.
    pub(super) fn start(arguments: Vec<String>, line: Line) -> Backup {
        Backup {
            arguments,
            line,
            stage: Stage::Begin,
            out: Printer::new(Fd::STDOUT),
            err: Printer::new(Fd::STDERR),
            link: None,
            timer: None,
            host: "localhost".into(),
            began: SimTime::START,
            version: String::new(),
            lsn: 0,
            spaces: Vec::new(),
            others: Vec::new(),
            done: 0,
            total: 0,
            binlog: None,
            source: None,
        }
    }

    fn option(&self, name: &str) -> Option<&str> {
        let prefix = format!("{name}=");
        self.arguments.iter().rev().find_map(|a| a.strip_prefix(prefix.as_str()))
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
                if let Some(link) = &mut self.link {
                    link.close(sys);
                }
                Turn::Exited(WaitStatus::Code(code))
            }
            Stage::Ending(_) => Turn::Ran,
            _ => turn,
        }
    }

    /// The other end of the stream has gone away.
    fn cut_off(&mut self, sys: &mut dyn Sys) -> Turn {
        self.err.print("xb_stream_write_data() failed.\n");
        let text = format!("xtrabackup: Error: failed to copy datafile.\n{} ", short(sys.now()));
        self.err.print(text.trim_end());
        self.err.print("\n");
        self.fail("the reader of the stream is gone", sys)
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
            Stage::Ask(number) => self.asked(number, sys),
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
        let line = format!("{} {text}\n", short(sys.now()));
        self.err.print(&line);
    }

    fn settings(&self) -> Settings {
        let mut settings = Settings { tcp: false, ..Settings::default() };
        settings.host = self.option("--host").map(String::from);
        if let Some(user) = self.option("--user") {
            settings.user = user.into();
        }
        if let Some(password) = self.option("--password") {
            settings.password = password.into();
        }
        if let Some(port) = self.option("--port") {
            settings.port = port.parse().unwrap_or(3306);
        }
        if let Some(socket) = self.option("--socket") {
            settings.socket = socket.into();
        }
        settings
    }

    fn begin(&mut self, sys: &mut dyn Sys) -> Turn {
        self.began = sys.now();
        let settings = self.settings();
        self.host = settings.host.clone().unwrap_or_else(|| "localhost".into());
        let (user, password) = (settings.user.clone(), settings.password.clone());
        let using = if password.is_empty() { "NO" } else { "YES" };
        let dsn = format!(
            "dbi:mysql:;mysql_read_default_group=xtrabackup;host={};port=3306;mysql_socket={}",
            self.host, settings.socket
        );
        let text = format!(
            " version_check Connecting to MySQL server with DSN '{dsn}' as '{user}'  (using \
             password: {using})."
        );
        self.stamped(&text, sys);
        tell!(sys, MysqlFact::BackupBegan { pod: pod(sys) });
        let login = Message::Login { user, password, db: None };
        match Link::open(&settings, vec![login], sys) {
            Ok(link) => {
                self.link = Some(link);
                self.stage = Stage::Connect;
                Turn::Ran
            }
            Err(error) => self.no_connection(&error.message, sys),
        }
    }

    fn no_connection(&mut self, message: &str, sys: &mut dyn Sys) -> Turn {
        let settings = self.settings();
        let text = format!(
            "Connecting to MySQL server host: {}, user: {}, password: {}, port: {}, socket: {}",
            self.host,
            settings.user,
            if settings.password.is_empty() { "not set" } else { "set" },
            settings.port,
            settings.socket
        );
        self.stamped(&text, sys);
        self.err.print(&format!("Failed to connect to MySQL server: {message}.\n"));
        self.fail(message, sys)
    }

    fn connected(&mut self, sys: &mut dyn Sys) -> Turn {
        let Some(link) = &mut self.link else { return Turn::Ran };
        match link.step(sys) {
            LinkStep::Wait(waits) => Turn::Blocked(waits),
            LinkStep::Failed(error) | LinkStep::Said(Message::Error(error)) => {
                self.no_connection(&error.message, sys)
            }
            LinkStep::Said(Message::Welcome { version, .. }) => {
                self.greeted(version, sys);
                self.say("SHOW ENGINE INNODB STATUS", sys);
                self.stage = Stage::Ask(0);
                Turn::Ran
            }
            LinkStep::Said(_) => Turn::Ran,
        }
    }

    fn say(&mut self, sql: &str, sys: &mut dyn Sys) {
        if let Some(link) = &mut self.link {
            link.say(&Message::Query(sql.into()), sys);
        }
    }

    fn greeted(&mut self, version: String, sys: &mut dyn Sys) {
        for text in [
            " version_check Connected to MySQL server",
            " version_check Executing a version check against the server...",
            " version_check Done.",
        ] {
            self.stamped(text, sys);
        }
        let settings = self.settings();
        let text = format!(
            "Connecting to MySQL server host: {}, user: {}, password: {}, port: {}, socket: {}",
            self.host,
            settings.user,
            if settings.password.is_empty() { "not set" } else { "set" },
            settings.port,
            settings.socket
        );
        self.stamped(&text, sys);
        self.err.print(&format!("Using server version {version}\n"));
        self.err.print(self.line.version());
        self.version = version;
    }

    /// The next answer, once it is there.
    fn rows(&mut self, sys: &mut dyn Sys) -> Result<Rows, Turn> {
        let Some(link) = &mut self.link else { return Err(Turn::Ran) };
        match link.step(sys) {
            LinkStep::Wait(waits) => Err(Turn::Blocked(waits)),
            LinkStep::Said(Message::Answer { answer: Answer::Rows(rows), .. }) => Ok(rows),
            LinkStep::Said(Message::Answer { .. }) => Ok(Rows::default()),
            LinkStep::Said(Message::Error(error)) => {
                self.err.print(&format!("Error: failed to execute query: {}\n", error.message));
                Err(self.fail(&error.message, sys))
            }
            LinkStep::Failed(error) => {
                self.err.print(&format!("Error: failed to execute query: {}\n", error.message));
                Err(self.fail(&error.message, sys))
            }
            LinkStep::Said(_) => Err(Turn::Ran),
        }
    }

    /// The server has said what it is: on to the files.
    fn asked(&mut self, _number: u32, sys: &mut dyn Sys) -> Turn {
        if let Err(turn) = self.rows(sys) {
            return turn;
        }
        if let Some(text) = self.line.refusal(&self.version) {
            self.err.print(&text);
            return self.fail("unsupported server version", sys);
        }
        self.err.print("xtrabackup: uses posix_fadvise().\n");
        self.err.print(&format!("xtrabackup: cd to {DATADIR}\n"));
        self.err.print("xtrabackup: open files limit requested 0, set to 1048576\n");
        self.err.print(&innodb_settings(0, false));
        self.err.print("InnoDB: Number of pools: 1\n");
        // The directory a backup is made in, even if it is streamed.
        let _ = sys.make_dir(b"xtrabackup_backupfiles", 0o777);
        let system = sys.read_file(format!("{DATADIR}/ibdata1").as_bytes());
        let Some(catalog) = system.ok().and_then(|blob| Catalog::from_blob(&blob)) else {
            self.err.print("xtrabackup: error: cannot open ./ibdata1\n");
            return self.fail("cannot open ./ibdata1", sys);
        };
        self.lsn = catalog.lsn;
        let lsn = self.lsn;
        self.stamped(&format!(">> log scanned up to ({lsn})"), sys);
        self.err.print("xtrabackup: Generating a list of tablespaces\n");
        self.list(sys);
        self.err
            .print("InnoDB: Allocated tablespace ID 21 for sys/sys_config, old maximum was 0\n");
        self.stage = Stage::Copy { index: 0, offset: 0 };
        Turn::Ran
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
        let mut stream = Blob::new();
        let mut bytes = 0;
        let mut last = String::new();
        while let Some((path, size)) = list.get(index) {
            if bytes >= BACKUP_CHUNK_BYTES {
                break;
            }
            if offset == 0 {
                let to = if rest { " to <STDOUT>" } else { "" };
                self.stamped(&format!("[01] Streaming ./{path}{to}"), sys);
            }
            let length = (size - offset).min(BACKUP_CHUNK_BYTES - bytes);
            let full = format!("{DATADIR}/{path}");
            let content = sys.read_file(full.as_bytes()).unwrap_or_default();
            let payload = Some((offset, content.slice(offset, offset + length)));
            put(&mut stream, &Chunk { path: path.clone(), payload });
            bytes += length;
            offset += length;
            last = path.clone();
            if offset >= *size {
                put(&mut stream, &Chunk { path: path.clone(), payload: None });
                self.stamped("[01]        ...done", sys);
                index += 1;
                offset = 0;
            }
        }
        self.done += bytes;
        self.out.put(&stream);
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
                self.stamped("Executing FLUSH NO_WRITE_TO_BINLOG TABLES...", sys);
                self.say("FLUSH NO_WRITE_TO_BINLOG TABLES", sys);
                self.stamped("Executing FLUSH TABLES WITH READ LOCK...", sys);
                self.say("FLUSH TABLES WITH READ LOCK", sys);
                self.binlog = Some((String::new(), 0));
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

    /// Both FLUSHes are answered: nobody writes now.
    fn locked(&mut self, sys: &mut dyn Sys) -> Turn {
        if let Err(turn) = self.rows(sys) {
            return turn;
        }
        // The first answer is FLUSH TABLES', the second the lock's.
        if self.binlog.take().is_some() {
            return self.locked(sys);
        }
        tell!(sys, MysqlFact::BackupLocked { pod: pod(sys) });
        self.stamped("Starting to backup non-InnoDB tables and files", sys);
        self.stage = Stage::CopyRest { index: 0, offset: 0 };
        Turn::Ran
    }

    /// SHOW SLAVE STATUS, then SHOW MASTER STATUS.
    fn position(&mut self, number: u32, sys: &mut dyn Sys) -> Turn {
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
            self.slave_info(sys);
            self.say("SHOW MASTER STATUS", sys);
            self.stage = Stage::Position(1);
            return Turn::Ran;
        }
        let position = field("Position").and_then(|p| p.parse().ok());
        self.binlog = field("File").zip(position);
        if let Some((file, position)) = self.binlog.clone() {
            let content = format!("{file}\t{position}\n");
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
        if !self.arguments.iter().any(|a| a == "--slave-info") {
            return;
        }
        let Some((_, file, position)) = self.source.clone() else {
            self.err.print(
                "Failed to get master binlog coordinates from SHOW SLAVE STATUS\nThis means that \
                 the server is not a replication slave. Ignoring the --slave-info option\n",
            );
            return;
        };
        let content =
            format!("CHANGE MASTER TO MASTER_LOG_FILE='{file}', MASTER_LOG_POS={position}\n");
        self.stream_file("xtrabackup_slave_info", &content.into(), sys);
        let name = "xtrabackup_slave_info".to_string();
        let fact = MysqlFact::BackupPosition { pod: pod(sys), name, file, position };
        tell!(sys, fact);
    }

    /// A small file, whole.
    fn stream_file(&mut self, name: &str, content: &Blob, sys: &mut dyn Sys) {
        self.stamped(&format!("[00] Streaming {name}"), sys);
        self.put_file(name, content);
        self.stamped("[00]        ...done", sys);
    }

    fn put_file(&mut self, name: &str, content: &Blob) {
        let mut stream = Blob::new();
        let path = name.to_string();
        put(&mut stream, &Chunk { path: path.clone(), payload: Some((0, content.clone())) });
        put(&mut stream, &Chunk { path, payload: None });
        self.out.put(&stream);
    }

    /// The redo log: what was committed while the tablespaces were copied.
    fn redo(&mut self, sys: &mut dyn Sys) {
        let system = sys.read_file(format!("{DATADIR}/ibdata1").as_bytes());
        let catalog = system.ok().and_then(|blob| Catalog::from_blob(&blob));
        let Some(mut catalog) = catalog else { return };
        // A replica hands on the coordinates of its source, a primary its own.
        let source = self.source.clone().map(|(_, file, position)| (file, position));
        let told = source.map(|at| ("xtrabackup_slave_info", at));
        let told = told.or(self.binlog.clone().map(|at| ("xtrabackup_binlog_info", at)));
        catalog.copied =
            told.map(|(file, at)| Copied { from: sys.hostname(), file: file.into(), at });
        self.lsn = catalog.lsn;
        let redo = catalog.to_blob(REDO_COPY_BYTES);
        self.put_file("xtrabackup_logfile", &redo);
    }

    /// ENGINE LOGS are flushed, then the tables unlocked.
    fn unlocked(&mut self, answers: u32, sys: &mut dyn Sys) -> Turn {
        if let Err(turn) = self.rows(sys) {
            return turn;
        }
        if answers > 1 {
            self.stage = Stage::Unlock(answers - 1);
            return self.unlocked(answers - 1, sys);
        }
        let lsn = self.lsn;
        let latest = lsn.saturating_sub(9);
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

    fn finish(&mut self, sys: &mut dyn Sys) -> Turn {
        if let Ok(pool) = sys.read_file(format!("{DATADIR}/ib_buffer_pool").as_bytes()) {
            self.stamped("[00] Streaming ib_buffer_pool to <STDOUT>", sys);
            self.put_file("ib_buffer_pool", &pool);
            self.stamped("[00]        ...done", sys);
        }
        let dir = String::from_utf8_lossy(&sys.current_dir()).into_owned();
        self.stamped(&format!("Backup created in directory '{dir}/xtrabackup_backupfiles'"), sys);
        let mut position = String::new();
        if let Some((file, at)) = &self.binlog {
            position = format!("filename '{file}', position '{at}'");
            self.err.print(&format!("MySQL binlog position: {position}\n"));
        }
        if let Some((host, file, at)) = &self.source {
            let text = format!(
                "MySQL slave binlog position: master host '{host}', filename '{file}', position \
                 '{at}'\n"
            );
            self.err.print(&text);
        }
        self.stream_file("backup-my.cnf", &backup_my_cnf(), sys);
        let lsn = self.lsn;
        self.put_file("xtrabackup_checkpoints", &checkpoints("full-backuped", lsn));
        let moment = |at: SimTime| moment_text(i64::try_from(at.unix_secs()).unwrap_or(0));
        let content = info(&Info {
            uuid: &uuid_text(sys.random(), sys.random()),
            command: &self.arguments.join(" "),
            server: &self.version,
            start: &moment(self.began),
            end: &moment(sys.now()),
            position: &position,
            lsn,
        });
        self.stream_file("xtrabackup_info", &content, sys);
        let text = format!("xtrabackup: Transaction log of lsn ({lsn}) to ({lsn}) was copied.\n");
        self.err.print(&text);
        self.stamped("completed OK!", sys);
        tell!(sys, MysqlFact::BackupDone { pod: pod(sys), bytes: self.done });
        self.stage = Stage::Ending(0);
        Turn::Ran
    }
}
