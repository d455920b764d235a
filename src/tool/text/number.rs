//! Numbers at the start of a text, as strtod(3) reads them.

/// The number a text begins with (after blanks), and how many bytes it takes.
pub fn leading_number(text: &[u8]) -> (f64, usize) {
    let blank = text.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let mut end = blank + usize::from(matches!(text.get(blank), Some(b'+' | b'-')));
    let digits = |from: usize| text[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let whole = digits(end);
    end += whole;
    let mut fraction = 0;
    if text.get(end) == Some(&b'.') {
        fraction = digits(end + 1);
        if whole + fraction > 0 {
            end += 1 + fraction;
        }
    }
    if whole + fraction == 0 {
        return (0.0, 0);
    }
    if matches!(text.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(text.get(end + 1), Some(b'+' | b'-')));
        let count = text.get(end + 1 + sign..).map_or(0, |_| digits(end + 1 + sign));
        if count > 0 {
            end += 1 + sign + count;
        }
    }
    let value = std::str::from_utf8(&text[blank..end]).ok().and_then(|text| text.parse().ok());
    (value.unwrap_or(0.0), end)
}
