//! Views: stored queries.

use super::canonical::{Writer, quoted, shown};
use super::computed::columns_of;
use super::ddl::{Done, FileChange, check_length};
use super::from::{database, no_such_table};
use super::select::rows_of;
use super::{Env, Head, Rows, system, unknown_database};
use crate::base::limit::VIEW_DEPTH_MAX;
use crate::mysql::data::{Account, Column, SECOND, View, moment_text};
use crate::mysql::sql::SqlError;
use crate::mysql::sql::ast::{CreateView, Select, Source, Statement, TableName};
use crate::mysql::sql::parse;

/// CREATE VIEW, CREATE OR REPLACE VIEW, ALTER VIEW.
pub(super) fn create(view: &CreateView, done: &mut Done, env: &mut Env) -> Result<(), SqlError> {
    let db = database(&view.name, env)?;
    let name = &view.name.table;
    check_length(name)?;
    if system::is_system_database(&db) {
        return Err(SqlError::not_modelled(format!("creating views in {db}")));
    }
    if !done.catalog.databases.contains_key(&db) {
        return Err(unknown_database(&db));
    }
    check_name(view, &db, env)?;
    check_sources(view, &db, env)?;
    let (columns, query) = checked_columns(view, env)?;
    let home = env.session.db.clone().unwrap_or_default();
    let writer = |nested| Writer { db: &home, nested };
    let written = writer(true).query(&query, &columns, env)?;
    let read = writer(false).query(&query, &columns, env)?;
    let (user, host) = match &view.definer {
        Some(account) => (account.user.clone(), account.host.clone()),
        None => {
            let own = env.session.account.rsplit_once('@').unwrap_or((&env.session.account, "%"));
            (own.0.to_string(), own.1.to_string())
        }
    };
    let definer = format!("{}@{}", quoted(&user), quoted(&host));
    // ALTER VIEW leaves what it does not name.
    let was = env.shown.view(&db, name).filter(|_| view.verb == "ALTER").cloned();
    let of = |given: Option<&str>, kept: Option<String>, other: &str| {
        given.map(String::from).or(kept).unwrap_or(other.into())
    };
    let asked = of(view.algorithm, was.as_ref().map(|was| was.algorithm.clone()), "UNDEFINED");
    let security = of(view.security, was.as_ref().map(|was| was.security.clone()), "DEFINER");
    let algorithm = match asked.as_str() {
        "MERGE" if !is_mergeable(&query) => {
            let text = "View merge algorithm can't be used here for now (assumed undefined \
                        algorithm)";
            env.session.warn("Warning", 1354, text);
            "UNDEFINED"
        }
        named => named,
    };
    let algorithm = algorithm.to_string();
    let source = view.text.clone();
    let check = check_option(view, &db, &query)?.to_string();
    let made = View { written, read, columns, definer, source, algorithm, security, check };
    if let Some(text) = lost_definer(&made, env) {
        env.session.warn("Note", 1449, text);
    }
    done.logged = Some(logged(view, &db, &made, env));
    // `Item_func_now::fix_length_and_dec` and its like count on the time zone.
    const ZONED: [&str; 4] = ["now()", "curdate()", "curtime()", "from_unixtime("];
    done.time_zone = ZONED.iter().any(|call| made.written.contains(call));
    let file = frm(&made, (&user, &host), env);
    done.files.push(FileChange::MakeView { db: db.clone(), view: name.clone(), text: file });
    let views = done.catalog.databases.get_mut(&db).map(|database| &mut database.views);
    views.expect("the database was just found").insert(name.clone(), made);
    done.databases.push(db);
    Ok(())
}

fn check_name(view: &CreateView, db: &str, env: &Env) -> Result<(), SqlError> {
    let name = &view.name.table;
    let is_table = env.shown.table(db, name).is_some();
    let is_view = env.shown.view(db, name).is_some();
    match view.verb.as_str() {
        "CREATE" if is_table || is_view => {
            Err(SqlError::new(1050, format!("Table '{name}' already exists")))
        }
        "CREATE" => Ok(()),
        _ if is_table => Err(is_not(db, name, "VIEW")),
        "ALTER" if !is_view => Err(no_such_table(db, name)),
        _ => Ok(()),
    }
}

/// Error 1347.
pub(super) fn is_not(db: &str, name: &str, what: &str) -> SqlError {
    SqlError::new(1347, format!("'{db}.{name}' is not {what}"))
}

/// What a view may not be made of.
fn check_sources(view: &CreateView, db: &str, env: &Env) -> Result<(), SqlError> {
    let mut next = Some(&*view.select);
    while let Some(query) = next {
        for from in &query.from {
            let Source::Table(name) = &from.source else { continue };
            let own = name.db.clone().or_else(|| env.session.db.clone()).unwrap_or_default();
            if env.session.temporary(&own, &name.table).is_some() {
                let text = format!("View's SELECT refers to a temporary table '{}'", name.table);
                return Err(SqlError::new(1352, text));
            }
            if own == db && name.table == view.name.table && view.verb != "CREATE" {
                let text = format!("`{db}`.`{}` contains view recursion", view.name.table);
                return Err(SqlError::new(1462, text));
            }
        }
        next = query.union.as_ref().map(|(_, next)| &**next);
    }
    Ok(())
}

/// The names of a view's columns, and its query, which has been tried without its rows.
fn checked_columns(view: &CreateView, env: &mut Env) -> Result<(Vec<String>, Select), SqlError> {
    let query = (*view.select).clone();
    let tried = Select { limit: Some((0, 0)), ..query.clone() };
    let (heads, _) = rows_of(&tried, None, env)?;
    env.opened.clear();
    let columns = if view.columns.is_empty() {
        heads.into_iter().map(|head| head.name).collect()
    } else if view.columns.len() == heads.len() {
        view.columns.clone()
    } else {
        let text = "View's SELECT and view's field list have different column counts";
        return Err(SqlError::new(1353, text));
    };
    for (at, name) in columns.iter().enumerate() {
        if columns[..at].iter().any(|other: &String| other.eq_ignore_ascii_case(name)) {
            return Err(SqlError::new(1060, format!("Duplicate column name '{name}'")));
        }
        if name.chars().count() > 64 || name.is_empty() {
            return Err(SqlError::not_modelled("a view's column with such a name"));
        }
    }
    Ok((columns, query))
}

/// What the binary log says of it.
fn logged(view: &CreateView, db: &str, made: &View, env: &Env) -> String {
    let place = match &view.name.db {
        Some(named) if env.session.db.as_ref() != Some(named) => format!("{}.", quoted(db)),
        _ => String::new(),
    };
    let columns: Vec<String> = view.columns.iter().map(|name| quoted(name)).collect();
    let columns =
        if columns.is_empty() { String::new() } else { format!("({})", columns.join(", ")) };
    format!(
        "{} ALGORITHM={} DEFINER={} SQL SECURITY {} VIEW {place}{}{columns} AS {}",
        view.verb,
        made.algorithm,
        made.definer,
        made.security,
        quoted(&view.name.table),
        view.text
    ) + &with_check(made)
}

/// How its WITH CHECK OPTION is written.
fn with_check(view: &View) -> String {
    if view.check.is_empty() {
        return String::new();
    }
    format!(" WITH {} CHECK OPTION", view.check)
}

/// CASCADED, LOCAL or nothing: only of a view that can be written to.
fn check_option(view: &CreateView, db: &str, query: &Select) -> Result<&'static str, SqlError> {
    let plain = query.from.len() == 1 && is_mergeable(query);
    match view.check {
        "" => Ok(""),
        check if plain && view.algorithm != Some("TEMPTABLE") => Ok(check),
        _ => {
            let text = format!("CHECK OPTION on non-updatable view '{db}.{}'", view.name.table);
            Err(SqlError::new(1368, text))
        }
    }
}

/// The file that keeps it (`view_parameters` of sql/sql_view.cc). Its checksum is left out.
fn frm(made: &View, (user, host): (&str, &str), env: &Env) -> String {
    let escaped = |text: &str| text.replace('\\', "\\\\").replace('\n', "\\n");
    let query = escaped(&shown(&made.written, None));
    let updatable = u8::from(is_updatable(made, env));
    format!(
        "TYPE=VIEW\nquery={query}\nupdatable={updatable}\nalgorithm={}\ndefiner_user={user}\n\
         definer_host={host}\nsuid={}\nwith_check_option={}\ntimestamp={}\ncreate-version=1\n\
         source={}\nclient_cs_name=latin1\nconnection_cl_name=latin1_swedish_ci\n\
         view_body_utf8={query}\n",
        ["UNDEFINED", "TEMPTABLE", "MERGE"].iter().position(|a| *a == made.algorithm).unwrap_or(0),
        if made.security == "DEFINER" { 2 } else { 0 },
        ["", "LOCAL", "CASCADED"].iter().position(|a| *a == made.check).unwrap_or(0),
        moment_text((env.now - env.zone.ahead()).div_euclid(SECOND) * SECOND, 0),
        escaped(&made.source),
    )
}

/// DROP VIEW.
pub(super) fn drop(
    names: &[TableName],
    if_exists: bool,
    done: &mut Done,
    env: &mut Env,
) -> Result<(), SqlError> {
    let mut missing = Vec::new();
    let mut wrong = None;
    for name in names {
        let db = database(name, env)?;
        let table = name.table.clone();
        let views = done.catalog.databases.get_mut(&db).map(|database| &mut database.views);
        if views.and_then(|views| views.remove(&table)).is_some() {
            done.files.push(FileChange::RemoveTable { db: db.clone(), table });
        } else if done.catalog.table(&db, &table).is_some() {
            wrong = Some(is_not(&db, &table, "VIEW"));
        } else {
            missing.push(format!("{db}.{table}"));
        }
        if !done.databases.contains(&db) {
            done.databases.push(db);
        }
    }
    let gone = names.len() - missing.len() - usize::from(wrong.is_some());
    if !missing.is_empty() {
        let text = format!("Unknown table '{}'", missing.join(","));
        if if_exists {
            env.session.warn("Note", 1051, text);
        } else {
            wrong = wrong.or(Some(SqlError::new(1051, text)));
        }
    }
    match wrong {
        Some(error) if gone == 0 => Err(error),
        wrong => {
            done.failed = wrong;
            Ok(())
        }
    }
}

/// A view's query, to be run.
pub(super) fn query_of(view: &View) -> Result<Select, SqlError> {
    match parse(&shown(&view.read, None))? {
        Some(Statement::Select(query)) => Ok(*query),
        _ => Err(SqlError::not_modelled("such a view")),
    }
}

/// Error 1356 for what its query runs into.
fn invalid(db: &str, name: &str, error: SqlError) -> SqlError {
    if error.is_ours() || !matches!(error.code, 1146 | 1054 | 1356) {
        return error;
    }
    let text = format!(
        "View '{db}.{name}' references invalid table(s) or column(s) or function(s) or \
         definer/invoker of view lack rights to use them"
    );
    SqlError::new(1356, text)
}

/// The headings and rows of a view.
pub(super) fn rows(
    view: &View,
    (db, name): (&str, &str),
    env: &mut Env,
) -> Result<(Vec<Head>, Vec<Vec<crate::mysql::data::Value>>), SqlError> {
    if let Some(text) = lost_definer(view, env) {
        return Err(SqlError::new(1449, text));
    }
    deeper(env, |env| {
        let (mut heads, rows) =
            rows_of(&query_of(view)?, None, env).map_err(|error| invalid(db, name, error))?;
        heads.iter_mut().zip(&view.columns).for_each(|(head, name)| head.name.clone_from(name));
        Ok((heads, rows))
    })
}

/// What is said of a view whose definer there is no account of.
fn lost_definer(view: &View, env: &Env) -> Option<String> {
    let known = |account: &Account| {
        format!("{}@{}", quoted(&account.user), quoted(&account.host)) == view.definer
    };
    let is_lost = !env.catalog.accounts.iter().any(known);
    let definer = view.definer.replace('`', "'");
    is_lost.then(|| format!("The user specified as a definer ({definer}) does not exist"))
}

/// A view's query, once all it names has been found.
fn try_out(view: &View, (db, name): (&str, &str), env: &mut Env) -> Result<Select, SqlError> {
    if let Some(text) = lost_definer(view, env) {
        env.session.warn("Note", 1449, text);
    }
    let query = query_of(view)?;
    let tried = Select { limit: Some((0, 0)), ..query.clone() };
    rows_of(&tried, None, env).map_err(|error| invalid(db, name, error))?;
    Ok(query)
}

/// What is wrong with a view, with a warning of it: it has lost tables or columns.
pub(super) fn complaint(view: &View, at: (&str, &str), env: &mut Env) -> Option<String> {
    let error = try_out(view, at, env).err().filter(|error| error.code == 1356)?;
    env.session.warn("Warning", error.code, error.message.clone());
    Some(error.message)
}

/// The columns of a view.
pub(super) fn columns(
    view: &View,
    (db, name): (&str, &str),
    env: &mut Env,
) -> Result<Vec<Column>, SqlError> {
    deeper(env, |env| {
        let query = try_out(view, (db, name), env)?;
        let mut columns = columns_of(&query, env).map_err(|error| invalid(db, name, error))?;
        columns.iter_mut().zip(&view.columns).for_each(|(c, name)| c.name.clone_from(name));
        Ok(columns)
    })
}

fn deeper<T>(
    env: &mut Env,
    inner: impl FnOnce(&mut Env) -> Result<T, SqlError>,
) -> Result<T, SqlError> {
    if env.views >= VIEW_DEPTH_MAX {
        return Err(SqlError::not_modelled("views in views, 16 deep"));
    }
    env.views += 1;
    let done = inner(env);
    env.views -= 1;
    done
}

/// SHOW CREATE VIEW.
pub(super) fn show_create(view: &View, at: (&str, &str), env: &mut Env) -> Result<Rows, SqlError> {
    let (db, name) = at;
    if try_out(view, at, env).is_err() {
        return Err(SqlError::not_modelled("the definition of a view that has lost its tables"));
    }
    let current = env.session.db.as_deref();
    let place = if current == Some(db) { String::new() } else { format!("{}.", quoted(db)) };
    let mut rows =
        Rows::with_heads(&["View", "Create View", "character_set_client", "collation_connection"]);
    let sql = format!(
        "CREATE ALGORITHM={} DEFINER={} SQL SECURITY {} VIEW {place}{} AS {}{}",
        view.algorithm,
        view.definer,
        view.security,
        quoted(name),
        shown(&view.written, current),
        with_check(view)
    );
    rows.push(&[name, &sql, "latin1", "latin1_swedish_ci"]);
    Ok(rows)
}

/// Whether what is written to a view could go to its table (`mysql_make_view`).
pub(super) fn is_updatable(view: &View, env: &Env) -> bool {
    let Ok(query) = query_of(view) else { return false };
    let [from] = query.from.as_slice() else { return false };
    let Source::Table(table) = &from.source else { return false };
    let db = table.db.clone().unwrap_or_default();
    let plain = is_mergeable(&query) && view.algorithm != "TEMPTABLE";
    let below = env.catalog.view(&db, &table.table).is_none_or(|below| is_updatable(below, env));
    plain && below
}

/// Whether a view's query can become part of the one that reads it.
fn is_mergeable(query: &Select) -> bool {
    let plain = !query.distinct && query.union.is_none() && query.limit.is_none();
    let from = !query.from.is_empty() && query.having.is_none();
    plain && from && !super::select::is_grouped(query)
}
