//! What the tables of a FROM are to the optimizer: which keys lead to their rows, by what.
//! Models `update_ref_and_keys` and `make_join_plan` of sql_optimizer.cc, and what opt_range.cc
//! makes of constants.

use super::super::constant::is_constant;
use super::super::covering::{holds, key_bytes, shortest};
use super::super::eval::MERGED;
use super::super::from::{database, shown_as};
use super::super::{Env, Scope, evaluate};
use super::cost::Cost;
use super::is_value_or_null;
use super::wanted::Search;
use crate::mysql::data::{Catalog, Column, Key, Table, Type, Value};
use crate::mysql::sql::ast::{Expr, Join, Op, Select, Source};

/// A table of the FROM, and a column of it.
pub(super) type At = (usize, usize);

/// A column of a key that is known once some tables are read.
#[derive(Clone, Debug)]
pub(super) struct Use {
    pub key: usize,
    pub part: usize,
    /// The tables, one bit each.
    pub needs: u64,
}

/// What constants say of where in a key to look.
#[derive(Clone, Debug)]
pub(super) struct Range {
    pub rows: Cost,
    pub parts: usize,
    /// `QUICK_SELECT_I::cost_est`.
    pub cost: Cost,
}

/// A table.
pub(super) struct Side<'t> {
    pub table: &'t Table,
    /// The tables that must be read before, one bit each.
    pub dependent: u64,
    pub uses: Vec<Use>,
    /// Of each key.
    pub ranges: Vec<Option<Range>>,
    /// The key by whose range it is read if it is not by another.
    pub quick: Option<usize>,
    /// The columns the query wants; `None`: all, or it is not known.
    pub wanted: Option<Vec<u32>>,
    /// Whether a comparison with other tables is looked up for each row (`QS_DYNAMIC_RANGE`).
    pub by_row: u64,
}

/// All of them.
pub(super) struct Tables<'t> {
    pub all: Vec<Side<'t>>,
    /// Columns that are equal, and whether to a constant.
    pub classes: Vec<(Vec<At>, bool)>,
    /// The other conditions on rows, and the tables they name.
    pub conditions: Vec<(Expr, u64)>,
    pub names: Names,
    /// The table whose columns sort the result.
    pub sort_by: Option<usize>,
    pub filters: bool,
}

/// Columns by their names.
pub(super) struct Names {
    columns: Vec<(String, String)>,
    firsts: Vec<usize>,
}

impl Names {
    pub fn find(&self, expr: &Expr) -> Option<At> {
        let Expr::Column { table, name } = expr else { return None };
        let fits = |(alias, column): &(String, String)| {
            column.eq_ignore_ascii_case(name)
                && match table {
                    Some(table) => alias.trim_start_matches(MERGED) == table,
                    None => !alias.starts_with(MERGED),
                }
        };
        let at = self.columns.iter().position(fits)?;
        let side = self.firsts.partition_point(|first| *first <= at) - 1;
        Some((side, at - self.firsts[side]))
    }

    /// The tables an expression names; a query in it may name any.
    pub fn tables(&self, expr: &Expr) -> u64 {
        match expr {
            Expr::Column { .. } => self.find(expr).map_or(0, |(side, _)| 1 << side),
            Expr::Subquery(_) | Expr::Exists(_) | Expr::InSelect(..) | Expr::Quantified(..) => {
                u64::MAX
            }
            e => e.children().into_iter().fold(0, |all, part| all | self.tables(part)),
        }
    }
}

/// The columns of a table's own row, to compute with.
type Own<'s> = &'s [(String, String)];

impl<'t> Tables<'t> {
    /// `None`: not all of them are tables, or it is not modelled how they are read.
    pub fn of(
        query: &Select,
        items: &[(Expr, String)],
        columns: &[(String, String)],
        catalog: &'t Catalog,
        env: &mut Env,
    ) -> Option<Tables<'t>> {
        let mut all = Vec::new();
        let mut firsts = Vec::new();
        let mut first = 0;
        for (at, from) in query.from.iter().enumerate() {
            let Source::Table(name) = &from.source else { return None };
            let table = catalog.table(&database(name, env).ok()?, &name.table)?;
            if !from.hints.is_empty() || table.engine != "InnoDB" {
                return None;
            }
            if from.join == Join::Right && (at != 1 || from.natural || !from.using.is_empty()) {
                return None;
            }
            firsts.push(first);
            first += table.columns.len();
            let mut side = Side::new(table);
            side.dependent = if from.straight { (1 << at) - 1 } else { 0 };
            all.push(side);
        }
        if first != columns.len() {
            return None;
        }
        let names = Names { columns: columns.to_vec(), firsts };
        let switch = super::super::variable::variable_text(false, "optimizer_switch", env);
        let filters = !switch.is_some_and(|s| s.contains("condition_fanout_filter=off"));
        let (classes, conditions) = (Vec::new(), Vec::new());
        let mut tables = Tables { all, classes, conditions, names, sort_by: None, filters };
        tables.want(query, items, catalog, env);
        tables.conditions_of(query, env);
        let keys: Vec<&Expr> = query.order.iter().map(|(e, _)| e).chain(&query.group).collect();
        let sorting = keys.iter().fold(0, |all, e| all | tables.names.tables(e));
        tables.sort_by = sorting.is_power_of_two().then(|| sorting.trailing_zeros() as usize);
        Some(tables)
    }

    fn conditions_of(&mut self, query: &Select, env: &mut Env) {
        let filter: Vec<&Expr> = query.filter.iter().flat_map(Expr::conjuncts).collect();
        // Who is filled with NULLs: the second of a LEFT JOIN, unless WHERE wants a value there.
        let mut outer = vec![false; query.from.len()];
        for (at, from) in query.from.iter().enumerate() {
            let second = match from.join {
                Join::Inner => continue,
                Join::Left => at,
                Join::Right => 0,
            };
            outer[second] = !filter.iter().any(|f| self.refuses_nulls(f, second));
        }
        let mut inner = filter;
        let mut own: Vec<(usize, Vec<&Expr>)> = Vec::new();
        let mut pairs: Vec<(At, At, Option<usize>)> = Vec::new();
        for (at, from) in query.from.iter().enumerate() {
            let second = if from.join == Join::Right { 0 } else { at };
            let of = outer[second].then_some(second).filter(|_| from.join != Join::Inner);
            let on = from.on.iter().flat_map(Expr::conjuncts);
            pairs.extend(self.using(query, at).into_iter().map(|(a, b)| (a, b, of)));
            match of {
                None => inner.extend(on),
                Some(second) => own.push((second, on.collect())),
            }
        }
        let same: Vec<(At, At)> =
            pairs.iter().filter(|(.., of)| of.is_none()).map(|(a, b, _)| (*a, *b)).collect();
        let (classes, rest) = self.equalities(&inner, same, Vec::new());
        let mine: Vec<usize> = (0..self.all.len()).filter(|at| !outer[*at]).collect();
        self.keys(&mine, &classes, &rest, &inner, env);
        for (second, on) in own {
            let with = pairs.iter().filter(|(.., of)| *of == Some(second));
            let same = with.map(|(a, b, _)| (*a, *b)).collect();
            let (classes, rest) = self.equalities(&on, same, classes.clone());
            self.keys(&[second], &classes, &rest, &on, env);
            let named = on.iter().fold(0, |all, e| all | self.names.tables(e));
            let with = pairs.iter().filter(|(.., of)| *of == Some(second));
            let named = with.fold(named, |all, (a, b, _)| all | 1 << a.0 | 1 << b.0);
            let others = match (named & !(1 << second)) & ((1 << self.all.len()) - 1) {
                0 if query.from[second].join == Join::Left => (1 << second) - 1,
                0 => 2,
                some => some,
            };
            self.all[second].dependent |= others;
        }
        self.classes = classes;
        let known = rest.into_iter().map(|e| (e.clone(), self.names.tables(e)));
        self.conditions = known.collect();
    }

    /// The columns USING and NATURAL join by.
    fn using(&self, query: &Select, at: usize) -> Vec<(At, At)> {
        let from = &query.from[at];
        let mut pairs = Vec::new();
        for (column, own) in self.all[at].table.columns.iter().enumerate() {
            let named = from.using.iter().any(|u| u.eq_ignore_ascii_case(&own.name));
            if !named && !from.natural {
                continue;
            }
            let other = (0..at).find_map(|o| Some((o, self.all[o].table.column(&own.name)?)));
            pairs.extend(other.map(|other| (other, (at, column))));
        }
        pairs
    }

    /// Whether a condition cannot hold where a table's columns are all NULL.
    fn refuses_nulls(&self, condition: &Expr, side: usize) -> bool {
        let of = |e: &Expr| self.is_null_with(e, side);
        match condition {
            Expr::Binary(Op::Or, a, b) => {
                self.refuses_nulls(a, side) && self.refuses_nulls(b, side)
            }
            Expr::Binary(Op::And, a, b) => {
                self.refuses_nulls(a, side) || self.refuses_nulls(b, side)
            }
            Expr::Binary(Op::Xor | Op::NullEq, ..) => false,
            Expr::Binary(_, a, b) | Expr::Like(a, b, _) | Expr::Regexp(a, b, _) => of(a) || of(b),
            Expr::IsNull(a, true) => of(a),
            Expr::In(a, ..) | Expr::Between(a, ..) => of(a),
            Expr::Column { .. } => of(condition),
            _ => false,
        }
    }

    fn is_null_with(&self, expr: &Expr, side: usize) -> bool {
        match expr {
            Expr::Column { .. } => self.names.find(expr).is_some_and(|(at, _)| at == side),
            Expr::Binary(op, a, b) if !matches!(op, Op::And | Op::Or | Op::Xor | Op::NullEq) => {
                self.is_null_with(a, side) || self.is_null_with(b, side)
            }
            Expr::Negate(a) => self.is_null_with(a, side),
            _ => false,
        }
    }

    /// Which columns are equal; and the conditions that say something else.
    fn equalities<'e>(
        &self,
        conditions: &[&'e Expr],
        pairs: Vec<(At, At)>,
        mut classes: Vec<(Vec<At>, bool)>,
    ) -> (Vec<(Vec<At>, bool)>, Vec<&'e Expr>) {
        let mut rest = Vec::new();
        pairs.into_iter().for_each(|(a, b)| unite(&mut classes, a, Some(b)));
        for condition in conditions {
            let Expr::Binary(Op::Eq, a, b) = condition else {
                rest.push(*condition);
                continue;
            };
            match (self.names.find(a), self.names.find(b)) {
                (Some(a), Some(b)) if self.are_alike(a, b) => unite(&mut classes, a, Some(b)),
                (Some(at), None) if self.is_known(at, b) => unite(&mut classes, at, None),
                (None, Some(at)) if self.is_known(at, a) => unite(&mut classes, at, None),
                _ => rest.push(*condition),
            }
        }
        (classes, rest)
    }

    fn are_alike(&self, a: At, b: At) -> bool {
        let [a, b] = [a, b].map(|(side, column)| &self.all[side].table.columns[column]);
        let text = a.kind.is_text() && b.kind.is_text() && a.charset == b.charset;
        let number = a.kind.is_number() && b.kind.is_number();
        text || number || std::mem::discriminant(&a.kind) == std::mem::discriminant(&b.kind)
    }

    /// Whether a column can be looked up by a constant.
    fn is_known(&self, (side, column): At, value: &Expr) -> bool {
        let text = self.all[side].table.columns[column].kind.is_text();
        let constant = is_constant(value) || matches!(value, Expr::Column { .. });
        constant && (!text || matches!(value, Expr::Text(_) | Expr::Column { .. }))
    }

    /// By what the keys of some tables can be looked up.
    fn keys(
        &mut self,
        sides: &[usize],
        classes: &[(Vec<At>, bool)],
        rest: &[&Expr],
        conditions: &[&Expr],
        env: &mut Env,
    ) {
        for &side in sides {
            let table = self.all[side].table;
            let mut uses = Vec::new();
            for (number, key) in table.keys.iter().enumerate() {
                for (part, column) in key.columns.iter().enumerate() {
                    let of = |needs: u64| Use { key: number, part, needs };
                    let here = (side, *column as usize);
                    for (members, constant) in classes.iter().filter(|(m, _)| m.contains(&here)) {
                        let others = members.iter().filter(|(other, _)| *other != side);
                        match constant {
                            true => uses.push(of(0)),
                            false => uses.extend(others.map(|(other, _)| of(1 << *other))),
                        }
                    }
                    uses.extend(rest.iter().filter_map(|e| self.by_value(e, here)).map(of));
                }
            }
            self.all[side].uses = uses;
            self.all[side].by_row = rest.iter().fold(0, |all, e| all | self.by_each_row(e, side));
            self.ranges(side, classes, conditions, env);
        }
    }

    /// The tables whose columns a column is equal to some expression of.
    fn by_value(&self, condition: &Expr, here: At) -> Option<u64> {
        let Expr::Binary(Op::Eq, a, b) = condition else { return None };
        let value = match (self.names.find(a), self.names.find(b)) {
            (Some(at), _) if at == here => b,
            (_, Some(at)) if at == here => a,
            _ => return None,
        };
        let text = self.all[here.0].table.columns[here.1].kind.is_text();
        let needs = self.names.tables(value);
        let fits = needs & (1 << here.0) == 0 && needs != 0;
        (fits && !text).then_some(needs)
    }

    /// The tables that a comparison of the first column of a key is with.
    fn by_each_row(&self, condition: &Expr, side: usize) -> u64 {
        let leads = |e: &Expr| {
            self.names.find(e).is_some_and(|(at, column)| {
                let mut keys = self.all[side].table.keys.iter();
                at == side && keys.any(|key| key.columns[0] as usize == column)
            })
        };
        let other = |e: &Expr| self.names.tables(e) & !(1 << side);
        match condition {
            Expr::Binary(Op::Lt | Op::Le | Op::Gt | Op::Ge, a, b) => match (leads(a), leads(b)) {
                (true, _) => other(b),
                (_, true) => other(a),
                _ => 0,
            },
            Expr::Between(a, b, c, false) if leads(a) => other(b) | other(c),
            _ => 0,
        }
    }

    /// What constants say of the keys of a table.
    fn ranges(
        &mut self,
        side: usize,
        classes: &[(Vec<At>, bool)],
        conditions: &[&Expr],
        env: &mut Env,
    ) {
        let table = self.all[side].table;
        let first = self.names.firsts[side];
        let own = self.names.columns[first..first + table.columns.len()].to_vec();
        let bare =
            |(alias, name): (String, String)| (alias.trim_start_matches(MERGED).into(), name);
        let own: Vec<(String, String)> = own.into_iter().map(bare).collect();
        let mut ranges = Vec::new();
        for (number, key) in table.keys.iter().enumerate() {
            let mut used: Vec<Expr> = Vec::new();
            let (mut points, mut parts) = (1, 0);
            for column in &key.columns {
                let here = (side, *column as usize);
                let equal = classes.iter().find(|(members, _)| members.contains(&here));
                let name = Expr::Column { table: None, name: own[here.1].1.clone() };
                let as_own =
                    |e: &&Expr| self.of_column(e, here, equal.map_or(&[], |c| &c.0), &name);
                let here: Vec<(Expr, u64)> = conditions.iter().filter_map(as_own).collect();
                let count = here.iter().map(|(_, count)| *count).min();
                used.extend(here.into_iter().map(|(e, _)| e));
                let Some(count) = count else { break };
                parts += 1;
                points *= count.max(1);
                if count == 0 {
                    break;
                }
            }
            ranges.push((parts > 0).then(|| {
                let rows = Cost::whole(found(table, &own, &used, env).max(1));
                let cost = self.all[side].range_cost(number, Cost::whole(points as usize), rows);
                Range { rows, parts, cost }
            }));
        }
        self.all[side].ranges = ranges;
        self.all[side].choose_range();
    }

    /// A condition on a column, or on one that is equal to it, as one on this column; and how many
    /// values it leaves, if a key helps with it; 0: some range.
    fn of_column(
        &self,
        condition: &Expr,
        here: At,
        equal: &[At],
        name: &Expr,
    ) -> Option<(Expr, u64)> {
        let is = |at: At| at == here || equal.contains(&at);
        let count = self.asked(here, condition, &is)?;
        let mut own = condition.clone();
        own.children_mut().into_iter().for_each(|part| {
            if self.names.find(part).is_some_and(is) {
                *part = name.clone();
            }
        });
        Some((own, count))
    }

    fn asked(&self, here: At, condition: &Expr, fits: &dyn Fn(At) -> bool) -> Option<u64> {
        let is = |e: &Expr| self.names.find(e).is_some_and(fits);
        let fits = |e: &Expr| self.is_known(here, e) && is_constant(e) && *e != Expr::Null;
        match condition {
            Expr::Binary(Op::Eq, a, b) if is(a) && fits(b) || is(b) && fits(a) => Some(1),
            Expr::Binary(Op::Lt | Op::Le | Op::Gt | Op::Ge, a, b)
                if is(a) && fits(b) || is(b) && fits(a) =>
            {
                Some(0)
            }
            Expr::Between(a, b, c, false) if is(a) && fits(b) && fits(c) => Some(0),
            Expr::In(a, list, false) if is(a) && list.iter().all(fits) => Some(list.len() as u64),
            Expr::IsNull(a, false) if is(a) => Some(1),
            Expr::Binary(..) if is_value_or_null(condition, &self.names, here) => Some(2),
            Expr::Like(a, b, false) => match &**b {
                Expr::Text(text) if is(a) && !text.starts_with(['%', '_']) => Some(0),
                _ => None,
            },
            _ => None,
        }
    }

    /// Which columns of each table are wanted at all.
    fn want(&mut self, query: &Select, items: &[(Expr, String)], catalog: &Catalog, env: &Env) {
        let items = items.iter().map(|(e, _)| e);
        let order = query.order.iter().map(|(e, _)| e);
        let on = query.from.iter().filter_map(|from| from.on.as_ref());
        let filters = query.filter.iter().chain(&query.group).chain(&query.having);
        let (within, found) = (Vec::new(), Vec::new());
        let mut search = Search { names: &self.names, catalog, env, within, found };
        let mut all = items.chain(filters).chain(order).chain(on);
        if all.try_for_each(|e| search.expr(e)).is_none() {
            return;
        }
        let found = search.found;
        let mut wanted: Vec<Vec<u32>> = vec![Vec::new(); self.all.len()];
        let using = (0..self.all.len()).flat_map(|at| self.using(query, at));
        for (side, column) in found.into_iter().chain(using.flat_map(|(a, b)| [a, b])) {
            wanted[side].push(column as u32);
        }
        self.all.iter_mut().zip(wanted).for_each(|(side, wanted)| side.wanted = Some(wanted));
    }
}

fn unite(classes: &mut Vec<(Vec<At>, bool)>, a: At, b: Option<At>) {
    let mut mine = (vec![a], b.is_none());
    mine.0.extend(b);
    let joins = |(members, _): &(Vec<At>, bool)| members.iter().any(|m| mine.0.contains(m));
    let (same, rest): (Vec<_>, Vec<_>) = std::mem::take(classes).into_iter().partition(joins);
    *classes = rest;
    for (members, constant) in same {
        mine.1 |= constant;
        let new = members.into_iter().filter(|m| !mine.0.contains(m)).collect::<Vec<_>>();
        mine.0.extend(new);
    }
    classes.push(mine);
}

/// How many rows of a table fit conditions.
fn found(table: &Table, own: Own, conditions: &[Expr], env: &mut Env) -> usize {
    let told = env.session.warnings.len();
    let fits = |row: &&crate::mysql::data::Row| {
        let shown = row.values.iter().zip(&table.columns).map(|(v, c)| shown_as(v, &c.kind));
        let values: Vec<Value> = shown.collect();
        let scope = Scope { columns: own, values: &values, group: None, outer: None };
        conditions.iter().all(|e| evaluate(e, &scope, env).is_ok_and(|v| v.is_true()))
    };
    let count = table.rows.iter().filter(fits).count();
    env.session.warnings.truncate(told);
    count
}

/// `handler::index_only_read_time`: an index page holds hundreds of entries.
fn of_entries(rows: Cost) -> Cost {
    Cost::ONE + (rows - Cost::ONE) / Cost::whole(500)
}

impl<'t> Side<'t> {
    fn new(table: &'t Table) -> Side<'t> {
        Side {
            table,
            dependent: 0,
            uses: Vec::new(),
            ranges: Vec::new(),
            quick: None,
            wanted: None,
            by_row: 0,
        }
    }

    /// `handler::stats.records`, at least 1.
    pub fn records(&self) -> Cost {
        Cost::whole(self.table.rows.len().max(1))
    }

    /// The rows that are read if all are that constants leave.
    pub fn found(&self) -> Cost {
        let range = self.quick.and_then(|key| self.ranges[key].as_ref());
        range.map_or(self.records(), |range| range.rows)
    }

    /// What reading all of it costs: its pages.
    pub fn scan_cost(&self) -> Cost {
        let row: u64 = self.table.columns.iter().map(key_bytes).map(|b| b.min(200) + 2).sum();
        let pages = (self.table.rows.len() as u64 * (row + 20)).div_ceil(15_000);
        Cost::whole(pages.max(1) as usize)
    }

    /// `estimate_rows_upper_bound` of InnoDB.
    pub fn rows_most(&self) -> usize {
        let pages = self.scan_cost().whole_part();
        usize::try_from(2 * pages * 16_384 / least_bytes(self.table)).unwrap_or(usize::MAX)
    }

    fn is_clustered(&self, key: usize) -> bool {
        self.table.clustered() == Some(&self.table.keys[key])
    }

    pub fn covers(&self, key: usize) -> bool {
        let wanted = self.wanted.as_ref();
        wanted.is_some_and(|wanted| holds(self.table, &self.table.keys[key], wanted))
    }

    /// The key that is scanned in place of the table.
    pub fn shortest(&self) -> Option<&'t Key> {
        shortest(self.table, self.wanted.as_ref()?)
    }

    /// What it costs to read so many rows, looked up so often, from a key that has all that is
    /// wanted. `None`: the rows themselves must be fetched.
    pub fn entries_cost(&self, key: usize, lookups: Cost, rows: Cost) -> Option<Cost> {
        if self.covers(key) {
            return Some(of_entries(rows));
        }
        self.is_clustered(key).then(|| self.clustered_cost(lookups, rows))
    }

    /// `read_time` of InnoDB.
    fn clustered_cost(&self, lookups: Cost, rows: Cost) -> Cost {
        if rows <= Cost::whole(2) {
            return rows;
        }
        lookups + rows / Cost::whole(self.rows_most()) * self.scan_cost()
    }

    /// `handler::multi_range_read_info_const`: the clustered key is not read for itself.
    fn range_cost(&self, key: usize, points: Cost, rows: Cost) -> Cost {
        let read = match self.is_clustered(key) {
            true => self.clustered_cost(points, rows),
            false => self.entries_cost(key, points, rows).unwrap_or(points + rows),
        };
        read + Cost::ROW * rows + Cost::millionths(10_000)
    }

    /// `test_quick_select`.
    fn choose_range(&mut self) {
        let mut best = match self.shortest().is_some() {
            true => of_entries(self.records()) + Cost::ROW * self.records(),
            false => self.scan_cost() + Cost::ROW * self.records() + Cost::millionths(2_100_000),
        };
        self.quick = None;
        for (key, range) in self.ranges.iter().enumerate() {
            if let Some(range) = range.as_ref().filter(|range| range.cost < best) {
                best = range.cost;
                self.quick = Some(key);
            }
        }
    }
}

/// `dict_index_calc_min_rec_len` of the clustered key.
fn least_bytes(table: &Table) -> u64 {
    let hidden = if table.clustered().is_some() { 13 } else { 19 };
    let own = |column: &Column| match &column.kind {
        Type::VarChar(n) => text_head(u64::from(*n) * u64::from(column.charset.bytes_max())),
        Type::VarBinary(n) => text_head(u64::from(*n)),
        Type::Text(_) | Type::Blob(_) => 2,
        _ => key_bytes(column) - u64::from(!column.not_null),
    };
    let nullable = table.columns.iter().filter(|column| !column.not_null).count() as u64;
    5 + hidden + table.columns.iter().map(own).sum::<u64>() + nullable.div_ceil(8)
}

fn text_head(bytes: u64) -> u64 {
    if bytes < 128 { 1 } else { 2 }
}
