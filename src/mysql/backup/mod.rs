//! xtrabackup 2.4.4 and xbstream.

mod archive;
mod copy;
mod lines;
mod options;
mod prepare;
mod sink;
mod unpack;

use crate::os::{Disposition, Fd, Signal, Sys, Turn, WaitStatus};

pub use copy::Backup;
pub use prepare::Prepare;
pub use unpack::Xbstream;

use crate::mysql::arguments_of;
use crate::mysql::data::Zone;
use crate::mysql::server::UMASK;
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
    /// Its version, as it goes into files.
    fn number(self) -> &'static str {
        match self {
            Line::Of24 => "2.4.4",
            Line::Of80 => "8.0.35-30",
        }
    }

    /// What is said of what it goes on to print.
    fn mark(self) -> &'static str {
        match self {
            Line::Of24 => "",
            Line::Of80 => "xtrabackup: [Ordinal] what follows are the lines of 2.4, not of 8.0\n",
        }
    }

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

    /// What it says of a server it cannot back up. MariaDB is one of those 2.4 takes.
    fn refusal(self, server: &str) -> Option<String> {
        let is_old = server.starts_with("5.");
        match self {
            Line::Of24 if !is_old && !is_mariadb(server) => Some(format!(
                "Error: Unsupported server version: '{server}'. Please report a bug at \
                 https://bugs.launchpad.net/percona-xtrabackup\n"
            )),
            Line::Of80 if !server.starts_with("8.0.") => Some(format!(
                "Error: Unsupported server version: '{server}'.\nThis version of Percona \
                 XtraBackup can only perform backups and restores against MySQL 8.0 and Percona \
                 Server 8.0\n{}",
                if is_old { "Please use Percona XtraBackup 2.4 for this database.\n" } else { "" }
            )),
            _ => None,
        }
    }

    /// What InnoDB says of a redo log it cannot read: MariaDB's from 10.2 on (seen with 2.4.13 on
    /// 10.4.4 and 2.4.27 on 10.5.16).
    fn strange_log(self, server: &str) -> Option<String> {
        let number = server.split('-').next().unwrap_or(server);
        let is_strange =
            is_mariadb(server) && !["10.0.", "10.1."].iter().any(|n| number.starts_with(n));
        is_strange.then(|| {
            format!(
                "InnoDB: Unsupported redo log format. The redo log was created with MariaDB \
                 {number}. Please follow the instructions at \
                 http://dev.mysql.com/doc/refman/5.7/en/upgrading-downgrading.html\n"
            )
        })
    }
}

/// MariaDB numbers from 10 on.
fn is_mariadb(server: &str) -> bool {
    server.split('.').next().and_then(|n| n.parse::<u32>().ok()).is_some_and(|n| n >= 10)
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
        let (arguments, zone) = (arguments_of(argv), Zone::of_env(env));
        let talk = |text: String, code: u8| {
            let mut printer = Printer::new(Fd::STDERR);
            printer.print(&text);
            Xtrabackup::Talk(printer, code)
        };
        let given = match options::parse(&arguments) {
            Ok(given) => given,
            Err(word) => {
                return talk(format!("xtrabackup: Error: unknown argument: '{word}'\n"), 1);
            }
        };
        let has = |name: &str| options::has(&given, name);
        if has("version") {
            return talk(line.version().into(), 0);
        }
        if let Some(name) = NOT_MODELLED.iter().find(|name| has(name)) {
            return talk(format!("xtrabackup: [Ordinal] this model does not run --{name}\n"), 1);
        }
        if options::value(&given, "stream").is_some_and(|format| format != "xbstream") {
            return talk("xtrabackup: [Ordinal] this model streams only xbstream\n".into(), 1);
        }
        if has("backup") {
            return Xtrabackup::Backup(Box::new(Backup::start(arguments, given, line, zone)));
        }
        if has("prepare") {
            return Xtrabackup::Prepare(Prepare::start(given, line, zone));
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
        sys.set_umask(UMASK);
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

/// Options that ask for what this model does not do. Others change nothing here.
const NOT_MODELLED: [&str; 19] = [
    "apply-log-only",
    "compress",
    "copy-back",
    "databases",
    "databases-exclude",
    "databases-file",
    "decompress",
    "decrypt",
    "encrypt",
    "export",
    "incremental-basedir",
    "incremental-dir",
    "kill-long-queries-timeout",
    "move-back",
    "no-lock",
    "rsync",
    "stats",
    "tables",
    "tables-file",
];

#[cfg(test)]
mod tests;
