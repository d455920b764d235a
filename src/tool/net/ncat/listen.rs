//! ncat as a server: ncat_listen.c. What comes on standard input goes to every client, and what
//! any client says comes on standard output.

use super::options::Place;
use super::relay::{CHUNK_BYTES, Relay, Relayed};
use super::{How, State, Went, bye, say};
use crate::base::Blob;
use crate::os::{Fd, Poll, TimerId, Wait};
use crate::tool::{Context, Step};

/// A listening ncat.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Listening {
    /// Closed after the first connection, unless it keeps open.
    listener: Option<Fd>,
    clients: Vec<Fd>,
    programs: Vec<Relay>,
    input_ended: bool,
    /// What was read and must be written before more is read.
    pending: Vec<(Fd, Blob)>,
    /// Which of listener, standard input and clients is looked at first.
    next: u32,
    idle: Option<TimerId>,
}

impl Listening {
    /// Binds the port.
    pub fn begin(cx: &mut Context, how: &How, place: &Place) -> Result<Listening, u8> {
        let mut loopback = false;
        // Without an address it listens on :: and then on 0.0.0.0; the model has only the latter.
        let mut shown = vec!["::".to_string(), "0.0.0.0".to_string()];
        if place.only_ip4 {
            shown.remove(0);
        }
        if let Some(host) = &place.host {
            let resolved = cx.sys.resolve(host).map_err(|error| {
                let (name, text) = (String::from_utf8_lossy(host), error.text());
                bye(cx, format!("Could not resolve hostname \"{name}\": {text}."))
            })?;
            let address = resolved.into_iter().next().unwrap_or_default();
            loopback = address.starts_with("127.");
            let name = cx.sys.hostname();
            let own = cx.sys.resolve(name.as_bytes()).unwrap_or_default();
            if !loopback && address != "0.0.0.0" && !own.contains(&address) {
                let text = "Cannot assign requested address";
                return Err(bye(cx, format!("bind to {address}:{}: {text}.", how.port)));
            }
            shown = vec![address];
        }
        let listener = cx.sys.listen(how.port, loopback).map_err(|errno| {
            bye(cx, format!("bind to {}:{}: {}.", shown[0], how.port, errno.text()))
        })?;
        if how.verbose {
            shown.iter().for_each(|a| say(cx, format!("Listening on {a}:{}", how.port)));
        }
        Ok(Listening {
            listener: Some(listener),
            clients: Vec::new(),
            programs: Vec::new(),
            input_ended: false,
            pending: Vec::new(),
            next: 0,
            idle: None,
        })
    }

    /// One thing at a time: what is to be written, then the programs, then whoever has something.
    pub fn step(&mut self, cx: &mut Context, how: &How) -> Went {
        if let Some(step) = self.write(cx) {
            return Ok(step);
        }
        let mut waits = Vec::new();
        for index in 0..self.programs.len() {
            match self.programs[index].go_on(cx) {
                Relayed::Moved => return Ok(Step::More),
                Relayed::Wait(more) => waits.extend(more),
                Relayed::Over => {
                    self.programs.remove(index);
                    return Ok(Step::More);
                }
            }
        }
        while let Ok(Poll::Ready(_)) = cx.sys.wait_any() {}
        let sources = self.sources(how);
        for turn in 0..sources.len() {
            let at = (self.next as usize + turn) % sources.len();
            let source = sources[at];
            let went = match source {
                fd if Some(fd) == self.listener => self.accept(cx, how, fd),
                Fd::STDIN => self.read_input(cx, how),
                client => self.read_client(cx, how, client),
            };
            match went {
                Ok(Step::Wait(more)) => waits.extend(more),
                other => {
                    // A listener that was closed stands no longer before the others.
                    let gone =
                        usize::from(source != Fd::STDIN && !self.sources(how).contains(&source));
                    self.next = (at + 1 - gone) as u32;
                    return other;
                }
            }
        }
        Ok(self.rest(cx, how, waits))
    }

    fn sources(&self, how: &How) -> Vec<Fd> {
        let mut sources: Vec<Fd> = self.listener.into_iter().collect();
        if !self.input_ended && !self.clients.is_empty() {
            sources.push(Fd::STDIN);
        }
        if !how.send_only {
            sources.extend(&self.clients);
        }
        sources
    }

    /// Nothing to do: the idle time runs while somebody is connected.
    fn rest(&mut self, cx: &mut Context, how: &How, mut waits: Vec<Wait>) -> Step {
        let after = how.idle_timeout.filter(|_| !self.clients.is_empty());
        let Some(after) = after else { return Step::Wait(waits) };
        let timer = *self.idle.get_or_insert_with(|| cx.sys.arm(after));
        if cx.sys.has_fired(timer) {
            return Step::Done(bye(cx, format!("Idle timeout expired ({} ms).", after.0)));
        }
        waits.push(Wait::Timer(timer));
        Step::Wait(waits)
    }

    /// Writes what was read; everything else waits meanwhile.
    fn write(&mut self, cx: &mut Context) -> Option<Step> {
        let (to, data) = self.pending.first_mut()?;
        let to = *to;
        match cx.sys.write(to, data) {
            Ok(Poll::Wait) => return Some(Step::Wait(vec![Wait::Writable(to)])),
            Ok(Poll::Ready(taken)) => {
                data.take_front(taken);
                if data.is_empty() {
                    self.pending.remove(0);
                }
            }
            Err(errno) if to == Fd::STDOUT => {
                cx.out.error(format!("write: {}\n", errno.text()).as_bytes());
                return Some(Step::Done(2));
            }
            Err(_) => {
                self.pending.remove(0);
            }
        }
        Some(Step::More)
    }

    fn accept(&mut self, cx: &mut Context, how: &How, listener: Fd) -> Went {
        let socket = match cx.sys.accept(listener) {
            Ok(Poll::Ready(socket)) => socket,
            Ok(Poll::Wait) | Err(_) => return Ok(Step::Wait(vec![Wait::Readable(listener)])),
        };
        if how.verbose {
            let (address, port) = cx.sys.peer(socket).unwrap_or_default();
            say(cx, format!("Connection from {address}."));
            say(cx, format!("Connection from {address}:{port}."));
        }
        if !how.keep_open {
            let _ = cx.sys.close(listener);
            self.listener = None;
        }
        let count = (self.clients.len() + self.programs.len()) as i64;
        if count >= how.max {
            if how.verbose {
                say(cx, format!("New connection denied: connection limit reached ({count})"));
            }
            let _ = cx.sys.close(socket);
            return Ok(Step::More);
        }
        let Some(command) = &how.command else {
            self.clients.push(socket);
            return Ok(self.moved(cx));
        };
        match Relay::begin(cx, command, socket, how.port) {
            Some(relay) if how.keep_open => self.programs.push(relay),
            Some(relay) => return Err(Box::new(State::Serving(relay))),
            None if how.keep_open => {}
            None => return Ok(Step::Done(0)),
        }
        Ok(Step::More)
    }

    fn read_input(&mut self, cx: &mut Context, how: &How) -> Went {
        match cx.sys.read(Fd::STDIN, CHUNK_BYTES) {
            Ok(Poll::Wait) => return Ok(Step::Wait(vec![Wait::Readable(Fd::STDIN)])),
            Ok(Poll::Ready(data)) if data.is_empty() => {
                self.input_ended = true;
                if how.send_only {
                    return Ok(Step::Done(0));
                }
                for client in self.clients.iter().filter(|_| !how.no_shutdown) {
                    let _ = cx.sys.shutdown_write(*client);
                }
            }
            Ok(Poll::Ready(data)) => {
                self.pending = self.clients.iter().map(|client| (*client, data.clone())).collect();
            }
            Err(_) => return Ok(Step::Done(1)),
        }
        Ok(self.moved(cx))
    }

    fn read_client(&mut self, cx: &mut Context, how: &How, client: Fd) -> Went {
        let code = match cx.sys.read(client, CHUNK_BYTES) {
            Ok(Poll::Wait) => return Ok(Step::Wait(vec![Wait::Readable(client)])),
            Ok(Poll::Ready(data)) if !data.is_empty() => {
                self.pending = vec![(Fd::STDOUT, data)];
                return Ok(self.moved(cx));
            }
            Ok(Poll::Ready(_)) => 0,
            Err(_) => 1,
        };
        let _ = cx.sys.close(client);
        self.clients.retain(|other| *other != client);
        // One connection is all there is: its half close ends the other direction too.
        if !how.keep_open {
            return Ok(Step::Done(code));
        }
        Ok(self.moved(cx))
    }

    /// The idle time begins anew.
    fn moved(&mut self, cx: &mut Context) -> Step {
        if let Some(timer) = self.idle.take() {
            cx.sys.disarm(timer);
        }
        Step::More
    }
}
