//! Which lines a command's addresses choose. Models `match_address_p` (sed/execute.c).

use super::super::script::{Address, Command, Script};
use super::{Flow, Sed};
use crate::tool::Context;

/// Where a command's range stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Range {
    /// It has not begun.
    Inactive,
    /// With the last line's number, where that is reckoned from the first.
    Active(Option<u64>),
    /// It has ended; one that a line's number begins does not begin again.
    Closed,
}

/// Ranges before the first line.
pub fn ranges_of(script: &Script) -> Vec<Range> {
    let begun = |command: &Command| match command.from {
        Some(Address::Line(0)) => Range::Active(None),
        _ => Range::Inactive,
    };
    script.commands.iter().map(begun).collect()
}

impl Sed {
    /// Whether a command's addresses hold for this line.
    pub(super) fn selected(&mut self, cx: &mut Context, at: u32) -> Result<bool, Flow> {
        let command: Command = self.script.commands[at as usize].clone();
        let Some(from) = &command.from else { return Ok(!command.negated) };
        let Some(to) = &command.to else {
            return Ok(self.holds(cx, from)? != command.negated);
        };
        let within = match self.ranges[at as usize] {
            Range::Active(end) => self.in_range(cx, at, to, end)?,
            _ => self.begins_range(cx, at, from)? && self.open_range(cx, at, from, to)?,
        };
        Ok(within != command.negated)
    }

    /// Whether a range begins here. A line's number that was jumped over (`n`, `N`) holds later on.
    fn begins_range(&mut self, cx: &mut Context, at: u32, from: &Address) -> Result<bool, Flow> {
        match from {
            Address::Line(line) => {
                Ok(self.ranges[at as usize] != Range::Closed && self.line >= *line)
            }
            from => self.holds(cx, from),
        }
    }

    fn open_range(
        &mut self,
        cx: &mut Context,
        at: u32,
        from: &Address,
        to: &Address,
    ) -> Result<bool, Flow> {
        let line = self.line;
        let end = match to {
            Address::Line(_) => {
                return Ok(self.in_range(cx, at, to, None)? || self.holds(cx, from)?);
            }
            Address::Pattern(_) => None,
            Address::Plus(count) if *count > 0 => Some(line.saturating_add(*count)),
            Address::Multiple(step) if *step > 0 => Some((line / step + 1).saturating_mul(*step)),
            to => return self.in_range(cx, at, to, Some(line)),
        };
        self.ranges[at as usize] = Range::Active(end);
        Ok(true)
    }

    fn in_range(
        &mut self,
        cx: &mut Context,
        at: u32,
        to: &Address,
        end: Option<u64>,
    ) -> Result<bool, Flow> {
        let (within, ended) = match (to, end) {
            (Address::Line(last), _) => (self.line <= *last, self.line >= *last),
            (Address::Plus(_) | Address::Multiple(_), Some(end)) => (true, self.line >= end),
            (to, _) => (true, self.holds(cx, to)?),
        };
        self.ranges[at as usize] = if ended { Range::Closed } else { Range::Active(end) };
        Ok(within)
    }

    fn holds(&mut self, cx: &mut Context, address: &Address) -> Result<bool, Flow> {
        Ok(match address {
            Address::Line(line) => self.line == *line,
            Address::Step(first, step) => {
                self.line >= *first && (self.line - first).is_multiple_of(*step)
            }
            Address::Last => self.is_last(cx)?,
            Address::Pattern(regex) => {
                let regex = self.regex(regex)?;
                regex.is_match(&self.space)
            }
            Address::Plus(_) | Address::Multiple(_) => false,
        })
    }
}
