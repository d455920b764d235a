//! Functions that need nothing of the machine but their arguments.

use super::value::Value;
use crate::base::conversion as format;
use crate::base::limit::BLOB_BYTES_MAX;
use crate::base::real::Real;
use crate::base::time::days_from_calendar;
use crate::ere::Regex;

/// `substr(s, m, n)`: characters from m, n of them. As mawk 1.3.4 20200120 has it: numbers lose
/// their fractions, and with an m below 0 it is as many more.
pub fn substr(text: &[u8], from: Real, count: Option<Real>) -> Vec<u8> {
    let length = text.len() as i64;
    let from = from.to_whole();
    let start = from.max(1) - 1;
    let count = count.map_or(i64::MAX, Real::to_whole).saturating_add(from.min(0).saturating_neg());
    if start >= length || count <= 0 {
        return Vec::new();
    }
    let end = start.saturating_add(count).min(length);
    text[start as usize..end as usize].to_vec()
}

/// `index(s, t)`.
pub fn index(text: &[u8], part: &[u8]) -> i64 {
    if part.is_empty() {
        return 1;
    }
    text.windows(part.len()).position(|window| window == part).map_or(0, |at| at as i64 + 1)
}

/// A formatted text; `convert` turns numbers into strings (CONVFMT).
///
/// # Errors
/// What was formed before something was wrong, and what was.
pub fn sprintf(text: &[u8], args: &[Value], convert: &[u8]) -> Result<Vec<u8>, (Vec<u8>, String)> {
    let mut out = Vec::new();
    let mut args = args.iter();
    let (mut at, mut number) = (0, 0);
    while at < text.len() {
        if text[at] != b'%' {
            out.push(text[at]);
            at += 1;
            continue;
        }
        if text.get(at + 1) == Some(&b'%') {
            out.push(b'%');
            at += 2;
            continue;
        }
        let mut rest = args.clone();
        let read = format::read(&text[at + 1..], || {
            rest.next().map_or(0, |value| value.number().to_whole())
        });
        args = rest;
        if args.len() == 0 {
            return Err((out, "not enough arguments passed to".to_string()));
        }
        number += 1;
        let improper = format!("improper conversion(number {number}) in");
        let Some((spec, letter, length)) = read else { return Err((out, improper)) };
        let mut next = || args.next().cloned().unwrap_or_default();
        match letter {
            b'd' | b'i' => {
                // What a C int holds, but for its least.
                let value = next().number().to_whole().clamp(-2_147_483_647, 2_147_483_647);
                out.extend(spec.integer(i128::from(value), letter));
            }
            b'o' | b'x' | b'X' | b'u' => {
                let value = next().number().to_whole().clamp(0, 4_294_967_295);
                out.extend(spec.integer(i128::from(value), letter));
            }
            b'e' | b'E' | b'f' | b'F' | b'g' | b'G' => {
                out.extend(spec.real(next().number(), letter))
            }
            b's' => out.extend(spec.text(&next().text(convert))),
            b'c' => match next().checked() {
                Value::Number(number) => out.extend(spec.text(&[number.to_whole() as u8])),
                other => out.extend(spec.text(other.text(convert).get(..1).unwrap_or(b"\0"))),
            },
            _ => return Err((out, improper)),
        }
        at += 1 + length;
    }
    Ok(out)
}

/// The text with matches replaced, and how many; it ends where it has grown too long.
pub fn substitute(regex: &Regex, with: &[u8], text: &[u8], global: bool) -> (Vec<u8>, i64) {
    let mut out = Vec::new();
    let mut count = 0;
    let mut at = 0;
    let mut last_end = None;
    while at <= text.len() && out.len() <= BLOB_BYTES_MAX {
        let found = regex.find(text, at, at > 0).and_then(|groups| groups[0]);
        let Some((from, to)) = found else { break };
        out.extend(&text[at..from]);
        if !(from == to && last_end == Some(from)) {
            replace(&mut out, with, &text[from..to]);
            count += 1;
        }
        last_end = Some(to);
        at = to;
        if from == to {
            out.extend(text.get(to));
            at = to + 1;
        }
        if !global {
            break;
        }
    }
    out.extend(text.get(at..).unwrap_or_default());
    (out, count)
}

/// `&` is what matched, `\&` an ampersand.
fn replace(out: &mut Vec<u8>, with: &[u8], matched: &[u8]) {
    let mut at = 0;
    while at < with.len() {
        match (with[at], with.get(at + 1)) {
            (b'\\', Some(next @ (b'&' | b'\\'))) => {
                out.push(*next);
                at += 2;
            }
            (b'&', _) => {
                out.extend(matched);
                at += 1;
            }
            (byte, _) => {
                out.push(byte);
                at += 1;
            }
        }
    }
}

/// `mktime("YYYY MM DD HH MM SS")`: seconds since the Unix epoch, UTC; -1: it is none.
pub fn mktime(text: &[u8]) -> i64 {
    let text = String::from_utf8_lossy(text).into_owned();
    let parts: Vec<i64> = text.split_whitespace().map_while(|part| part.parse().ok()).collect();
    let [year, month, day, hour, minute, second, ..] = parts[..] else { return -1 };
    let small = |part: i64| (-1_000_000..1_000_000).contains(&part);
    if ![year, month, day, hour, minute, second].into_iter().all(small) {
        return -1;
    }
    days_from_calendar(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second
}

/// glibc's random(3): additive feedback over 31 words.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Chance {
    seed: u32,
    words: Vec<u32>,
    at: u32,
}

impl Chance {
    /// As srandom(3) begins it.
    pub fn new(seed: u32) -> Chance {
        let mut word = seed.max(1) as i32;
        let mut words = vec![word as u32];
        for _ in 1..31 {
            let next = 16_807 * i64::from(word) % 2_147_483_647;
            word = (if next < 0 { next + 2_147_483_647 } else { next }) as i32;
            words.push(word as u32);
        }
        let mut chance = Chance { seed, words, at: 0 };
        (0..310).for_each(|_| {
            chance.next();
        });
        chance
    }

    /// What it began with.
    pub fn seed(&self) -> u32 {
        self.seed
    }

    /// 31 bits.
    pub fn next(&mut self) -> u32 {
        let at = self.at as usize;
        let sum = self.words[(at + 3) % 31].wrapping_add(self.words[at]);
        // The front pointer is three words ahead of the rear.
        self.words[(at + 3) % 31] = sum;
        self.at = (self.at + 1) % 31;
        sum >> 1
    }
}
