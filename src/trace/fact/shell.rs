//! Facts of the shell.

/// What a shell did.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ShellFact {}
