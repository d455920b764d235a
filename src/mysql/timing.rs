//! How long MySQL's work takes in virtual time, and how much a backup weighs. Each number has its
//! source.

use crate::base::Millis;

/// How long mysqld waits for somebody to free space before it tries again
/// (MY_WAIT_FOR_USER_TO_FIX_PANIC), and how many of these waits make one message
/// (MY_WAIT_GIVE_USER_A_MESSAGE).
pub const SPACE_RETRY: Millis = Millis(60_000);
/// See [`SPACE_RETRY`].
pub const SPACE_MESSAGE_EACH: u32 = 10;

/// `mysqld --verbose --help`, which the entrypoint runs to check the configuration. Chosen: the gap
/// between the entrypoint's first lines in facts/mysql.md A3 (12:24:14, log 34633758024).
pub const CONFIG_CHECK: Millis = Millis(400);

/// The stages of `mysqld --initialize-insecure`: files, system tables, accounts and certificates.
/// Together 6 s: 12:24:14 to 12:24:21 in the same log, less the checks.
pub const INITIALIZE: [Millis; 3] = [Millis(2_000), Millis(3_000), Millis(1_200)];

/// The stages of a server's start: options and plugins, InnoDB, certificates and network. Together
/// 1.5 s: the final server of the same log is ready 12:24:28, 3 s after the temporary one began to
/// stop at :25.
pub const START: [Millis; 3] = [Millis(200), Millis(900), Millis(400)];

/// Crash recovery, on top. Chosen.
pub const RECOVERY: Millis = Millis(700);

/// 8.0 fills the data dictionary of a data directory of 5.7, on top of InnoDB's start: the server's
/// first line is of 10:55:22.6, "Server upgrade … started" of 10:55:27.2 in a published log of
/// `mysql:8.0` on a volume of 5.7.
pub const UPGRADE_DICTIONARY: Millis = Millis(3_500);

/// The server's upgrade itself: to 10:55:40.7 in the same log.
pub const UPGRADE: Millis = Millis(13_400);

/// The stages of a clean shutdown: clients and replication, InnoDB. "mysqld exits within 2 s"
/// (facts F3).
pub const SHUTDOWN: [Millis; 2] = [Millis(300), Millis(1_300)];

/// How long a shutdown waits for clients that are there (`close_connections` of mysqld.cc: two
/// seconds; published logs of 5.7.22 and 8.0.26).
pub const CLIENTS_LEAVE: Millis = Millis::secs(2);

/// When a dump thread finds out that its replica is gone, if it has nothing to send: a source sends
/// a heartbeat each half of the replica's `slave_net_timeout`, and the second one after the
/// connection was closed is what fails. Nothing waits for that here: whatever the server does next
/// finds it.
pub const REPLICA_MISSED: Millis = Millis(60_000);

/// Loading the time zone tables: 12:24:23 to 12:24:25 of the same log.
pub const TIME_ZONES: Millis = Millis(2_000);

/// How long a server waits for a client's first words before it greets. Chosen: longer than the
/// model's own clients need, and too short to be noticed.
pub const GREETING: Millis = Millis(20);

/// How often the entrypoint asks whether the temporary server answers (docker-entrypoint.sh: `sleep
/// 1`).
pub const ENTRYPOINT_POLL: Millis = Millis(1_000);

/// CREATE DATABASE, CREATE TABLE and a committed write (facts F2: 0.01, 0.03 and 0.02 s).
pub const CREATE_DATABASE: Millis = Millis(10);
/// See [`CREATE_DATABASE`].
pub const CREATE_TABLE: Millis = Millis(30);
/// See [`CREATE_DATABASE`].
pub const WRITE: Millis = Millis(20);

/// CHANGE MASTER TO (facts D1: 0.02 s).
pub const CHANGE_MASTER: Millis = Millis(20);

/// mysqld tries to lock ibdata1 so often, once a second (`os0file.cc`, 5.7: 100 retries).
pub const LOCK_RETRIES: u32 = 100;

/// A client's `--connect-timeout`, if it is not given: none; the kernel's applies.
pub const CONNECT_TIMEOUT: Option<Millis> = None;

/// Bytes a second xtrabackup copies. Chosen: a clone of [`DATA_BYTES`] then takes 8 s between
/// `Init:1/2` at 24 s and 32 s in a real watch (facts F1, log 47231486478).
pub const BACKUP_BYTES_PER_SECOND: u64 = 16_000_000;

/// Bytes one turn of a backup copies, so that a clone can be followed in about a dozen steps.
pub const BACKUP_CHUNK_BYTES: u64 = 8_000_000;

/// The stages of `xtrabackup --prepare`. Chosen: a few seconds on an idle server's redo log.
pub const PREPARE: [Millis; 3] = [Millis(400), Millis(1_200), Millis(1_200)];

/// The system tablespace of an initialised 5.7 server whose time zones were loaded (seen:
/// 79691776).
pub const IBDATA_BYTES: u64 = 79_691_776;

/// The system tablespace before that (`innodb_data_file_path=ibdata1:12M:autoextend`).
pub const IBDATA_BYTES_FRESH: u64 = 12_582_912;

/// One redo log file (`innodb_log_file_size`, 48 MiB).
pub const REDO_BYTES: u64 = 50_331_648;

/// ibtmp1 (12 MiB).
pub const IBTMP_BYTES: u64 = 12_582_912;

/// A table's own tablespace when it is new (6 pages).
pub const IBD_BYTES: u64 = 98_304;

/// mysql/time_zone_transition.ibd with its rows. Chosen, plausible; varies with tzdata.
pub const TIME_ZONE_IBD_BYTES: u64 = 14_680_064;

/// The whole binlog 000002 of a first start: the time zone tables. Published: 2940738 (facts A2);
/// varies with tzdata.
pub const TIME_ZONE_BINLOG_BYTES: u64 = 2_940_738;

/// InnoDB's log sequence number when the first final server starts (facts G1, 5.7.36).
pub const LSN_AFTER_INIT: u64 = 12_659_645;

/// The same before the time zones were loaded (a published log of 5.7.42).
pub const LSN_FRESH: u64 = 2_766_912;

/// What InnoDB logs of its own shutdown (published logs of 5.7.17 and of xtrabackup 2.4.8).
pub const SHUTDOWN_LOG_BYTES: u64 = 19;

/// What InnoDB's checkpoint is behind its log of an idle server: the checkpoint's own record
/// (`MLOG_CHECKPOINT`).
pub const CHECKPOINT_BYTES: u64 = 9;
