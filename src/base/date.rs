//! Names of days and months; strftime(3), in UTC and the C locale.

use super::time::{Calendar, FileTime, calendar};

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

/// Whether a zone, as `TZ` names it, is the one in which this model's clocks go.
pub fn is_utc(zone: &str) -> bool {
    let name = zone.trim_start_matches(':').trim_start_matches("Etc/");
    matches!(
        name,
        "" | "UTC" | "UTC0" | "UCT" | "Universal" | "Zulu" | "GMT" | "GMT0" | "Greenwich"
    )
}

/// Zones that are the same distance from UTC in all the years that clocks here show: as the
/// tzdata of an image names them, how they call themselves, and how many minutes ahead they are.
/// Clocks in China went an hour further in the summers of 1986 to 1991 (see [`CHINESE_ZONES`]).
pub const ZONES: [(&str, &str, i16); 11] = [
    ("Asia/Shanghai", "CST", 480),
    ("Asia/Chongqing", "CST", 480),
    ("Asia/Harbin", "CST", 480),
    ("PRC", "CST", 480),
    ("Asia/Tokyo", "JST", 540),
    ("Japan", "JST", 540),
    ("UTC", "UTC", 0),
    ("Etc/UTC", "UTC", 0),
    ("GMT", "GMT", 0),
    ("Etc/GMT-8", "+08", 480),
    ("Etc/GMT-9", "+09", 540),
];

/// How many of them, from the first one on, had those summers.
pub const CHINESE_ZONES: usize = 4;

/// A zone as `TZ` names it, if it is one of [`ZONES`] or of the form `CST-8` (tzset(3)): its place
/// among them, how it calls itself, and how many minutes it is ahead of UTC.
pub fn zone_of(zone: &str) -> Option<(Option<usize>, String, i16)> {
    let name = zone.trim_start_matches(':');
    if let Some(at) = ZONES.iter().position(|(known, ..)| *known == name) {
        return Some((Some(at), ZONES[at].1.into(), ZONES[at].2));
    }
    if is_utc(zone) {
        let called = if name.contains("GMT") || name == "Greenwich" { "GMT" } else { "UTC" };
        return Some((None, called.into(), 0));
    }
    let end = name.find(|c: char| !c.is_ascii_alphabetic())?;
    let (letters, rest) = match name.strip_prefix('<') {
        Some(quoted) => quoted.split_once('>')?,
        None => name.split_at(end),
    };
    // West of Greenwich counts as positive.
    let (sign, clock) = match rest.strip_prefix('-') {
        Some(clock) => (1, clock),
        None => (-1, rest.strip_prefix('+').unwrap_or(rest)),
    };
    let (hours, minutes) = clock.split_once(':').unwrap_or((clock, "0"));
    let digits = |text: &str| text.parse::<i16>().ok().filter(|_| text.len() <= 2);
    let (hours, minutes) = (digits(hours)?, digits(minutes)?);
    let fits = letters.len() >= 3 && hours <= 24 && minutes < 60;
    fits.then(|| (None, letters.to_string(), sign * (hours * 60 + minutes)))
}

/// A moment of virtual time by a format; the time zone is UTC, as in a container.
pub fn strftime(format: &[u8], moment: impl Into<FileTime>) -> Vec<u8> {
    shaped(format, moment.into(), ("UTC", 0))
}

/// The same in a zone: how it calls itself, and how many minutes it is ahead of UTC.
pub fn strftime_in(zone: (&str, i16), format: &[u8], moment: FileTime) -> Vec<u8> {
    shaped(format, moment, zone)
}

/// `+08:00`, with so many colons as strftime counts them (3: only where they are needed).
fn ahead_text(minutes: i16, colons: usize) -> String {
    let sign = if minutes < 0 { '-' } else { '+' };
    let (hours, minutes) = (minutes.abs() / 60, minutes.abs() % 60);
    match colons {
        0 => format!("{sign}{hours:02}{minutes:02}"),
        1 => format!("{sign}{hours:02}:{minutes:02}"),
        2 => format!("{sign}{hours:02}:{minutes:02}:00"),
        _ if minutes == 0 => format!("{sign}{hours:02}"),
        _ => format!("{sign}{hours:02}:{minutes:02}"),
    }
}

fn shaped(format: &[u8], moment: FileTime, zone: (&str, i16)) -> Vec<u8> {
    let now = calendar(moment.unix_secs() + i64::from(zone.1) * 60);
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
        let flags = format[at..].iter().take_while(|byte| b"-_0^#+".contains(byte)).count();
        let flag = format[at..at + flags].last().copied();
        at += flags;
        let digits = format[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let width = std::str::from_utf8(&format[at..at + digits])
            .ok()
            .and_then(|text| text.parse::<usize>().ok())
            .unwrap_or(0)
            .min(1_000);
        at += digits;
        let colons = format[at..].iter().take_while(|byte| **byte == b':').count();
        if (1..=3).contains(&colons) && format.get(at + colons) == Some(&b'z') {
            out.extend(ahead_text(zone.1, colons).bytes());
            at += colons + 1;
            continue;
        }
        // C's other representations are the same here.
        at += usize::from(matches!(format.get(at), Some(b'E' | b'O')) && at + 1 < format.len());
        let Some(letter) = format.get(at) else {
            out.extend(&format[start..]);
            break;
        };
        at += 1;
        match field(*letter, &now, moment, zone) {
            Some((text, fill, natural)) => {
                out.extend(padded(&text, fill, natural, flag, width));
            }
            None => out.extend(&format[start..at]),
        }
    }
    out
}

/// The text of a field, what fills it up, and how wide it is by itself.
fn field(
    letter: u8,
    now: &Calendar,
    moment: FileTime,
    zone: (&str, i16),
) -> Option<(String, char, usize)> {
    let two = |n: u32| Some((n.to_string(), '0', 2));
    let hour12 = if now.hour.is_multiple_of(12) { 12 } else { now.hour % 12 };
    let year_day = day_of_year(now);
    let text = |text: &str| Some((text.to_string(), ' ', 0));
    let nested = |format: &[u8]| {
        let bytes = shaped(format, moment, zone);
        Some((String::from_utf8_lossy(&bytes).into_owned(), ' ', 0))
    };
    match letter {
        b'Y' => Some((now.year.to_string(), '0', 4)),
        b'C' => Some((now.year.div_euclid(100).to_string(), '0', 2)),
        b'y' => two(now.year.rem_euclid(100) as u32),
        b'm' => two(now.month),
        b'd' => two(now.day),
        b'e' => Some((now.day.to_string(), ' ', 2)),
        b'H' => two(now.hour),
        b'k' => Some((now.hour.to_string(), ' ', 2)),
        b'I' => two(hour12),
        b'l' => Some((hour12.to_string(), ' ', 2)),
        b'M' => two(now.minute),
        b'S' => two(now.second),
        b'N' => Some((format!("{:09}", u64::from(moment.millis()) * 1_000_000), '0', 9)),
        b's' => text(&moment.unix_secs().to_string()),
        b'j' => Some((year_day.to_string(), '0', 3)),
        b'u' => text(&(now.weekday + 1).to_string()),
        b'w' => text(&((now.weekday + 1) % 7).to_string()),
        b'a' => text(&DAYS[now.weekday as usize][..3]),
        b'A' => text(DAYS[now.weekday as usize]),
        b'b' | b'h' => text(&MONTHS[now.month as usize - 1][..3]),
        b'B' => text(MONTHS[now.month as usize - 1]),
        b'p' => text(if now.hour < 12 { "AM" } else { "PM" }),
        b'P' => text(if now.hour < 12 { "am" } else { "pm" }),
        b'q' => text(&now.month.div_ceil(3).to_string()),
        b'z' => text(&ahead_text(zone.1, 0)),
        b'Z' => text(zone.0),
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
        b'G' => Some((iso_week(now).0.to_string(), '0', 4)),
        b'g' => two(iso_week(now).0.rem_euclid(100) as u32),
        _ => None,
    }
}

fn is_leap(year: i32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// From 1.
fn day_of_year(now: &Calendar) -> u32 {
    const BEFORE: [u32; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
    let leap = u32::from(now.month > 2 && is_leap(now.year));
    BEFORE[now.month as usize - 1] + now.day + leap
}

/// ISO 8601's year and week.
fn iso_week(now: &Calendar) -> (i32, u32) {
    let week = (day_of_year(now) + 9 - now.weekday) / 7;
    let weeks_in = |year: i32| {
        let leaps = |year: i32| year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
        let p = |year: i32| (year + leaps(year)).rem_euclid(7);
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
