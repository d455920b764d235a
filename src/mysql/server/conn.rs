//! Clients: who connects, what they ask, when they are answered.

use super::accounts::denied;
use super::charset::set_names;
use super::dump::Dump;
use super::locks::Lock;
use super::log::Level;
use super::own::first_variables;
use super::{Mysqld, pod};
use crate::base::{Millis, SimTime};
use crate::mysql::greeting;
use crate::mysql::run::Session;
use crate::mysql::sql::SqlError;
use crate::mysql::timing;
use crate::mysql::wire::{Channel, Client, Frame, Message};
use crate::os::{Poll, Sys, TimerId, Wait};
use crate::trace::fact::MysqlFact;

/// A connection.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Conn {
    /// The connection's number, as SHOW PROCESSLIST prints it.
    pub id: u64,
    pub channel: Channel,
    /// Over the Unix socket.
    pub local: bool,
    /// The client's address, `localhost` over the socket.
    pub address: String,
    pub port: u16,
    /// Who is logged in.
    pub session: Option<Session>,
    /// Whether it came with a password.
    pub with_password: bool,
    /// A replica's, from COM_REGISTER_SLAVE: server id, UUID, port.
    pub registered: Option<(u32, String, (String, u16))>,
    pub work: Work,
    /// Statements of the same packet that have not run yet.
    pub rest: Option<String>,
    /// Since when it does what it does.
    pub since: SimTime,
}

/// What a connection is at.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) enum Work {
    /// The client has come, and not said a word. When the timer goes off, the server greets; when
    /// it goes off again, it has waited for long enough.
    Silent { timer: TimerId, greeted: bool },
    /// It waits for a request.
    Idle,
    /// Its answer is ready when the timer goes off.
    Answering { timer: TimerId, answer: Message, sql: String },
    /// Its statement waits for a lock, at most until the timer goes off.
    Locked { timer: TimerId, sql: String, lock: Lock },
    /// Its statement found no room on the disk, and is run again when the timer goes off.
    NoSpace { timer: TimerId, sql: String, tries: u32 },
    /// It sends events to a replica.
    Dump(Box<Dump>),
    /// It is to be closed when all is sent.
    Closing,
}

/// What a request comes to.
pub(super) enum Reply {
    /// This, after so long.
    Say(Message, Millis),
    /// Not until a lock is free, but not longer than this.
    Wait(Lock, Millis),
    /// Not until there is room to write this file.
    NoSpace(String),
    /// Nothing to say; the connection is now something else.
    Nothing,
}

impl Reply {
    pub fn now(message: Message) -> Reply {
        Reply::Say(message, Millis::ZERO)
    }

    pub fn error(error: SqlError) -> Reply {
        Reply::now(Message::Error(error))
    }
}

impl Conn {
    pub fn waits(&self) -> Vec<Wait> {
        let mut waits = self.channel.waits();
        match &self.work {
            Work::Silent { timer, .. } => waits.push(Wait::Timer(*timer)),
            Work::Answering { timer, .. }
            | Work::Locked { timer, .. }
            | Work::NoSpace { timer, .. } => {
                waits.push(Wait::Timer(*timer));
                // A client that says more before it is answered is heard later.
                if self.channel.has_frame() || self.channel.ended {
                    waits.retain(|wait| !matches!(wait, Wait::Readable(_)));
                }
            }
            Work::Closing => waits.retain(|wait| !matches!(wait, Wait::Readable(_))),
            _ => {}
        }
        waits
    }

    pub fn is_dump(&self) -> bool {
        matches!(self.work, Work::Dump(_))
    }

    /// `user@host` of the client.
    pub fn client(&self) -> String {
        match &self.session {
            Some(session) => format!("{}@{}", session.user, session.host),
            None => format!("unauthenticated user@{}", self.address),
        }
    }
}

impl Mysqld {
    /// Accepts and answers. True if something was done that can be seen.
    pub(super) fn serve_clients(&mut self, sys: &mut dyn Sys) -> bool {
        self.accept_all(sys);
        for index in 0..self.conns.len() {
            let mut conn = self.conns.remove(index);
            conn.channel.fill(sys);
            let acted = self.serve_one(&mut conn, sys);
            let flushed = !self.is_ending() && conn.channel.flush(sys);
            let left = conn.channel.broken.is_some()
                || (conn.channel.ended && !acted && !conn.channel.has_frame() && !busy(&conn));
            let gone =
                conn.work == Work::Closing && flushed || left && !Mysqld::is_zombie(&mut conn, sys);
            if gone {
                if conn.work != Work::Closing {
                    self.hung_up(&conn, sys);
                }
                self.drop_conn(conn, sys);
            } else {
                // A replica that came back may have ended its older connection.
                let place = self.conns.partition_point(|other| other.id < conn.id);
                self.conns.insert(place, conn);
            }
            if acted || gone {
                return acted || self.has_more_work();
            }
        }
        false
    }

    /// Whether, after a connection went, others may have something to do.
    fn has_more_work(&self) -> bool {
        true
    }

    fn accept_all(&mut self, sys: &mut dyn Sys) {
        for (index, listener) in self.listeners.clone().into_iter().enumerate() {
            while let Ok(Poll::Ready(fd)) = sys.accept(listener) {
                let networked = !self.is_on("skip_networking");
                let local = index > 0 || !networked;
                let (address, port) = sys.peer(fd).unwrap_or_else(|| ("?".into(), 0));
                self.last_conn += 1;
                self.conns.push(Conn {
                    id: self.last_conn,
                    channel: Channel::new(fd),
                    local,
                    address: if local { "localhost".into() } else { address },
                    port,
                    session: None,
                    with_password: false,
                    registered: None,
                    work: Work::Idle,
                    rest: None,
                    since: sys.now(),
                });
                self.count_connection(sys.now());
            }
        }
    }

    /// A connection is gone: its transaction is rolled back, its locks are free.
    pub(super) fn drop_conn(&mut self, mut conn: Conn, sys: &mut dyn Sys) {
        if let Some(session) = &mut conn.session {
            self.close_temporary(session, sys);
        }
        if let Work::Silent { timer, .. } = conn.work {
            sys.disarm(timer);
        }
        if self.read_lock == Some(conn.id) {
            self.read_lock = None;
        }
        self.forget_thread(self.conns.len() as u64);
        let _ = sys.close(conn.channel.fd);
    }

    fn serve_one(&mut self, conn: &mut Conn, sys: &mut dyn Sys) -> bool {
        match &conn.work {
            Work::Answering { timer, .. } => {
                if !sys.has_fired(*timer) {
                    return false;
                }
                let Work::Answering { answer, .. } = std::mem::replace(&mut conn.work, Work::Idle)
                else {
                    return false;
                };
                conn.channel.say(&answer);
                conn.since = sys.now();
                if let Some(rest) = conn.rest.take() {
                    let reply = self.query(conn, &rest, sys);
                    self.reply(conn, reply, rest, sys);
                }
                true
            }
            Work::Locked { timer, sql, lock } => {
                let (timer, sql, lock) = (*timer, sql.clone(), *lock);
                self.retry(conn, timer, sql, lock, sys)
            }
            Work::NoSpace { timer, sql, tries } => {
                if !sys.has_fired(*timer) {
                    return false;
                }
                let (sql, tries) = (sql.clone(), *tries + 1);
                conn.work = Work::Idle;
                match self.query(conn, &sql, sys) {
                    Reply::NoSpace(file) => self.wait_to_write(conn, &file, sql, tries, sys),
                    reply => self.reply(conn, reply, sql, sys),
                }
                true
            }
            Work::Dump(_) | Work::Closing => false,
            Work::Silent { timer, greeted } => {
                let (timer, greeted) = (*timer, *greeted);
                self.hear_first(conn, timer, greeted, sys)
            }
            Work::Idle => {
                let Some(frame) = conn.channel.take() else {
                    if conn.session.is_none() {
                        let timer = sys.arm(timing::GREETING);
                        conn.work = Work::Silent { timer, greeted: false };
                    }
                    return false;
                };
                if conn.session.is_none() && frame == Frame::Garbage {
                    self.greet(conn);
                }
                self.request(conn, frame, sys)
            }
        }
    }

    /// A client that has just come. The server speaks first, but the model's own clients, who know
    /// what it would say, do not wait for it; so it holds its tongue for a moment.
    fn hear_first(
        &mut self,
        conn: &mut Conn,
        timer: TimerId,
        greeted: bool,
        sys: &mut dyn Sys,
    ) -> bool {
        if let Some(frame) = conn.channel.take() {
            sys.disarm(timer);
            conn.work = Work::Idle;
            if !greeted && frame == Frame::Garbage {
                self.greet(conn);
            }
            return self.request(conn, frame, sys);
        }
        if conn.channel.ended && !greeted {
            // It may have closed its own half alone, and still read.
            self.greet(conn);
            return false;
        }
        if !sys.has_fired(timer) {
            return false;
        }
        if greeted {
            conn.work = Work::Closing;
            self.handshake_failed(conn, "Got timeout reading communication packets", sys);
            return false;
        }
        self.greet(conn);
        let patience: u64 = self.global("connect_timeout").parse().unwrap_or(10);
        conn.work = Work::Silent { timer: sys.arm(Millis::secs(patience)), greeted: true };
        false
    }

    fn greet(&self, conn: &mut Conn) {
        conn.channel.send_raw(&greeting::greeting(self.global("version"), conn.id));
    }

    /// A statement that waits for a lock: still locked, or on with it.
    fn retry(
        &mut self,
        conn: &mut Conn,
        timer: TimerId,
        sql: String,
        lock: Lock,
        sys: &mut dyn Sys,
    ) -> bool {
        if let (Lock::Applied(..), Some(session)) = (lock, &mut conn.session)
            && let Some(awaits) = &mut session.awaits
        {
            awaits.is_over |= sys.has_fired(timer);
        } else if sys.has_fired(timer) {
            conn.work = Work::Idle;
            conn.rest = None;
            if let Some(session) = &mut conn.session {
                session.waits.clear();
                session.awaited.clear();
            }
            let text = "Lock wait timeout exceeded; try restarting transaction";
            conn.channel.say(&Message::Error(SqlError::new(1205, text)));
            return true;
        }
        if conn.channel.ended {
            conn.work = Work::Idle;
            return false;
        }
        if lock == Lock::Global && self.read_lock.is_some_and(|holder| holder != conn.id) {
            return false;
        }
        let reply = self.query(conn, &sql, sys);
        match reply {
            Reply::Wait(lock, _) => {
                conn.work = Work::Locked { timer, sql, lock };
                false
            }
            reply => {
                conn.work = Work::Idle;
                sys.disarm(timer);
                self.reply(conn, reply, sql, sys);
                true
            }
        }
    }

    fn reply(&mut self, conn: &mut Conn, mut reply: Reply, mut sql: String, sys: &mut dyn Sys) {
        conn.since = sys.now();
        while let Reply::Say(answer, Millis::ZERO) = &reply {
            conn.channel.say(answer);
            let Some(rest) = conn.rest.take() else { return };
            reply = self.query(conn, &rest, sys);
            sql = rest;
        }
        match reply {
            Reply::Nothing => {}
            Reply::Say(answer, delay) => {
                conn.work = Work::Answering { timer: sys.arm(delay), answer, sql };
            }
            Reply::NoSpace(file) => self.wait_to_write(conn, &file, sql, 0, sys),
            Reply::Wait(lock, at_most) => {
                let timer = sys.arm(at_most);
                conn.work = Work::Locked { timer, sql, lock };
            }
        }
    }

    fn wait_to_write(
        &mut self,
        conn: &mut Conn,
        file: &str,
        sql: String,
        tries: u32,
        sys: &mut dyn Sys,
    ) {
        let timer = self.wait_for_space(file, tries, conn.id, sys);
        conn.work = Work::NoSpace { timer, sql, tries };
    }

    /// One request; a login and the first thing a client asks come together.
    fn request(&mut self, conn: &mut Conn, frame: Frame, sys: &mut dyn Sys) -> bool {
        let Frame::Message(message) = frame else {
            conn.work = Work::Closing;
            if conn.session.is_none() {
                // What HTTP says first has a number of its own where a packet's should be.
                self.handshake_failed(conn, "Got packets out of order", sys);
                conn.channel.send_raw(&greeting::out_of_order());
            }
            return false;
        };
        if let Message::Login { user, password, db, charset, client } = &message {
            let session = (db.clone(), charset.as_deref());
            if let Err(error) = self.log_in(conn, (user, password, *client), session, sys) {
                self.not_let_in(conn, user, error, sys);
                return true;
            }
            let welcome = self.welcome(conn);
            conn.channel.say(&welcome);
            return match conn.channel.take() {
                Some(next) => self.request(conn, next, sys),
                None => true,
            };
        }
        if conn.session.is_none() {
            conn.work = Work::Closing;
            return false;
        }
        self.count_request(conn);
        let (reply, sql) = match stripped(message) {
            Message::Query(sql) => (self.query(conn, &sql, sys), sql),
            Message::Reset => {
                self.reset_session(conn, sys);
                (Reply::now(Message::Text(String::new())), String::new())
            }
            Message::Ping => (Reply::now(Message::Text(String::new())), String::new()),
            Message::Statistics => (Reply::now(Message::Text(self.statistics(sys))), String::new()),
            Message::Shutdown => {
                self.stop_asked = true;
                (Reply::now(Message::Text(String::new())), String::new())
            }
            Message::Script(list) => (self.script(conn, &list, sys), String::new()),
            Message::TimeZones => (self.load_time_zones(conn.id, sys), String::new()),
            Message::RegisterSlave { server_id, uuid, report } => {
                (self.register(conn, (server_id, uuid, report), sys), String::new())
            }
            Message::BinlogDump { file, position, known } => {
                (self.begin_dump(conn, file, position, known, sys), String::new())
            }
            Message::Quit => {
                conn.work = Work::Closing;
                (Reply::Nothing, String::new())
            }
            _ => {
                conn.work = Work::Closing;
                (Reply::Nothing, String::new())
            }
        };
        let registering = conn.registered.is_some() && !conn.is_dump();
        self.reply(conn, reply, sql, sys);
        // A client that asked one thing and said goodbye is done with; a replica's two requests
        // belong together.
        if conn.work == Work::Idle
            && let Some(Frame::Message(next)) = peek(&conn.channel)
            && (next == Message::Quit || registering)
        {
            let frame = conn.channel.take().expect("it was just looked at");
            return self.request(conn, frame, sys) || next == Message::Quit;
        }
        true
    }

    fn not_let_in(&mut self, conn: &mut Conn, user: &str, error: SqlError, sys: &mut dyn Sys) {
        let (pod, from) = (pod(sys), conn.address.clone());
        let (user, code) = (user.into(), error.code);
        self.counters.aborted_connects += 1;
        if code == 1045 {
            self.log(sys, conn.id, Level::Note, &error.message);
        }
        tell!(sys, MysqlFact::LoginRefused { pod, user, from, code });
        conn.channel.say(&Message::Error(error));
        conn.work = Work::Closing;
        while conn.channel.take().is_some() {}
    }

    fn welcome(&self, conn: &Conn) -> Message {
        let version = self.global("version").to_string();
        let uuid = self.global("server_uuid").to_string();
        let session = conn.session.as_ref();
        let account = session.map(|s| format!("{}@{}", s.user, s.host)).unwrap_or_default();
        let (server_id, gtid_mode) = (self.server_id(), self.global("gtid_mode").to_string());
        Message::Welcome { id: conn.id, version, server_id, uuid, account, gtid_mode }
    }

    /// What a session has made of itself is forgotten (`THD::cleanup_connection`); who is logged in
    /// and the default database stay.
    fn reset_session(&mut self, conn: &mut Conn, sys: &mut dyn Sys) {
        let Some(mut old) = conn.session.take() else { return };
        self.close_temporary(&mut old, sys);
        if self.read_lock == Some(conn.id) {
            self.read_lock = None;
            tell!(sys, MysqlFact::Unlocked { pod: pod(sys) });
        }
        let mut session = Session::new(conn.id, &old.user, &old.host);
        session.vars = first_variables(&self.globals);
        (session.account, session.is_super, session.db) = (old.account, old.is_super, old.db);
        (session.port, session.home) = (old.port, old.home);
        conn.session = Some(session);
    }

    /// COM_REGISTER_SLAVE.
    fn register(
        &mut self,
        conn: &mut Conn,
        replica: (u32, String, (String, u16)),
        sys: &mut dyn Sys,
    ) -> Reply {
        if self.may_replicate(conn).is_ok() {
            conn.registered = Some(replica);
            return Reply::Nothing;
        }
        let host = self.client_host(conn, sys);
        let user = conn.session.as_ref().map_or("", |session| session.user.as_str());
        Reply::error(denied(user, &host, conn.with_password))
    }

    fn log_in(
        &mut self,
        conn: &mut Conn,
        (user, password, client): (&str, &str, Client),
        (db, charset): (Option<String>, Option<&str>),
        sys: &mut dyn Sys,
    ) -> Result<(), SqlError> {
        let limit: usize = self.global("max_connections").parse().unwrap_or(151);
        if self.conns.len() > limit {
            return Err(SqlError::new(1040, "Too many connections"));
        }
        let host = self.client_host(conn, sys);
        self.check_blocked(conn, &host)?;
        let skip_grants = self.options.others.contains_key("skip_grant_tables");
        let (account, is_super) = if skip_grants {
            ("skip-grants user@skip-grants host".to_string(), true)
        } else {
            self.authenticate(user, &host, &conn.address, password, client)?
        };
        if let Some(errors) = self.known_hosts.get_mut(&conn.address) {
            *errors = 0;
        }
        conn.with_password = !password.is_empty();
        if conn.with_password {
            self.remember_login(&account);
        }
        let mut session = Session::new(conn.id, user, &host);
        session.vars = first_variables(&self.globals);
        session.account = account;
        session.is_super = is_super;
        session.home = self.home();
        if let Some(charset) = charset {
            set_names(charset, &mut session);
        }
        session.port = (!conn.local).then_some(conn.port);
        if let Some(db) = db {
            self.sync_directories(sys);
            self.check_database(&db, &session)?;
            session.db = Some(db);
        }
        let fact = MysqlFact::Connected { pod: pod(sys), user: user.into(), from: host };
        tell!(sys, fact);
        conn.session = Some(session);
        Ok(())
    }
}

/// A query without the blanks around it and the delimiters behind it. Models `alloc_query`
/// (sql/sql_parse.cc).
fn stripped(message: Message) -> Message {
    let Message::Query(sql) = message else { return message };
    let blank = |c: char| c.is_ascii_whitespace() || c == '\u{b}';
    let sql = sql.trim_start_matches(blank).trim_end_matches(|c| c == ';' || blank(c));
    Message::Query(sql.to_string())
}

/// Whether a connection that its client has left still has something to finish.
fn busy(conn: &Conn) -> bool {
    matches!(conn.work, Work::Answering { .. })
}

/// The next frame, left where it is.
fn peek(channel: &Channel) -> Option<Frame> {
    channel.clone().take()
}
