//! English: facts of `machine`.

use crate::text::Phrase;
use crate::trace::fact::MachineFact;

/// The words for a fact.
pub fn phrase(fact: &MachineFact) -> Phrase {
    match fact {
        MachineFact::NotModelled { program, what } => Phrase::new()
            .code(program.as_str())
            .text(": ")
            .code(what.as_str())
            .text(" is not modelled, so it is refused as an unknown option would be."),
    }
}
