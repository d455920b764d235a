//! The binary log: events as 5.7 lays them out, byte for byte, and files of them.

mod event;
mod read;
mod row;

pub use event::{
    ARTIFICIAL, Event, Header, IN_USE, QueryEvent, RowsEvent, RowsKind, TableMap, encode,
};
pub use read::{EventInfo, decode, describe, events_of, header};
pub use row::{decode_row, encode_row};

/// What every binlog file begins with.
pub const MAGIC: [u8; 4] = [0xfe, b'b', b'i', b'n'];

/// A rows event is split beyond so many bytes of rows. `binlog_row_event_max_size`, 8192 in 5.7.
pub const ROW_EVENT_BYTES_MAX: usize = 8_192;

/// A table of which rows are logged, and the row images of one statement.
pub struct Statement<'s> {
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

/// Table_map and rows events of one statement.
pub fn rows_events(statement: &Statement) -> Vec<Event> {
    let map = TableMap::of(statement.table_id, statement.db, statement.name, statement.table);
    let per_row = if statement.kind == RowsKind::Update { 2 } else { 1 };
    let mut chunks: Vec<Vec<u8>> = vec![Vec::new()];
    for images in statement.images.chunks(per_row) {
        let bytes: Vec<u8> =
            images.iter().flat_map(|values| encode_row(&statement.table.columns, values)).collect();
        let last = chunks.last_mut().expect("there is always a chunk");
        if !last.is_empty() && last.len() + bytes.len() > ROW_EVENT_BYTES_MAX {
            chunks.push(bytes);
        } else {
            last.extend(bytes);
        }
    }
    let count = chunks.len();
    let mut events = vec![Event::TableMap(map)];
    for (index, rows) in chunks.into_iter().enumerate() {
        events.push(Event::Rows(RowsEvent {
            kind: statement.kind,
            table_id: statement.table_id,
            columns: statement.table.columns.len() as u32,
            last: index + 1 == count,
            rows,
        }));
    }
    events
}

#[cfg(test)]
mod tests;
