//! socat: standard streams, files, TCP, programs. Models socat 1.7's messages and its two-way
//! relay (socat.c, xio-*.c).

mod address;
mod session;

use crate::base::Millis;
use crate::os::{Fd, NetError, Open, Poll, TimerId, Wait};
use crate::tool::process::duration;
use crate::tool::say::say;
use crate::tool::{Context, Step};

use address::{Address, File, Retries};
use session::{End, Session};

/// How long the other direction may be quiet once one has ended (`-t`'s default).
const LINGER: Millis = Millis(500);

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Opening {
    Begin,
    Accepting {
        listener: Fd,
        left: Option<Box<End>>,
    },
    Connecting {
        fd: Fd,
        left: Option<Box<End>>,
        retries: Retries,
        timer: Option<TimerId>,
    },
    /// Until the next try.
    Sleeping {
        left: Option<Box<End>>,
        retries: Retries,
        timer: TimerId,
    },
    Open,
}

/// socat.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Socat {
    left: Address,
    right: Address,
    forth: bool,
    back: bool,
    linger: Millis,
    /// `-T`: how long both may be quiet.
    patience: Option<Millis>,
    opening: Opening,
    listener: Option<Fd>,
    sessions: Vec<Session>,
}

impl Socat {
    /// Reads the arguments.
    pub fn begin(cx: &mut Context) -> Result<Socat, u8> {
        let mut socat = Socat {
            left: Address::Stdio,
            right: Address::Stdio,
            forth: true,
            back: true,
            linger: LINGER,
            patience: None,
            opening: Opening::Begin,
            listener: None,
            sessions: Vec::new(),
        };
        let operands = socat.read_options(cx)?;
        let [left, right] = operands.as_slice() else {
            let count = operands.len();
            let text = format!("exactly 2 addresses required (there are {count})");
            return Err(fail(cx, &format!("{text}; use option \"-h\" for help")));
        };
        socat.left = address::read(cx, left)?;
        socat.right = address::read(cx, right)?;
        if matches!(socat.right, Address::Listen { fork: true, .. }) {
            cx.not_modelled("fork");
            return Err(fail(cx, "[Ordinal] fork at the second address is not modelled"));
        }
        Ok(socat)
    }

    /// One letter a word: socat merges none but `-d`.
    fn read_options(&mut self, cx: &mut Context) -> Result<Vec<Vec<u8>>, u8> {
        let words = cx.argv.to_vec();
        let mut words = words.iter().skip(1).peekable();
        let mut debug = 0;
        while let Some(word) = words.next_if(|word| word.len() > 1 && word[0] == b'-') {
            let (letter, rest) = (word[1], &word[2..]);
            match letter {
                b'd' if rest.iter().all(|byte| *byte == b'd') => debug += word.len() - 1,
                b'u' | b'U' | b's' | b'4' if !rest.is_empty() => {
                    let (one, two) = (char::from(letter), char::from(rest[0]));
                    let text = "Do not merge single character options, i.e. use";
                    let text = format!("{text} \"-{one} -{two}\" instead of \"-{one}{two}\"\n");
                    cx.out.error(text.as_bytes());
                    return Err(1);
                }
                b'u' => self.back = false,
                b'U' => self.forth = false,
                b's' | b'4' => {}
                b't' | b'T' | b'b' => {
                    let value = if rest.is_empty() { words.next() } else { None };
                    let value = value.map_or(rest, Vec::as_slice);
                    let Some(time) = duration(value) else {
                        let option = String::from_utf8_lossy(word);
                        let text = "parseopts(): missing numerical value of option";
                        return Err(fail(cx, &format!("{text} \"{option}\"")));
                    };
                    match letter {
                        b't' => self.linger = time,
                        b'T' => self.patience = Some(time).filter(|time| *time > Millis::ZERO),
                        _ => {}
                    }
                }
                _ => {
                    let option = String::from_utf8_lossy(word);
                    if b"DhLlSvVWwxyr?R6".contains(&letter) && !word.starts_with(b"--") {
                        cx.not_modelled(&option);
                    }
                    let text = format!("unknown option \"{option}\"; use option \"-h\" for help");
                    return Err(fail(cx, &text));
                }
            }
        }
        if debug > 1 {
            cx.not_modelled("-d -d");
        }
        Ok(words.cloned().collect())
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
            Opening::Accepting { listener, left } => match cx.sys.accept(listener) {
                Ok(Poll::Wait) => Ok(Some(vec![Wait::Readable(listener)])),
                Ok(Poll::Ready(socket)) => {
                    self.opened(cx, left.map(|left| *left), End::socket(socket))
                }
                Err(errno) => Err(fail(cx, &format!("accept(): {}", errno.text()))),
            },
            Opening::Connecting { fd, left, retries, timer } => match cx.sys.connected(fd) {
                Ok(Poll::Wait) if timer.is_none_or(|timer| !cx.sys.has_fired(timer)) => {
                    let waits = timer.map(Wait::Timer).into_iter();
                    Ok(Some(waits.chain([Wait::Writable(fd)]).collect()))
                }
                Ok(Poll::Wait) => {
                    let error = NetError::Os(crate::os::Errno::Timedout);
                    self.connect_failed(cx, fd, error, left, retries)
                }
                Ok(Poll::Ready(())) => self.opened(cx, left.map(|left| *left), End::socket(fd)),
                Err(error) => self.connect_failed(cx, fd, error, left, retries),
            },
            Opening::Sleeping { left, retries, timer } => {
                if !cx.sys.has_fired(timer) {
                    return Ok(Some(vec![Wait::Timer(timer)]));
                }
                let address = if left.is_some() { &self.right } else { &self.left };
                let Address::Connect { host, port, .. } = address.clone() else {
                    unreachable!("only a connection is tried again")
                };
                self.connect(cx, &host, port, retries, left)
            }
            Opening::Open => Ok(None),
        }
    }

    fn connect(
        &mut self,
        cx: &mut Context,
        host: &[u8],
        port: u16,
        retries: Retries,
        left: Option<Box<End>>,
    ) -> Result<Option<Vec<Wait>>, u8> {
        let name = String::from_utf8_lossy(host).into_owned();
        let addresses = match cx.sys.resolve(host) {
            Ok(addresses) => addresses,
            Err(error) => {
                let call = format!("getaddrinfo(\"{name}\", \"NULL\", {{1,0,1,6}}, {{}})");
                return self.again(cx, &format!("{call}: {}", error.text()), left, retries);
            }
        };
        let first = addresses.first().cloned().unwrap_or_default();
        match cx.sys.connect(&first, port) {
            Ok(fd) => {
                let timer = retries.timeout.map(|after| cx.sys.arm(after));
                self.opening = Opening::Connecting { fd, left, retries, timer };
                Ok(None)
            }
            Err(error) => {
                let text = format!("connect(5, AF=2 {first}:{port}, 16): {}", error.text());
                self.again(cx, &text, left, retries)
            }
        }
    }

    fn connect_failed(
        &mut self,
        cx: &mut Context,
        fd: Fd,
        error: NetError,
        left: Option<Box<End>>,
        retries: Retries,
    ) -> Result<Option<Vec<Wait>>, u8> {
        let (address, port) = cx.sys.peer(fd).unwrap_or_default();
        let _ = cx.sys.close(fd);
        // It is the first descriptor after those socat keeps for itself.
        let text = format!("connect(5, AF=2 {address}:{port}, 16): {}", error.text());
        self.again(cx, &text, left, retries)
    }

    /// Tries once more, silently, or ends with the last error.
    fn again(
        &mut self,
        cx: &mut Context,
        text: &str,
        left: Option<Box<End>>,
        mut retries: Retries,
    ) -> Result<Option<Vec<Wait>>, u8> {
        if retries.left == Some(0) {
            return Err(fail(cx, text));
        }
        retries.left = retries.left.map(|left| left - 1);
        let timer = cx.sys.arm(retries.interval);
        self.opening = Opening::Sleeping { left, retries, timer };
        Ok(None)
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
                let forth = self.forth && left.is_ever_readable(cx);
                let back = self.back && end.is_ever_readable(cx);
                self.sessions.push(Session::new(left, end, forth, back));
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
        match address {
            Address::Stdio => self.opened(cx, left, End::plain(Fd::STDIN, Fd::STDOUT)),
            Address::Descriptor(fd) => self.opened(cx, left, End::plain(Fd(*fd), Fd(*fd))),
            Address::File(file) => {
                let is_left = left.is_none();
                let fd = self.open_file(cx, file, is_left)?;
                self.opened(cx, left, End::plain(fd, fd))
            }
            Address::Listen { port, loopback, .. } => match cx.sys.listen(*port, *loopback) {
                Ok(listener) => {
                    self.listener = Some(listener);
                    self.opening = Opening::Accepting { listener, left: left.map(Box::new) };
                    Ok(None)
                }
                Err(errno) => {
                    let host = if *loopback { "127.0.0.1" } else { "0.0.0.0" };
                    let call = format!("bind(5, {{AF=2 {host}:{port}}}, 16)");
                    Err(fail(cx, &format!("{call}: {}", errno.text())))
                }
            },
            Address::Connect { host, port, retries } => {
                self.connect(cx, host, *port, *retries, left.map(Box::new))
            }
            Address::Run(argv) => {
                let socket = left.as_ref().filter(|left| left.is_socket()).map(|left| left.reads());
                let end = session::start(cx, argv, socket, self.listener.and(self.port()));
                self.opened(cx, left, end)
            }
        }
    }

    fn port(&self) -> Option<u16> {
        match self.left {
            Address::Listen { port, .. } => Some(port),
            _ => None,
        }
    }

    /// To read, to write or both, by the directions asked for.
    fn open_file(&self, cx: &mut Context, file: &File, is_left: bool) -> Result<Fd, u8> {
        let reads = if is_left { self.forth } else { self.back };
        let writes = if is_left { self.back } else { self.forth };
        let mode = file.mode.unwrap_or(match (reads, writes) {
            (true, false) => 0,
            (false, _) => 1,
            (true, true) => 2,
        });
        let how = Open {
            read: mode != 1,
            write: mode != 0,
            append: file.append,
            create: file.create,
            exclusive: file.exclusive,
            truncate: file.truncate,
        };
        cx.sys.open(&file.path, how).map_err(|errno| {
            let path = String::from_utf8_lossy(&file.path).into_owned();
            let bits = [(file.create, 0o100), (file.exclusive, 0o200), (file.truncate, 0o1000)];
            let bits = bits.iter().filter(|(on, _)| *on).map(|(_, bit)| bit).sum::<u32>();
            let flags = u32::from(mode) + bits + if file.append { 0o2000 } else { 0 };
            fail(cx, &format!("open(\"{path}\", 0{flags:o}, 0666): {}", errno.text()))
        })
    }

    fn relay(&mut self, cx: &mut Context) -> Step {
        let forks = matches!(self.left, Address::Listen { fork: true, .. });
        let mut waits = Vec::new();
        let mut index = 0;
        while index < self.sessions.len() {
            match self.sessions[index].step(cx, self.linger, self.patience) {
                session::Went::On => return Step::More,
                session::Went::Wait(more) => {
                    waits.extend(more);
                    index += 1;
                }
                session::Went::Over(code) => {
                    self.sessions.remove(index).close(cx);
                    return if forks { Step::More } else { Step::Done(code) };
                }
            }
        }
        if forks && let Some(listener) = self.listener {
            match cx.sys.accept(listener) {
                Ok(Poll::Ready(socket)) => {
                    let right = self.right.clone();
                    // One connection's failure leaves the others alone.
                    if self.open_address(cx, &right, Some(End::socket(socket))).is_err() {
                        let _ = cx.sys.close(socket);
                    }
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

fn complain(cx: &mut Context, text: &str) {
    let date = cx.strftime(b"%Y/%m/%d %H:%M:%S", cx.sys.now());
    let pid = cx.sys.pid_shown(cx.sys.pid());
    cx.out.error(&say!(date, format!(" socat[{pid}] E {text}\n")));
}

fn fail(cx: &mut Context, text: &str) -> u8 {
    complain(cx, text);
    1
}
