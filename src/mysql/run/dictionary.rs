//! INFORMATION_SCHEMA's tables about what clients made: columns in 5.7's order. Where a value is
//! InnoDB's own business (sizes, estimates), it is what a small table has.

use super::show::{extra, key_mark, now_sql};
use super::{Env, Rows};
use crate::mysql::data::{
    Charset, Column, Default, ForeignKey, Key, Referential, SECOND, Table, Type, View, moment_text,
};

/// Whether there is a table of this name in lower case.
pub(super) fn is_known(name: &str) -> bool {
    heads(name).is_some()
}

/// A table by its name in lower case; `None` if it is not one of these.
pub(super) fn read(name: &str, env: &mut Env) -> Option<Rows> {
    let mut rows = Rows::with_heads(&heads(name)?);
    if EMPTY.contains(&name) {
        return Some(rows);
    }
    for (db, database) in &env.shown.databases {
        for (table_name, table) in &database.tables {
            let at = (db.as_str(), table_name.as_str());
            match name {
                "views" => {}
                "tables" => rows.rows.push(table_row(at, table, env.zone.ahead())),
                "columns" => rows.rows.extend(column_rows(at, table)),
                "statistics" => rows.rows.extend(key_rows(at, table)),
                "table_constraints" => rows.rows.extend(constraint_rows(at, table)),
                "key_column_usage" => rows.rows.extend(usage_rows(at, table)),
                _ => rows.rows.extend(table.foreign.iter().map(|key| rule_row(at, key, env))),
            }
        }
    }
    add_views(name, &mut rows, env);
    Some(rows)
}

/// What there is to say of views; one that has lost its tables has no columns.
fn add_views(name: &str, rows: &mut Rows, env: &mut Env) {
    let views = env.shown.databases.iter().flat_map(|(db, database)| {
        database.views.iter().map(move |(name, view)| (db.clone(), name.clone(), view.clone()))
    });
    for (db, view_name, view) in views.collect::<Vec<_>>() {
        let at = (db.as_str(), view_name.as_str());
        match name {
            "tables" => rows.rows.push(view_table_row(at)),
            "views" => {
                let is_whole = super::view::complaint(&view, at, env).is_none();
                let updatable = match super::view::is_updatable(&view, env) {
                    _ if !is_whole => "",
                    true => "YES",
                    false => "NO",
                };
                rows.rows.push(view_row(at, &view, updatable));
            }
            "columns" => {
                let columns = super::view::columns(&view, at, env).unwrap_or_default();
                rows.rows.extend(column_rows(at, &Table::of_columns(columns)));
            }
            _ => return,
        }
    }
    rows.rows.sort_by(|a, b| a[1..3].cmp(&b[1..3]));
}

fn view_table_row((db, name): (&str, &str)) -> Cells {
    let mut cells = vec![text("def"), text(db), text(name), text("VIEW")];
    cells.resize(20, None);
    cells.push(text("VIEW"));
    cells
}

fn view_row((db, name): (&str, &str), view: &View, updatable: &str) -> Cells {
    let query = super::canonical::shown(&view.written, None);
    let cells = [
        "def",
        db,
        name,
        &query,
        if view.check.is_empty() { "NONE" } else { &view.check },
        updatable,
        &view.definer.replace('`', ""),
        &view.security,
        "latin1",
        "latin1_swedish_ci",
    ];
    cells.into_iter().map(text).collect()
}

/// Tables about what this model refuses to make: they have no rows.
const EMPTY: [&str; 3] = ["routines", "triggers", "events"];

/// Headings of a table; a `#` marks a number.
fn heads(name: &str) -> Option<Vec<&'static str>> {
    let list = match name {
        "tables" => {
            "TABLE_CATALOG TABLE_SCHEMA TABLE_NAME TABLE_TYPE ENGINE #VERSION \
             ROW_FORMAT #TABLE_ROWS #AVG_ROW_LENGTH #DATA_LENGTH #MAX_DATA_LENGTH \
             #INDEX_LENGTH #DATA_FREE #AUTO_INCREMENT CREATE_TIME UPDATE_TIME \
             CHECK_TIME TABLE_COLLATION #CHECKSUM CREATE_OPTIONS TABLE_COMMENT"
        }
        "columns" => {
            "TABLE_CATALOG TABLE_SCHEMA TABLE_NAME COLUMN_NAME #ORDINAL_POSITION \
             COLUMN_DEFAULT IS_NULLABLE DATA_TYPE #CHARACTER_MAXIMUM_LENGTH \
             #CHARACTER_OCTET_LENGTH #NUMERIC_PRECISION #NUMERIC_SCALE \
             #DATETIME_PRECISION CHARACTER_SET_NAME COLLATION_NAME COLUMN_TYPE \
             COLUMN_KEY EXTRA PRIVILEGES COLUMN_COMMENT GENERATION_EXPRESSION"
        }
        "statistics" => {
            "TABLE_CATALOG TABLE_SCHEMA TABLE_NAME #NON_UNIQUE INDEX_SCHEMA \
             INDEX_NAME #SEQ_IN_INDEX COLUMN_NAME COLLATION #CARDINALITY #SUB_PART \
             PACKED NULLABLE INDEX_TYPE COMMENT INDEX_COMMENT"
        }
        "table_constraints" => {
            "CONSTRAINT_CATALOG CONSTRAINT_SCHEMA CONSTRAINT_NAME TABLE_SCHEMA \
             TABLE_NAME CONSTRAINT_TYPE"
        }
        "key_column_usage" => {
            "CONSTRAINT_CATALOG CONSTRAINT_SCHEMA CONSTRAINT_NAME TABLE_CATALOG \
             TABLE_SCHEMA TABLE_NAME COLUMN_NAME #ORDINAL_POSITION \
             #POSITION_IN_UNIQUE_CONSTRAINT REFERENCED_TABLE_SCHEMA \
             REFERENCED_TABLE_NAME REFERENCED_COLUMN_NAME"
        }
        "referential_constraints" => {
            "CONSTRAINT_CATALOG CONSTRAINT_SCHEMA CONSTRAINT_NAME \
             UNIQUE_CONSTRAINT_CATALOG UNIQUE_CONSTRAINT_SCHEMA \
             UNIQUE_CONSTRAINT_NAME MATCH_OPTION UPDATE_RULE DELETE_RULE TABLE_NAME \
             REFERENCED_TABLE_NAME"
        }
        "views" => {
            "TABLE_CATALOG TABLE_SCHEMA TABLE_NAME VIEW_DEFINITION CHECK_OPTION IS_UPDATABLE \
             DEFINER SECURITY_TYPE CHARACTER_SET_CLIENT COLLATION_CONNECTION"
        }
        "routines" => {
            "SPECIFIC_NAME ROUTINE_CATALOG ROUTINE_SCHEMA ROUTINE_NAME ROUTINE_TYPE DATA_TYPE \
             #CHARACTER_MAXIMUM_LENGTH #CHARACTER_OCTET_LENGTH #NUMERIC_PRECISION \
             #NUMERIC_SCALE #DATETIME_PRECISION CHARACTER_SET_NAME COLLATION_NAME \
             DTD_IDENTIFIER ROUTINE_BODY ROUTINE_DEFINITION EXTERNAL_NAME EXTERNAL_LANGUAGE \
             PARAMETER_STYLE IS_DETERMINISTIC SQL_DATA_ACCESS SQL_PATH SECURITY_TYPE CREATED \
             LAST_ALTERED SQL_MODE ROUTINE_COMMENT DEFINER CHARACTER_SET_CLIENT \
             COLLATION_CONNECTION DATABASE_COLLATION"
        }
        "triggers" => {
            "TRIGGER_CATALOG TRIGGER_SCHEMA TRIGGER_NAME EVENT_MANIPULATION \
             EVENT_OBJECT_CATALOG EVENT_OBJECT_SCHEMA EVENT_OBJECT_TABLE #ACTION_ORDER \
             ACTION_CONDITION ACTION_STATEMENT ACTION_ORIENTATION ACTION_TIMING \
             ACTION_REFERENCE_OLD_TABLE ACTION_REFERENCE_NEW_TABLE ACTION_REFERENCE_OLD_ROW \
             ACTION_REFERENCE_NEW_ROW CREATED SQL_MODE DEFINER CHARACTER_SET_CLIENT \
             COLLATION_CONNECTION DATABASE_COLLATION"
        }
        "events" => {
            "EVENT_CATALOG EVENT_SCHEMA EVENT_NAME DEFINER TIME_ZONE EVENT_BODY \
             EVENT_DEFINITION EVENT_TYPE EXECUTE_AT INTERVAL_VALUE INTERVAL_FIELD SQL_MODE \
             STARTS ENDS STATUS ON_COMPLETION CREATED LAST_ALTERED LAST_EXECUTED \
             EVENT_COMMENT #ORIGINATOR CHARACTER_SET_CLIENT COLLATION_CONNECTION \
             DATABASE_COLLATION"
        }
        _ => return None,
    };
    Some(list.split_ascii_whitespace().collect())
}

type Cells = Vec<Option<String>>;

fn text(text: &str) -> Option<String> {
    Some(text.to_string())
}

fn number(number: impl ToString) -> Option<String> {
    Some(number.to_string())
}

fn table_row((db, name): (&str, &str), table: &Table, ahead: i64) -> Cells {
    let rows = table.rows.len() as u64;
    let pages: u64 = 16_384;
    let average = pages.checked_div(rows).unwrap_or(0);
    vec![
        text("def"),
        text(db),
        text(name),
        text("BASE TABLE"),
        text(&table.engine),
        number(10),
        text("Dynamic"),
        number(rows),
        number(average),
        number(pages),
        number(0),
        number(pages * table.keys.len().saturating_sub(1) as u64),
        number(0),
        table.auto_column().and_then(|_| number(table.auto_increment)),
        text(&moment_text(table.created as i64 * SECOND + ahead, 0)),
        None,
        None,
        text(table.charset.collation()),
        None,
        text(""),
        text(&table.comment),
    ]
}

/// Characters and bytes a text column may have.
fn lengths(column: &Column) -> Option<(u64, u64)> {
    let wide = u64::from(column.charset.bytes_max());
    let longest = |list: &[String]| list.iter().map(|m| m.chars().count() as u64).max();
    Some(match &column.kind {
        Type::Char(n) | Type::VarChar(n) => (u64::from(*n), u64::from(*n) * wide),
        Type::Binary(n) | Type::VarBinary(n) => (u64::from(*n), u64::from(*n)),
        Type::Text(size) | Type::Blob(size) => {
            let bytes = (1_u64 << (8 * u64::from(*size))) - 1;
            (bytes, bytes)
        }
        Type::Enum(list) => {
            let n = longest(list).unwrap_or(0);
            (n, n * wide)
        }
        Type::Set(list) => {
            let n: u64 = list.iter().map(|m| m.chars().count() as u64 + 1).sum();
            (n.saturating_sub(1), n.saturating_sub(1) * wide)
        }
        _ => return None,
    })
}

/// NUMERIC_PRECISION and NUMERIC_SCALE.
fn digits(kind: &Type) -> (Option<String>, Option<String>) {
    match kind {
        Type::Int { bytes, unsigned, .. } => {
            let precision = match bytes {
                1 => 3,
                2 => 5,
                3 => 7,
                4 => 10,
                _ => {
                    if *unsigned {
                        20
                    } else {
                        19
                    }
                }
            };
            (number(precision), number(0))
        }
        Type::Decimal(precision, scale, _) => (number(precision), number(scale)),
        Type::Real { digits: Some((all, scale)), .. } => (number(all), number(scale)),
        Type::Real { single, .. } => (number(if *single { 12 } else { 22 }), None),
        Type::Bit(n) => (number(n), None),
        _ => (None, None),
    }
}

fn column_rows((db, name): (&str, &str), table: &Table) -> Vec<Cells> {
    let row = |(index, column): (usize, &Column)| {
        let sql = column.kind.sql();
        let kind: String = sql.chars().take_while(char::is_ascii_alphabetic).collect();
        let (precision, scale) = digits(&column.kind);
        let set: Option<Charset> = column.kind.is_text().then_some(column.charset);
        vec![
            text("def"),
            text(db),
            text(name),
            text(&column.name),
            number(index + 1),
            match &column.default {
                Some(Default::Missing) => None,
                Some(Default::Now) => Some(now_sql(column)),
                Some(Default::Value(value)) => value.shown(),
                None => None,
            },
            text(if column.not_null { "NO" } else { "YES" }),
            text(&kind),
            lengths(column).and_then(|(n, _)| number(n)),
            lengths(column).and_then(|(_, n)| number(n)),
            precision,
            scale,
            column.kind.second_digits().and_then(number),
            set.map(|set| set.name().to_string()),
            set.map(|set| set.collation().to_string()),
            text(&sql),
            text(key_mark(table, index as u32)),
            Some(extra(column)),
            text("select,insert,update,references"),
            text(&column.comment),
            text(""),
        ]
    };
    table.columns.iter().enumerate().map(row).collect()
}

fn key_rows((db, name): (&str, &str), table: &Table) -> Vec<Cells> {
    let mut out = Vec::new();
    for key in &table.keys {
        for (seq, (column, prefix)) in key.columns.iter().zip(&key.prefixes).enumerate() {
            let column = &table.columns[*column as usize];
            out.push(vec![
                text("def"),
                text(db),
                text(name),
                number(u8::from(!key.unique)),
                text(db),
                text(&key.name),
                number(seq + 1),
                text(&column.name),
                text("A"),
                number(table.rows.len()),
                (*prefix > 0).then(|| prefix.to_string()),
                None,
                text(if column.not_null { "" } else { "YES" }),
                text("BTREE"),
                text(""),
                text(""),
            ]);
        }
    }
    out
}

fn constraint_rows((db, name): (&str, &str), table: &Table) -> Vec<Cells> {
    let row = |constraint: &str, kind: &str| {
        let cells = ["def", db, constraint, db, name, kind];
        cells.iter().map(|cell| text(cell)).collect()
    };
    let unique = table.keys.iter().filter(|key| key.unique);
    let keys = unique.map(|key: &Key| {
        row(&key.name, if key.name == "PRIMARY" { "PRIMARY KEY" } else { "UNIQUE" })
    });
    keys.chain(table.foreign.iter().map(|key| row(&key.name, "FOREIGN KEY"))).collect()
}

fn usage_rows((db, name): (&str, &str), table: &Table) -> Vec<Cells> {
    let mut out = Vec::new();
    let mut push = |key: &str, column: &str, seq: usize, to: Option<(&ForeignKey, &String)>| {
        let mut cells: Cells =
            ["def", db, key, "def", db, name, column].iter().map(|cell| text(cell)).collect();
        cells.push(number(seq));
        cells.push(to.and_then(|_| number(seq)));
        cells.push(to.map(|(key, _)| key.table.0.clone()));
        cells.push(to.map(|(key, _)| key.table.1.clone()));
        cells.push(to.map(|(_, column)| column.clone()));
        out.push(cells);
    };
    for key in table.keys.iter().filter(|key| key.unique) {
        for (seq, column) in key.columns.iter().enumerate() {
            push(&key.name, &table.columns[*column as usize].name, seq + 1, None);
        }
    }
    for key in &table.foreign {
        for (seq, (column, to)) in key.columns.iter().zip(&key.to).enumerate() {
            push(&key.name, column, seq + 1, Some((key, to)));
        }
    }
    out
}

fn rule_row((db, name): (&str, &str), key: &ForeignKey, env: &Env) -> Cells {
    let word = |rule: Referential| match rule {
        Referential::Restrict | Referential::Written => "RESTRICT",
        Referential::NoAction => "NO ACTION",
        Referential::Cascade => "CASCADE",
        Referential::SetNull => "SET NULL",
    };
    let parent = env.catalog.table(&key.table.0, &key.table.1);
    let at = |parent: &Table| -> Option<Vec<u32>> {
        key.to.iter().map(|c| parent.column(c).map(|at| at as u32)).collect()
    };
    let unique = parent.and_then(|parent| {
        let columns = at(parent)?;
        let fits = |k: &&Key| k.unique && k.columns.starts_with(&columns);
        parent.keys.iter().find(fits).map(|k| k.name.clone())
    });
    vec![
        text("def"),
        text(db),
        text(&key.name),
        text("def"),
        text(&key.table.0),
        unique,
        text("NONE"),
        text(word(key.on_update)),
        text(word(key.on_delete)),
        text(name),
        text(&key.table.1),
    ]
}
