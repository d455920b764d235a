//! POSIX regular expressions, basic and extended: leftmost-longest, with glibc's submatches.
//!
//! | file | what |
//! |---|---|
//! | `parse` | text → [`node::Node`], refused in regerror(3)'s words |
//! | `set` | bracket expressions and character classes |
//! | `program` | nodes → instructions |
//! | `search` | where the leftmost-longest match lies: one pass, no backtracking |
//! | `submatch` | which way through the program glibc would have gone: its submatches |
//! | `backref` | the search for patterns with back-references: bounded backtracking |
//!
//! The overall match is POSIX's: leftmost, then longest. The submatches are those of glibc, which
//! are not quite POSIX's: among the ways to the longest match it takes the first alternative and
//! the longest repetition (`set_regs` in posix/regexec.c).
//!
//! Left out: collating symbols of more than one character (no C locale has any).

mod backref;
mod node;
mod parse;
mod program;
mod search;
mod set;

mod submatch;
#[cfg(test)]
mod tests;

use program::Program;
pub use set::Class;

/// Whose rules hold where POSIX leaves a pattern undefined.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Dialect {
    /// regcomp(3): bash's `=~`, mysqld, find.
    #[default]
    Posix,
    /// GNU grep: a stray `*` or `{` is ordinary, `a**` is fine.
    Grep,
    /// GNU sed: a stray `)` is an error.
    Sed,
    /// mawk: backslash escapes, also within brackets; `{` is ordinary.
    Awk,
}

/// How to read a pattern.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Flags {
    /// ERE instead of BRE (`REG_EXTENDED`).
    pub extended: bool,
    /// Case does not matter (`REG_ICASE`).
    pub icase: bool,
    /// `^` and `$` hold at line ends too; `.` and `[^…]` stop there (`REG_NEWLINE`).
    pub newline: bool,
    /// Characters are UTF-8 (`LANG=C.UTF-8`) instead of bytes (`LANG` unset, as in containers).
    pub utf8: bool,
    /// Whose rules for undefined patterns.
    pub dialect: Dialect,
}

impl Flags {
    /// An extended expression over bytes, as bash's `=~` in a container.
    pub const EXTENDED: Flags = Flags {
        extended: true,
        icase: false,
        newline: false,
        utf8: false,
        dialect: Dialect::Posix,
    };
}

/// Why a pattern cannot be used: regcomp's and regexec's codes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Error {
    /// `REG_BADPAT`.
    Pattern,
    /// `REG_ECOLLATE`.
    Collate,
    /// `REG_ECTYPE`.
    Ctype,
    /// `REG_EESCAPE`.
    Escape,
    /// `REG_ESUBREG`.
    Subreg,
    /// `REG_EBRACK`.
    Bracket,
    /// `REG_EPAREN`.
    Paren,
    /// `REG_EBRACE`.
    Brace,
    /// `REG_BADBR`.
    BadBrace,
    /// `REG_ERANGE`.
    Range,
    /// `REG_ESPACE`: also our own bound on the work one search may take.
    Space,
    /// `REG_BADRPT`.
    BadRepeat,
    /// `REG_ESIZE`.
    Size,
    /// `REG_ERPAREN`.
    RightParen,
}

impl Error {
    /// glibc's `regerror`.
    pub fn text(self) -> &'static str {
        match self {
            Error::Pattern => "Invalid regular expression",
            Error::Collate => "Invalid collation character",
            Error::Ctype => "Invalid character class name",
            Error::Escape => "Trailing backslash",
            Error::Subreg => "Invalid back reference",
            Error::Bracket => "Unmatched [, [^, [:, [., or [=",
            Error::Paren => "Unmatched ( or \\(",
            Error::Brace => "Unmatched \\{",
            Error::BadBrace => "Invalid content of \\{\\}",
            Error::Range => "Invalid range end",
            Error::Space => "Memory exhausted",
            Error::BadRepeat => "Invalid preceding regular expression",
            Error::Size => "Regular expression too big",
            Error::RightParen => "Unmatched ) or \\)",
        }
    }
}

/// Where the whole (index 0) and each group matched: start and end in bytes, end exclusive.
pub type Groups = Vec<Option<(usize, usize)>>;

/// A compiled pattern.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Regex {
    program: Program,
    /// `^` and `$` know the text's ends only, whatever [`Flags::newline`] says.
    by_ends: bool,
}

impl Regex {
    /// Compiles a pattern.
    pub fn new(pattern: &[u8], flags: Flags) -> Result<Regex, Error> {
        let parsed = parse::parse(pattern, flags)?;
        Ok(Regex { program: program::compile(parsed, flags)?, by_ends: false })
    }

    /// The same, but `^` and `$` no longer hold at line ends (`newline_anchor` off, as sed -z has
    /// it).
    pub fn anchored_to_ends(self) -> Regex {
        Regex { by_ends: true, ..self }
    }

    /// How many groups it has, the whole not counted (`re_nsub`).
    pub fn groups(&self) -> u32 {
        self.program.groups
    }

    /// The leftmost-longest match that begins at `start` or later. `not_bol`: the text's start is
    /// not a line's start (`REG_NOTBOL`). A pattern that takes too much work finds nothing; see
    /// [`Regex::search`].
    pub fn find(&self, text: &[u8], start: usize, not_bol: bool) -> Option<Groups> {
        self.search(text, start, not_bol).unwrap_or(None)
    }

    /// As [`Regex::find`], and says when the work went beyond the bound ([`Error::Space`]).
    pub fn search(
        &self,
        text: &[u8],
        start: usize,
        not_bol: bool,
    ) -> Result<Option<Groups>, Error> {
        let input = search::Input { text, not_bol, newline: self.program.newline && !self.by_ends };
        if start > text.len() {
            return Ok(None);
        }
        if self.program.has_backref {
            return backref::search(&self.program, &input, start);
        }
        let Some((from, to)) = search::search(&self.program, &input, start)? else {
            return Ok(None);
        };
        submatch::submatches(&self.program, &input, from, to).map(Some)
    }

    /// Whether it matches anywhere.
    pub fn is_match(&self, text: &[u8]) -> bool {
        self.find(text, 0, false).is_some()
    }
}
