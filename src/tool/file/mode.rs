//! File modes, octal and symbolic. Models gnulib's modechange.c.

/// What a mode text does to a file's mode; `None`: not a mode.
pub fn apply(text: &[u8], mode: u32, is_dir: bool, umask: u32) -> Option<u32> {
    if !text.is_empty() && text.iter().all(|byte| (b'0'..=b'7').contains(byte)) {
        let octal = u32::from_str_radix(std::str::from_utf8(text).ok()?, 8).ok()?;
        return (octal <= 0o7777).then_some(octal);
    }
    let mut mode = mode;
    for clause in text.split(|byte| *byte == b',') {
        mode = apply_clause(clause, mode, is_dir, umask)?;
    }
    Some(mode)
}

fn apply_clause(clause: &[u8], mut mode: u32, is_dir: bool, umask: u32) -> Option<u32> {
    let at = clause.iter().position(|byte| b"+-=".contains(byte))?;
    let mut who = 0;
    for byte in &clause[..at] {
        who |= match byte {
            b'u' => 0o4700,
            b'g' => 0o2070,
            b'o' => 0o1007,
            b'a' => 0o7777,
            _ => return None,
        };
    }
    let (who, kept) = if who == 0 { (0o7777, umask) } else { (who, 0) };
    let mut rest = &clause[at..];
    while let Some((operator, tail)) = rest.split_first() {
        if !b"+-=".contains(operator) {
            return None;
        }
        let end = tail.iter().position(|byte| b"+-=".contains(byte)).unwrap_or(tail.len());
        let bits = permissions(&tail[..end], mode, is_dir)? & who & !kept;
        mode = match operator {
            b'+' => mode | bits,
            b'-' => mode & !bits,
            _ => (mode & !(who & 0o777)) | bits,
        };
        rest = &tail[end..];
    }
    Some(mode)
}

fn permissions(letters: &[u8], mode: u32, is_dir: bool) -> Option<u32> {
    let mut bits = 0;
    for letter in letters {
        bits |= match letter {
            b'r' => 0o444,
            b'w' => 0o222,
            b'x' => 0o111,
            b'X' if is_dir || mode & 0o111 != 0 => 0o111,
            b'X' => 0,
            b's' => 0o6000,
            b't' => 0o1000,
            b'u' => spread(mode >> 6),
            b'g' => spread(mode >> 3),
            b'o' => spread(mode),
            _ => return None,
        };
    }
    Some(bits)
}

fn spread(bits: u32) -> u32 {
    (bits & 7) * 0o111
}
