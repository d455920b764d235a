//! Typed text to statements: `;`, `\g`, `\G`, quotes, comments, and the client's own commands.

/// What the client finds in its input.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Piece {
    /// A statement, without its delimiter.
    Statement {
        /// Its text.
        text: String,
        /// Ended by `\G`.
        vertical: bool,
        /// The line it began on.
        line: u64,
    },
    /// A delimiter and nothing before it.
    Nothing,
    /// `exit`, `quit`, `\q`.
    Quit,
    /// `help`, `\h`.
    Help,
    /// `status`, `\s`.
    Status,
    /// `\c`.
    Cleared,
    /// A command of the real client that this one does not have.
    NotModelled(String),
}

/// Typed text on its way to statements.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Splitter {
    /// What has not been looked at.
    rest: String,
    /// The statement so far.
    statement: String,
    /// The quote that is open.
    quote: Option<char>,
    /// Whether a `/*` comment is open.
    comment: bool,
    /// The line being read, from 1.
    line: u64,
    /// The line the statement began on.
    began: u64,
    delimiter: Option<String>,
}

impl Splitter {
    /// More text.
    pub fn push(&mut self, text: &str) {
        self.rest.push_str(text);
    }

    /// Whether nothing but blanks is left.
    pub fn is_done(&self) -> bool {
        self.rest.trim().is_empty() && self.statement.trim().is_empty()
    }

    /// The prompt for the next line.
    pub fn prompt(&self) -> &'static str {
        match (self.quote, self.comment, self.statement.trim().is_empty()) {
            (Some('\''), ..) => "    '> ",
            (Some('"'), ..) => "    \"> ",
            (Some(_), ..) => "    `> ",
            (None, true, _) => "   /*> ",
            (None, false, true) => "mysql> ",
            (None, false, false) => "    -> ",
        }
    }

    /// The next piece; with `ended`, what is left counts as a statement.
    pub fn next(&mut self, ended: bool) -> Option<Piece> {
        loop {
            if self.statement.trim().is_empty()
                && self.quote.is_none()
                && let Some(piece) = self.command()
            {
                return Some(piece);
            }
            if self.rest.is_empty() {
                break;
            }
            if let Some(piece) = self.step() {
                return Some(piece);
            }
        }
        if !ended || self.statement.trim().is_empty() {
            return None;
        }
        Some(self.finish(false))
    }

    fn finish(&mut self, vertical: bool) -> Piece {
        let text = std::mem::take(&mut self.statement);
        let text = text.trim().to_string();
        self.quote = None;
        if text.is_empty() {
            return Piece::Nothing;
        }
        Piece::Statement { text, vertical, line: self.began.max(1) }
    }

    /// A command of the client's own: a whole line, at the start of a statement.
    fn command(&mut self) -> Option<Piece> {
        let trimmed = self.rest.trim_start();
        let end = trimmed.find('\n')?;
        let line = trimmed[..end].trim().trim_end_matches(';').trim();
        let first = line.split_whitespace().next()?.to_ascii_lowercase();
        let piece = match first.as_str() {
            "exit" | "quit" => Piece::Quit,
            "help" | "?" if line.len() == first.len() => Piece::Help,
            "status" if line.len() == first.len() => Piece::Status,
            "clear" if line.len() == first.len() => Piece::Cleared,
            // `\\u db`: USE in short.
            "\\u" => {
                let db = line.split_whitespace().nth(1).unwrap_or("").to_string();
                let text = format!("use {db}");
                Piece::Statement { text, vertical: false, line: self.line + 1 }
            }
            "source" | "tee" | "notee" | "pager" | "nopager" | "system" | "rehash" | "edit"
            | "prompt" | "charset" | "warnings" | "nowarning" | "connect" | "resetconnection" => {
                Piece::NotModelled(first)
            }
            "delimiter" => {
                let word = line.split_whitespace().nth(1).unwrap_or(";").to_string();
                self.delimiter = Some(word).filter(|word| word != ";");
                Piece::Cleared
            }
            _ => return None,
        };
        let cut = self.rest.len() - trimmed.len() + end + 1;
        self.line += self.rest[..cut].matches('\n').count() as u64;
        self.rest.drain(..cut);
        Some(piece)
    }

    /// Looks at one character (or what belongs together).
    fn step(&mut self) -> Option<Piece> {
        if let Some(delimiter) = self.delimiter.clone()
            && self.quote.is_none()
            && self.rest.starts_with(&delimiter)
        {
            self.rest.drain(..delimiter.len());
            return Some(self.finish(false));
        }
        let mut chars = self.rest.chars();
        let first = chars.next()?;
        let second = chars.next();
        if let Some(quote) = self.quote {
            let escaped = first == '\\' && quote != '`';
            let length =
                if escaped { 1 + second.map_or(0, char::len_utf8) } else { first.len_utf8() };
            if first == quote {
                self.quote = None;
            }
            self.keep(length);
            return None;
        }
        if self.comment {
            if first == '*' && second == Some('/') {
                self.comment = false;
                self.skip(2);
            } else {
                self.skip(first.len_utf8());
            }
            return None;
        }
        match (first, second) {
            ('\'' | '"' | '`', _) => {
                self.quote = Some(first);
                self.keep(1);
            }
            ('#', _) => self.skip_line(),
            ('-', Some('-')) if self.rest[2..].chars().next().is_none_or(char::is_whitespace) => {
                self.skip_line();
            }
            ('/', Some('*')) if !self.rest[2..].starts_with(['!', '+']) => {
                self.comment = true;
                self.skip(2);
            }
            ('\\', Some(letter @ ('g' | 'G' | 'q' | 'h' | 's' | 'c'))) => {
                self.skip(2);
                return Some(self.short(letter));
            }
            (';', _) if self.delimiter.is_none() => {
                self.skip(1);
                return Some(self.finish(false));
            }
            _ => self.keep(first.len_utf8()),
        }
        None
    }

    fn short(&mut self, letter: char) -> Piece {
        match letter {
            'g' => self.finish(false),
            'G' => self.finish(true),
            'q' => Piece::Quit,
            'h' => Piece::Help,
            's' => Piece::Status,
            _ => {
                self.statement.clear();
                Piece::Cleared
            }
        }
    }

    fn keep(&mut self, length: usize) {
        if self.statement.trim().is_empty() {
            self.began = self.line + 1;
        }
        let part: String = self.rest.drain(..length).collect();
        self.line += part.matches('\n').count() as u64;
        if self.statement.is_empty() && part.trim().is_empty() {
            return;
        }
        self.statement.push_str(&part);
    }

    fn skip(&mut self, length: usize) {
        let part: String = self.rest.drain(..length.min(self.rest.len())).collect();
        self.line += part.matches('\n').count() as u64;
    }

    fn skip_line(&mut self) {
        let end = self.rest.find('\n').unwrap_or(self.rest.len());
        self.skip(end);
    }
}
