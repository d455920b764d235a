//! The relay log: files like a binlog's, made by the I/O thread, read and deleted by the SQL
//! thread.

use crate::base::Blob;
use crate::mysql::binlog::{ARTIFICIAL, Event, MAGIC, RELAY, encode};
use crate::mysql::server::Mysqld;
use crate::mysql::server::journal::append;
use crate::os::{Errno, Sys};

/// The relay log's files.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Relay {
    /// Names and sizes, oldest first; the last one is written to.
    pub files: Vec<(String, u64)>,
    /// The number of the newest file.
    pub last: u64,
    /// The SQL thread has nothing left to read, and lets the I/O thread take one event more than
    /// there is room for.
    pub allows_one: bool,
    /// It also wants to leave the file it reads, to delete it.
    pub wants_next: bool,
}

impl Relay {
    /// `Relay_Log_Space`.
    pub fn space(&self) -> u64 {
        self.files.iter().map(|(_, size)| size).sum()
    }

    /// The file after this one.
    pub fn after(&self, name: &str) -> Option<String> {
        let at = self.files.iter().position(|(known, _)| known == name)?;
        self.files.get(at + 1).map(|(name, _)| name.clone())
    }
}

impl Mysqld {
    pub(in crate::mysql::server) fn relay_base(&self) -> String {
        let stem = self.global("relay_log_basename");
        stem.rsplit('/').next().unwrap_or(stem).to_string()
    }

    pub(in crate::mysql::server) fn relay_files(&self) -> Vec<(String, u64)> {
        self.replica.relay.files.clone()
    }

    /// All old files go, the first new one is made.
    pub(super) fn fresh_relay(&mut self, sys: &mut dyn Sys) {
        self.remove_relay(sys);
        self.open_relay(sys);
        let (name, _) = self.replica.relay.files.last().cloned().unwrap_or_default();
        let applier = &mut self.replica.applier;
        applier.group = (name.clone(), 4);
        applier.event = (name, 4);
    }

    pub(super) fn remove_relay(&mut self, sys: &mut dyn Sys) {
        for (name, _) in std::mem::take(&mut self.replica.relay.files) {
            let _ = sys.unlink(&self.path(&name));
        }
        self.replica.relay.last = 0;
        let _ = sys.unlink(&self.path(&format!("{}.index", self.relay_base())));
    }

    /// Opens the next file: its own description and what was retrieved before, 154 bytes if that
    /// is nothing.
    pub(super) fn open_relay(&mut self, sys: &mut dyn Sys) {
        self.replica.relay.last += 1;
        let name = format!("{}.{:06}", self.relay_base(), self.replica.relay.last);
        let version = self.global("version").to_string();
        let (now, id) = (sys.now().unix_secs() as u32, self.server_id());
        let mut bytes = MAGIC.to_vec();
        let description = Event::FormatDescription { version, created: 0 };
        bytes.extend(encode(&description, now, id, 4, RELAY));
        let at = bytes.len() as u64;
        let previous = Event::PreviousGtids(self.replica.io.retrieved.clone());
        bytes.extend(encode(&previous, now, id, at, 0x80 | RELAY));
        let size = bytes.len() as u64;
        let _ = sys.write_file(&self.path(&name), &Blob::from(bytes));
        self.replica.relay.files.push((name, size));
        self.write_relay_index(sys);
    }

    pub(super) fn write_relay_index(&self, sys: &mut dyn Sys) {
        let lines: String =
            self.replica.relay.files.iter().map(|(name, _)| format!("./{name}\n")).collect();
        let path = self.path(&format!("{}.index", self.relay_base()));
        let _ = sys.write_file(&path, &lines.into());
    }

    /// Closes the file with a Rotate event of its own and opens the next.
    pub(in crate::mysql::server) fn replica_rotate(&mut self, sys: &mut dyn Sys) {
        let Some((_, at)) = self.replica.relay.files.last().cloned() else { return };
        let next = format!("{}.{:06}", self.relay_base(), self.replica.relay.last + 1);
        let rotate = Event::Rotate { position: 4, name: next };
        let now = sys.now().unix_secs() as u32;
        let bytes = encode(&rotate, now, self.server_id(), at, RELAY);
        let _ = self.write_relay(&Blob::from(bytes), sys);
        self.open_relay(sys);
    }

    /// The next file, with the description of what is read from the source. FLUSH RELAY LOGS, and
    /// a file that has grown too large.
    pub(in crate::mysql::server) fn flush_relay(&mut self, sys: &mut dyn Sys) {
        self.replica_rotate(sys);
        if let Some(description) = self.replica.io.description.clone() {
            let _ = self.write_relay(&description, sys);
        }
    }

    /// After a whole transaction: on to the next file, if this one has grown too large.
    pub(super) fn rotate_large_relay(&mut self, sys: &mut dyn Sys) {
        let number = |name: &str| self.global(name).parse::<u64>().ok().filter(|size| *size > 0);
        let limit = number("max_relay_log_size").or(number("max_binlog_size")).unwrap_or(u64::MAX);
        if self.replica.relay.files.last().is_some_and(|(_, size)| *size > limit) {
            self.flush_relay(sys);
        }
    }

    /// Whether there is more of it than `relay_log_space_limit` (0: no limit) wants.
    pub(super) fn relay_is_full(&self) -> bool {
        let limit: u64 = self.global("relay_log_space_limit").parse().unwrap_or(0);
        limit > 0 && limit < self.replica.relay.space()
    }

    /// Appends an event to the newest file. ENOSPC: nothing of it is written, and it should be
    /// tried again later.
    pub(super) fn write_relay(&mut self, bytes: &Blob, sys: &mut dyn Sys) -> Result<(), Errno> {
        let last = self.replica.relay.files.last().cloned();
        let written = match last {
            Some((name, _)) => append(&self.path(&name), bytes, sys),
            None => Err(Errno::Noent),
        };
        match (written, self.replica.relay.files.last_mut()) {
            (Ok(()), Some(last)) => last.1 += bytes.len(),
            (Err(Errno::Nospc), _) => {}
            _ => self.notice_lost_storage(sys),
        }
        written
    }

    /// The Rotate event that stands for the source's Previous_gtids.
    pub(super) fn stand_in(&self, file: &str, position: u64) -> Blob {
        let rotate = Event::Rotate { position, name: file.into() };
        Blob::from(encode(&rotate, 0, self.replica.io.source_id, 0, ARTIFICIAL))
    }

    /// Deletes the files before `keep`, unless they are to be kept.
    pub(super) fn purge_relay(&mut self, keep: &str, sys: &mut dyn Sys) {
        if !self.is_on("relay_log_purge") {
            return;
        }
        let files = &mut self.replica.relay.files;
        let Some(at) = files.iter().position(|(name, _)| name == keep) else { return };
        if at == 0 {
            return;
        }
        let gone: Vec<(String, u64)> = files.drain(..at).collect();
        for (name, _) in gone {
            let _ = sys.unlink(&self.path(&name));
        }
        self.write_relay_index(sys);
    }
}
