//! xargs.

use super::super::args::{self, Options};
use super::super::input::CHUNK_BYTES;
use super::super::say::{number, say};
use super::super::{Context, Step, quote};
use super::find_program;
use crate::base::Pid;
use crate::base::limit::{WORD_BYTES_MAX, XARGS_COMMAND_BYTES_MAX};
use crate::os::{Errno, Fd, Open, Poll, Wait, WaitStatus};

/// xargs: builds command lines from its input and runs them, one after the other.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Xargs {
    command: Vec<Vec<u8>>,
    delimiter: Option<u8>,
    count_max: Option<u64>,
    lines_max: Option<u64>,
    replace: Option<Vec<u8>>,
    skip_empty: bool,
    trace: bool,
    /// `-E`: the word that ends the input.
    end: Option<Vec<u8>>,
    /// `-a`: read instead of standard input, which the commands get then.
    file: Option<Fd>,
    input: Vec<u8>,
    ended: bool,
    batches: Option<Vec<Vec<Vec<u8>>>>,
    child: Option<Pid>,
    code: u8,
}

const XARGS: Options = Options {
    short: "0n:I:rd:tL:i::P:E:e::a:s:x|",
    long: &[
        ("null", '0'),
        ("max-args", 'n'),
        ("replace", 'i'),
        ("no-run-if-empty", 'r'),
        ("delimiter", 'd'),
        ("verbose", 't'),
        ("max-lines", 'L'),
        ("max-procs", 'P'),
        ("arg-file", 'a'),
        ("eof", 'e'),
    ],
    lacking: "lop exit max-chars interactive open-tty process-slot-var show-limits",
    fail: 1,
    stop_early: true,
};

const WRONG_DELIMITER: &str = "Invalid input delimiter specification: the delimiter must be either \
                               a single character or an escape sequence starting with \\.";

impl Xargs {
    /// Reads the arguments.
    pub fn begin(cx: &mut Context) -> Result<Xargs, u8> {
        let args = args::parse(cx, &XARGS)?;
        let count = |cx: &mut Context, letter: char| match args.value(letter).map(number) {
            None => Ok(None),
            Some(Some(n)) if n > 0 => Ok(Some(n)),
            Some(Some(_)) => {
                cx.complain(format!("value 0 for -{letter} option should be >= 1"));
                Err(args::usage(cx, 1))
            }
            Some(None) => {
                let text = args.value(letter).unwrap_or_default();
                cx.complain(say!(
                    "invalid number \"",
                    text,
                    "\" for -",
                    letter.to_string(),
                    " option"
                ));
                Err(args::usage(cx, 1))
            }
        };
        let delimiter = match args.last_of("0d") {
            Some('0') => Some(0),
            Some(_) => {
                let text = super::super::text::unescape(args.value('d').unwrap_or_default());
                match text[..] {
                    [byte] => Some(byte),
                    _ => {
                        cx.complain(WRONG_DELIMITER);
                        return Err(1);
                    }
                }
            }
            None => None,
        };
        let wins = exclusive(cx, &args);
        let replace = args.value('I').map(Vec::from).or_else(|| {
            args.value('i').map(|text| if text.is_empty() { b"{}".to_vec() } else { text.to_vec() })
        });
        let command = match args.operands.is_empty() {
            true => vec![b"echo".to_vec()],
            false => args.operands.clone(),
        };
        let file = args.value('a').map(|name| open(cx, name)).transpose()?;
        if args.has('E') && delimiter.is_some() {
            let text = "warning: the -E option has no effect if -0 or -d is used.";
            cx.complain(say!(text, "\n"));
        }
        let end = args.last_of("Ee").and_then(|letter| args.value(letter));
        Ok(Xargs {
            command,
            end: end.filter(|word| !word.is_empty() && delimiter.is_none()).map(Vec::from),
            file,
            delimiter,
            count_max: count(cx, 'n')?.filter(|_| matches!(wins, None | Some('n'))),
            lines_max: count(cx, 'L')?.filter(|_| matches!(wins, None | Some('L'))),
            replace: replace.filter(|_| matches!(wins, None | Some('I'))),
            skip_empty: args.has('r'),
            trace: args.has('t'),
            input: Vec::new(),
            ended: false,
            batches: None,
            child: None,
            code: 0,
        })
    }

    /// Reads, then runs.
    pub fn step(&mut self, cx: &mut Context) -> Step {
        while !self.ended {
            let from = self.file.unwrap_or(Fd::STDIN);
            match cx.sys.read(from, CHUNK_BYTES) {
                Ok(Poll::Wait) => return Step::Wait(vec![Wait::Readable(from)]),
                Ok(Poll::Ready(chunk))
                    if self.input.len() > WORD_BYTES_MAX && !chunk.is_empty() =>
                {
                    cx.not_modelled("so long an input");
                    self.ended = true;
                }
                Ok(Poll::Ready(chunk)) if !chunk.is_empty() => {
                    self.input.extend(chunk.to_bytes(CHUNK_BYTES));
                }
                _ => self.ended = true,
            }
        }
        if let Some(child) = self.child {
            match cx.sys.wait(child) {
                Ok(Poll::Wait) => return Step::Wait(vec![Wait::Child(child)]),
                Ok(Poll::Ready(status)) => {
                    if let Some(code) = self.ended_with(cx, status) {
                        return Step::Done(code);
                    }
                }
                Err(_) => self.code = 1,
            }
            self.child = None;
        }
        if self.batches.is_none() {
            match self.split(cx) {
                Ok(mut batches) => {
                    batches.reverse();
                    self.batches = Some(batches);
                }
                Err(code) => return Step::Done(code),
            }
        }
        let batch = self.batches.as_mut().and_then(Vec::pop);
        match batch {
            Some(batch) => self.run(cx, &batch),
            None => Step::Done(self.code),
        }
    }

    fn ended_with(&mut self, cx: &mut Context, status: WaitStatus) -> Option<u8> {
        let name = self.command[0].clone();
        match status {
            WaitStatus::Code(0) => None,
            WaitStatus::Code(255) => {
                cx.complain(say!(name, ": exited with status 255; aborting"));
                Some(124)
            }
            WaitStatus::Code(126) => Some(126),
            WaitStatus::Code(127) => Some(127),
            WaitStatus::Code(_) => {
                self.code = 123;
                None
            }
            WaitStatus::Signal(signal) => {
                cx.complain(say!(name, format!(": terminated by signal {}", signal.number())));
                Some(125)
            }
        }
    }

    fn run(&mut self, cx: &mut Context, batch: &[Vec<u8>]) -> Step {
        if self.trace {
            let words: Vec<Vec<u8>> = batch.iter().map(|word| quote::needed(word)).collect();
            cx.out.error(&say!(words.join(&b' '), "\n"));
        }
        let found = find_program(cx, &batch[0]);
        let null = match self.file {
            Some(_) => Err(Errno::Noent),
            None => cx.sys.open(b"/dev/null", Open::READ),
        };
        let stdin = null.unwrap_or(Fd::STDIN);
        let started = found
            .and_then(|path| cx.sys.spawn(&path, batch, cx.env, [stdin, Fd::STDOUT, Fd::STDERR]));
        if let Ok(fd) = null {
            let _ = cx.sys.close(fd);
        }
        match started {
            Ok(child) => {
                self.child = Some(child);
                Step::Wait(vec![Wait::Child(child)])
            }
            Err(errno) => {
                cx.complain(say!(batch[0], ": ", errno.text()));
                Step::Done(if errno == Errno::Noent { 127 } else { 126 })
            }
        }
    }

    /// The command lines to run.
    fn split(&self, cx: &mut Context) -> Result<Vec<Vec<Vec<u8>>>, u8> {
        let by_line = self.replace.is_some() || self.lines_max.is_some();
        let lines: Vec<Vec<Vec<u8>>> = match self.delimiter {
            Some(delimiter) => {
                let body = self.input.strip_suffix(&[delimiter]).unwrap_or(&self.input);
                let items = body.split(|byte| *byte == delimiter).map(|item| vec![item.to_vec()]);
                if self.input.is_empty() { Vec::new() } else { items.collect() }
            }
            None => words(&self.input, self.replace.is_some()).map_err(|message| {
                cx.complain(message);
                1
            })?,
        };
        let lines = match &self.end {
            Some(end) => before(lines, end),
            None => lines,
        };
        if let Some(mark) = &self.replace {
            let fill = |item: &[u8]| -> Vec<Vec<u8>> {
                let (first, rest) = self.command.split_first().expect("a command has a name");
                let rest = rest.iter().map(|word| substitute(word, mark, item));
                std::iter::once(first.clone()).chain(rest).collect()
            };
            return Ok(lines.iter().flatten().map(|item| fill(item)).collect());
        }
        if lines.is_empty() {
            return Ok(if self.skip_empty { Vec::new() } else { vec![self.command.clone()] });
        }
        let groups: Vec<Vec<Vec<u8>>> = match (by_line, self.lines_max) {
            (true, Some(count)) => {
                lines.chunks(count as usize).map(|group| group.concat()).collect()
            }
            _ => self.groups(lines.concat()),
        };
        let whole = |group: Vec<Vec<u8>>| [self.command.clone(), group].concat();
        Ok(groups.into_iter().map(whole).collect())
    }

    fn groups(&self, items: Vec<Vec<u8>>) -> Vec<Vec<Vec<u8>>> {
        let mut groups: Vec<Vec<Vec<u8>>> = vec![Vec::new()];
        let mut bytes = 0;
        for item in items {
            let group = groups.last().expect("there is one");
            let full = self.count_max.is_some_and(|count| group.len() as u64 >= count);
            if full || (bytes + item.len() > XARGS_COMMAND_BYTES_MAX && !group.is_empty()) {
                groups.push(Vec::new());
                bytes = 0;
            }
            bytes += item.len() + 1;
            groups.last_mut().expect("there is one").push(item);
        }
        groups
    }
}

/// Which of `-n`, `-L` and `-I` holds: the last, but that `-n1` yields to `-I`.
fn exclusive(cx: &mut Context, args: &args::Args) -> Option<char> {
    let mut holds = None;
    for (letter, text) in &args.options {
        let letter = match letter {
            'i' => 'I',
            'n' | 'L' | 'I' => *letter,
            _ => continue,
        };
        let one = letter == 'n' && number(text) == Some(1);
        let before = holds.filter(|before| *before != letter);
        if one && before == Some('I') {
            continue;
        }
        if let Some(before) = before.filter(|_| !cx.busybox) {
            let now = match letter {
                'n' => "--max-args/-n",
                'L' => "-L",
                _ => "--replace/-I/-i",
            };
            let before = match before {
                'n' => "--max-args",
                'L' => "--max-lines",
                _ => "--replace",
            };
            cx.complain(format!(
                "warning: options {before} and {now} are mutually exclusive, ignoring previous \
                 {before} value"
            ));
        }
        holds = Some(letter);
    }
    holds
}

fn open(cx: &mut Context, name: &[u8]) -> Result<Fd, u8> {
    cx.sys.open(name, Open::READ).map_err(|errno| {
        let name = quote::always(name);
        cx.complain(say!("Cannot open input file ", name, ": ", errno.text()));
        1
    })
}

/// What stands before a word.
fn before(lines: Vec<Vec<Vec<u8>>>, end: &[u8]) -> Vec<Vec<Vec<u8>>> {
    let mut kept = Vec::new();
    for line in lines {
        match line.iter().position(|word| word == end) {
            None => kept.push(line),
            Some(at) => {
                kept.extend(Some(line[..at].to_vec()).filter(|line| !line.is_empty()));
                break;
            }
        }
    }
    kept
}

fn substitute(word: &[u8], mark: &[u8], item: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < word.len() {
        if !mark.is_empty() && word[at..].starts_with(mark) {
            out.extend(item);
            at += mark.len();
        } else {
            out.push(word[at]);
            at += 1;
        }
    }
    out
}

/// Words by blanks and quotes, line by line; with `whole`, each line is one item.
fn words(input: &[u8], whole: bool) -> Result<Vec<Vec<Vec<u8>>>, String> {
    let mut lines = Vec::new();
    let mut line: Vec<Vec<u8>> = Vec::new();
    let mut word: Option<Vec<u8>> = None;
    let mut quote = None;
    let mut bytes = input.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match (quote, byte) {
            (Some(_), b'\n') => break,
            (Some(open), byte) if byte == open => quote = None,
            (Some(_), byte) => word.get_or_insert_default().push(byte),
            (None, b'\'' | b'"') => {
                quote = Some(byte);
                word.get_or_insert_default();
            }
            (None, b'\\') => word.get_or_insert_default().extend(bytes.next()),
            (None, b'\n') => {
                line.extend(word.take());
                if !line.is_empty() {
                    lines.push(std::mem::take(&mut line));
                }
            }
            (None, b' ' | b'\t') if !whole => line.extend(word.take()),
            (None, b' ' | b'\t') if word.is_none() => {}
            (None, byte) => word.get_or_insert_default().push(byte),
        }
    }
    if let Some(open) = quote {
        let kind = if open == b'"' { "double" } else { "single" };
        return Err(format!(
            "unmatched {kind} quote; by default quotes are special to xargs unless you use \
             the -0 option"
        ));
    }
    line.extend(word);
    if !line.is_empty() {
        lines.push(line);
    }
    Ok(lines)
}
