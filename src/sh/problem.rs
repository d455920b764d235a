//! What the model does not honour, found before anything runs.

/// Something in a script that the model does not run, with its place.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Problem {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// What it is.
    pub kind: ProblemKind,
}

/// What is not honoured.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ProblemKind {
    /// Syntax, by the name bash's manual gives it: `coproc`, `select`, `process substitution`.
    Syntax(&'static str),
    /// A builtin command that is not modelled.
    Builtin(String),
    /// An option of a builtin that is not modelled.
    Option {
        /// The builtin.
        builtin: String,
        /// The option, as written.
        option: String,
    },
    /// Commands nested deeper than this bound.
    TooDeep(u32),
    /// The text is longer than this bound, in bytes.
    TooLong(u32),
}
