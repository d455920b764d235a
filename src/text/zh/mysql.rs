//! 简体中文: facts of `mysql`.

use crate::text::Phrase;
use crate::trace::fact::MysqlFact;

/// The words for a fact.
pub fn phrase(fact: &MysqlFact) -> Phrase {
    let _ = fact;
    Phrase::new()
}
