//! Arithmetic as dash has it: it calculates while it reads, so what is wrong first is said first.
//! Models arith_yacc.c and arith_yylex.c.

use super::arith::{ArithError, operate};
use super::machine::Machine;
use super::parse::{is_name, is_name_start};
use crate::base::limit::ARITH_NESTED_MAX;

type Eval<T> = Result<T, ArithError>;

#[derive(Clone, PartialEq)]
enum Token {
    End,
    Bad,
    Number(i64),
    Name(Vec<u8>),
    Op(&'static str),
}

/// The longest first.
const OPS: [&str; 33] = [
    "<<=", ">>=", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||", "+=", "-=", "*=", "/=", "%=",
    "&=", "^=", "|=", "+", "-", "*", "/", "%", "<", ">", "!", "~", "&", "^", "|", "?", ":", "=",
];

/// Operators between two values, from the tightest level.
const LEVELS: [&[&str]; 8] = [
    &["*", "/", "%"],
    &["+", "-"],
    &["<<", ">>"],
    &["<", ">", "<=", ">="],
    &["==", "!="],
    &["&"],
    &["^"],
    &["|"],
];

fn level(token: &Token) -> Option<usize> {
    let Token::Op(op) = token else { return None };
    LEVELS.iter().position(|level| level.contains(op))
}

struct Reader<'a> {
    text: &'a [u8],
    pos: usize,
    /// What was read and belongs to nothing yet.
    ahead: Token,
    machine: &'a mut Machine,
    depth: u32,
}

/// The value of an expression.
pub(super) fn evaluate(machine: &mut Machine, text: &[u8]) -> Eval<i64> {
    let mut reader = Reader { text, pos: 0, ahead: Token::End, machine, depth: 0 };
    let first = reader.next();
    let value = reader.assignment(first, false)?;
    match reader.ahead {
        Token::End => Ok(value),
        _ => Err(wrong("expecting EOF")),
    }
}

fn wrong(what: &str) -> ArithError {
    ArithError::Message(what.into())
}

/// A number as C writes it, and its length: models `strtoimax` with base 0.
fn number(text: &[u8]) -> (i64, usize) {
    let hex = matches!(text, [b'0', b'x' | b'X', digit, ..] if digit.is_ascii_hexdigit());
    let (base, from) = match text {
        _ if hex => (16, 2),
        [b'0', ..] => (8, 0),
        _ => (10, 0),
    };
    let digits = text[from..].iter().map_while(|byte| char::from(*byte).to_digit(base));
    let (mut value, mut length) = (0i64, from);
    for digit in digits {
        value = value.saturating_mul(i64::from(base)).saturating_add(i64::from(digit));
        length += 1;
    }
    (value, length)
}

impl Reader<'_> {
    fn next(&mut self) -> Token {
        let rest = &self.text[self.pos..];
        let blank = rest.iter().take_while(|b| matches!(b, b' ' | b'\t' | b'\n')).count();
        self.pos += blank;
        let rest = &rest[blank..];
        let Some(byte) = rest.first().copied() else { return Token::End };
        if byte.is_ascii_digit() {
            let (value, length) = number(rest);
            self.pos += length;
            return Token::Number(value);
        }
        if is_name_start(byte) {
            let length = rest.iter().take_while(|byte| is_name(**byte)).count();
            self.pos += length;
            return Token::Name(rest[..length].to_vec());
        }
        let op = match byte {
            b'(' => Some("("),
            b')' => Some(")"),
            _ => OPS.into_iter().find(|op| rest.starts_with(op.as_bytes())),
        };
        match op {
            Some(op) => {
                self.pos += op.len();
                Token::Op(op)
            }
            None => Token::Bad,
        }
    }

    fn assignment(&mut self, first: Token, idle: bool) -> Eval<i64> {
        self.depth += 1;
        if self.depth > ARITH_NESTED_MAX {
            return Err(wrong("expecting primary"));
        }
        let after = self.next();
        let value = match (&first, &after) {
            (Token::Name(name), Token::Op(op)) if assigns(op) => {
                let right = self.next();
                let right = self.assignment(right, idle)?;
                self.assign(name, op, right, idle)
            }
            _ => self.condition(first, after, idle),
        };
        self.depth -= 1;
        value
    }

    fn assign(&mut self, name: &[u8], op: &str, right: i64, idle: bool) -> Eval<i64> {
        if idle {
            return Ok(right);
        }
        let value = match &op[..op.len() - 1] {
            "" => right,
            op => {
                let left = self.load(name)?;
                apply(op, left, right)?
            }
        };
        if self.machine.assign(name, value.to_string().into_bytes()) {
            return Ok(value);
        }
        Err(ArithError::ReadOnly(name.to_vec()))
    }

    fn condition(&mut self, first: Token, after: Token, idle: bool) -> Eval<i64> {
        let test = self.either(first, after, idle)?;
        if self.ahead != Token::Op("?") {
            return Ok(test);
        }
        let first = self.next();
        let yes = self.assignment(first, idle || test == 0)?;
        if self.ahead != Token::Op(":") {
            return Err(wrong("expecting ':'"));
        }
        let (first, after) = (self.next(), self.next());
        let no = self.condition(first, after, idle || test != 0)?;
        Ok(if test != 0 { yes } else { no })
    }

    fn either(&mut self, first: Token, after: Token, idle: bool) -> Eval<i64> {
        let left = self.both(first, after, idle)?;
        if self.ahead != Token::Op("||") {
            return Ok(left);
        }
        let (first, after) = (self.next(), self.next());
        let right = self.either(first, after, idle || left != 0)?;
        Ok(i64::from(left != 0 || right != 0))
    }

    fn both(&mut self, first: Token, after: Token, idle: bool) -> Eval<i64> {
        let left = self.primary(first, after, idle)?;
        let left = match level(&self.ahead) {
            Some(_) => self.binary(left, LEVELS.len(), idle)?,
            None => left,
        };
        if self.ahead != Token::Op("&&") {
            return Ok(left);
        }
        let (first, after) = (self.next(), self.next());
        let right = self.both(first, after, idle || left == 0)?;
        Ok(i64::from(left != 0 && right != 0))
    }

    /// The operators from the one that was read on, as long as they bind tighter than `bound`.
    fn binary(&mut self, mut left: i64, bound: usize, idle: bool) -> Eval<i64> {
        while let Token::Op(op) = self.ahead {
            let Some(here) = level(&Token::Op(op)).filter(|here| *here < bound) else { break };
            let (first, after) = (self.next(), self.next());
            let mut right = self.primary(first, after, idle)?;
            if level(&self.ahead).is_some_and(|next| next < here) {
                right = self.binary(right, here, idle)?;
            }
            left = if idle { right } else { apply(op, left, right)? };
        }
        Ok(left)
    }

    fn primary(&mut self, first: Token, after: Token, idle: bool) -> Eval<i64> {
        let (mut first, mut after, mut signs) = (first, after, Vec::new());
        let value = loop {
            match first {
                Token::Op("(") => {
                    let value = self.assignment(after, idle)?;
                    if self.ahead != Token::Op(")") {
                        return Err(wrong("expecting ')'"));
                    }
                    self.ahead = self.next();
                    break value;
                }
                Token::Number(value) => {
                    self.ahead = after;
                    break value;
                }
                Token::Name(name) => {
                    self.ahead = after;
                    break if idle { 1 } else { self.load(&name)? };
                }
                Token::Op(sign @ ("+" | "-" | "!" | "~")) => {
                    signs.push(sign);
                    first = after;
                    after = self.next();
                }
                _ => return Err(wrong("expecting primary")),
            }
        };
        Ok(signs.into_iter().rev().fold(value, |value, sign| match sign {
            "-" => value.wrapping_neg(),
            "!" => i64::from(value == 0),
            "~" => !value,
            _ => value,
        }))
    }

    fn load(&mut self, name: &[u8]) -> Eval<i64> {
        self.machine.variable(name).map_or(Ok(0), held)
    }
}

/// The value of a variable's text: it holds a number or nothing.
pub(super) fn held(text: Vec<u8>) -> Eval<i64> {
    let shown = text.trim_ascii();
    let (sign, digits) = match shown.strip_prefix(b"-") {
        Some(digits) => (-1, digits),
        None => (1, shown.strip_prefix(b"+").unwrap_or(shown)),
    };
    let (value, length) = number(digits);
    match length == digits.len() && (length > 0 || shown.is_empty()) {
        true => Ok(value.wrapping_mul(sign)),
        false => Err(ArithError::Number(text)),
    }
}

fn assigns(op: &str) -> bool {
    op.ends_with('=') && !matches!(op, "==" | "!=" | "<=" | ">=")
}

fn apply(op: &str, left: i64, right: i64) -> Eval<i64> {
    operate(op, left, right).ok_or_else(|| wrong("division by zero"))
}
