//! How long ago something was. Models apimachinery/pkg/util/duration.

use crate::base::{Millis, SimTime};
use crate::manifest::object::Time;

/// Two units at most, coarser the longer it is.
pub fn human_duration(duration: Millis) -> String {
    let secs = duration.0 / 1_000;
    let (minutes, hours) = (secs / 60, secs / 3_600);
    let pair = |big: u64, big_unit: &str, small: u64, small_unit: &str| match small {
        0 => format!("{big}{big_unit}"),
        small => format!("{big}{big_unit}{small}{small_unit}"),
    };
    if secs < 120 {
        return format!("{secs}s");
    }
    if minutes < 10 {
        return pair(minutes, "m", secs % 60, "s");
    }
    if minutes < 180 {
        return format!("{minutes}m");
    }
    if hours < 8 {
        return pair(hours, "h", minutes % 60, "m");
    }
    if hours < 48 {
        return format!("{hours}h");
    }
    if hours < 24 * 8 {
        return pair(hours / 24, "d", hours % 24, "h");
    }
    if hours < 24 * 365 * 2 {
        return format!("{}d", hours / 24);
    }
    if hours < 24 * 365 * 8 {
        return pair(hours / 24 / 365, "y", hours / 24 % 365, "d");
    }
    format!("{}y", hours / 24 / 365)
}

/// How long ago a moment was; one to come (a deletion's, mostly) is `<invalid>`.
pub(super) fn since(time: Option<Time>, now: SimTime) -> String {
    match time {
        None => "<unknown>".to_string(),
        Some(time) if time.0.since(now) >= Millis::secs(2) => "<invalid>".to_string(),
        Some(time) => human_duration(now.since(time.0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_as_in_facts_d1() {
        let rows = [
            (0, "0s"),
            (119, "119s"),
            (120, "2m"),
            (130, "2m10s"),
            (300, "5m"),
            (599, "9m59s"),
            (600, "10m"),
            (179 * 60 + 59, "179m"),
            (3 * 3_600, "3h"),
            (3 * 3_600 + 300, "3h5m"),
            (47 * 3_600, "47h"),
            (53 * 3_600, "2d5h"),
            (300 * 86_400, "300d"),
            (740 * 86_400, "2y10d"),
        ];
        for (secs, want) in rows {
            assert_eq!(human_duration(Millis::secs(secs)), want);
        }
    }
}
