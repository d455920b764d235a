//! Facts of MySQL.

use crate::base::{Millis, PodName};

/// What kind of statement ran.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[allow(missing_docs)]
pub enum StatementClass {
    Read,
    Write,
    Admin,
}

/// What a SQL thread applied.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Applied {
    /// A transaction begins.
    Begin,
    /// A statement (DDL), by its text.
    Statement(String),
    /// Rows of a table; not yet committed.
    Rows {
        /// How they changed, as SHOW BINLOG EVENTS names it.
        kind: &'static str,
        /// `db.table`.
        table: String,
        /// How many.
        rows: u64,
        /// The first one's values.
        first: Vec<String>,
    },
    /// A transaction is committed.
    Commit {
        /// Rows it changed.
        rows: u64,
    },
}

/// What MySQL did. `pod` is always where it happened.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[allow(missing_docs)]
pub enum MysqlFact {
    /// The image's entrypoint begins; `again`: now as user mysql.
    EntrypointBegan { pod: PodName, again: bool },
    /// The entrypoint gave the data directory to user mysql.
    OwnerSet { pod: PodName, files: u64 },
    /// The entrypoint found a data directory and skips all first-start work.
    DataFound { pod: PodName },
    /// The entrypoint found none: this is a first start.
    DataMissing { pod: PodName },
    /// The entrypoint refuses to go on.
    EntrypointRefused { pod: PodName, message: String },
    /// The entrypoint starts a server nobody else can reach.
    TemporaryStarted { pod: PodName },
    /// It asked whether that server answers.
    TemporaryAsked { pod: PodName, answers: bool },
    /// Accounts were set up on it; `password`: root needs one.
    AccountsMade { pod: PodName, password: bool },
    /// A database or user the environment asks for was made on it.
    EnvironmentMade { pod: PodName, what: String },
    /// It was told to stop.
    TemporaryStopped { pod: PodName },
    /// The entrypoint is done and becomes mysqld.
    EntrypointDone { pod: PodName },

    /// `mysqld --initialize-insecure` begins.
    Initializing { pod: PodName },
    /// It made a data directory; its binlog file ended here.
    Initialized { pod: PodName, binlog: Option<(String, u64)> },
    /// mysqld starts, with these options from its files.
    Starting { pod: PodName, server_id: u32, log_bin: bool, super_read_only: bool },
    /// This model has only 5.7's server to run in another release's place.
    StandsIn { pod: PodName, release: String },
    /// An option asks for what the model does not do.
    OptionLeftOut { pod: PodName, option: String },
    /// It refuses to start.
    Aborted { pod: PodName, message: String },
    /// Another process holds the lock on ibdata1.
    DataLocked { pod: PodName },
    /// The data was not closed in order and was recovered.
    Recovered { pod: PodName },
    /// A binlog file was opened; its first event will stand at `position`.
    BinlogOpened { pod: PodName, file: String, position: u64 },
    /// Binlog files up to this one were deleted.
    Purged { pod: PodName, last: String },
    /// It accepts connections. Port 0: only on its socket.
    Ready { pod: PodName, port: u16, version: String },
    /// It was asked to stop.
    ShuttingDown { pod: PodName },
    /// It has stopped in order.
    Stopped { pod: PodName },

    /// A client program begins; with what it asks first.
    ClientBegan { pod: PodName, host: String, sql: Option<String> },
    /// It asks something else, once connected.
    ClientAsked { pod: PodName, sql: String },
    /// It printed an answer; `rows` if it had rows.
    ClientAnswered { pod: PodName, rows: Option<u64> },
    /// It printed an error.
    ClientFailed { pod: PodName, line: String },
    /// A client logged in.
    Connected { pod: PodName, user: String, from: String },
    /// A client was refused.
    LoginRefused { pod: PodName, user: String, from: String, code: u16 },
    /// A statement ran. `rows`: returned by a read, affected by a write.
    Executed { pod: PodName, from: String, sql: String, class: StatementClass, rows: u64 },
    /// A statement was refused, with the client's line.
    Refused { pod: PodName, from: String, sql: String, error: String },
    /// A global variable changed.
    GlobalSet { pod: PodName, name: String, value: String },
    /// Events were written to the binlog.
    Logged { pod: PodName, file: String, start: u64, end: u64, events: Vec<String> },
    /// The time zone tables were loaded; the binlog's position afterwards.
    TimeZonesLoaded { pod: PodName, binlog: Option<(String, u64)> },
    /// FLUSH TABLES WITH READ LOCK holds.
    ReadLocked { pod: PodName },
    /// UNLOCK TABLES.
    Unlocked { pod: PodName },

    /// CHANGE MASTER TO.
    SourceSet { pod: PodName, host: String, file: String, position: u64 },
    /// START SLAVE, or the same at a server's start.
    ThreadsStarted { pod: PodName, host: String, io: bool, sql: bool },
    /// STOP SLAVE.
    ThreadsStopped { pod: PodName, io: bool, sql: bool },
    /// The I/O thread is connected and asked for events from here.
    SourceConnected { pod: PodName, host: String, file: String, position: u64 },
    /// It could not connect and will try again.
    SourceUnreachable { pod: PodName, host: String, errno: u16, retry: Millis, retries: u64 },
    /// Its connection broke.
    SourceLost { pod: PodName, host: String },
    /// One of the two threads gave up.
    ThreadFailed { pod: PodName, io: bool, errno: u16, message: String },
    /// The source began to serve a replica.
    DumpStarted { pod: PodName, server_id: u32, file: String, position: u64 },
    /// The source's dump thread sent events.
    Sent { pod: PodName, server_id: u32, file: String, start: u64, end: u64, events: Vec<String> },
    /// The I/O thread wrote events to its relay log; `end` is the source's position after them.
    Received { pod: PodName, file: String, end: u64, events: Vec<String>, relay: String },
    /// The SQL thread applied something; `end` is the source's position after it.
    Applied { pod: PodName, what: Applied, file: String, end: u64 },

    /// A backup begins.
    BackupBegan { pod: PodName },
    /// It could not begin or go on.
    BackupFailed { pod: PodName, message: String },
    /// It copied so many bytes of so many now; `path` is the file it is at.
    BackupCopied { pod: PodName, path: String, bytes: u64, done: u64, total: u64 },
    /// It holds the read lock and copies the rest; nobody can write meanwhile.
    BackupLocked { pod: PodName },
    /// It wrote down where the copy stands. `source`: the primary, if this is a replica.
    BackupPosition { pod: PodName, name: String, file: String, position: u64 },
    /// It released the lock.
    BackupUnlocked { pod: PodName },
    /// It is done.
    BackupDone { pod: PodName, bytes: u64 },
    /// A backup's stream is unpacked: these files are whole now, so many bytes so far.
    Unpacked { pod: PodName, files: Vec<String>, bytes: u64 },
    /// The stream ended. With no bytes there was nothing to unpack.
    UnpackDone { pod: PodName, files: u64, bytes: u64 },
    /// The stream is no backup, or a file is in the way.
    UnpackFailed { pod: PodName, message: String },
    /// `--prepare` begins.
    PrepareBegan { pod: PodName },
    /// It brought the copy to the state of the backup's end.
    PrepareDone { pod: PodName, lsn: u64 },
    /// There is nothing to prepare.
    PrepareFailed { pod: PodName, message: String },
    /// A file finds no room on the disk; whoever writes waits.
    DiskFull { pod: PodName, file: String },
    /// A file is gone from under it: it crashes.
    Crashed { pod: PodName, file: String },
}

/// Which part of MySQL a fact is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[allow(missing_docs)]
pub enum MysqlArea {
    Entrypoint,
    Life,
    Clients,
    Replication,
    Backup,
}

impl MysqlFact {
    /// Where in the source's binlog this fact ends: file and position. The facts of one
    /// transaction, from the source's [`MysqlFact::Logged`] over [`MysqlFact::Sent`] and
    /// [`MysqlFact::Received`] to each replica's [`MysqlFact::Applied`], are those that end after
    /// its start and not after its end.
    pub fn place(&self) -> Option<(&str, u64)> {
        match self {
            MysqlFact::Logged { file, end, .. }
            | MysqlFact::Sent { file, end, .. }
            | MysqlFact::Received { file, end, .. }
            | MysqlFact::Applied { file, end, .. } => Some((file, *end)),
            _ => None,
        }
    }

    /// Whether a fact belongs to the transaction this one wrote to the binlog.
    pub fn is_followed_by(&self, other: &MysqlFact) -> bool {
        let MysqlFact::Logged { file, start, end, .. } = self else { return false };
        other.place().is_some_and(|(known, at)| known == file && at > *start && at <= *end)
    }

    /// Which part of MySQL it is about. A new fact does not compile until it is put somewhere.
    pub fn area(&self) -> MysqlArea {
        use MysqlFact as F;
        match self {
            F::EntrypointBegan { .. }
            | F::OwnerSet { .. }
            | F::DataFound { .. }
            | F::DataMissing { .. }
            | F::EntrypointRefused { .. }
            | F::TemporaryStarted { .. }
            | F::TemporaryAsked { .. }
            | F::AccountsMade { .. }
            | F::EnvironmentMade { .. }
            | F::TemporaryStopped { .. }
            | F::EntrypointDone { .. } => MysqlArea::Entrypoint,
            F::Initializing { .. }
            | F::Initialized { .. }
            | F::Starting { .. }
            | F::StandsIn { .. }
            | F::OptionLeftOut { .. }
            | F::Aborted { .. }
            | F::DiskFull { .. }
            | F::Crashed { .. }
            | F::DataLocked { .. }
            | F::Recovered { .. }
            | F::BinlogOpened { .. }
            | F::Purged { .. }
            | F::Ready { .. }
            | F::ShuttingDown { .. }
            | F::Stopped { .. }
            | F::GlobalSet { .. }
            | F::TimeZonesLoaded { .. } => MysqlArea::Life,
            F::ClientBegan { .. }
            | F::ClientAsked { .. }
            | F::ClientAnswered { .. }
            | F::ClientFailed { .. }
            | F::Connected { .. }
            | F::LoginRefused { .. }
            | F::Executed { .. }
            | F::Refused { .. }
            | F::Logged { .. }
            | F::ReadLocked { .. }
            | F::Unlocked { .. } => MysqlArea::Clients,
            F::SourceSet { .. }
            | F::ThreadsStarted { .. }
            | F::ThreadsStopped { .. }
            | F::SourceConnected { .. }
            | F::SourceUnreachable { .. }
            | F::SourceLost { .. }
            | F::ThreadFailed { .. }
            | F::DumpStarted { .. }
            | F::Sent { .. }
            | F::Received { .. }
            | F::Applied { .. } => MysqlArea::Replication,
            F::BackupBegan { .. }
            | F::BackupFailed { .. }
            | F::BackupCopied { .. }
            | F::BackupLocked { .. }
            | F::BackupPosition { .. }
            | F::BackupUnlocked { .. }
            | F::BackupDone { .. }
            | F::Unpacked { .. }
            | F::UnpackDone { .. }
            | F::UnpackFailed { .. }
            | F::PrepareBegan { .. }
            | F::PrepareDone { .. }
            | F::PrepareFailed { .. } => MysqlArea::Backup,
        }
    }
}
