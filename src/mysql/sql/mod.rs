//! The SQL of MySQL 5.7, as much as is honoured: text to statements, statements to results.

pub mod ast;
mod error;
pub mod lex;
mod parse;

pub use error::SqlError;
pub use parse::{parse, parse_for};
