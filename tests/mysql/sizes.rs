//! Bytes of binlog events by the published formulas of 5.7 (CRC32, no GTIDs, row format), written
//! down here a second time: nothing of the code under test is called.

/// A column type as far as sizes go.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// TINYINT, SMALLINT, MEDIUMINT, INT, BIGINT: so many bytes.
    Int(u64),
    /// DECIMAL(precision, scale).
    Decimal(u64, u64),
    /// CHAR(n) and VARCHAR(n) of latin1.
    Char(u64),
    VarChar(u64),
    /// TEXT and its kin: bytes of the length.
    Text(u64),
    DateTime,
    Timestamp,
    Date,
}

const HEADER: u64 = 19;
const CHECKSUM: u64 = 4;

/// Magic, Format_description, Previous_gtids.
pub const FILE_START: u64 = 4 + (HEADER + 2 + 50 + 4 + 1 + 38 + 1 + 4) + (HEADER + 8 + CHECKSUM);
pub const ANONYMOUS_GTID: u64 = HEADER + 42 + CHECKSUM;
pub const XID: u64 = HEADER + 8 + CHECKSUM;

pub fn rotate(name: &str) -> u64 {
    HEADER + 8 + name.len() as u64 + CHECKSUM
}

/// A statement; `named`: the databases it says it changed.
pub fn query(db: &str, sql: &str, named: &[&str], time_zone: bool) -> u64 {
    let mut status = 5 + 9 + 5 + 7;
    if !named.is_empty() {
        status += 2 + named.iter().map(|db| db.len() as u64 + 1).sum::<u64>();
    }
    if time_zone {
        status += 2 + "SYSTEM".len() as u64;
    }
    HEADER + 13 + status + db.len() as u64 + 1 + sql.len() as u64 + CHECKSUM
}

pub fn table_map(db: &str, table: &str, columns: &[Kind]) -> u64 {
    let count = columns.len() as u64;
    let meta: u64 = columns
        .iter()
        .map(|kind| match kind {
            Kind::Int(_) | Kind::Date => 0,
            Kind::Decimal(..) | Kind::Char(_) | Kind::VarChar(_) => 2,
            Kind::Text(_) | Kind::DateTime | Kind::Timestamp => 1,
        })
        .sum();
    let names = 1 + db.len() as u64 + 1 + 1 + table.len() as u64 + 1;
    HEADER + 8 + names + 1 + count + 1 + meta + count.div_ceil(8) + CHECKSUM
}

/// One row: a bit for each column, and what is not NULL. Texts by their length.
pub fn row(columns: &[Kind], lengths: &[Option<u64>]) -> u64 {
    let value = |(kind, length): (&Kind, &Option<u64>)| {
        let Some(length) = length else { return 0 };
        match kind {
            Kind::Int(bytes) => *bytes,
            Kind::Decimal(precision, scale) => digits(precision - scale) + digits(*scale),
            Kind::Char(n) | Kind::VarChar(n) => length + if *n > 255 { 2 } else { 1 },
            Kind::Text(bytes) => length + bytes,
            Kind::DateTime => 5,
            Kind::Timestamp => 4,
            Kind::Date => 3,
        }
    };
    (columns.len() as u64).div_ceil(8) + columns.iter().zip(lengths).map(value).sum::<u64>()
}

/// Bytes of so many decimal digits: four for nine.
fn digits(count: u64) -> u64 {
    count / 9 * 4 + [0, 1, 1, 2, 2, 3, 3, 4, 4][count as usize % 9]
}

/// All rows events of one kind: a new one begins where one would pass 8192 bytes of content.
/// `images`: 2 for updates.
pub fn rows_events(columns: &[Kind], images: u64, rows: &[u64]) -> u64 {
    let own = 8 + 2 + 1 + images * (columns.len() as u64).div_ceil(8);
    let mut total = 0;
    let mut content = 0;
    for row in rows {
        if content > 0 && own + content + row > 8_192 {
            total += HEADER + own + content + CHECKSUM;
            content = 0;
        }
        content += row;
    }
    total + HEADER + own + content + CHECKSUM
}

#[test]
fn the_tutorials_statements_end_at_756() {
    let columns = [Kind::VarChar(250)];
    let insert = query("", "BEGIN", &[], false)
        + table_map("test", "messages", &columns)
        + rows_events(&columns, 1, &[row(&columns, &[Some(5)])])
        + XID;
    let create = "CREATE TABLE test.messages (message VARCHAR(250))";
    let end = FILE_START
        + ANONYMOUS_GTID
        + query("test", "CREATE DATABASE test", &["test"], false)
        + ANONYMOUS_GTID
        + query("", create, &["test"], false)
        + ANONYMOUS_GTID
        + insert;
    assert_eq!((FILE_START, end), (154, 756));
}
