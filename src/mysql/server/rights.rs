//! Whether an account may do what a statement asks for. Models `check_table_access`, `check_access`
//! and the prechecks of sql/sql_parse.cc, as far as there are privileges: on the server and on
//! whole databases.

use super::Mysqld;
use super::locks::uses;
use super::said::target;
use super::temporary::found;
use crate::mysql::data;
use crate::mysql::run::{Session, like};
use crate::mysql::sql::SqlError;
use crate::mysql::sql::ast::{Show, Statement, TableName};

/// What is needed on a table: in the order in which errors list them.
type Wants = &'static [&'static str];

impl Mysqld {
    /// Errors 1142 and 1044.
    pub(super) fn check_rights(
        &self,
        statement: &Statement,
        sql: &str,
        session: &Session,
    ) -> Result<(), SqlError> {
        let Some(account) = self.account_of(session) else { return Ok(()) };
        if account.global.names.iter().any(|name| name == "ALL PRIVILEGES") {
            return Ok(());
        }
        // A server that takes no changes says so first.
        if self.is_on("read_only") && statement.changes_tables() {
            return Ok(());
        }
        let need = |table: &TableName, wants: Wants| need(account, table, wants, session);
        match statement {
            Statement::CreateDatabase { name, .. } => return on_database(account, name, "CREATE"),
            Statement::DropDatabase { name, .. } => return on_database(account, name, "DROP"),
            Statement::CreateTable(create) if !create.temporary => {
                need(&create.name, &["CREATE"])?;
            }
            Statement::CreateTable(create) => {
                let db = create.name.db.as_ref().or(session.db.as_ref());
                db.map_or(Ok(()), |db| on_database(account, db, "CREATE TEMPORARY TABLES"))?;
            }
            Statement::RenameTable(list) => {
                for (old, new) in list {
                    need(old, &["DROP", "ALTER"])?;
                    need(new, &["INSERT", "CREATE"])?;
                }
                return Ok(());
            }
            Statement::LockTables(list) => {
                for (table, ..) in list {
                    let db = table.db.as_ref().or(session.db.as_ref());
                    db.map_or(Ok(()), |db| on_database(account, db, "LOCK TABLES"))?;
                    need(table, &["SELECT"])?;
                }
                return Ok(());
            }
            Statement::Load(_, table) => return need(table, &["INSERT"]),
            Statement::Describe(table, _)
            | Statement::Show(Show::Columns { table, .. } | Show::Index(table, _))
            | Statement::Show(Show::CreateTable(table)) => {
                let db = table.db.as_ref().or(session.db.as_ref());
                if db.is_some_and(|db| self.check_access(db, session).is_err()) {
                    return need(table, &["SELECT"]);
                }
                return Ok(());
            }
            Statement::Show(Show::Tables { db, .. } | Show::TableStatus { db, .. }) => {
                let db = db.as_ref().or(session.db.as_ref());
                return db.map_or(Ok(()), |db| self.check_access(db, session));
            }
            _ => {}
        }
        for (table, _, writes) in uses(statement) {
            need(table, if writes { changed(statement, sql) } else { &["SELECT"] })?;
        }
        Ok(())
    }
}

/// What a statement needs on the table that it changes.
fn changed(statement: &Statement, sql: &str) -> Wants {
    let first = sql.split_whitespace().next().unwrap_or_default();
    match statement {
        Statement::Insert(insert) if insert.replace => &["INSERT", "DELETE"],
        Statement::Insert(insert) if !insert.on_duplicate.is_empty() => &["INSERT", "UPDATE"],
        Statement::Insert(_) => &["INSERT"],
        Statement::Update(_) | Statement::MultiUpdate(_) => &["UPDATE"],
        Statement::Delete(_) | Statement::MultiDelete(_) => &["DELETE"],
        Statement::AlterTable { .. } if !first.eq_ignore_ascii_case("ALTER") => &["INDEX"],
        Statement::AlterTable { .. } => &["ALTER"],
        _ => &["DROP"],
    }
}

/// Whether an account has a privilege, on the server or on a database.
fn has(account: &data::Account, db: &str, name: &str) -> bool {
    let among = |all: &data::Privileges| {
        all.names.iter().any(|known| known == name || known == "ALL PRIVILEGES")
    };
    let on_it = |pattern: &str| pattern == db || like(db, pattern);
    among(&account.global) || account.on.iter().any(|(it, all)| on_it(it) && among(all))
}

fn on_database(account: &data::Account, db: &str, name: &str) -> Result<(), SqlError> {
    if has(account, db, name) {
        return Ok(());
    }
    let (user, host) = (&account.user, &account.host);
    let text = format!("Access denied for user '{user}'@'{host}' to database '{db}'");
    Err(SqlError::new(1044, text))
}

fn need(
    account: &data::Account,
    table: &TableName,
    wants: Wants,
    session: &Session,
) -> Result<(), SqlError> {
    let Some(db) = table.db.as_ref().or(session.db.as_ref()) else { return Ok(()) };
    let is_own = session.temporary(db, &table.table).is_some();
    if is_own || db.eq_ignore_ascii_case("information_schema") {
        return Ok(());
    }
    let missing: Vec<&str> = wants.iter().copied().filter(|name| !has(account, db, name)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let text = format!(
        "{} command denied to user '{}'@'{}' for table '{}'",
        missing.join(", "),
        account.user,
        session.host,
        table.table
    );
    Err(SqlError::new(1142, text))
}

/// Error 1792: what writes, in a transaction that is READ ONLY. What commits has ended it before
/// that is asked.
pub(super) fn check_read_only(statement: &Statement, session: &Session) -> Result<(), SqlError> {
    let own = session.transaction.as_ref().is_some_and(|own| own.read_only);
    let on_temporary = || target(statement).is_some_and(|name| found(name, session).is_some());
    let writes = match statement {
        Statement::Insert(_)
        | Statement::Update(_)
        | Statement::Delete(_)
        | Statement::MultiUpdate(_)
        | Statement::MultiDelete(_) => !on_temporary(),
        Statement::CreateTable(create) => create.temporary,
        Statement::DropTable { temporary, .. } => *temporary,
        _ => false,
    };
    if own && writes {
        return Err(SqlError::new(1792, "Cannot execute statement in a READ ONLY transaction."));
    }
    Ok(())
}
