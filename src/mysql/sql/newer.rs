//! What came with 8.0. A server of 8.0 would not call it a mistake.

use super::error::SqlError;
use super::lex::{Kind, Token};

/// Words of statements and clauses that 5.7 does not have: "New features in MySQL 8.0" and
/// "Keywords and reserved words" of its manual.
const WORDS: [&str; 23] = [
    "CLONE",
    "COMPONENT",
    "EXCEPT",
    "GROUPING",
    "HISTOGRAM",
    "INTERSECT",
    "INVISIBLE",
    "JSON_TABLE",
    "LATERAL",
    "NOWAIT",
    "OVER",
    "PERSIST",
    "PERSIST_ONLY",
    "RECURSIVE",
    "REFERENCE",
    "RESOURCE",
    "RESTART",
    "ROLE",
    "ROLES",
    "SKIP",
    "SRS",
    "UNDO",
    "VISIBLE",
];

/// Words that are new at a statement's beginning only.
const FIRST: [&str; 3] = ["TABLE", "VALUES", "WITH"];

/// Functions that 5.7 does not have.
pub const FUNCTIONS: [&str; 22] = [
    "BIN_TO_UUID",
    "CUME_DIST",
    "DENSE_RANK",
    "FIRST_VALUE",
    "FORMAT_BYTES",
    "FORMAT_PICO_TIME",
    "GROUPING",
    "IS_UUID",
    "LAG",
    "LAST_VALUE",
    "LEAD",
    "NTH_VALUE",
    "NTILE",
    "PERCENT_RANK",
    "RANK",
    "REGEXP_INSTR",
    "REGEXP_LIKE",
    "REGEXP_REPLACE",
    "REGEXP_SUBSTR",
    "ROW_NUMBER",
    "STATEMENT_DIGEST",
    "UUID_TO_BIN",
];

/// A mistake in 5.7's syntax as a server of 8.0 takes it: what has words of 8.0 in it may be right.
pub fn perhaps_newer(error: SqlError, tokens: &[Token]) -> SqlError {
    if error.code != 1064 {
        return error;
    }
    let upper = |token: &Token| match &token.kind {
        Kind::Word(word) => Some(word.to_ascii_uppercase()),
        _ => None,
    };
    let first = tokens.first().and_then(upper).filter(|word| FIRST.contains(&word.as_str()));
    let newer = |word: &String| WORDS.contains(&word.as_str());
    match first.or_else(|| tokens.iter().filter_map(upper).find(newer)) {
        Some(word) => SqlError::not_modelled(format!("what 8.0 brought with {word}")),
        None => error,
    }
}
