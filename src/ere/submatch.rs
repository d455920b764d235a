//! The submatches of a match whose ends are known.
//!
//! glibc walks from the start, at each fork taking the first way from which the end can still be
//! reached (`proceed_next_node`), and notes groups as it passes them (`update_regs`). Here the walk
//! is a search that remembers where it has been, so it too looks at each fork once for each place.

use super::program::{Inst, Program};
use super::search::Input;
use super::{Error, Groups};
use crate::base::limit::REGEX_MEMORY_BITS_MAX;

/// A group's beginning or end that the walk passed: the instruction and the place in the text.
pub type Passed = (u32, usize);

/// The groups of the match from `from` to `to`.
pub fn submatches(
    program: &Program,
    input: &Input,
    from: usize,
    to: usize,
) -> Result<Groups, Error> {
    if program.groups == 0 {
        return Ok(vec![Some((from, to))]);
    }
    let path = walk(program, input, from, to)?;
    Ok(groups_of(program, &path, from, to))
}

/// The numbers of the forks, by instruction.
fn number_forks(program: &Program) -> (Vec<usize>, usize) {
    let mut count = 0;
    let numbers = program.insts.iter().map(|inst| {
        let number = count;
        count += usize::from(matches!(inst, Inst::Split(..)));
        number
    });
    let numbers = numbers.collect();
    (numbers, count)
}

fn walk(program: &Program, input: &Input, from: usize, to: usize) -> Result<Vec<Passed>, Error> {
    let (numbers, forks) = number_forks(program);
    let width = to - from + 1;
    let bits = forks.checked_mul(width).filter(|bits| *bits <= REGEX_MEMORY_BITS_MAX);
    let mut been = vec![0u64; bits.ok_or(Error::Space)? / 64 + 1];
    let mut path: Vec<Passed> = Vec::new();
    let mut later = vec![(0u32, from, 0usize)];
    while let Some((mut place, mut at, length)) = later.pop() {
        path.truncate(length);
        loop {
            let inst = &program.insts[place as usize];
            match inst {
                Inst::Match if at == to => return Ok(path),
                Inst::Split(first, second) => {
                    let bit = numbers[place as usize] * width + (at - from);
                    let mask = 1 << (bit % 64);
                    if been[bit / 64] & mask != 0 {
                        break;
                    }
                    been[bit / 64] |= mask;
                    later.push((*second, at, path.len()));
                    place = *first;
                    continue;
                }
                Inst::Jump(target) => {
                    place = *target;
                    continue;
                }
                Inst::Open(_) | Inst::Close { .. } => path.push((place, at)),
                Inst::Assert(assert) if program.holds(*assert, input, at) => {}
                Inst::Unit(_) | Inst::Any | Inst::Set(_) => match program.unit_at(input.text, at) {
                    Some((unit, length)) if at + length <= to && program.takes(inst, unit) => {
                        at += length;
                    }
                    _ => break,
                },
                _ => break,
            }
            place += 1;
        }
    }
    unreachable!("the search has found a way from {from} to {to}")
}

/// Models `update_regs` (posix/regexec.c), with its treatment of optional groups that match empty.
pub fn groups_of(program: &Program, path: &[Passed], from: usize, to: usize) -> Groups {
    let unset: Vec<(Option<usize>, Option<usize>)> =
        vec![(None, None); program.groups as usize + 1];
    let mut groups = unset.clone();
    let mut accepted = unset;
    for (place, at) in path {
        match program.insts[*place as usize] {
            Inst::Open(group) => groups[group as usize] = (Some(*at), None),
            Inst::Close { group, optional } => {
                let group = group as usize;
                if groups[group].0.is_some_and(|start| start < *at) {
                    groups[group].1 = Some(*at);
                    accepted.clone_from(&groups);
                } else if optional && accepted[group].0.is_some() {
                    groups.clone_from(&accepted);
                } else {
                    groups[group].1 = Some(*at);
                }
            }
            _ => {}
        }
    }
    groups[0] = (Some(from), Some(to));
    groups.into_iter().map(|(start, end)| start.zip(end)).collect()
}
