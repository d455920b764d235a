//! cp and mv. Models coreutils' cp.c, mv.c and copy.c.

use super::super::args::{self, Args, Options};
use super::super::gather::is_descriptor;
use super::super::say::{base_name, join, say, trim_slashes};
use super::super::{Context, Step, quote};
use super::backup::Backup;
use super::{Asker, remove_tree};
use crate::base::Blob;
use crate::os::{Errno, FileKind, Open, Stat, Wait};

const CP: Options = Options {
    short: "abdfHilLnprst:uvxPRS:TZ|AB::K::D:E:G::VW",
    long: &[
        ("archive", 'a'),
        ("attributes-only", 'A'),
        ("backup", 'K'),
        ("dereference", 'L'),
        ("force", 'f'),
        ("interactive", 'i'),
        ("link", 'l'),
        ("no-clobber", 'n'),
        ("no-dereference", 'P'),
        ("no-preserve", 'D'),
        ("no-target-directory", 'T'),
        ("one-file-system", 'x'),
        ("preserve", 'B'),
        ("recursive", 'R'),
        ("remove-destination", 'V'),
        ("sparse", 'E'),
        ("reflink", 'G'),
        ("strip-trailing-slashes", 'W'),
        ("suffix", 'S'),
        ("symbolic-link", 's'),
        ("target-directory", 't'),
        ("update", 'u'),
        ("verbose", 'v'),
    ],
    lacking: " copy-contents parents context",
    fail: 1,
    stop_early: false,
};

const MV: Options = Options {
    short: "bfint:uvS:TZ|K::W",
    long: &[
        ("backup", 'K'),
        ("force", 'f'),
        ("interactive", 'i'),
        ("no-clobber", 'n'),
        ("no-target-directory", 'T'),
        ("strip-trailing-slashes", 'W'),
        ("suffix", 'S'),
        ("target-directory", 't'),
        ("update", 'u'),
        ("verbose", 'v'),
        ("context", 'Z'),
    ],
    lacking: "",
    fail: 1,
    stop_early: false,
};

/// cp or mv.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Transfer {
    args: Args,
    moving: bool,
    backup: Backup,
    preserves: Preserved,
    /// The last first.
    jobs: Vec<Job>,
    /// The copy of the directory that was named, and both names: it is not copied itself.
    top: Option<(Stat, Vec<u8>, Vec<u8>)>,
    asker: Asker,
    code: u8,
}

/// What is still to be done.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Job {
    /// From here to there.
    Path(Vec<u8>, Vec<u8>),
    /// A directory's copy is complete: it gets the original's attributes.
    Finish(Vec<u8>, Stat),
}

/// What copies keep of the original.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
struct Preserved {
    mode: bool,
    owner: bool,
    time: bool,
    not_mode: bool,
}

const ATTRIBUTES: &[&[&str]] =
    &[&["mode"], &["timestamps"], &["ownership"], &["links"], &["context"], &["xattr"], &["all"]];

impl Preserved {
    fn read(cx: &mut Context, args: &Args) -> Result<Preserved, u8> {
        let mut kept = Preserved::default();
        for (letter, list) in &args.options {
            match letter {
                'p' | 'a' => kept.set(&[0, 1, 2], true),
                'B' if list.is_empty() => kept.set(&[0, 1, 2], true),
                'B' | 'D' => {
                    let option = if *letter == 'B' { "--preserve" } else { "--no-preserve" };
                    for name in list.split(|byte| *byte == b',') {
                        let row = args::choose(cx, name, option, ATTRIBUTES)?;
                        let rows = if row == 6 { vec![0, 1, 2] } else { vec![row] };
                        kept.set(&rows, *letter == 'B');
                    }
                }
                _ => {}
            }
        }
        Ok(kept)
    }

    fn set(&mut self, rows: &[usize], on: bool) {
        for row in rows {
            match row {
                0 => (self.mode, self.not_mode) = (on, !on),
                1 => self.time = on,
                2 => self.owner = on,
                _ => {}
            }
        }
    }

    /// Owner, mode, time.
    fn apply(self, cx: &mut Context, stat: &Stat, path: &[u8]) {
        if self.owner {
            let _ = cx.sys.set_owner(path, Some(stat.uid), Some(stat.gid));
        }
        if self.mode {
            let _ = cx.sys.set_mode(path, stat.mode);
        }
        if self.time {
            let _ = cx.sys.set_modified(path, true, stat.modified);
        }
    }
}

impl Transfer {
    /// Reads the arguments.
    pub fn begin(cx: &mut Context) -> Result<Transfer, u8> {
        let moving = cx.name == "mv";
        let args = args::parse(cx, if moving { &MV } else { &CP })?;
        let backup = Backup::read(cx, &args, 'K')?;
        if backup.is_wanted() && args.last_of("finK") == Some('n') && args.has('n') {
            cx.complain("options --backup and --no-clobber are mutually exclusive");
            return Err(args::usage(cx, 1));
        }
        let preserves = Preserved::read(cx, &args)?;
        let mut jobs = pairs(cx, &args)?;
        jobs.reverse();
        let (top, asker) = (None, Asker::default());
        Ok(Transfer { args, moving, backup, preserves, jobs, top, asker, code: 0 })
    }

    /// Goes on until a question waits for its answer.
    pub fn step(&mut self, cx: &mut Context) -> Step {
        while let Some(job) = self.jobs.last().cloned() {
            let below = match &job {
                Job::Path(from, to) if self.moving => self.rename(cx, from, to),
                Job::Path(from, to) => self.copy(cx, from, to),
                Job::Finish(path, stat) => {
                    self.preserves.apply(cx, stat, path);
                    Ok(Vec::new())
                }
            };
            match below {
                Ok(below) => {
                    self.jobs.pop();
                    self.jobs.extend(below.into_iter().rev());
                }
                Err(waits) => return Step::Wait(waits),
            }
        }
        Step::Done(self.code)
    }

    fn fail(&mut self, cx: &mut Context, text: Vec<u8>) -> Vec<Job> {
        cx.complain(text);
        self.code = 1;
        Vec::new()
    }

    /// Which of `-f`, `-i` and `-n` holds.
    fn choice(&self) -> Option<char> {
        self.args.last_of(if self.moving { "fin" } else { "in" })
    }

    /// `-u`, and what is there is not older.
    fn is_kept(&self, there: &Stat, stat: &Stat) -> bool {
        let newer = there.modified >= stat.modified;
        self.args.has('u') && newer && stat.kind != FileKind::Directory
    }

    /// Whether what is there may be overwritten; asks where that was wanted.
    fn may_replace(&mut self, cx: &mut Context, to: &[u8]) -> Result<bool, Vec<Wait>> {
        match self.choice() {
            Some('i') => self.asker.ask(cx, say!("overwrite ", quote::always(to))),
            _ => Ok(true),
        }
    }

    /// Copies one path; a directory's content is left to further jobs.
    fn copy(&mut self, cx: &mut Context, from: &[u8], to: &[u8]) -> Result<Vec<Job>, Vec<Wait>> {
        let deep = self.args.last_of("rRa").is_some();
        let follow = match self.args.last_of("dPLa") {
            Some(letter) => letter == 'L',
            None => !deep && !self.moving,
        };
        let stat = match cx.sys.stat(from, follow) {
            Ok(stat) => stat,
            Err(errno) => {
                let text = say!("cannot stat ", quote::always(from), ": ", errno.text());
                return Ok(self.fail(cx, text));
            }
        };
        if stat.kind != FileKind::Directory {
            return self.copy_file(cx, &stat, from, to).map(|()| Vec::new());
        }
        if !deep {
            let text = say!("-r not specified; omitting directory ", quote::always(from));
            return Ok(self.fail(cx, text));
        }
        if let Some((made, from, to)) = &self.top
            && same(made, &stat)
        {
            let (from, to) = (quote::always(from), quote::always(to));
            let text = say!("cannot copy a directory, ", from, ", into itself, ", to);
            return Ok(self.fail(cx, text));
        }
        let is_top = !self.jobs.iter().any(|job| matches!(job, Job::Finish(..)));
        let below = self.copy_dir(cx, &stat, from, to);
        if is_top {
            let made = cx.sys.stat(to, true).ok();
            self.top = made.map(|made| (made, from.to_vec(), to.to_vec()));
        }
        Ok(below)
    }

    fn copy_dir(&mut self, cx: &mut Context, stat: &Stat, from: &[u8], to: &[u8]) -> Vec<Job> {
        match cx.sys.stat(to, true) {
            Ok(there) if there.kind == FileKind::Directory => {}
            Ok(_) => {
                let (from, to) = (quote::always(from), quote::always(to));
                let text = say!("cannot overwrite non-directory ", to, " with directory ", from);
                return self.fail(cx, text);
            }
            Err(_) => {
                if let Err(errno) = cx.sys.make_dir(to, stat.mode) {
                    let name = quote::always(to);
                    let text = say!("cannot create directory ", name, ": ", errno.text());
                    return self.fail(cx, text);
                }
                self.tell(cx, from, to, None);
            }
        }
        match cx.sys.read_dir(from) {
            Ok(names) => {
                let below = names.iter().map(|name| Job::Path(join(from, name), join(to, name)));
                below.chain([Job::Finish(to.to_vec(), *stat)]).collect()
            }
            Err(errno) => {
                let text = say!("cannot access ", quote::always(from), ": ", errno.text());
                self.fail(cx, text)
            }
        }
    }

    /// `-v`.
    fn tell(&self, cx: &mut Context, from: &[u8], to: &[u8], backup: Option<&[u8]>) {
        if self.args.has('v') {
            let renamed = if self.moving { "renamed " } else { "" };
            let kept = backup.map(|name| say!(" (backup: ", quote::always(name), ")"));
            let (from, to) = (quote::always(from), quote::always(to));
            cx.print(say!(renamed, from, " -> ", to, kept.unwrap_or_default(), "\n"));
        }
    }

    fn copy_file(
        &mut self,
        cx: &mut Context,
        stat: &Stat,
        from: &[u8],
        to: &[u8],
    ) -> Result<(), Vec<Wait>> {
        let (from_name, to_name) = (quote::always(from), quote::always(to));
        let there = cx.sys.stat(to, true).ok();
        let mut backup = None;
        if let Some(there) = &there {
            if self.choice() == Some('n') {
                return Ok(());
            }
            if same(there, stat) && self.args.has('l') {
                return Ok(());
            }
            if same(there, stat) {
                self.fail(cx, say!(from_name, " and ", to_name, " are the same file"));
                return Ok(());
            }
            if self.is_kept(there, stat) || !self.may_replace(cx, to)? {
                return Ok(());
            }
            if there.kind == FileKind::Directory {
                let text = say!("cannot overwrite directory ", to_name, " with non-directory");
                self.fail(cx, text);
                return Ok(());
            }
            backup = self.backup.make(cx, to);
            if backup.is_none() && self.args.has('V') {
                let _ = cx.sys.unlink(to);
            }
        } else if cx.sys.stat(to, false).is_ok() && stat.kind == FileKind::File {
            self.fail(cx, say!("not writing through dangling symlink ", to_name));
            return Ok(());
        }
        let fresh = there.is_none() || backup.is_some() || self.args.has('V');
        self.tell(cx, from, to, backup.as_deref());
        if let Err(text) = self.write(cx, stat, from, to, fresh) {
            self.fail(cx, text);
            return Ok(());
        }
        if self.args.last_of("ls").is_some() {
            return Ok(());
        }
        if stat.kind == FileKind::File && fresh {
            let mode = if self.preserves.not_mode { 0o666 } else { stat.mode & 0o777 };
            let _ = cx.sys.set_mode(to, mode & !cx.sys.umask());
        }
        if stat.kind != FileKind::Symlink {
            self.preserves.apply(cx, stat, to);
        }
        Ok(())
    }

    /// The content, a link's target, or (`-l`, `-s`) a link instead. `Err`: what to say.
    fn write(
        &self,
        cx: &mut Context,
        stat: &Stat,
        from: &[u8],
        to: &[u8],
        fresh: bool,
    ) -> Result<(), Vec<u8>> {
        let (from_name, to_name) = (quote::always(from), quote::always(to));
        if let Some(how) = self.args.last_of("ls") {
            if self.args.has('f') {
                let _ = cx.sys.unlink(to);
            }
            if how == 's' && !from.starts_with(b"/") && to.contains(&b'/') {
                let to = quote::needed(to);
                return Err(say!(
                    to,
                    ": can make relative symbolic links only in current directory"
                ));
            }
            let link = |cx: &mut Context, soft: bool| match (to.ends_with(b"/"), soft) {
                (true, _) => Err(Errno::Noent),
                (_, true) => cx.sys.symlink(from, to),
                (_, false) => cx.sys.link(from, to),
            };
            let (made, what) = match how {
                's' => (link(cx, true), say!("symbolic link ", to_name, " to ", from_name)),
                _ => (link(cx, false), say!("hard link ", to_name, " to ", from_name)),
            };
            return made.map_err(|errno| say!("cannot create ", what, ": ", errno.text()));
        }
        if stat.kind == FileKind::Symlink {
            let _ = cx.sys.unlink(to);
            let made = cx.sys.read_link(from).and_then(|target| cx.sys.symlink(&target, to));
            let what = "cannot create symbolic link ";
            return made.map_err(|errno| say!(what, to_name, ": ", errno.text()));
        }
        let is_stream = |path: &[u8], cx: &Context| {
            let device = |stat: Stat| stat.kind == FileKind::Device;
            let named = [&b"/dev/stdout"[..], b"/dev/stderr"].contains(&path);
            named || is_descriptor(path) || cx.sys.stat(path, true).is_ok_and(device)
        };
        let content = match from == b"/dev/null" {
            true => Ok(Blob::new()),
            false => cx.read_file(from),
        };
        let content = content
            .map_err(|errno| say!("cannot open ", from_name, " for reading: ", errno.text()))?;
        let content = if self.args.has('A') { Blob::new() } else { content };
        let written = match to.ends_with(b"/") {
            true => Err(Errno::Notdir),
            false if self.args.has('A') && !fresh => Ok(()),
            false if is_stream(to, cx) => {
                cx.sys.open(to, Open::WRITE).map(|fd| cx.out.pass_to(fd, content))
            }
            false => cx.sys.write_file(to, &content),
        };
        written.map_err(|errno| match fresh {
            true => say!("cannot create regular file ", to_name, ": ", errno.text()),
            false => say!("cannot open ", to_name, " for writing: ", errno.text()),
        })
    }

    fn rename(&mut self, cx: &mut Context, from: &[u8], to: &[u8]) -> Result<Vec<Job>, Vec<Wait>> {
        let (from_name, to_name) = (quote::always(from), quote::always(to));
        let stat = match cx.sys.stat(from, false) {
            Ok(stat) => stat,
            Err(errno) => {
                let text = say!("cannot stat ", from_name, ": ", errno.text());
                return Ok(self.fail(cx, text));
            }
        };
        let is_dir = stat.kind == FileKind::Directory;
        let mut backup = None;
        match cx.sys.stat(to, false) {
            Ok(there) => {
                if self.choice() == Some('n') {
                    return Ok(Vec::new());
                }
                if same(&there, &stat) {
                    let text = say!(from_name, " and ", to_name, " are the same file");
                    return Ok(self.fail(cx, text));
                }
                if self.is_kept(&there, &stat) || !self.may_replace(cx, to)? {
                    return Ok(Vec::new());
                }
                let into_dir = there.kind == FileKind::Directory;
                if into_dir != is_dir && !self.backup.is_wanted() {
                    let text = match into_dir {
                        true => {
                            say!("cannot overwrite directory ", to_name, " with non-directory")
                        }
                        false => say!(
                            "cannot overwrite non-directory ",
                            to_name,
                            " with directory ",
                            from_name
                        ),
                    };
                    return Ok(self.fail(cx, text));
                }
                backup = self.backup.make(cx, to);
            }
            Err(errno) if errno != Errno::Noent => {
                let text = say!("cannot stat ", to_name, ": ", errno.text());
                return Ok(self.fail(cx, text));
            }
            Err(_) if to.ends_with(b"/") && !is_dir => {
                let what = say!("cannot move ", from_name, " to ", to_name, ": ");
                return Ok(self.fail(cx, say!(what, Errno::Notdir.text())));
            }
            Err(_) => {}
        }
        let text = match cx.sys.rename(from, trim_slashes(to)) {
            Ok(()) => {
                self.tell(cx, from, to, backup.as_deref());
                return Ok(Vec::new());
            }
            Err(Errno::Xdev) => {
                self.code |= move_across(cx, from, to);
                return Ok(Vec::new());
            }
            Err(Errno::Inval) if is_dir => {
                say!("cannot move ", from_name, " to a subdirectory of itself, ", to_name)
            }
            Err(errno) => say!("cannot move ", from_name, " to ", to_name, ": ", errno.text()),
        };
        Ok(self.fail(cx, text))
    }
}

/// Sources and where each goes: to the destination, or into it.
fn pairs(cx: &mut Context, args: &Args) -> Result<Vec<Job>, u8> {
    let mut sources = args.operands.clone();
    if args.has('W') {
        sources.iter_mut().for_each(|source| *source = trim_slashes(source).to_vec());
    }
    if sources.is_empty() {
        cx.complain("missing file operand");
        return Err(args::usage(cx, 1));
    }
    let dir = match args.value('t') {
        Some(_) if args.has('T') => {
            let text = "cannot combine --target-directory (-t) and --no-target-directory (-T)";
            cx.complain(text);
            return Err(1);
        }
        Some(dir) if is_dir(cx, dir) => dir.to_vec(),
        Some(dir) => {
            let text = not_a_dir(cx, dir);
            cx.complain(say!("target directory ", quote::always(dir), ": ", text));
            return Err(1);
        }
        None if sources.len() == 1 => {
            let name = quote::always(&sources[0]);
            cx.complain(say!("missing destination file operand after ", name));
            return Err(args::usage(cx, 1));
        }
        None => {
            let last = sources.pop().expect("there are two");
            if args.has('T') && sources.len() > 1 {
                return Err(args::extra_operand(cx, sources.get(2).unwrap_or(&last), 1));
            }
            if args.has('T') || !is_dir(cx, &last) {
                if sources.len() > 1 {
                    let text = not_a_dir(cx, &last);
                    cx.complain(say!("target ", quote::always(&last), ": ", text));
                    return Err(1);
                }
                return Ok(vec![Job::Path(sources.remove(0), last)]);
            }
            last
        }
    };
    if cx.name == "cp" {
        drop_repeated(cx, &mut sources);
    }
    let pair = |source: Vec<u8>| {
        let to = join(&dir, base_name(&source));
        Job::Path(source, to)
    };
    Ok(sources.into_iter().map(pair).collect())
}

/// A file that is named twice is copied once.
fn drop_repeated(cx: &mut Context, sources: &mut Vec<Vec<u8>>) {
    let mut kept: Vec<Vec<u8>> = Vec::new();
    for source in std::mem::take(sources) {
        if kept.contains(&source) && !is_dir(cx, &source) {
            let name = quote::always(&source);
            cx.complain(say!("warning: source file ", name, " specified more than once"));
        } else {
            kept.push(source);
        }
    }
    *sources = kept;
}

fn same(a: &Stat, b: &Stat) -> bool {
    (a.inode, a.device) == (b.inode, b.device)
}

/// Why a path is no directory.
pub fn not_a_dir(cx: &Context, path: &[u8]) -> &'static str {
    match cx.sys.stat(path, true) {
        Ok(_) => Errno::Notdir.text(),
        Err(errno) => errno.text(),
    }
}

fn is_dir(cx: &Context, path: &[u8]) -> bool {
    cx.sys.stat(path, true).is_ok_and(|stat| stat.kind == FileKind::Directory)
}

/// To another volume: a copy, then the source goes.
fn move_across(cx: &mut Context, from: &[u8], to: &[u8]) -> u8 {
    let mut copy = Transfer {
        args: Args { options: vec![('a', Vec::new())], ..Args::default() },
        moving: false,
        backup: Backup::default(),
        preserves: Preserved { mode: true, owner: true, time: true, not_mode: false },
        jobs: vec![Job::Path(from.to_vec(), to.to_vec())],
        top: None,
        asker: Asker::default(),
        code: 0,
    };
    // Nothing is asked, so it is done in one go.
    let _ = copy.step(cx);
    if copy.code != 0 {
        return copy.code;
    }
    if let Err((path, errno)) = remove_tree(cx, from) {
        cx.complain(say!("cannot remove ", quote::always(&path), ": ", errno.text()));
        return 1;
    }
    0
}
