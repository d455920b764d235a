//! File names in messages. Models gnulib's quotearg.c, style `shell-escape`, in the C locale.

/// `quoteaf`: always quoted, as in `ls: cannot access 'x'`.
pub fn always(name: &[u8]) -> Vec<u8> {
    quoted(name, true)
}

/// `quotef`: quoted only if a shell would need it, as in `cat: x: No such file or directory`.
pub fn needed(name: &[u8]) -> Vec<u8> {
    quoted(name, false)
}

/// `quote`: an argument in a message, as in `tr: extra operand 'x'`.
pub fn argument(text: &[u8]) -> Vec<u8> {
    escaped(text, b'\'')
}

/// As a C string, as `ls -Q` has it.
pub fn c_string(name: &[u8]) -> Vec<u8> {
    escaped(name, b'"')
}

/// Style `escape`, as `ls -b` has it: as in a C string, blanks escaped too, without marks.
pub fn escaped_name(name: &[u8]) -> Vec<u8> {
    let quoted = escaped(name, b' ');
    quoted[1..quoted.len() - 1].to_vec()
}

/// Style `shell`: quoted only if a shell would need it (or always), odd bytes as they are.
pub fn plain_shell(name: &[u8], always: bool) -> Vec<u8> {
    let special = always
        || name.is_empty()
        || name.iter().enumerate().any(|(at, byte)| is_special(*byte, at) || *byte == b'\'')
        || name.iter().any(|byte| matches!(byte, b'\n' | b'\t'));
    let clashing = name.iter().any(|byte| b"\"$`\\!".contains(byte));
    match (special, name.contains(&b'\''), clashing) {
        (false, ..) => name.to_vec(),
        (true, false, _) => wrap(name, b'\''),
        (true, true, false) => wrap(name, b'"'),
        (true, true, true) => {
            let parts: Vec<&[u8]> = name.split(|byte| *byte == b'\'').collect();
            wrap(&parts.join(&b"'\\''"[..]), b'\'')
        }
    }
}

/// Between marks of a kind, with C's escapes.
fn escaped(text: &[u8], mark: u8) -> Vec<u8> {
    let mut out = vec![mark];
    for byte in text {
        match byte {
            b'\\' => out.extend(b"\\\\"),
            byte if *byte == mark => out.extend([b'\\', mark]),
            b'\n' => out.extend(b"\\n"),
            b'\t' => out.extend(b"\\t"),
            0x20..0x7f => out.push(*byte),
            byte => out.extend(format!("\\{byte:03o}").into_bytes()),
        }
    }
    out.push(mark);
    out
}

fn quoted(name: &[u8], always: bool) -> Vec<u8> {
    let odd = name.iter().any(|byte| !(0x20..0x7f).contains(byte));
    let quote = name.contains(&b'\'');
    let special = name.is_empty()
        || name.iter().enumerate().any(|(at, byte)| is_special(*byte, at))
        || matches!(name, b"{" | b"}");
    if !odd && !quote {
        return if always || special { wrap(name, b'\'') } else { name.to_vec() };
    }
    let clashing = name.iter().any(|byte| b"\"$`\\!".contains(byte));
    if !odd && !clashing {
        return wrap(name, b'"');
    }
    escape(name)
}

fn wrap(name: &[u8], quote: u8) -> Vec<u8> {
    [&[quote], name, &[quote]].concat()
}

fn is_special(byte: u8, at: usize) -> bool {
    match byte {
        b'#' | b'~' => at == 0,
        _ => b" !\"$&()*;<=>?[\\^`|".contains(&byte),
    }
}

/// `'a'$'\n''b'`, and `'it'\''s'` for quotes.
fn escape(name: &[u8]) -> Vec<u8> {
    let mut out = vec![b'\''];
    let mut dollar = false;
    for byte in name {
        let odd = !(0x20..0x7f).contains(byte);
        match (odd, dollar) {
            (true, false) => out.extend(b"'$'"),
            (false, true) => out.extend(b"''"),
            _ => {}
        }
        dollar = odd;
        match *byte {
            b'\'' => out.extend(b"'\\''"),
            b'\n' => out.extend(b"\\n"),
            b'\t' => out.extend(b"\\t"),
            b'\r' => out.extend(b"\\r"),
            byte if odd => out.extend(format!("\\{byte:03o}").into_bytes()),
            byte => out.push(byte),
        }
    }
    out.push(b'\'');
    out
}
