//! Whether a name is a variable, an array or a function: decided where it is first read, as mawk
//! decides it (its parse.y and fcall.c), and what it says where a name is used as something else.

use super::super::code::SPECIAL;
use crate::base::SortedMap;

/// After so many errors mawk ends.
const ERRORS_MAX: usize = 5;

/// What a name stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// A parameter that was not used yet, or an argument that nothing is known about.
    Unknown,
    Variable,
    Array,
    /// A function, by its number.
    Function(usize),
}

/// A name where it is used.
#[derive(Clone, Debug)]
pub(super) enum Symbol {
    Global(String),
    /// A parameter: which function's, and the how manieth.
    Param(usize, usize),
}

/// An argument of a call.
#[derive(Clone, Debug)]
pub(super) enum Given {
    /// A value.
    Value,
    /// An array.
    Array,
    /// A name that nothing is known about yet.
    Open(Symbol),
}

#[derive(Clone, Debug, Default)]
struct Function {
    name: String,
    params: Vec<Kind>,
    is_defined: bool,
}

#[derive(Debug)]
struct Call {
    callee: usize,
    /// Number, what it is, line; the last one first.
    args: Vec<(usize, Given, u32)>,
    is_counted: bool,
}

/// All names.
#[derive(Debug)]
pub(super) struct Kinds {
    globals: SortedMap<String, Kind>,
    functions: Vec<Function>,
    /// The function that is being read, and its parameters' names.
    active: Option<(usize, Vec<String>)>,
    /// Calls of which something is not known yet, the newest first.
    calls: Vec<Call>,
    /// What was wrong so far, in mawk's words.
    errors: Vec<String>,
}

impl Kinds {
    pub(super) fn new(variables: impl Iterator<Item = String>, errors: Vec<String>) -> Kinds {
        let kind = |name: &str| match name {
            "ENVIRON" | "ARGV" => Kind::Array,
            _ => Kind::Variable,
        };
        Kinds {
            globals: SPECIAL
                .iter()
                .map(|name| (name.to_string(), kind(name)))
                .chain(variables.map(|name| (name, Kind::Variable)))
                .collect(),
            functions: Vec::new(),
            active: None,
            calls: Vec::new(),
            errors,
        }
    }

    /// Notes an error; `Err`: it was the last one that mawk tells.
    pub(super) fn note(&mut self, text: String) -> Result<(), String> {
        if self.errors.len() < ERRORS_MAX {
            self.errors.push(text);
        }
        if self.errors.len() < ERRORS_MAX { Ok(()) } else { Err(String::new()) }
    }

    /// All errors.
    pub(super) fn into_errors(self) -> Vec<String> {
        self.errors
    }

    fn symbol(&self, name: &str) -> Symbol {
        let param = self.active.as_ref().and_then(|(function, names)| {
            Some(Symbol::Param(*function, names.iter().position(|param| param == name)?))
        });
        param.unwrap_or_else(|| Symbol::Global(name.to_string()))
    }

    /// `None`: the name is new.
    fn kind_of(&self, symbol: &Symbol) -> Option<Kind> {
        match symbol {
            Symbol::Global(name) => self.globals.get(name).copied(),
            Symbol::Param(function, at) => self.functions[*function].params.get(*at).copied(),
        }
    }

    fn set(&mut self, symbol: &Symbol, kind: Kind) {
        match symbol {
            Symbol::Global(name) => drop(self.globals.insert(name.clone(), kind)),
            Symbol::Param(function, at) => self.functions[*function].params[*at] = kind,
        }
    }

    /// What a name stands for; `None`: it is new.
    pub(super) fn kind(&self, name: &str) -> Option<Kind> {
        self.kind_of(&self.symbol(name))
    }

    /// A name is used as a variable or as an array.
    pub(super) fn check(&mut self, name: &str, wanted: Kind, line: u32) -> Result<(), String> {
        let symbol = self.symbol(name);
        match self.kind_of(&symbol) {
            None | Some(Kind::Unknown) => {
                self.set(&symbol, wanted);
                Ok(())
            }
            Some(kind) if kind == wanted => Ok(()),
            Some(kind) => {
                let place = if matches!(symbol, Symbol::Param(..)) { "local " } else { "" };
                let what = match kind {
                    Kind::Array => "array",
                    Kind::Function(_) => "function",
                    Kind::Variable | Kind::Unknown => "variable",
                };
                self.note(format!("line {line}: illegal reference to {place}{what} {name}"))
            }
        }
    }

    /// The function of this name, which may come later.
    pub(super) fn function(&mut self, name: &str) -> usize {
        if let Some(Kind::Function(known)) = self.globals.get(name) {
            return *known;
        }
        let function = Function { name: name.to_string(), ..Function::default() };
        self.functions.push(function);
        let number = self.functions.len() - 1;
        self.globals.insert(name.to_string(), Kind::Function(number));
        number
    }

    /// A function's name where it is defined.
    pub(super) fn define(&mut self, name: &str, line: u32) -> Result<usize, String> {
        match self.globals.get(name) {
            Some(Kind::Function(known)) if self.functions[*known].is_defined => {
                let known = *known;
                self.note(format!("line {line}: redefinition of {name}"))?;
                Ok(known)
            }
            None | Some(Kind::Function(_)) => Ok(self.function(name)),
            Some(_) => {
                self.check(name, Kind::Unknown, line)?;
                // Its body is read for what else is wrong with it.
                self.functions.push(Function::default());
                Ok(self.functions.len() - 1)
            }
        }
    }

    /// Its body begins. Of the first parameter that earlier calls tell about, the kind is known.
    pub(super) fn enter(&mut self, function: usize, params: &[String]) {
        let mut kinds = vec![Kind::Unknown; params.len()];
        let told = (0..params.len()).find_map(|at| {
            let calls = self.calls.iter().filter(|call| call.callee == function);
            let mut args = calls.flat_map(|call| &call.args).filter(|(number, ..)| *number == at);
            args.find_map(|(_, given, _)| Some((at, given.kind()?)))
        });
        if let Some((at, kind)) = told {
            kinds[at] = kind;
        }
        self.functions[function].params = kinds;
        self.active = Some((function, params.to_vec()));
    }

    /// Its body has ended.
    pub(super) fn leave(&mut self) {
        if let Some((function, _)) = self.active.take() {
            self.functions[function].is_defined = true;
        }
    }

    /// A name as an argument.
    pub(super) fn given(&self, name: &str) -> Given {
        let symbol = self.symbol(name);
        match self.kind_of(&symbol) {
            Some(Kind::Array) => Given::Array,
            None | Some(Kind::Unknown) => Given::Open(symbol),
            Some(_) => Given::Value,
        }
    }

    /// A call was read; each argument with its line.
    pub(super) fn call(&mut self, callee: usize, args: Vec<(Given, u32)>) -> Result<(), String> {
        let rows = args.into_iter().enumerate().rev();
        let args: Vec<_> = rows.map(|(at, (given, line))| (at, given, line)).collect();
        if !self.functions[callee].is_defined {
            self.calls.insert(0, Call { callee, args, is_counted: false });
            return Ok(());
        }
        if !self.counts(callee, &args)? {
            return Ok(());
        }
        let args = self.compare(callee, args)?;
        if !args.is_empty() {
            self.calls.insert(0, Call { callee, args, is_counted: true });
        }
        Ok(())
    }

    /// Whether a function has so many parameters.
    fn counts(&mut self, callee: usize, args: &[(usize, Given, u32)]) -> Result<bool, String> {
        let function = &self.functions[callee];
        let Some((_, _, line)) = args.first().filter(|row| row.0 >= function.params.len()) else {
            return Ok(true);
        };
        let text = format!("line {line}: too many arguments in call to {}", function.name);
        self.note(text)?;
        Ok(false)
    }

    /// Compares arguments with parameters, each telling about the other; returns the arguments that
    /// nothing is known about yet.
    fn compare(
        &mut self,
        callee: usize,
        args: Vec<(usize, Given, u32)>,
    ) -> Result<Vec<(usize, Given, u32)>, String> {
        let mut left = Vec::new();
        for (at, given, line) in args {
            let param = self.functions[callee].params[at];
            let kind = match &given {
                Given::Open(symbol) => match self.kind_of(symbol) {
                    None | Some(Kind::Unknown) if param == Kind::Unknown => {
                        left.insert(0, (at, given, line));
                        continue;
                    }
                    None | Some(Kind::Unknown) => {
                        self.set(symbol, param);
                        param
                    }
                    Some(kind) => kind,
                },
                known => known.kind().unwrap_or(Kind::Variable),
            };
            if param == Kind::Unknown {
                self.functions[callee].params[at] = kind;
            } else if kind != param {
                let (name, number) = (&self.functions[callee].name, at + 1);
                self.note(format!("line {line}: type error in arg({number}) in call to {name}"))?;
            }
        }
        Ok(left)
    }

    /// The program has been read up to this line: decides what is still open, if all was well.
    pub(super) fn resolve(&mut self, line: u32) -> Result<(), String> {
        if !self.errors.is_empty() {
            return Ok(());
        }
        let mut open = Vec::new();
        for call in std::mem::take(&mut self.calls) {
            if !self.functions[call.callee].is_defined {
                let name = &self.functions[call.callee].name;
                self.note(format!("line {line}: function {name} never defined"))?;
            } else if !call.args.is_empty()
                && (call.is_counted || self.counts(call.callee, &call.args)?)
            {
                open.push(call);
            }
        }
        loop {
            let before: usize = open.iter().map(|call| call.args.len()).sum();
            for call in &mut open {
                call.args = self.compare(call.callee, std::mem::take(&mut call.args))?;
            }
            open.retain(|call| !call.args.is_empty());
            open.reverse();
            if open.iter().map(|call| call.args.len()).sum::<usize>() == before {
                return Ok(());
            }
        }
    }

    /// The names of the program's arrays.
    pub(super) fn arrays(&self) -> Vec<String> {
        let arrays = self.globals.iter().filter(|(_, kind)| **kind == Kind::Array);
        arrays.map(|(name, _)| name.clone()).collect()
    }

    /// Which parameters of a function are arrays.
    pub(super) fn array_params(&self, name: &str) -> Vec<bool> {
        match self.globals.get(name) {
            Some(Kind::Function(number)) => {
                self.functions[*number].params.iter().map(|kind| *kind == Kind::Array).collect()
            }
            _ => Vec::new(),
        }
    }
}

impl Given {
    fn kind(&self) -> Option<Kind> {
        match self {
            Given::Value => Some(Kind::Variable),
            Given::Array => Some(Kind::Array),
            Given::Open(_) => None,
        }
    }
}
