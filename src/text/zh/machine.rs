//! 简体中文: facts of `machine`.

use crate::text::Phrase;
use crate::trace::fact::MachineFact;

/// The words for a fact.
pub fn phrase(fact: &MachineFact) -> Phrase {
    match *fact {}
}
