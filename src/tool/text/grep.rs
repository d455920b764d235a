//! grep, egrep, fgrep (GNU grep 3.8).

mod options;
mod pattern;

use super::super::args;
use super::super::input::{Filter, Input, Lines, bytes_of};
use super::super::process::matches_glob;
use super::super::say::{base_name, join, number, say};
use super::super::{Context, quote};
use crate::base::Blob;
use crate::ere::{Dialect, Flags};
use crate::os::{Errno, FileKind};
use options::{GREP, given_counts, given_patterns, with_context, with_letters};
use pattern::{Matcher, from_perl, read_patterns};

/// grep.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Grep {
    patterns: Vec<Matcher>,
    invert: bool,
    count: bool,
    names_only: bool,
    names_without: bool,
    only_matching: bool,
    quiet: bool,
    silent: bool,
    number: bool,
    /// `-b`: where in the file it stands.
    bytes: bool,
    coloured: bool,
    /// `--include` (`X`), `--exclude` (`Y`) and `--exclude-dir` (`V`).
    globs: Vec<(char, Vec<u8>)>,
    /// `--label`.
    label: Vec<u8>,
    /// After a name in lists and before lines.
    null_names: bool,
    /// Between lines.
    delimiter: u8,
    tabs: bool,
    /// Between groups of lines, where a context was asked for.
    between: Option<Vec<u8>>,
    /// Binary files: show a message, lines as they are (`a`), or nothing (`I`).
    binary: char,
    named: bool,
    whole_line: bool,
    whole_word: bool,
    before: u64,
    after: u64,
    max: u64,
    skip_dirs: bool,
    deep: bool,
    lines: Lines,
    file: FileState,
    any: bool,
    failed: bool,
    separated: bool,
}

/// What was seen of the file being read.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
struct FileState {
    line: u64,
    selected: u64,
    after_left: u64,
    kept: Vec<(u64, u64, Vec<u8>)>,
    /// Where the line begins, and where the next does, in bytes.
    offset: u64,
    next_offset: u64,
    last_shown: u64,
    binary: bool,
    done: bool,
    /// With `-T`: how wide numbers are, as wide as the file's size.
    width: u32,
}

/// What a grep without PCRE says.
const LACKS_PERL: &str =
    "support for the -P option is not compiled into this --disable-perl-regexp binary";

impl Grep {
    /// Reads the arguments.
    pub fn begin(cx: &mut Context) -> Result<(Grep, Input), u8> {
        let argv = with_context(cx.argv);
        let mut inner = cx.with_argv(&argv);
        let mut args = args::parse(&mut inner, &GREP)?;
        with_letters(cx, &mut args)?;
        let counts = given_counts(cx, &args)?;
        let mut patterns = given_patterns(cx, &mut args)?;
        // Nothing can be selected: grep does not even begin.
        let has = |letter| args.has(letter);
        let none = patterns == [b""] && has('v') && !has('x') && !has('w');
        let zero = args.value('m').and_then(number) == Some(0);
        if (none || zero) && args.last_of("lL") != Some('L') {
            return Err(1);
        }
        if args.has('P') {
            let plain: Option<Vec<Vec<u8>>> = patterns.iter().map(|text| from_perl(text)).collect();
            match plain {
                Some(plain) => patterns = plain,
                None => {
                    cx.not_modelled("-P");
                    cx.complain(LACKS_PERL);
                    return Err(2);
                }
            }
        }
        let mut grep = Grep::shaped(cx, &args, counts, patterns)?;
        let operands = match args.operands.is_empty() && grep.deep {
            true => vec![b".".to_vec()],
            false => args.operands.clone(),
        };
        let operands =
            if grep.deep { grep.expand(cx, &operands, args.operands.is_empty()) } else { operands };
        let input =
            if operands.is_empty() && grep.deep { Input::default() } else { Input::new(&operands) };
        grep.named = match args.last_of("Hh") {
            Some(letter) => letter == 'H',
            None => input.count() > 1 || (grep.deep && !grep.is_single_file(cx, &args.operands)),
        };
        if grep.deep || operands.is_empty() || grep.globs.is_empty() {
            return Ok((grep, input));
        }
        let passed: Vec<Vec<u8>> =
            operands.into_iter().filter(|name| grep.is_read(cx, name)).collect();
        let input = if passed.is_empty() { Input::default() } else { Input::new(&passed) };
        Ok((grep, input))
    }

    fn is_single_file(&self, cx: &Context, operands: &[Vec<u8>]) -> bool {
        let [name] = operands else { return false };
        cx.sys.stat(name, true).is_ok_and(|stat| stat.kind != FileKind::Directory)
    }

    fn shaped(
        cx: &mut Context,
        args: &args::Args,
        counts: [u64; 3],
        patterns: Vec<Vec<u8>>,
    ) -> Result<Grep, u8> {
        let kind = args.last_of("EFGP").unwrap_or(match cx.name {
            "egrep" => 'E',
            "fgrep" => 'F',
            _ => 'G',
        });
        let flags = Flags {
            extended: matches!(kind, 'E' | 'P'),
            icase: matches!(args.last_of("iyO"), Some('i' | 'y')),
            newline: false,
            utf8: cx.is_utf8(),
            dialect: Dialect::Grep,
        };
        let matchers = read_patterns(cx, patterns, kind, flags)?;
        let [after, before, max] = counts;
        let has = |letter| args.has(letter);
        let globs = args.options.iter().filter(|(letter, _)| matches!(letter, 'X' | 'Y' | 'V'));
        let between = args.options.iter().rev().find(|(letter, _)| matches!(letter, 'S' | 'W'));
        let between = match between {
            _ if args.last_of("ABC").is_none() => None,
            Some(('W', _)) => None,
            Some((_, text)) => Some(text.clone()),
            None => Some(b"--".to_vec()),
        };
        let plain = !(has('c') || has('l') || has('L') || has('q') || has('o'));
        Ok(Grep {
            patterns: matchers,
            invert: has('v'),
            count: has('c') && !has('l') && !has('L'),
            names_only: args.last_of("lL") == Some('l'),
            names_without: args.last_of("lL") == Some('L'),
            only_matching: has('o'),
            quiet: has('q'),
            silent: has('s'),
            number: has('n'),
            bytes: has('b'),
            coloured: args.value('J').is_some_and(|when| when == b"always"),
            globs: globs.cloned().collect(),
            label: args.value('K').unwrap_or(b"(standard input)").to_vec(),
            null_names: has('Z'),
            delimiter: if has('z') { 0 } else { b'\n' },
            tabs: has('T'),
            between,
            binary: args.last_of("aI").unwrap_or('-'),
            named: false,
            whole_line: has('x'),
            whole_word: has('w'),
            before: if plain { before } else { 0 },
            after: if plain { after } else { 0 },
            max,
            skip_dirs: args.last_of("rRk").is_some(),
            deep: has('r') || has('R'),
            lines: Lines::default(),
            file: FileState::default(),
            any: false,
            failed: false,
            separated: false,
        })
    }

    /// All files beneath the operands, for -r.
    fn expand(&mut self, cx: &mut Context, operands: &[Vec<u8>], implied: bool) -> Vec<Vec<u8>> {
        let mut files = Vec::new();
        let mut stack: Vec<Vec<u8>> = operands.iter().rev().cloned().collect();
        while let Some(path) = stack.pop() {
            let top = operands.contains(&path);
            let stat = cx.sys.stat(&path, top);
            if stat.is_ok_and(|stat| stat.kind == FileKind::Directory) {
                if self.is_left_out(&path) {
                    continue;
                }
                let names = cx.sys.read_dir(&path).unwrap_or_default();
                let below = names.iter().rev().map(|name| match implied && path == b"." {
                    true => name.clone(),
                    false => join(&path, name),
                });
                stack.extend(below);
            } else if self.is_wanted(&path)
                && (top || stat.is_ok_and(|stat| stat.kind == FileKind::File))
            {
                files.push(path);
            }
        }
        files
    }

    /// The first of these globs that matches a path or its last part.
    fn glob(&self, path: &[u8], letters: &str) -> Option<char> {
        let globs = self.globs.iter().filter(|(letter, _)| letters.contains(*letter));
        globs.map(|(letter, glob)| (*letter, glob)).find_map(|(letter, glob)| {
            let matches =
                matches_glob(glob, base_name(path), false) || matches_glob(glob, path, false);
            matches.then_some(letter)
        })
    }

    /// Whether `--include` and `--exclude` let a file pass.
    fn is_wanted(&self, path: &[u8]) -> bool {
        match self.glob(path, "XY") {
            Some(letter) => letter == 'X',
            None => !self.globs.iter().any(|(letter, _)| *letter == 'X'),
        }
    }

    /// Whether a file that was named is read; one that cannot be is complained of.
    fn is_read(&self, cx: &Context, name: &[u8]) -> bool {
        match cx.sys.stat(name, true) {
            _ if name == b"-" => true,
            Ok(stat) if stat.kind == FileKind::Directory => !self.is_left_out(name),
            Ok(_) => self.is_wanted(name),
            Err(_) => true,
        }
    }

    /// Whether `--exclude-dir` leaves a directory out.
    fn is_left_out(&self, path: &[u8]) -> bool {
        self.glob(path, "V").is_some()
    }

    /// The first match of a line at or after `start`.
    fn find(&self, line: &[u8], start: usize) -> Option<(usize, usize)> {
        let mut best: Option<(usize, usize)> = None;
        for pattern in &self.patterns {
            let mut at = start;
            while let Some((from, to)) = pattern.find(line, at) {
                if self.fits(line, from, to) {
                    if best.is_none_or(|(a, b)| from < a || (from == a && to > b)) {
                        best = Some((from, to));
                    }
                    break;
                }
                at = from + 1;
                if at > line.len() {
                    break;
                }
            }
        }
        best
    }

    fn fits(&self, line: &[u8], from: usize, to: usize) -> bool {
        let word =
            |byte: Option<&u8>| byte.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
        if self.whole_line && !(from == 0 && to == line.len()) {
            return false;
        }
        !self.whole_word
            || !(word(from.checked_sub(1).and_then(|at| line.get(at))) || word(line.get(to)))
    }

    fn line(&mut self, line: Vec<u8>, input: &Input, cx: &mut Context) {
        if self.file.done || (self.file.binary && self.binary == 'I') {
            return;
        }
        self.file.line += 1;
        self.file.offset = self.file.next_offset;
        self.file.next_offset += line.len() as u64 + 1;
        let found = self.find(&line, 0);
        if found.is_some() == self.invert || self.file.selected >= self.max {
            self.unselected(line, input, cx);
            return;
        }
        self.any = true;
        self.file.selected += 1;
        if self.file.selected >= self.max || self.quiet || self.names_only || self.names_without {
            self.file.done = self.after == 0 || self.quiet || self.names_only || self.names_without;
        }
        if self.quiet || self.count || self.names_only || self.names_without {
            return;
        }
        if self.file.binary && self.binary != 'a' {
            let name = self.shown_name(input).to_vec();
            cx.complain(say!(name, ": binary file matches"));
            self.file.done = true;
            return;
        }
        if self.only_matching {
            self.show_matches(&line, found, input, cx);
            return;
        }
        self.show_context_before(input, cx);
        let number = self.file.line;
        self.show(&line, number, b':', input, cx);
        self.file.after_left = self.after;
    }

    fn unselected(&mut self, line: Vec<u8>, input: &Input, cx: &mut Context) {
        let number = self.file.line;
        if self.file.after_left > 0 {
            self.file.after_left -= 1;
            self.show(&line, number, b'-', input, cx);
            if self.file.selected >= self.max && self.file.after_left == 0 {
                self.file.done = true;
            }
            return;
        }
        if self.before > 0 {
            self.file.kept.push((number, self.file.offset, line));
            if self.file.kept.len() as u64 > self.before {
                self.file.kept.remove(0);
            }
        }
    }

    fn show_context_before(&mut self, input: &Input, cx: &mut Context) {
        let kept = std::mem::take(&mut self.file.kept);
        let first = kept.first().map_or(self.file.line, |(number, ..)| *number);
        let gap = first > self.file.last_shown + 1 || (self.file.last_shown == 0 && first >= 1);
        if let Some(between) = self.between.as_ref().filter(|_| gap && self.separated) {
            let text = if self.coloured { coloured(between, "36") } else { between.clone() };
            cx.print(say!(text, "\n"));
        }
        let offset = self.file.offset;
        for (number, at, line) in kept {
            self.file.offset = at;
            self.show(&line, number, b'-', input, cx);
        }
        self.file.offset = offset;
    }

    fn show(&mut self, line: &[u8], number: u64, mark: u8, input: &Input, cx: &mut Context) {
        let head = self.head(number, mark, self.file.offset, input);
        let shown = match self.coloured && mark == b':' && !self.invert {
            true => self.with_colour(line),
            false => line.to_vec(),
        };
        let tab = if self.tabs && !head.is_empty() && !line.is_empty() { "\t" } else { "" };
        cx.print(say!(head, tab, shown, [self.delimiter]));
        self.file.last_shown = number;
        self.separated = true;
    }

    fn head(&self, number: u64, mark: u8, offset: u64, input: &Input) -> Vec<u8> {
        let mut head = Vec::new();
        let mut part = |text: Vec<u8>, mark: u8, colour: &str| match self.coloured {
            true if mark == 0 => head.extend(say!(coloured(&text, colour), [0])),
            true => {
                head.extend(coloured(&text, colour));
                head.extend(coloured(&[mark], "36"));
            }
            false => head.extend(say!(text, [mark])),
        };
        if self.named {
            let mark = if self.null_names { 0 } else { mark };
            part(self.shown_name(input).to_vec(), mark, "35");
        }
        let width = self.file.width as usize;
        if self.number {
            part(format!("{number:width$}").into_bytes(), mark, "32");
        }
        if self.bytes {
            part(format!("{offset:width$}").into_bytes(), mark, "32");
        }
        head
    }

    /// A line with its matches in red.
    fn with_colour(&self, line: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        let mut at = 0;
        while let Some((from, to)) = self.find(line, at).filter(|(from, to)| to > from) {
            out.extend(&line[at..from]);
            out.extend(coloured(&line[from..to], "01;31"));
            at = to;
        }
        out.extend(&line[at..]);
        out
    }

    fn show_matches(
        &self,
        line: &[u8],
        first: Option<(usize, usize)>,
        input: &Input,
        cx: &mut Context,
    ) {
        let mut next = first;
        while let Some((from, to)) = next {
            if to > from {
                let offset = self.file.offset + from as u64;
                let matched = match self.coloured {
                    true => coloured(&line[from..to], "01;31"),
                    false => line[from..to].to_vec(),
                };
                let head = self.head(self.file.line, b':', offset, input);
                let tab = if self.tabs && !head.is_empty() { "\t" } else { "" };
                cx.print(say!(head, tab, matched, [self.delimiter]));
            }
            let start = if to > from { to } else { to + 1 };
            next = if start <= line.len() { self.find(line, start) } else { None };
        }
    }

    fn finish_file(&mut self, input: &Input, cx: &mut Context) {
        let name = self.shown_name(input).to_vec();
        let file = std::mem::take(&mut self.file);
        if self.quiet {
            return;
        }
        if self.count {
            let mark = if self.null_names { "\0" } else { ":" };
            let head = if self.named { say!(name, mark) } else { Vec::new() };
            cx.print(say!(head, file.selected.to_string(), "\n"));
        }
        let end = if self.null_names { "\0" } else { "\n" };
        if (self.names_only && file.selected > 0) || (self.names_without && file.selected == 0) {
            cx.print(say!(name, end));
        }
    }

    fn shown_name<'a>(&'a self, input: &'a Input) -> &'a [u8] {
        if input.name() == b"-" { &self.label } else { input.name() }
    }
}

fn coloured(text: &[u8], colour: &str) -> Vec<u8> {
    say!("\x1b[", colour, "m\x1b[K", text, "\x1b[m\x1b[K")
}

impl Filter for Grep {
    fn opened(&mut self, input: &Input, cx: &mut Context) {
        self.file = FileState::default();
        let stat = input.fd().and_then(|fd| cx.sys.fd_stat(fd).ok());
        if self.tabs {
            let size = stat.filter(|stat| stat.kind == FileKind::File).map(|stat| stat.size);
            // Of what is no file the size is not known.
            self.file.width = size.map_or(19, |size| size.checked_ilog10().unwrap_or(0) + 1);
        }
        self.lines = Lines::default();
    }

    fn chunk(&mut self, chunk: &Blob, input: &mut Input, cx: &mut Context) -> Option<u8> {
        let tells = !(self.quiet || self.count || self.names_only || self.names_without);
        if tells && self.max > 1 && input.is_output(cx) && !cx.busybox {
            cx.complain(say!(quote::needed(input.name()), ": input file is also the output"));
            self.failed = true;
            input.skip(cx);
            return None;
        }
        let has_hole = chunk.len() != chunk.kept() as u64;
        let by_lines = self.delimiter == b'\n';
        self.file.binary |= by_lines && (has_hole || chunk.bytes().contains(&0));
        // In what is binary a line also ends at a NUL (`zap_nuls`).
        let zapped = (self.file.binary && by_lines && self.binary != 'a').then(|| {
            let mut bytes = bytes_of(chunk, 0);
            bytes.iter_mut().filter(|byte| **byte == 0).for_each(|byte| *byte = b'\n');
            Blob::from(bytes)
        });
        for line in self.lines.feed(zapped.as_ref().unwrap_or(chunk), self.delimiter) {
            self.line(line, input, cx);
        }
        if self.quiet && self.any {
            return Some(0);
        }
        if self.file.done {
            self.lines.rest();
            self.finish_file(input, cx);
            input.skip(cx);
        }
        None
    }

    fn closed(&mut self, input: &mut Input, cx: &mut Context) -> Option<u8> {
        if let Some(line) = self.lines.rest() {
            self.line(line, input, cx);
        }
        self.finish_file(input, cx);
        (self.quiet && self.any).then_some(0)
    }

    fn held(&self) -> usize {
        self.lines.held()
    }

    fn failed(&mut self, input: &Input, errno: Errno, opened: bool, cx: &mut Context) {
        if errno == Errno::Isdir && self.skip_dirs {
            return;
        }
        if opened {
            self.finish_file(input, cx);
        }
        self.failed = true;
        if !self.silent {
            cx.complain(say!(input.name(), ": ", errno.text()));
        }
    }

    fn end(&mut self, _: &mut Context) -> u8 {
        match (self.failed, self.any) {
            (true, _) => 2,
            (false, any) => u8::from(!any),
        }
    }
}
