//! Bytes back to events.

use super::MAGIC;
use super::event::{Event, Header, INT, NO_USE, QueryEvent, RowsEvent, RowsKind, TableMap};
use super::gtid::{Gtid, GtidSet, uuid_shown};
use crate::base::Blob;
use crate::mysql::data::{Value, Zone};
use crate::trace::BinlogEvent as EventInfo;

/// Reads bytes from the front.
struct Bytes<'b>(&'b [u8]);

impl Bytes<'_> {
    fn take(&mut self, count: usize) -> Option<&[u8]> {
        let (front, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(front)
    }

    fn number(&mut self, count: usize) -> Option<u64> {
        let front = self.take(count)?;
        Some(front.iter().rev().fold(0, |n, byte| (n << 8) | u64::from(*byte)))
    }

    fn packed(&mut self) -> Option<u64> {
        match self.number(1)? {
            252 => self.number(2),
            n => Some(n),
        }
    }

    fn text(&mut self, count: usize) -> Option<String> {
        self.take(count).map(|bytes| String::from_utf8_lossy(bytes).into_owned())
    }
}

/// The header of the event that begins at byte `at`; `None` where there is none.
pub fn header(file: &Blob, at: u64) -> Option<Header> {
    let bytes = file.slice(at, at + 19).to_bytes(19);
    header_of(&bytes).filter(|h| h.size >= 23 && at + u64::from(h.size) <= file.len())
}

fn header_of(bytes: &[u8]) -> Option<Header> {
    let mut b = Bytes(bytes);
    Some(Header {
        timestamp: b.number(4)? as u32,
        kind: b.number(1)? as u8,
        server_id: b.number(4)? as u32,
        size: b.number(4)? as u32,
        end: b.number(4)? as u32,
        flags: b.number(2)? as u16,
    })
}

/// Reads an event; holes in it count as absent bytes at its end.
pub fn decode(event: &Blob) -> Option<(Header, Event)> {
    let size = event.len();
    let head = event.slice(0, size.min(64 * 1024)).bytes();
    let header = header_of(&head)?;
    let complete = head.len() as u64 == size;
    let body_end = if complete { head.len().checked_sub(4)? } else { head.len() };
    let body = head.get(19..body_end)?;
    let event = event_of(header, body).unwrap_or(Event::Other(header.kind));
    Some((header, event))
}

/// Reads a whole event; `None` if its body is not what its type says.
pub fn decode_whole(bytes: &[u8]) -> Option<(Header, Event)> {
    let header = header_of(bytes)?;
    let event = event_of(header, bytes.get(19..bytes.len().checked_sub(4)?)?)?;
    Some((header, event))
}

fn event_of(header: Header, body: &[u8]) -> Option<Event> {
    let mut event = body_of(header.kind, body)?;
    if let Event::Query(query) = &mut event {
        query.no_use = header.flags & NO_USE != 0;
    }
    Some(event)
}

fn body_of(kind: u8, body: &[u8]) -> Option<Event> {
    let mut b = Bytes(body);
    Some(match kind {
        2 => query(&mut b)?,
        3 => Event::Stop,
        4 => {
            let position = b.number(8)?;
            let length = b.0.len();
            Event::Rotate { position, name: b.text(length)? }
        }
        5 => Event::Intvar { last: b.number(1)? == 1, value: b.number(8)? },
        14 => user_var(&mut b)?,
        15 => {
            b.take(2)?;
            let version = b.text(50)?;
            let created = b.number(4)? as u32;
            Event::FormatDescription { version: version.trim_end_matches('\0').into(), created }
        }
        16 => Event::Xid(b.number(8)?),
        19 => table_map(&mut b)?,
        30..=32 => {
            let kind =
                [RowsKind::Write, RowsKind::Update, RowsKind::Delete][usize::from(kind - 30)];
            let table_id = b.number(6)?;
            let last = b.number(2)? & 1 == 1;
            let extra = b.number(2)? as usize;
            b.take(extra.checked_sub(2)?)?;
            let columns = b.packed()? as u32;
            let bitmaps = if kind == RowsKind::Update { 2 } else { 1 };
            b.take(columns.div_ceil(8) as usize * bitmaps)?;
            Event::Rows(RowsEvent { kind, table_id, columns, last, rows: b.0.to_vec() })
        }
        33 | 34 => {
            let rows_only = b.number(1)? & 1 == 0;
            let gtid = Gtid { uuid: uuid_shown(b.take(16)?), number: b.number(8)? };
            b.take(1)?;
            let (last_committed, sequence_number) = (b.number(8)?, b.number(8)?);
            match kind {
                33 => Event::Gtid { gtid, last_committed, sequence_number, rows_only },
                _ => Event::AnonymousGtid { last_committed, sequence_number, rows_only },
            }
        }
        35 => Event::PreviousGtids(gtid_set(&mut b)?),
        _ => return None,
    })
}

/// What `GtidSet::encode` wrote.
fn gtid_set(b: &mut Bytes) -> Option<GtidSet> {
    let mut set = GtidSet::default();
    for _ in 0..b.number(8)? {
        let uuid = uuid_shown(b.take(16)?);
        for _ in 0..b.number(8)? {
            let (first, end) = (b.number(8)?, b.number(8)?);
            set.add_run(&uuid, (first, end.checked_sub(1)?));
        }
    }
    Some(set)
}

fn user_var(b: &mut Bytes) -> Option<Event> {
    let length = b.number(4)? as usize;
    let name = b.text(length)?;
    if b.number(1)? == 1 {
        return Some(Event::UserVar { name, value: Value::Null });
    }
    let kind = b.number(1)? as u8;
    b.take(4)?;
    let length = b.number(4)? as usize;
    let value = match kind {
        INT => Value::Int((b.number(length)? as i64).into()),
        _ => Value::Text(b.text(length)?),
    };
    Some(Event::UserVar { name, value })
}

fn query(b: &mut Bytes) -> Option<Event> {
    let thread = b.number(4)? as u32;
    let seconds = b.number(4)? as u32;
    let db_length = b.number(1)? as usize;
    let error = b.number(2)? as u16;
    let status_length = b.number(2)? as usize;
    let status = b.take(status_length)?.to_vec();
    let db = b.text(db_length)?;
    b.take(1)?;
    let length = b.0.len();
    let sql = b.text(length)?;
    let by_replica = true;
    let mut event =
        QueryEvent { thread, seconds, db, sql, error, by_replica, ..QueryEvent::default() };
    statuses(&status, &mut event)?;
    Some(Event::Query(event))
}

/// The status variables: each a code and what it says.
fn statuses(status: &[u8], event: &mut QueryEvent) -> Option<()> {
    let mut s = Bytes(status);
    while let Some(code) = s.number(1) {
        match code {
            0 => event.setting.flags = s.number(4)? as u32,
            1 => event.setting.sql_mode = s.number(8)?,
            3 => event.setting.steps = (s.number(2)? as u16, s.number(2)? as u16),
            4 => {
                for collation in &mut event.setting.charset {
                    *collation = s.number(2)? as u16;
                }
            }
            5 => {
                let length = s.number(1)? as usize;
                event.setting.zone = Zone::parse(&s.text(length)?)?;
                event.time_zone = true;
            }
            6 => {
                let length = s.number(1)? as usize;
                s.take(length)?;
                event.by_replica = false;
            }
            11 => {
                let length = s.number(1)? as usize;
                let user = s.text(length)?;
                let length = s.number(1)? as usize;
                event.invoker = Some((user, s.text(length)?));
            }
            9 => {
                s.take(8)?;
                event.several = true;
            }
            12 => {
                let count = s.number(1)?;
                if count == 254 {
                    event.databases.push(String::new());
                    continue;
                }
                for _ in 0..count {
                    let length = s.0.iter().position(|byte| *byte == 0)?;
                    event.databases.push(s.text(length)?);
                    s.take(1)?;
                }
            }
            13 => event.micros = Some(s.number(3)? as u32),
            _ => break,
        }
    }
    Some(())
}

fn table_map(b: &mut Bytes) -> Option<Event> {
    let table_id = b.number(6)?;
    b.take(2)?;
    let mut names = Vec::new();
    for _ in 0..2 {
        let length = b.number(1)? as usize;
        names.push(b.text(length)?);
        b.take(1)?;
    }
    let columns = b.packed()? as usize;
    let types = b.take(columns)?.to_vec();
    let meta_length = b.packed()? as usize;
    let meta = b.take(meta_length)?.to_vec();
    let nulls = b.take(columns.div_ceil(8))?.to_vec();
    let nullable = (0..columns).map(|i| nulls[i / 8] >> (i % 8) & 1 == 1).collect();
    let table = names.pop()?;
    let db = names.pop()?;
    Some(Event::TableMap(TableMap { table_id, db, table, types, meta, nullable }))
}

/// The column Info of SHOW BINLOG EVENTS.
pub fn describe(event: &Event) -> String {
    match event {
        Event::FormatDescription { version, .. } => format!("Server ver: {version}, Binlog ver: 4"),
        Event::Stop | Event::Other(_) => String::new(),
        Event::PreviousGtids(set) => set.to_string(),
        Event::Gtid { gtid, .. } => format!("SET @@SESSION.GTID_NEXT= '{gtid}'"),
        Event::AnonymousGtid { .. } => "SET @@SESSION.GTID_NEXT= 'ANONYMOUS'".into(),
        Event::Intvar { last, value } => {
            format!("{}INSERT_ID={value}", if *last { "LAST_" } else { "" })
        }
        Event::UserVar { name, value } => match value {
            Value::Text(text) => {
                let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
                format!("@`{name}`=_latin1 0x{hex} COLLATE latin1_swedish_ci")
            }
            other => format!("@`{name}`={}", other.shown().unwrap_or_else(|| "NULL".into())),
        },
        Event::Query(query) if query.db.is_empty() || query.no_use => query.sql.clone(),
        Event::Query(query) => format!("use `{}`; {}", query.db, query.sql),
        Event::TableMap(map) => {
            format!("table_id: {} ({}.{})", map.table_id, map.db, map.table)
        }
        Event::Rows(rows) => {
            let flags = if rows.last { " flags: STMT_END_F" } else { "" };
            format!("table_id: {}{flags}", rows.table_id)
        }
        Event::Xid(xid) => format!("COMMIT /* xid={xid} */"),
        Event::Rotate { position, name } => format!("{name};pos={position}"),
    }
}

/// All events of a file, as SHOW BINLOG EVENTS prints them.
pub fn events_of(file: &Blob) -> Vec<EventInfo> {
    let mut at = MAGIC.len() as u64;
    let mut events = Vec::new();
    while let Some(header) = header(file, at) {
        let end = at + u64::from(header.size);
        if let Some((header, event)) = decode(&file.slice(at, end)) {
            events.push(EventInfo {
                start: at,
                end: if header.end == 0 { end } else { header.end.into() },
                kind: event.name().into(),
                server_id: header.server_id,
                info: describe(&event),
            });
        }
        at = end;
    }
    events
}
