//! `shopt`.

use super::super::machine::Machine;
use super::next_letters;

/// `shopt`'s names in bash 5.2's order, and whether they are on in a shell that runs a script.
const NAMES: [(&str, bool); 57] = [
    ("autocd", false),
    ("assoc_expand_once", false),
    ("cdable_vars", false),
    ("cdspell", false),
    ("checkhash", false),
    ("checkjobs", false),
    ("checkwinsize", true),
    ("cmdhist", true),
    ("compat31", false),
    ("compat32", false),
    ("compat40", false),
    ("compat41", false),
    ("compat42", false),
    ("compat43", false),
    ("compat44", false),
    ("complete_fullquote", true),
    ("direxpand", false),
    ("dirspell", false),
    ("dotglob", false),
    ("execfail", false),
    ("expand_aliases", false),
    ("extdebug", false),
    ("extglob", false),
    ("extquote", true),
    ("failglob", false),
    ("force_fignore", true),
    ("globasciiranges", true),
    ("globskipdots", true),
    ("globstar", false),
    ("gnu_errfmt", false),
    ("histappend", false),
    ("histreedit", false),
    ("histverify", false),
    ("hostcomplete", true),
    ("huponexit", false),
    ("inherit_errexit", false),
    ("interactive_comments", true),
    ("lastpipe", false),
    ("lithist", false),
    ("localvar_inherit", false),
    ("localvar_unset", false),
    ("login_shell", false),
    ("mailwarn", false),
    ("no_empty_cmd_completion", false),
    ("nocaseglob", false),
    ("nocasematch", false),
    ("noexpand_translation", false),
    ("nullglob", false),
    ("patsub_replacement", true),
    ("progcomp", true),
    ("progcomp_alias", false),
    ("promptvars", true),
    ("restricted_shell", false),
    ("shift_verbose", false),
    ("sourcepath", true),
    ("varredir_close", false),
    ("xpg_echo", false),
];

/// Options that would change what a script does, but are not modelled.
pub(in crate::sh) const ABSENT: [&str; 11] = [
    "assoc_expand_once",
    "cdable_vars",
    "compat31",
    "compat32",
    "compat40",
    "compat41",
    "compat42",
    "compat43",
    "compat44",
    "extdebug",
    "gnu_errfmt",
];

/// `shopt`'s options: the ones that are not as a new shell has them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(in crate::sh) struct Shopts(u64);

fn names() -> impl Iterator<Item = (usize, &'static str, bool)> {
    NAMES.iter().enumerate().map(|(at, (name, on))| (at, *name, *on))
}

impl Shopts {
    /// Whether an option is on; one there is none of is not.
    pub(in crate::sh) fn has(&self, name: &str) -> bool {
        self.find(name).is_some_and(|(_, on)| on)
    }

    /// Turns an option on or off; whether there is such a one.
    pub(in crate::sh) fn turn(&mut self, name: &str, on: bool) -> bool {
        let Some((at, was)) = self.find(name) else { return false };
        if was != on {
            self.0 ^= 1 << at;
        }
        true
    }

    fn find(&self, name: &str) -> Option<(usize, bool)> {
        let (at, _, on) = names().find(|(_, known, _)| *known == name)?;
        Some((at, on != (self.0 >> at & 1 == 1)))
    }

    /// The options that are on, as BASHOPTS lists them.
    pub(in crate::sh) fn listed(&self) -> Vec<u8> {
        let on: Vec<&str> =
            names().map(|(_, name, _)| name).filter(|name| self.has(name)).collect();
        on.join(":").into_bytes()
    }
}

impl Machine {
    pub(super) fn shopt(&mut self, args: &[Vec<u8>]) -> u8 {
        let (mut set, mut quiet, mut again, mut of_set) = (None, false, false, false);
        let mut rest = args;
        while let Some(letters) = next_letters(&mut rest) {
            for letter in letters {
                match letter {
                    b's' | b'u' if set.is_some_and(|on| on != (*letter == b's')) => {
                        let why = "cannot set and unset shell options simultaneously";
                        self.builtin_error("shopt", why);
                        return 1;
                    }
                    b's' => set = Some(true),
                    b'u' => set = Some(false),
                    b'q' => quiet = true,
                    b'p' => again = true,
                    b'o' => of_set = true,
                    _ => {
                        let usage = "shopt [-pqsu] [-o] [optname ...]";
                        return self.usage("shopt", &[b'-', *letter], usage);
                    }
                }
            }
        }
        if of_set {
            return self.shopt_of_set(rest, set, quiet, again);
        }
        if rest.is_empty() {
            let wanted = names().map(|(_, name, _)| name);
            let wanted = wanted.filter(|name| set.is_none_or(|on| on == self.shopts.has(name)));
            let all: String = wanted.map(|name| self.shopt_line(name, again)).collect();
            if !quiet {
                self.print("shopt", all.into_bytes());
            }
            return 0;
        }
        let mut status = 0;
        for name in rest {
            let text = String::from_utf8_lossy(name).into_owned();
            let Some((at, on)) = self.shopts.find(&text) else {
                self.argument_error("shopt", name, "invalid shell option name");
                status = 1;
                continue;
            };
            match set {
                Some(to) => {
                    if to != on {
                        self.shopts.0 ^= 1 << at;
                    }
                    if to && ABSENT.contains(&text.as_str()) {
                        self.not_modelled(&format!("shopt -s {text}"));
                        status = 2;
                    }
                }
                None => {
                    status |= u8::from(!on);
                    if !quiet {
                        let line = self.shopt_line(&text, again);
                        self.print("shopt", line.into_bytes());
                    }
                }
            }
        }
        status
    }

    fn shopt_line(&self, name: &str, again: bool) -> String {
        match (again, self.shopts.has(name)) {
            (true, on) => format!("shopt -{} {name}\n", if on { 's' } else { 'u' }),
            (false, on) => format!("{name:<15}\t{}\n", if on { "on" } else { "off" }),
        }
    }

    /// `shopt -o`: `set`'s options.
    fn shopt_of_set(
        &mut self,
        names: &[Vec<u8>],
        set: Option<bool>,
        quiet: bool,
        again: bool,
    ) -> u8 {
        if names.is_empty() {
            let known = super::set::NAMES.iter().map(|(name, _)| *name);
            let wanted = known.filter(|name| set.is_none_or(|on| self.option(name) == Some(on)));
            let all: String = wanted.map(|name| self.option_line(name, !again)).collect();
            if !quiet {
                self.print("shopt", all.into_bytes());
            }
            return 0;
        }
        let mut status = 0;
        for name in names {
            let text = String::from_utf8_lossy(name).into_owned();
            match (set, self.option(&text)) {
                (_, None) => {
                    self.argument_error("shopt", name, "invalid option name");
                    status = 1;
                }
                (Some(on), _) => status |= self.set_o(Some(name.clone()), on),
                (None, Some(on)) => {
                    status |= u8::from(!on);
                    if !quiet {
                        let line = self.option_line(&text, !again);
                        self.print("shopt", line.into_bytes());
                    }
                }
            }
        }
        status
    }
}
