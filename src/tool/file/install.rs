//! install: copies with a mode and an owner, or makes directories. Models coreutils' install.c.

use super::super::args::{self, Args, Options};
use super::super::say::{base_name, join, say};
use super::super::{Context, quote};
use super::{mode, users};
use crate::os::{Errno, FileKind};

const INSTALL: Options = Options {
    short: "cdDm:o:g:pt:Tv",
    long: &[
        ("directory", 'd'),
        ("group", 'g'),
        ("mode", 'm'),
        ("owner", 'o'),
        ("preserve-timestamps", 'p'),
        ("target-directory", 't'),
        ("no-target-directory", 'T'),
        ("verbose", 'v'),
    ],
    lacking: "bCsSZ backup compare context preserve-context strip strip-program suffix",
    fail: 1,
    stop_early: false,
};

/// Mode and owner of what is made.
struct Wanted {
    mode: u32,
    uid: Option<u32>,
    gid: Option<u32>,
}

/// install.
pub fn install(cx: &mut Context) -> u8 {
    match run(cx) {
        Ok(code) | Err(code) => code,
    }
}

fn run(cx: &mut Context) -> Result<u8, u8> {
    let args = args::parse(cx, &INSTALL)?;
    let wanted = wanted(cx, &args)?;
    if args.operands.is_empty() {
        cx.complain("missing file operand");
        return Err(args::usage(cx, 1));
    }
    if args.has('d') {
        let made = args.operands.iter().map(|path| make_dirs(cx, &args, path, &wanted, true));
        return Ok(u8::from(made.filter(|made| !made).count() > 0));
    }
    let mut sources = args.operands.clone();
    let dir = match args.value('t') {
        Some(dir) => Some(dir.to_vec()),
        None if sources.len() == 1 => {
            let after = quote::always(&sources[0]);
            cx.complain(say!("missing destination file operand after ", after));
            return Err(args::usage(cx, 1));
        }
        None => {
            let last = sources.pop().unwrap_or_default();
            let is_dir = is_dir(cx, &last) && !args.has('T');
            match (is_dir, sources.len()) {
                (true, _) => Some(last),
                (false, 1) => {
                    return Ok(u8::from(!put(cx, &args, &sources[0], &last, &wanted)));
                }
                (false, _) => {
                    let why = Errno::Noent.text();
                    cx.complain(say!("target ", quote::always(&last), ": ", why));
                    return Err(1);
                }
            }
        }
    };
    let dir = dir.unwrap_or_default();
    let put = |source: &Vec<u8>| put(cx, &args, source, &join(&dir, base_name(source)), &wanted);
    let failed = sources.iter().map(put).filter(|done| !done).count();
    Ok(u8::from(failed > 0))
}

fn wanted(cx: &mut Context, args: &Args) -> Result<Wanted, u8> {
    let mut wanted = Wanted { mode: 0o755, uid: None, gid: None };
    if let Some(text) = args.value('m') {
        wanted.mode = mode::apply(text, 0, args.has('d'), 0).ok_or_else(|| {
            cx.complain(say!("invalid mode ", quote::always(text)));
            1
        })?;
    }
    for (letter, what) in [('o', "user"), ('g', "group")] {
        let Some(name) = args.value(letter) else { continue };
        let Some(id) = users::id_of(cx, name, letter == 'g') else {
            cx.complain(say!("invalid ", what, " ", quote::always(name)));
            return Err(1);
        };
        *if letter == 'o' { &mut wanted.uid } else { &mut wanted.gid } = Some(id);
    }
    Ok(wanted)
}

fn is_dir(cx: &Context, path: &[u8]) -> bool {
    cx.sys.stat(path, true).is_ok_and(|stat| stat.kind == FileKind::Directory)
}

/// Makes a directory and those above it; only the last has the wanted mode and owner.
fn make_dirs(cx: &mut Context, args: &Args, path: &[u8], wanted: &Wanted, last: bool) -> bool {
    let ends = path.iter().enumerate().skip(1).filter(|(_, byte)| **byte == b'/').map(|(at, _)| at);
    for end in ends.chain([path.len()]) {
        let part = &path[..end];
        if !is_dir(cx, part) {
            if let Err(errno) = cx.sys.make_dir(part, 0o755) {
                let name = quote::always(part);
                cx.complain(say!("cannot create directory ", name, ": ", errno.text()));
                return false;
            }
            if args.has('v') {
                cx.print(say!("install: creating directory ", quote::always(part), "\n"));
            }
        }
    }
    if last {
        finish(cx, path, wanted);
    }
    true
}

fn finish(cx: &mut Context, path: &[u8], wanted: &Wanted) {
    let _ = cx.sys.set_mode(path, wanted.mode);
    if (wanted.uid, wanted.gid) != (None, None)
        && let Err(errno) = cx.sys.set_owner(path, wanted.uid, wanted.gid)
    {
        cx.complain(say!("cannot change ownership of ", quote::always(path), ": ", errno.text()));
    }
}

/// Copies one file; whether that went well.
fn put(cx: &mut Context, args: &Args, from: &[u8], to: &[u8], wanted: &Wanted) -> bool {
    let (from_name, to_name) = (quote::always(from), quote::always(to));
    let stat = match cx.sys.stat(from, true) {
        Ok(stat) if stat.kind == FileKind::Directory => {
            cx.complain(say!("omitting directory ", from_name));
            return false;
        }
        Ok(stat) => stat,
        Err(errno) => {
            cx.complain(say!("cannot stat ", from_name, ": ", errno.text()));
            return false;
        }
    };
    if is_dir(cx, to) {
        cx.complain(say!("cannot overwrite directory ", to_name, " with non-directory"));
        return false;
    }
    if let (true, Some(slash)) = (args.has('D'), to.iter().rposition(|byte| *byte == b'/'))
        && !make_dirs(cx, args, &to[..slash.max(1)], wanted, false)
    {
        return false;
    }
    let content = match from {
        b"/dev/null" => Ok(crate::base::Blob::new()),
        from => cx.read_file(from),
    };
    if let Err(errno) = content.and_then(|content| {
        let _ = cx.sys.unlink(to);
        cx.sys.write_file(to, &content)
    }) {
        cx.complain(say!("cannot create regular file ", to_name, ": ", errno.text()));
        return false;
    }
    if args.has('v') {
        cx.print(say!(from_name, " -> ", to_name, "\n"));
    }
    finish(cx, to, wanted);
    if args.has('p') {
        let _ = cx.sys.set_modified(to, true, stat.modified);
    }
    true
}
