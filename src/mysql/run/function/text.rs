//! Functions about texts.

use super::number::word;
use crate::base::checksum::{Algorithm, Checksum};
use crate::base::limit;
use crate::mysql::data::{Value, latin};
use crate::mysql::server::password_hash;

/// Functions of texts whose result is a number.
pub(super) fn measure(name: &str, values: &[Value]) -> Option<Value> {
    let first = values.first()?;
    Some(match name {
        // A latin1 client's bytes are the server's characters.
        "LENGTH" | "OCTET_LENGTH" | "CHAR_LENGTH" | "CHARACTER_LENGTH" => {
            Value::Int(first.bytes().len() as i128)
        }
        "BIT_LENGTH" => Value::Int(first.bytes().len() as i128 * 8),
        "ASCII" | "ORD" => Value::Int(first.bytes().first().copied().unwrap_or(0).into()),
        "INSTR" => position(&first.text(), &values[1].text(), 1),
        "LOCATE" => {
            let from = values.get(2).map_or(1, |v| v.number().round());
            position(&values[1].text(), &first.text(), from)
        }
        "FIELD" => {
            let same = |v: &Value| v.compare(first).is_some_and(|o| o.is_eq());
            let at = values[1..].iter().position(same);
            Value::Int(at.map_or(0, |at| at as i128 + 1))
        }
        "FIND_IN_SET" => {
            let (wanted, list) = (Value::Text(first.text()), values[1].text());
            let same =
                |part: &str| Value::Text(part.into()).compare(&wanted).is_some_and(|o| o.is_eq());
            let at = list.split(',').position(same).filter(|_| !list.is_empty());
            Value::Int(at.map_or(0, |at| at as i128 + 1))
        }
        _ => return None,
    })
}

fn position(text: &str, part: &str, from: i128) -> Value {
    let (text, part) = (latin::weights(text), latin::weights(part));
    let start = usize::try_from(from - 1).ok();
    let find = |rest: &[u8]| match part.len() {
        0 => Some(0),
        length => rest.windows(length).position(|window| window == part),
    };
    let found = start.and_then(|start| Some(start + find(text.get(start..)?)?));
    Value::Int(found.map_or(0, |at| at as i128 + 1))
}

/// Functions of texts whose result is text; NULL for what is none of them.
pub(super) fn about_text(name: &str, values: &[Value]) -> Value {
    let Some(first) = values.first() else { return Value::Null };
    let text = first.text();
    let made = match name {
        "UPPER" | "UCASE" => latin::upper(&text),
        "LOWER" | "LCASE" => latin::lower(&text),
        "REVERSE" => latin::narrowed(&latin::widened(&text).chars().rev().collect::<String>()),
        "TRIM" => trim(values),
        "LTRIM" => text.trim_start_matches(' ').to_string(),
        "RTRIM" => text.trim_end_matches(' ').to_string(),
        "QUOTE" => format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'")),
        "HEX" => match first {
            Value::Text(_) | Value::Bytes(_) | Value::Member(..) => hex(&first.bytes()),
            value if matches!(value.shown(), Some(t) if t.contains([':'])) => hex(&first.bytes()),
            Value::Date(_) => hex(&first.bytes()),
            value => format!("{:X}", word(value)),
        },
        "UNHEX" => return unhex(&text),
        "BINARY" => return Value::Bytes(first.bytes()),
        "COLLATE" => match values[1].text().ends_with("_bin") {
            true => return Value::Bytes(first.bytes()),
            false => text,
        },
        "CHARSET" | "COLLATION" => of_text(first, name == "CHARSET").into(),
        "MD5" => Checksum::of(Algorithm::Md5, &first.bytes()),
        "SHA1" | "SHA" => Checksum::of(Algorithm::Sha1, &first.bytes()),
        "SHA2" => match values[1].number().round() {
            0 | 256 => Checksum::of(Algorithm::Sha256, &first.bytes()),
            _ => return Value::Null,
        },
        "PASSWORD" => password_hash(&text),
        "CONCAT" => values.iter().map(Value::text).collect(),
        "CONCAT_WS" => {
            if first.is_null() {
                return Value::Null;
            }
            let parts: Vec<String> = values[1..].iter().filter_map(Value::shown).collect();
            parts.join(&text)
        }
        "REPLACE" => {
            let (from, to) = (values[1].text(), values[2].text());
            if from.is_empty() { text } else { text.replace(&from, &to) }
        }
        "SUBSTRING_INDEX" => substring_index(&text, &values[1].text(), values[2].number().round()),
        "CHAR" => values.iter().filter(|v| !v.is_null()).flat_map(characters).collect(),
        "ELT" => {
            let at = usize::try_from(first.number().round()).unwrap_or(0);
            match values.get(at).filter(|_| at > 0) {
                Some(value) => return value.clone(),
                None => return Value::Null,
            }
        }
        "MAKE_SET" => {
            let bits = word(first);
            let on = |at: &usize| at < &64 && bits >> at & 1 == 1;
            let parts: Vec<String> =
                (0..values.len() - 1).filter(on).filter_map(|at| values[at + 1].shown()).collect();
            parts.join(",")
        }
        "EXPORT_SET" => export_set(values),
        "SOUNDEX" => soundex(&text),
        _ => return counted(name, values),
    };
    if made.len() > limit::SQL_TEXT_BYTES_MAX { Value::Null } else { Value::Text(made) }
}

/// Those that count characters.
fn counted(name: &str, values: &[Value]) -> Value {
    let text = latin::widened(&values[0].text());
    let count = |index: usize| {
        let n = values.get(index).map_or(0, |v| v.number().round());
        usize::try_from(n.max(0)).unwrap_or(usize::MAX)
    };
    let chars: Vec<char> = text.chars().collect();
    let made: String = match name {
        "SPACE" => " ".repeat(count(0).min(limit::SQL_TEXT_BYTES_MAX)),
        "LEFT" => chars.iter().take(count(1)).collect(),
        "RIGHT" => chars.iter().skip(chars.len().saturating_sub(count(1))).collect(),
        "REPEAT" => {
            if text.len().saturating_mul(count(1)) > limit::SQL_TEXT_BYTES_MAX {
                return Value::Null;
            }
            text.repeat(count(1))
        }
        "SUBSTRING" | "SUBSTR" | "MID" => {
            let from = values[1].number().round();
            let start = match from {
                0 => chars.len(),
                n if n > 0 => usize::try_from(n - 1).unwrap_or(usize::MAX),
                n => match chars.len().checked_sub(usize::try_from(-n).unwrap_or(usize::MAX)) {
                    Some(start) => start,
                    None => chars.len(),
                },
            };
            let length = if values.len() > 2 { count(2) } else { usize::MAX };
            chars.iter().skip(start).take(length).collect()
        }
        "LPAD" | "RPAD" => {
            let (length, pad) =
                (count(1).min(limit::SQL_TEXT_BYTES_MAX), latin::widened(&values[2].text()));
            let missing = length.saturating_sub(chars.len());
            let filled: String =
                pad.chars().cycle().take(if pad.is_empty() { 0 } else { missing }).collect();
            let cut: String = chars.iter().take(length).collect();
            if name == "LPAD" { filled + &cut } else { cut + &filled }
        }
        "INSERT" => {
            let at = values[1].number().round();
            let Some(start) = usize::try_from(at - 1).ok().filter(|start| *start < chars.len())
            else {
                return Value::Text(latin::narrowed(&text));
            };
            let gone = match values[2].number().round() {
                n if n < 0 => usize::MAX,
                n => usize::try_from(n).unwrap_or(usize::MAX),
            };
            let after = start.saturating_add(gone);
            let front: String = chars[..start].iter().collect();
            front
                + &latin::widened(&values[3].text())
                + &chars.iter().skip(after).collect::<String>()
        }
        _ => return Value::Null,
    };
    let made = latin::narrowed(&made);
    if made.len() > limit::SQL_TEXT_BYTES_MAX { Value::Null } else { Value::Text(made) }
}

/// `TRIM(text)`, or side, part and text.
fn trim(values: &[Value]) -> String {
    let [side, part, text] = values else { return values[0].text().trim_matches(' ').to_string() };
    let (side, part, text) = (side.text(), part.text(), text.text());
    let mut rest = text.as_str();
    if part.is_empty() {
        return text;
    }
    if side != "TRAILING" {
        rest = rest.trim_start_matches(&part);
    }
    if side != "LEADING" {
        rest = rest.trim_end_matches(&part);
    }
    rest.to_string()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02X}")).collect()
}

fn unhex(text: &str) -> Value {
    let even = format!("{}{text}", if text.len() % 2 == 1 { "0" } else { "" });
    let byte = |at: usize| u8::from_str_radix(even.get(at..at + 2)?, 16).ok();
    let bytes: Option<Vec<u8>> = (0..even.len()).step_by(2).map(byte).collect();
    bytes.map_or(Value::Null, Value::Bytes)
}

/// CHARSET() and COLLATION() with a latin1 client.
fn of_text(value: &Value, set: bool) -> &'static str {
    match (value, set) {
        (Value::Text(_) | Value::Member(..), true) => "latin1",
        (Value::Text(_) | Value::Member(..), false) => "latin1_swedish_ci",
        _ => "binary",
    }
}

/// The bytes of a number, without leading zeros, as characters.
fn characters(value: &Value) -> Vec<char> {
    let bytes = (value.number().round() as u32).to_be_bytes();
    let start = bytes.iter().position(|byte| *byte != 0).unwrap_or(3);
    bytes[start..].iter().map(|byte| char::from(*byte)).collect()
}

fn export_set(values: &[Value]) -> String {
    let bits = word(&values[0]);
    let separator = values.get(3).map_or(",".to_string(), Value::text);
    let count = values.get(4).map_or(64, |v| v.number().round()).clamp(0, 64);
    let shown = |at: i128| if bits >> at & 1 == 1 { values[1].text() } else { values[2].text() };
    (0..count).map(shown).collect::<Vec<_>>().join(&separator)
}

/// Knuth's Soundex, of any length, at least four.
fn soundex(text: &str) -> String {
    let code = |c: char| match c {
        'B' | 'F' | 'P' | 'V' => '1',
        'C' | 'G' | 'J' | 'K' | 'Q' | 'S' | 'X' | 'Z' => '2',
        'D' | 'T' => '3',
        'L' => '4',
        'M' | 'N' => '5',
        'R' => '6',
        _ => '0',
    };
    let letters = text.chars().filter(char::is_ascii_alphabetic).map(|c| c.to_ascii_uppercase());
    let mut out = String::new();
    let mut last = ' ';
    for letter in letters {
        let own = code(letter);
        if out.is_empty() {
            out.push(letter);
        } else if own != '0' && own != last {
            out.push(own);
        }
        // H and W do not part two letters of one code.
        if !matches!(letter, 'H' | 'W') || out.len() == 1 {
            last = own;
        }
    }
    if out.is_empty() { out } else { format!("{out:0<4}") }
}

fn substring_index(text: &str, delimiter: &str, count: i128) -> String {
    if delimiter.is_empty() || count == 0 {
        return String::new();
    }
    let parts: Vec<&str> = text.split(delimiter).collect();
    let n = usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX).min(parts.len());
    let picked = if count > 0 { &parts[..n] } else { &parts[parts.len() - n..] };
    picked.join(delimiter)
}
