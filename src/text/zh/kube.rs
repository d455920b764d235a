//! 简体中文: facts of `kube`.

use crate::text::Phrase;
use crate::trace::fact::KubeFact;

/// The words for a fact.
pub fn phrase(fact: &KubeFact) -> Phrase {
    match *fact {}
}
