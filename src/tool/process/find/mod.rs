//! find (findutils 4.9).

mod glob;
mod parse;
mod show;
mod test;

use super::find_program;
use crate::base::Pid;
use crate::base::limit::FIND_WORDS_MAX;
use crate::os::{Fd, FileKind, Poll, Stat, Wait, WaitStatus};
use crate::tool::file::Asker;
use crate::tool::file::remove_tree;
use crate::tool::say::{base_name, join, number, say};
use crate::tool::{Context, Step, quote};
pub use glob::matches_glob;
use parse::Parser;
use test::Test;

/// Command lines and lists of paths.
type Words = Vec<Vec<u8>>;

/// A part of the expression; children by index into `Find::nodes`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Node {
    And(u32, u32),
    Or(u32, u32),
    Comma(u32, u32),
    Not(u32),
    True,
    False,
    Test(Test),
    Prune,
    Quit,
    Print(u8),
    Printf(Vec<u8>),
    Ls,
    Delete,
    /// A command; `Some`: in the file's directory. Whether it asks first.
    Exec(Words, bool, bool),
    ExecMany(u32),
}

/// Which links are followed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Follow {
    Never,
    Operands,
    Always,
}

/// `+n`, `-n`, `n`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Compare(i8, u64);

impl Compare {
    fn parse(text: &[u8]) -> Option<Compare> {
        let (sign, digits) = match text.first()? {
            b'+' => (1, &text[1..]),
            b'-' => (-1, &text[1..]),
            _ => (0, text),
        };
        Some(Compare(sign, number(digits)?))
    }

    fn holds(self, value: u64) -> bool {
        match self.0 {
            1 => value > self.1,
            -1 => value < self.1,
            _ => value == self.1,
        }
    }
}

/// find: walks trees and acts on what it finds.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Find {
    nodes: Vec<Node>,
    root: u32,
    depth_min: u64,
    depth_max: u64,
    depth_first: bool,
    /// Links are followed: never, as operands, always.
    follow: Follow,
    /// Paths still to visit, with depth; `true`: its contents have been visited.
    stack: Vec<(Vec<u8>, u64, bool)>,
    /// Answers of the actions already done for the path on top.
    done: Vec<bool>,
    child: Option<(Pid, bool)>,
    /// `-exec … {} +`: commands and what they have gathered.
    many: Vec<(Words, Words)>,
    asker: Asker,
    code: u8,
}

/// Why evaluation stops before its end.
enum Halt {
    Run(Words, bool),
    Wait(Vec<Wait>),
    Quit,
}

struct Visit<'a> {
    path: &'a [u8],
    depth: u64,
    stat: Stat,
    answers: usize,
    prune: bool,
}

impl Find {
    /// Reads the arguments.
    pub fn begin(cx: &mut Context) -> Result<Find, u8> {
        let argv = cx.argv.get(1..).unwrap_or_default().to_vec();
        let is_path =
            |word: &Vec<u8>| !(word.len() > 1 && word[0] == b'-') && word != b"!" && word != b"(";
        if argv.iter().any(|word| word == b"--version" || word == b"-version") {
            crate::tool::version::print(cx);
            return Err(0);
        }
        if argv.len() > FIND_WORDS_MAX {
            cx.complain("Argument list too long");
            return Err(1);
        }
        let mut follow = Follow::Never;
        let early = |word: &&Vec<u8>| {
            let debug = word.starts_with(b"-O") || word.starts_with(b"-D");
            debug || matches!(&word[..], b"-H" | b"-L" | b"-P")
        };
        let first = argv.iter().take_while(early).count();
        for word in &argv[..first] {
            follow = match word[1] {
                b'H' => Follow::Operands,
                b'L' => Follow::Always,
                b'P' => Follow::Never,
                _ => follow,
            };
        }
        let count = first + argv[first..].iter().take_while(|word| is_path(word)).count();
        let mut roots = argv[first..count].to_vec();
        if roots.is_empty() {
            roots.push(b".".to_vec());
        }
        let stack = roots.into_iter().rev().map(|path| (path, 0, false)).collect();
        let mut find = Find {
            nodes: Vec::new(),
            root: 0,
            depth_min: 0,
            depth_max: u64::MAX,
            depth_first: false,
            follow,
            asker: Asker::default(),
            stack,
            done: Vec::new(),
            child: None,
            many: Vec::new(),
            code: 0,
        };
        let mut parser = Parser {
            cx,
            words: &argv[count..],
            at: 0,
            find: &mut find,
            acts: false,
            regex_type: Vec::new(),
        };
        let parsed = parser.whole();
        find.root = parsed?;
        Ok(find)
    }

    /// Visits one path, or goes on with a program it runs.
    pub fn step(&mut self, cx: &mut Context) -> Step {
        if let Some((child, counts)) = self.child {
            match cx.sys.wait(child) {
                Ok(Poll::Wait) => return Step::Wait(vec![Wait::Child(child)]),
                Ok(Poll::Ready(status)) if counts => self.done.push(status == WaitStatus::OK),
                Ok(Poll::Ready(status)) => self.code |= u8::from(status != WaitStatus::OK),
                Err(_) => self.done.push(false),
            }
            self.child = None;
        }
        let Some((path, depth, seen)) = self.stack.last().cloned() else {
            return self.run_gathered(cx);
        };
        let follows = self.follows(depth);
        let stat = match cx.sys.stat(&path, follows).or_else(|_| cx.sys.stat(&path, false)) {
            Ok(stat) => stat,
            Err(errno) => {
                cx.complain(say!(quote::always(&path), ": ", errno.text()));
                self.code = 1;
                self.stack.pop();
                return Step::More;
            }
        };
        let descend = stat.kind == FileKind::Directory && depth < self.depth_max && !seen;
        if self.depth_first && descend {
            self.stack.last_mut().expect("it was there").2 = true;
            self.push_names(cx, &path, depth);
            return Step::More;
        }
        let mut visit = Visit { path: &path, depth, stat, answers: 0, prune: false };
        if depth >= self.depth_min {
            match self.evaluate(cx, self.root, &mut visit) {
                Err(Halt::Run(command, there)) => {
                    let dir = there.then(|| dir_of(&path));
                    return self.run(cx, &command, dir, true);
                }
                Err(Halt::Wait(waits)) => return Step::Wait(waits),
                Err(Halt::Quit) => {
                    self.stack.clear();
                    return Step::More;
                }
                Ok(_) => {}
            }
        }
        let prune = visit.prune;
        self.done.clear();
        self.stack.pop();
        if descend && !prune {
            self.push_names(cx, &path, depth);
        }
        Step::More
    }

    fn follows(&self, depth: u64) -> bool {
        match self.follow {
            Follow::Never => false,
            Follow::Operands => depth == 0,
            Follow::Always => true,
        }
    }

    fn push_names(&mut self, cx: &mut Context, path: &[u8], depth: u64) {
        match cx.sys.read_dir(path) {
            Ok(names) => {
                let below = names.iter().rev().map(|name| (join(path, name), depth + 1, false));
                self.stack.extend(below);
            }
            Err(errno) => {
                cx.complain(say!(quote::always(path), ": ", errno.text()));
                self.code = 1;
            }
        }
    }

    fn run_gathered(&mut self, cx: &mut Context) -> Step {
        while let Some((command, paths)) = self.many.pop() {
            if !paths.is_empty() {
                let whole: Vec<Vec<u8>> = [command, paths].concat();
                return self.run(cx, &whole, None, false);
            }
        }
        Step::Done(self.code)
    }

    fn run(
        &mut self,
        cx: &mut Context,
        command: &[Vec<u8>],
        dir: Option<&[u8]>,
        counts: bool,
    ) -> Step {
        let found = find_program(cx, &command[0]);
        let stdio = [Fd::STDIN, Fd::STDOUT, Fd::STDERR];
        cx.out.flush();
        let here = cx.sys.current_dir();
        let moved = dir.map_or(Ok(()), |dir| cx.sys.set_current_dir(dir));
        let found = moved.and(found);
        let spawned = found.and_then(|path| cx.sys.spawn(&path, command, cx.env, stdio));
        if dir.is_some() {
            let _ = cx.sys.set_current_dir(&here);
        }
        match spawned {
            Ok(child) => {
                self.child = Some((child, counts));
                Step::Wait(vec![Wait::Child(child)])
            }
            Err(errno) => {
                cx.complain(say!(quote::always(&command[0]), ": ", errno.text()));
                if counts {
                    self.done.push(false);
                }
                Step::More
            }
        }
    }

    /// The value of a node; its depth is bounded by the parser.
    fn evaluate(&mut self, cx: &mut Context, node: u32, visit: &mut Visit) -> Result<bool, Halt> {
        let node = self.nodes[node as usize].clone();
        Ok(match node {
            Node::And(a, b) => self.evaluate(cx, a, visit)? && self.evaluate(cx, b, visit)?,
            Node::Or(a, b) => self.evaluate(cx, a, visit)? || self.evaluate(cx, b, visit)?,
            Node::Comma(a, b) => {
                self.evaluate(cx, a, visit)?;
                self.evaluate(cx, b, visit)?
            }
            Node::Not(a) => !self.evaluate(cx, a, visit)?,
            Node::True => true,
            Node::False => false,
            Node::Prune => {
                visit.prune = true;
                true
            }
            Node::Quit => return Err(Halt::Quit),
            Node::Print(end) => {
                let path = visit.path;
                self.once(visit, |_| {
                    cx.print(say!(path, [end]));
                    true
                })
            }
            Node::Printf(format) => {
                let text = show::printf(cx, &format, visit, self.follows(visit.depth));
                self.once(visit, |_| {
                    cx.print(text);
                    true
                })
            }
            Node::Ls => {
                let text = show::long(cx, visit);
                self.once(visit, |_| {
                    cx.print(text);
                    true
                })
            }
            Node::Test(test) => test.holds(cx, visit),
            Node::Delete => {
                let path = visit.path.to_vec();
                self.delete(cx, visit, &path)
            }
            Node::Exec(words, there, asks) => {
                if let Some(answer) = self.done.get(visit.answers) {
                    visit.answers += 1;
                    return Ok(*answer);
                }
                let local = say!("./", base_name(visit.path));
                let path = if there { &local } else { visit.path };
                let question = say!("< ", words[0], " ... ", visit.path, " >");
                if asks {
                    match self.asker.ask_plainly(cx, say!(question, " ? ")) {
                        Ok(true) => {}
                        Ok(false) => return Ok(self.once(visit, |_| false)),
                        Err(waits) => return Err(Halt::Wait(waits)),
                    }
                }
                let fill = |word: &Vec<u8>| replace_braces(word, path);
                return Err(Halt::Run(words.iter().map(fill).collect(), there));
            }
            Node::ExecMany(index) => {
                let path = visit.path.to_vec();
                self.once(visit, |find| {
                    find.many[index as usize].1.push(path);
                    true
                })
            }
        })
    }

    /// An action that is not done again when the expression is read again after a program's end.
    fn once(&mut self, visit: &mut Visit, act: impl FnOnce(&mut Find) -> bool) -> bool {
        if self.done.len() <= visit.answers {
            let answer = act(self);
            self.done.push(answer);
        }
        visit.answers += 1;
        self.done[visit.answers - 1]
    }

    fn delete(&mut self, cx: &mut Context, visit: &mut Visit, path: &[u8]) -> bool {
        let is_dir = visit.stat.kind == FileKind::Directory;
        self.once(visit, |find| {
            let done = if is_dir {
                cx.sys.remove_dir(path).map_err(|errno| (path.to_vec(), errno))
            } else {
                remove_tree(cx, path)
            };
            let Err((_, errno)) = done else { return true };
            cx.complain(say!("cannot delete ", quote::always(path), ": ", errno.text()));
            find.code = 1;
            false
        })
    }
}

/// The directory a path lies in.
fn dir_of(path: &[u8]) -> &[u8] {
    match path.iter().rposition(|byte| *byte == b'/') {
        Some(0) => b"/",
        Some(at) => &path[..at],
        None => b".",
    }
}

fn replace_braces(word: &[u8], path: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < word.len() {
        if word[at..].starts_with(b"{}") {
            out.extend(path);
            at += 2;
        } else {
            out.push(word[at]);
            at += 1;
        }
    }
    out
}
