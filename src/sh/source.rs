//! Stretches of the script as bash keeps them: what it reads at once is gone, and `$(…)` is written
//! anew.

use super::script::{Script, Span};
use super::{print, quote};

/// A stretch of the script as bash keeps it: `$'…'` is read at once, and kept as `'…'`; `$"…"`
/// as `"…"`; an escaped newline is gone.
pub(super) fn source(script: &Script, span: Span) -> Vec<u8> {
    let text = script.slice(span);
    let plain = |two: &[u8]| two[0] != b'$' && two[1] != b'(' && two != b"\\\n";
    if script.dialect != super::Dialect::Bash || text.windows(2).all(plain) {
        return text.to_vec();
    }
    let (mut all, mut at, mut quoted) = (Vec::new(), 0, false);
    while at < text.len() {
        let rest = &text[at..];
        if let Some((length, shown)) = substitution(script, span.start + at as u32) {
            all.extend_from_slice(&shown);
            at += length;
            continue;
        }
        let length = match rest {
            [b'\\', b'\n', ..] => {
                at += 2;
                continue;
            }
            [b'\\', _, ..] => 2,
            [b'$', b'\'', inside @ ..] if !quoted => {
                let mut end = 0;
                while end < inside.len() && inside[end] != b'\'' {
                    end += if inside[end] == b'\\' { 2 } else { 1 };
                }
                let end = end.min(inside.len());
                all.extend_from_slice(&quote::single(&quote::ansi_decode(&inside[..end])));
                at += (end + 3).min(rest.len());
                continue;
            }
            [b'\'', inside @ ..] if !quoted => {
                inside.iter().position(|byte| *byte == b'\'').map_or(rest.len(), |n| n + 2)
            }
            [b'$', b'"', ..] if !quoted => {
                at += 1;
                continue;
            }
            [byte, ..] => {
                quoted ^= *byte == b'"';
                1
            }
            [] => break,
        };
        all.extend_from_slice(&rest[..length.min(rest.len())]);
        at += length;
    }
    all
}

/// Text as a trace shows it before it is expanded: bash marks two bytes with one of its own
/// (CTLESC, CTLNUL).
pub(super) fn marked(text: &[u8]) -> Vec<u8> {
    let marks = |byte: &u8| matches!(byte, 0x01 | 0x7f);
    let each =
        text.iter().flat_map(|byte| std::iter::repeat_n(0x01, marks(byte).into()).chain([*byte]));
    each.collect()
}

/// A `$(…)` that begins at this place, as bash keeps it: its length, and its command written anew.
fn substitution(script: &Script, start: u32) -> Option<(usize, Vec<u8>)> {
    let (span, body) = script.substitutions.iter().find(|(span, _)| span.start == start)?;
    let text = print::substituted(script, *body);
    let gap: &[u8] = if text.starts_with(b"(") { b" " } else { b"" };
    let sign = &script.slice(*span)[..2];
    let shown = [sign, gap, &text, b")"].concat();
    Some(((span.end - span.start) as usize, shown))
}
