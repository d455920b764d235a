//! In which order rows come that nothing sorts: in that of a secondary key, where it holds all
//! columns a query wants. Models `find_shortest_key` of 5.7.

use super::Env;
use super::from::database;
use crate::mysql::data::{Column, Key, Table, Type};
use crate::mysql::sql::ast::{Expr, Select, Source};

/// Whether a key holds these columns, with those of the clustered one.
pub(super) fn holds(table: &Table, key: &Key, used: &[u32]) -> bool {
    let clustered = table.clustered();
    let of_clustered = |c: &u32| clustered.is_some_and(|key| key.columns.contains(c));
    key.prefixes.iter().all(|prefix| *prefix == 0)
        && used.iter().all(|c| key.columns.contains(c) || of_clustered(c))
}

/// The shortest secondary key that holds these columns.
pub(super) fn shortest<'t>(table: &'t Table, used: &[u32]) -> Option<&'t Key> {
    let clustered = table.clustered();
    let fits = |key: &&Key| Some(*key) != clustered && holds(table, key, used);
    let length = |key: &&Key| {
        key.columns.iter().map(|c| key_bytes(&table.columns[*c as usize])).sum::<u64>()
    };
    table.keys.iter().filter(fits).min_by_key(length)
}

/// Bytes a column takes in a key (`KEY_PART_INFO::store_length`).
pub(super) fn key_bytes(column: &Column) -> u64 {
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
