//! Tables, columns, keys and rows.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::{Charset, Type, Value};

/// What a column holds if nothing is said.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Default {
    /// This value.
    Value(Value),
    /// CURRENT_TIMESTAMP.
    Now,
    /// None, not even NULL where that fits: of a column that was made of one without.
    Missing,
}

/// A column.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: Type,
    /// Its character set.
    pub charset: Charset,
    /// NOT NULL.
    pub not_null: bool,
    /// DEFAULT, if any.
    pub default: Option<Default>,
    /// ON UPDATE CURRENT_TIMESTAMP.
    pub on_update_now: bool,
    /// AUTO_INCREMENT.
    pub auto_increment: bool,
    /// COMMENT.
    pub comment: String,
}

/// A key.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Key {
    /// Its name; `PRIMARY` for the primary key.
    pub name: String,
    /// Whether two rows may not agree in it.
    pub unique: bool,
    /// Indexes of its columns.
    pub columns: Vec<u32>,
    /// How many characters of each column count; 0: all of it.
    pub prefixes: Vec<u32>,
    /// `BTREE` or `HASH`, if USING said so.
    pub using: String,
    /// COMMENT.
    pub comment: String,
}

/// What a change of a row does to the rows that refer to it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Referential {
    /// Nothing was said: the change is refused.
    Restrict,
    /// RESTRICT was said: the same.
    Written,
    /// NO ACTION: the same.
    NoAction,
    /// CASCADE.
    Cascade,
    /// SET NULL.
    SetNull,
}

/// A foreign key.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct ForeignKey {
    /// Its name.
    pub name: String,
    /// Names of its columns.
    pub columns: Vec<String>,
    /// The database and the table it refers to.
    pub table: (String, String),
    /// That table's columns.
    pub to: Vec<String>,
    /// What a DELETE there does here.
    pub on_delete: Referential,
    /// What an UPDATE there does here.
    pub on_update: Referential,
}

/// A row.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Row {
    /// InnoDB's hidden row id; never reused within a table.
    pub id: u64,
    /// One value for each column.
    pub values: Vec<Value>,
}

/// A table.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Table {
    /// Columns, in order.
    pub columns: Vec<Column>,
    /// Keys, the primary key first.
    pub keys: Vec<Key>,
    /// Foreign keys.
    pub foreign: Vec<ForeignKey>,
    /// Rows, in the order of the clustered key, else by row id.
    pub rows: Vec<Row>,
    /// The next AUTO_INCREMENT value.
    pub auto_increment: u64,
    /// `auto_increment_increment` and `auto_increment_offset` it was counted by last, since it was
    /// opened: 1 and 0 at first.
    pub auto_steps: (u64, u64),
    /// The next hidden row id.
    pub row_id_next: u64,
    /// Its default character set.
    pub charset: Charset,
    /// `InnoDB`, `MyISAM`, `MEMORY` … as MySQL writes it.
    pub engine: String,
    /// Seconds since 1970.
    pub created: u64,
    /// COMMENT.
    pub comment: String,
}

impl Table {
    /// A table of these columns and nothing else, as a view shows its own.
    pub fn of_columns(columns: Vec<Column>) -> Table {
        Table {
            columns,
            keys: Vec::new(),
            foreign: Vec::new(),
            rows: Vec::new(),
            auto_increment: 1,
            auto_steps: (1, 0),
            row_id_next: 1,
            charset: Charset::LATIN1,
            engine: String::new(),
            created: 0,
            comment: String::new(),
        }
    }

    /// Index of a column, by its name in any case.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|c| c.name.eq_ignore_ascii_case(name))
    }

    /// The primary key.
    pub fn primary(&self) -> Option<&Key> {
        self.keys.iter().find(|key| key.name == "PRIMARY")
    }

    /// The key InnoDB keeps the rows by: the primary key, else the first unique one that holds no
    /// NULL. Without one it is the hidden row id.
    pub fn clustered(&self) -> Option<&Key> {
        let whole = |key: &&Key| {
            let mut parts = key.columns.iter().zip(&key.prefixes);
            key.unique
                && parts.all(|(c, prefix)| self.columns[*c as usize].not_null && *prefix == 0)
        };
        self.primary().or_else(|| self.keys.iter().find(whole))
    }

    /// Puts all rows where they belong, once the keys have changed. Where there is none to go by
    /// they stay as they are, under row ids of that order.
    pub fn cluster(&mut self) {
        match self.clustered().cloned() {
            Some(key) => self.rows.sort_by(|a, b| key_order(&key, &a.values, &b.values)),
            None if self.rows.is_sorted_by_key(|row| row.id) => {}
            None => {
                for row in &mut self.rows {
                    row.id = self.row_id_next;
                    self.row_id_next += 1;
                }
            }
        }
    }

    /// The AUTO_INCREMENT value after those of the rows: what InnoDB goes on from once it has
    /// started, or a table is altered to count from less (`innobase_initialize_autoinc`).
    pub fn after_rows(&self) -> u64 {
        let Some(at) = self.auto_column() else { return 1 };
        let used = self.rows.iter().map(|row| u64::try_from(row.values[at].number().round()));
        used.filter_map(Result::ok).max().unwrap_or(0).saturating_add(1)
    }

    /// The AUTO_INCREMENT column.
    pub fn auto_column(&self) -> Option<usize> {
        self.columns.iter().position(|c| c.auto_increment)
    }

    /// The unique key, and the row, that `values` would collide with; `except` is a row that is
    /// being replaced.
    pub fn collision(&self, values: &[Value], except: Option<u64>) -> Option<(&Key, u64)> {
        self.keys.iter().filter(|key| key.unique).find_map(|key| {
            if key.columns.iter().any(|c| values[*c as usize].is_null()) {
                return None;
            }
            let same = |row: &&Row| {
                Some(row.id) != except && key_order(key, &row.values, values) == Ordering::Equal
            };
            self.rows.iter().find(same).map(|row| (key, row.id))
        })
    }

    /// Another row of the same clustered key.
    pub fn in_place_of(&self, row: &Row) -> Option<u64> {
        let key = self.clustered()?;
        let same =
            |other: &&Row| other.id != row.id && key_order(key, &other.values, &row.values).is_eq();
        self.rows.iter().find(same).map(|row| row.id)
    }

    /// `1` or `1-a`, as error 1062 names an entry.
    pub fn entry(key: &Key, values: &[Value]) -> String {
        let mut entry = String::new();
        for column in &key.columns {
            // `key_unpack` looks whether there is something before the dash.
            if !entry.is_empty() {
                entry.push('-');
            }
            entry += &values[*column as usize].text();
        }
        entry
    }

    /// Puts a row where it belongs.
    pub fn insert(&mut self, row: Row) {
        self.row_id_next = self.row_id_next.max(row.id + 1);
        let at = match self.clustered().cloned() {
            Some(key) => self
                .rows
                .partition_point(|r| key_order(&key, &r.values, &row.values) != Ordering::Greater),
            // InnoDB's own order: by the hidden row id.
            None => self.rows.partition_point(|r| r.id < row.id),
        };
        self.rows.insert(at, row);
    }

    /// Takes a row out.
    pub fn remove(&mut self, id: u64) -> Option<Row> {
        let at = self.rows.iter().position(|row| row.id == id)?;
        Some(self.rows.remove(at))
    }

    /// A row by its hidden id.
    pub fn row(&self, id: u64) -> Option<&Row> {
        self.rows.iter().find(|row| row.id == id)
    }

    /// The row that equals `values` in all columns (in the primary key, if there is one), as the
    /// applier looks for it.
    pub fn find(&self, values: &[Value]) -> Option<u64> {
        let same = |row: &&Row| match self.primary() {
            Some(key) => key_order(key, &row.values, values) == Ordering::Equal,
            None => row.values == values,
        };
        self.rows.iter().find(same).map(|row| row.id)
    }
}

fn key_order(key: &Key, a: &[Value], b: &[Value]) -> Ordering {
    for column in &key.columns {
        let order = a[*column as usize].order(&b[*column as usize]);
        if order != Ordering::Equal {
            return order;
        }
    }
    Ordering::Equal
}
