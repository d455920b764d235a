//! Statements to results: what a statement answers, and which rows it changes.
//!
//! Works on a [`Catalog`] the caller lends; what a statement changed comes back as [`Change`]s, so
//! that the server can write them to its binlog, undo them, or play them again on another catalog.

mod alter;
mod canonical;
mod cast;
mod charsets;
mod compare;
mod complaint;
mod computed;
mod constant;
mod covering;
mod ddl;
mod define;
mod dictionary;
mod dml;
mod env;
mod eval;
mod examined;
mod filesort;
mod foreign;
mod from;
mod function;
mod given;
mod group;
mod keyed;
mod kind;
mod late;
mod locking;
mod lost;
mod mixed;
mod moments;
mod multi;
mod numbering;
mod others;
mod pattern;
mod plan;
mod rollup;
mod select;
mod sent;
mod session;
mod shape;
mod show;
mod store;
mod system;
mod through;
mod union;
mod unsigned;
mod variable;
mod view;
mod zoned;

use serde::{Deserialize, Serialize};

pub use charsets::{collation_number, collation_of};
pub use ddl::{Done as DdlDone, FileChange, run_ddl};
pub use dml::change;
pub use env::{Counted, Env};
pub use eval::{Scope, evaluate};
pub use foreign::{cascade, enforce, is_parent};
pub use from::no_such_table;
pub use function::AWAITS;
pub use locking::{Locked, Plan, RowLock, Span, entry, is_between, plan as lock_plan};
pub use others::{NOT_MODELLED, STATUS, unused_variable};
pub use pattern::like;
pub use select::{beyond_secure_files, select};
pub use session::{
    Awaits, Began, Commands, Part, Said, Savepoint, Session, Temporary, Transaction,
};
pub use show::{create_select_sql, picked, schema};
pub use system::{MYSQL_TABLES, is_system_database};
pub use through::through_view;
pub use zoned::{changes_out_of_zone, in_zone, out_of_zone};

use self::numbering::greatest;
use super::data::{Catalog, Row, Table};
use super::sql::SqlError;
use crate::base::SortedMap;

/// A heading of a result.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Head {
    /// Its name.
    pub name: String,
    /// Whether the client prints the column right-aligned.
    pub number: bool,
    /// Whether it may hold NULL, for which the client leaves room.
    pub nullable: bool,
}

/// A result with rows.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub struct Rows {
    /// Headings.
    pub heads: Vec<Head>,
    /// Cells as text; `None` is NULL.
    pub rows: Vec<Vec<Option<String>>>,
}

impl Rows {
    /// A result with these headings; a name that begins with `#` is a number's.
    pub fn with_heads(names: &[&str]) -> Rows {
        let head = |name: &&str| Head {
            name: name.trim_start_matches('#').into(),
            number: name.starts_with('#'),
            nullable: false,
        };
        Rows { heads: names.iter().map(head).collect(), rows: Vec::new() }
    }

    /// One more row.
    pub fn push(&mut self, cells: &[&str]) {
        self.rows.push(cells.iter().map(|cell| Some((*cell).to_string())).collect());
    }
}

/// What a statement answers.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Answer {
    /// No rows.
    Done {
        /// Rows affected.
        affected: u64,
        /// The first AUTO_INCREMENT value it made, or 0.
        insert_id: u64,
        /// `Records: 2  Duplicates: 0  Warnings: 0`, or empty.
        info: String,
    },
    /// Rows.
    Rows(Rows),
}

impl Answer {
    /// Done, so many rows affected.
    pub fn affected(affected: u64) -> Answer {
        Answer::Done { affected, insert_id: 0, info: String::new() }
    }
}

/// One row a statement changed.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Change {
    /// The database.
    pub db: String,
    /// The table.
    pub table: String,
    /// How.
    pub what: RowChange,
    /// Whether a foreign key did it: the binlog does not say so, for InnoDB does it anew on a
    /// replica.
    pub cascaded: bool,
}

/// How a row changed.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum RowChange {
    /// It is new.
    Insert(Row),
    /// It was the first and is the second.
    Update(Row, Row),
    /// It is gone.
    Delete(Row),
}

impl Change {
    /// Makes the same change to another catalog. False if the row is not there.
    pub fn replay(&self, catalog: &mut Catalog) -> bool {
        catalog.table_mut(&self.db, &self.table).is_some_and(|table| self.apply(table))
    }

    /// The same, to its table.
    pub fn apply(&self, table: &mut Table) -> bool {
        match &self.what {
            RowChange::Insert(row) => {
                table.insert(row.clone());
                if let Some(at) = table.auto_column() {
                    let used = u64::try_from(row.values[at].number().round()).unwrap_or(0);
                    let next = used.saturating_add(1).min(greatest(&table.columns[at].kind));
                    table.auto_increment = table.auto_increment.max(next);
                }
                true
            }
            RowChange::Update(before, after) => {
                let known = table.remove(before.id).is_some();
                table.insert(after.clone());
                known
            }
            RowChange::Delete(row) => table.remove(row.id).is_some(),
        }
    }

    /// The row it touches.
    pub fn row_id(&self) -> u64 {
        match &self.what {
            RowChange::Insert(row) | RowChange::Update(row, _) | RowChange::Delete(row) => row.id,
        }
    }
}

/// The column a table's hidden row id has while several tables are changed; no statement can name
/// it.
pub(crate) const ROW_ID: &str = "\u{2}id";

/// System variables by name.
pub type Variables = SortedMap<String, String>;

/// `Unknown database 'x'`.
pub fn unknown_database(name: &str) -> SqlError {
    SqlError::new(1049, format!("Unknown database '{name}'"))
}

#[cfg(test)]
mod tests;
