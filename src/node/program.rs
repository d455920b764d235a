//! What a process runs.

use std::sync::Arc;

use super::attended::{self, Attended};
use crate::mysql;
use crate::os::{Disposition, Signal, Sys, Turn};
use crate::sh;
use crate::tool;

/// What a process runs.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Program {
    /// bash or sh.
    Shell(Box<sh::Machine>),
    /// A small Unix program.
    Tool(tool::Tool),
    /// mysqld, its clients, xtrabackup.
    Mysql(mysql::Program),
    /// What the world runs.
    Attended(Attended),
}

/// Names of programs that are shells.
pub const SHELLS: [&str; 6] = ["bash", "sh", "sh (ash)", "dash", "rbash", "ash"];

/// Whether the model has a program of this name.
pub fn exists(name: &str) -> bool {
    SHELLS.contains(&name)
        || tool::NAMES.contains(&name)
        || tool::others::is_other(name)
        || mysql::names().any(|known| known == name)
        || attended::NAMES.contains(&name)
}

impl Program {
    /// A program of the model, by its file's name.
    pub fn start(
        name: &Arc<str>,
        argv: &[Vec<u8>],
        env: &[(Vec<u8>, Vec<u8>)],
        sys: &mut dyn Sys,
    ) -> Option<Program> {
        if SHELLS.contains(&&**name) {
            let dialect = match &**name {
                "sh" | "dash" => sh::Dialect::Sh,
                "sh (ash)" | "ash" => sh::Dialect::Ash,
                _ => sh::Dialect::Bash,
            };
            return Some(Program::Shell(Box::new(sh::Machine::new(dialect, argv, env, sys))));
        }
        if attended::NAMES.contains(&&**name) {
            return Some(Program::Attended(Attended::new(argv, env)));
        }
        tool::Tool::start(name, argv, env)
            .map(Program::Tool)
            .or_else(|| mysql::Program::start(name, argv, env).map(Program::Mysql))
    }

    /// One turn.
    pub fn turn(&mut self, host: &mut dyn sh::Host) -> Turn {
        match self {
            Program::Shell(machine) => machine.turn(host),
            Program::Tool(tool) => tool.turn(host),
            Program::Mysql(program) => program.turn(host),
            Program::Attended(program) => program.turn(host),
        }
    }

    /// A signal arrives.
    pub fn signal(&mut self, signal: Signal) -> Disposition {
        match self {
            Program::Shell(machine) => machine.signal(signal),
            Program::Tool(tool) => tool.signal(signal),
            Program::Mysql(program) => program.signal(signal),
            Program::Attended(program) => program.signal(signal),
        }
    }
}
