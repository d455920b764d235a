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

    /// `declare -f` and `-F`: prints functions, or marks them (`-r`, `-t`, `-x`).
    pub(super) fn declare_functions(&mut self, names: &[Vec<u8>], asked: &Attributes) -> u8 {
        if names.is_empty() {
            self.list_functions("declare", &asked.on, asked.names_only);
            return 0;
        }
        if [b'r', b't', b'x'].iter().any(|letter| asked.has(*letter)) {
            return self.mark_functions(names, asked);
        }
        let mut status = 0;
        let mut all = Vec::new();
        for name in names {
            match self.functions.get(name) {
                None => status = 1,
                Some(_) if asked.names_only => {
                    all.extend_from_slice(&[name.as_slice(), b"\n"].concat());
                }
                Some(function) => {
                    all.extend_from_slice(&super::super::print::function(name, function))
                }
            }
        }
        self.print("declare", all);
        status
    }

    /// All functions that have one of these attributes (none: all), and what attributes they have.
    pub(super) fn list_functions(&mut self, who: &str, with: &[u8], names_only: bool) {
        let mut all = Vec::new();
        for (name, function) in self.functions.iter() {
            let marks =
                [(function.readonly, b'r'), (function.traced, b't'), (function.exported, b'x')];
            let marks: Vec<u8> =
                marks.iter().filter(|(on, _)| *on).map(|(_, letter)| *letter).collect();
            if !with.is_empty() && !with.iter().any(|letter| marks.contains(letter)) {
                continue;
            }
            if !names_only {
                all.extend_from_slice(&super::super::print::function(name, function));
            }
            if names_only || !marks.is_empty() {
                all.extend_from_slice(&[b"declare -f", marks.as_slice(), b" ", name].concat());
                all.push(b'\n');
            }
        }
        self.print(who, all);
    }

    fn mark_functions(&mut self, names: &[Vec<u8>], asked: &Attributes) -> u8 {
        let mut status = 0;
        for name in names {
            let Some(function) = self.functions.get_mut(name) else {
                status = 1;
                continue;
            };
            if function.readonly && asked.off.contains(&b'r') {
                self.argument_error("declare", name, "readonly function");
                status = 1;
                continue;
            }
            function.readonly |= asked.on.contains(&b'r');
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
