//! find (findutils 4.9).

use super::super::file::{remove_tree, users};
use super::super::say::{base_name, join, number, say};
use super::super::{Context, Step, quote};
use super::find_program;
use crate::base::Pid;
use crate::os::{Fd, FileKind, Poll, Stat, Wait, WaitStatus};

/// How deep parentheses may nest.
const DEPTH_MAX: u32 = 100;

/// Words of one command line: an expression of more is refused before it is read.
const WORDS_MAX: usize = 500;

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
    many: Vec<(Vec<Vec<u8>>, Vec<Vec<u8>>)>,
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
        if argv.len() > WORDS_MAX {
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

/// fnmatch(3) without flags: `*`, `?`, `[…]`, backslash. Steps are at most lengths multiplied.
fn matches_glob(pattern: &[u8], text: &[u8], icase: bool) -> bool {
    let same = |a: u8, b: u8| a == b || (icase && a.eq_ignore_ascii_case(&b));
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    loop {
        let next = match pattern.get(p) {
            Some(b'*') => {
                star = Some((p + 1, t));
                p += 1;
                continue;
            }
            None if t == text.len() => return true,
            Some(_) if t < text.len() => one(&pattern[p..], text[t], &same),
            _ => None,
        };
        match (next, star) {
            (Some(length), _) => {
                p += length;
                t += 1;
            }
            (None, Some((after, from))) if from < text.len() => {
                star = Some((after, from + 1));
                p = after;
                t = from + 1;
            }
            _ => return false,
        }
    }
}

/// How much of the pattern takes this character.
fn one(pattern: &[u8], byte: u8, same: &impl Fn(u8, u8) -> bool) -> Option<usize> {
    match pattern[0] {
        b'?' => Some(1),
        b'\\' if pattern.len() > 1 => same(pattern[1], byte).then_some(2),
        b'[' => {
            let negated = matches!(pattern.get(1), Some(b'!' | b'^'));
            let start = 1 + usize::from(negated);
            let Some(close) = pattern.iter().skip(start + 1).position(|b| *b == b']') else {
                return same(b'[', byte).then_some(1);
            };
            let set = &pattern[start..start + 1 + close];
            let mut within = false;
            let mut at = 0;
            while at < set.len() {
                if at + 2 < set.len() && set[at + 1] == b'-' {
                    within |= (set[at]..=set[at + 2]).contains(&byte);
                    at += 3;
                } else {
                    within |= same(set[at], byte);
                    at += 1;
                }
            }
            (within != negated).then_some(start + close + 2)
        }
        literal => same(literal, byte).then_some(1),
    }
}

struct Parser<'a, 'b> {
    cx: &'a mut Context<'b>,
    words: &'a [Vec<u8>],
    at: usize,
    find: &'a mut Find,
    acts: bool,
}

impl Parser<'_, '_> {
    fn fail(&mut self, text: impl AsRef<[u8]>) -> u8 {
        self.cx.complain(text);
        1
    }

    fn push(&mut self, node: Node) -> u32 {
        self.find.nodes.push(node);
        self.find.nodes.len() as u32 - 1
    }

    fn peek(&self) -> Option<&[u8]> {
        self.words.get(self.at).map(Vec::as_slice)
    }

    fn whole(&mut self) -> Result<u32, u8> {
        let mut root = match self.words.is_empty() {
            true => self.push(Node::True),
            false => self.comma(0)?,
        };
        if let Some(word) = self.peek().map(Vec::from) {
            return Err(match word.as_slice() {
                b")" => self.fail("you have too many ')'"),
                _ => self.fail(say!("paths must precede expression: ", word)),
            });
        }
        if !self.acts {
            let print = self.push(Node::Print(b'\n'));
            root = self.push(Node::And(root, print));
        }
        Ok(root)
    }

    fn comma(&mut self, depth: u32) -> Result<u32, u8> {
        let mut left = self.or(depth)?;
        while self.peek() == Some(b",") {
            self.at += 1;
            let right = self.or(depth)?;
            left = self.push(Node::Comma(left, right));
        }
        Ok(left)
    }

    fn or(&mut self, depth: u32) -> Result<u32, u8> {
        let mut left = self.and(depth)?;
        while matches!(self.peek(), Some(b"-o" | b"-or")) {
            self.at += 1;
            let right = self.and(depth)?;
            left = self.push(Node::Or(left, right));
        }
        Ok(left)
    }

    fn and(&mut self, depth: u32) -> Result<u32, u8> {
        let mut left = self.not(depth)?;
        loop {
            match self.peek() {
                None | Some(b"-o" | b"-or" | b"," | b")") => return Ok(left),
                Some(b"-a" | b"-and") => self.at += 1,
                _ => {}
            }
            let right = self.not(depth)?;
            left = self.push(Node::And(left, right));
        }
    }

    fn not(&mut self, depth: u32) -> Result<u32, u8> {
        let mut negated = false;
        while matches!(self.peek(), Some(b"!" | b"-not")) {
            negated = !negated;
            self.at += 1;
        }
        let node = if self.peek() == Some(b"(") && depth < DEPTH_MAX {
            self.at += 1;
            let inner = self.comma(depth + 1)?;
            if self.peek() != Some(b")") {
                return Err(self.fail("invalid expression; I was expecting to find a ')' somewhere but did not see one."));
            }
            self.at += 1;
            inner
        } else {
            let node = self.primary()?;
            self.push(node)
        };
        Ok(if negated { self.push(Node::Not(node)) } else { node })
    }

    fn argument(&mut self, name: &[u8]) -> Result<Vec<u8>, u8> {
        let Some(word) = self.peek().map(Vec::from) else {
            return Err(self.fail(say!("missing argument to `", name, "'")));
        };
        self.at += 1;
        Ok(word)
    }

    fn invalid(&mut self, name: &[u8], argument: &[u8]) -> u8 {
        self.fail(say!("invalid argument `", argument, "' to `", name, "'"))
    }

    fn primary(&mut self) -> Result<Node, u8> {
        let Some(name) = self.peek().map(Vec::from) else {
            let last = self.words.last().cloned().unwrap_or_default();
            return Err(self.fail(say!("expected an expression after '", last, "'")));
        };
        self.at += 1;
        Ok(match name.as_slice() {
            b"-true" => Node::True,
            b"-false" => Node::False,
            b"-name" => Node::Name(self.argument(&name)?, false),
            b"-iname" => Node::Name(self.argument(&name)?, true),
            b"-path" | b"-wholename" => Node::Path(self.argument(&name)?),
            b"-empty" => Node::Empty,
            b"-prune" => Node::Prune,
            b"-quit" => Node::Quit,
            b"-type" => self.kinds(&name)?,
            b"-user" | b"-group" => {
                let group = name == b"-group";
                let argument = self.argument(&name)?;
                match (users::id_of(self.cx, &argument, group), group) {
                    (Some(id), true) => Node::Group(id),
                    (Some(id), false) => Node::User(id),
                    (None, true) => {
                        return Err(self.fail(say!(
                            "'",
                            argument,
                            "' is not the name of an existing group"
                        )));
                    }
                    (None, false) => {
                        return Err(self.fail(say!(
                            "'",
                            argument,
                            "' is not the name of a known user"
                        )));
                    }
                }
            }
            b"-maxdepth" | b"-mindepth" => {
                let argument = self.argument(&name)?;
                let Some(depth) = number(&argument) else {
                    let text = "Expected a positive decimal integer argument to ";
                    return Err(self.fail(say!(text, name, ", but got '", argument, "'")));
                };
                match name == b"-maxdepth" {
                    true => self.find.depth_max = depth,
                    false => self.find.depth_min = depth,
                }
                Node::True
            }
            b"-depth" | b"-d" => {
                self.find.depth_first = true;
                Node::True
            }
            b"-mount" | b"-xdev" => Node::True,
            b"-perm" => self.permission(&name)?,
            b"-size" => self.size(&name)?,
            b"-newer" => {
                let argument = self.argument(&name)?;
                match self.cx.sys.stat(&argument, true) {
                    Ok(stat) => Node::NewerThan(stat.modified.0),
                    Err(errno) => {
                        let text = say!(quote::always(&argument), ": ", errno.text());
                        return Err(self.fail(text));
                    }
                }
            }
            b"-mmin" => {
                let argument = self.argument(&name)?;
                match Compare::parse(&argument) {
                    Some(compare) => Node::Minutes(compare),
                    None => return Err(self.invalid(&name, &argument)),
                }
            }
            b"-print" | b"-print0" => {
                self.acts = true;
                Node::Print(if name == b"-print" { b'\n' } else { 0 })
            }
            b"-delete" => {
                self.acts = true;
                self.find.depth_first = true;
                Node::Delete
            }
            b"-exec" => self.exec(&name)?,
            _ => return Err(self.unknown(&name)),
        })
    }

    fn unknown(&mut self, name: &[u8]) -> u8 {
        const LACKING: &str = " -amin -anewer -atime -cmin -cnewer -ctime -daystart -execdir -fls \
            -follow -fprint -fprintf -fstype -gid -ilname -inum -ipath -iregex -links -lname -ls \
            -mtime -nogroup -nouser -ok -okdir -printf -readable -regex -regextype -samefile \
            -uid -used -writable -executable ";
        let text = String::from_utf8_lossy(name).into_owned();
        if LACKING.contains(&format!(" {text} ")) {
            self.cx.not_modelled(&text);
        }
        if name.starts_with(b"-") {
            return self.fail(say!("unknown predicate `", name, "'"));
        }
        self.fail(say!("paths must precede expression: ", name));
        self.cx
            .out
            .error(b"Usage: find [-H] [-L] [-P] [-Olevel] [-D debugopts] [path...] [expression]\n");
        1
    }

    fn kinds(&mut self, name: &[u8]) -> Result<Node, u8> {
        let argument = self.argument(name)?;
        let mut kinds = Vec::new();
        for letter in argument.split(|byte| *byte == b',') {
            kinds.push(match letter {
                b"f" => FileKind::File,
                b"d" => FileKind::Directory,
                b"l" => FileKind::Symlink,
                b"p" => FileKind::Pipe,
                b"s" => FileKind::Socket,
                b"c" | b"b" => FileKind::Device,
                _ => return Err(self.fail(say!("Unknown argument to -type: ", letter))),
            });
        }
        Ok(Node::Kind(kinds))
    }

    fn permission(&mut self, name: &[u8]) -> Result<Node, u8> {
        let argument = self.argument(name)?;
        let (how, text) = match argument.first() {
            Some(sign @ (b'-' | b'/')) => (*sign, &argument[1..]),
            _ => (b'=', &argument[..]),
        };
        match super::super::file::mode::apply(text, 0, false, 0) {
            Some(mode) => Ok(Node::Perm(mode, how)),
            None => Err(self.fail(say!("invalid mode '", argument, "'"))),
        }
    }

    fn size(&mut self, name: &[u8]) -> Result<Node, u8> {
        let argument = self.argument(name)?;
        let (digits, unit) = match argument.last() {
            Some(b'c') => (&argument[..argument.len() - 1], 1),
            Some(b'k') => (&argument[..argument.len() - 1], 1_024),
            Some(b'M') => (&argument[..argument.len() - 1], 1 << 20),
            Some(b'G') => (&argument[..argument.len() - 1], 1 << 30),
            Some(b'b') => (&argument[..argument.len() - 1], 512),
            _ => (&argument[..], 512),
        };
        match Compare::parse(digits) {
            Some(compare) => Ok(Node::Size(compare, unit)),
            None => Err(self.fail(say!("Invalid argument `", argument, "' to -size"))),
        }
    }

    fn exec(&mut self, name: &[u8]) -> Result<Node, u8> {
        self.acts = true;
        let rest = &self.words[self.at..];
        let many = rest.windows(2).position(|pair| pair[0] == b"{}" && pair[1] == b"+");
        let single = rest.iter().position(|word| word == b";");
        let node = match (single, many) {
            (single, Some(end)) if single.is_none_or(|single| end < single) => {
                let command = rest[..end].to_vec();
                self.at += end + 2;
                self.find.many.push((command, Vec::new()));
                Node::ExecMany(self.find.many.len() as u32 - 1)
            }
            (Some(end), _) => {
                let command = rest[..end].to_vec();
                self.at += end + 1;
                Node::Exec(command)
            }
            _ => return Err(self.fail(say!("missing argument to `", name, "'"))),
        };
        let empty = match &node {
            Node::Exec(command) => command.is_empty(),
            _ => self.find.many.last().is_some_and(|(command, _)| command.is_empty()),
        };
        if empty {
            return Err(self.invalid(name, b";"));
        }
        Ok(node)
    }
}
