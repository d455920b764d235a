//! Script text → commands. Models sed/compile.c: what it accepts, what it says, and at which
//! character it says so.

use super::reader::{BLANKS, Reader, SPACES, Wrong, file_name, text_block};
use super::regex;
use super::script::{Address, Command, Part, Script, Subst, Verb};
use crate::ere::{Dialect, Flags, Regex};

/// How scripts are read.
#[derive(Clone, Copy)]
pub struct Mode {
    /// `-E`, `-r`.
    pub extended: bool,
    /// The locale's characters are UTF-8.
    pub utf8: bool,
    /// `-l`: where `l` folds lines.
    pub line_length: u32,
    /// Not `-z`: only then have `^` and `$` to do with line ends.
    pub by_lines: bool,
}

/// A script being built from several `-e` and `-f`.
pub struct Parser {
    mode: Mode,
    script: Script,
    /// Open braces: the command's index, and the expression they stand in.
    open: Vec<(u32, u32)>,
    labels: Vec<(Vec<u8>, u32)>,
    jumps: Vec<(Vec<u8>, u32)>,
    /// An `a\` at the end of a `-e`: the next one is its text.
    pending: Option<u8>,
    pending_command: Option<(Option<Address>, Option<Address>, bool)>,
    first: bool,
}

type Addresses = (Option<Address>, Option<Address>, bool);

impl Parser {
    /// Begins.
    pub fn new(mode: Mode) -> Parser {
        Parser {
            mode,
            script: Script::default(),
            open: Vec::new(),
            labels: Vec::new(),
            jumps: Vec::new(),
            pending: None,
            pending_command: None,
            first: true,
        }
    }

    /// Reads one `-e` or `-f`.
    pub fn read(&mut self, text: &[u8], is_expression: bool) -> Result<(), Wrong> {
        self.script.expressions += u32::from(is_expression);
        let mut reader = Reader { text, at: 0 };
        if let (Some(letter), Some(addresses)) = (self.pending.take(), self.pending_command.take())
        {
            let words = text_block(&mut reader);
            self.push(addresses, text_verb(letter, words));
        }
        if std::mem::take(&mut self.first) && (text == b"#n" || text.starts_with(b"#n\n")) {
            self.script.quiet = true;
        }
        loop {
            reader.skip(&[SPACES, b";"].concat());
            if reader.peek().is_none() {
                return Ok(());
            }
            self.command(&mut reader)?;
        }
    }

    /// The whole script, its jumps resolved.
    pub fn finish(mut self) -> Result<Script, Wrong> {
        if let (Some(letter), Some(addresses)) = (self.pending.take(), self.pending_command.take())
        {
            // `$a\\`: no text, but what is printed before gets its line end.
            self.push(addresses, text_verb(letter, Vec::new()));
        }
        if let Some((_, expression)) = self.open.last() {
            return Err(Wrong { text: "unmatched `{'".into(), at: *expression, lacking: None });
        }
        let end = self.script.commands.len() as u32;
        for (label, index) in std::mem::take(&mut self.jumps) {
            let target = match label.is_empty() {
                true => Some(end),
                false => self.labels.iter().find(|(known, _)| *known == label).map(|row| row.1),
            };
            let Some(target) = target else {
                let label = String::from_utf8_lossy(&label).into_owned();
                return Err(Wrong {
                    text: format!("can't find label for jump to `{label}'"),
                    at: u32::MAX,
                    lacking: None,
                });
            };
            match &mut self.script.commands[index as usize].verb {
                Verb::Branch(to) | Verb::BranchIf(to) | Verb::BranchUnless(to) => *to = target,
                other => unreachable!("only branches jump, not {other:?}"),
            }
        }
        Ok(self.script)
    }

    fn push(&mut self, (from, to, negated): Addresses, verb: Verb) -> u32 {
        self.script.commands.push(Command { from, to, negated, verb });
        self.script.commands.len() as u32 - 1
    }

    fn address(&mut self, reader: &mut Reader) -> Result<Option<Address>, Wrong> {
        let address = match reader.peek() {
            Some(b'$') => {
                reader.at += 1;
                Address::Last
            }
            Some(b'/' | b'\\') => {
                let mut slash = reader.next().unwrap_or(b'/');
                if slash == b'\\' {
                    slash = reader.next().ok_or_else(|| reader.wrong("unexpected `,'"))?;
                }
                let text = reader.until(slash, true);
                let text = text.ok_or_else(|| reader.wrong("unterminated address regex"))?;
                let (mut icase, mut lines) = (false, false);
                loop {
                    match reader.peek() {
                        Some(b'I') => icase = true,
                        Some(b'M') => lines = true,
                        _ => break,
                    }
                    reader.at += 1;
                }
                Address::Pattern(self.regex(reader, &text, icase, lines)?)
            }
            Some(b'0'..=b'9') => {
                let first = reader.number().unwrap_or(0);
                reader.skip(BLANKS);
                if reader.peek() == Some(b'~') {
                    reader.at += 1;
                    let step = reader.number().unwrap_or(0);
                    if step > 0 { Address::Step(first, step) } else { Address::Line(first) }
                } else {
                    Address::Line(first)
                }
            }
            _ => return Ok(None),
        };
        Ok(Some(address))
    }

    fn regex(
        &self,
        reader: &Reader,
        text: &[u8],
        icase: bool,
        lines: bool,
    ) -> Result<Option<Regex>, Wrong> {
        if text.is_empty() {
            return Ok(None);
        }
        let flags = Flags {
            extended: self.mode.extended,
            icase,
            newline: lines,
            utf8: self.mode.utf8,
            dialect: Dialect::Sed,
        };
        match Regex::new(&regex::pattern(text), flags) {
            Ok(regex) if self.mode.by_lines => Ok(Some(regex)),
            Ok(regex) => Ok(Some(regex.anchored_to_ends())),
            Err(error) => Err(reader.wrong(error.text())),
        }
    }

    fn addresses(&mut self, reader: &mut Reader) -> Result<Addresses, Wrong> {
        let from = self.address(reader)?;
        let mut to = None;
        if from.is_some() {
            reader.skip(BLANKS);
            if reader.peek() == Some(b',') {
                reader.at += 1;
                reader.skip(BLANKS);
                to = self.second_address(reader)?;
                if to.is_none() {
                    reader.next();
                    return Err(reader.wrong("unexpected `,'"));
                }
            }
        }
        if from == Some(Address::Line(0)) && !matches!(to, Some(Address::Pattern(_))) {
            reader.skip(BLANKS);
            reader.next();
            return Err(reader.wrong("invalid usage of line address 0"));
        }
        reader.skip(BLANKS);
        let negated = reader.peek() == Some(b'!');
        if negated {
            reader.at += 1;
            reader.skip(BLANKS);
            if reader.peek() == Some(b'!') {
                reader.at += 1;
                return Err(reader.wrong("multiple `!'s"));
            }
        }
        Ok((from, to, negated))
    }

    fn second_address(&mut self, reader: &mut Reader) -> Result<Option<Address>, Wrong> {
        let sign = reader.peek();
        if let Some(b'+' | b'~') = sign {
            reader.at += 1;
            let count = reader.number().ok_or_else(|| reader.wrong("expected number"))?;
            return Ok(Some(match sign {
                Some(b'+') => Address::Plus(count),
                _ => Address::Multiple(count),
            }));
        }
        self.address(reader)
    }

    fn command(&mut self, reader: &mut Reader) -> Result<(), Wrong> {
        let addresses = self.addresses(reader)?;
        let Some(letter) = reader.next() else { return Err(reader.wrong("missing command")) };
        let (one, two) = (addresses.0.is_some(), addresses.1.is_some());
        let verb = match letter {
            b'#' => {
                if one {
                    return Err(reader.wrong("comments don't accept any addresses"));
                }
                while reader.next().is_some_and(|byte| byte != b'\n') {}
                return Ok(());
            }
            b':' => {
                if one {
                    return Err(reader.wrong(": doesn't want any addresses"));
                }
                let label = self.label(reader, true);
                if label.is_empty() {
                    return Err(reader.wrong("\":\" lacks a label"));
                }
                self.labels.push((label, self.script.commands.len() as u32));
                return Ok(());
            }
            b'{' => {
                let index = self.push(addresses, Verb::Block(0));
                self.open.push((index, self.script.expressions));
                return Ok(());
            }
            b'}' => return self.close(reader, one),
            b'a' | b'i' | b'c' => return self.text(reader, letter, addresses),
            b'b' | b't' | b'T' => return self.branch(reader, letter, addresses),
            b's' => Verb::Subst(self.subst(reader)?),
            b'y' => self.translate(reader)?,
            b'r' | b'w' | b'W' => {
                let name = file_name(reader)?;
                match letter {
                    b'r' => Verb::Read(name),
                    b'w' => Verb::Write(self.file(name)),
                    _ => Verb::WriteFirst(self.file(name)),
                }
            }
            b'q' | b'Q' if two => return Err(reader.wrong("command only uses one address")),
            b'q' | b'Q' | b'l' | b'L' => self.numbered(reader, letter)?,
            b'=' | b'd' | b'D' | b'F' | b'g' | b'G' | b'h' | b'H' | b'n' | b'N' | b'p' | b'P'
            | b'x' | b'z' => {
                self.ends(reader)?;
                simple_verb(letter)
            }
            b'R' => Verb::ReadLine(file_name(reader)?),
            b'v' => return self.version(reader),
            b'+' | b'~' if !one => {
                reader.next();
                return Err(reader.wrong("invalid usage of +N or ~N as first address"));
            }
            letter => {
                let shown = String::from_utf8_lossy(&[letter]).into_owned();
                let mut wrong = reader.wrong(format!("unknown command: `{shown}'"));
                wrong.lacking = matches!(letter, b'e').then_some(shown);
                return Err(wrong);
            }
        };
        self.push(addresses, verb);
        Ok(())
    }

    /// Commands with a number.
    fn numbered(&self, reader: &mut Reader, letter: u8) -> Result<Verb, Wrong> {
        reader.skip(BLANKS);
        let number = reader.number();
        self.ends(reader)?;
        Ok(match letter {
            b'l' => {
                let length = number.and_then(|number| u32::try_from(number).ok());
                Verb::List(length.unwrap_or(self.mode.line_length))
            }
            letter => Verb::Quit(number.unwrap_or(0) as u8, letter == b'q'),
        })
    }

    fn branch(
        &mut self,
        reader: &mut Reader,
        letter: u8,
        addresses: Addresses,
    ) -> Result<(), Wrong> {
        let label = self.label(reader, false);
        let verb = match letter {
            b'b' => Verb::Branch(0),
            b't' => Verb::BranchIf(0),
            _ => Verb::BranchUnless(0),
        };
        let index = self.push(addresses, verb);
        self.jumps.push((label, index));
        Ok(())
    }

    /// `v`: the version of sed that the script needs.
    fn version(&self, reader: &mut Reader) -> Result<(), Wrong> {
        let wanted = self.label(reader, false);
        let text = String::from_utf8_lossy(&wanted).into_owned();
        let parts: Option<Vec<u32>> = match text.is_empty() {
            true => Some(Vec::new()),
            false => text.split('.').map(|part| part.parse().ok()).collect(),
        };
        match parts {
            None => Err(reader.wrong("invalid sed version number")),
            Some(parts) if parts[..] > [4, 9][..] => {
                Err(reader.wrong("expected newer version of sed"))
            }
            Some(_) => Ok(()),
        }
    }

    /// `}`.
    fn close(&mut self, reader: &mut Reader, addressed: bool) -> Result<(), Wrong> {
        let Some((open, _)) = self.open.pop() else {
            return Err(reader.wrong("unexpected `}'"));
        };
        if addressed {
            return Err(reader.wrong("`}' doesn't want any addresses"));
        }
        let end = self.script.commands.len() as u32;
        self.script.commands[open as usize].verb = Verb::Block(end);
        self.ends(reader)
    }

    /// A command ends at `;`, `}`, `#` or the line's end (`read_end_of_cmd`).
    fn ends(&self, reader: &mut Reader) -> Result<(), Wrong> {
        reader.skip(BLANKS);
        match reader.next() {
            None | Some(b'\n' | b';') => Ok(()),
            Some(b'}' | b'#') => {
                reader.at -= 1;
                Ok(())
            }
            Some(_) => Err(reader.wrong("extra characters after command")),
        }
    }

    fn label(&self, reader: &mut Reader, definition: bool) -> Vec<u8> {
        reader.skip(BLANKS);
        let mut label = Vec::new();
        while let Some(byte) = reader.peek() {
            if SPACES.contains(&byte) || byte == b';' || (!definition && byte == b'}') {
                break;
            }
            label.push(byte);
            reader.at += 1;
        }
        label
    }

    /// The text of `a`, `i`, `c` (`read_text`).
    fn text(&mut self, reader: &mut Reader, letter: u8, addresses: Addresses) -> Result<(), Wrong> {
        reader.skip(BLANKS);
        if reader.peek().is_none() {
            return Err(reader.wrong("expected \\ after `a', `c' or `i'"));
        }
        if reader.peek() == Some(b'\\') {
            reader.at += 1;
            reader.skip(BLANKS);
            match reader.peek() {
                Some(b'\n') => reader.at += 1,
                None => {
                    self.pending = Some(letter);
                    self.pending_command = Some(addresses);
                    return Ok(());
                }
                Some(_) => {
                    // `a\text`: blanks after the backslash are kept.
                    while reader.text.get(reader.at - 1).is_some_and(|byte| BLANKS.contains(byte)) {
                        reader.at -= 1;
                    }
                }
            }
        }
        let words = text_block(reader);
        self.push(addresses, text_verb(letter, words));
        Ok(())
    }

    fn file(&mut self, name: Vec<u8>) -> u32 {
        let files = &mut self.script.files;
        let found = files.iter().position(|known| *known == name);
        found.unwrap_or_else(|| {
            files.push(name);
            files.len() - 1
        }) as u32
    }

    fn subst(&mut self, reader: &mut Reader) -> Result<Subst, Wrong> {
        let unterminated = "unterminated `s' command";
        let slash = reader.next().ok_or_else(|| reader.wrong(unterminated))?;
        let text = reader.until(slash, true).ok_or_else(|| reader.wrong(unterminated))?;
        let with = reader.until(slash, false).ok_or_else(|| reader.wrong(unterminated))?;
        let parts = regex::replacement(&with);
        let mut subst =
            Subst { regex: None, parts, global: false, print: false, number: 0, file: None };
        let (mut icase, mut lines) = (false, false);
        loop {
            match reader.next() {
                Some(b'i' | b'I') => icase = true,
                Some(b'm' | b'M') => lines = true,
                Some(b'g') if subst.global => {
                    return Err(reader.wrong("multiple `g' options to `s' command"));
                }
                Some(b'g') => subst.global = true,
                Some(b'p') if subst.print => {
                    return Err(reader.wrong("multiple `p' options to `s' command"));
                }
                Some(b'p') => subst.print = true,
                Some(b'0'..=b'9') => {
                    if subst.number > 0 {
                        return Err(reader.wrong("multiple number options to `s' command"));
                    }
                    reader.at -= 1;
                    subst.number = reader.number().unwrap_or(0);
                    if subst.number == 0 {
                        return Err(reader.wrong("number option to `s' command may not be zero"));
                    }
                }
                Some(b'w') => {
                    let name = file_name(reader)?;
                    subst.file = Some(self.file(name));
                    break;
                }
                Some(b'}' | b'#') => {
                    reader.at -= 1;
                    break;
                }
                None | Some(b'\n' | b';') => break,
                Some(b'\r') if reader.peek() == Some(b'\n') => {}
                Some(byte) if BLANKS.contains(&byte) => {}
                Some(byte) => {
                    let mut wrong = reader.wrong("unknown option to `s'");
                    wrong.lacking = (byte == b'e').then(|| "s///e".to_string());
                    return Err(wrong);
                }
            }
        }
        subst.regex = self.regex(reader, &text, icase, lines)?;
        self.check_references(reader, &subst)?;
        Ok(subst)
    }

    fn check_references(&self, reader: &Reader, subst: &Subst) -> Result<(), Wrong> {
        let groups = subst.regex.as_ref().map_or(9, |regex| regex.groups());
        let most = subst.parts.iter().filter_map(|part| match part {
            Part::Group(number) => Some(*number),
            _ => None,
        });
        match most.max().filter(|most| *most > groups) {
            Some(most) => {
                Err(reader.wrong(format!("invalid reference \\{most} on `s' command's RHS")))
            }
            None => Ok(()),
        }
    }

    fn translate(&mut self, reader: &mut Reader) -> Result<Verb, Wrong> {
        let unterminated = "unterminated `y' command";
        let slash = reader.next().ok_or_else(|| reader.wrong(unterminated))?;
        let from = reader.until(slash, false).ok_or_else(|| reader.wrong(unterminated))?;
        let to = reader.until(slash, false).ok_or_else(|| reader.wrong(unterminated))?;
        let plain = |text: &[u8]| -> Vec<u8> {
            let parts = regex::replacement(text).into_iter().map(|part| match part {
                Part::Text(text) => text,
                Part::Group(0) => b"&".to_vec(),
                _ => Vec::new(),
            });
            parts.collect::<Vec<_>>().concat()
        };
        let (from, to) = (plain(&from), plain(&to));
        if from.len() != to.len() {
            return Err(reader.wrong("strings for `y' command are different lengths"));
        }
        let mut map: Vec<u8> = (0..=255).collect();
        for (from, to) in from.iter().zip(to).rev() {
            map[usize::from(*from)] = to;
        }
        self.ends(reader)?;
        Ok(Verb::Translate(map))
    }
}

fn simple_verb(letter: u8) -> Verb {
    match letter {
        b'=' => Verb::Number,
        b'd' => Verb::Delete,
        b'D' => Verb::DeleteFirst,
        b'F' => Verb::FileName,
        b'g' => Verb::Get,
        b'G' => Verb::GetAppend,
        b'h' => Verb::Hold,
        b'H' => Verb::HoldAppend,
        b'n' => Verb::Next,
        b'N' => Verb::NextAppend,
        b'p' => Verb::Print,
        b'P' => Verb::PrintFirst,
        b'x' => Verb::Exchange,
        _ => Verb::Zap,
    }
}

fn text_verb(letter: u8, text: Vec<u8>) -> Verb {
    match letter {
        b'a' => Verb::Append(text),
        b'i' => Verb::Insert(text),
        _ => Verb::Change(text),
    }
}
