//! Expansion: a [`Word`] → the words a command gets.
//!
//! An expansion may need a command's output in the middle, and a shell as data cannot wait there.
//! So everything an expansion finds out (a variable's value, a substitution's output, an assignment
//! made by `${v:=w}`) is written to a log that stays with the command's frame; when the
//! substitution has ended, the word is expanded again from its start, taking from the log what is
//! there. Nothing happens twice.

pub(super) mod brace;
mod fields;
mod glob;
mod param;
mod slice;
mod transform;

use crate::base::limit::WORD_DEPTH_MAX;
use std::sync::Arc;

use super::arith::{self, ArithError};
use super::host::Host;
use super::machine::{Machine, Origin};
use super::pattern::Pattern;
use super::script::{AstId, Index, ParamOp, Part, PartKind, Script, Span, Word};
use super::{Dialect, dash_arith};
use crate::base::limit::WORD_BYTES_MAX;
use crate::os::{Fd, FileKind, Open};

pub(super) use fields::Field;
pub(super) use glob::file_names;

/// Something an expansion has found out.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) enum Logged {
    Value(Value),
    Bytes(Vec<u8>),
    Done,
}

/// What a parameter stands for.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) enum Value {
    Unset,
    One(Vec<u8>),
    /// Several, as `@` gives them, or (`star`) `*`.
    Many {
        items: Vec<Vec<u8>>,
        star: bool,
    },
}

/// Why an expansion stopped.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Stop {
    /// It needs this command's output.
    Substitute { body: Option<AstId>, text: Vec<u8>, span: Span },
    /// It needs all that comes from this descriptor.
    Read(Fd),
    /// It failed, and said so: the line is dropped.
    Discard,
    /// It failed, and said so: a script ends.
    Exit(u8),
    /// The same from within an expression, which leaves all as it stands.
    ExitHere(u8),
}

pub(super) type Expanded<T> = Result<T, Stop>;

/// A stretch of an expanded word.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Piece {
    Text {
        bytes: Vec<u8>,
        quoted: bool,
        split: bool,
    },
    /// A new field begins; where fields are not made, these bytes stand between.
    Break(Vec<u8>),
    /// The same between unquoted parameters: bash separates them as IFS does.
    Soft(Vec<u8>),
}

pub(super) struct Expand<'a> {
    pub machine: &'a mut Machine,
    pub host: &'a mut dyn Host,
    pub script: Arc<Script>,
    pub log: Vec<Logged>,
    pub cursor: usize,
    pub depth: u32,
    /// A here-document's body: `$*` stands with spaces between.
    pub document: bool,
    /// A length is asked for: a subscript out of range is not complained of.
    pub quiet: bool,
    /// How often an element is looked for: for its attributes twice.
    pub looks: u32,
    /// A value to assign is expanded: there one empty argument is not null.
    pub assigns: bool,
    /// The value that is expanded next is shown (`set -x`).
    pub traces_value: bool,
}

impl<'a> Expand<'a> {
    /// Of a script's words, from the beginning.
    pub(in crate::sh) fn new(
        machine: &'a mut Machine,
        host: &'a mut dyn Host,
        script: Arc<Script>,
    ) -> Expand<'a> {
        Expand {
            machine,
            host,
            script,
            log: Vec::new(),
            cursor: 0,
            depth: 0,
            document: false,
            quiet: false,
            looks: 1,
            assigns: false,
            traces_value: false,
        }
    }
}

impl Expand<'_> {
    /// What `find` finds out, once.
    pub(super) fn once(
        &mut self,
        find: impl FnOnce(&mut Self) -> Expanded<Logged>,
    ) -> Expanded<Logged> {
        if let Some(known) = self.log.get(self.cursor) {
            self.cursor += 1;
            return Ok(known.clone());
        }
        let found = find(self)?;
        self.log.push(found.clone());
        self.cursor += 1;
        Ok(found)
    }

    fn deeper<T>(&mut self, work: impl FnOnce(&mut Self) -> Expanded<T>) -> Expanded<T> {
        if self.depth >= WORD_DEPTH_MAX {
            self.machine.complain(b"expansion nested too deeply");
            return Err(Stop::Discard);
        }
        self.depth += 1;
        let answer = work(self);
        self.depth -= 1;
        answer
    }

    /// A word of a command: all expansions; any number of fields.
    pub(super) fn fields(&mut self, word: &Word) -> Expanded<Vec<Vec<u8>>> {
        let words = if self.machine.bash() && !self.machine.options.braceexpand_off {
            brace::expand(word)
        } else {
            vec![word.clone()]
        };
        let mut all = Vec::new();
        // Whether a word looks like an assignment is seen before its braces are.
        let tilde = self.tilde_of(word);
        for word in words {
            let pieces = self.pieces(&word, tilde)?;
            let ifs = self.separators();
            for field in fields::split(pieces, ifs.as_deref()) {
                self.globbed(field, &mut all)?;
            }
        }
        Ok(all)
    }

    /// In bash a word that looks like an assignment has its tildes where an assignment has them.
    fn tilde_of(&self, word: &Word) -> Tilde {
        match word.parts.first().map(|part| (part.quoted, &part.kind)) {
            Some((false, PartKind::Text(text))) if self.machine.bash() => {
                match text.iter().position(|b| *b == b'=') {
                    Some(at) if super::parse::is_identifier(&text[..at]) => Tilde::Word,
                    _ => Tilde::Start,
                }
            }
            _ => Tilde::Start,
        }
    }

    /// A word that stays one: an assignment's value, a here-string, `case`'s word.
    pub(super) fn one(&mut self, word: &Word, tilde: Tilde) -> Expanded<Vec<u8>> {
        let pieces = self.pieces(word, tilde)?;
        Ok(joined(pieces))
    }

    /// A value to assign, or a here-string.
    pub(super) fn value_of(&mut self, word: &Word, tilde: Tilde) -> Expanded<Vec<u8>> {
        let outer = std::mem::replace(&mut self.assigns, self.machine.bash());
        let value = self.one(word, tilde);
        self.assigns = outer;
        value
    }

    /// A pattern: what is quoted stands for itself.
    pub(super) fn pattern(&mut self, word: &Word, extended: bool) -> Expanded<Pattern> {
        let extended = extended || self.machine.shopts.has("extglob");
        let mut pattern = Pattern { extended, ..Pattern::default() };
        for piece in self.pieces(word, Tilde::Start)? {
            match piece {
                Piece::Text { bytes, quoted: true, .. } => pattern.push(&bytes, true),
                Piece::Text { bytes, .. } => push_escaped(&mut pattern, &bytes),
                Piece::Break(bytes) | Piece::Soft(bytes) => pattern.push(&bytes, false),
            }
        }
        if !self.machine.bash() {
            pattern.for_dash();
        }
        Ok(pattern)
    }

    pub(super) fn separators(&self) -> Option<Vec<u8>> {
        self.machine.vars.text(b"IFS").cloned()
    }

    /// The word's pieces.
    pub(super) fn pieces(&mut self, word: &Word, tilde: Tilde) -> Expanded<Vec<Piece>> {
        self.deeper(|ex| {
            let (mut all, mut ends) = (Vec::new(), Vec::new());
            for (number, part) in word.parts.iter().enumerate() {
                let last = number + 1 == word.parts.len();
                let before = word.parts[..number].last();
                ex.part(part, tilde, before, last, &mut all)?;
                ends.push(all.len());
                if size(&all) > WORD_BYTES_MAX {
                    ex.machine.complain(b"xrealloc: cannot allocate memory");
                    return Err(Stop::Exit(2));
                }
            }
            ex.drop_null_strings(word, &ends, &mut all);
            Ok(all)
        })
    }

    /// Where `"$@"` stands for nothing, the string it stands in is no word if the rest of it is
    /// empty, too. `ends`: where each part's pieces end.
    fn drop_null_strings(&self, word: &Word, ends: &[usize], all: &mut Vec<Piece>) {
        if !self.machine.bash() || !word.parts.iter().any(is_all_arguments) {
            return;
        }
        let mut to = word.parts.len();
        while to > 0 {
            let joins = |at: &usize| word.parts[at - 1].span.end == word.parts[*at].span.start;
            let from = (1..to).rev().find(|at| !joins(at)).unwrap_or(0);
            let start = if from == 0 { 0 } else { ends[from - 1] };
            let (parts, pieces) = (&word.parts[from..to], &all[start..ends[to - 1]]);
            let empty =
                |piece: &Piece| matches!(piece, Piece::Text { bytes, .. } if bytes.is_empty());
            let goes = parts.iter().any(is_all_arguments)
                && pieces.iter().all(empty)
                && !parts.iter().any(|part| self.keeps_null(part));
            if goes && pieces.len() < parts.len() {
                all.drain(start..ends[to - 1]);
            }
            to = from;
        }
    }

    /// Whether a part that comes to nothing is a quoted null all the same.
    fn keeps_null(&self, part: &Part) -> bool {
        match &part.kind {
            PartKind::Param(param) => match param.op {
                ParamOp::Test { op, .. } => op == b'=',
                ParamOp::Slice { .. }
                | ParamOp::Replace { .. }
                | ParamOp::Case { .. }
                | ParamOp::Transform(_) => self.machine.vars.text(&param.name).is_some(),
                _ => !part.quoted,
            },
            PartKind::Command { .. } | PartKind::Backquote { .. } => !part.quoted,
            _ => true,
        }
    }

    fn part(
        &mut self,
        part: &Part,
        tilde: Tilde,
        before: Option<&Part>,
        last: bool,
        all: &mut Vec<Piece>,
    ) -> Expanded<()> {
        match &part.kind {
            PartKind::Text(text) if part.quoted => all.push(quoted(text.clone())),
            PartKind::Text(text) => self.literal(text, tilde, before, last, all),
            PartKind::Param(param) => self.param(param, part, all)?,
            PartKind::Broken(broken) => return Err(self.fail(broken)),
            PartKind::Command { body, file } => {
                let bytes = match file {
                    Some(word) => self.file_content(word)?,
                    None => self.substitute(Some(*body), &[], part.span)?,
                };
                all.push(Piece::Text { bytes, quoted: part.quoted, split: !part.quoted });
            }
            PartKind::Backquote { body, text } => {
                let bytes = self.substitute(*body, text, part.span)?;
                all.push(Piece::Text { bytes, quoted: part.quoted, split: !part.quoted });
            }
            PartKind::Arith(word) => {
                let value = self.arith_word(word, b"")?;
                let bytes = value.to_string().into_bytes();
                all.push(Piece::Text { bytes, quoted: part.quoted, split: !part.quoted });
            }
            PartKind::Process { body, input } => {
                let script = self.script.clone();
                let found = self.once(|ex| {
                    let path = ex.machine.process_substitution(&script, *body, *input, ex.host);
                    Ok(Logged::Bytes(path))
                })?;
                let Logged::Bytes(path) = found else { return Ok(()) };
                all.push(quoted(path));
            }
        }
        Ok(())
    }

    /// Unquoted text, with its tildes.
    fn literal(
        &mut self,
        text: &[u8],
        tilde: Tilde,
        before: Option<&Part>,
        last: bool,
        all: &mut Vec<Piece>,
    ) {
        let mut at = 0;
        let mut plain = Vec::new();
        let mut may_start = before.is_none() && tilde != Tilde::Never;
        let mut assigns = tilde == Tilde::Assign || (tilde == Tilde::Word && before.is_some());
        while at < text.len() {
            if text[at] == b'~' && may_start {
                let ends = |b: &u8| *b == b'/' || (assigns && *b == b':');
                let length = text[at..].iter().position(ends);
                let whole = length.is_some() || last;
                let mut length = length.unwrap_or(text.len() - at);
                // tilde_expand has it end at a colon even there (tilde_additional_suffixes).
                if let Some(colon) = text[at..at + length].iter().position(|b| *b == b':')
                    && self.machine.bash()
                {
                    length = colon;
                }
                let home = if whole { self.home(&text[at + 1..at + length]) } else { None };
                if let Some(home) = home {
                    all.push(unsplit(std::mem::take(&mut plain)));
                    all.push(quoted(home));
                    at += length;
                    may_start = false;
                    continue;
                }
            }
            let equals = tilde == Tilde::Word && text[at] == b'=' && !assigns;
            may_start = equals || (assigns && text[at] == b':');
            assigns |= equals;
            plain.push(text[at]);
            at += 1;
        }
        if !plain.is_empty() {
            all.push(unsplit(plain));
        }
    }

    /// What `~name` stands for.
    fn home(&self, name: &[u8]) -> Option<Vec<u8>> {
        let vars = &self.machine.vars;
        match name {
            b"" => Some(vars.text(b"HOME").cloned().unwrap_or_else(|| b"/root".into())),
            b"+" if self.machine.bash() => vars.text(b"PWD").cloned(),
            b"-" if self.machine.bash() => vars.text(b"OLDPWD").cloned(),
            [b'+' | b'-' | b'0'..=b'9', ..] if self.machine.bash() => self.stacked(name),
            _ => {
                let passwd = self.host.read_file(b"/etc/passwd").ok()?.bytes();
                let row = passwd
                    .split(|b| *b == b'\n')
                    .map(|line| line.split(|b| *b == b':').collect::<Vec<_>>())
                    .find(|row| row.len() > 5 && row[0] == name)?;
                Some(row[5].to_vec())
            }
        }
    }

    /// `~1`, `~-1`: a directory of the stack.
    fn stacked(&self, name: &[u8]) -> Option<Vec<u8>> {
        let stack = self.machine.stack();
        let digits = name.strip_prefix(b"+").or(name.strip_prefix(b"-")).unwrap_or(name);
        let number: usize = std::str::from_utf8(digits).ok()?.parse().ok()?;
        let index = match name.first() {
            Some(b'-') => stack.len().checked_sub(number + 1)?,
            _ => number,
        };
        stack.get(index).cloned()
    }

    /// A command's output without the newlines at its end.
    fn substitute(&mut self, body: Option<AstId>, text: &[u8], span: Span) -> Expanded<Vec<u8>> {
        let text = text.to_vec();
        let found = self.once(|_| Err(Stop::Substitute { body, text, span }))?;
        match found {
            Logged::Bytes(bytes) => Ok(bytes),
            _ => Ok(Vec::new()),
        }
    }

    /// `$(<file)`.
    fn file_content(&mut self, word: &Word) -> Expanded<Vec<u8>> {
        let path = self.one(word, Tilde::Start)?;
        let found = self.once(|ex| {
            (ex.machine.substitution_status, ex.machine.status) = (0, 0);
            ex.machine.substituted = true;
            let stat = ex.host.stat(&path, true);
            let is_stream =
                stat.is_ok_and(|stat| !matches!(stat.kind, FileKind::File | FileKind::Directory));
            if is_stream && let Ok(from) = ex.host.open(&path, Open::READ) {
                return Err(Stop::Read(from));
            }
            match ex.host.read_file(&path) {
                Ok(blob) => Ok(Logged::Bytes(trimmed(blob.to_bytes(WORD_BYTES_MAX as u64)))),
                Err(errno) => {
                    ex.machine.complain_of(&path, errno.text());
                    (ex.machine.substitution_status, ex.machine.status) = (1, 1);
                    if ex.machine.options.errexit {
                        return Err(Stop::Exit(1));
                    }
                    Ok(Logged::Bytes(Vec::new()))
                }
            }
        })?;
        match found {
            Logged::Bytes(bytes) => Ok(bytes),
            _ => Ok(Vec::new()),
        }
    }

    /// The value of an arithmetic expression. `who` names the command in messages (`let: `, `((:
    /// `).
    pub(super) fn arith_word(&mut self, word: &Word, who: &[u8]) -> Expanded<i64> {
        let text = self.one(word, Tilde::Never)?;
        self.arith_text(&text, who)
    }

    pub(super) fn arith_text(&mut self, text: &[u8], who: &[u8]) -> Expanded<i64> {
        let found = self.once(|ex| {
            let value = evaluate(ex.machine, text, who)?;
            Ok(Logged::Bytes(value.to_string().into_bytes()))
        })?;
        match found {
            Logged::Bytes(bytes) => Ok(super::machine::parse_number(&bytes).unwrap_or(0)),
            _ => Ok(0),
        }
    }
}

/// Evaluates, and says what is wrong.
pub(super) fn evaluate(machine: &mut Machine, text: &[u8], who: &[u8]) -> Expanded<i64> {
    let found = match machine.dialect {
        Dialect::Sh => dash_arith::evaluate(machine, text),
        Dialect::Bash | Dialect::Ash => arith::evaluate(machine, text),
    };
    match found {
        Ok(value) => Ok(value),
        Err(ArithError::Unbound(name)) => {
            let stop = machine.unbound(&name);
            Err(if let Stop::Exit(code) = stop { Stop::ExitHere(code) } else { stop })
        }
        Err(ArithError::Number(text)) => {
            machine.complain(&[b"Illegal number: ", text.as_slice()].concat());
            Err(Stop::Exit(2))
        }
        Err(ArithError::ReadOnly(name)) => {
            machine.complain_of(&name, "readonly variable");
            Err(Stop::Discard)
        }
        Err(ArithError::Subscript(message)) => {
            machine.complain(&message);
            machine.give_up();
            Err(Stop::Discard)
        }
        Err(ArithError::Message(message)) => {
            if machine.bash() {
                machine.complain(&[who, message.as_slice()].concat());
                return Err(Stop::Discard);
            }
            let message = super::dash::arith_message(text, &message);
            machine.complain(&message);
            Err(Stop::Exit(2))
        }
    }
}

impl Machine {
    /// `set -u` met a variable without a value.
    pub(super) fn unbound(&mut self, name: &[u8]) -> Stop {
        let words = if self.bash() { "unbound variable" } else { "parameter not set" };
        self.complain_of(name, words);
        Stop::Exit(self.fatal_status())
    }

    /// How a command stops after a message that bash ends with at once where `set -e` holds, even
    /// where a status would not count (report_error).
    pub(super) fn reported(&mut self) -> Stop {
        if self.bash() && self.options.errexit {
            return Stop::Exit(self.status.max(1));
        }
        Stop::Discard
    }

    /// What a script ends with where an expansion says it must.
    pub(super) fn fatal_status(&self) -> u8 {
        match (self.bash(), self.origin) {
            (false, _) => 2,
            _ if self.at_prompt => 1,
            (true, Origin::Command)
                if (self.subshell == 0 || self.level.simple) && !self.options.errexit =>
            {
                127
            }
            (true, _) => 1,
        }
    }
}

/// `"$@"`, `"${name[@]}"`.
fn is_all_arguments(part: &Part) -> bool {
    let PartKind::Param(param) = &part.kind else { return false };
    part.quoted && (param.name == b"@" || param.index == Some(Index::At))
}

/// Where a tilde may stand.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Tilde {
    Never,
    Start,
    /// Also behind each `:`.
    Assign,
    /// Behind the first `=`, and behind each `:` after it.
    Word,
}

fn size(pieces: &[Piece]) -> usize {
    pieces.iter().map(|p| if let Piece::Text { bytes, .. } = p { bytes.len() } else { 1 }).sum()
}

fn joined(pieces: Vec<Piece>) -> Vec<u8> {
    let mut all = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Text { bytes, .. } => all.extend_from_slice(&bytes),
            Piece::Break(bytes) | Piece::Soft(bytes) => all.extend_from_slice(&bytes),
        }
    }
    all
}

fn quoted(bytes: Vec<u8>) -> Piece {
    Piece::Text { bytes, quoted: true, split: false }
}

fn unsplit(bytes: Vec<u8>) -> Piece {
    Piece::Text { bytes, quoted: false, split: false }
}

/// Without newlines at the end, and without NULs.
pub(super) fn trimmed(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.retain(|byte| *byte != 0);
    while bytes.last() == Some(&b'\n') {
        bytes.pop();
    }
    bytes
}

/// Unquoted bytes of a pattern: a backslash that came out of an expansion quotes.
pub(super) fn push_escaped(pattern: &mut Pattern, bytes: &[u8]) {
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == b'\\' && at + 1 < bytes.len() {
            pattern.push(&bytes[at + 1..at + 2], true);
            at += 2;
        } else {
            pattern.push(&bytes[at..at + 1], false);
            at += 1;
        }
    }
}
