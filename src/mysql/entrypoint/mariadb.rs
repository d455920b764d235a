//! What MariaDB's images do in another way. Models MariaDB/mariadb-docker `10.6`; its server is run
//! as 5.7's.

use super::Entrypoint;
use crate::mysql::server::release;
use crate::os::{Sys, Turn};

/// MySQL's variables and MariaDB's own names for them, which go before.
const NAMES: [(&str, &str); 8] = [
    ("MYSQL_ROOT_HOST", "MARIADB_ROOT_HOST"),
    ("MYSQL_DATABASE", "MARIADB_DATABASE"),
    ("MYSQL_USER", "MARIADB_USER"),
    ("MYSQL_PASSWORD", "MARIADB_PASSWORD"),
    ("MYSQL_ROOT_PASSWORD", "MARIADB_ROOT_PASSWORD"),
    ("MYSQL_ALLOW_EMPTY_PASSWORD", "MARIADB_ALLOW_EMPTY_ROOT_PASSWORD"),
    ("MYSQL_RANDOM_ROOT_PASSWORD", "MARIADB_RANDOM_ROOT_PASSWORD"),
    ("MYSQL_INITDB_SKIP_TZINFO", "MARIADB_INITDB_SKIP_TZINFO"),
];

/// Variables that ask for what this model does not do.
const NOT_DONE: [&str; 4] = [
    "MARIADB_MASTER_HOST",
    "MARIADB_PASSWORD_HASH",
    "MARIADB_REPLICATION_USER",
    "MARIADB_ROOT_PASSWORD_HASH",
];

impl Entrypoint {
    /// Whether this is one of its images: MariaDB numbers from 10 on.
    pub(super) fn is_mariadb(&self) -> bool {
        let release = release(&self.env("MYSQL_VERSION"));
        release.split('.').next().and_then(|n| n.parse::<u32>().ok()).is_some_and(|n| n >= 10)
    }

    /// `Entrypoint script for … started.` The Ubuntu at the end of MariaDB's version is a guess.
    pub(super) fn first_words(&self) -> String {
        let version = self.env("MYSQL_VERSION");
        if self.is_mariadb() {
            let version = format!("1:{version}+maria~ubu2204");
            return format!("Entrypoint script for MariaDB Server {version} started.");
        }
        let version = if version.is_empty() { "5.7.42-1debian10".to_string() } else { version };
        format!("Entrypoint script for MySQL Server {version} started.")
    }

    /// `_mariadb_file_env`, and what is said of variables that are not heeded here.
    pub(super) fn take_mariadb_names(&mut self) {
        if !self.is_mariadb() {
            return;
        }
        for (name, own) in NAMES {
            let value = self.env(own);
            if !value.is_empty() {
                self.env.push((name.as_bytes().to_vec(), value.into_bytes()));
            }
        }
        for name in NOT_DONE {
            if self.env(name).is_empty() {
                continue;
            }
            let text = format!("{}: [Ordinal] this model does not heed {name}\n", super::SCRIPT);
            self.err.print(&text);
        }
    }

    /// MariaDB's refusal of a new database without a word about root's password.
    pub(super) fn mariadb_unspecified(&mut self, sys: &mut dyn Sys) -> Turn {
        self.fail(
            "Database is uninitialized and password option is not specified\n\tYou need to specify \
             one of MARIADB_ROOT_PASSWORD, MARIADB_ROOT_PASSWORD_HASH, \
             MARIADB_ALLOW_EMPTY_ROOT_PASSWORD and MARIADB_RANDOM_ROOT_PASSWORD",
            sys,
        )
    }
}
