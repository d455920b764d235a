//! cat.

use super::super::args::{self, Options};
use super::super::input::{Filter, Input, bytes_of};
use super::super::say::say;
use super::super::{Context, quote};
use super::complain_of;
use crate::base::Blob;
use crate::os::Errno;

/// cat: copies its operands, holes and all; with options, line by line.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Cat {
    number: bool,
    number_filled: bool,
    squeeze: bool,
    ends: bool,
    tabs: bool,
    shown: bool,
    line: u64,
    /// At the start of a line.
    fresh: bool,
    blanks: u32,
    /// `-E`: a carriage return that may stand before a line's end.
    held: bool,
    /// Standard input was read, and is not open.
    closed: bool,
    code: u8,
}

const CAT: Options = Options {
    short: "AbeEnstTuv",
    long: &[
        ("show-all", 'A'),
        ("number-nonblank", 'b'),
        ("show-ends", 'E'),
        ("number", 'n'),
        ("squeeze-blank", 's'),
        ("show-tabs", 'T'),
        ("show-nonprinting", 'v'),
    ],
    lacking: "",
    fail: 1,
    stop_early: false,
};

impl Cat {
    /// Reads the arguments.
    pub fn begin(cx: &mut Context) -> Result<(Cat, Input), u8> {
        let args = args::parse(cx, &CAT)?;
        let any = |letters: &str| args.last_of(letters).is_some();
        let cat = Cat {
            number: any("n"),
            number_filled: any("b"),
            squeeze: any("s"),
            ends: any("AeE"),
            tabs: any("AtT"),
            shown: any("Aetv"),
            line: 0,
            fresh: true,
            blanks: 0,
            held: false,
            closed: false,
            code: 0,
        };
        Ok((cat, Input::new(&args.operands)))
    }

    /// Whether it would read what it writes, for ever.
    fn is_plain(&self) -> bool {
        !(self.number || self.number_filled || self.squeeze || self.ends || self.tabs || self.shown)
    }

    fn show(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        for byte in bytes {
            if self.fresh {
                self.blanks = if *byte == b'\n' { self.blanks + 1 } else { 0 };
                if self.squeeze && self.blanks > 1 {
                    continue;
                }
                if (self.number && !self.number_filled) || (self.number_filled && *byte != b'\n') {
                    self.line += 1;
                    out.extend(format!("{:6}\t", self.line).into_bytes());
                }
            }
            self.fresh = *byte == b'\n';
            if std::mem::take(&mut self.held) {
                out.extend(if self.fresh { &b"^M"[..] } else { b"\r" });
            }
            match byte {
                b'\n' if self.ends => out.extend(b"$\n"),
                b'\t' if self.tabs => out.extend(b"^I"),
                b'\n' | b'\t' => out.push(*byte),
                b'\r' if self.ends && !self.shown => self.held = true,
                byte if self.shown => out.extend(caret(*byte)),
                byte => out.push(*byte),
            }
        }
    }
}

/// `^C`, `M-a`.
pub fn caret(byte: u8) -> Vec<u8> {
    let (prefix, low): (&[u8], u8) = if byte >= 0x80 { (b"M-", byte - 0x80) } else { (b"", byte) };
    match low {
        0x7f => say!(prefix, b"^?"),
        0..0x20 => say!(prefix, [b'^', low + 0x40]),
        low => say!(prefix, [low]),
    }
}

impl Filter for Cat {
    fn chunk(&mut self, chunk: &Blob, input: &mut Input, cx: &mut Context) -> Option<u8> {
        if input.is_output(cx) {
            cx.complain(say!(quote::needed(input.name()), ": input file is output file"));
            self.code = 1;
            input.skip(cx);
            return None;
        }
        if self.is_plain() {
            cx.out.pass(chunk.clone());
            return None;
        }
        let mut out = Vec::new();
        self.show(&bytes_of(chunk, 0), &mut out);
        cx.out.pass(out.into());
        None
    }

    fn failed(&mut self, input: &Input, errno: Errno, _: bool, cx: &mut Context) {
        self.code = 1;
        self.closed |= input.name() == b"-" && errno == Errno::Badf;
        complain_of(cx, input.name(), errno);
    }

    fn end(&mut self, cx: &mut Context) -> u8 {
        if self.held {
            cx.print("\r");
        }
        if self.closed && !cx.busybox {
            cx.complain(say!("closing standard input: ", Errno::Badf.text()));
        }
        self.code
    }
}
