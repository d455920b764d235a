//! Expressions to values.

use super::cast::casted;
use super::compare::{
    column_of, compare_rows, compared, is_in, one_column, quantified, row, row_in_select,
    rows_equal,
};
use super::complaint::{truth, warn_compared, warn_decimal, warn_heard, warn_truncated};
use super::constant::{is_array, is_never_null};
use super::moments::{as_bound, compared_with};
use super::pattern::{like, regexp};
use super::variable::system_variable;
use super::{Env, function, select, unsigned};
use crate::base::real::Real;
use crate::mysql::data::{Decimal, Value};
use crate::mysql::sql::SqlError;
use crate::mysql::sql::ast::{Expr, Op, Select};

/// In front of the alias of a column that USING has merged with another: only its table's name
/// leads to it.
pub(super) const MERGED: char = '\u{1}';

/// The columns an expression can name, and the row they have.
#[derive(Clone, Copy)]
pub struct Scope<'s> {
    /// Table alias and name of each column.
    pub columns: &'s [(String, String)],
    /// The row.
    pub values: &'s [Value],
    /// All rows of the group, where there is one.
    pub group: Option<&'s [Vec<Value>]>,
    /// The row of the query around this one.
    pub outer: Option<&'s Scope<'s>>,
}

impl Scope<'_> {
    /// No columns.
    pub const EMPTY: Scope<'static> = Scope { columns: &[], values: &[], group: None, outer: None };

    fn find(&self, table: Option<&str>, name: &str) -> Result<Option<&Value>, ()> {
        let mut found = None;
        for (index, (alias, column)) in self.columns.iter().enumerate() {
            let fits = column.eq_ignore_ascii_case(name)
                && match table {
                    Some(table) => alias.trim_start_matches(MERGED) == table,
                    None => !alias.starts_with(MERGED),
                };
            if fits && found.replace(index).is_some() {
                return Err(());
            }
        }
        match (found, self.outer) {
            (Some(index), _) => Ok(self.values.get(index).or(Some(&Value::Null))),
            (None, Some(outer)) => outer.find(table, name),
            (None, None) => Ok(None),
        }
    }
}

type Computed = Result<Value, SqlError>;

/// The value of an expression.
pub fn evaluate(expr: &Expr, scope: &Scope, env: &mut Env) -> Computed {
    Ok(match expr {
        Expr::Null => Value::Null,
        Expr::Bool(value) => Value::from_bool(*value),
        Expr::Text(text) => Value::Text(text.clone()),
        Expr::Number(digits) => number(digits)?,
        Expr::Bits(bytes) => Value::Bits(bytes.clone()),
        Expr::Column { table, name } => column(table.as_deref(), name, scope, env)?,
        Expr::Assign(name, value) => {
            let value = evaluate(value, scope, env)?;
            env.session.user_vars.insert(name.to_ascii_lowercase(), value.clone().kept());
            value
        }
        Expr::UserVar(name) => {
            let key = name.to_ascii_lowercase();
            env.session.user_vars.get(&key).cloned().unwrap_or(Value::Null)
        }
        Expr::SystemVar { global, name } => system_variable(*global, name, env)?,
        Expr::Not(inner) => {
            let value = evaluate(inner, scope, env)?;
            if value.is_null() {
                Value::Null
            } else {
                Value::from_bool(!truth((&value, inner), env))
            }
        }
        Expr::Negate(inner) => {
            let value = evaluate(inner, scope, env)?;
            warn_truncated((&value, inner), env);
            negate(&value)
        }
        Expr::Binary(op, left, right) => binary(*op, left, right, scope, env)?,
        Expr::IsNull(..)
        | Expr::Like(..)
        | Expr::Regexp(..)
        | Expr::In(..)
        | Expr::InSelect(..)
        | Expr::Between(..) => predicate(expr, scope, env)?,
        Expr::Call(name, arguments) => function::call(name, arguments, scope, env)?,
        Expr::Aggregate { name, distinct, argument, concat } => {
            function::aggregate((name, *distinct), argument.as_deref(), concat, scope, env)?
        }
        Expr::Row(_) => return one_column(2).map(|()| Value::Null),
        Expr::Quantified(op, left, query, all) => {
            let left = evaluate(left, scope, env)?;
            let values = column_of(query, scope, env)?;
            quantified(*op, &left, &values, *all)
        }
        Expr::Case { of, when, otherwise } => {
            case(of.as_deref(), when, otherwise.as_deref(), scope, env)?
        }
        Expr::Interval(_, amount, _) => evaluate(amount, scope, env)?,
        Expr::Cast(inner, kind) => {
            let value = evaluate(inner, scope, env)?;
            casted((&value, inner), kind, env)
        }
        Expr::Subquery(query) => subquery(query, scope, env)?,
        Expr::Exists(query) => {
            Value::from_bool(!select::rows_of(query, Some(scope), env)?.1.is_empty())
        }
    })
}

/// IS NULL, LIKE, REGEXP, IN, BETWEEN.
fn predicate(expr: &Expr, scope: &Scope, env: &mut Env) -> Computed {
    Ok(match expr {
        Expr::IsNull(inner, not) if is_never_null(inner, env) => Value::from_bool(*not),
        Expr::IsNull(inner, not) => {
            let was =
                std::mem::replace(&mut env.is_hushed, !matches!(**inner, Expr::Column { .. }));
            let value = evaluate(inner, scope, env);
            env.is_hushed = was;
            Value::from_bool(value?.is_null() != *not)
        }
        Expr::Like(text, pattern, not) => {
            let text = evaluate(text, scope, env)?;
            let pattern = evaluate(pattern, scope, env)?;
            if text.is_null() || pattern.is_null() {
                return Ok(Value::Null);
            }
            Value::from_bool(like(&text.text(), &pattern.text()) != *not)
        }
        Expr::Regexp(text, pattern, not) => {
            let text = evaluate(text, scope, env)?;
            let pattern = evaluate(pattern, scope, env)?;
            if text.is_null() || pattern.is_null() {
                return Ok(Value::Null);
            }
            Value::from_bool(regexp(&text.text(), &pattern.text())? != *not)
        }
        Expr::In(left, list, not) if matches!(**left, Expr::Row(_)) => {
            let tests = list.iter().map(|e| rows_equal(left, e, scope, env));
            let tests: Vec<Value> = tests.collect::<Result<_, _>>()?;
            let found = tests.iter().any(Value::is_true);
            if !found && tests.iter().any(Value::is_null) {
                return Ok(Value::Null);
            }
            Value::from_bool(found != *not)
        }
        Expr::InSelect(left, query, not) if matches!(**left, Expr::Row(_)) => {
            row_in_select(left, query, *not, scope, env)?
        }
        Expr::In(left, list, not) => in_list(left, list, *not, scope, env)?,
        Expr::InSelect(left, query, not) => {
            let left = evaluate(left, scope, env)?;
            let values = column_of(query, scope, env)?;
            is_in(&left, &values, *not)
        }
        Expr::Between(of, from, to, not) => {
            let (of, from, to) = (&**of, &**from, &**to);
            let value = evaluate(of, scope, env)?;
            let bounds = (evaluate(from, scope, env)?, evaluate(to, scope, env)?);
            let low = as_bound(bounds.0, &value);
            let high = as_bound(bounds.1, &value);
            if [&value, &low, &high].into_iter().any(Value::is_number) {
                let parts = [(&value, of), (&low, from), (&high, to)];
                parts.into_iter().for_each(|part| warn_truncated(part, env));
            }
            let above = value.compare(&low).map(|order| order.is_ge());
            let below = value.compare(&high).map(|order| order.is_le());
            match (above, below) {
                (Some(false), _) | (_, Some(false)) => Value::from_bool(*not),
                (Some(true), Some(true)) => Value::from_bool(!*not),
                _ => Value::Null,
            }
        }
        _ => return Err(SqlError::not_modelled("such a predicate")),
    })
}

/// One after the other, until one is the same; the left side is read once as text and once as a
/// number, if it must be. Models `Item_func_in::val_int` of sql/item_cmpfunc.cc.
fn in_list(left: &Expr, list: &[Expr], not: bool, scope: &Scope, env: &mut Env) -> Computed {
    let value = evaluate(left, scope, env)?;
    if value.is_null() {
        return Ok(Value::Null);
    }
    let (mut null, mut heard) = (false, false);
    let is_told = is_array(list, env);
    for expr in list {
        let one = evaluate(expr, scope, env)?;
        if one.is_number() && !std::mem::replace(&mut heard, true) {
            warn_truncated((&value, left), env);
        }
        if value.is_number() && !is_told {
            warn_truncated((&one, expr), env);
        }
        match value.compare(&as_bound(one, &value)) {
            Some(order) if order.is_eq() => return Ok(Value::from_bool(!not)),
            Some(_) => {}
            None => null = true,
        }
    }
    Ok(if null { Value::Null } else { Value::from_bool(not) })
}

fn case(
    of: Option<&Expr>,
    when: &[(Expr, Expr)],
    otherwise: Option<&Expr>,
    scope: &Scope,
    env: &mut Env,
) -> Computed {
    let of = of.map(|e| evaluate(e, scope, env).map(|value| (value, e))).transpose()?;
    let mut heard = false;
    for (tested, result) in when {
        let condition = evaluate(tested, scope, env)?;
        let holds = match &of {
            Some((of, named)) => {
                // It is made a number once, whatever it is compared with.
                if condition.is_number() && !std::mem::replace(&mut heard, true) {
                    warn_truncated((of, named), env);
                }
                if of.is_number() {
                    warn_truncated((&condition, tested), env);
                }
                of.compare(&condition).is_some_and(|o| o.is_eq())
            }
            None => truth((&condition, tested), env),
        };
        if holds {
            return evaluate(result, scope, env);
        }
    }
    otherwise.map_or(Ok(Value::Null), |result| evaluate(result, scope, env))
}

fn subquery(query: &Select, scope: &Scope, env: &mut Env) -> Computed {
    let (heads, mut rows) = select::rows_of(query, Some(scope), env)?;
    one_column(heads.len())?;
    match rows.len() {
        0 => Ok(Value::Null),
        1 => Ok(rows.swap_remove(0).swap_remove(0)),
        _ => Err(SqlError::new(1242, "Subquery returns more than 1 row")),
    }
}

fn number(digits: &str) -> Computed {
    if digits.contains(['e', 'E']) {
        let value = Real::parse(digits).filter(|value| value.is_finite());
        let illegal =
            || SqlError::new(1367, format!("Illegal double '{digits}' value found during parsing"));
        return value.map(Value::double).ok_or_else(illegal);
    }
    if let Ok(whole) = digits.parse::<i128>() {
        return Ok(Value::Int(whole));
    }
    let decimal = Decimal::parse(digits);
    decimal
        .map(Value::Decimal)
        .ok_or_else(|| SqlError::not_modelled("numbers with more than 38 digits"))
}

fn column(table: Option<&str>, name: &str, scope: &Scope, env: &Env) -> Computed {
    let full = table.map_or_else(|| name.to_string(), |table| format!("{table}.{name}"));
    match scope.find(table, name) {
        Ok(Some(value)) => Ok(value.clone()),
        Ok(None) => {
            Err(SqlError::new(1054, format!("Unknown column '{full}' in '{}'", env.clause)))
        }
        Err(()) => {
            Err(SqlError::new(1052, format!("Column '{full}' in {} is ambiguous", env.clause)))
        }
    }
}

/// Whether all columns an expression names are there.
pub(super) fn resolve(expr: &Expr, scope: &Scope, env: &Env) -> Result<(), SqlError> {
    match expr {
        Expr::Column { table, name } => column(table.as_deref(), name, scope, env).map(drop),
        // VALUES(column) of ON DUPLICATE KEY UPDATE.
        Expr::Call(name, _) if name == "VALUES" => Ok(()),
        other => other.children().into_iter().try_for_each(|part| resolve(part, scope, env)),
    }
}

fn negate(value: &Value) -> Value {
    match value {
        Value::Null => Value::Null,
        Value::Int(n) => n.checked_neg().map_or(Value::Null, Value::Int),
        Value::Double(value, shown) => Value::Double(value.negated(), *shown),
        Value::Text(_) | Value::Bytes(_) => Value::double(value.real().negated()),
        Value::Padded(n, _) => Value::Int(-n),
        other => match other.number().negated() {
            whole @ Decimal { scale: 0, .. } => Value::Int(whole.unscaled),
            d => Value::Decimal(d),
        },
    }
}

fn binary(op: Op, left: &Expr, right: &Expr, scope: &Scope, env: &mut Env) -> Computed {
    if matches!(left, Expr::Row(_)) {
        let (a, b) = (row(left, scope, env)?, row(right, scope, env)?);
        return compare_rows(op, &a, &b);
    }
    if let (Expr::Interval(_, amount, unit), Op::Add) = (left, op) {
        let (amount, base) = (evaluate(amount, scope, env)?, evaluate(right, scope, env)?);
        return Ok(function::shifted(&base, &amount, unit, false, env));
    }
    let a = evaluate(left, scope, env)?;
    if matches!(op, Op::And | Op::Or) {
        warn_truncated((&a, left), env);
    }
    match (op, a.is_null(), a.is_true()) {
        (Op::And, false, false) => return Ok(Value::from_bool(false)),
        (Op::Or, false, true) => return Ok(Value::from_bool(true)),
        _ => {}
    }
    if let Expr::Interval(_, amount, unit) = right {
        let amount = evaluate(amount, scope, env)?;
        return Ok(function::shifted(&a, &amount, unit, op == Op::Sub, env));
    }
    let b = evaluate(right, scope, env)?;
    match op {
        Op::And | Op::Or => warn_truncated((&b, right), env),
        Op::Xor => warn_heard([(&a, left), (&b, right)], env),
        _ => {}
    }
    let known = |value: Option<bool>| value.map_or(Value::Null, Value::from_bool);
    Ok(match op {
        Op::And => match (a.is_null(), b.is_null(), b.is_true()) {
            (_, false, false) => Value::from_bool(false),
            (false, false, true) => Value::from_bool(true),
            _ => Value::Null,
        },
        Op::Or => match (a.is_null(), b.is_null(), b.is_true()) {
            (_, false, true) => Value::from_bool(true),
            (false, false, false) => Value::from_bool(false),
            _ => Value::Null,
        },
        Op::Xor => known((!a.is_null() && !b.is_null()).then(|| a.is_true() != b.is_true())),
        Op::Eq | Op::Ne | Op::Lt | Op::Le | Op::Gt | Op::Ge | Op::NullEq => {
            comparison(op, (a, left), (b, right), env)
        }
        Op::Add | Op::Sub | Op::Mul | Op::Div | Op::IntDiv | Op::Mod => {
            let mut warn = |part: (&Value, &Expr)| match op {
                Op::IntDiv => warn_decimal(part, env),
                _ => warn_truncated(part, env),
            };
            warn((&a, left));
            warn((&b, right));
            if a.is_null() || b.is_null() {
                return Ok(Value::Null);
            }
            if matches!(op, Op::Div | Op::IntDiv | Op::Mod) && !b.is_true() {
                return divided_by_zero(env);
            }
            let is_real = a.is_real() || b.is_real();
            let value = match is_real {
                true => doubles(op, &a, &b)?,
                false => exact(op, (&a, left), (&b, right), scope, env)?,
            };
            unsigned::in_range(value, (op, left, right), scope, env)?
        }
        Op::BitAnd | Op::BitOr | Op::BitXor | Op::ShiftLeft | Op::ShiftRight => {
            warn_heard([(&a, left), (&b, right)], env);
            if a.is_null() || b.is_null() { Value::Null } else { bits(op, &a, &b) }
        }
    })
}

fn comparison(op: Op, a: (Value, &Expr), b: (Value, &Expr), env: &mut Env) -> Value {
    let ((a, left), (b, right)) = (a, b);
    let a = compared_with(a, left, (&b, right), env);
    let b = compared_with(b, right, (&a, left), env);
    warn_compared((&a, left), (&b, right), env);
    compared(op, &a, &b)
}

/// NULL and a warning; an error where rows are written.
pub(super) fn divided_by_zero(env: &mut Env) -> Computed {
    if env.has_mode("ERROR_FOR_DIVISION_BY_ZERO") {
        env.complain(1365, "Division by 0");
    }
    Ok(Value::Null)
}

/// Arithmetic with a DOUBLE, or a text, which counts as one.
fn doubles(op: Op, a: &Value, b: &Value) -> Computed {
    let (x, y) = (a.real(), b.real());
    let result = match op {
        Op::Add => x.apply(b'+', y),
        Op::Sub => x.apply(b'-', y),
        Op::Mul => x.apply(b'*', y),
        Op::Div => x.apply(b'/', y),
        Op::Mod => x.apply(b'%', y),
        _ => {
            let whole = Decimal::from_real(x.apply(b'/', y).truncated());
            return Ok(whole.map_or(Value::Null, |d| Value::Int(d.unscaled)));
        }
    };
    if result.is_finite() {
        return Ok(Value::double(result));
    }
    let text =
        format!("DOUBLE value is out of range in '({} {} {})'", a.text(), sign(op), b.text());
    Err(SqlError::new(1690, text))
}

/// Bits of 64, unsigned.
fn bits(op: Op, a: &Value, b: &Value) -> Value {
    let word = |value: &Value| value.integer() as u64;
    let (a, b) = (word(a), word(b));
    let by = u32::try_from(b).unwrap_or(u32::MAX);
    Value::Int(i128::from(match op {
        Op::BitAnd => a & b,
        Op::BitOr => a | b,
        Op::BitXor => a ^ b,
        Op::ShiftLeft => a.checked_shl(by).unwrap_or(0),
        _ => a.checked_shr(by).unwrap_or(0),
    }))
}

/// Of whole-number types.
fn integer(value: &Value) -> Option<i128> {
    match value {
        Value::Int(n) | Value::Padded(n, _) => Some(*n),
        Value::Decimal(_) => None,
        other => Some(other.number()).filter(|n| n.scale == 0).map(|n| n.unscaled),
    }
}

/// Arithmetic of exact numbers.
fn exact(op: Op, a: (&Value, &Expr), b: (&Value, &Expr), scope: &Scope, env: &Env) -> Computed {
    let is_unsigned = unsigned::is_unsigned(op, a.1, b.1, scope, env);
    let said = |error| unsigned::beyond(error, (op, a.1, b.1), scope, env);
    arithmetic(op, a.0, b.0, is_unsigned).map_err(said)
}

fn arithmetic(op: Op, a: &Value, b: &Value, is_unsigned: bool) -> Computed {
    let range = || {
        SqlError::new(
            1690,
            format!("BIGINT value is out of range in '({} {} {})'", a.text(), sign(op), b.text()),
        )
    };
    if let (Some(x), Some(y)) = (integer(a), integer(b))
        && op != Op::Div
    {
        let (x, y) = (&x, &y);
        let result = match op {
            Op::Add => x.checked_add(*y),
            Op::Sub => x.checked_sub(*y),
            Op::Mul => x.checked_mul(*y),
            _ if *y == 0 => return Ok(Value::Null),
            Op::IntDiv => x.checked_div(*y),
            _ => x.checked_rem(*y),
        };
        // Of two signed numbers comes a signed one.
        let unsigned = is_unsigned || *x.max(y) > i128::from(i64::MAX);
        let highest = if unsigned { i128::from(u64::MAX) } else { i128::from(i64::MAX) };
        let fits = |n: &i128| (i128::from(i64::MIN)..=highest).contains(n);
        return result.filter(fits).map(Value::Int).ok_or_else(range);
    }
    let (x, y) = (a.number(), b.number());
    let result = match op {
        Op::Add => x.plus(y),
        Op::Sub => x.plus(y.negated()),
        Op::Mul => x.times(y),
        _ if y.unscaled == 0 => return Ok(Value::Null),
        Op::Div => x.over(y),
        _ => {
            let scale = x.scale.max(y.scale);
            let (Some(x), Some(y)) = (x.rescale(scale), y.rescale(scale)) else {
                return Err(range());
            };
            if op == Op::IntDiv {
                return Ok(Value::Int(x.unscaled / y.unscaled));
            }
            Some(Decimal::new(x.unscaled % y.unscaled, scale))
        }
    };
    result.map(Value::Decimal).ok_or_else(range)
}

fn sign(op: Op) -> &'static str {
    match op {
        Op::Add => "+",
        Op::Sub => "-",
        Op::Mul => "*",
        Op::IntDiv => "DIV",
        Op::Mod => "%",
        _ => "/",
    }
}
