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

/// What `-e`, `-f` or the first operand ask for.
pub fn given_patterns(cx: &mut Context, args: &mut args::Args) -> Result<Vec<Vec<u8>>, u8> {
    let mut patterns: Vec<Vec<u8>> = Vec::new();
    let mut given = false;
    for (letter, value) in &args.options {
        match letter {
            'e' => patterns.extend(value.split(|byte| *byte == b'\n').map(Vec::from)),
            'f' => match cx.sys.read_file(value) {
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

/// `-5` is `-C 5`, where it is no option's argument.
pub fn with_context(argv: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let mut all = argv.to_vec();
    let end = argv.iter().position(|word| word == b"--").unwrap_or(argv.len());
    for at in 1..end {
        let taken =
            matches!(&argv[at - 1][..], [b'-', .., b'e' | b'f' | b'A' | b'B' | b'C' | b'm']);
        if let Some(digits) = argv[at].strip_prefix(b"-").filter(|d| number(d).is_some())
            && !taken
        {
            all[at] = say!("-C", digits);
        }
    }
    all
}
