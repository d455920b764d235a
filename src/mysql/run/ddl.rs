//! CREATE, DROP, ALTER, RENAME, TRUNCATE: changes of the catalog, and of the files that lie under
//! it.

use std::sync::Arc;

use super::select::{database, no_such_table};
use super::{Answer, Env, alter, dml, store, system, unknown_database};
use crate::base::SortedMap;
use crate::mysql::data::{Catalog, Charset, Column, Database, Default, Key, Table, Type, Value};
use crate::mysql::sql::SqlError;
use crate::mysql::sql::ast::{ColumnSpec, CreateTable, Expr, KeySpec, Statement, TableName};

/// What happens to the data directory.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs)]
pub enum FileChange {
    MakeDatabase(String, Charset),
    RemoveDatabase(String),
    MakeTable { db: String, table: String, engine: String },
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
}

/// Runs a DDL statement.
pub fn run_ddl(statement: &Statement, env: &mut Env) -> Result<Done, SqlError> {
    let mut done = Done {
        answer: Answer::affected(0),
        catalog: env.catalog.clone(),
        files: Vec::new(),
        databases: Vec::new(),
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
        Statement::DropTable { names, if_exists } => {
            drop_tables(names, *if_exists, &mut done, env)?;
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
            *table_mut(&mut done.catalog, &db, &name.table)? = table;
            done.databases.push(db);
        }
        other => return Err(SqlError::not_modelled(format!("{other:?}"))),
    }
    Ok(done)
}

/// Error 1059 for a name longer than MySQL's 64 characters.
fn check_length(name: &str) -> Result<(), SqlError> {
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
        let database = Database { tables: SortedMap::new(), charset };
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
            done.answer = Answer::affected(database.tables.len() as u64);
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
    if create.temporary {
        return Err(SqlError::not_modelled("CREATE TEMPORARY TABLE"));
    }
    let db = database(&create.name, env)?;
    let name = create.name.table.clone();
    check_length(&name)?;
    if system::is_system_database(&db) {
        return Err(SqlError::not_modelled(format!("creating tables in {db}")));
    }
    let Some(database) = done.catalog.databases.get(&db) else {
        return Err(unknown_database(&db));
    };
    if database.tables.contains_key(&name) {
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
            let other_db = super::select::database(other, env)?;
            let mut table = done
                .catalog
                .table(&other_db, &other.table)
                .cloned()
                .ok_or_else(|| no_such_table(&other_db, &other.table))?;
            table.rows.clear();
            table.auto_increment = 1;
            table
        }
        None => table_of(create, database.charset, env)?,
    };
    if create.select.is_some() {
        return Err(SqlError::not_modelled("CREATE TABLE … SELECT"));
    }
    let engine = table.engine.clone();
    let tables = done.catalog.databases.get_mut(&db).map(|d| &mut d.tables);
    tables.expect("the database was just found").insert(name.clone(), Arc::new(table));
    done.files.push(FileChange::MakeTable { db: db.clone(), table: name, engine });
    done.databases.push(db);
    Ok(())
}

fn table_of(create: &CreateTable, charset: Charset, env: &mut Env) -> Result<Table, SqlError> {
    let mut table = Table {
        columns: Vec::new(),
        keys: Vec::new(),
        foreign: Vec::new(),
        rows: Vec::new(),
        auto_increment: 1,
        row_id_next: 1,
        charset,
        engine: "InnoDB".into(),
        created: u64::try_from(env.now).unwrap_or(0),
        comment: String::new(),
    };
    for (option, value) in &create.options {
        table_option(&mut table, option, value)?;
    }
    for spec in &create.columns {
        let column = column_of(spec, &table, env)?;
        table.columns.push(column);
        own_keys(spec, &mut table)?;
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
        add_key(&KeySpec { name, primary: true, unique: true, columns: columns.clone() }, table)?;
    }
    if spec.unique {
        add_key(&KeySpec { name: None, primary: false, unique: true, columns }, table)?;
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
    table.keys.push(Key { name, unique: spec.unique, columns, prefixes });
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
            Type::Int { bytes, .. } => bytes.into(),
            Type::Decimal(precision, ..) => u64::from(precision) / 2 + 1,
            Type::Real { single, .. } => if single { 4 } else { 8 },
            Type::Char(n) => text(n),
            Type::VarChar(n) => text(n) + if text(n) > 255 { 2 } else { 1 },
            Type::Binary(n) => n.into(),
            Type::VarBinary(n) => u64::from(n) + if n > 255 { 2 } else { 1 },
            Type::Text(length) | Type::Blob(length) => u64::from(length) + 8,
            Type::Bit(_) | Type::Set(_) => column.kind.bytes_of_bits() as u64,
            Type::Enum(ref list) => if list.len() < 256 { 1 } else { 2 },
            Type::DateTime => 5,
            Type::Timestamp => 4,
            Type::Date | Type::Time => 3,
            Type::Year => 1,
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

pub(super) fn column_of(
    spec: &ColumnSpec,
    table: &Table,
    env: &mut Env,
) -> Result<Column, SqlError> {
    let name = &spec.name;
    check_length(name)?;
    if table.column(name).is_some() {
        return Err(SqlError::new(1060, format!("Duplicate column name '{name}'")));
    }
    let too_long = |max: u32| {
        let text = format!(
            "Column length too big for column '{name}' (max = {max}); use BLOB or TEXT instead"
        );
        Err(SqlError::new(1074, text))
    };
    let mut charset = spec.charset.as_deref().map_or(Ok(table.charset), charset_named)?;
    if spec.binary {
        charset = charset.binary();
    }
    match spec.kind {
        Type::VarChar(n) if n > 65_535 / charset.bytes_max() => {
            return too_long(65_535 / charset.bytes_max());
        }
        Type::VarBinary(n) if n > 65_535 => return too_long(65_535),
        Type::Char(n) | Type::Binary(n) if n > 255 => return too_long(255),
        _ => {}
    }
    check_members(spec)?;
    let numeric = matches!(spec.kind, Type::Int { .. } | Type::Real { .. });
    if spec.auto_increment && !numeric {
        let text = format!("Incorrect column specifier for column '{name}'");
        return Err(SqlError::new(1063, text));
    }
    let mut column = Column {
        name: name.clone(),
        kind: of_bytes(&spec.kind, charset),
        charset,
        not_null: spec.not_null || spec.primary || spec.auto_increment,
        default: None,
        on_update_now: spec.on_update_now,
        auto_increment: spec.auto_increment,
        comment: spec.comment.clone(),
    };
    implicit_timestamp(spec, table, &mut column)?;
    if let Some(expr) = &spec.default {
        column.default = default_of(expr, &column, env)?;
    }
    Ok(column)
}

/// A text of bytes is a binary type.
fn of_bytes(kind: &Type, charset: Charset) -> Type {
    match kind {
        kind if charset.name() != "binary" => kind.clone(),
        Type::Char(n) => Type::Binary(*n),
        Type::VarChar(n) => Type::VarBinary(*n),
        Type::Text(length) => Type::Blob(*length),
        kind => kind.clone(),
    }
}

/// Error 1291: an ENUM or a SET names a member twice.
fn check_members(spec: &ColumnSpec) -> Result<(), SqlError> {
    let (word, list) = match &spec.kind {
        Type::Enum(list) => ("ENUM", list),
        Type::Set(list) => ("SET", list),
        _ => return Ok(()),
    };
    let same = |at: usize| list[..at].iter().any(|m| m.eq_ignore_ascii_case(&list[at]));
    let Some(at) = (0..list.len()).find(|at| same(*at)) else { return Ok(()) };
    let text = format!("Column '{}' has duplicated value '{}' in {word}", spec.name, list[at]);
    Err(SqlError::new(1291, text))
}

/// ALTER COLUMN … SET DEFAULT, DROP DEFAULT.
pub(super) fn set_default(
    column: &mut Column,
    expr: Option<&Expr>,
    env: &mut Env,
) -> Result<(), SqlError> {
    column.default = match expr {
        Some(expr) => default_of(expr, column, env)?,
        None => None,
    };
    Ok(())
}

/// Without `explicit_defaults_for_timestamp`, the first TIMESTAMP of a table keeps the time of its
/// last change.
///
/// Further ones would hold the zero date, which the default sql_mode forbids.
fn implicit_timestamp(
    spec: &ColumnSpec,
    table: &Table,
    column: &mut Column,
) -> Result<(), SqlError> {
    if spec.kind != Type::Timestamp || spec.null {
        return Ok(());
    }
    column.not_null = true;
    if spec.default.is_some() {
        return Ok(());
    }
    let first = !table.columns.iter().any(|c| c.kind == Type::Timestamp);
    if !first || spec.on_update_now {
        return Err(SqlError::new(1067, format!("Invalid default value for '{}'", spec.name)));
    }
    column.default = Some(Default::Now);
    column.on_update_now = true;
    Ok(())
}

fn default_of(
    expr: &Expr,
    column: &Column,
    env: &mut Env,
) -> Result<Option<Default>, SqlError> {
    let invalid = || SqlError::new(1067, format!("Invalid default value for '{}'", column.name));
    if column.kind.is_blob() && *expr != Expr::Null {
        let text = format!(
            "BLOB, TEXT, GEOMETRY or JSON column '{}' can't have a default value",
            column.name
        );
        return Err(SqlError::new(1101, text));
    }
    let value = match expr {
        Expr::Call(..) if matches!(column.kind, Type::DateTime | Type::Timestamp) => {
            return Ok(Some(Default::Now));
        }
        Expr::Call(..) => return Err(invalid()),
        Expr::Null if column.not_null => return Err(invalid()),
        Expr::Null => return Ok(Some(Default::Value(Value::Null))),
        Expr::Bool(value) => Value::from_bool(*value),
        Expr::Number(digits) => {
            crate::mysql::data::Decimal::parse(digits).map_or(Value::Null, Value::Decimal)
        }
        Expr::Text(text) => Value::Text(text.clone()),
        Expr::Bits(bytes) => Value::Bits(bytes.clone()),
        _ => return Err(invalid()),
    };
    let plain = Column { not_null: false, ..column.clone() };
    store::store(&plain, value, 1, env).map(|v| Some(Default::Value(v))).map_err(|_| invalid())
}

fn drop_tables(
    names: &[TableName],
    if_exists: bool,
    done: &mut Done,
    env: &mut Env,
) -> Result<(), SqlError> {
    let mut missing = Vec::new();
    for name in names {
        let db = database(name, env)?;
        let tables = done.catalog.databases.get_mut(&db).map(|d| &mut d.tables);
        if tables.and_then(|tables| tables.remove(&name.table)).is_some() {
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
        return Err(SqlError::new(1051, text));
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
