//! PREPARE and EXECUTE: texts with question marks.

use super::statement::{Done, Outcome};
use crate::mysql::data::Value;
use crate::mysql::run::{Answer, Session};
use crate::mysql::sql::lex::{Kind, tokens};
use crate::mysql::sql::{Context, MARK, SqlError, parse_for};
use crate::trace::fact::StatementClass;

/// A heading as it was prepared.
pub(super) fn unmarked(name: &str) -> String {
    let parts: Vec<&str> = name.split(MARK).step_by(2).collect();
    parts.join("?")
}

/// Error 1243.
pub(super) fn unknown_handler(name: &str, command: &str) -> SqlError {
    let text = format!("Unknown prepared statement handler ({name}) given to {command}");
    SqlError::new(1243, text)
}

/// PREPARE.
pub(super) fn prepare(
    name: &str,
    text: String,
    context: Context,
    session: &mut Session,
) -> Outcome {
    // It is read now; what a `?` stands for is a value.
    let (trial, _) = filled(&text, &[]);
    parse_for(&trial, context)?;
    session.prepared.insert(name.to_ascii_lowercase(), text);
    let info = "Statement prepared".to_string();
    Ok(Done::new(Answer::Done { affected: 0, insert_id: 0, info }, StatementClass::Admin))
}

/// The text of a prepared statement with its parameters.
pub(super) fn prepared(
    name: &str,
    using: &[String],
    session: &Session,
) -> Result<String, SqlError> {
    let Some(text) = session.prepared.get(&name.to_ascii_lowercase()) else {
        return Err(unknown_handler(name, "EXECUTE"));
    };
    let value = |name: &String| session.user_vars.get(&name.to_ascii_lowercase()).cloned();
    let values: Vec<Value> = using.iter().map(|n| value(n).unwrap_or(Value::Null)).collect();
    let (text, marks) = filled(text, &values);
    if marks != values.len() {
        return Err(SqlError::new(1210, "Incorrect arguments to EXECUTE"));
    }
    Ok(text)
}

/// A text with its `?`s replaced by values (NULL for those missing), and how many there are.
fn filled(text: &str, values: &[Value]) -> (String, usize) {
    let (mut out, mut last, mut marks) = (String::new(), 0, 0);
    for token in tokens(text).into_iter().filter(|token| token.kind == Kind::Op("?")) {
        out.push_str(&text[last..token.start]);
        let value = match values.get(marks) {
            None | Some(Value::Null) => "NULL".to_string(),
            Some(value) if value.is_number() => value.text(),
            Some(value) => {
                format!("'{}'", value.text().replace('\\', "\\\\").replace('\'', "\\'"))
            }
        };
        out.push_str(&format!("{MARK}{value}{MARK}"));
        (last, marks) = (token.end, marks + 1);
    }
    out.push_str(&text[last..]);
    (out, marks)
}

/// DEALLOCATE PREPARE.
pub(super) fn deallocate(name: &str, session: &mut Session) -> Outcome {
    let known = session.prepared.remove(&name.to_ascii_lowercase());
    let missing = || unknown_handler(name, "DEALLOCATE PREPARE");
    known.ok_or_else(missing).map(|_| Done::affected(0, StatementClass::Admin))
}
