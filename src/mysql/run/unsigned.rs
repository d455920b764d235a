//! Whole numbers that are UNSIGNED: what would be below 0 is out of range (error 1690). Models
//! `Item_func_minus::int_op` and its like, and `Item::print` for the words of the error.

use super::{Env, Scope};
use crate::mysql::data::{Type, Value};
use crate::mysql::sql::SqlError;
use crate::mysql::sql::ast::{Expr, Op};

/// A whole number that a computation gave, if its type can hold it.
pub(super) fn in_range(
    value: Value,
    (op, left, right): (Op, &Expr, &Expr),
    scope: &Scope,
    env: &Env,
) -> Result<Value, SqlError> {
    let is_below = matches!(value, Value::Int(n) if n < 0);
    let may_be = op == Op::Sub && env.has_mode("NO_UNSIGNED_SUBTRACTION");
    if !is_below || may_be || !is_unsigned(op, left, right, scope, env) {
        return Ok(value);
    }
    let Some(text) = printed_operation(op, left, right, scope, env) else {
        return Err(SqlError::not_modelled("an unsigned number below 0 in such an expression"));
    };
    Err(SqlError::new(1690, format!("BIGINT UNSIGNED value is out of range in '{text}'")))
}

/// What error 1690 says of whole numbers, by the names of their columns where those are known.
pub(super) fn beyond(
    error: SqlError,
    (op, left, right): (Op, &Expr, &Expr),
    scope: &Scope,
    env: &Env,
) -> SqlError {
    if !error.message.starts_with("BIGINT value") {
        return error;
    }
    let kind = if is_unsigned(op, left, right, scope, env) { "BIGINT UNSIGNED" } else { "BIGINT" };
    let text = printed_operation(op, left, right, scope, env);
    text.map_or(error, |text| {
        SqlError::new(1690, format!("{kind} value is out of range in '{text}'"))
    })
}

/// Whether what comes of it has no sign.
pub(super) fn is_unsigned(op: Op, left: &Expr, right: &Expr, scope: &Scope, env: &Env) -> bool {
    let is_unsigned = |expr: &Expr| unsigned(expr, scope, env);
    match op {
        Op::Add | Op::Sub | Op::Mul | Op::IntDiv => is_unsigned(left) || is_unsigned(right),
        Op::Mod => is_unsigned(left),
        Op::BitAnd | Op::BitOr | Op::BitXor | Op::ShiftLeft | Op::ShiftRight => true,
        _ => false,
    }
}

fn unsigned(expr: &Expr, scope: &Scope, env: &Env) -> bool {
    match expr {
        Expr::Column { table, name } => {
            let Some((_, db, table)) = owner(table.as_deref(), name, scope, env) else {
                return false;
            };
            let table = env.catalog.table(db, table);
            let kind = table.and_then(|table| Some(&table.columns[table.column(name)?].kind));
            matches!(kind, Some(Type::Int { unsigned: true, .. } | Type::Year))
        }
        Expr::Cast(_, kind) => kind == "UNSIGNED",
        Expr::Call(name, _) => name == "CRC32",
        Expr::Number(digits) => digits.parse::<u64>().is_ok_and(|n| i64::try_from(n).is_err()),
        Expr::Binary(op, a, b) => is_unsigned(*op, a, b, scope, env),
        _ => false,
    }
}

/// The table that a column is of: the name it goes by, its database, its own name.
fn owner<'e>(
    table: Option<&str>,
    name: &str,
    scope: &Scope,
    env: &'e Env,
) -> Option<&'e (String, String, String)> {
    let fits = |(alias, column): &&(String, String)| {
        column.eq_ignore_ascii_case(name) && table.is_none_or(|table| table == alias)
    };
    let Some((alias, _)) = scope.columns.iter().find(fits) else {
        return owner(table, name, scope.outer?, env);
    };
    env.tables.iter().rfind(|(other, ..)| other == alias)
}

/// An expression as an error shows it; `None` where that is not known.
fn printed(expr: &Expr, scope: &Scope, env: &Env) -> Option<String> {
    let of = |expr: &Expr| printed(expr, scope, env);
    Some(match expr {
        Expr::Column { table, name } => {
            let (alias, db, _) = owner(table.as_deref(), name, scope, env)?;
            format!("`{db}`.`{alias}`.`{name}`")
        }
        Expr::Number(digits) => digits.clone(),
        Expr::Text(text) => format!("'{text}'"),
        Expr::Negate(inner) => format!("-({})", of(inner)?),
        Expr::Binary(op, a, b) => return printed_operation(*op, a, b, scope, env),
        Expr::Cast(inner, kind) if matches!(kind.as_str(), "SIGNED" | "UNSIGNED") => {
            format!("cast({} as {})", of(inner)?, kind.to_lowercase())
        }
        Expr::Call(name, list) => {
            let list: Option<Vec<String>> = list.iter().map(of).collect();
            format!("{}({})", name.to_lowercase(), list?.join(","))
        }
        _ => return None,
    })
}

fn printed_operation(
    op: Op,
    left: &Expr,
    right: &Expr,
    scope: &Scope,
    env: &Env,
) -> Option<String> {
    if matches!(op, Op::Or | Op::Xor | Op::And | Op::NullEq) {
        return None;
    }
    let sign = op.sign();
    Some(format!("({} {sign} {})", printed(left, scope, env)?, printed(right, scope, env)?))
}
