//! cmp: where two files differ first, or everywhere. Models diffutils 3.8.

use super::cat::caret;
use super::pair::Pair;
use crate::tool::args::{self, Args, Options};
use crate::tool::say::{number, say};
use crate::tool::{Context, quote};

const CMP: Options = Options {
    short: "bi:ln:s",
    long: &[
        ("print-bytes", 'b'),
        ("ignore-initial", 'i'),
        ("verbose", 'l'),
        ("bytes", 'n'),
        ("quiet", 's'),
        ("silent", 's'),
    ],
    lacking: "v",
    fail: 2,
    stop_early: false,
};

/// What a command line asks for.
struct Cmp {
    args: Args,
    /// How much of each file is skipped, bytes.
    skip: [u64; 2],
    limit: u64,
}

impl Cmp {
    fn read(cx: &mut Context) -> Result<Cmp, u8> {
        let args = args::parse(cx, &CMP)?;
        let wrong = |cx: &mut Context, option: &str, text: &[u8]| {
            cx.complain(say!("invalid --", option, " value '", text, "'"));
            args::usage(cx, 2)
        };
        let mut skip = [0; 2];
        if let Some(text) = args.value('i') {
            let parts: Vec<Option<u64>> = text.splitn(2, |byte| *byte == b':').map(size).collect();
            match parts[..] {
                [Some(both)] => skip = [both; 2],
                [Some(first), Some(second)] => skip = [first, second],
                _ => return Err(wrong(cx, "ignore-initial", text)),
            }
        }
        for (text, skip) in args.operands.iter().skip(2).zip(&mut skip) {
            *skip = size(text).ok_or_else(|| wrong(cx, "ignore-initial", text))?;
        }
        let limit = args.value('n').map(|text| size(text).ok_or_else(|| wrong(cx, "bytes", text)));
        let limit = limit.transpose()?.unwrap_or(u64::MAX);
        if args.operands.is_empty() {
            let name = cx.called().to_vec();
            return Err(args::missing_after(cx, &name, 2));
        }
        if let Some(extra) = args.operands.get(4) {
            return Err(args::extra_operand(cx, extra, 2));
        }
        Ok(Cmp { args, skip, limit })
    }
}

/// A count with a unit: `3`, `2k`.
fn size(text: &[u8]) -> Option<u64> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let unit = match &text[digits..] {
        b"" => 1,
        b"kB" => 1_000,
        b"k" | b"K" | b"KiB" => 1_024,
        b"MB" => 1_000_000,
        b"M" | b"MiB" => 1 << 20,
        _ => return None,
    };
    number(&text[..digits])?.checked_mul(unit)
}

/// Reads the arguments, and says which files are to be read.
pub fn begin(cx: &mut Context) -> Result<Pair, u8> {
    let cmp = Cmp::read(cx)?;
    let second = cmp.args.operands.get(1).cloned();
    Ok(Pair::new([cmp.args.operands[0].clone(), second.unwrap_or_else(|| b"-".to_vec())]))
}

/// Compares what was read of two files.
pub fn end(cx: &mut Context, pair: &Pair) -> u8 {
    let Ok(Cmp { args, skip, limit }) = Cmp::read(cx) else { return 2 };
    let mut contents = Vec::new();
    for (at, (name, read)) in pair.names.iter().zip(&pair.read).enumerate() {
        match read {
            Ok(content) => {
                let rest = content.get(skip[at] as usize..).unwrap_or_default();
                contents.push(&rest[..rest.len().min(limit as usize)]);
            }
            Err(errno) => {
                if !args.has('s') {
                    cx.complain(say!(quote::needed(name), ": ", errno.text()));
                }
                return 2;
            }
        }
    }
    let (a, b) = (contents[0], contents[1]);
    let shared = a.len().min(b.len());
    let is_regular = |name: &[u8]| name != b"-" && cx.sys.stat(name, true).is_ok();
    let known = pair.names.iter().all(|name| is_regular(name));
    let most = if known { shared.to_string().len() } else { 19 };
    let mut different = (0..shared).filter(|at| a[*at] != b[*at]).peekable();
    let any = different.peek().is_some();
    let names = pair.names.each_ref().map(|name| quote::needed(name));
    if any && args.has('s') {
        return 1;
    }
    if args.has('l') {
        for at in different {
            let shown = match args.has('b') {
                true => format!(
                    "{:>most$} {:>3o} {:<4} {:>3o} {}\n",
                    at + 1,
                    a[at],
                    String::from_utf8_lossy(&caret(a[at])),
                    b[at],
                    String::from_utf8_lossy(&caret(b[at]))
                ),
                false => format!("{:>most$} {:>3o} {:>3o}\n", at + 1, a[at], b[at]),
            };
            cx.print(shown);
        }
    } else if let Some(at) = different.next() {
        let line = 1 + a[..at].iter().filter(|byte| **byte == b'\n').count();
        // POSIX's word where no locale is set.
        let unit = if args.has('b') || cx.is_utf8() { "byte" } else { "char" };
        let place = format!(" differ: {unit} {}, line {line}", at + 1);
        let bytes = [a[at], b[at]].map(|byte| say!(format!(" {byte:>3o} "), caret(byte)));
        let bytes = match args.has('b') {
            true => say!(" is", bytes[0], bytes[1]),
            false => Vec::new(),
        };
        cx.print(say!(names[0], " ", names[1], place, bytes, "\n"));
        return 1;
    }
    if a.len() == b.len() {
        return u8::from(any);
    }
    if !args.has('s') {
        let short = usize::from(b.len() < a.len());
        let place = end_of(&a[..shared], args.has('l'));
        cx.complain(say!("EOF on ", names[short], place));
    }
    1
}

/// Where the shorter file ended.
fn end_of(text: &[u8], verbose: bool) -> String {
    let (bytes, lines) = (text.len(), text.iter().filter(|byte| **byte == b'\n').count());
    match text.last() {
        None => " which is empty".to_string(),
        Some(_) if verbose => format!(" after byte {bytes}"),
        Some(b'\n') => format!(" after byte {bytes}, line {lines}"),
        Some(_) => format!(" after byte {bytes}, in line {}", lines + 1),
    }
}
