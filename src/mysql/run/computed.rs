//! The columns of a query, as CREATE TABLE … SELECT and views have them. Models
//! `create_table_from_items` of sql/sql_insert.cc.

use super::alter::empty_value;
use super::from::{Input, database, no_such_table};
use super::kind::{Kind, column_type, kind};
use super::select::expand;
use super::shape::{Columns, Shape, shape};
use super::{Env, system, view};
use crate::mysql::data::{Charset, Column, Default, Type, Value};
use crate::mysql::sql::SqlError;
use crate::mysql::sql::ast::{Expr, From, Join, Select, Source};

/// A query's tables, without their rows: each column with the name its table goes by.
pub(super) struct Tables {
    columns: Vec<Column>,
    pub input: Input,
}

/// The columns of a query.
pub(super) fn columns_of(query: &Select, env: &mut Env) -> Result<Vec<Column>, SqlError> {
    let (mut columns, mut kinds): (Vec<Column>, Vec<Kind>) =
        of_one(query, true, env)?.into_iter().unzip();
    if query.union.is_none() {
        return Ok(columns);
    }
    let mut last = query;
    while let Some((_, next)) = &last.union {
        last = next;
        let others = of_one(next, false, env)?;
        if others.len() != columns.len() {
            let text = "The used SELECT statements have a different number of columns";
            return Err(SqlError::new(1222, text));
        }
        for ((column, kind), (other, next)) in columns.iter_mut().zip(&mut kinds).zip(others) {
            *kind = match kind.with(next) {
                // As wide as its type may be (`Item_type_holder::display_length`).
                Kind::Int { unsigned, big, .. } if *kind != Kind::Null && next != Kind::Null => {
                    Kind::Int { width: if big { 20 } else { 11 }, unsigned, big }
                }
                kind => kind,
            };
            column.not_null &= other.not_null;
        }
    }
    for (column, kind) in columns.iter_mut().zip(kinds) {
        // A column whose kind comes from two has no expression of its own.
        column.kind = match kind {
            Kind::Int { width, unsigned, big } => {
                let bytes = if big { 8 } else { 4 };
                Type::Int { bytes, unsigned, width, zerofill: false }
            }
            kind => column_type(&Expr::Null, kind).ok_or_else(|| computed(&column.name))?,
        };
        column.default = made_up(column);
    }
    Ok(columns)
}

/// The columns of a query, and the kinds of their values; `names`: those of the result, which
/// must differ.
fn of_one(query: &Select, names: bool, env: &mut Env) -> Result<Vec<(Column, Kind)>, SqlError> {
    let tables = tables(&query.from, env)?;
    let input = &tables.input;
    let items = tables.items(query)?;
    let mut columns = Vec::new();
    for (expr, name) in items {
        let own = kind(&expr, Columns { names: &input.columns, shapes: &input.shapes }, env);
        let column = match &expr {
            Expr::Column { .. } => tables.own(&expr).cloned().map(without_counter),
            Expr::Aggregate { name, argument: Some(of), .. } if name == "MIN" || name == "MAX" => {
                tables.own(of).map(extreme)
            }
            _ => None,
        };
        let column = match column {
            Some(column) => column,
            None => {
                let known = Columns { names: &input.columns, shapes: &input.shapes };
                let kind = column_type(&expr, own);
                // What comes of columns in other character sets has one of those.
                let is_latin = tables.columns.iter().all(|c| c.charset == Charset::LATIN1);
                let kind = kind.filter(|kind| is_latin || !kind.is_text());
                let kind = kind.ok_or_else(|| computed(&name))?;
                let not_null = !shape(&expr, known, env).nullable && !query.rollup;
                let default = None;
                let mut column = Column { kind, not_null, default, ..plain() };
                column.default = made_up(&column);
                column
            }
        };
        if names && (name.trim().is_empty() || name.ends_with(' ')) {
            return Err(SqlError::new(1166, format!("Incorrect column name '{name}'")));
        }
        let same = |(known, _): &(Column, Kind)| known.name.eq_ignore_ascii_case(&name);
        if names && columns.iter().any(same) {
            return Err(SqlError::new(1060, format!("Duplicate column name '{name}'")));
        }
        columns.push((Column { name, ..column }, own));
    }
    Ok(columns)
}

fn computed(name: &str) -> SqlError {
    SqlError::not_modelled(format!("the type of the column {name} that is computed"))
}

fn plain() -> Column {
    Column {
        name: String::new(),
        kind: Type::Date,
        not_null: false,
        charset: Charset::LATIN1,
        default: None,
        on_update_now: false,
        auto_increment: false,
        comment: String::new(),
    }
}

/// What counts up in its own table begins with 0 elsewhere.
fn without_counter(mut column: Column) -> Column {
    if std::mem::take(&mut column.auto_increment) {
        column.default = Some(Default::Value(Value::Int(0)));
    }
    column
}

/// The least or the greatest of a column may be NULL, and has no default if that had none.
fn extreme(column: &Column) -> Column {
    let lacks = column.not_null && column.default.is_none() && !column.auto_increment;
    Column {
        not_null: false,
        default: lacks.then_some(Default::Missing),
        on_update_now: false,
        auto_increment: false,
        ..column.clone()
    }
}

/// What a column that is computed has as its default.
fn made_up(column: &Column) -> Option<Default> {
    let has = column.not_null && !column.kind.is_blob();
    has.then(|| Default::Value(empty_value(&column.kind)))
}

pub(super) fn tables(from: &[From], env: &mut Env) -> Result<Tables, SqlError> {
    let input = Input {
        columns: Vec::new(),
        shapes: Vec::new(),
        star: Vec::new(),
        rows: Vec::new(),
        origins: Vec::new(),
    };
    let mut tables = Tables { columns: Vec::new(), input };
    for (at, one) in from.iter().enumerate() {
        if !one.using.is_empty() || one.natural {
            return Err(SqlError::not_modelled("the columns of a query with USING or NATURAL"));
        }
        let found = match &one.source {
            Source::Derived(query) => columns_of(query, env)?,
            Source::Table(name) => {
                let db = database(name, env)?;
                if system::is_system_database(&db) {
                    let what = format!("the columns of {db}.{} in another table", name.table);
                    return Err(SqlError::not_modelled(what));
                }
                match (env.catalog.table(&db, &name.table), env.catalog.view(&db, &name.table)) {
                    (Some(table), _) => table.columns.clone(),
                    (None, Some(view)) => {
                        let view = view.clone();
                        view::columns(&view, (&db, &name.table), env)?
                    }
                    (None, None) => return Err(no_such_table(&db, &name.table)),
                }
            }
        };
        if one.join == Join::Right {
            tables.columns.iter_mut().for_each(may_be_missing);
        }
        let beside = from[at + 1..].iter().any(|next| next.join == Join::Right);
        for mut column in found {
            if one.join == Join::Left || beside {
                may_be_missing(&mut column);
            }
            tables.input.star.push(tables.columns.len());
            tables.input.columns.push((one.alias.clone(), column.name.clone()));
            tables.columns.push(column);
        }
    }
    tables.input.shapes = tables.columns.iter().map(Shape::of).collect();
    Ok(tables)
}

/// A column of a table whose rows an outer join may lack.
fn may_be_missing(column: &mut Column) {
    if column.not_null && column.default.is_none() {
        column.default = Some(Default::Missing);
    }
    column.not_null = false;
}

impl Tables {
    /// A query's results, `*` written out.
    pub(super) fn items(&self, query: &Select) -> Result<Vec<(Expr, String)>, SqlError> {
        expand(&query.items, &self.input, query.from.is_empty())
    }

    fn own(&self, expr: &Expr) -> Option<&Column> {
        let Expr::Column { table, name } = expr else { return None };
        let fits = |(alias, column): &(String, String)| {
            column.eq_ignore_ascii_case(name) && table.as_ref().is_none_or(|t| t == alias)
        };
        self.input.columns.iter().position(fits).map(|at| &self.columns[at])
    }
}
