//! Date texts → tokens. Models the lexer of gnulib's parse-datetime.y.

use crate::base::date::{DAYS, MONTHS};

/// A token.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Token {
    /// A whole number, whether it had a sign, and how many digits.
    Number { value: i64, signed: bool, digits: usize },
    /// A number with a fraction: whole part (rounded down) and milliseconds.
    Decimal { secs: i64, millis: u32 },
    /// `am` (0) or `pm` (12).
    Meridian(i64),
    /// 1 to 12.
    Month(i64),
    /// 0 (Sunday) to 6.
    Day(i64),
    /// `year`, `month`, `week` …
    Unit(Unit, i64),
    /// `next`, `third` …
    Ordinal(i64),
    /// `tomorrow` …: so many days.
    Shift(i64),
    /// `ago`.
    Ago,
    /// `UTC` …: so many seconds east.
    Zone(i64),
    /// The letter between a date and a time.
    T,
    /// Anything else.
    Sign(u8),
}

/// What a number of a relative item counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    /// Years.
    Year,
    /// Months.
    Month,
    /// Days.
    Day,
    /// Seconds.
    Second,
}

/// All tokens; `None`: a word that means nothing.
pub fn tokens(text: &str) -> Option<Vec<Token>> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        if byte.is_ascii_whitespace() {
            at += 1;
        } else if byte.is_ascii_digit() || matches!(byte, b'+' | b'-') {
            at = number(bytes, at, &mut found)?;
        } else if byte.is_ascii_alphabetic() {
            let part = |b: &&u8| b.is_ascii_alphabetic() || **b == b'.';
            let length = bytes[at..].iter().take_while(part).count();
            found.push(word(&text[at..at + length])?);
            at += length;
        } else if *byte == b'(' {
            // A comment.
            at += bytes[at..].iter().position(|byte| *byte == b')')? + 1;
        } else {
            found.push(Token::Sign(*byte));
            at += 1;
        }
    }
    Some(found)
}

/// A number with or without a sign; a sign that no number follows is left out. Where it goes on.
fn number(bytes: &[u8], start: usize, found: &mut Vec<Token>) -> Option<usize> {
    let signed = !bytes[start].is_ascii_digit();
    let mut at = start + usize::from(signed);
    while signed && bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
        at += 1;
    }
    let count = |from: usize| bytes[from..].iter().take_while(|b| b.is_ascii_digit()).count();
    let digits = count(at);
    if digits == 0 {
        return Some(at);
    }
    let read = |from: usize, to: usize| std::str::from_utf8(&bytes[from..to]).ok()?.parse().ok();
    let size: i64 = read(at, at + digits)?;
    at += digits;
    let negative = signed && bytes[start] == b'-';
    let value = if negative { -size } else { size };
    let fraction = bytes.get(at).filter(|b| matches!(b, b'.' | b',')).map_or(0, |_| count(at + 1));
    if fraction == 0 {
        found.push(Token::Number { value, signed, digits });
        return Some(at);
    }
    let shown = (0..3).fold(0, |n, place| {
        let digit = bytes[at + 1..at + 1 + fraction].get(place).map_or(0, |b| u32::from(b - b'0'));
        n * 10 + digit
    });
    let borrows = negative && shown > 0;
    let millis = if borrows { 1_000 - shown } else { shown };
    found.push(Token::Decimal { secs: value - i64::from(borrows), millis });
    Some(at + 1 + fraction)
}

const ORDINALS: [(&str, i64); 14] = [
    ("last", -1),
    ("this", 0),
    ("next", 1),
    ("first", 1),
    ("third", 3),
    ("fourth", 4),
    ("fifth", 5),
    ("sixth", 6),
    ("seventh", 7),
    ("eighth", 8),
    ("ninth", 9),
    ("tenth", 10),
    ("eleventh", 11),
    ("twelfth", 12),
];

/// Hours east.
const ZONES: [(&str, i64); 15] = [
    ("gmt", 0),
    ("ut", 0),
    ("utc", 0),
    ("wet", 0),
    ("est", -5),
    ("edt", -4),
    ("cst", -6),
    ("cdt", -5),
    ("mst", -7),
    ("mdt", -6),
    ("pst", -8),
    ("pdt", -7),
    ("cet", 1),
    ("eet", 2),
    ("jst", 9),
];

fn word(text: &str) -> Option<Token> {
    let word = text.to_ascii_lowercase();
    let look = |table: &[(&str, i64)], word: &str| {
        table.iter().find(|(known, _)| *known == word).map(|row| row.1)
    };
    match word.as_str() {
        "am" | "a.m." => return Some(Token::Meridian(0)),
        "pm" | "p.m." => return Some(Token::Meridian(12)),
        "t" => return Some(Token::T),
        "ago" => return Some(Token::Ago),
        "now" | "today" => return Some(Token::Shift(0)),
        "tomorrow" => return Some(Token::Shift(1)),
        "yesterday" => return Some(Token::Shift(-1)),
        _ => {}
    }
    let bare = word.trim_end_matches('.');
    let named = |names: &[&str], others: &[(&str, i64)]| {
        let fits = |name: &&str| {
            let name = name.to_ascii_lowercase();
            name == bare || (bare.len() == 3 && name.starts_with(bare))
        };
        names.iter().position(fits).map(|at| at as i64).or_else(|| look(others, bare))
    };
    if let Some(month) = named(&MONTHS, &[("sept", 8)]) {
        return Some(Token::Month(month + 1));
    }
    let short = [("tues", 1), ("wednes", 2), ("thur", 3), ("thurs", 3)];
    if let Some(day) = named(&DAYS, &short) {
        return Some(Token::Day((day + 1) % 7));
    }
    if let Some(count) = look(&ORDINALS, &word) {
        return Some(Token::Ordinal(count));
    }
    if let Some((unit, size)) = unit(word.strip_suffix('s').unwrap_or(&word)) {
        return Some(Token::Unit(unit, size));
    }
    if let [letter] = bare.as_bytes() {
        // Military time zones.
        return match letter {
            b'a'..=b'i' => Some(Token::Zone(i64::from(letter - b'a' + 1) * 3_600)),
            b'k'..=b'm' => Some(Token::Zone(i64::from(letter - b'k' + 10) * 3_600)),
            b'n'..=b'y' => Some(Token::Zone(i64::from(letter - b'n' + 1) * -3_600)),
            b'z' => Some(Token::Zone(0)),
            _ => None,
        };
    }
    let zone: String = word.chars().filter(|c| *c != '.').collect();
    look(&ZONES, &zone).map(|hours| Token::Zone(hours * 3_600))
}

fn unit(word: &str) -> Option<(Unit, i64)> {
    Some(match word {
        "year" => (Unit::Year, 1),
        "month" => (Unit::Month, 1),
        "fortnight" => (Unit::Day, 14),
        "week" => (Unit::Day, 7),
        "day" => (Unit::Day, 1),
        "hour" => (Unit::Second, 3_600),
        "minute" | "min" => (Unit::Second, 60),
        "second" | "sec" => (Unit::Second, 1),
        _ => return None,
    })
}
