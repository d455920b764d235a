//! split: a file in pieces. Models coreutils' split.c.

use super::super::args::{self, Args, Options};
use super::super::input::{Filter, Input};
use super::super::say::{number, say};
use super::super::{Context, quote};
use super::complain_of;
use super::head::count;
use crate::base::Blob;
use crate::base::limit::WORD_BYTES_MAX;
use crate::os::Errno;

/// Where a piece ends.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Cut {
    Lines(u64),
    Bytes(u64),
    /// So many pieces in all.
    Pieces(u64),
}

/// split: writes once it has read everything.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Split {
    cut: Cut,
    separator: u8,
    /// Says what it makes.
    verbose: bool,
    /// Makes no empty pieces.
    elide: bool,
    name: Name,
    text: Vec<u8>,
    code: u8,
}

/// The name of the piece that is made next.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Name {
    prefix: Vec<u8>,
    ending: Vec<u8>,
    digits: &'static [u8],
    /// Which digit stands at each place.
    places: Vec<u8>,
    /// It gets longer where all names are used up.
    grows: bool,
    begun: bool,
}

const SPLIT: Options = Options {
    short: "a:b:l:n:et:dx|A:VDX",
    long: &[
        ("suffix-length", 'a'),
        ("bytes", 'b'),
        ("lines", 'l'),
        ("number", 'n'),
        ("elide-empty-files", 'e'),
        ("separator", 't'),
        ("additional-suffix", 'A'),
        ("verbose", 'V'),
    ],
    lacking: "Cu filter line-bytes unbuffered numeric-suffixes hex-suffixes",
    fail: 1,
    stop_early: false,
};

const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyz";
const DECIMAL: &[u8] = b"0123456789";
const HEXADECIMAL: &[u8] = b"0123456789abcdef";

impl Split {
    /// Reads the arguments.
    pub fn begin(cx: &mut Context) -> Result<(Split, Input), u8> {
        let args = args::parse(cx, &SPLIT)?;
        if args.options.iter().filter(|(letter, _)| "bln".contains(*letter)).count() > 1 {
            cx.complain("cannot split in more than one way");
            return Err(args::usage(cx, 1));
        }
        let cut = cut(cx, &args)?;
        if let Some(extra) = args.operands.get(2) {
            return Err(args::extra_operand(cx, extra, 1));
        }
        let separator = match args.value('t') {
            None => b'\n',
            Some(b"\\0") => 0,
            Some([byte]) => *byte,
            Some(text) => {
                let why = if text.is_empty() { "empty" } else { "multi-character" };
                let shown =
                    if text.is_empty() { Vec::new() } else { say!(" ", quote::always(text)) };
                cx.complain(say!(why, " separator", shown));
                return Err(1);
            }
        };
        let name = Name::begin(cx, &args, cut)?;
        let input = Input::new(&args.operands[..args.operands.len().min(1)]);
        let (verbose, elide) = (args.has('V'), args.has('e'));
        let split = Split { cut, separator, verbose, elide, name, text: Vec::new(), code: 0 };
        Ok((split, input))
    }

    /// The pieces, in order.
    fn pieces(&self) -> Vec<&[u8]> {
        let text = &self.text[..];
        match self.cut {
            Cut::Bytes(size) => text.chunks(usize::try_from(size).unwrap_or(usize::MAX)).collect(),
            Cut::Lines(most) => {
                let most = usize::try_from(most).unwrap_or(usize::MAX);
                let mut lines = text.split_inclusive(|byte| *byte == self.separator);
                let mut pieces = Vec::new();
                let mut from = 0;
                loop {
                    let size: usize = lines.by_ref().take(most).map(<[u8]>::len).sum();
                    if size == 0 {
                        return pieces;
                    }
                    pieces.push(&text[from..from + size]);
                    from += size;
                }
            }
            Cut::Pieces(count) => {
                let size = text.len() / count as usize;
                let last = count as usize - 1;
                let end = |at: usize| if at == last { text.len() } else { (at + 1) * size };
                (0..count as usize).map(|at| &text[at * size..end(at)]).collect()
            }
        }
    }
}

/// How it splits; `Err`: refused, and said so.
fn cut(cx: &mut Context, args: &Args) -> Result<Cut, u8> {
    let (letter, what) = match args.last_of("bln") {
        None => return Ok(Cut::Lines(1_000)),
        Some('b') => ('b', "bytes"),
        Some('l') => ('l', "lines"),
        Some(_) => ('n', "chunks"),
    };
    let text = args.value(letter).unwrap_or_default();
    if letter == 'n' && text.contains(&b'/') {
        cx.not_modelled("-n …/…");
    }
    let value = if letter == 'b' { count(text).map(|(_, size)| size) } else { number(text) };
    match value.filter(|value| *value > 0 && !text.starts_with(b"-")) {
        Some(value) if letter == 'b' => Ok(Cut::Bytes(value)),
        Some(value) if letter == 'l' => Ok(Cut::Lines(value)),
        Some(value) => Ok(Cut::Pieces(value.min(WORD_BYTES_MAX as u64))),
        None => {
            let all_digits = !text.is_empty() && text.iter().all(u8::is_ascii_digit);
            let why = match (value, all_digits) {
                (Some(0), _) => ": Numerical result out of range",
                (None, true) => ": Value too large for defined data type",
                _ => "",
            };
            cx.complain(say!("invalid number of ", what, ": ", quote::always(text), why));
            Err(1)
        }
    }
}

impl Name {
    fn begin(cx: &mut Context, args: &Args, cut: Cut) -> Result<Name, u8> {
        let digits = match args.last_of("dx") {
            None => LETTERS,
            Some('d') => DECIMAL,
            Some(_) => HEXADECIMAL,
        };
        let mut needed = 0;
        if let Cut::Pieces(count) = cut {
            let mut left = count - 1;
            while left > 0 {
                left /= digits.len() as u64;
                needed += 1;
            }
        }
        let given = match args.value('a').map(|text| (text, number(text))) {
            Some((text, None)) => {
                cx.complain(say!("invalid suffix length: ", quote::always(text)));
                return Err(1);
            }
            Some((_, length)) => length.filter(|length| *length > 0),
            None => None,
        };
        if given.is_some_and(|length| length < needed) {
            cx.complain(format!("the suffix length needs to be at least {needed}"));
            return Err(1);
        }
        let ending = args.value('A').unwrap_or_default().to_vec();
        if ending.contains(&b'/') {
            let shown = quote::always(&ending);
            cx.complain(say!("invalid suffix ", shown, ", contains directory separator"));
            return Err(args::usage(cx, 1));
        }
        Ok(Name {
            prefix: args.operands.get(1).cloned().unwrap_or_else(|| b"x".to_vec()),
            ending,
            digits,
            places: vec![0; given.unwrap_or(needed.max(2)).min(255) as usize],
            grows: given.is_none() && !matches!(cut, Cut::Pieces(_)),
            begun: false,
        })
    }

    /// Models `next_file_name`; `None`: all are used up.
    fn next(&mut self) -> Option<Vec<u8>> {
        if std::mem::replace(&mut self.begun, true) && !self.advance() {
            return None;
        }
        let suffix: Vec<u8> =
            self.places.iter().map(|place| self.digits[usize::from(*place)]).collect();
        Some(say!(self.prefix, suffix, self.ending))
    }

    fn advance(&mut self) -> bool {
        for at in (0..self.places.len()).rev() {
            self.places[at] += 1;
            if self.grows && at == 0 && usize::from(self.places[0]) + 1 == self.digits.len() {
                // The last digit becomes a part of the prefix.
                self.prefix.push(self.digits[usize::from(self.places[0])]);
                self.places = vec![0; self.places.len() + 1];
                return true;
            }
            if usize::from(self.places[at]) < self.digits.len() {
                return true;
            }
            self.places[at] = 0;
        }
        false
    }
}

impl Filter for Split {
    fn chunk(&mut self, chunk: &Blob, _: &mut Input, _: &mut Context) -> Option<u8> {
        let room = WORD_BYTES_MAX.saturating_sub(self.text.len()) as u64;
        self.text.extend(chunk.slice(0, room).to_bytes(room));
        None
    }

    fn failed(&mut self, input: &Input, errno: Errno, opened: bool, cx: &mut Context) {
        self.code = 1;
        if opened {
            complain_of(cx, input.name(), errno);
        } else {
            let name = quote::always(input.name());
            cx.complain(say!("cannot open ", name, " for reading: ", errno.text()));
        }
    }

    fn end(&mut self, cx: &mut Context) -> u8 {
        if self.code != 0 {
            return self.code;
        }
        let mut name = self.name.clone();
        for piece in self.pieces().into_iter().filter(|piece| !self.elide || !piece.is_empty()) {
            let Some(path) = name.next() else {
                cx.complain("output file suffixes exhausted");
                return 1;
            };
            if self.verbose {
                cx.print(say!("creating file ", quote::always(&path), "\n"));
            }
            let mut blob = Blob::new();
            blob.push_bytes(piece);
            if let Err(errno) = cx.sys.write_file(&path, &blob) {
                complain_of(cx, &path, errno);
                return 1;
            }
        }
        0
    }
}
