//! `hash`: where the shell has found programs.

use super::super::dash;
use super::super::host::Host;
use super::super::machine::Machine;
use super::super::vars;
use super::exists;

/// Buckets of bash's table; a listing has its order.
const BUCKETS: u32 = 256;

/// Buckets of dash's.
const DASH_BUCKETS: u32 = 31;

impl Machine {
    /// A program is run: remembers where it is.
    pub(in crate::sh) fn note_hashed(&mut self, name: &[u8], host: &dyn Host) {
        if name.contains(&b'/') || self.options.hashall_off {
            return;
        }
        if let Some((_, hits)) = self.hashed.get_mut(name) {
            *hits += 1;
        } else if let Ok(path) = self.find_command(host, name) {
            self.hashed.insert(name.to_vec(), (path, 1));
        }
    }

    pub(super) fn hash_command(&mut self, args: &[Vec<u8>], host: &mut dyn Host) -> u8 {
        let (mut shows, mut forgets, mut again, mut path) = (false, false, false, None);
        let mut rest = args;
        while let Some(([b'-', letters @ ..], tail)) =
            rest.split_first().map(|(first, tail)| (first.as_slice(), tail))
        {
            rest = tail;
            match letters {
                b"-" => break,
                b"r" => {
                    self.hashed.clear();
                    return 0;
                }
                b"t" if self.bash() => shows = true,
                b"d" if self.bash() => forgets = true,
                b"l" if self.bash() => again = true,
                b"p" if self.bash() => (path, rest) = (rest.first(), rest.get(1..).unwrap_or(&[])),
                _ => {
                    let usage = "hash [-lr] [-p pathname] [-dt] [name ...]";
                    let letter = letters.first().copied().unwrap_or(b'-');
                    return self.usage("hash", &[b'-', letter], usage);
                }
            }
        }
        if rest.is_empty() {
            self.list_hashed(again);
            return 0;
        }
        let mut status = 0;
        for name in rest {
            if exists(name, self.dialect) && path.is_none() {
                continue;
            }
            let known = self.hashed.get(name).map(|(path, _)| path.clone());
            let found = match path {
                Some(path) => Some(path.clone()),
                None if shows || forgets => known,
                None => self.find_command(host, name).ok(),
            };
            match found {
                None => {
                    self.argument_error("hash", name, "not found");
                    status = 1;
                }
                Some(_) if forgets => {
                    self.hashed.remove(name);
                }
                Some(path) if shows => {
                    self.note_hashed(name, host);
                    let head =
                        if rest.len() > 1 { [name, &b"\t"[..]].concat() } else { Vec::new() };
                    self.print("hash", [head.as_slice(), &path, b"\n"].concat());
                }
                Some(path) => {
                    self.hashed.insert(name.clone(), (path, 0));
                }
            }
        }
        status
    }

    fn list_hashed(&mut self, again: bool) {
        let mut all: Vec<_> = self.hashed.iter().collect();
        match self.bash() {
            true => all.sort_by_key(|(name, _)| vars::hash(name) % BUCKETS),
            false => all.sort_by_key(|(name, _)| dash::hash(name) % DASH_BUCKETS),
        }
        let mut text = Vec::new();
        if all.is_empty() && self.bash() {
            text.extend_from_slice(b"hash: hash table empty\n");
        } else if self.bash() && !again {
            text.extend_from_slice(b"hits\tcommand\n");
        }
        for (name, (path, hits)) in all {
            match (self.bash(), again) {
                (true, true) => {
                    let line = [b"builtin hash -p ", path.as_slice(), b" ", name].concat();
                    text.extend_from_slice(&line);
                }
                (true, false) => text.extend_from_slice(format!("{hits:4}\t").as_bytes()),
                (false, _) => {}
            }
            if !again {
                text.extend_from_slice(path);
            }
            text.push(b'\n');
        }
        self.print("hash", text);
    }
}
