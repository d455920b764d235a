//! Names of days and months; strftime(3), in UTC and the C locale.

use super::SimTime;
use super::time::{Calendar, calendar};

/// The days of a week, Monday first, in English.
pub const DAYS: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
/// The months of a year in English.
pub const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A moment of virtual time by a format; the time zone is UTC, as in a container.
pub fn strftime(format: &[u8], at: SimTime) -> Vec<u8> {
    strftime_unix(format, at.unix_secs(), (at.0 % 1_000) as u32)
}

/// As [`strftime`], from seconds since the Unix epoch and milliseconds.
pub fn strftime_unix(format: &[u8], secs: u64, millis: u32) -> Vec<u8> {
    let now = calendar(secs);
    let mut out = Vec::new();
    let mut at = 0;
    while at < format.len() {
        if format[at] != b'%' {
            out.push(format[at]);
            at += 1;
            continue;
        }
        let start = at;
        at += 1;
        let flag = format.get(at).copied().filter(|byte| b"-_0^#".contains(byte));
        at += usize::from(flag.is_some());
        let digits = format[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let width = std::str::from_utf8(&format[at..at + digits])
            .ok()
            .and_then(|text| text.parse::<usize>().ok())
            .unwrap_or(0)
            .min(1_000);
        at += digits;
        let Some(letter) = format.get(at) else {
            out.extend(&format[start..]);
            break;
        };
        at += 1;
        match field(*letter, &now, secs, millis) {
            Some((text, fill, natural)) => {
                out.extend(padded(&text, fill, natural, flag, width));
            }
            None => out.extend(&format[start..at]),
        }
    }
    out
}

/// The text of a field, what fills it up, and how wide it is by itself.
fn field(letter: u8, now: &Calendar, secs: u64, millis: u32) -> Option<(String, char, usize)> {
    let two = |n: u32| Some((n.to_string(), '0', 2));
    let hour12 = if now.hour.is_multiple_of(12) { 12 } else { now.hour % 12 };
    let year_day = day_of_year(now);
    let text = |text: &str| Some((text.to_string(), ' ', 0));
    let nested = |format: &[u8]| {
        let bytes = strftime_unix(format, secs, millis);
        Some((String::from_utf8_lossy(&bytes).into_owned(), ' ', 0))
    };
    match letter {
        b'Y' => Some((now.year.to_string(), '0', 0)),
        b'C' => two(now.year / 100),
        b'y' => two(now.year % 100),
        b'm' => two(now.month),
        b'd' => two(now.day),
        b'e' => Some((now.day.to_string(), ' ', 2)),
        b'H' => two(now.hour),
        b'k' => Some((now.hour.to_string(), ' ', 2)),
        b'I' => two(hour12),
        b'l' => Some((hour12.to_string(), ' ', 2)),
        b'M' => two(now.minute),
        b'S' => two(now.second),
        b'N' => Some((format!("{:09}", u64::from(millis) * 1_000_000), '0', 9)),
        b's' => text(&secs.to_string()),
        b'j' => Some((year_day.to_string(), '0', 3)),
        b'u' => text(&(now.weekday + 1).to_string()),
        b'w' => text(&((now.weekday + 1) % 7).to_string()),
        b'a' => text(&DAYS[now.weekday as usize][..3]),
        b'A' => text(DAYS[now.weekday as usize]),
        b'b' | b'h' => text(&MONTHS[now.month as usize - 1][..3]),
        b'B' => text(MONTHS[now.month as usize - 1]),
        b'p' => text(if now.hour < 12 { "AM" } else { "PM" }),
        b'P' => text(if now.hour < 12 { "am" } else { "pm" }),
        b'z' => text("+0000"),
        b'Z' => text("UTC"),
        b'n' => text("\n"),
        b't' => text("\t"),
        b'%' => text("%"),
        b'F' => nested(b"%Y-%m-%d"),
        b'T' | b'X' => nested(b"%H:%M:%S"),
        b'R' => nested(b"%H:%M"),
        b'D' | b'x' => nested(b"%m/%d/%y"),
        b'r' => nested(b"%I:%M:%S %p"),
        b'c' => nested(b"%a %b %e %H:%M:%S %Y"),
        b'U' => two((year_day + 6 - (now.weekday + 1) % 7) / 7),
        b'W' => two((year_day + 6 - now.weekday) / 7),
        b'V' => two(iso_week(now).1),
        b'G' => Some((iso_week(now).0.to_string(), '0', 0)),
        b'g' => two(iso_week(now).0 % 100),
        _ => None,
    }
}

fn is_leap(year: u32) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

/// From 1.
fn day_of_year(now: &Calendar) -> u32 {
    const BEFORE: [u32; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
    let leap = u32::from(now.month > 2 && is_leap(now.year));
    BEFORE[now.month as usize - 1] + now.day + leap
}

/// ISO 8601's year and week.
fn iso_week(now: &Calendar) -> (u32, u32) {
    let week = (day_of_year(now) + 9 - now.weekday) / 7;
    let weeks_in = |year: u32| {
        let p = |year: u32| (year + year / 4 - year / 100 + year / 400) % 7;
        if p(year) == 4 || p(year - 1) == 3 { 53 } else { 52 }
    };
    match week {
        0 => (now.year - 1, weeks_in(now.year - 1)),
        week if week > weeks_in(now.year) => (now.year + 1, 1),
        week => (now.year, week),
    }
}

fn padded(text: &str, fill: char, natural: usize, flag: Option<u8>, width: usize) -> Vec<u8> {
    let text = match flag {
        Some(b'^') => text.to_uppercase(),
        Some(b'#') => text
            .chars()
            .map(|c| if c.is_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() })
            .collect(),
        _ => text.to_string(),
    };
    let fill = match flag {
        Some(b'_') => ' ',
        Some(b'0') => '0',
        _ => fill,
    };
    let wide = if flag == Some(b'-') { 0 } else { natural.max(width) };
    if natural == 9 && width > 0 {
        return text.as_bytes()[..width.min(9)].to_vec();
    }
    let missing = wide.saturating_sub(text.len());
    [fill.to_string().repeat(missing), text].concat().into_bytes()
}
