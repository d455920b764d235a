//! cut.

use super::super::args::{self, Options};
use super::super::input::{Filter, Input, Lines};
use super::super::say::{number, say};
use super::super::{Context, quote};
use super::complain_of;
use crate::base::Blob;
use crate::os::Errno;

/// cut.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Cut {
    ranges: Vec<(u64, u64)>,
    fields: bool,
    delimiter: u8,
    between: Vec<u8>,
    only_delimited: bool,
    /// Between lines.
    end: u8,
    lines: Lines,
    code: u8,
}

const CUT: Options = Options {
    short: "b:c:d:f:nsz|CO:",
    long: &[
        ("bytes", 'b'),
        ("characters", 'c'),
        ("delimiter", 'd'),
        ("fields", 'f'),
        ("complement", 'C'),
        ("only-delimited", 's'),
        ("output-delimiter", 'O'),
        ("zero-terminated", 'z'),
    ],
    lacking: "",
    fail: 1,
    stop_early: false,
};

impl Cut {
    /// Reads the arguments.
    pub fn begin(cx: &mut Context) -> Result<(Cut, Input), u8> {
        let args = args::parse(cx, &CUT)?;
        let mut refuse = |text: &str| {
            cx.complain(text);
            Err(args::usage(cx, 1))
        };
        let lists = args.options.iter().filter(|(letter, _)| "bcf".contains(*letter));
        let lists: Vec<&(char, Vec<u8>)> = lists.collect();
        let (kind, list) = match lists[..] {
            [] => return refuse("you must specify a list of bytes, characters, or fields"),
            [(kind, list)] => (*kind, list),
            _ => return refuse("only one list may be specified"),
        };
        let fields = kind == 'f';
        if !fields && args.has('d') {
            return refuse("an input delimiter may be specified only when operating on fields");
        }
        if !fields && args.has('s') {
            return refuse(
                "suppressing non-delimited lines makes sense\n\tonly when operating on fields",
            );
        }
        let delimiter = match args.value('d') {
            None => b'\t',
            Some([]) => 0,
            Some([byte]) => *byte,
            Some(_) => return refuse("the delimiter must be a single character"),
        };
        let mut ranges = match read_ranges(list, fields) {
            Ok(ranges) => ranges,
            Err(text) => {
                cx.complain(text);
                return Err(args::usage(cx, 1));
            }
        };
        if args.has('C') {
            ranges = complement(&ranges);
        }
        let between =
            args.value('O').map(|text| if text.is_empty() { vec![0] } else { text.to_vec() });
        let cut = Cut {
            ranges,
            fields,
            delimiter,
            between: between.unwrap_or_else(|| if fields { vec![delimiter] } else { Vec::new() }),
            only_delimited: args.has('s'),
            end: if args.has('z') { 0 } else { b'\n' },
            lines: Lines::default(),
            code: 0,
        };
        Ok((cut, Input::new(&args.operands)))
    }

    fn takes(&self, index: u64) -> bool {
        self.ranges.iter().any(|(first, last)| (*first..=*last).contains(&index))
    }

    fn line(&self, line: &[u8], cx: &mut Context) {
        if !self.fields {
            let mut out = Vec::new();
            for (first, last) in &self.ranges {
                let start = (*first as usize - 1).min(line.len());
                let end = usize::try_from(*last).unwrap_or(usize::MAX).min(line.len());
                if start < end {
                    if !out.is_empty() {
                        out.extend(&self.between);
                    }
                    out.extend(&line[start..end]);
                }
            }
            cx.print(say!(out, [self.end]));
            return;
        }
        if !line.contains(&self.delimiter) {
            if !self.only_delimited {
                cx.print(say!(line, [self.end]));
            }
            return;
        }
        let fields = line.split(|byte| *byte == self.delimiter).enumerate();
        let taken = fields.filter(|(index, _)| self.takes(*index as u64 + 1));
        let taken: Vec<&[u8]> = taken.map(|(_, field)| field).collect();
        cx.print(say!(taken.join(&self.between[..]), [self.end]));
    }
}

/// `1,3-5,7-` → ranges in order, joined where they touch.
fn read_ranges(list: &[u8], fields: bool) -> Result<Vec<(u64, u64)>, Vec<u8>> {
    let what = if fields { "field" } else { "byte or character" };
    let from_one = match fields {
        true => "fields are numbered from 1",
        false => "byte/character positions are numbered from 1",
    };
    let wrong = |text: &[u8]| match fields {
        true => say!("invalid field value ", quote::always(text)),
        false => say!("invalid byte/character position ", quote::always(text)),
    };
    let mut ranges = Vec::new();
    for part in list.split(|byte| matches!(byte, b',' | b' ' | b'\t')) {
        let mut ends: [Option<u64>; 2] = [None, None];
        let mut dashed = false;
        let mut at = 0;
        while at < part.len() {
            let digits = part[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            match part[at] {
                b'-' if dashed => return Err(say!("invalid ", what, " range")),
                b'-' => dashed = true,
                _ if digits == 0 => return Err(wrong(&part[at..])),
                _ => {
                    let text = &part[at..at + digits];
                    let value = number(text).filter(|value| *value < u64::MAX);
                    let value = value.ok_or_else(|| match fields {
                        true => say!("field number ", quote::always(text), " is too large"),
                        false => {
                            let name = quote::always(text);
                            say!("byte/character offset ", name, " is too large")
                        }
                    })?;
                    ends[usize::from(dashed)] = Some(value);
                }
            }
            at += digits.max(1);
        }
        let range = match (ends, dashed) {
            ([None, None], true) => return Err(say!("invalid range with no endpoint: -")),
            ([first, last], true) => (first.unwrap_or(1), last.unwrap_or(u64::MAX)),
            ([first, _], false) => (first.unwrap_or(0), first.unwrap_or(0)),
        };
        if range.0 == 0 || range.1 == 0 {
            return Err(say!(from_one));
        }
        if range.0 > range.1 {
            return Err(say!("invalid decreasing range"));
        }
        ranges.push(range);
    }
    ranges.sort_unstable();
    let mut joined: Vec<(u64, u64)> = Vec::new();
    for (first, last) in ranges {
        match joined.last_mut() {
            Some(before) if first <= before.1 => before.1 = before.1.max(last),
            _ => joined.push((first, last)),
        }
    }
    Ok(joined)
}

fn complement(ranges: &[(u64, u64)]) -> Vec<(u64, u64)> {
    let mut found = Vec::new();
    let mut next = 1;
    for (first, last) in ranges {
        if next < *first {
            found.push((next, first - 1));
        }
        next = last.saturating_add(1);
    }
    if next < u64::MAX {
        found.push((next, u64::MAX));
    }
    found
}

impl Filter for Cut {
    fn chunk(&mut self, chunk: &Blob, _: &mut Input, cx: &mut Context) -> Option<u8> {
        for line in self.lines.feed(chunk, self.end) {
            self.line(&line, cx);
        }
        None
    }

    fn closed(&mut self, _: &mut Input, cx: &mut Context) -> Option<u8> {
        if let Some(line) = self.lines.rest() {
            self.line(&line, cx);
        }
        None
    }

    fn held(&self) -> usize {
        self.lines.held()
    }

    fn failed(&mut self, input: &Input, errno: Errno, _: bool, cx: &mut Context) {
        self.code = 1;
        complain_of(cx, input.name(), errno);
    }

    fn end(&mut self, _: &mut Context) -> u8 {
        self.code
    }
}
