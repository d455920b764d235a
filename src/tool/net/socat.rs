//! socat: standard streams, TCP, programs. Models socat 1.7's messages and its two-way relay.

use super::pump::{Pump, Pumped};
use crate::base::date::strftime;
use crate::base::{Millis, Pid};
use crate::os::{Errno, Fd, NetError, Poll, TimerId, Wait};
use crate::tool::args::{self, Options};
use crate::tool::process::find_program;
use crate::tool::say::{number, say};
use crate::tool::{Context, Step};

/// How long the other direction may go on once one has ended (`-t`'s default).
const LINGER: Millis = Millis(500);

/// An address as written.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Address {
    Stdio,
    /// File descriptor 1 alone: nothing is ever read from it.
    Stdout,
    Listen {
        port: u16,
        fork: bool,
    },
    Connect {
        host: Vec<u8>,
        port: u16,
    },
    Run(Vec<Vec<u8>>),
    File {
        path: Vec<u8>,
        create: bool,
    },
}

/// An open address: where to read, where to write.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct End {
    reads: Fd,
    writes: Fd,
    socket: bool,
    child: Option<Pid>,
}

/// One joined pair.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Session {
    left: End,
    right: End,
    forth: Option<Pump>,
    back: Option<Pump>,
    linger: Option<TimerId>,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Opening {
    Begin,
    Accepting(Fd),
    Connecting(Fd, Option<Box<End>>, bool),
    Open,
}

/// socat.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Socat {
    left: Address,
    right: Address,
    forth: bool,
    back: bool,
    opening: Opening,
    listener: Option<Fd>,
    sessions: Vec<Session>,
}

const SOCAT: Options = Options {
    short: "uUdb:t:T:sxvly46",
    long: &[],
    lacking: "DhgLSVWw experimental",
    fail: 1,
    stop_early: false,
};

impl Socat {
    /// Reads the arguments.
    pub fn begin(cx: &mut Context) -> Result<Socat, u8> {
        let args = args::parse(cx, &SOCAT)?;
        let [left, right] = args.operands.as_slice() else {
            let count = args.operands.len();
            complain(
                cx,
                &format!(
                    "exactly 2 addresses required (there are {count}); use option \"-h\" for help"
                ),
            );
            return Err(1);
        };
        let left = read_address(cx, left)?;
        let right = read_address(cx, right)?;
        Ok(Socat {
            forth: !args.has('U') && left != Address::Stdout,
            back: !args.has('u') && right != Address::Stdout,
            left,
            right,
            opening: Opening::Begin,
            listener: None,
            sessions: Vec::new(),
        })
    }

    /// Goes on.
    pub fn step(&mut self, cx: &mut Context) -> Step {
        if self.opening == Opening::Open {
            return self.relay(cx);
        }
        match self.open(cx) {
            Ok(Some(waits)) => Step::Wait(waits),
            Ok(None) => Step::More,
            Err(code) => Step::Done(code),
        }
    }

    /// Opens the left address, then the right one.
    fn open(&mut self, cx: &mut Context) -> Result<Option<Vec<Wait>>, u8> {
        match self.opening.clone() {
            Opening::Begin => {
                let left = self.left.clone();
                self.open_address(cx, &left, None)
            }
            Opening::Accepting(listener) => match cx.sys.accept(listener) {
                Ok(Poll::Wait) => Ok(Some(vec![Wait::Readable(listener)])),
                Ok(Poll::Ready(socket)) => {
                    let end = End { reads: socket, writes: socket, socket: true, child: None };
                    self.opened(cx, None, end)
                }
                Err(errno) => Err(fail(cx, &format!("accept(): {}", errno.text()))),
            },
            Opening::Connecting(fd, left, _) => match cx.sys.connected(fd) {
                Ok(Poll::Wait) => Ok(Some(vec![Wait::Writable(fd)])),
                Ok(Poll::Ready(())) => {
                    let end = End { reads: fd, writes: fd, socket: true, child: None };
                    self.opened(cx, left.map(|left| *left), end)
                }
                Err(error) => Err(self.connect_failed(cx, fd, error)),
            },
            Opening::Open => Ok(None),
        }
    }

    fn connect_failed(&self, cx: &mut Context, fd: Fd, error: NetError) -> u8 {
        let (address, port) = cx.sys.peer(fd).unwrap_or_default();
        let place = format!("connect({}, AF=2 {address}:{port}, 16)", fd.0);
        fail(cx, &format!("{place}: {}", error.text()))
    }

    /// One address is open: the other is next, or the relay begins.
    fn opened(
        &mut self,
        cx: &mut Context,
        left: Option<End>,
        end: End,
    ) -> Result<Option<Vec<Wait>>, u8> {
        match left {
            None => {
                let right = self.right.clone();
                self.open_address(cx, &right, Some(end))
            }
            Some(left) => {
                let forth = self.forth.then(|| Pump::new(left.reads, end.writes));
                let back = self.back.then(|| Pump::new(end.reads, left.writes));
                self.sessions.push(Session { left, right: end, forth, back, linger: None });
                self.opening = Opening::Open;
                Ok(None)
            }
        }
    }

    fn open_address(
        &mut self,
        cx: &mut Context,
        address: &Address,
        left: Option<End>,
    ) -> Result<Option<Vec<Wait>>, u8> {
        let plain = |reads, writes| End { reads, writes, socket: false, child: None };
        match address {
            Address::Stdio => self.opened(cx, left, plain(Fd::STDIN, Fd::STDOUT)),
            Address::Stdout => self.opened(cx, left, plain(Fd::STDOUT, Fd::STDOUT)),
            Address::File { path, create } => {
                let how = crate::os::Open {
                    read: true,
                    write: true,
                    create: *create,
                    truncate: *create,
                    ..crate::os::Open::default()
                };
                match cx.sys.open(path, how) {
                    Ok(fd) => self.opened(cx, left, plain(fd, fd)),
                    Err(errno) => {
                        let path = String::from_utf8_lossy(path).into_owned();
                        Err(fail(cx, &format!("open(\"{path}\", 02, 0666): {}", errno.text())))
                    }
                }
            }
            Address::Listen { port, .. } => match cx.sys.listen(*port, false) {
                Ok(listener) => {
                    self.listener = Some(listener);
                    self.opening = Opening::Accepting(listener);
                    Ok(None)
                }
                Err(errno) => Err(fail(
                    cx,
                    &format!("bind(5, {{AF=2 0.0.0.0:{port}}}, 16): {}", errno.text()),
                )),
            },
            Address::Connect { host, port } => {
                let name = String::from_utf8_lossy(host).into_owned();
                let addresses = cx.sys.resolve(host).map_err(|error| {
                    let call = format!("getaddrinfo(\"{name}\", \"NULL\", {{1,0,1,6}}, {{}})");
                    fail(cx, &format!("{call}: {}", error.text()))
                })?;
                let first = addresses.first().cloned().unwrap_or_default();
                match cx.sys.connect(&first, *port) {
                    Ok(fd) => {
                        let is_right = left.is_some();
                        self.opening = Opening::Connecting(fd, left.map(Box::new), is_right);
                        Ok(None)
                    }
                    Err(error) => {
                        let place = format!("connect(5, AF=2 {first}:{port}, 16)");
                        Err(fail(cx, &format!("{place}: {}", error.text())))
                    }
                }
            }
            Address::Run(argv) => match start(cx, argv) {
                Ok(end) => self.opened(cx, left, end),
                Err(errno) => {
                    let name = String::from_utf8_lossy(&argv[0]).into_owned();
                    Err(fail(cx, &format!("execvp(\"{name}\", ...): {}", errno.text())))
                }
            },
        }
    }

    fn relay(&mut self, cx: &mut Context) -> Step {
        let forks = matches!(self.left, Address::Listen { fork: true, .. });
        let mut waits = Vec::new();
        let mut index = 0;
        while index < self.sessions.len() {
            match self.sessions[index].step(cx) {
                None => return Step::More,
                Some(more) if !more.is_empty() => {
                    waits.extend(more);
                    index += 1;
                }
                Some(_) => {
                    let session = self.sessions.remove(index);
                    session.close(cx);
                    if !forks {
                        return Step::Done(0);
                    }
                    return Step::More;
                }
            }
        }
        if forks && let Some(listener) = self.listener {
            match cx.sys.accept(listener) {
                Ok(Poll::Ready(socket)) => {
                    let end = End { reads: socket, writes: socket, socket: true, child: None };
                    let right = self.right.clone();
                    // One connection's failure leaves the others alone.
                    let _ = self.open_address(cx, &right, Some(end));
                    return Step::More;
                }
                Ok(Poll::Wait) => waits.push(Wait::Readable(listener)),
                Err(_) => {}
            }
            while let Ok(Poll::Ready(_)) = cx.sys.wait_any() {}
        }
        Step::Wait(waits)
    }
}

impl Session {
    /// `None`: something moved. An empty list: it is over.
    fn step(&mut self, cx: &mut Context) -> Option<Vec<Wait>> {
        let mut waits = Vec::new();
        for forth in [true, false] {
            let pump = if forth { &mut self.forth } else { &mut self.back };
            let Some(moving) = pump else { continue };
            match moving.step(cx.sys) {
                Pumped::Moved => return None,
                Pumped::Wait(wait) => waits.push(wait),
                Pumped::Ended | Pumped::Broken(_) => {
                    *pump = None;
                    let end = if forth { &self.right } else { &self.left };
                    if end.socket {
                        let _ = cx.sys.shutdown_write(end.writes);
                    } else if end.child.is_some() {
                        let _ = cx.sys.close(end.writes);
                    }
                    if self.linger.is_none() {
                        self.linger = Some(cx.sys.arm(LINGER));
                    }
                    return None;
                }
            }
        }
        if let Some(timer) = self.linger.filter(|_| !waits.is_empty()) {
            if cx.sys.has_fired(timer) {
                return Some(Vec::new());
            }
            waits.push(Wait::Timer(timer));
        }
        Some(waits)
    }

    fn close(self, cx: &mut Context) {
        for end in [self.left, self.right] {
            if end.socket || end.child.is_some() {
                let _ = cx.sys.close(end.reads);
                let _ = cx.sys.close(end.writes);
            }
            if let Some(child) = end.child {
                let _ = cx.sys.wait(child);
            }
        }
    }
}

fn start(cx: &mut Context, argv: &[Vec<u8>]) -> Result<End, Errno> {
    let path = find_program(cx, &argv[0])?;
    let (child_reads, writes) = cx.sys.pipe()?;
    let (reads, child_writes) = cx.sys.pipe()?;
    let started = cx.sys.spawn(&path, argv, cx.env, [child_reads, child_writes, Fd::STDERR]);
    let _ = cx.sys.close(child_reads);
    let _ = cx.sys.close(child_writes);
    Ok(End { reads, writes, socket: false, child: Some(started?) })
}

fn complain(cx: &mut Context, text: &str) {
    let date = strftime(b"%Y/%m/%d %H:%M:%S", cx.sys.now());
    let pid = cx.sys.pid_shown(cx.sys.pid());
    cx.out.error(&say!(date, format!(" socat[{pid}] E {text}\n")));
}

fn fail(cx: &mut Context, text: &str) -> u8 {
    complain(cx, text);
    1
}

fn read_address(cx: &mut Context, text: &[u8]) -> Result<Address, u8> {
    let shown = String::from_utf8_lossy(text).into_owned();
    let (kind, rest) = shown.split_once(':').unwrap_or((&shown, ""));
    let upper = kind.split(',').next().unwrap_or_default().to_ascii_uppercase();
    let mut parts = rest.split(',');
    let first = parts.next().unwrap_or_default();
    let options: Vec<&str> = parts.collect();
    let port = |text: &str| number(text.as_bytes()).and_then(|port| u16::try_from(port).ok());
    let address = match upper.as_str() {
        "-" | "STDIO" | "STDIN" => Some(Address::Stdio),
        "STDOUT" => Some(Address::Stdout),
        "TCP-LISTEN" | "TCP-L" | "TCP4-LISTEN" | "TCP4-L" => {
            port(first).map(|port| Address::Listen { port, fork: options.contains(&"fork") })
        }
        "TCP" | "TCP4" | "TCP-CONNECT" | "TCP4-CONNECT" => {
            first.rsplit_once(':').and_then(|(host, text)| {
                Some(Address::Connect { host: host.into(), port: port(text)? })
            })
        }
        "EXEC" => {
            let words = first.split_ascii_whitespace().map(Vec::from);
            Some(Address::Run(words.collect())).filter(|a| *a != Address::Run(Vec::new()))
        }
        "SYSTEM" | "SHELL" => {
            let line = rest.as_bytes().to_vec();
            Some(Address::Run(vec![b"/bin/sh".to_vec(), b"-c".to_vec(), line]))
        }
        "OPEN" | "FILE" | "GOPEN" => Some(Address::File { path: first.into(), create: false }),
        "CREATE" => Some(Address::File { path: first.into(), create: true }),
        _ => None,
    };
    address.ok_or_else(|| {
        if upper.len() > 1 && !upper.starts_with('-') {
            cx.not_modelled(&shown);
        }
        fail(cx, &format!("unknown device/address \"{kind}\""))
    })
}
