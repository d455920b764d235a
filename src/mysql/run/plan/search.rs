//! Which table is read first, and how the others are. Models `Optimize_table_order` of
//! sql_planner.cc (5.7): costs in page reads, a row costs 0.2.

use super::cost::Cost;
use super::filter;
use super::is_buffered;
use super::tables::Tables;

/// How the rows of a table are found.
#[derive(Clone, Debug)]
pub(super) enum Access {
    /// It is one row, known before any other.
    Row,
    /// All rows.
    Scan,
    /// Those a range of this key has.
    Range(usize),
    /// Those that fit so many parts of this key.
    Ref(usize, usize),
}

/// A table of a plan (`POSITION`).
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub at: usize,
    pub access: Access,
    /// Whether it is read for many rows at once.
    pub buffered: bool,
    fetched: Cost,
    read_cost: Cost,
    filter: Cost,
    depends: u64,
    rows: Cost,
    cost: Cost,
}

/// The plan the optimizer takes.
pub(super) fn best(tables: &Tables) -> Option<Vec<Step>> {
    let count = tables.all.len();
    // Beyond, not all orders are looked at.
    if count > 7 {
        return None;
    }
    let mut search =
        Search { tables, consts: 0, first: 0, order: Vec::new(), steps: Vec::new(), best: None };
    search.constant();
    search.sort();
    if search.first == count {
        return Some(search.steps);
    }
    let all = (1_u64 << count) - 1;
    search.extend(all & !search.consts);
    let (_, mut steps) = search.best?;
    for at in search.first..count {
        let read = steps[..at].iter().fold(0, |all, step| all | 1 << step.at);
        let by_row = tables.all[steps[at].at].by_row & read != 0;
        steps[at].buffered = is_buffered(&steps[at], at == search.first, by_row);
    }
    Some(steps)
}

struct Search<'a> {
    tables: &'a Tables<'a>,
    /// Tables of one row.
    consts: u64,
    /// How many of them there are.
    first: usize,
    /// The others, as they are tried.
    order: Vec<usize>,
    steps: Vec<Step>,
    best: Option<(Cost, Vec<Step>)>,
}

impl Search<'_> {
    /// Tables of which constants leave one row.
    fn constant(&mut self) {
        loop {
            let known = self.consts;
            for (at, side) in self.tables.all.iter().enumerate() {
                let whole = |(number, key): (usize, &crate::mysql::data::Key)| {
                    key.unique
                        && (0..key.columns.len()).all(|part| {
                            let fits = |u: &&super::tables::Use| {
                                u.key == number && u.part == part && u.needs & !known == 0
                            };
                            side.uses.iter().any(|u| fits(&u))
                        })
                };
                if known & (1 << at) != 0 || side.dependent & !known != 0 {
                    continue;
                }
                if side.table.keys.iter().enumerate().any(whole) {
                    self.consts |= 1 << at;
                    self.steps.push(Step {
                        at,
                        access: Access::Row,
                        buffered: false,
                        fetched: Cost::ONE,
                        read_cost: Cost::ZERO,
                        filter: Cost::ONE,
                        depends: 0,
                        rows: Cost::ONE,
                        cost: Cost::ZERO,
                    });
                }
            }
            if known == self.consts {
                break;
            }
        }
        self.first = self.steps.len();
    }

    /// `Join_tab_compare_default`.
    fn sort(&mut self) {
        let sides = &self.tables.all;
        let needed = |at: usize| sides[at].uses.iter().fold(0, |all, u| all | u.needs);
        let before = |a: usize, b: usize| {
            let (on_a, on_b) = (1_u64 << a, 1_u64 << b);
            if sides[a].dependent & on_b != 0 || sides[b].dependent & on_a != 0 {
                return sides[b].dependent & on_a != 0;
            }
            let (a_needs, b_needs) = (needed(a) & on_b != 0, needed(b) & on_a != 0);
            if a_needs != b_needs {
                return b_needs;
            }
            let (x, y) = (sides[a].found(), sides[b].found());
            if x == y { a < b } else { x < y }
        };
        for at in (0..sides.len()).filter(|at| self.consts & (1 << at) == 0) {
            let place = self.order.iter().rposition(|other| !before(at, *other));
            self.order.insert(place.map_or(0, |place| place + 1), at);
        }
    }

    /// `best_extension_by_limited_search`.
    fn extend(&mut self, remaining: u64) {
        let (mut best_rows, mut best_cost) = (Cost::MAX, Cost::MAX);
        let mut extended = 0;
        let depth = self.steps.len() - self.first;
        let saved = self.order.clone();
        for place in depth..self.order.len() {
            self.order.swap(depth, place);
            let at = self.order[depth];
            let bit = 1 << at;
            let side = &self.tables.all[at];
            if extended & bit != 0 || remaining & side.dependent != 0 {
                continue;
            }
            let step = self.step(at, remaining);
            if self.best.as_ref().is_some_and(|(cost, _)| step.cost >= *cost) {
                continue;
            }
            let needs = side.uses.iter().fold(0, |all, u| all | u.needs);
            let sorts = depth == 0 && self.tables.sort_by == Some(at);
            if best_rows > step.rows || best_cost > step.cost || sorts {
                let better = best_rows >= step.rows && best_cost >= step.cost;
                if better && (needs & remaining == 0 || step.fetched < Cost::whole(2)) {
                    (best_rows, best_cost) = (step.rows, step.cost);
                }
            } else {
                continue;
            }
            let after = remaining & !bit;
            let by_key = matches!(step.access, Access::Ref(..)) && step.fetched <= Cost::ONE;
            if after != 0 && by_key && extended != 0 {
                continue;
            }
            self.steps.push(step);
            if after == 0 {
                self.consider();
            } else if by_key {
                extended = bit | self.extend_by_keys(after);
            } else {
                self.extend(after);
            }
            self.steps.pop();
            if extended == remaining {
                break;
            }
        }
        self.order = saved;
    }

    /// `eq_ref_extension_by_limited_search`: the tables it has put behind.
    fn extend_by_keys(&mut self, remaining: u64) -> u64 {
        let depth = self.steps.len() - self.first;
        let saved = self.order.clone();
        for place in depth..self.order.len() {
            self.order.swap(depth, place);
            let at = self.order[depth];
            let side = &self.tables.all[at];
            let needs = side.uses.iter().fold(0, |all, u| all | u.needs);
            if side.uses.is_empty() || remaining & side.dependent != 0 || !remaining & needs == 0 {
                continue;
            }
            let step = self.step(at, remaining);
            let same = self.steps.last().is_some_and(|last| {
                last.read_cost == step.read_cost && last.fetched == step.fetched
            });
            if !same || !matches!(step.access, Access::Ref(..)) {
                continue;
            }
            let mut done = 1 << at;
            if self.best.as_ref().is_none_or(|(cost, _)| step.cost < *cost) {
                let after = remaining & !done;
                self.steps.push(step);
                if after == 0 {
                    self.consider();
                } else {
                    done |= self.extend_by_keys(after);
                }
                self.steps.pop();
            }
            self.order = saved;
            return done;
        }
        self.order = saved;
        self.extend(remaining);
        0
    }

    fn consider(&mut self) {
        let Some(last) = self.steps.last() else { return };
        let first = self.steps.get(self.first).map(|step| step.at);
        let sorting = self.tables.sort_by.is_some_and(|at| Some(at) != first);
        let cost = last.cost + if sorting { last.rows } else { Cost::ZERO };
        if self.best.as_ref().is_none_or(|(known, _)| cost < *known) {
            self.best = Some((cost - Cost::millionths(1_000), self.steps.clone()));
        }
    }

    /// `prev_record_reads`: how often a lookup by these tables is another one.
    fn reads(&self, mut by: u64) -> Cost {
        let mut found = Cost::ONE;
        for step in self.steps[self.first..].iter().rev() {
            if by & (1 << step.at) != 0 {
                by |= step.depends;
                found = found * step.fetched * step.filter;
            }
        }
        found
    }

    /// `best_access_path`.
    fn step(&self, at: usize, remaining: u64) -> Step {
        let side = &self.tables.all[at];
        let (before, spent) = match self.steps[self.first..].last() {
            Some(last) => (last.rows, last.cost),
            None => (Cost::ONE, Cost::ZERO),
        };
        let all = (1_u64 << self.tables.all.len()) - 1;
        let read = all & !remaining;
        let (by_key, usable) = self.by_key(at, remaining, before);
        let mut step = by_key;
        let range_by_it = |step: &Step| match (&step.access, side.quick) {
            (Access::Ref(key, parts), Some(quick)) => {
                let range = side.ranges[quick].as_ref();
                *key == quick && range.is_none_or(|range| *parts >= range.parts)
            }
            _ => false,
        };
        let covered = (0..side.table.keys.len()).any(|key| side.covers(key));
        let scan = match &step {
            None => true,
            Some(by) => {
                let worse = by.fetched < side.found() && by.read_cost <= self.scan_read(at);
                !(worse || range_by_it(by) || covered && side.quick.is_none())
            }
        };
        if scan {
            step = Some(self.scanned(at, (before, usable), step));
        }
        let mut step = step.unwrap_or_else(|| self.scanned(at, (before, usable), None));
        let used: Vec<u32> = match step.access {
            Access::Ref(key, parts) => side.table.keys[key].columns[..parts].to_vec(),
            _ => Vec::new(),
        };
        step.filter = match step.access {
            Access::Ref(..) => filter::effect(self.tables, at, read, &used, step.fetched),
            _ => {
                let full = self.of_all(at, read);
                (side.found() * full / step.fetched).min(Cost::ONE)
            }
        };
        step.rows = before * step.fetched;
        step.cost = spent + step.read_cost + Cost::ROW * step.rows;
        step.rows = step.rows * step.filter;
        step
    }

    /// `JOIN_TAB::read_time`.
    fn scan_read(&self, at: usize) -> Cost {
        let side = &self.tables.all[at];
        let range = side.quick.and_then(|key| side.ranges[key].as_ref());
        range.map_or(side.scan_cost(), |range| range.cost)
    }

    /// The part of the rows found that conditions leave.
    fn of_all(&self, at: usize, read: u64) -> Cost {
        let side = &self.tables.all[at];
        let used: Vec<u32> = match side.quick {
            Some(key) => {
                let parts = side.ranges[key].as_ref().map_or(0, |range| range.parts);
                side.table.keys[key].columns[..parts].to_vec()
            }
            None => Vec::new(),
        };
        filter::effect(self.tables, at, read, &used, side.found())
    }

    fn scanned(&self, at: usize, (before, usable): (Cost, bool), by: Option<Step>) -> Step {
        let side = &self.tables.all[at];
        let found = side.found();
        let left = match self.tables.filters {
            true => found * self.of_all(at, self.consts),
            // What it was thought before 5.7.
            false if usable => found - (found / Cost::whole(4)).floor(),
            false => found,
        };
        let (access, read_cost) = match side.quick {
            Some(key) => {
                let cost = side.ranges[key].as_ref().map_or(Cost::ZERO, |range| range.cost);
                (Access::Range(key), before * (cost + Cost::ROW * (found - left)))
            }
            None => (Access::Scan, side.scan_cost() + Cost::ROW * (side.records() - left)),
        };
        let step = Step {
            at,
            access,
            buffered: false,
            fetched: left,
            read_cost,
            filter: Cost::ONE,
            depends: 0,
            rows: Cost::ZERO,
            cost: Cost::ZERO,
        };
        let total = |step: &Step| step.read_cost + Cost::ROW * before * step.fetched;
        match by {
            Some(by) if total(&by) <= total(&step) => by,
            _ => step,
        }
    }

    /// `find_best_ref`; and whether any key is of use.
    fn by_key(&self, at: usize, remaining: u64, before: Cost) -> (Option<Step>, bool) {
        let side = &self.tables.all[at];
        let worst = (side.found() / Cost::whole(10))
            .min(self.scan_read(at) * Cost::whole(3))
            .max(Cost::whole(2));
        let (mut best, mut usable): (Option<(bool, Cost, Step)>, bool) = (None, false);
        for (number, key) in side.table.keys.iter().enumerate() {
            let mut depends = 0;
            let mut parts = 0;
            for part in 0..key.columns.len() {
                let fits = |u: &&super::tables::Use| {
                    u.key == number && u.part == part && u.needs & remaining == 0
                };
                let reads = |u: &u64| self.reads(depends | *u);
                let by = side.uses.iter().filter(fits).map(|u| u.needs & !self.consts);
                usable |= side.uses.iter().any(|u| fits(&u));
                let Some(by) = by.min_by(|a, b| reads(a).cmp(&reads(b))) else { break };
                depends |= by;
                parts += 1;
            }
            if parts == 0 {
                continue;
            }
            let whole = parts == key.columns.len();
            let never_null = key.columns.iter().all(|c| side.table.columns[*c as usize].not_null);
            let unique = whole && key.unique && never_null;
            let range = side.ranges.get(number).and_then(|range| range.as_ref());
            let (fetched, read_cost) = if unique {
                (Cost::ONE, self.reads(depends))
            } else {
                let rows = match range {
                    Some(range) if depends == 0 => range.rows,
                    _ => Cost::ONE,
                };
                let cost = side.entries_cost(number, Cost::ONE, rows);
                let cost = cost.unwrap_or_else(|| rows.min(worst));
                (rows, before * cost)
            };
            let access = Access::Ref(number, parts);
            let (buffered, filter, rows, cost) = (false, Cost::ONE, Cost::ZERO, Cost::ZERO);
            let step =
                Step { at, access, buffered, fetched, read_cost, filter, depends, rows, cost };
            let total = read_cost + Cost::ROW * before * fetched;
            let better = best.as_ref().is_none_or(|(known, cost, _)| match (unique, known) {
                (true, false) => true,
                (false, true) => false,
                _ => total < *cost,
            });
            if better {
                best = Some((unique, total, step));
            }
        }
        (best.map(|(_, _, step)| step), usable)
    }
}
