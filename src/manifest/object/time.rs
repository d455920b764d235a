//! Moments as the API writes them: RFC 3339, whole seconds, UTC.

use std::fmt;

use serde_json::Value;

use super::support::{Field, Wrong, by_tree, wrong};
use crate::base::SimTime;
use crate::base::date::{DAYS, MONTHS};
use crate::base::time::{EPOCH_UNIX_SECS, calendar};

/// A moment. It keeps the model's milliseconds; written, it has whole seconds, as `metav1.Time`
/// has.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Time(pub SimTime);

impl Time {
    /// RFC 3339 text → moment; `None` if it is not such a text. What lies before virtual time began
    /// becomes its start.
    pub fn parse(text: &str) -> Option<Time> {
        let digits = |range: std::ops::Range<usize>| text.get(range)?.parse::<u64>().ok();
        let (year, month, day) = (digits(0..4)?, digits(5..7)?, digits(8..10)?);
        let (hour, minute, second) = (digits(11..13)?, digits(14..16)?, digits(17..19)?);
        let marks = [(4, "-"), (7, "-"), (10, "T"), (13, ":"), (16, ":")];
        if marks.iter().any(|(at, mark)| text.get(*at..at + 1) != Some(mark)) {
            return None;
        }
        let zone = text.get(19..)?.trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
        let shift_secs = zone_secs(zone)?;
        let days = days_from_civil(year, month, day)?;
        let local = i64::try_from(days * 86_400 + hour * 3_600 + minute * 60 + second).ok()?;
        let unix = u64::try_from(local - shift_secs).unwrap_or(0);
        Some(Time(SimTime(unix.saturating_sub(EPOCH_UNIX_SECS) * 1_000)))
    }

    /// As `describe` prints it: RFC 1123 with a numeric zone.
    pub fn rfc1123z(self) -> String {
        let c = calendar(self.0.unix_secs() as i64);
        let weekday = &DAYS[c.weekday as usize][..3];
        let month = &MONTHS[c.month as usize - 1][..3];
        format!(
            "{weekday}, {:02} {month} {:04} {:02}:{:02}:{:02} +0000",
            c.day, c.year, c.hour, c.minute, c.second
        )
    }
}

fn zone_secs(zone: &str) -> Option<i64> {
    if zone == "Z" || zone == "z" {
        return Some(0);
    }
    let sign = match zone.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let hours: i64 = zone.get(1..3)?.parse().ok()?;
    let minutes: i64 = zone.get(4..6)?.parse().ok()?;
    Some(sign * (hours * 3_600 + minutes * 60))
}

/// Days since 1970-01-01 (Howard Hinnant's days-from-civil); `None` before that day or for a month
/// nobody has.
fn days_from_civil(year: u64, month: u64, day: u64) -> Option<u64> {
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let y = if month <= 2 { year.checked_sub(1)? } else { year };
    let (era, of_era) = (y / 400, y % 400);
    let shifted = (month + 9) % 12;
    let of_year = (153 * shifted + 2) / 5 + day - 1;
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year;
    days.checked_sub(719_468)
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let c = calendar(self.0.unix_secs() as i64);
        write!(
            f,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
            c.year, c.month, c.day, c.hour, c.minute, c.second
        )
    }
}

impl Field for Time {
    fn read(&mut self, value: &Value) -> Result<(), Wrong> {
        let text = value.as_str().ok_or_else(|| wrong(value, "an RFC 3339 time"))?;
        *self = Time::parse(text).ok_or_else(|| {
            Wrong(format!("parsing time {text:?} as \"2006-01-02T15:04:05Z07:00\""))
        })?;
        Ok(())
    }
    fn write(&self) -> Value {
        Value::String(self.to_string())
    }
    fn says_nothing(&self) -> bool {
        *self == Time::default()
    }
}

by_tree!(Time);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_and_written_as_the_api_does() {
        let rows = [
            ("2026-11-23T05:17:35Z", "2026-11-23T05:17:35Z", "Mon, 23 Nov 2026 05:17:35 +0000"),
            (
                "2026-11-23T05:17:35.123456+08:00",
                "2026-11-22T21:17:35Z",
                "Sun, 22 Nov 2026 21:17:35 +0000",
            ),
        ];
        for (text, written, described) in rows {
            let time = Time::parse(text).expect("the row is a time");
            assert_eq!(time.to_string(), written);
            assert_eq!(time.rfc1123z(), described);
        }
        for bad in ["", "yesterday", "2026-13-01T00:00:00Z", "2026-11-23 05:17:35Z"] {
            assert_eq!(Time::parse(bad), None, "{bad}");
        }
    }
}
