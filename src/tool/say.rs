//! Messages of bytes: names need not be UTF-8.

/// Joins texts and names.
macro_rules! say {
    ($($part:expr),+ $(,)?) => {{
        let mut joined: Vec<u8> = Vec::new();
        $(joined.extend_from_slice(AsRef::<[u8]>::as_ref(&$part));)+
        joined
    }};
}
pub(crate) use say;

/// A count in decimal.
pub fn number(bytes: &[u8]) -> Option<u64> {
    if bytes.is_empty() || !bytes.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(bytes).ok()?.parse().ok()
}

/// The part after the last slash, trailing slashes left out; `/` for the root.
pub fn base_name(path: &[u8]) -> &[u8] {
    let trimmed = trim_slashes(path);
    match trimmed.iter().rposition(|byte| *byte == b'/') {
        Some(_) if trimmed == b"/" => trimmed,
        Some(at) => &trimmed[at + 1..],
        None => trimmed,
    }
}

/// Without trailing slashes, the root's left.
pub fn trim_slashes(path: &[u8]) -> &[u8] {
    let mut length = path.len();
    while length > 1 && path[length - 1] == b'/' {
        length -= 1;
    }
    &path[..length]
}

/// `dir/name`.
pub fn join(dir: &[u8], name: &[u8]) -> Vec<u8> {
    if dir.ends_with(b"/") { say!(dir, name) } else { say!(dir, "/", name) }
}
