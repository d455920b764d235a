//! The operators of `${…}` that change each value: `#`, `%`, `/`, `^`, `,`, `@`.

use super::super::pattern::Pattern;
use super::super::quote;
use super::super::script::{Index, Param, ParamOp, ReplaceHow, Word};
use super::super::vars;
use super::{Expand, Expanded, Piece, Stop, Tilde, Value};
use crate::base::limit::WORD_BYTES_MAX;

/// What replaces a match: bytes, and the match itself where an unquoted `&` stood.
enum Replacement {
    Bytes(Vec<u8>),
    Match,
}

impl Expand<'_> {
    pub(super) fn transformed(
        &mut self,
        name: &[u8],
        param: &Param,
        value: Value,
    ) -> Expanded<Value> {
        match &param.op {
            ParamOp::Strip { suffix, longest, pattern } => {
                let pattern = self.pattern(pattern, false)?;
                Ok(each(value, |text| {
                    if *suffix {
                        let end = pattern.suffix(text, *longest).unwrap_or(text.len());
                        text[..end].to_vec()
                    } else {
                        text[pattern.prefix(text, *longest).unwrap_or(0)..].to_vec()
                    }
                }))
            }
            ParamOp::Replace { how, pattern, by } => {
                let pattern = self.pattern(pattern, false)?;
                let by = self.replacement(by)?;
                Ok(each(value, |text| replace(text, *how, &pattern, &by)))
            }
            ParamOp::Case { op, all, pattern } => {
                let mut made = self.pattern(pattern, true)?;
                if made.bytes.is_empty() {
                    made.push(b"?", false);
                }
                Ok(each(value, |text| change_case(text, *op, *all, &made)))
            }
            ParamOp::Transform(letter) => self.at_letter(name, param, *letter, value),
            _ => Ok(value),
        }
    }

    fn replacement(&mut self, word: &Word) -> Expanded<Vec<Replacement>> {
        let mut all = Vec::new();
        let matches = self.machine.shopts.has("patsub_replacement");
        for piece in self.pieces(word, Tilde::Start)? {
            match piece {
                Piece::Text { bytes, quoted: false, .. } => {
                    let mut plain = Vec::new();
                    let mut at = 0;
                    while at < bytes.len() {
                        match bytes[at] {
                            b'\\' if matches && bytes.get(at + 1) == Some(&b'&') => {
                                plain.push(b'&');
                                at += 1;
                            }
                            b'&' if matches => {
                                all.push(Replacement::Bytes(std::mem::take(&mut plain)));
                                all.push(Replacement::Match);
                            }
                            byte => plain.push(byte),
                        }
                        at += 1;
                    }
                    all.push(Replacement::Bytes(plain));
                }
                Piece::Text { bytes, .. } | Piece::Break(bytes) | Piece::Soft(bytes) => {
                    all.push(Replacement::Bytes(bytes));
                }
            }
        }
        Ok(all)
    }

    /// `${@@A}`.
    fn arguments_shown(&self, name: &[u8], value: Value) -> Value {
        let Value::Many { items, .. } = value else { return value };
        if items.is_empty() {
            return Value::Unset;
        }
        let mut words = items.iter().map(|item| quote::value(item));
        if self.separators().is_some_and(|ifs| ifs.first() != Some(&b' ')) {
            // Only the parameters are joined by IFS.
            let first = words.next().unwrap_or_default();
            let first = [b"set -- ", first.as_slice()].concat();
            let items = std::iter::once(first).chain(words).collect();
            return Value::Many { items, star: name == b"*" };
        }
        let items = [b"set".to_vec(), b"--".to_vec()].into_iter().chain(words).collect();
        Value::Many { items, star: name == b"*" }
    }

    /// `${v@Q}` and its kind.
    fn at_letter(
        &mut self,
        name: &[u8],
        param: &Param,
        letter: u8,
        value: Value,
    ) -> Expanded<Value> {
        match letter {
            b'Q' => Ok(each(value, quote::value)),
            b'E' => Ok(each(value, quote::ansi_decode)),
            b'U' => Ok(each(value, <[u8]>::to_ascii_uppercase)),
            b'L' => Ok(each(value, <[u8]>::to_ascii_lowercase)),
            b'u' => Ok(each(value, |text| {
                let mut text = text.to_vec();
                if let Some(first) = text.first_mut() {
                    first.make_ascii_uppercase();
                }
                text
            })),
            b'P' => {
                let (status, seen) = (self.machine.status, std::mem::take(&mut self.machine.out));
                let made = each(value, |text| self.prompted(text));
                (self.machine.status, self.machine.out) = (status, seen);
                Ok(made)
            }
            b'K' | b'k' => Ok(self.pairs(name, letter, value)),
            b'a' => {
                let flags = self.machine.attributes(name);
                Ok(each(value, |_| flags.clone()))
            }
            b'A' if matches!(name, b"@" | b"*") => Ok(self.arguments_shown(name, value)),
            b'A' if param.index.is_some() && matches!(value, Value::Many { .. }) => {
                let shown = self.machine.vars.get(name).map(|v| vars::declaration(name, v));
                let Some(shown) = shown else { return Ok(Value::Unset) };
                if param.index != Some(Index::At) {
                    return Ok(Value::One(shown));
                }
                // `declare`, its options and the assignment are words of their own.
                let items = shown.splitn(3, |byte| *byte == b' ').map(<[u8]>::to_vec).collect();
                Ok(Value::Many { items, star: false })
            }
            b'A' => {
                let flags = self.machine.attributes(name);
                Ok(each(value, |text| {
                    let set = [name, b"=", &quote::value(text)].concat();
                    if flags.is_empty() {
                        set
                    } else {
                        [b"declare -", flags.as_slice(), b" ", &set].concat()
                    }
                }))
            }
            _ => {
                self.machine.not_modelled("${…@…}");
                Err(Stop::Discard)
            }
        }
    }
}

impl Expand<'_> {
    /// A text as a prompt: backslashes as PS1 has them, then what `$` stands for. Commands within
    /// are left as they are.
    /// The user's name, or what bash has for who is not in /etc/passwd.
    fn user_name(&self) -> Vec<u8> {
        let uid = self.host.uid().to_string().into_bytes();
        let passwd = self.host.read_file(b"/etc/passwd").map(|file| file.bytes());
        let rows = passwd.unwrap_or_default();
        let mut rows = rows.split(|byte| *byte == b'\n').map(|row| row.split(|byte| *byte == b':'));
        let found = rows.find(|row| row.clone().nth(2) == Some(&uid));
        let name = found.and_then(|mut row| row.next());
        name.unwrap_or(b"I have no name!").to_vec()
    }

    pub(in crate::sh) fn prompted(&mut self, text: &[u8]) -> Vec<u8> {
        let mut plain = Vec::new();
        let mut at = 0;
        while at < text.len() {
            let next = text.get(at + 1).copied();
            let (b'\\', Some(letter)) = (text[at], next) else {
                plain.push(text[at]);
                at += 1;
                continue;
            };
            at += 2;
            let variable = |name: &[u8]| self.machine.vars.text(name).cloned().unwrap_or_default();
            let host = self.host.hostname().into_bytes();
            match letter {
                b'n' => plain.push(b'\n'),
                b'r' => plain.push(b'\r'),
                b'a' => plain.push(7),
                b'e' => plain.push(27),
                b'[' | b']' => {}
                b'$' => plain.push(if self.host.uid() == 0 { b'#' } else { b'$' }),
                b'u' => plain.extend(self.user_name()),
                b'h' => plain.extend(host.split(|byte| *byte == b'.').next().unwrap_or_default()),
                b'H' => plain.extend(host),
                b'w' => plain.extend(from_home(&variable(b"PWD"), &variable(b"HOME"))),
                b'W' => {
                    let shown = from_home(&variable(b"PWD"), &variable(b"HOME"));
                    let last = shown.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
                    plain.extend_from_slice(if shown == b"/" { b"/" } else { last });
                }
                b's' => plain.extend_from_slice(b"bash"),
                b'v' => plain.extend_from_slice(b"5.2"),
                b'V' => plain.extend_from_slice(b"5.2.15"),
                b'0'..=b'7' => {
                    let digits = text[at - 1..].iter().take(3);
                    let digits = digits.take_while(|byte| matches!(byte, b'0'..=b'7')).count();
                    let octal = text[at - 1..at - 1 + digits].iter();
                    plain.push(
                        octal.fold(0u8, |n, byte| n.wrapping_mul(8).wrapping_add(byte - b'0')),
                    );
                    at += digits - 1;
                }
                b'\\' => plain.push(b'\\'),
                other => plain.extend([b'\\', other]),
            }
        }
        let (script, word) = super::super::parse::document(&plain, self.machine.dialect);
        let (script, depth) = (std::sync::Arc::new(script), self.depth + 1);
        let mut inner = Expand { depth, ..Expand::new(self.machine, self.host, script) };
        inner.one(&word, Tilde::Never).unwrap_or(plain)
    }

    /// `${a[@]@K}`: indices and values.
    fn pairs(&mut self, name: &[u8], letter: u8, value: Value) -> Value {
        let Value::Many { star, .. } = value else { return each(value, quote::value) };
        let list = self.machine.list(name).unwrap_or_default();
        let mut items = Vec::new();
        for (key, text) in self.machine.keys(name).into_iter().zip(list.into_values()) {
            match letter {
                b'K' => items.extend([vars::key_shown(&key), quote::double(&text)]),
                _ => items.extend([key, text]),
            }
        }
        match letter {
            b'K' => {
                let mut text = items.join(&b' ');
                if self.machine.is_map(name) && !text.is_empty() {
                    text.push(b' ');
                }
                Value::One(text)
            }
            _ => Value::Many { items, star },
        }
    }
}

impl super::Machine {
    /// A variable's attributes, as `${v@a}` shows them.
    pub(in crate::sh) fn attributes(&self, name: &[u8]) -> Vec<u8> {
        let Some(variable) = self.vars.get(&self.target_of(name)) else { return Vec::new() };
        variable.flags()
    }
}

fn each(value: Value, mut change: impl FnMut(&[u8]) -> Vec<u8>) -> Value {
    match value {
        Value::Unset => Value::Unset,
        Value::One(text) => Value::One(change(&text)),
        Value::Many { items, star } => {
            Value::Many { items: items.iter().map(|item| change(item)).collect(), star }
        }
    }
}

fn put(all: &mut Vec<u8>, by: &[Replacement], matched: &[u8]) {
    for part in by {
        match part {
            Replacement::Bytes(bytes) => all.extend_from_slice(bytes),
            Replacement::Match => all.extend_from_slice(matched),
        }
    }
}

fn replace(text: &[u8], how: ReplaceHow, pattern: &Pattern, by: &[Replacement]) -> Vec<u8> {
    let mut all = Vec::new();
    match how {
        _ if pattern.bytes.is_empty() && matches!(how, ReplaceHow::First | ReplaceHow::All) => {
            return text.to_vec();
        }
        // In nothing bash finds only what begins with a star.
        ReplaceHow::First | ReplaceHow::All | ReplaceHow::Prefix
            if text.is_empty() && !pattern.bytes.is_empty() && !pattern.begins_with_star() =>
        {
            return Vec::new();
        }
        ReplaceHow::Prefix => match pattern.prefix(text, true) {
            Some(end) => {
                put(&mut all, by, &text[..end]);
                all.extend_from_slice(&text[end..]);
            }
            None => all.extend_from_slice(text),
        },
        ReplaceHow::Suffix => match pattern.suffix(text, true) {
            Some(start) => {
                all.extend_from_slice(&text[..start]);
                put(&mut all, by, &text[start..]);
            }
            None => all.extend_from_slice(text),
        },
        ReplaceHow::First | ReplaceHow::All => {
            let mut at = 0;
            let mut search = pattern.search();
            while at <= text.len() && all.len() <= WORD_BYTES_MAX {
                match search.ends(text, at).last() {
                    Some(end) if at < text.len() || text.is_empty() => {
                        put(&mut all, by, &text[at..*end]);
                        // Behind nothing that was replaced stands the next byte.
                        let next = if *end == at { text.get(at) } else { None };
                        at = *end;
                        if how == ReplaceHow::First {
                            break;
                        }
                        all.extend(next);
                        at += usize::from(next.is_some() || text.is_empty());
                    }
                    None if search.begins_anywhere() => break,
                    _ => {
                        all.extend(text.get(at));
                        at += 1;
                    }
                }
            }
            all.extend_from_slice(text.get(at..).unwrap_or_default());
        }
    }
    all
}

fn change_case(text: &[u8], op: u8, all: bool, pattern: &Pattern) -> Vec<u8> {
    let mut changed = text.to_vec();
    for (at, byte) in changed.iter_mut().enumerate() {
        if at > 0 && !all {
            break;
        }
        if !pattern.matches(&[*byte]) {
            continue;
        }
        match op {
            b'^' => byte.make_ascii_uppercase(),
            b',' => byte.make_ascii_lowercase(),
            _ if byte.is_ascii_uppercase() => byte.make_ascii_lowercase(),
            _ => byte.make_ascii_uppercase(),
        }
    }
    changed
}

/// A directory as prompts show it: `~` for the one at home.
fn from_home(dir: &[u8], home: &[u8]) -> Vec<u8> {
    match dir.strip_prefix(home) {
        Some(rest) if home.len() > 1 && (rest.is_empty() || rest[0] == b'/') => {
            [b"~", rest].concat()
        }
        _ => dir.to_vec(),
    }
}
