//! Savepoints.

use super::statement::{Done, Outcome};
use super::temporary::warn_of_temporaries;
use crate::mysql::run::{Locked, Part, RowLock, Savepoint, Session};
use crate::mysql::sql::SqlError;
use crate::mysql::sql::ast::Statement;
use crate::trace::fact::StatementClass;

/// SAVEPOINT, ROLLBACK TO, RELEASE. Without a transaction a savepoint is gone at once.
pub(super) fn savepoint(statement: &Statement, session: &mut Session) -> Outcome {
    let done = Ok(Done::affected(0, StatementClass::Write));
    let logs = session.is_on("sql_log_bin");
    let missing = |name: &str| SqlError::new(1305, format!("SAVEPOINT {name} does not exist"));
    let find = |list: &[Savepoint], name: &str| {
        list.iter().position(|s| s.name.eq_ignore_ascii_case(name)).ok_or_else(|| missing(name))
    };
    match (statement, &mut session.transaction) {
        (Statement::Savepoint(_), None) => done,
        (Statement::Savepoint(name), Some(own)) => {
            own.savepoints.retain(|s| !s.name.eq_ignore_ascii_case(name));
            // It stays in the log, whatever is rolled back to it; before the first change there
            // is nothing to log.
            if !own.changes.is_empty() && logs {
                own.parts.push(Part::Savepoint(name.clone()));
            }
            let at = (own.changes.len() as u32, own.parts.len() as u32);
            let (name, temporaries) = (name.clone(), session.temporaries.clone());
            own.savepoints.push(Savepoint { name, temporaries, at });
            done
        }
        (Statement::RollbackTo(name), Some(own)) => {
            let index = find(&own.savepoints, name)?;
            own.savepoints.truncate(index + 1);
            let Savepoint { temporaries, at: (changes, parts), .. } = own.savepoints[index].clone();
            // Rows that were changed stay locked.
            let undone = own.changes.split_off((changes as usize).min(own.changes.len()));
            own.locks.extend(undone.iter().map(|change| RowLock {
                db: change.db.clone(),
                table: change.table.clone(),
                what: Locked::Row(change.row_id()),
                exclusive: true,
            }));
            own.parts.truncate(parts as usize);
            let (made, dropped) = (own.made_temporary, own.dropped_temporary);
            session.restore_temporaries(&temporaries);
            warn_of_temporaries(made, dropped, session);
            done
        }
        (Statement::Release(name), Some(own)) => {
            let index = find(&own.savepoints, name)?;
            own.savepoints.truncate(index);
            done
        }
        (Statement::RollbackTo(name) | Statement::Release(name), None) => Err(missing(name)),
        _ => done,
    }
}
