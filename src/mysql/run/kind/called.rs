//! The kinds of what functions give.

use super::{Kind, LONG, TRUTH, int, kind, unsigned};
use crate::mysql::run::Env;
use crate::mysql::run::shape::Columns;
use crate::mysql::sql::ast::Expr;

/// Functions that give whole numbers, and how many characters those take.
const INTS: &str = " LENGTH 10 OCTET_LENGTH 10 CHAR_LENGTH 10 CHARACTER_LENGTH 10 BIT_LENGTH 11 \
    INSTR 11 LOCATE 11 ASCII 3 ORD 7 FIELD 3 STRCMP 2 FIND_IN_SET 3 YEAR 4 MONTH 2 DAY 2 \
    DAYOFMONTH 2 HOUR 2 MINUTE 2 SECOND 2 DAYOFWEEK 1 WEEKDAY 1 DAYOFYEAR 3 WEEK 2 WEEKOFYEAR 2 \
    QUARTER 1 YEARWEEK 6 TO_DAYS 6 DATEDIFF 7 TIMESTAMPDIFF 21 UNIX_TIMESTAMP 11 TIME_TO_SEC 10 \
    SIGN 21 ISNULL 1 IS_TRUE 1 IS_FALSE 1 ";

/// Functions that give DOUBLEs.
const REALS: &str = " POW POWER SQRT RAND EXP LN LOG LOG2 LOG10 SIN COS TAN ASIN ACOS ATAN COT \
    RADIANS DEGREES ";

/// Functions that give texts no longer than the one they are given.
const SAME: &str =
    " UPPER UCASE LOWER LCASE TRIM LTRIM RTRIM REVERSE SUBSTRING_INDEX COLLATE ANY_VALUE ";

fn named(list: &str, name: &str) -> bool {
    list.split_ascii_whitespace().any(|word| word == name)
}

/// What a function gives.
pub(super) fn call(name: &str, arguments: &[Expr], known: (Columns, &Env)) -> Kind {
    let kinds: Vec<Kind> = arguments.iter().map(|e| kind(e, known.0, known.1)).collect();
    let mut words = INTS.split_ascii_whitespace();
    if words.any(|word| word == name) {
        return words.next().and_then(|width| width.parse().ok()).map_or(Kind::Unknown, int);
    }
    if named(REALS, name) {
        return Kind::Real(None);
    }
    match (name, kinds.as_slice()) {
        ("IF", [_, yes, no]) => yes.with(*no),
        ("IFNULL", [Kind::Text(_) | Kind::Bytes(_), _]) | ("COALESCE" | "IFNULL", _) => {
            kinds.iter().copied().fold(Kind::Null, Kind::with)
        }
        ("NULLIF", [first, _]) => nullif(*first),
        ("GREATEST" | "LEAST", _) => {
            kinds.iter().copied().reduce(Kind::with).unwrap_or(Kind::Unknown)
        }
        ("CONNECTION_ID" | "LAST_INSERT_ID", _) => unsigned(21),
        ("CRC32", _) => unsigned(10),
        ("EXTRACT", [..]) => extract(&arguments[0]),
        ("ABS", [one]) => absolute(*one),
        ("MOD", [a, b]) => super::arithmetic(crate::mysql::sql::ast::Op::Mod, *a, *b),
        ("PI", _) => Kind::Real(Some((8, 6))),
        ("ROUND" | "TRUNCATE", [one, ..]) => rounded(name == "ROUND", *one, arguments.get(1)),
        ("FLOOR" | "CEIL" | "CEILING", [one]) => whole(*one),
        _ => moments(name, arguments, &kinds)
            .or_else(|| texts(name, arguments, &kinds))
            .unwrap_or_default(),
    }
}

/// NULLIF compares by what its first is, and keeps its number or text.
fn nullif(first: Kind) -> Kind {
    match first {
        kind if kind.is_temporal() => kind.width().map_or(Kind::Unknown, Kind::Text),
        kind => kind,
    }
}

fn absolute(kind: Kind) -> Kind {
    match kind {
        Kind::Int { .. } | Kind::Decimal(..) | Kind::Unknown => kind,
        _ => Kind::Real(None),
    }
}

/// ROUND and TRUNCATE (`Item_func_round::fix_length_and_dec`).
fn rounded(rounds: bool, kind: Kind, places: Option<&Expr>) -> Kind {
    let places = match places {
        None => 0,
        Some(Expr::Number(digits)) => digits.parse().unwrap_or(0_u8),
        Some(_) => return Kind::Unknown,
    };
    match kind {
        Kind::Int { width, unsigned, .. } => Kind::Int { width, unsigned, big: true },
        Kind::Decimal(precision, scale) => {
            let more = if rounds && places < scale { 1 } else { 0 };
            let whole = precision - scale;
            let scale = places.min(30);
            Kind::Decimal((whole + scale + more).clamp(1, 65), scale)
        }
        Kind::Unknown => Kind::Unknown,
        _ => Kind::Real(Some((17 + u32::from(places), places))),
    }
}

/// FLOOR and CEILING (`Item_func_int_val`).
fn whole(kind: Kind) -> Kind {
    match kind {
        Kind::Int { width, unsigned, .. } if width < 16 => {
            Kind::Int { width: width + 2, unsigned, big: true }
        }
        Kind::Decimal(precision, scale) if precision - scale < 15 => {
            let width = u32::from(precision - scale) + 3 - u32::from(scale == 0);
            Kind::Int { width, unsigned: false, big: true }
        }
        Kind::Int { .. } | Kind::Decimal(..) | Kind::Unknown => Kind::Unknown,
        _ => Kind::Real(Some((17, 0))),
    }
}

fn extract(unit: &Expr) -> Kind {
    match unit {
        Expr::Text(unit) => match unit.as_str() {
            "YEAR" => int(4),
            "QUARTER" | "MONTH" | "WEEK" | "DAY" | "HOUR" | "MINUTE" | "SECOND" => int(2),
            "YEAR_MONTH" => int(6),
            _ => Kind::Unknown,
        },
        _ => Kind::Unknown,
    }
}

/// Functions of dates and times.
fn moments(name: &str, arguments: &[Expr], kinds: &[Kind]) -> Option<Kind> {
    let digits = match arguments {
        [Expr::Number(digits)] => digits.parse().unwrap_or(0),
        _ => 0,
    };
    Some(match name {
        "NOW" | "CURRENT_TIMESTAMP" | "LOCALTIME" | "LOCALTIMESTAMP" | "SYSDATE"
        | "UTC_TIMESTAMP" => Kind::DateTime(digits),
        "CURDATE" | "CURRENT_DATE" | "UTC_DATE" | "DATE" | "LAST_DAY" | "MAKEDATE"
        | "FROM_DAYS" => Kind::Date,
        "CURTIME" | "CURRENT_TIME" | "UTC_TIME" => Kind::Time(digits),
        "TIME" | "TIMEDIFF" | "ADDTIME" | "SUBTIME" | "SEC_TO_TIME"
            if kinds.iter().all(|k| k.is_plain_for_clock()) =>
        {
            let digits = kinds.iter().map(|k| k.second_digits()).max().unwrap_or(0);
            Kind::Time(digits)
        }
        "TIMESTAMP" if arguments.len() == 1 => Kind::DateTime(kinds[0].second_digits()),
        "FROM_UNIXTIME" if arguments.len() == 1 && matches!(kinds[0], Kind::Int { .. }) => {
            Kind::DateTime(0)
        }
        "DATE_ADD" | "DATE_SUB" | "ADDDATE" | "SUBDATE" => match arguments {
            [_, Expr::Interval(_, _, unit)] => shifted(kinds[0], unit),
            _ => shifted(kinds[0], "DAY"),
        },
        "DAYNAME" | "MONTHNAME" => Kind::Text(9),
        "DATE_FORMAT" => match &arguments[1] {
            Expr::Text(format) => Kind::Text(format_width(format)?),
            _ => Kind::Unknown,
        },
        "TIME_FORMAT" => match &arguments[1] {
            Expr::Text(format) => Kind::Text(format_width(format)?),
            _ => Kind::Unknown,
        },
        _ => return None,
    })
}

impl Kind {
    /// Whether what comes of it as a TIME is one, and not a text or a moment.
    fn is_plain_for_clock(self) -> bool {
        self.is_temporal() || matches!(self, Kind::Int { .. })
    }
}

/// `+ INTERVAL`.
pub(super) fn shifted(base: Kind, unit: &str) -> Kind {
    let has_clock = ["HOUR", "MINUTE", "SECOND"].iter().any(|part| unit.contains(part));
    match base {
        Kind::Date if has_clock => Kind::DateTime(if unit.contains("MICRO") { 6 } else { 0 }),
        Kind::Date => Kind::Date,
        Kind::DateTime(digits) | Kind::Timestamp(digits) if !unit.contains("MICRO") => {
            Kind::DateTime(digits)
        }
        Kind::Time(digits) if !unit.contains("MICRO") => Kind::Time(digits),
        Kind::Text(_) => Kind::Text(29),
        _ => Kind::Unknown,
    }
}

/// Characters a DATE_FORMAT gives at most (`Item_func_date_format::format_length`).
fn format_width(format: &str) -> Option<u32> {
    let mut width = 0;
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        width += match (c, if c == '%' { chars.next() } else { None }) {
            ('%', Some('M' | 'W')) => 64,
            ('%', Some('D' | 'Y' | 'x' | 'X')) => 4,
            ('%', Some('a' | 'b')) => 32,
            ('%', Some('j')) => 3,
            ('%', Some('u' | 'U' | 'v' | 'V' | 'y' | 'm' | 'd' | 'h' | 'i' | 'I' | 'l' | 'p'))
            | ('%', Some('S' | 's' | 'c' | 'e')) => 2,
            ('%', Some('k' | 'H')) => 7,
            ('%', Some('r')) => 11,
            ('%', Some('T')) => 8,
            ('%', Some('f')) => 6,
            ('%', Some('w' | '%')) => 1,
            ('%', _) => return None,
            _ => 1,
        };
    }
    Some(width)
}

fn constant(expr: Option<&Expr>) -> Option<u32> {
    match expr? {
        Expr::Number(digits) => digits.parse().ok(),
        _ => None,
    }
}

/// Functions of text.
fn texts(name: &str, arguments: &[Expr], kinds: &[Kind]) -> Option<Kind> {
    let width = |at: usize| kinds.get(at).copied().and_then(Kind::width);
    let text = |width: u32| Some(Kind::Text(width));
    let widths: Option<Vec<u32>> = kinds.iter().map(|kind| kind.width()).collect();
    match name {
        name if named(SAME, name) => match (name, kinds) {
            ("ANY_VALUE", [one]) => Some(*one),
            ("TRIM", [_, _, _]) => text(width(2)?),
            _ => text(width(0)?),
        },
        // Of numbers that are counted come bytes.
        "CONCAT" | "CONCAT_WS" if arguments.iter().any(Expr::has_aggregate) => None,
        "BINARY" => Some(Kind::Bytes(width(0)?)),
        "CONCAT" => text(widths?.iter().fold(0, |all, one| u32::saturating_add(all, *one))),
        "CONCAT_WS" => {
            let all = widths?;
            let between = all[0].saturating_mul(all.len() as u32 - 2);
            text(all[1..].iter().fold(between, |all, one| all.saturating_add(*one)))
        }
        "LEFT" | "RIGHT" => {
            text(constant(arguments.get(1)).map_or(width(0), |n| Some(n.min(width(0)?)))?)
        }
        "SUBSTRING" | "SUBSTR" | "MID" => {
            let all = width(0)?;
            let start = constant(arguments.get(1))?;
            let rest = all.saturating_sub(start.saturating_sub(1));
            text(constant(arguments.get(2)).map_or(rest, |n| n.min(rest)))
        }
        "REPLACE" => {
            let (all, from, to) = (width(0)?, width(1)?, width(2)?);
            let more = if to > from && from > 0 { all / from * (to - from) } else { 0 };
            text(all.saturating_add(more))
        }
        "LPAD" | "RPAD" => text(constant(arguments.get(1)).unwrap_or(LONG)),
        "REPEAT" => {
            text(constant(arguments.get(1)).map_or(Some(LONG), |n| width(0)?.checked_mul(n))?)
        }
        "SPACE" => text(constant(arguments.first()).unwrap_or(LONG)),
        "HEX" => text(width(0)?.saturating_mul(2)),
        "MD5" => text(32),
        "SHA1" | "SHA" => text(40),
        "QUOTE" => text(width(0)?.saturating_mul(2) + 2),
        "BIN" | "OCT" | "CONV" => text(64),
        "ELT" => text(widths?[1..].iter().copied().max().unwrap_or(0)),
        "INSERT" => text(width(0)?.saturating_add(width(3)?)),
        "FORMAT" => {
            let all = width(0)?;
            text(all + all / 3 + 1 + 1 + 31)
        }
        _ => None,
    }
}

/// What COUNT, SUM and their like give.
pub(super) fn aggregate(name: &str, argument: Option<&Expr>, known: (Columns, &Env)) -> Kind {
    let of = argument.map_or(Kind::Null, |e| kind(e, known.0, known.1));
    let grown = |digits: u32, scale: u32| match of.exact() {
        Some(exact) => {
            let (digits, scale) = ((exact.digits + digits).min(65), (exact.scale + scale).min(30));
            Kind::Decimal(digits as u8, scale as u8)
        }
        None if of == Kind::Unknown => Kind::Unknown,
        None => Kind::Real(None),
    };
    match name {
        "COUNT" => int(21),
        "SUM" => grown(22, 0),
        "AVG" => grown(4, 4),
        "MIN" | "MAX" => of,
        "GROUP_CONCAT" => Kind::Text(1_024),
        name if name.starts_with("BIT_") => unsigned(21),
        _ => Kind::Real(None),
    }
}

/// What CAST gives.
pub(super) fn cast(of: Kind, to: &str) -> Kind {
    let (name, length) = to.split_once(' ').unwrap_or((to, ""));
    let digits = length.parse().unwrap_or(0);
    match name {
        "SIGNED" => int(of_whole(of)),
        "UNSIGNED" => unsigned(of_whole(of)),
        "DECIMAL" => {
            let (scale, precision) = length.split_once(' ').unwrap_or(("0", "10"));
            Kind::Decimal(precision.parse().unwrap_or(10), scale.parse().unwrap_or(0))
        }
        "DATE" => Kind::Date,
        "DATETIME" => Kind::DateTime(digits),
        "TIME" => Kind::Time(digits),
        "CHAR" | "NCHAR" => match length.parse() {
            Ok(length) => Kind::Text(length),
            Err(_) => of.width().map_or(Kind::Unknown, Kind::Text),
        },
        "BINARY" => match length.parse() {
            Ok(length) => Kind::Bytes(length),
            Err(_) => of.width().map_or(Kind::Unknown, Kind::Bytes),
        },
        _ => TRUTH,
    }
}

/// A whole number made of something else is as wide as that.
fn of_whole(of: Kind) -> u32 {
    of.width().unwrap_or(21).min(21)
}
