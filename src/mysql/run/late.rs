//! When the results of several tables, and of groups, are computed: a temporary table holds what
//! differs from row to row, and constants are computed for the rows that are sent. Seen in how
//! often there are warnings.

use super::constant::is_constant;
use super::select::computed;
use super::sent::is_plain;
use super::{Env, Scope};
use crate::mysql::data::Value;
use crate::mysql::sql::SqlError;
use crate::mysql::sql::ast::{Expr, Select};

/// Whether groups wait in a temporary table, whose columns are read again: not if something needs
/// the rows of a group one after the other (`TMP_TABLE_PARAM::quick_group`).
pub(super) fn waits_in_table(query: &Select, items: &[(Expr, String)]) -> bool {
    fn sorts(expr: &Expr) -> bool {
        let own = match expr {
            Expr::Aggregate { name, distinct, .. } => *distinct || name == "GROUP_CONCAT",
            _ => false,
        };
        own || expr.children().into_iter().any(sorts)
    }
    !query.group.is_empty() && !query.rollup && !items.iter().any(|(expr, _)| sorts(expr))
}

/// The results without those that wait until a row is sent; `None` if none does.
pub(super) fn early(query: &Select, items: &[(Expr, String)]) -> Option<Vec<(Expr, String)>> {
    let waits = |(expr, _): &(Expr, String)| is_constant(expr);
    if !is_plain(query, items) || !items.iter().any(waits) {
        return None;
    }
    let kept = |item: &(Expr, String)| match waits(item) {
        true => (Expr::Null, item.1.clone()),
        false => item.clone(),
    };
    Some(items.iter().map(kept).collect())
}

/// Computes the constants of a row that is sent.
pub(super) fn complete(
    row: &mut [Value],
    (items, scales): (&[(Expr, String)], &[Option<u8>]),
    outer: Option<&Scope>,
    env: &mut Env,
) -> Result<(), SqlError> {
    env.clause = "field list";
    let scope = Scope { columns: &[], values: &[], group: None, outer };
    for ((value, item), scale) in row.iter_mut().zip(items).zip(scales) {
        if is_constant(&item.0) {
            let one = computed(std::slice::from_ref(item), &[*scale], &scope, env)?;
            *value = one.into_iter().next().unwrap_or(Value::Null);
        }
    }
    Ok(())
}
