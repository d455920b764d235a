//! `trap`.

use super::super::dash;
use super::super::host::Host;
use super::super::machine::{Machine, TrapKey};
use super::super::quote;
use crate::os::Signal;

/// What a trap is called.
pub(in crate::sh) fn name_of(key: TrapKey) -> &'static str {
    match key {
        TrapKey::Exit => "EXIT",
        TrapKey::Debug => "DEBUG",
        TrapKey::Err => "ERR",
        TrapKey::Return => "RETURN",
        TrapKey::Signal(signal) => signal.name(),
    }
}

fn key_of(name: &[u8], bash: bool) -> Option<TrapKey> {
    let text = String::from_utf8_lossy(name).into_owned();
    let upper = text.to_ascii_uppercase();
    match upper.strip_prefix("SIG").unwrap_or(&upper) {
        "0" | "EXIT" => Some(TrapKey::Exit),
        "DEBUG" if bash => Some(TrapKey::Debug),
        "ERR" if bash => Some(TrapKey::Err),
        "RETURN" if bash => Some(TrapKey::Return),
        _ => Signal::parse(&text).map(TrapKey::Signal),
    }
}

impl Machine {
    pub(super) fn trap_command(&mut self, args: &[Vec<u8>], host: &dyn Host) -> u8 {
        let mut args = args;
        let mut show = args.is_empty();
        if let Some((first, rest)) = args.split_first() {
            match first.as_slice() {
                b"--" => args = rest,
                b"-p" if self.bash() => {
                    show = true;
                    args = rest;
                }
                b"-l" if self.bash() => {
                    self.print("trap", signal_table());
                    return 0;
                }
                [b'-', letter, ..] if self.bash() => {
                    let usage = "trap [-lp] [[arg] signal_spec ...]";
                    return self.usage("trap", &[b'-', *letter], usage);
                }
                [b'-', letter, ..] => {
                    let status = self.usage("trap", &[b'-', *letter], "");
                    self.leave(status);
                    return status;
                }
                _ => {}
            }
        }
        if show || args.is_empty() {
            return self.print_traps(args);
        }
        let (action, names) = match args {
            [only] => (b"-".to_vec(), std::slice::from_ref(only)),
            [first, ..] if parse_all_numbers(first) => (b"-".to_vec(), args),
            [first, rest @ ..] => (first.clone(), rest),
            [] => return 0,
        };
        if args.len() == 1 && key_of(&args[0], self.bash()).is_none() {
            if self.bash() {
                self.error_line(b"trap: usage: trap [-lp] [[arg] signal_spec ...]");
                return 2;
            }
            return 0;
        }
        let mut status = 0;
        for name in names {
            let Some(key) = key_of(name, self.bash()) else {
                let shown = name.clone();
                if self.bash() {
                    self.argument_error("trap", &shown, "invalid signal specification");
                } else {
                    self.error_line(&[b"trap: ", shown.as_slice(), b": bad trap"].concat());
                }
                status = 1;
                continue;
            };
            // What was ignored when the shell began stays so, and nothing is said.
            if matches!(key, TrapKey::Signal(signal) if host.ignored().contains(&signal)) {
                continue;
            }
            self.inherited_traps.clear();
            if action == b"-" {
                self.traps.remove(&key);
            } else {
                self.traps.insert(key, action.clone());
            }
        }
        status
    }

    /// Those of these names, or all.
    fn print_traps(&mut self, names: &[Vec<u8>]) -> u8 {
        let mut status = 0;
        for name in names {
            match key_of(name, self.bash()) {
                Some(key) => self.print_set(Some(key)),
                None => {
                    self.argument_error("trap", name, "invalid signal specification");
                    status = 1;
                }
            }
        }
        if names.is_empty() {
            self.print_set(None);
        }
        status
    }

    fn print_set(&mut self, wanted: Option<TrapKey>) {
        let mut all = Vec::new();
        let inherited = self.traps.values().all(Vec::is_empty);
        let traps = if inherited && !self.inherited_traps.is_empty() {
            &self.inherited_traps
        } else {
            &self.traps
        };
        for (key, action) in traps {
            if wanted.is_some_and(|wanted| wanted != *key) {
                continue;
            }
            let sig = matches!(key, TrapKey::Signal(_)) && self.bash();
            let name = format!("{}{}", if sig { "SIG" } else { "" }, name_of(*key));
            let action = match self.bash() {
                true => quote::single(action),
                false => dash::single_quote(action),
            };
            all.extend_from_slice(
                &[b"trap -- ", action.as_slice(), b" ", name.as_bytes(), b"\n"].concat(),
            );
        }
        self.print("trap", all);
    }
}

fn parse_all_numbers(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(u8::is_ascii_digit)
}

/// The signals as `kill -l` and `trap -l` list them: five a line.
pub(super) fn signal_table() -> Vec<u8> {
    let named = Signal::ALL.iter().map(|s| (u32::from(s.number()), format!("SIG{}", s.name())));
    let real_time = (34..=64).map(|number| {
        let name = match number {
            34 => "SIGRTMIN".to_string(),
            35..=49 => format!("SIGRTMIN+{}", number - 34),
            50..=63 => format!("SIGRTMAX-{}", 64 - number),
            _ => "SIGRTMAX".to_string(),
        };
        (number, name)
    });
    let mut all = String::new();
    for (place, (number, name)) in named.chain(real_time).enumerate() {
        let end = if place % 5 == 4 { '\n' } else { '\t' };
        all.push_str(&format!("{number:2}) {name}{end}"));
    }
    if !all.ends_with('\n') {
        all.push('\n');
    }
    all.into_bytes()
}
