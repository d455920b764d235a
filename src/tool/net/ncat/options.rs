//! ncat's command line: ncat_main.c.

use super::{Command, How, bye, say};
use crate::base::Millis;
use crate::base::limit::NCAT_CONNECTIONS_MAX;
use crate::tool::Context;
use crate::tool::args::{self, Args, Options};
use crate::tool::process::duration;
use crate::tool::say::number;

/// ncat's default port.
const PORT: u16 = 31_337;

/// How long ncat waits for a connection (`DEFAULT_CONNECT_TIMEOUT`).
const CONNECT_TIMEOUT: Millis = Millis(10_000);

/// The longest time an option takes, milliseconds (`INT_MAX`).
const TIME_MAX: u64 = 2_147_483_647;

/// From this many milliseconds on a time needs a unit.
const UNITLESS_MAX: u64 = 100_000;

/// Where to, or where.
pub struct Place {
    pub listen: bool,
    pub host: Option<Vec<u8>>,
    /// `-4`
    pub only_ip4: bool,
}

const NCAT: Options = Options {
    short: "lkm:c:e:p:w:zvn4i:|SRXV",
    long: &[
        ("4", '4'),
        ("listen", 'l'),
        ("keep-open", 'k'),
        ("max-conns", 'm'),
        ("sh-exec", 'c'),
        ("exec", 'e'),
        ("source-port", 'p'),
        ("wait", 'w'),
        ("idle-timeout", 'i'),
        ("verbose", 'v'),
        ("nodns", 'n'),
        ("send-only", 'S'),
        ("recv-only", 'R'),
        ("no-shutdown", 'X'),
        ("version", 'V'),
    ],
    lacking: "6CdgGhostuUx 6 unixsock vsock crlf g G lua-exec lua-exec-internal delay output \
              hex-dump append-output source broker chat talk deny denyfile allow allowfile telnet \
              udp sctp proxy proxy-type proxy-auth proxy-dns nsock-engine test ssl ssl-cert \
              ssl-key ssl-verify ssl-trustfile ssl-ciphers ssl-servername ssl-alpn",
    fail: 2,
    stop_early: false,
};

/// Reads the command line. `Err`: refused with this code, and said so.
pub fn read(cx: &mut Context) -> Result<(How, Place), u8> {
    let args = args::parse(cx, &NCAT)?;
    let mut how = how(cx, &args)?;
    if args.has('V') {
        say(cx, BANNER);
        return Err(0);
    }
    if how.verbose {
        say(cx, BANNER);
    }
    let listen = args.has('l');
    if how.zero {
        if listen {
            return Err(bye(cx, "Services designed for LISTENING can't be used with -z"));
        }
        if how.command.is_some() {
            return Err(bye(cx, "Command execution can't be done along with option -z."));
        }
    }
    let place = place(cx, &args, &mut how)?;
    if !listen {
        for (given, option) in [(args.has('m'), "max-conns"), (how.keep_open, "keep-open")] {
            if given {
                let text = format!("Invalid option combination: `--{option}' with connect.");
                return Err(bye(cx, text));
            }
        }
    } else if args.has('m') && !how.keep_open {
        say(
            cx,
            "Warning: Maximum connections ignored, since it does not take effect without -k or \
             --broker.",
        );
    }
    Ok((how, place))
}

const BANNER: &str = "Version 7.93 ( https://nmap.org/ncat )";

fn how(cx: &mut Context, args: &Args) -> Result<How, u8> {
    let has = |letter| args.has(letter);
    let mut how = How {
        send_only: has('S'),
        recv_only: has('R'),
        keep_open: has('k'),
        no_shutdown: has('X'),
        zero: has('z'),
        verbose: has('v'),
        max: NCAT_CONNECTIONS_MAX as i64,
        command: None,
        connect_timeout: CONNECT_TIMEOUT,
        idle_timeout: None,
        port: PORT,
        began: cx.sys.now(),
    };
    for (letter, value) in &args.options {
        match letter {
            'c' | 'e' if how.command.is_some() => {
                let text = "Only one of --exec, --sh-exec, and --lua-exec is allowed.";
                return Err(bye(cx, text));
            }
            'c' => how.command = Some(Command::Shell(value.clone())),
            'e' => how.command = Some(Command::Program(split(value))),
            'm' => how.max = whole(value),
            'w' => how.connect_timeout = time(cx, value, "-w timeout")?,
            'i' => how.idle_timeout = Some(time(cx, value, "-i timeout")?),
            'p' => {
                port(cx, value, "source port")?;
                if !has('l') {
                    cx.not_modelled("-p");
                }
            }
            _ => {}
        }
    }
    if args.options.iter().filter(|(letter, _)| *letter == 'v').count() > 1 {
        cx.not_modelled("-vv");
    }
    Ok(how)
}

/// The host, and the port into `how`.
fn place(cx: &mut Context, args: &Args, how: &mut How) -> Result<Place, u8> {
    let listen = args.has('l');
    let mut place = Place { listen, host: None, only_ip4: args.has('4') };
    let mut operands = args.operands.as_slice();
    match operands.split_first() {
        Some((first, rest)) if number(first).is_none() => {
            if args.has('n') && !is_address(first) {
                let name = String::from_utf8_lossy(first);
                let text = "Name or service not known";
                return Err(bye(cx, format!("Could not resolve hostname \"{name}\": {text}.")));
            }
            (place.host, operands) = (Some(first.clone()), rest);
        }
        _ if !listen => return Err(bye(cx, "You must specify a host to connect to.")),
        _ => {}
    }
    let source = args.value('p').filter(|_| listen);
    let count = operands.len() + usize::from(source.is_some());
    if count > 1 {
        let ports = source.into_iter().chain(operands.iter().map(Vec::as_slice));
        let ports: Vec<_> = ports.map(String::from_utf8_lossy).collect();
        return Err(bye(cx, format!("Got more than one port specification: {}.", ports.join(" "))));
    }
    if let Some(text) = source.or(operands.first().map(Vec::as_slice)) {
        how.port = port(cx, text, "port")?;
    }
    Ok(place)
}

fn is_address(text: &[u8]) -> bool {
    text.split(|byte| *byte == b'.').filter(|part| number(part).is_some()).count() == 4
}

fn port(cx: &mut Context, text: &[u8], what: &str) -> Result<u16, u8> {
    number(text).and_then(|port| u16::try_from(port).ok()).ok_or_else(|| {
        let shown = String::from_utf8_lossy(text);
        bye(cx, format!("Invalid {what} number \"{shown}\"."))
    })
}

/// atoi(3), as far as a count of connections goes.
fn whole(text: &[u8]) -> i64 {
    let (sign, digits) = match text.strip_prefix(b"-") {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let count = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    sign * number(&digits[..count.min(9)]).unwrap_or(0) as i64
}

/// `parse_timespec`: seconds, or with a unit: ms, s, m, h.
fn time(cx: &mut Context, text: &[u8], what: &str) -> Result<Millis, u8> {
    let has_unit = text.last().is_some_and(u8::is_ascii_alphabetic);
    let parsed = match text.strip_suffix(b"ms") {
        Some(digits) => number(digits).map(Millis),
        None if text.ends_with(b"d") || text.ends_with(b"y") => None,
        None => duration(text),
    };
    let shown = String::from_utf8_lossy(text);
    match parsed.filter(|time| (1..=TIME_MAX).contains(&time.0)) {
        Some(time) if time.0 >= UNITLESS_MAX && !has_unit => {
            let tenths = (time.0 + 3_000) / 6_000;
            let minutes = format!("{}.{}", tenths / 10, tenths % 10);
            Err(bye(
                cx,
                format!(
                    "Since April 2010, the default unit for {what} is seconds, so your time of \
                     \"{shown}\" is {minutes} minutes. Use \"{shown}ms\" for {shown} milliseconds."
                ),
            ))
        }
        Some(time) => Ok(time),
        None => Err(bye(
            cx,
            format!(
                "Invalid {what} \"{shown}\" (must be greater than 0 and less than {}s).",
                TIME_MAX / 1_000
            ),
        )),
    }
}

/// `cmdline_split`: words at blanks; a backslash keeps the next byte, and after one that is no
/// backslash blanks are passed over.
fn split(line: &[u8]) -> Vec<Vec<u8>> {
    let mut words = Vec::new();
    let mut word: Option<Vec<u8>> = None;
    let mut bytes = line.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        if byte.is_ascii_whitespace() {
            words.extend(word.take());
        } else if byte != b'\\' {
            word.get_or_insert_default().push(byte);
        } else if let Some(kept) = bytes.next() {
            word.get_or_insert_default().push(kept);
            while kept != b'\\' && bytes.next_if(u8::is_ascii_whitespace).is_some() {}
        }
    }
    words.extend(word);
    words
}
