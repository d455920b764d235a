//! In which order rows come that nothing sorts: in that of a secondary key, where it holds all
//! columns a query wants. Models `find_shortest_key` of 5.7.

use super::Env;
use super::from::database;
use crate::mysql::data::{Column, Key, Table, Type, Value};
use crate::mysql::sql::ast::{Expr, Select, Source};

/// Puts the rows of a query's only table in the order in which InnoDB gives them.
pub(super) fn in_key_order(
    query: &Select,
    items: &[(Expr, String)],
    rows: &mut [Vec<Value>],
    env: &Env,
) {
    let [from] = query.from.as_slice() else { return };
    let sorted = !query.order.is_empty() || !query.group.is_empty();
    let Source::Table(name) = &from.source else { return };
    let Ok(db) = database(name, env) else { return };
    let Some(table) = env.catalog.table(&db, &name.table) else { return };
    // How text beyond ASCII is sorted in utf8 is not modelled.
    if sorted || !from.hints.is_empty() || env.wide || table.engine != "InnoDB" {
        return;
    }
    let (mut used, mut asked) = (Vec::new(), Vec::new());
    let wanted = items.iter().map(|(expr, _)| expr).chain(&query.having);
    let known = wanted.into_iter().all(|expr| columns(expr, table, &mut used))
        && query.filter.iter().all(|expr| columns(expr, table, &mut asked));
    // A condition on a key's first column may make the server look there instead.
    let leads = |column: &u32| table.keys.iter().any(|key| key.columns.first() == Some(column));
    if !known || asked.iter().any(leads) {
        return;
    }
    used.extend(asked);
    if let Some(key) = shortest(table, &used) {
        rows.sort_by(|a, b| {
            let orders = key.columns.iter().map(|c| a[*c as usize].order(&b[*c as usize]));
            orders.into_iter().find(|order| order.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
        });
    }
}

/// The columns of the table that an expression names; false if it names others, or asks a query.
fn columns(expr: &Expr, table: &Table, found: &mut Vec<u32>) -> bool {
    match expr {
        Expr::Column { name, .. } => match table.column(name) {
            Some(at) => found.push(at as u32),
            None => return false,
        },
        Expr::Subquery(_) | Expr::Exists(_) | Expr::InSelect(..) | Expr::Quantified(..) => {
            return false;
        }
        _ => {}
    }
    expr.children().into_iter().all(|part| columns(part, table, found))
}

/// The shortest secondary key that holds these columns, with those of the clustered one.
fn shortest<'t>(table: &'t Table, used: &[u32]) -> Option<&'t Key> {
    let clustered = table.clustered();
    let of_clustered = |c: &u32| clustered.is_some_and(|key| key.columns.contains(c));
    let holds = |key: &&Key| {
        Some(*key) != clustered
            && key.prefixes.iter().all(|prefix| *prefix == 0)
            && used.iter().all(|c| key.columns.contains(c) || of_clustered(c))
    };
    let length = |key: &&Key| {
        key.columns.iter().map(|c| key_bytes(&table.columns[*c as usize])).sum::<u64>()
    };
    table.keys.iter().filter(holds).min_by_key(length)
}

/// Bytes a column takes in a key (`KEY_PART_INFO::store_length`).
fn key_bytes(column: &Column) -> u64 {
    let text = |n: u32| u64::from(n) * u64::from(column.charset.bytes_max());
    let group = |digits: u8| u64::from(digits) / 9 * 4 + u64::from(digits % 9).div_ceil(2);
    let own = match &column.kind {
        Type::Decimal(precision, scale, _) => group(precision - scale) + group(*scale),
        Type::Char(n) => text(*n),
        Type::VarChar(n) => text(*n) + 2,
        Type::Binary(n) => u64::from(*n),
        Type::VarBinary(n) => u64::from(*n) + 2,
        Type::Text(_) | Type::Blob(_) => u64::from(u32::MAX),
        kind => kind.fixed_bytes().unwrap_or(0),
    };
    own + u64::from(!column.not_null)
}

/// Whether a table is read from the end of its clustered key, because the rows are wanted so.
pub(super) fn reads_from_its_end(query: &Select, env: &mut Env) -> bool {
    let ([from], [(Expr::Column { name, .. }, true)]) = (&query.from[..], &query.order[..]) else {
        return false;
    };
    let Source::Table(table) = &from.source else { return false };
    let Ok(db) = database(table, env) else { return false };
    let Some(table) = env.catalog.table(&db, &table.table) else { return false };
    let first = table.clustered().and_then(|key| key.columns.first());
    !env.written
        && first.is_some_and(|at| table.columns[*at as usize].name.eq_ignore_ascii_case(name))
}
