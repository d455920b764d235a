//! Words → expression.

use super::{Compare, Find, Node};
use crate::base::limit::FIND_DEPTH_MAX;
use crate::os::FileKind;
use crate::tool::file::{mode, users};
use crate::tool::say::{number, say};
use crate::tool::{Context, quote};

/// Reads an expression into `find`.
pub struct Parser<'a, 'b> {
    /// Where it complains.
    pub cx: &'a mut Context<'b>,
    /// The expression's words.
    pub words: &'a [Vec<u8>],
    /// The next of them.
    pub at: usize,
    /// Where the nodes go.
    pub find: &'a mut Find,
    /// Whether an action was given, so that printing is not implied.
    pub acts: bool,
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

    /// The whole expression; the root's index.
    pub fn whole(&mut self) -> Result<u32, u8> {
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
        let node = if self.peek() == Some(b"(") && depth < FIND_DEPTH_MAX {
            self.at += 1;
            let inner = self.comma(depth + 1)?;
            if self.peek() != Some(b")") {
                return Err(self.fail(
                    "invalid expression; I was expecting to find a ')' somewhere but did not see \
                     one.",
                ));
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
            b"-user" | b"-group" => self.owner(&name)?,
            b"-maxdepth" | b"-mindepth" => self.depth(&name)?,
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

    fn owner(&mut self, name: &[u8]) -> Result<Node, u8> {
        let group = name == b"-group";
        let argument = self.argument(name)?;
        match (users::id_of(self.cx, &argument, group), group) {
            (Some(id), true) => Ok(Node::Group(id)),
            (Some(id), false) => Ok(Node::User(id)),
            (None, true) => {
                Err(self.fail(say!("'", argument, "' is not the name of an existing group")))
            }
            (None, false) => {
                Err(self.fail(say!("'", argument, "' is not the name of a known user")))
            }
        }
    }

    fn depth(&mut self, name: &[u8]) -> Result<Node, u8> {
        let argument = self.argument(name)?;
        let Some(depth) = number(&argument) else {
            let text = "Expected a positive decimal integer argument to ";
            return Err(self.fail(say!(text, name, ", but got '", argument, "'")));
        };
        match name == b"-maxdepth" {
            true => self.find.depth_max = depth,
            false => self.find.depth_min = depth,
        }
        Ok(Node::True)
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
        match mode::apply(text, 0, false, 0) {
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
