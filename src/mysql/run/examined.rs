//! By which number warnings call a row that a query reads for INSERT … SELECT: it counts the rows
//! that were looked at (`Diagnostics_area::inc_current_row_for_condition`). Seen on 5.6.24.

use super::constant::is_constant;
use super::env::Sent;
use super::from::{Input, database};
use super::{Env, Scope, evaluate};
use crate::mysql::data::Table;
use crate::mysql::sql::ast::{Expr, Op, Select, Source};

/// The rows of one table that are looked at.
pub(super) struct Examined {
    /// Of each row of the table, how many were looked at up to it.
    counts: Vec<usize>,
    /// Whether the rows come as they are looked at.
    in_order: bool,
}

impl Examined {
    pub(super) fn new(query: &Select, input: &Input, env: &mut Env) -> Examined {
        let all = || (1..=input.rows.len()).collect();
        let plain = Examined { counts: all(), in_order: query.order.is_empty() };
        let [from] = query.from.as_slice() else { return plain };
        let Source::Table(name) = &from.source else { return plain };
        let Ok(db) = database(name, env) else { return plain };
        let Some(table) = env.catalog.table(&db, &name.table) else { return plain };
        let Some(first) = leading(table) else { return plain };
        let by_key = |(expr, _): &(Expr, bool)| is_column(expr, &first);
        let in_order = query.order.len() <= 1 && query.order.iter().all(by_key);
        let conditions = query.filter.iter().flat_map(|filter| ranges(filter, &first));
        let conditions: Vec<&Expr> = conditions.collect();
        let told = env.session.warnings.len();
        let mut counts = Vec::new();
        let mut count = 0;
        for values in &input.rows {
            let scope = Scope { columns: &input.columns, values, group: None, outer: None };
            let mut holds = |e: &&Expr| evaluate(e, &scope, env).is_ok_and(|v| v.is_true());
            count += usize::from(conditions.iter().all(&mut holds));
            counts.push(count);
        }
        env.session.warnings.truncate(told);
        Examined { counts, in_order }
    }

    /// Numbers rows that are sent as they are read, or sorted: `kept` are those of the table.
    pub(super) fn number(&self, kept: &[usize], sent: &mut [Sent]) {
        for (at, row) in sent.iter_mut().enumerate() {
            let place = row.number;
            row.number = match self.in_order {
                true => {
                    kept.get(place).and_then(|k| self.counts.get(*k)).copied().unwrap_or(at + 1)
                }
                false => at + 1,
            };
        }
    }

    /// Numbers rows that are read when all others have been.
    pub(super) fn after_all(&self, sent: &mut [Sent]) {
        let all = self.counts.last().copied().unwrap_or(0);
        sent.iter_mut().enumerate().for_each(|(at, row)| row.number = all + at + 1);
    }
}

/// The first column of the clustered key.
fn leading(table: &Table) -> Option<String> {
    let at = *table.clustered()?.columns.first()?;
    Some(table.columns[at as usize].name.clone())
}

fn is_column(expr: &Expr, wanted: &str) -> bool {
    matches!(expr, Expr::Column { name, .. } if name.eq_ignore_ascii_case(wanted))
}

/// The parts of a condition that say where in the key to look.
fn ranges<'e>(condition: &'e Expr, column: &str) -> Vec<&'e Expr> {
    let is = |a: &Expr, b: &Expr| is_column(a, column) && is_constant(b);
    match condition {
        Expr::Binary(Op::And, a, b) => {
            ranges(a, column).into_iter().chain(ranges(b, column)).collect()
        }
        Expr::Binary(Op::Eq | Op::Lt | Op::Le | Op::Gt | Op::Ge, a, b) if is(a, b) || is(b, a) => {
            vec![condition]
        }
        Expr::Between(a, b, c, false) if is(a, b) && is_constant(c) => vec![condition],
        Expr::In(a, list, false) if list.iter().all(|one| is(a, one)) => vec![condition],
        _ => Vec::new(),
    }
}
