//! rm.

use super::super::args::{self, Options};
use super::super::say::{base_name, join, say};
use super::super::{Context, quote};
use crate::os::{Errno, FileKind};

const RM: Options = Options {
    short: "frRvd|PN",
    long: &[
        ("force", 'f'),
        ("recursive", 'r'),
        ("verbose", 'v'),
        ("dir", 'd'),
        ("preserve-root", 'P'),
        ("no-preserve-root", 'N'),
    ],
    lacking: "iI interactive one-file-system",
    fail: 1,
    stop_early: false,
};

/// rm.
pub fn rm(cx: &mut Context) -> u8 {
    let args = match args::parse(cx, &RM) {
        Ok(args) => args,
        Err(code) => return code,
    };
    if args.operands.is_empty() && !args.has('f') {
        return args::missing_operand(cx, 1);
    }
    let deep = args.has('r') || args.has('R');
    let mut code = 0;
    for path in &args.operands {
        if matches!(base_name(path), b"." | b"..") {
            let name = quote::always(path);
            cx.complain(say!("refusing to remove '.' or '..' directory: skipping ", name));
            code = 1;
        } else if deep && base_name(path) == b"/" && !args.has('N') {
            cx.complain("it is dangerous to operate recursively on '/'");
            cx.complain("use --no-preserve-root to override this failsafe");
            code = 1;
        } else {
            let quiet = args.has('f');
            code |= remove(cx, path, deep, args.has('d'), quiet, args.has('v'));
        }
    }
    code
}

fn remove(cx: &mut Context, path: &[u8], deep: bool, dir: bool, quiet: bool, loud: bool) -> u8 {
    let kind = match cx.sys.stat(path, false) {
        Ok(stat) => stat.kind,
        Err(Errno::Noent | Errno::Notdir) if quiet => return 0,
        Err(errno) => {
            cx.complain(say!("cannot remove ", quote::always(path), ": ", errno.text()));
            return 1;
        }
    };
    if kind == FileKind::Directory && !deep && !dir {
        cx.complain(say!("cannot remove ", quote::always(path), ": Is a directory"));
        return 1;
    }
    if kind == FileKind::Directory && !deep {
        return report(cx.sys.remove_dir(path), cx, path, true, loud);
    }
    if loud {
        return remove_loudly(cx, path);
    }
    match remove_tree(cx, path) {
        Ok(()) => 0,
        Err((path, errno)) => report(Err(errno), cx, &path, false, false),
    }
}

fn report(result: Result<(), Errno>, cx: &mut Context, path: &[u8], dir: bool, loud: bool) -> u8 {
    let name = quote::always(path);
    match result {
        Ok(()) if loud && dir => cx.print(say!("removed directory ", name, "\n")),
        Ok(()) if loud => cx.print(say!("removed ", name, "\n")),
        Ok(()) => {}
        Err(errno) => {
            cx.complain(say!("cannot remove ", name, ": ", errno.text()));
            return 1;
        }
    }
    0
}

/// All paths of a tree, what a directory holds before itself.
fn tree(cx: &Context, path: &[u8]) -> Vec<(Vec<u8>, bool)> {
    let mut found = Vec::new();
    let mut stack = vec![path.to_vec()];
    while let Some(path) = stack.pop() {
        let is_dir = cx.sys.stat(&path, false).is_ok_and(|s| s.kind == FileKind::Directory);
        if is_dir {
            let names = cx.sys.read_dir(&path).unwrap_or_default();
            stack.extend(names.iter().map(|name| join(&path, name)));
        }
        found.push((path, is_dir));
    }
    found.reverse();
    found
}

fn remove_loudly(cx: &mut Context, path: &[u8]) -> u8 {
    let mut code = 0;
    for (path, is_dir) in tree(cx, path) {
        let done = if is_dir { cx.sys.remove_dir(&path) } else { cx.sys.unlink(&path) };
        code |= report(done, cx, &path, is_dir, true);
    }
    code
}

/// Removes a file or a whole tree; the first path that would not go.
pub fn remove_tree(cx: &mut Context, path: &[u8]) -> Result<(), (Vec<u8>, Errno)> {
    for (path, is_dir) in tree(cx, path) {
        let done = if is_dir { cx.sys.remove_dir(&path) } else { cx.sys.unlink(&path) };
        done.map_err(|errno| (path, errno))?;
    }
    Ok(())
}
