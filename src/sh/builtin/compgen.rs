//! `compgen`, as scripts use it: names of one kind that begin with a word. What only completion at
//! a terminal needs (`-F`, `-C`, `-o`, `-X`) is not modelled.

use super::super::expand::file_names;
use super::super::host::Host;
use super::super::machine::Machine;
use super::super::parse::RESERVED;
use super::BASH;
use crate::os::FileKind;

const USAGE: &[u8] = b"compgen: usage: compgen [-abcdefgjksuv] [-o option] [-A action] \
    [-G globpat] [-W wordlist] [-F function] [-C command] [-X filterpat] [-P prefix] [-S suffix] \
    [word]";

/// Actions by their names and letters; those without a kind here are not modelled.
const ACTIONS: [(&str, u8); 24] = [
    ("alias", b'a'),
    ("builtin", b'b'),
    ("command", b'c'),
    ("directory", b'd'),
    ("export", b'e'),
    ("file", b'f'),
    ("function", b'F'),
    ("keyword", b'k'),
    ("variable", b'v'),
    ("arrayvar", 0),
    ("binding", 0),
    ("disabled", 0),
    ("enabled", 0),
    ("group", 0),
    ("helptopic", 0),
    ("hostname", 0),
    ("job", 0),
    ("running", 0),
    ("service", 0),
    ("setopt", 0),
    ("shopt", 0),
    ("signal", 0),
    ("stopped", 0),
    ("user", 0),
];

/// What is asked for.
#[derive(Default)]
struct Asked {
    /// Letters of [`ACTIONS`].
    kinds: Vec<u8>,
    glob: Option<Vec<u8>>,
    words: Option<Vec<u8>>,
    prefix: Vec<u8>,
    suffix: Vec<u8>,
}

impl Machine {
    pub(super) fn compgen(&mut self, args: &[Vec<u8>], host: &mut dyn Host) -> u8 {
        let (asked, rest) = match self.compgen_options(args) {
            Ok(all) => all,
            Err(status) => return status,
        };
        let word = rest.first().cloned().unwrap_or_default();
        let any = !asked.kinds.is_empty() || asked.glob.is_some() || asked.words.is_some();
        if !any {
            return 0;
        }
        // Each kind once, in the order in which bash looks (`gen_action_completions`).
        let mut all: Vec<Vec<u8>> = Vec::new();
        for kind in *b"avkFbecfd" {
            if asked.kinds.contains(&kind) {
                all.extend(self.named(kind, &word, host));
            }
        }
        match asked.glob {
            Some(pattern) if pattern.is_empty() => all.push(Vec::new()),
            Some(pattern) => all.extend(file_names(self, host, &pattern)),
            None => {}
        }
        if let Some(text) = asked.words {
            let ifs = self.vars.text(b"IFS").cloned().unwrap_or_else(|| b" \t\n".to_vec());
            let words = text.split(|byte| ifs.contains(byte)).filter(|piece| !piece.is_empty());
            all.extend(words.filter(|piece| piece.starts_with(&word)).map(Vec::from));
        }
        let none = all.is_empty();
        let line = |name: &Vec<u8>| [&asked.prefix, name, &asked.suffix, &b"\n"[..]].concat();
        self.print("compgen", all.iter().flat_map(line).collect());
        u8::from(none)
    }

    fn compgen_options<'a>(&mut self, args: &'a [Vec<u8>]) -> Result<(Asked, &'a [Vec<u8>]), u8> {
        let mut asked = Asked::default();
        let mut rest = args;
        while let Some(mut letters) = super::next_letters(&mut rest) {
            while let Some((letter, after)) = letters.split_first() {
                letters = after;
                if b"abcdefkv".contains(letter) {
                    asked.kinds.push(*letter);
                    continue;
                }
                if b"gjsu".contains(letter) || b"oFCX".contains(letter) {
                    self.not_modelled(&format!("compgen -{}", char::from(*letter)));
                    return Err(2);
                }
                if !b"AGWPS".contains(letter) {
                    self.argument_error("compgen", &[b'-', *letter], "invalid option");
                    self.error_line(USAGE);
                    return Err(2);
                }
                let value = match (std::mem::take(&mut letters), rest) {
                    ([], []) => {
                        self.needs_argument("compgen", *letter);
                        self.error_line(USAGE);
                        return Err(2);
                    }
                    ([], [next, others @ ..]) => {
                        rest = others;
                        next.clone()
                    }
                    (glued, _) => glued.to_vec(),
                };
                match letter {
                    b'A' => asked.kinds.push(self.action(&value)?),
                    b'G' => asked.glob = Some(value),
                    b'P' => asked.prefix = value,
                    b'S' => asked.suffix = value,
                    _ if value.iter().any(|byte| b"$`\\'\"".contains(byte)) => {
                        self.not_modelled("compgen -W with expansions");
                        return Err(2);
                    }
                    _ => asked.words = Some(value),
                }
            }
        }
        Ok((asked, rest))
    }

    fn action(&mut self, name: &[u8]) -> Result<u8, u8> {
        match ACTIONS.iter().find(|(known, _)| known.as_bytes() == name) {
            Some((_, 0)) => {
                let shown = String::from_utf8_lossy(name).into_owned();
                self.not_modelled(&format!("compgen -A {shown}"));
                Err(2)
            }
            Some((_, kind)) => Ok(*kind),
            None => {
                self.argument_error("compgen", name, "invalid action name");
                Err(2)
            }
        }
    }

    /// The names of a kind that begin with a word.
    fn named(&mut self, kind: u8, word: &[u8], host: &mut dyn Host) -> Vec<Vec<u8>> {
        let table = |table: &[&str]| table.iter().map(|name| name.as_bytes().to_vec()).collect();
        let mut all: Vec<Vec<u8>> = match kind {
            b'a' => self.aliases.keys().cloned().collect(),
            b'b' => table(&BASH),
            b'k' => table(&RESERVED),
            b'F' => self.functions.keys().cloned().collect(),
            b'e' => {
                let exported = self.vars.iter().filter(|(_, variable)| variable.exported);
                exported.map(|(name, _)| name.clone()).collect()
            }
            b'v' => {
                let seen = self.vars.iter().filter(|(_, variable)| !variable.is_invisible());
                seen.map(|(name, _)| name.clone()).collect()
            }
            b'c' => {
                let kinds = *b"akFb";
                let mut all: Vec<Vec<u8>> =
                    kinds.iter().flat_map(|kind| self.named(*kind, word, host)).collect();
                all.extend(self.programs(host));
                all
            }
            _ => return self.files_named(kind == b'd', word, host),
        };
        all.retain(|name| name.starts_with(word));
        all
    }

    /// What the directories of PATH hold that can be run.
    fn programs(&self, host: &mut dyn Host) -> Vec<Vec<u8>> {
        let path = self.vars.text(b"PATH").cloned().unwrap_or_default();
        let mut all = Vec::new();
        for dir in path.split(|byte| *byte == b':') {
            for name in host.read_dir(if dir.is_empty() { b"." } else { dir }).unwrap_or_default() {
                let file = [dir, b"/", &name].concat();
                let stat = host.stat(&file, true);
                let is_file = stat.is_ok_and(|stat| stat.kind != FileKind::Directory);
                if is_file && host.access(&file, 1).is_ok() {
                    all.push(name);
                }
            }
        }
        all
    }

    fn files_named(&self, directories: bool, word: &[u8], host: &mut dyn Host) -> Vec<Vec<u8>> {
        let cut = word.iter().rposition(|byte| *byte == b'/').map_or(0, |at| at + 1);
        let (dir, start) = word.split_at(cut);
        let mut names = host.read_dir(if dir.is_empty() { b"." } else { dir }).unwrap_or_default();
        names.sort();
        let paths = names.iter().filter(|name| name.starts_with(start));
        let paths = paths.map(|name| [dir, name].concat());
        let kept = paths.filter(|path| {
            let is_dir = |path: &[u8]| {
                host.stat(path, true).is_ok_and(|stat| stat.kind == FileKind::Directory)
            };
            !directories || is_dir(path)
        });
        kept.collect()
    }
}
