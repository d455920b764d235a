//! Time zones, as `time_zone` names them.

use serde::{Deserialize, Serialize};

use super::moment::{DAY, SECOND, days_from_civil};
use crate::base::date::{CHINESE_ZONES, ZONES, zone_of};

/// A time zone.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub enum Zone {
    /// The one in which the server's own clock goes (`SYSTEM`).
    #[default]
    System,
    /// So many minutes ahead of UTC: `+08:00`.
    Offset(i16),
    /// One of [`ZONES`].
    Named(u8),
}

/// How tzdata's names begin, and those of one word.
const REGIONS: &str = " AFRICA AMERICA ANTARCTICA ARCTIC ASIA ATLANTIC AUSTRALIA BRAZIL CANADA \
    CHILE ETC EUROPE INDIAN MEXICO PACIFIC US ";
const WORDS: &str = " CET CST6CDT CUBA EET EGYPT EIRE EST EST5EDT GB GB-EIRE GMT0 GREENWICH HST \
    HONGKONG ICELAND IRAN ISRAEL JAMAICA KWAJALEIN LIBYA MET MST MST7MDT NAVAJO NZ NZ-CHAT \
    POLAND PORTUGAL PST8PDT ROC ROK SINGAPORE TURKEY UCT UNIVERSAL W-SU WET ZULU ";

/// Whether [`Zone::parse`] finds nothing because the zone is not modelled.
pub fn is_other_zone(text: &str) -> bool {
    let upper = text.to_ascii_uppercase();
    let (region, list) = match upper.split_once('/') {
        Some((region, _)) => (region, REGIONS),
        None => (upper.as_str(), WORDS),
    };
    list.contains(&format!(" {region} "))
}

impl Zone {
    /// `SYSTEM`, `+8:00`, `Asia/Shanghai` (`my_tz_find` and `str_to_offset` of sql/tztime.cc).
    /// `None`: there is none of this name, or it is not modelled.
    pub fn parse(text: &str) -> Option<Zone> {
        if text.eq_ignore_ascii_case("SYSTEM") {
            return Some(Zone::System);
        }
        if let Some(at) = ZONES.iter().position(|(name, ..)| name.eq_ignore_ascii_case(text)) {
            return Some(Zone::Named(at as u8));
        }
        let (sign, clock) = match (text.strip_prefix('+'), text.strip_prefix('-')) {
            (Some(clock), _) => (1, clock),
            (_, Some(clock)) => (-1, clock),
            _ => return None,
        };
        let (hours, minutes) = clock.split_once(':')?;
        let number = |text: &str| {
            let is_number = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
            text.parse::<i16>().ok().filter(|_| is_number)
        };
        let (hours, minutes) = (number(hours)?, number(minutes)?);
        let all = sign * (hours.checked_mul(60)?.checked_add(minutes)?);
        (minutes < 60 && (-12 * 60 - 59..=13 * 60).contains(&all)).then_some(Zone::Offset(all))
    }

    /// As `TZ` names it, for the server's own: see [`zone_of`].
    pub fn of_tz(zone: &str) -> Option<Zone> {
        let (at, _, minutes) = zone_of(zone)?;
        Some(at.map_or(Zone::Offset(minutes), |at| Zone::Named(at as u8)))
    }

    /// The zone of a program with this environment: UTC, if its `TZ` is not modelled.
    pub fn of_env(env: &[(Vec<u8>, Vec<u8>)]) -> Zone {
        let zone = env.iter().rev().find(|(name, _)| name == b"TZ");
        let zone = zone.map(|(_, value)| String::from_utf8_lossy(value).into_owned());
        zone.and_then(|zone| Zone::of_tz(&zone)).unwrap_or_default()
    }

    /// A moment of UTC as this zone's clocks show it, both in seconds since 1970.
    pub fn local(self, seconds: i64) -> i64 {
        seconds + self.ahead() / SECOND
    }

    /// As `@@time_zone` shows it.
    pub fn text(self) -> String {
        match self {
            Zone::System => "SYSTEM".into(),
            Zone::Offset(all) => {
                let sign = if all < 0 { '-' } else { '+' };
                format!("{sign}{:02}:{:02}", all.abs() / 60, all.abs() % 60)
            }
            Zone::Named(at) => ZONES[usize::from(at)].0.into(),
        }
    }

    /// How many microseconds its clocks are ahead of UTC.
    pub fn ahead(self) -> i64 {
        let minutes = match self {
            Zone::System => 0,
            Zone::Offset(minutes) => minutes,
            Zone::Named(at) => ZONES[usize::from(at)].2,
        };
        i64::from(minutes) * 60 * SECOND
    }

    /// Whether its clocks showed something else at a moment (of UTC) than [`Zone::ahead`] says.
    pub fn was_other(self, moment: i64) -> bool {
        let from = days_from_civil(1986, 5, 3) * DAY;
        let to = days_from_civil(1991, 9, 16) * DAY;
        matches!(self, Zone::Named(at) if usize::from(at) < CHINESE_ZONES)
            && (from..to).contains(&moment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_read_as_mysql_reads_them() {
        let rows = [
            ("+8:00", Some("+08:00")),
            ("-03:30", Some("-03:30")),
            ("+13:00", Some("+13:00")),
            ("+13:01", None),
            ("-12:59", Some("-12:59")),
            ("-13:00", None),
            ("+8", None),
            ("+08:60", None),
            ("8:00", None),
            ("system", Some("SYSTEM")),
            ("asia/shanghai", Some("Asia/Shanghai")),
            ("Mars/Base", None),
        ];
        for (written, text) in rows {
            assert_eq!(Zone::parse(written).map(Zone::text).as_deref(), text, "{written}");
        }
        let ahead = |zone: &str| Zone::of_tz(zone).map(|zone| zone.ahead() / SECOND / 60);
        let rows =
            [("CST-8", Some(480)), ("UTC+3:30", Some(-210)), ("<+08>-8", Some(480)), ("C-8", None)];
        for (written, minutes) in rows {
            assert_eq!(ahead(written), minutes, "{written}");
        }
    }
}
