//! Bash, the subset we honour: text → `Script` → `Machine`, plain data that stops anywhere.

mod host;

pub use host::Host;

use crate::os::{Disposition, Signal, Sys, Turn, WaitStatus};

/// A shell as data. (Stands here until the interpreter lands.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Machine;

impl Machine {
    /// A shell started as a program.
    pub fn new(_: &[Vec<u8>], _: &[(Vec<u8>, Vec<u8>)], _: &mut dyn Sys) -> Machine {
        Machine
    }

    /// One visible act.
    pub fn turn(&mut self, _: &mut dyn Host) -> Turn {
        Turn::Exited(WaitStatus::OK)
    }

    /// Its script.
    pub fn text(&self) -> &str {
        ""
    }

    /// The command that runs.
    pub fn position(&self) -> Option<(u32, u32)> {
        None
    }

    /// The same after expansion.
    pub fn expanded(&self) -> Option<String> {
        None
    }

    /// Variables the script has set.
    pub fn variables(&self) -> Vec<(String, String, Option<u32>)> {
        Vec::new()
    }

    /// How deep its functions are.
    pub fn depth(&self) -> u32 {
        0
    }

    /// A signal arrives.
    pub fn signal(&mut self, _: Signal) -> Disposition {
        Disposition::Default
    }
}
