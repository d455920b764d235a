//! What mysqld says of itself without being started.

use crate::mysql::server::{Mysqld, Phase};
use crate::mysql::wire::Printer;
use crate::os::{Fd, Sys, Turn, WaitStatus};

impl Mysqld {
    /// `mysqld --verbose --help`, once the options are found to be good.
    pub(super) fn say_help(&mut self) -> Turn {
        self.err.print("mysqld: [Ordinal] the text of --help is not modelled\n");
        self.phase = Phase::Ending(WaitStatus::OK);
        Turn::Ran
    }

    /// `mysqld --version`. (The real one adds `-log` where option files ask for a binlog.)
    pub(super) fn say_version(&mut self, sys: &mut dyn Sys) -> Turn {
        let release = &self.release;
        let text = match self.is_8() {
            true => format!(
                "/usr/sbin/mysqld  Ver {release} for Linux on x86_64 (MySQL Community Server - \
                 GPL)\n"
            ),
            false => format!(
                "mysqld  Ver {release} for Linux on x86_64 (MySQL Community Server (GPL))\n"
            ),
        };
        let mut out = Printer::new(Fd::STDOUT);
        out.print(&text);
        out.flush(sys);
        self.phase = Phase::Ending(WaitStatus::OK);
        Turn::Ran
    }
}
