//! Tokens of SQL, with their places.

/// A token.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// Its first byte.
    pub start: usize,
    /// One past its last byte.
    pub end: usize,
}

/// What a token is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A word: keyword or name.
    Word(String),
    /// A name in back quotes.
    Quoted(String),
    /// Text in single or double quotes, escapes resolved.
    Text(String),
    /// Digits, with at most one point.
    Number(String),
    /// `0x41`, `x'41'`, `b'1'`: bytes that are a number where one is wanted.
    Bits(Vec<u8>),
    /// `@name` (empty for a lone `@`).
    UserVar(String),
    /// `@@`.
    At2,
    /// An operator or punctuation mark.
    Op(&'static str),
    /// A character SQL has no use for, or text without its closing quote.
    Bad,
    /// The end.
    End,
}

/// Operators, longest first.
const OPS: [&str; 32] = [
    "->>", "<=>", "<<", ">>", "<=", ">=", "<>", "!=", ":=", "||", "&&", "->", "(", ")", ",", ".",
    ";", "=", "<", ">", "+", "-", "*", "/", "%", "!", "~", "&", "|", "^", "?", "{",
];

/// All tokens of a statement, the last one `End`.
pub fn tokens(text: &str) -> Vec<Token> {
    tokens_for(text, 50_742)
}

/// The same for a server of this version: what `/*!80000 … */` holds is meant for others.
pub fn tokens_for(text: &str, version: u32) -> Vec<Token> {
    let mut lexer = Lexer { text, version, at: 0, tokens: Vec::new() };
    while lexer.step() {}
    lexer.tokens
}

struct Lexer<'t> {
    text: &'t str,
    version: u32,
    at: usize,
    tokens: Vec<Token>,
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn push(&mut self, kind: Kind, end: usize) {
        self.tokens.push(Token { kind, start: self.at, end });
        self.at = end;
    }

    /// One token or one stretch without meaning; false at the end.
    fn step(&mut self) -> bool {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else {
            self.push(Kind::End, self.at);
            return false;
        };
        if first.is_whitespace() || self.comment() {
            if first.is_whitespace() {
                self.at += first.len_utf8();
            }
            return true;
        }
        match first {
            '\'' | '"' => self.quoted(first),
            '`' => self.quoted(first),
            '0'..='9' => self.number(),
            '.' if self.rest()[1..].starts_with(|c: char| c.is_ascii_digit())
                && !self.after_name() =>
            {
                self.number()
            }
            '@' => self.variable(),
            c if is_word(c) => {
                if !self.prefixed(c) {
                    self.word();
                }
            }
            _ => self.op(),
        }
        true
    }

    /// Whether the token before is a name that ends just here, so that a point belongs to it.
    fn after_name(&self) -> bool {
        self.tokens
            .last()
            .is_some_and(|t| t.end == self.at && matches!(t.kind, Kind::Word(_) | Kind::Quoted(_)))
    }

    /// Skips a comment, if here is one.
    fn comment(&mut self) -> bool {
        let rest = self.rest();
        let line = rest.starts_with('#')
            || (rest.starts_with("--")
                && rest[2..].chars().next().is_none_or(|c| c.is_whitespace() || c.is_control()));
        if line {
            self.at += rest.find('\n').unwrap_or(rest.len());
            return true;
        }
        if let Some(body) = rest.strip_prefix("/*!") {
            let digits = body.bytes().take_while(u8::is_ascii_digit).count();
            // Five digits are a version, or six.
            let digits = if digits < 5 { 0 } else { digits.min(6) };
            let wanted: u32 = body[..digits].parse().unwrap_or(0);
            if wanted > self.version {
                self.at += body.find("*/").map_or(rest.len(), |end| end + 5);
            } else {
                self.at += 3 + digits;
            }
            return true;
        }
        if rest.starts_with("*/") && self.text[..self.at].contains("/*!") {
            self.at += 2;
            return true;
        }
        if let Some(body) = rest.strip_prefix("/*") {
            self.at += body.find("*/").map_or(rest.len(), |end| end + 4);
            return true;
        }
        false
    }

    fn quoted(&mut self, quote: char) {
        let mut content = String::new();
        let mut chars = self.rest().char_indices().skip(1).peekable();
        while let Some((offset, c)) = chars.next() {
            if c == quote {
                if chars.peek().is_some_and(|(_, next)| *next == quote) {
                    chars.next();
                    content.push(quote);
                    continue;
                }
                let end = self.at + offset + 1;
                let kind = if quote == '`' { Kind::Quoted(content) } else { Kind::Text(content) };
                return self.push_text(kind, end);
            }
            if c == '\\' && quote != '`' {
                match chars.next() {
                    Some((_, escaped)) => content.push_str(&unescape(escaped)),
                    None => break,
                }
                continue;
            }
            content.push(c);
        }
        self.push(Kind::Bad, self.text.len());
    }

    /// `x'41'`, `b'1'`, `N'text'`.
    fn prefixed(&mut self, first: char) -> bool {
        let Some(rest) = self.rest()[first.len_utf8()..].strip_prefix('\'') else { return false };
        let read: fn(&str) -> Option<Vec<u8>> = match first {
            'x' | 'X' => hexadecimal,
            'b' | 'B' => binary,
            'n' | 'N' => {
                self.at += 1;
                self.quoted('\'');
                return true;
            }
            _ => return false,
        };
        let Some(end) = rest.find('\'') else { return false };
        match read(&rest[..end]) {
            Some(bits) => self.push(Kind::Bits(bits), self.at + end + 3),
            None => self.push(Kind::Bad, self.at + end + 3),
        }
        true
    }

    /// Neighbouring texts are one text.
    fn push_text(&mut self, kind: Kind, end: usize) {
        if let (Kind::Text(more), Some(Token { kind: Kind::Text(text), end: last_end, .. })) =
            (&kind, self.tokens.last_mut())
        {
            text.push_str(more);
            *last_end = end;
            self.at = end;
            return;
        }
        self.push(kind, end);
    }

    fn number(&mut self) {
        let rest = self.rest();
        let mut length = rest.chars().take_while(char::is_ascii_digit).count();
        if rest[length..].starts_with('.') {
            length += 1 + rest[length + 1..].chars().take_while(char::is_ascii_digit).count();
            let tail = rest[length..].strip_prefix(['e', 'E']).unwrap_or("");
            let digits = tail.trim_start_matches(['-', '+']);
            let count = digits.chars().take_while(char::is_ascii_digit).count();
            if count > 0 {
                length += 1 + (tail.len() - digits.len()) + count;
            }
        } else {
            let word: usize = rest.chars().take_while(|c| is_word(*c)).map(char::len_utf8).sum();
            let bits = rest[..word].strip_prefix("0x").and_then(hexadecimal);
            let bits = bits.or_else(|| rest[..word].strip_prefix("0b").and_then(binary));
            if let Some(bits) = bits {
                return self.push(Kind::Bits(bits), self.at + word);
            }
            // `1e-5`: the sign belongs to it.
            let base = rest[..word].strip_suffix(['e', 'E']).unwrap_or("");
            let signed = rest[word..].strip_prefix(['-', '+']).unwrap_or("");
            let count = signed.bytes().take_while(u8::is_ascii_digit).count();
            if !base.is_empty() && base.bytes().all(|b| b.is_ascii_digit()) && count > 0 {
                let end = word + 1 + count;
                return self.push(Kind::Number(rest[..end].to_string()), self.at + end);
            }
            if is_number(&rest[..word]) {
                return self.push(Kind::Number(rest[..word].to_string()), self.at + word);
            }
            if word > length {
                let kind = Kind::Word(rest[..word].to_string());
                return self.push(kind, self.at + word);
            }
        }
        let kind = Kind::Number(rest[..length].to_string());
        self.push(kind, self.at + length);
    }

    fn variable(&mut self) {
        if self.rest().starts_with("@@") {
            return self.push(Kind::At2, self.at + 2);
        }
        let rest = &self.rest()[1..];
        if let Some(quote @ ('\'' | '"' | '`')) = rest.chars().next()
            && let Some(end) = rest[1..].find(quote)
        {
            let kind = Kind::UserVar(rest[1..=end].to_string());
            return self.push(kind, self.at + end + 3);
        }
        let length: usize =
            rest.chars().take_while(|c| is_word(*c) || *c == '.').map(char::len_utf8).sum();
        let kind = Kind::UserVar(rest[..length].to_string());
        self.push(kind, self.at + 1 + length);
    }

    fn word(&mut self) {
        let rest = self.rest();
        let length: usize = rest.chars().take_while(|c| is_word(*c)).map(char::len_utf8).sum();
        let kind = Kind::Word(rest[..length].to_string());
        self.push(kind, self.at + length);
    }

    fn op(&mut self) {
        let rest = self.rest();
        match OPS.iter().find(|op| rest.starts_with(**op)) {
            Some(op) => self.push(Kind::Op(op), self.at + op.len()),
            None => {
                let length = rest.chars().next().map_or(1, char::len_utf8);
                self.push(Kind::Bad, self.at + length);
            }
        }
    }
}

/// `1e3`: a number that looks like a word.
fn is_number(word: &str) -> bool {
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    word.split_once(['e', 'E']).is_some_and(|(a, b)| digits(a) && digits(b))
}

/// Bytes of an even or (then a 0 goes first) odd number of hexadecimal digits.
fn hexadecimal(digits: &str) -> Option<Vec<u8>> {
    let even = format!("{}{digits}", if digits.len() % 2 == 1 { "0" } else { "" });
    let byte = |at: usize| u8::from_str_radix(even.get(at..at + 2)?, 16).ok();
    let known = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_hexdigit());
    known.then(|| (0..even.len()).step_by(2).map(byte).collect()).flatten()
}

/// Bytes of binary digits.
fn binary(digits: &str) -> Option<Vec<u8>> {
    let bytes = digits.len().div_ceil(8);
    let padded = format!("{digits:0>width$}", width = bytes * 8);
    (0..bytes).map(|at| u8::from_str_radix(padded.get(at * 8..at * 8 + 8)?, 2).ok()).collect()
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '$' || u32::from(c) >= 0x80
}

/// MySQL's escapes: `\%` and `\_` keep their backslash.
fn unescape(c: char) -> String {
    match c {
        '0' => "\0".into(),
        'b' => "\u{8}".into(),
        'n' => "\n".into(),
        'r' => "\r".into(),
        't' => "\t".into(),
        'Z' => "\u{1a}".into(),
        '%' | '_' => format!("\\{c}"),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<Kind> {
        tokens(text).into_iter().map(|t| t.kind).collect()
    }

    #[test]
    fn words_texts_and_comments() {
        let word = |w: &str| Kind::Word(w.into());
        let text = |w: &str| Kind::Text(w.into());
        assert_eq!(
            kinds("select 'it''s' \"a\" -- note\n, `x``y`.z1 # end"),
            vec![
                word("select"),
                text("it'sa"),
                Kind::Op(","),
                Kind::Quoted("x`y".into()),
                Kind::Op("."),
                word("z1"),
                Kind::End
            ]
        );
        assert_eq!(
            kinds("@@server_id @a 1.5 2x 'open"),
            vec![
                Kind::At2,
                word("server_id"),
                Kind::UserVar("a".into()),
                Kind::Number("1.5".into()),
                word("2x"),
                Kind::Bad,
                Kind::End
            ]
        );
        assert_eq!(
            kinds("/*!40101 SET */ 7"),
            vec![word("SET"), Kind::Number("7".into()), Kind::End]
        );
    }
}
