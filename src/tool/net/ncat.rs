//! ncat, also as nc. Models nmap's ncat 7.x: ncat_connect.c, ncat_listen.c, and ncat_posix.c's
//! `netexec`.

use super::pump::{Pump, Pumped};
use crate::base::limit::NCAT_CONNECTIONS_MAX;
use crate::base::{Millis, Pid};
use crate::os::{Disposition, Errno, Fd, NetError, Poll, Signal, TimerId, Wait};
use crate::tool::args::{self, Args, Options};
use crate::tool::process::duration;
use crate::tool::say::{number, say};
use crate::tool::{Context, Step};

/// ncat's default port.
const PORT: u16 = 31_337;

/// How long ncat waits for a connection (`DEFAULT_CONNECT_TIMEOUT`).
const CONNECT_TIMEOUT: Millis = Millis(10_000);

/// ncat.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Ncat {
    send_only: bool,
    recv_only: bool,
    keep_open: bool,
    max: u64,
    command: Option<Command>,
    zero: bool,
    verbose: u32,
    state: State,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Command {
    /// `-c`: by /bin/sh.
    Shell(Vec<u8>),
    /// `-e`: words at blanks.
    Program(Vec<Vec<u8>>),
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum State {
    Connecting { fd: Option<Fd>, addresses: Vec<String>, port: u16, timer: TimerId },
    Connected { session: Session, timer: Option<TimerId> },
    Listening { listener: Fd, sessions: Vec<Session>, served: bool },
}

/// One connection and what it is joined to.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Session {
    socket: Fd,
    /// From the network.
    receive: Option<Pump>,
    /// To the network.
    send: Option<Pump>,
    child: Option<Pid>,
    /// Our ends of the child's pipes.
    pipes: Vec<Fd>,
}

const NCAT: Options = Options {
    short: "lkm:c:e:p:w:zvn46tuG:i:C|SRA:D:T:N:X",
    long: &[
        ("listen", 'l'),
        ("keep-open", 'k'),
        ("max-conns", 'm'),
        ("sh-exec", 'c'),
        ("exec", 'e'),
        ("source-port", 'p'),
        ("wait", 'w'),
        ("verbose", 'v'),
        ("nodns", 'n'),
        ("send-only", 'S'),
        ("recv-only", 'R'),
    ],
    lacking: "CdgGihostTuUx allow allowfile append-output broker chat crlf delay deny denyfile \
              hex-dump idle-timeout lua-exec no-shutdown output proxy proxy-auth proxy-type sctp \
              source ssl ssl-alpn ssl-cert ssl-ciphers ssl-key ssl-trustfile ssl-verify telnet \
              udp unixsock vsock",
    fail: 2,
    stop_early: false,
};

impl Ncat {
    /// Reads the arguments; resolves or listens.
    pub fn begin(cx: &mut Context) -> Result<Ncat, u8> {
        let args = read_args(cx)?;
        for letter in ['u', 't', 'G', 'i', 'C'] {
            if args.has(letter) {
                cx.not_modelled(&format!("-{letter}"));
                quit(cx, &format!("option -{letter} is not available"));
                return Err(2);
            }
        }
        let command = match (args.value('c'), args.value('e')) {
            (Some(line), _) => Some(Command::Shell(line.to_vec())),
            (None, Some(line)) => {
                let words = line.split(|byte| *byte == b' ').filter(|word| !word.is_empty());
                Some(Command::Program(words.map(Vec::from).collect()))
            }
            (None, None) => None,
        };
        let max = match args.value('m').map(number) {
            None => NCAT_CONNECTIONS_MAX,
            Some(Some(max)) if max > 0 => max,
            Some(_) => {
                quit(cx, "Invalid connection limit");
                return Err(2);
            }
        };
        let listen = args.has('l');
        let verbose = args.options.iter().filter(|(letter, _)| *letter == 'v').count() as u32;
        if args.has('S') && args.has('R') {
            quit(cx, "Cannot specify both --send-only and --recv-only together.");
            return Err(2);
        }
        if !listen && args.has('k') {
            quit(cx, "Keep-alive connections are only available with listen mode (--listen).");
            return Err(2);
        }
        if verbose > 0 {
            cx.out.error(b"Ncat: Version 7.70 ( https://nmap.org/ncat )\n");
        }
        let state = if listen {
            begin_listening(cx, &args, verbose)?
        } else {
            begin_connecting(cx, &args)?
        };
        Ok(Ncat {
            send_only: args.has('S'),
            recv_only: args.has('R'),
            keep_open: args.has('k'),
            max,
            command,
            zero: args.has('z'),
            verbose,
            state,
        })
    }

    /// Goes on.
    pub fn step(&mut self, cx: &mut Context) -> Step {
        match &self.state {
            State::Connecting { .. } => self.connecting(cx),
            State::Connected { .. } => self.connected(cx),
            State::Listening { .. } => self.listening(cx),
        }
    }

    /// A listening ncat has handlers for SIGCHLD and SIGPIPE alone, so that SIGTERM ends it, unless
    /// it is PID 1.
    pub fn signal(&self, signal: Signal) -> Disposition {
        match (&self.state, signal) {
            (State::Listening { .. }, Signal::Pipe | Signal::Chld) => Disposition::Handled,
            _ => Disposition::Default,
        }
    }

    fn connecting(&mut self, cx: &mut Context) -> Step {
        let State::Connecting { fd, addresses, port, timer } = &mut self.state else {
            unreachable!("asked only while connecting")
        };
        let (port, timer) = (*port, *timer);
        let Some(open) = *fd else {
            let address = addresses.remove(0);
            let more = !addresses.is_empty();
            return match cx.sys.connect(&address, port) {
                Ok(open) => {
                    *fd = Some(open);
                    self.connecting(cx)
                }
                Err(_) if more => Step::More,
                Err(error) => self.refused(cx, error),
            };
        };
        match cx.sys.connected(open) {
            Ok(Poll::Ready(())) => {
                cx.sys.disarm(timer);
                self.established(cx, open);
                Step::More
            }
            Ok(Poll::Wait) if cx.sys.has_fired(timer) => {
                let _ = cx.sys.close(open);
                if !self.zero || self.verbose > 0 {
                    cx.out.error(b"Ncat: TIMEOUT.\n");
                }
                Step::Done(1)
            }
            Ok(Poll::Wait) => Step::Wait(vec![Wait::Writable(open), Wait::Timer(timer)]),
            Err(error) => {
                let _ = cx.sys.close(open);
                if !addresses.is_empty() {
                    *fd = None;
                    return Step::More;
                }
                self.refused(cx, error)
            }
        }
    }

    fn refused(&self, cx: &mut Context, error: NetError) -> Step {
        if !self.zero || self.verbose > 0 {
            cx.out.error(format!("Ncat: {}.\n", error.text()).as_bytes());
        }
        Step::Done(1)
    }

    fn established(&mut self, cx: &mut Context, socket: Fd) {
        if self.verbose > 0 {
            let (address, port) = cx.sys.peer(socket).unwrap_or_default();
            cx.out.error(format!("Ncat: Connected to {address}:{port}.\n").as_bytes());
        }
        let session = self.session(cx, socket);
        self.state = State::Connected { session, timer: None };
    }

    /// Joins a connection to standard input and output, or to a program.
    fn session(&self, cx: &mut Context, socket: Fd) -> Session {
        let mut session =
            Session { socket, receive: None, send: None, child: None, pipes: Vec::new() };
        let (mut source, mut sink) = (Fd::STDIN, Fd::STDOUT);
        if let Some(command) = &self.command {
            let started = start(cx, command);
            match started {
                Ok((child, to_child, from_child)) => {
                    session.child = Some(child);
                    session.pipes = vec![to_child, from_child];
                    (source, sink) = (from_child, to_child);
                }
                Err(errno) => {
                    cx.out.error(format!("Ncat: exec: {}\n", errno.text()).as_bytes());
                    return session;
                }
            }
        }
        if !self.send_only {
            session.receive = Some(Pump::new(socket, sink));
        }
        if !self.recv_only {
            session.send = Some(Pump::new(source, socket));
        }
        session
    }

    fn connected(&mut self, cx: &mut Context) -> Step {
        if self.zero {
            return Step::Done(0);
        }
        let State::Connected { session, .. } = &mut self.state else {
            unreachable!("asked only when connected")
        };
        match session.step(cx) {
            Went::On => Step::More,
            Went::Wait(waits) => Step::Wait(waits),
            Went::Over(code) => {
                session.close(cx);
                Step::Done(code)
            }
        }
    }

    fn listening(&mut self, cx: &mut Context) -> Step {
        let State::Listening { listener, sessions, served } = &mut self.state else {
            unreachable!("asked only while listening")
        };
        let listener = *listener;
        let keep_open = self.keep_open;
        let mut waits = Vec::new();
        let mut index = 0;
        while index < sessions.len() {
            match sessions[index].step(cx) {
                Went::On => return Step::More,
                Went::Wait(more) => {
                    waits.extend(more);
                    index += 1;
                }
                Went::Over(code) => {
                    let mut session = sessions.remove(index);
                    session.close(cx);
                    if !keep_open {
                        return Step::Done(code);
                    }
                    return Step::More;
                }
            }
        }
        while let Ok(Poll::Ready(_)) = cx.sys.wait_any() {}
        if *served && !keep_open {
            return Step::Wait(waits);
        }
        match cx.sys.accept(listener) {
            Ok(Poll::Ready(socket)) => self.accepted(cx, socket),
            Ok(Poll::Wait) => {
                waits.push(Wait::Readable(listener));
                waits.dedup();
                Step::Wait(waits)
            }
            Err(errno) => {
                cx.out.error(format!("Ncat: accept: {}\n", errno.text()).as_bytes());
                Step::Done(2)
            }
        }
    }

    fn accepted(&mut self, cx: &mut Context, socket: Fd) -> Step {
        let (address, port) = cx.sys.peer(socket).unwrap_or_default();
        if self.verbose > 0 {
            let text = format!(
                "Ncat: Connection from {address}.\nNcat: Connection from {address}:{port}.\n"
            );
            cx.out.error(text.as_bytes());
        }
        let State::Listening { sessions, .. } = &self.state else {
            unreachable!("only a listener accepts")
        };
        let count = sessions.len() as u64;
        if count >= self.max {
            if self.verbose > 0 {
                let text =
                    format!("Ncat: New connection denied: connection limit reached ({count})\n");
                cx.out.error(text.as_bytes());
            }
            let _ = cx.sys.close(socket);
            return Step::More;
        }
        let session = self.session(cx, socket);
        let State::Listening { sessions, served, .. } = &mut self.state else {
            unreachable!("only a listener accepts")
        };
        sessions.push(session);
        *served = true;
        Step::More
    }
}

/// How a session went on.
enum Went {
    On,
    Wait(Vec<Wait>),
    Over(u8),
}

impl Session {
    fn step(&mut self, cx: &mut Context) -> Went {
        let mut waits = Vec::new();
        if let Some(pump) = &mut self.send {
            match pump.step(cx.sys) {
                Pumped::Moved => return Went::On,
                Pumped::Wait(wait) => waits.push(wait),
                Pumped::Ended => {
                    self.send = None;
                    // A program that has ended ends its connection; so does --send-only.
                    if self.child.is_some() || self.receive.is_none() {
                        return Went::Over(0);
                    }
                    if cx.sys.shutdown_write(self.socket).is_err() {
                        return Went::Over(0);
                    }
                }
                Pumped::Broken(_) => return Went::Over(u8::from(self.child.is_none())),
            }
        }
        if let Some(pump) = &mut self.receive {
            match pump.step(cx.sys) {
                Pumped::Moved => return Went::On,
                Pumped::Wait(wait) => waits.push(wait),
                Pumped::Ended if self.child.is_some() && self.send.is_some() => {
                    // The program sees the end of its input and may still answer.
                    self.receive = None;
                    let _ = cx.sys.close(self.pipes[0]);
                    self.pipes.remove(0);
                }
                Pumped::Ended => return Went::Over(0),
                Pumped::Broken(errno) => {
                    if self.child.is_none() && errno != Errno::Pipe {
                        cx.out.error(format!("Ncat: {}.\n", errno.text()).as_bytes());
                    }
                    return Went::Over(1);
                }
            }
        }
        if waits.is_empty() {
            return Went::Over(0);
        }
        Went::Wait(waits)
    }

    fn close(&mut self, cx: &mut Context) {
        let _ = cx.sys.close(self.socket);
        for fd in self.pipes.drain(..) {
            let _ = cx.sys.close(fd);
        }
        if let Some(child) = self.child.take() {
            let _ = cx.sys.wait(child);
        }
    }
}

/// Starts a program with pipes; its process, and our ends: to it, from it.
fn start(cx: &mut Context, command: &Command) -> Result<(Pid, Fd, Fd), Errno> {
    let argv = match command {
        Command::Shell(line) => vec![b"/bin/sh".to_vec(), b"-c".to_vec(), line.clone()],
        Command::Program(words) => words.clone(),
    };
    let path = argv.first().cloned().ok_or(Errno::Noent)?;
    let (child_reads, we_write) = cx.sys.pipe()?;
    let (we_read, child_writes) = cx.sys.pipe()?;
    let stdio = [child_reads, child_writes, Fd::STDERR];
    let started = cx.sys.spawn(&path, &argv, cx.env, stdio);
    let _ = cx.sys.close(child_reads);
    let _ = cx.sys.close(child_writes);
    started.map(|child| (child, we_write, we_read)).inspect_err(|_| {
        let _ = cx.sys.close(we_write);
        let _ = cx.sys.close(we_read);
    })
}

/// ncat's options are short and long, and long ones may begin with one dash nowhere.
fn read_args(cx: &mut Context) -> Result<Args, u8> {
    let before = cx.name;
    cx.name = if before == "nc" { "nc" } else { "ncat" };
    args::parse(cx, &NCAT).map_err(|_| 2)
}

/// `Ncat: … QUITTING.`
fn quit(cx: &mut Context, text: &str) {
    let text = text.trim_end_matches('.');
    cx.out.error(format!("Ncat: {text}. QUITTING.\n").as_bytes());
}

fn read_port(cx: &mut Context, text: &[u8]) -> Result<u16, u8> {
    let port = number(text).and_then(|port| u16::try_from(port).ok()).filter(|port| *port > 0);
    port.ok_or_else(|| {
        let shown = String::from_utf8_lossy(text).into_owned();
        quit(cx, &format!("Invalid port number \"{shown}\""));
        2
    })
}

fn begin_listening(cx: &mut Context, args: &Args, verbose: u32) -> Result<State, u8> {
    let mut loopback = false;
    let mut port = match args.value('p') {
        Some(text) => read_port(cx, text)?,
        None => PORT,
    };
    match args.operands.as_slice() {
        [] => {}
        [only] if number(only).is_some() => port = read_port(cx, only)?,
        [host] => loopback = is_loopback(host),
        [host, text] => {
            loopback = is_loopback(host);
            port = read_port(cx, text)?;
        }
        _ => {
            quit(cx, "Got more than one port specification");
            return Err(2);
        }
    }
    let listener = cx.sys.listen(port, loopback).map_err(|errno| {
        let address = if loopback { "127.0.0.1".to_string() } else { "0.0.0.0".to_string() };
        quit(cx, &format!("bind to {address}:{port}: {}", errno.text()));
        2
    })?;
    if verbose > 0 {
        let text = if loopback {
            format!("Ncat: Listening on 127.0.0.1:{port}\n")
        } else {
            format!("Ncat: Listening on :::{port}\nNcat: Listening on 0.0.0.0:{port}\n")
        };
        cx.out.error(text.as_bytes());
    }
    Ok(State::Listening { listener, sessions: Vec::new(), served: false })
}

fn is_loopback(host: &[u8]) -> bool {
    matches!(host, b"127.0.0.1" | b"localhost" | b"::1")
}

fn begin_connecting(cx: &mut Context, args: &Args) -> Result<State, u8> {
    let (host, port) = match args.operands.as_slice() {
        [] => {
            quit(cx, "You must specify a host to connect to");
            return Err(2);
        }
        [host] => (host, PORT),
        [host, text] => (host, read_port(cx, text)?),
        _ => {
            quit(cx, "Got more than one port specification");
            return Err(2);
        }
    };
    let timeout = match args.value('w') {
        None => CONNECT_TIMEOUT,
        Some(text) => match duration(text) {
            Some(timeout) => timeout,
            None => {
                quit(cx, "Invalid -w timeout (must be greater than 0)");
                return Err(2);
            }
        },
    };
    let addresses = cx.sys.resolve(host).map_err(|error| {
        let name = String::from_utf8_lossy(host).into_owned();
        let line = say!(
            "Ncat: Could not resolve hostname \"",
            name,
            "\": ",
            error.text(),
            ". QUITTING.\n"
        );
        cx.out.error(&line);
        2
    })?;
    if addresses.is_empty() {
        quit(cx, "Could not resolve hostname");
        return Err(2);
    }
    let timer = cx.sys.arm(timeout);
    Ok(State::Connecting { fd: None, addresses, port, timer })
}
