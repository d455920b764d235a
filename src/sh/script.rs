//! A script as an arena of syntax. Commands refer to each other by [`AstId`]; words stand in the
//! command they belong to.

use std::hash::{Hash, Hasher};

use super::Dialect;
use crate::base::SortedMap;
use crate::base::digest::{Digest, Fingerprint};

/// A command in its [`Script`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct AstId(pub u32);

/// Bytes `start..end` of the script's text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// A parsed text. Two scripts are equal if their texts, dialects and first lines are.
#[derive(Clone, Debug)]
pub struct Script {
    pub(crate) text: Vec<u8>,
    pub(crate) dialect: Dialect,
    /// The number of the text's first line, for messages: 1 unless the text stands within another.
    pub(crate) first_line: u32,
    /// How it was read, from where.
    pub(crate) reading: Reading,
    pub(crate) nodes: Vec<Node>,
    /// What bash reads and runs at a time: the complete commands, each ending with its line.
    pub(crate) groups: Vec<AstId>,
    /// The last line that was read for each of them.
    pub(crate) group_lines: Vec<u32>,
    /// For each of them, and for what comes after the last: where it begins, and whether `extglob`
    /// was thought to be on there.
    pub(crate) group_starts: Vec<(u32, bool)>,
    /// What bash says when it comes to the part it cannot read, after it ran `groups`.
    pub(crate) error: Option<SyntaxError>,
    /// Messages bash prints while it reads, by the index of the group they come before.
    pub(crate) warnings: Vec<(u32, SyntaxError)>,
    /// `$(…)` by where it stands, with its command.
    pub(crate) substitutions: Vec<(Span, AstId)>,
    /// Of the text, and of how it was read.
    pub(crate) digest: Fingerprint,
}

/// Words that stand for text where a command begins.
pub(crate) type Aliases = SortedMap<Vec<u8>, Vec<u8>>;

/// What a shell knows when it reads a text.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Reading {
    /// Where in the text it begins.
    pub from: u32,
    /// `shopt -s extglob`: `@(a|b)` is a word.
    pub extglob: bool,
    pub aliases: Aliases,
    /// It is a string (`-c`, `eval`, a sourced file), not a script that is read from its file.
    pub is_string: bool,
}

impl Script {
    /// The text.
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// Whether the text ends in the middle of something: an interactive shell would ask for more.
    pub fn is_incomplete(&self) -> bool {
        let is_open = |error: &SyntaxError| error.incomplete || error.is_warning;
        self.error.as_ref().is_some_and(|error| error.incomplete)
            || self.warnings.iter().any(|(_, warning)| is_open(warning))
            || self.text.ends_with(b"\\")
    }

    /// A command.
    pub(crate) fn node(&self, id: AstId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    /// The bytes of a span.
    pub(crate) fn slice(&self, span: Span) -> &[u8] {
        self.text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    pub(crate) fn digest_of(
        text: &[u8],
        dialect: Dialect,
        first_line: u32,
        reading: &Reading,
    ) -> Fingerprint {
        Digest::of(&(text, dialect, first_line, reading))
    }

    /// Whether both are the same text, however it was read.
    pub(crate) fn same_text(&self, other: &Script) -> bool {
        std::ptr::eq(self, other)
            || (self.first_line == other.first_line && self.text == other.text)
    }
}

impl PartialEq for Script {
    fn eq(&self, other: &Script) -> bool {
        std::ptr::eq(self, other)
            || (self.digest == other.digest
                && self.text == other.text
                && self.dialect == other.dialect
                && self.first_line == other.first_line
                && self.reading == other.reading)
    }
}

impl Eq for Script {}

impl Hash for Script {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.digest.hash(state);
    }
}

/// What the shell says about a text it cannot read.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct SyntaxError {
    /// The line it names.
    pub(crate) line: u32,
    /// The messages, each with the line it names.
    pub(crate) messages: Vec<(u32, Vec<u8>)>,
    /// The exit status: 2; bash 5.2 keeps the last one (`None`) after some errors within `[[`.
    pub(crate) status: Option<u8>,
    /// A status that is not 0 is kept.
    pub(crate) keeps: bool,
    /// The text ended where more was needed.
    pub(crate) incomplete: bool,
    /// A warning names no `-c`.
    pub(crate) is_warning: bool,
    /// It stands within `$(…)`: `bash -c` ends with 127 then.
    pub(crate) is_substitution: bool,
    /// Only the line it stands on is lost: bash goes on with the next.
    pub(crate) is_skipped: bool,
    /// Where in the text.
    pub(crate) at: u32,
}

impl SyntaxError {
    /// The text ended where a command should go on.
    pub(crate) fn is_end(&self) -> bool {
        let end = b"syntax error: unexpected end of file";
        self.incomplete && self.messages.iter().any(|(_, message)| message == end)
    }
}

/// A command.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Node {
    pub span: Span,
    /// 1-based; within `$(…)` counted from the line of the command that holds it.
    pub line: u32,
    /// Whether it stands within `$(…)`.
    pub relative: bool,
    pub kind: Kind,
    pub redirects: Vec<Redirect>,
}

impl Node {
    /// Whether its first element is a word, where these are its redirections.
    pub(crate) fn starts_with_word(&self, redirects: &[Redirect]) -> bool {
        let Kind::Simple { assigns, words } = &self.kind else { return false };
        let Some(word) = words.first() else { return false };
        assigns.is_empty() && redirects.iter().all(|r| r.span.start > word.span.start)
    }
}

/// What kind of command.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Kind {
    Simple {
        assigns: Vec<Assign>,
        words: Vec<Word>,
    },
    Pipeline {
        negated: bool,
        timed: Option<Timed>,
        elements: Vec<AstId>,
    },
    /// The first, then each with whether it follows `&&` (else `||`).
    AndOr {
        first: AstId,
        rest: Vec<(bool, AstId)>,
    },
    /// Each with whether `&` follows.
    List(Vec<(AstId, bool)>),
    Group(AstId),
    Subshell(AstId),
    If {
        clauses: Vec<(AstId, AstId)>,
        otherwise: Option<AstId>,
    },
    While {
        until: bool,
        condition: AstId,
        body: AstId,
    },
    /// With `select`: the loop that asks.
    For {
        select: bool,
        name: Vec<u8>,
        words: Option<Vec<Word>>,
        body: AstId,
        head: Span,
    },
    ArithFor {
        parts: [Option<Word>; 3],
        body: AstId,
    },
    Case {
        word: Word,
        arms: Vec<Arm>,
    },
    Arith(Word),
    Cond(CondId, Vec<Cond>),
    Function {
        name: Vec<u8>,
        body: AstId,
    },
    /// Syntax that is not modelled; named for the message.
    Unsupported(&'static str),
}

/// How `time` tells its times.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Timed {
    /// As TIMEFORMAT says.
    Plain,
    /// `time -p`.
    Posix,
}

/// An arm of `case`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Arm {
    pub patterns: Vec<Word>,
    pub body: Option<AstId>,
    pub end: ArmEnd,
}

/// `;;`, `;&` or `;;&`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum ArmEnd {
    Break,
    FallThrough,
    GoOn,
}

/// An expression of `[[` in its command's own little arena.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct CondId(pub u32);

/// An expression of `[[`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Cond {
    Not(CondId),
    And(CondId, CondId),
    Or(CondId, CondId),
    /// Parentheses.
    Nest(CondId),
    /// A word alone is `-n`.
    Unary {
        op: Vec<u8>,
        word: Word,
    },
    Binary {
        op: Vec<u8>,
        left: Word,
        right: Word,
    },
}

/// A redirection.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Redirect {
    pub span: Span,
    /// As written before the operator.
    pub fd: Option<u32>,
    /// `{name}` before the operator: the variable that gets the descriptor.
    pub name: Option<Vec<u8>>,
    pub kind: RedirectKind,
}

/// What a redirection does.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum RedirectKind {
    Read(Word),
    Write {
        word: Word,
        clobber: bool,
    },
    Append(Word),
    ReadWrite(Word),
    /// `<&` or `>&` and its word.
    Dup {
        word: Word,
        output: bool,
    },
    /// `&>` or `&>>`.
    Both {
        word: Word,
        append: bool,
    },
    HereDoc {
        /// Which of the text's it is.
        number: u32,
        body: Word,
        expand: bool,
        /// Its delimiter, and its lines as they stand there.
        tag: Vec<u8>,
        lines: Vec<u8>,
    },
    HereString(Word),
}

/// An assignment.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Assign {
    pub span: Span,
    pub name: Vec<u8>,
    pub index: Option<Word>,
    pub append: bool,
    pub value: AssignValue,
}

/// What is assigned.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum AssignValue {
    Scalar(Word),
    /// Elements, and the source between the parentheses.
    Array(Vec<Item>, Span),
}

/// `word`, `[index]=word` or (`append`) `[index]+=word`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Item {
    pub index: Option<Word>,
    pub append: bool,
    pub word: Word,
}

/// A word: parts in order, quotes already read.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Word {
    pub span: Span,
    pub parts: Vec<Part>,
    /// As an argument it would be an assignment (`declare a=(1 2)`).
    pub assign: Option<Box<Assign>>,
    /// The words its braces make, where bash's view of quotes is not the grammar's.
    pub braced: Vec<Word>,
    /// A subscript as an associative array has it, where quotes make it another than an
    /// expression's.
    pub key: Option<Box<Word>>,
}

/// A part of a word.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Part {
    pub span: Span,
    /// Within quotes: neither split nor a pattern.
    pub quoted: bool,
    pub kind: PartKind,
}

/// What a part is.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum PartKind {
    /// Bytes as they are.
    Text(Vec<u8>),
    Param(Box<Param>),
    /// `$(…)`; with the file's word if it is `$(<file)`.
    Command {
        body: AstId,
        file: Option<Box<Word>>,
    },
    /// Backquotes, or a `$((` that begins no expression: read by the child, which prints what is
    /// wrong with it. The text within, unescaped.
    Backquote {
        body: Option<AstId>,
        text: Vec<u8>,
    },
    Arith(Box<Word>),
    /// `<(…)` or (`input`) `>(…)`.
    Process {
        body: AstId,
        input: bool,
    },
    Broken(Broken),
}

/// What is found wrong only when the word is expanded.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Broken {
    /// `${…}` without a meaning, and the text it stands in.
    Bad(Vec<u8>),
    /// Nothing closes a pair; what should, in its quotes, and the text.
    Unclosed { closer: &'static str, text: Vec<u8> },
    /// A `$(…)` that cannot be read, and the line it begins on.
    Command { first: u32, error: Box<SyntaxError> },
}

/// `$name` or `${…}`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Param {
    pub name: Vec<u8>,
    pub index: Option<Index>,
    pub indirect: bool,
    pub op: ParamOp,
}

/// A subscript.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Index {
    At,
    Star,
    Word(Box<Word>),
}

/// What `${…}` does with its parameter.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum ParamOp {
    Plain,
    Length,
    /// `-` `=` `?` `+`, with `colon` if written so.
    Test {
        op: u8,
        colon: bool,
        word: Word,
    },
    /// `#`/`%`, doubled or not.
    Strip {
        suffix: bool,
        longest: bool,
        pattern: Word,
    },
    Replace {
        how: ReplaceHow,
        pattern: Word,
        by: Word,
    },
    Slice {
        offset: Word,
        length: Option<Word>,
    },
    /// `^` `,` `~`, doubled or not.
    Case {
        op: u8,
        all: bool,
        pattern: Word,
    },
    /// `@Q` and others.
    Transform(u8),
    /// `${!prefix*}`, `${!prefix@}`.
    Names {
        at: bool,
    },
    /// `${!name[@]}`.
    Keys {
        at: bool,
    },
}

/// Which matches `${v/p/r}` replaces.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum ReplaceHow {
    First,
    All,
    Prefix,
    Suffix,
}

impl Word {
    /// The bytes, if the word has only unquoted text.
    pub(crate) fn plain(&self) -> Option<&[u8]> {
        match self.parts.as_slice() {
            [Part { quoted: false, kind: PartKind::Text(text), .. }] => Some(text),
            _ => None,
        }
    }

    /// The bytes, if nothing in it needs expansion (quoted or not).
    pub(crate) fn literal(&self) -> Option<Vec<u8>> {
        let mut all = Vec::new();
        for part in &self.parts {
            match &part.kind {
                PartKind::Text(text) => all.extend_from_slice(text),
                _ => return None,
            }
        }
        Some(all)
    }
}
