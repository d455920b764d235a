//! mysqld, its clients and xtrabackup as programs; knows no Kubernetes.

pub mod binlog;
pub mod data;
pub mod run;
pub mod server;
pub mod sql;

use crate::os::{Disposition, Signal, Sys, Turn, WaitStatus};

/// Names of its programs.
pub const NAMES: &[&str] = &[];

/// A program as data. (Stands here until the programs land.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Program;

impl Program {
    /// A program of this name.
    pub fn start(_: &str, _: &[Vec<u8>], _: &[(Vec<u8>, Vec<u8>)]) -> Option<Program> {
        None
    }

    /// One visible act.
    pub fn turn(&mut self, _: &mut dyn Sys) -> Turn {
        Turn::Exited(WaitStatus::OK)
    }

    /// A signal arrives.
    pub fn signal(&mut self, _: Signal) -> Disposition {
        Disposition::Default
    }
}
