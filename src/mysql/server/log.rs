//! Lines of the error log.

use crate::base::SimTime;
use crate::base::time::calendar;

/// How grave a line is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Level {
    Note,
    Warning,
    Error,
}

/// `2026-01-05T08:00:15.578000Z 0 [Note] …`.
pub fn line(now: SimTime, thread: u64, level: Level, text: &str) -> String {
    let level = match level {
        Level::Note => "Note",
        Level::Warning => "Warning",
        Level::Error => "ERROR",
    };
    format!("{} {thread} [{level}] {text}\n", stamp(now))
}

/// `2026-01-05T08:00:15.578000Z`.
pub fn stamp(now: SimTime) -> String {
    let c = calendar(now.unix_secs());
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}000Z",
        c.year,
        c.month,
        c.day,
        c.hour,
        c.minute,
        c.second,
        now.0 % 1_000
    )
}

/// `2026-01-05 08:00:15+00:00`, as the entrypoint stamps its lines (`date --rfc-3339=seconds`).
pub fn rfc3339(now: SimTime) -> String {
    let c = calendar(now.unix_secs());
    format!(
        "{:04}-{:02}-{:02} {:02}:{:02}:{:02}+00:00",
        c.year, c.month, c.day, c.hour, c.minute, c.second
    )
}

/// `260105 08:00:15`, as xtrabackup stamps its lines and SHOW SLAVE STATUS its errors.
pub fn short(now: SimTime) -> String {
    let c = calendar(now.unix_secs());
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
