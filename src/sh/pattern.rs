//! Shell patterns: `*`, `?`, `[…]`, and in `[[` also `@(…)` and its kind. Bytes, as in the C
//! locale.

use crate::base::limit::PATTERN_STEPS_MAX;

/// A pattern: bytes, of which the quoted ones stand for themselves.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Pattern {
    pub bytes: Vec<u8>,
    pub quoted: Vec<bool>,
    /// Whether `@(…)` and its kind are known.
    pub extended: bool,
}

struct Matcher<'a> {
    pattern: &'a Pattern,
    text: &'a [u8],
    steps: u32,
}

impl Pattern {
    pub(super) fn push(&mut self, bytes: &[u8], quoted: bool) {
        self.bytes.extend_from_slice(bytes);
        self.quoted.resize(self.bytes.len(), quoted);
    }

    /// For dash, where `[^…]` is no negation.
    pub(super) fn for_dash(&mut self) {
        for at in 1..self.bytes.len() {
            let open = self.bytes[at - 1] == b'[' && !self.quoted[at - 1];
            self.quoted[at] |= open && self.bytes[at] == b'^';
        }
    }

    /// Whether all of `text` matches.
    pub(super) fn matches(&self, text: &[u8]) -> bool {
        let mut matcher = Matcher { pattern: self, text, steps: 0 };
        matcher.run(0, self.bytes.len(), 0, text.len())
    }

    /// Whether anything in it is special.
    pub(super) fn is_special(&self) -> bool {
        let mut open = false;
        let mut last = 0;
        for (byte, quoted) in self.bytes.iter().zip(&self.quoted) {
            match byte {
                _ if *quoted => {}
                b'*' | b'?' => return true,
                b'[' => open = true,
                b']' if open => return true,
                b'(' if matches!(last, b'+' | b'@' | b'!') => return true,
                b'/' => open = false,
                _ => {}
            }
            last = if *quoted { 0 } else { *byte };
        }
        false
    }

    /// The length of the prefix of `text` that matches.
    pub(super) fn prefix(&self, text: &[u8], longest: bool) -> Option<usize> {
        let mut ends = 0..=text.len();
        if longest {
            ends.rev().find(|end| self.matches(&text[..*end]))
        } else {
            ends.find(|end| self.matches(&text[..*end]))
        }
    }

    /// Where the suffix of `text` that matches begins.
    pub(super) fn suffix(&self, text: &[u8], longest: bool) -> Option<usize> {
        let mut starts = 0..=text.len();
        if longest {
            starts.find(|start| self.matches(&text[*start..]))
        } else {
            starts.rev().find(|start| self.matches(&text[*start..]))
        }
    }
}

impl Matcher<'_> {
    fn special(&self, at: usize) -> Option<u8> {
        (!self.pattern.quoted[at]).then(|| self.pattern.bytes[at])
    }

    /// Whether pattern `p..p_end` matches all of text `t..t_end`.
    fn run(&mut self, p: usize, p_end: usize, t: usize, t_end: usize) -> bool {
        let (mut p, mut t) = (p, t);
        // Where to go on if what follows the last star does not match.
        let mut retry: Option<(usize, usize)> = None;
        loop {
            self.steps += 1;
            if self.steps > PATTERN_STEPS_MAX {
                return false;
            }
            if p < p_end {
                if let Some(answer) = self.extended(p, p_end, t, t_end) {
                    if answer {
                        return true;
                    }
                } else if self.special(p) == Some(b'*') {
                    retry = Some((p + 1, t));
                    p += 1;
                    continue;
                } else if t < t_end
                    && let Some(next) = self.one(p, p_end, self.text[t])
                {
                    p = next;
                    t += 1;
                    continue;
                }
            } else if t == t_end {
                return true;
            }
            match retry {
                Some((star, from)) if from < t_end => {
                    retry = Some((star, from + 1));
                    p = star;
                    t = from + 1;
                }
                _ => return false,
            }
        }
    }

    /// The end of the pattern element at `p`, if it matches this byte.
    fn one(&self, p: usize, p_end: usize, byte: u8) -> Option<usize> {
        match self.special(p) {
            Some(b'?') => Some(p + 1),
            Some(b'[') => match self.bracket(p, p_end, byte) {
                Some((end, hit)) => hit.then_some(end),
                None => (byte == b'[').then_some(p + 1),
            },
            _ => (self.pattern.bytes[p] == byte).then_some(p + 1),
        }
    }

    /// `[…]` at `p`: its end, and whether it holds the byte. `None` if it does not close.
    fn bracket(&self, p: usize, p_end: usize, byte: u8) -> Option<(usize, bool)> {
        let bytes = &self.pattern.bytes;
        let mut at = p + 1;
        let negated = at < p_end && matches!(self.special(at), Some(b'!' | b'^'));
        at += usize::from(negated);
        let first = at;
        let mut hit = false;
        loop {
            if at >= p_end {
                return None;
            }
            if self.special(at) == Some(b']') && at > first {
                return Some((at + 1, hit != negated));
            }
            if self.special(at) == Some(b'[')
                && at + 1 < p_end
                && matches!(bytes[at + 1], b':' | b'.' | b'=')
                && let Some((end, inside)) = self.class(at, p_end, byte)
            {
                hit |= inside;
                at = end;
                continue;
            }
            let low = bytes[at];
            at += 1;
            let range = at + 1 < p_end
                && self.special(at) == Some(b'-')
                && self.special(at + 1) != Some(b']');
            if range {
                hit |= (low..=bytes[at + 1]).contains(&byte);
                at += 2;
            } else {
                hit |= low == byte;
            }
        }
    }

    /// `[:alpha:]` at `at`.
    fn class(&self, at: usize, p_end: usize, byte: u8) -> Option<(usize, bool)> {
        let bytes = &self.pattern.bytes[..p_end];
        let sign = bytes[at + 1];
        let rest = &bytes[at + 2..];
        let length = rest.windows(2).position(|two| two == [sign, b']'])?;
        let name = &rest[..length];
        let end = at + 2 + length + 2;
        if sign != b':' {
            return Some((end, name == [byte]));
        }
        let inside = match name {
            b"alpha" => byte.is_ascii_alphabetic(),
            b"digit" => byte.is_ascii_digit(),
            b"alnum" => byte.is_ascii_alphanumeric(),
            b"upper" => byte.is_ascii_uppercase(),
            b"lower" => byte.is_ascii_lowercase(),
            b"space" => byte.is_ascii_whitespace() || byte == 0x0b,
            b"blank" => matches!(byte, b' ' | b'\t'),
            b"punct" => byte.is_ascii_punctuation(),
            b"print" => (0x20..0x7f).contains(&byte),
            b"graph" => byte.is_ascii_graphic(),
            b"cntrl" => byte.is_ascii_control(),
            b"xdigit" => byte.is_ascii_hexdigit(),
            b"word" => byte == b'_' || byte.is_ascii_alphanumeric(),
            _ => false,
        };
        Some((end, inside))
    }

    /// `?(…)`, `*(…)`, `+(…)`, `@(…)`, `!(…)` at `p`: whether the rest of the pattern matches from
    /// there.
    fn extended(&mut self, p: usize, p_end: usize, t: usize, t_end: usize) -> Option<bool> {
        if !self.pattern.extended || p + 1 >= p_end || self.special(p + 1) != Some(b'(') {
            return None;
        }
        let sign = self.special(p)?;
        if !matches!(sign, b'?' | b'*' | b'+' | b'@' | b'!') {
            return None;
        }
        let (arms, end) = self.arms(p + 2, p_end)?;
        if matches!(sign, b'?' | b'*') && self.run(end, p_end, t, t_end) {
            return Some(true);
        }
        for stop in t..=t_end {
            self.steps += 1;
            if self.steps > PATTERN_STEPS_MAX {
                return Some(false);
            }
            let hit = arms.iter().any(|(from, to)| self.run(*from, *to, t, stop));
            if sign == b'!' {
                if !hit && self.run(end, p_end, stop, t_end) {
                    return Some(true);
                }
                continue;
            }
            if !hit {
                continue;
            }
            if self.run(end, p_end, stop, t_end) {
                return Some(true);
            }
            // Once more, if that gets further.
            let again = matches!(sign, b'*' | b'+') && stop > t;
            if again && self.extended(p, p_end, stop, t_end) == Some(true) {
                return Some(true);
            }
        }
        Some(false)
    }

    /// The alternatives of a list that opens before `from`, and where the pattern goes on.
    fn arms(&self, from: usize, p_end: usize) -> Option<(Vec<(usize, usize)>, usize)> {
        let mut arms = Vec::new();
        let (mut start, mut depth, mut at) = (from, 0, from);
        while at < p_end {
            match self.special(at) {
                Some(b'(') => depth += 1,
                Some(b')') if depth == 0 => {
                    arms.push((start, at));
                    return Some((arms, at + 1));
                }
                Some(b')') => depth -= 1,
                Some(b'|') if depth == 0 => {
                    arms.push((start, at));
                    start = at + 1;
                }
                _ => {}
            }
            at += 1;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_in_bash() {
        let rows = [
            ("*", "", true),
            ("a*b*c", "axxbyyc", true),
            ("a*b*c", "axxbyy", false),
            ("[a-c]?", "bz", true),
            ("[!a-c]", "b", false),
            ("[]x]", "]", true),
            ("[", "[", true),
            ("[[:digit:]]*", "4x", true),
            ("@(foo|bar)*", "barx", true),
            ("+([0-9])", "123", true),
            ("+([0-9])", "12a", false),
            ("!(foo)", "bar", true),
            ("!(foo)", "foo", false),
        ];
        for (pattern, text, want) in rows {
            let mut made = Pattern { extended: true, ..Pattern::default() };
            made.push(pattern.as_bytes(), false);
            assert_eq!(made.matches(text.as_bytes()), want, "{pattern} {text}");
        }
    }
}
