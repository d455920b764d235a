//! Which language, and the door to both.

use super::{Phrase, en, zh};
use crate::trace::Fact;

/// A language of the page.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// 简体中文.
    Zh,
}

impl Lang {
    /// BCP 47, for the page's `lang`.
    pub fn tag(self) -> &'static str {
        match self {
            Lang::En => "en",
            Lang::Zh => "zh-CN",
        }
    }
}

/// What a step meant, in words.
pub fn fact(lang: Lang, fact: &Fact) -> Phrase {
    match (lang, fact) {
        (Lang::En, Fact::Kube(fact)) => en::kube::phrase(fact),
        (Lang::En, Fact::Machine(fact)) => en::machine::phrase(fact),
        (Lang::En, Fact::Shell(fact)) => en::shell::phrase(fact),
        (Lang::En, Fact::Mysql(fact)) => en::mysql::phrase(fact),
        (Lang::En, Fact::Client(fact)) => en::client::phrase(fact),
        (Lang::En, Fact::Fault(fact)) => en::fault::phrase(fact),
        (Lang::Zh, Fact::Kube(fact)) => zh::kube::phrase(fact),
        (Lang::Zh, Fact::Machine(fact)) => zh::machine::phrase(fact),
        (Lang::Zh, Fact::Shell(fact)) => zh::shell::phrase(fact),
        (Lang::Zh, Fact::Mysql(fact)) => zh::mysql::phrase(fact),
        (Lang::Zh, Fact::Client(fact)) => zh::client::phrase(fact),
        (Lang::Zh, Fact::Fault(fact)) => zh::fault::phrase(fact),
    }
}
