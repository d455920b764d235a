//! sed (GNU sed 4.9).
//!
//! | file | what |
//! |---|---|
//! | `script` | commands as data |
//! | `parse` | text → script, refused in sed's words with its character count |
//! | `reader` | a script's text, byte by byte |
//! | `regex` | sed's own escapes in regular expressions and replacements |
//! | `command` | options, and where the script comes from |
//! | `edit` | what `s` and `l` make of a text |
//! | `run` | the machine: pattern space, hold space; `ranges`: which lines are meant |
//! | `lines` | input, line by line, across files |

mod command;
mod edit;
mod lines;
mod parse;
mod reader;
mod regex;
mod run;
mod script;

pub use command::USAGE;
pub use run::Sed;
