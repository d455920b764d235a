//! Calls: of built-in functions and of the program's own.

use super::super::code::{Op, Target};
use super::super::tree::{Expr, Place};
use super::{Compiler, Made};
use crate::base::real::Real;

impl Compiler<'_> {
    pub(super) fn builtin(&mut self, name: &'static str, args: &[Expr]) -> Made {
        match name {
            "sub" | "gsub" => return self.substitute(name == "gsub", args),
            "split" => return self.split(args),
            "match" => {
                // The pattern as its text: the machine compiles it once and keeps it.
                for arg in args {
                    match arg {
                        Expr::Regex(pattern) => self.text(pattern)?,
                        other => self.expr(other)?,
                    }
                }
            }
            "length" => match args {
                [Expr::Place(Place::Name(name))] => {
                    let slot = self.slot(name);
                    let array = self.is_array(name);
                    self.push(Op::Argument(slot, array))?;
                }
                _ => args.iter().try_for_each(|arg| self.expr(arg))?,
            },
            "system" => {
                self.expr(&args[0])?;
                return self.push(Op::System).map(drop);
            }
            "(" => return Err("line 1: syntax error at or near ,".to_string()),
            _ => args.iter().try_for_each(|arg| self.expr(arg))?,
        }
        self.push(Op::Builtin(name, args.len() as u32)).map(drop)
    }

    fn substitute(&mut self, global: bool, args: &[Expr]) -> Made {
        let (pattern, with, place) = match args {
            [pattern, with, Expr::Place(place)] => (pattern, with, Some(place)),
            args => (&args[0], &args[1], None),
        };
        let target = match place {
            Some(place) => self.place(place)?,
            None => {
                self.push(Op::Number(Real::default()))?;
                Target::Field
            }
        };
        let regex = self.pattern(pattern)?;
        self.expr(with)?;
        self.push(Op::Substitute(global, regex, target)).map(drop)
    }

    fn split(&mut self, args: &[Expr]) -> Made {
        let (text, array, separator) = match args {
            [text, Expr::Place(Place::Name(array))] => (text, array, None),
            [text, Expr::Place(Place::Name(array)), separator] => (text, array, Some(separator)),
            other => unreachable!("split is read with an array, not as {other:?}"),
        };
        self.expr(text)?;
        let mut regex = None;
        if let Some(separator) = separator {
            match separator {
                Expr::Regex(text) => regex = Some(self.regex(text)?),
                other => self.expr(other)?,
            }
        }
        let slot = self.slot(array);
        self.push(Op::Split(slot, regex, separator.is_some())).map(drop)
    }

    pub(super) fn call(&mut self, name: &str, args: &[Expr]) -> Made {
        let program = self.program;
        let index = program.functions.iter().position(|known| known.name == name);
        let index = index.expect("the parser knows that it is defined");
        for (at, arg) in args.iter().enumerate() {
            match arg {
                Expr::Place(Place::Name(variable)) => {
                    let slot = self.slot(variable);
                    let array = program.functions[index].arrays[at] || self.is_array(variable);
                    self.push(Op::Argument(slot, array))?;
                }
                other => self.expr(other)?,
            }
        }
        self.push(Op::Call(index as u32, args.len() as u32)).map(drop)
    }

    /// Whether a variable of the program's own is an array.
    fn is_array(&self, name: &str) -> bool {
        let is_param = self.params.iter().any(|param| param == name);
        !is_param && self.program.arrays.iter().any(|array| array == name)
    }
}
