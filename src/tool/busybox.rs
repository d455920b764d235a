//! Where busybox's programs differ from GNU's: what they say, which options they have, how they
//! end. Models busybox 1.36 as its images have it; programs that are not listed here are GNU's in
//! its place, and say so on the step.

use super::say::say;
use super::{Context, Step};

/// Programs of busybox that the model does not run: those that somebody may type, not each.
pub const OTHERS: &[&str] = &[
    "bc",
    "bunzip2",
    "bzcat",
    "bzip2",
    "cal",
    "cpio",
    "crc32",
    "dc",
    "dmesg",
    "dos2unix",
    "free",
    "halt",
    "hostid",
    "httpd",
    "ifconfig",
    "ip",
    "ipcalc",
    "killall",
    "last",
    "less",
    "logger",
    "login",
    "logname",
    "lsmod",
    "lsof",
    "more",
    "mount",
    "mountpoint",
    "netstat",
    "nsenter",
    "pgrep",
    "pidof",
    "ping",
    "ping6",
    "pkill",
    "pstree",
    "route",
    "run-parts",
    "script",
    "setsid",
    "start-stop-daemon",
    "strings",
    "su",
    "sysctl",
    "taskset",
    "telnet",
    "time",
    "top",
    "traceroute",
    "umount",
    "uncompress",
    "unix2dos",
    "unshare",
    "unxz",
    "unzip",
    "uptime",
    "usleep",
    "uudecode",
    "uuencode",
    "vi",
    "w",
    "wget",
    "who",
    "xxd",
    "xz",
    "xzcat",
];

/// What its images have not, of the model's programs.
pub fn lacks(name: &str) -> bool {
    const GNU_ONLY: [&str; 17] = [
        "b2sum",
        "csplit",
        "diff3",
        "fmt",
        "join",
        "mawk",
        "ncat",
        "numfmt",
        "perl",
        "pr",
        "ptx",
        "sdiff",
        "socat",
        "stdbuf",
        "sha224sum",
        "sha384sum",
        "vdir",
    ];
    GNU_ONLY.contains(&name)
}

/// Programs that do as busybox's do: short options and long ones; `*`: they read their own.
const ADAPTED: &[(&str, &str, &str)] = &[
    ("[", "*", ""),
    ("base64", "dw", ""),
    ("basename", "as", ""),
    ("cat", "nbvteA", ""),
    ("chgrp", "hLHPRcvf", ""),
    ("chmod", "Rcvf", ""),
    ("chown", "hLHPRcvf", ""),
    ("clear", "*", ""),
    ("cp", "arRPLHpfinlsTutdv", ""),
    ("cut", "bcfdsn", ""),
    ("date", "urRIdDs", "date utc rfc-2822"),
    ("dirname", "", ""),
    ("du", "aHLdclsxhmk", ""),
    ("echo", "*", ""),
    ("egrep", "HhnlLoqvsrRiwFEzmABCefxc", "color"),
    ("env", "iu0", ""),
    ("expr", "*", ""),
    ("false", "*", ""),
    ("fgrep", "HhnlLoqvsrRiwFEzmABCefxc", "color"),
    ("find", "*", ""),
    ("grep", "HhnlLoqvsrRiwFEzmABCefxc", "color"),
    ("head", "ncqv", ""),
    ("hostname", "sidf", ""),
    ("ln", "sfnbSvT", ""),
    ("ls", "1AaCxdLHRFplinshrSXvctukw", "color full-time group-directories-first"),
    ("md5sum", "cws", ""),
    ("mkdir", "mpv", "mode parents"),
    ("mktemp", "dutqp", ""),
    ("mv", "finTtv", ""),
    ("nc", "*", ""),
    ("nproc", "", "all ignore"),
    ("nslookup", "*", ""),
    ("nslookup (small)", "*", ""),
    ("printf", "*", ""),
    ("pwd", "*", ""),
    ("readlink", "fnv", ""),
    ("realpath", "", ""),
    ("rm", "irfR", ""),
    ("rmdir", "p", "ignore-fail-on-non-empty parents"),
    ("sed", "inrEefsz", "in-place regexp-extended quiet silent null-data"),
    ("seq", "ws", ""),
    ("sha1sum", "cws", ""),
    ("sha256sum", "cws", ""),
    ("sleep", "*", ""),
    ("sort", "nrughMcszbdfiokTStVm", ""),
    ("sync", "*", ""),
    ("tail", "fcnsqvF", ""),
    ("tee", "ai", ""),
    ("test", "*", ""),
    ("timeout", "sk", ""),
    ("touch", "cadhtrm", "no-create reference"),
    ("tr", "dscCt", ""),
    ("true", "*", ""),
    ("uname", "amnrspvio", ""),
    ("uniq", "cdufswiz", ""),
    ("wc", "clwLm", ""),
    ("which", "a", ""),
    ("whoami", "", ""),
    ("xargs", "0rtpnsIPexoaE", ""),
    ("yes", "*", ""),
];

fn adapted(name: &str) -> Option<&'static (&'static str, &'static str, &'static str)> {
    ADAPTED.iter().find(|row| row.0 == name)
}

/// Whether this program runs as busybox's does.
pub fn is_adapted(name: &str) -> bool {
    adapted(name).is_some()
}

/// What getopt would say of an option that GNU's program has and busybox's has not.
pub fn refused(name: &str, given: &[(char, Vec<u8>)], words: &[Vec<u8>]) -> Option<String> {
    let (_, short, long) = adapted(name).filter(|row| row.1 != "*")?;
    let options = words.iter().take_while(|word| *word != b"--");
    for word in options.filter_map(|word| word.strip_prefix(b"--")) {
        let whole = String::from_utf8_lossy(word).into_owned();
        let stem = whole.split('=').next().unwrap_or_default().to_string();
        if !long.split(' ').any(|known| known == stem) {
            return Some(format!("unrecognized option '--{whole}'"));
        }
    }
    let mut letters = given.iter().map(|(letter, _)| *letter);
    // Letters that stand for long options only are no letters of the command line.
    let written = |letter: char| {
        let is_cluster = |word: &&Vec<u8>| word.starts_with(b"-") && !word.starts_with(b"--");
        words.iter().filter(is_cluster).any(|word| word.contains(&(letter as u8)))
    };
    let wrong = letters.find(|letter| !short.contains(*letter) && written(*letter))?;
    Some(format!("invalid option -- '{wrong}'"))
}

/// busybox itself: becomes the program that its first argument names.
pub fn run(cx: &mut Context) -> Step {
    let words = cx.argv.get(1..).unwrap_or_default();
    let Some(name) = words.first() else {
        usage(cx);
        return Step::Done(0);
    };
    match cx.sys.exec(&say!("/bin/", name), words, cx.env) {
        Ok(()) => Step::Replaced,
        Err(_) => {
            cx.out.error(&say!(name, ": applet not found\n"));
            Step::Done(127)
        }
    }
}

/// The banner that stands above every usage; the usage itself is not modelled.
pub fn usage(cx: &mut Context) {
    cx.not_modelled("--help");
    cx.out.error(b"BusyBox v1.36.1 (2023-07-17 18:29:09 UTC) multi-call binary.\n\n");
}

/// The code busybox's program ends with where GNU's ends with this one.
pub fn code(name: &str, code: u8) -> u8 {
    match (name, code) {
        ("ls", 2) | ("sed", 2 | 4) => 1,
        (_, code) => code,
    }
}

/// `'x': text` as `x` and `: text`.
fn unquoted(text: &str) -> Option<(&str, &str)> {
    let rest = text.strip_prefix('\'')?;
    let end = rest.rfind("': ").or(rest.rfind("' "))?;
    Some((&rest[..end], &rest[end + 1..]))
}

/// busybox's words for what GNU's program says; `None`: it shows its usage instead.
pub fn reworded(name: &str, text: &[u8]) -> Option<Vec<u8>> {
    let Ok(text) = std::str::from_utf8(text) else { return Some(text.to_vec()) };
    if text.starts_with("missing ") {
        return None;
    }
    let plain = |rest: &str| unquoted(rest).map(|(path, why)| format!("{path}{why}"));
    if let Some(rest) = text.strip_prefix("cannot access ").and_then(plain) {
        return Some(rest.into());
    }
    if let Some(rest) = text.strip_prefix("cannot touch ").and_then(plain) {
        return Some(rest.into());
    }
    let for_reading = text.strip_suffix(": No such file or directory");
    let for_reading = for_reading.and_then(|it| it.strip_suffix(" for reading"));
    if let Some(path) = for_reading.and_then(|it| it.strip_prefix("cannot open '")) {
        let path = path.trim_end_matches('\'');
        let why = "No such file or directory";
        return Some(match name {
            "head" => say!(path, ": ", why),
            _ => say!("can't open '", path, "': ", why),
        });
    }
    let directory = text.strip_suffix(": Is a directory");
    if let ("rm", Some(path)) = (name, directory.and_then(|it| it.strip_prefix("cannot remove "))) {
        return Some(say!(path, " is a directory"));
    }
    let pairs = [
        ("-r not specified; ", ""),
        ("cannot create regular file ", "can't create "),
        ("cannot read: ", ""),
        ("can't read ", ""),
        ("cannot ", "can't "),
        ("failed to remove ", ""),
        ("invalid time interval ", "invalid number "),
        ("non-integer argument", "non-numeric argument"),
    ];
    let new = |(gnu, own): (&str, &str)| text.strip_prefix(gnu).map(|rest| say!(own, rest));
    if let (true, Some(rest)) = (name == "mv", text.strip_prefix("cannot stat ")) {
        return Some(say!("can't rename ", rest));
    }
    if let Some(text) = pairs.into_iter().find_map(new) {
        return Some(text);
    }
    let opens = ["base64", "cat", "md5sum", "sha1sum", "sha256sum"].contains(&name);
    Some(match (name, text.split_once(": ")) {
        ("cat", Some((_, "Is a directory"))) => b"read error: Is a directory".to_vec(),
        (_, Some((path, why))) if opens => say!("can't open '", path, "': ", why),
        ("find", _) => plain(text).unwrap_or_else(|| text.to_string()).into(),
        _ => text.into(),
    })
}
