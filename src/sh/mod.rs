//! Bash as bash runs it: text → [`Script`] → [`Machine`], plain data that stops anywhere.
//!
//! | file | what |
//! |---|---|
//! | `parse` | text → script, one complete command at a time; bash's own syntax errors |
//! | `expand` | words: parameters, substitutions, splitting, globs, braces, tildes |
//! | `arith` | 64-bit arithmetic |
//! | `run` | the frames, one visible act a turn; children, redirections, `set -e`, traps |
//! | `builtin` | commands the shell runs itself |
//! | `own` | variables that bash keeps itself |
//! | `print` | commands as bash writes them back |
//! | `line` | which line a message names |
//! | `dash`, `ash` | what `sh` says where it differs: Debian's, busybox's |
//!
//! What is honoured, and the files of cases in `tests/bash` that judge it against the real shells:
//!
//! | honoured | cases |
//! |---|---|
//! | here-documents and what stands beside them, lines that messages name | `documents` |
//! | quoting (`$'…'` too), here-documents, here-strings, braces, tildes | `words`, `kinds` |
//! | globs with their `shopt`s and `extglob`, IFS splitting, `$@` and `$*` | `words`, `kinds` |
//! | `${…}` with its operators, indirection, `${!prefix*}`, `@Q` and its kind | `params`, `kinds` |
//! | indexed arrays, attributes (`declare`, `local`, `readonly`) | `params`, `language`, `shell` |
//! | associative arrays, name references | `arrays`, `edges` |
//! | `<(…)`, `>(…)`, `{name}>file`, `time`, `lastpipe`, `globstar` | `process` |
//! | aliases, `hash`, `ulimit` | `aliases`, `process` |
//! | `$((…))`, `((…))`, `let`, `for ((…))`, and their complaints | `arith`, `kinds` |
//! | lists, groups, subshells, `if`, `case`, loops, functions, pipelines | `lists`, `whole` |
//! | `&`, `wait` (`-n`, `-p`), `jobs`, `kill`, `disown` | `lists`, `whole`, `strict`, `jobs` |
//! | job control (`set -m`, `fg`, `bg`) | `jobs` |
//! | redirections, duplication, `/dev/stdin` …, `exec` | `redirect`, `strict` |
//! | redirections to `/dev/tcp/HOST/PORT` | `tests/tools/devtcp.txt` |
//! | `[[` with patterns and `=~`, `[`, `test` | `cond`, `shell` |
//! | `set -e` with its exceptions, `pipefail`, `set -u`, statuses | `errexit`, `strict` |
//! | traps for EXIT, CHLD and other signals, and how a shell ends | `errexit`, `exits` |
//! | traps for DEBUG, RETURN and ERR, `select`, bash's own variables | `traps` |
//! | `set -x`, PS4, BASH_XTRACEFD, `set -v` | `xtrace`, `strict`, `edges` |
//! | the tutorial's three scripts | `strict`, `scripts` |
//! | `read`, `mapfile`, `printf`, `getopts`, `cd`, `type` … | `builtins`, `shell`, `edges` |
//! | `compgen` with names, files, patterns and words | `edges` |
//! | `declare -f`, `type`, `set`: commands written back | `shell`, `xtrace` |
//! | `bash -c`, `bash -s`, options of the shell itself, `export -f` | `command`, `whole` |
//! | syntax errors: what runs before them, what is said, the status | `syntax`, `whole` |
//! | where quotes and brackets end, and what does not close | `pairs` |
//! | at a terminal: prompts, jobs, `history`, `!`, Ctrl-C, Ctrl-D | `tests/play/shells` |
//! | `sh`, as dash has it | `sh`, `dash` |
//! | `sh`, as busybox's ash has it | `tests/tools/busybox.txt` |
//! | what people's variants use | `variants`, `scripts` |
//! | what images start with, and scripts that are pasted everywhere | `real`, `pasted` |
//! | empty subscripts, `unset` of a caller's variable, `wait` once more | `edges` |
//! | `$?` for what comes next, subscripts and offsets that are no expressions | `status` |
//! | options of builtins, right and wrong, attributes taken away | `edges`, `options` |
//! | what generated scripts met, of all kinds | `generated` |
//! | the small programs, in scripts | `scripts`, `tools`, and `tests/tools` |
//!
//! Not honoured, and told as a [`Problem`] before anything runs (`tests/bash/refused.rs`):
//! `coproc`, `shopt -s extdebug`, `set -r`, `jobs -x` and `-n`, `printf %a`, `bash -r`,
//! interactive builtins. Only met on a run: name references that lead back to themselves, what only
//! completion needs of `compgen`. Met on a run all the same, each says on the step, and on standard
//! error, that it is not modelled.
//! Silently otherwise than bash: characters beyond ASCII are bytes, as in the C locale that
//! containers have; the processor takes no time.

mod arith;
mod arrays;
mod ash;
mod builtin;
mod dash;
mod dash_arith;
mod expand;
mod frame;
mod host;
mod line;
mod machine;
mod own;
mod parse;
mod pattern;
mod print;
mod problem;
mod quote;
mod regex;
mod run;
mod script;
mod source;
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
    /// ash, which busybox calls `sh`: dash, and some of bash's syntax.
    Ash,
}

/// Bytes as a blob.
fn blob(bytes: &[u8]) -> crate::base::Blob {
    let mut blob = crate::base::Blob::new();
    blob.push_bytes(bytes);
    blob
}
