//! Functions, and what looks like one.

use super::{Parsed, Parser};
use crate::mysql::sql::ast::Expr;
use crate::mysql::sql::error::SqlError;
use crate::mysql::sql::lex::Kind;

const AGGREGATES: [&str; 16] = [
    "COUNT",
    "SUM",
    "AVG",
    "MIN",
    "MAX",
    "GROUP_CONCAT",
    "STD",
    "STDDEV",
    "STDDEV_POP",
    "STDDEV_SAMP",
    "VARIANCE",
    "VAR_POP",
    "VAR_SAMP",
    "BIT_AND",
    "BIT_OR",
    "BIT_XOR",
];

/// One name for functions that have several.
fn aggregate_name(name: &str) -> String {
    match name {
        "STDDEV" | "STDDEV_POP" => "STD",
        "VAR_POP" => "VARIANCE",
        name => name,
    }
    .into()
}

/// How many parameters the grammar lets a function have (sql_yacc.yy): with others it is no syntax.
fn counts(name: &str) -> (usize, usize) {
    const ONE: [&str; 15] = [
        "ASCII",
        "CHARSET",
        "COLLATION",
        "DATE",
        "DAY",
        "HOUR",
        "MICROSECOND",
        "MINUTE",
        "MONTH",
        "PASSWORD",
        "QUARTER",
        "REVERSE",
        "SECOND",
        "TIME",
        "YEAR",
    ];
    match name {
        _ if ONE.contains(&name) => (1, 1),
        "CURDATE" | "DATABASE" | "ROW_COUNT" | "SCHEMA" | "USER" => (0, 0),
        "TIMESTAMP" | "WEEK" => (1, 2),
        "CHAR" | "COALESCE" | "TRIM" => (1, usize::MAX),
        "LEFT" | "RIGHT" | "MOD" | "REPEAT" | "TRUNCATE" => (2, 2),
        "ADDDATE" | "DATE_ADD" | "DATE_SUB" | "SUBDATE" => (2, 2),
        "FORMAT" | "MID" | "SUBSTR" | "SUBSTRING" => (2, 3),
        "INTERVAL" => (2, usize::MAX),
        "IF" | "REPLACE" => (3, 3),
        "INSERT" => (4, 4),
        _ => (0, usize::MAX),
    }
}

impl Parser<'_> {
    pub(super) fn call(&mut self, name: &str) -> Parsed<Expr> {
        const RESERVED_FUNCTIONS: [&str; 11] = [
            "IF", "LEFT", "RIGHT", "REPLACE", "MOD", "DATABASE", "SCHEMA", "VALUES", "INSERT",
            "CHAR", "REPEAT",
        ];
        if super::reserved::OTHER_FUNCTIONS.contains(&name) {
            return Err(SqlError::not_modelled(format!("the function {name}()")));
        }
        if !RESERVED_FUNCTIONS.contains(&name) && super::reserved::is_reserved(name) {
            return Err(self.fail());
        }
        self.advance();
        // From 8.0 on it is a word of statements only.
        if name == "PASSWORD" && self.context.dialect.is_8() {
            return Err(self.fail());
        }
        self.need_op("(")?;
        if AGGREGATES.contains(&name) {
            return self.aggregate(name);
        }
        let (least, most) = counts(name);
        let is_empty = matches!(self.ahead(0), Kind::Op(")"));
        if (least == 0) != is_empty && (least > 0 || most == 0) {
            return Err(self.fail());
        }
        if self.op(")") {
            return Ok(Expr::Call(name.into(), Vec::new()));
        }
        const CLOCKS: [&str; 3] = ["NOW", "CURTIME", "SYSDATE"];
        if CLOCKS.contains(&name) {
            self.at -= 1;
            return Ok(Expr::Call(name.into(), self.digits_of_now(name)?));
        }
        if let Some(call) = self.special(name)? {
            return Ok(call);
        }
        let mut arguments = vec![self.expr()?];
        while matches!(self.ahead(0), Kind::Op(",")) {
            if arguments.len() >= most {
                return Err(self.fail());
            }
            self.advance();
            arguments.push(self.expr()?);
        }
        if name == "CHAR" && self.word("USING") {
            self.name()?;
        }
        if ["SUBSTRING", "SUBSTR", "MID"].contains(&name) && self.word("FROM") {
            arguments.push(self.expr()?);
            if self.word("FOR") {
                arguments.push(self.expr()?);
            }
        }
        if arguments.len() < least {
            return Err(self.fail());
        }
        self.need_op(")")?;
        Ok(Expr::Call(name.into(), arguments))
    }

    fn aggregate(&mut self, name: &str) -> Parsed<Expr> {
        if name == "COUNT" && self.op("*") {
            self.need_op(")")?;
            let (name, concat) = (name.into(), Box::default());
            return Ok(Expr::Aggregate { name, distinct: false, argument: None, concat });
        }
        let distinct = self.word("DISTINCT");
        let _ = !distinct && self.word("ALL");
        let mut argument = self.expr()?;
        let many = name == "GROUP_CONCAT" || (name == "COUNT" && distinct);
        if many && self.op(",") {
            let mut list = vec![argument];
            list.extend(self.list(Self::expr)?);
            argument = match name {
                "COUNT" => Expr::Row(list),
                _ => Expr::Call("CONCAT".into(), list),
            };
        }
        let mut concat = (Vec::new(), ",".to_string());
        if name == "GROUP_CONCAT" {
            concat.0 = self.order_by()?;
            if self.word("SEPARATOR") {
                concat.1 = self.text_literal()?;
            }
        }
        self.need_op(")")?;
        let (argument, concat) = (Some(Box::new(argument)), Box::new(concat));
        Ok(Expr::Aggregate { name: aggregate_name(name), distinct, argument, concat })
    }

    /// Functions whose parameters are not a list of expressions.
    fn special(&mut self, name: &str) -> Parsed<Option<Expr>> {
        let arguments = match name {
            "TIMESTAMPDIFF" | "TIMESTAMPADD" => {
                let unit = self.unit()?;
                self.need_op(",")?;
                let mut list = vec![Expr::Text(unit)];
                list.extend(self.list(Self::expr)?);
                list
            }
            "EXTRACT" => {
                let unit = self.unit()?;
                self.need("FROM")?;
                vec![Expr::Text(unit), self.expr()?]
            }
            "POSITION" => {
                let part = self.bit_or()?;
                self.need("IN")?;
                let whole = self.expr()?;
                self.need_op(")")?;
                return Ok(Some(Expr::Call("LOCATE".into(), vec![part, whole])));
            }
            "TRIM" => {
                let sides = ["BOTH", "LEADING", "TRAILING"];
                let side = sides.into_iter().find(|side| self.word(side));
                let mut part = Expr::Text(" ".into());
                if side.is_none() || !self.peek("FROM") {
                    part = self.expr()?;
                }
                if side.is_none() && !self.peek("FROM") {
                    vec![part]
                } else {
                    self.need("FROM")?;
                    vec![Expr::Text(side.unwrap_or("BOTH").into()), part, self.expr()?]
                }
            }
            "GET_FORMAT" => {
                let Kind::Word(kind) = self.kind().clone() else { return Err(self.fail()) };
                self.advance();
                self.need_op(",")?;
                vec![Expr::Text(kind.to_ascii_uppercase()), self.expr()?]
            }
            _ => return Ok(None),
        };
        self.need_op(")")?;
        Ok(Some(Expr::Call(name.into(), arguments)))
    }

    /// `INTERVAL (1) DAY`, or the function `INTERVAL(23, 1, 15)`.
    pub(super) fn interval_or_function(&mut self) -> Parsed<Expr> {
        let start = self.at;
        self.advance();
        let list = self.bracketed(Self::expr)?;
        if list.len() > 1 {
            return Ok(Expr::Call("INTERVAL".into(), list));
        }
        self.at = start;
        self.interval()
    }

    fn unit(&mut self) -> Parsed<String> {
        const UNITS: [&str; 20] = [
            "MICROSECOND",
            "SECOND",
            "MINUTE",
            "HOUR",
            "DAY",
            "WEEK",
            "MONTH",
            "QUARTER",
            "YEAR",
            "SECOND_MICROSECOND",
            "MINUTE_MICROSECOND",
            "MINUTE_SECOND",
            "HOUR_MICROSECOND",
            "HOUR_SECOND",
            "HOUR_MINUTE",
            "DAY_MICROSECOND",
            "DAY_SECOND",
            "DAY_MINUTE",
            "DAY_HOUR",
            "YEAR_MONTH",
        ];
        let Kind::Word(word) = self.kind().clone() else { return Err(self.fail()) };
        let upper = word.to_ascii_uppercase();
        let name = upper.strip_prefix("SQL_TSI_").unwrap_or(&upper).to_string();
        if !UNITS.contains(&name.as_str()) {
            return Err(self.fail());
        }
        self.advance();
        Ok(name)
    }

    pub(super) fn case(&mut self) -> Parsed<Expr> {
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

    pub(super) fn interval(&mut self) -> Parsed<Expr> {
        self.advance();
        let amount = self.expr()?;
        let unit = self.unit()?;
        Ok(Expr::Interval(Box::new(Expr::Null), Box::new(amount), unit))
    }

    pub(super) fn cast(&mut self) -> Parsed<Expr> {
        let convert = self.peek("CONVERT");
        self.advance();
        self.need_op("(")?;
        let inner = self.expr()?;
        if convert {
            if self.word("USING") {
                let name = self.charset_name()?.to_ascii_lowercase();
                self.need_op(")")?;
                return Ok(match name.as_str() {
                    "binary" => Expr::Call("BINARY".into(), vec![inner]),
                    "latin1" => Expr::Call("CONVERT".into(), vec![inner]),
                    _ => Expr::Call("CONVERT".into(), vec![inner, Expr::Text(name)]),
                });
            }
            self.need_op(",")?;
        } else {
            self.need("AS")?;
        }
        let Kind::Word(kind) = self.kind().clone() else { return Err(self.fail()) };
        let start = self.at;
        self.advance();
        let mut kind = kind.to_ascii_uppercase();
        if kind == "SIGNED" || kind == "UNSIGNED" {
            let _ = self.word("INTEGER") || self.word("INT");
        }
        if self.op("(") {
            let first = self.number_literal()?;
            let scale = if self.op(",") { self.number_literal()? } else { 0 };
            if kind.ends_with("TIME") {
                super::column::second_digits(first, "CAST")?;
            }
            if kind == "DECIMAL" {
                kind = format!("DECIMAL {scale} {first}");
            } else {
                kind = format!("{kind} {first}");
            }
            self.need_op(")")?;
        }
        if kind == "CHAR" && (self.words(&["CHARACTER", "SET"]) || self.word("CHARSET")) {
            self.charset_name()?;
        }
        const KINDS: [&str; 10] = [
            "SIGNED", "UNSIGNED", "DECIMAL", "CHAR", "NCHAR", "BINARY", "DATE", "DATETIME", "TIME",
            "JSON",
        ];
        if !KINDS.contains(&kind.split(' ').next().unwrap_or("")) {
            self.at = start;
            return Err(self.fail());
        }
        self.need_op(")")?;
        Ok(Expr::Cast(Box::new(inner), kind))
    }
}
