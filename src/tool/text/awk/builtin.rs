//! Functions that need nothing of the machine but their arguments.

use super::value::Value;
use crate::base::conversion as format;
use crate::base::real::Real;
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
/// What was formed before an argument was missing.
pub fn sprintf(text: &[u8], args: &[Value], convert: &[u8]) -> Result<Vec<u8>, Vec<u8>> {
    let mut out = Vec::new();
    let mut args = args.iter();
    let mut at = 0;
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
        let Some((spec, letter, length)) = read else {
            out.extend(&text[at..]);
            break;
        };
        if letter.is_ascii_alphabetic() && args.len() == 0 {
            return Err(out);
        }
        let mut next = || args.next().cloned().unwrap_or_default();
        match letter {
            b'd' | b'i' | b'o' | b'x' | b'X' | b'u' => {
                out.extend(spec.integer(i128::from(next().number().to_whole()), letter));
            }
            b'e' | b'E' | b'f' | b'F' | b'g' | b'G' => {
                out.extend(spec.real(next().number(), letter))
            }
            b's' => out.extend(spec.text(&next().text(convert))),
            b'c' => match next() {
                Value::Number(number) => out.extend(spec.text(&[number.to_whole() as u8])),
                other => out.extend(spec.text(other.text(convert).get(..1).unwrap_or_default())),
            },
            _ => out.extend(&text[at..at + 1 + length]),
        }
        at += 1 + length;
    }
    Ok(out)
}

/// The text with matches replaced, and how many.
pub fn substitute(regex: &Regex, with: &[u8], text: &[u8], global: bool) -> (Vec<u8>, i64) {
    let mut out = Vec::new();
    let mut count = 0;
    let mut at = 0;
    let mut last_end = None;
    while at <= text.len() {
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
