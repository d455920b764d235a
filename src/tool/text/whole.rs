//! tac, rev, nl, paste, comm, join, base64, fold, expand, unexpand: programs that look at their
//! operands when they have them all.

use super::super::args::{self, Options};
use super::super::input::{Filter, Input};
use super::super::say::{number, say};
use super::super::{Context, quote};
use super::{complain_of, join, tabs};
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
    /// How much has been written of what comes of that.
    shown: u64,
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

const PASTE: Options =
    options("d:sz", &[("delimiters", 'd'), ("serial", 's'), ("zero-terminated", 'z')]);

const BASE64: Options = options("diw:", &[("decode", 'd'), ("ignore-garbage", 'i'), ("wrap", 'w')]);

const COMM: Options = options(
    "123z|CNO:T",
    &[
        ("check-order", 'C'),
        ("nocheck-order", 'N'),
        ("output-delimiter", 'O'),
        ("total", 'T'),
        ("zero-terminated", 'z'),
    ],
);

const TAC: Options =
    Options { lacking: "r regex", ..options("bs:", &[("before", 'b'), ("separator", 's')]) };

const FOLD: Options = options("bsw:", &[("bytes", 'b'), ("spaces", 's'), ("width", 'w')]);

impl Whole {
    /// Reads the arguments.
    pub fn begin(cx: &mut Context) -> Result<(Whole, Input), u8> {
        let options = match cx.name {
            "nl" => &NL,
            "paste" => &PASTE,
            "base64" => &BASE64,
            "comm" => &COMM,
            "expand" => &tabs::EXPAND,
            "join" => &join::JOIN,
            "unexpand" => &tabs::UNEXPAND,
            "fold" => &FOLD,
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
        if cx.name == "join" {
            join::check(cx, &args)?;
        }
        check_values(cx, &args)?;
        // rev alone knows no name for standard input.
        let dash = |name: &Vec<u8>| if name == b"-" { b"./-".to_vec() } else { name.clone() };
        let input = match cx.name {
            "rev" => Input::new(&args.operands.iter().map(dash).collect::<Vec<_>>()),
            _ => Input::new(&args.operands),
        };
        let mut names = args.operands.clone();
        if names.is_empty() {
            names.push(b"-".to_vec());
        }
        Ok((Whole { args, names, read: Vec::new(), shown: 0, code: 0 }, input))
    }

    fn pieces(&self) -> impl Iterator<Item = &[u8]> {
        self.read.iter().flat_map(|text| text.split_inclusive(|byte| *byte == b'\n'))
    }

    /// What comes of what has been read, of a program that writes while it reads.
    fn flowing(&self, name: &str) -> Option<Vec<u8>> {
        Some(match name {
            "nl" => self.number_lines(),
            "fold" => self.folded(),
            "expand" => tabs::expanded(&self.args, self.pieces()),
            "unexpand" => tabs::unexpanded(&self.args, self.pieces()),
            _ => return None,
        })
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

    /// Lines cut to a width, with `-s` after blanks. Models `fold_file`.
    fn folded(&self) -> Vec<u8> {
        let width = self.args.value('w').and_then(number).unwrap_or(80);
        let after = |column: u64, byte: u8| match byte {
            _ if self.args.has('b') => column + 1,
            0x08 => column.saturating_sub(1),
            b'\r' => 0,
            b'\t' => column + 8 - column % 8,
            _ => column + 1,
        };
        let (mut out, mut line, mut column) = (Vec::new(), Vec::new(), 0);
        for byte in self.pieces().flatten().copied() {
            if byte == b'\n' {
                out.extend(say!(std::mem::take(&mut line), "\n"));
                column = 0;
                continue;
            }
            while after(column, byte) > width && !line.is_empty() {
                let blank = line.iter().rposition(|byte| matches!(byte, b' ' | b'\t'));
                let cut = blank.filter(|_| self.args.has('s')).map_or(line.len(), |at| at + 1);
                out.extend(say!(line.drain(..cut).collect::<Vec<u8>>(), "\n"));
                column = line.iter().fold(0, |column, byte| after(column, *byte));
            }
            column = after(column, byte);
            line.push(byte);
        }
        out.extend(line);
        out
    }

    /// What ends a line.
    fn line_end(&self) -> u8 {
        if self.args.has('z') { 0 } else { b'\n' }
    }

    /// Each operand's lines; standard input's are dealt out where it is named more than once.
    fn columns(&self) -> Vec<Vec<Vec<u8>>> {
        let lines = |text: &[u8]| -> Vec<Vec<u8>> {
            let end = self.line_end();
            let pieces = text.split_inclusive(|byte| *byte == end);
            pieces.map(|line| line.strip_suffix(&[end]).unwrap_or(line).to_vec()).collect()
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

    /// `-s`: each operand is a line.
    fn pasted_whole(&self) -> Vec<u8> {
        let list = delimiters(self.args.value('d').unwrap_or(b"\t"));
        let end = self.line_end();
        let mut out = Vec::new();
        for text in &self.read {
            let lines = text.strip_suffix(&[end]).unwrap_or(text).split(|byte| *byte == end);
            for (at, line) in lines.enumerate() {
                if at > 0 {
                    out.extend(list.get((at - 1) % list.len().max(1)).copied().flatten());
                }
                out.extend(line);
            }
            out.push(end);
        }
        out
    }

    fn pasted(&self) -> Vec<u8> {
        let list = delimiters(self.args.value('d').unwrap_or(b"\t"));
        let between = |at: usize| list.get(at % list.len().max(1)).copied().flatten();
        let columns = self.columns();
        let end = self.line_end();
        let mut out = Vec::new();
        let mut row = |cells: Vec<&[u8]>| {
            for (at, cell) in cells.into_iter().enumerate() {
                if at > 0 {
                    out.extend(between(at - 1));
                }
                out.extend(cell);
            }
            out.push(end);
        };
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
        let between = match self.args.value('O') {
            None => b"\t".to_vec(),
            Some([]) => vec![0],
            Some(text) => text.to_vec(),
        };
        let (mut out, mut a, mut b, mut totals) = (Vec::new(), 0, 0, [0u64; 3]);
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
            totals[column] += 1;
            if shown[column] {
                let tabs = shown[..column].iter().filter(|shown| **shown).count();
                out.extend(say!(between.repeat(tabs), line, [self.line_end()]));
            }
            for (number, side, at, taken) in
                [(1, left, &mut a, order.is_le()), (2, right, &mut b, order.is_ge())]
            {
                *at += usize::from(taken);
                let disordered = taken && *at < side.len() && side[*at] < side[*at - 1];
                if disordered && self.args.has('C') {
                    cx.complain(format!("file {number} is not in sorted order"));
                    self.code = 1;
                    return out;
                }
            }
        }
        if self.args.has('T') {
            let totals: Vec<Vec<u8>> = totals.iter().map(|n| n.to_string().into()).collect();
            out.extend(say!(totals.join(&between[..]), between, "total", [self.line_end()]));
        }
        for (number, side) in [left, right].into_iter().enumerate() {
            if !side.is_sorted() && !self.args.has('N') {
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
        let (mut bits, mut count, mut letters, mut ended) = (0u32, 0, 0, false);
        for byte in text.iter().filter(|byte| **byte != b'\n') {
            match LETTERS.iter().position(|letter| letter == byte) {
                Some(value) => {
                    bits = bits << 6 | value as u32;
                    letters += 1;
                    count += 6;
                    if count >= 8 {
                        count -= 8;
                        out.push((bits >> count & 0xff) as u8);
                    }
                }
                None if *byte == b'=' => {
                    ended = true;
                    break;
                }
                None if self.args.has('i') => {}
                None => {
                    cx.complain("invalid input");
                    self.code = 1;
                    break;
                }
            }
        }
        if self.code == 0 && !ended && letters % 4 != 0 {
            cx.complain("invalid input");
            self.code = 1;
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
        read.extend(chunk.slice(0, room).to_bytes(room));
        None
    }

    fn failed(&mut self, input: &Input, errno: Errno, opened: bool, cx: &mut Context) {
        let text = self.flowing(cx.name).unwrap_or_default();
        cx.print(text.get(self.shown as usize..).unwrap_or_default());
        self.shown = text.len() as u64;
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
            ("rev", false) => {
                let name = if name == b"./-" { b"-" } else { name };
                cx.complain(say!("cannot open ", name, ": ", errno.text()));
            }
            _ => complain_of(cx, name, errno),
        }
    }

    fn end(&mut self, cx: &mut Context) -> u8 {
        let separator = self.args.value('s').unwrap_or(b"\n").to_vec();
        let (separator, before) = (&separator[..], self.args.has('b'));
        let all_read = self.read.len() == self.names.len() && self.code == 0;
        let text = match cx.name {
            "tac" => {
                let reversed = |text: &Vec<u8>| -> Vec<u8> {
                    pieces_of(text, separator, before)
                        .into_iter()
                        .rev()
                        .flatten()
                        .copied()
                        .collect()
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
            "nl" | "fold" | "expand" | "unexpand" => {
                self.flowing(cx.name).unwrap_or_default().split_off(self.shown as usize)
            }
            "join" if all_read => {
                let mut out = Vec::new();
                if let [one, other] = self.read.as_slice() {
                    self.code = join::join(cx, &self.args, &[one.clone(), other.clone()], &mut out);
                }
                out
            }
            // These do nothing unless they can read everything.
            "paste" if self.args.has('s') => self.pasted_whole(),
            "paste" if all_read => self.pasted(),
            "comm" if all_read => self.compared(cx),
            "base64" if all_read => self.coded(cx),
            _ => Vec::new(),
        };
        cx.print(text);
        self.code
    }
}

/// Refuses values of options that are none.
fn check_values(cx: &mut Context, args: &args::Args) -> Result<(), u8> {
    let wrap = args.value('w').filter(|text| number(text).is_none());
    if let Some(text) = wrap.filter(|_| cx.name == "base64") {
        cx.complain(say!("invalid wrap size: ", quote::always(text)));
        return Err(1);
    }
    let width = args.value('w').filter(|text| number(text).is_none_or(|width| width == 0));
    if let Some(text) = width.filter(|_| cx.name == "fold") {
        let zero = if number(text) == Some(0) { ": Numerical result out of range" } else { "" };
        cx.complain(say!("invalid number of columns: ", quote::always(text), zero));
        return Err(1);
    }
    let style = args.value('b').filter(|text| !matches!(*text, b"a" | b"t" | b"n"));
    if let Some(text) = style.filter(|_| cx.name == "nl") {
        if text.starts_with(b"p") {
            cx.not_modelled("-b p");
        }
        cx.complain(say!("invalid body numbering style: ", quote::always(text)));
        return Err(args::usage(cx, 1));
    }
    let format = args.value('n').filter(|text| !matches!(*text, b"ln" | b"rn" | b"rz"));
    if let Some(text) = format.filter(|_| cx.name == "nl") {
        cx.complain(say!("invalid line numbering format: ", quote::always(text)));
        return Err(args::usage(cx, 1));
    }
    if matches!(cx.name, "expand" | "unexpand") {
        tabs::check(cx, args)?;
    }
    if args.value('d').is_some_and(|list| cx.name == "paste" && ends_unescaped(list)) {
        let list = args.value('d').unwrap_or_default();
        let text = "delimiter list ends with an unescaped backslash: ";
        cx.complain(say!(text, quote::needed(list)));
        return Err(1);
    }
    Ok(())
}

/// A text in pieces that end with (or begin with) a separator.
fn pieces_of<'a>(text: &'a [u8], separator: &[u8], before: bool) -> Vec<&'a [u8]> {
    let (mut pieces, mut start, mut at) = (Vec::new(), 0, 0);
    while at < text.len() {
        if separator.is_empty() || !text[at..].starts_with(separator) {
            at += 1;
            continue;
        }
        let end = if before { at } else { at + separator.len() };
        pieces.push(&text[start..end]);
        start = end;
        at += separator.len();
    }
    pieces.push(&text[start..]);
    pieces
}

/// Whether an odd number of backslashes stands at the end.
fn ends_unescaped(list: &[u8]) -> bool {
    list.iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1
}

/// paste's list: characters, `\n` and its like, `\0` for none at all.
fn delimiters(list: &[u8]) -> Vec<Option<u8>> {
    let mut found = Vec::new();
    let mut bytes = list.iter().copied();
    while let Some(byte) = bytes.next() {
        let escaped = if byte == b'\\' { bytes.next() } else { None };
        found.push(match escaped {
            None => Some(byte),
            Some(b'0') => None,
            Some(letter) => Some(match letter {
                b'b' => 0x08,
                b'f' => 0x0c,
                b'n' => b'\n',
                b'r' => b'\r',
                b't' => b'\t',
                b'v' => 0x0b,
                other => other,
            }),
        });
    }
    found
}
