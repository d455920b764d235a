//! Whom a server runs as.

use crate::mysql::entrypoint::MYSQL_UID;
use crate::mysql::server::Mysqld;
use crate::os::Sys;

impl Mysqld {
    /// root is nobody to run as, unless it is asked for by name, and nobody else can be asked for
    /// (`check_user` of mysqld.cc).
    pub(super) fn drop_root(&mut self, sys: &mut dyn Sys) -> Result<(), &'static str> {
        let user = self.options.others.get("user").cloned().unwrap_or_default();
        let asks_for_mysql = matches!(user.as_str(), "mysql" | "999");
        match sys.uid() {
            0 if user.is_empty() => {
                return Err("Fatal error: Please read \"Security\" section of the manual to find \
                            out how to run mysqld as root!");
            }
            0 if asks_for_mysql => drop(sys.set_uid(MYSQL_UID, MYSQL_UID)),
            MYSQL_UID if asks_for_mysql => {}
            0 => {}
            _ if user.is_empty() => {}
            _ => {
                self.warning(sys, "One can only use the --user switch if running as root");
                self.blank();
            }
        }
        Ok(())
    }
}
