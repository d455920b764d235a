//! CREATE, DROP, ALTER, RENAME, TRUNCATE: changes of the catalog, and of the files that lie under
//! it.

use std::sync::Arc;

use super::computed::columns_of;
use super::define::column_of;
use super::from::{database, no_such_table};
use super::select::rows_of;
use super::{Answer, Env, alter, dml, foreign, store, system, unknown_database, view};
use crate::base::SortedMap;
use crate::mysql::data::{
    Catalog, Charset, Column, Database, Key, Row, SECOND, Table, Type, Value,
};
use crate::mysql::sql::SqlError;
use crate::mysql::sql::ast::{ColumnSpec, CreateTable, KeySpec, Select, Statement, TableName};

/// What happens to the data directory.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs)]
pub enum FileChange {
    MakeDatabase(String, Charset),
    RemoveDatabase(String),
    MakeTable { db: String, table: String, engine: String },
    MakeView { db: String, view: String, text: String },
    RemoveTable { db: String, table: String },
    RenameTable { from: (String, String), to: (String, String) },
}

/// What a DDL statement did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Done {
    /// What it answers.
    pub answer: Answer,
    /// The catalog afterwards.
    pub catalog: Catalog,
    /// What happens to the data directory.
    pub files: Vec<FileChange>,
    /// The databases the statement changed, for its binlog event; empty: nothing to log.
    pub databases: Vec<String>,
    /// What it fails with after all: DROP TABLE has dropped the tables there were.
    pub failed: Option<SqlError>,
    /// Whether TIMESTAMPs were copied, by way of the time zone.
    pub time_zone: bool,
    /// What is logged instead of the statement's own text: of a table made LIKE a temporary one.
    pub logged: Option<String>,
}

/// Runs a DDL statement.
pub fn run_ddl(statement: &Statement, env: &mut Env) -> Result<Done, SqlError> {
    let mut done = Done {
        answer: Answer::affected(0),
        catalog: env.catalog.clone(),
        files: Vec::new(),
        databases: Vec::new(),
        failed: None,
        time_zone: false,
        logged: None,
    };
    match statement {
        Statement::CreateDatabase { name, if_not_exists, charset } => {
            let charset = charset.as_deref().map_or(Ok(Charset::LATIN1), charset_named)?;
            create_database(name, *if_not_exists, charset, &mut done, env)?;
        }
        Statement::DropDatabase { name, if_exists } => {
            drop_database(name, *if_exists, &mut done, env)?;
        }
        Statement::CreateTable(create) => create_table(create, &mut done, env)?,
        Statement::CreateView(made) => view::create(made, &mut done, env)?,
        Statement::DropView { names, if_exists } => {
            view::drop(names, *if_exists, &mut done, env)?;
        }
        Statement::DropTable { names, if_exists, temporary } => {
            drop_tables(names, (*if_exists, *temporary), &mut done, env)?;
        }
        Statement::AlterTable { name, changes } => {
            alter::alter_table(name, changes, &mut done, env)?;
        }
        Statement::RenameTable(pairs) => {
            for (from, to) in pairs {
                rename(from, to, &mut done, env)?;
            }
        }
        Statement::Truncate(name) => {
            let (db, table) = dml::truncate(name, env)?;
            let own = |d: &String, t: &String| (d, t) == (&db, &name.table);
            if let Some((child, key)) = foreign::referring(&done.catalog, &db, &name.table, own)
                && env.session.is_on("foreign_key_checks")
            {
                let sql = super::show::truncate_sql(&child, &key);
                let text = format!(
                    "Cannot truncate a table referenced in a foreign key constraint ({sql})"
                );
                return Err(SqlError::new(1701, text));
            }
            *table_mut(&mut done.catalog, &db, &name.table)? = table;
            done.databases.push(db);
        }
        other => return Err(SqlError::not_modelled(format!("{other:?}"))),
    }
    Ok(done)
}

/// Bytes of an InnoDB key (`innodb_large_prefix` is ON from 5.7.7 on).
const KEY_BYTES_MAX: u64 = 3_072;

/// Error 1059 for a name longer than MySQL's 64 characters.
pub(super) fn check_length(name: &str) -> Result<(), SqlError> {
    if name.chars().count() <= 64 {
        return Ok(());
    }
    Err(SqlError::new(1059, format!("Identifier name '{name}' is too long")))
}

pub(super) fn charset_named(name: &str) -> Result<Charset, SqlError> {
    Charset::parse(name).or_else(|| Charset::of_collation(name)).ok_or_else(|| match name {
        collation if collation.contains('_') => {
            SqlError::new(1273, format!("Unknown collation: '{collation}'"))
        }
        set => SqlError::new(1115, format!("Unknown character set: '{set}'")),
    })
}

pub(super) fn table_mut<'c>(
    catalog: &'c mut Catalog,
    db: &str,
    table: &str,
) -> Result<&'c mut Table, SqlError> {
    catalog.table_mut(db, table).ok_or_else(|| no_such_table(db, table))
}

fn create_database(
    name: &str,
    if_not_exists: bool,
    charset: Charset,
    done: &mut Done,
    env: &mut Env,
) -> Result<(), SqlError> {
    check_length(name)?;
    if name.ends_with(' ') {
        return Err(SqlError::new(1102, format!("Incorrect database name '{name}'")));
    }
    if done.catalog.databases.contains_key(name) || system::is_system_database(name) {
        let text = format!("Can't create database '{name}'; database exists");
        if !if_not_exists {
            return Err(SqlError::new(1007, text));
        }
        env.session.warn("Note", 1007, text);
    } else {
        let database = Database { tables: SortedMap::new(), charset, views: SortedMap::new() };
        done.catalog.databases.insert(name.into(), database);
        done.files.push(FileChange::MakeDatabase(name.into(), charset));
    }
    done.answer = Answer::affected(1);
    done.databases.push(name.into());
    Ok(())
}

fn drop_database(
    name: &str,
    if_exists: bool,
    done: &mut Done,
    env: &mut Env,
) -> Result<(), SqlError> {
    if system::is_system_database(name) {
        return Err(SqlError::not_modelled(format!("dropping the system database {name}")));
    }
    match done.catalog.databases.remove(name) {
        Some(database) => {
            let count = database.tables.len() + database.views.len();
            done.answer = Answer::affected(count as u64);
            done.files.push(FileChange::RemoveDatabase(name.into()));
            if env.session.db.as_deref() == Some(name) {
                env.session.db = None;
            }
        }
        None => {
            let text = format!("Can't drop database '{name}'; database doesn't exist");
            if !if_exists {
                return Err(SqlError::new(1008, text));
            }
            env.session.warn("Note", 1008, text);
        }
    }
    done.databases.push(name.into());
    Ok(())
}

fn create_table(create: &CreateTable, done: &mut Done, env: &mut Env) -> Result<(), SqlError> {
    let db = database(&create.name, env)?;
    let name = create.name.table.clone();
    check_length(&name)?;
    if system::is_system_database(&db) {
        return Err(SqlError::not_modelled(format!("creating tables in {db}")));
    }
    let Some(database) = done.catalog.databases.get(&db) else {
        return Err(unknown_database(&db));
    };
    let exists = match create.temporary {
        true => env.session.temporary(&db, &name).is_some(),
        false => env.shown.table(&db, &name).is_some() || env.shown.view(&db, &name).is_some(),
    };
    if exists {
        let text = format!("Table '{name}' already exists");
        if !create.if_not_exists {
            return Err(SqlError::new(1050, text));
        }
        env.session.warn("Note", 1050, text);
        done.databases.push(db);
        return Ok(());
    }
    let table = match &create.like {
        Some(other) => {
            let other_db = super::from::database(other, env)?;
            if done.catalog.view(&other_db, &other.table).is_some() {
                return Err(view::is_not(&other_db, &other.table, "BASE TABLE"));
            }
            let mut table = done
                .catalog
                .table(&other_db, &other.table)
                .cloned()
                .ok_or_else(|| no_such_table(&other_db, &other.table))?;
            table.rows.clear();
            table.foreign.clear();
            (table.auto_increment, table.auto_steps) = (1, (1, 0));
            if env.session.temporary(&other_db, &other.table).is_some() {
                done.logged =
                    Some(super::create_select_sql((&db, &name), env.session.db.as_deref(), &table));
            }
            table
        }
        None => table_of(create, database.charset, env)?,
    };
    let mut table = table;
    if let Some(query) = &create.select {
        let count = filled(&mut table, query, env)?;
        let warnings = env.session.warnings.len();
        let info = format!("Records: {count}  Duplicates: 0  Warnings: {warnings}");
        done.answer = Answer::Done { affected: count, insert_id: 0, info };
    }
    for spec in &create.foreign {
        foreign::add(spec, (&db, &name), &mut table, &done.catalog, env)?;
    }
    sort_keys(&mut table);
    let engine = table.engine.clone();
    let tables = done.catalog.databases.get_mut(&db).map(|d| &mut d.tables);
    tables.expect("the database was just found").insert(name.clone(), Arc::new(table));
    done.files.push(FileChange::MakeTable { db: db.clone(), table: name, engine });
    done.databases.push(db);
    Ok(())
}

/// Fills a table that is made by CREATE TABLE … SELECT; how many rows.
fn filled(table: &mut Table, query: &Select, env: &mut Env) -> Result<u64, SqlError> {
    let (heads, rows) = rows_of(query, None, env)?;
    let ahead = table.columns.len() - heads.len();
    for (number, read) in rows.into_iter().enumerate() {
        let mut values = Vec::with_capacity(table.columns.len());
        for column in &table.columns[..ahead] {
            values.push(match column.auto_increment {
                true => Value::Int(table.row_id_next.into()),
                false => {
                    let writes = std::mem::replace(&mut env.writes, true);
                    let value = store::default_of(column, env)?;
                    env.writes = writes;
                    value
                }
            });
            env.check()?;
        }
        for (column, value) in table.columns[ahead..].iter().zip(read) {
            let kept = store::store_alone(column, value, number + 1, env);
            values.push(kept.map_err(cut_short)?);
        }
        if let Some(error) = store::duplicate(table, &values, None) {
            return Err(error);
        }
        table.insert(Row { id: table.row_id_next, values });
    }
    if let (Some(at), Some(last)) = (table.auto_column(), table.rows.last()) {
        let used = u64::try_from(last.values[at].number().round()).unwrap_or(0);
        table.auto_increment = used + 1;
    }
    Ok(table.rows.len() as u64)
}

/// What is too long for its column is called truncated here.
fn cut_short(error: SqlError) -> SqlError {
    match error.code {
        1406 => SqlError::new(1265, error.message.replace("Data too long", "Data truncated")),
        _ => error,
    }
}

fn table_of(create: &CreateTable, charset: Charset, env: &mut Env) -> Result<Table, SqlError> {
    let mut table = Table {
        columns: Vec::new(),
        keys: Vec::new(),
        foreign: Vec::new(),
        rows: Vec::new(),
        auto_increment: 1,
        auto_steps: (1, 0),
        row_id_next: 1,
        charset,
        engine: "InnoDB".into(),
        created: u64::try_from((env.now - env.zone.ahead()) / SECOND).unwrap_or(0),
        comment: String::new(),
    };
    for (option, value) in &create.options {
        table_option(&mut table, option, value)?;
    }
    for spec in &create.columns {
        let column = column_of(spec, &table, env)?;
        table.columns.push(column);
        if create.select.is_none() {
            own_keys(spec, &mut table)?;
        }
    }
    if let Some(query) = &create.select {
        let own = std::mem::take(&mut table.columns);
        let mut selected = columns_of(query, env)?;
        let named = |list: &[Column], name: &str| {
            list.iter().position(|column| column.name.eq_ignore_ascii_case(name))
        };
        for column in &mut selected {
            if let Some(at) = named(&own, &column.name) {
                column.clone_from(&own[at]);
            }
        }
        // Columns that nothing is selected for come first.
        table.columns = own.into_iter().filter(|c| named(&selected, &c.name).is_none()).collect();
        table.columns.extend(selected);
        create.columns.iter().try_for_each(|spec| own_keys(spec, &mut table))?;
    }
    for key in &create.keys {
        add_key(key, &mut table)?;
    }
    sort_keys(&mut table);
    check_auto(&table)?;
    check_size(&table)?;
    Ok(table)
}

pub(super) fn table_option(table: &mut Table, option: &str, value: &str) -> Result<(), SqlError> {
    match option {
        "CHARSET" => table.charset = charset_named(value)?,
        "COLLATE" => {
            table.charset = Charset::of_collation(value)
                .ok_or_else(|| SqlError::new(1273, format!("Unknown collation: '{value}'")))?;
        }
        "ENGINE" if value.eq_ignore_ascii_case("CSV") => {
            return Err(SqlError::not_modelled("ENGINE = CSV"));
        }
        "ENGINE" => {
            let known = ["InnoDB", "MyISAM", "MEMORY", "CSV", "ARCHIVE", "BLACKHOLE"];
            table.engine = known
                .into_iter()
                .find(|engine| engine.eq_ignore_ascii_case(value))
                .ok_or_else(|| SqlError::new(1286, format!("Unknown storage engine '{value}'")))?
                .to_string();
        }
        "AUTO_INCREMENT" => table.auto_increment = value.parse().unwrap_or(1).max(1),
        "COMMENT" => table.comment = value.into(),
        _ => {}
    }
    Ok(())
}

/// MySQL lists the primary key first, then unique ones (those without NULL before others).
pub(super) fn sort_keys(table: &mut Table) {
    let columns = &table.columns;
    let nullable = |key: &Key| key.columns.iter().any(|c| !columns[*c as usize].not_null);
    table.keys.sort_by_key(|key| (key.name != "PRIMARY", !key.unique, key.unique && nullable(key)));
}

pub(super) fn own_keys(spec: &ColumnSpec, table: &mut Table) -> Result<(), SqlError> {
    let columns = vec![(spec.name.clone(), 0)];
    if spec.primary {
        let name = Some("PRIMARY".to_string());
        let columns = columns.clone();
        let key = KeySpec { name, primary: true, unique: true, columns, ..KeySpec::default() };
        add_key(&key, table)?;
    }
    if spec.unique {
        add_key(&KeySpec { unique: true, columns, ..KeySpec::default() }, table)?;
    }
    Ok(())
}

pub(super) fn add_key(spec: &KeySpec, table: &mut Table) -> Result<(), SqlError> {
    let (mut columns, mut prefixes) = (Vec::new(), Vec::new());
    for (name, length) in &spec.columns {
        let Some(index) = table.column(name) else {
            let text = format!("Key column '{name}' doesn't exist in table");
            return Err(SqlError::new(1072, text));
        };
        if table.columns[index].kind.is_blob() && *length == 0 {
            let text =
                format!("BLOB/TEXT column '{name}' used in key specification without a key length");
            return Err(SqlError::new(1170, text));
        }
        if spec.primary {
            table.columns[index].not_null = true;
        }
        columns.push(index as u32);
        let whole = match table.columns[index].kind {
            Type::Char(n) | Type::VarChar(n) | Type::Binary(n) | Type::VarBinary(n) => *length >= n,
            _ => false,
        };
        prefixes.push(if whole { 0 } else { *length });
    }
    let part = |(index, prefix): (&u32, &u32)| {
        let column = &table.columns[*index as usize];
        let n = match column.kind {
            Type::Char(n) | Type::VarChar(n) => n,
            Type::Text(_) => 0,
            Type::Binary(n) | Type::VarBinary(n) => {
                return u64::from(if *prefix > 0 { *prefix } else { n });
            }
            _ => return 0,
        };
        u64::from(if *prefix > 0 { *prefix } else { n }) * u64::from(column.charset.bytes_max())
    };
    if columns.iter().zip(&prefixes).map(part).sum::<u64>() > KEY_BYTES_MAX {
        let text = format!("Specified key was too long; max key length is {KEY_BYTES_MAX} bytes");
        return Err(SqlError::new(1071, text));
    }
    if spec.primary && table.primary().is_some() {
        return Err(SqlError::new(1068, "Multiple primary key defined"));
    }
    let mut name = spec.name.clone().unwrap_or_else(|| spec.columns[0].0.clone());
    let taken = |name: &str, table: &Table| table.keys.iter().any(|k| k.name == name);
    if spec.name.is_some() && taken(&name, table) {
        return Err(SqlError::new(1061, format!("Duplicate key name '{name}'")));
    }
    let base = name.clone();
    let mut number = 2;
    while taken(&name, table) {
        name = format!("{base}_{number}");
        number += 1;
    }
    let (using, comment) = (spec.using.clone(), spec.comment.clone());
    table.keys.push(Key { name, unique: spec.unique, columns, prefixes, using, comment });
    Ok(())
}

pub(super) fn check_auto(table: &Table) -> Result<(), SqlError> {
    let autos: Vec<usize> =
        (0..table.columns.len()).filter(|i| table.columns[*i].auto_increment).collect();
    let keyed = |at: usize| table.keys.iter().any(|k| k.columns.first() == Some(&(at as u32)));
    if autos.len() > 1 || autos.iter().any(|at| !keyed(*at)) {
        return Err(SqlError::new(
            1075,
            "Incorrect table definition; there can be only one auto column and it must be \
             defined as a key",
        ));
    }
    Ok(())
}

/// Error 1118: a row has at most 65,535 bytes, texts and blobs left out.
pub(super) fn check_size(table: &Table) -> Result<(), SqlError> {
    let bytes = |column: &Column| -> u64 {
        let text = |n: u32| u64::from(n) * u64::from(column.charset.bytes_max());
        match column.kind {
            Type::Decimal(precision, ..) => u64::from(precision) / 2 + 1,
            Type::Char(n) => text(n),
            Type::VarChar(n) => text(n) + if text(n) > 255 { 2 } else { 1 },
            Type::Binary(n) => n.into(),
            Type::VarBinary(n) => u64::from(n) + if n > 255 { 2 } else { 1 },
            Type::Text(length) | Type::Blob(length) => u64::from(length) + 8,
            ref kind => kind.fixed_bytes().unwrap_or(0),
        }
    };
    let nulls = table.columns.iter().filter(|c| !c.not_null).count().div_ceil(8) as u64;
    if table.columns.iter().map(bytes).sum::<u64>() + nulls <= 65_535 {
        return Ok(());
    }
    Err(SqlError::new(
        1118,
        "Row size too large. The maximum row size for the used table type, not counting BLOBs, is \
         65535. This includes storage overhead, check the manual. You have to change some columns \
         to TEXT or BLOBs",
    ))
}

fn drop_tables(
    names: &[TableName],
    (if_exists, temporary): (bool, bool),
    done: &mut Done,
    env: &mut Env,
) -> Result<(), SqlError> {
    let mut missing = Vec::new();
    for name in names {
        let db = database(name, env)?;
        let dropped = |db: &String, table: &String| {
            let same = |other: &TableName| {
                other.table == *table && database(other, env).is_ok_and(|other| other == *db)
            };
            names.iter().any(same)
        };
        if env.session.is_on("foreign_key_checks")
            && foreign::referring(&done.catalog, &db, &name.table, dropped).is_some()
        {
            let text = "Cannot delete or update a parent row: a foreign key constraint fails";
            return Err(SqlError::new(1217, text));
        }
        let database = done.catalog.databases.get_mut(&db).filter(|_| !temporary);
        if database.and_then(|d| d.tables.remove(&name.table)).is_some() {
            done.files.push(FileChange::RemoveTable { db: db.clone(), table: name.table.clone() });
        } else {
            missing.push(format!("{db}.{}", name.table));
        }
        if !done.databases.contains(&db) {
            done.databases.push(db);
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    let text = format!("Unknown table '{}'", missing.join(","));
    if !if_exists {
        let error = SqlError::new(1051, text);
        if missing.len() == names.len() {
            return Err(error);
        }
        done.failed = Some(error);
        return Ok(());
    }
    env.session.warn("Note", 1051, text);
    Ok(())
}

pub(super) fn rename(
    from: &TableName,
    to: &TableName,
    done: &mut Done,
    env: &Env,
) -> Result<(), SqlError> {
    let (from_db, to_db) = (database(from, env)?, database(to, env)?);
    if !done.catalog.databases.contains_key(&to_db) {
        return Err(unknown_database(&to_db));
    }
    if done.catalog.table(&to_db, &to.table).is_some() {
        return Err(SqlError::new(1050, format!("Table '{}' already exists", to.table)));
    }
    let is_view = |db: &str, name: &str| done.catalog.view(db, name).is_some();
    if is_view(&from_db, &from.table) || is_view(&to_db, &to.table) {
        return Err(SqlError::not_modelled("renaming views"));
    }
    let tables = done.catalog.databases.get_mut(&from_db).map(|d| &mut d.tables);
    let Some(table) = tables.and_then(|tables| tables.remove(&from.table)) else {
        let text = format!(
            "Can't find file: './{from_db}/{}.frm' (errno: 2 - No such file or directory)",
            from.table
        );
        return Err(SqlError::new(1017, text));
    };
    let tables = done.catalog.databases.get_mut(&to_db).map(|d| &mut d.tables);
    tables.expect("the database was just found").insert(to.table.clone(), table);
    foreign::rename(&mut done.catalog, (&from_db, &from.table), (&to_db, &to.table));
    done.files.push(FileChange::RenameTable {
        from: (from_db.clone(), from.table.clone()),
        to: (to_db.clone(), to.table.clone()),
    });
    for db in [from_db, to_db] {
        if !done.databases.contains(&db) {
            done.databases.push(db);
        }
    }
    Ok(())
}
