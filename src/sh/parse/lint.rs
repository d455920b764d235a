//! Commands of the shell's own that the model lacks, seen before anything runs.

use super::super::builtin;
use super::super::problem::{Problem, ProblemKind};
use super::super::script::Word;
use super::Parser;

/// Options of builtins that are not modelled: the builtin, and their letters.
const OPTIONS: [(&str, &str); 3] = [("declare", "It"), ("typeset", "It"), ("local", "I")];

/// What bash traps that is no signal, and is not modelled.
const TRAPS: [&[u8]; 2] = [b"DEBUG", b"RETURN"];

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
        if name == "trap" {
            // The first word is the action; these are never signals.
            for word in rest.iter().skip(1) {
                let event = word.plain().filter(|event| TRAPS.contains(event));
                let Some(event) = event else { continue };
                let option = String::from_utf8_lossy(event).into_owned();
                let kind = ProblemKind::Option { builtin: "trap".to_string(), option };
                self.problems.push(Problem { start: word.span.start, end: word.span.end, kind });
            }
            return;
        }
        let Some((_, letters)) = OPTIONS.iter().find(|(builtin, _)| *builtin == name) else {
            return;
        };
        let name = name.to_string();
        for word in rest {
            let Some(text @ [b'-', ..]) = word.plain() else { return };
            if text[1..].iter().any(|letter| letters.as_bytes().contains(letter)) {
                let option = String::from_utf8_lossy(text).into_owned();
                let kind = ProblemKind::Option { builtin: name.clone(), option };
                self.problems.push(Problem { start: word.span.start, end: word.span.end, kind });
            }
        }
    }
}
