//! Shell patterns: `*`, `?`, `[…]`, and in `[[` also `@(…)` and its kind. Bytes, as in the C
//! locale.

use std::collections::BTreeSet;

use crate::base::limit::{PATTERN_DEPTH_MAX, PATTERN_STEPS_MAX};

/// A pattern: bytes, of which the quoted ones stand for themselves.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Pattern {
    pub bytes: Vec<u8>,
    pub quoted: Vec<bool>,
    /// Whether `@(…)` and its kind are known.
    pub extended: bool,
}

/// What a pattern is made of.
enum Element {
    /// One byte: `?`, `[…]`, or itself. Where it begins, and where the pattern around it ends.
    One(usize, usize),
    Star,
    /// `@(…)` and its kind.
    Group(u8, Vec<Vec<Element>>),
}

/// A pattern that is looked for in texts.
pub(super) struct Search<'a> {
    pattern: &'a Pattern,
    elements: Vec<Element>,
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

    /// Ready to be looked for.
    pub(super) fn search(&self) -> Search<'_> {
        let elements = self.elements(0, self.bytes.len(), 0);
        Search { pattern: self, elements, steps: 0 }
    }

    /// Whether all of `text` matches.
    pub(super) fn matches(&self, text: &[u8]) -> bool {
        self.search().ends(text, 0).last() == Some(&text.len())
    }

    /// Whether a star comes first, also one of `*(…)`.
    pub(super) fn begins_with_star(&self) -> bool {
        self.bytes.first() == Some(&b'*') && !self.quoted[0]
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
        let ends = self.search().ends(text, 0);
        if longest { ends.last().copied() } else { ends.first().copied() }
    }

    /// Where the suffix of `text` that matches begins.
    pub(super) fn suffix(&self, text: &[u8], longest: bool) -> Option<usize> {
        let mut search = self.search();
        let elements = std::mem::take(&mut search.elements);
        let starts = search.pass(&elements, vec![text.len()], text, true);
        if longest { starts.first().copied() } else { starts.last().copied() }
    }

    /// What stands from `p` to `p_end`, so deep within groups.
    fn elements(&self, mut p: usize, p_end: usize, depth: u32) -> Vec<Element> {
        let mut all = Vec::new();
        while p < p_end {
            if depth < PATTERN_DEPTH_MAX
                && let Some((sign, arms, end)) = self.group(p, p_end)
            {
                let arms = arms.into_iter().map(|(from, to)| self.elements(from, to, depth + 1));
                all.push(Element::Group(sign, arms.collect()));
                p = end;
            } else if self.special(p) == Some(b'*') {
                if !matches!(all.last(), Some(Element::Star)) {
                    all.push(Element::Star);
                }
                p += 1;
            } else {
                all.push(Element::One(p, p_end));
                p = match self.special(p) {
                    Some(b'[') => self.bracket(p, p_end, 0).map_or(p + 1, |(end, _)| end),
                    _ => p + 1,
                };
            }
        }
        all
    }

    fn special(&self, at: usize) -> Option<u8> {
        (!self.quoted[at]).then(|| self.bytes[at])
    }

    /// Whether the pattern element at `p` matches this byte.
    fn one(&self, p: usize, p_end: usize, byte: u8) -> bool {
        match self.special(p) {
            Some(b'?') => true,
            Some(b'[') => match self.bracket(p, p_end, byte) {
                Some((_, hit)) => hit,
                None => byte == b'[',
            },
            _ => self.bytes[p] == byte,
        }
    }

    /// `[…]` at `p`: its end, and whether it holds the byte. `None` if it does not close.
    fn bracket(&self, p: usize, p_end: usize, byte: u8) -> Option<(usize, bool)> {
        let bytes = &self.bytes;
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
        let bytes = &self.bytes[..p_end];
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

    /// `?(…)`, `*(…)`, `+(…)`, `@(…)` or `!(…)` at `p`: its sign, its arms, and its end.
    fn group(&self, p: usize, p_end: usize) -> Option<(u8, Arms, usize)> {
        if !self.extended || p + 1 >= p_end || self.special(p + 1) != Some(b'(') {
            return None;
        }
        let sign = self.special(p).filter(|sign| b"?*+@!".contains(sign))?;
        let (arms, end) = self.arms(p + 2, p_end)?;
        Some((sign, arms, end))
    }

    /// The alternatives of a list that opens before `from`, and where the pattern goes on.
    fn arms(&self, from: usize, p_end: usize) -> Option<(Arms, usize)> {
        let mut arms = Vec::new();
        let (mut start, mut depth, mut at) = (from, 0, from);
        while at < p_end {
            match self.special(at) {
                Some(b'[') => {
                    if let Some((end, _)) = self.bracket(at, p_end, 0) {
                        at = end;
                        continue;
                    }
                }
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

/// Where the alternatives of a group begin and end.
type Arms = Vec<(usize, usize)>;

impl Search<'_> {
    /// Where what matches from `start` on may end, in order.
    pub(super) fn ends(&mut self, text: &[u8], start: usize) -> Vec<usize> {
        let elements = std::mem::take(&mut self.elements);
        let ends = self.pass(&elements, vec![start], text, false);
        self.elements = elements;
        ends
    }

    /// Whether what does not match somewhere matches nowhere behind it.
    pub(super) fn begins_anywhere(&self) -> bool {
        matches!(self.elements.first(), Some(Element::Star))
    }

    /// Where these elements lead to from these places, forward or (`back`) from behind; in order.
    fn pass(
        &mut self,
        elements: &[Element],
        mut at: Vec<usize>,
        text: &[u8],
        back: bool,
    ) -> Vec<usize> {
        for step in 0..elements.len() {
            self.steps = self.steps.saturating_add(at.len() as u32 + 1);
            if at.is_empty() || self.steps > PATTERN_STEPS_MAX {
                return Vec::new();
            }
            let element = &elements[if back { elements.len() - 1 - step } else { step }];
            at = match element {
                Element::One(p, p_end) => {
                    let hits = |place: &usize| text.get(*place).copied();
                    let one = |byte| self.pattern.one(*p, *p_end, byte);
                    let next = at.iter().filter_map(|place| match back {
                        true => place.checked_sub(1).filter(|place| hits(place).is_some_and(one)),
                        false => hits(place).is_some_and(one).then_some(place + 1),
                    });
                    next.collect()
                }
                Element::Star if back => (0..=at[at.len() - 1]).collect(),
                Element::Star => (at[0]..=text.len()).collect(),
                Element::Group(b'!', arms) => self.outside(arms, &at, text, back),
                Element::Group(sign, arms) => {
                    let mut all: BTreeSet<usize> = BTreeSet::new();
                    if matches!(sign, b'?' | b'*') {
                        all.extend(&at);
                    }
                    let again = matches!(sign, b'*' | b'+');
                    let mut next = self.through(arms, &at, text, back);
                    loop {
                        next.retain(|place| all.insert(*place));
                        if next.is_empty() || !again {
                            break;
                        }
                        next = self.through(arms, &next, text, back);
                    }
                    all.into_iter().collect()
                }
            };
        }
        at
    }

    /// Where one of the arms leads to.
    fn through(
        &mut self,
        arms: &[Vec<Element>],
        at: &[usize],
        text: &[u8],
        back: bool,
    ) -> Vec<usize> {
        let mut all = Vec::new();
        for arm in arms {
            all.extend(self.pass(arm, at.to_vec(), text, back));
        }
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Where none of the arms leads to.
    fn outside(
        &mut self,
        arms: &[Vec<Element>],
        at: &[usize],
        text: &[u8],
        back: bool,
    ) -> Vec<usize> {
        let mut all: BTreeSet<usize> = BTreeSet::new();
        for place in at {
            let hit = self.through(arms, &[*place], text, back);
            let range = if back { 0..=*place } else { *place..=text.len() };
            self.steps = self.steps.saturating_add(text.len() as u32);
            if self.steps > PATTERN_STEPS_MAX {
                return Vec::new();
            }
            all.extend(range.filter(|end| hit.binary_search(end).is_err()));
        }
        all.into_iter().collect()
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
