//! Columns as CREATE TABLE and ALTER TABLE define them.

use super::ddl::{charset_named, check_length};
use super::{Env, store};
use crate::mysql::data::{Charset, Column, Default, Table, Type, Value};
use crate::mysql::sql::SqlError;
use crate::mysql::sql::ast::{ColumnSpec, Expr};

/// Error 1291: an ENUM or a SET names a member twice.
fn check_members(spec: &ColumnSpec) -> Result<(), SqlError> {
    let (word, list) = match &spec.kind {
        Type::Enum(list) => ("ENUM", list),
        Type::Set(list) => ("SET", list),
        _ => return Ok(()),
    };
    let same = |at: usize| list[..at].iter().any(|m| m.eq_ignore_ascii_case(&list[at]));
    let Some(at) = (0..list.len()).find(|at| same(*at)) else { return Ok(()) };
    let text = format!("Column '{}' has duplicated value '{}' in {word}", spec.name, list[at]);
    Err(SqlError::new(1291, text))
}

/// A text of bytes is a binary type.
fn of_bytes(kind: &Type, charset: Charset) -> Type {
    match kind {
        kind if charset.name() != "binary" => kind.clone(),
        Type::Char(n) => Type::Binary(*n),
        Type::VarChar(n) => Type::VarBinary(*n),
        Type::Text(length) => Type::Blob(*length),
        kind => kind.clone(),
    }
}

pub(super) fn column_of(
    spec: &ColumnSpec,
    table: &Table,
    env: &mut Env,
) -> Result<Column, SqlError> {
    let name = &spec.name;
    check_length(name)?;
    if table.column(name).is_some() {
        return Err(SqlError::new(1060, format!("Duplicate column name '{name}'")));
    }
    let too_long = |max: u32| {
        let text = format!(
            "Column length too big for column '{name}' (max = {max}); use BLOB or TEXT instead"
        );
        Err(SqlError::new(1074, text))
    };
    let mut charset = spec.charset.as_deref().map_or(Ok(table.charset), charset_named)?;
    if spec.binary {
        charset = charset.binary();
    }
    match spec.kind {
        Type::VarChar(n) if n > 65_535 / charset.bytes_max() => {
            return too_long(65_535 / charset.bytes_max());
        }
        Type::VarBinary(n) if n > 65_535 => return too_long(65_535),
        Type::Char(n) | Type::Binary(n) if n > 255 => return too_long(255),
        _ => {}
    }
    check_members(spec)?;
    let numeric = matches!(spec.kind, Type::Int { .. } | Type::Real { .. });
    if spec.auto_increment && !numeric {
        let text = format!("Incorrect column specifier for column '{name}'");
        return Err(SqlError::new(1063, text));
    }
    let mut column = Column {
        name: name.clone(),
        kind: of_bytes(&spec.kind, charset),
        charset,
        not_null: spec.not_null || spec.primary || spec.auto_increment,
        default: None,
        on_update_now: spec.on_update_now.is_some(),
        auto_increment: spec.auto_increment,
        comment: spec.comment.clone(),
    };
    if let Some(digits) = spec.on_update_now
        && (matches!(column.kind, Type::Time(_)) || column.kind.second_digits() != Some(digits))
    {
        let text = format!("Invalid ON UPDATE clause for '{name}' column");
        return Err(SqlError::new(1294, text));
    }
    implicit_timestamp(spec, table, &mut column)?;
    if let Some(expr) = &spec.default {
        column.default = default_of(expr, &column, env)?;
    }
    Ok(column)
}

/// ALTER COLUMN … SET DEFAULT, DROP DEFAULT.
pub(super) fn set_default(
    column: &mut Column,
    expr: Option<&Expr>,
    env: &mut Env,
) -> Result<(), SqlError> {
    column.default = match expr {
        Some(expr) => default_of(expr, column, env)?,
        None => None,
    };
    Ok(())
}

/// Without `explicit_defaults_for_timestamp`, the first TIMESTAMP of a table keeps the time of its
/// last change.
///
/// Further ones would hold the zero date, which the default sql_mode forbids.
fn implicit_timestamp(
    spec: &ColumnSpec,
    table: &Table,
    column: &mut Column,
) -> Result<(), SqlError> {
    if !matches!(spec.kind, Type::Timestamp(_)) || spec.null {
        return Ok(());
    }
    column.not_null = true;
    if spec.default.is_some() {
        return Ok(());
    }
    let first = !table.columns.iter().any(|c| matches!(c.kind, Type::Timestamp(_)));
    if !first || spec.on_update_now.is_some() {
        return Err(SqlError::new(1067, format!("Invalid default value for '{}'", spec.name)));
    }
    column.default = Some(Default::Now);
    column.on_update_now = true;
    Ok(())
}

/// The digits CURRENT_TIMESTAMP asks for.
pub(super) fn digits_of_now(arguments: &[Expr]) -> Option<u8> {
    match arguments.first() {
        None => Some(0),
        Some(Expr::Number(digits)) => digits.parse().ok(),
        Some(_) => None,
    }
}

fn default_of(expr: &Expr, column: &Column, env: &mut Env) -> Result<Option<Default>, SqlError> {
    let invalid = || SqlError::new(1067, format!("Invalid default value for '{}'", column.name));
    if column.kind.is_blob() && *expr != Expr::Null {
        let text = format!(
            "BLOB, TEXT, GEOMETRY or JSON column '{}' can't have a default value",
            column.name
        );
        return Err(SqlError::new(1101, text));
    }
    let value = match expr {
        Expr::Call(_, list) if matches!(column.kind, Type::DateTime(_) | Type::Timestamp(_)) => {
            let fits = digits_of_now(list) == column.kind.second_digits();
            return if fits { Ok(Some(Default::Now)) } else { Err(invalid()) };
        }
        Expr::Call(..) => return Err(invalid()),
        Expr::Null if column.not_null => return Err(invalid()),
        Expr::Null => return Ok(Some(Default::Value(Value::Null))),
        Expr::Bool(value) => Value::from_bool(*value),
        Expr::Number(digits) => {
            crate::mysql::data::Decimal::parse(digits).map_or(Value::Null, Value::Decimal)
        }
        Expr::Text(text) => Value::Text(text.clone()),
        Expr::Bits(bytes) => Value::Bits(bytes.clone()),
        _ => return Err(invalid()),
    };
    let plain = Column { not_null: false, ..column.clone() };
    let told = env.session.warnings.len();
    store::store_alone(&plain, value, 1, env).map(|v| Some(Default::Value(v))).map_err(|_| {
        env.session.warnings.truncate(told);
        invalid()
    })
}
