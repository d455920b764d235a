//! Calls: of built-in functions and of the program's own.

use super::super::code::{Op, Target};
use super::super::tree::{Expr, Place, Program};
use super::{Compiler, Made};
use crate::base::real::Real;

impl Compiler<'_> {
    pub(super) fn builtin(&mut self, name: &'static str, args: &[Expr]) -> Made {
        match name {
            "sub" | "gsub" => return self.substitute(name == "gsub", args),
            "split" => return self.split(args),
            "match" => {
                let [text, pattern] = args else { return Err(wrong_count(name)) };
                self.expr(text)?;
                // The pattern as its text: the machine compiles it once and keeps it.
                match pattern {
                    Expr::Regex(pattern) => self.text(pattern)?,
                    other => self.expr(other)?,
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
                let [command] = args else { return Err(wrong_count(name)) };
                self.expr(command)?;
                return self.push(Op::System).map(drop);
            }
            "(" => return Err("line 1: syntax error at or near ,".to_string()),
            _ => args.iter().try_for_each(|arg| self.expr(arg))?,
        }
        let bounds = match name {
            "substr" => 2..=3,
            "index" | "match" | "atan2" => 2..=2,
            "strftime" => 0..=3,
            "sprintf" => 1..=1_000,
            "length" | "srand" | "fflush" => 0..=1,
            "rand" | "systime" => 0..=0,
            _ => 1..=1,
        };
        if !bounds.contains(&args.len()) {
            return Err(wrong_count(name));
        }
        self.push(Op::Builtin(name, args.len() as u32)).map(drop)
    }

    fn substitute(&mut self, global: bool, args: &[Expr]) -> Made {
        let (pattern, with, place) = match args {
            [pattern, with] => (pattern, with, None),
            [pattern, with, Expr::Place(place)] => (pattern, with, Some(place)),
            _ => return Err(wrong_count(if global { "gsub" } else { "sub" })),
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
            _ => return Err(wrong_count("split")),
        };
        self.expr(text)?;
        let mut regex = None;
        if let Some(separator) = separator {
            regex = self.pattern(separator)?;
        }
        let slot = self.slot(array);
        self.push(Op::Split(slot, regex, separator.is_some())).map(drop)
    }

    pub(super) fn call(&mut self, name: &str, args: &[Expr]) -> Made {
        let program = self.program;
        let Some(index) = program.functions.iter().position(|known| known.name == name) else {
            return Err(format!("line 2: function {name} never defined"));
        };
        if args.len() > program.functions[index].params.len() {
            return Err(format!("line 1: too many arguments in call to {name}"));
        }
        for (at, arg) in args.iter().enumerate() {
            match arg {
                Expr::Place(Place::Name(variable)) => {
                    let slot = self.slot(variable);
                    let array = param_is_array(program, name, at as u32) || self.is_array(variable);
                    self.push(Op::Argument(slot, array))?;
                }
                other => self.expr(other)?,
            }
        }
        self.push(Op::Call(index as u32, args.len() as u32)).map(drop)
    }

    /// Whether the program uses a variable of its own as an array.
    fn is_array(&self, name: &str) -> bool {
        let is_param = self.params.iter().any(|param| param == name);
        let special = name == "ARGV" || name == "ENVIRON";
        special || (!is_param && self.everywhere(name))
    }

    /// Whether any part of the program in which this name is the program's own uses it as an array.
    fn everywhere(&self, name: &str) -> bool {
        let functions = self.program.functions.iter();
        let mut uses = vec![&self.program.uses];
        uses.extend(functions.filter(|f| !f.params.iter().any(|p| p == name)).map(|f| &f.uses));
        uses.into_iter().any(|uses| {
            uses.arrays.iter().any(|array| array == name)
                || uses.passes.iter().any(|(passed, callee, at)| {
                    passed == name && param_is_array(self.program, callee, *at)
                })
        })
    }
}

fn wrong_count(name: &str) -> String {
    format!("line 1: wrong number of arguments in call to {name}")
}

/// Whether a function uses a parameter as an array, itself or by handing it on.
fn param_is_array(program: &Program, callee: &str, at: u32) -> bool {
    let mut seen: Vec<(&str, u32)> = Vec::new();
    let mut open = vec![(callee, at)];
    while let Some((name, at)) = open.pop() {
        if seen.contains(&(name, at)) {
            continue;
        }
        seen.push((name, at));
        let Some(function) = program.functions.iter().find(|known| known.name == name) else {
            continue;
        };
        let Some(param) = function.params.get(at as usize) else { continue };
        if function.uses.arrays.contains(param) {
            return true;
        }
        let passes = function.uses.passes.iter().filter(|(passed, _, _)| passed == param);
        open.extend(passes.map(|(_, callee, at)| (callee.as_str(), *at)));
    }
    false
}
