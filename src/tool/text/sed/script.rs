//! Commands as data.

use crate::ere::Regex;

/// A place in the input.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Address {
    /// A line number; 0 only as the start of a range that ends by a pattern.
    Line(u64),
    /// `first~step`.
    Step(u64, u64),
    /// `$`.
    Last,
    /// `/…/`; `None`: the last one used.
    Pattern(Option<Regex>),
    /// As a range's end: `+n` lines more.
    Plus(u64),
    /// As a range's end: up to a multiple of n.
    Multiple(u64),
}

/// Which case the replacement's letters take.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Case {
    /// `\U`.
    Upper,
    /// `\L`.
    Lower,
    /// `\u`.
    UpperNext,
    /// `\l`.
    LowerNext,
    /// `\E`.
    Plain,
}

/// A part of a replacement.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Part {
    /// Text.
    Text(Vec<u8>),
    /// `&` (0) or `\1` … `\9`.
    Group(u32),
    /// From here on.
    Case(Case),
}

/// `s/…/…/…`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Subst {
    /// `None`: the last one used.
    pub regex: Option<Regex>,
    /// What comes instead.
    pub parts: Vec<Part>,
    /// All of them.
    pub global: bool,
    /// `p`.
    pub print: bool,
    /// Only from this one on, from 1.
    pub number: u64,
    /// `w`: index into `Script::files`.
    pub file: Option<u32>,
}

/// What a command does.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Verb {
    /// `{`: where it ends.
    Block(u32),
    /// `=`.
    Number,
    /// `a`.
    Append(Vec<u8>),
    /// `i`.
    Insert(Vec<u8>),
    /// `c`.
    Change(Vec<u8>),
    /// `b`: to where.
    Branch(u32),
    /// `t`.
    BranchIf(u32),
    /// `T`.
    BranchUnless(u32),
    /// `d`.
    Delete,
    /// `D`.
    DeleteFirst,
    /// `F`.
    FileName,
    /// `g`.
    Get,
    /// `G`.
    GetAppend,
    /// `h`.
    Hold,
    /// `H`.
    HoldAppend,
    /// `x`.
    Exchange,
    /// `l`: line length.
    List(u32),
    /// `n`.
    Next,
    /// `N`.
    NextAppend,
    /// `p`.
    Print,
    /// `P`.
    PrintFirst,
    /// `q` (`true`: print) or `Q`.
    Quit(u8, bool),
    /// `r`.
    Read(Vec<u8>),
    /// `R`.
    ReadLine(Vec<u8>),
    /// `w`: index into `Script::files`.
    Write(u32),
    /// `W`.
    WriteFirst(u32),
    /// `y`: what each byte becomes.
    Translate(Vec<u8>),
    /// `z`.
    Zap,
    /// `s`.
    Subst(Subst),
}

/// One command.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Command {
    /// First address.
    pub from: Option<Address>,
    /// Second address.
    pub to: Option<Address>,
    /// `!`.
    pub negated: bool,
    /// What it does.
    pub verb: Verb,
}

/// A whole script.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Script {
    /// Commands in order.
    pub commands: Vec<Command>,
    /// Files that `w` writes.
    pub files: Vec<Vec<u8>>,
    /// `#n` on the first line.
    pub quiet: bool,
    /// How many `-e` there were: the last one is blamed for what shows only later.
    pub expressions: u32,
}
