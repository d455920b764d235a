//! Which line a message names: bash's `line_number`, which each command sets and puts back.

use super::frame::{Frame, ProgramKind, State};
use super::machine::{Machine, Origin};
use super::script::{Node, Script};

/// Where bash's count of the main script's lines leaves the true one.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Shifts {
    /// From a place in the script on, by how much.
    at: Vec<(u32, i32)>,
    /// The line that a pipeline left behind within the present command of the script.
    pub slipped: Option<u32>,
}

impl Machine {
    /// What `set -v` shows: bash ends the last line, too.
    pub(super) fn lines_shown(&self, script: &Script, number: u32) -> Vec<u8> {
        // dash has the text of -c already, and reads no lines of it.
        if !self.bash() && self.origin == Origin::Command {
            return Vec::new();
        }
        let mut text = lines_read(script, number);
        if self.bash() && text.last().is_some_and(|last| *last != b'\n') {
            text.push(b'\n');
        }
        text
    }

    /// The line of a command, for messages.
    pub(super) fn line_of(&self, script: &Script, node: &Node) -> u32 {
        match node.relative {
            true => node.line + self.line_base,
            false => self.shifted(script, node.span.start, node.line),
        }
    }

    /// A line of the main script as bash counts it: after an error that made it drop a command
    /// of several lines, it goes on from the line it was at.
    fn shifted(&self, script: &Script, place: u32, line: u32) -> u32 {
        let last = self.line_shifts.at.iter().rev().find(|(from, _)| *from <= place);
        match last {
            Some((_, shift)) if script.same_text(&self.main) => line.saturating_add_signed(*shift),
            _ => line,
        }
    }

    /// A line of what comes next in the main script.
    pub(super) fn shifted_next(&self, script: &Script, line: u32) -> u32 {
        self.shifted(script, u32::MAX, line)
    }

    /// A command is dropped where the script stands now.
    pub(super) fn note_dropped(&mut self, script: &Script, next: u32) {
        self.count_from(script, next, self.line);
    }

    /// What comes next in the script is counted from this line.
    fn count_from(&mut self, script: &Script, next: u32, line: u32) {
        let Some(read) = (next as usize).checked_sub(1) else { return };
        let (Some(group), Some(read_to)) = (script.groups.get(read), script.group_lines.get(read))
        else {
            return;
        };
        let shift = i64::from(line) - i64::from(*read_to);
        let place = script.node(*group).span.end;
        if script.same_text(&self.main) && self.bash() {
            self.line_shifts.at.push((place, i32::try_from(shift).unwrap_or(0)));
        }
    }

    /// A subshell that is not a pipeline's last part leaves its line behind, up to the end of the
    /// loop, the `case` or the function around.
    pub(super) fn slip_line(&mut self, line: u32) {
        let holds = |frame: &&Frame| match &frame.state {
            State::For { .. } | State::ArithFor { .. } | State::Select(_) => true,
            State::Case { .. } | State::Program { .. } => true,
            State::Cleanup(cleanup) => cleanup.function,
            _ => false,
        };
        let Some(around) = self.frames.iter().rposition(|frame| holds(&frame)) else { return };
        let frame = &mut self.frames[around];
        match &frame.state {
            State::Program { kind: ProgramKind::Main, .. } => self.line_shifts.slipped = Some(line),
            State::Program { .. } => {}
            _ => frame.slipped = Some(line),
        }
    }

    /// The next command of the script is read.
    pub(super) fn note_slipped(&mut self, script: &Script, next: u32) {
        if let Some(line) = self.line_shifts.slipped.take() {
            self.count_from(script, next, line);
        }
    }

    /// The line that holds between commands: that of the `for`, `case` or function around, or the
    /// last one that was read.
    pub(super) fn line_around(&self) -> u32 {
        for frame in self.frames.iter().rev() {
            let line = || self.line_of(&frame.script, frame.script.node(frame.at));
            if frame.slipped.is_some() {
                return frame.slipped.unwrap_or(self.line);
            }
            match &frame.state {
                State::For { .. } | State::Case { .. } => return line(),
                State::Cleanup(cleanup) if cleanup.function && !cleanup.traced => return line(),
                State::Program { kind: ProgramKind::Main, .. }
                    if self.line_shifts.slipped.is_some() =>
                {
                    return self.line_shifts.slipped.unwrap_or(self.line);
                }
                State::Program { next, .. } => {
                    let read = (*next as usize).checked_sub(1);
                    let line = read.and_then(|at| frame.script.group_lines.get(at));
                    let group = read.and_then(|at| frame.script.groups.get(at));
                    let (Some(line), Some(group)) = (line, group) else { return self.line };
                    let place = frame.script.node(*group).span.start;
                    return self.shifted(&frame.script, place, *line);
                }
                _ => {}
            }
        }
        self.line_outer
    }
}

/// The lines that are read for a script's command `number` (from 1): comments before it, and
/// here-documents behind it.
fn lines_read(script: &Script, number: u32) -> Vec<u8> {
    let end_of = |number: u32| {
        let line = number.checked_sub(1).and_then(|at| script.group_lines.get(at as usize));
        let line = line.map(|line| (line + 1).saturating_sub(script.first_line) as usize);
        if number == 0 { Some(0) } else { line }
    };
    let lines = script.text.split_inclusive(|byte| *byte == b'\n');
    let from = end_of(number - 1).unwrap_or(usize::MAX);
    let to = end_of(number).unwrap_or(usize::MAX);
    lines.skip(from).take(to.saturating_sub(from)).flatten().copied().collect()
}
