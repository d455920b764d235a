//! What kind of values an expression has before it has any, and how long they may be: by it CREATE
//! TABLE … SELECT chooses columns, and IF and its like what they give. Models `Item::field_type`,
//! `max_length` and `decimals` as `fix_length_and_dec` of sql/item*.cc sets them, and
//! `create_table_from_items` of sql_insert.cc. Seen on 5.6.24 (`tests/mysql/real/computed.txt`).

use super::Env;
use super::shape::Columns;
use crate::mysql::data::{Type, Value};
use crate::mysql::sql::ast::{Expr, Op};

mod called;

/// A kind of values.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
#[allow(missing_docs)]
pub enum Kind {
    /// Not known here.
    #[default]
    Unknown,
    /// NULL and nothing else.
    Null,
    /// Whole numbers: how many characters they take, and whether they are BIGINT whatever that is.
    Int {
        width: u32,
        unsigned: bool,
        big: bool,
    },
    /// All digits, and those after the point.
    Decimal(u8, u8),
    /// DOUBLE: the digits after the point, if they are fixed, and with how many characters.
    Real(Option<(u32, u8)>),
    /// FLOAT.
    Single,
    /// Characters, at most.
    Text(u32),
    /// Bytes, at most.
    Bytes(u32),
    Date,
    DateTime(u8),
    Timestamp(u8),
    Time(u8),
    Year,
}

/// What a comparison gives, and a condition.
const TRUTH: Kind = Kind::Int { width: 1, unsigned: false, big: true };

/// So long that only LONGTEXT will do.
const LONG: u32 = u32::MAX;

/// A whole number of so many characters, as functions give them.
const fn int(width: u32) -> Kind {
    Kind::Int { width, unsigned: false, big: true }
}

/// The same without a sign.
const fn unsigned(width: u32) -> Kind {
    Kind::Int { width, unsigned: true, big: true }
}

impl Kind {
    /// Of a column's values.
    pub(super) fn of(kind: &Type) -> Kind {
        let longest = |list: &[String]| list.iter().map(String::len).max().unwrap_or(0) as u32;
        match kind {
            Type::Int { bytes, unsigned, width, .. } => {
                Kind::Int { width: *width, unsigned: *unsigned, big: *bytes == 8 }
            }
            Type::Decimal(precision, scale, _) => Kind::Decimal(*precision, *scale),
            Type::Real { single: true, .. } => Kind::Single,
            Type::Real { digits, .. } => {
                Kind::Real(digits.map(|(all, scale)| (u32::from(all), scale)))
            }
            Type::Char(n) | Type::VarChar(n) => Kind::Text(*n),
            Type::Text(size) => Kind::Text(longest_of(*size)),
            Type::Binary(n) | Type::VarBinary(n) => Kind::Bytes(*n),
            Type::Blob(size) => Kind::Bytes(longest_of(*size)),
            Type::Bit(_) => Kind::Unknown,
            Type::Enum(list) => Kind::Text(longest(list)),
            Type::Set(list) => {
                let all = list.iter().map(|m| m.len() as u32 + 1).sum::<u32>();
                Kind::Text(all.saturating_sub(1))
            }
            Type::DateTime(digits) => Kind::DateTime(*digits),
            Type::Timestamp(digits) => Kind::Timestamp(*digits),
            Type::Date => Kind::Date,
            Type::Time(digits) => Kind::Time(*digits),
            Type::Year => Kind::Year,
        }
    }

    /// Characters its values take at most; `None` where that is not known.
    fn width(self) -> Option<u32> {
        let fraction = |digits: u8| if digits == 0 { 0 } else { u32::from(digits) + 1 };
        Some(match self {
            Kind::Unknown => return None,
            Kind::Null => 0,
            Kind::Int { width, .. } | Kind::Text(width) | Kind::Bytes(width) => width,
            Kind::Decimal(precision, scale) => u32::from(precision) + 1 + u32::from(scale > 0),
            Kind::Real(fixed) => fixed.map_or(22, |(width, _)| width),
            Kind::Single => 12,
            Kind::Date => 10,
            Kind::DateTime(digits) | Kind::Timestamp(digits) => 19 + fraction(digits),
            Kind::Time(digits) => 10 + fraction(digits),
            Kind::Year => 4,
        })
    }

    /// As a number in arithmetic; `None`: as a DOUBLE.
    fn exact(self) -> Option<Exact> {
        let whole = |digits| Some(Exact { digits, scale: 0, unsigned: false });
        let moment = |digits: u32, fraction: u8| {
            let scale = u32::from(fraction);
            Some(Exact { digits: digits + scale, scale, unsigned: false })
        };
        match self {
            Kind::Int { width, unsigned, .. } => {
                let signs = u32::from(!unsigned && width > 1);
                Some(Exact { digits: (width - signs).max(1), scale: 0, unsigned })
            }
            Kind::Decimal(precision, scale) => {
                let (digits, scale) = (precision.into(), scale.into());
                Some(Exact { digits, scale, unsigned: false })
            }
            Kind::Year => Some(Exact { digits: 4, scale: 0, unsigned: true }),
            Kind::Date => whole(8),
            Kind::DateTime(fraction) | Kind::Timestamp(fraction) => moment(14, fraction),
            Kind::Time(fraction) => moment(6, fraction),
            _ => None,
        }
    }

    fn is_temporal(self) -> bool {
        let time = matches!(self, Kind::Time(_) | Kind::Timestamp(_));
        time || matches!(self, Kind::Date | Kind::DateTime(_))
    }

    fn second_digits(self) -> u8 {
        match self {
            Kind::DateTime(digits) | Kind::Timestamp(digits) | Kind::Time(digits) => digits,
            _ => 0,
        }
    }

    fn is_number(self) -> bool {
        let whole = matches!(self, Kind::Int { .. } | Kind::Year);
        whole || matches!(self, Kind::Decimal(..) | Kind::Real(_) | Kind::Single)
    }

    /// What values of either kind are, where both may come (`field_types_merge_rules`).
    pub(super) fn with(self, other: Kind) -> Kind {
        let digits = self.second_digits().max(other.second_digits());
        match (self, other) {
            (Kind::Null, kind) | (kind, Kind::Null) => kind,
            (Kind::Unknown, _) | (_, Kind::Unknown) => Kind::Unknown,
            (a, b) if a == b => a,
            (Kind::Time(_), Kind::Time(_)) => Kind::Time(digits),
            (Kind::Timestamp(_), Kind::Timestamp(_)) => Kind::Timestamp(digits),
            (a, b) if a.is_temporal() && b.is_temporal() => Kind::DateTime(digits),
            (
                Kind::Int { width: a, unsigned: x, big: f },
                Kind::Int { width: b, unsigned: y, big: g },
            ) if x == y => Kind::Int { width: a.max(b), unsigned: x, big: f || g },
            (a, b) if a.is_number() && b.is_number() => both_numbers(a, b),
            (Kind::Bytes(_), _) | (_, Kind::Bytes(_)) => {
                widest(self, other).map_or(Kind::Unknown, Kind::Bytes)
            }
            _ => match widest(self, other) {
                Some(width @ ..=512) => Kind::Text(width),
                Some(_) => Kind::Text(LONG),
                None => Kind::Unknown,
            },
        }
    }
}

/// An exact number: all its digits, and those after the point.
#[derive(Clone, Copy)]
struct Exact {
    digits: u32,
    scale: u32,
    unsigned: bool,
}

impl Exact {
    /// A whole number, if neither side has a point, or one with digits after it. Arithmetic's
    /// numbers have at most 65 digits.
    fn kind(self, is_whole: bool) -> Kind {
        if is_whole {
            let width = self.digits + u32::from(!self.unsigned);
            return Kind::Int { width, unsigned: self.unsigned, big: true };
        }
        Kind::Decimal(self.digits.min(65) as u8, self.scale.min(30) as u8)
    }
}

fn longest_of(size: u8) -> u32 {
    u32::try_from((1_u64 << (8 * u64::from(size))) - 1).unwrap_or(LONG)
}

fn widest(a: Kind, b: Kind) -> Option<u32> {
    Some(a.width()?.max(b.width()?))
}

fn both_numbers(a: Kind, b: Kind) -> Kind {
    let (Some(x), Some(y)) = (a.exact(), b.exact()) else { return Kind::Real(None) };
    let scale = x.scale.max(y.scale);
    let whole = (x.digits - x.scale).max(y.digits - y.scale);
    Exact { digits: whole + scale, scale, unsigned: false }.kind(false)
}

/// What kind of values an expression has.
pub(super) fn kind(expr: &Expr, columns: Columns, env: &Env) -> Kind {
    let of = |e: &Expr| kind(e, columns, env);
    match expr {
        Expr::Null => Kind::Null,
        Expr::Bool(_)
        | Expr::Not(_)
        | Expr::IsNull(..)
        | Expr::Like(..)
        | Expr::Regexp(..)
        | Expr::In(..)
        | Expr::InSelect(..)
        | Expr::Between(..)
        | Expr::Quantified(..)
        | Expr::Exists(_) => TRUTH,
        Expr::Text(text) => Kind::Text(text.len() as u32),
        Expr::Bits(bytes) => Kind::Bytes(bytes.len() as u32),
        Expr::Number(digits) => literal(digits),
        Expr::Column { table, name } => columns.kind(table.as_ref(), name),
        Expr::Negate(inner) => negated(inner, of(inner)),
        Expr::Binary(op, a, b) => binary(*op, a, b, (columns, env)),
        Expr::Call(name, arguments) => called::call(name, arguments, (columns, env)),
        Expr::Aggregate { name, argument, .. } => {
            called::aggregate(name, argument.as_deref(), (columns, env))
        }
        Expr::Case { when, otherwise, .. } => {
            let results = when.iter().map(|(_, e)| e).chain(otherwise.as_deref());
            match results.map(of).fold(Kind::Null, Kind::with) {
                // `Item_func_case::agg_num_lengths` counts no sign of a number of one digit.
                Kind::Int { width: 1, unsigned, big } => Kind::Int { width: 0, unsigned, big },
                kind => kind,
            }
        }
        Expr::Cast(inner, to) => called::cast(of(inner), to),
        Expr::Assign(_, value) => of(value),
        Expr::UserVar(name) => variable(env.vars.get(&name.to_ascii_lowercase())),
        Expr::SystemVar { .. } | Expr::Row(_) | Expr::Interval(..) | Expr::Subquery(_) => {
            Kind::Unknown
        }
    }
}

/// What a user variable is to a statement, by what it was before
/// (`Item_func_get_user_var::fix_length_and_dec`).
fn variable(value: Option<&Value>) -> Kind {
    match value {
        Some(Value::Int(_)) => int(20),
        Some(Value::Decimal(_)) => Kind::Decimal(65, 30),
        Some(Value::Double(..)) => Kind::Real(None),
        Some(Value::Text(_)) => Kind::Text(LONG),
        None => Kind::Bytes(LONG),
        _ => Kind::Unknown,
    }
}

fn literal(digits: &str) -> Kind {
    if digits.contains(['e', 'E']) {
        return Kind::Real(None);
    }
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if digits.contains('.') {
        let scale = fraction.len() as u8;
        return Kind::Decimal(whole.trim_start_matches('0').len() as u8 + scale, scale);
    }
    int(whole.len() as u32)
}

fn negated(inner: &Expr, kind: Kind) -> Kind {
    match kind {
        Kind::Int { width, .. } if matches!(inner, Expr::Number(_)) => int(width + 1),
        Kind::Int { width, .. } => int(width + 1),
        Kind::Decimal(..) => kind,
        Kind::Unknown => Kind::Unknown,
        _ => Kind::Real(None),
    }
}

fn binary(op: Op, left: &Expr, right: &Expr, known: (Columns, &Env)) -> Kind {
    let (columns, env) = known;
    if let Expr::Interval(_, _, unit) = right {
        return called::shifted(kind(left, columns, env), unit);
    }
    if let Expr::Interval(_, _, unit) = left {
        return called::shifted(kind(right, columns, env), unit);
    }
    let (a, b) = (kind(left, columns, env), kind(right, columns, env));
    match op {
        Op::Add | Op::Sub | Op::Mul | Op::Div | Op::IntDiv | Op::Mod => {
            arithmetic(op, as_operand(left, a), as_operand(right, b))
        }
        Op::BitAnd | Op::BitOr | Op::BitXor | Op::ShiftLeft | Op::ShiftRight => unsigned(21),
        _ => TRUTH,
    }
}

/// A literal has no sign, and all its characters are digits (`Item_int::decimal_precision`).
fn as_operand(expr: &Expr, kind: Kind) -> Kind {
    match (expr, kind) {
        (Expr::Number(_), Kind::Int { width, .. }) if width > 1 => int(width + 1),
        _ => kind,
    }
}

/// Models `result_precision` of sql/item_func.cc.
fn arithmetic(op: Op, a: Kind, b: Kind) -> Kind {
    if a == Kind::Unknown || b == Kind::Unknown {
        return Kind::Unknown;
    }
    if op == Op::IntDiv {
        let Some(x) = a.exact() else { return Kind::Unknown };
        let points = u32::from(matches!(a, Kind::Decimal(_, 1..)));
        let signs = u32::from(!x.unsigned);
        return Kind::Int {
            width: x.digits - x.scale + points + signs,
            unsigned: x.unsigned,
            big: true,
        };
    }
    let (Some(x), Some(y)) = (a.exact(), b.exact()) else { return Kind::Real(None) };
    let is_whole = a.is_whole() && b.is_whole();
    let scale = x.scale.max(y.scale);
    let either = x.unsigned || y.unsigned;
    let whole = (x.digits - x.scale).max(y.digits - y.scale);
    match op {
        Op::Add | Op::Sub => {
            Exact { digits: whole + 1 + scale, scale, unsigned: either }.kind(is_whole)
        }
        Op::Mul => {
            let (digits, scale) = (x.digits + y.digits, x.scale + y.scale);
            Exact { digits, scale, unsigned: either }.kind(is_whole)
        }
        // div_precision_increment is 4.
        Op::Div => {
            let (digits, scale) = (x.digits + y.scale + 4, x.scale + 4);
            Exact { digits, scale, unsigned: false }.kind(false)
        }
        _ => {
            let digits = x.digits.max(y.digits);
            Exact { digits, scale, unsigned: x.unsigned }.kind(is_whole)
        }
    }
}

impl Kind {
    /// Whether arithmetic with it stays among whole numbers.
    fn is_whole(self) -> bool {
        let moment = self.is_temporal() && self.second_digits() == 0;
        moment || matches!(self, Kind::Int { .. } | Kind::Year)
    }
}

/// The type of the column that CREATE TABLE … SELECT makes of an expression; `None`: not known.
pub(super) fn column_type(expr: &Expr, kind: Kind) -> Option<Type> {
    let is_function = !matches!(
        expr,
        Expr::Number(_) | Expr::Bool(_) | Expr::Aggregate { .. } | Expr::Subquery(_)
    );
    let by_field = matches!(expr, Expr::Call(name, _) if name == "IFNULL");
    Some(match kind {
        Kind::Unknown => return None,
        Kind::Null => Type::Binary(0),
        Kind::Int { width, unsigned, big } => {
            let is_big = match (by_field, is_function) {
                (true, _) => big,
                (false, true) => width > 11,
                (false, false) => width >= 10,
            };
            Type::Int { bytes: if is_big { 8 } else { 4 }, unsigned, width, zerofill: false }
        }
        Kind::Decimal(precision, scale) => Type::Decimal(precision, scale, false),
        Kind::Real(digits) => {
            let digits = digits.map(|(width, scale)| (width.min(255) as u8, scale));
            Type::Real { single: false, digits, unsigned: false }
        }
        Kind::Single => Type::Real { single: true, digits: None, unsigned: false },
        Kind::Text(0) => Type::Char(0),
        Kind::Text(width @ ..=512) => Type::VarChar(width),
        Kind::Text(..=65_535) => Type::Text(2),
        Kind::Text(_) => Type::Text(4),
        Kind::Bytes(width @ ..=512) => Type::VarBinary(width),
        Kind::Bytes(..=65_535) => Type::Blob(2),
        Kind::Bytes(_) => Type::Blob(4),
        Kind::Date => Type::Date,
        Kind::DateTime(digits) => Type::DateTime(digits),
        Kind::Timestamp(digits) => Type::Timestamp(digits),
        Kind::Time(digits) => Type::Time(digits),
        Kind::Year => Type::Year,
    })
}
