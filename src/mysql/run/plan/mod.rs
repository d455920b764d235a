//! In which order rows come that nothing sorts: that in which the optimizer of 5.7 reads the
//! tables, and a block nested loop gives what it finds.
//!
//! | part | is |
//! |---|---|
//! | `cost` | how costs are counted |
//! | `tables` | what each table of a FROM is to the optimizer |
//! | `search` | which table is read first, and how the others are |
//! | `filter` | how many rows a condition is thought to leave |
//! | `semijoin` | which subqueries are tables of the join |
//! | `wanted` | which columns are wanted at all |
//! | `sorting` | whether ORDER BY has something to sort, and by what |
//!
//! Left out: semi-joins that give more than a row, derived tables, index merges. Statistics of keys
//! are those of a table that was opened while it was empty: one row for each value.

mod cost;
mod filter;
mod search;
mod semijoin;
mod sorting;
mod tables;
mod wanted;

use std::cmp::Ordering;

use super::Env;
use super::constant::is_constant;
use super::filesort::Sorting;
use super::from::Input;
use crate::mysql::data::{Key, Table, Value};
use crate::mysql::sql::ast::{Expr, Op, Select};
use search::{Access, Step};
use semijoin::pulled;
use sorting::Order;
use tables::{At, Names, Tables};

/// Puts rows in the order in which the server finds them; and how it sorts those of one table.
pub(super) fn in_order_read(
    query: &Select,
    items: &[(Expr, String)],
    input: &mut Input,
    env: &mut Env,
) -> Sorting {
    // How text beyond ASCII is sorted in utf8 is not modelled.
    if env.wide || input.rows.len() < 2 {
        return Sorting::Stable;
    }
    let catalog = env.catalog;
    let pulled = pulled(query, input, catalog, env);
    let (query, columns) =
        pulled.as_ref().map_or((query, &input.columns), |own| (&own.query, &own.columns));
    let Some(tables) = Tables::of(query, items, columns, catalog, env) else {
        return Sorting::Stable;
    };
    let Some(steps) = search::best(&tables) else { return Sorting::Stable };
    let order = match &steps[..] {
        [step] => sorting::of(query, &tables, &step.access),
        _ => Order::Sorted(Sorting::Stable),
    };
    // That is the clustered key's, which the rows are in.
    if matches!(order, Order::ByPlace) {
        return Sorting::Stable;
    }
    let mut places: Vec<usize> = vec![0; input.rows.len()];
    for step in &steps {
        let table = tables.all[step.at].table;
        let (key, backwards) = match order {
            // Whether it is the clustered one from its end, `kept` asks itself.
            Order::OfKey(key, backwards) => (key, backwards && key.is_some()),
            _ => (key_read(table, &tables.all[step.at], &step.access), false),
        };
        let mut ranks = ranks(table, key);
        if let [Step { access: Access::Range(_), .. }] = steps[..]
            && query.order.is_empty()
            && let Some(first) = key.and_then(|key| key.columns.first())
            && let Some(filter) = &query.filter
            && finds_nulls_last(filter, &tables.names, (step.at, *first as usize))
        {
            for (rank, row) in ranks.iter_mut().zip(&table.rows) {
                let is_null = row.values[*first as usize].is_null();
                *rank += if is_null { table.rows.len() } else { 0 };
            }
        }
        if backwards {
            ranks.iter_mut().for_each(|rank| *rank = table.rows.len() - *rank);
        }
        let rank = |row: usize| {
            let own = &input.origins[row];
            let pulled = || pulled.as_ref()?.origins[row].get(step.at - own.len());
            let origin = own.get(step.at).or_else(pulled).map_or(usize::MAX, |at| *at as usize);
            ranks.get(origin).copied().unwrap_or(ranks.len())
        };
        let key = |row: usize| match step.buffered {
            true => (rank(row), places[row]),
            false => (places[row], rank(row)),
        };
        places = numbered(places.len(), &key);
    }
    let mut rows: Vec<usize> = (0..places.len()).collect();
    rows.sort_by_key(|row| places[*row]);
    input.rows = rows.iter().map(|row| std::mem::take(&mut input.rows[*row])).collect();
    input.origins = rows.iter().map(|row| std::mem::take(&mut input.origins[*row])).collect();
    match order {
        Order::Sorted(sorting) => sorting,
        _ => Sorting::Stable,
    }
}

/// Where each row comes by its key; those with one key come together.
fn numbered(count: usize, key: &dyn Fn(usize) -> (usize, usize)) -> Vec<usize> {
    let mut rows: Vec<usize> = (0..count).collect();
    rows.sort_by_key(|row| key(*row));
    let (mut places, mut place) = (vec![0; count], 0);
    for (at, row) in rows.iter().enumerate() {
        place += usize::from(at > 0 && key(rows[at - 1]) != key(*row));
        places[*row] = place;
    }
    places
}

/// Whether it is `column = value OR column IS NULL`: by a key (`ref_or_null`) the rows with the
/// value are found first, then those with NULL.
fn is_value_or_null(condition: &Expr, names: &Names, column: At) -> bool {
    let is = |e: &Expr| names.find(e) == Some(column);
    let is_null = |e: &Expr| matches!(e, Expr::IsNull(a, false) if is(a));
    let is_value = |e: &Expr| match e {
        Expr::Binary(Op::Eq | Op::NullEq, a, b) => {
            is(a) && is_constant(b) || is(b) && is_constant(a)
        }
        _ => false,
    };
    match condition {
        Expr::Binary(Op::Or, a, b) => is_null(a) && is_value(b) || is_value(a) && is_null(b),
        _ => false,
    }
}

/// The same, of one of the conditions that all must hold.
fn finds_nulls_last(condition: &Expr, names: &Names, column: At) -> bool {
    condition.conjuncts().into_iter().any(|one| is_value_or_null(one, names, column))
}

/// The key in whose order a table's rows come; `None`: in that of the clustered one.
fn key_read<'t>(table: &'t Table, side: &tables::Side<'t>, access: &Access) -> Option<&'t Key> {
    match access {
        Access::Row => None,
        Access::Scan => side.shortest(),
        Access::Range(key) | Access::Ref(key, _) => Some(&table.keys[*key]),
    }
}

/// Of each row of a table, the how manieth it is.
fn ranks(table: &Table, key: Option<&Key>) -> Vec<usize> {
    let mut rows: Vec<usize> = (0..table.rows.len()).collect();
    if let Some(key) = key {
        let order = |a: &[Value], b: &[Value]| -> Ordering {
            let orders = key.columns.iter().map(|c| a[*c as usize].order(&b[*c as usize]));
            orders.into_iter().find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
        };
        rows.sort_by(|a, b| order(&table.rows[*a].values, &table.rows[*b].values));
    }
    let mut ranks = vec![0; rows.len()];
    rows.iter().enumerate().for_each(|(rank, row)| ranks[*row] = rank);
    ranks
}

/// Whether a table is read by a buffer of rows: they are all there when it is.
fn is_buffered(step: &Step, first: bool, by_row: bool) -> bool {
    !first && !by_row && matches!(step.access, Access::Scan | Access::Range(_))
}
