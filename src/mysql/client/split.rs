//! Typed text to statements: `;`, `\g`, `\G`, quotes, comments, and the client's own commands.

use crate::base::limit::SOURCES_MAX;

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
    /// `help`, `\h`: on what, empty for the client's own commands.
    Help(String),
    /// `status`, `\s`.
    Status,
    /// `\c`.
    Cleared,
    /// `source`, `\.`: the file.
    Source(String),
    /// `print`, `\p`: the statement so far.
    Print(String),
    /// `prompt`, `\R`: the new one, empty for the usual one.
    Prompt(String),
    /// `system`, `\!`: what a shell is to run.
    System(String),
    /// `tee`, `\T`: the file, empty for the one before; `None`: `notee`.
    Tee(Option<String>),
    /// `pager`, `\P`: the program, empty for the one before; `None`: `nopager`.
    Pager(Option<String>),
    /// `warnings` and `nowarning`.
    Warnings(bool),
    /// `connect`, `\r`: to which database, on which host, if they are named.
    Connect(Vec<String>),
    /// `resetconnection`, `\x`.
    Reset,
    /// `charset`, `\C`: which one.
    Charset(String),
    /// A command that fails: why.
    Failed(String),
    /// A command of the real client that this one does not have.
    NotModelled(String),
}

/// Letters of the commands that take something (`takes_params` of client/mysql.cc).
const TAKES_PARAMETERS: &str = "?hrdPR.!TuC";

/// Letters of all commands.
const COMMANDS: &str = "?crdeGghntPpRq#.s!TuCWwx";

/// What was being read when another file was to be read first.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Outer {
    rest: String,
    line: u64,
    file: Option<String>,
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
    /// A comment has ended: what follows does not belong to what stood before it.
    apart: bool,
    /// The line being read, from 1.
    line: u64,
    /// The line the statement began on.
    began: u64,
    delimiter: Option<String>,
    /// `--named-commands`: commands count on any line, not on a statement's first alone.
    pub commands_anywhere: bool,
    /// The file being read, if it is one that `source` named.
    file: Option<String>,
    /// What is read after it, the next one last.
    outer: Vec<Outer>,
}

impl Splitter {
    /// More text.
    pub fn push(&mut self, text: &str) {
        self.rest.push_str(text);
    }

    /// A file's text, to be read before what was typed after it. False if too many are open.
    pub fn insert(&mut self, file: &str, text: &str) -> bool {
        if self.outer.len() >= SOURCES_MAX {
            return false;
        }
        let end = if text.ends_with('\n') { "" } else { "\n" };
        let rest = std::mem::replace(&mut self.rest, format!("{text}{end}"));
        let (line, file) = (self.line, self.file.replace(file.into()));
        self.outer.push(Outer { rest, line, file });
        (self.line, self.began) = (0, 0);
        self.statement.clear();
        true
    }

    /// Goes back to what named this file. False if it is what was typed.
    pub fn leave_file(&mut self) -> bool {
        let Some(Outer { rest, line, file }) = self.outer.pop() else { return false };
        (self.rest, self.line, self.file) = (rest, line, file);
        (self.quote, self.comment, self.apart) = (None, false, false);
        true
    }

    /// The file that is read, if `source` named it.
    pub fn file(&self) -> Option<&str> {
        self.file.as_deref()
    }

    /// Ctrl-C: what was typed of a statement is forgotten.
    pub fn forget(&mut self) {
        while self.leave_file() {}
        let (line, delimiter) = (self.line, self.delimiter.take());
        let commands_anywhere = self.commands_anywhere;
        *self = Splitter { line, delimiter, commands_anywhere, ..Splitter::default() };
    }

    /// Whether nothing but blanks is left.
    pub fn is_done(&self) -> bool {
        self.rest.trim().is_empty() && self.statement.trim().is_empty() && self.outer.is_empty()
    }

    /// Another delimiter than `;`.
    pub fn set_delimiter(&mut self, word: &str) {
        self.delimiter = Some(word.to_string()).filter(|word| word != ";");
    }

    /// The line the last piece began on, from 1.
    pub fn line(&self) -> u64 {
        self.began.max(1)
    }

    /// What ends a statement.
    pub fn delimiter(&self) -> &str {
        self.delimiter.as_deref().unwrap_or(";")
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
            let at_line = self.commands_anywhere && self.statement.ends_with('\n');
            if (at_line || self.statement.trim().is_empty())
                && self.quote.is_none()
                && !self.comment
                && let Some(piece) = self.command()
            {
                return Some(piece);
            }
            if self.rest.is_empty() {
                // At a file's end counts what stands there without a delimiter.
                if !self.outer.is_empty() && !self.statement.trim().is_empty() {
                    return Some(self.finish(false));
                }
                if self.leave_file() {
                    continue;
                }
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

    /// The statement ends: at `\G` and `\g`, or where there is nothing more.
    fn finish(&mut self, vertical: bool) -> Piece {
        let text = std::mem::take(&mut self.statement);
        let text = text.trim_end().to_string();
        self.quote = None;
        if text.is_empty() {
            return Piece::Nothing;
        }
        Piece::Statement { text, vertical, line: self.began.max(1) }
    }

    /// At its delimiter a statement may be a command of the client's own.
    fn finish_delimited(&mut self) -> Piece {
        let text = self.statement.trim_start().to_string();
        match self.named(&text) {
            Some(piece) => {
                self.statement.clear();
                self.quote = None;
                piece
            }
            None => self.finish(false),
        }
    }

    /// A command of the client's own: a whole line, at the start of a statement. A line with a
    /// delimiter in it is a statement first (`find_command` of client/mysql.cc).
    fn command(&mut self) -> Option<Piece> {
        let trimmed = self.rest.trim_start();
        let end = trimmed.find('\n')?;
        let line = trimmed[..end].trim_end_matches('\r').to_string();
        let delimiter = self.delimiter().to_string();
        let is_delimiter = line.get(..9).is_some_and(|w| w.eq_ignore_ascii_case("delimiter"));
        if !is_delimiter && (line.contains("\\g") || line.contains(&delimiter)) {
            return None;
        }
        let cut = self.rest.len() - trimmed.len() + end + 1;
        let began = self.line + self.rest[..cut].matches('\n').count() as u64;
        let before = std::mem::replace(&mut self.began, began);
        let Some(piece) = self.named(&line) else {
            self.began = before;
            return None;
        };
        self.line += self.rest[..cut].matches('\n').count() as u64;
        self.rest.drain(..cut);
        Some(piece)
    }

    /// A command by its name. Those that take nothing are none with something behind them.
    fn named(&mut self, text: &str) -> Option<Piece> {
        let (name, rest) = text.split_once([' ', '\t', '\n']).unwrap_or((text, ""));
        let rest = rest.trim_start();
        let letter = match name.to_ascii_lowercase().as_str() {
            "?" | "help" => 'h',
            "clear" => 'c',
            "connect" => 'r',
            "delimiter" => 'd',
            "edit" => 'e',
            "ego" => 'G',
            "exit" | "quit" => 'q',
            "go" => 'g',
            "nopager" => 'n',
            "notee" => 't',
            "pager" => 'P',
            "print" => 'p',
            "prompt" => 'R',
            "rehash" => '#',
            "source" => '.',
            "status" => 's',
            "system" => '!',
            "tee" => 'T',
            "use" => 'u',
            "charset" => 'C',
            "warnings" => 'W',
            "nowarning" => 'w',
            "resetconnection" => 'x',
            _ => return None,
        };
        if !rest.trim().is_empty() && !TAKES_PARAMETERS.contains(letter) {
            return None;
        }
        Some(self.short(letter, rest))
    }

    /// Looks at one character (or what belongs together).
    fn step(&mut self) -> Option<Piece> {
        if let Some(delimiter) = self.delimiter.clone()
            && self.quote.is_none()
            && self.rest.starts_with(&delimiter)
        {
            self.rest.drain(..delimiter.len());
            return Some(self.finish_delimited());
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
                self.apart = true;
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
            ('\\', Some('N')) => self.keep(2),
            ('\\', Some(letter)) if !letter.is_whitespace() => {
                return Some(self.escape(letter));
            }
            (';', _) if self.delimiter.is_none() => {
                self.skip(1);
                return Some(self.finish_delimited());
            }
            _ => self.keep(first.len_utf8()),
        }
        None
    }

    /// A command of one letter.
    fn escape(&mut self, letter: char) -> Piece {
        if self.statement.trim().is_empty() {
            self.began = self.line + 1;
        }
        if !letter.is_ascii() || !COMMANDS.contains(letter) {
            self.keep(1 + letter.len_utf8());
            return Piece::Failed(format!("Unknown command '\\{letter}'."));
        }
        self.skip(2);
        let mut parameter = String::new();
        let opened = self.statement.rfind("/*!");
        let in_comment = opened.is_some_and(|at| !self.statement[at..].contains("*/"));
        if in_comment && TAKES_PARAMETERS.contains(letter) {
            // What the server might read as well is the command's to the comment's end.
            let end = self.rest.find("*/").unwrap_or(self.rest.len());
            parameter = self.rest[..end].trim_start().to_string();
            self.skip(end);
        } else if TAKES_PARAMETERS.contains(letter) {
            let line = self.rest.find('\n').unwrap_or(self.rest.len());
            let delimiter = self.delimiter().to_string();
            // What is set as a delimiter may be the delimiter itself.
            let found = self.rest[..line].find(&delimiter).filter(|_| letter != 'd');
            // These take the whole line, though what follows the delimiter is read once more.
            let whole = "!.RTP".contains(letter);
            let end = found.filter(|_| !whole).unwrap_or(line);
            parameter = self.rest[..end].trim_start().to_string();
            self.skip(found.map_or(line, |at| at + delimiter.len()));
        }
        self.short(letter, &parameter)
    }

    fn short(&mut self, letter: char, parameter: &str) -> Piece {
        let word = parameter.split_whitespace().next().unwrap_or_default();
        match letter {
            'g' => self.finish(false),
            'G' => self.finish(true),
            'q' => Piece::Quit,
            'h' | '?' => Piece::Help(parameter.into()),
            's' => Piece::Status,
            'p' => Piece::Print(self.statement.clone()),
            'r' => Piece::Connect(parameter.split_whitespace().map(String::from).take(2).collect()),
            'R' => Piece::Prompt(parameter.into()),
            'W' => Piece::Warnings(true),
            'w' => Piece::Warnings(false),
            'c' => {
                self.statement.clear();
                Piece::Cleared
            }
            'd' if word.is_empty() => Piece::Failed(
                "DELIMITER must be followed by a 'delimiter' character or string".into(),
            ),
            'd' if word.contains('\\') => {
                Piece::Failed("DELIMITER cannot contain a backslash character".into())
            }
            'd' => {
                self.set_delimiter(word);
                Piece::Cleared
            }
            'u' if word.is_empty() => {
                Piece::Failed("USE must be followed by a database name".into())
            }
            'u' => {
                let text = format!("use {}", word.trim_end_matches(';'));
                Piece::Statement { text, vertical: false, line: self.line + 1 }
            }
            '.' if word.is_empty() => {
                Piece::Failed("Usage: \\. <filename> | source <filename>".into())
            }
            '.' => Piece::Source(parameter.trim_end().into()),
            't' => Piece::Tee(None),
            'T' => Piece::Tee(Some(parameter.trim_end().into())),
            'n' => Piece::Pager(None),
            'P' => Piece::Pager(Some(parameter.trim_end().into())),
            '!' if word.is_empty() => Piece::Failed("Usage: \\! shell-command".into()),
            '!' => Piece::System(parameter.trim_end_matches('\r').into()),
            'C' if word.is_empty() => {
                Piece::Failed("Usage: \\C charset_name | charset charset_name".into())
            }
            'C' => Piece::Charset(word.into()),
            '#' => Piece::Cleared,
            'x' => Piece::Reset,
            'e' => Piece::NotModelled("edit".into()),
            other => Piece::NotModelled(other.into()),
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
        let apart = std::mem::take(&mut self.apart);
        if apart && !part.starts_with(char::is_whitespace) {
            self.statement.push(' ');
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
