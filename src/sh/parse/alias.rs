//! Aliases: where a command begins, a word is read as the text it stands for.

use super::{Parser, is_meta};
use crate::base::limit::SCRIPT_BYTES_MAX;

impl Parser {
    /// Puts an alias's text in place of the word that stands here, and again for the word that
    /// stands here then.
    pub(super) fn expand_aliases(&mut self) {
        while !self.aliases.is_empty() && self.expand_alias() {
            self.blanks();
        }
    }

    /// The same for a word that follows an alias's blank.
    pub(super) fn expand_alias_after_blank(&mut self) {
        let pos = self.src.pos;
        let blank = |end: &usize| {
            *end <= pos && self.src.text[*end..pos].iter().all(|byte| matches!(byte, b' ' | b'\t'))
        };
        if self.src.blank_ends.iter().any(blank) {
            self.expand_aliases();
        }
    }

    fn expand_alias(&mut self) -> bool {
        let pos = self.src.pos;
        self.src.expanding.retain(|(_, end)| *end > pos);
        let quotes = |byte: &u8| matches!(byte, b'\'' | b'"' | b'\\' | b'$' | b'`');
        let length = self.rest().iter().take_while(|b| !is_meta(**b) && !quotes(b)).count();
        if self.byte_at(length).is_some_and(|byte| quotes(&byte)) {
            return false;
        }
        let name = self.rest()[..length].to_vec();
        let Some(value) = self.aliases.get(&name).cloned() else { return false };
        let is_read = self.src.expanding.iter().any(|(other, _)| *other == name);
        if is_read || self.src.text.len() + value.len() > 2 * SCRIPT_BYTES_MAX {
            return false;
        }
        self.put_text(length, &value);
        let src = &mut self.src;
        if value.last().is_some_and(|byte| matches!(byte, b' ' | b'\t')) {
            src.blank_ends.push(pos + value.len());
        }
        src.expanding.push((name, pos + value.len()));
        true
    }

    /// Puts a text in place of the next `length` bytes.
    pub(super) fn put_text(&mut self, length: usize, value: &[u8]) {
        let pos = self.src.pos;
        let place = self.place(pos);
        let src = &mut self.src;
        if src.map.is_empty() {
            src.map = (0..=src.text.len() as u32).collect();
        }
        let after = pos + length;
        src.text.splice(pos..after, value.iter().copied());
        src.map.splice(pos..after, std::iter::repeat_n(place, value.len()));
        let moved = |at: usize| if at >= after { at - length + value.len() } else { at };
        src.end = moved(src.end);
        let commands = std::mem::take(&mut src.commands).into_iter();
        src.commands =
            commands.map(|(from, (to, body))| (moved(from), (moved(to), body))).collect();
        src.jumps = src.jumps.iter().map(|(from, to)| (moved(*from), moved(*to))).collect();
        src.expanding.iter_mut().for_each(|(_, end)| *end = moved(*end));
        src.blank_ends.iter_mut().for_each(|end| *end = moved(*end));
    }
}
