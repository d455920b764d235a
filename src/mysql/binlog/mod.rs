//! The binary log: events as 5.7 lays them out, byte for byte, and files of them.

mod event;
mod gtid;
mod read;
mod row;
mod temporal;

use crate::base::limit;

pub use crate::trace::BinlogEvent as EventInfo;
pub use event::{
    ARTIFICIAL, Event, Header, IN_USE, QueryEvent, RELAY, RowsEvent, RowsKind, Setting, TableMap,
    encode,
};
pub use gtid::{Gtid, GtidSet};
pub use read::{decode, decode_whole, describe, events_of, header};
pub use row::{big, decode_decimal, decode_row, encode_row, little, take};
pub use temporal::decode as decode_moment;

/// What every binlog file begins with.
pub const MAGIC: [u8; 4] = [0xfe, b'b', b'i', b'n'];

/// Rows of one table that one statement changed in one way.
pub struct Rows<'s> {
    /// The table's id in this server's life.
    pub table_id: u64,
    /// The database.
    pub db: &'s str,
    /// Its name.
    pub name: &'s str,
    /// The table.
    pub table: &'s crate::mysql::data::Table,
    /// What happened to the rows.
    pub kind: RowsKind,
    /// One or (for updates) two images for each row.
    pub images: Vec<Vec<crate::mysql::data::Value>>,
}

/// The events of one statement: a map for each table, then rows in the order they were changed.
/// The last one says so.
pub fn rows_events(statement: &[Rows]) -> Vec<Event> {
    let mut events: Vec<Event> = Vec::new();
    for (index, rows) in statement.iter().enumerate() {
        if !statement[..index].iter().any(|earlier| earlier.table_id == rows.table_id) {
            let map = TableMap::of(rows.table_id, rows.db, rows.name, rows.table);
            events.push(Event::TableMap(map));
        }
    }
    events.extend(statement.iter().flat_map(row_events));
    if let Some(Event::Rows(last)) = events.last_mut() {
        last.last = true;
    }
    events
}

fn row_events(rows: &Rows) -> Vec<Event> {
    let columns = &rows.table.columns;
    let update = rows.kind == RowsKind::Update;
    // What get_data_size() counts besides the rows: table id, flags, extra data, width, bitmaps.
    let bitmaps = columns.len().div_ceil(8) * if update { 2 } else { 1 };
    let room = limit::ROWS_EVENT_BYTES_MAX - (8 + 2 + 1 + bitmaps);
    let mut chunks: Vec<Vec<u8>> = vec![Vec::new()];
    for images in rows.images.chunks(if update { 2 } else { 1 }) {
        let bytes: Vec<u8> = images.iter().flat_map(|values| encode_row(columns, values)).collect();
        let last = chunks.last_mut().expect("there is always a chunk");
        if !last.is_empty() && last.len() + bytes.len() > room {
            chunks.push(bytes);
        } else {
            last.extend(bytes);
        }
    }
    let event = |bytes: Vec<u8>| {
        Event::Rows(RowsEvent {
            kind: rows.kind,
            table_id: rows.table_id,
            columns: columns.len() as u32,
            last: false,
            rows: bytes,
        })
    };
    chunks.into_iter().map(event).collect()
}

#[cfg(test)]
mod tests;
