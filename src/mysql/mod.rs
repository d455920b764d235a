//! mysqld, its clients and xtrabackup as programs; knows no Kubernetes.
//!
//! | part | is |
//! |---|---|
//! | `sql` | text to statements, and MySQL's errors |
//! | `data` | values, tables, accounts: what a backup can copy |
//! | `run` | statements to results and row changes |
//! | `binlog` | events, byte for byte |
//! | `server` | mysqld |
//! | `client` | `mysql`, `mysqladmin`, `mysqldump`, `mysqlbinlog` |
//! | `entrypoint` | the image's entrypoint |
//! | `backup` | xtrabackup and xbstream |
//! | `timing` | how long it all takes, with sources |

mod backup;
pub mod binlog;
pub mod client;
pub mod data;
mod entrypoint;
mod greeting;
mod run;
pub mod server;
mod sql;
pub mod timing;
mod wire;

use crate::os::{Disposition, Signal, Sys, Turn};

pub use backup::{Xbstream, Xtrabackup};
pub use client::Mysql;
pub use client::admin::Mysqladmin;
pub use client::binlog::Mysqlbinlog;
pub use client::dump::Mysqldump;
pub use client::other::Other;
pub use entrypoint::{Entrypoint, MYSQL_UID};
pub use server::{
    DatabaseInspect, Inspect, InspectPhase, Mysqld, ReplicaInspect, TableInspect, ThreadError,
};

/// Names of its programs.
pub fn names() -> impl Iterator<Item = &'static str> {
    const OWN: [&str; 8] = [
        "docker-entrypoint.sh",
        "mysqld",
        "mysql",
        "mysqladmin",
        "mysqlbinlog",
        "mysqldump",
        "xtrabackup",
        "xbstream",
    ];
    OWN.into_iter().chain(client::other::OTHERS)
}

/// A command line without the program's name.
fn arguments_of(argv: &[Vec<u8>]) -> Vec<String> {
    argv.iter().skip(1).map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect()
}

/// A program as data.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Program {
    /// `docker-entrypoint.sh`.
    Entrypoint(Box<Entrypoint>),
    /// `mysqld`.
    Mysqld(Box<Mysqld>),
    /// `mysql`.
    Mysql(Box<Mysql>),
    /// `mysqladmin`.
    Mysqladmin(Box<Mysqladmin>),
    /// `mysqlbinlog`.
    Mysqlbinlog(Box<Mysqlbinlog>),
    /// `mysqldump`.
    Mysqldump(Box<Mysqldump>),
    /// One that is not modelled.
    Other(Other),
    /// `xtrabackup`.
    Xtrabackup(Xtrabackup),
    /// `xbstream`.
    Xbstream(Xbstream),
}

impl Program {
    /// A program of this name.
    pub fn start(name: &str, argv: &[Vec<u8>], env: &[(Vec<u8>, Vec<u8>)]) -> Option<Program> {
        Some(match name {
            "docker-entrypoint.sh" => Program::Entrypoint(Box::new(Entrypoint::start(argv, env))),
            "mysqld" => Program::Mysqld(Box::new(Mysqld::start(argv, env))),
            "mysql" => Program::Mysql(Box::new(Mysql::start(argv, env))),
            "mysqladmin" => Program::Mysqladmin(Box::new(Mysqladmin::start(argv, env))),
            "mysqlbinlog" => Program::Mysqlbinlog(Box::new(Mysqlbinlog::start(argv, env))),
            "mysqldump" => Program::Mysqldump(Box::new(Mysqldump::start(argv, env))),
            name if client::other::OTHERS.contains(&name) => Program::Other(Other::start(name)),
            "xtrabackup" => Program::Xtrabackup(Xtrabackup::start(argv, env)),
            "xbstream" => Program::Xbstream(Xbstream::start(argv)),
            _ => return None,
        })
    }

    /// One visible act.
    pub fn turn(&mut self, sys: &mut dyn Sys) -> Turn {
        match self {
            Program::Entrypoint(program) => program.turn(sys),
            Program::Mysqld(program) => program.turn(sys),
            Program::Mysql(program) => program.turn(sys),
            Program::Mysqladmin(program) => program.turn(sys),
            Program::Mysqlbinlog(program) => program.turn(sys),
            Program::Mysqldump(program) => program.turn(sys),
            Program::Other(program) => program.turn(sys),
            Program::Xtrabackup(program) => program.turn(sys),
            Program::Xbstream(program) => program.turn(sys),
        }
    }

    /// A signal arrives.
    pub fn signal(&mut self, signal: Signal) -> Disposition {
        match self {
            Program::Entrypoint(program) => program.signal(signal),
            Program::Mysqld(program) => program.signal(signal),
            Program::Mysql(program) => program.signal(signal),
            Program::Mysqladmin(program) => program.signal(signal),
            Program::Mysqlbinlog(program) => program.signal(signal),
            Program::Mysqldump(program) => program.signal(signal),
            Program::Other(program) => program.signal(signal),
            Program::Xtrabackup(program) => program.signal(signal),
            Program::Xbstream(program) => program.signal(signal),
        }
    }

    /// What an onlooker may see of a server, if it is one.
    pub fn inspect(&self) -> Option<Inspect> {
        match self {
            Program::Mysqld(server) => Some(server.inspect()),
            _ => None,
        }
    }

    /// How what it says to a client begins, up to the end of the first line; `None`: this is no
    /// server.
    pub fn first_line(&self) -> Option<Vec<u8>> {
        self.inspect().map(|server| greeting::first_line(&server.version))
    }

    /// What `SHOW SLAVE STATUS\G` prints at a moment (seconds since 1970); empty where replication
    /// is not configured. `None`: this is no server.
    pub fn slave_status(&self, unix_secs: u64) -> Option<String> {
        match self {
            Program::Mysqld(server) => Some(client::vertical_text(&server.slave_status(unix_secs))),
            _ => None,
        }
    }
}
