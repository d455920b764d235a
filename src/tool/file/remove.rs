//! rm. Models coreutils' rm.c and remove.c.

use super::super::args::{self, Options};
use super::super::say::{base_name, join, say};
use super::super::{Context, Step, quote};
use super::Asker;
use super::stat::kind_text;
use crate::os::{Errno, FileKind, Stat, Wait};

const RM: Options = Options {
    short: "dfirvIR|J::PNO",
    long: &[
        ("force", 'f'),
        ("interactive", 'J'),
        ("one-file-system", 'O'),
        ("no-preserve-root", 'N'),
        ("preserve-root", 'P'),
        ("recursive", 'r'),
        ("dir", 'd'),
        ("verbose", 'v'),
    ],
    lacking: "",
    fail: 1,
    stop_early: false,
};

/// When it asks.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Asks {
    Never,
    Once,
    Always,
}

/// What is still to be done.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Task {
    /// An operand.
    Operand(Vec<u8>),
    /// What a directory holds, too.
    Tree(Vec<u8>),
    /// A directory whose content has been dealt with.
    Emptied(Vec<u8>),
}

/// rm.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Rm {
    asks: Asks,
    force: bool,
    deep: bool,
    dir: bool,
    loud: bool,
    any_root: bool,
    /// The last first.
    tasks: Vec<Task>,
    /// Directories that something was left in.
    kept: Vec<Vec<u8>>,
    asker: Asker,
    code: u8,
}

impl Rm {
    /// Reads the arguments.
    pub fn begin(cx: &mut Context) -> Result<Rm, u8> {
        let mut given = args::parse(cx, &RM)?;
        for (letter, when) in &mut given.options {
            const WHEN: &[&[&str]] = &[&["never", "no", "none"], &["once"], &["always", "yes"]];
            if *letter == 'J' {
                let row = match when.is_empty() {
                    true => 2,
                    false => args::choose(cx, when, "--interactive", WHEN)?,
                };
                *letter = ['n', 'I', 'i'][row];
            }
        }
        let asks = match given.last_of("finI") {
            Some('i') => Asks::Always,
            Some('I') => Asks::Once,
            _ => Asks::Never,
        };
        let force = given.last_of("fiI") == Some('f');
        if given.operands.is_empty() {
            return Err(if force { 0 } else { args::missing_operand(cx, 1) });
        }
        let tasks = given.operands.iter().rev().cloned().map(Task::Operand).collect();
        Ok(Rm {
            asks,
            force,
            deep: given.has('r') || given.has('R'),
            dir: given.has('d'),
            loud: given.has('v'),
            any_root: given.has('N'),
            tasks,
            kept: Vec::new(),
            asker: Asker::default(),
            code: 0,
        })
    }

    /// Goes on until a question waits for its answer.
    pub fn step(&mut self, cx: &mut Context) -> Step {
        if self.asks == Asks::Once {
            match self.ask_once(cx) {
                Ok(true) => self.asks = Asks::Never,
                Ok(false) => return Step::Done(0),
                Err(waits) => return Step::Wait(waits),
            }
        }
        while let Some(task) = self.tasks.last().cloned() {
            let below = match &task {
                Task::Operand(path) => self.operand(cx, path),
                Task::Tree(path) => self.tree(cx, path),
                Task::Emptied(path) => self.emptied(cx, path),
            };
            match below {
                Ok(below) => {
                    self.tasks.pop();
                    self.tasks.extend(below.into_iter().rev());
                }
                Err(waits) => return Step::Wait(waits),
            }
        }
        Step::Done(self.code)
    }

    /// `-I`: once, before more than three files or whole trees go.
    fn ask_once(&mut self, cx: &mut Context) -> Result<bool, Vec<Wait>> {
        let count = self.tasks.len();
        if count <= 3 && !self.deep {
            return Ok(true);
        }
        let plural = if count == 1 { "" } else { "s" };
        let how = if self.deep { " recursively" } else { "" };
        self.asker.ask(cx, format!("remove {count} argument{plural}{how}"))
    }

    fn operand(&mut self, cx: &mut Context, path: &[u8]) -> Result<Vec<Task>, Vec<Wait>> {
        if self.deep && matches!(base_name(path), b"." | b"..") {
            let name = quote::always(path);
            cx.complain(say!("refusing to remove '.' or '..' directory: skipping ", name));
            self.code = 1;
        } else if self.deep && base_name(path) == b"/" && !self.any_root {
            cx.complain("it is dangerous to operate recursively on '/'");
            cx.complain("use --no-preserve-root to override this failsafe");
            self.code = 1;
        } else {
            return Ok(vec![Task::Tree(path.to_vec())]);
        }
        Ok(Vec::new())
    }

    fn tree(&mut self, cx: &mut Context, path: &[u8]) -> Result<Vec<Task>, Vec<Wait>> {
        let stat = match cx.sys.stat(path, false) {
            Ok(stat) => stat,
            Err(Errno::Noent | Errno::Notdir) if self.force => return Ok(Vec::new()),
            Err(errno) => {
                self.fail(cx, path, errno);
                return Ok(Vec::new());
            }
        };
        if stat.kind != FileKind::Directory {
            return self.unlink(cx, path, &stat).map(|()| Vec::new());
        }
        if !self.deep && !self.dir {
            self.fail(cx, path, Errno::Isdir);
            return Ok(Vec::new());
        }
        let names = cx.sys.read_dir(path).unwrap_or_default();
        if !self.deep && !names.is_empty() {
            self.fail(cx, path, Errno::Notempty);
            return Ok(Vec::new());
        }
        let question = say!("descend into directory ", quote::always(path));
        if self.asks == Asks::Always && !names.is_empty() && !self.asker.ask(cx, question)? {
            self.keep(path);
            return Ok(Vec::new());
        }
        let below = names.iter().map(|name| Task::Tree(join(path, name)));
        Ok(below.chain([Task::Emptied(path.to_vec())]).collect())
    }

    fn emptied(&mut self, cx: &mut Context, path: &[u8]) -> Result<Vec<Task>, Vec<Wait>> {
        if self.kept.iter().any(|kept| kept == path) {
            self.keep(path);
            return Ok(Vec::new());
        }
        let name = quote::always(path);
        if self.asks == Asks::Always && !self.asker.ask(cx, say!("remove directory ", name))? {
            self.keep(path);
            return Ok(Vec::new());
        }
        match cx.sys.remove_dir(path) {
            Ok(()) if self.loud => cx.print(say!("removed directory ", name, "\n")),
            Ok(()) => {}
            Err(errno) => self.fail(cx, path, errno),
        }
        Ok(Vec::new())
    }

    fn unlink(&mut self, cx: &mut Context, path: &[u8], stat: &Stat) -> Result<(), Vec<Wait>> {
        let name = quote::always(path);
        let question = say!("remove ", kind_text(stat), " ", name);
        if self.asks == Asks::Always && !self.asker.ask(cx, question)? {
            self.keep(path);
            return Ok(());
        }
        match cx.sys.unlink(path) {
            Ok(()) if self.loud => cx.print(say!("removed ", name, "\n")),
            Ok(()) => {}
            Err(errno) => self.fail(cx, path, errno),
        }
        Ok(())
    }

    fn fail(&mut self, cx: &mut Context, path: &[u8], errno: Errno) {
        cx.complain(say!("cannot remove ", quote::always(path), ": ", errno.text()));
        self.code = 1;
        self.keep(path);
    }

    /// Something stays, and so does the directory it lies in.
    fn keep(&mut self, path: &[u8]) {
        if let Some(slash) = path.iter().rposition(|byte| *byte == b'/') {
            self.kept.push(path[..slash].to_vec());
        }
    }
}

/// All paths of a tree, what a directory holds before itself.
fn tree(cx: &Context, path: &[u8]) -> Vec<(Vec<u8>, bool)> {
    let mut found = Vec::new();
    let mut stack = vec![path.to_vec()];
    while let Some(path) = stack.pop() {
        let is_dir = cx.sys.stat(&path, false).is_ok_and(|s| s.kind == FileKind::Directory);
        if is_dir {
            let names = cx.sys.read_dir(&path).unwrap_or_default();
            stack.extend(names.iter().map(|name| join(&path, name)));
        }
        found.push((path, is_dir));
    }
    found.reverse();
    found
}

/// Removes a file or a whole tree; the first path that would not go.
pub fn remove_tree(cx: &mut Context, path: &[u8]) -> Result<(), (Vec<u8>, Errno)> {
    for (path, is_dir) in tree(cx, path) {
        let done = if is_dir { cx.sys.remove_dir(&path) } else { cx.sys.unlink(&path) };
        done.map_err(|errno| (path, errno))?;
    }
    Ok(())
}
