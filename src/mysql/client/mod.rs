//! The `mysql` client, and what all clients share: options, and how a connection is made.

pub mod admin;
mod args;
mod link;
mod print;
mod shell;
mod split;

pub use args::Settings;
pub use link::{Link, LinkStep};
pub use print::{Look, error_line, result_text, seconds};
pub use shell::Mysql;

#[cfg(test)]
mod tests;
