//! SHOW of what the catalog and the variables hold.

use super::from::{database, no_such_table};
use super::variable::variables;
use super::{Env, Rows, Scope, charsets, evaluate, like, system, unknown_database, view};
use crate::mysql::data::{
    Charset, Column, Default, ForeignKey, Key, Referential, SECOND, Table, Type, Value,
    in_brackets, moment_text,
};
use crate::mysql::sql::SqlError;
use crate::mysql::sql::ast::{Pick, Show, TableName};

/// Answers a SHOW that the catalog, the variables or the session can answer; `None`: ask the
/// server.
pub fn schema(show: &Show, env: &mut Env) -> Result<Option<Rows>, SqlError> {
    Ok(Some(match show {
        Show::Databases(pick) => {
            let mut rows = Rows::with_heads(&[&titled("Database", pick)]);
            for name in database_names(env) {
                rows.push(&[&name]);
            }
            picked(rows, pick, env)?
        }
        Show::Tables { db, full, pick } => tables(db.as_deref(), *full, pick, env)?,
        Show::TableStatus { db, pick } => table_status(db.as_deref(), pick, env)?,
        Show::Columns { table, full, pick } => {
            let (_, table) = known(table, env)?;
            picked(columns(&table, *full), pick, env)?
        }
        Show::Index(name, pick) => {
            let (_, table) = known(name, env)?;
            picked(index(&name.table, &table), pick, env)?
        }
        Show::CreateTable(name) | Show::CreateView(name) => {
            create(name, matches!(show, Show::CreateView(_)), env)?
        }
        Show::CreateDatabase(name) => create_database(name, env)?,
        Show::Variables { global, pick } => {
            let mut rows = Rows::with_heads(&["Variable_name", "Value"]);
            for (name, value) in variables(*global, env) {
                rows.push(&[&name, &value]);
            }
            picked(rows, pick, env)?
        }
        // There is never one: CREATE TRIGGER, EVENT, PROCEDURE and FUNCTION are not modelled.
        Show::Triggers | Show::Events | Show::Routines => Rows::with_heads(&["Db", "Name"]),
        Show::Warnings => warnings(env, false),
        Show::Errors => warnings(env, true),
        Show::CountErrors => {
            let mut rows = Rows::with_heads(&["#@@session.error_count"]);
            rows.push(&[&warnings(env, true).rows.len().to_string()]);
            rows
        }
        Show::CountWarnings => {
            let mut rows = Rows::with_heads(&["#@@session.warning_count"]);
            rows.push(&[&env.session.warnings.len().to_string()]);
            rows
        }
        Show::CharacterSet(pick) => picked(character_sets(), pick, env)?,
        Show::Collation(pick) => picked(collations(), pick, env)?,
        Show::Engines => engines(),
        Show::Privileges => return Err(SqlError::not_modelled("SHOW PRIVILEGES")),
        Show::Plugins
        | Show::Status { .. }
        | Show::Processlist { .. }
        | Show::MasterStatus
        | Show::BinaryLogs
        | Show::BinlogEvents { .. }
        | Show::SlaveStatus
        | Show::SlaveHosts
        | Show::Grants(_)
        | Show::EngineInnodbStatus => return Ok(None),
    }))
}

/// SHOW CREATE TABLE and SHOW CREATE VIEW.
fn create(name: &TableName, wants_view: bool, env: &mut Env) -> Result<Rows, SqlError> {
    if is_view(name, env) {
        let db = database(name, env)?;
        let view = env.catalog.view(&db, &name.table).cloned();
        let view = view.ok_or_else(|| no_such_table(&db, &name.table))?;
        return view::show_create(&view, (&db, &name.table), env);
    }
    let (db, table) = known(name, env)?;
    if wants_view {
        return Err(view::is_not(&db, &name.table, "VIEW"));
    }
    let mut rows = Rows::with_heads(&["Table", "Create Table"]);
    let mut sql = create_table_sql(&db, &name.table, &table);
    if env.session.temporary(&db, &name.table).is_some() {
        sql.insert_str("CREATE ".len(), "TEMPORARY ");
    }
    rows.push(&[&name.table, &sql]);
    Ok(rows)
}

fn create_database(name: &str, env: &Env) -> Result<Rows, SqlError> {
    let charset = env.catalog.databases.get(name).map(|d| d.charset);
    let charset = match (charset, system::is_system_database(name)) {
        (Some(charset), _) => charset,
        (None, true) => Charset::LATIN1,
        (None, false) => return Err(unknown_database(name)),
    };
    let mut rows = Rows::with_heads(&["Database", "Create Database"]);
    rows.push(&[name, &create_database_sql(name, charset)]);
    Ok(rows)
}

pub(super) fn character_sets() -> Rows {
    let mut rows = Rows::with_heads(&["Charset", "Description", "Default collation", "#Maxlen"]);
    for (name, description, longest) in charsets::CHARSETS {
        let own = |(collation, fields): &(&str, Vec<&str>)| {
            collation.split('_').next() == Some(name) && fields.contains(&"D")
        };
        let (collation, _) = listed().find(own).unwrap_or_default();
        rows.push(&[name, description, collation, longest]);
    }
    rows
}

pub(super) fn collations() -> Rows {
    let heads = ["Collation", "Charset", "#Id", "Default", "Compiled", "#Sortlen"];
    let mut rows = Rows::with_heads(&heads);
    for (name, fields) in listed() {
        let charset = name.split('_').next().unwrap_or("");
        let default = if fields.contains(&"D") { "Yes" } else { "" };
        let length = fields.get(1..).unwrap_or_default().iter().find(|field| **field != "D");
        rows.push(&[name, charset, fields[0], default, "Yes", length.unwrap_or(&"1")]);
    }
    rows
}

/// Collations: name, number, and what else is said of them.
fn listed() -> impl Iterator<Item = (&'static str, Vec<&'static str>)> {
    charsets::COLLATIONS.split(' ').filter_map(|word| {
        let mut fields = word.split(':');
        Some((fields.next()?, fields.collect()))
    })
}

/// `Database (t%)` for LIKE.
fn titled(title: &str, pick: &Pick) -> String {
    match pick {
        Pick::Like(pattern) => format!("{title} ({pattern})"),
        _ => title.into(),
    }
}

/// The rows that LIKE or WHERE leaves.
pub fn picked(mut rows: Rows, pick: &Pick, env: &mut Env) -> Result<Rows, SqlError> {
    let cell = |row: &[Option<String>]| row.first().cloned().flatten().unwrap_or_default();
    match pick {
        Pick::All => {}
        Pick::Like(pattern) => rows.rows.retain(|row| like(&cell(row), pattern)),
        Pick::Where(filter) => {
            let names: Vec<(String, String)> =
                rows.heads.iter().map(|h| (String::new(), h.name.clone())).collect();
            env.clause = "where clause";
            let mut kept = Vec::new();
            for row in rows.rows {
                let values: Vec<Value> =
                    row.iter().map(|c| c.clone().map_or(Value::Null, Value::Text)).collect();
                let scope = Scope { columns: &names, values: &values, group: None, outer: None };
                if evaluate(filter, &scope, env)?.is_true() {
                    kept.push(row);
                }
            }
            rows.rows = kept;
        }
    }
    Ok(rows)
}

/// All databases: `information_schema` first, then by name.
pub(super) fn database_names(env: &Env) -> Vec<String> {
    let mut names: Vec<String> = env.shown.databases.keys().cloned().collect();
    names.extend(["mysql", "performance_schema", "sys"].map(String::from));
    names.retain(|name| !env.hidden.contains(name));
    names.sort();
    names.insert(0, "information_schema".into());
    names
}

fn is_view(name: &TableName, env: &Env) -> bool {
    let db = database(name, env).unwrap_or_default();
    let hidden = env.session.temporary(&db, &name.table).is_some();
    !hidden && env.catalog.view(&db, &name.table).is_some()
}

fn known(name: &TableName, env: &mut Env) -> Result<(String, Table), SqlError> {
    let db = database(name, env)?;
    if system::is_system_database(&db) {
        return Err(SqlError::not_modelled(format!("the definition of {db}.{}", name.table)));
    }
    if let Some(table) = env.catalog.table(&db, &name.table) {
        return Ok((db, table.clone()));
    }
    let view = env.catalog.view(&db, &name.table).cloned();
    let view = view.ok_or_else(|| no_such_table(&db, &name.table))?;
    let columns = view::columns(&view, (&db, &name.table), env)?;
    Ok((db, Table::of_columns(columns)))
}

fn tables(db: Option<&str>, full: bool, pick: &Pick, env: &mut Env) -> Result<Rows, SqlError> {
    let db = chosen(db, env)?;
    let title = titled(&format!("Tables_in_{db}"), pick);
    let heads: &[&str] = if full { &[&title, "Table_type"] } else { &[&title] };
    let mut rows = Rows::with_heads(heads);
    let names = match env.shown.databases.get(&db) {
        Some(database) => {
            let mut names: Vec<String> = database.tables.keys().cloned().collect();
            names.extend(database.views.keys().cloned());
            names.sort();
            names
        }
        None if system::is_system_database(&db) => system::system_tables(&db),
        None => return Err(unknown_database(&db)),
    };
    for name in names {
        let kind = if env.shown.view(&db, &name).is_some() { "VIEW" } else { "BASE TABLE" };
        let cells: &[&str] = if full { &[&name, kind] } else { &[&name] };
        rows.push(cells);
    }
    picked(rows, pick, env)
}

fn chosen(db: Option<&str>, env: &Env) -> Result<String, SqlError> {
    db.map(String::from)
        .or_else(|| env.session.db.clone())
        .ok_or_else(|| SqlError::new(1046, "No database selected"))
}

fn table_status(db: Option<&str>, pick: &Pick, env: &mut Env) -> Result<Rows, SqlError> {
    let db = chosen(db, env)?;
    let Some(database) = env.shown.databases.get(&db) else {
        return Err(unknown_database(&db));
    };
    let mut rows = Rows::with_heads(&[
        "Name",
        "Engine",
        "#Version",
        "Row_format",
        "#Rows",
        "#Avg_row_length",
        "#Data_length",
        "#Max_data_length",
        "#Index_length",
        "#Data_free",
        "#Auto_increment",
        "Create_time",
        "Update_time",
        "Check_time",
        "Collation",
        "#Checksum",
        "Create_options",
        "Comment",
    ]);
    for (name, table) in &database.tables {
        let count = table.rows.len() as u64;
        let some = |text: String| Some(text);
        rows.rows.push(vec![
            some(name.clone()),
            some(table.engine.clone()),
            some("10".into()),
            some("Dynamic".into()),
            some(count.to_string()),
            some(16_384_u64.checked_div(count).unwrap_or(0).to_string()),
            some("16384".into()),
            some("0".into()),
            some((16_384 * table.keys.iter().filter(|k| k.name != "PRIMARY").count()).to_string()),
            some("0".into()),
            table.auto_column().map(|_| table.auto_increment.to_string()),
            some(moment_text(table.created as i64 * SECOND + env.zone.ahead(), 0)),
            None,
            None,
            some(table.charset.collation().into()),
            None,
            some(String::new()),
            some(table.comment.clone()),
        ]);
    }
    for (name, view) in database.views.clone() {
        let is_shown = match pick {
            Pick::Like(pattern) => like(&name, pattern),
            _ => true,
        };
        let wrong = is_shown.then(|| view::complaint(&view, (&db, &name), env)).flatten();
        let mut cells = vec![None; rows.heads.len()];
        cells[0] = Some(name);
        cells[17] = Some(wrong.unwrap_or("VIEW".into()));
        rows.rows.push(cells);
    }
    rows.rows.sort_by(|a, b| a[0].cmp(&b[0]));
    picked(rows, pick, env)
}

fn columns(table: &Table, full: bool) -> Rows {
    let heads: &[&str] = if full {
        &["Field", "Type", "Collation", "Null", "Key", "Default", "Extra", "Privileges", "Comment"]
    } else {
        &["Field", "Type", "Null", "Key", "Default", "Extra"]
    };
    let mut rows = Rows::with_heads(heads);
    for (index, column) in table.columns.iter().enumerate() {
        let mut cells = vec![Some(column.name.clone()), Some(column.kind.sql())];
        if full {
            cells.push(column.kind.is_text().then(|| column.charset.collation().to_string()));
        }
        cells.push(Some(if column.not_null { "NO" } else { "YES" }.into()));
        cells.push(Some(key_mark(table, index as u32).into()));
        cells.push(match &column.default {
            None | Some(Default::Missing) => None,
            Some(Default::Now) => Some(now_sql(column)),
            Some(Default::Value(value)) => value.shown(),
        });
        cells.push(Some(extra(column)));
        if full {
            cells.push(Some("select,insert,update,references".into()));
            cells.push(Some(column.comment.clone()));
        }
        rows.rows.push(cells);
    }
    rows
}

/// `CURRENT_TIMESTAMP(3)`.
pub(super) fn now_sql(column: &Column) -> String {
    format!("CURRENT_TIMESTAMP{}", in_brackets(column.kind.second_digits().unwrap_or(0)))
}

/// The column Extra of SHOW COLUMNS.
pub(super) fn extra(column: &Column) -> String {
    match (column.auto_increment, column.on_update_now) {
        (true, _) => "auto_increment".into(),
        (_, true) => format!("on update {}", now_sql(column)),
        _ => String::new(),
    }
}

pub(super) fn key_mark(table: &Table, column: u32) -> &'static str {
    // Without a primary key, the first unique one that holds no NULL is marked as such.
    let whole =
        |key: &&Key| key.unique && key.columns.iter().all(|c| table.columns[*c as usize].not_null);
    let like_primary = table.keys.iter().find(whole).filter(|_| table.primary().is_none());
    if like_primary.is_some_and(|key| key.columns.contains(&column)) {
        return "PRI";
    }
    let first = |key: &&Key| key.columns.first() == Some(&column);
    if table.primary().is_some_and(|key| key.columns.contains(&column)) {
        "PRI"
    } else if table.keys.iter().filter(first).any(|key| key.unique && key.columns.len() == 1) {
        "UNI"
    } else if table.keys.iter().filter(first).count() > 0 {
        "MUL"
    } else {
        ""
    }
}

fn index(name: &str, table: &Table) -> Rows {
    let mut rows = Rows::with_heads(&[
        "Table",
        "#Non_unique",
        "Key_name",
        "#Seq_in_index",
        "Column_name",
        "Collation",
        "#Cardinality",
        "#Sub_part",
        "Packed",
        "Null",
        "Index_type",
        "Comment",
        "Index_comment",
    ]);
    for key in &table.keys {
        for (seq, column) in key.columns.iter().enumerate() {
            let column = &table.columns[*column as usize];
            let some = |text: &str| Some(text.to_string());
            rows.rows.push(vec![
                some(name),
                some(if key.unique { "0" } else { "1" }),
                some(&key.name),
                some(&(seq + 1).to_string()),
                some(&column.name),
                some("A"),
                some(&table.rows.len().to_string()),
                None,
                None,
                some(if column.not_null { "" } else { "YES" }),
                some("BTREE"),
                some(""),
                some(&key.comment),
            ]);
        }
    }
    rows
}

fn warnings(env: &Env, errors: bool) -> Rows {
    let mut rows = Rows::with_heads(&["Level", "#Code", "Message"]);
    for warning in env.session.warnings.iter().filter(|w| !errors || w.level == "Error") {
        rows.push(&[warning.level, &warning.code.to_string(), &warning.message]);
    }
    rows
}

pub(super) fn engines() -> Rows {
    let mut rows =
        Rows::with_heads(&["Engine", "Support", "Comment", "Transactions", "XA", "Savepoints"]);
    let innodb = "Supports transactions, row-level locking, and foreign keys";
    rows.push(&["InnoDB", "DEFAULT", innodb, "YES", "YES", "YES"]);
    rows.push(&["MRG_MYISAM", "YES", "Collection of identical MyISAM tables", "NO", "NO", "NO"]);
    let memory = "Hash based, stored in memory, useful for temporary tables";
    rows.push(&["MEMORY", "YES", memory, "NO", "NO", "NO"]);
    let blackhole = "/dev/null storage engine (anything you write to it disappears)";
    rows.push(&["BLACKHOLE", "YES", blackhole, "NO", "NO", "NO"]);
    rows.push(&["MyISAM", "YES", "MyISAM storage engine", "NO", "NO", "NO"]);
    rows.push(&["CSV", "YES", "CSV storage engine", "NO", "NO", "NO"]);
    rows.push(&["ARCHIVE", "YES", "Archive storage engine", "NO", "NO", "NO"]);
    rows.push(&["PERFORMANCE_SCHEMA", "YES", "Performance Schema", "NO", "NO", "NO"]);
    rows.rows.push(
        ["FEDERATED", "NO", "Federated MySQL storage engine"]
            .iter()
            .map(|cell| Some((*cell).to_string()))
            .chain([None, None, None])
            .collect(),
    );
    rows
}

/// A foreign key as SHOW CREATE TABLE and the errors about it print it, in a table of `db`.
pub fn foreign_sql(key: &ForeignKey, db: &str) -> String {
    let list = |names: &[String]| {
        let quoted: Vec<String> = names.iter().map(|n| format!("`{n}`")).collect();
        quoted.join(", ")
    };
    let table = match &key.table {
        (other, table) if other != db => format!("`{other}`.`{table}`"),
        (_, table) => format!("`{table}`"),
    };
    let rule = |word: &str, rule: Referential| match rule {
        // InnoDB keeps RESTRICT, which is what it does anyway, to itself.
        Referential::Restrict | Referential::Written => String::new(),
        Referential::NoAction => format!(" ON {word} NO ACTION"),
        Referential::Cascade => format!(" ON {word} CASCADE"),
        Referential::SetNull => format!(" ON {word} SET NULL"),
    };
    format!(
        "CONSTRAINT `{}` FOREIGN KEY ({}) REFERENCES {table} ({}){}{}",
        key.name,
        list(&key.columns),
        list(&key.to),
        rule("DELETE", key.on_delete),
        rule("UPDATE", key.on_update)
    )
}

/// A foreign key of a table as error 1701 names it: all names in full.
pub fn truncate_sql(child: &(String, String), key: &ForeignKey) -> String {
    let list = |names: &[String]| {
        let quoted: Vec<String> = names.iter().map(|n| format!("`{n}`")).collect();
        quoted.join(", ")
    };
    format!(
        "`{}`.`{}`, CONSTRAINT `{}` FOREIGN KEY ({}) REFERENCES `{}`.`{}` ({})",
        child.0,
        child.1,
        key.name,
        list(&key.columns),
        key.table.0,
        key.table.1,
        list(&key.to)
    )
}

/// As SHOW CREATE DATABASE prints it.
pub fn create_database_sql(name: &str, charset: Charset) -> String {
    let collate = match charset.is_default() {
        true => String::new(),
        false => format!(" COLLATE {}", charset.collation()),
    };
    format!(
        "CREATE DATABASE `{name}` /*!40100 DEFAULT CHARACTER SET {}{collate} */",
        charset.name()
    )
}

/// As CREATE TABLE … SELECT is logged: columns and keys, no options, and the database only if it
/// is not the session's own.
pub fn create_select_sql((db, name): (&str, &str), own: Option<&str>, table: &Table) -> String {
    let db = if own == Some(db) { String::new() } else { format!("`{db}`.") };
    format!("CREATE TABLE {db}`{name}` (\n{}\n)", definition("", table).join(",\n"))
}

/// As SHOW CREATE TABLE prints it.
pub fn create_table_sql(db: &str, name: &str, table: &Table) -> String {
    let lines = definition(db, table);
    let mut tail = format!(") ENGINE={}", table.engine);
    if table.auto_column().is_some() && table.auto_increment > 1 {
        tail.push_str(&format!(" AUTO_INCREMENT={}", table.auto_increment));
    }
    tail.push_str(&format!(" DEFAULT CHARSET={}", table.charset.name()));
    if !table.charset.is_default() {
        tail.push_str(&format!(" COLLATE={}", table.charset.collation()));
    }
    if !table.comment.is_empty() {
        tail.push_str(&format!(" COMMENT='{}'", table.comment.replace('\'', "''")));
    }
    format!("CREATE TABLE `{name}` (\n{}\n{tail}", lines.join(",\n"))
}

/// Columns, keys and foreign keys, a line each.
fn definition(db: &str, table: &Table) -> Vec<String> {
    let mut lines: Vec<String> = table.columns.iter().map(|c| column_sql(c, table)).collect();
    for key in &table.keys {
        let parts = key.columns.iter().zip(&key.prefixes);
        let columns: Vec<String> = parts
            .map(|(c, prefix)| {
                let prefix = if *prefix > 0 { format!("({prefix})") } else { String::new() };
                format!("`{}`{prefix}", table.columns[*c as usize].name)
            })
            .collect();
        let columns = columns.join(",");
        let mut line = match (key.name.as_str(), key.unique) {
            ("PRIMARY", _) => format!("  PRIMARY KEY ({columns})"),
            (name, true) => format!("  UNIQUE KEY `{name}` ({columns})"),
            (name, false) => format!("  KEY `{name}` ({columns})"),
        };
        if !key.using.is_empty() {
            line.push_str(&format!(" USING {}", key.using));
        }
        if !key.comment.is_empty() {
            line.push_str(&format!(" COMMENT '{}'", key.comment.replace('\'', "''")));
        }
        lines.push(line);
    }
    lines.extend(table.foreign.iter().map(|key| format!("  {}", foreign_sql(key, db))));
    lines
}

fn column_sql(column: &Column, table: &Table) -> String {
    let mut line = format!("  `{}` {}", column.name, column.kind.sql());
    if column.kind.is_text() && column.charset != table.charset {
        line.push_str(&format!(" CHARACTER SET {}", column.charset.name()));
    }
    if column.kind.is_text() && !column.charset.is_default() {
        line.push_str(&format!(" COLLATE {}", column.charset.collation()));
    }
    if column.not_null {
        line.push_str(" NOT NULL");
    } else if matches!(column.kind, Type::Timestamp(_)) {
        line.push_str(" NULL");
    }
    match &column.default {
        Some(Default::Now) => line.push_str(&format!(" DEFAULT {}", now_sql(column))),
        Some(Default::Value(Value::Null)) => line.push_str(" DEFAULT NULL"),
        Some(Default::Value(value)) => {
            line.push_str(&format!(" DEFAULT '{}'", value.text().replace('\'', "''")));
        }
        None if !column.not_null && !column.kind.is_blob() => {
            line.push_str(" DEFAULT NULL");
        }
        None | Some(Default::Missing) => {}
    }
    if column.on_update_now {
        line.push_str(&format!(" ON UPDATE {}", now_sql(column)));
    }
    if column.auto_increment {
        line.push_str(" AUTO_INCREMENT");
    }
    if !column.comment.is_empty() {
        line.push_str(&format!(" COMMENT '{}'", column.comment.replace('\'', "''")));
    }
    line
}
