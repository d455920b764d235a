//! `set` and `shopt`.

use super::super::Dialect;
use super::super::dash;
use super::super::machine::{Machine, Options};
use super::super::quote;
use super::super::vars::{Value, Variable};

/// `set -o`'s names, in bash's order, and whether they are on in a new shell.
pub(in crate::sh) const NAMES: [(&str, bool); 27] = [
    ("allexport", false),
    ("braceexpand", true),
    ("emacs", false),
    ("errexit", false),
    ("errtrace", false),
    ("functrace", false),
    ("hashall", true),
    ("histexpand", false),
    ("history", false),
    ("ignoreeof", false),
    ("interactive-comments", true),
    ("keyword", false),
    ("monitor", false),
    ("noclobber", false),
    ("noexec", false),
    ("noglob", false),
    ("nolog", false),
    ("notify", false),
    ("nounset", false),
    ("onecmd", false),
    ("physical", false),
    ("pipefail", false),
    ("posix", false),
    ("privileged", false),
    ("verbose", false),
    ("vi", false),
    ("xtrace", false),
];

/// The letters, in the order of `$-`.
pub(in crate::sh) const LETTERS: [(u8, &str); 19] = [
    (b'a', "allexport"),
    (b'b', "notify"),
    (b'e', "errexit"),
    (b'f', "noglob"),
    (b'h', "hashall"),
    (b'k', "keyword"),
    (b'm', "monitor"),
    (b'n', "noexec"),
    (b'p', "privileged"),
    (b't', "onecmd"),
    (b'u', "nounset"),
    (b'v', "verbose"),
    (b'x', "xtrace"),
    (b'B', "braceexpand"),
    (b'C', "noclobber"),
    (b'E', "errtrace"),
    (b'H', "histexpand"),
    (b'P', "physical"),
    (b'T', "functrace"),
];

fn field<'a>(options: &'a mut Options, name: &[u8]) -> Option<(&'a mut bool, bool)> {
    let on = match name {
        b"allexport" => &mut options.allexport,
        b"errexit" => &mut options.errexit,
        b"errtrace" => &mut options.errtrace,
        b"functrace" => &mut options.functrace,
        b"keyword" => &mut options.keyword,
        b"monitor" => &mut options.monitor,
        b"noclobber" => &mut options.noclobber,
        b"noexec" => &mut options.noexec,
        b"noglob" => &mut options.noglob,
        b"notify" => &mut options.notify,
        b"nounset" => &mut options.nounset,
        b"onecmd" => &mut options.onecmd,
        b"physical" => &mut options.physical,
        b"pipefail" => &mut options.pipefail,
        b"posix" => &mut options.posix,
        b"privileged" => &mut options.privileged,
        b"verbose" => &mut options.verbose,
        b"xtrace" => &mut options.xtrace,
        b"braceexpand" => return Some((&mut options.braceexpand_off, true)),
        b"histexpand" => &mut options.histexpand,
        b"hashall" => return Some((&mut options.hashall_off, true)),
        _ => return None,
    };
    Some((on, false))
}

/// Turns an option on or off; whether the shell knows it.
pub(in crate::sh) fn turn(options: &mut Options, name: &[u8], on: bool, dialect: Dialect) -> bool {
    let bash_only: [&[u8]; 9] = [
        b"pipefail",
        b"errtrace",
        b"functrace",
        b"braceexpand",
        b"hashall",
        b"keyword",
        b"physical",
        b"onecmd",
        b"posix",
    ];
    let ash_too = dialect == Dialect::Ash && name == b"pipefail";
    if dialect != Dialect::Bash && bash_only.contains(&name) && !ash_too {
        return false;
    }
    match field(options, name) {
        Some((place, inverted)) => {
            *place = on != inverted;
            true
        }
        None => NAMES.iter().any(|(known, _)| known.as_bytes() == name),
    }
}

impl Machine {
    /// Whether an option is on; `None`: there is no such option.
    pub(in crate::sh) fn option(&self, name: &str) -> Option<bool> {
        let mut options = self.options;
        match field(&mut options, name.as_bytes()) {
            Some((on, inverted)) => Some(*on != inverted),
            None => NAMES.iter().find(|(known, _)| *known == name).map(|(_, on)| *on),
        }
    }

    pub(super) fn set_command(&mut self, args: &[Vec<u8>]) -> u8 {
        if args.is_empty() {
            self.print_variables("set");
            return 0;
        }
        let mut at = 0;
        while let Some(arg) = args.get(at) {
            let on = match arg.first() {
                Some(b'-') => true,
                Some(b'+') => false,
                _ => break,
            };
            if arg == b"--" {
                self.set_arguments(&args[at + 1..]);
                return 0;
            }
            if arg.len() == 1 {
                at += 1;
                if on {
                    self.options.xtrace = false;
                    self.options.verbose = false;
                    if at < args.len() {
                        self.set_arguments(&args[at..]);
                    }
                    return 0;
                }
                continue;
            }
            at += 1;
            for letter in &arg[1..] {
                let done = if matches!(letter, b'r' | b'k') && on && self.bash() {
                    self.not_modelled(&format!("set -{}", char::from(*letter)));
                    2
                } else if *letter == b'o' {
                    let is_name = |name: &&Vec<u8>| {
                        !self.bash() || !matches!(name.first(), None | Some(b'-' | b'+'))
                    };
                    let name = args.get(at).filter(is_name).cloned();
                    at += usize::from(name.is_some());
                    self.set_o(name, on)
                } else {
                    self.set_letter(*letter, on, arg[0])
                };
                if done != 0 {
                    return done;
                }
            }
        }
        if at < args.len() {
            self.set_arguments(&args[at..]);
        }
        0
    }

    /// dash has job control only at a terminal.
    fn refuses_monitor(&mut self) -> bool {
        let refuses = !self.bash() && self.typed.is_none();
        if refuses {
            self.builtin_error("set", "can't access tty; job control turned off");
        }
        refuses
    }

    fn set_arguments(&mut self, args: &[Vec<u8>]) {
        self.args = args.to_vec();
        self.args_were_set |= !self.calls.iter().any(|call| !call.is_file);
        if !self.bash() {
            self.getopts_place = (1, 0);
        }
    }

    pub(super) fn set_o(&mut self, name: Option<Vec<u8>>, on: bool) -> u8 {
        let Some(name) = name else {
            self.print_options(on);
            return 0;
        };
        if name == b"monitor" && on && self.refuses_monitor() {
            return 0;
        }
        if name == b"keyword" && on && self.bash() {
            self.not_modelled("set -o keyword");
            return 2;
        }
        if turn(&mut self.options, &name, on, self.dialect) {
            return 0;
        }
        if self.bash() {
            self.argument_error("set", &name, "invalid option name");
            return 2;
        }
        let shown = String::from_utf8_lossy(&name).into_owned();
        self.builtin_error("set", &format!("Illegal option -o {shown}"));
        self.leave(2);
        2
    }

    fn set_letter(&mut self, letter: u8, on: bool, sign: u8) -> u8 {
        let name = LETTERS.iter().find(|(known, _)| *known == letter).map(|(_, name)| *name);
        let dialect = self.dialect;
        if letter == b'm' && on && self.refuses_monitor() {
            return 0;
        }
        if name.is_some_and(|name| turn(&mut self.options, name.as_bytes(), on, dialect)) {
            return 0;
        }
        let option = [sign, letter];
        if !self.bash() {
            let shown = String::from_utf8_lossy(&option).into_owned();
            self.builtin_error("set", &format!("Illegal option {shown}"));
            self.leave(2);
            return 2;
        }
        self.usage("set", &option, "set [-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]")
    }

    pub(super) fn print_options(&mut self, table: bool) {
        let mut all = String::new();
        if !self.bash() {
            if table {
                all.push_str("Current option settings\n");
            }
            for name in dash::OPTIONS {
                let on = self.option(name) == Some(true) && name != "hashall";
                all.push_str(&match table {
                    true => format!("{name:<16}{}\n", if on { "on" } else { "off" }),
                    false => format!("set {}o {name}\n", if on { '-' } else { '+' }),
                });
            }
            self.print("set", all.into_bytes());
            return;
        }
        for (name, _) in NAMES {
            all.push_str(&self.option_line(name, table));
        }
        self.print("set", all.into_bytes());
    }

    /// An option as a table of them has it, or as a command that sets it so.
    pub(super) fn option_line(&self, name: &str, table: bool) -> String {
        match (table, self.option(name) == Some(true)) {
            (true, on) => format!("{name:<15}\t{}\n", if on { "on" } else { "off" }),
            (false, on) => format!("set {}o {name}\n", if on { '-' } else { '+' }),
        }
    }

    /// Variables, and outside POSIX functions, as bash reads them back.
    pub(super) fn print_variables(&mut self, who: &str) {
        let mut all = Vec::new();
        for (name, variable) in self.vars.iter() {
            let shown = match &self.listed(name, variable) {
                invisible if invisible.is_invisible() => continue,
                Variable { value: Value::Text(text), .. } => match self.bash() {
                    true => plain_or_quoted(text),
                    false => dash::single_quote(text),
                },
                listed => super::super::vars::elements(&listed.value),
            };
            all.extend_from_slice(&[name.as_slice(), b"=", &shown, b"\n"].concat());
        }
        if self.bash() && !self.options.posix {
            for (name, function) in &self.functions {
                all.extend_from_slice(&super::super::print::function(name, function));
            }
        }
        self.print(who, all);
    }
}

/// A value as bash's `set` alone shows it.
fn plain_or_quoted(text: &[u8]) -> Vec<u8> {
    if text.is_empty() {
        return Vec::new();
    }
    let shown = quote::value(text);
    if shown.starts_with(b"$") { shown } else { quote::trace(text) }
}
