//! Quoting, as bash writes it and reads it.

/// `'…'`, with `'\''` for a quote.
pub(super) fn single(text: &[u8]) -> Vec<u8> {
    if text == b"'" {
        return b"\\'".to_vec();
    }
    let mut all = vec![b'\''];
    for byte in text {
        match byte {
            b'\'' => all.extend_from_slice(b"'\\''"),
            _ => all.push(*byte),
        }
    }
    all.push(b'\'');
    all
}

/// Whether a byte is one the C locale prints.
fn printable_byte(byte: u8) -> bool {
    (0x20..0x7f).contains(&byte)
}

/// A name in a message: as it is, or `$'…'` where it cannot be printed.
pub(super) fn printable(text: &[u8]) -> Vec<u8> {
    if text.iter().all(|byte| printable_byte(*byte)) { text.to_vec() } else { ansi(text) }
}

/// `$'…'`.
pub(super) fn ansi(text: &[u8]) -> Vec<u8> {
    let mut all = b"$'".to_vec();
    for byte in text {
        match byte {
            0x07 => all.extend_from_slice(b"\\a"),
            0x08 => all.extend_from_slice(b"\\b"),
            0x1b => all.extend_from_slice(b"\\E"),
            0x0c => all.extend_from_slice(b"\\f"),
            b'\n' => all.extend_from_slice(b"\\n"),
            b'\r' => all.extend_from_slice(b"\\r"),
            b'\t' => all.extend_from_slice(b"\\t"),
            0x0b => all.extend_from_slice(b"\\v"),
            b'\\' => all.extend_from_slice(b"\\\\"),
            b'\'' => all.extend_from_slice(b"\\'"),
            byte if printable_byte(*byte) => all.push(*byte),
            byte => all.extend_from_slice(format!("\\{byte:03o}").as_bytes()),
        }
    }
    all.push(b'\'');
    all
}

/// What is within `$'…'`, in `'…'` as bash keeps it: it marks the two bytes that are its own marks
/// (CTLESC, CTLNUL).
pub(super) fn read_ansi(text: &[u8]) -> Vec<u8> {
    let marked = |byte: u8| matches!(byte, 1 | 0x7f).then_some(1).into_iter().chain([byte]);
    single(&ansi_decode(text)).into_iter().flat_map(marked).collect()
}

/// A word as bash has read it: `$'…'` is decoded, and stands in `'…'`.
pub(super) fn without_ansi(text: &[u8]) -> Vec<u8> {
    let (mut all, mut at) = (Vec::new(), 0);
    // For each `$(` or `${` around, whether it is within double quotes, and its end.
    let (mut quoted, mut around) = (false, Vec::new());
    let past = |from: usize, escapes: bool| {
        let mut at = from;
        while at < text.len() && text[at] != b'\'' {
            at += if escapes && text[at] == b'\\' { 2 } else { 1 };
        }
        at.min(text.len())
    };
    while at < text.len() {
        let from = at;
        at = match &text[at..] {
            [b'\\', _, ..] => at + 2,
            [b'$', b'\'', ..] if !quoted => {
                let end = past(at + 2, true);
                all.extend(read_ansi(&text[at + 2..end]));
                at = end + 1;
                continue;
            }
            [b'\'', ..] if !quoted => (past(at + 1, false) + 1).min(text.len()),
            [b'$', open @ (b'(' | b'{'), ..] => {
                around.push((quoted, if *open == b'(' { b')' } else { b'}' }));
                quoted &= *open == b'{';
                at + 2
            }
            [byte, ..] => {
                if *byte == b'"' {
                    quoted = !quoted;
                } else if around.last().is_some_and(|(_, end)| end == byte)
                    && let Some((outer, _)) = around.pop()
                {
                    quoted = outer;
                }
                at + 1
            }
            [] => at,
        };
        all.extend_from_slice(&text[from..at]);
    }
    all
}

/// Models `sh_contains_shell_metas`.
pub(super) fn has_meta(text: &[u8]) -> bool {
    text.iter().enumerate().any(|(at, byte)| match byte {
        b' ' | b'\t' | b'\n' | b'\'' | b'"' | b'\\' | b'|' | b'&' | b';' | b'(' | b')' | b'<'
        | b'>' | b'!' | b'{' | b'}' | b'*' | b'[' | b']' | b'?' | b'^' | b'$' | b'`' => true,
        b'~' => at == 0 || matches!(text[at - 1], b'=' | b':'),
        b'#' => at == 0 || matches!(text[at - 1], b' ' | b'\t'),
        _ => false,
    })
}

/// A word as `set -x` shows it.
pub(super) fn trace(text: &[u8]) -> Vec<u8> {
    if text.is_empty() {
        b"''".to_vec()
    } else if has_meta(text) {
        single(text)
    } else if text.iter().any(|b| !printable_byte(*b)) {
        ansi(text)
    } else {
        text.to_vec()
    }
}

/// A value as `set` and `${v@Q}` show it: always so that it can be read back.
pub(super) fn value(text: &[u8]) -> Vec<u8> {
    if text.iter().any(|b| !printable_byte(*b)) { ansi(text) } else { single(text) }
}

/// As `printf %q` writes it.
pub(super) fn backslash(text: &[u8]) -> Vec<u8> {
    if text.is_empty() {
        return b"''".to_vec();
    }
    if text.iter().any(|b| !printable_byte(*b)) {
        return ansi(text);
    }
    let mut all = Vec::new();
    for (at, byte) in text.iter().enumerate() {
        let quote = match byte {
            b' ' | b'\'' | b'"' | b'\\' | b'|' | b'&' | b';' | b'(' | b')' | b'<' | b'>' | b'!'
            | b'{' | b'}' | b'*' | b'[' | b']' | b'?' | b'^' | b'$' | b'`' | b',' => true,
            b'#' => at == 0,
            b'~' => at == 0 || matches!(text[at - 1], b'=' | b':'),
            _ => false,
        };
        if quote {
            all.push(b'\\');
        }
        all.push(*byte);
    }
    all
}

/// As `declare -p` shows a value.
pub(super) fn double(text: &[u8]) -> Vec<u8> {
    if text.iter().any(|b| !printable_byte(*b)) {
        return ansi(text);
    }
    let mut all = vec![b'"'];
    for byte in text {
        if matches!(byte, b'"' | b'\\' | b'$' | b'`') {
            all.push(b'\\');
        }
        all.push(*byte);
    }
    all.push(b'"');
    all
}

/// What is within `$'…'`. A NUL ends it.
pub(super) fn ansi_decode(text: &[u8]) -> Vec<u8> {
    let mut all = Vec::new();
    let mut at = 0;
    while at < text.len() {
        if text[at] != b'\\' || at + 1 >= text.len() {
            all.push(text[at]);
            at += 1;
            continue;
        }
        let mode = Escapes { octal_zero: false, stop: false, quotes: true, control: true };
        let (bytes, used, _) = escape(&text[at..], mode);
        if bytes == [0] {
            break;
        }
        all.extend_from_slice(&bytes);
        at += used;
    }
    all
}

/// Which escapes hold.
#[derive(Clone, Copy)]
pub(super) struct Escapes {
    /// Octal needs a leading 0, as `echo -e` and `printf %b` want it (`\0nnn`); else `\nnn`.
    pub octal_zero: bool,
    /// `\c` ends all output.
    pub stop: bool,
    /// `\'`, `\"`, `\?` are known.
    pub quotes: bool,
    /// `\cX` is a control byte.
    pub control: bool,
}

/// The bytes of the escape that `text` begins with, how much of `text` it took, and whether output
/// ends.
pub(super) fn escape(text: &[u8], mode: Escapes) -> (Vec<u8>, usize, bool) {
    let Some(letter) = text.get(1).copied() else { return (b"\\".to_vec(), 1, false) };
    let one = |byte: u8| (vec![byte], 2, false);
    match letter {
        b'a' => one(7),
        b'b' => one(8),
        b'e' | b'E' => one(0x1b),
        b'f' => one(0x0c),
        b'n' => one(b'\n'),
        b'r' => one(b'\r'),
        b't' => one(b'\t'),
        b'v' => one(0x0b),
        b'\\' => one(b'\\'),
        b'\'' | b'"' | b'?' if mode.quotes => one(letter),
        b'c' if mode.stop => (Vec::new(), 2, true),
        b'c' if mode.control && text.len() > 2 => (vec![text[2] & 0x1f], 3, false),
        b'0' if mode.octal_zero => digits(text, 2, 3, 8, 2),
        b'0'..=b'7' => digits(text, 1, 3, 8, 1),
        b'x' => digits(text, 2, 2, 16, 2),
        b'u' | b'U' => {
            let (code, used) = number(text, 2, if letter == b'u' { 4 } else { 8 }, 16);
            if used == 0 {
                return (vec![b'\\', letter], 2, false);
            }
            // The C locale has no other characters: bash writes the number.
            let shown = match code {
                0..0x80 => vec![code as u8],
                0x80..0x1_0000 => format!("\\u{code:04X}").into_bytes(),
                _ => format!("\\U{code:08X}").into_bytes(),
            };
            (shown, 2 + used, false)
        }
        _ => (vec![b'\\', letter], 2, false),
    }
}

fn number(text: &[u8], from: usize, max: usize, base: u32) -> (u32, usize) {
    let mut code = 0u32;
    let mut used = 0;
    while used < max {
        let digit = text.get(from + used).and_then(|b| char::from(*b).to_digit(base));
        let Some(digit) = digit else { break };
        code = code.wrapping_mul(base).wrapping_add(digit);
        used += 1;
    }
    (code, used)
}

fn digits(
    text: &[u8],
    from: usize,
    max: usize,
    base: u32,
    prefix: usize,
) -> (Vec<u8>, usize, bool) {
    let (code, used) = number(text, from, max, base);
    if used == 0 && base == 16 {
        return (text[..2].to_vec(), 2, false);
    }
    (vec![code as u8], prefix + used, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trace_quotes_as_set_x_does() {
        let rows: [(&[u8], &[u8]); 8] = [
            (b"", b"''"),
            (b"a b", b"'a b'"),
            (b"it's", b"'it'\\''s'"),
            (b"a#", b"a#"),
            (b"#", b"'#'"),
            (b"~", b"'~'"),
            (b"a~", b"a~"),
            (b"\xc3\xa9", b"$'\\303\\251'"),
        ];
        for (text, want) in rows {
            assert_eq!(trace(text), want);
        }
    }
}
