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
        let sets = |word: &Word| word.plain().is_some_and(|text| text.starts_with(b"-s"));
        if name != "shopt" || !rest.first().is_some_and(sets) {
            return;
        }
        for word in &rest[1..] {
            let option = word.plain().and_then(|text| std::str::from_utf8(text).ok());
            let Some(option) = option.filter(|name| builtin::shopt::ABSENT.contains(name)) else {
                continue;
            };
            let (builtin, option) = (name.to_string(), option.to_string());
            let kind = ProblemKind::Option { builtin, option };
            self.problems.push(Problem { start: word.span.start, end: word.span.end, kind });
        }
    }
}
