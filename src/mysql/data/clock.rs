//! TIME: a time of day or a span of time, in microseconds.

use super::moment::{SECOND, fraction, fraction_text};

/// The longest one, 838:59:59.
pub const CLOCK_MAX: i64 = (838 * 3_600 + 59 * 60 + 59) * SECOND;

/// `-01:30:00`, with so many digits after the point.
pub fn clock_text(clock: i64, digits: u8) -> String {
    let sign = if clock < 0 { "-" } else { "" };
    let (n, micros) = (clock.abs() / SECOND, clock.abs() % SECOND);
    let fraction = fraction_text(micros, digits);
    format!("{sign}{:02}:{:02}:{:02}{fraction}", n / 3_600, n / 60 % 60, n % 60)
}

/// Of `10:11:12`, `10:11`, `1 10:11:12`, `101112`, `-1:30`, with a fraction of a second or without
/// one: microseconds, and how many digits the fraction has (`str_to_time` of
/// sql-common/my_time.c). `None` if it is no time. It may be longer than [`CLOCK_MAX`].
pub fn parse_clock(text: &str) -> Option<(i64, u8)> {
    let text = text.trim();
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, after) = text.split_once('.').unwrap_or((text, ""));
    let (days, clock) = match whole.split_once(' ') {
        Some((days, clock)) => (days.parse::<i64>().ok()?, clock.trim()),
        None => (0, whole),
    };
    let mut parts = clock.split(':').map(|part| part.parse::<i64>().ok().filter(|n| *n >= 0));
    let first = parts.next()??;
    let rest: Vec<i64> = parts.collect::<Option<_>>()?;
    let [hours, minutes, seconds] = match rest[..] {
        [] if days > 0 || whole.contains(' ') => [first, 0, 0],
        [] => [first / 10_000, first / 100 % 100, first % 100],
        [minutes] => [first, minutes, 0],
        [minutes, seconds] => [first, minutes, seconds],
        _ => return None,
    };
    if minutes > 59 || seconds > 59 {
        return None;
    }
    let (micros, digits) = fraction(after);
    let total = days.checked_mul(24)?.checked_add(hours)?.checked_mul(3_600)?;
    let total = total.checked_add(minutes * 60 + seconds)?.checked_mul(SECOND)?;
    let total = total.checked_add(micros)?;
    Some((if negative { -total } else { total }, digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_all_their_forms() {
        let rows = [
            ("10:11:12", "10:11:12"),
            ("-01:30", "-01:30:00"),
            ("838:59:59", "838:59:59"),
            ("1 10:00:00", "34:00:00"),
            ("101112", "10:11:12"),
            ("12", "00:00:12"),
            ("2 3", "51:00:00"),
            ("10:11:12.60", "10:11:12.60"),
        ];
        for (written, text) in rows {
            let read = parse_clock(written).map(|(clock, digits)| clock_text(clock, digits));
            assert_eq!(read.as_deref(), Some(text), "{written}");
        }
        assert_eq!(parse_clock("25:61:00"), None);
        assert_eq!(parse_clock("noon"), None);
    }
}
