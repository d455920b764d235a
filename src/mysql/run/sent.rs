//! Queries whose rows are those of one table: what is computed of them, and when.

use super::constant::is_constant;
use super::env::Sent;
use super::filesort::{Sorting, filesort};
use super::from::{Input, beyond_ascii};
use super::select::{computed, is_grouped, is_place, limited, order};
use super::{Env, Scope, evaluate};
use crate::mysql::data::Value;
use crate::mysql::sql::SqlError;
use crate::mysql::sql::ast::{Expr, Select};

/// Whether each row read is a row of the result.
pub(super) fn is_plain(query: &Select, items: &[(Expr, String)]) -> bool {
    let by_name = |name: &str| items.iter().any(|(_, alias)| alias.eq_ignore_ascii_case(name));
    let orders_by_result = query.order.iter().any(|(expr, _)| names_any(expr, &by_name));
    let plain = !query.distinct && query.having.is_none() && !is_grouped(query);
    plain && !orders_by_result
}

/// Whether an expression other than a column itself names one of these.
fn names_any(expr: &Expr, known: &dyn Fn(&str) -> bool) -> bool {
    let parts = expr.children();
    let named = |part: &&Expr| matches!(part, Expr::Column { table: None, name } if known(name));
    parts.iter().any(named) || parts.into_iter().any(|part| names_any(part, known))
}

/// The rows of one table, in their order: results are computed for those that are sent. If they
/// are `written` one by one, it ends with the first that cannot be, and `env.sent` tells of each.
pub(super) fn sent(
    query: &Select,
    (items, scales): (&[(Expr, String)], &[Option<u8>]),
    (input, sorting): (&Input, Sorting),
    (mut rows, outer): (Vec<Vec<Value>>, Option<&Scope>),
    (written, env): (bool, &mut Env),
) -> Result<Vec<Vec<Value>>, SqlError> {
    let keys: Vec<(Expr, bool)> = query.order.iter().filter_map(|key| by(key, items)).collect();
    if !keys.is_empty() {
        env.clause = "order clause";
        let mut keyed = Vec::new();
        for (at, row) in rows.into_iter().enumerate() {
            env.row = at as u64;
            let scope = Scope { columns: &input.columns, values: &row, group: None, outer };
            let own: Result<Vec<Value>, SqlError> =
                keys.iter().map(|(expr, _)| evaluate(expr, &scope, env)).collect();
            let own = own?;
            if env.wide && own.iter().any(beyond_ascii) {
                let what = "the order of text beyond ASCII in utf8 columns";
                return Err(SqlError::not_modelled(what));
            }
            keyed.push((own, row));
        }
        let wanted = query.limit.filter(|_| !query.calc);
        let wanted = wanted.map(|(offset, count)| offset.saturating_add(count));
        keyed = filesort(keyed, &|(a, _), (b, _)| order(&keys, a, b), sorting, wanted);
        rows = keyed.into_iter().map(|(_, row)| row).collect();
    }
    env.clause = "field list";
    let mut results = Vec::new();
    let mut told = Vec::new();
    let skipped = query.limit.map_or(0, |(offset, _)| usize::try_from(offset).unwrap_or(0));
    for (at, values) in limited(rows, query.limit).iter().enumerate() {
        env.row = at as u64;
        let scope = Scope { columns: &input.columns, values, group: None, outer };
        if !written {
            results.push(computed(items, scales, &scope, env)?);
            continue;
        }
        // Each value is written as soon as it is computed (`fill_record`).
        let (mut row, mut parts) = (Vec::new(), Vec::new());
        for (item, scale) in items.iter().zip(scales) {
            row.extend(computed(std::slice::from_ref(item), &[*scale], &scope, env)?);
            parts.push((env.session.warnings.len(), env.failed.take()));
        }
        results.push(row);
        told.push(Sent { number: skipped + at, parts });
        if told.last().is_some_and(Sent::has_failed) {
            break;
        }
    }
    env.sent = told;
    Ok(results)
}

/// What a part of ORDER BY means, if it is not the same for all rows.
fn by(key: &(Expr, bool), items: &[(Expr, String)]) -> Option<(Expr, bool)> {
    let (expr, descending) = key;
    let meant = match expr {
        Expr::Number(digits) if is_place(digits) => {
            let at = digits.parse::<usize>().ok()?.checked_sub(1)?;
            &items.get(at)?.0
        }
        Expr::Column { table: None, name } => {
            let same = |(_, alias): &&(Expr, String)| alias.eq_ignore_ascii_case(name);
            let item = items.iter().find(same);
            item.map_or(expr, |(expr, _)| expr)
        }
        other => other,
    };
    (!is_constant(meant)).then(|| (meant.clone(), *descending))
}
