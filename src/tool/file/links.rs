//! ln.

use super::super::args::{self, Options};
use super::super::say::{base_name, join, say};
use super::super::{Context, quote};
use super::copy::not_a_dir;
use crate::os::FileKind;

const LN: Options = Options {
    short: "sfnvTt:Pr",
    long: &[
        ("symbolic", 's'),
        ("force", 'f'),
        ("no-dereference", 'n'),
        ("verbose", 'v'),
        ("no-target-directory", 'T'),
        ("target-directory", 't'),
        ("physical", 'P'),
        ("relative", 'r'),
    ],
    lacking: "bdFiLS backup directory interactive logical suffix",
    fail: 1,
    stop_early: false,
};

/// ln.
pub fn ln(cx: &mut Context) -> u8 {
    let args = match args::parse(cx, &LN) {
        Ok(args) => args,
        Err(code) => return code,
    };
    let mut targets = args.operands.clone();
    if targets.is_empty() {
        cx.complain("missing file operand");
        return args::usage(cx, 1);
    }
    let is_dir = |cx: &Context, path: &[u8]| {
        let follow = !args.has('n');
        cx.sys.stat(path, follow).is_ok_and(|stat| stat.kind == FileKind::Directory)
    };
    let dir = if let Some(dir) = args.value('t') {
        Some(dir.to_vec())
    } else if targets.len() == 1 {
        Some(b".".to_vec())
    } else {
        let last = targets.pop().expect("there are two");
        if !args.has('T') && is_dir(cx, &last) {
            Some(last)
        } else if targets.len() > 1 {
            let text = not_a_dir(cx, &last);
            cx.complain(say!("target ", quote::always(&last), ": ", text));
            return 1;
        } else {
            return link(cx, &args, &targets[0], &last);
        }
    };
    let dir = dir.expect("the other case has returned");
    let mut code = 0;
    for target in &targets {
        let name = base_name(target);
        code |= link(cx, &args, target, &join(&dir, name));
    }
    code
}

fn link(cx: &mut Context, args: &args::Args, target: &[u8], path: &[u8]) -> u8 {
    let symbolic = args.has('s');
    if !symbolic {
        match cx.sys.stat(target, false) {
            Err(errno) => {
                cx.complain(say!("failed to access ", quote::always(target), ": ", errno.text()));
                return 1;
            }
            Ok(stat) if stat.kind == FileKind::Directory => {
                let name = quote::needed(target);
                cx.complain(say!(name, ": hard link not allowed for directory"));
                return 1;
            }
            Ok(_) => {}
        }
    }
    let same = |a: crate::os::Stat, b: crate::os::Stat| (a.inode, a.device) == (b.inode, b.device);
    let both = cx.sys.stat(path, false).ok().zip(cx.sys.stat(target, false).ok());
    if args.has('f') && both.is_some_and(|(a, b)| same(a, b)) {
        let (from, to) = (quote::always(target), quote::always(path));
        cx.complain(say!(from, " and ", to, " are the same file"));
        return 1;
    }
    if args.has('f') && cx.sys.stat(path, false).is_ok_and(|s| s.kind != FileKind::Directory) {
        let _ = cx.sys.unlink(path);
    }
    let relative = args.has('r').then(|| relative_to(cx, path, target));
    let target = relative.as_deref().unwrap_or(target);
    let done = if symbolic { cx.sys.symlink(target, path) } else { cx.sys.link(target, path) };
    let (from, to) = (quote::always(path), quote::always(target));
    match done {
        Ok(()) if args.has('v') => {
            cx.print(say!(from, if symbolic { " -> " } else { " => " }, to, "\n"));
            0
        }
        Ok(()) => 0,
        Err(errno) => {
            let what = if symbolic { "symbolic" } else { "hard" };
            cx.complain(say!("failed to create ", what, " link ", from, ": ", errno.text()));
            1
        }
    }
}

/// `-r`: the way from the directory that the link lies in.
fn relative_to(cx: &Context, link: &[u8], target: &[u8]) -> Vec<u8> {
    let here = cx.sys.current_dir();
    let parts = |path: &[u8]| -> Vec<Vec<u8>> {
        let mut parts: Vec<Vec<u8>> = Vec::new();
        for part in join(&here, path).split(|byte| *byte == b'/') {
            match part {
                b"" | b"." => {}
                b".." => drop(parts.pop()),
                part => parts.push(part.to_vec()),
            }
        }
        parts
    };
    let (mut from, to) = (parts(link), parts(target));
    from.pop();
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = from[shared..].iter().map(|_| b"..".to_vec());
    let way: Vec<Vec<u8>> = up.chain(to[shared..].iter().cloned()).collect();
    if way.is_empty() { b".".to_vec() } else { way.join(&b'/') }
}
