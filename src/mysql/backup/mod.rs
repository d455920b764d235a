//! xtrabackup 2.4.4 and xbstream.

mod archive;
mod copy;
mod lines;
mod prepare;
mod unpack;

use crate::os::{Disposition, Fd, Signal, Sys, Turn, WaitStatus};

pub use copy::Backup;
pub use prepare::Prepare;
pub use unpack::Xbstream;

use crate::mysql::wire::Printer;

/// What xtrabackup calls itself (facts, section 0).
const VERSION: &str = "xtrabackup version 2.4.4 based on MySQL server 5.7.13 Linux (x86_64) \
                       (revision id: df58cf2)\n";

/// `xtrabackup`, by what its options ask for.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Xtrabackup {
    /// `--backup`.
    Backup(Box<Backup>),
    /// `--prepare`.
    Prepare(Prepare),
    /// Options it does not know, `--version`, or no mode: it prints this and ends so.
    Talk(Printer, u8),
}

impl Xtrabackup {
    /// About to start.
    pub fn start(argv: &[Vec<u8>]) -> Xtrabackup {
        let text = |bytes: &Vec<u8>| String::from_utf8_lossy(bytes).into_owned();
        let arguments: Vec<String> = argv.iter().skip(1).map(text).collect();
        let talk = |text: String, code: u8| {
            let mut printer = Printer::new(Fd::STDERR);
            printer.print(&text);
            Xtrabackup::Talk(printer, code)
        };
        for argument in &arguments {
            let name = argument.split('=').next().unwrap_or("");
            let known = OPTIONS.contains(&name) || name.starts_with("-u") || name.starts_with("-p");
            if !known {
                return talk(format!("xtrabackup: Error: unknown argument: '{argument}'\n"), 1);
            }
        }
        let has = |name: &str| arguments.iter().any(|a| a == name);
        if has("--version") || has("-v") {
            return talk(VERSION.into(), 0);
        }
        if has("--backup") {
            return Xtrabackup::Backup(Box::new(Backup::start(arguments)));
        }
        if has("--prepare") {
            return Xtrabackup::Prepare(Prepare::start(arguments));
        }
        let text = format!(
            "{VERSION}Open source backup tool for InnoDB and XtraDB\n\nUsage: [xtrabackup \
             [--defaults-file=#] --backup | xtrabackup [--defaults-file=#] --prepare] [OPTIONS]\n"
        );
        talk(text, 1)
    }

    /// A signal arrives.
    pub fn signal(&mut self, signal: Signal) -> Disposition {
        // A reader that goes away is seen at the write that fails.
        if signal == Signal::Pipe { Disposition::Ignored } else { Disposition::Default }
    }

    /// One visible act.
    pub fn turn(&mut self, sys: &mut dyn Sys) -> Turn {
        match self {
            Xtrabackup::Backup(backup) => backup.turn(sys),
            Xtrabackup::Prepare(prepare) => prepare.turn(sys),
            Xtrabackup::Talk(printer, code) => {
                if printer.flush(sys) {
                    return Turn::Exited(WaitStatus::Code(*code));
                }
                Turn::Blocked(vec![printer.wait()])
            }
        }
    }
}

/// Options it knows, as far as people write them.
const OPTIONS: [&str; 27] = [
    "--backup",
    "--prepare",
    "--slave-info",
    "--safe-slave-backup",
    "--stream",
    "--host",
    "--user",
    "--password",
    "--port",
    "--socket",
    "--target-dir",
    "--datadir",
    "--defaults-file",
    "--defaults-extra-file",
    "--no-defaults",
    "--parallel",
    "--compress",
    "--compress-threads",
    "--throttle",
    "--no-lock",
    "--no-timestamp",
    "--version",
    "--use-memory",
    "--galera-info",
    "--apply-log-only",
    "-v",
    "--no-version-check",
];

#[cfg(test)]
mod tests;
