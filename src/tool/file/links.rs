//! ln.

use super::super::args::{self, Options};
use super::super::say::{base_name, join, say};
use super::super::{Context, Step, quote};
use super::Asker;
use super::backup::Backup;
use super::copy::not_a_dir;
use crate::os::{Errno, FileKind, Stat, Wait};

const LN: Options = Options {
    short: "bdfFiLnPrsS:t:Tv|K::",
    long: &[
        ("backup", 'K'),
        ("directory", 'F'),
        ("no-dereference", 'n'),
        ("no-target-directory", 'T'),
        ("force", 'f'),
        ("interactive", 'i'),
        ("suffix", 'S'),
        ("target-directory", 't'),
        ("logical", 'L'),
        ("physical", 'P'),
        ("relative", 'r'),
        ("symbolic", 's'),
        ("verbose", 'v'),
    ],
    lacking: "",
    fail: 1,
    stop_early: false,
};

/// A target, and the link to it.
type Job = (Vec<u8>, Vec<u8>);

/// ln.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Ln {
    args: args::Args,
    backup: Backup,
    /// Targets and links, the last first.
    jobs: Vec<Job>,
    asker: Asker,
    code: u8,
}

impl Ln {
    /// Reads the arguments.
    pub fn begin(cx: &mut Context) -> Result<Ln, u8> {
        let args = args::parse(cx, &LN)?;
        let backup = Backup::read(cx, &args, 'K')?;
        let mut jobs = jobs(cx, &args)?;
        jobs.reverse();
        Ok(Ln { args, backup, jobs, asker: Asker::default(), code: 0 })
    }

    /// Goes on until a question waits for its answer.
    pub fn step(&mut self, cx: &mut Context) -> Step {
        while let Some((target, path)) = self.jobs.last().cloned() {
            match self.link(cx, &target, &path) {
                Ok(()) => drop(self.jobs.pop()),
                Err(waits) => return Step::Wait(waits),
            }
        }
        Step::Done(self.code)
    }

    fn fail(&mut self, cx: &mut Context, text: Vec<u8>) {
        cx.complain(text);
        self.code = 1;
    }

    fn link(&mut self, cx: &mut Context, target: &[u8], path: &[u8]) -> Result<(), Vec<Wait>> {
        let symbolic = self.args.has('s');
        let (from, to) = (quote::always(path), quote::always(target));
        if !symbolic {
            match cx.sys.stat(target, self.args.has('L')) {
                Err(errno) => {
                    self.fail(cx, say!("failed to access ", to, ": ", errno.text()));
                    return Ok(());
                }
                Ok(stat) if stat.kind == FileKind::Directory => {
                    let name = quote::needed(target);
                    self.fail(cx, say!(name, ": hard link not allowed for directory"));
                    return Ok(());
                }
                Ok(_) => {}
            }
        }
        let same = |a: Stat, b: Stat| (a.inode, a.device) == (b.inode, b.device);
        let there = cx.sys.stat(path, false).ok();
        let both = there.zip(cx.sys.stat(target, false).ok());
        let how = self.args.last_of("fi");
        let replaces = how.is_some() || self.backup.is_wanted();
        if replaces && both.is_some_and(|(a, b)| same(a, b)) {
            self.fail(cx, say!(to, " and ", from, " are the same file"));
            return Ok(());
        }
        if replaces && there.is_some_and(|stat| stat.kind == FileKind::Directory) {
            self.fail(cx, say!(quote::needed(path), ": cannot overwrite directory"));
            return Ok(());
        }
        if replaces && there.is_some() {
            if how == Some('i') && !self.asker.ask(cx, say!("replace ", from))? {
                return Ok(());
            }
            if self.backup.make(cx, path).is_none() {
                let _ = cx.sys.unlink(path);
            }
        }
        self.make(cx, target, path);
        Ok(())
    }

    fn make(&mut self, cx: &mut Context, target: &[u8], path: &[u8]) {
        let symbolic = self.args.has('s');
        let relative = self.args.has('r').then(|| relative_to(cx, path, target));
        let target = relative.as_deref().unwrap_or(target);
        let done = match symbolic {
            true if target.is_empty() => Err(Errno::Noent),
            true => cx.sys.symlink(target, path),
            false => cx.sys.link(target, path),
        };
        let (from, to) = (quote::always(path), quote::always(target));
        let arrow = if symbolic { " -> " } else { " => " };
        match done {
            Ok(()) if self.args.has('v') => cx.print(say!(from, arrow, to, "\n")),
            Ok(()) => {}
            Err(errno) => {
                let what = if symbolic { "symbolic" } else { "hard" };
                let says_target = match symbolic {
                    true => target.is_empty() || errno == Errno::Nametoolong,
                    false => !matches!(errno, Errno::Exist | Errno::Nospc | Errno::Rofs),
                };
                let shown = if says_target { say!(arrow, to) } else { Vec::new() };
                let text =
                    say!("failed to create ", what, " link ", from, shown, ": ", errno.text());
                self.fail(cx, text);
            }
        }
    }
}

/// Targets, and the link to each.
fn jobs(cx: &mut Context, args: &args::Args) -> Result<Vec<Job>, u8> {
    let mut targets = args.operands.clone();
    if targets.is_empty() {
        cx.complain("missing file operand");
        return Err(args::usage(cx, 1));
    }
    let is_dir = |cx: &Context, path: &[u8]| {
        let follow = !args.has('n');
        cx.sys.stat(path, follow).is_ok_and(|stat| stat.kind == FileKind::Directory)
    };
    let dir = if let Some(dir) = args.value('t') {
        dir.to_vec()
    } else if targets.len() == 1 {
        b".".to_vec()
    } else {
        let last = targets.pop().expect("there are two");
        if args.has('T') || !is_dir(cx, &last) {
            if targets.len() > 1 {
                let text = not_a_dir(cx, &last);
                cx.complain(say!("target ", quote::always(&last), ": ", text));
                return Err(1);
            }
            return Ok(vec![(targets.remove(0), last)]);
        }
        last
    };
    let job = |target: Vec<u8>| {
        let path = join(&dir, base_name(&target));
        (target, path)
    };
    Ok(targets.into_iter().map(job).collect())
}

/// `-r`: the way from the directory that the link lies in.
fn relative_to(cx: &Context, link: &[u8], target: &[u8]) -> Vec<u8> {
    let here = cx.sys.current_dir();
    let parts = |path: &[u8]| -> Vec<Vec<u8>> {
        let mut parts: Vec<Vec<u8>> = Vec::new();
        for part in join(&here, path).split(|byte| *byte == b'/') {
            match part {
                b"" | b"." => {}
                b".." => drop(parts.pop()),
                part => parts.push(part.to_vec()),
            }
        }
        parts
    };
    let (mut from, to) = (parts(link), parts(target));
    from.pop();
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = from[shared..].iter().map(|_| b"..".to_vec());
    let way: Vec<Vec<u8>> = up.chain(to[shared..].iter().cloned()).collect();
    if way.is_empty() { b".".to_vec() } else { way.join(&b'/') }
}
