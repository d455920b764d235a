//! LIKE and REGEXP.

use crate::ere::{Flags, Regex};
use crate::mysql::data::latin::weight;
use crate::mysql::sql::SqlError;

/// REGEXP: a POSIX extended expression; case does not count.
pub(super) fn regexp(text: &str, pattern: &str) -> Result<bool, SqlError> {
    let flags = Flags { extended: true, icase: true, utf8: true, ..Flags::default() };
    match Regex::new(pattern.as_bytes(), flags) {
        Ok(regex) => Ok(regex.is_match(text.as_bytes())),
        Err(error) => {
            let text = format!("Got error '{}' from regexp", error.text().to_lowercase());
            Err(SqlError::new(1139, text))
        }
    }
}

/// LIKE: `%` any text, `_` one character, `\` takes the next one literally; case does not count.
pub fn like(text: &str, pattern: &str) -> bool {
    let (text, pattern) = (text.as_bytes(), pattern.as_bytes());
    let (mut t, mut p) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        let escaped = pattern.get(p) == Some(&b'\\') && p + 1 < pattern.len();
        let literal = if escaped { pattern.get(p + 1) } else { pattern.get(p) };
        if !escaped && literal == Some(&b'%') {
            star = Some((p, t));
            p += 1;
        } else if literal.is_some_and(|c| (*c == b'_' && !escaped) || weight(*c) == weight(text[t]))
        {
            p += if escaped { 2 } else { 1 };
            t += 1;
        } else if let Some((star_p, star_t)) = star {
            p = star_p + 1;
            t = star_t + 1;
            star = Some((star_p, star_t + 1));
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|c| *c == b'%')
}
