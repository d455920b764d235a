//! Commands of the shell's own that the model lacks, seen before anything runs.

use super::super::builtin;
use super::super::problem::{Problem, ProblemKind};
use super::super::script::Word;
use super::Parser;

impl Parser {
    /// Notes a builtin, or an option of one, that is not modelled.
    pub(super) fn note_unmodelled(&mut self, words: &[Word]) {
        if !self.bash() {
            return;
        }
        let Some((first, rest)) = words.split_first() else { return };
        let Some(name) = first.plain().and_then(|name| std::str::from_utf8(name).ok()) else {
            return;
        };
        if builtin::ABSENT.contains(&name) {
            let kind = ProblemKind::Builtin(name.to_string());
            self.problems.push(Problem { start: first.span.start, end: first.span.end, kind });
            return;
        }
        if let Some((word, option)) = absent_word(name, rest) {
            let (builtin, option) = (name.to_string(), option);
            let kind = ProblemKind::Option { builtin, option };
            self.problems.push(Problem { start: word.span.start, end: word.span.end, kind });
            return;
        }
        for word in rest {
            let Some(option) = word.plain().and_then(|text| std::str::from_utf8(text).ok()) else {
                continue;
            };
            if is_absent(name, option, rest[0].plain().unwrap_or_default()) {
                let (builtin, option) = (name.to_string(), option.to_string());
                let kind = ProblemKind::Option { builtin, option };
                self.problems.push(Problem { start: word.span.start, end: word.span.end, kind });
            }
        }
    }
}

/// Whether this word among a builtin's asks for what the model lacks; `first` is the first of them.
fn is_absent(name: &str, word: &str, first: &[u8]) -> bool {
    let letters = word.strip_prefix('-').unwrap_or_default();
    match name {
        "shopt" => first.starts_with(b"-s") && builtin::shopt::ABSENT.contains(&word),
        "set" => {
            let all_letters = letters.bytes().all(|byte| byte.is_ascii_alphabetic());
            letters.contains('r') && all_letters
        }
        "jobs" => letters.contains(['n', 'x']),
        _ => false,
    }
}

/// A word by itself that asks for what the model lacks, and what it asks for.
fn absent_word<'a>(name: &str, rest: &'a [Word]) -> Option<(&'a Word, String)> {
    let word_at = |at: usize| Some((rest.get(at)?, rest.get(at)?.literal()?));
    match name {
        "printf" => {
            let is_v = rest.first().and_then(Word::literal).is_some_and(|word| word == b"-v");
            let at = if is_v { 2 } else { 0 };
            let skips = rest.get(at).and_then(Word::literal).is_some_and(|word| word == b"--");
            let (word, format) = word_at(at + usize::from(skips))?;
            hexadecimal(&format).map(|letter| (word, format!("%{}", char::from(letter))))
        }
        "bash" => {
            let texts = rest.iter().map(|word| (word, word.literal().unwrap_or_default()));
            let options = texts.take_while(|(_, text)| text.len() > 1 && text[0] == b'-');
            let mut restricting = options.filter(|(_, text)| match text.strip_prefix(b"--") {
                Some(long) => long == b"restricted",
                None => text.contains(&b'r'),
            });
            let (word, text) = restricting.next()?;
            Some((word, String::from_utf8_lossy(&text).into_owned()))
        }
        _ => None,
    }
}

/// The letter of the first conversion of a format that is `a` or `A`.
fn hexadecimal(format: &[u8]) -> Option<u8> {
    let mut rest = format;
    while let Some(at) = rest.iter().position(|byte| *byte == b'%') {
        rest = &rest[at + 1..];
        let flags = rest.iter().take_while(|byte| b"#'-+ 0123456789.*hlLjzt".contains(byte));
        let letter = *rest.get(flags.count())?;
        if letter.eq_ignore_ascii_case(&b'a') {
            return Some(letter);
        }
        rest = rest.strip_prefix(b"%").unwrap_or(rest);
    }
    None
}
