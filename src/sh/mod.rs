//! Bash as bash runs it: text → [`Script`] → [`Machine`], plain data that stops anywhere.
//!
//! | file | what |
//! |---|---|
//! | `parse` | text → script, one complete command at a time; bash's own syntax errors |
//! | `expand` | words: parameters, substitutions, splitting, globs, braces, tildes |
//! | `arith` | 64-bit arithmetic |
//! | `run` | the frames, one visible act a turn; children, redirections, `set -e`, traps |
//! | `builtin` | commands the shell runs itself |
//! | `dash` | what `sh` says where it differs |
//!
//! What is honoured, and the cases in `tests/bash` that judge it against the real shells:
//!
//! | honoured | cases |
//! |---|---|
//! | quoting, here-documents, braces, tildes, globs, IFS splitting, `$@` and `$*` | `words` |
//! | `${…}` with its operators, indirection, indexed arrays, attributes | `params` |
//! | `$((…))`, `((…))`, `let`, `for ((…))` | `arith` |
//! | lists, groups, subshells, `if`, `case`, loops, functions, pipelines, `wait` | `lists` |
//! | redirections, duplication, `exec` | `redirect` |
//! | `[[` with patterns and `=~`, `[`, `test` | `cond` |
//! | `set -e` with its exceptions, `pipefail`, traps, exit statuses | `errexit` |
//! | `set -x`, PS4; the tutorial's three scripts | `xtrace` |
//! | builtins and their complaints | `builtins` |
//! | `bash -c` | `command` |
//! | syntax errors: what runs before them, what is said, the status | `syntax` |
//! | `sh`, as dash has it | `sh` |
//! | what people's variants of the tutorial use | `variants` |
//!
//! Not honoured, and told as a [`Problem`] before anything runs: `coproc`, `select`, `time`,
//! process substitution, `{name}>file`, associative arrays, name references, interactive builtins.

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
