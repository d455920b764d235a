//! `export`, `readonly`, `declare`, `local`, `unset`.

use super::super::arrays::{Key, as_list, as_map};
use super::super::dash;
use super::super::host::Host;
use super::super::machine::Machine;
use super::super::parse::is_identifier;
use super::super::quote;
use super::super::vars::{Value, declaration};
use super::next_letters;

/// What `declare` is to do to each name.
#[derive(Clone, Default)]
pub(super) struct Attributes {
    pub on: Vec<u8>,
    pub off: Vec<u8>,
    print: bool,
    functions: bool,
    global: bool,
    pub names_only: bool,
    /// What it hides gives the value and the attributes.
    inherit: bool,
}

impl Attributes {
    /// Whether it says anything about this one.
    pub(super) fn has(&self, letter: u8) -> bool {
        self.on.contains(&letter) || self.off.contains(&letter)
    }
}

/// What a variable may be.
const ATTRIBUTES: &[u8] = b"aAilnrtuxc";

/// `name`, `name=value`, `name+=value`, `name[i]=value`.
fn split(argument: &[u8]) -> (Vec<u8>, Option<(Vec<u8>, bool)>) {
    match argument.iter().position(|b| *b == b'=') {
        Some(at) if at > 0 && argument[at - 1] == b'+' => {
            (argument[..at - 1].to_vec(), Some((argument[at + 1..].to_vec(), true)))
        }
        Some(at) => (argument[..at].to_vec(), Some((argument[at + 1..].to_vec(), false))),
        None => (argument.to_vec(), None),
    }
}

impl Machine {
    /// A name that is none: says so.
    fn bad_name(&mut self, who: &str, argument: &[u8]) -> u8 {
        if self.bash() {
            let shown = [b"`", argument, b"'"].concat();
            self.argument_error(who, &shown, "not a valid identifier");
            return 1;
        }
        let name = split(argument).0;
        let shown = String::from_utf8_lossy(&name).into_owned();
        self.builtin_error(who, &format!("{shown}: bad variable name"));
        self.leave(2);
        2
    }

    /// Sets a variable from `name=value`; says if it is read-only.
    fn set_argument(&mut self, who: &str, name: &[u8], value: Option<(Vec<u8>, bool)>) -> u8 {
        let Some((value, append)) = value else { return 0 };
        let value = if append {
            let integer = self.vars.get(name).is_some_and(|v| v.integer);
            let old = self.variable(name).unwrap_or_default();
            if integer {
                [old.as_slice(), b"+(", &value, b")"].concat()
            } else {
                [old, value].concat()
            }
        } else {
            value
        };
        let text = String::from_utf8_lossy(&value).into_owned();
        if self.assign(name, value) {
            let name = String::from_utf8_lossy(name).into_owned();
            self.tell(crate::trace::fact::ShellFact::Assigned { name, value: text });
            return 0;
        }
        if self.bash() {
            if matches!(who, "declare" | "typeset" | "local") {
                self.argument_error(who, name, "readonly variable");
            } else {
                self.complain_of(name, "readonly variable");
            }
            return 1;
        }
        let shown = String::from_utf8_lossy(name).into_owned();
        self.builtin_error(who, &format!("{shown}: is read only"));
        self.leave(2);
        2
    }

    pub(super) fn export(&mut self, args: &[Vec<u8>], host: &mut dyn Host) -> u8 {
        self.mark_command("export", args, host)
    }

    pub(super) fn readonly(&mut self, args: &[Vec<u8>], host: &mut dyn Host) -> u8 {
        self.mark_command("readonly", args, host)
    }

    fn mark_command(&mut self, who: &str, args: &[Vec<u8>], host: &mut dyn Host) -> u8 {
        let (mut remove, mut functions, mut rest) = (false, false, args);
        while let Some((first, tail)) = rest.split_first() {
            if first.first() != Some(&b'-') || first.len() < 2 {
                break;
            }
            rest = tail;
            if first == b"--" {
                break;
            }
            for letter in &first[1..] {
                match letter {
                    b'n' if who == "export" => remove = true,
                    b'f' => functions = true,
                    b'p' | b'a' => {}
                    _ => {
                        let usage = format!(
                            "{who} [-{}] [name[=value] ...] or {who} -p",
                            if who == "export" { "fn" } else { "aAf" }
                        );
                        return self.usage(who, &[b'-', *letter], &usage);
                    }
                }
            }
        }
        if rest.is_empty() {
            self.print_marked(who, functions && self.bash());
            return 0;
        }
        let mut status = 0;
        for argument in rest {
            let (name, value) = split(argument);
            if functions {
                match self.functions.get_mut(&name) {
                    Some(function) if who == "export" => function.exported = !remove,
                    Some(function) => function.readonly = true,
                    None => {
                        self.argument_error(who, &name, "not a function");
                        status = 1;
                    }
                }
                continue;
            }
            if !is_identifier(&name) {
                status = self.bad_name(who, argument);
                continue;
            }
            let shown = value.clone();
            let set = self.set_argument(who, &name, value);
            if set != 0 {
                status = set;
                continue;
            }
            if self.options.xtrace && self.bash() && shown.is_some() {
                self.trace_marked(&name, host);
            }
            if self.bash() && (who == "readonly" || !remove) {
                self.vars.keep(&name);
            }
            let variable = self.vars.entry(&name);
            match who {
                "export" => variable.exported = !remove,
                _ => variable.readonly = true,
            }
        }
        status
    }

    /// Bash shows the assignment once more.
    fn trace_marked(&mut self, name: &[u8], host: &mut dyn Host) {
        let text = self.vars.text(name).cloned().unwrap_or_default();
        let shown = if text.is_empty() { Vec::new() } else { quote::trace(&text) };
        self.trace(host, &[name, b"=", &shown].concat());
    }

    fn print_marked(&mut self, who: &str, functions: bool) {
        if functions {
            let mark = if who == "export" { b"x" } else { b"r" };
            self.list_functions(who, mark, false);
            return;
        }
        let mut all = Vec::new();
        for (name, variable) in self.vars.iter() {
            let variable = &self.listed(name, variable);
            let marked = if who == "export" { variable.exported } else { variable.readonly };
            if !marked {
                continue;
            }
            if self.bash() {
                all.extend_from_slice(&[declaration(name, variable).as_slice(), b"\n"].concat());
            } else {
                all.extend_from_slice(&[who.as_bytes(), b" ", name].concat());
                if let Some(text) = variable.text() {
                    all.push(b'=');
                    all.extend_from_slice(&dash::single_quote(text));
                }
                all.push(b'\n');
            }
        }
        self.print(who, all);
    }

    pub(super) fn declare(&mut self, who: &[u8], args: &[Vec<u8>]) -> u8 {
        let who = String::from_utf8_lossy(who).into_owned();
        let (attributes, names) = match self.attributes_of(&who, args) {
            Ok(all) => all,
            Err(status) => return status,
        };
        if attributes.functions && names.iter().any(|name| split(name).1.is_some()) {
            self.builtin_error(&who, "cannot use `-f' to make functions");
            return 1;
        }
        if attributes.functions {
            return self.declare_functions(&names, &attributes);
        }
        if names.is_empty() && !attributes.print && attributes.on.is_empty() {
            self.print_variables(&who);
            return 0;
        }
        if attributes.print || names.is_empty() {
            return self.print_declared(&who, &names, &attributes.on);
        }
        let local = self.vars.in_function() && !attributes.global;
        let mut status = 0;
        for argument in names {
            let full = split(&argument).0;
            let open = full.iter().position(|b| *b == b'[');
            let name = full[..open.unwrap_or(full.len())].to_vec();
            let swaps = attributes.global && self.vars.swap_global(&name);
            // The array is made there, but an element is looked for like any variable
            // (assign_array_element).
            if swaps && open.is_some() {
                if self.vars.get(&name).is_none() {
                    self.vars.entry(&name).value = Value::List(Default::default());
                }
                self.vars.swap_global(&name);
            }
            let swaps = swaps && open.is_none();
            let one = self.declare_one(&who, &argument, &attributes, local);
            if swaps {
                self.vars.swap_global(&name);
            }
            status = if one != 0 { one } else { status };
        }
        status
    }

    pub(super) fn local(&mut self, args: &[Vec<u8>]) -> u8 {
        if !self.vars.in_function() {
            if self.bash() {
                self.builtin_error("local", "can only be used in a function");
                return 1;
            }
            self.builtin_error("local", "not in a function");
            self.leave(2);
            return 2;
        }
        let (attributes, names) = match self.attributes_of("local", args) {
            Ok(all) => all,
            Err(status) => return status,
        };
        if names.is_empty() && self.bash() {
            self.print_locals();
            return 0;
        }
        let mut status = 0;
        for argument in names {
            if argument == b"-" {
                self.keep_options();
                continue;
            }
            let one = self.declare_one("local", &argument, &attributes, true);
            status = if one != 0 { one } else { status };
        }
        status
    }

    fn attributes_of(
        &mut self,
        who: &str,
        args: &[Vec<u8>],
    ) -> Result<(Attributes, Vec<Vec<u8>>), u8> {
        let mut attributes = Attributes::default();
        let mut at = 0;
        while let Some(arg) = args.get(at) {
            let sign = match arg.first() {
                Some(sign @ (b'-' | b'+')) if arg.len() > 1 => *sign,
                _ => break,
            };
            at += 1;
            if arg == b"--" {
                break;
            }
            for letter in &arg[1..] {
                match letter {
                    b'p' => attributes.print = true,
                    b'f' | b'F' if sign == b'+' => {}
                    b'f' => attributes.functions = true,
                    b'F' => (attributes.functions, attributes.names_only) = (true, true),
                    b'g' => attributes.global = true,
                    b'I' => attributes.inherit = true,
                    letter if ATTRIBUTES.contains(letter) && sign == b'-' => {
                        attributes.on.push(*letter);
                    }
                    letter if ATTRIBUTES.contains(letter) => attributes.off.push(*letter),
                    _ => {
                        let usage = if who == "local" {
                            "local [option] name[=value] ..."
                        } else {
                            "declare [-aAfFgiIlnrtux] [name[=value] ...] or \
                             declare -p [-aAfFilnrtux] [name ...]"
                        };
                        return Err(self.usage(who, &[sign, *letter], usage));
                    }
                }
            }
        }
        Ok((attributes, args[at..].to_vec()))
    }

    fn declare_one(
        &mut self,
        who: &str,
        argument: &[u8],
        attributes: &Attributes,
        local: bool,
    ) -> u8 {
        let (full, value) = split(argument);
        let open = full.iter().position(|b| *b == b'[');
        let mut name = full[..open.unwrap_or(full.len())].to_vec();
        if !is_identifier(&name) {
            return self.bad_name(who, argument);
        }
        let refers = attributes.on.contains(&b'n');
        if !refers && !attributes.off.contains(&b'n') && !local {
            name = self.target_of(&name);
        }
        if local && self.vars.get(&name).is_some_and(|v| v.readonly) {
            self.argument_error(who, &name, "readonly variable");
            return 1;
        }
        if !local && !attributes.global && attributes.on.iter().any(|on| matches!(on, b'x' | b'r'))
        {
            self.vars.keep(&name);
        }
        if local {
            let inherit = attributes.inherit || self.shopts.has("localvar_inherit");
            self.make_local(&name, value.is_some(), inherit);
        }
        if refers {
            return self.declare_reference(who, &name, value.map(|(text, _)| text));
        }
        if attributes.off.contains(&b'r') && self.is_readonly(&name) {
            self.argument_error(who, &name, "readonly variable");
            return 1;
        }
        if let Some(why) = self.no_conversion(&name, attributes) {
            self.argument_error(who, &name, why);
            return 1;
        }
        self.set_attributes(&name, attributes);
        let mut status = 0;
        match open {
            Some(open) => {
                let index = full[open + 1..].strip_suffix(b"]").unwrap_or_default().to_vec();
                if index.is_empty() {
                    self.complain_of(&full, "bad array subscript");
                    return 1;
                }
                if let Some((text, append)) = value {
                    let key = self.key_of(&name, &index);
                    let old = self.element(&name, &key).filter(|_| append).unwrap_or_default();
                    self.assign_element(&name, &key, [old, text].concat());
                }
            }
            None => status = self.set_argument(who, &name, value),
        }
        if attributes.on.contains(&b'r') {
            self.vars.entry(&name).readonly = true;
        }
        status
    }

    /// A function's own variable from now on.
    fn make_local(&mut self, name: &[u8], has_value: bool, inherit: bool) {
        if !self.vars.hide(name, true) || inherit && self.vars.get(name).is_some() {
            return;
        }
        let inherited = self.vars.get(name).map(|v| v.exported).unwrap_or(false);
        if self.bash() {
            self.vars.remove(name);
            let variable = self.vars.entry(name);
            variable.exported = inherited && has_value;
        }
        let site = self.site.map(|site| site.0);
        self.vars.entry(name).set_at = site;
    }

    fn set_attributes(&mut self, name: &[u8], attributes: &Attributes) {
        let variable = self.vars.entry(name);
        variable.bare |= variable.value == Value::Unset;
        // More than one of them is none.
        let cases = attributes.on.iter().filter(|letter| b"clu".contains(letter));
        let cases: std::collections::BTreeSet<&u8> = cases.collect();
        for letter in &attributes.on {
            match letter {
                b'c' | b'l' | b'u' if cases.len() > 1 => variable.case = None,
                b'a' => {
                    as_list(&mut variable.value);
                }
                b'A' => {
                    as_map(&mut variable.value);
                }
                b'i' => variable.integer = true,
                b'x' => variable.exported = true,
                b't' => variable.traced = true,
                b'c' | b'l' | b'u' => variable.case = Some(*letter),
                _ => {}
            }
        }
        for letter in &attributes.off {
            match letter {
                b'i' => variable.integer = false,
                b'n' => variable.reference = false,
                b'x' => variable.exported = false,
                b't' => variable.traced = false,
                b'c' | b'l' | b'u' => variable.case = None,
                _ => {}
            }
        }
    }

    /// An array stays of its kind.
    fn no_conversion(&self, name: &[u8], attributes: &Attributes) -> Option<&'static str> {
        match self.vars.get(name).map(|variable| &variable.value) {
            Some(Value::List(_)) if attributes.off.contains(&b'a') => {
                Some("cannot destroy array variables in this way")
            }
            Some(Value::Map(_)) if attributes.off.contains(&b'A') => {
                Some("cannot destroy array variables in this way")
            }
            Some(Value::List(_)) if attributes.on.contains(&b'A') => {
                Some("cannot convert indexed to associative array")
            }
            Some(Value::Map(_)) if attributes.on.contains(&b'a') => {
                Some("cannot convert associative to indexed array")
            }
            _ => None,
        }
    }

    /// `declare -n name=target`.
    fn declare_reference(&mut self, who: &str, name: &[u8], target: Option<Vec<u8>>) -> u8 {
        let base = target.as_ref().map(|target| {
            let open = target.iter().position(|byte| *byte == b'[').unwrap_or(target.len());
            target[..open].to_vec()
        });
        if let (Some(base), Some(target)) = (&base, &target) {
            if !is_identifier(base) {
                let shown = [b"`", target.as_slice(), b"'"].concat();
                self.argument_error(who, &shown, "invalid variable name for name reference");
                return 1;
            }
            if base == name && !self.vars.in_function() {
                let why = "nameref variable self references not allowed";
                self.argument_error(who, name, why);
                return 1;
            }
            if base == name && target == name && self.vars.uncover(name) {
                let shown = [b"warning: ", name].concat();
                self.argument_error(who, &shown, "circular name reference");
                self.warn_of_circle(name, 1);
                return 0;
            }
            if base == name {
                self.not_modelled("a name reference to a caller's own variable of its name");
                return 1;
            }
        }
        if target.as_ref().is_some_and(|target| self.target_of(target) == name) {
            self.not_modelled("name references that lead back to themselves");
            return 1;
        }
        let variable = self.vars.entry(name);
        variable.reference = true;
        if let Some(target) = target {
            variable.value = Value::Text(target);
        }
        0
    }

    pub(super) fn unset(&mut self, args: &[Vec<u8>]) -> u8 {
        let (mut functions, mut variables, mut references, mut rest) = (false, false, false, args);
        while let Some(letters) = next_letters(&mut rest) {
            for letter in letters {
                match letter {
                    b'f' => functions = true,
                    b'v' => variables = true,
                    b'n' if self.bash() => references = true,
                    _ => {
                        let usage = "unset [-f] [-v] [-n] [name ...]";
                        return self.usage("unset", &[b'-', *letter], usage);
                    }
                }
            }
        }
        if functions && variables && self.bash() {
            let why = "cannot simultaneously unset a function and a variable";
            self.builtin_error("unset", why);
            return 1;
        }
        let mut status = 0;
        for argument in rest {
            let followed = self.target_of(argument);
            let argument = if references { argument } else { &followed };
            let open = argument.iter().position(|b| *b == b'[');
            let name = argument[..open.unwrap_or(argument.len())].to_vec();
            if functions {
                status = self.unset_function(&name).max(status);
                continue;
            }
            if !is_identifier(&name) {
                if variables || !self.bash() {
                    status = self.bad_name("unset", argument);
                }
                status = self.unset_function(argument).max(status);
                continue;
            }
            if self.vars.get(&name).is_some_and(|variable| variable.readonly) {
                let text =
                    if self.bash() { "cannot unset: readonly variable" } else { "is read only" };
                self.argument_error("unset", &name, text);
                status = if self.bash() { 1 } else { 2 };
                if !self.bash() {
                    self.leave(2);
                }
                continue;
            }
            if name == b"GLOBIGNORE" && self.bash() {
                self.shopts.turn("dotglob", false);
            }
            match open {
                Some(open) => {
                    let index =
                        argument[open + 1..].strip_suffix(b"]").unwrap_or_default().to_vec();
                    status = self.unset_element(&name, &index).max(status);
                }
                None if self.vars.get(&name).is_some() && self.bash() => self.vars.unset(&name),
                None if self.vars.get(&name).is_some() => self.vars.remove(&name),
                None if !variables && self.bash() => {
                    status = self.unset_function(&name).max(status);
                }
                None => {}
            }
        }
        status
    }

    fn unset_function(&mut self, name: &[u8]) -> u8 {
        if self.functions.get(name).is_some_and(|function| function.readonly) {
            self.argument_error("unset", name, "cannot unset: readonly function");
            return 1;
        }
        self.functions.remove(name);
        0
    }

    fn unset_element(&mut self, name: &[u8], index: &[u8]) -> u8 {
        let is_array = match self.vars.get(name).map(|variable| &variable.value) {
            None => return 0,
            Some(value) => matches!(value, Value::List(_) | Value::Map(_)),
        };
        if matches!(index, b"@" | b"*") {
            match &mut self.vars.entry(name).value {
                Value::List(list) => list.clear(),
                Value::Map(map) => *map = Default::default(),
                _ => self.vars.remove(name),
            }
            return 0;
        }
        let key = self.key_of(name, index);
        if key == Key::Number(i64::MIN) {
            return 1;
        }
        if !is_array && key == Key::Number(0) {
            self.vars.remove(name);
        } else if !is_array {
            self.argument_error("unset", name, "not an array variable");
            return 1;
        } else if !self.remove_element(name, &key) {
            let shown = [b"[", index, b"]"].concat();
            self.argument_error("unset", &shown, "bad array subscript");
            return 1;
        }
        0
    }
}
