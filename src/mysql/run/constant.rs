//! Expressions that are the same for all rows: what 5.7 computes once, before the first row, or
//! not at all. Seen in how often there are warnings.

use super::Env;
use super::complaint::{is_heard, is_numeric};
use super::kind::Kind;
use super::shape::{Columns, shape};
use crate::mysql::sql::ast::{Expr, Op};

/// Whether an expression has one value for the whole statement (`Item::const_item`).
pub(super) fn is_constant(expr: &Expr) -> bool {
    const CHANGING: [&str; 8] =
        ["RAND", "SLEEP", "UUID", "UUID_SHORT", "BENCHMARK", "SYSDATE", "LAST_INSERT_ID", "VALUES"];
    let own = match expr {
        Expr::Column { .. }
        | Expr::UserVar(_)
        | Expr::Assign(..)
        | Expr::Aggregate { .. }
        | Expr::Subquery(_)
        | Expr::Exists(_)
        | Expr::InSelect(..)
        | Expr::Quantified(..) => false,
        Expr::Call(name, _) => !CHANGING.contains(&name.as_str()),
        _ => true,
    };
    own && expr.children().into_iter().all(is_constant)
}

/// Whether it is a constant that cannot be NULL: IS NULL does not look at it.
pub(super) fn is_never_null(expr: &Expr, env: &Env) -> bool {
    is_constant(expr) && !shape(expr, Columns::NONE, env).nullable
}

/// What is left of a condition once its constant parts are known: `Ok(false)`: no row can fit.
/// Models `remove_eq_conds` of sql_optimizer.cc.
pub(super) fn folded<E>(
    condition: &Expr,
    holds: &mut dyn FnMut(&Expr) -> Result<bool, E>,
) -> Result<Result<Expr, bool>, E> {
    let (op, a, b) = match condition {
        Expr::Binary(op @ (Op::And | Op::Or), a, b) => (*op, a, b),
        other if is_constant(other) => return holds(other).map(Err),
        other => return Ok(Ok(other.clone())),
    };
    // What decides the whole.
    let decisive = op == Op::Or;
    let a = folded(a, holds)?;
    if a == Err(decisive) {
        return Ok(a);
    }
    let b = folded(b, holds)?;
    Ok(match (a, b) {
        (_, Err(known)) if known == decisive => Err(known),
        (Err(_), left) | (left, Err(_)) => left,
        (Ok(a), Ok(b)) => Ok(Expr::Binary(op, Box::new(a), Box::new(b))),
    })
}

/// The function that computes its first argument once.
pub(super) const ONCE: &str = "\u{1}ONCE";

/// An expression whose constant parts are computed once, when they are first wanted: what a number
/// is compared with, and in a condition all that is more than a literal. Models
/// `cache_converted_constant` of sql/item_cmpfunc.cc and `cache_const_exprs` of sql_optimizer.cc.
pub(super) fn once(mut expr: Expr, is_condition: bool, columns: Columns, env: &Env) -> Expr {
    if let Expr::Binary(op, a, b) = &mut expr
        && matches!(op, Op::Eq | Op::Ne | Op::Lt | Op::Le | Op::Gt | Op::Ge | Op::NullEq)
    {
        let is_number = |e: &Expr| shape(e, columns, env).number;
        let as_number = |part: &mut Expr| {
            *part = once_as_double(std::mem::replace(part, Expr::Null), env);
        };
        let is_text = |e: &Expr| match e {
            Expr::Text(text) => !is_numeric(text),
            e => is_constant(e) && !is_number(e) && is_heard(e, env),
        };
        let is_year = |e: &Expr| {
            let Expr::Column { table, name } = e else { return false };
            columns.kind(table.as_ref(), name) == Kind::Year
        };
        if is_year(a) {
            as_year(b);
        } else if is_year(b) {
            as_year(a);
        }
        if is_number(a) && is_text(b) {
            as_number(b);
        } else if is_number(b) && is_text(a) {
            as_number(a);
        }
    }
    if let Expr::Between(of, low, high, _) = &mut expr
        && let Expr::Column { table, name } = &**of
    {
        match columns.kind(table.as_ref(), name) {
            Kind::Year => [low, high].into_iter().for_each(|bound| as_year(bound)),
            Kind::Int { big: true, .. } => {
                for bound in [low, high] {
                    if matches!(&**bound, Expr::Text(text) if !is_numeric(text)) {
                        **bound = once_as_double(std::mem::replace(bound, Expr::Null), env);
                    }
                }
            }
            _ => {}
        }
    }
    if let Expr::Call(name, list) = &mut expr
        && name == "NULLIF"
        && let [a, b @ Expr::Text(_)] = list.as_mut_slice()
        && shape(a, columns, env).number
    {
        *b = once_as_double(std::mem::replace(b, Expr::Null), env);
    }
    for part in expr.children_mut() {
        let inner = std::mem::replace(part, Expr::Null);
        *part = match &inner {
            Expr::Call(name, _) if name == ONCE => inner,
            _ if is_condition && is_constant(&inner) && !is_cheap(&inner) => of_once(inner, env),
            _ => once(inner, is_condition, columns, env),
        };
    }
    expr
}

/// A year of two digits beside a column of years. Models `convert_constant_item` of
/// sql/item_cmpfunc.cc, for literals.
fn as_year(constant: &mut Expr) {
    let short = match constant {
        Expr::Number(digits) => digits.parse::<u16>().ok().filter(|n| *n > 0),
        Expr::Text(text) => {
            let digits = text.bytes().take_while(u8::is_ascii_digit).count();
            text[..digits].parse::<u16>().ok()
        }
        _ => None,
    };
    if let Some(short @ 0..=99) = short {
        let year = if short < 70 { 2000 + short } else { 1900 + short };
        *constant = Expr::Number(year.to_string());
    }
}

/// A number that is made of a text once.
pub(super) fn once_as_double(text: Expr, env: &Env) -> Expr {
    of_once(Expr::Cast(Box::new(text), "DOUBLE".into()), env)
}

/// An expression that is computed once: the number says which of the statement's it is.
fn of_once(inner: Expr, env: &Env) -> Expr {
    let number = env.once_next.get();
    env.once_next.set(number + 1);
    Expr::Call(ONCE.into(), vec![inner, Expr::Number(number.to_string())])
}

/// Whether a list that numbers are searched in is made numbers before the first row: all of it is
/// constant, and text. Models `Item_func_in::fix_length_and_dec`.
pub(super) fn is_array(list: &[Expr], env: &Env) -> bool {
    let is_text = |e: &Expr| !shape(e, Columns::NONE, env).number && *e != Expr::Null;
    list.iter().all(|e| is_constant(e) && is_text(e)) && list.iter().any(|e| is_heard(e, env))
}

/// Whether it is a literal.
fn is_cheap(expr: &Expr) -> bool {
    let literal = matches!(expr, Expr::Null | Expr::Bool(_) | Expr::Text(_) | Expr::Number(_));
    literal || matches!(expr, Expr::Bits(_) | Expr::Row(_) | Expr::Interval(..))
}
