//! Days, weeks and formats.

use crate::base::date::{DAYS, MONTHS};
use crate::mysql::data::{
    DAY, SECOND, Value, days_from_civil, days_of_month, fields, fraction_text, micros, moment_text,
};

/// Days since Monday.
pub(super) fn weekday(moment: i64) -> usize {
    (moment.div_euclid(DAY).saturating_add(3)).rem_euclid(7) as usize
}

/// 1 for the first of January.
pub(super) fn day_of_year(moment: i64) -> i64 {
    let [year, ..] = fields(moment);
    moment.div_euclid(DAY) - days_from_civil(year.into(), 1, 1) + 1
}

/// The week's year and number (`calc_week` of sql-common/my_time.c). Mode: 1 = Monday first; 2 =
/// weeks 1 to 53, not 0; 4 = week 1 begins on the first Sunday (or Monday), else it is the first
/// with more than three days.
pub(super) fn week(moment: i64, mode: u8) -> (i64, i64) {
    // Whether Monday is first turns the third bit around (`week_mode`).
    let mode = if mode & 1 == 0 { mode ^ 4 } else { mode };
    let (monday, year_week, first_weekday) = (mode & 1 != 0, mode & 2 != 0, mode & 4 != 0);
    let mut week_year = year_week;
    let [year, month, day, ..] = fields(moment);
    let mut year = i64::from(year);
    let today = moment.div_euclid(DAY);
    let first_of = |year: i64| days_from_civil(year.unsigned_abs(), 1, 1);
    let offset = |days: i64| {
        let since_monday = (days + 3).rem_euclid(7);
        if monday { since_monday } else { (since_monday + 1) % 7 }
    };
    let days_in = |year: i64| first_of(year + 1) - first_of(year);
    let mut first = first_of(year);
    let mut weekday = offset(first);
    if month == 1 && i64::from(day) <= 7 - weekday {
        if !week_year && ((first_weekday && weekday != 0) || (!first_weekday && weekday >= 4)) {
            return (year, 0);
        }
        week_year = true;
        year -= 1;
        let days = days_in(year);
        first -= days;
        weekday = (weekday + 53 * 7 - days) % 7;
    }
    let days = if (first_weekday && weekday != 0) || (!first_weekday && weekday >= 4) {
        today - (first + 7 - weekday)
    } else {
        today - (first - weekday)
    };
    if week_year && days >= 52 * 7 {
        let weekday = (weekday + days_in(year)) % 7;
        if (!first_weekday && weekday < 4) || (first_weekday && weekday == 0) {
            return (year + 1, 1);
        }
    }
    (year, days / 7 + 1)
}

fn ordinal(day: u32) -> String {
    let end = match (day % 10, day / 10 % 10) {
        (_, 1) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{day}{end}")
}

/// DATE_FORMAT.
pub(super) fn date_format(moment: i64, format: &str) -> String {
    let [year, month, day, hour, minute, second] = fields(moment);
    let half = if hour % 24 >= 12 { "PM" } else { "AM" };
    let twelve = (hour + 11) % 12 + 1;
    let month_name = MONTHS[(month as usize + 11) % 12];
    let mut out = String::new();
    let mut chars = format.chars();
    while let Some(next) = chars.next() {
        if next != '%' {
            out.push(next);
            continue;
        }
        let Some(letter) = chars.next() else {
            out.push('%');
            break;
        };
        let part = match letter {
            'Y' => format!("{year:04}"),
            'y' => format!("{:02}", year % 100),
            'm' => format!("{month:02}"),
            'c' => month.to_string(),
            'd' => format!("{day:02}"),
            'e' => day.to_string(),
            'D' => ordinal(day),
            'j' => format!("{:03}", day_of_year(moment)),
            'H' => format!("{hour:02}"),
            'k' => hour.to_string(),
            'h' | 'I' => format!("{twelve:02}"),
            'l' => twelve.to_string(),
            'i' => format!("{minute:02}"),
            's' | 'S' => format!("{second:02}"),
            'f' => fraction_text(micros(moment), 6)[1..].into(),
            'p' => half.into(),
            'r' => format!("{twelve:02}:{minute:02}:{second:02} {half}"),
            'T' => moment_text(moment, 0)[11..].into(),
            'M' => month_name.into(),
            'b' => month_name[..3].into(),
            'W' => DAYS[weekday(moment)].into(),
            'a' => DAYS[weekday(moment)][..3].into(),
            'w' => ((weekday(moment) + 1) % 7).to_string(),
            'U' => format!("{:02}", week(moment, 0).1),
            'u' => format!("{:02}", week(moment, 1).1),
            'V' => format!("{:02}", week(moment, 2).1),
            'v' => format!("{:02}", week(moment, 3).1),
            'X' => format!("{:04}", week(moment, 2).0),
            'x' => format!("{:04}", week(moment, 3).0),
            other => other.to_string(),
        };
        out.push_str(&part);
    }
    out
}

/// The month a text begins with the name (or its first three letters) of, and how long that is.
fn month_named(text: &str, whole: bool) -> Option<(u64, usize)> {
    let length = |name: &str| if whole { name.len() } else { 3 };
    let begins = |name: &&str| {
        let front = text.get(..length(name));
        front.is_some_and(|front| front.eq_ignore_ascii_case(&name[..length(name)]))
    };
    let at = MONTHS.iter().position(begins)?;
    Some((at as u64 + 1, length(MONTHS[at])))
}

fn whole_date(parts: [u64; 6], micros: Option<i64>, dated: bool, timed: bool) -> Option<Value> {
    let [year, month, day, hour, minute, second] = parts;
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let clock = (hour * 3_600 + minute * 60 + second) as i64;
    if !dated {
        // A time has no date, which NO_ZERO_DATE does not let pass.
        return None;
    }
    let good = (1..=12).contains(&month) && (1..=days_of_month(year, month)).contains(&day);
    if !good {
        return None;
    }
    let days = days_from_civil(year, month, day);
    let moment = days * DAY + clock * SECOND + micros.unwrap_or(0);
    let digits = if micros.is_some() { 6 } else { 0 };
    Some(if timed { Value::Moment(moment, digits) } else { Value::Date(days) })
}

/// The microseconds a text begins with, at most six digits, and the rest of it.
fn fraction(text: &str) -> (Option<i64>, &str) {
    let length = text.bytes().take(6).take_while(u8::is_ascii_digit).count();
    (format!("{:0<6}", &text[..length]).parse().ok(), &text[length..])
}

/// STR_TO_DATE: a date, a time or a moment, by what the format asks for.
pub(super) fn str_to_date(text: &str, format: &str) -> Option<Value> {
    let mut rest = text.trim_start();
    let mut parts = [0_u64; 6];
    let (mut afternoon, mut dated, mut timed) = (None, false, false);
    let mut micros = None;
    let mut letters = format.chars();
    while let Some(letter) = letters.next() {
        if letter.is_whitespace() {
            rest = rest.trim_start();
            continue;
        }
        if letter != '%' {
            rest = rest.strip_prefix(letter)?;
            continue;
        }
        rest = rest.trim_start();
        let letter = letters.next()?;
        let (at, digits) = match letter {
            'Y' => (0, 4),
            'y' => (0, 2),
            'm' | 'c' => (1, 2),
            'd' | 'e' => (2, 2),
            'H' | 'k' | 'h' | 'I' | 'l' => (3, 2),
            'i' => (4, 2),
            's' | 'S' => (5, 2),
            'T' => {
                let end = rest.find(' ').unwrap_or(rest.len());
                let (clock, _) = crate::mysql::data::parse_clock(&rest[..end])?;
                let clock = clock.unsigned_abs() / SECOND as u64;
                (parts[3], parts[4], parts[5]) = (clock / 3_600, clock / 60 % 60, clock % 60);
                timed = true;
                rest = &rest[end..];
                continue;
            }
            'M' | 'b' => {
                let (month, length) = month_named(rest, letter == 'M')?;
                rest = &rest[length..];
                parts[1] = month;
                dated = true;
                continue;
            }
            'f' => {
                (micros, rest) = fraction(rest);
                timed = true;
                continue;
            }
            'p' => {
                afternoon = Some(rest.get(..2)?.eq_ignore_ascii_case("PM"));
                rest = &rest[2..];
                continue;
            }
            _ => return None,
        };
        let length = rest.bytes().take(digits).take_while(u8::is_ascii_digit).count();
        let number: u64 = rest[..length].parse().ok()?;
        parts[at] = match (letter, number) {
            ('y', 0..70) => 2_000 + number,
            ('y', _) => 1_900 + number,
            ('h' | 'I' | 'l', 12) => 0,
            _ => number,
        };
        rest = &rest[length..];
        if at < 3 { dated = true } else { timed = true }
    }
    if afternoon == Some(true) {
        parts[3] += 12;
    }
    whole_date(parts, micros, dated, timed)
}
