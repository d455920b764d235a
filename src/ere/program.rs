//! Tree → instructions. Repetitions are laid out as glibc's `parse_dup_op` copies them, because
//! which copy of a group matched last decides its submatch.

use super::node::{Assert, Node, Parsed};
use super::set::{Set, is_word, other_case, unit_at};
use super::{Error, Flags, search::Input};
use crate::base::limit::REGEX_INSTRUCTIONS_MAX;

/// One instruction.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Inst {
    /// Takes one character.
    Unit(u32),
    /// Takes any character.
    Any,
    /// Takes one of `Program::sets`.
    Set(u32),
    /// Goes on at both, the first preferred.
    Split(u32, u32),
    /// Goes on there.
    Jump(u32),
    /// A group begins.
    Open(u32),
    /// A group ends. `optional`: in a repetition that may be left out (`opt_subexp`).
    Close {
        /// Its number.
        group: u32,
        /// Whether an empty match here undoes itself.
        optional: bool,
    },
    /// Goes on if it holds.
    Assert(Assert),
    /// Takes what the group matched.
    Back(u32),
    /// The end.
    Match,
}

/// A compiled pattern.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Program {
    /// Instructions; the first is the entry.
    pub insts: Vec<Inst>,
    /// Bracket expressions.
    pub sets: Vec<Set>,
    /// Groups, the whole not counted.
    pub groups: u32,
    /// Whether [`Inst::Back`] occurs.
    pub has_backref: bool,
    /// Case does not matter.
    pub icase: bool,
    /// Lines matter.
    pub newline: bool,
    /// Characters are UTF-8.
    pub utf8: bool,
}

impl Program {
    /// The character at a place of the text, and its length.
    pub fn unit_at(&self, text: &[u8], at: usize) -> Option<(u32, usize)> {
        unit_at(text, at, self.utf8)
    }

    /// Whether an instruction that takes a character takes this one.
    pub fn takes(&self, inst: &Inst, unit: u32) -> bool {
        match inst {
            Inst::Unit(want) => {
                *want == unit || (self.icase && other_case(*want, self.utf8) == unit)
            }
            Inst::Any => !(self.newline && unit == 0x0a) && unit < super::set::INVALID,
            Inst::Set(set) => {
                self.sets[*set as usize].has(unit, self.utf8, self.icase, self.newline)
            }
            _ => false,
        }
    }

    /// Whether a condition holds at a place.
    pub fn holds(&self, assert: Assert, input: &Input, at: usize) -> bool {
        let text = input.text;
        let before = || at > 0 && self.word_before(text, at);
        let after = || self.unit_at(text, at).is_some_and(|(unit, _)| is_word(unit, self.utf8));
        match assert {
            Assert::TextStart => at == 0 && !input.not_bol,
            Assert::TextEnd => at == text.len(),
            Assert::LineStart => {
                (at == 0 && !input.not_bol) || (input.newline && at > 0 && text[at - 1] == b'\n')
            }
            Assert::LineEnd => at == text.len() || (input.newline && text[at] == b'\n'),
            Assert::WordEdge => before() != after(),
            Assert::NotWordEdge => before() == after(),
            Assert::WordStart => !before() && after(),
            Assert::WordEnd => before() && !after(),
        }
    }

    fn word_before(&self, text: &[u8], at: usize) -> bool {
        let mut start = at - 1;
        while self.utf8 && start > 0 && at - start < 4 && text[start] & 0xc0 == 0x80 {
            start -= 1;
        }
        self.unit_at(text, start)
            .is_some_and(|(unit, length)| start + length == at && is_word(unit, self.utf8))
    }
}

/// Compiles a tree.
pub fn compile(parsed: Parsed, flags: Flags) -> Result<Program, Error> {
    let program = Program {
        insts: Vec::new(),
        sets: Vec::new(),
        groups: parsed.groups,
        has_backref: parsed.has_backref,
        icase: flags.icase,
        newline: flags.newline,
        utf8: flags.utf8,
    };
    let mut compiler = Compiler { program };
    compiler.node(&parsed.node, false)?;
    compiler.push(Inst::Match)?;
    Ok(compiler.program)
}

struct Compiler {
    program: Program,
}

impl Compiler {
    fn push(&mut self, inst: Inst) -> Result<usize, Error> {
        if self.program.insts.len() >= REGEX_INSTRUCTIONS_MAX {
            return Err(Error::Size);
        }
        self.program.insts.push(inst);
        Ok(self.program.insts.len() - 1)
    }

    fn here(&self) -> u32 {
        self.program.insts.len() as u32
    }

    /// Lets the second way (or, for a jump, the way) of an instruction lead here.
    fn land(&mut self, at: usize) {
        let here = self.here();
        match &mut self.program.insts[at] {
            Inst::Split(_, second) => *second = here,
            Inst::Jump(to) => *to = here,
            other => unreachable!("only branches are patched, not {other:?}"),
        }
    }

    /// `optional`: this is the group that a repetition may leave out.
    fn node(&mut self, node: &Node, optional: bool) -> Result<(), Error> {
        match node {
            Node::Empty => {}
            Node::Unit(unit) => {
                self.push(Inst::Unit(*unit))?;
            }
            Node::Any => {
                self.push(Inst::Any)?;
            }
            Node::Set(set) => {
                let number = self.program.sets.iter().position(|known| known == set);
                let number = number.unwrap_or_else(|| {
                    self.program.sets.push(set.clone());
                    self.program.sets.len() - 1
                });
                self.push(Inst::Set(number as u32))?;
            }
            Node::Group(inner, group) => {
                self.push(Inst::Open(*group))?;
                self.node(inner, false)?;
                self.push(Inst::Close { group: *group, optional })?;
            }
            Node::Cat(nodes) => {
                for node in nodes {
                    self.node(node, false)?;
                }
            }
            Node::Alt(branches) => self.alternatives(branches)?,
            Node::Repeat { node, min, max } => self.repeat(node, *min, *max)?,
            Node::Assert(assert) => {
                self.push(Inst::Assert(*assert))?;
            }
            Node::Back(group) => {
                self.push(Inst::Back(*group))?;
            }
        }
        Ok(())
    }

    fn alternatives(&mut self, branches: &[Node]) -> Result<(), Error> {
        let mut ends = Vec::new();
        for (index, branch) in branches.iter().enumerate() {
            if index + 1 == branches.len() {
                self.node(branch, false)?;
                break;
            }
            let next = self.here() + 1;
            let split = self.push(Inst::Split(next, 0))?;
            self.node(branch, false)?;
            ends.push(self.push(Inst::Jump(0))?);
            self.land(split);
        }
        for end in ends {
            self.land(end);
        }
        Ok(())
    }

    fn repeat(&mut self, node: &Node, min: u32, max: Option<u32>) -> Result<(), Error> {
        for _ in 0..min {
            self.node(node, false)?;
        }
        let Some(max) = max else { return self.star(node) };
        // `x{0,3}` is `(((x)?x)?x)?`: which copy may be left out shows in the groups. Only the
        // first is marked as optional: `duplicate_tree` forgets the mark.
        let mut forks = Vec::new();
        for _ in min..max {
            let next = self.here() + 1;
            forks.push(self.push(Inst::Split(next, 0))?);
        }
        let mut optional = true;
        while let Some(fork) = forks.pop() {
            self.node(node, std::mem::replace(&mut optional, false))?;
            self.land(fork);
        }
        Ok(())
    }

    /// `x*` as `(x+)?`: a repetition that took nothing leaves the loop instead of failing.
    fn star(&mut self, node: &Node) -> Result<(), Error> {
        let next = self.here() + 1;
        let skip = self.push(Inst::Split(next, 0))?;
        self.node(node, true)?;
        let after = self.here() + 1;
        self.push(Inst::Split(next, after))?;
        self.land(skip);
        Ok(())
    }
}
