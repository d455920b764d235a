//! The rows an INSERT is given.

use super::Env;
use super::session::Warning;
use crate::mysql::data::Value;
use crate::mysql::sql::SqlError;
use crate::mysql::sql::ast::Expr;

/// One row as given.
pub(super) enum Given<'g> {
    /// `None`: DEFAULT.
    Written(&'g [Option<Expr>]),
    Read(Vec<Value>, Box<ReadRow>),
}

/// A row that a query gives.
pub(super) struct ReadRow {
    /// The number it goes by.
    pub number: usize,
    /// Of each value, or of all at once: what reading it warned of, and why it cannot be written,
    /// if that is known already.
    pub parts: Vec<(Vec<Warning>, Option<SqlError>)>,
}

/// The rows of a query that are written as they are read; if all are read first, the warnings of
/// that stay where they are.
pub(super) fn read_rows<'g>(
    rows: Vec<Vec<Value>>,
    again: bool,
    before: usize,
    env: &mut Env,
) -> Vec<Given<'g>> {
    let sent = std::mem::take(&mut env.sent);
    let told = env.session.warnings.len();
    let one_by_one = sent.len() == rows.len() && !again;
    let all = match one_by_one {
        true => env.session.warnings.split_off(before.min(told)),
        false => Vec::new(),
    };
    let read = sent.iter().map(|row| row.number).max().unwrap_or(0);
    let mut from = 0;
    let mut given = Vec::new();
    for (at, values) in rows.into_iter().enumerate() {
        let row = sent.get(at).cloned().unwrap_or_default();
        let number = match (row.number, again) {
            (0, _) => at + 1,
            (_, true) => read + at + 1,
            (number, false) => number,
        };
        let mut parts = Vec::new();
        for (warnings, failed) in row.parts {
            let until = warnings.saturating_sub(before).clamp(from, all.len());
            parts.push((all[from..until].to_vec(), failed));
            from = until;
        }
        given.push(Given::Read(values, Box::new(ReadRow { number, parts })));
    }
    given
}
