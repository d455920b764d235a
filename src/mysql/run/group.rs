//! ONLY_FULL_GROUP_BY: what a grouped query may name. Models `sql/aggregate_check.cc` of 5.7, as
//! far as keys and equalities with grouped columns go.

use super::Env;
use super::eval::MERGED;
use super::from::database;
use crate::mysql::sql::SqlError;
use crate::mysql::sql::ast::{Expr, From, Op, Select, Source};

/// Refuses a column that the groups do not determine.
pub(super) fn check(
    query: &Select,
    items: &[(Expr, String)],
    columns: &[(String, String)],
    env: &Env,
) -> Result<(), SqlError> {
    let mode = env.session.vars.get("sql_mode").or_else(|| env.globals.get("sql_mode"));
    if !mode.is_none_or(|mode| mode.contains("ONLY_FULL_GROUP_BY")) {
        return Ok(());
    }
    let known = Known::of(query, items, columns, env);
    for (index, (expr, _)) in items.iter().enumerate() {
        let Some(column) = known.undetermined(expr, query) else { continue };
        let name = known.full_name(&column, query, env);
        let number = index + 1;
        let tail = "this is incompatible with sql_mode=only_full_group_by";
        return Err(if query.group.is_empty() {
            let text = format!(
                "In aggregated query without GROUP BY, expression #{number} of SELECT list \
                 contains nonaggregated column '{name}'; {tail}"
            );
            SqlError::new(1140, text)
        } else {
            let text = format!(
                "Expression #{number} of SELECT list is not in GROUP BY clause and contains \
                 nonaggregated column '{name}' which is not functionally dependent on columns in \
                 GROUP BY clause; {tail}"
            );
            SqlError::new(1055, text)
        });
    }
    Ok(())
}

/// What the groups determine: columns by table alias and name.
struct Known<'k> {
    columns: &'k [(String, String)],
    determined: Vec<(String, String)>,
}

impl<'k> Known<'k> {
    fn of(
        query: &Select,
        items: &[(Expr, String)],
        columns: &'k [(String, String)],
        env: &Env,
    ) -> Known<'k> {
        let mut known = Known { columns, determined: Vec::new() };
        for expr in &query.group {
            let meant = match expr {
                Expr::Number(n) => {
                    let index = n.parse::<usize>().ok().and_then(|n| n.checked_sub(1));
                    index.and_then(|index| items.get(index))
                }
                Expr::Column { table: None, name } if known.find(expr).is_none() => {
                    items.iter().find(|(_, alias)| alias.eq_ignore_ascii_case(name))
                }
                _ => None,
            };
            known.add(meant.map_or(expr, |(expr, _)| expr));
        }
        let mut equal = Vec::new();
        query.filter.iter().for_each(|filter| equalities(filter, &mut equal));
        query.from.iter().filter_map(|f| f.on.as_ref()).for_each(|on| equalities(on, &mut equal));
        // Each round determines one more column, or it is the last.
        loop {
            let before = known.determined.len();
            for (a, b) in &equal {
                let fixed = |e: &Expr| match known.find(e) {
                    Some(column) => known.determined.contains(&column),
                    None => !e.has_aggregate() && e.children().is_empty(),
                };
                let (a_fixed, b_fixed) = (fixed(a), fixed(b));
                if a_fixed {
                    known.add(b);
                }
                if b_fixed {
                    known.add(a);
                }
            }
            query.from.iter().for_each(|from| known.add_by_key(from, env));
            if known.determined.len() == before {
                return known;
            }
        }
    }

    fn find(&self, expr: &Expr) -> Option<(String, String)> {
        let Expr::Column { table, name } = expr else { return None };
        let fits = |(alias, column): &&(String, String)| {
            column.eq_ignore_ascii_case(name)
                && match table {
                    Some(table) => alias.trim_start_matches(MERGED) == table,
                    None => !alias.starts_with(MERGED),
                }
        };
        self.columns.iter().find(fits).cloned()
    }

    fn add(&mut self, expr: &Expr) {
        if let Some(column) = self.find(expr)
            && !self.determined.contains(&column)
        {
            self.determined.push(column);
        }
    }

    /// A table whose primary (or unique and never NULL) key is determined is so as a whole. Of
    /// tables without columns of their own here, nothing is known.
    fn add_by_key(&mut self, from: &From, env: &Env) {
        let Source::Table(name) = &from.source else { return };
        let Ok(db) = database(name, env) else { return };
        let Some(table) = env.catalog.table(&db, &name.table) else { return };
        let has = |column: u32| {
            let name = &table.columns[column as usize].name;
            self.determined.iter().any(|(alias, known)| {
                alias.trim_start_matches(MERGED) == from.alias && known == name
            })
        };
        let whole =
            table.keys.iter().filter(|key| key.unique).any(|key| {
                key.columns.iter().all(|c| table.columns[*c as usize].not_null && has(*c))
            });
        if whole {
            for column in &table.columns {
                let (table, name) = (Some(from.alias.clone()), column.name.clone());
                self.add(&Expr::Column { table, name });
            }
        }
    }

    /// A column in an expression, outside aggregates, that the groups do not determine.
    fn undetermined(&self, expr: &Expr, query: &Select) -> Option<(String, String)> {
        if matches!(expr, Expr::Aggregate { .. }) || query.group.contains(expr) {
            return None;
        }
        if matches!(expr, Expr::Call(name, _) if name == "ANY_VALUE") {
            return None;
        }
        if let Some(column) = self.find(expr) {
            return (!self.determined.contains(&column)).then_some(column);
        }
        expr.children().into_iter().find_map(|part| self.undetermined(part, query))
    }

    /// `db.table.column`.
    fn full_name(&self, column: &(String, String), query: &Select, env: &Env) -> String {
        let alias = column.0.trim_start_matches(MERGED);
        let from = query.from.iter().find(|from| from.alias == alias);
        let db = from.and_then(|from| match &from.source {
            Source::Table(name) => database(name, env).ok(),
            Source::Derived(_) => None,
        });
        let db = db.map_or(String::new(), |db| format!("{db}."));
        format!("{db}{alias}.{}", column.1)
    }
}

/// The equalities that a condition demands.
fn equalities<'e>(condition: &'e Expr, out: &mut Vec<(&'e Expr, &'e Expr)>) {
    match condition {
        Expr::Binary(Op::And, a, b) => {
            equalities(a, out);
            equalities(b, out);
        }
        Expr::Binary(Op::Eq, a, b) => out.push((a, b)),
        _ => {}
    }
}
