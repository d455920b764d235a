//! What dash says and shows where bash differs.

use crate::os::Errno;

/// Models `single_quote`: `'…'`, with quotes in `"…"`.
pub(super) fn single_quote(text: &[u8]) -> Vec<u8> {
    let mut all = Vec::new();
    let mut rest = text;
    loop {
        let plain = rest.iter().position(|byte| *byte == b'\'').unwrap_or(rest.len());
        all.extend_from_slice(&[b"'", &rest[..plain], b"'"].concat());
        rest = &rest[plain..];
        let quotes = rest.iter().take_while(|byte| **byte == b'\'').count();
        if quotes == 0 {
            return all;
        }
        all.extend_from_slice(&[b"\"", &rest[..quotes], b"\""].concat());
        rest = &rest[quotes..];
        if rest.is_empty() {
            return all;
        }
    }
}

/// `set -o`'s names, in dash's order.
pub(super) const OPTIONS: [&str; 18] = [
    "errexit",
    "noglob",
    "ignoreeof",
    "interactive",
    "monitor",
    "noexec",
    "stdin",
    "xtrace",
    "verbose",
    "vi",
    "emacs",
    "noclobber",
    "allexport",
    "notify",
    "nounset",
    "privileged",
    "nolog",
    "debug",
];

/// What is wrong with an expression.
pub(super) fn arith_message(text: &[u8], message: &[u8]) -> Vec<u8> {
    [b"arithmetic expression: ", message, b": \"", text, b"\""].concat()
}

/// A file that cannot be opened.
pub(super) fn open_message(path: &[u8], write: bool, errno: Errno) -> Vec<u8> {
    let verb: &[u8] = if write { b"cannot create " } else { b"cannot open " };
    let why = match errno {
        Errno::Noent if write => "Directory nonexistent",
        Errno::Noent => "No such file",
        other => other.text(),
    };
    [verb, path, b": ", why.as_bytes()].concat()
}

/// Models `hashvar` and `cmdlookup`: the order of a listing is that of a hash table.
pub(super) fn hash(name: &[u8]) -> u32 {
    let first = name.first().map_or(0, |byte| u32::from(*byte) << 4);
    name.iter().fold(first, |sum, byte| sum + u32::from(*byte)) & 0x7fff
}
