//! find (findutils 4.9).

mod glob;
mod parse;

use super::find_program;
use crate::base::Pid;
use crate::base::limit::FIND_WORDS_MAX;
use crate::os::{Fd, FileKind, Poll, Stat, Wait, WaitStatus};
use crate::tool::file::remove_tree;
use crate::tool::say::{base_name, join, number, say};
use crate::tool::{Context, Step, quote};
pub use glob::matches_glob;
use parse::Parser;

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
    Name(Vec<u8>, bool),
    Path(Vec<u8>),
    Kind(Vec<FileKind>),
    User(u32),
    Group(u32),
    Perm(u32, u8),
    Empty,
    Size(Compare, u64),
    NewerThan(u64),
    Minutes(Compare),
    Prune,
    Quit,
    Print(u8),
    Delete,
    Exec(Vec<Vec<u8>>),
    ExecMany(u32),
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
    /// Paths still to visit, with depth; `true`: its contents have been visited.
    stack: Vec<(Vec<u8>, u64, bool)>,
    /// Answers of the actions already done for the path on top.
    done: Vec<bool>,
    child: Option<(Pid, bool)>,
    /// `-exec … {} +`: commands and what they have gathered.
    many: Vec<(Words, Words)>,
    code: u8,
}

/// Why evaluation stops before its end.
enum Halt {
    Run(Vec<Vec<u8>>),
    Quit,
}

struct Visit<'a> {
    path: &'a [u8],
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
        if argv.len() > FIND_WORDS_MAX {
            cx.complain("Argument list too long");
            return Err(1);
        }
        let count = argv.iter().take_while(|word| is_path(word)).count();
        let mut roots = argv[..count].to_vec();
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
            stack,
            done: Vec::new(),
            child: None,
            many: Vec::new(),
            code: 0,
        };
        let mut parser = Parser { cx, words: &argv[count..], at: 0, find: &mut find, acts: false };
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
        let stat = match cx.sys.stat(&path, false) {
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
        let mut visit = Visit { path: &path, stat, answers: 0, prune: false };
        if depth >= self.depth_min {
            match self.evaluate(cx, self.root, &mut visit) {
                Err(Halt::Run(command)) => return self.run(cx, &command, true),
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
                return self.run(cx, &whole, false);
            }
        }
        Step::Done(self.code)
    }

    fn run(&mut self, cx: &mut Context, command: &[Vec<u8>], counts: bool) -> Step {
        let found = find_program(cx, &command[0]);
        let stdio = [Fd::STDIN, Fd::STDOUT, Fd::STDERR];
        cx.out.flush();
        match found.and_then(|path| cx.sys.spawn(&path, command, cx.env, stdio)) {
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
        let stat = visit.stat;
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
            Node::Name(pattern, icase) => matches_glob(&pattern, base_name(visit.path), icase),
            Node::Path(pattern) => matches_glob(&pattern, visit.path, false),
            Node::Kind(kinds) => kinds.contains(&stat.kind),
            Node::User(uid) => stat.uid == uid,
            Node::Group(gid) => stat.gid == gid,
            Node::Perm(mode, b'-') => stat.mode & mode == mode,
            Node::Perm(mode, b'/') => mode == 0 || stat.mode & mode != 0,
            Node::Perm(mode, _) => stat.mode == mode,
            Node::Empty => match stat.kind {
                FileKind::File => stat.size == 0,
                FileKind::Directory => cx.sys.read_dir(visit.path).is_ok_and(|n| n.is_empty()),
                _ => false,
            },
            Node::Size(compare, unit) => compare.holds(stat.size.div_ceil(unit)),
            Node::NewerThan(millis) => stat.modified.0 > millis,
            Node::Minutes(compare) => compare.holds(cx.sys.now().since(stat.modified).0 / 60_000),
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
            Node::Delete => {
                let path = visit.path.to_vec();
                self.delete(cx, visit, &path)
            }
            Node::Exec(words) => match self.done.get(visit.answers) {
                Some(answer) => {
                    visit.answers += 1;
                    *answer
                }
                None => {
                    let fill = |word: &Vec<u8>| replace_braces(word, visit.path);
                    return Err(Halt::Run(words.iter().map(fill).collect()));
                }
            },
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
