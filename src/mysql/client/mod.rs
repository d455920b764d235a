//! The `mysql` client, and what all clients share: options, and how a connection is made.

pub mod admin;
mod args;
pub mod dump;
mod link;
pub mod other;
mod print;
mod shell;
mod split;

use crate::mysql::wire::Printer;
use crate::os::{Sys, Turn};

/// Prints what is left over from before; `Some`: it does not all fit yet.
fn stuck(printers: [&mut Printer; 2], sys: &mut dyn Sys) -> Option<Turn> {
    printers
        .into_iter()
        .find_map(|printer| (!printer.flush(sys)).then(|| Turn::Blocked(vec![printer.wait()])))
}

/// What every client says of a password that others can see.
fn password_warning(program: &str, arguments: &[String]) -> Option<String> {
    let shown = |a: &String| a.starts_with("--password=") || (a.starts_with("-p") && a.len() > 2);
    arguments.iter().any(shown).then(|| {
        format!(
            "{program}: [Warning] Using a password on the command line interface can be \
             insecure.\n"
        )
    })
}

pub use args::Settings;
pub use link::{Link, LinkStep};
pub use print::{Look, error_line, result_text, seconds, vertical_text};
pub use shell::Mysql;

#[cfg(test)]
mod tests;
