//! Where quotes and brackets end, as bash finds it while it reads and before it knows what the text
//! within means (parse.y: `parse_matched_pair`, `parse_comsub`). What does not close is complained
//! of here; what is wrong within is found when the word is expanded.

use super::{Parse, Parser};
use crate::sh::quote;

/// What is around the text that is stepped over, and what it is.
#[derive(Clone, Copy, Default)]
pub(super) struct Around {
    /// Double quotes are around.
    pub quoted: bool,
    /// `$'…'`: a backslash escapes.
    pub escapes: bool,
    /// `${…}`.
    pub brace: bool,
    /// `((…))`, `$((…))`, `$[…]`.
    pub arith: bool,
    /// `name[…]=`.
    pub subscript: bool,
}

/// How far within `${…}`: in a pattern's place `$'…'` keeps quotes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Inside {
    Name,
    Operator,
    Word,
    Pattern,
}

impl Inside {
    /// What comes after this byte, the `number`th within the braces.
    pub(super) fn after(self, byte: u8, number: usize) -> Inside {
        let operator = b"#%^,~:-=?+/".contains(&byte);
        match self {
            Inside::Name if number > 1 && b"%#/^,".contains(&byte) => Inside::Pattern,
            Inside::Name if operator => Inside::Operator,
            Inside::Operator if !operator => Inside::Word,
            same => same,
        }
    }
}

impl Parser {
    /// Whether something that may hold more than a word's text begins here.
    pub(super) fn at_pair(&self) -> bool {
        match self.byte() {
            Some(b'"') => true,
            Some(b'$') => matches!(self.byte_at(1), Some(b'(' | b'{' | b'[' | b'"')),
            _ => self.at_process(),
        }
    }

    /// Steps over what begins here, in a word of a command.
    pub(super) fn pair(&mut self) -> Parse<()> {
        let quoted = self.delimiter == b'"';
        let start = self.src.pos;
        let sign = self.byte_at(usize::from(self.byte() == Some(b'$')));
        let outer = self.delimiter;
        self.src.pos += if self.byte() == Some(b'"') { 1 } else { 2 };
        let answer = match sign {
            Some(b'"') => {
                self.delimiter = b'"';
                self.matched(b'"', b'"', Around { quoted: true, ..Around::default() })
            }
            Some(b'{') => self.matched(b'{', b'}', Around { quoted, brace: true, ..arith(false) }),
            Some(b'[') => self.matched(b'[', b']', Around { quoted, ..arith(true) }),
            _ => {
                self.delimiter = b'(';
                self.pair_of_command(start, quoted)
            }
        };
        self.delimiter = outer;
        answer
    }

    /// `$(…)` from `start` on, and stands behind its parenthesis.
    fn pair_of_command(&mut self, start: usize, quoted: bool) -> Parse<()> {
        if self.byte() == Some(b'(') {
            return self.matched(b'(', b')', Around { quoted, ..arith(true) });
        }
        self.src.pos = start;
        self.substituted().map(drop)
    }

    /// Steps over the rest of a pair that has been opened.
    pub(super) fn matched(&mut self, open: u8, close: u8, around: Around) -> Parse<()> {
        self.deeper(|p| p.matched_inside(open, close, around))
    }

    fn matched_inside(&mut self, open: u8, close: u8, around: Around) -> Parse<()> {
        let (line, start) = (self.line_here(), self.src.pos);
        let (mut count, mut dollar, mut angle) = (1u32, false, false);
        let mut inside = Inside::Name;
        loop {
            let Some(byte) = self.byte() else { return Err(self.unclosed(line, close.into())) };
            let at = self.src.pos;
            self.src.pos += 1;
            if byte == close {
                count -= 1;
            } else if byte == open && (!around.brace || dollar) {
                count += 1;
            }
            if count == 0 {
                return Ok(());
            }
            let escaped = byte == b'\\' && (open != b'\'' || around.escapes);
            if escaped && !self.at_end() {
                self.src.pos += 1;
            }
            if open == b'\'' || escaped {
                (dollar, angle) = (false, false);
                continue;
            }
            inside = inside.after(byte, self.src.pos - start);
            let nests = match byte {
                b'(' | b'{' | b'[' if open == close => dollar && open != b'`',
                b'(' if around.subscript || around.brace => dollar || angle,
                b'(' => dollar && around.arith,
                b'{' | b'[' => dollar && (around.subscript || around.brace),
                _ => false,
            };
            if nests {
                count -= u32::from(open == byte);
                self.nested(byte, at - 1, around)?;
            } else if open != close && matches!(byte, b'\'' | b'"' | b'`') {
                self.nested_quotes(byte, dollar, inside, around)?;
            } else if open == b'"' && byte == b'`' {
                self.matched(b'`', b'`', Around { quoted: around.quoted, ..Around::default() })?;
            }
            angle = matches!(byte, b'<' | b'>') && !angle;
            dollar = byte == b'$' && !dollar;
        }
    }

    /// `$(`, `${` or `$[` was read; it began at `start`.
    fn nested(&mut self, byte: u8, start: usize, around: Around) -> Parse<()> {
        let quoted = around.quoted;
        match byte {
            b'(' => self.pair_of_command(start, false),
            b'{' => self.matched(b'{', b'}', Around { quoted, brace: true, ..arith(false) }),
            _ => self.matched(b'[', b']', Around { quoted, ..arith(true) }),
        }
    }

    /// A quote was read within brackets. What stands for `$'…'` there is written down.
    fn nested_quotes(
        &mut self,
        byte: u8,
        dollar: bool,
        inside: Inside,
        around: Around,
    ) -> Parse<()> {
        let start = self.src.pos;
        let escapes = dollar && byte == b'\'';
        let quoted = around.quoted || byte == b'"';
        self.matched(byte, byte, Around { quoted, escapes, ..Around::default() })?;
        if escapes {
            let text = quote::ansi_decode(&self.src.text[start..self.src.pos - 1]);
            let pattern = around.brace && inside == Inside::Pattern;
            let text = if around.quoted && !pattern { text } else { quote::single(&text) };
            self.src.edits.push((start - 2, self.src.pos, text));
        } else if dollar && byte == b'"' {
            self.src.edits.push((start - 2, start - 1, Vec::new()));
        }
        Ok(())
    }

    /// Reads again, with `read`, what was stepped over from `start` up to here, with what stands
    /// for its `$'…'` (those after the first `edits`).
    pub(super) fn read_pair<T>(
        &mut self,
        start: usize,
        edits: usize,
        read: impl FnOnce(&mut Parser) -> T,
    ) -> T {
        let end = self.src.pos;
        let edits = self.src.edits.split_off(edits);
        let scanned = std::mem::replace(&mut self.scanned, true);
        let answer = if edits.is_empty() {
            self.within_range(start, end, read)
        } else {
            let (text, places) = self.edited(start, end, &edits);
            self.within_copy(text, &places, read)
        };
        self.src.pos = end;
        self.scanned = scanned;
        answer
    }

    /// Reads a text that was made of the present one, with the place of each byte and the end.
    pub(super) fn within_copy<T>(
        &mut self,
        text: Vec<u8>,
        places: &[usize],
        read: impl FnOnce(&mut Parser) -> T,
    ) -> T {
        let map = places.iter().map(|at| self.place(*at)).collect();
        let ends = |to: usize| places.iter().position(|place| *place == to - 1);
        let commands = places.iter().enumerate().filter_map(|(at, from)| {
            let (to, body) = self.src.commands.get(from)?;
            Some((at, (ends(*to)? + 1, *body)))
        });
        let commands = commands.collect();
        self.within_text(text, map, |p| {
            p.src.commands = commands;
            read(p)
        })
    }

    /// The text between two positions with these edits made, and where each byte and the end stood.
    fn edited(
        &self,
        start: usize,
        end: usize,
        edits: &[(usize, usize, Vec<u8>)],
    ) -> (Vec<u8>, Vec<usize>) {
        let (mut text, mut places, mut at) = (Vec::new(), Vec::new(), start);
        for (from, to, new) in edits {
            text.extend_from_slice(&self.src.text[at..*from]);
            places.extend(at..*from);
            text.extend_from_slice(new);
            places.extend(std::iter::repeat_n(*from, new.len()));
            at = *to;
        }
        text.extend_from_slice(&self.src.text[at..end]);
        places.extend(at..=end);
        (text, places)
    }
}

fn arith(arith: bool) -> Around {
    Around { arith, ..Around::default() }
}
