//! Pathname expansion.

use super::super::host::Host;
use super::super::machine::Machine;
use super::super::pattern::Pattern;
use super::{Expand, Expanded, Field, Stop};
use crate::base::limit::GLOB_NAMES_MAX;
use crate::os::FileKind;

/// The names that a pattern matches.
pub(in crate::sh) fn file_names(
    machine: &mut Machine,
    host: &mut dyn Host,
    text: &[u8],
) -> Vec<Vec<u8>> {
    let extended = machine.shopts.has("extglob");
    let script = machine.main.clone();
    let expand = Expand::new(machine, host, script);
    let mut pattern = Pattern { extended, ..Pattern::default() };
    super::push_escaped(&mut pattern, text);
    match may_glob(&pattern) {
        true => expand.names(&pattern),
        false => Vec::from_iter(expand.host.stat(text, false).is_ok().then(|| text.to_vec())),
    }
}

impl Expand<'_> {
    /// The names a field matches, or the field.
    pub(super) fn globbed(&mut self, field: Field, all: &mut Vec<Vec<u8>>) -> Expanded<()> {
        let mut pattern = field.pattern;
        pattern.extended = self.machine.shopts.has("extglob");
        if !self.machine.bash() {
            pattern.for_dash();
        }
        let names_none = self.machine.options.noglob || !may_glob(&pattern);
        // A backslash that came out of an expansion quotes a sign in bash.
        if names_none || self.machine.bash() && !may_glob(&unescaped(&pattern)) {
            all.push(pattern.bytes);
            return Ok(());
        }
        let mut names = self.names(&unescaped(&pattern));
        if let Some(ignored) = self.ignored() {
            names.retain(|name| !ignored.iter().any(|pattern| pattern.matches(name)));
        }
        if names.is_empty() {
            if self.machine.shopts.has("failglob") {
                let shown = [b"no match: ", pattern.bytes.as_slice()].concat();
                self.machine.complain(&shown);
                return Err(Stop::Discard);
            }
            if !self.machine.shopts.has("nullglob") {
                all.push(pattern.bytes);
            }
            return Ok(());
        }
        all.extend(names);
        Ok(())
    }

    /// The patterns of GLOBIGNORE, where it has any.
    fn ignored(&self) -> Option<Vec<Pattern>> {
        let text = self.machine.vars.text(b"GLOBIGNORE").filter(|text| !text.is_empty())?;
        let pattern = |text: &[u8]| {
            let extended = self.machine.shopts.has("extglob");
            let mut pattern = Pattern { extended, ..Pattern::default() };
            super::push_escaped(&mut pattern, text);
            pattern
        };
        self.machine.bash().then(|| text.split(|byte| *byte == b':').map(pattern).collect())
    }

    /// Whether a pattern finds names that begin with a dot.
    fn finds_hidden(&self) -> bool {
        self.machine.shopts.has("dotglob")
    }

    fn names(&self, pattern: &Pattern) -> Vec<Vec<u8>> {
        let mut found: Vec<Vec<u8>> = vec![Vec::new()];
        let mut at = 0;
        let mut searched = false;
        let bytes = &pattern.bytes;
        while at < bytes.len() {
            let slashes = bytes[at..].iter().take_while(|b| **b == b'/').count();
            found.iter_mut().for_each(|path| path.extend(std::iter::repeat_n(b'/', slashes)));
            at += slashes;
            let length = bytes[at..].iter().position(|b| *b == b'/').unwrap_or(bytes.len() - at);
            if length == 0 {
                found.retain(|path| self.is_dir(path));
                break;
            }
            let component = Pattern {
                bytes: bytes[at..at + length].to_vec(),
                quoted: pattern.quoted[at..at + length].to_vec(),
                extended: pattern.extended,
            };
            at += length;
            let double = component.bytes == b"**" && !component.quoted.contains(&true);
            if double && self.machine.bash() && self.machine.shopts.has("globstar") {
                let slashes = bytes[at..].iter().take_while(|byte| **byte == b'/').count();
                at += slashes;
                let (whole, before) = (slashes == 0, std::mem::take(&mut found));
                for path in &before {
                    found.extend(self.all_below(path, whole));
                }
                if whole && searched {
                    // A directory that a pattern found stands without its slash.
                    let bare =
                        before.iter().map(|path| path.strip_suffix(b"/").unwrap_or(path).to_vec());
                    found.retain(|path| !before.contains(path));
                    found.extend(bare);
                }
                searched = true;
                found.sort();
                found.dedup();
                if at == bytes.len() {
                    found.retain(|path| !path.is_empty());
                }
                continue;
            }
            searched |= may_glob(&component);
            found = self.step(found, &component, at < bytes.len());
        }
        found.sort();
        found.truncate(GLOB_NAMES_MAX);
        found
    }

    /// `**`: the directory itself and those below, each with its slash; with `files`, all below.
    fn all_below(&self, path: &[u8], files: bool) -> Vec<Vec<u8>> {
        let mut all = vec![path.to_vec()];
        let mut waiting = vec![path.to_vec()];
        while let Some(parent) = waiting.pop() {
            let dir: &[u8] = if parent.is_empty() { b"." } else { &parent };
            for name in self.host.read_dir(dir).unwrap_or_default() {
                let hidden = name.first() == Some(&b'.') && !self.finds_hidden();
                if hidden || all.len() >= GLOB_NAMES_MAX {
                    continue;
                }
                let next = [parent.as_slice(), &name].concat();
                let below = self.host.stat(&next, false);
                let is_dir = below.is_ok_and(|stat| stat.kind == FileKind::Directory);
                let slashed = [next.as_slice(), b"/"].concat();
                if is_dir {
                    waiting.push(slashed.clone());
                }
                match files {
                    true => all.push(next),
                    false if is_dir => all.push(slashed),
                    false => {}
                }
            }
        }
        all
    }

    fn is_dir(&self, path: &[u8]) -> bool {
        self.host.stat(path, true).is_ok_and(|stat| stat.kind == FileKind::Directory)
    }

    fn step(&self, from: Vec<Vec<u8>>, component: &Pattern, more: bool) -> Vec<Vec<u8>> {
        let mut found = Vec::new();
        for path in from {
            if !may_glob(component) {
                let next = [path.as_slice(), &component.bytes].concat();
                if self.host.stat(&next, false).is_ok() {
                    found.push(next);
                }
                continue;
            }
            let dir: &[u8] = if path.is_empty() { b"." } else { &path };
            let mut names = self.host.read_dir(dir).unwrap_or_default();
            let dot = component.bytes.first() == Some(&b'.');
            let skips = self.machine.bash() && self.machine.shopts.has("globskipdots");
            if dot && !skips {
                names.extend([b".".to_vec(), b"..".to_vec()]);
            }
            for name in names {
                let hidden = name.first() == Some(&b'.') && !dot && !self.finds_hidden();
                if hidden || !component.matches(&name) || found.len() >= GLOB_NAMES_MAX {
                    continue;
                }
                let next = [path.as_slice(), &name].concat();
                if !more || self.is_dir(&next) {
                    found.push(next);
                }
            }
        }
        found
    }
}

fn may_glob(pattern: &Pattern) -> bool {
    pattern.is_special()
        || (pattern.extended
            && pattern.bytes.windows(2).zip(pattern.quoted.windows(2)).any(|(two, quoted)| {
                !quoted[0] && !quoted[1] && two[1] == b'(' && b"?*+@!".contains(&two[0])
            }))
}

/// Unquoted backslashes, which came out of expansions, quote what follows.
fn unescaped(pattern: &Pattern) -> Pattern {
    let mut all = Pattern { extended: pattern.extended, ..Pattern::default() };
    let mut at = 0;
    while at < pattern.bytes.len() {
        if pattern.bytes[at] == b'\\' && !pattern.quoted[at] && at + 1 < pattern.bytes.len() {
            at += 1;
            all.push(&pattern.bytes[at..=at], true);
        } else {
            all.push(&pattern.bytes[at..=at], pattern.quoted[at]);
        }
        at += 1;
    }
    all
}
