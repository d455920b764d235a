//! COUNT, SUM and their like, over the rows of a group.

use std::cmp::Ordering;

use super::super::complaint::warn_truncated;
use super::super::constant::is_never_null;
use super::super::variable::variable_text;
use super::super::{Env, Scope, evaluate};
use super::Computed;
use super::number::word;
use crate::base::real::Real;
use crate::mysql::data::{Decimal, Value};
use crate::mysql::sql::SqlError;
use crate::mysql::sql::ast::{Expr, OrderBy};

/// Computes one over the rows of the scope's group.
pub(in super::super) fn aggregate(
    (name, distinct): (&str, bool),
    argument: Option<&Expr>,
    (order, separator): &(OrderBy, String),
    scope: &Scope,
    env: &mut Env,
) -> Computed {
    let Some(rows) = scope.group else {
        return Err(SqlError::new(1111, "Invalid use of group function"));
    };
    let Some(argument) = argument else { return Ok(Value::Int(rows.len() as i128)) };
    // What is never NULL counts without a look at it (`Item_sum_count::add`).
    if name == "COUNT" && !distinct && is_never_null(argument, env) {
        return Ok(Value::Int(rows.len() as i128));
    }
    if let Expr::Row(list) = argument {
        return count_distinct(list, rows, scope, env);
    }
    let mut keyed: Vec<(Vec<Value>, Value)> = Vec::new();
    for row in rows {
        let inner = Scope { values: row, group: None, ..*scope };
        let value = evaluate(argument, &inner, env)?;
        let seen = || keyed.iter().any(|(_, v)| v.compare(&value).is_some_and(|o| o.is_eq()));
        if value.is_null() || distinct && seen() {
            continue;
        }
        let keys = order.iter().map(|(e, _)| evaluate(e, &inner, env)).collect::<Result<_, _>>()?;
        keyed.push((keys, value));
    }
    keyed.sort_by(|(a, _), (b, _)| by(order, a, b));
    let values: Vec<Value> = keyed.into_iter().map(|(_, value)| value).collect();
    if !name.starts_with("BIT_") && !["COUNT", "MIN", "MAX", "GROUP_CONCAT"].contains(&name) {
        values.iter().for_each(|value| warn_truncated((value, argument), env));
    }
    if name == "GROUP_CONCAT" && !values.is_empty() {
        return Ok(Value::Text(joined(&values, separator, env)));
    }
    Ok(over(name, &values))
}

/// What GROUP_CONCAT makes, as long as group_concat_max_len lets it be, in bytes
/// (`dump_leaf_key`).
fn joined(values: &[Value], separator: &str, env: &mut Env) -> String {
    let most = variable_text(false, "group_concat_max_len", env);
    let most = most.and_then(|text| text.parse::<usize>().ok()).unwrap_or(usize::MAX);
    let mut text = String::new();
    for (at, value) in values.iter().enumerate() {
        text.push_str(if at == 0 { "" } else { separator });
        text.push_str(&value.text());
        if text.len() > most {
            text.truncate(text.floor_char_boundary(most));
            let message = format!("Row {} was cut by GROUP_CONCAT()", at + 1);
            env.session.warn("Warning", 1260, message);
            break;
        }
    }
    text
}

fn by(order: &OrderBy, a: &[Value], b: &[Value]) -> Ordering {
    let pairs = order.iter().zip(a.iter().zip(b));
    let one = |((_, down), (x, y)): (&(Expr, bool), (&Value, &Value))| match down {
        true => y.order(x),
        false => x.order(y),
    };
    pairs.map(one).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

/// COUNT(DISTINCT a, b): rows that hold no NULL.
fn count_distinct(list: &[Expr], rows: &[Vec<Value>], scope: &Scope, env: &mut Env) -> Computed {
    let mut seen: Vec<Vec<Value>> = Vec::new();
    for row in rows {
        let inner = Scope { values: row, group: None, ..*scope };
        let values: Vec<Value> =
            list.iter().map(|e| evaluate(e, &inner, env)).collect::<Result<_, _>>()?;
        let same = |other: &Vec<Value>| other.iter().zip(&values).all(|(a, b)| a.order(b).is_eq());
        if !values.iter().any(Value::is_null) && !seen.iter().any(same) {
            seen.push(values);
        }
    }
    Ok(Value::Int(seen.len() as i128))
}

fn over(name: &str, values: &[Value]) -> Value {
    let fold = |start: u64, op: fn(u64, u64) -> u64| {
        Value::Int(values.iter().map(word).fold(start, op).into())
    };
    match name {
        "COUNT" => return Value::Int(values.len() as i128),
        "BIT_AND" => return fold(u64::MAX, |a, b| a & b),
        "BIT_OR" => return fold(0, |a, b| a | b),
        "BIT_XOR" => return fold(0, |a, b| a ^ b),
        _ if values.is_empty() => return Value::Null,
        _ => {}
    }
    match name {
        "SUM" | "AVG" => sum(values, name == "AVG"),
        "MIN" => {
            let least = values.iter().min_by(|a, b| by_text(a, b)).cloned().unwrap_or(Value::Null);
            // The least of YEARs is a plain number.
            if least == Value::Padded(0, 4) { Value::Int(0) } else { least }
        }
        "MAX" => {
            let larger = |a: &Value, b: &Value| if by_text(b, a).is_gt() { 1 } else { 0 };
            let first = values[0].clone();
            values.iter().fold(first, |m, v| if larger(&m, v) == 1 { v.clone() } else { m })
        }
        name => variance(name, values),
    }
}

/// MIN and MAX of an ENUM go by its names.
fn by_text(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Member(_, a), Value::Member(_, b)) => {
            Value::Text(a.clone()).order(&Value::Text(b.clone()))
        }
        _ => a.order(b),
    }
}

fn sum(values: &[Value], average: bool) -> Value {
    if values.iter().any(Value::is_real) {
        let total = values.iter().fold(Real::default(), |s, v| s.apply(b'+', v.real()));
        let count = Real::whole(values.len() as i64);
        return Value::double(if average { total.apply(b'/', count) } else { total });
    }
    let total = values.iter().try_fold(Decimal::new(0, 0), |s, v| s.plus(v.number()));
    let count = Decimal::new(values.len() as i128, 0);
    let result = if average { total.and_then(|s| s.over(count)) } else { total };
    result.map_or(Value::Null, Value::Decimal)
}

/// The variance in one pass, as Knuth has it (`variance_fp_recurrence_next` of item_sum.cc).
fn variance(name: &str, values: &[Value]) -> Value {
    let (mut mean, mut square, mut count) = (values[0].real(), Real::default(), 1);
    for value in &values[1..] {
        count += 1;
        let off = value.real().apply(b'-', mean);
        mean = mean.apply(b'+', off.apply(b'/', Real::whole(count)));
        square = square.apply(b'+', off.apply(b'*', value.real().apply(b'-', mean)));
    }
    let sample = name.ends_with("SAMP");
    if sample && count < 2 {
        return Value::Null;
    }
    let result = square.apply(b'/', Real::whole(count - i64::from(sample)));
    Value::double(if name.starts_with("STD") { result.root() } else { result })
}
