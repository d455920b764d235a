//! `cd`, `pwd`, `pushd`, `popd`, `dirs`.

use super::super::host::Host;
use super::super::machine::{Machine, parse_number};
use crate::base::limit::SHELL_DIRS_MAX;
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
    // Two slashes at the start stay two, as POSIX lets them.
    let two = path.starts_with(b"//") && !path.starts_with(b"///");
    let root: &[u8] = if two { b"//" } else { b"/" };
    [root, &parts.join(&b'/')].concat()
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
        } else if here.ends_with(b"/") {
            [here.as_slice(), dir].concat()
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
                let why = if self.ash() { format!(": {}", errno.text()) } else { String::new() };
                self.builtin_error(who, &format!("can't cd to {shown}{why}"));
            }
            return Err(());
        }
        self.vars.set(b"OLDPWD", &here);
        self.vars.set(b"PWD", &target);
        Ok(())
    }

    pub(super) fn cd(&mut self, args: &[Vec<u8>], host: &mut dyn Host) -> u8 {
        let mut rest = args;
        let mut physical = self.options.physical;
        while let Some((first, tail)) = rest.split_first() {
            match first.as_slice() {
                b"--" => {
                    rest = tail;
                    break;
                }
                b"-L" | b"-P" | b"-e" | b"-Pe" => {
                    physical = first.contains(&b'P');
                    rest = tail;
                }
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
            // Along CDPATH it names the entry itself.
            Some(b"") if self.vars.text(b"CDPATH").is_none() => return 0,
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
        if physical {
            self.vars.set(b"PWD", &host.current_dir());
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
            let slash: &[u8] = if entry.is_empty() || entry.ends_with(b"/") { b"" } else { b"/" };
            let whole = [entry, slash, dir].concat();
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
        let shown: Vec<Vec<u8>> = self.stack().iter().map(|dir| self.tilde_path(dir)).collect();
        [shown.join(&b' ').as_slice(), b"\n"].concat()
    }

    /// A directory with `~` for the one that HOME names.
    fn tilde_path(&self, dir: &[u8]) -> Vec<u8> {
        let home = self.vars.text(b"HOME").map(Vec::as_slice).unwrap_or_default();
        match dir.strip_prefix(home) {
            Some(rest) if home.len() > 1 && (rest.is_empty() || rest.starts_with(b"/")) => {
                [b"~", rest].concat()
            }
            _ => dir.to_vec(),
        }
    }

    /// The stack as `dirs` counts it: where the shell is, then what lies below.
    pub(in crate::sh) fn stack(&self) -> Vec<Vec<u8>> {
        std::iter::once(self.here()).chain(self.dirs.iter().rev().cloned()).collect()
    }

    fn set_below(&mut self, below: &[Vec<u8>]) {
        self.dirs = below.iter().rev().take(SHELL_DIRS_MAX).cloned().collect();
    }

    /// `+N` or `-N`: which entry; `Err`: the status, and it said why.
    fn stack_index(&mut self, who: &str, arg: &[u8], usage: &str) -> Result<usize, u8> {
        let count = self.dirs.len() + 1;
        let number = parse_number(&arg[1..]).and_then(|n| usize::try_from(n).ok());
        let Some(number) = number else {
            self.argument_error(who, arg, "invalid number");
            self.error_line(format!("{who}: usage: {usage}").as_bytes());
            return Err(2);
        };
        let index = if arg[0] == b'+' { Some(number) } else { (count - 1).checked_sub(number) };
        match index.filter(|index| *index < count) {
            Some(index) => Ok(index),
            None if self.dirs.is_empty() => {
                self.builtin_error(who, "directory stack empty");
                Err(1)
            }
            None => {
                let shown = if who == "dirs" { &arg[1..] } else { arg };
                self.argument_error(who, shown, "directory stack index out of range");
                Err(1)
            }
        }
    }

    fn print_stack(&mut self, who: &str) -> u8 {
        let line = self.stack_line();
        self.print(who, line);
        0
    }

    pub(super) fn pushd(&mut self, args: &[Vec<u8>], host: &mut dyn Host) -> u8 {
        const USAGE: &str = "pushd [-n] [+N | -N | dir]";
        let moves = args.first().is_none_or(|arg| arg != b"-n");
        let args = if moves { args } else { &args[1..] };
        let (signs, args) = match args.first() {
            Some(first) if first == b"--" => (false, &args[1..]),
            _ => (true, args),
        };
        let mut stack = self.stack();
        match args {
            [] if stack.len() < 2 => {
                self.builtin_error("pushd", "no other directory");
                return 1;
            }
            [] => stack.swap(0, 1),
            [arg, ..] if signs && arg.len() > 1 && matches!(arg[0], b'+' | b'-') => {
                match self.stack_index("pushd", arg, USAGE) {
                    Ok(index) => stack.rotate_left(index),
                    Err(status) => return status,
                }
            }
            [_, _, ..] => {
                self.builtin_error("pushd", "too many arguments");
                return 1;
            }
            [dir] if moves => {
                if self.go("pushd", dir, host).is_err() {
                    return 1;
                }
                self.set_below(&stack);
                return self.print_stack("pushd");
            }
            [dir] => stack.insert(1, dir.clone()),
        }
        if moves && self.go("pushd", &stack[0].clone(), host).is_err() {
            return 1;
        }
        self.set_below(&stack[1..]);
        self.print_stack("pushd")
    }

    pub(super) fn popd(&mut self, args: &[Vec<u8>], host: &mut dyn Host) -> u8 {
        const USAGE: &str = "popd [-n] [+N | -N]";
        let moves = args.first().is_none_or(|arg| arg != b"-n");
        let args = if moves { args } else { &args[1..] };
        let index = match args.iter().find(|arg| *arg != b"--") {
            None => usize::from(!moves),
            Some(arg) if arg.len() > 1 && matches!(arg[0], b'+' | b'-') => {
                match self.stack_index("popd", arg, USAGE) {
                    Ok(index) => index,
                    Err(status) => return status,
                }
            }
            Some(arg) => {
                self.argument_error("popd", arg, "invalid argument");
                self.error_line(format!("popd: usage: {USAGE}").as_bytes());
                return 2;
            }
        };
        let mut stack = self.stack();
        if stack.len() < 2 {
            self.builtin_error("popd", "directory stack empty");
            return 1;
        }
        stack.remove(index);
        if index == 0 && moves && self.go("popd", &stack[0].clone(), host).is_err() {
            return 1;
        }
        self.set_below(&stack[1..]);
        self.print_stack("popd")
    }

    pub(super) fn dirs_command(&mut self, args: &[Vec<u8>]) -> u8 {
        const USAGE: &str = "dirs [-clpv] [+N] [-N]";
        let (mut long, mut lines, mut numbers, mut only) = (false, false, false, None);
        for arg in args {
            match arg.as_slice() {
                b"--" => break,
                b"-c" => {
                    self.dirs.clear();
                    return 0;
                }
                b"-l" => long = true,
                b"-p" => lines = true,
                b"-v" => (lines, numbers) = (true, true),
                [b'+' | b'-', _, ..] => match self.stack_index("dirs", arg, USAGE) {
                    Ok(index) => only = Some(index),
                    Err(status) => return status,
                },
                _ => return self.usage("dirs", arg, USAGE),
            }
        }
        let mut all = Vec::new();
        for (number, dir) in self.stack().into_iter().enumerate() {
            if only.is_some_and(|only| only != number) {
                continue;
            }
            if numbers {
                all.extend_from_slice(format!("{number:2}  ").as_bytes());
            }
            all.extend_from_slice(&if long { dir } else { self.tilde_path(&dir) });
            all.push(if lines { b'\n' } else { b' ' });
        }
        if let Some(last) = all.last_mut() {
            *last = b'\n';
        }
        self.print("dirs", all);
        0
    }
}
