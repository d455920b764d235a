//! Expressions, by MySQL's precedence.

use super::{Parsed, Parser};
use crate::base::limit;
use crate::mysql::data::Value;
use crate::mysql::sql::ast::{Expr, Op};
use crate::mysql::sql::error::SqlError;
use crate::mysql::sql::lex::Kind;

impl Parser<'_> {
    pub(super) fn expr(&mut self) -> Parsed<Expr> {
        self.deeper(Self::or)
    }

    fn binary(
        &mut self,
        operators: fn(&mut Self) -> Option<Op>,
        next: fn(&mut Self) -> Parsed<Expr>,
    ) -> Parsed<Expr> {
        let mut left = next(self)?;
        while let Some(op) = operators(self) {
            self.operators += 1;
            if self.operators > limit::SQL_OPERATORS_MAX {
                return Err(SqlError::not_modelled("more than 1000 operators"));
            }
            left = Expr::Binary(op, Box::new(left), Box::new(next(self)?));
        }
        Ok(left)
    }

    fn or(&mut self) -> Parsed<Expr> {
        self.binary(|p| (p.word("OR") || p.op("||")).then_some(Op::Or), Self::xor)
    }

    fn xor(&mut self) -> Parsed<Expr> {
        self.binary(|p| p.word("XOR").then_some(Op::Xor), Self::and)
    }

    fn and(&mut self) -> Parsed<Expr> {
        self.binary(|p| (p.word("AND") || p.op("&&")).then_some(Op::And), Self::not)
    }

    fn not(&mut self) -> Parsed<Expr> {
        if self.word("NOT") {
            return Ok(Expr::Not(Box::new(self.deeper(Self::not)?)));
        }
        self.comparison()
    }

    fn comparison(&mut self) -> Parsed<Expr> {
        let mut left = self.bit_or()?;
        loop {
            if self.word("IS") {
                let not = self.word("NOT");
                left = self.is_what(left, not)?;
                continue;
            }
            let op = [
                ("=", Op::Eq),
                ("<=>", Op::NullEq),
                ("<>", Op::Ne),
                ("!=", Op::Ne),
                ("<=", Op::Le),
                (">=", Op::Ge),
                ("<", Op::Lt),
                (">", Op::Gt),
            ]
            .into_iter()
            .find(|(text, _)| self.op(text));
            if let Some((_, op)) = op {
                let all = self.peek("ALL");
                if (all || self.peek("ANY") || self.peek("SOME"))
                    && matches!(self.ahead(1), Kind::Op("("))
                {
                    self.advance();
                    self.need_op("(")?;
                    let select = Box::new(self.deeper(Self::select)?);
                    self.need_op(")")?;
                    left = Expr::Quantified(op, Box::new(left), select, all);
                    continue;
                }
                left = Expr::Binary(op, Box::new(left), Box::new(self.bit_or()?));
                continue;
            }
            match self.predicate(left)? {
                (expr, true) => left = expr,
                (expr, false) => return Ok(expr),
            }
        }
    }

    fn is_what(&mut self, left: Expr, not: bool) -> Parsed<Expr> {
        if self.word("NULL") {
            return Ok(Expr::IsNull(Box::new(left), not));
        }
        if self.word("UNKNOWN") {
            return Ok(Expr::IsNull(Box::new(left), not));
        }
        let want = if self.word("TRUE") {
            true
        } else if self.word("FALSE") {
            false
        } else {
            return Err(self.fail());
        };
        let truth = Expr::Call("IS_TRUE".into(), vec![left.clone()]);
        let test = if want { truth } else { Expr::Call("IS_FALSE".into(), vec![left]) };
        Ok(if not { Expr::Not(Box::new(test)) } else { test })
    }

    /// LIKE, IN, BETWEEN; false where there is none.
    fn predicate(&mut self, left: Expr) -> Parsed<(Expr, bool)> {
        let not = self.peek("NOT")
            && ["LIKE", "IN", "BETWEEN", "REGEXP", "RLIKE"]
                .iter()
                .any(|w| self.is_word_ahead(1, w));
        if not {
            self.advance();
        }
        if !not && self.words(&["SOUNDS", "LIKE"]) {
            let sound = |of: Expr| Box::new(Expr::Call("SOUNDEX".into(), vec![of]));
            let right = sound(self.bit_or()?);
            return Ok((Expr::Binary(Op::Eq, sound(left), right), true));
        }
        if self.word("LIKE") {
            let pattern = self.bit_or()?;
            let pattern = self.escaped(pattern)?;
            return Ok((Expr::Like(Box::new(left), Box::new(pattern), not), true));
        }
        if self.word("IN") {
            return self.in_what(left, not).map(|e| (e, true));
        }
        if self.word("BETWEEN") {
            let low = self.bit_or()?;
            self.need("AND")?;
            let high = self.bit_or()?;
            let parts = (Box::new(left), Box::new(low), Box::new(high));
            return Ok((Expr::Between(parts.0, parts.1, parts.2, not), true));
        }
        if self.word("REGEXP") || self.word("RLIKE") {
            let pattern = self.bit_or()?;
            return Ok((Expr::Regexp(Box::new(left), Box::new(pattern), not), true));
        }
        Ok((left, false))
    }

    /// ESCAPE: the pattern as it would be written with `\\`.
    fn escaped(&mut self, pattern: Expr) -> Parsed<Expr> {
        if !self.word("ESCAPE") {
            return Ok(pattern);
        }
        let escape = self.text_literal()?;
        let Expr::Text(text) = pattern else {
            return Err(SqlError::not_modelled("ESCAPE of a pattern that is computed"));
        };
        let mut out = String::new();
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            match c {
                c if escape.starts_with(c) => {
                    out.push('\\');
                    out.extend(chars.next());
                }
                '\\' => out.push_str("\\\\"),
                c => out.push(c),
            }
        }
        Ok(Expr::Text(out))
    }

    fn in_what(&mut self, left: Expr, not: bool) -> Parsed<Expr> {
        if matches!(self.ahead(1), Kind::Word(w) if w.eq_ignore_ascii_case("SELECT")) {
            self.need_op("(")?;
            let select = self.deeper(Self::select)?;
            self.need_op(")")?;
            return Ok(Expr::InSelect(Box::new(left), Box::new(select), not));
        }
        let list = self.bracketed(Self::expr)?;
        Ok(Expr::In(Box::new(left), list, not))
    }

    pub(super) fn bit_or(&mut self) -> Parsed<Expr> {
        self.binary(|p| p.op("|").then_some(Op::BitOr), Self::bit_and)
    }

    fn bit_and(&mut self) -> Parsed<Expr> {
        self.binary(|p| p.op("&").then_some(Op::BitAnd), Self::shift)
    }

    fn shift(&mut self) -> Parsed<Expr> {
        let operators = |p: &mut Self| {
            let left = p.op("<<").then_some(Op::ShiftLeft);
            left.or_else(|| p.op(">>").then_some(Op::ShiftRight))
        };
        self.binary(operators, Self::sum)
    }

    fn sum(&mut self) -> Parsed<Expr> {
        self.binary(
            |p| {
                if p.op("+") {
                    Some(Op::Add)
                } else if p.op("-") {
                    Some(Op::Sub)
                } else {
                    None
                }
            },
            Self::product,
        )
    }

    fn product(&mut self) -> Parsed<Expr> {
        self.binary(
            |p| {
                if p.op("*") {
                    Some(Op::Mul)
                } else if p.op("/") {
                    Some(Op::Div)
                } else if p.op("%") || p.word("MOD") {
                    Some(Op::Mod)
                } else if p.word("DIV") {
                    Some(Op::IntDiv)
                } else {
                    None
                }
            },
            Self::bit_xor,
        )
    }

    fn bit_xor(&mut self) -> Parsed<Expr> {
        self.binary(|p| p.op("^").then_some(Op::BitXor), Self::unary)
    }

    fn unary(&mut self) -> Parsed<Expr> {
        if self.op("-") {
            return Ok(Expr::Negate(Box::new(self.deeper(Self::unary)?)));
        }
        if self.op("+") {
            return self.deeper(Self::unary);
        }
        if self.op("!") {
            return Ok(Expr::Not(Box::new(self.deeper(Self::unary)?)));
        }
        if self.op("~") {
            let all = Expr::Number(u64::MAX.to_string());
            let inner = self.deeper(Self::unary)?;
            return Ok(Expr::Binary(Op::BitXor, Box::new(all), Box::new(inner)));
        }
        if self.word("BINARY") {
            let inner = self.deeper(Self::unary)?;
            return Ok(Expr::Call("BINARY".into(), vec![inner]));
        }
        let mut inner = self.primary()?;
        while self.word("COLLATE") {
            let collation = Expr::Text(self.name()?);
            inner = Expr::Call("COLLATE".into(), vec![inner, collation]);
        }
        Ok(inner)
    }

    fn primary(&mut self) -> Parsed<Expr> {
        match self.kind().clone() {
            Kind::Text(text) => {
                self.advance();
                Ok(Expr::Text(text))
            }
            Kind::Number(digits) => {
                self.advance();
                Ok(Expr::Number(digits))
            }
            Kind::Bits(bytes) => {
                self.advance();
                Ok(Expr::Bits(bytes))
            }
            Kind::UserVar(name) => {
                self.advance();
                if self.op(":=") {
                    return Ok(Expr::Assign(name, Box::new(self.expr()?)));
                }
                Ok(Expr::UserVar(name))
            }
            Kind::At2 => self.system_variable(),
            Kind::Op("(") => {
                self.advance();
                let inner = if self.peek("SELECT") {
                    Expr::Subquery(Box::new(self.deeper(Self::select)?))
                } else {
                    self.expr()?
                };
                if self.op(",") {
                    let mut row = vec![inner];
                    row.extend(self.list(Self::expr)?);
                    self.need_op(")")?;
                    return Ok(Expr::Row(row));
                }
                self.need_op(")")?;
                Ok(inner)
            }
            Kind::Quoted(_) => self.column(),
            Kind::Word(word) => self.word_expr(&word),
            _ => Err(self.fail()),
        }
    }

    fn system_variable(&mut self) -> Parsed<Expr> {
        self.advance();
        let mut global = false;
        let scope = ["GLOBAL", "SESSION", "LOCAL"].into_iter().find(|s| self.peek(s));
        if let Some(scope) = scope
            && matches!(self.ahead(1), Kind::Op("."))
        {
            global = scope == "GLOBAL";
            self.advance();
            self.advance();
        }
        let name = self.name_after_point()?;
        Ok(Expr::SystemVar { global, name: name.to_ascii_lowercase() })
    }

    fn word_expr(&mut self, word: &str) -> Parsed<Expr> {
        let upper = word.to_ascii_uppercase();
        match upper.as_str() {
            "NULL" => {
                self.advance();
                return Ok(Expr::Null);
            }
            "TRUE" | "FALSE" => {
                self.advance();
                return Ok(Expr::Bool(upper == "TRUE"));
            }
            "CASE" => return self.case(),
            "EXISTS" => {
                self.advance();
                self.need_op("(")?;
                let select = self.deeper(Self::select)?;
                self.need_op(")")?;
                return Ok(Expr::Exists(Box::new(select)));
            }
            "INTERVAL" if matches!(self.ahead(1), Kind::Op("(")) => {
                return self.interval_or_function();
            }
            "INTERVAL" => return self.interval(),
            "ROW" if matches!(self.ahead(1), Kind::Op("(")) => {
                self.advance();
                return Ok(Expr::Row(self.bracketed(Self::expr)?));
            }
            "_LATIN1" | "_UTF8" | "_UTF8MB4" | "_BINARY"
                if matches!(self.ahead(1), Kind::Text(_) | Kind::Bits(_)) =>
            {
                self.advance();
                return self.primary();
            }
            "DATE" | "TIME" | "TIMESTAMP" if matches!(self.ahead(1), Kind::Text(_)) => {
                self.advance();
                let text = self.text_literal()?;
                let digits = Value::Text(text.clone()).second_digits();
                let kind = match upper.as_str() {
                    "DATE" => upper,
                    "TIME" => format!("TIME {digits}"),
                    _ => format!("DATETIME {digits}"),
                };
                return Ok(Expr::Cast(Box::new(Expr::Text(text)), kind));
            }
            "MATCH" => {
                self.advance();
                let bracketed = self.op("(");
                self.list(Self::column)?;
                if bracketed {
                    self.need_op(")")?;
                }
                self.need("AGAINST")?;
                return Err(SqlError::not_modelled("MATCH … AGAINST"));
            }
            "CAST" | "CONVERT" => return self.cast(),
            "CURRENT_TIMESTAMP" | "LOCALTIME" | "LOCALTIMESTAMP" | "CURRENT_DATE"
            | "CURRENT_USER" | "UTC_TIMESTAMP" | "CURRENT_TIME" | "UTC_DATE" | "UTC_TIME" => {
                self.advance();
                let digits = self.digits_of_now(&upper)?;
                return Ok(Expr::Call(upper, digits));
            }
            _ => {}
        }
        if matches!(self.ahead(1), Kind::Op("(")) {
            return self.call(&upper);
        }
        self.column()
    }

    fn column(&mut self) -> Parsed<Expr> {
        let column = self.column_name()?;
        let arrow = ["->", "->>"].iter().any(|op| self.peek_op(op));
        if arrow && matches!(self.ahead(1), Kind::Text(_)) {
            return Err(SqlError::not_modelled("-> of a JSON column"));
        }
        Ok(column)
    }

    fn column_name(&mut self) -> Parsed<Expr> {
        let first = self.name()?;
        if !self.op(".") {
            return Ok(Expr::Column { table: None, name: first });
        }
        let second = self.name_after_point()?;
        if self.peek_op("(") {
            let text = format!("FUNCTION {first}.{second} does not exist");
            return Err(SqlError::new(1305, text));
        }
        if !self.op(".") {
            return Ok(Expr::Column { table: Some(first), name: second });
        }
        let third = self.name_after_point()?;
        Ok(Expr::Column { table: Some(second), name: third })
    }
}
