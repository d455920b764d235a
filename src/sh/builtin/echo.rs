//! `echo`.

use super::super::Dialect;
use super::super::machine::Machine;
use super::super::quote::{Escapes, escape};

impl Machine {
    pub(super) fn echo(&mut self, args: &[Vec<u8>]) -> u8 {
        let dash = !self.bash() && !self.ash();
        let (mut newline, mut escapes) = (true, dash || self.shopts.has("xpg_echo"));
        let mut args = args;
        while let Some((first, rest)) = args.split_first() {
            let known: &[u8] = if dash { b"n" } else { b"neE" };
            let is_option = first.len() > 1
                && first[0] == b'-'
                && first[1..].iter().all(|letter| known.contains(letter));
            if !is_option || (dash && first.as_slice() != b"-n") {
                break;
            }
            for letter in &first[1..] {
                match letter {
                    b'n' => newline = false,
                    b'e' => escapes = true,
                    _ => escapes = false,
                }
            }
            args = rest;
            if dash {
                break;
            }
        }
        let mut all = args.join(&b' ');
        if escapes {
            let (text, stopped) = expand_escapes(&all, self.dialect, true);
            all = text;
            newline &= !stopped;
        }
        if newline {
            all.push(b'\n');
        }
        self.print("echo", all);
        0
    }
}

/// The text with its escapes read, and whether `\c` ended it. Bash's `echo` reads octal numbers
/// only behind `\0`.
pub(super) fn expand_escapes(text: &[u8], dialect: Dialect, echo: bool) -> (Vec<u8>, bool) {
    let bash = dialect == Dialect::Bash;
    let mode = Escapes { octal_zero: true, stop: true, quotes: false, control: false };
    let mut all = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let plain = match text.get(at + 1) {
            Some(b'1'..=b'7') => bash && echo,
            Some(b'x') => dialect == Dialect::Sh,
            Some(b'u' | b'U') => !bash,
            _ => false,
        };
        if text[at] != b'\\' || plain {
            all.push(text[at]);
            at += 1;
            continue;
        }
        let (bytes, used, stop) = escape(&text[at..], mode);
        all.extend_from_slice(&bytes);
        if stop {
            return (all, true);
        }
        at += used;
    }
    (all, false)
}
