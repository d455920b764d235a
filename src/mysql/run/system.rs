//! The system's own databases, as far as they can be looked at.

use super::{Env, Rows, dictionary};
use crate::mysql::data::Value;
use crate::mysql::sql::SqlError;

/// Whether it is `mysql`, `sys`, `performance_schema` or `information_schema`.
pub fn is_system_database(name: &str) -> bool {
    name.eq_ignore_ascii_case("information_schema")
        || matches!(name, "mysql" | "performance_schema" | "sys")
}

/// The tables of `mysql` in 5.7, and whether each is InnoDB (`.ibd`) or not (`.MYD`, `.MYI`, or a
/// log's `.CSV`).
pub const MYSQL_TABLES: [(&str, bool); 31] = [
    ("columns_priv", false),
    ("db", false),
    ("engine_cost", true),
    ("event", false),
    ("func", false),
    ("general_log", false),
    ("gtid_executed", true),
    ("help_category", true),
    ("help_keyword", true),
    ("help_relation", true),
    ("help_topic", true),
    ("innodb_index_stats", true),
    ("innodb_table_stats", true),
    ("ndb_binlog_index", false),
    ("plugin", true),
    ("proc", false),
    ("procs_priv", false),
    ("proxies_priv", false),
    ("server_cost", true),
    ("servers", true),
    ("slave_master_info", true),
    ("slave_relay_log_info", true),
    ("slave_worker_info", true),
    ("slow_log", false),
    ("tables_priv", false),
    ("time_zone", true),
    ("time_zone_leap_second", true),
    ("time_zone_name", true),
    ("time_zone_transition", true),
    ("time_zone_transition_type", true),
    ("user", false),
];

/// Names of a system database's tables, as far as this model knows them.
pub fn system_tables(db: &str) -> Vec<String> {
    match db {
        "mysql" => MYSQL_TABLES.iter().map(|(name, _)| (*name).to_string()).collect(),
        "sys" => vec!["sys_config".into()],
        _ => Vec::new(),
    }
}

type Seen = (Vec<(String, bool)>, Vec<Vec<Value>>);

/// The rows of a system table, if `db` is the system's.
pub(super) fn read(db: &str, table: &str, env: &mut Env) -> Result<Option<Seen>, SqlError> {
    if !is_system_database(db) {
        return Ok(None);
    }
    let lower = table.to_ascii_lowercase();
    let rows = match (db.to_ascii_lowercase().as_str(), lower.as_str()) {
        ("mysql", "user") => users(env),
        ("mysql", "db") => grants(env),
        ("information_schema", "schemata") => schemata(env),
        ("information_schema", "engines") => {
            named(super::show::engines(), &ENGINES, &[0, 1, 2, 3, 4, 5])
        }
        ("information_schema", "character_sets") => {
            named(super::show::character_sets(), &CHARACTER_SETS, &[0, 2, 1, 3])
        }
        ("information_schema", "collations") => {
            named(super::show::collations(), &COLLATIONS, &[0, 1, 2, 3, 4, 5])
        }
        ("information_schema", "processlist") => env.processlist.clone(),
        ("information_schema", known) if dictionary::is_known(known) => {
            dictionary::read(known, env).unwrap_or_default()
        }
        (
            "information_schema",
            name @ ("global_variables" | "session_variables" | "global_status" | "session_status"),
        ) => {
            let text = format!(
                "The 'INFORMATION_SCHEMA.{}' feature is disabled; see the documentation for \
                 'show_compatibility_56'",
                name.to_uppercase()
            );
            return Err(SqlError::new(3167, text));
        }
        ("performance_schema", "global_variables" | "session_variables") => variables(env),
        ("mysql", known) if MYSQL_TABLES.iter().any(|(name, _)| *name == known) => {
            return Err(SqlError::not_modelled(format!("reading {db}.{table}")));
        }
        ("mysql", _) => return Err(super::from::no_such_table(db, table)),
        _ => return Err(SqlError::not_modelled(format!("reading {db}.{table}"))),
    };
    let heads: Vec<(String, bool)> = rows.heads.into_iter().map(|h| (h.name, h.number)).collect();
    let value = |(cell, (_, number)): (Option<String>, &(String, bool))| match cell {
        None => Value::Null,
        Some(text) if *number => text.parse().map_or(Value::Text(text), Value::Int),
        Some(text) => Value::Text(text),
    };
    let rows = rows.rows.into_iter();
    let cells = rows.map(|row| row.into_iter().zip(&heads).map(value).collect()).collect();
    Ok(Some((heads, cells)))
}

const ENGINES: [&str; 6] = ["ENGINE", "SUPPORT", "COMMENT", "TRANSACTIONS", "XA", "SAVEPOINTS"];

const CHARACTER_SETS: [&str; 4] =
    ["CHARACTER_SET_NAME", "DEFAULT_COLLATE_NAME", "DESCRIPTION", "#MAXLEN"];

const COLLATIONS: [&str; 6] =
    ["COLLATION_NAME", "CHARACTER_SET_NAME", "#ID", "IS_DEFAULT", "IS_COMPILED", "#SORTLEN"];

/// What a SHOW answers, under the names of a table, its columns in another order.
fn named(shown: Rows, names: &[&str], order: &[usize]) -> Rows {
    let mut rows = Rows::with_heads(names);
    let row = |row: &Vec<Option<String>>| order.iter().map(|at| row[*at].clone()).collect();
    rows.rows = shown.rows.iter().map(row).collect();
    rows
}

fn users(env: &Env) -> Rows {
    let mut rows = Rows::with_heads(&[
        "Host",
        "User",
        "Super_priv",
        "Repl_slave_priv",
        "plugin",
        "authentication_string",
        "password_expired",
        "account_locked",
    ]);
    for account in &env.catalog.accounts {
        let all = account.global.names.iter().any(|n| n == "ALL PRIVILEGES");
        let yes = |on: bool| if on { "Y" } else { "N" };
        let replication = account.global.names.iter().any(|n| n == "REPLICATION SLAVE");
        let digest = match (account.locked, account.password.is_empty()) {
            (true, _) => "*THISISNOTAVALIDPASSWORDTHATCANBEUSEDHERE",
            (false, true) => "",
            (false, false) => "*(hidden)",
        };
        rows.push(&[
            &account.host,
            &account.user,
            yes(all),
            yes(all || replication),
            account.plugin.name(),
            digest,
            "N",
            yes(account.locked),
        ]);
    }
    rows
}

fn grants(env: &Env) -> Rows {
    let mut rows = Rows::with_heads(&["Host", "Db", "User"]);
    rows.push(&["localhost", "performance_schema", "mysql.session"]);
    rows.push(&["localhost", "sys", "mysql.sys"]);
    for account in &env.catalog.accounts {
        for db in account.on.keys() {
            rows.push(&[&account.host, db, &account.user]);
        }
    }
    rows
}

fn schemata(env: &Env) -> Rows {
    let mut rows = Rows::with_heads(&[
        "CATALOG_NAME",
        "SCHEMA_NAME",
        "DEFAULT_CHARACTER_SET_NAME",
        "DEFAULT_COLLATION_NAME",
        "SQL_PATH",
    ]);
    for name in super::show::database_names(env) {
        let charset = env.catalog.databases.get(&name).map(|d| d.charset);
        let (set, collation) = match charset {
            Some(charset) => (charset.name(), charset.collation()),
            None if name == "mysql" => ("latin1", "latin1_swedish_ci"),
            None => ("utf8", "utf8_general_ci"),
        };
        let known = ["def", &name, set, collation].map(|cell| Some(cell.to_string()));
        rows.rows.push(known.into_iter().chain([None]).collect());
    }
    rows
}

fn variables(env: &Env) -> Rows {
    let mut rows = Rows::with_heads(&["VARIABLE_NAME", "VARIABLE_VALUE"]);
    for (name, value) in super::variable::variables(true, env) {
        rows.push(&[&name, &value]);
    }
    rows
}
