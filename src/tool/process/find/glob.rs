//! File name patterns.

/// fnmatch(3) without flags: `*`, `?`, `[…]`, backslash. Steps are at most lengths multiplied.
pub fn matches_glob(pattern: &[u8], text: &[u8], icase: bool) -> bool {
    let same = |a: u8, b: u8| a == b || (icase && a.eq_ignore_ascii_case(&b));
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    loop {
        let next = match pattern.get(p) {
            Some(b'*') => {
                star = Some((p + 1, t));
                p += 1;
                continue;
            }
            None if t == text.len() => return true,
            Some(_) if t < text.len() => one(&pattern[p..], text[t], &same),
            _ => None,
        };
        match (next, star) {
            (Some(length), _) => {
                p += length;
                t += 1;
            }
            (None, Some((after, from))) if from < text.len() => {
                star = Some((after, from + 1));
                p = after;
                t = from + 1;
            }
            _ => return false,
        }
    }
}

/// How much of the pattern takes this character.
fn one(pattern: &[u8], byte: u8, same: &impl Fn(u8, u8) -> bool) -> Option<usize> {
    match pattern[0] {
        b'?' => Some(1),
        b'\\' if pattern.len() > 1 => same(pattern[1], byte).then_some(2),
        b'[' => {
            let negated = matches!(pattern.get(1), Some(b'!' | b'^'));
            let start = 1 + usize::from(negated);
            let Some(close) = pattern.iter().skip(start + 1).position(|b| *b == b']') else {
                return same(b'[', byte).then_some(1);
            };
            let set = &pattern[start..start + 1 + close];
            let mut within = false;
            let mut at = 0;
            while at < set.len() {
                if at + 2 < set.len() && set[at + 1] == b'-' {
                    within |= (set[at]..=set[at + 2]).contains(&byte);
                    at += 3;
                } else {
                    within |= same(set[at], byte);
                    at += 1;
                }
            }
            (within != negated).then_some(start + close + 2)
        }
        literal => same(literal, byte).then_some(1),
    }
}
