//! Which columns a query wants, those in its subqueries among them: what a key must hold to be
//! read in place of the table.

use super::super::Env;
use super::super::from::database;
use super::tables::{At, Names};
use crate::mysql::data::Catalog;
use crate::mysql::sql::ast::{Expr, From, Select, Source};

/// Looks for columns of the query's own tables.
pub(super) struct Search<'a, 'e> {
    pub names: &'a Names,
    pub catalog: &'a Catalog,
    pub env: &'a Env<'e>,
    /// The tables of the subqueries it is in.
    pub within: Vec<&'a [From]>,
    pub found: Vec<At>,
}

impl<'a> Search<'a, '_> {
    /// `None`: it is not known which columns a name means.
    pub fn expr(&mut self, expr: &'a Expr) -> Option<()> {
        if let Expr::Column { table, name } = expr {
            if !self.is_inner(table.as_deref(), name)? {
                self.found.extend(self.names.find(expr));
            }
            return Some(());
        }
        match expr {
            Expr::Subquery(query) | Expr::Exists(query) | Expr::InSelect(_, query, _) => {
                self.query(query)?;
            }
            Expr::Quantified(..) => return None,
            _ => {}
        }
        expr.children().into_iter().try_for_each(|part| self.expr(part))
    }

    fn query(&mut self, query: &'a Select) -> Option<()> {
        self.within.push(&query.from);
        let items = query.items.iter().filter_map(|item| item.what.as_ref().ok());
        let on = query.from.iter().filter_map(|from| from.on.as_ref());
        let order = query.order.iter().chain(&query.whole.0).map(|(expr, _)| expr);
        let filters = query.filter.iter().chain(&query.having).chain(&query.group);
        let all = items.chain(on).chain(order).chain(filters);
        all.into_iter().try_for_each(|expr| self.expr(expr))?;
        self.within.pop();
        match &query.union {
            Some((_, next)) => self.query(next),
            None => Some(()),
        }
    }

    /// Whether a name is one of a subquery's own tables'.
    fn is_inner(&self, table: Option<&str>, name: &str) -> Option<bool> {
        let inner = || self.within.iter().flat_map(|from| from.iter());
        if let Some(table) = table {
            return Some(inner().any(|from| from.alias == table));
        }
        for from in inner() {
            let Source::Table(of) = &from.source else { return None };
            let own = self.catalog.table(&database(of, self.env).ok()?, &of.table)?;
            if own.column(name).is_some() {
                return Some(true);
            }
        }
        Some(false)
    }
}
