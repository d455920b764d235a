//! Which line a message names: bash's `line_number`, which each command sets and puts back.

use super::frame::State;
use super::machine::Machine;
use super::script::{Node, Script};

impl Machine {
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
        let last = self.line_shifts.iter().rev().find(|(from, _)| *from <= place);
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
        let Some(read) = (next as usize).checked_sub(1) else { return };
        let (Some(group), Some(line)) = (script.groups.get(read), script.group_lines.get(read))
        else {
            return;
        };
        let shift = i64::from(self.line) - i64::from(*line);
        let place = script.node(*group).span.end;
        if script.same_text(&self.main) && self.bash() {
            self.line_shifts.push((place, i32::try_from(shift).unwrap_or(0)));
        }
    }

    /// The line that holds between commands: that of the `for`, `case` or function around, or the
    /// last one that was read.
    pub(super) fn line_around(&self) -> u32 {
        for frame in self.frames.iter().rev() {
            let line = || self.line_of(&frame.script, frame.script.node(frame.at));
            match &frame.state {
                State::For { .. } | State::Case { .. } => return line(),
                State::Cleanup(cleanup) if cleanup.function && !cleanup.traced => return line(),
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
