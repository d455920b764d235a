//! What is said of a source of replication.

/// What CHANGE MASTER TO says of one setting.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum MasterValue {
    /// Text.
    Text(String),
    /// A number.
    Number(u64),
    /// Seconds with a fraction, in thousandths.
    Thousandths(u64),
    /// Several numbers, in brackets.
    Numbers(Vec<u64>),
}

/// Where START SLAVE UNTIL ends.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Until {
    /// Whether the file is one of the relay log, and not of the source.
    pub relay: bool,
    /// The file.
    pub file: String,
    /// The position in it.
    pub position: u64,
    /// SQL_BEFORE_GTIDS (true) or SQL_AFTER_GTIDS, and the set as it was written; there is no file
    /// then.
    pub gtids: Option<(bool, String)>,
}

impl Until {
    /// Before the first transaction of a set, or after the last.
    pub fn of_gtids(before: bool, set: String) -> Until {
        Until { relay: false, file: String::new(), position: 0, gtids: Some((before, set)) }
    }
}
