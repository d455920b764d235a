//! A client's connection to a server, in steps that never block.

use super::Settings;
use crate::base::Millis;
use crate::mysql::sql::SqlError;
use crate::mysql::wire::{Channel, Client, Frame, Message};
use crate::os::{Errno, Fd, NetError, Poll, Sys, TimerId, Wait};

/// What came of looking at a connection.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LinkStep {
    /// Nothing yet.
    Wait(Vec<Wait>),
    /// The server said something.
    Said(Message),
    /// It failed: the client's own error, in the form of a server's.
    Failed(SqlError),
}

/// A client's connection.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Link {
    stage: Stage,
    /// What is shown in errors: the host.
    host: String,
    timer: Option<TimerId>,
    /// Whether it has said goodbye.
    has_quit: bool,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Stage {
    /// The connection is being made; then this is sent.
    Connecting(Fd, Vec<Message>),
    Open(Channel),
    Closed,
}

impl Link {
    /// Begins to connect, and will say these things.
    pub fn open(
        settings: &Settings,
        messages: Vec<Message>,
        sys: &mut dyn Sys,
    ) -> Result<Link, SqlError> {
        let host = settings.host.clone().unwrap_or_else(|| "localhost".into());
        let local = !settings.tcp && host == "localhost";
        let client = match (settings.knows_sha2, local || !settings.no_tls || settings.asks_key) {
            (false, _) => Client::Old,
            (true, true) => Client::Secure,
            (true, false) => Client::Plain,
        };
        let messages: Vec<Message> =
            messages.into_iter().map(|message| by(settings, client, message)).collect();
        let made = if local { open_socket(settings, sys) } else { open_tcp(&host, settings, sys) };
        let fd = made?;
        let timer = settings.connect_timeout.map(|seconds| sys.arm(Millis::secs(seconds)));
        let has_quit = messages.contains(&Message::Quit);
        let mut link = Link { stage: Stage::Connecting(fd, messages), host, timer, has_quit };
        link.settle(sys)?;
        Ok(link)
    }

    /// Sends what waits for the connection, as soon as it is made.
    fn settle(&mut self, sys: &mut dyn Sys) -> Result<bool, SqlError> {
        let Stage::Connecting(fd, messages) = &self.stage else { return Ok(true) };
        let fd = *fd;
        match sys.connected(fd) {
            Ok(Poll::Wait) => {
                if self.timer.is_some_and(|timer| sys.has_fired(timer)) {
                    let _ = sys.close(fd);
                    return Err(refused(&self.host, 110));
                }
                Ok(false)
            }
            Ok(Poll::Ready(())) => {
                let mut channel = Channel::new(fd);
                messages.iter().for_each(|message| channel.say(message));
                channel.flush(sys);
                if let Some(timer) = self.timer.take() {
                    sys.disarm(timer);
                }
                self.stage = Stage::Open(channel);
                Ok(true)
            }
            Err(error) => {
                let _ = sys.close(fd);
                let number = match error {
                    NetError::Os(errno) => errno.number(),
                    _ => Errno::Hostunreach.number(),
                };
                self.stage = Stage::Closed;
                Err(refused(&self.host, number))
            }
        }
    }

    /// The server's address, once connected.
    pub fn fd(&self) -> Option<Fd> {
        match &self.stage {
            Stage::Connecting(fd, _) => Some(*fd),
            Stage::Open(channel) => Some(channel.fd),
            Stage::Closed => None,
        }
    }

    /// Says something more.
    pub fn say(&mut self, message: &Message, sys: &mut dyn Sys) {
        if let Stage::Open(channel) = &mut self.stage {
            channel.say(message);
            channel.flush(sys);
            self.has_quit |= *message == Message::Quit;
        }
    }

    /// Looks what has come.
    pub fn step(&mut self, sys: &mut dyn Sys) -> LinkStep {
        match self.settle(sys) {
            Err(error) => return LinkStep::Failed(error),
            Ok(false) => {
                let mut waits: Vec<Wait> = self.fd().map(Wait::Writable).into_iter().collect();
                waits.extend(self.timer.map(Wait::Timer));
                return LinkStep::Wait(waits);
            }
            Ok(true) => {}
        }
        let Stage::Open(channel) = &mut self.stage else {
            return LinkStep::Failed(SqlError::new(2006, "MySQL server has gone away"));
        };
        channel.flush(sys);
        channel.fill(sys);
        match channel.take() {
            Some(Frame::Message(message)) => LinkStep::Said(message),
            Some(_) => LinkStep::Failed(SqlError::new(2027, "Malformed packet")),
            None if channel.ended || channel.broken.is_some() => {
                let text = "Lost connection to MySQL server during query";
                LinkStep::Failed(SqlError::new(2013, text))
            }
            None => LinkStep::Wait(channel.waits()),
        }
    }

    /// Says goodbye, unless that is said, and closes it (`mysql_close`).
    pub fn close(&mut self, sys: &mut dyn Sys) {
        if !self.has_quit {
            self.say(&Message::Quit, sys);
        }
        if let Some(fd) = self.fd() {
            let _ = sys.close(fd);
        }
        self.stage = Stage::Closed;
    }
}

/// A login, as such a client makes it.
fn by(settings: &Settings, client: Client, message: Message) -> Message {
    match message {
        Message::Login { user, password, db, .. } => {
            let charset = settings.charset.clone().filter(|name| name != "auto");
            Message::Login { user, password, db, charset, client }
        }
        message => message,
    }
}

fn refused(host: &str, errno: i32) -> SqlError {
    SqlError::new(2003, format!("Can't connect to MySQL server on '{host}' ({errno})"))
}

fn open_tcp(host: &str, settings: &Settings, sys: &mut dyn Sys) -> Result<Fd, SqlError> {
    let address = match sys.resolve(host.as_bytes()) {
        Ok(addresses) => addresses.first().cloned(),
        Err(NetError::NameTemporary) => {
            return Err(SqlError::new(2005, format!("Unknown MySQL server host '{host}' (-3)")));
        }
        Err(_) => None,
    };
    let Some(address) = address else {
        return Err(SqlError::new(2005, format!("Unknown MySQL server host '{host}' (0)")));
    };
    sys.connect(&address, settings.port).map_err(|error| match error {
        NetError::Os(errno) => refused(host, errno.number()),
        _ => refused(host, Errno::Hostunreach.number()),
    })
}

/// The Unix socket is a file that names a port of the loopback.
fn open_socket(settings: &Settings, sys: &mut dyn Sys) -> Result<Fd, SqlError> {
    let socket = &settings.socket;
    let failed = |errno: i32| {
        let text =
            format!("Can't connect to local MySQL server through socket '{socket}' ({errno})");
        SqlError::new(2002, text)
    };
    let content = sys.read_file(socket.as_bytes()).map_err(|errno| failed(errno.number()))?;
    let port = content.text().trim().parse().map_err(|_| failed(111))?;
    let fd = sys.connect("127.0.0.1", port).map_err(|_| failed(111))?;
    match sys.connected(fd) {
        Err(_) => {
            let _ = sys.close(fd);
            Err(failed(111))
        }
        Ok(_) => Ok(fd),
    }
}
