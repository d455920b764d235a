//! ls's command line.

use crate::tool::args::{self, Args, Options};
use crate::tool::say::{number, say};
use crate::tool::{Context, quote};

/// ls's options.
pub const LS: Options = Options {
    short: "abcdfghiklmnopqrstuvw:xABCDFGHI:LNQRST:UXZ1|J::K:MOE:V:P::W:Y:z@:%",
    long: &[
        ("all", 'a'),
        ("escape", 'b'),
        ("directory", 'd'),
        ("full-time", 'M'),
        ("group-directories-first", 'O'),
        ("human-readable", 'h'),
        ("inode", 'i'),
        ("kibibytes", 'k'),
        ("numeric-uid-gid", 'n'),
        ("no-group", 'G'),
        ("hide-control-chars", 'q'),
        ("reverse", 'r'),
        ("size", 's'),
        ("width", 'w'),
        ("almost-all", 'A'),
        ("ignore-backups", 'B'),
        ("classify", 'P'),
        ("file-type", '%'),
        ("dereference-command-line", 'H'),
        ("hide", 'Y'),
        ("ignore", 'I'),
        ("indicator-style", '@'),
        ("dereference", 'L'),
        ("literal", 'N'),
        ("quote-name", 'Q'),
        ("quoting-style", 'V'),
        ("recursive", 'R'),
        ("format", 'E'),
        ("sort", 'W'),
        ("tabsize", 'T'),
        ("time-style", 'K'),
        ("zero", 'z'),
        ("color", 'J'),
        ("context", 'Z'),
    ],
    lacking: "D author block-size dereference-command-line-symlink-to-dir dired hyperlink \
              show-control-chars si time",
    fail: 2,
    stop_early: false,
};

/// Words of options, and the letter that each stands for.
const WORDS: &[(char, &str, &[&[&str]], &str)] = &[
    (
        'E',
        "--format",
        &[
            &["verbose"],
            &["long"],
            &["commas"],
            &["horizontal"],
            &["across"],
            &["vertical"],
            &["single-column"],
        ],
        "llmxxC1",
    ),
    (
        'W',
        "--sort",
        &[&["none"], &["time"], &["size"], &["extension"], &["version"], &["width"]],
        "UtSXv^",
    ),
    ('@', "--indicator-style", &[&["none"], &["slash"], &["file-type"], &["classify"]], "-p%F"),
    (
        'V',
        "--quoting-style",
        &[
            &["literal"],
            &["shell"],
            &["shell-always"],
            &["shell-escape"],
            &["shell-escape-always"],
            &["c"],
            &["c-maybe"],
            &["escape"],
            &["locale"],
            &["clocale"],
        ],
        "Nr|eaQmbQQ",
    ),
    ('J', "--color", WHEN, "+-?"),
    ('P', "--classify", WHEN, "F-F"),
];

const WHEN: &[&[&str]] =
    &[&["always", "yes", "force"], &["never", "no", "none"], &["auto", "tty", "if-tty"]];

/// Words become letters: `--format=commas` is `-m`, `--quoting-style` becomes `V` and a letter.
pub fn with_letters(cx: &mut Context, args: &mut Args) -> Result<(), u8> {
    for (letter, value) in &mut args.options {
        let Some((_, option, words, letters)) = WORDS.iter().find(|row| row.0 == *letter) else {
            *letter = if *letter == 'f' { 'U' } else { *letter };
            continue;
        };
        let bare = value.is_empty() && matches!(letter, 'J' | 'P');
        let row = if bare { 0 } else { args::choose(cx, value, option, words)? };
        let chosen = letters.chars().nth(row).unwrap_or('-');
        match letter {
            'V' => *value = chosen.to_string().into_bytes(),
            _ => *letter = chosen,
        }
    }
    if let Some(text) = args.value('w').filter(|text| number(text).is_none()) {
        cx.complain(say!("invalid line width: ", quote::always(text)));
        return Err(2);
    }
    if let Some(style) = args.value('K') {
        let bare = style.strip_prefix(b"posix-").unwrap_or(style);
        let known = matches!(bare, b"full-iso" | b"long-iso" | b"iso" | b"locale");
        if !known && !style.starts_with(b"+") {
            cx.complain(say!("invalid argument ", quote::always(style), " for 'time style'"));
            cx.out.error(TIME_STYLES.as_bytes());
            return Err(args::usage(cx, 2));
        }
    }
    Ok(())
}

const TIME_STYLES: &str = "\
Valid arguments are:
  - [posix-]full-iso
  - [posix-]long-iso
  - [posix-]iso
  - [posix-]locale
  - +FORMAT (e.g., +%H:%M) for a 'date'-style format
";
