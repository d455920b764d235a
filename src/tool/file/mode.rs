//! File modes, octal and symbolic. Models gnulib's modechange.c.

/// The bits for which a directory keeps what it has, unless they are named.
const KEPT: u32 = 0o6000;

/// What a mode text does to a file's mode; `None`: not a mode.
pub fn apply(text: &[u8], mode: u32, is_dir: bool, umask: u32) -> Option<u32> {
    if let Some(octal) = octal(text) {
        // With five digits all bits are named.
        let named = if text.len() < 5 { octal } else { KEPT };
        let kept = if is_dir { KEPT & !named } else { 0 };
        return Some(octal | (mode & kept));
    }
    let mut mode = mode;
    for clause in text.split(|byte| *byte == b',') {
        mode = apply_clause(clause, mode, is_dir, umask)?;
    }
    Some(mode)
}

/// Octal digits as mode bits.
fn octal(text: &[u8]) -> Option<u32> {
    let is_octal = !text.is_empty() && text.iter().all(|byte| (b'0'..=b'7').contains(byte));
    let value = u32::from_str_radix(std::str::from_utf8(text).ok()?, 8).ok()?;
    Some(value).filter(|value| is_octal && *value <= 0o7777)
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
    let mut rest = &clause[at..];
    while let Some((operator, tail)) = rest.split_first() {
        if !b"+-=".contains(operator) {
            return None;
        }
        let end = tail.iter().position(|byte| b"+-=".contains(byte)).unwrap_or(tail.len());
        let letters = &tail[..end];
        let (who, bits, named) = match octal(letters).filter(|_| who == 0 && rest == clause) {
            Some(bits) => (0o7777, bits, KEPT),
            None => {
                let bits = permissions(letters, mode, is_dir)?;
                (who, bits, if who == 0 { bits } else { bits & who })
            }
        };
        let kept = if is_dir { KEPT & !named } else { 0 };
        let bits = bits & if who == 0 { !umask } else { who } & !kept;
        mode = match operator {
            b'+' => mode | bits,
            b'-' => mode & !bits,
            _ => (mode & (if who == 0 { 0 } else { !who } | kept) & 0o7777) | bits,
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
