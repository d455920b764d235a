//! Comparisons of rows, with lists and with subqueries.

use super::{Env, Scope, evaluate, select};
use crate::mysql::data::Value;
use crate::mysql::sql::SqlError;
use crate::mysql::sql::ast::{Expr, Op, Select};

type Computed = Result<Value, SqlError>;

/// The rows of a subquery with one column.
pub(super) fn column_of(
    query: &Select,
    scope: &Scope,
    env: &mut Env,
) -> Result<Vec<Value>, SqlError> {
    let (heads, rows) = select::rows_of(query, Some(scope), env)?;
    one_column(heads.len())?;
    Ok(rows.into_iter().map(|mut row| row.swap_remove(0)).collect())
}

/// ANY and ALL: one, or every one, compares so.
pub(super) fn quantified(op: Op, left: &Value, values: &[Value], all: bool) -> Value {
    let tests: Vec<Value> = values.iter().map(|v| compared(op, left, v)).collect();
    let decided = tests.iter().any(|t| !t.is_null() && t.is_true() != all);
    if !decided && tests.iter().any(Value::is_null) {
        return Value::Null;
    }
    Value::from_bool(decided != all)
}

/// The values of a row, or of a subquery that gives one.
pub(super) fn row(expr: &Expr, scope: &Scope, env: &mut Env) -> Result<Vec<Value>, SqlError> {
    match expr {
        Expr::Row(list) => list.iter().map(|e| evaluate(e, scope, env)).collect(),
        Expr::Subquery(query) => {
            let (heads, mut rows) = select::rows_of(query, Some(scope), env)?;
            match rows.len() {
                0 => Ok(vec![Value::Null; heads.len()]),
                1 => Ok(rows.swap_remove(0)),
                _ => Err(SqlError::new(1242, "Subquery returns more than 1 row")),
            }
        }
        other => Ok(vec![evaluate(other, scope, env)?]),
    }
}

pub(super) fn rows_equal(a: &Expr, b: &Expr, scope: &Scope, env: &mut Env) -> Computed {
    let (a, b) = (row(a, scope, env)?, row(b, scope, env)?);
    compare_rows(Op::Eq, &a, &b)
}

/// Rows compare from left to right.
pub(super) fn compare_rows(op: Op, a: &[Value], b: &[Value]) -> Computed {
    if a.len() != b.len() {
        let text = format!("Operand should contain {} column(s)", a.len());
        return Err(SqlError::new(1241, text));
    }
    let pairs = || a.iter().zip(b);
    match op {
        Op::NullEq => return Ok(Value::from_bool(pairs().all(|(x, y)| x.order(y).is_eq()))),
        Op::Eq | Op::Ne => {
            let unlike = pairs().any(|(x, y)| x.compare(y).is_some_and(|o| o.is_ne()));
            let unknown = pairs().any(|(x, y)| x.compare(y).is_none());
            return Ok(match (unlike, unknown) {
                (true, _) => Value::from_bool(op == Op::Ne),
                (false, true) => Value::Null,
                (false, false) => Value::from_bool(op == Op::Eq),
            });
        }
        _ => {}
    }
    for (x, y) in pairs() {
        match x.compare(y) {
            None => return Ok(Value::Null),
            Some(order) if order.is_ne() => return Ok(compared(op, x, y)),
            Some(_) => {}
        }
    }
    Ok(Value::from_bool(matches!(op, Op::Le | Op::Ge)))
}

pub(super) fn row_in_select(
    left: &Expr,
    query: &Select,
    not: bool,
    scope: &Scope,
    env: &mut Env,
) -> Computed {
    let left = row(left, scope, env)?;
    let (heads, rows) = select::rows_of(query, Some(scope), env)?;
    if heads.len() != left.len() {
        let text = format!("Operand should contain {} column(s)", left.len());
        return Err(SqlError::new(1241, text));
    }
    let mut unknown = false;
    for row in rows {
        let test = compare_rows(Op::Eq, &left, &row)?;
        if test.is_true() {
            return Ok(Value::from_bool(!not));
        }
        unknown |= test.is_null();
    }
    Ok(if unknown { Value::Null } else { Value::from_bool(not) })
}

/// What a comparison gives.
pub(super) fn compared(op: Op, a: &Value, b: &Value) -> Value {
    let Some(order) = a.compare(b) else {
        return match op {
            Op::NullEq => Value::from_bool(a.is_null() && b.is_null()),
            _ => Value::Null,
        };
    };
    Value::from_bool(match op {
        Op::Ne => order.is_ne(),
        Op::Lt => order.is_lt(),
        Op::Le => order.is_le(),
        Op::Gt => order.is_gt(),
        Op::Ge => order.is_ge(),
        _ => order.is_eq(),
    })
}

pub(super) fn is_in(left: &Value, values: &[Value], not: bool) -> Value {
    let mut null = left.is_null();
    for value in values {
        match left.compare(value) {
            Some(order) if order.is_eq() => return Value::from_bool(!not),
            Some(_) => {}
            None => null = true,
        }
    }
    if null { Value::Null } else { Value::from_bool(not) }
}

pub(super) fn one_column(columns: usize) -> Result<(), SqlError> {
    if columns == 1 {
        return Ok(());
    }
    Err(SqlError::new(1241, "Operand should contain 1 column(s)"))
}
