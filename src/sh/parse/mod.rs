//! Text → [`Script`], as bash (or dash) reads it: one complete command with its line at a time.
//!
//! Written here rather than taken from a library, because what bash *says* about a text it cannot
//! read, and how much of the text it runs first, is part of the lesson; and because a learner's
//! text of any depth may not overflow the stack.

mod alias;
mod brace;
mod braced;
mod command;
mod compound;
mod cond;
mod count;
mod document;
mod dollar;
mod error;
mod extract;
mod lint;
mod redirect;
mod scan;
#[cfg(test)]
mod tests;
mod word;

use super::Dialect;
use super::problem::{Problem, ProblemKind};
use super::script::{Aliases, AstId, Kind, Node, Reading, Script, Span, SyntaxError, Word};
use crate::base::SortedMap;
use crate::base::limit::{SCRIPT_BYTES_MAX, SCRIPT_DEPTH_MAX};

pub(super) use command::{RESERVED, is_reserved};
pub(super) use cond::is_unary;

pub(super) type Parse<T> = Result<T, SyntaxError>;

/// What the parser reads now: the script's text, or text taken out of it (backquotes, a
/// here-document's lines).
#[derive(Default)]
struct Source {
    text: Vec<u8>,
    /// For each byte of a derived text, and its end, the place in the script; empty for the script
    /// itself.
    map: Vec<u32>,
    pos: usize,
    end: usize,
    /// Where to go on after the newline at a position: past the here-documents of that line.
    jumps: SortedMap<usize, usize>,
    /// Aliases whose text is being read: each is not expanded again before here.
    expanding: Vec<(Vec<u8>, usize)>,
    /// Where the text of an alias ends with a blank: the next word may be an alias too.
    blank_ends: Vec<usize>,
    /// It is taken out of the script.
    is_derived: bool,
    /// `$(…)` that were read, by where they begin: where each ends, and its command.
    commands: SortedMap<usize, (usize, AstId)>,
    /// What stands for `$'…'` within brackets: from, to, the text.
    edits: Vec<(usize, usize, Vec<u8>)>,
}

pub(super) struct Parser {
    src: Source,
    dialect: Dialect,
    first_line: u32,
    /// Offsets of the script's newlines.
    newlines: Vec<u32>,
    script: Vec<u8>,
    nodes: Vec<Node>,
    problems: Vec<Problem>,
    warnings: Vec<SyntaxError>,
    depth: u32,
    substitutions: Vec<(Span, AstId)>,
    /// Where the last function's body began that was read, and the last `for ((`: bash forgets the
    /// outer one's where they nest.
    brace_line: u32,
    arith_for_line: u32,
    /// `((` was no arithmetic: bash reads it again from its second parenthesis.
    read_again: usize,
    /// Up to where it is read again as a line of its own.
    read_again_end: usize,
    /// Where the line begins behind a `((` that is read again: bash takes the first word there, or
    /// the end, for a word without any text.
    void_at: usize,
    /// `shopt -s extglob` came before: `@(a|b)` is a word.
    extglob: bool,
    aliases: Aliases,
    is_string: bool,
    /// The quote or parenthesis around the words that are read.
    delimiter: u8,
    /// The words of an array are read. Within a `$(…)` a backslash does not quote there: whether
    /// one stood before a quote, and where those stand that are read anew when they run.
    in_array: bool,
    unquoting: bool,
    read_anew: Vec<u32>,
    /// Where pairs end is known here: what does not close fails when it is expanded.
    scanned: bool,
    /// Where the expression begins that is read.
    arith_from: usize,
    /// How many `$(…)` are around, and how many compound commands.
    substituting: u32,
    compounds: u32,
    /// Here-documents, by their numbers, and those of the present line.
    documents: Vec<document::Document>,
    pending: Vec<document::Pending>,
    /// Where their delimiters stand.
    document_places: SortedMap<u32, u32>,
    /// Where each simple command was numbered.
    numbered_at: SortedMap<AstId, u32>,
    /// `$(…)` that were read, by their places: where each ends, and how many newlines it has when
    /// bash has printed it.
    printed: SortedMap<u32, (u32, u32)>,
}

/// Reads a whole text, as a shell that has just begun.
pub(super) fn parse(text: &[u8], dialect: Dialect, first_line: u32) -> (Script, Vec<Problem>) {
    parse_as(text, dialect, first_line, Reading::default())
}

/// Reads a text from some place on, knowing some things.
pub(super) fn parse_as(
    text: &[u8],
    dialect: Dialect,
    first_line: u32,
    reading: Reading,
) -> (Script, Vec<Problem>) {
    let digest = Script::digest_of(text, dialect, first_line, &reading);
    let mut parser = Parser::new(text, dialect, first_line);
    parser.src.pos = (reading.from as usize).min(text.len());
    parser.extglob = reading.extglob;
    parser.aliases = reading.aliases.clone();
    parser.is_string = reading.is_string;
    let mut script = Script {
        text: text.to_vec(),
        dialect,
        first_line,
        reading,
        nodes: Vec::new(),
        groups: Vec::new(),
        group_lines: Vec::new(),
        group_starts: Vec::new(),
        error: None,
        warnings: Vec::new(),
        substitutions: Vec::new(),
        digest,
    };
    if text.len() > SCRIPT_BYTES_MAX {
        let bound = SCRIPT_BYTES_MAX as u32;
        let kind = ProblemKind::TooLong(bound);
        return (script, vec![Problem { start: bound, end: text.len() as u32, kind }]);
    }
    loop {
        let number = script.groups.len() as u32;
        // A line that is lost belongs to what comes next.
        if script.group_starts.len() == number as usize {
            let place = parser.place(parser.src.pos);
            script.group_starts.push((place, parser.extglob));
        }
        let group = parser.group();
        script.warnings.extend(parser.warnings.drain(..).map(|warning| (number, warning)));
        match group {
            Ok(Some(id)) => {
                script.groups.push(id);
                script.group_lines.push(parser.last_line());
                if parser.bash() {
                    parser.note_extglob(id);
                }
            }
            Err(error) if error.is_skipped => {
                script.warnings.push((number, error));
                parser.skip_line();
            }
            Ok(None) => break,
            Err(mut error) => {
                if error.status.is_none() {
                    parser.skim(&mut error);
                }
                script.error = Some(error);
                break;
            }
        }
    }
    parser.fill_documents();
    script.nodes = std::mem::take(&mut parser.nodes);
    script.substitutions = std::mem::take(&mut parser.substitutions);
    (script, parser.problems)
}

/// Text as between double quotes (PS4), and the script that holds what it substitutes.
pub(super) fn document(text: &[u8], dialect: Dialect) -> (Script, Word) {
    let (mut script, _) = parse(b"", dialect, 1);
    let mut parser = Parser::new(text, dialect, 1);
    let word = parser.word_in(word::Place::Document).unwrap_or_default();
    script.text = text.to_vec();
    script.digest = Script::digest_of(text, dialect, 0, &script.reading);
    parser.fill_documents();
    script.nodes = parser.nodes;
    (script, word)
}

impl Parser {
    fn new(text: &[u8], dialect: Dialect, first_line: u32) -> Parser {
        let newlines =
            text.iter().enumerate().filter(|(_, b)| **b == b'\n').map(|(i, _)| i as u32).collect();
        Parser {
            src: Source { text: text.to_vec(), end: text.len(), ..Source::default() },
            dialect,
            first_line,
            newlines,
            script: text.to_vec(),
            nodes: Vec::new(),
            problems: Vec::new(),
            warnings: Vec::new(),
            depth: 0,
            substitutions: Vec::new(),
            read_again: 0,
            read_again_end: 0,
            void_at: 0,
            brace_line: 0,
            arith_for_line: 0,
            extglob: false,
            aliases: Aliases::new(),
            is_string: false,
            delimiter: 0,
            in_array: false,
            unquoting: false,
            read_anew: Vec::new(),
            scanned: false,
            arith_from: 0,
            substituting: 0,
            compounds: 0,
            documents: Vec::new(),
            pending: Vec::new(),
            document_places: SortedMap::new(),
            numbered_at: SortedMap::new(),
            printed: SortedMap::new(),
        }
    }

    /// The next complete command, with everything up to the end of its line; `None` at the end of
    /// the text.
    fn group(&mut self) -> Parse<Option<AstId>> {
        loop {
            self.blanks();
            if self.byte() != Some(b'\n') {
                break;
            }
            self.newline();
        }
        if self.at_end() {
            return Ok(None);
        }
        let id = self.list_of_line()?;
        self.blanks();
        if self.at_end() {
            self.gather(self.src.end);
        }
        match self.byte() {
            Some(b'\n') => self.newline(),
            None => {}
            Some(_) => return Err(self.unexpected(None)),
        }
        Ok(Some(id))
    }

    fn bash(&self) -> bool {
        self.dialect == Dialect::Bash
    }

    fn ash(&self) -> bool {
        self.dialect == Dialect::Ash
    }

    fn byte(&self) -> Option<u8> {
        self.byte_at(0)
    }

    fn byte_at(&self, ahead: usize) -> Option<u8> {
        let at = self.src.pos + ahead;
        if at < self.src.end { self.src.text.get(at).copied() } else { None }
    }

    fn at_end(&self) -> bool {
        self.src.pos >= self.src.end
    }

    fn rest(&self) -> &[u8] {
        &self.src.text[self.src.pos.min(self.src.end)..self.src.end]
    }

    fn looking_at(&self, what: &[u8]) -> bool {
        self.rest().starts_with(what)
    }

    /// The place in the script of a position in what is read now.
    fn place(&self, pos: usize) -> u32 {
        match self.src.map.get(pos.min(self.src.map.len().saturating_sub(1))) {
            Some(place) => *place,
            None => pos as u32,
        }
    }

    fn script_len(&self) -> u32 {
        self.script.len() as u32
    }

    fn span_from(&self, start: usize) -> Span {
        Span { start: self.place(start), end: self.place(self.src.pos) }
    }

    /// The line, for messages, of a place in the script.
    fn line_of(&self, place: u32) -> u32 {
        self.first_line + self.newlines.partition_point(|newline| *newline < place) as u32
    }

    fn line_here(&self) -> u32 {
        self.line_of(self.place(self.src.pos))
    }

    /// Past the end of the text stands one more line, as bash counts.
    fn line_of_end(&self) -> u32 {
        let lines = self.newlines.len() as u32;
        let ends_with_newline = self.newlines.last() == Some(&self.script_len().saturating_sub(1));
        let one_more = self.bash() && !ends_with_newline && self.script_len() > 0;
        self.first_line + lines + u32::from(one_more)
    }

    /// The line that ends before here.
    fn last_line(&self) -> u32 {
        let at_start = self.src.pos > 0 && self.src.text[self.src.pos - 1] == b'\n';
        self.line_here() - u32::from(at_start)
    }

    /// The rest of the line is given up.
    fn skip_line(&mut self) {
        while self.byte().is_some_and(|byte| byte != b'\n') {
            self.src.pos += 1;
        }
        self.pending.clear();
        self.newline();
        self.depth = 0;
    }

    /// Bash reads a line by the options that the lines before it set.
    fn note_extglob(&mut self, group: AstId) {
        let from = self.nodes[group.0 as usize].span.start;
        for node in self.nodes.iter().filter(|node| node.span.start >= from) {
            let Kind::Simple { words, .. } = &node.kind else { continue };
            let plain = |at: usize| words.get(at).and_then(Word::plain);
            if plain(0) == Some(b"shopt") && words.iter().any(|w| w.plain() == Some(b"extglob")) {
                match plain(1) {
                    Some(b"-s") => self.extglob = true,
                    Some(b"-u") => self.extglob = false,
                    _ => {}
                }
            }
        }
    }

    fn newline(&mut self) {
        let pos = self.src.pos;
        self.gather(pos);
        self.src.pos = self.src.jumps.get(&pos).copied().unwrap_or(pos + 1);
        if self.void_at == self.src.pos {
            self.void_word();
        }
    }

    /// A word that stands for nothing takes the place of the one here.
    fn void_word(&mut self) {
        let start = std::mem::take(&mut self.void_at);
        // Bash has counted that line's end twice.
        self.first_line += u32::from(self.at_end());
        let length = match self.word() {
            Ok(_) => self.src.pos - start,
            Err(_) => 0,
        };
        self.src.pos = start;
        self.put_text(length, b"${_+}");
    }

    /// Spaces, tabs, escaped newlines and a comment.
    fn blanks(&mut self) {
        loop {
            match self.byte() {
                Some(b' ' | b'\t') => self.src.pos += 1,
                Some(b'\\') if self.byte_at(1) == Some(b'\n') => self.src.pos += 2,
                Some(b'#') => {
                    while self.byte().is_some_and(|byte| byte != b'\n') {
                        self.src.pos += 1;
                    }
                }
                _ => return,
            }
        }
    }

    /// Blanks and newlines.
    fn lines(&mut self) {
        loop {
            self.blanks();
            if self.byte() != Some(b'\n') {
                return;
            }
            self.newline();
        }
    }

    /// Reads a derived text with `read`, and comes back.
    fn within_text<T>(
        &mut self,
        text: Vec<u8>,
        map: Vec<u32>,
        read: impl FnOnce(&mut Parser) -> T,
    ) -> T {
        let end = text.len();
        let inner = Source { text, map, end, is_derived: true, ..Source::default() };
        let outer = std::mem::replace(&mut self.src, inner);
        let answer = read(self);
        self.src = outer;
        answer
    }

    /// Reads `start..end` of the present text with `read`, and comes back to where it was.
    fn within_range<T>(
        &mut self,
        start: usize,
        end: usize,
        read: impl FnOnce(&mut Parser) -> T,
    ) -> T {
        let (pos, outer_end) = (self.src.pos, self.src.end);
        self.src.pos = start;
        self.src.end = end;
        let answer = read(self);
        self.src.pos = pos;
        self.src.end = outer_end;
        answer
    }

    fn add(&mut self, start: usize, kind: Kind) -> AstId {
        let span = self.span_from(start);
        let line = self.line_of(span.start);
        self.nodes.push(Node { span, line, relative: false, kind, redirects: Vec::new() });
        AstId(self.nodes.len() as u32 - 1)
    }

    fn unsupported(&mut self, start: usize, what: &'static str) {
        let span = self.span_from(start);
        let kind = ProblemKind::Syntax(what);
        self.problems.push(Problem { start: span.start, end: span.end, kind });
    }

    /// Goes one level deeper; too deep is an error of ours, told as a problem.
    fn deeper<T>(&mut self, read: impl FnOnce(&mut Parser) -> Parse<T>) -> Parse<T> {
        if self.depth >= SCRIPT_DEPTH_MAX {
            let start = self.place(self.src.pos);
            let kind = ProblemKind::TooDeep(SCRIPT_DEPTH_MAX);
            self.problems.push(Problem { start, end: self.script_len(), kind });
            return Err(self.error(self.line_here(), b"parser stack overflow".to_vec()));
        }
        self.depth += 1;
        let answer = read(self);
        self.depth -= 1;
        answer
    }

    /// The operator that stands here, if one does.
    fn operator(&self) -> Option<&'static str> {
        const BASH: [&str; 20] = [
            "<<<", "<<-", "&>>", ";;&", "&&", "||", ";;", ";&", "|&", "<<", ">>", "<&", ">&", "<>",
            ">|", "&>", "<", ">", "|", "&",
        ];
        const SH: [&str; 14] =
            ["<<-", "&&", "||", ";;", "<<", ">>", "<&", ">&", "<>", ">|", "<", ">", "|", "&"];
        if self.ash() && self.looking_at(b"&>") {
            return Some("&>");
        }
        let table: &[&'static str] = if self.bash() { &BASH } else { &SH };
        let longest = table.iter().find(|op| self.looking_at(op.as_bytes())).copied();
        longest.or_else(|| [";", "(", ")"].into_iter().find(|op| self.looking_at(op.as_bytes())))
    }

    /// Steps over an operator if exactly it stands here.
    fn eat(&mut self, op: &str) -> bool {
        let here = self.operator() == Some(op);
        if here {
            self.src.pos += op.len();
        }
        here
    }
}

/// Whether a byte ends a word.
fn is_meta(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'|' | b'&' | b';' | b'(' | b')' | b'<' | b'>')
}

pub(super) fn is_name_start(byte: u8) -> bool {
    byte == b'_' || byte.is_ascii_alphabetic()
}

pub(super) fn is_name(byte: u8) -> bool {
    byte == b'_' || byte.is_ascii_alphanumeric()
}

/// Whether the bytes are a variable's name.
pub(super) fn is_identifier(name: &[u8]) -> bool {
    name.first().copied().is_some_and(is_name_start) && name.iter().copied().all(is_name)
}
