//! Whether ORDER BY has something to sort, and by what besides. Models `test_if_skip_sort_order` of
//! sql_optimizer.cc, `get_addon_fields` and `check_if_pq_applicable` of filesort.cc, and
//! `estimate_rows_upper_bound` of InnoDB (5.7).

use super::super::constant::is_constant;
use super::super::covering::{holds, key_bytes};
use super::super::filesort::Sorting;
use super::cost::Cost;
use super::search::Access;
use super::tables::{Side, Tables};
use crate::mysql::data::{Key, Table, Type};
use crate::mysql::sql::ast::Select;

/// `max_length_for_sort_data`: rows longer than this are fetched again when they are sorted.
const SORTED_WITH_BYTES_MAX: u64 = 1024;

/// In which order the rows of the only table come.
pub(super) enum Order<'t> {
    /// In that of a key; `None`: of the clustered one. Whether from its end.
    OfKey(Option<&'t Key>, bool),
    /// As they are read, and then sorted.
    Sorted(Sorting),
    /// Sorted by their place besides: they are fetched again by it.
    ByPlace,
}

/// In which order they come.
pub(super) fn of<'t>(query: &Select, tables: &Tables<'t>, access: &Access) -> Order<'t> {
    if query.order.is_empty() || !query.group.is_empty() || query.distinct {
        return Order::Sorted(Sorting::Stable);
    }
    let [side] = &tables.all[..] else { return Order::Sorted(Sorting::Stable) };
    if let Some((key, backwards)) = in_order(query, tables, side, access) {
        return Order::OfKey(
            Some(key).filter(|key| side.table.clustered() != Some(key)),
            backwards,
        );
    }
    if fetches_again(query, tables, side) {
        return Order::ByPlace;
    }
    // A queue is thought to be three times as slow.
    Order::Sorted(Sorting::InMemory((side.rows_most() as u64).div_ceil(3)))
}

/// The key that gives the rows in the order that is wanted, and whether from its end.
fn in_order<'t>(
    query: &Select,
    tables: &Tables<'t>,
    side: &Side<'t>,
    access: &Access,
) -> Option<(&'t Key, bool)> {
    let table = side.table;
    let fits = |key: &'t Key| fits(query, tables, table, key).map(|backwards| (key, backwards));
    match access {
        Access::Row => None,
        Access::Ref(key, _) => fits(&table.keys[*key]),
        Access::Scan => {
            let wanted = side.wanted.as_ref();
            let covers = |key: &&Key| wanted.is_some_and(|wanted| holds(table, key, wanted));
            let secondary = table.keys.iter().filter(|key| Some(*key) != table.clustered());
            table.clustered().into_iter().chain(secondary.filter(covers)).find_map(fits)
        }
        Access::Range(number) => {
            // Where few are wanted, it is cheaper to look at each in the order of another key.
            let cheaper = || {
                let (Some((offset, count)), Some(range)) = (query.limit, &side.ranges[*number])
                else {
                    return false;
                };
                let wanted = usize::try_from(offset.saturating_add(count)).unwrap_or(usize::MAX);
                let wanted = Cost::whole(wanted) * side.records() / range.rows;
                wanted.floor() < range.cost
            };
            let other = || cheaper().then(|| table.keys.iter().find_map(fits)).flatten();
            fits(&table.keys[*number]).or_else(other)
        }
    }
}

/// Whether a key, with the clustered one behind it, has rows in the order that is wanted, and if
/// so whether from its end.
fn fits(query: &Select, tables: &Tables, table: &Table, key: &Key) -> Option<bool> {
    if key.prefixes.iter().any(|prefix| *prefix != 0) {
        return None;
    }
    let behind = table.clustered().filter(|clustered| *clustered != key);
    let mut parts = key.columns.iter().chain(behind.iter().flat_map(|key| &key.columns));
    let is_known = |at| tables.classes.iter().any(|(all, constant)| *constant && all.contains(&at));
    let mut way = None;
    let all = query.order.iter().all(|(expr, descending)| {
        if is_constant(expr) {
            return true;
        }
        let Some(at) = tables.names.find(expr) else { return false };
        if is_known(at) {
            return true;
        }
        let next = parts.find(|part| !is_known((0, **part as usize)));
        let same_way = *way.get_or_insert(*descending) == *descending;
        same_way && next.is_some_and(|part| at == (0, *part as usize))
    });
    all.then(|| way.unwrap_or(false))
}

/// Whether a row is too long to be sorted with the columns that are wanted.
fn fetches_again(query: &Select, tables: &Tables, side: &Side) -> bool {
    let is_wanted = |at: usize| side.wanted.as_ref().is_none_or(|all| all.contains(&(at as u32)));
    let own = side.table.columns.iter().enumerate().filter(|(at, _)| is_wanted(*at));
    let own: Vec<_> = own.map(|(_, column)| column).collect();
    let sorted = query.order.iter().map(|(expr, _)| match tables.names.find(expr) {
        Some((_, at)) => key_bytes(&side.table.columns[at]).min(SORTED_WITH_BYTES_MAX),
        None => 9,
    });
    own.iter().any(|column| matches!(column.kind, Type::Text(_) | Type::Blob(_)))
        || own.iter().map(|c| key_bytes(c)).sum::<u64>() + sorted.sum::<u64>()
            > SORTED_WITH_BYTES_MAX
}
