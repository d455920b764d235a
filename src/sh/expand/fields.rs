//! Field splitting.

use super::super::pattern::Pattern;
use super::Piece;

/// A field before it is matched against files.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(in crate::sh) struct Field {
    pub pattern: Pattern,
}

struct Splitter {
    done: Vec<Field>,
    open: Option<Field>,
    /// White space has just ended a field: a separator that follows belongs to it.
    after_space: bool,
}

impl Splitter {
    fn end(&mut self) {
        if let Some(field) = self.open.take() {
            self.done.push(field);
        }
    }

    fn split(&mut self, bytes: &[u8], ifs: &[u8]) {
        for byte in bytes {
            if !ifs.contains(byte) {
                self.open.get_or_insert_default().pattern.push(&[*byte], false);
                self.after_space = false;
            } else if matches!(byte, b' ' | b'\t' | b'\n') {
                self.after_space |= self.open.is_some();
                self.end();
            } else if self.open.is_some() {
                self.end();
                self.after_space = false;
            } else if self.after_space {
                self.after_space = false;
            } else {
                self.done.push(Field::default());
            }
        }
    }
}

/// The fields of a word. `ifs`: `None` where IFS is not set.
pub(super) fn split(pieces: Vec<Piece>, ifs: Option<&[u8]>) -> Vec<Field> {
    let ifs = ifs.unwrap_or(b" \t\n");
    let mut splitter = Splitter { done: Vec::new(), open: None, after_space: false };
    for piece in pieces {
        match piece {
            Piece::Soft(_) if ifs.first().is_some_and(|byte| !b" \t\n".contains(byte)) => {
                splitter.split(&ifs[..1], ifs);
            }
            Piece::Break(_) | Piece::Soft(_) => {
                splitter.end();
                splitter.after_space = false;
            }
            Piece::Text { bytes, split: true, .. } => splitter.split(&bytes, ifs),
            Piece::Text { bytes, quoted, .. } => {
                if bytes.is_empty() && !quoted {
                    continue;
                }
                splitter.open.get_or_insert_default().pattern.push(&bytes, quoted);
                splitter.after_space = false;
            }
        }
    }
    splitter.end();
    splitter.done
}
