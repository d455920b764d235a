//! test and [ (coreutils'). Models coreutils' src/test.c: meaning by the number of arguments.

use super::super::say::say;
use super::super::{Context, quote};
use crate::os::{Fd, FileKind, Stat};

/// test and [.
pub fn test(cx: &mut Context) -> u8 {
    let mut words = cx.argv.get(1..).unwrap_or_default().to_vec();
    if cx.name == "[" && words.pop().is_none_or(|last| last != b"]") {
        cx.complain("missing ']'");
        return 2;
    }
    let mut reader = Reader { cx, words: &words, at: 0 };
    let answer = reader.by_count(words.len()).and_then(|answer| match words.get(reader.at) {
        Some(extra) => Err(say!("extra argument ", quote::always(extra))),
        None => Ok(answer),
    });
    match answer {
        Ok(answer) => u8::from(!answer),
        Err(message) => {
            cx.complain(message);
            2
        }
    }
}

struct Reader<'a, 'b> {
    cx: &'a Context<'b>,
    words: &'a [Vec<u8>],
    at: usize,
}

type Answer = Result<bool, Vec<u8>>;

impl Reader<'_, '_> {
    fn word(&self, ahead: usize) -> Option<&[u8]> {
        self.words.get(self.at + ahead).map(Vec::as_slice)
    }

    fn by_count(&mut self, count: usize) -> Answer {
        match count {
            0 => Ok(false),
            1 => self.one(),
            2 => self.two(),
            3 => self.three(),
            4 if self.word(0) == Some(b"!") => {
                self.at += 1;
                self.three().map(|answer| !answer)
            }
            4 if self.word(0) == Some(b"(") && self.word(3) == Some(b")") => {
                self.at += 1;
                let answer = self.two();
                self.at += 1;
                answer
            }
            _ => self.or(0),
        }
    }

    fn one(&mut self) -> Answer {
        let answer = self.word(0).is_some_and(|word| !word.is_empty());
        self.at += 1;
        Ok(answer)
    }

    fn two(&mut self) -> Answer {
        let first = self.word(0).unwrap_or_default().to_vec();
        if first == b"!" {
            self.at += 1;
            return self.one().map(|answer| !answer);
        }
        if first.len() == 2 && first[0] == b'-' {
            return match is_unary(first[1]) {
                true => self.unary(),
                false => Err(say!(quote::always(&first), ": unary operator expected")),
            };
        }
        Err(say!("missing argument after ", quote::always(self.word(1).unwrap_or_default())))
    }

    fn three(&mut self) -> Answer {
        let middle = self.word(1).unwrap_or_default().to_vec();
        if is_binary(&middle) {
            return self.binary();
        }
        if self.word(0) == Some(b"!") {
            self.at += 1;
            return self.two().map(|answer| !answer);
        }
        if self.word(0) == Some(b"(") && self.word(2) == Some(b")") {
            self.at += 1;
            let answer = self.one();
            self.at += 1;
            return answer;
        }
        if middle == b"-a" || middle == b"-o" {
            return self.or(0);
        }
        Err(say!(quote::always(&middle), ": binary operator expected"))
    }

    fn or(&mut self, depth: u32) -> Answer {
        let mut answer = self.and(depth)?;
        while self.word(0) == Some(b"-o") {
            self.at += 1;
            answer |= self.and(depth)?;
        }
        Ok(answer)
    }

    fn and(&mut self, depth: u32) -> Answer {
        let mut answer = self.term(depth)?;
        while self.word(0) == Some(b"-a") {
            self.at += 1;
            answer &= self.term(depth)?;
        }
        Ok(answer)
    }

    /// `depth`: parentheses that are open; bounded, so that no argument list overflows the stack.
    fn term(&mut self, depth: u32) -> Answer {
        let mut negated = false;
        while self.word(0) == Some(b"!") {
            self.at += 1;
            negated = !negated;
        }
        let Some(word) = self.word(0).map(Vec::from) else {
            let last = self.words.last().map_or(&b""[..], |word| word);
            return Err(say!("missing argument after ", quote::always(last)));
        };
        let answer = if word == b"(" && depth < 100 {
            self.at += 1;
            let answer = self.or(depth + 1)?;
            if self.word(0) != Some(b")") {
                return Err(match self.word(0) {
                    Some(found) => say!("')' expected, found ", found),
                    None => say!("')' expected"),
                });
            }
            self.at += 1;
            answer
        } else if self.word(1).is_some_and(is_binary) && self.word(2).is_some() {
            self.binary()?
        } else if word.len() == 2 && word[0] == b'-' && is_unary(word[1]) && self.word(1).is_some()
        {
            self.unary()?
        } else {
            self.one()?
        };
        Ok(answer != negated)
    }

    fn unary(&mut self) -> Answer {
        let letter = self.word(0).unwrap_or_default()[1];
        let operand = self.word(1).unwrap_or_default().to_vec();
        self.at += 2;
        let sys = &*self.cx.sys;
        let stat = |follow| sys.stat(&operand, follow);
        let kind = |want: FileKind| stat(true).is_ok_and(|stat| stat.kind == want);
        let bit = |mask: u32| stat(true).is_ok_and(|stat| stat.mode & mask != 0);
        Ok(match letter {
            b'n' => !operand.is_empty(),
            b'z' => operand.is_empty(),
            b'e' | b'a' => stat(true).is_ok(),
            b'f' => kind(FileKind::File),
            b'd' => kind(FileKind::Directory),
            b'c' => kind(FileKind::Device),
            b'p' => kind(FileKind::Pipe),
            b'S' => kind(FileKind::Socket),
            b'h' | b'L' => stat(false).is_ok_and(|stat| stat.kind == FileKind::Symlink),
            b's' => stat(true).is_ok_and(|stat| stat.size > 0 || stat.kind == FileKind::Directory),
            b'r' => sys.access(&operand, 4).is_ok(),
            b'w' => sys.access(&operand, 2).is_ok(),
            b'x' => sys.access(&operand, 1).is_ok(),
            b'u' => bit(0o4000),
            b'g' => bit(0o2000),
            b'k' => bit(0o1000),
            b'O' => stat(true).is_ok_and(|stat| stat.uid == sys.uid()),
            b'G' => stat(true).is_ok_and(|stat| {
                stat.gid == super::super::file::users::group_of(self.cx, sys.uid())
            }),
            b'N' => false,
            b't' => {
                let fd = integer(&operand)?;
                u32::try_from(fd).is_ok_and(|fd| sys.is_tty(Fd(fd)))
            }
            _ => false,
        })
    }

    fn binary(&mut self) -> Answer {
        let left = self.word(0).unwrap_or_default().to_vec();
        let operator = self.word(1).unwrap_or_default().to_vec();
        let right = self.word(2).unwrap_or_default().to_vec();
        self.at += 3;
        let numbers = || Ok::<_, Vec<u8>>((integer(&left)?, integer(&right)?));
        let stats = || (self.stat(&left), self.stat(&right));
        Ok(match operator.as_slice() {
            b"=" | b"==" => left == right,
            b"!=" => left != right,
            b"-eq" => numbers().map(|(a, b)| a == b)?,
            b"-ne" => numbers().map(|(a, b)| a != b)?,
            b"-lt" => numbers().map(|(a, b)| a < b)?,
            b"-le" => numbers().map(|(a, b)| a <= b)?,
            b"-gt" => numbers().map(|(a, b)| a > b)?,
            b"-ge" => numbers().map(|(a, b)| a >= b)?,
            b"-nt" => match stats() {
                (Some(a), Some(b)) => a.modified > b.modified,
                (a, b) => a.is_some() && b.is_none(),
            },
            b"-ot" => match stats() {
                (Some(a), Some(b)) => a.modified < b.modified,
                (a, b) => a.is_none() && b.is_some(),
            },
            _ => match stats() {
                (Some(a), Some(b)) => (a.inode, a.device) == (b.inode, b.device),
                _ => false,
            },
        })
    }

    fn stat(&self, path: &[u8]) -> Option<Stat> {
        self.cx.sys.stat(path, true).ok()
    }
}

fn is_unary(letter: u8) -> bool {
    b"bcdefgGhkLnNOprsStuwxza".contains(&letter)
}

fn is_binary(word: &[u8]) -> bool {
    matches!(
        word,
        b"=" | b"=="
            | b"!="
            | b"-eq"
            | b"-ne"
            | b"-lt"
            | b"-le"
            | b"-gt"
            | b"-ge"
            | b"-nt"
            | b"-ot"
            | b"-ef"
    )
}

fn integer(word: &[u8]) -> Result<i128, Vec<u8>> {
    let wrong = || say!("invalid integer ", quote::always(word));
    let text = std::str::from_utf8(word).map_err(|_| wrong())?;
    text.trim().parse().map_err(|_| wrong())
}
