//! Which rows and gaps InnoDB locks for a statement that reads in order to write. Models
//! `row_search_for_mysql` of 5.7: what it comes by is locked, whether it fits or not. Which key it
//! goes by is a guess where the optimizer counts costs: it goes by a range of a secondary key only
//! if few of the rows are in it.

use std::cmp::Ordering;
use std::ops::Bound;

use super::constant::is_constant;
use super::from::{database, read_with_ids, shown_as};
use super::{Env, ROW_ID, Scope, evaluate};
use crate::mysql::data::{Key, Row, Table, Value};
use crate::mysql::sql::SqlError;
use crate::mysql::sql::ast::{
    Expr, From, InsertSource, Join, Limit, Op, OrderBy, Select, Source, Statement,
};

/// A key's columns of a row, then what InnoDB adds to tell rows apart.
pub type Entry = Vec<Value>;

/// A lock that a transaction holds or wants.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct RowLock {
    /// The database.
    pub db: String,
    /// The table.
    pub table: String,
    /// Of what.
    pub what: Locked,
    /// Whether others may not read in order to write, either.
    pub exclusive: bool,
}

/// What is locked.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Locked {
    /// A row, by its hidden id.
    Row(u64),
    /// Between two entries of a key (`None`: from the beginning, to the end), so that nobody else
    /// puts a row there.
    Gap(String, Option<Entry>, Option<Entry>),
}

/// Entries of a key that a statement looks at, whoever wrote them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Span {
    /// The database.
    pub db: String,
    /// The table.
    pub table: String,
    /// The key; empty: the hidden row id.
    pub key: String,
    low: Bound<Entry>,
    high: Bound<Entry>,
}

impl Span {
    /// Whether an entry is among them.
    pub fn has(&self, entry: &[Value]) -> bool {
        place(entry, &self.low, &self.high).is_eq()
    }
}

/// What a statement will lock.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Plan {
    /// Its locks.
    pub locks: Vec<RowLock>,
    /// Where it looks.
    pub spans: Vec<Span>,
}

/// Compares as far as the shorter one goes.
fn by_prefix(a: &[Value], b: &[Value]) -> Ordering {
    let pairs = a.iter().zip(b);
    pairs.map(|(x, y)| x.order(y)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

/// Whether an entry is before, within or after these bounds.
fn place(entry: &[Value], low: &Bound<Entry>, high: &Bound<Entry>) -> Ordering {
    let before = match low {
        Bound::Included(low) => by_prefix(entry, low).is_lt(),
        Bound::Excluded(low) => by_prefix(entry, low).is_le(),
        Bound::Unbounded => false,
    };
    let after = match high {
        Bound::Included(high) => by_prefix(entry, high).is_gt(),
        Bound::Excluded(high) => by_prefix(entry, high).is_ge(),
        Bound::Unbounded => false,
    };
    match (before, after) {
        (true, _) => Ordering::Less,
        (_, true) => Ordering::Greater,
        _ => Ordering::Equal,
    }
}

/// A row's entry in a key.
pub fn entry(table: &Table, key: &str, row: &Row) -> Entry {
    let of = |key: &Key| -> Entry {
        key.columns.iter().map(|at| row.values[*at as usize].clone()).collect()
    };
    let id = || vec![Value::Int(row.id.into())];
    let clustered = table.clustered();
    let rest = || clustered.map_or_else(id, of);
    match table.keys.iter().find(|own| own.name == key) {
        None => id(),
        Some(own) if clustered == Some(own) => of(own),
        Some(own) => of(own).into_iter().chain(rest()).collect(),
    }
}

/// Whether an entry would come between two others.
pub fn is_between(entry: &[Value], low: Option<&Entry>, high: Option<&Entry>) -> bool {
    low.is_none_or(|low| by_prefix(entry, low).is_gt())
        && high.is_none_or(|high| by_prefix(entry, high).is_lt())
}

/// What a condition demands of a column.
struct Demand {
    alias: String,
    column: usize,
    low: Bound<Value>,
    high: Bound<Value>,
}

impl Demand {
    fn is_point(&self) -> bool {
        matches!((&self.low, &self.high), (Bound::Included(a), Bound::Included(b)) if a == b)
    }
}

/// A table of the statement.
struct Used<'e> {
    db: String,
    name: String,
    alias: String,
    table: &'e Table,
}

/// The locks of a statement; `gaps`: with those between rows, as REPEATABLE READ has them.
pub fn plan(statement: &Statement, gaps: bool, env: &mut Env) -> Result<Plan, SqlError> {
    let one = |name: &crate::mysql::sql::ast::TableName| From {
        source: Source::Table(name.clone()),
        alias: name.table.clone(),
        hints: Vec::new(),
        join: Join::Inner,
        on: None,
        using: Vec::new(),
        natural: false,
        straight: false,
    };
    let none = (&Vec::new(), &None);
    match statement {
        Statement::Select(query) => {
            let Some(exclusive) = query.lock else { return Ok(Plan::default()) };
            of_select(query, (exclusive, gaps), env)
        }
        Statement::Insert(insert) => match &insert.source {
            InsertSource::Select(query) if gaps => of_select(query, (false, gaps), env),
            _ => Ok(Plan::default()),
        },
        Statement::Update(update) => {
            let limit = update.limit.map(|count| (0, count));
            let from = [one(&update.table)];
            of(&from, update.filter.as_ref(), (&update.order, &limit), (&|_| true, gaps), env)
        }
        Statement::Delete(delete) => {
            let limit = delete.limit.map(|count| (0, count));
            let from = [one(&delete.table)];
            of(&from, delete.filter.as_ref(), (&delete.order, &limit), (&|_| true, gaps), env)
        }
        Statement::MultiUpdate(update) => {
            of(&update.from, update.filter.as_ref(), none, (&|_| true, gaps), env)
        }
        Statement::MultiDelete(delete) => {
            let is_target = |alias: &str| delete.targets.iter().any(|t| t.table == alias);
            of(&delete.from, delete.filter.as_ref(), none, (&is_target, gaps), env)
        }
        _ => Ok(Plan::default()),
    }
}

fn of_select(
    query: &Select,
    (exclusive, gaps): (bool, bool),
    env: &mut Env,
) -> Result<Plan, SqlError> {
    let order = (&query.order, &query.limit);
    let mut plan = of(&query.from, query.filter.as_ref(), order, (&|_| exclusive, gaps), env)?;
    for from in &query.from {
        if let Source::Derived(inner) = &from.source {
            let more = of_select(inner, (exclusive, gaps), env)?;
            plan.locks.extend(more.locks);
            plan.spans.extend(more.spans);
        }
    }
    Ok(plan)
}

fn of(
    from: &[From],
    filter: Option<&Expr>,
    (order, limit): (&OrderBy, &Limit),
    (exclusive, gaps): (&dyn Fn(&str) -> bool, bool),
    env: &mut Env,
) -> Result<Plan, SqlError> {
    let catalog = env.catalog;
    let mut used = Vec::new();
    for from in from {
        let Source::Table(name) = &from.source else { continue };
        let db = database(name, env)?;
        if env.session.temporary(&db, &name.table).is_some() {
            continue;
        }
        let Some(table) = catalog.table(&db, &name.table) else { continue };
        if table.engine == "InnoDB" {
            let (name, alias) = (name.table.clone(), from.alias.clone());
            used.push(Used { db, name, alias, table });
        }
    }
    let on = from.iter().filter_map(|f| f.on.as_ref());
    let conditions: Vec<&Expr> = filter.into_iter().chain(on).flat_map(Expr::conjuncts).collect();
    let demands = demands(&conditions, &used, env);
    let single = used.len() == 1 && from.len() == 1;
    let mut joined = None;
    let mut plan = Plan::default();
    for one in &used {
        let mut spans = spans_of(one, &demands);
        let mut rows: Option<Vec<u64>> = None;
        let reached = spans.is_none() && !single && is_reached(one, &conditions, &used);
        if reached || !gaps {
            if joined.is_none() {
                joined = Some(kept(from, filter, env)?);
            }
            let (columns, kept) = joined.as_ref().expect("it was just made");
            let at = columns.iter().position(|(t, c)| *t == one.alias && c == ROW_ID);
            let id = |row: &Vec<Value>| u64::try_from(row[at?].number().round()).ok();
            rows = Some(kept.iter().filter_map(id).collect());
        }
        let mut stops = false;
        if let (true, Some((_, count)), None) = (single && gaps, limit, &spans)
            && is_clustered_order(one.table, order)
        {
            spans = Some(vec![up_to(one, filter, *count, env)?]);
            stops = true;
        }
        let spans = spans.unwrap_or_else(|| vec![whole(one)]);
        let exclusive = exclusive(&one.alias);
        let lock = |what| {
            let (db, table) = (one.db.clone(), one.name.clone());
            RowLock { db, table, what, exclusive }
        };
        if let Some(ids) = rows {
            plan.locks.extend(ids.into_iter().map(|id| lock(Locked::Row(id))));
        } else {
            spans
                .iter()
                .for_each(|span| plan.locks.extend(locked(one.table, span, stops).map(lock)));
        }
        if !reached {
            plan.spans.extend(spans);
        }
    }
    Ok(plan)
}

/// The table's place and the column's, if the expression is a column of one of these.
fn column(expr: &Expr, used: &[Used]) -> Option<(usize, usize)> {
    let Expr::Column { table, name } = expr else { return None };
    used.iter().enumerate().find_map(|(place, one)| {
        let fits = table.as_ref().is_none_or(|table| *table == one.alias);
        fits.then(|| one.table.column(name)).flatten().map(|at| (place, at))
    })
}

fn demands(conditions: &[&Expr], used: &[Used], env: &mut Env) -> Vec<Demand> {
    let mut found: Vec<Demand> = Vec::new();
    let mut equal = Vec::new();
    for condition in conditions {
        match condition {
            Expr::Binary(op, a, b) => {
                if let (Op::Eq, Some(a), Some(b)) = (op, column(a, used), column(b, used)) {
                    equal.push((a, b));
                }
                found.extend(compared(*op, (a, b), used, env));
                found.extend(compared(turned(*op), (b, a), used, env));
            }
            Expr::Between(value, low, high, false) => {
                found.extend(compared(Op::Ge, (value, low), used, env));
                found.extend(compared(Op::Le, (value, high), used, env));
            }
            _ => {}
        }
    }
    for (a, b) in equal.iter().chain(&equal) {
        for (from, to) in [(a, b), (b, a)] {
            let is_known =
                |d: &&Demand| d.alias == used[from.0].alias && d.column == from.1 && d.is_point();
            let Some(known) = found.iter().find(is_known) else { continue };
            let (low, high) = (known.low.clone(), known.high.clone());
            let alias = used[to.0].alias.clone();
            found.push(Demand { alias, column: to.1, low, high });
        }
    }
    found
}

fn turned(op: Op) -> Op {
    match op {
        Op::Lt => Op::Gt,
        Op::Le => Op::Ge,
        Op::Gt => Op::Lt,
        Op::Ge => Op::Le,
        other => other,
    }
}

/// A column compared with a constant, by which a key can be searched.
fn compared(op: Op, (a, b): (&Expr, &Expr), used: &[Used], env: &mut Env) -> Option<Demand> {
    let (place, at) = column(a, used)?;
    if !is_constant(b) {
        return None;
    }
    let value = evaluate(b, &Scope::EMPTY, env).ok().filter(|value| !value.is_null())?;
    let one = &used[place];
    if one.table.columns[at].kind.is_text() && value.is_number() {
        return None;
    }
    let (low, high) = match op {
        Op::Eq | Op::NullEq => (Bound::Included(value.clone()), Bound::Included(value)),
        Op::Lt => (Bound::Unbounded, Bound::Excluded(value)),
        Op::Le => (Bound::Unbounded, Bound::Included(value)),
        Op::Gt => (Bound::Excluded(value), Bound::Unbounded),
        Op::Ge => (Bound::Included(value), Bound::Unbounded),
        _ => return None,
    };
    Some(Demand { alias: one.alias.clone(), column: at, low, high })
}

/// The key a table is searched by, and where; `None`: it is read from end to end.
fn spans_of(one: &Used, demands: &[Demand]) -> Option<Vec<Span>> {
    let own = || demands.iter().filter(|d| d.alias == one.alias);
    let point = |column: &u32| own().find(|d| d.column == *column as usize && d.is_point());
    let span = |key: &Key, low: Bound<Entry>, high: Bound<Entry>| {
        let (db, table, key) = (one.db.clone(), one.name.clone(), key.name.clone());
        Span { db, table, key, low, high }
    };
    let value = |demand: &Demand| match &demand.low {
        Bound::Included(value) => value.clone(),
        _ => Value::Null,
    };
    // As much of a key as is given, the whole of a unique one first.
    let given = |key: &Key| -> Entry { key.columns.iter().map_while(point).map(value).collect() };
    let whole = |key: &&Key| key.unique && given(key).len() == key.columns.len();
    let keys = || one.table.keys.iter();
    if let Some(key) = keys().find(whole).or_else(|| keys().find(|key| !given(key).is_empty())) {
        let entry = given(key);
        return Some(vec![span(key, Bound::Included(entry.clone()), Bound::Included(entry))]);
    }
    for key in keys() {
        let (mut low, mut high) = (Bound::Unbounded, Bound::Unbounded);
        for demand in own().filter(|d| d.column == key.columns[0] as usize) {
            let one = |bound: &Bound<Value>| bound.as_ref().map(|value| vec![value.clone()]);
            if demand.low != Bound::Unbounded {
                low = one(&demand.low);
            }
            if demand.high != Bound::Unbounded {
                high = one(&demand.high);
            }
        }
        if (&low, &high) == (&Bound::Unbounded, &Bound::Unbounded) {
            continue;
        }
        let range = span(key, low, high);
        let inside = |row: &&Row| range.has(&entry(one.table, &key.name, row));
        let count = one.table.rows.iter().filter(inside).count();
        if one.table.clustered() == Some(key) || count <= 1 + one.table.rows.len() / 5 {
            return Some(vec![range]);
        }
    }
    None
}

fn whole(one: &Used) -> Span {
    let key = one.table.clustered().map_or_else(String::new, |key| key.name.clone());
    let (db, table) = (one.db.clone(), one.name.clone());
    Span { db, table, key, low: Bound::Unbounded, high: Bound::Unbounded }
}

/// Whether rows of a table are found by a key, from those of another.
fn is_reached(one: &Used, conditions: &[&Expr], used: &[Used]) -> bool {
    let leads = |at: usize| one.table.keys.iter().any(|key| key.columns[0] as usize == at);
    conditions.iter().any(|condition| {
        let Expr::Binary(Op::Eq, a, b) = condition else { return false };
        let pairs = [(column(a, used), column(b, used)), (column(b, used), column(a, used))];
        pairs.into_iter().any(|pair| match pair {
            (Some(own), Some(other)) => {
                used[own.0].alias == one.alias && own.0 > other.0 && leads(own.1)
            }
            _ => false,
        })
    })
}

fn is_clustered_order(table: &Table, order: &OrderBy) -> bool {
    let first = table.clustered().map(|key| &table.columns[key.columns[0] as usize].name);
    match order.as_slice() {
        [] => true,
        [(Expr::Column { name, .. }, false)] => {
            first.is_some_and(|first| first.eq_ignore_ascii_case(name))
        }
        _ => false,
    }
}

/// From the first row to the one that is the last of so many that fit.
fn up_to(one: &Used, filter: Option<&Expr>, count: u64, env: &mut Env) -> Result<Span, SqlError> {
    let mut span = whole(one);
    let columns: Vec<(String, String)> =
        one.table.columns.iter().map(|c| (one.alias.clone(), c.name.clone())).collect();
    let mut left = count;
    for row in &one.table.rows {
        let pairs = row.values.iter().zip(&one.table.columns);
        let values: Vec<Value> = pairs.map(|(value, c)| shown_as(value, &c.kind)).collect();
        let scope = Scope { columns: &columns, values: &values, group: None, outer: None };
        if filter.map_or(Ok(true), |f| evaluate(f, &scope, env).map(|v| v.is_true()))? {
            left = left.saturating_sub(1);
        }
        if left == 0 {
            span.high = Bound::Included(entry(one.table, &span.key, row));
            break;
        }
    }
    Ok(span)
}

/// The joined rows that fit, with the ids of their tables' rows.
fn kept(
    from: &[From],
    filter: Option<&Expr>,
    env: &mut Env,
) -> Result<super::from::Joined, SqlError> {
    let (columns, rows) = read_with_ids(from, env)?;
    let mut kept = Vec::new();
    for row in rows {
        let scope = Scope { columns: &columns, values: &row, group: None, outer: None };
        if filter.map_or(Ok(true), |f| evaluate(f, &scope, env).map(|v| v.is_true()))? {
            kept.push(row);
        }
    }
    Ok((columns, kept))
}

/// What is locked of the rows of a span, and beside them; `stops`: nothing behind its last row.
fn locked<'t>(
    table: &'t Table,
    span: &Span,
    stops: bool,
) -> impl Iterator<Item = Locked> + use<'t> {
    let mut entries: Vec<(Entry, u64)> =
        table.rows.iter().map(|row| (entry(table, &span.key, row), row.id)).collect();
    entries.sort_by(|(a, _), (b, _)| by_prefix(a, b));
    let key = table.keys.iter().find(|key| key.name == span.key);
    let is_clustered = key.is_none() || key == table.clustered();
    let at = |order: Ordering| {
        move |(entry, _): &&(Entry, u64)| place(entry, &span.low, &span.high) == order
    };
    let inside: Vec<&(Entry, u64)> = entries.iter().filter(at(Ordering::Equal)).collect();
    let before = entries.iter().rfind(at(Ordering::Less)).map(|(entry, _)| entry.clone());
    let after = entries.iter().find(at(Ordering::Greater));
    let mut all: Vec<Locked> = inside.iter().map(|(_, id)| Locked::Row(*id)).collect();
    let is_ref =
        matches!((&span.low, &span.high), (Bound::Included(a), Bound::Included(b)) if a == b);
    let is_point = is_ref
        && key.is_some_and(|key| {
            let full = |low: &Bound<Entry>| {
                matches!(low, Bound::Included(entry) if entry.len() == key.columns.len())
            };
            key.unique && full(&span.low)
        });
    let exact = match (&span.low, inside.first()) {
        (Bound::Included(low), Some((entry, _))) if is_clustered && entry == low => {
            Some(entry.clone())
        }
        _ => None,
    };
    if !is_point || all.is_empty() {
        // A range of the clustered key ends with the row behind it (bug 19762637, until 8.0.18).
        if let (false, true, Some((_, id))) = (is_ref || stops, is_clustered, after) {
            all.push(Locked::Row(*id));
        }
        let last = if stops { inside.last().copied() } else { after };
        let high = last.map(|(entry, _)| entry.clone());
        all.push(Locked::Gap(span.key.clone(), exact.or(before), high));
    }
    all.into_iter()
}
