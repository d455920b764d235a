//! The server's binary log: files, index, and the position.

use std::sync::Arc;

use crate::base::Blob;
use crate::mysql::binlog::{
    ARTIFICIAL, Event, EventInfo, Gtid, GtidSet, IN_USE, MAGIC, decode, describe, encode,
    events_of, header,
};
use crate::os::{Errno, Open, Poll, Sys};

/// A server's binary log.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Journal {
    /// Directory and base name: `/var/lib/mysql/mysql-0-bin`.
    pub stem: String,
    /// Names and sizes, oldest first; the last one is open.
    pub files: Vec<(String, u64)>,
    /// Events of the open file.
    pub events: Arc<Vec<EventInfo>>,
    /// Events of the closed files, oldest first.
    pub closed: Vec<(String, Arc<Vec<EventInfo>>)>,
    /// What Anonymous_Gtid events count: transactions of the open file.
    pub sequence: u64,
    /// The transactions of all its files that have a number, and of those before them.
    pub logged: GtidSet,
}

/// Who made events, and when (seconds since 1970).
#[derive(Clone, Copy)]
pub(super) struct Origin {
    pub server_id: u32,
    pub stamp: u32,
}

/// What was written.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Written {
    pub file: String,
    pub start: u64,
    pub end: u64,
    pub kinds: Vec<String>,
}

impl Journal {
    pub fn base(&self) -> &str {
        self.stem.rsplit('/').next().unwrap_or(&self.stem)
    }

    fn dir(&self) -> &str {
        self.stem.rsplit_once('/').map_or(".", |(dir, _)| dir)
    }

    pub fn path(&self, name: &str) -> Vec<u8> {
        format!("{}/{name}", self.dir()).into_bytes()
    }

    pub fn index_path(&self) -> Vec<u8> {
        format!("{}.index", self.stem).into_bytes()
    }

    /// The open file and where its next event begins.
    pub fn position(&self) -> (String, u64) {
        self.files.last().cloned().unwrap_or_default()
    }

    /// Finds the files the index names.
    pub fn find(stem: String, sys: &dyn Sys) -> Journal {
        let mut journal = Journal {
            stem,
            files: Vec::new(),
            events: Arc::default(),
            closed: Vec::new(),
            sequence: 0,
            logged: GtidSet::default(),
        };
        let index = sys.read_file(&journal.index_path()).map(|b| b.text()).unwrap_or_default();
        for line in index.lines() {
            let name = line.trim_start_matches("./").to_string();
            if let Ok(stat) = sys.stat(&journal.path(&name), true) {
                let content = sys.read_file(&journal.path(&name)).unwrap_or_default();
                let events = events_of(&content);
                journal.logged.add_all(&gtids_of(&events));
                journal.closed.push((name.clone(), Arc::new(events)));
                journal.files.push((name, stat.size));
            }
        }
        journal
    }

    /// Whether the newest file was not closed in order.
    pub fn is_torn(&self, sys: &dyn Sys) -> bool {
        let Some((name, _)) = self.files.last() else { return false };
        let Ok(file) = sys.read_file(&self.path(name)) else { return false };
        header(&file, MAGIC.len() as u64).is_some_and(|h| h.flags & IN_USE != 0)
    }

    /// Opens the next file; `starts`: the first one of a server's life, or of a new journal.
    pub fn open(
        &mut self,
        version: &str,
        server_id: u32,
        starts: bool,
        sys: &mut dyn Sys,
    ) -> Result<(), Errno> {
        let last = self.files.last().and_then(|(name, _)| name.rsplit('.').next()?.parse().ok());
        let number: u64 = last.unwrap_or(0) + 1;
        let name = format!("{}.{number:06}", self.base());
        sys.write_file(&self.path(&name), &Blob::from(&MAGIC[..]))?;
        let before = std::mem::take(&mut self.events);
        if let (false, Some((last, _))) = (before.is_empty(), self.files.last()) {
            self.closed.push((last.clone(), before));
        }
        self.files.push((name, MAGIC.len() as u64));
        self.sequence = 0;
        self.write_index(sys)?;
        let created = if starts { sys.now().unix_secs() as u32 } else { 0 };
        let description = Event::FormatDescription { version: version.into(), created };
        self.append(&description, server_id, IN_USE, sys)?;
        self.append(&Event::PreviousGtids(self.logged.clone()), server_id, 0x80, sys)
    }

    /// The transactions before a file, as it says itself.
    pub fn previous_of(&self, file: &str) -> GtidSet {
        let is_open = self.files.last().is_some_and(|(name, _)| name == file);
        let closed = self.closed.iter().find(|(name, _)| name == file);
        let events = closed.map(|(_, events)| events).or(is_open.then_some(&self.events));
        let previous = events.and_then(|events| events.get(1));
        previous.and_then(|event| GtidSet::parse(&event.info)).unwrap_or_default()
    }

    pub fn write_index(&self, sys: &mut dyn Sys) -> Result<(), Errno> {
        let lines: String = self.files.iter().map(|(name, _)| format!("./{name}\n")).collect();
        sys.write_file(&self.index_path(), &lines.into())
    }

    /// Appends one event.
    pub fn append(
        &mut self,
        event: &Event,
        server_id: u32,
        flags: u16,
        sys: &mut dyn Sys,
    ) -> Result<(), Errno> {
        let origin = Origin { server_id, stamp: sys.now().unix_secs() as u32 };
        self.append_of(origin, event, flags, sys)
    }

    fn append_of(
        &mut self,
        origin: Origin,
        event: &Event,
        flags: u16,
        sys: &mut dyn Sys,
    ) -> Result<(), Errno> {
        let (_, start) = self.position();
        let bytes = encode(event, origin.stamp, origin.server_id, start, flags & !ARTIFICIAL);
        self.append_bytes(&Blob::from(bytes), sys)
    }

    /// Appends an event that is already laid out.
    pub fn append_bytes(&mut self, bytes: &Blob, sys: &mut dyn Sys) -> Result<(), Errno> {
        let (name, start) = self.position();
        append(&self.path(&name), bytes, sys)?;
        if let Some(last) = self.files.last_mut() {
            last.1 += bytes.len();
        }
        if let Some((header, event)) = decode(bytes) {
            Arc::make_mut(&mut self.events).push(EventInfo {
                start,
                end: start + bytes.len(),
                kind: event.name().into(),
                server_id: header.server_id,
                info: describe(&event),
            });
        }
        Ok(())
    }

    /// Forgets files that are gone.
    pub fn forget(&mut self, gone: &[(String, u64)]) {
        self.closed.retain(|(name, _)| !gone.iter().any(|(other, _)| other == name));
    }

    /// Writes a group of events. The statement has failed if not all could be written; then none
    /// is.
    pub fn write(
        &mut self,
        events: &[Event],
        origin: Origin,
        gtid: Option<&Gtid>,
        sys: &mut dyn Sys,
    ) -> Result<Written, Errno> {
        let (file, start) = self.position();
        let before = (self.events.len(), self.sequence);
        self.write_all(events, origin, gtid, sys).inspect_err(|_| {
            let path = self.path(&file);
            if let Ok(written) = sys.read_file(&path) {
                let _ = sys.write_file(&path, &written.slice(0, start));
            }
            if let Some(last) = self.files.last_mut() {
                last.1 = start;
            }
            Arc::make_mut(&mut self.events).truncate(before.0);
            self.sequence = before.1;
        })
    }

    fn write_all(
        &mut self,
        events: &[Event],
        origin: Origin,
        gtid: Option<&Gtid>,
        sys: &mut dyn Sys,
    ) -> Result<Written, Errno> {
        let (file, start) = self.position();
        self.sequence += 1;
        let (last_committed, sequence_number) = (self.sequence - 1, self.sequence);
        let rows_only = rows_only(events);
        let number = match gtid.cloned() {
            Some(gtid) => Event::Gtid { gtid, last_committed, sequence_number, rows_only },
            None => Event::AnonymousGtid { last_committed, sequence_number, rows_only },
        };
        self.append_of(origin, &number, 0, sys)?;
        for event in events {
            self.append_of(origin, event, 0, sys)?;
        }
        let all = std::iter::once(&number).chain(events);
        let kinds = all.map(|event| event.name().to_string()).collect();
        if let Some(gtid) = gtid {
            self.logged.add(gtid);
        }
        Ok(Written { file, start, end: self.position().1, kinds })
    }

    /// Closes the open file in order: a last event, and the in-use flag taken off.
    pub fn close(&mut self, last: &Event, server_id: u32, sys: &mut dyn Sys) -> Result<(), Errno> {
        self.append(last, server_id, 0, sys)?;
        let path = self.path(&self.position().0);
        let mut file = sys.read_file(&path)?;
        file.write_at(MAGIC.len() as u64 + 17, &Blob::from(&[0_u8, 0][..]));
        sys.write_file(&path, &file)
    }

    /// FLUSH LOGS: closes with a Rotate event and opens the next file.
    pub fn rotate(
        &mut self,
        version: &str,
        server_id: u32,
        sys: &mut dyn Sys,
    ) -> Result<(), Errno> {
        let (name, _) = self.position();
        let number: u64 = name.rsplit('.').next().and_then(|n| n.parse().ok()).unwrap_or(0);
        let next = format!("{}.{:06}", self.base(), number + 1);
        self.close(&Event::Rotate { position: 4, name: next }, server_id, sys)?;
        self.open(version, server_id, false, sys)
    }
}

/// Whether a transaction holds rows and, besides its frame, nothing logged as text
/// (`may_have_sbr_stmts` of 5.7.18 and later).
fn rows_only(events: &[Event]) -> bool {
    const FRAME: [&str; 3] = ["BEGIN", "COMMIT", "ROLLBACK"];
    let is_text =
        |event: &Event| matches!(event, Event::Query(q) if !FRAME.contains(&q.sql.as_str()));
    events.iter().any(|event| matches!(event, Event::Rows(_))) && !events.iter().any(is_text)
}

/// The transactions that a file's events name: those before it, and its own.
pub(super) fn gtids_of(events: &[EventInfo]) -> GtidSet {
    let mut set = GtidSet::default();
    for event in events {
        match event.kind.as_str() {
            "Previous_gtids" => set.add_all(&GtidSet::parse(&event.info).unwrap_or_default()),
            "Gtid" => {
                let gtid = event.info.split('\'').nth(1).and_then(Gtid::parse);
                gtid.iter().for_each(|gtid| set.add(gtid));
            }
            _ => {}
        }
    }
    set
}

/// Appends to a file, which must be there.
pub(super) fn append(path: &[u8], bytes: &Blob, sys: &mut dyn Sys) -> Result<(), Errno> {
    let fd = sys.open(path, Open { create: false, ..Open::APPEND })?;
    let mut rest = bytes.clone();
    let mut result = Ok(());
    while !rest.is_empty() && result.is_ok() {
        match sys.write(fd, &rest) {
            Ok(Poll::Ready(taken)) => drop(rest.take_front(taken)),
            Ok(Poll::Wait) => result = Err(Errno::Again),
            Err(errno) => result = Err(errno),
        }
    }
    sys.close(fd)?;
    result
}
