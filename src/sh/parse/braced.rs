//! Brace expansion where quotes stand within `"${…}"`: bash expands braces in the text, before it
//! knows what a `$` begins, so that it takes the inner quotes for the ends of the outer ones.
//! Models braces.c.

use super::super::expand::brace;
use super::super::script::{Part, PartKind, Word};
use super::Parser;
use super::extract::ARITH;
use super::word::Place;
use crate::base::limit::BRACE_WORDS_MAX;

/// Bytes and where each of them stands.
type Text = Vec<(u8, usize)>;

impl Parser {
    /// The words that the braces of the one read from `start` on make; none where its parts say as
    /// much.
    pub(super) fn braced(&mut self, start: usize, parts: &[Part], place: Place) -> Vec<Word> {
        let end = self.src.pos;
        let source = &self.src.text[start..end];
        let nests = |part: &Part| {
            let (from, to) = (part.span.start as usize, part.span.end as usize);
            let held = self.script.get(from..to).unwrap_or_default();
            let sign = if part.quoted { b'"' } else { b'{' };
            matches!(part.kind, PartKind::Param(_)) && held.iter().skip(2).any(|b| *b == sign)
        };
        // A `$'…'` is kept as `'…'`, whose places are not known here.
        let decoded = source.windows(2).any(|two| two == b"$'");
        if decoded || !source.contains(&b'{') || !parts.iter().any(nests) {
            return Vec::new();
        }
        let text: Text = source.iter().copied().zip(start..end).collect();
        let Some(words) = self.brace_words(&text, 0) else { return Vec::new() };
        let scanned = std::mem::replace(&mut self.scanned, true);
        let mut all = Vec::new();
        for word in words {
            let (bytes, mut places): (Vec<u8>, Vec<usize>) = word.into_iter().unzip();
            places.push(end);
            all.extend(self.within_copy(bytes, &places, |p| p.word_in(place)));
        }
        self.scanned = scanned;
        all
    }

    /// Models `brace_expand`.
    fn brace_words(&mut self, text: &[(u8, usize)], depth: u32) -> Option<Vec<Text>> {
        let mut open = 0;
        let close = loop {
            open = self.brace_found(text, open, b'{')?;
            if open >= text.len() || depth > 32 {
                return Some(vec![text.to_vec()]);
            }
            match self.brace_found(text, open + 1, b'}')? {
                close if close < text.len() => break close,
                _ => open += 1,
            }
        };
        let inside = &text[open + 1..close];
        let middles = match self.brace_items(inside, depth)? {
            Some(items) => items,
            None => vec![text[open..=close].to_vec()],
        };
        let tails = self.brace_words(&text[close + 1..], depth + 1)?;
        if middles.len().saturating_mul(tails.len()) > BRACE_WORDS_MAX {
            return None;
        }
        let joined = |(middle, tail): (&Text, &Text)| [&text[..open], middle, tail].concat();
        let pairs = middles.iter().flat_map(|middle| tails.iter().map(move |tail| (middle, tail)));
        Some(pairs.map(joined).collect())
    }

    /// What stands between commas, or what a sequence counts.
    fn brace_items(&mut self, inside: &[(u8, usize)], depth: u32) -> Option<Option<Vec<Text>>> {
        let bytes: Vec<u8> = inside.iter().map(|(byte, _)| *byte).collect();
        if !bytes.contains(&b',') {
            let place = inside.first().map_or(0, |(_, place)| *place);
            let items = brace::sequence(&bytes).map(|items| {
                let placed = |item: Vec<u8>| item.into_iter().map(|byte| (byte, place)).collect();
                items.into_iter().map(placed).collect()
            });
            return Some(items);
        }
        let (mut items, mut from) = (Vec::new(), 0);
        loop {
            let comma = self.brace_found(inside, from, b',')?;
            items.extend(self.brace_words(&inside[from..comma], depth + 1)?);
            if comma >= inside.len() {
                return Some(Some(items));
            }
            from = comma + 1;
        }
    }

    /// Where this sign stands outside of what quotes, or the end. Models `brace_gobbler`. `None`
    /// where a command's end is not known.
    fn brace_found(&mut self, text: &[(u8, usize)], from: usize, sign: u8) -> Option<usize> {
        let byte = |at: usize| text.get(at).map_or(0, |(byte, _)| *byte);
        let is_blank = |byte: u8| matches!(byte, 0 | b' ' | b'\t' | b'\n');
        let (mut at, mut level, mut quote) = (from, 0u32, 0);
        let mut parted = sign != b'}';
        while at < text.len() {
            match (byte(at), byte(at + 1)) {
                (b'\\', _) if quote != b'\'' => at += 2,
                (b'$', b'{') if quote != b'\'' => {
                    level += u32::from(quote == 0);
                    at += 2;
                }
                (b'$', b'(') if quote == 0 || quote == b'"' => {
                    at = self.command_behind(text, at)?
                }
                (b'<' | b'>', b'(') if quote == 0 => at = self.command_behind(text, at)?,
                (here, _) if quote != 0 => {
                    quote = if here == quote { 0 } else { quote };
                    at += 1;
                }
                (here @ (b'"' | b'\'' | b'`'), _) => {
                    quote = here;
                    at += 1;
                }
                (here, next) if here == sign && level == 0 && parted => {
                    let before = if at == 0 { 0 } else { byte(at - 1) };
                    let alone = is_blank(before) && (is_blank(next) || next == b'}');
                    if sign != b'{' || !alone {
                        return Some(at);
                    }
                    at += 1;
                }
                (here, next) => {
                    match here {
                        b'{' => level += 1,
                        b'}' => level = level.saturating_sub(1),
                        b',' => parted |= level == 0,
                        b'.' => parted |= level == 0 && next == b'.' && byte(at + 2) != b'}',
                        _ => {}
                    }
                    at += 1;
                }
            }
        }
        Some(text.len())
    }

    /// Behind the `$(…)` that begins here.
    fn command_behind(&mut self, text: &[(u8, usize)], at: usize) -> Option<usize> {
        let start = text[at].1;
        let end = match self.src.commands.get(&start) {
            Some((end, _)) => end - 1,
            None if self.src.text.get(start + 2) == Some(&b'(') => {
                self.brackets_end(start + 2, ARITH).ok()?
            }
            None => return None,
        };
        Some(text.iter().position(|(_, place)| *place == end)? + 1)
    }
}
