//! What plain texts mean. Models yaml/v2's resolve.go.

/// Whether a plain text would be read as something else than a text. Models `resolve`.
pub(super) fn is_something_else(it: &str) -> bool {
    const WORDS: [&str; 9] = ["y", "yes", "true", "on", "n", "no", "false", "off", "null"];
    if ["", "~", "<<"].contains(&it) {
        return true;
    }
    let one_case = it == it.to_lowercase() || it == it.to_uppercase() || is_title(it);
    if one_case && WORDS.contains(&it.to_lowercase().as_str()) {
        return true;
    }
    let bare = it.strip_prefix(['+', '-']).unwrap_or(it);
    if one_case && [".inf", ".nan"].contains(&bare.to_lowercase().as_str()) {
        return true;
    }
    if !bare.starts_with(|one: char| one.is_ascii_digit() || one == '.') {
        return false;
    }
    is_number(&bare.replace('_', "")) || is_base_60(bare) || is_time(it)
}

fn is_title(it: &str) -> bool {
    let mut letters = it.chars();
    letters.next().is_some_and(char::is_uppercase) && letters.all(char::is_lowercase)
}

fn is_number(it: &str) -> bool {
    let in_base = |digits: &str, base: u32| {
        !digits.is_empty() && digits.chars().all(|one| one.is_digit(base))
    };
    for (mark, base) in [("0x", 16), ("0X", 16), ("0b", 2), ("0B", 2), ("0o", 8), ("0O", 8)] {
        if let Some(digits) = it.strip_prefix(mark) {
            return in_base(digits, base);
        }
    }
    let (number, power) = match it.split_once(['e', 'E']) {
        Some((number, power)) => (number, Some(power)),
        None => (it, None),
    };
    let power_is_good = power.is_none_or(|power| {
        power.strip_prefix(['+', '-']).is_some_and(|digits| in_base(digits, 10))
    });
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    power_is_good && (whole.is_empty() || in_base(whole, 10)) && in_base(fraction, 10)
}

/// `190:20:30`, which once was a number.
fn is_base_60(it: &str) -> bool {
    let (whole, _) = it.split_once('.').unwrap_or((it, ""));
    let mut parts = whole.split(':');
    let first = parts.next().unwrap_or_default();
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|one| one.is_ascii_digit());
    let rest: Vec<&str> = parts.collect();
    let small = |part: &&str| digits(part) && part.parse::<u32>().is_ok_and(|n| n < 60);
    digits(&first.replace('_', "")) && !rest.is_empty() && rest.iter().all(small)
}

/// A day, or a moment: `2026-01-05`, `2026-01-05T08:00:00Z`.
fn is_time(it: &str) -> bool {
    let (day, clock) = it.split_once(['T', 't', ' ']).unwrap_or((it, ""));
    let parts: Vec<&str> = day.split('-').collect();
    let digits = |part: &&str, most: usize| {
        (1..=most).contains(&part.len()) && part.bytes().all(|one| one.is_ascii_digit())
    };
    let is_day = matches!(parts.as_slice(), [year, month, day]
        if year.len() == 4 && digits(year, 4) && digits(month, 2) && digits(day, 2));
    let clock = clock.split(['Z', '+', '.']).next().unwrap_or_default();
    let is_clock = |clock: &str| {
        let parts: Vec<&str> = clock.split(':').collect();
        parts.len() == 3 && parts.iter().all(|part| digits(part, 2))
    };
    is_day && (day.len() == it.len() || is_clock(clock))
}
