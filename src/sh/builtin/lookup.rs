//! `command`, `builtin`, `type`, `hash`.

use std::sync::Arc;

use super::super::frame::State;
use super::super::host::Host;
use super::super::machine::Machine;
use super::super::parse;
use super::super::script::{AstId, Script};
use super::{exists, is_special};

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
                [b'-', letter, ..] if !builtin_only => {
                    let usage = "command [-pVv] command [arg ...]";
                    self.status = self.usage("command", &[b'-', *letter], usage);
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
        for name in names {
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
    fn describe(&self, name: &[u8], host: &mut dyn Host) -> Option<(Vec<u8>, Vec<u8>)> {
        let says = |text: &str| [name, text.as_bytes()].concat();
        if parse::is_reserved(name) {
            return Some((name.to_vec(), says(" is a shell keyword")));
        }
        if let Some(function) = self.functions.get(name) {
            let long = if self.bash() {
                [
                    says(" is a function\n").as_slice(),
                    super::super::print::function(name, function).trim_ascii_end(),
                ]
                .concat()
            } else {
                says(" is a shell function")
            };
            return Some((name.to_vec(), long));
        }
        if exists(name, self.dialect) {
            let special = !self.bash() && is_special(name);
            let text = if special { " is a special shell builtin" } else { " is a shell builtin" };
            return Some((name.to_vec(), says(text)));
        }
        let path = self.find_command(host, name).ok()?;
        let long = [says(" is ").as_slice(), &path].concat();
        Some((path, long))
    }

    pub(super) fn type_command(&mut self, args: &[Vec<u8>], host: &mut dyn Host) -> u8 {
        let (mut kind, mut path, mut rest) = (false, false, args);
        while let Some((first, tail)) = rest.split_first() {
            match first.as_slice() {
                b"-t" => kind = true,
                b"-p" | b"-P" => path = true,
                b"-a" | b"-f" => {}
                [b'-', letter, ..] if self.bash() => {
                    return self.usage("type", &[b'-', *letter], "type [-afptP] name [name ...]");
                }
                _ => break,
            }
            rest = tail;
        }
        let mut status = 0;
        for name in rest {
            let Some((short, long)) = self.describe(name, host) else {
                status = if self.bash() { 1 } else { 127 };
                if !kind && !path {
                    if self.bash() {
                        self.argument_error("type", name, "not found");
                    } else {
                        self.print("type", [name.as_slice(), b": not found\n"].concat());
                    }
                }
                continue;
            };
            let text: Vec<u8> = if kind {
                let word: &[u8] = if parse::is_reserved(name) {
                    b"keyword"
                } else if self.functions.contains_key(name) {
                    b"function"
                } else if exists(name, self.dialect) {
                    b"builtin"
                } else {
                    b"file"
                };
                word.to_vec()
            } else if path {
                if short == *name && !name.contains(&b'/') {
                    continue;
                }
                short
            } else {
                long
            };
            self.print("type", [text.as_slice(), b"\n"].concat());
        }
        status
    }

    pub(super) fn hash_command(&mut self, args: &[Vec<u8>], host: &mut dyn Host) -> u8 {
        let mut status = 0;
        for name in args.iter().filter(|arg| arg.first() != Some(&b'-')) {
            if !exists(name, self.dialect) && self.find_command(host, name).is_err() {
                self.argument_error("hash", name, "not found");
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
