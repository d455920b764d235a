//! The command line: options, and where the script comes from.

use super::parse::{Mode, Parser};
use super::reader::Wrong;
use super::script::Script;
use crate::tool::Context;
use crate::tool::args::{self, Args, Options};
use crate::tool::say::{number, say};

/// sed's options.
pub const SED: Options = Options {
    short: "nEre:f:i::sul:z",
    long: &[
        ("quiet", 'n'),
        ("silent", 'n'),
        ("regexp-extended", 'E'),
        ("expression", 'e'),
        ("file", 'f'),
        ("in-place", 'i'),
        ("separate", 's'),
        ("unbuffered", 'u'),
        ("line-length", 'l'),
        ("null-data", 'z'),
        ("zero-terminated", 'z'),
    ],
    lacking: "b binary follow-symlinks sandbox debug posix",
    fail: 1,
    stop_early: false,
};

/// The script that the arguments give, which may be the first operand.
pub fn read_script(cx: &mut Context, args: &mut Args) -> Result<Script, u8> {
    let line_length = match args.value('l') {
        None => 70,
        Some(text) => {
            number(text).and_then(|length| u32::try_from(length).ok()).ok_or_else(|| {
                cx.complain(say!("invalid line length: ", text));
                1
            })?
        }
    };
    let extended = args.has('E') || args.has('r');
    let by_lines = !args.has('z');
    let mode = Mode { extended, utf8: cx.is_utf8(), line_length, by_lines };
    let mut parser = Parser::new(mode);
    let mut given = false;
    let mut expressions = 0;
    let sources: Vec<(char, Vec<u8>)> = args.options.clone();
    let mut sources: Vec<(char, Vec<u8>)> =
        sources.into_iter().filter(|(letter, _)| matches!(letter, 'e' | 'f')).collect();
    if sources.is_empty() && !args.operands.is_empty() {
        sources.push(('e', args.operands.remove(0)));
    }
    for (letter, value) in &sources {
        given = true;
        let (text, place) = if *letter == 'e' {
            expressions += 1;
            (value.clone(), format!("-e expression #{expressions}, char "))
        } else {
            let content = cx.read_file(value).map_err(|errno| {
                cx.complain(say!("couldn't open file ", value, ": ", errno.text()));
                4
            })?;
            let mut text = content.bytes();
            if text.starts_with(b"#!") {
                text.splice(0..2, *b"##");
            }
            (text, format!("file {} line ", String::from_utf8_lossy(value)))
        };
        parser.read(&text, *letter == 'e').map_err(|wrong| {
            let count = match letter {
                'e' => wrong.at as usize,
                _ => {
                    1 + text[..(wrong.at as usize).min(text.len())]
                        .iter()
                        .filter(|b| **b == b'\n')
                        .count()
                }
            };
            refuse(cx, &format!("{place}{count}: "), &wrong)
        })?;
    }
    if !given {
        return Err(args::usage(cx, 1));
    }
    parser.finish().map_err(|wrong| match wrong.at {
        u32::MAX => refuse(cx, "", &wrong).max(4),
        at => refuse(cx, &format!("-e expression #{}, char 0: ", at.max(1)), &wrong),
    })
}

fn refuse(cx: &mut Context, place: &str, wrong: &Wrong) -> u8 {
    if let Some(what) = &wrong.lacking {
        cx.not_modelled(what);
    }
    if cx.busybox {
        cx.not_modelled("busybox");
    }
    let place = if wrong.at == u32::MAX { "" } else { place };
    cx.complain(say!(place, wrong.text));
    1
}

/// What it says where it is called wrongly.
pub const USAGE: &str = "\
Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...

  -n, --quiet, --silent
                 suppress automatic printing of pattern space
      --debug
                 annotate program execution
  -e script, --expression=script
                 add the script to the commands to be executed
  -f script-file, --file=script-file
                 add the contents of script-file to the commands to be executed
  --follow-symlinks
                 follow symlinks when processing in place
  -i[SUFFIX], --in-place[=SUFFIX]
                 edit files in place (makes backup if SUFFIX supplied)
  -l N, --line-length=N
                 specify the desired line-wrap length for the `l' command
  --posix
                 disable all GNU extensions.
  -E, -r, --regexp-extended
                 use extended regular expressions in the script
                 (for portability use POSIX -E).
  -s, --separate
                 consider files as separate rather than as a single,
                 continuous long stream.
      --sandbox
                 operate in sandbox mode (disable e/r/w commands).
  -u, --unbuffered
                 load minimal amounts of data from the input files and flush
                 the output buffers more often
  -z, --null-data
                 separate lines by NUL characters
      --help     display this help and exit
      --version  output version information and exit

If no -e, --expression, -f, or --file option is given, then the first
non-option argument is taken as the sed script to interpret.  All
remaining arguments are names of input files; if no input files are
specified, then the standard input is read.

GNU sed home page: <https://www.gnu.org/software/sed/>.
General help using GNU software: <https://www.gnu.org/gethelp/>.
";
