//! The tiny ones.

use super::super::args::{self, Options};
use super::super::file::users;
use super::super::say::{base_name, say, trim_slashes};
use super::super::{Context, quote};
use crate::os::{Credentials, FileKind};

/// hostname (Debian's): the kernel's host name.
pub fn hostname(cx: &mut Context) -> u8 {
    let options = Options {
        short: "sfidAIy",
        long: &[
            ("short", 's'),
            ("fqdn", 'f'),
            ("long", 'f'),
            ("ip-address", 'i'),
            ("all-ip-addresses", 'I'),
            ("domain", 'd'),
        ],
        lacking: "abFhV alias boot file help version yp nis all-fqdns",
        fail: 255,
        stop_early: false,
    };
    let argv = cx.argv.get(1..).unwrap_or_default();
    if argv.is_empty() {
        let name = cx.sys.hostname();
        cx.print(say!(name, "\n"));
        return 0;
    }
    let args = match args::parse(cx, &options) {
        Ok(args) => args,
        Err(code) => return code,
    };
    if !args.operands.is_empty() {
        cx.complain("you must be root to change the host name");
        return 1;
    }
    let name = cx.sys.hostname();
    let address = cx.sys.resolve(name.as_bytes()).ok().and_then(|list| list.first().cloned());
    let full = address.as_ref().and_then(|address| cx.sys.resolve_back(address));
    let text = match args.last_of("sfidIA") {
        Some('s') => name.split('.').next().unwrap_or_default().to_string(),
        Some('f' | 'A') => full.unwrap_or(name),
        Some('d') => {
            full.as_deref().and_then(|f| f.split_once('.')).map_or("", |(_, d)| d).to_string()
        }
        Some('i') => address.unwrap_or_default(),
        Some('I') => address.unwrap_or_default() + " ",
        _ => name,
    };
    cx.print(say!(text, "\n"));
    0
}

/// Its groups as coreutils and gnulib's mgetgroups have them: the process's own first.
fn in_order(who: &Credentials) -> Vec<u32> {
    let others = who.groups.iter().copied().filter(|group| *group != who.gid);
    std::iter::once(who.gid).chain(others).collect()
}

/// whoami.
pub fn whoami(cx: &mut Context) -> u8 {
    match args::parse(cx, &Options::NONE) {
        Err(code) => return code,
        Ok(args) => {
            if let Some(extra) = args.operands.first() {
                return args::extra_operand(cx, extra, 1);
            }
        }
    }
    let uid = cx.sys.uid();
    match users::known_name_of(cx, uid, false) {
        Some(name) => {
            cx.print(say!(name, "\n"));
            0
        }
        None => {
            cx.complain(format!("cannot find name for user ID {uid}"));
            1
        }
    }
}

/// groups: of a user, or of its own process.
pub fn groups(cx: &mut Context) -> u8 {
    let args = match args::parse(cx, &Options::NONE) {
        Ok(args) => args,
        Err(code) => return code,
    };
    let group = |cx: &Context, uid: u32| users::name_of(cx, users::group_of(cx, uid), true);
    if args.operands.is_empty() {
        let own = in_order(&cx.sys.credentials());
        let names: Vec<Vec<u8>> = own.iter().map(|id| users::name_of(cx, *id, true)).collect();
        cx.print(say!(names.join(&b' '), "\n"));
    }
    let mut code = 0;
    for user in &args.operands {
        match users::id_of(cx, user, false) {
            Some(uid) => {
                let name = group(cx, uid);
                cx.print(say!(user, " : ", name, "\n"));
            }
            None => {
                cx.complain(say!(quote::always(user), ": no such user"));
                code = 1;
            }
        }
    }
    code
}

/// arch: `uname -m`.
pub fn arch(cx: &mut Context) -> u8 {
    match args::parse(cx, &Options::NONE) {
        Err(code) => code,
        Ok(args) => match args.operands.first() {
            Some(extra) => args::extra_operand(cx, extra, 1),
            None => {
                cx.print("x86_64\n");
                0
            }
        },
    }
}

/// id.
pub fn id(cx: &mut Context) -> u8 {
    let options = Options {
        short: "ugnrG",
        long: &[("user", 'u'), ("group", 'g'), ("groups", 'G'), ("name", 'n'), ("real", 'r')],
        lacking: "aZz context zero",
        fail: 1,
        stop_early: false,
    };
    let args = match args::parse(cx, &options) {
        Ok(args) => args,
        Err(code) => return code,
    };
    let who = match args.operands.first() {
        None => cx.sys.credentials(),
        Some(name) => match users::id_of(cx, name, false) {
            Some(uid) => Credentials::new(uid, users::group_of(cx, uid), &[]),
            None => {
                cx.complain(say!(quote::always(name), ": no such user"));
                return 1;
            }
        },
    };
    let (uid, gid) = (who.uid, who.gid);
    let groups = in_order(&who);
    let named = args.has('n');
    if ['u', 'g', 'G'].iter().filter(|letter| args.has(**letter)).count() > 1 {
        cx.complain("cannot print \"only\" of more than one choice");
        return 1;
    }
    if named && args.last_of("ugG").is_none() {
        cx.complain("cannot print only names or real IDs in default format");
        return 1;
    }
    let text = match args.last_of("ugG") {
        Some('u') if named => users::name_of(cx, uid, false),
        Some('u') => say!(uid.to_string()),
        Some('G') => {
            let shown = groups.iter().map(|id| match named {
                true => users::name_of(cx, *id, true),
                false => say!(id.to_string()),
            });
            shown.collect::<Vec<_>>().join(&b' ')
        }
        Some(_) if named => users::name_of(cx, gid, true),
        Some(_) => say!(gid.to_string()),
        None => {
            let with = |id: u32, name: Option<Vec<u8>>| match name {
                Some(name) => say!(id.to_string(), "(", name, ")"),
                None => say!(id.to_string()),
            };
            let user = with(uid, users::known_name_of(cx, uid, false));
            let group = |id: u32| with(id, users::known_name_of(cx, id, true));
            let all = groups.iter().map(|id| group(*id)).collect::<Vec<_>>().join(&b',');
            say!("uid=", user, " gid=", group(gid), " groups=", all)
        }
    };
    cx.print(say!(text, "\n"));
    0
}

/// uname: the nodes' kernel, of which `kubectl get nodes -o wide` tells too.
pub fn uname(cx: &mut Context) -> u8 {
    let options = Options {
        short: "asnrvmpio",
        long: &[
            ("all", 'a'),
            ("kernel-name", 's'),
            ("nodename", 'n'),
            ("kernel-release", 'r'),
            ("kernel-version", 'v'),
            ("machine", 'm'),
            ("processor", 'p'),
            ("hardware-platform", 'i'),
            ("operating-system", 'o'),
        ],
        lacking: "",
        fail: 1,
        stop_early: false,
    };
    let args = match args::parse(cx, &options) {
        Ok(args) => args,
        Err(code) => return code,
    };
    if let Some(extra) = args.operands.first() {
        return args::extra_operand(cx, extra, 1);
    }
    let host = cx.sys.hostname();
    let all = args.has('a');
    let parts = [
        ('s', "Linux"),
        ('n', host.as_str()),
        ('r', "6.12.48+deb13-amd64"),
        ('v', "#1 SMP PREEMPT_DYNAMIC Debian 6.12.48-1 (2025-09-20)"),
        ('m', "x86_64"),
        ('p', "unknown"),
        ('i', "unknown"),
        ('o', "GNU/Linux"),
    ];
    let shown = |(letter, text): (char, &str)| {
        let wanted = args.has(letter) || (args.options.is_empty() && letter == 's');
        (wanted || (all && text != "unknown")).then(|| text.to_string())
    };
    let text: Vec<String> = parts.into_iter().filter_map(shown).collect();
    cx.print(say!(text.join(" "), "\n"));
    0
}

/// clear: ncurses' for a terminal of xterm's kind, or busybox's, which knows no other.
pub fn clear(cx: &mut Context) -> u8 {
    if cx.busybox {
        cx.print("\x1b[H\x1b[J");
        return 0;
    }
    let mut keeps = false;
    for word in &cx.argv[1..] {
        match word.as_slice() {
            b"-x" => keeps = true,
            b"-T" | b"-V" => {
                cx.not_modelled(&String::from_utf8_lossy(word));
                return 1;
            }
            [b'-', letter, ..] => {
                let letter = char::from(*letter);
                cx.out.error(format!("clear: invalid option -- '{letter}'\n").as_bytes());
                cx.out.error(CLEAR_USAGE);
                return 1;
            }
            _ => {
                cx.out.error(CLEAR_USAGE);
                return 1;
            }
        }
    }
    match cx.variable(b"TERM") {
        None | Some(b"") => {
            cx.out.error(b"TERM environment variable not set.\n");
            1
        }
        Some(b"dumb") => 1,
        Some(_) => {
            cx.print(if keeps { "\x1b[H\x1b[2J" } else { "\x1b[H\x1b[2J\x1b[3J" });
            0
        }
    }
}

const CLEAR_USAGE: &[u8] = b"Usage: clear [options]

Options:
  -T TERM     use this instead of $TERM
  -V          print curses-version
  -x          do not try to clear scrollback
";

/// nproc: as many processors as a node has.
pub fn nproc(cx: &mut Context) -> u8 {
    let options =
        Options { long: &[("all", 'a')], lacking: " ignore", short: "|a", ..Options::NONE };
    match args::parse(cx, &options) {
        Ok(args) => match args.operands.first() {
            Some(extra) => args::extra_operand(cx, extra, 1),
            None => {
                cx.print("4\n");
                0
            }
        },
        Err(code) => code,
    }
}

/// pwd: the directory without links.
pub fn pwd(cx: &mut Context) -> u8 {
    let options =
        Options { short: "LP", long: &[("logical", 'L'), ("physical", 'P')], ..Options::NONE };
    if let Err(code) = args::parse(cx, &options) {
        return code;
    }
    let dir = cx.sys.current_dir();
    cx.print(say!(dir, "\n"));
    0
}

/// dirname.
pub fn dirname(cx: &mut Context) -> u8 {
    let options = Options { short: "z", long: &[("zero", 'z')], ..Options::NONE };
    let args = match args::parse(cx, &options) {
        Ok(args) => args,
        Err(code) => return code,
    };
    if args.operands.is_empty() {
        return args::missing_operand(cx, 1);
    }
    let end = if args.has('z') { "\0" } else { "\n" };
    for path in &args.operands {
        let trimmed = trim_slashes(path);
        let dir = match trimmed.iter().rposition(|byte| *byte == b'/') {
            None => &b"."[..],
            Some(_) if trimmed == b"/" => b"/",
            Some(at) => trim_slashes(if at == 0 { b"/" } else { &trimmed[..at] }),
        };
        cx.print(say!(dir, end));
    }
    0
}

/// basename.
pub fn basename(cx: &mut Context) -> u8 {
    let options = Options {
        short: "as:z",
        long: &[("multiple", 'a'), ("suffix", 's'), ("zero", 'z')],
        stop_early: true,
        ..Options::NONE
    };
    let args = match args::parse(cx, &options) {
        Ok(args) => args,
        Err(code) => return code,
    };
    let many = args.has('a') || args.has('s');
    let (paths, suffix) = match args.operands.as_slice() {
        [] => return args::missing_operand(cx, 1),
        paths if many => (paths, args.value('s').unwrap_or_default()),
        [path] => (std::slice::from_ref(path), &b""[..]),
        [path, suffix] => (std::slice::from_ref(path), suffix.as_slice()),
        [_, _, extra, ..] => return args::extra_operand(cx, extra, 1),
    };
    let end = if args.has('z') { "\0" } else { "\n" };
    for path in paths {
        let name = base_name(path);
        let cut = name.strip_suffix(suffix).filter(|cut| !cut.is_empty()).unwrap_or(name);
        cx.print(say!(cut, end));
    }
    0
}

/// echo (coreutils').
pub fn echo(cx: &mut Context) -> u8 {
    let mut words = cx.argv.get(1..).unwrap_or_default();
    let (mut newline, mut escapes) = (true, false);
    while let Some(word) = words.first() {
        let is_option =
            word.len() > 1 && word[0] == b'-' && word[1..].iter().all(|b| b"neE".contains(b));
        if !is_option {
            break;
        }
        for letter in &word[1..] {
            match letter {
                b'n' => newline = false,
                b'e' => escapes = true,
                _ => escapes = false,
            }
        }
        words = &words[1..];
    }
    let joined = words.join(&b' ');
    if !escapes {
        cx.print(say!(joined, if newline { "\n" } else { "" }));
        return 0;
    }
    let (text, stop) = super::super::text::unescape_echo(&joined);
    cx.print(say!(text, if newline && !stop { "\n" } else { "" }));
    0
}

/// which (debianutils').
pub fn which(cx: &mut Context) -> u8 {
    let mut names = cx.argv.get(1..).unwrap_or_default();
    let mut all = false;
    while let [word, rest @ ..] = names
        && word.len() > 1
        && word.starts_with(b"-")
    {
        names = rest;
        if word == b"--" {
            break;
        }
        for letter in &word[1..] {
            if *letter != b'a' {
                cx.out.error(&say!("Illegal option -", [*letter], "\n"));
                cx.print("Usage: /usr/bin/which [-a] args\n");
                return 2;
            }
            all = true;
        }
    }
    let path = cx.variable(b"PATH").unwrap_or_default().to_vec();
    let mut code = u8::from(names.is_empty());
    for name in names {
        let mut found: Vec<Vec<u8>> = match name.contains(&b'/') {
            true => vec![name.clone()],
            false => path.split(|byte| *byte == b':').map(|dir| in_dir(dir, name)).collect(),
        };
        found.retain(|file| {
            let is_file = cx.sys.stat(file, true).is_ok_and(|stat| stat.kind == FileKind::File);
            is_file && cx.sys.access(file, 1).is_ok()
        });
        code |= u8::from(found.is_empty());
        found.truncate(if all { usize::MAX } else { 1 });
        found.iter().for_each(|file| cx.print(say!(file, "\n")));
    }
    code
}

fn in_dir(dir: &[u8], name: &[u8]) -> Vec<u8> {
    say!(if dir.is_empty() { b"." } else { dir }, "/", name)
}
