//! What is wrong with the learner's files: what, where, and what to do.

mod en;
mod zh;

use super::{Lang, Phrase};
use crate::manifest::{Diagnostic, Problem, Severity};
use crate::span::Files;

/// A diagnostic in words, without its place.
pub fn diagnostic(lang: Lang, diagnostic: &Diagnostic) -> Phrase {
    problem(lang, &diagnostic.problem)
}

/// What is wrong, in words.
pub fn problem(lang: Lang, problem: &Problem) -> Phrase {
    match lang {
        Lang::En => en::phrase(problem),
        Lang::Zh => zh::phrase(problem),
    }
}

/// How bad it is, in a word.
pub fn severity(lang: Lang, severity: Severity) -> &'static str {
    match (lang, severity) {
        (Lang::En, Severity::Error) => "error",
        (Lang::En, Severity::Warning) => "warning",
        (Lang::En, Severity::Note) => "note",
        (Lang::Zh, Severity::Error) => "错误",
        (Lang::Zh, Severity::Warning) => "警告",
        (Lang::Zh, Severity::Note) => "提示",
    }
}

/// One line: `file:line:column: error: …`.
pub fn line(lang: Lang, files: &Files, one: &Diagnostic) -> String {
    let word = severity(lang, one.severity);
    let words = diagnostic(lang, one).plain();
    if files.is_empty() {
        return format!("{word}: {words}");
    }
    format!("{}: {word}: {words}", files.show(one.span))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::Manifests;

    #[test]
    fn a_line_says_where_what_and_what_to_do() {
        let text = "apiVersion: v1\nkind: Service\nmetadata:\n  name: 'a'\nspec:\n  prots: []\n";
        let (manifests, found) = Manifests::read(vec![("a.yaml".into(), text.into())]);
        assert_eq!(
            line(Lang::En, manifests.files(), &found[0]),
            "a.yaml:6:3: error: The API does not know the field spec.prots. \
             Did you mean ports? Correct its name, or remove it."
        );
        assert_eq!(
            line(Lang::Zh, manifests.files(), &found[0]),
            "a.yaml:6:3: 错误: API 中没有字段 spec.prots。是否想写 ports？请改正字段名，或将它删除。"
        );
    }
}
