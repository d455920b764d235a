//! The one type that a column of a UNION has.

use super::kind::Kind;
use crate::mysql::data::Value;

/// A column of a UNION has one type: exact numbers as many digits after the point, a DOUBLE makes
/// all numbers DOUBLEs, a DATETIME all DATEs, and what is mixed otherwise is text. Models
/// `Item_type_holder`: by the kind of its values, where that is a DECIMAL, or by those there are.
pub(super) fn of_one_kind(rows: &mut [Vec<Value>], at: usize, kind: Kind) {
    let some = || rows.iter().map(|row| &row[at]).filter(|value| !value.is_null());
    let is_exact = |value: &Value| matches!(value, Value::Int(_) | Value::Decimal(_));
    let is_day = |value: &Value| matches!(value, Value::Date(_) | Value::Moment(..));
    let make: Box<dyn Fn(Value) -> Value> = if some().all(is_exact) {
        if let Kind::Decimal(_, scale) = kind {
            rows.iter_mut().for_each(|row| row[at] = exactly(&row[at], scale));
            return;
        }
        let scale = some().map(|value| value.number().scale).max();
        Box::new(move |value| value.scaled(scale))
    } else if some().all(Value::is_number) {
        Box::new(|value| if value.is_null() { value } else { Value::double(value.real()) })
    } else if some().all(is_day) && some().any(|value| matches!(value, Value::Moment(..))) {
        let digits = some().map(Value::second_digits).max().unwrap_or(0);
        let moment = move |value: Value| value.moment().map(|m| Value::Moment(m, digits));
        Box::new(move |value| moment(value).unwrap_or(Value::Null))
    } else if some()
        .map(std::mem::discriminant)
        .collect::<Vec<_>>()
        .windows(2)
        .any(|w| w[0] != w[1])
    {
        Box::new(|value| value.kept().shown().map_or(Value::Null, Value::Text))
    } else {
        return;
    };
    for row in rows {
        row[at] = make(std::mem::replace(&mut row[at], Value::Null));
    }
}

/// An exact number with so many digits after the point.
fn exactly(value: &Value, scale: u8) -> Value {
    match (!value.is_null()).then(|| value.number().rescale(scale)).flatten() {
        Some(number) => Value::Decimal(number),
        None => value.clone(),
    }
}
