//! sort, in the C locale.

use std::cmp::Ordering;

use super::super::args::{self, Options};
use super::super::input::{Filter, Input, Lines};
use super::super::say::{number, say};
use super::super::{Context, quote};
use crate::base::Blob;
use crate::os::{Errno, Fd, Open};

/// How two keys compare.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
struct Order {
    blanks: bool,
    dictionary: bool,
    fold: bool,
    numeric: bool,
    human: bool,
    version: bool,
    month: bool,
    reverse: bool,
}

impl Order {
    fn is_default(&self) -> bool {
        *self == Order::default()
    }

    fn set(&mut self, letter: char) -> bool {
        match letter {
            'b' => self.blanks = true,
            'd' => self.dictionary = true,
            'f' => self.fold = true,
            'n' | 'g' => self.numeric = true,
            'h' => self.human = true,
            'V' => self.version = true,
            'M' => self.month = true,
            'r' => self.reverse = true,
            _ => return false,
        }
        true
    }
}

/// `-k 2,3n`: fields and characters from 1; an end of 0 characters is the field's end.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Key {
    start: (u64, u64),
    end: Option<(u64, u64)>,
    order: Option<Order>,
    end_blanks: bool,
}

/// sort.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Sort {
    order: Order,
    keys: Vec<Key>,
    separator: Option<u8>,
    unique: bool,
    stable: bool,
    check: Option<bool>,
    delimiter: u8,
    output: Option<Vec<u8>>,
    reader: Lines,
    lines: Vec<Vec<u8>>,
    failed: bool,
    name: Vec<u8>,
}

const SORT: Options = Options {
    short: "bdfgMnhrVk:t:usco:zmCS:T:",
    long: &[
        ("ignore-leading-blanks", 'b'),
        ("dictionary-order", 'd'),
        ("ignore-case", 'f'),
        ("general-numeric-sort", 'g'),
        ("human-numeric-sort", 'h'),
        ("month-sort", 'M'),
        ("numeric-sort", 'n'),
        ("reverse", 'r'),
        ("version-sort", 'V'),
        ("key", 'k'),
        ("field-separator", 't'),
        ("unique", 'u'),
        ("stable", 's'),
        ("check", 'c'),
        ("output", 'o'),
        ("zero-terminated", 'z'),
        ("merge", 'm'),
        ("buffer-size", 'S'),
        ("temporary-directory", 'T'),
    ],
    lacking: "iR batch-size compress-program debug files0-from ignore-nonprinting parallel \
              random-sort random-source sort",
    fail: 2,
    stop_early: false,
};

impl Sort {
    /// Reads the arguments.
    pub fn begin(cx: &mut Context) -> Result<(Sort, Input), u8> {
        let args = args::parse(cx, &SORT)?;
        let mut order = Order::default();
        let mut keys = Vec::new();
        for (letter, value) in &args.options {
            if *letter == 'k' {
                keys.push(read_key(value).map_err(|text| {
                    cx.complain(text);
                    2
                })?);
            } else {
                order.set(*letter);
            }
        }
        let mut kinds: Vec<char> = "gghnMRV".chars().filter(|letter| args.has(*letter)).collect();
        kinds.dedup();
        if kinds.len() > 1 {
            let kinds: String = kinds.iter().collect();
            cx.complain(format!("options '-{kinds}' are incompatible"));
            return Err(2);
        }
        if let (Some(letter), Some(extra)) = (args.last_of("cC"), args.operands.get(1)) {
            let extra = quote::argument(extra);
            cx.complain(say!("extra operand ", extra, " not allowed with -", letter.to_string()));
            return Err(2);
        }
        let separator = match args.value('t') {
            None => None,
            Some([byte]) => Some(*byte),
            Some(b"\\0") => Some(0),
            Some([]) => {
                cx.complain("empty tab");
                return Err(2);
            }
            Some(text) => {
                cx.complain(say!("multi-character tab ", quote::always(text)));
                return Err(2);
            }
        };
        let sort = Sort {
            order,
            keys,
            separator,
            unique: args.has('u'),
            stable: args.has('s'),
            check: args.last_of("cC").map(|letter| letter == 'c'),
            delimiter: if args.has('z') { 0 } else { b'\n' },
            output: args.value('o').map(Vec::from),
            reader: Lines::default(),
            lines: Vec::new(),
            failed: false,
            name: Vec::new(),
        };
        Ok((sort, Input::new(&args.operands)))
    }

    fn compare(&self, a: &[u8], b: &[u8]) -> Ordering {
        if self.keys.is_empty() {
            let mut whole = self.order;
            whole.reverse = false;
            let by_order = match self.order.is_default() || whole.is_default() {
                true => a.cmp(b),
                false => compare_keys(a, b, whole),
            };
            let by_order = if self.order.reverse { by_order.reverse() } else { by_order };
            return self.last_resort(by_order, a, b);
        }
        for key in &self.keys {
            let order = key.order.unwrap_or(self.order);
            let (left, right) = (self.key(a, key, order), self.key(b, key, order));
            let by_key = compare_keys(left, right, order);
            if by_key.is_ne() {
                return if order.reverse { by_key.reverse() } else { by_key };
            }
        }
        self.last_resort(Ordering::Equal, a, b)
    }

    fn last_resort(&self, by_key: Ordering, a: &[u8], b: &[u8]) -> Ordering {
        if by_key.is_ne() || self.unique || self.stable {
            return by_key;
        }
        if self.order.reverse { b.cmp(a) } else { a.cmp(b) }
    }

    /// The part of a line that a key names.
    fn key<'a>(&self, line: &'a [u8], key: &Key, order: Order) -> &'a [u8] {
        let start = self.place(line, key.start, order.blanks, false);
        let end = match key.end {
            None => line.len(),
            Some((field, 0)) => self.field_end(line, field),
            Some(place) => self.place(line, place, key.end_blanks, true),
        };
        line.get(start..end).unwrap_or_default()
    }

    fn place(&self, line: &[u8], (field, char): (u64, u64), blanks: bool, end: bool) -> usize {
        let mut at = self.field_start(line, field);
        if blanks {
            at += line[at..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        }
        let skip = if end { char } else { char.saturating_sub(1) };
        at.saturating_add(usize::try_from(skip).unwrap_or(usize::MAX)).min(line.len())
    }

    fn field_start(&self, line: &[u8], field: u64) -> usize {
        let mut at = 0;
        for _ in 1..field {
            at = self.skip_field(line, at);
            if at >= line.len() {
                return line.len();
            }
            at += usize::from(self.separator.is_some());
        }
        at
    }

    fn field_end(&self, line: &[u8], field: u64) -> usize {
        let start = self.field_start(line, field);
        self.skip_field(line, start)
    }

    /// Without a separator the blanks before a field belong to it.
    fn skip_field(&self, line: &[u8], at: usize) -> usize {
        let rest = &line[at..];
        let length = match self.separator {
            Some(separator) => rest.iter().take_while(|byte| **byte != separator).count(),
            None => {
                let blank = |byte: &&u8| matches!(byte, b' ' | b'\t');
                let blanks = rest.iter().take_while(blank).count();
                blanks + rest[blanks..].iter().take_while(|byte| !blank(byte)).count()
            }
        };
        at + length
    }

    fn write(&mut self, cx: &mut Context) -> u8 {
        let mut lines = std::mem::take(&mut self.lines);
        lines.sort_by(|a, b| self.compare(a, b));
        if self.unique {
            lines.dedup_by(|b, a| self.compare(a, b).is_eq());
        }
        let mut fd = Fd::STDOUT;
        if let Some(name) = &self.output {
            match cx.sys.open(name, Open::WRITE) {
                Ok(opened) => fd = opened,
                Err(errno) => {
                    cx.complain(say!("open failed: ", quote::needed(name), ": ", errno.text()));
                    return 2;
                }
            }
        }
        let mut text = Vec::new();
        for line in lines {
            text.extend(line);
            text.push(self.delimiter);
        }
        cx.out.pass_to(fd, text.into());
        0
    }

    fn judge(&self, cx: &mut Context, loud: bool) -> u8 {
        for (index, pair) in self.lines.windows(2).enumerate() {
            let order = self.compare(&pair[0], &pair[1]);
            if order.is_gt() || (self.unique && order.is_eq()) {
                if loud {
                    let place = format!(":{}: disorder: ", index + 2);
                    cx.complain(say!(self.name, place, pair[1]));
                }
                return 1;
            }
        }
        0
    }
}

fn read_key(text: &[u8]) -> Result<Key, Vec<u8>> {
    let (start, end) = match text.iter().position(|byte| *byte == b',') {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    let mut order = Order::default();
    let mut any = false;
    let mut read = |part: &[u8]| -> Result<(u64, u64, bool), Vec<u8>> {
        let digits = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let count = digits(part);
        let field = number(&part[..count]).ok_or_else(|| {
            say!("invalid number at field start: invalid count at start of ", quote::always(part))
        })?;
        let mut rest = &part[count..];
        let mut char = 0;
        if let Some(tail) = rest.strip_prefix(b".") {
            let count = digits(tail);
            char = number(&tail[..count]).unwrap_or(0);
            rest = &tail[count..];
        }
        if field == 0 {
            return Err(say!(
                "field number is zero: invalid field specification ",
                quote::always(text)
            ));
        }
        let mut blanks = false;
        for letter in rest {
            if !order.set(char::from(*letter)) {
                let text = quote::always(text);
                return Err(say!(
                    "stray character in field spec: invalid field specification ",
                    text
                ));
            }
            any = true;
            blanks |= *letter == b'b';
        }
        Ok((field, char, blanks))
    };
    let (field, char, _) = read(start)?;
    let end = end.map(&mut read).transpose()?;
    let end_blanks = end.is_some_and(|(_, _, blanks)| blanks);
    Ok(Key {
        start: (field, char.max(1)),
        end: end.map(|(field, char, _)| (field, char)),
        order: any.then_some(order),
        end_blanks,
    })
}

fn compare_keys(a: &[u8], b: &[u8], order: Order) -> Ordering {
    if order.numeric || order.human {
        let (a, b) = (a.trim_ascii_start(), b.trim_ascii_start());
        if order.human {
            let (x, y) = (magnitude(a), magnitude(b));
            if x != y {
                return x.cmp(&y);
            }
        }
        return compare_numbers(a, b);
    }
    if order.month {
        return month(a).cmp(&month(b));
    }
    let shape = |text: &[u8]| -> Vec<u8> {
        let text = if order.blanks { trim_blanks(text) } else { text };
        let kept = text.iter().filter(|byte| {
            !order.dictionary || byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'\t')
        });
        kept.map(|byte| if order.fold { byte.to_ascii_uppercase() } else { *byte }).collect()
    };
    let (a, b) = (shape(a), shape(b));
    if order.version { compare_versions(&a, &b) } else { a.cmp(&b) }
}

fn trim_blanks(text: &[u8]) -> &[u8] {
    let blanks = text.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    &text[blanks..]
}

/// Sign and unit of `-3.5K`.
fn magnitude(text: &[u8]) -> i32 {
    let negative = text.starts_with(b"-");
    let body = &text[usize::from(negative)..];
    let digits = body.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
    let nonzero = body[..digits].iter().any(|byte| matches!(byte, b'1'..=b'9'));
    let unit = body
        .get(digits)
        .and_then(|unit| b"KMGTPEZY".iter().position(|known| *known == unit.to_ascii_uppercase()));
    let size = if nonzero { unit.map_or(1, |at| at as i32 + 2) } else { 0 };
    if negative { -size } else { size }
}

/// Digit strings as numbers of any length: sign, whole part, fraction.
fn compare_numbers(a: &[u8], b: &[u8]) -> Ordering {
    let parts = |text: &[u8]| -> (bool, Vec<u8>, Vec<u8>) {
        let negative = text.starts_with(b"-");
        let body = &text[usize::from(negative)..];
        let count = body.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let whole = body[..count].iter().copied().skip_while(|byte| *byte == b'0').collect();
        let mut fraction = Vec::new();
        if body.get(count) == Some(&b'.') {
            let digits = body[count + 1..].iter().take_while(|byte| byte.is_ascii_digit());
            fraction = digits.copied().collect();
            while fraction.last() == Some(&b'0') {
                fraction.pop();
            }
        }
        (negative, whole, fraction)
    };
    let ((a_negative, a_whole, a_part), (b_negative, b_whole, b_part)) = (parts(a), parts(b));
    let is_zero = |whole: &[u8], part: &[u8]| whole.is_empty() && part.is_empty();
    let size = (a_whole.len(), &a_whole, &a_part).cmp(&(b_whole.len(), &b_whole, &b_part));
    let a_negative = a_negative && !is_zero(&a_whole, &a_part);
    let b_negative = b_negative && !is_zero(&b_whole, &b_part);
    match (a_negative, b_negative) {
        (false, false) => size,
        (true, true) => size.reverse(),
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
    }
}

fn month(text: &[u8]) -> u32 {
    const NAMES: [&[u8]; 12] = [
        b"JAN", b"FEB", b"MAR", b"APR", b"MAY", b"JUN", b"JUL", b"AUG", b"SEP", b"OCT", b"NOV",
        b"DEC",
    ];
    let upper = trim_blanks(text).to_ascii_uppercase();
    NAMES.iter().position(|name| upper.starts_with(name)).map_or(0, |at| at as u32 + 1)
}

/// Runs of digits by value, the rest by byte (gnulib's filevercmp without suffixes).
pub fn compare_versions(a: &[u8], b: &[u8]) -> Ordering {
    let rank = |byte: Option<&u8>| match byte {
        Some(b'~') => -1,
        None => 0,
        Some(byte) if byte.is_ascii_digit() => 0,
        Some(byte) if byte.is_ascii_alphabetic() => i32::from(*byte),
        Some(byte) => i32::from(*byte) + 256,
    };
    let (mut x, mut y) = (0, 0);
    while x < a.len() || y < b.len() {
        let digit = |text: &[u8], at: usize| text.get(at).is_some_and(u8::is_ascii_digit);
        while (x < a.len() && !digit(a, x)) || (y < b.len() && !digit(b, y)) {
            let order = rank(a.get(x)).cmp(&rank(b.get(y)));
            if order.is_ne() {
                return order;
            }
            x += 1;
            y += 1;
        }
        let run = |text: &[u8], at: &mut usize| -> Vec<u8> {
            let rest = text.get(*at..).unwrap_or_default();
            let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
            *at += count;
            rest[..count].iter().copied().skip_while(|byte| *byte == b'0').collect()
        };
        let (left, right) = (run(a, &mut x), run(b, &mut y));
        let order = (left.len(), left).cmp(&(right.len(), right));
        if order.is_ne() {
            return order;
        }
    }
    Ordering::Equal
}

impl Filter for Sort {
    fn opened(&mut self, input: &Input, _: &mut Context) {
        self.name = input.name().to_vec();
    }

    fn chunk(&mut self, chunk: &Blob, _: &mut Input, _: &mut Context) -> Option<u8> {
        let lines = self.reader.feed(chunk, self.delimiter);
        self.lines.extend(lines);
        None
    }

    fn closed(&mut self, _: &mut Input, _: &mut Context) -> Option<u8> {
        let rest = self.reader.rest();
        self.lines.extend(rest);
        None
    }

    fn failed(&mut self, input: &Input, errno: Errno, opened: bool, cx: &mut Context) {
        if !self.failed {
            let name = quote::needed(input.name());
            let what = match (opened, self.check) {
                (true, _) => "read failed: ",
                (false, Some(_)) => "open failed: ",
                (false, None) => "cannot read: ",
            };
            cx.complain(say!(what, name, ": ", errno.text()));
        }
        self.failed = true;
    }

    fn end(&mut self, cx: &mut Context) -> u8 {
        match self.check {
            _ if self.failed => 2,
            Some(loud) => self.judge(cx, loud),
            None => self.write(cx),
        }
    }
}
