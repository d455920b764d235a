//! date.

mod read;
mod words;

use super::super::args::{self, Args, Options};
use super::super::say::say;
use super::super::{Context, quote};
use crate::base::FileTime;
use crate::base::date::strftime_in;

pub use read::read as read_date;

const DATE: Options = Options {
    short: "d:f:I::r:Rs:u|F:",
    long: &[
        ("date", 'd'),
        ("file", 'f'),
        ("iso-8601", 'I'),
        ("reference", 'r'),
        ("rfc-822", 'R'),
        ("rfc-2822", 'R'),
        ("rfc-3339", 'F'),
        ("rfc-email", 'R'),
        ("set", 's'),
        ("uct", 'u'),
        ("utc", 'u'),
        ("universal", 'u'),
    ],
    lacking: " debug resolution",
    fail: 1,
    stop_early: false,
};

/// date: virtual time.
pub fn date(cx: &mut Context) -> u8 {
    shown(cx).unwrap_or_else(|code| code)
}

fn shown(cx: &mut Context) -> Result<u8, u8> {
    let args = args::parse(cx, &DATE)?;
    let format = format_of(cx, &args)?;
    let (name, ahead) = if args.has('u') { ("UTC".into(), 0) } else { cx.zone() };
    let zone = (name.as_str(), ahead);
    let sources = ['d', 'f', 'r'].into_iter().filter(|letter| args.has(*letter)).count();
    if sources > 1 {
        cx.complain("the options to specify dates for printing are mutually exclusive");
        return Err(args::usage(cx, 1));
    }
    let now = cx.sys.now().into();
    if args.has('s') && sources > 0 {
        cx.complain("the options to print and set the time may not be used together");
        return Err(args::usage(cx, 1));
    }
    if args.has('s') {
        cx.not_modelled("-s");
        cx.complain("cannot set date: Operation not permitted");
        return Err(1);
    }
    if let Some(name) = args.value('r') {
        let stat = cx.sys.stat(name, true).map_err(|errno| {
            cx.complain(say!(quote::needed(name), ": ", errno.text()));
            1
        })?;
        cx.print(say!(strftime_in(zone, &format, stat.modified), "\n"));
        return Ok(0);
    }
    let Some(name) = args.value('f') else {
        return Ok(one(cx, args.value('d'), now, (zone, &format)));
    };
    let content = cx.read_file(name).map_err(|errno| {
        cx.complain(say!(quote::needed(name), ": ", errno.text()));
        1
    })?;
    let bytes = content.bytes();
    let lines = bytes.strip_suffix(b"\n").unwrap_or(&bytes).split(|byte| *byte == b'\n');
    Ok(lines.fold(0, |code, line| code | one(cx, Some(line), now, (zone, &format))))
}

fn one(
    cx: &mut Context,
    text: Option<&[u8]>,
    now: FileTime,
    (zone, format): ((&str, i16), &[u8]),
) -> u8 {
    // busybox reads numbers only.
    let has_words = text.is_some_and(|text| text.iter().any(u8::is_ascii_alphabetic));
    let moment = match text {
        Some(_) if cx.busybox && has_words => None,
        None => Some(now),
        Some(text) => std::str::from_utf8(text).ok().and_then(|text| read_date(text, now, zone.1)),
    };
    match moment {
        Some(moment) => {
            cx.print(say!(strftime_in(zone, format, moment), "\n"));
            0
        }
        None => {
            cx.complain(say!("invalid date ", quote::always(text.unwrap_or_default())));
            1
        }
    }
}

/// `-I`'s and `--rfc-3339`'s words, and how many of them each takes.
const ISO: &[&[&str]] = &[&["hours"], &["minutes"], &["date"], &["seconds"], &["ns"]];
const RFC: &[&[&str]] = &[&["date"], &["seconds"], &["ns"]];

fn format_of(cx: &mut Context, args: &Args) -> Result<Vec<u8>, u8> {
    let mut format: Option<Vec<u8>> = None;
    for (letter, value) in &args.options {
        let next: &[u8] = match letter {
            'R' => b"%a, %d %b %Y %H:%M:%S %z",
            'I' if value.is_empty() => b"%Y-%m-%d",
            'I' => [
                &b"%Y-%m-%dT%H%:z"[..],
                b"%Y-%m-%dT%H:%M%:z",
                b"%Y-%m-%d",
                b"%Y-%m-%dT%H:%M:%S%:z",
                b"%Y-%m-%dT%H:%M:%S,%N%:z",
            ][args::choose(cx, value, "--iso-8601", ISO)?],
            'F' => [&b"%Y-%m-%d"[..], b"%Y-%m-%d %H:%M:%S%:z", b"%Y-%m-%d %H:%M:%S.%N%:z"]
                [args::choose(cx, value, "--rfc-3339", RFC)?],
            _ => continue,
        };
        if format.replace(next.to_vec()).is_some() {
            cx.complain("multiple output formats specified");
            return Err(1);
        }
    }
    match args.operands.as_slice() {
        [] => {}
        [wanted] if wanted.starts_with(b"+") => {
            if format.replace(wanted[1..].to_vec()).is_some() {
                cx.complain("multiple output formats specified");
                return Err(1);
            }
        }
        [wrong] if args.options.iter().any(|(letter, _)| "dfr".contains(*letter)) => {
            let name = quote::always(wrong);
            let text = say!(
                "the argument ",
                name,
                " lacks a leading '+';\nwhen using an option to specify date(s), any non-option\n\
                 argument must be a format string beginning with '+'"
            );
            cx.complain(text);
            return Err(args::usage(cx, 1));
        }
        [wrong] => {
            cx.complain(say!("invalid date ", quote::always(wrong)));
            return Err(1);
        }
        [_, extra, ..] => return Err(args::extra_operand(cx, extra, 1)),
    }
    Ok(format.unwrap_or_else(|| b"%a %b %e %H:%M:%S %Z %Y".to_vec()))
}
