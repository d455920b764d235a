//! What a shell needs beyond the system calls.

use super::Machine;
use crate::base::Pid;
use crate::os::{Errno, Sys};

/// The system calls, and fork: a shell's child begins as a copy of the shell.
pub trait Host: Sys {
    /// A child that runs `child` and has duplicates of all this process's descriptors.
    fn fork(&mut self, child: Machine) -> Result<Pid, Errno>;
}
