//! chmod and chown.

use super::super::args::{self, Options};
use super::super::say::{join, say};
use super::super::{Context, quote};
use super::{mode, users};
use crate::os::{Errno, FileKind};

const CHMOD: Options = Options {
    short: "Rcvf|Z:",
    long: &[
        ("recursive", 'R'),
        ("changes", 'c'),
        ("verbose", 'v'),
        ("quiet", 'f'),
        ("silent", 'f'),
        ("reference", 'Z'),
    ],
    lacking: " preserve-root no-preserve-root",
    fail: 1,
    stop_early: false,
};

/// chmod.
pub fn chmod(cx: &mut Context) -> u8 {
    let args = match chmod_args(cx) {
        Ok(args) => args,
        Err(code) => return code,
    };
    let mut operands = args.operands.clone();
    if operands.is_empty() {
        return args::missing_operand(cx, 1);
    }
    if let Some(reference) = args.value('Z') {
        match cx.sys.stat(reference, true) {
            Ok(stat) => operands.insert(0, format!("{:o}", stat.mode).into_bytes()),
            Err(errno) => {
                let name = quote::always(reference);
                cx.complain(say!("failed to get attributes of ", name, ": ", errno.text()));
                return 1;
            }
        }
    }
    let Some((text, files)) = operands.split_first() else {
        return args::missing_operand(cx, 1);
    };
    if mode::apply(text, 0, false, 0).is_none() {
        cx.complain(say!("invalid mode: ", quote::always(text)));
        return args::usage(cx, 1);
    }
    if files.is_empty() {
        return args::missing_after(cx, text, 1);
    }
    let mut code = 0;
    each(cx, files, args.has('R'), args.has('f'), &mut code, |cx, path| {
        let stat = cx.sys.stat(path, true).inspect_err(|_| {
            if args.has('v') && !cx.busybox {
                cx.print(say!(quote::always(path), " could not be accessed\n"));
            }
        })?;
        let is_dir = stat.kind == FileKind::Directory;
        let umask = cx.sys.umask();
        let wanted = mode::apply(text, stat.mode, is_dir, umask).unwrap_or(stat.mode);
        cx.sys.set_mode(path, wanted).inspect_err(|errno| {
            let what = say!("changing permissions of ", quote::always(path), ": ", errno.text());
            cx.complain(what);
        })?;
        if args.has('v') || (args.has('c') && wanted != stat.mode) {
            let name = quote::always(path);
            let (old, new) = (stat.mode, wanted);
            let (old_text, new_text) =
                (super::mode_text(stat.kind, old), super::mode_text(stat.kind, new));
            let line = if old == new {
                say!("mode of ", name, format!(" retained as {old:04o} ({})\n", &old_text[1..]))
            } else {
                let change =
                    format!("{old:04o} ({}) to {new:04o} ({})\n", &old_text[1..], &new_text[1..]);
                say!("mode of ", name, " changed from ", change)
            };
            cx.print(line);
        }
        Ok(())
    });
    code
}

/// The arguments; `chmod -x f` has a mode that looks like an option.
fn chmod_args(cx: &mut Context) -> Result<args::Args, u8> {
    let is_mode =
        |word: &Vec<u8>| word.len() > 1 && word[0] == b'-' && b"rwxXst".contains(&word[1]);
    let Some(at) = cx.argv.iter().skip(1).position(is_mode) else {
        return args::parse(cx, &CHMOD);
    };
    let mut argv = cx.argv.to_vec();
    let mode = argv.remove(at + 1);
    let mut inner = cx.with_argv(&argv);
    let mut args = args::parse(&mut inner, &CHMOD)?;
    args.operands.insert(0, mode);
    Ok(args)
}

const CHOWN: Options = Options {
    short: "Rhcvf|",
    long: &[
        ("recursive", 'R'),
        ("no-dereference", 'h'),
        ("changes", 'c'),
        ("verbose", 'v'),
        ("quiet", 'f'),
        ("silent", 'f'),
    ],
    lacking: "HLP from reference dereference preserve-root no-preserve-root",
    fail: 1,
    stop_early: false,
};

/// chown, and chgrp.
pub fn chown(cx: &mut Context) -> u8 {
    let args = match args::parse(cx, &CHOWN) {
        Ok(args) => args,
        Err(code) => return code,
    };
    let Some((owner, files)) = args.operands.split_first() else {
        return args::missing_operand(cx, 1);
    };
    if files.is_empty() {
        return args::missing_after(cx, owner, 1);
    }
    let (uid, gid) = match owner_ids(cx, owner) {
        Ok(ids) => ids,
        Err(code) => return code,
    };
    let mut code = 0;
    each(cx, files, args.has('R'), args.has('f'), &mut code, |cx, path| {
        cx.sys.stat(path, !args.has('h'))?;
        cx.sys.set_owner(path, uid, gid).inspect_err(|errno| {
            let what = say!("changing ownership of ", quote::always(path), ": ", errno.text());
            cx.complain(what);
        })
    });
    code
}

/// `user`, `user:group`, `user:`, `:group`; for chgrp the group alone.
fn owner_ids(cx: &mut Context, owner: &[u8]) -> Result<(Option<u32>, Option<u32>), u8> {
    let mut parts = owner.splitn(2, |byte| *byte == b':');
    let (user, group) = match cx.name {
        "chgrp" => (&b""[..], Some(owner)),
        _ => (parts.next().unwrap_or_default(), parts.next()),
    };
    let mut uid = None;
    if !user.is_empty() {
        uid = users::id_of(cx, user, false);
        if uid.is_none() {
            cx.complain(say!("invalid user: ", quote::always(owner)));
            return Err(1);
        }
    }
    let gid = match (group, uid) {
        (None, _) => None,
        (Some(b""), Some(uid)) => Some(users::group_of(cx, uid)),
        (Some(b""), None) => None,
        (Some(group), _) => {
            let gid = users::id_of(cx, group, true);
            if gid.is_none() {
                cx.complain(say!("invalid group: ", quote::always(owner)));
                return Err(1);
            }
            gid
        }
    };
    Ok((uid, gid))
}

/// Does it to each file, and with `deep` to all beneath, directories after what they hold. An error
/// of `act` other than one of access has been told.
fn each(
    cx: &mut Context,
    files: &[Vec<u8>],
    deep: bool,
    quiet: bool,
    code: &mut u8,
    mut act: impl FnMut(&mut Context, &[u8]) -> Result<(), Errno>,
) {
    let mut stack: Vec<Vec<u8>> = files.iter().rev().cloned().collect();
    while let Some(path) = stack.pop() {
        let kind = cx.sys.stat(&path, false).map(|stat| stat.kind);
        match act(cx, &path) {
            Ok(()) => {}
            Err(errno @ (Errno::Noent | Errno::Notdir | Errno::Loop | Errno::Acces)) => {
                *code = 1;
                if !quiet {
                    let name = quote::always(&path);
                    cx.complain(say!("cannot access ", name, ": ", errno.text()));
                }
                continue;
            }
            Err(_) => *code = 1,
        }
        if deep && kind == Ok(FileKind::Directory) {
            match cx.sys.read_dir(&path) {
                Ok(names) => stack.extend(names.iter().rev().map(|name| join(&path, name))),
                Err(errno) => {
                    *code = 1;
                    let name = quote::always(&path);
                    cx.complain(say!("cannot read directory ", name, ": ", errno.text()));
                }
            }
        }
    }
}
