//! `command`, `builtin`, `type`, `hash`.

use std::sync::Arc;

use super::super::frame::State;
use super::super::host::Host;
use super::super::machine::Machine;
use super::super::parse;
use super::super::script::{AstId, Script};
use super::{exists, is_special};

/// What `type` is asked for.
#[derive(Clone, Copy, Default)]
struct TypeOptions {
    kind: bool,
    path: bool,
    files_only: bool,
    all: bool,
    no_functions: bool,
}

/// What a name is.
struct Meaning {
    /// As `type -t` says it.
    word: &'static str,
    /// As `command -v` says it.
    short: Vec<u8>,
    /// As `type` says it.
    long: Vec<u8>,
}

impl Machine {
    /// `command name …` and `builtin name …`.
    pub(super) fn command(
        &mut self,
        script: &Arc<Script>,
        at: AstId,
        fields: &[Vec<u8>],
        host: &mut dyn Host,
    ) {
        let builtin_only = fields[0] == b"builtin";
        let mut rest = &fields[1..];
        let mut describe = None;
        while let Some((first, tail)) = rest.split_first() {
            match first.as_slice() {
                b"-v" | b"-V" if !builtin_only => describe = Some(first[1]),
                b"-p" if !builtin_only => {}
                b"--" => {
                    rest = tail;
                    break;
                }
                [b'-', letter, ..] => {
                    let (who, usage) = match builtin_only {
                        true => ("builtin", "builtin [shell-builtin [arg ...]]"),
                        false => ("command", "command [-pVv] command [arg ...]"),
                    };
                    self.status = self.usage(who, &[b'-', *letter], usage);
                    return;
                }
                _ => break,
            }
            rest = tail;
        }
        if let Some(letter) = describe {
            self.status = self.describe_all(rest, letter, host);
            return;
        }
        let Some(name) = rest.first() else {
            self.status = 0;
            return;
        };
        if exists(name, self.dialect) {
            self.builtin(script, at, rest, host);
        } else if builtin_only {
            self.argument_error("builtin", name, "not a shell builtin");
            self.status = 1;
        } else {
            self.run_program(script, at, rest.to_vec(), host);
        }
    }

    fn describe_all(&mut self, names: &[Vec<u8>], letter: u8, host: &mut dyn Host) -> u8 {
        let mut found = names.is_empty();
        let count = if self.bash() { names.len() } else { names.len().min(1) };
        for name in &names[..count] {
            match self.describe(name, host) {
                Some((short, long)) => {
                    found = true;
                    let text = if letter == b'v' { short } else { long };
                    self.print("command", [text.as_slice(), b"\n"].concat());
                }
                None if letter == b'V' && self.bash() => {
                    self.argument_error("command", name, "not found");
                }
                None if letter == b'V' => {
                    self.error_line(&[name.as_slice(), b": not found"].concat());
                }
                None => {}
            }
        }
        if found {
            0
        } else if self.bash() {
            1
        } else {
            127
        }
    }

    /// What a name is: as `command -v` says it, and as `type` does.
    fn describe(&mut self, name: &[u8], host: &mut dyn Host) -> Option<(Vec<u8>, Vec<u8>)> {
        let first = self.meanings(name, TypeOptions::default(), host).into_iter().next()?;
        self.note_found(name, &first);
        Some((first.short, first.long))
    }

    /// What a name is: the first meaning, or all of them.
    fn meanings(&self, name: &[u8], how: TypeOptions, host: &mut dyn Host) -> Vec<Meaning> {
        let says = |text: &str| [name, text.as_bytes()].concat();
        let shell = |word, long| Meaning { word, short: name.to_vec(), long };
        let mut all = Vec::new();
        if let Some(value) = self.reading().aliases.get(name).filter(|_| !how.files_only) {
            all.push(self.alias_meaning(name, value));
        }
        if parse::is_reserved(name) && !how.files_only {
            all.push(shell("keyword", says(" is a shell keyword")));
        }
        let function = self.functions.get(name).filter(|_| !how.files_only && !how.no_functions);
        if let Some(function) = function {
            let long = if self.bash() {
                let text = super::super::print::function(name, function);
                [says(" is a function\n").as_slice(), text.trim_ascii_end()].concat()
            } else {
                says(" is a shell function")
            };
            all.push(shell("function", long));
        }
        if exists(name, self.dialect) && !how.files_only {
            let special = !self.bash() && is_special(name);
            let text = if special { " is a special shell builtin" } else { " is a shell builtin" };
            all.push(shell("builtin", says(text)));
        }
        if !all.is_empty() && !how.all {
            all.truncate(1);
            return all;
        }
        if let (Some((path, _)), false) = (self.hashed.get(name), how.all) {
            let long = match self.bash() {
                true => [name, b" is hashed (", path, b")"].concat(),
                false => [name, b" is a tracked alias for ", path].concat(),
            };
            all.push(Meaning { word: "file", short: path.clone(), long });
            return all;
        }
        let mut paths = match how.all {
            true => self.find_all(host, name),
            false => Vec::new(),
        };
        if paths.is_empty() {
            paths.extend(self.find_command(host, name).ok());
        }
        all.extend(paths.into_iter().map(|path| {
            let long = [says(" is ").as_slice(), &path].concat();
            Meaning { word: "file", short: path, long }
        }));
        all
    }

    /// dash remembers where a program is once it was looked for.
    fn note_found(&mut self, name: &[u8], meaning: &Meaning) {
        if !self.bash() && meaning.word == "file" && !name.contains(&b'/') {
            self.hashed.entry(name.to_vec()).or_insert_with(|| (meaning.short.clone(), 0));
        }
    }

    fn alias_meaning(&self, name: &[u8], value: &[u8]) -> Meaning {
        let (quoted, long) = if self.bash() {
            let long = [name, b" is aliased to `", value, b"'"].concat();
            (super::super::quote::single(value), long)
        } else {
            let long = [name, b" is an alias for ", value].concat();
            (super::super::dash::single_quote(value), long)
        };
        Meaning { word: "alias", short: [b"alias ", name, b"=", &quoted].concat(), long }
    }

    pub(super) fn type_command(&mut self, args: &[Vec<u8>], host: &mut dyn Host) -> u8 {
        let mut how = TypeOptions::default();
        let mut rest = args;
        while let Some((first, tail)) = rest.split_first() {
            let [b'-', letters @ ..] = first.as_slice() else { break };
            if !self.bash() || letters.is_empty() {
                break;
            }
            rest = tail;
            if letters == b"-" {
                break;
            }
            for letter in letters {
                match letter {
                    b't' => how.kind = true,
                    b'p' => how.path = true,
                    b'P' => (how.path, how.files_only) = (true, true),
                    b'a' => how.all = true,
                    b'f' => how.no_functions = true,
                    _ => {
                        let usage = "type [-afptP] name [name ...]";
                        return self.usage("type", &[b'-', *letter], usage);
                    }
                }
            }
        }
        let mut status = 0;
        for name in rest {
            let found = self.meanings(name, how, host);
            if let Some(first) = found.first() {
                self.note_found(name, first);
            }
            for Meaning { word, short, long } in &found {
                let text: &[u8] = match (how.kind, how.path) {
                    (true, _) => word.as_bytes(),
                    (_, true) if *word != "file" => continue,
                    (_, true) => short,
                    _ => long,
                };
                self.print("type", [text, b"\n"].concat());
            }
            if found.is_empty() {
                status = if self.bash() { 1 } else { 127 };
                if !how.kind && !how.path {
                    if self.bash() {
                        self.argument_error("type", name, "not found");
                    } else {
                        self.print("type", [name.as_slice(), b": not found\n"].concat());
                    }
                }
            }
        }
        status
    }

    pub(super) fn alias(&mut self, args: &[Vec<u8>]) -> u8 {
        let args: Vec<&Vec<u8>> =
            args.iter().filter(|arg| !matches!(&arg[..], b"-p" | b"--")).collect();
        let all: Vec<Vec<u8>> = self.aliases.keys().cloned().collect();
        let mut status = 0;
        for arg in if args.is_empty() { all.iter().collect() } else { args } {
            if let Some(at) = arg.iter().position(|byte| *byte == b'=').filter(|at| *at > 0) {
                self.aliases.insert(arg[..at].to_vec(), arg[at + 1..].to_vec());
                continue;
            }
            match self.aliases.get(arg) {
                Some(value) if self.bash() => {
                    let value = super::super::quote::single(value);
                    let line = [b"alias ", arg.as_slice(), b"=", &value, b"\n"].concat();
                    self.print("alias", line);
                }
                Some(value) => {
                    let value = super::super::dash::single_quote(value);
                    self.print("alias", [arg.as_slice(), b"=", &value, b"\n"].concat());
                }
                None => {
                    self.no_alias("alias", arg);
                    status = 1;
                }
            }
        }
        status
    }

    fn no_alias(&mut self, who: &str, name: &[u8]) {
        if self.bash() {
            self.argument_error(who, name, "not found");
        } else {
            self.error_line(&[who.as_bytes(), b": ", name, b" not found"].concat());
        }
    }

    pub(super) fn unalias(&mut self, args: &[Vec<u8>]) -> u8 {
        if args.is_empty() && self.bash() {
            self.error_line(b"unalias: usage: unalias [-a] name [name ...]");
            return 2;
        }
        let mut status = 0;
        for arg in args {
            if arg == b"-a" {
                self.aliases.clear();
            } else if self.aliases.remove(arg).is_none() {
                self.no_alias("unalias", arg);
                status = 1;
            }
        }
        status
    }

    /// A program, whatever functions say.
    fn run_program(
        &mut self,
        script: &Arc<Script>,
        at: AstId,
        words: Vec<Vec<u8>>,
        host: &mut dyn Host,
    ) {
        let state =
            State::Exec { words, env: Vec::new(), clean: false, argv0: None, by_exec: false };
        self.fork_frame(script, at, state, host);
    }
}
