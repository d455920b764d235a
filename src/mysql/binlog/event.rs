//! Events, and their bytes. Models `libbinlogevents` and `sql/log_event.cc` of 5.7 with CRC32
//! checksums.

use serde::{Deserialize, Serialize};

use super::gtid::{Gtid, GtidSet, uuid_bytes};
use crate::base::checksum::crc32;
use crate::mysql::data::{Column, Table, Type, Value, Zone};

/// `LOG_EVENT_BINLOG_IN_USE_F`: set in the Format_description while the file is open.
pub const IN_USE: u16 = 0x1;
/// `LOG_EVENT_ARTIFICIAL_F`: made by the dump thread, in no file.
pub const ARTIFICIAL: u16 = 0x20;
/// `LOG_EVENT_RELAY_LOG_F`: an event of the relay log itself.
pub const RELAY: u16 = 0x40;

/// `LOG_EVENT_SUPPRESS_USE_F`: SHOW BINLOG EVENTS prints no `use` in front.
pub(super) const NO_USE: u16 = 0x8;

/// What every event begins with.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Header {
    /// Seconds since 1970.
    pub timestamp: u32,
    /// Type code.
    pub kind: u8,
    /// The server that made it.
    pub server_id: u32,
    /// Bytes, header and checksum included.
    pub size: u32,
    /// Where the next event begins.
    pub end: u32,
    /// Flags.
    pub flags: u16,
}

/// What a statement's event keeps of the session it ran in.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Setting {
    /// `OPTIONS_WRITTEN_TO_BIN_LOG` of option_bits.
    pub flags: u32,
    /// sql_mode, as its number.
    pub sql_mode: u64,
    /// Numbers of character_set_client, collation_connection and collation_server.
    pub charset: [u16; 3],
    /// auto_increment_increment and auto_increment_offset.
    pub steps: (u16, u16),
    /// time_zone: named only if the statement used it.
    pub zone: Zone,
}

impl Default for Setting {
    /// As a 5.7 and a session of it begin: ONLY_FULL_GROUP_BY, STRICT_TRANS_TABLES,
    /// NO_ZERO_IN_DATE …, and latin1_swedish_ci.
    fn default() -> Setting {
        Setting {
            flags: 0,
            sql_mode: 1_436_549_152,
            charset: [8; 3],
            steps: (1, 1),
            zone: Zone::System,
        }
    }
}

/// A statement, as text.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub struct QueryEvent {
    /// The connection that ran it.
    pub thread: u32,
    /// How many seconds it took.
    pub seconds: u32,
    /// The session.
    pub setting: Setting,
    /// The default database.
    pub db: String,
    /// The text.
    pub sql: String,
    /// Databases it changed (DDL); empty for BEGIN. One without a name stands for any: a table
    /// that foreign keys refer to was changed (`OVER_MAX_DBS_IN_EVENT_MTS`; seen on 5.6.24).
    pub databases: Vec<String>,
    /// Whether it is an UPDATE of several tables, which says which ones (`Q_TABLE_MAP_FOR_UPDATE`).
    pub several: bool,
    /// Whether it used the time zone.
    pub time_zone: bool,
    /// The microseconds of its second, if it used them (`Q_MICROSECONDS`).
    pub micros: Option<u32>,
    /// Who ran it, for GRANT: user and host.
    pub invoker: Option<(String, String)>,
    /// The error it ended with, 0 for none.
    pub error: u16,
    /// It says itself which database it is about (CREATE DATABASE, BEGIN).
    pub no_use: bool,
    /// An SQL thread began or ended a transaction with it, and names no catalog (5 bytes fewer;
    /// seen on 5.6.24).
    pub by_replica: bool,
}

/// Names a table's id, and its columns' types.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct TableMap {
    /// The id.
    pub table_id: u64,
    /// The database.
    pub db: String,
    /// The table.
    pub table: String,
    /// A type code for each column.
    pub types: Vec<u8>,
    /// The columns' metadata, one after the other.
    pub meta: Vec<u8>,
    /// Which columns may be NULL.
    pub nullable: Vec<bool>,
}

/// Which rows event.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum RowsKind {
    Write,
    Update,
    Delete,
}

impl RowsKind {
    /// As SHOW BINLOG EVENTS names it.
    pub fn name(self) -> &'static str {
        match self {
            RowsKind::Write => "Write_rows",
            RowsKind::Update => "Update_rows",
            RowsKind::Delete => "Delete_rows",
        }
    }
}

/// Rows that were written, updated or deleted.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct RowsEvent {
    /// Which.
    pub kind: RowsKind,
    /// The table.
    pub table_id: u64,
    /// How many columns it has.
    pub columns: u32,
    /// Whether the statement ends here.
    pub last: bool,
    /// Row images, encoded.
    pub rows: Vec<u8>,
}

/// An event.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Event {
    /// `created`: when the server started, in the first file after that; 0 in others.
    FormatDescription {
        version: String,
        created: u32,
    },
    /// The transactions of all files before.
    PreviousGtids(GtidSet),
    /// `rows_only`: nothing in the transaction is logged as text.
    AnonymousGtid {
        last_committed: u64,
        sequence_number: u64,
        rows_only: bool,
    },
    Gtid {
        gtid: Gtid,
        last_committed: u64,
        sequence_number: u64,
        rows_only: bool,
    },
    Query(QueryEvent),
    /// What AUTO_INCREMENT begins with in the next statement, or (`last`) what LAST_INSERT_ID() is.
    Intvar {
        last: bool,
        value: u64,
    },
    /// A user variable the next statement reads.
    UserVar {
        name: String,
        value: Value,
    },
    TableMap(TableMap),
    Rows(RowsEvent),
    Xid(u64),
    Rotate {
        position: u64,
        name: String,
    },
    Stop,
    /// An event this model does not look into.
    Other(u8),
}

impl Event {
    /// Whether a transaction begins with it: its number, or that it has none.
    pub fn is_number(&self) -> bool {
        matches!(self, Event::AnonymousGtid { .. } | Event::Gtid { .. })
    }

    /// Type code (`binary_log::Log_event_type`).
    pub fn code(&self) -> u8 {
        match self {
            Event::Query(_) => 2,
            Event::Stop => 3,
            Event::Rotate { .. } => 4,
            Event::Intvar { .. } => 5,
            Event::UserVar { .. } => 14,
            Event::FormatDescription { .. } => 15,
            Event::Xid(_) => 16,
            Event::TableMap(_) => 19,
            Event::Rows(rows) => match rows.kind {
                RowsKind::Write => 30,
                RowsKind::Update => 31,
                RowsKind::Delete => 32,
            },
            Event::Gtid { .. } => 33,
            Event::AnonymousGtid { .. } => 34,
            Event::PreviousGtids(_) => 35,
            Event::Other(code) => *code,
        }
    }

    /// As SHOW BINLOG EVENTS names it.
    pub fn name(&self) -> &'static str {
        match self {
            Event::Query(_) => "Query",
            Event::Stop => "Stop",
            Event::Intvar { .. } => "Intvar",
            Event::UserVar { .. } => "User var",
            Event::Rotate { .. } => "Rotate",
            Event::FormatDescription { .. } => "Format_desc",
            Event::Xid(_) => "Xid",
            Event::TableMap(_) => "Table_map",
            Event::Rows(rows) => rows.kind.name(),
            Event::AnonymousGtid { .. } => "Anonymous_Gtid",
            Event::Gtid { .. } => "Gtid",
            Event::PreviousGtids(_) => "Previous_gtids",
            Event::Other(_) => "Ignorable",
        }
    }
}

impl TableMap {
    /// For a table of ours.
    pub fn of(table_id: u64, db: &str, name: &str, table: &Table) -> TableMap {
        let mut map = TableMap {
            table_id,
            db: db.into(),
            table: name.into(),
            types: Vec::new(),
            meta: Vec::new(),
            nullable: table.columns.iter().map(|c| !c.not_null).collect(),
        };
        for column in &table.columns {
            let (code, meta) = type_code(column);
            map.types.push(code);
            map.meta.extend(meta);
        }
        map
    }
}

/// Bytes a text column's value may have.
pub(super) fn bytes_max(column: &Column) -> u32 {
    match column.kind {
        Type::Char(n) | Type::VarChar(n) => n.saturating_mul(column.charset.bytes_max()),
        Type::Binary(n) | Type::VarBinary(n) => n,
        _ => u32::MAX,
    }
}

/// A column's type code and metadata (`enum_field_types`, `Field::save_field_metadata`).
fn type_code(column: &Column) -> (u8, Vec<u8>) {
    match &column.kind {
        Type::Int { bytes: 1, .. } => (1, vec![]),
        Type::Int { bytes: 2, .. } => (2, vec![]),
        Type::Int { bytes: 3, .. } => (9, vec![]),
        Type::Int { bytes: 4, .. } => (3, vec![]),
        Type::Int { .. } => (8, vec![]),
        Type::Decimal(precision, scale, _) => (246, vec![*precision, *scale]),
        Type::Real { single: true, .. } => (4, vec![4]),
        Type::Real { .. } => (5, vec![8]),
        Type::VarChar(_) | Type::VarBinary(_) => {
            let max = bytes_max(column).min(65_535) as u16;
            (15, max.to_le_bytes().to_vec())
        }
        Type::Char(_) | Type::Binary(_) => {
            let max = bytes_max(column).min(1_023);
            let high = 0xfe ^ (((max & 0x300) >> 4) as u8);
            (254, vec![high, (max & 0xff) as u8])
        }
        Type::Text(length) | Type::Blob(length) => (252, vec![*length]),
        Type::Bit(n) => (16, vec![n % 8, n / 8]),
        // Strings of a kind: the real type goes first.
        Type::Enum(list) => (254, vec![247, if list.len() < 256 { 1 } else { 2 }]),
        Type::Set(_) => (254, vec![248, column.kind.bytes_of_bits() as u8]),
        Type::DateTime(digits) => (18, vec![*digits]),
        Type::Timestamp(digits) => (17, vec![*digits]),
        Type::Date => (10, vec![]),
        Type::Time(digits) => (19, vec![*digits]),
        Type::Year => (13, vec![]),
    }
}

/// The event as bytes, to stand at `start` of its file. `Artificial` events have no next position.
pub fn encode(event: &Event, timestamp: u32, server_id: u32, start: u64, flags: u16) -> Vec<u8> {
    let body = body(event);
    let flags = if matches!(event, Event::Query(q) if q.no_use) { flags | NO_USE } else { flags };
    let size = 19 + body.len() as u32 + 4;
    let end = if flags & ARTIFICIAL != 0 { 0 } else { (start as u32).wrapping_add(size) };
    let mut bytes = Vec::with_capacity(size as usize);
    bytes.extend(timestamp.to_le_bytes());
    bytes.push(event.code());
    bytes.extend(server_id.to_le_bytes());
    bytes.extend(size.to_le_bytes());
    bytes.extend(end.to_le_bytes());
    // The checksum of a Format_description is computed without the in-use flag.
    bytes.extend((flags & !IN_USE).to_le_bytes());
    bytes.extend(body);
    let sum = crc32(&bytes);
    bytes[17..19].copy_from_slice(&flags.to_le_bytes());
    bytes.extend(sum.to_le_bytes());
    bytes
}

/// Flags, server, number, and the two counts of the logical clock (type 2).
fn gtid_body(
    rows_only: bool,
    (uuid, number): (&[u8], u64),
    (last, own): (u64, u64),
    out: &mut Vec<u8>,
) {
    out.push(u8::from(!rows_only));
    out.extend(uuid);
    out.extend(number.to_le_bytes());
    out.push(2);
    out.extend(last.to_le_bytes());
    out.extend(own.to_le_bytes());
}

fn body(event: &Event) -> Vec<u8> {
    let mut out = Vec::new();
    match event {
        Event::FormatDescription { version, created } => {
            format_description(version, *created, &mut out);
        }
        Event::PreviousGtids(set) => set.encode(&mut out),
        Event::AnonymousGtid { last_committed, sequence_number, rows_only } => {
            let clock = (*last_committed, *sequence_number);
            gtid_body(*rows_only, (&[0; 16], 0), clock, &mut out);
        }
        Event::Gtid { gtid, last_committed, sequence_number, rows_only } => {
            let (uuid, clock) = (uuid_bytes(&gtid.uuid), (*last_committed, *sequence_number));
            gtid_body(*rows_only, (&uuid, gtid.number), clock, &mut out);
        }
        Event::Query(query) => query_body(query, &mut out),
        Event::Intvar { last, value } => {
            out.push(if *last { 1 } else { 2 });
            out.extend(value.to_le_bytes());
        }
        Event::UserVar { name, value } => user_var_body(name, value, &mut out),
        Event::TableMap(map) => table_map_body(map, &mut out),
        Event::Rows(rows) => {
            out.extend(&rows.table_id.to_le_bytes()[..6]);
            out.extend(u16::from(rows.last).to_le_bytes());
            out.extend(2_u16.to_le_bytes());
            packed(rows.columns.into(), &mut out);
            let bitmap = vec![0xff; rows.columns.div_ceil(8) as usize];
            out.extend(&bitmap);
            if rows.kind == RowsKind::Update {
                out.extend(&bitmap);
            }
            out.extend(&rows.rows);
        }
        Event::Xid(xid) => out.extend(xid.to_le_bytes()),
        Event::Rotate { position, name } => {
            out.extend(position.to_le_bytes());
            out.extend(name.as_bytes());
        }
        Event::Stop | Event::Other(_) => {}
    }
    out
}

/// Post-header lengths of event types 1 to 38, as 5.7 writes them.
const POST_HEADERS: [u8; 38] = [
    0x38, 0x0d, 0x00, 0x08, 0x00, 0x12, 0x00, 0x04, 0x04, 0x04, 0x04, 0x12, 0x00, 0x00, 0x5f, 0x00,
    0x04, 0x1a, 0x08, 0x00, 0x00, 0x00, 0x08, 0x08, 0x08, 0x02, 0x00, 0x00, 0x00, 0x0a, 0x0a, 0x0a,
    0x2a, 0x2a, 0x00, 0x12, 0x34, 0x00,
];

fn format_description(version: &str, created: u32, out: &mut Vec<u8>) {
    out.extend(4_u16.to_le_bytes());
    let mut name = version.as_bytes()[..version.len().min(50)].to_vec();
    name.resize(50, 0);
    out.extend(name);
    out.extend(created.to_le_bytes());
    out.push(19);
    out.extend(POST_HEADERS);
    out.push(1);
}

fn query_body(query: &QueryEvent, out: &mut Vec<u8>) {
    let Setting { flags, sql_mode, charset, steps, zone } = query.setting;
    let mut status = vec![0];
    status.extend(flags.to_le_bytes());
    status.push(1);
    status.extend(sql_mode.to_le_bytes());
    if !query.by_replica {
        status.extend([6, 3, b's', b't', b'd']);
    }
    if steps != (1, 1) {
        status.push(3);
        status.extend(steps.0.to_le_bytes());
        status.extend(steps.1.to_le_bytes());
    }
    status.push(4);
    for collation in charset {
        status.extend(collation.to_le_bytes());
    }
    if query.time_zone {
        let name = zone.text();
        status.extend([5, name.len() as u8]);
        status.extend(name.as_bytes());
    }
    if let Some((user, host)) = &query.invoker {
        status.extend([11, user.len() as u8]);
        status.extend(user.as_bytes());
        status.push(host.len() as u8);
        status.extend(host.as_bytes());
    }
    if query.several {
        status.push(9);
        status.extend(3_u64.to_le_bytes());
    }
    if query.databases == [""] {
        status.extend([12, 254]);
    } else if !query.databases.is_empty() {
        status.extend([12, query.databases.len() as u8]);
        for db in &query.databases {
            status.extend(db.as_bytes());
            status.push(0);
        }
    }
    if let Some(micros) = query.micros {
        status.push(13);
        status.extend(&micros.to_le_bytes()[..3]);
    }
    out.extend(query.thread.to_le_bytes());
    out.extend(query.seconds.to_le_bytes());
    out.push(query.db.len() as u8);
    out.extend(query.error.to_le_bytes());
    out.extend((status.len() as u16).to_le_bytes());
    out.extend(status);
    out.extend(query.db.as_bytes());
    out.push(0);
    out.extend(query.sql.as_bytes());
}

/// Types of a user variable's value (`Item_result`).
pub(super) const STRING: u8 = 0;
pub(super) const INT: u8 = 2;

fn user_var_body(name: &str, value: &Value, out: &mut Vec<u8>) {
    out.extend((name.len() as u32).to_le_bytes());
    out.extend(name.as_bytes());
    out.push(value.is_null().into());
    let (kind, bytes) = match value {
        Value::Null => return,
        Value::Int(n) => (INT, (*n as i64).to_le_bytes().to_vec()),
        other => (STRING, other.bytes()),
    };
    out.push(kind);
    // latin1_swedish_ci.
    out.extend(8_u32.to_le_bytes());
    out.extend((bytes.len() as u32).to_le_bytes());
    out.extend(bytes);
    if kind == INT {
        out.push(0);
    }
}

fn table_map_body(map: &TableMap, out: &mut Vec<u8>) {
    out.extend(&map.table_id.to_le_bytes()[..6]);
    out.extend(1_u16.to_le_bytes());
    for name in [&map.db, &map.table] {
        out.push(name.len() as u8);
        out.extend(name.as_bytes());
        out.push(0);
    }
    packed(map.types.len() as u64, out);
    out.extend(&map.types);
    packed(map.meta.len() as u64, out);
    out.extend(&map.meta);
    out.extend(bits(&map.nullable));
}

/// Bits, least significant first.
pub(super) fn bits(flags: &[bool]) -> Vec<u8> {
    flags
        .chunks(8)
        .map(|chunk| chunk.iter().enumerate().fold(0, |byte, (i, on)| byte | (u8::from(*on) << i)))
        .collect()
}

/// A length-encoded number.
fn packed(n: u64, out: &mut Vec<u8>) {
    if n < 251 {
        out.push(n as u8);
    } else {
        out.push(252);
        out.extend((n as u16).to_le_bytes());
    }
}
