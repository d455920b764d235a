//! What busybox's ash says and does where it differs from dash, which it comes from: its words
//! (shell/ash.c of 1.35), and that it names a line only where it reads a file or a builtin speaks.

use super::builtin;
use super::machine::{Machine, Origin};
use crate::os::Fd;

/// Builtins of ash that dash has not; `[[` is one, too.
pub(super) const BUILTINS: [&str; 3] = ["[[", "let", "source"];

/// Those that are programs of busybox at the same time: they speak as `sh`, without a line.
const APPLETS: [&str; 6] = ["[", "[[", "echo", "kill", "printf", "test"];

impl Machine {
    /// Says something: dash's words become ash's.
    pub(super) fn ash_complain(&mut self, message: &[u8], context: Option<&[u8]>) {
        let text = String::from_utf8_lossy(message).into_owned();
        let builtin = text.split_once(": ").filter(|(name, _)| {
            name.starts_with(|c: char| !c.is_whitespace())
                && builtin::exists(name.as_bytes(), self.dialect)
        });
        if let Some((_, rest)) = builtin.filter(|(name, _)| APPLETS.contains(name)) {
            let line = format!("sh: {}\n", applet_words(rest));
            return self.write(Fd::STDERR, line.into_bytes(), None);
        }
        let from_file = self.origin == Origin::File;
        let (who, rest) = match (builtin, context) {
            (Some((name, rest)), _) => (Some(name.as_bytes().to_vec()), rest),
            (None, Some(context)) => (Some(context.to_vec()), text.as_str()),
            (None, None) => (from_file.then(|| self.name.clone()), text.as_str()),
        };
        let mut line = [self.name.as_slice(), b": "].concat();
        if let Some(who) = who {
            if who != self.name {
                line.extend_from_slice(&[who.as_slice(), b": "].concat());
            }
            // Lines of `-c` are counted from 0.
            let is_own = self.origin == Origin::Command && context.is_none_or(|it| it == b"eval");
            let number = self.line.saturating_sub(u32::from(is_own));
            if self.typed.is_none() {
                line.extend_from_slice(format!("line {number}: ").as_bytes());
            }
        }
        line.extend_from_slice(words(rest).as_bytes());
        line.push(b'\n');
        self.write(Fd::STDERR, line, None);
    }
}

/// ash's words for what dash says.
fn words(text: &str) -> String {
    if let Some(rest) = text.strip_prefix("Syntax error: ") {
        return format!("syntax error: {}", syntax_words(rest));
    }
    if text == "Bad substitution" {
        return "syntax error: bad substitution".into();
    }
    if let Some(rest) = text.strip_prefix("arithmetic expression: ") {
        let is_division = rest.contains("division by 0");
        return if is_division { "divide by zero" } else { "arithmetic syntax error" }.into();
    }
    for (dash, ash) in [("cannot open ", "can't open "), ("cannot create ", "can't create ")] {
        if let Some(rest) = text.strip_prefix(dash) {
            let rest = rest.replace(": No such file", ": no such file");
            return format!(
                "{ash}{}",
                rest.replace(": Directory nonexistent", ": nonexistent directory")
            );
        }
    }
    for (dash, ash) in [("Illegal option", "illegal option"), ("Illegal mode", "illegal mode")] {
        if let Some(rest) = text.strip_prefix(dash) {
            return format!("{ash}{rest}");
        }
    }
    text.into()
}

fn syntax_words(text: &str) -> String {
    let (what, end) = match text.find(" (expecting") {
        Some(at) => text.split_at(at),
        None => (text, ""),
    };
    match (what.strip_suffix(" unexpected"), text) {
        (Some(what), _) => format!("unexpected {what}{end}"),
        (None, text) if text.starts_with("EOF") => text.into(),
        (None, text) => text[..1].to_lowercase() + &text[1..],
    }
}

/// What `test`, `printf` and `kill` say.
fn applet_words(text: &str) -> String {
    if let Some(number) = text.strip_prefix("Illegal number: ") {
        return format!("{number}: bad number");
    }
    let numeric = text.strip_suffix(": expected numeric value");
    let numeric = numeric.or(text.strip_suffix(": not completely converted"));
    match (numeric, text.strip_suffix(": unexpected operator")) {
        (Some(word), _) => format!("invalid number '{word}'"),
        (_, Some(word)) => format!("{word}: unknown operand"),
        _ => text.into(),
    }
}

/// A word as `set -x` shows it. Models `maybe_single_quote`.
pub(super) fn trace(word: &[u8]) -> Vec<u8> {
    let is_plain =
        |byte: &u8| !matches!(byte, 0..=b'*' | b';'..=b'?' | b'`' | b'[' | b'\\' | b'{'..=0xff);
    match word.iter().all(is_plain) {
        true => word.to_vec(),
        false => super::dash::single_quote(word),
    }
}
