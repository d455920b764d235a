//! Where the leftmost-longest match lies: one pass over the text with the set of all places in the
//! program that are alive, each with the leftmost start that leads there. Time is at most the
//! text's length times the program's; nothing is ever tried twice.

use super::Error;
use super::program::{Inst, Program};
use crate::base::limit::REGEX_WORK_MAX;

/// What is searched.
pub struct Input<'a> {
    /// The text.
    pub text: &'a [u8],
    /// Its start is no line's start.
    pub not_bol: bool,
    /// Line ends count.
    pub newline: bool,
}

/// A set of program places, each with where its match would begin. Order is insertion's: by start.
struct Threads {
    list: Vec<(u32, usize)>,
    present: Vec<bool>,
}

impl Threads {
    fn new(size: usize) -> Threads {
        Threads { list: Vec::new(), present: vec![false; size] }
    }

    fn clear(&mut self) {
        for (at, _) in self.list.drain(..) {
            self.present[at as usize] = false;
        }
    }

    fn add(&mut self, at: u32, start: usize) -> bool {
        let fresh = !std::mem::replace(&mut self.present[at as usize], true);
        if fresh {
            self.list.push((at, start));
        }
        fresh
    }
}

/// Start and end of the leftmost-longest match at or after `from`.
pub fn search(
    program: &Program,
    input: &Input,
    from: usize,
) -> Result<Option<(usize, usize)>, Error> {
    let mut now = Threads::new(program.insts.len());
    let mut next = Threads::new(program.insts.len());
    let mut stack = Vec::new();
    let mut found: Option<(usize, usize)> = None;
    let mut work = 0u64;
    let mut at = from;
    loop {
        if found.is_none() {
            follow(program, input, at, (0, at), &mut now, &mut stack);
        }
        if now.list.is_empty() {
            return Ok(found);
        }
        work += now.list.len() as u64;
        if work > REGEX_WORK_MAX {
            return Err(Error::Space);
        }
        let unit = program.unit_at(input.text, at);
        for index in 0..now.list.len() {
            let (place, start) = now.list[index];
            if found.is_some_and(|(best, _)| start > best) {
                break;
            }
            let inst = &program.insts[place as usize];
            if *inst == Inst::Match {
                found = Some((start, at));
            } else if let Some((unit, length)) = unit
                && program.takes(inst, unit)
            {
                follow(program, input, at + length, (place + 1, start), &mut next, &mut stack);
            }
        }
        let Some((_, length)) = unit else { return Ok(found) };
        at += length;
        now.clear();
        std::mem::swap(&mut now, &mut next);
    }
}

/// Adds a place and all that follow from it without taking a character.
fn follow(
    program: &Program,
    input: &Input,
    at: usize,
    (place, start): (u32, usize),
    threads: &mut Threads,
    stack: &mut Vec<u32>,
) {
    stack.push(place);
    while let Some(place) = stack.pop() {
        if !threads.add(place, start) {
            continue;
        }
        match &program.insts[place as usize] {
            Inst::Split(first, second) => stack.extend([*second, *first]),
            Inst::Jump(to) => stack.push(*to),
            Inst::Open(_) | Inst::Close { .. } => stack.push(place + 1),
            Inst::Assert(assert) if program.holds(*assert, input, at) => stack.push(place + 1),
            _ => {}
        }
    }
}
