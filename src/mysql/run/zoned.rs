//! Time zones: a TIMESTAMP is stored by UTC and shown by the session's clock. A statement sees all
//! of them as they are shown, and what it made of them is put back into UTC once it is done.

use std::borrow::Cow;
use std::sync::Arc;

use super::{Change, RowChange};
use crate::mysql::data::{Catalog, Column, Default, Table, Type, Value, ZERO_DATE, Zone};
use crate::mysql::sql::SqlError;

/// A catalog as sessions in a zone see it. Error 1235 if that is not known.
pub fn in_zone(catalog: &Catalog, zone: Zone) -> Result<Cow<'_, Catalog>, SqlError> {
    if zone.ahead() == 0 {
        return Ok(Cow::Borrowed(catalog));
    }
    let mut catalog = catalog.clone();
    let mut is_known = true;
    each_table(&mut catalog, |table| {
        each_moment(table, |moment| {
            is_known &= !zone.was_other(*moment);
            *moment += zone.ahead();
        });
    });
    match is_known {
        true => Ok(Cow::Owned(catalog)),
        false => Err(SqlError::not_modelled("the summers of 1986 to 1991 in China")),
    }
}

/// The catalog as it is stored, from one in a zone.
pub fn out_of_zone(catalog: &mut Catalog, zone: Zone) {
    if zone.ahead() != 0 {
        each_table(catalog, |table| each_moment(table, |moment| *moment -= zone.ahead()));
    }
}

/// The same of changes, whose tables are in a catalog.
pub fn changes_out_of_zone(changes: &mut [Change], catalog: &Catalog, zone: Zone) {
    if zone.ahead() == 0 {
        return;
    }
    for change in changes {
        let Some(table) = catalog.table(&change.db, &change.table) else { continue };
        let back = |values: &mut Vec<Value>| {
            for (column, value) in table.columns.iter().zip(values) {
                shift(column, value, &mut |moment| *moment -= zone.ahead());
            }
        };
        match &mut change.what {
            RowChange::Insert(row) | RowChange::Delete(row) => back(&mut row.values),
            RowChange::Update(before, after) => {
                back(&mut before.values);
                back(&mut after.values);
            }
        }
    }
}

/// Every table that has TIMESTAMPs.
fn each_table(catalog: &mut Catalog, mut change: impl FnMut(&mut Table)) {
    for database in catalog.databases.values_mut() {
        for table in database.tables.values_mut() {
            if table.columns.iter().any(|column| matches!(column.kind, Type::Timestamp(_))) {
                change(Arc::make_mut(table));
            }
        }
    }
}

fn each_moment(table: &mut Table, mut change: impl FnMut(&mut i64)) {
    for row in &mut table.rows {
        for (column, value) in table.columns.iter().zip(&mut row.values) {
            shift(column, value, &mut change);
        }
    }
    for column in &mut table.columns {
        if let (Type::Timestamp(_), Some(Default::Value(Value::Moment(moment, _)))) =
            (&column.kind, &mut column.default)
            && *moment != ZERO_DATE
        {
            change(moment);
        }
    }
}

fn shift(column: &Column, value: &mut Value, change: &mut impl FnMut(&mut i64)) {
    if let (Type::Timestamp(_), Value::Moment(moment, _)) = (&column.kind, value)
        && *moment != ZERO_DATE
    {
        change(moment);
    }
}
