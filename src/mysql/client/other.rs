//! Programs of MySQL's that its images have and this model does not run: each says so.

use super::stuck;
use crate::mysql::wire::Printer;
use crate::os::{Disposition, Fd, Signal, Sys, Turn, WaitStatus};

/// Their names.
pub const OTHERS: [&str; 24] = [
    "innochecksum",
    "mariadb",
    "mariadb-admin",
    "mariadb-binlog",
    "mariadb-dump",
    "mariadbd",
    "my_print_defaults",
    "myisamchk",
    "mysql_config_editor",
    "mysql_install_db",
    "mysql_secure_installation",
    "mysql_ssl_rsa_setup",
    "mysql_tzinfo_to_sql",
    "mysql_upgrade",
    "mysqlcheck",
    "mysqld_multi",
    "mysqld_safe",
    "mysqldumpslow",
    "mysqlimport",
    "mysqlpump",
    "mysqlshow",
    "mysqlslap",
    "perror",
    "resolveip",
];

/// One of them.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Other {
    name: String,
    said: bool,
    err: Printer,
}

impl Other {
    /// About to start.
    pub fn start(name: &str) -> Other {
        Other { name: name.into(), said: false, err: Printer::new(Fd::STDERR) }
    }

    /// A signal arrives.
    pub fn signal(&mut self, _: Signal) -> Disposition {
        Disposition::Default
    }

    /// One visible act.
    pub fn turn(&mut self, sys: &mut dyn Sys) -> Turn {
        if !std::mem::replace(&mut self.said, true) {
            self.err.print(&format!("{}: [Ordinal] this model does not run it\n", self.name));
        }
        let mut nothing = Printer::new(Fd::STDOUT);
        match stuck([&mut self.err, &mut nothing], sys) {
            Some(turn) => turn,
            None => Turn::Exited(WaitStatus::Code(1)),
        }
    }
}
