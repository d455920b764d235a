//! grep's command line.

use crate::tool::Context;
use crate::tool::args::{self, Options};
use crate::tool::say::{number, say};

/// grep's options.
pub const GREP: Options = Options {
    short: "A:B:C:EFGPUaiyvwxcbe:f:lLoqsnHhrRTd:D:m:IuzZ|tJ::X:Y:V:K:S:WN:O",
    long: &[
        ("basic-regexp", 'G'),
        ("extended-regexp", 'E'),
        ("fixed-regexp", 'F'),
        ("fixed-strings", 'F'),
        ("perl-regexp", 'P'),
        ("after-context", 'A'),
        ("before-context", 'B'),
        ("binary-files", 'N'),
        ("byte-offset", 'b'),
        ("context", 'C'),
        ("color", 'J'),
        ("colour", 'J'),
        ("count", 'c'),
        ("devices", 'D'),
        ("directories", 'd'),
        ("exclude", 'Y'),
        ("exclude-dir", 'V'),
        ("file", 'f'),
        ("files-with-matches", 'l'),
        ("files-without-match", 'L'),
        ("group-separator", 'S'),
        ("include", 'X'),
        ("ignore-case", 'i'),
        ("no-ignore-case", 'O'),
        ("initial-tab", 'T'),
        ("label", 'K'),
        ("line-buffered", 't'),
        ("line-number", 'n'),
        ("line-regexp", 'x'),
        ("max-count", 'm'),
        ("no-filename", 'h'),
        ("no-group-separator", 'W'),
        ("no-messages", 's'),
        ("null", 'Z'),
        ("null-data", 'z'),
        ("only-matching", 'o'),
        ("quiet", 'q'),
        ("recursive", 'r'),
        ("dereference-recursive", 'R'),
        ("regexp", 'e'),
        ("invert-match", 'v'),
        ("silent", 'q'),
        ("text", 'a'),
        ("binary", 'U'),
        ("unix-byte-offsets", 'u'),
        ("with-filename", 'H'),
        ("word-regexp", 'w'),
    ],
    lacking: "V exclude-from",
    fail: 2,
    stop_early: false,
};

const BINARY: &[&[&str]] = &[&["binary"], &["text"], &["without-match"]];
const DIRECTORIES: &[&[&str]] = &[&["read"], &["recurse"], &["skip"]];

/// Words become letters: `-d recurse` is `-r`.
pub fn with_letters(cx: &mut Context, args: &mut args::Args) -> Result<(), u8> {
    for (letter, value) in &mut args.options {
        match letter {
            'd' => {
                let row = args::choose(cx, value, "--directories", DIRECTORIES)?;
                *letter = ['-', 'r', 'k'][row];
            }
            'N' => {
                let known = BINARY.iter().position(|row| row[0].as_bytes() == &value[..]);
                let Some(row) = known else {
                    cx.complain("unknown binary-files type");
                    return Err(2);
                };
                *letter = ['-', 'a', 'I'][row];
            }
            'u' => cx.complain("warning: --unix-byte-offsets (-u) is obsolete"),
            _ => {}
        }
    }
    Ok(())
}

/// How many lines to show after and before a selected one, and how many to select; refused in the
/// order in which they are given.
pub fn given_counts(cx: &mut Context, args: &args::Args) -> Result<[u64; 3], u8> {
    let (mut counts, mut around) = ([None, None, Some(u64::MAX)], 0);
    let mut matcher = None;
    for (letter, text) in &args.options {
        let text = match letter {
            'A' | 'B' | 'C' | 'm' => text,
            'E' | 'F' | 'G' | 'P' => {
                if matcher.is_some_and(|first| first != *letter) {
                    cx.complain("conflicting matchers specified");
                    return Err(2);
                }
                matcher = Some(*letter);
                continue;
            }
            _ => continue,
        };
        let Some(count) = number(text) else {
            cx.complain(match letter {
                'm' => say!("invalid max count"),
                _ => say!(text, ": invalid context length argument"),
            });
            return Err(2);
        };
        match letter {
            'A' => counts[0] = Some(count),
            'B' => counts[1] = Some(count),
            'C' => around = count,
            _ => counts[2] = Some(count),
        }
    }
    Ok(counts.map(|count| count.unwrap_or(around)))
}

/// What `-e`, `-f` or the first operand ask for.
pub fn given_patterns(cx: &mut Context, args: &mut args::Args) -> Result<Vec<Vec<u8>>, u8> {
    let mut patterns: Vec<Vec<u8>> = Vec::new();
    let mut given = false;
    for (letter, value) in &args.options {
        match letter {
            'e' => patterns.extend(value.split(|byte| *byte == b'\n').map(Vec::from)),
            'f' => match cx.read_file(value) {
                Ok(content) => {
                    let bytes = content.bytes();
                    let body = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
                    if !bytes.is_empty() {
                        patterns.extend(body.split(|byte| *byte == b'\n').map(Vec::from));
                    }
                }
                Err(errno) => {
                    cx.complain(say!(value, ": ", errno.text()));
                    return Err(2);
                }
            },
            _ => continue,
        }
        given = true;
    }
    if !given {
        if args.operands.is_empty() {
            return Err(args::usage(cx, 2));
        }
        let first = args.operands.remove(0);
        patterns = first.split(|byte| *byte == b'\n').map(Vec::from).collect();
    }
    Ok(patterns)
}

/// `-5` is `-C 5`, also among other letters, where it is no option's argument.
pub fn with_context(argv: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let mut all: Vec<Vec<u8>> = Vec::new();
    let end = argv.iter().position(|word| word == b"--").unwrap_or(argv.len());
    let takes = |byte: &u8| b"efABCmdD".contains(byte);
    for (at, word) in argv.iter().enumerate() {
        let taken = at > 0
            && argv[at - 1].starts_with(b"-")
            && !argv[at - 1].starts_with(b"--")
            && argv[at - 1].iter().position(takes) == Some(argv[at - 1].len() - 1);
        let letters = match word.strip_prefix(b"-") {
            Some(letters) if at > 0 && at < end && !taken && !word.starts_with(b"--") => letters,
            _ => &[],
        };
        let own = letters.iter().position(takes).unwrap_or(letters.len());
        let is_digit = |byte: &&u8| byte.is_ascii_digit();
        let digits: Vec<u8> = letters[..own].iter().filter(is_digit).copied().collect();
        if digits.is_empty() {
            all.push(word.clone());
            continue;
        }
        all.push(say!("-C", digits));
        let is_letter = |byte: &&u8| !byte.is_ascii_digit();
        let others: Vec<u8> = letters[..own].iter().filter(is_letter).copied().collect();
        if own < letters.len() || !others.is_empty() {
            all.push(say!("-", others, letters[own..]));
        }
    }
    all
}
