//! nc as busybox has it. Models busybox 1.36's networking/nc_bloaty.c, which its default
//! configuration builds (NC_110_COMPAT), and so do the images. What SIGTERM makes it say ("punt!")
//! is left out.

use super::pump::{Pump, Pumped};
use crate::base::Millis;
use crate::os::{Disposition, Errno, Fd, NetError, Poll, Signal, TimerId, Wait};
use crate::tool::args::{self, Args, Options};
use crate::tool::process::find_program;
use crate::tool::say::{number, say};
use crate::tool::{Context, Step};

/// The version is busybox:1.36's; the time is one of its builds'.
pub const USAGE: &str = "\
BusyBox v1.36.1 (2023-07-17 18:29:09 UTC) multi-call binary.

Usage: nc [OPTIONS] HOST PORT  - connect
nc [OPTIONS] -l -p PORT [HOST] [PORT]  - listen

\t-e PROG\tRun PROG after connect (must be last)
\t-l\tListen mode, for inbound connects
\t-lk\tWith -e, provides persistent server
\t-p PORT\tLocal port
\t-s ADDR\tLocal address
\t-w SEC\tTimeout for connects and final net reads
\t-i SEC\tDelay interval for lines sent
\t-n\tDon't do DNS resolution
\t-u\tUDP mode
\t-b\tAllow broadcasts
\t-v\tVerbose
\t-o FILE\tHex dump traffic
\t-z\tZero-I/O mode (scanning)
";

const NC: Options =
    Options { short: "np:vw:lkz", long: &[], lacking: "subio", fail: 1, stop_early: true };

/// How often nothing may come for the time of `-w` before it gives up.
const RETRIES: u32 = 2;

/// nc.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Netcat {
    verbose: u32,
    zero: bool,
    keep_open: bool,
    wait: Option<Millis>,
    program: Option<Vec<Vec<u8>>>,
    host: Vec<u8>,
    port: u16,
    state: State,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum State {
    Connecting { fd: Fd, timer: Option<TimerId> },
    Listening { listener: Fd, timer: Option<TimerId> },
    Joined(Joined),
}

/// A connection joined to standard input and output.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Joined {
    socket: Fd,
    receive: Option<Pump>,
    send: Option<Pump>,
    sent: u64,
    received: u64,
    quiet: Option<TimerId>,
    retries: u32,
}

impl Netcat {
    /// Reads the arguments; resolves or listens.
    pub fn begin(cx: &mut Context) -> Result<Netcat, u8> {
        let (words, program) = split(cx.argv);
        let args = args::parse(&mut cx.with_argv(&words), &NC)?;
        let count = |letter| args.options.iter().filter(|(given, _)| *given == letter).count();
        let wait = match args.value('w') {
            Some(text) => Some(whole(cx, text)?),
            None => None,
        };
        let own_port = args.value('p').map(|text| port(cx, text)).transpose()?;
        let (host, port) = place(cx, &args)?;
        let keep_open = args.has('k') || count('l') > 1;
        let listens = args.has('l') || args.has('k');
        let state = if listens {
            listen(cx, own_port.unwrap_or(0), wait, args.has('v'))?
        } else {
            connect(cx, &host, port, wait)?
        };
        Ok(Netcat {
            verbose: count('v') as u32,
            zero: args.has('z'),
            keep_open,
            wait,
            program,
            host,
            port: if listens { own_port.unwrap_or(0) } else { port },
            state,
        })
    }

    /// Goes on.
    pub fn step(&mut self, cx: &mut Context) -> Step {
        match &mut self.state {
            State::Connecting { fd, timer } => {
                let (fd, timer) = (*fd, *timer);
                self.connecting(cx, fd, timer)
            }
            State::Listening { listener, timer } => {
                let (listener, timer) = (*listener, *timer);
                self.listening(cx, listener, timer)
            }
            State::Joined(joined) => {
                let step = joined.step(cx, self.wait);
                if let (Step::Done(_), true) = (&step, self.verbose > 1) {
                    let (sent, received) = (joined.sent, joined.received);
                    cx.out.error(format!("sent {sent}, rcvd {received}\n").as_bytes());
                }
                step
            }
        }
    }

    /// It does not die of a broken pipe.
    pub fn signal(&self, signal: Signal) -> Disposition {
        if signal == Signal::Pipe { Disposition::Handled } else { Disposition::Default }
    }

    fn connecting(&mut self, cx: &mut Context, fd: Fd, timer: Option<TimerId>) -> Step {
        let text = match cx.sys.connected(fd) {
            Ok(Poll::Ready(())) => {
                if self.verbose > 0 {
                    let (address, port) = cx.sys.peer(fd).unwrap_or_default();
                    let place = format!(" ({address}:{port}) open\n");
                    cx.out.error(&say!(self.host, place));
                }
                return self.join(cx, fd);
            }
            Ok(Poll::Wait) if timer.is_none_or(|timer| !cx.sys.has_fired(timer)) => {
                let waits = timer.map(Wait::Timer).into_iter();
                return Step::Wait(waits.chain([Wait::Writable(fd)]).collect());
            }
            Ok(Poll::Wait) => NetError::Os(Errno::Timedout),
            Err(error) => error,
        };
        let is_refused = text == NetError::Os(Errno::Connrefused);
        if self.verbose > 1 || (self.verbose > 0 && !is_refused) {
            let address = cx.sys.peer(fd).unwrap_or_default().0;
            let place = format!(" ({address}:{}): {}", self.port, text.text());
            cx.complain(say!(self.host, place));
        }
        if self.verbose > 1 {
            cx.out.error(b"sent 0, rcvd 0\n");
        }
        Step::Done(1)
    }

    fn listening(&mut self, cx: &mut Context, listener: Fd, timer: Option<TimerId>) -> Step {
        let socket = match cx.sys.accept(listener) {
            Ok(Poll::Ready(socket)) => socket,
            _ if timer.is_some_and(|timer| cx.sys.has_fired(timer)) => {
                cx.complain("timeout");
                return Step::Done(1);
            }
            _ => {
                while let Ok(Poll::Ready(_)) = cx.sys.wait_any() {}
                let waits = timer.map(Wait::Timer).into_iter();
                return Step::Wait(waits.chain([Wait::Readable(listener)]).collect());
            }
        };
        if let (true, Some(program)) = (self.keep_open, &self.program) {
            let stdio = [socket, socket, Fd::STDERR];
            let started = find_program(cx, &program[0])
                .and_then(|path| cx.sys.spawn(&path, program, cx.env, stdio));
            let _ = cx.sys.close(socket);
            if let Err(errno) = started {
                cannot_execute(cx, &program[0], errno);
            }
            return Step::More;
        }
        let _ = cx.sys.close(listener);
        if self.verbose > 0 {
            let (address, port) = cx.sys.peer(socket).unwrap_or_default();
            let name = cx.sys.resolve_back(&address).unwrap_or_else(|| "(null)".into());
            let own = if address.starts_with("127.") { address.clone() } else { own(cx) };
            let text = format!(
                "connect to [::ffff:{own}]:{} from {name} ([::ffff:{address}]:{port})\n",
                self.port
            );
            cx.out.error(text.as_bytes());
        }
        self.join(cx, socket)
    }

    /// A program takes its place, or standard input and output.
    fn join(&mut self, cx: &mut Context, socket: Fd) -> Step {
        if let Some(program) = &self.program {
            let _ = cx.sys.dup_to(socket, Fd::STDIN);
            let _ = cx.sys.dup_to(socket, Fd::STDOUT);
            let _ = cx.sys.close(socket);
            let became =
                find_program(cx, &program[0]).and_then(|path| cx.sys.exec(&path, program, cx.env));
            return match became {
                Ok(()) => Step::Replaced,
                Err(errno) => Step::Done(cannot_execute(cx, &program[0], errno)),
            };
        }
        if self.zero {
            return Step::Done(0);
        }
        self.state = State::Joined(Joined {
            socket,
            receive: Some(Pump::new(socket, Fd::STDOUT)),
            send: Some(Pump::new(Fd::STDIN, socket)),
            sent: 0,
            received: 0,
            quiet: None,
            retries: RETRIES,
        });
        Step::More
    }
}

impl Joined {
    /// It ends when both directions have.
    fn step(&mut self, cx: &mut Context, wait: Option<Millis>) -> Step {
        let mut waits = Vec::new();
        if let Some(pump) = &mut self.receive {
            let pumped = pump.step(cx.sys);
            self.received = pump.moved;
            match pumped {
                Pumped::Moved => return self.moved(cx),
                Pumped::Wait(wait) => waits.push(wait),
                Pumped::Broken(_) => return Step::Done(1),
                Pumped::Ended | Pumped::Failed(_) => self.receive = None,
            }
        }
        if let Some(pump) = &mut self.send {
            let pumped = pump.step(cx.sys);
            self.sent = pump.moved;
            match pumped {
                Pumped::Moved => return self.moved(cx),
                Pumped::Wait(wait) => waits.push(wait),
                Pumped::Broken(_) => return Step::Done(1),
                Pumped::Ended | Pumped::Failed(_) => {
                    self.send = None;
                    let _ = cx.sys.shutdown_write(self.socket);
                }
            }
        }
        if waits.is_empty() {
            return Step::Done(0);
        }
        if let Some(after) = wait {
            let timer = *self.quiet.get_or_insert_with(|| cx.sys.arm(after));
            if cx.sys.has_fired(timer) {
                self.quiet = None;
                self.retries -= 1;
                return if self.retries == 0 { Step::Done(0) } else { Step::More };
            }
            waits.push(Wait::Timer(timer));
        }
        Step::Wait(waits)
    }

    fn moved(&mut self, cx: &mut Context) -> Step {
        if let Some(timer) = self.quiet.take() {
            cx.sys.disarm(timer);
        }
        Step::More
    }
}

/// What stands after `-e`, or after letters that end in it, is the program.
fn split(argv: &[Vec<u8>]) -> (Vec<Vec<u8>>, Option<Vec<Vec<u8>>>) {
    let ends_in_e = |word: &Vec<u8>| {
        let letters = word.strip_prefix(b"-").and_then(|rest| rest.strip_suffix(b"e"));
        letters.is_some_and(|letters| letters.iter().all(|letter| b"nuvlkz".contains(letter)))
    };
    let Some(at) = argv.iter().skip(1).position(ends_in_e).map(|at| at + 1) else {
        return (argv.to_vec(), None);
    };
    let mut words = argv[..at].to_vec();
    if argv[at].len() > 2 {
        words.push(argv[at][..argv[at].len() - 1].to_vec());
    }
    (words, Some(argv[at + 1..].to_vec()).filter(|program| !program.is_empty()))
}

fn place(cx: &mut Context, args: &Args) -> Result<(Vec<u8>, u16), u8> {
    let listens = args.has('l') || args.has('k');
    match args.operands.as_slice() {
        [] if !listens => {
            cx.out.error(USAGE.as_bytes());
            Err(1)
        }
        [] => Ok((Vec::new(), 0)),
        [_] | [_, _] if listens && args.has('p') => {
            cx.not_modelled("HOST");
            cx.complain("[Ordinal] only callers from one HOST: not modelled");
            Err(1)
        }
        [host] => Ok((host.clone(), 0)),
        [host, text] => Ok((host.clone(), port(cx, text)?)),
        _ => {
            cx.out.error(USAGE.as_bytes());
            Err(1)
        }
    }
}

fn listen(
    cx: &mut Context,
    port: u16,
    wait: Option<Millis>,
    is_verbose: bool,
) -> Result<State, u8> {
    let listener = cx.sys.listen(port, false).map_err(|errno| {
        cx.complain(format!("bind: {}", errno.text()));
        1
    })?;
    if is_verbose {
        cx.out.error(format!("listening on [::]:{port} ...\n").as_bytes());
    }
    Ok(State::Listening { listener, timer: wait.map(|after| cx.sys.arm(after)) })
}

fn connect(cx: &mut Context, host: &[u8], port: u16, wait: Option<Millis>) -> Result<State, u8> {
    let resolved = cx.sys.resolve(host).unwrap_or_default();
    let Some(address) = resolved.first() else {
        cx.complain(say!("bad address '", host, "'"));
        return Err(1);
    };
    let fd = cx.sys.connect(address, port).map_err(|error| {
        cx.complain(error.text());
        1
    })?;
    Ok(State::Connecting { fd, timer: wait.map(|after| cx.sys.arm(after)) })
}

fn port(cx: &mut Context, text: &[u8]) -> Result<u16, u8> {
    number(text).and_then(|port| u16::try_from(port).ok()).ok_or_else(|| {
        cx.complain(say!("bad port '", text, "'"));
        1
    })
}

fn whole(cx: &mut Context, text: &[u8]) -> Result<Millis, u8> {
    match number(text).and_then(|count| u32::try_from(count).ok()) {
        Some(seconds) => Ok(Millis::secs(u64::from(seconds))),
        None => {
            cx.complain(say!("invalid number '", text, "'"));
            Err(1)
        }
    }
}

fn own(cx: &mut Context) -> String {
    let name = cx.sys.hostname();
    let own = cx.sys.resolve(name.as_bytes()).unwrap_or_default();
    own.into_iter().next().unwrap_or_default()
}

fn cannot_execute(cx: &mut Context, name: &[u8], errno: Errno) -> u8 {
    cx.complain(say!("can't execute '", name, "': ", errno.text()));
    127
}
