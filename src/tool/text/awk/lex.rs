//! Text → tokens.

use crate::base::real::{Real, leading_number};

/// A token.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Token {
    /// A number.
    Number(Real),
    /// A string, its escapes resolved.
    Text(Vec<u8>),
    /// A regular expression.
    Regex(Vec<u8>),
    /// A name.
    Name(String),
    /// A name with `(` right behind it.
    Call(String),
    /// A word of the language or a built-in function.
    Word(&'static str),
    /// An operator or bracket.
    Mark(&'static str),
    /// A line's end.
    Newline,
    /// The program's end.
    End,
}

const WORDS: &[&str] = &[
    "BEGIN", "END", "function", "func", "if", "else", "while", "for", "do", "break", "continue",
    "next", "nextfile", "exit", "return", "delete", "in", "getline", "print", "printf", "length",
    "substr", "index", "split", "sub", "gsub", "match", "sprintf", "sin", "cos", "atan2", "exp",
    "log", "sqrt", "int", "rand", "srand", "tolower", "toupper", "system", "close", "fflush",
    "systime", "mktime", "strftime",
];

const MARKS: &[&str] = &[
    "&&", "||", "==", "!=", "<=", ">=", ">>", "++", "--", "+=", "-=", "*=", "/=", "%=", "^=", "!~",
    "{", "}", "(", ")", "[", "]", ";", ",", "+", "-", "*", "/", "%", "^", "!", "<", ">", "|", "?",
    ":", "~", "$", "=",
];

/// All tokens with their lines, of a text that ends with a line end; an error text instead.
/// `errors` gets what mawk only complains of.
pub fn tokens(text: &[u8], errors: &mut Vec<String>) -> Result<Vec<(Token, u32)>, String> {
    let mut open = 0u32;
    let mut found: Vec<(Token, u32)> = Vec::new();
    let mut at = 0;
    let mut line = 1;
    while at < text.len() {
        let rest = &text[at..];
        match rest[0] {
            b'\n' => {
                found.push((Token::Newline, line));
                line += 1;
                at += 1;
            }
            b' ' | b'\t' | b'\r' => at += 1,
            b'\\' if rest.starts_with(b"\\\n") || rest.starts_with(b"\\\r\n") => {
                at += if rest[1] == b'\n' { 2 } else { 3 };
                line += 1;
            }
            b'#' => at += rest.iter().take_while(|byte| **byte != b'\n').count(),
            b'"' => {
                let (bytes, length) =
                    string(rest).ok_or_else(|| runaway(line, "string constant", rest))?;
                found.push((Token::Text(bytes), line));
                at += length;
            }
            b'/' if regex_may_begin(&found) => {
                let (bytes, length) =
                    regex(rest).ok_or_else(|| runaway(line, "regular expression", rest))?;
                found.push((Token::Regex(bytes), line));
                at += length;
            }
            byte if byte.is_ascii_digit() || is_point(rest) => {
                let (number, length) = leading_number(rest);
                found.push((Token::Number(number), line));
                at += length;
            }
            byte if byte.is_ascii_alphabetic() || byte == b'_' => {
                let length =
                    rest.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
                let name = String::from_utf8_lossy(&rest[..length]).into_owned();
                let word = WORDS.iter().find(|word| **word == name);
                let token = match (word, rest.get(length)) {
                    (Some(word), _) => Token::Word(word),
                    (None, Some(b'(')) => Token::Call(name),
                    (None, _) => Token::Name(name),
                };
                found.push((token, line));
                at += length;
            }
            byte => {
                let mark = MARKS.iter().find(|mark| rest.starts_with(mark.as_bytes()));
                let Some(mark) = mark else {
                    return Err(format!("{line}: unexpected character '{}'", char::from(byte)));
                };
                at += mark.len();
                open += u32::from(*mark == "(");
                if *mark == ")" && open == 0 {
                    errors.push(format!("line {line}: extra ')'"));
                } else {
                    open -= u32::from(*mark == ")");
                    found.push((Token::Mark(mark), line));
                }
            }
        }
    }
    found.push((Token::End, line));
    Ok(found)
}

fn is_point(rest: &[u8]) -> bool {
    rest[0] == b'.' && rest.get(1).is_some_and(u8::is_ascii_digit)
}

fn runaway(line: u32, what: &str, rest: &[u8]) -> String {
    let shown: Vec<u8> = rest.iter().take(11).copied().take_while(|byte| *byte != b'\n').collect();
    format!("line {line}: runaway {what} {} ...", String::from_utf8_lossy(&shown))
}

/// A slash divides after an operand and begins a regular expression elsewhere.
fn regex_may_begin(before: &[(Token, u32)]) -> bool {
    match before.last().map(|(token, _)| token) {
        Some(Token::Number(_) | Token::Text(_) | Token::Name(_) | Token::Regex(_)) => false,
        Some(Token::Mark(mark)) => !matches!(*mark, ")" | "]" | "++" | "--" | "$"),
        Some(Token::Word(word)) => *word != "length",
        _ => true,
    }
}

fn string(text: &[u8]) -> Option<(Vec<u8>, usize)> {
    let mut out = Vec::new();
    let mut at = 1;
    loop {
        match text.get(at)? {
            b'"' => return Some((out, at + 1)),
            b'\n' => return None,
            b'\\' => {
                let (bytes, length) = escape(&text[at..]);
                out.extend(bytes);
                at += length;
            }
            byte => {
                out.push(*byte);
                at += 1;
            }
        }
    }
}

/// An escape of a string; an unknown one keeps its backslash.
pub fn escape(text: &[u8]) -> (Vec<u8>, usize) {
    match text.get(1) {
        None => (b"\\".to_vec(), 1),
        Some(b'\n') => (Vec::new(), 2),
        Some(b'"') => (vec![b'"'], 2),
        Some(b'e') => (text[..2].to_vec(), 2),
        Some(other) => match super::super::escape::escape_at(text, false) {
            Some(found) => found,
            None => (vec![b'\\', *other], 2),
        },
    }
}

/// A regular expression's text: `\/` is a slash, other escapes are left to the expression.
fn regex(text: &[u8]) -> Option<(Vec<u8>, usize)> {
    let mut out = Vec::new();
    let mut at = 1;
    let mut bracket = false;
    loop {
        let byte = *text.get(at)?;
        match byte {
            b'\n' => return None,
            b'/' if !bracket => return Some((out, at + 1)),
            b'\\' => {
                let next = *text.get(at + 1)?;
                if next != b'/' {
                    out.push(b'\\');
                }
                out.push(next);
                at += 2;
                continue;
            }
            b'[' if !bracket => {
                bracket = true;
                out.push(byte);
                at += 1;
                // A bracket right after the opening one is a member.
                if text.get(at) == Some(&b'^') {
                    out.push(b'^');
                    at += 1;
                }
                if text.get(at) == Some(&b']') {
                    out.push(b']');
                    at += 1;
                }
                continue;
            }
            b'[' if text.get(at + 1) == Some(&b':') => {
                let end = text[at..].windows(2).position(|pair| pair == b":]")?;
                out.extend(&text[at..at + end + 2]);
                at += end + 2;
                continue;
            }
            b']' => bracket = false,
            _ => {}
        }
        out.push(byte);
        at += 1;
    }
}
