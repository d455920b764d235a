//! latin1, which is what a client's bytes are taken for: case, order, the same text in Unicode.
//! From `strings/ctype-latin1.c`; WEIGHT_STRING, UPPER, LOWER and CONVERT of 5.6.24 agree.

/// What a byte weighs in latin1_swedish_ci.
pub fn weight(byte: u8) -> u8 {
    match byte {
        b'a'..=b'z' => byte - 0x20,
        0xc0..=0xc3 | 0xe0..=0xe3 => b'A',
        0xc4 | 0xc6 | 0xe4 | 0xe6 => 0x5c,
        0xc5 | 0xe5 => 0x5b,
        0xc7 | 0xe7 => b'C',
        0xc8..=0xcb | 0xe8..=0xeb => b'E',
        0xcc..=0xcf | 0xec..=0xef => b'I',
        0xd0 | 0xf0 => b'D',
        0xd1 | 0xf1 => b'N',
        0xd2..=0xd5 | 0xf2..=0xf5 => b'O',
        0xd6 | 0xf6 => 0x5d,
        0xd9..=0xdb | 0xf9..=0xfb => b'U',
        0xdc | 0xdd | 0xfc | 0xfd => b'Y',
        0xf8 | 0xfe => byte - 0x20,
        other => other,
    }
}

/// What latin1_swedish_ci compares; blanks at the end do not count.
pub fn collated(text: &str) -> Vec<u8> {
    weights(text.trim_end_matches(' '))
}

/// What every byte of a text weighs.
pub fn weights(text: &str) -> Vec<u8> {
    text.bytes().map(weight).collect()
}

/// Works on bytes as on characters, and makes text of them again.
fn bytewise(text: &str, change: impl Fn(u8) -> u8) -> String {
    let bytes: Vec<u8> = text.bytes().map(change).collect();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// UPPER.
pub fn upper(text: &str) -> String {
    bytewise(text, |byte| match byte {
        0xf7 => byte,
        b'a'..=b'z' | 0xe0..=0xfe => byte - 0x20,
        other => other,
    })
}

/// LOWER.
pub fn lower(text: &str) -> String {
    bytewise(text, |byte| match byte {
        0xd7 => byte,
        b'A'..=b'Z' | 0xc0..=0xde => byte + 0x20,
        other => other,
    })
}

/// A character for each byte, so that what counts characters counts bytes.
pub fn widened(text: &str) -> String {
    if text.is_ascii() { text.into() } else { text.bytes().map(char::from).collect() }
}

/// Back from [`widened`].
pub fn narrowed(text: &str) -> String {
    if text.is_ascii() {
        return text.into();
    }
    let bytes: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Bytes 0x80 to 0x9f in Unicode: those of Windows' code page 1252, and controls where it has none.
const UPPER_CONTROLS: [char; 32] = [
    '\u{20ac}', '\u{81}', '\u{201a}', '\u{192}', '\u{201e}', '\u{2026}', '\u{2020}', '\u{2021}',
    '\u{2c6}', '\u{2030}', '\u{160}', '\u{2039}', '\u{152}', '\u{8d}', '\u{17d}', '\u{8f}',
    '\u{90}', '\u{2018}', '\u{2019}', '\u{201c}', '\u{201d}', '\u{2022}', '\u{2013}', '\u{2014}',
    '\u{2dc}', '\u{2122}', '\u{161}', '\u{203a}', '\u{153}', '\u{9d}', '\u{17e}', '\u{178}',
];

/// The text in UTF-8, as a column of utf8 keeps what a latin1 client says.
pub fn to_unicode(text: &str) -> String {
    let one = |byte: u8| match byte {
        0x80..=0x9f => UPPER_CONTROLS[usize::from(byte - 0x80)],
        other => char::from(other),
    };
    if text.is_ascii() { text.into() } else { text.bytes().map(one).collect() }
}

/// The latin1 text that UTF-8 is; `None` if a character is none of latin1's, or if the bytes are
/// no text.
pub fn from_unicode(text: &str) -> Option<String> {
    if text.is_ascii() {
        return Some(text.into());
    }
    let one = |c: char| {
        let control = UPPER_CONTROLS.iter().position(|known| *known == c);
        control.map_or_else(|| u8::try_from(u32::from(c)).ok(), |at| u8::try_from(0x80 + at).ok())
    };
    let bytes: Option<Vec<u8>> = text.chars().map(one).collect();
    String::from_utf8(bytes?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_utf8_keeps_of_a_latin1_client_comes_back() {
        let text = "你好, 中文测试, héllo";
        let kept = to_unicode(text);
        assert_eq!(&to_unicode("你好").as_bytes()[..4], [0xc3, 0xa4, 0xc2, 0xbd]);
        assert_eq!(from_unicode(&kept).as_deref(), Some(text));
        assert_eq!(from_unicode("你"), None);
        assert_eq!(narrowed(&widened(text)), text);
        assert!(collated("王") < collated("张"));
    }
}
