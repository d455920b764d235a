//! `x IN (SELECT id FROM t …)` where each x finds one row of t at most: t is read as if it were
//! joined. Models `pull_out_semijoin_tables` of sql_optimizer.cc (5.7).

use super::super::Env;
use super::super::from::{Input, database};
use super::super::select::is_grouped;
use crate::base::limit::SEMIJOIN_COMPARISONS_MAX;
use crate::mysql::data::{Catalog, Table};
use crate::mysql::sql::ast::{Expr, From, Join, Op, Select, Source};

/// A query as the optimizer sees it.
pub(super) struct Pulled {
    /// With the tables of such subqueries behind its own.
    pub query: Select,
    /// The columns of all.
    pub columns: Vec<(String, String)>,
    /// Of each row, the row of each such table; none: `u32::MAX`.
    pub origins: Vec<Vec<u32>>,
}

/// `None`: there is no such subquery.
pub(super) fn pulled(
    query: &Select,
    input: &Input,
    catalog: &Catalog,
    env: &Env,
) -> Option<Pulled> {
    let filter = query.filter.as_ref()?;
    let mut own = Pulled {
        query: Select { filter: None, ..query.clone() },
        columns: input.columns.clone(),
        origins: vec![Vec::new(); input.rows.len()],
    };
    let mut kept: Vec<Expr> = Vec::new();
    for conjunct in filter.conjuncts() {
        if !own.pull(conjunct, input, &mut kept, catalog, env) {
            kept.push(conjunct.clone());
        }
    }
    own.query.filter =
        kept.into_iter().reduce(|a, b| Expr::Binary(Op::And, Box::new(a), Box::new(b)));
    (own.query.from.len() > query.from.len()).then_some(own)
}

impl Pulled {
    fn pull(
        &mut self,
        conjunct: &Expr,
        input: &Input,
        kept: &mut Vec<Expr>,
        catalog: &Catalog,
        env: &Env,
    ) -> bool {
        let Expr::InSelect(left, inner, false) = conjunct else { return false };
        let Some((table, column)) = unique(inner, catalog, env) else { return false };
        let place = |(alias, name): &(String, String)| match &**left {
            Expr::Column { table: Some(table), name: own } => {
                alias == table && name.eq_ignore_ascii_case(own)
            }
            Expr::Column { table: None, name: own } => name.eq_ignore_ascii_case(own),
            _ => false,
        };
        let Some(place) = input.columns.iter().position(place) else { return false };
        if input.rows.len().saturating_mul(table.rows.len()) > SEMIJOIN_COMPARISONS_MAX {
            return false;
        }
        // A name of its own, which nothing else can have.
        let alias = format!("\u{2}{}", self.query.from.len());
        let named = |name: &str| Expr::Column { table: Some(alias.clone()), name: name.into() };
        let id = Box::new(named(&table.columns[column].name));
        kept.push(Expr::Binary(Op::Eq, left.clone(), id));
        for condition in inner.filter.iter().flat_map(Expr::conjuncts) {
            let mut condition = condition.clone();
            rename(&mut condition, &inner.from[0].alias, table, &named);
            kept.push(condition);
        }
        for (row, origins) in input.rows.iter().zip(&mut self.origins) {
            let is = |own: &crate::mysql::data::Row| {
                row[place].compare(&own.values[column]).is_some_and(std::cmp::Ordering::is_eq)
            };
            let found = table.rows.iter().position(is);
            origins.push(found.map_or(u32::MAX, |at| at as u32));
        }
        self.columns.extend(table.columns.iter().map(|c| (alias.clone(), c.name.clone())));
        let from = inner.from[0].clone();
        self.query.from.push(From { alias, join: Join::Inner, on: None, ..from });
        true
    }
}

/// The only table of a subquery, and its column that has a value once at most.
fn unique<'t>(inner: &Select, catalog: &'t Catalog, env: &Env) -> Option<(&'t Table, usize)> {
    let ([from], [item]) = (&inner.from[..], &inner.items[..]) else { return None };
    let plain = inner.union.is_none()
        && inner.limit.is_none()
        && inner.having.is_none()
        && !is_grouped(inner)
        && from.on.is_none();
    let (Source::Table(name), Ok(Expr::Column { table: qualifier, name: column })) =
        (&from.source, &item.what)
    else {
        return None;
    };
    if !plain || qualifier.as_ref().is_some_and(|table| *table != from.alias) {
        return None;
    }
    let table = catalog.table(&database(name, env).ok()?, &name.table)?;
    let column = table.column(column)?;
    let alone = table.keys.iter().any(|key| key.unique && key.columns == [column as u32]);
    alone.then_some((table, column))
}

/// Gives the columns of the subquery's table their new name.
fn rename(expr: &mut Expr, alias: &str, table: &Table, named: &dyn Fn(&str) -> Expr) {
    if let Expr::Column { table: qualifier, name } = expr {
        let is_own = match qualifier {
            Some(qualifier) => qualifier == alias,
            None => table.column(name).is_some(),
        };
        if is_own {
            *expr = named(name);
        }
        return;
    }
    expr.children_mut().into_iter().for_each(|part| rename(part, alias, table, named));
}
