//! A server's start: initialising a data directory, and serving one.

mod globals;
mod initialize;
mod innodb;
mod log;
mod partial;
mod upgrade;
mod user;
mod version;

use std::sync::Arc;

use globals::globals;

use super::claims::{SHOWN_AS_DONE, not_done};
use super::journal::Journal;
use super::log::Level;
use super::options::{Given, Options, from_arguments, from_files};
use super::{Mode, Mysqld, Phase, UMASK, pod, uuid_text};
use crate::base::{Blob, SortedMap};
use crate::mysql::data::{Catalog, Charset, Database, Zone};
use crate::mysql::run::is_system_database;
use crate::mysql::timing::{RECOVERY, START};
use crate::os::{Errno, FileKind, Sys, Turn, WaitStatus};
use crate::trace::fact::MysqlFact;

/// The groups of the option files that mysqld reads.
pub const GROUPS: [&str; 3] = ["mysqld", "server", "mysqld-5.7"];

impl Mysqld {
    pub(super) fn boot(&mut self, stage: u32, sys: &mut dyn Sys) -> Turn {
        match (self.mode, stage) {
            (Mode::Version, _) => self.say_version(sys),
            (_, 0) => self.boot_options(sys),
            (Mode::Initialize, 1) => self.initialize_files(sys),
            (Mode::Initialize, 2) => self.initialize_accounts(sys),
            (Mode::Initialize, _) => self.initialize_end(sys),
            (_, 1) => self.boot_storage(sys),
            (_, 2) => self.boot_certificates(sys),
            (_, stage) if upgrade::STAGES.contains(&stage) => self.upgrade(stage, sys),
            _ => self.boot_network(sys),
        }
    }

    /// Reads its options; what is said of some. `Err`: they are wrong, and it ends.
    fn take_options(&mut self, sys: &mut dyn Sys) -> Result<Vec<String>, Turn> {
        let given = match given_options(&self.arguments, sys) {
            Ok(given) => given,
            Err(text) => {
                self.err.print(&format!("{text}\n"));
                self.phase = Phase::Ending(WaitStatus::Code(1));
                return Err(Turn::Ran);
            }
        };
        let take = if self.mode == Mode::Serve { Options::take_known } else { Options::take };
        let options = match take(&given, &self.release) {
            Ok(options) => options,
            Err(text) => return Err(self.abort(sys, &text)),
        };
        self.globals = Arc::new(globals(&options, &self.release, self.zone.as_deref(), sys));
        self.datadir = self.global("datadir").trim_end_matches('/').to_string();
        let warnings = options.warnings.clone();
        self.options = Arc::new(options);
        Ok(warnings)
    }

    fn boot_options(&mut self, sys: &mut dyn Sys) -> Turn {
        self.started = sys.now();
        sys.set_umask(UMASK);
        let warnings = match self.take_options(sys) {
            Ok(warnings) => warnings,
            Err(turn) => return turn,
        };
        if self.mode == Mode::Help {
            return self.say_help();
        }
        let refused = match self.mode {
            Mode::Initialize => self.cannot_initialize(sys),
            _ => None,
        };
        // Not before: the file may be the first one in the data directory.
        if refused.is_none()
            && let Err(text) = self.open_log(sys)
        {
            return self.abort(sys, &text);
        }
        if !self.is_on("explicit_defaults_for_timestamp") {
            self.warning(
                sys,
                "TIMESTAMP with implicit DEFAULT value is deprecated. Please use \
                 --explicit_defaults_for_timestamp server option (see documentation for more \
                 details).",
            );
        }
        for text in warnings {
            self.warning(sys, &text);
        }
        let (version, shown) = (self.version(), sys.pid_shown(sys.pid()));
        if self.mode == Mode::Serve {
            self.note(sys, &format!("mysqld (mysqld {version}) starting as process {shown} ..."));
        }
        if let Err(text) = refused.map_or_else(|| self.drop_root(sys), Err) {
            return self.abort(sys, text);
        }
        if self.mode == Mode::Initialize {
            return self.initialize_begin(sys);
        }
        self.tell_claims(sys);
        if self.options.log_bin.is_some() && self.server_id() == 0 {
            return self.abort(
                sys,
                "You have enabled the binary log, but you haven't provided the mandatory \
                 server-id. Please refer to the proper server start-up parameters documentation",
            );
        }
        if sys.set_current_dir(self.datadir.as_bytes()).is_err() {
            let text = format!(
                "failed to set datadir to {}/: (Errcode: 2 - No such file or directory)",
                self.datadir
            );
            return self.abort(sys, &text);
        }
        let fact = MysqlFact::Starting {
            pod: pod(sys),
            server_id: self.server_id(),
            log_bin: self.options.log_bin.is_some(),
            super_read_only: self.is_on("super_read_only"),
        };
        tell!(sys, fact);
        if !self.release.starts_with("5.7.") {
            tell!(sys, MysqlFact::StandsIn { pod: pod(sys), release: self.release.clone() });
        }
        self.after(START[0], Phase::Boot(1), sys)
    }

    /// What the options ask for and this model does not do.
    fn tell_claims(&mut self, sys: &mut dyn Sys) {
        let unknown = |zone: &&String| Zone::of_tz(zone).is_none();
        let zone = self.zone.as_ref().filter(unknown).map(|zone| format!("TZ={zone}"));
        for option in not_done(&self.options.clone()).into_iter().chain(zone) {
            self.leave_out(&option, sys);
        }
        for (name, value) in SHOWN_AS_DONE {
            self.set_global(name, value);
        }
    }

    pub(super) fn leave_out(&mut self, option: &str, sys: &mut dyn Sys) {
        let text = format!("[Ordinal] this model does not do what {option} asks for");
        self.err.print(&super::log::line(self.clock(sys), 0, Level::Warning, &text));
        tell!(sys, MysqlFact::OptionLeftOut { pod: pod(sys), option: option.into() });
    }

    fn version(&self) -> String {
        self.global("version").to_string()
    }

    fn failed_write(&mut self, errno: Errno, sys: &mut dyn Sys) -> Turn {
        let text = format!(
            "InnoDB: Operating system error number {} in a file operation: {}",
            errno.number(),
            errno.text()
        );
        self.abort(sys, &text)
    }

    fn tls_warnings(&mut self, sys: &mut dyn Sys) {
        for version in ["TLSv1", "TLSv1.1"] {
            let text = format!(
                "A deprecated TLS version {version} is enabled. Please use TLSv1.2 or higher."
            );
            self.warning(sys, &text);
        }
        self.warning(sys, "CA certificate ca.pem is self signed.");
    }

    /// auto.cnf: read, or made with a new UUID.
    fn make_uuid(&mut self, sys: &mut dyn Sys) -> Result<(), Errno> {
        let path = self.path("auto.cnf");
        let known = sys.read_file(&path).ok().and_then(|content| {
            let text = content.text();
            text.lines().find_map(|line| line.strip_prefix("server-uuid=").map(String::from))
        });
        let uuid = match known {
            Some(uuid) => uuid,
            None => {
                let uuid = uuid_text(sys.random(), sys.random());
                let text = format!(
                    "No existing UUID has been found, so we assume that this is the first time \
                     that this server has been started. Generating a new UUID: {uuid}."
                );
                self.warning(sys, &text);
                sys.write_file(&path, &format!("[auto]\nserver-uuid={uuid}\n").into())?;
                uuid
            }
        };
        self.set_global("server_uuid", uuid);
        Ok(())
    }

    /// Opens the next binlog file, if the binary log is on.
    fn open_journal(&mut self, sys: &mut dyn Sys) -> Result<(), Errno> {
        let Some(base) = self.options.log_bin.clone() else { return Ok(()) };
        let base = match base.as_str() {
            "" | "ON" | "on" | "1" => format!("{}-bin", sys.hostname()),
            named => named.split('.').next().unwrap_or(named).to_string(),
        };
        let named = base.clone();
        let stem = if base.starts_with('/') { base } else { format!("{}/{base}", self.datadir) };
        let mut journal = Journal::find(stem, sys);
        if journal.is_torn(sys) {
            self.note(sys, &format!("Recovering after a crash using {named}"));
            self.note(sys, "Starting crash recovery...");
            self.note(sys, "Crash recovery finished.");
        }
        journal.open(&self.version(), self.server_id(), true, sys)?;
        self.set_global("log_bin_basename", journal.stem.clone());
        self.set_global("log_bin_index", format!("{}.index", journal.stem));
        let (file, position) = journal.position();
        self.journal = Some(journal);
        tell!(sys, MysqlFact::BinlogOpened { pod: pod(sys), file, position });
        self.purge_expired(0, sys);
        Ok(())
    }

    fn boot_storage(&mut self, sys: &mut dyn Sys) -> Turn {
        if self.lock_tries == 0 && self.options.log_bin.as_deref() == Some("") {
            let base = format!("{}-bin", sys.hostname());
            self.warning(
                sys,
                &format!(
                    "No argument was provided to --log-bin, and --log-bin-index was not used; so \
                     replication may break when this MySQL server acts as a master and has his \
                     hostname changed!! Please use '--log-bin={base}' to avoid this problem."
                ),
            );
        }
        if self.lock_tries == 0 {
            self.look_at_age(sys);
            self.innodb_lines(sys);
        }
        const NO_TABLES: &str = "Fatal error: Can't open and lock privilege tables: Table \
                                 'mysql.user' doesn't exist";
        let path = self.path("ibdata1");
        match sys.lock_file(&path) {
            Ok(true) => {}
            Ok(false) => return self.locked_out(sys),
            Err(Errno::Acces) => return self.unreadable(sys),
            Err(_) => return self.abort(sys, NO_TABLES),
        }
        let catalog = sys.read_file(&path).ok().and_then(|blob| Catalog::from_blob(&blob));
        let Some(mut catalog) = catalog else {
            return self.abort(sys, NO_TABLES);
        };
        if let Some(end) = self.check_age(&catalog, sys) {
            return end;
        }
        catalog.count_anew();
        let mut time = START[1];
        if self.lacks("ib_logfile0", sys) {
            if let Err(errno) = self.make_redo_log(catalog.lsn, sys) {
                return self.failed_write(errno, sys);
            }
        } else if !catalog.clean {
            self.recovery_lines(&catalog, sys);
            tell!(sys, MysqlFact::Recovered { pod: pod(sys) });
            time = time + RECOVERY;
        }
        // A crash leaves it, and so does xtrabackup --prepare.
        if !self.lacks("ibtmp1", sys) {
            self.note(sys, "InnoDB: Removed temporary tablespace data file: \"ibtmp1\"");
            let _ = sys.unlink(&self.path("ibtmp1"));
        }
        catalog.clean = false;
        let made = self.write_catalog(&catalog, sys).and_then(|()| self.make_temporary_space(sys));
        self.catalog = Arc::new(catalog);
        self.sync_directories(sys);
        if let Err(errno) = made {
            return self.failed_write(errno, sys);
        }
        self.storage_ready_lines(sys);
        if self.lacks("mysql/plugin.frm", sys) {
            self.err.print("mysqld: Table 'mysql.plugin' doesn't exist\n");
            let text = "Can't open the mysql.plugin table. Please run mysql_upgrade to create it.";
            self.log(sys, 0, Level::Error, text);
        }
        match self.begin_upgrade(sys) {
            Some((more, stage)) => self.after(time + more, Phase::Boot(stage), sys),
            None => self.after(time, Phase::Boot(2), sys),
        }
    }

    fn boot_certificates(&mut self, sys: &mut dyn Sys) -> Turn {
        if let Some(text) = self.options.unknown.clone() {
            return self.abort(sys, &text);
        }
        if let Err(errno) = self.open_journal(sys).and_then(|()| self.make_uuid(sys)) {
            return self.failed_write(errno, sys);
        }
        if self.lacks("mysql/gtid_executed.frm", sys) {
            let text = "Gtid table is not ready to be used. Table 'mysql.gtid_executed' cannot be \
                        opened.";
            self.warning(sys, text);
        }
        let made = match self.make_certificates(sys) {
            Err(errno) => return self.failed_write(errno, sys),
            Ok(made) => made,
        };
        let lines: &[&str] = match made {
            true => &["Auto generated SSL certificates are placed in data directory."],
            false => &[
                "Found ca.pem, server-cert.pem and server-key.pem in data directory. Trying to \
                 enable SSL support using them.",
                "Skipping generation of SSL certificates as certificate files are present in data \
                 directory.",
            ],
        };
        lines.iter().for_each(|text| self.note(sys, text));
        self.tls_warnings(sys);
        let pair = match made {
            true => "Auto generated RSA key files are placed in data directory.",
            false => {
                "Skipping generation of RSA key pair as key files are present in data directory."
            }
        };
        self.note(sys, pair);
        self.find_gtids(sys);
        self.after(START[2], Phase::Boot(3), sys)
    }

    fn boot_network(&mut self, sys: &mut dyn Sys) -> Turn {
        if !self.is_on("skip_networking") {
            let port = self.port();
            self.note(sys, &format!("Server hostname (bind-address): '*'; port: {port}"));
            match sys.listen(port, self.global("bind_address") == "127.0.0.1") {
                Ok(fd) => self.listeners.push(fd),
                Err(_) => {
                    self.log(
                        sys,
                        0,
                        Level::Error,
                        "Can't start server: Bind on TCP/IP port: Address already in use",
                    );
                    let text = format!(
                        "Do you already have another mysqld server running on port: {port} ?"
                    );
                    return self.abort(sys, &text);
                }
            }
            for text in [
                "IPv6 is available.",
                "  - '::' resolves to '::';",
                "Server socket created on IP: '::'.",
            ] {
                self.note(sys, text);
            }
        }
        self.open_socket(sys);
        self.warning(
            sys,
            "Insecure configuration for --pid-file: Location '/var/run/mysqld' in the path is \
             accessible to all OS users. Consider choosing a different directory.",
        );
        if self.lacks("mysql/user.frm", sys) {
            return self.without_accounts(sys);
        }
        if let Err(text) = self.take_zone(sys) {
            return self.abort(sys, &text);
        }
        // Threads of the server's own take numbers as well: what compresses mysql.gtid_executed,
        // behind replication's; of 8.0, whose first client is number 8, several (which of them go
        // before replication's is a guess).
        let (before, behind) = if self.is_8() { (4, 3) } else { (0, 1) };
        self.last_conn += before;
        self.boot_replication(sys);
        self.last_conn += behind;
        self.note(sys, "Event Scheduler: Loaded 0 events");
        let port = if self.is_on("skip_networking") { 0 } else { self.port() };
        let (version, socket) = (self.version(), self.global("socket").to_string());
        let line = format!("Version: '{version}'  socket: '{socket}'  port: {port}");
        if self.is_8() {
            let stamp = super::log::stamp(self.clock(sys));
            let at = match port {
                0 => "Socket: /var/run/mysqld/mysqlx.sock",
                _ => "Bind-address: '::' port: 33060, socket: /var/run/mysqld/mysqlx.sock",
            };
            self.err.print(&format!(
                "{stamp} 0 [System] [MY-011323] [Server] X Plugin ready for connections. {at}\n\
                 {stamp} 0 [System] [MY-010931] [Server] /usr/sbin/mysqld: ready for connections. \
                 {line}  MySQL Community Server - GPL.\n"
            ));
        } else {
            self.note(sys, "mysqld: ready for connections.");
            self.err.print(&format!("{line}  MySQL Community Server (GPL)\n"));
        }
        self.phase = Phase::Serving;
        tell!(sys, MysqlFact::Ready { pod: pod(sys), port, version: self.version() });
        Turn::Ran
    }

    fn port(&self) -> u16 {
        self.global("port").parse().unwrap_or(3306)
    }

    /// The Unix socket: a file that names a port of the loopback, for the model's network has no
    /// Unix sockets.
    fn open_socket(&mut self, sys: &mut dyn Sys) {
        let path = self.global("socket").to_string();
        if let Some((dir, _)) = path.rsplit_once('/') {
            let _ = sys.make_dir(dir.as_bytes(), 0o755);
        }
        for port in SOCKET_PORTS {
            if let Ok(fd) = sys.listen(port, true) {
                self.listeners.push(fd);
                let _ = sys.write_file(path.as_bytes(), &Blob::from(port.to_string()));
                let _ = sys.set_mode(path.as_bytes(), 0o777);
                break;
            }
        }
        let pid = sys.pid_shown(sys.pid());
        let pid_file = self.global("pid_file").to_string();
        let _ = sys.write_file(pid_file.as_bytes(), &Blob::from(format!("{pid}\n")));
    }

    /// Databases are the directories of the data directory: some come and go without SQL.
    /// While the disk itself is gone, what is open stays as it was.
    pub(super) fn sync_directories(&mut self, sys: &dyn Sys) {
        if sys.stat(&self.path("ibdata1"), true).is_err() {
            return;
        }
        let mut names = Vec::new();
        for name in sys.read_dir(self.datadir.as_bytes()).unwrap_or_default() {
            let name = String::from_utf8_lossy(&name).into_owned();
            let is_dir = || {
                let stat = sys.stat(&self.path(&name), true);
                stat.is_ok_and(|stat| stat.kind == FileKind::Directory)
            };
            if !name.contains('.') && !is_system_database(&name) && is_dir() {
                let quoted = name.contains('+') || name.contains('-');
                names.push(if quoted { format!("#mysql50#{name}") } else { name });
            }
        }
        if names.iter().eq(self.catalog.databases.keys()) {
            return;
        }
        let catalog = Arc::make_mut(&mut self.catalog);
        catalog.databases.retain(|name, _| names.contains(name));
        for name in names {
            let (tables, views) = (SortedMap::new(), SortedMap::new());
            let empty = Database { tables, charset: Charset::LATIN1, views };
            catalog.databases.entry(name).or_insert(empty);
        }
    }
}

/// Ports of the loopback behind the Unix sockets of a pod's servers.
pub(in crate::mysql) const SOCKET_PORTS: [u16; 4] = [61_306, 61_307, 61_308, 61_309];

/// Options from the files, then the command line.
pub(in crate::mysql) fn given_options(
    arguments: &[String],
    sys: &dyn Sys,
) -> Result<Given, String> {
    let own = from_arguments(arguments);
    let only = own.iter().find(|(name, _)| name == "defaults-file").and_then(|(_, v)| v.clone());
    let mut given = if own.iter().any(|(name, _)| name == "no-defaults") {
        Given::new()
    } else {
        from_files(sys, &GROUPS, only.as_deref())?
    };
    given.extend(own);
    Ok(given)
}
