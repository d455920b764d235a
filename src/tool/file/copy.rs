//! cp and mv.

use super::super::args::{self, Args, Options};
use super::super::say::{base_name, join, say, trim_slashes};
use super::super::{Context, quote};
use super::remove_tree;
use crate::os::{Errno, FileKind, Stat};

const CP: Options = Options {
    short: "rRapfnvTt:dPLulsxH|",
    long: &[
        ("recursive", 'r'),
        ("archive", 'a'),
        ("preserve", 'p'),
        ("force", 'f'),
        ("no-clobber", 'n'),
        ("verbose", 'v'),
        ("no-target-directory", 'T'),
        ("target-directory", 't'),
        ("no-dereference", 'P'),
        ("dereference", 'L'),
        ("update", 'u'),
        ("link", 'l'),
        ("symbolic-link", 's'),
        ("one-file-system", 'x'),
    ],
    lacking: "biSZ attributes-only backup copy-contents interactive no-preserve parents reflink \
              remove-destination sparse strip-trailing-slashes suffix context",
    fail: 1,
    stop_early: false,
};

const MV: Options = Options {
    short: "fnvTt:u|",
    long: &[
        ("force", 'f'),
        ("no-clobber", 'n'),
        ("verbose", 'v'),
        ("no-target-directory", 'T'),
        ("target-directory", 't'),
        ("update", 'u'),
    ],
    lacking: "biSZ backup interactive strip-trailing-slashes suffix context",
    fail: 1,
    stop_early: false,
};

/// cp.
pub fn cp(cx: &mut Context) -> u8 {
    transfer(cx, &CP, copy)
}

/// mv.
pub fn mv(cx: &mut Context) -> u8 {
    transfer(cx, &MV, rename)
}

/// Why a path is no directory.
pub fn not_a_dir(cx: &Context, path: &[u8]) -> &'static str {
    match cx.sys.stat(path, true) {
        Ok(_) => Errno::Notdir.text(),
        Err(errno) => errno.text(),
    }
}

fn is_dir(cx: &Context, path: &[u8]) -> bool {
    cx.sys.stat(path, true).is_ok_and(|stat| stat.kind == FileKind::Directory)
}

/// What cp and mv share: sources, and a destination that may be a directory.
fn transfer(
    cx: &mut Context,
    options: &Options,
    act: fn(&mut Context, &Args, &[u8], &[u8]) -> u8,
) -> u8 {
    let args = match args::parse(cx, options) {
        Ok(args) => args,
        Err(code) => return code,
    };
    let mut sources = args.operands.clone();
    if sources.is_empty() {
        cx.complain("missing file operand");
        return args::usage(cx, 1);
    }
    let dir = match args.value('t') {
        Some(dir) if is_dir(cx, dir) => dir.to_vec(),
        Some(dir) => {
            let text = not_a_dir(cx, dir);
            cx.complain(say!("target directory ", quote::always(dir), ": ", text));
            return 1;
        }
        None if sources.len() == 1 => {
            let name = quote::always(&sources[0]);
            cx.complain(say!("missing destination file operand after ", name));
            return args::usage(cx, 1);
        }
        None => {
            let last = sources.pop().expect("there are two");
            if args.has('T') && sources.len() > 1 {
                return args::extra_operand(cx, &last, 1);
            }
            if args.has('T') || !is_dir(cx, &last) {
                if sources.len() > 1 {
                    let text = not_a_dir(cx, &last);
                    cx.complain(say!("target ", quote::always(&last), ": ", text));
                    return 1;
                }
                return act(cx, &args, &sources[0], &last);
            }
            last
        }
    };
    let mut code = 0;
    for source in &sources {
        code |= act(cx, &args, source, &join(&dir, base_name(source)));
    }
    code
}

fn same(a: &Stat, b: &Stat) -> bool {
    (a.inode, a.device) == (b.inode, b.device)
}

/// Copies one source, a tree where that was asked for.
fn copy(cx: &mut Context, args: &Args, from: &[u8], to: &[u8]) -> u8 {
    let deep = args.has('r') || args.has('R') || args.has('a');
    let follow = !(args.has('d') || args.has('P') || deep) || args.has('L');
    let mut code = 0;
    let mut later = vec![(from.to_vec(), to.to_vec())];
    let mut modes = Vec::new();
    while let Some((from, to)) = later.pop() {
        let stat = match cx.sys.stat(&from, follow) {
            Ok(stat) => stat,
            Err(errno) => {
                cx.complain(say!("cannot stat ", quote::always(&from), ": ", errno.text()));
                code = 1;
                continue;
            }
        };
        if stat.kind != FileKind::Directory {
            code |= copy_file(cx, args, &stat, &from, &to);
            continue;
        }
        if !deep {
            cx.complain(say!("-r not specified; omitting directory ", quote::always(&from)));
            code = 1;
            continue;
        }
        if is_within(cx, &stat, &to) && is_dir_or_new(cx, &to) {
            let (from, to) = (quote::always(&from), quote::always(&to));
            cx.complain(say!("cannot copy a directory, ", from, ", into itself, ", to));
            code = 1;
            continue;
        }
        match copy_dir(cx, args, &stat, &from, &to) {
            Ok(names) => {
                let pairs = names.iter().rev().map(|name| (join(&from, name), join(&to, name)));
                later.extend(pairs);
                modes.push((to, stat));
            }
            Err(()) => code = 1,
        }
    }
    for (path, stat) in modes.iter().rev() {
        preserve(cx, args, stat, path);
    }
    code
}

fn is_dir_or_new(cx: &Context, path: &[u8]) -> bool {
    cx.sys.stat(path, true).is_err() || is_dir(cx, path)
}

/// Whether a path lies in a directory that is copied.
fn is_within(cx: &Context, dir: &Stat, path: &[u8]) -> bool {
    let mut path = trim_slashes(path).to_vec();
    loop {
        if cx.sys.stat(&path, true).is_ok_and(|stat| same(&stat, dir)) {
            return true;
        }
        match path.iter().rposition(|byte| *byte == b'/') {
            Some(at) if at > 0 => path.truncate(at),
            _ => return false,
        }
    }
}

fn copy_dir(
    cx: &mut Context,
    args: &Args,
    stat: &Stat,
    from: &[u8],
    to: &[u8],
) -> Result<Vec<Vec<u8>>, ()> {
    match cx.sys.stat(to, true) {
        Ok(there) if there.kind == FileKind::Directory => {}
        Ok(_) => {
            let (from, to) = (quote::always(from), quote::always(to));
            cx.complain(say!("cannot overwrite non-directory ", to, " with directory ", from));
            return Err(());
        }
        Err(_) => {
            if let Err(errno) = cx.sys.make_dir(to, stat.mode) {
                cx.complain(say!(
                    "cannot create directory ",
                    quote::always(to),
                    ": ",
                    errno.text()
                ));
                return Err(());
            }
            if args.has('v') {
                cx.print(say!(quote::always(from), " -> ", quote::always(to), "\n"));
            }
        }
    }
    cx.sys.read_dir(from).map_err(|errno| {
        cx.complain(say!("cannot access ", quote::always(from), ": ", errno.text()));
    })
}

fn copy_file(cx: &mut Context, args: &Args, stat: &Stat, from: &[u8], to: &[u8]) -> u8 {
    let (from_name, to_name) = (quote::always(from), quote::always(to));
    let there = cx.sys.stat(to, true);
    if let Ok(there) = &there {
        if args.has('n') || (args.has('u') && there.modified >= stat.modified) {
            return 0;
        }
        if same(there, stat) {
            cx.complain(say!(from_name, " and ", to_name, " are the same file"));
            return 1;
        }
        if there.kind == FileKind::Directory {
            cx.complain(say!("cannot overwrite directory ", to_name, " with non-directory"));
            return 1;
        }
    }
    if args.has('l') || args.has('s') {
        return link_copy(cx, args, from, to);
    }
    let done = if stat.kind == FileKind::Symlink {
        if there.is_ok() || cx.sys.stat(to, false).is_ok() {
            let _ = cx.sys.unlink(to);
        }
        cx.sys.read_link(from).and_then(|target| cx.sys.symlink(&target, to))
    } else {
        write_copy(cx, from, to).map_err(|(errno, reading)| {
            let text = if reading {
                say!("cannot open ", from_name, " for reading: ", errno.text())
            } else if there.is_err() {
                say!("cannot create regular file ", to_name, ": ", errno.text())
            } else {
                say!("cannot open ", to_name, " for writing: ", errno.text())
            };
            cx.complain(text);
            Errno::Inval
        })
    };
    match done {
        Ok(()) => {}
        Err(errno) if stat.kind == FileKind::Symlink => {
            cx.complain(say!("cannot create symbolic link ", to_name, ": ", errno.text()));
            return 1;
        }
        Err(_) => return 1,
    }
    if args.has('v') {
        cx.print(say!(from_name, " -> ", to_name, "\n"));
    }
    if stat.kind == FileKind::File && there.is_err() {
        let _ = cx.sys.set_mode(to, stat.mode & 0o777 & !cx.sys.umask());
    }
    if stat.kind != FileKind::Symlink {
        preserve(cx, args, stat, to);
    }
    0
}

/// `-l`, `-s`: a link instead of a copy.
fn link_copy(cx: &mut Context, args: &Args, from: &[u8], to: &[u8]) -> u8 {
    let (from_name, to_name) = (quote::always(from), quote::always(to));
    if args.has('f') {
        let _ = cx.sys.unlink(to);
    }
    let (made, what) = match args.has('s') {
        true => (cx.sys.symlink(from, to), say!("symbolic link ", to_name)),
        false => (cx.sys.link(from, to), say!("hard link ", to_name, " to ", from_name)),
    };
    if let Err(errno) = made {
        cx.complain(say!("cannot create ", what, ": ", errno.text()));
        return 1;
    }
    if args.has('v') {
        cx.print(say!(from_name, " -> ", to_name, "\n"));
    }
    0
}

/// The content, holes and all. `true` with an error: it could not be read.
fn write_copy(cx: &mut Context, from: &[u8], to: &[u8]) -> Result<(), (Errno, bool)> {
    let content = cx.sys.read_file(from).map_err(|errno| (errno, true))?;
    if to.ends_with(b"/") {
        return Err((Errno::Notdir, false));
    }
    cx.sys.write_file(to, &content).map_err(|errno| (errno, false))
}

/// `-p`, `-a`: mode, owner, time.
fn preserve(cx: &mut Context, args: &Args, stat: &Stat, path: &[u8]) {
    if args.has('p') || args.has('a') {
        let _ = cx.sys.set_owner(path, Some(stat.uid), Some(stat.gid));
        let _ = cx.sys.set_mode(path, stat.mode);
        let _ = cx.sys.set_modified(path, stat.modified);
    }
}

fn rename(cx: &mut Context, args: &Args, from: &[u8], to: &[u8]) -> u8 {
    let (from_name, to_name) = (quote::always(from), quote::always(to));
    let stat = match cx.sys.stat(from, false) {
        Ok(stat) => stat,
        Err(errno) => {
            cx.complain(say!("cannot stat ", from_name, ": ", errno.text()));
            return 1;
        }
    };
    if let Ok(there) = cx.sys.stat(to, false) {
        if args.has('n') || (args.has('u') && there.modified >= stat.modified) {
            return 0;
        }
        if same(&there, &stat) {
            cx.complain(say!(from_name, " and ", to_name, " are the same file"));
            return 1;
        }
        let into_dir = there.kind == FileKind::Directory;
        if into_dir && stat.kind != FileKind::Directory {
            cx.complain(say!("cannot overwrite directory ", to_name, " with non-directory"));
            return 1;
        }
        if !into_dir && stat.kind == FileKind::Directory {
            let text =
                say!("cannot overwrite non-directory ", to_name, " with directory ", from_name);
            cx.complain(text);
            return 1;
        }
    }
    match cx.sys.rename(from, trim_slashes(to)) {
        Ok(()) => {}
        Err(Errno::Xdev) => return move_across(cx, from, to),
        Err(Errno::Inval) if stat.kind == FileKind::Directory => {
            cx.complain(say!("cannot move ", from_name, " to a subdirectory of itself, ", to_name));
            return 1;
        }
        Err(errno) => {
            cx.complain(say!("cannot move ", from_name, " to ", to_name, ": ", errno.text()));
            return 1;
        }
    }
    if args.has('v') {
        cx.print(say!("renamed ", from_name, " -> ", to_name, "\n"));
    }
    0
}

/// To another volume: a copy, then the source goes.
fn move_across(cx: &mut Context, from: &[u8], to: &[u8]) -> u8 {
    let args = Args { options: vec![('a', Vec::new())], operands: Vec::new() };
    let code = copy(cx, &args, from, to);
    if code != 0 {
        return code;
    }
    if let Err((path, errno)) = remove_tree(cx, from) {
        cx.complain(say!("cannot remove ", quote::always(&path), ": ", errno.text()));
        return 1;
    }
    0
}
