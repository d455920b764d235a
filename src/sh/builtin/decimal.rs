//! Decimal numbers as `printf` reads and rounds them, without floats.

use crate::base::real::Real;

/// A decimal with so many places, ties to even; its sign apart.
pub(super) fn fixed(text: &str, places: usize) -> Option<(bool, String)> {
    let places = places.min(1_000);
    let (negative, body) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = body.split_once('.').unwrap_or((body, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || (body == "." && !text.is_empty()) {
        return None;
    }
    if let Some(exact) = long_double(whole, fraction, places) {
        return Some((negative, exact));
    }
    let mut all: Vec<u8> = whole.bytes().chain(fraction.bytes().take(places)).collect();
    all.extend(std::iter::repeat_n(b'0', places.saturating_sub(fraction.len())));
    let rest = fraction.as_bytes().get(places..).unwrap_or_default();
    let tie = rest.first() == Some(&b'5') && rest[1..].iter().all(|digit| *digit == b'0');
    let odd = all.last().is_some_and(|digit| digit % 2 == 1);
    if rest.first().is_some_and(|digit| *digit >= b'5') && (!tie || odd) {
        let mut at = all.len();
        loop {
            if at == 0 {
                all.insert(0, b'1');
                break;
            }
            at -= 1;
            if all[at] == b'9' {
                all[at] = b'0';
            } else {
                all[at] += 1;
                break;
            }
        }
    }
    let cut = all.len() - places;
    let whole = String::from_utf8_lossy(&all[..cut]).trim_start_matches('0').to_string();
    let whole = if whole.is_empty() { "0".to_string() } else { whole };
    let fraction = String::from_utf8_lossy(&all[cut..]).into_owned();
    Some((negative, if places == 0 { whole } else { format!("{whole}.{fraction}") }))
}

/// The digits C prints: of the nearest number with 64 significant bits (x86's `long double`),
/// rounded to so many places. `None` where that takes more than 128 bits.
fn long_double(whole: &str, fraction: &str, places: usize) -> Option<String> {
    let digits = format!("{whole}{fraction}");
    if digits.len() > 18 || places > 18 {
        return None;
    }
    let number: u128 = if digits.is_empty() { 0 } else { digits.parse().ok()? };
    let tens = |n: usize| 10u128.pow(n as u32);
    let one = tens(fraction.len());
    if number == 0 {
        return Some(point("0", places));
    }
    // number / one = mantissa / 2^shift, with a mantissa of 64 bits.
    let mut shift = 0u32;
    let mut scaled = number;
    while scaled / one < 1 << 63 {
        scaled = scaled.checked_mul(2)?;
        shift += 1;
    }
    let mantissa = nearest(scaled, one);
    let rounded = nearest(mantissa.checked_mul(tens(places))?, 1u128.checked_shl(shift)?);
    Some(point(&rounded.to_string(), places))
}

/// A quotient, ties to even.
fn nearest(number: u128, by: u128) -> u128 {
    let (quotient, rest) = (number / by, number % by);
    let up = rest > by - rest || (rest == by - rest && quotient % 2 == 1);
    quotient + u128::from(up)
}

/// Digits with a point before the last `places` of them.
fn point(digits: &str, places: usize) -> String {
    if places == 0 {
        return digits.to_string();
    }
    let padded = format!("{digits:0>width$}", width = places + 1);
    let cut = padded.len() - places;
    format!("{}.{}", &padded[..cut], &padded[cut..])
}

/// What strtod(3) reads besides digits: `inf`, `infinity`, `nan`; and how much of the text that is.
pub(super) fn endless(text: &[u8]) -> Option<(Real, usize)> {
    let blank = text.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let sign = usize::from(matches!(text.get(blank), Some(b'+' | b'-')));
    let word = text[blank + sign..].to_ascii_lowercase();
    let known =
        ["infinity", "inf", "nan"].into_iter().find(|it| word.starts_with(it.as_bytes()))?;
    let value = Real::parse(known)?;
    let value = if text[blank..].starts_with(b"-") { value.negated() } else { value };
    Some((value, blank + sign + known.len()))
}
