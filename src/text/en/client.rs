//! English: facts of `client`.

use crate::text::Phrase;
use crate::trace::fact::ClientFact;

/// The words for a fact.
pub fn phrase(fact: &ClientFact) -> Phrase {
    match *fact {}
}
