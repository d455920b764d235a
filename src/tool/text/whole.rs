//! tac, rev, nl, paste, comm, base64: programs that look at their operands when they have them all.

use super::super::args::{self, Options};
use super::super::input::{Filter, Input};
use super::super::say::{number, say};
use super::super::{Context, quote};
use super::complain_of;
use crate::base::Blob;
use crate::base::limit::WORD_BYTES_MAX;
use crate::os::Errno;

/// One of them.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Whole {
    args: args::Args,
    /// The operands' names.
    names: Vec<Vec<u8>>,
    /// What has been read of each that could be opened.
    read: Vec<Vec<u8>>,
    code: u8,
}

const fn options(short: &'static str, long: &'static [(&'static str, char)]) -> Options {
    Options { short, long, lacking: "", fail: 1, stop_early: false }
}

const NL: Options = Options {
    short: "b:w:s:v:n:i:",
    long: &[
        ("body-numbering", 'b'),
        ("number-width", 'w'),
        ("number-separator", 's'),
        ("starting-line-number", 'v'),
        ("number-format", 'n'),
        ("line-increment", 'i'),
    ],
    lacking: "dfhlp section-delimiter footer-numbering header-numbering join-blank-lines \
              no-renumber",
    fail: 1,
    stop_early: false,
};

const PASTE: Options = Options {
    lacking: "z zero-terminated",
    ..options("d:s", &[("delimiters", 'd'), ("serial", 's')])
};

const BASE64: Options = options("diw:", &[("decode", 'd'), ("ignore-garbage", 'i'), ("wrap", 'w')]);

const COMM: Options = Options {
    lacking: "z check-order nocheck-order output-delimiter total zero-terminated",
    ..options("123", &[])
};

const TAC: Options = Options { lacking: "brs before regex separator", ..Options::NONE };

impl Whole {
    /// Reads the arguments.
    pub fn begin(cx: &mut Context) -> Result<(Whole, Input), u8> {
        let options = match cx.name {
            "nl" => &NL,
            "paste" => &PASTE,
            "base64" => &BASE64,
            "comm" => &COMM,
            _ => &TAC,
        };
        let args = args::parse(cx, options)?;
        let most = match cx.name {
            "comm" => 2,
            "base64" => 1,
            _ => usize::MAX,
        };
        if let Some(extra) = args.operands.get(most) {
            return Err(args::extra_operand(cx, extra, 1));
        }
        if cx.name == "comm" && args.operands.len() < 2 {
            return Err(match args.operands.first() {
                None => args::missing_operand(cx, 1),
                Some(only) => args::missing_after(cx, only, 1),
            });
        }
        let input = Input::new(&args.operands);
        let mut names = args.operands.clone();
        if names.is_empty() {
            names.push(b"-".to_vec());
        }
        Ok((Whole { args, names, read: Vec::new(), code: 0 }, input))
    }

    fn pieces(&self) -> impl Iterator<Item = &[u8]> {
        self.read.iter().flat_map(|text| text.split_inclusive(|byte| *byte == b'\n'))
    }

    fn number_lines(&self) -> Vec<u8> {
        let value =
            |letter, default: u64| self.args.value(letter).and_then(number).unwrap_or(default);
        let width = value('w', 6).min(100) as usize;
        let separator = self.args.value('s').unwrap_or(b"\t");
        let (all, none) = match self.args.value('b') {
            Some(b"a") => (true, false),
            Some(b"n") => (false, true),
            _ => (false, false),
        };
        let (mut line, step) = (value('v', 1), value('i', 1));
        let mut out = Vec::new();
        for piece in self.pieces() {
            let text = piece.strip_suffix(b"\n").unwrap_or(piece);
            if none || (text.is_empty() && !all) {
                out.extend(vec![b' '; width + separator.len()]);
            } else {
                let shown = match self.args.value('n') {
                    Some(b"ln") => format!("{line:<width$}"),
                    Some(b"rz") => format!("{line:0>width$}"),
                    _ => format!("{line:>width$}"),
                };
                out.extend(say!(shown, separator));
                line = line.saturating_add(step);
            }
            out.extend(say!(text, "\n"));
        }
        out
    }

    /// Each operand's lines; standard input's are dealt out where it is named more than once.
    fn columns(&self) -> Vec<Vec<Vec<u8>>> {
        let lines = |text: &[u8]| -> Vec<Vec<u8>> {
            let pieces = text.split_inclusive(|byte| *byte == b'\n');
            pieces.map(|line| line.strip_suffix(b"\n").unwrap_or(line).to_vec()).collect()
        };
        let dashes: Vec<usize> =
            (0..self.names.len()).filter(|at| self.names[*at] == b"-").collect();
        let mut columns: Vec<Vec<Vec<u8>>> = self.read.iter().map(|text| lines(text)).collect();
        if dashes.len() > 1 {
            let dealt = std::mem::take(&mut columns[dashes[0]]);
            for (number, line) in dealt.into_iter().enumerate() {
                columns[dashes[number % dashes.len()]].push(line);
            }
        }
        columns
    }

    fn pasted(&self) -> Vec<u8> {
        let list = super::unescape(self.args.value('d').unwrap_or(b"\t"));
        let between = |at: usize| list.get(at % list.len().max(1)).map_or(Vec::new(), |b| vec![*b]);
        let columns = self.columns();
        let mut out = Vec::new();
        let mut row = |cells: Vec<&[u8]>| {
            for (at, cell) in cells.into_iter().enumerate() {
                if at > 0 {
                    out.extend(between(at - 1));
                }
                out.extend(cell);
            }
            out.push(b'\n');
        };
        if self.args.has('s') {
            columns.iter().for_each(|column| row(column.iter().map(Vec::as_slice).collect()));
            return out;
        }
        let count = columns.iter().map(Vec::len).max().unwrap_or(0);
        for line in 0..count {
            row(columns.iter().map(|c| c.get(line).map_or(&b""[..], Vec::as_slice)).collect());
        }
        out
    }

    fn compared(&mut self, cx: &mut Context) -> Vec<u8> {
        let columns = self.columns();
        let [left, right] = columns.as_slice() else { return Vec::new() };
        let shown: Vec<bool> = ['1', '2', '3'].map(|column| !self.args.has(column)).into();
        let (mut out, mut a, mut b) = (Vec::new(), 0, 0);
        while a < left.len() || b < right.len() {
            let order = match (left.get(a), right.get(b)) {
                (Some(one), Some(other)) => one.cmp(other),
                (Some(_), None) => std::cmp::Ordering::Less,
                _ => std::cmp::Ordering::Greater,
            };
            let (column, line) = match order {
                std::cmp::Ordering::Less => (0, &left[a]),
                std::cmp::Ordering::Greater => (1, &right[b]),
                std::cmp::Ordering::Equal => (2, &left[a]),
            };
            a += usize::from(order.is_le());
            b += usize::from(order.is_ge());
            if shown[column] {
                let tabs = shown[..column].iter().filter(|shown| **shown).count();
                out.extend(say!("\t".repeat(tabs), line, "\n"));
            }
        }
        for (number, side) in [left, right].into_iter().enumerate() {
            if !side.is_sorted() {
                cx.complain(format!("file {} is not in sorted order", number + 1));
                self.code = 1;
            }
        }
        if self.code != 0 {
            cx.complain("input is not in sorted order");
        }
        out
    }

    fn coded(&mut self, cx: &mut Context) -> Vec<u8> {
        const LETTERS: &[u8; 64] =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let text = self.read.concat();
        let mut out = Vec::new();
        if !self.args.has('d') {
            for three in text.chunks(3) {
                let bits = (0..3).fold(0u32, |bits, at| {
                    bits << 8 | three.get(at).map_or(0, |byte| u32::from(*byte))
                });
                let letter = |at: usize| LETTERS[(bits >> (18 - 6 * at) & 63) as usize];
                out.extend((0..4).map(|at| if at <= three.len() { letter(at) } else { b'=' }));
            }
            let width = self.args.value('w').and_then(number).unwrap_or(76) as usize;
            if width == 0 {
                return out;
            }
            return out.chunks(width).flat_map(|line| say!(line, "\n")).collect();
        }
        let (mut bits, mut count) = (0u32, 0);
        for byte in text.iter().filter(|byte| **byte != b'\n') {
            match LETTERS.iter().position(|letter| letter == byte) {
                Some(value) => {
                    bits = bits << 6 | value as u32;
                    count += 6;
                    if count >= 8 {
                        count -= 8;
                        out.push((bits >> count & 0xff) as u8);
                    }
                }
                None if *byte == b'=' => break,
                None if self.args.has('i') => {}
                None => {
                    cx.complain("invalid input");
                    self.code = 1;
                    break;
                }
            }
        }
        out
    }
}

impl Filter for Whole {
    fn opened(&mut self, _: &Input, _: &mut Context) {
        self.read.push(Vec::new());
    }

    fn chunk(&mut self, chunk: &Blob, _: &mut Input, _: &mut Context) -> Option<u8> {
        let read = self.read.last_mut()?;
        let room = WORD_BYTES_MAX.saturating_sub(read.len()) as u64;
        read.extend(chunk.slice(0, room).to_bytes(1_024));
        None
    }

    fn failed(&mut self, input: &Input, errno: Errno, opened: bool, cx: &mut Context) {
        self.code = 1;
        let name = input.name();
        match (cx.name, opened) {
            ("tac", false) => {
                let name = quote::always(name);
                cx.complain(say!("failed to open ", name, " for reading: ", errno.text()));
            }
            ("tac", true) => {
                cx.complain(say!(quote::needed(name), ": read error: ", errno.text()));
            }
            ("rev", false) => cx.complain(say!("cannot open ", name, ": ", errno.text())),
            _ => complain_of(cx, name, errno),
        }
    }

    fn end(&mut self, cx: &mut Context) -> u8 {
        let all_read = self.read.len() == self.names.len() && self.code == 0;
        let text = match cx.name {
            "tac" => {
                let reversed = |text: &Vec<u8>| -> Vec<u8> {
                    let pieces: Vec<&[u8]> = text.split_inclusive(|byte| *byte == b'\n').collect();
                    pieces.into_iter().rev().flatten().copied().collect()
                };
                self.read.iter().flat_map(reversed).collect()
            }
            "rev" => self
                .pieces()
                .flat_map(|piece| {
                    let text = piece.strip_suffix(b"\n").unwrap_or(piece);
                    let end = &piece[text.len()..];
                    text.iter().rev().chain(end).copied().collect::<Vec<u8>>()
                })
                .collect(),
            "nl" => self.number_lines(),
            // These do nothing unless they can read everything.
            "paste" if all_read => self.pasted(),
            "comm" if all_read => self.compared(cx),
            "base64" if all_read => self.coded(cx),
            _ => Vec::new(),
        };
        cx.print(text);
        self.code
    }
}
