//! How many of a table's rows its conditions are thought to leave. Models
//! `calculate_condition_filter` of sql_planner.cc and the `get_filtering_effect` of items (5.7).

use super::cost::Cost;
use super::tables::{At, Tables};
use crate::mysql::data::Type;
use crate::mysql::sql::ast::{Expr, Op};

/// `COND_FILTER_EQUALITY` and its like.
const EQUAL: Cost = Cost::millionths(100_000);
const COMPARED: Cost = Cost::millionths(333_300);
const BETWEEN: Cost = Cost::millionths(111_100);

/// Of the rows found of a table (`fanout`), the part that conditions leave which name no other
/// tables than those that are read. `used`: columns the rows were found by.
pub(super) fn effect(tables: &Tables, side: usize, read: u64, used: &[u32], fanout: Cost) -> Cost {
    if !tables.filters {
        return Cost::ONE;
    }
    let mut used = used.to_vec();
    let mut part = Cost::ONE;
    let own = &tables.all[side];
    for (key, range) in own.ranges.iter().enumerate() {
        let columns = &own.table.keys[key].columns;
        let Some(range) = range else { continue };
        if columns[..range.parts].iter().any(|c| used.contains(c)) {
            continue;
        }
        part = part * (range.rows / own.records()).min(Cost::ONE);
        used.extend(&columns[..range.parts]);
    }
    let asked = Asked { tables, side, used: &used };
    for (members, constant) in &tables.classes {
        let known = *constant || members.iter().any(|(other, _)| read & (1 << other) != 0);
        let mine = members.iter().filter(|at| at.0 == side && !used.contains(&(at.1 as u32)));
        if known {
            mine.for_each(|at| part = part * asked.equal(*at, true));
        }
    }
    for (condition, named) in &tables.conditions {
        if named & (1 << side) != 0 && named & !(read | 1 << side) == 0 {
            part = part * asked.of(condition);
        }
    }
    part.max(Cost::millionths(50_000) / fanout.max(Cost::ONE))
}

/// The table that is asked about.
struct Asked<'a> {
    tables: &'a Tables<'a>,
    side: usize,
    used: &'a [u32],
}

impl Asked<'_> {
    fn equal(&self, at: At, by_class: bool) -> Cost {
        let table = self.tables.all[at.0].table;
        let rows = self.tables.all[at.0].records();
        let indexed = table.keys.iter().any(|key| key.columns[0] as usize == at.1);
        if by_class && indexed {
            return Cost::ONE / rows;
        }
        self.at_least(at, EQUAL)
    }

    fn at_least(&self, at: At, default: Cost) -> Cost {
        let rows = self.tables.all[at.0].records();
        let values = match &self.tables.all[at.0].table.columns[at.1].kind {
            Type::Enum(members) => Cost::whole(members.len()),
            Type::Int { bytes: 1, .. } => Cost::whole(255),
            _ => rows,
        };
        (Cost::ONE / values.min(rows)).max(default)
    }

    /// The column of the table that one of these is.
    fn column(&self, parts: &[&Expr]) -> Option<At> {
        let mine = |at: &At| at.0 == self.side && !self.used.contains(&(at.1 as u32));
        parts.iter().filter_map(|e| self.tables.names.find(e)).find(mine)
    }

    fn of(&self, condition: &Expr) -> Cost {
        let one = |parts: &[&Expr], how: &dyn Fn(At) -> Cost, not: bool| match self.column(parts) {
            Some(at) if not => Cost::ONE - how(at),
            Some(at) => how(at),
            None => Cost::ONE,
        };
        match condition {
            Expr::Binary(Op::And, a, b) => self.of(a) * self.of(b),
            Expr::Binary(Op::Or, a, b) => {
                let (a, b) = (self.of(a), self.of(b));
                a + b - a * b
            }
            Expr::Binary(Op::Eq | Op::NullEq, a, b) => {
                one(&[a, b], &|at| self.equal(at, false), false)
            }
            Expr::Binary(Op::Ne, a, b) => one(&[a, b], &|at| self.equal(at, false), true),
            Expr::Binary(Op::Lt | Op::Le | Op::Gt | Op::Ge, a, b) => {
                one(&[a, b], &|at| self.at_least(at, COMPARED), false)
            }
            Expr::Between(a, _, _, not) => one(&[a], &|at| self.at_least(at, BETWEEN), *not),
            Expr::Like(a, _, not) => one(&[a], &|at| self.at_least(at, BETWEEN), *not),
            Expr::In(a, list, not) => {
                let all = |at| {
                    (self.equal(at, false) * Cost::whole(list.len())).min(Cost::millionths(500_000))
                };
                one(&[a], &all, *not)
            }
            Expr::IsNull(a, not) => one(&[a], &|at| self.equal(at, false), *not),
            _ => Cost::ONE,
        }
    }
}
