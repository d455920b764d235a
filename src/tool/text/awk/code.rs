//! Instructions of the stack machine.

use crate::base::real::Real;
use crate::ere::Regex;

/// Where a variable lies.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Slot {
    /// Of the program.
    Global(u32),
    /// Of the function that runs.
    Local(u32),
}

/// A place whose keys are on the stack.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Target {
    /// A variable.
    Slot(Slot),
    /// A field; its index is on the stack.
    Field,
    /// An element; its key is on the stack.
    Element(Slot),
}

/// Where print goes; a name is on the stack.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Sink {
    /// Standard output.
    Output,
    /// `>`.
    File,
    /// `>>`.
    Append,
    /// `|`.
    Pipe,
}

/// What `getline` reads.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Source {
    /// The input.
    Input,
    /// `< file`.
    File,
    /// `command |`.
    Command,
}

/// One instruction.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Op {
    /// Pushes a number.
    Number(Real),
    /// Pushes `Code::texts[n]`.
    Text(u32),
    /// Pushes the value of a place, taking its key.
    Load(Target),
    /// Takes a value (and below it the key) and pushes the value.
    Store(Target),
    /// Pushes an argument: an array itself, if the function uses it as one.
    Argument(Slot, bool),
    /// Takes so many values and pushes one key.
    Subscript(u32),
    /// Takes a key and pushes whether it is there.
    Contains(Slot),
    /// Takes a key and removes it.
    Delete(Slot),
    /// Removes all.
    DeleteAll(Slot),
    /// Takes two numbers.
    Math(u8),
    /// Takes one value: `-`, `+`, `!`, or `?` for its truth.
    Sign(u8),
    /// Takes two values: `<`, `l` (<=), `=`, `!`, `>`, `g` (>=).
    Compare(u8),
    /// Takes two strings.
    Join,
    /// Takes a string (and a pattern, if none is given); `true`: negated.
    Match(Option<u32>, bool),
    /// Drops the top.
    Pop,
    /// Doubles the top.
    Dup,
    /// `a b` → `b a b`.
    Tuck,
    /// Goes on there.
    Jump(u32),
    /// Takes a value; goes on there if it is (`true`) or is not true.
    JumpIf(bool, u32),
    /// Takes so many arguments.
    Builtin(&'static str, u32),
    /// `sub`, `gsub` (`true`): takes the replacement, the pattern (if none is given), the key.
    Substitute(bool, Option<u32>, Target),
    /// Takes the separator (if there is one and no pattern is given) and the string.
    Split(Slot, Option<u32>, bool),
    /// Takes a command.
    System,
    /// Reads the next record (`None`: into `$0`); a file's or command's name is on the stack.
    Getline(Option<Target>, Source),
    /// print or (`true`) printf so many values.
    Print(bool, u32, Sink),
    /// Calls a function with so many arguments.
    Call(u32, u32),
    /// Takes a value and returns it.
    Return,
    /// Begins to go through an array's keys.
    EachBegin(Slot),
    /// Pushes the next key, or goes on there.
    EachNext(u32),
    /// Ends going through keys early.
    EachEnd,
    /// Pushes whether a range of rules is open.
    InRange(u32),
    /// Opens or closes it.
    SetRange(u32, bool),
    /// `next`.
    Next,
    /// `nextfile`.
    NextFile,
    /// Takes a value and ends with it.
    Exit,
    /// Ends keeping the code.
    ExitPlain,
    /// The rules have been gone through.
    Done,
}

/// A function's place.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Entry {
    /// First instruction.
    pub at: u32,
    /// How many parameters.
    pub params: u32,
}

/// A compiled program.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Code {
    /// Instructions.
    pub ops: Vec<Op>,
    /// Strings.
    pub texts: Vec<Vec<u8>>,
    /// Patterns.
    pub regexes: Vec<Regex>,
    /// Variables by number; the special ones come first.
    pub globals: Vec<String>,
    /// Functions.
    pub functions: Vec<Entry>,
    /// Where BEGIN, the rules and END begin.
    pub begin: u32,
    /// See `begin`.
    pub main: u32,
    /// See `begin`.
    pub end: u32,
    /// Whether there are rules or END, so that input is read.
    pub reads: bool,
    /// How many ranges.
    pub ranges: u32,
}

/// The special variables, in the order of their numbers.
pub const SPECIAL: [&str; 16] = [
    "NR", "NF", "FNR", "FS", "OFS", "RS", "ORS", "FILENAME", "SUBSEP", "CONVFMT", "OFMT", "RSTART",
    "RLENGTH", "ENVIRON", "ARGC", "ARGV",
];

/// Their numbers.
#[allow(missing_docs)]
pub mod special {
    pub const NR: u32 = 0;
    pub const NF: u32 = 1;
    pub const FNR: u32 = 2;
    pub const FS: u32 = 3;
    pub const OFS: u32 = 4;
    pub const RS: u32 = 5;
    pub const ORS: u32 = 6;
    pub const FILENAME: u32 = 7;
    pub const SUBSEP: u32 = 8;
    pub const CONVFMT: u32 = 9;
    pub const OFMT: u32 = 10;
    pub const RSTART: u32 = 11;
    pub const RLENGTH: u32 = 12;
    pub const ENVIRON: u32 = 13;
    pub const ARGC: u32 = 14;
    pub const ARGV: u32 = 15;
}
