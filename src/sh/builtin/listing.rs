//! What `declare` and `local` print.

use super::super::frame::State;
use super::super::machine::Machine;
use super::super::vars::declaration;
use super::declare::Attributes;

impl Machine {
    /// `local` alone: the function's own variables.
    pub(super) fn print_locals(&mut self) {
        let mut all = Vec::new();
        for name in self.vars.locals() {
            if let Some(variable) = self.vars.get(&name) {
                all.extend_from_slice(&[declaration(&name, variable).as_slice(), b"\n"].concat());
            }
        }
        self.print("local", all);
    }

    /// `local -`: the function's end puts the options back.
    pub(super) fn keep_options(&mut self) {
        let options = self.options;
        let function = self.frames.iter_mut().rev().find_map(|frame| match &mut frame.state {
            State::Cleanup(cleanup) if cleanup.function && cleanup.scope => Some(cleanup),
            _ => None,
        });
        if let Some(cleanup) = function {
            cleanup.options.get_or_insert(options);
        }
    }

    /// `declare -f` and `-F`: prints functions, or marks them (`-t`, `-x`).
    pub(super) fn declare_functions(&mut self, names: &[Vec<u8>], asked: &Attributes) -> u8 {
        if !names.is_empty() && (asked.has(b't') || asked.has(b'x')) {
            return self.mark_functions(names, asked);
        }
        let names_only = asked.names_only;
        let listed = names.is_empty();
        let names: Vec<Vec<u8>> =
            if listed { self.functions.keys().cloned().collect() } else { names.to_vec() };
        let mut status = 0;
        let mut all = Vec::new();
        for name in names {
            match self.functions.get(&name) {
                None => status = 1,
                Some(_) if names_only && listed => {
                    all.extend_from_slice(&[b"declare -f ", name.as_slice(), b"\n"].concat());
                }
                Some(_) if names_only => all.extend_from_slice(&[name.as_slice(), b"\n"].concat()),
                Some(function) => {
                    all.extend_from_slice(&super::super::print::function(&name, function))
                }
            }
        }
        self.print("declare", all);
        status
    }

    fn mark_functions(&mut self, names: &[Vec<u8>], asked: &Attributes) -> u8 {
        let mut status = 0;
        for name in names {
            let Some(function) = self.functions.get_mut(name) else {
                status = 1;
                continue;
            };
            if asked.has(b't') {
                function.traced = asked.on.contains(&b't');
            }
            if asked.has(b'x') {
                function.exported = asked.on.contains(&b'x');
            }
        }
        status
    }

    pub(super) fn print_declared(&mut self, who: &str, names: &[Vec<u8>], with: &[u8]) -> u8 {
        let mut all = Vec::new();
        let mut missing = Vec::new();
        if names.is_empty() {
            let has = |flags: Vec<u8>| {
                with.is_empty() || with.iter().any(|letter| flags.contains(letter))
            };
            for (name, variable) in self.vars.iter().filter(|(_, v)| has(v.flags())) {
                let variable = self.listed(name, variable);
                all.extend_from_slice(&[declaration(name, &variable).as_slice(), b"\n"].concat());
            }
        }
        for name in names {
            self.variable(name);
            match self.vars.get(name).map(|variable| self.listed(name, variable)) {
                Some(variable) => all
                    .extend_from_slice(&[declaration(name, &variable).as_slice(), b"\n"].concat()),
                None => missing.push(name.clone()),
            }
        }
        for name in &missing {
            self.argument_error(who, name, "not found");
        }
        self.print(who, all);
        u8::from(!missing.is_empty())
    }
}
