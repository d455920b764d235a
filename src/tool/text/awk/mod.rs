//! awk (mawk 1.3.4), as a compiler and a stack machine, so that a program stops anywhere.
//!
//! | file | what |
//! |---|---|
//! | `lex` | text → tokens |
//! | `tree` | expressions and statements |
//! | `parse` | tokens → tree, refused in mawk's words |
//! | `code` | instructions |
//! | `compile` | tree → instructions |
//! | `value` | strings, numbers, strings that look like numbers |
//! | `table` | arrays, in mawk's order |
//! | `record` | records, fields, separators |
//! | `builtin` | functions |
//! | `inlets` | files and programs that getline reads |
//! | `output` | files and programs that print writes to |
//! | `command` | mawk's options |
//! | `run` | the machine |

mod builtin;
mod code;
mod command;
mod compile;
mod inlets;
mod lex;
mod output;
mod parse;
mod record;
mod run;
mod table;
mod tree;
mod value;

pub use run::Awk;
