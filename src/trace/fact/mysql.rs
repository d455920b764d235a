//! Facts of MySQL.

/// What MySQL did.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum MysqlFact {}
