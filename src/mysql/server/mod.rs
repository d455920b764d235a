//! mysqld: a server as plain data, one visible act a turn.
//!
//! Its life is in `boot` and `stop`, its clients in `conn` and `statement`, its log in `journal`,
//! both sides of replication in `dump` and `replica`. All it knows of the world comes through `dyn
//! Sys`; what must outlive it lies in the files of its data directory.

/// Says what this turn meant.
macro_rules! tell {
    ($sys:expr, $fact:expr $(,)?) => {{
        let fact = $fact;
        $sys.tell(crate::trace::Fact::Mysql(fact));
    }};
}
pub(in crate::mysql) use tell;

mod accounts;
mod admin;
mod boot;
mod charset;
mod claims;
mod conn;
mod count;
mod ddl;
mod disk;
mod dump;
mod files;
mod filters;
mod global;
mod gtids;
mod hosts;
mod inspect;
mod isolation;
mod journal;
mod locks;
pub mod log;
mod logged;
pub mod options;
mod own;
mod prepared;
mod privileges;
mod releases;
mod replay;
mod replica;
mod rights;
mod rowlocks;
mod said;
mod savepoint;
mod setting;
mod statement;
mod status;
mod stop;
mod temporary;
mod variables;
mod write;
mod zones;

use std::sync::Arc;

use crate::base::{Millis, PodName, SimTime, SortedMap};
use crate::mysql::arguments_of;
use crate::mysql::data::{Catalog, Plugin, Zone};
use crate::mysql::run::Variables;
use crate::mysql::wire::Printer;
use crate::os::{Disposition, Fd, Signal, Sys, TimerId, Turn, Wait, WaitStatus};
use crate::trace::Fact;
use crate::trace::fact::MysqlFact;

pub(in crate::mysql) use boot::given_options;
pub(in crate::mysql) use files::UMASK;
pub use files::{DATADIR, password_hash};
pub use inspect::{
    DatabaseInspect, Inspect, Phase as InspectPhase, ReplicaInspect, TableInspect, ThreadError,
};
pub(in crate::mysql) use releases::{former_name, is_gone, is_new};
pub(in crate::mysql) use statement::shown;

use conn::Conn;
use count::Counters;
use journal::Journal;
use log::Level;
use options::Options;
use replica::Replica;

/// What this run of mysqld is for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Mode {
    /// `--initialize-insecure`.
    Initialize,
    /// `--verbose --help`: checks the options and ends.
    Help,
    /// `--version`: says so and ends.
    Version,
    /// To serve.
    Serve,
}

/// How far it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Phase {
    /// This stage of the start is next.
    Boot(u32),
    /// It serves.
    Serving,
    /// This stage of the shutdown is next.
    Stopping(u32),
    /// Its last words are printed; then it ends so.
    Ending(WaitStatus),
}

/// A server.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Mysqld {
    arguments: Vec<String>,
    release: String,
    mode: Mode,
    phase: Phase,
    timer: Option<TimerId>,
    err: Printer,
    stop_asked: bool,
    lock_tries: u32,
    options: Arc<Options>,
    globals: Arc<Variables>,
    /// The zone that its environment asks for (`TZ`).
    zone: Option<String>,
    datadir: String,
    started: SimTime,
    catalog: Arc<Catalog>,
    journal: Option<Journal>,
    gtids: gtids::Gtids,
    listeners: Vec<Fd>,
    conns: Vec<Conn>,
    last_conn: u64,
    last_query: u64,
    /// Ids of tables that are open, as Table_map events name them.
    table_ids: SortedMap<(String, String), u64>,
    last_table_id: u64,
    /// The host cache: client addresses whose names were looked up, and how many handshakes in a
    /// row each did not end.
    known_hosts: SortedMap<String, u32>,
    /// `caching_sha2_password`: accounts whose hash is in the cache.
    sha2_known: Vec<String>,
    /// The connection that holds FLUSH TABLES WITH READ LOCK.
    read_lock: Option<u64>,
    replica: Replica,
    /// Requests of all clients.
    questions: u64,
    counters: Counters,
    /// Whose turn it is among the threads that could act, and among the dump threads.
    next_task: u8,
    next_dump: u32,
}

/// A UUID of MySQL's form (version 1) from 128 random bits.
pub fn uuid_text(a: u64, b: u64) -> String {
    let node = b & 0xffff_ffff_ffff;
    let (low, mid, high) = (a >> 32, (a >> 16) & 0xffff, a & 0x0fff);
    let clock = 0x8000 | ((b >> 48) & 0x3fff);
    format!("{low:08x}-{mid:04x}-1{high:03x}-{clock:04x}-{node:012x}")
}

impl Mysqld {
    /// A server about to start.
    pub fn start(argv: &[Vec<u8>], env: &[(Vec<u8>, Vec<u8>)]) -> Mysqld {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let arguments = arguments_of(argv);
        let has = |name: &str| arguments.iter().any(|a| a == name);
        let mode = if has("--version") || has("-V") {
            Mode::Version
        } else if has("--help") && has("--verbose") || has("-?") || has("--help") {
            Mode::Help
        } else if has("--initialize-insecure") || has("--initialize") {
            Mode::Initialize
        } else {
            Mode::Serve
        };
        let version = env.iter().find(|(name, _)| name == b"MYSQL_VERSION");
        let release = release(&version.map_or_else(String::new, |(_, value)| text(value)));
        let release = release.as_str();
        let zone = env.iter().find(|(name, _)| name == b"TZ").map(|(_, value)| text(value));
        Mysqld {
            arguments,
            release: release.to_string(),
            mode,
            phase: Phase::Boot(0),
            timer: None,
            err: Printer::new(Fd::STDERR),
            stop_asked: false,
            lock_tries: 0,
            options: Arc::default(),
            globals: Arc::default(),
            zone,
            datadir: DATADIR.into(),
            started: SimTime::START,
            catalog: Arc::new(Catalog::initial(release, Plugin::default(), 0)),
            journal: None,
            gtids: gtids::Gtids::default(),
            listeners: Vec::new(),
            conns: Vec::new(),
            last_conn: 0,
            last_query: 0,
            table_ids: SortedMap::new(),
            last_table_id: 107,
            known_hosts: SortedMap::new(),
            sha2_known: Vec::new(),
            read_lock: None,
            replica: Replica::default(),
            questions: 0,
            counters: Counters::default(),
            next_task: 0,
            next_dump: 0,
        }
    }

    /// A signal arrives: SIGTERM shuts it down, SIGHUP and SIGPIPE do no harm.
    pub fn signal(&mut self, signal: Signal) -> Disposition {
        match signal {
            Signal::Term | Signal::Quit | Signal::Int => {
                self.stop_asked = true;
                Disposition::Handled
            }
            Signal::Hup | Signal::Pipe | Signal::Usr1 | Signal::Usr2 => Disposition::Ignored,
            _ => Disposition::Default,
        }
    }

    /// One visible act.
    pub fn turn(&mut self, sys: &mut dyn Sys) -> Turn {
        if !self.err.flush(sys) {
            return Turn::Blocked(vec![self.err.wait()]);
        }
        let turn = self.act(sys);
        let flushed = self.err.flush(sys);
        match turn {
            Turn::Blocked(_) if !flushed => Turn::Blocked(vec![self.err.wait()]),
            turn => turn,
        }
    }

    fn act(&mut self, sys: &mut dyn Sys) -> Turn {
        if let Phase::Ending(status) = self.phase {
            return Turn::Exited(status);
        }
        // Until it is ready a signal waits (`server_components_init_wait` of mysqld.cc).
        if self.stop_asked && self.phase == Phase::Serving {
            self.begin_stop(sys);
            return Turn::Ran;
        }
        if !matches!(self.phase, Phase::Serving)
            && let Some(timer) = self.timer
        {
            if !sys.has_fired(timer) {
                return Turn::Blocked(vec![Wait::Timer(timer), Wait::Signal]);
            }
            self.timer = None;
        }
        match self.phase {
            Phase::Boot(stage) => self.boot(stage, sys),
            Phase::Stopping(stage) => self.stop(stage, sys),
            Phase::Serving => self.serve(sys),
            Phase::Ending(status) => Turn::Exited(status),
        }
    }

    /// Goes on after so long.
    fn after(&mut self, time: Millis, phase: Phase, sys: &mut dyn Sys) -> Turn {
        self.phase = phase;
        let timer = sys.arm(time);
        self.timer = Some(timer);
        Turn::Blocked(vec![Wait::Timer(timer), Wait::Signal])
    }

    /// Its clients, its dump threads and its two threads of replication, each in its turn.
    fn serve(&mut self, sys: &mut dyn Sys) -> Turn {
        for step in 0..4 {
            let task = (self.next_task + step) % 4;
            let acted = match task {
                0 => self.serve_clients(sys),
                1 => self.dump_turn(sys),
                2 => self.io_turn(sys),
                _ => self.sql_turn(sys),
            };
            if acted {
                self.next_task = (task + 1) % 4;
                return Turn::Ran;
            }
        }
        Turn::Blocked(self.waits())
    }

    fn waits(&self) -> Vec<Wait> {
        let mut waits = vec![Wait::Signal];
        waits.extend(self.listeners.iter().map(|fd| Wait::Readable(*fd)));
        waits.extend(self.conns.iter().flat_map(Conn::waits));
        waits.extend(self.replica.waits());
        waits
    }

    fn log(&mut self, sys: &dyn Sys, thread: u64, level: Level, text: &str) {
        let verbosity = self.globals.get("log_error_verbosity").and_then(|v| v.parse().ok());
        // 8.0 has its own list of the notes that it prints at any verbosity.
        let level_of_8 = if self.is_8() { level.min(Level::Warning) } else { level };
        if level_of_8 as u8 > verbosity.unwrap_or(3) {
            return;
        }
        if self.is_8() {
            let line = log::line_of_8(self.clock(sys), thread, level, text, &self.release);
            self.err.print(&line.unwrap_or_default());
            return;
        }
        self.err.print(&log::line(self.clock(sys), thread, level, text));
    }

    /// The clock that its log goes by.
    fn clock(&self, sys: &dyn Sys) -> log::Clock {
        (sys.now(), (self.global("log_timestamps") == "SYSTEM").then(|| self.home()))
    }

    fn is_8(&self) -> bool {
        is_8(&self.release)
    }

    fn note(&mut self, sys: &dyn Sys, text: &str) {
        self.log(sys, 0, Level::Note, text);
    }

    fn warning(&mut self, sys: &dyn Sys, text: &str) {
        self.log(sys, 0, Level::Warning, text);
    }

    /// 5.7 leaves a line free here.
    fn blank(&mut self) {
        if !self.is_8() {
            self.err.print("\n");
        }
    }

    /// Prints an error and `Aborting`; it will end with exit code 1.
    fn abort(&mut self, sys: &mut dyn Sys, text: &str) -> Turn {
        for line in text.lines() {
            self.log(sys, 0, Level::Error, line);
        }
        self.log(sys, 0, Level::Error, "Aborting");
        self.blank();
        self.note(sys, "Binlog end");
        if matches!(self.phase, Phase::Boot(2..)) {
            self.stop_started(sys);
        }
        self.note(sys, "mysqld: Shutdown complete");
        self.blank();
        let fact = MysqlFact::Aborted { pod: pod(sys), message: text.into() };
        sys.tell(Fact::Mysql(fact));
        self.phase = Phase::Ending(WaitStatus::Code(1));
        Turn::Ran
    }

    fn global(&self, name: &str) -> &str {
        self.globals.get(name).map_or("", String::as_str)
    }

    fn is_on(&self, name: &str) -> bool {
        self.global(name) == "ON"
    }

    fn set_global(&mut self, name: &str, value: impl Into<String>) {
        Arc::make_mut(&mut self.globals).insert(name.into(), value.into());
    }

    /// The zone in which its own clock goes.
    fn home(&self) -> Zone {
        self.zone.as_deref().and_then(Zone::of_tz).unwrap_or_default()
    }

    fn server_id(&self) -> u32 {
        self.global("server_id").parse().unwrap_or(0)
    }

    fn path(&self, name: &str) -> Vec<u8> {
        format!("{}/{name}", self.datadir).into_bytes()
    }
}

/// `5.7.42` of an image's `5.7.42-1debian10`.
pub(in crate::mysql) fn release(version: &str) -> String {
    version.split('-').next().filter(|v| !v.is_empty()).unwrap_or("5.7.42").to_string()
}

/// Whether a release is of a line from 8.0 on (MariaDB, which numbers from 10 on, is not).
pub(in crate::mysql) fn is_8(release: &str) -> bool {
    release.starts_with("8.") || release.starts_with("9.")
}

/// The pod a process runs in, by its host name.
pub(in crate::mysql) fn pod(sys: &dyn Sys) -> PodName {
    sys.hostname().into()
}
