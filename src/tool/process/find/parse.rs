//! Words → expression.

use super::test::Test;
use super::{Compare, Find, Follow, Node};
use crate::base::FileTime;
use crate::base::limit::FIND_DEPTH_MAX;
use crate::ere::{Flags, Regex};
use crate::os::{FileKind, Stat};
use crate::tool::file::{mode, users};
use crate::tool::process::read_date;
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
    /// `-regextype`.
    pub regex_type: Vec<u8>,
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
                _ => self.misplaced(&word),
            });
        }
        if !self.acts {
            let print = self.push(Node::Print(b'\n'));
            root = self.push(Node::And(root, print));
        }
        Ok(root)
    }

    /// A word that is no predicate.
    fn misplaced(&mut self, word: &[u8]) -> u8 {
        self.fail(say!("paths must precede expression: `", word, "'"));
        let before = self.words[..self.at].iter().rev().find(|word| word.starts_with(b"-"));
        if let Some(name) = before.cloned()
            && self.cx.sys.stat(word, false).is_ok()
        {
            self.fail(say!("possible unquoted pattern after predicate `", name, "'?"));
        }
        1
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
        if let Some(test) = self.test(&name)? {
            return Ok(Node::Test(test));
        }
        Ok(match name.as_slice() {
            b"-true" | b"-noleaf" | b"-nowarn" | b"-warn" => Node::True,
            b"-false" => Node::False,
            b"-prune" => Node::Prune,
            b"-quit" => Node::Quit,
            b"-maxdepth" | b"-mindepth" => self.depth(&name)?,
            b"-depth" | b"-d" => {
                self.find.depth_first = true;
                Node::True
            }
            b"-mount" | b"-xdev" => Node::True,
            b"-follow" => {
                self.find.follow = Follow::Always;
                Node::True
            }
            b"-regextype" => {
                self.regex_type = self.argument(&name)?;
                Node::True
            }
            b"-printf" => {
                self.acts = true;
                Node::Printf(self.argument(&name)?)
            }
            b"-ls" => {
                self.acts = true;
                Node::Ls
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
            b"-exec" | b"-execdir" | b"-ok" | b"-okdir" => self.exec(&name)?,
            b"-a" | b"-and" | b"-o" | b"-or" | b"," => {
                let text = "invalid expression; you have used a binary operator '";
                return Err(self.fail(say!(text, name, "' with nothing before it.")));
            }
            _ => return Err(self.unknown(&name)),
        })
    }

    /// A test, if it is one.
    fn test(&mut self, name: &[u8]) -> Result<Option<Test>, u8> {
        Ok(Some(match name {
            b"-name" => Test::Name(self.argument(name)?, false),
            b"-iname" => Test::Name(self.argument(name)?, true),
            b"-path" | b"-wholename" => Test::Path(self.argument(name)?, false),
            b"-ipath" | b"-iwholename" => Test::Path(self.argument(name)?, true),
            b"-lname" => Test::Link(self.argument(name)?, false),
            b"-ilname" => Test::Link(self.argument(name)?, true),
            b"-regex" => self.regex(name, false)?,
            b"-iregex" => self.regex(name, true)?,
            b"-empty" => Test::Empty,
            b"-type" | b"-xtype" => self.kinds(name)?,
            b"-user" | b"-group" => self.owner(name)?,
            b"-uid" => Test::User(self.compare(name)?),
            b"-gid" => Test::Group(self.compare(name)?),
            b"-nouser" => Test::Unknown(false),
            b"-nogroup" => Test::Unknown(true),
            b"-perm" => self.permission(name)?,
            b"-readable" => Test::Access(4),
            b"-writable" => Test::Access(2),
            b"-executable" => Test::Access(1),
            b"-size" => self.size(name)?,
            b"-links" => Test::Links(self.compare(name)?),
            b"-inum" => Test::Inode(self.compare(name)?),
            b"-mmin" | b"-amin" | b"-cmin" => Test::Minutes(self.compare(name)?),
            b"-mtime" | b"-atime" | b"-ctime" => Test::Days(self.compare(name)?),
            b"-newer" | b"-anewer" | b"-cnewer" | b"-newermm" => {
                Test::NewerThan(self.reference(name)?.modified)
            }
            b"-samefile" => {
                let stat = self.reference(name)?;
                Test::Same(stat.inode, stat.device)
            }
            b"-newermt" | b"-newerct" | b"-newerat" => {
                let argument = self.argument(name)?;
                let now = FileTime::from(self.cx.sys.now());
                let text = std::str::from_utf8(&argument).ok();
                let ahead = self.cx.zone().1;
                match text.and_then(|text| read_date(text, now, ahead)) {
                    Some(moment) => Test::NewerThan(moment),
                    None => {
                        let text = "I cannot figure out how to interpret '";
                        return Err(self.fail(say!(text, argument, "' as a date or time")));
                    }
                }
            }
            _ => return Ok(None),
        }))
    }

    fn compare(&mut self, name: &[u8]) -> Result<Compare, u8> {
        let argument = self.argument(name)?;
        Compare::parse(&argument).ok_or_else(|| self.invalid(name, &argument))
    }

    /// A file named in the expression.
    fn reference(&mut self, name: &[u8]) -> Result<Stat, u8> {
        let argument = self.argument(name)?;
        self.cx.sys.stat(&argument, true).map_err(|errno| {
            let text = say!(quote::always(&argument), ": ", errno.text());
            self.fail(text)
        })
    }

    fn regex(&mut self, name: &[u8], icase: bool) -> Result<Test, u8> {
        let pattern = self.argument(name)?;
        let kind = String::from_utf8_lossy(&self.regex_type).into_owned();
        let basic = matches!(kind.as_str(), "posix-basic" | "ed" | "sed" | "grep");
        let emacs = matches!(kind.as_str(), "" | "findutils-default" | "emacs");
        let pattern = if emacs { from_emacs(&pattern) } else { pattern };
        let flags = Flags { extended: !basic, icase, ..Flags::default() };
        Regex::new(&pattern, flags).map(Test::Regex).map_err(|error| {
            let text = "failed to compile regular expression '";
            self.fail(say!(text, pattern, "': ", error.text()))
        })
    }

    fn owner(&mut self, name: &[u8]) -> Result<Test, u8> {
        let group = name == b"-group";
        let argument = self.argument(name)?;
        let id = users::id_of(self.cx, &argument, group).map(|id| Compare(0, id.into()));
        match (id, group) {
            (Some(id), true) => Ok(Test::Group(id)),
            (Some(id), false) => Ok(Test::User(id)),
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
        const LACKING: &str = " -daystart -fls -fprint -fprint0 -fprintf -fstype -used ";
        let text = String::from_utf8_lossy(name).into_owned();
        if LACKING.contains(&format!(" {text} ")) {
            self.cx.not_modelled(&text);
        }
        if name.starts_with(b"-") {
            return self.fail(say!("unknown predicate `", name, "'"));
        }
        self.at -= 1;
        self.misplaced(name)
    }

    fn kinds(&mut self, name: &[u8]) -> Result<Test, u8> {
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
                _ => return Err(self.fail(say!("Unknown argument to ", name, ": ", letter))),
            });
        }
        Ok(Test::Kind(kinds, name == b"-xtype"))
    }

    fn permission(&mut self, name: &[u8]) -> Result<Test, u8> {
        let argument = self.argument(name)?;
        let (how, text) = match argument.first() {
            Some(sign @ (b'-' | b'/')) => (*sign, &argument[1..]),
            _ => (b'=', &argument[..]),
        };
        match mode::apply(text, 0, false, 0) {
            Some(mode) => Ok(Test::Perm(mode, how)),
            None => Err(self.fail(say!("invalid mode '", argument, "'"))),
        }
    }

    fn size(&mut self, name: &[u8]) -> Result<Test, u8> {
        let argument = self.argument(name)?;
        let (digits, unit) = match argument.last() {
            Some(b'c') => (&argument[..argument.len() - 1], 1),
            Some(b'k') => (&argument[..argument.len() - 1], 1_024),
            Some(b'M') => (&argument[..argument.len() - 1], 1 << 20),
            Some(b'G') => (&argument[..argument.len() - 1], 1 << 30),
            Some(b'b') => (&argument[..argument.len() - 1], 512),
            Some(b'w') => (&argument[..argument.len() - 1], 2),
            _ => (&argument[..], 512),
        };
        match Compare::parse(digits) {
            Some(compare) => Ok(Test::Size(compare, unit)),
            None => {
                let last = argument.last().copied().unwrap_or(b' ');
                let text = match last.is_ascii_digit() || b"ckMGbw".contains(&last) {
                    true => say!("Invalid argument `", argument, "' to -size"),
                    false => say!("invalid -size type `", [last], "'"),
                };
                Err(self.fail(text))
            }
        }
    }

    fn exec(&mut self, name: &[u8]) -> Result<Node, u8> {
        self.acts = true;
        let rest = &self.words[self.at..];
        let (there, asks) = (name.ends_with(b"dir"), name.starts_with(b"-ok"));
        let many = rest.windows(2).position(|pair| pair[0] == b"{}" && pair[1] == b"+");
        let single = rest.iter().position(|word| word == b";");
        let node = match (single, many) {
            (single, Some(end)) if !there && !asks && single.is_none_or(|single| end < single) => {
                let command = rest[..end].to_vec();
                self.at += end + 2;
                self.find.many.push((command, Vec::new()));
                Node::ExecMany(self.find.many.len() as u32 - 1)
            }
            (Some(end), _) => {
                let command = rest[..end].to_vec();
                self.at += end + 1;
                Node::Exec(command, there, asks)
            }
            _ => return Err(self.fail(say!("missing argument to `", name, "'"))),
        };
        let empty = match &node {
            Node::Exec(command, ..) => command.is_empty(),
            _ => self.find.many.last().is_some_and(|(command, _)| command.is_empty()),
        };
        if empty {
            return Err(self.invalid(name, b";"));
        }
        Ok(node)
    }
}

/// Emacs's regular expressions as extended ones: `\\(`, `\\|` and braces mean the other thing.
fn from_emacs(pattern: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut bytes = pattern.iter().copied();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => match bytes.next() {
                Some(special @ (b'(' | b')' | b'|')) => out.push(special),
                Some(other) => out.extend([b'\\', other]),
                None => out.push(b'\\'),
            },
            b'(' | b')' | b'|' | b'{' | b'}' => out.extend([b'\\', byte]),
            byte => out.push(byte),
        }
    }
    out
}
