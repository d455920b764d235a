//! Kubernetes objects as written: read, located, checked, changed and exported.

mod bash;
pub mod decode;
mod diagnostic;
pub mod edit;
pub mod export;
mod modelled;
pub mod object;
mod read;
mod reference;
pub mod schema;
mod script;
#[cfg(test)]
mod tests;
pub mod validate;

pub use diagnostic::{Diagnostic, Problem, Severity};
pub use read::{Loaded, Manifests};
pub use reference::{FIRST_NAMESPACES, STANDARD_CLASS};
pub use script::{Purpose, ScriptRef};

/// What a shell does not honour in a script.
pub use crate::sh::ProblemKind as ScriptProblem;
