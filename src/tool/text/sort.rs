//! sort, in the C locale.

mod compare;

use std::cmp::Ordering;

use super::super::args::{self, Options};
use super::super::input::{Filter, Input, Lines};
use super::super::say::{number, say};
use super::super::{Context, quote};
use crate::base::Blob;
use crate::os::{Errno, Fd, Open};
pub use compare::compare_versions;
use compare::{Order, compare_keys};

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
    /// How much the lines take, bytes.
    held: u64,
    /// With `-m`: where each file's lines end.
    runs: Option<Vec<u64>>,
    failed: bool,
    name: Vec<u8>,
}

const SORT: Options = Options {
    short: "bcCdfghik:mMno:rRsS:t:T:uVyz|J::K:P:",
    long: &[
        ("ignore-leading-blanks", 'b'),
        ("dictionary-order", 'd'),
        ("ignore-case", 'f'),
        ("general-numeric-sort", 'g'),
        ("ignore-nonprinting", 'i'),
        ("key", 'k'),
        ("merge", 'm'),
        ("month-sort", 'M'),
        ("numeric-sort", 'n'),
        ("human-numeric-sort", 'h'),
        ("version-sort", 'V'),
        ("random-sort", 'R'),
        ("sort", 'K'),
        ("output", 'o'),
        ("reverse", 'r'),
        ("stable", 's'),
        ("batch-size", 'P'),
        ("buffer-size", 'S'),
        ("field-separator", 't'),
        ("temporary-directory", 'T'),
        ("unique", 'u'),
        ("zero-terminated", 'z'),
        ("parallel", 'P'),
        ("check", 'J'),
    ],
    lacking: " random-source compress-program debug files0-from",
    fail: 2,
    stop_early: false,
};

/// `--sort`'s words and their letters, `--check`'s.
const SORTS: &[&[&str]] = &[
    &["general-numeric"],
    &["human-numeric"],
    &["month"],
    &["numeric"],
    &["random"],
    &["version"],
];
const CHECKS: &[&[&str]] = &[&["quiet"], &["silent"], &["diagnose-first"]];

/// Words become letters: `--sort=month` is `-M`.
fn with_letters(cx: &mut Context, args: &mut args::Args) -> Result<(), u8> {
    for (letter, value) in &mut args.options {
        *letter = match *letter {
            'K' => ['g', 'h', 'M', 'n', 'R', 'V'][args::choose(cx, value, "--sort", SORTS)?],
            'J' if value.is_empty() => 'c',
            'J' => ['C', 'C', 'c'][args::choose(cx, value, "--check", CHECKS)?],
            letter => letter,
        };
    }
    Ok(())
}

/// `-t`.
fn separator(cx: &mut Context, args: &args::Args) -> Result<Option<u8>, u8> {
    let mut tab = None;
    for (_, text) in args.options.iter().filter(|(letter, _)| *letter == 't') {
        let next = match text.as_slice() {
            [byte] => *byte,
            b"\\0" => 0,
            [] => {
                cx.complain("empty tab");
                return Err(2);
            }
            text => {
                cx.complain(say!("multi-character tab ", quote::argument(text)));
                return Err(2);
            }
        };
        if tab.replace(next).is_some_and(|before| before != next) {
            cx.complain("incompatible tabs");
            return Err(2);
        }
    }
    Ok(tab)
}

impl Sort {
    /// Reads the arguments.
    pub fn begin(cx: &mut Context) -> Result<(Sort, Input), u8> {
        let mut args = args::parse(cx, &SORT)?;
        with_letters(cx, &mut args)?;
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
        let orders = keys.iter().map(|key: &Key| key.order.unwrap_or(order)).chain([order]);
        if let Some(letters) = orders.into_iter().find_map(|order| order.clash()) {
            cx.complain(format!("options '-{letters}' are incompatible"));
            return Err(2);
        }
        let salt = 1 | cx.sys.random();
        for order in keys.iter_mut().filter_map(|key| key.order.as_mut()).chain([&mut order]) {
            order.random *= salt;
        }
        if let (Some(letter), Some(extra)) = (args.last_of("cC"), args.operands.get(1)) {
            let extra = quote::argument(extra);
            cx.complain(say!("extra operand ", extra, " not allowed with -", letter.to_string()));
            return Err(2);
        }
        if let (Some(letter), Some(_)) = (args.last_of("cC"), args.value('o')) {
            cx.complain(format!("options '-{letter}o' are incompatible"));
            return Err(2);
        }
        if args.has('c') && args.has('C') {
            cx.complain("options '-cC' are incompatible");
            return Err(2);
        }
        let separator = separator(cx, &args)?;
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
            held: 0,
            runs: args.has('m').then(Vec::new),
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
            at += line[at..].iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n')).count();
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
                let blank = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\n');
                let blanks = rest.iter().take_while(blank).count();
                blanks + rest[blanks..].iter().take_while(|byte| !blank(byte)).count()
            }
        };
        at + length
    }

    fn write(&mut self, cx: &mut Context) -> u8 {
        let mut lines = std::mem::take(&mut self.lines);
        match self.runs.take() {
            Some(runs) => lines = self.merge(lines, &runs),
            None => lines.sort_by(|a, b| self.compare(a, b)),
        }
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

    /// Always the least of the files' next lines, whether or not the files are sorted.
    fn merge(&self, lines: Vec<Vec<u8>>, ends: &[u64]) -> Vec<Vec<u8>> {
        let mut rest = lines.into_iter();
        let mut begin = 0;
        let mut runs: Vec<_> = Vec::new();
        for end in ends {
            let run: Vec<Vec<u8>> = rest.by_ref().take((end - begin) as usize).collect();
            runs.push(run.into_iter().peekable());
            begin = *end;
        }
        let mut merged = Vec::new();
        loop {
            let mut least: Option<(usize, Vec<u8>)> = None;
            for (index, run) in runs.iter_mut().enumerate() {
                let Some(line) = run.peek() else { continue };
                if least.as_ref().is_none_or(|(_, best)| self.compare(line, best).is_lt()) {
                    least = Some((index, line.clone()));
                }
            }
            let Some((index, line)) = least else { return merged };
            runs[index].next();
            merged.push(line);
        }
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
    let mut read = |part: &[u8], first: bool| -> Result<(u64, u64, bool), Vec<u8>> {
        let place = if first { "at field start" } else { "after ','" };
        let bad = |what: &str, part: &[u8]| {
            say!("invalid number ", what, ": invalid count at start of ", quote::always(part))
        };
        let wrong = |what: &str| say!(what, ": invalid field specification ", quote::always(text));
        let digits = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let count = digits(part);
        if count == 0 {
            return Err(bad(place, part));
        }
        let field = number(&part[..count]).unwrap_or(u64::MAX);
        let mut rest = &part[count..];
        let mut char = 0;
        if let Some(tail) = rest.strip_prefix(b".") {
            let count = digits(tail);
            if count == 0 {
                return Err(bad("after '.'", tail));
            }
            char = number(&tail[..count]).unwrap_or(u64::MAX);
            if char == 0 && first {
                return Err(wrong("character offset is zero"));
            }
            rest = &tail[count..];
        }
        if field == 0 {
            return Err(wrong("field number is zero"));
        }
        let mut blanks = false;
        for letter in rest {
            if !order.set(char::from(*letter)) {
                return Err(wrong("stray character in field spec"));
            }
            any = true;
            blanks |= *letter == b'b';
        }
        Ok((field, char, blanks))
    };
    let (field, char, _) = read(start, true)?;
    let end = end.map(|end| read(end, false)).transpose()?;
    let end_blanks = end.is_some_and(|(_, _, blanks)| blanks);
    Ok(Key {
        start: (field, char.max(1)),
        end: end.map(|(field, char, _)| (field, char)),
        order: any.then_some(order),
        end_blanks,
    })
}

impl Filter for Sort {
    fn opened(&mut self, input: &Input, _: &mut Context) {
        self.name = input.name().to_vec();
    }

    fn chunk(&mut self, chunk: &Blob, _: &mut Input, _: &mut Context) -> Option<u8> {
        let lines = self.reader.feed(chunk, self.delimiter);
        // Each is kept by itself.
        self.held += lines.iter().map(|line| line.len() as u64 + 48).sum::<u64>();
        self.lines.extend(lines);
        None
    }

    fn held(&self) -> usize {
        self.reader.held().saturating_add(self.held as usize)
    }

    fn closed(&mut self, _: &mut Input, _: &mut Context) -> Option<u8> {
        let rest = self.reader.rest();
        self.lines.extend(rest);
        let end = self.lines.len() as u64;
        self.runs.iter_mut().for_each(|runs| runs.push(end));
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
