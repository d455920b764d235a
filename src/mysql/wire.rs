//! What clients, servers and replicas say to each other, and how it travels.
//!
//! Not MySQL's own protocol, but for the server's greeting: frames with a length in front, holding
//! a [`Message`] or an event of a binlog as it lies in its file.

use serde::{Deserialize, Serialize};

use super::binlog::GtidSet;
use super::greeting;
use super::run::Answer;
use super::sql::SqlError;
use crate::base::{Blob, limit};
use crate::os::{Errno, Fd, Poll, Sys, Wait};

/// How a client can prove who it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub enum Client {
    /// Before 5.7.23: it has no `caching_sha2_password`.
    Old,
    /// What it says can be read on the way.
    Plain,
    /// With TLS, or over a Unix socket.
    #[default]
    Secure,
}

/// One thing said.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Message {
    /// A client logs in.
    Login {
        /// As whom.
        user: String,
        /// With which password, in the clear.
        password: String,
        /// Which database to use.
        db: Option<String>,
        /// The character set it speaks, if not latin1.
        charset: Option<String>,
        /// How it does so.
        client: Client,
    },
    /// A statement, or several with `;` between them.
    Query(String),
    /// Several statements, as `mysql < file` sends them; the first error ends it.
    Script(Vec<String>),
    /// `\x`: the session begins anew, logged in as it is.
    Reset,
    /// `mysqladmin ping`.
    Ping,
    /// `mysqladmin status`.
    Statistics,
    /// `mysqladmin shutdown`.
    Shutdown,
    /// The SQL of `mysql_tzinfo_to_sql /usr/share/zoneinfo`, all of it.
    TimeZones,
    /// A replica says who it is.
    RegisterSlave {
        /// Its `server_id`.
        server_id: u32,
        /// Its `server_uuid`.
        uuid: String,
        /// Its `report_host` and `report_port`.
        report: (String, u16),
    },
    /// A replica wants events.
    BinlogDump {
        /// From this file.
        file: String,
        /// From this position.
        position: u64,
        /// MASTER_AUTO_POSITION: not from there, but all that is not in this set.
        known: Option<GtidSet>,
    },
    /// The client has no more to say.
    Quit,
    /// The login was right.
    Welcome {
        /// The connection's number.
        id: u64,
        /// `5.7.42-log`.
        version: String,
        /// The server's `server_id`, which a replica asks for.
        server_id: u32,
        /// The server's `server_uuid`, which a replica asks for.
        uuid: String,
        /// USER(): who the client is, as the server sees it.
        account: String,
        /// The server's `gtid_mode`, which a replica asks for.
        gtid_mode: String,
    },
    /// It went wrong.
    Error(SqlError),
    /// An answer.
    Answer {
        /// What.
        answer: Answer,
        /// How many warnings.
        warnings: u16,
        /// The default database afterwards.
        db: Option<String>,
        /// The packet held another statement: its answer follows.
        more: bool,
    },
    /// A text (`mysqladmin status`).
    Text(String),
    /// A heartbeat behind transactions that the replica has already: where the file goes on.
    Heartbeat(u64),
    /// The server ends the stream of events.
    EndOfEvents,
}

impl Message {
    /// A login as a client's library makes it.
    pub fn login(user: &str, password: &str, db: Option<String>) -> Message {
        let (user, password) = (user.into(), password.into());
        Message::Login { user, password, db, charset: None, client: Client::default() }
    }
}

/// What arrives.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Frame {
    /// A message.
    Message(Message),
    /// An event of a binlog.
    Event(Blob),
    /// Bytes of somebody who speaks another language.
    Garbage,
}

/// One end of a connection, with what has not yet been read or sent.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Channel {
    /// The socket.
    pub fd: Fd,
    inbox: Blob,
    outbox: Blob,
    /// Whether the other end has closed.
    pub ended: bool,
    /// What broke it.
    pub broken: Option<Errno>,
}

impl Channel {
    /// On a connected socket.
    pub fn new(fd: Fd) -> Channel {
        Channel { fd, inbox: Blob::new(), outbox: Blob::new(), ended: false, broken: None }
    }

    /// Reads all that is there.
    pub fn fill(&mut self, sys: &mut dyn Sys) {
        while !self.ended
            && self.broken.is_none()
            && self.inbox.len() <= 2 * limit::SQL_PACKET_BYTES_MAX
        {
            match sys.read(self.fd, 1024 * 1024) {
                Ok(Poll::Wait) => return,
                Ok(Poll::Ready(data)) if data.is_empty() => self.ended = true,
                Ok(Poll::Ready(data)) => self.inbox.append(&data),
                Err(errno) => self.broken = Some(errno),
            }
        }
    }

    /// Sends what is waiting. True when all of it is on its way.
    pub fn flush(&mut self, sys: &mut dyn Sys) -> bool {
        while !self.outbox.is_empty() && self.broken.is_none() {
            match sys.write(self.fd, &self.outbox) {
                Ok(Poll::Wait) => return false,
                Ok(Poll::Ready(taken)) => drop(self.outbox.take_front(taken)),
                Err(errno) => self.broken = Some(errno),
            }
        }
        true
    }

    /// The next whole frame. A greeting is passed over: what it would say, a Welcome says.
    pub fn take(&mut self) -> Option<Frame> {
        let head = self.inbox.slice(0, 5).bytes();
        let length: [u8; 4] = head.get(..4)?.try_into().ok()?;
        let length = u64::from(u32::from_le_bytes(length));
        let tag = *head.get(4)?;
        if tag == greeting::PROTOCOL && (1..=0xff).contains(&length) {
            if self.inbox.len() < 4 + length {
                return None;
            }
            self.inbox.take_front(4 + length);
            return self.take();
        }
        if length == 0 || length > limit::SQL_PACKET_BYTES_MAX || tag > 1 {
            self.inbox = Blob::new();
            return Some(Frame::Garbage);
        }
        if self.inbox.len() < 4 + length {
            return None;
        }
        let frame = self.inbox.take_front(4 + length);
        let payload = frame.slice(5, 4 + length);
        if tag == 1 {
            return Some(Frame::Event(payload));
        }
        let message = postcard::from_bytes(&payload.bytes());
        Some(message.map_or(Frame::Garbage, Frame::Message))
    }

    /// Whether a whole frame is here.
    pub fn has_frame(&self) -> bool {
        self.clone().take().is_some()
    }

    /// Whether everything said is on its way.
    pub fn is_flushed(&self) -> bool {
        self.outbox.is_empty()
    }

    /// Says something (sent by `flush`).
    pub fn say(&mut self, message: &Message) {
        let payload = postcard::to_allocvec(message).expect("plain data always serialises");
        self.frame(0, &Blob::from(payload));
    }

    /// Sends an event.
    pub fn send_event(&mut self, event: &Blob) {
        self.frame(1, event);
    }

    /// Sends bytes as they are.
    pub fn send_raw(&mut self, bytes: &Blob) {
        self.outbox.append(bytes);
    }

    fn frame(&mut self, tag: u8, payload: &Blob) {
        let mut head = (payload.len() as u32 + 1).to_le_bytes().to_vec();
        head.push(tag);
        self.outbox.push_bytes(&head);
        self.outbox.append(payload);
    }

    /// What its owner waits for.
    pub fn waits(&self) -> Vec<Wait> {
        let mut waits = Vec::new();
        if !self.ended && self.broken.is_none() {
            waits.push(Wait::Readable(self.fd));
        }
        if !self.outbox.is_empty() && self.broken.is_none() {
            waits.push(Wait::Writable(self.fd));
        }
        waits
    }
}

/// Text on its way to a descriptor that may be full.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Printer {
    fd: Fd,
    rest: Blob,
    /// Whether nobody reads it any more.
    pub broken: bool,
    /// It writes whole blocks only, as C's library does to what is no terminal.
    pub by_blocks: bool,
}

/// A block of C's standard output to a pipe (`st_blksize`), in bytes.
const BLOCK: u64 = 4_096;

impl Printer {
    /// To this descriptor.
    pub fn new(fd: Fd) -> Printer {
        Printer { fd, rest: Blob::new(), broken: false, by_blocks: false }
    }

    /// More text.
    pub fn print(&mut self, text: &str) {
        self.rest.push_bytes(text.as_bytes());
    }

    /// More bytes.
    pub fn put(&mut self, bytes: &Blob) {
        self.rest.append(bytes);
    }

    /// Writes what can be written. True when nothing is left that it would write now.
    pub fn flush(&mut self, sys: &mut dyn Sys) -> bool {
        while !self.is_empty() {
            let wrote = match self.by_blocks {
                true => sys.write(self.fd, &self.rest.slice(0, self.rest.len() / BLOCK * BLOCK)),
                false => sys.write(self.fd, &self.rest),
            };
            match wrote {
                Ok(Poll::Wait) => return false,
                Ok(Poll::Ready(taken)) => drop(self.rest.take_front(taken)),
                Err(_) => self.broken = true,
            }
        }
        true
    }

    /// Whether nothing is left that it would write now.
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty() || self.broken || self.by_blocks && self.rest.len() < BLOCK
    }

    /// What to wait for while something is left.
    pub fn wait(&self) -> Wait {
        Wait::Writable(self.fd)
    }
}
