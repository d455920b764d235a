//! mkdir, rmdir, touch, mktemp.

use super::super::args::{self, Options};
use super::super::say::{join, say, trim_slashes};
use super::super::{Context, quote};
use super::mode;
use crate::base::Blob;
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
        let mut parts = vec![trim_slashes(path).to_vec()];
        if args.has('p') {
            parts = prefixes(path);
        }
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
                    let name = quote::always(if args.has('p') { part } else { path });
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
    short: "acmfr:|",
    long: &[("no-create", 'c'), ("reference", 'r')],
    lacking: "dht date no-dereference time",
    fail: 1,
    stop_early: false,
};

/// touch.
pub fn touch(cx: &mut Context) -> u8 {
    let args = match args::parse(cx, &TOUCH) {
        Ok(args) => args,
        Err(code) => return code,
    };
    if args.operands.is_empty() {
        cx.complain("missing file operand");
        return args::usage(cx, 1);
    }
    let mut at = cx.sys.now();
    if let Some(reference) = args.value('r') {
        match cx.sys.stat(reference, true) {
            Ok(stat) => at = stat.modified,
            Err(errno) => {
                let name = quote::always(reference);
                cx.complain(say!("failed to get attributes of ", name, ": ", errno.text()));
                return 1;
            }
        }
    }
    let mut code = 0;
    // `-` is standard output, whose time nobody sees here.
    for path in args.operands.iter().filter(|path| *path != b"-") {
        let mut done = cx.sys.set_modified(path, at);
        if done == Err(Errno::Noent) {
            if args.has('c') {
                continue;
            }
            done = create(cx, path).and_then(|()| cx.sys.set_modified(path, at));
        }
        if let Err(errno) = done {
            cx.complain(say!("cannot touch ", quote::always(path), ": ", errno.text()));
            code = 1;
        }
    }
    code
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
