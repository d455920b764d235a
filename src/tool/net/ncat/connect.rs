//! ncat as a client: ncat_connect.c.

use super::options::Place;
use super::relay::Relay;
use super::{How, State, Went, bye, say};
use crate::os::{Errno, Fd, NetError, Poll, TimerId, Wait};
use crate::tool::net::pump::{Pump, Pumped};
use crate::tool::{Context, Step};

/// On the way to the other end.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Connecting {
    attempt: Option<(Fd, TimerId)>,
    /// Those to try yet.
    addresses: Vec<String>,
}

impl Connecting {
    /// Resolves the host.
    pub fn begin(cx: &mut Context, _: &How, place: &Place) -> Result<Connecting, u8> {
        let host = place.host.clone().unwrap_or_default();
        let resolved = cx.sys.resolve(&host).and_then(|addresses| match addresses.is_empty() {
            true => Err(NetError::NameUnknown),
            false => Ok(addresses),
        });
        let addresses = resolved.map_err(|error| {
            let (name, text) = (String::from_utf8_lossy(&host), error.text());
            bye(cx, format!("Could not resolve hostname \"{name}\": {text}."))
        })?;
        Ok(Connecting { attempt: None, addresses })
    }

    /// Tries one address after the other.
    pub fn step(&mut self, cx: &mut Context, how: &How) -> Went {
        let Some((fd, timer)) = self.attempt else {
            let address = self.addresses.remove(0);
            return match cx.sys.connect(&address, how.port) {
                Ok(fd) => {
                    self.attempt = Some((fd, cx.sys.arm(how.connect_timeout)));
                    self.step(cx, how)
                }
                Err(error) => Ok(self.failed(cx, how, &address, error.text())),
            };
        };
        let text = match cx.sys.connected(fd) {
            Ok(Poll::Ready(())) => {
                cx.sys.disarm(timer);
                return established(cx, how, fd);
            }
            Ok(Poll::Wait) if cx.sys.has_fired(timer) => "TIMEOUT",
            Ok(Poll::Wait) => return Ok(Step::Wait(vec![Wait::Writable(fd), Wait::Timer(timer)])),
            Err(error) => error.text(),
        };
        cx.sys.disarm(timer);
        let address = cx.sys.peer(fd).unwrap_or_default().0;
        let _ = cx.sys.close(fd);
        self.attempt = None;
        Ok(self.failed(cx, how, &address, text))
    }

    fn failed(&self, cx: &mut Context, how: &How, address: &str, text: &str) -> Step {
        if self.addresses.is_empty() {
            if !how.zero || how.verbose {
                say(cx, format!("{text}."));
            }
            return Step::Done(1);
        }
        if how.verbose {
            say(cx, format!("Connection to {address} failed: {text}."));
            say(cx, "Trying next address...");
        }
        Step::More
    }
}

fn established(cx: &mut Context, how: &How, socket: Fd) -> Went {
    if how.verbose {
        let (address, port) = cx.sys.peer(socket).unwrap_or_default();
        say(cx, format!("Connected to {address}:{port}."));
    }
    if let Some(command) = &how.command {
        return match Relay::begin(cx, command, socket, how.port) {
            Some(relay) => Err(Box::new(State::Serving(relay))),
            None => Ok(Step::Done(0)),
        };
    }
    let receive = (!how.send_only && !how.zero).then(|| Pump::new(socket, Fd::STDOUT));
    let send = (!how.recv_only && !how.zero).then(|| Pump::new(Fd::STDIN, socket));
    let idle = how.idle_timeout.map(|after| cx.sys.arm(after));
    Err(Box::new(State::Connected(Connected { socket, receive, send, idle, sent: 0, received: 0 })))
}

/// Joined to standard input and output.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Connected {
    socket: Fd,
    /// From the network.
    receive: Option<Pump>,
    /// To the network.
    send: Option<Pump>,
    idle: Option<TimerId>,
    sent: u64,
    received: u64,
}

impl Connected {
    /// Moves what there is. It ends when both directions have ended: the other end's hanging up
    /// alone does not end it while standard input stays open.
    pub fn step(&mut self, cx: &mut Context, how: &How) -> Went {
        let mut waits = Vec::new();
        let is_sending = self.send.is_some();
        if let Some(pump) = &mut self.send {
            let pumped = pump.step(cx.sys);
            self.sent = pump.moved;
            match pumped {
                Pumped::Moved => return Ok(self.moved(cx, how)),
                Pumped::Wait(wait) => waits.push(wait),
                Pumped::Failed(errno) | Pumped::Broken(errno) => return Ok(lost(cx, errno)),
                Pumped::Ended => {
                    self.send = None;
                    if !how.no_shutdown {
                        let _ = cx.sys.shutdown_write(self.socket);
                    }
                }
            }
        }
        if is_sending && self.send.is_none() && how.send_only {
            return Ok(self.quit(cx, how));
        }
        if let Some(pump) = &mut self.receive {
            let pumped = pump.step(cx.sys);
            self.received = pump.moved;
            match pumped {
                Pumped::Moved => return Ok(self.moved(cx, how)),
                Pumped::Wait(wait) => waits.push(wait),
                Pumped::Failed(errno) => return Ok(lost(cx, errno)),
                Pumped::Broken(errno) => {
                    cx.out.error(format!("write: {}\n", errno.text()).as_bytes());
                    return Ok(Step::Done(2));
                }
                Pumped::Ended => {
                    self.receive = None;
                    let _ = cx.sys.close(Fd::STDOUT);
                }
            }
        }
        if waits.is_empty() || (how.recv_only && self.receive.is_none()) {
            return Ok(self.quit(cx, how));
        }
        if let Some(timer) = self.idle {
            if cx.sys.has_fired(timer) {
                let after = how.idle_timeout.unwrap_or_default().0;
                say(cx, format!("Idle timeout expired ({after} ms)."));
                return Ok(Step::Done(1));
            }
            waits.push(Wait::Timer(timer));
        }
        Ok(Step::Wait(waits))
    }

    fn moved(&mut self, cx: &mut Context, how: &How) -> Step {
        if let (Some(timer), Some(after)) = (self.idle, how.idle_timeout) {
            cx.sys.disarm(timer);
            self.idle = Some(cx.sys.arm(after));
        }
        Step::More
    }

    fn quit(&self, cx: &mut Context, how: &How) -> Step {
        if how.verbose {
            let hundredths = cx.sys.now().since(how.began).0.div_ceil(10);
            let (whole, part) = (hundredths / 100, hundredths % 100);
            let (sent, received) = (self.sent, self.received);
            let text = format!("{sent} bytes sent, {received} bytes received");
            say(cx, format!("{text} in {whole}.{part:02} seconds."));
        }
        Step::Done(0)
    }
}

fn lost(cx: &mut Context, errno: Errno) -> Step {
    say(cx, format!("{}.", errno.text()));
    Step::Done(1)
}
