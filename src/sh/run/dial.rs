//! Redirections to `/dev/tcp/HOST/PORT`, which is no file: bash connects. Models bash's
//! lib/sh/netopen.c; `/dev/udp` is not there.

use super::super::expand::Stop;
use super::super::frame::{Dial, Frame};
use super::super::host::Host;
use super::super::machine::{Machine, parse_number};
use super::super::script::Redirect;
use super::Next;
use super::redirect::Target;
use crate::os::{Errno, Fd, NetError, Poll, Wait};

/// Why there is no target yet.
pub(super) enum NotYet {
    /// Its word needs something first.
    Stop(Stop),
    /// The connection is being made.
    Connecting(Fd),
}

impl Machine {
    /// A redirection, its word expanded and its connection made.
    pub(super) fn next_target(
        &mut self,
        frame: &mut Frame,
        redirect: &Redirect,
        host: &mut dyn Host,
    ) -> Result<Target, NotYet> {
        let dial = match frame.dial.take() {
            Some(dial) => dial,
            None => {
                let target = self.expanding(frame, host, |ex| ex.target(redirect));
                let target = target.map_err(NotYet::Stop)?;
                let Some((name, port)) = self.place_of(&target) else { return Ok(target) };
                match self.dial(&name, &port, target, host) {
                    Ok(dial) => Box::new(dial),
                    Err(()) => return Ok(Target::Failed),
                }
            }
        };
        let error = match host.connected(dial.socket) {
            Ok(Poll::Wait) => {
                let socket = dial.socket;
                frame.dial = Some(dial);
                return Err(NotYet::Connecting(socket));
            }
            Ok(Poll::Ready(())) => return Ok(dial.target.opened(dial.socket)),
            Err(error) => error,
        };
        let _ = host.close(dial.socket);
        let Dial { others, port, target, .. } = *dial;
        if others.is_empty() {
            self.failed(&target, error);
            return Ok(Target::Failed);
        }
        let Ok(dial) = self.connect(others, port, target, host) else { return Ok(Target::Failed) };
        let socket = dial.socket;
        frame.dial = Some(Box::new(dial));
        Err(NotYet::Connecting(socket))
    }

    /// Goes on with a frame whose redirection is not made yet.
    pub(super) fn not_yet(&mut self, frame: Frame, why: NotYet, host: &mut dyn Host) -> Next {
        match why {
            NotYet::Stop(stop) => self.stopped(frame, stop, host),
            NotYet::Connecting(socket) => {
                self.frames.push(frame);
                Next::Blocked(vec![Wait::Writable(socket)])
            }
        }
    }

    /// HOST and PORT of a redirection to such a path.
    fn place_of(&self, target: &Target) -> Option<(Vec<u8>, Vec<u8>)> {
        let place = target.path()?.strip_prefix(b"/dev/tcp/").filter(|_| self.bash())?;
        let slash = place.iter().position(|byte| *byte == b'/')?;
        Some((place[..slash].to_vec(), place[slash + 1..].to_vec()))
    }

    /// Begins to connect. `Err`: it failed, and said so.
    fn dial(
        &mut self,
        name: &[u8],
        port: &[u8],
        target: Target,
        host: &mut dyn Host,
    ) -> Result<Dial, ()> {
        let Some(port) = port_number(port) else {
            return self.invalid(port, "Servname not supported for ai_socktype", &target);
        };
        let found = match name {
            b"" => Err(NetError::NameUnknown),
            name => host.resolve(name),
        };
        match found {
            Ok(addresses) => self.connect(addresses, port, target, host),
            Err(error) => self.invalid(name, error.text(), &target),
        }
    }

    /// Begins to connect to the first of some addresses.
    fn connect(
        &mut self,
        mut others: Vec<String>,
        port: u16,
        target: Target,
        host: &mut dyn Host,
    ) -> Result<Dial, ()> {
        let first = others.remove(0);
        match host.connect(&first, port) {
            Ok(socket) => Ok(Dial { socket, others, port, target }),
            Err(error) => {
                self.failed(&target, error);
                Err(())
            }
        }
    }

    fn invalid(&mut self, what: &[u8], why: &str, target: &Target) -> Result<Dial, ()> {
        self.complain_of(what, why);
        let path = target.path().unwrap_or_default().to_vec();
        self.complain_of(&path, Errno::Inval.text());
        Err(())
    }

    fn failed(&mut self, target: &Target, error: NetError) {
        let call = format!(": connect: {}\n", error.text());
        let line = [self.shown_name(), call.as_bytes()].concat();
        self.write(Fd::STDERR, line, None);
        let path = target.path().unwrap_or_default().to_vec();
        self.complain_of(&path, error.text());
    }
}

impl Target {
    /// The file it opens.
    fn path(&self) -> Option<&[u8]> {
        match self {
            Target::File { path, .. } | Target::Both { path, .. } => Some(path),
            Target::Named { target, .. } => target.path(),
            _ => None,
        }
    }

    /// The same with the file open.
    fn opened(self, socket: Fd) -> Target {
        match self {
            Target::File { fd, .. } => Target::Opened { fd, socket },
            Target::Both { .. } => Target::OpenedBoth { socket },
            Target::Named { name, target } => {
                Target::Named { name, target: Box::new(target.opened(socket)) }
            }
            other => other,
        }
    }
}

/// The number of a port; services have no names here, and the C library takes the low 16 bits.
fn port_number(text: &[u8]) -> Option<u16> {
    if text.is_empty() {
        return Some(0);
    }
    let digits = text.iter().all(u8::is_ascii_digit);
    let number = parse_number(text).filter(|_| digits)?;
    u16::try_from(number & 0xffff).ok()
}
