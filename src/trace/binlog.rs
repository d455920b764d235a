//! A binlog event as a viewer sees it.

/// An event as SHOW BINLOG EVENTS prints it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct BinlogEvent {
    /// Where it begins.
    pub start: u64,
    /// Where the next one begins.
    pub end: u64,
    /// `Query`, `Write_rows` …
    pub kind: String,
    /// The server that made it.
    pub server_id: u32,
    /// What it says.
    pub info: String,
}
