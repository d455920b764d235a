//! Where things end in a text that is expanded (subst.c). Mostly it is where reading found their
//! ends; where it is not, or where nothing was read before (here-documents), the expansion fails.

use super::super::script::{Broken, PartKind};
use super::scan::Inside;
use super::{Parser, word::Place};

/// An end, or why there is none.
pub(super) type Found = Result<usize, Broken>;

/// Nothing closes a pair.
pub(super) fn unclosed(closer: &'static str) -> Broken {
    Broken::Unclosed { closer, text: Vec::new() }
}

/// A pair of parentheses or brackets: `$(…)` also opens as `(`.
#[derive(Clone, Copy)]
pub(super) struct Brackets {
    pub opener: &'static [u8],
    pub other: &'static [u8],
    pub closer: &'static str,
    /// A command: comments count.
    pub command: bool,
}

pub(super) const ARITH: Brackets =
    Brackets { opener: b"$(", other: b"(", closer: "`)'", command: true };
pub(super) const OLD_ARITH: Brackets =
    Brackets { opener: b"$[", other: b"[", closer: "`]'", command: false };
const GROUP: Brackets = Brackets { opener: b"(", other: b"(", closer: "`)'", command: false };

impl Parser {
    fn text_from(&self, at: usize) -> &[u8] {
        &self.src.text[at.min(self.src.end)..self.src.end]
    }

    /// Behind the quote that closes `'…'`, or the end.
    fn past_single(&self, at: usize) -> usize {
        let rest = self.text_from(at);
        rest.iter().position(|byte| *byte == b'\'').map_or(self.src.end, |n| at + n + 1)
    }

    /// Behind a quote that is not escaped (of `$'…'`, a backquote), or the end.
    fn past_unescaped(&self, quote: u8, mut at: usize) -> usize {
        loop {
            match self.text_from(at) {
                [] => return self.src.end,
                [byte, ..] if *byte == quote => return at + 1,
                [b'\\', _, ..] => at += 2,
                _ => at += 1,
            }
        }
    }

    /// Behind the quote that closes `"…"`, or the end.
    fn past_double(&mut self, mut at: usize) -> Found {
        loop {
            at = match self.text_from(at) {
                [] => return Ok(self.src.end),
                [b'"', ..] => return Ok(at + 1),
                [b'\\', _, ..] => at + 2,
                [b'`', ..] => self.past_unescaped(b'`', at + 1),
                [b'$', b'(', ..] => self.command_end(at)? + 1,
                [b'$', b'{', ..] => self.brace_end(at + 2, Inside::Name)? + 1,
                _ => at + 1,
            };
        }
    }

    /// Where the parenthesis of a `$(…)` or `<(…)` stands that begins at `at`.
    pub(super) fn command_end(&mut self, at: usize) -> Found {
        if self.text_from(at + 2).first() == Some(&b'(') {
            return self.brackets_end(at + 2, ARITH);
        }
        if let Some((end, _)) = self.src.commands.get(&at) {
            return Ok(end - 1);
        }
        let pos = std::mem::replace(&mut self.src.pos, at);
        let problems = self.problems.len();
        // It is a text of its own.
        let outer = (self.read_again, self.read_again_end);
        (self.read_again, self.read_again_end) = (at + 2, usize::MAX - 1);
        let read = self.substituted();
        (self.read_again, self.read_again_end) = outer;
        let end = std::mem::replace(&mut self.src.pos, pos);
        match read {
            Ok(_) => Ok(end - 1),
            Err(mut error) => {
                self.problems.truncate(problems);
                let first = self.line_of(self.place(at));
                let (end, last) = (self.line_of_end(), self.line_of(self.place(self.src.end)));
                for (line, _) in error.messages.iter_mut().filter(|(line, _)| *line == end) {
                    *line = last;
                }
                Err(Broken::Command { first, error: Box::new(error) })
            }
        }
    }

    /// Where the sign stands that closes these brackets, opened before `at`.
    pub(super) fn brackets_end(&mut self, at: usize, brackets: Brackets) -> Found {
        let found = self.deeper(|p| Ok(p.brackets_end_inside(at, brackets)));
        found.unwrap_or(Err(unclosed(brackets.closer)))
    }

    fn brackets_end_inside(&mut self, start: usize, brackets: Brackets) -> Found {
        let closer = brackets.closer.as_bytes()[1];
        let mut at = start;
        loop {
            let rest = self.text_from(at);
            let blank_before = at == 0 || matches!(self.src.text[at - 1], b' ' | b'\t' | b'\n');
            at = match rest {
                [] => return Err(unclosed(brackets.closer)),
                [b'#', ..] if brackets.command && blank_before => {
                    let line = rest.iter().position(|byte| *byte == b'\n');
                    line.map_or(self.src.end, |n| at + n)
                }
                [b'\\', _, ..] => at + 2,
                [b'$', b'(', ..] if brackets.command => self.command_end(at)? + 1,
                _ if rest.starts_with(brackets.opener) => {
                    self.brackets_end(at + brackets.opener.len(), brackets)? + 1
                }
                _ if rest.starts_with(brackets.other) => {
                    let brackets = Brackets { opener: brackets.other, ..brackets };
                    self.brackets_end(at + 1, brackets)? + 1
                }
                [byte, ..] if *byte == closer => return Ok(at),
                [b'`', ..] => self.past_unescaped(b'`', at + 1),
                [b'\'', ..] => self.past_single(at + 1),
                [b'"', ..] => self.past_double(at + 1)?,
                _ => at + 1,
            };
        }
    }

    /// Where the brace stands that closes `${…}`, from `at` on, which is this far inside.
    pub(super) fn brace_end(&mut self, at: usize, inside: Inside) -> Found {
        let found = self.deeper(|p| Ok(p.brace_end_inside(at, inside)));
        found.unwrap_or(Err(unclosed("`}'")))
    }

    fn brace_end_inside(&mut self, start: usize, mut inside: Inside) -> Found {
        let (mut at, mut outer) = (start, Vec::new());
        loop {
            let byte = self.text_from(at).first().copied();
            at = match self.text_from(at) {
                [] => return Err(unclosed("`}'")),
                [b'\\', _, ..] => at + 2,
                [b'$', b'{', ..] => {
                    outer.push(inside);
                    if matches!(inside, Inside::Pattern | Inside::Word) {
                        inside = Inside::Name;
                    }
                    at + 2
                }
                [b'}', ..] => match outer.pop() {
                    None => return Ok(at),
                    Some(around) => {
                        inside = around;
                        at + 1
                    }
                },
                [b'`', ..] => self.past_unescaped(b'`', at + 1),
                [b'$' | b'<' | b'>', b'(', ..] => self.command_end(at)? + 1,
                [b'"', ..] => self.past_double(at + 1)?,
                [b'\'', ..] => self.past_single(at + 1),
                [b'[', ..] if inside == Inside::Name => {
                    let end = self.subscript_end(at);
                    if end >= self.src.end {
                        return Err(unclosed("`}'"));
                    }
                    end + 1
                }
                _ => {
                    inside = inside.after(byte.unwrap_or(0), at + 1 - start);
                    at + 1
                }
            };
        }
    }

    /// Where the bracket stands that closes the one at `at`, or the end.
    pub(super) fn subscript_end(&mut self, at: usize) -> usize {
        let (mut at, mut open) = (at + 1, 1);
        loop {
            at = match self.text_from(at) {
                [] => return self.src.end,
                [b'\\', _, ..] => at + 2,
                [b'`', ..] => self.past_unescaped(b'`', at + 1),
                [b'[', ..] => {
                    open += 1;
                    at + 1
                }
                [b']', ..] => {
                    open -= 1;
                    if open == 0 {
                        return at;
                    }
                    at + 1
                }
                [b'$', b'\'', ..] if !self.scanned => self.past_unescaped(b'\'', at + 2),
                [b'\'', ..] => self.past_single(at + 1),
                [b'"', ..] => self.past_double(at + 1).unwrap_or(self.src.end),
                [b'$', b'(', ..] => {
                    self.brackets_end(at + 2, ARITH).map_or(self.src.end, |end| end + 1)
                }
                [b'$', b'{', ..] => {
                    self.brace_end(at + 2, Inside::Name).map_or(self.src.end, |end| end + 1)
                }
                _ => at + 1,
            };
        }
    }

    /// Where this byte stands outside of quotes and of what is expanded, from `at` on; or the end.
    /// In an arithmetic expression (`arith`) the colon of `a ? b : c` does not count.
    pub(super) fn delimiter_at(&mut self, at: usize, delimiter: u8, arith: bool) -> Found {
        let (mut at, mut questions) = (at, 0);
        loop {
            at = match self.text_from(at) {
                [] => return Ok(self.src.end),
                [b'\\', _, ..] => at + 2,
                [b'`', ..] => self.past_unescaped(b'`', at + 1),
                [b':', ..] if arith && questions > 0 => {
                    questions -= 1;
                    at + 1
                }
                [b'?', ..] if arith => {
                    questions += 1;
                    at + 1
                }
                [byte, ..] if *byte == delimiter => return Ok(at),
                [b'\'', ..] => self.past_single(at + 1),
                [b'"', ..] => self.past_double(at + 1)?,
                [b'(', ..] if arith => self.brackets_end(at + 1, GROUP)? + 1,
                [b'$', b'(', ..] => self.brackets_end(at + 2, ARITH)? + 1,
                [b'$', b'{', ..] => self.brace_end(at + 2, Inside::Name)? + 1,
                _ => at + 1,
            };
        }
    }

    /// Whether the text between two parentheses is an expression: its own parentheses are paired.
    pub(super) fn is_arith(&mut self, start: usize, end: usize) -> bool {
        self.within_range(start, end, |p| {
            let (mut at, mut open) = (start, 0i64);
            loop {
                at = match p.text_from(at) {
                    [] => return open == 0,
                    [b'(', ..] => {
                        open += 1;
                        at + 1
                    }
                    [b')', ..] if open == 0 => return false,
                    [b')', ..] => {
                        open -= 1;
                        at + 1
                    }
                    [b'\\', _, ..] => at + 2,
                    [b'\'', ..] => p.past_single(at + 1),
                    [b'"', ..] => p.past_double(at + 1).unwrap_or(p.src.end),
                    _ => at + 1,
                };
            }
        })
    }

    /// The expression of `$((…))`, whose first parenthesis is at `start` and whose last at `end`;
    /// or the command of a `$(` that a parenthesis follows.
    pub(super) fn arith_or_command(&mut self, start: usize, end: usize) -> super::Parse<PartKind> {
        let closes = end > start && self.src.text[end - 1] == b')';
        if closes && self.is_arith(start + 1, end - 1) {
            let word = self.within_range(start + 1, end - 1, |p| p.word_in(Place::Arith))?;
            return Ok(PartKind::Arith(Box::new(word)));
        }
        let text = self.src.text[start..end].to_vec();
        let map = (start..=end).map(|at| self.place(at)).collect();
        Ok(self.unread_command(text, map))
    }
}
