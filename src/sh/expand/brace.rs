//! Brace expansion: `a{b,c}d`, `{1..5}`, `{a..e..2}`.

use super::super::script::{ParamOp, Part, PartKind, Span, Word};
use crate::base::limit::BRACE_WORDS_MAX;

/// A byte of unquoted text, or anything else.
#[derive(Clone)]
enum Atom {
    Byte(u8),
    Part(Part),
}

/// The words a word stands for.
pub(in crate::sh) fn expand(word: &Word) -> Vec<Word> {
    if !word.braced.is_empty() {
        return word.braced.clone();
    }
    let has_brace = word.parts.iter().any(|part| match &part.kind {
        PartKind::Text(text) => !part.quoted && text.contains(&b'{'),
        _ => false,
    });
    if !has_brace {
        return vec![word.clone()];
    }
    let mut atoms = Vec::new();
    for part in &word.parts {
        match &part.kind {
            PartKind::Text(text) if !part.quoted => {
                atoms.extend(text.iter().map(|byte| Atom::Byte(*byte)));
            }
            _ => atoms.push(Atom::Part(part.clone())),
        }
    }
    let Some(all) = expand_atoms(&atoms, 0) else { return vec![word.clone()] };
    all.into_iter().map(|atoms| assemble(word, atoms)).collect()
}

fn assemble(word: &Word, atoms: Vec<Atom>) -> Word {
    let mut parts: Vec<Part> = Vec::new();
    for atom in atoms {
        match atom {
            Atom::Part(part) => parts.push(part),
            Atom::Byte(byte) if parts.last_mut().is_some_and(|part| lengthen(part, byte)) => {}
            Atom::Byte(byte) => match parts.last_mut() {
                Some(Part { quoted: false, kind: PartKind::Text(text), .. }) => text.push(byte),
                _ => {
                    let kind = PartKind::Text(vec![byte]);
                    parts.push(Part { span: word.span, quoted: false, kind });
                }
            },
        }
    }
    Word { span: word.span, parts, ..Word::default() }
}

/// `$a{b,c}` is `$ab $ac`: braces are expanded before anything is a name. Whether the byte became
/// part of one.
fn lengthen(part: &mut Part, byte: u8) -> bool {
    let PartKind::Param(param) = &mut part.kind else { return false };
    let bare = part.span.end - part.span.start == param.name.len() as u32 + 1;
    let named = param.name.first().is_some_and(|first| !first.is_ascii_digit())
        && param.name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    let is_name = byte.is_ascii_alphanumeric() || byte == b'_';
    let goes_on = !part.quoted && bare && named && is_name && param.op == ParamOp::Plain;
    if goes_on {
        param.name.push(byte);
        part.span.end += 1;
    }
    goes_on
}

fn byte(atom: &Atom) -> Option<u8> {
    match atom {
        Atom::Byte(byte) => Some(*byte),
        Atom::Part(_) => None,
    }
}

fn expand_atoms(atoms: &[Atom], depth: u32) -> Option<Vec<Vec<Atom>>> {
    if depth > 32 {
        return None;
    }
    for open in 0..atoms.len() {
        if byte(&atoms[open]) != Some(b'{') {
            continue;
        }
        let Some((close, commas)) = matching(atoms, open) else { continue };
        let inside = &atoms[open + 1..close];
        let middles = if commas.is_empty() {
            let text: Option<Vec<u8>> = inside.iter().map(byte).collect();
            let Some(items) = text.and_then(|text| sequence(&text)) else { continue };
            items.into_iter().map(atoms_of).collect()
        } else {
            let mut items = Vec::new();
            let mut from = open + 1;
            for end in commas.into_iter().chain([close]) {
                items.extend(expand_atoms(&atoms[from..end], depth + 1)?);
                from = end + 1;
            }
            items
        };
        let tails = expand_atoms(&atoms[close + 1..], depth + 1)?;
        if middles.len().saturating_mul(tails.len()) > BRACE_WORDS_MAX {
            return None;
        }
        let mut all = Vec::new();
        for middle in &middles {
            for tail in &tails {
                all.push([&atoms[..open], middle.as_slice(), tail.as_slice()].concat());
            }
        }
        return Some(all);
    }
    Some(vec![atoms.to_vec()])
}

/// One of a sequence. A backslash quotes, and nothing stands behind it.
fn atoms_of(item: Vec<u8>) -> Vec<Atom> {
    if item == b"\\" {
        let (span, kind) = (Span::default(), PartKind::Text(Vec::new()));
        return vec![Atom::Part(Part { span, quoted: true, kind })];
    }
    item.into_iter().map(Atom::Byte).collect()
}

/// The brace that closes the one at `open`, and the commas between that belong to it.
fn matching(atoms: &[Atom], open: usize) -> Option<(usize, Vec<usize>)> {
    let mut depth = 0;
    let mut commas = Vec::new();
    for (at, atom) in atoms.iter().enumerate().skip(open) {
        match byte(atom) {
            Some(b'{') => depth += 1,
            Some(b'}') => {
                depth -= 1;
                if depth == 0 {
                    return Some((at, commas));
                }
            }
            Some(b',') if depth == 1 => commas.push(at),
            _ => {}
        }
    }
    None
}

/// `1..5`, `a..e`, with a step.
pub(in crate::sh) fn sequence(inside: &[u8]) -> Option<Vec<Vec<u8>>> {
    let text = std::str::from_utf8(inside).ok()?;
    let parts: Vec<&str> = text.split("..").collect();
    let (first, last, step) = match parts.as_slice() {
        [first, last] => (*first, *last, 1),
        [first, last, step] => (*first, *last, step.parse::<i64>().ok()?),
        _ => return None,
    };
    let step = step.unsigned_abs().max(1);
    let letter = |text: &str| match text.as_bytes() {
        [byte] if byte.is_ascii_alphabetic() => Some(i64::from(*byte)),
        _ => None,
    };
    let (from, to, letters) = match (letter(first), letter(last)) {
        (Some(from), Some(to)) => (from, to, true),
        _ => (first.parse::<i64>().ok()?, last.parse::<i64>().ok()?, false),
    };
    if from.abs_diff(to) / step >= BRACE_WORDS_MAX as u64 {
        return None;
    }
    let padded = |text: &str| {
        let digits = text.trim_start_matches('-');
        digits.len() > 1 && digits.starts_with('0')
    };
    let pad = !letters && (padded(first) || padded(last));
    let width = if pad { first.len().max(last.len()) } else { 0 };
    let mut all = Vec::new();
    let mut at = from;
    loop {
        let text = if letters {
            char::from(at as u8).to_string()
        } else if at < 0 {
            format!("-{:0width$}", at.unsigned_abs(), width = width.saturating_sub(1))
        } else {
            format!("{at:0width$}")
        };
        all.push(text.into_bytes());
        if at.abs_diff(to) < step {
            return Some(all);
        }
        at = if from <= to {
            at.saturating_add_unsigned(step)
        } else {
            at.saturating_sub_unsigned(step)
        };
    }
}
