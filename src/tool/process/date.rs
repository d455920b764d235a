//! date.

use super::super::args::{self, Options};
use super::super::say::say;
use super::super::{Context, quote};
use crate::base::date::strftime_unix;
use crate::base::time::calendar;

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
        "" => return Some(now - now % 86_400),
        "now" | "today" => return Some(now),
        "yesterday" => return now.checked_sub(86_400),
        "tomorrow" => return now.checked_add(86_400),
        _ => {}
    }
    if let Some(secs) = text.strip_prefix('@') {
        return secs.parse().ok();
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    if let Some((base, offset)) = with_offset(&words) {
        return read_date(offset.as_bytes(), read_date(base.as_bytes(), now)?);
    }
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
    read_calendar(text, now)
}

/// `DATE +1 day`, `DATE 2 hours ago`: the date, and what is added to it.
fn with_offset(words: &[&str]) -> Option<(String, String)> {
    let ago = usize::from(words.last() == Some(&"ago"));
    let at = words.len().checked_sub(2 + ago).filter(|at| *at > 0)?;
    let signed = words[at].starts_with(['+', '-']) || ago > 0;
    let bare = words[at].bytes().all(|byte| byte.is_ascii_digit());
    let named = words[at + 1].starts_with(|c: char| c.is_ascii_alphabetic());
    (named && (signed || bare)).then(|| (words[..at].join(" "), words[at..].join(" ")))
}

const MONTH_NAMES: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

fn read_calendar(text: &str, now: u64) -> Option<u64> {
    let text = text.trim_end_matches('Z').trim_end_matches(" UTC").replace('T', " ");
    let (mut date, mut time) = (None, (0, 0, 0));
    let (mut day_of_month, mut month_named, mut year_named) = (None, None, None);
    for word in text.split_whitespace() {
        let word = word.trim_end_matches(',');
        let named = word.get(..3).map(str::to_ascii_lowercase);
        let named = named.and_then(|name| MONTH_NAMES.iter().position(|month| *month == name));
        if word.contains(':') {
            time = read_time(word)?;
        } else if let Some(month) = named {
            month_named = Some(month as u64 + 1);
        } else if word.bytes().all(|byte| byte.is_ascii_digit()) && word.len() < 8 {
            let number = word.parse().ok()?;
            match word.len() {
                1 | 2 => day_of_month = Some(number),
                _ => year_named = Some(number),
            }
        } else {
            date = Some(read_day(word)?);
        }
    }
    if let (Some(month), Some(day)) = (month_named, day_of_month) {
        let this_year = u64::from(calendar(now).year);
        date = Some((year_named.unwrap_or(this_year), month, day));
    } else if month_named.is_some() || day_of_month.is_some() || year_named.is_some() {
        return None;
    }
    let midnight = match date {
        Some(date) => days_since_epoch(date)? * 86_400,
        None => now - now % 86_400,
    };
    Some(midnight + time.0 * 3_600 + time.1 * 60 + time.2)
}

/// `YYYY-MM-DD`, `YYYY/MM/DD`, `MM/DD/YYYY`, `YYYYMMDD`.
fn read_day(word: &str) -> Option<(u64, u64, u64)> {
    if word.len() == 8 && word.bytes().all(|byte| byte.is_ascii_digit()) {
        let part = |range: std::ops::Range<usize>| word[range].parse().ok();
        return Some((part(0..4)?, part(4..6)?, part(6..8)?));
    }
    let separator = if word.contains('/') { '/' } else { '-' };
    let parts: Vec<u64> = word.split(separator).map(|n| n.parse().ok()).collect::<Option<_>>()?;
    match parts[..] {
        [month, day, year] if separator == '/' && year > 31 => Some((year, month, day)),
        [year, month, day] => Some((year, month, day)),
        _ => None,
    }
}

/// `HH:MM`, `HH:MM:SS`, the latter with a fraction that is dropped.
fn read_time(word: &str) -> Option<(u64, u64, u64)> {
    let word = word.split_once('.').map_or(word, |(whole, _)| whole);
    let parts: Vec<u64> = word.split(':').map(|n| n.parse().ok()).collect::<Option<_>>()?;
    let (hour, minute, second) = match parts[..] {
        [hour, minute] => (hour, minute, 0),
        [hour, minute, second] => (hour, minute, second),
        _ => return None,
    };
    (hour < 24 && minute < 60 && second < 61).then_some((hour, minute, second))
}

fn days_since_epoch((year, month, day): (u64, u64, u64)) -> Option<u64> {
    if !(1970..=9999).contains(&year) || !(1..=12).contains(&month) {
        return None;
    }
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 31,
    };
    if !(1..=last).contains(&day) {
        return None;
    }
    let (y, m) = if month <= 2 { (year - 1, month + 9) } else { (year, month - 3) };
    let days = 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1;
    days.checked_sub(719_468)
}
