//! Date texts → moments. Models gnulib's parse-datetime.y: dates, times, zones, days of the
//! week, relative items, bare numbers, in any order.

use super::words::{Token, Unit, tokens};
use crate::base::date::zone_of;
use crate::base::time::{FileTime, calendar, days_from_calendar};

/// The moment a text says in a zone so many minutes ahead of UTC, given what time it is; `None`:
/// it says none, or in a zone that is not known here.
pub fn read(text: &str, now: FileTime, ahead: i16) -> Option<FileTime> {
    let text = text.trim_start();
    let (ahead, text) = match text.strip_prefix("TZ=\"") {
        Some(rest) => {
            let (zone, rest) = rest.split_once('"')?;
            (zone_of(zone)?.2, rest)
        }
        None => (ahead, text),
    };
    let tokens = tokens(text)?;
    if let [Token::Sign(b'@'), number] = tokens[..] {
        return match number {
            Token::Number { value, .. } => Some(FileTime::from_unix(value, 0)),
            Token::Decimal { secs, millis } => Some(FileTime::from_unix(secs, millis)),
            _ => None,
        };
    }
    let mut reader = Reader { tokens: &tokens, at: 0, said: Said::default() };
    while reader.at < tokens.len() {
        reader.item()?;
    }
    let ahead_ms = i64::from(ahead) * 60_000;
    let is_zoned = reader.said.zones > 0;
    let moment = reader.said.moment(FileTime(now.0 + ahead_ms))?;
    Some(if is_zoned { moment } else { FileTime(moment.0 - ahead_ms) })
}

/// What was said so far.
#[derive(Default)]
struct Said {
    dates: u32,
    times: u32,
    days: u32,
    zones: u32,
    rels: u32,
    year: Option<i64>,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
    millis: u32,
    meridian: Option<i64>,
    zone: i64,
    weekday: i64,
    ordinal: i64,
    years_on: i64,
    months_on: i64,
    days_on: i64,
    seconds_on: i64,
    millis_on: i64,
}

struct Reader<'a> {
    tokens: &'a [Token],
    at: usize,
    said: Said,
}

impl Reader<'_> {
    fn peek(&self, ahead: usize) -> Option<Token> {
        self.tokens.get(self.at + ahead).copied()
    }

    /// The number without a sign that stands so far ahead, and its digits.
    fn plain(&self, ahead: usize) -> Option<(i64, usize)> {
        match self.peek(ahead) {
            Some(Token::Number { value, signed: false, digits }) => Some((value, digits)),
            _ => None,
        }
    }

    fn signed(&self, ahead: usize) -> Option<(i64, usize)> {
        match self.peek(ahead) {
            Some(Token::Number { value, signed: true, digits }) => Some((value, digits)),
            _ => None,
        }
    }

    fn item(&mut self) -> Option<()> {
        match self.peek(0)? {
            Token::Number { value, signed: false, digits } => self.plain_number(value, digits),
            Token::Number { value, .. } => match self.peek(1)? {
                Token::Unit(unit, size) => self.relative(2, unit, value.checked_mul(size)?),
                _ => None,
            },
            Token::Decimal { secs, millis } => {
                let Some(Token::Unit(Unit::Second, 1)) = self.peek(1) else { return None };
                self.said.millis_on += i64::from(millis);
                self.relative(2, Unit::Second, secs)
            }
            Token::Month(month) => self.month_first(month),
            Token::Day(day) => {
                let comma = self.peek(1) == Some(Token::Sign(b','));
                self.weekday(day, 0, 1 + usize::from(comma))
            }
            Token::Ordinal(count) => match self.peek(1)? {
                Token::Day(day) => self.weekday(day, count, 2),
                Token::Unit(unit, size) => self.relative(2, unit, count * size),
                _ => None,
            },
            Token::Unit(unit, size) => self.relative(1, unit, size),
            Token::Shift(days) => self.relative(1, Unit::Day, days),
            Token::Zone(east) => {
                self.at += 1;
                self.said.zones += 1;
                self.said.zone = east;
                self.zone_offset(east)
            }
            Token::T => {
                // By itself it is the military zone of that letter.
                self.at += 1;
                self.said.zones += 1;
                self.said.zone = -7 * 3_600;
                Some(())
            }
            Token::Meridian(_) | Token::Ago | Token::Sign(_) => None,
        }
    }

    /// What begins with a number without a sign.
    fn plain_number(&mut self, value: i64, digits: usize) -> Option<()> {
        match self.peek(1) {
            Some(Token::Sign(b':')) => self.time(),
            Some(Token::Meridian(half)) => {
                self.at += 2;
                self.said.times += 1;
                (self.said.hour, self.said.meridian) = (value, Some(half));
                Some(())
            }
            Some(Token::Sign(b'/')) => self.slashed(value, digits),
            Some(Token::Month(month)) => {
                let year = match (self.plain(2), self.signed(2)) {
                    (Some((year, digits)), _) => {
                        let is_time = self.peek(3) == Some(Token::Sign(b':'));
                        (!is_time).then(|| full_year(year, digits))
                    }
                    (_, Some((year, digits))) => Some(full_year(-year, digits)),
                    _ => None,
                };
                self.date(2 + usize::from(year.is_some()), year, month, value)
            }
            Some(Token::Day(day)) => self.weekday(day, value, 2),
            Some(Token::Unit(unit, size)) => self.relative(2, unit, value.checked_mul(size)?),
            Some(Token::Number { value: month, signed: true, .. }) if month <= 0 => {
                let Some((day, _)) = self.signed(2) else { return self.bare(value, digits) };
                self.date(3, Some(full_year(value, digits)), -month, -day)?;
                if self.peek(0) == Some(Token::T) {
                    self.at += 1;
                    self.plain(0)?;
                    return self.time();
                }
                Some(())
            }
            _ => self.bare(value, digits),
        }
    }

    /// `HH[:MM[:SS[.mmm]]]`, then perhaps `am`, or a zone's offset.
    fn time(&mut self) -> Option<()> {
        self.said.times += 1;
        self.said.hour = self.plain(0)?.0;
        self.at += 1;
        (self.said.minute, self.said.second, self.said.millis) = (0, 0, 0);
        if self.peek(0) == Some(Token::Sign(b':')) {
            self.said.minute = self.plain(1)?.0;
            self.at += 2;
        }
        if self.peek(0) == Some(Token::Sign(b':')) {
            (self.said.second, self.said.millis) = match self.peek(1)? {
                Token::Number { value, signed: false, .. } => (value, 0),
                Token::Decimal { secs, millis } => (secs, millis),
                _ => return None,
            };
            self.at += 2;
        }
        if let Some(Token::Meridian(half)) = self.peek(0) {
            self.at += 1;
            self.said.meridian = Some(half);
            return Some(());
        }
        if self.signed(0).is_some() {
            self.said.zones += 1;
            return self.zone_offset(0);
        }
        Some(())
    }

    /// `+HH`, `+HHMM`, `+HH:MM` after a time or a zone.
    fn zone_offset(&mut self, east: i64) -> Option<()> {
        let Some((value, digits)) = self.signed(0) else { return Some(()) };
        let follows_zone = matches!(self.tokens[self.at - 1], Token::Zone(_));
        if follows_zone && matches!(self.peek(1), Some(Token::Unit(..))) {
            // `UTC +1 day`.
            return Some(());
        }
        self.at += 1;
        let size = value.abs();
        let minutes = match self.peek(0) {
            Some(Token::Sign(b':')) => {
                let minutes = self.plain(1)?.0;
                self.at += 2;
                size * 60 + minutes
            }
            _ if digits <= 2 => size * 60,
            _ => size / 100 * 60 + size % 100,
        };
        self.said.zone = east + if value < 0 { -minutes } else { minutes } * 60;
        (minutes <= 24 * 60).then_some(())
    }

    /// `M/D`, `M/D/Y` or `Y/M/D`.
    fn slashed(&mut self, first: i64, digits: usize) -> Option<()> {
        let second = self.plain(2)?.0;
        if self.peek(3) != Some(Token::Sign(b'/')) {
            return self.date(3, None, first, second);
        }
        let (third, third_digits) = self.plain(4)?;
        match digits >= 4 {
            true => self.date(5, Some(first), second, third),
            false => self.date(5, Some(full_year(third, third_digits)), first, second),
        }
    }

    /// `Jan 2`, `Jan 2, 2020`, `Jan-2-2020`.
    fn month_first(&mut self, month: i64) -> Option<()> {
        if let (Some((day, _)), Some((year, digits))) = (self.signed(1), self.signed(2)) {
            return self.date(3, Some(full_year(-year, digits)), month, -day);
        }
        let day = self.plain(1)?.0;
        if self.peek(2) == Some(Token::Sign(b',')) {
            let (year, digits) = self.plain(3)?;
            return self.date(4, Some(full_year(year, digits)), month, day);
        }
        self.date(2, None, month, day)
    }

    fn date(&mut self, used: usize, year: Option<i64>, month: i64, day: i64) -> Option<()> {
        self.at += used;
        self.said.dates += 1;
        self.said.year = year.or(self.said.year);
        (self.said.month, self.said.day) = (month, day);
        Some(())
    }

    fn weekday(&mut self, day: i64, ordinal: i64, used: usize) -> Option<()> {
        self.at += used;
        self.said.days += 1;
        (self.said.weekday, self.said.ordinal) = (day, ordinal);
        Some(())
    }

    /// So many more, or, with `ago`, fewer.
    fn relative(&mut self, used: usize, unit: Unit, count: i64) -> Option<()> {
        self.at += used;
        let ago = self.peek(0) == Some(Token::Ago);
        self.at += usize::from(ago);
        let count = if ago { -count } else { count };
        self.said.rels += 1;
        let sum = match unit {
            Unit::Year => &mut self.said.years_on,
            Unit::Month => &mut self.said.months_on,
            Unit::Day => &mut self.said.days_on,
            Unit::Second => &mut self.said.seconds_on,
        };
        *sum = sum.checked_add(count)?;
        Some(())
    }

    /// A number by itself: a year, a whole date, or a time.
    fn bare(&mut self, value: i64, digits: usize) -> Option<()> {
        self.at += 1;
        let said = &mut self.said;
        if said.dates > 0 && said.year.is_none() && said.rels == 0 && (said.times > 0 || digits > 2)
        {
            said.year = Some(full_year(value, digits));
        } else if digits > 4 {
            said.dates += 1;
            said.year = Some(full_year(value / 10_000, digits - 4));
            (said.month, said.day) = (value / 100 % 100, value % 100);
        } else {
            said.times += 1;
            (said.hour, said.minute) =
                if digits <= 2 { (value, 0) } else { (value / 100, value % 100) };
            (said.second, said.millis) = (0, 0);
        }
        Some(())
    }
}

/// Two digits mean 1969 to 2068.
fn full_year(year: i64, digits: usize) -> i64 {
    match year {
        0..=68 if digits <= 2 => year + 2_000,
        69..=99 if digits <= 2 => year + 1_900,
        _ => year,
    }
}

impl Said {
    fn moment(&self, now: FileTime) -> Option<FileTime> {
        if self.dates > 1 || self.times > 1 || self.days > 1 || self.zones > 1 {
            return None;
        }
        let today = calendar(now.unix_secs());
        let (mut year, mut month, mut day) =
            (i64::from(today.year), i64::from(today.month), i64::from(today.day));
        if self.dates > 0 {
            (year, month, day) = (self.year.unwrap_or(year), self.month, self.day);
        }
        let (secs, millis) = if self.times > 0 {
            (self.time_of_day()?, self.millis)
        } else if self.rels > 0 && self.dates == 0 && self.days == 0 {
            (now.unix_secs().rem_euclid(86_400), now.millis())
        } else {
            (0, 0)
        };
        let days = days_from_calendar(year, month, day);
        let there = calendar(days.checked_mul(86_400)?);
        if (i64::from(there.month), i64::from(there.day)) != (month, day) {
            return None;
        }
        if self.days > 0 && self.dates == 0 {
            let weekday = i64::from(there.weekday + 1) % 7;
            let later = i64::from(self.ordinal > 0 && weekday != self.weekday);
            day += (self.weekday - weekday).rem_euclid(7) + 7 * (self.ordinal - later);
        }
        let days = days_from_calendar(
            year.checked_add(self.years_on)?,
            month.checked_add(self.months_on)?,
            day.checked_add(self.days_on)?,
        );
        let secs = days.checked_mul(86_400)?.checked_add(secs)?;
        let secs = (secs - self.zone).checked_add(self.seconds_on)?;
        let all = FileTime::from_unix(secs, millis);
        Some(FileTime(all.0 + self.millis_on))
    }

    fn time_of_day(&self) -> Option<i64> {
        let hour = match self.meridian {
            None => self.hour,
            Some(half) if (1..=12).contains(&self.hour) => self.hour % 12 + half,
            Some(_) => return None,
        };
        let fits = hour < 24 && self.minute < 60 && self.second < 60;
        fits.then(|| hour * 3_600 + self.minute * 60 + self.second)
    }
}
