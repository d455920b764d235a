//! What a result's column is before it has rows: a number or not, and whether it may be NULL. The
//! client draws by it. Models `Item::result_type` and `Item::maybe_null`.

use super::Env;
use super::eval::MERGED;
use super::kind::{Kind, kind};
use crate::mysql::data::{Column, Value};
use crate::mysql::sql::ast::{Expr, Op};

/// What a column is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Shape {
    /// The client prints it right-aligned.
    pub number: bool,
    /// It may be NULL.
    pub nullable: bool,
    /// What its values are, if it is a table's.
    pub kind: Kind,
}

impl Shape {
    pub(super) fn new(number: bool, nullable: bool) -> Shape {
        Shape { number, nullable, kind: Kind::Unknown }
    }

    /// Of a table's column.
    pub(super) fn of(column: &Column) -> Shape {
        let kind = Kind::of(&column.kind);
        Shape { kind, ..Shape::new(column.kind.is_number(), !column.not_null) }
    }
}

/// The columns an expression may name.
#[derive(Clone, Copy)]
pub(super) struct Columns<'c> {
    /// Table alias and name of each.
    pub names: &'c [(String, String)],
    /// What each is.
    pub shapes: &'c [Shape],
}

impl Columns<'_> {
    pub(super) const NONE: Columns<'static> = Columns { names: &[], shapes: &[] };

    fn find(&self, table: Option<&String>, name: &str) -> Option<Shape> {
        let fits = |(alias, column): &(String, String)| {
            column.eq_ignore_ascii_case(name)
                && match table {
                    Some(table) => alias.trim_start_matches(MERGED) == table,
                    None => !alias.starts_with(MERGED),
                }
        };
        self.names.iter().position(fits).and_then(|at| self.shapes.get(at).copied())
    }

    /// What kind of values a column has.
    pub(super) fn kind(&self, table: Option<&String>, name: &str) -> Kind {
        self.find(table, name).map_or(Kind::Unknown, |shape| shape.kind)
    }
}

/// Functions whose result is a number.
const NUMERIC: &str = " ABS FLOOR CEIL CEILING ROUND MOD SIGN LENGTH OCTET_LENGTH CHAR_LENGTH \
    CHARACTER_LENGTH BIT_LENGTH CONNECTION_ID LAST_INSERT_ID ROW_COUNT FOUND_ROWS RAND SLEEP \
    GTID_SUBSET MASTER_POS_WAIT WAIT_FOR_EXECUTED_GTID_SET \
    UNIX_TIMESTAMP YEAR MONTH DAY DAYOFMONTH DAYOFWEEK DAYOFYEAR WEEKDAY WEEK YEARWEEK WEEKOFYEAR \
    QUARTER TO_DAYS TO_SECONDS HOUR MINUTE SECOND MICROSECOND DATEDIFF TIMESTAMPDIFF TIME_TO_SEC \
    EXTRACT PERIOD_ADD PERIOD_DIFF INSTR LOCATE ISNULL IS_TRUE IS_FALSE REGEXP POW POWER SQRT \
    RADIANS DEGREES PI ASCII ORD FIELD FIND_IN_SET STRCMP TRUNCATE BIT_COUNT INTERVAL CRC32 \
    INET_ATON BENCHMARK SIN COS TAN ASIN ACOS ATAN ATAN2 COT EXP LN LOG LOG2 LOG10 ";

/// Functions that are never NULL.
const NEVER_NULL: &str = " NOW CURRENT_TIMESTAMP SYSDATE LOCALTIME LOCALTIMESTAMP UTC_TIMESTAMP \
    UTC_DATE UTC_TIME CURDATE CURRENT_DATE CURTIME CURRENT_TIME VERSION USER SESSION_USER \
    SYSTEM_USER CURRENT_USER CONNECTION_ID LAST_INSERT_ID ROW_COUNT FOUND_ROWS ISNULL IS_TRUE \
    IS_FALSE PI CHARSET COLLATION BENCHMARK INTERVAL FIELD ";

/// Functions that may be NULL even if no argument is.
const MAYBE_NULL: &str = " DATABASE SCHEMA NULLIF DATE YEAR MONTH DAY DAYOFMONTH DAYOFWEEK \
    DAYOFYEAR WEEKDAY WEEK YEARWEEK WEEKOFYEAR QUARTER TO_DAYS TO_SECONDS FROM_DAYS HOUR MINUTE \
    SECOND MICROSECOND TIME TIMESTAMP TIMESTAMPADD TIMESTAMPDIFF TIME_FORMAT TIMEDIFF ADDTIME \
    SUBTIME SEC_TO_TIME TIME_TO_SEC MAKETIME MAKEDATE PERIOD_ADD EXTRACT LAST_DAY STR_TO_DATE \
    CONVERT_TZ DATEDIFF DATE_FORMAT DAYNAME MONTHNAME FROM_UNIXTIME REPEAT UNHEX SQRT POW MOD \
    INET_ATON INET_NTOA CONV ELT MAKE_SET EXPORT_SET FORMAT GET_FORMAT SPACE LPAD RPAD INSERT \
    CHAR SHA2 BIN OCT ASIN ACOS LN LOG LOG2 LOG10 ";

/// Functions whose text may turn out to be badly encoded, which in strict mode makes it NULL
/// (`Item_str_func::fix_fields`).
const TEXTS: &str = " CONCAT CONCAT_WS REVERSE REPLACE UPPER UCASE LOWER LCASE LEFT RIGHT \
    SUBSTRING SUBSTR MID SUBSTRING_INDEX TRIM LTRIM RTRIM QUOTE HEX MD5 SHA1 SHA SOUNDEX ";

fn is_in(list: &str, name: &str) -> bool {
    list.split_ascii_whitespace().any(|word| word == name)
}

/// What an expression's column is.
pub(super) fn shape(expr: &Expr, columns: Columns, env: &Env) -> Shape {
    let of = |e: &Expr| shape(e, columns, env);
    let truth = |parts: &[&Expr]| Shape::new(true, parts.iter().any(|part| of(part).nullable));
    match expr {
        Expr::Quantified(..) => Shape::new(true, true),
        Expr::Number(_) | Expr::Bool(_) | Expr::IsNull(..) | Expr::Exists(_) => {
            Shape::new(true, false)
        }
        Expr::Text(_) | Expr::Bits(_) | Expr::Row(_) => Shape::new(false, false),
        Expr::Null => Shape::new(false, true),
        Expr::Not(a) | Expr::Negate(a) => truth(&[a]),
        Expr::Like(a, b, _) | Expr::Regexp(a, b, _) => truth(&[a, b]),
        Expr::Assign(_, value) => Shape { nullable: true, ..of(value) },
        Expr::In(a, list, _) => {
            Shape::new(true, of(a).nullable || list.iter().any(|e| of(e).nullable))
        }
        Expr::InSelect(..) => Shape::new(true, true),
        Expr::Between(a, b, c, _) => truth(&[a, b, c]),
        Expr::Binary(_, left, right)
            if matches!(**left, Expr::Interval(..)) || matches!(**right, Expr::Interval(..)) =>
        {
            Shape::new(false, true)
        }
        Expr::Binary(Op::Div | Op::IntDiv | Op::Mod, ..) => Shape::new(true, true),
        Expr::Binary(Op::NullEq, ..) => Shape::new(true, false),
        Expr::Binary(_, a, b) => truth(&[a, b]),
        Expr::Column { table, name } => {
            columns.find(table.as_ref(), name).unwrap_or(Shape::new(false, true))
        }
        Expr::UserVar(name) => {
            let value = env.vars.get(&name.to_ascii_lowercase());
            Shape::new(value.is_some_and(Value::is_number), true)
        }
        Expr::SystemVar { name, .. } => {
            let value = super::variable::variable_text(false, name, env);
            let is_number = |text: String| super::variable::is_number(name, &text);
            let counted = super::variable::COUNTERS.contains(&name.as_str());
            Shape::new(counted || value.is_some_and(is_number), true)
        }
        Expr::Call(name, arguments) => call(name, arguments, columns, env),
        Expr::Aggregate { name, argument, .. } => Shape {
            kind: Kind::Unknown,
            number: match name.as_str() {
                "MIN" | "MAX" => argument.as_ref().is_some_and(|e| of(e).number),
                name => name != "GROUP_CONCAT",
            },
            nullable: name != "COUNT" && !name.starts_with("BIT_"),
        },
        Expr::Case { when, otherwise, .. } => {
            let mut results: Vec<&Expr> = when.iter().map(|(_, e)| e).collect();
            results.extend(otherwise.as_deref());
            let nullable =
                otherwise.is_none() || expr.children().into_iter().any(|e| of(e).nullable);
            Shape::new(all_numbers(&results, columns, env), nullable)
        }
        Expr::Cast(inner, kind) => Shape {
            kind: Kind::Unknown,
            number: ["SIGNED", "UNSIGNED", "DECIMAL", "DOUBLE"].iter().any(|k| kind.starts_with(k)),
            nullable: kind.starts_with("DATE")
                || ["CHAR", "BINARY"].iter().any(|k| kind.starts_with(k)) && !env.is_lenient()
                || of(inner).nullable,
        },
        Expr::Subquery(query) => {
            let first = query.items.first().and_then(|item| item.what.as_ref().ok());
            let number = first.is_some_and(|e| shape(e, Columns::NONE, env).number);
            Shape::new(number, true)
        }
        Expr::Interval(..) => Shape::new(false, true),
    }
}

fn call(name: &str, arguments: &[Expr], columns: Columns, env: &Env) -> Shape {
    let all: Vec<&Expr> = arguments.iter().collect();
    let nullable = |list: &[&Expr]| list.iter().any(|e| shape(e, columns, env).nullable);
    match name {
        "IF" => {
            let results = all.get(1..).unwrap_or_default();
            Shape::new(all_numbers(results, columns, env), nullable(results))
        }
        // `Item_func_ifnull` looks at what it gives instead.
        "IFNULL" => {
            let instead = &all[all.len().min(1)..];
            Shape::new(all_numbers(&all, columns, env), nullable(instead))
        }
        "COALESCE" => Shape::new(all_numbers(&all, columns, env), nullable(&all)),
        "ANY_VALUE" | "VALUES" if all.len() == 1 => shape(all[0], columns, env),
        "GREATEST" | "LEAST" => Shape::new(all_numbers(&all, columns, env), nullable(&all)),
        "NULLIF" => Shape::new(all_numbers(&all[..all.len().min(1)], columns, env), true),
        name => Shape {
            kind: Kind::Unknown,
            number: is_in(NUMERIC, name),
            nullable: !is_in(NEVER_NULL, name)
                && (is_in(MAYBE_NULL, name)
                    || is_in(TEXTS, name) && !env.is_lenient()
                    || nullable(&all)),
        },
    }
}

/// Whether all are numbers; NULL counts as whatever the others are.
fn all_numbers(list: &[&Expr], columns: Columns, env: &Env) -> bool {
    let mut some = list.iter().filter(|e| ***e != Expr::Null).peekable();
    some.peek().is_some() && some.all(|e| shape(e, columns, env).number)
}

/// The digits after the point that a result is shown with, whatever it comes to: of functions that
/// give exact numbers (`Item_func_numhybrid::val_str`, `Item_sum_sum::val_str`). IF and CASE show
/// what they come to.
pub(super) fn shown_scale(expr: &Expr, columns: Columns, env: &Env) -> Option<u8> {
    const ROUNDED: [&str; 6] = ["ABS", "COALESCE", "IFNULL", "MOD", "ROUND", "TRUNCATE"];
    let rounds = match expr {
        Expr::Negate(_) | Expr::Binary(..) => true,
        Expr::Call(name, _) => ROUNDED.contains(&name.as_str()),
        Expr::Aggregate { name, .. } => ["SUM", "AVG", "MIN", "MAX"].contains(&name.as_str()),
        _ => false,
    };
    match rounds.then(|| kind(expr, columns, env)) {
        Some(Kind::Decimal(_, scale)) => Some(scale),
        _ => None,
    }
}
