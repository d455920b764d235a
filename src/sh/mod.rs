//! Bash, the subset we honour: text → `Script` → `Machine`, plain data that stops anywhere.

mod host;

pub use host::Host;

/// A shell as data. (Placeholder until the interpreter lands.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Machine;
