//! od and hexdump: the formats scripts use.

use super::super::Context;
use super::super::args::{self, Options};
use super::super::input::{Filter, Input};
use super::super::say::{number, say};
use super::complain_of;
use crate::base::Blob;
use crate::base::limit::DUMP_BYTES_MAX;
use crate::os::Errno;

/// How the bytes are shown.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Style {
    /// `hexdump -C`.
    Canonical,
    /// `hexdump`: little-endian words.
    Words,
    /// `od -c`.
    Chars,
    /// `od -tx1`, `od -to2` …: base and bytes.
    Numbers(u32, u32),
}

/// od or hexdump.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Dump {
    style: Style,
    addresses: u8,
    limit: u64,
    skip: u64,
    /// What the first address is: what was passed over.
    base: u64,
    all: bool,
    bytes: Vec<u8>,
    any_opened: bool,
    code: u8,
}

impl Dump {
    /// Reads the arguments.
    pub fn begin(cx: &mut Context) -> Result<(Dump, Input), u8> {
        let is_od = cx.name == "od";
        let options = Options {
            short: if is_od { "A:t:N:j:vcbxod" } else { "CvxcbodDn:s:" },
            long: match is_od {
                true => &[
                    ("address-radix", 'A'),
                    ("format", 't'),
                    ("read-bytes", 'N'),
                    ("skip-bytes", 'j'),
                    ("output-duplicates", 'v'),
                ],
                false => &[("canonical", 'C'), ("length", 'n'), ("skip", 's')],
            },
            lacking: "aefFhiIlLOsSwX strings width traditional endian",
            fail: 1,
            stop_early: false,
        };
        let args = args::parse(cx, &options)?;
        let shape = args.last_of("Ctcbxod");
        let style = match (shape, is_od) {
            (Some('C'), _) => Style::Canonical,
            (Some('c'), true) => Style::Chars,
            (Some('b'), true) => Style::Numbers(8, 1),
            (Some('x'), true) => Style::Numbers(16, 2),
            (Some('d'), true) => Style::Numbers(10, 2),
            (Some('o') | None, true) => Style::Numbers(8, 2),
            (Some('t'), _) => typed(cx, args.value('t').unwrap_or_default())?,
            (Some('x') | None, false) => Style::Words,
            (Some(letter), _) => {
                cx.not_modelled(&format!("-{letter}"));
                return Err(args::usage(cx, 1));
            }
        };
        let addresses = args.value('A').and_then(|text| text.first().copied()).unwrap_or(b'o');
        if !b"doxn".contains(&addresses) {
            let text = "'; it must be one character from [doxn]";
            cx.complain(say!("invalid output address radix '", [addresses], text));
            return Err(1);
        }
        let count = |letter| args.value(letter).and_then(number);
        let dump = Dump {
            style,
            addresses,
            limit: count('N').or(count('n')).unwrap_or(DUMP_BYTES_MAX).min(DUMP_BYTES_MAX),
            skip: count('j').or(count('s')).unwrap_or(0),
            base: count('j').or(count('s')).unwrap_or(0),
            all: args.has('v'),
            bytes: Vec::new(),
            any_opened: false,
            code: 0,
        };
        Ok((dump, Input::new(&args.operands)))
    }

    fn address(&self, at: u64) -> String {
        match (self.style, self.addresses) {
            (Style::Canonical, _) => format!("{at:08x}"),
            (Style::Words, _) => format!("{at:07x}"),
            (_, b'n') => String::new(),
            (_, b'x') => format!("{at:06x}"),
            (_, b'd') => format!("{at:07}"),
            _ => format!("{at:07o}"),
        }
    }

    fn row(&self, row: &[u8]) -> String {
        match self.style {
            Style::Canonical => {
                let hex: Vec<String> = row.iter().map(|byte| format!("{byte:02x}")).collect();
                let (left, right) = hex.split_at(hex.len().min(8));
                let columns = format!("{:<23}  {:<23}", left.join(" "), right.join(" "));
                let shown = row.iter().map(|byte| match byte {
                    0x20..0x7f => char::from(*byte),
                    _ => '.',
                });
                format!("  {columns}  |{}|", shown.collect::<String>())
            }
            Style::Words => format!("{:<40}", numbers(row, 16, 2, 1)),
            Style::Chars => row.iter().map(|byte| format!(" {:>3}", character(*byte))).collect(),
            Style::Numbers(base, size) => numbers(row, base, size, 1),
        }
    }
}

/// What `-t` asks for.
fn typed(cx: &mut Context, text: &[u8]) -> Result<Style, u8> {
    let style = match text {
        b"x1" => Style::Numbers(16, 1),
        b"x" | b"x4" => Style::Numbers(16, 4),
        b"x2" => Style::Numbers(16, 2),
        b"x8" => Style::Numbers(16, 8),
        b"o1" => Style::Numbers(8, 1),
        b"o2" => Style::Numbers(8, 2),
        b"u1" => Style::Numbers(10, 1),
        b"u2" => Style::Numbers(10, 2),
        b"u" | b"u4" => Style::Numbers(10, 4),
        b"u8" => Style::Numbers(10, 8),
        b"c" => Style::Chars,
        other => {
            let text = String::from_utf8_lossy(other).into_owned();
            cx.not_modelled(&format!("-t {text}"));
            cx.complain(format!("invalid type string '{text}'"));
            return Err(1);
        }
    };
    Ok(style)
}

fn numbers(row: &[u8], base: u32, size: u32, gap: usize) -> String {
    let width = match (base, size) {
        (16, size) => size as usize * 2,
        (8, 1) => 3,
        (8, _) => 6,
        (_, 1) => 3,
        (_, 2) => 5,
        (_, 4) => 10,
        _ => 20,
    };
    let number = |bytes: &[u8]| {
        let value = bytes.iter().rev().fold(0u64, |value, byte| value << 8 | u64::from(*byte));
        let text = match base {
            16 => format!("{value:0width$x}"),
            8 => format!("{value:0width$o}"),
            _ => format!("{value:width$}"),
        };
        format!("{}{text}", " ".repeat(gap))
    };
    row.chunks(size as usize).map(number).collect()
}

fn character(byte: u8) -> String {
    match byte {
        0 => "\\0".into(),
        7 => "\\a".into(),
        8 => "\\b".into(),
        b'\t' => "\\t".into(),
        b'\n' => "\\n".into(),
        0x0b => "\\v".into(),
        0x0c => "\\f".into(),
        b'\r' => "\\r".into(),
        0x20..0x7f => char::from(byte).to_string(),
        byte => format!("{byte:03o}"),
    }
}

impl Filter for Dump {
    fn opened(&mut self, _: &Input, _: &mut Context) {
        self.any_opened = true;
    }

    fn chunk(&mut self, chunk: &Blob, _: &mut Input, cx: &mut Context) -> Option<u8> {
        let skipped = self.skip.min(chunk.len());
        self.skip -= skipped;
        let room = self.limit - self.bytes.len() as u64;
        self.bytes.extend(chunk.slice(skipped, skipped + room).to_bytes(DUMP_BYTES_MAX));
        let is_full = self.bytes.len() as u64 == self.limit;
        is_full.then(|| self.end(cx))
    }

    fn failed(&mut self, input: &Input, errno: Errno, _: bool, cx: &mut Context) {
        self.code = 1;
        complain_of(cx, input.name(), errno);
    }

    fn end(&mut self, cx: &mut Context) -> u8 {
        if !self.any_opened {
            return self.code;
        }
        if self.skip > 0 && matches!(cx.name, "od") {
            cx.complain("cannot skip past end of combined input");
            return 1;
        }
        let bytes = std::mem::take(&mut self.bytes);
        let mut last: Option<&[u8]> = None;
        let mut starred = false;
        let mut at = self.base;
        for row in bytes.chunks(16) {
            if !self.all && row.len() == 16 && last == Some(row) {
                if !starred {
                    cx.print("*\n");
                }
                starred = true;
            } else {
                starred = false;
                cx.print(format!("{}{}\n", self.address(at), self.row(row)));
            }
            last = Some(row);
            at += row.len() as u64;
        }
        let is_hexdump = matches!(self.style, Style::Canonical | Style::Words);
        if (!bytes.is_empty() || !is_hexdump) && self.addresses != b'n' {
            cx.print(format!("{}\n", self.address(at)));
        }
        self.code
    }
}
