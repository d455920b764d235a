//! ALTER TABLE.

use super::ddl::{
    Done, add_key, charset_named, check_auto, check_size, own_keys, rename, sort_keys, table_mut,
    table_option,
};
use super::define::{column_of, set_default};
use super::from::database;
use super::lost::{LostKey, lost_keys};
use super::{Answer, Env, foreign, store};
use crate::base::real::Real;
use crate::mysql::data::{
    Column, Decimal, ForeignKey, Row, SHORTEST, Table, Type, Value, ZERO_DATE,
};
use crate::mysql::sql::SqlError;
use crate::mysql::sql::ast::{Alter, ColumnSpec, Position, TableName};

/// Makes the changes, one after the other.
pub(super) fn alter_table(
    name: &TableName,
    changes: &[Alter],
    done: &mut Done,
    env: &mut Env,
) -> Result<(), SqlError> {
    let db = database(name, env)?;
    if env.shown.view(&db, &name.table).is_some() {
        return Err(super::view::is_not(&db, &name.table, "BASE TABLE"));
    }
    // What goes is looked for among what there was before, whatever comes.
    let goes = |change: &&Alter| {
        matches!(change, Alter::Drop(_) | Alter::DropKey(_) | Alter::DropForeign(_))
    };
    let renamed = |change: &&Alter| matches!(change, Alter::Rename(_));
    let comes = changes.iter().filter(|change| !goes(change) && !renamed(change));
    let lost = env.catalog.table(&db, &name.table).map_or(Vec::new(), |t| lost_keys(t, changes));
    for change in changes.iter().filter(goes).chain(comes) {
        if let Alter::AddForeign(spec) = change {
            let mut table = table_mut(&mut done.catalog, &db, &name.table)?.clone();
            foreign::add(spec, (&db, &name.table), &mut table, &done.catalog, env)?;
            *table_mut(&mut done.catalog, &db, &name.table)? = table;
            continue;
        }
        if let Alter::DropKey(key) = change {
            let needed = |t: &Table| t.foreign.iter().any(|f| needs(t, f, key));
            if env.catalog.table(&db, &name.table).is_some_and(needed) {
                let text = format!("Cannot drop index '{key}': needed in a foreign key constraint");
                return Err(SqlError::new(1553, text));
            }
        }
        let table = table_mut(&mut done.catalog, &db, &name.table)?;
        alter_one(change, &name.table, table, (&lost, env))?;
    }
    if changes.iter().all(|change| renamed(&change)) {
        return renames(changes, (&db, name), done, env);
    }
    let before = env.catalog.table(&db, &name.table);
    let engine = |change: &Alter| matches!(change, Alter::Option(name, _) if name == "ENGINE");
    if let Some(before) = before.filter(|_| changes.iter().any(engine)) {
        check_engine((&db, &name.table), before, done)?;
    }
    let copied = before.filter(|before| is_copied(before, changes)).map_or(0, |t| t.rows.len());
    let table = table_mut(&mut done.catalog, &db, &name.table)?;
    done.time_zone = copied > 0 && (has_timestamps(table) || before.is_some_and(has_timestamps));
    sort_keys(table);
    table.cluster();
    check_auto(table)?;
    check_size(table)?;
    table.auto_steps = (1, 0);
    if changes.iter().any(|c| matches!(c, Alter::Option(o, _) if o == "AUTO_INCREMENT")) {
        table.auto_increment = table.auto_increment.max(table.after_rows());
    }
    let mut info = format!("Records: {copied}  Duplicates: 0  Warnings: 0");
    if changes.iter().all(|change| *change == Alter::SwitchKeys) {
        info.clear();
    }
    done.answer = Answer::Done { affected: copied as u64, insert_id: 0, info };
    if !done.databases.contains(&db) {
        done.databases.push(db.clone());
    }
    let answer = done.answer.clone();
    renames(changes, (&db, name), done, env)?;
    done.answer = answer;
    Ok(())
}

/// RENAME TO, which comes last.
fn renames(
    changes: &[Alter],
    (db, name): (&str, &TableName),
    done: &mut Done,
    env: &mut Env,
) -> Result<(), SqlError> {
    let to = changes.iter().rev().find_map(|change| match change {
        Alter::Rename(to) => Some(to),
        _ => None,
    });
    let Some(to) = to else { return Ok(()) };
    let to = TableName { db: to.db.clone().or(Some(db.into())), table: to.table.clone() };
    rename(&TableName { db: Some(db.into()), ..name.clone() }, &to, done, env)
}

/// Whether there is a TIMESTAMP in one of the rows.
fn has_timestamps(table: &Table) -> bool {
    let stamps = |at: &usize| matches!(table.columns[*at].kind, Type::Timestamp(_));
    let mut stamps = (0..table.columns.len()).filter(stamps);
    stamps.any(|at| table.rows.iter().any(|row| !row.values[at].is_null()))
}

/// A table with foreign keys, or that others refer to, stays InnoDB's
/// (`ha_innobase::can_switch_engines`).
fn check_engine((db, name): (&str, &str), before: &Table, done: &mut Done) -> Result<(), SqlError> {
    let now = &table_mut(&mut done.catalog, db, name)?.engine;
    let switches = before.engine == "InnoDB" && *now != before.engine;
    if switches && (!before.foreign.is_empty() || foreign::is_parent(&done.catalog, db, name)) {
        let text = "Cannot delete or update a parent row: a foreign key constraint fails";
        return Err(SqlError::new(1217, text));
    }
    Ok(())
}

/// Whether 5.7 makes these changes by copying the table, row by row.
fn is_copied(before: &Table, changes: &[Alter]) -> bool {
    let primary = |change: &Alter| matches!(change, Alter::AddKey(key) if key.primary);
    changes.iter().any(|change| match change {
        Alter::Modify(old, spec, _) => {
            let was = before.column(old).map(|at| &before.columns[at].kind);
            match (was, &spec.kind) {
                (Some(Type::VarChar(n)), Type::VarChar(m)) => m < n,
                // Members at the end leave those there are as they were.
                (Some(was @ Type::Enum(old)), kind @ Type::Enum(new))
                | (Some(was @ Type::Set(old)), kind @ Type::Set(new)) => {
                    !new.starts_with(old) || was.fixed_bytes() != kind.fixed_bytes()
                }
                (was, kind) => was != Some(kind),
            }
        }
        Alter::DropKey(name) => {
            let clustered = before.clustered().is_some_and(|key| key.name == *name);
            clustered && !changes.iter().any(primary)
        }
        Alter::Option(name, value) => {
            name == "ENGINE" && !before.engine.eq_ignore_ascii_case(value)
        }
        Alter::Convert(_) | Alter::AddForeign(_) => true,
        _ => false,
    })
}

fn alter_one(
    change: &Alter,
    name: &str,
    table: &mut Table,
    (lost, env): (&[LostKey], &mut Env),
) -> Result<(), SqlError> {
    match change {
        Alter::Add(spec, position) => {
            let column = column_of(spec, table, env)?;
            let at = match position {
                Position::Last => table.columns.len(),
                Position::First => 0,
                Position::After(other) => known_column(table, other, name)? + 1,
            };
            let plain = Column { not_null: false, ..column.clone() };
            let fill = match store::default_of(&plain, env)? {
                Value::Null if column.not_null => empty_value(&column.kind),
                value => value,
            };
            table.columns.insert(at, column);
            for key in &mut table.keys {
                key.columns.iter_mut().filter(|c| **c >= at as u32).for_each(|c| *c += 1);
            }
            for row in &mut table.rows {
                row.values.insert(at, fill.clone());
            }
            lost.iter().try_for_each(|key| key.restore(&spec.name, table))?;
            own_keys(spec, table)
        }
        Alter::Drop(name) => drop_column(table, name),
        Alter::Modify(old, spec, position) => modify(table, name, old, (spec, position), env),
        Alter::Default(column, value) => {
            let at = known_column(table, column, name)?;
            set_default(&mut table.columns[at], value.as_ref(), env)
        }
        Alter::Option(option, value) => table_option(table, option, value),
        Alter::Convert(name) => {
            table.charset = charset_named(name)?;
            let charset = table.charset;
            table.columns.iter_mut().for_each(|column| column.charset = charset);
            Ok(())
        }
        Alter::Nothing => Ok(()),
        Alter::SwitchKeys => {
            let text = format!("Table storage engine for '{name}' doesn't have this option");
            env.session.warn("Note", 1031, text);
            Ok(())
        }
        keys => alter_keys(keys, name, table),
    }
}

/// Changes of keys.
fn alter_keys(change: &Alter, name: &str, table: &mut Table) -> Result<(), SqlError> {
    match change {
        Alter::AddKey(spec) => {
            add_key(spec, table)?;
            let table: &Table = table;
            let clash = |row: &Row| store::duplicate(table, &row.values, Some(row.id));
            table.rows.iter().find_map(clash).map_or(Ok(()), Err)
        }
        Alter::DropKey(name) => {
            let before = table.keys.len();
            table.keys.retain(|key| !key.name.eq_ignore_ascii_case(name));
            if table.keys.len() < before {
                return Ok(());
            }
            let text = format!("Can't DROP '{name}'; check that column/key exists");
            Err(SqlError::new(1091, text))
        }
        Alter::RenameKey(old, new) => {
            let Some(at) = table.keys.iter().position(|k| k.name.eq_ignore_ascii_case(old)) else {
                let text = format!("Key '{old}' doesn't exist in table '{name}'");
                return Err(SqlError::new(1176, text));
            };
            table.keys[at].name.clone_from(new);
            Ok(())
        }
        Alter::DropForeign(name) => {
            let before = table.foreign.len();
            table.foreign.retain(|key| !key.name.eq_ignore_ascii_case(name));
            if table.foreign.len() < before {
                return Ok(());
            }
            let text = format!("Can't DROP '{name}'; check that column/key exists");
            Err(SqlError::new(1091, text))
        }
        _ => Ok(()),
    }
}

/// Whether a foreign key has no other key than this one to lean on.
fn needs(table: &Table, foreign: &ForeignKey, name: &str) -> bool {
    let columns: Vec<u32> =
        foreign.columns.iter().filter_map(|c| table.column(c)).map(|at| at as u32).collect();
    let mut fit = table.keys.iter().filter(|key| key.columns.starts_with(&columns));
    fit.all(|key| key.name.eq_ignore_ascii_case(name))
        && table.keys.iter().any(|key| key.name.eq_ignore_ascii_case(name))
}

fn known_column(table: &Table, name: &str, table_name: &str) -> Result<usize, SqlError> {
    let text = || format!("Unknown column '{name}' in '{table_name}'");
    table.column(name).ok_or_else(|| SqlError::new(1054, text()))
}

pub(super) fn empty_value(kind: &Type) -> Value {
    match kind {
        Type::Int { .. } => Value::Int(0),
        Type::Decimal(_, scale, _) => Value::Decimal(Decimal::new(0, *scale)),
        Type::Real { digits, .. } => {
            Value::Double(Real::default(), digits.map_or(SHORTEST, |(_, scale)| scale))
        }
        Type::Char(_) | Type::VarChar(_) | Type::Text(_) => Value::Text(String::new()),
        Type::Binary(n) => Value::Bytes(vec![0; *n as usize]),
        Type::VarBinary(_) | Type::Blob(_) => Value::Bytes(Vec::new()),
        Type::Bit(_) => Value::Bits(vec![0; kind.bytes_of_bits()]),
        // NOT NULL without a default begins with its first member.
        Type::Enum(_) => kind.member(1),
        Type::Set(_) => kind.member(0),
        Type::DateTime(digits) | Type::Timestamp(digits) => Value::Moment(ZERO_DATE, *digits),
        Type::Date => Value::Date(ZERO_DATE),
        Type::Time(digits) => Value::Time(0, *digits),
        Type::Year => Value::Int(0),
    }
}

fn drop_column(table: &mut Table, name: &str) -> Result<(), SqlError> {
    let Some(at) = table.column(name) else {
        let text = format!("Can't DROP '{name}'; check that column/key exists");
        return Err(SqlError::new(1091, text));
    };
    if table.columns.len() == 1 {
        let text = "You can't delete all columns with ALTER TABLE; use DROP TABLE instead";
        return Err(SqlError::new(1090, text));
    }
    table.columns.remove(at);
    for row in &mut table.rows {
        row.values.remove(at);
    }
    for key in &mut table.keys {
        key.columns.retain(|c| *c != at as u32);
        key.columns.iter_mut().filter(|c| **c > at as u32).for_each(|c| *c -= 1);
    }
    table.keys.retain(|key| !key.columns.is_empty());
    Ok(())
}

fn modify(
    table: &mut Table,
    name: &str,
    old: &str,
    (spec, position): (&ColumnSpec, &Position),
    env: &mut Env,
) -> Result<(), SqlError> {
    let at = known_column(table, old, name)?;
    let rest = Table {
        columns: table
            .columns
            .iter()
            .enumerate()
            .filter(|(i, _)| *i != at)
            .map(|(_, c)| c.clone())
            .collect(),
        rows: Vec::new(),
        ..table.clone()
    };
    let mut column = column_of(spec, &rest, env)?;
    let in_primary = table.primary().is_some_and(|key| key.columns.contains(&(at as u32)));
    column.not_null |= in_primary;
    let same = column.kind == table.columns[at].kind;
    for (index, row) in table.rows.iter_mut().enumerate() {
        let value = std::mem::replace(&mut row.values[at], Value::Null);
        if value.is_null() && column.not_null && !column.auto_increment && !env.is_lenient() {
            return Err(null_left(&column.name, index + 1, same));
        }
        row.values[at] = store::store_alone(&column, value, index + 1, env)?;
    }
    let new_name = column.name.clone();
    for foreign in &mut table.foreign {
        let old = foreign.columns.iter_mut().filter(|c| c.eq_ignore_ascii_case(old));
        old.for_each(|c| c.clone_from(&new_name));
    }
    table.columns[at] = column;
    own_keys(spec, table)?;
    let to = match position {
        Position::Last => return Ok(()),
        Position::First => 0,
        Position::After(other) => {
            let after = known_column(table, other, name)?;
            if after < at { after + 1 } else { after }
        }
    };
    move_column(table, at, to);
    Ok(())
}

/// NOT NULL, for a column that holds NULL: found by InnoDB if the table stays in place, by the
/// server if it is copied.
fn null_left(column: &str, row: usize, in_place: bool) -> SqlError {
    if in_place {
        return SqlError::new(1138, "Invalid use of NULL value");
    }
    SqlError::new(1265, format!("Data truncated for column '{column}' at row {row}"))
}

/// Puts the column at index `from` to index `to`.
fn move_column(table: &mut Table, from: usize, to: usize) {
    let column = table.columns.remove(from);
    table.columns.insert(to, column);
    for row in &mut table.rows {
        let value = row.values.remove(from);
        row.values.insert(to, value);
    }
    let moved = |at: usize| match at {
        at if at == from => to,
        at if from < at && at <= to => at - 1,
        at if to <= at && at < from => at + 1,
        at => at,
    };
    for key in &mut table.keys {
        key.columns.iter_mut().for_each(|c| *c = moved(*c as usize) as u32);
    }
}
