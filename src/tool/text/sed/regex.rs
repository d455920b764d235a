//! sed's own escapes. Models `normalize_text` and `setup_replacement` (sed/compile.c).

use super::script::{Case, Part};

/// A character by number: `\d065`, `\o101`, `\x41`; its value and length after the backslash.
fn numbered(text: &[u8]) -> Option<(u8, usize)> {
    let (radix, most) = match text.first()? {
        b'd' => (10, 3),
        b'o' => (8, 3),
        b'x' => (16, 2),
        _ => return None,
    };
    let digits = text[1..].iter().take(most).take_while(|byte| char::from(**byte).is_digit(radix));
    let digits: Vec<u8> = digits.copied().collect();
    let value = u32::from_str_radix(std::str::from_utf8(&digits).ok()?, radix).ok()?;
    Some((value as u8, 1 + digits.len()))
}

/// What `\t` and its like stand for, and their length after the backslash.
pub fn plain_escape(text: &[u8]) -> Option<(u8, usize)> {
    let byte = match text.first()? {
        b'a' => 0x07,
        b'f' => 0x0c,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 0x0b,
        b'c' => return text.get(1).map(|byte| (byte.to_ascii_uppercase() ^ 0x40, 2)),
        _ => return numbered(text),
    };
    Some((byte, 1))
}

/// A regular expression with sed's escapes resolved.
pub fn pattern(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut at = 0;
    let mut bracket: Option<usize> = None;
    while at < text.len() {
        let byte = text[at];
        if byte == b'\\' {
            match plain_escape(&text[at + 1..]) {
                Some((value, length)) => {
                    out.push(value);
                    at += 1 + length;
                }
                None => {
                    out.push(byte);
                    at += 1;
                    if bracket.is_none()
                        && let Some(next) = text.get(at)
                    {
                        out.push(*next);
                        at += 1;
                    }
                }
            }
            continue;
        }
        match (bracket, byte) {
            (None, b'[') => bracket = Some(at),
            (Some(open), b']') => {
                let first = at == open + 1 || (at == open + 2 && text[open + 1] == b'^');
                if !first {
                    bracket = None;
                }
            }
            (Some(_), b'[') if matches!(text.get(at + 1), Some(b':' | b'.' | b'=')) => {
                let kind = text[at + 1];
                let rest = &text[at + 2..];
                if let Some(end) = rest.windows(2).position(|pair| pair == [kind, b']']) {
                    out.extend(&text[at..at + 2 + end + 2]);
                    at += 2 + end + 2;
                    continue;
                }
            }
            _ => {}
        }
        out.push(byte);
        at += 1;
    }
    out
}

/// A replacement as parts.
pub fn replacement(text: &[u8]) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut plain = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let part = match (text[at], text.get(at + 1)) {
            (b'&', _) => {
                at += 1;
                Part::Group(0)
            }
            (b'\\', Some(digit @ b'0'..=b'9')) => {
                at += 2;
                Part::Group(u32::from(digit - b'0'))
            }
            (b'\\', Some(letter @ (b'U' | b'L' | b'u' | b'l' | b'E'))) => {
                at += 2;
                Part::Case(match letter {
                    b'U' => Case::Upper,
                    b'L' => Case::Lower,
                    b'u' => Case::UpperNext,
                    b'l' => Case::LowerNext,
                    _ => Case::Plain,
                })
            }
            (b'\\', Some(next)) => {
                match plain_escape(&text[at + 1..]) {
                    Some((value, length)) => {
                        plain.push(value);
                        at += 1 + length;
                    }
                    None => {
                        plain.push(*next);
                        at += 2;
                    }
                }
                continue;
            }
            (byte, _) => {
                plain.push(byte);
                at += 1;
                continue;
            }
        };
        if !plain.is_empty() {
            parts.push(Part::Text(std::mem::take(&mut plain)));
        }
        parts.push(part);
    }
    if !plain.is_empty() {
        parts.push(Part::Text(plain));
    }
    parts
}
