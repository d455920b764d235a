//! mkdir, rmdir, touch, mktemp.

use super::super::args::{self, Args, Options};
use super::super::process::read_date;
use super::super::say::{join, say, trim_slashes};
use super::super::{Context, quote};
use super::mode;
use crate::base::time::{calendar, days_from_calendar};
use crate::base::{Blob, FileTime};
use crate::os::{Errno, FileKind, Open};

const MKDIR: Options = Options {
    short: "pm:v",
    long: &[("parents", 'p'), ("mode", 'm'), ("verbose", 'v')],
    lacking: "Z context",
    fail: 1,
    stop_early: false,
};

/// mkdir.
pub fn mkdir(cx: &mut Context) -> u8 {
    let args = match args::parse(cx, &MKDIR) {
        Ok(args) => args,
        Err(code) => return code,
    };
    if args.operands.is_empty() {
        return args::missing_operand(cx, 1);
    }
    let mut asked = None;
    if let Some(text) = args.value('m') {
        asked = mode::apply(text, 0o777, true, cx.sys.umask());
        if asked.is_none() {
            cx.complain(say!("invalid mode ", quote::always(text)));
            return 1;
        }
    }
    let mut code = 0;
    for path in &args.operands {
        let mut parts = if args.has('p') { prefixes(path) } else { Vec::new() };
        parts.pop();
        parts.push(path.clone());
        for (index, part) in parts.iter().enumerate() {
            match cx.sys.make_dir(part, 0o777) {
                Ok(()) if args.has('v') => {
                    cx.print(say!("mkdir: created directory ", quote::always(part), "\n"));
                }
                Ok(()) => {}
                Err(Errno::Exist) if args.has('p') && is_dir(cx, part) => continue,
                Err(errno) => {
                    // A file stands where a directory must be on the way.
                    let on_the_way = index + 1 < parts.len() && errno == Errno::Exist;
                    let errno = if on_the_way { Errno::Notdir } else { errno };
                    let name = quote::always(part);
                    cx.complain(say!("cannot create directory ", name, ": ", errno.text()));
                    code = 1;
                    break;
                }
            }
            if let Some(mode) = asked.filter(|_| index + 1 == parts.len()) {
                let _ = cx.sys.set_mode(part, mode);
            }
        }
    }
    code
}

fn is_dir(cx: &Context, path: &[u8]) -> bool {
    cx.sys.stat(path, true).is_ok_and(|stat| stat.kind == FileKind::Directory)
}

/// `a`, `a/b`, `a/b/c`.
fn prefixes(path: &[u8]) -> Vec<Vec<u8>> {
    let path = trim_slashes(path);
    let ends = (1..path.len()).filter(|at| path[*at] == b'/' && path[at - 1] != b'/');
    let mut found: Vec<Vec<u8>> = ends.map(|at| path[..at].to_vec()).collect();
    found.push(path.to_vec());
    found
}

const RMDIR: Options = Options {
    short: "pv|I",
    long: &[("parents", 'p'), ("verbose", 'v'), ("ignore-fail-on-non-empty", 'I')],
    lacking: "",
    fail: 1,
    stop_early: false,
};

/// rmdir.
pub fn rmdir(cx: &mut Context) -> u8 {
    let args = match args::parse(cx, &RMDIR) {
        Ok(args) => args,
        Err(code) => return code,
    };
    if args.operands.is_empty() {
        return args::missing_operand(cx, 1);
    }
    let mut code = 0;
    for path in &args.operands {
        let mut parts = vec![path.clone()];
        if args.has('p') {
            parts = prefixes(path);
        }
        for part in parts.iter().rev() {
            if args.has('v') {
                cx.print(say!("rmdir: removing directory, ", quote::always(part), "\n"));
            }
            match cx.sys.remove_dir(part) {
                Ok(()) => {}
                Err(Errno::Notempty) if args.has('I') => break,
                Err(errno) => {
                    cx.complain(say!("failed to remove ", quote::always(part), ": ", errno.text()));
                    code = 1;
                    break;
                }
            }
        }
    }
    code
}

const TOUCH: Options = Options {
    short: "acd:fhmr:t:|W:",
    long: &[
        ("time", 'W'),
        ("no-create", 'c'),
        ("date", 'd'),
        ("reference", 'r'),
        ("no-dereference", 'h'),
    ],
    lacking: "",
    fail: 1,
    stop_early: false,
};

/// touch.
pub fn touch(cx: &mut Context) -> u8 {
    let args = match args::parse(cx, &TOUCH) {
        Ok(args) => args,
        Err(code) => return code,
    };
    touch_all(cx, &args).unwrap_or_else(|code| code)
}

fn touch_all(cx: &mut Context, args: &Args) -> Result<u8, u8> {
    if let Some(word) = args.value('W') {
        const WORDS: &[&[&str]] = &[&["atime", "access", "use"], &["mtime", "modify"]];
        args::choose(cx, word, "--time", WORDS)?;
    }
    let sources = [args.has('r'), args.has('t'), args.has('d')];
    let is_mixed = args.has('t') && (args.has('r') || args.has('d'));
    if is_mixed {
        cx.complain("cannot specify times from more than one source");
        return Err(args::usage(cx, 1));
    }
    let now = FileTime::from(cx.sys.now());
    let at = match sources {
        [false, false, false] => now,
        _ => time_of(cx, args, now)?,
    };
    if args.operands.is_empty() {
        cx.complain("missing file operand");
        return Err(args::usage(cx, 1));
    }
    let mut code = 0;
    // `-` is standard output, whose time nobody sees here.
    for path in args.operands.iter().filter(|path| *path != b"-") {
        let follow = !args.has('h');
        let mut done = cx.sys.set_modified(path, follow, at);
        if done == Err(Errno::Noent) && (args.has('c') || follow) {
            if args.has('c') {
                continue;
            }
            done = create(cx, path).and_then(|()| cx.sys.set_modified(path, true, at));
        }
        if let Err(errno) = done {
            let is_setting = errno == Errno::Notdir && is_file(cx, trim_slashes(path));
            let what = if is_setting || !follow { "setting times of " } else { "cannot touch " };
            cx.complain(say!(what, quote::always(path), ": ", errno.text()));
            code = 1;
        }
    }
    Ok(code)
}

fn is_file(cx: &Context, path: &[u8]) -> bool {
    cx.sys.stat(path, true).is_ok_and(|stat| stat.kind != FileKind::Directory)
}

/// The time that `-r`, `-t` and `-d` give.
fn time_of(cx: &mut Context, args: &Args, now: FileTime) -> Result<FileTime, u8> {
    let mut at = now;
    if let Some(reference) = args.value('r') {
        at = cx.sys.stat(reference, true).map(|stat| stat.modified).map_err(|errno| {
            let name = quote::always(reference);
            cx.complain(say!("failed to get attributes of ", name, ": ", errno.text()));
            1
        })?;
    }
    let ahead = cx.zone().1;
    for (letter, text) in &args.options {
        let read = match letter {
            'd' => std::str::from_utf8(text).ok().and_then(|text| read_date(text, at, ahead)),
            't' => posix_time(text, now, ahead),
            _ => continue,
        };
        at = read.ok_or_else(|| {
            cx.complain(say!("invalid date format ", quote::always(text)));
            1
        })?;
    }
    Ok(at)
}

/// `[[CC]YY]MMDDhhmm[.ss]`, in a zone so many minutes ahead of UTC.
fn posix_time(text: &[u8], now: FileTime, ahead: i16) -> Option<FileTime> {
    let (digits, second) = match text.iter().position(|byte| *byte == b'.') {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (text, &b"00"[..]),
    };
    let all = [digits, second].concat();
    if !all.iter().all(u8::is_ascii_digit) || second.len() != 2 {
        return None;
    }
    let pairs: Vec<i64> =
        all.chunks(2).map(|two| two.iter().fold(0, |n, b| n * 10 + i64::from(b - b'0'))).collect();
    let (year, [month, day, hour, minute, second]) = match (digits.len(), &pairs[..]) {
        (8, rest) => (
            i64::from(calendar(now.unix_secs() + i64::from(ahead) * 60).year),
            rest.try_into().ok()?,
        ),
        (10, [yy, rest @ ..]) => (yy + if *yy < 69 { 2_000 } else { 1_900 }, rest.try_into().ok()?),
        (12, [cc, yy, rest @ ..]) => (cc * 100 + yy, rest.try_into().ok()?),
        _ => return None,
    };
    let days = days_from_calendar(year, month, day);
    let there = calendar(days * 86_400);
    let fits = (i64::from(there.month), i64::from(there.day)) == (month, day)
        && hour < 24
        && minute < 60
        && second <= 60;
    let secs = days * 86_400 + hour * 3_600 + minute * 60 + second;
    fits.then(|| FileTime::from_unix(secs - i64::from(ahead) * 60, 0))
}

fn create(cx: &mut Context, path: &[u8]) -> Result<(), Errno> {
    let fd = cx.sys.open(path, Open { write: true, create: true, ..Open::default() })?;
    cx.sys.close(fd)
}

const MKTEMP: Options = Options {
    short: "duqp:t|S:",
    long: &[("directory", 'd'), ("dry-run", 'u'), ("quiet", 'q'), ("tmpdir", 'p'), ("suffix", 'S')],
    lacking: "V",
    fail: 1,
    stop_early: false,
};

/// mktemp.
pub fn mktemp(cx: &mut Context) -> u8 {
    let args = match args::parse(cx, &MKTEMP) {
        Ok(args) => args,
        Err(code) => return code,
    };
    if args.operands.len() > 1 {
        cx.complain("too many templates");
        return args::usage(cx, 1);
    }
    let template = args.operands.first().cloned().unwrap_or_else(|| b"tmp.XXXXXXXXXX".to_vec());
    let body = template.trim_ascii_end();
    let end = body.iter().rposition(|byte| *byte == b'X').map_or(0, |at| at + 1);
    let start = body[..end].iter().rposition(|byte| *byte != b'X').map_or(0, |at| at + 1);
    if end - start < 3 {
        cx.complain(say!("too few X's in template ", quote::always(&template)));
        return 1;
    }
    let mut path = template.clone();
    for byte in &mut path[start..end] {
        const LETTERS: &[u8; 62] =
            b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
        *byte = LETTERS[(cx.sys.random() % 62) as usize];
    }
    path.extend(args.value('S').unwrap_or_default());
    let in_dir = args.operands.is_empty() || args.has('p') || args.has('t');
    if in_dir {
        let dir = args.value('p').filter(|dir| !dir.is_empty());
        let dir = dir.or(cx.variable(b"TMPDIR").filter(|dir| !dir.is_empty())).unwrap_or(b"/tmp");
        path = join(dir, &path);
    }
    let made = match (args.has('u'), args.has('d')) {
        (true, _) => Ok(()),
        (_, true) => cx.sys.make_dir(&path, 0o700),
        _ => cx.sys.write_file(&path, &Blob::new()).and_then(|()| cx.sys.set_mode(&path, 0o600)),
    };
    if let Err(errno) = made {
        let what = if args.has('d') { "directory" } else { "file" };
        let template = if in_dir {
            [&path[..path.len() - template.len()], &template].concat()
        } else {
            template
        };
        let text = say!(
            "failed to create ",
            what,
            " via template ",
            quote::always(&template),
            ": ",
            errno.text()
        );
        cx.complain(text);
        return 1;
    }
    cx.print(say!(path, "\n"));
    0
}
