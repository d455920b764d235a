//! readlink and realpath.

use super::super::args::{self, Options};
use super::super::say::{join, say};
use super::super::{Context, quote};
use crate::base::limit::LINKS_MAX;
use crate::os::{Errno, FileKind};

/// How much of a path must be there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Demand {
    /// All of it (`-e`).
    All,
    /// All but the last part (`-f`).
    Parents,
    /// Nothing (`-m`).
    Nothing,
}

/// The absolute path without links, `.` and `..`.
pub fn canonical(cx: &Context, path: &[u8], demand: Demand) -> Result<Vec<u8>, Errno> {
    if path.is_empty() {
        return Err(Errno::Noent);
    }
    let mut found = if path[0] == b'/' { b"/".to_vec() } else { cx.sys.current_dir() };
    let mut links = 0;
    let mut parts: Vec<Vec<u8>> = split(path);
    parts.reverse();
    while let Some(part) = parts.pop() {
        if part == b".." {
            let keep = found.iter().rposition(|byte| *byte == b'/').unwrap_or(0).max(1);
            found.truncate(keep);
            continue;
        }
        let next = join(&found, &part);
        match cx.sys.stat(&next, false) {
            Ok(stat) if stat.kind == FileKind::Symlink => {
                links += 1;
                if links > LINKS_MAX {
                    return Err(Errno::Loop);
                }
                let target = cx.sys.read_link(&next)?;
                if target.starts_with(b"/") {
                    found = b"/".to_vec();
                }
                parts.extend(split(&target).into_iter().rev());
            }
            Ok(stat) => {
                let more = !parts.is_empty();
                if more && stat.kind != FileKind::Directory && demand != Demand::Nothing {
                    return Err(Errno::Notdir);
                }
                found = next;
            }
            Err(errno) => {
                let enough = match demand {
                    Demand::All => false,
                    Demand::Parents => errno == Errno::Noent && parts.is_empty(),
                    Demand::Nothing => true,
                };
                if !enough {
                    return Err(errno);
                }
                found = next;
            }
        }
    }
    Ok(found)
}

fn split(path: &[u8]) -> Vec<Vec<u8>> {
    let parts = path.split(|byte| *byte == b'/').filter(|part| !part.is_empty() && *part != b".");
    parts.map(Vec::from).collect()
}

const READLINK: Options = Options {
    short: "femnqsvz",
    long: &[
        ("canonicalize", 'f'),
        ("canonicalize-existing", 'e'),
        ("canonicalize-missing", 'm'),
        ("no-newline", 'n'),
        ("quiet", 'q'),
        ("silent", 's'),
        ("verbose", 'v'),
        ("zero", 'z'),
    ],
    lacking: "",
    fail: 1,
    stop_early: false,
};

/// readlink.
pub fn readlink(cx: &mut Context) -> u8 {
    let args = match args::parse(cx, &READLINK) {
        Ok(args) => args,
        Err(code) => return code,
    };
    if args.operands.is_empty() {
        return args::missing_operand(cx, 1);
    }
    let end: &[u8] = match (args.has('n') && args.operands.len() == 1, args.has('z')) {
        (true, _) => b"",
        (_, true) => b"\0",
        _ => b"\n",
    };
    let mut code = 0;
    for path in &args.operands {
        let found = match args.last_of("fem") {
            Some('f') => canonical(cx, path, Demand::Parents),
            Some('e') => canonical(cx, path, Demand::All),
            Some(_) => canonical(cx, path, Demand::Nothing),
            None => cx.sys.read_link(path),
        };
        match found {
            Ok(found) => cx.print(say!(found, end)),
            Err(errno) => {
                code = 1;
                if args.has('v') {
                    cx.complain(say!(quote::needed(path), ": ", errno.text()));
                }
            }
        }
    }
    code
}

const REALPATH: Options = Options {
    short: "emqsz|T:",
    long: &[
        ("canonicalize-existing", 'e'),
        ("canonicalize-missing", 'm'),
        ("quiet", 'q'),
        ("no-symlinks", 's'),
        ("strip", 's'),
        ("zero", 'z'),
        ("relative-to", 'T'),
    ],
    lacking: "LP logical physical relative-base",
    fail: 1,
    stop_early: false,
};

/// realpath.
pub fn realpath(cx: &mut Context) -> u8 {
    let args = match args::parse(cx, &REALPATH) {
        Ok(args) => args,
        Err(code) => return code,
    };
    if args.operands.is_empty() {
        return args::missing_operand(cx, 1);
    }
    let demand = match args.last_of("em") {
        Some('e') => Demand::All,
        Some(_) => Demand::Nothing,
        None => Demand::Parents,
    };
    let end: &[u8] = if args.has('z') { b"\0" } else { b"\n" };
    let base = match args.value('T').map(|dir| (dir, canonical(cx, dir, demand))) {
        None => None,
        Some((_, Ok(base))) => Some(base),
        Some((dir, Err(errno))) => {
            cx.complain(say!(quote::needed(dir), ": ", errno.text()));
            return 1;
        }
    };
    let mut code = 0;
    for path in &args.operands {
        match canonical(cx, path, demand) {
            Ok(found) => {
                let found = base.as_deref().map_or(found.clone(), |base| relative(base, &found));
                cx.print(say!(found, end));
            }
            Err(errno) => {
                code = 1;
                if !args.has('q') {
                    cx.complain(say!(quote::needed(path), ": ", errno.text()));
                }
            }
        }
    }
    code
}

/// The way from one absolute path to another.
fn relative(base: &[u8], path: &[u8]) -> Vec<u8> {
    let parts = |path: &[u8]| -> Vec<Vec<u8>> {
        let parts = path.split(|byte| *byte == b'/').filter(|part| !part.is_empty());
        parts.map(Vec::from).collect()
    };
    let (base, path) = (parts(base), parts(path));
    let common = base.iter().zip(&path).take_while(|(one, other)| one == other).count();
    let up = std::iter::repeat_n(b"..".to_vec(), base.len() - common);
    let way: Vec<Vec<u8>> = up.chain(path[common..].iter().cloned()).collect();
    if way.is_empty() { b".".to_vec() } else { way.join(&b'/') }
}
