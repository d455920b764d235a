//! Lines of the error log.

use crate::base::SimTime;
use crate::base::time::calendar;
use crate::mysql::data::{SECOND, Zone};
use crate::mysql::sql::dialect::reworded;

/// How grave a line is; the number is the least `log_error_verbosity` that prints it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[allow(missing_docs)]
pub enum Level {
    Error = 1,
    Warning,
    Note,
}

/// A moment, and the zone that log_timestamps=SYSTEM shows it in.
pub type Clock = (SimTime, Option<Zone>);

/// `2026-01-05T08:00:15.578000Z 0 [Note] …`.
pub fn line(now: Clock, thread: u64, level: Level, text: &str) -> String {
    let level = match level {
        Level::Note => "Note",
        Level::Warning => "Warning",
        Level::Error => "ERROR",
    };
    format!("{} {thread} [{level}] {text}\n", stamp(now))
}

/// Lines that 8.0 prints at its default verbosity: how 5.7's line begins, then level, number,
/// subsystem, and the text if it has changed. `%` is the release.
const LINES_OF_8: &[(&str, &str, u32, &str, &str)] = &[
    (
        "mysqld (mysqld ",
        "System",
        10_116,
        "Server",
        "/usr/sbin/mysqld (mysqld %) starting as process 1",
    ),
    ("InnoDB: PUNCH HOLE", "System", 13_576, "InnoDB", "InnoDB initialization has started."),
    ("InnoDB: Waiting for purge", "System", 13_577, "InnoDB", "InnoDB initialization has ended."),
    (
        "Skipping generation of RSA key pair",
        "System",
        13_602,
        "Server",
        "Channel mysql_main configured to support TLS. Encrypted connections are now supported for \
         this channel.",
    ),
    ("No existing UUID", "Warning", 10_075, "Server", ""),
    ("CA certificate ca.pem", "Warning", 10_068, "Server", ""),
    ("root@localhost is created", "Warning", 10_453, "Server", ""),
    ("Insecure configuration for --pid-file", "Warning", 11_810, "Server", ""),
    (
        "Giving ",
        "System",
        13_172,
        "Server",
        "Received SHUTDOWN from user <via user signal>. Shutting down mysqld (Version: %).",
    ),
    (
        "mysqld: Shutdown complete",
        "System",
        10_910,
        "Server",
        "/usr/sbin/mysqld: Shutdown complete (mysqld %)  MySQL Community Server - GPL.",
    ),
    ("mysqld: Forcing close of thread", "Warning", 10_909, "Server", ""),
    ("Neither --relay-log", "Warning", 10_604, "Repl", ""),
    ("'CHANGE MASTER TO", "System", 10_597, "Repl", ""),
    ("Slave I/O thread for channel '': connected", "System", 10_562, "Repl", ""),
    ("Slave I/O for channel", "ERROR", 10_584, "Repl", ""),
    ("unknown variable", "ERROR", 67, "Server", ""),
    ("unknown option", "ERROR", 68, "Server", ""),
    ("Aborting", "ERROR", 10_119, "Server", ""),
];

/// The same line as 8.0 prints it, if it does.
pub fn line_of_8(
    now: Clock,
    thread: u64,
    level: Level,
    text: &str,
    release: &str,
) -> Option<String> {
    let known = LINES_OF_8.iter().find(|(begin, ..)| text.starts_with(begin));
    let (level, number, part, text) = match known {
        Some((_, level, number, part, "")) => (*level, *number, *part, text.to_string()),
        Some((_, level, number, part, other)) => {
            (*level, *number, *part, other.replace('%', release))
        }
        // A message without a number of its own.
        None if level == Level::Error => ("ERROR", 0, "Server", text.to_string()),
        None => return None,
    };
    let text = match text.split_once("Error_code: ") {
        Some((text, number)) => format!("{text}Error_code: MY-{number:0>6}"),
        None => text,
    };
    let text = if part == "Repl" { reworded(&text, release) } else { text };
    let ends = |begin: &str| text.starts_with(begin);
    let end = if ends("unknown ") || ends("mysqld: Forcing") { "." } else { "" };
    let stamp = stamp(now);
    let line = format!("{stamp} {thread} [{level}] [MY-{number:06}] [{part}] {text}{end}\n");
    // 8.4 has a line around each run (a published log of 8.4.2; 8.0 has none).
    let around = |number: u32, what: &str| {
        format!("{stamp} 0 [System] [MY-{number:06}] [Server] MySQL Server - {what}.\n")
    };
    Some(match number {
        10_116 if !release.starts_with("8.0.") => around(15_015, "start") + &line,
        10_910 if !release.starts_with("8.0.") => line + &around(15_016, "end"),
        _ => line,
    })
}

/// An error before there is a server: as [`line`] or [`line_of_8`] prints it.
pub fn error_line(now: Clock, text: &str, release: &str) -> String {
    let newer = super::is_8(release).then(|| line_of_8(now, 0, Level::Error, text, release));
    newer.flatten().unwrap_or_else(|| line(now, 0, Level::Error, text))
}

/// `2026-01-05T08:00:15.578000Z`; in a zone, `2026-01-05T16:00:15.578000+08:00`.
pub fn stamp((now, zone): Clock) -> String {
    let c = calendar(zone.unwrap_or_default().local(now.unix_secs() as i64));
    let ahead = zone.map_or("Z".to_string(), ahead);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}000{ahead}",
        c.year,
        c.month,
        c.day,
        c.hour,
        c.minute,
        c.second,
        now.0 % 1_000
    )
}

/// `+08:00`.
fn ahead(zone: Zone) -> String {
    Zone::Offset((zone.ahead() / SECOND / 60) as i16).text()
}

/// `2026-01-05 08:00:15+00:00`, as the entrypoint stamps its lines (`date --rfc-3339=seconds`).
pub fn rfc3339(now: SimTime, zone: Zone) -> String {
    let c = calendar(now.unix_secs() as i64 + zone.ahead() / SECOND);
    let ahead = ahead(zone);
    format!(
        "{:04}-{:02}-{:02} {:02}:{:02}:{:02}{ahead}",
        c.year, c.month, c.day, c.hour, c.minute, c.second
    )
}

/// `260105  8:00:15`, as InnoDB writes a moment into a line (`ut_sprintf_timestamp`).
pub fn innodb(now: SimTime, zone: Zone) -> String {
    let text = short(now, zone);
    text.replace(" 0", "  ")
}

/// `260105 08:00:15`, as xtrabackup stamps its lines and SHOW SLAVE STATUS its errors.
pub fn short(now: SimTime, zone: Zone) -> String {
    let c = calendar(now.unix_secs() as i64 + zone.ahead() / SECOND);
    format!(
        "{:02}{:02}{:02} {:02}:{:02}:{:02}",
        c.year % 100,
        c.month,
        c.day,
        c.hour,
        c.minute,
        c.second
    )
}
