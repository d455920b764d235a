//! One connection joined to a program. Models `netexec`: it reads from both in turn, stops for
//! what cannot be written yet, and ends where either ends; what the program still says then is
//! lost.

use super::Command;
use crate::base::Blob;
use crate::os::{Errno, Fd, Poll, Wait};
use crate::tool::net::own_address;
use crate::tool::say::say;
use crate::tool::{Context, Step};

/// How much one turn moves at most, bytes; a stream of holes may hold many.
pub const CHUNK_BYTES: u64 = 16 * 1024 * 1024;

/// One connection and its program.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Relay {
    socket: Fd,
    to: Fd,
    from: Fd,
    /// What was read and must be written before more is read.
    pending: Option<(Fd, Blob)>,
    /// Whose turn it is to be read: the program's.
    program_next: bool,
}

/// How a relay went on.
pub enum Relayed {
    Moved,
    Wait(Vec<Wait>),
    Over,
}

impl Relay {
    /// Starts the program; `None`: it cannot be started, said so and hung up.
    pub fn begin(cx: &mut Context, command: &Command, socket: Fd, port: u16) -> Option<Relay> {
        let started = start(cx, command, socket, port);
        if let Err(errno) = started {
            cx.out.error(format!("exec: {}\n", errno.text()).as_bytes());
            let _ = cx.sys.close(socket);
        }
        let (to, from) = started.ok()?;
        Some(Relay { socket, to, from, pending: None, program_next: false })
    }

    /// As the whole of ncat.
    pub fn step(&mut self, cx: &mut Context) -> super::Went {
        Ok(match self.go_on(cx) {
            Relayed::Moved => Step::More,
            Relayed::Wait(waits) => Step::Wait(waits),
            Relayed::Over => Step::Done(0),
        })
    }

    /// As one of several. Over: its descriptors are closed.
    pub fn go_on(&mut self, cx: &mut Context) -> Relayed {
        if self.pending.is_some() {
            return self.write(cx);
        }
        let (first, second) = match self.program_next {
            true => (self.from, self.socket),
            false => (self.socket, self.from),
        };
        for from in [first, second] {
            let to = if from == self.socket { self.to } else { self.socket };
            match cx.sys.read(from, CHUNK_BYTES) {
                Ok(Poll::Wait) => {}
                Ok(Poll::Ready(data)) if !data.is_empty() => {
                    self.pending = Some((to, data));
                    self.program_next = from == self.socket;
                    return self.write(cx);
                }
                Ok(Poll::Ready(_)) | Err(_) => {
                    for fd in [self.socket, self.to, self.from] {
                        let _ = cx.sys.close(fd);
                    }
                    return Relayed::Over;
                }
            }
        }
        Relayed::Wait(vec![Wait::Readable(self.socket), Wait::Readable(self.from)])
    }

    fn write(&mut self, cx: &mut Context) -> Relayed {
        let Some((to, mut data)) = self.pending.take() else { return Relayed::Moved };
        match cx.sys.write(to, &data) {
            Ok(Poll::Wait) => {
                self.pending = Some((to, data));
                return Relayed::Wait(vec![Wait::Writable(to)]);
            }
            Ok(Poll::Ready(taken)) => {
                data.take_front(taken);
                self.pending = Some((to, data)).filter(|(_, rest)| !rest.is_empty());
            }
            // What nobody takes is dropped; the end shows at the next read.
            Err(_) => {}
        }
        Relayed::Moved
    }
}

/// Starts a program with pipes; our ends: to it, from it.
fn start(cx: &mut Context, command: &Command, socket: Fd, port: u16) -> Result<(Fd, Fd), Errno> {
    let (path, argv) = match command {
        Command::Shell(line) => {
            (b"/bin/sh".to_vec(), vec![b"sh".to_vec(), b"-c".to_vec(), line.clone()])
        }
        Command::Program(words) => (words.first().cloned().ok_or(Errno::Noent)?, words.clone()),
    };
    let env = environment(cx, socket, port);
    let (child_reads, to) = cx.sys.pipe()?;
    let (from, child_writes) = cx.sys.pipe()?;
    let started = cx.sys.spawn(&path, &argv, &env, [child_reads, child_writes, Fd::STDERR]);
    let _ = cx.sys.close(child_reads);
    let _ = cx.sys.close(child_writes);
    started.map(|_| (to, from)).inspect_err(|_| {
        let _ = cx.sys.close(to);
        let _ = cx.sys.close(from);
    })
}

/// `setup_environment`: what a program is told of its connection.
fn environment(cx: &mut Context, socket: Fd, port: u16) -> Vec<(Vec<u8>, Vec<u8>)> {
    let (address, remote_port) = cx.sys.peer(socket).unwrap_or_default();
    let local = own_address(cx, &address);
    let mut env = cx.env.to_vec();
    let told = [
        ("REMOTE_ADDR", address),
        ("REMOTE_PORT", remote_port.to_string()),
        ("LOCAL_ADDR", local),
        ("LOCAL_PORT", port.to_string()),
        ("PROTO", "TCP".to_string()),
    ];
    env.extend(told.map(|(name, value)| (say!("NCAT_", name), value.into_bytes())));
    env
}
