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

/// Which line of xtrabackup an image holds.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Line {
    /// 2.4.4, for servers of 5.x.
    Of24,
    /// 8.0, for servers of 8.0 alone. But for what it refuses, it is run as 2.4 is.
    Of80,
}

impl Line {
    /// What it calls itself (facts, section 0; of 8.0: percona's release notes of 8.0.35-30).
    fn version(self) -> &'static str {
        match self {
            Line::Of24 => {
                "xtrabackup version 2.4.4 based on MySQL server 5.7.13 Linux (x86_64) (revision \
                 id: df58cf2)\n"
            }
            Line::Of80 => {
                "xtrabackup version 8.0.35-30 based on MySQL server 8.0.35 Linux (x86_64) \
                 (revision id: 6beb4b49)\n"
            }
        }
    }

    /// What it says of a server it cannot back up.
    fn refusal(self, server: &str) -> Option<String> {
        match self {
            Line::Of24 if !server.starts_with("5.") => Some(format!(
                "Error: Unsupported server version: '{server}'. Please report a bug at \
                 https://bugs.launchpad.net/percona-xtrabackup\n"
            )),
            Line::Of80 if !server.starts_with("8.0.") => Some(format!(
                "Error: Unsupported server version: '{server}'.\nThis version of Percona \
                 XtraBackup can only perform backups and restores against MySQL 8.0 and Percona \
                 Server 8.0\n"
            )),
            _ => None,
        }
    }
}

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
    pub fn start(argv: &[Vec<u8>], env: &[(Vec<u8>, Vec<u8>)]) -> Xtrabackup {
        let of_8 = |(name, value): &(Vec<u8>, Vec<u8>)| {
            name == b"XTRABACKUP_VERSION" && value.starts_with(b"8.")
        };
        let line = if env.iter().any(of_8) { Line::Of80 } else { Line::Of24 };
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
            return talk(line.version().into(), 0);
        }
        if has("--backup") {
            return Xtrabackup::Backup(Box::new(Backup::start(arguments, line)));
        }
        if has("--prepare") {
            return Xtrabackup::Prepare(Prepare::start(arguments, line));
        }
        let text = format!(
            "{}Open source backup tool for InnoDB and XtraDB\n\nUsage: [xtrabackup \
             [--defaults-file=#] --backup | xtrabackup [--defaults-file=#] --prepare] [OPTIONS]\n",
            line.version()
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
