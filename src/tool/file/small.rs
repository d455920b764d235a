//! link, unlink, truncate, sync, tty.

use super::super::args::{self, Options};
use super::super::say::{number, say};
use super::super::{Context, quote};
use crate::base::Blob;
use crate::os::{Errno, Fd};

/// link and unlink: the system calls.
pub fn link(cx: &mut Context) -> u8 {
    let args = match args::parse(cx, &Options::NONE) {
        Ok(args) => args,
        Err(code) => return code,
    };
    let most = if cx.name == "link" { 2 } else { 1 };
    match args.operands.as_slice() {
        [] => args::missing_operand(cx, 1),
        [first] if most == 2 => args::missing_after(cx, first, 1),
        all if all.len() > most => args::extra_operand(cx, &all[most], 1),
        [path] => match cx.sys.unlink(path) {
            Ok(()) => 0,
            Err(errno) => {
                cx.complain(say!("cannot unlink ", quote::always(path), ": ", errno.text()));
                1
            }
        },
        [from, to, ..] => match cx.sys.link(from, to) {
            Ok(()) => 0,
            Err(errno) => {
                let (from, to) = (quote::always(from), quote::always(to));
                cx.complain(say!("cannot create link ", to, " to ", from, ": ", errno.text()));
                1
            }
        },
    }
}

const TRUNCATE: Options = Options {
    short: "cs:",
    long: &[("no-create", 'c'), ("size", 's')],
    lacking: "or io-blocks reference",
    fail: 1,
    stop_early: false,
};

/// truncate.
pub fn truncate(cx: &mut Context) -> u8 {
    let args = match args::parse(cx, &TRUNCATE) {
        Ok(args) => args,
        Err(code) => return code,
    };
    let Some(text) = args.value('s') else {
        cx.complain("you must specify either '--size' or '--reference'");
        return args::usage(cx, 1);
    };
    let (sign, digits) = match text.split_first() {
        Some((sign @ (b'+' | b'-'), digits)) => (*sign, digits),
        _ => (b'=', text),
    };
    let (digits, unit) = match digits.split_last() {
        Some((b'K' | b'k', digits)) => (digits, 1 << 10),
        Some((b'M', digits)) => (digits, 1 << 20),
        Some((b'G', digits)) => (digits, 1 << 30),
        _ => (digits, 1),
    };
    let Some(size) = number(digits).and_then(|size| size.checked_mul(unit)) else {
        cx.complain(say!("Invalid number: ", quote::always(text)));
        return 1;
    };
    if args.operands.is_empty() {
        cx.complain("missing file operand");
        return args::usage(cx, 1);
    }
    let mut code = 0;
    for path in &args.operands {
        let content = match cx.sys.read_file(path) {
            Err(Errno::Noent) if args.has('c') => continue,
            Err(Errno::Noent) => Ok(Blob::new()),
            content => content,
        };
        let done = content.and_then(|content| {
            let wanted = match sign {
                b'+' => content.len().saturating_add(size),
                b'-' => content.len().saturating_sub(size),
                _ => size,
            };
            let mut cut = content.slice(0, wanted);
            cut.push_hole(wanted - cut.len());
            cx.sys.write_file(path, &cut)
        });
        if let Err(errno) = done {
            let name = quote::always(path);
            cx.complain(say!("cannot open ", name, " for writing: ", errno.text()));
            code = 1;
        }
    }
    code
}

/// tty.
pub fn tty(cx: &mut Context) -> u8 {
    let options =
        Options { short: "s", long: &[("silent", 's'), ("quiet", 's')], fail: 2, ..Options::NONE };
    let args = match args::parse(cx, &options) {
        Ok(args) => args,
        Err(code) => return code,
    };
    if let Some(extra) = args.operands.first() {
        return args::extra_operand(cx, extra, 2);
    }
    let is_tty = cx.sys.is_tty(Fd::STDIN);
    if !args.has('s') {
        cx.print(if is_tty { "/dev/pts/0\n" } else { "not a tty\n" });
    }
    u8::from(!is_tty)
}
