//! The formats in which differences are shown.

use super::script::Change;
use crate::tool::say::say;

type Lines<'a> = [Vec<&'a [u8]>; 2];

/// Changes that are shown together, and from where to where each file is.
type Hunk<'a> = (&'a [Change], [(usize, usize); 2]);

/// A line with what stands before it, and a note where its end is missing.
fn line(mark: &str, text: &[u8]) -> Vec<u8> {
    let end = if text.ends_with(b"\n") { "" } else { "\n\\ No newline at end of file\n" };
    say!(mark, text, end)
}

fn put(out: &mut Vec<u8>, mark: &str, lines: &[&[u8]]) {
    lines.iter().for_each(|text| out.extend(line(mark, text)));
}

/// `3`, `3,5`; of no lines the one before.
fn range(start: usize, end: usize) -> String {
    if end <= start + 1 { end.to_string() } else { format!("{},{end}", start + 1) }
}

/// `5,7c8`, `<` and `>`.
pub fn normal(lines: &Lines, changes: &[Change]) -> Vec<u8> {
    let mut out = Vec::new();
    for Change { start, end } in changes {
        let letter = match (start[0] == end[0], start[1] == end[1]) {
            (true, _) => "a",
            (_, true) => "d",
            _ => "c",
        };
        let (first, second) = (range(start[0], end[0]), range(start[1], end[1]));
        out.extend(say!(first, letter, second, "\n"));
        put(&mut out, "< ", &lines[0][start[0]..end[0]]);
        if letter == "c" {
            out.extend(b"---\n");
        }
        put(&mut out, "> ", &lines[1][start[1]..end[1]]);
    }
    out
}

/// Changes with few lines between them go together.
fn hunks<'a>(lines: &Lines, changes: &'a [Change], context: usize) -> Vec<Hunk<'a>> {
    let near = |a: &Change, b: &Change| b.start[0] - a.end[0] <= 2 * context;
    let around = |part: &'a [Change]| {
        let (first, last) = (part[0], part[part.len() - 1]);
        let before = context.min(first.start[0]).min(first.start[1]);
        let ranges = [0, 1].map(|file| {
            let end = last.end[file].saturating_add(context).min(lines[file].len());
            (first.start[file] - before, end)
        });
        (part, ranges)
    };
    changes.chunk_by(near).map(around).collect()
}

/// `-u`.
pub fn unified(lines: &Lines, changes: &[Change], context: usize, heads: &[Vec<u8>; 2]) -> Vec<u8> {
    let counted = |(start, end): (usize, usize)| match end - start {
        1 => end.to_string(),
        0 => format!("{end},0"),
        count => format!("{},{count}", start + 1),
    };
    let mut out = say!("--- ", heads[0], "\n+++ ", heads[1], "\n");
    for (part, ranges) in hunks(lines, changes, context) {
        out.extend(say!("@@ -", counted(ranges[0]), " +", counted(ranges[1]), " @@\n"));
        let mut at = ranges[0].0;
        for change in part {
            put(&mut out, " ", &lines[0][at..change.start[0]]);
            put(&mut out, "-", &lines[0][change.start[0]..change.end[0]]);
            put(&mut out, "+", &lines[1][change.start[1]..change.end[1]]);
            at = change.end[0];
        }
        put(&mut out, " ", &lines[0][at..ranges[0].1]);
    }
    out
}

/// `-c`.
pub fn context(lines: &Lines, changes: &[Change], context: usize, heads: &[Vec<u8>; 2]) -> Vec<u8> {
    let mut out = say!("*** ", heads[0], "\n--- ", heads[1], "\n");
    for (part, ranges) in hunks(lines, changes, context) {
        out.extend(b"***************\n");
        for (file, frame, own) in [(0, ["*** ", " ****\n"], "- "), (1, ["--- ", " ----\n"], "+ ")] {
            let (start, end) = ranges[file];
            out.extend(say!(frame[0], range(start, end), frame[1]));
            if part.iter().all(|change| change.start[file] == change.end[file]) {
                continue;
            }
            let mut at = start;
            for change in part {
                let both = (0..2).all(|file| change.start[file] != change.end[file]);
                put(&mut out, "  ", &lines[file][at..change.start[file]]);
                let mark = if both { "! " } else { own };
                put(&mut out, mark, &lines[file][change.start[file]..change.end[file]]);
                at = change.end[file];
            }
            put(&mut out, "  ", &lines[file][at..end]);
        }
    }
    out
}
