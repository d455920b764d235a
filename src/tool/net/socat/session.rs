//! One joined pair of addresses, and the programs among them.

use super::complain;
use crate::base::{Millis, Pid};
use crate::os::{Errno, Fd, FileKind, Poll, TimerId, Wait, WaitStatus};
use crate::tool::Context;
use crate::tool::net::own_address;
use crate::tool::net::pump::{Pump, Pumped};
use crate::tool::process::find_program;
use crate::tool::say::say;

/// An open address: where to read, where to write.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct End {
    reads: Fd,
    writes: Fd,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Kind {
    Plain,
    Socket,
    Program(Pid),
    /// A program that could not be run: its process ended with 1 at once.
    NoProgram,
}

impl End {
    /// A connection.
    pub fn socket(fd: Fd) -> End {
        End { reads: fd, writes: fd, kind: Kind::Socket }
    }

    /// Descriptors that stay open.
    pub fn plain(reads: Fd, writes: Fd) -> End {
        End { reads, writes, kind: Kind::Plain }
    }

    /// Whether it is a connection.
    pub fn is_socket(&self) -> bool {
        self.kind == Kind::Socket
    }

    /// Whether poll(2) ever says that it can be read: not of a standard output that is a pipe. One
    /// that is a file can be read at once, as far as poll knows.
    pub fn is_ever_readable(&self, cx: &mut Context) -> bool {
        let is_output = self.kind == Kind::Plain && self.reads == Fd::STDOUT;
        !is_output || cx.sys.fd_stat(Fd::STDOUT).is_ok_and(|stat| stat.kind == FileKind::File)
    }

    /// What it is read from.
    pub fn reads(&self) -> Fd {
        self.reads
    }
}

/// One joined pair.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Session {
    left: End,
    right: End,
    forth: Option<Pump>,
    back: Option<Pump>,
    /// One direction has ended.
    closing: bool,
    quiet: Option<TimerId>,
}

/// How a session went on.
pub enum Went {
    On,
    Wait(Vec<Wait>),
    Over(u8),
}

impl Session {
    /// Joins two open addresses in one direction or both.
    pub fn new(left: End, right: End, forth: bool, back: bool) -> Session {
        let forth = forth.then(|| Pump::new(left.reads, right.writes));
        let back = back.then(|| Pump::new(right.reads, left.writes));
        Session { left, right, forth, back, closing: false, quiet: None }
    }

    /// Moves what there is. Once a direction has ended, the other may be quiet for `linger`;
    /// before, both for `patience`.
    pub fn step(&mut self, cx: &mut Context, linger: Millis, patience: Option<Millis>) -> Went {
        let mut waits = Vec::new();
        for forth in [true, false] {
            let pump = if forth { &mut self.forth } else { &mut self.back };
            let Some(moving) = pump else { continue };
            let pumped = moving.step(cx.sys);
            let (from, to, bytes) = moving.what();
            match pumped {
                Pumped::Moved => {
                    self.rouse(cx);
                    return Went::On;
                }
                Pumped::Wait(wait) => waits.push(wait),
                Pumped::Ended => {
                    self.end(cx, forth);
                    return Went::On;
                }
                Pumped::Failed(errno) => return lost(cx, "read", from, 8_192, errno),
                Pumped::Broken(errno) => return lost(cx, "write", to, bytes, errno),
            }
        }
        if waits.is_empty() {
            return Went::Over(0);
        }
        if let Some(code) = self.child_failed(cx) {
            return Went::Over(code);
        }
        let after = if self.closing { Some(linger) } else { patience };
        if let Some(after) = after {
            let timer = *self.quiet.get_or_insert_with(|| cx.sys.arm(after));
            if cx.sys.has_fired(timer) {
                return Went::Over(0);
            }
            waits.push(Wait::Timer(timer));
        }
        Went::Wait(waits)
    }

    /// A direction has ended: whoever took it learns of it.
    fn end(&mut self, cx: &mut Context, forth: bool) {
        let (pump, end) = match forth {
            true => (&mut self.forth, &self.right),
            false => (&mut self.back, &self.left),
        };
        *pump = None;
        match end.kind {
            Kind::Socket => {
                let _ = cx.sys.shutdown_write(end.writes);
            }
            Kind::Program(_) => {
                let _ = cx.sys.close(end.writes);
            }
            Kind::Plain | Kind::NoProgram => {}
        }
        self.closing = true;
        self.rouse(cx);
    }

    fn rouse(&mut self, cx: &mut Context) {
        if let Some(timer) = self.quiet.take() {
            cx.sys.disarm(timer);
        }
    }

    /// A program that ends badly while the pair is still joined ends it.
    fn child_failed(&mut self, cx: &mut Context) -> Option<u8> {
        for end in [&self.left, &self.right] {
            let text = match end.kind {
                Kind::NoProgram => return Some(1),
                Kind::Program(child) => match cx.sys.wait(child) {
                    Ok(Poll::Ready(WaitStatus::Code(0))) | Ok(Poll::Wait) | Err(_) => continue,
                    Ok(Poll::Ready(status)) => {
                        let how = match status {
                            WaitStatus::Code(code) => format!("with status {code}"),
                            other => format!("on signal {}", other.code().saturating_sub(128)),
                        };
                        format!("waitpid(): child {} exited {how}", cx.sys.pid_shown(child))
                    }
                },
                Kind::Plain | Kind::Socket => continue,
            };
            complain(cx, &text);
            return Some(1);
        }
        None
    }

    /// Hangs up.
    pub fn close(self, cx: &mut Context) {
        for end in [self.left, self.right] {
            if end.kind != Kind::Plain {
                let _ = cx.sys.close(end.reads);
                let _ = cx.sys.close(end.writes);
            }
            if let Kind::Program(child) = end.kind {
                let _ = cx.sys.wait(child);
            }
        }
    }
}

fn lost(cx: &mut Context, call: &str, fd: Fd, bytes: u64, errno: Errno) -> Went {
    // socat keeps two descriptors to itself. The address of its buffer is one that it had once.
    let shown = if fd.0 > 2 { fd.0 + 2 } else { fd.0 };
    let text = format!("{call}({shown}, 0x55d5c8a2c000, {bytes}): {}", errno.text());
    complain(cx, &text);
    Went::Over(1)
}

/// Starts a program with pipes. What it is told of a connection stands in its environment.
pub fn start(cx: &mut Context, argv: &[Vec<u8>], socket: Option<Fd>, port: Option<u16>) -> End {
    let started = find_program(cx, &argv[0]).and_then(|path| {
        let (child_reads, writes) = cx.sys.pipe()?;
        let (reads, child_writes) = cx.sys.pipe()?;
        let env = environment(cx, socket, port);
        let child = cx.sys.spawn(&path, argv, &env, [child_reads, child_writes, Fd::STDERR]);
        let _ = cx.sys.close(child_reads);
        let _ = cx.sys.close(child_writes);
        Ok(End { reads, writes, kind: Kind::Program(child?) })
    });
    started.unwrap_or_else(|errno| {
        let name = String::from_utf8_lossy(&argv[0]).into_owned();
        complain(cx, &format!("execvp(\"{name}\", \"{name}\"): {}", errno.text()));
        let ends = cx.sys.pipe().and_then(|(reads, empty)| {
            cx.sys.close(empty)?;
            let (none, writes) = cx.sys.pipe()?;
            cx.sys.close(none)?;
            Ok(End { reads, writes, kind: Kind::NoProgram })
        });
        ends.unwrap_or(End::plain(Fd::STDIN, Fd::STDOUT))
    })
}

fn environment(cx: &mut Context, socket: Option<Fd>, port: Option<u16>) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut env = cx.env.to_vec();
    let (Some(socket), Some(port)) = (socket, port) else { return env };
    let (address, peer_port) = cx.sys.peer(socket).unwrap_or_default();
    let local = own_address(cx, &address);
    let told = [
        ("PEERADDR", address),
        ("PEERPORT", peer_port.to_string()),
        ("SOCKADDR", local),
        ("SOCKPORT", port.to_string()),
    ];
    env.extend(told.map(|(name, value)| (say!("SOCAT_", name), value.into_bytes())));
    env
}
