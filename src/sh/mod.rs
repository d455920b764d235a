//! Bash as bash runs it: text → [`Script`] → [`Machine`], plain data that stops anywhere.

mod arith;
mod builtin;
mod dash;
mod expand;
mod frame;
mod host;
mod machine;
mod parse;
mod pattern;
mod print;
mod problem;
mod quote;
mod regex;
mod run;
mod script;
#[cfg(test)]
mod tests;
mod vars;

pub use host::Host;
pub use machine::{Machine, Shown};
pub use problem::{Problem, ProblemKind};
pub use script::{AstId, Script, Span};

/// Whose rules hold.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Dialect {
    /// GNU bash 5.2.
    #[default]
    Bash,
    /// dash, which Debian calls `sh`.
    Sh,
}

/// Bytes as a blob.
fn blob(bytes: &[u8]) -> crate::base::Blob {
    let mut blob = crate::base::Blob::new();
    blob.push_bytes(bytes);
    blob
}
