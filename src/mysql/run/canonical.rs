//! A query as MySQL writes it anew for SHOW CREATE VIEW (`st_select_lex::print` of sql/sql_lex.cc,
//! `Item::print`). What it would write otherwise is not known here, and refused.

use super::Env;
use super::computed::{Tables, tables};
use crate::mysql::sql::SqlError;
use crate::mysql::sql::ast::{Expr, From, Join, Op, Select, Source, TableName};

type Written = Result<String, SqlError>;

/// Around the name of a database: what is in the default one is shown without.
const OPEN: char = '\u{1}';
const CLOSE: char = '\u{2}';

/// A query with the databases' names, but for that of the default one.
pub(super) fn shown(written: &str, current: Option<&str>) -> String {
    let own = current.map(|db| format!("{OPEN}{}.{CLOSE}", quoted(db)));
    let text = own.map_or_else(|| written.to_string(), |own| written.replace(&own, ""));
    text.replace([OPEN, CLOSE], "")
}

/// A query in MySQL's words. `nested`: joins in brackets, as they are shown; without, as they are
/// read.
pub(super) struct Writer<'w> {
    /// The database that names without one are in.
    pub db: &'w str,
    /// Joins in brackets.
    pub nested: bool,
}

/// The tables of the query that is written, and of those around it.
struct Known<'k> {
    tables: &'k Tables,
    from: &'k [From],
    items: &'k [(Expr, String)],
    outer: Option<&'k Known<'k>>,
}

fn refused(what: &str) -> SqlError {
    SqlError::not_modelled(format!("a view with {what}"))
}

/// A name in its quotes.
pub(super) fn quoted(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

impl Writer<'_> {
    /// The whole query, its `*` written out; `names`: what its columns are called, if not as they
    /// are.
    pub(super) fn query(&self, query: &Select, names: &[String], env: &mut Env) -> Written {
        let mut out = self.one(query, (names, None), env)?;
        let mut last = query;
        while let Some((all, next)) = &last.union {
            last = next;
            out += if *all { " union all " } else { " union " };
            out += &self.one(next, (&[], None), env)?;
        }
        if query.union.is_some() && (!query.whole.0.is_empty() || query.whole.1.is_some()) {
            return Err(refused("a UNION that is sorted or limited"));
        }
        Ok(out)
    }

    fn one(
        &self,
        query: &Select,
        (names, outer): (&[String], Option<&Known>),
        env: &mut Env,
    ) -> Written {
        if query.calc || query.lock.is_some() || !query.into.is_empty() || query.outfile.is_some() {
            return Err(refused("INTO, FOR UPDATE or SQL_CALC_FOUND_ROWS"));
        }
        let tables = tables(&query.from, env)?;
        let items = tables.items(query)?;
        let known = Known { tables: &tables, from: &query.from, items: &items, outer };
        let mut out = String::from(if query.distinct { "select distinct " } else { "select " });
        let mut list = Vec::new();
        for (at, (expr, name)) in items.iter().enumerate() {
            let name = names.get(at).unwrap_or(name);
            list.push(format!("{} AS {}", self.expr(expr, &known, env)?, quoted(name)));
        }
        out += &list.join(",");
        if !query.from.is_empty() {
            out += &format!(" from {}", self.from(&query.from, &known, env)?);
        }
        out += &self.conditions(query, &known, env)?;
        Ok(out)
    }

    fn conditions(&self, query: &Select, known: &Known, env: &mut Env) -> Written {
        let mut out = String::new();
        if let Some(filter) = &query.filter {
            out += &format!(" where {}", self.expr(filter, known, env)?);
        }
        if query.rollup || query.group_descending.iter().any(|down| *down) {
            return Err(refused("GROUP BY … WITH ROLLUP or DESC"));
        }
        let mut groups = Vec::new();
        for expr in &query.group {
            groups.push(self.by(expr, known, env)?);
        }
        if !groups.is_empty() {
            out += &format!(" group by {}", groups.join(","));
        }
        if let Some(having) = &query.having {
            out += &format!(" having {}", self.expr(having, known, env)?);
        }
        let mut orders = Vec::new();
        for (expr, down) in &query.order {
            orders.push(self.by(expr, known, env)? + if *down { " desc" } else { "" });
        }
        if !orders.is_empty() {
            out += &format!(" order by {}", orders.join(","));
        }
        match query.limit {
            Some((0, count)) => out += &format!(" limit {count}"),
            Some((offset, count)) => out += &format!(" limit {offset},{count}"),
            None => {}
        }
        Ok(out)
    }

    /// A part of GROUP BY or ORDER BY: the name of a result is what that is.
    fn by(&self, expr: &Expr, known: &Known, env: &mut Env) -> Written {
        match expr {
            Expr::Number(digits) => Ok(digits.clone()),
            Expr::Column { table: None, name } => {
                let same = |(_, alias): &&(Expr, String)| alias.eq_ignore_ascii_case(name);
                match known.items.iter().find(same) {
                    Some((item, _)) => self.expr(item, known, env),
                    None => self.expr(expr, known, env),
                }
            }
            _ => self.expr(expr, known, env),
        }
    }

    fn from(&self, from: &[From], known: &Known, env: &mut Env) -> Written {
        let mut out = String::new();
        for (at, one) in from.iter().enumerate() {
            let Source::Table(name) = &one.source else {
                return Err(refused("a SELECT in FROM"));
            };
            if !one.hints.is_empty() || !one.using.is_empty() || one.natural {
                return Err(refused("USING, NATURAL or index hints"));
            }
            let table = self.table(name, &one.alias);
            if at == 0 {
                out = table;
                continue;
            }
            let on = match &one.on {
                Some(on) => format!(" on({})", self.expr(on, known, env)?),
                None => String::new(),
            };
            let joined = match (one.join, self.nested) {
                (Join::Inner, _) => format!("{out} join {table}{on}"),
                (Join::Left, _) => format!("{out} left join {table}{on}"),
                (Join::Right, true) => format!("{table} left join {out}{on}"),
                (Join::Right, false) => format!("{out} right join {table}{on}"),
            };
            out = if self.nested { format!("({joined})") } else { joined };
        }
        Ok(out)
    }

    fn table(&self, name: &TableName, alias: &str) -> String {
        let own = self.place(name);
        let alias = if alias == name.table { String::new() } else { format!(" {}", quoted(alias)) };
        format!("{own}{}{alias}", quoted(&name.table))
    }

    fn place(&self, name: &TableName) -> String {
        format!("{OPEN}{}.{CLOSE}", quoted(name.db.as_deref().unwrap_or(self.db)))
    }

    fn column(&self, table: Option<&str>, name: &str, known: &Known) -> Option<String> {
        let fits = |(alias, column): &&(String, String)| {
            column.eq_ignore_ascii_case(name) && table.is_none_or(|t| t == alias)
        };
        let Some((alias, column)) = known.tables.input.columns.iter().find(fits) else {
            let outer = known.outer.and_then(|outer| self.column(table, name, outer));
            let result = || {
                let same = |(_, own): &&(Expr, String)| own.eq_ignore_ascii_case(name);
                known.items.iter().find(same).filter(|_| table.is_none()).map(|(_, n)| quoted(n))
            };
            return outer.or_else(result);
        };
        let from = known.from.iter().find(|from| from.alias == *alias)?;
        let own = match &from.source {
            Source::Table(name) if name.table == *alias => self.place(name),
            _ => String::new(),
        };
        Some(format!("{own}{}.{}", quoted(alias), quoted(column)))
    }

    fn list(&self, list: &[Expr], known: &Known, env: &mut Env) -> Written {
        let one = |expr: &Expr| self.expr(expr, known, &mut *env);
        Ok(list.iter().map(one).collect::<Result<Vec<_>, _>>()?.join(","))
    }

    fn expr(&self, expr: &Expr, known: &Known, env: &mut Env) -> Written {
        Ok(match expr {
            Expr::Null => "NULL".into(),
            Expr::Bool(value) => u8::from(*value).to_string(),
            Expr::Text(text) => {
                format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
            }
            Expr::Number(digits) => digits.clone(),
            Expr::Column { table, name } => {
                let column = self.column(table.as_deref(), name, known);
                let full = table.as_ref().map_or(name.clone(), |table| format!("{table}.{name}"));
                let unknown = || format!("Unknown column '{full}' in 'field list'");
                column.ok_or_else(|| SqlError::new(1054, unknown()))?
            }
            Expr::UserVar(_) | Expr::Assign(..) | Expr::SystemVar { .. } => {
                let text = "View's SELECT contains a variable or parameter";
                return Err(SqlError::new(1351, text));
            }
            Expr::Not(inner) => self.negated(inner, known, env)?,
            Expr::Negate(inner) => format!("-({})", self.expr(inner, known, env)?),
            Expr::Binary(op @ (Op::And | Op::Or), ..) => {
                let mut parts = Vec::new();
                flatten(*op, expr, &mut parts);
                let one = |part: &Expr| self.expr(part, known, &mut *env);
                let parts: Vec<String> = parts.iter().map(one).collect::<Result<_, _>>()?;
                format!("({})", parts.join(if *op == Op::And { " and " } else { " or " }))
            }
            Expr::Binary(op, a, b) => self.binary(*op, a, b, known, env)?,
            Expr::IsNull(inner, false) => format!("isnull({})", self.expr(inner, known, env)?),
            Expr::IsNull(inner, true) => format!("({} is not null)", self.expr(inner, known, env)?),
            Expr::Like(a, b, not) => {
                let (a, b) = (self.expr(a, known, env)?, self.expr(b, known, env)?);
                if *not { format!("(not(({a} like {b})))") } else { format!("({a} like {b})") }
            }
            Expr::In(a, list, not) if !matches!(**a, Expr::Row(_)) => {
                let (a, list) = (self.expr(a, known, env)?, self.list(list, known, env)?);
                format!("({a}{} in ({list}))", if *not { " not" } else { "" })
            }
            Expr::Between(a, low, high, not) => {
                let (a, low) = (self.expr(a, known, env)?, self.expr(low, known, env)?);
                let high = self.expr(high, known, env)?;
                format!("({a}{} between {low} and {high})", if *not { " not" } else { "" })
            }
            Expr::Case { .. } => self.case(expr, known, env)?,
            Expr::Call(name, list) => self.call(name, list, known, env)?,
            Expr::Aggregate { name, distinct, argument, .. } if name != "GROUP_CONCAT" => {
                let of = match argument {
                    Some(argument) => self.expr(argument, known, env)?,
                    None => "0".into(),
                };
                let distinct = if *distinct { "distinct " } else { "" };
                format!("{}({distinct}{of})", name.to_ascii_lowercase())
            }
            Expr::Cast(inner, kind) => {
                format!("cast({} as {})", self.expr(inner, known, env)?, cast_type(kind)?)
            }
            _ => return Err(refused("such an expression")),
        })
    }

    fn case(&self, expr: &Expr, known: &Known, env: &mut Env) -> Written {
        let Expr::Case { of, when, otherwise } = expr else { return Err(refused("that")) };
        let mut out = String::from("(case");
        if let Some(of) = of {
            out += &format!(" {}", self.expr(of, known, env)?);
        }
        for (condition, result) in when {
            let condition = self.expr(condition, known, env)?;
            out += &format!(" when {condition} then {}", self.expr(result, known, env)?);
        }
        if let Some(otherwise) = otherwise {
            out += &format!(" else {}", self.expr(otherwise, known, env)?);
        }
        Ok(out + " end)")
    }

    /// NOT, as far as it can be taken in.
    fn negated(&self, inner: &Expr, known: &Known, env: &mut Env) -> Written {
        match taken_in(inner) {
            Some(taken) => self.expr(&taken, known, env),
            None if matches!(inner, Expr::Not(_)) => Err(refused("NOT NOT")),
            None => Ok(format!("(not({}))", self.expr(inner, known, env)?)),
        }
    }

    fn binary(&self, op: Op, a: &Expr, b: &Expr, known: &Known, env: &mut Env) -> Written {
        if let Expr::Interval(_, amount, unit) = b {
            let sign = if op == Op::Sub { '-' } else { '+' };
            let (a, amount) = (self.expr(a, known, env)?, self.expr(amount, known, env)?);
            return Ok(format!("({a} {sign} interval {amount} {})", unit.to_ascii_lowercase()));
        }
        let (a, b) = (self.expr(a, known, env)?, self.expr(b, known, env)?);
        Ok(format!("({a} {} {b})", op.sign()))
    }

    fn call(&self, name: &str, list: &[Expr], known: &Known, env: &mut Env) -> Written {
        if let (
            "DATE_ADD" | "DATE_SUB" | "ADDDATE" | "SUBDATE",
            [base, Expr::Interval(_, n, unit)],
        ) = (name, list)
        {
            let sign = if name.ends_with("SUB") || name == "SUBDATE" { '-' } else { '+' };
            let (base, n) = (self.expr(base, known, env)?, self.expr(n, known, env)?);
            return Ok(format!("({base} {sign} interval {n} {})", unit.to_ascii_lowercase()));
        }
        let of = |writer: &Self, at: usize, env: &mut Env| match list.get(at) {
            Some(expr) => writer.expr(expr, known, env),
            None => Err(refused("a function of other arguments")),
        };
        if let ("TIMESTAMPDIFF", [Expr::Text(unit), a, b]) = (name, list) {
            let (a, b) = (self.expr(a, known, env)?, self.expr(b, known, env)?);
            return Ok(format!("timestampdiff({unit},{a},{b})"));
        }
        Ok(match name {
            "MOD" => format!("({} % {})", of(self, 0, env)?, of(self, 1, env)?),
            "DATE" => format!("cast({} as date)", of(self, 0, env)?),
            "TIME" => format!("cast({} as time)", of(self, 0, env)?),
            "DATEDIFF" => {
                format!("(to_days({}) - to_days({}))", of(self, 0, env)?, of(self, 1, env)?)
            }
            "INSTR" => format!("locate({},{})", of(self, 1, env)?, of(self, 0, env)?),
            "ROUND" if list.len() == 1 => format!("round({},0)", of(self, 0, env)?),
            "TRIM" if list.len() > 1 => return Err(refused("TRIM … FROM")),
            "NOW" | "CURRENT_TIMESTAMP" | "LOCALTIME" | "LOCALTIMESTAMP" => {
                if !list.is_empty() {
                    return Err(refused("NOW() with digits"));
                }
                "now()".into()
            }
            _ => {
                let lower = written_as(name).ok_or_else(|| refused(&format!("{name}()")))?;
                format!("{lower}({})", self.list(list, known, env)?)
            }
        })
    }
}

/// The opposite of a condition (`Item::neg_transformer`), if it has one of its own.
fn taken_in(inner: &Expr) -> Option<Expr> {
    let not = |part: &Expr| Box::new(Expr::Not(Box::new(part.clone())));
    Some(match inner {
        Expr::Binary(Op::And, a, b) => Expr::Binary(Op::Or, not(a), not(b)),
        Expr::Binary(Op::Or, a, b) => Expr::Binary(Op::And, not(a), not(b)),
        Expr::Binary(op, a, b) => Expr::Binary(opposite(*op)?, a.clone(), b.clone()),
        Expr::IsNull(a, not) => Expr::IsNull(a.clone(), !not),
        Expr::In(a, list, not) => Expr::In(a.clone(), list.clone(), !not),
        Expr::Between(a, b, c, not) => Expr::Between(a.clone(), b.clone(), c.clone(), !not),
        _ => return None,
    })
}

fn flatten(op: Op, expr: &Expr, parts: &mut Vec<Expr>) {
    match expr {
        Expr::Binary(own, a, b) if *own == op => {
            flatten(op, a, parts);
            flatten(op, b, parts);
        }
        Expr::Not(inner) => match taken_in(inner) {
            Some(taken) => flatten(op, &taken, parts),
            None => parts.push(expr.clone()),
        },
        other => parts.push(other.clone()),
    }
}

fn opposite(op: Op) -> Option<Op> {
    Some(match op {
        Op::Eq => Op::Ne,
        Op::Ne => Op::Eq,
        Op::Lt => Op::Ge,
        Op::Ge => Op::Lt,
        Op::Gt => Op::Le,
        Op::Le => Op::Gt,
        _ => return None,
    })
}

fn cast_type(kind: &str) -> Written {
    let (name, length) = kind.split_once(' ').unwrap_or((kind, ""));
    Ok(match (name, length.split_once(' ')) {
        ("SIGNED" | "UNSIGNED" | "DATE", _) => name.to_ascii_lowercase(),
        ("DATETIME" | "TIME", _) if length.is_empty() => name.to_ascii_lowercase(),
        ("DECIMAL", Some((scale, digits))) => format!("decimal({digits},{scale})"),
        ("CHAR", _) if length.is_empty() => "char charset latin1".into(),
        ("CHAR", None) => format!("char({length}) charset latin1"),
        _ => return Err(refused("such a CAST")),
    })
}

/// A function's name as MySQL writes it, if it has no other form.
fn written_as(name: &str) -> Option<&'static str> {
    const OTHER: [(&str, &str); 12] = [
        ("UPPER", "ucase"),
        ("LOWER", "lcase"),
        ("SUBSTRING", "substr"),
        ("MID", "substr"),
        ("CEIL", "ceiling"),
        ("POWER", "pow"),
        ("DAY", "dayofmonth"),
        ("CURRENT_DATE", "curdate"),
        ("CURRENT_TIME", "curtime"),
        ("CHARACTER_LENGTH", "char_length"),
        ("OCTET_LENGTH", "length"),
        ("SCHEMA", "database"),
    ];
    const SAME: &str = " ucase lcase length char_length substr left right trim ltrim rtrim replace \
        concat concat_ws reverse lpad rpad repeat locate abs ceiling floor round truncate pow sqrt \
        sign greatest least coalesce ifnull nullif isnull if curdate curtime year month dayofmonth \
        hour minute second date_format unix_timestamp from_unixtime database version connection_id \
        rand uuid md5 hex format last_day weekday dayname monthname quarter dayofweek dayofyear \
        to_days ";
    let renamed = OTHER.iter().find(|(from, _)| *from == name).map(|(_, to)| *to);
    renamed.or_else(|| SAME.split_ascii_whitespace().find(|known| known.eq_ignore_ascii_case(name)))
}
