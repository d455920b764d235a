//! A script's text, byte by byte.

use super::regex;
use crate::tool::say::say;

/// What is wrong: the message, and the character it was noticed at.
pub struct Wrong {
    /// sed's words.
    pub text: String,
    /// Characters read so far in this expression; `u32::MAX`: none of them is to blame.
    pub at: u32,
    /// A command or option that the real sed knows and this one does not.
    pub lacking: Option<String>,
}

/// Where reading stands.
pub struct Reader<'a> {
    /// The script.
    pub text: &'a [u8],
    /// The next byte.
    pub at: usize,
}

impl Reader<'_> {
    /// The next byte, taken.
    pub fn next(&mut self) -> Option<u8> {
        let byte = self.text.get(self.at).copied();
        self.at += usize::from(byte.is_some());
        byte
    }

    /// The next byte.
    pub fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    /// Leaves out bytes of a set.
    pub fn skip(&mut self, set: &[u8]) {
        while self.peek().is_some_and(|byte| set.contains(&byte)) {
            self.at += 1;
        }
    }

    /// A number in decimal.
    pub fn number(&mut self) -> Option<u64> {
        let mut value = None;
        while let Some(digit) = self.peek().filter(u8::is_ascii_digit) {
            value = Some(
                value.unwrap_or(0u64).saturating_mul(10).saturating_add(u64::from(digit - b'0')),
            );
            self.at += 1;
        }
        value
    }

    /// A refusal at this place.
    pub fn wrong(&self, text: impl Into<String>) -> Wrong {
        Wrong { text: text.into(), at: self.at as u32, lacking: None }
    }

    /// Text up to an unescaped `slash`, its escapes kept but for the slash's own (`match_slash`).
    pub fn until(&mut self, slash: u8, is_regex: bool) -> Option<Vec<u8>> {
        let mut text = Vec::new();
        loop {
            match self.next()? {
                byte if byte == slash => return Some(text),
                b'[' if is_regex => {
                    text.push(b'[');
                    text.extend(self.bracket()?);
                }
                b'\n' => {
                    self.at -= 1;
                    return None;
                }
                b'\\' => match self.next()? {
                    byte if byte == slash && (is_regex || byte != b'&') => text.push(byte),
                    b'\n' if is_regex => text.push(b'\n'),
                    byte => text.extend([b'\\', byte]),
                },
                byte => text.push(byte),
            }
        }
    }
}

impl Reader<'_> {
    /// The rest of a bracket expression, in which the slash is ordinary; without its end `None`.
    fn bracket(&mut self) -> Option<Vec<u8>> {
        let mut text = Vec::new();
        if self.peek() == Some(b'^') {
            text.extend(self.next());
        }
        if self.peek() == Some(b']') {
            text.extend(self.next());
        }
        loop {
            match (self.next()?, self.peek()) {
                (b']', _) => {
                    text.push(b']');
                    return Some(text);
                }
                (b'[', Some(kind @ (b':' | b'.' | b'='))) => {
                    let rest = &self.text[self.at + 1..];
                    let end = rest.windows(2).position(|pair| pair == [kind, b']']);
                    let length = end.map_or(0, |end| end + 3);
                    text.push(b'[');
                    text.extend(&self.text[self.at..self.at + length]);
                    self.at += length;
                }
                (b'\n', _) => {
                    self.at -= 1;
                    return None;
                }
                (byte, _) => text.push(byte),
            }
        }
    }
}

/// Within a line.
pub const BLANKS: &[u8] = b" \t\x0b\x0c\r";
/// Also between lines.
pub const SPACES: &[u8] = b" \t\x0b\x0c\r\n";

/// Up to a line end that no backslash precedes; backslashes go.
pub fn text_block(reader: &mut Reader) -> Vec<u8> {
    let mut text = Vec::new();
    while let Some(byte) = reader.next() {
        match byte {
            b'\n' => break,
            b'\\' => match regex::plain_escape(&reader.text[reader.at..]) {
                Some((value, length)) => {
                    text.push(value);
                    reader.at += length;
                }
                None => text.extend(reader.next()),
            },
            byte => text.push(byte),
        }
    }
    say!(text, "\n")
}

/// The rest of the line, as a file's name.
pub fn file_name(reader: &mut Reader) -> Result<Vec<u8>, Wrong> {
    reader.skip(BLANKS);
    let mut name = Vec::new();
    while let Some(byte) = reader.next().filter(|byte| *byte != b'\n') {
        name.push(byte);
    }
    if name.is_empty() {
        return Err(reader.wrong("missing filename in r/R/w/W commands"));
    }
    Ok(name)
}
