//! How keys compare.

use std::cmp::Ordering;

use crate::base::real::strtod;

/// How two keys compare.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Order {
    /// `b`.
    pub blanks: bool,
    /// `d`.
    pub dictionary: bool,
    /// `i`.
    pub printable: bool,
    /// `f`.
    pub fold: bool,
    /// `n`.
    pub numeric: bool,
    /// `g`.
    pub general: bool,
    /// By a hash that this salts; 0: not.
    pub random: u64,
    /// `h`.
    pub human: bool,
    /// `V`.
    pub version: bool,
    /// `M`.
    pub month: bool,
    /// `r`.
    pub reverse: bool,
}

impl Order {
    /// Whether no letter was given.
    pub fn is_default(&self) -> bool {
        *self == Order::default()
    }

    /// Takes a letter; whether it is one of these.
    pub fn set(&mut self, letter: char) -> bool {
        match letter {
            'b' => self.blanks = true,
            'd' => self.dictionary = true,
            'f' => self.fold = true,
            'i' => self.printable = true,
            'n' => self.numeric = true,
            'g' => self.general = true,
            'R' => self.random = 1,
            'h' => self.human = true,
            'V' => self.version = true,
            'M' => self.month = true,
            'r' => self.reverse = true,
            _ => return false,
        }
        true
    }

    /// Its letters, where two of them exclude each other (`check_ordering_compatibility`).
    pub fn clash(&self) -> Option<String> {
        let ignores = self.dictionary || self.printable;
        let other = self.version || self.random > 0 || ignores;
        let kinds = [self.numeric, self.general, self.human, self.month, other];
        if kinds.into_iter().filter(|kind| *kind).count() < 2 {
            return None;
        }
        let letters = [
            ('d', self.dictionary),
            ('f', self.fold),
            ('g', self.general),
            ('h', self.human),
            ('i', self.printable && !self.dictionary),
            ('M', self.month),
            ('n', self.numeric),
            ('R', self.random > 0),
            ('V', self.version),
        ];
        Some(letters.into_iter().filter(|(_, set)| *set).map(|(letter, _)| letter).collect())
    }
}

/// How two keys compare, `r` left out.
pub fn compare_keys(a: &[u8], b: &[u8], order: Order) -> Ordering {
    if order.general {
        return general(a).cmp(&general(b));
    }
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
            let is_word = byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'\t');
            (!order.dictionary || is_word) && (!order.printable || matches!(byte, b' '..=b'~'))
        });
        kept.map(|byte| if order.fold { byte.to_ascii_uppercase() } else { *byte }).collect()
    };
    let (a, b) = (shape(a), shape(b));
    if order.version {
        return compare_versions(&a, &b);
    }
    if order.random > 0 {
        return (salted(&a, order.random), &a).cmp(&(salted(&b, order.random), &b));
    }
    a.cmp(&b)
}

/// FNV-1a, begun with a salt.
fn salted(text: &[u8], salt: u64) -> u64 {
    text.iter().fold(salt, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3))
}

/// `-g`: what is no number comes first, then `nan`, then numbers by size.
fn general(text: &[u8]) -> (u8, i64) {
    let (number, used) = strtod(text);
    let bits = number.bits() as i64;
    // Doubles are ordered as their bits are, those below zero the other way round.
    let ordered = if bits < 0 { i64::MIN - bits } else { bits };
    match (used, number.get().is_nan()) {
        (0, _) => (0, 0),
        (_, true) => (1, 0),
        _ => (2, ordered),
    }
}

/// Without blanks at its start.
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

/// Versions, as gnulib's filevercmp: `.` and `..` first, then what begins with a dot, then without
/// their suffixes, and with them where that does not tell.
pub fn compare_versions(a: &[u8], b: &[u8]) -> Ordering {
    let class = |text: &[u8]| match text {
        b"" => 0,
        b"." => 1,
        b".." => 2,
        [b'.', ..] => 3,
        _ => 4,
    };
    let by_class = class(a).cmp(&class(b));
    if by_class.is_ne() || a == b {
        return by_class;
    }
    let by_stem = compare_runs(&a[..stem(a)], &b[..stem(b)]);
    by_stem.then_with(|| compare_runs(a, b)).then_with(|| a.cmp(b))
}

/// The length without suffixes of the form `(\.[A-Za-z~][A-Za-z0-9~]*)*`.
fn stem(name: &[u8]) -> usize {
    let mut end = name.len();
    loop {
        let word = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'~';
        let tail = name[..end].iter().rev().take_while(word).count();
        let Some(dot) = end.checked_sub(tail + 1).filter(|dot| *dot > 0 && name[*dot] == b'.')
        else {
            return end;
        };
        if tail == 0 || name[dot + 1].is_ascii_digit() {
            return end;
        }
        end = dot;
    }
}

/// Runs of digits by value, the rest by byte.
fn compare_runs(a: &[u8], b: &[u8]) -> Ordering {
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
