//! Dates and times, as microseconds (or days) since 1970-01-01 without a time zone.

use crate::base::time::calendar;

/// Days since 1970-01-01 of a proleptic Gregorian date (Howard Hinnant's days-from-civil).
pub fn days_from_civil(year: u64, month: u64, day: u64) -> i64 {
    let y = if month <= 2 { year.saturating_sub(1) } else { year };
    let era = y / 400;
    let year_of_era = y - era * 400;
    let month_index = (month + 9) % 12;
    let day_of_year = (153 * month_index + 2) / 5 + day.saturating_sub(1);
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    (era * 146_097 + day_of_era) as i64 - DAYS_BEFORE_1970
}

/// MySQL's zero date, `0000-00-00`, as microseconds and as days.
pub const ZERO_DATE: i64 = i64::MIN;

/// Microseconds of a second.
pub const SECOND: i64 = 1_000_000;

/// Microseconds of a day.
pub const DAY: i64 = 86_400 * SECOND;

/// Days between 0000-03-01 and 1970-01-01.
const DAYS_BEFORE_1970: i64 = 719_468;

/// The year, month, day, hour, minute and second of a moment; all 0 for the zero date. Years are
/// 0 to 9999.
pub fn fields(moment: i64) -> [u32; 6] {
    if moment == ZERO_DATE {
        return [0; 6];
    }
    let c = calendar(moment.div_euclid(SECOND));
    [u32::try_from(c.year).unwrap_or(0), c.month, c.day, c.hour, c.minute, c.second]
}

/// The fraction of a moment's second, in microseconds.
pub fn micros(moment: i64) -> i64 {
    if moment == ZERO_DATE { 0 } else { moment.rem_euclid(SECOND) }
}

/// `.25`, so many digits of so many microseconds; empty for no digits.
pub fn fraction_text(micros: i64, digits: u8) -> String {
    let mut text = format!(".{micros:06}");
    text.truncate(if digits == 0 { 0 } else { 1 + usize::from(digits) });
    text
}

/// Microseconds rounded to so many digits after the second's point, half of one away from 0.
pub fn rounded(micros: i64, digits: u8) -> i64 {
    let unit = 10_i64.pow(6 - u32::from(digits.min(6)));
    let more = micros.abs() % unit;
    if micros == ZERO_DATE {
        return micros;
    }
    let up = if more * 2 >= unit { unit } else { 0 };
    micros.signum() * (micros.abs() - more + up)
}

/// The same, the rest cut off.
pub fn cut_off(micros: i64, digits: u8) -> i64 {
    let unit = 10_i64.pow(6 - u32::from(digits.min(6)));
    micros.div_euclid(unit) * unit
}

/// `2026-01-05 08:00:00`, with so many digits after the point.
pub fn moment_text(moment: i64, digits: u8) -> String {
    let [year, month, day, hour, minute, second] = fields(moment);
    let fraction = fraction_text(micros(moment), digits);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}{fraction}")
}

/// The date of a moment.
pub fn date_of(moment: i64) -> super::Value {
    super::Value::Date(if moment == ZERO_DATE { moment } else { moment.div_euclid(DAY) })
}

/// `2026-01-05`.
pub fn date_text(days: i64) -> String {
    let moment = if days == ZERO_DATE { days } else { days.saturating_mul(DAY) };
    let mut text = moment_text(moment, 0);
    text.truncate(10);
    text
}

/// The microseconds of the digits after a second's point, the seventh rounded; and how many digits
/// there are, at most 6.
pub(super) fn fraction(digits: &str) -> (i64, u8) {
    let count = digits.bytes().take_while(u8::is_ascii_digit).count();
    let first: i64 = format!("{:0<6}", &digits[..count])[..6].parse().unwrap_or(0);
    let up = i64::from(count > 6 && digits.as_bytes()[6] >= b'5');
    (first + up, count.min(6) as u8)
}

/// Of `2026-01-05 08:00:00`, `2026-01-05`, `26-1-5 8:0`, `20260105080000`, with a fraction of a
/// second or without one: microseconds since 1970, and how many digits the fraction has. `None`
/// if it is no date from year 1 on.
pub fn parse_moment(text: &str) -> Option<(i64, u8)> {
    let text = text.trim();
    let (whole, after) = match text.rsplit_once('.') {
        Some((whole, after)) if whole.contains(':') || whole.len() >= 12 => (whole, after),
        _ => (text, ""),
    };
    let numbers: Vec<u64> = if !whole.is_empty() && whole.bytes().all(|b| b.is_ascii_digit()) {
        match whole.len() {
            6 => parts_of(whole, &[2, 2, 2])?,
            8 => parts_of(whole, &[4, 2, 2])?,
            12 => parts_of(whole, &[2, 2, 2, 2, 2, 2])?,
            14 => parts_of(whole, &[4, 2, 2, 2, 2, 2])?,
            _ => return None,
        }
    } else {
        let parts = whole.split(|c: char| c.is_ascii_punctuation() || c == ' ' || c == 'T');
        parts.map(|part| part.parse::<u64>().ok()).collect::<Option<_>>()?
    };
    let at = |index: usize| numbers.get(index).copied().unwrap_or(0);
    if !matches!(numbers.len(), 3..=6) {
        return None;
    }
    let short = whole.bytes().take_while(u8::is_ascii_digit).count();
    let year = match at(0) {
        year if !matches!(short, 1 | 2 | 6 | 12) => year,
        year @ 0..70 => 2_000 + year,
        year => 1_900 + year,
    };
    let (month, day) = (at(1), at(2));
    let ok = (1..=9_999).contains(&year)
        && (1..=12).contains(&month)
        && (1..=days_of_month(year, month)).contains(&day);
    if !ok || at(3) > 23 || at(4) > 59 || at(5) > 59 {
        return None;
    }
    let clock = (at(3) * 3_600 + at(4) * 60 + at(5)) as i64;
    let (micros, digits) = fraction(after);
    Some((days_from_civil(year, month, day) * DAY + clock * SECOND + micros, digits))
}

/// Days a month has.
pub fn days_of_month(year: u64, month: u64) -> u64 {
    match month {
        2 => {
            let of = |n: u64| year.is_multiple_of(n);
            28 + u64::from(of(4) && (!of(100) || of(400)))
        }
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn parts_of(text: &str, lengths: &[usize]) -> Option<Vec<u64>> {
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
        for text in ["2026-01-05 08:00:00", "1000-12-31 23:59:59", "2024-02-29 00:00:00.250"] {
            let (moment, digits) = parse_moment(text).expect("a good moment");
            assert_eq!(moment_text(moment, digits), text);
        }
        assert_eq!(moment_text(ZERO_DATE, 0), "0000-00-00 00:00:00");
        assert_eq!(parse_moment("24-2-9 1:2:3"), parse_moment("2024-02-09 01:02:03"));
        assert_eq!(parse_moment("2023-02-29"), None);
        assert_eq!(parse_moment("20260105080000"), Some((1_767_600_000 * SECOND, 0)));
        let (moment, digits) = parse_moment("2026-01-05 08:00:00.1234567").expect("a moment");
        assert_eq!((moment_text(moment, 6), digits), ("2026-01-05 08:00:00.123457".into(), 6));
        assert_eq!(moment_text(rounded(moment, 1), 1), "2026-01-05 08:00:00.1");
    }
}
