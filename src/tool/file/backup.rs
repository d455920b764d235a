//! Backups of what is overwritten. Models gnulib's backupfile.c.

use crate::tool::Context;
use crate::tool::args::{self, Args};
use crate::tool::say::say;

/// How they are named.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Backup {
    kind: Kind,
    suffix: Vec<u8>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
enum Kind {
    /// None are made.
    #[default]
    Off,
    Simple,
    /// Numbered where there are numbered ones.
    Existing,
    Numbered,
}

const WORDS: &[&[&str]] =
    &[&["none", "off"], &["simple", "never"], &["existing", "nil"], &["numbered", "t"]];

impl Backup {
    /// What `-b`, `--backup` (by its letter) and `-S` ask for.
    pub fn read(cx: &mut Context, args: &Args, long: char) -> Result<Backup, u8> {
        let mut kind = Kind::Off;
        for (letter, word) in &args.options {
            if *letter == 'b' || *letter == 'S' || (*letter == long && word.is_empty()) {
                kind = if kind == Kind::Off { Kind::Existing } else { kind };
            } else if *letter == long {
                let row = args::choose(cx, word, "backup type", WORDS)?;
                kind = [Kind::Off, Kind::Simple, Kind::Existing, Kind::Numbered][row];
            }
        }
        let suffix = args.value('S').unwrap_or(b"~").to_vec();
        Ok(Backup { kind, suffix })
    }

    /// Whether any are made.
    pub fn is_wanted(&self) -> bool {
        self.kind != Kind::Off
    }

    /// Renames what is there; its new name.
    pub fn make(&self, cx: &mut Context, path: &[u8]) -> Option<Vec<u8>> {
        if !self.is_wanted() {
            return None;
        }
        let numbered = |n: u32| say!(path, ".~", n.to_string(), "~");
        let free = (1..).find(|n| cx.sys.stat(&numbered(*n), false).is_err()).unwrap_or(1);
        let name = match self.kind {
            Kind::Numbered => numbered(free),
            Kind::Existing if free > 1 => numbered(free),
            _ => say!(path, self.suffix),
        };
        cx.sys.rename(path, &name).is_ok().then_some(name)
    }
}
