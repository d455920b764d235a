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
    if files.is_empty() {
        return args::missing_after(cx, text, 1);
    }
    if mode::apply(text, 0, false, 0).is_none() {
        cx.complain(say!("invalid mode: ", quote::always(text)));
        return args::usage(cx, 1);
    }
    let mut code = 0;
    let walk = Walk { deep: args.has('R'), after: false, quiet: args.has('f') };
    each(cx, files, walk, &mut code, |cx, path| {
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
    short: "Rhcvf|Z:",
    long: &[
        ("recursive", 'R'),
        ("no-dereference", 'h'),
        ("changes", 'c'),
        ("verbose", 'v'),
        ("quiet", 'f'),
        ("silent", 'f'),
        ("reference", 'Z'),
    ],
    lacking: "HLP from dereference preserve-root no-preserve-root",
    fail: 1,
    stop_early: false,
};

/// Whom files shall belong to: ids, and what they are called when that is told.
#[derive(Default)]
struct Owner {
    uid: Option<(u32, Vec<u8>)>,
    gid: Option<(u32, Vec<u8>)>,
}

/// chown, and chgrp.
pub fn chown(cx: &mut Context) -> u8 {
    let args = match args::parse(cx, &CHOWN) {
        Ok(args) => args,
        Err(code) => return code,
    };
    let (owner, files) = match (args.value('Z'), args.operands.split_first()) {
        (_, None) => return args::missing_operand(cx, 1),
        (None, Some((owner, []))) => return args::missing_after(cx, owner, 1),
        (None, Some((owner, files))) => (owner_of(cx, owner), files),
        (Some(reference), _) => (owner_of_file(cx, reference), &args.operands[..]),
    };
    let owner = match owner {
        Ok(owner) => owner,
        Err(code) => return code,
    };
    let mut code = 0;
    let walk = Walk { deep: args.has('R'), after: true, quiet: args.has('f') };
    each(cx, files, walk, &mut code, |cx, path| {
        // With -h, and beneath a directory, links themselves are changed: theirs stays here.
        let stat = cx.sys.stat(path, !(args.has('h') || walk.deep))?;
        let (uid, gid) = (owner.uid.as_ref().map(|id| id.0), owner.gid.as_ref().map(|id| id.0));
        let done = match stat.kind {
            FileKind::Symlink => Ok(()),
            _ => cx.sys.set_owner(path, uid, gid),
        };
        done.inspect_err(|errno| {
            let what = say!("changing ownership of ", quote::always(path), ": ", errno.text());
            cx.complain(what);
        })?;
        let new = (uid.unwrap_or(stat.uid), gid.unwrap_or(stat.gid));
        let changes = new != (stat.uid, stat.gid);
        if args.has('v') || (args.has('c') && changes) {
            let line = owner.change(cx, path, (stat.uid, stat.gid), changes);
            cx.print(line);
        }
        Ok(())
    });
    code
}

impl Owner {
    /// What -v says of a file that belonged to these. Models `describe_change`.
    fn change(&self, cx: &Context, path: &[u8], old: (u32, u32), changes: bool) -> Vec<u8> {
        let name = quote::always(path);
        let Owner { uid, gid } = self;
        let what = match (uid, gid) {
            (Some(_), _) => "ownership",
            (None, Some(_)) => "group",
            (None, None) if changes => return say!("no change to ownership of ", name, "\n"),
            (None, None) => return say!("ownership of ", name, " retained\n"),
        };
        let joint = if uid.is_some() && gid.is_some() { ":" } else { "" };
        let named = |id: &Option<(u32, Vec<u8>)>| -> Vec<u8> {
            id.as_ref().map(|id| id.1.clone()).unwrap_or_default()
        };
        let spec = say!(named(uid), joint, named(gid));
        let user = uid.as_ref().map(|_| users::name_of(cx, old.0, false)).unwrap_or_default();
        let group = gid.as_ref().map(|_| users::name_of(cx, old.1, true)).unwrap_or_default();
        let had = say!(user, joint, group);
        match changes {
            true => say!("changed ", what, " of ", name, " from ", had, " to ", spec, "\n"),
            false => say!(what, " of ", name, " retained as ", had, "\n"),
        }
    }
}

/// `user`, `user:group`, `user:`, `:group`; for chgrp the group alone. Models gnulib's
/// `parse_user_spec_warn`.
fn owner_of(cx: &mut Context, text: &[u8]) -> Result<Owner, u8> {
    if cx.name == "chgrp" || text.contains(&b':') || cx.busybox {
        return owner_parted(cx, text, b':').map_err(|why| {
            cx.complain(say!("invalid ", why, ": ", quote::always(text)));
            1
        });
    }
    owner_parted(cx, text, b':').or_else(|why| match owner_parted(cx, text, b'.') {
        Ok(owner) if text.contains(&b'.') => {
            cx.complain(say!("warning: '.' should be ':': ", quote::always(text)));
            Ok(owner)
        }
        _ => {
            cx.complain(say!("invalid ", why, ": ", quote::always(text)));
            Err(1)
        }
    })
}

/// The same, its parts apart by this sign; or what of it is invalid.
fn owner_parted(cx: &Context, text: &[u8], sign: u8) -> Result<Owner, &'static str> {
    let mut parts = text.splitn(2, |byte| *byte == sign);
    let (user, group) = match cx.name {
        "chgrp" => (&b""[..], Some(text)),
        _ => (parts.next().unwrap_or_default(), parts.next()),
    };
    let mut owner = Owner::default();
    if !user.is_empty() {
        let uid = users::id_of(cx, user, false);
        if group == Some(b"") && !cx.busybox {
            // A number has no group of its own.
            let known = uid.and_then(|uid| users::known_name_of(cx, uid, false));
            known.filter(|known| known == user).ok_or("spec")?;
        }
        let uid = uid.ok_or("user")?;
        owner.uid = Some((uid, user.to_vec()));
        if group == Some(b"") {
            let gid = users::group_of(cx, uid);
            owner.gid = Some((gid, users::name_of(cx, gid, true)));
        }
    }
    if let Some(group) = group.filter(|group| !group.is_empty()) {
        owner.gid = Some((users::id_of(cx, group, true).ok_or("group")?, group.to_vec()));
    }
    Ok(owner)
}

/// Whom a file belongs to.
fn owner_of_file(cx: &mut Context, path: &[u8]) -> Result<Owner, u8> {
    let stat = cx.sys.stat(path, true).map_err(|errno| {
        let name = quote::always(path);
        cx.complain(say!("failed to get attributes of ", name, ": ", errno.text()));
        1
    })?;
    let gid = Some((stat.gid, users::name_of(cx, stat.gid, true)));
    let uid = (cx.name != "chgrp").then(|| (stat.uid, users::name_of(cx, stat.uid, false)));
    Ok(Owner { uid, gid })
}

/// How [`each`] goes on.
#[derive(Clone, Copy)]
struct Walk {
    /// To all beneath too.
    deep: bool,
    /// To a directory after what it holds.
    after: bool,
    /// Says nothing of what cannot be reached.
    quiet: bool,
}

/// Does it to each file. An error of `act` other than one of access has been told.
fn each(
    cx: &mut Context,
    files: &[Vec<u8>],
    walk: Walk,
    code: &mut u8,
    mut act: impl FnMut(&mut Context, &[u8]) -> Result<(), Errno>,
) {
    let mut stack: Vec<(Vec<u8>, bool)> = files.iter().rev().map(|f| (f.clone(), false)).collect();
    while let Some((path, entered)) = stack.pop() {
        let kind = cx.sys.stat(&path, false).map(|stat| stat.kind);
        let enters = walk.deep && kind == Ok(FileKind::Directory) && !entered;
        if enters && walk.after {
            stack.push((path.clone(), true));
        } else {
            match act(cx, &path) {
                Ok(()) => {}
                Err(errno @ (Errno::Noent | Errno::Notdir | Errno::Loop | Errno::Acces)) => {
                    *code = 1;
                    if !walk.quiet {
                        let name = quote::always(&path);
                        cx.complain(say!("cannot access ", name, ": ", errno.text()));
                    }
                    continue;
                }
                Err(_) => *code = 1,
            }
        }
        if enters {
            match cx.sys.read_dir(&path) {
                Ok(names) => {
                    stack.extend(names.iter().rev().map(|name| (join(&path, name), false)));
                }
                Err(errno) => {
                    *code = 1;
                    let name = quote::always(&path);
                    cx.complain(say!("cannot read directory ", name, ": ", errno.text()));
                }
            }
        }
    }
}
