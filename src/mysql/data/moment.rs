//! Dates and times, as seconds (or days) since 1970-01-01 without a time zone.

use crate::base::time::calendar;

/// Days since 1970-01-01 of a proleptic Gregorian date (Howard Hinnant's days-from-civil).
pub fn days_from_civil(year: u64, month: u64, day: u64) -> i64 {
    let y = if month <= 2 { year.saturating_sub(1) } else { year };
    let era = y / 400;
    let year_of_era = y - era * 400;
    let month_index = (month + 9) % 12;
    let day_of_year = (153 * month_index + 2) / 5 + day.saturating_sub(1);
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    (era * 146_097 + day_of_era) as i64 - 719_468
}

/// `2026-01-05 08:00:00`. Moments before 1970 are shown as MySQL's zero date.
pub fn moment_text(seconds: i64) -> String {
    let Ok(seconds) = u64::try_from(seconds) else { return "0000-00-00 00:00:00".into() };
    let c = calendar(seconds);
    format!(
        "{:04}-{:02}-{:02} {:02}:{:02}:{:02}",
        c.year, c.month, c.day, c.hour, c.minute, c.second
    )
}

/// `2026-01-05`.
pub fn date_text(days: i64) -> String {
    let mut text = moment_text(days.saturating_mul(86_400));
    text.truncate(10);
    text
}

/// Seconds since 1970 of `2026-01-05 08:00:00`, `2026-01-05`, `20260105080000`; `None` if it is no
/// date after 1970.
pub fn parse_moment(text: &str) -> Option<i64> {
    let text = text.trim();
    let digits_only = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let numbers: Vec<u64> = if digits_only {
        match text.len() {
            8 => cut(text, &[4, 2, 2])?,
            14 => cut(text, &[4, 2, 2, 2, 2, 2])?,
            _ => return None,
        }
    } else {
        let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
        whole
            .split(|c: char| !c.is_ascii_digit())
            .map(|part| part.parse::<u64>().ok())
            .collect::<Option<_>>()?
    };
    let at = |index: usize| numbers.get(index).copied().unwrap_or(0);
    if !matches!(numbers.len(), 3..=6) {
        return None;
    }
    let (year, month, day) = (at(0), at(1), at(2));
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days_max = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    let ok = (1970..=9999).contains(&year) && (1..=days_max).contains(&day);
    if !ok || at(3) > 23 || at(4) > 59 || at(5) > 59 {
        return None;
    }
    let clock = (at(3) * 3_600 + at(4) * 60 + at(5)) as i64;
    Some(days_from_civil(year, month, day) * 86_400 + clock)
}

fn cut(text: &str, lengths: &[usize]) -> Option<Vec<u64>> {
    let mut at = 0;
    let mut numbers = Vec::new();
    for length in lengths {
        numbers.push(text.get(at..at + length)?.parse().ok()?);
        at += length;
    }
    Some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_there_and_back() {
        for text in ["2026-01-05 08:00:00", "1999-12-31 23:59:59", "2024-02-29 00:00:00"] {
            let seconds = parse_moment(text).expect("a good moment");
            assert_eq!(moment_text(seconds), text);
        }
        assert_eq!(parse_moment("2023-02-29"), None);
        assert_eq!(parse_moment("20260105080000"), Some(1_767_600_000));
    }
}
