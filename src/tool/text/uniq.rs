//! uniq.

use super::super::args::{self, Options};
use super::super::input::{Filter, Input, Lines};
use super::super::say::{number, say};
use super::super::{Context, quote};
use super::complain_of;
use crate::base::Blob;
use crate::os::{Errno, Fd, Open};

/// uniq.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Uniq {
    count: bool,
    repeated: bool,
    unique: bool,
    /// `-D`: every line that is repeated.
    all_repeated: bool,
    /// `--group`, `--all-repeated=…`: an empty line before groups, but for the first, or between.
    separated: Option<Place>,
    any_shown: bool,
    delimiter: u8,
    icase: bool,
    skip_fields: u64,
    skip_chars: u64,
    check_chars: u64,
    lines: Lines,
    group: Option<(Vec<u8>, u64)>,
    output: Fd,
    code: u8,
}

/// Where empty lines stand.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Place {
    Before,
    Between,
    After,
    Both,
}

const UNIQ: Options = Options {
    short: "cduif:s:w:Dz|G::A::",
    long: &[
        ("count", 'c'),
        ("repeated", 'd'),
        ("unique", 'u'),
        ("ignore-case", 'i'),
        ("skip-fields", 'f'),
        ("skip-chars", 's'),
        ("check-chars", 'w'),
        ("zero-terminated", 'z'),
        ("all-repeated", 'A'),
        ("group", 'G'),
    ],
    lacking: "",
    fail: 1,
    stop_early: false,
};

/// `-1` is `-f 1`, `+1` is `-s 1`.
fn modern(argv: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let word = |word: &Vec<u8>| match word.split_first() {
        Some((b'-', digits)) if number(digits).is_some() => say!("-f", digits),
        Some((b'+', digits)) if number(digits).is_some() => say!("-s", digits),
        _ => word.clone(),
    };
    argv.iter().map(word).collect()
}

/// Where `--group` and `--all-repeated` want empty lines.
fn place(cx: &mut Context, args: &args::Args) -> Result<Option<Place>, u8> {
    const GROUPS: &[&[&str]] = &[&["prepend"], &["append"], &["separate"], &["both"]];
    const REPEATED: &[&[&str]] = &[&["none"], &["prepend"], &["separate"]];
    Ok(match (args.value('G'), args.value('A')) {
        (Some(b""), _) => Some(Place::Between),
        (Some(word), _) => Some(
            [Place::Before, Place::After, Place::Between, Place::Both]
                [args::choose(cx, word, "--group", GROUPS)?],
        ),
        (None, Some(b"")) | (None, None) => None,
        (None, Some(word)) => [None, Some(Place::Before), Some(Place::Between)]
            [args::choose(cx, word, "--all-repeated", REPEATED)?],
    })
}

impl Uniq {
    /// Reads the arguments.
    pub fn begin(cx: &mut Context) -> Result<(Uniq, Input), u8> {
        let argv = modern(cx.argv);
        let mut inner = cx.with_argv(&argv);
        let args = args::parse(&mut inner, &UNIQ)?;
        if let Some(extra) = args.operands.get(2) {
            return Err(args::extra_operand(cx, extra, 1));
        }
        let count = |cx: &mut Context, letter: char, what: &str, default: u64| {
            let Some(text) = args.value(letter) else { return Ok(default) };
            number(text).ok_or_else(|| {
                cx.complain(say!(text, ": invalid number of ", what));
                1
            })
        };
        let skip_fields = count(cx, 'f', "fields to skip", 0)?;
        let skip_chars = count(cx, 's', "bytes to skip", 0)?;
        let check_chars = count(cx, 'w', "bytes to compare", u64::MAX)?;
        if args.has('c') && (args.has('D') || args.has('A')) {
            cx.complain("printing all duplicated lines and repeat counts is meaningless");
            return Err(args::usage(cx, 1));
        }
        if args.has('G') && args.last_of("cdDAu").is_some() {
            cx.complain("--group is mutually exclusive with -c/-d/-D/-u");
            return Err(args::usage(cx, 1));
        }
        let separated = place(cx, &args)?;
        let mut output = Fd::STDOUT;
        if let Some(name) = args.operands.get(1).filter(|name| *name != b"-") {
            output = cx.sys.open(name, Open::WRITE).map_err(|errno| {
                complain_of(cx, name, errno);
                1
            })?;
        }
        let uniq = Uniq {
            count: args.has('c'),
            repeated: args.has('d'),
            unique: args.has('u'),
            all_repeated: args.has('D') || args.has('A'),
            separated,
            any_shown: false,
            delimiter: if args.has('z') { 0 } else { b'\n' },
            icase: args.has('i'),
            skip_fields,
            skip_chars,
            check_chars,
            lines: Lines::default(),
            group: None,
            output,
            code: 0,
        };
        Ok((uniq, Input::new(args.operands.get(..1).unwrap_or_default())))
    }

    fn key(&self, line: &[u8]) -> Vec<u8> {
        let mut at = 0;
        let blank = |byte: &u8| matches!(byte, b' ' | b'\t');
        for _ in 0..self.skip_fields {
            at += line[at..].iter().take_while(|byte| blank(byte)).count();
            at += line[at..].iter().take_while(|byte| !blank(byte)).count();
            if at >= line.len() {
                break;
            }
        }
        let start = at.saturating_add(self.skip_chars as usize).min(line.len());
        let rest = &line[start..];
        let rest = &rest[..rest.len().min(usize::try_from(self.check_chars).unwrap_or(usize::MAX))];
        if self.icase { rest.to_ascii_uppercase() } else { rest.to_vec() }
    }

    fn line(&mut self, line: Vec<u8>, cx: &mut Context) {
        if let Some((first, count)) = self.group.take() {
            if self.key(&first) == self.key(&line) {
                if self.all_repeated && count == 1 {
                    self.begin_group(cx);
                    if !self.unique {
                        self.put(&first, cx);
                    }
                }
                if self.shows_all() {
                    self.put(&line, cx);
                }
                self.group = Some((first, count + 1));
                return;
            }
            self.show(&first, count, cx);
        }
        if self.separated.is_some() && !self.all_repeated {
            self.begin_group(cx);
            self.put(&line, cx);
        }
        self.group = Some((line, 1));
    }

    /// Every line of a group is shown, not its first alone.
    fn shows_all(&self) -> bool {
        self.all_repeated || self.separated.is_some()
    }

    fn begin_group(&mut self, cx: &mut Context) {
        let empty = match self.separated {
            Some(Place::Before | Place::Both) => true,
            Some(Place::Between | Place::After) => self.any_shown,
            None => false,
        };
        if empty {
            self.put(b"", cx);
        }
        self.any_shown = true;
    }

    fn put(&self, line: &[u8], cx: &mut Context) {
        let text = say!(line, [self.delimiter]);
        match self.output {
            Fd::STDOUT => cx.print(text),
            fd => cx.out.pass_to(fd, text.into()),
        }
    }

    fn show(&self, line: &[u8], count: u64, cx: &mut Context) {
        if self.shows_all() || (self.repeated && count < 2) || (self.unique && count > 1) {
            return;
        }
        let head = if self.count { format!("{count:7} ") } else { String::new() };
        self.put(&say!(head, line), cx);
    }
}

impl Filter for Uniq {
    fn chunk(&mut self, chunk: &Blob, _: &mut Input, cx: &mut Context) -> Option<u8> {
        for line in self.lines.feed(chunk, self.delimiter) {
            self.line(line, cx);
        }
        None
    }

    fn held(&self) -> usize {
        self.lines.held()
    }

    fn failed(&mut self, input: &Input, errno: Errno, opened: bool, cx: &mut Context) {
        self.code = 1;
        match opened {
            false => complain_of(cx, input.name(), errno),
            true => cx.complain(say!("error reading ", quote::always(input.name()))),
        }
    }

    fn end(&mut self, cx: &mut Context) -> u8 {
        if let Some(line) = self.lines.rest() {
            self.line(line, cx);
        }
        if let Some((line, count)) = self.group.take() {
            self.show(&line, count, cx);
            if matches!(self.separated, Some(Place::After | Place::Both)) {
                self.put(b"", cx);
            }
        }
        self.code
    }
}
