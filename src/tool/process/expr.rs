//! expr. Models coreutils' src/expr.c.

use super::super::args;
use super::super::say::say;
use super::super::{Context, quote};
use crate::base::limit::EXPR_DEPTH_MAX;
use crate::ere::{Flags, Regex};

type Value = Result<Vec<u8>, Vec<u8>>;

/// expr.
pub fn expr(cx: &mut Context) -> u8 {
    let mut words = cx.argv.get(1..).unwrap_or_default();
    if words.first().is_some_and(|word| word == b"--") {
        words = &words[1..];
    }
    if words.is_empty() {
        return args::missing_operand(cx, 2);
    }
    let mut reader = Reader { words, at: 0, depth: 0, utf8: cx.is_utf8() };
    let value = reader.or().and_then(|value| match reader.at == words.len() {
        true => Ok(value),
        false => Err(unexpected(&words[reader.at])),
    });
    match value {
        Ok(value) => {
            let null = is_null(&value);
            cx.print(say!(value, "\n"));
            u8::from(null)
        }
        Err(message) => {
            let code = if message.ends_with(b"Regular expression too big") { 3 } else { 2 };
            cx.complain(message);
            code
        }
    }
}

fn unexpected(word: &[u8]) -> Vec<u8> {
    say!("syntax error: unexpected argument ", quote::always(word))
}

fn is_null(value: &[u8]) -> bool {
    let digits = value.strip_prefix(b"-").unwrap_or(value);
    value.is_empty() || (!digits.is_empty() && digits.iter().all(|byte| *byte == b'0'))
}

fn integer(value: &[u8]) -> Option<i128> {
    let text = std::str::from_utf8(value).ok()?;
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}

struct Reader<'a> {
    words: &'a [Vec<u8>],
    at: usize,
    depth: u32,
    utf8: bool,
}

impl Reader<'_> {
    fn next_is(&mut self, operators: &[&str]) -> Option<String> {
        let word = self.words.get(self.at)?;
        let found = operators.iter().find(|operator| operator.as_bytes() == word)?;
        self.at += 1;
        Some(found.to_string())
    }

    fn or(&mut self) -> Value {
        let mut left = self.and()?;
        while self.next_is(&["|"]).is_some() {
            let right = self.and()?;
            if is_null(&left) {
                left = if is_null(&right) { b"0".to_vec() } else { right };
            }
        }
        Ok(left)
    }

    fn and(&mut self) -> Value {
        let mut left = self.compare()?;
        while self.next_is(&["&"]).is_some() {
            let right = self.compare()?;
            if is_null(&left) || is_null(&right) {
                left = b"0".to_vec();
            }
        }
        Ok(left)
    }

    fn compare(&mut self) -> Value {
        let mut left = self.sum()?;
        while let Some(operator) = self.next_is(&["<", "<=", "=", "==", "!=", ">=", ">"]) {
            let right = self.sum()?;
            let order = match (integer(&left), integer(&right)) {
                (Some(a), Some(b)) => a.cmp(&b),
                _ => left.cmp(&right),
            };
            let holds = match operator.as_str() {
                "<" => order.is_lt(),
                "<=" => order.is_le(),
                "!=" => order.is_ne(),
                ">=" => order.is_ge(),
                ">" => order.is_gt(),
                _ => order.is_eq(),
            };
            left = if holds { b"1".to_vec() } else { b"0".to_vec() };
        }
        Ok(left)
    }

    fn sum(&mut self) -> Value {
        let mut left = self.product()?;
        while let Some(operator) = self.next_is(&["+", "-"]) {
            let right = self.product()?;
            left = arithmetic(&left, &operator, &right)?;
        }
        Ok(left)
    }

    fn product(&mut self) -> Value {
        let mut left = self.matching()?;
        while let Some(operator) = self.next_is(&["*", "/", "%"]) {
            let right = self.matching()?;
            left = arithmetic(&left, &operator, &right)?;
        }
        Ok(left)
    }

    fn matching(&mut self) -> Value {
        let mut left = self.word()?;
        while self.next_is(&[":"]).is_some() {
            let right = self.word()?;
            left = self.matched(&left, &right)?;
        }
        Ok(left)
    }

    fn word(&mut self) -> Value {
        self.depth += 1;
        if self.depth > EXPR_DEPTH_MAX {
            return Err(say!("syntax error"));
        }
        let value = self.word_within();
        self.depth -= 1;
        value
    }

    fn word_within(&mut self) -> Value {
        if self.next_is(&["("]).is_some() {
            let value = self.or()?;
            return match self.next_is(&[")"]) {
                Some(_) => Ok(value),
                None => Err(match self.words.get(self.at) {
                    Some(word) => {
                        say!("syntax error: expecting ')' instead of ", quote::always(word))
                    }
                    None => self.missing("expecting ')' after "),
                }),
            };
        }
        if self.words.get(self.at).is_some_and(|word| word == b")") {
            return Err(say!("syntax error: unexpected ')'"));
        }
        if self.next_is(&["+"]).is_some() {
            let word = self.words.get(self.at).cloned();
            self.at += 1;
            return word.ok_or_else(|| self.missing("missing argument after "));
        }
        if self.next_is(&["length"]).is_some() {
            let value = self.word()?;
            return Ok(self.length(&value).to_string().into_bytes());
        }
        if self.next_is(&["match"]).is_some() {
            let (value, pattern) = (self.word()?, self.word()?);
            return self.matched(&value, &pattern);
        }
        if self.next_is(&["index"]).is_some() {
            let (value, set) = (self.word()?, self.word()?);
            let found = value.iter().position(|byte| set.contains(byte));
            return Ok(found.map_or(0, |at| at + 1).to_string().into_bytes());
        }
        if self.next_is(&["substr"]).is_some() {
            let (value, from, count) = (self.word()?, self.word()?, self.word()?);
            return Ok(substr(&value, integer(&from), integer(&count)));
        }
        let word = self
            .words
            .get(self.at)
            .cloned()
            .ok_or_else(|| self.missing("missing argument after "))?;
        self.at += 1;
        Ok(word)
    }

    fn missing(&self, what: &str) -> Vec<u8> {
        let last = self.words.last().map_or(&b""[..], |word| word);
        say!("syntax error: ", what, quote::always(last))
    }

    fn length(&self, value: &[u8]) -> usize {
        match std::str::from_utf8(value) {
            Ok(text) if self.utf8 => text.chars().count(),
            _ => value.len(),
        }
    }

    fn matched(&self, value: &[u8], pattern: &[u8]) -> Value {
        let flags = Flags { utf8: self.utf8, ..Flags::default() };
        let regex = Regex::new(pattern, flags).map_err(|error| say!(error.text()))?;
        let groups = regex
            .find(value, 0, false)
            .filter(|groups| groups[0].is_some_and(|(start, _)| start == 0));
        Ok(match (groups, regex.groups()) {
            (Some(groups), 0) => {
                let end = groups[0].map_or(0, |(_, end)| end);
                self.length(&value[..end]).to_string().into_bytes()
            }
            (Some(groups), _) => groups[1].map_or(Vec::new(), |(a, b)| value[a..b].to_vec()),
            (None, 0) => b"0".to_vec(),
            (None, _) => Vec::new(),
        })
    }
}

fn substr(value: &[u8], from: Option<i128>, count: Option<i128>) -> Vec<u8> {
    let (Some(from @ 1..), Some(count @ 1..)) = (from, count) else { return Vec::new() };
    let start = usize::try_from(from - 1).unwrap_or(usize::MAX).min(value.len());
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    value[start..start.saturating_add(count).min(value.len())].to_vec()
}

fn arithmetic(left: &[u8], operator: &str, right: &[u8]) -> Value {
    let (Some(a), Some(b)) = (integer(left), integer(right)) else {
        return Err(say!("non-integer argument"));
    };
    let value = match operator {
        "+" => a.checked_add(b),
        "-" => a.checked_sub(b),
        "*" => a.checked_mul(b),
        _ if b == 0 => return Err(say!("division by zero")),
        "/" => a.checked_div(b),
        _ => a.checked_rem(b),
    };
    value.map(|value| value.to_string().into_bytes()).ok_or_else(|| say!("integer overflow"))
}
