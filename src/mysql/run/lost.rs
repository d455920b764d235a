//! ALTER TABLE that drops a column and adds one of the same name.

use super::alter::empty_value;
use super::store;
use crate::mysql::data::{Column, Key, Row, Table, Type};
use crate::mysql::sql::SqlError;
use crate::mysql::sql::ast::Alter;

/// A key of a column that goes and comes again by the same name: it holds the new one.
pub(super) struct LostKey {
    key: Key,
    columns: Vec<Column>,
}

/// The keys that changes would take away and give back (`mysql_prepare_alter_table`).
pub(super) fn lost_keys(table: &Table, changes: &[Alter]) -> Vec<LostKey> {
    let replaced = |name: &str| {
        let goes = |c: &Alter| matches!(c, Alter::Drop(old) if old.eq_ignore_ascii_case(name));
        let comes = |c: &Alter| matches!(c, Alter::Add(s, _) if s.name.eq_ignore_ascii_case(name));
        changes.iter().any(goes) && changes.iter().any(comes)
    };
    let dropped = |key: &Key| {
        let goes = |c: &Alter| matches!(c, Alter::DropKey(n) if n.eq_ignore_ascii_case(&key.name));
        changes.iter().any(goes)
    };
    let of = |key: &Key| LostKey {
        key: key.clone(),
        columns: key.columns.iter().map(|at| table.columns[*at as usize].clone()).collect(),
    };
    let keys = table.keys.iter().filter(|key| !dropped(key)).map(of);
    keys.filter(|lost| lost.columns.iter().any(|column| replaced(&column.name))).collect()
}

impl LostKey {
    /// The key, once a column is there again. A part keeps its length: error 1089, where that does
    /// not fit.
    pub(super) fn restore(&self, name: &str, table: &mut Table) -> Result<(), SqlError> {
        if !self.columns.iter().any(|column| column.name.eq_ignore_ascii_case(name)) {
            return Ok(());
        }
        let mut key = Key { columns: Vec::new(), prefixes: Vec::new(), ..self.key.clone() };
        for (was, prefix) in self.columns.iter().zip(&self.key.prefixes) {
            let Some(at) = table.column(&was.name) else { continue };
            let is = &table.columns[at].kind;
            key.columns.push(at as u32);
            key.prefixes.push(if *is == was.kind { *prefix } else { kept_length(&was.kind, is)? });
        }
        let is_primary = key.name == "PRIMARY";
        for at in key.columns.iter().filter(|_| is_primary) {
            let column = &mut table.columns[*at as usize];
            column.not_null = true;
            for row in &mut table.rows {
                let value = &mut row.values[*at as usize];
                if value.is_null() {
                    *value = empty_value(&column.kind);
                }
            }
        }
        table.keys.retain(|other| other.name != key.name);
        table.keys.push(key);
        let table: &Table = table;
        let clash = |row: &Row| store::duplicate(table, &row.values, Some(row.id));
        table.rows.iter().find_map(clash).map_or(Ok(()), Err)
    }
}

/// How much of a text of another length its key counts.
fn kept_length(was: &Type, is: &Type) -> Result<u32, SqlError> {
    match (was, is) {
        (Type::VarChar(old) | Type::Char(old), Type::VarChar(new) | Type::Char(new)) => {
            match old.cmp(new) {
                std::cmp::Ordering::Less => return Ok(*old),
                std::cmp::Ordering::Equal => return Ok(0),
                std::cmp::Ordering::Greater => {}
            }
        }
        _ if was.fixed_bytes().is_some() && was.fixed_bytes() == is.fixed_bytes() => return Ok(0),
        _ => {}
    }
    let text = "Incorrect prefix key; the used key part isn't a string, the used length is longer \
                than the key part, or the storage engine doesn't support unique prefix keys";
    Err(SqlError::new(1089, text))
}
