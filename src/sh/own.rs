//! Variables that bash keeps itself (variables.c): what they say now, and how they are listed.

use super::machine::{Call, Machine, Origin, parse_number};
use super::vars::{Map, Value, Variable};
use crate::base::SortedMap;

/// Those that are worked out when somebody asks, and whether they are integers.
const COMPUTED: [(&[u8], bool); 11] = [
    (b"BASHPID", true),
    (b"BASH_ARGV0", false),
    (b"BASH_COMMAND", false),
    (b"BASH_SUBSHELL", false),
    (b"EPOCHREALTIME", false),
    (b"EPOCHSECONDS", false),
    (b"HISTCMD", true),
    (b"LINENO", false),
    (b"RANDOM", true),
    (b"SECONDS", false),
    (b"SRANDOM", true),
];

/// Arrays of its own, beside FUNCNAME and PIPESTATUS.
const LISTS: [&[u8]; 6] =
    [b"BASH_ARGC", b"BASH_ARGV", b"BASH_LINENO", b"BASH_SOURCE", b"DIRSTACK", b"GROUPS"];

/// Where bash looks for builtins to load, as Debian builds it.
const LOADABLES: &[u8] =
    b"/usr/local/lib/bash:/usr/lib/bash:/opt/local/lib/bash:/usr/pkg/lib/bash:/opt/pkg/lib/bash:.";

impl Machine {
    /// Makes them, in a new shell.
    pub(super) fn make_own(&mut self, uid: u32) {
        for (name, integer) in COMPUTED {
            let variable = self.vars.entry(name);
            *variable = Variable { own: true, integer, ..Variable::new(Value::Unset) };
        }
        for name in LISTS {
            let empty = Value::List(SortedMap::new());
            *self.vars.entry(name) = Variable { own: true, ..Variable::new(empty) };
        }
        for name in [b"BASH_ALIASES".as_slice(), b"BASH_CMDS"] {
            let empty = Value::Map(Map::default());
            *self.vars.entry(name) = Variable { own: true, ..Variable::new(empty) };
        }
        let empty = Value::List(SortedMap::new());
        *self.vars.entry(b"FUNCNAME") = Variable { own: true, bare: true, ..Variable::new(empty) };
        for name in [b"BASHOPTS".as_slice(), b"SHELLOPTS"] {
            let empty = Value::Text(Vec::new());
            *self.vars.entry(name) = Variable { own: true, readonly: true, ..Variable::new(empty) };
        }
        self.vars.entry(b"COMP_WORDBREAKS");
        if self.vars.text(b"BASH_LOADABLES_PATH").is_none() {
            self.vars.set(b"BASH_LOADABLES_PATH", LOADABLES);
        }
        if self.vars.text(b"SHELL").is_none() {
            // As the images' /etc/passwd has it; /bin/sh is for a user who is not in it.
            self.vars.set(b"SHELL", if uid == 0 { b"/bin/bash" } else { b"/bin/sh" });
        }
    }

    /// There is a PIPESTATUS once a command has run.
    pub(super) fn make_pipe_status(&mut self) {
        if self.bash() && self.vars.get(b"PIPESTATUS").is_none() {
            let empty = Value::List(SortedMap::new());
            *self.vars.entry(b"PIPESTATUS") = Variable { own: true, ..Variable::new(empty) };
        }
    }

    /// What an assignment to one of them changes beside it; `false`: it does nothing at all.
    pub(super) fn assign_own(&mut self, name: &[u8], text: &[u8]) -> bool {
        let own = self.vars.get(name).is_some_and(|variable| variable.own);
        match name {
            b"RANDOM" if own => {
                let seed = super::arith::evaluate(self, text).unwrap_or(0);
                self.random = (seed as u32, 0);
            }
            b"SECONDS" if own => {
                (self.seconds_base, self.started) = (parse_number(text).unwrap_or(0), self.now);
            }
            b"BASH_ARGV0" if own => self.name = text.to_vec(),
            b"PATH" => self.hashed.clear(),
            // Emptied, it leaves dotglob on; unset, it does not (setup_glob_ignore).
            b"GLOBIGNORE" if self.bash() && !text.is_empty() => {
                self.shopts.turn("dotglob", true);
            }
            b"OPTIND" => {
                let index = parse_number(text).and_then(|index| u32::try_from(index).ok());
                self.getopts_place = (index.unwrap_or(1), 0);
            }
            // `att_noassign`: nothing is said either.
            b"FUNCNAME" | b"GROUPS" | b"BASH_ARGC" | b"BASH_ARGV" | b"BASH_LINENO"
            | b"BASH_SOURCE" => return !own,
            _ => {}
        }
        true
    }

    /// Where somebody types, lines are counted within the function that runs.
    fn lines_before_function(&self) -> u32 {
        let call = self.calls.last().filter(|call| self.typed.is_some() && !call.is_file);
        let function = call.and_then(|call| self.functions.get(&call.name));
        let first = function.map(|function| function.script.node(function.whole).line);
        first.map_or(0, |first| first.min(self.line).saturating_sub(1))
    }

    /// What one of them says; `None` if it is none, or has become an ordinary variable.
    pub(super) fn computed(&mut self, name: &[u8]) -> Option<Vec<u8>> {
        let number = |n: u64| n.to_string().into_bytes();
        if self.ash() && name == b"RANDOM" && self.vars.get(name).is_none() {
            return Some(number(u64::from(self.next_random())));
        }
        if !self.bash() || !self.vars.get(name)?.own {
            return None;
        }
        let text = match name {
            b"LINENO" => number(u64::from(self.line - self.lines_before_function())),
            b"RANDOM" => number(u64::from(self.next_random())),
            b"SRANDOM" => {
                let two = [self.next_random(), self.next_random()];
                number(u64::from(two[0]) << 16 | u64::from(two[1]))
            }
            b"SECONDS" => {
                self.vars.entry(name).integer = true;
                let elapsed = self.now.since(self.started).0 / 1_000;
                self.seconds_base.wrapping_add_unsigned(elapsed).to_string().into_bytes()
            }
            b"EPOCHSECONDS" => number(self.now.unix_secs()),
            b"EPOCHREALTIME" => {
                let within = self.now.since(crate::base::SimTime::START).0 % 1_000;
                format!("{}.{within:03}000", self.now.unix_secs()).into_bytes()
            }
            b"BASHPID" => number(u64::from(self.own_pid_shown)),
            b"BASH_ARGV0" => self.name.clone(),
            b"BASH_SUBSHELL" => number(u64::from(self.level.shown)),
            b"HISTCMD" => number(0),
            b"BASH_COMMAND" => {
                let (script, at, part) = self.command.clone()?;
                super::print::head(&script, at, part)
            }
            b"SHELLOPTS" => self.option_names(),
            b"BASHOPTS" => self.shopts.listed(),
            b"BASH_ALIASES" | b"BASH_CMDS" => {
                self.look_up_own(name);
                return None;
            }
            _ => {
                self.look_up_own(name);
                return self.own_list(name)?.get(&0).cloned();
            }
        };
        self.vars.set(name, &text);
        Some(text)
    }

    /// Brings one of its arrays up to date, as each mention of it does.
    pub(super) fn look_up_own(&mut self, name: &[u8]) {
        if !self.vars.get(name).is_some_and(|variable| variable.own) {
            return;
        }
        let pairs: Vec<(Vec<u8>, Vec<u8>)> = match name {
            b"BASH_ALIASES" => {
                self.aliases.iter().map(|(name, text)| (name.clone(), text.clone())).collect()
            }
            b"BASH_CMDS" => {
                self.hashed.iter().map(|(name, (path, _))| (name.clone(), path.clone())).collect()
            }
            b"DIRSTACK" | b"GROUPS" => {
                let list = self.own_list(name).unwrap_or_default();
                self.vars.entry(name).value = Value::List(list);
                return;
            }
            b"BASH_ARGC" | b"BASH_ARGV" if self.calls.is_empty() => {
                let count = self.args.len().to_string().into_bytes();
                let args = (0u64..).zip(self.args.iter().rev().cloned()).collect();
                self.vars.entry(b"BASH_ARGC").value = Value::List(SortedMap::from([(0, count)]));
                self.vars.entry(b"BASH_ARGV").value = Value::List(args);
                return;
            }
            _ => return,
        };
        let mut map = Map::default();
        pairs.into_iter().for_each(|(key, text)| map.insert(&key, text));
        self.vars.entry(name).value = Value::Map(map);
    }

    /// The elements of one of its arrays; `None` if it is none, or has none now.
    pub(super) fn own_list(&self, name: &[u8]) -> Option<SortedMap<u64, Vec<u8>>> {
        if !self.bash() || !self.vars.get(name)?.own {
            return None;
        }
        let is_file = self.origin == Origin::File;
        let items: Vec<Vec<u8>> = match name {
            b"PIPESTATUS" => {
                self.pipe_status.iter().map(|status| status.to_string().into_bytes()).collect()
            }
            b"FUNCNAME" if self.calls.iter().any(|call| !call.is_file) => {
                let name =
                    |call: &Call| if call.is_file { b"source".to_vec() } else { call.name.clone() };
                let names = self.calls.iter().rev().map(name);
                names.chain(is_file.then(|| b"main".to_vec())).collect()
            }
            b"BASH_SOURCE" => {
                let files = self.calls.iter().rev().map(|call| call.file.clone());
                files.chain(is_file.then(|| self.name.clone())).collect()
            }
            b"BASH_LINENO" => {
                let lines = self.calls.iter().rev().map(|call| call.line.to_string().into_bytes());
                lines.chain(is_file.then(|| b"0".to_vec())).collect()
            }
            b"DIRSTACK" => {
                let here = self.vars.text(b"PWD").cloned().unwrap_or_default();
                std::iter::once(here).chain(self.dirs.iter().rev().cloned()).collect()
            }
            b"GROUPS" => vec![self.vars.text(b"UID").cloned().unwrap_or_default()],
            _ => return None,
        };
        Some((0u64..).zip(items).collect())
    }

    /// A variable as the lists of variables have it: of its own ones, some are always up to date.
    pub(super) fn listed(&self, name: &[u8], variable: &Variable) -> Variable {
        let mut listed = variable.clone();
        if !variable.own || !self.bash() {
            return listed;
        }
        match name {
            b"SHELLOPTS" => listed.value = Value::Text(self.option_names()),
            b"BASHOPTS" => listed.value = Value::Text(self.shopts.listed()),
            b"BASH_LINENO" | b"BASH_SOURCE" | b"FUNCNAME" | b"PIPESTATUS" => {
                if let Some(list) = self.own_list(name) {
                    listed.value = Value::List(list);
                }
            }
            _ => {}
        }
        listed
    }

    /// Models `brand`, whose seed RANDOM is set to: a generator of Park and Miller.
    fn next_random(&mut self) -> u16 {
        loop {
            let seed = i64::from(if self.random.0 == 0 { 123_459_876 } else { self.random.0 });
            let (high, low) = (seed / 127_773, seed % 127_773);
            let next = 16_807 * low - 2_836 * high;
            let next = if next < 0 { next + 0x7fff_ffff } else { next };
            self.random.0 = next as u32;
            let drawn = (self.random.0 >> 16 ^ self.random.0 & 0xffff) as u16 & 0x7fff;
            if drawn != self.random.1 {
                self.random.1 = drawn;
                return drawn;
            }
        }
    }

    /// The options that are on, as SHELLOPTS lists them.
    pub(super) fn option_names(&self) -> Vec<u8> {
        let names: Vec<&str> = super::builtin::set::NAMES
            .iter()
            .filter(|(name, _)| self.option(name) == Some(true))
            .map(|(name, _)| *name)
            .collect();
        names.join(":").into_bytes()
    }
}
