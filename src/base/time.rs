//! Virtual time. The only place where time is arithmetic; whole milliseconds, checked.

use std::fmt;
use std::ops::{Add, Mul, Sub};

use serde::{Deserialize, Serialize};

/// A moment: milliseconds since the scenario (or the tape) began.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize,
)]
pub struct SimTime(pub u64);

/// A duration in milliseconds.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize,
)]
pub struct Millis(pub u64);

impl Millis {
    /// No time at all.
    pub const ZERO: Millis = Millis(0);

    /// Whole seconds.
    pub const fn secs(n: u64) -> Millis {
        Millis(n * 1_000)
    }
}

impl SimTime {
    /// The moment the scenario begins.
    pub const START: SimTime = SimTime(0);

    /// How long ago `earlier` was; zero if it lies ahead.
    pub fn since(self, earlier: SimTime) -> Millis {
        Millis(self.0.saturating_sub(earlier.0))
    }

    /// Whole seconds since the Unix epoch, for programs that print the date.
    pub const fn unix_secs(self) -> u64 {
        EPOCH_UNIX_SECS + self.0 / 1_000
    }

    /// Microseconds since the Unix epoch.
    pub const fn unix_micros(self) -> i64 {
        (EPOCH_UNIX_SECS * 1_000 + self.0) as i64 * 1_000
    }
}

/// What files carry, which may lie before the scenario: milliseconds since it began.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize,
)]
pub struct FileTime(pub i64);

impl FileTime {
    /// From seconds and milliseconds since the Unix epoch.
    pub const fn from_unix(secs: i64, millis: u32) -> FileTime {
        let secs = secs.saturating_sub(EPOCH_UNIX_SECS as i64);
        FileTime(secs.saturating_mul(1_000).saturating_add(millis as i64))
    }

    /// Whole seconds since the Unix epoch.
    pub const fn unix_secs(self) -> i64 {
        EPOCH_UNIX_SECS as i64 + self.0.div_euclid(1_000)
    }

    /// How long before a moment it lies; zero if it lies ahead.
    pub fn before(self, now: SimTime) -> Millis {
        let age = FileTime::from(now).0.saturating_sub(self.0);
        Millis(u64::try_from(age).unwrap_or(0))
    }

    /// Milliseconds of the second.
    pub const fn millis(self) -> u32 {
        self.0.rem_euclid(1_000) as u32
    }
}

impl From<SimTime> for FileTime {
    fn from(at: SimTime) -> FileTime {
        FileTime(i64::try_from(at.0).unwrap_or(i64::MAX))
    }
}

/// Where virtual time 0 stands in the calendar: 2026-01-05 08:00:00 UTC, a Monday. Chosen, not
/// modelled.
pub const EPOCH_UNIX_SECS: u64 = 1_767_600_000;

impl Add<Millis> for SimTime {
    type Output = SimTime;
    fn add(self, after: Millis) -> SimTime {
        SimTime(self.0.checked_add(after.0).expect("virtual time ends after 584 million years"))
    }
}

impl Add for Millis {
    type Output = Millis;
    fn add(self, other: Millis) -> Millis {
        Millis(self.0.checked_add(other.0).expect("a duration stays below 584 million years"))
    }
}

impl Sub for Millis {
    type Output = Millis;
    fn sub(self, other: Millis) -> Millis {
        Millis(self.0.saturating_sub(other.0))
    }
}

impl Mul<u64> for Millis {
    type Output = Millis;
    fn mul(self, times: u64) -> Millis {
        Millis(self.0.checked_mul(times).expect("a duration stays below 584 million years"))
    }
}

impl Millis {
    /// Reads `200ms`, `30s`, `5m` or `1h`; `None`: it is none of these, or too long.
    pub fn parse(text: &str) -> Option<Millis> {
        let digits = text.find(|c: char| !c.is_ascii_digit())?;
        let number: u64 = text[..digits].parse().ok()?;
        let unit = match &text[digits..] {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            _ => return None,
        };
        number.checked_mul(unit).map(Millis)
    }
}

impl fmt::Display for SimTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:03}s", self.0 / 1_000, self.0 % 1_000)
    }
}

impl fmt::Display for Millis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:03}s", self.0 / 1_000, self.0 % 1_000)
    }
}

/// A moment in the calendar, UTC.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Calendar {
    /// Four digits; below 1 before our era.
    pub year: i32,
    /// 1 to 12.
    pub month: u32,
    /// 1 to 31.
    pub day: u32,
    /// 0 to 23.
    pub hour: u32,
    /// 0 to 59.
    pub minute: u32,
    /// 0 to 59.
    pub second: u32,
    /// 0 (Monday) to 6 (Sunday).
    pub weekday: u32,
}

/// Seconds since the Unix epoch as a calendar moment (proleptic Gregorian; Howard Hinnant's
/// civil-from-days).
pub fn calendar(unix_secs: i64) -> Calendar {
    let days = unix_secs.div_euclid(86_400);
    let rest = unix_secs.rem_euclid(86_400);
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let day_of_era = z.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_index + 2) / 5 + 1;
    let month = if month_index < 10 { month_index + 3 } else { month_index - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let small = |n: i64| u32::try_from(n).expect("a calendar field is small");
    Calendar {
        year: i32::try_from(year).unwrap_or(if year < 0 { i32::MIN } else { i32::MAX }),
        month: small(month),
        day: small(day),
        hour: small(rest / 3_600),
        minute: small(rest % 3_600 / 60),
        second: small(rest % 60),
        weekday: small((days + 3).rem_euclid(7)),
    }
}

/// Days from the Unix epoch to a day of the calendar; a month beyond December is one of a later
/// year, a day beyond the month's end one of a later month (Hinnant's days-from-civil).
pub fn days_from_calendar(year: i64, month: i64, day: i64) -> i64 {
    let months = year * 12 + month - 1;
    let (year, month) = (months.div_euclid(12), months.rem_euclid(12) + 1);
    let (y, m) = if month <= 2 { (year - 1, month + 9) } else { (year, month - 3) };
    let leaps = y.div_euclid(4) - y.div_euclid(100) + y.div_euclid(400);
    365 * y + leaps + (153 * m + 2) / 5 + day - 1 - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calendar_agrees_with_known_days() {
        let rows = [
            (0, (1970, 1, 1, 0, 0, 0, 3)),
            (951_782_400, (2000, 2, 29, 0, 0, 0, 1)),
            (1_767_600_000, (2026, 1, 5, 8, 0, 0, 0)),
            (-315_619_200, (1960, 1, 1, 0, 0, 0, 4)),
            (-62_167_219_201, (-1, 12, 31, 23, 59, 59, 4)),
        ];
        for (secs, want) in rows {
            let c = calendar(secs);
            let days = days_from_calendar(c.year.into(), c.month.into(), c.day.into());
            assert_eq!(days, secs.div_euclid(86_400), "the way back");
            assert_eq!((c.year, c.month, c.day, c.hour, c.minute, c.second, c.weekday), want);
        }
    }
}
