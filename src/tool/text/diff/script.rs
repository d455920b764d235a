//! Which lines differ. Models GNU diff's analyze.c and gnulib's diffseq.h: of the many shortest
//! scripts it is theirs.

use std::collections::BTreeMap;

/// Lines that differ in one place: from where to where in each file, counted from 0.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Change {
    /// The first line in each file.
    pub start: [usize; 2],
    /// The line after the last.
    pub end: [usize; 2],
}

/// One file as it is compared.
struct Side {
    /// Lines by number: equal lines have equal ones.
    lines: Vec<u32>,
    /// Whether a line is only in this file; one more at the front and at the back.
    changed: Vec<bool>,
    /// Lines that take part in the search, and where they stand.
    kept: Vec<u32>,
    places: Vec<usize>,
}

impl Side {
    fn is_changed(&self, at: isize) -> bool {
        self.changed.get((at + 1) as usize).copied().unwrap_or(false)
    }

    fn set(&mut self, at: isize, changed: bool) {
        self.changed[(at + 1) as usize] = changed;
    }
}

/// Compares lines; as many lines as `horizon` of what is the same at both ends take part.
pub fn changes(files: [&[&[u8]]; 2], horizon: usize) -> Vec<Change> {
    let [a, b] = files;
    let prefix = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (rest_a, rest_b) = (&a[prefix..], &b[prefix..]);
    let suffix = rest_a.iter().rev().zip(rest_b.iter().rev()).take_while(|(a, b)| a == b).count();
    if prefix == a.len() && prefix == b.len() {
        return Vec::new();
    }
    let (prefix, suffix) = (prefix.saturating_sub(horizon), suffix.saturating_sub(horizon));
    let mut numbers: BTreeMap<&[u8], u32> = BTreeMap::new();
    let mut sides = files.map(|lines| {
        let lines: Vec<u32> = lines[prefix..lines.len() - suffix]
            .iter()
            .map(|line| {
                let next = numbers.len() as u32;
                *numbers.entry(line).or_insert(next)
            })
            .collect();
        let changed = vec![false; lines.len() + 2];
        Side { lines, changed, kept: Vec::new(), places: Vec::new() }
    });
    discard(&mut sides, numbers.len());
    let [a, b] = &mut sides;
    let ends = (a.kept.len(), b.kept.len());
    compare(a, b, (0, ends.0), (0, ends.1));
    shift(&mut sides);
    script(&sides, prefix)
}

/// Leaves out lines that have no match in the other file, and some that have too many.
fn discard(sides: &mut [Side; 2], kinds: usize) {
    let counts = [0, 1].map(|file: usize| {
        let mut counts = vec![0u32; kinds];
        sides[file].lines.iter().for_each(|line| counts[*line as usize] += 1);
        counts
    });
    for file in 0..2 {
        let side = &mut sides[file];
        let (mut many, mut rest) = (5, side.lines.len() / 64);
        while rest >> 2 > 0 {
            rest >>= 2;
            many *= 2;
        }
        let mut marks: Vec<u8> = (side.lines.iter())
            .map(|line| match counts[1 - file][*line as usize] {
                0 => 1,
                count if count > many => 2,
                _ => 0,
            })
            .collect();
        confirm(&mut marks);
        for (at, mark) in marks.iter().enumerate() {
            if *mark == 0 {
                side.kept.push(side.lines[at]);
                side.places.push(at);
            } else {
                side.set(at as isize, true);
            }
        }
    }
}

/// Of lines with many matches (2) only those in the midst of lines without any (1) are left out.
fn confirm(marks: &mut [u8]) {
    let mut at = 0;
    while at < marks.len() {
        match marks[at] {
            2 => marks[at] = 0,
            1 => at += confirm_run(&mut marks[at..]) - 1,
            _ => {}
        }
        at += 1;
    }
}

/// The run that begins here; its length.
fn confirm_run(marks: &mut [u8]) -> usize {
    let mut length = marks.iter().position(|mark| *mark == 0).unwrap_or(marks.len());
    while length > 0 && marks[length - 1] == 2 {
        length -= 1;
        marks[length] = 0;
    }
    let run = &mut marks[..length];
    if run.iter().filter(|mark| **mark == 2).count() * 4 > length {
        run.iter_mut().filter(|mark| **mark == 2).for_each(|mark| *mark = 0);
        return length;
    }
    let (mut minimum, mut rest) = (1, length >> 2);
    while rest >> 2 > 0 {
        rest >>= 2;
        minimum <<= 1;
    }
    minimum += 1;
    for part in run.chunk_by_mut(|a, b| a == b) {
        if part[0] == 2 && part.len() >= minimum {
            part.fill(0);
        }
    }
    cancel_at_start(run.iter_mut());
    cancel_at_start(run.iter_mut().rev());
    length
}

fn cancel_at_start<'a>(run: impl Iterator<Item = &'a mut u8>) {
    let mut in_a_row = 0;
    for (at, mark) in run.enumerate() {
        if at >= 8 && *mark == 1 {
            return;
        }
        in_a_row = if *mark == 1 { in_a_row + 1 } else { 0 };
        *mark = u8::from(*mark == 1);
        if in_a_row == 3 {
            return;
        }
    }
}

type Range = (usize, usize);

/// Marks what differs between two stretches.
fn compare(a: &mut Side, b: &mut Side, first: Range, second: Range) {
    let mut open = vec![(first, second)];
    while let Some(((mut x, mut x_end), (mut y, mut y_end))) = open.pop() {
        while x < x_end && y < y_end && a.kept[x] == b.kept[y] {
            (x, y) = (x + 1, y + 1);
        }
        while x < x_end && y < y_end && a.kept[x_end - 1] == b.kept[y_end - 1] {
            (x_end, y_end) = (x_end - 1, y_end - 1);
        }
        if x == x_end {
            (y..y_end).for_each(|at| b.set(b.places[at] as isize, true));
        } else if y == y_end {
            (x..x_end).for_each(|at| a.set(a.places[at] as isize, true));
        } else {
            let (x_mid, y_mid) = middle(&a.kept, &b.kept, (x, x_end), (y, y_end));
            open.push(((x, x_mid), (y, y_mid)));
            open.push(((x_mid, x_end), (y_mid, y_end)));
        }
    }
}

/// A point in the middle of a shortest way, searched from both ends at once.
fn middle(a: &[u32], b: &[u32], first: Range, second: Range) -> Range {
    let (x_off, x_lim) = (first.0 as isize, first.1 as isize);
    let (y_off, y_lim) = (second.0 as isize, second.1 as isize);
    let (least, most) = (x_off - y_lim, x_lim - y_off);
    let size = (most - least + 3) as usize;
    let place = |diagonal: isize| (diagonal - least + 1) as usize;
    let (mut forth, mut back) = (vec![-1isize; size], vec![isize::MAX; size]);
    let (start, end) = (x_off - y_off, x_lim - y_lim);
    let (mut f_min, mut f_max, mut b_min, mut b_max) = (start, start, end, end);
    forth[place(start)] = x_off;
    back[place(end)] = x_lim;
    let odd = (start - end) & 1 != 0;
    let same = |x: isize, y: isize| a[x as usize] == b[y as usize];
    loop {
        if f_min > least {
            f_min -= 1;
            forth[place(f_min - 1)] = -1;
        } else {
            f_min += 1;
        }
        if f_max < most {
            f_max += 1;
            forth[place(f_max + 1)] = -1;
        } else {
            f_max -= 1;
        }
        for d in (f_min..=f_max).rev().step_by(2) {
            let (low, high) = (forth[place(d - 1)], forth[place(d + 1)]);
            let mut x = if low < high { high } else { low + 1 };
            while x < x_lim && x - d < y_lim && same(x, x - d) {
                x += 1;
            }
            forth[place(d)] = x;
            if odd && (b_min..=b_max).contains(&d) && back[place(d)] <= x {
                return (x as usize, (x - d) as usize);
            }
        }
        if b_min > least {
            b_min -= 1;
            back[place(b_min - 1)] = isize::MAX;
        } else {
            b_min += 1;
        }
        if b_max < most {
            b_max += 1;
            back[place(b_max + 1)] = isize::MAX;
        } else {
            b_max -= 1;
        }
        for d in (b_min..=b_max).rev().step_by(2) {
            let (low, high) = (back[place(d - 1)], back[place(d + 1)]);
            let mut x = if low < high { low } else { high - 1 };
            while x > x_off && x - d > y_off && same(x - 1, x - d - 1) {
                x -= 1;
            }
            back[place(d)] = x;
            if !odd && (f_min..=f_max).contains(&d) && x <= forth[place(d)] {
                return (x as usize, (x - d) as usize);
            }
        }
    }
}

/// Moves runs of changed lines to where they read better: together, and as far down as they go.
fn shift(sides: &mut [Side; 2]) {
    for file in 0..2 {
        let [a, b] = &mut *sides;
        let (side, other) = if file == 0 { (a, b) } else { (b, a) };
        shift_one(side, other);
    }
}

fn shift_one(side: &mut Side, other: &Side) {
    let end = side.lines.len() as isize;
    let line = |side: &Side, at: isize| side.lines[at as usize];
    let (mut i, mut j) = (0isize, 0isize);
    loop {
        while i < end && !side.is_changed(i) {
            while other.is_changed(j) {
                j += 1;
            }
            (i, j) = (i + 1, j + 1);
        }
        if i == end {
            return;
        }
        let mut start = i;
        while side.is_changed(i) {
            i += 1;
        }
        while other.is_changed(j) {
            j += 1;
        }
        let mut corresponding;
        loop {
            let length = i - start;
            while start > 0 && line(side, start - 1) == line(side, i - 1) {
                (start, i) = (start - 1, i - 1);
                side.set(start, true);
                side.set(i, false);
                while side.is_changed(start - 1) {
                    start -= 1;
                }
                j -= 1;
                while other.is_changed(j) {
                    j -= 1;
                }
            }
            corresponding = if other.is_changed(j - 1) { i } else { end };
            while i != end && line(side, start) == line(side, i) {
                side.set(start, false);
                side.set(i, true);
                (start, i, j) = (start + 1, i + 1, j + 1);
                while side.is_changed(i) {
                    i += 1;
                }
                while other.is_changed(j) {
                    j += 1;
                    corresponding = i;
                }
            }
            if length == i - start {
                break;
            }
        }
        while corresponding < i {
            (start, i) = (start - 1, i - 1);
            side.set(start, true);
            side.set(i, false);
            j -= 1;
            while other.is_changed(j) {
                j -= 1;
            }
        }
    }
}

/// The changes, from what is marked.
fn script([a, b]: &[Side; 2], prefix: usize) -> Vec<Change> {
    let mut found = Vec::new();
    let (mut x, mut y) = (0, 0);
    while x < a.lines.len() || y < b.lines.len() {
        let start = [prefix + x, prefix + y];
        while a.is_changed(x as isize) {
            x += 1;
        }
        while b.is_changed(y as isize) {
            y += 1;
        }
        let end = [prefix + x, prefix + y];
        if start == end {
            (x, y) = (x + 1, y + 1);
        } else {
            found.push(Change { start, end });
        }
    }
    found
}
