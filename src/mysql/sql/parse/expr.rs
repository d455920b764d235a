//! Expressions, by MySQL's precedence.

use super::{Parsed, Parser};
use crate::base::limit;
use crate::mysql::sql::ast::{Expr, Op};
use crate::mysql::sql::lex::Kind;

const AGGREGATES: [&str; 6] = ["COUNT", "SUM", "AVG", "MIN", "MAX", "GROUP_CONCAT"];

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
                return Err(super::SqlError::not_modelled("more than 1000 operators"));
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
        if self.word("LIKE") {
            let pattern = self.bit_or()?;
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

    fn bit_or(&mut self) -> Parsed<Expr> {
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
        if self.peek("BINARY") {
            return Err(super::SqlError::not_modelled("BINARY"));
        }
        self.primary()
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
                if self.peek_op(",") {
                    return Err(super::SqlError::not_modelled("rows of several values"));
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
            "INTERVAL" => return self.interval(),
            "CAST" | "CONVERT" => return self.cast(),
            "CURRENT_TIMESTAMP" | "LOCALTIME" | "LOCALTIMESTAMP" | "CURRENT_DATE"
            | "CURRENT_USER" | "UTC_TIMESTAMP" | "CURRENT_TIME" => {
                self.advance();
                if self.op("(") {
                    if matches!(self.kind(), Kind::Number(_)) {
                        self.advance();
                    }
                    self.need_op(")")?;
                }
                return Ok(Expr::Call(upper, Vec::new()));
            }
            _ => {}
        }
        if matches!(self.ahead(1), Kind::Op("(")) {
            return self.call(&upper);
        }
        self.column()
    }

    fn column(&mut self) -> Parsed<Expr> {
        let first = self.name()?;
        if !self.op(".") {
            return Ok(Expr::Column { table: None, name: first });
        }
        let second = self.name_after_point()?;
        if self.peek_op("(") {
            let text = format!("FUNCTION {first}.{second} does not exist");
            return Err(super::SqlError::new(1305, text));
        }
        if !self.op(".") {
            return Ok(Expr::Column { table: Some(first), name: second });
        }
        let third = self.name_after_point()?;
        Ok(Expr::Column { table: Some(second), name: third })
    }

    fn call(&mut self, name: &str) -> Parsed<Expr> {
        const RESERVED_FUNCTIONS: [&str; 11] = [
            "IF", "LEFT", "RIGHT", "REPLACE", "MOD", "DATABASE", "SCHEMA", "VALUES", "INSERT",
            "CHAR", "REPEAT",
        ];
        if super::reserved::OTHER_FUNCTIONS.contains(&name) {
            return Err(super::SqlError::not_modelled(format!("the function {name}()")));
        }
        if !RESERVED_FUNCTIONS.contains(&name) && super::reserved::is_reserved(name) {
            return Err(self.fail());
        }
        self.advance();
        self.need_op("(")?;
        if AGGREGATES.contains(&name) {
            return self.aggregate(name);
        }
        if self.op(")") {
            return Ok(Expr::Call(name.into(), Vec::new()));
        }
        let mut arguments = self.list(Self::expr)?;
        if ["SUBSTRING", "SUBSTR", "MID"].contains(&name) && self.word("FROM") {
            arguments.push(self.expr()?);
            if self.word("FOR") {
                arguments.push(self.expr()?);
            }
        }
        if name == "IF" && arguments.len() != 3 {
            return Err(self.fail());
        }
        self.need_op(")")?;
        Ok(Expr::Call(name.into(), arguments))
    }

    fn aggregate(&mut self, name: &str) -> Parsed<Expr> {
        if name == "COUNT" && self.op("*") {
            self.need_op(")")?;
            return Ok(Expr::Aggregate { name: name.into(), distinct: false, argument: None });
        }
        let distinct = self.word("DISTINCT");
        let argument = Some(Box::new(self.expr()?));
        if name == "GROUP_CONCAT" && !self.peek_op(")") {
            return Err(super::SqlError::not_modelled("ORDER BY or SEPARATOR in GROUP_CONCAT"));
        }
        self.need_op(")")?;
        Ok(Expr::Aggregate { name: name.into(), distinct, argument })
    }

    fn case(&mut self) -> Parsed<Expr> {
        self.advance();
        let of = if self.peek("WHEN") { None } else { Some(Box::new(self.expr()?)) };
        let mut when = Vec::new();
        while self.word("WHEN") {
            let condition = self.expr()?;
            self.need("THEN")?;
            when.push((condition, self.expr()?));
        }
        if when.is_empty() {
            return Err(self.fail());
        }
        let otherwise = if self.word("ELSE") { Some(Box::new(self.expr()?)) } else { None };
        self.need("END")?;
        Ok(Expr::Case { of, when, otherwise })
    }

    fn interval(&mut self) -> Parsed<Expr> {
        self.advance();
        let amount = self.expr()?;
        let Kind::Word(unit) = self.kind().clone() else { return Err(self.fail()) };
        let unit = unit.to_ascii_uppercase();
        if !["SECOND", "MINUTE", "HOUR", "DAY", "WEEK", "MONTH", "YEAR"].contains(&unit.as_str()) {
            return Err(self.fail());
        }
        self.advance();
        Ok(Expr::Interval(Box::new(Expr::Null), Box::new(amount), unit))
    }

    fn cast(&mut self) -> Parsed<Expr> {
        let convert = self.peek("CONVERT");
        self.advance();
        self.need_op("(")?;
        let inner = self.expr()?;
        if convert {
            if self.word("USING") {
                self.name()?;
                self.need_op(")")?;
                return Ok(inner);
            }
            self.need_op(",")?;
        } else {
            self.need("AS")?;
        }
        let Kind::Word(kind) = self.kind().clone() else { return Err(self.fail()) };
        self.advance();
        let mut kind = kind.to_ascii_uppercase();
        if kind == "SIGNED" || kind == "UNSIGNED" {
            let _ = self.word("INTEGER") || self.word("INT");
        }
        if self.op("(") {
            let first = self.number_literal()?;
            let scale = if self.op(",") { self.number_literal()? } else { 0 };
            if kind == "DECIMAL" {
                kind = format!("DECIMAL {scale}");
            } else {
                kind = format!("{kind} {first}");
            }
            self.need_op(")")?;
        }
        self.need_op(")")?;
        Ok(Expr::Cast(Box::new(inner), kind))
    }
}
