//! The I/O thread: connects to the source, takes its events, writes the relay log. Models
//! `sql/rpl_slave.cc`.

use crate::base::{Blob, Millis, SimTime};
use crate::mysql::binlog::{Event, decode};
use crate::mysql::server::log::{Level, short};
use crate::mysql::server::{Mysqld, pod};
use crate::mysql::sql::SqlError;
use crate::mysql::wire::{Channel, Frame, Message};
use crate::os::{Errno, Fd, NetError, Poll, Sys, TimerId, Wait};
use crate::trace::fact::MysqlFact;

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
    event: Blob,
    /// When it is written again.
    timer: TimerId,
    /// How often that was in vain.
    tries: u32,
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
        self.state = "";
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
                    self.io_failed(2003, sys);
                    true
                }
            },
            Stage::LoggingIn(channel) => self.io_welcome(channel, sys),
            Stage::Reading(channel) => self.io_read(channel, sys),
        }
    }

    fn io_connect(&mut self, sys: &mut dyn Sys) {
        let Some(source) = self.replica.source.clone() else { return };
        if source.user.is_empty() {
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
            Err(NetError::Os(_)) => self.io_failed(2003, sys),
            Err(_) => self.io_failed(2005, sys),
        }
    }

    /// `root@mysql-0.mysql:3306`.
    fn source_text(&self) -> String {
        let source = self.replica.source.clone().unwrap_or_default();
        format!("{}@{}:{}", source.user, source.host, source.port)
    }

    /// A connection could not be made: it will be tried again.
    fn io_failed(&mut self, errno: u16, sys: &mut dyn Sys) {
        let source = self.replica.source.clone().unwrap_or_default();
        let text = self.source_text();
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
        io.error =
            format!("error {verb} to master '{text}' - retry-time: {retry}  retries: {retries}");
        io.error_at = short(sys.now());
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
            let io = &mut self.replica.io;
            (io.stage, io.state) = (Stage::Stopped, "");
            let text = "Slave I/O thread for channel '' killed while connecting to master";
            self.log(sys, thread, Level::Note, text);
            self.io_exits(sys);
            return;
        }
        self.replica.io.stage = Stage::Waiting(Some(sys.arm(Millis::secs(retry))));
    }

    fn io_log_in(&mut self, fd: Fd, sys: &mut dyn Sys) {
        let source = self.replica.source.clone().unwrap_or_default();
        let mut channel = Channel::new(fd);
        let (user, password) = (source.user, source.password);
        channel.say(&Message::Login { user, password, db: None });
        channel.flush(sys);
        self.replica.io.state = "Checking master version";
        self.replica.io.stage = Stage::LoggingIn(channel);
    }

    fn io_welcome(&mut self, mut channel: Channel, sys: &mut dyn Sys) -> bool {
        channel.fill(sys);
        match channel.take() {
            None if channel.ended || channel.broken.is_some() => {
                let _ = sys.close(channel.fd);
                self.io_failed(2013, sys);
                true
            }
            None => {
                self.replica.io.stage = Stage::LoggingIn(channel);
                false
            }
            Some(Frame::Message(Message::Welcome { server_id, uuid, .. })) => {
                self.io_begin(channel, server_id, uuid, sys);
                true
            }
            Some(Frame::Message(Message::Error(error))) => {
                let _ = sys.close(channel.fd);
                self.io_failed(error.code, sys);
                true
            }
            Some(_) => {
                let _ = sys.close(channel.fd);
                self.io_failed(2013, sys);
                true
            }
        }
    }

    /// Logged in: says who it is and what it wants.
    fn io_begin(&mut self, mut channel: Channel, id: u32, uuid: String, sys: &mut dyn Sys) {
        if id == self.server_id() {
            let _ = sys.close(channel.fd);
            let text = "Fatal error: The slave I/O thread stops because master and slave have \
                        equal MySQL server ids; these ids must be different for replication to \
                        work (or the --replicate-same-server-id option must be used on slave but \
                        this does not always make sense; please check the manual before using it).";
            self.io_fatal(1593, text.into(), sys);
            return;
        }
        if uuid == self.global("server_uuid") {
            let _ = sys.close(channel.fd);
            let text = "Fatal error: The slave I/O thread stops because master and slave have \
                        equal MySQL server UUIDs; these UUIDs must be different for replication to \
                        work.";
            self.io_fatal(1593, text.into(), sys);
            return;
        }
        let (server_id, own) = (self.server_id(), self.global("server_uuid").to_string());
        let io = &mut self.replica.io;
        io.source_id = id;
        io.source_uuid = uuid;
        let (file, position) = (io.file.clone(), io.position);
        channel.say(&Message::RegisterSlave { server_id, uuid: own, port: 3306 });
        channel.say(&Message::BinlogDump { file: file.clone(), position });
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
            "{thread_name}: connected to master '{who}',{verb} in log '{file}' at position \
             {position}"
        );
        self.log(sys, thread, Level::Note, &line);
        let host = self.replica.source.as_ref().map(|s| s.host.clone()).unwrap_or_default();
        tell!(sys, MysqlFact::SourceConnected { pod: pod(sys), host, file, position });
        self.save_replica(sys);
    }

    /// An error that no retry mends.
    fn io_fatal(&mut self, errno: u16, text: String, sys: &mut dyn Sys) {
        let line = format!("Slave I/O for channel '': {text}, Error_code: {errno}");
        let thread = self.replica.io.thread;
        self.log(sys, thread, Level::Error, &line);
        let io = &mut self.replica.io;
        io.errno = errno;
        io.error = text.clone();
        io.error_at = short(sys.now());
        io.state = "";
        io.stage = Stage::Stopped;
        self.io_exits(sys);
        let fact = MysqlFact::ThreadFailed { pod: pod(sys), io: true, errno, message: text };
        tell!(sys, fact);
    }

    fn io_exits(&mut self, sys: &mut dyn Sys) {
        let io = &self.replica.io;
        let line = format!(
            "Slave I/O thread exiting for channel '', read up to log '{}', position {}",
            io.file, io.position
        );
        let thread = io.thread;
        self.log(sys, thread, Level::Note, &line);
    }

    /// The account may not replicate: it is tried again, as long as a connection would be.
    fn io_not_registered(&mut self, channel: Channel, error: &SqlError, sys: &mut dyn Sys) {
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
        let io = &mut self.replica.io;
        (io.errno, io.error, io.error_at) = (1597, text, short(sys.now()));
        io.state = "Waiting to reconnect after a failed registration on master";
        io.unregistered += 1;
        let (retry, retries) = (Millis::secs(source.connect_retry), io.unregistered);
        let (pod, errno) = (pod(sys), 1597);
        tell!(sys, MysqlFact::SourceUnreachable { pod, host: source.host, errno, retry, retries },);
        if retries > source.retry_count {
            self.replica.io.stage = Stage::Stopped;
            self.io_exits(sys);
            return;
        }
        self.replica.io.stage = Stage::Waiting(Some(sys.arm(retry)));
    }

    fn io_read(&mut self, mut channel: Channel, sys: &mut dyn Sys) -> bool {
        channel.fill(sys);
        channel.flush(sys);
        let mut kinds = Vec::new();
        let mut acted = false;
        if let Some(held) = &self.replica.io.held {
            if !sys.has_fired(held.timer) {
                self.replica.io.stage = Stage::Reading(channel);
                return false;
            }
            acted = true;
            let (event, tries) = (held.event.clone(), held.tries + 1);
            self.replica.io.held = None;
            if self.queue_event(&event, &mut kinds, tries, sys) == Queued::Failed {
                return self.io_cannot_queue(&channel, sys);
            }
        }
        while self.replica.io.held.is_none()
            && let Some(frame) = channel.take()
        {
            acted = true;
            match frame {
                Frame::Event(bytes) => {
                    self.replica.io.unregistered = 0;
                    match self.queue_event(&bytes, &mut kinds, 0, sys) {
                        Queued::WithNext => {}
                        Queued::Alone => break,
                        Queued::Failed => return self.io_cannot_queue(&channel, sys),
                    }
                }
                Frame::Message(Message::Error(error)) if error.code == 1045 => {
                    self.io_not_registered(channel, &error, sys);
                    return true;
                }
                Frame::Message(Message::Error(error)) => {
                    let _ = sys.close(channel.fd);
                    self.io_source_error(error, sys);
                    return true;
                }
                Frame::Message(Message::EndOfEvents) => {
                    let uuid = self.global("server_uuid").to_string();
                    let line = format!(
                        "Slave for channel '': received end packet from server due to dump thread \
                         being killed on master. Dump threads are killed for example during master \
                         shutdown, explicitly by a user, or when the master receives a binlog send \
                         request from a duplicate server UUID <{uuid}> : Error "
                    );
                    let thread = self.replica.io.thread;
                    self.log(sys, thread, Level::Note, &line);
                    self.io_lost(channel, sys);
                    return true;
                }
                Frame::Message(_) | Frame::Garbage => {}
            }
        }
        if acted {
            self.received(kinds, sys);
        } else if channel.ended || channel.broken.is_some() || self.io_hears_nothing(&channel, sys)
        {
            let line = "Error reading packet from server for channel '': Lost connection to MySQL \
                        server during query (server_errno=2013)";
            let thread = self.replica.io.thread;
            self.log(sys, thread, Level::Error, line);
            self.io_lost(channel, sys);
            return true;
        }
        self.replica.io.stage = Stage::Reading(channel);
        acted
    }

    fn received(&mut self, kinds: Vec<String>, sys: &mut dyn Sys) {
        self.save_replica(sys);
        self.sql_settle(sys);
        if kinds.is_empty() {
            return;
        }
        let io = &self.replica.io;
        let relay = self.replica.relay.files.last().map(|(name, _)| name.clone());
        let fact = MysqlFact::Received {
            pod: pod(sys),
            file: io.file.clone(),
            end: io.position,
            events: kinds,
            relay: relay.unwrap_or_default(),
        };
        tell!(sys, fact);
    }

    fn io_source_error(&mut self, error: SqlError, sys: &mut dyn Sys) {
        let text = format!(
            "Got fatal error {} from master when reading data from binary log: '{}'",
            error.code, error.message
        );
        self.io_fatal(error.code, text, sys);
    }

    /// The connection is lost: at once one attempt, then one each retry time.
    fn io_lost(&mut self, channel: Channel, sys: &mut dyn Sys) {
        let _ = sys.close(channel.fd);
        self.replica.io.forget_timers(sys);
        let io = &self.replica.io;
        let line = format!(
            "Slave I/O thread: Failed reading log event, reconnecting to retry, log '{}' at \
             position {} for channel ''",
            io.file, io.position
        );
        let thread = io.thread;
        self.log(sys, thread, Level::Note, &line);
        self.log(sys, thread, Level::Warning, super::SECURITY[1].1);
        let host = self.replica.source.as_ref().map(|s| s.host.clone()).unwrap_or_default();
        tell!(sys, MysqlFact::SourceLost { pod: pod(sys), host });
        self.replica.io.state = "Reconnecting after a failed master event read";
        self.replica.io.stage = Stage::Waiting(None);
    }

    /// Whether no event and no heartbeat has come for `slave_net_timeout`. The source sends a
    /// heartbeat each half of that; the model's does not, and the machine is asked instead.
    fn io_hears_nothing(&mut self, channel: &Channel, sys: &mut dyn Sys) -> bool {
        let hears = sys.hears(channel.fd);
        match (hears, self.replica.io.silence) {
            (true, None) => false,
            (true, Some(timer)) => {
                sys.disarm(timer);
                self.replica.io.silence = None;
                false
            }
            (false, None) => {
                let timeout = self.global("slave_net_timeout").parse().unwrap_or(60);
                self.replica.io.silence = Some(sys.arm(Millis::secs(timeout)));
                false
            }
            (false, Some(timer)) => sys.has_fired(timer),
        }
    }

    /// The relay log cannot be written.
    fn io_cannot_queue(&mut self, channel: &Channel, sys: &mut dyn Sys) -> bool {
        let _ = sys.close(channel.fd);
        let text = "Relay log write failure: could not queue event from master";
        self.io_fatal(1595, text.into(), sys);
        true
    }

    /// Writes one event to the relay log, which was in vain `tries` times before.
    fn queue_event(
        &mut self,
        bytes: &Blob,
        kinds: &mut Vec<String>,
        tries: u32,
        sys: &mut dyn Sys,
    ) -> Queued {
        let Some((header, event)) = decode(bytes) else { return Queued::Alone };
        // What this server wrote itself and has come round to it: only its position counts.
        if header.server_id == self.server_id() && !is_frame(&event) {
            self.replica.io.position = header.end.into();
            let at = (self.replica.io.file.clone(), self.replica.io.position);
            self.replica.applier.passed = Some(at);
            return Queued::WithNext;
        }
        if matches!(event, Event::Rotate { .. }) && tries == 0 {
            self.replica_rotate(sys);
        }
        let written = match &event {
            Event::PreviousGtids => {
                let file = self.replica.io.file.clone();
                let stand_in = self.stand_in(&file, header.end.into());
                self.write_relay(&stand_in, sys)
            }
            _ => self.write_relay(bytes, sys),
        };
        match written {
            Ok(()) => {}
            Err(Errno::Nospc) => {
                let relay = self.replica.relay.files.last().map(|(name, _)| name.clone());
                let file = format!("./{}", relay.unwrap_or_default());
                let timer = self.wait_for_space(&file, tries, self.replica.io.thread, sys);
                self.replica.io.held = Some(Held { event: bytes.clone(), timer, tries });
                return Queued::Alone;
            }
            // The volume is gone: mysqld is on its way out.
            Err(_) if self.is_ending() => return Queued::Alone,
            Err(_) => return Queued::Failed,
        }
        match &event {
            Event::Rotate { position, name } => {
                self.replica.io.file = name.clone();
                self.replica.io.position = *position;
                return Queued::WithNext;
            }
            Event::FormatDescription { .. } if header.end == 0 => return Queued::Alone,
            _ => self.replica.io.position = header.end.into(),
        }
        match &event {
            Event::FormatDescription { .. } | Event::PreviousGtids => Queued::Alone,
            Event::AnonymousGtid { .. } | Event::TableMap(_) => {
                kinds.push(event.name().to_string());
                Queued::WithNext
            }
            _ => {
                kinds.push(event.name().to_string());
                Queued::Alone
            }
        }
    }
}

/// Whether an event belongs to a file, not to what was done.
fn is_frame(event: &Event) -> bool {
    matches!(
        event,
        Event::FormatDescription { .. } | Event::Rotate { .. } | Event::PreviousGtids | Event::Stop
    )
}

/// What became of an event.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Queued {
    /// It is in the relay log, and another belongs to it.
    WithNext,
    /// It is in the relay log.
    Alone,
    /// It could not be written.
    Failed,
}
