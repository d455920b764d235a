//! The I/O thread: connects to the source, takes its events, writes the relay log. Models
//! `sql/rpl_slave.cc`.

use super::change::PUBLIC_KEY;
use crate::base::{Blob, Millis, SimTime};
use crate::mysql::binlog::{Gtid, GtidSet};
use crate::mysql::client::has_sha2;
use crate::mysql::server::gtids::GtidMode;
use crate::mysql::server::log::{Level, short};
use crate::mysql::server::{Mysqld, pod};
use crate::mysql::sql::SqlError;
use crate::mysql::wire::{Channel, Client, Frame, Message};
use crate::os::{Fd, NetError, Poll, Sys, TimerId, Wait};
use crate::trace::fact::MysqlFact;

const LOST: &str = "Lost connection to MySQL server during query";

/// What the thread is at.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) enum Stage {
    /// It does not run.
    #[default]
    Stopped,
    /// It will try to connect now, or when the timer has gone off.
    Waiting(Option<TimerId>),
    /// The connection is being made.
    Connecting(Fd),
    /// It has logged in, and waits for the answer.
    LoggingIn(Channel),
    /// Events come.
    Reading(Channel),
}

/// An event that found no room.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Held {
    pub event: Blob,
    /// When it is written again.
    pub timer: TimerId,
    /// How often that was in vain.
    pub tries: u32,
}

/// The I/O thread.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Io {
    pub(super) stage: Stage,
    /// `Slave_IO_State`.
    pub state: &'static str,
    pub thread: u64,
    pub since: SimTime,
    /// `Master_Log_File` and `Read_Master_Log_Pos`.
    pub file: String,
    pub position: u64,
    /// `Master_Server_Id` and `Master_UUID`.
    pub source_id: u32,
    pub source_uuid: String,
    /// `Retrieved_Gtid_Set`, and the transaction that is coming in.
    pub retrieved: GtidSet,
    pub(super) gtid: Option<Gtid>,
    /// User and password of START SLAVE, which count until it stops.
    pub login: (Option<String>, Option<String>),
    /// The Format_description of the file that is read, without its position.
    pub(super) description: Option<Blob>,
    /// The last event was inside a transaction, and behind its BEGIN.
    pub(super) inside: bool,
    pub(super) begun: bool,
    /// It waits until the relay log takes less room.
    pub(super) full: bool,
    /// Failed attempts in a row.
    pub retries: u64,
    /// How often the source would not have it as a replica.
    pub(super) unregistered: u64,
    /// Whether it has been connected since it was started.
    pub(super) connected_before: bool,
    /// Set while no heartbeat comes: `slave_net_timeout`.
    pub(super) silence: Option<TimerId>,
    /// An event that found no room in the relay log.
    pub(super) held: Option<Held>,
    /// `Last_IO_Errno`, `Last_IO_Error` and its timestamp.
    pub errno: u16,
    pub error: String,
    pub error_at: String,
}

impl Io {
    pub fn is_running(&self) -> bool {
        self.stage != Stage::Stopped
    }

    /// `Slave_IO_Running`.
    pub fn running(&self) -> &'static str {
        match self.stage {
            Stage::Stopped => "No",
            Stage::Reading(_) => "Yes",
            _ => "Connecting",
        }
    }

    /// What it logs when it is stopped or gives up.
    pub(super) fn killed(&self) -> &'static str {
        match self.stage {
            Stage::Reading(_) => "Slave I/O thread killed while reading event for channel ''",
            _ if self.state.contains("failed registration") => {
                "Slave I/O thread killed while waiting to reconnect after a failed registration on \
                 master for channel ''"
            }
            _ if self.connected_before => "Slave I/O thread killed during or after reconnect",
            _ => "Slave I/O thread for channel '' killed while connecting to master",
        }
    }

    pub fn start(&mut self, thread: u64, now: SimTime) {
        self.stage = Stage::Waiting(None);
        self.state = "Connecting to master";
        self.thread = thread;
        self.since = now;
        self.retries = 0;
        self.unregistered = 0;
        self.connected_before = false;
        self.clear_error();
    }

    pub fn stop(&mut self, sys: &mut dyn Sys) {
        match std::mem::take(&mut self.stage) {
            Stage::Waiting(Some(timer)) => sys.disarm(timer),
            Stage::Connecting(fd) => drop(sys.close(fd)),
            Stage::LoggingIn(channel) | Stage::Reading(channel) => drop(sys.close(channel.fd)),
            Stage::Stopped | Stage::Waiting(None) => {}
        }
        self.forget_timers(sys);
        self.ended();
    }

    /// It has come to its end.
    fn ended(&mut self) {
        (self.stage, self.state) = (Stage::Stopped, "");
        self.login = (None, None);
        self.description = None;
        self.full = false;
    }

    /// `Master_Log_File` as the log prints it.
    pub fn shown_file(&self) -> &str {
        if self.file.is_empty() { "FIRST" } else { &self.file }
    }

    fn forget_timers(&mut self, sys: &mut dyn Sys) {
        let held = self.held.take().map(|held| held.timer);
        self.silence.take().into_iter().chain(held).for_each(|timer| sys.disarm(timer));
    }

    fn clear_error(&mut self) {
        self.errno = 0;
        self.error.clear();
        self.error_at.clear();
    }

    pub fn waits(&self) -> Vec<Wait> {
        match &self.stage {
            Stage::Waiting(Some(timer)) => vec![Wait::Timer(*timer)],
            Stage::Connecting(fd) => vec![Wait::Writable(*fd)],
            Stage::LoggingIn(_) | Stage::Reading(_) if self.full => Vec::new(),
            Stage::LoggingIn(channel) | Stage::Reading(channel) => {
                if let Some(held) = &self.held {
                    return vec![Wait::Timer(held.timer)];
                }
                let mut waits = channel.waits();
                waits.extend(self.silence.map(Wait::Timer));
                waits
            }
            Stage::Stopped | Stage::Waiting(None) => Vec::new(),
        }
    }
}

impl Mysqld {
    /// One act of the I/O thread. True if it made one.
    pub(in crate::mysql::server) fn io_turn(&mut self, sys: &mut dyn Sys) -> bool {
        match std::mem::take(&mut self.replica.io.stage) {
            Stage::Stopped => false,
            Stage::Waiting(Some(timer)) if !sys.has_fired(timer) => {
                self.replica.io.stage = Stage::Waiting(Some(timer));
                false
            }
            Stage::Waiting(_) => {
                self.io_connect(sys);
                true
            }
            Stage::Connecting(fd) => match sys.connected(fd) {
                Ok(Poll::Wait) => {
                    self.replica.io.stage = Stage::Connecting(fd);
                    false
                }
                Ok(Poll::Ready(())) => {
                    self.io_log_in(fd, sys);
                    true
                }
                Err(_) => {
                    let _ = sys.close(fd);
                    self.io_failed(2003, "", sys);
                    true
                }
            },
            Stage::LoggingIn(channel) => self.io_welcome(channel, sys),
            Stage::Reading(channel) => self.io_read(channel, sys),
        }
    }

    fn io_connect(&mut self, sys: &mut dyn Sys) {
        let Some(source) = self.replica.source.clone() else { return };
        if self.login().0.is_empty() {
            let text = "Fatal error: Invalid (empty) username when attempting to connect to the \
                        master server. Connection attempt terminated.";
            self.io_fatal(1593, text.into(), sys);
            return;
        }
        let connected = sys.resolve(source.host.as_bytes()).and_then(|addresses| {
            let address = addresses.first().cloned().ok_or(NetError::NameUnknown)?;
            sys.connect(&address, source.port)
        });
        match connected {
            Ok(fd) => self.replica.io.stage = Stage::Connecting(fd),
            Err(NetError::Os(_)) => self.io_failed(2003, "", sys),
            Err(_) => self.io_failed(2005, "", sys),
        }
    }

    /// User and password.
    pub(in crate::mysql::server) fn login(&self) -> (String, String) {
        let source = self.replica.source.clone().unwrap_or_default();
        let (user, password) = self.replica.io.login.clone();
        (user.unwrap_or(source.user), password.unwrap_or(source.password))
    }

    /// `root@mysql-0.mysql:3306`.
    fn source_text(&self) -> String {
        let source = self.replica.source.clone().unwrap_or_default();
        format!("{}@{}:{}", self.login().0, source.host, source.port)
    }

    /// A connection could not be made: it will be tried again. `said` by the source, or by the
    /// library; only 8.0 shows it, in the words of its later releases.
    fn io_failed(&mut self, errno: u16, said: &str, sys: &mut dyn Sys) {
        let source = self.replica.source.clone().unwrap_or_default();
        let text = self.source_text();
        let (host, port) = (&source.host, source.port);
        let why = self.is_8().then(|| match errno {
            2003 => format!("Can't connect to MySQL server on '{host}:{port}' (111)"),
            2005 => format!("Unknown MySQL server host '{host}' (-2)"),
            _ => said.to_string(),
        });
        let home = self.home();
        let io = &mut self.replica.io;
        io.retries += 1;
        let verb = if io.connected_before { "reconnecting" } else { "connecting" };
        io.state = if io.connected_before {
            "Reconnecting after a failed master event read"
        } else {
            "Connecting to master"
        };
        let (retry, retries) = (source.connect_retry, io.retries);
        io.errno = errno;
        io.error = match why {
            Some(why) => format!(
                "Error {verb} to source '{text}'. This was attempt {retries}/{}, with a delay of \
                 {retry} seconds between attempts. Message: {why}",
                source.retry_count
            ),
            None => {
                format!("error {verb} to master '{text}' - retry-time: {retry}  retries: {retries}")
            }
        };
        io.error_at = short(sys.now(), home);
        let line =
            format!("Slave I/O for channel '': {}, Error_code: {errno}", self.replica.io.error);
        let thread = self.replica.io.thread;
        self.log(sys, thread, Level::Error, &line);
        let fact = MysqlFact::SourceUnreachable {
            pod: pod(sys),
            host: source.host.clone(),
            errno,
            retry: Millis::secs(retry),
            retries,
        };
        tell!(sys, fact);
        // `++err_count == mi->retry_count`: no count of tries comes to 0.
        if retries == source.retry_count {
            let text = self.replica.io.killed();
            self.replica.io.ended();
            self.log(sys, thread, Level::Note, text);
            self.io_exits(sys);
            return;
        }
        self.replica.io.stage = Stage::Waiting(Some(sys.arm(Millis::secs(retry))));
    }

    fn io_log_in(&mut self, fd: Fd, sys: &mut dyn Sys) {
        let mut channel = Channel::new(fd);
        let (user, password) = self.login();
        let source = self.replica.source.as_ref();
        let is_secure =
            source.is_some_and(|source| source.ssl || source.texts.contains_key(PUBLIC_KEY));
        let client = match (has_sha2(&self.release), is_secure) {
            (false, _) => Client::Old,
            (true, true) => Client::Secure,
            (true, false) => Client::Plain,
        };
        channel.say(&Message::Login { user, password, db: None, charset: None, client });
        channel.flush(sys);
        self.replica.io.state = "Checking master version";
        self.replica.io.stage = Stage::LoggingIn(channel);
    }

    fn io_welcome(&mut self, mut channel: Channel, sys: &mut dyn Sys) -> bool {
        channel.fill(sys);
        match channel.take() {
            None if channel.ended || channel.broken.is_some() => {
                let _ = sys.close(channel.fd);
                self.io_failed(2013, LOST, sys);
                true
            }
            None => {
                self.replica.io.stage = Stage::LoggingIn(channel);
                false
            }
            Some(Frame::Message(Message::Welcome { server_id, uuid, gtid_mode, .. })) => {
                self.io_begin(channel, (server_id, uuid, GtidMode::named(&gtid_mode)), sys);
                true
            }
            Some(Frame::Message(Message::Error(error))) => {
                let _ = sys.close(channel.fd);
                self.io_failed(error.code, &error.message, sys);
                true
            }
            Some(_) => {
                let _ = sys.close(channel.fd);
                self.io_failed(2013, LOST, sys);
                true
            }
        }
    }

    /// Logged in: says who it is and what it wants.
    fn io_begin(
        &mut self,
        mut channel: Channel,
        (id, uuid, source_mode): (u32, String, GtidMode),
        sys: &mut dyn Sys,
    ) {
        if id == self.server_id() {
            say_goodbye(&mut channel, sys);
            let text = "Fatal error: The slave I/O thread stops because master and slave have \
                        equal MySQL server ids; these ids must be different for replication to \
                        work (or the --replicate-same-server-id option must be used on slave but \
                        this does not always make sense; please check the manual before using it).";
            self.io_fatal(1593, text.into(), sys);
            return;
        }
        if uuid == self.global("server_uuid") {
            say_goodbye(&mut channel, sys);
            let text = "Fatal error: The slave I/O thread stops because master and slave have \
                        equal MySQL server UUIDs; these UUIDs must be different for replication to \
                        work.";
            self.io_fatal(1593, text.into(), sys);
            return;
        }
        if let Some(text) = self.gtid_modes_differ(source_mode) {
            say_goodbye(&mut channel, sys);
            self.io_fatal(1593, text, sys);
            return;
        }
        let old = &self.replica.io.source_uuid;
        if !old.is_empty() && *old != uuid {
            let text = format!(
                "The master's UUID has changed, although this should not happen unless you have \
                 changed it manually. The old UUID was {old}."
            );
            let thread = self.replica.io.thread;
            self.log(sys, thread, Level::Warning, &text);
        }
        let (server_id, own) = (self.server_id(), self.global("server_uuid").to_string());
        let port = self.global("report_port").parse().unwrap_or(3_306);
        let report = (self.global("report_host").to_string(), port);
        let known = self.known_gtids();
        let io = &mut self.replica.io;
        io.source_id = id;
        io.source_uuid = uuid;
        let (file, position) = (io.file.clone(), io.position);
        channel.say(&Message::RegisterSlave { server_id, uuid: own, report });
        channel.say(&Message::BinlogDump { file: file.clone(), position, known });
        channel.flush(sys);
        let again = io.connected_before;
        io.connected_before = true;
        io.retries = 0;
        io.clear_error();
        io.state = "Waiting for master to send event";
        io.since = sys.now();
        let thread = io.thread;
        io.stage = Stage::Reading(channel);
        let who = self.source_text();
        let verb = if again { "replication resumed" } else { "replication started" };
        let thread_name =
            if again { "Slave for channel ''" } else { "Slave I/O thread for channel ''" };
        let line = format!(
            "{thread_name}: connected to master '{who}',{verb} in log '{}' at position \
             {position}",
            self.replica.io.shown_file()
        );
        self.log(sys, thread, Level::Note, &line);
        let host = self.replica.source.as_ref().map(|s| s.host.clone()).unwrap_or_default();
        tell!(sys, MysqlFact::SourceConnected { pod: pod(sys), host, file, position });
        self.save_replica(sys);
    }

    /// MASTER_AUTO_POSITION: what it needs no more.
    fn known_gtids(&self) -> Option<GtidSet> {
        self.replica.source.as_ref().filter(|source| source.auto_position)?;
        let mut known = self.gtids.executed.clone();
        known.add_all(&self.replica.io.retrieved);
        Some(known)
    }

    /// What one of them makes the other must take. Texts of `get_master_version_and_clock`
    /// (rpl_slave.cc).
    fn gtid_modes_differ(&self, source: GtidMode) -> Option<String> {
        let own = self.gtid_mode();
        let is_auto = self.replica.source.as_ref().is_some_and(|source| source.auto_position);
        if own == GtidMode::Off && source >= GtidMode::OnPermissive
            || own == GtidMode::On && source <= GtidMode::OffPermissive
        {
            return Some(format!(
                "The replication receiver thread cannot start because the master has GTID_MODE = \
                 {} and this server has GTID_MODE = {}.",
                source.name(),
                own.name()
            ));
        }
        (is_auto && source != GtidMode::On).then(|| {
            format!(
                "The replication receiver thread cannot start in AUTO_POSITION mode: the master \
                 has GTID_MODE = {} instead of ON.",
                source.name()
            )
        })
    }

    /// An error that no retry mends.
    pub(super) fn io_fatal(&mut self, errno: u16, text: String, sys: &mut dyn Sys) {
        let home = self.home();
        let line = format!("Slave I/O for channel '': {text}, Error_code: {errno}");
        let thread = self.replica.io.thread;
        self.log(sys, thread, Level::Error, &line);
        let io = &mut self.replica.io;
        io.errno = errno;
        io.error = text.clone();
        io.error_at = short(sys.now(), home);
        io.ended();
        self.io_exits(sys);
        let fact = MysqlFact::ThreadFailed { pod: pod(sys), io: true, errno, message: text };
        tell!(sys, fact);
    }

    pub(super) fn io_exits(&mut self, sys: &mut dyn Sys) {
        let io = &self.replica.io;
        let line = format!(
            "Slave I/O thread exiting for channel '', read up to log '{}', position {}",
            io.shown_file(),
            io.position
        );
        let thread = io.thread;
        self.log(sys, thread, Level::Note, &line);
    }

    /// The account may not replicate: it is tried again, as long as a connection would be.
    pub(super) fn io_not_registered(
        &mut self,
        channel: Channel,
        error: &SqlError,
        sys: &mut dyn Sys,
    ) {
        let _ = sys.close(channel.fd);
        self.replica.io.forget_timers(sys);
        let text = format!(
            "Master command COM_REGISTER_SLAVE failed: {} (Errno: {})",
            error.message, error.code
        );
        let thread = self.replica.io.thread;
        let line = format!("Slave I/O for channel '': {text}, Error_code: 1597");
        self.log(sys, thread, Level::Error, &line);
        self.log(sys, thread, Level::Error, "Slave I/O thread couldn't register on master");
        let source = self.replica.source.clone().unwrap_or_default();
        let home = self.home();
        let io = &mut self.replica.io;
        (io.errno, io.error, io.error_at) = (1597, text, short(sys.now(), home));
        io.state = "Waiting to reconnect after a failed registration on master";
        io.unregistered += 1;
        let (retry, retries) = (Millis::secs(source.connect_retry), io.unregistered);
        let (pod, errno) = (pod(sys), 1597);
        tell!(sys, MysqlFact::SourceUnreachable { pod, host: source.host, errno, retry, retries },);
        if retries > source.retry_count {
            self.replica.io.ended();
            self.io_exits(sys);
            return;
        }
        self.replica.io.stage = Stage::Waiting(Some(sys.arm(retry)));
    }

    pub(super) fn io_source_error(&mut self, error: SqlError, sys: &mut dyn Sys) {
        let text = format!(
            "Got fatal error {} from master when reading data from binary log: '{}'",
            error.code, error.message
        );
        self.io_fatal(error.code, text, sys);
    }

    /// The connection is lost: at once one attempt, then one each retry time.
    pub(super) fn io_lost(&mut self, channel: Channel, sys: &mut dyn Sys) {
        let _ = sys.close(channel.fd);
        self.replica.io.forget_timers(sys);
        let io = &self.replica.io;
        let line = format!(
            "Slave I/O thread: Failed reading log event, reconnecting to retry, log '{}' at \
             position {} for channel ''",
            io.shown_file(),
            io.position
        );
        let thread = io.thread;
        self.log(sys, thread, Level::Note, &line);
        self.log(sys, thread, Level::Warning, super::change::STORED.1);
        let host = self.replica.source.as_ref().map(|s| s.host.clone()).unwrap_or_default();
        tell!(sys, MysqlFact::SourceLost { pod: pod(sys), host });
        self.replica.io.state = "Reconnecting after a failed master event read";
        self.replica.io.stage = Stage::Waiting(None);
    }
}

/// `mysql_close`.
fn say_goodbye(channel: &mut Channel, sys: &mut dyn Sys) {
    channel.say(&Message::Quit);
    channel.flush(sys);
    let _ = sys.close(channel.fd);
}
