//! grep's patterns: regular expressions and fixed strings.

use super::super::super::Context;
use super::super::super::say::say;
use crate::ere::{Flags, Regex};

/// A pattern.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Matcher {
    /// A regular expression.
    Regex(Regex),
    /// A fixed string; `true`: in any case.
    Fixed(Vec<u8>, bool),
}

impl Matcher {
    /// The first match at or after `start`.
    pub fn find(&self, line: &[u8], start: usize) -> Option<(usize, usize)> {
        match self {
            Matcher::Regex(regex) => regex.find(line, start, false)?[0],
            Matcher::Fixed(word, icase) => {
                let rest = line.get(start..)?;
                if word.is_empty() {
                    return Some((start, start));
                }
                let same = |window: &[u8]| match icase {
                    true => window.eq_ignore_ascii_case(word),
                    false => window == &word[..],
                };
                let at = rest.windows(word.len()).position(same)?;
                Some((start + at, start + at + word.len()))
            }
        }
    }
}

/// A Perl pattern as an extended one, where both find the same.
pub fn from_perl(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut at = 0;
    let mut in_set = false;
    while at < text.len() {
        match (text[at], text.get(at + 1)) {
            (b'\\', Some(letter)) => {
                let class: &[u8] = match letter {
                    b'd' => b"0-9",
                    b's' => b"[:space:]",
                    b'w' => b"[:alnum:]_",
                    b't' => b"\t",
                    b'D' if !in_set => b"^0-9",
                    b'S' if !in_set => b"^[:space:]",
                    b'W' if !in_set => b"^[:alnum:]_",
                    b'b' | b'B' if !in_set => b"",
                    letter if letter.is_ascii_alphanumeric() => return None,
                    _ => b"",
                };
                match (class.is_empty(), in_set) {
                    (true, _) => out.extend(&text[at..at + 2]),
                    (false, true) => out.extend(class),
                    (false, false) => out.extend(say!("[", class, "]")),
                }
                at += 2;
                continue;
            }
            (b'|', _) if !in_set => return None,
            (b'*' | b'+' | b'?' | b'}', Some(b'?' | b'+')) if !in_set => return None,
            (b'(', Some(b'?')) if !in_set => {
                if text.get(at + 2) != Some(&b':') {
                    return None;
                }
                out.push(b'(');
                at += 3;
                continue;
            }
            (b'[', _) if !in_set => in_set = true,
            (b']', _) => in_set = false,
            _ => {}
        }
        out.push(text[at]);
        at += 1;
    }
    Some(out)
}

/// The patterns, ready to match; refused in grep's words.
pub fn read_patterns(
    cx: &mut Context,
    patterns: Vec<Vec<u8>>,
    kind: char,
    flags: Flags,
) -> Result<Vec<Matcher>, u8> {
    let mut matchers = Vec::new();
    for pattern in patterns {
        if kind == 'F' {
            matchers.push(Matcher::Fixed(pattern, flags.icase));
            continue;
        }
        let is_class = pattern.len() > 4 && pattern.starts_with(b"[:") && pattern.ends_with(b":]");
        if is_class {
            cx.complain("character class syntax is [[:space:]], not [:space:]");
            return Err(2);
        }
        if flags.extended {
            warn_of_starts(cx, &pattern);
        }
        match Regex::new(&pattern, flags) {
            Ok(regex) => matchers.push(Matcher::Regex(regex)),
            Err(error) => {
                cx.complain(error.text());
                return Err(2);
            }
        }
    }
    Ok(matchers)
}

/// Warns of repetitions that nothing precedes (grep's dfa.c).
fn warn_of_starts(cx: &mut Context, pattern: &[u8]) {
    let (mut start, mut at) = (true, 0);
    while let Some(byte) = pattern.get(at) {
        let next = match byte {
            b'\\' => at + 2,
            b'[' => {
                let body = at + 1 + usize::from(pattern.get(at + 1) == Some(&b'^'));
                let rest = pattern.get(body + 1..).unwrap_or_default();
                body + 2 + rest.iter().position(|byte| *byte == b']').unwrap_or(rest.len())
            }
            _ => at + 1,
        };
        match byte {
            b'*' | b'+' | b'?' if start => {
                cx.complain(say!("warning: ", [*byte], " at start of expression"));
            }
            b'{' if start && is_interval(&pattern[at + 1..]) => {
                cx.complain("warning: {...} at start of expression");
                start = false;
            }
            _ => start = matches!(byte, b'(' | b'|' | b'^'),
        }
        at = next;
    }
}

/// Whether `2}`, `2,}`, `,3}` or `2,3}` follows; without, a brace is itself.
fn is_interval(text: &[u8]) -> bool {
    let digits = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let least = digits(text);
    match text.get(least) {
        Some(b'}') => least > 0,
        Some(b',') => text.get(least + 1 + digits(&text[least + 1..])) == Some(&b'}'),
        _ => false,
    }
}
