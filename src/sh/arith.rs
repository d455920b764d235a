//! Arithmetic: 64-bit integers, C's operators, bash's messages. Models expr.c.

use super::arrays::Key;
use super::dash_arith;
use super::machine::Machine;
use super::parse::{is_name, is_name_start};
use crate::base::limit::{ARITH_DEPTH_MAX, ARITH_NESTED_MAX};

/// Why an expression has no value.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) enum ArithError {
    /// Bash's message, after the name of the command.
    Message(Vec<u8>),
    /// A subscript's, which names no command; the whole line is given up.
    Subscript(Vec<u8>),
    /// `set -u`.
    Unbound(Vec<u8>),
    /// Assigning to a read-only variable.
    ReadOnly(Vec<u8>),
    /// In dash a variable holds a number or nothing.
    Number(Vec<u8>),
}

type Eval<T> = Result<T, ArithError>;

#[derive(Clone, PartialEq, Debug)]
enum Token {
    End,
    Number(i64),
    /// A variable, with its subscript's value.
    Name(Vec<u8>, Option<Vec<u8>>),
    Op(&'static str),
}

struct Arith<'a> {
    text: Vec<u8>,
    pos: usize,
    /// Where the present token begins, and the one before it.
    start: usize,
    last: usize,
    token: Token,
    machine: &'a mut Machine,
    depth: u32,
    /// Above 0: only reading (the untaken side of `?:`, `&&`, `||`).
    idle: u32,
    /// What the name that was read last stands for.
    named: i64,
    /// How many names are looked past: each looks at the token behind it.
    peeks: u32,
    nested: u32,
}

const OPS: [&str; 37] = [
    "<<=", ">>=", "**", "++", "--", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||", "+=", "-=",
    "*=", "/=", "%=", "&=", "^=", "|=", "+", "-", "*", "/", "%", "<", ">", "!", "~", "&", "^", "|",
    "?", ":", "=", ",",
];

/// The value of an expression; an empty one is 0.
pub(super) fn evaluate(machine: &mut Machine, text: &[u8]) -> Eval<i64> {
    evaluate_at(machine, text, 0)
}

fn evaluate_at(machine: &mut Machine, text: &[u8], depth: u32) -> Eval<i64> {
    if text.iter().all(|b| b.is_ascii_whitespace()) {
        if !machine.bash() && depth == 0 {
            return Err(ArithError::Message(b"expression expected".to_vec()));
        }
        return Ok(0);
    }
    let mut arith = Arith {
        text: text.to_vec(),
        pos: 0,
        start: 0,
        last: 0,
        token: Token::End,
        machine,
        depth,
        idle: 0,
        named: 0,
        peeks: 0,
        nested: 0,
    };
    if depth > ARITH_DEPTH_MAX {
        arith.start = text.iter().take_while(|b| b.is_ascii_whitespace()).count();
        return Err(arith.error("expression recursion level exceeded"));
    }
    arith.advance()?;
    let value = arith.comma()?;
    if arith.token != Token::End {
        return Err(arith.error("syntax error in expression"));
    }
    Ok(value)
}

impl Arith<'_> {
    /// Bash names the text from the token read last.
    fn error(&self, message: &str) -> ArithError {
        self.error_at(message, self.start)
    }

    fn error_at(&self, message: &str, at: usize) -> ArithError {
        let skip = self.text.iter().take_while(|b| b.is_ascii_whitespace()).count();
        let at = if at >= self.text.len() { self.last } else { at };
        let mut all = self.text[skip..].to_vec();
        all.extend_from_slice(format!(": {message} (error token is \"").as_bytes());
        all.extend_from_slice(self.text.get(at..).unwrap_or_default());
        all.extend_from_slice(b"\")");
        ArithError::Message(all)
    }

    fn peek_byte(&self) -> Option<u8> {
        self.text.get(self.pos).copied()
    }

    fn advance(&mut self) -> Eval<()> {
        while self.peek_byte().is_some_and(|b| b.is_ascii_whitespace()) {
            self.pos += 1;
        }
        self.last = self.start;
        self.start = self.pos;
        let Some(byte) = self.peek_byte() else {
            self.token = Token::End;
            return Ok(());
        };
        let before = std::mem::replace(&mut self.token, Token::End);
        self.token = if is_name_start(byte) {
            self.name()?
        } else if byte.is_ascii_digit() {
            Token::Number(self.number()?)
        } else if let Some(op) = OPS.iter().find(|op| self.starts_with(op)) {
            self.operator(op, &before)
        } else {
            match byte {
                b'(' => Token::Op("("),
                b')' => Token::Op(")"),
                _ if matches!(before, Token::End | Token::Op(_)) => {
                    return Err(self.error("syntax error: operand expected"));
                }
                _ => return Err(self.error("syntax error: invalid arithmetic operator")),
            }
        };
        if matches!(byte, b'(' | b')') {
            self.pos += 1;
        }
        if let Token::Name(name, index) = self.token.clone()
            && self.peeks < ARITH_NESTED_MAX
        {
            return self.name_value(&name, index.as_deref(), &before);
        }
        Ok(())
    }

    /// Bash finds a variable's value as soon as it has read its name and seen what comes next, so
    /// that what is wrong with either is said first. What is assigned to is not read.
    fn name_value(&mut self, name: &[u8], index: Option<&[u8]>, before: &Token) -> Eval<()> {
        let (pos, start, last, token) = (self.pos, self.start, self.last, self.token.clone());
        (self.peeks, self.idle) = (self.peeks + 1, self.idle + 1);
        let ahead = self.advance();
        (self.peeks, self.idle) = (self.peeks - 1, self.idle - 1);
        let assigned = self.is("=") && !matches!(before, Token::Op("++" | "--"));
        (self.pos, self.start, self.last, self.token) = (pos, start, last, token);
        ahead?;
        self.named = if assigned { 0 } else { self.load(name, index)? };
        Ok(())
    }

    /// Whether the operator stands here and the shell has it.
    fn starts_with(&self, op: &str) -> bool {
        let known =
            self.machine.bash() || self.machine.ash() || !matches!(op, "**" | "++" | "--" | ",");
        known && self.text[self.pos..].starts_with(op.as_bytes())
    }

    /// `++` and `--` are only themselves next to a variable.
    fn operator(&mut self, op: &'static str, before: &Token) -> Token {
        let mut op = op;
        if matches!(op, "++" | "--") {
            let rest = &self.text[self.pos + 2..];
            let next = rest.iter().find(|b| !b.is_ascii_whitespace());
            let after_name = matches!(before, Token::Name(..));
            if !after_name && !next.is_some_and(|b| is_name_start(*b)) {
                op = if op == "++" { "+" } else { "-" };
            }
        }
        self.pos += op.len();
        Token::Op(op)
    }

    fn name(&mut self) -> Eval<Token> {
        let from = self.pos;
        while self.peek_byte().is_some_and(is_name) {
            self.pos += 1;
        }
        let name = self.text[from..self.pos].to_vec();
        let mut index = None;
        if self.peek_byte() == Some(b'[') {
            let open = self.pos + 1;
            let mut depth = 0;
            while let Some(byte) = self.peek_byte() {
                match byte {
                    b'[' => depth += 1,
                    b']' => depth -= 1,
                    _ => {}
                }
                self.pos += 1;
                if depth == 0 {
                    break;
                }
            }
            if depth > 0 {
                return Err(self.error_at("bad array subscript", from));
            }
            index = Some(self.text[open..self.pos - 1].to_vec());
        }
        Ok(Token::Name(name, index))
    }

    fn number(&mut self) -> Eval<i64> {
        let from = self.pos;
        while self.peek_byte().is_some_and(|b| is_name(b) || b == b'#' || b == b'@') {
            self.pos += 1;
        }
        let digits = self.text[from..self.pos].to_vec();
        let (base, body) = match digits.iter().position(|b| *b == b'#') {
            Some(1..) if digits[0] == b'0' => {
                let octal = digits[1..].iter().find(|byte| !(b'0'..=b'7').contains(*byte));
                let great = octal.is_some_and(|byte| matches!(byte, b'8' | b'9'));
                let why = if great { "value too great for base" } else { "invalid number" };
                return Err(self.constant_error(why, from));
            }
            Some(at) => {
                let base = digits[..at].iter().try_fold(0i64, |n, b| {
                    b.is_ascii_digit().then(|| n.wrapping_mul(10) + i64::from(b - b'0'))
                });
                match base {
                    Some(base @ 2..=64) => (base, &digits[at + 1..]),
                    _ => return Err(self.constant_error("invalid arithmetic base", from)),
                }
            }
            None if digits.starts_with(b"0x") || digits.starts_with(b"0X") => (16, &digits[2..]),
            None if digits.len() > 1 && digits[0] == b'0' => (8, &digits[1..]),
            None => (10, &digits[..]),
        };
        if body.is_empty() && digits.contains(&b'#') {
            return Err(self.constant_error("invalid integer constant", from));
        }
        let mut value = 0i64;
        for byte in body {
            let digit = match byte {
                b'0'..=b'9' => i64::from(byte - b'0'),
                b'a'..=b'z' => i64::from(byte - b'a') + 10,
                b'A'..=b'Z' if base <= 36 => i64::from(byte - b'A') + 10,
                b'A'..=b'Z' => i64::from(byte - b'A') + 36,
                b'@' => 62,
                b'_' => 63,
                _ => return Err(self.constant_error("invalid number", from)),
            };
            if digit >= base {
                return Err(self.constant_error("value too great for base", from));
            }
            value = value.wrapping_mul(base).wrapping_add(digit);
        }
        Ok(value)
    }

    fn constant_error(&self, message: &str, from: usize) -> ArithError {
        let end = self.pos;
        let skip = self.text.iter().take_while(|b| b.is_ascii_whitespace()).count();
        let mut all = self.text[skip.min(from)..end].to_vec();
        all.extend_from_slice(format!(": {message} (error token is \"").as_bytes());
        all.extend_from_slice(&self.text[from..end]);
        all.extend_from_slice(b"\")");
        ArithError::Message(all)
    }

    fn is(&self, op: &str) -> bool {
        matches!(self.token, Token::Op(here) if here == op)
    }

    fn comma(&mut self) -> Eval<i64> {
        self.nested += 1;
        if self.nested > ARITH_NESTED_MAX {
            return Err(self.error("expression recursion level exceeded"));
        }
        let mut value = self.assign()?;
        while self.is(",") {
            self.advance()?;
            value = self.assign()?;
        }
        self.nested -= 1;
        Ok(value)
    }

    fn assign(&mut self) -> Eval<i64> {
        let target = match &self.token {
            Token::Name(name, index) => Some((name.clone(), index.clone())),
            _ => None,
        };
        let at_name = self.start;
        let value = self.condition()?;
        let Token::Op(op) = self.token else { return Ok(value) };
        let compound = match op {
            "=" => None,
            "+=" | "-=" | "*=" | "/=" | "%=" | "<<=" | ">>=" | "&=" | "^=" | "|=" => {
                Some(&op[..op.len() - 1])
            }
            _ => return Ok(value),
        };
        // Only a bare variable right before the sign can be assigned to.
        let Some((name, index)) = target.filter(|_| self.last == at_name) else {
            return Err(self.error("attempted assignment to non-variable"));
        };
        self.advance()?;
        self.nested += 1;
        if self.nested > ARITH_NESTED_MAX {
            return Err(self.error("expression recursion level exceeded"));
        }
        let right = self.assign()?;
        self.nested -= 1;
        let result = match compound {
            None => right,
            Some(op) => self.apply(op, value, right, self.start)?,
        };
        if self.idle == 0 {
            self.store(&name, index.as_deref(), result)?;
        }
        Ok(result)
    }

    fn condition(&mut self) -> Eval<i64> {
        let test = self.or()?;
        if !self.is("?") {
            return Ok(test);
        }
        self.idle += u32::from(test == 0);
        self.advance()?;
        if self.token == Token::End || self.is(":") {
            return Err(self.error("expression expected"));
        }
        let yes = self.comma()?;
        self.idle -= u32::from(test == 0);
        if !self.is(":") {
            return Err(self.error("`:' expected for conditional expression"));
        }
        self.idle += u32::from(test != 0);
        self.advance()?;
        if self.token == Token::End {
            return Err(self.error("expression expected"));
        }
        let no = self.condition()?;
        self.idle -= u32::from(test != 0);
        Ok(if test != 0 { yes } else { no })
    }

    fn or(&mut self) -> Eval<i64> {
        let mut left = self.and()?;
        while self.is("||") {
            let skip = u32::from(left != 0);
            self.idle += skip;
            self.advance()?;
            let right = self.and()?;
            self.idle -= skip;
            left = i64::from(left != 0 || right != 0);
        }
        Ok(left)
    }

    fn and(&mut self) -> Eval<i64> {
        let mut left = self.binary(0)?;
        while self.is("&&") {
            let skip = u32::from(left == 0);
            self.idle += skip;
            self.advance()?;
            let right = self.binary(0)?;
            self.idle -= skip;
            left = i64::from(left != 0 && right != 0);
        }
        Ok(left)
    }

    /// The operators between `&&` and `**`, from the loosest level.
    fn binary(&mut self, level: usize) -> Eval<i64> {
        const LEVELS: [&[&str]; 8] = [
            &["|"],
            &["^"],
            &["&"],
            &["==", "!="],
            &["<=", ">=", "<", ">"],
            &["<<", ">>"],
            &["+", "-"],
            &["*", "/", "%"],
        ];
        if level == LEVELS.len() {
            return self.power();
        }
        let mut left = self.binary(level + 1)?;
        while let Token::Op(op) = self.token {
            if !LEVELS[level].contains(&op) {
                break;
            }
            let behind = self.pos;
            self.advance()?;
            let right = self.binary(level + 1)?;
            left = self.apply(op, left, right, behind)?;
        }
        Ok(left)
    }

    /// `behind`: where the right side begins.
    fn apply(&mut self, op: &str, left: i64, right: i64, behind: usize) -> Eval<i64> {
        if let Some(result) = operate(op, left, right) {
            return Ok(result);
        }
        if self.idle > 0 {
            return Ok(0);
        }
        let rest = &self.text[behind..];
        let blank = rest.iter().take_while(|b| b.is_ascii_whitespace()).count();
        Err(self.error_at("division by 0", behind + blank))
    }

    fn power(&mut self) -> Eval<i64> {
        let base = self.unary()?;
        if !self.is("**") {
            return Ok(base);
        }
        self.advance()?;
        self.nested += 1;
        if self.nested > ARITH_NESTED_MAX {
            return Err(self.error("expression recursion level exceeded"));
        }
        let exponent = self.power()?;
        self.nested -= 1;
        if exponent < 0 {
            return Err(self.error("exponent less than 0"));
        }
        let (mut value, mut square, mut rest) = (1i64, base, exponent);
        while rest > 0 {
            if rest & 1 == 1 {
                value = value.wrapping_mul(square);
            }
            square = square.wrapping_mul(square);
            rest >>= 1;
        }
        Ok(value)
    }

    fn unary(&mut self) -> Eval<i64> {
        let Token::Op(op @ ("!" | "~" | "-" | "+")) = self.token else { return self.primary() };
        self.advance()?;
        self.nested += 1;
        if self.nested > ARITH_NESTED_MAX {
            return Err(self.error("expression recursion level exceeded"));
        }
        let value = self.unary()?;
        self.nested -= 1;
        Ok(match op {
            "!" => i64::from(value == 0),
            "~" => !value,
            "-" => value.wrapping_neg(),
            _ => value,
        })
    }

    fn primary(&mut self) -> Eval<i64> {
        match self.token.clone() {
            Token::Op(op @ ("++" | "--")) => {
                self.advance()?;
                let Token::Name(name, index) = self.token.clone() else {
                    return Err(
                        self.error("identifier expected after pre-increment or pre-decrement")
                    );
                };
                let step = if op == "++" { 1 } else { -1 };
                let value = self.named.wrapping_add(step);
                if self.idle == 0 {
                    self.store(&name, index.as_deref(), value)?;
                }
                self.token = Token::Number(value);
                self.advance()?;
                Ok(value)
            }
            Token::Op("(") => {
                self.advance()?;
                let value = self.comma()?;
                if !self.is(")") {
                    return Err(self.error("missing `)'"));
                }
                self.advance()?;
                Ok(value)
            }
            Token::Number(value) => {
                self.advance()?;
                Ok(value)
            }
            Token::Name(name, index) => {
                let value = self.named;
                self.advance()?;
                if let Token::Op(op @ ("++" | "--")) = self.token {
                    let step = if op == "++" { 1 } else { -1 };
                    if self.idle == 0 {
                        self.store(&name, index.as_deref(), value.wrapping_add(step))?;
                    }
                    self.token = Token::Number(value);
                    self.advance()?;
                }
                Ok(value)
            }
            _ => Err(self.error("syntax error: operand expected")),
        }
    }

    fn subscript(&mut self, name: &[u8], index: &[u8]) -> Eval<Key> {
        if self.machine.is_map(name) {
            return Ok(self.machine.key_of(name, index));
        }
        let value = evaluate_at(self.machine, index, self.depth + 1);
        value.map(Key::Number).map_err(|error| match error {
            ArithError::Message(message) => ArithError::Subscript(message),
            other => other,
        })
    }

    fn load(&mut self, name: &[u8], index: Option<&[u8]>) -> Eval<i64> {
        if self.idle > 0 {
            return Ok(0);
        }
        self.machine.warn_of_circle(name, if index.is_some() { 2 } else { 1 });
        let value = match index {
            None => self.machine.variable(name),
            Some(index) => {
                let key = self.subscript(name, index)?;
                if key.is_empty() {
                    // Bash looks twice.
                    let shown = [name, b"[]"].concat();
                    self.machine.complain_of(&shown, "bad array subscript");
                    self.machine.complain_of(&shown, "bad array subscript");
                    return Ok(0);
                }
                self.machine.element_or_complain(name, &key)
            }
        };
        match value {
            Some(text) if !self.machine.bash() => dash_arith::held(text),
            Some(text) => evaluate_at(self.machine, &text, self.depth + 1),
            // Bash asks only whether there is a variable of the name.
            None if index.is_some() && self.machine.is_map(name) => Ok(0),
            None if index.is_some() && self.machine.list(name).is_some() => Ok(0),
            None if self.machine.bash() && self.machine.options.nounset => {
                Err(ArithError::Unbound(name.to_vec()))
            }
            None => Ok(0),
        }
    }

    fn store(&mut self, name: &[u8], index: Option<&[u8]>, value: i64) -> Eval<()> {
        self.machine.warn_of_circle(name, 2);
        let text = value.to_string().into_bytes();
        let done = match index {
            None => self.machine.assign(name, text),
            Some(index) => {
                let key = self.subscript(name, index)?;
                if key.is_empty() {
                    let why = [b"`", name, b"[]': not a valid identifier"].concat();
                    return Err(ArithError::Message(why));
                }
                self.machine.assign_element(name, &key, text)
            }
        };
        if done { Ok(()) } else { Err(ArithError::ReadOnly(name.to_vec())) }
    }
}

/// What an operator makes of two numbers, in bash and in dash; `None`: it divides by zero.
pub(super) fn operate(op: &str, left: i64, right: i64) -> Option<i64> {
    Some(match op {
        "|" => left | right,
        "^" => left ^ right,
        "&" => left & right,
        "==" => i64::from(left == right),
        "!=" => i64::from(left != right),
        "<=" => i64::from(left <= right),
        ">=" => i64::from(left >= right),
        "<" => i64::from(left < right),
        ">" => i64::from(left > right),
        "<<" => left.wrapping_shl(right as u32),
        ">>" => left.wrapping_shr(right as u32),
        "+" => left.wrapping_add(right),
        "-" => left.wrapping_sub(right),
        "*" => left.wrapping_mul(right),
        _ if right == 0 => return None,
        "/" => left.wrapping_div(right),
        _ => left.wrapping_rem(right),
    })
}
