//! `select`: asks for one of some words, and runs its body for each answer.

use super::super::frame::{Frame, State};
use super::super::host::Host;
use super::super::machine::{Machine, parse_number};
use super::super::print;
use super::super::script::Kind;
use super::super::source::marked;
use super::Next;
use crate::os::Fd;

/// A `select` under way.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(in crate::sh) struct Select {
    /// The word to expand next, and what came of those before it.
    next: u32,
    values: Vec<Vec<u8>>,
    phase: Phase,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
enum Phase {
    #[default]
    Words,
    /// To ask, with the menu.
    Menu,
    /// To ask again after the body, with the menu if the answer has become empty.
    Again,
    /// To look at the answer.
    Answer,
}

impl Select {
    /// `continue`.
    pub(super) fn ask_again(&mut self) {
        self.phase = Phase::Again;
    }
}

/// Columns of a line where COLUMNS says nothing.
const COLUMNS: usize = 80;

impl Machine {
    pub(super) fn select_step(&mut self, mut frame: Frame, host: &mut dyn Host) -> Next {
        let State::Select(select) = &mut frame.state else {
            unreachable!("step() looked at the state")
        };
        match select.phase {
            Phase::Words => self.select_words(frame, host),
            Phase::Menu => self.ask(frame, true, host),
            Phase::Again => {
                let menu = self.vars.text(b"REPLY").is_some_and(Vec::is_empty);
                self.ask(frame, menu, host)
            }
            Phase::Answer => self.answered(frame),
        }
    }

    fn select_words(&mut self, mut frame: Frame, host: &mut dyn Host) -> Next {
        let script = frame.script.clone();
        let node = script.node(frame.at);
        let Kind::For { words, .. } = &node.kind else { unreachable!("the state is of a loop") };
        let State::Select(select) = &frame.state else {
            unreachable!("step() looked at the state")
        };
        let next = select.next;
        self.line = self.line_of(&script, node);
        if next == 0 && frame.log.is_empty() && self.answer.is_none() {
            self.note_command(&script, frame.at);
            if !frame.debugged {
                self.trace(host, &marked(&print::head(&script, frame.at, 0)));
            }
            let Some(ready) = self.debugged(frame) else { return Next::Go };
            frame = ready;
        }
        let word = words.as_ref().and_then(|words| words.get(next as usize));
        let more = match word.map(|word| self.expanding(&mut frame, host, |ex| ex.fields(word))) {
            Some(Ok(more)) => Some(more),
            Some(Err(stop)) => return self.stopped(frame, stop, host),
            None => None,
        };
        let State::Select(select) = &mut frame.state else {
            unreachable!("step() looked at the state")
        };
        match more {
            Some(more) => {
                select.values.extend(more);
                select.next += 1;
            }
            None => {
                if words.is_none() {
                    select.values = self.args.clone();
                }
                if select.values.is_empty() {
                    self.status = 0;
                    return Next::Go;
                }
                select.phase = Phase::Menu;
                self.status = 0;
            }
        }
        self.frames.push(frame);
        Next::Go
    }

    /// Models `select_query`: the menu, the prompt, and what is typed.
    fn ask(&mut self, mut frame: Frame, menu: bool, host: &mut dyn Host) -> Next {
        let (script, at) = (frame.script.clone(), frame.at);
        self.line = self.line_of(&script, script.node(at));
        let columns = self.vars.text(b"COLUMNS").and_then(|text| parse_number(text));
        let columns = columns.and_then(|number| usize::try_from(number).ok());
        let State::Select(select) = &mut frame.state else {
            unreachable!("step() looked at the state")
        };
        select.phase = Phase::Answer;
        let mut text = Vec::new();
        if menu {
            text = menu_of(&select.values, columns.filter(|number| *number > 0).unwrap_or(COLUMNS));
        }
        text.extend(self.vars.text(b"PS3").cloned().unwrap_or_else(|| b"#? ".to_vec()));
        self.write(Fd::STDERR, text, None);
        self.frames.push(frame);
        self.begin_read(&script, at, &[], host);
        Next::Go
    }

    fn answered(&mut self, mut frame: Frame) -> Next {
        let script = frame.script.clone();
        let Kind::For { name, body, head, .. } = &script.node(frame.at).kind else {
            unreachable!("the state is of a loop")
        };
        let State::Select(select) = &mut frame.state else {
            unreachable!("step() looked at the state")
        };
        if self.status != 0 {
            self.write(Fd::STDOUT, b"\n".to_vec(), None);
            self.status = 1;
            return Next::Go;
        }
        let reply = self.vars.text(b"REPLY").cloned().unwrap_or_default();
        if reply.is_empty() {
            select.phase = Phase::Menu;
            self.frames.push(frame);
            return Next::Go;
        }
        let number = parse_number(&reply).and_then(|number| usize::try_from(number).ok());
        let chosen = number.and_then(|number| select.values.get(number.checked_sub(1)?).cloned());
        select.phase = Phase::Again;
        self.act(&script, *head);
        if !self.assign(name, chosen.unwrap_or_default()) {
            self.complain_of(name, "readonly variable");
            self.status = 1;
            return Next::Go;
        }
        self.frames.push(frame);
        self.enter(&script, *body);
        Next::Go
    }
}

/// Models `print_select_list`.
fn menu_of(words: &[Vec<u8>], columns: usize) -> Vec<u8> {
    let digits = |number: usize| number.to_string().len();
    let longest = words.iter().map(Vec::len).max().unwrap_or(0);
    let width = longest + digits(words.len()) + 4;
    let in_row = (columns / width).max(1);
    let mut rows = words.len().div_ceil(in_row);
    let in_row = words.len().div_ceil(rows);
    if rows == 1 {
        rows = in_row;
    }
    let mut all = Vec::new();
    for row in 0..rows {
        let mut at = 0;
        for number in (row..words.len()).step_by(rows) {
            let wide = if at == 0 { digits(rows) } else { digits(words.len()) };
            let item = format!("{:wide$}) ", number + 1);
            all.extend_from_slice(item.as_bytes());
            all.extend_from_slice(&words[number]);
            if number + rows < words.len() {
                indent(&mut all, at + item.len() + words[number].len(), at + width);
                at += width;
            }
        }
        all.push(b'\n');
    }
    all
}

/// Tabs, then spaces, from one column to another.
fn indent(all: &mut Vec<u8>, mut from: usize, to: usize) {
    while from < to {
        if to / 8 > from / 8 {
            all.push(b'\t');
            from += 8 - from % 8;
        } else {
            all.push(b' ');
            from += 1;
        }
    }
}
