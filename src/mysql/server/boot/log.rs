//! Where a server's error log goes.

use crate::mysql::server::Mysqld;
use crate::mysql::wire::Printer;
use crate::os::{Open, Sys};

impl Mysqld {
    /// log-error: all that it says goes into a file. `Err`: that cannot be opened.
    pub(super) fn open_log(&mut self, sys: &mut dyn Sys) -> Result<(), String> {
        let asked = self.options.variables.get("log_error").cloned();
        let Some(asked) = asked.filter(|name| name != "stderr") else { return Ok(()) };
        let name = if asked.is_empty() { sys.hostname() } else { asked };
        let is_bare = !name.rsplit('/').next().unwrap_or("").contains('.');
        let name = if is_bare { format!("{name}.err") } else { name };
        let at_root = name.starts_with('/');
        let path = if at_root { name.clone() } else { format!("{}/{name}", self.datadir) };
        self.set_global("log_error", if at_root { name } else { format!("./{name}") });
        let fd = sys.open(path.as_bytes(), Open::APPEND).map_err(|errno| {
            format!("Could not open file '{path}' for error logging: {}", errno.text())
        })?;
        self.err = Printer::new(fd);
        Ok(())
    }
}
