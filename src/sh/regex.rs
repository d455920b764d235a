//! `=~`: the door to [`crate::ere`].

use crate::ere::{Flags, Regex};

/// The whole and the groups (an empty text for one that took no part), or `None` if it does not
/// match. `Err`: the pattern cannot be compiled.
pub(super) fn matched(
    pattern: &[u8],
    text: &[u8],
    icase: bool,
) -> Result<Option<Vec<Vec<u8>>>, ()> {
    let regex = Regex::new(pattern, Flags { icase, ..Flags::EXTENDED }).map_err(|_| ())?;
    let groups = regex.find(text, 0, false);
    Ok(groups.map(|groups| {
        let text = |group: Option<(usize, usize)>| match group {
            Some((start, end)) => text[start..end].to_vec(),
            None => Vec::new(),
        };
        groups.into_iter().map(text).collect()
    }))
}
