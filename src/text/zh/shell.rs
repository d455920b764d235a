//! 简体中文: facts of `shell`.

use crate::text::Phrase;
use crate::trace::fact::ShellFact;

/// The words for a fact.
pub fn phrase(fact: &ShellFact) -> Phrase {
    match *fact {}
}
