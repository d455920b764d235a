//! join. Models coreutils' `join`, which reads both files to their ends.

use super::super::args::{self, Options};
use super::super::quote;
use super::super::say::{number, say};
use super::super::{Context, args::Args};
use std::cmp::Ordering;

pub const JOIN: Options = Options {
    short: "a:v:1:2:j:t:ie:o:z|HCN",
    long: &[
        ("ignore-case", 'i'),
        ("zero-terminated", 'z'),
        ("header", 'H'),
        ("check-order", 'C'),
        ("nocheck-order", 'N'),
    ],
    lacking: "",
    fail: 1,
    stop_early: false,
};

/// What the options say.
struct How<'a> {
    separator: Option<u8>,
    /// Whole lines are keys.
    whole: bool,
    keys: [usize; 2],
    /// Whether lines without a partner are shown.
    alone: [bool; 2],
    pairs: bool,
    filler: Option<&'a [u8]>,
    /// What is shown: of file 0 or 1, or the key, and which field.
    fields: Option<Vec<(Option<usize>, usize)>>,
    ignore_case: bool,
}

type Fields<'a> = Vec<&'a [u8]>;

/// Refuses what join would refuse of its arguments before it reads.
pub fn check(cx: &mut Context, args: &Args) -> Result<(), u8> {
    match args.operands.as_slice() {
        [] => return Err(args::missing_operand(cx, 1)),
        [only] => return Err(args::missing_after(cx, only, 1)),
        [_, _] => {}
        [_, _, extra, ..] => return Err(args::extra_operand(cx, extra, 1)),
    }
    if args.operands[0] == b"-" && args.operands[1] == b"-" {
        cx.complain("both files cannot be standard input");
        return Err(1);
    }
    for (letter, value) in &args.options {
        let text = match letter {
            '1' | '2' | 'j' if number(value).is_none_or(|field| field == 0) => {
                say!("invalid field number: ", quote::always(value))
            }
            'a' | 'v' if !matches!(value.as_slice(), b"1" | b"2") => {
                say!("invalid field number: ", quote::always(value))
            }
            't' if value.len() > 1 && value != b"\\0" => {
                say!("multi-character tab ", quote::always(value))
            }
            _ => continue,
        };
        cx.complain(text);
        return Err(1);
    }
    if let Some(list) = args.value('o').filter(|list| *list != b"auto") {
        field_list(cx, list)?;
    }
    Ok(())
}

fn field_list(cx: &mut Context, list: &[u8]) -> Result<Vec<(Option<usize>, usize)>, u8> {
    let mut fields = Vec::new();
    for item in list.split(|byte| b", \t".contains(byte)) {
        let mut halves = item.splitn(2, |byte| *byte == b'.');
        let (file, field) = (halves.next().unwrap_or_default(), halves.next());
        let text = match (file, field, field.and_then(number)) {
            (b"0", None, _) => {
                fields.push((None, 0));
                continue;
            }
            (b"1" | b"2", Some(_), Some(field @ 1..)) => {
                fields.push((Some(usize::from(file == b"2")), field as usize - 1));
                continue;
            }
            (b"1" | b"2", Some(field), _) => {
                say!("invalid field number: ", quote::always(field))
            }
            (b"0" | b"1" | b"2", ..) => say!("invalid field specifier: ", quote::always(item)),
            _ => say!("invalid file number in field spec: ", quote::always(item)),
        };
        cx.complain(text);
        return Err(1);
    }
    Ok(fields)
}

impl<'a> How<'a> {
    fn read(cx: &mut Context, args: &'a Args) -> How<'a> {
        let field = |letter| args.value(letter).or(args.value('j')).and_then(number).unwrap_or(1);
        let tab = args.value('t');
        let shown = |file: &[u8]| {
            let mut given = args.options.iter().filter(|(letter, _)| "av".contains(*letter));
            given.any(|(_, value)| value == file)
        };
        let list = args.value('o').filter(|list| *list != b"auto");
        How {
            separator: tab
                .and_then(|tab| if tab == b"\\0" { Some(0) } else { tab.first().copied() }),
            whole: tab == Some(b""),
            keys: [field('1') as usize - 1, field('2') as usize - 1],
            alone: [shown(b"1"), shown(b"2")],
            pairs: !args.has('v'),
            filler: args.value('e'),
            fields: list.and_then(|list| field_list(cx, list).ok()),
            ignore_case: args.has('i'),
        }
    }

    fn fields<'b>(&self, line: &'b [u8]) -> Fields<'b> {
        match self.separator {
            _ if self.whole => vec![line],
            Some(separator) => line.split(|byte| *byte == separator).collect(),
            None => {
                let words = line.split(|byte| matches!(byte, b' ' | b'\t' | b'\n'));
                words.filter(|word| !word.is_empty()).collect()
            }
        }
    }

    fn key<'b>(&self, file: usize, fields: &Fields<'b>) -> &'b [u8] {
        fields.get(self.keys[file]).copied().unwrap_or_default()
    }

    fn compare(&self, files: [usize; 2], one: &Fields, other: &Fields) -> Ordering {
        let (one, other) = (self.key(files[0], one), self.key(files[1], other));
        match self.ignore_case {
            true => one.to_ascii_lowercase().cmp(&other.to_ascii_lowercase()),
            false => one.cmp(other),
        }
    }

    /// A line of output from a line of each file, or of one.
    fn row(&self, pair: [Option<&Fields>; 2], end: u8) -> Vec<u8> {
        let filled = |field: Option<&&[u8]>| -> Vec<u8> {
            let field = field.copied().filter(|field| !field.is_empty());
            field.or(self.filler).unwrap_or_default().to_vec()
        };
        let key = || {
            let file = usize::from(pair[0].is_none());
            filled(pair[file].and_then(|fields| fields.get(self.keys[file])))
        };
        let cells: Vec<Vec<u8>> = match &self.fields {
            Some(list) => {
                let cell = |(file, field): &(Option<usize>, usize)| match file {
                    None => key(),
                    Some(file) => filled(pair[*file].and_then(|fields| fields.get(*field))),
                };
                list.iter().map(cell).collect()
            }
            None => {
                let mut cells = vec![key()];
                for (file, fields) in pair.iter().enumerate() {
                    let others = fields.iter().flat_map(|fields| fields.iter().enumerate());
                    let others = others.filter(|(at, _)| *at != self.keys[file]);
                    cells.extend(others.map(|(_, field)| filled(Some(field))));
                }
                cells
            }
        };
        let mut row = cells.join(&self.separator.unwrap_or(b' '));
        row.push(end);
        row
    }
}

/// One of the files, read line by line.
struct Side<'a> {
    lines: Vec<Fields<'a>>,
    texts: Vec<&'a [u8]>,
    /// How many have been looked at for their order.
    seen: usize,
    disordered: bool,
}

/// A join in the making.
struct Join<'a, 'b, 'c> {
    cx: &'a mut Context<'b>,
    args: &'a Args,
    how: How<'a>,
    sides: [Side<'a>; 2],
    /// The next line of each.
    at: [usize; 2],
    /// A line without a partner has been seen.
    unpaired: bool,
    end: u8,
    out: &'c mut Vec<u8>,
}

/// Joins; the code.
pub fn join(cx: &mut Context, args: &Args, texts: &[Vec<u8>; 2], out: &mut Vec<u8>) -> u8 {
    let mut how = How::read(cx, args);
    let end = if args.has('z') { 0 } else { b'\n' };
    let sides = [0, 1].map(|file| {
        let text = texts[file].strip_suffix(&[end]).unwrap_or(&texts[file]);
        let texts: Vec<&[u8]> = match texts[file].is_empty() {
            true => Vec::new(),
            false => text.split(|byte| *byte == end).collect(),
        };
        let lines = texts.iter().map(|line| how.fields(line)).collect();
        Side { lines, texts, seen: 0, disordered: false }
    });
    if args.value('o') == Some(b"auto") {
        let others = |file: usize| {
            let count = sides[file].lines.first().map_or(0, Vec::len);
            let key = how.keys[file];
            (0..count).filter(move |at| *at != key).map(move |at| (Some(file), at))
        };
        how.fields = Some([(None, 0)].into_iter().chain(others(0)).chain(others(1)).collect());
    }
    let mut join = Join { cx, args, how, sides, at: [0, 0], unpaired: false, end, out };
    join.head();
    if join.both().and_then(|()| join.rest()).is_none() {
        return 1;
    }
    if join.sides.iter().any(|side| side.disordered) {
        join.flush();
        join.cx.complain("input is not in sorted order");
        return 1;
    }
    0
}

impl Join<'_, '_, '_> {
    /// error(3) writes out what stdio has.
    fn flush(&mut self) {
        self.cx.print(std::mem::take(self.out));
        self.cx.out.flush();
    }

    /// `--header`.
    fn head(&mut self) {
        if self.args.has('H') && self.sides.iter().any(|side| !side.lines.is_empty()) {
            let heads = [0, 1].map(|file| self.sides[file].lines.first());
            self.out.extend(self.how.row(heads, self.end));
            self.at = [0, 1].map(|file| usize::from(!self.sides[file].lines.is_empty()));
            [0, 1].into_iter().for_each(|file| self.sides[file].seen = self.at[file]);
        }
    }

    /// Looks at the order of the lines up to this one; `None`: join stops there.
    fn look(&mut self, file: usize, upto: usize) -> Option<()> {
        let from = self.sides[file].seen.max(usize::from(self.args.has('H')) + 1);
        for line in from..(upto + 1).min(self.sides[file].lines.len()) {
            let side = &mut self.sides[file];
            let order = self.how.compare([file; 2], &side.lines[line - 1], &side.lines[line]);
            let checks = self.args.has('C') || (self.unpaired && !self.args.has('N'));
            if checks && order.is_gt() && !std::mem::replace(&mut side.disordered, true) {
                let place = format!(":{}: is not sorted: ", line + 1);
                let text = say!(self.args.operands[file], place, side.texts[line]);
                self.flush();
                self.cx.complain(text);
                if self.args.has('C') {
                    return None;
                }
            }
        }
        self.sides[file].seen = self.sides[file].seen.max(upto + 1);
        Some(())
    }

    /// A line without a partner.
    fn alone(&mut self, file: usize, line: usize) {
        if self.how.alone[file] {
            let line = Some(&self.sides[file].lines[line]);
            let pair = if file == 0 { [line, None] } else { [None, line] };
            self.out.extend(self.how.row(pair, self.end));
        }
    }

    /// As long as both files have lines.
    fn both(&mut self) -> Option<()> {
        while self.at[0] < self.sides[0].lines.len() && self.at[1] < self.sides[1].lines.len() {
            let [one, other] = [0, 1].map(|file| &self.sides[file].lines[self.at[file]]);
            let order = self.how.compare([0, 1], one, other);
            if order.is_ne() {
                let file = usize::from(order.is_gt());
                self.alone(file, self.at[file]);
                self.at[file] += 1;
                self.look(file, self.at[file])?;
                self.unpaired = true;
                continue;
            }
            let mut ends = self.at;
            for file in [0, 1] {
                let first = &self.sides[1 - file].lines[self.at[1 - file]];
                let same = |next: &Fields| self.how.compare([file, 1 - file], next, first).is_eq();
                let lines = &self.sides[file].lines;
                while lines.get(ends[file]).is_some_and(same) {
                    ends[file] += 1;
                }
                self.look(file, ends[file])?;
            }
            if self.how.pairs {
                for one in &self.sides[0].lines[self.at[0]..ends[0]] {
                    for other in &self.sides[1].lines[self.at[1]..ends[1]] {
                        self.out.extend(self.how.row([Some(one), Some(other)], self.end));
                    }
                }
            }
            self.at = ends;
        }
        Some(())
    }

    /// What one of them has left.
    fn rest(&mut self) -> Option<()> {
        for file in [0, 1] {
            for line in self.at[file]..self.sides[file].lines.len() {
                self.look(file, line)?;
                self.alone(file, line);
            }
        }
        Some(())
    }
}
