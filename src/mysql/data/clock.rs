//! TIME: a time of day or a span of time, in seconds.

/// The longest one, 838:59:59.
pub const CLOCK_MAX: i64 = 838 * 3_600 + 59 * 60 + 59;

/// `-01:30:00`.
pub fn clock_text(seconds: i64) -> String {
    let sign = if seconds < 0 { "-" } else { "" };
    let n = seconds.unsigned_abs();
    format!("{sign}{:02}:{:02}:{:02}", n / 3_600, n / 60 % 60, n % 60)
}

/// Seconds of `10:11:12`, `10:11`, `1 10:11:12`, `101112`, `-1:30`, rounded to whole seconds
/// (`str_to_time` of sql-common/my_time.c); `None` if it is no time. It may be longer than
/// [`CLOCK_MAX`].
pub fn parse_clock(text: &str) -> Option<i64> {
    let text = text.trim();
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
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
    let up = i64::from(fraction.starts_with(['5', '6', '7', '8', '9']));
    let total = days.checked_mul(24)?.checked_add(hours)?.checked_mul(3_600)?;
    let total = total.checked_add(minutes * 60 + seconds + up)?;
    Some(if negative { -total } else { total })
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
            ("10:11:12.6", "10:11:13"),
        ];
        for (written, text) in rows {
            assert_eq!(parse_clock(written).map(clock_text).as_deref(), Some(text), "{written}");
        }
        assert_eq!(parse_clock("25:61:00"), None);
        assert_eq!(parse_clock("noon"), None);
    }
}
