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
        "set" if word == "monitor" => first == b"-o" || first.ends_with(b"o"),
        "set" => {
            let all_letters = letters.bytes().all(|byte| byte.is_ascii_alphabetic());
            letters.contains(['m', 'r']) && all_letters
        }
        "jobs" => letters.contains(['n', 'x']),
        _ => false,
    }
}
