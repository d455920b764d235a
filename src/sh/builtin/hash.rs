//! `hash`: where the shell has found programs.

use super::super::dash;
use super::super::host::Host;
use super::super::machine::Machine;
use super::super::vars;
use super::exists;
use crate::os::FileKind;

/// Buckets of bash's table; a listing has its order.
const BUCKETS: u32 = 256;

/// Buckets of dash's.
const DASH_BUCKETS: u32 = 31;

/// What bash says of a wrong option.
const USAGE: &str = "hash [-lr] [-p pathname] [-dt] [name ...]";

/// What `hash` is asked to do.
#[derive(Default)]
struct Asked {
    clears: bool,
    shows: bool,
    forgets: bool,
    portably: bool,
    path: Option<Vec<u8>>,
}

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
        let (asked, names) = match self.hash_options(args) {
            Ok(all) => all,
            Err(status) => return status,
        };
        if names.is_empty() && (asked.forgets || asked.shows) {
            self.needs_argument("hash", if asked.forgets { b'd' } else { b't' });
            return 1;
        }
        if names.is_empty() && !asked.clears {
            self.list_hashed(asked.portably);
            return 0;
        }
        if asked.clears {
            self.hashed.clear();
        }
        if asked.shows {
            return self.show_hashed(names, asked.portably);
        }
        let mut status = 0;
        for name in names.iter().filter(|name| !name.contains(&b'/')) {
            if self.hash_one(name, &asked, host).is_none() {
                status = 1;
            }
        }
        status
    }

    fn hash_options<'a>(&mut self, args: &'a [Vec<u8>]) -> Result<(Asked, &'a [Vec<u8>]), u8> {
        let (mut asked, mut rest) = (Asked::default(), args);
        while let Some(letters) = super::next_letters(&mut rest) {
            for (at, letter) in letters.iter().enumerate() {
                match letter {
                    b'r' => asked.clears = true,
                    b't' if self.bash() => asked.shows = true,
                    b'd' if self.bash() => asked.forgets = true,
                    b'l' if self.bash() => asked.portably = true,
                    b'p' if self.bash() => {
                        let glued =
                            Some(letters[at + 1..].to_vec()).filter(|path| !path.is_empty());
                        let path = glued.or_else(|| {
                            let (first, tail) = rest.split_first()?;
                            rest = tail;
                            Some(first.clone())
                        });
                        if path.is_none() {
                            self.needs_argument("hash", b'p');
                            self.error_line(format!("hash: usage: {USAGE}").as_bytes());
                            return Err(2);
                        }
                        asked.path = path;
                        break;
                    }
                    _ => return Err(self.usage("hash", &[b'-', *letter], USAGE)),
                }
            }
        }
        Ok((asked, rest))
    }

    /// What becomes of a name; `None`: it has been said why nothing does.
    fn hash_one(&mut self, name: &[u8], asked: &Asked, host: &mut dyn Host) -> Option<()> {
        if let Some(path) = &asked.path {
            let is_dir = |stat: crate::os::Stat| stat.kind == FileKind::Directory;
            if host.stat(path, true).is_ok_and(is_dir) {
                self.argument_error("hash", path, "Is a directory");
                return None;
            }
            self.hashed.insert(name.to_vec(), (path.clone(), 0));
            return Some(());
        }
        let found = if asked.forgets {
            self.hashed.remove(name).map(drop)
        } else if exists(name, self.dialect) || self.functions.contains_key(name) {
            Some(())
        } else {
            self.hashed.remove(name);
            let path = self.find_command(host, name).ok();
            path.map(|path| drop(self.hashed.insert(name.to_vec(), (path, 0))))
        };
        if found.is_none() {
            self.argument_error("hash", name, "not found");
        }
        found
    }

    /// `hash -t`.
    fn show_hashed(&mut self, names: &[Vec<u8>], portably: bool) -> u8 {
        let mut status = 0;
        for name in names {
            let Some((path, hits)) = self.hashed.get_mut(name) else {
                self.argument_error("hash", name, "not found");
                status = 1;
                continue;
            };
            *hits += 1;
            let line = match (portably, names.len()) {
                (true, _) => [b"builtin hash -p ", path.as_slice(), b" ", name].concat(),
                (false, 1) => path.clone(),
                (false, _) => [name, &b"\t"[..], path].concat(),
            };
            self.print("hash", [line.as_slice(), b"\n"].concat());
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
        if all.is_empty() && self.bash() && again {
            return;
        }
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
