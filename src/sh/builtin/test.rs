//! `test` and `[`. Models test.c.

use super::super::host::Host;
use super::super::machine::{Machine, parse_number};
use super::super::pattern::Pattern;
use super::super::regex::matched;
use crate::os::{Fd, FileKind, Stat};

/// What is wrong with an expression.
enum Wrong {
    /// `message`, after the command's name.
    Message(Vec<u8>),
}

struct Test<'a> {
    args: &'a [Vec<u8>],
    at: usize,
    depth: u32,
    /// `[[` of ash: `=` and its kind take a pattern.
    double: bool,
}

type Judged = Result<bool, Wrong>;

fn wrong<T>(message: &str) -> Result<T, Wrong> {
    Err(Wrong::Message(message.as_bytes().to_vec()))
}

fn wrong_of<T>(argument: &[u8], message: &str) -> Result<T, Wrong> {
    Err(Wrong::Message([argument, b": ", message.as_bytes()].concat()))
}

fn is_binary(op: &[u8], bash: bool) -> bool {
    let known: [&[u8]; 14] = [
        b"=", b"!=", b"<", b">", b"-eq", b"-ne", b"-lt", b"-le", b"-gt", b"-ge", b"-nt", b"-ot",
        b"-ef", b"==",
    ];
    known.contains(&op) && (bash || op != b"==")
}

fn is_unary(op: &[u8]) -> bool {
    super::super::parse::is_unary(op)
}

/// The word here, where dash takes it for a sign: not where a binary operator follows it.
fn dash_sign<'a>(test: &Test<'a>) -> Option<&'a [u8]> {
    let word = test.args.get(test.at)?;
    let plain = !(word == b"!" || word == b"(" || word == b")" || is_unary(word));
    let before_operator = test
        .args
        .get(test.at + 1)
        .is_some_and(|op| is_binary(op, false) && test.args.get(test.at + 2).is_some());
    let is_operand = is_unary(word) && (before_operator || test.args.get(test.at + 1).is_none());
    (!plain && !is_operand).then_some(word)
}

/// Whether a text fits a pattern, as `[[` asks; `None`: the operator asks something else.
fn fits(op: &[u8], text: &[u8], pattern: &[u8]) -> Option<bool> {
    if op == b"=~" {
        return Some(matches!(matched(pattern, text, false), Ok(Some(_))));
    }
    let mut glob = Pattern::default();
    glob.push(pattern, false);
    match op {
        b"=" | b"==" => Some(glob.matches(text)),
        b"!=" => Some(!glob.matches(text)),
        _ => None,
    }
}

/// `-eq` and its kind.
pub(in crate::sh) fn compare(op: &[u8], left: i64, right: i64) -> bool {
    match op {
        b"-eq" => left == right,
        b"-ne" => left != right,
        b"-lt" => left < right,
        b"-le" => left <= right,
        b"-gt" => left > right,
        _ => left >= right,
    }
}

/// `-nt`, `-ot`, `-ef`.
pub(in crate::sh) fn files(host: &dyn Host, op: &[u8], left: &[u8], right: &[u8]) -> bool {
    let (left, right) = (host.stat(left, true).ok(), host.stat(right, true).ok());
    let same = |a: Stat, b: Stat| (a.device, a.inode) == (b.device, b.inode);
    match (op, left, right) {
        (b"-nt", Some(a), Some(b)) => a.modified > b.modified,
        (b"-nt", Some(_), None) => true,
        (b"-ot", Some(a), Some(b)) => a.modified < b.modified,
        (b"-ot", None, Some(_)) => true,
        (b"-ef", Some(a), Some(b)) => same(a, b),
        _ => false,
    }
}

impl Machine {
    /// A test of one word.
    pub(in crate::sh) fn unary_test(&mut self, host: &dyn Host, op: &[u8], word: &[u8]) -> bool {
        let stat = || host.stat(word, true).ok();
        let kind = |kind| stat().is_some_and(|stat| stat.kind == kind);
        match op {
            b"-n" => !word.is_empty(),
            b"-z" => word.is_empty(),
            b"-e" | b"-a" => stat().is_some(),
            b"-f" => kind(FileKind::File),
            b"-d" => kind(FileKind::Directory),
            b"-s" => stat().is_some_and(|stat| stat.size > 0),
            b"-h" | b"-L" => {
                host.stat(word, false).is_ok_and(|stat| stat.kind == FileKind::Symlink)
            }
            b"-p" => kind(FileKind::Pipe),
            b"-S" => kind(FileKind::Socket),
            b"-c" => kind(FileKind::Device),
            b"-r" => host.access(word, 4).is_ok(),
            b"-w" => host.access(word, 2).is_ok(),
            b"-x" => host.access(word, 1).is_ok(),
            b"-u" => stat().is_some_and(|stat| stat.mode & 0o4000 != 0),
            b"-g" => stat().is_some_and(|stat| stat.mode & 0o2000 != 0),
            b"-k" => stat().is_some_and(|stat| stat.mode & 0o1000 != 0),
            b"-O" | b"-G" => stat().is_some_and(|stat| stat.uid == host.uid()),
            b"-N" => false,
            b"-t" => parse_number(word)
                .and_then(|n| u32::try_from(n).ok())
                .is_some_and(|fd| host.is_tty(Fd(fd))),
            b"-v" => self.is_set(word),
            b"-R" => self.vars.get(word).is_some_and(|variable| variable.reference),
            b"-o" => self.option(&String::from_utf8_lossy(word)) == Some(true),
            _ => false,
        }
    }

    /// `-v name` or `-v name[i]`.
    fn is_set(&mut self, name: &[u8]) -> bool {
        if name.iter().all(u8::is_ascii_digit) && !name.is_empty() {
            let at = parse_number(name).and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
            return at <= self.args.len();
        }
        let Some(open) = name.iter().position(|b| *b == b'[') else {
            self.warn_of_circle(name, 1);
            return self.variable(name).is_some();
        };
        let index = name[open + 1..].strip_suffix(b"]").unwrap_or_default().to_vec();
        let base = name[..open].to_vec();
        if matches!(index.as_slice(), b"@" | b"*") {
            return self.list(&base).is_some_and(|list| !list.is_empty());
        }
        let key = self.key_of(&base, &index);
        !index.is_empty() && self.element(&base, &key).is_some()
    }

    pub(super) fn test(&mut self, fields: &[Vec<u8>], host: &mut dyn Host) -> u8 {
        let name = String::from_utf8_lossy(&fields[0]).into_owned();
        let mut args = &fields[1..];
        if name != "test" {
            let close = if name == "[" { "]" } else { "]]" };
            match args.split_last() {
                Some((last, rest)) if last == close.as_bytes() => args = rest,
                _ => {
                    let quotes = if self.bash() { ["`", "'"] } else { ["", ""] };
                    let text = format!("missing {}{close}{}", quotes[0], quotes[1]);
                    self.builtin_error(&name, &text);
                    return 2;
                }
            }
        }
        let mut test = Test { args, at: 0, depth: 0, double: name == "[[" };
        match self.judge_test(&mut test, host) {
            Ok(holds) => u8::from(!holds),
            Err(Wrong::Message(message)) => {
                self.complain(&[name.as_bytes(), b": ", &message].concat());
                2
            }
        }
    }

    fn judge_test(&mut self, test: &mut Test<'_>, host: &dyn Host) -> Judged {
        let args = test.args;
        if !self.bash() {
            return self.judge_dash(args, test.double, host);
        }
        match args {
            [] => Ok(false),
            [one] => Ok(!one.is_empty()),
            [not, one] if not == b"!" => Ok(one.is_empty()),
            [op, word] if is_unary(op) => Ok(self.unary_test(host, op, word)),
            [op, _] => wrong_of(op, "unary operator expected"),
            [left, op, right] if is_binary(op, true) => self.binary_test(host, op, left, right),
            [left, op, right] if op == b"-a" => Ok(!left.is_empty() && !right.is_empty()),
            [left, op, right] if op == b"-o" => Ok(!left.is_empty() || !right.is_empty()),
            [not, rest @ ..] if not == b"!" && args.len() <= 4 => {
                let mut inner = Test { args: rest, at: 0, depth: test.depth + 1, double: false };
                self.judge_test(&mut inner, host).map(|holds| !holds)
            }
            [open, one, close] if open == b"(" && close == b")" => Ok(!one.is_empty()),
            [open, middle @ .., close] if open == b"(" && close == b")" && args.len() == 4 => {
                let mut inner = Test { args: middle, at: 0, depth: test.depth + 1, double: false };
                self.judge_test(&mut inner, host)
            }
            [_, op, _] => wrong_of(op, "binary operator expected"),
            _ => {
                let holds = self.or_test(test, host)?;
                if let Some(next) = args.get(test.at) {
                    if next.first() == Some(&b'-') {
                        let shown = String::from_utf8_lossy(next);
                        return wrong(&format!("syntax error: `{shown}' unexpected"));
                    }
                    return wrong("too many arguments");
                }
                Ok(holds)
            }
        }
    }

    /// As dash judges: its shortcuts for three and four words, then its grammar.
    fn judge_dash(&mut self, args: &[Vec<u8>], double: bool, host: &dyn Host) -> Judged {
        let inverted = |judged: Judged| judged.map(|holds| !holds);
        match args {
            [] => return Ok(false),
            [_, op, _] if is_binary(op, self.ash()) || (double && op == b"=~") => {}
            [not, rest @ ..] if not == b"!" && matches!(args.len(), 3 | 4) => {
                return inverted(self.judge_dash(rest, double, host));
            }
            [open, inner @ .., close]
                if open == b"(" && close == b")" && matches!(args.len(), 3 | 4) =>
            {
                return self.judge_dash_all(inner, double, host, false);
            }
            _ => return self.judge_dash_all(args, double, host, false),
        }
        self.judge_dash_all(args, double, host, true)
    }

    fn judge_dash_all(
        &mut self,
        args: &[Vec<u8>],
        double: bool,
        host: &dyn Host,
        operand: bool,
    ) -> Judged {
        let mut test = Test { args, at: 0, depth: 0, double };
        let holds = self.dash_or(&mut test, host, operand)?;
        // It stands on the last word it read.
        match args.get(test.at) {
            Some(_) if self.ash() && test.at + 1 < args.len() => {
                wrong_of(&args[test.at + 1], "unexpected operator")
            }
            Some(word) if test.at + 1 < args.len() => wrong_of(word, "unexpected operator"),
            _ => Ok(holds),
        }
    }

    fn dash_or(&mut self, test: &mut Test<'_>, host: &dyn Host, operand: bool) -> Judged {
        let mut holds = self.dash_and(test, host, operand)?;
        while test.args.get(test.at + 1).is_some_and(|arg| arg == b"-o") {
            test.at += 2;
            holds |= self.dash_and(test, host, false)?;
        }
        Ok(holds)
    }

    fn dash_and(&mut self, test: &mut Test<'_>, host: &dyn Host, operand: bool) -> Judged {
        let mut holds = self.dash_not(test, host, operand)?;
        while test.args.get(test.at + 1).is_some_and(|arg| arg == b"-a") {
            test.at += 2;
            holds &= self.dash_not(test, host, false)?;
        }
        Ok(holds)
    }

    fn dash_not(&mut self, test: &mut Test<'_>, host: &dyn Host, operand: bool) -> Judged {
        let mut inverted = false;
        while !operand && dash_sign(test) == Some(b"!") {
            test.at += 1;
            inverted = !inverted;
        }
        self.dash_primary(test, host, operand).map(|holds| holds != inverted)
    }

    fn dash_primary(&mut self, test: &mut Test<'_>, host: &dyn Host, operand: bool) -> Judged {
        let args = test.args;
        let Some(first) = args.get(test.at) else { return Ok(false) };
        test.depth += 1;
        if test.depth > 100 {
            return wrong("too many arguments");
        }
        let sign = dash_sign(test).filter(|_| !operand);
        if sign == Some(b"(") {
            test.at += 1;
            if dash_sign(test) == Some(b")") {
                return Ok(false);
            }
            let holds = self.dash_or(test, host, false)?;
            test.at += 1;
            if args.get(test.at).is_none_or(|arg| arg != b")") {
                return wrong("closing paren expected");
            }
            return Ok(holds);
        }
        if sign.is_some_and(is_unary) {
            test.at += 1;
            return match args.get(test.at) {
                Some(word) => Ok(self.unary_test(host, first, word)),
                None => wrong_of(first, "argument expected"),
            };
        }
        match args.get(test.at + 1) {
            Some(op) if is_binary(op, self.ash()) || (test.double && op == b"=~") => {
                match args.get(test.at + 2) {
                    Some(right) => {
                        test.at += 2;
                        match fits(op, first, right).filter(|_| test.double) {
                            Some(holds) => Ok(holds),
                            None => self.binary_test(host, op, first, right),
                        }
                    }
                    None => wrong_of(op, "argument expected"),
                }
            }
            _ => Ok(!first.is_empty()),
        }
    }

    fn or_test(&mut self, test: &mut Test<'_>, host: &dyn Host) -> Judged {
        let mut holds = self.and_test(test, host)?;
        while test.args.get(test.at).is_some_and(|arg| arg == b"-o") {
            test.at += 1;
            holds |= self.and_test(test, host)?;
        }
        Ok(holds)
    }

    fn and_test(&mut self, test: &mut Test<'_>, host: &dyn Host) -> Judged {
        let mut holds = self.term_test(test, host)?;
        while test.args.get(test.at).is_some_and(|arg| arg == b"-a") {
            test.at += 1;
            holds &= self.term_test(test, host)?;
        }
        Ok(holds)
    }

    fn term_test(&mut self, test: &mut Test<'_>, host: &dyn Host) -> Judged {
        let Some(first) = test.args.get(test.at) else { return wrong("argument expected") };
        if test.depth > 100 {
            return wrong("too many arguments");
        }
        if first == b"!" {
            test.at += 1;
            test.depth += 1;
            return self.term_test(test, host).map(|holds| !holds);
        }
        if first == b"(" {
            test.at += 1;
            test.depth += 1;
            let holds = self.or_test(test, host)?;
            if test.args.get(test.at).is_none_or(|arg| arg != b")") {
                return wrong("`)' expected");
            }
            test.at += 1;
            return Ok(holds);
        }
        let op = test.args.get(test.at + 1);
        if let (Some(op), Some(right)) = (op, test.args.get(test.at + 2))
            && is_binary(op, true)
        {
            test.at += 3;
            return self.binary_test(host, op, first, right);
        }
        if is_unary(first)
            && let Some(word) = op
        {
            test.at += 2;
            return Ok(self.unary_test(host, first, word));
        }
        test.at += 1;
        Ok(!first.is_empty())
    }

    fn binary_test(&mut self, host: &dyn Host, op: &[u8], left: &[u8], right: &[u8]) -> Judged {
        match op {
            b"=" | b"==" => Ok(left == right),
            b"!=" => Ok(left != right),
            b"<" => Ok(left < right),
            b">" => Ok(left > right),
            b"-nt" | b"-ot" | b"-ef" => Ok(files(host, op, left, right)),
            _ => {
                let left = self.test_number(left)?;
                Ok(compare(op, left, self.test_number(right)?))
            }
        }
    }

    fn test_number(&self, text: &[u8]) -> Result<i64, Wrong> {
        match parse_number(text) {
            Some(number) => Ok(number),
            None if self.bash() => wrong_of(text, "integer expression expected"),
            None => Err(Wrong::Message([b"Illegal number: ", text].concat())),
        }
    }
}
