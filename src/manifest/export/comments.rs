//! Comments that stand in two languages, one below the other.

use crate::manifest::edit::TextEdit;
use crate::span::{FileId, Span};

/// The language whose comments stay.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum CommentLang {
    /// English.
    En,
    /// 简体中文.
    Zh,
}

/// Takes out the comment lines in other languages. Only where neighbouring comment lines hold both;
/// a comment in one language alone stays.
pub fn without_others(file: FileId, source: &str, lang: CommentLang) -> Vec<TextEdit> {
    let mut edits = Vec::new();
    let mut block: Vec<(usize, &str)> = Vec::new();
    let mut at = 0;
    for line in source.split_inclusive('\n').chain([""]) {
        if line.trim_start().starts_with('#') {
            block.push((at, line));
        } else {
            edits.extend(others(file, &block, lang));
            block.clear();
        }
        at += line.len();
    }
    edits
}

fn others(file: FileId, block: &[(usize, &str)], lang: CommentLang) -> Vec<TextEdit> {
    let stays = |line: &str| (lang == CommentLang::Zh) == is_chinese(line);
    if !block.iter().any(|(_, line)| stays(line)) {
        return Vec::new();
    }
    let gone = block.iter().filter(|(_, line)| !stays(line));
    gone.map(|(at, line)| TextEdit {
        span: Span::new(file, *at, at + line.len()),
        text: String::new(),
    })
    .collect()
}

/// Whether a line holds a Han character.
fn is_chinese(line: &str) -> bool {
    line.chars().any(|c| ('\u{3400}'..='\u{9fff}').contains(&c))
}
