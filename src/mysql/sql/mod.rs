//! The SQL of MySQL 5.7, as much as is honoured: text to statements, statements to results.

pub mod ast;
pub mod dialect;
mod error;
mod expression;
mod kind;
pub mod lex;
pub mod newer;
mod parse;
mod source;
mod view;

pub use dialect::{Dialect, PRIVILEGES, deprecation};
pub use error::SqlError;
pub use parse::{Context, MARK, parse, parse_first, parse_for};
