//! LOCK TABLES, and ANALYZE, CHECK, OPTIMIZE, REPAIR TABLE.

use super::Mysqld;
use super::statement::{Done, Outcome};
use crate::mysql::run::{Answer, Rows, Session, is_system_database};
use crate::mysql::sql::SqlError;
use crate::mysql::sql::ast::{Expr, From, InsertSource, Select, Source, Statement, TableName};
use crate::os::Sys;
use crate::trace::fact::StatementClass;

/// What a statement waits for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Lock {
    /// FLUSH TABLES WITH READ LOCK.
    Global,
    /// A table's metadata lock.
    Table,
    /// InnoDB's lock of a row; the State that SHOW PROCESSLIST gives meanwhile.
    Row(&'static str),
    /// No lock: MASTER_POS_WAIT() and its like wait for the SQL thread, for so many milliseconds.
    /// The State is the same.
    Applied(u64, &'static str),
}

impl Lock {
    /// The variable that says how many seconds it is waited for (refman 5.7, lock_wait_timeout and
    /// innodb_lock_wait_timeout).
    pub fn timeout(self) -> &'static str {
        match self {
            Lock::Global | Lock::Table | Lock::Applied(..) => "lock_wait_timeout",
            Lock::Row(_) => "innodb_lock_wait_timeout",
        }
    }

    /// State in SHOW PROCESSLIST.
    pub fn state(self) -> &'static str {
        match self {
            Lock::Global => "Waiting for global read lock",
            Lock::Table => "Waiting for table metadata lock",
            Lock::Row(state) | Lock::Applied(_, state) => state,
        }
    }
}

/// A table a statement uses: which, under what name, and whether it writes.
type Use<'s> = (&'s TableName, &'s str, bool);

fn of_select<'s>(query: &'s Select, out: &mut Vec<Use<'s>>) {
    of_from(&query.from, out);
    let items = query.items.iter().filter_map(|item| item.what.as_ref().ok());
    let sorted = query.order.iter().map(|(expr, _)| expr);
    let all = items.chain(&query.filter).chain(&query.group).chain(&query.having).chain(sorted);
    all.for_each(|expr| of_expr(expr, out));
    if let Some((_, next)) = &query.union {
        of_select(next, out);
    }
}

fn of_from<'s>(from: &'s [From], out: &mut Vec<Use<'s>>) {
    for from in from {
        from.on.iter().for_each(|on| of_expr(on, out));
        match &from.source {
            Source::Table(name) => out.push((name, &from.alias, false)),
            Source::Derived(query) => of_select(query, out),
        }
    }
}

/// The tables of subqueries.
fn of_expr<'s>(expr: &'s Expr, out: &mut Vec<Use<'s>>) {
    match expr {
        Expr::Subquery(query)
        | Expr::Exists(query)
        | Expr::InSelect(_, query, _)
        | Expr::Quantified(_, _, query, _) => of_select(query, out),
        _ => {}
    }
    expr.children().into_iter().for_each(|part| of_expr(part, out));
}

/// The tables a statement uses, as far as locks are about them.
pub(super) fn uses<'s>(statement: &'s Statement) -> Vec<Use<'s>> {
    let mut out = Vec::new();
    match statement {
        Statement::Select(query) => of_select(query, &mut out),
        Statement::Insert(one) => {
            out.push((&one.table, &one.table.table, true));
            if let InsertSource::Select(query) = &one.source {
                of_select(query, &mut out);
            }
        }
        Statement::Update(one) => {
            out.push((&one.table, &one.table.table, true));
            one.set.iter().map(|(_, value)| value).chain(&one.filter).for_each(|e| {
                of_expr(e, &mut out);
            });
        }
        Statement::Delete(one) => {
            out.push((&one.table, &one.table.table, true));
            one.filter.iter().for_each(|e| of_expr(e, &mut out));
        }
        Statement::MultiUpdate(one) => {
            of_from(&one.from, &mut out);
            out.iter_mut().for_each(|used| used.2 = true);
        }
        Statement::MultiDelete(one) => {
            of_from(&one.from, &mut out);
            let is_target = |alias: &str| one.targets.iter().any(|t| t.table == alias);
            out.iter_mut().for_each(|used| used.2 = is_target(used.1));
        }
        Statement::Truncate(name) | Statement::AlterTable { name, .. } => {
            out.push((name, &name.table, true));
        }
        Statement::DropTable { names, .. } => {
            out.extend(names.iter().map(|name| (name, name.table.as_str(), true)));
        }
        Statement::RenameTable(list) => {
            out.extend(list.iter().map(|(name, _)| (name, name.table.as_str(), true)));
        }
        Statement::LockTables(list) => {
            let of = |(name, alias, _): &'s (TableName, String, bool)| (name, alias.as_str(), true);
            out.extend(list.iter().filter(|lock| lock.2).map(of));
        }
        _ => {}
    }
    out
}

impl Mysqld {
    /// Whether locks of this session forbid a statement, or those of others make it wait.
    pub(super) fn check_locks(
        &self,
        conn: u64,
        statement: &Statement,
        session: &Session,
    ) -> Result<Option<Lock>, SqlError> {
        let others =
            || self.conns.iter().filter(|c| c.id != conn).filter_map(|c| c.session.as_ref());
        let any = !session.locks.is_empty() || others().any(|s| !s.locks.is_empty());
        if !any || matches!(statement, Statement::LockTables(_)) {
            return Ok(None);
        }
        for (name, alias, writes) in uses(statement) {
            let Some(db) = name.db.as_ref().or(session.db.as_ref()) else { continue };
            if is_system_database(db) {
                continue;
            }
            let own = |(d, t, a, _): &&(String, String, String, bool)| {
                d == db && *t == name.table && a == alias
            };
            if !session.locks.is_empty() {
                let Some((.., write)) = session.locks.iter().find(own) else {
                    let text = format!("Table '{alias}' was not locked with LOCK TABLES");
                    return Err(SqlError::new(1100, text));
                };
                if writes && !write {
                    let text =
                        format!("Table '{alias}' was locked with a READ lock and can't be updated");
                    return Err(SqlError::new(1099, text));
                }
            }
            let blocks = |(d, t, _, write): &(String, String, String, bool)| {
                d == db && *t == name.table && (writes || *write)
            };
            if others().any(|s| s.locks.iter().any(blocks)) {
                return Ok(Some(Lock::Table));
            }
        }
        Ok(None)
    }

    /// LOCK TABLES: what was locked before is not, and what was open is committed.
    pub(super) fn lock_tables(
        &mut self,
        conn: u64,
        locks: &[(TableName, String, bool)],
        session: &mut Session,
        sys: &mut dyn Sys,
    ) -> Outcome {
        session.locks.clear();
        if session.transaction.is_some() {
            self.commit_statement(conn, session, sys)?;
        }
        let mut wanted = Vec::new();
        for (name, alias, write) in locks {
            let db = name.db.clone().or_else(|| session.db.clone());
            let db = db.ok_or_else(|| SqlError::new(1046, "No database selected"))?;
            if self.catalog.view(&db, &name.table).is_some() {
                return Err(SqlError::not_modelled("LOCK TABLES of a view"));
            }
            if !is_system_database(&db) && self.catalog.table(&db, &name.table).is_none() {
                let text = format!("Table '{db}.{}' doesn't exist", name.table);
                return Err(SqlError::new(1146, text));
            }
            wanted.push((db, name.table.clone(), alias.clone(), *write));
        }
        if wanted.iter().any(|lock| lock.3)
            && let Some(wait) = self.may_write(conn, session)?
        {
            return Ok(Done::waiting(wait));
        }
        let others = self.conns.iter().filter(|c| c.id != conn).filter_map(|c| c.session.as_ref());
        let clash = others.flat_map(|s| &s.locks).any(|(db, table, _, write)| {
            wanted.iter().any(|(d, t, _, w)| d == db && t == table && (*w || *write))
        });
        if clash {
            return Ok(Done::waiting(Lock::Table));
        }
        session.locks = wanted;
        Ok(Done::affected(0, StatementClass::Admin))
    }

    /// ANALYZE, CHECK, OPTIMIZE, REPAIR TABLE: one line or two for each table. All but CHECK are
    /// logged, as they were written.
    pub(super) fn maintain(
        &mut self,
        verb: &str,
        names: &[TableName],
        (no_binlog, sql): (bool, &str),
        session: &mut Session,
        sys: &mut dyn Sys,
    ) -> Outcome {
        let mut rows = Rows::with_heads(&["Table", "Op", "Msg_type", "Msg_text"]);
        for head in &mut rows.heads {
            head.nullable = true;
        }
        let mut databases: Vec<String> = Vec::new();
        for name in names {
            let db = name.db.clone().or_else(|| session.db.clone());
            let db = db.ok_or_else(|| SqlError::new(1046, "No database selected"))?;
            let full = format!("{db}.{}", name.table);
            if is_system_database(&db) {
                return Err(SqlError::not_modelled(format!("{verb} of {full}")));
            }
            let Some(table) = self.catalog.table(&db, &name.table) else {
                let text = format!("Table '{full}' doesn't exist");
                rows.push(&[&full, verb, "Error", &text]);
                rows.push(&[&full, verb, "status", "Operation failed"]);
                continue;
            };
            if table.engine == "InnoDB" && verb == "optimize" {
                let text = "Table does not support optimize, doing recreate + analyze instead";
                rows.push(&[&full, verb, "note", text]);
            }
            if table.engine == "InnoDB" && verb == "repair" {
                let text = "The storage engine for the table doesn't support repair";
                rows.push(&[&full, verb, "note", text]);
                continue;
            }
            rows.push(&[&full, verb, "status", "OK"]);
            if !databases.contains(&db) {
                databases.push(db);
            }
        }
        if verb != "check" && !no_binlog {
            if let Some(wait) = self.may_write(session.id, session)? {
                return Ok(Done::waiting(wait));
            }
            let text = sql.trim().trim_end_matches(';').trim_end();
            // OPTIMIZE makes InnoDB's tables anew, and says in which databases.
            let named = if verb == "optimize" { databases.as_slice() } else { &[] };
            self.log_statement(session, text, named, None, sys)?;
        }
        Ok(Done::new(Answer::Rows(rows), StatementClass::Admin))
    }
}
