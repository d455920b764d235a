//! The search for patterns with back-references. What a group matched decides what follows, so this
//! one backtracks, over (place, position, groups referred to), each looked at once, within a bound.

use crate::base::limit::REGEX_FORKS_MAX;
use std::collections::BTreeSet;

use super::program::{Inst, Program};
use super::search::Input;
use super::set::other_case;
use super::submatch::{Passed, groups_of};
use super::{Error, Groups};

/// What decides how the search goes on: fork, place, and where the groups referred to stand.
type State = (u32, usize, Vec<Option<(usize, usize)>>);

/// The leftmost match that begins at `from` or later, the longest there.
pub fn search(program: &Program, input: &Input, from: usize) -> Result<Option<Groups>, Error> {
    let mut referred: Vec<u32> = Vec::new();
    for inst in &program.insts {
        if let Inst::Back(group) = inst
            && !referred.contains(group)
        {
            referred.push(*group);
        }
    }
    let mut forks = 0;
    let mut start = from;
    loop {
        let mut walk = Walk { program, input, referred: &referred, forks: &mut forks };
        if let Some((end, path)) = walk.longest(start)? {
            return Ok(Some(groups_of(program, &path, start, end)));
        }
        match program.unit_at(input.text, start) {
            Some((_, length)) => start += length,
            None => return Ok(None),
        }
    }
}

struct Walk<'a> {
    program: &'a Program,
    input: &'a Input<'a>,
    referred: &'a [u32],
    forks: &'a mut u32,
}

impl Walk<'_> {
    /// The longest match from `start`; of equally long ones the first in order of preference.
    fn longest(&mut self, start: usize) -> Result<Option<(usize, Vec<Passed>)>, Error> {
        let mut been: BTreeSet<State> = BTreeSet::new();
        let mut best: Option<(usize, Vec<Passed>)> = None;
        let mut path: Vec<Passed> = Vec::new();
        let mut later = vec![(0u32, start, 0usize)];
        while let Some((mut place, mut at, length)) = later.pop() {
            path.truncate(length);
            loop {
                match &self.program.insts[place as usize] {
                    Inst::Match => {
                        if best.as_ref().is_none_or(|(end, _)| at > *end) {
                            best = Some((at, path.clone()));
                        }
                        break;
                    }
                    Inst::Split(first, second) => {
                        *self.forks += 1 + path.len() as u32 / 64;
                        if *self.forks > REGEX_FORKS_MAX {
                            return Err(Error::Space);
                        }
                        let groups = self.referred.iter().map(|group| self.group(&path, *group));
                        if !been.insert((place, at, groups.collect())) {
                            break;
                        }
                        later.push((*second, at, path.len()));
                        place = *first;
                        continue;
                    }
                    Inst::Jump(to) => {
                        place = *to;
                        continue;
                    }
                    Inst::Open(_) | Inst::Close { .. } => path.push((place, at)),
                    inst => match self.take(inst, at, &path) {
                        Some(length) => at += length,
                        None => break,
                    },
                }
                place += 1;
            }
        }
        Ok(best)
    }

    /// How much an instruction takes here; `None`: it fails.
    fn take(&self, inst: &Inst, at: usize, path: &[Passed]) -> Option<usize> {
        match inst {
            Inst::Assert(assert) => self.program.holds(*assert, self.input, at).then_some(0),
            Inst::Back(group) => {
                let (start, end) = self.group(path, *group)?;
                let want = &self.input.text[start..end];
                let have = self.input.text.get(at..at + want.len())?;
                self.same(want, have).then_some(want.len())
            }
            inst => {
                let (unit, length) = self.program.unit_at(self.input.text, at)?;
                self.program.takes(inst, unit).then_some(length)
            }
        }
    }

    fn same(&self, want: &[u8], have: &[u8]) -> bool {
        let fold = |byte: u8| u32::from(byte).min(other_case(u32::from(byte), false));
        want == have
            || (self.program.icase && want.iter().zip(have).all(|(a, b)| fold(*a) == fold(*b)))
    }

    /// Where a group stands after this path.
    fn group(&self, path: &[Passed], group: u32) -> Option<(usize, usize)> {
        let mut end = None;
        for (place, at) in path.iter().rev() {
            match self.program.insts[*place as usize] {
                Inst::Close { group: closed, .. } if closed == group && end.is_none() => {
                    end = Some(*at);
                }
                Inst::Open(opened) if opened == group && end.is_some() => {
                    return Some((*at, end?));
                }
                _ => {}
            }
        }
        None
    }
}
