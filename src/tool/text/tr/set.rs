//! tr's sets as listed. Models the parser of coreutils' tr.c.

use crate::ere::Class;
use crate::tool::quote;
use crate::tool::say::say;
use crate::tool::text::escape_at;

/// A set: its bytes in order.
#[derive(Default)]
pub struct Set {
    /// With classes and ranges written out.
    pub bytes: Vec<u8>,
    /// Where a `[c*]` stands that fills up to the other set's length.
    pub fill: Option<(u32, u8)>,
    /// There is a second `[c*]`.
    pub fills_twice: bool,
    /// Where `[:upper:]` and `[:lower:]` begin.
    pub cases: Vec<u32>,
    /// There is another class.
    pub has_class: bool,
    /// There is an equivalence class.
    pub has_equal: bool,
    /// It ends with a class.
    pub ends_with_class: bool,
}

/// A byte, and whether a backslash made it ordinary.
type Letter = (u8, bool);

/// Reads a set. Warnings go to `warn`; `Err`: what to say.
pub fn read(text: &[u8], warn: &mut dyn FnMut(&[u8])) -> Result<Set, Vec<u8>> {
    let letters = unquoted(text, warn);
    let mut set = Set::default();
    let mut at = 0;
    while at < letters.len() {
        let rest = &letters[at..];
        set.ends_with_class = false;
        if let Some(length) = class(rest, &mut set)? {
            at += length;
            continue;
        }
        if let Some(length) = repeat(rest, &mut set)? {
            at += length;
            continue;
        }
        let byte = rest[0].0;
        if rest.len() > 2 && rest[1] == (b'-', false) {
            let last = rest[2].0;
            if last < byte {
                let shown = quote::always(&[byte, b'-', last]);
                let tail = " are in reverse collating sequence order";
                return Err(say!("range-endpoints of ", shown, tail));
            }
            set.bytes.extend(byte..=last);
            at += 3;
            continue;
        }
        set.bytes.push(byte);
        at += 1;
    }
    Ok(set)
}

fn unquoted(text: &[u8], warn: &mut dyn FnMut(&[u8])) -> Vec<Letter> {
    let mut letters = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        match (rest[0], rest.get(1)) {
            (b'\\', None) => {
                warn(b"warning: an unescaped backslash at end of string is not portable");
                letters.push((b'\\', false));
                at += 1;
            }
            (b'\\', Some(b'4'..=b'7')) if three_octal(rest) => {
                let text = String::from_utf8_lossy(&rest[1..4]).into_owned();
                let (head, tail) = text.split_at(2);
                warn(
                    format!(
                        "warning: the ambiguous octal escape \\{text} is being\n\
                         \tinterpreted as the 2-byte sequence \\0{head}, {tail}"
                    )
                    .as_bytes(),
                );
                letters.push((u8::from_str_radix(head, 8).unwrap_or(0), true));
                at += 3;
            }
            (b'\\', Some(b'x' | b'e')) => {
                letters.push((rest[1], true));
                at += 2;
            }
            (b'\\', Some(letter)) => {
                let (bytes, length) = escape_at(rest, false).unwrap_or((vec![*letter], 2));
                letters.push((bytes[0], true));
                at += length;
            }
            (byte, _) => {
                letters.push((byte, false));
                at += 1;
            }
        }
    }
    letters
}

fn three_octal(text: &[u8]) -> bool {
    text.len() >= 4 && text[1..4].iter().all(|byte| (b'0'..=b'7').contains(byte))
}

/// `[:name:]` or `[=c=]`: its length, once it has been taken in.
fn class(rest: &[Letter], set: &mut Set) -> Result<Option<usize>, Vec<u8>> {
    let Some([(b'[', false), (mark @ (b':' | b'='), false)]) = rest.get(..2) else {
        return Ok(None);
    };
    let body = &rest[2..];
    let Some(end) = body.windows(2).position(|two| two == [(*mark, false), (b']', false)]) else {
        return Ok(None);
    };
    let name: Vec<u8> = body[..end].iter().map(|letter| letter.0).collect();
    if name.is_empty() {
        return Err(match mark {
            b':' => say!("missing character class name '[::]'"),
            _ => say!("missing equivalence class character '[==]'"),
        });
    }
    if *mark == b'=' {
        if name.len() != 1 {
            return Err(say!(name, ": equivalence class operand must be a single character"));
        }
        set.has_equal = true;
        set.bytes.extend(name);
        return Ok(Some(end + 4));
    }
    let Some(class) = Class::parse(&name) else {
        return Err(say!("invalid character class ", quote::always(&name)));
    };
    match &name[..] {
        b"upper" | b"lower" => set.cases.push(set.bytes.len() as u32),
        _ => set.has_class = true,
    }
    set.ends_with_class = true;
    set.bytes.extend((0..=255u8).filter(|byte| class.has(u32::from(*byte), false)));
    Ok(Some(end + 4))
}

/// `[c*]` or `[c*n]`: its length, once it has been taken in.
fn repeat(rest: &[Letter], set: &mut Set) -> Result<Option<usize>, Vec<u8>> {
    let Some([(b'[', false), (byte, _), (b'*', false)]) = rest.get(..3) else { return Ok(None) };
    let Some(end) = rest[3..].iter().position(|letter| *letter == (b']', false)) else {
        return Ok(None);
    };
    let digits: Vec<u8> = rest[3..3 + end].iter().map(|letter| letter.0).collect();
    let text = String::from_utf8_lossy(&digits).into_owned();
    let radix = if text.starts_with('0') { 8 } else { 10 };
    let count = if text.is_empty() { Ok(0) } else { usize::from_str_radix(&text, radix) };
    match count {
        Ok(0) => {
            set.fills_twice = set.fill.is_some();
            set.fill = Some((set.bytes.len() as u32, *byte));
        }
        Ok(count) => set.bytes.extend(vec![*byte; count.min(256)]),
        Err(_) => {
            let shown = quote::always(&digits);
            return Err(say!("invalid repeat count ", shown, " in [c*n] construct"));
        }
    }
    Ok(Some(end + 4))
}
