//! The machine: one line, one cycle. Where a command needs a line that is not there yet, it is
//! asked again when it is.

mod ranges;

use ranges::{Range, ranges_of};

use super::command::{SED, read_script};
use super::edit::{listed, replaced};
use super::lines::{LineReader, Next};
use super::script::{Script, Subst, Verb};
use crate::base::limit::{SED_COMMANDS_PER_STEP, SED_SPACE_BYTES_MAX, WORD_BYTES_MAX};
use crate::ere::Regex;
use crate::os::{Errno, Fd, FileKind, Open, Wait};
use crate::tool::args;
use crate::tool::input::Input;
use crate::tool::say::say;
use crate::tool::{Context, Step};

/// What is printed when the cycle ends.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Later {
    Text(Vec<u8>),
    File(Vec<u8>),
}

/// sed.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Sed {
    script: Script,
    quiet: bool,
    /// `-i`: with which suffix the old file is kept.
    in_place: Option<Vec<u8>>,
    delimiter: u8,
    /// `-s`, `-i`: each file's lines are counted anew.
    separate: bool,
    lines: LineReader,
    /// Descriptors of the files that `w` writes, and whether what stands last in it lacks its line
    /// end.
    files: Vec<(Fd, bool)>,
    space: Vec<u8>,
    hold: Vec<u8>,
    /// The line in the pattern space ended with its delimiter.
    whole: bool,
    /// The same of the hold space.
    hold_whole: bool,
    line: u64,
    /// Where the script stands; `None`: between cycles.
    at: Option<u32>,
    substituted: bool,
    /// Where each command's range stands.
    ranges: Vec<Range>,
    later: Vec<Later>,
    last_regex: Option<Regex>,
    /// How far `R` has read which files, in bytes.
    read: Vec<(Vec<u8>, u64)>,
    /// What was printed last lacks its line end.
    unfinished: bool,
    edited: Vec<u8>,
    editing: bool,
    code: u8,
}

/// How a cycle goes on.
enum Flow {
    Next,
    Jump(u32),
    /// The cycle ends; `true`: the pattern space is printed first.
    EndCycle(bool),
    Wait(Vec<Wait>),
    Quit(u8, bool),
    Fail(String, u8),
}

impl Sed {
    /// Reads the arguments and the script.
    pub fn begin(cx: &mut Context) -> Result<Sed, u8> {
        let mut args = args::parse(cx, &SED)?;
        let script = read_script(cx, &mut args)?;
        let delimiter = if args.has('z') { 0 } else { b'\n' };
        let in_place = args.value('i').map(Vec::from);
        let separate = in_place.is_some() || args.has('s');
        let mut files = Vec::new();
        for name in &script.files {
            let fd = match name.as_slice() {
                b"/dev/stdout" => Ok(Fd::STDOUT),
                b"/dev/stderr" => Ok(Fd::STDERR),
                name => cx.sys.open(name, Open::WRITE),
            };
            let fd = fd.map_err(|errno| {
                cx.complain(say!("couldn't open file ", name, ": ", errno.text()));
                4
            })?;
            files.push((fd, false));
        }
        Ok(Sed {
            ranges: ranges_of(&script),
            quiet: args.has('n') || script.quiet,
            script,
            in_place,
            delimiter,
            separate,
            lines: LineReader::new(Input::new(&args.operands), delimiter, separate),
            files,
            space: Vec::new(),
            hold: Vec::new(),
            whole: true,
            hold_whole: true,
            line: 0,
            at: None,
            substituted: false,
            later: Vec::new(),
            last_regex: None,
            read: Vec::new(),
            unfinished: false,
            edited: Vec::new(),
            editing: false,
            code: 0,
        })
    }

    /// Runs until a line is missing or all is done.
    pub fn step(&mut self, cx: &mut Context) -> Step {
        for _ in 0..SED_COMMANDS_PER_STEP {
            let flow = match self.at {
                None => match self.begin_cycle(cx) {
                    Ok(()) => continue,
                    Err(step) => return step,
                },
                Some(at) if at as usize >= self.script.commands.len() => Flow::EndCycle(true),
                Some(at) => self.command(cx, at),
            };
            match flow {
                Flow::Next => self.at = self.at.map(|at| at + 1),
                Flow::Jump(to) => self.at = Some(to),
                Flow::EndCycle(print) => self.end_cycle(cx, print),
                Flow::Wait(waits) => return Step::Wait(waits),
                Flow::Quit(code, print) => {
                    self.end_cycle(cx, print);
                    if print {
                        // `dump_append` ends the line, even where nothing was appended.
                        self.emit(cx, b"");
                    }
                    self.finish_file(cx);
                    return Step::Done(code);
                }
                Flow::Fail(text, code) => {
                    cx.complain(text);
                    return Step::Done(code);
                }
            }
        }
        Step::More
    }

    fn begin_cycle(&mut self, cx: &mut Context) -> Result<(), Step> {
        match self.read_line(cx) {
            Next::Line(line, whole) => {
                self.space = line;
                self.whole = whole;
                self.substituted = false;
                self.at = Some(0);
                Ok(())
            }
            Next::End => {
                self.finish_file(cx);
                Err(Step::Done(self.code))
            }
            Next::Wait(waits) => Err(Step::Wait(waits)),
            Next::NewFile => Ok(()),
        }
    }

    /// The next line; a new file has been begun where one was announced.
    fn read_line(&mut self, cx: &mut Context) -> Next {
        let next = self.lines.next(cx);
        if let Err(code) = self.tell_trouble(cx) {
            self.code = code;
            return Next::End;
        }
        match &next {
            Next::Line(..) => self.line += 1,
            Next::NewFile => {
                self.finish_file(cx);
                self.lines.begin_file();
                self.begin_file(cx);
            }
            _ => {}
        }
        next
    }

    /// Says which operands could not be read. One that could be opened and not read ends sed.
    fn tell_trouble(&mut self, cx: &mut Context) -> Result<(), u8> {
        for (name, errno, opened) in std::mem::take(&mut self.lines.trouble) {
            let text = match (errno, opened, &self.in_place) {
                (Errno::Isdir, _, Some(_)) => say!("couldn't edit ", name, ": not a regular file"),
                (errno, true, _) => say!("read error on ", name, ": ", errno.text()),
                (errno, false, _) => say!("can't read ", name, ": ", errno.text()),
            };
            cx.complain(text);
            match (opened, &self.in_place) {
                (true, _) => return Err(4),
                (false, _) => self.code = 2,
            }
        }
        Ok(())
    }

    fn begin_file(&mut self, cx: &mut Context) {
        if self.separate {
            self.line = 0;
            self.hold.clear();
            self.ranges = ranges_of(&self.script);
            self.read.clear();
        }
        if self.in_place.is_none() || self.lines.name() == b"-" {
            return;
        }
        let kind = cx.sys.stat(self.lines.name(), true).map(|stat| stat.kind);
        self.editing = kind == Ok(FileKind::File);
        self.line = 0;
        self.unfinished = false;
    }

    /// With -i: the file is replaced by what was printed.
    fn finish_file(&mut self, cx: &mut Context) {
        if !std::mem::take(&mut self.editing) {
            return;
        }
        let name = self.lines.name().to_vec();
        let suffix = self.in_place.clone().unwrap_or_default();
        if !suffix.is_empty()
            && let Ok(old) = cx.sys.read_file(&name)
        {
            let backup = match suffix.contains(&b'*') {
                true => suffix.split(|byte| *byte == b'*').collect::<Vec<_>>().join(&name[..]),
                false => say!(name, suffix),
            };
            let _ = cx.sys.write_file(&backup, &old);
        }
        let content = std::mem::take(&mut self.edited);
        if let Err(errno) = cx.sys.write_file(&name, &content.into()) {
            cx.complain(say!("couldn't open temporary file ", name, ": ", errno.text()));
            self.code = 4;
        }
        self.unfinished = false;
    }

    fn end_cycle(&mut self, cx: &mut Context, print: bool) {
        if print && !self.quiet {
            let space = std::mem::take(&mut self.space);
            self.print_line(cx, &space, self.whole);
            self.space = space;
        }
        self.flush_later(cx);
        self.at = None;
    }

    fn flush_later(&mut self, cx: &mut Context) {
        for later in std::mem::take(&mut self.later) {
            match later {
                Later::Text(text) => self.emit(cx, &text),
                Later::File(name) => {
                    if let Ok(content) = cx.read_file(&name) {
                        self.emit(cx, &content.to_bytes(WORD_BYTES_MAX as u64));
                    }
                }
            }
        }
    }

    fn emit(&mut self, cx: &mut Context, text: &[u8]) {
        let text = match std::mem::take(&mut self.unfinished) {
            true => say!([self.delimiter], text),
            false => text.to_vec(),
        };
        if text.is_empty() {
            return;
        }
        if self.editing { self.edited.extend(text) } else { cx.print(text) }
    }

    /// The text of `i` and `c`, which ends as lines do.
    fn emit_text(&mut self, cx: &mut Context, mut text: Vec<u8>) {
        if let Some(end) = text.last_mut() {
            *end = self.delimiter;
        }
        self.emit(cx, &text);
    }

    /// A line; without its end where the input's last lacked it.
    fn print_line(&mut self, cx: &mut Context, line: &[u8], whole: bool) {
        let end: &[u8] = if whole { &[self.delimiter] } else { b"" };
        self.emit(cx, &say!(line, end));
        self.unfinished = !whole;
    }

    fn write_file(&mut self, cx: &mut Context, index: u32, line: &[u8], whole: bool) {
        let (fd, unfinished) = &mut self.files[index as usize];
        if *fd == Fd::STDOUT {
            return self.print_line(cx, line, whole);
        }
        let end = [self.delimiter];
        let missing = &end[..usize::from(std::mem::replace(unfinished, !whole))];
        let end = &end[..usize::from(whole)];
        cx.out.pass_to(*fd, say!(missing, line, end).into());
    }

    fn is_last(&mut self, cx: &mut Context) -> Result<bool, Flow> {
        let at_end = self.lines.at_end(cx).map_err(Flow::Wait)?;
        self.tell_trouble(cx).map_err(|code| Flow::Quit(code, false))?;
        Ok(at_end)
    }

    /// The regular expression meant; an empty one is the last used.
    fn regex(&mut self, regex: &Option<Regex>) -> Result<Regex, Flow> {
        if let Some(regex) = regex {
            self.last_regex = Some(regex.clone());
        }
        let last = self.script.expressions.max(1);
        let place = format!("-e expression #{last}, char 0: ");
        let missing = || Flow::Fail(place + "no previous regular expression", 1);
        self.last_regex.clone().ok_or_else(missing)
    }

    fn command(&mut self, cx: &mut Context, at: u32) -> Flow {
        let was = self.ranges[at as usize];
        let selected = match self.selected(cx, at) {
            Ok(selected) => selected,
            Err(flow) => {
                self.ranges[at as usize] = was;
                return flow;
            }
        };
        let verb = self.script.commands[at as usize].verb.clone();
        if !selected {
            return match verb {
                Verb::Block(end) => Flow::Jump(end),
                _ => Flow::Next,
            };
        }
        let flow = self.act(cx, at, verb);
        if matches!(flow, Flow::Wait(_)) {
            // It will be asked again for the same line.
            self.ranges[at as usize] = was;
        }
        flow
    }

    fn act(&mut self, cx: &mut Context, at: u32, verb: Verb) -> Flow {
        match verb {
            Verb::Block(_) => {}
            Verb::Number => {
                let text = say!(self.line.to_string(), [self.delimiter]);
                self.emit(cx, &text);
            }
            Verb::Append(text) => self.later.push(Later::Text(text)),
            Verb::Insert(text) => self.emit_text(cx, text),
            Verb::Change(text) => {
                let ranged = self.script.commands[at as usize].to.is_some();
                if !ranged || !matches!(self.ranges[at as usize], Range::Active(_)) {
                    self.emit_text(cx, text);
                }
                return Flow::EndCycle(false);
            }
            Verb::Branch(to) => return Flow::Jump(to),
            Verb::BranchIf(to) if std::mem::take(&mut self.substituted) => return Flow::Jump(to),
            Verb::BranchIf(_) => {}
            Verb::BranchUnless(to) if !std::mem::take(&mut self.substituted) => {
                return Flow::Jump(to);
            }
            Verb::BranchUnless(_) => {}
            Verb::Delete => return Flow::EndCycle(false),
            Verb::DeleteFirst => match self.first_end() {
                None => return Flow::EndCycle(false),
                Some(end) => {
                    self.space.drain(..=end);
                    return Flow::Jump(0);
                }
            },
            Verb::FileName => {
                let name = say!(self.lines.name(), [self.delimiter]);
                self.emit(cx, &name);
            }
            Verb::List(width) => {
                let text = listed(&self.space, width as usize, self.delimiter);
                self.emit_text(cx, text);
            }
            Verb::Next | Verb::NextAppend => return self.next_line(cx, verb == Verb::NextAppend),
            Verb::Print => {
                let space = self.space.clone();
                self.print_line(cx, &space, self.whole);
            }
            Verb::PrintFirst => {
                let end = self.first_end();
                let first = self.space[..end.unwrap_or(self.space.len())].to_vec();
                self.print_line(cx, &first, end.is_some() || self.whole);
            }
            Verb::Quit(code, print) => return Flow::Quit(code, print),
            Verb::Read(name) => self.later.push(Later::File(name)),
            Verb::ReadLine(name) => self.read_line_of(cx, name),
            Verb::Write(index) | Verb::WriteFirst(index) => {
                let whole = matches!(verb, Verb::Write(_));
                let end = self.first_end().filter(|_| !whole);
                let text = self.space[..end.unwrap_or(self.space.len())].to_vec();
                self.write_file(cx, index, &text, end.is_some() || self.whole);
            }
            Verb::Translate(map) => {
                for byte in &mut self.space {
                    *byte = map[usize::from(*byte)];
                }
            }
            Verb::Subst(subst) => return self.subst(cx, &subst),
            other => self.spaces(&other),
        }
        Flow::Next
    }

    /// `R`: the next line of a file, while there is one.
    fn read_line_of(&mut self, cx: &mut Context, name: Vec<u8>) {
        let Ok(content) = cx.sys.read_file(&name) else { return };
        let at = match self.read.iter().position(|(known, _)| *known == name) {
            Some(at) => at,
            None => {
                self.read.push((name, 0));
                self.read.len() - 1
            }
        };
        let from = &mut self.read[at].1;
        let bytes = content.slice(*from, u64::MAX).to_bytes(WORD_BYTES_MAX as u64);
        let end = bytes.iter().position(|byte| *byte == self.delimiter);
        let line = &bytes[..end.map_or(bytes.len(), |end| end + 1)];
        *from += line.len() as u64;
        if !line.is_empty() {
            self.later.push(Later::Text(line.to_vec()));
        }
    }

    /// Commands between the two spaces.
    fn spaces(&mut self, verb: &Verb) {
        match verb {
            Verb::Get => {
                self.space = self.hold.clone();
                self.whole = self.hold_whole;
            }
            Verb::GetAppend => {
                self.space.extend(say!([self.delimiter], self.hold));
                self.whole = self.hold_whole;
            }
            Verb::Hold => {
                self.hold = self.space.clone();
                self.hold_whole = self.whole;
            }
            Verb::HoldAppend => {
                self.hold.extend(say!([self.delimiter], self.space));
                self.hold_whole = self.whole;
            }
            Verb::Exchange => {
                std::mem::swap(&mut self.space, &mut self.hold);
                std::mem::swap(&mut self.whole, &mut self.hold_whole);
            }
            Verb::Zap => self.space.clear(),
            other => unreachable!("{other:?} is handled before"),
        }
        self.space.truncate(SED_SPACE_BYTES_MAX);
        self.hold.truncate(SED_SPACE_BYTES_MAX);
    }

    fn first_end(&self) -> Option<usize> {
        self.space.iter().position(|byte| *byte == self.delimiter)
    }

    /// `n` and `N`.
    fn next_line(&mut self, cx: &mut Context, append: bool) -> Flow {
        match self.is_last(cx) {
            Err(flow) => return flow,
            Ok(true) => {
                // Without a next line GNU sed prints the pattern space and ends.
                return Flow::EndCycle(true);
            }
            Ok(false) => {}
        }
        if !append && !self.quiet {
            let space = self.space.clone();
            self.print_line(cx, &space, self.whole);
        }
        self.flush_later(cx);
        loop {
            match self.read_line(cx) {
                Next::Line(line, whole) => {
                    if append {
                        self.space.extend(say!([self.delimiter], line));
                        self.space.truncate(SED_SPACE_BYTES_MAX);
                    } else {
                        self.space = line;
                    }
                    self.whole = whole;
                    self.substituted = false;
                    return Flow::Next;
                }
                Next::NewFile => {}
                Next::Wait(_) | Next::End => return Flow::EndCycle(true),
            }
        }
    }

    fn subst(&mut self, cx: &mut Context, subst: &Subst) -> Flow {
        let regex = match self.regex(&subst.regex) {
            Ok(regex) => regex,
            Err(flow) => return flow,
        };
        let Some(result) = replaced(&regex, subst, &self.space) else { return Flow::Next };
        self.space = result;
        self.space.truncate(SED_SPACE_BYTES_MAX);
        self.substituted = true;
        if subst.print {
            let space = self.space.clone();
            self.print_line(cx, &space, self.whole);
        }
        if let Some(index) = subst.file {
            let space = self.space.clone();
            self.write_file(cx, index, &space, self.whole);
        }
        Flow::Next
    }
}
