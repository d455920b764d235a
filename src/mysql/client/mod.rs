//! The `mysql` client, and what all clients share: options, and how a connection is made.

pub mod admin;
mod args;
pub mod binlog;
pub mod dump;
mod link;
pub mod other;
mod print;
mod shell;
mod split;

use self::args::{Long, Short};
use crate::mysql::wire::Printer;
use crate::os::{Disposition, Signal, Sys, Turn, WaitStatus};

/// Prints what is left over from before; `Some`: it does not all fit yet.
fn stuck(printers: [&mut Printer; 2], sys: &mut dyn Sys) -> Option<Turn> {
    printers
        .into_iter()
        .find_map(|printer| (!printer.flush(sys)).then(|| Turn::Blocked(vec![printer.wait()])))
}

/// What a signal does to a program that takes no notice of it: a client hears of a broken pipe when
/// it writes.
fn disposition(signal: Signal) -> Disposition {
    if signal == Signal::Pipe { Disposition::Ignored } else { Disposition::Default }
}

/// Prints what there is; with an exit code, the program ends when all is printed.
fn ended(
    turn: Turn,
    code: Option<u8>,
    printers: [&mut Printer; 2],
    link: &mut Option<Link>,
    sys: &mut dyn Sys,
) -> Turn {
    let flushed = printers.into_iter().fold(true, |all, printer| printer.flush(sys) & all);
    match code {
        Some(code) if flushed => {
            if let Some(link) = link {
                link.close(sys);
            }
            Turn::Exited(WaitStatus::Code(code))
        }
        _ => turn,
    }
}

/// What a program is told by its environment, option files and its command line. It says what is
/// wrong with that; `Err`: the code it ends with.
fn told(
    environment: &Settings,
    program: &str,
    arguments: &[String],
    (shorts, longs): (&[Short], &[Long]),
    err: &mut Printer,
    sys: &dyn Sys,
) -> Result<Settings, u8> {
    let groups = ["client", program];
    let read = Settings::read(environment.clone(), program, arguments, shorts, longs, &groups, sys);
    let settings = read.map_err(|(text, code)| {
        err.print(&text);
        code
    })?;
    let shown = |a: &String| a.starts_with("--password=") || (a.starts_with("-p") && a.len() > 2);
    if arguments.iter().any(shown) {
        err.print(&format!(
            "{program}: [Warning] Using a password on the command line interface can be \
             insecure.\n"
        ));
    }
    Ok(settings)
}

pub use args::{Settings, has_sha2};
pub use link::{Link, LinkStep};
pub use print::{Look, error_line, result_text, seconds, vertical_text};
pub use shell::Mysql;

#[cfg(test)]
mod tests;
