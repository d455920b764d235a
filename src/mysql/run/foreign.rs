//! Foreign keys: what a statement's changes must find, and what they do to other rows. InnoDB
//! looks after each row; here it is done once the statement is through.

use super::ddl::add_key;
use super::show::foreign_sql;
use super::{Answer, Change, Env, RowChange};
use crate::mysql::data::{Catalog, ForeignKey, Referential, Row, Table, Type, Value};
use crate::mysql::sql::SqlError;
use crate::mysql::sql::ast::{ForeignSpec, KeySpec};

/// Rows that one statement may change by way of foreign keys: as many as a table holds.
const CASCADES_MAX: usize = crate::base::limit::TABLE_ROWS_MAX;

/// The changes with those that foreign keys add; or the error if a row is missing, or in the way.
pub fn enforce(
    answer: Answer,
    changes: Vec<Change>,
    env: &mut Env,
) -> Result<(Answer, Vec<Change>), SqlError> {
    let checks = env.session.is_on("foreign_key_checks");
    let any = env
        .catalog
        .databases
        .values()
        .any(|database| database.tables.values().any(|table| !table.foreign.is_empty()));
    if changes.is_empty() || !any || !checks {
        return Ok((answer, changes));
    }
    let mut view = env.catalog.clone();
    let mut done = 0;
    let mut all = changes;
    for change in &all {
        let _ = change.replay(&mut view);
    }
    while let Some(change) = all.get(done).cloned() {
        done += 1;
        let more = has_parent(&change, &view).and_then(|()| to_children(&change, &view, true));
        if let (Err(_), Some(counted)) = (&more, &mut env.counted) {
            counted.undo_from(done - 1);
        }
        for more in more? {
            let _ = more.replay(&mut view);
            all.push(more);
            if all.len() > CASCADES_MAX {
                return Err(SqlError::not_modelled("so many rows changed by foreign keys"));
            }
        }
    }
    Ok((answer, all))
}

/// What a replica's InnoDB adds to changes that come from the source.
pub fn cascade(changes: Vec<Change>, catalog: &Catalog) -> Vec<Change> {
    let mut view = catalog.clone();
    let mut all = changes;
    for change in &all {
        let _ = change.replay(&mut view);
    }
    let mut done = 0;
    while let Some(change) = all.get(done).cloned() {
        done += 1;
        let more = to_children(&change, &view, false).unwrap_or_default();
        for change in more.into_iter().take(CASCADES_MAX.saturating_sub(all.len())) {
            let _ = change.replay(&mut view);
            all.push(change);
        }
    }
    all
}

/// A row's values in these columns; `None` if one of them is NULL or not there.
fn key(table: &Table, columns: &[String], row: &Row) -> Option<Vec<Value>> {
    let value = |name: &String| {
        let value = row.values.get(table.column(name)?)?;
        (!value.is_null()).then(|| value.clone())
    };
    columns.iter().map(value).collect()
}

fn same(a: &[Value], b: &[Value]) -> bool {
    a.iter().zip(b).all(|(x, y)| x.order(y).is_eq())
}

fn text(db: &str, table: &str, foreign: &ForeignKey) -> String {
    format!("a foreign key constraint fails (`{db}`.`{table}`, {})", foreign_sql(foreign, db))
}

/// Error 1452: what a new row refers to is not there.
fn has_parent(change: &Change, view: &Catalog) -> Result<(), SqlError> {
    let (RowChange::Insert(row) | RowChange::Update(_, row)) = &change.what else { return Ok(()) };
    let Some(table) = view.table(&change.db, &change.table) else { return Ok(()) };
    for foreign in &table.foreign {
        let Some(wanted) = key(table, &foreign.columns, row) else { continue };
        let parent = view.table(&foreign.table.0, &foreign.table.1);
        let found = parent.is_some_and(|parent| {
            let fits =
                |row: &Row| key(parent, &foreign.to, row).is_some_and(|own| same(&own, &wanted));
            parent.rows.iter().any(fits)
        });
        if !found {
            let text = text(&change.db, &change.table, foreign);
            let text = format!("Cannot add or update a child row: {text}");
            return Err(SqlError::new(1452, text));
        }
    }
    Ok(())
}

/// What becomes of the rows that refer to one that is gone or has changed; error 1451 if nothing
/// may.
fn to_children(change: &Change, view: &Catalog, strict: bool) -> Result<Vec<Change>, SqlError> {
    let (before, after) = match &change.what {
        RowChange::Insert(_) => return Ok(Vec::new()),
        RowChange::Update(before, after) => (before, Some(after)),
        RowChange::Delete(before) => (before, None),
    };
    let mut more = Vec::new();
    let Some(parent) = view.table(&change.db, &change.table) else { return Ok(more) };
    for (db, database) in &view.databases {
        for (name, child) in &database.tables {
            let refers = |key: &&ForeignKey| key.table == (change.db.clone(), change.table.clone());
            for foreign in child.foreign.iter().filter(refers) {
                let Some(old) = key(parent, &foreign.to, before) else { continue };
                let new = after.and_then(|row| key(parent, &foreign.to, row));
                if new.as_ref().is_some_and(|new| same(new, &old)) {
                    continue;
                }
                let rule = if after.is_some() { foreign.on_update } else { foreign.on_delete };
                let fits = |row: &&Row| {
                    key(child, &foreign.columns, row).is_some_and(|own| same(&own, &old))
                };
                for row in child.rows.iter().filter(fits) {
                    let Some(what) = effect(rule, child, foreign, row, new.as_deref()) else {
                        if !strict {
                            continue;
                        }
                        let text = text(db, name, foreign);
                        let text = format!("Cannot delete or update a parent row: {text}");
                        return Err(SqlError::new(1451, text));
                    };
                    let (db, table) = (db.clone(), name.clone());
                    more.push(Change { db, table, what, cascaded: true });
                }
            }
        }
    }
    Ok(more)
}

/// What a rule does to one row; `None`: it forbids the change.
fn effect(
    rule: Referential,
    child: &Table,
    foreign: &ForeignKey,
    row: &Row,
    new: Option<&[Value]>,
) -> Option<RowChange> {
    let values: Vec<Value> = match (rule, new) {
        (Referential::Cascade, None) => return Some(RowChange::Delete(row.clone())),
        (Referential::Cascade, Some(new)) => new.to_vec(),
        (Referential::SetNull, _) => vec![Value::Null; foreign.columns.len()],
        _ => return None,
    };
    let mut after = row.clone();
    for (name, value) in foreign.columns.iter().zip(values) {
        *after.values.get_mut(child.column(name)?)? = value;
    }
    Some(RowChange::Update(row.clone(), after))
}

/// Adds a foreign key to a table that is made or changed, with the key it needs.
pub(super) fn add(
    spec: &ForeignSpec,
    (db, name): (&str, &str),
    table: &mut Table,
    catalog: &Catalog,
    env: &Env,
) -> Result<(), SqlError> {
    for column in &spec.columns {
        if table.column(column).is_none() {
            let text = format!("Key column '{column}' doesn't exist in table");
            return Err(SqlError::new(1072, text));
        }
    }
    if !spec.to.is_empty() && spec.to.len() != spec.columns.len() {
        let own = spec.name.as_deref().unwrap_or("foreign key without name");
        let text = format!(
            "Incorrect foreign key definition for '{own}': Key reference and table reference don't \
             match"
        );
        return Err(SqlError::new(1239, text));
    }
    let other_db = spec.table.db.clone().unwrap_or_else(|| db.to_string());
    let to_self = other_db == db && spec.table.table == name;
    let parent = if to_self { Some(&*table) } else { catalog.table(&other_db, &spec.table.table) };
    let refused = || SqlError::new(1215, "Cannot add foreign key constraint");
    match parent {
        Some(parent)
            if is_keyed(parent, &spec.to) && is_alike(table, &spec.columns, parent, &spec.to) => {}
        None if !env.session.is_on("foreign_key_checks") => {}
        _ => return Err(refused()),
    }
    let set_null = [spec.on_delete, spec.on_update].contains(&Referential::SetNull);
    let not_null = |c: &String| table.column(c).is_some_and(|at| table.columns[at].not_null);
    if set_null && spec.columns.iter().any(not_null) {
        return Err(refused());
    }
    if !is_keyed(table, &spec.columns) {
        let columns = spec.columns.iter().map(|c| (c.clone(), 0)).collect();
        let key = KeySpec { name: spec.name.clone(), columns, ..KeySpec::default() };
        add_key(&key, table)?;
    }
    let numbered = |key: &ForeignKey| {
        let rest = key.name.strip_prefix(name)?.strip_prefix("_ibfk_")?;
        rest.parse::<u32>().ok()
    };
    let next = table.foreign.iter().filter_map(numbered).max().unwrap_or(0) + 1;
    let canonical = |given: &String, table: &Table| {
        table.column(given).map_or_else(|| given.clone(), |at| table.columns[at].name.clone())
    };
    table.foreign.push(ForeignKey {
        name: spec.name.clone().unwrap_or_else(|| format!("{name}_ibfk_{next}")),
        columns: spec.columns.iter().map(|c| canonical(c, table)).collect(),
        table: (other_db, spec.table.table.clone()),
        to: spec.to.clone(),
        on_delete: spec.on_delete,
        on_update: spec.on_update,
    });
    // InnoDB keeps them by name (`dict_foreign_set`).
    table.foreign.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(())
}

/// Whether a key begins with these columns.
fn is_keyed(table: &Table, columns: &[String]) -> bool {
    let wanted: Option<Vec<u32>> =
        columns.iter().map(|c| table.column(c).map(|at| at as u32)).collect();
    wanted.is_some_and(|wanted| table.keys.iter().any(|key| key.columns.starts_with(&wanted)))
}

/// Whether columns that refer to each other have types that may.
fn is_alike(table: &Table, columns: &[String], parent: &Table, to: &[String]) -> bool {
    let kind =
        |table: &Table, name: &String| table.column(name).map(|at| table.columns[at].kind.clone());
    columns.iter().zip(to).all(|(a, b)| match (kind(table, a), kind(parent, b)) {
        (
            Some(Type::Int { bytes: a, unsigned: x, .. }),
            Some(Type::Int { bytes: b, unsigned: y, .. }),
        ) => (a, x) == (b, y),
        (Some(Type::Char(_) | Type::VarChar(_)), Some(Type::Char(_) | Type::VarChar(_))) => true,
        (a, b) => a.is_some() && a == b,
    })
}

/// Whether foreign keys refer to a table.
pub fn is_parent(catalog: &Catalog, db: &str, table: &str) -> bool {
    referring(catalog, db, table, |_, _| false).is_some()
}

/// A table (not one of those left out) whose foreign key refers to this one.
pub(super) fn referring(
    catalog: &Catalog,
    db: &str,
    table: &str,
    left_out: impl Fn(&String, &String) -> bool,
) -> Option<((String, String), ForeignKey)> {
    for (other_db, database) in &catalog.databases {
        for (name, child) in &database.tables {
            let refers = |key: &&ForeignKey| key.table.0 == db && key.table.1 == table;
            if let Some(key) = child.foreign.iter().find(refers)
                && !left_out(other_db, name)
            {
                return Some(((other_db.clone(), name.clone()), key.clone()));
            }
        }
    }
    None
}

/// Foreign keys follow a table that is renamed.
pub(super) fn rename(catalog: &mut Catalog, from: (&str, &str), to: (&str, &str)) {
    let named = |table: &(String, String)| (table.0.as_str(), table.1.as_str()) == from;
    for database in catalog.databases.values_mut() {
        for table in database.tables.values_mut() {
            if table.foreign.iter().any(|key| named(&key.table)) {
                let table = std::sync::Arc::make_mut(table);
                for key in table.foreign.iter_mut().filter(|key| named(&key.table)) {
                    key.table = (to.0.into(), to.1.into());
                }
            }
        }
    }
    if let Some(table) = catalog.table_mut(to.0, to.1) {
        let prefix = format!("{}_ibfk_", from.1);
        for key in &mut table.foreign {
            if let Some(number) = key.name.strip_prefix(&prefix) {
                key.name = format!("{}_ibfk_{number}", to.1);
            }
        }
    }
}
