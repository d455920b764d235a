//! `cd`, `pwd`, `pushd`, `popd`, `dirs`.

use super::super::host::Host;
use super::super::machine::Machine;
use crate::os::FileKind;

/// A path without `.` and `..`, as `cd` follows it.
fn tidied(path: &[u8]) -> Vec<u8> {
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in path.split(|b| *b == b'/') {
        match part {
            b"" | b"." => {}
            b".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    [b"/".as_slice(), &parts.join(&b'/')].concat()
}

impl Machine {
    fn here(&self) -> Vec<u8> {
        self.vars.text(b"PWD").cloned().unwrap_or_default()
    }

    /// Goes there; sets PWD and OLDPWD. `Err`: it said why not.
    fn go(&mut self, who: &str, dir: &[u8], host: &mut dyn Host) -> Result<(), ()> {
        let here = self.here();
        let whole = if dir.starts_with(b"/") {
            dir.to_vec()
        } else {
            [&here, b"/".as_slice(), dir].concat()
        };
        let target = tidied(&whole);
        let answer = match host.stat(&target, true) {
            Ok(_) => host.set_current_dir(&target),
            Err(_) => host.set_current_dir(dir),
        };
        if let Err(errno) = answer {
            if self.bash() {
                self.argument_error(who, dir, errno.text());
            } else {
                let shown = String::from_utf8_lossy(dir).into_owned();
                self.builtin_error(who, &format!("can't cd to {shown}"));
            }
            return Err(());
        }
        self.vars.set(b"OLDPWD", &here);
        self.vars.set(b"PWD", &target);
        Ok(())
    }

    pub(super) fn cd(&mut self, args: &[Vec<u8>], host: &mut dyn Host) -> u8 {
        let mut rest = args;
        while let Some((first, tail)) = rest.split_first() {
            match first.as_slice() {
                b"--" => {
                    rest = tail;
                    break;
                }
                b"-L" | b"-P" | b"-e" => rest = tail,
                [b'-', letter, ..] => {
                    return self.usage("cd", &[b'-', *letter], "cd [-L|[-P [-e]] [-@]] [dir]");
                }
                _ => break,
            }
        }
        if rest.len() > 1 && self.bash() {
            self.builtin_error("cd", "too many arguments");
            return 1;
        }
        let failed = if self.bash() { 1 } else { 2 };
        let mut show = false;
        let dir = match rest.first().map(Vec::as_slice) {
            None => match self.vars.text(b"HOME").cloned() {
                Some(home) => home,
                None if self.bash() => {
                    self.builtin_error("cd", "HOME not set");
                    return 1;
                }
                None => return 0,
            },
            Some(b"-") => {
                show = true;
                match self.vars.text(b"OLDPWD").cloned() {
                    Some(dir) => dir,
                    None if self.bash() => {
                        self.builtin_error("cd", "OLDPWD not set");
                        return 1;
                    }
                    None => self.here(),
                }
            }
            Some(b"") => return 0,
            Some(dir) => dir.to_vec(),
        };
        if let Some((found, via)) = self.along_cdpath(&dir, host) {
            show |= via;
            if self.go("cd", &found, host).is_err() {
                return failed;
            }
        } else if self.go("cd", &dir, host).is_err() {
            return failed;
        }
        if show {
            let text = [self.here().as_slice(), b"\n"].concat();
            self.print("cd", text);
        }
        0
    }

    /// Where CDPATH leads, and whether by an entry that is shown.
    fn along_cdpath(&self, dir: &[u8], host: &dyn Host) -> Option<(Vec<u8>, bool)> {
        let path = self.vars.text(b"CDPATH")?;
        if dir.starts_with(b"/") || dir.starts_with(b"./") || dir.starts_with(b"../") {
            return None;
        }
        for entry in path.split(|b| *b == b':') {
            let whole = if entry.is_empty() { dir.to_vec() } else { [entry, b"/", dir].concat() };
            if host.stat(&whole, true).is_ok_and(|stat| stat.kind == FileKind::Directory) {
                return Some((whole, !entry.is_empty()));
            }
        }
        None
    }

    pub(super) fn pwd(&mut self, args: &[Vec<u8>], host: &mut dyn Host) -> u8 {
        let mut dir = self.here();
        for arg in args {
            match arg.as_slice() {
                b"-P" => dir = host.current_dir(),
                b"-L" => {}
                [b'-', letter, ..] => {
                    return self.usage("pwd", &[b'-', *letter], "pwd [-LP]");
                }
                _ => {}
            }
        }
        self.print("pwd", [dir.as_slice(), b"\n"].concat());
        0
    }

    /// The stack as `dirs` shows it, with `~`.
    fn stack_line(&self) -> Vec<u8> {
        let home = self.vars.text(b"HOME").cloned().unwrap_or_default();
        let mut all = vec![self.here()];
        all.extend(self.dirs.iter().rev().cloned());
        let short = |dir: &Vec<u8>| match dir.strip_prefix(home.as_slice()) {
            Some(rest) if home.len() > 1 && (rest.is_empty() || rest.starts_with(b"/")) => {
                [b"~", rest].concat()
            }
            _ => dir.clone(),
        };
        let shown: Vec<Vec<u8>> = all.iter().map(short).collect();
        [shown.join(&b' ').as_slice(), b"\n"].concat()
    }

    pub(super) fn pushd(&mut self, args: &[Vec<u8>], host: &mut dyn Host) -> u8 {
        let args: Vec<&Vec<u8>> = args.iter().filter(|arg| *arg != b"--").collect();
        let here = self.here();
        match args.first() {
            None => {
                let Some(top) = self.dirs.pop() else {
                    self.builtin_error("pushd", "no other directory");
                    return 1;
                };
                if self.go("pushd", &top, host).is_err() {
                    self.dirs.push(top);
                    return 1;
                }
                self.dirs.push(here);
            }
            Some(dir) => {
                if self.go("pushd", dir, host).is_err() {
                    return 1;
                }
                if self.dirs.len() < 1_000 {
                    self.dirs.push(here);
                }
            }
        }
        let line = self.stack_line();
        self.print("pushd", line);
        0
    }

    pub(super) fn popd(&mut self, _args: &[Vec<u8>], host: &mut dyn Host) -> u8 {
        let Some(top) = self.dirs.pop() else {
            self.builtin_error("popd", "directory stack empty");
            return 1;
        };
        if self.go("popd", &top, host).is_err() {
            return 1;
        }
        let line = self.stack_line();
        self.print("popd", line);
        0
    }

    pub(super) fn dirs_command(&mut self, args: &[Vec<u8>]) -> u8 {
        if args.first().is_some_and(|arg| arg == b"-c") {
            self.dirs.clear();
            return 0;
        }
        let line = self.stack_line();
        self.print("dirs", line);
        0
    }
}
