//! SELECT.

use super::{Parsed, Parser};
use crate::mysql::sql::ast::{Expr, From, Item, Join, Select, Source, TableName};
use crate::mysql::sql::error::SqlError;
use crate::mysql::sql::lex::{Kind, tokens};

/// Of several literals in a row, which are one text, the first gives the name.
fn first_literal(written: &str) -> Option<String> {
    let quote = written.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    let mut escaped = false;
    let closing = |c: char| {
        let closes = c == quote && !escaped;
        escaped = c == '\\' && !escaped;
        closes
    };
    let end = 2 + written[1..].find(closing)?;
    let another = written[end..].starts_with(char::is_whitespace);
    let token = tokens(written.get(..end).filter(|_| another)?).into_iter().next()?;
    match token.kind {
        Kind::Text(text) => Some(text),
        _ => None,
    }
}

/// A text without the marks of a `/*!50000 … */` that is executed.
fn unmarked(written: &str) -> String {
    let mut pieces = written.split("/*!");
    let mut text = pieces.next().unwrap_or_default().replace("*/", "");
    for piece in pieces {
        let digits = piece.bytes().take_while(u8::is_ascii_digit).count();
        text.push_str(&piece[if digits >= 5 { 5 } else { 0 }..].replace("*/", ""));
    }
    text
}

/// Stands around the values of a prepared statement, where a heading shows a `?`.
pub const MARK: &str = "/*?*/";

impl Parser<'_> {
    /// A SELECT, or several with UNION between them.
    pub(super) fn select(&mut self) -> Parsed<Select> {
        let (mut first, mut apart) = self.one_select()?;
        let mut more = Vec::new();
        while self.word("UNION") {
            let all = self.word("ALL");
            let _ = self.word("DISTINCT");
            let (next, is_apart) = self.deeper(Self::one_select)?;
            apart = is_apart;
            more.push((all, next));
        }
        let (order, limit) = match more.last_mut() {
            Some((_, last)) if !apart => (std::mem::take(&mut last.order), last.limit.take()),
            _ if apart => (self.order_by()?, self.limit()?),
            _ => return Ok(first),
        };
        if more.is_empty() {
            if !order.is_empty() {
                first.order = order;
            }
            first.limit = limit.or(first.limit);
            return Ok(first);
        }
        let fold = |rest: Option<(bool, Box<Select>)>, (all, mut select): (bool, Select)| {
            select.union = rest;
            Some((all, Box::new(select)))
        };
        first.union = more.into_iter().rev().fold(None, fold);
        first.whole = (order, limit);
        Ok(first)
    }

    /// One SELECT, and whether it stands in brackets.
    fn one_select(&mut self) -> Parsed<(Select, bool)> {
        if self.op("(") {
            let inner = self.deeper(Self::select)?;
            self.need_op(")")?;
            return Ok((inner, true));
        }
        self.need("SELECT")?;
        let mut select = Select::default();
        let mut straight = false;
        loop {
            if self.word("STRAIGHT_JOIN") {
                straight = true;
            } else if self.word("DISTINCT") || self.word("DISTINCTROW") {
                select.distinct = true;
            } else if self.word("SQL_CALC_FOUND_ROWS") {
                select.calc = true;
            } else if !(self.word("ALL")
                || self.word("SQL_NO_CACHE")
                || self.word("SQL_CACHE")
                || self.word("SQL_SMALL_RESULT")
                || self.word("SQL_BIG_RESULT")
                || self.word("SQL_BUFFER_RESULT")
                || self.word("HIGH_PRIORITY"))
            {
                break;
            }
        }
        select.items = vec![self.item(true)?];
        while self.op(",") {
            select.items.push(self.item(false)?);
        }
        self.variables_into(&mut select)?;
        if self.word("FROM") {
            if !self.word("DUAL") {
                select.from = self.from()?;
                select.from.iter_mut().for_each(|table| table.straight |= straight);
            }
        } else if self.peek("WHERE") {
            return Err(self.fail());
        }
        self.tail(&mut select)?;
        Ok((select, false))
    }

    fn variables_into(&mut self, select: &mut Select) -> Parsed<()> {
        if !self.word("INTO") {
            return Ok(());
        }
        if self.word("OUTFILE") || self.word("DUMPFILE") {
            select.outfile = Some(self.text_literal()?);
            const ENDS: [&str; 4] = ["FROM", "FOR", "LOCK", "UNION"];
            let is_end = |p: &Self| {
                matches!(p.kind(), Kind::End | Kind::Op(";" | ")"))
                    || ENDS.iter().any(|w| p.peek(w))
            };
            // How its lines look does not matter: no file is written.
            while !is_end(self) {
                self.advance();
            }
            return Ok(());
        }
        select.into = self.list(|p| {
            let Kind::UserVar(name) = p.kind().clone() else { return Err(p.fail()) };
            p.advance();
            Ok(name)
        })?;
        Ok(())
    }

    fn tail(&mut self, select: &mut Select) -> Parsed<()> {
        if self.word("WHERE") {
            select.filter = Some(self.expr()?);
        }
        if self.word("GROUP") {
            self.need("BY")?;
            let groups: Vec<(Expr, bool)> = self.list(|p| {
                let expr = p.expr()?;
                let ordered = !p.context.dialect.is_8();
                let descending = ordered && p.word("DESC");
                let _ = ordered && !descending && p.word("ASC");
                Ok((expr, descending))
            })?;
            (select.group, select.group_descending) = groups.into_iter().unzip();
            select.rollup = self.words(&["WITH", "ROLLUP"]);
        }
        if self.word("HAVING") {
            select.having = Some(self.expr()?);
        }
        select.order = self.order_by()?;
        select.limit = self.limit()?;
        if !self.context.dialect.is_8() && self.words(&["PROCEDURE", "ANALYSE"]) {
            return Err(SqlError::not_modelled("PROCEDURE ANALYSE"));
        }
        self.variables_into(select)?;
        if self.words(&["FOR", "UPDATE"]) {
            select.lock = Some(true);
        } else if self.words(&["LOCK", "IN", "SHARE", "MODE"]) {
            select.lock = Some(false);
        }
        Ok(())
    }

    pub(super) fn order_by(&mut self) -> Parsed<Vec<(Expr, bool)>> {
        if !self.word("ORDER") {
            return Ok(Vec::new());
        }
        self.need("BY")?;
        self.list(|p| {
            let expr = p.expr()?;
            let descending = p.word("DESC");
            if !descending {
                let _ = p.word("ASC");
            }
            Ok((expr, descending))
        })
    }

    pub(super) fn limit(&mut self) -> Parsed<Option<(u64, u64)>> {
        if !self.word("LIMIT") {
            return Ok(None);
        }
        if let Kind::Word(word) = self.kind()
            && !self.is_reserved(word)
        {
            return Err(SqlError::new(1327, format!("Undeclared variable: {word}")));
        }
        let first = self.number_literal()?;
        if self.op(",") {
            return Ok(Some((first, self.number_literal()?)));
        }
        if self.word("OFFSET") {
            return Ok(Some((self.number_literal()?, first)));
        }
        Ok(Some((0, first)))
    }

    fn item(&mut self, first: bool) -> Parsed<Item> {
        if first && self.op("*") {
            return Ok(Item { what: Err(None), name: String::new() });
        }
        if matches!(self.kind(), Kind::Word(_) | Kind::Quoted(_))
            && matches!(self.ahead(1), Kind::Op("."))
            && matches!(self.ahead(2), Kind::Op("*"))
        {
            let table = self.name()?;
            self.advance();
            self.advance();
            return Ok(Item { what: Err(Some(table)), name: String::new() });
        }
        let start = self.tokens[self.at].start;
        let expr = self.expr()?;
        let end = self.tokens[self.at.saturating_sub(1)].end;
        let (before, after) = (&self.text[..start], &self.text[end..]);
        let start = start - if before.ends_with(MARK) { MARK.len() } else { 0 };
        let end = end + if after.starts_with(MARK) { MARK.len() } else { 0 };
        let written = self.text.get(start..end).unwrap_or("");
        let marked = written.contains(MARK);
        let written = if self.text.contains("/*!") { unmarked(written) } else { written.into() };
        let alias = self.alias()?;
        let name = alias.unwrap_or_else(|| match &expr {
            _ if marked => written,
            Expr::Column { name, .. } => name.clone(),
            Expr::Text(text) => first_literal(&written).unwrap_or_else(|| text.clone()),
            Expr::Null => "NULL".into(),
            Expr::Bool(true) => "TRUE".into(),
            Expr::Bool(false) => "FALSE".into(),
            // A number is named as it stands, without what stands around it.
            Expr::Number(_) if !written.starts_with('-') => {
                let around = |c: char| "()+".contains(c) || c.is_ascii_whitespace();
                written.trim_matches(around).to_string()
            }
            _ => written,
        });
        // Names begin with something to be seen (`Name_string::copy`); that an alias is cut would
        // be a warning, 1466, which is not given here.
        let hidden = |c: char| c.is_ascii_whitespace() || c.is_ascii_control();
        Ok(Item { what: Ok(expr), name: name.trim_start_matches(hidden).to_string() })
    }

    fn alias(&mut self) -> Parsed<Option<String>> {
        if self.word("AS") {
            if let Kind::Text(_) = self.kind() {
                return self.text_literal().map(Some);
            }
            return self.name().map(Some);
        }
        match self.kind() {
            Kind::Quoted(_) => self.name().map(Some),
            Kind::Text(_) => self.text_literal().map(Some),
            Kind::Word(word) if !self.is_reserved(word) => self.name().map(Some),
            _ => Ok(None),
        }
    }

    pub(super) fn from(&mut self) -> Parsed<Vec<From>> {
        let mut tables = vec![self.table_source(Join::Inner)?];
        loop {
            if self.op(",") {
                tables.push(self.table_source(Join::Inner)?);
                continue;
            }
            let natural = self.word("NATURAL");
            let straight = self.peek("STRAIGHT_JOIN");
            let join = if self.words(&["LEFT", "JOIN"]) || self.words(&["LEFT", "OUTER", "JOIN"]) {
                Join::Left
            } else if self.words(&["RIGHT", "JOIN"]) || self.words(&["RIGHT", "OUTER", "JOIN"]) {
                Join::Right
            } else if self.word("JOIN")
                || self.words(&["INNER", "JOIN"])
                || self.words(&["CROSS", "JOIN"])
                || self.word("STRAIGHT_JOIN")
            {
                Join::Inner
            } else if natural {
                return Err(self.fail());
            } else {
                return Ok(tables);
            };
            if tables.len() >= 8 {
                return Err(SqlError::not_modelled("a join of more than 8 tables"));
            }
            let mut table = self.table_source(join)?;
            table.natural = natural;
            table.straight = straight;
            if natural {
            } else if self.word("ON") {
                table.on = Some(self.expr()?);
            } else if self.word("USING") {
                table.using = self.bracketed(Self::name)?;
            } else if join != Join::Inner {
                return Err(self.fail());
            }
            tables.push(table);
        }
    }

    fn table_source(&mut self, join: Join) -> Parsed<From> {
        let source = if self.op("(") {
            let select = self.deeper(Self::select)?;
            self.need_op(")")?;
            Source::Derived(Box::new(select))
        } else {
            Source::Table(self.whole_table()?)
        };
        let alias = match (&source, self.table_alias()?) {
            (_, Some(alias)) => alias,
            (Source::Table(name), None) => name.table.clone(),
            (Source::Derived(_), None) => {
                return Err(SqlError::new(1248, "Every derived table must have its own alias"));
            }
        };
        let hints = self.hints()?;
        Ok(From {
            source,
            alias,
            hints,
            join,
            on: None,
            using: Vec::new(),
            natural: false,
            straight: false,
        })
    }

    /// A table, and not some of its partitions.
    pub(super) fn whole_table(&mut self) -> Parsed<TableName> {
        let table = self.table_name()?;
        if self.peek("PARTITION") && matches!(self.ahead(1), Kind::Op("(")) {
            return Err(SqlError::not_modelled("PARTITION (…)"));
        }
        Ok(table)
    }

    /// USE INDEX (k), FORCE KEY FOR JOIN (k), IGNORE INDEX (a, b).
    fn hints(&mut self) -> Parsed<Vec<String>> {
        let mut names = Vec::new();
        loop {
            let word = ["USE", "FORCE", "IGNORE"].into_iter().find(|word| self.peek(word));
            let index = self.is_word_ahead(1, "INDEX") || self.is_word_ahead(1, "KEY");
            let (Some(word), true) = (word, index) else { return Ok(names) };
            self.advance();
            self.advance();
            if self.word("FOR") {
                let known = self.word("JOIN") || self.words(&["ORDER", "BY"]);
                if !known && !self.words(&["GROUP", "BY"]) {
                    return Err(self.fail());
                }
            }
            self.need_op("(")?;
            if word == "USE" && self.op(")") {
                continue;
            }
            names.extend(self.list(|p| {
                let primary = p.word("PRIMARY");
                if primary { Ok("PRIMARY".into()) } else { p.name() }
            })?);
            self.need_op(")")?;
        }
    }

    pub(super) fn table_alias(&mut self) -> Parsed<Option<String>> {
        if self.word("AS") {
            return self.name().map(Some);
        }
        match self.kind() {
            Kind::Quoted(_) => self.name().map(Some),
            Kind::Word(word) if !self.is_reserved(word) => self.name().map(Some),
            _ => Ok(None),
        }
    }
}
