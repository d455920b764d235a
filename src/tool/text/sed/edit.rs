//! What `s` and `l` make of a text.

use super::script::{Case, Part, Subst};
use crate::ere::Regex;
use crate::tool::say::say;

/// The text with its matches replaced; `None`: nothing was.
pub fn replaced(regex: &Regex, subst: &Subst, text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut at = 0;
    let mut count = 0;
    let mut done = false;
    let mut last_end = None;
    while at <= text.len() {
        let Some(groups) = regex.find(text, at, false) else { break };
        let (from, to) = groups[0].expect("a match has a place");
        out.extend(&text[at..from]);
        // An empty match right after a match is none.
        let vacuous = from == to && last_end == Some(from);
        if !vacuous {
            count += 1;
            if count >= subst.number.max(1) {
                append_parts(&mut out, &subst.parts, text, &groups);
                done = true;
            } else {
                out.extend(&text[from..to]);
            }
        }
        last_end = Some(to);
        at = to;
        if from == to {
            out.extend(text.get(to));
            at = to + 1;
        }
        if done && !subst.global {
            break;
        }
    }
    out.extend(text.get(at..).unwrap_or_default());
    done.then_some(out)
}

fn append_parts(out: &mut Vec<u8>, parts: &[Part], text: &[u8], groups: &[Option<(usize, usize)>]) {
    let mut case = Case::Plain;
    let mut once: Option<Case> = None;
    for part in parts {
        let piece: &[u8] = match part {
            Part::Case(next @ (Case::UpperNext | Case::LowerNext)) => {
                once = Some(*next);
                continue;
            }
            Part::Case(next) => {
                case = *next;
                once = None;
                continue;
            }
            Part::Text(piece) => piece,
            Part::Group(number) => match groups.get(*number as usize) {
                Some(Some((from, to))) => &text[*from..*to],
                _ => b"",
            },
        };
        let mut piece = match case {
            Case::Upper => piece.to_ascii_uppercase(),
            Case::Lower => piece.to_ascii_lowercase(),
            _ => piece.to_vec(),
        };
        if let Some(first) = piece.first_mut()
            && let Some(next) = once.take()
        {
            *first = match next {
                Case::UpperNext => first.to_ascii_uppercase(),
                _ => first.to_ascii_lowercase(),
            };
        }
        out.extend(piece);
    }
}

/// `l`: unambiguous, folded.
pub fn listed(space: &[u8], width: usize, end: u8) -> Vec<u8> {
    let mut out = Vec::new();
    let mut column = 0;
    for byte in space {
        let shown: Vec<u8> = match byte {
            b'\\' => b"\\\\".to_vec(),
            0x07 => b"\\a".to_vec(),
            0x08 => b"\\b".to_vec(),
            0x0c => b"\\f".to_vec(),
            b'\n' => b"\\n".to_vec(),
            b'\r' => b"\\r".to_vec(),
            b'\t' => b"\\t".to_vec(),
            0x0b => b"\\v".to_vec(),
            0x20..0x7f => vec![*byte],
            byte => format!("\\{byte:03o}").into_bytes(),
        };
        if width > 0 && column + shown.len() > width - 1 {
            out.extend([b'\\', end]);
            column = 0;
        }
        column += shown.len();
        out.extend(shown);
    }
    say!(out, "$\n")
}
