//! tail, also -f.

use super::super::args::{self, Options};
use super::super::input::Event;
use super::super::input::{CHUNK_BYTES, Input};
use super::super::say::say;
use super::super::{Context, Step, quote};
use super::follow::{Follow, Seen};
use super::head::{count, modern, refuse_count};
use crate::base::Blob;
use crate::base::limit::WORD_BYTES_MAX;
use crate::os::{Fd, FileKind, Poll, Wait};

/// tail.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Tail {
    limit: u64,
    by_bytes: bool,
    from_start: bool,
    delimiter: u8,
    follow: Option<Follow>,
    headed: bool,
    any_shown: bool,
    gathered: Blob,
    code: u8,
}

const TAIL: Options = Options {
    short: "c:n:fFqvs:z|w::RP:",
    long: &[
        ("bytes", 'c'),
        ("lines", 'n'),
        ("follow", 'w'),
        ("quiet", 'q'),
        ("silent", 'q'),
        ("verbose", 'v'),
        ("sleep-interval", 's'),
        ("retry", 'R'),
        ("zero-terminated", 'z'),
        ("pid", 'P'),
    ],
    lacking: " max-unchanged-stats",
    fail: 1,
    stop_early: false,
};

impl Tail {
    /// Reads the arguments.
    pub fn begin(cx: &mut Context) -> Result<(Tail, Input), u8> {
        // The old way to write a count holds where one file follows at most.
        let is_file = |word: &Vec<u8>| word.first() != Some(&b'-') || word == b"-";
        let old = match cx.argv {
            [_, _] => true,
            [_, _, dashes, _] => dashes == b"--",
            [_, _, file] => is_file(file) || file == b"--",
            _ => false,
        };
        let mut argv = if old { modern(cx.argv, b"cf") } else { cx.argv.to_vec() };
        // `tail +5`.
        if let Some(word) = argv.get_mut(1).filter(|_| old)
            && word.first() == Some(&b'+')
            && count(word).is_some()
        {
            word.splice(0..0, *b"-n");
        }
        if let Some(digit) = misplaced_count(&argv) {
            cx.complain(format!("option used in invalid context -- {digit}"));
            return Err(1);
        }
        let mut inner = cx.with_argv(&argv);
        let args = args::parse(&mut inner, &TAIL)?;
        let how = args.last_of("cn");
        let text = how.and_then(|letter| args.value(letter)).unwrap_or(b"10");
        let Some((_, limit)) = count(text) else {
            let text = text.strip_prefix(b"-").unwrap_or(text);
            return Err(refuse_count(&mut inner, how == Some('c'), text));
        };
        // Once asked for, it holds for what is counted later, too.
        let from_start = args
            .options
            .iter()
            .any(|(letter, value)| matches!(letter, 'c' | 'n') && value.first() == Some(&b'+'));
        let follow = Follow::begin(cx, &args)?;
        if limit == 0 && !from_start && follow.is_none() {
            return Err(0);
        }
        let input = Input::new(&args.operands);
        let headed = match args.last_of("qv") {
            Some(letter) => letter == 'v',
            None => input.count() > 1,
        };
        let tail = Tail {
            limit,
            by_bytes: how == Some('c'),
            from_start,
            delimiter: if args.has('z') { 0 } else { b'\n' },
            follow,
            headed,
            any_shown: false,
            gathered: Blob::new(),
            code: 0,
        };
        Ok((tail, input))
    }

    /// Reads to the end, shows the end, follows.
    pub fn step(&mut self, input: &mut Input, cx: &mut Context) -> Step {
        loop {
            if input.fd().is_some() && self.follow.is_some() {
                // The file stays open: at its end it is followed.
                if let Some(step) = self.read_followed(input, cx) {
                    return step;
                }
                continue;
            }
            match input.poll(cx, CHUNK_BYTES) {
                Event::Wait(waits) => return Step::Wait(waits),
                Event::Opened => {}
                Event::Chunk(chunk) => {
                    self.gathered.append(&chunk);
                    return Step::More;
                }
                Event::Closed => self.show(input.name(), cx),
                Event::Failed(errno, opened) => {
                    self.code = 1;
                    if opened {
                        let name = input.name().to_vec();
                        self.heading(&name, cx);
                    }
                    let name = quote::always(input.name());
                    let text = match opened {
                        true => say!("error reading ", name, ": ", errno.text()),
                        false => say!("cannot open ", name, " for reading: ", errno.text()),
                    };
                    cx.complain(text);
                    if let Some(follow) = self.follow.as_mut().filter(|_| !opened) {
                        follow.missing(input.name());
                    }
                }
                Event::End => break,
            }
        }
        if self.follow.is_some() { self.watch(cx) } else { Step::Done(self.code) }
    }

    fn read_followed(&mut self, input: &mut Input, cx: &mut Context) -> Option<Step> {
        let fd = input.fd()?;
        match cx.sys.read(fd, CHUNK_BYTES) {
            Ok(Poll::Wait) => Some(Step::Wait(vec![Wait::Readable(fd)])),
            Ok(Poll::Ready(chunk)) if !chunk.is_empty() => {
                self.gathered.append(&chunk);
                Some(Step::More)
            }
            ended => {
                let name = input.name().to_vec();
                let kind = cx.sys.fd_stat(fd).map(|stat| stat.kind);
                if let Err(errno) = ended {
                    self.code = 1;
                    self.heading(&name, cx);
                    let shown = quote::always(&name);
                    cx.complain(say!("error reading ", shown, ": ", errno.text()));
                } else {
                    self.show(&name, cx);
                }
                let Some(follow) = &mut self.follow else { return None };
                match kind {
                    Ok(FileKind::File) if fd != Fd::STDIN => {
                        follow.add(cx, &name, fd);
                        input.release();
                    }
                    Ok(FileKind::Directory) => {
                        follow.unfit(cx, &name);
                        input.skip(cx);
                    }
                    _ => input.skip(cx),
                }
                None
            }
        }
    }

    fn heading(&mut self, name: &[u8], cx: &mut Context) {
        if self.headed {
            let name = if name == b"-" { b"standard input" } else { name };
            cx.print(say!(if self.any_shown { "\n" } else { "" }, "==> ", name, " <==\n"));
            self.any_shown = true;
        }
    }

    fn show(&mut self, name: &[u8], cx: &mut Context) {
        self.heading(name, cx);
        let all = std::mem::take(&mut self.gathered);
        let start = match (self.by_bytes, self.from_start) {
            (true, true) => self.limit.saturating_sub(1),
            (true, false) => all.len().saturating_sub(self.limit),
            (false, _) => {
                let bytes = all.to_bytes(WORD_BYTES_MAX as u64);
                let start = line_start(&bytes, self.limit, self.from_start, self.delimiter);
                cx.out.pass(bytes[start..].into());
                return;
            }
        };
        cx.out.pass(all.slice(start, u64::MAX));
    }

    /// Waits for the files to grow.
    fn watch(&mut self, cx: &mut Context) -> Step {
        let Some(mut follow) = self.follow.take() else { return Step::Done(self.code) };
        let step = match follow.look(cx) {
            Seen::Grown(name, chunk) => {
                if let Some(name) = name {
                    self.heading(&name, cx);
                }
                cx.out.pass(chunk);
                Step::More
            }
            Seen::Told => Step::More,
            Seen::Nothing(timer) => {
                cx.out.flush();
                Step::Wait(vec![Wait::Timer(timer)])
            }
            Seen::End(code) => return Step::Done(code.max(self.code)),
        };
        self.follow = Some(follow);
        step
    }
}

/// The first digit of a count written the old way where it may not be.
fn misplaced_count(argv: &[Vec<u8>]) -> Option<char> {
    let digit = |word: &&Vec<u8>| word.len() > 1 && word[0] == b'-' && word[1].is_ascii_digit();
    let after = |word: &Vec<u8>| matches!(&word[..], b"-n" | b"-c" | b"-s");
    let wrong = argv.windows(2).find(|two| !after(&two[0]) && digit(&&two[1]));
    wrong.map(|two| char::from(two[1][1]))
}

fn line_start(bytes: &[u8], limit: u64, from_start: bool, end: u8) -> usize {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    if from_start {
        let skip = limit.saturating_sub(1);
        let ends = bytes.iter().enumerate().filter(|(_, byte)| **byte == end).map(|(at, _)| at + 1);
        return match skip {
            0 => 0,
            skip => ends.clone().nth(skip - 1).unwrap_or(bytes.len()),
        };
    }
    let body = bytes.strip_suffix(&[end]).unwrap_or(bytes);
    let mut ends = body.iter().enumerate().rev().filter(|(_, byte)| **byte == end);
    match limit {
        0 => bytes.len(),
        limit => ends.nth(limit - 1).map_or(0, |(at, _)| at + 1),
    }
}
