//! Bracket expressions, character classes, and what a character is.

/// Added to a byte that is no part of valid UTF-8: beyond every code point.
pub const INVALID: u32 = 0x11_0000;

/// The character at `at` and its length in bytes; `None` at the end.
pub fn unit_at(text: &[u8], at: usize, utf8: bool) -> Option<(u32, usize)> {
    let byte = *text.get(at)?;
    if byte < 0x80 || !utf8 {
        return Some((u32::from(byte), 1));
    }
    let length = match byte {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => 1,
    };
    let decoded = text.get(at..at + length).and_then(|bytes| std::str::from_utf8(bytes).ok());
    match decoded.and_then(|text| text.chars().next()) {
        Some(c) => Some((u32::from(c), length)),
        None => Some((INVALID + u32::from(byte), 1)),
    }
}

/// The same letter in the other case, or itself.
pub fn other_case(unit: u32, utf8: bool) -> u32 {
    if !utf8 && unit >= 0x80 {
        return unit;
    }
    let Some(c) = char::from_u32(unit) else { return unit };
    let mut lower = c.to_lowercase();
    let mut upper = c.to_uppercase();
    match (lower.next(), lower.next(), upper.next(), upper.next()) {
        (Some(low), None, _, _) if low != c => u32::from(low),
        (_, _, Some(up), None) if up != c => u32::from(up),
        _ => unit,
    }
}

/// A character class (`[:alpha:]`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Class {
    /// Letters and digits.
    Alnum,
    /// Letters.
    Alpha,
    /// Space and tab.
    Blank,
    /// Control characters.
    Cntrl,
    /// Digits.
    Digit,
    /// Visible characters.
    Graph,
    /// Lower-case letters.
    Lower,
    /// Visible characters and space.
    Print,
    /// Punctuation.
    Punct,
    /// White space.
    Space,
    /// Upper-case letters.
    Upper,
    /// Hexadecimal digits.
    Xdigit,
}

impl Class {
    /// By the name between the colons.
    pub fn parse(name: &[u8]) -> Option<Class> {
        Some(match name {
            b"alnum" => Class::Alnum,
            b"alpha" => Class::Alpha,
            b"blank" => Class::Blank,
            b"cntrl" => Class::Cntrl,
            b"digit" => Class::Digit,
            b"graph" => Class::Graph,
            b"lower" => Class::Lower,
            b"print" => Class::Print,
            b"punct" => Class::Punct,
            b"space" => Class::Space,
            b"upper" => Class::Upper,
            b"xdigit" => Class::Xdigit,
            _ => return None,
        })
    }

    /// Whether it holds this character.
    pub fn has(self, unit: u32, utf8: bool) -> bool {
        if unit >= 0x80 {
            return utf8 && char::from_u32(unit).is_some_and(|c| self.has_wide(c));
        }
        let byte = unit as u8;
        match self {
            Class::Alnum => byte.is_ascii_alphanumeric(),
            Class::Alpha => byte.is_ascii_alphabetic(),
            Class::Blank => byte == b' ' || byte == b'\t',
            Class::Cntrl => byte.is_ascii_control(),
            Class::Digit => byte.is_ascii_digit(),
            Class::Graph => byte.is_ascii_graphic(),
            Class::Lower => byte.is_ascii_lowercase(),
            Class::Print => byte.is_ascii_graphic() || byte == b' ',
            Class::Punct => byte.is_ascii_punctuation(),
            Class::Space => byte.is_ascii_whitespace() || byte == 0x0b,
            Class::Upper => byte.is_ascii_uppercase(),
            Class::Xdigit => byte.is_ascii_hexdigit(),
        }
    }

    fn has_wide(self, c: char) -> bool {
        let shown = !c.is_control() && !c.is_whitespace();
        match self {
            Class::Alnum => c.is_alphanumeric(),
            Class::Alpha => c.is_alphabetic(),
            Class::Blank | Class::Space => c.is_whitespace(),
            Class::Cntrl => c.is_control(),
            Class::Digit | Class::Xdigit => false,
            Class::Graph => shown,
            Class::Lower => c.is_lowercase(),
            Class::Print => !c.is_control(),
            Class::Punct => shown && !c.is_alphanumeric(),
            Class::Upper => c.is_uppercase(),
        }
    }
}

/// What a bracket expression holds.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Set {
    /// `[^…]`.
    pub negated: bool,
    /// First and last, both within.
    pub ranges: Vec<(u32, u32)>,
    /// Classes.
    pub classes: Vec<Class>,
    /// The underscore also counts (`\w`).
    pub underscore: bool,
}

impl Set {
    /// `\w` or `\W`.
    pub fn word(negated: bool) -> Set {
        Set { negated, classes: vec![Class::Alnum], underscore: true, ..Set::default() }
    }

    /// `\s` or `\S`.
    pub fn space(negated: bool) -> Set {
        Set { negated, classes: vec![Class::Space], ..Set::default() }
    }

    /// Whether it holds this character.
    pub fn has(&self, unit: u32, utf8: bool, icase: bool, newline: bool) -> bool {
        if self.negated && ((newline && unit == 0x0a) || unit >= INVALID) {
            return false;
        }
        let mut within = self.has_exactly(unit, utf8);
        if !within && icase {
            within = self.has_exactly(other_case(unit, utf8), utf8);
        }
        within != self.negated
    }

    fn has_exactly(&self, unit: u32, utf8: bool) -> bool {
        (self.underscore && unit == u32::from(b'_'))
            || self.ranges.iter().any(|(first, last)| (*first..=*last).contains(&unit))
            || self.classes.iter().any(|class| class.has(unit, utf8))
    }
}

/// Whether `\w` holds it.
pub fn is_word(unit: u32, utf8: bool) -> bool {
    unit == u32::from(b'_') || Class::Alnum.has(unit, utf8)
}
