//! head.

use std::collections::VecDeque;

use super::super::args::{self, Options};
use super::super::input::{Filter, Input, bytes_of};
use super::super::say::{number, say};
use super::super::{Context, quote};
use crate::base::Blob;
use crate::os::Errno;

/// How a count of head or tail is written: `5`, `+5`, `-5`, with a unit.
pub fn count(text: &[u8]) -> Option<(Option<u8>, u64)> {
    let (sign, rest) = match text.first()? {
        sign @ (b'+' | b'-') => (Some(*sign), &text[1..]),
        _ => (None, text),
    };
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let unit: u64 = match &rest[digits..] {
        b"" => 1,
        b"b" => 512,
        b"kB" => 1_000,
        b"k" | b"K" | b"KiB" => 1 << 10,
        b"MB" => 1_000_000,
        b"M" | b"MiB" | b"m" => 1 << 20,
        b"GB" => 1_000_000_000,
        b"G" | b"GiB" => 1 << 30,
        _ => return None,
    };
    // A unit by itself is one of them.
    let count = if digits == 0 && unit > 1 { 1 } else { number(&rest[..digits])? };
    Some((sign, count.saturating_mul(unit)))
}

/// Refuses what is no count, or too large a one.
pub fn refuse_count(cx: &mut Context, by_bytes: bool, text: &[u8]) -> u8 {
    let what = if by_bytes { "bytes" } else { "lines" };
    let digits = text.strip_prefix(b"+").unwrap_or(text);
    let large = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    let why = if large { ": Value too large for defined data type" } else { "" };
    cx.complain(say!("invalid number of ", what, ": ", quote::always(text), why));
    1
}

/// `head -5`, `tail -20f`: the old way to write a count, as `-n 5`; which letters may
/// follow it.
pub fn modern(argv: &[Vec<u8>], known: &[u8]) -> Vec<Vec<u8>> {
    let mut argv = argv.to_vec();
    if let Some(word) = argv.get(1).filter(|word| word.len() > 1 && word[0] == b'-') {
        let digits = word[1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (count, letters) = word[1..].split_at(digits);
        if digits > 0 && letters.iter().all(|letter| known.contains(letter)) {
            let by_bytes = letters.contains(&b'c');
            let mut words =
                vec![if by_bytes { b"-c".to_vec() } else { b"-n".to_vec() }, count.to_vec()];
            let rest = letters.iter().filter(|letter| **letter != b'c');
            words.extend(rest.map(|letter| vec![b'-', *letter]));
            argv.splice(1..2, words);
        }
    }
    argv
}

/// head.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Head {
    limit: u64,
    by_bytes: bool,
    /// All but the last so many.
    but_last: bool,
    headed: bool,
    delimiter: u8,
    any_shown: bool,
    left: u64,
    kept: VecDeque<Vec<u8>>,
    partial: Vec<u8>,
    code: u8,
}

const HEAD: Options = Options {
    short: "c:n:qvz",
    long: &[
        ("bytes", 'c'),
        ("lines", 'n'),
        ("quiet", 'q'),
        ("silent", 'q'),
        ("verbose", 'v'),
        ("zero-terminated", 'z'),
    ],
    lacking: "",
    fail: 1,
    stop_early: false,
};

impl Head {
    /// Reads the arguments.
    pub fn begin(cx: &mut Context) -> Result<(Head, Input), u8> {
        let argv = modern(cx.argv, b"cqv");
        let mut inner = cx.with_argv(&argv);
        let after = |word: &Vec<u8>| matches!(&word[..], b"-n" | b"-c");
        let trailing = argv.windows(2).skip(1).find(|two| {
            let word = &two[1];
            let digit = word.len() > 1 && word[0] == b'-' && word[1].is_ascii_digit();
            digit && !after(&two[0])
        });
        if let Some([_, word]) = trailing {
            let digit = char::from(word[1]);
            inner.complain(format!("invalid trailing option -- {digit}"));
            return Err(args::usage(&mut inner, 1));
        }
        let args = args::parse(&mut inner, &HEAD)?;
        let how = args.last_of("cn");
        let text = how.and_then(|letter| args.value(letter)).unwrap_or(b"10");
        let Some((sign, limit)) = count(text) else {
            let text = text.strip_prefix(b"-").unwrap_or(text);
            return Err(refuse_count(&mut inner, how == Some('c'), text));
        };
        let input = Input::new(&args.operands);
        let headed = match args.last_of("qv") {
            Some(letter) => letter == 'v',
            None => input.count() > 1,
        };
        let head = Head {
            limit,
            by_bytes: how == Some('c'),
            but_last: sign == Some(b'-'),
            headed,
            delimiter: if args.has('z') { 0 } else { b'\n' },
            any_shown: false,
            left: limit,
            kept: VecDeque::new(),
            partial: Vec::new(),
            code: 0,
        };
        Ok((head, input))
    }

    fn lines(&mut self, chunk: &Blob, cx: &mut Context) {
        for piece in
            bytes_of(chunk, self.partial.len()).split_inclusive(|byte| *byte == self.delimiter)
        {
            if self.but_last {
                self.partial.extend(piece);
                if piece.ends_with(&[self.delimiter]) {
                    self.kept.push_back(std::mem::take(&mut self.partial));
                }
                while self.kept.len() as u64 > self.limit {
                    let line = self.kept.pop_front().expect("it is longer than the limit");
                    cx.print(line);
                }
                continue;
            }
            if self.left == 0 {
                return;
            }
            cx.print(piece);
            self.left -= u64::from(piece.ends_with(&[self.delimiter]));
        }
    }

    fn bytes(&mut self, chunk: &Blob, cx: &mut Context) {
        if !self.but_last {
            let taken = chunk.slice(0, self.left);
            self.left -= taken.len();
            cx.out.pass(taken);
            return;
        }
        self.partial.extend(bytes_of(chunk, self.partial.len()));
        let keep = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let over = self.partial.len().saturating_sub(keep);
        cx.print(self.partial.drain(..over).collect::<Vec<u8>>());
    }

    fn finish_file(&mut self, cx: &mut Context) {
        // The last, unfinished line counts as a line.
        if self.but_last && !self.by_bytes && !self.partial.is_empty() {
            self.kept.push_back(std::mem::take(&mut self.partial));
            if self.kept.len() as u64 > self.limit
                && let Some(line) = self.kept.pop_front()
            {
                cx.print(line);
            }
        }
        self.kept.clear();
        self.partial.clear();
    }
}

impl Filter for Head {
    fn opened(&mut self, input: &Input, cx: &mut Context) {
        self.left = self.limit;
        if self.headed {
            let name = if input.name() == b"-" { b"standard input" } else { input.name() };
            cx.print(say!(if self.any_shown { "\n" } else { "" }, "==> ", name, " <==\n"));
            self.any_shown = true;
        }
    }

    fn before(&mut self, _: &Input) -> bool {
        // Nothing is read for nothing.
        self.limit > 0 || self.but_last
    }

    fn chunk(&mut self, chunk: &Blob, input: &mut Input, cx: &mut Context) -> Option<u8> {
        if self.by_bytes {
            self.bytes(chunk, cx)
        } else {
            self.lines(chunk, cx)
        }
        if self.left == 0 && !self.but_last {
            if input.is_last() {
                return Some(self.code);
            }
            input.skip(cx);
        }
        None
    }

    fn closed(&mut self, _: &mut Input, cx: &mut Context) -> Option<u8> {
        self.finish_file(cx);
        None
    }

    fn failed(&mut self, input: &Input, errno: Errno, opened: bool, cx: &mut Context) {
        self.code = 1;
        let name = quote::always(input.name());
        let what = if opened { "error reading " } else { "cannot open " };
        let tail = if opened { "" } else { " for reading" };
        cx.complain(say!(what, name, tail, ": ", errno.text()));
    }

    fn end(&mut self, _: &mut Context) -> u8 {
        self.code
    }
}
