//! An address as written: `TYPE:parameter:…,option,option=value`. Models socat 1.7's nestlex.c,
//! xioopen.c and xioopts.c.

use super::fail;
use crate::base::Millis;
use crate::tool::Context;
use crate::tool::process::duration;
use crate::tool::say::number;

/// An address as written.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Address {
    Stdio,
    /// One descriptor, to read and to write.
    Descriptor(u32),
    Listen {
        port: u16,
        fork: bool,
        loopback: bool,
    },
    Connect {
        host: Vec<u8>,
        port: u16,
        retries: Retries,
    },
    Run(Vec<Vec<u8>>),
    File(File),
}

/// How often a connection is tried again, and when.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Retries {
    /// `None`: forever.
    pub left: Option<u64>,
    pub interval: Millis,
    /// Of one try.
    pub timeout: Option<Millis>,
}

/// A file, and what its type or options say of opening it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct File {
    pub path: Vec<u8>,
    pub create: bool,
    pub truncate: bool,
    pub append: bool,
    pub exclusive: bool,
    /// `rdonly` (0), `wronly` (1), `rdwr` (2).
    pub mode: Option<u8>,
}

/// Options that change nothing the model shows.
const HARMLESS: &[&str] = &[
    "reuseaddr",
    "so-reuseaddr",
    "reuseport",
    "keepalive",
    "so-keepalive",
    "nodelay",
    "tcp-nodelay",
    "backlog",
    "pipes",
    "setsid",
    "nonblock",
    "rcvbuf",
    "sndbuf",
];

/// Options that socat has and the model lacks.
const LACKING: &[&str] = &[
    "cd",
    "chdir",
    "cr",
    "crlf",
    "crnl",
    "ctty",
    "echo",
    "end-close",
    "escape",
    "group",
    "ignoreeof",
    "interval",
    "lock",
    "max-children",
    "mode",
    "nofork",
    "null-eof",
    "perm",
    "pf",
    "protocol",
    "pty",
    "range",
    "raw",
    "readbytes",
    "seek",
    "shut-close",
    "shut-down",
    "shut-none",
    "shut-null",
    "sourceport",
    "sp",
    "stderr",
    "su",
    "tcpwrap",
    "tos",
    "ttl",
    "unlink-close",
    "unlink-early",
    "user",
];

/// Types that socat has and the model lacks.
const OTHER_TYPES: &[&str] = &[
    "ABSTRACT-CLIENT",
    "ABSTRACT-LISTEN",
    "FD",
    "INTERFACE",
    "OPENSSL",
    "OPENSSL-LISTEN",
    "PIPE",
    "PROXY",
    "PTY",
    "READLINE",
    "SCTP",
    "SCTP-LISTEN",
    "SOCKS4",
    "SSL",
    "SSL-L",
    "STDERR",
    "TCP6",
    "TCP6-LISTEN",
    "TUN",
    "UDP",
    "UDP-LISTEN",
    "UDP-RECVFROM",
    "UDP-SENDTO",
    "UNIX",
    "UNIX-CONNECT",
    "UNIX-LISTEN",
    "UNIX-RECV",
    "UNIX-SENDTO",
    "VSOCK-CONNECT",
    "VSOCK-LISTEN",
];

/// Types that open a file by its name.
const NAMED: [&str; 5] = ["OPEN", "FILE", "GOPEN", "CREATE", "CREAT"];

/// The parts of an address.
struct Parts {
    /// The type as written, without its parameters.
    kind: String,
    parameters: Vec<Vec<u8>>,
    options: Vec<(String, Option<String>)>,
}

/// Reads an address. `Err`: refused with this code, and said so.
pub fn read(cx: &mut Context, text: &[u8]) -> Result<Address, u8> {
    let mut parts = split(text);
    let mut upper = parts.kind.to_ascii_uppercase();
    if parts.kind.contains('/') {
        parts.parameters.insert(0, parts.kind.clone().into_bytes());
        upper = "GOPEN".into();
    }
    let want = match upper.as_str() {
        "-" | "STDIO" | "STDIN" | "STDOUT" => 0,
        "TCP" | "TCP4" | "TCP-CONNECT" | "TCP4-CONNECT" => 2,
        "TCP-LISTEN" | "TCP-L" | "TCP4-LISTEN" | "TCP4-L" | "EXEC" | "SYSTEM" | "OPEN" | "FILE"
        | "GOPEN" | "CREATE" | "CREAT" => 1,
        _ => {
            if OTHER_TYPES.contains(&upper.as_str()) || text.windows(2).any(|two| two == b"!!") {
                cx.not_modelled(&String::from_utf8_lossy(text));
            }
            return Err(fail(cx, &format!("unknown device/address \"{}\"", parts.kind)));
        }
    };
    let have = parts.parameters.len();
    if have != want && (upper != "SYSTEM" || have == 0) {
        let kind = &parts.kind;
        // Types that open a name count themselves too.
        let have = have + usize::from(NAMED.contains(&upper.as_str()));
        let text = format!("{kind}: wrong number of parameters ({have} instead of {want})");
        return Err(fail(cx, &text));
    }
    address(cx, &upper, &parts)
}

fn address(cx: &mut Context, upper: &str, parts: &Parts) -> Result<Address, u8> {
    let first = parts.parameters.first().cloned().unwrap_or_default();
    Ok(match upper {
        "-" | "STDIO" => {
            check(cx, parts, &[])?;
            Address::Stdio
        }
        "STDIN" | "STDOUT" => {
            check(cx, parts, &[])?;
            Address::Descriptor(u32::from(upper == "STDOUT"))
        }
        "TCP" | "TCP4" | "TCP-CONNECT" | "TCP4-CONNECT" => {
            check(cx, parts, &["retry", "interval", "forever", "connect-timeout"])?;
            let host = String::from_utf8_lossy(&first).into_owned();
            let port = port(cx, &host, &parts.parameters[1])?;
            Address::Connect { host: first, port, retries: retries(cx, parts)? }
        }
        "EXEC" => {
            check(cx, parts, &[])?;
            let words: Vec<Vec<u8>> = first
                .split(|byte| *byte == b' ')
                .filter(|word| !word.is_empty())
                .map(Vec::from)
                .collect();
            Address::Run(if words.is_empty() { vec![Vec::new()] } else { words })
        }
        "SYSTEM" => {
            check(cx, parts, &[])?;
            Address::Run(vec![b"sh".to_vec(), b"-c".to_vec(), first])
        }
        "OPEN" | "FILE" | "GOPEN" | "CREATE" | "CREAT" => {
            let options =
                ["append", "creat", "create", "trunc", "excl", "rdonly", "wronly", "rdwr"];
            check(cx, parts, &options)?;
            Address::File(file(cx, upper, first, parts))
        }
        _ => {
            check(cx, parts, &["fork", "bind"])?;
            let port = port(cx, "NULL", &first)?;
            let bind = parts.value("bind").unwrap_or_default();
            let loopback = bind.starts_with("127.") || bind == "localhost";
            if !loopback && !matches!(bind, "" | "0.0.0.0") {
                cx.not_modelled(&format!("bind={bind}"));
            }
            Address::Listen { port, fork: parts.has("fork"), loopback }
        }
    })
}

impl Parts {
    fn has(&self, name: &str) -> bool {
        self.options.iter().any(|(given, _)| given == name)
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.options.iter().find(|(given, _)| given == name).and_then(|(_, value)| value.as_deref())
    }
}

/// Refuses the options that this address does not take.
fn check(cx: &mut Context, parts: &Parts, known: &[&str]) -> Result<(), u8> {
    let everywhere = ["fork", "bind", "append", "creat", "trunc", "retry", "forever"];
    let names = parts.options.iter().map(|(name, _)| name.as_str());
    let wrong = names.filter(|name| !known.contains(name) && !HARMLESS.contains(name));
    // All are looked up before any is tried.
    let (elsewhere, unknown): (Vec<&str>, Vec<&str>) =
        wrong.partition(|name| everywhere.contains(name));
    let Some(name) = unknown.first().or(elsewhere.first()) else { return Ok(()) };
    if LACKING.contains(name) {
        cx.not_modelled(name);
    }
    let text = match unknown.is_empty() {
        true => format!("option \"{name}\" not supported with this address type"),
        false => format!("unknown option \"{name}\""),
    };
    Err(fail(cx, &format!("parseopts_table(): {text}")))
}

fn retries(cx: &mut Context, parts: &Parts) -> Result<Retries, u8> {
    let mut left = parts.has("forever").then_some(u64::MAX);
    if let (true, value) = (parts.has("retry"), parts.value("retry")) {
        left = value.and_then(|text| number(text.as_bytes()));
        if left.is_none() {
            let text = format!("retry={}", value.unwrap_or_default());
            let text = format!("parseopts(): missing numerical value of option \"{text}\"");
            return Err(fail(cx, &text));
        }
    }
    let time = |name| parts.value(name).and_then(|text| duration(text.as_bytes()));
    Ok(Retries {
        left: Some(left.unwrap_or(0)).filter(|_| !parts.has("forever")),
        interval: time("interval").unwrap_or(Millis::secs(1)),
        timeout: time("connect-timeout"),
    })
}

fn file(cx: &mut Context, upper: &str, path: Vec<u8>, parts: &Parts) -> File {
    let is_there = cx.sys.stat(&path, true).is_ok();
    let opens_any = upper == "GOPEN";
    let makes = upper.starts_with("CREAT");
    let mode = ["rdonly", "wronly", "rdwr"].iter().position(|name| parts.has(name));
    File {
        create: makes || parts.has("creat") || parts.has("create") || (opens_any && !is_there),
        truncate: makes || parts.has("trunc"),
        append: parts.has("append") || (opens_any && is_there),
        exclusive: parts.has("excl"),
        mode: mode.map(|mode| mode as u8).or(makes.then_some(1)),
        path,
    }
}

fn port(cx: &mut Context, host: &str, text: &[u8]) -> Result<u16, u8> {
    // A number that is too large loses its high bits.
    number(text).map(|port| (port & 0xffff) as u16).ok_or_else(|| {
        let text = String::from_utf8_lossy(text);
        let call = format!("getaddrinfo\"{host}\", \"{text}\", {{1,2,1,0}}, {{}})");
        fail(cx, &format!("{call}: Servname not supported for ai_socktype"))
    })
}

/// Quotes and brackets keep separators; quotes and backslashes are left out.
fn split(text: &[u8]) -> Parts {
    let mut pieces: Vec<(u8, Vec<u8>)> = vec![(b':', Vec::new())];
    let mut closing: Vec<u8> = Vec::new();
    let mut bytes = text.iter().copied();
    while let Some(byte) = bytes.next() {
        let in_options = pieces.last().is_some_and(|(before, _)| *before == b',');
        let piece = &mut pieces.last_mut().expect("there is always one").1;
        if byte == b'\\' {
            piece.extend(bytes.next());
        } else if closing.last() == Some(&byte) {
            closing.pop();
            piece.extend(Some(byte).filter(|byte| !b"'\"".contains(byte)));
        } else if closing.last().is_some_and(|end| b"'\"".contains(end)) {
            piece.push(byte);
        } else if byte == b'\'' || byte == b'"' {
            closing.push(byte);
        } else if let Some(at) = b"([{".iter().position(|open| *open == byte) {
            closing.push(b")]}"[at]);
            piece.push(byte);
        } else if closing.is_empty() && (byte == b',' || (byte == b':' && !in_options)) {
            pieces.push((byte, Vec::new()));
        } else {
            piece.push(byte);
        }
    }
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut parts = Parts { kind: text(&pieces[0].1), parameters: Vec::new(), options: Vec::new() };
    for (before, piece) in &pieces[1..] {
        if *before == b':' {
            parts.parameters.push(piece.clone());
            continue;
        }
        let option = text(piece);
        parts.options.push(match option.split_once('=') {
            Some((name, value)) => (name.to_string(), Some(value.to_string())),
            None => (option, None),
        });
    }
    // `TCP:` has one parameter, an empty one; `OPEN` alone has none.
    parts
}
