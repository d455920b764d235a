//! wc.

use super::super::Context;
use super::super::args::{self, Options};
use super::super::input::{Filter, Input};
use super::super::say::say;
use super::complain_of;
use crate::base::{Blob, blob::Run};
use crate::os::{Errno, Fd, FileKind};

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
struct Counts {
    lines: u64,
    words: u64,
    chars: u64,
    bytes: u64,
    longest: u64,
}

/// wc.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Wc {
    lines: bool,
    words: bool,
    chars: bool,
    bytes: bool,
    longest: bool,
    utf8: bool,
    named: bool,
    width: u32,
    now: Counts,
    in_word: bool,
    column: u64,
    total: Counts,
    files: u32,
    code: u8,
}

const WC: Options = Options {
    short: "clmwL",
    long: &[
        ("bytes", 'c'),
        ("chars", 'm'),
        ("lines", 'l'),
        ("words", 'w'),
        ("max-line-length", 'L'),
    ],
    lacking: " files0-from",
    fail: 1,
    stop_early: false,
};

impl Wc {
    /// Reads the arguments.
    pub fn begin(cx: &mut Context) -> Result<(Wc, Input), u8> {
        let args = args::parse(cx, &WC)?;
        let default = args.options.is_empty();
        let shown = |letter: char| args.has(letter);
        let mut wc = Wc {
            lines: default || shown('l'),
            words: default || shown('w'),
            chars: shown('m'),
            bytes: default || shown('c'),
            longest: shown('L'),
            utf8: cx.is_utf8(),
            named: !args.operands.is_empty(),
            width: 1,
            now: Counts::default(),
            in_word: false,
            column: 0,
            total: Counts::default(),
            files: 0,
            code: 0,
        };
        wc.width = wc.number_width(cx, &args.operands);
        Ok((wc, Input::new(&args.operands)))
    }

    /// Models `compute_number_width`: wide enough for the sum of the sizes; 7 where one is unknown.
    fn number_width(&self, cx: &Context, operands: &[Vec<u8>]) -> u32 {
        let columns = [self.lines, self.words, self.chars, self.bytes, self.longest];
        let single = columns.iter().filter(|on| **on).count() == 1;
        if operands.len() <= 1 && single {
            return 1;
        }
        let mut total = 0;
        let mut minimum = 1;
        let stats: Vec<_> = match operands {
            [] => vec![cx.sys.fd_stat(Fd::STDIN)],
            names => names
                .iter()
                .map(|name| match name.as_slice() {
                    b"-" => cx.sys.fd_stat(Fd::STDIN),
                    name => cx.sys.stat(name, true),
                })
                .collect(),
        };
        for stat in stats.into_iter().flatten() {
            match stat.kind {
                FileKind::File => total += stat.size,
                _ => minimum = 7,
            }
        }
        (total.to_string().len() as u32).max(minimum)
    }

    fn show(&self, counts: Counts, name: Option<&[u8]>, cx: &mut Context) {
        let columns = [
            (self.lines, counts.lines),
            (self.words, counts.words),
            (self.chars, counts.chars),
            (self.bytes, counts.bytes),
            (self.longest, counts.longest),
        ];
        let one = cx.busybox && self.width == 1;
        let width = if cx.busybox && !one { 9 } else { self.width as usize };
        let shown = columns.iter().filter(|(on, _)| *on);
        let text: Vec<String> = shown.map(|(_, count)| format!("{count:>width$}")).collect();
        let name = name.map_or(Vec::new(), |name| say!(" ", name));
        cx.print(say!(text.join(" "), name, "\n"));
    }

    fn count(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.now.lines += u64::from(*byte == b'\n');
            self.now.chars += u64::from(!self.utf8 || byte & 0xc0 != 0x80);
            let space = byte.is_ascii_whitespace() || *byte == 0x0b;
            // In the C locale a word is made of printable characters.
            let printable = (0x21..0x7f).contains(byte) || (self.utf8 && *byte >= 0x80);
            self.now.words += u64::from(!self.in_word && printable);
            self.in_word = !space && (self.in_word || printable);
            match byte {
                b'\n' | b'\r' | 0x0c => {
                    self.now.longest = self.now.longest.max(self.column);
                    self.column = 0;
                }
                b'\t' => self.column += 8 - self.column % 8,
                byte => {
                    self.column +=
                        u64::from((0x20..0x7f).contains(byte) || (self.utf8 && *byte >= 0xc0))
                }
            }
        }
    }

    fn finish_file(&mut self, name: &[u8], cx: &mut Context) {
        let mut counts = std::mem::take(&mut self.now);
        counts.longest = counts.longest.max(self.column);
        self.in_word = false;
        self.column = 0;
        self.files += 1;
        let total = &mut self.total;
        total.lines += counts.lines;
        total.words += counts.words;
        total.chars += counts.chars;
        total.bytes += counts.bytes;
        total.longest = total.longest.max(counts.longest);
        let name = self.named.then(|| name.to_vec());
        self.show(counts, name.as_deref(), cx);
    }
}

impl Filter for Wc {
    fn chunk(&mut self, chunk: &Blob, _: &mut Input, _: &mut Context) -> Option<u8> {
        self.now.bytes += chunk.len();
        for run in chunk.runs() {
            match run {
                Run::Bytes(bytes) => self.count(bytes),
                Run::Hole(length) => self.now.chars += length,
            }
        }
        None
    }

    fn closed(&mut self, input: &mut Input, cx: &mut Context) -> Option<u8> {
        let name = input.name().to_vec();
        self.finish_file(&name, cx);
        None
    }

    fn failed(&mut self, input: &Input, errno: Errno, opened: bool, cx: &mut Context) {
        self.code = 1;
        let name = input.name().to_vec();
        match name.is_empty() && !cx.busybox {
            true => cx.complain("invalid zero-length file name"),
            false => complain_of(cx, &name, errno),
        }
        if opened {
            self.finish_file(&name, cx);
        } else {
            self.files += 1;
        }
    }

    fn end(&mut self, cx: &mut Context) -> u8 {
        if self.files > 1 {
            self.show(self.total, Some(b"total"), cx);
        }
        self.code
    }
}
