//! date, and strftime(3) in UTC.

use super::super::args::{self, Options};
use super::super::say::{number, say};
use super::super::{Context, quote};
use crate::base::SimTime;
use crate::base::time::{Calendar, calendar};

const DAYS: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS: [&str; 12] = [
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

fn strftime_unix(format: &[u8], secs: u64, millis: u32) -> Vec<u8> {
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
        let width = number(&format[at..at + digits]).unwrap_or(0).min(1_000) as usize;
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
    say!(fill.to_string().repeat(missing), text)
}

const DATE: Options = Options {
    short: "uRd:I::|",
    long: &[
        ("utc", 'u'),
        ("universal", 'u'),
        ("rfc-email", 'R'),
        ("rfc-2822", 'R'),
        ("date", 'd'),
        ("iso-8601", 'I'),
    ],
    lacking: "frs file reference set rfc-3339 debug",
    fail: 1,
    stop_early: false,
};

/// date: virtual time, UTC.
pub fn date(cx: &mut Context) -> u8 {
    let args = match args::parse(cx, &DATE) {
        Ok(args) => args,
        Err(code) => return code,
    };
    let now = cx.sys.now();
    let (mut secs, mut millis) = (now.unix_secs(), (now.0 % 1_000) as u32);
    if let Some(text) = args.value('d') {
        match read_date(text, secs) {
            Some(read) => (secs, millis) = (read, 0),
            None => {
                cx.not_modelled("-d");
                cx.complain(say!("invalid date ", quote::always(text)));
                return 1;
            }
        }
    }
    let mut format = match (args.has('R'), args.value('I')) {
        (true, _) => b"%a, %d %b %Y %H:%M:%S %z".to_vec(),
        (_, Some(b"" | b"date")) => b"%Y-%m-%d".to_vec(),
        (_, Some(b"hours")) => b"%Y-%m-%dT%H+00:00".to_vec(),
        (_, Some(b"minutes")) => b"%Y-%m-%dT%H:%M+00:00".to_vec(),
        (_, Some(b"seconds")) => b"%Y-%m-%dT%H:%M:%S+00:00".to_vec(),
        (_, Some(b"ns")) => b"%Y-%m-%dT%H:%M:%S,%N+00:00".to_vec(),
        (_, Some(other)) => {
            cx.complain(say!("invalid argument ", quote::always(other), " for '--iso-8601'"));
            return args::usage(cx, 1);
        }
        _ => b"%a %b %e %H:%M:%S %Z %Y".to_vec(),
    };
    match args.operands.as_slice() {
        [] => {}
        [wanted] if wanted.starts_with(b"+") => format = wanted[1..].to_vec(),
        [wrong] => {
            cx.complain(say!("invalid date ", quote::always(wrong)));
            return 1;
        }
        [_, extra, ..] => return args::extra_operand(cx, extra, 1),
    }
    cx.print(say!(strftime_unix(&format, secs, millis), "\n"));
    0
}

/// `now`, `@SECONDS`, `YYYY-MM-DD [HH:MM[:SS]]`, and `N unit [ago]`, `yesterday`, `tomorrow`.
fn read_date(text: &[u8], now: u64) -> Option<u64> {
    let text = std::str::from_utf8(text).ok()?.trim();
    match text {
        "" | "now" | "today" => return Some(now),
        "yesterday" => return now.checked_sub(86_400),
        "tomorrow" => return now.checked_add(86_400),
        _ => {}
    }
    if let Some(secs) = text.strip_prefix('@') {
        return secs.parse().ok();
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    if let [count, unit, rest @ ..] = words.as_slice()
        && let Ok(count) = count.trim_start_matches('+').parse::<i64>()
    {
        let unit = match unit.trim_end_matches('s') {
            "sec" | "second" => 1,
            "min" | "minute" => 60,
            "hour" => 3_600,
            "day" => 86_400,
            "week" => 604_800,
            _ => return None,
        };
        let sign = match rest {
            [] => 1,
            ["ago"] => -1,
            _ => return None,
        };
        return now.checked_add_signed(count.checked_mul(unit)?.checked_mul(sign)?);
    }
    read_calendar(text)
}

fn read_calendar(text: &str) -> Option<u64> {
    let text = text.trim_end_matches('Z').trim_end_matches(" UTC");
    let (date, time) = text.split_once(['T', ' ']).unwrap_or((text, "00:00"));
    let date: Vec<u64> = date.split('-').map(|n| n.parse().ok()).collect::<Option<_>>()?;
    let time: Vec<u64> = time.split(':').map(|n| n.parse().ok()).collect::<Option<_>>()?;
    let [year @ 1970..=9999, month @ 1..=12, day @ 1..=31] = date[..] else { return None };
    let (hour, minute, second) = match time[..] {
        [hour, minute] => (hour, minute, 0),
        [hour, minute, second] => (hour, minute, second),
        _ => return None,
    };
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let (y, m) = if month <= 2 { (year - 1, month + 9) } else { (year, month - 3) };
    let days = 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1;
    let days = days.checked_sub(719_468)?;
    Some(days * 86_400 + hour * 3_600 + minute * 60 + second)
}
