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
}
