//! The dump thread: sends a replica the binlog from where it wants it. Models
//! `sql/rpl_binlog_sender.cc`.

use super::conn::{Conn, Reply, Work};
use super::gtids::GtidMode;
use super::journal::Journal;
use super::{Mysqld, pod};
use crate::base::{Blob, SimTime};
use crate::mysql::binlog::{ARTIFICIAL, Event, GtidSet, IN_USE, decode, encode, header};
use crate::mysql::sql::SqlError;
use crate::mysql::wire::{Channel, Message};
use crate::os::Sys;
use crate::trace::fact::MysqlFact;

/// Where a dump thread is.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Dump {
    /// The file it reads.
    pub file: String,
    /// Where its next event begins.
    pub position: u64,
    /// Whether the file has been announced: a Rotate event of no file, and the file's own
    /// description.
    announced: bool,
    /// The replica's server id.
    pub server_id: u32,
    /// When the replica went.
    pub left: Option<SimTime>,
    /// File and position that the replica asked for.
    began: (String, u64),
    /// Where the last event it read ends.
    read: u64,
    /// What the file held when RESET MASTER removed it: the thread has it open still.
    removed: Option<Blob>,
    /// MASTER_AUTO_POSITION: what the replica has already.
    known: Option<GtidSet>,
    /// The transaction here is one of those: it is left out, and the replica has to be told.
    skips: bool,
    skipped: bool,
}

impl Dump {
    /// An error that the replica's I/O thread gives up at, with how far this thread has got.
    fn error(&self, what: &str) -> Message {
        let ((first, from), file) = (&self.began, &self.file);
        let text = format!(
            "{what}; the first event '{first}' at {from}, the last event read from './{file}' at \
             {}, the last byte read from './{file}' at {}.",
            self.read, self.position
        );
        Message::Error(SqlError::new(1236, text))
    }
}

impl Dump {
    fn new(began: (String, u64), server_id: u32, known: Option<GtidSet>) -> Dump {
        let (file, position) = began.clone();
        Dump {
            file,
            position,
            announced: false,
            server_id,
            left: None,
            began,
            read: 4,
            removed: None,
            known,
            skips: false,
            skipped: false,
        }
    }

    /// Why the replica cannot be sent an event.
    fn refuses(&mut self, event: &Blob, kind: &Event, mode: GtidMode) -> Option<Message> {
        let at = (&*format!("./{}", self.file), self.position);
        let error = misplaced(kind, mode, self.known.is_some(), at)?;
        (self.read, self.position) = (self.position, self.position + event.len());
        Some(self.error(&error.message))
    }

    /// Whether an event belongs to a transaction that the replica has.
    fn leaves_out(&mut self, event: &Event) -> bool {
        let Some(known) = &self.known else { return false };
        match event {
            Event::Gtid { gtid, .. } => self.skips = known.contains(gtid),
            Event::AnonymousGtid { .. } | Event::Rotate { .. } | Event::Stop => self.skips = false,
            _ => {}
        }
        self.skips
    }
}

impl Conn {
    /// Whether it is a dump thread's that reads this file.
    pub(super) fn reads(&self, file: &str) -> bool {
        matches!(&self.work, Work::Dump(dump) if dump.file == file)
    }
}

/// Error 1236: the replica's I/O thread gives up, and the dump thread ends ("fake COM_QUIT" of
/// `com_binlog_dump`).
fn fatal(conn: &mut Conn, text: String) -> Reply {
    conn.work = Work::Closing;
    Reply::error(SqlError::new(1236, text))
}

impl Mysqld {
    pub(super) fn begin_dump(
        &mut self,
        conn: &mut Conn,
        file: String,
        position: u64,
        known: Option<GtidSet>,
        sys: &mut dyn Sys,
    ) -> Reply {
        let (server_id, uuid) = match &conn.registered {
            Some((server_id, uuid, _)) => (*server_id, uuid.clone()),
            None => (0, String::new()),
        };
        if let Err(error) = self.may_replicate(conn) {
            return Reply::error(error);
        }
        self.end_zombie(&uuid, sys);
        let Some(journal) = &self.journal else {
            return fatal(conn, "Binary log is not open".into());
        };
        let asked = match &known {
            Some(_) => (String::new(), 4),
            None => (file.clone(), position),
        };
        let found = known.as_ref().map(|known| self.file_for(journal, known));
        let (file, position) = match found {
            Some(Ok(file)) => (file, 4),
            Some(Err(text)) => return fatal(conn, text),
            None if file.is_empty() => {
                (journal.files.first().cloned().unwrap_or_default().0, position)
            }
            None => (file, position),
        };
        let Some((_, size)) = journal.files.iter().find(|(name, _)| *name == file) else {
            let text = "Could not find first log file name in binary log index file";
            return fatal(conn, text.into());
        };
        if position < 4 {
            let text = "Client requested master to start replication from position < 4";
            return fatal(conn, text.into());
        }
        // `check_start_file` of rpl_binlog_sender.cc says no more of it, as 5.6 did.
        if position > *size {
            let text = "Client requested master to start replication from position > file size";
            return fatal(conn, text.into());
        }
        let id = conn.id;
        let text = format!(
            "Start binlog_dump to master_thread_id({id}) slave_server({server_id}), pos({}, {})",
            asked.0, asked.1
        );
        self.log(sys, id, super::Level::Note, &text);
        let fact =
            MysqlFact::DumpStarted { pod: pod(sys), server_id, file: file.clone(), position };
        tell!(sys, fact);
        let began = (file.clone(), position);
        conn.work = Work::Dump(Box::new(Dump::new(began, server_id, known)));
        Reply::Nothing
    }

    /// The file in which a replica that knows these transactions goes on: the newest that begins
    /// with no others. Models `find_first_log_not_in_gtid_set` and `check_start_file`
    /// (rpl_binlog_sender.cc, binlog.cc); the second text is of a published run of 5.7.44, the
    /// first from memory.
    fn file_for(&self, journal: &Journal, known: &GtidSet) -> Result<String, String> {
        let own = self.global("server_uuid");
        if !known.of(own).is_within(&self.gtids.executed) {
            return Err(
                "Slave has more GTIDs than the master has, using the master's SERVER_UUID. \
                        This may indicate that the end of the binary log was truncated or that \
                        the last binary log file was lost, e.g., after a power or disk failure \
                        when sync_binlog != 1. The master may or may not have rolled back \
                        transactions that were already replicated to the slave. Suggest to \
                        replicate any transactions that master has rolled back from slave to \
                        master, and/or commit empty transactions on master to account for \
                        transactions that have been committed on master but are not included in \
                        GTID_EXECUTED."
                    .into(),
            );
        }
        let begins = |(name, _): &&(String, u64)| journal.previous_of(name).is_within(known);
        let purged = self.purged_gtids();
        match journal.files.iter().rev().find(begins) {
            Some((name, _)) if purged.is_within(known) => Ok(name.clone()),
            _ => Err(format!(
                "The slave is connecting using CHANGE MASTER TO MASTER_AUTO_POSITION = 1, but the \
                 master has purged binary logs containing GTIDs that the slave requires. Replicate \
                 the missing transactions from elsewhere, or provision a new slave from backup. \
                 Consider increasing the master's binary log expiration period. The GTID set sent \
                 by the slave is '{known}', and the missing transactions are '{}'.",
                purged.without(known)
            )),
        }
    }

    /// A replica that comes back, while its old connection still stands (or a copy of it that has
    /// the same UUID).
    fn end_zombie(&mut self, uuid: &str, sys: &mut dyn Sys) {
        let same = |conn: &Conn| {
            conn.is_dump() && conn.registered.as_ref().is_some_and(|(_, known, _)| known == uuid)
        };
        while let Some(index) = self.conns.iter().position(same) {
            let mut conn = self.conns.remove(index);
            let text = format!(
                "While initializing dump thread for slave with UUID <{uuid}>, found a zombie dump \
                 thread with the same UUID. Master is killing the zombie dump thread({}).",
                conn.id
            );
            self.log(sys, conn.id, super::Level::Note, &text);
            if let Work::Dump(dump) = &conn.work {
                let text = "A slave with the same server_uuid/server_id as this slave has \
                            connected to the master";
                conn.channel.say(&dump.error(text));
                conn.channel.fill(sys);
                conn.channel.flush(sys);
            }
            self.drop_conn(conn, sys);
        }
    }

    /// One dump thread sends one event (or two that belong together). True if one had something to
    /// send.
    pub(super) fn dump_turn(&mut self, sys: &mut dyn Sys) -> bool {
        let count = self.conns.len();
        for step in 0..count {
            let index = (self.next_dump as usize + step) % count;
            let mut conn = self.conns.remove(index);
            let acted = conn.channel.is_flushed() && self.dump_one(&mut conn, sys);
            conn.channel.flush(sys);
            self.conns.insert(index, conn);
            if acted {
                self.next_dump = (index + 1) as u32;
                return true;
            }
        }
        false
    }

    fn dump_one(&mut self, conn: &mut Conn, sys: &mut dyn Sys) -> bool {
        let Work::Dump(dump) = &mut conn.work else { return false };
        let Some(journal) = &self.journal else { return false };
        let file = match &dump.removed {
            Some(bytes) => bytes.clone(),
            None => match sys.read_file(&journal.path(&dump.file)) {
                Ok(bytes) => bytes,
                Err(_) => return false,
            },
        };
        if !dump.announced {
            announce(dump, &file, self.server_id(), &mut conn.channel);
            dump.announced = true;
            return true;
        }
        let (start, server_id) = (dump.position, dump.server_id);
        let mut kinds = Vec::new();
        while let Some((event, kind)) = next_event(&file, dump.position) {
            if let Some(error) = dump.refuses(&event, &kind, self.gtid_mode()) {
                conn.channel.say(&error);
                conn.work = Work::Closing;
                return true;
            }
            if dump.leaves_out(&kind) {
                dump.position += event.len();
                dump.read = dump.position;
                dump.skipped = true;
                continue;
            }
            if std::mem::take(&mut dump.skipped) {
                conn.channel.say(&Message::Heartbeat(dump.position));
            }
            dump.position += event.len();
            dump.read = dump.position;
            if matches!(kind, Event::Stop) {
                break;
            }
            conn.channel.send_event(&event);
            kinds.push(kind.name().to_string());
            // A transaction's number and a table's map are sent with what follows them.
            let more = kind.is_number() || matches!(kind, Event::TableMap(_));
            if !more {
                break;
            }
        }
        if let Some((text, last)) = bad_event(&file, dump.position).filter(|_| kinds.is_empty()) {
            dump.position = last;
            conn.channel.say(&dump.error(text));
            conn.work = Work::Closing;
            return true;
        }
        if std::mem::take(&mut dump.skipped) {
            conn.channel.say(&Message::Heartbeat(dump.position));
            return true;
        }
        if kinds.is_empty() && dump.removed.is_some() {
            let Some(error) = self.lost(dump) else { return false };
            conn.channel.say(&error);
            conn.work = Work::Closing;
            return true;
        }
        if kinds.is_empty() {
            return self.next_file(dump);
        }
        let (file, end, pod) = (dump.file.clone(), dump.position, pod(sys));
        tell!(sys, MysqlFact::Sent { pod, server_id, file, start, end, events: kinds });
        true
    }

    /// At the end of a file that is not the newest: on to the next.
    fn next_file(&self, dump: &mut Dump) -> bool {
        let Some(journal) = &self.journal else { return false };
        let at = journal.files.iter().position(|(name, _)| *name == dump.file);
        let Some((next, _)) = at.and_then(|at| journal.files.get(at + 1)) else { return false };
        (dump.file, dump.position, dump.announced) = (next.clone(), 4, false);
        true
    }

    /// At the end of a file that RESET MASTER removed. Where the new binlog has the same name, the
    /// thread takes it for the one it reads, until there is more in it.
    fn lost(&self, dump: &Dump) -> Option<Message> {
        let (active, end) = self.journal.as_ref()?.position();
        if dump.file != active {
            return Some(dump.error("could not find next log"));
        }
        (dump.position < end).then(|| dump.error("I/O error reading log event"))
    }

    /// RESET MASTER is about to remove the files that the dump threads read.
    pub(super) fn hold_removed(&mut self, sys: &dyn Sys) {
        let Some(journal) = &self.journal else { return };
        for conn in &mut self.conns {
            if let Work::Dump(dump) = &mut conn.work
                && dump.removed.is_none()
            {
                dump.removed = sys.read_file(&journal.path(&dump.file)).ok();
            }
        }
    }
}

/// What may not be sent to a replica. Models `Binlog_sender::check_event_type`.
pub(super) fn misplaced(
    event: &Event,
    mode: GtidMode,
    auto: bool,
    (file, position): (&str, u64),
) -> Option<SqlError> {
    let (code, what) = match event {
        Event::AnonymousGtid { .. } if auto => {
            (3113, "anonymous transaction when AUTO_POSITION = 1")
        }
        Event::AnonymousGtid { .. } if mode == GtidMode::On => {
            (3114, "anonymous transaction when @@GLOBAL.GTID_MODE = ON")
        }
        Event::Gtid { .. } if mode == GtidMode::Off => {
            (3115, "GTID-transaction when @@GLOBAL.GTID_MODE = OFF")
        }
        _ => return None,
    };
    let text = format!("Cannot replicate {what}, at file {file}, position {position}.");
    Some(SqlError::new(code, text))
}

fn next_event(file: &Blob, at: u64) -> Option<(Blob, Event)> {
    let header = header(file, at)?;
    let bytes = file.slice(at, at + u64::from(header.size));
    let (_, event) = decode(&bytes)?;
    Some((bytes, event))
}

/// What is wrong with bytes that are no event, and how far they were read. Models
/// `Log_event::read_log_event`; "… at 154, … the last byte read from … at 157." and "… at 501, …
/// at 520." are of published errors of 5.7.
fn bad_event(file: &Blob, at: u64) -> Option<(&'static str, u64)> {
    const TORN: &str =
        "binlog truncated in the middle of event; consider out of disk space on master";
    const HEADER: u64 = 19;
    let rest = file.len().checked_sub(at).filter(|rest| *rest > 0)?;
    if rest < HEADER {
        return Some((TORN, file.len()));
    }
    let size: [u8; 4] = file.slice(at + 9, at + 13).to_bytes(4).try_into().ok()?;
    match u64::from(u32::from_le_bytes(size)) {
        size if size < HEADER => Some(("bogus data in log event", at + HEADER)),
        size if size > MAX_PACKET => Some((
            "log event entry exceeded max_allowed_packet; Increase max_allowed_packet on master",
            at + HEADER,
        )),
        size if size > rest => Some((TORN, at + HEADER)),
        _ => None,
    }
}

/// The largest `max_allowed_packet`, which a dump thread gives itself.
const MAX_PACKET: u64 = 1 << 30;

/// A Rotate event that stands in no file, and the file's Format_description.
fn announce(dump: &mut Dump, file: &Blob, server_id: u32, channel: &mut Channel) {
    let rotate = Event::Rotate { position: dump.position, name: dump.file.clone() };
    let bytes = encode(&rotate, 0, server_id, 0, ARTIFICIAL);
    channel.send_event(&Blob::from(bytes));
    let (Some(head), Some((bytes, mut event))) = (header(file, 4), next_event(file, 4)) else {
        return;
    };
    dump.read = 4 + bytes.len();
    let mut start = 4;
    if dump.position == start {
        dump.position += bytes.len();
    } else {
        // In the middle of a file its description says nothing of a start, and ends at 0.
        start = u64::from(head.size.wrapping_neg());
        if let Event::FormatDescription { created, .. } = &mut event {
            *created = 0;
        }
    }
    let bytes = encode(&event, head.timestamp, head.server_id, start, head.flags & !IN_USE);
    channel.send_event(&Blob::from(bytes));
}
