//! Backslash escapes of printf, echo -e, tr and xargs -d.

/// One escape at the start of `text` (which begins with a backslash): what it stands for and its
/// length. `None`: no escape of ours.
pub fn escape_at(text: &[u8], zero_octal: bool) -> Option<(Vec<u8>, usize)> {
    let letter = *text.get(1)?;
    let byte = match letter {
        b'a' => 0x07,
        b'b' => 0x08,
        b'e' => 0x1b,
        b'f' => 0x0c,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 0x0b,
        b'\\' => b'\\',
        b'0'..=b'7' => {
            let start = if zero_octal && letter == b'0' { 2 } else { 1 };
            let digits = text[start..].iter().take(3).take_while(|b| (b'0'..=b'7').contains(b));
            let mut value = 0u32;
            let mut length = start;
            for digit in digits {
                value = value * 8 + u32::from(digit - b'0');
                length += 1;
            }
            return Some((vec![value as u8], length));
        }
        b'x' => {
            let digits = text[2..].iter().take(2).take_while(|byte| byte.is_ascii_hexdigit());
            let digits: Vec<u8> = digits.copied().collect();
            let value = u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?;
            return Some((vec![value], 2 + digits.len()));
        }
        _ => return None,
    };
    Some((vec![byte], 2))
}

/// printf's format escapes: octal without a leading zero; unknown ones stay.
pub fn unescape(text: &[u8]) -> Vec<u8> {
    unescape_until(text, false).0
}

/// echo -e's and `%b`'s escapes; `true`: `\c` ended it.
pub fn unescape_echo(text: &[u8]) -> (Vec<u8>, bool) {
    unescape_until(text, true)
}

fn unescape_until(text: &[u8], echo: bool) -> (Vec<u8>, bool) {
    let mut out = Vec::new();
    let mut at = 0;
    while at < text.len() {
        if text[at] != b'\\' {
            out.push(text[at]);
            at += 1;
            continue;
        }
        if echo && text.get(at + 1) == Some(&b'c') {
            return (out, true);
        }
        match escape_at(&text[at..], echo) {
            Some((bytes, length)) => {
                out.extend(bytes);
                at += length;
            }
            None => {
                out.push(b'\\');
                at += 1;
            }
        }
    }
    (out, false)
}
