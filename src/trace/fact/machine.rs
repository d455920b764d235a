//! Facts of processes, files, pipes and connections.

/// What a machine did.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum MachineFact {}
