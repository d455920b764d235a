//! Tree → instructions.

mod calls;

use super::code::{Code, Entry, Op, SPECIAL, Sink, Slot, Source, Target};
use super::tree::{Expr, Pattern, Place, Program, Stmt, Target as PrintTarget};
use crate::base::limit::AWK_OPS_MAX;
use crate::base::real::Real;
use crate::ere::{Dialect, Error, Flags, Regex};

type Made = Result<(), String>;

/// Compiles a program; an error is mawk's text after its name. One that begins with NUL names what
/// is not modelled.
pub fn compile(program: &Program) -> Result<Code, String> {
    let globals = SPECIAL.iter().map(|name| name.to_string()).collect();
    let code = Code { globals, ..Code::default() };
    let mut compiler = Compiler { code, program, params: &[], loops: Vec::new() };
    for function in &program.functions {
        let at = compiler.code.ops.len() as u32;
        let params = function.params.len() as u32;
        compiler.code.functions.push(Entry { at, params });
        compiler.params = &function.params;
        compiler.stmt(&function.body)?;
        compiler.text(b"")?;
        compiler.push(Op::Return)?;
    }
    compiler.params = &[];
    compiler.code.begin = compiler.here();
    compiler.rules(|pattern| *pattern == Pattern::Begin)?;
    compiler.code.main = compiler.here();
    compiler.rules(|pattern| !matches!(pattern, Pattern::Begin | Pattern::End))?;
    compiler.code.end = compiler.here();
    compiler.rules(|pattern| *pattern == Pattern::End)?;
    compiler.code.reads = program.rules.iter().any(|(pattern, _)| *pattern != Pattern::Begin);
    Ok(compiler.code)
}

struct Loop {
    breaks: Vec<usize>,
    continues: Vec<usize>,
    each: bool,
}

struct Compiler<'a> {
    code: Code,
    program: &'a Program,
    params: &'a [String],
    loops: Vec<Loop>,
}

impl Compiler<'_> {
    fn here(&self) -> u32 {
        self.code.ops.len() as u32
    }

    fn push(&mut self, op: Op) -> Result<usize, String> {
        if self.code.ops.len() >= AWK_OPS_MAX {
            return Err("program too long".to_string());
        }
        self.code.ops.push(op);
        Ok(self.code.ops.len() - 1)
    }

    fn land(&mut self, at: usize) {
        let here = self.here();
        match &mut self.code.ops[at] {
            Op::Jump(to) | Op::JumpIf(_, to) | Op::EachNext(to) => *to = here,
            other => unreachable!("only branches are patched, not {other:?}"),
        }
    }

    fn text(&mut self, text: &[u8]) -> Made {
        let texts = &mut self.code.texts;
        let at = texts.iter().position(|known| known == text).unwrap_or_else(|| {
            texts.push(text.to_vec());
            texts.len() - 1
        });
        self.push(Op::Text(at as u32)).map(drop)
    }

    fn regex(&mut self, text: &[u8]) -> Result<u32, String> {
        let flags = Flags { dialect: Dialect::Awk, ..Flags::EXTENDED };
        let regex = Regex::new(text, flags)
            .map_err(|error| format!("line 1: {}", regex_failure(error, text)))?;
        let regexes = &mut self.code.regexes;
        let at = regexes.iter().position(|known| *known == regex).unwrap_or_else(|| {
            regexes.push(regex);
            regexes.len() - 1
        });
        Ok(at as u32)
    }

    fn slot(&mut self, name: &str) -> Slot {
        if let Some(at) = self.params.iter().position(|param| param == name) {
            return Slot::Local(at as u32);
        }
        let globals = &mut self.code.globals;
        let at = globals.iter().position(|known| known == name).unwrap_or_else(|| {
            globals.push(name.to_string());
            globals.len() - 1
        });
        Slot::Global(at as u32)
    }

    fn rules(&mut self, wanted: impl Fn(&Pattern) -> bool) -> Made {
        let program = self.program;
        for (pattern, action) in program.rules.iter().filter(|(pattern, _)| wanted(pattern)) {
            let mut skips = Vec::new();
            match pattern {
                Pattern::Begin | Pattern::End | Pattern::Always => {}
                Pattern::Holds(condition) => {
                    self.expr(condition)?;
                    skips.push(self.push(Op::JumpIf(false, 0))?);
                }
                Pattern::Range(first, last) => {
                    let range = self.code.ranges;
                    self.code.ranges += 1;
                    self.push(Op::InRange(range))?;
                    let within = self.push(Op::JumpIf(true, 0))?;
                    self.expr(first)?;
                    skips.push(self.push(Op::JumpIf(false, 0))?);
                    self.push(Op::SetRange(range, true))?;
                    self.land(within);
                    self.expr(last)?;
                    let goes_on = self.push(Op::JumpIf(false, 0))?;
                    self.push(Op::SetRange(range, false))?;
                    self.land(goes_on);
                }
            }
            match action {
                Some(action) => self.stmt(action)?,
                None => self.push(Op::Print(false, 0, Sink::Output)).map(drop)?,
            }
            skips.into_iter().for_each(|skip| self.land(skip));
        }
        self.push(Op::Done).map(drop)
    }

    fn stmt(&mut self, stmt: &Stmt) -> Made {
        match stmt {
            Stmt::Block(list) => list.iter().try_for_each(|stmt| self.stmt(stmt))?,
            Stmt::Expr(expr) => {
                self.expr(expr)?;
                self.push(Op::Pop)?;
            }
            Stmt::Print(formatted, args, target) => self.print(*formatted, args, target)?,
            Stmt::If(condition, then, other) => {
                self.expr(condition)?;
                let skip = self.push(Op::JumpIf(false, 0))?;
                self.stmt(then)?;
                if let Some(other) = other {
                    let over = self.push(Op::Jump(0))?;
                    self.land(skip);
                    self.stmt(other)?;
                    self.land(over);
                } else {
                    self.land(skip);
                }
            }
            Stmt::While(condition, body) => self.cycle(Some(condition), body, None)?,
            Stmt::For(start, condition, step, body) => {
                if let Some(start) = start {
                    self.stmt(start)?;
                }
                self.cycle(condition.as_ref(), body, step.as_deref())?;
            }
            Stmt::Do(body, condition) => {
                let top = self.here();
                self.enter_loop(false);
                self.stmt(body)?;
                self.land_continues();
                self.expr(condition)?;
                self.push(Op::JumpIf(true, top))?;
                self.leave_loop();
            }
            Stmt::ForIn(place, array, body) => self.each(place, array, body)?,
            Stmt::Delete(array, None) => {
                let slot = self.slot(array);
                self.push(Op::DeleteAll(slot))?;
            }
            Stmt::Delete(array, Some(subscripts)) => {
                self.subscript(subscripts)?;
                let slot = self.slot(array);
                self.push(Op::Delete(slot))?;
            }
            other => self.leave(other)?,
        }
        Ok(())
    }

    /// Statements that go elsewhere.
    fn leave(&mut self, stmt: &Stmt) -> Made {
        match stmt {
            Stmt::Next => self.push(Op::Next).map(drop),
            Stmt::NextFile => self.push(Op::NextFile).map(drop),
            Stmt::Exit(None) => self.push(Op::ExitPlain).map(drop),
            Stmt::Exit(Some(value)) => {
                self.expr(value)?;
                self.push(Op::Exit).map(drop)
            }
            Stmt::Return(value) => {
                match value {
                    Some(value) => self.expr(value)?,
                    None => self.text(b"")?,
                }
                self.push(Op::Return).map(drop)
            }
            Stmt::Break | Stmt::Continue => {
                let each = self.loops.last().is_some_and(|around| around.each);
                let is_break = *stmt == Stmt::Break;
                if each && is_break {
                    self.push(Op::EachEnd)?;
                }
                let jump = self.push(Op::Jump(0))?;
                let around = self.loops.last_mut().expect("the parser knows that it is in a loop");
                let list = if is_break { &mut around.breaks } else { &mut around.continues };
                list.push(jump);
                Ok(())
            }
            other => unreachable!("{other:?} is handled before"),
        }
    }

    fn enter_loop(&mut self, each: bool) {
        self.loops.push(Loop { breaks: Vec::new(), continues: Vec::new(), each });
    }

    fn land_continues(&mut self) {
        let around = self.loops.last_mut().expect("a loop was entered");
        let jumps = std::mem::take(&mut around.continues);
        jumps.into_iter().for_each(|jump| self.land(jump));
    }

    fn leave_loop(&mut self) {
        let around = self.loops.pop().expect("a loop was entered");
        around.breaks.into_iter().for_each(|jump| self.land(jump));
    }

    fn cycle(&mut self, condition: Option<&Expr>, body: &Stmt, step: Option<&Stmt>) -> Made {
        let top = self.here();
        let mut out = None;
        if let Some(condition) = condition {
            self.expr(condition)?;
            out = Some(self.push(Op::JumpIf(false, 0))?);
        }
        self.enter_loop(false);
        self.stmt(body)?;
        self.land_continues();
        if let Some(step) = step {
            self.stmt(step)?;
        }
        self.push(Op::Jump(top))?;
        if let Some(out) = out {
            self.land(out);
        }
        self.leave_loop();
        Ok(())
    }

    fn each(&mut self, place: &Place, array: &str, body: &Stmt) -> Made {
        let slot = self.slot(array);
        self.push(Op::EachBegin(slot))?;
        let top = self.here();
        let out = self.push(Op::EachNext(0))?;
        let target = self.place(place)?;
        self.push(Op::Store(target))?;
        self.push(Op::Pop)?;
        self.enter_loop(true);
        self.stmt(body)?;
        self.land_continues();
        self.push(Op::Jump(top))?;
        self.land(out);
        self.leave_loop();
        Ok(())
    }

    fn print(&mut self, formatted: bool, args: &[Expr], target: &PrintTarget) -> Made {
        args.iter().try_for_each(|arg| self.expr(arg))?;
        let (sink, name) = match target {
            PrintTarget::Output => (Sink::Output, None),
            PrintTarget::File(name) => (Sink::File, Some(name)),
            PrintTarget::Append(name) => (Sink::Append, Some(name)),
            PrintTarget::Pipe(name) => (Sink::Pipe, Some(name)),
        };
        if let Some(name) = name {
            self.expr(name)?;
        }
        self.push(Op::Print(formatted, args.len() as u32, sink)).map(drop)
    }

    fn subscript(&mut self, subscripts: &[Expr]) -> Made {
        subscripts.iter().try_for_each(|part| self.expr(part))?;
        self.push(Op::Subscript(subscripts.len() as u32)).map(drop)
    }

    /// Pushes a place's key.
    fn place(&mut self, place: &Place) -> Result<Target, String> {
        Ok(match place {
            Place::Name(name) => Target::Slot(self.slot(name)),
            Place::Field(index) => {
                self.expr(index)?;
                Target::Field
            }
            Place::Element(array, subscripts) => {
                self.subscript(subscripts)?;
                Target::Element(self.slot(array))
            }
        })
    }

    fn expr(&mut self, expr: &Expr) -> Made {
        match expr {
            Expr::Number(number) => self.push(Op::Number(*number))?,
            Expr::Text(text) => return self.text(text),
            Expr::Group(inner) => return self.expr(inner),
            Expr::Regex(text) => {
                self.push(Op::Number(Real::default()))?;
                self.push(Op::Load(Target::Field))?;
                let regex = self.regex(text)?;
                self.push(Op::Match(Some(regex), false))?
            }
            Expr::Place(place) => {
                let target = self.place(place)?;
                self.push(Op::Load(target))?
            }
            Expr::Assign(place, operator, value) => return self.assign(place, *operator, value),
            Expr::Step(place, by, old) => return self.step(place, *by, *old),
            Expr::Choice(condition, yes, no) => return self.choice(condition, yes, no),
            Expr::And(left, right) => return self.logic(left, right, false),
            Expr::Or(left, right) => return self.logic(left, right, true),
            Expr::In(subscripts, array) => {
                self.subscript(subscripts)?;
                let slot = self.slot(array);
                self.push(Op::Contains(slot))?
            }
            Expr::Match(negated, left, right) => {
                self.expr(left)?;
                let regex = self.pattern(right)?;
                self.push(Op::Match(regex, *negated))?
            }
            Expr::Compare(mark, left, right) => {
                self.expr(left)?;
                self.expr(right)?;
                self.push(Op::Compare(match *mark {
                    "<=" => b'l',
                    ">=" => b'g',
                    mark => mark.as_bytes()[0],
                }))?
            }
            Expr::Join(left, right) => {
                self.expr(left)?;
                self.expr(right)?;
                self.push(Op::Join)?
            }
            Expr::Math(operator, left, right) => {
                self.expr(left)?;
                self.expr(right)?;
                self.push(Op::Math(*operator))?
            }
            Expr::Sign(mark, operand) => {
                self.expr(operand)?;
                self.push(Op::Sign(*mark))?
            }
            Expr::Builtin(name, args) => return self.builtin(name, args),
            Expr::Call(name, args) => return self.call(name, args),
            Expr::Getline(place, from) => {
                let target = place.as_ref().map(|place| self.place(place)).transpose()?;
                let source = match from {
                    None => Source::Input,
                    Some((_, false)) => Source::File,
                    Some((_, true)) => Source::Command,
                };
                if let Some((name, _)) = from {
                    self.expr(name)?;
                }
                self.push(Op::Getline(target, source))?
            }
        };
        Ok(())
    }

    fn choice(&mut self, condition: &Expr, yes: &Expr, no: &Expr) -> Made {
        self.expr(condition)?;
        let other = self.push(Op::JumpIf(false, 0))?;
        self.expr(yes)?;
        let over = self.push(Op::Jump(0))?;
        self.land(other);
        self.expr(no)?;
        self.land(over);
        Ok(())
    }

    /// A pattern: known beforehand, or its string pushed.
    fn pattern(&mut self, expr: &Expr) -> Result<Option<u32>, String> {
        if let Expr::Regex(text) | Expr::Text(text) = expr {
            return self.regex(text).map(Some);
        }
        self.expr(expr)?;
        Ok(None)
    }

    fn logic(&mut self, left: &Expr, right: &Expr, either: bool) -> Made {
        self.expr(left)?;
        self.push(Op::Sign(b'?'))?;
        self.push(Op::Dup)?;
        let skip = self.push(Op::JumpIf(either, 0))?;
        self.push(Op::Pop)?;
        self.expr(right)?;
        self.push(Op::Sign(b'?'))?;
        self.land(skip);
        Ok(())
    }

    fn assign(&mut self, place: &Place, operator: Option<u8>, value: &Expr) -> Made {
        let target = self.place(place)?;
        if let Some(operator) = operator {
            if !matches!(target, Target::Slot(_)) {
                self.push(Op::Dup)?;
            }
            self.push(Op::Load(target))?;
            self.expr(value)?;
            self.push(Op::Math(operator))?;
        } else {
            self.expr(value)?;
        }
        self.push(Op::Store(target)).map(drop)
    }

    fn step(&mut self, place: &Place, by: i64, old: bool) -> Made {
        let target = self.place(place)?;
        let keyed = !matches!(target, Target::Slot(_));
        if keyed {
            self.push(Op::Dup)?;
        }
        self.push(Op::Load(target))?;
        self.push(Op::Sign(b'+'))?;
        match (old, keyed) {
            (true, true) => drop(self.push(Op::Tuck)?),
            (true, false) => drop(self.push(Op::Dup)?),
            _ => {}
        }
        self.push(Op::Number(Real::whole(by)))?;
        self.push(Op::Math(b'+'))?;
        self.push(Op::Store(target))?;
        if old {
            self.push(Op::Pop)?;
        }
        Ok(())
    }
}

/// Why a pattern is refused, in mawk's words.
pub fn regex_failure(error: Error, pattern: &[u8]) -> String {
    let why = match error {
        Error::Paren => "missing ')'",
        Error::BadRepeat if anchored_repeat(pattern) => "syntax error ^* or ^+",
        Error::BadRepeat => "missing operand",
        Error::Bracket | Error::Ctype | Error::Pattern | Error::Collate => {
            "bad class -- [], [^] or ["
        }
        other => other.text(),
    };
    let pattern = String::from_utf8_lossy(pattern);
    format!("regular expression compile failed ({why})\n{pattern}")
}

/// Whether mawk stumbles over a `^*`, before it would over anything else.
fn anchored_repeat(pattern: &[u8]) -> bool {
    let at = pattern.windows(2).position(|pair| pair == b"^*" || pair == b"^+");
    at.is_some_and(|at| at == 0 || b"(|".contains(&pattern[at - 1]))
}
