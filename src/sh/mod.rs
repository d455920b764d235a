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

    /// A signal arrives.
    pub fn signal(&mut self, _: Signal) -> Disposition {
        Disposition::Default
    }
}
