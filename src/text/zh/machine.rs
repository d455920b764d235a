//! 简体中文: facts of `machine`.

use crate::text::Phrase;
use crate::trace::fact::MachineFact;

/// The words for a fact.
pub fn phrase(fact: &MachineFact) -> Phrase {
    match fact {
        MachineFact::NotModelled { program, what } => Phrase::new()
            .code(program.as_str())
            .text("：未模拟 ")
            .code(what.as_str())
            .text("，按未知选项报错退出。"),
    }
}
